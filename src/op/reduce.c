/* reduce.c: the reductions that are computed: sum, amax, amin, tie_share, argmax, logsumexp; and what
 * all reductions share.
 *
 * line.c brings the lines and the tree; here stand shapes, rules and what is made of a reduced line. */
#include "reduce.h"
#include "kernel/math/log.h"

#include <math.h>

/* ---- shapes and axes --------------------------------------------------------------------------------------------- */

static td_status check_axes(const td_infer *i)
{
    int rank = i->in[0]->shape->rank;
    if (!(i->attr->axes >> rank)) return TD_OK;
    return td_fail(i->context, TD_ESHAPE, "%s: an axis is out of range of rank %d", i->op->name, rank);
}

td_status td_reduce_infer(td_infer *i)
{
    if (check_axes(i)) return td_error(i->context);
    td_shape_reduce(i->in[0]->shape, i->attr->axes, i->attr->keepdim, &i->shape);
    return TD_OK;
}

static td_status check_float(const td_infer *i)
{
    if (td_is_float(i->dtype)) return TD_OK;
    return td_fail(i->context, TD_EDTYPE, "%s: operand is %s, not a float", i->op->name, td_dtype_name(i->dtype));
}

/* For what has no value over nothing. */
td_status td_extreme_infer(td_infer *i)
{
    const td_shape *x = i->in[0]->shape;
    char            text[TD_SHAPE_TEXT];
    for (int axis = 0; axis < x->rank; axis++)
        if (i->attr->axes >> axis & 1 && x->size[axis] == 0)
            return td_fail(i->context, TD_ESHAPE, "%s: cannot reduce axis %d of %s, it has no elements", i->op->name, axis,
                           td_shape_text(x, text));
    return td_reduce_infer(i);
}

/* Results that are no integers. */
td_status td_floating_infer(td_infer *i)
{
    if (!td_is_float(i->dtype)) i->dtype = TD_F64;
    return td_reduce_infer(i);
}

td_status td_integer_infer(td_infer *i)
{
    if (i->dtype == TD_BOOL) i->dtype = TD_I64;
    return td_reduce_infer(i);
}

td_tensor *td_reduce_by(const td_op *op, td_tensor *x, uint32_t axes, bool keepdim)
{
    return td_apply1(op, x, &(td_attr){ .axes = axes, .keepdim = keepdim });
}

td_tensor *td_reduce_all(const td_op *op, td_tensor *x, double a)
{
    return td_apply1(op, x, &(td_attr){ .a = a, .axes = (1u << td_rank(x)) - 1 });
}

td_tensor *td_reduce_axes(const td_op *op, td_tensor *x, double a, int n, const int *axes, bool keepdim)
{
    td_attr attr = { .a = a, .keepdim = keepdim };
    if (!x || x->context->status) return td_apply1(op, x, &attr);
    if (!td_axis_set(x->context, op->name, x->shape->rank, n, axes, &attr.axes)) return td_bad(x->context);
    return td_apply1(op, x, &attr);
}

/* A tensor of the result's shape, once for each element that went into the result. */
static td_tensor *spread(const td_pull *p, td_tensor *of)
{
    const td_shape *x = p->in[0]->shape;
    td_shape        kept;
    td_shape_reduce(x, p->attr->axes, true, &kept);
    if (!p->attr->keepdim) of = td_reshape(of, kept.rank, kept.size);
    return td_expand(of, x->rank, x->size);
}

/* ---- what computed ops write ------------------------------------------------------------------------------------- */

static void write_bool(void *out, int64_t o, const td_partial *p, double shift)
{
    (void)shift;
    ((uint8_t *)out)[o] = (uint8_t)p->i;
}

static void write_i64(void *out, int64_t o, const td_partial *p, double shift)
{
    (void)shift;
    ((int64_t *)out)[o] = p->i;
}

static void write_f32(void *out, int64_t o, const td_partial *p, double shift)
{
    (void)shift;
    ((float *)out)[o] = (float)p->f;
}

static void write_f64(void *out, int64_t o, const td_partial *p, double shift)
{
    (void)shift;
    ((double *)out)[o] = p->f;
}

static void write_at(void *out, int64_t o, const td_partial *p, double shift)
{
    (void)shift;
    ((int64_t *)out)[o] = p->at;
}

static td_finish *const write_value[] = {
    [TD_BOOL] = write_bool, [TD_I64] = write_i64, [TD_F32] = write_f32, [TD_F64] = write_f64,
};

static td_status reduce_compute(const td_call *call)
{
    return td_reduce_lines(call, call->op->kernel, NULL, write_value[call->out.dtype], call->out.data);
}

const td_reduce *td_reduce_of(const td_tensor *y, td_finish **finish)
{
    if (y->op->compute != reduce_compute || y->shape->numel != 1) return NULL;
    const td_reduce *how = &y->context->kernels->reduce[y->op->kernel][y->in[0]->dtype];
    *finish = write_value[y->dtype];
    return how->line ? how : NULL;
}

/* ---- sampling ---------------------------------------------------------------------------------------------------- */

void td_reduce_sample(td_sample *s)
{
    s->n_in = 1;
    td_sample_shape(s, 0, 0, 4);
    td_sample_floats(s, 0, -6, 6);
    int64_t rank = s->in[0].rank;
    bool    one = rank && td_sample_below(s, 2);
    s->attr.axes = one ? 1u << td_sample_below(s, rank) : (uint32_t)td_sample_below(s, 1 << rank);
    s->attr.keepdim = td_sample_below(s, 2);
}

void td_extreme_sample(td_sample *s)
{
    td_reduce_sample(s);
    for (int i = 0; i < s->in[0].rank; i++)
        if (s->attr.axes >> i & 1 && s->in[0].size[i] == 0) s->in[0].size[i] = 1;
}

/* ---- sum --------------------------------------------------------------------------------------------------------- */

/* g, once for each element */
static void sum_vjp(td_pull *p) { td_pull_add(p, 0, spread(p, p->g)); }

static const td_signature sum_signature = {
    .example = "sum(W, 1)", .call = td_call_reduction,
    .parameter = { { "axis", TD_AXES, false, NAN }, { "keepdim", TD_FLAG, false, 0 } },
};
const td_op td_op_sum = {
    TD_REDUCTION(sum), .kernel = TD_REDUCE_sum,
    .infer = td_integer_infer, .compute = reduce_compute, .vjp = sum_vjp, .sample = td_reduce_sample,
    .signature = &sum_signature,
};

td_tensor *td_sum(td_tensor *x) { return td_reduce_all(&td_op_sum, x, 0); }
td_tensor *td_sum_axes(td_tensor *x, int n, const int *axes, bool keepdim)
{
    return td_reduce_axes(&td_op_sum, x, 0, n, axes, keepdim);
}

/* ---- extremes: evenly at ties ------------------------------------------------------------------------------------ */

/* g times its share.  An op for the share, and not ties over their count: where rounding leaves a tie in doubt the count has
 * no bound that excludes 0, but a share lies between 0 and 1. */
static void pull_shared(td_pull *p, td_tensor *key)
{
    td_pull_add(p, 0, td_mul(td_reduce_by(&td_op_tie_share, key, p->attr->axes, true), spread(p, p->g)));
}

static void amax_vjp(td_pull *p) { pull_shared(p, p->in[0]); }
static void amin_vjp(td_pull *p) { pull_shared(p, td_neg(p->in[0])); }

static const td_signature amax_signature = {
    .example = "amax(W, 0)", .call = td_call_reduction,
    .parameter = { { "axis", TD_AXES, false, NAN }, { "keepdim", TD_FLAG, false, 0 } },
};
const td_op td_op_amax = {
    TD_REDUCTION(amax), .kernel = TD_REDUCE_max, .reads = TD_READS(0),
    .infer = td_extreme_infer, .compute = reduce_compute, .vjp = amax_vjp, .sample = td_extreme_sample,
    .signature = &amax_signature,
};
static const td_signature amin_signature = {
    .example = "amin(W)", .call = td_call_reduction,
    .parameter = { { "axis", TD_AXES, false, NAN }, { "keepdim", TD_FLAG, false, 0 } },
};
const td_op td_op_amin = {
    TD_REDUCTION(amin), .kernel = TD_REDUCE_min, .reads = TD_READS(0),
    .infer = td_extreme_infer, .compute = reduce_compute, .vjp = amin_vjp, .sample = td_extreme_sample,
    .signature = &amin_signature,
};

td_tensor *td_amax(td_tensor *x) { return td_reduce_all(&td_op_amax, x, 0); }
td_tensor *td_amax_axes(td_tensor *x, int n, const int *axes, bool keepdim)
{
    return td_reduce_axes(&td_op_amax, x, 0, n, axes, keepdim);
}

td_tensor *td_amin(td_tensor *x) { return td_reduce_all(&td_op_amin, x, 0); }
td_tensor *td_amin_axes(td_tensor *x, int n, const int *axes, bool keepdim)
{
    return td_reduce_axes(&td_op_amin, x, 0, n, axes, keepdim);
}

/* ---- tie_share: 1 / t of the t largest --------------------------------------------------------------------------- */

static td_status tie_share_infer(td_infer *i)
{
    return check_axes(i) || check_float(i) ? td_error(i->context) : TD_OK;
}

/* No number equals a NaN: of a line with one, all shares are NaN. */
static void write_tie_share(void *out, int64_t o, const td_partial *p, double shift)
{
    (void)shift;
    ((double *)out)[o] = p->f > 0 ? 1 / p->f : NAN;
}

/* in: the largest m of the line of each element, the share s of each that equals it, the elements */
static void tie_share_f32(int64_t n, void *y, const void *const *in, double a, double b)
{
    const double *m = in[0], *s = in[1];
    const float  *x = in[2];
    (void)a, (void)b;
    for (int64_t i = 0; i < n; i++) ((float *)y)[i] = (float)(x[i] == m[i] ? s[i] : 0 * s[i]);
}

static void tie_share_f64(int64_t n, void *y, const void *const *in, double a, double b)
{
    const double *m = in[0], *s = in[1], *x = in[2];
    (void)a, (void)b;
    for (int64_t i = 0; i < n; i++) ((double *)y)[i] = x[i] == m[i] ? s[i] : 0 * s[i];
}

/* x's sizes over memory that has one element for each line. */
static td_shape over_lines(const td_shape *x, uint32_t axes, const td_shape *lines)
{
    td_shape over = *x;
    for (int i = 0; i < x->rank; i++) over.stride[i] = axes >> i & 1 ? 0 : lines->stride[i];
    over.offset = 0;
    return over;
}

static td_status tie_share_compute(const td_call *call)
{
    const td_window *x = &call->in[0];
    td_shape         lines;
    if (!x->shape->numel) return TD_OK;
    td_shape_reduce(x->shape, call->attr->axes, true, &lines);
    td_shape over = over_lines(x->shape, call->attr->axes, &lines);
    size_t   bytes = 2 * (size_t)lines.numel * sizeof(double);
    double  *m = td_allocate(call->context, bytes), *s = m ? m + lines.numel : NULL;
    if (!m) return TD_ENOMEM;
    td_status status = td_reduce_lines(call, TD_REDUCE_max, NULL, write_f64, m);
    if (!status) status = td_reduce_lines(call, TD_REDUCE_ties, m, write_tie_share, s);
    td_call all = *call;
    all.n_in = 3;
    all.in = (td_window[]){ { m, &over, TD_F64 }, { s, &over, TD_F64 }, *x };
    if (!status) status = td_map_run(&all, x->dtype == TD_F32 ? tie_share_f32 : tie_share_f64);
    td_deallocate(call->context, m, bytes);
    return status;
}

static td_tensor *call_tie_share(const td_invocation *k)
{
    int axes[TD_LIST], n = td_as_axes(k, 0, k->in[0], axes);
    return td_tie_share_axes(k->in[0], n, axes);
}
static const td_signature tie_share_signature = {
    .example = "tie_share(W, 1)", .call = call_tie_share,
    .parameter = { { "axis", TD_AXES, false, NAN } },
};
const td_op td_op_tie_share = {
    TD_REDUCTION(tie_share), .flat = true, .infer = tie_share_infer, .compute = tie_share_compute, .sample = td_reduce_sample,
    .signature = &tie_share_signature,
};

td_tensor *td_tie_share(td_tensor *x) { return td_reduce_all(&td_op_tie_share, td_floating(x), 0); }
td_tensor *td_tie_share_axes(td_tensor *x, int n, const int *axes)
{
    return td_reduce_axes(&td_op_tie_share, td_floating(x), 0, n, axes, false);
}

/* ---- argmax: the first ------------------------------------------------------------------------------------------- */

static td_status argmax_infer(td_infer *i)
{
    i->dtype = TD_I64;
    return td_extreme_infer(i);
}

static td_status argmax_compute(const td_call *call)
{
    return td_reduce_lines(call, TD_REDUCE_argmax, NULL, write_at, call->out.data);
}

static const td_signature argmax_signature = {
    .example = "argmax(W, 1)", .call = td_call_reduction,
    .parameter = { { "axis", TD_AXIS, false, NAN }, { "keepdim", TD_FLAG, false, 0 } },
};
const td_op td_op_argmax = {
    TD_REDUCTION(argmax), .flat = true,
    .infer = argmax_infer, .compute = argmax_compute, .sample = td_extreme_sample,
    .signature = &argmax_signature,
};

td_tensor *td_argmax(td_tensor *x) { return td_reduce_all(&td_op_argmax, x, 0); }
td_tensor *td_argmax_axis(td_tensor *x, int axis, bool keepdim)
{
    return td_reduce_axes(&td_op_argmax, x, 0, 1, &axis, keepdim);
}

/* ---- logsumexp: y = m + log sum exp(x - m), m = amax x ----------------------------------------------------------- */

static td_status logsumexp_infer(td_infer *i)
{
    return check_float(i) ? td_error(i->context) : td_reduce_infer(i);
}

/* An infinite or undefined maximum is the result: x - m would be NaN. */
static double logsumexp_of(const td_partial *p, double m) { return isfinite(m) ? m + td_m_log(p->f) : m; }

static void logsumexp_f32(void *out, int64_t o, const td_partial *p, double m)
{
    ((float *)out)[o] = (float)logsumexp_of(p, m);
}

static void logsumexp_f64(void *out, int64_t o, const td_partial *p, double m)
{
    ((double *)out)[o] = logsumexp_of(p, m);
}

static td_status logsumexp_compute(const td_call *call)
{
    int64_t n = call->out.shape->numel, length = td_line_length(call->in[0].shape, call->attr->axes);
    double *m = td_allocate(call->context, (size_t)n * sizeof *m + 1);
    if (!m) return TD_ENOMEM;
    td_finish *finish = call->out.dtype == TD_F32 ? logsumexp_f32 : logsumexp_f64;
    td_status  status = TD_OK;
    if (length) status = td_reduce_lines(call, TD_REDUCE_max, NULL, write_f64, m);
    else for (int64_t i = 0; i < n; i++) m[i] = -(double)INFINITY;
    if (!status) status = td_reduce_lines(call, TD_REDUCE_sumexp, m, finish, call->out.data);
    td_deallocate(call->context, m, (size_t)n * sizeof *m + 1);
    return status;
}

/* g exp(x - y).  Where all x are -inf so is y, and x - y is taken to be -inf: a share of nothing is nothing. */
static void logsumexp_vjp(td_pull *p)
{
    td_tensor *none = td_eq(p->y, td_number(p->y, -(double)INFINITY)), *y = td_where(none, td_number(p->y, 0), p->y);
    td_pull_add(p, 0, td_mul(spread(p, p->g), td_exp(td_sub(p->in[0], spread(p, y)))));
}

/* Lines that are -inf throughout, and here and there. */
static void logsumexp_sample(td_sample *s)
{
    static const double nothing[] = { -(double)INFINITY };
    td_reduce_sample(s);
    td_sample_also(s, 0, 1, nothing);
}

static td_tensor *call_logsumexp(const td_invocation *k)
{
    int axes[TD_LIST], n = td_as_axes(k, 0, k->in[0], axes);
    return td_logsumexp_axes(k->in[0], n, axes, td_as_flag(k, 1));
}
static const td_signature logsumexp_signature = {
    .example = "logsumexp(W, 1)", .call = call_logsumexp,
    .parameter = { { "axis", TD_AXES, false, NAN }, { "keepdim", TD_FLAG, false, 0 } },
};
const td_op td_op_logsumexp = {
    TD_REDUCTION(logsumexp), .reads = TD_READS(0) | TD_READS_RESULT,
    .infer = logsumexp_infer, .compute = logsumexp_compute, .vjp = logsumexp_vjp, .sample = logsumexp_sample,
    .signature = &logsumexp_signature,
};

td_tensor *td_logsumexp(td_tensor *x) { return td_reduce_all(&td_op_logsumexp, td_floating(x), 0); }
td_tensor *td_logsumexp_axes(td_tensor *x, int n, const int *axes, bool keepdim)
{
    return td_reduce_axes(&td_op_logsumexp, td_floating(x), 0, n, axes, keepdim);
}
