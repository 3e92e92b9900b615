/* bag.c: rows of a table, summed by bags, said in other ops.
 *
 * A bag of index (b,n) is one of its rows; a bag of index (n) begins at its offset and ends where the next begins.  Either
 * way each index has the number of its bag, and bags are sums over those that have their number. */
#include "op/shape.h"

#include <math.h>

enum { SUM, MEAN, MAX, HAS_OFFSETS = 1, HAS_WEIGHTS = 2 };

static int64_t entry(const td_attr *attr, int k) { return k < attr->n_list ? attr->list[k] : k == 1 ? -1 : 0; }

/* ---- shapes -------------------------------------------------------------------------------------------------------- */

/* Operands: weight (v,d), index, then as attr->axes says offsets (b), weights of the index's shape. */
typedef struct bags {
    td_tensor *table, *index, *offsets, *weights;
    int64_t    count, total;      /* bags; indices in all */
} bags;

static bags bags_of(int n, td_tensor *const *in, const td_attr *attr)
{
    bags b = { .table = in[0], .index = in[1] };
    int  at = 2;
    if (attr->axes & HAS_OFFSETS && at < n) b.offsets = in[at++];
    if (attr->axes & HAS_WEIGHTS && at < n) b.weights = in[at];
    b.count = b.offsets ? td_numel(b.offsets) : td_rank(b.index) ? td_size(b.index, 0) : 0;
    b.total = td_numel(b.index);
    return b;
}

static td_status check_bags(const td_infer *i, const bags *b)
{
    char x[TD_SHAPE_TEXT], y[TD_SHAPE_TEXT];
    int  rank = b->offsets ? 1 : 2;
    if (td_rank(b->table) != 2 || td_rank(b->index) != rank)
        return td_fail(i->context, TD_ESHAPE, "embedding_bag: weight %s and index %s; (v,d) and %s wanted",
                       td_shape_text(b->table->shape, x), td_shape_text(b->index->shape, y), b->offsets ? "(n)" : "(b,n)");
    if (b->index->dtype != TD_I64 || (b->offsets && b->offsets->dtype != TD_I64))
        return td_fail(i->context, TD_EDTYPE, "embedding_bag: the index is %s, the offsets %s; i64 wanted",
                       td_dtype_name(td_dtype_of(b->index)), b->offsets ? td_dtype_name(td_dtype_of(b->offsets)) : "none");
    if (b->offsets && td_rank(b->offsets) != 1)
        return td_fail(i->context, TD_ESHAPE, "embedding_bag: offsets of rank %d", td_rank(b->offsets));
    if (b->weights && (b->weights->dtype != i->dtype || !td_shape_same(b->weights->shape, b->index->shape)))
        return td_fail(i->context, TD_ESHAPE, "embedding_bag: index %s, weights %s%s", td_shape_text(b->index->shape, x),
                       td_dtype_name(td_dtype_of(b->weights)), td_shape_text(b->weights->shape, y));
    return TD_OK;
}

static td_status embedding_bag_infer(td_infer *i)
{
    bags    b = bags_of(i->n_in, i->in, i->attr);
    int64_t mode = entry(i->attr, 0);
    if (td_infer_float(i) || check_bags(i, &b)) return td_error(i->context);
    if (mode < SUM || mode > MAX || (b.weights && mode != SUM))
        return td_fail(i->context, TD_EVALUE, "embedding_bag: mode %lld%s", (long long)mode,
                       b.weights ? ", but only sums have weights" : " is none");
    i->shape = (td_shape){ .rank = 2, .size = { b.count, td_size(b.table, 1) } };
    return TD_OK;
}

/* ---- composition --------------------------------------------------------------------------------------------------- */

static td_tensor *numbers(td_tensor *like, int64_t n) { return td_arange(td_context_of(like), TD_I64, 0, (double)n, 1); }

/* The bag of each index, (total): how many bags begin at it or before, less one. */
static td_tensor *bag_numbers(const bags *b)
{
    int64_t size[2] = { b->count, b->count ? b->total / b->count : 0 };
    if (!b->offsets)
        return td_reshape(td_expand(td_unsqueeze(numbers(b->index, b->count), 1), 2, size), 1, &b->total);
    td_tensor *begun = td_ge(td_unsqueeze(numbers(b->index, b->total), 1), b->offsets);
    return td_add_scalar(td_sum_axes(begun, 1, (int[]){ 1 }, false), -1);
}

/* bool (total): is it not the row that stands for nothing? */
static td_tensor *counted(td_tensor *flat, const td_attr *attr)
{
    return td_ne(flat, td_full(td_context_of(flat), TD_I64, 0, NULL, (double)entry(attr, 1)));
}

static td_tensor *bag_sums(const bags *b, td_tensor *of, td_tensor *bag)
{
    td_tensor *none = td_zeros(td_context_of(of), td_dtype_of(of), 2, (int64_t[]){ b->count, td_size(of, 1) });
    return td_index_add(none, 0, bag, of);
}

/* (b,d): the largest of each bag, 0 of an empty one */
static td_tensor *bag_maxima(const bags *b, td_tensor *rows, td_tensor *bag, td_tensor *counts)
{
    td_tensor *own = td_eq(td_unsqueeze(numbers(bag, b->count), 1), bag), *mine = td_where(own, counts, td_zeros_like(own));
    td_tensor *none = td_eq(td_sum_axes(mine, 1, (int[]){ 1 }, true), td_number(bag, 0));
    td_tensor *low = td_number(rows, -(double)INFINITY), *zero = td_number(rows, 0);
    if (b->total == 0) return bag_sums(b, rows, bag);
    td_tensor *all = td_where(td_unsqueeze(mine, 2), td_unsqueeze(rows, 0), low);
    return td_where(none, zero, td_max_axes(td_where(td_unsqueeze(none, 2), zero, all), 1, (int[]){ 1 }, false));
}

static td_tensor *embedding_bag_compose(int n, td_tensor *const *in, const td_attr *attr)
{
    bags       b = bags_of(n, in, attr);
    td_tensor *flat = td_reshape(b.index, 1, &b.total), *counts = counted(flat, attr), *bag = bag_numbers(&b);
    td_tensor *rows = td_index_select(b.table, 0, flat), *zero = td_number(rows, 0);
    if (entry(attr, 0) == MAX) return bag_maxima(&b, rows, bag, counts);
    if (b.weights) rows = td_mul(rows, td_reshape(b.weights, 2, (int64_t[]){ b.total, 1 }));
    td_tensor *sums = bag_sums(&b, td_where(td_unsqueeze(counts, 1), rows, zero), bag);
    if (entry(attr, 0) == SUM) return sums;
    td_tensor *many = bag_sums(&b, td_to(td_unsqueeze(counts, 1), td_dtype_of(rows)), bag);
    return td_div(sums, td_maximum(many, td_number(many, 1)));
}

/* ---- the op -------------------------------------------------------------------------------------------------------- */

/* Offsets are sorted and begin at 0: a sample has but these few. */
static void embedding_bag_sample(td_sample *s)
{
    int64_t rows = 1 + td_sample_below(s, 4), width = td_sample_below(s, 4), n = td_sample_below(s, 5);
    bool    by_offset = td_sample_below(s, 2), weighted = td_sample_below(s, 2);
    s->n_in = 2;
    s->in[0] = (td_sample_in){ .rank = 2, .size = { rows, width } };
    td_sample_floats(s, 0, -4, 4);
    s->in[1] = (td_sample_in){ .rank = 2, .size = { td_sample_below(s, 4), n }, .what = TD_SAMPLE_INDEX,
                               .high = (double)rows };
    if (by_offset) {
        s->in[1].rank = 1, s->in[1].size[0] = n;
        s->in[s->n_in++] = (td_sample_in){ .rank = 1, .size = { 1 + td_sample_below(s, 2) }, .what = TD_SAMPLE_INDEX,
                                           .high = 1 };
    }
    s->attr.n_list = 2;
    s->attr.list[0] = weighted ? SUM : td_sample_below(s, 3);
    s->attr.list[1] = td_sample_below(s, 2) ? -1 : td_sample_below(s, rows);
    s->attr.axes = (by_offset ? HAS_OFFSETS : 0) | (weighted ? HAS_WEIGHTS : 0);
    if (!weighted) return;
    s->in[s->n_in] = s->in[1];
    s->in[s->n_in].what = TD_SAMPLE_FLOAT;
    td_sample_floats(s, s->n_in++, -2, 2);
}

static td_tensor *call_bag(const td_invocation *k)
{
    bool offsets = k->n > 2 && td_dtype_of(k->in[2]) == TD_I64;
    return td_embedding_bag(k->in[0], k->in[1], offsets ? k->in[2] : NULL, k->n > 2 + offsets ? k->in[2 + offsets] : NULL,
                            (td_bag_mode)td_as_int(k, 0), td_as_i64(k, 1));
}

static const td_signature embedding_bag_signature = {
    .example = "embedding_bag(W, i, cast([0], i64))", .call = call_bag, .words = "sum mean max",
    .parameter = {{"mode", TD_WORD, false, TD_BAG_MEAN}, {"padding_idx", TD_INTEGER, false, -1}},
};
const td_op td_op_embedding_bag = {
    .name = "embedding_bag", .id = TD_ID_embedding_bag, .min_in = 2, .max_in = 4, .infer = embedding_bag_infer,
    .compose = embedding_bag_compose, .sample = embedding_bag_sample, .signature = &embedding_bag_signature,
};

td_tensor *td_embedding_bag(td_tensor *weight, td_tensor *index, td_tensor *offsets, td_tensor *per_sample_weights,
                            td_bag_mode mode, int64_t padding_index)
{
    td_tensor *in[4] = { weight, index };
    td_attr    a = { .n_list = 2, .list = { mode, padding_index } };
    int        n = 2;
    if (td_stopped(weight)) return td_passed(weight);
    if (offsets) in[n++] = offsets, a.axes |= HAS_OFFSETS;
    if (per_sample_weights) in[n++] = per_sample_weights, a.axes |= HAS_WEIGHTS;
    td_to_common_float(n, in, per_sample_weights ? 1u | 1u << (n - 1) : 1);
    return td_apply(&td_op_embedding_bag, n, in, &a);
}
