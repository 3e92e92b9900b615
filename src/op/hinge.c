/* hinge.c: activations made of straight pieces, and the two that take weights or halves of their operand.
 *
 * All are compositions of `where`.  At an end the flat piece is taken, so the slope there is 0; no comparison with NaN
 * holds, and each is written so that NaN takes the piece on which it stays. */
#include "op/shape.h"

#include <math.h>

static td_tensor *is_beyond(td_tensor *x, double end) { return td_ge(x, td_number(x, end)); }
static td_tensor *is_below(td_tensor *x, double end) { return td_le(x, td_number(x, end)); }

/* x between low and high, low_value and high_value at them and beyond */
static td_tensor *held(td_tensor *x, td_tensor *middle, double low, double high, td_tensor *low_value, td_tensor *high_value)
{
    return td_where(is_below(x, low), low_value, td_where(is_beyond(x, high), high_value, middle));
}

static td_tensor *hardtanh_compose(int n, td_tensor *const *in, const td_attr *attr)
{
    (void)n;
    double low = attr->a, high = attr->b;
    return held(in[0], in[0], low, high, td_number(in[0], low), td_number(in[0], high));
}

static td_status hardtanh_infer(td_infer *i)
{
    if (i->attr->a <= i->attr->b) return TD_OK;
    return td_fail(i->context, TD_EVALUE, "hardtanh: min_val %g is not below max_val %g", i->attr->a, i->attr->b);
}

static void wide_sample(td_sample *s)
{
    s->n_in = 1;
    td_sample_shape(s, 0, 0, 4);
    td_sample_floats(s, 0, -8, 8);
}

static void hardtanh_sample(td_sample *s)
{
    wide_sample(s);
    s->attr.a = td_sample_choice(s, 3, (double[]){ -1, 0, -2.5 });
    s->attr.b = td_sample_choice(s, 3, (double[]){ 1, 0, 6 });
}

static td_tensor *call_hardtanh(const td_invocation *k)
{
    return td_hardtanh(k->in[0], td_as_number(k, 0), td_as_number(k, 1));
}
static const td_signature hardtanh_signature = {
    .example = "hardtanh(y, -0.5, 0.5)", .call = call_hardtanh,
    .parameter = { { "min_val", TD_NUMBER, false, -1 }, { "max_val", TD_NUMBER, false, 1 } },
};

#define COMPOSED(NAME) \
    .name = #NAME, .id = TD_ID_##NAME, .min_in = 1, .max_in = 1, .kind = TD_FLOATING, .compose = NAME##_compose

const td_op td_op_hardtanh = {
    COMPOSED(hardtanh), .infer = hardtanh_infer, .sample = hardtanh_sample, .signature = &hardtanh_signature,
};
td_tensor *td_hardtanh(td_tensor *x, double min_val, double max_val)
{
    return td_apply1(&td_op_hardtanh, x, &(td_attr){ .a = min_val, .b = max_val });
}

static td_tensor *relu6_compose(int n, td_tensor *const *in, const td_attr *attr)
{
    (void)n, (void)attr;
    return held(in[0], in[0], 0, 6, td_number(in[0], 0), td_number(in[0], 6));
}
const td_op td_op_relu6 = { COMPOSED(relu6), .sample = wide_sample };
td_tensor  *td_relu6(td_tensor *x) { return td_apply1(&td_op_relu6, x, NULL); }

/* (x + 3) / 6 */
static td_tensor *hardsigmoid_compose(int n, td_tensor *const *in, const td_attr *attr)
{
    (void)n, (void)attr;
    td_tensor *x = in[0];
    return held(x, td_div_scalar(td_add_scalar(x, 3), 6), -3, 3, td_number(x, 0), td_number(x, 1));
}
const td_op td_op_hardsigmoid = { COMPOSED(hardsigmoid), .sample = wide_sample };
td_tensor  *td_hardsigmoid(td_tensor *x) { return td_apply1(&td_op_hardsigmoid, x, NULL); }

/* x (x + 3) / 6, x from 3 on; A. Howard and others, "Searching for MobileNetV3", 2019 */
static td_tensor *hardswish_compose(int n, td_tensor *const *in, const td_attr *attr)
{
    (void)n, (void)attr;
    td_tensor *x = in[0];
    return held(x, td_div_scalar(td_mul(x, td_add_scalar(x, 3)), 6), -3, 3, td_number(x, 0), x);
}
const td_op td_op_hardswish = { COMPOSED(hardswish), .sample = wide_sample };
td_tensor  *td_hardswish(td_tensor *x) { return td_apply1(&td_op_hardswish, x, NULL); }

/* ---- shrinks ----------------------------------------------------------------------------------------------------- */

/* x - lambda sign x, and 0 where |x| <= lambda */
static td_tensor *softshrink_compose(int n, td_tensor *const *in, const td_attr *attr)
{
    (void)n;
    td_tensor *x = in[0], *less = td_sub(x, td_mul_scalar(td_sign(x), attr->a));
    return td_where(is_below(td_abs(x), attr->a), td_number(x, 0), less);
}

/* x, and 0 where |x| <= lambda */
static td_tensor *hardshrink_compose(int n, td_tensor *const *in, const td_attr *attr)
{
    (void)n;
    return td_where(is_below(td_abs(in[0]), attr->a), td_number(in[0], 0), in[0]);
}

static td_status softshrink_infer(td_infer *i)
{
    if (i->attr->a >= 0) return TD_OK;
    return td_fail(i->context, TD_EVALUE, "softshrink: lambd = %g is not >= 0", i->attr->a);
}

static void shrink_sample(td_sample *s)
{
    wide_sample(s);
    s->attr.a = td_sample_choice(s, 3, (double[]){ 0.5, 0, 3 });
}

static const td_signature softshrink_signature = {
    .example = "softshrink(y)", .call = td_call_number, .parameter = { { "lambd", TD_NUMBER, false, 0.5 } },
};
const td_op td_op_softshrink = {
    COMPOSED(softshrink), .infer = softshrink_infer, .sample = shrink_sample, .signature = &softshrink_signature,
};
static const td_signature hardshrink_signature = {
    .example = "hardshrink(y)", .call = td_call_number, .parameter = { { "lambd", TD_NUMBER, false, 0.5 } },
};
const td_op td_op_hardshrink = { COMPOSED(hardshrink), .sample = shrink_sample, .signature = &hardshrink_signature };
td_tensor  *td_softshrink(td_tensor *x, double lambd) { return td_apply1(&td_op_softshrink, x, &(td_attr){ .a = lambd }); }
td_tensor  *td_hardshrink(td_tensor *x, double lambd) { return td_apply1(&td_op_hardshrink, x, &(td_attr){ .a = lambd }); }

/* x, and value where x <= threshold */
static td_tensor *threshold_compose(int n, td_tensor *const *in, const td_attr *attr)
{
    (void)n;
    return td_where(is_below(in[0], attr->a), td_number(in[0], attr->b), in[0]);
}

static void threshold_sample(td_sample *s)
{
    wide_sample(s);
    s->attr.a = td_sample_choice(s, 3, (double[]){ 0, 1, -2 });
    s->attr.b = td_sample_choice(s, 3, (double[]){ 0, 7, -2 });
}

static td_tensor *call_threshold(const td_invocation *k)
{
    return td_threshold(k->in[0], td_as_number(k, 0), td_as_number(k, 1));
}
static const td_signature threshold_signature = {
    .example = "threshold(y, 0.5, -1)", .call = call_threshold,
    .parameter = { { "threshold", TD_NUMBER, true, 0 }, { "value", TD_NUMBER, true, 0 } },
};
const td_op td_op_threshold = { COMPOSED(threshold), .sample = threshold_sample, .signature = &threshold_signature };
td_tensor  *td_threshold(td_tensor *x, double threshold, double value)
{
    return td_apply1(&td_op_threshold, x, &(td_attr){ .a = threshold, .b = value });
}

/* ---- with weights, with halves ----------------------------------------------------------------------------------- */

/* One weight, or one for each index along axis 1 (of a 1-d x there is one). */
static td_status prelu_infer(td_infer *i)
{
    char            a[TD_SHAPE_TEXT], b[TD_SHAPE_TEXT];
    const td_shape *x = i->in[0]->shape, *w = i->in[1]->shape;
    bool            fits = w->rank <= 1 && (w->numel == 1 || (x->rank > 1 && w->numel == x->size[1]));
    i->dtype = td_promote((td_dtype)i->in[0]->dtype, (td_dtype)i->in[1]->dtype);
    if (!td_is_float(i->dtype))
        return td_fail(i->context, TD_EDTYPE, "prelu: %s and %s are no floats",
                       td_dtype_name((td_dtype)i->in[0]->dtype), td_dtype_name((td_dtype)i->in[1]->dtype));
    if (fits) return TD_OK;
    return td_fail(i->context, TD_ESHAPE, "prelu: weight %s for x %s: takes one weight, or one for each index of axis 1",
                   td_shape_text(w, a), td_shape_text(x, b));
}

/* x > 0 ? x : w x */
static td_tensor *prelu_compose(int n, td_tensor *const *in, const td_attr *attr)
{
    (void)n, (void)attr;
    td_tensor *x = in[0];
    int64_t    size[TD_MAX_RANK];
    for (int k = 0; k < td_rank(x); k++) size[k] = k == 1 ? td_numel(in[1]) : 1;
    td_tensor *w = td_numel(in[1]) == 1 ? td_reshape(in[1], 0, NULL) : td_reshape(in[1], td_rank(x), size);
    return td_where(td_gt(x, td_number(x, 0)), x, td_mul(w, x));
}

static void prelu_sample(td_sample *s)
{
    s->n_in = 2;
    td_sample_shape(s, 0, 0, 4);
    bool many = s->in[0].rank > 1 && td_sample_below(s, 2);
    s->in[1].rank = many || td_sample_below(s, 2);
    s->in[1].size[0] = many ? s->in[0].size[1] : 1;
    for (int k = 0; k < 2; k++) td_sample_floats(s, k, -3, 3);
}

static const td_signature prelu_signature = { .example = "prelu(x, s)" };
const td_op td_op_prelu = {
    .name = "prelu", .id = TD_ID_prelu, .min_in = 2, .max_in = 2, .infer = prelu_infer, .compose = prelu_compose,
    .sample = prelu_sample, .signature = &prelu_signature,
};
td_tensor *td_prelu(td_tensor *x, td_tensor *weight) { return td_apply2(&td_op_prelu, x, weight); }

static td_status glu_infer(td_infer *i)
{
    char text[TD_SHAPE_TEXT];
    int  axis = i->attr->axis;
    if (!td_infer_axis(i, axis, i->shape.rank)) return td_error(i->context);
    if (!td_is_float(i->dtype)) return td_fail(i->context, TD_EDTYPE, "glu: not for %s", td_dtype_name(i->dtype));
    if (i->shape.size[axis] % 2)
        return td_fail(i->context, TD_ESHAPE, "glu: size %lld of axis %d of %s has no halves",
                       (long long)i->shape.size[axis], axis, td_shape_text(i->in[0]->shape, text));
    i->shape.size[axis] /= 2;
    return TD_OK;
}

/* first half times sigmoid of the second; Y. Dauphin and others, "Language modeling with gated convolutional networks" */
static td_tensor *glu_compose(int n, td_tensor *const *in, const td_attr *attr)
{
    (void)n;
    int64_t size = td_size(in[0], attr->axis), half = size / 2;
    td_tensor *first = td_slice(in[0], attr->axis, 0, half, 1), *second = td_slice(in[0], attr->axis, half, size, 1);
    return td_mul(first, td_sigmoid(second));
}

static void glu_sample(td_sample *s)
{
    s->n_in = 1;
    td_sample_shape(s, 0, 1, 3);
    td_sample_floats(s, 0, -6, 6);
    s->attr.axis = (int16_t)td_sample_below(s, s->in[0].rank);
    s->in[0].size[s->attr.axis] *= 2;
}

static td_tensor *call_glu(const td_invocation *k) { return td_glu(k->in[0], td_as_int(k, 0)); }
static const td_signature glu_signature = {
    .example = "glu(W, 0)", .call = call_glu, .parameter = { { "axis", TD_AXIS, false, -1 } },
};
const td_op td_op_glu = {
    .name = "glu", .id = TD_ID_glu, .min_in = 1, .max_in = 1, .infer = glu_infer, .compose = glu_compose,
    .sample = glu_sample, .signature = &glu_signature,
};
td_tensor *td_glu(td_tensor *x, int axis)
{
    if (!x) return NULL;
    int from_front = axis < 0 ? axis + td_rank(x) : axis;
    return td_apply1(&td_op_glu, x, &(td_attr){ .axis = (int16_t)from_front });
}
