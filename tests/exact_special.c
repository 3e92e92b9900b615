/* exact_special.c: special functions as MPFR has them, or by series of positive terms, by recurrences and by Newton's method
 * in numbers so long that what these lose does not matter. */
#include "ulp_special.h"

#include <math.h>

#define R MPFR_RNDN
#define BEGIN(...) mpfr_t __VA_ARGS__; mpfr_inits2(SPECIAL_BITS, __VA_ARGS__, (mpfr_ptr)NULL)
#define END(...) mpfr_clears(__VA_ARGS__, (mpfr_ptr)NULL)

/* ---- gamma, zeta -------------------------------------------------------------------------------------------------- */

void exact_lgamma(mpfr_t y, const mpfr_t *x, double a, double b)
{
    int sign;
    (void)a, (void)b;
    mpfr_lgamma(y, &sign, x[0], R);
}

void exact_digamma(mpfr_t y, const mpfr_t *x, double a, double b)
{
    (void)a, (void)b;
    mpfr_digamma(y, x[0], R);
}

/* B_2k / (2k)! = -(-1)^k 2 zeta(2k) / (2 pi)^2k */
static void bernoulli_by_factorial(mpfr_t y, int k)
{
    BEGIN(turn);
    mpfr_const_pi(turn, R);
    mpfr_mul_2ui(turn, turn, 1, R);
    mpfr_pow_ui(turn, turn, 2 * (unsigned long)k, R);
    mpfr_zeta_ui(y, 2 * (unsigned long)k, R);
    mpfr_mul_2ui(y, y, 1, R);
    mpfr_div(y, y, turn, R);
    if (k % 2 == 0) mpfr_neg(y, y, R);
    END(turn);
}

/* sum over k >= 0 of (q + k)^-s: terms up to 120, then Euler and Maclaurin's formula with 60 terms, DLMF 25.11.5 */
static void hurwitz(mpfr_t y, const mpfr_t s, const mpfr_t q)
{
    static mpfr_t bernoulli[61];
    static bool known;
    for (int k = 1; k <= 60 && !known; k++) mpfr_init2(bernoulli[k], SPECIAL_BITS), bernoulli_by_factorial(bernoulli[k], k);
    known = true;
    BEGIN(p, at, minus, t, rise);
    mpfr_set(at, q, R);
    mpfr_neg(minus, s, R);
    mpfr_set_zero(y, 1);
    for (; mpfr_cmp_d(at, 120) < 0; mpfr_add_ui(at, at, 1, R)) mpfr_pow(p, at, minus, R), mpfr_add(y, y, p, R);
    mpfr_pow(p, at, minus, R);
    mpfr_sub_ui(t, s, 1, R);
    mpfr_div(t, at, t, R);
    mpfr_add_d(t, t, 0.5, R);
    mpfr_fma(y, t, p, y, R);
    mpfr_div(rise, s, at, R);
    mpfr_mul(rise, rise, p, R);
    for (int k = 1; k <= 60; k++) {
        mpfr_fma(y, bernoulli[k], rise, y, R);
        for (int j = 2 * k - 1; j <= 2 * k; j++) {
            mpfr_add_si(t, s, j, R);
            mpfr_mul(rise, rise, t, R), mpfr_div(rise, rise, at, R);
        }
    }
    END(p, at, minus, t, rise);
}

void exact_zeta(mpfr_t y, const mpfr_t *x, double a, double b) { (void)a, (void)b, hurwitz(y, x[0], x[1]); }

void exact_polygamma(mpfr_t y, const mpfr_t *x, double a, double b)
{
    (void)b;
    if (a == 0) { mpfr_digamma(y, x[0], R); return; }
    BEGIN(s);
    mpfr_set_d(s, a + 1, R);
    hurwitz(y, s, x[0]);
    mpfr_gamma(s, s, R);
    mpfr_mul(y, y, s, R);
    if (fmod(a, 2) == 0) mpfr_neg(y, y, R);
    END(s);
}

/* x^a e^-x / gamma(a + 1) (1 + x / (a + 1) + ...) */
void exact_gammainc(mpfr_t y, const mpfr_t *x, double a, double b)
{
    (void)a, (void)b;
    BEGIN(term, at, sum);
    mpfr_set(at, x[0], R);
    mpfr_set_ui(term, 1, R);
    mpfr_set_ui(sum, 1, R);
    for (int k = 0; k < 20000 && !mpfr_zero_p(term) && mpfr_get_exp(term) > mpfr_get_exp(sum) - SPECIAL_BITS; k++) {
        mpfr_add_ui(at, at, 1, R);
        mpfr_mul(term, term, x[1], R);
        mpfr_div(term, term, at, R);
        mpfr_add(sum, sum, term, R);
    }
    mpfr_pow(y, x[1], x[0], R);
    mpfr_mul(y, y, sum, R);
    mpfr_neg(term, x[1], R);
    mpfr_exp(term, term, R);
    mpfr_mul(y, y, term, R);
    mpfr_add_ui(at, x[0], 1, R);
    mpfr_gamma(at, at, R);
    mpfr_div(y, y, at, R);
    END(term, at, sum);
}

void exact_gammaincc(mpfr_t y, const mpfr_t *x, double a, double b)
{
    exact_gammainc(y, x, a, b);
    mpfr_ui_sub(y, 1, y, R);
}

/* x^a (1 - x)^b / (a B(a, b)) (1 + (a + b) / (a + 1) x + ...), DLMF 8.17.8 */
static void beta_side(mpfr_t y, const mpfr_t a, const mpfr_t b, const mpfr_t x)
{
    BEGIN(term, sum, up, down, whole);
    mpfr_set_ui(term, 1, R);
    mpfr_set_ui(sum, 1, R);
    mpfr_add(up, a, b, R);
    mpfr_add_ui(down, a, 1, R);
    for (int k = 0; k < 20000 && !mpfr_zero_p(term) && mpfr_get_exp(term) > mpfr_get_exp(sum) - SPECIAL_BITS; k++) {
        mpfr_mul(term, term, up, R), mpfr_div(term, term, down, R), mpfr_mul(term, term, x, R);
        mpfr_add(sum, sum, term, R);
        mpfr_add_ui(up, up, 1, R), mpfr_add_ui(down, down, 1, R);
    }
    mpfr_pow(y, x, a, R);
    mpfr_ui_sub(up, 1, x, R);
    mpfr_pow(up, up, b, R);
    mpfr_mul(y, y, up, R), mpfr_mul(y, y, sum, R), mpfr_div(y, y, a, R);
    mpfr_beta(whole, a, b, R);
    mpfr_div(y, y, whole, R);
    END(term, sum, up, down, whole);
}

void exact_betainc(mpfr_t y, const mpfr_t *x, double a, double b)
{
    (void)a, (void)b;
    if (mpfr_cmp_d(x[2], 0.5) <= 0) { beta_side(y, x[0], x[1], x[2]); return; }
    BEGIN(rest);
    mpfr_ui_sub(rest, 1, x[2], R);
    beta_side(y, x[1], x[0], rest);
    mpfr_ui_sub(y, 1, y, R);
    END(rest);
}

/* ---- error functions ---------------------------------------------------------------------------------------------- */

/* e^(x^2) i^n erfc x: 2n I_n = I_(n-2) - 2x I_(n-1), I_-1 = 2 / sqrt pi; DLMF 7.18.7 */
void exact_erfcx(mpfr_t y, const mpfr_t *x, double a, double b)
{
    (void)b;
    BEGIN(before, next);
    mpfr_const_pi(before, R);
    mpfr_rec_sqrt(before, before, R);
    mpfr_mul_2ui(before, before, 1, R);
    mpfr_sqr(next, x[0], R);
    mpfr_exp(next, next, R);
    mpfr_erfc(y, x[0], R);
    mpfr_mul(y, y, next, R);
    for (int n = 1; n <= a; n++) {
        mpfr_mul(next, x[0], y, R);
        mpfr_mul_2ui(next, next, 1, R);
        mpfr_sub(next, before, next, R);
        mpfr_div_ui(next, next, 2 * (unsigned long)n, R);
        mpfr_set(before, y, R);
        mpfr_set(y, next, R);
    }
    END(before, next);
}

static void normal(mpfr_t y, const mpfr_t x)
{
    BEGIN(root);
    mpfr_sqrt_ui(root, 2, R);
    mpfr_div(y, x, root, R);
    mpfr_neg(y, y, R);
    mpfr_erfc(y, y, R);
    mpfr_div_2ui(y, y, 1, R);
    END(root);
}

void exact_log_ndtr(mpfr_t y, const mpfr_t *x, double a, double b)
{
    (void)a, (void)b;
    normal(y, x[0]);
    mpfr_log(y, y, R);
}

/* Newton's method from a number that bisection finds */
void exact_ndtri(mpfr_t y, const mpfr_t *x, double a, double b)
{
    double p = mpfr_get_d(x[0], R), low = -40, high = 10;
    (void)a, (void)b;
    for (int i = 0; i < 60; i++) {
        double middle = 0.5 * (low + high);
        if (0.5 * erfc(-middle * 0.70710678118654752) < p) low = middle;
        else high = middle;
    }
    BEGIN(off, slope, turn);
    mpfr_const_pi(turn, R);
    mpfr_mul_2ui(turn, turn, 1, R);
    mpfr_sqrt(turn, turn, R);
    mpfr_set_d(y, low, R);
    for (int i = 0; i < 7; i++) {
        normal(off, y);
        mpfr_sub(off, off, x[0], R);
        mpfr_sqr(slope, y, R);
        mpfr_div_2ui(slope, slope, 1, R);
        mpfr_exp(slope, slope, R);
        mpfr_mul(off, off, slope, R), mpfr_mul(off, off, turn, R);
        mpfr_sub(y, y, off, R);
    }
    END(off, slope, turn);
}

/* e^(-x^2) sum of x^(2k+1) / (k! (2k+1)), and F' = 1 - 2x F, F^(n+1) = -2x F^(n) - 2n F^(n-1) */
void exact_dawson(mpfr_t y, const mpfr_t *x, double a, double b)
{
    (void)b;
    BEGIN(term, square, before, next);
    mpfr_sqr(square, x[0], R);
    mpfr_set(term, x[0], R);
    mpfr_set(y, x[0], R);
    for (int k = 1; k < 20000 && !mpfr_zero_p(term) && mpfr_get_exp(term) > mpfr_get_exp(y) - SPECIAL_BITS; k++) {
        mpfr_mul(term, term, square, R), mpfr_div_ui(term, term, (unsigned long)k, R);
        mpfr_div_ui(next, term, 2 * (unsigned long)k + 1, R);
        mpfr_add(y, y, next, R);
    }
    mpfr_neg(square, square, R);
    mpfr_exp(square, square, R);
    mpfr_mul(y, y, square, R);
    mpfr_set_ui(before, 1, R);
    for (int n = 0; n < a; n++) {
        mpfr_mul(next, x[0], y, R), mpfr_mul_2ui(next, next, 1, R), mpfr_neg(next, next, R);
        mpfr_mul_si(before, before, n == 0 ? 1 : -2 * n, R), mpfr_add(next, next, before, R);
        mpfr_set(before, y, R), mpfr_set(y, next, R);
    }
    END(term, square, before, next);
}

/* ---- exponential integrals, Lambert's function -------------------------------------------------------------------- */

void exact_expi(mpfr_t y, const mpfr_t *x, double a, double b)
{
    (void)a, (void)b;
    mpfr_eint(y, x[0], R);
}

/* E_0 = e^-x / x, E_1 = -Ei(-x), n E_(n+1) = e^-x - x E_n */
void exact_expn(mpfr_t y, const mpfr_t *x, double a, double b)
{
    (void)b;
    BEGIN(e);
    mpfr_neg(y, x[0], R);
    mpfr_exp(e, y, R);
    mpfr_eint(y, y, R);
    mpfr_neg(y, y, R);
    if (a == 0) mpfr_div(y, e, x[0], R);
    for (int n = 1; n < a; n++) mpfr_mul(y, y, x[0], R), mpfr_sub(y, e, y, R), mpfr_div_ui(y, y, (unsigned long)n, R);
    END(e);
}

void exact_lambertw(mpfr_t y, const mpfr_t *x, double a, double b)
{
    double at = mpfr_get_d(x[0], R), low = a == 0 ? -1 : -760, high = a == 0 ? fmax(log1p(at), at) + 1 : -1;
    (void)b;
    for (int i = 0; i < 200; i++) {
        double middle = 0.5 * (low + high);
        if ((middle * exp(middle) < at) == (a == 0)) low = middle;
        else high = middle;
    }
    BEGIN(e, off);
    mpfr_set_d(y, a == 0 ? high : low, R);
    for (int i = 0; i < 40; i++) {
        mpfr_exp(e, y, R);
        mpfr_mul(off, e, y, R), mpfr_sub(off, off, x[0], R), mpfr_div(off, off, e, R);
        mpfr_add_ui(e, y, 1, R);
        if (mpfr_zero_p(e)) break;
        mpfr_div(off, off, e, R);
        mpfr_sub(y, y, off, R);
    }
    END(e, off);
}

/* ---- Bessel ------------------------------------------------------------------------------------------------------- */

void exact_bessel_j(mpfr_t y, const mpfr_t *x, double a, double b) { (void)b, mpfr_jn(y, (long)a, x[0], R); }
void exact_bessel_y(mpfr_t y, const mpfr_t *x, double a, double b) { (void)b, mpfr_yn(y, (long)a, x[0], R); }

/* (x/2)^n / n! (1 + z / (n + 1) + z^2 / (2 (n + 1)(n + 2)) + ...), z = x^2 / 4; harmonic: the k-th term times
 * 1 + ... + 1/k */
static void modified_series(mpfr_t y, const mpfr_t x, int n, bool harmonic)
{
    BEGIN(term, z, h, part);
    mpfr_sqr(z, x, R);
    mpfr_div_2ui(z, z, 2, R);
    mpfr_div_2ui(term, x, 1, R);
    mpfr_pow_ui(term, term, (unsigned long)n, R);
    for (int k = 2; k <= n; k++) mpfr_div_ui(term, term, (unsigned long)k, R);
    mpfr_set_zero(h, 1);
    mpfr_set_zero(y, 1);
    for (int k = 1; k < 20000; k++) {
        if (harmonic) mpfr_mul(part, term, h, R);
        mpfr_add(y, y, harmonic ? part : term, R);
        if (mpfr_zero_p(term) || (k > 8 && mpfr_get_exp(term) < mpfr_get_exp(y) - SPECIAL_BITS)) break;
        mpfr_mul(term, term, z, R);
        mpfr_div_ui(term, term, (unsigned long)k * (unsigned long)(k + n), R);
        mpfr_set_ui(part, 1, R);
        mpfr_div_ui(part, part, (unsigned long)k, R);
        mpfr_add(h, h, part, R);
    }
    END(term, z, h, part);
}

static void times_exp(mpfr_t y, const mpfr_t x)
{
    BEGIN(e);
    mpfr_exp(e, x, R);
    mpfr_mul(y, y, e, R);
    END(e);
}

void exact_bessel_i(mpfr_t y, const mpfr_t *x, double a, double b)
{
    modified_series(y, x[0], (int)a, false);
    BEGIN(size);
    mpfr_abs(size, x[0], R);
    mpfr_neg(size, size, R);
    if (b != 0) times_exp(y, size);
    END(size);
}

/* K_0 by DLMF 10.31.2, K_1 by I_0 K_1 + I_1 K_0 = 1 / x, then K_(n+1) = 2n/x K_n + K_(n-1) */
void exact_bessel_k(mpfr_t y, const mpfr_t *x, double a, double b)
{
    BEGIN(zeroth, first, i, next);
    mpfr_div_2ui(first, x[0], 1, R);
    mpfr_log(first, first, R);
    mpfr_const_euler(next, R);
    mpfr_add(first, first, next, R);
    modified_series(i, x[0], 0, false);
    mpfr_mul(first, first, i, R);
    modified_series(zeroth, x[0], 0, true);
    mpfr_sub(zeroth, zeroth, first, R);
    modified_series(next, x[0], 1, false);
    mpfr_mul(next, next, zeroth, R);
    mpfr_ui_div(first, 1, x[0], R);
    mpfr_sub(first, first, next, R);
    mpfr_div(first, first, i, R);
    for (int n = 1; n < a; n++) {
        mpfr_div(next, first, x[0], R), mpfr_mul_ui(next, next, 2 * (unsigned long)n, R);
        mpfr_add(next, next, zeroth, R);
        mpfr_set(zeroth, first, R), mpfr_set(first, next, R);
    }
    mpfr_set(y, a == 0 ? zeroth : first, R);
    if (b != 0) times_exp(y, x[0]);
    END(zeroth, first, i, next);
}

/* j_0 = sin x / x, j_1 = (j_0 - cos x) / x, j_(n+1) = (2n + 1) / x j_n - j_(n-1) */
void exact_spherical_bessel_j(mpfr_t y, const mpfr_t *x, double a, double b)
{
    (void)b;
    BEGIN(before, next);
    mpfr_sin_cos(y, before, x[0], R);
    mpfr_div(y, y, x[0], R);
    mpfr_neg(next, before, R);
    mpfr_add(next, next, y, R), mpfr_div(next, next, x[0], R);
    for (int n = 1; n <= a; n++) {
        mpfr_set(before, y, R), mpfr_set(y, next, R);
        mpfr_div(next, y, x[0], R), mpfr_mul_ui(next, next, 2 * (unsigned long)n + 1, R), mpfr_sub(next, next, before, R);
    }
    END(before, next);
}

/* ---- Airy: the Maclaurin series ------------------------------------------------------------------------------------ */

/* gamma(2/3) 3^(2/3), or gamma(1/3) 3^(1/3), computed once */
static mpfr_srcptr airy_at_zero(int odd)
{
    static mpfr_t inverse[2];
    static bool   known;
    BEGIN(share);
    for (int k = 0; k < 2 && !known; k++) {
        mpfr_init2(inverse[k], SPECIAL_BITS);
        mpfr_set_ui(share, k ? 1 : 2, R), mpfr_div_ui(share, share, 3, R);
        mpfr_gamma(inverse[k], share, R);
        mpfr_ui_pow(share, 3, share, R), mpfr_mul(inverse[k], inverse[k], share, R);
    }
    known = true;
    END(share);
    return inverse[odd];
}

/* c_1 f + sign c_2 g or its derivative, c_1 = 3^(-2/3) / gamma(2/3), c_2 = 3^(-1/3) / gamma(1/3) */
static void airy_series(mpfr_t y, const mpfr_t x, bool slope, int sign)
{
    BEGIN(cube, term, sum);
    mpfr_sqr(cube, x, R), mpfr_mul(cube, cube, x, R);
    mpfr_set_zero(y, 1);
    for (int odd = 0; odd < 2; odd++) {
        int shift = slope ? odd ? -2 : 2 : odd ? 1 : -1;
        mpfr_set_ui(term, 1, R);
        if (slope && !odd) mpfr_sqr(term, x, R), mpfr_div_2ui(term, term, 1, R);
        if (!slope && odd) mpfr_set(term, x, R);
        mpfr_set(sum, term, R);
        for (unsigned long k = 3; k < 6000 && !mpfr_zero_p(term); k += 3) {
            mpfr_mul(term, term, cube, R), mpfr_div_ui(term, term, k, R);
            mpfr_div_si(term, term, (long)k + shift, R);
            mpfr_add(sum, sum, term, R);
            if (k > 300 && mpfr_get_exp(term) < -SPECIAL_BITS) break;
        }
        mpfr_div(sum, sum, airy_at_zero(odd), R);
        if (odd && sign < 0) mpfr_neg(sum, sum, R);
        mpfr_add(y, y, sum, R);
    }
    END(cube, term, sum);
}

void exact_airy_ai(mpfr_t y, const mpfr_t *x, double a, double b) { (void)b, airy_series(y, x[0], a == 1, -1); }

void exact_airy_bi(mpfr_t y, const mpfr_t *x, double a, double b)
{
    (void)b;
    airy_series(y, x[0], a == 1, 1);
    BEGIN(root);
    mpfr_sqrt_ui(root, 3, R);
    mpfr_mul(y, y, root, R);
    END(root);
}

/* ---- elliptic: K by the arithmetic-geometric mean, derivatives by differences --------------------------------------- */

static void elliptic_k(mpfr_t y, const mpfr_t m)
{
    BEGIN(one, b);
    mpfr_set_ui(one, 1, R);
    mpfr_ui_sub(b, 1, m, R), mpfr_sqrt(b, b, R);
    mpfr_agm(b, one, b, R);
    mpfr_const_pi(y, R), mpfr_div_2ui(y, y, 1, R);
    mpfr_div(y, y, b, R);
    END(one, b);
}

/* E = (1 - m) (2 m K' + K), DLMF 19.4.1, K' the quotient of K's differences at a distance of 2^-500 */
static void elliptic_e(mpfr_t y, const mpfr_t m)
{
    BEGIN(at, k);
    mpfr_set_si_2exp(at, 1, -500, R), mpfr_add(at, at, m, R), elliptic_k(y, at);
    mpfr_set_si_2exp(at, -1, -500, R), mpfr_add(at, at, m, R), elliptic_k(k, at);
    mpfr_sub(y, y, k, R), mpfr_mul_2ui(y, y, 500, R), mpfr_mul(y, y, m, R);
    elliptic_k(k, m);
    mpfr_add(y, y, k, R);
    mpfr_ui_sub(at, 1, m, R), mpfr_mul(y, y, at, R);
    END(at, k);
}

/* The n-th derivative by the n-th central difference: its error is a relative h^2, less than 2^-120 of it. */
static void difference(mpfr_t y, const mpfr_t m, int n, void (*f)(mpfr_t y, const mpfr_t m), long log_h)
{
    BEGIN(at, value);
    mpfr_set_zero(y, 1);
    for (long j = 0, choose = 1; j <= n; choose = choose * (n - j) / (j + 1), j++) {
        mpfr_set_si_2exp(at, n - 2 * j, log_h - 1, R), mpfr_add(at, at, m, R);
        f(value, at);
        mpfr_mul_si(value, value, j % 2 ? -choose : choose, R);
        mpfr_add(y, y, value, R);
    }
    mpfr_mul_2si(y, y, -n * log_h, R);
    END(at, value);
}

void exact_ellipk(mpfr_t y, const mpfr_t *x, double a, double b) { (void)b, difference(y, x[0], (int)a, elliptic_k, -130); }
void exact_ellipe(mpfr_t y, const mpfr_t *x, double a, double b) { (void)b, difference(y, x[0], (int)a, elliptic_e, -95); }

/* ---- polynomials: p_(k+1) = ((u x + v) p_k - w p_(k-1)) / d, DLMF 18.9 ---------------------------------------------- */

typedef struct step { double u, v, w, d; } step;

static void recurrence(mpfr_t y, const mpfr_t x, int n, step (*of)(int k, double b), double b)
{
    BEGIN(before, next);
    mpfr_set_zero(before, 1);
    mpfr_set_ui(y, 1, R);
    for (int k = 0; k < n; k++) {
        step s = of(k, b);
        mpfr_mul_d(next, x, s.u, R), mpfr_add_d(next, next, s.v, R), mpfr_mul(next, next, y, R);
        mpfr_mul_d(before, before, s.w, R), mpfr_sub(next, next, before, R), mpfr_div_d(next, next, s.d, R);
        mpfr_set(before, y, R), mpfr_set(y, next, R);
    }
    END(before, next);
}

#define POLYNOMIAL(name, first, u, v, w, d)                                                        \
    static step name##_step(int k, double b)                                                       \
    {                                                                                              \
        (void)k, (void)b;                                                                          \
        return k == 0 ? (step)first : (step){u, v, w, d};                                          \
    }                                                                                              \
    void exact_##name(mpfr_t y, const mpfr_t *x, double a, double b)                        \
    {                                                                                              \
        recurrence(y, x[0], (int)a, name##_step, b);                                               \
    }
#define FIRST(...) {__VA_ARGS__}
POLYNOMIAL(chebyshev_t, FIRST(1, 0, 0, 1), 2, 0, 1, 1)
POLYNOMIAL(chebyshev_v, FIRST(2, -1, 0, 1), 2, 0, 1, 1)
POLYNOMIAL(chebyshev_w, FIRST(2, 1, 0, 1), 2, 0, 1, 1)
POLYNOMIAL(hermite_h, FIRST(2, 0, 0, 1), 2, 0, 2.0 * k, 1)
POLYNOMIAL(hermite_he, FIRST(1, 0, 0, 1), 1, 0, k, 1)
POLYNOMIAL(gegenbauer, FIRST(2 * b, 0, 0, 1), 2 * (k + b), 0, k - 1 + 2 * b, k + 1)
POLYNOMIAL(laguerre, FIRST(-1, 1 + b, 0, 1), -1, 2 * k + 1 + b, k + b, k + 1)
