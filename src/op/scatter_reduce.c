/* scatter_reduce.c: scatter_reduce and index_reduce, spelt in the primitives of scatter.c.
 *
 * Where x itself is not to count, what it has in the places that are reached is first replaced by a number that changes
 * nothing: 0, 1, an infinity.  Attributes: list[0] which reduction, list[1] whether x counts. */
#include "op/index.h"

#include <math.h>
#include <string.h>

enum { SUM, PROD, MEAN, AMAX, AMIN, REDUCTIONS };

static const char *const name[REDUCTIONS] = { "sum", "prod", "mean", "amax", "amin" };

static bool reduction_fits(const td_infer *i)
{
    int64_t which = i->attr->list[0];
    if (which < 0 || which >= REDUCTIONS)
        return !td_fail(i->context, TD_EVALUE, "%s: reduction %lld, takes 0 to %d", i->op->name, (long long)which,
                        REDUCTIONS - 1);
    return which != MEAN || td_is_float(i->dtype) ||
           !td_fail(i->context, TD_EDTYPE, "%s: the mean of %s is no %s", i->op->name, td_dtype_name(i->dtype),
                    td_dtype_name(i->dtype));
}

/* x where nothing is sent to; elsewhere what leaves the reduction as it is. */
static td_tensor *emptied(td_tensor *x, int axis, td_tensor *index, td_tensor *source, int64_t which)
{
    static const double neutral[REDUCTIONS] = { [PROD] = 1, [AMAX] = -(double)INFINITY, [AMIN] = (double)INFINITY };
    bool extreme = which == AMAX || which == AMIN;
    if (extreme && !td_is_float(td_dtype_of(x))) return td_scatter(x, axis, index, source);    /* one of those that count */
    return td_scatter(x, axis, index, td_constant(x, neutral[which], index->shape));
}

/* How many numbers go into each place of x; 1 where nothing is sent to. */
static td_tensor *counts(td_tensor *x, int axis, td_tensor *index, bool self)
{
    td_tensor *one = td_constant(x, 1, x->shape);
    if (!self) one = td_scatter(one, axis, index, td_constant(x, 0, index->shape));
    return td_scatter_add(one, axis, index, td_constant(x, 1, index->shape));
}

static td_tensor *reduced(td_tensor *x, int axis, td_tensor *index, td_tensor *source, const td_attr *attr)
{
    static const td_op *const op[REDUCTIONS] = {
        &td_op_scatter_add, &td_op_scatter_prod, &td_op_scatter_add, &td_op_scatter_amax, &td_op_scatter_amin,
    };
    int64_t which = attr->list[0];
    bool    self = attr->list[1];
    td_tensor *from = self ? x : emptied(x, axis, index, source, which);
    td_attr    a = { .axis = (int16_t)axis, .n_list = 1 };
    td_tensor *y = td_apply(op[which], 3, (td_tensor *[]){ from, index, source }, &a);
    return which == MEAN ? td_div(y, counts(x, axis, index, self)) : y;
}

static td_tensor *apply_reduction(const td_op *op, td_tensor *const *in, int axis, const char *reduce, bool include_self)
{
    int which = 0;
    if (td_stopped(in[0])) return td_passed(in[0]);
    while (which < REDUCTIONS && (!reduce || strcmp(reduce, name[which]))) which++;
    if (which < REDUCTIONS)
        return td_apply_along(op, 3, in, axis, (td_attr){ .n_list = 2, .list = { which, include_self } }, in[0]);
    td_fail(in[0]->context, TD_EVALUE, "%s: \"%s\" is none of sum, prod, mean, amax, amin", op->name, reduce ? reduce : "");
    return td_bad(in[0]->context);
}

static td_tensor *call_reduction(const td_invocation *k)
{
    return apply_reduction(k->op, k->in, td_as_int(k, 0), name[td_as_int(k, 1)], td_as_flag(k, 2));
}

static void sample_reduction(td_sample *s)
{
    s->attr.n_list = 2;
    s->attr.list[0] = td_sample_below(s, REDUCTIONS);
    s->attr.list[1] = td_sample_below(s, 2);
}

/* ---- scatter_reduce ----------------------------------------------------------------------------------------------- */

static td_status scatter_reduce_infer(td_infer *i)
{
    return reduction_fits(i) ? td_index_places_infer(i) : td_error(i->context);
}

static td_tensor *scatter_reduce_compose(int n, td_tensor *const *in, const td_attr *attr)
{
    (void)n;
    return reduced(in[0], attr->axis, in[1], in[2], attr);
}

td_tensor *td_scatter_reduce(td_tensor *x, int axis, td_tensor *index, td_tensor *source, const char *reduce,
                             bool include_self)
{
    return apply_reduction(&td_op_scatter_reduce, (td_tensor *[]){ x, index, source }, axis, reduce, include_self);
}

static void scatter_reduce_sample(td_sample *s)
{
    td_index_places_sample(s);
    sample_reduction(s);
}

static const td_signature scatter_reduce_signature = {
    .example = "scatter_reduce(x, i, y, reduce=mean)", .call = call_reduction, .words = "sum prod mean amax amin",
    .parameter = { { "axis", TD_AXIS, false, 0 }, { "reduce", TD_WORD, true, 0 }, { "include_self", TD_FLAG, false, 1 } },
};
const td_op td_op_scatter_reduce = {
    .name = "scatter_reduce", .id = TD_ID_scatter_reduce, .min_in = 3, .max_in = 3,
    .infer = scatter_reduce_infer, .compose = scatter_reduce_compose, .sample = scatter_reduce_sample,
    .signature = &scatter_reduce_signature,
};

/* ---- index_reduce ------------------------------------------------------------------------------------------------- */

static td_status index_reduce_infer(td_infer *i)
{
    return reduction_fits(i) ? td_index_rows_infer(i) : td_error(i->context);
}

/* The one index for all that lies across the axis. */
static td_tensor *index_reduce_compose(int n, td_tensor *const *in, const td_attr *attr)
{
    const td_shape *source = in[2]->shape;
    int64_t         along[TD_MAX_RANK];
    (void)n;
    for (int k = 0; k < source->rank; k++) along[k] = k == attr->axis ? source->size[k] : 1;
    td_tensor *index = td_expand(td_reshape(in[1], source->rank, along), source->rank, source->size);
    return reduced(in[0], attr->axis, index, in[2], attr);
}

td_tensor *td_index_reduce(td_tensor *x, int axis, td_tensor *index, td_tensor *source, const char *reduce,
                           bool include_self)
{
    return apply_reduction(&td_op_index_reduce, (td_tensor *[]){ x, index, source }, axis, reduce, include_self);
}

static void index_reduce_sample(td_sample *s)
{
    td_index_source_sample(s);
    sample_reduction(s);
}

static const td_signature index_reduce_signature = {
    .example = "index_reduce(W, i, W, reduce=amax)", .call = call_reduction, .words = "sum prod mean amax amin",
    .parameter = { { "axis", TD_AXIS, false, 0 }, { "reduce", TD_WORD, true, 0 }, { "include_self", TD_FLAG, false, 1 } },
};
const td_op td_op_index_reduce = {
    .name = "index_reduce", .id = TD_ID_index_reduce, .min_in = 3, .max_in = 3,
    .infer = index_reduce_infer, .compose = index_reduce_compose, .sample = index_reduce_sample,
    .signature = &index_reduce_signature,
};
