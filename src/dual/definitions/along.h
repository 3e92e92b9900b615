/* along.h: take_along_dim, index_fill, one_hot. */

static int64_t places_along(const td_application *f, int k) { return k == 1 ? f->in[0].shape->size[f->attr->axis] : -1; }
static int64_t places_of_classes(const td_application *f, int k) { return k == 0 ? f->attr->list[0] : -1; }

/* y has the index's size along the axis; off it x and the index repeat their sizes 1. */
static num taken_along(const td_application *f, const int64_t *at, int64_t i)
{
    const td_shape *x = f->in[0].shape;
    int axis = f->attr->axis;
    int64_t from[TD_MAX_RANK], own = broadcast_position(f->in[1].shape, at, f->shape->rank);
    (void)i;
    for (int k = 0; k < x->rank; k++) from[k] = k == axis || x->size[k] == 1 ? 0 : at[k];
    int64_t stride = product(x->size, axis + 1, x->rank);
    const num *first = operand(f, 0) + position(x, from);
    num y = first[wrapped_at(f, 1, own, x->size[axis]) * stride];
    return or_any(y, wrapped_is_sure(f, 1, own), first, x->size[axis], stride);
}

static num index_filled(const td_application *f, const int64_t *at, int64_t i)
{
    int axis = f->attr->axis;
    num y = operand(f, 0)[i], value = fill_value(f);
    for (int64_t j = 0; j < f->in[1].shape->numel; j++) {
        bool sure = wrapped_is_sure(f, 1, j);
        if (wrapped_at(f, 1, j, f->shape->size[axis]) == at[axis] || !sure) y = after(y, value, false, sure);
    }
    return y;
}

static num is_of_class(const td_application *f, const int64_t *at, int64_t i)
{
    int64_t n = f->shape->size[f->shape->rank - 1], k = at[f->shape->rank - 1];
    return verdict(operand(f, 0)[i / n], num_of((double)k), false, true, false, false);
}

static const definition
    define_take_along_dim = {.element = taken_along, .places = places_along, .wraps = true, .direct = true},
    define_index_fill = {.element = index_filled, .places = places_along, .wraps = true, .direct = true},
    define_one_hot = {.element = is_of_class, .places = places_of_classes, .direct = true};
