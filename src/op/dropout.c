/* dropout.c: numbers, or whole features, left out at random.
 *
 * A mask is a pure function of a seed and the element's number, so that any engine can draw it again, and an adjoint passes
 * through the same one.
 * Sources: N. Srivastava and others, "Dropout", 2014; G. Klambauer and others, "Self-normalizing neural networks", 2017,
 * for what keeps mean and variance. */
#include "kernel/drop.h"
#include "op/shape.h"

#include <math.h>

enum { GRAIN = 1 << 13 };    /* elements in a piece of work */

/* ---- element by element -------------------------------------------------------------------------------------------- */

static td_status dropout_infer(td_infer *i)
{
    double p = i->attr->a;
    if (!(p >= 0 && p <= 1)) return td_fail(i->context, TD_EVALUE, "%s: p = %g is not in 0..1", i->op->name, p);
    return td_infer_float(i);
}

typedef struct drop_job {
    td_drop_fn *kernel;
    td_drop     drop;
} drop_job;

static void drop_piece(int64_t begin, int64_t end, void *argument)
{
    const drop_job *j = argument;
    j->kernel(&j->drop, begin, end);
}

static td_status dropout_compute(const td_call *call)
{
    const td_window *x = &call->in[0];
    drop_job         j = { call->context->kernels->drop[call->out.dtype],
                           { .seed = call->attr->seed, .p = call->attr->a, .x = x->data, .y = call->out.data } };
    if (!td_shape_is_contiguous(x->shape)) {
        td_walk_move(call->context, &call->out, x);
        j.drop.x = call->out.data;
    }
    td_parallel(call->context, call->out.shape->numel, GRAIN, drop_piece, &j);
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

uint64_t td_random_key(td_context *c) { return mixed(c->options.seed, ++c->stream); }

static td_tensor *apply_dropout(const td_op *op, td_tensor *x, double p, int spatial)
{
    if (td_stopped(x)) return td_passed(x);
    td_attr a = { .a = p, .seed = td_random_key(x->context), .axis = (int16_t)spatial };
    return td_apply1(op, td_floating(x), &a);
}

td_tensor *td_dropout(td_tensor *x, double p) { return apply_dropout(&td_op_dropout, x, p, 0); }

static void dropout_sample(td_sample *s)
{
    static const double p[] = { 0, 0.1, 0.5, 0.9, 1 };
    s->n_in = 1;
    td_sample_operand(s, 0, 0, 3);
    s->attr.a = p[td_sample_below(s, 5)];
    s->attr.seed = (uint64_t)td_sample_below(s, INT64_MAX);
}

static td_tensor *call_dropout(const td_invocation *k) { return td_dropout(k->in[0], td_as_number(k, 0)); }
static const td_signature dropout_signature = {
    .example = "dropout(W, 0.25)", .call = call_dropout,
    .parameter = { { "p", TD_NUMBER, false, 0.5 } },
};
const td_op td_op_dropout = {
    .name = "dropout", .id = TD_ID_dropout, .min_in = 1, .max_in = 1,
    .infer = dropout_infer, .compute = dropout_compute, .vjp = dropout_vjp, .sample = dropout_sample,
    .signature = &dropout_signature,
};

/* ---- by feature, and to selu's lowest value ------------------------------------------------------------------------ */

/* Numbers 1 / (1 - p) where a feature stays, 0 where it goes: of x's shape with its last `spatial` axes 1. */
static td_tensor *features(td_tensor *x, const td_attr *attr)
{
    int64_t size[TD_MAX_RANK];
    int     kept = td_rank(x) - attr->axis;
    for (int k = 0; k < td_rank(x); k++) size[k] = k < kept ? td_size(x, k) : 1;
    td_tensor *one = td_ones(td_context_of(x), td_dtype_of(x), td_rank(x), size);
    return td_apply1(&td_op_dropout, one, &(td_attr){ .a = attr->a, .seed = attr->seed });
}

static td_status feature_dropout_infer(td_infer *i)
{
    if (i->attr->axis < 0 || i->attr->axis > i->shape.rank)
        return td_fail(i->context, TD_ESHAPE, "%s: %d axes of a feature, in a tensor of rank %d", i->op->name, i->attr->axis,
                       i->shape.rank);
    return dropout_infer(i);
}

static td_tensor *feature_dropout_compose(int n, td_tensor *const *in, const td_attr *attr)
{
    td_tensor *share = features(in[0], attr), *zero = td_number(share, 0);
    (void)n;
    return td_where(td_ne(share, zero), td_mul(in[0], share), zero);
}

/* a (stays ? x : low) + b, low = -scale alpha of selu, a = 1 / sqrt((1 - p)(1 + p low^2)), b = -a low p */
static td_tensor *alpha_dropout_compose(int n, td_tensor *const *in, const td_attr *attr)
{
    const double low = -1.7580993408473768599;
    td_tensor   *x = in[0], *stays = td_ne(features(x, attr), td_number(x, 0));
    double       p = attr->a, a = p < 1 ? 1 / sqrt((1 - p) * (1 + p * low * low)) : 0;
    (void)n;
    return td_add_scalar(td_mul_scalar(td_where(stays, x, td_number(x, low)), a), -a * low * p);
}

static void feature_dropout_sample(td_sample *s)
{
    dropout_sample(s);
    s->attr.axis = (int16_t)td_sample_below(s, s->in[0].rank + 1);
}

static td_tensor *call_feature(const td_invocation *k)
{
    return apply_dropout(k->op, k->in[0], td_as_number(k, 0), td_as_int(k, 1));
}

#define FEATURE(NAME) \
    static const td_signature NAME##_signature = { \
        .example = #NAME "(W, 0.25)", .call = call_feature, \
        .parameter = {{"p", TD_NUMBER, false, 0.5}, {"spatial", TD_INTEGER, false, 0}}, \
    }; \
    const td_op td_op_##NAME = { \
        .name = #NAME, .id = TD_ID_##NAME, .min_in = 1, .max_in = 1, .infer = feature_dropout_infer, \
        .compose = NAME##_compose, .sample = feature_dropout_sample, .signature = &NAME##_signature, \
    }

FEATURE(feature_dropout);
FEATURE(alpha_dropout);

td_tensor *td_dropout1d(td_tensor *x, double p) { return apply_dropout(&td_op_feature_dropout, x, p, 1); }
td_tensor *td_dropout2d(td_tensor *x, double p) { return apply_dropout(&td_op_feature_dropout, x, p, 2); }
td_tensor *td_dropout3d(td_tensor *x, double p) { return apply_dropout(&td_op_feature_dropout, x, p, 3); }
td_tensor *td_alpha_dropout(td_tensor *x, double p) { return apply_dropout(&td_op_alpha_dropout, x, p, 0); }

/* (n,c,..): whole features */
td_tensor *td_feature_alpha_dropout(td_tensor *x, double p)
{
    if (td_stopped(x)) return td_passed(x);
    return apply_dropout(&td_op_alpha_dropout, x, p, td_rank(x) > 2 ? td_rank(x) - 2 : 0);
}
