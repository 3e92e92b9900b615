/* logistic.h: 1 / (1 + e^-x) and its kin: sigmoid, silu, softplus */
#ifndef TD_KERNEL_MATH_LOGISTIC_H
#define TD_KERNEL_MATH_LOGISTIC_H

#include "exp.h"

/* ---- f64 ----------------------------------------------------------------------------------------------------------- */

/* y / (inverse + second e^r), corrected: y / (1 + e^x) = that / first where 1 + e^x = first (1/first + second e^r) */
TD_M_INLINE double td_m_logistic_of(td_m_exp_reduced a, double inverse, double second, double y)
{
    td_m_pair e = td_m_fast_sum(1, a.r), sum = td_m_two_sum(inverse, second * e.high);
    double    low = fma(second, e.low + td_m_exp_beyond(a.r, a.rest), sum.low);
    double    over = 1 / (sum.high + low), q = y * over, rest = fma(-q, low, fma(-q, sum.high, y));
    return fma(rest, over, q);
}

TD_M_INLINE double td_m_logistic(double x, double y)
{
    td_m_exp_reduced a = td_m_exp_reduce(x);
    td_m_halves    two = td_m_halve(a.m);
    return td_m_logistic_of(a, two.inverse, two.second, y) * two.inverse;
}

/* the same bits for |x| <= 708: no need to halve 2^k */
TD_M_INLINE double td_m_logistic_usual(double x)
{
    td_m_exp_reduced a = td_m_exp_reduce(x);
    double     inverse = td_m_two_to(TD_M_ROUND_EXPONENT - a.k);
    return td_m_logistic_of(a, inverse, 1, 1) * inverse;
}

TD_M_INLINE double td_m_sigmoid_usual(double x) { return td_m_logistic_usual(-x); }

TD_M_INLINE double td_m_sigmoid(double x) { return td_m_logistic(-td_m_within(x, 746), 1); }

TD_M_INLINE double td_m_silu(double x)
{
    double w = td_m_within(x, 760), y = copysign(td_m_logistic(-w, w), x);
    return x < 760 ? y : x;
}

/* max(x, 0) + log(1 + e^-|x|), the logarithm as 2 artanh s of s = e^-|x| / (2 + e^-|x|) <= 1/3.  The series by fpminimax,
 * relative error 2^-64. */
TD_M_INLINE double td_m_softplus(double x)
{
    td_m_exp_reduced reduced = td_m_exp_reduce(-fabs(td_m_within(x, 746)));
    td_m_halves      two = td_m_halve(reduced.m);
    td_m_pair        e = td_m_fast_sum(1, reduced.r);
    e.low += td_m_exp_beyond(reduced.r, reduced.rest);
    td_m_pair below = td_m_fast_sum(2, e.high * two.second * two.first);
    below.low += e.low * two.second * two.first;
    td_m_pair over = td_m_loose_quotient(e, below);                     /* s / 2^k */
    double    s = over.high * two.second * two.first, z = s * s;
    double    p = td_m_pairs11(z, z * z, 0x1.5555555555556p-1, 0x1.999999999965ep-2, 0x1.24924924b9e59p-2,
                               0x1.c71c71a9f3241p-3, 0x1.745d1d644e28fp-3, 0x1.3b12e510294cap-3, 0x1.112253c0b5ae1p-3,
                               0x1.dff61c35c39a7p-4, 0x1.c0f28bf05eeccp-4, 0x1.2044fb33ef3d6p-4, 0x1.4fd824633a80cp-3);
    double    rest = fma(over.high, z * p, 2 * over.low);
    td_m_pair sum = td_m_two_sum(x, 2 * s);
    double    left = fma(2, over.high, rest) * two.second * two.first;
    double    right = sum.high + (sum.low + rest * two.second * two.first), y = x < 0 ? left : right;
    return x < 40 ? y : x;
}

/* ---- f32 ----------------------------------------------------------------------------------------------------------- */

/* 1 / (1 + e^x) as in f64, for |x| <= 87.  The low part of the sum is as much as some hundredths. */
TD_M_INLINE float td_m_logistic_usualf(float x)
{
    td_m_exp_sum e = td_m_exp_split(x);
    float inverse = td_m_from_bitsf((UINT32_C(127) << 23) - e.two), sum = inverse + e.high, back = sum - inverse;
    float low = (inverse - (sum - back)) + (e.high - back) + e.low;
    float over = 1 / (sum + low), rest = fmaf(-over, low, fmaf(-over, sum, 1));
    return fmaf(rest, over, over) * inverse;
}

/* At most 0.51 ulp. */
TD_M_INLINE float td_m_sigmoid_usualf(float x) { return td_m_logistic_usualf(-x); }

TD_M_INLINE float td_m_sigmoidf(float x)
{
    double y = 1 / (1 + td_m_short_exp(-(double)td_m_withinf(x, 105)));
    return fabsf(x) <= 87 ? td_m_sigmoid_usualf(x) : (float)y;
}

TD_M_INLINE float td_m_siluf(float x)
{
    double w = td_m_withinf(x, 115);
    float  y = (float)(w / (1 + td_m_short_exp(-w)));
    return x < 115 ? y : x;
}

/* log(1 + e^d) for -700 <= d <= 0, the series with relative error 2^-33 */
TD_M_INLINE double td_m_short_softplus(double d)
{
    double e = td_m_short_exp(d), s = e / (2 + e), z = s * s, zz = z * z;
    double p = td_m_poly5(z, zz, zz * zz, 0x1.5555584dc2e9dp-1, 0x1.9996ae4c68f37p-2, 0x1.2508d8fe94621p-2,
                          0x1.b6e309e3a88fcp-3, 0x1.f182ab0c375cep-3);
    return s * fma(z, p, 2);
}

TD_M_INLINE float td_m_softplusf(float x)
{
    float within = (float)((x > 0 ? x : 0) + td_m_short_softplus(-(double)fabsf(td_m_withinf(x, 105))));
    return x < 40 ? within : x;
}

#endif
