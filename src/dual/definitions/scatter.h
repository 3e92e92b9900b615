/* scatter.h: elements that an index sends along an axis, joined to what they meet: y[.., idx[.., j, ..], ..] from
 * s[.., j, ..].
 *
 * Said from where they arrive: each y looks through all j, in order, for those that are sent to it. */

typedef struct arrivals {
    const td_application *f;
    const int64_t *at;             /* y's index */
    bool           rows;           /* the index is 1-d, the same for all that lies across the axis */
} arrivals;

static int64_t senders(const arrivals *a)
{
    const td_shape *index = a->f->in[1].shape;
    int axis = a->f->attr->axis;
    if (a->rows) return index->size[0];
    for (int k = 0; k < index->rank; k++) if (k != axis && a->at[k] >= index->size[k]) return 0;
    return index->size[axis];
}

static int64_t sender(const arrivals *a, int64_t j)
{
    return a->rows ? j : with(a->f->in[1].shape, a->at, a->f->attr->axis, j);
}

static num sent_by(const arrivals *a, int64_t j)
{
    return operand(a->f, 2)[with(a->f->in[2].shape, a->at, a->f->attr->axis, j)];
}

/* Does j send here?  In doubt: it seems so, or it seems not but may. */
static bool arrives(const arrivals *a, int64_t j, bool *doubt)
{
    int64_t i = sender(a, j), here = a->at[a->f->attr->axis];
    bool is = index_at(a->f, i) == here;
    *doubt = is ? !index_is_sure(a->f, i) : index_may_be(a->f, i, here);
    return is || *doubt;
}

typedef num join(num y, num s);

/* x, with all that arrive joined to it one after the other. */
static num joined(const td_application *f, const int64_t *at, int64_t i, bool rows, num x, join *with_next)
{
    arrivals a = {f, at, rows};
    num y = x;
    for (int64_t j = 0, n = senders(&a); j < n; j++) {
        bool doubt;
        if (!arrives(&a, j, &doubt)) continue;
        num z = with_next(y, sent_by(&a, j));
        bool is = index_at(f, sender(&a, j)) == at[f->attr->axis];
        y = !doubt ? z : is ? num_either(z, y) : num_either(y, z);
    }
    (void)i;
    return y;
}

static num takes_its_place(num y, num s) { return num_choose(s, y); }
static num times_it(num y, num s) { return num_mul(y, s); }

static num scattered(const td_application *f, const int64_t *at, int64_t i)
{
    return joined(f, at, i, false, operand(f, 0)[i], takes_its_place);
}

static num index_copied(const td_application *f, const int64_t *at, int64_t i)
{
    return joined(f, at, i, true, operand(f, 0)[i], takes_its_place);
}

static num scatter_multiplied(const td_application *f, const int64_t *at, int64_t i)
{
    return joined(f, at, i, false, operand(f, 0)[i], times_it);
}

/* ---- reductions: of x, if it counts, and of all that arrive ---------------------------------------------------------- */

static num as_largest(num x, bool least) { return least ? num_neg(x) : x; }

/* The largest (least: the smallest) of them, its slope split evenly among its equals: y - sum (y - z) / ties.  None: x. */
static num extreme_of(const arrivals *a, num x, bool self, bool least)
{
    int64_t n = senders(a), first = self ? -1 : 0, ties = 0, count = 0;
    num y = x, s = num_of(0);
    for (int64_t j = first; j < n; j++) {
        bool doubt = false;
        if (j >= 0 && !arrives(a, j, &doubt)) continue;
        num z = j < 0 ? as_largest(x, least) : as_largest(sent_by(a, j), least);
        enum order o = count++ ? num_order(z, y) : MORE;
        if (isnan(num_value(z)) && !isnan(num_value(y))) o = MORE;
        if (doubt || o == UNSURE) y = num_value(z) > num_value(y) ? num_either(z, y) : num_either(y, z);
        else if (o == MORE) y = num_choose(z, y);
    }
    if (count == 0) return x;
    for (int pass = 0; pass < 2; pass++)
        for (int64_t j = first; j < n; j++) {
            bool doubt = false;
            if (j >= 0 && !arrives(a, j, &doubt)) continue;
            num z = j < 0 ? as_largest(x, least) : as_largest(sent_by(a, j), least);
            if (doubt || num_order(z, y) == UNSURE) return as_largest(y, least);
            if (!is_equal_or_nan(z, y)) continue;
            if (pass == 0) ties++;
            else s = num_add(s, num_div(isfinite(num_value(y)) ? num_sub(y, z) : z, num_of((double)ties)));
        }
    if (ties > 1) y = num_choose(isfinite(num_value(y)) ? num_sub(y, s) : s, y);
    return as_largest(y, least);
}

static num plus_it(num y, num s) { return num_add(y, s); }

static int64_t how_many(const arrivals *a)
{
    int64_t count = 0;
    bool doubt;
    for (int64_t j = 0, n = senders(a); j < n; j++) count += arrives(a, j, &doubt);
    return count;
}

/* which: 0 sum, 1 product, 2 mean, 3 largest, 4 smallest */
static num reduction(const td_application *f, const int64_t *at, int64_t i, bool rows, int64_t which, bool self)
{
    arrivals a = {f, at, rows};
    num x = operand(f, 0)[i];
    int64_t count = how_many(&a);
    if (count == 0) return x;
    if (which >= 3) return extreme_of(&a, x, self, which == 4);
    num start = self ? x : num_of(which == 1 ? 1 : 0);
    num y = joined(f, at, i, rows, start, which == 1 ? times_it : plus_it);
    return which == 2 ? num_div(y, num_of((double)(count + self))) : y;
}

static num scatter_reduced(const td_application *f, const int64_t *at, int64_t i)
{
    return reduction(f, at, i, false, f->attr->list[0], f->attr->list[1]);
}

static num index_reduced(const td_application *f, const int64_t *at, int64_t i)
{
    return reduction(f, at, i, true, f->attr->list[0], f->attr->list[1]);
}

static num scatter_largest(const td_application *f, const int64_t *at, int64_t i)
{
    return reduction(f, at, i, false, 3, true);
}
static num scatter_smallest(const td_application *f, const int64_t *at, int64_t i)
{
    return reduction(f, at, i, false, 4, true);
}

/* The next j along the axis (list[0]: before) with the same index; the size if there is none. */
static num next_alike(const td_application *f, const int64_t *at, int64_t i)
{
    const td_shape *s = f->in[0].shape;
    int axis = f->attr->axis;
    int64_t n = s->size[axis], step = f->attr->list[0] ? -1 : 1, j = at[axis] + step;
    const num *x = operand(f, 0);
    for (; j >= 0 && j < n; j += step) {
        enum order o = num_order(x[with(s, at, axis, j)], x[i]);
        if (o == TIE) return num_of((double)j);
        if (o == UNSURE) return num_either(num_of((double)j), num_of((double)n));
    }
    return num_of((double)n);
}

static const definition
    define_index_next = {.element = next_alike, .direct = true},
    define_scatter = {.element = scattered, .indexed = sizes_along_axis, .direct = true},
    define_index_copy = {.element = index_copied, .indexed = sizes_along_axis, .direct = true},
    define_scatter_prod = {.element = scatter_multiplied, .indexed = sizes_along_axis, .direct = true},
    define_scatter_amax = {.element = scatter_largest, .indexed = sizes_along_axis, .direct = true},
    define_scatter_amin = {.element = scatter_smallest, .indexed = sizes_along_axis, .direct = true},
    define_scatter_reduce = {.element = scatter_reduced, .indexed = sizes_along_axis, .direct = true},
    define_index_reduce = {.element = index_reduced, .indexed = sizes_along_axis, .direct = true};
