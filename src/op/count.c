/* count.c: reductions that count or pick: any, all, count_nonzero, argmin, sums that pass NaN over; those with two results.
 *
 * All are compositions.  What depends on an order is asked of the op for the other order, with the operand turned round. */
#include "reduce.h"

#include <math.h>

#define OVER_AXES { { "axis", TD_AXES, false, NAN }, { "keepdim", TD_FLAG, false, 0 } }

/* ---- argmin ------------------------------------------------------------------------------------------------------ */

static td_status argmin_infer(td_infer *i)
{
    i->dtype = TD_I64;
    return td_extreme_infer(i);
}

/* The order of an integer is turned round by -x - 1, for -x does not exist for the least. */
static td_tensor *argmin_compose(int n, td_tensor *const *in, const td_attr *attr)
{
    (void)n;
    td_tensor *key = td_neg(in[0]);
    if (!td_is_float(td_dtype_of(key))) key = td_add_scalar(key, -1);
    return td_apply1(&td_op_argmax, key, attr);
}

static td_tensor *call_argmin(const td_invocation *k)
{
    return k->argument[0].given ? td_argmin_axis(k->in[0], td_as_int(k, 0), td_as_flag(k, 1)) : td_argmin(k->in[0]);
}

static const td_signature argmin_signature = {
    .example = "argmin(W, 1)", .call = call_argmin,
    .parameter = { { "axis", TD_AXIS, false, NAN }, { "keepdim", TD_FLAG, false, 0 } },
};
const td_op td_op_argmin = {
    TD_REDUCTION(argmin), .flat = true, .infer = argmin_infer, .compose = argmin_compose, .sample = td_extreme_sample,
    .signature = &argmin_signature,
};

td_tensor *td_argmin(td_tensor *x) { return td_reduce_all(&td_op_argmin, x, 0); }
td_tensor *td_argmin_axis(td_tensor *x, int axis, bool keepdim)
{
    return td_reduce_axes(&td_op_argmin, x, 0, 1, &axis, keepdim);
}

/* ---- any, all, count_nonzero -------------------------------------------------------------------------------------- */

static td_status count_infer(td_infer *i)
{
    i->dtype = TD_I64;
    return td_reduce_infer(i);
}

static td_status truth_infer(td_infer *i)
{
    i->dtype = TD_BOOL;
    return td_reduce_infer(i);
}

static td_tensor *count_nonzero_compose(int n, td_tensor *const *in, const td_attr *attr)
{
    (void)n;
    td_tensor *x = in[0], *is = td_dtype_of(x) == TD_BOOL ? x : td_ne(x, td_number(x, 0));
    return td_apply1(&td_op_sum, is, attr);
}

static td_tensor *any_compose(int n, td_tensor *const *in, const td_attr *attr)
{
    td_tensor *count = count_nonzero_compose(n, in, attr);
    return td_gt(count, td_number(count, 0));
}

static td_tensor *all_compose(int n, td_tensor *const *in, const td_attr *attr)
{
    td_tensor *count = count_nonzero_compose(n, in, attr);
    return td_eq(count, td_number(count, (double)td_line_length(in[0]->shape, attr->axes)));
}

static const td_signature count_nonzero_signature = {
    .example = "count_nonzero(W, 1)", .call = td_call_reduction, .parameter = OVER_AXES,
};
const td_op td_op_count_nonzero = {
    TD_REDUCTION(count_nonzero), .flat = true, .infer = count_infer, .compose = count_nonzero_compose,
    .sample = td_reduce_sample, .signature = &count_nonzero_signature,
};
static const td_signature any_signature = { .example = "any(b)", .call = td_call_reduction, .parameter = OVER_AXES };
const td_op td_op_any = {
    TD_REDUCTION(any), .flat = true, .infer = truth_infer, .compose = any_compose, .sample = td_reduce_sample,
    .signature = &any_signature,
};
static const td_signature all_signature = { .example = "all(W, 0)", .call = td_call_reduction, .parameter = OVER_AXES };
const td_op td_op_all = {
    TD_REDUCTION(all), .flat = true, .infer = truth_infer, .compose = all_compose, .sample = td_reduce_sample,
    .signature = &all_signature,
};

td_tensor *td_count_nonzero(td_tensor *x) { return td_reduce_all(&td_op_count_nonzero, x, 0); }
td_tensor *td_count_nonzero_axes(td_tensor *x, int n, const int *axes, bool keepdim)
{
    return td_reduce_axes(&td_op_count_nonzero, x, 0, n, axes, keepdim);
}

td_tensor *td_any(td_tensor *x) { return td_reduce_all(&td_op_any, x, 0); }
td_tensor *td_any_axes(td_tensor *x, int n, const int *axes, bool keepdim)
{
    return td_reduce_axes(&td_op_any, x, 0, n, axes, keepdim);
}

td_tensor *td_all(td_tensor *x) { return td_reduce_all(&td_op_all, x, 0); }
td_tensor *td_all_axes(td_tensor *x, int n, const int *axes, bool keepdim)
{
    return td_reduce_axes(&td_op_all, x, 0, n, axes, keepdim);
}

/* ---- nansum, nanmean ---------------------------------------------------------------------------------------------- */

static td_tensor *nansum_compose(int n, td_tensor *const *in, const td_attr *attr)
{
    (void)n;
    td_tensor *x = in[0];
    if (td_is_float(td_dtype_of(x))) x = td_where(td_ne(x, x), td_number(x, 0), x);
    return td_apply1(&td_op_sum, x, attr);
}

static td_tensor *nanmean_compose(int n, td_tensor *const *in, const td_attr *attr)
{
    td_tensor *x = td_floating(in[0]), *count = td_apply1(&td_op_count_nonzero, td_eq(x, x), attr);
    return td_div(nansum_compose(n, &x, attr), td_to(count, td_dtype_of(x)));
}

static void endless_sample(td_sample *s)
{
    td_reduce_sample(s);
    td_sample_endless(s, 0);
}

static const td_signature nansum_signature = {
    .example = "nansum(W, 1)", .call = td_call_reduction, .parameter = OVER_AXES,
};
const td_op td_op_nansum = {
    TD_REDUCTION(nansum), .infer = td_integer_infer, .compose = nansum_compose, .sample = endless_sample,
    .signature = &nansum_signature,
};
static const td_signature nanmean_signature = {
    .example = "nanmean(W, 0)", .call = td_call_reduction, .parameter = OVER_AXES,
};
const td_op td_op_nanmean = {
    TD_REDUCTION(nanmean), .infer = td_floating_infer, .compose = nanmean_compose, .sample = endless_sample,
    .signature = &nanmean_signature,
};

td_tensor *td_nansum(td_tensor *x) { return td_reduce_all(&td_op_nansum, x, 0); }
td_tensor *td_nansum_axes(td_tensor *x, int n, const int *axes, bool keepdim)
{
    return td_reduce_axes(&td_op_nansum, x, 0, n, axes, keepdim);
}

td_tensor *td_nanmean(td_tensor *x) { return td_reduce_all(&td_op_nanmean, x, 0); }
td_tensor *td_nanmean_axes(td_tensor *x, int n, const int *axes, bool keepdim)
{
    return td_reduce_axes(&td_op_nanmean, x, 0, n, axes, keepdim);
}

/* ---- two results -------------------------------------------------------------------------------------------------- */

td_tensor *td_var_mean(td_tensor *x, double correction, int n, const int *axes, bool keepdim, td_tensor **mean)
{
    *mean = td_mean_axes(x, n, axes, keepdim);
    return td_var_axes(x, correction, n, axes, keepdim);
}

td_tensor *td_std_mean(td_tensor *x, double correction, int n, const int *axes, bool keepdim, td_tensor **mean)
{
    *mean = td_mean_axes(x, n, axes, keepdim);
    return td_std_axes(x, correction, n, axes, keepdim);
}

td_tensor *td_aminmax(td_tensor *x, int n, const int *axes, bool keepdim, td_tensor **max)
{
    *max = td_amax_axes(x, n, axes, keepdim);
    return td_amin_axes(x, n, axes, keepdim);
}
