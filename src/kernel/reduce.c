/* reduce.c: the blocks of reductions, of all dtypes. */
#include "kernel.h"
#include "scalar.h"
#include "set.h"

/* f32 sums in double, so that long sums stay right; the caller rounds once. */
#define FIELD f
#define ACC double
#define ADD(a, b) ((a) + (b))
#define IS_NAN(x) ((x) != (x))

#define T float
#define F(name) f32_##name
#include "reduce.tmpl.h"
#undef F
#undef T

#define T double
#define F(name) f64_##name
#include "reduce.tmpl.h"
#undef F
#undef T

#undef FIELD
#undef ACC
#undef ADD
#undef IS_NAN

#define FIELD i
#define ACC int64_t
#define ADD(a, b) add((a), (b))
#define IS_NAN(x) 0

static int64_t add(int64_t a, int64_t b) { return td_s_wrap((uint64_t)a + (uint64_t)b); }

#define T uint8_t
#define F(name) bool_##name
#include "reduce.tmpl.h"
#undef F
#undef T

#define T int64_t
#define F(name) i64_##name
#include "reduce.tmpl.h"
#undef F
#undef T

/* sum exp(x - shift) in eight lanes, as sum */
static void sumexp(int64_t n, const double *x, double shift, td_partial *out)
{
    double lane[8] = { 0 };
    for (int64_t i = 0; i < n; i++) lane[i % 8] += exp(x[i] - shift);
    out->f = ((lane[0] + lane[4]) + (lane[2] + lane[6])) + ((lane[1] + lane[5]) + (lane[3] + lane[7]));
}

static void f32_sumexp(int64_t n, const void *x, int64_t first, double shift, td_partial *out)
{
    const float *in = x;
    double       wide[TD_BLOCK];
    (void)first;
    for (int64_t i = 0; i < n; i++) wide[i] = in[i];
    sumexp(n, wide, shift, out);
}

static void f64_sumexp(int64_t n, const void *x, int64_t first, double shift, td_partial *out)
{
    (void)first;
    sumexp(n, x, shift, out);
}

static void f32_ties(int64_t n, const void *x, int64_t first, double shift, td_partial *out)
{
    const float *in = x;
    int64_t      count = 0;
    (void)first;
    for (int64_t i = 0; i < n; i++) count += in[i] == shift;
    out->f = (double)count;
}

static void f64_ties(int64_t n, const void *x, int64_t first, double shift, td_partial *out)
{
    const double *in = x;
    int64_t       count = 0;
    (void)first;
    for (int64_t i = 0; i < n; i++) count += in[i] == shift;
    out->f = (double)count;
}

const td_reduce TD_OF_SET(td_reduces)[TD_REDUCE_COUNT][TD_K_DTYPES] = {
    [TD_REDUCE_sum]    = { { bool_sum, bool_sum_merge }, { i64_sum, i64_sum_merge },
                           { f32_sum, f32_sum_merge },   { f64_sum, f64_sum_merge } },
    [TD_REDUCE_max]    = { { bool_max, bool_max_merge }, { i64_max, i64_max_merge },
                           { f32_max, f32_max_merge },   { f64_max, f64_max_merge } },
    [TD_REDUCE_min]    = { { bool_min, bool_min_merge }, { i64_min, i64_min_merge },
                           { f32_min, f32_min_merge },   { f64_min, f64_min_merge } },
    [TD_REDUCE_sumexp] = { [TD_K_F32] = { f32_sumexp, f32_sum_merge }, [TD_K_F64] = { f64_sumexp, f64_sum_merge } },
    [TD_REDUCE_ties]   = { [TD_K_F32] = { f32_ties, f32_sum_merge }, [TD_K_F64] = { f64_ties, f64_sum_merge } },
};
