/* incomplete.c: the incomplete gamma and beta functions, regularised.
 *
 * Gamma: the series of P where x < a + 1, the continued fraction of Q elsewhere (DLMF 8.11.4, 8.9.2).  Beta: its continued
 * fraction, by symmetry on the side of the mean where it converges fast (DLMF 8.17.22).  About 10 sqrt a steps each; beyond
 * MOST_PARAMETER there is no answer, and NaN says so. */
#include "special.h"

#define MOST_PARAMETER 1e6
enum { MOST_STEPS = 20000 };
static const double small = 0x1p-70;

/* x^a e^-x / gamma(a + 1) as its logarithm */
static wide log_last_term(double a, double x)
{
    wide power = w_times(w_log(w_of(x)), a);
    return w_sub(w_plus(power, -x), td_w_lgamma(td_m_two_sum(a, 1)));
}

/* 1 + x / (a + 1) + x^2 / ((a + 1)(a + 2)) + ... */
static wide lower_series(double a, double x)
{
    wide term = w_of(1), sum = term;
    for (int k = 1; k < MOST_STEPS && term.high > small * sum.high; k++) {
        term = w_div(w_times(term, x), td_m_two_sum(a, k));
        sum = w_add(sum, term);
    }
    return sum;
}

/* 1 / (x + 1 - a - 1 (1 - a) / (x + 3 - a - 2 (2 - a) / ...)), by W. J. Lentz's method as I. J. Thompson and A. R. Barnett have it, 1986 */
static wide upper_fraction(double a, double x)
{
    wide b = w_plus(td_m_two_sum(x, -a), 1), c = w_of(0x1p300), d = w_div(w_of(1), b), h = d;
    for (int k = 1; k < MOST_STEPS; k++) {
        wide step = w_times(td_m_two_sum(a, -k), k);
        b = w_plus(b, 2);
        d = w_div(w_of(1), w_add(w_mul(step, d), b));
        c = w_add(b, w_div(step, c));
        wide factor = w_mul(c, d);
        h = w_mul(h, factor);
        if (fabs(w_plus(factor, -1).high) < small) break;
    }
    return h;
}

/* P(a, x), or of the other side Q = 1 - P; a > 0, x > 0, both finite */
static double gamma_side(double a, double x, bool upper)
{
    wide log_term = log_last_term(a, x);
    bool by_series = x < a + 1;
    wide sum = by_series ? lower_series(a, x) : w_times(upper_fraction(a, x), a);
    if (by_series != upper) return w_times_exp(sum, log_term);
    if (log_term.high < -100) return 1;
    return w_double(w_sub(w_of(1), w_mul(sum, w_exp(log_term))));
}

static double gamma_part(double a, double x, bool upper)
{
    if (isnan(a) || isnan(x) || a < 0 || x < 0) return NAN;
    if (a == 0) return x > 0 ? !upper : NAN;
    if (x == 0) return upper;
    if (a == INFINITY) return x == INFINITY ? NAN : upper;
    if (x == INFINITY) return !upper;
    if (x > 0x1p60 && x > 4 * a) return !upper;
    return a > MOST_PARAMETER ? NAN : gamma_side(a, x, upper);
}

double td_f_gammainc(double a, double x) { return gamma_part(a, x, false); }
double td_f_gammaincc(double a, double x) { return gamma_part(a, x, true); }

/* ---- beta ----------------------------------------------------------------------------------------------------------- */

/* The step from d of b over c: coefficients of DLMF 8.17.23, d_2m and d_(2m+1). */
static wide beta_step(double a, double b, double x, int m, bool odd)
{
    wide a_m = td_m_two_sum(a, m), a_2m = td_m_two_sum(a, 2 * m);
    wide top = odd ? w_neg(w_mul(a_m, w_plus(td_m_two_sum(a, b), m))) : w_times(td_m_two_sum(b, -m), m);
    wide bottom = w_mul(a_2m, w_plus(a_2m, odd ? 1 : -1));
    return w_times(w_div(top, bottom), x);
}

static wide beta_fraction(double a, double b, double x)
{
    wide c = w_of(1), d = w_div(w_of(1), w_plus(beta_step(a, b, x, 0, true), 1)), h = d;
    for (int k = 2; k < MOST_STEPS; k++) {
        wide step = beta_step(a, b, x, k / 2, k % 2 == 1);
        d = w_div(w_of(1), w_plus(w_mul(step, d), 1));
        c = w_plus(w_div(step, c), 1);
        wide factor = w_mul(c, d);
        h = w_mul(h, factor);
        if (fabs(w_plus(factor, -1).high) < small) break;
    }
    return h;
}

/* x^a y^b / (a B(a, b)) as its logarithm, y = 1 - x */
static wide log_first_term(double a, double b, wide x, wide y)
{
    wide powers = w_add(w_times(w_log(x), a), w_times(w_log(y), b));
    wide whole = w_sub(td_w_lgamma(td_m_two_sum(a, b)), w_add(td_w_lgamma(w_of(a)), td_w_lgamma(w_of(b))));
    return w_sub(w_add(powers, whole), w_log(w_of(a)));
}

/* a, b > 0; the integral of t^(a-1) (1-t)^(b-1) from 0 to x over that to 1 */
double td_f_betainc(double a, double b, double x)
{
    if (!(a > 0 && b > 0 && x >= 0 && x <= 1) || a > MOST_PARAMETER || b > MOST_PARAMETER) return NAN;
    if (x == 0 || x == 1) return x;
    wide left = w_of(x), right = td_m_two_sum(1, -x);
    if (x * (a + b + 2) <= a + 1) return w_times_exp(beta_fraction(a, b, x), log_first_term(a, b, left, right));
    wide log_term = log_first_term(b, a, right, left);
    if (log_term.high < -100) return 1;
    wide rest = w_mul(beta_fraction(b, a, w_double(right)), w_exp(log_term));
    return w_double(w_sub(w_of(1), rest));
}
