/* order.h: what depends on the order of numbers.
 *
 * Numbers stand as on the line, NaN behind all of them, equals as they came; descending, the other way round, but for equals.
 * A place is found by counting who stands before (D. Knuth, "The Art of Computer Programming", volume 3, 1998, 5.2,
 * algorithm C): n^2 comparisons, and each can say that it does not know. */

/* LESS: number i stands before number j for sure; MORE: behind. */
static enum order precedence(const group *g, int64_t i, int64_t j, bool descending)
{
    num x = nth(g, i), y = nth(g, j);
    bool no_x = isnan(num_value(x)), no_y = isnan(num_value(y));
    enum order o = num_order(x, y);
    if (o == NONE) o = no_x && no_y ? TIE : no_x ? MORE : LESS;
    if (o == TIE) return i < j ? LESS : MORE;
    return o == UNSURE || !descending ? o : o == LESS ? MORE : LESS;
}

/* The same by the values alone. */
static bool seems_before(const group *g, int64_t i, int64_t j, bool descending)
{
    double x = num_value(nth(g, i)), y = num_value(nth(g, j));
    if (x == y || (isnan(x) && isnan(y))) return i < j;
    bool less = isnan(y) || x < y;
    return less != descending;
}

/* Where a number may stand when all are sorted, and where it seems to. */
typedef struct standing_place { int64_t first, last, seems; } standing_place;

static standing_place standing_among(const group *g, int64_t i, bool descending)
{
    standing_place p = {0, g->n - 1, 0};
    for (int64_t j = 0; j < g->n; j++) {
        if (j == i) continue;
        enum order o = precedence(g, j, i, descending);
        p.first += o == LESS;
        p.last -= o == MORE;
        p.seems += seems_before(g, j, i, descending);
    }
    return p;
}

/* The number at a place of the sorted group; in doubt, any that may stand there. */
static num ranked(const group *g, int64_t place)
{
    int64_t found = 0;
    for (int64_t i = 0; i < g->n; i++) if (standing_among(g, i, false).seems == place) found = i;
    num y = nth(g, found);
    for (int64_t i = 0; i < g->n; i++) {
        standing_place p = standing_among(g, i, false);
        if (i != found && p.first <= place && place <= p.last) y = num_either(y, nth(g, i));
    }
    return y;
}

/* ---- sorted lines ------------------------------------------------------------------------------------------------- */

/* Line i of operand 0, along the axis; its part of the result begins at *y, and steps as the line does. */
static group line_to_sort(const td_application *f, int64_t i, int64_t sorted, num **y)
{
    const td_shape *s = f->in[0].shape;
    int64_t n = s->size[f->attr->axis], step = product(s->size, f->attr->axis + 1, s->rank);
    *y = result(f) + i / step * step * sorted + i % step;
    return (group){.x = operand(f, 0) + i / step * step * n + i % step, .n = n, .rank = 1, .size = {n}, .stride = {step}};
}

static int64_t lines_to_sort(const td_application *f)
{
    const td_shape *s = f->in[0].shape;
    return s->numel ? s->numel / s->size[f->attr->axis] : 0;
}

/* Places from .. to - 1 of the sorted line: the numbers, or their indices. */
static void sorted_part(const td_application *f, int64_t which, int64_t from, int64_t to, bool descending, bool index)
{
    num *y;
    group g = line_to_sort(f, which, to - from, &y);
    int64_t step = g.stride[0];
    for (int64_t i = 0; i < g.n; i++) {
        int64_t p = standing_among(&g, i, descending).seems;
        if (p >= from && p < to) y[(p - from) * step] = index ? num_of((double)i) : nth(&g, i);
    }
    for (int64_t i = 0; i < g.n; i++) {
        standing_place p = standing_among(&g, i, descending);
        num it = index ? num_of((double)i) : nth(&g, i);
        for (int64_t k = p.first > from ? p.first : from; k <= p.last && k < to; k++)
            if (k != p.seems) y[(k - from) * step] = num_either(y[(k - from) * step], it);
    }
}

static void sorted_indices(const td_application *f, int64_t i)
{
    sorted_part(f, i, f->attr->list[1], f->attr->list[2], f->attr->list[0], true);
}

static void sorted_line(const td_application *f, int64_t i)
{
    sorted_part(f, i, 0, f->in[0].shape->size[f->attr->axis], f->attr->list[0], false);
}

static void first_of_sorted(const td_application *f, int64_t i) { sorted_part(f, i, 0, f->attr->list[1], f->attr->list[0], false); }

static void kth_of_sorted(const td_application *f, int64_t i)
{
    sorted_part(f, i, f->attr->list[0] - 1, f->attr->list[0], false, false);
}

/* ---- medians and quantiles ---------------------------------------------------------------------------------------- */

/* How many are no NaN, and in *none the first NaN. */
static int64_t count_numbers(const group *g, int64_t *none)
{
    int64_t count = 0;
    *none = -1;
    for (int64_t i = 0; i < g->n; i++) {
        bool is = isnan(num_value(nth(g, i)));
        if (is && *none < 0) *none = i;
        count += !is;
    }
    return count;
}

static bool is_same_as(num z, num y) { return num_order(z, y) == TIE || (isnan(num_value(z)) && isnan(num_value(y))); }

/* y, with the slope split evenly among its equals z: y - sum (y - z) / ties; of what is not finite sum z / ties */
static num shared_among_equals(const group *g, num y)
{
    num s = num_of(0);
    double ties = 0;
    bool finite = isfinite(num_value(y));
    for (int64_t i = 0; i < g->n; i++) {
        if (num_order(nth(g, i), y) == UNSURE) return y;
        ties += is_same_as(nth(g, i), y);
    }
    for (int64_t i = 0; i < g->n; i++) {
        if (is_same_as(nth(g, i), y)) s = num_add(s, num_div(finite ? num_sub(y, nth(g, i)) : nth(g, i), num_of(ties)));
    }
    return ties > 1 ? num_choose(finite ? num_sub(y, s) : s, y) : y;
}

/* The lower of the two in the middle; the first NaN, if there is one and it is not passed over */
static num middle(const td_attr *p, const group *g, bool pass_nan)
{
    int64_t none, count = count_numbers(g, &none);
    num y = none >= 0 && (!pass_nan || !count) ? nth(g, none) : ranked(g, (count - 1) / 2);
    return p->a != 0 ? shared_among_equals(g, y) : y;
}

static num median(const td_attr *p, const group *g) { return middle(p, g, false); }
static num median_of_numbers(const td_attr *p, const group *g) { return middle(p, g, true); }

/* At q (n - 1), counted from 0: between the two numbers beside it in proportion; or the lower, the higher, the nearest (of
 * equally near ones that at the even place), the middle of both.
 * Source: R. Hyndman, Y. Fan, "Sample quantiles in statistical packages", The American Statistician 50, 1996, definition 7. */
static num between_places(const td_attr *p, const group *g, bool pass_nan)
{
    int64_t none, count = count_numbers(g, &none);
    if (none >= 0 && (!pass_nan || !count)) return nth(g, none);
    double place = p->a * (double)(count - 1), low = floor(place), high = ceil(place);
    switch (p->list[0]) {
    case 1: return ranked(g, (int64_t)low);
    case 2: return ranked(g, (int64_t)high);
    case 3: return ranked(g, (int64_t)nearbyint(place));
    default: break;
    }
    double share = p->list[0] == 4 ? 0.5 : place - low;
    num x = ranked(g, (int64_t)low);
    return low == high ? x : num_add(x, num_mul(num_of(share), num_sub(ranked(g, (int64_t)high), x)));
}

static num sample_quantile(const td_attr *p, const group *g) { return between_places(p, g, false); }
static num quantile_of_numbers(const td_attr *p, const group *g) { return between_places(p, g, true); }

/* x_k + (place - k) (x_(k+1) - x_k), counted from the nearer of the two, which tells where one is infinite; nothing is taken
 * of that at a whole place */
static num between_neighbours(const group *g, num place, int64_t k, int64_t count)
{
    if (count < 2) return ranked(g, 0);
    if (k > count - 2) k = count - 2;
    num x = ranked(g, k), y = ranked(g, k + 1), share = num_sub(place, num_of((double)k));
    bool whole_place = num_value(share) == 0 || num_value(share) == 1;
    if (whole_place && !isfinite(num_value(num_sub(y, x)))) return num_value(share) == 0 ? x : y;
    if (num_value(share) < 0.5) return num_add(x, num_mul(share, num_sub(y, x)));
    return num_add(y, num_mul(num_sub(share, num_of(1)), num_sub(y, x)));
}

/* The same by a number q that has a slope; NaN unless it lies in 0..1. */
static num quantile_at(const td_attr *p, const group *g, num q, bool pass_nan)
{
    int64_t none, count = count_numbers(g, &none), k[2], above[2];
    if (!(num_value(q) >= 0 && num_value(q) <= 1)) return num_constant(num_of(NAN));
    if (none >= 0 && (!pass_nan || !count)) return nth(g, none);
    num place = num_mul(q, num_of((double)(count - 1))), y = place;
    int  rule = (int)p->list[0], n = whole_parts(place, rule == 2 ? next_above : rule == 3 ? nearest : next_below, k);
    if (rule == 4) whole_parts(place, next_above, above);
    for (int c = 0; c < n; c++) {
        if (k[c] < 0 || k[c] >= count) continue;
        num z = rule ? ranked(g, k[c]) : between_neighbours(g, place, k[c], count);
        if (rule == 4) z = num_add(z, num_mul(num_of(0.5), num_sub(ranked(g, above[c] < count ? above[c] : k[c]), z)));
        y = c ? num_either(y, z) : z;
    }
    return y;
}

static num quantile_of_q(const td_application *f, const int64_t *at, bool pass_nan)
{
    group g = group_at(f, at + 1, f->attr->keepdim);
    return quantile_at(f->attr, &g, operand(f, 1)[at[0]], pass_nan);
}

static num quantiles(const td_application *f, const int64_t *at, int64_t i) { return (void)i, quantile_of_q(f, at, false); }
static num quantiles_of_numbers(const td_application *f, const int64_t *at, int64_t i)
{
    return (void)i, quantile_of_q(f, at, true);
}

/* ---- the most frequent -------------------------------------------------------------------------------------------- */

static int64_t count_equals(const group *g, int64_t i, bool *sure)
{
    int64_t count = 0;
    for (int64_t j = 0; j < g->n; j++) {
        enum order o = j == i ? TIE : num_order(nth(g, i), nth(g, j));
        count += o == TIE || (o == UNSURE && num_value(nth(g, i)) == num_value(nth(g, j)));
        *sure = *sure && o != UNSURE;
    }
    return count;
}

/* The smallest of the most frequent, the last of its equals: its index. */
static num place_of_mode(const group *g, num *value)
{
    bool sure = true;
    int64_t best = 0, most = count_equals(g, 0, &sure);
    for (int64_t i = 1; i < g->n; i++) {
        int64_t count = count_equals(g, i, &sure);
        double x = num_value(nth(g, i)), y = num_value(nth(g, best));
        bool smaller_or_last = x <= y || (isnan(y) && !isnan(x));
        if (count < most || (count == most && !smaller_or_last)) continue;
        best = i;
        most = count;
    }
    num at = num_of((double)best);
    *value = nth(g, best);
    for (int64_t i = 0; !sure && i < g->n; i++) {
        if (i == best) continue;
        at = num_either(at, num_of((double)i));
        *value = num_either(*value, nth(g, i));
    }
    return at;
}

static num most_frequent(const td_attr *p, const group *g)
{
    num y;
    (void)p;
    place_of_mode(g, &y);
    return y;
}

static void index_of_mode(const td_application *f, int64_t i)
{
    num *y, unused;
    group g = line_to_sort(f, i, 1, &y);
    *y = place_of_mode(&g, &unused);
}

/* ---- places among sorted numbers, and bins ------------------------------------------------------------------------- */

/* How many of a sorted line are below a value; or, right, not above it.  NaN is above all. */
static num below(const td_application *f, const int64_t *at, int64_t i)
{
    const td_shape *s = f->in[0].shape;
    int64_t n = s->size[s->rank - 1], row = 0;
    bool right = f->attr->list[0];
    for (int j = 0; j + 1 < s->rank; j++) row = row * s->size[j] + at[j];
    num v = operand(f, 1)[i], y = num_of(0);
    for (int64_t k = 0; k < n; k++) {
        num x = operand(f, 0)[row * n + k];
        bool no_x = isnan(num_value(x)), no_v = isnan(num_value(v));
        y = num_add(y, verdict(x, v, true, right, false, no_x ? no_v && right : no_v));
    }
    return y;
}

/* y_k = how many x are k, or the sum of their weights */
static void binned(const td_application *f, int64_t piece)
{
    (void)piece;
    for (int64_t k = 0; k < f->shape->numel; k++) {
        num s = num_of(0);
        for (int64_t i = 0; i < f->in[0].shape->numel; i++) {
            enum order o = num_order(operand(f, 0)[i], num_of((double)k));
            num more = num_add(s, f->n_in > 1 ? operand(f, 1)[i] : num_of(1));
            bool seems = num_value(operand(f, 0)[i]) == (double)k;
            s = o == TIE ? more : o != UNSURE ? s : seems ? num_either(more, s) : num_either(s, more);
        }
        result(f)[k] = s;
    }
}

/* The ends of the bins: as given, or where they are equal the least and the largest x, one apart at least. */
static void ends(const td_application *f, num *low, num *high)
{
    const td_shape *s = f->in[0].shape;
    group g = {.x = operand(f, 0), .n = s->numel, .rank = 1, .size = {s->numel}, .stride = {1}};
    *low = num_of(f->attr->a), *high = num_of(f->attr->b);
    if (f->attr->a != f->attr->b || g.n == 0) return;
    *low = num_neg(first_largest(&g, negated, NULL));
    *high = first_largest(&g, plain, NULL);
    if (num_value(*low) != num_value(*high)) return;
    *low = num_sub(*low, num_of(1));
    *high = num_add(*high, num_of(1));
}

/* y_k = how many x have k <= (x - low) bins / (high - low) < k + 1; high itself is in the last */
static num histogram(const td_application *f, const int64_t *at, int64_t k)
{
    int64_t bins = f->shape->numel;
    num low, high, s = num_of(0);
    (void)at;
    ends(f, &low, &high);
    for (int64_t i = 0; i < f->in[0].shape->numel; i++) {
        num x = operand(f, 0)[i];
        num place = num_div(num_mul(num_sub(x, low), num_of((double)bins)), num_sub(high, low));
        num from = k ? verdict(place, num_of((double)k), false, true, true, false) : verdict(x, low, false, true, true, false);
        num to = k + 1 < bins ? verdict(place, num_of((double)(k + 1)), true, false, false, false)
                              : verdict(x, high, true, true, false, false);
        s = num_add(s, num_constant(num_mul(from, to)));
    }
    return s;
}

static const definition
    define_argsort = {.piece = sorted_indices, .pieces = lines_to_sort, .direct = true},
    define_sort = {.piece = sorted_line, .pieces = lines_to_sort, .direct = true},
    define_topk = {.piece = first_of_sorted, .pieces = lines_to_sort, .direct = true},
    define_kthvalue = {.piece = kth_of_sorted, .pieces = lines_to_sort, .direct = true},
    define_median = {.reduce = median, .direct = true},
    define_nanmedian = {.reduce = median_of_numbers, .direct = true},
    define_quantile = {.reduce = sample_quantile, .direct = true},
    define_nanquantile = {.reduce = quantile_of_numbers, .direct = true},
    define_quantile_tensor = {.element = quantiles},
    define_nanquantile_tensor = {.element = quantiles_of_numbers},
    define_argmode = {.piece = index_of_mode, .pieces = lines_to_sort, .direct = true},
    define_mode = {.reduce = most_frequent, .direct = true},
    define_searchsorted = {.element = below, .direct = true},
    define_bincount = {.piece = binned, .direct = true},
    define_histc = {.element = histogram, .direct = true};
