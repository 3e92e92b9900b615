/* channel_norm.c: normalisations of what has channels: batch_norm, group_norm, instance_norm; rms_norm, local_response_norm.
 *
 * The first three are layer_norm's rows, after numbers that are normalised together have been brought together; so are their
 * derivatives of any order. */
#include "op/resample.h"
#include "op/shape.h"

#include <float.h>
#include <string.h>

/* ---- shapes: x (n, channels, ..), then what has a number for each channel ------------------------------------------ */

static td_status check_channels(const td_infer *i)
{
    char            a[TD_SHAPE_TEXT], b[TD_SHAPE_TEXT];
    const td_shape *x = i->in[0]->shape;
    if (td_infer_float(i)) return td_error(i->context);
    if (x->rank < 2) return td_fail(i->context, TD_ESHAPE, "%s: input %s has no axis of channels", i->op->name, td_shape_text(x, a));
    for (int k = 1; k < i->n_in; k++) {
        const td_tensor *t = i->in[k];
        if (td_dtype_of(t) != i->dtype)
            return td_fail(i->context, TD_EDTYPE, "%s: x is %s, operand %d %s", i->op->name, td_dtype_name(i->dtype), k,
                           td_dtype_name(td_dtype_of(t)));
        if (t->shape->rank != 1 || t->shape->size[0] != x->size[1])
            return td_fail(i->context, TD_ESHAPE, "%s: input %s, operand %d is %s, not (%lld,)", i->op->name, td_shape_text(x, a), k,
                           td_shape_text(t->shape, b), (long long)x->size[1]);
    }
    return TD_OK;
}

/* How many numbers of x have one index on these two axes. */
static int64_t numbers_beside(const td_shape *x, bool sample, bool channel)
{
    int64_t n = (sample ? 1 : x->size[0]) * (channel ? 1 : x->size[1]);
    for (int k = 2; k < x->rank; k++) n *= x->size[k];
    return n;
}

static td_status needs_two(const td_infer *i, int64_t has)
{
    char a[TD_SHAPE_TEXT];
    if (has != 1) return TD_OK;
    return td_fail(i->context, TD_EVALUE, "%s: input %s: one number a channel is its own mean", i->op->name,
                   td_shape_text(i->in[0]->shape, a));
}

static td_status batch_norm_infer(td_infer *i)
{
    return check_channels(i) ? td_error(i->context) : needs_two(i, numbers_beside(i->in[0]->shape, false, true));
}

static td_status batch_norm_given_infer(td_infer *i) { return check_channels(i); }

static td_status instance_norm_infer(td_infer *i)
{
    return check_channels(i) ? td_error(i->context) : needs_two(i, numbers_beside(i->in[0]->shape, true, true));
}

static td_status group_norm_infer(td_infer *i)
{
    int64_t groups = i->attr->list[0];
    char    a[TD_SHAPE_TEXT];
    if (check_channels(i)) return td_error(i->context);
    if (groups >= 1 && i->in[0]->shape->size[1] % groups == 0) return TD_OK;
    return td_fail(i->context, TD_EVALUE, "group_norm: input %s in %lld groups", td_shape_text(i->in[0]->shape, a), (long long)groups);
}

/* ---- compositions ------------------------------------------------------------------------------------------------- */

/* What has a number for each channel, to go with (n, channels, ..) of this rank. */
static td_tensor *by_channel(td_tensor *t, int rank)
{
    int64_t size[TD_MAX_RANK];
    for (int k = 0; k < rank; k++) size[k] = k == 1 ? t->shape->size[0] : 1;
    return td_reshape(t, rank, size);
}

/* y weight + bias, operands k and k + 1, as far as there are. */
static td_tensor *weighted(td_tensor *y, int n, td_tensor *const *in, int k)
{
    int rank = td_rank(y);
    if (n > k) y = td_mul(y, by_channel(in[k], rank));
    return n > k + 1 ? td_add(y, by_channel(in[k + 1], rank)) : y;
}

/* Rows of x, each normalised. */
static td_tensor *normalised(td_tensor *x, int64_t rows, double eps)
{
    int64_t n = rows ? x->shape->numel / rows : 1;
    return td_layer_norm(td_reshape(x, 2, (int64_t[]){ rows, n }), 1, NULL, NULL, eps);
}

static td_tensor *batch_norm_compose(int n, td_tensor *const *in, const td_attr *attr)
{
    const td_shape *x = in[0]->shape;
    td_tensor      *rows = td_transpose(in[0], 0, 1);
    if (x->numel == 0) return weighted(in[0], n, in, 1);
    td_tensor *y = td_reshape(normalised(rows, x->size[1], attr->a), x->rank, rows->shape->size);
    return weighted(td_transpose(y, 0, 1), n, in, 1);
}

static td_tensor *group_norm_compose(int n, td_tensor *const *in, const td_attr *attr)
{
    const td_shape *x = in[0]->shape;
    if (x->numel == 0) return weighted(in[0], n, in, 1);
    return weighted(td_reshape(normalised(in[0], x->size[0] * attr->list[0], attr->a), x->rank, x->size), n, in, 1);
}

static td_tensor *instance_norm_compose(int n, td_tensor *const *in, const td_attr *attr)
{
    return group_norm_compose(n, in, &(td_attr){ .a = attr->a, .list = { in[0]->shape->size[1] } });
}

/* (x - mean) / sqrt(var + eps), mean and var given */
static td_tensor *batch_norm_given_compose(int n, td_tensor *const *in, const td_attr *attr)
{
    int        rank = td_rank(in[0]);
    td_tensor *scale = td_rsqrt(td_add_scalar(in[2], attr->a));
    return weighted(td_mul(td_sub(in[0], by_channel(in[1], rank)), by_channel(scale, rank)), n, in, 3);
}

static td_tensor *rms_norm_compose(int n, td_tensor *const *in, const td_attr *attr)
{
    int axes[TD_MAX_RANK], count = 0;
    for (int k = attr->axis; k < td_rank(in[0]); k++) axes[count++] = k;
    td_tensor *mean = td_mean_axes(td_square(in[0]), count, axes, true);
    td_tensor *y = td_mul(in[0], td_rsqrt(td_add_scalar(mean, attr->a)));
    return n > 1 ? td_mul(y, in[1]) : y;
}

/* a: alpha, b: beta; list[0] the window, list[1] the bits of k */
static double constant_of(const td_attr *attr)
{
    double k;
    memcpy(&k, &attr->list[1], sizeof k);
    return k;
}

static td_tensor *local_response_norm_compose(int n, td_tensor *const *in, const td_attr *attr)
{
    int64_t size = attr->list[0];
    td_attr window = { .list = { [TD_BAND_KIND] = TD_BAND_SUM, [TD_BAND_M] = in[0]->shape->size[1], [TD_BAND_KERNEL] = size,
                                 [TD_BAND_STRIDE] = 1, [TD_BAND_PADDING] = size / 2 } };
    (void)n;
    if (in[0]->shape->numel == 0) return td_copy(in[0]);
    td_tensor *mean = td_mul_scalar(td_resample(td_square(in[0]), 1, &window), 1 / (double)size);
    td_tensor *base = td_add_scalar(td_mul_scalar(mean, attr->a), constant_of(attr));
    return td_div(in[0], td_pow_scalar(base, attr->b));
}

static td_status local_response_norm_infer(td_infer *i)
{
    int64_t size = i->attr->list[0];
    if (check_channels(i)) return td_error(i->context);
    if (size >= 1 && size <= INT32_MAX) return TD_OK;
    return td_fail(i->context, TD_EVALUE, "local_response_norm: a window of %lld channels", (long long)size);
}

static td_status rms_norm_infer(td_infer *i)
{
    const td_shape *x = i->in[0]->shape, *w = i->n_in > 1 ? i->in[1]->shape : NULL;
    char            a[TD_SHAPE_TEXT], b[TD_SHAPE_TEXT];
    int             axis = i->attr->axis;
    if (!td_infer_axis(i, axis, x->rank) || td_infer_float(i)) return td_error(i->context);
    bool fit = !w || (w->rank == x->rank - axis && i->in[1]->dtype == i->in[0]->dtype);
    for (int k = axis; w && fit && k < x->rank; k++) fit = w->size[k - axis] == x->size[k];
    if (fit) return TD_OK;
    return td_fail(i->context, TD_ESHAPE, "rms_norm: input %s over %d axes, weight %s", td_shape_text(x, a), x->rank - axis,
                   td_shape_text(w, b));
}

/* ---- wrappers ----------------------------------------------------------------------------------------------------- */

/* The first n of these that are there, in one dtype with x; a bias without a weight is added after. */
static td_tensor *apply_norm(const td_op *op, int n, td_tensor **in, td_tensor *weight, td_tensor *bias, const td_attr *attr)
{
    if (td_stopped(in[0])) return td_passed(in[0]);
    td_dtype dtype = td_dtype_of(td_floating(in[0]));
    if (weight) in[n++] = weight;
    if (weight && bias) in[n++] = bias;
    for (int k = 1; k < n; k++) dtype = td_promote(dtype, td_dtype_of(in[k]));
    for (int k = 0; k < n; k++) in[k] = td_to(in[k], dtype);
    td_tensor *y = td_apply(op, n, in, attr);
    return bias && !weight && !y->context->status ? td_add(y, by_channel(bias, td_rank(y))) : y;
}

/* The running number moved towards this batch's. */
static td_tensor *moved(td_tensor *running, td_tensor *now, double momentum)
{
    return td_add(td_mul_scalar(running, 1 - momentum), td_mul_scalar(now, momentum));
}

static void move_running(td_tensor *x, td_tensor *mean, td_tensor *var, double momentum, td_tensor **new_mean, td_tensor **new_var)
{
    int axes[TD_MAX_RANK] = { 0 }, count = td_rank(x) - 1;
    for (int k = 1; k < count; k++) axes[k] = k + 1;
    if (new_mean && mean) *new_mean = moved(mean, td_mean_axes(x, count, axes, false), momentum);
    if (new_var && var) *new_var = moved(var, td_var_axes(x, 1, count, axes, false), momentum);
}

td_tensor *td_batch_norm(td_tensor *x, td_tensor *running_mean, td_tensor *running_var, td_tensor *weight, td_tensor *bias,
                         bool training, double momentum, double eps, td_tensor **new_mean, td_tensor **new_var)
{
    td_tensor *in[5] = { x, running_mean, running_var };
    if (td_stopped(x)) return td_passed(x);
    if (!training && (!running_mean || !running_var)) {
        td_fail(x->context, TD_EVALUE, "batch_norm: not training, and no running %s", running_mean ? "variance" : "mean");
        return td_bad(x->context);
    }
    if (!training) return apply_norm(&td_op_batch_norm_given, 3, in, weight, bias, &(td_attr){ .a = eps });
    td_tensor *y = apply_norm(&td_op_batch_norm, 1, in, weight, bias, &(td_attr){ .a = eps });
    if (!x->context->status) move_running(x, running_mean, running_var, momentum, new_mean, new_var);
    return y;
}

td_tensor *td_group_norm(td_tensor *x, int64_t groups, td_tensor *weight, td_tensor *bias, double eps)
{
    return apply_norm(&td_op_group_norm, 1, (td_tensor *[3]){ x }, weight, bias,
                      &(td_attr){ .a = eps, .n_list = 1, .list = { groups } });
}

td_tensor *td_instance_norm(td_tensor *x, td_tensor *weight, td_tensor *bias, double eps)
{
    return apply_norm(&td_op_instance_norm, 1, (td_tensor *[3]){ x }, weight, bias, &(td_attr){ .a = eps });
}

td_tensor *td_rms_norm(td_tensor *x, int n_axes, td_tensor *weight, double eps)
{
    if (td_stopped(x)) return td_passed(x);
    int rank = x->shape->rank;
    if (n_axes < 1 || n_axes > rank) {
        td_fail(x->context, TD_ESHAPE, "rms_norm: %d axes of a tensor of rank %d", n_axes, rank);
        return td_bad(x->context);
    }
    if (eps < 0) eps = td_dtype_of(x) == TD_F32 ? (double)FLT_EPSILON : DBL_EPSILON;
    return apply_norm(&td_op_rms_norm, 1, (td_tensor *[3]){ x }, weight, NULL, &(td_attr){ .a = eps, .axis = (int16_t)(rank - n_axes) });
}

td_tensor *td_local_response_norm(td_tensor *x, int64_t size, double alpha, double beta, double k)
{
    td_attr a = { .a = alpha, .b = beta, .n_list = 2, .list = { size } };
    memcpy(&a.list[1], &k, sizeof k);
    return apply_norm(&td_op_local_response_norm, 1, (td_tensor *[3]){ x }, NULL, NULL, &a);
}

/* ---- samples, signatures, ops ------------------------------------------------------------------------------------- */

static void sample_input(td_sample *s, int64_t channels)
{
    static const double eps[] = { 1e-5, 1e-3, 0.5 };
    td_sample_in       *x = &s->in[0];
    x->rank = 2 + (int)td_sample_below(s, 3);
    for (int k = 0; k < x->rank; k++) x->size[k] = 1 + td_sample_below(s, 3);
    if (td_sample_below(s, 16) == 0) x->size[0] = 0;
    else if (x->rank == 2 || x->size[2] == 1) x->size[x->rank == 2 ? 0 : 2] = 3;
    x->size[1] = channels;
    td_sample_floats(s, 0, -6, 6);
    s->attr.a = td_sample_choice(s, 3, eps);
    s->n_in = 1;
}

/* Operands up to n, a number for each channel. */
static void sample_channels(td_sample *s, int n)
{
    for (; s->n_in < n; s->n_in++) {
        s->in[s->n_in] = (td_sample_in){ .rank = 1, .size = { s->in[0].size[1] } };
        td_sample_floats(s, s->n_in, -6, 6);
    }
}

static void batch_norm_sample(td_sample *s)
{
    sample_input(s, 1 + td_sample_below(s, 3));
    sample_channels(s, 1 + (int)td_sample_below(s, 3));
}

static void instance_norm_sample(td_sample *s)
{
    batch_norm_sample(s);
    if (s->in[0].rank > 2) return;
    s->in[0].rank = 3;
    s->in[0].size[2] = 2 + td_sample_below(s, 4);
}

static void batch_norm_given_sample(td_sample *s)
{
    sample_input(s, 1 + td_sample_below(s, 3));
    sample_channels(s, 3 + (int)td_sample_below(s, 2));
    td_sample_floats(s, 2, 0.25, 6);
}

static void group_norm_sample(td_sample *s)
{
    int64_t groups = 1 + td_sample_below(s, 3);
    sample_input(s, groups * (1 + td_sample_below(s, 3)));
    sample_channels(s, 1 + (int)td_sample_below(s, 3));
    s->attr.n_list = 1;
    s->attr.list[0] = groups;
}

static void rms_norm_sample(td_sample *s)
{
    td_sample_in *x = &s->in[0], *w = &s->in[1];
    sample_input(s, 1 + td_sample_below(s, 5));
    s->n_in = 1 + (int)td_sample_below(s, 2);
    s->attr.axis = (int16_t)td_sample_below(s, x->rank);
    w->rank = x->rank - s->attr.axis;
    for (int k = 0; k < w->rank; k++) w->size[k] = x->size[k + s->attr.axis];
    td_sample_floats(s, 1, -6, 6);
}

static void local_response_norm_sample(td_sample *s)
{
    static const double alpha[] = { 1e-4, 0.5, 1 }, beta[] = { 0.75, 1, 0.5 };
    double              k = td_sample_real(s, 0.5, 2);
    sample_input(s, 1 + td_sample_below(s, 6));
    s->attr.a = td_sample_choice(s, 3, alpha);
    s->attr.b = td_sample_choice(s, 3, beta);
    s->attr.n_list = 2;
    s->attr.list[0] = 1 + td_sample_below(s, 5);
    memcpy(&s->attr.list[1], &k, sizeof k);
}

static td_tensor *operand(const td_invocation *k, int i) { return i < k->n ? k->in[i] : NULL; }

static td_tensor *call_batch_norm(const td_invocation *k)
{
    return td_batch_norm(k->in[0], NULL, NULL, operand(k, 1), operand(k, 2), true, 0, td_as_number(k, 0), NULL, NULL);
}
static td_tensor *call_batch_norm_given(const td_invocation *k)
{
    return td_batch_norm(k->in[0], k->in[1], k->in[2], operand(k, 3), operand(k, 4), false, 0, td_as_number(k, 0), NULL, NULL);
}
static td_tensor *call_group_norm(const td_invocation *k)
{
    return td_group_norm(k->in[0], td_as_i64(k, 0), operand(k, 1), operand(k, 2), td_as_number(k, 1));
}
static td_tensor *call_instance_norm(const td_invocation *k)
{
    return td_instance_norm(k->in[0], operand(k, 1), operand(k, 2), td_as_number(k, 0));
}
static td_tensor *call_rms_norm(const td_invocation *k)
{
    return td_rms_norm(k->in[0], td_as_int(k, 0), operand(k, 1), td_as_number(k, 1));
}
static td_tensor *call_local_response_norm(const td_invocation *k)
{
    return td_local_response_norm(k->in[0], td_as_i64(k, 0), td_as_number(k, 1), td_as_number(k, 2), td_as_number(k, 3));
}

#define EPS { "eps", TD_NUMBER, false, 1e-5 }
static const td_signature batch_norm_signature = {
    .example = "batch_norm(W, x, y)", .call = call_batch_norm, .parameter = { EPS },
};
static const td_signature batch_norm_given_signature = {
    .example = "batch_norm_given(W, x, y)", .call = call_batch_norm_given, .parameter = { EPS },
};
static const td_signature group_norm_signature = {
    .example = "group_norm(W, num_groups=3)", .call = call_group_norm,
    .parameter = { { "num_groups", TD_INTEGER, true, 0 }, EPS },
};
static const td_signature instance_norm_signature = {
    .example = "instance_norm(reshape(W, [1, 2, 3]))", .call = call_instance_norm, .parameter = { EPS },
};
static const td_signature rms_norm_signature = {
    .example = "rms_norm(W, x)", .call = call_rms_norm,
    .parameter = { { "n_axes", TD_INTEGER, false, 1 }, { "eps", TD_NUMBER, false, -1 } },
};
static const td_signature local_response_norm_signature = {
    .example = "local_response_norm(W, 2)", .call = call_local_response_norm,
    .parameter = { { "size", TD_INTEGER, true, 0 }, { "alpha", TD_NUMBER, false, 1e-4 }, { "beta", TD_NUMBER, false, 0.75 },
                   { "k", TD_NUMBER, false, 1 } },
};

#define NORM(NAME, least, most)                                                                                \
    .name = #NAME, .id = TD_ID_##NAME, .min_in = least, .max_in = most, .infer = NAME##_infer,                 \
    .compose = NAME##_compose, .sample = NAME##_sample, .signature = &NAME##_signature

const td_op td_op_batch_norm = { NORM(batch_norm, 1, 3) };
const td_op td_op_batch_norm_given = { NORM(batch_norm_given, 3, 5) };
const td_op td_op_group_norm = { NORM(group_norm, 1, 3) };
const td_op td_op_instance_norm = { NORM(instance_norm, 1, 3) };
const td_op td_op_rms_norm = { NORM(rms_norm, 1, 2) };
const td_op td_op_local_response_norm = { NORM(local_response_norm, 1, 1) };
