/* index.tmpl.h: rows of index.h for one element type.
 *
 *     T           the type
 *     F(name)     name of this instance
 *     ADD(a, b)   sum of two elements */

static void F(move_run)(char *to, const char *from, int64_t n, int64_t to_stride, int64_t from_stride)
{
    if (to_stride == sizeof(T) && from_stride == sizeof(T)) {
        memcpy(to, from, (size_t)n * sizeof(T));
        return;
    }
    for (int64_t i = 0; i < n; i++) *(T *)(to + i * to_stride) = *(const T *)(from + i * from_stride);
}

static void F(add_run)(char *to, const char *from, int64_t n, int64_t to_stride, int64_t from_stride)
{
    if (to_stride == sizeof(T) && from_stride == sizeof(T)) {
        T       *y = (T *)to;
        const T *x = (const T *)from;
        for (int64_t i = 0; i < n; i++) y[i] = ADD(y[i], x[i]);
        return;
    }
    for (int64_t i = 0; i < n; i++) {
        T *y = (T *)(to + i * to_stride);
        *y = ADD(*y, *(const T *)(from + i * from_stride));
    }
}

static void F(move)(const td_walk *w, char *to, const char *from, const char *index)
{
    int last = w->rank - 1;
    (void)index;
    F(move_run)(to, from, w->size[last], w->to_stride[last], w->from_stride[last]);
}

static void F(gather)(const td_walk *w, char *to, const char *from, const char *index)
{
    int     last = w->rank - 1;
    int64_t n = w->size[last], t = w->to_stride[last], f = w->from_stride[last], s = w->index_stride[last];
    if (s == 0) {
        F(move_run)(to, from + *(const int64_t *)index * w->axis_stride, n, t, f);
        return;
    }
    for (int64_t i = 0; i < n; i++) {
        int64_t at = *(const int64_t *)(index + i * s);
        *(T *)(to + i * t) = *(const T *)(from + i * f + at * w->axis_stride);
    }
}

static void F(scatter)(const td_walk *w, char *to, const char *from, const char *index)
{
    int     last = w->rank - 1;
    int64_t n = w->size[last], t = w->to_stride[last], f = w->from_stride[last], s = w->index_stride[last];
    if (s == 0) {
        F(add_run)(to + *(const int64_t *)index * w->axis_stride, from, n, t, f);
        return;
    }
    for (int64_t i = 0; i < n; i++) {
        T *y = (T *)(to + i * t + *(const int64_t *)(index + i * s) * w->axis_stride);
        *y = ADD(*y, *(const T *)(from + i * f));
    }
}

#undef T
#undef F
#undef ADD
