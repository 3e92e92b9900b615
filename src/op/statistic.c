/* statistic.c: the reductions that are compositions of ops: max, min, mean, var, std, prod, norm.
 *
 * A composition must be right where its parts are not smooth: std and norm replace the operand of a root by 1 where it is
 * 0, so that no infinite slope is met, and prod is a tree of products, so that nothing is divided by an element. */
#include "reduce.h"

#include <math.h>

/* ---- max, min: the element at argmax ----------------------------------------------------------------------------- */

td_tensor *td_reduced_last(td_tensor *x, uint32_t axes)
{
    int     order[TD_MAX_RANK], rank = 0, kept;
    int64_t size[TD_MAX_RANK];
    for (int i = 0; i < td_rank(x); i++)
        if (!(axes >> i & 1)) order[rank++] = i;
    kept = rank;
    for (int i = 0; i < td_rank(x); i++)
        if (axes >> i & 1) order[rank++] = i;
    for (int i = 0; i < kept; i++) size[i] = x->shape->size[order[i]];
    size[kept] = td_line_length(x->shape, axes);
    return td_reshape(td_permute(x, order), kept + 1, size);
}

td_tensor *td_as_result(td_tensor *y, td_tensor *x, const td_attr *attr)
{
    td_shape shape;
    td_shape_reduce(x->shape, attr->axes, attr->keepdim, &shape);
    return td_reshape(y, shape.rank, shape.size);
}

/* x at the first largest of `key`, which has x's order or the reverse of it. */
static td_tensor *take_first(td_tensor *x, td_tensor *key, const td_attr *attr)
{
    td_tensor *line = td_reduced_last(x, attr->axes);
    td_tensor *at = td_argmax_axis(td_reduced_last(key, attr->axes), -1, true);
    return td_as_result(td_gather(line, -1, at), x, attr);
}

static td_tensor *max_compose(int n, td_tensor *const *in, const td_attr *attr)
{
    (void)n;
    return attr->axes ? take_first(in[0], in[0], attr) : td_copy(in[0]);
}

/* The order of an integer is turned round by -x - 1, for -x does not exist for the least. */
static td_tensor *min_compose(int n, td_tensor *const *in, const td_attr *attr)
{
    (void)n;
    td_tensor *x = in[0], *key = td_neg(x);
    if (!td_is_float(td_dtype_of(x))) key = td_add_scalar(key, -1);
    return attr->axes ? take_first(x, key, attr) : td_copy(x);
}

static td_tensor *call_max(const td_invocation *k)
{
    return k->argument[0].given || k->argument[1].given ? td_call_reduction(k) : td_max(k->in[0]);
}
static const td_signature max_signature = {
    .example = "max(W, 0)", .call = call_max,
    .parameter = { { "axis", TD_AXES, false, NAN }, { "keepdim", TD_FLAG, false, 0 } },
};
const td_op td_op_max = {
    TD_REDUCTION(max), .infer = td_extreme_infer, .compose = max_compose, .sample = td_extreme_sample,
    .signature = &max_signature,
};
static td_tensor *call_min(const td_invocation *k)
{
    return k->argument[0].given || k->argument[1].given ? td_call_reduction(k) : td_min(k->in[0]);
}
static const td_signature min_signature = {
    .example = "min(W, 1)", .call = call_min,
    .parameter = { { "axis", TD_AXES, false, NAN }, { "keepdim", TD_FLAG, false, 0 } },
};
const td_op td_op_min = {
    TD_REDUCTION(min), .infer = td_extreme_infer, .compose = min_compose, .sample = td_extreme_sample,
    .signature = &min_signature,
};

/* Over everything ties share, over axes the first takes it: PyTorch's max() and max(dim). */
td_tensor *td_max(td_tensor *x) { return td_reduce_all(&td_op_amax, x, 0); }
td_tensor *td_max_axes(td_tensor *x, int n, const int *axes, bool keepdim)
{
    return td_reduce_axes(&td_op_max, x, 0, n, axes, keepdim);
}

td_tensor *td_min(td_tensor *x) { return td_reduce_all(&td_op_amin, x, 0); }
td_tensor *td_min_axes(td_tensor *x, int n, const int *axes, bool keepdim)
{
    return td_reduce_axes(&td_op_min, x, 0, n, axes, keepdim);
}

/* ---- mean, var, std ---------------------------------------------------------------------------------------------- */

static td_tensor *mean_compose(int n, td_tensor *const *in, const td_attr *attr)
{
    (void)n;
    td_tensor *x = td_floating(in[0]);
    td_tensor *sum = td_reduce_by(&td_op_sum, x, attr->axes, attr->keepdim);
    return td_div_scalar(sum, (double)td_line_length(x->shape, attr->axes));
}

/* x minus its mean; of one number 0, and known to be: x - x is only as far as x is known. */
static td_tensor *centred(td_tensor *x, uint32_t axes)
{
    if (td_line_length(x->shape, axes) == 1) return td_mul_scalar(x, 0);
    return td_sub(x, td_reduce_by(&td_op_mean, x, axes, true));
}

/* The sum of squares has slope 0 in the mean.  Divided by 0 that would be 0 / 0, so the mean is a constant then: the slopes
 * are those of the limit, infinite as the deviations have it. */
static td_tensor *var_compose(int n, td_tensor *const *in, const td_attr *attr)
{
    (void)n;
    td_tensor *x = td_floating(in[0]), *off = centred(x, attr->axes);
    double     length = (double)td_line_length(x->shape, attr->axes), freedom = fmax(length - attr->a, 0);
    if (freedom == 0 && length > 1) off = td_sub(x, td_detach(td_reduce_by(&td_op_mean, x, attr->axes, true)));
    return td_div_scalar(td_reduce_by(&td_op_sum, td_square(off), attr->axes, attr->keepdim), freedom);
}

/* f(x) where x is not 0, and 0 with slope 0 where it is. */
static td_tensor *but_at_zero(td_tensor *(*f)(td_tensor *x, double p), td_tensor *x, double p)
{
    td_tensor *zero = td_eq(x, td_number(x, 0));
    return td_where(zero, td_number(x, 0), f(td_where(zero, td_number(x, 1), x), p));
}

static td_tensor *root(td_tensor *x, double p) { return p == 2 ? td_sqrt(x) : td_pow_scalar(x, 1 / p); }

/* The mean of equal numbers may be off by a rounding, their deviation then is not 0, and its slope not small.  Centred
 * once more, it is 0. */
static td_tensor *std_compose(int n, td_tensor *const *in, const td_attr *attr)
{
    (void)n;
    td_tensor *off = centred(td_floating(in[0]), attr->axes);
    return but_at_zero(root, td_apply1(&td_op_var, off, attr), 2);
}

static void variance_sample(td_sample *s)
{
    td_reduce_sample(s);
    s->attr.a = td_sample_choice(s, 5, (double[]){ 0, 1, 1, 0.5, 2 });
}

static const td_signature mean_signature = {
    .example = "mean(W, axis=[0,1], keepdim=1)", .call = td_call_reduction,
    .parameter = { { "axis", TD_AXES, false, NAN }, { "keepdim", TD_FLAG, false, 0 } },
};
const td_op td_op_mean = {
    TD_REDUCTION(mean), .infer = td_floating_infer, .compose = mean_compose, .sample = td_reduce_sample,
    .signature = &mean_signature,
};
static const td_signature var_signature = {
    .example = "var(W, 1)", .call = td_call_reduction,
    .parameter = { { "axis", TD_AXES, false, NAN }, { "correction", TD_NUMBER, false, 1 },
                   { "keepdim", TD_FLAG, false, 0 } },
};
const td_op td_op_var = {
    TD_REDUCTION(var), .infer = td_floating_infer, .compose = var_compose, .sample = variance_sample,
    .signature = &var_signature,
};
static const td_signature std_signature = {
    .example = "std(W, 0)", .call = td_call_reduction,
    .parameter = { { "axis", TD_AXES, false, NAN }, { "correction", TD_NUMBER, false, 1 },
                   { "keepdim", TD_FLAG, false, 0 } },
};
const td_op td_op_std = {
    TD_REDUCTION(std), .infer = td_floating_infer, .compose = std_compose, .sample = variance_sample,
    .signature = &std_signature,
};

td_tensor *td_mean(td_tensor *x) { return td_reduce_all(&td_op_mean, x, 0); }
td_tensor *td_mean_axes(td_tensor *x, int n, const int *axes, bool keepdim)
{
    return td_reduce_axes(&td_op_mean, x, 0, n, axes, keepdim);
}

td_tensor *td_var(td_tensor *x, double correction) { return td_reduce_all(&td_op_var, x, correction); }
td_tensor *td_var_axes(td_tensor *x, double correction, int n, const int *axes, bool keepdim)
{
    return td_reduce_axes(&td_op_var, x, correction, n, axes, keepdim);
}

td_tensor *td_std(td_tensor *x, double correction) { return td_reduce_all(&td_op_std, x, correction); }
td_tensor *td_std_axes(td_tensor *x, double correction, int n, const int *axes, bool keepdim)
{
    return td_reduce_axes(&td_op_std, x, correction, n, axes, keepdim);
}

/* ---- prod: halves multiplied with each other until one is left --------------------------------------------------- */

static td_tensor *prod_compose(int n, td_tensor *const *in, const td_attr *attr)
{
    (void)n;
    td_tensor *x = td_dtype_of(in[0]) == TD_BOOL ? td_to(in[0], TD_I64) : in[0];
    if (!attr->axes) return td_copy(x);
    td_tensor *y = td_reduced_last(x, attr->axes);
    if (td_size(y, -1) == 0) y = td_ones_like(td_reduce_by(&td_op_sum, y, 1u << (td_rank(y) - 1), true));
    for (int64_t m = td_size(y, -1); m > 1; m -= m / 2) {
        td_tensor *half = td_mul(td_slice(y, -1, 0, m / 2, 1), td_slice(y, -1, m / 2, m / 2 * 2, 1));
        y = m % 2 ? td_concat(2, (td_tensor *[]){ half, td_slice(y, -1, m - 1, m, 1) }, -1) : half;
    }
    return td_as_result(y, x, attr);
}

static const td_signature prod_signature = {
    .example = "prod(x)", .call = td_call_reduction,
    .parameter = { { "axis", TD_AXES, false, NAN }, { "keepdim", TD_FLAG, false, 0 } },
};
const td_op td_op_prod = {
    TD_REDUCTION(prod), .infer = td_integer_infer, .compose = prod_compose, .sample = td_reduce_sample,
    .signature = &prod_signature,
};

td_tensor *td_prod(td_tensor *x) { return td_reduce_all(&td_op_prod, x, 0); }
td_tensor *td_prod_axes(td_tensor *x, int n, const int *axes, bool keepdim)
{
    return td_reduce_axes(&td_op_prod, x, 0, n, axes, keepdim);
}

/* ---- norm -------------------------------------------------------------------------------------------------------- */

static td_status norm_infer(td_infer *i)
{
    double p = i->attr->a;
    if (isnan(p)) return td_fail(i->context, TD_EVALUE, "norm: the order is NaN");
    if (!td_is_float(i->dtype)) i->dtype = TD_F64;
    return p < 0 ? td_extreme_infer(i) : td_reduce_infer(i);
}

static td_tensor *inf_norm(td_tensor *x, const td_attr *attr)
{
    bool         some = td_line_length(x->shape, attr->axes) > 0;
    const td_op *pick = attr->a < 0 ? &td_op_amin : some ? &td_op_amax : &td_op_sum;
    return td_reduce_by(pick, td_abs(x), attr->axes, attr->keepdim);
}

/* |x|^p, p < 0: infinite with slope 0 where x is 0, so that the norm is 0 there. */
static td_tensor *inverse_power(td_tensor *x, double p)
{
    td_tensor *zero = td_eq(x, td_number(x, 0));
    return td_where(zero, td_number(x, (double)INFINITY), td_pow_scalar(td_abs(td_where(zero, td_number(x, 1), x)), p));
}

static td_tensor *norm_compose(int n, td_tensor *const *in, const td_attr *attr)
{
    (void)n;
    double     p = attr->a;
    td_tensor *x = td_floating(in[0]), *power;
    if (isinf(p)) return inf_norm(x, attr);
    if (p == 0) power = td_to(td_ne(x, td_number(x, 0)), td_dtype_of(x));
    else if (p == 1) power = td_abs(x);
    else if (p == 2) power = td_square(x);
    else power = p < 0 ? inverse_power(x, p) : but_at_zero(td_pow_scalar, td_abs(x), p);
    td_tensor *sum = td_reduce_by(&td_op_sum, power, attr->axes, attr->keepdim);
    if (p < 0) return root(sum, p);
    return p == 0 || p == 1 ? sum : but_at_zero(root, sum, p);
}

static void norm_sample(td_sample *s)
{
    static const double orders[] = { 2, 2, 0, 1, 2, 3, 0.5, 1.5, -1, -2.5, (double)INFINITY, -(double)INFINITY };
    td_reduce_sample(s);
    s->attr.a = td_sample_choice(s, 12, orders);
    for (int i = 0; i < s->in[0].rank; i++)
        if (s->attr.a < 0 && s->in[0].size[i] == 0) s->in[0].size[i] = 1;
}

static const td_signature norm_signature = {
    .example = "norm(W, 2, 1)", .call = td_call_reduction,
    .parameter = { { "p", TD_NUMBER, false, 2 }, { "axis", TD_AXES, false, NAN }, { "keepdim", TD_FLAG, false, 0 } },
};
const td_op td_op_norm = {
    TD_REDUCTION(norm), .infer = norm_infer, .compose = norm_compose, .sample = norm_sample,
    .signature = &norm_signature,
};

td_tensor *td_norm(td_tensor *x, double p) { return td_reduce_all(&td_op_norm, x, p); }
td_tensor *td_norm_axes(td_tensor *x, double p, int n, const int *axes, bool keepdim)
{
    return td_reduce_axes(&td_op_norm, x, p, n, axes, keepdim);
}
