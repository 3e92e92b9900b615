/* polynomial.c: orthogonal polynomials by their three-term recurrences in 106 bits.  DLMF 18.9. */
#include "special.h"

/* p_(k+1) = (a x + b) p_k - c p_(k-1) */
typedef struct recurrence { wide a, b, c; } recurrence;
typedef recurrence recurrence_of(int k, double parameter);

static recurrence chebyshev(int k, double parameter)
{
    (void)k, (void)parameter;
    return (recurrence){w_of(2), w_of(0), w_of(1)};
}

static recurrence hermite_h(int k, double parameter)
{
    (void)parameter;
    return (recurrence){w_of(2), w_of(0), w_of(2 * k)};
}

static recurrence hermite_he(int k, double parameter)
{
    (void)parameter;
    return (recurrence){w_of(1), w_of(0), w_of(k)};
}

static recurrence gegenbauer(int k, double lambda)
{
    wide step = w_of(k + 1);
    return (recurrence){w_div(w_times(td_m_two_sum(k, lambda), 2), step), w_of(0),
                        w_div(td_m_two_sum(k - 1, 2 * lambda), step)};
}

static recurrence laguerre(int k, double alpha)
{
    wide step = w_of(k + 1);
    return (recurrence){w_div(w_of(-1), step), w_div(td_m_two_sum(2 * k + 1, alpha), step), w_div(td_m_two_sum(k, alpha), step)};
}

/* p_0 = 1, p_1 = slope x + start */
static double polynomial(recurrence_of *of, double x, double order, double parameter, double slope, wide start)
{
    wide before = w_of(1), at = w_add(td_m_two_product(slope, x), start);
    if (!(order >= 0 && order <= TD_MOST_DEGREE) || isnan(x) || isnan(parameter)) return NAN;
    if (order < 1) return 1;
    for (int k = 1; k < (int)order; k++) {
        recurrence r = of(k, parameter);
        wide       next = w_sub(w_mul(w_add(w_times(r.a, x), r.b), at), w_mul(r.c, before));
        before = at;
        at = next;
    }
    return isfinite(at.low) ? w_double(at) : at.high;
}

double td_f_chebyshev_t(double x, double n) { return polynomial(chebyshev, x, n, 0, 1, w_of(0)); }
double td_f_chebyshev_v(double x, double n) { return polynomial(chebyshev, x, n, 0, 2, w_of(-1)); }
double td_f_chebyshev_w(double x, double n) { return polynomial(chebyshev, x, n, 0, 2, w_of(1)); }
double td_f_hermite_h(double x, double n) { return polynomial(hermite_h, x, n, 0, 2, w_of(0)); }
double td_f_hermite_he(double x, double n) { return polynomial(hermite_he, x, n, 0, 1, w_of(0)); }
double td_f_gegenbauer(double x, double n, double lambda) { return polynomial(gegenbauer, x, n, lambda, 2 * lambda, w_of(0)); }
double td_f_laguerre(double x, double n, double alpha) { return polynomial(laguerre, x, n, alpha, -1, td_m_two_sum(1, alpha)); }
