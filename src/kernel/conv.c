/* conv.c: conv.tmpl.h for f32 and f64. */
#include "conv.h"
#include "set.h"
#include "vector.h"

enum {
    ROOM   = 65536,    /* bytes gathered at a time: half of a small second cache holds them and what they meet */
    BROAD  = 256,      /* most positions gathered at a time */
    SPREAD = 16,       /* numbers between gathered rows, so that few of them share lines of a cache */
    TAPS   = 64,       /* most taps of a plane, */
    FEW    = 4,        /* most rows: more pay for gathering, */
    DOWN   = 7         /* and most sums that stay in registers at once */
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

/* An image of one channel and two axes, and what taps see of it: rows of a copy with zeros around. */
typedef struct plane {
    int64_t count, at[TAPS];         /* where a tap looks from position 0, in the copy */
    int64_t top, left, span;         /* the first row and column that is seen; rows that a row of positions sees */
    int64_t width, most;             /* of a row of the copy; rows of positions for which there is room */
    int64_t across;                  /* taps side by side, where all rows have as many; 0: they stand otherwise */
} plane;

static int64_t taps_beside(const td_image *m, int64_t taps)
{
    int64_t n = 1;
    while (n < taps && m->tap[n][1] == m->tap[0][1]) n++;
    for (int64_t t = 0; t < taps; t++)
        if (taps % n || m->tap[t][1] != m->tap[t / n * n][1] || m->tap[t][2] != m->tap[0][2] + t % n) return 0;
    return n;
}

/* false: it is no such image, rows of the matrix are many, or there is no room for the copy's rows. */
static bool find_plane(const td_image *m, int64_t rows, int64_t taps, int64_t room, plane *p)
{
    if (rows > FEW || taps < 1 || taps > TAPS || m->channels != 1 || m->step[2] != 1) return false;
    if (m->size[0] != 1 || m->grid[0] != 1) return false;
    int64_t bottom = m->tap[0][1], right = m->tap[0][2];
    *p = (plane){ .count = taps, .top = bottom, .left = right };
    for (int64_t t = 0; t < taps; t++) {
        const int64_t *at = m->tap[t];
        if (at[0] != 0) return false;
        p->top = smaller(p->top, at[1]), p->left = smaller(p->left, at[2]);
        bottom = -smaller(-bottom, -at[1]), right = -smaller(-right, -at[2]);
    }
    p->span = bottom - p->top + 1;
    p->width = m->grid[2] + right - p->left;
    if (p->width > room / p->span) return false;
    p->most = (room / p->width - p->span) / m->step[1] + 1;
    for (int64_t t = 0; t < taps; t++) p->at[t] = (m->tap[t][1] - p->top) * p->width + m->tap[t][2] - p->left;
    p->across = taps_beside(m, taps);
    return true;
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
