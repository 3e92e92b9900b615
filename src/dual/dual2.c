/* dual2.c: the definitions over second-order dual numbers. */
#include "dual2.h"
#include "definitions/all.h"

static void load(void *to, int64_t n, td_dtype dtype, const void *values)
{
    num *x = to;
    for (int64_t i = 0; i < n; i++) x[i] = (num){{ball_load(values, dtype, i), {0, 0}}, pair_zero()};
}

/* the value, a, b, ab */
static ball *part(num *x, int lane) { return lane < 0 ? &x->v.v : lane == 0 ? &x->v.t : lane == 1 ? &x->t.v : &x->t.t; }

static void set(void *to, int64_t i, int lane, double v)
{
    num *x = to;
    *part(&x[i], lane) = (ball){v, 0};
}

static double read(const void *from, int64_t i, int lane, double *bound)
{
    num x = ((const num *)from)[i];
    ball b = *part(&x, lane);
    if (bound) *bound = b.e;
    return b.v;
}

static void make_constant(void *numbers, int64_t n)
{
    num *x = numbers;
    for (int64_t i = 0; i < n; i++) x[i] = (num){line_constant(x[i].v), pair_zero()};
}

const td_numbers td_numbers_dual2 = {
    .size = sizeof(num), .lanes = 3, .load = load, .set = set, .read = read, .define = run_definition,
    .make_constant = make_constant};
