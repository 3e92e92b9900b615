/* vote.c: two answers differ: who is wrong?  Differences are asked, thoroughly, at the very place.
 *
 * Slopes: whoever differences agree with is right.  Values: the kernels differ from the definitions, and differences are
 * taken on the kernels; if their slopes are the tape's and not the dual engine's, the definition is alone, and if tape and
 * dual agree on slopes that the kernels do not have, the kernel is. */
#include "check.h"

#include <math.h>

/* Which half of a random direction still shows the difference?  -1: neither alone, or nobody could be asked. */
static int bad_half(td_examination *k, td_finding *f, td_direction half[2])
{
    td_plan plan = {.n_direction = 2, .direction = half};
    td_testimony tape = {0}, dual = {0};
    bool asked = td_witness_tape.testify(k->p, &plan, &tape) == TD_OK;
    asked = asked && td_witness_dual.testify(k->p, &plan, &dual) == TD_OK;
    int bad = -1, c = f->cotangent;
    for (int h = 0; asked && !tape.status && !dual.status && h < 2 && bad < 0; h++) {
        if (td_compare(tape.slope[c][h], dual.slope[c][h]) == TD_DISAGREE) bad = h;
    }
    if (bad >= 0) f->tape = tape.slope[c][bad], f->dual = dual.slope[c][bad];
    td_testimony_free(&tape);
    td_testimony_free(&dual);
    return bad;
}

/* A random direction is halved until one coordinate is left; O(log n) runs. */
static void localise(td_examination *k, td_finding *f, td_direction *where)
{
    while (where->end - where->begin > 1) {
        int64_t middle = where->begin + (where->end - where->begin) / 2;
        td_direction half[2] = {*where, *where};
        half[0].end = half[1].begin = middle;
        int bad = bad_half(k, f, half);
        if (bad < 0) return;
        *where = half[bad];
    }
    f->coordinate = where->begin;
}

/* The direction of a finding: a coordinate, or the random one that showed it. */
static td_direction direction_of(td_examination *k, td_finding *f)
{
    td_direction d = {.input = f->input, .coordinate = f->coordinate};
    for (int q = 0; q < k->plan.n_direction && f->coordinate < 0; q++) {
        const td_direction *e = &k->plan.direction[q];
        if (e->input != f->input || e->coordinate >= 0) continue;
        if (k->tape.slope[f->cotangent][q].value != f->tape.value) continue;
        d = *e;
        localise(k, f, &d);
        break;
    }
    return d;
}

/* The thorough answer knows kinks, the quick one has the smaller error bar. */
static td_slope measured(td_examination *k, const td_direction *d, int cotangent)
{
    td_slope slow = td_differences_ask(k->fd, d, cotangent, true), quick = td_differences_ask(k->fd, d, cotangent, false);
    bool smooth = slow.kind == TD_SLOPE_SMOOTH && quick.kind == TD_SLOPE_SMOOTH;
    return smooth && fabs(slow.value - quick.value) <= 3 * slow.error ? quick : slow;
}

static void vote_on_slope(td_examination *k, td_finding *f, const td_direction *d)
{
    td_slope s = measured(k, d, f->cotangent);
    f->alone = td_vote(f->tape, f->dual, &s, fmax(fabs(f->tape.value), fabs(f->dual.value)));
    f->left = s.kind == TD_SLOPE_KINK ? s.left : NAN;
    f->right = s.kind == TD_SLOPE_KINK ? s.right : NAN;
    if (s.kind == TD_SLOPE_SMOOTH) f->differences = (td_answer){s.value, 10 * s.error};
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
    if (f->alone != TD_NOBODY || (!slope && f->asked != TD_ASKED_VALUE)) return;
    f->alone = TD_UNCLEAR;
    td_direction d = slope ? direction_of(k, f) : (td_direction){0};
    if ((k->o.skip & TD_SKIP_DIFFERENCES) || !td_open_differences(k) || td_differences_mute(k->fd)) return;
    if (slope) vote_on_slope(k, f, &d);
    else vote_on_value(k, f);
}
