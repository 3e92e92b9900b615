/* place.h: elements by their row-major position, or by an index for each of the first axes.  Indices below 0 count from the
 * end; they were checked (all.h). */

static int64_t wrapped_at(const td_application *f, int k, int64_t i, int64_t n)
{
    int64_t index = (int64_t)num_value(operand(f, k)[i]);
    return index < 0 ? index + n : index;
}

/* Is index i of operand k, as it stands, what it is for sure? */
static bool wrapped_is_sure(const td_application *f, int k, int64_t i)
{
    num x = operand(f, k)[i];
    return num_order(x, num_of(num_value(x))) == TIE;
}

/* y, or where the index is in doubt any of n numbers. */
static num or_any(num y, bool sure, const num *x, int64_t n, int64_t stride)
{
    for (int64_t k = 0; !sure && k < n; k++) y = num_either(y, x[k * stride]);
    return y;
}

static num wrapped(const td_attr *p, num x)
{
    num from_the_end = num_add(x, num_of((double)p->list[0]));
    switch (num_order(x, num_of(0))) {
    case LESS: return from_the_end;
    case UNSURE: return num_value(x) < 0 ? num_either(from_the_end, x) : num_either(x, from_the_end);
    default: return x;
    }
}

static int64_t places_wrapped(const td_application *f, int k) { return k == 0 ? f->attr->list[0] : -1; }
static int64_t places_in_all(const td_application *f, int k) { return k == 1 ? f->in[0].shape->numel : -1; }

static num taken(const td_application *f, const int64_t *at, int64_t i)
{
    const num *x = operand(f, 0);
    int64_t n = f->in[0].shape->numel;
    (void)at;
    return or_any(x[wrapped_at(f, 1, i, n)], wrapped_is_sure(f, 1, i), x, n, 1);
}

/* y, after s has come to it for sure or perhaps, to be added or in its place. */
static num after(num y, num s, bool adds, bool sure)
{
    num z = adds ? num_add(y, s) : num_choose(s, y);
    return sure ? z : num_either(z, y);
}

static num put_at(const td_application *f, const int64_t *at, int64_t i)
{
    num y = operand(f, 0)[i];
    int64_t n = f->in[0].shape->numel;
    (void)at;
    for (int64_t j = 0; j < f->in[1].shape->numel; j++) {
        bool sure = wrapped_is_sure(f, 1, j);
        if (wrapped_at(f, 1, j, n) == i || !sure) y = after(y, operand(f, 2)[j], f->attr->list[0], sure);
    }
    return y;
}

/* ---- an index for each of the first axes ----------------------------------------------------------------------------- */

/* What indices `first` and on broadcast to. */
static td_shape index_shape(const td_application *f, int first)
{
    td_shape b = {.rank = 0};
    for (int k = first; k < f->n_in; k++) if (f->in[k].shape->rank > b.rank) b.rank = f->in[k].shape->rank;
    for (int j = 0; j < b.rank; j++) {
        b.size[j] = 1;
        for (int k = first; k < f->n_in; k++) {
            const td_shape *s = f->in[k].shape;
            int own = j - (b.rank - s->rank);
            if (own >= 0 && s->size[own] != 1) b.size[j] = s->size[own];
        }
    }
    b.numel = product(b.size, 0, b.rank);
    return b;
}

/* Where index number k stands that belongs to the place `at` of b. */
static int64_t own_position(const td_application *f, int k, const int64_t *at, int rank)
{
    return broadcast_position(f->in[k].shape, at, rank);
}

static int64_t places_of_read(const td_application *f, int k) { return k >= 1 ? f->in[0].shape->size[k - 1] : -1; }
static int64_t places_of_written(const td_application *f, int k) { return k >= 2 ? f->in[0].shape->size[k - 2] : -1; }

static num indexed(const td_application *f, const int64_t *at, int64_t i)
{
    const td_shape *x = f->in[0].shape;
    td_shape b = index_shape(f, 1);
    int n = f->n_in - 1;
    int64_t from[TD_MAX_RANK];
    bool sure = true;
    (void)i;
    for (int k = 0; k < x->rank; k++) {
        int64_t own = k < n ? own_position(f, k + 1, at, b.rank) : 0;
        from[k] = k < n ? wrapped_at(f, k + 1, own, x->size[k]) : at[b.rank + k - n];
        sure = sure && (k >= n || wrapped_is_sure(f, k + 1, own));
    }
    return or_any(operand(f, 0)[position(x, from)], sure, operand(f, 0), x->numel, 1);
}

/* Each place of b whose indices are y's own first ones brings a value. */
static num index_written(const td_application *f, const int64_t *at, int64_t i)
{
    const td_shape *x = f->in[0].shape;
    td_shape b = index_shape(f, 2);
    int n = f->n_in - 2, rank = b.rank + x->rank - n;
    int64_t place[2 * TD_MAX_RANK];
    num y = operand(f, 0)[i];
    for (int k = n; k < x->rank; k++) place[b.rank + k - n] = at[k];
    for (int64_t j = 0; j < b.numel; j++) {
        bool here = true, sure = true;
        unravel(b.rank, b.size, j, place);
        for (int k = 0; k < n; k++) {
            int64_t own = own_position(f, k + 2, place, b.rank);
            bool is_sure = wrapped_is_sure(f, k + 2, own);
            here = here && (!is_sure || wrapped_at(f, k + 2, own, x->size[k]) == at[k]);
            sure = sure && is_sure;
        }
        if (here) y = after(y, operand(f, 1)[broadcast_position(f->in[1].shape, place, rank)], f->attr->list[0], sure);
    }
    return y;
}

static const definition
    define_wrap_index = {.unary = wrapped, .places = places_wrapped, .wraps = true, .direct = true},
    define_take = {.element = taken, .places = places_in_all, .wraps = true, .direct = true},
    define_put = {.element = put_at, .places = places_in_all, .wraps = true, .direct = true},
    define_index = {.element = indexed, .places = places_of_read, .wraps = true, .direct = true},
    define_index_put = {.element = index_written, .places = places_of_written, .wraps = true, .direct = true};
