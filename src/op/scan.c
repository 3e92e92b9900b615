/* scan.c: cumsum, cumprod, logcumsumexp and the recurrence that their adjoints come down to; cummax and cummin.
 *
 * A scan runs up its axis, or down it (list[0] = 1): the adjoint of one way is the other.  A line is done by one thread, in
 * order, so its bits depend on nothing else; lines side by side are done together. */
#include "kernel/scan.h"
#include "op/shape.h"

#include <math.h>

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
    scan_job        j = { c->kernels->scan[call->op->kernel][call->in[0].dtype], { .y = call->out.data, .n = n, .inner = 1 } };
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

/* y_k = log sum of e^x_i, i <= k:  gx_i = sum over k >= i of g_k e^(x_i - y_k) = e^(x_i - y_i) h_i, where h_i = g_i + e^(y_i -
 * y_(i+1)) h_(i+1), factors that are at most 1; down, with i - 1 for i + 1.  Where y is -inf nothing has a share; two y that
 * are both inf do not differ. */
static void logcumsumexp_vjp(td_pull *p)
{
    bool       down = p->attr->list[0];
    td_attr    back = turned(p->attr);
    td_tensor *zero = td_number(p->y, 0), *none = td_eq(p->y, td_number(p->y, -(double)INFINITY));
    td_tensor *base = td_where(none, zero, p->y), *later = base, *y = p->y;
    if (down) later = delayed(base, p->attr->axis, false, 0);
    else y = delayed(y, p->attr->axis, false, 0);
    td_tensor *factor = td_exp(td_where(td_eq(y, later), zero, td_sub(y, later)));
    td_tensor *h = td_apply(&td_op_recurrence, 2, (td_tensor *[]){ factor, p->g }, &back);
    td_pull_add(p, 0, td_mul(td_exp(td_sub(p->in[0], base)), h));
}

/* ---- extremes so far: what is not the present extreme has no slope ------------------------------------------------ */

static td_status place_infer(td_infer *i)
{
    if (scan_infer(i)) return td_error(i->context);
    i->dtype = TD_I64;
    return TD_OK;
}

/* The order of an integer is turned round by -x - 1, for -x does not exist for the least. */
static td_tensor *cumargmin_compose(int n, td_tensor *const *in, const td_attr *attr)
{
    (void)n;
    td_tensor *key = td_neg(in[0]);
    if (!td_is_float(td_dtype_of(key))) key = td_add_scalar(key, -1);
    return td_apply1(&td_op_cumargmax, key, attr);
}

/* each g to the x that was taken */
static void pull_to(td_pull *p, const td_op *place)
{
    td_tensor *at = td_apply1(place, p->in[0], p->attr);
    td_pull_add(p, 0, td_scatter_add(td_zeros_like(p->in[0]), p->attr->axis, at, p->g));
}

static void cummax_vjp(td_pull *p) { pull_to(p, &td_op_cumargmax); }
static void cummin_vjp(td_pull *p) { pull_to(p, &td_op_cumargmin); }

static td_tensor *apply_scan(const td_op *op, int n, td_tensor *const *in, int axis)
{
    return td_apply_along(op, n, in, axis, (td_attr){ .n_list = 1 }, in[0]);
}

/* bool is counted in i64 */
static td_tensor *countable(td_tensor *x) { return td_dtype_of(x) == TD_BOOL ? td_to(x, TD_I64) : x; }

td_tensor *td_cumsum(td_tensor *x, int axis) { return apply_scan(&td_op_cumsum, 1, (td_tensor *[]){ countable(x) }, axis); }
td_tensor *td_cumprod(td_tensor *x, int axis) { return apply_scan(&td_op_cumprod, 1, (td_tensor *[]){ countable(x) }, axis); }
td_tensor *td_logcumsumexp(td_tensor *x, int axis)
{
    return apply_scan(&td_op_logcumsumexp, 1, (td_tensor *[]){ td_stopped(x) ? x : td_floating(x) }, axis);
}

/* With the places, if they are asked for.  Of bool it is bool. */
static td_tensor *extreme_so_far(const td_op *op, const td_op *place, td_tensor *x, int axis, td_tensor **indices)
{
    if (td_stopped(x)) return td_passed(x);
    td_dtype   d = td_dtype_of(x);
    td_tensor *counted = countable(x);
    if (indices) *indices = apply_scan(place, 1, &counted, axis);
    td_tensor *y = apply_scan(op, 1, &counted, axis);
    return d == TD_BOOL ? td_to(y, d) : y;
}

td_tensor *td_cummax(td_tensor *x, int axis, td_tensor **indices)
{
    return extreme_so_far(&td_op_cummax, &td_op_cumargmax, x, axis, indices);
}

td_tensor *td_cummin(td_tensor *x, int axis, td_tensor **indices)
{
    return extreme_so_far(&td_op_cummin, &td_op_cumargmin, x, axis, indices);
}

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

static void logcumsumexp_sample(td_sample *s)
{
    static const double nothing[] = { -(double)INFINITY };
    scan_sample(s);
    td_sample_also(s, 0, 1, nothing);
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

static td_tensor *call_logcumsumexp(const td_invocation *k) { return td_logcumsumexp(k->in[0], td_as_int(k, 0)); }
static const td_signature logcumsumexp_signature = {
    .example = "logcumsumexp(W, 1)", .call = call_logcumsumexp, .parameter = { { "axis", TD_AXIS, true, 0 } },
};
static td_status logcumsumexp_infer(td_infer *i) { return td_infer_float(i) ? td_error(i->context) : scan_infer(i); }
const td_op td_op_logcumsumexp = {
    SCAN(logcumsumexp, 1, TD_SCAN_logsumexp), .reads = TD_READS(0) | TD_READS_RESULT, .infer = logcumsumexp_infer,
    .sample = logcumsumexp_sample, .signature = &logcumsumexp_signature,
};

static td_tensor *call_extreme(const td_invocation *k)
{
    return extreme_so_far(k->op, NULL, k->in[0], td_as_int(k, 0), NULL);
}
static td_tensor *call_place(const td_invocation *k)
{
    return apply_scan(k->op, 1, (td_tensor *[]){ countable(k->in[0]) }, td_as_int(k, 0));
}
#define EXTREME(NAME, KIND) \
    SCAN(NAME, 1, KIND), .reads = TD_READS(0), .infer = scan_infer, .sample = scan_sample, .signature = &NAME##_signature

static const td_signature cummax_signature = {
    .example = "cummax(W, 1)", .call = call_extreme, .parameter = { { "axis", TD_AXIS, true, 0 } },
};
static const td_signature cummin_signature = {
    .example = "cummin(W, 1)", .call = call_extreme, .parameter = { { "axis", TD_AXIS, true, 0 } },
};
const td_op td_op_cummax = { EXTREME(cummax, TD_SCAN_max) };
const td_op td_op_cummin = { EXTREME(cummin, TD_SCAN_min) };

static const td_signature cumargmax_signature = {
    .example = "cumargmax(W, 1)", .call = call_place, .parameter = { { "axis", TD_AXIS, true, 0 } },
};
const td_op td_op_cumargmax = {
    .name = "cumargmax", .id = TD_ID_cumargmax, .min_in = 1, .max_in = 1, .flat = true, .kernel = TD_SCAN_argmax,
    .infer = place_infer, .compute = scan_compute, .sample = scan_sample, .signature = &cumargmax_signature,
};
static const td_signature cumargmin_signature = {
    .example = "cumargmin(W, 1)", .call = call_place, .parameter = { { "axis", TD_AXIS, true, 0 } },
};
const td_op td_op_cumargmin = {
    .name = "cumargmin", .id = TD_ID_cumargmin, .min_in = 1, .max_in = 1, .flat = true, .infer = place_infer,
    .compose = cumargmin_compose, .sample = scan_sample, .signature = &cumargmin_signature,
};
