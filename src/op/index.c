/* index.c: elements picked, and added back, through an index.
 *
 * One walk serves all: sizes of the index, with the stride of the indexed axis 0 in the tensor it points into.  An index
 * of one axis is an index of all axes whose other strides are 0.  Indices are looked at before the first of them is
 * followed. */
#include "op/index.h"

td_status td_index_dtypes(const td_infer *i)
{
    const td_tensor *index = i->in[1];
    if (index->dtype != TD_I64)
        return td_fail(i->context, TD_EDTYPE, "%s: the index is %s, not i64", i->op->name, td_dtype_name(index->dtype));
    if (i->n_in > 2 && i->in[2]->dtype != i->in[0]->dtype)
        return td_fail(i->context, TD_EDTYPE, "%s: x is %s, the source is %s", i->op->name, td_dtype_name(i->in[0]->dtype),
                       td_dtype_name(i->in[2]->dtype));
    return TD_OK;
}

td_status td_index_unfit(const td_infer *i, const char *what, const td_shape *a, const char *other, const td_shape *b)
{
    char x[TD_SHAPE_TEXT], y[TD_SHAPE_TEXT];
    return td_fail(i->context, TD_ESHAPE, "%s along axis %d: %s %s, %s %s", i->op->name, i->attr->axis, what,
                   td_shape_text(a, x), other, td_shape_text(b, y));
}

enum { PIECES = 64, PIECE = 1 << 15, CHUNK = 1024 };

/* Where the first index of each piece stands that is not in 0..end-1; -1: there is none. */
typedef struct search {
    const td_kernels *kernels;
    td_stream         index;
    int64_t           end, grain, found[PIECES];
} search;

static void search_piece(int64_t begin, int64_t end, void *argument)
{
    search *s = argument;
    int64_t found = -1, buffer[CHUNK];
    for (int64_t i = begin; i < end && found < 0; i += CHUNK) {
        int64_t n = end - i < CHUNK ? end - i : CHUNK;
        found = s->kernels->outside(n, td_stream_read(&s->index, i, n, buffer), s->end);
        if (found >= 0) found += i;
    }
    s->found[begin / s->grain] = found;
}

int64_t td_first_outside(const td_context *c, const td_window *index, int64_t end)
{
    int64_t n = index->shape->numel, most = (n - 1) / PIECES + 1, grain = most > PIECE ? most : PIECE;
    search  s = { .kernels = c->kernels, .index = td_stream_of(c, index), .end = end, .grain = grain };
    td_parallel(c, n, grain, search_piece, &s);
    for (int64_t i = 0; i * grain < n; i++)
        if (s.found[i] >= 0) return s.found[i];
    return -1;
}

td_status td_check_indices(const td_call *call, int axis)
{
    const td_window *index = &call->in[1];
    int64_t          n = call->in[0].shape->size[axis], i = td_first_outside(call->context, index, n);
    if (i < 0) return TD_OK;
    td_stream s = td_stream_of(call->context, index);
    long long at = *(const int64_t *)td_stream_at(&s, i);
    if (n == 0)
        return td_fail(call->context, TD_EVALUE, "%s: index %lld at position %lld, but axis %d is empty", call->op->name, at,
                       (long long)i, axis);
    return td_fail(call->context, TD_EVALUE, "%s: index %lld at position %lld is out of range 0..%lld", call->op->name, at,
                   (long long)i, (long long)(n - 1));
}

/* Give w its index: a stride for each axis, or for `axis` alone if the index has but that one. */
static void follow(td_walk *w, const td_window *index, int axis, bool one_axis)
{
    w->index = index->data;
    for (int k = 0; k < w->rank; k++) {
        int64_t stride = !one_axis ? index->shape->stride[k] : k == axis ? index->shape->stride[0] : 0;
        w->index_stride[k] = stride * (int64_t)sizeof(int64_t);
    }
}

static td_status pick(const td_call *call, const td_shape *over, bool one_axis)
{
    const td_window *x = &call->in[0];
    int              axis = call->attr->axis;
    if (td_check_indices(call, axis)) return td_error(call->context);
    td_walk w = td_walk_between(over, &call->out, x);
    w.axis_stride = w.from_stride[axis];
    w.from_stride[axis] = 0;
    follow(&w, &call->in[1], axis, one_axis);
    td_walk_run(call->context, w, TD_WALK_GATHER, x->dtype, -1);
    return TD_OK;
}

td_status td_index_join(const td_call *call, int kind, bool rows)
{
    const td_window *source = &call->in[2];
    int              axis = call->attr->axis;
    if (td_check_indices(call, axis)) return td_error(call->context);
    td_walk_move(call->context, &call->out, &call->in[0]);
    td_walk w = td_walk_between(rows ? source->shape : call->in[1].shape, &call->out, source);
    w.axis_stride = w.to_stride[axis];
    w.to_stride[axis] = 0;
    w.places = call->out.shape->size[axis];
    follow(&w, &call->in[1], axis, rows);
    td_walk_run(call->context, w, kind, source->dtype, axis);
    return TD_OK;
}

td_tensor *td_apply_along(const td_op *op, int n, td_tensor *const *in, int axis, td_attr a, const td_tensor *like)
{
    td_tensor *raised[3];
    if (td_stopped(in[0])) return td_passed(in[0]);
    for (int i = 0; i < n; i++) raised[i] = td_atleast_1d(in[i]);
    int k = td_axis(in[0]->context, op->name, raised[0]->shape->rank, axis);
    if (k < 0) return td_bad(in[0]->context);
    a.axis = (int16_t)k;
    td_tensor *y = td_apply(op, n, raised, &a);
    return like && like->shape->rank == 0 && !td_stopped(y) ? td_reshape(y, 0, NULL) : y;
}

static td_tensor *apply_along(const td_op *op, int n, td_tensor *const *in, int axis)
{
    return td_apply_along(op, n, in, axis, (td_attr){ 0 }, in[0]);
}

td_tensor *td_call_along(const td_invocation *k)
{
    return td_apply_along(k->op, k->n, k->in, td_as_int(k, 0), (td_attr){ .n_list = 1 }, k->in[0]);
}

/* A sample's index: `count` integers below n; none if n is 0. */
static td_sample_in sample_index(int64_t n, int64_t count)
{
    return (td_sample_in){ .rank = 1, .size = { n ? count : 0 }, .what = TD_SAMPLE_INDEX, .high = (double)n };
}

/* ---- index_select, index_add -------------------------------------------------------------------------------------- */

static td_status index_select_infer(td_infer *i)
{
    int             axis = i->attr->axis;
    const td_shape *x = i->in[0]->shape, *index = i->in[1]->shape;
    if (td_index_dtypes(i) || !td_infer_axis(i, axis, x->rank)) return td_error(i->context);
    if (index->rank != 1) return td_index_unfit(i, "x is", x, "the index", index);
    i->shape.size[axis] = index->size[0];
    return TD_OK;
}

static td_status index_select_compute(const td_call *call) { return pick(call, call->out.shape, true); }

/* y[j] = x[idx[j]]; the same x may have gone to many y, so gx[idx[j]] += g[j] */
static void index_select_vjp(td_pull *p)
{
    td_pull_add(p, 0, td_index_add(td_zeros_like(p->in[0]), p->attr->axis, p->in[1], p->g));
}

td_tensor *td_index_select(td_tensor *x, int axis, td_tensor *index)
{
    return apply_along(&td_op_index_select, 2, (td_tensor *[]){ x, index }, axis);
}

void td_index_rows_sample(td_sample *s)
{
    s->n_in = 2;
    td_sample_operand(s, 0, 1, 3);
    s->attr.axis = (int16_t)td_sample_below(s, s->in[0].rank);
    int64_t n = s->in[0].size[s->attr.axis];
    s->in[1] = sample_index(n, td_sample_below(s, 4) ? td_sample_below(s, 7) : n);
}

static td_tensor *call_index_select(const td_invocation *k) { return td_index_select(k->in[0], td_as_int(k, 0), k->in[1]); }
static const td_signature index_select_signature = {
    .example = "index_select(x, i)", .call = call_index_select,
    .parameter = { { "axis", TD_AXIS, false, 0 } },
};
const td_op td_op_index_select = {
    .name = "index_select", .id = TD_ID_index_select, .min_in = 2, .max_in = 2, .reads = TD_READS(1),
    .infer = index_select_infer, .compute = index_select_compute, .vjp = index_select_vjp, .sample = td_index_rows_sample,
    .signature = &index_select_signature,
};

td_status td_index_rows_infer(td_infer *i)
{
    int             axis = i->attr->axis;
    const td_shape *x = i->in[0]->shape, *index = i->in[1]->shape, *source = i->in[2]->shape;
    if (td_index_dtypes(i) || !td_infer_axis(i, axis, x->rank)) return td_error(i->context);
    if (index->rank != 1) return td_index_unfit(i, "x is", x, "the index", index);
    td_shape wanted = *x;
    wanted.size[axis] = index->size[0];
    return td_shape_same(&wanted, source) ? TD_OK : td_index_unfit(i, "the source is", source, "not", &wanted);
}

static td_status index_add_compute(const td_call *call) { return td_index_join(call, TD_WALK_SCATTER, true); }

static void index_add_vjp(td_pull *p)
{
    td_pull_add(p, 0, p->g);
    td_pull_add(p, 2, td_index_select(p->g, p->attr->axis, p->in[1]));
}

td_tensor *td_index_add(td_tensor *x, int axis, td_tensor *index, td_tensor *source)
{
    return apply_along(&td_op_index_add, 3, (td_tensor *[]){ x, index, source }, axis);
}

void td_index_source_sample(td_sample *s)
{
    td_index_rows_sample(s);
    s->n_in = 3;
    s->in[2] = s->in[0];
    s->in[2].size[s->attr.axis] = s->in[1].size[0];
}

static td_tensor *call_index_add(const td_invocation *k)
{
    return td_index_add(k->in[0], td_as_int(k, 0), k->in[1], k->in[2]);
}
static const td_signature index_add_signature = {
    .example = "index_add(W, i, W, axis=0)", .call = call_index_add,
    .parameter = { { "axis", TD_AXIS, false, 0 } },
};
const td_op td_op_index_add = {
    .name = "index_add", .id = TD_ID_index_add, .min_in = 3, .max_in = 3, .reads = TD_READS(1),
    .infer = td_index_rows_infer, .compute = index_add_compute, .vjp = index_add_vjp, .sample = td_index_source_sample,
    .signature = &index_add_signature,
};

/* ---- gather ------------------------------------------------------------------------------------------------------ */

/* Is the index of x's rank, and no larger than x off the axis? */
bool td_index_fits(const td_infer *i)
{
    const td_shape *x = i->in[0]->shape, *index = i->in[1]->shape;
    int             axis = i->attr->axis;
    if (td_index_dtypes(i) || !td_infer_axis(i, axis, x->rank)) return false;
    bool fits = index->rank == x->rank;
    for (int k = 0; fits && k < x->rank; k++) fits = k == axis || index->size[k] <= x->size[k];
    return fits || !td_index_unfit(i, "x is", x, "the index", index);
}

static td_status gather_infer(td_infer *i)
{
    if (!td_index_fits(i)) return td_error(i->context);
    i->shape = *i->in[1]->shape;
    return TD_OK;
}

static td_status gather_compute(const td_call *call) { return pick(call, call->in[1].shape, false); }

static void gather_vjp(td_pull *p)
{
    td_pull_add(p, 0, td_scatter_add(td_zeros_like(p->in[0]), p->attr->axis, p->in[1], p->g));
}

td_tensor *td_gather(td_tensor *x, int axis, td_tensor *index)
{
    return td_apply_along(&td_op_gather, 2, (td_tensor *[]){ x, index }, axis, (td_attr){ 0 }, index);
}

void td_gather_sample(td_sample *s)
{
    s->n_in = 2;
    td_sample_operand(s, 0, 1, 3);
    int     axis = (int)td_sample_below(s, s->in[0].rank);
    int64_t n = s->in[0].size[axis];
    s->attr.axis = (int16_t)axis;
    s->in[1] = s->in[0];
    s->in[1].what = TD_SAMPLE_INDEX;
    s->in[1].low = 0;
    s->in[1].high = (double)n;
    for (int k = 0; k < s->in[0].rank; k++)
        if (td_sample_below(s, 3) == 0) s->in[1].size[k] = td_sample_below(s, s->in[0].size[k] + 1);
    s->in[1].size[axis] = n ? td_sample_below(s, 5) : 0;
}

static td_tensor *call_gather(const td_invocation *k) { return td_gather(k->in[0], td_as_int(k, 0), k->in[1]); }
static const td_signature gather_signature = {
    .example = "gather(x, i)", .call = call_gather,
    .parameter = { { "axis", TD_AXIS, false, 0 } },
};
const td_op td_op_gather = {
    .name = "gather", .id = TD_ID_gather, .min_in = 2, .max_in = 2, .reads = TD_READS(1),
    .infer = gather_infer, .compute = gather_compute, .vjp = gather_vjp, .sample = td_gather_sample,
    .signature = &gather_signature,
};

/* ---- embedding ---------------------------------------------------------------------------------------------------- */

static td_status embedding_infer(td_infer *i)
{
    const td_shape *weight = i->in[0]->shape;
    char            text[TD_SHAPE_TEXT];
    if (td_index_dtypes(i)) return td_error(i->context);
    if (weight->rank != 2)
        return td_fail(i->context, TD_ESHAPE, "embedding: the weight is %s, not of rank 2", td_shape_text(weight, text));
    td_shape_insert(i->in[1]->shape, i->in[1]->shape->rank, weight->size[1], &i->shape);
    return TD_OK;
}

static td_tensor *embedding_compose(int n, td_tensor *const *in, const td_attr *attr)
{
    td_shape y;
    (void)n, (void)attr;
    td_shape_insert(in[1]->shape, in[1]->shape->rank, in[0]->shape->size[1], &y);
    td_tensor *flat = td_reshape(in[1], 1, (int64_t[]){ in[1]->shape->numel });
    return td_reshape(td_index_select(in[0], 0, flat), y.rank, y.size);
}

td_tensor *td_embedding(td_tensor *weight, td_tensor *index)
{
    return td_apply2(&td_op_embedding, weight, index);
}

/* The row that stands for nothing is a constant where it is taken. */
td_tensor *td_embedding_padded(td_tensor *weight, td_tensor *index, int64_t padding_index)
{
    td_tensor *rows = td_embedding(weight, index);
    if (td_stopped(rows)) return rows;
    int64_t    padding = padding_index < 0 ? padding_index + td_size(weight, 0) : padding_index;
    td_tensor *is_padding = td_eq(index, td_full(td_context_of(rows), TD_I64, 0, NULL, (double)padding));
    return td_where(td_unsqueeze(is_padding, -1), td_detach(rows), rows);
}

static void embedding_sample(td_sample *s)
{
    s->n_in = 2;
    td_sample_operand(s, 0, 2, 2);
    td_sample_operand(s, 1, 0, 2);
    s->in[1].what = TD_SAMPLE_INDEX;
    s->in[1].low = 0;
    s->in[1].high = (double)s->in[0].size[0];
    if (s->in[0].size[0] == 0) s->in[1].rank = 1, s->in[1].size[0] = 0;
}

static const td_signature embedding_signature = { .example = "embedding(W, i)" };
const td_op td_op_embedding = {
    .name = "embedding", .id = TD_ID_embedding, .min_in = 2, .max_in = 2,
    .infer = embedding_infer, .compose = embedding_compose, .sample = embedding_sample,
    .signature = &embedding_signature,
};
