/* test_conv.c: convolutions large enough to be cut, beside three plain loops.
 *
 * The numbers are small integers, whose sums no order of adding rounds: each result is exact, or an index is wrong. */
#include <stdint.h>

#include "testing.h"

typedef struct layer {
    int     d;
    int64_t n, groups, i, g;             /* channels of a group: of the image, of the grid */
    int64_t image[3], kernel[3], stride[3], padding[3], dilation[3];
} layer;

static const layer LAYERS[] = {
    {2, 2, 1, 70, 130, {9, 30}, {3, 3}, {1, 1}, {1, 1}, {1, 1}},
    {2, 3, 1, 5, 9, {33, 70}, {5, 4}, {2, 3}, {2, 1}, {1, 2}},
    {2, 9, 2, 3, 4, {9, 9}, {3, 3}, {1, 1}, {1, 1}, {1, 1}},
    {2, 1, 1, 300, 260, {7, 7}, {1, 1}, {1, 1}, {0, 0}, {1, 1}},
    {2, 2, 24, 1, 2, {30, 31}, {3, 3}, {1, 2}, {1, 0}, {2, 1}},
    {2, 2, 70, 1, 1, {40, 53}, {3, 3}, {2, 1}, {1, 1}, {1, 1}},
    {2, 1, 3, 1, 2, {260, 110}, {5, 5}, {1, 1}, {2, 2}, {1, 1}},
    {2, 1, 2, 1, 1, {20, 77}, {9, 7}, {1, 1}, {4, 0}, {2, 1}},
    {1, 1, 2, 1, 3, {9000}, {9}, {1}, {12}, {3}},
    {1, 4, 1, 3, 17, {700}, {9}, {4}, {4}, {3}},
    {1, 1, 1, 40, 33, {520}, {1}, {3}, {0}, {1}},
    {2, 2, 1, 4, 6, {300, 2}, {3, 2}, {1, 2}, {1, 1}, {1, 1}},
    {3, 2, 1, 6, 20, {6, 7, 30}, {2, 3, 3}, {2, 1, 1}, {1, 1, 0}, {1, 1, 2}},
};
enum { COUNT = sizeof LAYERS / sizeof LAYERS[0] };

static int64_t volume(const int64_t *size, int d)
{
    int64_t n = 1;
    for (int j = 0; j < d; j++) n *= size[j];
    return n;
}

static int64_t grid_size(const layer *l, int j)
{
    return (l->image[j] + 2 * l->padding[j] - l->dilation[j] * (l->kernel[j] - 1) - 1) / l->stride[j] + 1;
}

typedef struct arrays {
    double *x, *w, *g;                   /* image, weight, grid */
    double *y, *gx, *gw;                 /* what conv, its transpose and its adjoint in the weight are to be */
    int64_t grid[3];
    int64_t of_x[5], of_w[5], of_g[5];   /* shapes */
} arrays;

static double *zeros(const int64_t *shape, int d)
{
    double *v = calloc((size_t)volume(shape, d + 2), sizeof *v);
    if (!v) abort();
    return v;
}

/* Integers from -3 to 3. */
static double *drawn(const int64_t *shape, int d, int64_t salt)
{
    double *v = zeros(shape, d);
    for (int64_t k = 0; k < volume(shape, d + 2); k++)
        v[k] = (double)((uint64_t)(k + salt) * 2654435761u % 4294967296u / 4096 % 7) - 3;
    return v;
}

static void unravel(int d, const int64_t *size, int64_t k, int64_t *at)
{
    for (int j = d - 1; j >= 0; j--) at[j] = k % size[j], k /= size[j];
}

/* Where the kernel's number t stands in the image, from the grid's number p; -1: outside. */
static int64_t under(const layer *l, const int64_t *p, const int64_t *t)
{
    int64_t at = 0;
    for (int j = 0; j < l->d; j++) {
        int64_t k = p[j] * l->stride[j] + t[j] * l->dilation[j] - l->padding[j];
        if (k < 0 || k >= l->image[j]) return -1;
        at = at * l->image[j] + k;
    }
    return at;
}

/* One channel of the image with one of the grid, all three products. */
static void plain_channels(const layer *l, const arrays *a, int64_t image, int64_t grid, int64_t weight)
{
    int64_t pixels = volume(l->image, l->d), positions = volume(a->grid, l->d), taps = volume(l->kernel, l->d), p[3], t[3];
    for (int64_t k = 0; k < taps; k++) {
        unravel(l->d, l->kernel, k, t);
        double w = a->w[weight * taps + k];
        for (int64_t q = 0; q < positions; q++) {
            unravel(l->d, a->grid, q, p);
            int64_t at = under(l, p, t);
            if (at < 0) continue;
            double x = a->x[image * pixels + at], g = a->g[grid * positions + q];
            a->y[grid * positions + q] += w * x;
            a->gx[image * pixels + at] += w * g;
            a->gw[weight * taps + k] += g * x;
        }
    }
}

static void plain_loops(const layer *l, const arrays *a)
{
    for (int64_t n = 0; n < l->n; n++)
        for (int64_t o = 0; o < l->groups * l->g; o++)
            for (int64_t i = 0; i < l->i; i++)
                plain_channels(l, a, n * l->groups * l->i + o / l->g * l->i + i, n * l->groups * l->g + o, o * l->i + i);
}

static double at_of(td_tensor *t, int64_t k)
{
    return td_dtype_of(t) == TD_F32 ? ((const float *)td_data(t))[k] : ((const double *)td_data(t))[k];
}

static void check_same(const layer *l, const char *what, td_tensor *y, const double *expected)
{
    if (!td_data(y)) return;
    for (int64_t k = 0; k < td_numel(y); k++)
        if (at_of(y, k) != expected[k]) {
            CHECK(0, "layer %d, %s of %s: number %lld is %g, not %g", (int)(l - LAYERS), what, td_dtype_name(td_dtype_of(y)),
                  (long long)k, at_of(y, k), expected[k]);
            return;
        }
}

static td_tensor *convolved(const layer *l, td_tensor *x, td_tensor *w)
{
    typedef td_tensor *conv(td_tensor *, td_tensor *, td_tensor *, const int64_t *, const int64_t *, const int64_t *, int64_t);
    static conv *const of[] = {NULL, td_conv1d, td_conv2d, td_conv3d};
    return of[l->d](x, w, NULL, l->stride, l->padding, l->dilation, l->groups);
}

static td_tensor *made(td_context *c, td_dtype dtype, int d, const int64_t *shape, const double *v)
{
    return td_to(td_array(c, TD_F64, d + 2, shape, v), dtype);
}

static void check_layer(const layer *l, const arrays *a, td_dtype dtype, int threads)
{
    td_context *c = td_open(&(td_options){.threads = threads});
    td_tensor  *x = td_require_grad(made(c, dtype, l->d, a->of_x, a->x)), *w = td_require_grad(made(c, dtype, l->d, a->of_w, a->w));
    td_tensor  *y = convolved(l, x, w);
    td_backward_from(y, made(c, dtype, l->d, a->of_g, a->g));
    CHECK(!td_error(c), "layer %d: %s", (int)(l - LAYERS), td_message(c));
    check_same(l, "conv", y, a->y);
    check_same(l, "the gradient in the image", td_grad(x), a->gx);
    check_same(l, "the gradient in the weight", td_grad(w), a->gw);
    td_close(c);
}

static arrays arrays_of(const layer *l)
{
    arrays a = {.of_x = {l->n, l->groups * l->i}, .of_w = {l->groups * l->g, l->i}, .of_g = {l->n, l->groups * l->g}};
    for (int j = 0; j < l->d; j++) {
        a.grid[j] = grid_size(l, j);
        a.of_x[2 + j] = l->image[j], a.of_w[2 + j] = l->kernel[j], a.of_g[2 + j] = a.grid[j];
    }
    a.x = drawn(a.of_x, l->d, 1), a.w = drawn(a.of_w, l->d, 5), a.g = drawn(a.of_g, l->d, 9);
    a.y = zeros(a.of_g, l->d), a.gx = zeros(a.of_x, l->d), a.gw = zeros(a.of_w, l->d);
    plain_loops(l, &a);
    return a;
}

TEST(conv, sums_of_integers_are_exact_however_they_are_cut)
{
    for (int k = 0; k < COUNT; k++) {
        arrays a = arrays_of(&LAYERS[k]);
        for (int threads = 1; threads <= 3; threads += 2) {
            check_layer(&LAYERS[k], &a, TD_F32, threads);
            check_layer(&LAYERS[k], &a, TD_F64, threads);
        }
        free(a.x), free(a.w), free(a.g), free(a.y), free(a.gx), free(a.gw);
    }
}

/* The bits of a layer of random numbers, forward and back. */
static uint64_t bits_of(const layer *l, int threads)
{
    td_context *c = td_open(&(td_options){.threads = threads, .seed = 3});
    int64_t     image[5] = {l->n, l->groups * l->i}, weight[5] = {l->groups * l->g, l->i};
    uint64_t    h = 14695981039346656037u;
    for (int j = 0; j < l->d; j++) image[2 + j] = l->image[j], weight[2 + j] = l->kernel[j];
    td_tensor *x = td_require_grad(td_randn(c, TD_F32, l->d + 2, image));
    td_tensor *w = td_require_grad(td_randn(c, TD_F32, l->d + 2, weight)), *y = convolved(l, x, w);
    td_backward(td_sum(td_square(y)));
    td_tensor *all[] = {y, td_grad(x), td_grad(w)};
    for (int k = 0; k < 3; k++) {
        const unsigned char *data = td_data(all[k]);
        for (int64_t b = 0; data && b < 4 * td_numel(all[k]); b++) h = (h ^ data[b]) * 1099511628211u;
    }
    CHECK(!td_error(c), "%s", td_message(c));
    td_close(c);
    return h;
}

TEST(conv, bits_do_not_depend_on_threads)
{
    for (int k = 0; k < COUNT; k++) {
        uint64_t alone = bits_of(&LAYERS[k], 1);
        for (int threads = 2; threads <= 5; threads++)
            CHECK(bits_of(&LAYERS[k], threads) == alone, "layer %d: other bits with %d threads", k, threads);
    }
}

/* What is outside the grid of a transposed convolution is nothing, not a zero that an infinite weight would make NaN of. */
TEST(conv, infinite_weights_reach_only_what_they_are_multiplied_with)
{
    static const double expected[2][5] = {{INFINITY, INFINITY, INFINITY, 5, 4}, {-INFINITY, 4, INFINITY, 2, 4}};
    for (int k = 0; k < 2; k++) {
        td_context *c = td_open(NULL);
        td_tensor  *x = td_array(c, TD_F64, 3, (int64_t[]){1, 1, k ? 2 : 3}, (double[]){k ? -1 : 1, 1, 3});
        td_tensor  *w = td_array(c, TD_F64, 3, (int64_t[]){1, 1, 3}, (double[]){INFINITY, k ? -1 : 1, 1});
        td_tensor  *b = td_array(c, TD_F64, 1, (int64_t[]){1}, (double[]){k ? 3 : 1});
        td_tensor  *y = td_conv_transpose1d(x, w, b, (int64_t[]){1 + k}, NULL, NULL, 1, NULL);
        for (int64_t i = 0; td_data(y) && i < 5; i++)
            CHECK(at_of(y, i) == expected[k][i], "stride %d: number %d is %g, not %g", 1 + k, (int)i, at_of(y, i), expected[k][i]);
        CHECK(!td_error(c), "%s", td_message(c));
        td_close(c);
    }
}
