/* exponential.c: exponential integrals and Lambert's function.  DLMF 6, 8.19, 4.13. */
#include "special.h"

enum { MOST_STEPS = 2000 };
static const double small = 0x1p-70;

/* x <= 1: (-x)^(n-1) / (n-1)! (-log x + digamma n) - sum of (-x)^m / ((m - n + 1) m!), m = 0, 1, ... without n - 1 */
static double expn_near(int n, double x)
{
    wide power = w_of(1), sum = w_of(0), harmonic = w_neg(wide_euler);
    for (int m = 0; m < MOST_STEPS; m++) {
        if (m > 0) power = w_over(w_times(power, -x), m);
        if (m == n - 1) sum = w_add(sum, w_mul(power, w_sub(harmonic, w_log(w_of(x)))));
        else sum = w_sub(sum, w_over(power, m - n + 1));
        harmonic = w_add(harmonic, w_inverse(m + 1));
        if (m >= n && fabs(power.high) < small * fabs(sum.high)) break;
    }
    return w_double(sum);
}

/* x > 1: e^-x / (x + n - 1 n / (x + n + 2 - 2 (n + 1) / ...)), DLMF 8.19.17, contracted */
static double expn_far(int n, double x)
{
    wide b = td_m_two_sum(x, n), c = w_of(0x1p300), d = w_div(w_of(1), b), h = d;
    for (int k = 1; k < MOST_STEPS; k++) {
        double step = -(double)k * (n - 1 + k);
        b = w_plus(b, 2);
        d = w_div(w_of(1), w_add(w_times(d, step), b));
        c = w_add(b, w_div(w_of(step), c));
        wide factor = w_mul(c, d);
        h = w_mul(h, factor);
        if (fabs(w_plus(factor, -1).high) < small) break;
    }
    return w_times_exp(h, w_of(-x));
}

/* int_1^inf e^(-x t) / t^n dt, n = 0, 1, ... */
double td_f_expn(double x, double n)
{
    if (isnan(x) || x < 0 || !(n >= 0 && n <= 100)) return NAN;
    if (x == 0) return n > 1 ? 1 / (n - 1) : INFINITY;
    if (x > 800) return 0;
    if (n == 0) return w_times_exp(w_inverse(x), w_of(-x));
    if (x < 0x1p-200) return n > 1 ? 1 / (n - 1) : -td_m_log(x) - wide_euler.high;
    return x <= 1 ? expn_near((int)n, x) : expn_far((int)n, x);
}

/* x <= 50: euler + log x + sum of x^k / (k k!) */
static double expi_near(double x)
{
    wide term = w_of(1), sum = w_add(wide_euler, w_log(w_of(x)));
    for (int k = 1; term.high > small * fabs(sum.high) && k < MOST_STEPS; k++) {
        term = w_over(w_times(term, x), k);
        sum = w_add(sum, w_over(term, k));
    }
    return w_double(sum);
}

/* e^x / x (1 + 1! / x + 2! / x^2 + ...) */
static double expi_far(double x)
{
    wide inverse = w_inverse(x), term = w_of(1), sum = term;
    for (int k = 1; k < 50 && term.high > small; k++) {
        term = w_times(w_mul(term, inverse), k);
        sum = w_add(sum, term);
    }
    return w_times_exp(w_mul(sum, inverse), w_of(x));
}

double td_f_expi(double x)
{
    if (isnan(x)) return x;
    if (x == 0) return -INFINITY;
    if (x < 0) return -td_f_expn(-x, 1);
    if (x > 800) return INFINITY;
    return x <= 50 ? expi_near(x) : expi_far(x);
}

/* ---- Lambert's W: w e^w = x ------------------------------------------------------------------------------------------ */

/* Where to begin: the series at the branch point -1/e, x itself, or logarithms.  `above` is e x + 1. */
static double lambert_start(double x, double above, bool principal)
{
    double p = sqrt(2 * fmax(above, 0)) * (principal ? 1 : -1);
    if (above < 0.3) return -1 + p * (1 + p * (-1.0 / 3 + p * 11 / 72));
    if (principal && x < 3) return x / (1 + x) * (1 + 0.2 * x / (1 + x));
    double log_1 = td_m_log(fabs(x)), log_2 = td_m_log(fabs(log_1));
    return log_1 - log_2 + log_2 / log_1;
}

/* Newton's method for w + log(w / x) = 0, which is flat where w e^w is steep: w (1 + log(x / w)) / (1 + w); near the branch
 * point and for |x| < 1/4 for w - x e^-w. */
static wide lambert_step(wide w, double x)
{
    wide ratio = w_times(w_exp(w_neg(w)), x), off = w_sub(w, ratio), slope = w_plus(ratio, 1);
    return slope.high == 0 ? w : w_sub(w, w_div(off, slope));
}

static wide lambert_step_log(wide w, double x)
{
    wide turn = w_plus(w_log(w_div(w_of(x), w)), 1);
    return w_div(w_mul(w, turn), w_plus(w, 1));
}

double td_f_lambertw(double x, double branch)
{
    const wide e = {0x1.5bf0a8b145769p+1, 0x1.4d57ee2b1013ap-53};
    double above = w_plus(w_times(e, isfinite(x) ? x : 0), 1).high;
    bool   principal = branch == 0;
    if (isnan(x) || above < -0x1p-53 || (branch != 0 && branch != -1)) return NAN;
    if (above <= 0) return -1;    /* the double next to -1/e lies below it */
    if (!principal && x >= 0) return x == 0 ? -INFINITY : NAN;
    if (principal && (x == INFINITY || fabs(x) < 0x1p-500)) return x;
    wide w = w_of(lambert_start(x, above, principal));
    bool by_log = above > 0.3 && !(principal && fabs(x) < 0.25);
    for (int i = 0; i < 7; i++) w = by_log ? lambert_step_log(w, x) : lambert_step(w, x);
    return w_double(w);
}
