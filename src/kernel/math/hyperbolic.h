/* hyperbolic.h: tanh, sinh, cosh, odd or even by |x| */
#ifndef TD_KERNEL_MATH_HYPERBOLIC_H
#define TD_KERNEL_MATH_HYPERBOLIC_H

#include "exp.h"

/* tanh x = (1 - u) / (1 + u), u = e^(-2 x) as a pair, x >= 0.  Near 0 the high part of 1 - u is what u rounded off, and
 * its low part has the rest: nothing is lost. */
TD_M_INLINE double td_m_tanh(double x)
{
    double size = fabs(x), least = 20 < size ? 20 : size;
    td_m_exp_reduced a = td_m_exp_reduce(-2 * least);
    td_m_pair    e = td_m_fast_sum(1, a.r);
    double       two = td_m_two_to(TD_M_ROUND_EXPONENT + a.k), u = two * e.high;
    double       low = two * (e.low + td_m_exp_beyond(a.r, a.rest));
    td_m_pair    above = td_m_fast_sum(1, -u), below = td_m_fast_sum(1, u);
    above.low -= low, below.low += low;
    td_m_pair q = td_m_loose_quotient(above, below);
    return copysign(q.high + q.low, x);
}

TD_M_INLINE float td_m_tanhf(float x)
{
    double e = td_m_short_expm1(2 * (double)td_m_withinf(x, 10));
    return copysignf((float)(e / (e + 2)), x);
}

/* Of x = k log 2 + r >= 0: cosh r = 1 + c, sinh r = r + s; (1 + 4^-k) / 2 and (1 - 4^-k) / 2, which multiply them, and what
 * one of these loses where 4^-k is below the last place (k > 26). */
typedef struct td_m_half_angles { double r, c, s, plus, minus, lost; td_m_halves two; } td_m_half_angles;

/* Minimax by fpminimax: relative error of sinh r 2^-61.7, of cosh r 2^-70. */
TD_M_INLINE td_m_half_angles td_m_hyperbolic(double x)
{
    td_m_exp_reduced a = td_m_exp_reduce(746 < x ? 746 : x);
    double       r = a.r, rr = r * r, r4 = rr * rr, r8 = r4 * r4;
    double       s = fma(0x1.af5f687dd8f24p-26, r8, td_m_poly4(rr, r4, 0x1.5555555555559p-3, 0x1.111111110f648p-7,
                                                               0x1.a01a01b00c235p-13, 0x1.71ddf7f2ac038p-19));
    double       c = fma(0x1.1f8bc693a40fcp-29, r8, td_m_poly4(rr, r4, 0x1.5555555555558p-5, 0x1.6c16c16c15007p-10,
                                                               0x1.a01a01ad799f3p-16, 0x1.27e4cc1e97064p-22));
    double       k = 60 < a.k ? 60 : a.k, w = td_m_two_to(fma(k, -2, TD_M_ROUND_EXPONENT - 1));
    double       plus = 0.5 + w, minus = 0.5 - w;
    return (td_m_half_angles){r, fma(0.5 * r, r, r4 * c), fma(r * rr, s, a.rest), plus, minus, w - (plus - 0.5),
                              td_m_halve(a.m)};
}

/* one (1 + c) + other (r + s), times 2^k */
TD_M_INLINE double td_m_hyperbolic_sum(td_m_half_angles a, double one, double other, double lost)
{
    td_m_pair p = td_m_two_product(other, a.r), sum = td_m_fast_sum(one, p.high);
    double    low = fma(one, a.c, fma(other, a.s, sum.low + (p.low + lost)));
    return (sum.high + low) * a.two.first * a.two.second;
}

TD_M_INLINE double td_m_sinh(double x)
{
    td_m_half_angles a = td_m_hyperbolic(fabs(x));
    return copysign(td_m_hyperbolic_sum(a, a.minus, a.plus, -a.lost), x);
}

TD_M_INLINE double td_m_cosh(double x)
{
    td_m_half_angles a = td_m_hyperbolic(fabs(x));
    return td_m_hyperbolic_sum(a, a.plus, a.minus, a.lost);
}

TD_M_INLINE float td_m_sinhf(float x)
{
    double e = td_m_short_expm1(td_m_withinf(fabsf(x), 105));
    return copysignf((float)(0.5 * (e + e / (e + 1))), x);
}

TD_M_INLINE float td_m_coshf(float x)
{
    double e = td_m_short_exp(td_m_withinf(x, 105));
    return (float)(0.5 * (e + 1 / e));
}

#endif
