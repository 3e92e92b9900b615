/* test_rows.c: what works row by row, held to the textbook in long double, and to itself: a row gives the same bits alone, among
 * others, and as a column.
 *
 * Lengths stand at, one below and one above the places where the way of working changes. */
#include <stdint.h>

#include "testing.h"

static bool same_bits(double x, double y) { return !memcmp(&x, &y, sizeof x) || (isnan(x) && isnan(y)); }

static double drawn(int64_t i) { return (double)((uint64_t)i * 2654435761u % 20011) / 1000 - 10; }

static double rounded(double x, td_dtype d) { return d == TD_F32 ? (double)(float)x : x; }

/* ---- softmax: a row and a column of the same numbers ------------------------------------------------------------------ */

/* Ordinary rows, rows far from 0, rows with -inf, and some that have no softmax. */
static double row_number(int64_t row, int64_t i)
{
    double v = drawn(row * 131 + i * 17) * (row % 3 ? 1 : 0.01);
    switch (row % 8) {
    case 3: return v + 300;
    case 4: return v * 9 - 1000;
    case 5: return i % 3 ? v : (double)-INFINITY;
    case 6: return i == 2 ? (double)NAN : v;
    case 7: return row == 7 ? -(double)INFINITY : i == 1 ? (double)INFINITY : v;
    default: return v;
    }
}

/* The largest of a row, and the sum of what the textbook adds up. */
static long double plain_sum(const double *x, int64_t n, long double *top)
{
    long double sum = 0;
    *top = -INFINITY;
    for (int64_t k = 0; k < n; k++) *top = x[k] > *top || isnan(x[k]) ? x[k] : *top;
    for (int64_t k = 0; k < n; k++) sum += expl(x[k] - *top);
    return sum;
}

static void check_rows(int64_t rows, int64_t n, td_dtype d, bool logs)
{
    td_context *c = td_open(&(td_options){.engine = td_eval_engine()});
    size_t      bytes = (size_t)(rows * n) * sizeof(double);
    double     *x = malloc(bytes), *y = malloc(bytes), *z = malloc(bytes);
    for (int64_t i = 0; i < rows * n; i++) x[i] = rounded(row_number(i / n, i % n), d);
    td_tensor *t = td_to(td_array(c, TD_F64, 2, (int64_t[]){rows, n}, x), d), *columns = td_copy(td_transpose(t, 0, 1));
    td_read(logs ? td_log_softmax(t, 1) : td_softmax(t, 1), y);
    td_read(td_transpose(logs ? td_log_softmax(columns, 0) : td_softmax(columns, 0), 0, 1), z);
    CHECK(!td_error(c), "%s", td_message(c));
    double unit = d == TD_F32 ? 0x1p-24 : 0x1p-53, least = d == TD_F32 ? 0x1p-149 : 0x1p-1074;
    bool        right = true;
    long double top = 0, sum = 0;
    for (int64_t i = 0; right && i < rows * n; i++) {
        if (i % n == 0) sum = plain_sum(x + i, n, &top);
        long double e = logs ? x[i] - top - logl(sum) : expl(x[i] - top) / sum;
        double      bound = 6 * unit * (double)(fabsl(e) + (logs ? 1 : 0)) + 2 * least;
        bool        near = isnan(e) ? isnan(y[i]) : fabsl(y[i] - e) <= bound || (long double)y[i] == e;
        right = near && same_bits(y[i], z[i]);
        CHECK(right, "%s %s, n %lld, row %lld, number %lld (%.9g): %.17g in a row, %.17g in a column, not %.17Lg",
              td_dtype_name(d), logs ? "log_softmax" : "softmax", (long long)n, (long long)(i / n), (long long)(i % n), x[i],
              y[i], z[i], e);
    }
    free(x), free(y), free(z);
    td_close(c);
}

TEST(rows, softmax_of_rows_and_of_columns)
{
    static const int64_t LENGTH[] = {1, 2, 3, 10, 31, 33, 64, 127, 257, 1000, 1025, 2500};
    for (size_t n = 0; n < sizeof LENGTH / sizeof *LENGTH; n++)
        for (int how = 0; how < 4; how++) check_rows(n % 4 ? 9 : 131, LENGTH[n], how % 2 ? TD_F32 : TD_F64, how / 2);
}

/* ---- rows alone and among others ------------------------------------------------------------------------------------- */

enum { ROWS = 150 };

typedef td_tensor *by_row(td_tensor *x, td_tensor *other);

static td_tensor *by_softmax(td_tensor *x, td_tensor *other) { return (void)other, td_softmax(x, 1); }
static td_tensor *by_log_softmax(td_tensor *x, td_tensor *other) { return (void)other, td_log_softmax(x, 1); }
static td_tensor *by_norm(td_tensor *x, td_tensor *other) { return (void)other, td_layer_norm(x, 1, NULL, NULL, 1e-5); }
static td_tensor *by_norm_adj(td_tensor *x, td_tensor *other) { return td_layer_norm_adj(x, other, 1, NULL, 1e-5); }
static td_tensor *by_cumsum(td_tensor *x, td_tensor *other) { return (void)other, td_cumsum(x, 1); }
static td_tensor *by_cumprod(td_tensor *x, td_tensor *other) { return (void)other, td_cumprod(x, 1); }
static td_tensor *by_recurrence(td_tensor *x, td_tensor *other) { return td_recurrence(x, other, 1); }

static const struct {
    const char *name;
    by_row     *run;
} ROW_OP[] = {
    {"softmax", by_softmax}, {"log_softmax", by_log_softmax}, {"layer_norm", by_norm},       {"layer_norm_adj", by_norm_adj},
    {"cumsum", by_cumsum},   {"cumprod", by_cumprod},         {"recurrence", by_recurrence},
};

static void check_alone(int op, int64_t rows, int64_t n, double size, td_dtype d)
{
    td_context *c = td_open(&(td_options){.engine = td_eval_engine(), .threads = 1 + (int)(n % 3)});
    td_tensor  *x = td_mul_scalar(td_randn(c, d, 2, (int64_t[]){rows, n}), size), *g = td_flip(x, 2, (int[]){0, 1});
    double     *y = malloc((size_t)(rows * n) * sizeof *y), *one = malloc((size_t)n * sizeof *one);
    bool        same = y && one && !td_read(ROW_OP[op].run(x, g), y);
    for (int64_t r = 0; same && r < rows; r += 49) {
        td_read(ROW_OP[op].run(td_slice(x, 0, r, r + 1, 1), td_slice(g, 0, r, r + 1, 1)), one);
        for (int64_t i = 0; i < n; i++) same = same && same_bits(y[r * n + i], one[i]);
    }
    CHECK(same && !td_error(c), "%s %s of rows of %lld: other bits alone. %s", ROW_OP[op].name, td_dtype_name(d), (long long)n,
          td_message(c));
    free(y), free(one);
    td_close(c);
}

TEST(rows, a_row_alone_has_the_bits_it_has_among_others)
{
    static const int64_t LENGTH[] = {1, 2, 9, 32, 63, 64, 65, 1025};
    for (int op = 0; op < (int)(sizeof ROW_OP / sizeof *ROW_OP); op++)
        for (size_t n = 0; n < sizeof LENGTH / sizeof *LENGTH; n++)
            for (int d = TD_F32; d <= TD_F64; d++) check_alone(op, ROWS, LENGTH[n], 1, (td_dtype)d);
}

/* 16 MiB and a little, carried past the caches from places that lines of a cache do not know; some rows are far from 0. */
TEST(rows, a_row_alone_has_the_bits_it_has_in_a_large_result)
{
    check_alone(0, (2 << 20) / 1003 + 1, 1003, 200, TD_F64);
    check_alone(0, (4 << 20) / 1003 + 1, 1003, 25, TD_F32);
}

/* ---- layer_norm ------------------------------------------------------------------------------------------------------ */

/* Far from 0, where a variance from sums of squares would have lost its digits. */
static double normed_number(int64_t row, int64_t i) { return drawn(row * 131 + i * 17) + (row % 2 ? 1e4 : 0); }

static void check_norm(int64_t n, td_dtype d)
{
    td_context *c = td_open(NULL);
    double      x[2 * 1100], y[2 * 1100], unit = d == TD_F32 ? 0x1p-24 : 0x1p-53;
    for (int64_t i = 0; i < 2 * n; i++) x[i] = rounded(normed_number(i / n, i % n), d);
    td_read(td_layer_norm(td_to(td_array(c, TD_F64, 2, (int64_t[]){2, n}, x), d), 1, NULL, NULL, 1e-5), y);
    CHECK(!td_error(c), "%s", td_message(c));
    for (int64_t row = 0; row < 2; row++) {
        long double mean = 0, var = 0;
        for (int64_t i = row * n; i < (row + 1) * n; i++) mean += x[i] / (long double)n;
        for (int64_t i = row * n; i < (row + 1) * n; i++) var += (x[i] - mean) * (x[i] - mean) / (long double)n;
        for (int64_t i = row * n; i < (row + 1) * n; i++) {
            /* the mean is rounded in double, at the size of the numbers */
            long double z = (x[i] - mean) / sqrtl(var + 1e-5L), bound = 4 * unit * fabsl(z) + 8e-12L / sqrtl(var + 1e-5L);
            CHECK(fabsl(y[i] - z) <= bound, "%s, n %lld: number %lld is %.17g, not %.17Lg", td_dtype_name(d), (long long)n,
                  (long long)i, y[i], z);
        }
    }
    td_close(c);
}

TEST(rows, layer_norm_keeps_its_digits_far_from_zero)
{
    static const int64_t LENGTH[] = {1, 2, 31, 32, 33, 1024, 1025, 1100};
    for (size_t n = 0; n < sizeof LENGTH / sizeof *LENGTH; n++)
        for (int d = TD_F32; d <= TD_F64; d++) check_norm(LENGTH[n], (td_dtype)d);
}

/* ---- cross_entropy --------------------------------------------------------------------------------------------------- */

static void check_entropy(int64_t rows, int64_t n, td_dtype d)
{
    td_context *c = td_open(NULL);
    size_t      bytes = (size_t)(rows * n) * sizeof(double);
    double     *x = malloc(bytes), *g = malloc(bytes), unit = d == TD_F32 ? 0x1p-24 : 0x1p-53;
    int64_t    *target = malloc((size_t)rows * sizeof *target);
    for (int64_t i = 0; i < rows * n; i++) x[i] = rounded(drawn(i * 19) * (i / n % 3 ? 1 : 4), d);
    for (int64_t i = 0; i < rows; i++) target[i] = i * 5 % n;
    td_tensor *t = td_require_grad(td_to(td_array(c, TD_F64, 2, (int64_t[]){rows, n}, x), d));
    td_tensor *loss = td_cross_entropy(t, td_array(c, TD_I64, 1, &rows, target), NULL);
    td_backward(loss);
    td_read(td_grad(t), g);
    CHECK(!td_error(c), "%s", td_message(c));
    long double mean = 0;
    for (int64_t r = 0; r < rows; r++) {
        const double *row = x + r * n;
        long double   top, sum = plain_sum(row, n, &top);
        mean += (top - row[target[r]] + logl(sum)) / (long double)rows;
        for (int64_t i = 0; i < n; i++) {
            long double share = expl(row[i] - top) / sum, e = (share - (i == target[r])) / (long double)rows;
            CHECK(fabsl(g[r * n + i] - e) <= 8 * unit * share / (long double)rows + 2 * unit * fabsl(e),
                  "%s (%lld,%lld): slope of number %lld of row %lld is %.17g, not %.17Lg", td_dtype_name(d), (long long)rows,
                  (long long)n, (long long)i, (long long)r, g[r * n + i], e);
        }
    }
    double got = td_item(loss);
    CHECK(fabsl(got - mean) <= 4 * unit * fabsl(mean) + 4 * unit, "%s (%lld,%lld): a loss of %.17g, not %.17Lg",
          td_dtype_name(d), (long long)rows, (long long)n, got, mean);
    free(x), free(g), free(target);
    td_close(c);
}

TEST(rows, cross_entropy_and_its_slopes)
{
    static const int64_t LENGTH[] = {1, 2, 10, 63, 64, 65, 1000, 1025};
    for (size_t n = 0; n < sizeof LENGTH / sizeof *LENGTH; n++)
        for (int d = TD_F32; d <= TD_F64; d++) check_entropy(n % 2 ? 9 : 131, LENGTH[n], (td_dtype)d);
}
