/* convolve.c: how convolutions are cut into pieces.
 *
 * All three are products of the weights, laid out with the tap before the channel, and an image gathered by the kernel
 * (kernel/conv.h).  A transposed convolution is cut into phases, one for each place between two strides: a phase is a
 * convolution of the grid by those taps that lead there.  A piece makes numbers of its own, each summed in order; only the
 * adjoint in the weight, whose results are few, sums parts of the batch apart and joins them in order.  The cut depends on
 * sizes alone. */
#include "kernel/conv.h"
#include "op/conv.h"
#include "op/shape.h"

#include <math.h>
#include <string.h>

enum {
    WORTH_A_THREAD = 1 << 19,    /* multiply-adds */
    PIECES         = 32,         /* enough for many threads to end together */
    STRIP          = 64,         /* numbers k, or rows: a piece has no fewer if there are */
    PARTS          = 8,          /* most parts of a batch */
    MANY           = 512,        /* numbers k of a long row of weights, */
    SLICE          = 64          /* and how many such rows are put back at a time */
};

static int64_t smaller(int64_t a, int64_t b) { return a < b ? a : b; }
static int64_t larger(int64_t a, int64_t b) { return a > b ? a : b; }
static int64_t pieces_of(int64_t n, int64_t piece) { return (n - 1) / piece + 1; }
static int64_t volume(const int64_t size[3]) { return size[0] * size[1] * size[2]; }

static void spatial(const td_shape *s, int64_t size[3])
{
    int d = s->rank - 2;
    for (int j = 0; j < 3; j++) size[j] = j < 3 - d ? 1 : s->size[2 + j - (3 - d)];
}

static void listed(const td_attr *a, int from, int d, int64_t missing, int64_t out[3])
{
    for (int j = 0; j < 3; j++) out[j] = j < 3 - d ? missing : a->list[from + j - (3 - d)];
}

static td_conv_sizes sizes_of(const td_attr *a, const td_shape *image, const td_shape *grid, const td_shape *weight)
{
    int           d = image->rank - 2;
    td_conv_sizes s = { .n = image->size[0], .groups = a->list[TD_CONV_GROUPS], .i = weight->size[1] };
    s.g = weight->size[0] / s.groups;
    spatial(image, s.image);
    spatial(grid, s.grid);
    spatial(weight, s.kernel);
    listed(a, TD_CONV_STRIDE, d, 1, s.stride);
    listed(a, TD_CONV_PADDING, d, 0, s.padding);
    listed(a, TD_CONV_DILATION, d, 1, s.dilation);
    s.pixels = volume(s.image);
    s.positions = volume(s.grid);
    s.taps = volume(s.kernel);
    return s;
}

static void tap_at(const int64_t kernel[3], int64_t t, int64_t at[3])
{
    for (int j = 2; j >= 0; j--) at[j] = t % kernel[j], t /= kernel[j];
}

/* ---- along: rows of weights over positions ------------------------------------------------------------------------ */

typedef struct along {
    td_conv_fn *kernel;
    td_conv     conv;                    /* of the first image and group */
    int64_t     groups, bytes;
    int64_t     images, results;         /* numbers of a group: of the gathered image, of c */
    int64_t     rows, strip;             /* of a piece: rows, positions */
    int64_t     down, across;            /* pieces of a group */
} along;

static void along_pieces(int64_t begin, int64_t end, void *argument)
{
    const along *a = argument;
    for (int64_t at = begin; at < end; at++) {
        int64_t piece = at % (a->down * a->across), group = at / (a->down * a->across);
        int64_t row = piece / a->across * a->rows, p = piece % a->across * a->strip;
        int64_t first = group % a->groups * a->conv.rows + row;
        td_conv v = a->conv;
        v.image.data = (const char *)v.image.data + group * a->images * a->bytes;
        v.matrix = (const char *)v.matrix + first * v.k * a->bytes;
        if (v.bias) v.bias = (const char *)v.bias + first * a->bytes;
        v.c = (char *)v.c + (group * a->results + row * v.positions) * a->bytes;
        v.rows = smaller(v.rows - row, a->rows);
        a->kernel(&v, p, smaller(p + a->strip, v.positions));
    }
}

/* Positions are cut before rows, since each strip of rows gathers for itself. */
static void cut(along *a, int64_t all)
{
    const td_conv *v = &a->conv;
    int64_t        work = larger(v->k, 1) * v->rows;
    a->rows = v->rows;
    a->strip = larger(v->positions, 1);
    while (a->strip > 2 * STRIP && a->strip * work > 2 * WORTH_A_THREAD) a->strip = (a->strip / 2 + STRIP - 1) / STRIP * STRIP;
    a->across = pieces_of(v->positions, a->strip);
    while (a->rows > 2 * STRIP && all * a->across * pieces_of(v->rows, a->rows) < PIECES &&
           a->strip * a->rows * larger(v->k, 1) > 2 * WORTH_A_THREAD)
        a->rows = (a->rows / 2 + STRIP - 1) / STRIP * STRIP;
    a->down = pieces_of(v->rows, a->rows);
}

/* c (n, groups rows, positions) of v's image (n, groups channels, pixels) by v's matrix (groups rows, k). */
static void run_along(const td_call *call, td_conv v, int64_t n, int64_t groups)
{
    td_context *c = call->context;
    along       a = { .kernel = c->kernels->conv[TD_CONV_along][call->out.dtype], .conv = v, .groups = groups,
                      .bytes = (int64_t)td_dtype_size(call->out.dtype), .images = v.image.channels * v.image.pixels,
                      .results = v.rows * v.positions };
    cut(&a, n * groups);
    int64_t work = a.rows * smaller(a.strip * larger(v.k, 1), WORTH_A_THREAD);
    td_parallel(c, n * groups * a.down * a.across, work < WORTH_A_THREAD ? WORTH_A_THREAD / work : 1, along_pieces, &a);
}

/* ---- weights laid out anew ---------------------------------------------------------------------------------------- */

/* What a walk sees at `data`: (groups, a, b, tap) with these strides. */
static td_window slab(const void *data, td_dtype dtype, td_shape *s, const int64_t size[4], const int64_t stride[4])
{
    *s = (td_shape){ .rank = 4, .numel = size[0] * size[1] * size[2] * size[3] };
    memcpy(s->size, size, 4 * sizeof *size);
    memcpy(s->stride, stride, 4 * sizeof *stride);
    return (td_window){ (void *)data, s, dtype };
}

/* Weights (groups, g, i, tap), `taps` of them from `plain` on, to or from where they have the strides `other`. */
static void move_weights(const td_call *call, const td_conv_sizes *s, const void *plain, const void *ours, const int64_t other[4],
                         int64_t taps, bool back)
{
    int64_t   size[4] = { s->groups, s->g, s->i, taps }, stride[4] = { s->g * s->i * s->taps, s->i * s->taps, s->taps, 1 };
    td_shape  a, b;
    td_window x = slab(plain, call->out.dtype, &a, size, stride), y = slab(ours, call->out.dtype, &b, size, other);
    td_walk_move(call->context, back ? &x : &y, back ? &y : &x);
}

/* Back from sums [groups][tap][i][g]: of long rows of weights some at a time, so that they are written through, one number
 * after the other, while what is read are whole lines. */
static void put_weights(const td_call *call, const td_conv_sizes *s, char *plain, const char *sums)
{
    int64_t       k = s->taps * s->i, stride[4] = { k * s->g, 1, s->g, s->i * s->g };
    int64_t       bytes = (int64_t)td_dtype_size(call->out.dtype);
    int64_t       slice = s->groups == 1 && k > MANY ? SLICE : s->g;
    td_conv_sizes part = *s;
    for (int64_t g = 0; g < s->g; g += slice) {
        part.g = smaller(slice, s->g - g);
        move_weights(call, &part, plain + g * k * bytes, sums + g * bytes, stride, s->taps, true);
    }
}

/* ---- conv --------------------------------------------------------------------------------------------------------- */

static int64_t (*new_taps(td_context *c, int64_t n))[3] { return td_arena_raw(c, (size_t)larger(n, 1) * 3 * sizeof(int64_t)); }

/* Where a kernel that is moved over the image looks at position 0. */
static int64_t (*taps_of(td_context *c, const td_conv_sizes *s))[3]
{
    int64_t (*tap)[3] = new_taps(c, s->taps);
    for (int64_t t = 0; tap && t < s->taps; t++) {
        tap_at(s->kernel, t, tap[t]);
        for (int j = 0; j < 3; j++) tap[t][j] = tap[t][j] * s->dilation[j] - s->padding[j];
    }
    return tap;
}

static td_image image_of(const td_conv_sizes *s, const void *data, const int64_t (*tap)[3])
{
    td_image m = { .data = data, .channels = s->i, .pixels = s->pixels, .tap = tap };
    memcpy(m.size, s->image, sizeof m.size);
    memcpy(m.grid, s->grid, sizeof m.grid);
    memcpy(m.step, s->stride, sizeof m.step);
    return m;
}

/* The weights as rows of taps of channels; where one tap or channel is all, they are that already. */
static const void *rows_of_weights(const td_call *call, const td_conv_sizes *s, const void *weight)
{
    if (s->taps == 1 || s->i == 1) return weight;
    int64_t k = s->taps * s->i, stride[4] = { s->g * k, k, 1, s->i };
    void   *rows = td_arena_raw(call->context, (size_t)(s->groups * s->g * s->i * s->taps) * td_dtype_size(call->out.dtype));
    if (rows) move_weights(call, s, weight, rows, stride, s->taps, false);
    return rows;
}

td_status td_conv_compute(const td_call *call)
{
    td_context *c = call->context;
    if (call->out.shape->numel == 0) return TD_OK;
    td_scratch    scratch = td_scratch_begin(c);
    td_conv_sizes s = sizes_of(call->attr, call->in[0].shape, call->out.shape, call->in[1].shape);
    const void   *x = td_dense(call, 0), *weight = td_dense(call, 1), *bias = td_dense(call, 2);
    int64_t     (*tap)[3] = taps_of(c, &s);
    td_conv       v = { .positions = s.positions, .rows = s.g, .k = s.taps * s.i, .bias = bias, .c = call->out.data };
    if (!c->status) v.matrix = rows_of_weights(call, &s, weight);
    v.image = image_of(&s, x, (const int64_t (*)[3])tap);
    if (!c->status) run_along(call, v, s.n, s.groups);
    td_scratch_end(&scratch);
    return c->status;
}

/* ---- conv_transpose ----------------------------------------------------------------------------------------------- */

/* The pixels first, first + stride, ... of the image, and the taps that lead there. */
typedef struct phase {
    int64_t first[3], size[3];
    int64_t (*tap)[3];
    int64_t *which;
    int64_t  taps;
} phase;

/* Tap t leads from grid position p to pixel p stride + t dilation - padding. */
static bool leads_there(const td_conv_sizes *s, const phase *f, const int64_t t[3], int64_t from[3])
{
    for (int j = 0; j < 3; j++) {
        int64_t at = f->first[j] + s->padding[j] - t[j] * s->dilation[j];
        if (at % s->stride[j] != 0) return false;
        from[j] = at / s->stride[j];
    }
    return true;
}

static void find_taps(const td_conv_sizes *s, phase *f)
{
    int64_t t[3];
    f->taps = 0;
    for (int64_t k = 0; k < s->taps; k++) {
        tap_at(s->kernel, k, t);
        if (leads_there(s, f, t, f->tap[f->taps])) f->which[f->taps++] = k;
    }
}

/* Weights as rows of this phase's taps of the grid's channels. */
static void turn_weights(const td_call *call, const td_conv_sizes *s, const phase *f, const char *weight, char *rows)
{
    int64_t k = f->taps * s->g, stride[4] = { s->i * k, 1, k, s->g }, bytes = (int64_t)td_dtype_size(call->out.dtype);
    if (f->taps == s->taps) move_weights(call, s, weight, rows, stride, s->taps, false);
    else for (int64_t t = 0; t < f->taps; t++)
        move_weights(call, s, weight + f->which[t] * bytes, rows + t * s->g * bytes, stride, 1, false);
}

/* A phase's numbers to their pixels. */
static void place_phase(const td_call *call, const td_conv_sizes *s, const phase *f, const void *from)
{
    td_dtype  dtype = call->out.dtype;
    int64_t   lines = s->n * s->groups * s->i, row = s->image[2], plane = s->image[1] * row, p = volume(f->size);
    int64_t   first = f->first[0] * plane + f->first[1] * row + f->first[2];
    int64_t   size[4] = { lines, f->size[0], f->size[1], f->size[2] };
    int64_t   stride[4] = { s->pixels, s->stride[0] * plane, s->stride[1] * row, s->stride[2] };
    int64_t   dense[4] = { p, f->size[1] * f->size[2], f->size[2], 1 };
    td_shape  a, b;
    td_window to = slab((char *)call->out.data + first * (int64_t)td_dtype_size(dtype), dtype, &a, size, stride);
    td_window phased = slab(from, dtype, &b, size, dense);
    td_walk_move(call->context, &to, &phased);
}

typedef struct transposed {
    td_conv_sizes s;
    const void   *grid, *weight, *bias;
    void         *rows;              /* weights of a phase */
    void         *result;            /* where a phase's numbers are made */
} transposed;

static void run_phase(const td_call *call, const transposed *t, phase *f)
{
    const td_conv_sizes *s = &t->s;
    find_taps(s, f);
    turn_weights(call, s, f, t->weight, t->rows);
    td_conv v = { .positions = volume(f->size), .rows = s->i, .k = f->taps * s->g, .matrix = t->rows, .bias = t->bias, .c = t->result };
    v.image = (td_image){ .data = t->grid, .channels = s->g, .pixels = s->positions, .step = { 1, 1, 1 },
                          .tap = (const int64_t (*)[3])f->tap };
    memcpy(v.image.size, s->grid, sizeof v.image.size);
    memcpy(v.image.grid, f->size, sizeof v.image.grid);
    run_along(call, v, s->n, s->groups);
    if (t->result != call->out.data) place_phase(call, s, f, t->result);
}

static void run_phases(const td_call *call, const transposed *t, phase *f)
{
    const td_conv_sizes *s = &t->s;
    for (int64_t k = 0; k < volume(s->stride); k++) {
        bool any = true;
        tap_at(s->stride, k, f->first);
        for (int j = 0; j < 3; j++) {
            f->size[j] = f->first[j] < s->image[j] ? pieces_of(s->image[j] - f->first[j], s->stride[j]) : 0;
            any = any && f->size[j] > 0;
        }
        if (any) run_phase(call, t, f);
    }
}

/* Number `at` of the result: as its phase would make it, without what is outside the grid. */
static double spread_to(const td_call *call, const transposed *t, phase *f, int64_t at)
{
    const td_conv_sizes *s = &t->s;
    td_dtype             dtype = call->out.dtype;
    int64_t              channel = at / s->pixels, group = channel / s->i, pixel = at % s->pixels;
    double               sum = 0;
    tap_at(s->image, pixel, f->first);
    find_taps(s, f);
    for (int64_t k = 0; k < f->taps; k++) {
        const int64_t *p = f->tap[k];
        if (p[0] < 0 || p[1] < 0 || p[2] < 0 || p[0] >= s->grid[0] || p[1] >= s->grid[1] || p[2] >= s->grid[2]) continue;
        int64_t place = (p[0] * s->grid[1] + p[1]) * s->grid[2] + p[2], first = group % s->groups * s->g;
        for (int64_t g = 0; g < s->g; g++) {
            double x = td_load(t->grid, dtype, (group * s->g + g) * s->positions + place);
            sum = fma(td_load(t->weight, dtype, ((first + g) * s->i + channel % s->i) * s->taps + f->which[k]), x, sum);
            if (dtype == TD_F32) sum = (float)sum;
        }
    }
    return t->bias ? sum + td_load(t->bias, dtype, channel % (s->groups * s->i)) : sum;
}

/* The grid's surroundings are no zeros that a weight could meet: 0 times infinity is not 0. */
static bool weights_are_finite(const td_call *call, const void *weight)
{
    td_partial sum = { 0 };
    int64_t    n = call->in[1].shape->numel;
    if (n) call->context->kernels->reduce[TD_REDUCE_sum][call->out.dtype].line(n, weight, 0, 0, &sum);
    return isfinite(sum.f);
}

static void run_transposed(const td_call *call, const transposed *t, phase *f)
{
    if (weights_are_finite(call, t->weight)) {
        run_phases(call, t, f);
        return;
    }
    for (int64_t at = 0; at < call->out.shape->numel; at++)
        td_store(call->out.data, call->out.dtype, at, spread_to(call, t, f, at));
}

td_status td_conv_transpose_compute(const td_call *call)
{
    td_context *c = call->context;
    size_t      bytes = td_dtype_size(call->out.dtype);
    if (call->out.shape->numel == 0) return TD_OK;
    td_scratch scratch = td_scratch_begin(c);
    transposed t = { .s = sizes_of(call->attr, call->out.shape, call->in[0].shape, call->in[1].shape),
                     .grid = td_dense(call, 0), .weight = td_dense(call, 1), .bias = td_dense(call, 2) };
    phase      f = { .tap = new_taps(c, t.s.taps), .which = td_arena_raw(c, (size_t)larger(t.s.taps, 1) * sizeof *f.which) };
    t.rows = td_arena_raw(c, (size_t)larger(call->in[1].shape->numel, 1) * bytes);
    t.result = volume(t.s.stride) == 1 ? call->out.data : td_arena_raw(c, (size_t)call->out.shape->numel * bytes);
    if (!c->status) run_transposed(call, &t, &f);
    td_scratch_end(&scratch);
    return c->status;
}

/* ---- conv_adj_w --------------------------------------------------------------------------------------------------- */

typedef struct across {
    td_conv_fn   *kernel;
    td_conv_sizes s;
    td_conv       conv;              /* of the first image and group */
    int64_t       bytes, k, strip;   /* numbers k of a group, of a piece */
    int64_t       part;              /* images of a part of the batch */
    char         *sums;              /* [parts][groups][k][g] */
} across;

static void across_pieces(int64_t begin, int64_t end, void *argument)
{
    const across *a = argument;
    int64_t       strips = pieces_of(a->k, a->strip);
    for (int64_t at = begin; at < end; at++) {
        int64_t k = at % strips * a->strip, group = at / strips % a->s.groups, part = at / strips / a->s.groups;
        td_conv v = a->conv;
        v.c = a->sums + ((part * a->s.groups + group) * a->k + k) * a->s.g * a->bytes;
        for (int64_t n = part * a->part; n < smaller((part + 1) * a->part, a->s.n); n++, v.more = true) {
            int64_t image = n * a->s.groups + group;
            v.image.data = (const char *)a->conv.image.data + image * a->s.i * a->s.pixels * a->bytes;
            v.matrix = (const char *)a->conv.matrix + image * a->s.g * a->s.positions * a->bytes;
            a->kernel(&v, k, smaller(k + a->strip, a->k));
        }
    }
}

/* Parts of the batch where there are few numbers k, in order. */
static void join_parts(const td_call *call, const across *a, int64_t parts)
{
    td_map_fn *add = call->context->kernels->map[call->out.dtype][TD_MAP_add];
    int64_t    n = a->s.groups * a->k * a->s.g;
    for (int64_t i = 1; i < parts; i++)
        add(n, a->sums, (const void *[]){ a->sums, a->sums + i * n * a->bytes }, 0, 0);
}

static int64_t parts_of(const across *a)
{
    int64_t strips = pieces_of(a->k, a->strip) * a->s.groups;
    return larger(1, smaller(smaller(PARTS, a->s.n), PIECES / strips));
}

td_status td_conv_adj_w_compute(const td_call *call)
{
    td_context *c = call->context;
    td_conv_sizes s = sizes_of(call->attr, call->in[0].shape, call->in[1].shape, call->out.shape);
    across        a = { .kernel = c->kernels->conv[TD_CONV_across][call->out.dtype], .s = s, .k = s.taps * s.i, .strip = STRIP,
                        .bytes = (int64_t)td_dtype_size(call->out.dtype) };
    size_t        bytes = (size_t)(call->out.shape->numel * a.bytes);
    memset(call->out.data, 0, bytes);
    if (call->out.shape->numel == 0 || s.n == 0 || s.positions == 0) return TD_OK;
    td_scratch    scratch = td_scratch_begin(c);
    const void   *image = td_dense(call, 0), *grid = td_dense(call, 1);
    int64_t     (*tap)[3] = taps_of(c, &s);
    a.part = pieces_of(s.n, parts_of(&a));
    int64_t parts = pieces_of(s.n, a.part);
    a.sums = td_arena_raw(c, (size_t)parts * bytes);
    a.conv = (td_conv){ .positions = s.positions, .rows = s.g, .matrix = grid };
    a.conv.image = image_of(&s, image, (const int64_t (*)[3])tap);
    if (!c->status) {
        td_parallel(c, parts * s.groups * pieces_of(a.k, a.strip), 1, across_pieces, &a);
        join_parts(call, &a, parts);
        put_weights(call, &s, call->out.data, a.sums);
    }
    td_scratch_end(&scratch);
    return c->status;
}
