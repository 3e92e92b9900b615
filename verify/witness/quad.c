/* quad.c: differences in quad precision: a witness of slopes, from values of the definitions alone.
 *
 * No derivative is known here, not even an elementary function's; but the values are the definitions', not the kernels', so
 * this witness says nothing of values, and is heard only where its own lie within the tape's bounds (else the program may
 * have gone another way, by a comparison that rounding decides).
 *
 * Each value comes with a bound on its rounding, comparisons in doubt included, so the noise of a quotient is derived and
 * not measured.  Truncation has no bound; but steps may be far below the spacing of doubles, where most curves are straight.
 * Steps go from fine to coarse, each with the interval that rounding leaves it, until one contradicts a finer one.  The bar
 * of an estimate is its noise and twice its distance from the next finer: enough if the error shrinks as the 1/8th power of
 * the step at least, for steps are 2^8 apart.  A central difference's shrinks as the square.
 *
 * A kink shows in the even part, phi(h) + phi(-h), which stays in proportion to h; then each side has a slope of its own. */
#include "witness.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>

enum { RUNGS = 5, APART = 8, FINEST = -58 };      /* steps 2^FINEST and coarser, in units of the point */
enum { LARGEST = 1 << 12, WORK = 1 << 16, MOST = 12 };     /* inputs' numbers; numbers made for all questions; questions */

struct td_quads {
    const td_problem *p;           /* borrowed */
    td_context  *c;
    td_marker    start;
    td_tensor  **leaf;             /* owned; n */
    double      *rest;             /* owned; room for one input */
    int64_t      numel, work;      /* of the result; of all results in a run */
    double      *high0, *low0, *bound0;    /* owned, one block for all six at high0; numel each: at the point */
    double      *high, *low, *bound;       /* and moved */
    const td_direction *u;         /* the question asked now */
    int          cotangent;
    const char  *mute;
    char         refusal[TD_REASON];
};

/* A number of twice a double's length, with a bound. */
typedef struct wide { double high, low, error; } wide;

static wide plus(wide a, wide b)
{
    double s = a.high + b.high, part = s - a.high, lost = (a.high - (s - part)) + (b.high - part);
    double low = lost + a.low + b.low;
    return (wide){s, low, (a.error + b.error) * (1 + DBL_EPSILON) + 4 * DBL_EPSILON * fabs(low)};
}

static wide minus(wide a) { return (wide){-a.high, -a.low, a.error}; }
static wide over(wide a, double power_of_two)
{
    return (wide){a.high / power_of_two, a.low / power_of_two, a.error / power_of_two};
}
static double number(wide a) { return a.high + a.low; }
static double distance(wide a, wide b) { return fabs(number(plus(a, minus(b)))); }

/* ---- values ------------------------------------------------------------------------------------------------------ */

static bool move(td_quads *d, int input, double s)
{
    const td_input *in = &d->p->in[input];
    if (s == 0 || !in->smooth || !td_direction_touches(d->u, input)) return true;
    for (int64_t j = 0; j < in->numel; j++) d->rest[j] = s * td_direction_at(d->u, input, j);
    return td_set_tangent(d->leaf[input], 0, d->rest) == TD_OK;
}

/* The program at x + s u; its result lives until td_release(d->c, d->start). */
static td_tensor *result_at(td_quads *d, double s)
{
    for (int i = 0; i < d->p->n; i++) {
        d->leaf[i] = td_problem_leaf(d->p, d->c, i);
        if (td_error(d->c) || !move(d, i, s)) return NULL;
    }
    td_tensor *y = td_problem_run(d->p, d->c, d->leaf);
    return td_error(d->c) ? NULL : y;
}

static bool read_both(td_tensor *y, double *high, double *low, double *bound)
{
    return td_read_lane(y, -1, high, NULL) == TD_OK && td_read_lane(y, 0, low, bound) == TD_OK;
}

static bool evaluate(td_quads *d, double s)
{
    td_tensor *y = result_at(d, s);
    bool ok = y && td_numel(y) == d->numel && read_both(y, d->high, d->low, d->bound);
    for (int64_t j = 0; ok && j < d->numel; j++) ok = isfinite(d->high[j]);
    td_clear_error(d->c);
    td_release(d->c, d->start);
    return ok;
}

/* phi(s) = sum_j w_j (y_j(x + s u) - y_j(x)); NaN where there is no value. */
static wide phi(td_quads *d, double s)
{
    td_contraction sum = {0};
    if (!evaluate(d, s)) return (wide){NAN, NAN, NAN};
    for (int64_t j = 0; j < d->numel; j++) {
        wide y = plus((wide){d->high[j], d->low[j], d->bound[j]}, (wide){-d->high0[j], -d->low0[j], d->bound0[j]});
        double w = td_cotangent_at(d->p, d->cotangent, j);
        td_contract(&sum, w, (td_answer){y.high, y.error});
        td_contract(&sum, w, (td_answer){y.low, 0});
    }
    double n = (double)(sum.n + 2);
    return (wide){sum.sum, sum.low, (sum.bound + n * n * 0x1p-102 * sum.mass) * (1 + n * DBL_EPSILON)};
}

/* ---- slopes ------------------------------------------------------------------------------------------------------ */

typedef struct ladder { wide rung[RUNGS]; double bar; int best; } ladder;      /* finest first; best: -1 if none */

static double gap(const ladder *l, int i, int j) { return distance(l->rung[i], l->rung[j]); }

static bool contradicts_finer(const ladder *l, int i, double bar)
{
    bool apart = false;
    for (int j = 0; j < i; j++) apart = apart || !(gap(l, i, j) <= bar + l->rung[j].error);
    return apart;
}

static void settle(ladder *l)
{
    l->best = -1;
    l->bar = INFINITY;
    for (int i = 1; i < RUNGS; i++) {
        double bar = l->rung[i].error + 2 * gap(l, i, i - 1);
        if (!isfinite(bar) || contradicts_finer(l, i, bar)) return;
        if (bar < l->bar) l->bar = bar, l->best = i;
    }
}

/* Does the even part over h, which fades with h where a curve is smooth, stay? */
static bool stays(const wide even[RUNGS], int upto)
{
    bool kinked = false;
    for (int i = 1; i <= upto; i++) {
        double fine = fabs(number(even[i - 1])), coarse = fabs(number(even[i]));
        kinked = kinked || (fine > 2 * even[i - 1].error && 2 * fine >= coarse);
    }
    return kinked;
}

static td_slope unknown(const char *reason)
{
    return (td_slope){.kind = TD_SLOPE_UNKNOWN, .value = NAN, .error = NAN, .left = NAN, .right = NAN, .reason = reason};
}

static td_slope smooth(const ladder *l, bool edge)
{
    wide s = plus(l->rung[l->best], (wide){0});
    double value = number(s), low = (s.high - value) + s.low;
    return (td_slope){.kind = TD_SLOPE_SMOOTH, .value = value, .low = low, .error = l->bar, .left = NAN, .right = NAN,
                      .edge = edge};
}

static td_slope sides(const ladder *left, const ladder *right)
{
    if (left->best < 0 || right->best < 0) return unknown("rough around the point, in quad too");
    wide a = left->rung[left->best], b = right->rung[right->best];
    if (!(distance(a, b) > 10 * (left->bar + right->bar))) return unknown("rough around the point, in quad too");
    return (td_slope){.kind = TD_SLOPE_KINK, .value = NAN, .error = NAN, .left = number(a), .right = number(b),
                      .left_error = left->bar, .right_error = right->bar};
}

/* From the values on both sides, at steps h, 2^APART h, ... */
static td_slope slope_of(const wide left[RUNGS], const wide right[RUNGS], double h)
{
    ladder middle, backward, forward;
    wide even[RUNGS];
    for (int i = 0; i < RUNGS; i++, h = ldexp(h, APART)) {
        middle.rung[i] = over(plus(right[i], minus(left[i])), 2 * h);
        forward.rung[i] = over(right[i], h);
        backward.rung[i] = minus(over(left[i], h));
        even[i] = over(plus(right[i], left[i]), h);
    }
    settle(&middle), settle(&forward), settle(&backward);
    bool on_left = !isnan(left[0].high), on_right = !isnan(right[0].high);
    if (!on_left && !on_right) return unknown("not finite on either side, in quad too");
    if (on_left != on_right) {
        const ladder *side = on_left ? &backward : &forward;
        return side->best < 0 ? unknown("no slope on the one side that has values, in quad too") : smooth(side, true);
    }
    if (middle.best < 0 || stays(even, middle.best)) return sides(&backward, &forward);
    return smooth(&middle, false);
}

td_slope td_quads_ask(td_quads *d, const td_direction *u, int cotangent, bool other_steps)
{
    wide left[RUNGS], right[RUNGS];
    double scale = td_problem_scale(d->p, u->input), at = scale;
    if (u->coordinate >= 0) at = td_input_at(&d->p->in[u->input], u->coordinate);
    if (!isfinite(at)) return unknown("the point is not finite");
    if (at == 0) at = scale;
    if (fabs(at) < 0x1p-900 || fabs(at) > 0x1p1000) return unknown("the point is too near 0, or too far, for steps in quad");
    d->u = u;
    d->cotangent = cotangent;
    double finest = ldexp(1, ilogb(at) + FINEST + (other_steps ? APART / 2 : 0)), h = finest;
    for (int i = 0; i < RUNGS; i++, h = ldexp(h, APART)) right[i] = phi(d, h), left[i] = phi(d, -h);
    return slope_of(left, right, finest);
}

/* ---- opening ----------------------------------------------------------------------------------------------------- */

static int64_t numbers_made(const td_context *c)
{
    int64_t n = 0;
    for (int64_t i = 0; i < td_node_count(c); i++) n += td_node(c, i)->shape->numel;
    return n;
}

static int64_t largest_input(const td_problem *p, int64_t *total)
{
    int64_t most = 1;
    *total = 0;
    for (int i = 0; i < p->n; i++) {
        *total += p->in[i].numel;
        most = p->in[i].numel > most ? p->in[i].numel : most;
    }
    return most;
}

/* Why values at the point do not vouch for its being the same curve, or NULL. */
static const char *another_curve(const td_quads *d, const td_testimony *tape)
{
    const char *why = d->numel == tape->numel ? NULL : "in quad the result has another size";
    for (int64_t j = 0; !why && j < d->numel; j++) {
        wide y = {d->high0[j], d->low0[j], d->bound0[j]}, on_tape = {tape->value[j].value, 0, 0};
        double limit = tape->value[j].bound + y.error;
        if (!isfinite(y.high)) why = "the value is not finite";
        else if (!isfinite(limit)) why = "no bound tells whether the program goes the same way in quad";
        else if (!(distance(y, on_tape) <= limit)) why = "in quad the value is another: the program may go another way";
    }
    return why;
}

static const char *why_mute(const td_quads *d, const td_tensor *y)
{
    if (!y) return d->refusal;
    if (td_dtype_of(y) != TD_F64 && td_dtype_of(y) != TD_F32) return "the result has no slope";
    if (td_has_detached(d->c)) return "the program detaches a value, which differences can't see";
    return td_numel(y) == 0 ? "the result is empty" : NULL;
}

/* The values at the point.  False: no memory. */
static bool find_result(td_quads *d, const td_testimony *tape)
{
    td_tensor *y = result_at(d, 0);
    snprintf(d->refusal, sizeof d->refusal, "it does not run in quad: %.160s", td_message(d->c));
    d->mute = why_mute(d, y);
    d->work = numbers_made(d->c);
    d->numel = d->mute ? 0 : td_numel(y);
    d->high0 = calloc((size_t)(6 * d->numel + 1), sizeof *d->high0);
    if (!d->high0) return false;
    d->low0 = d->high0 + d->numel, d->bound0 = d->low0 + d->numel;
    d->high = d->bound0 + d->numel, d->low = d->high + d->numel, d->bound = d->low + d->numel;
    if (!d->mute && read_both(y, d->high0, d->low0, d->bound0)) d->mute = another_curve(d, tape);
    td_clear_error(d->c);
    td_release(d->c, d->start);
    return true;
}

static bool start(td_quads *d, const td_testimony *tape, int64_t room)
{
    d->c = td_problem_open(d->p, td_quad_engine());
    d->leaf = calloc((size_t)d->p->n + 1, sizeof *d->leaf);
    d->rest = malloc((size_t)room * sizeof *d->rest);
    if (!d->c || !d->leaf || !d->rest) return false;
    d->start = td_mark(d->c);
    return find_result(d, tape);
}

td_quads *td_quads_open(const td_problem *p, const td_testimony *tape)
{
    td_quads *d = calloc(1, sizeof *d);
    if (!d) return NULL;
    d->p = p;
    int64_t total, room = largest_input(p, &total);
    if (!td_quad_engine()) d->mute = "this build has no quad precision";
    else if (total > LARGEST) d->mute = "too large to be asked in quad";
    else if (!start(d, tape, room)) {
        td_quads_close(d);
        return NULL;
    }
    return d;
}

void td_quads_close(td_quads *d)
{
    if (!d) return;
    td_close(d->c);
    free(d->leaf);
    free(d->rest);
    free(d->high0);
    free(d);
}

const char *td_quads_mute(const td_quads *d)
{
    return d->mute;
}

int64_t td_quads_questions(const td_quads *d)
{
    int64_t n = WORK / (1 + d->work);
    return d->mute || n > MOST ? MOST : n;
}
