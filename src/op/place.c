/* place.c: elements named by where they stand in the whole tensor, or by an index for each of the first axes.
 *
 * All are spelt in one index that is not negative: wrap_index looks at each index and makes it so, the indices of several
 * axes become one of all of them, and what remains is index_select, index_copy or index_add of rows. */
#include "op/index.h"

/* ---- wrap_index --------------------------------------------------------------------------------------------------- */

static td_status wrap_index_infer(td_infer *i)
{
    if (i->dtype != TD_I64)
        return td_fail(i->context, TD_EDTYPE, "wrap_index: the index is %s, not i64", td_dtype_name(i->dtype));
    if (i->attr->list[0] >= 0) return TD_OK;
    return td_fail(i->context, TD_EVALUE, "wrap_index: of %lld places", (long long)i->attr->list[0]);
}

typedef struct wrap_job {
    const int64_t *from;
    int64_t       *to, n;
} wrap_job;

/* One too small stays below 0, one too large above n. */
static void wrap_piece(int64_t begin, int64_t end, void *argument)
{
    const wrap_job *j = argument;
    for (int64_t i = begin; i < end; i++) j->to[i] = j->from[i] < 0 ? j->from[i] + j->n : j->from[i];
}

static td_status wrap_index_compute(const td_call *call)
{
    int64_t count = call->out.shape->numel;
    if (count == 0) return TD_OK;
    td_scratch scratch = td_scratch_begin(call->context);
    wrap_job   j = { .from = td_dense(call, 0), .to = call->out.data, .n = call->attr->list[0] };
    if (j.from) {
        td_parallel(call->context, count, 1 << 14, wrap_piece, &j);
        int64_t bad = td_first_outside(call->context, &call->out, j.n);
        if (bad >= 0)
            td_fail(call->context, TD_EVALUE, "wrap_index: index %lld at position %lld is out of range %lld..%lld",
                    (long long)j.from[bad], (long long)bad, -(long long)j.n, (long long)j.n - 1);
    }
    td_scratch_end(&scratch);
    return call->context->status;
}

td_tensor *td_wrap_index(td_tensor *index, int64_t n)
{
    td_attr a = { .n_list = 1, .list = { n } };
    return td_stopped(index) ? td_passed(index) : td_apply1(&td_op_wrap_index, index, &a);
}

static void sample_wrapped(td_sample_in *in, int64_t n)
{
    in->what = TD_SAMPLE_INDEX;
    in->low = -(double)n, in->high = (double)n;
    if (n == 0) in->rank = 1, in->size[0] = 0;
}

static void wrap_index_sample(td_sample *s)
{
    s->n_in = 1;
    td_sample_operand(s, 0, 0, 3);
    s->attr.n_list = 1;
    s->attr.list[0] = 1 + td_sample_below(s, 6);
    sample_wrapped(&s->in[0], s->attr.list[0]);
}

static td_tensor *call_wrap_index(const td_invocation *k) { return td_wrap_index(k->in[0], td_as_i64(k, 0)); }
static const td_signature wrap_index_signature = {
    .example = "wrap_index(i, 3)", .call = call_wrap_index, .parameter = { { "n", TD_INTEGER, true, 0 } },
};
const td_op td_op_wrap_index = {
    .name = "wrap_index", .id = TD_ID_wrap_index, .min_in = 1, .max_in = 1, .flat = true,
    .infer = wrap_index_infer, .compute = wrap_index_compute, .sample = wrap_index_sample,
    .signature = &wrap_index_signature,
};

/* ---- take, put ---------------------------------------------------------------------------------------------------- */

/* The index into td_ravel(x), a vector. */
static td_tensor *flat_index(td_tensor *x, td_tensor *index) { return td_ravel(td_wrap_index(index, x->shape->numel)); }

static td_status take_infer(td_infer *i)
{
    if (td_index_dtypes(i)) return td_error(i->context);
    i->shape = *i->in[1]->shape;
    return TD_OK;
}

static td_tensor *take_compose(int n, td_tensor *const *in, const td_attr *attr)
{
    const td_shape *y = in[1]->shape;
    (void)n, (void)attr;
    return td_reshape(td_index_select(td_ravel(in[0]), 0, flat_index(in[0], in[1])), y->rank, y->size);
}

td_tensor *td_take(td_tensor *x, td_tensor *index) { return td_apply2(&td_op_take, x, index); }

static void take_sample(td_sample *s)
{
    int64_t n = 1;
    s->n_in = 2;
    td_sample_operand(s, 0, 0, 3);
    td_sample_operand(s, 1, 0, 2);
    for (int k = 0; k < s->in[0].rank; k++) n *= s->in[0].size[k];
    if (td_sample_below(s, 3) == 0) s->in[1] = s->in[0];
    sample_wrapped(&s->in[1], n);
}

static const td_signature take_signature = { .example = "take(W, i)" };
const td_op td_op_take = {
    .name = "take", .id = TD_ID_take, .min_in = 2, .max_in = 2,
    .infer = take_infer, .compose = take_compose, .sample = take_sample, .signature = &take_signature,
};

/* list[0]: add to what is there */
static td_status put_infer(td_infer *i)
{
    const td_shape *index = i->in[1]->shape, *source = i->in[2]->shape;
    char            a[TD_SHAPE_TEXT], b[TD_SHAPE_TEXT];
    if (td_index_dtypes(i)) return td_error(i->context);
    if (index->numel == source->numel) return TD_OK;
    return td_fail(i->context, TD_ESHAPE, "put: the index is %s, the source %s: %lld elements and %lld",
                   td_shape_text(index, a),
                   td_shape_text(source, b), (long long)index->numel, (long long)source->numel);
}

static td_tensor *put_compose(int n, td_tensor *const *in, const td_attr *attr)
{
    td_tensor *flat = td_ravel(in[0]), *index = flat_index(in[0], in[1]), *source = td_ravel(in[2]);
    (void)n;
    flat = attr->list[0] ? td_index_add(flat, 0, index, source) : td_index_copy(flat, 0, index, source);
    return td_reshape(flat, in[0]->shape->rank, in[0]->shape->size);
}

td_tensor *td_put(td_tensor *x, td_tensor *index, td_tensor *source, bool accumulate)
{
    return td_apply(&td_op_put, 3, (td_tensor *[]){ x, index, source }, &(td_attr){ .n_list = 1, .list = { accumulate } });
}

static void put_sample(td_sample *s)
{
    take_sample(s);
    s->n_in = 3;
    s->in[2] = s->in[0];
    s->in[2].rank = s->in[1].rank;
    for (int k = 0; k < s->in[1].rank; k++) s->in[2].size[k] = s->in[1].size[k];
    s->attr.n_list = 1;
    s->attr.list[0] = td_sample_below(s, 2);
}

static td_tensor *call_put(const td_invocation *k) { return td_put(k->in[0], k->in[1], k->in[2], td_as_flag(k, 0)); }
static const td_signature put_signature = {
    .example = "put(W, i, slice(y, 0, 0, 2))", .call = call_put, .parameter = { { "accumulate", TD_FLAG, false, 0 } },
};
const td_op td_op_put = {
    .name = "put", .id = TD_ID_put, .min_in = 3, .max_in = 3,
    .infer = put_infer, .compose = put_compose, .sample = put_sample, .signature = &put_signature,
};

/* ---- index, index_put: n indices of one shape b, after broadcasting, for the first n axes of x ------------------------ */

/* b, from operands `first` on; false after td_fail. */
static bool common_index(const td_infer *i, int first, td_shape *b)
{
    td_shape both;
    char     x[TD_SHAPE_TEXT], y[TD_SHAPE_TEXT];
    if (i->n_in - first > i->in[0]->shape->rank)
        return !td_fail(i->context, TD_ESHAPE, "%s: %d indices for a tensor of rank %d", i->op->name, i->n_in - first,
                        i->in[0]->shape->rank);
    *b = (td_shape){ .numel = 1 };
    for (int k = first; k < i->n_in; k++, *b = both) {
        const td_tensor *index = i->in[k];
        if (index->dtype != TD_I64)
            return !td_fail(i->context, TD_EDTYPE, "%s: index %d is %s, not i64", i->op->name, k - first,
                            td_dtype_name(td_dtype_of(index)));
        if (!td_shape_broadcast(b, index->shape, &both))
            return !td_fail(i->context, TD_ESHAPE, "%s: %s and %s, index %d, do not broadcast", i->op->name,
                            td_shape_text(b, x),
                            td_shape_text(index->shape, y), k - first);
    }
    return true;
}

/* b, then x's sizes from axis n on. */
static bool picked_shape(const td_infer *i, int n, const td_shape *b, td_shape *y)
{
    const td_shape *x = i->in[0]->shape;
    y->rank = b->rank + x->rank - n;
    if (y->rank > TD_MAX_RANK) return !td_fail(i->context, TD_ESHAPE, "%s: a result of rank %d", i->op->name, y->rank);
    for (int k = 0; k < y->rank; k++) y->size[k] = k < b->rank ? b->size[k] : x->size[k - b->rank + n];
    return true;
}

/* x as rows, one for each place that n indices can name. */
static td_tensor *rows(td_tensor *x, int n)
{
    int64_t count = 1, length = 1;
    for (int k = 0; k < x->shape->rank; k++) *(k < n ? &count : &length) *= x->shape->size[k];
    return td_reshape(x, 2, (int64_t[]){ count, length });
}

/* The row that the indices name. */
static td_tensor *row_index(const td_tensor *x, int n, td_tensor *const *index)
{
    td_tensor *row = td_wrap_index(index[0], x->shape->size[0]);
    for (int k = 1; k < n; k++)
        row = td_add(td_mul_scalar(row, (double)x->shape->size[k]), td_wrap_index(index[k], x->shape->size[k]));
    return row;
}

static td_status index_infer(td_infer *i)
{
    td_shape b;
    return common_index(i, 1, &b) && picked_shape(i, i->n_in - 1, &b, &i->shape) ? TD_OK : td_error(i->context);
}

static td_tensor *index_compose(int n, td_tensor *const *in, const td_attr *attr)
{
    td_tensor      *row = row_index(in[0], n - 1, in + 1);
    const td_shape *x = in[0]->shape, *b = row->shape;
    int64_t         size[2 * TD_MAX_RANK];
    int             rank = 0;
    (void)attr;
    for (int k = 0; k < b->rank; k++) size[rank++] = b->size[k];
    for (int k = n - 1; k < x->rank; k++) size[rank++] = x->size[k];
    return td_reshape(td_index_select(rows(in[0], n - 1), 0, td_ravel(row)), rank, size);
}

/* x, what stands between, the indices: one list of operands for the door; NULL after td_fail */
static td_tensor **operands(td_tensor *x, td_tensor *values, int n, td_tensor *const *index)
{
    td_tensor **in = n < 1 ? NULL : td_arena_raw(x->context, (size_t)(n + 2) * sizeof *in);
    int         k = 0;
    if (n < 1) td_fail(x->context, TD_EVALUE, "index: %d indices, takes 1 or more", n);
    if (!in) return NULL;
    in[k++] = x;
    if (values) in[k++] = values;
    for (int j = 0; j < n; j++) in[k++] = index[j];
    return in;
}

td_tensor *td_index(td_tensor *x, int n, td_tensor *const *index)
{
    if (td_stopped(x)) return td_passed(x);
    td_tensor **in = operands(x, NULL, n, index);
    return in ? td_apply(&td_op_index, n + 1, in, NULL) : td_bad(x->context);
}

/* Up to two indices for a tensor of rank 1 to 3, of shapes that broadcast. */
static void sample_indices(td_sample *s, int first)
{
    td_sample_operand(s, 0, 1, 3);
    int n = s->in[0].rank > 1 ? 1 + (int)td_sample_below(s, 2) : 1;
    s->n_in = first + n;
    td_sample_operand(s, first, 0, 2);
    s->in[first].rank = s->in[first].rank > 2 ? 2 : s->in[first].rank;
    for (int k = 0; k < s->in[first].rank; k++)
        if (s->in[first].size[k] > 4) s->in[first].size[k] = 4;
    if (td_sample_below(s, 3) == 0) s->in[first].rank = 1, s->in[first].size[0] = s->in[0].size[0];
    for (int j = 0; j < n; j++) {
        s->in[first + j] = s->in[first];
        if (j && s->in[first].rank && td_sample_below(s, 2)) s->in[first + j].size[0] = 1;
        if (s->in[0].size[j] == 0) s->in[0].size[j] = 1;
        sample_wrapped(&s->in[first + j], s->in[0].size[j]);
    }
}

static void index_sample(td_sample *s) { sample_indices(s, 1); }

static td_tensor *call_index(const td_invocation *k) { return td_index(k->in[0], k->n - 1, k->in + 1); }
static const td_signature index_signature = { .example = "index(W, i, i)", .call = call_index };
const td_op td_op_index = {
    .name = "index", .id = TD_ID_index, .min_in = 2, .max_in = -1,
    .infer = index_infer, .compose = index_compose, .sample = index_sample, .signature = &index_signature,
};

/* (x, values, indices); list[0]: add to what is there */
static td_status index_put_infer(td_infer *i)
{
    const td_shape *values = i->in[1]->shape;
    td_shape        b, y, both;
    char            v[TD_SHAPE_TEXT], w[TD_SHAPE_TEXT];
    if (!common_index(i, 2, &b) || !picked_shape(i, i->n_in - 2, &b, &y)) return td_error(i->context);
    if (i->in[1]->dtype != i->in[0]->dtype)
        return td_fail(i->context, TD_EDTYPE, "index_put: x is %s, the values are %s", td_dtype_name(i->dtype),
                       td_dtype_name(td_dtype_of(i->in[1])));
    if (td_shape_broadcast(&y, values, &both) && td_shape_same(&y, &both)) return TD_OK;
    return td_fail(i->context, TD_ESHAPE, "index_put: values %s for places %s", td_shape_text(values, v),
                   td_shape_text(&y, w));
}

static td_tensor *index_put_compose(int n, td_tensor *const *in, const td_attr *attr)
{
    td_tensor      *x = in[0], *row = row_index(x, n - 2, in + 2), *all = rows(x, n - 2);
    const td_shape *b = row->shape;
    int64_t         size[2 * TD_MAX_RANK];
    int             rank = 0;
    for (int k = 0; k < b->rank; k++) size[rank++] = b->size[k];
    for (int k = n - 2; k < x->shape->rank; k++) size[rank++] = x->shape->size[k];
    td_tensor *values = td_reshape(td_expand(in[1], rank, size), 2, (int64_t[]){ b->numel, td_size(all, 1) });
    row = td_ravel(row);
    all = attr->list[0] ? td_index_add(all, 0, row, values) : td_index_copy(all, 0, row, values);
    return td_reshape(all, x->shape->rank, x->shape->size);
}

td_tensor *td_index_put(td_tensor *x, int n, td_tensor *const *index, td_tensor *values, bool accumulate)
{
    if (td_stopped(x) || !values) return values ? td_passed(x) : NULL;
    td_tensor **in = operands(x, values, n, index);
    if (!in) return td_bad(x->context);
    return td_apply(&td_op_index_put, n + 2, in, &(td_attr){ .n_list = 1, .list = { accumulate } });
}

/* Values for each place, or fewer that broadcast. */
static void index_put_sample(td_sample *s)
{
    sample_indices(s, 2);
    const td_sample_in *x = &s->in[0], *b = &s->in[2];
    int                 n = s->n_in - 2;
    s->in[1] = *x;
    s->in[1].rank = b->rank + x->rank - n;
    for (int k = 0; k < s->in[1].rank; k++) {
        s->in[1].size[k] = k < b->rank ? b->size[k] : x->size[k - b->rank + n];
        if (td_sample_below(s, 5) == 0) s->in[1].size[k] = 1;
    }
    s->attr.n_list = 1;
    s->attr.list[0] = td_sample_below(s, 2);
}

static td_tensor *call_index_put(const td_invocation *k)
{
    return td_index_put(k->in[0], k->n - 2, k->in + 2, k->in[1], td_as_flag(k, 0));
}
static const td_signature index_put_signature = {
    .example = "index_put(W, s, i)", .call = call_index_put, .parameter = { { "accumulate", TD_FLAG, false, 0 } },
};
const td_op td_op_index_put = {
    .name = "index_put", .id = TD_ID_index_put, .min_in = 3, .max_in = -1,
    .infer = index_put_infer, .compose = index_put_compose, .sample = index_put_sample, .signature = &index_put_signature,
};
