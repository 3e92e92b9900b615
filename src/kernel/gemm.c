/* gemm.c: matrix products of f32, f64 and i64 (modulo 2^64).
 *
 * After K. Goto and R. van de Geijn, "Anatomy of high-performance matrix multiplication", ACM TOMS 34 (2008) 12; but that
 * A is read where it stands if its rows run on, and that a sum never leaves its order. */
#include "set.h"
#include "vector.h"

/* ---- shapes of the register tile ------------------------------------------------------------------------------------ */

#define ROWS_4(TILE, v)  TILE(1, v) TILE(2, v) TILE(3, v) TILE(4, v)
#define ROWS_6(TILE, v)  ROWS_4(TILE, v) TILE(5, v) TILE(6, v)
#define ROWS_8(TILE, v)  ROWS_6(TILE, v) TILE(7, v) TILE(8, v)
#define ROWS_12(TILE, v) ROWS_8(TILE, v) TILE(9, v) TILE(10, v) TILE(11, v) TILE(12, v)
#define ROWS_16(TILE, v) ROWS_12(TILE, v) TILE(13, v) TILE(14, v) TILE(15, v) TILE(16, v)

/* tallest[v]: the most rows of a tile of v registers.  All sums, a row of B and one number of A stay in registers.
 * DEPTH_BYTES: of a row of A in a panel of k; all rows of a widest tile leave room in the first cache. */
#if defined __AVX512F__ || defined __aarch64__    /* 32 registers */
enum { MOST_ROWS = 16, MOST_VECTORS = 4, DEPTH_BYTES = 4096 };
#define TILES(TILE) ROWS_16(TILE, 1) ROWS_8(TILE, 2) ROWS_8(TILE, 3) ROWS_6(TILE, 4)
#define TALLEST(TILE) TILE(16, 1) TILE(8, 2) TILE(8, 3) TILE(6, 4)
static const int tallest[] = { 0, 16, 8, 8, 6 };
#elif defined __FMA__                             /* 16 registers */
enum { MOST_ROWS = 12, MOST_VECTORS = 3, DEPTH_BYTES = 4096 };
#define TILES(TILE) ROWS_12(TILE, 1) ROWS_6(TILE, 2) ROWS_4(TILE, 3)
#define TALLEST(TILE) TILE(12, 1) TILE(6, 2) TILE(4, 3)
static const int tallest[] = { 0, 12, 6, 4 };
#else                                             /* fma is a call: nothing stays in registers */
enum { MOST_ROWS = 4, MOST_VECTORS = 2, DEPTH_BYTES = 4096 };
#define TILES(TILE) ROWS_4(TILE, 1) ROWS_4(TILE, 2)
#define TALLEST(TILE) TILE(4, 1) TILE(4, 2)
static const int tallest[] = { 0, 4, 4 };
#endif

enum {
    FEW_ROWS  = 32,   /* fewer do not repay packing */
    DEEP      = 64,   /* steps of k repay fetching what follows */
    SHORT     = 32,   /* steps of k: memory is what counts if A is far; then */
    FAR_LINES = 8     /* of C in a tile are better than more, measured */
};

/* What a strip of tiles fetches while it computes: nothing; A and C, some tiles ahead, for they are in no cache, A a line a
 * step, since its short rows look like nothing that a processor foresees; or A of the tile below and B of the strips that
 * follow, for which first tiles would wait. */
typedef enum fetches { NOTHING, FAR_OFF, NEXT } fetches;

static inline int64_t smaller(int64_t a, int64_t b) { return a < b ? a : b; }

/* So many of what is left that the last two portions are of one size. */
static inline int64_t share(int64_t left, int64_t most)
{
    return left <= most ? left : left < 2 * most ? (left + 1) / 2 : most;
}

/* ---- dtypes --------------------------------------------------------------------------------------------------------- */

#define T double
#define F(name) f64_##name
#define OF(name) name##_f64
#include "gemm.tmpl.h"
#undef OF
#undef F
#undef T

#define T float
#define F(name) f32_##name
#define OF(name) name##_f32
#include "gemm.tmpl.h"
#undef OF
#undef F
#undef T

#define T uint64_t
#define F(name) u64_##name
#define OF(name) name##_u64
#include "gemm.tmpl.h"

const td_gemm_kernel *const TD_OF_SET(td_gemm)[TD_K_DTYPES] = { NULL, &u64_kernel, &f32_kernel, &f64_kernel };
