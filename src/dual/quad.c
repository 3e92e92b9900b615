/* quad.c: the definitions in quad precision, no derivatives: for difference quotients as fine as rounding allows.
 *
 * A number goes in and out as two doubles, 106 bits at least: lane -1 is the nearest double, lane 0 the rest. */
#include "system.h"

#ifdef TD_QUAD
#include "quad.h"
#include "definitions/all.h"

static quad loaded(const void *values, td_dtype dtype, int64_t i)
{
    switch (dtype) {
    case TD_F64: return ((const double *)values)[i];
    case TD_F32: return ((const float *)values)[i];
    case TD_I64: return ((const int64_t *)values)[i];
    default: return ((const uint8_t *)values)[i];
    }
}

static void load(void *to, int64_t n, td_dtype dtype, const void *values)
{
    num *x = to;
    for (int64_t i = 0; i < n; i++) x[i] = (num){loaded(values, dtype, i), 0};
}

/* The nearest double stays; the rest is from now on v. */
static void set(void *to, int64_t i, int lane, double v)
{
    num *x = to;
    (void)lane;
    x[i] = num_add(num_of((double)x[i].v), num_of(v));
}

static double read(const void *from, int64_t i, int lane, double *bound)
{
    num x = ((const num *)from)[i];
    double nearest = (double)x.v, rest = (double)(x.v - nearest);
    if (bound) *bound = grow(x.e + (lane < 0 ? fabs(rest) : 0x1p-53 * fabs(rest)));
    return lane < 0 ? nearest : rest;
}

const td_numbers td_numbers_quad = {
    .size = sizeof(num), .lanes = 1, .load = load, .set = set, .read = read, .define = run_definition};

#else
const td_numbers td_numbers_quad = {0};
#endif
