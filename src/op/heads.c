/* heads.c: multi-head attention, and the shares it gives, said in other ops.
 *
 * Operands: query (n,l,e), key (n,s,e), value (n,s,e), in_proj weight (3e,e); then, as the set attr->axes has them, in_proj
 * bias (3e), out_proj weight (e,e) with bias (e), a mask (l,s), (n,l,s) or (n heads,l,s), a padding mask (n,s).  A true
 * mask takes a key away, as PyTorch's does here, and not in scaled_dot_product_attention.
 * Source: A. Vaswani and others, "Attention is all you need", 2017, section 3.2.2. */
#include "op/attention.h"

#include <math.h>

enum { IN_BIAS, OUT_WEIGHT, OUT_BIAS, MASK, PADDING, KINDS, FIRST = 4 };

/* Operand of this kind; NULL: there is none. */
static td_tensor *extra(int n, td_tensor *const *in, const td_attr *attr, int kind)
{
    int at = FIRST;
    for (int k = 0; k < kind; k++) at += attr->axes >> k & 1;
    return attr->axes >> kind & 1 && at < n ? in[at] : NULL;
}

static int64_t heads_of(const td_attr *attr) { return attr->n_list ? attr->list[0] : 1; }

/* ---- shapes -------------------------------------------------------------------------------------------------------- */

static td_status check(const td_infer *i, const char *what, const td_tensor *x, bool mask, int rank, int64_t a, int64_t b,
                       int64_t c)
{
    char     has[TD_SHAPE_TEXT], wants[TD_SHAPE_TEXT];
    td_shape s = { .rank = rank, .size = { a, b, c } };
    if (x->dtype != i->dtype && !(mask && x->dtype == TD_BOOL))
        return td_fail(i->context, TD_EDTYPE, "%s: %s is %s, query %s", i->op->name, what, td_dtype_name(td_dtype_of(x)),
                       td_dtype_name(i->dtype));
    if (td_shape_same(x->shape, &s)) return TD_OK;
    return td_fail(i->context, TD_ESHAPE, "%s: %s is %s, not %s", i->op->name, what, td_shape_text(x->shape, has),
                   td_shape_text(&s, wants));
}

static td_status check_masks(const td_infer *i, int64_t n, int64_t l, int64_t s)
{
    td_tensor *mask = extra(i->n_in, i->in, i->attr, MASK), *padding = extra(i->n_in, i->in, i->attr, PADDING);
    if (mask && mask->shape->rank == 2 && check(i, "the mask", mask, true, 2, l, s, 0)) return td_error(i->context);
    int64_t rows = mask && td_size(mask, 0) == n ? n : n * heads_of(i->attr);
    if (mask && mask->shape->rank != 2 && check(i, "the mask", mask, true, 3, rows, l, s)) return td_error(i->context);
    return padding ? check(i, "the padding mask", padding, true, 2, n, s, 0) : TD_OK;
}

static td_status check_heads(td_infer *i)
{
    const td_shape *q = i->in[0]->shape, *k = i->in[1]->shape;
    td_tensor      *b = extra(i->n_in, i->in, i->attr, IN_BIAS), *w = extra(i->n_in, i->in, i->attr, OUT_WEIGHT);
    td_tensor      *c = extra(i->n_in, i->in, i->attr, OUT_BIAS);
    if (td_infer_float(i)) return td_error(i->context);
    if (q->rank != 3 || k->rank != 3)
        return td_fail(i->context, TD_ESHAPE, "%s: query of rank %d, key of rank %d; 3 wanted", i->op->name, q->rank,
                       k->rank);
    int64_t n = q->size[0], l = q->size[1], e = q->size[2], s = k->size[1], heads = heads_of(i->attr);
    if (heads < 1 || e % heads)
        return td_fail(i->context, TD_EVALUE, "%s: %lld numbers for %lld heads", i->op->name, (long long)e,
                       (long long)heads);
    if (check(i, "key", i->in[1], false, 3, n, s, e) || check(i, "value", i->in[2], false, 3, n, s, e) ||
        check(i, "the in_proj weight", i->in[3], false, 2, 3 * e, e, 0) ||
        (b && check(i, "the in_proj bias", b, false, 1, 3 * e, 0, 0)) ||
        (w && check(i, "the out_proj weight", w, false, 2, e, e, 0)) ||
        (c && check(i, "the out_proj bias", c, false, 1, e, 0, 0)))
        return td_error(i->context);
    return check_masks(i, n, l, s);
}

static td_status weights_infer(td_infer *i)
{
    if (check_heads(i)) return td_error(i->context);
    i->shape.size[2] = i->in[1]->shape->size[1];
    return TD_OK;
}

/* ---- composition --------------------------------------------------------------------------------------------------- */

/* Projection `which` of three, (n,heads,..,d). */
static td_tensor *projected(int n, td_tensor *const *in, const td_attr *attr, int which)
{
    td_tensor *bias = extra(n, in, attr, IN_BIAS), *x = in[which];
    int64_t    e = td_size(x, 2), heads = heads_of(attr), from = which * e;
    td_tensor *w = td_slice(in[3], 0, from, from + e, 1), *b = bias ? td_slice(bias, 0, from, from + e, 1) : NULL;
    td_tensor *y = td_linear(x, w, b);
    return td_transpose(td_reshape(y, 4, (int64_t[]){ td_size(x, 0), td_size(x, 1), heads, e / heads }), 1, 2);
}

/* Bools turned to what may be seen; in front of l and s, axes of n and of heads. */
static td_tensor *as_seen(td_tensor *mask, int64_t n, int64_t heads)
{
    int64_t l = td_size(mask, -2), s = td_size(mask, -1);
    if (td_dtype_of(mask) == TD_BOOL) mask = td_eq(mask, td_zeros_like(mask));
    if (td_rank(mask) == 2) return mask;
    int64_t of_heads = td_size(mask, 0) == n ? 1 : heads;
    return td_reshape(mask, 4, (int64_t[]){ n, of_heads, l, s });
}

/* What may be seen and what is added, put together: both bools, or floats. */
static td_tensor *joined(td_tensor *a, td_tensor *b, td_tensor *like)
{
    td_tensor *zero = td_number(like, 0);
    if (!a || !b) return a ? a : b;
    if (td_dtype_of(a) == TD_BOOL && td_dtype_of(b) == TD_BOOL) return td_where(a, b, a);
    if (td_dtype_of(a) == TD_BOOL) a = td_attention_masked(zero, a);
    if (td_dtype_of(b) == TD_BOOL) b = td_attention_masked(zero, b);
    return td_add(a, b);
}

static td_tensor *mask_of(int n, td_tensor *const *in, const td_attr *attr)
{
    td_tensor *mask = extra(n, in, attr, MASK), *padding = extra(n, in, attr, PADDING);
    int64_t    rows = td_size(in[0], 0);
    if (mask) mask = as_seen(mask, rows, heads_of(attr));
    if (padding) padding = as_seen(td_unsqueeze(padding, 1), rows, 1);
    return joined(mask, padding, in[0]);
}

static td_tensor *multi_head_attention_compose(int n, td_tensor *const *in, const td_attr *attr)
{
    td_tensor *w = extra(n, in, attr, OUT_WEIGHT), *c = extra(n, in, attr, OUT_BIAS);
    td_tensor *y = td_scaled_dot_product_attention(projected(n, in, attr, 0), projected(n, in, attr, 1),
                                                   projected(n, in, attr, 2), mask_of(n, in, attr), 0, false, 0);
    y = td_reshape(td_transpose(y, 1, 2), 3, in[0]->shape->size);
    return w ? td_linear(y, w, c) : y;
}

static td_tensor *multi_head_attention_weights_compose(int n, td_tensor *const *in, const td_attr *attr)
{
    td_tensor *q = projected(n, in, attr, 0), *k = projected(n, in, attr, 1), *mask = mask_of(n, in, attr);
    td_tensor *scores = td_matmul(td_mul_scalar(q, 1 / sqrt((double)td_size(q, 3))), td_transpose(k, -1, -2));
    if (mask) scores = td_attention_masked(scores, mask);
    return td_mean_axes(td_attention_shares(scores), 1, (int[]){ 1 }, false);
}

/* ---- the ops ------------------------------------------------------------------------------------------------------- */

static void heads_sample(td_sample *s)
{
    int64_t n = td_sample_below(s, 3), l = td_sample_below(s, 4), keys = td_sample_below(s, 4);
    int64_t heads = 1 + td_sample_below(s, 2);
    int64_t e = heads * (1 + td_sample_below(s, 2));
    const td_sample_in all[] = {
        { .rank = 3, .size = { n, l, e } }, { .rank = 3, .size = { n, keys, e } }, { .rank = 3, .size = { n, keys, e } },
        { .rank = 2, .size = { 3 * e, e } }, { .rank = 1, .size = { 3 * e } }, { .rank = 2, .size = { e, e } },
        { .rank = 1, .size = { e } }, { .rank = 2, .size = { l, keys } }, { .rank = 2, .size = { n, keys } },
    };
    for (int k = 0; k < FIRST + KINDS; k++) {
        bool given = k < FIRST || (td_sample_below(s, 2) && (k != FIRST + OUT_BIAS || s->attr.axes >> OUT_WEIGHT & 1));
        if (!given) continue;
        if (k >= FIRST) s->attr.axes |= 1u << (k - FIRST);
        s->in[s->n_in] = all[k];
        td_sample_floats(s, s->n_in, -2, 2);
        if (k == FIRST + MASK && td_sample_below(s, 2)) {
            s->in[s->n_in].rank = 3;
            for (int j = 2; j > 0; j--) s->in[s->n_in].size[j] = s->in[s->n_in].size[j - 1];
            s->in[s->n_in].size[0] = td_sample_below(s, 2) ? n : n * heads;
        }
        if (k >= FIRST + MASK && td_sample_below(s, 2)) s->in[s->n_in].what = TD_SAMPLE_BOOL;
        s->n_in++;
    }
    s->attr.n_list = 1;
    s->attr.list[0] = heads;
}

static td_tensor *apply_heads(const td_op *op, td_tensor *q, td_tensor *k, td_tensor *v, const td_multi_head *how)
{
    td_tensor *in[FIRST + KINDS] = { q, k, v, how->in_weight };
    td_tensor *more[KINDS] = { how->in_bias, how->out_weight, how->out_bias, how->mask, how->padding };
    td_attr    a = { .n_list = 1, .list = { how->heads } };
    unsigned   floats = (1u << FIRST) - 1;
    int        n = FIRST;
    if (td_stopped(q)) return td_passed(q);
    for (int j = 0; j < KINDS; j++) {
        if (!more[j]) continue;
        a.axes |= 1u << j;
        if (j < MASK || td_dtype_of(more[j]) != TD_BOOL) floats |= 1u << n;
        in[n++] = more[j];
    }
    td_to_common_float(n, in, floats);
    return td_apply(op, n, in, &a);
}

/* Operands in this order; how many follow the weight says what they are. */
static td_tensor *call_heads(const td_invocation *k)
{
    static td_tensor *const none = NULL;
    td_multi_head how = { .heads = td_as_i64(k, 0), .in_weight = k->in[3] };
    td_tensor    *at[KINDS];
    for (int j = 0; j < KINDS; j++) at[j] = FIRST + j < k->n ? k->in[FIRST + j] : none;
    how.in_bias = at[IN_BIAS], how.out_weight = at[OUT_WEIGHT], how.out_bias = at[OUT_BIAS];
    how.mask = at[MASK], how.padding = at[PADDING];
    return apply_heads(k->op, k->in[0], k->in[1], k->in[2], &how);
}

#define HEADS(NAME, INFER, EXAMPLE) \
    static const td_signature NAME##_signature = {.example = EXAMPLE, .call = call_heads, \
                                                  .parameter = {{"num_heads", TD_INTEGER, false, 1}}}; \
    const td_op td_op_##NAME = { \
        .name = #NAME, .id = TD_ID_##NAME, .min_in = FIRST, .max_in = FIRST + KINDS, .infer = INFER, \
        .compose = NAME##_compose, .sample = heads_sample, .signature = &NAME##_signature, \
    }

HEADS(multi_head_attention, check_heads,
      "multi_head_attention(unsqueeze(W, 0), unsqueeze(W, 0), unsqueeze(W, 0), "
      "concat(W, W, W, W, unsqueeze(x, 0), axis=0))");
HEADS(multi_head_attention_weights, weights_infer,
      "multi_head_attention_weights(unsqueeze(W, 0), unsqueeze(W, 0), unsqueeze(W, 0), "
      "concat(W, W, W, W, unsqueeze(x, 0), axis=0))");

td_tensor *td_multi_head_attention(td_tensor *query, td_tensor *key, td_tensor *value, const td_multi_head *how)
{
    return apply_heads(&td_op_multi_head_attention, query, key, value, how);
}

td_tensor *td_multi_head_attention_weights(td_tensor *query, td_tensor *key, td_tensor *value, const td_multi_head *how)
{
    return apply_heads(&td_op_multi_head_attention_weights, query, key, value, how);
}
