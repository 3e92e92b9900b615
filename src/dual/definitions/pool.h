/* pool.h: one number of each window; and maps along an axis, by their weights.
 *
 * Sources: V. Dumoulin, F. Visin, "A guide to convolution arithmetic for deep learning", 2016, section 3 (pooling);
 * R. G. Keys, "Cubic convolution interpolation for digital image processing", IEEE ASSP 29 (1981), with a = -3/4. */

enum { POOL_STRIDES = 0, POOL_PADDINGS = 3, POOL_DILATIONS = 6, POOL_KERNELS = 9, COUNTS_PADDING = 13, DIVISOR, ADAPTIVE };

/* Numbers first, first + step, ... of n on an axis: `count` of them in window p; `all` with those of the padding. */
typedef struct span {
    int64_t first, step, count, all;
} span;

static span adaptive_span(int64_t n, int64_t m, int64_t p)
{
    int64_t first = p * n / m, end = (p + 1) * n / m + ((p + 1) * n % m != 0);
    return (span){first, 1, end - first, end - first};
}

static span span_of(const td_attr *a, int j, int64_t n, int64_t p)
{
    const int64_t *l = a->list + j;
    if (a->list[ADAPTIVE]) return adaptive_span(n, l[POOL_KERNELS], p);
    span s = {0, l[POOL_DILATIONS], 0, 0};
    for (int64_t t = 0; t < l[POOL_KERNELS]; t++) {
        int64_t at = p * l[POOL_STRIDES] - l[POOL_PADDINGS] + t * l[POOL_DILATIONS];
        if (at < n + l[POOL_PADDINGS]) s.all++;
        if (at < 0 || at >= n) continue;
        if (s.count++ == 0) s.first = at;
    }
    return s;
}

/* The numbers of x in the window `at`; *all: with the padding's. */
static group window_at(const td_application *f, const int64_t *at, double *all)
{
    const td_shape *x = f->in[0].shape;
    group g = {.n = 1, .rank = x->rank - 2};
    int64_t start = at[0] * x->size[1] + at[1];
    *all = 1;
    for (int j = 0; j < g.rank; j++) {
        span s = span_of(f->attr, j, x->size[2 + j], at[2 + j]);
        start = start * x->size[2 + j] + s.first;
        g.size[j] = s.count;
        g.stride[j] = s.step * product(x->size, 3 + j, x->rank);
        g.n *= s.count;
        *all *= (double)s.all;
    }
    g.x = operand(f, 0) + start;
    return g;
}

static num largest_of_window(const td_application *f, const int64_t *at, int64_t i)
{
    double all;
    group g = window_at(f, at, &all);
    (void)i;
    return first_largest(&g, plain, NULL);
}

/* Which of the channel's numbers that is; in doubt either. */
static num where_largest_of_window(const td_application *f, const int64_t *at, int64_t i)
{
    const td_shape *x = f->in[0].shape;
    double all;
    group g = window_at(f, at, &all);
    const num *channel = operand(f, 0) + (at[0] * x->size[1] + at[1]) * product(x->size, 2, x->rank);
    num y = nth(&g, 0), where = num_of((double)(place(&g, 0) - channel));
    (void)i;
    for (int64_t k = 1; k < g.n; k++) {
        num z = nth(&g, k), here = num_of((double)(place(&g, k) - channel));
        enum order o = rivalry(z, y);
        bool above = o == MORE || (o == UNSURE && num_value(z) > num_value(y));
        num best = above ? here : where, other = above ? where : here;
        where = o == UNSURE ? num_either(best, other) : best;
        y = o == UNSURE ? num_either(above ? z : y, above ? y : z) : above ? z : y;
    }
    return where;
}

static num mean_of_window(const td_application *f, const int64_t *at, int64_t i)
{
    double all, divisor = (double)f->attr->list[DIVISOR];
    group g = window_at(f, at, &all);
    (void)i;
    if (divisor == 0) divisor = f->attr->list[COUNTS_PADDING] ? all : (double)g.n;
    return num_div(sum(f->attr, &g), num_of(divisor));
}

static num adaptive_mean(const td_application *f, const int64_t *at, int64_t i)
{
    double all;
    group g = window_at(f, at, &all);
    (void)i;
    return mean(f->attr, &g);
}

/* (mean of x^p, times the kernel's numbers)^(1/p) */
static num length_of_window(const td_application *f, const int64_t *at, int64_t i)
{
    double all, numbers = 1, p = f->attr->a;
    group g = window_at(f, at, &all);
    num s = num_of(0);
    (void)i;
    for (int64_t k = 0; k < g.n; k++) s = num_add(s, pow_scalar(&(td_attr){.a = p}, nth(&g, k)));
    for (int j = 0; j < g.rank; j++) numbers *= (double)f->attr->list[POOL_KERNELS + j];
    return pow_scalar(&(td_attr){.a = 1 / p}, num_div(num_mul(s, num_of(numbers)), num_of(all)));
}

/* ---- maps along an axis ------------------------------------------------------------------------------------------ */

enum { SUMS, MEANS, MEANS_WITH_PADDING, ADAPTIVE_MEANS, NEAREST, NEAREST_MIDDLE, LINEAR, CUBIC };
/* What a map is: kind, n, m, how y's numbers stand among x's. */
typedef struct axis_map {
    int64_t kind, n, m, kernel, stride, padding;
    bool    corners;
    double  factor;
} axis_map;

/* Where number j of y stands among x's. */
static num place_among(const axis_map *a, int64_t j)
{
    if (a->corners)
        return a->m > 1 ? num_div(num_of((double)(j * (a->n - 1))), num_of((double)(a->m - 1))) : num_of(0);
    num middle = num_of((double)j + 0.5);
    if (a->factor > 0) middle = num_div(middle, num_of(a->factor));
    else middle = num_div(num_mul(middle, num_of((double)a->n)), num_of((double)a->m));
    return num_sub(middle, num_of(0.5));
}

/* Keys's kernel, of a distance below 2. */
static num keys(num t)
{
    num a = num_of(-0.75), t2 = num_mul(t, t), t3 = num_mul(t2, t);
    if (num_value(t) <= 1)
        return num_add(num_sub(num_mul(num_add(a, num_of(2)), t3), num_mul(num_add(a, num_of(3)), t2)), num_of(1));
    num inner = num_sub(num_add(t3, num_mul(num_of(8), t)), num_mul(num_of(5), t2));
    return num_mul(a, num_sub(inner, num_of(4)));
}

/* Weights of numbers of which those beyond an end are the end itself. */
static num cubic_weight(const axis_map *a, num at, int64_t i)
{
    int64_t left = (int64_t)floor(num_value(at));
    num w = num_of(0);
    for (int64_t k = left - 1; k <= left + 2; k++) {
        int64_t clamped = k < 0 ? 0 : k >= a->n ? a->n - 1 : k;
        if (clamped == i) w = num_add(w, keys(magnitude(num_sub(at, num_of((double)k)))));
    }
    return w;
}

/* 1 - distance, where that is positive; a place beyond an end is the end. */
static num hat(const axis_map *a, num at, int64_t i)
{
    double x = num_value(at), last = (double)a->n - 1;
    if (x <= 0 || x >= last) return num_of(i == (x <= 0 ? 0 : a->n - 1));
    num w = num_sub(num_of(1), magnitude(num_sub(at, num_of((double)i))));
    return num_value(w) > 0 ? w : num_of(0);
}

static int64_t nearest_to(const axis_map *a, int64_t j)
{
    double shift = a->kind == NEAREST_MIDDLE ? 0.5 : 0;
    if (a->factor > 0) return (int64_t)fmin(floor(((double)j + shift) / a->factor), (double)a->n - 1);
    return (j * 2 * a->n + (a->kind == NEAREST_MIDDLE) * a->n) / (2 * a->m);
}

static num window_weight(const axis_map *a, int64_t j, int64_t i)
{
    td_attr p = {.list = {[POOL_STRIDES] = a->stride, [POOL_PADDINGS] = a->padding, [POOL_DILATIONS] = 1,
                          [POOL_KERNELS] = a->kind == ADAPTIVE_MEANS ? a->m : a->kernel, [ADAPTIVE] = a->kind == ADAPTIVE_MEANS}};
    span s = span_of(&p, 0, a->n, j);
    if (i < s.first || i >= s.first + s.count) return num_of(0);
    double over = a->kind == SUMS ? 1 : a->kind == MEANS_WITH_PADDING ? (double)s.all : (double)s.count;
    return num_div(num_of(1), num_of(over));
}

/* What number i of x counts for in number j of y. */
static num map_weight(const axis_map *a, int64_t j, int64_t i)
{
    switch (a->kind) {
    case NEAREST:
    case NEAREST_MIDDLE: return num_of(nearest_to(a, j) == i);
    case LINEAR: return hat(a, place_among(a, j), i);
    case CUBIC: return cubic_weight(a, place_among(a, j), i);
    default: return window_weight(a, j, i);
    }
}

static num resampled(const td_application *f, const int64_t *at, int64_t unused)
{
    const int64_t *l = f->attr->list;
    axis_map a = {l[0], l[1], l[2], l[4], l[5], l[6], l[4] != 0, f->attr->a};
    int axis = f->attr->axis;
    num y = num_of(0);
    (void)unused;
    for (int64_t k = 0; k < f->in[0].shape->size[axis]; k++) {
        num w = l[3] ? map_weight(&a, k, at[axis]) : map_weight(&a, at[axis], k);
        if (num_value(w) == 0) continue;
        y = num_add(y, num_mul(w, operand(f, 0)[with(f->in[0].shape, at, axis, k)]));
    }
    return y;
}

/* ---- interpolation: list[0] mode, [1] corners, [2..4] sizes, [5..7] the factors' bits --------------------------------- */

static axis_map map_of_axis(const td_application *f, int j)
{
    static const int64_t kind[] = {NEAREST, NEAREST_MIDDLE, LINEAR, CUBIC, ADAPTIVE_MEANS};
    const int64_t *l = f->attr->list;
    axis_map a = {.kind = kind[l[0]], .n = f->in[0].shape->size[2 + j], .m = l[2 + j], .corners = l[1] != 0};
    memcpy(&a.factor, &l[5 + j], sizeof a.factor);
    return a;
}

/* Sum over all numbers of the channel, each weighted by the product of its weights on the axes. */
static num interpolated(const td_application *f, const int64_t *at, int64_t i)
{
    const td_shape *x = f->in[0].shape;
    int64_t numbers = product(x->size, 2, x->rank), from[TD_MAX_RANK];
    const num *channel = operand(f, 0) + (at[0] * x->size[1] + at[1]) * numbers;
    num y = num_of(0);
    (void)i;
    for (int64_t k = 0; k < numbers; k++) {
        num w = num_of(1);
        unravel(x->rank - 2, x->size + 2, k, from);
        for (int j = 0; j < x->rank - 2 && num_value(w) != 0; j++) {
            axis_map a = map_of_axis(f, j);
            w = num_mul(w, map_weight(&a, at[2 + j], from[j]));
        }
        if (num_value(w) != 0) y = num_add(y, num_mul(w, channel[k]));
    }
    return y;
}

static const definition
    define_interpolate = {.element = interpolated},
    define_max_pool_index = {.element = where_largest_of_window, .direct = true},
    define_max_pool1d = {.element = largest_of_window, .direct = true},
    define_max_pool2d = {.element = largest_of_window, .direct = true},
    define_max_pool3d = {.element = largest_of_window, .direct = true},
    define_adaptive_max_pool1d = {.element = largest_of_window, .direct = true},
    define_adaptive_max_pool2d = {.element = largest_of_window, .direct = true},
    define_adaptive_max_pool3d = {.element = largest_of_window, .direct = true},
    define_avg_pool1d = {.element = mean_of_window},
    define_avg_pool2d = {.element = mean_of_window},
    define_avg_pool3d = {.element = mean_of_window},
    define_adaptive_avg_pool1d = {.element = adaptive_mean},
    define_adaptive_avg_pool2d = {.element = adaptive_mean},
    define_adaptive_avg_pool3d = {.element = adaptive_mean},
    define_lp_pool1d = {.element = length_of_window},
    define_lp_pool2d = {.element = length_of_window},
    define_lp_pool3d = {.element = length_of_window},
    define_resample = {.element = resampled};
