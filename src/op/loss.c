/* loss.c: losses that are distances of numbers, and what all losses share.
 *
 * Each is a composition: terms, elementwise, then none, sum or mean of them.  A branch that is not taken must not meet an
 * infinity (activation.c), so terms are written without branches where they can be: with c = min(max(d, -b), b), Huber's
 * loss is c (d - c / 2), on both sides of b. */
#include "op/loss.h"

#include <math.h>

/* ---- reductions ---------------------------------------------------------------------------------------------------- */

td_tensor *td_loss_apply(const td_op *op, int n, td_tensor *const *in, unsigned floats, td_attr attr)
{
    td_tensor *ready[TD_SAMPLE_IN];
    if (td_stopped(in[0])) return td_passed(in[0]);
    for (int k = 0; k < n; k++) ready[k] = in[k];
    td_to_common_float(n, ready, floats);
    attr.n_list = TD_LOSS_LIST;
    return td_apply(op, n, ready, &attr);
}

td_status td_loss_infer(td_infer *i, const td_shape *terms)
{
    int64_t reduction = td_loss_entry(i->attr, 0);
    if (reduction < TD_REDUCTION_MEAN || reduction > TD_REDUCTION_NONE)
        return td_fail(i->context, TD_EVALUE, "%s: there is no reduction %lld", i->op->name, (long long)reduction);
    i->shape = *terms;
    if (reduction != TD_REDUCTION_NONE) i->shape.rank = 0;
    return td_infer_float(i);
}

td_status td_loss_unfit(const td_infer *i, const char *wanted)
{
    char a[TD_SHAPE_TEXT], b[TD_SHAPE_TEXT];
    return td_fail(i->context, TD_ESHAPE, "%s: %s and %s; %s wanted", i->op->name, td_shape_text(i->in[0]->shape, a),
                   td_shape_text(i->in[1]->shape, b), wanted);
}

/* All operands broadcast; `same` of them have x's dtype. */
static td_status infer_broadcast(td_infer *i, int same)
{
    char     a[TD_SHAPE_TEXT], b[TD_SHAPE_TEXT];
    td_shape all = *i->in[0]->shape;
    for (int k = 1; k < i->n_in; k++) {
        td_shape before = all;
        if (k < same && i->in[k]->dtype != i->dtype)
            return td_fail(i->context, TD_EDTYPE, "%s: operand 0 is %s, operand %d %s", i->op->name,
                           td_dtype_name(i->dtype), k, td_dtype_name(td_dtype_of(i->in[k])));
        if (!td_shape_broadcast(&before, i->in[k]->shape, &all))
            return td_fail(i->context, TD_ESHAPE, "%s: %s and %s do not broadcast", i->op->name, td_shape_text(&before, a),
                           td_shape_text(i->in[k]->shape, b));
    }
    return td_loss_infer(i, &all);
}

td_status td_loss_infer_pointwise(td_infer *i) { return infer_broadcast(i, i->n_in); }
td_status td_loss_infer_labelled(td_infer *i) { return infer_broadcast(i, i->n_in - 1); }

td_tensor *td_loss_reduced(td_tensor *terms, const td_attr *attr)
{
    switch ((td_reduction)td_loss_entry(attr, 0)) {
    case TD_REDUCTION_NONE: return terms;
    case TD_REDUCTION_SUM: return td_sum(terms);
    default: return td_mean(terms);
    }
}

td_tensor *td_loss_shared(td_tensor *terms, td_tensor *count, const td_attr *attr)
{
    if (td_loss_entry(attr, 0) == TD_REDUCTION_NONE) return terms;
    td_tensor *sum = td_sum(terms);
    return td_loss_entry(attr, 0) == TD_REDUCTION_SUM ? sum : td_div(sum, count);
}

void td_loss_sample(td_sample *s)
{
    s->attr.n_list = TD_LOSS_LIST;
    s->attr.list[0] = td_sample_below(s, 3);
}

void td_loss_sample_pointwise(td_sample *s, int n)
{
    td_loss_sample(s);
    s->n_in = n;
    td_sample_operand(s, 0, 0, 3);
    for (int k = 1; k < n; k++) {
        td_sample_broadcast(s, k);
        td_sample_floats(s, k, -6, 6);
    }
}

int64_t td_loss_sample_ignored(td_sample *s, int target)
{
    td_sample_in *in = &s->in[target];
    int64_t       way = td_sample_below(s, 4);
    if (way < 2) return TD_IGNORE_INDEX;
    if (way == 2) return td_sample_below(s, (int64_t)in->high);
    return (int64_t)(in->low = -1);
}

/* ---- what is common to terms --------------------------------------------------------------------------------------- */

td_tensor *td_loss_weighted(td_tensor *terms, int n, td_tensor *const *in)
{
    return n > 2 ? td_mul(terms, in[2]) : terms;
}

/* Weighted, and the mean divides by the sum of the weights. */
static td_tensor *weighted_mean(td_tensor *terms, int n, td_tensor *const *in, const td_attr *attr)
{
    if (n < 3) return td_loss_reduced(terms, attr);
    terms = td_mul(terms, in[2]);
    if (td_loss_entry(attr, 0) != TD_REDUCTION_MEAN) return td_loss_reduced(terms, attr);
    return td_loss_shared(terms, td_sum(td_expand(in[2], td_rank(terms), terms->shape->size)), attr);
}

td_tensor *td_loss_apply_weighted(const td_op *op, td_tensor *x, td_tensor *y, td_tensor *weight, td_attr attr)
{
    return td_loss_apply(op, weight ? 3 : 2, (td_tensor *[]){ x, y, weight }, ~0u, attr);
}

void td_loss_sample_pair(td_sample *s) { td_loss_sample_pointwise(s, 2); }

void td_loss_sample_weighted(td_sample *s)
{
    td_loss_sample_pointwise(s, td_sample_below(s, 2) ? 3 : 2);
    td_sample_floats(s, 2, 0.25, 4);
}

/* ---- called by name ------------------------------------------------------------------------------------------------ */

static td_tensor *called(const td_invocation *k, unsigned floats)
{
    td_attr attr = { .list = { 0 } };
    int     numbers = 0, whole = 1;
    for (int j = 0; k->op->signature->parameter[j].name; j++)
        switch (k->op->signature->parameter[j].kind) {
        case TD_NUMBER: *(numbers++ ? &attr.b : &attr.a) = td_as_number(k, j); break;
        case TD_WORD: attr.list[0] = td_as_int(k, j); break;
        default: attr.list[whole++] = td_as_int(k, j);
        }
    return td_loss_apply(k->op, k->n, k->in, floats, attr);
}

td_tensor *td_loss_call(const td_invocation *k) { return called(k, ~0u); }
td_tensor *td_loss_call_indexed(const td_invocation *k) { return called(k, ~2u); }

/* ---- distances ----------------------------------------------------------------------------------------------------- */

static td_tensor *l1_loss_compose(int n, td_tensor *const *in, const td_attr *attr)
{
    return weighted_mean(td_abs(td_sub(in[0], in[1])), n, in, attr);
}

static td_tensor *mse_loss_compose(int n, td_tensor *const *in, const td_attr *attr)
{
    return weighted_mean(td_square(td_sub(in[0], in[1])), n, in, attr);
}

/* |d| < b ? d^2 / 2 : b (|d| - b / 2) */
static td_tensor *huber(td_tensor *d, double b)
{
    td_tensor *c = td_clamp(d, -b, b);
    return td_mul(c, td_axpy(-0.5, c, d));
}

static td_tensor *huber_loss_compose(int n, td_tensor *const *in, const td_attr *attr)
{
    return td_loss_reduced(td_loss_weighted(huber(td_sub(in[0], in[1]), attr->a), n, in), attr);
}

/* Huber's over beta; with beta = 0 the distance */
static td_tensor *smooth_l1_loss_compose(int n, td_tensor *const *in, const td_attr *attr)
{
    td_tensor *d = td_sub(in[0], in[1]);
    (void)n;
    return td_loss_reduced(attr->a == 0 ? td_abs(d) : td_div_scalar(huber(d, attr->a), attr->a), attr);
}

static td_status smooth_l1_loss_infer(td_infer *i)
{
    if (i->attr->a >= 0 && isfinite(i->attr->a)) return td_loss_infer_pointwise(i);
    return td_fail(i->context, TD_EVALUE, "smooth_l1_loss: beta = %g; 0 or more wanted", i->attr->a);
}

static td_status huber_loss_infer(td_infer *i)
{
    if (i->attr->a > 0 && isfinite(i->attr->a)) return td_loss_infer_pointwise(i);
    return td_fail(i->context, TD_EVALUE, "huber_loss: delta = %g; more than 0 wanted", i->attr->a);
}

/* Distances of delta are met. */
static void sample_edge(td_sample *s)
{
    static const double numbers[] = { 0, 0.5, 1, 2.25 };
    for (int k = 0; k < 2; k++) td_sample_also(s, k, 4, numbers);
}

static void smooth_l1_loss_sample(td_sample *s)
{
    td_loss_sample_pair(s);
    sample_edge(s);
    s->attr.a = td_sample_choice(s, 4, (double[]){ 1, 0, 0.5, 2.25 });
}

static void huber_loss_sample(td_sample *s)
{
    td_loss_sample_weighted(s);
    sample_edge(s);
    s->attr.a = td_sample_choice(s, 3, (double[]){ 1, 0.5, 2.25 });
}

static const td_signature
    l1_loss_signature = TD_LOSS_SIGNATURE("l1_loss(x, y)", TD_LOSS_REDUCTION),
    mse_loss_signature = TD_LOSS_SIGNATURE("mse_loss(x, y)", TD_LOSS_REDUCTION),
    huber_loss_signature = TD_LOSS_SIGNATURE("huber_loss(x, y, delta=0.5)", TD_LOSS_REDUCTION,
                                             {"delta", TD_NUMBER, false, 1}),
    smooth_l1_loss_signature = TD_LOSS_SIGNATURE("smooth_l1_loss(x, y)", TD_LOSS_REDUCTION, {"beta", TD_NUMBER, false, 1});

const td_op td_op_l1_loss = { TD_LOSS_POINTWISE(l1_loss, 2, 3), .sample = td_loss_sample_weighted };
const td_op td_op_mse_loss = { TD_LOSS_POINTWISE(mse_loss, 2, 3), .sample = td_loss_sample_weighted };
const td_op td_op_huber_loss = {
    .name = "huber_loss", .id = TD_ID_huber_loss, .min_in = 2, .max_in = 3, .infer = huber_loss_infer,
    .compose = huber_loss_compose, .sample = huber_loss_sample, .signature = &huber_loss_signature,
};
const td_op td_op_smooth_l1_loss = {
    .name = "smooth_l1_loss", .id = TD_ID_smooth_l1_loss, .min_in = 2, .max_in = 2, .infer = smooth_l1_loss_infer,
    .compose = smooth_l1_loss_compose, .sample = smooth_l1_loss_sample, .signature = &smooth_l1_loss_signature,
};

td_tensor *td_l1_loss(td_tensor *x, td_tensor *y, td_tensor *weight, td_reduction reduction)
{
    return td_loss_apply_weighted(&td_op_l1_loss, x, y, weight, (td_attr){ .list = { reduction } });
}

td_tensor *td_mse_loss(td_tensor *x, td_tensor *y, td_tensor *weight, td_reduction reduction)
{
    return td_loss_apply_weighted(&td_op_mse_loss, x, y, weight, (td_attr){ .list = { reduction } });
}

td_tensor *td_huber_loss(td_tensor *x, td_tensor *y, double delta, td_tensor *weight, td_reduction reduction)
{
    return td_loss_apply_weighted(&td_op_huber_loss, x, y, weight, (td_attr){ .a = delta, .list = { reduction } });
}

td_tensor *td_smooth_l1_loss(td_tensor *x, td_tensor *y, double beta, td_reduction reduction)
{
    return td_loss_apply_weighted(&td_op_smooth_l1_loss, x, y, NULL, (td_attr){ .a = beta, .list = { reduction } });
}
