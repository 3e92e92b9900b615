/* sort.c: argsort, and what takes elements by it: sort, topk, kthvalue; and the most frequent element of a line.
 *
 * One op computes: argsort, which gives the indices at some places of the sorted line.  Values are gathered by them, so that the
 * adjoint goes back to the elements they came from.  Lines are sorted where they are contiguous, others are moved together
 * first.  A line is one thread's. */
#include "kernel/sort.h"
#include "op/reduce.h"
#include "op/shape.h"

#include <math.h>
#include <string.h>

/* ---- lines -------------------------------------------------------------------------------------------------------- */

enum { PIECES = 16, PIECE = 1 << 13 };    /* most pieces of work, each with scratch of its own; least elements of one */

/* What is made of the order of a line. */
typedef void order_use(const td_order *o, int64_t *y);

typedef struct order_job {
    td_order_fn *sort;
    order_use   *use;         /* NULL: the order is the result */
    td_order     line;
    const char  *x;
    int64_t     *y, *order;   /* results; of each piece an order */
    uint64_t    *record;      /* of each piece 2 n */
    int64_t      bytes, per_line, grain;
} order_job;

static void order_piece(int64_t begin, int64_t end, void *argument)
{
    const order_job *j = argument;
    td_order         o = j->line;
    int64_t          piece = begin / j->grain;
    o.record[0] = j->record + piece * 2 * o.n;
    o.record[1] = o.record[0] + o.n;
    for (int64_t i = begin; i < end; i++) {
        o.x = j->x + i * o.n * j->bytes;
        o.y = j->use ? j->order + piece * o.n : j->y + i * j->per_line;
        j->sort(&o);
        if (j->use) j->use(&o, j->y + i * j->per_line);
    }
}

/* The axes of a shape with `axis` behind the others. */
static td_shape turned_last(const td_shape *x, int axis)
{
    td_shape s = *x;
    for (int k = axis; k + 1 < x->rank; k++) s.size[k] = x->size[k + 1], s.stride[k] = x->stride[k + 1];
    s.size[x->rank - 1] = x->size[axis];
    s.stride[x->rank - 1] = x->stride[axis];
    return s;
}

/* Row-major results of lines along the last axis, to where they belong. */
static void put_back(const td_call *call, int64_t *y)
{
    td_shape  to = turned_last(call->out.shape, call->attr->axis), from = to;
    td_window out = { call->out.data, &to, TD_I64 }, in = { y, &from, TD_I64 };
    td_shape_strides(&from);
    td_walk_move(call->context, &out, &in);
}

/* The places from .. to - 1 of each line in order, or what `use` makes of the whole order of it. */
static td_status order_lines(const td_call *call, td_order line, order_use *use)
{
    td_context     *c = call->context;
    int             axis = call->attr->axis;
    const td_shape *x = call->in[0].shape;
    if (call->out.shape->numel == 0) return TD_OK;
    td_scratch s = td_scratch_begin(c);
    td_shape   last = turned_last(x, axis);
    td_window  turned = { call->in[0].data, &last, call->in[0].dtype };
    td_call    moved = *call;
    moved.in = &turned;
    int64_t   n = x->size[axis], lines = x->numel / n, least = n < PIECE ? PIECE / n : 1, share = (lines - 1) / PIECES + 1;
    order_job j = { td_orders[turned.dtype], use, line, td_dense(&moved, 0), .bytes = (int64_t)td_dtype_size(turned.dtype) };
    bool      in_place = axis == x->rank - 1;
    j.line.n = n;
    j.grain = share > least ? share : least;
    j.per_line = call->out.shape->size[axis];
    int64_t pieces = (lines - 1) / j.grain + 1;
    j.record = td_arena_raw(c, (size_t)(pieces * 2 * n) * sizeof *j.record);
    j.order = use ? td_arena_raw(c, (size_t)(pieces * n) * sizeof *j.order) : NULL;
    j.y = in_place ? call->out.data : td_arena_raw(c, (size_t)(lines * j.per_line) * sizeof *j.y);
    if (!c->status) td_parallel(c, lines, j.grain, order_piece, &j);
    if (!c->status && !in_place) put_back(call, j.y);
    td_scratch_end(&s);
    return c->status;
}

/* ---- argsort: list = descending, from, to ------------------------------------------------------------------------- */

static td_status argsort_infer(td_infer *i)
{
    const td_attr *a = i->attr;
    int            axis = a->axis;
    if (!td_infer_axis(i, axis, i->shape.rank)) return td_error(i->context);
    int64_t n = i->shape.size[axis], from = a->list[1], to = a->list[2];
    if (a->n_list != 3 || from < 0 || from > to || to > n)
        return td_fail(i->context, TD_EVALUE, "argsort: places %lld to %lld of %lld", (long long)from, (long long)to, (long long)n);
    i->shape.size[axis] = to - from;
    i->dtype = TD_I64;
    return TD_OK;
}

static td_status argsort_compute(const td_call *call)
{
    const int64_t *list = call->attr->list;
    return order_lines(call, (td_order){ .descending = list[0], .from = list[1], .to = list[2] }, NULL);
}

td_tensor *td_argsort_part(td_tensor *x, int axis, bool descending, int64_t from, int64_t to)
{
    return td_apply1(&td_op_argsort, x, &(td_attr){ .axis = (int16_t)axis, .n_list = 3, .list = { descending, from, to } });
}

/* A wrapper's x of rank 1 at least, its axis in 0..rank - 1; NULL after td_fail. */
static td_tensor *as_lines(const char *who, td_tensor *x, int *axis)
{
    if (td_stopped(x)) return NULL;
    if (x->shape->rank == 0) x = td_reshape(x, 1, (int64_t[]){ 1 });
    *axis = td_axis(x->context, who, td_rank(x), *axis);
    return *axis < 0 ? NULL : x;
}

static td_tensor *stopped(td_tensor *x) { return x ? td_bad(x->context) : NULL; }
/* Of a 0-d x 0-d. */
static td_tensor *like(td_tensor *x, td_tensor *y) { return x->shape->rank == 0 ? td_reshape(y, 0, NULL) : y; }

td_tensor *td_argsort(td_tensor *x, int axis, bool descending)
{
    td_tensor *line = as_lines("argsort", x, &axis);
    return line ? like(x, td_argsort_part(line, axis, descending, 0, td_size(line, axis))) : stopped(x);
}

static void argsort_sample(td_sample *s)
{
    s->n_in = 1;
    td_sample_operand(s, 0, 1, 3);
    s->attr.axis = (int16_t)td_sample_below(s, s->in[0].rank);
    int64_t n = s->in[0].size[s->attr.axis], from = td_sample_below(s, 2) ? 0 : td_sample_below(s, n + 1);
    s->attr.n_list = 3;
    s->attr.list[0] = td_sample_below(s, 2);
    s->attr.list[1] = from;
    s->attr.list[2] = from ? from + td_sample_below(s, n - from + 1) : n;
}

static td_tensor *call_argsort(const td_invocation *k) { return td_argsort(k->in[0], td_as_int(k, 0), td_as_flag(k, 1)); }
static const td_signature argsort_signature = {
    .example = "argsort(W, 1)", .call = call_argsort,
    .parameter = { { "axis", TD_AXIS, false, -1 }, { "descending", TD_FLAG, false, 0 } },
};
const td_op td_op_argsort = {
    .name = "argsort", .id = TD_ID_argsort, .min_in = 1, .max_in = 1, .flat = true, .infer = argsort_infer,
    .compute = argsort_compute, .sample = argsort_sample, .signature = &argsort_signature,
};

/* ---- sort, topk, kthvalue: gathered by it -------------------------------------------------------------------------- */

static td_status sort_infer(td_infer *i)
{
    return td_infer_axis(i, i->attr->axis, i->shape.rank) ? TD_OK : td_error(i->context);
}

static td_tensor *sort_compose(int n, td_tensor *const *in, const td_attr *attr)
{
    (void)n;
    int64_t size = td_size(in[0], attr->axis);
    return td_gather(in[0], attr->axis, td_argsort_part(in[0], attr->axis, attr->list[0], 0, size));
}

/* list = largest, k */
static td_status topk_infer(td_infer *i)
{
    int64_t k = i->attr->list[1];
    if (sort_infer(i)) return td_error(i->context);
    int64_t *n = &i->shape.size[i->attr->axis];
    if (k < 0 || k > *n)
        return td_fail(i->context, TD_EVALUE, "topk: %lld of %lld along axis %d", (long long)k, (long long)*n, i->attr->axis);
    *n = k;
    return TD_OK;
}

static td_tensor *topk_compose(int n, td_tensor *const *in, const td_attr *attr)
{
    (void)n;
    return td_gather(in[0], attr->axis, td_argsort_part(in[0], attr->axis, attr->list[0], 0, attr->list[1]));
}

/* list = k, counted from 1 */
static td_status kthvalue_infer(td_infer *i)
{
    int64_t k = i->attr->list[0];
    if (sort_infer(i)) return td_error(i->context);
    int64_t n = i->shape.size[i->attr->axis];
    if (k < 1 || k > n)
        return td_fail(i->context, TD_EVALUE, "kthvalue: number %lld of %lld along axis %d", (long long)k, (long long)n,
                       i->attr->axis);
    td_shape_reduce(i->in[0]->shape, 1u << i->attr->axis, i->attr->keepdim, &i->shape);
    return TD_OK;
}

static td_tensor *dropped(td_tensor *y, const td_attr *attr) { return attr->keepdim ? y : td_squeeze(y, attr->axis); }

static td_tensor *kthvalue_compose(int n, td_tensor *const *in, const td_attr *attr)
{
    int64_t k = attr->list[0];
    (void)n;
    td_tensor *at = td_argsort_part(in[0], attr->axis, false, k - 1, k);
    return dropped(td_gather(in[0], attr->axis, at), attr);
}

td_tensor *td_sort(td_tensor *x, int axis, bool descending, td_tensor **indices)
{
    td_tensor *line = as_lines("sort", x, &axis);
    if (!line) return stopped(x);
    td_attr a = { .axis = (int16_t)axis, .n_list = 1, .list = { descending } };
    if (!indices) return like(x, td_apply1(&td_op_sort, line, &a));
    td_tensor *at = td_argsort_part(line, axis, descending, 0, td_size(line, axis));
    *indices = like(x, at);
    return like(x, td_gather(line, axis, at));
}

td_tensor *td_msort(td_tensor *x) { return td_sort(x, 0, false, NULL); }

td_tensor *td_topk(td_tensor *x, int64_t k, int axis, bool largest, td_tensor **indices)
{
    td_tensor *line = as_lines("topk", x, &axis);
    if (!line) return stopped(x);
    td_attr a = { .axis = (int16_t)axis, .n_list = 2, .list = { largest, k } };
    if (!indices || k < 0 || k > td_size(line, axis)) return td_apply1(&td_op_topk, line, &a);
    *indices = td_argsort_part(line, axis, largest, 0, k);
    return td_gather(line, axis, *indices);
}

td_tensor *td_kthvalue(td_tensor *x, int64_t k, int axis, bool keepdim, td_tensor **indices)
{
    td_tensor *line = as_lines("kthvalue", x, &axis);
    if (!line) return stopped(x);
    td_attr a = { .axis = (int16_t)axis, .keepdim = keepdim && x->shape->rank, .n_list = 1, .list = { k } };
    if (!indices || k < 1 || k > td_size(line, axis)) return td_apply1(&td_op_kthvalue, line, &a);
    td_tensor *at = td_argsort_part(line, axis, false, k - 1, k);
    *indices = dropped(at, &a);
    return dropped(td_gather(line, axis, at), &a);
}

static void sort_sample(td_sample *s)
{
    s->n_in = 1;
    td_sample_operand(s, 0, 1, 3);
    s->attr.axis = (int16_t)td_sample_below(s, s->in[0].rank);
    s->attr.n_list = 1;
    s->attr.list[0] = td_sample_below(s, 2);
}

static void topk_sample(td_sample *s)
{
    sort_sample(s);
    s->attr.n_list = 2;
    s->attr.list[1] = td_sample_below(s, s->in[0].size[s->attr.axis] + 1);
}

static void kthvalue_sample(td_sample *s)
{
    sort_sample(s);
    int64_t *n = &s->in[0].size[s->attr.axis];
    if (*n == 0) *n = 1;
    s->attr.keepdim = td_sample_below(s, 2);
    s->attr.list[0] = 1 + td_sample_below(s, *n);
}

static td_tensor *call_sort(const td_invocation *k) { return td_sort(k->in[0], td_as_int(k, 0), td_as_flag(k, 1), NULL); }
static const td_signature sort_signature = {
    .example = "sort(W, 1)", .call = call_sort,
    .parameter = { { "axis", TD_AXIS, false, -1 }, { "descending", TD_FLAG, false, 0 } },
};
const td_op td_op_sort = {
    .name = "sort", .id = TD_ID_sort, .min_in = 1, .max_in = 1, .infer = sort_infer, .compose = sort_compose,
    .sample = sort_sample, .signature = &sort_signature,
};

static td_tensor *call_topk(const td_invocation *k)
{
    return td_topk(k->in[0], td_as_i64(k, 0), td_as_int(k, 1), td_as_flag(k, 2), NULL);
}
static const td_signature topk_signature = {
    .example = "topk(W, 2)", .call = call_topk,
    .parameter = { { "k", TD_INTEGER, true, 0 }, { "axis", TD_AXIS, false, -1 }, { "largest", TD_FLAG, false, 1 } },
};
const td_op td_op_topk = {
    .name = "topk", .id = TD_ID_topk, .min_in = 1, .max_in = 1, .infer = topk_infer, .compose = topk_compose,
    .sample = topk_sample, .signature = &topk_signature,
};

static td_tensor *call_kthvalue(const td_invocation *k)
{
    return td_kthvalue(k->in[0], td_as_i64(k, 0), td_as_int(k, 1), td_as_flag(k, 2), NULL);
}
static const td_signature kthvalue_signature = {
    .example = "kthvalue(W, 2)", .call = call_kthvalue,
    .parameter = { { "k", TD_INTEGER, true, 0 }, { "axis", TD_AXIS, false, -1 }, { "keepdim", TD_FLAG, false, 0 } },
};
const td_op td_op_kthvalue = {
    .name = "kthvalue", .id = TD_ID_kthvalue, .min_in = 1, .max_in = 1, .infer = kthvalue_infer, .compose = kthvalue_compose,
    .sample = kthvalue_sample, .signature = &kthvalue_signature,
};

/* ---- argmode: the smallest of the most frequent, the last of its equals; no NaN equals another -------------------- */

static td_status argmode_infer(td_infer *i)
{
    char text[TD_SHAPE_TEXT];
    int  axis = i->attr->axis;
    if (sort_infer(i)) return td_error(i->context);
    if (i->shape.size[axis] == 0)
        return td_fail(i->context, TD_ESHAPE, "%s: axis %d of %s has no elements", i->op->name, axis,
                       td_shape_text(i->in[0]->shape, text));
    i->shape.size[axis] = 1;
    i->dtype = TD_I64;
    return TD_OK;
}

static const size_t BYTES[] = { [TD_BOOL] = 1, [TD_I64] = 8, [TD_F32] = 4, [TD_F64] = 8 };

/* Are the elements at i and j one number?  Zeros of either sign are, and no NaN is. */
static bool equal_at(const void *x, td_dtype d, int64_t i, int64_t j)
{
    if (td_is_float(d)) return td_load(x, d, i) == td_load(x, d, j);
    return !memcmp((const char *)x + (size_t)i * BYTES[d], (const char *)x + (size_t)j * BYTES[d], BYTES[d]);
}

static void longest_run(const td_order *o, td_dtype d, int64_t *y)
{
    int64_t most = 0;
    for (int64_t i = 0, end; i < o->n; i = end) {
        for (end = i + 1; end < o->n && equal_at(o->x, d, o->y[i], o->y[end]);) end++;
        if (end - i <= most) continue;
        most = end - i;
        *y = o->y[end - 1];
    }
}

static void run_bool(const td_order *o, int64_t *y) { longest_run(o, TD_BOOL, y); }
static void run_i64(const td_order *o, int64_t *y) { longest_run(o, TD_I64, y); }
static void run_f32(const td_order *o, int64_t *y) { longest_run(o, TD_F32, y); }
static void run_f64(const td_order *o, int64_t *y) { longest_run(o, TD_F64, y); }
static order_use *const runs[] = { [TD_BOOL] = run_bool, [TD_I64] = run_i64, [TD_F32] = run_f32, [TD_F64] = run_f64 };

static td_status argmode_compute(const td_call *call)
{
    const td_window *x = &call->in[0];
    return order_lines(call, (td_order){ .to = x->shape->size[call->attr->axis] }, runs[x->dtype]);
}

static void argmode_sample(td_sample *s)
{
    sort_sample(s);
    s->attr.n_list = 0;
    if (s->in[0].size[s->attr.axis] == 0) s->in[0].size[s->attr.axis] = 1;
}

static td_tensor *call_argmode(const td_invocation *k)
{
    int axis = td_as_int(k, 0);
    td_tensor *x = as_lines("argmode", k->in[0], &axis);
    return x ? td_apply1(k->op, x, &(td_attr){ .axis = (int16_t)axis }) : stopped(k->in[0]);
}
static const td_signature argmode_signature = {
    .example = "argmode(W, 1)", .call = call_argmode, .parameter = { { "axis", TD_AXIS, false, -1 } },
};
const td_op td_op_argmode = {
    .name = "argmode", .id = TD_ID_argmode, .min_in = 1, .max_in = 1, .flat = true, .infer = argmode_infer,
    .compute = argmode_compute, .sample = argmode_sample, .signature = &argmode_signature,
};

/* ---- unique ---------------------------------------------------------------------------------------------------------- */

td_tensor *td_unique(td_tensor *x)
{
    if (td_stopped(x)) return td_passed(x);
    td_context *c = x->context;
    int64_t     n = td_numel(x), kept = 0;
    td_tensor  *sorted = td_sort(td_reshape(x, 1, &n), 0, false, NULL);
    const char *from = td_data(sorted);
    size_t      bytes = td_dtype_size(td_dtype_of(x));
    char       *to = from ? td_arena_raw(c, (size_t)n * bytes + 1) : NULL;
    for (int64_t i = 0; to && i < n; i++)
        if (!i || !equal_at(from, td_dtype_of(x), i - 1, i)) memcpy(to + (size_t)kept++ * bytes, from + (size_t)i * bytes, bytes);
    return to ? td_array(c, td_dtype_of(x), 1, &kept, to) : td_bad(c);
}
