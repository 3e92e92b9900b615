/* pull.c: where a rule hands over what it found: adjoints always add. */
#include "core/core.h"

bool td_pull_wants(const td_pull *p, int operand)
{
    return operand < p->n_in && p->in[operand]->flags & TD_REQUIRES;
}

void td_pull_add(td_pull *p, int operand, td_tensor *g)
{
    if (!td_pull_wants(p, operand) || !g) return;
    td_tensor  *x = p->in[operand];
    td_context *c = x->context;
    char        a[TD_SHAPE_TEXT], b[TD_SHAPE_TEXT];
    if (c->status) return;
    if (g->dtype != x->dtype || !td_shape_same(g->shape, x->shape)) {
        td_fail(c, TD_ESHAPE, "%s: its rule gives operand %d, %s%s, an adjoint %s%s", p->y->op->name, operand,
                td_dtype_name((td_dtype)x->dtype), td_shape_text(x->shape, a),
                td_dtype_name((td_dtype)g->dtype), td_shape_text(g->shape, b));
        return;
    }
    td_tensor **sum = &p->adjoint[x->index];
    *sum = *sum ? td_add(*sum, g) : g;
}
