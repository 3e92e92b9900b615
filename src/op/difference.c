/* difference.c: differences of neighbours along an axis, and integrals by the trapezoidal rule. */
#include "op/shape.h"

/* x along the axis without its last `behind` and its first `ahead` numbers. */
static td_tensor *without(td_tensor *x, int axis, int64_t ahead, int64_t behind)
{
    return td_slice(x, axis, ahead, td_size(x, axis) - behind, 1);
}

/* ---- diff: axis; list[0]: how often ------------------------------------------------------------------------------- */

static td_status diff_infer(td_infer *i)
{
    int     axis = i->attr->axis;
    int64_t n = i->attr->list[0];
    if (!td_infer_axis(i, axis, i->shape.rank)) return td_error(i->context);
    if (n < 0) return td_fail(i->context, TD_EVALUE, "diff: n = %lld is less than 0", (long long)n);
    i->shape.size[axis] = i->shape.size[axis] > n ? i->shape.size[axis] - n : 0;
    return TD_OK;
}

static td_tensor *diff_compose(int n, td_tensor *const *in, const td_attr *attr)
{
    td_tensor *y = in[0];
    int        axis = attr->axis;
    (void)n;
    for (int64_t k = 0; k < attr->list[0] && td_size(y, axis) > 0; k++) {
        td_tensor *next = without(y, axis, 1, 0), *here = without(y, axis, 0, 1);
        y = td_dtype_of(y) == TD_BOOL ? td_ne(next, here) : td_sub(next, here);
    }
    return y;
}

td_tensor *td_diff(td_tensor *x, int64_t n, int axis, td_tensor *prepend, td_tensor *append)
{
    if (td_stopped(x)) return td_passed(x);
    int k = td_axis(x->context, "diff", x->shape->rank, axis);
    if (k < 0) return td_bad(x->context);
    td_tensor *part[3], **next = part;
    if (prepend) *next++ = prepend;
    *next++ = x;
    if (append) *next++ = append;
    if (next - part > 1) x = td_concat((int)(next - part), part, k);
    return td_apply1(&td_op_diff, x, &(td_attr){ .axis = (int16_t)k, .n_list = 1, .list = { n } });
}

static void diff_sample(td_sample *s)
{
    s->n_in = 1;
    td_sample_operand(s, 0, 1, 3);
    s->attr.axis = (int16_t)td_sample_below(s, s->in[0].rank);
    s->attr.n_list = 1;
    s->attr.list[0] = td_sample_below(s, 4);
}

static td_tensor *call_diff(const td_invocation *k)
{
    return td_diff(k->in[0], td_as_i64(k, 0), td_as_int(k, 1), NULL, NULL);
}
static const td_signature diff_signature = {
    .example = "diff(W)", .call = call_diff,
    .parameter = { { "n", TD_INTEGER, false, 1 }, { "axis", TD_AXIS, false, -1 } },
};
const td_op td_op_diff = {
    .name = "diff", .id = TD_ID_diff, .min_in = 1, .max_in = 1, .infer = diff_infer, .compose = diff_compose,
    .sample = diff_sample, .signature = &diff_signature,
};

/* ---- trapezoid, cumulative_trapezoid: (y[, x of y's shape]), axis; a: the step without x ---------------------------- */

/* y and x, alike. */
static td_status rule_infer(td_infer *i)
{
    char            a[TD_SHAPE_TEXT], b[TD_SHAPE_TEXT];
    const td_shape *y = i->in[0]->shape, *x = i->in[i->n_in - 1]->shape;
    int             axis = i->attr->axis;
    if (!td_infer_axis(i, axis, y->rank) || td_infer_float(i)) return td_error(i->context);
    if (!td_shape_same(x, y) || i->in[i->n_in - 1]->dtype != i->dtype)
        return td_fail(i->context, TD_ESHAPE, "%s: y is %s %s, x %s %s", i->op->name, td_dtype_name(i->dtype),
                       td_shape_text(y, a), td_dtype_name(td_dtype_of(i->in[1])), td_shape_text(x, b));
    return TD_OK;
}

static td_status trapezoid_infer(td_infer *i)
{
    if (rule_infer(i)) return td_error(i->context);
    for (int k = i->attr->axis; k + 1 < i->shape.rank; k++) i->shape.size[k] = i->shape.size[k + 1];
    i->shape.rank--;
    return TD_OK;
}

static td_status cumulative_trapezoid_infer(td_infer *i)
{
    if (rule_infer(i)) return td_error(i->context);
    if (i->shape.size[i->attr->axis] > 0) i->shape.size[i->attr->axis]--;
    return TD_OK;
}

/* The area between each two neighbours. */
static td_tensor *areas(int n, td_tensor *const *in, const td_attr *attr)
{
    int        axis = attr->axis;
    int64_t    some = td_size(in[0], axis) > 0;
    td_tensor *both = td_add(without(in[0], axis, some, 0), without(in[0], axis, 0, some));
    if (n < 2) return td_mul_scalar(both, attr->a / 2);
    return td_mul(td_mul_scalar(both, 0.5), td_sub(without(in[1], axis, some, 0), without(in[1], axis, 0, some)));
}

static td_tensor *trapezoid_compose(int n, td_tensor *const *in, const td_attr *attr)
{
    return td_sum_axes(areas(n, in, attr), 1, (int[]){ attr->axis }, false);
}

static td_tensor *cumulative_trapezoid_compose(int n, td_tensor *const *in, const td_attr *attr)
{
    return td_cumsum(areas(n, in, attr), attr->axis);
}

/* x, a vector along the axis or of y's rank, in y's shape. */
static td_tensor *spread_along(td_tensor *x, const td_tensor *y, int axis)
{
    int64_t size[TD_MAX_RANK], n = y->shape->size[axis];
    int     rank = y->shape->rank, own = x->shape->rank == 1 ? 0 : axis;
    char    a[TD_SHAPE_TEXT], b[TD_SHAPE_TEXT];
    if (td_stopped(x)) return td_passed(x);
    if ((x->shape->rank != 1 && x->shape->rank != rank) || x->shape->size[own] != n) {
        td_fail(y->context, TD_ESHAPE, "trapezoid: y is %s, x %s; a vector of %lld numbers for axis %d, or y's rank, wanted",
                td_shape_text(y->shape, a), td_shape_text(x->shape, b), (long long)n, axis);
        return td_bad(y->context);
    }
    for (int k = 0; k < rank; k++) size[k] = k == axis ? n : 1;
    return td_expand(x->shape->rank == 1 ? td_reshape(x, rank, size) : x, rank, y->shape->size);
}

static td_tensor *apply_rule(const td_op *op, td_tensor *y, td_tensor *x, double dx, int axis)
{
    td_tensor *in[2] = { y, x };
    if (td_stopped(y)) return td_passed(y);
    int k = td_axis(y->context, op->name, y->shape->rank, axis);
    if (k < 0) return td_bad(y->context);
    td_to_common_float(2, in, 3);
    if (x) in[1] = spread_along(in[1], in[0], k);
    return td_apply(op, x ? 2 : 1, in, &(td_attr){ .axis = (int16_t)k, .a = dx });
}

td_tensor *td_trapezoid(td_tensor *y, td_tensor *x, double dx, int axis)
{
    return apply_rule(&td_op_trapezoid, y, x, dx, axis);
}

td_tensor *td_cumulative_trapezoid(td_tensor *y, td_tensor *x, double dx, int axis)
{
    return apply_rule(&td_op_cumulative_trapezoid, y, x, dx, axis);
}

static void trapezoid_sample(td_sample *s)
{
    s->n_in = 1 + (int)td_sample_below(s, 2);
    td_sample_operand(s, 0, 1, 3);
    s->in[1] = s->in[0];
    s->attr.axis = (int16_t)td_sample_below(s, s->in[0].rank);
    s->attr.a = td_sample_choice(s, 3, (double[]){ 1, 0.25, -2 });
}

static td_tensor *call_trapezoid(const td_invocation *k)
{
    return apply_rule(k->op, k->in[0], k->n > 1 ? k->in[1] : NULL, td_as_number(k, 0), td_as_int(k, 1));
}

#define RULE_PARAMETERS { { "dx", TD_NUMBER, false, 1 }, { "axis", TD_AXIS, false, -1 } }
static const td_signature trapezoid_signature = {
    .example = "trapezoid(W, x)", .call = call_trapezoid, .parameter = RULE_PARAMETERS,
};
const td_op td_op_trapezoid = {
    .name = "trapezoid", .id = TD_ID_trapezoid, .min_in = 1, .max_in = 2, .infer = trapezoid_infer,
    .compose = trapezoid_compose, .sample = trapezoid_sample, .signature = &trapezoid_signature,
};
static const td_signature cumulative_trapezoid_signature = {
    .example = "cumulative_trapezoid(W, x)", .call = call_trapezoid, .parameter = RULE_PARAMETERS,
};
const td_op td_op_cumulative_trapezoid = {
    .name = "cumulative_trapezoid", .id = TD_ID_cumulative_trapezoid, .min_in = 1, .max_in = 2,
    .infer = cumulative_trapezoid_infer, .compose = cumulative_trapezoid_compose, .sample = trapezoid_sample,
    .signature = &cumulative_trapezoid_signature,
};
