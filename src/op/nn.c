/* nn.c: softmax and log_softmax. */
#include "kernel/softmax.h"
#include "op/shape.h"

enum {
    LARGE = 16 << 20,    /* bytes of a result that goes past the caches */
    MANY  = 1 << 16      /* its elements in a piece of work */
};

/* ---- softmax, log_softmax ----------------------------------------------------------------------------------------- */

static td_status softmax_infer(td_infer *i)
{
    if (!td_infer_axis(i, i->attr->axis, i->shape.rank)) return td_error(i->context);
    return td_infer_float(i);
}

typedef struct softmax_job {
    td_columns_fn *kernel;
    td_columns     columns;
} softmax_job;

static void softmax_piece(int64_t begin, int64_t end, void *argument)
{
    const softmax_job *j = argument;
    j->kernel(&j->columns, begin, end);
}

static td_status softmax_compute(const td_call *call)
{
    const td_window *x = &call->in[0];
    const td_shape  *s = x->shape;
    int64_t          n = s->size[call->attr->axis];
    softmax_job      j = { .kernel = call->context->kernels->softmax[x->dtype],
                           .columns = { .x = x->data, .y = call->out.data, .n = n, .inner = 1 } };
    if (s->numel == 0) return TD_OK;
    j.columns.past = (size_t)s->numel * td_dtype_size(x->dtype) >= LARGE;
    j.columns.log = call->op->id == TD_ID_log_softmax;
    for (int k = call->attr->axis + 1; k < s->rank; k++) j.columns.inner *= s->size[k];
    if (!td_shape_is_contiguous(s)) {
        td_walk_move(call->context, &call->out, x);
        j.columns.x = call->out.data;
    }
    int64_t grain = td_columns_grain(n, j.columns.inner), many = j.columns.past ? MANY / n : 0;
    td_parallel(call->context, s->numel / n, grain < many ? many : grain, softmax_piece, &j);
    return TD_OK;
}

/* y = softmax x:  gx = y (g - sum(g y)) */
static void softmax_vjp(td_pull *p)
{
    int        axis = p->attr->axis;
    td_tensor *along = td_sum_axes(td_mul(p->g, p->y), 1, &axis, true);
    td_pull_add(p, 0, td_mul(p->y, td_sub(p->g, along)));
}

/* y = log softmax x:  gx = g - exp(y) sum(g) */
static void log_softmax_vjp(td_pull *p)
{
    int        axis = p->attr->axis;
    td_tensor *total = td_sum_axes(p->g, 1, &axis, true);
    td_pull_add(p, 0, td_sub(p->g, td_mul(td_exp(p->y), total)));
}

static td_tensor *apply_softmax(const td_op *op, td_tensor *x, int axis)
{
    if (td_stopped(x)) return td_passed(x);
    td_tensor *in = td_floating(x);
    return td_apply_along(op, 1, &in, axis, (td_attr){ 0 }, x);
}

td_tensor *td_softmax(td_tensor *x, int axis) { return apply_softmax(&td_op_softmax, x, axis); }
td_tensor *td_log_softmax(td_tensor *x, int axis) { return apply_softmax(&td_op_log_softmax, x, axis); }

static void softmax_sample(td_sample *s)
{
    s->n_in = 1;
    td_sample_operand(s, 0, 1, 3);
    s->attr.axis = (int16_t)td_sample_below(s, s->in[0].rank);
}

static td_tensor *call_softmax(const td_invocation *k) { return td_softmax(k->in[0], td_as_int(k, 0)); }
static const td_signature softmax_signature = {
    .example = "softmax(W, 1)", .call = call_softmax,
    .parameter = { { "axis", TD_AXIS, true, 0 } },
};
const td_op td_op_softmax = {
    .name = "softmax", .id = TD_ID_softmax, .min_in = 1, .max_in = 1, .reads = TD_READS_RESULT,
    .infer = softmax_infer, .compute = softmax_compute, .vjp = softmax_vjp, .sample = softmax_sample,
    .signature = &softmax_signature,
};

static td_tensor *call_log_softmax(const td_invocation *k) { return td_log_softmax(k->in[0], td_as_int(k, 0)); }
static const td_signature log_softmax_signature = {
    .example = "log_softmax(W, 1)", .call = call_log_softmax,
    .parameter = { { "axis", TD_AXIS, true, 0 } },
};
const td_op td_op_log_softmax = {
    .name = "log_softmax", .id = TD_ID_log_softmax, .min_in = 1, .max_in = 1, .reads = TD_READS_RESULT,
    .infer = softmax_infer, .compute = softmax_compute, .vjp = log_softmax_vjp, .sample = softmax_sample,
    .signature = &log_softmax_signature,
};
