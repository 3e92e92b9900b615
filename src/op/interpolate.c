/* interpolate.c: images of other sizes: interpolation, one axis after the other (resample.c), and pixel_shuffle. */
#include "op/pool.h"
#include "op/resample.h"
#include "op/shape.h"

#include <math.h>
#include <string.h>

/* ---- interpolate -------------------------------------------------------------------------------------------------- */

enum { MODE, CORNERS, SIZES, FACTORS = SIZES + 3, INTERPOLATE_LIST = FACTORS + 3 };    /* factors: a double's bits */

static double factor_of(const td_attr *a, int j)
{
    double factor;
    memcpy(&factor, &a->list[FACTORS + j], sizeof factor);
    return factor;
}

static td_status interpolate_infer(td_infer *i)
{
    const int64_t *l = i->attr->list;
    int            d = i->shape.rank - 2;
    char           text[TD_SHAPE_TEXT];
    if (td_infer_float(i)) return td_error(i->context);
    if (d < 1 || d > 3 || i->attr->n_list != INTERPOLATE_LIST || (l[MODE] == TD_CUBIC && d != 2))
        return td_fail(i->context, TD_ESHAPE, "interpolate: input %s: 1 to 3 axes after two, of cubic two",
                       td_shape_text(i->in[0]->shape, text));
    if (l[MODE] < TD_NEAREST || l[MODE] > TD_AREA || (l[CORNERS] && l[MODE] != TD_LINEAR && l[MODE] != TD_CUBIC))
        return td_fail(i->context, TD_EVALUE, "interpolate: mode %lld%s", (long long)l[MODE],
                       l[CORNERS] ? ": align_corners is for linear and cubic" : "");
    for (int j = 0; j < d; j++) {
        if (l[SIZES + j] < 1 || i->shape.size[2 + j] < 1)
            return td_fail(i->context, TD_ESHAPE, "interpolate: axis %d of %s to size %lld", 2 + j,
                           td_shape_text(i->in[0]->shape, text), (long long)l[SIZES + j]);
        i->shape.size[2 + j] = l[SIZES + j];
    }
    return TD_OK;
}

static td_tensor *interpolate_compose(int n, td_tensor *const *in, const td_attr *attr)
{
    static const int kind[] = {
        [TD_NEAREST] = TD_BAND_NEAREST, [TD_NEAREST_EXACT] = TD_BAND_NEAREST_EXACT, [TD_LINEAR] = TD_BAND_LINEAR,
        [TD_CUBIC] = TD_BAND_CUBIC, [TD_AREA] = TD_BAND_ADAPTIVE,
    };
    td_tensor *x = in[0];
    (void)n;
    for (int j = x->shape->rank - 3; j >= 0; j--) {
        td_attr a = { .a = attr->list[MODE] == TD_AREA ? 0 : factor_of(attr, j) };
        a.list[TD_BAND_KIND] = kind[attr->list[MODE]];
        a.list[TD_BAND_M] = attr->list[SIZES + j];
        a.list[TD_BAND_CORNERS] = attr->list[CORNERS];
        x = td_resample(x, 2 + j, &a);
    }
    return x;
}

td_tensor *td_interpolate(td_tensor *x, const int64_t *size, const double *scale, td_interpolation mode, bool align_corners)
{
    td_attr a = { .n_list = INTERPOLATE_LIST, .list = { [MODE] = mode, [CORNERS] = align_corners } };
    if (td_stopped(x)) return td_passed(x);
    for (int j = 0; j < 3 && j < x->shape->rank - 2; j++) {
        double most = (double)INT32_MAX, n = (double)x->shape->size[2 + j];
        if (size) a.list[SIZES + j] = size[j];
        else if (scale && scale[j] > 0 && n * scale[j] < most) a.list[SIZES + j] = (int64_t)floor(n * scale[j]);
        if (!size && scale) memcpy(&a.list[FACTORS + j], &scale[j], sizeof *scale);
    }
    return td_apply1(&td_op_interpolate, td_floating(x), &a);
}

static void interpolate_sample(td_sample *s)
{
    static const double factors[] = { 0, 0, 1.5, 0.7, 2, 1.3 };
    int                 d = 1 + (int)td_sample_below(s, 3);
    td_sample_adaptive(s, d);
    td_attr a = { .n_list = INTERPOLATE_LIST };
    a.list[MODE] = td_sample_below(s, 5);
    if (a.list[MODE] == TD_CUBIC && d != 2) a.list[MODE] = TD_LINEAR;
    a.list[CORNERS] = (a.list[MODE] == TD_LINEAR || a.list[MODE] == TD_CUBIC) && td_sample_below(s, 2);
    double factor = td_sample_choice(s, 6, factors);
    for (int j = 0; j < d; j++) {
        int64_t scaled = (int64_t)floor((double)s->in[0].size[2 + j] * factor);
        a.list[SIZES + j] = scaled > 0 ? scaled : s->attr.list[TD_POOL_KERNEL + j];
        if (scaled > 0) memcpy(&a.list[FACTORS + j], &factor, sizeof factor);
    }
    s->attr = a;
}

static td_tensor *call_interpolate(const td_invocation *k)
{
    int            d = td_rank(k->in[0]) - 2;
    int64_t        size[TD_LIST];
    double         scale[3] = { td_as_number(k, 1), td_as_number(k, 1), td_as_number(k, 1) };
    const int64_t *sizes = td_as_sizes(k, 0, d < 0 ? 0 : d, size);
    return td_interpolate(k->in[0], sizes, k->argument[1].given ? scale : NULL, (td_interpolation)td_as_int(k, 2), td_as_flag(k, 3));
}
static const td_signature interpolate_signature = {
    .example = "interpolate(reshape(W, [1, 2, 3]), size=5, mode=linear)", .call = call_interpolate,
    .words = "nearest nearest_exact linear bicubic area",
    .parameter = { { "size", TD_SIZES, false, 0 }, { "scale_factor", TD_NUMBER, false, 0 }, { "mode", TD_WORD, false, 0 },
                   { "align_corners", TD_FLAG, false, 0 } },
};
const td_op td_op_interpolate = {
    .name = "interpolate", .id = TD_ID_interpolate, .min_in = 1, .max_in = 1, .infer = interpolate_infer,
    .compose = interpolate_compose, .sample = interpolate_sample, .signature = &interpolate_signature,
};

/* ---- pixel_shuffle, pixel_unshuffle: list[0] the factor ----------------------------------------------------------- */

static td_status cannot_shuffle(const td_infer *i)
{
    char text[TD_SHAPE_TEXT];
    return td_fail(i->context, TD_ESHAPE, "%s: input %s by a factor of %lld", i->op->name, td_shape_text(i->in[0]->shape, text),
                   (long long)i->attr->list[0]);
}

static td_status pixel_shuffle_infer(td_infer *i)
{
    int64_t r = i->attr->list[0], *last = i->shape.size + i->shape.rank - 3;
    if (i->shape.rank < 3 || r < 1 || r > INT16_MAX || last[0] % (r * r)) return cannot_shuffle(i);
    last[0] /= r * r;
    last[1] *= r;
    last[2] *= r;
    return TD_OK;
}

static td_status pixel_unshuffle_infer(td_infer *i)
{
    int64_t r = i->attr->list[0], *last = i->shape.size + i->shape.rank - 3;
    if (i->shape.rank < 3 || r < 1 || r > INT16_MAX || last[1] % r || last[2] % r) return cannot_shuffle(i);
    last[0] *= r * r;
    last[1] /= r;
    last[2] /= r;
    return TD_OK;
}

/* x with all axes before the last three as one. */
static td_tensor *seen_as(td_tensor *x, int64_t a, int64_t b, int64_t c, int64_t d, int64_t e)
{
    int64_t lead = 1;
    for (int k = 0; k < x->shape->rank - 3; k++) lead *= x->shape->size[k];
    return td_reshape(x, 6, (int64_t[]){ lead, a, b, c, d, e });
}

static td_tensor *shuffled_back(td_tensor *y, const td_tensor *x, int64_t a, int64_t b, int64_t c)
{
    int64_t size[TD_MAX_RANK];
    int     rank = x->shape->rank;
    memcpy(size, x->shape->size, sizeof size);
    size[rank - 3] = a, size[rank - 2] = b, size[rank - 1] = c;
    return td_reshape(y, rank, size);
}

/* (c r r, h, w) as (c, r, r, h, w) to (c, h, r, w, r) */
static td_tensor *pixel_shuffle_compose(int n, td_tensor *const *in, const td_attr *attr)
{
    const int64_t *s = in[0]->shape->size + in[0]->shape->rank - 3, r = attr->list[0], c = s[0] / (r * r);
    (void)n;
    td_tensor *y = td_permute(seen_as(in[0], c, r, r, s[1], s[2]), (int[]){ 0, 1, 4, 2, 5, 3 });
    return shuffled_back(y, in[0], c, s[1] * r, s[2] * r);
}

static td_tensor *pixel_unshuffle_compose(int n, td_tensor *const *in, const td_attr *attr)
{
    const int64_t *s = in[0]->shape->size + in[0]->shape->rank - 3, r = attr->list[0];
    (void)n;
    td_tensor *y = td_permute(seen_as(in[0], s[0], s[1] / r, r, s[2] / r, r), (int[]){ 0, 1, 3, 5, 2, 4 });
    return shuffled_back(y, in[0], s[0] * r * r, s[1] / r, s[2] / r);
}

static td_tensor *apply_shuffle(const td_op *op, td_tensor *x, int64_t factor)
{
    return td_apply1(op, x, &(td_attr){ .n_list = 1, .list = { factor } });
}

td_tensor *td_pixel_shuffle(td_tensor *x, int64_t factor) { return apply_shuffle(&td_op_pixel_shuffle, x, factor); }
td_tensor *td_pixel_unshuffle(td_tensor *x, int64_t factor) { return apply_shuffle(&td_op_pixel_unshuffle, x, factor); }

static void sample_shuffle(td_sample *s, int64_t channels, int64_t sides)
{
    s->n_in = 1;
    s->attr.n_list = 1;
    s->in[0].rank = 3 + (int)td_sample_below(s, 2);
    for (int k = 0; k < s->in[0].rank; k++) s->in[0].size[k] = 1 + td_sample_below(s, 2);
    s->in[0].size[s->in[0].rank - 3] *= channels;
    for (int k = 1; k < 3; k++) s->in[0].size[s->in[0].rank - k] *= sides;
    td_sample_floats(s, 0, -6, 6);
}

static void pixel_shuffle_sample(td_sample *s)
{
    int64_t r = s->attr.list[0] = 1 + td_sample_below(s, 3);
    sample_shuffle(s, r * r, 1);
}

static void pixel_unshuffle_sample(td_sample *s)
{
    int64_t r = s->attr.list[0] = 1 + td_sample_below(s, 3);
    sample_shuffle(s, 1, r);
}

static td_tensor *call_shuffle(const td_invocation *k) { return apply_shuffle(k->op, k->in[0], td_as_i64(k, 0)); }
static const td_signature pixel_shuffle_signature = {
    .example = "pixel_shuffle(reshape(concat(W, W), [4, 1, 3]), 2)", .call = call_shuffle,
    .parameter = { { "upscale_factor", TD_INTEGER, true, 0 } },
};
static const td_signature pixel_unshuffle_signature = {
    .example = "pixel_unshuffle(reshape(concat(W, W), [1, 2, 6]), 2)", .call = call_shuffle,
    .parameter = { { "downscale_factor", TD_INTEGER, true, 0 } },
};
const td_op td_op_pixel_shuffle = {
    .name = "pixel_shuffle", .id = TD_ID_pixel_shuffle, .min_in = 1, .max_in = 1, .infer = pixel_shuffle_infer,
    .compose = pixel_shuffle_compose, .sample = pixel_shuffle_sample, .signature = &pixel_shuffle_signature,
};
const td_op td_op_pixel_unshuffle = {
    .name = "pixel_unshuffle", .id = TD_ID_pixel_unshuffle, .min_in = 1, .max_in = 1, .infer = pixel_unshuffle_infer,
    .compose = pixel_unshuffle_compose, .sample = pixel_unshuffle_sample, .signature = &pixel_unshuffle_signature,
};
