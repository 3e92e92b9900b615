/* exp_below.h: e^(x - top) for x <= top, and the same times a number that is the same for all x, for sums and shares.
 *
 * e^r, |r| <= log 2 / 2, as in exp.h; f32 in f32 throughout.  Nothing overflows, so 2^k is one factor, 2^32 (f64: 2^64) too
 * large lest it fall below the normal numbers; that much is taken away last, and small results come gradually.
 *
 * td_m_exp_below takes x - top with what its rounding loses (D. E. Knuth, TAOCP 2, 4.2.2): of a difference of 80 the loss
 * alone would be 40 units in the last place of an f32.  e^0 is 1 exactly.
 *
 * Shares need no difference: td_m_exp_share is e^x 2^-K, with 2^K near e^top, which leaves them as they are.  Where top is
 * so large that x is no longer reduced exactly, it is td_m_exp_below (`far`).
 *
 * -inf gives 0; NaN, and infinity less itself, NaN.  About 0.9 ulp. */
#ifndef TD_KERNEL_MATH_EXP_BELOW_H
#define TD_KERNEL_MATH_EXP_BELOW_H

#include "exp.h"

#include <stdbool.h>

/* ---- f64 ----------------------------------------------------------------------------------------------------------- */

/* k + 64 as an exponent field in the low bits */
#define TD_M_ROUND_64 (TD_M_ROUND + 1023 + 64)

TD_M_INLINE double td_m_log2_parts(double k, double x) { return fma(-k, TD_M_LOG_2_LOW, fma(-k, TD_M_LOG_2_HIGH, x)); }

/* x, but no less than what e^(x - top) is 0 for; NaN stays */
TD_M_INLINE double td_m_reach(double x, double top)
{
    double least = top - 746;
    return least > x ? least : x;
}

TD_M_INLINE double td_m_exp_scaled(double r, double m) { return td_m_exp_rounded(r) * td_m_two_to(m) * 0x1p-64; }

TD_M_INLINE double td_m_exp_below(double x, double top)
{
    double w = td_m_reach(x, top), d = w - top, back = d - w, lost = (w - (d - back)) - (top + back);
    double m = fma(d, TD_M_LOG2_E, TD_M_ROUND_64);
    return td_m_exp_scaled(td_m_log2_parts(m - TD_M_ROUND_64, d) + lost, m);
}

TD_M_INLINE bool td_m_far(double top) { return !(fabs(top) <= 512); }

TD_M_INLINE double td_m_exp_share(double x, double top)
{
    double w = td_m_reach(x, top), round = TD_M_ROUND_64 - (fma(top, TD_M_LOG2_E, TD_M_ROUND) - TD_M_ROUND);
    double m = fma(w, TD_M_LOG2_E, round);
    return td_m_exp_scaled(td_m_log2_parts(m - round, w), m);
}

/* ---- f32 ----------------------------------------------------------------------------------------------------------- */

/* k + 32 as an exponent field in the low bits */
#define TD_M_ROUNDF 0x1.8p23f
#define TD_M_ROUND_32 (TD_M_ROUNDF + 127 + 32)

TD_M_INLINE float td_m_log2_partsf(float k, float x) { return fmaf(-k, 0x1.7f7d1cp-20f, fmaf(-k, 0x1.62e4p-1f, x)); }

TD_M_INLINE float td_m_reachf(float x, float top)
{
    float least = top - 105;
    return least > x ? least : x;
}

/* e^r = 1 + r + r^2 P(r), P by Sollya's fpminimax: relative error 2^-28.2 */
TD_M_INLINE float td_m_exp_scaledf(float r, float m)
{
    float rr = r * r, low = fmaf(0x1.555492p-3f, r, 0x1.fffffap-2f), high = fmaf(0x1.123986p-7f, r, 0x1.555a26p-5f);
    float e = 1 + fmaf(fmaf(fmaf(0x1.694cc6p-10f, rr, high), rr, low), rr, r);
    return e * td_m_from_bitsf(td_m_bitsf(m) << 23) * 0x1p-32f;
}

TD_M_INLINE float td_m_exp_belowf(float x, float top)
{
    float w = td_m_reachf(x, top), d = w - top, back = d - w, lost = (w - (d - back)) - (top + back);
    float m = fmaf(d, 0x1.715476p0f, TD_M_ROUND_32);
    return td_m_exp_scaledf(td_m_log2_partsf(m - TD_M_ROUND_32, d) + lost, m);
}

TD_M_INLINE bool td_m_farf(float top) { return !(fabsf(top) <= 80); }

TD_M_INLINE float td_m_exp_sharef(float x, float top)
{
    float w = td_m_reachf(x, top), round = TD_M_ROUND_32 - (fmaf(top, 0x1.715476p0f, TD_M_ROUNDF) - TD_M_ROUNDF);
    float m = fmaf(w, 0x1.715476p0f, round);
    return td_m_exp_scaledf(td_m_log2_partsf(m - round, w), m);
}

#endif
