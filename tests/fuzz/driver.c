/* driver.c: a fuzzer in one file: valid inputs, mutated, through one parser, in this process.
 *
 *     fuzz_expr [--runs N] [--seed S] [--length L] [--write FOLDER] [FILE...]
 *
 * The same seed gives the same inputs.  Where the parser is compiled with -fsanitize-coverage=trace-pc, an input that goes
 * where none went before joins those that are mutated.  Built with sanitizers, which end the process at a finding, it leaves
 * the input in fuzz-finding; a FILE is run alone.  --write leaves the valid inputs in a folder, for libFuzzer to begin
 * with. */
#include "fuzz.h"

#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { MOST_KEPT = 8192, PLACES = 1 << 16, PATIENCE = 20, MOST_EDITS = 6 };

typedef struct text { uint8_t *at; size_t n; } text;

static text   kept[MOST_KEPT], now;        /* owned; now has room for `most` bytes */
static int    n_kept;
static size_t most = 2048;                 /* bytes of an input; the longest valid one fits */

/* ---- random numbers: splitmix64 ----------------------------------------------------------------------------------- */

static uint64_t state;

static uint64_t draw(void)
{
    uint64_t z = state += 0x9e3779b97f4a7c15;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
    z = (z ^ z >> 27) * 0x94d049bb133111eb;
    return z ^ z >> 31;
}

static size_t below(size_t n) { return n ? (size_t)(draw() % n) : 0; }

/* ---- where the parser has been ------------------------------------------------------------------------------------ */

static uint8_t  been[PLACES];
static bool     is_new;
static uintptr_t last;

#if defined __clang__
#define UNTRACED __attribute__((no_sanitize("coverage", "address", "undefined")))
#elif defined __GNUC__ && __GNUC__ >= 12
#define UNTRACED __attribute__((no_sanitize_coverage, no_sanitize("address", "undefined")))
#else
#define UNTRACED
#endif

/* Called at every branch of what is compiled with -fsanitize-coverage=trace-pc. */
void __sanitizer_cov_trace_pc(void);
UNTRACED void __sanitizer_cov_trace_pc(void)
{
    uintptr_t here = (uintptr_t)__builtin_return_address(0), step = (here ^ last << 1) * 0x9e3779b1u;
    uint8_t *place = &been[step >> 7 & (PLACES - 1)];
    last = here;
    if (*place) return;
    *place = 1;
    is_new = true;
}

/* ---- findings ----------------------------------------------------------------------------------------------------- */

static void leave_input(void)
{
    FILE *file = fopen("fuzz-finding", "wb");
    if (!file) return;
    fwrite(now.at, 1, now.n, file);
    fclose(file);
}

static void too_long(int signal)
{
    static const char said[] = "an input takes more than 20 seconds; it is in fuzz-finding\n";
    (void)signal;
    leave_input();
    if (write(STDERR_FILENO, said, sizeof said - 1) < 0) _exit(4);
    _exit(3);
}

void __sanitizer_set_death_callback(void (*callback)(void)) __attribute__((weak));

/* ---- mutations: of now, in place ---------------------------------------------------------------------------------- */

static void replace(size_t at, size_t old, const void *by, size_t n)
{
    if (now.n - old + n > most) return;
    memmove(now.at + at + n, now.at + at + old, now.n - at - old);
    memcpy(now.at + at, by, n);
    now.n += n - old;
}

static void flip(void)
{
    if (now.n) now.at[below(now.n)] ^= (uint8_t)(1u << below(8));
}

static void set_byte(void)
{
    static const uint8_t bytes[] = {0, 1, 0x7f, 0x80, 0xff, ' ', '\n', '0', '9', '-', '.', '[', ']', '(', ')', '"', '\\'};
    if (now.n) now.at[below(now.n)] = below(2) ? bytes[below(sizeof bytes)] : (uint8_t)draw();
}

static void cut(void)
{
    size_t at = below(now.n), n = below(now.n - at + 1);
    replace(at, below(4) ? n % 8 : n, "", 0);
}

static void truncate_end(void) { now.n = below(now.n + 1); }

static void insert_word(void)
{
    size_t words = 0;
    while (fuzz_words[words]) words++;
    const char *word = words ? fuzz_words[below(words)] : "";
    replace(below(now.n + 1), 0, word, strlen(word));
}

/* A piece of it once more, somewhere, or many times in a row. */
static void repeat(void)
{
    uint8_t piece[64];
    size_t at = below(now.n), n = below(sizeof piece < now.n - at ? sizeof piece : now.n - at + 1);
    size_t times = below(8) ? 1 : 1 + below(400), to = below(now.n + 1);
    memcpy(piece, now.at + at, n);
    for (size_t k = 0; k < times; k++) replace(to, 0, piece, n);
}

static void splice(void)
{
    const text *other = &kept[below((size_t)n_kept)];
    size_t from = below(other->n), n = below(other->n - from + 1), at = below(now.n + 1);
    replace(at, below(2) ? below(now.n - at + 1) : 0, other->at + from, n);
}

static bool is_digit(uint8_t c) { return c >= '0' && c <= '9'; }

/* A number becomes one at a boundary. */
static void bound(void)
{
    static const char *const numbers[] = {
        "0", "-1", "1", "127", "128", "255", "256", "65535", "65536", "2147483647", "2147483648", "4294967296",
        "9007199254740993", "9223372036854775807", "9223372036854775808", "-9223372036854775808", "18446744073709551616",
        "1e308", "1e309", "-1e999", "1e-320", "0x1p1023", "0x1p-1074", "0.1", "1.", ".5", "00", "1e", "NaN", "Infinity"};
    size_t at = below(now.n), end = at;
    while (at < now.n && !is_digit(now.at[at])) at++;
    for (end = at; end < now.n && is_digit(now.at[end]);) end++;
    const char *number = numbers[below(sizeof numbers / sizeof numbers[0])];
    replace(at, end - at, number, strlen(number));
}

/* Four bytes, as an integer near a boundary. */
static void bound_binary(void)
{
    static const uint32_t values[] = {0, 1, 0x7f, 0x80, 0xff, 0x7fff, 0x8000, 0xffff, 0x7fffffff, 0x80000000, 0xffffffff};
    uint32_t v = values[below(sizeof values / sizeof values[0])];
    size_t n = (size_t)1 << below(3);
    if (now.n >= n) memcpy(now.at + below(now.n - n + 1), &v, n);
}

static void (*const edits[])(void) = {flip, set_byte, cut, truncate_end, insert_word, insert_word, repeat, splice, bound,
                                      bound_binary};

static void mutate(void)
{
    const text *from = &kept[below((size_t)n_kept)];
    now.n = from->n;
    memcpy(now.at, from->at, now.n);
    for (size_t k = 1 + below(MOST_EDITS); k; k--) edits[below(sizeof edits / sizeof edits[0])]();
}

/* ---- the loop ----------------------------------------------------------------------------------------------------- */

static void keep(const void *bytes, size_t n)
{
    text t = {malloc(n + 1), n};
    if (!t.at || n_kept == MOST_KEPT) {
        free(t.at);
        return;
    }
    memcpy(t.at, bytes, n);
    kept[n_kept++] = t;
}

/* In memory of just its size, so that a read beyond it is seen. */
static void run_now(void)
{
    uint8_t *exact = malloc(now.n);
    if (exact) memcpy(exact, now.at, now.n);
    last = 0;
    if (exact || !now.n) LLVMFuzzerTestOneInput(exact, now.n);
    free(exact);
}

static void fuzz(long runs, const char *name)
{
    struct timespec start, end;
    clock_gettime(CLOCK_MONOTONIC, &start);
    for (int k = 0, seeds = n_kept; k < seeds; k++) {
        now.n = kept[k].n;
        memcpy(now.at, kept[k].at, now.n);
        run_now();
    }
    int seeds = n_kept;
    for (long k = 0; k < runs; k++) {
        if (k % 1024 == 0) alarm(PATIENCE);
        mutate();
        is_new = false;
        run_now();
        if (is_new) keep(now.at, now.n);
    }
    alarm(0);
    clock_gettime(CLOCK_MONOTONIC, &end);
    double seconds = (double)(end.tv_sec - start.tv_sec) + (double)(end.tv_nsec - start.tv_nsec) / 1e9;
    printf("%s: %ld runs, %d valid inputs, %d that went somewhere new, %.0f s: no finding\n", name, runs, seeds,
           n_kept - seeds, seconds);
}

static bool run_file(const char *path)
{
    FILE *file = fopen(path, "rb");
    if (!file) return false;
    now.n = fread(now.at, 1, most, file);
    fclose(file);
    run_now();
    return true;
}

static bool write_seeds(const char *folder)
{
    for (int k = 0; k < n_kept; k++) {
        char path[512];
        snprintf(path, sizeof path, "%s/%d", folder, k);
        FILE *file = fopen(path, "wb");
        if (!file) return false;
        fwrite(kept[k].at, 1, kept[k].n, file);
        if (fclose(file)) return false;
    }
    return true;
}

int main(int n, char **argument)
{
    long runs = 10000;
    const char *folder = NULL;
    int i = 1;
    for (; i + 1 < n && argument[i][0] == '-'; i += 2) {
        const char *value = argument[i + 1];
        if (!strcmp(argument[i], "--runs")) runs = strtol(value, NULL, 10);
        else if (!strcmp(argument[i], "--seed")) state = strtoull(value, NULL, 0);
        else if (!strcmp(argument[i], "--length")) most = strtoull(value, NULL, 10);
        else if (!strcmp(argument[i], "--write")) folder = value;
        else return fprintf(stderr, "no option %s\n", argument[i]), 2;
    }
    signal(SIGALRM, too_long);
    if (__sanitizer_set_death_callback) __sanitizer_set_death_callback(leave_input);
    fuzz_seeds(keep);
    for (int k = 0; k < n_kept; k++) if (most < kept[k].n + kept[k].n / 4) most = kept[k].n + kept[k].n / 4;
    now.at = malloc(most + 1);
    if (!now.at) return 2;
    bool ok = true;
    if (folder) ok = write_seeds(folder);
    else if (i < n) for (; i < n; i++) ok = run_file(argument[i]) && ok;
    else fuzz(runs, argument[0]);
    for (int k = 0; k < n_kept; k++) free(kept[k].at);
    free(now.at);
    return ok ? 0 : 2;
}
