/* exp.h: e^x, and what is made of it alone.
 *
 * x = k log 2 + r with |r| <= log 2 / 2, k log 2 taken from x in two parts, the first exact (W. J. Cody and W. Waite,
 * "Software Manual for the Elementary Functions", 1980); e^r = 1 + r + r^2 P(r).  Where e^x is only a step, 1 + r and what
 * its sum rounds off are kept apart (P. T. P. Tang, "Table-driven implementation of the exponential function", 1989), and
 * a quotient is corrected by its remainder, so that one rounding counts, the last.
 *
 * 2^k = first * second, each about 2^(k/2): multiplied one after the other they overflow and underflow gradually, and
 * neither leaves the range.  So |x| is held within a limit beyond which the result no longer changes, and no case is left.
 *
 * The f32 functions of which e^x is but a part compute in double with polynomials that are just long enough, and round
 * once.  e^x, 2^x and what is a quotient of e^x (logistic.h) stay in f32, where a register holds twice as many: what remains
 * of x is h + l, h of so few bits that 1 + h + h^2/2 is exact, and e^x that and a rest below 2^-6, whose roundings are
 * small beside the last. */
#ifndef TD_KERNEL_MATH_EXP_H
#define TD_KERNEL_MATH_EXP_H

#include "bits.h"

#define TD_M_LOG2_E 0x1.71547652b82fep0
#define TD_M_LOG_2 0x1.62e42fefa39efp-1
#define TD_M_LOG_2_REST 0x1.abc9e3b39803fp-56
/* log 2 in two parts, the first of 42 bits: k times it is exact for |k| < 2^11 */
#define TD_M_LOG_2_HIGH 0x1.62e42fefa38p-1
#define TD_M_LOG_2_LOW 0x1.ef35793c7673p-45

/* 2^k: first second.  inverse = 1 / first */
typedef struct td_m_halves { double first, second, inverse; } td_m_halves;

/* m = k + TD_M_HALVED, |k| < 2046: both fields of exponents add up to k + 2046 */
#define TD_M_HALVED (TD_M_ROUND + 2046)
TD_M_INLINE td_m_halves td_m_halve(double m)
{
    uint64_t both = td_m_bits(m), first = both >> 1, field = first << 52;
    return (td_m_halves){td_m_from_bits(field), td_m_from_bits((both - first) << 52),
                         td_m_from_bits((UINT64_C(2046) << 52) - field)};
}

/* ---- f64 ----------------------------------------------------------------------------------------------------------- */

/* x = k log 2 + r + rest, rest what r rounded off; m = k + TD_M_HALVED */
typedef struct td_m_exp_reduced { double m, k, r, rest; } td_m_exp_reduced;

TD_M_INLINE td_m_exp_reduced td_m_exp_reduce(double x)
{
    double m = fma(x, TD_M_LOG2_E, TD_M_HALVED), k = m - TD_M_HALVED;
    double exact = fma(-k, TD_M_LOG_2_HIGH, x), r = fma(-k, TD_M_LOG_2_LOW, exact);
    return (td_m_exp_reduced){m, k, r, fma(-k, TD_M_LOG_2_LOW, exact - r)};
}

/* e^(r + rest) - 1 - r = r^2 / 2 + (r^3 Q(r) + rest) for |r| <= 0.3469.  Q minimax by Sollya's fpminimax: relative error
 * of r + this as e^r - 1: 2^-61.5. */
TD_M_INLINE double td_m_exp_beyond(double r, double rest)
{
    double rr = r * r;
    double q = td_m_pairs10(r, rr, 0x1.5555555555559p-3, 0x1.555555555554ap-5, 0x1.111111110f648p-7, 0x1.6c16c16c1c0cdp-10,
                            0x1.a01a01b00c07ap-13, 0x1.a01a01873502p-16, 0x1.71ddf7f339aeap-19, 0x1.27e521a1c592p-22,
                            0x1.af5f671c86717p-26, 0x1.1f048a7e575e7p-29);
    return fma(0.5 * r, r, fma(r * rr, q, rest));
}

/* e^r for |r| <= 0.3469 as 1 + r (1 + r P(r)), every step rounded.  P by fpminimax, relative error of e^r 2^-57.8. */
TD_M_INLINE double td_m_exp_rounded(double r)
{
    double p = td_m_pairs10(r, r * r, 0x1.000000000000ap-1, 0x1.55555555554fcp-3, 0x1.5555555550689p-5,
                            0x1.111111112725dp-7, 0x1.6c16c18488a72p-10, 0x1.a01a012dcb964p-13, 0x1.a01999231b74ap-16,
                            0x1.71df1d1476cecp-19, 0x1.28ae3c99da451p-22, 0x1.ad8d55a54a7bdp-26);
    return fma(fma(p, r, 1), r, 1);
}

/* 0.92 ulp */
TD_M_INLINE double td_m_exp(double x)
{
    double w = td_m_within(x, 746), m = fma(w, TD_M_LOG2_E, TD_M_HALVED), k = m - TD_M_HALVED;
    double r = fma(-k, TD_M_LOG_2_LOW, fma(-k, TD_M_LOG_2_HIGH, w));
    td_m_halves two = td_m_halve(m);
    return td_m_exp_rounded(r) * two.first * two.second;
}

/* usual: |x| <= 708, where e^x and e^-x are normal numbers; for 2^x |x| <= 1021.  The first bit is set unless it is. */
TD_M_INLINE uint64_t td_m_exp_rare(double x) { return td_m_bits(708) - (td_m_bits(x) & ~TD_M_SIGN); }
TD_M_INLINE uint64_t td_m_exp2_rare(double x) { return td_m_bits(1021) - (td_m_bits(x) & ~TD_M_SIGN); }

TD_M_INLINE double td_m_exp_usual(double x)
{
    double m = fma(x, TD_M_LOG2_E, TD_M_ROUND), k = m - TD_M_ROUND;
    return td_m_scale(td_m_exp_rounded(fma(-k, TD_M_LOG_2_LOW, fma(-k, TD_M_LOG_2_HIGH, x))), m);
}

/* 2^f for |f| <= 1/2 as 1 + f (log 2 + f P(f)) with every step rounded: 0.9 ulp.  P by fpminimax, relative error of 2^f
 * 2^-57.2. */
TD_M_INLINE double td_m_exp2_rounded(double f)
{
    double p = td_m_pairs10(f, f * f, 0x1.ebfbdff82c5a6p-3, 0x1.c6b08d704a12ap-5, 0x1.3b2ab6fb9fd7ap-7,
                            0x1.5d87fe789f118p-10, 0x1.4309130f7b84ap-13, 0x1.ffcbfc641b934p-17, 0x1.62bfc628c90a7p-20,
                            0x1.b52527aca52e2p-24, 0x1.e61da765cfa2cp-28, 0x1.e96c075ca7f15p-32);
    return fma(fma(p, f, TD_M_LOG_2), f, 1);
}

TD_M_INLINE double td_m_exp2(double x)
{
    double w = td_m_within(x, 1080), m = w + TD_M_HALVED;
    td_m_halves two = td_m_halve(m);
    return td_m_exp2_rounded(w - (m - TD_M_HALVED)) * two.first * two.second;
}

TD_M_INLINE double td_m_exp2_usual(double x)
{
    double m = x + TD_M_ROUND;
    return td_m_scale(td_m_exp2_rounded(x - (m - TD_M_ROUND)), m);
}

/* x 2^y.  With y = f + k the power is multiplied up in three parts, for x may be anywhere: 2^(k/3), 2^(f + k/3), rest. */
TD_M_INLINE double td_m_ldexp(double x, double y)
{
    double w = td_m_within(y, 2200), k = (w + TD_M_ROUND) - TD_M_ROUND;
    double third = (k * 0x1.5555555555555p-2 + TD_M_ROUND) - TD_M_ROUND, rest = k - third - third;
    double part = td_m_two_to(third + TD_M_ROUND_EXPONENT), power = td_m_exp2_rounded(w - k) * part;
    double within = x * part * power * td_m_two_to(rest + TD_M_ROUND_EXPONENT);
    double end = x * (y > 0 ? INFINITY : 0);
    return fabs(y) < INFINITY ? within : isnan(y) ? y : end;
}

/* (e^x - 1) / first = (second - 1/first) + second (r + ...).  It is exact up to k = 53, and `lost` what
 * counts beyond. */
TD_M_INLINE td_m_pair td_m_expm1_over(td_m_exp_reduced a, td_m_halves two)
{
    double    one = two.second - two.inverse, lost = (two.second - one) - two.inverse;
    td_m_pair sum = td_m_fast_sum(one, two.second * a.r);
    sum.low = fma(two.second, td_m_exp_beyond(a.r, a.rest), sum.low + lost);
    return sum;
}

TD_M_INLINE double td_m_expm1(double x)
{
    td_m_exp_reduced a = td_m_exp_reduce(td_m_within(x, 746));
    td_m_halves  two = td_m_halve(a.m);
    td_m_pair    y = td_m_expm1_over(a, two);
    return copysign((y.high + y.low) * two.first, x);
}

/* a (e^x - 1) below 0, of which 0 has its sign too.  What the difference rounds off counts too, but not times infinity. */
TD_M_INLINE double td_m_elu(double x, double a)
{
    td_m_exp_reduced reduced = td_m_exp_reduce(td_m_within(x, 746));
    td_m_halves  two = td_m_halve(reduced.m);
    td_m_pair    over = td_m_expm1_over(reduced, two), y = td_m_fast_sum(over.high * two.first, over.low * two.first);
    double       below = fma(a, y.high, (fabs(a) < INFINITY ? a : 0) * y.low);
    return x < 0 ? copysign(below, -a) : x;
}

/* ---- f32 ----------------------------------------------------------------------------------------------------------- */

/* 2^f for |f| <= 1/2, minimax by fpminimax, relative error 2^-34.5 */
TD_M_INLINE double td_m_short_exp2(double f)
{
    return td_m_pairs8(f, f * f, 0x1.ffffffffab15ep-1, 0x1.62e42ff1190d5p-1, 0x1.ebfbe0a5bf9cep-3, 0x1.c6b08aab0e294p-5,
                       0x1.3b29db67458fp-7, 0x1.5d8a72f9505a8p-10, 0x1.446acf9fbeec6p-13, 0x1.fe16aab20f901p-17);
}

/* e^x for |x| <= 700, for rounding to f32 */
TD_M_INLINE double td_m_short_exp(double x)
{
    double m = fma(x, TD_M_LOG2_E, TD_M_ROUND), k = m - TD_M_ROUND;
    return td_m_scale(td_m_short_exp2(fma(x, TD_M_LOG2_E, -k)), m);
}

TD_M_INLINE float td_m_ldexpf(float x, float y)
{
    double w = td_m_withinf(y, 700), m = w + TD_M_ROUND;
    float  end = x * (y > 0 ? INFINITY : 0);
    return fabsf(y) < INFINITY ? (float)(x * td_m_scale(td_m_short_exp2(w - (m - TD_M_ROUND)), m)) : isnan(y) ? y : end;
}

/* e^(h + l) = high + low, high exactly 1 + h + h^2/2.  k in the exponent field of two: 2^k. */
typedef struct td_m_exp_sum { float high, low; uint32_t two; } td_m_exp_sum;

/* for h a multiple of 2^-9 in [-0.317, 0.387], |l| < 2^-9.9.  e^h - high = h^3 Q(h), Q by fpminimax, relative error of e^h
 * 2^-33; e^l - 1 = l + l^2/2. */
TD_M_INLINE td_m_exp_sum td_m_exp_sumf(float h, float l, uint32_t two)
{
    float hh = h * h, cube = hh * h, high = fmaf(0.5f, hh, 1 + h), beyond = fmaf(0.5f * l, l, l);
    float rest = fmaf(fmaf(0x1.aca0f4p-13f, h, 0x1.6d4062p-10f), hh, fmaf(0x1.110abcp-7f, h, 0x1.5554eap-5f));
    float q = fmaf(rest, h, 0x1.555558p-3f);
    return (td_m_exp_sum){high, fmaf(cube, q, fmaf(cube, q, high) * beyond), two};
}

/* y = k 2^7 + a fraction is cut to k: below 1 the sum has a last place of half the size, so k is rather too large.
 * y is at most 2^7 in size. */
#define TD_M_FLOORF 0x1.8p16f
TD_M_INLINE float td_m_floorf(float y) { return td_m_from_bitsf(td_m_bitsf(y) & ~UINT32_C(127)); }
#define TD_M_UPF (TD_M_FLOORF + 0.453125f)
#define TD_M_GRIDF 0x1.8p14f            /* what is added to it is rounded to multiples of 2^-9 */

/* x = k log 2 + h + l for |x| <= 88 */
TD_M_INLINE td_m_exp_sum td_m_exp_split(float x)
{
    float m = td_m_floorf(fmaf(x, 0x1.715476p0f, TD_M_UPF)), k = m - TD_M_FLOORF;
    float r = fmaf(-k, 0x1.62e43p-1f, x), h = (r + TD_M_GRIDF) - TD_M_GRIDF;       /* r is exact */
    return td_m_exp_sumf(h, fmaf(k, 0x1.05c61p-29f, r - h), td_m_bitsf(m) << 16);
}

/* x = k + f + lost, f + lost = (h + l) / log 2, for |x| <= 126.  Below -0.45 a last bit of x may have no place in f. */
TD_M_INLINE td_m_exp_sum td_m_exp2_split(float x)
{
    float m = td_m_floorf(x + TD_M_UPF), k = m - TD_M_FLOORF, f = x - k, lost = x - (f + k);
    float h = fmaf(f, 0x1.62e43p-1f, TD_M_GRIDF) - TD_M_GRIDF, l = fmaf(f, 0x1.62e43p-1f, -h);
    return td_m_exp_sumf(h, fmaf(lost, 0x1.62e43p-1f, fmaf(f, -0x1.05c61p-29f, l)), td_m_bitsf(m) << 16);
}

TD_M_INLINE float td_m_exp_joined(td_m_exp_sum e) { return td_m_from_bitsf(td_m_bitsf(e.high + e.low) + e.two); }

/* usual: |x| <= 87, where e^x and e^-x are normal numbers; for 2^x |x| <= 125.  At most 0.51 ulp. */
TD_M_INLINE uint32_t td_m_exp_raref(float x) { return td_m_bitsf(87) - (td_m_bitsf(x) & 0x7fffffff); }
TD_M_INLINE uint32_t td_m_exp2_raref(float x) { return td_m_bitsf(125) - (td_m_bitsf(x) & 0x7fffffff); }
TD_M_INLINE float td_m_exp_usualf(float x) { return td_m_exp_joined(td_m_exp_split(x)); }
TD_M_INLINE float td_m_exp2_usualf(float x) { return td_m_exp_joined(td_m_exp2_split(x)); }

TD_M_INLINE float td_m_expf(float x)
{
    return fabsf(x) <= 87 ? td_m_exp_usualf(x) : (float)td_m_short_exp(td_m_withinf(x, 105));
}

TD_M_INLINE float td_m_exp2f(float x)
{
    double w = td_m_withinf(x, 151), m = w + TD_M_ROUND;
    return fabsf(x) <= 125 ? td_m_exp2_usualf(x) : (float)td_m_scale(td_m_short_exp2(w - (m - TD_M_ROUND)), m);
}

/* e^x - 1 for |x| <= 700 = (2^k - 1) + 2^k f (...), relative error 2^-32 */
TD_M_INLINE double td_m_short_expm1(double x)
{
    double m = fma(x, TD_M_LOG2_E, TD_M_ROUND_EXPONENT), k = m - TD_M_ROUND_EXPONENT, f = fma(x, TD_M_LOG2_E, -k);
    double p = td_m_pairs7(f, f * f, 0x1.62e42fefd38b7p-1, 0x1.ebfbe045a38f6p-3, 0x1.c6b08cb049568p-5, 0x1.3b2a1b9b9f1b9p-7,
                           0x1.5d88be70af272p-10, 0x1.443ffd2eca851p-13, 0x1.ffcbdd66a5edcp-17);
    double two = td_m_two_to(m);
    return fma(two * f, p, two - 1);
}

TD_M_INLINE float td_m_expm1f(float x) { return (float)copysign(td_m_short_expm1(td_m_withinf(x, 105)), x); }

TD_M_INLINE float td_m_eluf(float x, float a)
{
    float below = (float)(a * td_m_short_expm1(td_m_withinf(x, 105)));
    return x < 0 ? below : x;
}

#endif
