/* difference.h: the slope of a curve from its values alone, with an error bar, by GSL's rules behind guards. */
#ifndef TD_DIFFERENCE_H
#define TD_DIFFERENCE_H

#include "witness.h"

typedef struct td_curve {
    double (*at)(double s, void *user);    /* 0 at s = 0, where the slope is wanted; NaN where there is no value */
    void  *user;                           /* borrowed */
    double quantum;                        /* the smallest step that moves the point; > 0 */
    double reach;                          /* the largest step worth trying */
    double noise;                          /* by how much a value may be off, as measured */
    double hidden;                         /* a slope too small to move any value it may have */
} td_curve;

/* thorough: another family of steps, more of them, and one-sided slopes whether there is suspicion of a kink or not. */
td_slope td_curve_slope(const td_curve *c, bool thorough);
/* The thorough family of steps on both sides at once: a second family with a bar as narrow as the first one's. */
td_slope td_curve_slope_fine(const td_curve *c);
/* For a figure (trace.c): the curve at many steps, beside two claims of its slope and one of its second derivative; NaN: none.
 * s: what was measured of it. */
void     td_curve_trace(const td_curve *c, const td_claimed *claim, const td_slope *s, td_tracing *out);

#endif
