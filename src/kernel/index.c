/* index.c: the rows of index.tmpl.h for four element types.
 *
 * int64_t is added as uint64_t, where overflow wraps. */
#include "index.h"
#include "set.h"

#include <string.h>

/* Of a turn: blocks of BLOCK x BLOCK, whose pages the machine keeps in mind, in tiles of a cache line along `from` and of
 * as many lines, few enough to stay in the first cache wherever they lie. */
enum { LINE = 64, BLOCK = 64, LINES = 16 };

static int64_t at_most(int64_t n, int64_t most) { return n < most ? n : most; }

#define T uint8_t
#define F(name) bool_##name
#define ADD(a, b) ((uint8_t)((a) | (b)))
#include "index.tmpl.h"

#define T uint64_t
#define F(name) i64_##name
#define ADD(a, b) ((a) + (b))
#include "index.tmpl.h"

#define T float
#define F(name) f32_##name
#define ADD(a, b) ((a) + (b))
#include "index.tmpl.h"

#define T double
#define F(name) f64_##name
#define ADD(a, b) ((a) + (b))
#include "index.tmpl.h"

td_walk_row *const TD_OF_SET(td_walk)[TD_WALK_COUNT][TD_K_DTYPES] = {
    [TD_WALK_MOVE]    = { bool_move, i64_move, f32_move, f64_move },
    [TD_WALK_GATHER]  = { bool_gather, i64_gather, f32_gather, f64_gather },
    [TD_WALK_SCATTER] = { bool_scatter, i64_scatter, f32_scatter, f64_scatter },
    [TD_WALK_TURN]    = { bool_turn, i64_turn, f32_turn, f64_turn },
};
