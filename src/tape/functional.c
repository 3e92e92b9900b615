/* functional.c: derivatives of programs, in JAX's shape.
 *
 * Each input is first given an alias (a reshape to the same shape, no copy) that requires a gradient, so that the
 * caller's tensors keep their flags; the walk back stops at the first alias.  Since aliases are ops on the caller's
 * tensors, everything made here can be differentiated further. */
#include "tape.h"

#include <string.h>

extern const td_op td_op_reshape;

enum { MOST_INPUTS = 64 };

typedef struct run {
    td_context *c;
    int         n;
    td_tensor  *in[MOST_INPUTS];   /* aliases */
    td_tensor  *y;
    uint32_t    low;               /* nothing before this node belongs to the run */
} run;

static td_tensor *alias(td_tensor *x)
{
    td_attr same = { .n_list = (int8_t)x->shape->rank };
    memcpy(same.list, x->shape->size, sizeof x->shape->size);
    td_tensor *a = td_apply(&td_op_reshape, 1, &x, &same);
    if (x->context->status) return a;
    if (td_is_float((td_dtype)a->dtype)) a->flags |= TD_REQUIRES;
    return a;
}

static bool start(run *r, td_program *f, td_context *c, int n, td_tensor *const *in, void *user)
{
    if (!c || c->status) return false;
    if (c->engine != td_tape_engine())
        return !td_fail(c, TD_ESTATE, "derivatives of programs need a tape, not a context of the %s engine", c->engine->name);
    if (n < 0 || n > MOST_INPUTS) return !td_fail(c, TD_EVALUE, "%d inputs: 0 to %d can be differentiated", n, MOST_INPUTS);
    *r = (run){ .c = c, .n = n, .low = (uint32_t)c->node_count };
    for (int i = 0; i < n; i++) r->in[i] = in[i] ? alias(in[i]) : NULL;
    for (int i = 0; i < n; i++)
        if (!r->in[i]) return !td_fail(c, TD_EVALUE, "input %d is NULL", i);
    if (c->status) return false;
    r->y = f(c, r->in, user);
    if (!r->y && !c->status) td_fail(c, TD_EVALUE, "the program returned NULL");
    return !c->status;
}

static bool has_one_element(const td_tensor *y)
{
    char text[TD_SHAPE_TEXT];
    if (y->shape->numel == 1) return true;
    return !td_fail(y->context, TD_ESHAPE, "the program's result %s has %lld elements, not one",
                    td_shape_text(y->shape, text), (long long)y->shape->numel);
}

/* Adjoints of the aliases when y has adjoint seed; zeros where nothing arrives, NULL for integers. */
static bool pull_back(const run *r, td_tensor *y, td_tensor *seed, td_tensor **grad)
{
    td_tensor **adjoint = td_sweep(y, seed, r->low);
    if (!adjoint) return false;
    for (int i = 0; i < r->n; i++) {
        td_tensor *x = r->in[i];
        td_tensor *g = x->index <= y->index ? adjoint[x->index] : NULL;
        grad[i] = g || !td_is_float((td_dtype)x->dtype) ? g : td_zeros_like(x);
    }
    td_sweep_free(y, adjoint);
    return !r->c->status;
}

static td_tensor *failed(td_context *c) { return c ? td_bad(c) : NULL; }

static void give(int n, td_tensor *const *from, td_tensor **to)
{
    if (n) memcpy(to, from, (size_t)n * sizeof *to);
}

td_tensor *td_vjp(td_program *f, td_context *c, int n, td_tensor *const *in, void *user, td_tensor *seed, td_tensor **grad)
{
    run        r;
    td_tensor *g[MOST_INPUTS];
    char       a[TD_SHAPE_TEXT], b[TD_SHAPE_TEXT];
    if (!start(&r, f, c, n, in, user)) return failed(c);
    if (!seed || !td_shape_same(seed->shape, r.y->shape) || seed->dtype != r.y->dtype) {
        td_fail(c, TD_ESHAPE, "td_vjp: an adjoint %s for a result %s%s", seed ? td_shape_text(seed->shape, a) : "NULL",
                td_dtype_name((td_dtype)r.y->dtype), td_shape_text(r.y->shape, b));
        return td_bad(c);
    }
    if (!pull_back(&r, r.y, seed, g)) return td_bad(c);
    give(n, g, grad);
    return r.y;
}

/* The run and its gradient, for a result of one element. */
static bool gradient(run *r, td_program *f, td_context *c, int n, td_tensor *const *in, void *user, td_tensor **g)
{
    return start(r, f, c, n, in, user) && has_one_element(r->y) && pull_back(r, r->y, td_ones_like(r->y), g);
}

td_tensor *td_grad_of(td_program *f, td_context *c, int n, td_tensor *const *in, void *user, td_tensor **grad)
{
    run        r;
    td_tensor *g[MOST_INPUTS];
    if (!gradient(&r, f, c, n, in, user, g)) return failed(c);
    give(n, g, grad);
    return r.y;
}

/* sum_i <g[i], v[i]> in the dtype of g; NULL if there is nothing to add. */
static td_tensor *inner(int n, td_tensor *const *g, td_tensor *const *v)
{
    td_tensor *sum = NULL;
    for (int i = 0; i < n; i++) {
        if (!g[i] || !v[i]) continue;
        td_tensor *term = td_sum(td_mul(g[i], v[i]));
        sum = sum ? td_add(sum, term) : term;
    }
    return sum;
}

/* Forward mode from two walks back: w -> J^T w is linear, and the adjoint of its inner product with v is J v.
 * Source: J. Townsend, "A new trick for calculating Jacobian vector products", 2017. */
td_tensor *td_jvp(td_program *f, td_context *c, int n, td_tensor *const *in, void *user, td_tensor *const *v, td_tensor **tangent)
{
    run        r;
    td_tensor *g[MOST_INPUTS];
    if (!start(&r, f, c, n, in, user)) return failed(c);
    td_tensor *w = td_zeros_like(r.y);
    w->flags |= TD_REQUIRES;
    if (c->status || !pull_back(&r, r.y, w, g)) return td_bad(c);
    td_tensor *s = inner(n, g, v);
    td_tensor *t = td_zeros_like(r.y);
    if (!c->status && s && s->flags & TD_REQUIRES) {
        td_tensor **adjoint = td_sweep(s, td_ones_like(s), w->index);
        if (!adjoint) return td_bad(c);
        if (adjoint[w->index]) t = adjoint[w->index];
        td_sweep_free(s, adjoint);
    }
    if (c->status) return td_bad(c);
    *tangent = t;
    return r.y;
}

/* H v is the gradient of <gradient, v>. */
td_tensor *td_hvp(td_program *f, td_context *c, int n, td_tensor *const *in, void *user, td_tensor *const *v, td_tensor **hv)
{
    run        r;
    td_tensor *g[MOST_INPUTS], *h[MOST_INPUTS];
    if (!gradient(&r, f, c, n, in, user, g)) return failed(c);
    td_tensor *s = inner(n, g, v);
    if (!s) s = td_zeros_like(r.y);
    if (c->status || !pull_back(&r, s, td_ones_like(s), h)) return failed(c);
    give(n, h, hv);
    return r.y;
}

/* ---- full matrices: one walk back per row -------------------------------------------------------------------------- */

static td_tensor *unit_like(td_tensor *y, int64_t k)
{
    td_tensor *flat = td_pad(td_ones(y->context, (td_dtype)y->dtype, 1, (int64_t[]){ 1 }),
                             (int64_t[]){ k, y->shape->numel - k - 1 }, 0);
    return td_reshape(flat, y->shape->rank, y->shape->size);
}

/* Rows of one input, each of x's shape, as one tensor of shape (y's, x's). */
static td_tensor *assemble(int64_t rows, td_tensor *const *row, const td_tensor *y, td_tensor *x)
{
    td_context *c = x->context;
    int64_t     size[2 * TD_MAX_RANK];
    int         rank = y->shape->rank + x->shape->rank;
    memcpy(size, y->shape->size, (size_t)y->shape->rank * sizeof *size);
    memcpy(size + y->shape->rank, x->shape->size, (size_t)x->shape->rank * sizeof *size);
    if (rows == 0) return td_zeros(c, (td_dtype)x->dtype, rank, size);
    return td_reshape(td_stack((int)rows, row, 0), rank, size);
}

/* jac[i] = dy / d in[i]; NULL for integers. */
static bool jacobian(const run *r, td_tensor *y, td_tensor **jac)
{
    td_context *c = r->c;
    int64_t     m = y->shape->numel;
    if (m > UINT16_MAX) return !td_fail(c, TD_EVALUE, "a Jacobian of %lld rows: %d are the most", (long long)m, UINT16_MAX);
    td_tensor **row = td_arena(c, (size_t)(m * r->n + 1) * sizeof *row);    /* row[i * m + k] */
    if (!row) return false;
    for (int64_t k = 0; k < m; k++) {
        td_tensor *g[MOST_INPUTS];
        if (!pull_back(r, y, unit_like(y, k), g)) return false;
        for (int i = 0; i < r->n; i++) row[i * m + k] = g[i];
    }
    for (int i = 0; i < r->n; i++) {
        bool real = td_is_float((td_dtype)r->in[i]->dtype);
        jac[i] = real ? assemble(m, row + i * m, y, r->in[i]) : NULL;
    }
    return !c->status;
}

td_tensor *td_jacobian(td_program *f, td_context *c, int n, td_tensor *const *in, void *user, td_tensor **jac)
{
    run        r;
    td_tensor *j[MOST_INPUTS];
    if (!start(&r, f, c, n, in, user) || !jacobian(&r, r.y, j)) return failed(c);
    give(n, j, jac);
    return r.y;
}

td_tensor *td_hessian(td_program *f, td_context *c, int n, td_tensor *const *in, void *user, td_tensor **hess)
{
    run        r;
    td_tensor *g[MOST_INPUTS];
    if (!gradient(&r, f, c, n, in, user, g)) return failed(c);
    td_tensor **h = td_arena(c, (size_t)(n * n + 1) * sizeof *h);
    if (!h) return td_bad(c);
    for (int i = 0; i < n; i++)
        if (g[i] && !jacobian(&r, g[i], h + i * n)) return td_bad(c);
    give(n * n, h, hess);
    return r.y;
}
