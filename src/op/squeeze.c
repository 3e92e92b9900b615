/* squeeze.c: axes of size 1 dropped and put in: other shapes of the same view, spelt in reshape. */
#include "op/shape.h"

#include <math.h>

static td_status squeeze_infer(td_infer *i)
{
    const td_shape *x = i->in[0]->shape;
    uint32_t        axes = i->attr->axes;
    if (!td_infer_axes(i, axes, x->rank)) return td_error(i->context);
    for (int k = 0; k < x->rank; k++)
        if (axes & 1u << k && x->size[k] != 1)
            return td_fail(i->context, TD_ESHAPE, "squeeze: axis %d has size %lld, not 1", k, (long long)x->size[k]);
    td_shape_reduce(x, axes, false, &i->shape);
    return TD_OK;
}

static td_tensor *squeeze_compose(int n, td_tensor *const *in, const td_attr *attr)
{
    td_shape y;
    (void)n;
    td_shape_reduce(in[0]->shape, attr->axes, false, &y);
    return td_reshape(in[0], y.rank, y.size);
}

static td_tensor *squeeze_set(td_tensor *x, uint32_t axes)
{
    return axes ? td_apply1(&td_op_squeeze, x, &(td_attr){ .axes = axes }) : x;
}

td_tensor *td_squeeze(td_tensor *x, int axis)
{
    if (td_stopped(x)) return td_passed(x);
    int k = td_axis(x->context, "squeeze", x->shape->rank, axis);
    if (k < 0) return td_bad(x->context);
    return squeeze_set(x, x->shape->size[k] == 1 ? 1u << k : 0);
}

td_tensor *td_squeeze_all(td_tensor *x)
{
    uint32_t axes = 0;
    if (td_stopped(x)) return td_passed(x);
    for (int k = 0; k < x->shape->rank; k++)
        if (x->shape->size[k] == 1) axes |= 1u << k;
    return squeeze_set(x, axes);
}

static void squeeze_sample(td_sample *s)
{
    s->n_in = 1;
    td_sample_operand(s, 0, 0, 4);
    for (int k = 0; k < s->in[0].rank; k++) {
        if (td_sample_below(s, 2)) continue;
        s->in[0].size[k] = 1;
        s->attr.axes |= 1u << k;
    }
}

static td_tensor *call_squeeze(const td_invocation *k)
{
    return k->argument[0].given ? td_squeeze(k->in[0], td_as_int(k, 0)) : td_squeeze_all(k->in[0]);
}
static const td_signature squeeze_signature = {
    .example = "squeeze(unsqueeze(x, 0), 0)", .call = call_squeeze,
    .parameter = { { "axis", TD_AXIS, false, NAN } },
};
const td_op td_op_squeeze = {
    .name = "squeeze", .id = TD_ID_squeeze, .min_in = 1, .max_in = 1,
    .infer = squeeze_infer, .compose = squeeze_compose, .sample = squeeze_sample,
    .signature = &squeeze_signature,
};

void td_shape_insert(const td_shape *x, int axis, int64_t size, td_shape *y)
{
    y->rank = x->rank + 1;
    for (int k = 0; k < y->rank && k < TD_MAX_RANK; k++)
        y->size[k] = k < axis ? x->size[k] : k == axis ? size : x->size[k - 1];
}

static td_status unsqueeze_infer(td_infer *i)
{
    if (!td_infer_axis(i, i->attr->axis, i->shape.rank + 1)) return td_error(i->context);
    td_shape_insert(i->in[0]->shape, i->attr->axis, 1, &i->shape);
    return TD_OK;
}

static td_tensor *unsqueeze_compose(int n, td_tensor *const *in, const td_attr *attr)
{
    td_shape y;
    (void)n;
    td_shape_insert(in[0]->shape, attr->axis, 1, &y);
    return td_reshape(in[0], y.rank, y.size);
}

td_tensor *td_unsqueeze(td_tensor *x, int axis)
{
    if (td_stopped(x)) return td_passed(x);
    int k = td_axis(x->context, "unsqueeze", x->shape->rank + 1, axis);
    if (k < 0) return td_bad(x->context);
    return td_apply1(&td_op_unsqueeze, x, &(td_attr){ .axis = (int16_t)k });
}

static void unsqueeze_sample(td_sample *s)
{
    s->n_in = 1;
    td_sample_operand(s, 0, 0, 4);
    s->attr.axis = (int16_t)td_sample_below(s, s->in[0].rank + 1);
}

static td_tensor *call_unsqueeze(const td_invocation *k) { return td_unsqueeze(k->in[0], td_as_int(k, 0)); }
static const td_signature unsqueeze_signature = {
    .example = "unsqueeze(x, 1)", .call = call_unsqueeze,
    .parameter = { { "axis", TD_AXIS, true, 0 } },
};
const td_op td_op_unsqueeze = {
    .name = "unsqueeze", .id = TD_ID_unsqueeze, .min_in = 1, .max_in = 1,
    .infer = unsqueeze_infer, .compose = unsqueeze_compose, .sample = unsqueeze_sample,
    .signature = &unsqueeze_signature,
};
