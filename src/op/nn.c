/* nn.c: what neural networks are made of.
 *
 * softmax, log_softmax and dropout are primitives; the losses and layer_norm are said in other ops, and have no rule of
 * their own.  A dropout mask is a pure function of a seed and the element's number, so that any engine can draw it again. */
#include "kernel/softmax.h"
#include "op/shape.h"

enum { GRAIN = 1 << 13 };    /* elements in a piece of work */

static td_status check_float(const td_infer *i)
{
    if (td_is_float(i->dtype)) return TD_OK;
    return td_fail(i->context, TD_EDTYPE, "%s: %s is no floating dtype", i->op->name, td_dtype_name(i->dtype));
}

/* ---- softmax, log_softmax ----------------------------------------------------------------------------------------- */

static td_status softmax_infer(td_infer *i)
{
    if (!td_infer_axis(i, i->attr->axis, i->shape.rank)) return td_error(i->context);
    return check_float(i);
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
    j.columns.log = call->op->id == TD_ID_log_softmax;
    for (int k = call->attr->axis + 1; k < s->rank; k++) j.columns.inner *= s->size[k];
    if (!td_shape_is_contiguous(s)) {
        td_walk_move(call->context, &call->out, x);
        j.columns.x = call->out.data;
    }
    td_parallel(call->context, s->numel / n, n < GRAIN ? GRAIN / n : 1, softmax_piece, &j);
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
    int k = td_axis(x->context, op->name, x->shape->rank, axis);
    if (k < 0) return td_bad(x->context);
    return td_apply1(op, td_floating(x), &(td_attr){ .axis = (int16_t)k });
}

td_tensor *td_softmax(td_tensor *x, int axis) { return apply_softmax(&td_op_softmax, x, axis); }
td_tensor *td_log_softmax(td_tensor *x, int axis) { return apply_softmax(&td_op_log_softmax, x, axis); }

static void softmax_sample(td_sample *s)
{
    s->n_in = 1;
    td_sample_operand(s, 0, 1, 3);
    s->attr.axis = (int16_t)td_sample_below(s, s->in[0].rank);
}

const td_op td_op_softmax = {
    .name = "softmax", .id = TD_ID_softmax, .min_in = 1, .max_in = 1, .reads = TD_READS_RESULT,
    .infer = softmax_infer, .compute = softmax_compute, .vjp = softmax_vjp, .sample = softmax_sample,
};

const td_op td_op_log_softmax = {
    .name = "log_softmax", .id = TD_ID_log_softmax, .min_in = 1, .max_in = 1, .reads = TD_READS_RESULT,
    .infer = softmax_infer, .compute = softmax_compute, .vjp = log_softmax_vjp, .sample = softmax_sample,
};

/* ---- cross_entropy ------------------------------------------------------------------------------------------------ */

static td_status cross_entropy_infer(td_infer *i)
{
    const td_shape *logits = i->in[0]->shape, *target = i->in[1]->shape;
    char            a[TD_SHAPE_TEXT], b[TD_SHAPE_TEXT];
    if (check_float(i)) return td_error(i->context);
    if (i->in[1]->dtype != TD_I64)
        return td_fail(i->context, TD_EDTYPE, "cross_entropy: the target is %s, not i64", td_dtype_name(i->in[1]->dtype));
    if (logits->rank != 2 || target->rank != 1 || logits->size[0] != target->size[0])
        return td_fail(i->context, TD_ESHAPE, "cross_entropy: logits %s and target %s; (n,c) and (n,) wanted",
                       td_shape_text(logits, a), td_shape_text(target, b));
    i->shape.rank = 0;
    return TD_OK;
}

static td_tensor *cross_entropy_compose(int n, td_tensor *const *in, const td_attr *attr)
{
    (void)n, (void)attr;
    return td_neg(td_mean(td_gather(td_log_softmax(in[0], 1), 1, td_unsqueeze(in[1], 1))));
}

td_tensor *td_cross_entropy(td_tensor *logits, td_tensor *target)
{
    return td_apply2(&td_op_cross_entropy, td_floating(logits), target);
}

static void cross_entropy_sample(td_sample *s)
{
    s->n_in = 2;
    td_sample_operand(s, 0, 2, 2);
    if (s->in[0].size[1] == 0) s->in[0].size[1] = 1;
    s->in[1] = (td_sample_in){ .rank = 1, .size = { s->in[0].size[0] }, .what = TD_SAMPLE_INDEX,
                               .high = (double)s->in[0].size[1] };
}

const td_op td_op_cross_entropy = {
    .name = "cross_entropy", .id = TD_ID_cross_entropy, .min_in = 2, .max_in = 2,
    .infer = cross_entropy_infer, .compose = cross_entropy_compose, .sample = cross_entropy_sample,
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

const td_op td_op_mse_loss = {
    .name = "mse_loss", .id = TD_ID_mse_loss, .min_in = 2, .max_in = 2,
    .infer = mse_loss_infer, .compose = mse_loss_compose, .sample = mse_loss_sample,
};

/* ---- layer_norm --------------------------------------------------------------------------------------------------- */

static td_status layer_norm_infer(td_infer *i)
{
    const td_shape *x = i->in[0]->shape;
    int             axis = i->attr->axis;
    char            a[TD_SHAPE_TEXT], b[TD_SHAPE_TEXT];
    if (!td_infer_axis(i, axis, x->rank) || check_float(i)) return td_error(i->context);
    td_shape wanted = { .rank = x->rank - axis };
    for (int k = axis; k < x->rank; k++) wanted.size[k - axis] = x->size[k];
    for (int k = 1; k < i->n_in; k++) {
        i->dtype = td_promote(i->dtype, td_dtype_of(i->in[k]));
        if (!td_shape_same(i->in[k]->shape, &wanted))
            return td_fail(i->context, TD_ESHAPE, "layer_norm: the %s is %s, not %s", k == 1 ? "weight" : "bias",
                           td_shape_text(i->in[k]->shape, a), td_shape_text(&wanted, b));
    }
    return TD_OK;
}

/* (x - mean) / sqrt(var + eps), var the mean square of x - mean, both over the axes from attr->axis on */
static td_tensor *layer_norm_compose(int n, td_tensor *const *in, const td_attr *attr)
{
    int axes[TD_MAX_RANK], count = 0;
    for (int k = attr->axis; k < td_rank(in[0]); k++) axes[count++] = k;
    td_tensor *centred = td_sub(in[0], td_mean_axes(in[0], count, axes, true));
    td_tensor *var = td_mean_axes(td_square(centred), count, axes, true);
    td_tensor *y = td_mul(centred, td_rsqrt(td_add_scalar(var, attr->a)));
    if (n > 1) y = td_mul(y, in[1]);
    return n > 2 ? td_add(y, in[2]) : y;
}

/* A bias without a weight is no operand of the op: it is added after. */
td_tensor *td_layer_norm(td_tensor *x, int n_axes, td_tensor *weight, td_tensor *bias, double eps)
{
    if (td_stopped(x)) return td_passed(x);
    int rank = x->shape->rank, n = weight ? bias ? 3 : 2 : 1;
    if (n_axes < 1 || n_axes > rank) {
        td_fail(x->context, TD_ESHAPE, "layer_norm: %d axes of a tensor of rank %d", n_axes, rank);
        return td_bad(x->context);
    }
    td_attr    a = { .a = eps, .axis = (int16_t)(rank - n_axes) };
    td_tensor *y = td_apply(&td_op_layer_norm, n, (td_tensor *[]){ td_floating(x), weight, bias }, &a);
    return bias && !weight ? td_add(y, bias) : y;
}

static void layer_norm_sample(td_sample *s)
{
    static const double eps[] = { 1e-5, 1e-3, 0.5 };
    td_sample_operand(s, 0, 1, 3);
    const td_sample_in *x = &s->in[0];
    int                 axis = (int)td_sample_below(s, x->rank);
    s->n_in = 1 + (int)td_sample_below(s, 3);
    for (int k = 1; k < s->n_in; k++) {
        s->in[k] = *x;
        s->in[k].rank = x->rank - axis;
        for (int j = 0; j < s->in[k].rank; j++) s->in[k].size[j] = x->size[j + axis];
    }
    s->attr.axis = (int16_t)axis;
    s->attr.a = eps[td_sample_below(s, 3)];
}

const td_op td_op_layer_norm = {
    .name = "layer_norm", .id = TD_ID_layer_norm, .min_in = 1, .max_in = 3,
    .infer = layer_norm_infer, .compose = layer_norm_compose, .sample = layer_norm_sample,
};

/* ---- dropout ------------------------------------------------------------------------------------------------------ */

static td_status dropout_infer(td_infer *i)
{
    double p = i->attr->a;
    if (!(p >= 0 && p <= 1)) return td_fail(i->context, TD_EVALUE, "dropout: p = %g is not in 0..1", p);
    return check_float(i);
}

typedef struct mask {
    void    *y;
    uint64_t seed;
    double   p;
} mask;

/* With p = 1 no u reaches p, so nothing is divided by 0. */
static void mask_f32(int64_t begin, int64_t end, void *argument)
{
    const mask *m = argument;
    float      *y = m->y;
    for (int64_t i = begin; i < end; i++)
        y[i] = td_philox_uniform(m->seed, (uint64_t)i, 0) >= m->p ? (float)(y[i] / (1 - m->p)) : 0;
}

static void mask_f64(int64_t begin, int64_t end, void *argument)
{
    const mask *m = argument;
    double     *y = m->y;
    for (int64_t i = begin; i < end; i++)
        y[i] = td_philox_uniform(m->seed, (uint64_t)i, 0) >= m->p ? y[i] / (1 - m->p) : 0;
}

static td_status dropout_compute(const td_call *call)
{
    mask m = { call->out.data, call->attr->seed, call->attr->a };
    td_pack(&call->in[0], m.y);
    td_parallel(call->context, call->out.shape->numel, GRAIN, call->out.dtype == TD_F32 ? mask_f32 : mask_f64, &m);
    return TD_OK;
}

/* linear in x: the adjoint passes through the same mask */
static void dropout_vjp(td_pull *p) { td_pull_add(p, 0, td_apply1(&td_op_dropout, p->g, p->attr)); }

/* One key per (seed, stream): splitmix64's mixing (Steele, Lea and Flood 2014), so that neighbouring pairs share nothing. */
static uint64_t mixed(uint64_t seed, uint64_t stream)
{
    uint64_t z = seed + stream * 0x9E3779B97F4A7C15u;
    z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9u;
    z = (z ^ z >> 27) * 0x94D049BB133111EBu;
    return z ^ z >> 31;
}

td_tensor *td_dropout(td_tensor *x, double p)
{
    if (td_stopped(x)) return td_passed(x);
    td_context *c = x->context;
    td_attr     a = { .a = p, .seed = mixed(c->options.seed, ++c->stream) };
    return td_apply1(&td_op_dropout, td_floating(x), &a);
}

static void dropout_sample(td_sample *s)
{
    static const double p[] = { 0, 0.1, 0.5, 0.9, 1 };
    s->n_in = 1;
    td_sample_operand(s, 0, 0, 3);
    s->attr.a = p[td_sample_below(s, 5)];
    s->attr.seed = (uint64_t)td_sample_below(s, INT64_MAX);
}

const td_op td_op_dropout = {
    .name = "dropout", .id = TD_ID_dropout, .min_in = 1, .max_in = 1,
    .infer = dropout_infer, .compute = dropout_compute, .vjp = dropout_vjp, .sample = dropout_sample,
};
