/* conv.c: conv.tmpl.h for f32 and f64. */
#include "conv.h"
#include "set.h"
#include "vector.h"

enum {
    ROOM   = 65536,    /* bytes gathered at a time: half of a small second cache holds them and what they meet */
    BROAD  = 256,      /* most positions gathered at a time */
    SPREAD = 16        /* numbers between gathered rows, so that few of them share lines of a cache */
};

/* Numbers of a panel that stand in a row of the image. */
typedef struct run {
    int64_t to, from, n;
} run;

static inline int64_t smaller(int64_t a, int64_t b) { return a < b ? a : b; }

/* Steps from `from` on until `to` is reached or passed. */
static inline int64_t steps_to(int64_t from, int64_t to, int64_t step) { return to > from ? (to - from - 1) / step + 1 : 0; }

static inline void advance(const int64_t grid[3], int64_t at[3])
{
    at[2] = 0;
    if (++at[1] == grid[1]) at[1] = 0, at[0]++;
}

/* What tap t sees of n positions from p on, n <= BROAD; *seen: how many are inside the image. */
static int find_runs(const td_image *m, int64_t t, int64_t p, int64_t n, run *runs, int64_t *seen)
{
    int64_t at[3] = { p / m->grid[2] / m->grid[1], p / m->grid[2] % m->grid[1], p % m->grid[2] };
    int     count = 0;
    *seen = 0;
    for (int64_t done = 0, length; done < n; done += length, advance(m->grid, at)) {
        int64_t z = m->tap[t][0] + at[0] * m->step[0], y = m->tap[t][1] + at[1] * m->step[1];
        int64_t x = m->tap[t][2] + at[2] * m->step[2];
        length = smaller(n - done, m->grid[2] - at[2]);
        if (z < 0 || z >= m->size[0] || y < 0 || y >= m->size[1]) continue;
        int64_t first = steps_to(x, 0, m->step[2]), end = smaller(length, steps_to(x, m->size[2], m->step[2]));
        if (first >= end) continue;
        run r = { done + first, (z * m->size[1] + y) * m->size[2] + x + first * m->step[2], end - first };
        run *last = &runs[count - 1];
        *seen += r.n;
        if (count && m->step[2] == 1 && last->to + last->n == r.to && last->from + last->n == r.from) last->n += r.n;
        else runs[count++] = r;
    }
    return count;
}

#define T float
#define D TD_K_F32
#define F(name) f32_##name
#define OF(name) name##_f32
#include "conv.tmpl.h"

#define T double
#define D TD_K_F64
#define F(name) f64_##name
#define OF(name) name##_f64
#include "conv.tmpl.h"

td_conv_fn *const TD_OF_SET(td_convs)[TD_CONV_COUNT][TD_K_DTYPES] = {
    [TD_CONV_along]  = { [TD_K_F32] = f32_along, [TD_K_F64] = f64_along },
    [TD_CONV_across] = { [TD_K_F32] = f32_across, [TD_K_F64] = f64_across },
};
