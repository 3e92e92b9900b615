/* gemm.c: matrix products for every CPU: scalar fma from the C library, and i64.
 *
 * Where fma is not an instruction this is slow and right; the x86 files have the fast ones, with the same bits. */
#include "kernel.h"
#include "scalar.h"

#include <string.h>

#define UNROLL
#define TARGET
#define LANES 1
#define LOAD(p) (*(p))
#define STORE(p, v) (*(p) = (v))
#define SPLAT(x) (x)
#define ROWS 4
#define VECTORS 4

#define T double
#define V double
#define F(name) f64_##name
#define EXPORT td_gemm_f64_base
#define FMA(a, b, c) fma(a, b, c)
#include "gemm.tmpl.h"
#undef FMA
#undef EXPORT
#undef F
#undef V
#undef T

#define T float
#define V float
#define F(name) f32_##name
#define EXPORT td_gemm_f32_base
#define FMA(a, b, c) fmaf(a, b, c)
#include "gemm.tmpl.h"

/* Modulo 2^64; rows of B run innermost. */
void td_gemm_i64(const td_gemm *g, int64_t row, int64_t rows, int64_t col, int64_t cols)
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
