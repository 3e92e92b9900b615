/* against.c: what the engines claim, put to differences.
 *
 * A few questions an input, and all those that the engines leave open.  An objection is asked once more, thoroughly, and at
 * points nearby, before it is believed against both engines; a kink is no objection. */
#include "check.h"

#include <math.h>

static void note_fd(td_check_input *in, const char *reason)
{
    in->fd_undecided++;
    if (!in->fd_reason[0]) TD_SAY(in->fd_reason, "%s", reason);
}

/* What the engines and differences say along direction q. */
static td_finding against_differences(const td_examination *k, int q, const td_slope *s)
{
    const td_direction *d = &k->plan.direction[q];
    bool kink = s->kind == TD_SLOPE_KINK;
    td_finding f = td_finding_of(TD_ASKED_SLOPE, d->input, d->coordinate, k->tape.slope[0][q], k->dual.slope[0][q]);
    if (!kink) f.differences = (td_answer){s->value, 10 * s->error};
    f.left = kink ? s->left : s->value;
    f.right = kink ? s->right : s->value;
    return f;
}

static void object(td_examination *k, int q, const td_slope *s)
{
    td_finding f = against_differences(k, q, s);
    td_check_input *in = &k->r->input[f.input];
    bool alone = k->dual.status;       /* no second engine */
    f.verdict = TD_DISAGREE;
    f.alone = alone ? TD_UNCLEAR : TD_ALONE_DIFFERENCES;
    if (s->kind != TD_SLOPE_KINK) f.left = f.right = NAN;
    if (alone) TD_SAY(f.reason, "confirmed by a second family of steps and at points nearby; %.110s", k->dual.message);
    else TD_SAY(f.reason, "both engines against differences, confirmed by a second family of steps and at points nearby");
    in->fd_disagreed++;
    td_weigh(k, &f, &in->worst);
}

/* The first kink of an input is kept; one that the claim lies outside of goes before those it lies inside of. */
static void note_kink(td_examination *k, int q, const td_slope *s, bool outside)
{
    td_finding f = against_differences(k, q, s);
    td_check_input *in = &k->r->input[f.input];
    bool first = outside ? !in->fd_outside : !in->fd_outside && !in->fd_kinks;
    f.verdict = TD_KINK;
    TD_SAY(f.reason, outside ? "the engines' convention lies outside the one-sided slopes; at points nearby nobody objects" :
           "the engines' convention lies within the one-sided slopes");
    if (first) in->kink = f;
    if (outside) in->fd_outside++;
    else in->fd_kinks++;
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

/* What the engines claim, put to differences.  A user's op without a definition leaves the tape without a bound and
 * without a second engine; then a slope is taken to be good to 1 %, so that differences can object to a wrong one. */
static void difference(td_examination *k, int q)
{
    td_check_input *in = &k->r->input[k->plan.direction[q].input];
    const char *reason = td_differences_mute(k->fd);
    if (reason) {
        note_fd(in, reason);
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
    if (o == TD_FD_AGREED) in->fd_agreed++;
    else if (o == TD_FD_UNDECIDED) note_fd(in, reason);
    else if (o == TD_FD_KINK || td_kink_is_isolated(k, q)) note_kink(k, q, &s, o != TD_FD_KINK);
    else object(k, q, &s);
}

bool td_open_differences(td_examination *k)
{
    if (!k->fd) k->fd = td_differences_open(k->p);
    return k->fd != NULL;
}

bool td_compare_differences(td_examination *k)
{
    if (k->o.skip & TD_SKIP_DIFFERENCES) return true;
    if (k->plan.n_direction && !td_open_differences(k)) return false;
    for (int q = 0; q < k->plan.n_direction; q++) {
        td_clock_tell(&k->clock, (double)q / k->plan.n_direction);
        bool engines_agree = k->dual.status || td_compare(k->tape.slope[0][q], k->dual.slope[0][q]) != TD_DISAGREE;
        bool open = td_compare(k->tape.slope[0][q], k->dual.slope[0][q]) == TD_INCONCLUSIVE;
        if (engines_agree && (open || td_plan_differs(&k->plan, q, k->o.differences))) difference(k, q);
    }
    return true;
}
