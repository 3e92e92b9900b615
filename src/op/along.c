/* along.c: take_along_dim, index_fill and one_hot: gather, index_copy and scatter with operands made ready. */
#include "op/index.h"

#include <string.h>

/* ---- take_along_dim: (x, idx) of one rank, broadcast off the axis ----------------------------------------------- */

/* What x's and the index's sizes off the axis broadcast to, x's own size along it in *from, the index's in *to. */
static bool broadcast_off(const td_infer *i, const td_shape *x, const td_shape *index, int axis, td_shape *from,
                          td_shape *to)
{
    *from = *x, *to = *index;
    for (int k = 0; k < x->rank; k++) {
        int64_t a = x->size[k], b = index->size[k];
        if (k == axis || a == b) continue;
        if (a != 1 && b != 1) return i ? !td_index_unfit(i, "x is", x, "the index", index) : false;
        from->size[k] = to->size[k] = a == 1 ? b : a;
    }
    return true;
}

static td_status take_along_dim_infer(td_infer *i)
{
    const td_shape *x = i->in[0]->shape, *index = i->in[1]->shape;
    td_shape        from;
    int             axis = i->attr->axis;
    if (td_index_dtypes(i) || !td_infer_axis(i, axis, x->rank)) return td_error(i->context);
    if (x->rank != index->rank) return td_index_unfit(i, "x is", x, "the index", index);
    return broadcast_off(i, x, index, axis, &from, &i->shape) ? TD_OK : td_error(i->context);
}

static td_tensor *take_along_dim_compose(int n, td_tensor *const *in, const td_attr *attr)
{
    td_shape from, to;
    int      axis = attr->axis;
    (void)n;
    broadcast_off(NULL, in[0]->shape, in[1]->shape, axis, &from, &to);
    td_tensor *index = td_expand(td_wrap_index(in[1], in[0]->shape->size[axis]), to.rank, to.size);
    return td_gather(td_expand(in[0], from.rank, from.size), axis, index);
}

td_tensor *td_take_along_dim(td_tensor *x, td_tensor *index, int axis)
{
    return td_apply_along(&td_op_take_along_dim, 2, (td_tensor *[]){ x, index }, axis, (td_attr){ 0 }, index);
}

static void take_along_dim_sample(td_sample *s)
{
    td_gather_sample(s);
    for (int k = 0; k < s->in[0].rank; k++) {
        if (k == s->attr.axis) continue;
        s->in[1].size[k] = s->in[0].size[k];
        if (td_sample_below(s, 4) == 0) s->in[td_sample_below(s, 2)].size[k] = 1;
    }
    s->in[1].low = -s->in[1].high;
}

static td_tensor *call_take_along_dim(const td_invocation *k)
{
    return td_take_along_dim(k->in[0], k->in[1], td_as_int(k, 0));
}
static const td_signature take_along_dim_signature = {
    .example = "take_along_dim(x, i)", .call = call_take_along_dim, .parameter = { { "axis", TD_AXIS, false, 0 } },
};
const td_op td_op_take_along_dim = {
    .name = "take_along_dim", .id = TD_ID_take_along_dim, .min_in = 2, .max_in = 2,
    .infer = take_along_dim_infer, .compose = take_along_dim_compose, .sample = take_along_dim_sample,
    .signature = &take_along_dim_signature,
};

/* ---- index_fill: (x, idx 1-d); a: the value --------------------------------------------------------------------- */

static td_status index_fill_infer(td_infer *i)
{
    const td_shape *x = i->in[0]->shape, *index = i->in[1]->shape;
    if (td_index_dtypes(i) || !td_infer_axis(i, i->attr->axis, x->rank)) return td_error(i->context);
    return index->rank == 1 ? TD_OK : td_index_unfit(i, "x is", x, "the index", index);
}

static td_tensor *index_fill_compose(int n, td_tensor *const *in, const td_attr *attr)
{
    td_shape source = *in[0]->shape;
    int      axis = attr->axis;
    (void)n;
    source.size[axis] = in[1]->shape->size[0];
    td_tensor *value = td_constant(in[0], attr->a, &source);
    return td_index_copy(in[0], axis, td_wrap_index(in[1], in[0]->shape->size[axis]), value);
}

td_tensor *td_index_fill(td_tensor *x, int axis, td_tensor *index, double value)
{
    return td_apply_along(&td_op_index_fill, 2, (td_tensor *[]){ x, index }, axis, (td_attr){ .a = value }, x);
}

td_tensor *td_index_fill_tensor(td_tensor *x, int axis, td_tensor *index, td_tensor *value)
{
    if (td_stopped(x) || td_stopped(index) || td_stopped(value)) return td_passed(x);
    int k = td_axis(x->context, "index_fill", x->shape->rank, axis);
    if (value->shape->rank) td_fail(x->context, TD_ESHAPE, "index_fill: a value of rank %d, not 0", value->shape->rank);
    if (x->context->status) return td_bad(x->context);
    td_shape source = *x->shape;
    source.size[k] = td_numel(index);
    td_tensor *spread = td_expand(td_to(value, td_dtype_of(x)), source.rank, source.size);
    return td_index_copy(x, k, td_wrap_index(index, x->shape->size[k]), spread);
}

static void index_fill_sample(td_sample *s)
{
    td_index_rows_sample(s);
    s->in[1].low = -s->in[1].high;
    s->attr.a = td_sample_real(s, -2, 2);
}

static td_tensor *call_index_fill(const td_invocation *k)
{
    return td_index_fill(k->in[0], td_as_int(k, 1), k->in[1], td_as_number(k, 0));
}
static const td_signature index_fill_signature = {
    .example = "index_fill(x, i, 0.5)", .call = call_index_fill,
    .parameter = { { "value", TD_NUMBER, true, 0 }, { "axis", TD_AXIS, false, 0 } },
};
const td_op td_op_index_fill = {
    .name = "index_fill", .id = TD_ID_index_fill, .min_in = 2, .max_in = 2,
    .infer = index_fill_infer, .compose = index_fill_compose, .sample = index_fill_sample,
    .signature = &index_fill_signature,
};

/* ---- one_hot: idx; list[0]: how many classes -------------------------------------------------------------------- */

static td_status one_hot_infer(td_infer *i)
{
    const td_shape *index = i->in[0]->shape;
    if (i->dtype != TD_I64)
        return td_fail(i->context, TD_EDTYPE, "one_hot: the index is %s, not i64", td_dtype_name(i->dtype));
    if (i->attr->list[0] < 0) return td_fail(i->context, TD_EVALUE, "one_hot: %lld classes", (long long)i->attr->list[0]);
    td_shape_insert(index, index->rank, i->attr->list[0], &i->shape);
    return TD_OK;
}

static td_tensor *one_hot_compose(int n, td_tensor *const *in, const td_attr *attr)
{
    td_tensor *place = td_unsqueeze(in[0], -1);
    td_shape   y = *in[0]->shape;
    (void)n;
    y.size[y.rank++] = attr->list[0];
    td_tensor *ones = td_constant(in[0], 1, place->shape);
    return td_scatter(td_constant(in[0], 0, &y), -1, place, ones);
}

/* One more than the largest; -1 after td_fail. */
static int64_t count_classes(td_tensor *index)
{
    int64_t        most = -1;
    const int64_t *x = td_dtype_of(index) == TD_I64 ? td_data(index) : NULL;
    if (!x) return index->context->status ? -1 : 0;    /* another dtype: the door says so */
    for (int64_t i = 0; i < index->shape->numel; i++) most = x[i] > most ? x[i] : most;
    if (most >= 0) return most + 1;
    td_fail(index->context, TD_EVALUE, "one_hot: how many classes can't be told from no index");
    return -1;
}

td_tensor *td_one_hot(td_tensor *index, int64_t num_classes)
{
    if (td_stopped(index)) return td_passed(index);
    int64_t n = num_classes == -1 ? count_classes(index) : num_classes;
    if (index->context->status) return td_bad(index->context);
    return td_apply1(&td_op_one_hot, index, &(td_attr){ .n_list = 1, .list = { n } });
}

static void one_hot_sample(td_sample *s)
{
    s->n_in = 1;
    td_sample_operand(s, 0, 0, 2);
    s->attr.n_list = 1;
    s->attr.list[0] = 1 + td_sample_below(s, 5);
    s->in[0].what = TD_SAMPLE_INDEX;
    s->in[0].low = 0, s->in[0].high = (double)s->attr.list[0];
}

static td_tensor *call_one_hot(const td_invocation *k) { return td_one_hot(k->in[0], td_as_i64(k, 0)); }
static const td_signature one_hot_signature = {
    .example = "one_hot(i, 3)", .call = call_one_hot, .parameter = { { "num_classes", TD_INTEGER, false, -1 } },
};
const td_op td_op_one_hot = {
    .name = "one_hot", .id = TD_ID_one_hot, .min_in = 1, .max_in = 1, .flat = true,
    .infer = one_hot_infer, .compose = one_hot_compose, .sample = one_hot_sample, .signature = &one_hot_signature,
};
