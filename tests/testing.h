/* testing.h: what the tests share.  A suite is one file of TEST(suite, a_sentence_for_a_name) { ... } and CHECK(...).
 *
 * The bodies are plain functions.  Under Criterion each runs in a process of its own; with -DTEST_PLAIN the same file is a
 * program with a main of its own that writes TAP, for tools under which Criterion can't run (ThreadSanitizer, valgrind) and
 * for machines without it.
 *
 * A plain_* program, which has its own main, defines TEST_OWN_MAIN and uses CHECK alone.
 *
 * Criterion ignores what happens after a body, a leak found at exit too, so leaks are asked for at the end of each body. */
#ifndef TESTING_H
#define TESTING_H

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "triad_engine.h"

extern int __lsan_do_recoverable_leak_check(void) __attribute__((weak));

#if defined TEST_PLAIN || defined TEST_OWN_MAIN
/* ---- without Criterion -------------------------------------------------------------------------------------------- */

static int test_failures;

#define CHECK(condition, ...)                               \
    do {                                                    \
        if (condition) break;                               \
        test_failures++;                                    \
        printf("# %s:%d: ", __FILE__, __LINE__);            \
        printf(__VA_ARGS__);                                \
        printf("\n");                                       \
    } while (0)

#ifndef TEST_OWN_MAIN
typedef struct test_case {
    const char       *name;
    void            (*body)(void);
    struct test_case *next;
} test_case;

static test_case *test_first, **test_last = &test_first;

#define TEST(suite, name)                                                                            \
    static void suite##_##name(void);                                                                \
    static test_case suite##_##name##_case = {#suite "::" #name, suite##_##name, NULL};              \
    __attribute__((constructor)) static void suite##_##name##_register(void)                         \
    {                                                                                                \
        *test_last = &suite##_##name##_case;                                                         \
        test_last = &suite##_##name##_case.next;                                                     \
    }                                                                                                \
    static void suite##_##name(void)

int main(void)
{
    int count = 0, failed = 0;
    for (test_case *t = test_first; t; t = t->next) {
        test_failures = 0;
        t->body();
        if (__lsan_do_recoverable_leak_check) test_failures += __lsan_do_recoverable_leak_check() != 0;
        failed += test_failures != 0;
        printf("%sok %d - %s\n", test_failures ? "not " : "", ++count, t->name);
    }
    printf("1..%d\n", count);
    return failed != 0;
}
#endif

#else
/* ---- under Criterion ---------------------------------------------------------------------------------------------- */

#include <criterion/criterion.h>

#define CHECK(condition, ...) cr_expect(condition, __VA_ARGS__)

#define TEST(suite, name)                                                                            \
    static void suite##_##name(void);                                                                \
    Test(suite, name)                                                                                \
    {                                                                                                \
        suite##_##name();                                                                            \
        if (__lsan_do_recoverable_leak_check) CHECK(!__lsan_do_recoverable_leak_check(), "leaks");   \
    }                                                                                                \
    static void suite##_##name(void)
#endif

/* ---- both --------------------------------------------------------------------------------------------------------- */

#define SIZES(...) (const int64_t[]){__VA_ARGS__}
#define VALUES(...) (const double[]){__VA_ARGS__}
#define AXES(...) (const int[]){__VA_ARGS__}

/* A vector of doubles; n is counted from the list. */
#define VECTOR(c, ...) td_array(c, TD_F64, 1, SIZES(sizeof VALUES(__VA_ARGS__) / sizeof(double)), VALUES(__VA_ARGS__))

/* The same number, or both NaN.  0 and -0 are the same. */
static inline bool same_value(double a, double b)
{
    return a == b || (isnan(a) && isnan(b));
}

/* Close the context of a test in which nothing should have gone wrong. */
static inline void close_clean(td_context *c)
{
    CHECK(td_error(c) == TD_OK, "unexpected error: %s", td_message(c));
    td_close(c);
}

/* x holds exactly these n numbers. */
static inline void check_values(const char *what, td_tensor *x, int64_t n, const double *expected)
{
    double value[256];
    CHECK(td_numel(x) == n, "%s: %lld numbers, expected %lld: %s", what, (long long)td_numel(x), (long long)n,
          td_message(td_context_of(x)));
    if (td_numel(x) != n || n > 256 || td_read(x, value)) return;
    for (int64_t i = 0; i < n; i++)
        CHECK(same_value(value[i], expected[i]), "%s: number %lld is %.17g, expected %.17g", what, (long long)i, value[i],
              expected[i]);
}
#define CHECK_VALUES(what, x, ...) \
    check_values(what, x, (int64_t)(sizeof VALUES(__VA_ARGS__) / sizeof(double)), VALUES(__VA_ARGS__))

/* x holds these numbers but for `ulps` units in the last place of each (of f64, or f32 for an f32 tensor). */
static inline void check_near(const char *what, td_tensor *x, int64_t n, const double *expected, double ulps)
{
    double value[256], eps = td_dtype_of(x) == TD_F32 ? 0x1p-23 : 0x1p-52;
    CHECK(td_numel(x) == n, "%s: %lld numbers, expected %lld", what, (long long)td_numel(x), (long long)n);
    if (td_numel(x) != n || n > 256 || td_read(x, value)) return;
    for (int64_t i = 0; i < n; i++)
        CHECK(same_value(value[i], expected[i]) || fabs(value[i] - expected[i]) <= ulps * eps * fabs(expected[i]),
              "%s: number %lld is %.17g, expected %.17g", what, (long long)i, value[i], expected[i]);
}
#define CHECK_NEAR(what, ulps, x, ...) \
    check_near(what, x, (int64_t)(sizeof VALUES(__VA_ARGS__) / sizeof(double)), VALUES(__VA_ARGS__), ulps)

static inline void check_shape(const char *what, const td_tensor *x, int rank, const int64_t *size)
{
    CHECK(td_rank(x) == rank, "%s: rank %d, expected %d", what, td_rank(x), rank);
    for (int i = 0; i < rank; i++)
        CHECK(td_size(x, i) == size[i], "%s: size %lld along axis %d, expected %lld", what, (long long)td_size(x, i), i,
              (long long)size[i]);
}
#define CHECK_SHAPE(what, x, ...) \
    check_shape(what, x, (int)(sizeof SIZES(__VA_ARGS__) / sizeof(int64_t)), SIZES(__VA_ARGS__))

/* The context has failed with this status and a message that holds every one of the words, separated by '|'.  Then it is
 * as good as new. */
static inline void check_refused(const char *what, td_context *c, td_status status, const char *words)
{
    char list[256];
    CHECK(td_error(c) == status, "%s: status %d, expected %d, message \"%s\"", what, (int)td_error(c), (int)status,
          td_message(c));
    snprintf(list, sizeof list, "%s", words);
    for (char *save = NULL, *word = strtok_r(list, "|", &save); word; word = strtok_r(NULL, "|", &save))
        CHECK(strstr(td_message(c), word) != NULL, "%s: \"%s\" does not say \"%s\"", what, td_message(c), word);
    td_clear_error(c);
}

/* ---- an allocator that counts, and fails when told ---------------------------------------------------------------- */

typedef struct counter {
    size_t  live, most;    /* bytes */
    int64_t calls;
    int64_t fail_at;       /* the call that fails; 0: none */
    bool    persistent;    /* and all after it */
} counter;

static inline void *counter_allocate(void *user, size_t bytes)
{
    counter *k = user;
    k->calls++;
    if (k->fail_at && (k->calls == k->fail_at || (k->persistent && k->calls > k->fail_at))) return NULL;
    void *memory = malloc(bytes);
    if (memory) k->live += bytes;
    if (k->live > k->most) k->most = k->live;
    return memory;
}

static inline void counter_release(void *user, void *memory, size_t bytes)
{
    counter *k = user;
    k->live -= bytes;
    free(memory);
}

static inline td_context *open_counted(counter *k, const td_engine *engine)
{
    td_options o = {.engine = engine, .allocator = {counter_allocate, counter_release, k}};
    return td_open(&o);
}

static inline td_context *open_engine(const td_engine *engine)
{
    td_options o = {.engine = engine};
    return td_open(&o);
}

/* ---- memory to which text is printed ------------------------------------------------------------------------------ */

/* What td_print writes of x, in a buffer of the caller. */
static inline const char *printed(td_tensor *x, char *text, size_t size)
{
    FILE *file = fmemopen(text, size, "w");
    text[0] = 0;
    if (!file) return text;
    td_print(x, file);
    fclose(file);
    return text;
}

#endif
