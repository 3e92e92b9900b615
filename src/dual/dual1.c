/* dual1.c: the definitions over dual numbers with TD_LANES first derivatives. */
#include "dual.h"
#include "definitions/all.h"

static void load(void *to, int64_t n, td_dtype dtype, const void *values)
{
    num *x = to;
    for (int64_t i = 0; i < n; i++) x[i] = (num){ball_load(values, dtype, i), lanes_zero()};
}

static void set(void *to, int64_t i, int at, double v)
{
    num *x = to;
    lane_set(&x[i].t, at, (ball){v, 0});
}

static double read(const void *from, int64_t i, int at, double *bound)
{
    const num *x = from;
    ball b = at < 0 ? x[i].v : lane(&x[i].t, at);
    if (bound) *bound = b.e;
    return b.v;
}

static void make_constant(void *numbers, int64_t n)
{
    num *x = numbers;
    for (int64_t i = 0; i < n; i++) x[i] = num_constant(x[i]);
}

const td_numbers td_numbers_dual = {
    .size = sizeof(num), .lanes = TD_LANES, .load = load, .set = set, .read = read, .define = run_definition,
    .make_constant = make_constant};
