/* value.h: what dual.tmpl.h asks of the innermost value beyond ball.h, in computations of our own: kept in double. */
#ifndef TD_DUAL_VALUE_H
#define TD_DUAL_VALUE_H

#include "ball.h"

static inline ball ball_constant(ball x) { return x; }
static inline ball ball_choose(ball x, ball other) { (void)other; return x; }

static inline ball ball_cast(ball x, td_dtype dtype)
{
    return dtype == TD_F64 || dtype == TD_F32 ? x : ball_to_integer(x, dtype);
}

#endif
