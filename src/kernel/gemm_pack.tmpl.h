/* gemm_pack.tmpl.h: columns of B, laid out as the tile reads them.
 * Parameters: those of gemm.tmpl.h.
 *
 * A panel is `vectors` registers wide; its rows follow each other, and beyond B's last column stand zeros.  Reads no number
 * that is not B's. */

/* LANES rows of LANES numbers, from columns of B that run on along k: the blocks beside the diagonal change places, of one
 * number, of two, of four, ...  Of `cols` columns only; the others are zeros. */
TD_INLINE void F(transpose)(const T *from, int64_t b_col, int cols, T *to, int64_t width)
{
    OF(V) x[LANES];
    TD_UNROLL for (int l = 0; l < LANES; l++) {
        x[l] = OF(SPLAT)(0);
        if (l < cols) x[l] = OF(LOAD)(from + l * b_col);
    }
#define STAGE(s)                                         \
    TD_UNROLL for (int l = 0; l + s < LANES; l++)        \
        if (!(l & s)) OF(TRADE)(x[l], x[l + s], s);
    STAGE(1)
    STAGE(2)
    STAGE(4)
    STAGE(8)
#undef STAGE
    TD_UNROLL for (int l = 0; l < LANES; l++) OF(STORE)(to + l * width, x[l]);
}

/* Rows that run on are copied. */
static void F(pack_rows)(const td_gemm *g, const T *from, int64_t depth, int vectors, int last, T *to)
{
    for (int64_t k = 0; k < depth; k++, from += g->b_row, to += vectors * LANES) {
        int edge = (vectors - 1) * LANES;
        for (int j = 0; j < edge; j += LANES) OF(STORE)(to + j, OF(LOAD)(from + j));
        OF(STORE)(to + edge, last == LANES ? OF(LOAD)(from + edge) : OF(FIRST)(from + edge, last));
    }
}

/* Any others: by blocks where columns run on, number by number where they end or don't. */
static void F(pack_columns)(const td_gemm *g, const T *from, int64_t depth, int vectors, int last, T *to)
{
    int64_t k = 0, width = vectors * LANES, cols = width - LANES + last;
    if (g->b_row == 1)
        for (; k + LANES <= depth; k += LANES) {
            T       *block = to + k * width;
            const T *column = from + k;
            for (int j = 0; j < vectors - 1; j++, block += LANES, column += LANES * g->b_col)
                F(transpose)(column, g->b_col, LANES, block, width);
            if (last == LANES) F(transpose)(column, g->b_col, LANES, block, width);
            else F(transpose)(column, g->b_col, last, block, width);
        }
    for (; k < depth; k++)
        for (int64_t l = 0; l < width; l++) to[k * width + l] = l < cols ? from[k * g->b_row + l * g->b_col] : 0;
}

static void F(pack_panel)(const td_gemm *g, const T *from, int64_t depth, int vectors, int last, T *to)
{
    (g->b_col == 1 ? F(pack_rows) : F(pack_columns))(g, from, depth, vectors, last, to);
}
