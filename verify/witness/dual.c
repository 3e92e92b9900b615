/* dual.c: the forward mode as a witness: definitions over dual numbers, TD_LANES directions a run.
 *
 * A run gives J u for its directions whole, so <w, J u> for every cotangent w costs only the sum, which is part of
 * the answer's bound. */
#include "clock.h"
#include "witness.h"

#include <math.h>
#include <stdlib.h>

typedef struct dual_run {
    const td_problem *p;
    const td_plan    *plan;
    td_context       *c;
    td_tensor       **leaf;        /* owned; n */
    double           *number;      /* owned; room for the largest of inputs and result, twice */
    int64_t           room;
} dual_run;

static bool grow(dual_run *r, int64_t numel)
{
    if (numel <= r->room) return true;
    double *more = realloc(r->number, (size_t)(2 * numel) * sizeof *more);
    if (!more) return false;
    r->number = more;
    r->room = numel;
    return true;
}

static bool set_tangent(dual_run *r, const td_direction *d, int lane, int input)
{
    const td_input *in = &r->p->in[input];
    if (!in->smooth || !td_direction_touches(d, input)) return true;
    if (!grow(r, in->numel)) return false;
    for (int64_t i = 0; i < in->numel; i++) r->number[i] = td_direction_at(d, input, i);
    return td_set_tangent(r->leaf[input], lane, r->number) == TD_OK;
}

/* <w, t> for the result's numbers of one lane */
static td_answer contract(const dual_run *r, int which, int64_t numel, double *mass)
{
    const double *t = r->number, *bound = r->number + r->room;
    td_contraction s = {0};
    for (int64_t j = 0; j < numel; j++) td_contract(&s, td_weight_at(r->p, r->plan, which, j), (td_answer){t[j], bound[j]});
    *mass = s.mass;
    return td_contracted(&s);
}

static bool read_lane(dual_run *r, td_tensor *y, int lane)
{
    return grow(r, td_numel(y)) && td_read_lane(y, lane, r->number, r->number + r->room) == TD_OK;
}

static bool read_value(dual_run *r, td_tensor *y, td_testimony *out)
{
    if (out->value) return true;
    if (!td_testimony_result(out, y) || !read_lane(r, y, -1)) return false;
    for (int64_t j = 0; j < out->numel; j++) out->value[j] = (td_answer){r->number[j], r->number[r->room + j]};
    return true;
}

static td_tensor *evaluate(dual_run *r, int first, int lanes)
{
    for (int i = 0; i < r->p->n; i++) {
        r->leaf[i] = td_problem_leaf(r->p, r->c, i);
        for (int l = 0; l < lanes; l++) if (!set_tangent(r, &r->plan->direction[first + l], l, i)) return NULL;
    }
    td_tensor *y = td_problem_run(r->p, r->c, r->leaf);
    return td_error(r->c) ? NULL : y;
}

/* One run: up to TD_LANES directions from `first` on. */
static bool batch(dual_run *r, int first, td_testimony *out)
{
    int left = r->plan->n_direction - first, lanes = left < TD_LANES ? left : TD_LANES;
    td_marker mark = td_mark(r->c);
    td_tensor *y = evaluate(r, first, lanes);
    if (!y || !read_value(r, y, out)) return false;
    bool smooth = out->dtype == TD_F64 || out->dtype == TD_F32;
    for (int l = 0; smooth && l < lanes; l++) {
        if (!read_lane(r, y, l)) return false;
        double mass = NAN;
        for (int k = td_plan_cotangents(r->plan) - 1; k >= 0; k--) out->slope[k][first + l] = contract(r, k, out->numel, &mass);
        out->mass[first + l] = mass;
    }
    td_release(r->c, mark);
    return true;
}

static td_status run(dual_run *r, td_testimony *out)
{
    int first = 0;
    do {
        if (r->plan->clock) td_clock_tell(r->plan->clock, (double)first / (r->plan->n_direction + 1));
        if (batch(r, first, out)) continue;
        if (!td_error(r->c)) return TD_ENOMEM;
        td_testimony_refuse(out, r->c);
        return TD_OK;
    } while ((first += TD_LANES) < r->plan->n_direction);
    return TD_OK;
}

static td_status testify(const td_problem *p, const td_plan *plan, td_testimony *out)
{
    dual_run r = {.p = p, .plan = plan, .c = td_problem_open(p, td_dual_engine())};
    r.leaf = calloc((size_t)p->n + 1, sizeof *r.leaf);
    bool ready = td_testimony_answers(out, plan);
    td_status status = r.c && r.leaf && ready && grow(&r, 1) ? run(&r, out) : TD_ENOMEM;
    td_close(r.c);
    free(r.leaf);
    free(r.number);
    return status;
}

const td_witness td_witness_dual = {"dual", testify};
