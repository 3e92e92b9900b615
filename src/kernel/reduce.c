/* reduce.c: the reductions of all dtypes, from the templates.
 *
 * What is joined in lanes is said by three words: START what a lane begins with, VALUE(x, shift) what becomes of an element,
 * JOIN(a, b) how two of them are joined.  f32 is done in double, so that long sums stay right; the caller rounds once. */
#include "each.h"
#include "kernel.h"
#include "lanes.h"
#include "math/exp_below.h"
#include "scalar.h"
#include "set.h"

enum {
    DEEPEST   = 64,                      /* a tree holds one partial for each bit of its count of blocks */
    LEVELS    = 6,                       /* rows at a time of the tree over TD_BLOCK_LANES lanes */
    NARROW    = 32,                      /* columns of rows that are taken as one run */
    REGISTERS = REGISTER == 16 ? 4 : 8,  /* at work in a scan for an extreme: as many as the set has room for */
    FAR       = 1 << 14,                 /* bytes: so far ahead a long line is asked for, for most of it is in no cache; */
    LINE      = 64,                      /* of a cache */
    LONG      = 4 * FAR,                 /* what is so asked for behind its end is little beside it */
    RUN       = 64,                      /* numbers looked at together for a place */
    STRETCH   = 4 * TD_BLOCK             /* numbers scanned before it is known whether a place is there */
};
_Static_assert(1 << (LEVELS - 1) == TD_BLOCK_LANES && LEVELS * TD_PANEL >= TD_BLOCK_LANES * NARROW, "rows of a panel");

#define PASTE_VALUES(name, dtype) name##_##dtype
#define PASTE(name, dtype) PASTE_VALUES(name, dtype)
#define ADD(a, b) ((a) + (b))
#define MULTIPLY(a, b) ((a) * (b))
#define ITSELF(x, shift) (x)
#define SQUARE(x, shift) ((x) * (x))
#define EXP(x, shift) td_m_exp_below(x, shift)
#define SHORT_EXP(x, shift) td_m_exp_belowf((float)(x), (float)(shift))
#define IS_TIE(x, shift) ((x) == (shift))

static inline void fetch(const void *x, int64_t bytes)
{
    UNROLL for (int64_t i = 0; i < bytes; i += LINE) __builtin_prefetch((const char *)x + FAR + i);
}

/* ---- sums and products of floats --------------------------------------------------------------------------------- */

#define START 0
#define JOIN ADD

#define PLAIN
#define VALUE ITSELF
#define T float
#define F(name) f32_sum_##name
#define OF(name) PASTE(name, f32)
#include "sum.tmpl.h"
#define T double
#define F(name) f64_sum_##name
#define OF(name) PASTE(name, f64)
#include "sum.tmpl.h"
#undef VALUE

#define VALUE SQUARE
#define T float
#define F(name) f32_squares_##name
#define OF(name) PASTE(name, f32)
#include "sum.tmpl.h"
#define T double
#define F(name) f64_squares_##name
#define OF(name) PASTE(name, f64)
#include "sum.tmpl.h"
#undef VALUE
#undef PLAIN

#define VALUE SHORT_EXP
#define T float
#define F(name) f32_sumexp_##name
#define OF(name) f32_##name
#include "sum.tmpl.h"
#undef VALUE

#define VALUE EXP
#define T double
#define F(name) f64_sumexp_##name
#define OF(name) f64_##name
#include "sum.tmpl.h"
#undef VALUE

#define VALUE IS_TIE
#define T float
#define F(name) f32_ties_##name
#define OF(name) f32_##name
#include "sum.tmpl.h"
#define T double
#define F(name) f64_ties_##name
#define OF(name) f64_##name
#include "sum.tmpl.h"
#undef VALUE

#undef START
#undef JOIN
#define START 1
#define JOIN MULTIPLY

#define PLAIN
#define VALUE ITSELF
#define T float
#define F(name) f32_prod_##name
#define OF(name) PASTE(name, f32)
#include "sum.tmpl.h"
#define T double
#define F(name) f64_prod_##name
#define OF(name) PASTE(name, f64)
#include "sum.tmpl.h"

/* ---- sums of integers, modulo 2^64 ------------------------------------------------------------------------------- */

#define T uint8_t
#define F(name) bool_sum_##name
#include "integer_sum.tmpl.h"
#define T int64_t
#define F(name) i64_sum_##name
#include "integer_sum.tmpl.h"

/* ---- extremes ---------------------------------------------------------------------------------------------------- */

#define MORE(a, b) ((a) > (b))
#define LESS(a, b) ((a) < (b))
#define DIFFERS(x) ((x) != (x))
#define NEVER(x) ((void)(x), false)

#define PLACES
#define MOST max
#define BEATS MORE
#define FIELD f
#define IS_NAN DIFFERS
#define T float
#define F(name) f32_max_##name
#define OF(name) PASTE(name, f32)
#include "extreme.tmpl.h"
#define T double
#define F(name) f64_max_##name
#define OF(name) PASTE(name, f64)
#include "extreme.tmpl.h"
#undef FIELD
#undef IS_NAN

#define FIELD i
#define IS_NAN NEVER
#define T uint8_t
#define F(name) bool_max_##name
#include "extreme.tmpl.h"
#define T int64_t
#define F(name) i64_max_##name
#include "extreme.tmpl.h"
#undef FIELD
#undef IS_NAN
#undef MOST
#undef BEATS
#undef PLACES

#define MOST min
#define BEATS LESS
#define FIELD f
#define IS_NAN DIFFERS
#define T float
#define F(name) f32_min_##name
#define OF(name) PASTE(name, f32)
#include "extreme.tmpl.h"
#define T double
#define F(name) f64_min_##name
#define OF(name) PASTE(name, f64)
#include "extreme.tmpl.h"
#undef FIELD
#undef IS_NAN

#define FIELD i
#define IS_NAN NEVER
#define T uint8_t
#define F(name) bool_min_##name
#include "extreme.tmpl.h"
#define T int64_t
#define F(name) i64_min_##name
#include "extreme.tmpl.h"

/* ---- the table --------------------------------------------------------------------------------------------------- */

#define HOW(name) { name##_line, name##_panel, name##_merge }
#define HOW_WITH_PLACE(name) { name##_place, name##_places, name##_merge }

const td_reduce TD_OF_SET(td_reduces)[TD_REDUCE_COUNT][TD_K_DTYPES] = {
    [TD_REDUCE_sum]     = { HOW(bool_sum), HOW(i64_sum), HOW(f32_sum), HOW(f64_sum) },
    [TD_REDUCE_prod]    = { [TD_K_F32] = HOW(f32_prod), [TD_K_F64] = HOW(f64_prod) },
    [TD_REDUCE_squares] = { [TD_K_F32] = HOW(f32_squares), [TD_K_F64] = HOW(f64_squares) },
    [TD_REDUCE_max]     = { HOW(bool_max), HOW(i64_max), HOW(f32_max), HOW(f64_max) },
    [TD_REDUCE_min]     = { HOW(bool_min), HOW(i64_min), HOW(f32_min), HOW(f64_min) },
    [TD_REDUCE_argmax]  = { HOW_WITH_PLACE(bool_max), HOW_WITH_PLACE(i64_max), HOW_WITH_PLACE(f32_max),
                            HOW_WITH_PLACE(f64_max) },
    [TD_REDUCE_sumexp]  = { [TD_K_F32] = HOW(f32_sumexp), [TD_K_F64] = HOW(f64_sumexp) },
    [TD_REDUCE_ties]    = { [TD_K_F32] = HOW(f32_ties), [TD_K_F64] = HOW(f64_ties) },
};
