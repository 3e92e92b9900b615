/* lanes.h: TD_LANES derivatives at once, each with its bound: the rules for derivatives of ball.h, lane by lane.
 *
 * The vector path is for finite slopes and results; the rest goes through ball.h. */
#ifndef TD_DUAL_LANES_H
#define TD_DUAL_LANES_H

#include "ball.h"

/* aligned(16) keeps gcc's calling convention the same on every x86-64 and thus quiet */
typedef double vec __attribute__((vector_size(TD_LANES * sizeof(double)), aligned(16)));
typedef int64_t mask __attribute__((vector_size(TD_LANES * sizeof(int64_t)), aligned(16)));

typedef struct lanes { vec v, e; } lanes;

static inline ball lane(const lanes *t, int i) { return (ball){t->v[i], t->e[i]}; }
static inline void lane_set(lanes *t, int i, ball x) { t->v[i] = x.v, t->e[i] = x.e; }

static inline lanes lanes_zero(void) { return (lanes){{0}, {0}}; }

static inline bool lanes_are_zero(lanes t)
{
    bool zero = true;
    for (int i = 0; i < TD_LANES; i++) zero = zero && t.v[i] == 0 && t.e[i] == 0;
    return zero;
}

static inline bool lanes_are_finite(const vec *v)
{
    double s = 0;
    for (int i = 0; i < TD_LANES; i++) s += 0 * (*v)[i];
    return s == 0;
}

#define LANES_ABS(x) ((vec)((mask)(x) & INT64_MAX))                  /* macros: a function would pass bare vectors */
#define LANES_WHERE(m, x) ((vec)((m) & (mask)(x)))

static inline lanes lanes_add(lanes a, lanes b)
{
    lanes s = {a.v + b.v, a.e + b.e};
    if (lanes_are_finite(&s.v)) {
        vec rounding = UNIT * LANES_ABS(s.v);
        s.e += LANES_WHERE((a.v != 0) & (b.v != 0), rounding);
        vec grown = s.e * (1 + 0x1p-49) + 0x1p-1070;
        s.e = LANES_WHERE((a.v != 0) | (a.e != 0) | (b.v != 0) | (b.e != 0), grown);
        return s;
    }
    for (int i = 0; i < TD_LANES; i++) lane_set(&s, i, ball_join(lane(&a, i), lane(&b, i)));
    return s;
}

static inline lanes lanes_neg(lanes t) { return (lanes){-t.v, t.e}; }

static inline lanes lanes_chain(ball slope, lanes t)
{
    lanes p = {slope.v * t.v, t.e};
    if (is_finite(slope) && lanes_are_finite(&p.v)) {
        if (slope.e == 0 && fabs(slope.v) == 1) return p;
        vec size = LANES_ABS(t.v), rounding = UNIT * LANES_ABS(p.v);
        vec e = (fabs(slope.v) + slope.e) * t.e + slope.e * size + rounding;
        vec grown = e * (1 + 0x1p-49) + 0x1p-1070;
        p.e = LANES_WHERE((t.v != 0) | (t.e != 0), grown);
        return p;
    }
    for (int i = 0; i < TD_LANES; i++) lane_set(&p, i, ball_chain(slope, lane(&t, i)));
    return p;
}

static inline lanes lanes_either(lanes t, lanes other)
{
    for (int i = 0; i < TD_LANES; i++) lane_set(&t, i, ball_either(lane(&t, i), lane(&other, i)));
    return t;
}

static inline lanes lanes_spoil(lanes t, lanes other)
{
    for (int i = 0; i < TD_LANES; i++) lane_set(&t, i, ball_spoil(lane(&t, i), lane(&other, i)));
    return t;
}

#endif
