/* area.h: the inverse hyperbolic functions, and the logit, all logarithms of an algebraic function.
 *
 * The argument of the logarithm is found in two doubles, high + low, and log(high + low) = log high + low / high with
 * log high in two doubles too, so nothing is lost where it is near 1.  Below 2^-28 asinh x and atanh x are x.
 * f32: the same in double, the logarithm as log(1 + t) with t found without cancellation.
 * Source: W. Kahan, "Branch cuts for complex elementary functions", 1987, table 1, for the forms. */
#ifndef TD_KERNEL_MATH_AREA_H
#define TD_KERNEL_MATH_AREA_H

#include "power.h"

/* log(2^k (high + low)), high normal and positive */
TD_M_INLINE double td_m_log_joined(td_m_pair x, double k)
{
    td_m_binary b = td_m_split_usual(x.high);
    b.k += k;
    td_m_pair l = td_m_log_pair(b);
    return l.high + (l.low + x.low / x.high);
}

/* sqrt(high + low), high >= 0 */
TD_M_INLINE td_m_pair td_m_root_pair(td_m_pair x)
{
    double r = sqrt(x.high);
    return (td_m_pair){r, (fma(-r, r, x.high) + x.low) / (r + r + 0x1p-1000)};
}

/* x + sqrt(x^2 + c), c = 1 or -1 */
TD_M_INLINE td_m_pair td_m_area(double x, double c)
{
    td_m_pair square = td_m_two_product(x, x), under = td_m_two_sum(square.high, c);
    under.low += square.low;
    td_m_pair root = td_m_root_pair(under), sum = td_m_two_sum(root.high, x);
    return (td_m_pair){sum.high, sum.low + root.low};
}

/* Beyond 2^28 the root is x, and its size is 2^1 x. */
TD_M_INLINE double td_m_asinh(double x)
{
    double    a = fabs(x), near = a < 0x1p28 ? a : 1;
    td_m_pair whole = td_m_area(near, 1);
    bool      far = a >= 0x1p28;
    double    y = td_m_log_joined((td_m_pair){far ? a : whole.high, far ? 0 : whole.low}, far ? 1 : 0);
    double    end = a < INFINITY ? y : a;
    return a >= 0x1p-28 ? td_m_times_sign(end, x) : x;
}

TD_M_INLINE double td_m_acosh(double x)
{
    bool      far = x >= 0x1p28;
    td_m_pair whole = td_m_area(far || !(x >= 1) ? 1 : x, -1);
    double    y = td_m_log_joined((td_m_pair){far ? x : whole.high, far ? 0 : whole.low}, far ? 1 : 0);
    double    end = x < INFINITY ? y : x;
    return x >= 1 ? end : NAN;
}

/* (1/2) log((1 + a) / (1 - a)) */
TD_M_INLINE double td_m_atanh(double x)
{
    double    a = fabs(x), near = a < 1 ? a : 0;
    td_m_pair q = td_m_quotient(td_m_two_sum(1, near), td_m_two_sum(1, -near));
    double    y = 0.5 * td_m_log_joined(q, 0), end = a == 1 ? INFINITY : NAN;
    return a >= 0x1p-28 ? td_m_times_sign(a < 1 ? y : end, x) : x;
}

/* log(x / (1 - x)); within 2^-28 of 1/2 it is 4 (x - 1/2) */
TD_M_INLINE double td_m_logit_inside(double x)
{
    double    usual = x > 0 && x < 1 ? x : 0.25, small = usual < 0x1p-900 ? 0x1p100 : 1;
    td_m_pair q = td_m_quotient((td_m_pair){usual * small, 0}, td_m_two_sum(1, -usual));
    double    y = td_m_log_joined(q, small > 1 ? -100 : 0), middle = x - 0.5;
    double    end = x == 0 ? -INFINITY : x == 1 ? INFINITY : NAN;
    double    inside = fabs(middle) < 0x1p-28 ? 4 * middle : y;
    return x > 0 && x < 1 ? inside : end;
}

/* x held within [eps, 1 - eps] first, unless eps is negative */
TD_M_INLINE double td_m_logit(double x, double eps)
{
    double low = eps < 0 ? -INFINITY : eps, high = eps < 0 ? INFINITY : 1 - eps;
    double raised = x < low ? low : x;
    return td_m_logit_inside(raised > high ? high : raised);
}

/* ---- f32 ----------------------------------------------------------------------------------------------------------- */

/* log q, which is log(1 + t), to 2^-35, for q normal */
TD_M_INLINE double td_m_log_joinedf(double q, double t)
{
    td_m_binary b = td_m_split_usual(q);
    return fma(b.k, TD_M_LN2, td_m_log_short(b.k == 0 ? t : b.f));
}

TD_M_INLINE float td_m_asinhf(float x)
{
    double a = fabs((double)x), t = a + a * a / (1 + sqrt(fma(a, a, 1)));
    double y = a < INFINITY ? td_m_log_joinedf(1 + t, t) : a;
    return x == 0 ? x : (float)td_m_times_sign(y, x);
}

TD_M_INLINE float td_m_acoshf(float x)
{
    double e = (double)x - 1, t = e + sqrt(e * (e + 2));
    double y = x < INFINITY ? td_m_log_joinedf(1 + t, t) : x;
    return x >= 1 ? (float)y : NAN;
}

TD_M_INLINE float td_m_atanhf(float x)
{
    double a = fabs((double)x), t = 2 * a / (1 - a), y = 0.5 * td_m_log_joinedf(1 + t, t);
    double end = a == 1 ? INFINITY : NAN;
    return x == 0 ? x : (float)td_m_times_sign(a < 1 ? y : end, x);
}

TD_M_INLINE float td_m_logitf(float x, float eps)
{
    float  low = eps < 0 ? -INFINITY : eps, high = eps < 0 ? INFINITY : 1 - eps, raised = x < low ? low : x;
    double p = raised > high ? high : raised, rest = 1 - p;
    double y = td_m_log_joinedf(p / rest, (p - rest) / rest), end = p == 0 ? -INFINITY : p == 1 ? INFINITY : NAN;
    return (float)(p > 0 && p < 1 ? y : end);
}

#endif
