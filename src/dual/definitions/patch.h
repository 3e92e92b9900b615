/* patch.h: x, but for a part of it, which is the source. */

static num either_of_two(const td_application *f, int64_t i, int64_t from)
{
    return from < 0 ? operand(f, 0)[i] : num_choose(operand(f, 1)[from], operand(f, 0)[i]);
}

/* Every list[2]-th from list[0] on, before list[1]. */
static num slice_replaced(const td_application *f, const int64_t *at, int64_t i)
{
    const td_attr *p = f->attr;
    int64_t ahead = at[p->axis] - p->list[0];
    bool in_part = ahead >= 0 && ahead % p->list[2] == 0 && at[p->axis] < p->list[1];
    return either_of_two(f, i, in_part ? with(f->in[1].shape, at, p->axis, ahead / p->list[2]) : -1);
}

static num selection_replaced(const td_application *f, const int64_t *at, int64_t i)
{
    int64_t from[TD_MAX_RANK];
    int axis = f->attr->axis, k = 0;
    for (int j = 0; j < f->shape->rank; j++) if (j != axis) from[k++] = at[j];
    return either_of_two(f, i, at[axis] == f->attr->list[0] ? position(f->in[1].shape, from) : -1);
}

/* Where column less row is the offset: the source counts from the top. */
static num diagonal_replaced(const td_application *f, const int64_t *at, int64_t i)
{
    const int64_t *p = f->attr->list;
    int64_t from[TD_MAX_RANK], row = at[p[1]], column = at[p[2]];
    int k = 0;
    for (int j = 0; j < f->shape->rank; j++) if (j != p[1] && j != p[2]) from[k++] = at[j];
    from[k] = row < column ? row : column;
    return either_of_two(f, i, column - row == p[0] ? position(f->in[1].shape, from) : -1);
}

static const definition
    define_slice_scatter = {.element = slice_replaced, .direct = true},
    define_select_scatter = {.element = selection_replaced, .direct = true},
    define_diagonal_scatter = {.element = diagonal_replaced, .direct = true};
