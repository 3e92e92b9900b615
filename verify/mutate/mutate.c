/* mutate.c: a mutant before the judge.
 *
 * Cases in which the mutation finds nothing to change can't convict; one backward pass tells, and they are not checked.
 * The others are checked as `triad check` does, in the same order, until one is convicted. */
#include "mutate/matrix.h"


enum { SECOND_EVERY = 4 };         /* as in triad check */

static const td_mutation *const lists[] = {td_mutations_adjoint, td_mutations_rule, td_mutations_value,
                                           td_mutations_definition};

const td_mutation *td_mutation_at(int i)
{
    for (size_t k = 0; k < sizeof lists / sizeof *lists; k++) {
        for (const td_mutation *m = lists[k]; m->name; m++) if (i-- == 0) return m;
    }
    return NULL;
}

/* One run and one backward pass; of the dual engine, which asks for definitions, one run. */
static void run_once(const td_problem *p, const td_engine *engine)
{
    td_context *c = td_problem_open(p, engine);
    td_tensor *leaf[TD_SAMPLE_IN];
    if (!c) return;
    for (int i = 0; i < p->n; i++) {
        leaf[i] = td_problem_leaf(p, c, i);
        if (p->in[i].smooth) td_require_grad(leaf[i]);
    }
    td_tensor *y = td_problem_run(p, c, leaf);
    if (!td_error(c)) td_data(y);
    bool back = engine == td_tape_engine() && !td_error(c) && td_requires_grad(y);
    if (back) td_backward_from(y, td_ones_like(y));
    td_close(c);
}

static td_check_result *check(const td_problem *p, uint64_t seed, bool second)
{
    td_check_options o = {.seed = seed, .differences = 3, .threads = 1, .skip = TD_SKIP_BLAME};
    if (!second) o.skip |= TD_SKIP_SECOND;
    return td_check_problem(p, &o);
}

/* Convicts, or finds nothing to change, or acquits. */
static td_fate judge(td_mutant *m, td_case *c, int64_t number)
{
    if (m->mutation->define) td_mutant_define(m, &c->attr);
    c->op = &m->op;
    td_problem p = td_case_problem(c);
    *m->changed = 0;
    run_once(&p, m->mutation->define ? td_dual_engine() : td_tape_engine());
    if (*m->changed == 0 && m->mutation != td_mutation_at(0)) return TD_NO_PLACE;
    td_check_result *r = check(&p, c->seed, number % SECOND_EVERY == 0);
    td_fate fate = !r ? TD_UNASKED : r->verdict == TD_DISAGREE ? TD_KILLED : TD_SURVIVED;
    td_check_free(r);
    return fate;
}

static td_fate judge_case(td_mutant *m, td_dtype dtype, int64_t number, uint64_t seed)
{
    td_case c;
    if (!td_case_draw(m->original, dtype, number, seed, &c)) return TD_UNASKED;
    td_fate fate = judge(m, &c, number);
    td_case_clear(&c);
    return fate;
}

td_trial td_mutant_try(const td_op *op, const td_mutation *how, td_dtype dtype, int64_t cases, uint64_t seed)
{
    int64_t changed = 0;
    td_mutant m = td_mutant_of(op, how, &changed);
    td_trial t = {.fate = TD_NO_PLACE, .number = -1};
    bool rounds = false;
    t.reason = td_mutant_equal(op, how, &rounds);
    for (int64_t k = 0; k < cases; k++) {
        td_fate fate = judge_case(&m, dtype, k, seed);
        if (fate == TD_NO_PLACE) continue;
        t.cases++;
        t.fate = fate;
        if (fate == TD_SURVIVED) continue;
        t.number = k;
        break;
    }
    if (t.reason && t.fate == TD_SURVIVED) t.fate = TD_EQUIVALENT;
    if (t.reason && t.fate == TD_KILLED && !rounds) t.fate = TD_MISLISTED;
    if (t.fate == TD_KILLED) t.reason = NULL;
    if (t.fate != TD_NO_PLACE) return t;
    t.reason = td_mutant_absent(op, how, dtype);
    if (!t.reason) t.fate = TD_UNREACHED;
    return t;
}
