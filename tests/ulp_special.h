/* ulp_special.h: how far the special functions of the kernel tables are from the true values. */
#ifndef ULP_SPECIAL_H
#define ULP_SPECIAL_H

#include <mpfr.h>
#include <stdio.h>

#include "ulp.h"

enum { SPECIAL_BITS = 1500, SPECIAL_OPERANDS = 3, SPECIAL_CHOICES = 6 };

/* exact_special.c: y = f(x[0], x[1], ..), a and b the kernel's scalars */
typedef void exact_fn(mpfr_t y, const mpfr_t *x, double a, double b);
exact_fn exact_spherical_bessel_j, exact_airy_ai, exact_airy_bi, exact_ellipk, exact_ellipe;
exact_fn exact_lgamma, exact_digamma, exact_zeta, exact_polygamma, exact_gammainc, exact_gammaincc,
         exact_betainc, exact_erfcx, exact_log_ndtr, exact_ndtri, exact_dawson, exact_expi, exact_expn,
         exact_lambertw, exact_bessel_j, exact_bessel_y, exact_bessel_i, exact_bessel_k, exact_chebyshev_t,
         exact_chebyshev_v, exact_chebyshev_w, exact_hermite_h, exact_hermite_he, exact_gegenbauer,
         exact_laguerre;

typedef struct special_function {
    const char *name;
    int         map, operands;
    exact_fn   *exact;
    double      low[SPECIAL_OPERANDS], high[SPECIAL_OPERANDS];     /* operands are drawn from low to high */
    int         n_a, n_b;
    double      a[SPECIAL_CHOICES], b[SPECIAL_CHOICES];            /* the scalars, each with each; none: 0 */
    double      f64, f32;                                          /* no error is larger */
} special_function;

extern const special_function special_functions[];
extern const int              special_count;

typedef struct special_case { double x[SPECIAL_OPERANDS], a, b, error; } special_case;
typedef struct special_result { int64_t tested, off; special_case worst; } special_result;

/* n operands drawn: all magnitudes, the range, neighbours of the worst.  `points`, if it is not NULL, gets the worst of each
 * choice of scalars and some more, with the true value, as tests/special.txt has them. */
void special_measure(const special_function *f, const td_kernels *set, int dtype, int n, special_result *r, FILE *points);

/* In units of the last place of want, which is destroyed. */
double ulp_distance(int dtype, double got, mpfr_t want);

#endif
