/* conv.h: convolutions, by the relation between a number of the image, one of the grid and one of the kernel.
 *
 * Source: V. Dumoulin, F. Visin, "A guide to convolution arithmetic for deep learning", 2016: relationship 6 and, with
 * dilation, 15; the transposed convolution is what spreads each number of its operand over the result (section 4). */

enum { STRIDES = 0, PADDINGS = 3, DILATIONS = 6, GROUPS = 12 };

/* For the kernel's index t over the grid's index p: the index of the image under it; false outside.  All without the two
 * axes in front. */
static bool under(const td_application *f, const td_shape *image, const int64_t *p, const int64_t *t, int64_t *at)
{
    const int64_t *list = f->attr->list;
    for (int j = 0; j + 2 < image->rank; j++) {
        at[j] = p[j] * list[STRIDES + j] + t[j] * list[DILATIONS + j] - list[PADDINGS + j];
        if (at[j] < 0 || at[j] >= image->size[j + 2]) return false;
    }
    return true;
}

/* Row-major position of the index (a, b, at..) */
static int64_t in_channel(const td_shape *s, int64_t a, int64_t b, const int64_t *at)
{
    int64_t i = a * s->size[1] + b;
    for (int j = 2; j < s->rank; j++) i = i * s->size[j] + at[j - 2];
    return i;
}

static int64_t spatial_numbers(const td_shape *s) { return product(s->size, 2, s->rank); }
static void spatial_index(const td_shape *s, int64_t i, int64_t *at) { unravel(s->rank - 2, s->size + 2, i, at); }

/* y[n,o,p] = bias[o] + sum over c of o's group, t of x[n,c,under p and t] weight[o,c,t] */
static num convolution(const td_application *f, const int64_t *at, int64_t i)
{
    const td_shape *x = f->in[0].shape, *w = f->in[1].shape;
    int64_t o = at[1], of = o / (w->size[0] / f->attr->list[GROUPS]), t[TD_MAX_RANK], from[TD_MAX_RANK];
    num y = num_of(0);
    (void)i;
    for (int64_t c = 0; c < w->size[1]; c++)
        for (int64_t k = 0; k < spatial_numbers(w); k++) {
            spatial_index(w, k, t);
            bool inside = under(f, x, at + 2, t, from);
            num here = inside ? operand(f, 0)[in_channel(x, at[0], of * w->size[1] + c, from)] : num_of(0);
            y = num_add(y, num_mul(here, operand(f, 1)[in_channel(w, o, c, t)]));
        }
    return f->n_in > 2 ? num_add(y, operand(f, 2)[o]) : y;
}

/* y[n,c,under p and t] += x[n,o,p] weight[o,c,t] for all o, p, t, from the bias on; c of the group of o.  One piece for each n. */
static void spread_convolution(const td_application *f, int64_t n)
{
    const td_shape *x = f->in[0].shape, *w = f->in[1].shape, *y = f->shape;
    int64_t numbers = product(y->size, 1, y->rank), p[TD_MAX_RANK], t[TD_MAX_RANK], to[TD_MAX_RANK];
    for (int64_t i = 0; i < numbers; i++)
        result(f)[n * numbers + i] = f->n_in > 2 ? operand(f, 2)[i / spatial_numbers(y)] : num_of(0);
    for (int64_t i = 0; i < w->numel; i++) {
        int64_t k = spatial_numbers(w), c = i / k % w->size[1], o = i / k / w->size[1];
        int64_t of = o / (w->size[0] / f->attr->list[GROUPS]);
        spatial_index(w, i % k, t);
        for (int64_t j = 0; j < spatial_numbers(x); j++) {
            spatial_index(x, j, p);
            if (!under(f, y, p, t, to)) continue;
            num *there = &result(f)[in_channel(y, n, of * w->size[1] + c, to)];
            *there = num_add(*there, num_mul(operand(f, 0)[in_channel(x, n, o, p)], operand(f, 1)[i]));
        }
    }
}

static int64_t batch(const td_application *f) { return f->shape->size[0]; }

/* y[o,c,t] = sum over n, p of g[n,o,p] x[n,c,under p and t] */
static num correlation(const td_application *f, const int64_t *at, int64_t i)
{
    const td_shape *x = f->in[0].shape, *g = f->in[1].shape;
    int64_t o = at[0], of = o / (f->shape->size[0] / f->attr->list[GROUPS]), p[TD_MAX_RANK], from[TD_MAX_RANK];
    num y = num_of(0);
    (void)i;
    for (int64_t n = 0; n < x->size[0]; n++)
        for (int64_t k = 0; k < spatial_numbers(g); k++) {
            spatial_index(g, k, p);
            bool inside = under(f, x, p, at + 2, from);
            num here = inside ? operand(f, 0)[in_channel(x, n, of * f->shape->size[1] + at[1], from)] : num_of(0);
            y = num_add(y, num_mul(operand(f, 1)[in_channel(g, n, o, p)], here));
        }
    return y;
}

static const definition
    define_conv1d = {.element = convolution, .direct = true},
    define_conv2d = {.element = convolution, .direct = true},
    define_conv3d = {.element = convolution, .direct = true},
    define_conv_transpose1d = {.piece = spread_convolution, .pieces = batch, .direct = true},
    define_conv_transpose2d = {.piece = spread_convolution, .pieces = batch, .direct = true},
    define_conv_transpose3d = {.piece = spread_convolution, .pieces = batch, .direct = true},
    define_conv_adj_w = {.element = correlation, .direct = true};
