/* resample.c: y_j = sum of w_ji x_i along one axis, with few weights that are not 0.
 *
 * The weights are functions of the attributes alone: means over windows, and interpolation.  They are listed row by row, for
 * the adjoint column by column, and each result is summed in the order of its list. */
#include "op/resample.h"
#include "kernel/window.h"
#include "op/shape.h"

#include <math.h>
#include <string.h>

enum { PIECE = 1 << 13 };    /* numbers in a piece of work */

static int64_t larger(int64_t a, int64_t b) { return a > b ? a : b; }
static int64_t smaller(int64_t a, int64_t b) { return a < b ? a : b; }

/* ---- rows of weights ---------------------------------------------------------------------------------------------- */

/* Row j: `count` weights from index on; the sum is divided by `divisor`. */
typedef struct band_row {
    int64_t index[4], count;        /* interpolation: each its own index; of windows index[0] is the first */
    double  weight[4], divisor;
} band_row;

static bool is_window(const td_attr *a) { return a->list[TD_BAND_KIND] <= TD_BAND_ADAPTIVE; }

static band_row adaptive_row(const td_attr *a, int64_t j)
{
    int64_t  n = a->list[TD_BAND_N], m = a->list[TD_BAND_M], first = j * n / m, last = ((j + 1) * n + m - 1) / m;
    band_row r = { .index = { first }, .count = last - first, .divisor = (double)(last - first) };
    return r;
}

static band_row window_row(const td_attr *a, int64_t j)
{
    const int64_t *l = a->list;
    if (l[TD_BAND_KIND] == TD_BAND_ADAPTIVE) return adaptive_row(a, j);
    int64_t  begin = j * l[TD_BAND_STRIDE] - l[TD_BAND_PADDING], end = begin + l[TD_BAND_KERNEL];
    int64_t  padded = smaller(end, l[TD_BAND_N] + l[TD_BAND_PADDING]) - begin;
    band_row r = { .index = { larger(begin, 0) }, .divisor = 1 };
    r.count = larger(smaller(end, l[TD_BAND_N]) - r.index[0], 0);
    if (l[TD_BAND_KIND] == TD_BAND_MEAN) r.divisor = (double)r.count;
    if (l[TD_BAND_KIND] == TD_BAND_MEAN_PADDED) r.divisor = (double)padded;
    return r;
}

/* Where number j of y stands among x's, by the middles of numbers or by the first and last. */
static double place_of(const td_attr *a, int64_t j)
{
    double n = (double)a->list[TD_BAND_N], m = (double)a->list[TD_BAND_M];
    if (a->list[TD_BAND_CORNERS]) return m > 1 ? (double)j * ((n - 1) / (m - 1)) : 0;
    return (a->a > 0 ? 1 / a->a : n / m) * ((double)j + 0.5) - 0.5;
}

/* In whole numbers where no factor is given: a quotient that is whole must not be rounded to less. */
static int64_t nearest(const td_attr *a, int64_t j)
{
    int64_t n = a->list[TD_BAND_N], m = a->list[TD_BAND_M], exact = a->list[TD_BAND_KIND] == TD_BAND_NEAREST_EXACT;
    if (a->a > 0) return smaller((int64_t)floor(((double)j + (exact ? 0.5 : 0)) / a->a), n - 1);
    return (2 * j + exact) * n / (2 * m);
}

/* R. G. Keys, "Cubic convolution interpolation for digital image processing", IEEE ASSP 29 (1981), with a = -3/4: weights of
 * the two numbers around, t from the left one, and of their neighbours. */
static void cubic_weights(double t, double w[4])
{
    const double a = -0.75;
    double       u = 1 - t, far = t + 1, further = u + 1;
    w[0] = ((a * far - 5 * a) * far + 8 * a) * far - 4 * a;
    w[1] = ((a + 2) * t - (a + 3)) * t * t + 1;
    w[2] = ((a + 2) * u - (a + 3)) * u * u + 1;
    w[3] = ((a * further - 5 * a) * further + 8 * a) * further - 4 * a;
}

static band_row interpolated_row(const td_attr *a, int64_t j)
{
    int64_t  last = a->list[TD_BAND_N] - 1;
    band_row r = { .divisor = 1, .count = 1, .weight = { 1 } };
    if (a->list[TD_BAND_KIND] <= TD_BAND_NEAREST_EXACT) {
        r.index[0] = nearest(a, j);
        return r;
    }
    double place = place_of(a, j), left = floor(place);
    if (a->list[TD_BAND_KIND] == TD_BAND_LINEAR) {
        place = fmax(fmin(place, (double)last), 0);
        left = fmin(floor(place), fmax((double)last - 1, 0));
        r.count = last > 0 ? 2 : 1;
        r.index[0] = (int64_t)left, r.index[1] = (int64_t)left + 1;
        r.weight[0] = last > 0 ? 1 - (place - left) : 1, r.weight[1] = place - left;
        return r;
    }
    r.count = 4;
    cubic_weights(place - left, r.weight);
    for (int e = 0; e < 4; e++) r.index[e] = larger(0, smaller((int64_t)left - 1 + e, last));
    return r;
}

static band_row row_of(const td_attr *a, int64_t j) { return is_window(a) ? window_row(a, j) : interpolated_row(a, j); }
static int64_t  index_of(const td_attr *a, const band_row *r, int64_t e) { return is_window(a) ? r->index[0] + e : r->index[e]; }
static double   weight_of(const td_attr *a, const band_row *r, int64_t e) { return is_window(a) ? 1 : r->weight[e]; }

/* ---- lists -------------------------------------------------------------------------------------------------------- */

typedef struct lists {
    int64_t *start, *index;
    double  *weight, *divisor;
} lists;

/* By rows, as they are. */
static void list_rows(const td_attr *a, const lists *l)
{
    for (int64_t j = 0; j < a->list[TD_BAND_M]; j++) {
        band_row r = row_of(a, j);
        int64_t  at = l->start[j];
        l->start[j + 1] = at + r.count;
        l->divisor[j] = r.divisor;
        for (int64_t e = 0; e < r.count; e++) l->index[at + e] = index_of(a, &r, e), l->weight[at + e] = weight_of(a, &r, e);
    }
}

/* By columns: each has the rows in their order.  Counted first, then put where the count says. */
static void list_columns(const td_attr *a, const lists *l)
{
    int64_t n = a->list[TD_BAND_N];
    for (int64_t j = 0; j < a->list[TD_BAND_M]; j++) {
        band_row r = row_of(a, j);
        for (int64_t e = 0; e < r.count; e++) l->start[index_of(a, &r, e) + 1]++;
    }
    for (int64_t i = 0; i < n; i++) l->start[i + 1] += l->start[i], l->divisor[i] = 1;
    for (int64_t j = 0; j < a->list[TD_BAND_M]; j++) {
        band_row r = row_of(a, j);
        for (int64_t e = 0; e < r.count; e++) {
            int64_t at = l->start[index_of(a, &r, e)]++;
            l->index[at] = j;
            l->weight[at] = weight_of(a, &r, e) / r.divisor;
        }
    }
    memmove(l->start + 1, l->start, (size_t)n * sizeof *l->start);    /* each stands where the next began */
    l->start[0] = 0;
}

static int64_t entries(const td_attr *a)
{
    int64_t count = 0;
    for (int64_t j = 0; j < a->list[TD_BAND_M]; j++) count += row_of(a, j).count;
    return count;
}

/* ---- the op ------------------------------------------------------------------------------------------------------- */

static td_status resample_infer(td_infer *i)
{
    const int64_t *l = i->attr->list;
    int            axis = i->attr->axis;
    if (!td_infer_axis(i, axis, i->shape.rank) || td_infer_float(i)) return td_error(i->context);
    int64_t from = l[l[TD_BAND_ADJOINT] ? TD_BAND_M : TD_BAND_N], to = l[l[TD_BAND_ADJOINT] ? TD_BAND_N : TD_BAND_M];
    if (l[TD_BAND_KIND] < 0 || l[TD_BAND_KIND] >= TD_BAND_KINDS || i->shape.size[axis] != from || to < 0 || l[TD_BAND_N] < 1)
        return td_fail(i->context, TD_ESHAPE, "resample: axis %d of size %lld from %lld to %lld", axis,
                       (long long)i->shape.size[axis], (long long)from, (long long)to);
    i->shape.size[axis] = to;
    return TD_OK;
}

typedef struct band_job {
    td_band_fn *kernel;
    td_band     band;
} band_job;

static void band_piece(int64_t begin, int64_t end, void *argument)
{
    const band_job *j = argument;
    j->kernel(&j->band, begin, end);
}

static td_status resample_compute(const td_call *call)
{
    td_context     *c = call->context;
    const td_attr  *a = call->attr;
    const td_shape *x = call->in[0].shape, *y = call->out.shape;
    bool            adjoint = a->list[TD_BAND_ADJOINT];
    if (y->numel == 0) return TD_OK;
    td_scratch s = td_scratch_begin(c);
    int64_t    count = larger(entries(a), 1), m = y->size[a->axis], inner = 1;
    for (int k = a->axis + 1; k < y->rank; k++) inner *= y->size[k];
    lists      l = { td_arena(c, (size_t)(m + 2) * sizeof *l.start), td_arena_raw(c, (size_t)count * sizeof *l.index),
                     td_arena_raw(c, (size_t)count * sizeof *l.weight), td_arena_raw(c, (size_t)m * sizeof *l.divisor) };
    band_job   j = { c->kernels->band[call->out.dtype],
                     { td_dense(call, 0), call->out.data, x->size[a->axis], m, inner, l.start, l.index, l.weight, l.divisor } };
    if (!c->status) {
        (adjoint ? list_columns : list_rows)(a, &l);
        int64_t work = inner * (1 + count / m);
        td_parallel(c, y->numel / inner, work < PIECE ? PIECE / work : 1, band_piece, &j);
    }
    td_scratch_end(&s);
    return c->status;
}

/* y = W x:  gx = W^T g */
static void resample_vjp(td_pull *p)
{
    td_attr a = *p->attr;
    a.list[TD_BAND_ADJOINT] = !a.list[TD_BAND_ADJOINT];
    td_pull_add(p, 0, td_apply1(&td_op_resample, p->g, &a));
}

td_tensor *td_resample(td_tensor *x, int axis, const td_attr *attr)
{
    td_attr a = *attr;
    if (td_stopped(x)) return td_passed(x);
    a.axis = (int16_t)axis;
    a.n_list = TD_BAND_LIST;
    a.list[TD_BAND_N] = x->shape->size[axis];
    a.list[TD_BAND_ADJOINT] = false;
    return td_apply1(&td_op_resample, x, &a);
}

int64_t td_windows(int64_t n, int64_t kernel, int64_t stride, int64_t padding, int64_t dilation, bool ceil_mode)
{
    int64_t room = n + 2 * padding - dilation * (kernel - 1) - 1;
    if (room < 0 && !(ceil_mode && room > -stride)) return 0;
    int64_t count = (room + (ceil_mode ? stride - 1 : 0)) / stride + 1;
    return ceil_mode && (count - 1) * stride >= n + padding ? count - 1 : count;
}

static void resample_sample(td_sample *s)
{
    int64_t *l = s->attr.list, n = 1 + td_sample_below(s, 7);
    s->n_in = 1;
    td_sample_operand(s, 0, 1, 3);
    s->attr.axis = (int16_t)td_sample_below(s, s->in[0].rank);
    s->attr.n_list = TD_BAND_LIST;
    l[TD_BAND_KIND] = td_sample_below(s, TD_BAND_KINDS);
    l[TD_BAND_N] = n;
    l[TD_BAND_M] = 1 + td_sample_below(s, 9);
    l[TD_BAND_ADJOINT] = td_sample_below(s, 2);
    l[TD_BAND_CORNERS] = td_sample_below(s, 2);
    if (l[TD_BAND_KIND] < TD_BAND_ADAPTIVE) {
        l[TD_BAND_KERNEL] = 1 + td_sample_below(s, n < 4 ? n : 4);
        l[TD_BAND_STRIDE] = 1 + td_sample_below(s, 3);
        l[TD_BAND_PADDING] = td_sample_below(s, l[TD_BAND_KERNEL] / 2 + 1);
        l[TD_BAND_M] = td_windows(n, l[TD_BAND_KERNEL], l[TD_BAND_STRIDE], l[TD_BAND_PADDING], 1, td_sample_below(s, 2));
    }
    s->attr.a = td_sample_below(s, 2) ? (double)l[TD_BAND_M] / (double)n + td_sample_real(s, 0.01, 0.1) : 0;
    s->in[0].size[s->attr.axis] = l[TD_BAND_ADJOINT] ? l[TD_BAND_M] : n;
}

static td_tensor *call_resample(const td_invocation *k)
{
    td_attr a = { .axis = (int16_t)td_as_int(k, 0), .a = td_as_number(k, 2), .n_list = TD_BAND_LIST };
    if (!td_has_length(k, 1, TD_BAND_LIST)) return k->in[0];
    memcpy(a.list, k->argument[1].list, TD_BAND_LIST * sizeof *a.list);
    return td_apply1(k->op, k->in[0], &a);
}
static const td_signature resample_signature = {
    .example = "resample(W, 1, [6, 3, 5, 0, 0, 0, 0])", .call = call_resample,
    .parameter = { { "axis", TD_AXIS, true, 0 }, { "map", TD_SIZES, true, 0 }, { "scale", TD_NUMBER, false, 0 } },
};
const td_op td_op_resample = {
    .name = "resample", .id = TD_ID_resample, .min_in = 1, .max_in = 1, .infer = resample_infer,
    .compute = resample_compute, .vjp = resample_vjp, .sample = resample_sample, .signature = &resample_signature,
};
