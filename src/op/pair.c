/* pair.c: elementwise functions of two operands and more: of a point in the plane, of logarithms of sums, of choices that
 * NaN does not win, and sums with a factor.
 *
 * Where a slope's formula is 0/0, and the function has a slope or a convention says so, the operands are replaced by
 * harmless ones first: what is not taken must not be NaN, nor bend. */
#include "op.h"

#include <float.h>
#include <math.h>

/* ---- a point in the plane ---------------------------------------------------------------------------------------- */

/* g x / y, g z / y; 0 at the origin, and none of higher order there */
static void hypot_vjp(td_pull *p)
{
    td_tensor *zero = td_number(p->y, 0), *origin = td_eq(p->y, zero);
    td_tensor *y = td_where(origin, td_number(p->y, 1), p->y);
    for (int k = 0; k < 2; k++)
        if (td_pull_wants(p, k)) td_pull_add(p, k, td_mul(p->g, td_where(origin, zero, td_div(p->in[k], y))));
}
const td_op td_op_hypot = {
    TD_ELEMENTWISE(hypot, 2, TD_FLOATING), .reads = TD_READS(0) | TD_READS(1) | TD_READS_RESULT, .vjp = hypot_vjp,
};
td_tensor *td_hypot(td_tensor *x, td_tensor *y) { return td_apply2(&td_op_hypot, x, y); }

/* Of atan2(y, x), r^2 = x^2 + y^2: g x / r^2, -g y / r^2, as x / r / r, for r^2 would overflow sooner; 0 at the origin. */
static void atan2_vjp(td_pull *p)
{
    td_tensor *y = p->in[0], *x = p->in[1], *zero = td_number(x, 0), *whole = td_hypot(x, y);
    td_tensor *origin = td_eq(whole, zero), *r = td_where(origin, td_number(x, 1), whole);
    if (td_pull_wants(p, 0)) td_pull_add(p, 0, td_mul(p->g, td_where(origin, zero, td_div(td_div(x, r), r))));
    if (td_pull_wants(p, 1)) td_pull_add(p, 1, td_neg(td_mul(p->g, td_where(origin, zero, td_div(td_div(y, r), r)))));
}
const td_op td_op_atan2 = {
    TD_ELEMENTWISE(atan2, 2, TD_FLOATING), .reads = TD_READS(0) | TD_READS(1), .vjp = atan2_vjp,
};
td_tensor *td_atan2(td_tensor *y, td_tensor *x) { return td_apply2(&td_op_atan2, y, x); }

/* |x| with the sign of y: slope 0 at x = 0 as that of |x|, 0 in y */
static td_tensor *copysign_compose(int n, td_tensor *const *in, const td_attr *attr)
{
    (void)n, (void)attr;
    td_tensor *size = td_abs(in[0]);
    return td_where(td_signbit(in[1]), td_neg(size), size);
}
const td_op td_op_copysign = {
    .name = "copysign", .id = TD_ID_copysign, .min_in = 2, .max_in = 2, .kind = TD_FLOATING, .compose = copysign_compose,
};
td_tensor *td_copysign(td_tensor *x, td_tensor *y) { return td_apply2(&td_op_copysign, x, y); }

/* ---- logarithms -------------------------------------------------------------------------------------------------- */

/* g s(b (x - z)), g s(b (z - x)), s the sigmoid and b the base's logarithm */
static void add_logs(td_pull *p, double b)
{
    td_tensor *apart = td_sub(p->in[0], p->in[1]);
    if (b != 1) apart = td_mul_scalar(apart, b);
    if (td_pull_wants(p, 0)) td_pull_add(p, 0, td_mul(p->g, td_sigmoid(apart)));
    if (td_pull_wants(p, 1)) td_pull_add(p, 1, td_mul(p->g, td_sigmoid(td_neg(apart))));
}

static void logaddexp_vjp(td_pull *p) { add_logs(p, 1); }
static void logaddexp2_vjp(td_pull *p) { add_logs(p, 0.69314718055994530942); }
const td_op td_op_logaddexp = {
    TD_ELEMENTWISE(logaddexp, 2, TD_FLOATING), .reads = TD_READS(0) | TD_READS(1), .vjp = logaddexp_vjp,
};
const td_op td_op_logaddexp2 = {
    TD_ELEMENTWISE(logaddexp2, 2, TD_FLOATING), .reads = TD_READS(0) | TD_READS(1), .vjp = logaddexp2_vjp,
};
td_tensor *td_logaddexp(td_tensor *x, td_tensor *y) { return td_apply2(&td_op_logaddexp, x, y); }
td_tensor *td_logaddexp2(td_tensor *x, td_tensor *y) { return td_apply2(&td_op_logaddexp2, x, y); }

/* y, or 1 where x is 0 and x log y would be 0 times what is no number */
static td_tensor *tame(td_tensor *x, td_tensor *y, double pole)
{
    td_tensor *zero = td_number(x, 0), *bad = td_logical_or(td_le(y, td_number(y, pole)), td_isinf(y));
    return td_where(td_logical_and(td_eq(x, zero), bad), td_number(y, pole + 1), y);
}

static td_tensor *xlogy_compose(int n, td_tensor *const *in, const td_attr *attr)
{
    (void)n, (void)attr;
    return td_mul(in[0], td_log(tame(in[0], in[1], 0)));
}

static td_tensor *xlog1py_compose(int n, td_tensor *const *in, const td_attr *attr)
{
    (void)n, (void)attr;
    return td_mul(in[0], td_log1p(tame(in[0], in[1], -1)));
}

static void logarithm_sample(td_sample *s, double pole)
{
    s->n_in = 2;
    td_sample_shape(s, 0, 0, 4);
    td_sample_broadcast(s, 1);
    td_sample_floats(s, 0, -6, 6);
    td_sample_floats(s, 1, pole, pole + 6);
}

static void xlogy_sample(td_sample *s) { logarithm_sample(s, 0); }
static void xlog1py_sample(td_sample *s) { logarithm_sample(s, -1); }
const td_op td_op_xlogy = {
    .name = "xlogy", .id = TD_ID_xlogy, .min_in = 2, .max_in = 2, .kind = TD_FLOATING, .compose = xlogy_compose,
    .sample = xlogy_sample,
};
const td_op td_op_xlog1py = {
    .name = "xlog1py", .id = TD_ID_xlog1py, .min_in = 2, .max_in = 2, .kind = TD_FLOATING, .compose = xlog1py_compose,
    .sample = xlog1py_sample,
};
td_tensor *td_xlogy(td_tensor *x, td_tensor *y) { return td_apply2(&td_op_xlogy, x, y); }
td_tensor *td_xlog1py(td_tensor *x, td_tensor *y) { return td_apply2(&td_op_xlog1py, x, y); }

/* z = x 2^y.   g 2^y,  g z log 2 */
static void ldexp_vjp(td_pull *p)
{
    if (td_pull_wants(p, 0)) td_pull_add(p, 0, td_ldexp(p->g, p->in[1]));
    if (td_pull_wants(p, 1)) td_pull_add(p, 1, td_mul_scalar(td_mul(p->g, p->y), 0.69314718055994530942));
}
const td_op td_op_ldexp = {
    TD_ELEMENTWISE(ldexp, 2, TD_FLOATING), .reads = TD_READS(1) | TD_READS_RESULT, .vjp = ldexp_vjp,
};
td_tensor *td_ldexp(td_tensor *x, td_tensor *y) { return td_apply2(&td_op_ldexp, x, y); }

/* ---- sums with a factor ------------------------------------------------------------------------------------------ */

/* y = x + w (z - x).   g (1 - w),  g w,  g (z - x) */
static void lerp_vjp(td_pull *p)
{
    td_tensor *const *in = p->in;
    if (td_pull_wants(p, 0)) td_pull_add(p, 0, td_mul(p->g, td_rsub(1, in[2])));
    if (td_pull_wants(p, 1)) td_pull_add(p, 1, td_mul(p->g, in[2]));
    if (td_pull_wants(p, 2)) td_pull_add(p, 2, td_mul(p->g, td_sub(in[1], in[0])));
}
static const td_signature lerp_signature = { .example = "lerp(x, y, 0.3)" };
const td_op td_op_lerp = {
    TD_ELEMENTWISE(lerp, 3, TD_FLOATING), .reads = TD_READS(0) | TD_READS(1) | TD_READS(2), .vjp = lerp_vjp,
    .signature = &lerp_signature,
};
td_tensor *td_lerp(td_tensor *x, td_tensor *end, td_tensor *weight)
{
    return td_apply(&td_op_lerp, 3, (td_tensor *[]){ x, end, weight }, NULL);
}

static td_tensor *addcmul_compose(int n, td_tensor *const *in, const td_attr *attr)
{
    (void)n;
    return td_axpy(attr->a, td_mul(in[1], in[2]), in[0]);
}

static td_tensor *addcdiv_compose(int n, td_tensor *const *in, const td_attr *attr)
{
    (void)n;
    return td_axpy(attr->a, td_div(in[1], in[2]), in[0]);
}

static void factor_sample(td_sample *s, double low)
{
    s->n_in = 3;
    td_sample_shape(s, 0, 0, 4);
    for (int k = 0; k < 3; k++) {
        if (k) td_sample_broadcast(s, k);
        td_sample_floats(s, k, k == 2 ? low : -6, 6);
    }
    s->attr.a = td_sample_choice(s, 4, (double[]){ 1, 0.1, -2, 0 });
}

static void addcmul_sample(td_sample *s) { factor_sample(s, -6); }
static void addcdiv_sample(td_sample *s) { factor_sample(s, 0.1); }

static const td_signature addcmul_signature = {
    .example = "addcmul(x, y, x, 0.5)", .call = td_call_number, .parameter = { { "value", TD_NUMBER, false, 1 } },
};
const td_op td_op_addcmul = {
    .name = "addcmul", .id = TD_ID_addcmul, .min_in = 3, .max_in = 3, .kind = TD_FLOATING, .compose = addcmul_compose,
    .sample = addcmul_sample, .signature = &addcmul_signature,
};
static const td_signature addcdiv_signature = {
    .example = "addcdiv(x, y, exp(x), 0.5)", .call = td_call_number, .parameter = { { "value", TD_NUMBER, false, 1 } },
};
const td_op td_op_addcdiv = {
    .name = "addcdiv", .id = TD_ID_addcdiv, .min_in = 3, .max_in = 3, .kind = TD_FLOATING, .compose = addcdiv_compose,
    .sample = addcdiv_sample, .signature = &addcdiv_signature,
};
td_tensor *td_addcmul(td_tensor *x, td_tensor *y, td_tensor *z, double value)
{
    return td_apply(&td_op_addcmul, 3, (td_tensor *[]){ x, y, z }, &(td_attr){ .a = value });
}
td_tensor *td_addcdiv(td_tensor *x, td_tensor *y, td_tensor *z, double value)
{
    return td_apply(&td_op_addcdiv, 3, (td_tensor *[]){ x, y, z }, &(td_attr){ .a = value });
}

/* ---- choices ----------------------------------------------------------------------------------------------------- */

/* Whole where `wins`, half at a tie, else 0. */
static td_tensor *won(td_tensor *g, td_tensor *wins, td_tensor *tie)
{
    return td_where(tie, td_mul_scalar(g, 0.5), td_where(wins, g, td_number(g, 0)));
}

/* x beats y, or y is NaN: of two NaNs both do. */
static td_tensor *beats(td_tensor *x, td_tensor *y, td_tensor *(*better)(td_tensor *, td_tensor *))
{
    return td_logical_or((better)(x, y), td_isnan(y));
}

static void choose_number(td_pull *p, td_tensor *(*better)(td_tensor *, td_tensor *))
{
    td_tensor *x = p->in[0], *y = p->in[1], *tie = td_eq(x, y);
    if (td_pull_wants(p, 0)) td_pull_add(p, 0, won(p->g, beats(x, y, better), tie));
    if (td_pull_wants(p, 1)) td_pull_add(p, 1, won(p->g, beats(y, x, better), tie));
}

static void fmax_vjp(td_pull *p) { choose_number(p, (td_gt)); }
static void fmin_vjp(td_pull *p) { choose_number(p, (td_lt)); }
const td_op td_op_fmax = { TD_ELEMENTWISE(fmax, 2, TD_ARITHMETIC), .reads = TD_READS(0) | TD_READS(1), .vjp = fmax_vjp };
const td_op td_op_fmin = { TD_ELEMENTWISE(fmin, 2, TD_ARITHMETIC), .reads = TD_READS(0) | TD_READS(1), .vjp = fmin_vjp };
td_tensor  *td_fmax(td_tensor *x, td_tensor *y) { return td_apply2(&td_op_fmax, x, y); }
td_tensor  *td_fmin(td_tensor *x, td_tensor *y) { return td_apply2(&td_op_fmin, x, y); }

/* x < 0, NaN: 0;  x = 0: values;  x > 0: 1 */
static td_tensor *heaviside_compose(int n, td_tensor *const *in, const td_attr *attr)
{
    (void)n, (void)attr;
    td_tensor *x = in[0], *zero = td_number(x, 0);
    return td_where(td_eq(x, zero), in[1], td_to(td_gt(x, zero), td_dtype_of(x)));
}
const td_op td_op_heaviside = {
    .name = "heaviside", .id = TD_ID_heaviside, .min_in = 2, .max_in = 2, .kind = TD_ARITHMETIC,
    .compose = heaviside_compose,
};
td_tensor *td_heaviside(td_tensor *x, td_tensor *values) { return td_apply2(&td_op_heaviside, x, values); }

/* (x, for NaN, for inf, for -inf) */
static td_tensor *nan_to_num_compose(int n, td_tensor *const *in, const td_attr *attr)
{
    (void)n, (void)attr;
    td_tensor *x = in[0], *infinity = td_number(x, (double)INFINITY), *other = td_number(x, -(double)INFINITY);
    td_tensor *below = td_where(td_eq(x, other), in[3], x);
    return td_where(td_isnan(x), in[1], td_where(td_eq(x, infinity), in[2], below));
}

static void nan_to_num_sample(td_sample *s)
{
    s->n_in = 4;
    td_sample_shape(s, 0, 0, 4);
    for (int k = 1; k < 4; k++) td_sample_broadcast(s, k);
    td_sample_endless(s, 0);
}

static const td_signature nan_to_num_signature = { .example = "nan_to_num(log(x), 0, 9, -9)" };
const td_op td_op_nan_to_num = {
    .name = "nan_to_num", .id = TD_ID_nan_to_num, .min_in = 4, .max_in = 4, .kind = TD_FLOATING,
    .compose = nan_to_num_compose, .sample = nan_to_num_sample, .signature = &nan_to_num_signature,
};
td_tensor *td_nan_to_num(td_tensor *x, double nan, double posinf, double neginf)
{
    if (!x || !td_is_float(td_dtype_of(x))) return x;
    double largest = td_dtype_of(x) == TD_F32 ? (double)FLT_MAX : DBL_MAX;
    td_tensor *in[] = { x, td_number(x, nan), td_number(x, isnan(posinf) ? largest : posinf),
                        td_number(x, isnan(neginf) ? -largest : neginf) };
    return td_apply(&td_op_nan_to_num, 4, in, NULL);
}
