/* second.c: second derivatives from second-order dual numbers: a run a pair (a, b), of which the mixed term is read.
 *
 * Knows nothing of the tape; the tape's recorded backward pass answers the same pairs in tape.c. */
#include "witness.h"

#include <stdlib.h>

enum { LANE_A, LANE_B, LANE_AB };

typedef struct second_run {
    const td_problem *p;
    td_context       *c;
    td_tensor       **leaf;        /* owned; n */
} second_run;

static bool set_lane(second_run *r, int input, int lane, const td_direction *d)
{
    const td_input *in = &r->p->in[input];
    double *v = malloc((size_t)(in->numel + 1) * sizeof *v);
    if (!v) return false;
    for (int64_t i = 0; i < in->numel; i++) v[i] = td_direction_at(d, input, i);
    td_status status = td_set_tangent(r->leaf[input], lane, v);
    free(v);
    return status == TD_OK;
}

static td_tensor *evaluate(second_run *r, const td_pair *pair)
{
    for (int i = 0; i < r->p->n; i++) {
        r->leaf[i] = td_problem_leaf(r->p, r->c, i);
        if (!r->p->in[i].smooth) continue;
        if (!set_lane(r, i, LANE_A, &pair->a) || !set_lane(r, i, LANE_B, &pair->b)) return NULL;
    }
    td_tensor *y = td_problem_run(r->p, r->c, r->leaf);
    return td_error(r->c) ? NULL : y;
}

static bool ask(second_run *r, const td_pair *pair, td_answer *out)
{
    td_marker mark = td_mark(r->c);
    td_tensor *y = evaluate(r, pair);
    int64_t n = y ? td_numel(y) : 0;
    double *t = y ? malloc((size_t)(2 * n + 1) * sizeof *t) : NULL;
    bool ok = t && td_read_lane(y, LANE_AB, t, t + n) == TD_OK;
    td_contraction s = {0};
    for (int64_t j = 0; ok && j < n; j++) td_contract(&s, td_cotangent_at(r->p, 0, j), (td_answer){t[j], t[n + j]});
    if (ok) *out = td_contracted(&s);
    free(t);
    td_release(r->c, mark);
    return ok;
}

static td_status run(second_run *r, const td_plan *plan, td_testimony *out)
{
    for (int q = 0; q < plan->n_pair; q++) {
        if (ask(r, &plan->pair[q], &out->second[q])) continue;
        if (!td_error(r->c)) return TD_ENOMEM;
        td_testimony_refuse(out, r->c);
        return TD_OK;
    }
    return TD_OK;
}

static td_status testify(const td_problem *p, const td_plan *plan, td_testimony *out)
{
    second_run r = {p, td_problem_open(p, td_dual2_engine()), calloc((size_t)p->n + 1, sizeof *r.leaf)};
    bool ready = td_testimony_answers(out, plan);
    td_status status = r.c && r.leaf && ready ? run(&r, plan, out) : TD_ENOMEM;
    td_close(r.c);
    free(r.leaf);
    return status;
}

const td_witness td_witness_second = {"second-order dual", testify};
