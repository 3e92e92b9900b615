/* bound.h: num = a value and a bound on how far a computation elsewhere may be from it, in any order of summation, with
 * or without fused multiply-add.
 *
 * A sum is kept open: v its value, e what the errors of its terms come to, m the sum of the terms' sizes, n their number.
 * Adding joins two sums and rounds nothing yet.  Whatever reads the sum first closes it: n terms added in any order are
 * off by at most (n-1) u/(1 - (n-1) u) m (Higham 2002, 4.2), two terms by u |v|; then it is a single term.  Where m exceeds
 * the largest number, TD_LARGEST, some orders overflow on the way, and what they give nobody knows.
 *
 * The unit roundoff is that of the computation bounded, TD_ROUNDOFF, taken MARGIN times, and our own once.  The margin is
 * for formulas other than ours (a reciprocal multiplied instead of a division, a shift in softmax).  It is the one factor
 * here that is argued and not proved: a variant may make a few roundings where the definition makes one. */
#ifndef TD_DUAL_BOUND_H
#define TD_DUAL_BOUND_H

#define MARGIN 4
#define UNIT (MARGIN * TD_ROUNDOFF + 0x1p-53)
#define ETA (MARGIN * TD_TINIEST)
#define EXACTLY false
#include "ball.h"

typedef struct num { double v, e, m, n; } num;

static inline num single(ball x) { return (num){x.v, x.e, fabs(x.v), 1}; }

static inline ball closed(num x)
{
    if (x.n < 2 || x.e == INFINITY) return (ball){x.v, x.e};
    if (x.n > 2 && !(x.m + x.e <= TD_LARGEST)) return ball_unknown(x.v);     /* a part of it may overflow */
    double rounding = (x.n - 1) * UNIT;
    double sum = x.n == 2 ? UNIT * (fabs(x.v) + x.e) : rounding < 1 ? rounding / (1 - rounding) * (x.m + x.e) : INFINITY;
    return ball_found(x.v, x.e + sum);
}

static inline num num_of(double c) { return single(ball_of(c)); }
static inline double num_value(num x) { return x.v; }
static inline enum order num_order(num x, num y) { return ball_order(closed(x), closed(y)); }
static inline num num_either(num x, num other) { return single(ball_either(closed(x), closed(other))); }
static inline num num_choose(num x, num other) { (void)other; return x; }
static inline num num_constant(num x) { return x; }
static inline num num_unknown(double v) { return single(ball_unknown(v)); }
static inline num num_obscured(num v, num x) { (void)x; return v; }
static inline num num_bent(num v, num x) { (void)x; return v; }
static inline num num_neg(num x) { return (num){-x.v, x.e, x.m, x.n}; }

static inline num num_add(num x, num y)
{
    double s = x.v + y.v;
    if (!isfinite(s)) return single(ball_add(closed(x), closed(y)));
    if (x.m == 0 && x.e == 0) return y;          /* of terms that cancel the mass stays: in another order they round */
    if (y.m == 0 && y.e == 0) return x;
    return (num){s, grow(x.e + y.e), x.m + y.m, x.n + y.n};
}

static inline num num_sub(num x, num y) { return num_add(x, num_neg(y)); }
static inline num num_mul(num x, num y) { return single(ball_mul(closed(x), closed(y))); }
static inline num num_div(num x, num y) { return single(ball_div(closed(x), closed(y))); }
static inline num num_pow(num x, num p) { return single(ball_pow(closed(x), closed(p))); }
static inline num num_sqrt(num x) { return single(ball_sqrt(closed(x))); }
static inline num num_root(num x) { return single(ball_root(closed(x))); }
static inline num num_exp(num x) { return single(ball_exp(closed(x))); }
static inline num num_expm1(num x) { return single(ball_expm1(closed(x))); }
static inline num num_log(num x) { return single(ball_log(closed(x))); }
static inline num num_log1p(num x) { return single(ball_log1p(closed(x))); }
static inline num num_sin(num x) { return single(ball_sin(closed(x))); }
static inline num num_cos(num x) { return single(ball_cos(closed(x))); }
static inline num num_tan(num x) { return single(ball_tan(closed(x))); }
static inline num num_sinh(num x) { return single(ball_sinh(closed(x))); }
static inline num num_cosh(num x) { return single(ball_cosh(closed(x))); }
static inline num num_tanh(num x) { return single(ball_tanh(closed(x))); }
static inline num num_asin(num x) { return single(ball_asin(closed(x))); }
static inline num num_acos(num x) { return single(ball_acos(closed(x))); }
static inline num num_atan(num x) { return single(ball_atan(closed(x))); }
static inline num num_asinh(num x) { return single(ball_asinh(closed(x))); }
static inline num num_acosh(num x) { return single(ball_acosh(closed(x))); }
static inline num num_atanh(num x) { return single(ball_atanh(closed(x))); }
static inline num num_erf(num x) { return single(ball_erf(closed(x))); }
static inline num num_erfc(num x) { return single(ball_erfc(closed(x))); }

/* A long sum of products at once, bounded as num_add and num_mul would; false: it is not finite.  What is added up to e is
 * positive, so n roundings of it are n units at most. */
#define NUM_DOT 8
static bool num_dot(const num *x, int64_t x_step, const num *y, int64_t y_step, int64_t n, num *out)
{
    num s = {0, 0, 0, 0};
    for (int64_t k = 0; k < n; k++) {
        ball a = closed(x[k * x_step]), b = closed(y[k * y_step]);
        double p = a.v * b.v, size = fabs(p), e = fabs(a.v) * b.e + fabs(b.v) * a.e + a.e * b.e;
        e += a.v == 0 || b.v == 0 ? 0 : UNIT * size + ETA;
        s.v += p;
        s.m += size;
        s.e += e;
        s.n += e > 0;
    }
    s.e = grow(s.e * (1 + (double)n * 0x1p-52));
    *out = s;
    return isfinite(s.v) && isfinite(s.e) && isfinite(s.m);
}

/* To a float dtype: rounded, unless it is a number of that dtype already. */
static inline num num_cast(num x, td_dtype dtype)
{
    ball b = closed(x);
    if (dtype != TD_F64 && dtype != TD_F32) return single(ball_to_integer(b, dtype));
    bool fits = b.e == 0 && (dtype == TD_F64 || isnan(b.v) || (double)(float)b.v == b.v);
    if (fits || !isfinite(b.v) || dtype == TD_F64) return single(b);
    return single(ball_found(b.v, b.e + UNIT * fabs(b.v) + ETA));
}

#endif
