/* dual2.h: num = a value, its derivatives along a and along b, and the mixed second one, each with its bound.
 *
 * A dual over duals: `line` is v + a d, num is (v + a d) + (b + ab d) d'.  The lanes 0, 1, 2 are a, b, ab. */
#ifndef TD_DUAL_DUAL2_H
#define TD_DUAL_DUAL2_H

#define UNIT 0x1p-53
#define ETA 0x1p-1074
#define EXACTLY true
#include "ball.h"
#include "value.h"

static inline ball part_zero(void) { return (ball){0, 0}; }
static inline bool part_are_zero(ball t) { return is_exactly(t, 0); }
static inline ball part_neg(ball t) { return ball_neg(t); }
static inline ball part_add(ball s, ball t) { return ball_join(s, t); }
static inline ball part_chain(ball slope, ball t) { return ball_chain(slope, t); }
static inline ball part_either(ball t, ball other) { return ball_either(t, other); }
static inline ball part_spoil(ball t, ball other) { return ball_spoil(t, other); }

#define NUM line
#define F(name) line_##name
#define V ball
#define VF(name) ball_##name
#define T ball
#define TF(name) part_##name
#include "dual.tmpl.h"

/* A line as a derivative along b: its two parts are b and ab. */
static inline line pair_zero(void) { return (line){{0, 0}, {0, 0}}; }
static inline bool pair_are_zero(line t) { return is_exactly(t.v, 0) && is_exactly(t.t, 0); }

static inline line pair_neg(line t) { return line_neg(t); }
static inline line pair_add(line s, line t) { return (line){ball_join(s.v, t.v), ball_join(s.t, t.t)}; }

/* (s + s' d)(t + t' d): here t is a derivative, and in s' t either zero means no dependence. */
static inline line pair_chain(line slope, line t)
{
    ball bend = is_exactly(slope.t, 0) ? slope.t : ball_chain(slope.t, t.v);
    return (line){ball_chain(slope.v, t.v), ball_join(ball_chain(slope.v, t.t), bend)};
}

static inline line pair_either(line t, line other) { return line_either(t, other); }

static inline line pair_spoil(line t, line other)
{
    return (line){ball_spoil(t.v, other.v), ball_spoil(t.t, other.t)};
}

#define NUM num
#define F(name) num_##name
#define V line
#define VF(name) line_##name
#define T line
#define TF(name) pair_##name
#include "dual.tmpl.h"

#endif
