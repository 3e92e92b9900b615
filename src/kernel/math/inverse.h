/* inverse.h: arc sine, arc cosine, arc tangent.
 *
 * asin and acos: for a = |x| <= 1/2, asin a = a + a p with p = z Q(z), z = a^2.  Beyond, asin a = pi/2 - 2 asin s with
 * s = sqrt z, z = (1 - a)/2, which is exact; what s lacks of the root is (z - s^2) / 2s.
 * atan: t = a up to tan(pi/8), (a - 1) / (a + 1) to cot(pi/8), -1 / a beyond, each to two doubles by one division; then
 * 0, pi/4 or pi/2 and atan t = t + t z A(z), z = t^2.
 * Q and A by Sollya's fpminimax: 3.3e-18 and 5.2e-18 of the result, in f32 5.5e-11 and 8.7e-11.
 * Source: W. J. Cody and W. Waite, "Software manual for the elementary functions", 1980, chapters 10 and 11; S. L. Moshier,
 * "Methods and programs for mathematical functions", 1989. */
#ifndef TD_KERNEL_MATH_INVERSE_H
#define TD_KERNEL_MATH_INVERSE_H

#include "reduce_huge.h"

/* ---- arc sine and arc cosine --------------------------------------------------------------------------------------- */

/* asin u = u + u p + rest, u^2 <= 1/4 */
typedef struct td_m_arc { double u, p, rest; } td_m_arc;

TD_M_INLINE td_m_arc td_m_arc_sine(double a)
{
    bool   small = a <= 0.5;
    double z = small ? a * a : fma(-0.5, a, 0.5), s = sqrt(z), zz = z * z, z4 = zz * zz;
    double low = td_m_poly8(z, zz, z4, 0x1.5555555555556p-3, 0x1.3333333332d9ep-4, 0x1.6db6db6e48dffp-5,
                            0x1.f1c71c1187edcp-6, 0x1.6e8bb383c0f08p-6, 0x1.1c4d0fc1b660fp-6, 0x1.c9d336dfb8159p-7,
                            0x1.77ff42ab32e5bp-7);
    double high = td_m_poly5(z, zz, z4, 0x1.5336524f2be8cp-7, 0x1.5dc12cbea3385p-8, 0x1.224dcb3a7c4a1p-6,
                             -0x1.f6744bcf07f98p-7, 0x1.dc690543e52b8p-6);
    double p = z * fma(high, z4 * z4, low);
    return (td_m_arc){small ? a : s, p, small ? 0 : fma(-s, s, z) / (s + s + 0x1p-300)};
}

/* At most 0.75 ulp; f32 0.501. */
TD_M_INLINE double td_m_asin(double x)
{
    double    a = fabs(x);
    td_m_arc  arc = td_m_arc_sine(a);
    td_m_pair far = td_m_fast_sum(TD_M_HALF_PI, -2 * arc.u);
    double    beyond = far.high + (far.low + fma(-2, fma(arc.u, arc.p, arc.rest), TD_M_HALF_PI_LOW));
    return a <= 1 ? td_m_times_sign(a <= 0.5 ? fma(arc.u, arc.p, arc.u) : beyond, x) : NAN;
}

TD_M_INLINE double td_m_acos(double x)
{
    double    a = fabs(x), factor = a <= 0.5 ? (x < 0 ? -1 : 1) : x < 0 ? 2 : -2, part = a <= 0.5 ? 1 : x < 0 ? 2 : 0;
    td_m_arc  arc = td_m_arc_sine(a);
    double    u = factor * arc.u;
    td_m_pair sum = td_m_fast_sum(part * TD_M_HALF_PI, -u);
    double    y = sum.high + (sum.low + fma(part, TD_M_HALF_PI_LOW, -fma(u, arc.p, factor * arc.rest)));
    return a <= 1 ? y : NAN;
}

/* the same in f32: asin u = u + u p */
TD_M_INLINE td_m_arc td_m_arc_sinef(double a)
{
    uint64_t small = td_m_mask(a <= 0.5);
    double   z = td_m_choose(small, a * a, fma(-0.5, a, 0.5)), u = td_m_choose(small, a, sqrt(z));
    double   end = fma(fma(0x1.ff51dae76a60ap-6, z, 0x1.54c9f4f7c7607p-7), z, 0x1.83a76e87be1e3p-6);
    double   p = td_m_horner(z, 0x1.5555555cea5dbp-3, 0x1.33331cbce8666p-4, 0x1.6dc1b3764dacdp-5, 0x1.efd3afc9b2d18p-6, end);
    return (td_m_arc){u, z * p, 0};
}

TD_M_INLINE float td_m_asinf(float x)
{
    double   a = fabs((double)x);
    td_m_arc arc = td_m_arc_sinef(a);
    uint64_t small = td_m_mask(a <= 0.5);
    double   near = fma(arc.u, arc.p, arc.u), y = td_m_choose(small, near, fma(-2, near, TD_M_HALF_PI));
    return fabsf(x) <= 1 ? (float)td_m_times_sign(y, x) : NAN;
}

TD_M_INLINE float td_m_acosf(float x)
{
    double   a = fabs((double)x);
    td_m_arc arc = td_m_arc_sinef(a);
    uint64_t small = td_m_mask(a <= 0.5), negative = td_m_mask(x < 0);
    double   factor = td_m_times_sign(td_m_choose(small, -1, 2), x);
    double   part = td_m_choose(small, TD_M_HALF_PI, td_m_choose(negative, 2 * TD_M_HALF_PI, 0));
    double   y = fma(factor, fma(arc.u, arc.p, arc.u), part);
    return fabsf(x) <= 1 ? (float)y : NAN;
}

/* ---- arc tangent --------------------------------------------------------------------------------------------------- */

/* Which third a is in, without a choice: masks of what is not the low, not the high one. */
typedef struct td_m_third { double a_unless_high, a_unless_low, one_unless_high, one_unless_low, base; } td_m_third;

TD_M_INLINE double td_m_if(uint64_t mask, double x) { return td_m_from_bits(td_m_bits(x) & mask); }

TD_M_INLINE td_m_third td_m_third_of(double a)
{
    uint64_t low = td_m_mask(a > 0x1.a827999fcef32p-2), high = td_m_mask(a <= 0x1.3504f333f9de6p+1);
    double   base = td_m_if(low, TD_M_HALF_PI / 2) + td_m_if(~high, TD_M_HALF_PI / 2);
    return (td_m_third){td_m_if(high, a), td_m_if(low, a), td_m_if(high, 1), td_m_if(low, 1), base};
}

/* (atan t - t) / t^3 of z = t^2, |t| <= tan(pi/8) */
TD_M_INLINE double td_m_atan_series(double z)
{
    double p2 = fma(fma(-0x1.3b7067890ba58p-6, z, 0x1.41edd538f80cfp-5), z, -0x1.a0cd61eaeba8cp-5);
    double p1 = td_m_horner(z, -0x1.745d0bd236c9p-4, 0x1.3b1270a22417bp-4, -0x1.10fb248b4e6ebp-4, 0x1.dff101d8aee9cp-5, p2);
    return td_m_horner(z, -0x1.5555555555555p-2, 0x1.9999999999452p-3, -0x1.249249243faafp-3, 0x1.c71c718a1af8p-4, p1);
}

TD_M_INLINE double td_m_atan_seriesf(double z)
{
    double end = fma(0x1.9e88a49d5e59cp-5, z, -0x1.617ac783d8a28p-4);
    return td_m_horner(z, -0x1.5555554ca89ccp-2, 0x1.99997c781cf2cp-3, -0x1.248a57c87ee94p-3, 0x1.c583e18dd66c3p-4, end);
}

/* usual: |x| <= 2^500, in f32 all but NaN */
TD_M_INLINE uint64_t td_m_atan_rare(double x) { return td_m_bits(0x1p500) - (td_m_bits(x) & ~TD_M_SIGN); }
TD_M_INLINE uint32_t td_m_atan_raref(float x) { return td_m_bitsf(INFINITY) - (td_m_bitsf(x) & 0x7fffffff); }

/* At most 0.75 ulp; f32 0.502. */
TD_M_INLINE double td_m_atan_usual(double x)
{
    td_m_third a = td_m_third_of(fabs(x));
    double     up = a.a_unless_high - a.one_unless_low, down = a.a_unless_low + a.one_unless_high;
    td_m_pair  t = td_m_quotient((td_m_pair){up, a.a_unless_high - (up + a.one_unless_low)},
                                 (td_m_pair){down, a.a_unless_low - (down - a.one_unless_high)});
    double     z = t.high * t.high, p = td_m_atan_series(z);
    td_m_pair  sum = td_m_fast_sum(a.base, t.high);
    double     low = fma(-z, t.low, t.low);     /* times the slope, 1 / (1 + z) */
    double     rest = fma(a.base, TD_M_HALF_PI_LOW / TD_M_HALF_PI, fma(t.high * z, p, low));
    return td_m_times_sign(sum.high + (sum.low + rest), x);
}

TD_M_INLINE float td_m_atan_usualf(float x)
{
    td_m_third a = td_m_third_of(fabs((double)x));
    double     t = (a.a_unless_high - a.one_unless_low) / (a.a_unless_low + a.one_unless_high), z = t * t;
    double     p = td_m_atan_seriesf(z);
    return (float)td_m_times_sign(a.base + fma(t * z, p, t), x);
}

TD_M_INLINE double td_m_atan(double x)
{
    double within = fabs(x) < 0x1p500 ? x : td_m_times_sign(0x1p500, x), y = td_m_atan_usual(within);
    return isnan(x) ? NAN : y;
}

TD_M_INLINE float td_m_atanf(float x) { return isnan(x) ? NAN : td_m_atan_usualf(x); }

#endif
