/* contract.c: products over some axes: tensordot, inner, vecdot, kron, cross.  All are compositions. */
#include "op/product.h"
#include "op/shape.h"

#include <string.h>

/* ---- tensordot: list[0..axis) the axes of x, list[TD_MAX_RANK..TD_MAX_RANK + axis) those of y ---------------------- */

static td_status tensordot_infer(td_infer *i)
{
    const td_shape *x = i->in[0]->shape, *y = i->in[1]->shape;
    const int64_t  *of_x = i->attr->list, *of_y = of_x + TD_MAX_RANK;
    uint32_t        gone_x = 0, gone_y = 0;
    i->shape.rank = 0;
    for (int k = 0; k < i->attr->axis; k++) {
        if (!td_infer_axis(i, of_x[k], x->rank) || !td_infer_axis(i, of_y[k], y->rank)) return td_error(i->context);
        int64_t a = x->size[of_x[k]], b = y->size[of_y[k]];
        if (gone_x >> of_x[k] & 1 || gone_y >> of_y[k] & 1) return td_no_product(i, "an axis is named twice");
        if (a != b && a != 1 && b != 1) return td_inner_sizes_differ(i, a, b);
        gone_x |= 1u << of_x[k], gone_y |= 1u << of_y[k];
    }
    if (x->rank + y->rank - 2 * i->attr->axis > TD_MAX_RANK) return td_no_product(i, "the result has more than 8 axes");
    for (int k = 0; k < x->rank; k++)
        if (!(gone_x >> k & 1)) i->shape.size[i->shape.rank++] = x->size[k];
    for (int k = 0; k < y->rank; k++)
        if (!(gone_y >> k & 1)) i->shape.size[i->shape.rank++] = y->size[k];
    i->dtype = td_product_dtype(2, i->in);
    return TD_OK;
}

/* x as a matrix: rows of the axes that stay, columns of those that go, or the other way round.  The sizes that stay are
 * written behind the *rank in size. */
static td_tensor *as_matrix(td_tensor *x, int n, const int64_t *axes, bool columns_stay, int *rank, int64_t *size)
{
    int      order[TD_MAX_RANK], at = columns_stay ? n : 0, gone = columns_stay ? 0 : td_rank(x) - n;
    uint32_t goes = 0;
    int64_t  m = 1, k = 1;
    for (int j = 0; j < n; j++) order[gone++] = (int)axes[j], goes |= 1u << axes[j], k *= td_size(x, (int)axes[j]);
    for (int j = 0; j < td_rank(x); j++)
        if (!(goes >> j & 1)) order[at++] = j, m *= size[(*rank)++] = td_size(x, j);
    return td_reshape(td_permute(x, order), 2, (int64_t[]){ columns_stay ? k : m, columns_stay ? m : k });
}

/* x summed over those of its axes that meet one of size 1. */
static td_tensor *met_by_ones(td_tensor *x, td_tensor *y, int n, const int64_t *of_x, const int64_t *of_y)
{
    int axes[TD_MAX_RANK], count = 0;
    for (int k = 0; k < n; k++)
        if (td_size(x, (int)of_x[k]) != 1 && td_size(y, (int)of_y[k]) == 1) axes[count++] = (int)of_x[k];
    return count ? td_sum_axes(x, count, axes, true) : x;
}

static td_tensor *tensordot_compose(int n_in, td_tensor *const *in, const td_attr *attr)
{
    int            n = attr->axis, rank = 0;
    int64_t        size[2 * TD_MAX_RANK];
    const int64_t *of_x = attr->list, *of_y = attr->list + TD_MAX_RANK;
    td_tensor     *x = met_by_ones(in[0], in[1], n, of_x, of_y), *y = met_by_ones(in[1], in[0], n, of_y, of_x);
    (void)n_in;
    td_tensor *rows = as_matrix(x, n, of_x, false, &rank, size), *columns = as_matrix(y, n, of_y, true, &rank, size);
    return td_reshape(td_mm(rows, columns), rank, size);
}

td_tensor *td_tensordot(td_tensor *x, td_tensor *y, int n, const int *axes_x, const int *axes_y)
{
    td_attr attr = { .axis = (int16_t)n, .n_list = 2 * TD_MAX_RANK };
    if (td_stopped(x) || td_stopped(y)) return td_passed(x ? x : y);
    td_context *c = x->context;
    if (n < 0 || n > TD_MAX_RANK)
        return td_fail(c, TD_EVALUE, "tensordot: over %d axes, of at most %d", n, TD_MAX_RANK), td_bad(c);
    for (int k = 0; k < n; k++) {
        attr.list[k] = td_axis(c, "tensordot", x->shape->rank, axes_x[k]);
        attr.list[TD_MAX_RANK + k] = td_axis(c, "tensordot", y->shape->rank, axes_y[k]);
        if (c->status) return td_bad(c);
    }
    return td_apply(&td_op_tensordot, 2, (td_tensor *[]){ x, y }, &attr);
}

static void tensordot_sample(td_sample *s)
{
    int n = (int)td_sample_below(s, 3);
    s->n_in = 2;
    for (int i = 0; i < 2; i++) {
        s->in[i].rank = n + (int)td_sample_below(s, 4 - n);
        for (int k = 0; k < s->in[i].rank; k++) s->in[i].size[k] = 1 + td_sample_below(s, 4);
        td_sample_floats(s, i, -6, 6);
    }
    s->attr.axis = (int16_t)n;
    s->attr.n_list = 2 * TD_MAX_RANK;
    for (int k = 0; k < n; k++) {
        int64_t a = k, b = s->in[1].rank - 1 - k;
        s->attr.list[k] = a, s->attr.list[TD_MAX_RANK + k] = b;
        s->in[1].size[b] = td_sample_below(s, 8) ? s->in[0].size[a] : 1;
        if (td_sample_below(s, 16) == 0) s->in[0].size[a] = s->in[1].size[b] = 0;
    }
}

static td_tensor *call_tensordot(const td_invocation *k)
{
    int        axes[2][TD_LIST], n[2] = { td_as_axes(k, 0, k->in[0], axes[0]), td_as_axes(k, 1, k->in[1], axes[1]) };
    td_context *c = k->in[0]->context;
    if (n[0] != n[1] || n[0] > TD_MAX_RANK)
        return td_fail(c, TD_ESHAPE, "tensordot: %d axes of x, %d of y", n[0], n[1]), td_bad(c);
    return td_tensordot(k->in[0], k->in[1], n[0], axes[0], axes[1]);
}
static const td_signature tensordot_signature = {
    .example = "tensordot(W, W, [0, 1], [0, 1])", .call = call_tensordot,
    .parameter = { { "axes_x", TD_AXES, true, 0 }, { "axes_y", TD_AXES, true, 0 } },
};
const td_op td_op_tensordot = {
    .name = "tensordot", .id = TD_ID_tensordot, .min_in = 2, .max_in = 2, .infer = tensordot_infer,
    .compose = tensordot_compose, .sample = tensordot_sample, .signature = &tensordot_signature,
};

/* ---- inner: over the last axes ------------------------------------------------------------------------------------ */

static td_status inner_infer(td_infer *i)
{
    const td_shape *x = i->in[0]->shape, *y = i->in[1]->shape;
    i->dtype = td_product_dtype(2, i->in);
    if (x->rank == 0 || y->rank == 0) return i->shape = x->rank ? *x : *y, TD_OK;
    if (x->size[x->rank - 1] != y->size[y->rank - 1])
        return td_inner_sizes_differ(i, x->size[x->rank - 1], y->size[y->rank - 1]);
    if (x->rank + y->rank - 2 > TD_MAX_RANK) return td_no_product(i, "the result has more than 8 axes");
    i->shape.rank = x->rank - 1;
    for (int k = 0; k < y->rank - 1; k++) i->shape.size[i->shape.rank++] = y->size[k];
    return TD_OK;
}

static td_tensor *inner_compose(int n, td_tensor *const *in, const td_attr *attr)
{
    (void)n, (void)attr;
    if (td_rank(in[0]) == 0 || td_rank(in[1]) == 0) return td_mul(in[0], in[1]);
    return td_tensordot(in[0], in[1], 1, (int[]){ -1 }, (int[]){ -1 });
}

static void inner_sample(td_sample *s)
{
    int64_t k = td_sample_size(s);
    s->n_in = 2;
    for (int i = 0; i < 2; i++) {
        s->in[i].rank = (int)td_sample_below(s, 4);
        for (int j = 0; j < s->in[i].rank; j++) s->in[i].size[j] = j == s->in[i].rank - 1 ? k : 1 + td_sample_below(s, 3);
        td_sample_floats(s, i, -6, 6);
    }
}

static const td_signature inner_signature = { .example = "inner(W, x)" };
const td_op td_op_inner = {
    .name = "inner", .id = TD_ID_inner, .min_in = 2, .max_in = 2, .infer = inner_infer,
    .compose = inner_compose, .sample = inner_sample, .signature = &inner_signature,
};
td_tensor *td_inner(td_tensor *x, td_tensor *y) { return td_apply2(&td_op_inner, x, y); }

/* ---- operands that broadcast: vecdot, cross ----------------------------------------------------------------------- */

static td_status broadcast(td_infer *i, td_shape *shape)
{
    if (!td_shape_broadcast(i->in[0]->shape, i->in[1]->shape, shape)) return td_no_product(i, "they do not broadcast");
    i->dtype = td_product_dtype(2, i->in);
    return td_infer_axis(i, i->attr->axis, shape->rank) ? TD_OK : td_error(i->context);
}

static td_status vecdot_infer(td_infer *i)
{
    td_shape whole;
    if (broadcast(i, &whole)) return td_error(i->context);
    td_shape_reduce(&whole, 1u << i->attr->axis, false, &i->shape);
    return TD_OK;
}

static td_tensor *vecdot_compose(int n, td_tensor *const *in, const td_attr *attr)
{
    (void)n;
    return td_sum_axes(td_mul(in[0], in[1]), 1, (int[]){ attr->axis }, false);
}

static void vecdot_sample(td_sample *s)
{
    s->n_in = 2;
    td_sample_operand(s, 0, 1, 3);
    td_sample_broadcast(s, 1);
    for (int i = 0; i < 2; i++) td_sample_floats(s, i, -6, 6);
    s->attr.axis = (int16_t)td_sample_below(s, s->in[0].rank);
}

/* op over an axis of what x and y broadcast to. */
static td_tensor *along(const td_op *op, td_tensor *x, td_tensor *y, int axis)
{
    td_shape whole;
    if (td_stopped(x) || td_stopped(y)) return td_passed(x ? x : y);
    bool together = td_shape_broadcast(x->shape, y->shape, &whole);      /* else infer refuses, and says why */
    int  k = together ? td_axis(x->context, op->name, whole.rank, axis) : 0;
    return k < 0 ? td_bad(x->context) : td_apply(op, 2, (td_tensor *[]){ x, y }, &(td_attr){ .axis = (int16_t)k });
}

static td_tensor *call_along(const td_invocation *k) { return along(k->op, k->in[0], k->in[1], td_as_int(k, 0)); }

static const td_signature vecdot_signature = {
    .example = "vecdot(W, x)", .call = call_along, .parameter = { { "axis", TD_AXIS, false, -1 } },
};
const td_op td_op_vecdot = {
    .name = "vecdot", .id = TD_ID_vecdot, .min_in = 2, .max_in = 2, .infer = vecdot_infer,
    .compose = vecdot_compose, .sample = vecdot_sample, .signature = &vecdot_signature,
};
td_tensor *td_vecdot(td_tensor *x, td_tensor *y, int axis) { return along(&td_op_vecdot, x, y, axis); }

static td_status cross_infer(td_infer *i)
{
    const td_shape *x = i->in[0]->shape, *y = i->in[1]->shape;
    if (broadcast(i, &i->shape)) return td_error(i->context);
    int from_end = i->shape.rank - i->attr->axis;
    if (x->rank < from_end || y->rank < from_end || x->size[x->rank - from_end] != 3 || y->size[y->rank - from_end] != 3)
        return td_no_product(i, "both must have size 3 along the axis");
    return TD_OK;
}

/* x_(k+1), k modulo 3, along an axis counted from the end */
static td_tensor *rolled(td_tensor *x, int axis)
{
    return td_concat(2, (td_tensor *[]){ td_slice(x, axis, 1, 3, 1), td_slice(x, axis, 0, 1, 1) }, axis);
}

/* c_k = x_(k+1) y_(k+2) - x_(k+2) y_(k+1) */
static td_tensor *cross_compose(int n, td_tensor *const *in, const td_attr *attr)
{
    td_shape whole;
    (void)n;
    td_shape_broadcast(in[0]->shape, in[1]->shape, &whole);
    int        axis = attr->axis - whole.rank;
    td_tensor *x1 = rolled(in[0], axis), *y1 = rolled(in[1], axis);
    return td_sub(td_mul(x1, rolled(y1, axis)), td_mul(rolled(x1, axis), y1));
}

static void cross_sample(td_sample *s)
{
    s->n_in = 2;
    td_sample_operand(s, 0, 1, 3);
    s->attr.axis = (int16_t)td_sample_below(s, s->in[0].rank);
    for (int k = 0; k < s->in[0].rank; k++)
        if (s->in[0].size[k] > 4) s->in[0].size[k] = 2;
    s->in[0].size[s->attr.axis] = 3;
    s->in[1] = s->in[0];
    for (int k = 0; k < s->in[0].rank; k++)
        if (k != s->attr.axis && td_sample_below(s, 4) == 0) s->in[1].size[k] = 1;
    for (int i = 0; i < 2; i++) td_sample_floats(s, i, -6, 6);
}

static const td_signature cross_signature = {
    .example = "cross(x, y)", .call = call_along, .parameter = { { "axis", TD_AXIS, false, -1 } },
};
const td_op td_op_cross = {
    .name = "cross", .id = TD_ID_cross, .min_in = 2, .max_in = 2, .infer = cross_infer,
    .compose = cross_compose, .sample = cross_sample, .signature = &cross_signature,
};
td_tensor *td_cross(td_tensor *x, td_tensor *y, int axis) { return along(&td_op_cross, x, y, axis); }

/* ---- kron: y_(i n + j) = a_i b_j on every axis --------------------------------------------------------------------- */

/* The size of axis k, of `rank`, as if there were sizes 1 in front. */
static int64_t padded_size(const td_shape *s, int k, int rank)
{
    int own = k - (rank - s->rank);
    return own < 0 ? 1 : s->size[own];
}

static td_status kron_infer(td_infer *i)
{
    const td_shape *x = i->in[0]->shape, *y = i->in[1]->shape;
    int             rank = x->rank > y->rank ? x->rank : y->rank;
    if (2 * rank > TD_MAX_RANK) return td_no_product(i, "more than 4 axes");
    i->shape.rank = rank;
    for (int k = 0; k < rank; k++)
        if (__builtin_mul_overflow(padded_size(x, k, rank), padded_size(y, k, rank), &i->shape.size[k]))
            return td_no_product(i, "too large");
    i->dtype = td_product_dtype(2, i->in);
    return TD_OK;
}

/* x with an axis of size 1 before (or behind) each of its axes. */
static td_tensor *spaced(td_tensor *x, int rank, bool behind)
{
    int64_t size[TD_MAX_RANK];
    for (int k = 0; k < rank; k++) size[2 * k + !behind] = padded_size(x->shape, k, rank), size[2 * k + behind] = 1;
    return td_reshape(x, 2 * rank, size);
}

static td_tensor *kron_compose(int n, td_tensor *const *in, const td_attr *attr)
{
    const td_shape *x = in[0]->shape, *y = in[1]->shape;
    int             rank = x->rank > y->rank ? x->rank : y->rank;
    int64_t         size[TD_MAX_RANK];
    (void)n, (void)attr;
    for (int k = 0; k < rank; k++) size[k] = padded_size(x, k, rank) * padded_size(y, k, rank);
    return td_reshape(td_mul(spaced(in[0], rank, true), spaced(in[1], rank, false)), rank, size);
}

static void kron_sample(td_sample *s)
{
    s->n_in = 2;
    for (int i = 0; i < 2; i++) {
        s->in[i].rank = (int)td_sample_below(s, 4);
        for (int k = 0; k < s->in[i].rank; k++) s->in[i].size[k] = td_sample_below(s, 24) ? 1 + td_sample_below(s, 3) : 0;
        td_sample_floats(s, i, -6, 6);
    }
}

static const td_signature kron_signature = { .example = "kron(W, x)" };
const td_op td_op_kron = {
    .name = "kron", .id = TD_ID_kron, .min_in = 2, .max_in = 2, .infer = kron_infer,
    .compose = kron_compose, .sample = kron_sample, .signature = &kron_signature,
};
td_tensor *td_kron(td_tensor *x, td_tensor *y) { return td_apply2(&td_op_kron, x, y); }
