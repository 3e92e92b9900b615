/* vote.c: two answers differ: who is wrong?  Differences are asked, thoroughly, at the very place.
 *
 * Slopes: whoever differences agree with is right.  Values: the kernels differ from the definitions, and differences are
 * taken on the kernels; if their slopes are the tape's and not the dual engine's, the definition is alone, and if tape and
 * dual agree on slopes that the kernels do not have, the kernel is. */
#include "check.h"
#include "explain.h"

#include <float.h>
#include <limits.h>
#include <math.h>

/* What the tape says along a random direction: its gradient is known everywhere. */
static td_answer tape_along(const td_examination *k, int cotangent, const td_direction *d)
{
    td_contraction s = {0};
    const td_answer *g = k->tape.gradient[cotangent][d->input];
    for (int64_t i = d->begin; i < d->end; i++) td_contract(&s, td_direction_at(d, d->input, i), g[i]);
    return td_contracted(&s);
}

/* Which part of a random direction still shows the difference?  -1: none alone, or nobody could be asked. */
static int bad_part(td_examination *k, td_finding *f, td_direction *part, int n)
{
    td_plan plan = {.n_direction = n, .direction = part};
    td_testimony dual = {0};
    bool asked = td_witness_dual.testify(k->p, &plan, &dual) == TD_OK && !dual.status;
    int bad = -1, c = f->cotangent;
    for (int h = 0; asked && h < n && bad < 0; h++) {
        td_answer tape = tape_along(k, c, &part[h]);
        if (td_compare(tape, dual.slope[c][h]) != TD_DISAGREE) continue;
        f->tape = tape, f->dual = dual.slope[c][h];
        bad = h;
    }
    td_testimony_free(&dual);
    return bad;
}

/* A random direction is quartered, a lane each, until one coordinate is left: 10 runs of the dual engine for 10^6. */
static void localise(td_examination *k, td_finding *f, td_direction *where)
{
    while (k->tape.gradient[f->cotangent] && where->end - where->begin > 1) {
        td_direction part[TD_LANES];
        int64_t n = where->end - where->begin;
        for (int h = 0; h < TD_LANES; h++) {
            part[h] = *where;
            part[h].begin = where->begin + n * h / TD_LANES;
            part[h].end = where->begin + n * (h + 1) / TD_LANES;
        }
        int bad = bad_part(k, f, part, TD_LANES);
        if (bad < 0) return;
        *where = part[bad];
    }
    if (where->end - where->begin == 1) f->coordinate = where->begin;
}

/* A random direction through all inputs is tried with each of them alone, TD_LANES at once; false: none alone. */
static bool localise_input(td_examination *k, td_finding *f, td_direction *where)
{
    td_direction part[TD_LANES];
    int lanes = 0, bad = -1;
    for (int i = 0; i < k->p->n && bad < 0; i++) {
        if (k->tape.gradient[f->cotangent][i]) {
            part[lanes++] = (td_direction){i, -1, 0, k->p->in[i].numel, where->seed + (uint64_t)i};
        }
        if (!lanes || (lanes < TD_LANES && i + 1 < k->p->n)) continue;
        bad = bad_part(k, f, part, lanes);
        if (bad >= 0) *where = part[bad], f->input = where->input;
        lanes = 0;
    }
    return bad >= 0;
}

/* The direction of a finding: a coordinate, or the random one that showed it. */
static td_direction direction_of(td_examination *k, td_finding *f)
{
    int input = f->input;
    td_direction d = {.input = f->input, .coordinate = f->coordinate};
    for (int q = 0; q < k->plan.n_direction && f->coordinate < 0; q++) {
        const td_direction *e = &k->plan.direction[q];
        if (e->input != input || e->coordinate >= 0) continue;
        if (k->tape.slope[f->cotangent][q].value != f->tape.value) continue;
        d = *e;
        if (d.input >= 0 || (k->tape.gradient[f->cotangent] && localise_input(k, f, &d))) localise(k, f, &d);
        break;
    }
    return d;
}

/* One entry of the result alone, where it is known which. */
static int cotangent_of(const td_finding *f)
{
    return f->output >= 0 && f->output < INT_MAX - TD_COTANGENTS ? TD_COTANGENTS + (int)f->output : f->cotangent;
}

/* The thorough answer knows kinks, the quick one has the smaller error bar; of a large problem it is enough. */
static td_slope measured_once(td_examination *k, const td_direction *d, int cotangent)
{
    td_slope quick = td_differences_ask(k->fd, d, cotangent, false);
    if (!k->o.coordinates && quick.kind == TD_SLOPE_SMOOTH) return quick;
    td_slope slow = td_differences_ask(k->fd, d, cotangent, true);
    bool smooth = slow.kind == TD_SLOPE_SMOOTH && quick.kind == TD_SLOPE_SMOOTH;
    return smooth && fabs(slow.value - quick.value) <= 3 * slow.error ? quick : slow;
}

/* Where rounding looks like roughness, values are taken to be as uncertain as their bounds say. */
static td_slope measured(td_examination *k, const td_direction *d, int cotangent)
{
    td_slope s = measured_once(k, d, cotangent);
    if (s.kind != TD_SLOPE_UNKNOWN) return s;
    td_differences_doubt(k->fd, k->tape.value);
    td_slope again = measured_once(k, d, cotangent);
    td_differences_doubt(k->fd, NULL);
    return again.kind == TD_SLOPE_SMOOTH ? again : s;
}

/* Two answers differ, and differences do not say which is right: why not? */
static void say_why_unclear(td_finding *f, const td_slope *s)
{
    double apart = fabs(f->tape.value - f->dual.value);
    if (s->kind == TD_SLOPE_UNKNOWN) TD_SAY(f->reason, "differences can't tell who is right: %s", s->reason);
    else if (s->kind == TD_SLOPE_KINK) TD_SAY(f->reason, "at a kink any slope between the one-sided ones may be right");
    else if (apart <= 20 * s->error) TD_SAY(f->reason, "differences are too coarse here to tell who is right");
    else TD_SAY(f->reason, "differences agree with neither: there is no trusting them here");
}

static void vote_on_slope(td_examination *k, td_finding *f, const td_direction *d)
{
    td_slope s = measured(k, d, cotangent_of(f));
    f->alone = td_vote(f->tape, f->dual, &s, fmax(fabs(f->tape.value), fabs(f->dual.value)));
    f->left = s.kind == TD_SLOPE_KINK ? s.left : NAN;
    f->right = s.kind == TD_SLOPE_KINK ? s.right : NAN;
    if (s.kind == TD_SLOPE_SMOOTH) f->differences = (td_answer){s.value, 10 * s.error};
    if (f->alone == TD_UNCLEAR && !f->reason[0]) say_why_unclear(f, &s);
}

/* Where the engines' quarrel is too fine for doubles.  Both families of steps have to say the same. */
static void vote_in_quad(td_examination *k, td_finding *f, const td_direction *d)
{
    if ((k->o.skip & TD_SKIP_QUAD) || !td_open_quads(k) || td_quads_mute(k->quads) || !td_quads_questions(k->quads)) return;
    double mass = fmax(fabs(f->tape.value), fabs(f->dual.value));
    td_slope s = td_quads_ask(k->quads, d, cotangent_of(f), false), t = td_quads_ask(k->quads, d, cotangent_of(f), true);
    td_alone a = td_vote(f->tape, f->dual, &s, mass);
    if (s.kind != TD_SLOPE_SMOOTH || a == TD_UNCLEAR || td_vote(f->tape, f->dual, &t, mass) != a) return;
    f->alone = a;
    f->differences = (td_answer){s.value, 10 * s.error + DBL_EPSILON * fabs(s.value)};
    f->reason[0] = 0;
    f->quad = true;
}

static void vote_on_value(td_examination *k, td_finding *f)
{
    for (int q = 0; q < k->plan.n_direction && f->alone == TD_UNCLEAR; q++) {
        if (!td_plan_differs(&k->plan, q, k->o.differences)) continue;
        td_answer tape = k->tape.slope[0][q], dual = k->dual.slope[0][q];
        td_slope s = measured(k, &k->plan.direction[q], 0);
        const char *reason;
        td_fd_outcome t = td_compare_slope(&s, tape, k->dual.mass[q], &reason);
        td_fd_outcome d = td_compare_slope(&s, dual, k->dual.mass[q], &reason);
        bool same = td_compare(tape, dual) == TD_AGREE;
        if (t == TD_FD_AGREED && d == TD_FD_DISAGREED) f->alone = TD_ALONE_DUAL;
        if (t == TD_FD_DISAGREED && d == TD_FD_DISAGREED && same) f->alone = TD_ALONE_TAPE;
    }
}

void td_vote_on_worst(td_examination *k)
{
    td_finding *f = &k->r->worst;
    bool slope = f->asked == TD_ASKED_SLOPE;
    td_direction d = slope ? direction_of(k, f) : (td_direction){0};
    if (slope && !(k->o.skip & TD_SKIP_BLAME)) td_locate_output(k->p, k->tape.numel, f);
    if (f->alone != TD_NOBODY || (!slope && f->asked != TD_ASKED_VALUE)) return;
    f->alone = TD_UNCLEAR;
    if ((k->o.skip & TD_SKIP_DIFFERENCES) || !td_open_differences(k)) return;
    if (!td_differences_mute(k->fd)) {
        if (slope) vote_on_slope(k, f, &d);
        else vote_on_value(k, f);
    }
    if (slope && f->alone == TD_UNCLEAR) vote_in_quad(k, f, &d);
}
