/* schedule.c: when values are computed, and in which order.
 *
 * At a read all pending nodes up to the one wanted are computed in the order they were made, one after another.  Nothing
 * outside this file may depend on that: `computed` is the only thing it leaves behind.  A node that fails is passed over
 * for good, and so is what depends on it: after td_clear_error everything else can still be read. */
#include "tape.h"

enum { FEW = 8 };

static td_status compute_from(td_tensor *y, td_window *in)
{
    for (int i = 0; i < y->n_in; i++) in[i] = td_window_of(y->in[i]);
    td_call call = { y->context, y->op, y->attr, y->n_in, in, td_window_of(y) };
    return y->op->compute(&call);
}

/* What is made from a value that is missing is missing too. */
static bool operand_failed(const td_tensor *y)
{
    for (int i = 0; i < y->n_in; i++)
        if (y->in[i]->flags & TD_FAILED) return true;
    return false;
}

/* Leaves have their values, views those of their base. */
static td_status compute_node(td_tensor *y)
{
    td_context *c = y->context;
    if (!y->op || y->flags & TD_VIEW) return TD_OK;
    y->data = td_arena_raw(c, (size_t)y->shape->numel * td_dtype_size((td_dtype)y->dtype));
    if (!y->data) return c->status;
    td_window few[FEW];
    if (y->n_in <= FEW) return compute_from(y, few);
    td_window *many = td_arena_raw(c, y->n_in * sizeof *many);
    return many ? compute_from(y, many) : c->status;
}

td_status td_tape_compute(td_context *c, int64_t end)
{
    if (c->computed >= end) return c->status;
    td_fenv caller;
    td_fenv_enter(&caller);
    while (c->computed < end && !c->status) {
        td_tensor *y = td_node(c, c->computed++);
        if (operand_failed(y)) y->flags |= TD_FAILED;
        else if (compute_node(y)) {
            y->flags |= TD_FAILED;
            td_blame(y);
        }
    }
    td_fenv_leave(&caller);
    return c->status;
}
