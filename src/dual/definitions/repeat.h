/* repeat.h: numbers several times over, or turned: where each comes from. */

/* The index modulo x's sizes, axes aligned at the end. */
static int64_t tiled(const td_application *f, const int64_t *at, int64_t i)
{
    const td_shape *s = f->in[0].shape;
    int64_t from[TD_MAX_RANK];
    (void)i;
    for (int j = 0; j < s->rank; j++) from[j] = at[f->shape->rank - s->rank + j] % s->size[j];
    return position(s, from);
}

static int64_t interleaved(const td_application *f, const int64_t *at, int64_t i)
{
    int axis = f->attr->axis;
    (void)i;
    return with(f->in[0].shape, at, axis, at[axis] / f->attr->list[0]);
}

/* What stands at j came from j less the shift; before the front is the end. */
static int64_t rolled(const td_application *f, const int64_t *at, int64_t i)
{
    const td_shape *s = f->in[0].shape;
    int64_t from[TD_MAX_RANK];
    (void)i;
    for (int j = 0; j < s->rank; j++) {
        from[j] = at[j] - f->attr->list[j];
        if (from[j] < 0) from[j] += s->size[j];
    }
    return position(s, from);
}

/* A quarter turn takes what stood at (r, c) of w columns to (w - 1 - c, r), in w rows: so of h rows, what stands at (r, c)
 * was at (c, h - 1 - r). */
static int64_t rotated(const td_application *f, const int64_t *at, int64_t i)
{
    int64_t from[TD_MAX_RANK], turns = f->attr->list[0], rows = f->attr->list[1], columns = f->attr->list[2];
    int64_t h = f->shape->size[rows], w = f->shape->size[columns], r = at[rows], c = at[columns];
    (void)i;
    for (; turns > 0; turns--) {
        int64_t column = h - 1 - r, height = h;
        r = c, c = column;
        h = w, w = height;
    }
    for (int j = 0; j < f->shape->rank; j++) from[j] = at[j];
    from[rows] = r, from[columns] = c;
    return position(f->in[0].shape, from);
}

static const definition
    define_repeat = {.from = tiled, .direct = true},
    define_repeat_interleave = {.from = interleaved, .direct = true},
    define_roll = {.from = rolled, .direct = true},
    define_rot90 = {.from = rotated, .direct = true};
