/* activation.c: y_i = f(x_i; a, b), the activations of networks.  Those made of straight pieces are in hinge.c.
 *
 * A branch that is not taken must not meet an infinity: its adjoint is 0, and 0 times inf would be NaN in the second
 * derivative.  So an operand is replaced by a harmless one before the branch, not only the result after it. */
#include "op.h"

#include <math.h>

/* ---- sigmoids ---------------------------------------------------------------------------------------------------- */

/* g y sigmoid(-x): the second factor is 1 - y, with its digits */
static void sigmoid_vjp(td_pull *p) { td_pull_slope(p, td_mul(p->y, td_sigmoid(td_neg(p->in[0])))); }
const td_op td_op_sigmoid = {
    TD_ELEMENTWISE(sigmoid, 1, TD_FLOATING), .reads = TD_READS(0) | TD_READS_RESULT, .vjp = sigmoid_vjp,
};
td_tensor *td_sigmoid(td_tensor *x) { return td_apply1(&td_op_sigmoid, x, NULL); }

/* g sigmoid x */
static void softplus_vjp(td_pull *p) { td_pull_slope(p, td_sigmoid(p->in[0])); }
static td_tensor *call_softplus(const td_invocation *k)
{
    if (!k->argument[0].given && !k->argument[1].given) return td_softplus(k->in[0]);
    return td_softplus_beta(k->in[0], td_as_number(k, 0), td_as_number(k, 1));
}
static const td_signature softplus_signature = {
    .example = "softplus(x, beta=2)", .call = call_softplus,
    .parameter = { { "beta", TD_NUMBER, false, 1 }, { "threshold", TD_NUMBER, false, (double)INFINITY } },
};
const td_op td_op_softplus = {
    TD_ELEMENTWISE(softplus, 1, TD_FLOATING), .reads = TD_READS(0), .vjp = softplus_vjp, .signature = &softplus_signature,
};
td_tensor *td_softplus(td_tensor *x) { return td_apply1(&td_op_softplus, x, NULL); }

/* log(1 + e^(a x)) / a, but x where a x > b */
static td_tensor *softplus_beta_compose(int n, td_tensor *const *in, const td_attr *attr)
{
    td_tensor *x = in[0], *stretched = td_mul_scalar(x, attr->a), *far = td_gt(stretched, td_number(x, attr->b));
    (void)n;
    return td_where(far, x, td_div(td_softplus(stretched), td_number(x, attr->a)));
}

static void softplus_beta_sample(td_sample *s)
{
    s->n_in = 1;
    td_sample_shape(s, 0, 0, 4);
    td_sample_floats(s, 0, -6, 6);
    s->attr.a = td_sample_choice(s, 3, (double[]){ 2, 0.5, -1 });
    s->attr.b = td_sample_choice(s, 3, (double[]){ 20, 1, (double)INFINITY });
}

static td_tensor *call_softplus_beta(const td_invocation *k)
{
    return td_softplus_beta(k->in[0], td_as_number(k, 0), td_as_number(k, 1));
}
static const td_signature softplus_beta_signature = {
    .example = "softplus_beta(x, 2)", .call = call_softplus_beta,
    .parameter = { { "beta", TD_NUMBER, false, 1 }, { "threshold", TD_NUMBER, false, 20 } },
};
const td_op td_op_softplus_beta = {
    .name = "softplus_beta", .id = TD_ID_softplus_beta, .min_in = 1, .max_in = 1, .kind = TD_FLOATING,
    .compose = softplus_beta_compose, .sample = softplus_beta_sample, .signature = &softplus_beta_signature,
};
td_tensor *td_softplus_beta(td_tensor *x, double beta, double threshold)
{
    return td_apply1(&td_op_softplus_beta, x, &(td_attr){ .a = beta, .b = threshold });
}

/* y = x s(x), s' = s(x) s(-x).   g (s(x) + y s(-x)) */
static void silu_vjp(td_pull *p)
{
    td_tensor *x = p->in[0];
    td_pull_slope(p, td_add(td_sigmoid(x), td_mul(p->y, td_sigmoid(td_neg(x)))));
}
const td_op td_op_silu = { TD_ELEMENTWISE(silu, 1, TD_FLOATING), .reads = TD_READS(0) | TD_READS_RESULT, .vjp = silu_vjp };
td_tensor  *td_silu(td_tensor *x) { return td_apply1(&td_op_silu, x, NULL); }

/* phi(x) = exp(-x^2 / 2) / sqrt(2 pi) */
static td_tensor *normal_density(td_tensor *x)
{
    const double one_by_root_two_pi = 0.39894228040143267794;
    return td_mul_scalar(td_exp(td_mul_scalar(td_square(x), -0.5)), one_by_root_two_pi);
}

/* g phi(x) */
static void ndtr_vjp(td_pull *p) { td_pull_slope(p, normal_density(p->in[0])); }
const td_op td_op_ndtr = { TD_ELEMENTWISE(ndtr, 1, TD_FLOATING), .reads = TD_READS(0), .vjp = ndtr_vjp };
td_tensor  *td_ndtr(td_tensor *x) { return td_apply1(&td_op_ndtr, x, NULL); }

/* y = x Phi(x).   g (Phi(x) + x phi(x)) */
static void gelu_vjp(td_pull *p)
{
    td_tensor *x = p->in[0];
    td_pull_slope(p, td_add(td_ndtr(x), td_mul(x, normal_density(x))));
}
const td_op td_op_gelu = { TD_ELEMENTWISE(gelu, 1, TD_FLOATING), .reads = TD_READS(0), .vjp = gelu_vjp };
td_tensor  *td_gelu(td_tensor *x) { return td_apply1(&td_op_gelu, x, NULL); }

/* ---- with a kink ------------------------------------------------------------------------------------------------- */

static td_tensor *is_positive(td_tensor *x) { return td_gt(x, td_number(x, 0)); }

/* x <= 0 ? 0 : g, so g at NaN */
static void relu_vjp(td_pull *p)
{
    td_tensor *off = td_le(p->in[0], td_number(p->in[0], 0));
    td_pull_add(p, 0, td_where(off, td_number(p->g, 0), p->g));
}
const td_op td_op_relu = { TD_ELEMENTWISE(relu, 1, TD_ARITHMETIC), .reads = TD_READS(0), .vjp = relu_vjp };
td_tensor  *td_relu(td_tensor *x) { return td_apply1(&td_op_relu, x, NULL); }

/* x > 0 ? g : a g */
static void leaky_relu_vjp(td_pull *p)
{
    td_pull_add(p, 0, td_where(is_positive(p->in[0]), p->g, td_mul_scalar(p->g, p->attr->a)));
}

/* x > 0 ? g : g a exp x, with exp 0 for the branch not taken */
static void elu_vjp(td_pull *p)
{
    td_tensor *x = p->in[0], *positive = is_positive(x);
    td_tensor *tail = td_exp(td_where(positive, td_number(x, 0), x));
    td_pull_add(p, 0, td_where(positive, p->g, td_mul_scalar(td_mul(p->g, tail), p->attr->a)));
}

/* a < x < b ? g : 0, so 0 at the ends and at NaN */
static void clamp_vjp(td_pull *p)
{
    td_tensor *x = p->in[0], *zero = td_number(p->g, 0);
    td_tensor *below = td_where(td_lt(x, td_number(x, p->attr->b)), p->g, zero);
    td_pull_add(p, 0, td_where(td_gt(x, td_number(x, p->attr->a)), below, zero));
}

static td_status clamp_infer(td_infer *i)
{
    if (!isnan(i->attr->a) && !isnan(i->attr->b)) return TD_OK;
    return td_fail(i->context, TD_EVALUE, "clamp: a bound is NaN; -INFINITY and INFINITY stand for none");
}

static void sample_with(td_sample *s, int n, const double *values)
{
    s->n_in = 1;
    td_sample_shape(s, 0, 0, 4);
    td_sample_floats(s, 0, -6, 6);
    s->attr.a = td_sample_choice(s, n, values);
}

static void slope_sample(td_sample *s)
{
    sample_with(s, 5, (double[]){ 0.01, 0, 0.3, 1, -0.5 });
    td_sample_floats(s, 0, 0, 0);
}

static void alpha_sample(td_sample *s)
{
    sample_with(s, 4, (double[]){ 1, 0.5, 2, 0 });
    td_sample_floats(s, 0, 0, 0);
}

static void clamp_sample(td_sample *s)
{
    sample_with(s, 3, (double[]){ -1, -(double)INFINITY, 0.25 });
    s->attr.b = td_sample_choice(s, 3, (double[]){ 1, (double)INFINITY, 0.5 });
}

static const td_signature leaky_relu_signature = {
    .example = "leaky_relu(y)", .call = td_call_number,
    .parameter = { { "slope", TD_NUMBER, false, 0.01 } },
};
const td_op td_op_leaky_relu = {
    TD_ELEMENTWISE(leaky_relu, 1, TD_FLOATING), .reads = TD_READS(0), .vjp = leaky_relu_vjp, .sample = slope_sample,
    .signature = &leaky_relu_signature,
};
static const td_signature elu_signature = {
    .example = "elu(y, 2)", .call = td_call_number,
    .parameter = { { "alpha", TD_NUMBER, false, 1 } },
};
const td_op td_op_elu = {
    TD_ELEMENTWISE(elu, 1, TD_FLOATING), .reads = TD_READS(0), .vjp = elu_vjp, .sample = alpha_sample,
    .signature = &elu_signature,
};
static td_tensor *call_clamp(const td_invocation *k) { return td_clamp(k->in[0], td_as_number(k, 0), td_as_number(k, 1)); }
static const td_signature clamp_signature = {
    .example = "clamp(y, -0.5, 1)", .call = call_clamp,
    .parameter = { { "min", TD_NUMBER, false, -(double)INFINITY }, { "max", TD_NUMBER, false, (double)INFINITY } },
};
const td_op td_op_clamp = {
    TD_ELEMENTWISE(clamp, 1, TD_FLOATING), .reads = TD_READS(0), .infer = clamp_infer, .vjp = clamp_vjp,
    .sample = clamp_sample,
    .signature = &clamp_signature,
};
td_tensor *td_leaky_relu(td_tensor *x, double slope) { return td_apply1(&td_op_leaky_relu, x, &(td_attr){ .a = slope }); }

/* Slopes are drawn as dropout's mask is: from a key and the element's number; in f32, the same for both dtypes.
 * Source: B. Xu, N. Wang, T. Chen, M. Li, "Empirical evaluation of rectified activations in convolutional network", 2015. */
static td_status rrelu_infer(td_infer *i)
{
    if (isfinite(i->attr->a) && isfinite(i->attr->b) && i->attr->a <= i->attr->b) return TD_OK;
    return td_fail(i->context, TD_EVALUE, "rrelu: slopes from %g to %g", i->attr->a, i->attr->b);
}

static td_tensor *rrelu_compose(int n, td_tensor *const *in, const td_attr *attr)
{
    td_tensor *x = in[0];
    (void)n;
    td_tensor *slope = td_uniform_keyed(x->context, TD_F32, x->shape, attr->a, attr->b, attr->seed);
    return td_where(td_le(x, td_number(x, 0)), td_mul(x, td_to(slope, td_dtype_of(x))), x);
}

static void rrelu_sample(td_sample *s)
{
    sample_with(s, 2, (double[]){ 0.125, -0.5 });
    td_sample_floats(s, 0, 0, 0);
    s->attr.b = td_sample_choice(s, 2, (double[]){ 1.0 / 3, 0.5 });
    s->attr.seed = (uint64_t)td_sample_below(s, INT64_MAX);
}

td_tensor *td_rrelu(td_tensor *x, double lower, double upper, bool training)
{
    if (!x || x->context->status) return x ? td_bad(x->context) : NULL;
    if (!training) return td_leaky_relu(x, (lower + upper) / 2);
    return td_apply1(&td_op_rrelu, x, &(td_attr){ .a = lower, .b = upper, .seed = td_random_key(x->context) });
}

static td_tensor *call_rrelu(const td_invocation *k)
{
    return td_rrelu(k->in[0], td_as_number(k, 0), td_as_number(k, 1), td_as_flag(k, 2));
}
static const td_signature rrelu_signature = {
    .example = "rrelu(y, training=1)", .call = call_rrelu,
    .parameter = { { "lower", TD_NUMBER, false, 0.125 }, { "upper", TD_NUMBER, false, 1.0 / 3 },
                   { "training", TD_FLAG, false, 0 } },
};
const td_op td_op_rrelu = {
    .name = "rrelu", .id = TD_ID_rrelu, .min_in = 1, .max_in = 1, .kind = TD_FLOATING, .infer = rrelu_infer,
    .compose = rrelu_compose, .sample = rrelu_sample, .signature = &rrelu_signature,
};
td_tensor *td_elu(td_tensor *x, double alpha) { return td_apply1(&td_op_elu, x, &(td_attr){ .a = alpha }); }

static bool is_integer_or_none(double bound) { return isinf(bound) || (floor(bound) == bound && fabs(bound) < 0x1p63); }

/* Integers stay integers if the bounds are. */
td_tensor *td_clamp(td_tensor *x, double min, double max)
{
    bool real = td_is_float(td_dtype_of(x)) || !is_integer_or_none(min) || !is_integer_or_none(max) || min > 0x1p63 || max < -0x1p63;
    if (real) return td_apply1(&td_op_clamp, x, &(td_attr){ .a = min, .b = max });
    td_tensor *y = isinf(min) ? x : td_maximum(x, td_full(td_context_of(x), TD_I64, 0, NULL, min));
    if (!isinf(max)) y = td_minimum(y, td_full(td_context_of(x), TD_I64, 0, NULL, max));
    return y == x ? td_copy(x) : y;
}

/* ---- composed ---------------------------------------------------------------------------------------------------- */

#define COMPOSED(NAME) \
    .name = #NAME, .id = TD_ID_##NAME, .min_in = 1, .max_in = 1, .kind = TD_FLOATING, .compose = NAME##_compose

/* G. Klambauer and others, "Self-normalizing neural networks", 2017 */
static td_tensor *selu_compose(int n, td_tensor *const *in, const td_attr *attr)
{
    (void)n, (void)attr;
    return td_mul_scalar(td_elu(in[0], 1.6732632423543772848), 1.0507009873554804934);
}

/* Where e^x overflows, too: a branch that is not taken must not meet it. */
static void selu_sample(td_sample *s)
{
    static const double far[] = { 100, 800 };
    s->n_in = 1;
    td_sample_shape(s, 0, 0, 4);
    td_sample_also(s, 0, 2, far);
}
const td_op td_op_selu = { COMPOSED(selu), .sample = selu_sample };
td_tensor  *td_selu(td_tensor *x) { return td_apply1(&td_op_selu, x, NULL); }

/* x > 0 ? x : a (exp(x / a) - 1), with exp 0 for the branch not taken */
static td_tensor *celu_compose(int n, td_tensor *const *in, const td_attr *attr)
{
    (void)n;
    td_tensor *x = in[0], *positive = is_positive(x), *low = td_where(positive, td_number(x, 0), x);
    return td_where(positive, x, td_mul_scalar(td_expm1(td_div_scalar(low, attr->a)), attr->a));
}

static td_status celu_infer(td_infer *i)
{
    if (i->attr->a != 0 && isfinite(i->attr->a)) return TD_OK;
    return td_fail(i->context, TD_EVALUE, "celu: alpha = %g, x / alpha is no number", i->attr->a);
}

static void celu_sample(td_sample *s)
{
    selu_sample(s);
    s->attr.a = td_sample_choice(s, 3, (double[]){ 1, 0.5, 2 });
}

static const td_signature celu_signature = {
    .example = "celu(y, 2)", .call = td_call_number, .parameter = { { "alpha", TD_NUMBER, false, 1 } },
};
const td_op td_op_celu = {
    COMPOSED(celu), .infer = celu_infer, .sample = celu_sample, .signature = &celu_signature,
};
td_tensor *td_celu(td_tensor *x, double alpha) { return td_apply1(&td_op_celu, x, &(td_attr){ .a = alpha }); }

/* -log(1 + e^-x) */
static td_tensor *logsigmoid_compose(int n, td_tensor *const *in, const td_attr *attr)
{
    (void)n, (void)attr;
    return td_neg(td_softplus(td_neg(in[0])));
}
const td_op td_op_logsigmoid = { COMPOSED(logsigmoid) };
td_tensor  *td_logsigmoid(td_tensor *x) { return td_apply1(&td_op_logsigmoid, x, NULL); }

/* x / (1 + |x|) */
static td_tensor *softsign_compose(int n, td_tensor *const *in, const td_attr *attr)
{
    (void)n, (void)attr;
    return td_div(in[0], td_add_scalar(td_abs(in[0]), 1));
}
const td_op td_op_softsign = { COMPOSED(softsign) };
td_tensor  *td_softsign(td_tensor *x) { return td_apply1(&td_op_softsign, x, NULL); }

/* x - tanh x */
static td_tensor *tanhshrink_compose(int n, td_tensor *const *in, const td_attr *attr)
{
    (void)n, (void)attr;
    return td_sub(in[0], td_tanh(in[0]));
}
const td_op td_op_tanhshrink = { COMPOSED(tanhshrink) };
td_tensor  *td_tanhshrink(td_tensor *x) { return td_apply1(&td_op_tanhshrink, x, NULL); }

/* x tanh(log(1 + e^x)); D. Misra 2019 */
static td_tensor *mish_compose(int n, td_tensor *const *in, const td_attr *attr)
{
    (void)n, (void)attr;
    return td_mul(in[0], td_tanh(td_softplus(in[0])));
}
const td_op td_op_mish = { COMPOSED(mish) };
td_tensor  *td_mish(td_tensor *x) { return td_apply1(&td_op_mish, x, NULL); }

/* x s(2 c (x + 0.044715 x^3)), c = sqrt(2 / pi): (1 + tanh t) / 2 is s(2 t), which keeps its digits where t is far below 0 */
static td_tensor *gelu_tanh_compose(int n, td_tensor *const *in, const td_attr *attr)
{
    (void)n, (void)attr;
    const double c = 0.79788456080286535588;
    td_tensor   *x = in[0], *curve = td_add_scalar(td_mul_scalar(td_square(x), 2 * c * 0.044715), 2 * c);
    return td_mul(x, td_sigmoid(td_mul(x, curve)));
}
const td_op td_op_gelu_tanh = { COMPOSED(gelu_tanh) };
td_tensor  *td_gelu_tanh(td_tensor *x) { return td_apply1(&td_op_gelu_tanh, x, NULL); }
