/* bits.h: what the elementary functions are made of.
 *
 * Everything in this folder is scalar text without branches, calls or tables, so that the compiler makes vector code of
 * a plain loop over it, in every instruction set.  Each multiply-add that is meant is an explicit fma and every other
 * operation is rounded alone, so the bits are the same in all of them.  Rounding is to nearest.
 *
 * Choices are `c ? a : b` of values computed already; a comparison with NaN is false, and each function is written so
 * that NaN then takes the way on which it stays.  Integers live in the low bits of a double: adding TD_M_ROUND rounds
 * to an integer (no set but AVX-512 converts 64-bit integers). */
#ifndef TD_KERNEL_MATH_BITS_H
#define TD_KERNEL_MATH_BITS_H

#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

/* A call within a loop would keep it from becoming vector code, and compilers find these functions large. */
#ifdef __GNUC__
#define TD_M_INLINE static inline __attribute__((always_inline))
#else
#define TD_M_INLINE static inline
#endif

/* ---- bits ---------------------------------------------------------------------------------------------------------- */

TD_M_INLINE uint64_t td_m_bits(double x)
{
    uint64_t u;
    memcpy(&u, &x, sizeof u);
    return u;
}

TD_M_INLINE double td_m_from_bits(uint64_t u)
{
    double x;
    memcpy(&x, &u, sizeof x);
    return x;
}

#define TD_M_SIGN UINT64_C(0x8000000000000000)

/* x with its sign changed if y has one */
TD_M_INLINE double td_m_times_sign(double x, double y)
{
    return td_m_from_bits(td_m_bits(x) ^ (td_m_bits(y) & TD_M_SIGN));
}

TD_M_INLINE uint32_t td_m_bitsf(float x)
{
    uint32_t u;
    memcpy(&u, &x, sizeof u);
    return u;
}

TD_M_INLINE float td_m_from_bitsf(uint32_t u)
{
    float x;
    memcpy(&x, &u, sizeof x);
    return x;
}

/* x within -limit to limit; NaN stays.  (Two one-sided choices in a row become four masks in gcc 12.) */
TD_M_INLINE double td_m_within(double x, double limit)
{
    double size = fabs(x), least = limit < size ? limit : size;
    return td_m_times_sign(least, x);
}

TD_M_INLINE float td_m_withinf(float x, float limit)
{
    float    size = fabsf(x), least = limit < size ? limit : size;
    return copysignf(least, x);
}

/* Where one condition decides several times, gcc would copy what stands between for each case: masks keep it from that. */
TD_M_INLINE uint64_t td_m_mask(bool c) { return c ? UINT64_MAX : 0; }

TD_M_INLINE double td_m_choose(uint64_t mask, double a, double b)
{
    return td_m_from_bits((td_m_bits(a) & mask) | (td_m_bits(b) & ~mask));
}

/* x with the last `count` bits cleared */
TD_M_INLINE double td_m_cut(double x, int count) { return td_m_from_bits(td_m_bits(x) >> count << count); }

/* ---- integers in doubles ------------------------------------------------------------------------------------------- *
 * m = x + TD_M_ROUND is k + TD_M_ROUND, k the integer next to x, if |x| < 2^51; k is then m - TD_M_ROUND as a double, and
 * the low 51 bits of m's bits.  x + TD_M_ROUND_EXPONENT holds k + 1023 instead: an exponent field. */

#define TD_M_ROUND 0x1.8p52
#define TD_M_ROUND_EXPONENT (0x1.8p52 + 1023)

/* 2^k of m = k + TD_M_ROUND_EXPONENT, -1022 <= k <= 1023; 0 for k = -1023, infinity for k = 1024 */
TD_M_INLINE double td_m_two_to(double m) { return td_m_from_bits(td_m_bits(m) << 52); }

/* x 2^k of m = k + TD_M_ROUND, where both x and the result are normal numbers */
TD_M_INLINE double td_m_scale(double x, double m) { return td_m_from_bits(td_m_bits(x) + (td_m_bits(m) << 52)); }

/* ---- two doubles for one number: high + low, |low| at most about half a unit in the last place of high -------------- *
 * T. J. Dekker, "A floating-point technique for extending the available precision", 1971; D. E. Knuth, TAOCP 2, 4.2.2. */

typedef struct td_m_pair { double high, low; } td_m_pair;

/* a + b exactly */
TD_M_INLINE td_m_pair td_m_two_sum(double a, double b)
{
    double s = a + b, back = s - a;
    return (td_m_pair){s, (a - (s - back)) + (b - back)};
}

/* a + b exactly if |a| >= |b| or a = 0 */
TD_M_INLINE td_m_pair td_m_fast_sum(double a, double b)
{
    double s = a + b;
    return (td_m_pair){s, b - (s - a)};
}

/* a b exactly */
TD_M_INLINE td_m_pair td_m_two_product(double a, double b)
{
    double p = a * b;
    return (td_m_pair){p, fma(a, b, -p)};
}

/* (a + b) / (c + d), a and c the high parts, to nearly twice the precision; one division */
TD_M_INLINE td_m_pair td_m_quotient(td_m_pair a, td_m_pair c)
{
    double inverse = 1 / c.high, q = a.high * inverse;
    double rest = fma(-q, c.high, a.high) + fma(-q, c.low, a.low);
    return (td_m_pair){q, rest * inverse};
}

/* The same where low parts may be some hundredths of the high ones: the remainder's rounding is as much smaller. */
TD_M_INLINE td_m_pair td_m_loose_quotient(td_m_pair a, td_m_pair c)
{
    double inverse = 1 / (c.high + c.low), q = (a.high + a.low) * inverse;
    double rest = fma(-q, c.high, a.high) + fma(-q, c.low, a.low);
    return (td_m_pair){q, rest * inverse};
}

/* ---- polynomials, by G. Estrin's scheme: short chains, so that many lanes are in flight ---------------------------- *
 * xx = x^2, x4 = x^4.  a is the constant term. */

TD_M_INLINE double td_m_poly2(double x, double a, double b) { return fma(b, x, a); }

TD_M_INLINE double td_m_poly3(double x, double xx, double a, double b, double c)
{
    return fma(c, xx, td_m_poly2(x, a, b));
}

TD_M_INLINE double td_m_poly4(double x, double xx, double a, double b, double c, double d)
{
    return fma(td_m_poly2(x, c, d), xx, td_m_poly2(x, a, b));
}

TD_M_INLINE double td_m_poly5(double x, double xx, double x4, double a, double b, double c, double d, double e)
{
    return fma(e, x4, td_m_poly4(x, xx, a, b, c, d));
}

TD_M_INLINE double td_m_poly6(double x, double xx, double x4, double a, double b, double c, double d, double e, double f)
{
    return fma(td_m_poly2(x, e, f), x4, td_m_poly4(x, xx, a, b, c, d));
}

TD_M_INLINE double td_m_poly7(double x, double xx, double x4, double a, double b, double c, double d, double e, double f,
                                double g)
{
    return fma(td_m_poly3(x, xx, e, f, g), x4, td_m_poly4(x, xx, a, b, c, d));
}

TD_M_INLINE double td_m_poly8(double x, double xx, double x4, double a, double b, double c, double d, double e, double f,
                                double g, double h)
{
    return fma(td_m_poly4(x, xx, e, f, g, h), x4, td_m_poly4(x, xx, a, b, c, d));
}

/* Horner's scheme in x^2 over pairs: fewer operations in longer chains */
TD_M_INLINE double td_m_pairs7(double x, double xx, double a, double b, double c, double d, double e, double f, double g)
{
    double last = fma(g, xx, td_m_poly2(x, e, f));
    return fma(fma(last, xx, td_m_poly2(x, c, d)), xx, td_m_poly2(x, a, b));
}

TD_M_INLINE double td_m_pairs8(double x, double xx, double a, double b, double c, double d, double e, double f, double g,
                               double h)
{
    double last = fma(td_m_poly2(x, g, h), xx, td_m_poly2(x, e, f));
    return fma(fma(last, xx, td_m_poly2(x, c, d)), xx, td_m_poly2(x, a, b));
}

TD_M_INLINE double td_m_pairs9(double x, double xx, double a, double b, double c, double d, double e, double f, double g,
                               double h, double i)
{
    double last = fma(i, xx, td_m_poly2(x, g, h));
    return td_m_pairs7(x, xx, a, b, c, d, e, f, last);
}

TD_M_INLINE double td_m_pairs10(double x, double xx, double a, double b, double c, double d, double e, double f, double g,
                                double h, double i, double j)
{
    double last = fma(td_m_poly2(x, i, j), xx, td_m_poly2(x, g, h));
    return td_m_pairs7(x, xx, a, b, c, d, e, f, last);
}

TD_M_INLINE double td_m_pairs11(double x, double xx, double a, double b, double c, double d, double e, double f, double g,
                                double h, double i, double j, double k)
{
    double last = fma(fma(k, xx, td_m_poly2(x, i, j)), xx, td_m_poly2(x, g, h));
    return td_m_pairs7(x, xx, a, b, c, d, e, f, last);
}

/* Horner's scheme, four terms before the rest: a + x (b + x (c + x (d + x rest))).  The fewest operations and registers,
 * for loops that keep enough lanes in flight (loop.h). */
TD_M_INLINE double td_m_horner(double x, double a, double b, double c, double d, double rest)
{
    return fma(fma(fma(fma(rest, x, d), x, c), x, b), x, a);
}

#endif
