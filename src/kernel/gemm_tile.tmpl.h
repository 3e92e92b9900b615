/* gemm_tile.tmpl.h: the register tile: rows x vectors sums that stay in registers while k runs.
 * Parameters: those of gemm.tmpl.h.
 *
 * A is read where it stands, a number at a time into all lanes; B by rows of whole registers; C by whole registers but for
 * the last, of which the first `last` lanes are C's.  Each shape of TILES is a function of its own, so that a matrix's edge
 * costs what it is large, not what a full tile costs. */

typedef struct F(spot) {
    int64_t  depth;            /* steps of k */
    const T *a;
    int64_t  a_row, a_col;
    const T *b;
    int64_t  b_row;            /* the columns of B run on */
    T       *c, *next;         /* and the tile after this one */
    int64_t  c_row;
    int      last;
    bool     first;            /* C is not read: its sums begin here, at 0 */
} F(spot);

TD_INLINE OF(V) F(load_c)(const F(spot) *s, int i, int j, int vectors)
{
    const T *c = s->c + i * s->c_row + j * LANES;
    return j < vectors - 1 || s->last == LANES ? OF(LOAD)(c) : OF(FIRST)(c, s->last);
}

TD_INLINE void F(store_c)(const F(spot) *s, int i, int j, int vectors, OF(V) sum)
{
    T *c = s->c + i * s->c_row + j * LANES;
    if (j < vectors - 1 || s->last == LANES) OF(STORE)(c, sum);
    else OF(PUT_FIRST)(c, sum, s->last);
}

TD_INLINE void F(tile)(const F(spot) *s, int rows, int vectors)
{
    enum { WORTH_A_PREFETCH = 64 };
    OF(V)    sum[MOST_ROWS][MOST_VECTORS], b_vector[MOST_VECTORS];
    int64_t  a_row = s->a_row, a_col = s->a_col, b_row = s->b_row;
    const T *a = s->a, *a_low = a + 8 * a_row * (rows > 8), *b = s->b;    /* eight rows are within reach of a pointer */
    TD_UNROLL for (int i = 0; i < rows; i++)
        TD_UNROLL for (int j = 0; j < vectors; j++) sum[i][j] = s->first ? OF(SPLAT)(0) : F(load_c)(s, i, j, vectors);
    if (s->depth >= WORTH_A_PREFETCH)
        TD_UNROLL for (int i = 0; i < rows; i++)
            TD_UNROLL for (int j = 0; j < vectors; j++) __builtin_prefetch(s->next + i * s->c_row + j * LANES, 1);
    for (int64_t k = s->depth; k > 0; k--, a += a_col, a_low += a_col, b += b_row) {
        TD_UNROLL for (int j = 0; j < vectors; j++) b_vector[j] = OF(LOAD)(b + j * LANES);
        TD_UNROLL for (int i = 0; i < rows; i++) {
            OF(V) x = OF(SPLAT)(i < 8 ? a[i * a_row] : a_low[(i - 8) * a_row]);
            TD_UNROLL for (int j = 0; j < vectors; j++) sum[i][j] = OF(FMA)(x, b_vector[j], sum[i][j]);
        }
    }
    TD_UNROLL for (int i = 0; i < rows; i++)
        TD_UNROLL for (int j = 0; j < vectors; j++) F(store_c)(s, i, j, vectors, sum[i][j]);
}

#define TILE(rows, vectors) static void F(tile_##rows##_##vectors)(const F(spot) *s) { F(tile)(s, rows, vectors); }
TILES(TILE)
#undef TILE

static void (*const F(tiles)[MOST_VECTORS + 1][MOST_ROWS + 1])(const F(spot) *) = {
#define TILE(rows, vectors) [vectors][rows] = F(tile_##rows##_##vectors),
TILES(TILE)
#undef TILE
};
