/* backward.c: the walk back.
 *
 * A node's operands always stand before the node, so the backward pass is one loop from the end and needs no sort and no
 * recursion.  Adjoints are made on the first visit, and always add after it.  The rules are written in ops, so what the
 * walk makes is recorded on the same tape and can be differentiated again. */
#include "tape.h"

#include <string.h>

/* A rule must not read what td_assign has overwritten since y was made. */
static bool is_stale(const td_tensor *y, int operand)
{
    const td_tensor *x = y->in[operand], *owner = x->base ? x->base : x;
    return owner->op == NULL && owner->assigned > y->index && y->op->reads & TD_READS(operand < 31 ? operand : 30);
}

static void pull(td_tensor *y, td_tensor *g, td_tensor **adjoint)
{
    if (!y->op || !y->op->vjp) return;
    for (int i = 0; y->context->assigned > y->index && i < y->n_in; i++) {
        if (!is_stale(y, i)) continue;
        td_fail(y->context, TD_ESTATE, "td_backward: operand %d of %s was assigned to after %s used it", i, y->op->name, y->op->name);
        td_blame(y);
        return;
    }
    td_pull p = { y, g, y->in, y->attr, y->n_in, adjoint };
    y->op->vjp(&p);
    td_place(y->context, y->file, y->line);    /* an adjoint stands where its node stands */
    if (y->context->status) td_blame(y);
}

void td_sweep_free(td_tensor *y, td_tensor **adjoint)
{
    td_deallocate(y->context, adjoint, ((size_t)y->index + 1) * sizeof *adjoint);
}

td_tensor **td_sweep_table(td_tensor *y)
{
    size_t      bytes = ((size_t)y->index + 1) * sizeof(td_tensor *);
    td_tensor **adjoint = td_allocate(y->context, bytes);
    return adjoint ? memset(adjoint, 0, bytes) : NULL;
}

bool td_sweep_over(td_tensor *y, td_tensor *seed, uint32_t low, td_tensor **adjoint)
{
    td_context *c = y->context;
    td_fenv     caller;
    td_fenv_enter(&caller);
    bool was_calm = c->calm;
    c->calm = true;
    adjoint[y->index] = seed;
    for (int64_t i = y->index; i >= low && !c->status; i--) {
        td_tensor *node = adjoint[i] ? td_node_at(c, i) : NULL;
        if (node && node->flags & TD_REQUIRES) pull(node, adjoint[i], adjoint);
    }
    c->calm = was_calm;
    td_fenv_leave(&caller);
    if (c->status) td_sweep_free(y, adjoint);
    return !c->status;
}

td_tensor **td_sweep(td_tensor *y, td_tensor *seed, uint32_t low)
{
    td_tensor **adjoint = td_sweep_table(y);
    return adjoint && td_sweep_over(y, seed, low, adjoint) ? adjoint : NULL;
}

static bool keeps(const td_tensor *x, const td_tensor *y) { return x->flags & TD_KEEPS && x->index <= y->index; }

/* y, its adjoint and what keeps a gradient: the same of these gives the same walk.  NULL after td_fail. */
static td_tensor **key_of(td_tensor *y, td_tensor *seed, int *n)
{
    td_context *c = y->context;
    td_tensor **key = td_span_room(c, 2 * (2 + c->watched_count));
    if (!key) return NULL;
    key[0] = y;
    key[1] = seed;
    *n = 2;
    for (size_t i = 0; i < c->watched_count; i++)
        if (keeps(c->watched[i], y)) key[(*n)++] = c->watched[i];
    return key;
}

/* The adjoints of what keeps a gradient, in its order. */
static td_tensor **walk(td_tensor *y, td_tensor *seed)
{
    td_context *c = y->context;
    int         n;
    td_tensor **key = key_of(y, seed, &n), **got = key ? td_span_again(c, NULL, n, key, NULL) : NULL;
    if (!key || got) return got;
    td_span     span = td_span_begin(c, NULL, NULL);
    td_tensor **adjoint = td_sweep(y, seed, 0);
    if (!adjoint) return NULL;
    if ((key = key_of(y, seed, &n))) {
        for (int i = 2; i < n; i++) key[n + i - 2] = adjoint[key[i]->index];
        for (span.low = 0; span.low < y->index && !(adjoint[span.low] && td_node_at(c, span.low)->op); span.low++) {}
        got = td_span_keep(c, &span, n, n - 2);
    }
    td_sweep_free(y, adjoint);
    return got;
}

/* Gradients are changed only after the whole walk went well, and computed together with y. */
static td_status keep_gradients(td_tensor *y, td_tensor *const *adjoint)
{
    td_context *c = y->context;
    td_read_of  r = td_read_none(c);
    for (size_t i = 0; i < c->watched_count; i++) {
        td_tensor *x = c->watched[i];
        td_tensor *g = keeps(x, y) ? *adjoint++ : NULL;
        if (!g) continue;
        x->grad = x->grad ? td_add(x->grad, g) : g;
        td_read_want(&r, x->grad);
    }
    td_read_want(&r, y);
    return td_read_compute(&r);
}

td_status td_backward_from(td_tensor *y, td_tensor *seed)
{
    if (!y || !seed) return TD_ENOMEM;
    td_context *c = y->context;
    char        a[TD_SHAPE_TEXT], b[TD_SHAPE_TEXT];
    if (c->status) return c->status;
    if (c->engine != td_tape_engine())
        return td_fail(c, TD_ESTATE, "td_backward: a context of the %s engine records nothing to walk back over", c->engine->name);
    if (!(y->flags & TD_REQUIRES))
        return td_fail(c, TD_ESTATE, "td_backward: nothing that td_require_grad marked reaches this tensor");
    if (!td_shape_same(y->shape, seed->shape) || y->dtype != seed->dtype)
        return td_fail(c, TD_ESHAPE, "td_backward: an adjoint %s%s for a tensor %s%s", td_dtype_name((td_dtype)seed->dtype),
                       td_shape_text(seed->shape, a), td_dtype_name((td_dtype)y->dtype), td_shape_text(y->shape, b));
    td_tensor **adjoint = walk(y, seed);
    return adjoint ? keep_gradients(y, adjoint) : c->status;
}

td_status td_backward(td_tensor *y)
{
    if (!y) return TD_ENOMEM;
    char text[TD_SHAPE_TEXT];
    if (!y->context->status && y->shape->numel != 1)
        return td_fail(y->context, TD_ESHAPE, "td_backward: a tensor of shape %s has %lld elements, not one: "
                       "td_backward_from takes its adjoint", td_shape_text(y->shape, text), (long long)y->shape->numel);
    return td_backward_from(y, td_ones_like(y));
}
