/* unpool.c: max pooling the other way: numbers put where their indices say, zeros elsewhere.
 *
 * Its adjoint picks them from there again, so it is spelt in scatter; of several to one place the last stays. */
#include "op/pool.h"
#include "op/shape.h"

/* x and index (n,channels,size..); list: the result's sizes. */
static td_status max_unpool_infer(td_infer *i)
{
    const td_tensor *x = i->in[0], *index = i->in[1];
    int              d = i->op->kernel;
    char             a[TD_SHAPE_TEXT], b[TD_SHAPE_TEXT];
    if (td_infer_float(i)) return td_error(i->context);
    if (index->dtype != TD_I64)
        return td_fail(i->context, TD_EDTYPE, "%s: the indices are %s, not i64", i->op->name,
                       td_dtype_name(td_dtype_of(index)));
    if (x->shape->rank != d + 2 || !td_shape_same(x->shape, index->shape))
        return td_fail(i->context, TD_ESHAPE, "%s: x is %s, the indices %s; both of one shape and rank %d wanted",
                       i->op->name, td_shape_text(x->shape, a), td_shape_text(index->shape, b), d + 2);
    for (int j = 0; j < d; j++) {
        if (i->attr->list[j] < 1)
            return td_fail(i->context, TD_ESHAPE, "%s: axis %d of %s to size %lld", i->op->name, 2 + j,
                           td_shape_text(x->shape, a), (long long)i->attr->list[j]);
        i->shape.size[2 + j] = i->attr->list[j];
    }
    return TD_OK;
}

static td_tensor *max_unpool_compose(int n, td_tensor *const *in, const td_attr *attr)
{
    const td_shape *x = in[0]->shape;
    int64_t         from[3] = { x->size[0], x->size[1], 1 }, to[3] = { x->size[0], x->size[1], 1 }, size[TD_MAX_RANK];
    (void)n;
    for (int j = 0; j < x->rank; j++) {
        size[j] = j < 2 ? x->size[j] : attr->list[j - 2];
        if (j >= 2) from[2] *= x->size[j], to[2] *= size[j];
    }
    td_tensor *none = td_zeros(in[0]->context, td_dtype_of(in[0]), 3, to);
    return td_reshape(td_scatter(none, 2, td_reshape(in[1], 3, from), td_reshape(in[0], 3, from)), x->rank, size);
}

/* The sizes of which `kernel`, `stride` and `padding` make x's; that which is given may be less than a stride away. */
static bool sizes_of(const td_op *op, const td_tensor *x, const int64_t *given, const td_attr *window, td_attr *a)
{
    int d = op->kernel, first = x->shape->rank - d;
    for (int j = 0; j < d; j++) {
        const int64_t *l = window->list + j, n = first >= 0 ? x->shape->size[first + j] : 1;
        int64_t        usual = (n - 1) * l[TD_POOL_STRIDE] - 2 * l[TD_POOL_PADDING] + l[TD_POOL_KERNEL];
        a->list[j] = given ? given[j] : usual;
        if (a->list[j] > usual - l[TD_POOL_STRIDE] && a->list[j] < usual + l[TD_POOL_STRIDE]) continue;
        td_fail(x->context, TD_EVALUE, "%s: size %lld on axis %d, which must lie between %lld and %lld", op->name,
                (long long)a->list[j], first + j, (long long)(usual - l[TD_POOL_STRIDE]),
                (long long)(usual + l[TD_POOL_STRIDE]));
        return false;
    }
    return true;
}

static td_tensor *apply_unpool(const td_op *op, td_tensor *x, td_tensor *index, const td_attr *window,
                               const int64_t *output_size)
{
    td_attr a = { .n_list = 3 };
    if (td_stopped(x) || td_stopped(index)) return td_stopped(x) ? td_passed(x) : td_passed(index);
    if (!sizes_of(op, x, output_size, window, &a)) return td_bad(x->context);
    bool alone = x->shape->rank == op->kernel + 1;
    x = td_floating(x);
    if (!alone) return td_apply(op, 2, (td_tensor *[]){ x, index }, &a);
    return td_squeeze(td_apply(op, 2, (td_tensor *[]){ td_unsqueeze(x, 0), td_unsqueeze(index, 0) }, &a), 0);
}

td_tensor *td_max_unpool1d(td_tensor *x, td_tensor *indices, const int64_t *kernel, const int64_t *stride,
                           const int64_t *padding, const int64_t *output_size)
{
    td_attr window = td_pool_attributes(1, kernel, stride, padding, NULL, false);
    return apply_unpool(&td_op_max_unpool1d, x, indices, &window, output_size);
}

td_tensor *td_max_unpool2d(td_tensor *x, td_tensor *indices, const int64_t *kernel, const int64_t *stride,
                           const int64_t *padding, const int64_t *output_size)
{
    td_attr window = td_pool_attributes(2, kernel, stride, padding, NULL, false);
    return apply_unpool(&td_op_max_unpool2d, x, indices, &window, output_size);
}

td_tensor *td_max_unpool3d(td_tensor *x, td_tensor *indices, const int64_t *kernel, const int64_t *stride,
                           const int64_t *padding, const int64_t *output_size)
{
    td_attr window = td_pool_attributes(3, kernel, stride, padding, NULL, false);
    return apply_unpool(&td_op_max_unpool3d, x, indices, &window, output_size);
}

/* ---- samples, signatures, ops -------------------------------------------------------------------------------------- */

static void sample(td_sample *s, int d)
{
    int64_t places = 1;
    td_sample_adaptive(s, d);
    s->attr = (td_attr){ .n_list = 3 };
    for (int j = 0; j < d; j++) {
        s->attr.list[j] = s->in[0].size[2 + j] * (1 + td_sample_below(s, 2)) + td_sample_below(s, 2);
        places *= s->attr.list[j];
    }
    s->n_in = 2;
    s->in[1] = s->in[0];
    s->in[1].what = TD_SAMPLE_INDEX;
    s->in[1].low = 0, s->in[1].high = (double)places;
}

static void max_unpool1d_sample(td_sample *s) { sample(s, 1); }
static void max_unpool2d_sample(td_sample *s) { sample(s, 2); }
static void max_unpool3d_sample(td_sample *s) { sample(s, 3); }

static td_tensor *call_max_unpool(const td_invocation *k)
{
    int     d = k->op->kernel;
    int64_t l[4][TD_LIST];
    td_attr window = td_pool_attributes(d, td_as_sizes(k, 0, d, l[0]), td_as_sizes(k, 1, d, l[1]),
                                        td_as_sizes(k, 2, d, l[2]), NULL, false);
    return apply_unpool(k->op, k->in[0], k->in[1], &window, td_as_sizes(k, 3, d, l[3]));
}

#define UNPOOL_PARAMETERS \
    { TD_POOL_WINDOW, { "padding", TD_SIZES, false, 0 }, { "output_size", TD_SIZES, false, 0 } }
static const td_signature max_unpool1d_signature = {
    .example = "max_unpool1d(W, cast([[0, 2, 4], [5, 3, 1]], i64), 2)",
    .call = call_max_unpool, .parameter = UNPOOL_PARAMETERS,
};
static const td_signature max_unpool2d_signature = {
    .example = "max_unpool2d(reshape(W, [1, 2, 3]), cast([[[0, 2, 4], [12, 14, 17]]], i64), 2)",
    .call = call_max_unpool, .parameter = UNPOOL_PARAMETERS,
};
static const td_signature max_unpool3d_signature = {
    .example = "max_unpool3d(reshape(W, [1, 1, 2, 3]), cast([[[[0, 2, 4], [12, 14, 17]]]], i64), [1, 2, 2])",
    .call = call_max_unpool, .parameter = UNPOOL_PARAMETERS,
};

#define UNPOOL(NAME, d)                                                                                        \
    .name = #NAME, .id = TD_ID_##NAME, .min_in = 2, .max_in = 2, .kernel = d, .infer = max_unpool_infer,       \
    .compose = max_unpool_compose, .sample = NAME##_sample, .signature = &NAME##_signature

const td_op td_op_max_unpool1d = { UNPOOL(max_unpool1d, 1) };
const td_op td_op_max_unpool2d = { UNPOOL(max_unpool2d, 2) };
const td_op td_op_max_unpool3d = { UNPOOL(max_unpool3d, 3) };
