/* bag.h: rows of a table by bags: sums, means and maxima of the rows that a bag's indices name. */

/* The bag that index i is in: a row of (b,n), or the last that begins at i or before; -1: none. */
static int64_t bag_of(const td_application *f, int64_t i)
{
    const td_shape *s = f->in[1].shape;
    int64_t bag = -1;
    if (s->rank == 2) return i / s->size[1];
    for (int64_t k = 0; k < f->in[2].shape->numel; k++) if (num_value(operand(f, 2)[k]) <= (double)i) bag++;
    return bag;
}

static bool names_nothing(const td_application *f, int64_t i)
{
    return index_at(f, i) == (f->attr->n_list > 1 ? f->attr->list[1] : -1);
}

/* Number j of the row that index i names, with its weight. */
static num bag_item(const td_application *f, int64_t i, int64_t j)
{
    const td_shape *table = f->in[0].shape;
    num x = picked(f, i, j, table->size[1], table->size[0]);
    return f->attr->axes & 2 ? num_mul(operand(f, f->n_in - 1)[i], x) : x;
}

static num bagged(const td_application *f, const int64_t *at, int64_t i)
{
    int64_t mode = entry(f->attr, 0);
    num y = num_of(0);
    double count = 0;
    (void)i;
    for (int64_t k = 0; k < f->in[1].shape->numel; k++) {
        if (bag_of(f, k) != at[0] || names_nothing(f, k)) continue;
        num x = bag_item(f, k, at[1]);
        if (mode < 2) y = num_add(y, x);
        else if (count == 0 || num_order(x, y) == MORE) y = x;
        else if (num_order(x, y) == UNSURE) y = num_value(x) > num_value(y) ? num_either(x, y) : num_either(y, x);
        count++;
    }
    return mode == 1 && count > 1 ? num_div(y, num_of(count)) : y;
}

static const definition define_embedding_bag = {.element = bagged, .indexed = rows};
