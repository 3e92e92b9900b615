/* join.c: wholes made of parts: each operand is moved into its window of the result. */
#include "op/shape.h"

#include <string.h>

/* ---- concat, stack ------------------------------------------------------------------------------------------------ */

/* Is operand k like operand 0, sizes along `but` (-1: none) aside? */
static bool like_first(const td_infer *i, int k, int but)
{
    const td_shape *x = i->in[0]->shape, *y = i->in[k]->shape;
    char            a[TD_SHAPE_TEXT], b[TD_SHAPE_TEXT];
    if (i->in[k]->dtype != i->in[0]->dtype)
        return !td_fail(i->context, TD_EDTYPE, "%s: operand 0 is %s, operand %d is %s", i->op->name,
                        td_dtype_name(td_dtype_of(i->in[0])), k, td_dtype_name(td_dtype_of(i->in[k])));
    bool same = x->rank == y->rank;
    for (int axis = 0; same && axis < x->rank; axis++) same = axis == but || x->size[axis] == y->size[axis];
    if (same) return true;
    return !td_fail(i->context, TD_ESHAPE, "%s: operand 0 is %s, operand %d is %s", i->op->name, td_shape_text(x, a), k,
                    td_shape_text(y, b));
}

static td_status concat_infer(td_infer *i)
{
    int axis = i->attr->axis;
    if (!td_infer_axis(i, axis, i->shape.rank)) return td_error(i->context);
    for (int k = 1; k < i->n_in; k++) {
        if (!like_first(i, k, axis)) return td_error(i->context);
        if (__builtin_add_overflow(i->shape.size[axis], i->in[k]->shape->size[axis], &i->shape.size[axis]))
            return td_fail(i->context, TD_ESHAPE, "concat: more along axis %d than 64 bits can count", axis);
    }
    return TD_OK;
}

static td_status concat_compute(const td_call *call)
{
    int     axis = call->attr->axis;
    int64_t range[3] = { 0, 0, 1 };
    for (int k = 0; k < call->n_in; k++) {
        td_shape shape;
        range[1] = range[0] + call->in[k].shape->size[axis];
        td_window part = td_window_part(&call->out, axis, range, &shape);
        td_walk_move(call->context, &part, &call->in[k]);
        range[0] = range[1];
    }
    return TD_OK;
}

/* each operand's adjoint is its part of g */
static void concat_vjp(td_pull *p)
{
    int64_t start = 0;
    for (int k = 0; k < p->n_in; k++) {
        int64_t stop = start + p->in[k]->shape->size[p->attr->axis];
        if (td_pull_wants(p, k)) td_pull_add(p, k, td_slice(p->g, p->attr->axis, start, stop, 1));
        start = stop;
    }
}

td_tensor **td_in_one_dtype(td_context *c, int n, td_tensor *const *x)
{
    td_tensor **y = td_arena_raw(c, (size_t)n * sizeof *y);
    if (!y) return NULL;
    td_dtype d = td_dtype_of(x[0]);
    for (int k = 1; k < n; k++) d = td_promote(d, td_dtype_of(x[k]));
    for (int k = 0; k < n; k++) y[k] = td_to(x[k], d);
    return y;
}

static td_tensor *join(const td_op *op, int n, td_tensor *const *x, int axis, int new_axes)
{
    if (n < 1 || td_stopped(x[0])) return n < 1 ? NULL : td_passed(x[0]);
    td_context *c = x[0]->context;
    int         k = td_axis(c, op->name, x[0]->shape->rank + new_axes, axis);
    td_tensor **y = k < 0 ? NULL : td_in_one_dtype(c, n, x);
    return y ? td_apply(op, n, y, &(td_attr){ .axis = (int16_t)k }) : td_bad(c);
}

td_tensor *td_concat(int n, td_tensor *const *x, int axis) { return join(&td_op_concat, n, x, axis, 0); }
td_tensor *td_stack(int n, td_tensor *const *x, int axis) { return join(&td_op_stack, n, x, axis, 1); }

/* One to three operands like the first. */
static void sample_alike(td_sample *s)
{
    s->n_in = 1 + (int)td_sample_below(s, 3);
    for (int k = 1; k < s->n_in; k++) s->in[k] = s->in[0];
}

static void concat_sample(td_sample *s)
{
    td_sample_operand(s, 0, 1, 3);
    sample_alike(s);
    s->attr.axis = (int16_t)td_sample_below(s, s->in[0].rank);
    for (int k = 1; k < s->n_in; k++) s->in[k].size[s->attr.axis] = td_sample_below(s, 5);
}

static td_tensor *call_concat(const td_invocation *k) { return td_concat(k->n, k->in, td_as_int(k, 0)); }
static const td_signature concat_signature = {
    .example = "concat(x, y, axis=0)", .call = call_concat,
    .parameter = { { "axis", TD_AXIS, false, 0 } },
};
const td_op td_op_concat = {
    .name = "concat", .id = TD_ID_concat, .min_in = 1, .max_in = -1,
    .infer = concat_infer, .compute = concat_compute, .vjp = concat_vjp, .sample = concat_sample,
    .signature = &concat_signature,
};

static td_status stack_infer(td_infer *i)
{
    if (!td_infer_axis(i, i->attr->axis, i->shape.rank + 1)) return td_error(i->context);
    for (int k = 1; k < i->n_in; k++)
        if (!like_first(i, k, -1)) return td_error(i->context);
    td_shape_insert(i->in[0]->shape, i->attr->axis, i->n_in, &i->shape);
    return TD_OK;
}

static td_tensor *stack_compose(int n, td_tensor *const *in, const td_attr *attr)
{
    td_tensor **layer = td_arena_raw(in[0]->context, (size_t)n * sizeof *layer);
    if (!layer) return NULL;
    for (int k = 0; k < n; k++) layer[k] = td_unsqueeze(in[k], attr->axis);
    return td_concat(n, layer, attr->axis);
}

static void stack_sample(td_sample *s)
{
    td_sample_operand(s, 0, 0, 3);
    sample_alike(s);
    s->attr.axis = (int16_t)td_sample_below(s, s->in[0].rank + 1);
}

static td_tensor *call_stack(const td_invocation *k) { return td_stack(k->n, k->in, td_as_int(k, 0)); }
static const td_signature stack_signature = {
    .example = "stack(x, y, axis=0)", .call = call_stack,
    .parameter = { { "axis", TD_AXIS, false, 0 } },
};
const td_op td_op_stack = {
    .name = "stack", .id = TD_ID_stack, .min_in = 1, .max_in = -1,
    .infer = stack_infer, .compose = stack_compose, .sample = stack_sample,
    .signature = &stack_signature,
};

/* ---- flip, pad ---------------------------------------------------------------------------------------------------- */

static td_status flip_infer(td_infer *i)
{
    return td_infer_axes(i, i->attr->axes, i->shape.rank) ? TD_OK : td_error(i->context);
}

/* Seen from its last element backwards, a reversed axis is copied like any other. */
static td_status flip_compute(const td_call *call)
{
    td_window x = call->in[0];
    td_shape  shape = *x.shape;
    char     *first = x.data;
    if (shape.numel == 0) return TD_OK;
    for (int k = 0; k < shape.rank; k++) {
        if (!(call->attr->axes & 1u << k)) continue;
        first += (shape.size[k] - 1) * shape.stride[k] * (int64_t)td_dtype_size(x.dtype);
        shape.stride[k] = -shape.stride[k];
    }
    x.data = first;
    x.shape = &shape;
    td_walk_move(call->context, &call->out, &x);
    return TD_OK;
}

static void flip_vjp(td_pull *p) { td_pull_add(p, 0, td_apply1(&td_op_flip, p->g, p->attr)); }

td_tensor *td_flip(td_tensor *x, int n, const int *axes)
{
    td_attr a = { 0 };
    if (td_stopped(x)) return td_passed(x);
    if (!td_axis_set(x->context, "flip", x->shape->rank, n, axes, &a.axes)) return td_bad(x->context);
    return td_apply1(&td_op_flip, x, &a);
}

static void flip_sample(td_sample *s)
{
    s->n_in = 1;
    td_sample_operand(s, 0, 0, 4);
    s->attr.axes = (uint32_t)td_sample_below(s, 1 << s->in[0].rank);
}

static td_tensor *call_flip(const td_invocation *k)
{
    int axes[TD_LIST], n = td_as_axes(k, 0, k->in[0], axes);
    return td_flip(k->in[0], n, axes);
}
static const td_signature flip_signature = {
    .example = "flip(W, [0, 1])", .call = call_flip,
    .parameter = { { "axes", TD_AXES, true, 0 } },
};
const td_op td_op_flip = {
    .name = "flip", .id = TD_ID_flip, .min_in = 1, .max_in = 1,
    .infer = flip_infer, .compute = flip_compute, .vjp = flip_vjp, .sample = flip_sample,
    .signature = &flip_signature,
};

static td_status pad_infer(td_infer *i)
{
    const int64_t *before_after = i->attr->list;
    if (i->attr->n_list != 2 * i->shape.rank)
        return td_fail(i->context, TD_ESHAPE, "pad: %d counts for a tensor of rank %d", i->attr->n_list, i->shape.rank);
    for (int k = 0; k < i->attr->n_list; k++) {
        int64_t *size = &i->shape.size[k / 2];
        if (before_after[k] < 0 || __builtin_add_overflow(*size, before_after[k], size))
            return td_fail(i->context, TD_EVALUE, "pad: %lld %s axis %d", (long long)before_after[k],
                           k % 2 ? "after" : "before", k / 2);
    }
    return TD_OK;
}

/* The same value everywhere: the first element, then twice as many each time. */
static void fill(const td_window *w, double value)
{
    size_t bytes = (size_t)w->shape->numel * td_dtype_size(w->dtype), done = td_dtype_size(w->dtype);
    char  *to = w->data;
    if (bytes == 0) return;
    for (td_store(to, w->dtype, 0, value); done < bytes; done *= 2)
        memcpy(to + done, to, done < bytes - done ? done : bytes - done);
}

/* The part of the padded tensor that is x. */
static td_shape inner_part(const td_shape *padded, const td_attr *attr, const td_shape *x)
{
    td_shape s = *padded;
    s.offset = 0;
    s.numel = x->numel;
    for (int k = 0; k < x->rank; k++) {
        s.size[k] = x->size[k];
        s.offset += attr->list[2 * k] * padded->stride[k];
    }
    return s;
}

static td_status pad_compute(const td_call *call)
{
    td_window        part = call->out;
    const td_window *x = &call->in[0];
    fill(&part, call->attr->a);
    if (x->shape->numel == 0) return TD_OK;
    td_shape inner = inner_part(part.shape, call->attr, x->shape);
    part.data = (char *)part.data + inner.offset * (int64_t)td_dtype_size(part.dtype);
    part.shape = &inner;
    td_walk_move(call->context, &part, x);
    return TD_OK;
}

static void pad_vjp(td_pull *p)
{
    const td_shape *x = p->in[0]->shape;
    td_tensor      *gx = p->g;
    for (int k = 0; k < x->rank; k++) {
        int64_t before = p->attr->list[2 * k], after = p->attr->list[2 * k + 1];
        if (before || after) gx = td_slice(gx, k, before, before + x->size[k], 1);
    }
    td_pull_add(p, 0, gx);
}

td_tensor *td_pad(td_tensor *x, const int64_t *before_after, double value)
{
    if (td_stopped(x)) return td_passed(x);
    td_attr a = { .a = value, .n_list = (int8_t)(2 * x->shape->rank) };
    if (a.n_list) memcpy(a.list, before_after, (size_t)a.n_list * sizeof *before_after);
    return td_apply1(&td_op_pad, x, &a);
}

static void pad_sample(td_sample *s)
{
    s->n_in = 1;
    td_sample_operand(s, 0, 0, 3);
    s->attr.a = td_sample_real(s, -2, 2);
    s->attr.n_list = (int8_t)(2 * s->in[0].rank);
    for (int k = 0; k < s->attr.n_list; k++) s->attr.list[k] = td_sample_below(s, 3);
}

static td_tensor *call_pad(const td_invocation *k)
{
    bool right = td_has_length(k, 0, 2 * td_rank(k->in[0]));
    return right ? td_pad(k->in[0], k->argument[0].list, td_as_number(k, 1)) : k->in[0];
}
static const td_signature pad_signature = {
    .example = "pad(W, [1, 0, 0, 2], 0.5)", .call = call_pad,
    .parameter = { { "counts", TD_SIZES, true, 0 }, { "value", TD_NUMBER, false, 0 } },
};
const td_op td_op_pad = {
    .name = "pad", .id = TD_ID_pad, .min_in = 1, .max_in = 1,
    .infer = pad_infer, .compute = pad_compute, .vjp = pad_vjp, .sample = pad_sample,
    .signature = &pad_signature,
};
