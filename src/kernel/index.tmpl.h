/* index.tmpl.h: rows of index.h for one element type.
 *
 *     T           the type
 *     F(name)     name of this instance
 *     OF(name)    of vector.h for T, if it has registers of T, with R their element */

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
        const int64_t *at = (const int64_t *)index;
        for (int64_t i = 0; i < n; i++) {
            __builtin_prefetch((const T *)from + at[i + (i + SOON < n ? SOON : 0)]);
            ((T *)to)[i] = ((const T *)from)[at[i]];
        }
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

#ifdef OF
#define LANES OF(LANES)
#include "transpose.tmpl.h"

TD_INLINE void F(registers)(char *to, const char *from, int64_t to_row, int64_t from_row, bool past)
{
    OF(V) x[LANES];
    TD_UNROLL for (int l = 0; l < LANES; l++) x[l] = OF(LOAD)((const R *)(from + l * from_row));
    F(transpose)(x);
    TD_UNROLL for (int l = 0; l < LANES; l++) (past ? OF(PAST) : OF(STORE))((R *)(to + l * to_row), x[l]);
}

/* A tile of as many lines each way: each is read whole and written whole, wherever they lie. */
TD_INLINE void F(whole_tile)(char *to, const char *from, int64_t to_row, int64_t from_row, bool past)
{
    const int64_t size = sizeof(T);
    for (int64_t i = 0; i < WIDE(T); i += LANES)
        for (int64_t j = 0; j < WIDE(T); j += LANES)
            F(registers)(to + i * to_row + j * size, from + i * size + j * from_row, to_row, from_row, past);
}
#undef LANES
#else
static void F(whole_tile)(char *to, const char *from, int64_t to_row, int64_t from_row, bool past)
{
    (void)past;
    F(tile)(WIDE(T), WIDE(T), to, from, to_row, sizeof(T), from_row);
}
#endif

/* One tile after another along `from`.  The tiles below are asked for, to the second cache: in the first, lines that stand
 * a power of two apart put each other out. */
TD_INLINE void F(strip)(int64_t m, char *to, const char *from, int64_t to_row, int64_t from_row, bool past)
{
    for (int64_t i = 0; i < m; i += WIDE(T)) {
        const char *x = from + i * (int64_t)sizeof(T);
        for (int j = WIDE(T); j < 2 * WIDE(T); j++) __builtin_prefetch(x + j * from_row, 0, 2);
        F(whole_tile)(to + i * to_row, x, to_row, from_row, past);
    }
}

/* The lines of w, m numbers of each, no more than STRIP bytes.  What is no whole tile goes number by number. */
static void F(strips)(const td_walk *w, int64_t m, char *to, const char *from, bool past)
{
    int           first = w->rank - 2, last = w->rank - 1;
    const int64_t size = sizeof(T), wide = WIDE(T), n = w->size[last], whole = w->to_stride[last] == size ? m - m % wide : 0;
    int64_t       to_row = w->to_stride[first], to_step = w->to_stride[last], from_row = w->from_stride[last];
    for (int64_t j = 0; j < n; j += wide) {
        char       *y = to + j * to_step;
        const char *x = from + j * from_row;
        int64_t     done = n - j < wide ? 0 : whole;
        if (past) F(strip)(done, y, x, to_row, from_row, true);
        else F(strip)(done, y, x, to_row, from_row, false);
        F(tile)(m - done, at_most(n - j, wide), y + done * to_row, x + done * size, to_row, to_step, from_row);
    }
}

static void F(turn)(const td_walk *w, char *to, const char *from, const char *index)
{
    int     first = w->rank - 2, last = w->rank - 1;
    int64_t m = w->size[first], n = w->size[last], wide = STRIP / (int64_t)sizeof(T), to_row = w->to_stride[first];
    bool    past = w->past && m * n >= FAR / (int64_t)sizeof(T) && ((uintptr_t)to | (uint64_t)to_row) % LINE == 0;
    (void)index;
    for (int64_t i = 0; i < m; i += wide)
        F(strips)(w, at_most(m - i, wide), to + i * to_row, from + i * (int64_t)sizeof(T), past);
    if (past) TD_OF_SET(td_past).finish();
}
