/* trace.c: a curve at many steps, for the eye: the V of a difference's error, and the remainders of Taylor's formula.
 *
 * Too small a step is spoilt by noise, which falls with it, too large a one by curvature, which grows: in between lies the
 * floor.  Remainders are the stronger sight: |f(x + h u) - f(x) - h s| falls as h^2 if s is the slope, and as h if it is not
 * (pyadjoint calls them R0, R1, R2).  Nothing here takes part in a verdict. */
#include "figures.h"
#include "witness/difference.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum { FINEST = 4 };               /* quanta: below, a step is rounded away */

double td_digits_kept(double v)
{
    char text[32];
    if (!isfinite(v)) return v;
    snprintf(text, sizeof text, "%.3e", v);
    return strtod(text, NULL);
}

/* From one step to the next: a power of 2, so that steps are exact. */
static double ratio_of(const td_curve *c)
{
    double octaves = log2(c->reach / (FINEST * c->quantum));
    return exp2(ceil(fmax(octaves, 1) / (TD_TRACE_STEPS - 1)));
}

static void sample(const td_curve *c, const td_claimed *claim, double h, td_tracing *t)
{
    int k = t->n++;
    double right = c->at(h, c->user), left = c->at(-h, c->user), slope = (right - left) / 2 / h;
    t->step[k] = h;
    for (int i = 0; i < 2; i++) t->off[i][k] = fabs(slope - claim->slope[i].value);
    t->remainder[0][k] = fabs(right);
    t->remainder[1][k] = fabs(right - h * claim->slope[0].value);
    t->remainder[2][k] = fabs(right - h * claim->slope[0].value - h * h / 2 * claim->second);
}

static int by_size(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* The median slope, in logarithms, of the finest steps at which the remainder stands well above the noise. */
static double order_of(const td_tracing *t, const double *r)
{
    enum { FEW = 6, ABOVE = 16 };
    double local[FEW];
    int n = 0;
    for (int k = 0; k + 1 < t->n && n < FEW; k++) {
        double floor = t->noise + (r == t->remainder[0] ? 0 : t->step[k] * t->rounding);
        bool clear = r[k] > ABOVE * floor && r[k] > 0 && isfinite(r[k]) && isfinite(r[k + 1]) && r[k + 1] > 0;
        if (clear) local[n++] = log(r[k + 1] / r[k]) / log(t->step[k + 1] / t->step[k]);
    }
    if (n < 2) return NAN;
    qsort(local, (size_t)n, sizeof *local, by_size);
    return local[n / 2];
}

static void keep_digits(td_tracing *t)
{
    for (int k = 0; k < t->n; k++) {
        t->step[k] = td_digits_kept(t->step[k]);
        for (int i = 0; i < 2; i++) t->off[i][k] = td_digits_kept(t->off[i][k]);
        for (int i = 0; i < 3; i++) t->remainder[i][k] = td_digits_kept(t->remainder[i][k]);
    }
    double *const alone[] = {&t->order[0], &t->order[1], &t->order[2], &t->noise, &t->rounding, &t->fine,
                             &t->chosen, &t->coarse};
    for (int i = 0; i < 8; i++) *alone[i] = td_digits_kept(*alone[i]);
}

void td_curve_trace(const td_curve *c, const td_claimed *claim, const td_slope *s, td_tracing *out)
{
    bool smooth = s->kind == TD_SLOPE_SMOOTH;
    double ratio = ratio_of(c);
    double bound = claim->slope[0].bound;
    *out = (td_tracing){.noise = c->noise, .rounding = isfinite(bound) ? bound : 0, .fine = smooth ? s->fine : NAN,
                      .chosen = smooth ? s->chosen : NAN,
                      .coarse = smooth ? s->coarse : NAN};
    for (double h = FINEST * c->quantum; h <= c->reach && out->n < TD_TRACE_STEPS; h *= ratio) sample(c, claim, h, out);
    for (int i = 0; i < 3; i++) out->order[i] = order_of(out, out->remainder[i]);
    keep_digits(out);
}
