/* check.c: ask the witnesses, have what they say compared, give the verdict.
 *
 * The tape and the dual engine are asked everything; differences a few questions an input, all those that the engines leave
 * open, and each once more, thoroughly, before they are believed against both engines.  weigh.c and against.c compare,
 * conclude.c decides, vote.c and blame.c say who and which op. */
#include "check.h"

#include <math.h>
#include <stdlib.h>

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
    ok = ok && ((k->o.skip & TD_SKIP_REPEATS) || td_repeats_ask(k->p, &k->repeats, k->r) == TD_OK);
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
    if (!k->dual.status) td_compare_values(k);
    td_compare_kernels(k);
    if (!smooth) return true;
    td_compare_slopes(k);
    td_clock_enter(&k->clock, TD_STAGE_DIFFERENCES);
    if (!td_compare_differences(k)) return false;
    td_clock_enter(&k->clock, TD_STAGE_QUAD);
    if (!td_compare_quads(k)) return false;
    td_clock_enter(&k->clock, TD_STAGE_SECOND);
    if (!k->plan.n_pair || k->dual.status) return true;
    if (td_witness_second.testify(k->p, &k->plan, &k->second) != TD_OK) return false;
    td_compare_second(k);
    return true;
}

static td_check_result *result_new(const td_problem *p, const td_check_options *o)
{
    td_check_result *r = calloc(1, sizeof *r);
    if (!r) return NULL;
    r->n = p->n;
    r->seed = o->seed;
    r->worst = (td_finding){.input = TD_NO_FINDING};
    r->input = calloc((size_t)p->n + 1, sizeof *r->input);
    for (int i = 0; r->input && i < p->n; i++) {
        r->input[i].coordinates = p->in[i].smooth ? p->in[i].numel : 0;
        r->input[i].worst = (td_finding){.input = TD_NO_FINDING, .output = -1, .tape = {NAN, NAN}, .dual = {NAN, NAN},
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

/* Rounding of a whole program can hide what is wrong in it.  Each op alone rounds little, so they are asked one by one. */
static void ask_ops(td_examination *k)
{
    if (k->o.skip & (TD_SKIP_BLAME | TD_SKIP_OPS)) return;
    td_find_blame(k, k->p);
    const td_blame *b = &k->r->blame;
    if (!b->found) return;
    td_refuse(k, TD_DISAGREE, "%s alone is wrong, by less than shows in the whole program%s", b->op, "");
    td_finding *f = &k->r->worst;
    f->asked = b->asked;
    f->alone = TD_UNCLEAR;
    f->tape = b->tape;
    f->dual = b->dual;
}

static bool examine(td_examination *k)
{
    if (!gather(k)) return false;
    bool refused = td_settle_refusals(k);
    if (!refused && !compare(k)) return false;
    if (!refused) count_asked(k), td_conclude(k);
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

/* Coordinates asked one by one are a sweep each, TD_LANES at once: the larger the problem, the fewer. */
static int64_t affordable(const td_problem *p)
{
    int64_t n = td_problem_coordinates(p), most = 256, k = (INT64_C(1) << 20) / (n + 1);
    return n > TD_LARGE ? 0 : k > most ? most : k;
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
    if (ok && k.o.figures) td_figures_take(&k);
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
    if (!r) return;
    free(r->input);
    free(r->figures);
    free(r);
}

/* ---- from tensors ------------------------------------------------------------------------------------------------ */

td_check_result *td_check(td_program *f, int n, td_tensor *const *inputs, void *user, const td_check_options *options)
{
    td_input *in = calloc((size_t)n + 1, sizeof *in);
    if (!in) return NULL;
    for (int i = 0; i < n; i++) in[i] = td_input_of(inputs[i]);
    td_problem p = {.f = f, .user = user, .n = n, .in = in};
    if (options) p.seed = options->seed, p.threads = options->threads;
    td_check_result *r = td_check_problem(&p, options);
    free(in);
    return r;
}
