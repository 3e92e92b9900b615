/* schedule.c: when values are computed.
 *
 * At a read, what is needed for it is marked from the end, in one pass: a node's operands stand before it.  What nobody
 * asked for is passed over.  Then either node by node, in the order they were made, each reading and writing memory, or,
 * where numbers are many, by loops (plan.c).  The bits are the same, and nothing outside this room may depend on which.
 *
 * A node that fails is passed over for good, and so is what depends on it: after td_clear_error everything else can still
 * be read. */
#include "tape.h"
#include "op/op.h"

enum { FEW = 8, MAP_OPERANDS = 3 };

/* ---- one node ------------------------------------------------------------------------------------------------------ */

static td_status compute_from(td_tensor *y, td_window *in)
{
    for (int i = 0; i < y->n_in; i++) in[i] = td_window_in(y, i);
    td_call call = { y->context, y->op, y->attr, y->n_in, in, td_window_of(y) };
    return y->op->compute(&call);
}

bool td_node_orphaned(const td_tensor *y)
{
    for (int i = 0; i < y->n_in; i++)
        if (td_owner(y->in[i])->flags & TD_FAILED) return true;
    return false;
}

static td_status compute(td_tensor *y)
{
    td_context *c = y->context;
    if (!td_node_memory(y)) return c->status;
    td_window few[FEW];
    if (y->n_in <= FEW) return compute_from(y, few);
    td_window *many = td_arena_raw(c, y->n_in * sizeof *many);
    return many ? compute_from(y, many) : c->status;
}

td_status td_node_compute(td_tensor *y)
{
    bool failed = td_node_orphaned(y);
    if (!failed && compute(y)) {
        failed = true;
        td_blame(y);
    }
    y->flags |= failed ? TD_FAILED : TD_DONE;
    if (!failed) td_account(y->context, 0, 1, &y);
    return y->context->status;
}

/* ---- at once --------------------------------------------------------------------------------------------------------- */

/* Where the numbers of an operand stand in order, or one that stands for all, put into `room`; NULL: it is long, not
 * computed yet, or strided. */
static const void *ready_numbers(const td_tensor *x, void *room)
{
    const td_tensor *owner = x->base ? x->base : x;
    if (!(owner->flags & TD_DONE) || x->shape->numel > x->context->few) return NULL;
    if (owner == x || td_shape_is_contiguous(x->shape)) return td_window_of(x).data;
    if (!room || !td_is_everywhere(x->shape)) return NULL;
    x->context->kernels->line[x->dtype](x->shape->numel, room, td_window_of(x).data, 0);
    return room;
}

static bool map_at_once(td_tensor *y)
{
    const td_op *op = y->op;
    const void  *x[MAP_OPERANDS];
    td_context  *c = y->context;
    double       room[TD_FEW];
    bool         free_room = true;
    for (int k = 0; k < op->max_in; k++) {
        const td_tensor *in = y->in[k];
        bool             plain = in->shape == y->shape && in->flags & TD_DONE && !in->base;
        if (!(x[k] = plain ? in->data : ready_numbers(in, free_room ? room : NULL))) return false;
        if (x[k] == room) free_room = false;
    }
    td_map_fn *map = c->kernels->map[y->in[op->max_in - 1]->dtype][op->kernel];
    if (!map || !td_node_memory(y)) return false;
    map(y->shape->numel, y->data, x, y->attr->a, y->attr->b);
    return true;
}

/* A sum of all there is: one block, as td_reduce_lines would take it. */
static bool reduce_at_once(td_tensor *y)
{
    td_finish       *finish;
    td_partial       part;
    const td_reduce *how = y->n_in == 1 ? td_reduce_of(y, &finish) : NULL;
    const void      *x = how && y->in[0]->shape->numel ? ready_numbers(y->in[0], NULL) : NULL;
    if (!x || !td_node_memory(y)) return false;
    how->line(y->in[0]->shape->numel, x, 0, 0, &part);
    finish(y->data, 0, &part, 0);
    return true;
}

static bool all_there(const td_tensor *y)
{
    for (int k = 0; k < y->n_in; k++) {
        const td_tensor *x = y->in[k], *owner = x->base ? x->base : x;
        if (!(owner->flags & TD_DONE) || x->shape->numel > y->context->few) return false;
    }
    return true;
}

/* What fails is left to the read, where it fails again if somebody asks for it. */
static bool computed_at_once(td_tensor *y)
{
    td_context *c = y->context;
    if (y->op->compute == td_map_compute ? map_at_once(y) : reduce_at_once(y)) return true;
    if (c->status == TD_OK && !all_there(y)) return false;
    if (c->status == TD_OK && compute(y) == TD_OK) return true;
    td_clear_error(c);
    return false;
}

bool td_node_at_once(td_tensor *y)
{
    td_context *c = y->context;
    td_fenv     caller;
    if (y->shape->numel > c->few) return false;
    if (c->calm || td_fenv_is_plain()) return computed_at_once(y);
    td_fenv_enter(&caller);
    bool done = computed_at_once(y);
    td_fenv_leave(&caller);
    return done;
}

/* ---- a read -------------------------------------------------------------------------------------------------------- */

td_read_of td_read_none(td_context *c) { return (td_read_of){ .context = c, .low = INT64_MAX }; }

static void mark(td_read_of *r, td_tensor *x)
{
    td_tensor *y = td_owner(x);
    if (!td_node_pending(y) || y->flags & TD_NEEDED) return;
    y->flags |= TD_NEEDED;
    if (y->index < r->low) r->low = y->index;
    if (y->index >= r->top) r->top = y->index + 1;
    if (y->op->kind != TD_PLAIN && y->shape->numel > r->longest) r->longest = y->shape->numel;
}

void td_read_want(td_read_of *r, td_tensor *x)
{
    td_tensor *y = td_owner(x);
    mark(r, y);
    if (y->flags & TD_NEEDED) y->flags |= TD_STORED;
}

static void mark_operands(td_read_of *r)
{
    for (int64_t i = r->top - 1; i >= r->low; i--) {
        td_tensor *y = td_node_at(r->context, i);
        if (!(y->flags & TD_NEEDED)) continue;
        for (int k = 0; k < y->n_in; k++) mark(r, y->in[k]);
    }
}

/* The marks go away with an error, too. */
static void compute_plainly(const td_read_of *r)
{
    for (int64_t i = r->low; i < r->top; i++) {
        td_tensor *y = td_node_at(r->context, i);
        if (!(y->flags & TD_NEEDED)) continue;
        y->flags &= (uint8_t)~(TD_NEEDED | TD_STORED);
        if (!r->context->status) td_node_compute(y);
    }
}

/* Who asks for a node that was passed over once gets all of them: reading one after another would else compute each over
 * and over. */
static bool fuses(const td_read_of *r)
{
    return r->longest >= td_loop_least(r->context) && r->top > r->context->computed;
}

td_status td_read_compute(td_read_of *r)
{
    td_context *c = r->context;
    td_fenv     caller;
    if (r->low >= r->top) return c->status;
    td_fenv_enter(&caller);
    mark_operands(r);
    if (!fuses(r) || td_plan_compute(r)) compute_plainly(r);
    if (c->computed < r->top) c->computed = r->top;
    td_fenv_leave(&caller);
    return c->status;
}

td_status td_tape_settle(td_context *c)
{
    td_read_of r = td_read_none(c);
    if (c->settled == c->node_count) return c->status;
    for (int64_t i = c->node_count - 1; i >= c->settled; i--) td_read_want(&r, td_node(c, i));
    c->settled = c->node_count;
    return td_read_compute(&r);
}
