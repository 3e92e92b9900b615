/* conclude.c: many comparisons, one verdict.
 *
 * DISAGREE if any comparison says so; AGREE if none does and, for the values and in each input, at least one agreed; else
 * INCONCLUSIVE.  A program that an engine refuses is settled before anything is compared. */
#include "check.h"

#include <math.h>

/* ---- the verdict ------------------------------------------------------------------------------------------------- */

static td_verdict verdict_of(int64_t agreed, int64_t disagreed, int64_t undecided)
{
    return disagreed ? TD_DISAGREE : agreed || !undecided ? TD_AGREE : TD_INCONCLUSIVE;
}

/* Of input's questions to differences, those that they left open, in quad too, or found to be at a kink. */
static int64_t not_confirmed(const td_examination *k, int input)
{
    int64_t n = k->r->input[input].fd_kinks + k->r->input[input].fd_outside;
    for (int q = 0; k->fd_open && q < k->plan.n_direction; q++)
        n += k->fd_open[q] && td_examines(k, &k->plan.direction[q], input);
    return n;
}

/* Where the engines could decide nothing, differences that all agree may. */
static void conclude_input(const td_examination *k, int input)
{
    td_check_input *in = &k->r->input[input];
    int64_t instead = not_confirmed(k, input) ? 0 : in->fd_agreed + in->quad_agreed;
    int64_t against = in->fd_disagreed + in->quad_disagreed;
    in->verdict = verdict_of(in->agreed + instead, in->disagreed + against, in->undecided);
}

/* Of those that come after slopes and second derivatives: the first that is broken. */
static const td_finding *broken(const td_examination *k)
{
    const td_finding *f[] = {&k->second_worst, &k->laws.worst, &k->repeats.worst, &k->operands.worst};
    for (int i = 0; i < 4; i++) if (f[i]->verdict == TD_DISAGREE) return f[i];
    return NULL;
}

/* The worst of all: a value before any slope, a slope before any second derivative, for the former spoil the latter. */
static void find_worst(td_examination *k)
{
    td_check_result *r = k->r;
    td_finding worst = {.input = TD_NO_FINDING};
    if (k->repeats.worst.law == td_law_repeats.name) r->worst = k->repeats.worst;   /* the cause of all the others */
    if (r->worst.verdict == TD_DISAGREE) return;
    for (int i = 0; i < r->n; i++) {
        const td_finding *f = &r->input[i].worst;
        if (f->input != TD_NO_FINDING && (worst.input == TD_NO_FINDING || td_is_worse(f, &worst))) worst = *f;
    }
    if (worst.verdict != TD_DISAGREE && broken(k)) worst = *broken(k);
    if (worst.input == TD_NO_FINDING) return;
    if (r->worst.input == TD_NO_FINDING || td_is_worse(&worst, &r->worst)) r->worst = worst;
}

/* Everything has to come out well: the values, and the slopes in each input. */
void td_conclude(td_examination *k)
{
    td_check_result *r = k->r;
    td_verdict values = verdict_of(r->values_agreed, r->values_disagreed, r->values_undecided);
    r->verdict = broken(k) ? TD_DISAGREE : values;
    for (int i = 0; i < r->n; i++) {
        conclude_input(k, i);
        if (td_rank_of(r->input[i].verdict) > td_rank_of(r->verdict)) r->verdict = r->input[i].verdict;
    }
    find_worst(k);
}

/* ---- refusals ---------------------------------------------------------------------------------------------------- */

void td_refuse(td_examination *k, td_verdict v, const char *text, const char *a, const char *b)
{
    td_finding *f = &k->r->worst;
    *f = td_finding_of(TD_ASKED_VALUE, -1, -1, (td_answer){NAN, NAN}, (td_answer){NAN, NAN});
    f->verdict = k->r->verdict = v;
    for (int i = 0; i < k->r->n; i++) {
        td_check_input *in = &k->r->input[i];
        if (!in->asked && !in->directions) in->verdict = v == TD_AGREE ? v : TD_INCONCLUSIVE;
    }
    TD_SAY(f->reason, text, a, b);
}

static bool is_of_the_machine(td_status s)
{
    return s == TD_ENOMEM || s == TD_EIO;
}

/* True: there is nothing to compare, and the verdict is given. */
bool td_settle_refusals(td_examination *k)
{
    td_status t = k->tape.status, d = k->dual.status;
    if (!t && (!d || d == TD_ESTATE)) return false;     /* no definition: differences alone are left to compare with */
    if (is_of_the_machine(t) || is_of_the_machine(d)) {
        td_refuse(k, TD_INCONCLUSIVE, "%s%s", k->tape.message, k->dual.message);
    } else if (k->tape.doubtful) {
        td_refuse(k, TD_INCONCLUSIVE, "rounding decides whether there is an answer: %s%s", k->tape.message, "");
    } else if (t && t == d) {
        k->r->refused = true;
        td_refuse(k, TD_AGREE, "every engine refuses: %s%s", k->tape.message, "");
    } else if (t && k->tape.value) {
        td_refuse(k, TD_DISAGREE, "a rule can't be run: %s%s", k->tape.message, "");
        k->r->worst.asked = TD_ASKED_SLOPE;
    } else if (t == TD_ESTATE) td_refuse(k, TD_INCONCLUSIVE, "the tape can't run it: %s%s", k->tape.message, "");
    else td_refuse(k, TD_DISAGREE, t && d ? "refused differently: tape: %.80s; dual: %.80s" :
                t ? "only the tape refuses: %s%s" : "only the dual engine refuses: %s%s", k->tape.message, k->dual.message);
    return true;
}
