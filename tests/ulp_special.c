/* ulp_special.c: which special functions are measured, where, and how far they may be off; and the measuring. */
#include "ulp_special.h"

#include <math.h>

/* ---- the table ---------------------------------------------------------------------------------------------------- */

#define ROW(which) .name = #which, .map = TD_MAP_##which
const special_function special_functions[] = {
    {ROW(lgamma), 1, exact_lgamma, {-20}, {60}, .f64 = 0.51, .f32 = 0.51},
    {ROW(digamma), 1, exact_digamma, {-20}, {60}, .f64 = 0.51, .f32 = 0.51},
    {ROW(polygamma), 1, exact_polygamma, {0.01}, {60}, .n_a = 5, .a = {0, 1, 2, 3, 7},
     .f64 = 0.51, .f32 = 0.51},
    {ROW(zeta), 2, exact_zeta, {1, 0.01}, {12, 40}, .f64 = 0.51, .f32 = 0.51},
    {ROW(gammainc), 2, exact_gammainc, {0.01, 0.01}, {40, 60}, .f64 = 0.51, .f32 = 0.51},
    {ROW(gammaincc), 2, exact_gammaincc, {0.01, 0.01}, {40, 60}, .f64 = 0.51, .f32 = 0.51},
    {ROW(betainc), 3, exact_betainc, {0.1, 0.1, 0}, {30, 30, 1}, .f64 = 0.51, .f32 = 0.51},
    {ROW(erfcx), 1, exact_erfcx, {-6}, {40}, .n_a = 5, .a = {0, 1, 2, 8, 32}, .f64 = 0.75, .f32 = 0.51},
    {ROW(log_ndtr), 1, exact_log_ndtr, {-40}, {8}, .f64 = 1.5, .f32 = 0.51},
    {ROW(ndtri), 1, exact_ndtri, {0}, {1}, .f64 = 1.5, .f32 = 0.51},
    {ROW(dawson), 1, exact_dawson, {-12}, {12}, .n_a = 4, .a = {0, 1, 2, 5}, .f64 = 0.51, .f32 = 0.51},
    {ROW(expi), 1, exact_expi, {-40}, {100}, .f64 = 0.51, .f32 = 0.51},
    {ROW(expn), 1, exact_expn, {0.01}, {60}, .n_a = 5, .a = {0, 1, 2, 5, 20},
     .f64 = 0.51, .f32 = 0.51},
    {ROW(lambertw), 1, exact_lambertw, {-0.36}, {60}, .n_a = 1, .f64 = 0.51, .f32 = 0.51},
    {ROW(bessel_j), 1, exact_bessel_j, {-100}, {100}, .n_a = 5, .a = {0, 1, 2, 10, 34},
     .f64 = 0.51, .f32 = 0.51},
    {ROW(bessel_y), 1, exact_bessel_y, {0.01}, {100}, .n_a = 5, .a = {0, 1, 2, 10, 34},
     .f64 = 0.51, .f32 = 0.51},
    {ROW(bessel_i), 1, exact_bessel_i, {-100}, {100}, .n_a = 5, .a = {0, 1, 2, 10, 34}, .n_b = 2, .b = {0, 1},
     .f64 = 1.5, .f32 = 0.51},
    {ROW(bessel_k), 1, exact_bessel_k, {0.01}, {100}, .n_a = 5, .a = {0, 1, 2, 10, 34}, .n_b = 2, .b = {0, 1},
     .f64 = 0.51, .f32 = 0.51},
    {ROW(spherical_bessel_j), 1, exact_spherical_bessel_j, {-100}, {100}, .n_a = 5, .a = {0, 1, 2, 10, 20},
     .f64 = 0.51, .f32 = 0.51},
    {ROW(airy_ai), 1, exact_airy_ai, {-40}, {30}, .n_a = 2, .a = {0, 1}, .f64 = 0.51, .f32 = 0.51},
    {ROW(airy_bi), 1, exact_airy_bi, {-40}, {30}, .n_a = 2, .a = {0, 1}, .f64 = 0.51, .f32 = 0.51},
    {ROW(ellipk), 1, exact_ellipk, {-30}, {1}, .n_a = 4, .a = {0, 1, 2, 8}, .f64 = 0.51, .f32 = 0.51},
    {ROW(ellipe), 1, exact_ellipe, {-30}, {1}, .n_a = 4, .a = {0, 1, 2, 8}, .f64 = 0.51, .f32 = 0.51},
    {ROW(chebyshev_polynomial_t), 1, exact_chebyshev_t, {-1.2}, {1.2}, .n_a = 4, .a = {2, 3, 8, 40},
     .f64 = 0.51, .f32 = 0.51},
    {ROW(chebyshev_polynomial_v), 1, exact_chebyshev_v, {-1.2}, {1.2}, .n_a = 4, .a = {2, 3, 8, 40},
     .f64 = 0.51, .f32 = 0.51},
    {ROW(chebyshev_polynomial_w), 1, exact_chebyshev_w, {-1.2}, {1.2}, .n_a = 4, .a = {2, 3, 8, 40},
     .f64 = 0.51, .f32 = 0.51},
    {ROW(hermite_polynomial_h), 1, exact_hermite_h, {-4}, {4}, .n_a = 4, .a = {2, 3, 8, 40}, .f64 = 0.51, .f32 = 0.51},
    {ROW(hermite_polynomial_he), 1, exact_hermite_he, {-4}, {4}, .n_a = 4, .a = {2, 3, 8, 40},
     .f64 = 0.51, .f32 = 0.51},
    {ROW(gegenbauer_polynomial_c), 1, exact_gegenbauer, {-1.2}, {1.2}, .n_a = 4, .a = {2, 3, 8, 40},
     .n_b = 3, .b = {0.5, 1, 2.25}, .f64 = 0.51, .f32 = 0.51},
    {ROW(laguerre_polynomial_l), 1, exact_laguerre, {-2}, {30}, .n_a = 4, .a = {2, 3, 8, 40}, .n_b = 3, .b = {0, 1, 2.25},
     .f64 = 0.51, .f32 = 0.51},
};
const int special_count = sizeof special_functions / sizeof special_functions[0];

/* ---- operands ----------------------------------------------------------------------------------------------------- */

/* xorshift64*: Vigna, ACM TOMS 42 (2016) 30 */
static double uniform(uint64_t *state, double low, double high)
{
    *state ^= *state >> 12;
    *state ^= *state << 25;
    *state ^= *state >> 27;
    return low + (high - low) * ((double)(*state * 0x2545f4914f6cdd1du >> 11) * 0x1p-53);
}

static double operand(const special_function *f, int k, const special_case *worst, int i, uint64_t *state)
{
    double low = f->low[k], high = f->high[k];
    double near = worst->x[k] * (1 + uniform(state, -1, 1) * exp2(uniform(state, -40, -4)));
    if (i % 4 == 3 && near > low && near < high) return near;
    if (i % 4 != 1) return uniform(state, low, high);
    bool below = low < 0 && uniform(state, -1, 1) < 0;
    return below ? -exp2(uniform(state, -30, log2(-low))) : fmax(exp2(uniform(state, -30, log2(high))), low);
}

static double value_of(const special_function *f, const td_kernels *set, int dtype, const special_case *c)
{
    double wide;
    float  narrow, x[SPECIAL_OPERANDS];
    for (int k = 0; k < SPECIAL_OPERANDS; k++) x[k] = (float)c->x[k];
    if (dtype == TD_K_F32) set->map[dtype][f->map](1, &narrow, (const void *const[]){x, x + 1, x + 2}, c->a, c->b);
    else set->map[dtype][f->map](1, &wide, (const void *const[]){c->x, c->x + 1, c->x + 2}, c->a, c->b);
    return dtype == TD_K_F32 ? (double)narrow : wide;
}

/* |got - true| in ulp, 0 where there is no number to compare; *high and *low are the true value. */
static double error_of(const special_function *f, const td_kernels *set, int dtype, const special_case *c, double *high,
                       double *low)
{
    mpfr_t x[SPECIAL_OPERANDS], want, rest;
    mpfr_inits2(SPECIAL_BITS, x[0], x[1], x[2], want, rest, (mpfr_ptr)NULL);
    for (int k = 0; k < SPECIAL_OPERANDS; k++) mpfr_set_d(x[k], c->x[k], MPFR_RNDN);
    f->exact(want, (const mpfr_t *)x, c->a, c->b);
    *high = mpfr_get_d(want, MPFR_RNDN);
    mpfr_sub_d(rest, want, *high, MPFR_RNDN);
    *low = mpfr_get_d(rest, MPFR_RNDN);
    double error = mpfr_number_p(want) ? ulp_distance(dtype, value_of(f, set, dtype, c), want) : 0;
    mpfr_clears(x[0], x[1], x[2], want, rest, (mpfr_ptr)NULL);
    return isnan(error) ? INFINITY : error;
}

static void print_point(FILE *to, const special_function *f, const special_case *c, double high, double low)
{
    fprintf(to, "%s %g %g %a %a %a", f->name, c->a, c->b, c->x[0], c->x[1], c->x[2]);
    fprintf(to, " %a %a %g %g\n", high, low, f->f64, f->f32);
}

/* n operands of one choice of scalars */
static void measure_choice(const special_function *f, const td_kernels *set, int dtype, int n, double a, double b,
                           special_result *r, FILE *points)
{
    special_case worst = {.a = a, .b = b, .error = -1};
    double       high, low, worst_high = 0, worst_low = 0;
    uint64_t     state = 0x9e3779b97f4a7c15u;
    for (int i = 0; i < n; i++, r->tested++) {
        special_case c = {.a = a, .b = b};
        for (int k = 0; k < f->operands; k++) c.x[k] = operand(f, k, &worst, i, &state);
        for (int k = 0; k < f->operands && dtype == TD_K_F32; k++) c.x[k] = (float)c.x[k];
        c.error = error_of(f, set, dtype, &c, &high, &low);
        r->off += c.error > 0.5;
        if (points && i < 4 && isfinite(high)) print_point(points, f, &c, high, low);
        if (c.error > worst.error) worst = c, worst_high = high, worst_low = low;
    }
    if (points && isfinite(worst_high)) print_point(points, f, &worst, worst_high, worst_low);
    if (worst.error > r->worst.error) r->worst = worst;
}

void special_measure(const special_function *f, const td_kernels *set, int dtype, int n, special_result *r, FILE *points)
{
    int choices = (f->n_a ? f->n_a : 1) * (f->n_b ? f->n_b : 1);
    *r = (special_result){.worst.error = -1};
    for (int i = 0; i < (f->n_a ? f->n_a : 1); i++)
        for (int j = 0; j < (f->n_b ? f->n_b : 1); j++)
            measure_choice(f, set, dtype, n / choices, f->a[i], f->b[j], r, points);
}
