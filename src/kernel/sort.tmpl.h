/* sort.tmpl.h: sort.h for one element type.
 * Parameters: T the element, KEY(x) an unsigned integer of 64 bits in the order of the numbers, F(name) the name of this
 * instance; all end here. */

static inline uint64_t F(key)(T x, uint64_t turned) { return KEY(x) ^ turned; }

/* What the keys have in common is taken off, the rest stands above the index; what does not fit is cut off below. */
static td_records F(records)(const td_order *o)
{
    const T   *x = o->x;
    uint64_t   turned = o->descending ? UINT64_MAX : 0, least = UINT64_MAX, most = 0;
    td_records r = { .n = o->n, .index_bits = bits_of((uint64_t)(o->n - 1)) };
    for (int64_t i = 0; i < o->n; i++) {
        uint64_t k = F(key)(x[i], turned);
        least = k < least ? k : least;
        most = k > most ? k : most;
    }
    r.key_bits = bits_of(most - least);
    r.cut = r.key_bits + r.index_bits > 64 ? r.key_bits + r.index_bits - 64 : 0;
    r.key_bits -= r.cut;
    r.least = least;
    return r;
}

static void F(fill)(const td_order *o, const td_records *r)
{
    const T *x = o->x;
    uint64_t turned = o->descending ? UINT64_MAX : 0, *to = o->record[0];
    for (int64_t i = 0; i < o->n; i++)
        to[i] = (F(key)(x[i], turned) - r->least) >> r->cut << r->index_bits | (uint64_t)i;
}

/* Records of one cut key, in the order of their indices, sorted by the whole of it: merged from runs of 1, 2, 4, ... */
static void F(mend)(const td_order *o, uint64_t index, int64_t n, uint64_t *a, uint64_t *b)
{
    const T *x = o->x;
    uint64_t turned = o->descending ? UINT64_MAX : 0;
    for (int64_t run = 1; run < n; run *= 2) {
        for (int64_t begin = 0; begin < n; begin += 2 * run) {
            int64_t middle = begin + run < n ? begin + run : n, end = begin + 2 * run < n ? begin + 2 * run : n;
            for (int64_t i = begin, l = begin, r = middle; i < end; i++) {
                bool left = l < middle && (r == end || F(key)(x[a[l] & index], turned) <= F(key)(x[a[r] & index], turned));
                b[i] = left ? a[l++] : a[r++];
            }
        }
        memcpy(a, b, (size_t)n * sizeof *a);
    }
}

/* The first few places: those found so far are kept in order, and a number that comes before the last of them is put among
 * them.  false: too many do, as where they come the other way round. */
static bool F(pick)(const td_order *o)
{
    const T *x = o->x;
    uint64_t turned = o->descending ? UINT64_MAX : 0, kept[PICKED], last = UINT64_MAX;
    int64_t  count = 0, left = 2 * o->n;
    for (int64_t i = 0; i < o->n; i++) {
        uint64_t k = F(key)(x[i], turned);
        if (count == o->to && k >= last) continue;
        int64_t j = count < o->to ? count++ : o->to - 1;
        for (; j > 0 && kept[j - 1] > k; j--, left--) kept[j] = kept[j - 1], o->y[j] = o->y[j - 1];
        kept[j] = k;
        o->y[j] = i;
        last = kept[count - 1];
        if (left < 0) return false;
    }
    return true;
}

static void F(order)(const td_order *o)
{
    if (o->n == 1) o->y[0] = 0;
    if (o->n == 1) return;
    if (o->from == 0 && o->to > 0 && o->to <= PICKED && o->n / SCARCE >= o->to && F(pick)(o)) return;
    td_records r = F(records)(o);
    uint64_t   index = (UINT64_C(1) << r.index_bits) - 1, *sorted;
    int64_t    from = o->from, to = o->to;
    F(fill)(o, &r);
    r.a = o->record[0], r.b = o->record[1];
    td_records all = r;
    narrow(&r, &from, &to);
    if (!roughly_sorted(&r)) {
        F(fill)(o, &all);
        r = all;
        from = o->from, to = o->to;
        sort_digits(&r, r.key_bits);
    }
    sorted = r.a;
    for (int64_t i = 0, end; r.cut && i < r.n; i = end) {
        for (end = i + 1; end < r.n && sorted[end] >> r.index_bits == sorted[i] >> r.index_bits;) end++;
        F(mend)(o, index, end - i, sorted + i, r.b);
    }
    for (int64_t i = from; i < to; i++) o->y[i - from] = (int64_t)(sorted[i] & index);
}

static bool F(is_sorted)(int64_t n, const T *x)
{
    for (int64_t i = 1; i < n; i++)
        if (F(key)(x[i - 1], 0) > F(key)(x[i], 0)) return false;
    return true;
}

/* Is x below the value of key k; `right`: not above it? */
static inline bool F(below)(T x, uint64_t k, bool right) { return right ? F(key)(x, 0) <= k : F(key)(x, 0) < k; }

static int64_t F(count_below)(int64_t n, const T *x, uint64_t k, bool right)
{
    int64_t count = 0;
    for (int64_t i = 0; i < n; i++) count += F(below)(x[i], k, right);
    return count;
}

static int64_t F(bisect)(int64_t n, const T *x, uint64_t k, bool right)
{
    int64_t begin = 0;
    while (n > 0) {
        int64_t half = n / 2;
        bool    past = F(below)(x[begin + half], k, right);
        begin += past ? half + 1 : 0;
        n = past ? n - half - 1 : half;
    }
    return begin;
}

static void F(search)(int64_t n, const void *sorted, int64_t m, const void *v, bool right, int64_t *y)
{
    const T *x = sorted, *value = v;
    int64_t (*find)(int64_t, const T *, uint64_t, bool) = F(is_sorted)(n, x) ? F(bisect) : F(count_below);
    for (int64_t i = 0; i < m; i++) y[i] = find(n, x, F(key)(value[i], 0), right);
}

#undef T
#undef KEY
#undef F
