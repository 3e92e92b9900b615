/* apply.c: td_apply, the one door.  Everything that is refused is refused here, once; behind it operands fit.
 *
 * The door stands on the floor of the ops because it applies two of them itself: `cast` and `expand` bring elementwise
 * operands to one dtype and one shape, in sight of every engine, so that no rule and no kernel knows of broadcasting
 * or promotion, and their adjoints come from the rules of cast and expand. */
#include "core/core.h"

#include <string.h>

extern const td_op td_op_cast, td_op_expand;

enum { MOST_ELEMENTWISE = 4 };

static const td_attr no_attr;

static td_context *context_of(int n, td_tensor *const *in)
{
    for (int i = 0; i < n; i++)
        if (in[i]) return in[i]->context;
    return NULL;
}

static bool operands_belong(td_context *c, const td_op *op, int n, td_tensor *const *in)
{
    if (n < op->min_in || (op->max_in >= 0 && n > op->max_in) || n > UINT16_MAX)
        td_fail(c, TD_EVALUE, "%s: %d operands, takes %d to %d", op->name, n, op->min_in, op->max_in);
    for (int i = 0; i < n; i++) {
        if (!in[i]) td_fail(c, TD_EVALUE, "%s: operand %d is NULL", op->name, i);
        else if (in[i]->context != c) td_fail(c, TD_ESTATE, "%s: operand %d belongs to another context", op->name, i);
    }
    return !c->status;
}

/* The dtype that elementwise operands from `first` on are brought to. */
static td_dtype common_dtype(const td_op *op, int first, int n, td_tensor *const *in)
{
    td_dtype d = (td_dtype)in[first]->dtype;
    for (int i = first + 1; i < n; i++) d = td_promote(d, (td_dtype)in[i]->dtype);
    if (op->kind == TD_FLOATING) return td_is_float(d) ? d : TD_F64;
    return d == TD_BOOL && op->kind != TD_CHOICE ? TD_I64 : d;
}

static td_tensor *to_dtype(td_tensor *x, td_dtype d)
{
    if (x->dtype == d) return x;
    return td_apply(&td_op_cast, 1, &x, &(td_attr){ .n_list = 1, .list = { d } });
}

static td_tensor *to_shape(td_tensor *x, const td_shape *s)
{
    if (td_shape_same(x->shape, s)) return x;
    td_attr a = { .n_list = (int8_t)s->rank };
    memcpy(a.list, s->size, sizeof s->size);
    return td_apply(&td_op_expand, 1, &x, &a);
}

/* The shape that all broadcast to: one of theirs, or made in one of these two places; NULL after td_fail. */
static const td_shape *common_shape(const td_op *op, int n, td_tensor *const *in, td_shape made[2])
{
    char            a[TD_SHAPE_TEXT], b[TD_SHAPE_TEXT];
    const td_shape *shape = in[0]->shape;
    for (int i = 1; i < n; i++) {
        if (td_shape_same(shape, in[i]->shape)) continue;
        if (!td_shape_broadcast(shape, in[i]->shape, &made[i % 2])) {
            td_fail(in[i]->context, TD_ESHAPE, "%s: %s and %s do not broadcast", op->name, td_shape_text(shape, a),
                    td_shape_text(in[i]->shape, b));
            return NULL;
        }
        shape = td_shape_same(&made[i % 2], shape) ? shape : &made[i % 2];
    }
    return shape;
}

/* Elementwise operands: is there nothing to bring together? */
static bool alike(const td_op *op, int n, td_tensor *const *in)
{
    const td_tensor *x = in[0];
    if (op->kind == TD_CHOICE || x->dtype < (op->kind == TD_FLOATING ? TD_F32 : TD_I64)) return false;
    for (int i = 1; i < n; i++)
        if (in[i]->dtype != x->dtype || (in[i]->shape != x->shape && !td_shape_same(in[i]->shape, x->shape))) return false;
    return true;
}

/* Elementwise operands in one dtype and one shape. */
static bool bring_together(const td_op *op, int n, td_tensor *const *in, td_tensor **ready)
{
    td_shape made[2];
    int      first = op->kind == TD_CHOICE;
    if (first && in[0]->dtype != TD_BOOL)
        return !td_fail(in[0]->context, TD_EDTYPE, "%s: the condition is %s, not bool", op->name,
                        td_dtype_name((td_dtype)in[0]->dtype));
    const td_shape *shape = common_shape(op, n, in, made);
    if (!shape) return false;
    td_dtype dtype = common_dtype(op, first, n, in);
    for (int i = 0; i < n; i++) {
        ready[i] = i < first ? in[i] : to_dtype(in[i], dtype);
        ready[i] = to_shape(ready[i], shape);
    }
    return !in[0]->context->status;
}

/* The shape of a result of its own, row-major: an operand's where one is like that. */
static const td_shape *own_shape(td_infer *i)
{
    for (int k = 0; k < i->n_in; k++) {
        const td_shape *s = i->in[k]->shape;
        if (td_shape_same(s, &i->shape) && td_shape_is_row_major(s)) return s;
    }
    if (td_shape_make(i->context, i->op->name, i->shape.rank, i->shape.size, &i->shape)) return NULL;
    return td_shape_keep(i->context, &i->shape);
}

/* What the op infers; NULL after td_fail.  Without a word of its own it is operand 0's. */
static const td_shape *infer_shape(td_infer *i)
{
    const td_shape *like = i->in[0]->shape;
    if (!i->op->infer && (like->rank == 0 ? like->offset == 0 : td_shape_is_row_major(like))) return like;
    i->shape = *like;
    if (i->op->infer && i->op->infer(i)) return NULL;
    return i->view ? td_shape_keep(i->context, &i->shape) : own_shape(i);
}

/* Does the op take this, whatever the shape of its result? */
static bool fits(td_infer *i)
{
    i->shape = *i->in[0]->shape;
    return !i->op->infer || i->op->infer(i) == TD_OK;
}

/* Only the head of the attributes is kept where no list is used. */
static const td_attr *keep_attr(td_context *c, const td_attr *attr)
{
    size_t   bytes = offsetof(td_attr, list) + (size_t)attr->n_list * sizeof *attr->list;
    td_attr *kept = td_arena_raw(c, bytes);
    if (kept) memcpy(kept, attr, bytes);
    return kept;
}

/* i.shape is not looked at. */
static td_tensor *make_node(const td_infer *i, const td_shape *shape)
{
    td_context    *c = i->context;
    const td_attr *attr = i->attr == &no_attr ? &no_attr : keep_attr(c, i->attr);
    td_tensor     *y = c->status ? NULL : td_node_new(c, i->op, i->n_in, i->in, shape, i->dtype, i->view);
    if (!y) return NULL;
    y->attr = attr;
    if (i->view) y->base = td_owner(i->in[0]);
    return y;
}

/* To the engine with it; NULL after td_fail. */
static td_tensor *handed_over(td_tensor *y) { return y->context->engine->apply(y) == TD_OK ? y : NULL; }

/* Of a node that was not there before. */
static td_tensor *finished(td_tensor *y)
{
    td_context *c = y->context;
    if (c->no_grad || y->op->id == TD_ID_detach) c->detached = true;
    else if (y->dtype >= TD_F32)
        for (int k = 0; k < y->n_in; k++) y->flags |= y->in[k]->flags & TD_REQUIRES;
    return handed_over(y);
}

/* The result goes by the composition's name, unless it is a tensor that was there before. */
static td_tensor *spelt_out(const td_op *op, int n, td_tensor *const *in, const td_attr *attr)
{
    td_context *c = in[0]->context;
    int64_t     before = c->node_count;
    bool        was_calm = c->calm;
    td_fenv     caller;    /* compositions do sums of their own: 1 / p, n - 1 */
    td_fenv_enter(&caller);
    c->calm = true;
    td_tensor *y = op->compose(n, in, attr);
    c->calm = was_calm;
    td_fenv_leave(&caller);
    if (!y || c->status || y->index < before) return y;
    return td_note_made(y, op) == TD_OK ? y : NULL;
}

/* Spelt out once, and if it comes again after td_release, found. */
static td_tensor *composed(td_infer *i)
{
    td_context *c = i->context;
    td_tensor **again = i->op->id ? td_span_again(c, i->op, i->n_in, i->in, i->attr) : NULL;
    if (again) return *again;
    if (!fits(i)) return NULL;
    const td_attr *attr = i->attr == &no_attr ? &no_attr : keep_attr(c, i->attr);
    td_span        span = td_span_begin(c, i->op, attr);
    td_tensor     *y = attr ? spelt_out(i->op, i->n_in, i->in, attr) : NULL;
    td_tensor    **key = y && !c->status && i->op->id ? td_span_room(c, (size_t)i->n_in + 1) : NULL;
    if (!key) return y;
    memcpy(key, i->in, (size_t)i->n_in * sizeof *key);
    key[i->n_in] = y;
    return td_span_keep(c, &span, i->n_in, 1) ? y : NULL;
}

static td_tensor *applied(td_context *c, const td_op *op, int n, td_tensor *const *in, const td_attr *attr)
{
    td_tensor *ready[MOST_ELEMENTWISE];
    if (!operands_belong(c, op, n, in)) return NULL;
    if (op->kind != TD_PLAIN && !alike(op, n, in)) {
        if (!bring_together(op, n, in, ready)) return NULL;
        in = ready;
        td_tensor *y = td_node_again(c, op, n, in, attr);
        if (y) return handed_over(y);
    }
    td_infer i;
    i.context = c, i.op = op, i.n_in = n, i.in = in, i.attr = attr, i.view = false;
    i.dtype = op->kind == TD_COMPARISON ? TD_BOOL : (td_dtype)in[op->kind == TD_CHOICE]->dtype;
    if (op->compose && !c->engine->whole) return composed(&i);
    const td_shape *shape = infer_shape(&i);
    if (!shape) return NULL;
    td_tensor *y = make_node(&i, shape);
    return y ? finished(y) : NULL;
}

td_tensor *td_apply(const td_op *op, int n, td_tensor *const *in, const td_attr *attr)
{
    td_context *c = n && in[0] ? in[0]->context : context_of(n, in);
    if (!c) return NULL;
    if (c->status) return c->bad;
    if (!attr) attr = &no_attr;
    td_tensor *y = td_node_again(c, op, n, in, attr);
    y = y ? handed_over(y) : applied(c, op, n, in, attr);
    return y && !c->status ? y : td_bad(c);
}
