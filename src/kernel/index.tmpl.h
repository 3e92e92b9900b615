/* index.tmpl.h: rows of index.h for one element type.
 *
 *     T           the type
 *     F(name)     name of this instance */

static void F(move_run)(char *to, const char *from, int64_t n, int64_t to_stride, int64_t from_stride)
{
    if (to_stride == sizeof(T) && from_stride == sizeof(T)) {
        memcpy(to, from, (size_t)n * sizeof(T));
        return;
    }
    for (int64_t i = 0; i < n; i++) *(T *)(to + i * to_stride) = *(const T *)(from + i * from_stride);
}

static void F(move)(const td_walk *w, char *to, const char *from, const char *index)
{
    int last = w->rank - 1;
    (void)index;
    F(move_run)(to, from, w->size[last], w->to_stride[last], w->from_stride[last]);
}

/* Runs picked by the first axis's index. */
static void F(gather_runs)(const td_walk *w, char *to, const char *from, const char *index)
{
    int     last = w->rank - 1, first = last - 1;
    int64_t m = w->size[first], n = w->size[last], bytes = n * (int64_t)sizeof(T);
    for (int64_t i = 0; i < m; i++) {
        const char *x = from + i * w->from_stride[first];
        fetch(x + index_at(index, at_most(i + AHEAD, m - 1), w->index_stride[first]) * w->axis_stride, bytes);
        F(move_run)(to + i * w->to_stride[first], x + index_at(index, i, w->index_stride[first]) * w->axis_stride, n,
                    w->to_stride[last], w->from_stride[last]);
    }
}

static void F(gather_run)(const td_walk *w, char *to, const char *from, const char *index)
{
    int     last = w->rank - 1;
    int64_t n = w->size[last], t = w->to_stride[last], f = w->from_stride[last], s = w->index_stride[last];
    if (t == sizeof(T) && f == 0 && s == sizeof(int64_t) && w->axis_stride == sizeof(T)) {
        for (int64_t i = 0; i < n; i++) ((T *)to)[i] = ((const T *)from)[((const int64_t *)index)[i]];
        return;
    }
    for (int64_t i = 0; i < n; i++) *(T *)(to + i * t) = *(const T *)(from + i * f + index_at(index, i, s) * w->axis_stride);
}

static void F(gather)(const td_walk *w, char *to, const char *from, const char *index)
{
    int last = w->rank - 1, first = last - 1;
    if (w->index_stride[last] == 0) {
        F(gather_runs)(w, to, from, index);
        return;
    }
    for (int64_t i = 0; i < w->size[first]; i++)
        F(gather_run)(w, to + i * w->to_stride[first], from + i * w->from_stride[first], index + i * w->index_stride[first]);
}

static void F(tile)(int64_t m, int64_t n, char *to, const char *from, int64_t to_row, int64_t to_step, int64_t from_row)
{
    for (int64_t i = 0; i < m; i++)
        for (int64_t j = 0; j < n; j++)
            *(T *)(to + i * to_row + j * to_step) = *(const T *)(from + i * (int64_t)sizeof(T) + j * from_row);
}

/* A whole tile of a row-major `to`: made in a buffer, so that each line is read once and written once. */
static void F(whole_tile)(char *to, const char *from, int64_t to_row, int64_t from_row)
{
    enum { WIDE = LINE / sizeof(T) };
    T turned[WIDE][LINES];
    for (int j = 0; j < LINES; j++) {
        const T *x = (const T *)(from + j * from_row);
        for (int i = 0; i < WIDE; i++) turned[i][j] = x[i];
    }
    for (int i = 0; i < WIDE; i++) memcpy(to + i * to_row, turned[i], sizeof turned[i]);
}

static void F(turn_block)(int64_t m, int64_t n, char *to, const char *from, int64_t to_row, int64_t to_step, int64_t from_row)
{
    const int64_t wide = LINE / (int64_t)sizeof(T);
    for (int64_t i = 0; i < m; i += wide)
        for (int64_t j = 0; j < n; j += LINES) {
            char       *y = to + i * to_row + j * to_step;
            const char *x = from + i * (int64_t)sizeof(T) + j * from_row;
            bool        whole = to_step == sizeof(T) && m - i >= wide && n - j >= LINES;
            if (whole) F(whole_tile)(y, x, to_row, from_row);
            else F(tile)(at_most(m - i, wide), at_most(n - j, LINES), y, x, to_row, to_step, from_row);
        }
}

static void F(turn)(const td_walk *w, char *to, const char *from, const char *index)
{
    int     first = w->rank - 2, last = w->rank - 1;
    int64_t m = w->size[first], n = w->size[last];
    int64_t to_row = w->to_stride[first], to_step = w->to_stride[last], from_row = w->from_stride[last];
    (void)index;
    for (int64_t i = 0; i < m; i += BLOCK)
        for (int64_t j = 0; j < n; j += BLOCK)
            F(turn_block)(at_most(m - i, BLOCK), at_most(n - j, BLOCK), to + i * to_row + j * to_step,
                          from + i * (int64_t)sizeof(T) + j * from_row, to_row, to_step, from_row);
}
