/* gemm.c: matrix products of f32, f64 and i64.
 *
 * Tiles: as many accumulators as leave a register for A and one or two for B. */
#include "scalar.h"
#include "set.h"
#include "vector.h"

#include <string.h>

#if defined __AVX512F__
enum { ROWS = 8, VECTORS = 2 };
#elif defined __AVX2__ && defined __FMA__
enum { ROWS = 6, VECTORS = 2 };
#else
enum { ROWS = 4, VECTORS = 4 };
#endif

#ifdef __clang__
#define UNROLL          /* clang unrolls constant loops anyway */
#else
#define UNROLL _Pragma("GCC unroll 8")
#endif

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

/* Modulo 2^64; rows of B run innermost. */
static void i64_gemm(const td_gemm *g, int64_t row, int64_t rows, int64_t col, int64_t cols)
{
    const int64_t *a = g->a, *b = g->b;
    for (int64_t i = row; i < row + rows; i++) {
        uint64_t sum[TD_GEMM_COLS] = { 0 };
        for (int64_t k = 0; k < g->k; k++) {
            uint64_t x = (uint64_t)a[i * g->a_row + k * g->a_col];
            for (int64_t j = 0; j < cols; j++) sum[j] += x * (uint64_t)b[k * g->b_row + (col + j) * g->b_col];
        }
        for (int64_t j = 0; j < cols; j++) ((int64_t *)g->c)[i * g->n + col + j] = td_s_wrap(sum[j]);
    }
}

td_gemm_fn *const TD_OF_SET(td_gemm)[TD_K_DTYPES] = { NULL, i64_gemm, f32_gemm, f64_gemm };
