/* log.h: logarithms.
 *
 * x = 2^k m with m in [sqrt 1/2, sqrt 2), f = m - 1 exactly, s = f / (2 + f), z = s^2:
 *     log m = 2 atanh s = 2 s + s z P(z) = f - (f^2/2 - s (f^2/2 + z P(z))),
 * P the minimax polynomial of (log((1 + s)/(1 - s)) / s - 2) / z on z <= 0.0295 (Sollya, fpminimax), 4.4e-18 of the result.
 * In the last form roundings are small beside f.  k log 2 comes in two parts: the first ends in zeros and is exact.
 * Source: J.-M. Muller, "Elementary Functions", 3rd edition, chapters 3 and 11; P. T. P. Tang, "Table-driven
 * implementation of the logarithm function", 1990.
 *
 * f32: the same in double, 2 s + s z P(z) with four terms (1.6e-11). */
#ifndef TD_KERNEL_MATH_LOG_H
#define TD_KERNEL_MATH_LOG_H

#include "bits.h"

#include <stdbool.h>

#define TD_M_LN2 0x1.62e42fefa39efp-1
#define TD_M_LN2_HIGH 0x1.62e42fefa38p-1       /* log 2 with 11 zeros at its end */
#define TD_M_LN2_LOW 0x1.ef35793c7673p-45      /* the rest of log 2 */

/* x = 2^k (1 + f) */
typedef struct td_m_binary { double k, f; } td_m_binary;

/* 1 + f in [sqrt 1/2, sqrt 2), for x > 0 and neither subnormal nor infinite; anything otherwise */
TD_M_INLINE td_m_binary td_m_split_usual(double x)
{
    const uint64_t root = 0x3fe6a09e667f3bcd, mantissa = 0x000fffffffffffff;
    uint64_t u = td_m_bits(x) + (0x3ff0000000000000 - root);
    double   k = td_m_from_bits(u >> 52 | td_m_bits(0x1p52)) - (0x1p52 + 1023);
    return (td_m_binary){k, td_m_from_bits((u & mantissa) + root) - 1};
}

TD_M_INLINE td_m_binary td_m_split_usualf(float x)
{
    const uint32_t root = 0x3f3504f3, mantissa = 0x007fffff;
    uint32_t u = td_m_bitsf(x) + (0x3f800000 - root);
    return (td_m_binary){(int32_t)(u >> 23) - 127, td_m_from_bitsf((u & mantissa) + root) - 1};
}

/* the same for subnormal x too */
TD_M_INLINE td_m_binary td_m_split(double x)
{
    bool        small = x < 0x1p-1022;
    td_m_binary b = td_m_split_usual(small ? x * 0x1p54 : x);
    return (td_m_binary){small ? b.k - 54 : b.k, b.f};
}

TD_M_INLINE td_m_binary td_m_splitf(float x)
{
    bool        small = x < 0x1p-126f;
    td_m_binary b = td_m_split_usualf(small ? x * 0x1p25f : x);
    return (td_m_binary){small ? b.k - 25 : b.k, b.f};
}

/* The first bit is set unless x is usual: positive and neither subnormal nor infinite. */
TD_M_INLINE uint64_t td_m_log_rare(double x)
{
    return (td_m_bits(x) - td_m_bits(0x1p-1022)) | (td_m_bits(INFINITY) - 1 - td_m_bits(x));
}

TD_M_INLINE uint32_t td_m_log_raref(float x)
{
    return (td_m_bitsf(x) - td_m_bitsf(0x1p-126f)) | (td_m_bitsf(INFINITY) - 1 - td_m_bitsf(x));
}

/* what a logarithm is where x is its pole or less, infinite or NaN; y elsewhere */
TD_M_INLINE double td_m_log_ends(double y, double x, double pole)
{
    double upper = x < INFINITY ? y : x;
    return x > pole ? upper : x == pole ? -INFINITY : NAN;
}

/* log(1 + f) - f + low on [sqrt 1/2 - 1, sqrt 2 - 1] */
TD_M_INLINE double td_m_log_rest(double f, double low)
{
    double s = f / (2 + f), z = s * s, half = 0.5 * f;
    double end = fma(fma(0x1.2b631d1808f57p-3, z, 0x1.39fd7ee584955p-3), z, 0x1.7462bb6a69decp-3);
    double p = td_m_horner(z, half * f, 0x1.5555555555558p-1, 0x1.999999999528ep-2, 0x1.2492492e01479p-2,
                           fma(end, z, 0x1.c71c62ce93b59p-3));
    return fma(s, p, fma(-half, f, low));
}

/* log(1 + f) on the same interval, to 2^-35 */
TD_M_INLINE double td_m_log_short(double f)
{
    double s = f / (2 + f);
    return s * td_m_horner(s * s, 2, 0x1.5555554b89125p-1, 0x1.9999ec349a917p-2, 0x1.245bf1b6aa139p-2, 0x1.ddde509076bp-3);
}

/* ---- natural ------------------------------------------------------------------------------------------------------- */

TD_M_INLINE double td_m_log_of(td_m_binary b)
{
    double    f = b.f;
    td_m_pair sum = td_m_fast_sum(b.k * TD_M_LN2_HIGH, f);
    return sum.high + td_m_log_rest(f, fma(b.k, TD_M_LN2_LOW, sum.low));
}

TD_M_INLINE float td_m_log_off(td_m_binary b) { return (float)fma(b.k, TD_M_LN2, td_m_log_short(b.f)); }

/* At most 0.9 ulp; f32 0.501. */
TD_M_INLINE double td_m_log_usual(double x) { return td_m_log_of(td_m_split_usual(x)); }
TD_M_INLINE float td_m_log_usualf(float x) { return td_m_log_off(td_m_split_usualf(x)); }

TD_M_INLINE double td_m_log(double x) { return td_m_log_ends(td_m_log_of(td_m_split(x)), x, 0); }
TD_M_INLINE float td_m_logf(float x) { return (float)td_m_log_ends(td_m_log_off(td_m_splitf(x)), x, 0); }

/* ---- log(1 + x) ---------------------------------------------------------------------------------------------------- *
 * What is lost in u = 1 + x, scaled as u is, goes to f: with k = 0 f is x itself. */

TD_M_INLINE double td_m_log1p_of(double x, td_m_pair u, td_m_binary b, double scale)
{
    td_m_pair f = td_m_fast_sum(b.f, u.low * scale), sum = td_m_fast_sum(b.k * TD_M_LN2_HIGH, f.high);
    double    low = sum.low + fma(-f.high, f.low, f.low);      /* about times the slope, 1 / (1 + f) */
    double    y = sum.high + td_m_log_rest(f.high, fma(b.k, TD_M_LN2_LOW, low));
    return x == 0 ? x : y;
}

TD_M_INLINE float td_m_log1p_usualf(float x)
{
    td_m_binary b = td_m_split_usual(1 + (double)x);
    double      y = fma(b.k, TD_M_LN2, td_m_log_short(b.k == 0 ? x : b.f));
    return x == 0 ? x : (float)y;
}

/* usual: -1 < x, and x < infinity in f32, x < 2^1000 in f64 */
TD_M_INLINE uint64_t td_m_log1p_rare(double x)
{
    return td_m_log_rare(1 + x) | (td_m_bits(0x1p1000) - (td_m_bits(x) & ~TD_M_SIGN));
}

TD_M_INLINE uint32_t td_m_log1p_raref(float x) { return td_m_log_raref(1 + x); }

/* At most 0.9 ulp; f32 0.501. */
TD_M_INLINE double td_m_log1p_usual(double x)
{
    td_m_pair   u = td_m_two_sum(1, x);
    td_m_binary b = td_m_split_usual(u.high);
    return td_m_log1p_of(x, u, b, td_m_two_to(TD_M_ROUND_EXPONENT - b.k));
}

TD_M_INLINE double td_m_log1p(double x)
{
    td_m_pair   u = td_m_two_sum(1, x);
    td_m_binary b = td_m_split_usual(u.high);
    double      y = td_m_log1p_of(x, u, b, td_m_two_to(TD_M_ROUND_EXPONENT - (b.k < 1000 ? b.k : 1000)));
    return td_m_log_ends(y, x, -1);
}

TD_M_INLINE float td_m_log1pf(float x) { return (float)td_m_log_ends(td_m_log1p_usualf(x), x, -1); }

/* ---- other bases --------------------------------------------------------------------------------------------------- */

/* Logarithm to the base whose logarithm has the inverse `high + low`; k_high + k_low is that of 2, k k_high exact. */
TD_M_INLINE double td_m_log_base(td_m_binary b, double high, double low, double k_high, double k_low)
{
    td_m_pair m = td_m_fast_sum(b.f, td_m_log_rest(b.f, 0)), scaled = td_m_two_product(m.high, high);
    td_m_pair sum = td_m_fast_sum(b.k * k_high, scaled.high);
    return sum.high + (sum.low + fma(b.k, k_low, fma(m.low, high, fma(m.high, low, scaled.low))));
}

TD_M_INLINE double td_m_log2_of(td_m_binary b)
{
    return td_m_log_base(b, 0x1.71547652b82fep+0, 0x1.777d0ffda0d24p-56, 1, 0);
}

TD_M_INLINE float td_m_log2_off(td_m_binary b) { return (float)fma(td_m_log_short(b.f), 0x1.71547652b82fep+0, b.k); }

TD_M_INLINE double td_m_log10_of(td_m_binary b)
{
    return td_m_log_base(b, 0x1.bcb7b1526e50ep-2, 0x1.95355baaafad3p-57, 0x1.34413509f78p-2, 0x1.fef311f12b358p-46);
}

TD_M_INLINE float td_m_log10_off(td_m_binary b)
{
    return (float)fma(td_m_log_short(b.f), 0x1.bcb7b1526e50ep-2, b.k * 0x1.34413509f79ffp-2);
}

/* At most 1 ulp; f32 0.501.  Exact for powers of 2 and of 10. */
TD_M_INLINE double td_m_log2_usual(double x) { return td_m_log2_of(td_m_split_usual(x)); }
TD_M_INLINE float td_m_log2_usualf(float x) { return td_m_log2_off(td_m_split_usualf(x)); }
TD_M_INLINE double td_m_log10_usual(double x) { return td_m_log10_of(td_m_split_usual(x)); }
TD_M_INLINE float td_m_log10_usualf(float x) { return td_m_log10_off(td_m_split_usualf(x)); }

TD_M_INLINE double td_m_log2(double x) { return td_m_log_ends(td_m_log2_of(td_m_split(x)), x, 0); }
TD_M_INLINE float td_m_log2f(float x) { return (float)td_m_log_ends(td_m_log2_off(td_m_splitf(x)), x, 0); }
TD_M_INLINE double td_m_log10(double x) { return td_m_log_ends(td_m_log10_of(td_m_split(x)), x, 0); }
TD_M_INLINE float td_m_log10f(float x) { return (float)td_m_log_ends(td_m_log10_off(td_m_splitf(x)), x, 0); }

#endif
