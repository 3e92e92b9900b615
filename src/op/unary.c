/* unary.c: y_i = f(x_i), the elementary functions; copies and casts.
 *
 * Each op is its rule above its struct, and its wrapper.  A rule uses y where that saves work, x where y has lost digits.
 * Derivatives are those of any table; PyTorch's values at ends and kinks. */
#include "op/shape.h"

/* -g */
static void neg_vjp(td_pull *p) { td_pull_add(p, 0, td_neg(p->g)); }
const td_op td_op_neg = { TD_ELEMENTWISE(neg, 1, TD_ARITHMETIC), .vjp = neg_vjp };
td_tensor  *td_neg(td_tensor *x) { return td_apply1(&td_op_neg, x, NULL); }

/* g sign x */
static void abs_vjp(td_pull *p) { td_pull_slope(p, td_sign(p->in[0])); }
const td_op td_op_abs = { TD_ELEMENTWISE(abs, 1, TD_ARITHMETIC), .reads = TD_READS(0), .vjp = abs_vjp };
td_tensor  *td_abs(td_tensor *x) { return td_apply1(&td_op_abs, x, NULL); }

const td_op td_op_sign = { TD_ELEMENTWISE(sign, 1, TD_ARITHMETIC), .flat = true };
td_tensor  *td_sign(td_tensor *x) { return td_apply1(&td_op_sign, x, NULL); }

/* g 2x */
static void square_vjp(td_pull *p) { td_pull_slope(p, td_mul_scalar(p->in[0], 2)); }
const td_op td_op_square = { TD_ELEMENTWISE(square, 1, TD_ARITHMETIC), .reads = TD_READS(0), .vjp = square_vjp };
td_tensor  *td_square(td_tensor *x) { return td_apply1(&td_op_square, x, NULL); }

/* ---- roots and reciprocals --------------------------------------------------------------------------------------- */

/* g / 2y */
static void sqrt_vjp(td_pull *p) { td_pull_add(p, 0, td_div(p->g, td_mul_scalar(p->y, 2))); }
const td_op td_op_sqrt = {
    TD_ELEMENTWISE(sqrt, 1, TD_FLOATING), .low = 0, .high = 1e3, .reads = TD_READS_RESULT, .vjp = sqrt_vjp,
};
td_tensor *td_sqrt(td_tensor *x) { return td_apply1(&td_op_sqrt, x, NULL); }

/* -g y^3 / 2 */
static void rsqrt_vjp(td_pull *p) { td_pull_slope(p, td_mul_scalar(td_mul(p->y, td_square(p->y)), -0.5)); }
const td_op td_op_rsqrt = {
    TD_ELEMENTWISE(rsqrt, 1, TD_FLOATING), .low = 0, .high = 1e3, .reads = TD_READS_RESULT, .vjp = rsqrt_vjp,
};
td_tensor *td_rsqrt(td_tensor *x) { return td_apply1(&td_op_rsqrt, x, NULL); }

/* -g y^2, as -(g y) y: y^2 alone overflows sooner */
static void reciprocal_vjp(td_pull *p) { td_pull_add(p, 0, td_neg(td_mul(td_mul(p->g, p->y), p->y))); }
const td_op td_op_reciprocal = {
    TD_ELEMENTWISE(reciprocal, 1, TD_FLOATING), .reads = TD_READS_RESULT, .vjp = reciprocal_vjp,
};
td_tensor *td_reciprocal(td_tensor *x) { return td_apply1(&td_op_reciprocal, x, NULL); }

/* ---- exponentials and logarithms --------------------------------------------------------------------------------- */

/* g y */
static void exp_vjp(td_pull *p) { td_pull_slope(p, p->y); }
const td_op td_op_exp = { TD_ELEMENTWISE(exp, 1, TD_FLOATING), .reads = TD_READS_RESULT, .vjp = exp_vjp };
td_tensor  *td_exp(td_tensor *x) { return td_apply1(&td_op_exp, x, NULL); }

/* g y log 2 */
static void exp2_vjp(td_pull *p)
{
    const double log_2 = 0.69314718055994530942;
    td_pull_slope(p, td_mul_scalar(p->y, log_2));
}
const td_op td_op_exp2 = { TD_ELEMENTWISE(exp2, 1, TD_FLOATING), .reads = TD_READS_RESULT, .vjp = exp2_vjp };
td_tensor  *td_exp2(td_tensor *x) { return td_apply1(&td_op_exp2, x, NULL); }

/* g exp x: y + 1 has no digits left where x is far below 0 */
static void expm1_vjp(td_pull *p) { td_pull_slope(p, td_exp(p->in[0])); }
const td_op td_op_expm1 = { TD_ELEMENTWISE(expm1, 1, TD_FLOATING), .reads = TD_READS(0), .vjp = expm1_vjp };
td_tensor  *td_expm1(td_tensor *x) { return td_apply1(&td_op_expm1, x, NULL); }

/* g / x */
static void log_vjp(td_pull *p) { td_pull_add(p, 0, td_div(p->g, p->in[0])); }
const td_op td_op_log = {
    TD_ELEMENTWISE(log, 1, TD_FLOATING), .low = 0, .high = 1e3, .reads = TD_READS(0), .vjp = log_vjp,
};
td_tensor *td_log(td_tensor *x) { return td_apply1(&td_op_log, x, NULL); }

/* g / (1 + x) */
static void log1p_vjp(td_pull *p) { td_pull_add(p, 0, td_div(p->g, td_add_scalar(p->in[0], 1))); }
const td_op td_op_log1p = {
    TD_ELEMENTWISE(log1p, 1, TD_FLOATING), .low = -1, .high = 1e3, .reads = TD_READS(0), .vjp = log1p_vjp,
};
td_tensor *td_log1p(td_tensor *x) { return td_apply1(&td_op_log1p, x, NULL); }

/* ---- circular and hyperbolic ------------------------------------------------------------------------------------- */

/* g cos x */
static void sin_vjp(td_pull *p) { td_pull_slope(p, td_cos(p->in[0])); }
const td_op td_op_sin = { TD_ELEMENTWISE(sin, 1, TD_FLOATING), .reads = TD_READS(0), .vjp = sin_vjp };
td_tensor  *td_sin(td_tensor *x) { return td_apply1(&td_op_sin, x, NULL); }

/* -g sin x */
static void cos_vjp(td_pull *p) { td_pull_slope(p, td_neg(td_sin(p->in[0]))); }
const td_op td_op_cos = { TD_ELEMENTWISE(cos, 1, TD_FLOATING), .reads = TD_READS(0), .vjp = cos_vjp };
td_tensor  *td_cos(td_tensor *x) { return td_apply1(&td_op_cos, x, NULL); }

/* g (1 + y^2) */
static void tan_vjp(td_pull *p) { td_pull_slope(p, td_add_scalar(td_square(p->y), 1)); }
const td_op td_op_tan = {
    TD_ELEMENTWISE(tan, 1, TD_FLOATING), .low = -1.5, .high = 1.5, .reads = TD_READS_RESULT, .vjp = tan_vjp,
};
td_tensor *td_tan(td_tensor *x) { return td_apply1(&td_op_tan, x, NULL); }

/* g cosh x */
static void sinh_vjp(td_pull *p) { td_pull_slope(p, td_cosh(p->in[0])); }
const td_op td_op_sinh = { TD_ELEMENTWISE(sinh, 1, TD_FLOATING), .reads = TD_READS(0), .vjp = sinh_vjp };
td_tensor  *td_sinh(td_tensor *x) { return td_apply1(&td_op_sinh, x, NULL); }

/* g sinh x */
static void cosh_vjp(td_pull *p) { td_pull_slope(p, td_sinh(p->in[0])); }
const td_op td_op_cosh = { TD_ELEMENTWISE(cosh, 1, TD_FLOATING), .reads = TD_READS(0), .vjp = cosh_vjp };
td_tensor  *td_cosh(td_tensor *x) { return td_apply1(&td_op_cosh, x, NULL); }

/* g (1 - y^2) */
static void tanh_vjp(td_pull *p) { td_pull_slope(p, td_rsub(1, td_square(p->y))); }
const td_op td_op_tanh = { TD_ELEMENTWISE(tanh, 1, TD_FLOATING), .reads = TD_READS_RESULT, .vjp = tanh_vjp };
td_tensor  *td_tanh(td_tensor *x) { return td_apply1(&td_op_tanh, x, NULL); }

/* 1 / sqrt((1 - x)(1 + x)), which keeps its digits near the ends where 1 - x^2 loses them */
static td_tensor *arc_slope(td_tensor *x) { return td_rsqrt(td_mul(td_rsub(1, x), td_add_scalar(x, 1))); }

static void asin_vjp(td_pull *p) { td_pull_slope(p, arc_slope(p->in[0])); }
const td_op td_op_asin = {
    TD_ELEMENTWISE(asin, 1, TD_FLOATING), .low = -1, .high = 1, .reads = TD_READS(0), .vjp = asin_vjp,
};
td_tensor *td_asin(td_tensor *x) { return td_apply1(&td_op_asin, x, NULL); }

static void acos_vjp(td_pull *p) { td_pull_slope(p, td_neg(arc_slope(p->in[0]))); }
const td_op td_op_acos = {
    TD_ELEMENTWISE(acos, 1, TD_FLOATING), .low = -1, .high = 1, .reads = TD_READS(0), .vjp = acos_vjp,
};
td_tensor *td_acos(td_tensor *x) { return td_apply1(&td_op_acos, x, NULL); }

/* g / (1 + x^2) */
static void atan_vjp(td_pull *p) { td_pull_add(p, 0, td_div(p->g, td_add_scalar(td_square(p->in[0]), 1))); }
const td_op td_op_atan = { TD_ELEMENTWISE(atan, 1, TD_FLOATING), .reads = TD_READS(0), .vjp = atan_vjp };
td_tensor  *td_atan(td_tensor *x) { return td_apply1(&td_op_atan, x, NULL); }

/* ---- the same values elsewhere ----------------------------------------------------------------------------------- */

static td_status cast_infer(td_infer *i)
{
    int64_t to = i->attr->list[0];
    if (to < TD_BOOL || to > TD_F64) return td_fail(i->context, TD_EDTYPE, "cast: there is no dtype %lld", (long long)to);
    i->dtype = (td_dtype)to;
    return TD_OK;
}

static td_status cast_compute(const td_call *call)
{
    return td_map_run(call, call->context->kernels->cast[call->in[0].dtype][call->out.dtype]);
}

/* g in x's dtype */
static void cast_vjp(td_pull *p) { td_pull_add(p, 0, td_to(p->g, td_dtype_of(p->in[0]))); }

static void cast_sample(td_sample *s)
{
    s->n_in = 1;
    td_sample_shape(s, 0, 0, 4);
    td_sample_floats(s, 0, -6, 6);
    s->attr.list[s->attr.n_list++] = td_sample_below(s, 2) ? TD_F64 : TD_F32;
}

static td_tensor *call_cast(const td_invocation *k) { return td_to(k->in[0], (td_dtype)td_as_int(k, 0)); }
static const td_signature cast_signature = {
    .example = "cast(x, f32)", .call = call_cast,
    .parameter = { { "dtype", TD_DTYPE, true, 0 } },
};
const td_op td_op_cast = {
    .name = "cast", .id = TD_ID_cast, .min_in = 1, .max_in = 1,
    .infer = cast_infer, .compute = cast_compute, .vjp = cast_vjp, .sample = cast_sample,
    .signature = &cast_signature,
};

td_tensor *td_to(td_tensor *x, td_dtype dtype)
{
    if (!x || td_dtype_of(x) == dtype) return x;
    return td_apply1(&td_op_cast, x, &(td_attr){ .n_list = 1, .list = { dtype } });
}

/* A view that lies otherwise in memory is moved, not mapped: a walk may choose its way. */
static td_status copy_compute(const td_call *call)
{
    if (td_shape_is_contiguous(call->in[0].shape)) return td_map_compute(call);
    td_walk_move(call->context, &call->out, &call->in[0]);
    return TD_OK;
}

/* g */
static void copy_vjp(td_pull *p) { td_pull_add(p, 0, p->g); }
const td_op td_op_copy = {
    .name = "copy", .id = TD_ID_copy, .min_in = 1, .max_in = 1, .kernel = TD_MAP_copy,
    .compute = copy_compute, .vjp = copy_vjp,
};
td_tensor *td_copy(td_tensor *x) { return td_apply1(&td_op_copy, x, NULL); }

/* A window on all of x. */
static td_status detach_infer(td_infer *i)
{
    i->shape = *i->in[0]->shape;
    i->view = true;
    return TD_OK;
}
const td_op td_op_detach = { .name = "detach", .id = TD_ID_detach, .min_in = 1, .max_in = 1, .infer = detach_infer };
td_tensor  *td_detach(td_tensor *x) { return td_apply1(&td_op_detach, x, NULL); }
