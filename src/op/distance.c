/* distance.c: matrix norms, and distances between vectors, said in norms.
 *
 * Slopes at distance 0, and where equals share an extreme, are so those of norm, which are right there. */
#include "op/reduce.h"
#include "op/shape.h"

#include <math.h>

/* ---- matrix_norm -------------------------------------------------------------------------------------------------- */

/* The axis that is summed over, and the one whose extreme is taken. */
static void matrix_axes(const td_attr *a, int *summed, int *extreme)
{
    *summed = (int)a->list[isinf(a->a) != 0];
    *extreme = (int)a->list[!isinf(a->a)];
}

static td_status matrix_norm_infer(td_infer *i)
{
    const td_attr  *a = i->attr;
    const td_shape *x = i->in[0]->shape;
    char            text[TD_SHAPE_TEXT];
    int             summed, extreme;
    if (fabs(a->a) != 1 && !isinf(a->a))
        return td_fail(i->context, TD_EVALUE, "matrix_norm: order %g is not 1, -1, 2, -2, inf or -inf", a->a);
    if (!td_infer_axis(i, a->list[0], x->rank) || !td_infer_axis(i, a->list[1], x->rank)) return td_error(i->context);
    if (a->list[0] == a->list[1])
        return td_fail(i->context, TD_ESHAPE, "matrix_norm: axis %lld is both rows and columns", (long long)a->list[0]);
    matrix_axes(a, &summed, &extreme);
    if (a->a < 0 && x->size[extreme] == 0)
        return td_fail(i->context, TD_ESHAPE, "matrix_norm: the least over axis %d of %s, which has no elements", extreme,
                       td_shape_text(x, text));
    if (!td_is_float(i->dtype)) i->dtype = TD_F64;
    td_shape_reduce(x, 1u << a->list[0] | 1u << a->list[1], a->keepdim, &i->shape);
    return TD_OK;
}

static td_tensor *matrix_norm_compose(int n, td_tensor *const *in, const td_attr *attr)
{
    int       summed, extreme;
    td_shape  y;
    (void)n;
    matrix_axes(attr, &summed, &extreme);
    const td_op *pick = attr->a > 0 ? &td_op_amax : &td_op_amin;
    td_tensor   *sums = td_sum_axes(td_abs(td_floating(in[0])), 1, &summed, true);
    if (td_size(sums, extreme) == 0) pick = &td_op_sum;
    td_shape_reduce(in[0]->shape, 1u << summed | 1u << extreme, attr->keepdim, &y);
    return td_reshape(td_reduce_by(pick, sums, 1u << extreme, true), y.rank, y.size);
}

/* The largest or the least singular value of matrices along any two axes. */
static td_tensor *extreme_value(td_tensor *x, double p, int row, int column, bool keepdim)
{
    td_shape   y;
    td_tensor *last = td_movedim(x, 2, (int[]){ row, column }, (int[]){ -2, -1 });
    td_shape_reduce(x->shape, 1u << row | 1u << column, keepdim, &y);
    return td_reshape(td_spectral_norm(last, p), y.rank, y.size);
}

td_tensor *td_matrix_norm(td_tensor *x, double p, int row_axis, int column_axis, bool keepdim)
{
    if (td_stopped(x)) return td_passed(x);
    int row = td_axis(x->context, "matrix_norm", x->shape->rank, row_axis);
    int column = row < 0 ? -1 : td_axis(x->context, "matrix_norm", x->shape->rank, column_axis);
    if (column < 0) return td_bad(x->context);
    if (fabs(p) == 2) return extreme_value(x, p, row, column, keepdim);
    return td_apply1(&td_op_matrix_norm, x, &(td_attr){ .a = p, .keepdim = keepdim, .n_list = 2, .list = { row, column } });
}

static void matrix_norm_sample(td_sample *s)
{
    s->n_in = 1;
    td_sample_operand(s, 0, 2, 4);
    int rank = s->in[0].rank, row = (int)td_sample_below(s, rank), off = 1 + (int)td_sample_below(s, rank - 1);
    int summed, extreme;
    s->attr.a = td_sample_choice(s, 4, (double[]){ 1, -1, (double)INFINITY, -(double)INFINITY });
    s->attr.keepdim = td_sample_below(s, 2);
    s->attr.n_list = 2;
    s->attr.list[0] = row;
    s->attr.list[1] = (row + off) % rank;
    matrix_axes(&s->attr, &summed, &extreme);
    if (s->attr.a < 0 && s->in[0].size[extreme] == 0) s->in[0].size[extreme] = 1;
}

static td_tensor *call_matrix_norm(const td_invocation *k)
{
    return td_matrix_norm(k->in[0], td_as_number(k, 0), td_as_int(k, 1), td_as_int(k, 2), td_as_flag(k, 3));
}
static const td_signature matrix_norm_signature = {
    .example = "matrix_norm(W, 1)", .call = call_matrix_norm,
    .parameter = { { "p", TD_NUMBER, true, 0 }, { "row_axis", TD_AXIS, false, -2 }, { "column_axis", TD_AXIS, false, -1 },
                   { "keepdim", TD_FLAG, false, 0 } },
};
const td_op td_op_matrix_norm = {
    .name = "matrix_norm", .id = TD_ID_matrix_norm, .min_in = 1, .max_in = 1, .infer = matrix_norm_infer,
    .compose = matrix_norm_compose, .sample = matrix_norm_sample, .signature = &matrix_norm_signature,
};

/* ---- two operands -------------------------------------------------------------------------------------------------- */

/* The shape of both together, and their dtype as a float. */
static td_status infer_both(td_infer *i)
{
    const td_shape *x = i->in[0]->shape, *y = i->in[1]->shape;
    char            a[TD_SHAPE_TEXT], b[TD_SHAPE_TEXT];
    td_dtype        d = td_promote(td_dtype_of(i->in[0]), td_dtype_of(i->in[1]));
    i->dtype = td_is_float(d) ? d : TD_F64;
    if (td_shape_broadcast(x, y, &i->shape)) return TD_OK;
    return td_fail(i->context, TD_ESHAPE, "%s: %s and %s do not broadcast", i->op->name, td_shape_text(x, a),
                   td_shape_text(y, b));
}

/* A norm of order p < 0 needs numbers. */
static td_status check_order(const td_infer *i, int64_t n)
{
    double p = i->attr->a;
    if (isnan(p)) return td_fail(i->context, TD_EVALUE, "%s: the order is NaN", i->op->name);
    return p >= 0 || n > 0 ? TD_OK : td_fail(i->context, TD_ESHAPE, "%s: order %g over no elements", i->op->name, p);
}

/* One axis of what was inferred so far. */
static td_status reduce_axis(td_infer *i)
{
    td_shape both = i->shape;
    if (!td_infer_axis(i, i->attr->axis, both.rank)) return td_error(i->context);
    td_shape_reduce(&both, 1u << i->attr->axis, i->attr->keepdim, &i->shape);
    return TD_OK;
}

static td_status dist_infer(td_infer *i)
{
    if (infer_both(i)) return td_error(i->context);
    int64_t n = 1;
    for (int k = 0; k < i->shape.rank; k++) n *= i->shape.size[k];
    i->shape.rank = 0;
    return check_order(i, n);
}

static td_tensor *dist_compose(int n, td_tensor *const *in, const td_attr *attr)
{
    (void)n;
    return td_norm(td_sub(in[0], in[1]), attr->a);
}

td_tensor *td_dist(td_tensor *x, td_tensor *y, double p)
{
    return td_apply(&td_op_dist, 2, (td_tensor *[]){ x, y }, &(td_attr){ .a = p });
}

static void sample_both(td_sample *s, int least)
{
    static const double orders[] = { 2, 2, 1, 0, 3, 0.5, 1.5, -1, (double)INFINITY, -(double)INFINITY };
    s->n_in = 2;
    td_sample_operand(s, 0, least, 3);
    s->in[1] = s->in[0];
    td_sample_broadcast(s, 1);
    s->attr.a = td_sample_choice(s, 10, orders);
}

/* No axis of x or y is empty where the order is negative. */
static void fill_if_negative(td_sample *s)
{
    for (int k = 0; k < 2 && s->attr.a < 0; k++)
        for (int j = 0; j < s->in[k].rank; j++)
            if (s->in[k].size[j] == 0) s->in[k].size[j] = 1;
}

static void dist_sample(td_sample *s)
{
    sample_both(s, 0);
    fill_if_negative(s);
}

static const td_signature dist_signature = {
    .example = "dist(x, y, 1)", .call = td_call_number, .parameter = { { "p", TD_NUMBER, false, 2 } },
};
const td_op td_op_dist = {
    .name = "dist", .id = TD_ID_dist, .min_in = 2, .max_in = 2, .infer = dist_infer, .compose = dist_compose,
    .sample = dist_sample, .signature = &dist_signature,
};

/* ---- pairwise_distance ---------------------------------------------------------------------------------------------- */

static td_status pairwise_distance_infer(td_infer *i)
{
    if (infer_both(i)) return td_error(i->context);
    int64_t n = i->attr->axis < i->shape.rank ? i->shape.size[i->attr->axis] : 0;
    return reduce_axis(i) ? td_error(i->context) : check_order(i, n);
}

static td_tensor *pairwise_distance_compose(int n, td_tensor *const *in, const td_attr *attr)
{
    (void)n;
    td_tensor *apart = td_add_scalar(td_floating(td_sub(in[0], in[1])), attr->b);
    return td_norm_axes(apart, attr->a, 1, (int[]){ attr->axis }, attr->keepdim);
}

static int larger_rank(const td_tensor *x, const td_tensor *y)
{
    return y && y->shape->rank > x->shape->rank ? y->shape->rank : x->shape->rank;
}

td_tensor *td_pairwise_distance(td_tensor *x, td_tensor *y, double p, double eps, bool keepdim)
{
    if (td_stopped(x)) return td_passed(x);
    td_attr a = { .a = p, .b = eps, .axis = (int16_t)(larger_rank(x, y) - 1), .keepdim = keepdim };
    return td_apply(&td_op_pairwise_distance, 2, (td_tensor *[]){ x, y }, &a);
}

static void pairwise_distance_sample(td_sample *s)
{
    sample_both(s, 1);
    fill_if_negative(s);
    s->attr.b = td_sample_choice(s, 3, (double[]){ 1e-6, 0, 0.25 });
    s->attr.axis = (int16_t)(s->in[0].rank - 1);
    s->attr.keepdim = td_sample_below(s, 2);
}

static td_tensor *call_pairwise_distance(const td_invocation *k)
{
    return td_pairwise_distance(k->in[0], k->in[1], td_as_number(k, 0), td_as_number(k, 1), td_as_flag(k, 2));
}
static const td_signature pairwise_distance_signature = {
    .example = "pairwise_distance(W, x, 1)", .call = call_pairwise_distance,
    .parameter = { { "p", TD_NUMBER, false, 2 }, { "eps", TD_NUMBER, false, 1e-6 }, { "keepdim", TD_FLAG, false, 0 } },
};
const td_op td_op_pairwise_distance = {
    .name = "pairwise_distance", .id = TD_ID_pairwise_distance, .min_in = 2, .max_in = 2, .infer = pairwise_distance_infer,
    .compose = pairwise_distance_compose, .sample = pairwise_distance_sample, .signature = &pairwise_distance_signature,
};

/* ---- cdist ---------------------------------------------------------------------------------------------------------- */

/* The stack of matrices: all axes but the last two. */
static td_shape stack_of(const td_shape *x)
{
    td_shape s = *x;
    s.rank -= 2;
    return s;
}

static td_status cdist_infer(td_infer *i)
{
    const td_shape *x = i->in[0]->shape, *y = i->in[1]->shape;
    char            a[TD_SHAPE_TEXT], b[TD_SHAPE_TEXT];
    td_dtype        d = td_promote(td_dtype_of(i->in[0]), td_dtype_of(i->in[1]));
    bool            fits = x->rank >= 2 && y->rank >= 2 && x->size[x->rank - 1] == y->size[y->rank - 1];
    if (fits) {
        td_shape s = stack_of(x), t = stack_of(y);
        fits = td_shape_broadcast(&s, &t, &i->shape) && i->shape.rank <= TD_MAX_RANK - 2;
    }
    if (!fits)
        return td_fail(i->context, TD_ESHAPE, "cdist: %s and %s; (..,m,k) and (..,n,k) wanted", td_shape_text(x, a),
                       td_shape_text(y, b));
    i->dtype = td_is_float(d) ? d : TD_F64;
    i->shape.size[i->shape.rank++] = x->size[x->rank - 2];
    i->shape.size[i->shape.rank++] = y->size[y->rank - 2];
    return check_order(i, x->size[x->rank - 1]);
}

static td_tensor *cdist_compose(int n, td_tensor *const *in, const td_attr *attr)
{
    (void)n;
    td_tensor *apart = td_sub(td_unsqueeze(in[0], -2), td_unsqueeze(in[1], -3));
    return td_norm_axes(apart, attr->a, 1, (int[]){ -1 }, false);
}

td_tensor *td_cdist(td_tensor *x, td_tensor *y, double p)
{
    return td_apply(&td_op_cdist, 2, (td_tensor *[]){ x, y }, &(td_attr){ .a = p });
}

static void cdist_sample(td_sample *s)
{
    sample_both(s, 2);
    td_sample_in *x = &s->in[0], *y = &s->in[1];
    if (s->attr.a < 0 && x->size[x->rank - 1] == 0) x->size[x->rank - 1] = 1;
    *y = *x;
    y->size[y->rank - 2] = td_sample_below(s, 5);
    for (int k = 0; k + 2 < y->rank; k++)
        if (td_sample_below(s, 3) == 0) y->size[k] = 1;
}

static const td_signature cdist_signature = {
    .example = "cdist(W, W, 1)", .call = td_call_number, .parameter = { { "p", TD_NUMBER, false, 2 } },
};
const td_op td_op_cdist = {
    .name = "cdist", .id = TD_ID_cdist, .min_in = 2, .max_in = 2, .infer = cdist_infer, .compose = cdist_compose,
    .sample = cdist_sample, .signature = &cdist_signature,
};

/* ---- normalize, cosine_similarity ----------------------------------------------------------------------------------- */

static td_status check_eps(const td_infer *i)
{
    return i->attr->b >= 0 ? TD_OK : td_fail(i->context, TD_EVALUE, "%s: eps %g is not 0 or more", i->op->name, i->attr->b);
}

/* The norm along an axis, kept as a size 1, or eps where that is more. */
static td_tensor *norm_above(td_tensor *x, double p, double eps, int axis)
{
    return td_clamp(td_norm_axes(x, p, 1, &axis, true), eps, (double)INFINITY);
}

static td_status normalize_infer(td_infer *i)
{
    if (!td_infer_axis(i, i->attr->axis, i->shape.rank) || check_eps(i)) return td_error(i->context);
    if (!td_is_float(i->dtype)) i->dtype = TD_F64;
    return check_order(i, i->shape.size[i->attr->axis]);
}

static td_tensor *normalize_compose(int n, td_tensor *const *in, const td_attr *attr)
{
    (void)n;
    td_tensor *x = td_floating(in[0]);
    return td_div(x, norm_above(x, attr->a, attr->b, attr->axis));
}

td_tensor *td_normalize(td_tensor *x, double p, int axis, double eps)
{
    if (td_stopped(x)) return td_passed(x);
    int k = td_axis(x->context, "normalize", x->shape->rank, axis);
    if (k < 0) return td_bad(x->context);
    return td_apply1(&td_op_normalize, x, &(td_attr){ .a = p, .b = eps, .axis = (int16_t)k });
}

static void normalize_sample(td_sample *s)
{
    s->n_in = 1;
    td_sample_operand(s, 0, 1, 3);
    s->attr.a = td_sample_choice(s, 7, (double[]){ 2, 2, 1, 0, 3, 1.5, (double)INFINITY });
    s->attr.b = td_sample_choice(s, 3, (double[]){ 1e-12, 1e-3, 2 });
    s->attr.axis = (int16_t)td_sample_below(s, s->in[0].rank);
}

static td_tensor *call_normalize(const td_invocation *k)
{
    return td_normalize(k->in[0], td_as_number(k, 0), td_as_int(k, 1), td_as_number(k, 2));
}
static const td_signature normalize_signature = {
    .example = "normalize(W, 1)", .call = call_normalize,
    .parameter = { { "p", TD_NUMBER, false, 2 }, { "axis", TD_AXIS, false, 1 }, { "eps", TD_NUMBER, false, 1e-12 } },
};
const td_op td_op_normalize = {
    .name = "normalize", .id = TD_ID_normalize, .min_in = 1, .max_in = 1, .infer = normalize_infer,
    .compose = normalize_compose, .sample = normalize_sample, .signature = &normalize_signature,
};

static td_status cosine_similarity_infer(td_infer *i)
{
    if (infer_both(i) || check_eps(i)) return td_error(i->context);
    return reduce_axis(i);
}

static td_tensor *cosine_similarity_compose(int n, td_tensor *const *in, const td_attr *attr)
{
    td_shape   both;
    td_tensor *direction[2];
    (void)n;
    td_shape_broadcast(in[0]->shape, in[1]->shape, &both);
    for (int k = 0; k < 2; k++) {
        td_tensor *x = td_expand(td_floating(in[k]), both.rank, both.size);
        direction[k] = td_div(x, norm_above(x, 2, attr->b, attr->axis));
    }
    return td_sum_axes(td_mul(direction[0], direction[1]), 1, (int[]){ attr->axis }, false);
}

td_tensor *td_cosine_similarity(td_tensor *x, td_tensor *y, int axis, double eps)
{
    if (td_stopped(x)) return td_passed(x);
    int k = td_axis(x->context, "cosine_similarity", larger_rank(x, y), axis);
    if (k < 0) return td_bad(x->context);
    return td_apply(&td_op_cosine_similarity, 2, (td_tensor *[]){ x, y }, &(td_attr){ .b = eps, .axis = (int16_t)k });
}

static void cosine_similarity_sample(td_sample *s)
{
    sample_both(s, 1);
    s->attr.a = 0;
    s->attr.b = td_sample_choice(s, 3, (double[]){ 1e-8, 1e-8, 1.5 });
    s->attr.axis = (int16_t)td_sample_below(s, s->in[0].rank);
}

static td_tensor *call_cosine_similarity(const td_invocation *k)
{
    return td_cosine_similarity(k->in[0], k->in[1], td_as_int(k, 0), td_as_number(k, 1));
}
static const td_signature cosine_similarity_signature = {
    .example = "cosine_similarity(x, y, 0)", .call = call_cosine_similarity,
    .parameter = { { "axis", TD_AXIS, false, 1 }, { "eps", TD_NUMBER, false, 1e-8 } },
};
const td_op td_op_cosine_similarity = {
    .name = "cosine_similarity", .id = TD_ID_cosine_similarity, .min_in = 2, .max_in = 2, .infer = cosine_similarity_infer,
    .compose = cosine_similarity_compose, .sample = cosine_similarity_sample, .signature = &cosine_similarity_signature,
};
