/* fuzz_npy.c: .npy files, from memory. */
#include "fuzz.h"

#include <string.h>

#include "io/npy.h"
#include "triad_engine.h"

const char *const fuzz_words[] = {
    "'descr'", "'fortran_order'", "'shape'", ": ", ", ", "True", "False", "(", ")", "{", "}", "()", "(3,)", "(0, 2)",
    "'<f8'",
    "'<f4'", "'>f8'", "'|b1'", "'<i4'", "'|u1'", "'<c16'", "[('a', '<f8')]", "\"", "'", "\\", NULL};

static void add_file(void (*add)(const void *, size_t), int version, const char *head, size_t numbers)
{
    unsigned char file[512] = {0x93, 'N', 'U', 'M', 'P', 'Y', (unsigned char)version, 0};
    size_t length = strlen(head), at = version > 1 ? 12 : 10;
    file[8] = (unsigned char)length;
    memcpy(file + at, head, length);
    for (size_t i = 0; i < numbers; i++) file[at + length + i] = (unsigned char)(i * 37);
    add(file, at + length + numbers);
}

void fuzz_seeds(void (*add)(const void *bytes, size_t n))
{
    add_file(add, 1, "{'descr': '<f8', 'fortran_order': False, 'shape': (2, 3), }\n", 48);
    add_file(add, 1, "{'descr': '<f4', 'fortran_order': True, 'shape': (3, 2), }\n", 24);
    add_file(add, 2, "{'descr': '>i8', 'fortran_order': False, 'shape': (4,), }\n", 32);
    add_file(add, 3, "{'descr': '|b1', 'fortran_order': False, 'shape': (), }\n", 1);
    add_file(add, 1, "{'shape': (0, 5, 2), 'fortran_order': True, 'descr': '<i4'}", 0);
    add_file(add, 1, "{'descr': '|u1', 'fortran_order': True, 'shape': (1,2,1,2,1,1,1,2)}", 8);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    static td_context *c;
    static td_marker begin;
    if (!c) {
        c = td_open(&(td_options){.engine = td_eval_engine(), .memory = 1 << 22});
        begin = td_mark(c);
    }
    td_data(td_parse_npy(c, "input", bytes, (int64_t)n));
    td_clear_error(c);
    td_release(c, begin);
    return 0;
}
