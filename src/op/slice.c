/* slice.c: parts of a tensor along one axis, and their adjoint.
 *
 * A range is start, stop, step with 0 <= start <= stop <= n and step >= 1: the wrappers clip by Python's rules, infer
 * refuses what is not clipped.  slice is a view. */
#include "op/shape.h"

#include <math.h>

#include <string.h>

/* ---- slice, unslice, select --------------------------------------------------------------------------------------- */

static int64_t range_count(const int64_t *r) { return r[1] > r[0] ? (r[1] - r[0] - 1) / r[2] + 1 : 0; }

static td_status check_range(const td_infer *i, int64_t n)
{
    const int64_t *r = i->attr->list;
    if (r[0] >= 0 && r[0] <= r[1] && r[1] <= n && r[2] >= 1) return TD_OK;
    return td_fail(i->context, TD_EVALUE, "%s: %lld:%lld:%lld is no range in 0..%lld", i->op->name, (long long)r[0],
                   (long long)r[1], (long long)r[2], (long long)n);
}

void td_shape_narrow(td_shape *s, int axis, const int64_t *range)
{
    int64_t count = range_count(range);
    s->size[axis] = count;
    if (count) s->offset += range[0] * s->stride[axis];    /* an empty part begins nowhere in particular */
    if (count > 1) s->stride[axis] *= range[2];
    s->numel = 1;
    for (int k = 0; k < s->rank; k++) s->numel *= s->size[k];
}

td_window td_window_part(const td_window *w, int axis, const int64_t *range, td_shape *shape)
{
    *shape = *w->shape;
    shape->offset = 0;
    td_shape_narrow(shape, axis, range);
    return (td_window){ (char *)w->data + shape->offset * (int64_t)td_dtype_size(w->dtype), shape, w->dtype };
}

static td_status slice_infer(td_infer *i)
{
    int axis = i->attr->axis;
    if (!td_infer_axis(i, axis, i->shape.rank) || check_range(i, i->shape.size[axis])) return td_error(i->context);
    i->shape = *i->in[0]->shape;
    td_shape_narrow(&i->shape, axis, i->attr->list);
    i->view = true;
    return TD_OK;
}

static void slice_vjp(td_pull *p)
{
    const int64_t *r = p->attr->list;
    int            axis = p->attr->axis;
    td_pull_add(p, 0, td_unslice(p->g, axis, r[0], r[1], r[2], p->in[0]->shape->size[axis]));
}

static int64_t clipped(int64_t at, int64_t n)
{
    if (at < 0) at += n;
    return at < 0 ? 0 : at > n ? n : at;
}

bool td_clip_range(td_context *c, const char *who, td_attr *a, int64_t start, int64_t stop, int64_t step, int64_t n)
{
    if (step < 1) return !td_fail(c, TD_EVALUE, "%s: step %lld is less than 1", who, (long long)step);
    a->n_list = 3;
    a->list[0] = clipped(start, n);
    a->list[1] = clipped(stop, n);
    if (a->list[1] < a->list[0]) a->list[1] = a->list[0];
    a->list[2] = step;
    return true;
}

td_tensor *td_slice(td_tensor *x, int axis, int64_t start, int64_t stop, int64_t step)
{
    td_attr a = { 0 };
    if (td_stopped(x)) return td_passed(x);
    int k = td_axis(x->context, "slice", x->shape->rank, axis);
    if (k < 0 || !td_clip_range(x->context, "slice", &a, start, stop, step, x->shape->size[k])) return td_bad(x->context);
    a.axis = (int16_t)k;
    return td_apply1(&td_op_slice, x, &a);
}

static void sample_range(td_sample *s, int64_t n)
{
    td_attr *a = &s->attr;
    a->n_list = 3;
    a->list[0] = td_sample_below(s, n + 1);
    a->list[1] = a->list[0] + td_sample_below(s, n - a->list[0] + 1);
    a->list[2] = 1 + td_sample_below(s, 3);
}

static void slice_sample(td_sample *s)
{
    s->n_in = 1;
    td_sample_operand(s, 0, 1, 4);
    s->attr.axis = (int16_t)td_sample_below(s, s->in[0].rank);
    sample_range(s, s->in[0].size[s->attr.axis]);
}

static td_tensor *call_slice(const td_invocation *k)
{
    return td_slice(k->in[0], td_as_int(k, 0), td_as_i64(k, 1), td_as_i64(k, 2), td_as_i64(k, 3));
}
static const td_signature slice_signature = {
    .example = "slice(W, 1, 0, 3, 2)", .call = call_slice,
    .parameter = { { "axis", TD_AXIS, false, 0 }, { "start", TD_INTEGER, false, 0 },
                   { "stop", TD_INTEGER, false, (double)INFINITY }, { "step", TD_INTEGER, false, 1 } },
};
const td_op td_op_slice = {
    .name = "slice", .id = TD_ID_slice, .min_in = 1, .max_in = 1,
    .infer = slice_infer, .vjp = slice_vjp, .sample = slice_sample,
    .signature = &slice_signature,
};

static td_status unslice_infer(td_infer *i)
{
    const int64_t *r = i->attr->list;
    int            axis = i->attr->axis;
    if (!td_infer_axis(i, axis, i->shape.rank) || check_range(i, r[3])) return td_error(i->context);
    if (i->shape.size[axis] != range_count(r))
        return td_fail(i->context, TD_ESHAPE, "unslice: axis %d has size %lld, the range %lld:%lld:%lld wants %lld", axis,
                       (long long)i->shape.size[axis], (long long)r[0], (long long)r[1], (long long)r[2],
                       (long long)range_count(r));
    i->shape.size[axis] = r[3];
    return TD_OK;
}

static td_status unslice_compute(const td_call *call)
{
    td_shape  shape;
    td_window part = td_window_part(&call->out, call->attr->axis, call->attr->list, &shape);
    memset(call->out.data, 0, (size_t)call->out.shape->numel * td_dtype_size(call->out.dtype));
    td_walk_move(call->context, &part, &call->in[0]);
    return TD_OK;
}

static void unslice_vjp(td_pull *p)
{
    const int64_t *r = p->attr->list;
    td_pull_add(p, 0, td_slice(p->g, p->attr->axis, r[0], r[1], r[2]));
}

td_tensor *td_unslice(td_tensor *x, int axis, int64_t start, int64_t stop, int64_t step, int64_t n)
{
    td_attr a = { 0 };
    if (td_stopped(x)) return td_passed(x);
    int k = td_axis(x->context, "unslice", x->shape->rank, axis);
    if (k < 0 || !td_clip_range(x->context, "unslice", &a, start, stop, step, n)) return td_bad(x->context);
    a.axis = (int16_t)k;
    a.n_list = 4;
    a.list[3] = n;
    return td_apply1(&td_op_unslice, x, &a);
}

static void unslice_sample(td_sample *s)
{
    int64_t n = td_sample_below(s, 8);
    s->n_in = 1;
    td_sample_operand(s, 0, 1, 3);
    s->attr.axis = (int16_t)td_sample_below(s, s->in[0].rank);
    sample_range(s, n);
    s->attr.n_list = 4;
    s->attr.list[3] = n;
    s->in[0].size[s->attr.axis] = range_count(s->attr.list);
}

static td_tensor *call_unslice(const td_invocation *k)
{
    return td_unslice(k->in[0], td_as_int(k, 0), td_as_i64(k, 1), td_as_i64(k, 2), td_as_i64(k, 3), td_as_i64(k, 4));
}
static const td_signature unslice_signature = {
    .example = "unslice(slice(W, 1, 0, 3, 2), 1, 0, 3, 2, 3)", .call = call_unslice,
    .parameter = { { "axis", TD_AXIS, true, 0 }, { "start", TD_INTEGER, true, 0 }, { "stop", TD_INTEGER, true, 0 },
                   { "step", TD_INTEGER, true, 0 }, { "n", TD_INTEGER, true, 0 } },
};
const td_op td_op_unslice = {
    .name = "unslice", .id = TD_ID_unslice, .min_in = 1, .max_in = 1,
    .infer = unslice_infer, .compute = unslice_compute, .vjp = unslice_vjp, .sample = unslice_sample,
    .signature = &unslice_signature,
};

static td_status select_infer(td_infer *i)
{
    int     axis = i->attr->axis;
    int64_t at = i->attr->list[0];
    if (!td_infer_axis(i, axis, i->shape.rank)) return td_error(i->context);
    if (at < 0 || at >= i->shape.size[axis])
        return td_fail(i->context, TD_EVALUE, "select: index %lld is out of range for axis %d of size %lld", (long long)at,
                       axis, (long long)i->shape.size[axis]);
    td_shape_reduce(i->in[0]->shape, 1u << axis, false, &i->shape);
    return TD_OK;
}

static td_tensor *select_compose(int n, td_tensor *const *in, const td_attr *attr)
{
    int64_t at = attr->list[0];
    (void)n;
    return td_squeeze(td_slice(in[0], attr->axis, at, at + 1, 1), attr->axis);
}

td_tensor *td_select(td_tensor *x, int axis, int64_t index)
{
    if (td_stopped(x)) return td_passed(x);
    int k = td_axis(x->context, "select", x->shape->rank, axis);
    if (k < 0) return td_bad(x->context);
    int64_t n = x->shape->size[k], at = index < 0 && index >= -n ? index + n : index;
    return td_apply1(&td_op_select, x, &(td_attr){ .axis = (int16_t)k, .n_list = 1, .list = { at } });
}

static void select_sample(td_sample *s)
{
    s->n_in = 1;
    td_sample_operand(s, 0, 1, 4);
    s->attr.axis = (int16_t)td_sample_below(s, s->in[0].rank);
    int64_t *n = &s->in[0].size[s->attr.axis];
    if (*n == 0) *n = 1;
    s->attr.n_list = 1;
    s->attr.list[0] = td_sample_below(s, *n);
}

static td_tensor *call_select(const td_invocation *k) { return td_select(k->in[0], td_as_int(k, 0), td_as_i64(k, 1)); }
static const td_signature select_signature = {
    .example = "select(W, 1, 2)", .call = call_select,
    .parameter = { { "axis", TD_AXIS, true, 0 }, { "index", TD_INTEGER, true, 0 } },
};
const td_op td_op_select = {
    .name = "select", .id = TD_ID_select, .min_in = 1, .max_in = 1,
    .infer = select_infer, .compose = select_compose, .sample = select_sample,
    .signature = &select_signature,
};
