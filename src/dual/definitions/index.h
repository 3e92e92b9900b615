/* index.h: y by numbers that are indices.  Indices were checked (all.h) before a definition sees them. */

static int64_t sizes_along_axis(const td_application *f) { return f->in[0].shape->size[f->attr->axis]; }
static int64_t rows(const td_application *f) { return f->in[0].shape->size[0]; }

static int64_t index_at(const td_application *f, int64_t i) { return (int64_t)num_value(operand(f, 1)[i]); }

static bool index_is_sure(const td_application *f, int64_t i)
{
    return num_order(operand(f, 1)[i], num_of((double)index_at(f, i))) == TIE;
}

/* May index number i be k, which it does not seem to be? */
static bool index_may_be(const td_application *f, int64_t i, int64_t k)
{
    return k != index_at(f, i) && num_order(operand(f, 1)[i], num_of((double)k)) == UNSURE;
}

/* What index number i leads to: x[start + k stride], k of n.  One in doubt may lead to others. */
static num picked(const td_application *f, int64_t i, int64_t start, int64_t stride, int64_t n)
{
    const num *x = operand(f, 0) + start;
    num y = x[index_at(f, i) * stride];
    if (index_is_sure(f, i)) return y;
    for (int64_t k = 0; k < n; k++) if (index_may_be(f, i, k)) y = num_either(y, x[k * stride]);
    return y;
}

/* The same along the axis, from the element `at` on the other axes. */
static num picked_along(const td_application *f, int64_t i, const int64_t *at)
{
    const td_shape *s = f->in[0].shape;
    int axis = f->attr->axis;
    return picked(f, i, with(s, at, axis, 0), product(s->size, axis + 1, s->rank), s->size[axis]);
}

static num index_selected(const td_application *f, const int64_t *at, int64_t i)
{
    (void)i;
    return picked_along(f, at[f->attr->axis], at);
}

static num gathered(const td_application *f, const int64_t *at, int64_t i) { return picked_along(f, i, at); }

static num embedded(const td_application *f, const int64_t *at, int64_t i)
{
    int64_t d = f->in[0].shape->size[1];
    (void)at;
    return picked(f, i / d, i % d, d, f->in[0].shape->size[0]);
}

/* x goes where the i-th index says; one in doubt may add it to other places instead. */
static void add_to(const td_application *f, const int64_t *at, int64_t i, num x)
{
    num *y = result(f);
    int axis = f->attr->axis;
    bool sure = index_is_sure(f, i);
    num *to = &y[with(f->shape, at, axis, index_at(f, i))];
    *to = sure ? num_add(*to, x) : num_either(num_add(*to, x), *to);
    for (int64_t k = 0; !sure && k < f->shape->size[axis]; k++) {
        num *other = &y[with(f->shape, at, axis, k)];
        if (index_may_be(f, i, k)) *other = num_either(*other, num_add(*other, x));
    }
}

static void copy_first_operand(const td_application *f)
{
    for (int64_t i = 0; i < f->shape->numel; i++) result(f)[i] = operand(f, 0)[i];
}

/* y = x; y[.., idx[j], ..] += src[.., j, ..] */
static void index_added(const td_application *f, int64_t piece)
{
    const td_shape *s = f->in[2].shape;
    int64_t at[TD_MAX_RANK];
    (void)piece;
    copy_first_operand(f);
    for (int64_t i = 0; i < s->numel; i++) {
        unravel(s->rank, s->size, i, at);
        add_to(f, at, at[f->attr->axis], operand(f, 2)[i]);
    }
}

/* y = x; y[idx[i,j,k], j, k] += src[i,j,k] for axis 0; src may be larger than idx */
static void scatter_added(const td_application *f, int64_t piece)
{
    const td_shape *s = f->in[1].shape;
    int64_t at[TD_MAX_RANK];
    (void)piece;
    copy_first_operand(f);
    for (int64_t i = 0; i < s->numel; i++) {
        unravel(s->rank, s->size, i, at);
        add_to(f, at, i, operand(f, 2)[position(f->in[2].shape, at)]);
    }
}

static const definition
    define_index_select = {.element = index_selected, .indexed = sizes_along_axis, .direct = true},
    define_index_add = {.piece = index_added, .indexed = sizes_along_axis, .direct = true},
    define_gather = {.element = gathered, .indexed = sizes_along_axis, .direct = true},
    define_scatter_add = {.piece = scatter_added, .indexed = sizes_along_axis, .direct = true},
    define_embedding = {.element = embedded, .indexed = rows, .direct = true};
