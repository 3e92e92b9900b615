/* activation.c: y_i = f(x_i; a, b), the activations of networks and the ops that take a number.
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
const td_op td_op_softplus = { TD_ELEMENTWISE(softplus, 1, TD_FLOATING), .reads = TD_READS(0), .vjp = softplus_vjp };
td_tensor  *td_softplus(td_tensor *x) { return td_apply1(&td_op_softplus, x, NULL); }

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

/* ---- with a number ----------------------------------------------------------------------------------------------- */

/* g */
static void add_scalar_vjp(td_pull *p) { td_pull_add(p, 0, p->g); }

/* a g */
static void mul_scalar_vjp(td_pull *p) { td_pull_add(p, 0, td_mul_scalar(p->g, p->attr->a)); }

/* x^(a-1), also where a - 1 is no double: at x = 1e-200 its rounding error would count 460 times.  What was rounded off is
 * an exponent of its own (fast two-sum, Dekker 1971), never positive, for 0 has an infinite slope there. */
static td_tensor *power_less_one(td_tensor *x, double a)
{
    double p = a - 1, rest = fabs(a) < 1 ? a - (p + 1) : -1 - (p - a);
    if (rest > 0) {
        double up = nextafter(p, (double)INFINITY);
        rest -= up - p;
        p = up;
    }
    return rest < 0 ? td_mul(td_pow_scalar(x, p), td_pow_scalar(x, rest)) : td_pow_scalar(x, p);
}

/* g a x^(a-1); nothing for a = 0, where 0 times 0^-1 would be NaN */
static void pow_scalar_vjp(td_pull *p)
{
    double a = p->attr->a;
    if (a != 0) td_pull_slope(p, td_mul_scalar(power_less_one(p->in[0], a), a));
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

static void number_sample(td_sample *s) { sample_with(s, 6, (double[]){ 0, 1, -1, 2, 0.1, -1234.5 }); }

static void clamp_sample(td_sample *s)
{
    sample_with(s, 3, (double[]){ -1, -(double)INFINITY, 0.25 });
    s->attr.b = td_sample_choice(s, 3, (double[]){ 1, (double)INFINITY, 0.5 });
}

/* A base below 0 has a power only if that is an integer, and a pole at 0 only if it is negative. */
static void power_sample(td_sample *s)
{
    sample_with(s, 9, (double[]){ 0, 1, 2, 3, 0.5, -1, -0.5, 1.0 / 3, -2 });
    if (s->attr.a < 0 || floor(s->attr.a) != s->attr.a) td_sample_floats(s, 0, 0.1, 6);
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
static td_tensor *call_add_scalar(const td_invocation *k) { return td_add_scalar(k->in[0], td_as_number(k, 0)); }
static const td_signature add_scalar_signature = {
    .example = "add_scalar(x, 2)", .call = call_add_scalar,
    .parameter = { { "a", TD_NUMBER, true, 0 } },
};
const td_op td_op_add_scalar = {
    TD_ELEMENTWISE(add_scalar, 1, TD_ARITHMETIC), .vjp = add_scalar_vjp, .sample = number_sample,
    .signature = &add_scalar_signature,
};
static td_tensor *call_mul_scalar(const td_invocation *k) { return td_mul_scalar(k->in[0], td_as_number(k, 0)); }
static const td_signature mul_scalar_signature = {
    .example = "mul_scalar(x, 2)", .call = call_mul_scalar,
    .parameter = { { "a", TD_NUMBER, true, 0 } },
};
const td_op td_op_mul_scalar = {
    TD_ELEMENTWISE(mul_scalar, 1, TD_ARITHMETIC), .vjp = mul_scalar_vjp, .sample = number_sample,
    .signature = &mul_scalar_signature,
};
static td_tensor *call_pow_scalar(const td_invocation *k) { return td_pow_scalar(k->in[0], td_as_number(k, 0)); }
static const td_signature pow_scalar_signature = {
    .example = "pow_scalar(x, 2)", .call = call_pow_scalar,
    .parameter = { { "a", TD_NUMBER, true, 0 } },
};
const td_op td_op_pow_scalar = {
    TD_ELEMENTWISE(pow_scalar, 1, TD_ARITHMETIC), .reads = TD_READS(0), .vjp = pow_scalar_vjp, .sample = power_sample,
    .signature = &pow_scalar_signature,
};

/* Integers stay integers only with an integer that i64 has. */
static td_tensor *ready_for(td_tensor *x, double s)
{
    return floor(s) == s && fabs(s) < 0x1p63 ? x : td_floating(x);
}

td_tensor *td_leaky_relu(td_tensor *x, double slope) { return td_apply1(&td_op_leaky_relu, x, &(td_attr){ .a = slope }); }
td_tensor *td_elu(td_tensor *x, double alpha) { return td_apply1(&td_op_elu, x, &(td_attr){ .a = alpha }); }
td_tensor *td_clamp(td_tensor *x, double min, double max)
{
    return td_apply1(&td_op_clamp, x, &(td_attr){ .a = min, .b = max });
}

td_tensor *td_add_scalar(td_tensor *x, double s)
{
    return td_apply1(&td_op_add_scalar, ready_for(x, s), &(td_attr){ .a = s });
}

td_tensor *td_mul_scalar(td_tensor *x, double s)
{
    return td_apply1(&td_op_mul_scalar, ready_for(x, s), &(td_attr){ .a = s });
}


td_tensor *td_pow_scalar(td_tensor *x, double p)
{
    return td_apply1(&td_op_pow_scalar, p < 0 ? td_floating(x) : ready_for(x, p), &(td_attr){ .a = p });
}

td_tensor *td_rsub(double s, td_tensor *x) { return td_add_scalar(td_neg(x), s); }

/* A real division: x times 1 / s would round twice. */
td_tensor *td_div_scalar(td_tensor *x, double s)
{
    td_tensor *numerator = td_floating(x);
    return td_div(numerator, td_number(numerator, s));
}

td_tensor *td_rdiv(double s, td_tensor *x)
{
    td_tensor *denominator = td_floating(x);
    return td_div(td_number(denominator, s), denominator);
}
