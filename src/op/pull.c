/* pull.c: where a rule hands over what it found: adjoints always add. */
#include "core/core.h"

static void refuse(const td_pull *p, int operand, const td_tensor *g)
{
    const td_tensor *x = p->in[operand];
    char             a[TD_SHAPE_TEXT], b[TD_SHAPE_TEXT];
    td_fail(x->context, TD_ESHAPE, "%s: its rule gives operand %d, %s%s, an adjoint %s%s", p->y->op->name, operand,
            td_dtype_name((td_dtype)x->dtype), td_shape_text(x->shape, a),
            td_dtype_name((td_dtype)g->dtype), td_shape_text(g->shape, b));
}

bool td_pull_wants(const td_pull *p, int operand)
{
    return operand < p->n_in && p->in[operand]->flags & TD_REQUIRES;
}

void td_pull_add(td_pull *p, int operand, td_tensor *g)
{
    if (!td_pull_wants(p, operand) || !g) return;
    td_tensor *x = p->in[operand];
    if (x->context->status) return;
    if (g->dtype != x->dtype || (g->shape != x->shape && !td_shape_same(g->shape, x->shape))) {
        refuse(p, operand, g);
        return;
    }
    td_tensor **sum = &p->adjoint[x->index];
    *sum = *sum ? td_add(*sum, g) : g;
}
