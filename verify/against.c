/* against.c: what the engines claim, put to differences.
 *
 * A few questions an input, and all those that the engines leave open.  An objection is asked once more, thoroughly, and at
 * points nearby, before it is believed against both engines; a kink is no objection. */
#include "check.h"

#include <math.h>
#include <stdlib.h>

static int64_t *tally(td_check_input *in, td_fd_outcome o, bool quad)
{
    switch (o) {
    case TD_FD_AGREED: return quad ? &in->quad_agreed : &in->fd_agreed;
    case TD_FD_KINK: return quad ? &in->quad_kinks : &in->fd_kinks;
    case TD_FD_OUTSIDE: return quad ? &in->quad_kinks : &in->fd_outside;
    case TD_FD_DISAGREED: return quad ? &in->quad_disagreed : &in->fd_disagreed;
    default: return quad ? &in->quad_undecided : &in->fd_undecided;
    }
}

/* What came of question q, noted with each input that it asks of; reason: of what is undecided. */
static void note(td_examination *k, int q, td_fd_outcome o, bool quad, const char *reason)
{
    for (int i = 0; i < k->r->n; i++) {
        td_check_input *in = &k->r->input[i];
        if (!td_examines(k, &k->plan.direction[q], i)) continue;
        ++*tally(in, o, quad);
        char *why = quad ? in->quad_reason : in->fd_reason;
        if (o == TD_FD_UNDECIDED && !why[0]) snprintf(why, TD_REASON, "%s", reason);
    }
    if (!quad) k->fd_open[q] = o == TD_FD_UNDECIDED;
    else if (o == TD_FD_AGREED) k->fd_open[q] = false;
}

/* The input asked about; of a question through all of them, the first. */
static td_check_input *asked_of(const td_examination *k, int q)
{
    int i = 0;
    while (!td_examines(k, &k->plan.direction[q], i)) i++;
    return &k->r->input[i];
}

/* What the engines and differences say along direction q. */
static td_finding against_differences(const td_examination *k, int q, const td_slope *s, bool quad)
{
    const td_direction *d = &k->plan.direction[q];
    bool kink = s->kind == TD_SLOPE_KINK;
    td_finding f = td_finding_of(TD_ASKED_SLOPE, d->input, d->coordinate, k->tape.slope[0][q], k->dual.slope[0][q]);
    if (!kink) f.differences = (td_answer){s->value, 10 * s->error};
    f.left = kink ? s->left : s->value;
    f.right = kink ? s->right : s->value;
    f.quad = quad;
    return f;
}

static void object(td_examination *k, int q, const td_slope *s, bool quad)
{
    td_finding f = against_differences(k, q, s, quad);
    bool alone = k->dual.status;       /* no second engine */
    f.verdict = TD_DISAGREE;
    f.alone = alone ? TD_UNCLEAR : TD_ALONE_DIFFERENCES;
    if (s->kind != TD_SLOPE_KINK) f.left = f.right = NAN;
    if (alone) TD_SAY(f.reason, "confirmed by a second family of steps and at points nearby; %.110s", k->dual.message);
    else TD_SAY(f.reason, "both engines against differences%s, confirmed by a second family of steps and at points nearby",
                quad ? " in quad" : "");
    td_weigh(k, &f, &asked_of(k, q)->worst);
}

/* The first kink of an input is kept; one that the claim lies outside of goes before those it lies inside of. */
static void keep_kink(td_examination *k, int q, const td_slope *s, bool outside, bool quad)
{
    td_finding f = against_differences(k, q, s, quad);
    td_check_input *in = asked_of(k, q);
    bool first = outside ? !in->fd_outside : in->kink.verdict != TD_KINK;
    f.verdict = TD_KINK;
    TD_SAY(f.reason, outside ? "the engines' convention lies outside the one-sided slopes; at points nearby nobody objects" :
           "the engines' convention lies within the one-sided slopes");
    if (first) in->kink = f;
}

/* Noise is measured, and what does not move with x is not heard: a saturated term, a small one beside a large.  So both
 * engines are contradicted only by more than rounding can do to the values, by their bounds. */
static bool rounding_explains(const td_examination *k, const td_slope *s, td_answer claim)
{
    double rounding = 0;
    if (k->dual.status || s->kind != TD_SLOPE_SMOOTH) return false;
    for (int64_t j = 0; j < k->tape.numel; j++) rounding += fabs(td_cotangent_at(k->p, 0, j)) * k->tape.value[j].bound;
    return !(fabs(claim.value - s->value) > 10 * s->error + s->leverage * rounding);
}

/* What differences say of question q, which they could tell or not; an objection is looked at from nearby. */
static void settle(td_examination *k, int q, td_fd_outcome o, const td_slope *s, bool quad, const char *reason)
{
    bool objects = o == TD_FD_DISAGREED || o == TD_FD_OUTSIDE;
    if (objects) o = td_kink_is_isolated(k, q, quad) ? TD_FD_OUTSIDE : TD_FD_DISAGREED;
    if (o == TD_FD_KINK || o == TD_FD_OUTSIDE) keep_kink(k, q, s, o == TD_FD_OUTSIDE, quad);
    if (o == TD_FD_DISAGREED) object(k, q, s, quad);
    note(k, q, o, quad, reason);
}

/* What the engines claim, put to differences.  A user's op without a definition leaves the tape without a bound and
 * without a second engine; then a slope is taken to be good to 1 %, so that differences can object to a wrong one. */
static void difference(td_examination *k, int q)
{
    const char *reason = td_differences_mute(k->fd);
    if (reason) {
        note(k, q, TD_FD_UNDECIDED, false, reason);
        return;
    }
    td_answer claim = k->tape.slope[0][q];
    if (k->dual.status && !isfinite(claim.bound)) claim.bound = fabs(claim.value) / 100;
    td_slope s = td_differences_ask(k->fd, &k->plan.direction[q], 0, false);
    td_fd_outcome o = td_compare_slope(&s, claim, k->dual.mass[q], &reason);
    if (o == TD_FD_DISAGREED || o == TD_FD_OUTSIDE) {
        s = td_differences_ask(k->fd, &k->plan.direction[q], 0, true);
        o = td_compare_slope(&s, claim, k->dual.mass[q], &reason);
    }
    if (o == TD_FD_DISAGREED && rounding_explains(k, &s, claim)) {
        o = TD_FD_UNDECIDED;
        reason = "the values are rounded too much to tell at the steps that can be taken";
    }
    if (o == TD_FD_DISAGREED && !k->dual.status && td_differences_step(k->fd)) {
        o = TD_FD_UNDECIDED;
        reason = "the program rounds to whole numbers, and over many of its jumps differences see their mean";
    }
    settle(k, q, o, &s, false, reason);
}

bool td_open_differences(td_examination *k)
{
    if (!k->fd) k->fd = td_differences_open(k->p);
    return k->fd != NULL;
}

bool td_compare_differences(td_examination *k)
{
    if (k->o.skip & TD_SKIP_DIFFERENCES) return true;
    k->fd_open = calloc((size_t)k->plan.n_direction + 1, sizeof *k->fd_open);
    if (!k->fd_open || (k->plan.n_direction && !td_open_differences(k))) return false;
    for (int q = 0; q < k->plan.n_direction; q++) {
        td_clock_tell(&k->clock, (double)q / k->plan.n_direction);
        bool engines_agree = k->dual.status || td_compare(k->tape.slope[0][q], k->dual.slope[0][q]) != TD_DISAGREE;
        bool open = td_compare(k->tape.slope[0][q], k->dual.slope[0][q]) == TD_INCONCLUSIVE;
        if (engines_agree && (open || td_plan_differs(&k->plan, q, k->o.differences))) difference(k, q);
    }
    return true;
}

/* ---- in quad ----------------------------------------------------------------------------------------------------- */

bool td_open_quads(td_examination *k)
{
    if (!k->quads) k->quads = td_quads_open(k->p, &k->tape);
    return k->quads != NULL;
}

static void ask_in_quad(td_examination *k, int q)
{
    const td_direction *u = &k->plan.direction[q];
    td_answer claim = k->tape.slope[0][q];
    const char *reason;
    td_slope s = td_quads_ask(k->quads, u, 0, false);
    td_fd_outcome o = td_compare_slope(&s, claim, k->dual.mass[q], &reason);
    if (o == TD_FD_DISAGREED || o == TD_FD_OUTSIDE) {
        s = td_quads_ask(k->quads, u, 0, true);
        o = td_compare_slope(&s, claim, k->dual.mass[q], &reason);
    }
    settle(k, q, o, &s, true, reason);
}

/* Few enough numbers that one question more costs next to nothing. */
static bool is_small(const td_examination *k)
{
    enum { SMALL = 256 };
    int64_t n = k->tape.numel;
    for (int i = 0; i < k->p->n; i++) n += k->p->in[i].numel;
    return n <= SMALL;
}

/* A question that differences left open; and one of all, since what both engines have wrong in the tenth digit is too fine
 * for differences in double.  A quarrel of the engines is for the vote. */
static bool wanted(const td_examination *k, int q)
{
    bool drawn = (uint64_t)q == td_hash(k->o.seed, UINT64_C(0x9ad)) % (uint64_t)k->plan.n_direction;
    bool quarrel = !k->dual.status && td_compare(k->tape.slope[0][q], k->dual.slope[0][q]) == TD_DISAGREE;
    return k->fd_open[q] || (drawn && !quarrel && is_small(k) && td_quad_engine());
}

bool td_compare_quads(td_examination *k)
{
    int64_t asked = 0;
    for (int q = 0; k->fd_open && !(k->o.skip & TD_SKIP_QUAD) && q < k->plan.n_direction; q++) {
        if (!wanted(k, q)) continue;
        if (!td_open_quads(k)) return false;
        const char *mute = td_quads_mute(k->quads);
        if (!mute && asked++ >= td_quads_questions(k->quads)) mute = "more questions than are asked in quad of this size";
        if (mute) note(k, q, TD_FD_UNDECIDED, true, mute);
        else ask_in_quad(k, q);
    }
    return true;
}
