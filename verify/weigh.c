/* weigh.c: what tape and dual engine say, number by number: agreement, contradiction, or neither; and the worst of an input.
 *
 * What was not decided is counted, and says why; it is never read as agreement. */
#include "check.h"
#include "figures.h"
#include "kernels.h"

#include <math.h>

/* An infinite slope goes by the sign of a zero, and times a slope of 0 is NaN in one order and not in another. */
static td_verdict verdict_on(td_asked asked, td_answer tape, td_answer dual)
{
    bool endless = asked != TD_ASKED_VALUE && !isfinite(tape.value) && isinf(dual.value) && tape.value != dual.value;
    return endless ? TD_INCONCLUSIVE : td_compare(tape, dual);
}

td_finding td_finding_of(td_asked asked, int input, int64_t coordinate, td_answer tape, td_answer dual)
{
    return (td_finding){.verdict = verdict_on(asked, tape, dual), .asked = asked, .input = input,
                        .coordinate = coordinate, .output = -1, .tape = tape, .dual = dual, .differences = {NAN, NAN},
                        .left = NAN, .right = NAN};
}

/* The answer whose bound is missing gives the reason. */
static void say_why_undecided(td_finding *f)
{
    bool tape = isfinite(f->tape.bound), dual = isfinite(f->dual.bound);
    if (!tape && !dual) TD_SAY(f->reason, "neither engine can bound its rounding error");
    else TD_SAY(f->reason, "the rounding error of the %s has no finite bound", tape ? "dual engine" : "tape");
}

static void count(const td_finding *f, int64_t *agreed, int64_t *disagreed, int64_t *undecided)
{
    if (f->verdict == TD_AGREE) ++*agreed;
    else if (f->verdict == TD_DISAGREE) ++*disagreed;
    else ++*undecided;
}

int td_rank_of(td_verdict v)
{
    return v == TD_DISAGREE ? 2 : v == TD_INCONCLUSIVE;
}

bool td_is_worse(const td_finding *a, const td_finding *b)
{
    if (a->verdict != b->verdict) return td_rank_of(a->verdict) > td_rank_of(b->verdict);
    return td_strain(a->tape, a->dual) > td_strain(b->tape, b->dual);
}

void td_weigh(td_examination *k, td_finding *f, td_finding *worst)
{
    double strain = td_strain(f->tape, f->dual);
    if (f->verdict == TD_INCONCLUSIVE && !f->reason[0]) say_why_undecided(f);
    if (f->verdict == TD_AGREE && strain > k->r->strain) k->r->strain = strain;
    if (worst->input == TD_NO_FINDING || td_is_worse(f, worst)) *worst = *f;
}

/* ---- values ------------------------------------------------------------------------------------------------------ */

static bool same_shape(const td_testimony *a, const td_testimony *b)
{
    bool same = a->dtype == b->dtype && a->rank == b->rank;
    for (int i = 0; same && i < a->rank; i++) same = a->size[i] == b->size[i];
    return same;
}

void td_compare_values(td_examination *k)
{
    td_check_result *r = k->r;
    if (!same_shape(&k->tape, &k->dual)) {
        bool doubt = k->tape.dtype == k->dual.dtype && td_rounding_decides(k->p);
        *(doubt ? &r->values_undecided : &r->values_disagreed) += 1;
        r->worst = td_finding_of(TD_ASKED_VALUE, -1, -1, (td_answer){NAN, NAN}, (td_answer){NAN, NAN});
        r->worst.verdict = doubt ? TD_INCONCLUSIVE : TD_DISAGREE;
        TD_SAY(r->worst.reason, "the results differ in shape%s", doubt ? ", which rounding decides" : " or dtype");
        return;
    }
    for (int64_t j = 0; j < k->tape.numel; j++) {
        td_finding f = td_finding_of(TD_ASKED_VALUE, -1, j, k->tape.value[j], k->dual.value[j]);
        td_judge_alone(k, &f, fabs(f.dual.value));
        count(&f, &r->values_agreed, &r->values_disagreed, &r->values_undecided);
        td_weigh(k, &f, &r->worst);
    }
}

/* ---- slopes ------------------------------------------------------------------------------------------------------ */

bool td_examines(const td_examination *k, const td_direction *d, int input)
{
    return td_direction_touches(d, input) && k->r->input[input].coordinates > 0;
}

/* An error of one coordinate's slope, relative to its mass, that would just not be seen.  Along a random direction the
 * coordinate is one of many: of average mass, say. */
static double resolution(const td_examination *k, int q, const td_finding *f)
{
    double limit = f->tape.bound + f->dual.bound, mass = k->dual.mass[q];
    const td_direction *d = &k->plan.direction[q];
    int64_t n = d->coordinate >= 0 ? 1 : d->input >= 0 ? k->p->in[d->input].numel : td_problem_coordinates(k->p);
    return mass > 0 && isfinite(limit) ? limit / mass * (double)n : 0;
}

static void note_slope(td_examination *k, int q, td_finding *f, td_check_input *in)
{
    double seen = f->cotangent == 0 ? resolution(k, q, f) : 0;
    count(f, &in->agreed, &in->disagreed, &in->undecided);
    td_weigh(k, f, &in->worst);
    in->resolution = fmax(in->resolution, seen);
    if (f->coordinate >= 0) in->resolution_one = fmax(in->resolution_one, seen);
}

static bool is_single(const td_examination *k, const td_direction *d)
{
    bool single = k->tape.dtype == TD_F32;
    for (int i = 0; i < k->p->n; i++) single = single || (td_direction_touches(d, i) && k->p->in[i].dtype == TD_F32);
    return single;
}

void td_compare_slopes(td_examination *k)
{
    for (int q = 0; q < k->plan.n_direction; q++) {
        const td_direction *d = &k->plan.direction[q];
        for (int c = 0; c < td_plan_cotangents(&k->plan); c++) {
            td_finding f = td_finding_of(TD_ASKED_SLOPE, d->input, d->coordinate, k->tape.slope[c][q], k->dual.slope[c][q]);
            f.cotangent = c;
            td_judge_alone(k, &f, k->dual.mass[q]);
            if (!k->dual.status) k->r->ulps[td_ulp_bin(f.tape, f.dual, is_single(k, d))]++;
            for (int i = 0; i < k->r->n; i++) if (td_examines(k, d, i)) note_slope(k, q, &f, &k->r->input[i]);
        }
    }
}

/* ---- second derivatives ------------------------------------------------------------------------------------------ */

void td_compare_second(td_examination *k)
{
    td_check_result *r = k->r;
    int n = k->plan.n_pair;
    td_finding worst = {.input = TD_NO_FINDING};
    for (int q = 0; q < n; q++) {
        const td_direction *b = &k->plan.pair[q].b;
        td_finding f = td_finding_of(TD_ASKED_SECOND, b->input, b->coordinate, k->tape.second[q], k->second.second[q]);
        td_judge_alone(k, &f, NAN);
        count(&f, &r->second_agreed, &r->second_disagreed, &r->second_undecided);
        td_weigh(k, &f, &worst);
    }
    if (n < 2) return;
    td_finding f = td_finding_of(TD_ASKED_SYMMETRY, -1, -1, k->tape.second[n - 2], k->tape.second[n - 1]);
    count(&f, &r->second_agreed, &r->second_disagreed, &r->second_undecided);
    td_weigh(k, &f, &worst);
    if (r->second_undecided) TD_SAY(r->second_reason, "%s", k->second.status ? k->second.message : worst.reason);
    k->second_worst = worst;
}
