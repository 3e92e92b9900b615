/* fuzz.c: random programs put before all witnesses, in parallel, each by its number alone.
 *
 * Every program is asked for values and slopes of tape and dual engine; every 50th for differences, every 50th for second
 * derivatives, every 10th for its bits, and so on.  With faults, one step of each is spoilt and must be convicted by name, in
 * the program or alone.  A fault that is not convicted is looked at without the checker: does the spoilt op, at the operands
 * that it has in the program, give other numbers than the right one, by more than rounding may?
 *
 * Outcomes are kept program by program and added up in order, so that counts do not depend on the number of threads. */
#include "fuzz/fuzz.h"

#include "compare.h"
#include "plan.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { BATCH = 256, PLACES = 8, NOTHING_DEAR = 6 };      /* the latter: a number of which asked() asks nothing dear */

typedef struct outcome {
    bool          drawn, starved, failed;
    int           steps;
    int16_t       id[TD_MOST_STEPS];
    td_verdict    verdict;
    td_fault_kind kind;
    td_fault_fate fate;
    int64_t       decided, open, fd_agreed, fd_kinks, fd_open, bits, ops, inputs, coarse;
    double        strain;
    char          reason[TD_REASON];
} outcome;

td_fuzz_key td_fuzz_key_of(const td_fuzz *f, int64_t number)
{
    bool single = f->f32 && (!f->f64 || number % 2);
    return (td_fuzz_key){f->seed, number, single ? TD_F32 : TD_F64, f->faults};
}

static uint64_t hash_of(const td_fuzz_key *key)
{
    return td_hash(key->seed, (uint64_t)key->number);
}

/* What is dear is asked of some programs, each of others. */
static td_check_options asked(const td_fuzz_key *key)
{
    static const struct { unsigned question; int every, which; } dear[] = {
        {TD_SKIP_DIFFERENCES, 50, 0}, {TD_SKIP_SECOND, 50, 1}, {TD_SKIP_LAWS, 50, 2}, {TD_SKIP_REPEATS, 10, 3},
        {TD_SKIP_VARIANTS, 50, 4}, {TD_SKIP_BLAME, 50, 5}};
    unsigned skip = 0;
    for (int k = 0; k < (int)(sizeof dear / sizeof dear[0]); k++) {
        if (key->faulty || key->number % dear[k].every != dear[k].which) skip |= dear[k].question;
    }
    if (key->faulty) skip &= ~(unsigned)TD_SKIP_BLAME;
    return (td_check_options){.seed = hash_of(key), .differences = 2, .skip = skip, .threads = 1};
}

static td_check_result *check(td_steps *p, const td_check_options *o)
{
    td_input in[TD_MOST_INPUTS];
    td_problem q = td_steps_problem(p, in, o->seed);
    return td_check_problem(&q, o);
}

static bool draw_from(td_dtype dtype, int n, const uint64_t *seed, td_steps *p)
{
    td_context *c = td_open(&(td_options){.engine = td_eval_engine(), .threads = 1});
    bool ok = c && td_steps_draw(c, dtype, n, seed, p);
    td_close(c);
    return ok;
}

static bool draw(const td_fuzz_key *key, td_steps *p)
{
    uint64_t seed[TD_MOST_SEEDS];
    return draw_from(key->dtype, td_steps_seeds(key->seed, key->number, seed), seed, p);
}

/* ---- what came of a program -------------------------------------------------------------------------------------- */

static void note_inputs(const td_check_result *r, outcome *out)
{
    for (int i = 0; i < r->n; i++) {
        const td_check_input *in = &r->input[i];
        out->decided += in->agreed + in->disagreed;
        out->open += in->undecided;
        out->fd_agreed += in->fd_agreed;
        out->fd_kinks += in->fd_kinks;
        out->fd_open += in->fd_undecided;
        out->inputs += in->agreed > 0;
        out->coarse += in->agreed > 0 && in->resolution >= 1;
        if (r->verdict == TD_INCONCLUSIVE && in->verdict == r->verdict) memcpy(out->reason, in->worst.reason, TD_REASON);
    }
}

static void note(const td_check_result *r, outcome *out)
{
    out->starved = !r;
    if (!r) return;
    out->verdict = r->verdict;
    out->strain = r->strain;
    out->decided = r->second_agreed + r->second_disagreed;
    out->open = r->second_undecided;
    out->bits = r->repeats.agreed;
    out->ops = r->ops.agreed;
    if (r->verdict == TD_INCONCLUSIVE) memcpy(out->reason, r->worst.reason, TD_REASON);
    note_inputs(r, out);
}

static void note_steps(const td_steps *p, outcome *out)
{
    out->steps = p->n_step;
    for (int k = 0; k < p->n_step; k++) out->id[k] = (int16_t)p->step[k].op->id;
}

/* ---- faults ------------------------------------------------------------------------------------------------------ */

static bool is_named(const td_check_result *r, const td_fault *f)
{
    const td_blame *b = &r->blame;
    const char *outer = b->inside ? b->inside : b->op;
    bool op = b->found && (!strcmp(outer, f->op.name) || !strcmp(b->op, f->op.name));
    return op && b->file == TD_STEPS_FILE && b->line == f->step + 1;
}

/* What b says against a: the same, no more apart than the bounds allow, or more. */
static td_fault_fate compare_answers(td_answer a, td_answer b)
{
    if (a.value == b.value || (isnan(a.value) && isnan(b.value))) return TD_FATE_NO_EFFECT;
    td_verdict v = td_compare(a, b);
    return v == TD_AGREE ? TD_FATE_BELOW_BOUNDS : v == TD_DISAGREE ? TD_FATE_MISSED : TD_FATE_NO_BOUND;
}

/* The gravest over all numbers. */
static td_fault_fate compare_testimonies(const td_testimony *a, const td_testimony *b, int n_direction)
{
    td_fault_fate fate = TD_FATE_NO_EFFECT;
    if (a->status || b->status) return a->status == b->status ? TD_FATE_NO_EFFECT : TD_FATE_MISSED;
    for (int64_t j = 0; j < a->numel; j++) {
        td_fault_fate f = compare_answers(a->value[j], b->value[j]);
        if (f > fate) fate = f;
    }
    if (a->dtype != TD_F64 && a->dtype != TD_F32) return fate;
    for (int q = 0; q < TD_COTANGENTS * n_direction; q++) {
        int c = q % TD_COTANGENTS;
        td_fault_fate f = compare_answers(a->slope[c][q / TD_COTANGENTS], b->slope[c][q / TD_COTANGENTS]);
        if (f > fate) fate = f;
    }
    return fate;
}

/* Of the faulty program's tape, against the clean program's. */
static td_fault_fate effect(const td_steps *clean, td_steps *faulty, const td_check_options *o)
{
    td_input in[TD_MOST_INPUTS];
    td_problem q = td_steps_problem(faulty, in, o->seed), p = q;
    td_check_options all = {.seed = o->seed, .coordinates = 256, .skip = TD_SKIP_SECOND};
    td_plan plan = {0};
    td_testimony a = {0}, b = {0};
    p.user = (void *)clean;
    bool asked_both = td_plan_make(&p, &all, &plan) && !td_witness_tape.testify(&p, &plan, &a) &&
                      !td_witness_tape.testify(&q, &plan, &b);
    td_fault_fate fate = asked_both ? compare_testimonies(&a, &b, plan.n_direction) : TD_FATE_MISSED;
    td_plan_free(&plan);
    td_testimony_free(&a);
    td_testimony_free(&b);
    return fate;
}

/* Of some places the first where a fault changes a number: what only decides a comparison may well have no effect. */
static void plant(const td_fuzz_key *key, const td_steps *clean, td_steps *p, td_fault *f, const td_check_options *o)
{
    for (uint64_t k = 0; k < PLACES; k++) {
        if (k) td_fault_lift(p, f);
        if (td_fault_plant(p, td_hash(hash_of(key), k), f) && effect(clean, p, o) != TD_FATE_NO_EFFECT) return;
    }
}

/* What the spoilt op changes, alone, at the operands that it has in the program. */
static td_fault_fate effect_alone(const td_steps *clean, const td_steps *p, const td_fault *f, const td_check_options *o)
{
    td_steps *one = malloc(2 * sizeof *one);
    td_fault_fate fate = TD_FATE_MISSED;
    if (one && td_steps_alone(clean, f->step, &one[0])) {
        one[1] = one[0];
        one[1].step[0].op = p->step[f->step].op;
        fate = effect(&one[0], &one[1], o);
    }
    free(one);
    return fate;
}

/* Does rounding decide whether the program has an answer?  Then no check of the whole can say what is wrong in it. */
static bool is_doubtful(td_steps *p, const td_check_options *o)
{
    td_input in[TD_MOST_INPUTS];
    td_problem q = td_steps_problem(p, in, o->seed);
    td_check_options few = {.seed = o->seed, .skip = TD_SKIP_SECOND};
    td_plan plan = {0};
    td_testimony t = {0};
    bool doubtful = td_plan_make(&q, &few, &plan) && !td_witness_tape.testify(&q, &plan, &t) && t.doubtful;
    td_plan_free(&plan);
    td_testimony_free(&t);
    return doubtful;
}

static td_check_result *check_faulty(const td_fuzz_key *key, td_steps *p, td_fault *f, td_fault_fate *fate)
{
    td_steps *clean = malloc(sizeof *clean);
    if (!clean) return NULL;
    *clean = *p;
    td_check_options o = asked(key);
    plant(key, clean, p, f, &o);
    td_check_result *r = check(p, &o);
    if (r && r->verdict == TD_DISAGREE) *fate = is_named(r, f) ? TD_FATE_NAMED : TD_FATE_CONVICTED;
    else *fate = is_doubtful(p, &o) ? TD_FATE_BELOW_BOUNDS : effect_alone(clean, p, f, &o);
    free(clean);
    return r;
}

/* ---- one program, many programs ---------------------------------------------------------------------------------- */

static void try_one(const td_fuzz_key *key, td_steps *p, outcome *out)
{
    *out = (outcome){.drawn = draw(key, p)};
    if (!out->drawn) return;
    note_steps(p, out);
    td_fault fault;
    td_check_options o = asked(key);
    td_check_result *r = key->faulty ? check_faulty(key, p, &fault, &out->fate) : check(p, &o);
    note(r, out);
    if (key->faulty) out->kind = fault.kind, out->failed = out->fate == TD_FATE_CONVICTED || out->fate >= TD_FATE_NO_BOUND;
    else out->failed = r && r->verdict == TD_DISAGREE;
    if (key->faulty) td_fault_lift(p, &fault);
    td_check_free(r);
}

typedef struct batch {
    const td_fuzz *f;
    int64_t        first;
    outcome       *outcome;        /* owned by td_fuzz_run */
} batch;

static void try_some(int64_t begin, int64_t end, void *argument)
{
    batch *b = argument;
    td_steps *p = malloc(sizeof *p);
    for (int64_t i = begin; i < end; i++) {
        td_fuzz_key key = td_fuzz_key_of(b->f, b->first + i);
        if (p) try_one(&key, p, &b->outcome[i]);
        else b->outcome[i] = (outcome){.drawn = true, .starved = true};
    }
    free(p);
}

static void add_reason(td_fuzz *f, int64_t number, const char *text)
{
    for (int k = 0; k < TD_FUZZ_REASONS; k++) {
        if (f->reason[k].n && strcmp(f->reason[k].text, text)) continue;
        if (!f->reason[k].n++) f->reason[k].first = number;
        memcpy(f->reason[k].text, text, TD_REASON);
        return;
    }
}

static void add_outcome(td_fuzz *f, int64_t number, const outcome *o)
{
    f->programs++;
    f->not_drawn += !o->drawn;
    f->starved += o->starved;
    if (!o->drawn || o->starved) return;
    f->steps += o->steps;
    for (int k = 0; k < o->steps; k++) f->uses[o->id[k]]++;
    f->verdict[o->verdict]++;
    f->questions += o->decided, f->open += o->open;
    f->inputs += o->inputs, f->coarse += o->coarse;
    f->bits += o->bits, f->bits_programs += o->bits > 0;
    f->ops += o->ops, f->ops_programs += o->ops > 0;
    f->fd_agreed += o->fd_agreed, f->fd_kinks += o->fd_kinks, f->fd_open += o->fd_open;
    f->strain = fmax(f->strain, o->strain);
    if (f->faults) f->fate[o->fate]++, f->fates[o->kind][o->fate]++;
    else if (o->verdict == TD_INCONCLUSIVE) add_reason(f, number, o->reason);
    if (o->failed && f->n_failure < TD_FUZZ_FAILURES) f->failure[f->n_failure] = td_fuzz_key_of(f, number);
    f->n_failure += o->failed;
}

bool td_fuzz_run(td_fuzz *f, int64_t first, int64_t count, int threads)
{
    td_context *c = td_open(&(td_options){.engine = td_eval_engine(), .threads = threads});
    batch b = {f, first, malloc(BATCH * sizeof *b.outcome)};
    bool ok = c && b.outcome;
    for (int64_t done = 0; ok && done < count; done += BATCH, b.first += BATCH) {
        int64_t n = count - done < BATCH ? count - done : BATCH;
        td_parallel(c, n, 4, try_some, &b);
        for (int64_t i = 0; i < n; i++) add_outcome(f, b.first + i, &b.outcome[i]);
    }
    free(b.outcome);
    td_close(c);
    return ok;
}

/* ---- showing one ------------------------------------------------------------------------------------------------- */

static bool disagrees(td_steps *p, void *user)
{
    td_check_result *r = check(p, user);
    bool bad = r && r->verdict == TD_DISAGREE;
    td_check_free(r);
    return bad;
}

static void name_key(const td_fuzz_key *key, char text[TD_REASON])
{
    snprintf(text, TD_REASON, "triad fuzz%s --seed %llu --only %lld --dtype %s", key->faulty ? " --faults" : "",
             (unsigned long long)key->seed, (long long)key->number, td_dtype_name(key->dtype));
}

static td_check_result *show_faulty(const td_fuzz_key *key, td_steps *p, FILE *file)
{
    static const char *const fates[] = {
        "convicted and named", "convicted, and not named", "no fault there: the op alone gives the same bits",
        "less than rounding may do to the op alone", "where nothing is bounded", "missed"};
    td_fault f;
    td_fault_fate fate = TD_FATE_MISSED;
    td_check_result *r = check_faulty(key, p, &f, &fate);
    fprintf(file, "fault: %s of %s, step %d, operand %d: %s\n", td_fault_name(f.kind), f.op.name, f.step, f.operand,
            fates[fate]);
    td_fault_lift(p, &f);
    return r;
}

td_status td_fuzz_show(const td_fuzz_key *key, FILE *file)
{
    char command[TD_REASON];
    td_steps *p = malloc(sizeof *p);
    td_check_result *r = NULL;
    td_check_options o = asked(key);
    bool drawn = p && draw(key, p);
    name_key(key, command);
    fprintf(file, "%s\n", command);
    if (drawn && key->faulty) r = show_faulty(key, p, file);
    else if (drawn) {
        if (disagrees(p, &o)) td_steps_shrink(p, disagrees, &o);
        o.skip &= ~(unsigned)TD_SKIP_BLAME;
        r = check(p, &o);
    }
    if (r) td_check_print(r, file), td_steps_print(p, o.seed, command, file);
    td_status status = r ? TD_OK : TD_ENOMEM;
    td_check_free(r);
    free(p);
    return status;
}

bool td_fuzz_objects(td_dtype dtype, int n, const uint64_t *seed)
{
    td_steps *p = malloc(sizeof *p);
    td_check_options o = asked(&(td_fuzz_key){.number = NOTHING_DEAR});
    bool bad = p && draw_from(dtype, n, seed, p) && disagrees(p, &o);
    if (bad) {
        td_steps_shrink(p, disagrees, &o);
        td_steps_print(p, o.seed, "found by a fuzzer", stdout);
    }
    free(p);
    return bad;
}
