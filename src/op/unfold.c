/* unfold.c: windows as axes of their own, and back: unfold and fold, along one axis and over images; pixel_shuffle. */
#include "op/pool.h"
#include "op/resample.h"
#include "op/shape.h"

#include <string.h>

/* ---- unfold_axis, fold_axis: windows of list[0], list[1] apart, their numbers list[2] apart; fold_axis: n list[3] --- */

static td_status unfold_axis_infer(td_infer *i)
{
    const int64_t *l = i->attr->list, size = l[0], step = l[1], dilation = l[2];
    const td_shape *x = i->in[0]->shape;
    int             axis = i->attr->axis;
    if (!td_infer_axis(i, axis, x->rank)) return td_error(i->context);
    int64_t n = x->size[axis];
    if (size < 1 || step < 1 || dilation < 1 || size > n || dilation > n || dilation * (size - 1) >= n)
        return td_fail(i->context, TD_EVALUE, "%s: windows of %lld, %lld apart, dilation %lld, on axis %d of size %lld", i->op->name,
                       (long long)size, (long long)step, (long long)dilation, axis, (long long)n);
    if (x->rank == TD_MAX_RANK) return td_fail(i->context, TD_ESHAPE, "%s: no room for another axis", i->op->name);
    i->shape = *x;
    i->shape.rank++;
    i->shape.size[axis] = td_windows(n, size, step, 0, dilation, false);
    i->shape.stride[axis] *= step;
    i->shape.size[x->rank] = size;
    i->shape.stride[x->rank] = x->stride[axis] * dilation;
    i->shape.numel = x->numel / n * i->shape.size[axis] * size;
    i->view = true;
    return TD_OK;
}

static void unfold_axis_vjp(td_pull *p)
{
    td_attr a = *p->attr;
    a.n_list = 4;
    a.list[3] = p->in[0]->shape->size[a.axis];
    td_pull_add(p, 0, td_apply1(&td_op_fold_axis, p->g, &a));
}

static td_status fold_axis_infer(td_infer *i)
{
    const int64_t  *l = i->attr->list;
    const td_shape *x = i->in[0]->shape;
    int             axis = i->attr->axis;
    if (x->rank < 2 || !td_infer_axis(i, axis, x->rank - 1))
        return td_fail(i->context, TD_ESHAPE, "fold_axis: axis %d of a tensor of rank %d", axis, x->rank);
    bool fit = l[0] == x->size[x->rank - 1] && l[0] >= 1 && l[1] >= 1 && l[2] >= 1 && l[3] > l[2] * (l[0] - 1) &&
               td_windows(l[3], l[0], l[1], 0, l[2], false) == x->size[axis];
    if (!fit)
        return td_fail(i->context, TD_ESHAPE, "fold_axis: %lld windows of %lld, %lld apart, dilation %lld, in %lld",
                       (long long)x->size[axis], (long long)x->size[x->rank - 1], (long long)l[1], (long long)l[2], (long long)l[3]);
    i->shape.rank--;
    i->shape.size[axis] = l[3];
    return TD_OK;
}

/* The windows' first numbers, their second, ...: each a slice of the result. */
static td_tensor *fold_axis_compose(int n, td_tensor *const *in, const td_attr *attr)
{
    const int64_t *l = attr->list;
    td_tensor     *y = NULL;
    (void)n;
    for (int64_t t = 0; t < l[0]; t++) {
        int64_t    first = t * l[2], windows = in[0]->shape->size[attr->axis];
        td_tensor *part = td_unslice(td_select(in[0], -1, t), attr->axis, first, first + (windows - 1) * l[1] + 1, l[1], l[3]);
        y = y ? td_add(y, part) : part;
    }
    return y;
}

static td_tensor *unfolded(td_tensor *x, int axis, int64_t size, int64_t step, int64_t dilation)
{
    return td_apply1(&td_op_unfold_axis, x, &(td_attr){ .axis = (int16_t)axis, .n_list = 3, .list = { size, step, dilation } });
}

static td_tensor *folded(td_tensor *x, int axis, int64_t step, int64_t dilation, int64_t n)
{
    int64_t size = x->shape->size[x->shape->rank - 1];
    return td_apply1(&td_op_fold_axis, x,
                     &(td_attr){ .axis = (int16_t)axis, .n_list = 4, .list = { size, step, dilation, n } });
}

td_tensor *td_unfold_axis(td_tensor *x, int axis, int64_t size, int64_t step)
{
    if (td_stopped(x)) return td_passed(x);
    int k = td_axis(x->context, "unfold_axis", x->shape->rank, axis);
    return k < 0 ? td_bad(x->context) : unfolded(x, k, size, step, 1);
}

td_tensor *td_fold_axis(td_tensor *x, int axis, int64_t step, int64_t n)
{
    if (td_stopped(x)) return td_passed(x);
    int k = x->shape->rank ? td_axis(x->context, "fold_axis", x->shape->rank - 1, axis) : -1;
    return k < 0 ? td_bad(x->context) : folded(x, k, step, 1, n);
}

static void unfold_axis_sample(td_sample *s)
{
    s->n_in = 1;
    td_sample_operand(s, 0, 1, 3);
    s->attr.axis = (int16_t)td_sample_below(s, s->in[0].rank);
    int64_t *l = s->attr.list, *n = &s->in[0].size[s->attr.axis];
    if (*n == 0) *n = 4;
    l[0] = 1 + td_sample_below(s, *n < 3 ? *n : 3);
    l[1] = 1 + td_sample_below(s, 3);
    l[2] = 1 + (l[0] > 1 ? td_sample_below(s, (*n - 1) / (l[0] - 1) < 2 ? 1 : 2) : 0);
    s->attr.n_list = 3;
}

static void fold_axis_sample(td_sample *s)
{
    unfold_axis_sample(s);
    int64_t *l = s->attr.list, *n = &s->in[0].size[s->attr.axis];
    l[3] = *n;
    *n = td_windows(l[3], l[0], l[1], 0, l[2], false);
    s->in[0].size[s->in[0].rank++] = l[0];
    s->attr.n_list = 4;
}

static td_tensor *call_unfold_axis(const td_invocation *k)
{
    return td_unfold_axis(k->in[0], td_as_int(k, 0), td_as_i64(k, 1), td_as_i64(k, 2));
}
static td_tensor *call_fold_axis(const td_invocation *k)
{
    return td_fold_axis(k->in[0], td_as_int(k, 0), td_as_i64(k, 1), td_as_i64(k, 2));
}
static const td_signature unfold_axis_signature = {
    .example = "unfold_axis(W, 1, 2, 1)", .call = call_unfold_axis,
    .parameter = { { "axis", TD_AXIS, true, 0 }, { "size", TD_INTEGER, true, 0 }, { "step", TD_INTEGER, true, 0 } },
};
static const td_signature fold_axis_signature = {
    .example = "fold_axis(W, 0, 1, 4)", .call = call_fold_axis,
    .parameter = { { "axis", TD_AXIS, true, 0 }, { "step", TD_INTEGER, true, 0 }, { "n", TD_INTEGER, true, 0 } },
};
const td_op td_op_unfold_axis = {
    .name = "unfold_axis", .id = TD_ID_unfold_axis, .min_in = 1, .max_in = 1, .infer = unfold_axis_infer,
    .vjp = unfold_axis_vjp, .sample = unfold_axis_sample, .signature = &unfold_axis_signature,
};
const td_op td_op_fold_axis = {
    .name = "fold_axis", .id = TD_ID_fold_axis, .min_in = 1, .max_in = 1, .infer = fold_axis_infer,
    .compose = fold_axis_compose, .sample = fold_axis_sample, .signature = &fold_axis_signature,
};

/* ---- unfold, fold over images: strides, padding, dilation, kernel as in pool.h; fold: list[12], list[13] the image --- */

enum { IMAGE = TD_POOL_CEIL, IMAGE_LIST = IMAGE + 2 };

/* Positions along axis j of an image of n. */
static int64_t positions(const td_attr *a, int j, int64_t n)
{
    const int64_t *l = a->list + j;
    return td_windows(n, l[TD_POOL_KERNEL], l[TD_POOL_STRIDE], l[TD_POOL_PADDING], l[TD_POOL_DILATION], false);
}

static td_status check_windows(const td_infer *i, const int64_t *image, int64_t *count)
{
    for (int j = 0; j < 2; j++) {
        const int64_t *l = i->attr->list + j;
        bool fit = l[TD_POOL_KERNEL] >= 1 && l[TD_POOL_STRIDE] >= 1 && l[TD_POOL_DILATION] >= 1 && l[TD_POOL_PADDING] >= 0 &&
                   l[TD_POOL_KERNEL] < INT32_MAX && l[TD_POOL_DILATION] < INT32_MAX && l[TD_POOL_PADDING] < INT32_MAX;
        count[j] = fit ? positions(i->attr, j, image[j]) : 0;
        if (count[j] < 1)
            return td_fail(i->context, TD_EVALUE, "%s: kernel %lld, stride %lld, padding %lld, dilation %lld on %lld", i->op->name,
                           (long long)l[TD_POOL_KERNEL], (long long)l[TD_POOL_STRIDE], (long long)l[TD_POOL_PADDING],
                           (long long)l[TD_POOL_DILATION], (long long)image[j]);
    }
    return TD_OK;
}

static td_status unfold_infer(td_infer *i)
{
    const td_shape *x = i->in[0]->shape;
    const int64_t  *kernel = i->attr->list + TD_POOL_KERNEL;
    char            text[TD_SHAPE_TEXT];
    int64_t         count[2];
    if (x->rank != 4) return td_fail(i->context, TD_ESHAPE, "unfold: input %s is not of rank 4", td_shape_text(x, text));
    if (check_windows(i, x->size + 2, count)) return td_error(i->context);
    i->shape = (td_shape){ .rank = 3, .size = { x->size[0], x->size[1] * kernel[0] * kernel[1], count[0] * count[1] } };
    return TD_OK;
}

static td_status fold_infer(td_infer *i)
{
    const td_shape *x = i->in[0]->shape;
    const int64_t  *kernel = i->attr->list + TD_POOL_KERNEL, *image = i->attr->list + IMAGE;
    char            text[TD_SHAPE_TEXT];
    int64_t         count[2];
    if (x->rank != 3) return td_fail(i->context, TD_ESHAPE, "fold: input %s is not of rank 3", td_shape_text(x, text));
    if (check_windows(i, image, count)) return td_error(i->context);
    if (x->size[1] % (kernel[0] * kernel[1]) || x->size[2] != count[0] * count[1])
        return td_fail(i->context, TD_ESHAPE, "fold: input %s for a kernel of %lld by %lld at %lld positions",
                       td_shape_text(x, text), (long long)kernel[0], (long long)kernel[1], (long long)(count[0] * count[1]));
    i->shape = (td_shape){ .rank = 4, .size = { x->size[0], x->size[1] / (kernel[0] * kernel[1]), image[0], image[1] } };
    return TD_OK;
}

static td_tensor *unfold_compose(int n, td_tensor *const *in, const td_attr *attr)
{
    const int64_t *l = attr->list;
    int64_t        room[8] = { 0 };
    (void)n;
    for (int k = 4; k < 8; k++) room[k] = l[TD_POOL_PADDING + (k - 4) / 2];
    td_tensor *x = l[TD_POOL_PADDING] || l[TD_POOL_PADDING + 1] ? td_pad(in[0], room, 0) : in[0];
    for (int j = 0; j < 2; j++)
        x = unfolded(x, 2 + j, l[TD_POOL_KERNEL + j], l[TD_POOL_STRIDE + j], l[TD_POOL_DILATION + j]);
    if (x->context->status) return td_bad(x->context);
    const int64_t *s = x->shape->size;
    return td_reshape(td_permute(x, (int[]){ 0, 1, 4, 5, 2, 3 }), 3, (int64_t[]){ s[0], s[1] * s[4] * s[5], s[2] * s[3] });
}

static td_tensor *fold_compose(int n, td_tensor *const *in, const td_attr *attr)
{
    const int64_t *l = attr->list, *k = l + TD_POOL_KERNEL, *image = l + IMAGE, *s = in[0]->shape->size;
    int64_t        count[2];
    (void)n;
    for (int j = 0; j < 2; j++) count[j] = positions(attr, j, image[j]);
    td_tensor *x = td_reshape(in[0], 6, (int64_t[]){ s[0], s[1] / (k[0] * k[1]), k[0], k[1], count[0], count[1] });
    x = td_permute(x, (int[]){ 0, 1, 4, 5, 2, 3 });
    for (int j = 1; j >= 0 && !x->context->status; j--)
        x = folded(x, 2 + j, l[TD_POOL_STRIDE + j], l[TD_POOL_DILATION + j], image[j] + 2 * l[TD_POOL_PADDING + j]);
    for (int j = 0; j < 2; j++) x = td_slice(x, 2 + j, l[TD_POOL_PADDING + j], l[TD_POOL_PADDING + j] + image[j], 1);
    return x;
}

static td_tensor *apply_image(const td_op *op, td_tensor *x, int rank, const td_attr *attr)
{
    if (td_stopped(x)) return td_passed(x);
    bool       alone = x->shape->rank == rank - 1;
    td_tensor *y = td_apply1(op, alone ? td_unsqueeze(x, 0) : x, attr);
    return alone ? td_squeeze(y, 0) : y;
}

static td_attr image_attributes(const int64_t *kernel, const int64_t *dilation, const int64_t *padding, const int64_t *stride)
{
    td_attr a = td_pool_attributes(2, kernel, stride, padding, dilation, false);
    for (int j = 0; j < 2 && !stride; j++) a.list[TD_POOL_STRIDE + j] = 1;
    a.n_list = IMAGE_LIST;
    return a;
}

td_tensor *td_unfold(td_tensor *x, const int64_t *kernel, const int64_t *dilation, const int64_t *padding, const int64_t *stride)
{
    td_attr a = image_attributes(kernel, dilation, padding, stride);
    return apply_image(&td_op_unfold, x, 4, &a);
}

td_tensor *td_fold(td_tensor *x, const int64_t *output_size, const int64_t *kernel, const int64_t *dilation, const int64_t *padding,
                   const int64_t *stride)
{
    td_attr a = image_attributes(kernel, dilation, padding, stride);
    memcpy(a.list + IMAGE, output_size, 2 * sizeof *output_size);
    return apply_image(&td_op_fold, x, 3, &a);
}

static void unfold_sample(td_sample *s)
{
    td_sample_pool(s, 2);
    s->attr.n_list = IMAGE_LIST;
    memset(s->attr.list + IMAGE, 0, 2 * sizeof *s->attr.list);
}

static void fold_sample(td_sample *s)
{
    int64_t *l = s->attr.list, *size = s->in[0].size;
    unfold_sample(s);
    memcpy(l + IMAGE, size + 2, 2 * sizeof *l);
    size[1] *= l[TD_POOL_KERNEL] * l[TD_POOL_KERNEL + 1];
    size[2] = positions(&s->attr, 0, l[IMAGE]) * positions(&s->attr, 1, l[IMAGE + 1]);
    s->in[0].rank = 3;
}

static td_tensor *call_unfold(const td_invocation *k)
{
    int64_t l[4][TD_LIST];
    return td_unfold(k->in[0], td_as_sizes(k, 0, 2, l[0]), td_as_sizes(k, 1, 2, l[1]), td_as_sizes(k, 2, 2, l[2]),
                     td_as_sizes(k, 3, 2, l[3]));
}

static td_tensor *call_fold(const td_invocation *k)
{
    int64_t l[5][TD_LIST];
    return td_fold(k->in[0], td_as_sizes(k, 0, 2, l[0]), td_as_sizes(k, 1, 2, l[1]), td_as_sizes(k, 2, 2, l[2]),
                   td_as_sizes(k, 3, 2, l[3]), td_as_sizes(k, 4, 2, l[4]));
}

#define IMAGE_PARAMETERS                                                                              \
    { "kernel_size", TD_SIZES, true, 0 }, { "dilation", TD_SIZES, false, 1 },                         \
    { "padding", TD_SIZES, false, 0 }, { "stride", TD_SIZES, false, 1 }
static const td_signature unfold_signature = {
    .example = "unfold(reshape(W, [1, 2, 3]), [1, 2])", .call = call_unfold, .parameter = { IMAGE_PARAMETERS },
};
static const td_signature fold_signature = {
    .example = "fold(W, [1, 4], [1, 2])", .call = call_fold,
    .parameter = { { "output_size", TD_SIZES, true, 0 }, IMAGE_PARAMETERS },
};
const td_op td_op_unfold = {
    .name = "unfold", .id = TD_ID_unfold, .min_in = 1, .max_in = 1, .infer = unfold_infer, .compose = unfold_compose,
    .sample = unfold_sample, .signature = &unfold_signature,
};
const td_op td_op_fold = {
    .name = "fold", .id = TD_ID_fold, .min_in = 1, .max_in = 1, .infer = fold_infer, .compose = fold_compose,
    .sample = fold_sample, .signature = &fold_signature,
};
