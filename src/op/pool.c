/* pool.c: what all pooling shares, and pooling by the largest number.
 *
 * Which number of a window is the largest is an op of its own, without derivative; the value and its adjoint are then those of
 * gather.  So the indices that PyTorch gives beside the value cost nothing more. */
#include "op/pool.h"
#include "kernel/window.h"
#include "op/resample.h"
#include "op/shape.h"

#include <string.h>

enum { PIECE = 1 << 12 };    /* numbers looked at in a piece of work */

static int64_t smaller(int64_t a, int64_t b) { return a < b ? a : b; }

/* ---- attributes and shapes ---------------------------------------------------------------------------------------- */

static void list(td_attr *a, int from, int d, const int64_t *given, int64_t otherwise)
{
    for (int j = 0; j < 3; j++) a->list[from + j] = given && j < d ? given[j] : otherwise;
}

td_attr td_pool_attributes(int d, const int64_t *kernel, const int64_t *stride, const int64_t *padding, const int64_t *dilation,
                           bool ceil_mode)
{
    td_attr a = { .n_list = TD_POOL_LIST };
    list(&a, TD_POOL_KERNEL, d, kernel, 1);
    list(&a, TD_POOL_STRIDE, d, stride ? stride : kernel, 1);
    list(&a, TD_POOL_PADDING, d, padding, 0);
    list(&a, TD_POOL_DILATION, d, dilation, 1);
    a.list[TD_POOL_CEIL] = ceil_mode;
    return a;
}

td_attr td_adaptive_attributes(int d, const int64_t *output_size)
{
    td_attr a = td_pool_attributes(d, output_size, NULL, NULL, NULL, false);
    a.list[TD_POOL_ADAPTIVE] = true;
    return a;
}

int64_t td_pool_size(const td_attr *a, int j, int64_t n)
{
    const int64_t *l = a->list + j;
    if (a->list[TD_POOL_ADAPTIVE]) return l[TD_POOL_KERNEL];
    return td_windows(n, l[TD_POOL_KERNEL], l[TD_POOL_STRIDE], l[TD_POOL_PADDING], l[TD_POOL_DILATION], a->list[TD_POOL_CEIL]);
}

static td_status bad_window(const td_infer *i, int j, const char *why)
{
    const int64_t *l = i->attr->list + j;
    return td_fail(i->context, TD_EVALUE, "%s: kernel %lld, stride %lld, padding %lld, dilation %lld on axis %d: %s", i->op->name,
                   (long long)l[TD_POOL_KERNEL], (long long)l[TD_POOL_STRIDE], (long long)l[TD_POOL_PADDING],
                   (long long)l[TD_POOL_DILATION], j + 2, why);
}

static td_status check_window(const td_infer *i, int j)
{
    const int64_t *l = i->attr->list + j, most = INT32_MAX;
    int64_t        kernel = l[TD_POOL_KERNEL], dilation = l[TD_POOL_DILATION];
    if (kernel < 1 || l[TD_POOL_STRIDE] < 1 || dilation < 1 || l[TD_POOL_PADDING] < 0) return bad_window(i, j, "out of range");
    if (kernel > most || l[TD_POOL_STRIDE] > most || dilation > most) return bad_window(i, j, "too large");
    if (l[TD_POOL_PADDING] > (dilation * (kernel - 1) + 1) / 2) return bad_window(i, j, "the padding is more than half of the window");
    return TD_OK;
}

td_status td_pool_infer(td_infer *i)
{
    int            d = i->shape.rank - 2;
    char           text[TD_SHAPE_TEXT];
    const td_attr *a = i->attr;
    if (td_infer_float(i)) return td_error(i->context);
    if (d < 1 || d > 3 || (i->op->kernel && d != i->op->kernel) || a->n_list != TD_POOL_LIST)
        return td_fail(i->context, TD_ESHAPE, "%s: input %s is not of rank %d", i->op->name, td_shape_text(i->in[0]->shape, text),
                       i->op->kernel + 2);
    for (int j = 0; j < d; j++) {
        int64_t n = i->shape.size[2 + j];
        if (!a->list[TD_POOL_ADAPTIVE] && check_window(i, j)) return td_error(i->context);
        i->shape.size[2 + j] = td_pool_size(a, j, n);
        if (n < 1 || i->shape.size[2 + j] < !a->list[TD_POOL_ADAPTIVE])
            return td_fail(i->context, TD_ESHAPE, "%s: axis %d of input %s would have size %lld", i->op->name, j + 2,
                           td_shape_text(i->in[0]->shape, text), (long long)i->shape.size[2 + j]);
    }
    return TD_OK;
}

td_tensor *td_apply_pool(const td_op *op, td_tensor *x, const td_attr *attr)
{
    if (td_stopped(x)) return td_passed(x);
    bool alone = x->shape->rank == op->kernel + 1;
    x = td_floating(x);
    td_tensor *y = td_apply1(op, alone ? td_unsqueeze(x, 0) : x, attr);
    return alone ? td_squeeze(y, 0) : y;
}

/* ---- max_pool_index ----------------------------------------------------------------------------------------------- */

static td_status max_pool_index_infer(td_infer *i)
{
    if (td_pool_infer(i)) return td_error(i->context);
    i->dtype = TD_I64;
    return TD_OK;
}

/* The range of window p on an axis of n numbers: what of it is inside. */
static void range(const td_attr *a, int j, int64_t n, int64_t p, int64_t *first, int64_t *last)
{
    const int64_t *l = a->list + j;
    int64_t        step = l[TD_POOL_DILATION], begin = p * l[TD_POOL_STRIDE] - l[TD_POOL_PADDING];
    if (a->list[TD_POOL_ADAPTIVE]) {
        *first = p * n / l[TD_POOL_KERNEL];
        *last = ((p + 1) * n - 1) / l[TD_POOL_KERNEL];
        return;
    }
    *first = begin < 0 ? begin + (-begin + step - 1) / step * step : begin;
    *last = smaller(begin + (l[TD_POOL_KERNEL] - 1) * step, n - 1);
}

/* Ranges of all windows on each of three axes; one number on those that are not there. */
static void set_ranges(const td_call *call, td_extreme *w)
{
    const td_shape *x = call->in[0].shape, *y = call->out.shape;
    for (int a = 0; a < 3; a++) {
        int      j = a - (5 - x->rank);
        int64_t  grid = j < 0 ? 1 : y->size[2 + j], *table = td_arena(call->context, (size_t)(2 * grid) * sizeof *table);
        w->size[a] = j < 0 ? 1 : x->size[2 + j];
        w->step[a] = j < 0 ? 1 : call->attr->list[TD_POOL_DILATION + j];
        w->grid[a] = grid;
        w->first[a] = table, w->last[a] = table + grid;
        for (int64_t p = 0; table && j >= 0 && p < grid; p++) range(call->attr, j, w->size[a], p, table + p, table + grid + p);
    }
}

typedef struct extreme_job {
    td_extreme_fn *kernel;
    td_extreme     windows;
} extreme_job;

static void extreme_piece(int64_t begin, int64_t end, void *argument)
{
    const extreme_job *j = argument;
    j->kernel(&j->windows, begin, end);
}

static td_status max_pool_index_compute(const td_call *call)
{
    td_context     *c = call->context;
    const td_shape *x = call->in[0].shape;
    if (call->out.shape->numel == 0) return TD_OK;
    td_scratch  s = td_scratch_begin(c);
    extreme_job j = { c->kernels->extreme[call->in[0].dtype], { .x = td_dense(call, 0), .y = call->out.data } };
    set_ranges(call, &j.windows);
    int64_t channels = x->size[0] * x->size[1], work = x->numel / channels + call->out.shape->numel / channels;
    if (!c->status) td_parallel(c, channels, work < PIECE ? PIECE / work : 1, extreme_piece, &j);
    td_scratch_end(&s);
    return c->status;
}

static td_tensor *call_max_pool_index(const td_invocation *k)
{
    int     d = td_rank(k->in[0]) - 2;
    int64_t l[4][TD_LIST];
    td_attr a = td_pool_attributes(d, td_as_sizes(k, 0, d, l[0]), td_as_sizes(k, 1, d, l[1]), td_as_sizes(k, 2, d, l[2]),
                                   td_as_sizes(k, 3, d, l[3]), td_as_flag(k, 4));
    a.list[TD_POOL_ADAPTIVE] = td_as_flag(k, 5);
    return td_apply1(k->op, k->in[0], &a);
}

static void max_pool_index_sample(td_sample *s)
{
    int d = 1 + (int)td_sample_below(s, 3);
    (td_sample_below(s, 3) ? td_sample_pool : td_sample_adaptive)(s, d);
}

#define WINDOWS                                                                                                \
    TD_POOL_WINDOW, { "padding", TD_SIZES, false, 0 }, { "dilation", TD_SIZES, false, 1 },                     \
    { "ceil_mode", TD_FLAG, false, 0 }
static const td_signature max_pool_index_signature = {
    .example = "max_pool_index(reshape(W, [1, 2, 3]), 2, 1)", .call = call_max_pool_index,
    .parameter = { WINDOWS, { "adaptive", TD_FLAG, false, 0 } },
};
const td_op td_op_max_pool_index = {
    .name = "max_pool_index", .id = TD_ID_max_pool_index, .min_in = 1, .max_in = 1, .flat = true,
    .infer = max_pool_index_infer, .compute = max_pool_index_compute, .sample = max_pool_index_sample,
    .signature = &max_pool_index_signature,
};

/* ---- the largest numbers ------------------------------------------------------------------------------------------ */

/* Spatial axes as one. */
static td_tensor *flat(td_tensor *x)
{
    int64_t size[3] = { td_size(x, 0), td_size(x, 1), 1 };
    for (int k = 2; k < td_rank(x); k++) size[2] *= td_size(x, k);
    return td_reshape(x, 3, size);
}

/* Both adaptive and not. */
static td_tensor *max_pool_compose(int n, td_tensor *const *in, const td_attr *attr)
{
    (void)n;
    td_tensor *index = td_apply1(&td_op_max_pool_index, in[0], attr);
    if (index->context->status) return td_bad(index->context);
    return td_reshape(td_gather(flat(in[0]), 2, flat(index)), index->shape->rank, index->shape->size);
}

static td_tensor *largest(const td_op *op, td_tensor *x, const td_attr *attr, td_tensor **indices)
{
    td_tensor *y = td_apply_pool(op, x, attr);
    if (indices && !td_stopped(x)) {
        bool       alone = x->shape->rank == op->kernel + 1;
        td_tensor *index = td_apply1(&td_op_max_pool_index, alone ? td_unsqueeze(x, 0) : x, attr);
        *indices = alone ? td_squeeze(index, 0) : index;
    }
    return y;
}

td_tensor *td_max_pool1d(td_tensor *x, const int64_t *kernel, const int64_t *stride, const int64_t *padding,
                         const int64_t *dilation, bool ceil_mode, td_tensor **indices)
{
    td_attr a = td_pool_attributes(1, kernel, stride, padding, dilation, ceil_mode);
    return largest(&td_op_max_pool1d, x, &a, indices);
}

td_tensor *td_max_pool2d(td_tensor *x, const int64_t *kernel, const int64_t *stride, const int64_t *padding,
                         const int64_t *dilation, bool ceil_mode, td_tensor **indices)
{
    td_attr a = td_pool_attributes(2, kernel, stride, padding, dilation, ceil_mode);
    return largest(&td_op_max_pool2d, x, &a, indices);
}

td_tensor *td_max_pool3d(td_tensor *x, const int64_t *kernel, const int64_t *stride, const int64_t *padding,
                         const int64_t *dilation, bool ceil_mode, td_tensor **indices)
{
    td_attr a = td_pool_attributes(3, kernel, stride, padding, dilation, ceil_mode);
    return largest(&td_op_max_pool3d, x, &a, indices);
}

static td_tensor *adaptive(const td_op *op, td_tensor *x, const int64_t *output_size, td_tensor **indices)
{
    td_attr a = td_adaptive_attributes(op->kernel, output_size);
    return largest(op, x, &a, indices);
}

td_tensor *td_adaptive_max_pool1d(td_tensor *x, const int64_t *output_size, td_tensor **indices)
{
    return adaptive(&td_op_adaptive_max_pool1d, x, output_size, indices);
}

td_tensor *td_adaptive_max_pool2d(td_tensor *x, const int64_t *output_size, td_tensor **indices)
{
    return adaptive(&td_op_adaptive_max_pool2d, x, output_size, indices);
}

td_tensor *td_adaptive_max_pool3d(td_tensor *x, const int64_t *output_size, td_tensor **indices)
{
    return adaptive(&td_op_adaptive_max_pool3d, x, output_size, indices);
}

/* ---- samples, signatures, ops ------------------------------------------------------------------------------------- */

static void sample_input(td_sample *s, int d)
{
    static const int64_t most[] = { 0, 12, 5, 3 };
    s->n_in = 1;
    s->in[0].rank = d + 2;
    s->in[0].size[0] = td_sample_below(s, 16) ? 1 + td_sample_below(s, 2) : 0;
    s->in[0].size[1] = 1 + td_sample_below(s, 2);
    for (int j = 0; j < d; j++) s->in[0].size[2 + j] = 1 + td_sample_below(s, most[d]);
    td_sample_floats(s, 0, -6, 6);
}

/* A kernel that fits what there is with its padding. */
void td_sample_pool(td_sample *s, int d)
{
    sample_input(s, d);
    s->attr = td_pool_attributes(d, NULL, NULL, NULL, NULL, td_sample_below(s, 2));
    for (int j = 0; j < d; j++) {
        int64_t *l = s->attr.list + j, n = s->in[0].size[2 + j], kernel = 1 + td_sample_below(s, n < 3 ? n : 3);
        l[TD_POOL_KERNEL] = kernel;
        l[TD_POOL_STRIDE] = 1 + td_sample_below(s, 3);
        l[TD_POOL_PADDING] = td_sample_below(s, kernel / 2 + 1);
        if (kernel > 1 && (n - 1) / (kernel - 1) > 1) l[TD_POOL_DILATION] = 1 + td_sample_below(s, 2);
    }
}

void td_sample_adaptive(td_sample *s, int d)
{
    int64_t output[3];
    sample_input(s, d);
    for (int j = 0; j < d; j++) output[j] = 1 + td_sample_below(s, s->in[0].size[2 + j] + 2);
    s->attr = td_adaptive_attributes(d, output);
}

static void max_pool1d_sample(td_sample *s) { td_sample_pool(s, 1); }
static void max_pool2d_sample(td_sample *s) { td_sample_pool(s, 2); }
static void max_pool3d_sample(td_sample *s) { td_sample_pool(s, 3); }
static void adaptive_max_pool1d_sample(td_sample *s) { td_sample_adaptive(s, 1); }
static void adaptive_max_pool2d_sample(td_sample *s) { td_sample_adaptive(s, 2); }
static void adaptive_max_pool3d_sample(td_sample *s) { td_sample_adaptive(s, 3); }

static td_tensor *call_max_pool(const td_invocation *k)
{
    int     d = k->op->kernel;
    int64_t l[4][TD_LIST];
    td_attr a = td_pool_attributes(d, td_as_sizes(k, 0, d, l[0]), td_as_sizes(k, 1, d, l[1]), td_as_sizes(k, 2, d, l[2]),
                                   td_as_sizes(k, 3, d, l[3]), td_as_flag(k, 4));
    return td_apply_pool(k->op, k->in[0], &a);
}

static td_tensor *call_adaptive(const td_invocation *k)
{
    int64_t output[TD_LIST];
    return adaptive(k->op, k->in[0], td_as_sizes(k, 0, k->op->kernel, output), NULL);
}

static const td_signature max_pool1d_signature = {
    .example = "max_pool1d(W, 2, 1)", .call = call_max_pool, .parameter = { WINDOWS },
};
static const td_signature max_pool2d_signature = {
    .example = "max_pool2d(reshape(W, [1, 2, 3]), 2, 1, 1)", .call = call_max_pool, .parameter = { WINDOWS },
};
static const td_signature max_pool3d_signature = {
    .example = "max_pool3d(reshape(W, [1, 1, 2, 3]), [1, 2, 2])", .call = call_max_pool, .parameter = { WINDOWS },
};
static const td_signature adaptive_max_pool1d_signature = {
    .example = "adaptive_max_pool1d(W, 2)", .call = call_adaptive, .parameter = { TD_POOL_OUTPUT },
};
static const td_signature adaptive_max_pool2d_signature = {
    .example = "adaptive_max_pool2d(reshape(W, [1, 2, 3]), 2)", .call = call_adaptive, .parameter = { TD_POOL_OUTPUT },
};
static const td_signature adaptive_max_pool3d_signature = {
    .example = "adaptive_max_pool3d(reshape(W, [1, 1, 2, 3]), [1, 1, 2])", .call = call_adaptive, .parameter = { TD_POOL_OUTPUT },
};

#define POOL(NAME, d)                                                                                          \
    .name = #NAME, .id = TD_ID_##NAME, .min_in = 1, .max_in = 1, .kernel = d, .infer = td_pool_infer,          \
    .compose = max_pool_compose, .sample = NAME##_sample, .signature = &NAME##_signature

const td_op td_op_max_pool1d = { POOL(max_pool1d, 1) };
const td_op td_op_max_pool2d = { POOL(max_pool2d, 2) };
const td_op td_op_max_pool3d = { POOL(max_pool3d, 3) };
const td_op td_op_adaptive_max_pool1d = { POOL(adaptive_max_pool1d, 1) };
const td_op td_op_adaptive_max_pool2d = { POOL(adaptive_max_pool2d, 2) };
const td_op td_op_adaptive_max_pool3d = { POOL(adaptive_max_pool3d, 3) };
