/* lanes.h: TD_LANES derivatives at once, each with its bound: the rules for derivatives of ball.h, lane by lane.
 *
 * The vector path is for finite slopes and results; the rest goes through ball.h. */
#ifndef TD_DUAL_LANES_H
#define TD_DUAL_LANES_H

#include "ball.h"

/* Pairs, which every x86-64 compares and masks natively: four at once it would take apart. */
typedef double pair __attribute__((vector_size(16)));
typedef int64_t mask __attribute__((vector_size(16)));
enum { PAIRS = TD_LANES / 2 };

typedef struct lanes { pair v[PAIRS], e[PAIRS]; } lanes;

static inline ball lane(const lanes *t, int i) { return (ball){t->v[i / 2][i % 2], t->e[i / 2][i % 2]}; }
static inline void lane_set(lanes *t, int i, ball x) { t->v[i / 2][i % 2] = x.v, t->e[i / 2][i % 2] = x.e; }

static inline lanes lanes_zero(void) { return (lanes){{{0}}, {{0}}}; }

static inline bool lanes_are_zero(lanes t)
{
    bool zero = true;
    for (int i = 0; i < TD_LANES; i++) zero = zero && is_exactly(lane(&t, i), 0);
    return zero;
}

static inline bool pairs_are_finite(const pair *v)
{
    pair s = {0, 0};
    for (int i = 0; i < PAIRS; i++) s += 0 * v[i];
    return s[0] + s[1] == 0;
}

static inline pair pair_size(pair x) { return (pair)((mask)x & INT64_MAX); }
/* x where c is not 0, else 0; one comparison at a time, for a combination of them is taken apart */
static inline pair pair_where(pair c, pair x) { return (pair)((c != 0) & (mask)x); }
static inline pair pair_grown(pair e, pair any) { return pair_where(any, e * (1 + 0x1p-49) + 0x1p-1070); }

static lanes lanes_add_any(lanes a, lanes b)
{
    lanes s;
    for (int i = 0; i < TD_LANES; i++) lane_set(&s, i, ball_join(lane(&a, i), lane(&b, i)));
    return s;
}

__attribute__((always_inline)) static inline lanes lanes_add(lanes a, lanes b)
{
    lanes s;
    for (int i = 0; i < PAIRS; i++) {
        s.v[i] = a.v[i] + b.v[i];
        pair rounding = pair_where(a.v[i], pair_where(b.v[i], UNIT * pair_size(s.v[i]))), e = a.e[i] + b.e[i];
        s.e[i] = pair_grown(e + rounding, pair_size(a.v[i]) + pair_size(b.v[i]) + e);
    }
    return pairs_are_finite(s.v) ? s : lanes_add_any(a, b);
}

static inline lanes lanes_neg(lanes t)
{
    for (int i = 0; i < PAIRS; i++) t.v[i] = -t.v[i];
    return t;
}

static lanes lanes_chain_any(ball slope, lanes t)
{
    for (int i = 0; i < TD_LANES; i++) lane_set(&t, i, ball_chain(slope, lane(&t, i)));
    return t;
}

__attribute__((always_inline)) static inline lanes lanes_chain(ball slope, lanes t)
{
    lanes p;
    double size = fabs(slope.v), whole = size + slope.e, unit = slope.e == 0 && size == 1 ? 0 : UNIT;
    for (int i = 0; i < PAIRS; i++) {
        p.v[i] = slope.v * t.v[i];
        pair length = pair_size(t.v[i]), e = whole * t.e[i] + slope.e * length + unit * pair_size(p.v[i]);
        p.e[i] = unit == 0 ? t.e[i] : pair_grown(e, length + t.e[i]);
    }
    return is_finite(slope) && pairs_are_finite(p.v) ? p : lanes_chain_any(slope, t);
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
