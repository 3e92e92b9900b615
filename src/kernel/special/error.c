/* error.c: relatives of the error function: scaled, of the normal distribution, Dawson's.
 *
 * Built on erf.h, whose ratio (tail + q Q(q)) / (1 + 2 x) is e^(x^2) erfc x for x >= 0.6.  DLMF 7. */
#include "special.h"
#include "../math/logistic.h"

static const wide two_by_root_pi = {0x1.20dd750429b6dp+0, 0x1.1ae3a914fed80p-56};

/* 1 / (x sqrt pi) (1 - 1 / 2x^2 + 1 3 / (2x^2)^2 - ...), x > 26 */
static double scaled_far(double x)
{
    if (x > 0x1p100) return 0.5 * two_by_root_pi.high / x;
    wide z = w_div(w_of(-0.5), td_m_two_product(x, x)), term = w_of(1), sum = term;
    for (int k = 1; fabs(term.high) > 0x1p-70; k++) {
        term = w_times(w_mul(term, z), 2 * k - 1);
        sum = w_add(sum, term);
    }
    return w_double(w_div(w_mul(w_times(two_by_root_pi, 0.5), sum), w_of(x)));
}

/* e^(x^2) - 2 / sqrt pi (x + 2 x^3 / 3 + 4 x^5 / (3 5) + ...), |x| < 6 */
static wide scaled_wide(double x)
{
    wide xx = td_m_two_product(x, x), term = w_of(x), sum = term;
    for (int k = 1; fabs(term.high) > 0x1p-110 * fabs(sum.high); k++) {
        term = w_over(w_mul(w_times(term, 2), xx), 2 * k + 1);
        sum = w_add(sum, term);
    }
    return w_sub(w_exp(xx), w_mul(two_by_root_pi, sum));
}

/* the tail's quotient is good up to 27; far below 0 it is 2 e^(x^2) */
static double erfcx_alone(double x)
{
    if (isnan(x)) return x;
    if (x < -27) return INFINITY;
    if (x < -6) return w_times_exp(w_of(2), td_m_two_product(x, x));
    if (x < 0.6) return w_double(scaled_wide(x));
    return x <= 26 ? w_double(td_m_complement_ratio(&td_m_of_erfc, x)) : scaled_far(x);
}

/* The repeated integrals i^n erfc, scaled: I_n = e^(x^2) i^n erfc x, I_-1 = 2 / sqrt pi, 2n I_n = I_(n-2) - 2x I_(n-1) (DLMF
 * 7.18.7).  For x < 1.5 from I_0 in 106 bits, for larger x downwards from where I_n / I_(n-1) does not matter any more (W. Gautschi,
 * "Recursive computation of the repeated integrals of the error function", 1961). */
static double integral_up(double x, int n)
{
    wide before = two_by_root_pi, at = scaled_wide(x);
    for (int k = 1; k <= n; k++) {
        wide next = w_over(w_sub(before, w_times(at, 2 * x)), 2 * k);
        before = at;
        at = next;
    }
    return w_double(at);
}

static double integral_down(double x, int n)
{
    const int from = x < 4 ? 600 : 80;
    wide at = w_of(1), above = w_of(0), wanted = at;
    for (int k = n + from; k >= 0; k--) {    /* I_(k-1) of I_k and I_(k+1), up to a factor */
        wide below = w_add(w_times(at, 2 * x), w_times(above, 2 * k + 2));
        double least = below.high > 0x1p400 ? 0x1p-400 : 1;
        if (k == n) wanted = at;
        above = w_times(at, least);
        at = w_times(below, least);
        wanted = w_times(wanted, least);
    }
    return w_double(w_mul(two_by_root_pi, w_div(wanted, at)));
}

/* e^(x^2) i^n erfc x; n = 0 is e^(x^2) erfc x */
double td_f_erfcx(double x, double n)
{
    if (n == 0 || isnan(x)) return erfcx_alone(x);
    if (!(n > 0 && n <= 32)) return NAN;
    if (x == INFINITY) return 0;
    if (x < -26) return INFINITY;
    return x < 1.5 ? integral_up(x, (int)n) : integral_down(x, (int)n);
}

/* log of the normal distribution function: for x < -1 log(erfcx(-x / sqrt 2) / 2) - x^2 / 2 */
double td_f_log_ndtr(double x)
{
    const double root_half = 0x1.6a09e667f3bcdp-1;
    if (isnan(x) || x == -INFINITY) return x;
    if (x > -1) return x > 0 ? td_m_log1p(-td_m_ndtr(-x)) : td_m_log(td_m_ndtr(x));
    if (x < -0x1p500) return -0.5 * x * x;
    wide half_square = w_times(td_m_two_product(x, x), -0.5);
    return w_double(w_plus(half_square, td_m_log(0.5 * erfcx_alone(-root_half * x))));
}

/* Halley's step for f(y) = 0 with f'' = -y f' (a normal distribution): y - r / (1 + y r / 2), r = f / f' */
static double halley(double y, double r) { return y - r / (1 + 0.5 * y * r); }

static double normal_density(double y) { return 0x1.9884533d43651p-2 * td_m_exp(-0.5 * y * y); }

/* 0 < p <= 1/4.  Start: M. Abramowitz and I. A. Stegun 26.2.22, 0.003; a step makes d^3 of an error d. */
static double quantile_tail(double p)
{
    double t = sqrt(-2 * td_m_log(p)), y = (2.30753 + 0.27061 * t) / (1 + t * (0.99229 + 0.04481 * t)) - t;
    for (int i = 0; i < 3; i++) {
        double density = normal_density(y);
        y = halley(y, density > 0 ? (td_m_ndtr(y) - p) / density : 0);
    }
    return y;
}

/* erf(z) = 2 w, |w| <= 1/4; erf'' = -2 z erf' */
static double quantile_middle(double w)
{
    const wide   root_two = {0x1.6a09e667f3bcdp+0, -0x1.bdd3413b26456p-54};
    const double root_pi_half = 0x1.c5bf891b4ef6bp-1;
    double z = w * (1.7724538509055160 + 1.8566 * w * w);
    for (int i = 0; i < 3; i++) {
        double r = (td_m_erf(z) - 2 * w) * root_pi_half * td_m_exp(z * z);
        z -= r / (1 + z * r);
    }
    return w_double(w_times(root_two, z));
}

/* y with ndtr y = p */
double td_f_ndtri(double p)
{
    if (!(p >= 0 && p <= 1)) return NAN;
    if (p == 0 || p == 1) return p == 0 ? -INFINITY : INFINITY;
    if (p < 0.25) return quantile_tail(p);
    return p > 0.75 ? -quantile_tail(1 - p) : quantile_middle(p - 0.5);
}

/* e^(-x^2) int_0^x e^(t^2) dt = e^(-x^2) sum of x^(2k+1) / (k! (2k + 1)) */
static wide dawson_near(double x)
{
    wide xx = td_m_two_product(x, x), term = w_of(1), sum = term;
    for (int k = 1; term.high > 0x1p-110 * sum.high; k++) {
        term = w_over(w_mul(term, xx), k);
        sum = w_add(sum, w_over(term, 2 * k + 1));
    }
    return w_mul(w_times(sum, x), w_exp(w_neg(xx)));
}

/* F' = 1 - 2x F, and then F^(n+1) = -2x F^(n) - 2n F^(n-1) */
static double dawson_slope(double x, int n)
{
    wide before = w_of(1), at = dawson_near(x);
    for (int k = 0; k < n; k++) {
        wide next = w_sub(w_times(before, k == 0 ? 1 : -2 * k), w_times(at, 2 * x));
        before = at;
        at = next;
    }
    return w_double(at);
}

/* The n-th derivative of 1 / 2x (1 + 1 / 2x^2 + 1 3 / (2x^2)^2 + ...), term by term.
 * What it misses is about (2x)^n e^(-x^2). */
static double dawson_far(double x, int n)
{
    wide z = w_div(w_of(0.5), td_m_two_product(x, x)), term = w_div(w_of(0.5), w_of(x)), sum = w_of(0);
    for (int i = 1; i <= n; i++) term = w_div(w_times(term, -i), w_of(x));
    double first = fabs(term.high);
    for (int k = 1; k < 50 && fabs(term.high) > 0x1p-70 * first; k++) {
        sum = w_add(sum, term);
        double rise = (double)(2 * k - 1 + n) * (2 * k + n) / (2 * k);
        term = w_times(w_mul(term, z), rise);
    }
    return w_double(sum);
}

double td_f_dawson(double x, double n)
{
    double size = fabs(x);
    if (isnan(x) || !(n >= 0 && n <= 8)) return NAN;
    if (size > 0x1p100) return n == 0 ? 0.5 / x : n == 1 ? -0.5 / x / x : 0;
    return size < 7 + 0.25 * n ? dawson_slope(x, (int)n) : dawson_far(x, (int)n);
}
