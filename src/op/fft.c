/* fft.c: discrete Fourier transforms of pairs of real tensors.
 *
 * One primitive, dft, transforms along one axis; its adjoint is itself in the other direction, for F is symmetric and the
 * inner product that of pairs of reals.  All others are spelt in it: cut or padded with zeros to n, along one axis or the last
 * two, and of a half spectrum the rest put in its place.  A pair is one tensor with an axis of two in front, and cut by views. */
#include "op/shape.h"

#include <math.h>

#include "kernel/fft.h"

/* ---- dft ------------------------------------------------------------------------------------------------------------ */

enum { PIECES = 16 };

typedef struct fft_job {
    td_fourier    plan;
    const void   *re, *im;               /* dense; im NULL: 0 */
    void         *out;
    td_dtype      dtype;
    bool          forward;
    double        scale, *work;          /* of each piece `work_each` doubles */
    int64_t       n, inner, lines, numel, work_each, pieces;
} fft_job;

static double read_at(const void *x, td_dtype dtype, int64_t i)
{
    return !x ? 0 : dtype == TD_F32 ? (double)((const float *)x)[i] : ((const double *)x)[i];
}

static void write_at(void *y, td_dtype dtype, int64_t i, double v)
{
    if (dtype == TD_F32) ((float *)y)[i] = (float)v;
    else ((double *)y)[i] = v;
}

static void transform_line(const fft_job *j, int64_t start, double *re, double *work)
{
    double *im = re + j->n;
    for (int64_t k = 0; k < j->n; k++) {
        re[k] = read_at(j->re, j->dtype, start + k * j->inner);
        im[k] = read_at(j->im, j->dtype, start + k * j->inner);
    }
    td_fft_run(&j->plan, j->forward ? re : im, j->forward ? im : re, work);
    for (int64_t k = 0; k < j->n; k++) {
        write_at(j->out, j->dtype, start + k * j->inner, j->scale * re[k]);
        write_at(j->out, j->dtype, j->numel + start + k * j->inner, j->scale * im[k]);
    }
}

/* Pieces are cut by the number of lines alone, each with work of its own. */
static void transform_piece(int64_t begin, int64_t end, void *argument)
{
    const fft_job *j = argument;
    for (int64_t p = begin; p < end; p++) {
        double *re = j->work + p * j->work_each;
        for (int64_t l = j->lines * p / j->pieces; l < j->lines * (p + 1) / j->pieces; l++)
            transform_line(j, l / j->inner * j->inner * j->n + l % j->inner, re, re + 2 * j->n);
    }
}

static td_status dft_compute(const td_call *call)
{
    td_context     *c = call->context;
    const td_shape *x = call->in[0].shape;
    if (x->numel == 0) return TD_OK;
    td_scratch scratch = td_scratch_begin(c);
    fft_job j = { .re = td_dense(call, 0), .im = td_dense(call, 1), .out = call->out.data, .dtype = call->out.dtype,
                  .forward = call->attr->list[0] < 0, .scale = call->attr->a, .n = x->size[call->attr->axis], .inner = 1,
                  .numel = x->numel };
    for (int i = call->attr->axis + 1; i < x->rank; i++) j.inner *= x->size[i];
    j.lines = x->numel / j.n;
    j.pieces = j.lines < PIECES ? j.lines : PIECES;
    j.work_each = 2 * j.n + td_fft_work(j.n);
    double *room = td_arena_raw(c, (size_t)td_fft_room(j.n) * sizeof(double));
    j.work = td_arena_raw(c, (size_t)(j.pieces * j.work_each) * sizeof(double));
    if (room && j.work && !td_error(c)) {
        td_fft_plan(&j.plan, j.n, room);
        td_parallel(c, j.pieces, 1, transform_piece, &j);
    }
    td_scratch_end(&scratch);
    return td_error(c);
}

/* The operands are a pair of floats of one shape. */
static td_status check_pair(const td_infer *i)
{
    char text[2][TD_SHAPE_TEXT];
    if (!td_is_float(i->dtype)) return td_infer_float(i);
    if (i->n_in < 2) return TD_OK;
    const td_tensor *re = i->in[0], *im = i->in[1];
    bool same = re->shape->rank == im->shape->rank && re->dtype == im->dtype;
    for (int k = 0; same && k < re->shape->rank; k++) same = re->shape->size[k] == im->shape->size[k];
    if (same) return TD_OK;
    return td_fail(i->context, TD_ESHAPE, "%s: the real part is %s %s and the imaginary part %s %s; they must be alike", i->op->name,
                   td_dtype_name((td_dtype)re->dtype), td_shape_text(re->shape, text[0]),
                   td_dtype_name((td_dtype)im->dtype), td_shape_text(im->shape, text[1]));
}

/* An axis of two in front. */
static void infer_packed(td_infer *i)
{
    td_shape plain = i->shape;
    td_shape_insert(&plain, 0, 2, &i->shape);
}

static td_status dft_infer(td_infer *i)
{
    if (check_pair(i)) return td_error(i->context);
    if (!td_infer_axis(i, i->attr->axis, i->shape.rank)) return td_error(i->context);
    if (i->shape.size[i->attr->axis] < 1)
        return td_fail(i->context, TD_ESHAPE, "%s: axis %d is empty", i->op->name, (int)i->attr->axis);
    infer_packed(i);
    return TD_OK;
}

static td_tensor *part(td_tensor *packed, int which) { return td_select(packed, 0, which); }

static td_tensor *dft(td_tensor *re, td_tensor *im, int axis, int direction, double scale)
{
    td_attr attr = { .axis = (int16_t)axis, .a = scale, .n_list = 1, .list = { direction } };
    return td_apply(&td_op_dft, im ? 2 : 1, (td_tensor *[]){ re, im }, &attr);
}

/* y = s F x, F symmetric.   gx = s conj(F) g */
static void dft_vjp(td_pull *p)
{
    td_tensor *back = dft(part(p->g, 0), part(p->g, 1), p->attr->axis, -(int)p->attr->list[0], p->attr->a);
    for (int k = 0; k < p->n_in; k++) td_pull_add(p, k, part(back, k));
}

/* No axis is empty. */
static void pair_sample(td_sample *s, int rank, int operands)
{
    s->n_in = operands;
    td_sample_few(s, 0, rank, 3, rank == 2 ? 9 : 33);
    for (int i = 0; i < s->in[0].rank; i++)
        if (s->in[0].size[i] == 0) s->in[0].size[i] = 1;
    for (int k = 0; k < operands; k++) {
        s->in[k] = s->in[0];
        td_sample_floats(s, k, -4, 4);
    }
}

static void dft_sample(td_sample *s)
{
    pair_sample(s, 1, 1 + (int)td_sample_below(s, 2));
    s->attr.axis = (int16_t)td_sample_below(s, s->in[0].rank);
    s->attr.a = td_sample_choice(s, 2, (double[]){ 1, 0.25 });
    s->attr.n_list = 1;
    s->attr.list[0] = td_sample_below(s, 2) ? -1 : 1;
}

static td_tensor *call_dft(const td_invocation *k)
{
    int axis = td_axis(k->in[0]->context, "dft", td_rank(k->in[0]), td_as_int(k, 0));
    if (axis < 0) return td_bad(k->in[0]->context);
    return dft(k->in[0], k->n > 1 ? k->in[1] : NULL, axis, td_as_flag(k, 1) ? 1 : -1, td_as_number(k, 2));
}
static const td_signature dft_signature = {
    .example = "dft(x, y)", .call = call_dft,
    .parameter = { { "axis", TD_AXIS, false, -1 }, { "back", TD_FLAG, false, 0 }, { "scale", TD_NUMBER, false, 1 } },
};
const td_op td_op_dft = {
    .name = "dft", .id = TD_ID_dft, .min_in = 1, .max_in = 2, .infer = dft_infer, .compute = dft_compute, .vjp = dft_vjp,
    .sample = dft_sample, .signature = &dft_signature,
};

/* ---- what is spelt in it -------------------------------------------------------------------------------------------- */

enum { DIRECTION, KIND, NORM, LAST, FIRST, LISTED };    /* places of attr->list; FIRST and LAST: lengths, 0: as it is */
enum { WHOLE, TO_HALF, FROM_HALF };

/* How many axes, and the one that may be halved. */
static int axis_count(const td_attr *a) { return (int)a->axes + 1; }
static int last_axis(const td_attr *a, int rank) { return a->axes ? rank - 1 : a->axis; }

/* The length along the last axis (which 0), or the one before. */
static int64_t length(const td_attr *a, const int64_t *size, int rank, int which)
{
    int64_t n = a->list[which ? FIRST : LAST], have = size[last_axis(a, rank) - which];
    return n > 0 ? n : which == 0 && a->list[KIND] == FROM_HALF ? 2 * (have - 1) : have;
}

static td_status fft_infer(td_infer *i)
{
    const td_attr *a = i->attr;
    int rank = i->shape.rank;
    if (check_pair(i)) return td_error(i->context);
    if (rank < axis_count(a)) return td_fail(i->context, TD_ESHAPE, "%s: %d axes are transformed, x has %d", i->op->name, axis_count(a), rank);
    if (!td_infer_axis(i, last_axis(a, rank), rank)) return td_error(i->context);
    int64_t n[2] = { 1, 1 };
    for (int k = 0; k < axis_count(a); k++) {
        n[k] = length(a, i->shape.size, rank, k);
        if (n[k] < 1 || i->shape.size[last_axis(a, rank) - k] < 1)
            return td_fail(i->context, TD_ESHAPE, "%s: axis %d has %lld numbers, %lld are transformed; both must be at least 1",
                           i->op->name, last_axis(a, rank) - k, (long long)i->shape.size[last_axis(a, rank) - k], (long long)n[k]);
    }
    for (int k = 0; k < axis_count(a); k++) i->shape.size[last_axis(a, rank) - k] = n[k];
    if (a->list[KIND] == TO_HALF) i->shape.size[last_axis(a, rank)] = n[0] / 2 + 1;
    if (a->list[KIND] != FROM_HALF) infer_packed(i);
    return TD_OK;
}

/* x cut, or padded with zeros, to n along the axis */
static td_tensor *resized(td_tensor *x, int axis, int64_t n)
{
    int64_t have = td_size(x, axis), around[2 * TD_MAX_RANK] = { 0 };
    if (have >= n) return td_slice(x, axis, 0, n, 1);
    around[2 * axis + 1] = n - have;
    return td_pad(x, around, 0);
}

static double scale_of(const td_attr *a, int64_t n)
{
    bool forward = a->list[DIRECTION] < 0;
    if (a->list[NORM] == TD_FFT_ORTHO) return 1 / sqrt((double)n);
    return forward == (a->list[NORM] == TD_FFT_FORWARD) ? 1 / (double)n : 1;
}

/* z along the axis, with what belongs behind it: the conjugates of z_(tail), ..., z_1 */
static td_tensor *mirrored(td_tensor *z, int axis, int64_t tail, double sign)
{
    if (!z || tail == 0) return z;
    td_tensor *back = td_flip(td_slice(z, axis, 1, 1 + tail, 1), 1, &axis);
    return td_concat(2, (td_tensor *[]){ z, sign < 0 ? td_neg(back) : back }, axis);
}

/* One axis of n: a packed pair, or of a half spectrum the real line. */
static td_tensor *along(td_tensor *re, td_tensor *im, int axis, int64_t n, int64_t kind, const td_attr *a)
{
    int64_t have = kind == FROM_HALF ? n / 2 + 1 : n;
    re = resized(re, axis, have);
    if (im) im = resized(im, axis, have);
    if (kind == FROM_HALF) re = mirrored(re, axis, n - have, 1), im = mirrored(im, axis, n - have, -1);
    td_tensor *y = dft(re, im, axis, (int)a->list[DIRECTION], scale_of(a, n));
    if (kind == TO_HALF) y = td_slice(y, axis + 1, 0, n / 2 + 1, 1);
    return kind == FROM_HALF ? part(y, 0) : y;
}

/* Of two axes the one that is halved comes first on the way to a half spectrum and last on the way back. */
static td_tensor *fft_compose(int n_in, td_tensor *const *in, const td_attr *a)
{
    td_tensor *re = in[0], *im = n_in > 1 ? in[1] : NULL;
    int        rank = td_rank(re), last = last_axis(a, rank), axes = axis_count(a);
    int64_t    size[TD_MAX_RANK], n[2];
    for (int i = 0; i < rank; i++) size[i] = td_size(re, i);
    for (int k = 0; k < axes; k++) n[k] = length(a, size, rank, k);
    if (axes == 1) return along(re, im, last, n[0], a->list[KIND], a);
    bool       back = a->list[KIND] == FROM_HALF;
    td_tensor *y = along(re, im, back ? last - 1 : last, n[back], back ? WHOLE : a->list[KIND], a);
    return along(part(y, 0), part(y, 1), back ? last : last - 1, n[!back], back ? FROM_HALF : WHOLE, a);
}

static void fft_sample(td_sample *s, int axes, int direction, int kind)
{
    pair_sample(s, axes, kind == TO_HALF ? 1 : 2);
    td_sample_in *x = &s->in[0];
    s->attr = (td_attr){ .n_list = LISTED, .list = { direction, kind, td_sample_below(s, 3) } };
    s->attr.axes = (uint32_t)axes - 1;
    s->attr.axis = axes == 1 ? (int16_t)td_sample_below(s, x->rank) : 0;
    for (int k = 0; k < axes; k++) {
        int64_t have = x->size[last_axis(&s->attr, x->rank) - k];
        bool    given = td_sample_below(s, 2) || (kind == FROM_HALF && have < 2);
        if (given) s->attr.list[k ? FIRST : LAST] = 1 + td_sample_below(s, have + 3);
    }
}

/* The expression `name(x, y, ...)`, and the operation. */
static td_tensor *apply_fft(const td_op *op, td_tensor *re, td_tensor *im, td_attr attr)
{
    attr.n_list = LISTED;
    return td_apply(op, im ? 2 : 1, (td_tensor *[]){ re, im }, &attr);
}

static void parts(td_tensor *packed, td_tensor **re, td_tensor **im)
{
    *re = part(packed, 0);
    *im = part(packed, 1);
}

static td_attr one_axis(td_tensor *x, int direction, int kind, int64_t n, int axis, td_fft_norm norm)
{
    int at = axis < 0 ? axis + td_rank(x) : axis;
    return (td_attr){ .axis = (int16_t)at, .list = { direction, kind, norm, n > 0 ? n : 0 } };
}

static td_attr two_axes(int direction, int kind, const int64_t *size, td_fft_norm norm)
{
    return (td_attr){ .axes = 1, .list = { direction, kind, norm, size ? size[1] : 0, size ? size[0] : 0 } };
}

static td_tensor *call_one(const td_invocation *k, int direction, int kind)
{
    td_attr a = one_axis(k->in[0], direction, kind, td_as_i64(k, 0), td_as_int(k, 1), (td_fft_norm)td_as_int(k, 2));
    return apply_fft(k->op, k->in[0], k->n > 1 ? k->in[1] : NULL, a);
}

static td_tensor *call_two(const td_invocation *k, int direction, int kind)
{
    td_attr a = two_axes(direction, kind, NULL, (td_fft_norm)td_as_int(k, 0));
    return apply_fft(k->op, k->in[0], k->n > 1 ? k->in[1] : NULL, a);
}

/* What the ops have in common: the call from an expression, the sampler, the struct; at the end the parameters. */
#define FFT_OP(NAME, operands, n_axes, call_axes, direction, kind, example_text, ...)                              \
    static td_tensor *call_##NAME(const td_invocation *k) { return call_axes(k, direction, kind); }                \
    static void sample_##NAME(td_sample *s) { fft_sample(s, n_axes, direction, kind); }                            \
    static const td_signature NAME##_signature = {                                                                 \
        .example = example_text, .call = call_##NAME, .parameter = { __VA_ARGS__ },                                \
        .words = "backward forward ortho",                                                                         \
    };                                                                                                             \
    const td_op td_op_##NAME = {                                                                                   \
        .name = #NAME, .id = TD_ID_##NAME, .min_in = 1, .max_in = operands, .infer = fft_infer,                    \
        .compose = fft_compose, .sample = sample_##NAME, .signature = &NAME##_signature,                           \
    };
#define ONE_AXIS { "n", TD_INTEGER, false, 0 }, { "axis", TD_AXIS, false, -1 }, { "norm", TD_WORD, false, 0 }
#define TWO_AXES { "norm", TD_WORD, false, 0 }

FFT_OP(fft, 2, 1, call_one, -1, WHOLE, "fft(x, y)", ONE_AXIS)
FFT_OP(ifft, 2, 1, call_one, 1, WHOLE, "ifft(x, y)", ONE_AXIS)
FFT_OP(rfft, 1, 1, call_one, -1, TO_HALF, "rfft(x)", ONE_AXIS)
FFT_OP(irfft, 2, 1, call_one, 1, FROM_HALF, "irfft(x, y)", ONE_AXIS)
FFT_OP(fft2, 2, 2, call_two, -1, WHOLE, "fft2(W, W)", TWO_AXES)
FFT_OP(ifft2, 2, 2, call_two, 1, WHOLE, "ifft2(W, W)", TWO_AXES)
FFT_OP(rfft2, 1, 2, call_two, -1, TO_HALF, "rfft2(W)", TWO_AXES)
FFT_OP(irfft2, 2, 2, call_two, 1, FROM_HALF, "irfft2(W, W)", TWO_AXES)

void td_fft(td_tensor *re, td_tensor *im, int64_t n, int axis, td_fft_norm norm, td_tensor **y_re, td_tensor **y_im)
{
    parts(apply_fft(&td_op_fft, re, im, one_axis(re, -1, WHOLE, n, axis, norm)), y_re, y_im);
}

void td_ifft(td_tensor *re, td_tensor *im, int64_t n, int axis, td_fft_norm norm, td_tensor **y_re, td_tensor **y_im)
{
    parts(apply_fft(&td_op_ifft, re, im, one_axis(re, 1, WHOLE, n, axis, norm)), y_re, y_im);
}

void td_rfft(td_tensor *x, int64_t n, int axis, td_fft_norm norm, td_tensor **y_re, td_tensor **y_im)
{
    parts(apply_fft(&td_op_rfft, x, NULL, one_axis(x, -1, TO_HALF, n, axis, norm)), y_re, y_im);
}

td_tensor *td_irfft(td_tensor *re, td_tensor *im, int64_t n, int axis, td_fft_norm norm)
{
    return apply_fft(&td_op_irfft, re, im, one_axis(re, 1, FROM_HALF, n, axis, norm));
}

void td_fft2(td_tensor *re, td_tensor *im, const int64_t *size, td_fft_norm norm, td_tensor **y_re, td_tensor **y_im)
{
    parts(apply_fft(&td_op_fft2, re, im, two_axes(-1, WHOLE, size, norm)), y_re, y_im);
}

void td_ifft2(td_tensor *re, td_tensor *im, const int64_t *size, td_fft_norm norm, td_tensor **y_re, td_tensor **y_im)
{
    parts(apply_fft(&td_op_ifft2, re, im, two_axes(1, WHOLE, size, norm)), y_re, y_im);
}

void td_rfft2(td_tensor *x, const int64_t *size, td_fft_norm norm, td_tensor **y_re, td_tensor **y_im)
{
    parts(apply_fft(&td_op_rfft2, x, NULL, two_axes(-1, TO_HALF, size, norm)), y_re, y_im);
}

td_tensor *td_irfft2(td_tensor *re, td_tensor *im, const int64_t *size, td_fft_norm norm)
{
    return apply_fft(&td_op_irfft2, re, im, two_axes(1, FROM_HALF, size, norm));
}
