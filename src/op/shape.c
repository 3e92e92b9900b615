/* shape.c: the same numbers, all of them, under another shape.
 *
 * These are views: infer gives strides and an offset into the storage of in[0], and nothing is computed.  Engines that
 * hold plain row-major values ignore the strides.  Primitives are reshape, permute and expand; the others are said in
 * them. */
#include "op/shape.h"

#include <string.h>

/* Sizes into attr's list; false after td_fail. */
static bool list_sizes(td_context *c, const char *who, int rank, const int64_t *size, td_attr *a)
{
    if (rank < 0 || rank > TD_MAX_RANK)
        return !td_fail(c, TD_ESHAPE, "%s: rank %d is out of range 0..%d", who, rank, TD_MAX_RANK);
    a->n_list = (int8_t)rank;
    if (rank) memcpy(a->list, size, (size_t)rank * sizeof *size);
    return true;
}

bool td_infer_axes(const td_infer *i, uint32_t axes, int rank)
{
    if (axes >> rank == 0) return true;
    return !td_fail(i->context, TD_ESHAPE, "%s: axes 0x%x of a tensor of rank %d", i->op->name, (unsigned)axes, rank);
}

bool td_infer_axis(const td_infer *i, int64_t axis, int rank)
{
    if (axis >= 0 && axis < rank) return true;
    return !td_fail(i->context, TD_ESHAPE, "%s: axis %lld is out of range 0..%d", i->op->name, (long long)axis, rank - 1);
}

void td_sample_operand(td_sample *s, int operand, int min_rank, int max_rank)
{
    td_sample_shape(s, operand, min_rank, max_rank);
    td_sample_floats(s, operand, -6, 6);
}

/* ---- reshape ------------------------------------------------------------------------------------------------------ */

/* Strides of y, a reshaped x, in x's storage; false if there are none.  From the last axis on, x's axes fall into runs
 * that lie evenly in memory; a run can be cut anew, the seam between two runs can't be crossed. */
static bool view_strides(const td_shape *x, td_shape *y)
{
    y->offset = x->offset;
    if (x->numel == 0 || x->rank == 0) return true;    /* row-major will do */
    int     k = y->rank - 1;
    int64_t run = 1, cut = 1, step = x->stride[x->rank - 1];
    for (int i = x->rank - 1; i >= 0; i--) {
        run *= x->size[i];
        if (i && (x->size[i - 1] == 1 || x->stride[i - 1] == run * step)) continue;
        for (; k >= 0 && (cut < run || y->size[k] == 1); k--) {
            y->stride[k] = cut * step;
            cut *= y->size[k];
        }
        if (cut != run) return false;
        if (i) step = x->stride[i - 1];
        run = cut = 1;
    }
    return true;
}

static td_status reshape_infer(td_infer *i)
{
    const td_shape *x = i->in[0]->shape;
    td_shape        y;
    char            from[TD_SHAPE_TEXT], to[TD_SHAPE_TEXT];
    if (td_shape_make(i->context, "reshape", i->attr->n_list, i->attr->list, &y)) return td_error(i->context);
    if (y.numel != x->numel)
        return td_fail(i->context, TD_ESHAPE, "reshape: %s has %lld elements, %s wants %lld", td_shape_text(x, from),
                       (long long)x->numel, td_shape_text(&y, to), (long long)y.numel);
    if (!view_strides(x, &y))
        return td_fail(i->context, TD_ESTATE, "reshape: %s does not lie evenly enough in memory to be seen as %s; "
                       "td_reshape copies it first", td_shape_text(x, from), td_shape_text(&y, to));
    i->shape = y;
    i->view = true;
    return TD_OK;
}

static void reshape_vjp(td_pull *p)
{
    td_pull_add(p, 0, td_reshape(p->g, p->in[0]->shape->rank, p->in[0]->shape->size));
}

/* The size that was given as -1, if any; false after td_fail. */
static bool find_free_size(td_tensor *x, const char *who, td_attr *a)
{
    td_shape rest;
    int      open = -1;
    char     text[TD_SHAPE_TEXT];
    for (int i = 0; i < a->n_list; i++) {
        if (a->list[i] != -1) continue;
        if (open >= 0) return !td_fail(x->context, TD_ESHAPE, "%s: sizes %d and %d are both -1", who, open, i);
        a->list[open = i] = 1;
    }
    if (td_shape_make(x->context, who, a->n_list, a->list, &rest)) return false;
    if (open < 0) return true;
    if (rest.numel == 0 || x->shape->numel % rest.numel)
        return !td_fail(x->context, TD_ESHAPE, "%s: %s has %lld elements, the sizes beside -1 make %lld", who,
                        td_shape_text(x->shape, text), (long long)x->shape->numel, (long long)rest.numel);
    a->list[open] = x->shape->numel / rest.numel;
    return true;
}

bool td_sizes_for(td_tensor *x, const char *who, int rank, const int64_t *size, td_attr *a)
{
    return list_sizes(x->context, who, rank, size, a) && find_free_size(x, who, a);
}

td_tensor *td_reshape(td_tensor *x, int rank, const int64_t *size)
{
    td_attr  a = { 0 };
    td_shape y;
    if (td_stopped(x)) return td_passed(x);
    if (!td_sizes_for(x, "reshape", rank, size, &a)) return td_bad(x->context);
    if (td_shape_make(x->context, "reshape", rank, a.list, &y)) return td_bad(x->context);
    if (y.numel == x->shape->numel && !view_strides(x->shape, &y)) x = td_copy(x);
    return td_apply1(&td_op_reshape, x, &a);
}

/* Same sizes in another order; now and then a 1 put in. */
static void reshape_sample(td_sample *s)
{
    s->n_in = 1;
    td_sample_operand(s, 0, 0, 3);
    td_attr *a = &s->attr;
    int64_t  flat = 1;
    for (int i = s->in[0].rank - 1; i >= 0; i--) {
        if (td_sample_below(s, 2)) a->list[a->n_list++] = 1;
        a->list[a->n_list++] = s->in[0].size[i];
        flat *= s->in[0].size[i];
    }
    if (td_sample_below(s, 3) == 0) a->n_list = 1, a->list[0] = flat;
}

static td_tensor *call_reshape(const td_invocation *k) { return td_reshape(k->in[0], k->argument[0].n, k->argument[0].list); }
static const td_signature reshape_signature = {
    .example = "reshape(W, [3, -1])", .call = call_reshape,
    .parameter = { { "size", TD_SIZES, true, 0 } },
};
const td_op td_op_reshape = {
    .name = "reshape", .id = TD_ID_reshape, .min_in = 1, .max_in = 1,
    .infer = reshape_infer, .vjp = reshape_vjp, .sample = reshape_sample,
    .signature = &reshape_signature,
};

/* ---- permute, transpose ------------------------------------------------------------------------------------------- */

static td_status permute_infer(td_infer *i)
{
    const td_shape *x = i->in[0]->shape;
    const td_attr  *a = i->attr;
    uint32_t        seen = 0;
    td_shape        y = *x;
    if (a->n_list != x->rank)
        return td_fail(i->context, TD_ESHAPE, "permute: %d axes for a tensor of rank %d", a->n_list, x->rank);
    for (int k = 0; k < x->rank; k++) {
        int64_t axis = a->list[k];
        if (!td_infer_axis(i, axis, x->rank)) return td_error(i->context);
        if (seen & 1u << axis) return td_fail(i->context, TD_ESHAPE, "permute: axis %d is named twice", (int)axis);
        seen |= 1u << axis;
        y.size[k] = x->size[axis];
        y.stride[k] = x->stride[axis];
    }
    i->shape = y;
    i->view = true;
    return TD_OK;
}

/* y[.., i_k, ..] = x[.., i_a(k), ..]; the adjoint goes back by the inverse of a */
static void permute_vjp(td_pull *p)
{
    int inverse[TD_MAX_RANK] = { 0 };
    for (int k = 0; k < p->attr->n_list; k++) inverse[p->attr->list[k]] = k;
    td_pull_add(p, 0, td_permute(p->g, inverse));
}

td_tensor *td_permute(td_tensor *x, const int *axes)
{
    if (td_stopped(x)) return td_passed(x);
    td_attr a = { .n_list = (int8_t)x->shape->rank };
    for (int k = 0; k < a.n_list; k++) {
        a.list[k] = td_axis(x->context, "permute", a.n_list, axes[k]);
        if (a.list[k] < 0) return td_bad(x->context);
    }
    return td_apply1(&td_op_permute, x, &a);
}

static void permute_sample(td_sample *s)
{
    s->n_in = 1;
    td_sample_operand(s, 0, 0, 4);
    int n = s->in[0].rank;
    s->attr.n_list = (int8_t)n;
    for (int k = 0; k < n; k++) {    /* Knuth's shuffle, inside out */
        int other = (int)td_sample_below(s, k + 1);
        s->attr.list[k] = s->attr.list[other];
        s->attr.list[other] = k;
    }
}

static td_tensor *call_permute(const td_invocation *k)
{
    int axes[TD_LIST], n = td_as_axes(k, 0, k->in[0], axes);
    return td_has_length(k, 0, td_rank(k->in[0])) && n ? td_permute(k->in[0], axes) : k->in[0];
}
static const td_signature permute_signature = {
    .example = "permute(W, [1, 0])", .call = call_permute,
    .parameter = { { "axes", TD_AXES, true, 0 } },
};
const td_op td_op_permute = {
    .name = "permute", .id = TD_ID_permute, .min_in = 1, .max_in = 1,
    .infer = permute_infer, .vjp = permute_vjp, .sample = permute_sample,
    .signature = &permute_signature,
};

static td_status transpose_infer(td_infer *i)
{
    const int64_t *axis = i->attr->list;
    int            rank = i->shape.rank;
    if (!td_infer_axis(i, axis[0], rank) || !td_infer_axis(i, axis[1], rank)) return td_error(i->context);
    i->shape.size[axis[0]] = i->in[0]->shape->size[axis[1]];
    i->shape.size[axis[1]] = i->in[0]->shape->size[axis[0]];
    return TD_OK;
}

static td_tensor *transpose_compose(int n, td_tensor *const *in, const td_attr *attr)
{
    int axes[TD_MAX_RANK];
    (void)n;
    for (int k = 0; k < TD_MAX_RANK; k++) axes[k] = k;
    axes[attr->list[0]] = (int)attr->list[1];
    axes[attr->list[1]] = (int)attr->list[0];
    return td_permute(in[0], axes);
}

td_tensor *td_transpose(td_tensor *x, int axis0, int axis1)
{
    if (td_stopped(x)) return td_passed(x);
    int a = td_axis(x->context, "transpose", x->shape->rank, axis0);
    int b = td_axis(x->context, "transpose", x->shape->rank, axis1);
    if (a < 0 || b < 0) return td_bad(x->context);
    return td_apply1(&td_op_transpose, x, &(td_attr){ .n_list = 2, .list = { a, b } });
}

static void transpose_sample(td_sample *s)
{
    s->n_in = 1;
    td_sample_operand(s, 0, 1, 4);
    s->attr.n_list = 2;
    for (int k = 0; k < 2; k++) s->attr.list[k] = td_sample_below(s, s->in[0].rank);
}

static td_tensor *call_transpose(const td_invocation *k) { return td_transpose(k->in[0], td_as_int(k, 0), td_as_int(k, 1)); }
static const td_signature transpose_signature = {
    .example = "transpose(W, 0, 1)", .call = call_transpose,
    .parameter = { { "axis0", TD_AXIS, true, 0 }, { "axis1", TD_AXIS, true, 0 } },
};
const td_op td_op_transpose = {
    .name = "transpose", .id = TD_ID_transpose, .min_in = 1, .max_in = 1,
    .infer = transpose_infer, .compose = transpose_compose, .sample = transpose_sample,
    .signature = &transpose_signature,
};

/* ---- expand ------------------------------------------------------------------------------------------------------- */

static td_status expand_infer(td_infer *i)
{
    const td_shape *x = i->in[0]->shape;
    td_shape        y;
    char            from[TD_SHAPE_TEXT], to[TD_SHAPE_TEXT];
    if (td_shape_make(i->context, "expand", i->attr->n_list, i->attr->list, &y)) return td_error(i->context);
    int  front = y.rank - x->rank;
    bool fits = front >= 0;
    for (int k = 0; fits && k < y.rank; k++) {
        bool kept = k >= front && x->size[k - front] == y.size[k];
        fits = k < front || kept || x->size[k - front] == 1;
        y.stride[k] = kept ? x->stride[k - front] : 0;
    }
    if (!fits)
        return td_fail(i->context, TD_ESHAPE, "expand: %s does not expand to %s", td_shape_text(x, from),
                       td_shape_text(&y, to));
    y.offset = x->offset;
    i->shape = y;
    i->view = true;
    return TD_OK;
}

/* y repeats x along some axes: gx = g summed over them */
static void expand_vjp(td_pull *p)
{
    const td_shape *x = p->in[0]->shape, *y = p->y->shape;
    int             axes[TD_MAX_RANK], n = 0, front = y->rank - x->rank;
    for (int k = 0; k < y->rank; k++)
        if (k < front || x->size[k - front] != y->size[k]) axes[n++] = k;
    td_tensor *gx = n ? td_sum_axes(p->g, n, axes, true) : p->g;
    td_pull_add(p, 0, front ? td_reshape(gx, x->rank, x->size) : gx);
}

td_tensor *td_expand(td_tensor *x, int rank, const int64_t *size)
{
    td_attr a = { 0 };
    if (td_stopped(x)) return td_passed(x);
    if (!list_sizes(x->context, "expand", rank, size, &a)) return td_bad(x->context);
    for (int k = rank - x->shape->rank; k >= 0 && k < rank; k++)
        if (a.list[k] == -1) a.list[k] = x->shape->size[k - (rank - x->shape->rank)];
    return td_apply1(&td_op_expand, x, &a);
}

td_tensor *td_constant(td_tensor *x, double value, const td_shape *s)
{
    return td_expand(td_number(x, value), s->rank, s->size);
}

/* A shape, its sizes 1 repeated 0 to 3 times, up to two new axes in front. */
static void expand_sample(td_sample *s)
{
    s->n_in = 1;
    td_sample_operand(s, 0, 0, 3);
    td_attr *a = &s->attr;
    for (int k = (int)td_sample_below(s, 3); k > 0; k--) a->list[a->n_list++] = td_sample_below(s, 4);
    for (int k = 0; k < s->in[0].rank; k++) {
        if (td_sample_below(s, 2)) s->in[0].size[k] = 1;
        a->list[a->n_list++] = s->in[0].size[k] == 1 ? td_sample_below(s, 4) : s->in[0].size[k];
    }
}

static td_tensor *call_expand(const td_invocation *k) { return td_expand(k->in[0], k->argument[0].n, k->argument[0].list); }
static const td_signature expand_signature = {
    .example = "expand(x, [2, 3])", .call = call_expand,
    .parameter = { { "size", TD_SIZES, true, 0 } },
};
const td_op td_op_expand = {
    .name = "expand", .id = TD_ID_expand, .min_in = 1, .max_in = 1,
    .infer = expand_infer, .vjp = expand_vjp, .sample = expand_sample,
    .signature = &expand_signature,
};
