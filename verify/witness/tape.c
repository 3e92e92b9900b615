/* tape.c: the reverse mode as a witness.
 *
 * The program is recorded once; each cotangent and each second-order direction is one more backward pass on the same
 * tape.  When all is recorded, one replay of all nodes, forward and backward, gives the bound of every value, gradient
 * and Hessian product.  All tensors of interest are therefore made before the replay, and read after it. */
#include "kernels.h"

#include <math.h>
#include <stdlib.h>

typedef struct tape_run {
    const td_problem *p;
    const td_plan    *plan;
    td_context       *c;
    td_tensor        *y;
    td_tensor       **leaf;        /* owned; n */
    td_tensor       **grad;        /* owned; grad[k n + i]: cotangent k, input i; then two rows of Hessian products */
    bool              pulled[TD_COTANGENTS + 2];   /* which rows there are */
} tape_run;

enum { HESSIAN_ROW = TD_COTANGENTS, ROWS = TD_COTANGENTS + 2 };

static bool record(tape_run *r)
{
    for (int i = 0; i < r->p->n; i++) {
        r->leaf[i] = td_problem_leaf(r->p, r->c, i);
        if (r->p->in[i].smooth) td_require_grad(r->leaf[i]);
    }
    r->y = td_problem_run(r->p, r->c, r->leaf);
    if (!td_error(r->c)) td_data(r->y);            /* indices out of range and the like show when values are computed */
    return !td_error(r->c);
}

static bool is_smooth(const td_tensor *y)
{
    return td_dtype_of(y) == TD_F64 || td_dtype_of(y) == TD_F32;
}

/* values as a tensor of like's shape and dtype */
static td_tensor *tensor_like(tape_run *r, td_tensor *like, const double *values)
{
    int64_t size[TD_MAX_RANK];
    for (int i = 0; i < td_rank(like); i++) size[i] = td_size(like, i);
    return td_to(td_array(r->c, TD_F64, td_rank(like), size, values), td_dtype_of(like));
}

static td_tensor *cotangent(tape_run *r, int which)
{
    int64_t n = td_numel(r->y);
    double *w = malloc((size_t)(n + 1) * sizeof *w);
    if (!w) return NULL;
    for (int64_t j = 0; j < n; j++) w[j] = td_weight_at(r->p, r->plan, which, j);
    td_tensor *t = tensor_like(r, r->y, w);
    free(w);
    return t;
}

static td_tensor *tangent(tape_run *r, const td_direction *d, int input)
{
    int64_t n = r->p->in[input].numel;
    double *v = malloc((size_t)(n + 1) * sizeof *v);
    if (!v) return NULL;
    for (int64_t i = 0; i < n; i++) v[i] = td_direction_at(d, input, i);
    td_tensor *t = tensor_like(r, r->leaf[input], v);
    free(v);
    return t;
}

/* Backward from y; what arrives at the leaves becomes row `row`. */
static bool pull(tape_run *r, td_tensor *y, td_tensor *adjoint, int row)
{
    for (int i = 0; i < r->p->n; i++) if (r->p->in[i].smooth) td_zero_grad(r->leaf[i]);
    if (td_requires_grad(y) && (adjoint ? td_backward_from(y, adjoint) : td_backward(y))) return false;
    for (int i = 0; i < r->p->n; i++) {
        if (r->p->in[i].smooth) r->grad[row * r->p->n + i] = td_grad(r->leaf[i]);
    }
    r->pulled[row] = !td_error(r->c);
    return r->pulled[row];
}

/* s = sum_i <g_i, v_i>, whose gradient is H v */
static td_tensor *slope_along(tape_run *r, const td_direction *d)
{
    td_tensor *s = td_scalar(r->c, 0);
    for (int i = 0; i < r->p->n; i++) {
        if (!r->p->in[i].smooth) continue;
        td_tensor *v = tangent(r, d, i);
        if (!v) return NULL;
        s = td_add(s, td_sum(td_mul(r->grad[i], v)));
    }
    return s;
}

/* Is the last pair the one before exchanged? */
static bool exchanges(const td_plan *plan)
{
    return plan->n_pair > 1;
}

/* Two rows: H a for all pairs, H b for the last, where a and b are exchanged.  An error here spoils no slope. */
static void pull_again(tape_run *r)
{
    int n = r->plan->n_pair;
    for (int k = 0; n && k < 1 + exchanges(r->plan) && !td_error(r->c); k++) {
        td_tensor *s = slope_along(r, k ? &r->plan->pair[n - 1].a : &r->plan->pair[0].a);
        if (s) pull(r, s, NULL, HESSIAN_ROW + k);
    }
    td_clear_error(r->c);
}

/* ---- answers ----------------------------------------------------------------------------------------------------- */

/* The tape's own numbers, with the replay's distance from them. */
static td_answer *answers(const td_replay *replay, td_tensor *x)
{
    int64_t n = td_numel(x);
    td_answer *a = malloc((size_t)(n + 1) * sizeof *a);
    double *value = malloc((size_t)(3 * n + 1) * sizeof *value), *should = value + n, *bound = value + 2 * n;
    if (!a || !value || td_read(x, value)) {
        free(a);
        free(value);
        return NULL;
    }
    bool known = td_replay_read(replay, x, should, bound) == TD_OK;
    for (int64_t i = 0; i < n; i++) a[i] = (td_answer){value[i], known ? bound[i] : NAN};
    free(value);
    return a;
}

/* <g, u>, g given by its rows a input */
static td_answer along(const td_problem *p, td_answer *const *g, const td_direction *u)
{
    if (u->coordinate >= 0) return g[u->input][u->coordinate];
    td_contraction s = {0};
    for (int i = 0; i < p->n; i++) {
        if (!p->in[i].smooth || !td_direction_touches(u, i)) continue;
        for (int64_t j = 0; j < p->in[i].numel; j++) td_contract(&s, td_direction_at(u, i, j), g[i][j]);
    }
    return td_contracted(&s);
}

static td_status answer_row(tape_run *r, const td_replay *replay, int row, td_testimony *out)
{
    const td_plan *plan = r->plan;
    int n = r->p->n;
    td_answer **g = calloc((size_t)n + 1, sizeof *g);
    td_status status = g ? TD_OK : TD_ENOMEM;
    for (int i = 0; i < n && !status; i++) {
        if (!r->p->in[i].smooth) continue;
        g[i] = answers(replay, r->grad[row * n + i]);
        if (!g[i]) status = TD_ENOMEM;
    }
    for (int q = 0; q < plan->n_direction && row < HESSIAN_ROW && !status; q++) {
        out->slope[row][q] = along(r->p, g, &plan->direction[q]);
    }
    for (int q = 0; q < plan->n_pair && row >= HESSIAN_ROW && !status; q++) {
        bool last = exchanges(plan) && q == plan->n_pair - 1;
        if (last == (row > HESSIAN_ROW)) out->second[q] = along(r->p, g, &plan->pair[q].b);
    }
    if (row < HESSIAN_ROW && g) {
        out->n = n;
        out->gradient[row] = g;
        return status;
    }
    for (int i = 0; g && i < n; i++) free(g[i]);
    free(g);
    return status;
}

static td_status answer(tape_run *r, td_testimony *out)
{
    int64_t nodes = td_node_count(r->c);
    td_replay *replay = td_replay_new(r->c, nodes);
    if (!replay && td_error(r->c) == TD_ENOMEM) return TD_ENOMEM;
    if (!replay) {
        td_testimony_refuse(out, r->c);         /* a pivot that is 0 but for rounding, say */
        out->doubtful = true;
        return TD_OK;
    }
    free(out->value);
    out->value = answers(replay, r->y);
    td_status status = out->value ? TD_OK : TD_ENOMEM;
    for (int row = 0; row < ROWS && !status; row++) if (r->pulled[row]) status = answer_row(r, replay, row, out);
    if (!status) td_kernels_ask(r->c, replay, nodes, &out->kernel);
    td_replay_free(replay);
    return status;
}

static void pull_all(tape_run *r, td_testimony *out)
{
    for (int k = 0; k < td_plan_cotangents(r->plan); k++) {
        td_tensor *w = cotangent(r, k);
        if (w && pull(r, r->y, w, k)) continue;
        td_testimony_refuse(out, r->c);
        return;
    }
    pull_again(r);
}

static td_status run(tape_run *r, td_testimony *out)
{
    if (!record(r)) {
        td_testimony_refuse(out, r->c);
        return TD_OK;
    }
    out->detached = td_has_detached(r->c);
    if (!td_testimony_result(out, r->y)) return TD_ENOMEM;
    if (is_smooth(r->y)) pull_all(r, out);
    return out->status ? TD_OK : answer(r, out);
}

static td_status testify(const td_problem *p, const td_plan *plan, td_testimony *out)
{
    tape_run r = {.p = p, .plan = plan, .c = td_problem_open(p, td_tape_engine())};
    r.leaf = calloc((size_t)p->n + 1, sizeof *r.leaf);
    r.grad = calloc((size_t)(ROWS * p->n) + 1, sizeof *r.grad);
    bool ready = td_testimony_answers(out, plan);
    td_status status = r.c && r.leaf && r.grad && ready ? run(&r, out) : TD_ENOMEM;
    td_close(r.c);
    free(r.leaf);
    free(r.grad);
    return status;
}

const td_witness td_witness_tape = {"tape", testify};
