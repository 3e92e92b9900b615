/* shape.h: y holds x's numbers in another arrangement.  Each definition says where a number comes from. */

static int64_t same_position(const td_application *f, const int64_t *at, int64_t i)
{
    (void)f, (void)at;
    return i;
}

static int64_t permuted(const td_application *f, const int64_t *at, int64_t i)
{
    int64_t from[TD_MAX_RANK];
    (void)i;
    for (int j = 0; j < f->shape->rank; j++) from[f->attr->list[j]] = at[j];
    return position(f->in[0].shape, from);
}

static int64_t transposed(const td_application *f, const int64_t *at, int64_t i)
{
    int64_t from[TD_MAX_RANK], a = f->attr->list[0], b = f->attr->list[1];
    (void)i;
    for (int j = 0; j < f->shape->rank; j++) from[j] = at[j == a ? b : j == b ? a : j];
    return position(f->in[0].shape, from);
}

static int64_t expanded(const td_application *f, const int64_t *at, int64_t i)
{
    (void)i;
    return broadcast_position(f->in[0].shape, at, f->shape->rank);
}

/* The position of `at` with index k on one axis instead. */
static int64_t with(const td_shape *s, const int64_t *at, int axis, int64_t k)
{
    int64_t i = 0;
    for (int j = 0; j < s->rank; j++) i = i * s->size[j] + (j == axis ? k : at[j]);
    return i;
}

static int64_t sliced(const td_application *f, const int64_t *at, int64_t i)
{
    const td_attr *p = f->attr;
    (void)i;
    return with(f->in[0].shape, at, p->axis, p->list[0] + at[p->axis] * p->list[2]);
}

static int64_t unsliced(const td_application *f, const int64_t *at, int64_t i)
{
    const td_attr *p = f->attr;
    int64_t ahead = at[p->axis] - p->list[0], k = ahead / p->list[2];
    (void)i;
    if (ahead < 0 || ahead % p->list[2] != 0 || k >= f->in[0].shape->size[p->axis]) return -1;
    return with(f->in[0].shape, at, p->axis, k);
}

static int64_t selected(const td_application *f, const int64_t *at, int64_t i)
{
    int64_t from[TD_MAX_RANK];
    const td_shape *s = f->in[0].shape;
    (void)i;
    int axis = f->attr->axis;
    for (int j = 0; j < s->rank; j++) from[j] = j < axis ? at[j] : j == axis ? f->attr->list[0] : at[j - 1];
    return position(s, from);
}

static int64_t flipped(const td_application *f, const int64_t *at, int64_t i)
{
    int64_t from[TD_MAX_RANK];
    const td_shape *s = f->in[0].shape;
    (void)i;
    for (int j = 0; j < s->rank; j++) from[j] = f->attr->axes >> j & 1 ? s->size[j] - 1 - at[j] : at[j];
    return position(s, from);
}

static int64_t padded(const td_application *f, const int64_t *at, int64_t i)
{
    int64_t from[TD_MAX_RANK];
    const td_shape *s = f->in[0].shape;
    (void)i;
    for (int j = 0; j < s->rank; j++) {
        from[j] = at[j] - f->attr->list[2 * j];
        if (from[j] < 0 || from[j] >= s->size[j]) return -1;
    }
    return position(s, from);
}

/* y's index along the axis counts through the operands one after the other. */
static num concatenated(const td_application *f, const int64_t *at, int64_t i)
{
    int axis = f->attr->axis, k = 0;
    int64_t along = at[axis];
    (void)i;
    while (along >= f->in[k].shape->size[axis]) along -= f->in[k++].shape->size[axis];
    return operand(f, k)[with(f->in[k].shape, at, axis, along)];
}

/* y's index along the axis is which operand. */
static num stacked(const td_application *f, const int64_t *at, int64_t i)
{
    int64_t from[TD_MAX_RANK];
    int axis = f->attr->axis;
    (void)i;
    for (int j = 0; j + 1 < f->shape->rank; j++) from[j] = at[j < axis ? j : j + 1];
    return operand(f, (int)at[axis])[position(f->in[0].shape, from)];
}

static const definition
    define_reshape = {.from = same_position, .direct = true},
    define_permute = {.from = permuted, .direct = true},
    define_transpose = {.from = transposed, .direct = true},
    define_expand = {.from = expanded, .direct = true},
    define_squeeze = {.from = same_position, .direct = true},
    define_unsqueeze = {.from = same_position, .direct = true},
    define_slice = {.from = sliced, .direct = true},
    define_unslice = {.from = unsliced, .direct = true},
    define_select = {.from = selected, .direct = true},
    define_concat = {.element = concatenated, .direct = true},
    define_stack = {.element = stacked, .direct = true},
    define_flip = {.from = flipped, .direct = true},
    define_pad = {.from = padded, .direct = true};
