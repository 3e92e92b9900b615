/* inverse_erf.h: the inverse of erf.
 *
 * erf^-1 x = Phi^-1((1 + x) / 2) / sqrt 2, and Phi^-1 by M. J. Wichura, "Algorithm AS 241: the percentage points of the
 * normal distribution", 1988: with q = x / 2, near 0 (|q| <= 0.425) q N(0.180625 - q^2), beyond a quotient in
 * sqrt(-log p), p = (1 - |x|) / 2, which is exact where it is used.  The factors 1/2 and 1 / sqrt 2 are in the numerators.
 * The quotients have a relative error of 1.8e-16 and with their roundings one of 8 ulp, right for f32, rounded once.  In
 * f64 a step of Newton's follows, y - (erf y - x) sqrt pi / 2 e^(y^2), its remainder from erf's polynomial with sums in
 * two parts, or from erfc, of whose error of 1 ulp half of one is left. */
#ifndef TD_KERNEL_MATH_INVERSE_ERF_H
#define TD_KERNEL_MATH_INVERSE_ERF_H

#include "erf.h"
#include "log.h"

TD_M_INLINE double td_m_quantile_part(double r, const double n[8], const double d[8])
{
    double rr = r * r, r4 = rr * rr;
    return td_m_poly8(r, rr, r4, n[0], n[1], n[2], n[3], n[4], n[5], n[6], n[7]) /
           td_m_poly8(r, rr, r4, d[0], d[1], d[2], d[3], d[4], d[5], d[6], d[7]);
}

static const double td_m_quantile_parts[3][2][8] = {
    { { 0x1.32917a42157d1p+0, 0x1.7894dd814bfa3p+5, 0x1.5c88056b01501p+9, 0x1.2f6e30b2ec51ep+12, 0x1.fb5ee66e5a285p+13,
        0x1.73982a6012afcp+14, 0x1.715bf25ff1d11p+13, 0x1.bb8c0a7936704p+9 },
      { 1, 0x1.5281b386e1ab5p+5, 0x1.5797efdc8b3f7p+9, 0x1.512322e75c89fp+12, 0x1.4b772d5d65266p+14,
        0x1.3317caa64f4bep+15, 0x1.c0e457cb1ae76p+14, 0x1.46a7eca984b69p+12 } },
    { { 0x1.01ab6d9108002p+0, 0x1.a3172098eaf03p+1, 0x1.0518fede8bf06p+2, 0x1.4a2a60e112424p+1, 0x1.cbf47c17cb077p-1,
        0x1.5e22c9b9fce80p-3, 0x1.0742da2600a29p-6, 0x1.1f252cc3d2fe0p-11 },
      { 1, 0x1.06cefbb46a449p+1, 0x1.ad278e6526633p+0, 0x1.61292f23385c9p-1, 0x1.2f5123394f040p-3,
        0x1.f207a7eab17bfp-7, 0x1.1f18cbfdf2728p-11, 0x1.20d3f686439e4p-30 } },
    { { 0x1.2d4d6814c6c40p+2, 0x1.ee867de17bc71p+1, 0x1.43168eb6196e2p+0, 0x1.ad77306754b0ap-3, 0x1.3361b836e414ep-6,
        0x1.ccb04f5920202p-11, 0x1.41adf4c8342ecp-16, 0x1.3144f2bb426bcp-23 },
      { 1, 0x1.331d34fc7d77fp-1, 0x1.186eb183443fbp-3, 0x1.e76f93215462ap-7, 0x1.9c8bc979dc5d7p-11,
        0x1.35c2c496374bfp-16, 0x1.31446f740b9e0p-23, 0x1.269bff1f8c190p-49 } },
};

/* within 8 ulp */
TD_M_INLINE double td_m_erfinv_about(double x)
{
    const double(*part)[2][8] = td_m_quantile_parts;
    double a = fabs(x), p = a < 1 ? 0.5 - 0.5 * a : 0.25, r = sqrt(-td_m_log_usual(p));
    double near = x * td_m_quantile_part(fma(-0.25 * x, x, 0.180625), part[0][0], part[0][1]);
    double tail = td_m_quantile_part(r - 1.6, part[1][0], part[1][1]);
    double far = td_m_quantile_part(r - 5, part[2][0], part[2][1]);
    double beyond = td_m_times_sign(r <= 5 ? tail : far, x), inside = a <= 0.85 ? near : beyond;
    return a < 1 ? inside : a == 1 ? td_m_times_sign(INFINITY, x) : NAN;
}

/* a - erf y, 0 <= y <= 0.86, erf in two parts but for its last terms */
TD_M_INLINE double td_m_erf_short_of(double a, double y)
{
    td_m_pair u = td_m_two_product(y, y), d = td_m_fast_sum(TD_M_ERF_D, u.high * td_m_erf_rest(u.high));
    td_m_pair line = td_m_two_product(y, TD_M_ERF_C), bend = td_m_two_product(u.high, d.high);
    td_m_pair bent = td_m_two_product(y, bend.high);
    double    low = fma(u.high, d.low, fma(u.low, d.high, bend.low)) + TD_M_ERF_C_LOW;
    return ((a - line.high) - bent.high) - (fma(y, low, line.low) + bent.low);
}

/* At most 1 ulp; 2^-200 is far below where erf bends. */
TD_M_INLINE double td_m_erfinv(double x)
{
    const double half_root_pi = 0x1.c5bf891b4ef6bp-1, half_root_pi_low = -0x1.618f13eb7ca89p-55;
    double start = fabs(td_m_erfinv_about(x)), a = fabs(x), y = start < 6 ? start : 0;
    double near = td_m_erf_short_of(a, y), far = td_m_erfc(y) - (1 - a);
    double step = (y <= 0.8535 ? near : far) * half_root_pi / td_m_decay(-y * y, 0), end = a < 1 ? y + step : start;
    return td_m_times_sign(a < 0x1p-200 ? fma(a, half_root_pi, a * half_root_pi_low) : end, x);
}

TD_M_INLINE float td_m_erfinvf(float x) { return (float)td_m_erfinv_about(x); }

#endif
