/* patch.c: x with a part of it replaced: slice_scatter, select_scatter, diagonal_scatter.
 *
 * The part is a window of the result; what was there has slope 0.  Attributes are slice's, select's and diagonal's. */
#include "op/shape.h"

#include <math.h>

/* The part's shape within x's, with its offset and strides. */
typedef td_shape part_of(const td_shape *x, const td_attr *attr);

static td_shape slice_part(const td_shape *x, const td_attr *attr)
{
    td_shape part = *x;
    td_shape_narrow(&part, attr->axis, attr->list);
    return part;
}

static td_status source_fits(const td_infer *i, part_of *part)
{
    const td_tensor *x = i->in[0], *source = i->in[1];
    td_shape         shape = part(x->shape, i->attr);
    char             a[TD_SHAPE_TEXT], b[TD_SHAPE_TEXT];
    if (source->dtype != x->dtype)
        return td_fail(i->context, TD_EDTYPE, "%s: x is %s, the source is %s", i->op->name, td_dtype_name(td_dtype_of(x)),
                       td_dtype_name(td_dtype_of(source)));
    if (td_shape_same(&shape, source->shape)) return TD_OK;
    return td_fail(i->context, TD_ESHAPE, "%s: the source is %s, the part of x is %s", i->op->name,
                   td_shape_text(source->shape, a), td_shape_text(&shape, b));
}

static td_status patch(const td_call *call, part_of *part)
{
    td_shape  shape = part(call->out.shape, call->attr);
    td_window to = { (char *)call->out.data + shape.offset * (int64_t)td_dtype_size(call->out.dtype), &shape,
                     call->out.dtype };
    td_walk_move(call->context, &call->out, &call->in[0]);
    td_walk_move(call->context, &to, &call->in[1]);
    return TD_OK;
}

/* gx = g with zeros in the part */
static void pull_rest(td_pull *p, const td_op *op)
{
    if (!td_pull_wants(p, 0)) return;
    td_tensor *zeros = td_constant(p->g, 0, p->in[1]->shape);
    td_pull_add(p, 0, td_apply(op, 2, (td_tensor *[]){ p->g, zeros }, p->attr));
}

/* ---- slice_scatter, select_scatter -------------------------------------------------------------------------------- */

static td_status slice_scatter_infer(td_infer *i)
{
    const int64_t *r = i->attr->list;
    int            axis = i->attr->axis;
    if (!td_infer_axis(i, axis, i->shape.rank)) return td_error(i->context);
    if (r[0] < 0 || r[0] > r[1] || r[1] > i->shape.size[axis] || r[2] < 1)
        return td_fail(i->context, TD_EVALUE, "slice_scatter: %lld:%lld:%lld is no range in 0..%lld", (long long)r[0],
                       (long long)r[1], (long long)r[2], (long long)i->shape.size[axis]);
    return source_fits(i, slice_part);
}

static td_status slice_scatter_compute(const td_call *call) { return patch(call, slice_part); }

static void slice_scatter_vjp(td_pull *p)
{
    const int64_t *r = p->attr->list;
    pull_rest(p, &td_op_slice_scatter);
    td_pull_add(p, 1, td_slice(p->g, p->attr->axis, r[0], r[1], r[2]));
}

td_tensor *td_slice_scatter(td_tensor *x, td_tensor *source, int axis, int64_t start, int64_t stop, int64_t step)
{
    td_attr a = { 0 };
    if (td_stopped(x)) return td_passed(x);
    int k = td_axis(x->context, "slice_scatter", x->shape->rank, axis);
    int64_t n = k < 0 ? 0 : x->shape->size[k];
    if (k < 0 || !td_clip_range(x->context, "slice_scatter", &a, start, stop, step, n)) return td_bad(x->context);
    a.axis = (int16_t)k;
    return td_apply(&td_op_slice_scatter, 2, (td_tensor *[]){ x, source }, &a);
}

static void slice_scatter_sample(td_sample *s)
{
    td_sample_operand(s, 0, 1, 4);
    td_attr *a = &s->attr;
    a->axis = (int16_t)td_sample_below(s, s->in[0].rank);
    int64_t n = s->in[0].size[a->axis];
    a->n_list = 3;
    a->list[0] = td_sample_below(s, n + 1);
    a->list[1] = a->list[0] + td_sample_below(s, n - a->list[0] + 1);
    a->list[2] = 1 + td_sample_below(s, 3);
    s->n_in = 2;
    s->in[1] = s->in[0];
    s->in[1].size[a->axis] = (a->list[1] - a->list[0] + a->list[2] - 1) / a->list[2];
}

static td_tensor *call_slice_scatter(const td_invocation *k)
{
    return td_slice_scatter(k->in[0], k->in[1], td_as_int(k, 0), td_as_i64(k, 1), td_as_i64(k, 2), td_as_i64(k, 3));
}
static const td_signature slice_scatter_signature = {
    .example = "slice_scatter(W, slice(W, 1, 0, 3, 2), 1, 0, 3, 2)", .call = call_slice_scatter,
    .parameter = { { "axis", TD_AXIS, false, 0 }, { "start", TD_INTEGER, false, 0 },
                   { "stop", TD_INTEGER, false, (double)INFINITY }, { "step", TD_INTEGER, false, 1 } },
};
const td_op td_op_slice_scatter = {
    .name = "slice_scatter", .id = TD_ID_slice_scatter, .min_in = 2, .max_in = 2,
    .infer = slice_scatter_infer, .compute = slice_scatter_compute, .vjp = slice_scatter_vjp, .sample = slice_scatter_sample,
    .signature = &slice_scatter_signature,
};

static td_status select_scatter_infer(td_infer *i)
{
    int      axis = i->attr->axis;
    int64_t  at = i->attr->list[0];
    td_shape part;
    char     a[TD_SHAPE_TEXT], b[TD_SHAPE_TEXT];
    if (!td_infer_axis(i, axis, i->shape.rank)) return td_error(i->context);
    if (at < 0 || at >= i->shape.size[axis])
        return td_fail(i->context, TD_EVALUE, "select_scatter: index %lld is out of range for axis %d of size %lld",
                       (long long)at, axis, (long long)i->shape.size[axis]);
    td_shape_reduce(i->in[0]->shape, 1u << axis, false, &part);
    if (td_shape_same(&part, i->in[1]->shape)) return TD_OK;
    return td_fail(i->context, TD_ESHAPE, "select_scatter: the source is %s, the part of x is %s",
                   td_shape_text(i->in[1]->shape, a),
                   td_shape_text(&part, b));
}

static td_tensor *select_scatter_compose(int n, td_tensor *const *in, const td_attr *attr)
{
    int64_t at = attr->list[0];
    (void)n;
    return td_slice_scatter(in[0], td_unsqueeze(in[1], attr->axis), attr->axis, at, at + 1, 1);
}

td_tensor *td_select_scatter(td_tensor *x, td_tensor *source, int axis, int64_t index)
{
    if (td_stopped(x)) return td_passed(x);
    int k = td_axis(x->context, "select_scatter", x->shape->rank, axis);
    if (k < 0) return td_bad(x->context);
    int64_t n = x->shape->size[k], at = index < 0 && index >= -n ? index + n : index;
    return td_apply(&td_op_select_scatter, 2, (td_tensor *[]){ x, source },
                    &(td_attr){ .axis = (int16_t)k, .n_list = 1, .list = { at } });
}

static void select_scatter_sample(td_sample *s)
{
    td_sample_operand(s, 0, 1, 4);
    int axis = (int)td_sample_below(s, s->in[0].rank);
    if (s->in[0].size[axis] == 0) s->in[0].size[axis] = 1;
    s->attr = (td_attr){ .axis = (int16_t)axis, .n_list = 1, .list = { td_sample_below(s, s->in[0].size[axis]) } };
    s->n_in = 2;
    s->in[1] = s->in[0];
    s->in[1].rank--;
    for (int k = axis; k < s->in[1].rank; k++) s->in[1].size[k] = s->in[0].size[k + 1];
}

static td_tensor *call_select_scatter(const td_invocation *k)
{
    return td_select_scatter(k->in[0], k->in[1], td_as_int(k, 0), td_as_i64(k, 1));
}
static const td_signature select_scatter_signature = {
    .example = "select_scatter(W, x, 0, 1)", .call = call_select_scatter,
    .parameter = { { "axis", TD_AXIS, true, 0 }, { "index", TD_INTEGER, true, 0 } },
};
const td_op td_op_select_scatter = {
    .name = "select_scatter", .id = TD_ID_select_scatter, .min_in = 2, .max_in = 2,
    .infer = select_scatter_infer, .compose = select_scatter_compose, .sample = select_scatter_sample,
    .signature = &select_scatter_signature,
};

/* ---- diagonal_scatter --------------------------------------------------------------------------------------------- */

static td_status diagonal_scatter_infer(td_infer *i)
{
    const int64_t *a = i->attr->list;
    if (!td_infer_axis(i, a[1], i->shape.rank) || !td_infer_axis(i, a[2], i->shape.rank)) return td_error(i->context);
    if (a[1] == a[2]) return td_fail(i->context, TD_ESHAPE, "diagonal_scatter: axis %d is named twice", (int)a[1]);
    return source_fits(i, td_shape_diagonal);
}

static td_status diagonal_scatter_compute(const td_call *call) { return patch(call, td_shape_diagonal); }

static void diagonal_scatter_vjp(td_pull *p)
{
    const int64_t *a = p->attr->list;
    pull_rest(p, &td_op_diagonal_scatter);
    td_pull_add(p, 1, td_diagonal(p->g, a[0], (int)a[1], (int)a[2]));
}

td_tensor *td_diagonal_scatter(td_tensor *x, td_tensor *source, int64_t offset, int axis0, int axis1)
{
    if (td_stopped(x)) return td_passed(x);
    int rank = x->shape->rank, row = td_axis(x->context, "diagonal_scatter", rank, axis0);
    int column = row < 0 ? -1 : td_axis(x->context, "diagonal_scatter", rank, axis1);
    if (column < 0) return td_bad(x->context);
    return td_apply(&td_op_diagonal_scatter, 2, (td_tensor *[]){ x, source },
                    &(td_attr){ .n_list = 3, .list = { offset, row, column } });
}

static void diagonal_scatter_sample(td_sample *s)
{
    td_sample_operand(s, 0, 2, 4);
    const td_sample_in *x = &s->in[0];
    td_sample_in       *source = &s->in[1];
    int64_t             row = td_sample_below(s, x->rank), column = (row + 1 + td_sample_below(s, x->rank - 1)) % x->rank;
    int64_t             offset = td_sample_below(s, 5) - 2, m = x->size[row] + (offset < 0 ? offset : 0);
    int64_t             n = x->size[column] - (offset > 0 ? offset : 0), length = m < n ? m : n;
    s->attr = (td_attr){ .n_list = 3, .list = { offset, row, column } };
    s->n_in = 2;
    *source = *x;
    source->rank = 0;
    for (int k = 0; k < x->rank; k++)
        if (k != row && k != column) source->size[source->rank++] = x->size[k];
    source->size[source->rank++] = length < 0 ? 0 : length;
}

static td_tensor *call_diagonal_scatter(const td_invocation *k)
{
    return td_diagonal_scatter(k->in[0], k->in[1], td_as_i64(k, 0), td_as_int(k, 1), td_as_int(k, 2));
}
static const td_signature diagonal_scatter_signature = {
    .example = "diagonal_scatter(W, slice(x, 0, 0, 2))", .call = call_diagonal_scatter,
    .parameter = { { "offset", TD_INTEGER, false, 0 }, { "axis0", TD_AXIS, false, 0 }, { "axis1", TD_AXIS, false, 1 } },
};
const td_op td_op_diagonal_scatter = {
    .name = "diagonal_scatter", .id = TD_ID_diagonal_scatter, .min_in = 2, .max_in = 2,
    .infer = diagonal_scatter_infer, .compute = diagonal_scatter_compute, .vjp = diagonal_scatter_vjp,
    .sample = diagonal_scatter_sample, .signature = &diagonal_scatter_signature,
};
