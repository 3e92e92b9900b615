/* conv.c: conv1d, conv2d, conv3d, their transposes, and the adjoint of both in the weight.
 *
 * With C the convolution with given weights, y = C x, the transposed convolution is C^T, so each is the other's adjoint in x.
 * y is linear in the weight too; what is adjoint to that, conv_adj_w, is linear in x and in y, and its adjoints are the
 * first two again.  So the three are closed, and derivatives of any order are made of them.
 *
 * Source: V. Dumoulin, F. Visin, "A guide to convolution arithmetic for deep learning", 2016. */
#include "op/conv.h"
#include "op/shape.h"

#include <string.h>

/* ---- rules -------------------------------------------------------------------------------------------------------- */

static const td_op *const conv[] = { NULL, &td_op_conv1d, &td_op_conv2d, &td_op_conv3d };
static const td_op *const transposed[] = { NULL, &td_op_conv_transpose1d, &td_op_conv_transpose2d, &td_op_conv_transpose3d };

static int axes_of(const td_tensor *x) { return x->shape->rank - 2; }

static td_tensor *convolved(const td_attr *attr, td_tensor *x, td_tensor *weight)
{
    td_attr a = *attr;
    for (int j = 0; j < 3; j++) a.list[TD_CONV_MORE + j] = 0;
    return td_apply(conv[axes_of(x)], 2, (td_tensor *[]){ x, weight }, &a);
}

/* The adjoint in an image of these sizes: what the last strides do not reach is output_padding. */
static td_tensor *spread(const td_attr *attr, td_tensor *g, td_tensor *weight, const td_tensor *image)
{
    td_attr a = *attr;
    int     d = axes_of(image);
    for (int j = 0; j < d; j++) {
        int64_t room = image->shape->size[2 + j] + 2 * a.list[TD_CONV_PADDING + j] - td_conv_reach(&a, j, weight->shape->size[2 + j]) - 1;
        a.list[TD_CONV_MORE + j] = room % a.list[TD_CONV_STRIDE + j];
    }
    return td_apply(transposed[d], 2, (td_tensor *[]){ g, weight }, &a);
}

/* The adjoint in weights of the sizes of `weight`. */
static td_tensor *correlated(const td_attr *attr, td_tensor *image, td_tensor *grid, const td_tensor *weight)
{
    td_attr a = *attr;
    for (int j = 0; j < axes_of(image); j++) a.list[TD_CONV_MORE + j] = weight->shape->size[2 + j];
    return td_apply(&td_op_conv_adj_w, 2, (td_tensor *[]){ image, grid }, &a);
}

/* Over all axes but that of channels. */
static td_tensor *sum_of_channel(td_tensor *g)
{
    int axes[TD_MAX_RANK] = { 0 };
    for (int k = 2; k < g->shape->rank; k++) axes[k - 1] = k;
    return td_sum_axes(g, g->shape->rank - 1, axes, false);
}

/* y = C x + b */
static void conv_vjp(td_pull *p)
{
    if (td_pull_wants(p, 0)) td_pull_add(p, 0, spread(p->attr, p->g, p->in[1], p->in[0]));
    if (td_pull_wants(p, 1)) td_pull_add(p, 1, correlated(p->attr, p->in[0], p->g, p->in[1]));
    if (td_pull_wants(p, 2)) td_pull_add(p, 2, sum_of_channel(p->g));
}

/* y = C^T x + b */
static void conv_transpose_vjp(td_pull *p)
{
    if (td_pull_wants(p, 0)) td_pull_add(p, 0, convolved(p->attr, p->g, p->in[1]));
    if (td_pull_wants(p, 1)) td_pull_add(p, 1, correlated(p->attr, p->g, p->in[0], p->in[1]));
    if (td_pull_wants(p, 2)) td_pull_add(p, 2, sum_of_channel(p->g));
}

/* y . g = (C_g x) . in[1] where C_g convolves with g */
static void conv_adj_w_vjp(td_pull *p)
{
    if (td_pull_wants(p, 0)) td_pull_add(p, 0, spread(p->attr, p->in[1], p->g, p->in[0]));
    if (td_pull_wants(p, 1)) td_pull_add(p, 1, convolved(p->attr, p->in[0], p->g));
}

/* ---- wrappers ----------------------------------------------------------------------------------------------------- */

static void list(td_attr *a, int from, int d, const int64_t *given, int64_t otherwise)
{
    for (int j = 0; j < 3; j++) a->list[from + j] = given && j < d ? given[j] : otherwise;
}

static td_attr attributes(int d, const int64_t *stride, const int64_t *padding, const int64_t *dilation, int64_t groups)
{
    td_attr a = { .n_list = TD_CONV_LIST };
    list(&a, TD_CONV_STRIDE, d, stride, 1);
    list(&a, TD_CONV_PADDING, d, padding, 0);
    list(&a, TD_CONV_DILATION, d, dilation, 1);
    a.list[TD_CONV_GROUPS] = groups;
    return a;
}

/* Operands in one dtype; an input without a batch is a batch of one. */
static td_tensor *apply_conv(const td_op *op, td_tensor *x, td_tensor *weight, td_tensor *bias, const td_attr *attr)
{
    if (td_stopped(x) || !weight) return td_passed(x);
    bool       alone = x->shape->rank == op->kernel + 1;
    td_dtype   dtype = td_promote(td_dtype_of(td_floating(x)), td_dtype_of(weight));
    if (bias) dtype = td_promote(dtype, td_dtype_of(bias));
    td_tensor *in[3] = { td_to(x, dtype), td_to(weight, dtype), bias ? td_to(bias, dtype) : NULL };
    if (alone) in[0] = td_unsqueeze(in[0], 0);
    td_tensor *y = td_apply(op, bias ? 3 : 2, in, attr);
    return alone ? td_squeeze(y, 0) : y;
}

static td_tensor *conv_of(const td_op *op, td_tensor *x, td_tensor *weight, td_tensor *bias, const int64_t *stride,
                          const int64_t *padding, const int64_t *dilation, int64_t groups)
{
    td_attr a = attributes(op->kernel, stride, padding, dilation, groups);
    return apply_conv(op, x, weight, bias, &a);
}

static td_tensor *conv_transpose_of(const td_op *op, td_tensor *x, td_tensor *weight, td_tensor *bias, const int64_t *stride,
                                    const int64_t *padding, const int64_t *output_padding, int64_t groups,
                                    const int64_t *dilation)
{
    td_attr a = attributes(op->kernel, stride, padding, dilation, groups);
    list(&a, TD_CONV_MORE, op->kernel, output_padding, 0);
    return apply_conv(op, x, weight, bias, &a);
}

td_tensor *td_conv1d(td_tensor *x, td_tensor *weight, td_tensor *bias, const int64_t *stride, const int64_t *padding,
                     const int64_t *dilation, int64_t groups)
{
    return conv_of(&td_op_conv1d, x, weight, bias, stride, padding, dilation, groups);
}

td_tensor *td_conv2d(td_tensor *x, td_tensor *weight, td_tensor *bias, const int64_t *stride, const int64_t *padding,
                     const int64_t *dilation, int64_t groups)
{
    return conv_of(&td_op_conv2d, x, weight, bias, stride, padding, dilation, groups);
}

td_tensor *td_conv3d(td_tensor *x, td_tensor *weight, td_tensor *bias, const int64_t *stride, const int64_t *padding,
                     const int64_t *dilation, int64_t groups)
{
    return conv_of(&td_op_conv3d, x, weight, bias, stride, padding, dilation, groups);
}

td_tensor *td_conv_transpose1d(td_tensor *x, td_tensor *weight, td_tensor *bias, const int64_t *stride, const int64_t *padding,
                               const int64_t *output_padding, int64_t groups, const int64_t *dilation)
{
    return conv_transpose_of(&td_op_conv_transpose1d, x, weight, bias, stride, padding, output_padding, groups, dilation);
}

td_tensor *td_conv_transpose2d(td_tensor *x, td_tensor *weight, td_tensor *bias, const int64_t *stride, const int64_t *padding,
                               const int64_t *output_padding, int64_t groups, const int64_t *dilation)
{
    return conv_transpose_of(&td_op_conv_transpose2d, x, weight, bias, stride, padding, output_padding, groups, dilation);
}

td_tensor *td_conv_transpose3d(td_tensor *x, td_tensor *weight, td_tensor *bias, const int64_t *stride, const int64_t *padding,
                               const int64_t *output_padding, int64_t groups, const int64_t *dilation)
{
    return conv_transpose_of(&td_op_conv_transpose3d, x, weight, bias, stride, padding, output_padding, groups, dilation);
}

/* As many zeros on both sides as keep the sizes; an odd one goes behind. */
td_tensor *td_conv_same(td_tensor *x, td_tensor *weight, td_tensor *bias, const int64_t *dilation, int64_t groups)
{
    int64_t room[2 * TD_MAX_RANK] = { 0 };
    if (td_stopped(x) || !weight) return td_passed(x);
    int d = axes_of(weight), first = x->shape->rank - d;
    if (d < 1 || d > 3 || first < 1) {
        td_fail(x->context, TD_ESHAPE, "conv_same: input of rank %d, weight of rank %d", x->shape->rank, weight->shape->rank);
        return td_bad(x->context);
    }
    td_attr a = attributes(d, NULL, NULL, dilation, groups);
    for (int j = 0; j < d; j++) {
        int64_t all = td_conv_reach(&a, j, weight->shape->size[2 + j]);
        room[2 * (first + j)] = all / 2;
        room[2 * (first + j) + 1] = all - all / 2;
    }
    return apply_conv(conv[d], td_pad(x, room, 0), weight, bias, &a);
}

/* ---- the ops ------------------------------------------------------------------------------------------------------ */

/* Attributes and channels of a group: *i of the image, *g of the grid. */
static void sample_attributes(td_sample *s, int d, int64_t *i, int64_t *g)
{
    s->attr.n_list = TD_CONV_LIST;
    for (int j = 0; j < TD_CONV_LIST; j++) s->attr.list[j] = j < TD_CONV_PADDING || (j >= TD_CONV_DILATION && j < TD_CONV_MORE);
    for (int j = 0; j < d; j++) {
        s->attr.list[TD_CONV_STRIDE + j] = 1 + td_sample_below(s, 3);
        s->attr.list[TD_CONV_PADDING + j] = td_sample_below(s, 3);
        s->attr.list[TD_CONV_DILATION + j] = 1 + td_sample_below(s, 2);
    }
    s->attr.list[TD_CONV_GROUPS] = 1 + td_sample_below(s, 3) / 2;
    *i = 1 + td_sample_below(s, 2);
    *g = 1 + td_sample_below(s, 2);
}

static void sample_sizes(td_sample *s, int k, int64_t first, int64_t second, int d, const int64_t *size)
{
    s->in[k].rank = d + 2;
    s->in[k].size[0] = first;
    s->in[k].size[1] = second;
    memcpy(s->in[k].size + 2, size, (size_t)d * sizeof *size);
    td_sample_floats(s, k, -3, 3);
}

/* Few numbers on many axes: sizes of an image, a kernel no larger than the padded image, the grid. */
static void sample_axes(td_sample *s, int d, int64_t *image, int64_t *kernel, int64_t *grid)
{
    static const int64_t most[] = { 0, 9, 4, 3 };
    for (int j = 0; j < d; j++) {
        const int64_t *l = s->attr.list + j;
        image[j] = 1 + td_sample_below(s, most[d]);
        int64_t fit = (image[j] + 2 * l[TD_CONV_PADDING] - 1) / l[TD_CONV_DILATION] + 1;
        kernel[j] = 1 + td_sample_below(s, fit < 3 ? fit : 3);
        grid[j] = td_conv_fits(&s->attr, j, image[j], kernel[j]);
    }
}

static void sample_bias(td_sample *s, int64_t channels)
{
    s->n_in = 2 + (int)td_sample_below(s, 2);
    s->in[2] = (td_sample_in){ .rank = 1, .size = { channels } };
    td_sample_floats(s, 2, -3, 3);
}

static void sample_conv(td_sample *s, int d)
{
    int64_t i, g, image[3], kernel[3], grid[3], n = td_sample_below(s, 16) ? 1 + td_sample_below(s, 2) : 0;
    sample_attributes(s, d, &i, &g);
    sample_axes(s, d, image, kernel, grid);
    int64_t groups = s->attr.list[TD_CONV_GROUPS];
    sample_sizes(s, 0, n, groups * i, d, image);
    sample_sizes(s, 1, groups * g, i, d, kernel);
    sample_bias(s, groups * g);
}

static void sample_transposed(td_sample *s, int d)
{
    int64_t i, g, image[3], kernel[3], grid[3], n = td_sample_below(s, 16) ? 1 + td_sample_below(s, 2) : 0;
    sample_attributes(s, d, &i, &g);
    sample_axes(s, d, image, kernel, grid);
    int64_t groups = s->attr.list[TD_CONV_GROUPS];
    for (int j = 0; j < d; j++) {
        int64_t room = image[j] + 2 * s->attr.list[TD_CONV_PADDING + j] - td_conv_reach(&s->attr, j, kernel[j]) - 1;
        s->attr.list[TD_CONV_MORE + j] = room % s->attr.list[TD_CONV_STRIDE + j];
    }
    sample_sizes(s, 0, n, groups * g, d, grid);
    sample_sizes(s, 1, groups * g, i, d, kernel);
    sample_bias(s, groups * i);
}

static void conv_adj_w_sample(td_sample *s)
{
    int     d = 1 + (int)td_sample_below(s, 3);
    int64_t i, g, image[3], kernel[3], grid[3], n = td_sample_below(s, 16) ? 1 + td_sample_below(s, 2) : 0;
    sample_attributes(s, d, &i, &g);
    sample_axes(s, d, image, kernel, grid);
    int64_t groups = s->attr.list[TD_CONV_GROUPS];
    sample_sizes(s, 0, n, groups * i, d, image);
    sample_sizes(s, 1, n, groups * g, d, grid);
    memcpy(s->attr.list + TD_CONV_MORE, kernel, (size_t)d * sizeof *kernel);
    s->n_in = 2;
}

static void conv1d_sample(td_sample *s) { sample_conv(s, 1); }
static void conv2d_sample(td_sample *s) { sample_conv(s, 2); }
static void conv3d_sample(td_sample *s) { sample_conv(s, 3); }
static void conv_transpose1d_sample(td_sample *s) { sample_transposed(s, 1); }
static void conv_transpose2d_sample(td_sample *s) { sample_transposed(s, 2); }
static void conv_transpose3d_sample(td_sample *s) { sample_transposed(s, 3); }

static td_tensor *call_conv(const td_invocation *k)
{
    int     d = k->op->kernel;
    int64_t s[TD_LIST], p[TD_LIST], e[TD_LIST];
    return conv_of(k->op, k->in[0], k->in[1], k->n > 2 ? k->in[2] : NULL, td_as_sizes(k, 0, d, s), td_as_sizes(k, 1, d, p),
                   td_as_sizes(k, 2, d, e), td_as_i64(k, 3));
}

static td_tensor *call_conv_transpose(const td_invocation *k)
{
    int     d = k->op->kernel;
    int64_t s[TD_LIST], p[TD_LIST], o[TD_LIST], e[TD_LIST];
    return conv_transpose_of(k->op, k->in[0], k->in[1], k->n > 2 ? k->in[2] : NULL, td_as_sizes(k, 0, d, s),
                             td_as_sizes(k, 1, d, p), td_as_sizes(k, 2, d, o), td_as_i64(k, 3), td_as_sizes(k, 4, d, e));
}

static td_tensor *call_conv_adj_w(const td_invocation *k)
{
    int            d = axes_of(k->in[0]);
    int64_t        l[4][TD_LIST];
    const int64_t *kernel = td_as_sizes(k, 0, d, l[0]);
    if (d < 1 || d > 3) return td_apply(k->op, 2, k->in, NULL);
    td_attr a = attributes(d, td_as_sizes(k, 1, d, l[1]), td_as_sizes(k, 2, d, l[2]), td_as_sizes(k, 3, d, l[3]), td_as_i64(k, 4));
    list(&a, TD_CONV_MORE, d, kernel, 0);
    return td_apply(k->op, 2, k->in, &a);
}

#define STRIDE_PADDING { "stride", TD_SIZES, false, 1 }, { "padding", TD_SIZES, false, 0 }
#define CONV_PARAMETERS { STRIDE_PADDING, { "dilation", TD_SIZES, false, 1 }, { "groups", TD_INTEGER, false, 1 } }
#define CONV_TRANSPOSE_PARAMETERS                                                                                       \
    { STRIDE_PADDING, { "output_padding", TD_SIZES, false, 0 }, { "groups", TD_INTEGER, false, 1 },                     \
      { "dilation", TD_SIZES, false, 1 } }
static const td_signature conv1d_signature = {
    .example = "conv1d(W, reshape(W, [1, 2, 3]), padding=1)", .call = call_conv, .parameter = CONV_PARAMETERS,
};
static const td_signature conv2d_signature = {
    .example = "conv2d(reshape(W, [1, 2, 3]), reshape(W, [1, 1, 2, 3]), [1, 2], 1)", .call = call_conv, .parameter = CONV_PARAMETERS,
};
static const td_signature conv3d_signature = {
    .example = "conv3d(reshape(W, [1, 1, 2, 3]), reshape(W, [2, 1, 1, 1, 3]), 2, 1)", .call = call_conv, .parameter = CONV_PARAMETERS,
};
static const td_signature conv_transpose1d_signature = {
    .example = "conv_transpose1d(W, reshape(W, [2, 1, 3]), stride=2)", .call = call_conv_transpose, .parameter = CONV_TRANSPOSE_PARAMETERS,
};
static const td_signature conv_transpose2d_signature = {
    .example = "conv_transpose2d(reshape(W, [1, 2, 3]), reshape(W, [1, 1, 2, 3]), 2, 0, 1)", .call = call_conv_transpose, .parameter = CONV_TRANSPOSE_PARAMETERS,
};
static const td_signature conv_transpose3d_signature = {
    .example = "conv_transpose3d(reshape(W, [1, 1, 2, 3]), reshape(W, [1, 1, 2, 1, 3]), 1, [0, 0, 1])", .call = call_conv_transpose, .parameter = CONV_TRANSPOSE_PARAMETERS,
};

#define CONV(NAME, WHAT, d)                                                                                 \
    .name = #NAME, .id = TD_ID_##NAME, .min_in = 2, .max_in = 3, .kernel = d, .infer = td_##WHAT##_infer,         \
    .compute = td_##WHAT##_compute, .vjp = WHAT##_vjp, .reads = TD_READS(0) | TD_READS(1),                   \
    .sample = NAME##_sample, .signature = &NAME##_signature

const td_op td_op_conv1d = { CONV(conv1d, conv, 1) };
const td_op td_op_conv2d = { CONV(conv2d, conv, 2) };
const td_op td_op_conv3d = { CONV(conv3d, conv, 3) };
const td_op td_op_conv_transpose1d = { CONV(conv_transpose1d, conv_transpose, 1) };
const td_op td_op_conv_transpose2d = { CONV(conv_transpose2d, conv_transpose, 2) };
const td_op td_op_conv_transpose3d = { CONV(conv_transpose3d, conv_transpose, 3) };

static const td_signature conv_adj_w_signature = {
    .example = "conv_adj_w(reshape(W, [1, 2, 3]), reshape(W, [1, 2, 3]), 3, padding=1)", .call = call_conv_adj_w,
    .parameter = { { "kernel_size", TD_SIZES, true, 0 }, STRIDE_PADDING, { "dilation", TD_SIZES, false, 1 },
                   { "groups", TD_INTEGER, false, 1 } },
};
const td_op td_op_conv_adj_w = {
    .name = "conv_adj_w", .id = TD_ID_conv_adj_w, .min_in = 2, .max_in = 2, .reads = TD_READS(0) | TD_READS(1),
    .infer = td_conv_adj_w_infer, .compute = td_conv_adj_w_compute, .vjp = conv_adj_w_vjp, .sample = conv_adj_w_sample,
    .signature = &conv_adj_w_signature,
};
