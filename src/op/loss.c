/* loss.c: cross_entropy, in one pass over each row, with its adjoint; and mse_loss, said in other ops. */
#include "kernel/softmax.h"
#include "op/shape.h"

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

/* Kernel `what` over all rows; x and target are filled in. */
static td_status compute_rows(const td_call *call, int what, td_entropy rows)
{
    td_context     *c = call->context;
    const td_shape *x = call->in[0].shape;
    td_scratch      s = td_scratch_begin(c);
    entropy_job     j = { c->kernels->entropy[what][call->in[0].dtype], rows };
    j.rows.x = td_dense(call, 0);
    j.rows.target = td_dense(call, 1);
    j.rows.n = x->size[1];
    if (!c->status) td_parallel(c, x->size[0], x->size[1] < GRAIN ? GRAIN / x->size[1] : 1, entropy_piece, &j);
    td_scratch_end(&s);
    return c->status;
}

/* The mean of n losses: NaN of none. */
static td_status write_mean(const td_call *call, int64_t n, const double *loss)
{
    td_partial sum = { .f = 0 };
    if (n) call->context->kernels->reduce[TD_REDUCE_sum][TD_K_F64].line(n, loss, 0, 0, &sum);
    td_store(call->out.data, call->out.dtype, 0, sum.f / (double)n);
    return TD_OK;
}

static td_status cross_entropy_compute(const td_call *call)
{
    int64_t n = call->in[0].shape->size[0];
    size_t  bytes = (size_t)n * sizeof(double);
    if (td_check_indices(call, 1)) return td_error(call->context);
    if (n == 0) return write_mean(call, 0, NULL);
    double *loss = td_allocate(call->context, bytes);
    if (!loss) return TD_ENOMEM;
    td_status status = compute_rows(call, TD_ENTROPY_loss, (td_entropy){ .loss = loss });
    if (!status) write_mean(call, n, loss);
    td_deallocate(call->context, loss, bytes);
    return status;
}

static td_status cross_entropy_adj_compute(const td_call *call)
{
    if (td_check_indices(call, 1)) return td_error(call->context);
    if (call->out.shape->numel == 0) return TD_OK;
    double g = td_load(call->in[2].data, call->in[2].dtype, 0);
    td_entropy rows = { .y = call->out.data, .scale = g / (double)call->in[0].shape->size[0] };
    return compute_rows(call, TD_ENTROPY_slope, rows);
}

/* ---- cross_entropy: rules ------------------------------------------------------------------------------------------ */

static void cross_entropy_vjp(td_pull *p)
{
    if (td_pull_wants(p, 0)) td_pull_add(p, 0, td_cross_entropy_adj(p->in[0], p->in[1], p->g));
}

/* y = (s - onehot) h / n, s = softmax x, h the third operand:
 * gx = s (g - sum of g s) h / n,  gh = sum of g (s - onehot) / n, the sums of g s over each row */
static void cross_entropy_adj_vjp(td_pull *p)
{
    double n = (double)td_size(p->in[0], 0);
    if (td_numel(p->in[0]) == 0) return;
    td_tensor *s = td_softmax(p->in[0], 1), *along = td_sum_axes(td_mul(p->g, s), 1, (int[]){ 1 }, true);
    td_pull_add(p, 0, td_mul(td_mul(s, td_sub(p->g, along)), td_div_scalar(p->in[2], n)));
    td_tensor *there = td_gather(p->g, 1, td_unsqueeze(p->in[1], 1));
    if (td_pull_wants(p, 2)) td_pull_add(p, 2, td_mean(td_sub(along, there)));
}

td_tensor *td_cross_entropy(td_tensor *logits, td_tensor *target)
{
    return td_apply2(&td_op_cross_entropy, td_floating(logits), target);
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
}

static void cross_entropy_adj_sample(td_sample *s)
{
    cross_entropy_sample(s);
    s->n_in = 3;
    td_sample_operand(s, 2, 0, 0);
}

static const td_signature cross_entropy_signature = { .example = "cross_entropy(W, i)" };
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

/* ---- mse_loss ----------------------------------------------------------------------------------------------------- */

static td_status mse_loss_infer(td_infer *i)
{
    const td_shape *x = i->in[0]->shape, *y = i->in[1]->shape;
    char            a[TD_SHAPE_TEXT], b[TD_SHAPE_TEXT];
    if (!td_shape_broadcast(x, y, &i->shape))
        return td_fail(i->context, TD_ESHAPE, "mse_loss: %s and %s do not broadcast", td_shape_text(x, a),
                       td_shape_text(y, b));
    td_dtype d = td_promote(td_dtype_of(i->in[0]), td_dtype_of(i->in[1]));
    i->dtype = td_is_float(d) ? d : TD_F64;
    i->shape.rank = 0;
    return TD_OK;
}

static td_tensor *mse_loss_compose(int n, td_tensor *const *in, const td_attr *attr)
{
    (void)n, (void)attr;
    return td_mean(td_square(td_sub(in[0], in[1])));
}

td_tensor *td_mse_loss(td_tensor *x, td_tensor *y)
{
    return td_apply2(&td_op_mse_loss, x, y);
}

/* y is x with some sizes 1, and some leading axes left out */
static void mse_loss_sample(td_sample *s)
{
    s->n_in = 2;
    td_sample_operand(s, 0, 0, 3);
    s->in[1] = s->in[0];
    int dropped = (int)td_sample_below(s, s->in[0].rank + 1);
    if (td_sample_below(s, 2)) dropped = 0;
    s->in[1].rank = s->in[0].rank - dropped;
    for (int k = 0; k < s->in[1].rank; k++)
        s->in[1].size[k] = td_sample_below(s, 4) ? s->in[0].size[k + dropped] : 1;
}

static const td_signature mse_loss_signature = { .example = "mse_loss(x, y)" };
const td_op td_op_mse_loss = {
    .name = "mse_loss", .id = TD_ID_mse_loss, .min_in = 2, .max_in = 2,
    .infer = mse_loss_infer, .compose = mse_loss_compose, .sample = mse_loss_sample,
    .signature = &mse_loss_signature,
};
