/* gemm_pack.tmpl.h: columns of B, laid out as the tile reads them.
 * Parameters: those of gemm.tmpl.h.
 *
 * A panel is `vectors` registers wide; its rows follow each other, and beyond B's last column stand zeros.  Reads no number
 * that is not B's. */

#include "transpose.tmpl.h"

/* LANES rows of a panel, from `cols` columns of B that run on; zeros from none. */
TD_INLINE void F(pack_block)(const T *from, int64_t b_col, int cols, T *to, int64_t width)
{
    OF(V) x[LANES];
    TD_UNROLL for (int l = 0; l < LANES; l++) {
        x[l] = OF(SPLAT)(0);
        if (l < cols) x[l] = OF(LOAD)(from + l * b_col);
    }
    F(transpose)(x);
    TD_UNROLL for (int l = 0; l < LANES; l++) OF(STORE)(to + l * width, x[l]);
}

/* Rows that run on are copied. */
static void F(pack_rows)(const td_gemm *g, const T *from, int64_t depth, int vectors, int last, T *to, int64_t width)
{
    for (int64_t k = 0; k < depth; k++, from += g->b_row, to += width) {
        int edge = (vectors - 1) * LANES;
        for (int j = 0; j < edge; j += LANES) OF(STORE)(to + j, OF(LOAD)(from + j));
        OF(STORE)(to + edge, last == LANES ? OF(LOAD)(from + edge) : OF(FIRST)(from + edge, last));
    }
}

/* Any others: by blocks where columns run on, number by number where they end or don't. */
static void F(pack_columns)(const td_gemm *g, const T *from, int64_t depth, int vectors, int last, T *to, int64_t width)
{
    int64_t cols = (vectors - 1) * LANES + last, whole = g->b_row == 1 ? depth / LANES * LANES : 0;
    for (int j = 0; j < vectors; j++) {
        const T *column = from + j * LANES * g->b_col;
        T       *block = to + j * LANES;
        if (j < vectors - 1 || last == LANES)
            for (int64_t k = 0; k < whole; k += LANES) F(pack_block)(column + k, g->b_col, LANES, block + k * width, width);
        else
            for (int64_t k = 0; k < whole; k += LANES) F(pack_block)(column + k, g->b_col, last, block + k * width, width);
    }
    for (int64_t k = whole; k < depth; k++)
        for (int64_t l = 0; l < vectors * LANES; l++) to[k * width + l] = l < cols ? from[k * g->b_row + l * g->b_col] : 0;
}

static void F(pack_panel)(const td_gemm *g, const T *from, int64_t depth, int vectors, int last, T *to)
{
    (g->b_col == 1 ? F(pack_rows) : F(pack_columns))(g, from, depth, vectors, last, to, vectors * LANES);
}

/* Rows of A, as if they were B's. */
static void F(lay)(const td_gemm *g, int64_t row, void *to)
{
    td_gemm turned = { .b_row = g->a_row, .b_col = g->a_col };
    int     vectors = (int)((g->k - 1) / LANES + 1), last = (int)(g->k - (vectors - 1) * LANES);
    if (g->k > 0) (g->a_col == 1 ? F(pack_rows) : F(pack_columns))(&turned, g->a, g->m, vectors, last, to, row);
}
