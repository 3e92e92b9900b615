/* border.h: numbers beyond the ends of an axis, windows laid side by side and added back.  Each says where a number comes from,
 * or what is added to what. */

/* ---- pad: list[2j], list[2j+1] before and after axis j ------------------------------------------------------------- */

/* Position of the index `at` of y as some index of x on each axis; -1: there is none. */
static int64_t from_border(const td_application *f, const int64_t *at, int64_t (*which)(int64_t i, int64_t n, const int64_t *counts))
{
    const td_shape *x = f->in[0].shape;
    int64_t from[TD_MAX_RANK];
    for (int j = 0; j < x->rank; j++) {
        const int64_t *counts = f->attr->list + 2 * j;
        from[j] = which(at[j] - counts[0], x->size[j], counts);
        if (from[j] < 0 || from[j] >= x->size[j]) return -1;
    }
    return position(x, from);
}

static int64_t only_inside(int64_t i, int64_t n, const int64_t *counts) { (void)n, (void)counts; return i; }

/* As in a mirror that stands on the last number: back as far as i has gone beyond it. */
static int64_t mirrored(int64_t i, int64_t n, const int64_t *counts)
{
    (void)counts;
    while (i < 0 || i > n - 1) i = i < 0 ? 0 + (0 - i) : (n - 1) - (i - (n - 1));
    return i;
}

static int64_t nearest_end(int64_t i, int64_t n, const int64_t *counts)
{
    (void)counts;
    return i < 0 ? 0 : i > n - 1 ? n - 1 : i;
}

/* Of what negative counts leave, first .. end, as often round as it takes. */
static int64_t round_the_circle(int64_t i, int64_t n, const int64_t *counts)
{
    int64_t first = counts[0] < 0 ? -counts[0] : 0, end = counts[1] < 0 ? n + counts[1] : n;
    while (i < first) i += end - first;
    while (i >= end) i -= end - first;
    return i;
}

static int64_t constant_padded(const td_application *f, const int64_t *at, int64_t i) { (void)i; return from_border(f, at, only_inside); }
static int64_t reflection_padded(const td_application *f, const int64_t *at, int64_t i) { (void)i; return from_border(f, at, mirrored); }
static int64_t replication_padded(const td_application *f, const int64_t *at, int64_t i) { (void)i; return from_border(f, at, nearest_end); }
static int64_t circular_padded(const td_application *f, const int64_t *at, int64_t i) { (void)i; return from_border(f, at, round_the_circle); }

/* ---- windows along an axis: list[0] numbers, list[2] apart, list[1] from window to window --------------------------- */

static int64_t of_window(const td_application *f, const int64_t *at, int64_t i)
{
    const int64_t *l = f->attr->list;
    int axis = f->attr->axis;
    (void)i;
    return with(f->in[0].shape, at, axis, at[axis] * l[1] + at[f->in[0].shape->rank] * l[2]);
}

/* y = 0; y[.., j list[1] + t list[2], ..] += x[.., j, .., t] */
static void added_windows(const td_application *f, int64_t piece)
{
    const td_shape *x = f->in[0].shape;
    const int64_t *l = f->attr->list;
    int64_t at[TD_MAX_RANK];
    int axis = f->attr->axis;
    (void)piece;
    for (int64_t i = 0; i < f->shape->numel; i++) result(f)[i] = num_of(0);
    for (int64_t i = 0; i < x->numel; i++) {
        unravel(x->rank, x->size, i, at);
        num *y = &result(f)[with(f->shape, at, axis, at[axis] * l[1] + at[x->rank - 1] * l[2])];
        *y = num_add(*y, operand(f, 0)[i]);
    }
}

/* ---- unfold, fold: strides, padding, dilation, kernel as in pool.h --------------------------------------------------- */

/* The image's position for number `row` of a column (channel, kernel row, kernel column) at position `where`; -1: padding. */
static int64_t under_kernel(const td_attr *a, const td_shape *image, int64_t n, int64_t row, int64_t where)
{
    const int64_t *k = a->list + POOL_KERNELS, *stride = a->list + POOL_STRIDES, *pad = a->list + POOL_PADDINGS;
    const int64_t *dilation = a->list + POOL_DILATIONS;
    int64_t across = (image->size[3] + 2 * pad[1] - dilation[1] * (k[1] - 1) - 1) / stride[1] + 1;
    int64_t i = where / across * stride[0] - pad[0] + row / k[1] % k[0] * dilation[0];
    int64_t j = where % across * stride[1] - pad[1] + row % k[1] * dilation[1];
    if (i < 0 || i >= image->size[2] || j < 0 || j >= image->size[3]) return -1;
    return ((n * image->size[1] + row / (k[0] * k[1])) * image->size[2] + i) * image->size[3] + j;
}

static int64_t unfolded(const td_application *f, const int64_t *at, int64_t i)
{
    (void)i;
    return under_kernel(f->attr, f->in[0].shape, at[0], at[1], at[2]);
}

static void folded(const td_application *f, int64_t piece)
{
    const td_shape *x = f->in[0].shape;
    (void)piece;
    for (int64_t i = 0; i < f->shape->numel; i++) result(f)[i] = num_of(0);
    for (int64_t i = 0; i < x->numel; i++) {
        int64_t to = under_kernel(f->attr, f->shape, i / x->size[2] / x->size[1], i / x->size[2] % x->size[1], i % x->size[2]);
        if (to >= 0) result(f)[to] = num_add(result(f)[to], operand(f, 0)[i]);
    }
}

/* ---- pixel_shuffle: list[0] the factor r ---------------------------------------------------------------------------- */

/* y[.., c, h, w] = x[.., c r r + h mod r r + w mod r, h / r, w / r].
 * Source: W. Shi et al., "Real-time single image and video super-resolution", CVPR 2016, equation 4. */
static int64_t shuffled(const td_application *f, const int64_t *at, int64_t i)
{
    int64_t r = f->attr->list[0], from[TD_MAX_RANK];
    int last = f->shape->rank - 1;
    (void)i;
    for (int j = 0; j < last - 2; j++) from[j] = at[j];
    from[last - 2] = (at[last - 2] * r + at[last - 1] % r) * r + at[last] % r;
    from[last - 1] = at[last - 1] / r;
    from[last] = at[last] / r;
    return position(f->in[0].shape, from);
}

/* The same, solved for x. */
static int64_t unshuffled(const td_application *f, const int64_t *at, int64_t i)
{
    int64_t r = f->attr->list[0], from[TD_MAX_RANK];
    int last = f->shape->rank - 1;
    (void)i;
    for (int j = 0; j < last - 2; j++) from[j] = at[j];
    from[last - 2] = at[last - 2] / (r * r);
    from[last - 1] = at[last - 1] * r + at[last - 2] / r % r;
    from[last] = at[last] * r + at[last - 2] % r;
    return position(f->in[0].shape, from);
}

static const definition
    define_constant_pad = {.from = constant_padded, .direct = true},
    define_reflection_pad = {.from = reflection_padded, .direct = true},
    define_replication_pad = {.from = replication_padded, .direct = true},
    define_circular_pad = {.from = circular_padded, .direct = true},
    define_unfold_axis = {.from = of_window, .direct = true},
    define_fold_axis = {.piece = added_windows, .direct = true},
    define_unfold = {.from = unfolded, .direct = true},
    define_fold = {.piece = folded, .direct = true},
    define_pixel_shuffle = {.from = shuffled, .direct = true},
    define_pixel_unshuffle = {.from = unshuffled, .direct = true};
