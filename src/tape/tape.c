/* tape.c: the two engines that compute with kernels: one records and computes when asked, one computes at once.
 *
 * The tape itself is the context's list of nodes: operands stand before results, so the walk back (backward.c) and the
 * computing (schedule.c) are loops. */
#include "tape.h"

#include <string.h>

static td_status adopt(td_tensor *x, void *values)
{
    x->data = values;
    return TD_OK;
}

static td_status record(td_tensor *y)
{
    (void)y;
    return TD_OK;
}

static td_status compute_now(td_tensor *y) { return td_tape_compute(y->context, (int64_t)y->index + 1); }

/* A view that is not row-major is packed once, and again if its base was assigned to since. */
static const void *packed(td_tensor *x)
{
    uint32_t made_for = x->base->assigned;
    if (x->data && x->assigned == made_for) return x->data;
    td_window w = td_window_of(x);
    void     *copy = td_arena_raw(x->context, (size_t)x->shape->numel * td_dtype_size((td_dtype)x->dtype));
    if (!copy) return NULL;
    td_pack(&w, copy);
    x->data = copy;
    x->assigned = made_for;
    return copy;
}

static const void *read_values(td_tensor *x)
{
    if (td_tape_compute(x->context, (int64_t)x->index + 1)) return NULL;
    if (x->flags & TD_FAILED) {
        td_fail(x->context, TD_ESTATE, "%s: its value could not be computed, because of an error before", td_made_by(x)->name);
        td_blame(x);
        return NULL;
    }
    if (x->base && !td_shape_is_contiguous(x->shape)) return packed(x);
    return td_window_of(x).data;
}

static void settle(td_context *c) { td_tape_compute(c, c->node_count); }

static const td_engine tape = { "tape", false, adopt, record, read_values, settle };
static const td_engine eval = { "eval", false, adopt, compute_now, read_values, NULL };

const td_engine *td_tape_engine(void) { return &tape; }
const td_engine *td_eval_engine(void) { return &eval; }

td_context *td_open(const td_options *options)
{
    return td_context_new(options && options->engine ? options->engine : &tape, options);
}

td_status td_assign(td_tensor *x, td_tensor *value)
{
    if (!x || !value) return TD_ENOMEM;
    td_context *c = x->context;
    char        a[TD_SHAPE_TEXT], b[TD_SHAPE_TEXT];
    if (c->status) return c->status;
    if (c->engine != &tape && c->engine != &eval)
        return td_fail(c, TD_ESTATE, "td_assign: not in a context of the %s engine", c->engine->name);
    if (x->op)
        return td_fail(c, TD_ESTATE, "td_assign: the result of %s is no tensor made by td_array or the like", td_made_by(x)->name);
    if (!td_shape_same(x->shape, value->shape))
        return td_fail(c, TD_ESHAPE, "td_assign: %s to %s", td_shape_text(value->shape, a), td_shape_text(x->shape, b));
    if (x->dtype != value->dtype)
        return td_fail(c, TD_EDTYPE, "td_assign: %s to %s", td_dtype_name((td_dtype)value->dtype), td_dtype_name((td_dtype)x->dtype));
    if (td_tape_compute(c, c->node_count) || td_watch(x)) return c->status;
    const void *from = td_data(value);
    if (!from) return c->status;
    memmove(x->data, from, (size_t)x->shape->numel * td_dtype_size((td_dtype)x->dtype));
    x->assigned = (uint32_t)c->node_count;
    return TD_OK;
}
