/* index.c: the rows of index.tmpl.h and scatter.tmpl.h for four element types.
 *
 * int64_t is added and multiplied as uint64_t, where overflow wraps. */
#include "index.h"
#include "set.h"
#include "vector.h"

#include <string.h>

/* Of a turn: tiles of WIDE x WIDE numbers, in strips of STRIP bytes along `from`.  FAR: bytes that repay going past the
 * caches, which ends with waiting until all has gone. */
enum { LINE = 64, STRIP = 256, FAR = 1 << 18 };
#define WIDE(T) (LINE / (int)sizeof(T))

/* Of runs through an index: how many of them, and how much of each, are asked for before they are wanted.  The machine can't
 * guess where the next one lies. */
enum { AHEAD = 8, FETCHED = 512 };

/* The same of single numbers. */
enum { SOON = 24 };

/* Of a scatter: so many indices are looked at together. */
enum { CHOSEN = 2048 };

static int64_t at_most(int64_t n, int64_t most) { return n < most ? n : most; }

static int64_t index_at(const char *index, int64_t i, int64_t stride) { return *(const int64_t *)(index + i * stride); }

static void fetch(const char *x, int64_t bytes)
{
    for (int64_t i = 0; i < at_most(bytes, FETCHED); i += LINE) __builtin_prefetch(x + i);
}

/* Which of n indices lead to w's places, in order; how many.  No branch on an index, for nobody could guess it. */
static int choose(const td_walk *w, int64_t n, const char *index, int64_t stride, int *kept)
{
    int count = 0;
    for (int i = 0; i < (int)n; i++) {
        kept[count] = i;
        count += !w->places || (uint64_t)(index_at(index, i, stride) - w->begin) < (uint64_t)w->places;
    }
    return count;
}

/* Found by blocks: whether there is any is seen faster than which. */
enum { BLOCK = 64 };
int64_t TD_OF_SET(td_outside)(int64_t n, const int64_t *index, int64_t end)
{
    for (int64_t first = 0; first < n; first += BLOCK) {
        int64_t  count = at_most(n - first, BLOCK);
        uint64_t outside = 0;
        for (int64_t i = first; i < first + count; i++) outside |= (uint64_t)index[i] >= (uint64_t)end;
        for (int64_t i = first; outside; i++)
            if ((uint64_t)index[i] >= (uint64_t)end) return i;
    }
    return -1;
}

#define T uint8_t
#define F(name) bool_##name
#define ADD(y, x) ((uint8_t)((y) | (x)))
#define TIMES(y, x) ((uint8_t)((y) & (x)))
#define MOST(y, x) ((uint8_t)((y) | (x)))
#define LEAST(y, x) ((uint8_t)((y) & (x)))
#include "index.tmpl.h"
#include "joins.tmpl.h"

#define T int64_t
#define R uint64_t
#define OF(name) name##_u64
#define F(name) i64_##name
#define ADD(y, x) ((int64_t)((uint64_t)(y) + (uint64_t)(x)))
#define TIMES(y, x) ((int64_t)((uint64_t)(y) * (uint64_t)(x)))
#define MOST(y, x) ((y) >= (x) ? (y) : (x))
#define LEAST(y, x) ((y) <= (x) ? (y) : (x))
#include "index.tmpl.h"
#include "joins.tmpl.h"

#define T float
#define R float
#define OF(name) name##_f32
#define F(name) f32_##name
#define ADD(y, x) ((y) + (x))
#define TIMES(y, x) ((y) * (x))
#define MOST(y, x) ((y) >= (x) || (y) != (y) ? (y) : (x))
#define LEAST(y, x) ((y) <= (x) || (y) != (y) ? (y) : (x))
#include "index.tmpl.h"
#include "joins.tmpl.h"

#define T double
#define R double
#define OF(name) name##_f64
#define F(name) f64_##name
#define ADD(y, x) ((y) + (x))
#define TIMES(y, x) ((y) * (x))
#define MOST(y, x) ((y) >= (x) || (y) != (y) ? (y) : (x))
#define LEAST(y, x) ((y) <= (x) || (y) != (y) ? (y) : (x))
#include "index.tmpl.h"
#include "joins.tmpl.h"

td_walk_row *const TD_OF_SET(td_walk)[TD_WALK_COUNT][TD_K_DTYPES] = {
    [TD_WALK_MOVE]    = { bool_move, i64_move, f32_move, f64_move },
    [TD_WALK_GATHER]  = { bool_gather, i64_gather, f32_gather, f64_gather },
    [TD_WALK_SCATTER] = { bool_add_scatter, i64_add_scatter, f32_add_scatter, f64_add_scatter },
    [TD_WALK_PUT]     = { bool_put_scatter, i64_put_scatter, f32_put_scatter, f64_put_scatter },
    [TD_WALK_TIMES]   = { bool_times_scatter, i64_times_scatter, f32_times_scatter, f64_times_scatter },
    [TD_WALK_MOST]    = { bool_most_scatter, i64_most_scatter, f32_most_scatter, f64_most_scatter },
    [TD_WALK_LEAST]   = { bool_least_scatter, i64_least_scatter, f32_least_scatter, f64_least_scatter },
    [TD_WALK_TURN]    = { bool_turn, i64_turn, f32_turn, f64_turn },
};
