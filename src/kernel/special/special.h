/* special.h: special functions, one plain scalar text each, compiled once: speed is not what they are for.
 *
 * A function takes and gives doubles, is computed in wide.h's 106 bits where terms cancel, and calls nothing of libm but exact
 * operations (fma, sqrt, floor, frexp, ldexp), so its bits are the same everywhere.  Outside of its domain it is NaN. */
#ifndef TD_KERNEL_SPECIAL_SPECIAL_H
#define TD_KERNEL_SPECIAL_SPECIAL_H

#include "../kernel.h"
#include "wide.h"

/* td_special_f32_NAME, td_special_f64_NAME: the loops.  f32 is computed in f64 and rounded once. */
#define TD_MAP(name) td_map_fn td_special_f32_##name, td_special_f64_##name;
#include "../special.def"
#undef TD_MAP

/* gamma.c */
wide   td_w_lgamma(wide x);      /* x > 0 */
wide   td_w_digamma(wide x);
double td_f_lgamma(double x);
double td_f_digamma(double x);
double td_f_polygamma(double x, double n);
double td_f_zeta(double s, double q);

/* incomplete.c */
double td_f_gammainc(double a, double x);
double td_f_gammaincc(double a, double x);
double td_f_betainc(double a, double b, double x);

/* error.c */
double td_f_erfcx(double x, double n);
double td_f_log_ndtr(double x);
double td_f_ndtri(double p);
double td_f_dawson(double x, double n);

/* exponential.c */
double td_f_expi(double x);
double td_f_expn(double x, double n);
double td_f_lambertw(double x, double branch);

/* bessel.c: of whole orders; scaled by e^-|x|, or e^x of K */
#define TD_MOST_ORDER 34
double td_f_bessel_j(double x, double order);
double td_f_bessel_y(double x, double order);
double td_f_bessel_i(double x, double order, double by_exp);
double td_f_bessel_k(double x, double order, double by_exp);
double td_f_spherical_bessel_j(double x, double order);

/* airy.c: n = 0, or 1 for the derivative */
double td_f_airy_ai(double x, double n);
double td_f_airy_bi(double x, double n);

/* elliptic.c: n-th derivatives of the complete integrals, n <= 8 */
double td_f_ellipk(double m, double n);
double td_f_ellipe(double m, double n);

/* polynomial.c */
#define TD_MOST_DEGREE 200
double td_f_chebyshev_t(double x, double n);
double td_f_chebyshev_v(double x, double n);
double td_f_chebyshev_w(double x, double n);
double td_f_hermite_h(double x, double n);
double td_f_hermite_he(double x, double n);
double td_f_gegenbauer(double x, double n, double lambda);
double td_f_laguerre(double x, double n, double alpha);

#endif
