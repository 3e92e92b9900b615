/* scan.c: cumsum, cumprod and the recurrence that both their adjoints come down to.
 *
 * A scan runs up its axis, or down it (list[0] = 1): the adjoint of one way is the other.  A line is done by one thread, in
 * order, so its bits depend on nothing else; lines side by side are done together. */
#include "kernel/scan.h"
#include "op/shape.h"

static td_status scan_infer(td_infer *i)
{
    if (!td_infer_axis(i, i->attr->axis, i->shape.rank)) return td_error(i->context);
    if (i->dtype != TD_BOOL) return TD_OK;
    return td_fail(i->context, TD_EDTYPE, "%s: not for bool", i->op->name);
}

static td_status recurrence_infer(td_infer *i)
{
    const td_tensor *a = i->in[0], *b = i->in[1];
    char             x[TD_SHAPE_TEXT], y[TD_SHAPE_TEXT];
    if (scan_infer(i) || td_infer_float(i)) return td_error(i->context);
    if (a->dtype == b->dtype && td_shape_same(a->shape, b->shape)) return TD_OK;
    return td_fail(i->context, TD_ESHAPE, "recurrence: a is %s%s, b %s%s", td_dtype_name(td_dtype_of(a)),
                   td_shape_text(a->shape, x), td_dtype_name(td_dtype_of(b)), td_shape_text(b->shape, y));
}

typedef struct scan_job {
    td_scan_fn *kernel;
    td_scan     lines;
} scan_job;

static void scan_piece(int64_t begin, int64_t end, void *argument)
{
    const scan_job *j = argument;
    j->kernel(&j->lines, begin, end);
}

static td_status scan_compute(const td_call *call)
{
    td_context     *c = call->context;
    const td_shape *x = call->in[0].shape;
    int64_t         n = x->size[call->attr->axis];
    scan_job        j = { c->kernels->scan[call->op->kernel][call->out.dtype], { .y = call->out.data, .n = n, .inner = 1 } };
    if (x->numel == 0) return TD_OK;
    td_scratch s = td_scratch_begin(c);
    j.lines.x = td_dense(call, 0);
    j.lines.b = td_dense(call, 1);
    j.lines.backwards = call->attr->list[0];
    for (int k = call->attr->axis + 1; k < x->rank; k++) j.lines.inner *= x->size[k];
    if (!c->status) td_parallel(c, x->numel / n, td_columns_grain(n, j.lines.inner), scan_piece, &j);
    td_scratch_end(&s);
    return c->status;
}

/* The same op the other way. */
static td_attr turned(const td_attr *attr)
{
    td_attr a = *attr;
    a.list[0] = !a.list[0];
    a.n_list = 1;
    return a;
}

/* One step on along the axis, up or down; `first` comes in at its beginning. */
static td_tensor *delayed(td_tensor *t, int axis, bool down, double first)
{
    int64_t n = td_size(t, axis), room[2 * TD_MAX_RANK] = { 0 };
    if (n == 0) return t;
    room[2 * axis + down] = 1;
    return td_pad(td_slice(t, axis, down, n - !down, 1), room, first);
}

/* y_k = sum of x_i, i <= k:  gx_k = sum of g_i, i >= k */
static void cumsum_vjp(td_pull *p)
{
    td_attr back = turned(p->attr);
    td_pull_add(p, 0, td_apply1(&td_op_cumsum, p->g, &back));
}

/* y_k = product of x_i, i <= k:  gx_k = y_(k-1) h_k, where h_k = g_k + x_(k+1) h_(k+1) holds the products of what follows;
 * down, h_k = g_k + x_(k-1) h_(k-1).  Nothing is divided, so zeros are numbers like others. */
static void cumprod_vjp(td_pull *p)
{
    int        axis = p->attr->axis;
    bool       down = p->attr->list[0];
    td_attr    back = turned(p->attr);
    td_tensor *x = down ? delayed(p->in[0], axis, false, 0) : p->in[0];
    td_tensor *h = td_apply(&td_op_recurrence, 2, (td_tensor *[]){ x, p->g }, &back);
    td_pull_add(p, 0, td_mul(delayed(p->y, axis, down, 1), h));
}

/* y_k = a_k y_(k-1) + b_k is (1 - A) y = b with a_1, a_2, ... below A's diagonal.  h = (1 - A^T)^-1 g is the recurrence the
 * other way:  gb = h,  ga_k = h_k y_(k-1), a_0 is not read.  Of y = (1 - A^T)^-1 b, ga_k = h_(k-1) y_k likewise. */
static void recurrence_vjp(td_pull *p)
{
    td_attr    back = turned(p->attr);
    td_tensor *h = td_apply(&td_op_recurrence, 2, (td_tensor *[]){ p->in[0], p->g }, &back), *y = p->y;
    td_pull_add(p, 1, h);
    if (!td_pull_wants(p, 0)) return;
    if (p->attr->list[0]) h = delayed(h, p->attr->axis, false, 0);
    else y = delayed(y, p->attr->axis, false, 0);
    td_pull_add(p, 0, td_mul(h, y));
}

static td_tensor *apply_scan(const td_op *op, int n, td_tensor *const *in, int axis)
{
    if (td_stopped(in[0])) return td_passed(in[0]);
    int k = td_axis(in[0]->context, op->name, in[0]->shape->rank, axis);
    return k < 0 ? td_bad(in[0]->context) : td_apply(op, n, in, &(td_attr){ .axis = (int16_t)k, .n_list = 1 });
}

/* bool is counted in i64 */
static td_tensor *countable(td_tensor *x) { return td_dtype_of(x) == TD_BOOL ? td_to(x, TD_I64) : x; }

td_tensor *td_cumsum(td_tensor *x, int axis) { return apply_scan(&td_op_cumsum, 1, (td_tensor *[]){ countable(x) }, axis); }
td_tensor *td_cumprod(td_tensor *x, int axis) { return apply_scan(&td_op_cumprod, 1, (td_tensor *[]){ countable(x) }, axis); }
td_tensor *td_recurrence(td_tensor *a, td_tensor *b, int axis)
{
    return apply_scan(&td_op_recurrence, 2, (td_tensor *[]){ a, b }, axis);
}

static void scan_sample(td_sample *s)
{
    s->n_in = 1;
    td_sample_operand(s, 0, 1, 3);
    s->attr.axis = (int16_t)td_sample_below(s, s->in[0].rank);
    s->attr.n_list = 1;
    s->attr.list[0] = td_sample_below(s, 2);
}

static void recurrence_sample(td_sample *s)
{
    scan_sample(s);
    s->n_in = 2;
    s->in[1] = s->in[0];
}

#define SCAN(NAME, n, KIND) \
    .name = #NAME, .id = TD_ID_##NAME, .min_in = n, .max_in = n, .kernel = KIND, .compute = scan_compute, .vjp = NAME##_vjp

static td_tensor *call_cumsum(const td_invocation *k) { return td_cumsum(k->in[0], td_as_int(k, 0)); }
static const td_signature cumsum_signature = {
    .example = "cumsum(W, 1)", .call = call_cumsum,
    .parameter = { { "axis", TD_AXIS, true, 0 } },
};
const td_op td_op_cumsum = {
    SCAN(cumsum, 1, TD_SCAN_sum), .infer = scan_infer, .sample = scan_sample,
    .signature = &cumsum_signature,
};
static td_tensor *call_cumprod(const td_invocation *k) { return td_cumprod(k->in[0], td_as_int(k, 0)); }
static const td_signature cumprod_signature = {
    .example = "cumprod(W, 1)", .call = call_cumprod,
    .parameter = { { "axis", TD_AXIS, true, 0 } },
};
const td_op td_op_cumprod = {
    SCAN(cumprod, 1, TD_SCAN_prod), .reads = TD_READS(0) | TD_READS_RESULT, .infer = scan_infer, .sample = scan_sample,
    .signature = &cumprod_signature,
};
static td_tensor *call_recurrence(const td_invocation *k)
{
    int axis = td_axis(k->in[0]->context, k->op->name, td_rank(k->in[0]), td_as_int(k, 0));
    if (axis < 0) return td_bad(k->in[0]->context);
    return td_apply(k->op, k->n, k->in, &(td_attr){ .axis = (int16_t)axis, .n_list = 1, .list = { td_as_flag(k, 1) } });
}
static const td_signature recurrence_signature = {
    .example = "recurrence(W, W, 1, back=1)", .call = call_recurrence,
    .parameter = { { "axis", TD_AXIS, true, 0 }, { "back", TD_FLAG, false, 0 } },
};
const td_op td_op_recurrence = {
    SCAN(recurrence, 2, TD_SCAN_recurrence), .reads = TD_READS(0) | TD_READS_RESULT, .infer = recurrence_infer,
    .sample = recurrence_sample,
    .signature = &recurrence_signature,
};
