/* plane.h: of a point in the plane: its distance from 0, its angle.
 *
 * hypot: h = sqrt(x^2 + y^2), corrected by what h^2 lacks, which fma's find without error (C. F. Borges, "Algorithm 1014:
 * an improved algorithm for hypot(x, y)", 2020); both scaled where squares would leave the range.
 * atan2: as atan (inverse.h), with numerator and denominator for x and 1: t = a/b, (a - b)/(a + b) or -b/a, each to two
 * doubles.  To the left of the axis the angle is pi less that. */
#ifndef TD_KERNEL_MATH_PLANE_H
#define TD_KERNEL_MATH_PLANE_H

#include "inverse.h"

/* 2^-600 where the larger is beyond 2^500, 2^600 where it is below 2^-500 */
TD_M_INLINE double td_m_plane_scale(double larger)
{
    double down = larger > 0x1p500 ? 0x1p-600 : 1;
    return larger < 0x1p-500 ? 0x1p600 : down;
}

TD_M_INLINE double td_m_hypot(double x, double y)
{
    double p = fabs(x), q = fabs(y), larger = p < q ? q : p, smaller = p < q ? p : q, scale = td_m_plane_scale(larger);
    double a = larger * scale, b = smaller * scale, h = sqrt(fma(a, a, b * b)), hh = h * h, aa = a * a;
    double lack = fma(-b, b, hh - aa) + fma(h, h, -hh) - fma(a, a, -aa);
    double r = (h - lack / (h + h)) / scale, usual = larger > 0 ? r : p + q;
    return p == INFINITY || q == INFINITY ? INFINITY : isnan(x) || isnan(y) ? NAN : usual;
}

TD_M_INLINE float td_m_hypotf(float x, float y)
{
    double p = fabs((double)x), q = fabs((double)y), r = sqrt(fma(p, p, q * q));
    return p == INFINITY || q == INFINITY ? INFINITY : (float)r;
}

/* ---- angle --------------------------------------------------------------------------------------------------------- */

/* up / down = t, the angle's tangent less that of base; a, b >= 0, not both 0, and finite */
typedef struct td_m_slope { td_m_pair up, down; double base; } td_m_slope;

TD_M_INLINE td_m_slope td_m_slope_of(double a, double b)
{
    bool      low = a <= 0x1.a827999fcef32p-2 * b, high = a > 0x1.3504f333f9de6p+1 * b;
    td_m_pair less = td_m_two_sum(a, -b), more = td_m_two_sum(a, b);
    double    up = high ? -b : less.high, down = high ? a : more.high;
    return (td_m_slope){{low ? a : up, low || high ? 0 : less.low}, {low ? b : down, low || high ? 0 : more.low},
                        low ? 0 : high ? TD_M_HALF_PI : TD_M_HALF_PI / 2};
}

/* Both infinite stand for both 1; one infinite for 1 beside 0. */
TD_M_INLINE double td_m_finite_beside(double a, double b) { return a == INFINITY ? 1 : b == INFINITY ? 0 : a; }

TD_M_INLINE double td_m_atan2(double y, double x)
{
    double     p = fabs(y), q = fabs(x), scale = td_m_plane_scale(p < q ? q : p);
    double     a = td_m_finite_beside(p, q) * scale, b = td_m_finite_beside(q, p) * scale;
    bool       origin = p == 0 && q == 0, left = td_m_bits(x) >> 63;
    td_m_slope s = td_m_slope_of(a, origin ? 1 : b);
    td_m_pair  t = td_m_quotient(s.up, s.down);
    double     turn = left ? -1 : 1, base = left ? 2 * TD_M_HALF_PI - s.base : s.base;
    double     z = t.high * t.high, low = fma(-z, t.low, t.low), rest = fma(t.high * z, td_m_atan_series(z), low);
    td_m_pair  sum = td_m_fast_sum(base, turn * t.high);
    double     angle = sum.high + (sum.low + fma(base, TD_M_HALF_PI_LOW / TD_M_HALF_PI, turn * rest));
    bool       flat = !left && p < q * 0x1p-30;
    double     usual = flat ? p / q : angle;
    return isnan(x) || isnan(y) ? NAN : td_m_times_sign(usual, y);
}

TD_M_INLINE float td_m_atan2f(float y, float x)
{
    double     p = fabs((double)y), q = fabs((double)x);
    double     a = td_m_finite_beside(p, q), b = td_m_finite_beside(q, p);
    bool       origin = p == 0 && q == 0, left = td_m_bitsf(x) >> 31;
    td_m_slope s = td_m_slope_of(a, origin ? 1 : b);
    double     t = s.up.high / s.down.high, z = t * t, angle = s.base + fma(t * z, td_m_atan_seriesf(z), t);
    double     whole = left ? 2 * TD_M_HALF_PI - angle : angle;
    return isnan(x) || isnan(y) ? NAN : (float)td_m_times_sign(whole, y);
}

#endif
