/* entropy.c: cross_entropy of rows with its mean, in one pass over each row, and its adjoint.
 *
 * It is what cross_entropy_loss (classes.c) is without weights, smoothing and further axes: what training asks for.  A row
 * to be ignored is computed as if its target were class 0, and then is 0. */
#include "kernel/softmax.h"
#include "op/loss.h"

#include <string.h>

enum { GRAIN = 1 << 13 };    /* elements in a piece of work */

/* ---- cross_entropy: shapes ----------------------------------------------------------------------------------------- */

static td_status check_logits(const td_infer *i)
{
    const td_shape *logits = i->in[0]->shape, *target = i->in[1]->shape;
    char            a[TD_SHAPE_TEXT], b[TD_SHAPE_TEXT];
    if (td_infer_float(i)) return td_error(i->context);
    if (i->in[1]->dtype != TD_I64)
        return td_fail(i->context, TD_EDTYPE, "%s: the target is %s, not i64", i->op->name, td_dtype_name(i->in[1]->dtype));
    if (logits->rank == 2 && target->rank == 1 && logits->size[0] == target->size[0]) return TD_OK;
    return td_fail(i->context, TD_ESHAPE, "%s: logits %s and target %s; (n,c) and (n,) wanted", i->op->name,
                   td_shape_text(logits, a), td_shape_text(target, b));
}

static td_status cross_entropy_infer(td_infer *i)
{
    i->shape.rank = 0;
    return check_logits(i);
}

static td_status cross_entropy_adj_infer(td_infer *i)
{
    const td_tensor *g = i->in[2];
    char             text[TD_SHAPE_TEXT];
    if (check_logits(i)) return td_error(i->context);
    if (g->shape->rank == 0 && g->dtype == i->dtype) return TD_OK;
    return td_fail(i->context, TD_ESHAPE, "%s: the adjoint is %s%s, not %s()", i->op->name, td_dtype_name(td_dtype_of(g)),
                   td_shape_text(g->shape, text), td_dtype_name(i->dtype));
}

/* ---- cross_entropy: rows ------------------------------------------------------------------------------------------- */

typedef struct entropy_job {
    td_entropy_fn *kernel;
    td_entropy     rows;
} entropy_job;

static void entropy_piece(int64_t begin, int64_t end, void *argument)
{
    const entropy_job *j = argument;
    j->kernel(&j->rows, begin, end);
}

/* Without a list of attributes PyTorch's default. */
static int64_t ignored(const td_attr *attr) { return attr->n_list ? attr->list[0] : TD_IGNORE_INDEX; }

/* The targets, those to be ignored replaced by class 0; *count of them are not.  NULL after td_fail. */
static int64_t *followed(const td_call *call, int64_t *count)
{
    const int64_t *target = td_dense(call, 1);
    int64_t        rows = call->in[0].shape->size[0], n = call->in[0].shape->size[1], none = ignored(call->attr);
    int64_t       *t = td_arena_raw(call->context, (size_t)rows * sizeof *t);
    *count = 0;
    for (int64_t i = 0; target && t && i < rows; i++) {
        t[i] = target[i] == none ? 0 : target[i];
        *count += target[i] != none;
        if (t[i] >= 0 && t[i] < n) continue;
        if (n == 0) td_fail(call->context, TD_EVALUE, "%s: target %lld at position %lld, but axis 1 is empty",
                            call->op->name, (long long)target[i], (long long)i);
        else td_fail(call->context, TD_EVALUE, "%s: target %lld at position %lld is out of range 0..%lld", call->op->name,
                     (long long)target[i], (long long)i, (long long)(n - 1));
        return NULL;
    }
    return call->context->status ? NULL : t;
}

/* Kernel `what` over all rows; x and target are filled in. */
static void run_rows(const td_call *call, int what, td_entropy *rows)
{
    const td_shape *x = call->in[0].shape;
    rows->x = td_dense(call, 0);
    rows->n = x->size[1];
    entropy_job j = { call->context->kernels->entropy[what][call->in[0].dtype], *rows };
    if (!call->context->status)
        td_parallel(call->context, x->size[0], x->size[1] < GRAIN ? GRAIN / x->size[1] : 1, entropy_piece, &j);
}

/* The mean of the losses that count: NaN of none. */
static td_status mean_of_rows(const td_call *call)
{
    int64_t    n = call->in[0].shape->size[0], count, none = ignored(call->attr);
    td_entropy rows = { .target = followed(call, &count), .loss = td_arena_raw(call->context, (size_t)n * sizeof(double)) };
    td_partial sum = { .f = 0 };
    if (call->context->status) return call->context->status;
    const int64_t *target = td_dense(call, 1);
    if (n) run_rows(call, TD_ENTROPY_loss, &rows);
    for (int64_t i = 0; count < n && i < n; i++)
        if (target[i] == none) rows.loss[i] = 0;
    if (n) call->context->kernels->reduce[TD_REDUCE_sum][TD_K_F64].line(n, rows.loss, 0, 0, &sum);
    td_store(call->out.data, call->out.dtype, 0, sum.f / (double)count);
    return call->context->status;
}

static td_status slopes_of_rows(const td_call *call)
{
    int64_t n = call->in[0].shape->size[0], width = call->in[0].shape->size[1], count, none = ignored(call->attr);
    double  g = td_load(call->in[2].data, call->in[2].dtype, 0);
    size_t  row = (size_t)width * td_dtype_size(call->out.dtype);
    const int64_t *target = td_dense(call, 1);
    td_entropy     rows = { .target = followed(call, &count), .y = call->out.data };
    if (call->context->status || call->out.shape->numel == 0) return call->context->status;
    rows.scale = g / (double)count;
    run_rows(call, TD_ENTROPY_slope, &rows);
    for (int64_t i = 0; count < n && i < n; i++)
        if (target[i] == none) memset((char *)call->out.data + (size_t)i * row, 0, row);
    return call->context->status;
}

static td_status cross_entropy_compute(const td_call *call)
{
    td_scratch s = td_scratch_begin(call->context);
    td_status  status = mean_of_rows(call);
    td_scratch_end(&s);
    return status;
}

static td_status cross_entropy_adj_compute(const td_call *call)
{
    td_scratch s = td_scratch_begin(call->context);
    td_status  status = slopes_of_rows(call);
    td_scratch_end(&s);
    return status;
}

/* ---- cross_entropy: rules ------------------------------------------------------------------------------------------ */

static void cross_entropy_vjp(td_pull *p)
{
    if (!td_pull_wants(p, 0)) return;
    td_pull_add(p, 0, td_apply(&td_op_cross_entropy_adj, 3, (td_tensor *[]){ p->in[0], p->in[1], p->g }, p->attr));
}

/* y = (s - onehot) h / n, s = softmax x, h the third operand, n the number of rows that count; only these have an adjoint,
 * so where there are none n may be 1:
 * gx = s (g - sum of g s) h / n,  gh = sum of g (s - onehot) / n, the sums of g s over each row */
static void cross_entropy_adj_vjp(td_pull *p)
{
    td_tensor *x = p->in[0], *h = p->in[2], *zero = td_number(h, 0);
    if (td_numel(x) == 0) return;
    td_tensor *counts = td_ne(p->in[1], td_full(td_context_of(x), TD_I64, 0, NULL, (double)ignored(p->attr)));
    td_tensor *n = td_to(td_maximum(td_sum(counts), td_number(p->in[1], 1)), td_dtype_of(x));
    td_tensor *t = td_where(counts, p->in[1], td_number(p->in[1], 0));
    td_tensor *g = td_where(td_unsqueeze(counts, 1), p->g, zero);
    td_tensor *s = td_softmax(x, 1), *along = td_sum_axes(td_mul(g, s), 1, (int[]){ 1 }, true);
    td_tensor *tame = td_where(td_unsqueeze(counts, 1), s, zero);
    td_pull_add(p, 0, td_mul(td_mul(tame, td_sub(g, along)), td_div(h, n)));
    td_tensor *there = td_gather(g, 1, td_unsqueeze(t, 1));
    if (td_pull_wants(p, 2)) td_pull_add(p, 2, td_div(td_sum(td_sub(along, there)), n));
}

/* Is it one number a row, one class a row, and nothing else? */
static bool is_plain(const td_tensor *x, const td_tensor *target, const td_cross_entropy_options *o)
{
    return !o->weight && o->label_smoothing == 0 && o->reduction == TD_REDUCTION_MEAN && td_rank(x) == 2 &&
           target && td_dtype_of(target) == TD_I64 && td_rank(target) == 1;
}

td_tensor *td_cross_entropy(td_tensor *logits, td_tensor *target, const td_cross_entropy_options *options)
{
    static const td_cross_entropy_options none;
    const td_cross_entropy_options       *o = options ? options : &none;
    int64_t ignore = o->ignores ? o->ignore_index : TD_IGNORE_INDEX;
    if (td_stopped(logits)) return td_passed(logits);
    if (!is_plain(logits, target, o))
        return td_cross_entropy_loss(logits, target, o->weight, ignore, o->label_smoothing, o->reduction);
    return td_loss_apply(&td_op_cross_entropy, 2, (td_tensor *[]){ logits, target }, 1, (td_attr){ .list = { ignore } });
}

td_tensor *td_cross_entropy_adj(td_tensor *logits, td_tensor *target, td_tensor *g)
{
    return td_apply(&td_op_cross_entropy_adj, 3, (td_tensor *[]){ td_floating(logits), target, g }, NULL);
}

static void cross_entropy_sample(td_sample *s)
{
    s->n_in = 2;
    td_sample_operand(s, 0, 2, 2);
    if (s->in[0].size[1] == 0) s->in[0].size[1] = 1;
    s->in[1] = (td_sample_in){ .rank = 1, .size = { s->in[0].size[0] }, .what = TD_SAMPLE_INDEX,
                               .high = (double)s->in[0].size[1] };
    s->attr.n_list = 1;
    s->attr.list[0] = td_loss_sample_ignored(s, 1);
}

static void cross_entropy_adj_sample(td_sample *s)
{
    cross_entropy_sample(s);
    s->n_in = 3;
    td_sample_operand(s, 2, 0, 0);
}

static td_tensor *call_cross_entropy(const td_invocation *k)
{
    return td_loss_apply(k->op, k->n, k->in, 1, (td_attr){ .list = { td_as_int(k, 0) } });
}
static const td_signature cross_entropy_signature = {
    .example = "cross_entropy(W, i)", .call = call_cross_entropy,
    .parameter = {{"ignore_index", TD_INTEGER, false, TD_IGNORE_INDEX}},
};
const td_op td_op_cross_entropy = {
    .name = "cross_entropy", .id = TD_ID_cross_entropy, .min_in = 2, .max_in = 2, .reads = TD_READS(0) | TD_READS(1),
    .infer = cross_entropy_infer, .compute = cross_entropy_compute, .vjp = cross_entropy_vjp,
    .sample = cross_entropy_sample,
    .signature = &cross_entropy_signature,
};

static const td_signature cross_entropy_adj_signature = { .example = "cross_entropy_adj(W, i, 0.5)" };
const td_op td_op_cross_entropy_adj = {
    .name = "cross_entropy_adj", .id = TD_ID_cross_entropy_adj, .min_in = 3, .max_in = 3,
    .reads = TD_READS(0) | TD_READS(1) | TD_READS(2), .infer = cross_entropy_adj_infer,
    .compute = cross_entropy_adj_compute, .vjp = cross_entropy_adj_vjp, .sample = cross_entropy_adj_sample,
    .signature = &cross_entropy_adj_signature,
};
