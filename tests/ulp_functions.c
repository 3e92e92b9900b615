/* ulp_functions.c: the elementary functions of the maps, what they are, and how far they may be from it.
 *
 * References are long double: where that has 64 bits or more, 11 more than double, it tells errors to a hundredth. */
#include <math.h>
#include <stddef.h>

#include "ulp.h"

#define PI 3.14159265358979323846
#define LOG2 0.69314718055994530942

#define OF(name, expression)                                                        \
    static long double name(long double x, long double y, long double a)            \
    {                                                                               \
        (void)x, (void)y, (void)a;                                                  \
        return expression;                                                          \
    }

/* erfc(-x / sqrt 2) / 2: erfc magnifies the rounding of its operand z, and of sqrt 1/2, by 2 z^2 */
static long double normal(long double x)
{
    const long double root = 0.707106781186547524400844362104849039L, rest = fmal(-root, root, 0.5L) / (2 * root);
    const long double two_by_root_pi = 1.12837916709551257389615890312154517L;
    long double z = -x * root, value = erfcl(z), lost = fmal(-x, root, -z) - x * rest;
    if (z > 1 && z < 110) value -= two_by_root_pi * expl(-z * z) * lost;
    return value / 2;
}

static long double logistic(long double x)
{
    long double e = expl(-fabsl(x));
    return x < 0 ? e / (1 + e) : 1 / (1 + e);
}

/* erf y = x by Newton's method from below, in erfc where x is near 1 */
static long double error_root(long double x)
{
    const long double slope = 1.12837916709551257389615890312154517L;
    long double a = fabsl(x), y = 0, last = -1;
    if (!(a < 1)) return a == 1 ? copysignl(INFINITY, x) : NAN;
    for (int k = 0; k < 200 && y > last; k++) {
        last = y;
        y -= (a <= 0.5L ? erfl(y) - a : (1 - a) - erfcl(y)) / (slope * expl(-y * y));
    }
    return copysignl(y > last ? y : last, x);
}

/* near 1/2 by the series' form: log(x / (1 - x)) = 2 artanh(2 x - 1) */
static long double log_odds(long double x)
{
    return x > 0.25L && x < 0.75L ? 2 * atanhl(2 * x - 1) : logl(x / (1 - x));
}

/* Products of infinity and zero have their limits. */
OF(reciprocal, 1 / x)
OF(rsqrt, 1 / sqrtl(x))
OF(exp_of, expl(x))
OF(exp2_of, exp2l(x))
OF(expm1_of, expm1l(x))
OF(log_of, logl(x))
OF(log1p_of, log1pl(x))
OF(log2_of, log2l(x))
OF(log10_of, log10l(x))
OF(cbrt_of, cbrtl(x))
OF(sin_of, sinl(x))
OF(cos_of, cosl(x))
OF(tan_of, tanl(x))
OF(sinh_of, sinhl(x))
OF(cosh_of, coshl(x))
OF(tanh_of, tanhl(x))
OF(asin_of, asinl(x))
OF(acos_of, acosl(x))
OF(atan_of, atanl(x))
OF(erf_of, erfl(x))
OF(erfc_of, erfcl(x))
OF(sigmoid, logistic(x))
OF(asinh_of, asinhl(x))
OF(acosh_of, acoshl(x))
OF(atanh_of, atanhl(x))
OF(erfinv_of, error_root(x))
OF(entr_of, x > 0 ? -x * logl(x) : x == 0 ? 0 : x < 0 ? -INFINITY : x)
OF(logit_of, log_odds(x))
OF(hypot_of, hypotl(x, y))
OF(atan2_of, atan2l(x, y))
OF(silu, x == -INFINITY ? -0.0L : x * logistic(x))
OF(softplus, x < 0 ? log1pl(expl(x)) : x + log1pl(expl(-x)))
OF(ndtr, normal(x))
OF(gelu, x == -INFINITY ? -0.0L : x * normal(x))
OF(elu, x < 0 ? a * expm1l(x) : x)
OF(pow_of, powl(x, y))
OF(pow_scalar, powl(x, a))

#define ROW(which) .name = #which, .map = TD_MAP_##which
const ulp_function ulp_functions[] = {
    {ROW(reciprocal), 1, 0, reciprocal, 0.5, 2, 0.125, 0.5, 0.5},
    {ROW(rsqrt), 1, 0, rsqrt, 0.25, 4, 0.125, 0.51, 0.51},
    {ROW(exp), 1, 0, exp_of, -746, 710, LOG2 / 2, 0.95, 0.51},
    {ROW(exp2), 1, 0, exp2_of, -1076, 1025, 0.5, 0.9, 0.51},
    {ROW(expm1), 1, 0, expm1_of, -40, 710, LOG2 / 2, 1, 0.505},
    {ROW(log), 1, 0, log_of, 0.25, 4, 0.125, 0.9, 0.505},
    {ROW(log1p), 1, 0, log1p_of, -1, 4, 0.125, 1, 0.505},
    {ROW(log2), 1, 0, log2_of, 0.25, 4, 0.125, 1, 0.505},
    {ROW(log10), 1, 0, log10_of, 0.25, 4, 0.125, 1, 0.505},
    {ROW(cbrt), 1, 0, cbrt_of, -4, 4, 0.125, 0.51, 0.505},
    {ROW(sin), 1, 0, sin_of, -30, 30, PI / 4, 0.9, 0.505},
    {ROW(cos), 1, 0, cos_of, -30, 30, PI / 4, 0.9, 0.505},
    {ROW(tan), 1, 0, tan_of, -30, 30, PI / 4, 1, 0.505},
    {ROW(sinh), 1, 0, sinh_of, -20, 20, LOG2 / 2, 0.9, 0.505},
    {ROW(cosh), 1, 0, cosh_of, -20, 20, LOG2 / 2, 0.9, 0.502},
    {ROW(tanh), 1, 0, tanh_of, -20, 20, LOG2 / 4, 0.95, 0.505},
    {ROW(asin), 1, 0, asin_of, -1, 1, 0.125, 0.8, 0.505},
    {ROW(acos), 1, 0, acos_of, -1, 1, 0.125, 0.8, 0.505},
    {ROW(atan), 1, 0, atan_of, -5, 5, 0.125, 0.8, 0.505},
    {ROW(asinh), 1, 0, asinh_of, -5, 5, 0.125, 0.51, 0.505},
    {ROW(acosh), 1, 0, acosh_of, 1, 5, 0.125, 0.51, 0.505},
    {ROW(atanh), 1, 0, atanh_of, -1, 1, 0.125, 0.51, 0.505},
    {ROW(erfinv), 1, 0, erfinv_of, -1, 1, 0.125, 1, 0.505},
    {ROW(entr), 1, 0, entr_of, 0, 3, 0.125, 0.51, 0.505},
    {ROW(logit), 1, -1, logit_of, 0, 1, 0.125, 0.51, 0.505},
    {ROW(hypot), 2, 0, hypot_of, -4, 4, 0.125, 0.55, 0.505},
    {ROW(atan2), 2, 0, atan2_of, -4, 4, 0.125, 0.6, 0.505},
    {ROW(erf), 1, 0, erf_of, -6, 6, 0.01, 1, 0.505},
    {ROW(erfc), 1, 0, erfc_of, -6, 28, 0.05, 1, 0.505},
    {ROW(sigmoid), 1, 0, sigmoid, -746, 40, LOG2 / 2, 0.9, 0.51},
    {ROW(softplus), 1, 0, softplus, -746, 40, LOG2 / 2, 0.8, 0.505},
    {ROW(gelu), 1, 0, gelu, -39, 10, 0.01, 1, 0.505},
    {ROW(ndtr), 1, 0, ndtr, -39, 10, 0.01, 1, 0.505},
    {ROW(silu), 1, 0, silu, -746, 40, LOG2 / 2, 0.9, 0.505},
    {ROW(elu), 1, 1.75, elu, -40, 1, LOG2 / 2, 1, 0.505},
    {ROW(pow), 2, 0, pow_of, 0.25, 4, 0.125, 0.8, 0.505},
    {ROW(pow_scalar), 1, 2.75, pow_scalar, 0.25, 4, 0.125, 0.8, 0.505},
};
const int ulp_count = sizeof ulp_functions / sizeof ulp_functions[0];
