/* power.h: powers and roots.
 *
 * x^y = exp(y log x), where the logarithm has to be good to 2^-66: it is formed in two doubles,
 *     x = 2^k m,  s = (m - 1) / (m + 1),  z = s^2,  log m = 2 s + s z (2/3 + z W(z)),
 * and so is its product with y.  With n log 2 nearest to that, r + e the rest,
 *     exp = 2^n (1 + r + r^2/2 + (r^3 q(r) + e)).
 * W and q by Sollya's fpminimax: 1.5e-21 and 5e-19 of the result.  f32: the logarithm to base 2 in double, five terms
 * (1.5e-13), then 2^g, |g| <= 1/2, seven (1e-10).
 * Source: P. T. P. Tang, "Table-driven implementation of the logarithm function", 1990, and of the exponential, 1989; J.-M.
 * Muller, "Elementary Functions", 3rd edition, 11 and 13; special cases: ISO C11, F.10.4.4. */
#ifndef TD_KERNEL_MATH_POWER_H
#define TD_KERNEL_MATH_POWER_H

#include "log.h"

/* ---- 1 / sqrt x ---------------------------------------------------------------------------------------------------- *
 * y = 1 / sqrt x is rounded twice; y + y (1 - x y^2) / 2 is rounded once if x y^2 is known to more than a double.
 * At most 0.501 ulp, in both types. */

TD_M_INLINE double td_m_rsqrt(double x)
{
    double    y = 1 / sqrt(x);
    td_m_pair root = td_m_two_product(x, y);
    double    lack = fma(-root.low, y, fma(-root.high, y, 1)), mended = fma(0.5 * y, lack, y);
    return x > 0 && x < INFINITY ? mended : isnan(x) || x < 0 ? NAN : y;
}

TD_M_INLINE float td_m_rsqrtf(float x)
{
    float y = 1 / sqrtf(x), root = x * y;
    float lack = fmaf(-fmaf(x, y, -root), y, fmaf(-root, y, 1)), mended = fmaf(0.5f * y, lack, y);
    return x > 0 && x < INFINITY ? mended : isnan(x) || x < 0 ? NAN : y;
}

/* ---- cube root ------------------------------------------------------------------------------------------------------ *
 * |x| = 2^(3q) m, m = 2^r (1 + f), r = -1, 0, 1.  w = m^(-1/3) by a polynomial in f (Sollya, fpminimax; 6e-6 of the result)
 * and one step of third order; m w^2 is mended by what its cube lacks.  At most 0.501 ulp, in both types. */

typedef struct td_m_cube { double w, m, quotient; } td_m_cube;       /* quotient: q + TD_M_ROUND */

TD_M_INLINE td_m_cube td_m_cube_of(td_m_binary b)
{
    double quotient = fma(b.k, 0x1.5555555555555p-2, TD_M_ROUND), r = fma(-3, quotient - TD_M_ROUND, b.k), f = b.f;
    double m = (1 + f) * td_m_two_to(r + TD_M_ROUND_EXPONENT);
    double p = td_m_horner(f, 0x1.000048ec86074p+0, -0x1.5544036a31a98p-2, 0x1.c5be9dd4234c7p-3, -0x1.679a334fb23cfp-3,
                           fma(-0x1.c28833e97c789p-4, f, 0x1.49b962595e1e2p-3));
    double upper = r > 0 ? 0x1.965fea53d6e3dp-1 : 1, w = p * (r < 0 ? 0x1.428a2f98d728bp+0 : upper);
    double lack = fma(-m * w, w * w, 1);
    return (td_m_cube){fma(w * lack, fma(lack, 0x1.c71c71c71c71cp-3, 0x1.5555555555555p-2), w), m, quotient};
}

TD_M_INLINE double td_m_cbrt(double x)
{
    double    a = fabs(x);
    td_m_cube c = td_m_cube_of(td_m_split(a));
    double    ww = c.w * c.w, root = c.m * ww;
    td_m_pair square = td_m_two_product(root, root);
    double    lack = fma(-square.low, root, fma(-square.high, root, c.m));
    double    y = td_m_scale(fma(lack * ww, 0x1.5555555555555p-2, root), c.quotient);
    double    end = isnan(x) ? NAN : x;
    return a > 0 && a < INFINITY ? td_m_times_sign(y, x) : end;
}

TD_M_INLINE float td_m_cbrtf(float x)
{
    float     a = fabsf(x);
    td_m_cube c = td_m_cube_of(td_m_splitf(a));
    float     y = (float)td_m_times_sign(td_m_scale(c.m * c.w * c.w, c.quotient), x), end = isnan(x) ? NAN : x;
    return a > 0 && a < INFINITY ? y : end;
}

/* ---- exact exponents ----------------------------------------------------------------------------------------------- *
 * x^2, x^(1/2) and 1/x are rounded once, by the hardware.  The general power takes them too, so that an exponent is worth
 * the same in a scalar and in a tensor. */

TD_M_INLINE double td_m_sqrt(double x) { return sqrt(x); }
TD_M_INLINE float td_m_sqrtf(float x) { return sqrtf(x); }

/* 0 at -0, and infinity at both ends, as C wants of pow */
TD_M_INLINE double td_m_root(double x) { return x >= 0 ? sqrt(x) + 0 : x == -INFINITY ? INFINITY : NAN; }
TD_M_INLINE float td_m_rootf(float x) { return x >= 0 ? sqrtf(x) + 0 : x == -INFINITY ? INFINITY : NAN; }

/* ---- powers -------------------------------------------------------------------------------------------------------- */

/* log x in two doubles */
TD_M_INLINE td_m_pair td_m_log_pair(td_m_binary b)
{
    double    f = b.f, above = 2 + f;
    td_m_pair s = td_m_quotient((td_m_pair){f, 0}, (td_m_pair){above, f - (above - 2)});
    td_m_pair z = td_m_two_product(s.high, s.high), cube = td_m_two_product(s.high, z.high);
    double    z_low = fma(2 * s.high, s.low, z.low), zz = z.high * z.high;
    double    w = td_m_poly8(z.high, zz, zz * zz, 0x1.999999999999ap-2, 0x1.24924924922ffp-2, 0x1.c71c71c74c23ep-3,
                             0x1.745d173d2f459p-3, 0x1.3b13a9ac6246ep-3, 0x1.111557b611aa6p-3, 0x1.e018109c9ffdcp-4,
                             0x1.dab3b3bdde5a4p-4);
    td_m_pair factor = td_m_fast_sum(0x1.5555555555555p-1, z.high * w);
    double    factor_low = fma(z_low, w, factor.low + 0x1.5555555555555p-55);
    double    cube_low = cube.low + fma(s.high, z_low, s.low * z.high);
    td_m_pair rest = td_m_two_product(cube.high, factor.high), sum = td_m_fast_sum(2 * s.high, rest.high);
    double    low = fma(2, s.low, rest.low + fma(cube.high, factor_low, cube_low * factor.high)) + sum.low;
    td_m_pair all = td_m_fast_sum(b.k * TD_M_LN2_HIGH, sum.high);
    return td_m_fast_sum(all.high, all.low + fma(b.k, TD_M_LN2_LOW, low));
}

/* -x log x, 0 at 0.  At most 0.51 ulp. */
TD_M_INLINE double td_m_entr(double x)
{
    td_m_pair l = td_m_log_pair(td_m_split(x));
    double    inside = x < INFINITY ? fma(-x, l.high, -x * l.low) : -INFINITY, end = x == 0 ? 0 : x < 0 ? -INFINITY : x;
    return x > 0 ? inside : end;
}

TD_M_INLINE float td_m_entrf(float x)
{
    td_m_binary b = td_m_splitf(x);
    double      inside = x < INFINITY ? -(double)x * fma(b.k, TD_M_LN2, td_m_log_short(b.f)) : -INFINITY;
    double      end = x == 0 ? 0 : x < 0 ? -INFINITY : x;
    return (float)(x > 0 ? inside : end);
}

/* y log x, and its exponential: x^y in two steps, to base 2 in f32.  What is beyond all numbers is cut. */
TD_M_INLINE td_m_pair td_m_pow_log(td_m_binary b, double y)
{
    td_m_pair l = td_m_log_pair(b), p = td_m_two_product(y, l.high);
    double    low = fabs(p.high) < 1000 ? fma(y, l.low, p.low) : 0, high = p.high < 1000 ? p.high : 1000;
    return (td_m_pair){high > -1000 ? high : -1000, low};
}

TD_M_INLINE double td_m_pow_exp(td_m_pair x)
{
    double    m = fma(x.high, 0x1.71547652b82fep+0, TD_M_ROUND), n = m - TD_M_ROUND;
    td_m_pair r = td_m_two_sum(fma(-n, TD_M_LN2_HIGH, x.high), fma(-n, TD_M_LN2_LOW, x.low));
    double    rr = r.high * r.high, r4 = rr * rr;
    double    q = td_m_poly8(r.high, rr, r4, 0x1.5555555555556p-3, 0x1.5555555555556p-5, 0x1.111111111070ap-7,
                             0x1.6c16c16c15f3ep-10, 0x1.a01a01a9031c8p-13, 0x1.a01a01a8a0aa8p-16, 0x1.71de0a39316c7p-19,
                             0x1.27e4d64a59394p-22);
    double    end = td_m_poly2(r.high, 0x1.af3f0f353b53cp-26, 0x1.1f7ca2d6ebd55p-29);
    td_m_pair one = td_m_fast_sum(1, r.high), two = td_m_fast_sum(one.high, 0.5 * rr);
    double    rest = fma(r.low, one.high, 0.5 * fma(r.high, r.high, -rr)) + (one.low + two.low);
    double    value = two.high + fma(r.high * rr, fma(end, r4 * r4, q), rest);
    double    half = fma(n, 0.5, TD_M_ROUND) - TD_M_ROUND;
    return value * td_m_two_to(half + TD_M_ROUND_EXPONENT) * td_m_two_to(n - half + TD_M_ROUND_EXPONENT);
}

TD_M_INLINE td_m_pair td_m_pow_logf(td_m_binary b, float y)
{
    double f = b.f, s = f / (2 + f), z = s * s, zz = z * z;
    double p = td_m_poly5(z, zz, zz * zz, 0x1.ec709dc3b7224p-1, 0x1.2776c478125dep-1, 0x1.a618a0e1031a5p-2,
                          0x1.47d5eb6d6ce77p-2, 0x1.1e1705bcec0b3p-2);
    double l = y * fma(s, fma(z, p, 0x1.71547652b82fep+1), b.k), top = l < 300 ? l : 300;
    return (td_m_pair){top > -300 ? top : -300, 0};
}

TD_M_INLINE float td_m_pow_expf(td_m_pair x)
{
    double m = x.high + TD_M_ROUND, g = x.high - (m - TD_M_ROUND), gg = g * g;
    double q = td_m_poly7(g, gg, gg * gg, 0x1.62e42fef95e68p-1, 0x1.ebfbe04610fa5p-3, 0x1.c6b08dc5fde47p-5,
                          0x1.3b2a1b4d335d9p-7, 0x1.5d874c5572c1dp-10, 0x1.4440230eec58ap-13, 0x1.00dc679e110ddp-16);
    return (float)td_m_scale(fma(g, q, 1), m);
}

/* y where the exponent is exact, r elsewhere */
TD_M_INLINE double td_m_pow_exact(double r, double x, double y, double root)
{
    double half = y == 0.5 ? root : r, inverse = y == -1 ? 1 / x : half;
    return y == 2 ? x * x : inverse;
}

TD_M_INLINE float td_m_pow_exactf(float r, float x, float y, float root)
{
    float half = y == 0.5f ? root : r, inverse = y == -1 ? 1 / x : half;
    return y == 2 ? x * x : inverse;
}

/* usual: x as for the logarithm, |y| <= 2^40 */
TD_M_INLINE uint64_t td_m_pow_rare(double x, double y)
{
    return td_m_log_rare(x) | (td_m_bits(0x1p40) - (td_m_bits(y) & ~TD_M_SIGN));
}

TD_M_INLINE uint32_t td_m_pow_raref(float x, float y)
{
    return td_m_log_raref(x) | (td_m_bitsf(0x1p40f) - (td_m_bitsf(y) & 0x7fffffff));
}

/* x^y of r = |x|^y where that is usual: the ends of x, the sign, and where there is no power. */
TD_M_INLINE double td_m_pow_ends(double r, double x, double y)
{
    double   a = fabs(x), none = x < 0 && a < INFINITY && y != trunc(y) ? NAN : -0.0;
    uint64_t odd = y == trunc(y) && y * 0.5 != trunc(y * 0.5) ? TD_M_SIGN : 0;
    double   end = (a == 0) == (y < 0) ? INFINITY : 0, size = a == 0 || a == INFINITY ? end : r;
    double   value = td_m_from_bits(td_m_bits(a == 1 ? 1 : size) ^ (td_m_bits(x) & odd)) + none;
    value = isunordered(x, y) ? NAN : value;
    return y == 0 || x == 1 ? 1 : value;
}

TD_M_INLINE double td_m_pow_any(double r, double x, double y)
{
    return td_m_pow_exact(td_m_pow_ends(r, x, y), x, y, td_m_root(x));
}

TD_M_INLINE float td_m_pow_anyf(float r, float x, float y)
{
    return td_m_pow_exactf((float)td_m_pow_ends(r, x, y), x, y, td_m_rootf(x));
}

/* At most 0.8 ulp (subnormal results; 0.7 elsewhere); f32 0.502.  A power that is a number of the type is exact. */
TD_M_INLINE double td_m_pow(double x, double y)
{
    return td_m_pow_any(td_m_pow_exp(td_m_pow_log(td_m_split(fabs(x)), y)), x, y);
}

TD_M_INLINE float td_m_powf(float x, float y)
{
    return td_m_pow_anyf(td_m_pow_expf(td_m_pow_logf(td_m_splitf(fabsf(x)), y)), x, y);
}

#endif
