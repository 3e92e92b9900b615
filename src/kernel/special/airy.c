/* airy.c: Airy's functions Ai and Bi and their first derivatives.  DLMF 9.
 *
 * Near 0 by Maclaurin's series, whose terms cancel by no more than 106 bits can stand; far out by the asymptotic expansions
 * in zeta = 2/3 |x|^(3/2), which are good to 2^-55 there.  Between them Ai is a modified Bessel function of order 1/3, whose
 * continued fraction loses nothing. */
#include "special.h"

static const double farthest = 0x1p33;     /* farther below 0 the phase has no digits */
static const wide ai_at_zero = {0x1.6b8c7962715b8p-2, 0x1.7a96d7bb04e65p-56};
static const wide ai_falls_at_zero = {0x1.0907f42b70f8bp-2, -0x1.d1459035afde2p-56};
static const wide root_three = {0x1.bb67ae8584caap+0, 0x1.cec95d0b5c1e3p-54};
static const wide one_by_root_pi = {0x1.20dd750429b6dp-1, 0x1.1ae3a914fed80p-57};
static const wide root_half = {0x1.6a09e667f3bcdp-1, -0x1.bdd3413b26456p-55};
static const wide third = {0x1.5555555555555p-2, 0x1.5555555555555p-56};

typedef enum airy_which { AI, AI_SLOPE, BI, BI_SLOPE } airy_which;

/* ---- near 0 ----------------------------------------------------------------------------------------------------------- */

/* first (1 + x^3 / (3 (3 + shift)) + x^6 / (3 (3 + shift) 6 (6 + shift)) + ...) */
static wide in_cubes(wide first, double x, int shift)
{
    wide cube = w_times(td_m_two_product(x, x), x), term = first, sum = first;
    for (int k = 3; term.high != 0 && (fabs(term.high) > 0x1p-110 * fabs(sum.high) || k * k < fabs(cube.high)); k += 3) {
        term = w_over(w_mul(term, cube), (double)k * (k + shift));
        sum = w_add(sum, term);
    }
    return sum;
}

/* c_1 f - c_2 g, or root 3 (c_1 f + c_2 g): f has value 1 and slope 0 at 0, g value 0 and slope 1; DLMF 9.4.1 to 9.4.4 */
static wide near_zero(double x, airy_which which)
{
    bool slope = which == AI_SLOPE || which == BI_SLOPE;
    wide f = slope ? in_cubes(w_times(td_m_two_product(x, x), 0.5), x, 2) : in_cubes(w_of(1), x, -1);
    wide g = slope ? in_cubes(w_of(1), x, -2) : in_cubes(w_of(x), x, 1);
    f = w_mul(ai_at_zero, f);
    g = w_mul(ai_falls_at_zero, g);
    return which == AI || which == AI_SLOPE ? w_sub(f, g) : w_mul(root_three, w_add(f, g));
}

/* ---- far out ---------------------------------------------------------------------------------------------------------- */

/* 2/3 z^(3/2), z >= 0 */
static wide zeta_of(double z) { return w_times(w_mul(w_times(w_sqrt(w_of(z)), z), third), 2); }

/* z^(1/4), or its inverse, by root pi */
static wide scale_of(double z, bool slope)
{
    wide root = w_sqrt(w_sqrt(w_of(z)));
    return slope ? w_mul(root, one_by_root_pi) : w_div(one_by_root_pi, root);
}

/* The sums over even and odd k of s^(k/2) u_k / zeta^k, u_k = (6k - 5)(6k - 1) / (72 k) u_(k-1), or of v_k =
 * -(6k + 1) / (6k - 1) u_k; up to the smallest term; DLMF 9.7.2 */
static void in_zeta(wide zeta, bool slope, double s, wide *even, wide *odd)
{
    wide u = w_of(1), sum[2] = {u, w_of(0)};
    for (int k = 1; k < 2 * zeta.high && fabs(u.high) > 0x1p-110; k++) {
        u = w_div(w_over(w_times(u, (double)(6 * k - 5) * (6 * k - 1)), 72 * k), zeta);
        wide term = slope ? w_over(w_times(u, -(6 * k + 1)), 6 * k - 1) : u;
        sum[k % 2] = w_add(sum[k % 2], k % 4 > 1 ? w_times(term, s) : term);
    }
    *even = sum[0];
    *odd = sum[1];
}

/* z^(-1/4) or z^(1/4) times cosines and sines of zeta - pi / 4; DLMF 9.7.9 to 9.7.12 */
static double oscillating(double z, airy_which which)
{
    bool slope = which == AI_SLOPE || which == BI_SLOPE;
    wide zeta = zeta_of(z), even, odd, s, c;
    in_zeta(zeta, slope, -1, &even, &odd);
    w_sin_cos(zeta, &s, &c);
    wide cosine = w_mul(root_half, w_add(c, s)), sine = w_mul(root_half, w_sub(s, c));
    bool first = which == AI || which == BI_SLOPE;            /* cos even + sin odd, the others sin even - cos odd */
    wide wave = first ? w_add(w_mul(cosine, even), w_mul(sine, odd)) : w_sub(w_mul(sine, even), w_mul(cosine, odd));
    double y = w_double(w_mul(scale_of(z, slope), wave));
    return which == BI ? -y : y;
}

static double growing(double x, bool slope)
{
    wide zeta = zeta_of(x), even, odd;
    in_zeta(zeta, slope, 1, &even, &odd);
    return w_times_exp(w_mul(scale_of(x, slope), w_add(even, odd)), zeta);
}

/* Ai = e^-zeta / (2 root pi x^(1/4) s) and Ai' = -root x Ai (zeta + 1/6 - h) / zeta, where s and h belong to
 * K_-1/3(zeta) and K_2/3(zeta): N. M. Temme, "On the numerical evaluation of the modified Bessel function of the third kind", 1975, as
 * I. J. Thompson and A. R. Barnett sum it, 1987 */
static double falling(double x, bool slope)
{
    wide zeta = zeta_of(x), b = w_times(w_plus(zeta, 1), 2), d = w_div(w_of(1), b), step = d, h = d;
    wide a1 = w_sub(w_of(0.25), w_square(third)), a = w_neg(a1), c = a1, q = a1, before = w_of(0), at = w_of(1);
    wide s = w_plus(w_mul(q, step), 1), change = s;
    for (int i = 2; i < 500 && fabs(change.high) > 0x1p-80 * s.high; i++) {
        a = w_plus(a, -2 * (i - 1));
        c = w_over(w_neg(w_mul(a, c)), i);
        wide next = w_div(w_sub(before, w_mul(b, at)), a);
        before = at;
        at = next;
        q = w_add(q, w_mul(c, next));
        b = w_plus(b, 2);
        d = w_div(w_of(1), w_add(b, w_mul(a, d)));
        step = w_mul(w_plus(w_mul(b, d), -1), step);
        h = w_add(h, step);
        change = w_mul(q, step);
        s = w_add(s, change);
    }
    wide y = w_div(w_times(scale_of(x, false), 0.5), s);
    wide ratio = w_div(w_sub(w_add(zeta, w_times(third, 0.5)), w_mul(a1, h)), zeta);
    return w_times_exp(slope ? w_neg(w_mul(w_mul(w_sqrt(w_of(x)), ratio), y)) : y, w_neg(zeta));
}

/* ---- the functions ---------------------------------------------------------------------------------------------------- */

static double airy(double x, double n, bool second)
{
    const double left = -11, fall = 4, rise = 10;
    if (isnan(x) || (n != 0 && n != 1)) return NAN;
    bool slope = n == 1;
    airy_which which = second ? slope ? BI_SLOPE : BI : slope ? AI_SLOPE : AI;
    if (x == -INFINITY) return slope ? NAN : 0;
    if (x < -farthest) return NAN;
    if (x < left) return oscillating(-x, which);
    if (x <= (second ? rise : fall)) return w_double(near_zero(x, which));
    if (x > 1e4) return second ? INFINITY : slope ? -0.0 : 0;
    return second ? growing(x, slope) : falling(x, slope);
}

double td_f_airy_ai(double x, double n) { return airy(x, n, false); }
double td_f_airy_bi(double x, double n) { return airy(x, n, true); }
