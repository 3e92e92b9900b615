/* elliptic.c: complete elliptic integrals of the first and second kind and their derivatives in the parameter m.
 *
 * Both are pi/2 F(a, b; 1; m), F Gauss's hypergeometric function, b = 1/2, a = 1/2 for K and -1/2 for E.  Near 0 by its
 * series, which every derivative has, in m / (m - 1) for m < 0, so that terms have one sign; farther out from the
 * arithmetic-geometric mean and upwards by F's differential equation, in 106 bits.  DLMF 19.5, 19.8(i), 15.8.1, 15.10.1. */
#include "special.h"

enum { MOST_DERIVATIVE = 8 };
static const wide half_pi = {0x1.921fb54442d18p+0, 0x1.1a62633145c07p-54};

/* F(a, b; c; z) */
static wide hypergeometric(double a, double b, double c, wide z)
{
    wide term = w_of(1), sum = term;
    for (int k = 0; k < 2000 && fabs(term.high) > 0x1p-110 * fabs(sum.high); k++) {
        term = w_over(w_mul(w_times(term, (a + k) * (b + k)), z), (c + k) * (k + 1));
        sum = w_add(sum, term);
    }
    return sum;
}

/* pi/2 (a)_n (b)_n / n! F(a + n, b + n; 1 + n; m); F(A, B; C; m) = (1 - m)^-B F(C - A, B; C; m / (m - 1)) */
static wide by_series(double m, double a, int n)
{
    wide factor = half_pi, rest = td_m_two_sum(1, -m);
    for (int k = 0; k < n; k++) factor = w_over(w_times(factor, (a + k) * (0.5 + k)), k + 1);
    if (m >= 0) return w_mul(factor, hypergeometric(a + n, 0.5 + n, 1 + n, w_of(m)));
    for (int k = 0; k < n; k++) factor = w_div(factor, rest);
    factor = w_div(factor, w_sqrt(rest));
    return w_mul(factor, hypergeometric(1 - a, 0.5 + n, 1 + n, w_div(w_of(-m), rest)));
}

/* K = pi / (2 M), E = K (1 - sum of 2^(n-1) c_n^2), M the mean of 1 and root(1 - m); m < 1 */
static void both_kinds(double m, wide *first, wide *second)
{
    wide   a = w_of(1), b = w_sqrt(td_m_two_sum(1, -m)), sum = td_m_two_sum(1, -0.5 * m);
    double two = 1;
    for (int k = 0; k < 60 && fabs(a.high - b.high) > 0x1p-60 * a.high; k++, two *= 2) {
        wide c = w_times(w_sub(a, b), 0.5), mean = w_times(w_add(a, b), 0.5);
        b = w_sqrt(w_mul(a, b));
        a = mean;
        sum = w_sub(sum, w_times(w_square(c), two));
    }
    *first = w_div(half_pi, w_times(w_add(a, b), 0.5));
    *second = w_mul(*first, sum);
}

/* the n-th derivative: m (1 - m) F'' = a b F - (1 - (a + b + 1) m) F', with a, b and 1 increased by what n is */
static wide upwards(double m, double a, int n, wide zeroth, wide first)
{
    wide rest = td_m_two_sum(1, -m);
    for (int k = 0; k < n - 1; k++) {
        wide slope = w_mul(w_plus(td_m_two_product(-(a + 1.5 + 2 * k), m), 1 + k), first);
        wide next = w_sub(w_times(zeroth, (a + k) * (0.5 + k)), slope);
        zeroth = first;
        first = w_div(w_over(next, m), rest);
    }
    return n == 0 ? zeroth : first;
}

static double elliptic(double m, double order, bool of_second)
{
    if (!(m <= 1) || !(order >= 0 && order <= MOST_DERIVATIVE)) return NAN;
    int    n = (int)order;
    double a = of_second ? -0.5 : 0.5, end = of_second ? -INFINITY : INFINITY;
    wide   k, e;
    if (m == 1) return of_second && n == 0 ? 1 : end;
    if (m == -INFINITY) return of_second && n == 0 ? INFINITY : 0;
    if (m > -8 && m < 0.9) return w_double(by_series(m, a, n));
    both_kinds(m, &k, &e);
    wide shared = of_second ? e : w_div(e, td_m_two_sum(1, -m));
    return w_double(upwards(m, a, n, of_second ? e : k, w_over(w_times(w_sub(shared, k), 0.5), m)));
}

double td_f_ellipk(double m, double n) { return elliptic(m, n, false); }
double td_f_ellipe(double m, double n) { return elliptic(m, n, true); }
