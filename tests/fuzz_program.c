/* fuzz_program.c: libFuzzer drives the seeds of the steps of a random program.  https://llvm.org/docs/LibFuzzer.html
 *
 * A byte says the dtype, each eight after it are a seed: leaving some out leaves the other steps' draws, so what the fuzzer
 * cuts and splices are programs, too. */
#include "fuzz/fuzz.h"

#include <gsl/gsl_errno.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    uint64_t seed[TD_MOST_SEEDS] = {0};
    if (n < 1 + 2 * sizeof seed[0]) return 0;
    size_t words = (n - 1) / sizeof seed[0];
    if (words > TD_MOST_SEEDS) words = TD_MOST_SEEDS;
    memcpy(seed, bytes + 1, words * sizeof seed[0]);
    gsl_set_error_handler_off();
    if (td_fuzz_objects(bytes[0] & 1 ? TD_F32 : TD_F64, (int)words, seed)) abort();
    return 0;
}
