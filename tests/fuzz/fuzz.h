/* fuzz.h: what a target of the fuzzer gives: the entry that libFuzzer knows too, inputs that are valid, and words of the
 * language. */
#ifndef FUZZ_H
#define FUZZ_H

#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

extern const char *const fuzz_words[];             /* ends with NULL */
void fuzz_seeds(void (*add)(const void *bytes, size_t n));

#endif
