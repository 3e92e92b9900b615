/* log_sum.h: log(e^x + e^y) and the same to base 2: the larger plus log(1 + e^-|x - y|).  f32: in double, rounded once. */
#ifndef TD_KERNEL_MATH_LOG_SUM_H
#define TD_KERNEL_MATH_LOG_SUM_H

#include "logistic.h"

/* -|x - y|, 0 also between equal infinities */
TD_M_INLINE double td_m_apart(double x, double y) { return x == y ? 0 : -fabs(x - y); }

/* the larger; where there is a NaN its distance is one */
TD_M_INLINE double td_m_larger(double x, double y) { return x < y ? y : x; }

TD_M_INLINE double td_m_logaddexp(double x, double y) { return td_m_larger(x, y) + td_m_softplus(td_m_apart(x, y)); }

/* log 2 and its inverse are rounded: the product with the latter is mended, so that log2(1 + 1) is 1 */
TD_M_INLINE double td_m_logaddexp2(double x, double y)
{
    double s = td_m_softplus(td_m_apart(x, y) * TD_M_LOG_2);
    return td_m_larger(x, y) + fma(s, 0x1.71547652b82fep0, s * 0x1.777d0ffda0d24p-56);
}

TD_M_INLINE float td_m_logaddexpf(float x, float y)
{
    return (float)(td_m_larger(x, y) + td_m_short_softplus(td_m_within(td_m_apart(x, y), 690)));
}

TD_M_INLINE float td_m_logaddexp2f(float x, float y)
{
    return (float)(td_m_larger(x, y) + td_m_short_softplus(td_m_within(td_m_apart(x, y) * TD_M_LOG_2, 690)) * TD_M_LOG2_E);
}

#endif
