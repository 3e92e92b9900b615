/* attention.c: scaled dot products and multi-head attention, said in other ops.
 *
 * A score that a mask takes away is -inf, and has no share of its row.  A row without any other has no softmax; it is
 * computed as if all its scores were 0, and its shares are 0 after: so no adjoint meets an infinity.
 * Source: A. Vaswani and others, "Attention is all you need", 2017, section 3.2. */
#include "op/attention.h"

#include <math.h>

/* ---- shapes -------------------------------------------------------------------------------------------------------- */

static td_shape leading(const td_shape *x)
{
    td_shape s = *x;
    s.rank -= 2;
    return s;
}

static td_status unfit(const td_infer *i, const char *why)
{
    char a[TD_SHAPE_TEXT], b[TD_SHAPE_TEXT], c[TD_SHAPE_TEXT];
    return td_fail(i->context, TD_ESHAPE, "%s: query %s, key %s, value %s: %s", i->op->name,
                   td_shape_text(i->in[0]->shape, a),
                   td_shape_text(i->in[1]->shape, b), td_shape_text(i->in[2]->shape, c), why);
}

/* query (..,l,e), key (..,s,e), value (..,s,v), leading sizes broadcast; the scores' shape (..,l,s) */
static td_status infer_scores(const td_infer *i, td_shape *scores)
{
    const td_shape *q = i->in[0]->shape, *k = i->in[1]->shape, *v = i->in[2]->shape;
    if (td_infer_float(i)) return td_error(i->context);
    for (int n = 1; n < 3; n++)
        if (i->in[n]->dtype != i->dtype) return unfit(i, "their dtypes differ");
    if (q->rank < 2 || k->rank < 2 || v->rank < 2) return unfit(i, "ranks of 2 and more wanted");
    if (q->size[q->rank - 1] != k->size[k->rank - 1]) return unfit(i, "query and key differ in their last size");
    if (k->size[k->rank - 2] != v->size[v->rank - 2]) return unfit(i, "key and value differ in their number");
    td_shape a = leading(q), b = leading(k), c = leading(v), ab;
    if (!td_shape_broadcast(&a, &b, &ab) || !td_shape_broadcast(&ab, &c, scores)) return unfit(i, "they do not broadcast");
    scores->size[scores->rank] = q->size[q->rank - 2];
    scores->size[scores->rank + 1] = k->size[k->rank - 2];
    scores->rank += 2;
    return TD_OK;
}

/* A mask of bools, or of x's dtype, that broadcasts to the scores. */
static td_status check_mask(const td_infer *i, const td_tensor *mask, const td_shape *scores)
{
    char     a[TD_SHAPE_TEXT], b[TD_SHAPE_TEXT];
    td_shape both;
    if (mask->dtype != TD_BOOL && mask->dtype != i->dtype)
        return td_fail(i->context, TD_EDTYPE, "%s: the mask is %s; bool or %s wanted", i->op->name,
                       td_dtype_name(td_dtype_of(mask)), td_dtype_name(i->dtype));
    if (td_shape_broadcast(mask->shape, scores, &both) && td_shape_same(&both, scores)) return TD_OK;
    return td_fail(i->context, TD_ESHAPE, "%s: the mask is %s, the scores are %s", i->op->name,
                   td_shape_text(mask->shape, a),
                   td_shape_text(scores, b));
}

static td_status attention_infer(td_infer *i)
{
    td_shape scores;
    if (infer_scores(i, &scores) || (i->n_in > 3 && check_mask(i, i->in[3], &scores))) return td_error(i->context);
    if (i->n_in > 3 && i->attr->keepdim)
        return td_fail(i->context, TD_EVALUE, "%s: a mask, and is_causal: one of them", i->op->name);
    if (!(i->attr->b >= 0 && i->attr->b <= 1))
        return td_fail(i->context, TD_EVALUE, "%s: dropout_p = %g is not in 0..1", i->op->name, i->attr->b);
    i->shape = scores;
    i->shape.size[scores.rank - 1] = i->in[2]->shape->size[i->in[2]->shape->rank - 1];
    return TD_OK;
}

/* ---- composition --------------------------------------------------------------------------------------------------- */

/* bool (l,s): is key s no later than query l? */
static td_tensor *no_later(td_tensor *scores)
{
    td_context *c = td_context_of(scores);
    td_tensor  *s = td_arange(c, TD_I64, 0, (double)td_size(scores, -1), 1);
    return td_le(s, td_unsqueeze(td_arange(c, TD_I64, 0, (double)td_size(scores, -2), 1), 1));
}

td_tensor *td_attention_masked(td_tensor *scores, td_tensor *mask)
{
    if (td_dtype_of(mask) != TD_BOOL) return td_add(scores, mask);
    return td_where(mask, scores, td_number(scores, -(double)INFINITY));
}

td_tensor *td_attention_shares(td_tensor *scores)
{
    int last = td_rank(scores) - 1;
    if (td_size(scores, last) == 0) return scores;
    td_tensor *none = td_eq(td_amax_axes(scores, 1, &last, true), td_number(scores, -(double)INFINITY));
    td_tensor *zero = td_number(scores, 0);
    return td_where(none, zero, td_softmax(td_where(none, zero, scores), last));
}

static td_tensor *scores_of(td_tensor *q, td_tensor *k, double scale)
{
    return td_matmul(td_mul_scalar(q, scale), td_transpose(k, -1, -2));
}

static td_tensor *scaled_dot_product_attention_compose(int n, td_tensor *const *in, const td_attr *attr)
{
    td_tensor *scores = scores_of(in[0], in[1], attr->a);
    if (attr->keepdim) scores = td_attention_masked(scores, no_later(scores));
    if (n > 3) scores = td_attention_masked(scores, in[3]);
    td_tensor *shares = n > 3 ? td_attention_shares(scores) : td_size(scores, -1) ? td_softmax(scores, -1) : scores;
    if (attr->b > 0) shares = td_apply1(&td_op_dropout, shares, &(td_attr){ .a = attr->b, .seed = attr->seed });
    return td_matmul(shares, in[2]);
}

/* ---- the op -------------------------------------------------------------------------------------------------------- */

static void matrix(td_sample *s, int operand, int lead, const int64_t *front, int64_t rows, int64_t columns)
{
    td_sample_in *in = &s->in[operand];
    *in = (td_sample_in){ .rank = lead + 2, .low = -4, .high = 4 };
    for (int k = 0; k < lead; k++) in->size[k] = operand && td_sample_below(s, 4) == 0 ? 1 : front[k];
    in->size[lead] = rows;
    in->size[lead + 1] = columns;
}

static void sample_mask(td_sample *s, int operand, int lead)
{
    td_sample_in *in = &s->in[operand];
    matrix(s, operand, lead, s->in[0].size, s->in[0].size[lead], s->in[1].size[lead]);
    int dropped = (int)td_sample_below(s, lead + 1);
    for (int k = 0; k + dropped < in->rank; k++) in->size[k] = in->size[k + dropped];
    in->rank -= dropped;
    if (td_sample_below(s, 2)) in->what = TD_SAMPLE_BOOL;
}

static void attention_sample(td_sample *s)
{
    int     lead = (int)td_sample_below(s, 3);
    int64_t front[2] = { 1 + td_sample_below(s, 2), 1 + td_sample_below(s, 3) };
    int64_t l = td_sample_below(s, 5), keys = td_sample_below(s, 6), e = 1 + td_sample_below(s, 4);
    s->n_in = 3;
    matrix(s, 0, lead, front, l, e);
    matrix(s, 1, lead, front, keys, e);
    matrix(s, 2, lead, front, keys, 1 + td_sample_below(s, 3));
    s->attr.keepdim = td_sample_below(s, 3) == 0;
    if (!s->attr.keepdim && td_sample_below(s, 2)) s->n_in = 4, sample_mask(s, 3, lead);
    s->attr.a = td_sample_below(s, 3) ? 1 / sqrt((double)e) : 0.75;
    s->attr.b = td_sample_below(s, 4) ? 0 : 0.25;
    s->attr.seed = (uint64_t)td_sample_below(s, INT64_MAX);
}

static td_tensor *call_attention(const td_invocation *k)
{
    return td_scaled_dot_product_attention(k->in[0], k->in[1], k->in[2], k->n > 3 ? k->in[3] : NULL, td_as_number(k, 0),
                                           td_as_flag(k, 1), td_as_number(k, 2));
}

static const td_signature attention_signature = {
    .example = "scaled_dot_product_attention(W, W, W)", .call = call_attention,
    .parameter = {{"dropout_p", TD_NUMBER, false, 0}, {"is_causal", TD_FLAG, false, 0}, {"scale", TD_NUMBER, false, 0}},
};
const td_op td_op_scaled_dot_product_attention = {
    .name = "scaled_dot_product_attention", .id = TD_ID_scaled_dot_product_attention, .min_in = 3, .max_in = 4,
    .infer = attention_infer, .compose = scaled_dot_product_attention_compose, .sample = attention_sample,
    .signature = &attention_signature,
};

td_tensor *td_scaled_dot_product_attention(td_tensor *query, td_tensor *key, td_tensor *value, td_tensor *mask,
                                           double dropout_p, bool is_causal, double scale)
{
    td_tensor *in[4] = { query, key, value, mask };
    if (td_stopped(query)) return td_passed(query);
    td_context *c = query->context;
    td_attr     a = { .a = scale, .b = dropout_p, .keepdim = is_causal };
    if (a.a == 0) a.a = 1 / sqrt((double)td_size(query, -1));
    if (dropout_p > 0) a.seed = td_random_key(c);
    unsigned floats = mask && td_dtype_of(mask) == TD_BOOL ? 7 : ~0u;
    td_to_common_float(mask ? 4 : 3, in, floats);
    return td_apply(&td_op_scaled_dot_product_attention, mask ? 4 : 3, in, &a);
}
