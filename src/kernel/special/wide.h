/* wide.h: numbers of 106 bits, for series whose terms cancel: a td_m_pair, high + low, |low| <= half an ulp of high.
 *
 * Special functions are computed with these and rounded to double at the end, so that a loss of up to 50 bits on the way does
 * not show.  Errors of an operation are a few 2^-105 of its result.  T. J. Dekker 1971; Y. Hida, X. S. Li, D. H. Bailey,
 * "Algorithms for quad-double precision floating point arithmetic", 2001.  Nothing here is for infinities or NaN: whoever
 * calls looks first. */
#ifndef TD_KERNEL_SPECIAL_WIDE_H
#define TD_KERNEL_SPECIAL_WIDE_H

#include "../math/erf.h"
#include "../math/log.h"
#include "../math/trigonometric.h"

typedef td_m_pair wide;

static const wide wide_log_2 = {0x1.62e42fefa39efp-1, 0x1.abc9e3b39803fp-56};
static const wide wide_pi = {0x1.921fb54442d18p+1, 0x1.1a62633145c07p-53};
static const wide wide_euler = {0x1.2788cfc6fb619p-1, -0x1.6cb90701fbfabp-58};    /* Euler's constant */

static inline wide w_of(double x) { return (wide){x, 0}; }
static inline double w_double(wide x) { return x.high + x.low; }
static inline wide w_neg(wide x) { return (wide){-x.high, -x.low}; }

static inline wide w_add(wide x, wide y)
{
    wide s = td_m_two_sum(x.high, y.high), t = td_m_two_sum(x.low, y.low);
    s = td_m_fast_sum(s.high, s.low + t.high);
    return td_m_fast_sum(s.high, s.low + t.low);
}

static inline wide w_plus(wide x, double y)
{
    wide s = td_m_two_sum(x.high, y);
    return td_m_fast_sum(s.high, s.low + x.low);
}

static inline wide w_sub(wide x, wide y) { return w_add(x, w_neg(y)); }

static inline wide w_mul(wide x, wide y)
{
    wide p = td_m_two_product(x.high, y.high);
    return td_m_fast_sum(p.high, fma(x.high, y.low, fma(x.low, y.high, p.low)));
}

static inline wide w_times(wide x, double y)
{
    wide p = td_m_two_product(x.high, y);
    return td_m_fast_sum(p.high, fma(x.low, y, p.low));
}

/* by long division, three quotients */
static inline wide w_div(wide x, wide y)
{
    double q = x.high / y.high;
    wide   r = w_sub(x, w_times(y, q));
    double next = r.high / y.high;
    r = w_sub(r, w_times(y, next));
    return w_plus(td_m_fast_sum(q, next), r.high / y.high);
}

static inline wide w_over(wide x, double y) { return w_div(x, w_of(y)); }
static inline wide w_inverse(double x) { return w_div(w_of(1), w_of(x)); }
static inline wide w_square(wide x) { return w_mul(x, x); }

/* x >= 0; one step of Newton's from the root of the high part */
static inline wide w_sqrt(wide x)
{
    double root = sqrt(x.high);
    if (!(root > 0)) return w_of(root);
    wide rest = w_sub(x, td_m_two_product(root, root));
    return td_m_fast_sum(root, rest.high / (2 * root));
}

/* c[0] + x (c[1] + ... ) */
static inline wide w_horner(wide x, int n, const wide *c)
{
    wide s = c[n - 1];
    for (int i = n - 2; i >= 0; i--) s = w_add(w_mul(s, x), c[i]);
    return s;
}

/* ---- exponential and logarithm ------------------------------------------------------------------------------------- */

/* 2^k m, 1/2 < m < 2 */
typedef struct scaled { wide m; int k; } scaled;

/* e^x, |x| < 2^30: e^r - 1 by its series at r / 512, squared up nine times */
static inline scaled w_exp_scaled(wide x)
{
    double k = rint(x.high * TD_M_LOG2_E);
    wide   r = w_times(w_sub(x, w_times(wide_log_2, k)), 0x1p-9), term = r, sum = r;
    for (int i = 2; i <= 9; i++) {
        term = w_over(w_mul(term, r), i);
        sum = w_add(sum, term);
    }
    for (int i = 0; i < 9; i++) sum = w_add(w_times(sum, 2), w_square(sum));
    return (scaled){w_plus(sum, 1), (int)k};
}

/* y e^x, rounded once where it is no subnormal; 0 and infinity where it leaves the range */
static inline double w_times_exp(wide y, wide x)
{
    const double beyond = 4000;
    if (x.high > beyond || x.high < -beyond) return y.high == 0 ? 0 : x.high > 0 ? y.high * INFINITY : y.high * 0;
    scaled e = w_exp_scaled(x);
    return ldexp(w_double(w_mul(y, e.m)), e.k);
}

/* |x| < 700 */
static inline wide w_exp(wide x)
{
    scaled e = w_exp_scaled(x);
    double two = ldexp(1, e.k);
    return (wide){e.m.high * two, e.m.low * two};
}

/* x > 0: y = log x in double, then log x = y + log(1 + d), d = x e^-y - 1 */
static inline wide w_log(wide x)
{
    int    k;
    double m = frexp(x.high, &k), y = td_m_log(m);
    wide   near = {m, ldexp(x.low, -k)}, d = w_plus(w_mul(near, w_exp(w_of(-y))), -1);
    wide   rest = w_sub(d, w_times(w_square(d), 0.5));
    return w_add(w_times(wide_log_2, k), w_plus(rest, y));
}

/* ---- circular ------------------------------------------------------------------------------------------------------ */

/* sin x and cos x of a small x by their series, |x| <= 0.8 */
static inline void w_turn(wide x, wide *sine, wide *cosine)
{
    wide xx = w_neg(w_square(x)), s = x, c = w_of(1), odd = x, even = c;
    for (int i = 1; i < 14; i++) {
        even = w_over(w_mul(even, xx), (2 * i - 1) * (2 * i));
        odd = w_over(w_mul(odd, xx), 2 * i * (2 * i + 1));
        c = w_add(c, even);
        s = w_add(s, odd);
    }
    *sine = s;
    *cosine = c;
}

/* likewise of x and k quarters of a turn, k modulo 4 */
static inline void w_turn_quarters(wide x, unsigned k, wide *sine, wide *cosine)
{
    wide s, c;
    w_turn(x, &s, &c);
    k &= 3;
    *sine = k == 0 ? s : k == 1 ? c : k == 2 ? w_neg(s) : w_neg(c);
    *cosine = k == 0 ? c : k == 1 ? w_neg(s) : k == 2 ? w_neg(c) : s;
}

/* sin and cos of pi x, |x| < 2^52 */
static inline void w_turn_pi(double x, wide *sine, wide *cosine)
{
    double quarter = rint(2 * x), rest = fma(quarter, -0.5, x), k = quarter - 4 * floor(quarter / 4);
    w_turn_quarters(w_times(wide_pi, rest), (unsigned)k, sine, cosine);
}

/* sin and cos of x, 1 <= |x| < infinity, to 100 bits next to their zeros too; |x.low| small beside 1 */
static inline void w_sin_cos(wide x, wide *sine, wide *cosine)
{
    td_m_quarter q = td_m_reduce_huge(x.high);
    w_turn_quarters(w_plus(td_m_fast_sum(q.r.high, q.r.low), x.low), (unsigned)q.quadrant, sine, cosine);
}

#endif
