/* dual.h: num = a value and TD_LANES first derivatives of it, each with a bound on its rounding error. */
#ifndef TD_DUAL_DUAL_H
#define TD_DUAL_DUAL_H

#define UNIT 0x1p-53
#define ETA 0x1p-1074
#define EXACTLY true
#include "lanes.h"
#include "value.h"

#define NUM num
#define F(name) num_##name
#define V ball
#define VF(name) ball_##name
#define T lanes
#define TF(name) lanes_##name
#include "dual.tmpl.h"

/* Is sum_k x[k] y[k] of known numbers found without rounding, in this order?  Most are not, and say so at once. */
static bool dot_is_exact(const num *x, int64_t x_step, const num *y, int64_t y_step, int64_t n)
{
    ball s = {0, 0};
    for (int64_t k = 0; k < n && s.e == 0; k++) s = ball_add(s, ball_mul(x[k * x_step].v, y[k * y_step].v));
    return s.e == 0;
}

/* A long sum of products at once; false: it is not finite.  Bounded as a whole, in any order (Higham 2002, 3.1): n terms
 * x t' + y t of three roundings each are off by (n + 3) u of the sum of their sizes, beside what the operands' bounds come
 * to.  `touch` times a derivative keeps the bound from 0 where there is one, times 0 though it is. */
#define NUM_DOT 16
static inline bool num_dot(const num *x, int64_t x_step, const num *y, int64_t y_step, int64_t n, num *out)
{
    const double unit = (double)(n + 3) * UNIT * (1 + 0x1p-20), touch = 0x1p-900;
    double s = 0, e = 0;
    lanes t = lanes_zero();
    for (int64_t k = 0; k < n; k++) {
        const num *a = &x[k * x_step], *b = &y[k * y_step];
        double p = a->v.v * b->v.v, A = fabs(a->v.v), B = fabs(b->v.v);
        double a_off = a->v.e + unit * A + touch, b_off = b->v.e + unit * B + touch, whole_a = A + a->v.e + touch,
               whole_b = B + b->v.e + touch;
        s += p;
        e += unit * fabs(p) + A * b->v.e + B * a->v.e + a->v.e * b->v.e + (p == 0 && A > 0 && B > 0 ? ETA : 0);
        for (int i = 0; i < PAIRS; i++) {
            t.v[i] += a->v.v * b->t.v[i] + b->v.v * a->t.v[i];
            t.e[i] += a_off * pair_size(b->t.v[i]) + b_off * pair_size(a->t.v[i]) + whole_a * b->t.e[i] + whole_b * a->t.e[i];
        }
    }
    double grown = 1 + (double)n * 0x1p-50;
    for (int i = 0; i < PAIRS; i++) t.e[i] *= grown;
    if (!isfinite(s) || !isfinite(e) || !pairs_are_finite(t.v) || !pairs_are_finite(t.e)) return false;
    bool exact = e == 0 || dot_is_exact(x, x_step, y, y_step, n);
    *out = (num){{s, exact ? 0 : grow(e * grown + (double)n * ETA)}, t};
    return true;
}

#endif
