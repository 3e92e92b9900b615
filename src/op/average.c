/* average.c: pooling by means: maps along one axis after the other (resample.c). */
#include "op/pool.h"
#include "op/resample.h"
#include "op/shape.h"

/* ---- windows ------------------------------------------------------------------------------------------------------ */

/* The first axes first: a later one is the slower to go along, and has less to do by then. */
static td_tensor *along_axes(td_tensor *x, int d, const td_attr *axis)
{
    for (int j = 0; j < d; j++) x = td_resample(x, 2 + j, &axis[j]);
    return x;
}

static td_tensor *avg_pool_compose(int n, td_tensor *const *in, const td_attr *attr)
{
    int            d = in[0]->shape->rank - 2;
    const int64_t *l = attr->list;
    int64_t        divisor = l[TD_POOL_DIVISOR];
    td_attr        axis[3] = { { 0 } };
    (void)n;
    for (int j = 0; j < d; j++) {
        int64_t *to = axis[j].list;
        to[TD_BAND_KIND] = divisor ? TD_BAND_SUM : l[TD_POOL_COUNT_PAD] ? TD_BAND_MEAN_PADDED : TD_BAND_MEAN;
        to[TD_BAND_M] = td_pool_size(attr, j, in[0]->shape->size[2 + j]);
        to[TD_BAND_KERNEL] = l[TD_POOL_KERNEL + j];
        to[TD_BAND_STRIDE] = l[TD_POOL_STRIDE + j];
        to[TD_BAND_PADDING] = l[TD_POOL_PADDING + j];
    }
    td_tensor *y = along_axes(in[0], d, axis);
    return divisor ? td_div_scalar(y, (double)divisor) : y;
}

static td_tensor *adaptive_avg_pool_compose(int n, td_tensor *const *in, const td_attr *attr)
{
    int     d = in[0]->shape->rank - 2;
    td_attr axis[3] = { { 0 } };
    (void)n;
    for (int j = 0; j < d; j++) {
        axis[j].list[TD_BAND_KIND] = TD_BAND_ADAPTIVE;
        axis[j].list[TD_BAND_M] = attr->list[TD_POOL_KERNEL + j];
    }
    return along_axes(in[0], d, axis);
}

/* (mean over the window times its numbers)^(1/p) */
static td_tensor *lp_pool_compose(int n, td_tensor *const *in, const td_attr *attr)
{
    td_attr powers = *attr;
    double  numbers = 1, p = attr->a;
    (void)n;
    powers.list[TD_POOL_COUNT_PAD] = true;
    for (int j = 0; j < in[0]->shape->rank - 2; j++) numbers *= (double)attr->list[TD_POOL_KERNEL + j];
    td_tensor *x = td_pow_scalar(in[0], p), *mean = avg_pool_compose(1, &x, &powers);
    return td_pow_scalar(td_mul_scalar(mean, numbers), 1 / p);
}

/* ---- average pooling ---------------------------------------------------------------------------------------------- */

static td_tensor *average(const td_op *op, td_tensor *x, const int64_t *kernel, const int64_t *stride, const int64_t *padding,
                          bool ceil_mode, bool count_include_pad, int64_t divisor)
{
    td_attr a = td_pool_attributes(op->kernel, kernel, stride, padding, NULL, ceil_mode);
    a.list[TD_POOL_COUNT_PAD] = count_include_pad;
    a.list[TD_POOL_DIVISOR] = divisor;
    return td_apply_pool(op, x, &a);
}

td_tensor *td_avg_pool1d(td_tensor *x, const int64_t *kernel, const int64_t *stride, const int64_t *padding, bool ceil_mode,
                         bool count_include_pad)
{
    return average(&td_op_avg_pool1d, x, kernel, stride, padding, ceil_mode, count_include_pad, 0);
}

td_tensor *td_avg_pool2d(td_tensor *x, const int64_t *kernel, const int64_t *stride, const int64_t *padding, bool ceil_mode,
                         bool count_include_pad, int64_t divisor)
{
    return average(&td_op_avg_pool2d, x, kernel, stride, padding, ceil_mode, count_include_pad, divisor);
}

td_tensor *td_avg_pool3d(td_tensor *x, const int64_t *kernel, const int64_t *stride, const int64_t *padding, bool ceil_mode,
                         bool count_include_pad, int64_t divisor)
{
    return average(&td_op_avg_pool3d, x, kernel, stride, padding, ceil_mode, count_include_pad, divisor);
}

td_tensor *td_adaptive_avg_pool1d(td_tensor *x, const int64_t *output_size)
{
    td_attr a = td_adaptive_attributes(1, output_size);
    return td_apply_pool(&td_op_adaptive_avg_pool1d, x, &a);
}

td_tensor *td_adaptive_avg_pool2d(td_tensor *x, const int64_t *output_size)
{
    td_attr a = td_adaptive_attributes(2, output_size);
    return td_apply_pool(&td_op_adaptive_avg_pool2d, x, &a);
}

td_tensor *td_adaptive_avg_pool3d(td_tensor *x, const int64_t *output_size)
{
    td_attr a = td_adaptive_attributes(3, output_size);
    return td_apply_pool(&td_op_adaptive_avg_pool3d, x, &a);
}

static td_tensor *powers(const td_op *op, td_tensor *x, double p, const int64_t *kernel, const int64_t *stride, bool ceil_mode)
{
    td_attr a = td_pool_attributes(op->kernel, kernel, stride, NULL, NULL, ceil_mode);
    a.a = p;
    return td_apply_pool(op, x, &a);
}

td_tensor *td_lp_pool1d(td_tensor *x, double p, const int64_t *kernel, const int64_t *stride, bool ceil_mode)
{
    return powers(&td_op_lp_pool1d, x, p, kernel, stride, ceil_mode);
}

td_tensor *td_lp_pool2d(td_tensor *x, double p, const int64_t *kernel, const int64_t *stride, bool ceil_mode)
{
    return powers(&td_op_lp_pool2d, x, p, kernel, stride, ceil_mode);
}

td_tensor *td_lp_pool3d(td_tensor *x, double p, const int64_t *kernel, const int64_t *stride, bool ceil_mode)
{
    return powers(&td_op_lp_pool3d, x, p, kernel, stride, ceil_mode);
}

/* ---- samples, signatures, ops ------------------------------------------------------------------------------------- */

static void sample_average(td_sample *s, int d)
{
    td_sample_pool(s, d);
    for (int j = 0; j < 3; j++) s->attr.list[TD_POOL_DILATION + j] = 1;
    s->attr.list[TD_POOL_COUNT_PAD] = td_sample_below(s, 2);
    s->attr.list[TD_POOL_DIVISOR] = td_sample_below(s, 3) ? 0 : 1 + td_sample_below(s, 5);
}

static void sample_powers(td_sample *s, int d)
{
    static const double p[] = { 1, 2, 3, 1.5 };
    td_sample_pool(s, d);
    for (int j = 0; j < 3; j++) s->attr.list[TD_POOL_DILATION + j] = 1, s->attr.list[TD_POOL_PADDING + j] = 0;
    td_sample_floats(s, 0, 0.25, 6);
    s->attr.a = td_sample_choice(s, 4, p);
}

static void avg_pool1d_sample(td_sample *s) { sample_average(s, 1); }
static void avg_pool2d_sample(td_sample *s) { sample_average(s, 2); }
static void avg_pool3d_sample(td_sample *s) { sample_average(s, 3); }
static void adaptive_avg_pool1d_sample(td_sample *s) { td_sample_adaptive(s, 1); }
static void adaptive_avg_pool2d_sample(td_sample *s) { td_sample_adaptive(s, 2); }
static void adaptive_avg_pool3d_sample(td_sample *s) { td_sample_adaptive(s, 3); }
static void lp_pool1d_sample(td_sample *s) { sample_powers(s, 1); }
static void lp_pool2d_sample(td_sample *s) { sample_powers(s, 2); }
static void lp_pool3d_sample(td_sample *s) { sample_powers(s, 3); }

static td_tensor *call_average(const td_invocation *k)
{
    int     d = k->op->kernel;
    int64_t l[3][TD_LIST];
    return average(k->op, k->in[0], td_as_sizes(k, 0, d, l[0]), td_as_sizes(k, 1, d, l[1]), td_as_sizes(k, 2, d, l[2]),
                   td_as_flag(k, 3), td_as_flag(k, 4), d == 1 ? 0 : td_as_i64(k, 5));
}

static td_tensor *call_adaptive(const td_invocation *k)
{
    int64_t output[TD_LIST];
    td_attr a = td_adaptive_attributes(k->op->kernel, td_as_sizes(k, 0, k->op->kernel, output));
    return td_apply_pool(k->op, k->in[0], &a);
}

static td_tensor *call_powers(const td_invocation *k)
{
    int     d = k->op->kernel;
    int64_t kernel[TD_LIST], stride[TD_LIST];
    return powers(k->op, k->in[0], td_as_number(k, 0), td_as_sizes(k, 1, d, kernel), td_as_sizes(k, 2, d, stride),
                  td_as_flag(k, 3));
}

#define AVERAGE                                                                                               \
    TD_POOL_WINDOW, { "padding", TD_SIZES, false, 0 }, { "ceil_mode", TD_FLAG, false, 0 },                    \
    { "count_include_pad", TD_FLAG, false, 1 }
#define DIVISOR { "divisor_override", TD_INTEGER, false, 0 }
#define POWERS { "p", TD_NUMBER, true, 0 }, TD_POOL_WINDOW, { "ceil_mode", TD_FLAG, false, 0 }
static const td_signature avg_pool1d_signature = {
    .example = "avg_pool1d(W, 2, padding=1)", .call = call_average, .parameter = { AVERAGE },
};
static const td_signature avg_pool2d_signature = {
    .example = "avg_pool2d(reshape(W, [1, 2, 3]), 2, 1)", .call = call_average, .parameter = { AVERAGE, DIVISOR },
};
static const td_signature avg_pool3d_signature = {
    .example = "avg_pool3d(reshape(W, [1, 1, 2, 3]), [1, 2, 2], 1)", .call = call_average, .parameter = { AVERAGE, DIVISOR },
};
static const td_signature adaptive_avg_pool1d_signature = {
    .example = "adaptive_avg_pool1d(W, 2)", .call = call_adaptive, .parameter = { TD_POOL_OUTPUT },
};
static const td_signature adaptive_avg_pool2d_signature = {
    .example = "adaptive_avg_pool2d(reshape(W, [1, 2, 3]), 2)", .call = call_adaptive, .parameter = { TD_POOL_OUTPUT },
};
static const td_signature adaptive_avg_pool3d_signature = {
    .example = "adaptive_avg_pool3d(reshape(W, [1, 1, 2, 3]), 2)", .call = call_adaptive, .parameter = { TD_POOL_OUTPUT },
};
static const td_signature lp_pool1d_signature = {
    .example = "lp_pool1d(W, 2, 2, 1)", .call = call_powers, .parameter = { POWERS },
};
static const td_signature lp_pool2d_signature = {
    .example = "lp_pool2d(reshape(W, [1, 2, 3]), 2, 2, 1)", .call = call_powers, .parameter = { POWERS },
};
static const td_signature lp_pool3d_signature = {
    .example = "lp_pool3d(reshape(W, [1, 1, 2, 3]), 2, [1, 2, 2])", .call = call_powers, .parameter = { POWERS },
};

#define POOL(NAME, WHAT, d)                                                                                    \
    .name = #NAME, .id = TD_ID_##NAME, .min_in = 1, .max_in = 1, .kernel = d, .infer = td_pool_infer,          \
    .compose = WHAT##_compose, .sample = NAME##_sample, .signature = &NAME##_signature

const td_op td_op_avg_pool1d = { POOL(avg_pool1d, avg_pool, 1) };
const td_op td_op_avg_pool2d = { POOL(avg_pool2d, avg_pool, 2) };
const td_op td_op_avg_pool3d = { POOL(avg_pool3d, avg_pool, 3) };
const td_op td_op_adaptive_avg_pool1d = { POOL(adaptive_avg_pool1d, adaptive_avg_pool, 1) };
const td_op td_op_adaptive_avg_pool2d = { POOL(adaptive_avg_pool2d, adaptive_avg_pool, 2) };
const td_op td_op_adaptive_avg_pool3d = { POOL(adaptive_avg_pool3d, adaptive_avg_pool, 3) };
const td_op td_op_lp_pool1d = { POOL(lp_pool1d, lp_pool, 1) };
const td_op td_op_lp_pool2d = { POOL(lp_pool2d, lp_pool, 2) };
const td_op td_op_lp_pool3d = { POOL(lp_pool3d, lp_pool, 3) };
