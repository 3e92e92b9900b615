/* softmax.c: softmax.tmpl.h and entropy.tmpl.h for float and double. */

/* As in map.c. */
#if defined __GNUC__ && !defined __clang__
#pragma GCC optimize("schedule-insns", "sched-pressure")
#endif

#include "softmax.h"
#include "each.h"
#include "kernel.h"
#include "math/exp_below.h"
#include "math/log.h"
#include "set.h"
#include "tree.h"

#include <stddef.h>

enum {
    SIDE    = 128,    /* columns that are done together */
    SHORT   = 63,     /* rows of no more numbers are turned, to be done together as columns, */
    TURNED  = 4096,   /* so many numbers at a time */
    LINE    = 64,     /* bytes of a cache */
    FEW     = 4,      /* longer rows that are done together, */
    NEAR    = 16384,  /* if they have no more bytes */
    ROOM    = 4096,   /* numbers of a row that is carried past the caches, */
    PIECE   = 2048,   /* so many bytes at a time */
    DEEPEST = 32      /* of a tree over the blocks of a column */
};

#define T float
#define D TD_K_F32
#define F(name) f32_##name
#define M(name) td_m_##name##f
#define FMA fmaf
#include "math/loop.h"
#include "softmax.tmpl.h"
#include "entropy.tmpl.h"

#define T double
#define D TD_K_F64
#define F(name) f64_##name
#define M(name) td_m_##name
#define FMA fma
#include "softmax.tmpl.h"
#include "entropy.tmpl.h"

td_columns_fn *const TD_OF_SET(td_softmax)[TD_K_DTYPES] = { [TD_K_F32] = f32_softmax, [TD_K_F64] = f64_softmax };

td_entropy_fn *const TD_OF_SET(td_entropies)[TD_ENTROPY_COUNT][TD_K_DTYPES] = {
    [TD_ENTROPY_loss]  = { [TD_K_F32] = f32_loss, [TD_K_F64] = f64_loss },
    [TD_ENTROPY_slope] = { [TD_K_F32] = f32_slope, [TD_K_F64] = f64_slope },
};
