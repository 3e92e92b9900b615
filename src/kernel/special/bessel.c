/* bessel.c: Bessel functions of whole orders n = 0 .. TD_MOST_ORDER.  DLMF 10.
 *
 * J, I, Y and K for small x by their series in 106 bits, which leave 53 of them where the terms are largest; for large x by
 * Hankel's expansions.  In between nothing is needed: both are good to double precision where they meet. */
#include "special.h"

static const double small = 0x1p-110;
static const wide root_two_by_pi = {0x1.9884533d43651p-1, -0x1.cbc0d30ebfd15p-55};

/* (x/2)^n / n! (1 + z / (n + 1) + z^2 / (2 (n + 1)(n + 2)) + ...), z = x^2 / 4, or with turns -z */
static wide first_kind_series(double x, int n, bool turns)
{
    wide z = w_times(td_m_two_product(x, x), turns ? -0.25 : 0.25), power = w_of(1), term = w_of(1), sum = term;
    for (int k = 1; k <= n; k++) power = w_over(w_times(power, 0.5 * x), k);
    for (int k = 1; fabs(term.high) > small * fabs(sum.high) || k < x * x / 4; k++) {
        term = w_over(w_mul(term, z), (double)k * (n + k));
        sum = w_add(sum, term);
        if (term.high == 0) break;
    }
    return w_mul(power, sum);
}

/* sum over k of (h_k + h_(k+n)) (+-z)^k / (k! (k + n)!), h_k = 1 + 1/2 + ... + 1/k; n = 0 or 1 */
static wide harmonic_series(double x, int n, bool turns)
{
    wide z = w_times(td_m_two_product(x, x), turns ? -0.25 : 0.25), term = w_of(1), h = w_of(n), sum = h;
    for (int k = 1; fabs(term.high) > 0x1p-120 * fabs(sum.high) || k < x * x / 4; k++) {
        term = w_over(w_mul(term, z), (double)k * (n + k));
        h = w_add(h, w_add(w_inverse(k), w_inverse(k + n)));
        sum = w_add(sum, w_mul(term, h));
        if (term.high == 0) break;
    }
    return sum;
}

/* log(x / 2) + euler */
static wide log_half(double x) { return w_add(w_log(w_of(0.5 * x)), wide_euler); }

/* DLMF 10.8.1 and 10.31.1: 2 f log_half - g, f = J_n or I_n, g the harmonic series times (x/2)^n; n = 0 or 1 */
static wide second_kind_series(double x, int n, bool turns)
{
    wide sum = w_times(harmonic_series(x, n, turns), n ? 0.5 * x : 1);
    return w_sub(w_mul(w_times(log_half(x), 2), first_kind_series(x, n, turns)), sum);
}

/* f_(n) from f_0 and f_1 by f_(k+1) = 2k/x f_k + sign f_(k-1) */
static wide upward(wide zeroth, wide first, double x, int n, double sign)
{
    if (n == 0) return zeroth;
    for (int k = 1; k < n; k++) {
        wide next = w_add(w_over(w_times(first, 2 * k), x), w_times(zeroth, sign));
        zeroth = first;
        first = next;
    }
    return first;
}

/* ---- Hankel's expansions ---------------------------------------------------------------------------------------------- */

/* a_k / x^k of the one before, a_k = (4n^2 - 1)(4n^2 - 9) ... (4n^2 - (2k-1)^2) / (k! 8^k) */
static wide next_term(wide term, double x, int n, int k)
{
    double top = 4.0 * n * n - (2.0 * k - 1) * (2.0 * k - 1);
    return w_div(w_times(term, top), td_m_two_product(8.0 * k, x));
}

/* 1 + s a_1 / x + s^2 a_2 / x^2 + ..., to the smallest term and half of the next */
static wide hankel_sum(double x, int n, double s)
{
    wide term = w_of(1), sum = term;
    for (int k = 1; k < 200; k++) {
        wide next = w_times(next_term(term, x, n, k), s);
        bool grows = fabs(next.high) > fabs(term.high) && k > n;
        sum = w_add(sum, grows ? w_times(next, 0.5) : next);
        if (grows || fabs(next.high) < 0x1p-70) break;
        term = next;
    }
    return sum;
}

/* J_n or Y_n, n = 0 or 1, x > 25: root(2 / pi x) (P cos - Q sin) or (P sin + Q cos) of x - (2n + 1) pi / 4.  The smallest term
 * is the 2x-th, below 2^-70. */
static wide hankel_wave(double x, int n, bool second)
{
    wide term = w_of(1), p = term, q = w_of(0), s, c;
    for (int k = 1; k < 50 && fabs(term.high) > small; k++) {
        term = next_term(term, x, n, k);
        if (k % 2) q = w_add(q, k % 4 == 1 ? term : w_neg(term));
        else p = w_add(p, k % 4 == 2 ? w_neg(term) : term);
    }
    w_sin_cos(w_of(x), &s, &c);
    wide cosine = n == 0 ? w_add(c, s) : w_sub(s, c), sine = n == 0 ? w_sub(s, c) : w_neg(w_add(s, c));    /* times root 2 */
    wide wave = second ? w_add(w_mul(p, sine), w_mul(q, cosine)) : w_sub(w_mul(p, cosine), w_mul(q, sine));
    wide root = w_sqrt(w_div(w_of(0.5), w_of(x)));
    return w_mul(w_mul(root, root_two_by_pi), wave);
}

/* ---- the functions ---------------------------------------------------------------------------------------------------- */

static bool no_order(double n) { return !(n >= 0 && n <= TD_MOST_ORDER); }

/* below n, upwards would lose what is above n: J falls there */
double td_f_bessel_j(double x, double order)
{
    if (isnan(x) || no_order(order)) return NAN;
    if (isinf(x)) return 0;
    int    n = (int)order;
    double size = fabs(x), far = fmax(25, n);
    wide   y = size <= far ? first_kind_series(size, n, true)
                           : upward(hankel_wave(size, 0, false), hankel_wave(size, 1, false), size, n, -1);
    return x < 0 && n % 2 ? -w_double(y) : w_double(y);
}

double td_f_bessel_y(double x, double order)
{
    const double far = 25;
    if (isnan(x) || x < 0 || no_order(order)) return NAN;
    if (x == 0) return -INFINITY;
    if (isinf(x)) return 0;
    int  n = (int)order;
    if (x > far) return w_double(upward(hankel_wave(x, 0, true), hankel_wave(x, 1, true), x, n, -1));
    if (x < 0x1p-500) return n == 0 ? td_m_log(x) * 0x1.45f306dc9c883p-1 : -INFINITY;
    wide first = w_sub(second_kind_series(x, 1, true), w_div(w_of(2), w_of(x)));
    return w_double(w_div(upward(second_kind_series(x, 0, true), first, x, n, -1), wide_pi));
}

double td_f_bessel_i(double x, double order, double by_exp)
{
    if (isnan(x) || no_order(order)) return NAN;
    int    n = (int)order;
    double size = fabs(x), far = fmax(30, 0.25 * n * n), sign = x < 0 && n % 2 ? -1 : 1;    /* farther out terms stay small */
    if (size <= far) return sign * w_times_exp(first_kind_series(size, n, false), w_of(by_exp ? -size : 0));
    if (isinf(x)) return by_exp ? sign * 0 : sign * size;
    wide root = w_sqrt(w_div(w_of(0.25), w_of(size)));
    wide y = w_mul(w_mul(root, root_two_by_pi), hankel_sum(size, n, -1));
    return sign * w_times_exp(y, w_of(by_exp ? 0 : size));
}

double td_f_bessel_k(double x, double order, double by_exp)
{
    const double far = 17.5;
    if (isnan(x) || x < 0 || no_order(order)) return NAN;
    if (x == 0) return INFINITY;
    if (isinf(x)) return 0;
    int  n = (int)order;
    if (x < 0x1p-500) return n == 0 ? -td_m_log(0.5 * x) - wide_euler.high : n == 1 ? 1 / x : INFINITY;
    if (x > far) {
        wide root = w_div(w_sqrt(w_inverse(x)), root_two_by_pi);
        wide zeroth = w_mul(root, hankel_sum(x, 0, 1)), first = w_mul(root, hankel_sum(x, 1, 1));
        return w_times_exp(upward(zeroth, first, x, n, 1), w_of(by_exp ? 0 : -x));
    }
    wide zeroth = w_times(second_kind_series(x, 0, false), -0.5);
    wide first = w_add(w_times(second_kind_series(x, 1, false), 0.5), w_inverse(x));
    return w_times_exp(upward(zeroth, first, x, n, 1), w_of(by_exp ? x : 0));
}

/* x^n / (1 3 .. (2n + 1)) (1 - x^2 / (2 (2n + 3)) + x^4 / (2 4 (2n + 3)(2n + 5)) - ...), DLMF 10.53.1 */
static wide spherical_series(double x, int n)
{
    wide z = w_times(td_m_two_product(x, x), -0.5), power = w_of(1), term = power, sum = power;
    for (int k = 1; k <= n; k++) power = w_over(w_times(power, x), 2 * k + 1);
    for (int k = 1; fabs(term.high) > small * fabs(sum.high) || k < x; k++) {
        term = w_over(w_mul(term, z), (double)k * (2 * n + 2 * k + 1));
        sum = w_add(sum, term);
        if (term.high == 0) break;
    }
    return w_mul(power, sum);
}

/* j_0 = sin x / x, j_1 = sin x / x^2 - cos x / x, j_(k+1) = (2k + 1) / x j_k - j_(k-1) */
static wide spherical_upward(double x, int n)
{
    wide s, c;
    w_sin_cos(w_of(x), &s, &c);
    wide zeroth = w_over(s, x), first = w_over(w_sub(zeroth, c), x);
    for (int k = 1; k < n; k++) {
        wide next = w_sub(w_over(w_times(first, 2 * k + 1), x), zeroth);
        zeroth = first;
        first = next;
    }
    return n == 0 ? zeroth : first;
}

double td_f_spherical_bessel_j(double x, double order)
{
    if (isnan(x) || no_order(order)) return NAN;
    if (isinf(x)) return 0;
    int    n = (int)order;
    double size = fabs(x), y = w_double(size <= fmax(25, n) ? spherical_series(size, n) : spherical_upward(size, n));
    return x < 0 && n % 2 ? -y : y;
}
