/* row.c: what ops that work row by row need of their operands. */
#include "op/shape.h"

enum {
    GRAIN = 1 << 13,    /* elements in a piece of work */
    SIDE  = 128         /* columns that stand side by side are worth being done together */
};

int64_t td_columns_grain(int64_t n, int64_t inner)
{
    int64_t grain = n < GRAIN ? GRAIN / n : 1, side = inner < SIDE ? inner : SIDE;
    return grain < side ? side : grain;
}

td_status td_infer_float(const td_infer *i)
{
    if (td_is_float(i->dtype)) return TD_OK;
    return td_fail(i->context, TD_EDTYPE, "%s: %s is no floating dtype", i->op->name, td_dtype_name(i->dtype));
}

td_scratch td_scratch_begin(td_context *c) { return (td_scratch){ c, td_arena_here(c) }; }

void td_scratch_end(const td_scratch *s)
{
    td_arena_back(s->context, s->here);
}

const void *td_dense(const td_call *call, int i)
{
    if (i >= call->n_in) return NULL;
    const td_window *x = &call->in[i];
    if (td_shape_is_contiguous(x->shape)) return x->data;
    td_shape  dense = *x->shape;
    td_window to = { NULL, &dense, x->dtype };
    td_shape_strides(&dense);
    to.data = td_arena_raw(call->context, (size_t)dense.numel * td_dtype_size(x->dtype));
    if (to.data) td_walk_move(call->context, &to, x);
    return to.data;
}
