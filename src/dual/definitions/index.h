/* index.h: y by numbers that are indices.  Indices were checked (all.h) before a definition sees them. */

static int64_t sizes_along_axis(const td_application *f) { return f->in[0].shape->size[f->attr->axis]; }
static int64_t rows(const td_application *f) { return f->in[0].shape->size[0]; }

static int64_t index_at(const td_application *f, int64_t i) { return (int64_t)num_value(operand(f, 1)[i]); }

static bool index_is_sure(const td_application *f, int64_t i)
{
    num k = operand(f, 1)[i];
    return num_order(k, num_of(num_value(k))) == TIE;
}

/* x, unless the index that led to it is in doubt: then it can be anything. */
static num if_index_is_sure(const td_application *f, int64_t i, num x)
{
    return index_is_sure(f, i) ? x : num_either(x, num_of(NAN));
}

static num index_selected(const td_application *f, const int64_t *at, int64_t i)
{
    int axis = f->attr->axis;
    int64_t j = at[axis];
    (void)i;
    return if_index_is_sure(f, j, operand(f, 0)[with(f->in[0].shape, at, axis, index_at(f, j))]);
}

static num gathered(const td_application *f, const int64_t *at, int64_t i)
{
    return if_index_is_sure(f, i, operand(f, 0)[with(f->in[0].shape, at, f->attr->axis, index_at(f, i))]);
}

static num embedded(const td_application *f, const int64_t *at, int64_t i)
{
    int64_t d = f->in[0].shape->size[1], j = i / d;
    (void)at;
    return if_index_is_sure(f, j, operand(f, 0)[index_at(f, j) * d + i % d]);
}

/* x goes where the i-th index says; one in doubt leaves every place in doubt to which it might have gone. */
static void add_to(const td_application *f, const int64_t *at, int64_t i, num x)
{
    num *y = result(f);
    int axis = f->attr->axis;
    int64_t to = with(f->shape, at, axis, index_at(f, i));
    y[to] = num_add(y[to], x);
    for (int64_t k = 0; !index_is_sure(f, i) && k < f->shape->size[axis]; k++) {
        to = with(f->shape, at, axis, k);
        y[to] = num_either(y[to], num_of(NAN));
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
