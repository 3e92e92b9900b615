/* scalar.c: y_i = f(x_i, a), the ops that take a number.
 *
 * The number takes x's dtype; integers stay integers only with an integer. */
#include "op.h"

#include <math.h>

/* An integer has a place for no fraction: the wrappers take such an x as f64. */
static td_status number_infer(td_infer *i)
{
    double a = i->attr->a;
    if (td_is_float(i->dtype) || (floor(a) == a && fabs(a) < 0x1p63)) return TD_OK;
    return td_fail(i->context, TD_EVALUE, "%s: %g is no %s", i->op->name, a, td_dtype_name(i->dtype));
}

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

static void number_sample(td_sample *s) { sample_with(s, 6, (double[]){ 0, 1, -1, 2, 0.1, -1234.5 }); }

/* A base below 0 has a power only if that is an integer, and a pole at 0 only if it is negative. */
static void power_sample(td_sample *s)
{
    sample_with(s, 9, (double[]){ 0, 1, 2, 3, 0.5, -1, -0.5, 1.0 / 3, -2 });
    if (s->attr.a < 0 || floor(s->attr.a) != s->attr.a) td_sample_floats(s, 0, 0.1, 6);
}

static td_tensor *call_add_scalar(const td_invocation *k) { return td_add_scalar(k->in[0], td_as_number(k, 0)); }
static const td_signature add_scalar_signature = {
    .example = "add_scalar(x, 2)", .call = call_add_scalar,
    .parameter = { { "a", TD_NUMBER, true, 0 } },
};
const td_op td_op_add_scalar = {
    TD_ELEMENTWISE(add_scalar, 1, TD_ARITHMETIC), .infer = number_infer, .vjp = add_scalar_vjp, .sample = number_sample,
    .signature = &add_scalar_signature,
};
static td_tensor *call_mul_scalar(const td_invocation *k) { return td_mul_scalar(k->in[0], td_as_number(k, 0)); }
static const td_signature mul_scalar_signature = {
    .example = "mul_scalar(x, 2)", .call = call_mul_scalar,
    .parameter = { { "a", TD_NUMBER, true, 0 } },
};
const td_op td_op_mul_scalar = {
    TD_ELEMENTWISE(mul_scalar, 1, TD_ARITHMETIC), .infer = number_infer, .vjp = mul_scalar_vjp, .sample = number_sample,
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

/* ---- angles -------------------------------------------------------------------------------------------------------- */

static const double DEGREE = 0x1.1df46a2529d39p-6, RADIAN = 0x1.ca5dc1a63c1f8p+5;      /* pi / 180, 180 / pi */

static td_tensor *deg2rad_compose(int n, td_tensor *const *in, const td_attr *attr)
{
    (void)n, (void)attr;
    return td_mul_scalar(in[0], DEGREE);
}
const td_op td_op_deg2rad = { .name = "deg2rad", .id = TD_ID_deg2rad, .min_in = 1, .max_in = 1, .kind = TD_FLOATING,
                              .compose = deg2rad_compose };
td_tensor  *td_deg2rad(td_tensor *x) { return td_apply1(&td_op_deg2rad, x, NULL); }

static td_tensor *rad2deg_compose(int n, td_tensor *const *in, const td_attr *attr)
{
    (void)n, (void)attr;
    return td_mul_scalar(in[0], RADIAN);
}
const td_op td_op_rad2deg = { .name = "rad2deg", .id = TD_ID_rad2deg, .min_in = 1, .max_in = 1, .kind = TD_FLOATING,
                              .compose = rad2deg_compose };
td_tensor  *td_rad2deg(td_tensor *x) { return td_apply1(&td_op_rad2deg, x, NULL); }

/* ---- in C ---------------------------------------------------------------------------------------------------------- */

/* Integers stay integers only with an integer that i64 has. */
static td_tensor *ready_for(td_tensor *x, double s)
{
    return floor(s) == s && fabs(s) < 0x1p63 ? x : td_floating(x);
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
