/* diagonal.c: diagonals and triangles of the matrices in two axes.
 *
 * A diagonal is a window whose stride is the sum of two: diagonal is a view.  Its adjoint moves numbers into the same window
 * of zeros.  Attributes: list[0] the offset, list[1] the axis of rows i, list[2] that of columns j, j = i + offset. */
#include "op/shape.h"

#include <string.h>

static int64_t least(int64_t a, int64_t b) { return a < b ? a : b; }

/* How long the diagonal of m rows and n columns is that begins `offset` to the right of the corner. */
static int64_t diagonal_length(int64_t m, int64_t n, int64_t offset)
{
    if (offset <= -m || offset >= n) return 0;
    return offset < 0 ? least(m + offset, n) : least(m, n - offset);
}

static bool two_axes(const td_infer *i, int rank)
{
    const int64_t *a = i->attr->list;
    if (!td_infer_axis(i, a[1], rank) || !td_infer_axis(i, a[2], rank)) return false;
    return a[1] != a[2] || !td_fail(i->context, TD_ESHAPE, "%s: axis %d is named twice", i->op->name, (int)a[1]);
}

td_shape td_shape_diagonal(const td_shape *s, const td_attr *attr)
{
    int      row = (int)attr->list[1], column = (int)attr->list[2];
    int64_t  by = attr->list[0], n = diagonal_length(s->size[row], s->size[column], by);
    td_shape y = { .rank = 0, .numel = 1, .offset = s->offset };
    if (n) y.offset += by < 0 ? -by * s->stride[row] : by * s->stride[column];
    for (int k = 0; k < s->rank; k++) {
        if (k == row || k == column) continue;
        y.size[y.rank] = s->size[k];
        y.stride[y.rank++] = s->stride[k];
    }
    y.size[y.rank] = n;
    y.stride[y.rank++] = n > 1 ? s->stride[row] + s->stride[column] : 1;
    for (int k = 0; k < y.rank; k++) y.numel *= y.size[k];
    return y;
}

/* The axes counted from the front, of a tensor of this rank; false after td_fail. */
static bool set_axes(td_context *c, const char *who, td_attr *a, int64_t offset, int rank, int axis0, int axis1)
{
    int row = td_axis(c, who, rank, axis0), column = row < 0 ? -1 : td_axis(c, who, rank, axis1);
    a->n_list = 3;
    a->list[0] = offset, a->list[1] = row, a->list[2] = column;
    return column >= 0;
}

/* Two axes of `rank`, and an offset that may lead past a matrix of n by n. */
static void sample_attr(td_sample *s, int rank, int64_t n)
{
    int64_t row = td_sample_below(s, rank), column = (row + 1 + td_sample_below(s, rank - 1)) % rank;
    s->attr = (td_attr){ .n_list = 3, .list = { td_sample_below(s, 2 * n + 3) - n - 1, row, column } };
}

/* ---- diagonal, undiagonal ----------------------------------------------------------------------------------------- */

static td_status diagonal_infer(td_infer *i)
{
    if (!two_axes(i, i->shape.rank)) return td_error(i->context);
    i->shape = td_shape_diagonal(i->in[0]->shape, i->attr);
    i->view = true;
    return TD_OK;
}

static void diagonal_vjp(td_pull *p)
{
    const int64_t *a = p->attr->list, *size = p->in[0]->shape->size;
    td_pull_add(p, 0, td_undiagonal(p->g, a[0], (int)a[1], (int)a[2], size[a[1]], size[a[2]]));
}

td_tensor *td_diagonal(td_tensor *x, int64_t offset, int axis0, int axis1)
{
    td_attr a = { 0 };
    if (td_stopped(x)) return td_passed(x);
    bool right = set_axes(x->context, "diagonal", &a, offset, x->shape->rank, axis0, axis1);
    return right ? td_apply1(&td_op_diagonal, x, &a) : td_bad(x->context);
}

static void diagonal_sample(td_sample *s)
{
    s->n_in = 1;
    td_sample_operand(s, 0, 2, 4);
    sample_attr(s, s->in[0].rank, 2);
}

static td_tensor *call_diagonal(const td_invocation *k)
{
    return td_diagonal(k->in[0], td_as_i64(k, 0), td_as_int(k, 1), td_as_int(k, 2));
}
static const td_signature diagonal_signature = {
    .example = "diagonal(W, 1)", .call = call_diagonal,
    .parameter = { { "offset", TD_INTEGER, false, 0 }, { "axis0", TD_AXIS, false, 0 }, { "axis1", TD_AXIS, false, 1 } },
};
const td_op td_op_diagonal = {
    .name = "diagonal", .id = TD_ID_diagonal, .min_in = 1, .max_in = 1,
    .infer = diagonal_infer, .vjp = diagonal_vjp, .sample = diagonal_sample,
    .signature = &diagonal_signature,
};

/* x's sizes but the last, with two axes of these sizes put in. */
static void matrix_shape(const td_shape *x, const td_attr *attr, int64_t m, int64_t n, td_shape *y)
{
    y->rank = x->rank + 1;
    for (int k = 0, from = 0; k < y->rank && k < TD_MAX_RANK; k++)
        y->size[k] = k == attr->list[1] ? m : k == attr->list[2] ? n : x->size[from++];
}

/* list[3], list[4]: rows and columns */
static td_status undiagonal_infer(td_infer *i)
{
    const td_shape *x = i->in[0]->shape;
    const int64_t  *a = i->attr->list;
    if (!two_axes(i, x->rank + 1)) return td_error(i->context);
    if (a[3] < 0 || a[4] < 0 || x->size[x->rank - 1] != diagonal_length(a[3], a[4], a[0]))
        return td_fail(i->context, TD_ESHAPE, "undiagonal: %lld numbers, the diagonal %lld of (%lld,%lld) has %lld",
                       (long long)x->size[x->rank - 1], (long long)a[0], (long long)a[3], (long long)a[4],
                       (long long)diagonal_length(a[3], a[4], a[0]));
    matrix_shape(x, i->attr, a[3], a[4], &i->shape);
    return TD_OK;
}

static td_status undiagonal_compute(const td_call *call)
{
    td_shape  shape = td_shape_diagonal(call->out.shape, call->attr);
    td_window part = { (char *)call->out.data + shape.offset * (int64_t)td_dtype_size(call->out.dtype), &shape,
                       call->out.dtype };
    memset(call->out.data, 0, (size_t)call->out.shape->numel * td_dtype_size(call->out.dtype));
    td_walk_move(call->context, &part, &call->in[0]);
    return TD_OK;
}

static void undiagonal_vjp(td_pull *p)
{
    const int64_t *a = p->attr->list;
    td_pull_add(p, 0, td_diagonal(p->g, a[0], (int)a[1], (int)a[2]));
}

td_tensor *td_undiagonal(td_tensor *x, int64_t offset, int axis0, int axis1, int64_t m, int64_t n)
{
    td_attr a = { 0 };
    if (td_stopped(x)) return td_passed(x);
    if (x->shape->rank == 0) td_fail(x->context, TD_ESHAPE, "undiagonal: of a 0-d tensor");
    else set_axes(x->context, "undiagonal", &a, offset, x->shape->rank + 1, axis0, axis1);
    if (x->context->status) return td_bad(x->context);
    a.n_list = 5;
    a.list[3] = m, a.list[4] = n;
    return td_apply1(&td_op_undiagonal, x, &a);
}

static void undiagonal_sample(td_sample *s)
{
    int64_t m = 1 + td_sample_below(s, 5), n = 1 + td_sample_below(s, 5);
    s->n_in = 1;
    td_sample_operand(s, 0, 1, 3);
    sample_attr(s, s->in[0].rank + 1, 2);
    s->attr.n_list = 5;
    s->attr.list[3] = m, s->attr.list[4] = n;
    s->in[0].size[s->in[0].rank - 1] = diagonal_length(m, n, s->attr.list[0]);
}

static td_tensor *call_undiagonal(const td_invocation *k)
{
    return td_undiagonal(k->in[0], td_as_i64(k, 2), td_as_int(k, 3), td_as_int(k, 4), td_as_i64(k, 0), td_as_i64(k, 1));
}
static const td_signature undiagonal_signature = {
    .example = "undiagonal(x, 3, 4, 1)", .call = call_undiagonal,
    .parameter = { { "m", TD_INTEGER, true, 0 }, { "n", TD_INTEGER, true, 0 }, { "offset", TD_INTEGER, false, 0 },
                   { "axis0", TD_AXIS, false, 0 }, { "axis1", TD_AXIS, false, 1 } },
};
const td_op td_op_undiagonal = {
    .name = "undiagonal", .id = TD_ID_undiagonal, .min_in = 1, .max_in = 1,
    .infer = undiagonal_infer, .compute = undiagonal_compute, .vjp = undiagonal_vjp, .sample = undiagonal_sample,
    .signature = &undiagonal_signature,
};

/* ---- diag_embed, diag, trace -------------------------------------------------------------------------------------- */

/* Rows and columns of the square whose diagonal at this offset has n numbers; -1: more than 64 bits can count. */
static int64_t square_side(int64_t n, int64_t offset)
{
    int64_t side, most = INT64_MAX / 2;
    if (offset < -most || offset > most) return -1;
    return __builtin_add_overflow(n, offset < 0 ? -offset : offset, &side) ? -1 : side;
}

static td_status diag_embed_infer(td_infer *i)
{
    const td_shape *x = i->in[0]->shape;
    if (x->rank == 0) return td_fail(i->context, TD_ESHAPE, "diag_embed: of a 0-d tensor");
    if (!two_axes(i, x->rank + 1)) return td_error(i->context);
    int64_t side = square_side(x->size[x->rank - 1], i->attr->list[0]);
    if (side < 0) return td_fail(i->context, TD_EVALUE, "diag_embed: offset %lld", (long long)i->attr->list[0]);
    matrix_shape(x, i->attr, side, side, &i->shape);
    return TD_OK;
}

static td_tensor *diag_embed_compose(int n, td_tensor *const *in, const td_attr *attr)
{
    const int64_t *a = attr->list;
    int64_t        side = square_side(in[0]->shape->size[in[0]->shape->rank - 1], a[0]);
    (void)n;
    return td_undiagonal(in[0], a[0], (int)a[1], (int)a[2], side, side);
}

td_tensor *td_diag_embed(td_tensor *x, int64_t offset, int axis0, int axis1)
{
    td_attr a = { 0 };
    if (td_stopped(x)) return td_passed(x);
    bool right = set_axes(x->context, "diag_embed", &a, offset, x->shape->rank + 1, axis0, axis1);
    return right ? td_apply1(&td_op_diag_embed, x, &a) : td_bad(x->context);
}

static void diag_embed_sample(td_sample *s)
{
    s->n_in = 1;
    td_sample_operand(s, 0, 1, 3);
    if (s->in[0].size[s->in[0].rank - 1] > 5) s->in[0].size[s->in[0].rank - 1] = 5;
    sample_attr(s, s->in[0].rank + 1, 2);
}

static td_tensor *call_diag_embed(const td_invocation *k)
{
    return td_diag_embed(k->in[0], td_as_i64(k, 0), td_as_int(k, 1), td_as_int(k, 2));
}
static const td_signature diag_embed_signature = {
    .example = "diag_embed(x, 1)", .call = call_diag_embed,
    .parameter = { { "offset", TD_INTEGER, false, 0 }, { "axis0", TD_AXIS, false, -2 }, { "axis1", TD_AXIS, false, -1 } },
};
const td_op td_op_diag_embed = {
    .name = "diag_embed", .id = TD_ID_diag_embed, .min_in = 1, .max_in = 1,
    .infer = diag_embed_infer, .compose = diag_embed_compose, .sample = diag_embed_sample,
    .signature = &diag_embed_signature,
};

static td_status diag_infer(td_infer *i)
{
    const td_shape *x = i->in[0]->shape;
    int64_t         by = i->attr->list[0], n = x->rank == 1 ? square_side(x->size[0], by) : 0;
    if (x->rank != 1 && x->rank != 2)
        return td_fail(i->context, TD_ESHAPE, "diag: a tensor of rank %d, takes 1 or 2", x->rank);
    if (n < 0) return td_fail(i->context, TD_EVALUE, "diag: offset %lld", (long long)by);
    i->shape.rank = x->rank == 1 ? 2 : 1;
    i->shape.size[0] = x->rank == 1 ? n : diagonal_length(x->size[0], x->size[1], by);
    i->shape.size[1] = n;
    return TD_OK;
}

static td_tensor *diag_compose(int n, td_tensor *const *in, const td_attr *attr)
{
    int64_t by = attr->list[0];
    (void)n;
    return in[0]->shape->rank == 1 ? td_diag_embed(in[0], by, 0, 1) : td_diagonal(in[0], by, 0, 1);
}

td_tensor *td_diag(td_tensor *x, int64_t offset)
{
    return td_stopped(x) ? td_passed(x) : td_apply1(&td_op_diag, x, &(td_attr){ .n_list = 1, .list = { offset } });
}

static void diag_sample(td_sample *s)
{
    s->n_in = 1;
    td_sample_operand(s, 0, 1, 2);
    if (s->in[0].rank == 1 && s->in[0].size[0] > 5) s->in[0].size[0] = 5;
    s->attr.n_list = 1;
    s->attr.list[0] = td_sample_below(s, 5) - 2;
}

static td_tensor *call_diag(const td_invocation *k) { return td_diag(k->in[0], td_as_i64(k, 0)); }
static const td_signature diag_signature = {
    .example = "diag(x)", .call = call_diag, .parameter = { { "offset", TD_INTEGER, false, 0 } },
};
const td_op td_op_diag = {
    .name = "diag", .id = TD_ID_diag, .min_in = 1, .max_in = 1,
    .infer = diag_infer, .compose = diag_compose, .sample = diag_sample, .signature = &diag_signature,
};

static td_status trace_infer(td_infer *i)
{
    char text[TD_SHAPE_TEXT];
    if (i->shape.rank != 2)
        return td_fail(i->context, TD_ESHAPE, "trace: %s is no matrix", td_shape_text(i->in[0]->shape, text));
    i->shape.rank = 0;
    if (i->dtype == TD_BOOL) i->dtype = TD_I64;
    return TD_OK;
}

static td_tensor *trace_compose(int n, td_tensor *const *in, const td_attr *attr)
{
    (void)n, (void)attr;
    return td_sum(td_diagonal(in[0], 0, 0, 1));
}

td_tensor *td_trace(td_tensor *x) { return td_stopped(x) ? td_passed(x) : td_apply1(&td_op_trace, x, NULL); }

static void trace_sample(td_sample *s)
{
    s->n_in = 1;
    td_sample_operand(s, 0, 2, 2);
}

static const td_signature trace_signature = { .example = "trace(W)" };
const td_op td_op_trace = {
    .name = "trace", .id = TD_ID_trace, .min_in = 1, .max_in = 1,
    .infer = trace_infer, .compose = trace_compose, .sample = trace_sample,
    .signature = &trace_signature,
};
