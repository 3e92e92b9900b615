/* trigonometric.h: sine, cosine, tangent.
 *
 * x = n pi/2 + r with |r| <= pi/4; the last two bits of n say whether sine or cosine of r is wanted, and its sign.
 * Usual arguments, |x| <= 2^24, are reduced by pi/2 in three parts.  x - n high is exact, a multiple of 2^-53 below 1; so is
 * n middle, for middle has 29 bits; their difference is therefore known exactly as a sum of two doubles, and n low is the
 * only rounding: r in two doubles, right to 2^-55 of itself at the very least.
 * In f32 sine and cosine are reduced by pi: |r| <= pi/2, one polynomial, no choice.  What is not usual goes to
 * reduce_huge.h, one by one: a loop asks first whether a block has any.
 * Source: W. J. Cody and W. Waite, "Software manual for the elementary functions", 1980; J.-M. Muller, "Elementary
 * Functions", 3rd edition, 11.2.  Polynomials in r^2 by Sollya's fpminimax: sine 1.4e-17 of the result, cosine 7e-19;
 * in f32 sine to pi/2 1.1e-10, and for the tangent sine 1.8e-11, cosine 2.7e-10. */
#ifndef TD_KERNEL_MATH_TRIGONOMETRIC_H
#define TD_KERNEL_MATH_TRIGONOMETRIC_H

#include "reduce_huge.h"

#define TD_M_TURN_LIMIT 0x1p24
#define TD_M_TURN_LIMITF 0x1p40f

/* The first bit is set unless x is usual. */
TD_M_INLINE uint64_t td_m_turn_rare(double x) { return td_m_bits(TD_M_TURN_LIMIT) - (td_m_bits(x) & ~TD_M_SIGN); }
TD_M_INLINE uint32_t td_m_turn_raref(float x) { return td_m_bitsf(TD_M_TURN_LIMITF) - (td_m_bitsf(x) & 0x7fffffff); }

/* ---- reduction ----------------------------------------------------------------------------------------------------- */

/* for usual x; at -0 r = -0 and low = -0 */
TD_M_INLINE td_m_quarter td_m_reduce(double x)
{
    const double middle = 0x1.1a62633p-54, low = 0x1.45c06e0e68948p-86;      /* of pi/2, after TD_M_HALF_PI */
    double m = fma(x, 0x1.45f306dc9c883p-1, TD_M_ROUND), n = m - TD_M_ROUND;
    double first = fma(-n, TD_M_HALF_PI, x), r = fma(-n, middle, first);
    return (td_m_quarter){{r, -fma(n, low, fma(n, middle, r - first))}, td_m_bits(m)};
}

TD_M_INLINE td_m_quarter td_m_reduce_any(double x)
{
    return fabs(x) <= TD_M_TURN_LIMIT ? td_m_reduce(x) : td_m_reduce_huge(x);
}

/* for usual f32 x one double is enough */
TD_M_INLINE td_m_quarter td_m_reducef(double x)
{
    double m = fma(x, 0x1.45f306dc9c883p-1, TD_M_ROUND), n = m - TD_M_ROUND;
    return (td_m_quarter){{fma(-n, TD_M_HALF_PI_LOW, fma(-n, TD_M_HALF_PI, x)), 0}, td_m_bits(m)};
}

/* ---- sine and cosine ----------------------------------------------------------------------------------------------- */

/* sin x where q is that of x, cos x where a quarter has been added.
 * sine r - (r z S(z) - rest), cosine (1 - z/2) - (z^2 C(z) - rest): one polynomial, whose coefficients are chosen.
 * Subtracting what is 0 keeps -0. */
TD_M_INLINE double td_m_sine(td_m_quarter q)
{
    double   r = q.r.high, z = r * r, one = fma(-0.5, z, 1);
    bool     odd = q.quadrant & 1;
    double   rest = odd ? fma(r, q.r.low, fma(0.5, z, one - 1)) : -q.r.low * one;
    double   p = odd ? 0x1.9073d8c03ad1p-37 : -0x1.5e119388216afp-33;
    p = fma(p, z, odd ? -0x1.1eeb585601c4bp-29 : 0x1.ae60210e407fap-26);
    p = fma(p, z, odd ? 0x1.27e4fa0371482p-22 : -0x1.71de37b1d3398p-19);
    p = fma(p, z, odd ? -0x1.a01a019f38b18p-16 : 0x1.a01a019ea134dp-13);
    p = fma(p, z, odd ? 0x1.6c16c16c168ccp-10 : -0x1.1111111110c83p-7);
    p = fma(p, z, odd ? -0x1.5555555555555p-5 : 0x1.5555555555555p-3);
    double y = (odd ? one : r) - fma((odd ? z : r) * z, p, rest);
    return td_m_from_bits(td_m_bits(y) ^ (q.quadrant & 2) << 62);
}

TD_M_INLINE td_m_quarter td_m_next_quarter(td_m_quarter q) { return (td_m_quarter){q.r, q.quadrant + 1}; }

/* sine of r + n pi, |r| <= pi/2, m = n + TD_M_ROUND */
TD_M_INLINE float td_m_sinef(double r, double m)
{
    double z = r * r, p = td_m_horner(z, -0x1.555555546184fp-3, 0x1.11110fdb9aca7p-7, -0x1.a019062b051e3p-13,
                                      0x1.7196a2bda6994p-19, -0x1.9db3706f2181bp-26);
    return (float)td_m_from_bits(td_m_bits(r * fma(z, p, 1)) ^ td_m_bits(m) << 63);
}

/* At most 0.85 ulp; f32 0.504. */
TD_M_INLINE double td_m_sin_usual(double x) { return td_m_sine(td_m_reduce(x)); }
TD_M_INLINE double td_m_cos_usual(double x) { return td_m_sine(td_m_next_quarter(td_m_reduce(x))); }

TD_M_INLINE float td_m_sin_usualf(float x)
{
    double m = fma(x, 0x1.45f306dc9c883p-2, TD_M_ROUND), n = m - TD_M_ROUND;
    return td_m_sinef(fma(-n, 2 * TD_M_HALF_PI_LOW, fma(-n, 2 * TD_M_HALF_PI, x)), m);
}

/* cos(r' + (n + 1/2) pi) = (-1)^n sin(-r') */
TD_M_INLINE float td_m_cos_usualf(float x)
{
    double m = fma(x, 0x1.45f306dc9c883p-2, -0.5) + TD_M_ROUND, n = m - TD_M_ROUND + 0.5;
    return td_m_sinef(fma(n, 2 * TD_M_HALF_PI_LOW, fma(n, 2 * TD_M_HALF_PI, -(double)x)), m);
}

static inline double td_m_sin(double x) { return isfinite(x) ? td_m_sine(td_m_reduce_any(x)) : NAN; }
static inline double td_m_cos(double x) { return isfinite(x) ? td_m_sine(td_m_next_quarter(td_m_reduce_any(x))) : NAN; }
static inline float td_m_sinf(float x) { return fabsf(x) <= TD_M_TURN_LIMITF ? td_m_sin_usualf(x) : (float)td_m_sin(x); }
static inline float td_m_cosf(float x) { return fabsf(x) <= TD_M_TURN_LIMITF ? td_m_cos_usualf(x) : (float)td_m_cos(x); }

/* ---- tangent: sine by cosine, or minus cosine by sine --------------------------------------------------------------- */

TD_M_INLINE double td_m_tangent(td_m_quarter q)
{
    double    r = q.r.high, z = r * r, one = fma(-0.5, z, 1);
    double    s = td_m_horner(z, -0x1.5555555555555p-3, 0x1.1111111110c83p-7, -0x1.a01a019ea134dp-13, 0x1.71de37b1d3398p-19,
                              fma(0x1.5e119388216afp-33, z, -0x1.ae60210e407fap-26));
    double    c = td_m_horner(z, 0x1.5555555555555p-5, -0x1.6c16c16c168ccp-10, 0x1.a01a019f38b18p-16, -0x1.27e4fa0371482p-22,
                              fma(-0x1.9073d8c03ad1p-37, z, 0x1.1eeb585601c4bp-29));
    double    rest = fma(-0.5, fma(r, r, -z), fma(-r, q.r.low, fma(-0.5, z, 1 - one)));     /* of 1 - r^2/2 */
    td_m_pair sine = td_m_fast_sum(r, fma(r * z, s, q.r.low * one));
    td_m_pair cosine = td_m_fast_sum(one, fma(z * z, c, rest));
    bool      odd = q.quadrant & 1;
    td_m_pair y = td_m_quotient((td_m_pair){odd ? cosine.high : sine.high, odd ? cosine.low : sine.low},
                                (td_m_pair){odd ? sine.high : cosine.high, odd ? sine.low : cosine.low});
    return td_m_from_bits(td_m_bits(y.high + y.low) ^ q.quadrant << 63);
}

TD_M_INLINE float td_m_tangentf(td_m_quarter q)
{
    double   r = q.r.high, z = r * r;
    double   s = td_m_horner(z, 1, -0x1.555555545e556p-3, 0x1.11110def977cep-7, -0x1.a013a7e469c6fp-13,
                             0x1.6dbe150e449cbp-19);
    double   c = td_m_horner(z, 1, -0x1.fffffffab3f18p-2, 0x1.55554cbcd7a71p-5, -0x1.6c0e092bdd6d7p-10,
                             0x1.9a6f4dfe72f23p-16);
    bool     odd = q.quadrant & 1;
    double   y = (odd ? c : r * s) / (odd ? r * s : c);
    return (float)td_m_from_bits(td_m_bits(y) ^ q.quadrant << 63);
}

/* At most 1 ulp; f32 0.505. */
TD_M_INLINE double td_m_tan_usual(double x) { return x == 0 ? x : td_m_tangent(td_m_reduce(x)); }
TD_M_INLINE float td_m_tan_usualf(float x) { return td_m_tangentf(td_m_reducef(x)); }

static inline double td_m_tan(double x) { return x == 0 ? x : isfinite(x) ? td_m_tangent(td_m_reduce_any(x)) : NAN; }
static inline float td_m_tanf(float x) { return fabsf(x) <= TD_M_TURN_LIMITF ? td_m_tan_usualf(x) : (float)td_m_tan(x); }

#endif
