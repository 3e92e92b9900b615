/* margin.c: losses that ask one number, or one distance, to be greater than another by a margin.
 *
 * What is below the margin counts, what is at it or above has slope 0, as relu's.  Labels choose: they have no slope. */
#include "op/loss.h"

#include <math.h>
#include <string.h>

/* c ? x : 0 */
static td_tensor *only(td_tensor *c, td_tensor *x) { return td_where(c, x, td_number(x, 0)); }

static td_tensor *is(td_tensor *label, double value) { return td_eq(label, td_number(label, value)); }
static td_tensor *is_not(td_tensor *label, double value) { return td_ne(label, td_number(label, value)); }

/* margin - x where that is more than 0 */
static td_tensor *short_of(td_tensor *x, double margin) { return td_relu(td_rsub(margin, x)); }

static void sample_labels(td_sample *s, int operand)
{
    s->in[operand].what = TD_SAMPLE_INDEX;
    s->in[operand].low = -1;
    s->in[operand].high = 2;
}

static void sample_margin(td_sample *s) { s->attr.a = td_sample_choice(s, 4, (double[]){ 1, 0, 0.5, 2 }); }

/* ---- number by number ---------------------------------------------------------------------------------------------- */

/* x where y = 1, max(0, margin - x) where y = -1, of any other label both */
static td_tensor *hinge_embedding_loss_compose(int n, td_tensor *const *in, const td_attr *attr)
{
    td_tensor *x = in[0], *y = in[1];
    (void)n;
    return td_loss_reduced(td_add(only(is_not(y, 1), short_of(x, attr->a)), only(is_not(y, -1), x)), attr);
}

/* max(0, margin - y (x1 - x2)) */
static td_tensor *margin_ranking_loss_compose(int n, td_tensor *const *in, const td_attr *attr)
{
    (void)n;
    return td_loss_reduced(short_of(td_mul(in[2], td_sub(in[0], in[1])), attr->a), attr);
}

/* log(1 + e^(-y x)) */
static td_tensor *soft_margin_loss_compose(int n, td_tensor *const *in, const td_attr *attr)
{
    (void)n;
    return td_loss_reduced(td_softplus(td_neg(td_mul(in[1], in[0]))), attr);
}

static void hinge_embedding_loss_sample(td_sample *s)
{
    td_loss_sample_pair(s);
    sample_labels(s, 1);
    sample_margin(s);
}

static void margin_ranking_loss_sample(td_sample *s)
{
    td_loss_sample_pointwise(s, 3);
    sample_margin(s);
}

#define MARGIN(preset) {"margin", TD_NUMBER, false, preset}
#define OP(NAME, least, most, INFER) \
    .name = #NAME, .id = TD_ID_##NAME, .min_in = least, .max_in = most, .infer = INFER, .compose = NAME##_compose, \
    .signature = &NAME##_signature, .sample = NAME##_sample

static td_tensor *call_labelled(const td_invocation *k)
{
    td_attr attr = { .a = td_as_number(k, 0), .list = { td_as_int(k, 1) } };
    return td_loss_apply(k->op, k->n, k->in, (1u << (k->n - 1)) - 1, attr);
}

static const td_signature
    hinge_embedding_loss_signature = {.example = "hinge_embedding_loss(x, sign(y))", .call = call_labelled,
                                      .parameter = {MARGIN(1), TD_LOSS_REDUCTION}, .words = TD_LOSS_WORDS},
    margin_ranking_loss_signature = TD_LOSS_SIGNATURE("margin_ranking_loss(x, y, sign(x))", MARGIN(0), TD_LOSS_REDUCTION),
    soft_margin_loss_signature = TD_LOSS_SIGNATURE("soft_margin_loss(x, sign(y))", TD_LOSS_REDUCTION);

const td_op td_op_hinge_embedding_loss = { OP(hinge_embedding_loss, 2, 2, td_loss_infer_labelled) };
const td_op td_op_margin_ranking_loss = { OP(margin_ranking_loss, 3, 3, td_loss_infer_pointwise) };
const td_op td_op_soft_margin_loss = { TD_LOSS_POINTWISE(soft_margin_loss, 2, 2), .sample = td_loss_sample_pair };

td_tensor *td_hinge_embedding_loss(td_tensor *x, td_tensor *y, double margin, td_reduction reduction)
{
    td_attr attr = { .a = margin, .list = { reduction } };
    return td_loss_apply(&td_op_hinge_embedding_loss, 2, (td_tensor *[]){ x, y }, 1, attr);
}

td_tensor *td_margin_ranking_loss(td_tensor *x1, td_tensor *x2, td_tensor *y, double margin, td_reduction reduction)
{
    td_attr attr = { .a = margin, .list = { reduction } };
    return td_loss_apply(&td_op_margin_ranking_loss, 3, (td_tensor *[]){ x1, x2, y }, ~0u, attr);
}

td_tensor *td_soft_margin_loss(td_tensor *x, td_tensor *y, td_reduction reduction)
{
    return td_loss_apply_weighted(&td_op_soft_margin_loss, x, y, NULL, (td_attr){ .list = { reduction } });
}

/* ---- distances along the last axis --------------------------------------------------------------------------------- */

/* A double in a list of integers: attributes have room for two numbers only. */
static int64_t to_entry(double v)
{
    int64_t bits;
    memcpy(&bits, &v, sizeof bits);
    return bits;
}

static double from_entry(int64_t bits)
{
    double v;
    memcpy(&v, &bits, sizeof v);
    return v;
}

/* What all operands broadcast to, less the last axis. */
static td_status triplet_infer(td_infer *i)
{
    td_status status = td_loss_infer_pointwise(i);
    td_shape  all = *i->in[0]->shape;
    for (int k = 1; !status && k < 3; k++) {
        td_shape before = all;
        td_shape_broadcast(&before, i->in[k]->shape, &all);
    }
    if (status) return status;
    if (all.rank == 0) return td_fail(i->context, TD_ESHAPE, "%s: operands of rank 0", i->op->name);
    if (!(i->attr->b >= 0)) return td_fail(i->context, TD_EVALUE, "%s: p = %g; 0 or more wanted", i->op->name, i->attr->b);
    all.rank--;
    return td_loss_infer(i, &all);
}

static td_tensor *distance(td_tensor *x, td_tensor *y, const td_attr *attr)
{
    td_tensor *d = td_add_scalar(td_sub(x, y), attr->a);
    return td_norm_axes(d, attr->b, 1, (int[]){ -1 }, false);
}

/* max(0, margin + d(a,p) - d(a,n)), d the p-norm of the difference + eps; swap: the smaller of d(a,n) and d(p,n) */
static td_tensor *triplet_margin_loss_compose(int n, td_tensor *const *in, const td_attr *attr)
{
    (void)n;
    td_tensor *near = distance(in[0], in[1], attr), *far = distance(in[0], in[2], attr);
    if (td_loss_entry(attr, 1)) far = td_minimum(far, distance(in[1], in[2], attr));
    return td_loss_reduced(td_relu(td_add_scalar(td_sub(near, far), from_entry(td_loss_entry(attr, 2)))), attr);
}

static void triplet_margin_loss_sample(td_sample *s)
{
    td_loss_sample(s);
    s->n_in = 3;
    td_sample_operand(s, 0, 1, 3);
    for (int k = 1; k < 3; k++) {
        s->in[k] = s->in[0];
        for (int j = 0; j + 1 < s->in[k].rank; j++)
            if (td_sample_below(s, 4) == 0) s->in[k].size[j] = 1;
    }
    s->attr.a = td_sample_choice(s, 2, (double[]){ 1e-6, 0.125 });
    s->attr.b = td_sample_choice(s, 4, (double[]){ 2, 1, 3, (double)INFINITY });
    s->attr.list[1] = td_sample_below(s, 2);
    s->attr.list[2] = to_entry(td_sample_choice(s, 3, (double[]){ 1, 0, 4 }));
}

static td_tensor *call_triplet(const td_invocation *k)
{
    return td_triplet_margin_loss(k->in[0], k->in[1], k->in[2], td_as_number(k, 0), td_as_number(k, 1), td_as_number(k, 2),
                                  td_as_flag(k, 3), (td_reduction)td_as_int(k, 4));
}

static const td_signature triplet_margin_loss_signature = {
    .example = "triplet_margin_loss(x, y, exp(x))", .call = call_triplet,
    .parameter = {MARGIN(1), {"p", TD_NUMBER, false, 2}, {"eps", TD_NUMBER, false, 1e-6}, {"swap", TD_FLAG, false, 0},
                  TD_LOSS_REDUCTION},
    .words = TD_LOSS_WORDS,
};
const td_op td_op_triplet_margin_loss = { OP(triplet_margin_loss, 3, 3, triplet_infer) };

td_tensor *td_triplet_margin_loss(td_tensor *anchor, td_tensor *positive, td_tensor *negative, double margin, double p,
                                  double eps, bool swap, td_reduction reduction)
{
    td_attr attr = { .a = eps, .b = p, .list = { reduction, swap, to_entry(margin) } };
    return td_loss_apply(&td_op_triplet_margin_loss, 3, (td_tensor *[]){ anchor, positive, negative }, ~0u, attr);
}

/* x1 and x2 (d) and y (), or (n,d) and (n) */
static td_status cosine_infer(td_infer *i)
{
    td_shape rows = *i->in[0]->shape;
    rows.rank--;
    if (i->in[1]->dtype != i->dtype)
        return td_fail(i->context, TD_EDTYPE, "%s: operand 0 is %s, operand 1 %s", i->op->name, td_dtype_name(i->dtype),
                       td_dtype_name(td_dtype_of(i->in[1])));
    if (rows.rank < 0 || rows.rank > 1 || !td_shape_same(i->in[0]->shape, i->in[1]->shape))
        return td_loss_unfit(i, "both (d) or both (n,d)");
    if (td_shape_same(i->in[2]->shape, &rows)) return td_loss_infer(i, &rows);
    char a[TD_SHAPE_TEXT], b[TD_SHAPE_TEXT];
    return td_fail(i->context, TD_ESHAPE, "%s: x of shape %s with labels %s", i->op->name, td_shape_text(i->in[0]->shape, a),
                   td_shape_text(i->in[2]->shape, b));
}

static td_tensor *inner(td_tensor *x, td_tensor *y) { return td_sum_axes(td_mul(x, y), 1, (int[]){ -1 }, false); }

static td_tensor *squared_length(td_tensor *x)
{
    const double eps = 1e-12;
    return td_add_scalar(inner(x, x), eps);
}

/* 1 - cos where y = 1, max(0, cos - margin) where y = -1; cos = x.z / sqrt((x.x + eps)(z.z + eps)), eps = 1e-12 */
static td_tensor *cosine_embedding_loss_compose(int n, td_tensor *const *in, const td_attr *attr)
{
    td_tensor *x = in[0], *z = in[1], *y = in[2];
    (void)n;
    td_tensor *cosine = td_div(inner(x, z), td_sqrt(td_mul(squared_length(x), squared_length(z))));
    td_tensor *far = td_relu(td_add_scalar(cosine, -attr->a));
    return td_loss_reduced(td_add(only(is(y, 1), td_rsub(1, cosine)), only(is(y, -1), far)), attr);
}

static void cosine_embedding_loss_sample(td_sample *s)
{
    td_loss_sample(s);
    s->n_in = 3;
    td_sample_operand(s, 0, 1, 2);
    s->in[1] = s->in[0];
    s->in[2] = s->in[0];
    s->in[2].rank--;
    sample_labels(s, 2);
    s->attr.a = td_sample_choice(s, 2, (double[]){ 0, 0.25 });
}

static const td_signature cosine_embedding_loss_signature = {
    .example = "cosine_embedding_loss(x, y, 1)", .call = call_labelled, .parameter = {MARGIN(0), TD_LOSS_REDUCTION},
    .words = TD_LOSS_WORDS,
};
const td_op td_op_cosine_embedding_loss = { OP(cosine_embedding_loss, 3, 3, cosine_infer) };

td_tensor *td_cosine_embedding_loss(td_tensor *x1, td_tensor *x2, td_tensor *y, double margin, td_reduction reduction)
{
    td_attr attr = { .a = margin, .list = { reduction } };
    return td_loss_apply(&td_op_cosine_embedding_loss, 3, (td_tensor *[]){ x1, x2, y }, 3, attr);
}
