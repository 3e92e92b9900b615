/* scatter.tmpl.h: rows of index.h that lead through an index to where elements are joined to what stands there.
 *
 *     T             the type
 *     S(name)       name of this instance
 *     JOIN(y, x)    what is there after y was and x came */

static void S(run)(char *to, const char *from, int64_t n, int64_t to_stride, int64_t from_stride)
{
    if (to_stride == sizeof(T) && from_stride == sizeof(T)) {
        T       *y = (T *)to;
        const T *x = (const T *)from;
        for (int64_t i = 0; i < n; i++) y[i] = JOIN(y[i], x[i]);
        return;
    }
    for (int64_t i = 0; i < n; i++) {
        T *y = (T *)(to + i * to_stride);
        *y = JOIN(*y, *(const T *)(from + i * from_stride));
    }
}

static void S(runs)(const td_walk *w, char *to, const char *from, const char *index)
{
    int     last = w->rank - 1, first = last - 1, kept[CHOSEN];
    int64_t m = w->size[first], n = w->size[last], s = w->index_stride[first];
    for (int64_t i = 0; i < m; i += CHOSEN) {
        int count = choose(w, at_most(m - i, CHOSEN), index + i * s, s, kept);
        for (int k = 0; k < count; k++) {
            int64_t here = i + kept[k], soon = i + kept[at_most(k + AHEAD, count - 1)];
            fetch(to + soon * w->to_stride[first] + index_at(index, soon, s) * w->axis_stride, n * (int64_t)sizeof(T));
            fetch(from + soon * w->from_stride[first], n * (int64_t)sizeof(T));
            S(run)(to + here * w->to_stride[first] + index_at(index, here, s) * w->axis_stride,
                       from + here * w->from_stride[first], n, w->to_stride[last], w->from_stride[last]);
        }
    }
}

static void S(all)(const td_walk *w, char *to, const char *from, const char *index)
{
    int     last = w->rank - 1;
    int64_t n = w->size[last], t = w->to_stride[last], f = w->from_stride[last], s = w->index_stride[last];
    for (int64_t i = 0; i < n; i++) {
        T *y = (T *)(to + i * t + index_at(index, i, s) * w->axis_stride);
        __builtin_prefetch(to + i * t + index_at(index, at_most(i + SOON, n - 1), s) * w->axis_stride, 1);
        *y = JOIN(*y, *(const T *)(from + i * f));
    }
}

static void S(some)(const td_walk *w, char *to, const char *from, const char *index)
{
    int     last = w->rank - 1, kept[CHOSEN];
    int64_t n = w->size[last], t = w->to_stride[last], f = w->from_stride[last], s = w->index_stride[last];
    for (int64_t i = 0; i < n; i += CHOSEN) {
        int count = choose(w, at_most(n - i, CHOSEN), index + i * s, s, kept);
        for (int k = 0; k < count; k++) {
            int64_t j = i + kept[k];
            T      *y = (T *)(to + j * t + index_at(index, j, s) * w->axis_stride);
            *y = JOIN(*y, *(const T *)(from + j * f));
        }
    }
}

static void S(scatter)(const td_walk *w, char *to, const char *from, const char *index)
{
    int          last = w->rank - 1, first = last - 1;
    td_walk_row *run = w->places ? S(some) : S(all);
    if (w->index_stride[last] == 0) {
        S(runs)(w, to, from, index);
        return;
    }
    for (int64_t i = 0; i < w->size[first]; i++)
        run(w, to + i * w->to_stride[first], from + i * w->from_stride[first], index + i * w->index_stride[first]);
}

#undef S
#undef JOIN
