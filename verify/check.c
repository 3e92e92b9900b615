/* check.c: ask the witnesses, compare what they say, give the verdict.
 *
 * The tape and the dual engine are asked everything; differences a few questions an input, all those that the engines leave
 * open, and each once more, thoroughly, before they are believed against both engines.  A verdict is DISAGREE if any
 * comparison says so; AGREE if none does and, for the values and in each input, at least one agreed; else INCONCLUSIVE.
 * What was not decided is counted, never read as agreement. */
#include "check.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { NONE = -2 };                /* input of a finding that is not there yet */

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

static int rank_of(td_verdict v)
{
    return v == TD_DISAGREE ? 2 : v == TD_INCONCLUSIVE;
}

static bool is_worse(const td_finding *a, const td_finding *b)
{
    if (a->verdict != b->verdict) return rank_of(a->verdict) > rank_of(b->verdict);
    return td_strain(a->tape, a->dual) > td_strain(b->tape, b->dual);
}

void td_weigh(td_examination *k, td_finding *f, td_finding *worst)
{
    double strain = td_strain(f->tape, f->dual);
    if (f->verdict == TD_INCONCLUSIVE && !f->reason[0]) say_why_undecided(f);
    if (f->verdict == TD_AGREE && strain > k->r->strain) k->r->strain = strain;
    if (worst->input == NONE || is_worse(f, worst)) *worst = *f;
}

/* ---- values ------------------------------------------------------------------------------------------------------ */

static bool same_shape(const td_testimony *a, const td_testimony *b)
{
    bool same = a->dtype == b->dtype && a->rank == b->rank;
    for (int i = 0; same && i < a->rank; i++) same = a->size[i] == b->size[i];
    return same;
}

static void compare_values(td_examination *k)
{
    td_check_result *r = k->r;
    if (!same_shape(&k->tape, &k->dual)) {
        r->values_disagreed++;
        r->worst = td_finding_of(TD_ASKED_VALUE, -1, -1, (td_answer){NAN, NAN}, (td_answer){NAN, NAN});
        r->worst.verdict = TD_DISAGREE;
        TD_SAY(r->worst.reason, "the results differ in shape or dtype");
        return;
    }
    for (int64_t j = 0; j < k->tape.numel; j++) {
        td_finding f = td_finding_of(TD_ASKED_VALUE, -1, j, k->tape.value[j], k->dual.value[j]);
        td_judge_alone(k, &f, fabs(f.dual.value));
        count(&f, &r->values_agreed, &r->values_disagreed, &r->values_undecided);
        td_weigh(k, &f, &r->worst);
    }
}

bool td_examines(const td_examination *k, const td_direction *d, int input)
{
    return td_direction_touches(d, input) && k->r->input[input].coordinates > 0;
}

/* ---- slopes ------------------------------------------------------------------------------------------------------ */

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

static void compare_slopes(td_examination *k)
{
    for (int q = 0; q < k->plan.n_direction; q++) {
        const td_direction *d = &k->plan.direction[q];
        for (int c = 0; c < td_plan_cotangents(&k->plan); c++) {
            td_finding f = td_finding_of(TD_ASKED_SLOPE, d->input, d->coordinate, k->tape.slope[c][q], k->dual.slope[c][q]);
            f.cotangent = c;
            td_judge_alone(k, &f, k->dual.mass[q]);
            for (int i = 0; i < k->r->n; i++) if (td_examines(k, d, i)) note_slope(k, q, &f, &k->r->input[i]);
        }
    }
}

/* ---- second derivatives ------------------------------------------------------------------------------------------ */

static void compare_second(td_examination *k)
{
    td_check_result *r = k->r;
    int n = k->plan.n_pair;
    td_finding worst = {.input = NONE};
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
        n += k->fd_open[q] && k->plan.direction[q].input == input;
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
    td_finding worst = {.input = NONE};
    if (k->repeats.worst.law == td_law_repeats.name) r->worst = k->repeats.worst;   /* the cause of all the others */
    if (r->worst.verdict == TD_DISAGREE) return;
    for (int i = 0; i < r->n; i++) {
        const td_finding *f = &r->input[i].worst;
        if (f->input != NONE && (worst.input == NONE || is_worse(f, &worst))) worst = *f;
    }
    if (worst.verdict != TD_DISAGREE && broken(k)) worst = *broken(k);
    if (worst.input != NONE && (r->worst.input == NONE || is_worse(&worst, &r->worst))) r->worst = worst;
}

/* Everything has to come out well: the values, and the slopes in each input. */
static void conclude(td_examination *k)
{
    td_check_result *r = k->r;
    td_verdict values = verdict_of(r->values_agreed, r->values_disagreed, r->values_undecided);
    r->verdict = broken(k) ? TD_DISAGREE : values;
    for (int i = 0; i < r->n; i++) {
        conclude_input(k, i);
        if (rank_of(r->input[i].verdict) > rank_of(r->verdict)) r->verdict = r->input[i].verdict;
    }
    find_worst(k);
}

/* ---- refusals ---------------------------------------------------------------------------------------------------- */

static void refuse(td_examination *k, td_verdict v, const char *text, const char *a, const char *b)
{
    td_finding *f = &k->r->worst;
    *f = td_finding_of(TD_ASKED_VALUE, -1, -1, (td_answer){NAN, NAN}, (td_answer){NAN, NAN});
    f->verdict = k->r->verdict = v;
    for (int i = 0; i < k->r->n; i++) {
        if (!k->r->input[i].asked) k->r->input[i].verdict = v == TD_AGREE ? v : TD_INCONCLUSIVE;
    }
    TD_SAY(f->reason, text, a, b);
}

static bool is_of_the_machine(td_status s)
{
    return s == TD_ENOMEM || s == TD_EIO;
}

/* True: there is nothing to compare, and the verdict is given. */
static bool settle_refusals(td_examination *k)
{
    td_status t = k->tape.status, d = k->dual.status;
    if (!t && (!d || d == TD_ESTATE)) return false;     /* no definition: differences alone are left to compare with */
    if (is_of_the_machine(t) || is_of_the_machine(d)) refuse(k, TD_INCONCLUSIVE, "%s%s", k->tape.message, k->dual.message);
    else if (t && t == d) {
        k->r->refused = true;
        refuse(k, TD_AGREE, "every engine refuses: %s%s", k->tape.message, "");
    } else if (t && k->tape.value) {
        refuse(k, TD_DISAGREE, "a rule can't be run: %s%s", k->tape.message, "");
        k->r->worst.asked = TD_ASKED_SLOPE;
    } else if (t == TD_ESTATE) refuse(k, TD_INCONCLUSIVE, "the tape can't run it: %s%s", k->tape.message, "");
    else refuse(k, TD_DISAGREE, t && d ? "refused differently: tape: %.80s; dual: %.80s" :
                t ? "only the tape refuses: %s%s" : "only the dual engine refuses: %s%s", k->tape.message, k->dual.message);
    return true;
}

/* ---- the whole --------------------------------------------------------------------------------------------------- */

static bool gather(td_examination *k)
{
    if (!td_plan_make(k->p, &k->o, &k->plan)) return false;
    k->plan.clock = &k->clock;
    td_clock_enter(&k->clock, TD_STAGE_TAPE);
    if (td_witness_tape.testify(k->p, &k->plan, &k->tape) != TD_OK) return false;
    td_clock_enter(&k->clock, TD_STAGE_DUAL);
    return td_witness_dual.testify(k->p, &k->plan, &k->dual) == TD_OK;
}

static bool ask_laws(td_examination *k)
{
    td_clock_enter(&k->clock, TD_STAGE_LAWS);
    bool ok = (k->o.skip & TD_SKIP_LAWS) || td_laws_ask(k->p, &k->laws) == TD_OK;
    td_clock_enter(&k->clock, TD_STAGE_REPEATS);
    ok = ok && ((k->o.skip & TD_SKIP_REPEATS) || td_repeats_ask(k->p, &k->repeats) == TD_OK);
    td_clock_enter(&k->clock, TD_STAGE_OPERANDS);
    ok = ok && ((k->o.skip & TD_SKIP_VARIANTS) || td_operands_ask(k->p, &k->operands) == TD_OK);
    k->r->laws = k->laws.count;
    k->r->operands = k->operands.count;
    k->r->repeats = k->repeats.count;
    return ok;
}

static bool compare(td_examination *k)
{
    if (!ask_laws(k)) return false;
    bool smooth = k->tape.dtype == TD_F64 || k->tape.dtype == TD_F32;
    if (!smooth) k->plan.n_direction = 0;          /* it has no slopes */
    if (!k->dual.status) compare_values(k);
    td_compare_kernels(k);
    if (!smooth) return true;
    compare_slopes(k);
    td_clock_enter(&k->clock, TD_STAGE_DIFFERENCES);
    if (!td_compare_differences(k)) return false;
    td_clock_enter(&k->clock, TD_STAGE_QUAD);
    if (!td_compare_quads(k)) return false;
    td_clock_enter(&k->clock, TD_STAGE_SECOND);
    if (!k->plan.n_pair || k->dual.status) return true;
    if (td_witness_second.testify(k->p, &k->plan, &k->second) != TD_OK) return false;
    compare_second(k);
    return true;
}

static td_check_result *result_new(const td_problem *p, const td_check_options *o)
{
    td_check_result *r = calloc(1, sizeof *r);
    if (!r) return NULL;
    r->n = p->n;
    r->seed = o->seed;
    r->worst = (td_finding){.input = NONE};
    r->input = calloc((size_t)p->n + 1, sizeof *r->input);
    for (int i = 0; r->input && i < p->n; i++) {
        r->input[i].coordinates = p->in[i].smooth ? p->in[i].numel : 0;
        r->input[i].worst = (td_finding){.input = NONE, .output = -1, .tape = {NAN, NAN}, .dual = {NAN, NAN},
                                         .differences = {NAN, NAN}};
        r->input[i].kink = r->input[i].worst;
    }
    if (r->input) return r;
    free(r);
    return NULL;
}

static void count_asked(td_examination *k)
{
    for (int q = 0; q < k->plan.n_direction; q++) {
        const td_direction *d = &k->plan.direction[q];
        if (d->coordinate >= 0) k->r->input[d->input].asked++;
        for (int i = 0; i < k->r->n && d->coordinate < 0; i++) k->r->input[i].directions += td_examines(k, d, i);
    }
}

/* An op is looked for by what convicted the whole. */
void td_find_blame(td_examination *k, const td_problem *q)
{
    td_check_options o = k->o;
    td_asked asked = k->r->worst.asked;
    bool first = k->r->verdict != TD_DISAGREE || asked == TD_ASKED_VALUE || asked == TD_ASKED_SLOPE;
    if (first) o.skip |= TD_SKIP_SECOND | TD_SKIP_LAWS;
    k->r->ops = (td_count){0};
    td_blame_find(q, &o, &k->r->blame, &k->r->ops, &k->r->applications);
}

/* Rounding of a whole program can hide what is wrong in it.  Each op alone rounds little, so they are asked one by one too. */
static void ask_ops(td_examination *k)
{
    if (k->o.skip & (TD_SKIP_BLAME | TD_SKIP_OPS)) return;
    td_find_blame(k, k->p);
    const td_blame *b = &k->r->blame;
    if (!b->found) return;
    refuse(k, TD_DISAGREE, "%s alone is wrong, by less than shows in the whole program%s", b->op, "");
    td_finding *f = &k->r->worst;
    f->asked = b->asked;
    f->alone = TD_UNCLEAR;
    f->tape = b->tape;
    f->dual = b->dual;
}

static bool examine(td_examination *k)
{
    if (!gather(k)) return false;
    bool refused = settle_refusals(k);
    if (!refused && !compare(k)) return false;
    if (!refused) count_asked(k), conclude(k);
    td_clock_enter(&k->clock, TD_STAGE_BLAME);
    if (k->r->verdict != TD_DISAGREE) {
        ask_ops(k);
        td_clock_enter(&k->clock, TD_STAGE_VARIANTS);
        return k->r->verdict != TD_AGREE || (k->o.skip & TD_SKIP_VARIANTS) || td_variants_ask(k);
    }
    if (!refused) td_vote_on_worst(k);
    if (!(k->o.skip & TD_SKIP_BLAME) && !k->r->blame.found) td_find_blame(k, k->p);
    return true;
}

enum { LARGE = 1 << 14 };

/* Coordinates asked one by one are a sweep each, TD_LANES at once: the larger the problem, the fewer. */
static int64_t affordable(const td_problem *p)
{
    int64_t n = td_problem_coordinates(p), most = 256, k = (INT64_C(1) << 20) / (n + 1);
    return n > LARGE ? 0 : k > most ? most : k;
}

static td_check_options defaults(const td_problem *p, const td_check_options *o)
{
    td_check_options d = o ? *o : (td_check_options){0};
    if (d.coordinates <= 0) d.coordinates = affordable(p);
    if (d.differences <= 0) d.differences = !d.coordinates ? 1 : d.coordinates < 256 ? 2 : 6;
    return d;
}

td_check_result *td_check_problem(const td_problem *p, const td_check_options *options)
{
    td_examination k = {.p = p, .o = defaults(p, options)};
    k.r = result_new(p, &k.o);
    if (k.r) k.clock = (td_clock){.o = &k.o, .seconds = k.r->seconds};
    bool ok = k.r && examine(&k);
    if (k.r) td_settle(&k);
    if (k.r && !ok) {
        td_check_free(k.r);
        k.r = NULL;
    }
    td_plan_free(&k.plan);
    td_testimony_free(&k.tape);
    td_testimony_free(&k.dual);
    td_testimony_free(&k.second);
    td_differences_close(k.fd);
    td_quads_close(k.quads);
    free(k.fd_open);
    return k.r;
}

void td_check_free(td_check_result *r)
{
    if (r) free(r->input);
    free(r);
}

/* ---- from tensors ------------------------------------------------------------------------------------------------ */

static td_input input_of(td_tensor *x)
{
    td_input in = {.dtype = td_dtype_of(x), .rank = td_rank(x), .numel = td_numel(x), .values = td_data(x)};
    in.smooth = in.dtype == TD_F64 || in.dtype == TD_F32;
    for (int i = 0; i < in.rank; i++) in.size[i] = td_size(x, i);
    return in;
}

td_check_result *td_check(td_program *f, int n, td_tensor *const *inputs, void *user, const td_check_options *options)
{
    td_input *in = calloc((size_t)n + 1, sizeof *in);
    if (!in) return NULL;
    for (int i = 0; i < n; i++) in[i] = input_of(inputs[i]);
    td_problem p = {.f = f, .user = user, .n = n, .in = in};
    if (options) p.seed = options->seed, p.threads = options->threads;
    td_check_result *r = td_check_problem(&p, options);
    free(in);
    return r;
}
