/* difference.c: a ladder of steps, climbed from the finest as long as each rung agrees with all below it.
 *
 * A fine step is spoilt by noise, and says so (noise / step); a coarse one by curvature, aliasing or a kink nearby, and
 * may not know it.  So rungs are visited from fine to coarse, each with its own interval, until one contradicts the
 * intersection of those below; the best interval before that is the answer (Lepski's principle).  The first rung on which
 * curvature outweighs noise is the last: of a smooth curve no coarser one is better, and of a singular one none is good.
 * GSL's abserr is one part of the interval; alone it is no error bar (it takes noise to be eps |f|, and a kink for a smooth
 * point).
 *
 * A kink at the origin fools every central difference alike.  It shows in the even part: (phi(h) + phi(-h)) / h tends to 0
 * with h where the curve is smooth, and stays where left and right slopes differ. */
#include "witness/difference.h"

#include <gsl/gsl_deriv.h>
#include <gsl/gsl_errno.h>
#include <math.h>

typedef struct rule {
    int (*apply)(const gsl_function *f, double x, double h, double *result, double *abserr);
    double amplify;                /* noise in the slope is at most amplify * noise / (nearest step) */
} rule;

/* From the weights of GSL's formulas: central (4/3, 1/6), open one-sided (22/3, 62/3, 52/3 at h/4 .. h). */
static const rule central = {gsl_deriv_central, 2}, forward = {gsl_deriv_forward, 24}, backward = {gsl_deriv_backward, 24};

typedef struct family { double first, ratio; } family;     /* steps: first * quantum, times ratio each */
static const family quick_family = {256, 256}, thorough_family = {96, 8};

/* What GSL asked for: how near to the origin, and the values at the two farthest points. */
typedef struct probe {
    const td_curve *c;
    double          nearest, far_left, far_right, left, right;
} probe;

static double probe_at(double s, void *user)
{
    probe *p = user;
    double value = p->c->at(s, p->c->user);
    if (!isnan(value)) p->nearest = fmin(p->nearest, fabs(s));
    if (s < p->far_left) p->far_left = s, p->left = value;
    if (s > p->far_right) p->far_right = s, p->right = value;
    return value;
}

typedef struct rung { double step, slope, error, even, leverage; bool curved; } rung;

static rung measure(const td_curve *c, const rule *r, double h)
{
    probe p = {.c = c, .nearest = INFINITY};
    gsl_function f = {probe_at, &p};
    rung k = {.step = h};
    int status = r->apply(&f, 0, h, &k.slope, &k.error);
    k.leverage = r->amplify / p.nearest;
    double noise = k.leverage * c->noise + c->hidden;
    k.curved = k.error > noise;
    k.error += noise;
    k.even = p.left + p.right;
    if (status != GSL_SUCCESS || !isfinite(k.slope) || !isfinite(k.error)) k.slope = k.error = NAN;
    return k;
}

typedef struct ladder {
    rung   best;
    double low, high;              /* intersection of all intervals so far */
    double fine, coarse;           /* the first and the last step that joined */
    bool   kinked;                 /* an even part that does not fade */
    int    rungs;
} ladder;

/* Three times the error bar, for noise is measured on few samples and taken as its maximum. */
static bool joins(ladder *l, const rung *k)
{
    double low = k->slope - 3 * k->error, high = k->slope + 3 * k->error;
    if (l->rungs && (low > l->high || high < l->low)) return false;
    l->low = l->rungs ? fmax(l->low, low) : low;
    l->high = l->rungs ? fmin(l->high, high) : high;
    if (!l->rungs || k->error < l->best.error) l->best = *k;
    if (!l->rungs) l->fine = k->step;
    l->coarse = k->step;
    l->rungs++;
    return true;
}

static bool even_part_stays(const rung *fine, const rung *coarse, double noise)
{
    if (fabs(fine->even) <= 8 * noise || fabs(coarse->even) <= 8 * noise) return false;
    return 2 * fabs(fine->even) / fine->step >= fabs(coarse->even) / coarse->step;
}

static ladder climb(const td_curve *c, const rule *r, family f)
{
    ladder l = {0};
    rung before = {0};
    for (double h = f.first * c->quantum; h <= c->reach; h *= f.ratio) {
        rung k = measure(c, r, h);
        if (isnan(k.slope)) break;
        if (r == &central && l.rungs && even_part_stays(&before, &k, c->noise)) l.kinked = true;
        if (!joins(&l, &k) || k.curved) break;
        before = k;
    }
    return l;
}

static td_slope unknown(const char *reason)
{
    return (td_slope){.kind = TD_SLOPE_UNKNOWN, .value = NAN, .error = NAN, .left = NAN, .right = NAN, .reason = reason};
}

static td_slope smooth(const ladder *l)
{
    return (td_slope){.kind = TD_SLOPE_SMOOTH, .value = l->best.slope, .error = l->best.error, .leverage = l->best.leverage,
                      .left = NAN, .right = NAN, .fine = l->fine, .chosen = l->best.step, .coarse = l->coarse};
}

/* At the edge of a domain slopes are often singular: coarse steps see nothing of it, fine ones take it for noise. */
static td_slope at_edge(const ladder *side)
{
    td_slope s = smooth(side);
    s.edge = true;
    return s;
}

/* Both sides measured: two slopes, or one whose error bar covers what both sides said. */
static td_slope both_sides(const ladder *middle, const ladder *left, const ladder *right)
{
    td_slope s = smooth(middle);
    double a = left->best.slope, b = right->best.slope, ea = left->best.error, eb = right->best.error;
    if (fabs(a - b) > 10 * (ea + eb)) {
        return (td_slope){.kind = TD_SLOPE_KINK, .value = NAN, .error = NAN, .left = a, .right = b, .left_error = ea,
                          .right_error = eb};
    }
    if (middle->kinked) return unknown("rough around the point");
    s.error = fmax(s.error, fmax(fabs(a - s.value) + ea, fabs(b - s.value) + eb));
    return s;
}

td_slope td_curve_slope(const td_curve *c, bool thorough)
{
    family f = thorough ? thorough_family : quick_family;
    ladder middle = climb(c, &central, f);
    if (middle.rungs && !middle.kinked && !thorough) return smooth(&middle);
    ladder right = climb(c, &forward, f), left = climb(c, &backward, f);
    if (!right.rungs && !left.rungs) return unknown("not finite on either side");
    if (!right.rungs) return at_edge(&left);
    if (!left.rungs) return at_edge(&right);
    return middle.rungs ? both_sides(&middle, &left, &right) : unknown("not finite near the point");
}

td_slope td_curve_slope_fine(const td_curve *c)
{
    ladder middle = climb(c, &central, thorough_family);
    return middle.rungs && !middle.kinked ? smooth(&middle) : td_curve_slope(c, true);
}
