/* tape.c: the two engines that compute with kernels: one records and computes when asked, one computes at once.
 *
 * The tape itself is the context's list of nodes: operands stand before results, so the walk back (backward.c) and the
 * computing (schedule.c) are loops. */
#include "tape.h"

#include <string.h>

/* Nodes that have their values as soon as they are made need no settling. */
static void settled(td_tensor *x)
{
    td_context *c = x->context;
    if (c->settled == x->index) c->settled++;
}

static td_status adopt(td_tensor *x, void *values)
{
    x->data = values;
    x->flags |= TD_DONE;
    settled(x);
    return TD_OK;
}

static td_status record(td_tensor *y)
{
    if (y->flags & TD_VIEW) {
        settled(y);
    } else if (td_node_at_once(y)) {
        y->flags |= TD_DONE;
        settled(y);
    }
    return TD_OK;
}

static td_status compute_now(td_tensor *y) { return y->flags & TD_VIEW ? TD_OK : td_node_compute(y); }

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
    td_read_of r = td_read_none(x->context);
    td_read_want(&r, x);
    if (td_read_compute(&r)) return NULL;
    if (td_owner(x)->flags & TD_FAILED) {
        td_fail(x->context, TD_ESTATE, "%s: its value could not be computed, because of an error before", td_made_by(x)->name);
        td_blame(x);
        return NULL;
    }
    if (x->base && !td_shape_is_contiguous(x->shape)) return packed(x);
    return td_window_of(x).data;
}

static void settle(td_context *c) { td_tape_settle(c); }

static const td_engine tape = { "tape", false, adopt, record, read_values, settle };
static const td_engine eval = { "eval", false, adopt, compute_now, read_values, NULL };

const td_engine *td_tape_engine(void) { return &tape; }
const td_engine *td_eval_engine(void) { return &eval; }

td_context *td_open(const td_options *options)
{
    return td_context_new(options && options->engine ? options->engine : &tape, options);
}

/* Is there a node without values that reads x? */
static bool still_read(const td_tensor *x)
{
    const td_context *c = x->context;
    for (int64_t i = c->settled; i < c->node_count; i++) {
        const td_tensor *y = td_node(c, i);
        if (!td_node_pending(y)) continue;
        for (int k = 0; k < y->n_in; k++)
            if (td_owner(y->in[k]) == x) return true;
    }
    return false;
}

/* What x holds now, for the nodes that are still to read it. */
static td_status keep_former(td_tensor *x)
{
    td_context *c = x->context;
    size_t      bytes = (size_t)x->shape->numel * td_dtype_size((td_dtype)x->dtype);
    td_former *v = td_arena_raw(c, sizeof *v);
    void       *data = v ? td_arena_raw(c, bytes) : NULL;
    if (!data) return c->status;
    *v = (td_former){ c->formers, x, (uint32_t)c->node_count, memcpy(data, x->data, bytes) };
    c->formers = v;
    return TD_OK;
}

void *td_overwrite(td_tensor *x)
{
    td_context *c = x->context;
    if (c->status) return NULL;
    if (c->engine != &tape && c->engine != &eval) {
        td_fail(c, TD_ESTATE, "td_assign: not in a context of the %s engine", c->engine->name);
        return NULL;
    }
    if (x->op) {
        td_fail(c, TD_ESTATE, "td_assign: the result of %s is no tensor made by td_array or the like", td_made_by(x)->name);
        return NULL;
    }
    if (x->index < c->fenced) {
        td_fail(c, TD_ESTATE, "td_assign: in a program of td_checkpoint, which runs twice, to a tensor from outside of it");
        return NULL;
    }
    if (td_watch(x) || (still_read(x) && keep_former(x))) return NULL;
    x->assigned = c->assigned = (uint32_t)c->node_count;
    td_spans_without(x);
    return x->data;
}

td_status td_assign(td_tensor *x, td_tensor *value)
{
    if (!x || !value) return TD_ENOMEM;
    td_context *c = x->context;
    char        a[TD_SHAPE_TEXT], b[TD_SHAPE_TEXT];
    if (c->status) return c->status;
    if (!td_shape_same(x->shape, value->shape))
        return td_fail(c, TD_ESHAPE, "td_assign: %s to %s", td_shape_text(value->shape, a), td_shape_text(x->shape, b));
    if (x->dtype != value->dtype)
        return td_fail(c, TD_EDTYPE, "td_assign: %s to %s", td_dtype_name((td_dtype)value->dtype), td_dtype_name((td_dtype)x->dtype));
    const void *from = td_data(value);
    void       *to = from ? td_overwrite(x) : NULL;
    if (to) memmove(to, from, (size_t)x->shape->numel * td_dtype_size((td_dtype)x->dtype));
    return c->status;
}
