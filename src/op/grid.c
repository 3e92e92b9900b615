/* grid.c: images looked up at places between their numbers: affine_grid and grid_sample.
 *
 * A grid's numbers say x first, the last axis of the image: from -1 to 1 over its numbers (corners: from the first
 * number's middle to the last one's, else from its border).  What is looked up is gathered and weighted, all in ops, so
 * that slopes in the image and in the grid are theirs.  What lies outside counts 0, infinity too; between numbers a NaN
 * leads to NaN, and is nearest to none.
 * Source: M. Jaderberg, K. Simonyan, A. Zisserman, K. Kavukcuoglu, "Spatial transformer networks", NIPS 2015, section 3. */
#include "op/pool.h"
#include "op/shape.h"

/* ---- affine_grid: theta (n,d,d+1); list[0..d) sizes; keepdim: corners ---------------------------------------------- */

static td_status affine_grid_infer(td_infer *i)
{
    char            text[TD_SHAPE_TEXT];
    const td_shape *theta = i->in[0]->shape;
    int             d = i->attr->n_list;
    if (td_infer_float(i)) return td_error(i->context);
    if (d < 2 || d > 3 || theta->rank != 3 || theta->size[1] != d || theta->size[2] != d + 1)
        return td_fail(i->context, TD_ESHAPE, "affine_grid: theta is %s for %d sizes; (n,2,3) for 2, (n,3,4) for 3 wanted",
                       td_shape_text(theta, text), d);
    for (int j = 0; j < d; j++) {
        if (i->attr->list[j] < 1)
            return td_fail(i->context, TD_ESHAPE, "affine_grid: size %lld on axis %d", (long long)i->attr->list[j], j);
        i->shape.size[1 + j] = i->attr->list[j];
    }
    i->shape.size[d + 1] = d;
    i->shape.rank = d + 2;
    return TD_OK;
}

/* Coordinate of number k of n. */
static double coordinate(int64_t k, int64_t n, bool corners)
{
    if (corners) return n > 1 ? (double)(2 * k) / (double)(n - 1) - 1 : 0;
    return (double)(2 * k + 1) / (double)n - 1;
}

/* (m,d+1): the coordinates of all m numbers, x first, and 1 */
static td_tensor *base_grid(const td_tensor *theta, const td_attr *attr, int64_t m)
{
    int         d = attr->n_list;
    td_dtype    dtype = td_dtype_of(theta);
    int64_t     size[2] = { m, d + 1 }, place = 0;
    size_t      bytes = (size_t)(m * (d + 1)) * td_dtype_size(dtype);
    char       *value = td_allocate(theta->context, bytes);
    if (!value) return td_bad(theta->context);
    for (int64_t p = 0; p < m; p++) {
        int64_t rest = p;
        for (int j = d - 1; j >= 0; j--, rest /= attr->list[j + 1])
            td_store(value, dtype, place++, coordinate(rest % attr->list[j], attr->list[j], attr->keepdim));
        td_store(value, dtype, place++, 1);
    }
    td_tensor *base = td_array(theta->context, dtype, 2, size, value);
    td_deallocate(theta->context, value, bytes);
    return base;
}

static td_tensor *affine_grid_compose(int n, td_tensor *const *in, const td_attr *attr)
{
    int64_t size[TD_MAX_RANK] = { td_size(in[0], 0) }, m = 1;
    int     d = attr->n_list;
    (void)n;
    for (int j = 0; j < d; j++) m *= size[1 + j] = attr->list[j];
    size[d + 1] = d;
    return td_reshape(td_matmul(base_grid(in[0], attr, m), td_transpose(in[0], 1, 2)), d + 2, size);
}

td_tensor *td_affine_grid(td_tensor *theta, int rank, const int64_t *size, bool align_corners)
{
    td_attr a = { .keepdim = align_corners, .n_list = (int8_t)(rank - 2) };
    if (td_stopped(theta)) return td_passed(theta);
    if (rank < 4 || rank > 5) {
        td_fail(theta->context, TD_ESHAPE, "affine_grid: %d sizes; (n,c,h,w) or (n,c,d,h,w) wanted", rank);
        return td_bad(theta->context);
    }
    for (int j = 2; j < rank; j++) a.list[j - 2] = size[j];
    return td_apply1(&td_op_affine_grid, td_floating(theta), &a);
}

static void affine_grid_sample(td_sample *s)
{
    int d = 2 + (int)td_sample_below(s, 2);
    s->n_in = 1;
    s->in[0] = (td_sample_in){ .rank = 3, .size = { td_sample_below(s, 3), d, d + 1 } };
    td_sample_floats(s, 0, -2, 2);
    s->attr.keepdim = td_sample_below(s, 2);
    s->attr.n_list = (int8_t)d;
    for (int j = 0; j < d; j++) s->attr.list[j] = 1 + td_sample_below(s, 4);
}

static td_tensor *call_affine_grid(const td_invocation *k)
{
    return td_affine_grid(k->in[0], k->argument[0].n, k->argument[0].list, td_as_flag(k, 1));
}
static const td_signature affine_grid_signature = {
    .example = "affine_grid(reshape(W, [1, 2, 3]), [1, 1, 2, 2])", .call = call_affine_grid,
    .parameter = { { "size", TD_SIZES, true, 0 }, { "align_corners", TD_FLAG, false, 0 } },
};
const td_op td_op_affine_grid = {
    .name = "affine_grid", .id = TD_ID_affine_grid, .min_in = 1, .max_in = 1, .infer = affine_grid_infer,
    .compose = affine_grid_compose, .sample = affine_grid_sample, .signature = &affine_grid_signature,
};

/* ---- grid_sample: x (n,c,size..), grid (n,to..,d); list: td_grid_mode, td_grid_padding; keepdim: corners ------------ */

static td_status grid_sample_infer(td_infer *i)
{
    const td_tensor *x = i->in[0], *grid = i->in[1];
    int              d = x->shape->rank - 2;
    char             a[TD_SHAPE_TEXT], b[TD_SHAPE_TEXT];
    const int64_t   *l = i->attr->list;
    if (td_infer_float(i)) return td_error(i->context);
    bool fits = (d == 2 || d == 3) && grid->shape->rank == d + 2 && grid->shape->size[d + 1] == d &&
                grid->shape->size[0] == x->shape->size[0] && grid->dtype == x->dtype;
    for (int j = 0; fits && j < d; j++) {
        fits = x->shape->size[2 + j] > 0;
        i->shape.size[2 + j] = grid->shape->size[1 + j];
    }
    if (!fits)
        return td_fail(i->context, TD_ESHAPE, "grid_sample: x is %s %s, the grid %s %s; (n,c,h,w) and (n,..,..,2), or with "
                       "one axis more and 3, wanted", td_dtype_name(td_dtype_of(x)), td_shape_text(x->shape, a),
                       td_dtype_name(td_dtype_of(grid)), td_shape_text(grid->shape, b));
    if (l[0] < TD_GRID_BILINEAR || l[0] > TD_GRID_NEAREST || l[1] < TD_GRID_ZEROS || l[1] > TD_GRID_REFLECTION)
        return td_fail(i->context, TD_EVALUE, "grid_sample: mode %lld, padding %lld", (long long)l[0], (long long)l[1]);
    return TD_OK;
}

/* p in a mirror at low and one at low + span. */
static td_tensor *reflected(td_tensor *p, double low, double span)
{
    if (span == 0) return td_zeros_like(p);
    td_tensor *t = td_remainder(td_add_scalar(p, -low), td_number(p, 2 * span));
    return td_add_scalar(td_neg(td_abs(td_add_scalar(t, -span))), span + low);
}

/* Where the coordinates point among n numbers. */
static td_tensor *place_of(td_tensor *coordinate, int64_t n, const td_attr *attr)
{
    double     last = (double)(n - 1);
    bool       corners = attr->keepdim;
    td_tensor *up = td_add_scalar(coordinate, 1);
    td_tensor *p = corners ? td_mul_scalar(up, last / 2)
                           : td_mul_scalar(td_add_scalar(td_mul_scalar(up, (double)n), -1), 0.5);
    if (attr->list[1] == TD_GRID_REFLECTION) p = corners ? reflected(p, 0, last) : reflected(p, -0.5, (double)n);
    return attr->list[1] == TD_GRID_ZEROS ? p : td_clamp(p, 0, last);
}

/* One of the numbers beside a place, along one axis. */
typedef struct beside { td_tensor *index, *inside, *weight; } beside;

/* weight: of a number inside, outside: of one that is not; NULL: no weights */
static beside number_at(td_tensor *place, int64_t n, td_tensor *weight, td_tensor *outside)
{
    td_tensor *zero = td_number(place, 0), *last = td_number(place, (double)(n - 1));
    td_tensor *in = td_logical_and(td_ge(place, zero), td_le(place, last));
    return (beside){ td_to(td_where(in, place, zero), TD_I64), in, weight ? td_where(in, weight, outside) : NULL };
}

/* The two numbers around it, or the nearest. */
static int around(td_tensor *place, int64_t n, bool nearest, beside b[2])
{
    if (nearest) {
        b[0] = number_at(td_round(place), n, NULL, NULL);
        return 1;
    }
    td_tensor *low = td_floor(place), *share = td_sub(place, low);
    td_tensor *outside = td_where(td_isnan(place), place, td_number(place, 0));
    b[0] = number_at(low, n, td_rsub(1, share), outside);
    b[1] = number_at(td_add_scalar(low, 1), n, share, outside);
    return 2;
}

/* The image (n,c,numbers) at the numbers that `which` picks of each axis, weighted: (n,c,m). */
static td_tensor *corner(td_tensor *image, const int64_t *size, int d, beside b[3][2], int which)
{
    beside all = b[0][which & 1];
    for (int j = 1; j < d; j++) {
        const beside *next = &b[j][which >> j & 1];
        all.index = td_add(td_mul_scalar(all.index, (double)size[j]), next->index);
        all.inside = td_logical_and(all.inside, next->inside);
        if (all.weight) all.weight = td_mul(all.weight, next->weight);
    }
    int64_t    to[3] = { td_size(image, 0), td_size(image, 1), td_size(all.index, 1) };
    td_tensor *value = td_gather(image, 2, td_expand(td_unsqueeze(all.index, 1), 3, to));
    value = td_where(td_unsqueeze(all.inside, 1), value, td_number(image, 0));
    return all.weight ? td_mul(value, td_unsqueeze(all.weight, 1)) : value;
}

static td_tensor *grid_sample_compose(int n, td_tensor *const *in, const td_attr *attr)
{
    const td_shape *x = in[0]->shape, *g = in[1]->shape;
    int             d = x->rank - 2, count = 1;
    int64_t         m = 1, numbers = 1, to[TD_MAX_RANK] = { x->size[0], x->size[1] };
    beside          b[3][2];
    (void)n;
    for (int j = 0; j < d; j++) m *= to[2 + j] = g->size[1 + j], numbers *= x->size[2 + j];
    td_tensor *grid = td_reshape(in[1], 3, (int64_t[]){ x->size[0], m, d }), *y = NULL;
    for (int j = 0; j < d; j++) {
        int64_t size = x->size[2 + j];
        td_tensor *place = place_of(td_select(grid, 2, d - 1 - j), size, attr);
        count *= around(place, size, attr->list[0] == TD_GRID_NEAREST, b[j]);
    }
    td_tensor *image = td_reshape(in[0], 3, (int64_t[]){ x->size[0], x->size[1], numbers });
    for (int e = 0; e < count; e++) {
        td_tensor *part = corner(image, x->size + 2, d, b, e);
        y = y ? td_add(y, part) : part;
    }
    return td_reshape(y, x->rank, to);
}

td_tensor *td_grid_sample(td_tensor *x, td_tensor *grid, td_grid_mode mode, td_grid_padding padding, bool align_corners)
{
    td_tensor *in[2] = { x, grid };
    if (td_stopped(x) || td_stopped(grid)) return td_stopped(x) ? td_passed(x) : td_passed(grid);
    td_to_common_float(2, in, 3);
    td_attr a = { .keepdim = align_corners, .n_list = 2, .list = { mode, padding } };
    return td_apply(&td_op_grid_sample, 2, in, &a);
}

static void grid_sample_sample(td_sample *s)
{
    int d = 2 + (td_sample_below(s, 4) == 0);
    s->n_in = 2;
    s->in[0].rank = s->in[1].rank = d + 2;
    s->in[0].size[0] = s->in[1].size[0] = td_sample_below(s, 8) ? 1 + td_sample_below(s, 2) : 0;
    s->in[0].size[1] = 1 + td_sample_below(s, 2);
    for (int j = 0; j < d; j++) {
        s->in[0].size[2 + j] = 1 + td_sample_below(s, 4);
        s->in[1].size[1 + j] = 1 + td_sample_below(s, 3);
    }
    s->in[1].size[d + 1] = d;
    td_sample_floats(s, 0, -4, 4);
    td_sample_floats(s, 1, -1.75, 1.75);
    s->attr.keepdim = td_sample_below(s, 2);
    s->attr.n_list = 2;
    s->attr.list[0] = td_sample_below(s, 4) == 0;
    s->attr.list[1] = td_sample_below(s, 3);
}

static td_tensor *call_grid_sample(const td_invocation *k)
{
    td_grid_padding padding = (td_grid_padding)(td_as_int(k, 1) - 2);    /* words of paddings stand behind those of modes */
    return td_grid_sample(k->in[0], k->in[1], (td_grid_mode)td_as_int(k, 0), padding, td_as_flag(k, 2));
}
static const td_signature grid_sample_signature = {
    .example = "grid_sample(reshape(W, [1, 1, 2, 3]), [[[[0.5, 0.25], [-0.5, 0]]]], bilinear, border)",
    .call = call_grid_sample, .words = "bilinear nearest zeros border reflection",
    .parameter = { { "mode", TD_WORD, false, 0 }, { "padding_mode", TD_WORD, false, 2 },
                   { "align_corners", TD_FLAG, false, 0 } },
};
const td_op td_op_grid_sample = {
    .name = "grid_sample", .id = TD_ID_grid_sample, .min_in = 2, .max_in = 2, .infer = grid_sample_infer,
    .compose = grid_sample_compose, .sample = grid_sample_sample, .signature = &grid_sample_signature,
};
