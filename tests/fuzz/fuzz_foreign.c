/* fuzz_foreign.c: what a shared object declares: its texts of arrays and arguments, the rest of a descriptor, and what a
 * worker says of it. */
#include "fuzz.h"

#include <stdlib.h>
#include <string.h>

#include "foreign/box.h"
#include "foreign/foreign.h"
#include "report/report.h"

const char *const fuzz_words[] = {
    "x[4,8] ", "w[8] ", "-> ", "y[4,8]", "| ", "mean[4]", "dx ", "dw ", "dy ", "user ", "[", "]", ",", "\n", "const ",
    "plain",
    "vector", "kernel", "fortran", "nlopt", "lbfgs", "minpack", "ipopt", "gsl-multimin", "4 ", "8 ", NULL};

static const char *const texts[] = {
    "x[4,8] w[8] b[8] -> y[4,8] | mean[4] rstd[4]\ny x w b mean rstd 4 8\ndx dw db dy x w mean rstd 4 8\nkernel",
    "x[3] -> y\n\n\nkernel", "a b c -> d e\nd e a b c user\nda db dc dd de\nkernel", "\n\n\nplain",
    "x[1,2,3,4,5,6]->y[720]\n\n\nkernel",
    "\n\n\nvector", "\n\n\nminpack", "\n\n\nipopt", NULL};

static void add_wire(void (*add)(const void *, size_t))
{
    size_t n;
    td_check_input *input = calloc(1, sizeof *input);
    td_check_result r = {.verdict = TD_AGREE, .n = 1, .input = input, .worst = {.variant = "tails"}};
    void *bytes = td_wire_result(&r, &n);
    if (bytes) add(bytes, n);
    free(bytes);
    td_entry entry[2] = {{.name = "f", .signature = "plain", .n = 3, .m = 1, .parts = 1}, {.name = "g", .reason = "no"}};
    bytes = td_wire_list(&(td_list){.n = 2, .entry = entry}, &n);
    if (bytes) add(bytes, n);
    free(bytes);
    bytes = td_wire_text(TD_SAID_TROUBLE, "it can't be loaded", &n);
    if (bytes) add(bytes, n);
    free(bytes);
    free(r.input);
}

void fuzz_seeds(void (*add)(const void *bytes, size_t n))
{
    for (int k = 0; texts[k]; k++) add(texts[k], strlen(texts[k]));
    add_wire(add);
}

static void no_routine(void) { }

/* Four lines: arrays, forward, backward, signature; what follows are the numbers of a descriptor. */
static void read_texts(const uint8_t *bytes, size_t n)
{
    char *text = malloc(n + 1), *line[5] = {0};
    td_kernel k = {0};
    if (!text) return;
    if (n) memcpy(text, bytes, n);
    text[n] = 0;
    char *at = text;
    for (int i = 0; i < 5 && at; i++) {
        line[i] = at;
        at = strchr(at, '\n');
        if (at) *at++ = 0;
    }
    const char *forward = line[1] && line[1][0] ? line[1] : NULL, *backward = line[2] && line[2][0] ? line[2] : NULL;
    td_arrays_read(&k, line[0], forward, backward);
    td_foreign_function d = {.name = "f", .signature = line[3], .n = 3, .m = 2, .value = no_routine, .vjp = no_routine,
                             .arrays = line[0], .forward = forward, .backward = backward};
    size_t left = line[4] ? strlen(line[4]) : 0;
    int64_t number[5] = {0};
    if (left) memcpy(number, line[4], left < sizeof number ? left : sizeof number);
    if (left) d.n = number[0], d.m = number[1], d.flags = (uint32_t)number[4];
    d.entries = number[2], d.hessian_entries = number[3];
    td_foreign_refusal(&d);
    free(text);
}

/* What a worker left, whatever it is. */
static void read_wire(const uint8_t *bytes, size_t n)
{
    char text[TD_REASON];
    td_list list;
    td_wire_kind(bytes, n);
    td_check_result *r = td_wire_read_result(bytes, n);
    td_check_free(r);
    if (td_wire_read_list(bytes, n, &list)) free(list.entry);
    td_wire_read_text(bytes, n, text);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    read_texts(bytes, n);
    read_wire(bytes, n);
    return 0;
}
