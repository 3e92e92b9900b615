/* verdict.c: what the comparisons of a trial amount to: whose claim is wrong, where, and how it looks.
 *
 * A broken law comes before an objection of differences, and that before two claims that merely contradict each other, for
 * it names the culprit.  A random question that shows a fault is halved, u first and then w, until an entry is left. */
#include "function/trial.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#define SAY(text, ...) snprintf(text, sizeof(text), __VA_ARGS__)

enum { NOBODY = -1, TRIES = 4 };

void td_trial_count(td_trial *t, td_verdict v)
{
    if (v == TD_AGREE) t->agreed++;
    else if (v == TD_DISAGREE) t->disagreed++;
    else t->undecided++;
}

static td_finding finding_at(const td_trial *t, int claim, int64_t e)
{
    const td_direction *u = &t->q.u[e % t->q.n_u], *w = &t->q.w[e / t->q.n_u];
    return (td_finding){.verdict = TD_DISAGREE, .asked = t->f->asked, .input = 0, .coordinate = u->coordinate,
                        .output = w->coordinate, .by = t->f->claim[claim].routine.name,
                        .tape = t->answer[claim * t->all + e], .dual = {NAN, NAN}, .differences = {NAN, NAN},
                        .left = NAN, .right = NAN};
}

static void keep(td_trial *t, const td_finding *f, int claim, int64_t e, double strain)
{
    if (t->strain > 0 && strain <= t->strain) return;
    t->worst = *f;
    t->culprit = claim;
    t->entry = e;
    t->strain = strain;
}

/* ---- two claims -------------------------------------------------------------------------------------------------- */

static int friends(const td_trial *t, int claim, int other, int64_t e)
{
    int n = 0;
    for (int i = 0; i < t->f->n_claim; i++) {
        if (i == claim || i == other) continue;
        n += td_compare(t->answer[i * t->all + e], t->answer[claim * t->all + e]) == TD_AGREE;
    }
    return n;
}

/* The one with fewer friends stands alone.  Never above a finding of differences: strains below 1. */
void td_trial_pair(td_trial *t, int a, int b, int64_t e)
{
    int with_a = friends(t, a, b, e), with_b = friends(t, b, a, e);
    int alone = with_b < with_a ? b : a, other = alone == a ? b : a;
    td_finding f = finding_at(t, alone, e);
    double strain = td_strain(t->answer[a * t->all + e], t->answer[b * t->all + e]);
    f.dual = t->answer[other * t->all + e];
    f.against = t->f->claim[other].routine.name;
    f.alone = with_a == with_b ? TD_UNCLEAR : TD_ALONE_CLAIM;
    SAY(f.reason, "the claims contradict each other%s", with_a == with_b ? "" : ", and another one decides");
    keep(t, &f, alone, e, isfinite(strain) ? strain / (1 + strain) : 1);
}

void td_trial_asymmetry(td_trial *t, int64_t i, int64_t j, td_answer a, td_answer b)
{
    td_finding f = finding_at(t, 0, j * t->q.n_u + i);
    double strain = td_strain(a, b);
    f.asked = TD_ASKED_SYMMETRY;
    f.alone = TD_ALONE_CLAIM;
    f.tape = a, f.dual = b;
    f.against = f.by;
    SAY(f.reason, "its entry (%lld, %lld) and the mirror image differ: second derivatives are symmetric", (long long)j,
        (long long)i);
    t->disagreed++;
    keep(t, &f, 0, j * t->q.n_u + i, isfinite(strain) ? strain / (1 + strain) : 1);
}

/* ---- a claim and differences ------------------------------------------------------------------------------------- */

static int companion(const td_trial *t, int claim, int64_t e, bool outside)
{
    for (int i = 0; i < t->f->n_claim; i++) {
        bool out = t->f->claim[i].kind == TD_CLAIM_COMPLEX;
        if (i == claim || out != outside) continue;
        if (td_compare(t->answer[i * t->all + e], t->answer[claim * t->all + e]) == TD_AGREE) return i;
    }
    return NOBODY;
}

static void object(td_trial *t, int claim, int64_t e)
{
    const td_slope *s = &t->slope[e];
    td_finding f = finding_at(t, claim, e);
    int outside = companion(t, claim, e, true), inside = companion(t, claim, e, false);
    f.differences = (td_answer){s->value, 10 * s->error};
    f.alone = outside == NOBODY ? TD_ALONE_CLAIM : TD_ALONE_DIFFERENCES;
    if (outside != NOBODY) SAY(f.reason, "claim and complex step against differences of value: are both the same function?");
    else if (inside != NOBODY) SAY(f.reason, "the claims agree with each other and not with the function");
    else SAY(f.reason, "against differences, confirmed by a second family of steps");
    t->wrong[claim * t->all + e] = true;
    if (s->kind == TD_SLOPE_KINK) {
        f.differences = (td_answer){NAN, NAN};
        f.left = s->left, f.right = s->right;
        SAY(f.reason, "at a kink, and not between its one-sided slopes");
    }
    keep(t, &f, claim, e, s->kind == TD_SLOPE_KINK ? 1 : 1 + td_strain(f.tape, f.differences));
}

/* Between the one-sided slopes any claim is right for an entry of J; a sum of kinks that differ in sign allows more. */
static td_fd_outcome beside_kink(const td_trial *t, int64_t e)
{
    bool entry = t->q.u[e % t->q.n_u].coordinate >= 0 && t->q.w[e / t->q.n_u].coordinate >= 0;
    return entry ? TD_FD_DISAGREED : TD_FD_UNDECIDED;
}

static void note_resolution(td_trial *t, int claim, int64_t e)
{
    const td_slope *s = &t->slope[e];
    double size = fabs(s->value), limit = 10 * s->error + t->answer[claim * t->all + e].bound;
    td_check_input *in = t->r->input;
    if (t->f->asked != TD_ASKED_SLOPE || !(limit < size)) return;
    in->resolution = fmax(in->resolution, limit / size);
    if (t->q.u[e % t->q.n_u].coordinate >= 0) in->resolution_one = fmax(in->resolution_one, limit / size);
}

/* The complex step, too, is judged, but it is no claim. */
void td_trial_differed(td_trial *t, int claim, int64_t e, td_fd_outcome o, const char *reason)
{
    td_check_input *in = t->r->input;
    if (o == TD_FD_OUTSIDE) o = beside_kink(t, e);
    if (o == TD_FD_AGREED || o == TD_FD_KINK) t->supported[claim]++;
    if (o == TD_FD_AGREED) note_resolution(t, claim, e);
    if (o == TD_FD_DISAGREED) object(t, claim, e);
    t->differed += o == TD_FD_DISAGREED;
    if (t->f->asked != TD_ASKED_SLOPE) {
        td_trial_count(t, o == TD_FD_DISAGREED ? TD_DISAGREE : o == TD_FD_UNDECIDED ? TD_INCONCLUSIVE : TD_AGREE);
        return;
    }
    int64_t *const counts[] = {[TD_FD_AGREED] = &in->fd_agreed, [TD_FD_KINK] = &in->fd_kinks,
                               [TD_FD_DISAGREED] = &in->fd_disagreed, [TD_FD_UNDECIDED] = &in->fd_undecided};
    ++*counts[o];
    if (o == TD_FD_UNDECIDED && !in->fd_reason[0]) SAY(in->fd_reason, "%s", reason);
}

/* ---- which entry ------------------------------------------------------------------------------------------------- */

/* Does the culprit's claim disagree with differences at (w, u)?  Leaves the answers in the finding if so.  -1: no memory.
 * */
static int is_wrong_at(td_trial *t, const td_direction *u, const td_direction *w)
{
    td_questions q = {1, 1, u, w};
    td_answer a;
    const char *reason;
    if (!td_claim_answer(t->f, &t->f->claim[t->culprit], &q, td_hash(t->f->seed, 100), &a)) return -1;
    td_curves *c = td_curves_open(t->f, t->y0, &q, u);
    if (!c) return -1;
    td_slope s = td_curves_ask(c, 0, &a, 1);
    td_curves_close(c);
    if (td_compare_slope(&s, a, fmax(fabs(a.value), fabs(s.value)), &reason) != TD_FD_DISAGREED) return 0;
    t->worst.tape = a;
    t->worst.differences = (td_answer){s.value, 10 * s.error};
    return 1;
}

/* Halves *d, which is u or w, as long as one half shows the fault; noise may hide it in one direction, not in all. */
static bool halve(td_trial *t, td_direction *d, int64_t size, const td_direction *u, const td_direction *w)
{
    if (d->coordinate < 0 && d->end > size) d->end = size;
    while (d->coordinate < 0 && d->end - d->begin > 1) {
        td_direction whole = *d;
        int64_t middle = whole.begin + (whole.end - whole.begin) / 2;
        int said = 0;
        for (int h = 0; h < 2 * TRIES && !said; h++) {
            *d = whole;
            d->seed += (uint64_t)h / 2;
            if (h % 2) d->begin = middle;
            else d->end = middle;
            said = is_wrong_at(t, u, w);
        }
        if (said < 0) return false;
        if (!said) {
            *d = whole;
            return true;
        }
    }
    if (d->coordinate < 0) *d = (td_direction){0, d->begin, d->begin, d->end, 0};
    return true;
}

static bool localise(td_trial *t)
{
    td_direction u = t->q.u[t->entry % t->q.n_u], w = t->q.w[t->entry / t->q.n_u];
    bool random = u.coordinate < 0 || w.coordinate < 0;
    if (!random || isnan(t->worst.differences.value)) return true;
    if (!halve(t, &u, t->f->n, &u, &w) || !halve(t, &w, t->f->m, &u, &w)) return false;
    t->worst.coordinate = u.coordinate;
    t->worst.output = w.coordinate;
    return u.coordinate < 0 || w.coordinate < 0 || is_wrong_at(t, &u, &w) >= 0;
}

/* ---- what it looks like ------------------------------------------------------------------------------------------ */

static bool hint(td_trial *t, char *text)
{
    const td_finding *f = &t->worst;
    double truth = isnan(f->differences.value) ? f->dual.value : f->differences.value;
    if (!t->whole || isnan(f->differences.value)) {
        bool one = f->coordinate >= 0 && f->output >= 0 && f->alone == TD_ALONE_CLAIM && f->asked != TD_ASKED_SYMMETRY;
        if (one) td_ratio_hint(f->tape.value, truth, t->f->m, t->f->n, text);
        return true;
    }
    double *claim = malloc((size_t)(2 * t->all) * sizeof *claim);
    if (!claim) return false;
    for (int64_t e = 0; e < t->all; e++) {
        claim[e] = t->answer[t->culprit * t->all + e].value;
        claim[t->all + e] = t->slope[e].value;
    }
    td_function_hint(claim, claim + t->all, t->wrong + t->culprit * t->all, t->f->m, t->f->n, text);
    free(claim);
    return true;
}

static void blame(td_check_result *r, const td_function *function, int64_t n, int64_t m)
{
    td_blame *b = &r->blame;
    const td_finding *f = &r->worst;
    *b = (td_blame){.found = f->alone == TD_ALONE_CLAIM, .op = f->by, .inside = function->name, .asked = f->asked,
                    .operand = 0, .coordinate = f->coordinate, .tape = f->tape, .dual = f->differences};
    if (isnan(b->dual.value)) b->dual = f->dual;
    SAY(b->shapes, "R^%lld -> R^%lld", (long long)n, (long long)m);
}

static td_finding broken_law(const td_door *d)
{
    td_finding f = {.verdict = TD_DISAGREE, .alone = TD_ALONE_CLAIM, .asked = TD_ASKED_LAW, .law = d->law, .input = 0,
                    .coordinate = -1, .output = d->entry, .by = d->routine, .tape = {NAN, NAN}, .dual = {NAN, NAN},
                    .differences = {NAN, NAN}, .left = NAN, .right = NAN};
    if (d->entry < 0) SAY(f.reason, "the %s %s", d->routine, d->law);
    else SAY(f.reason, "the %s %s: number %lld", d->routine, d->law, (long long)d->entry);
    return f;
}

static void convict_for_law(td_trial *t)
{
    t->worst = broken_law(t->f->door);
    t->strain = INFINITY;
}

void td_function_convict(td_check_result *r, const td_function *f, const td_door *d)
{
    r->worst = r->input->worst = broken_law(d);
    r->worst.grade = r->input->worst.grade = TD_WRONG;
    r->verdict = r->input->verdict = TD_DISAGREE;
    blame(r, f, f->n, f->m ? f->m : 1);
}

/* ---- the verdict ------------------------------------------------------------------------------------------------- */

void td_trial_give_up(td_trial *t, const char *reason)
{
    td_check_result *r = t->r;
    if (t->f->asked == TD_ASKED_SECOND) {
        r->second_undecided++;
        SAY(r->second_reason, "%s", reason);
        return;
    }
    r->verdict = r->worst.verdict = r->input->verdict = TD_INCONCLUSIVE;
    SAY(r->worst.reason, "%s", reason);
}

static void add_counts(td_trial *t)
{
    td_check_input *in = t->r->input;
    if (t->f->asked == TD_ASKED_SECOND) {
        t->r->second_agreed += t->agreed;
        t->r->second_disagreed += t->disagreed + t->differed;
        t->r->second_undecided += t->undecided;
        return;
    }
    in->agreed += t->agreed;
    in->disagreed += t->disagreed;
    in->undecided += t->undecided;
    if (t->q.u[0].coordinate >= 0) in->asked = t->q.n_u;
    else in->directions = t->q.n_u;
}

static void conclude_open(td_trial *t)
{
    char reason[TD_REASON];
    for (int i = 0; i < t->f->n_claim; i++) {
        if (t->supported[i] || t->f->claim[i].kind == TD_CLAIM_COMPLEX) continue;
        const char *name = t->f->claim[i].routine.name, *why = t->r->input->fd_reason;
        SAY(reason, "nothing confirms the %s%s%.120s", name, why[0] ? ": " : "", why);
        td_trial_give_up(t, reason);
        return;
    }
}

bool td_trial_conclude(td_trial *t)
{
    td_check_result *r = t->r;
    add_counts(t);
    if (t->f->door->law) convict_for_law(t);
    if (t->strain == 0) {
        conclude_open(t);
        return true;
    }
    bool numbers = t->worst.asked != TD_ASKED_LAW;
    if (numbers && !localise(t)) return false;
    r->worst = r->input->worst = t->worst;
    r->verdict = TD_DISAGREE;
    if (t->f->asked != TD_ASKED_SECOND) r->input->verdict = TD_DISAGREE;
    blame(r, t->function, t->f->n, t->f->m);
    return !numbers || hint(t, r->blame.hint);
}
