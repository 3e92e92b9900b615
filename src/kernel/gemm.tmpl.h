/* gemm.tmpl.h: blocks of C = A B for one floating dtype.
 * Parameters: T; F(name); OF(name) the name of vector.h for T; ROWS x VECTORS the register tile.
 *
 * B is packed in panels VECTORS * LANES wide, padded with zeros; A is read where it stands, a row past the end as a
 * repetition of the last.  So the tile has one shape, and what is computed beyond the edge is not stored. */

#define WIDTH (VECTORS * OF(LANES))    /* divides TD_GEMM_COLS */

/* Where a tile stands: `depth` steps of k, row pointers into A, a packed panel of B, C itself. */
typedef struct F(spot) {
    int64_t  depth, a_step, c_row;
    const T *a[ROWS];
    const T *b;
    T       *c;
    int64_t  rows, cols;
    int      first;    /* the first panel of k: C is not read */
} F(spot);

static void F(tile)(const F(spot) *s, T *c, int64_t c_row)
{
    OF(V)        sum[ROWS][VECTORS];
    const T *b = s->b;
    UNROLL for (int i = 0; i < ROWS; i++)
        UNROLL for (int j = 0; j < VECTORS; j++) sum[i][j] = s->first ? OF(SPLAT)(0) : OF(LOAD)(c + i * c_row + j * OF(LANES));
    for (int64_t k = 0; k < s->depth; k++, b += WIDTH) {
        UNROLL for (int i = 0; i < ROWS; i++) {
            OF(V) a = OF(SPLAT)(s->a[i][k * s->a_step]);
            UNROLL for (int j = 0; j < VECTORS; j++) sum[i][j] = OF(FMA)(a, OF(LOAD)(b + j * OF(LANES)), sum[i][j]);
        }
    }
    UNROLL for (int i = 0; i < ROWS; i++)
        UNROLL for (int j = 0; j < VECTORS; j++) OF(STORE)(c + i * c_row + j * OF(LANES), sum[i][j]);
}

/* A tile that C cuts off is made in a buffer. */
static void F(edge)(const F(spot) *s)
{
    T buffer[ROWS * WIDTH] = { 0 };
    for (int64_t i = 0; i < s->rows && !s->first; i++)
        for (int64_t j = 0; j < s->cols; j++) buffer[i * WIDTH + j] = s->c[i * s->c_row + j];
    F(tile)(s, buffer, WIDTH);
    for (int64_t i = 0; i < s->rows; i++)
        for (int64_t j = 0; j < s->cols; j++) s->c[i * s->c_row + j] = buffer[i * WIDTH + j];
}

/* `wide` columns of B from `from` on, over depth rows, into one panel; in the order in which B lies. */
static void F(pack_panel)(const td_gemm *g, const T *from, int64_t depth, int64_t wide, T *to)
{
    if (wide == WIDTH && g->b_col == 1) {
        for (int64_t i = 0; i < depth; i++) memcpy(to + i * WIDTH, from + i * g->b_row, WIDTH * sizeof(T));
        return;
    }
    for (int64_t l = 0; l < wide; l++)
        for (int64_t i = 0; i < depth; i++) to[i * WIDTH + l] = from[i * g->b_row + l * g->b_col];
    for (int64_t l = wide; l < WIDTH; l++)
        for (int64_t i = 0; i < depth; i++) to[i * WIDTH + l] = 0;
}

/* Rows [k, k + depth) and columns [col, col + cols) of B, panel after panel. */
static void F(pack)(const td_gemm *g, int64_t k, int64_t depth, int64_t col, int64_t cols, T *to)
{
    const T *from = (const T *)g->b + k * g->b_row + col * g->b_col;
    for (int64_t j = 0; j < cols; j += WIDTH)
        F(pack_panel)(g, from + j * g->b_col, depth, cols - j < WIDTH ? cols - j : WIDTH, to + j * depth);
}

/* One panel of k: all tiles of the block. */
static void F(panel)(const td_gemm *g, F(spot) *s, const T *packed, int64_t k, int64_t row, int64_t rows, int64_t col,
                            int64_t cols)
{
    const T *a = (const T *)g->a + k * g->a_col;
    for (int64_t j = 0; j < cols; j += WIDTH) {
        s->cols = cols - j < WIDTH ? cols - j : WIDTH;
        s->b = packed + j * s->depth;
        for (int64_t i = 0; i < rows; i += ROWS) {
            s->rows = rows - i < ROWS ? rows - i : ROWS;
            for (int r = 0; r < ROWS; r++) s->a[r] = a + (row + i + (r < s->rows ? r : s->rows - 1)) * g->a_row;
            s->c = (T *)g->c + (row + i) * g->n + col + j;
            if (s->rows == ROWS && s->cols == WIDTH) F(tile)(s, s->c, s->c_row);
            else F(edge)(s);
        }
    }
}

static void F(gemm)(const td_gemm *g, int64_t row, int64_t rows, int64_t col, int64_t cols)
{
    _Alignas(64) T packed[TD_GEMM_DEPTH * TD_GEMM_COLS];
    F(spot) s = { .a_step = g->a_col, .c_row = g->n };
    for (int64_t k = 0; k < g->k || k == 0; k += TD_GEMM_DEPTH) {
        s.depth = g->k - k < TD_GEMM_DEPTH ? g->k - k : TD_GEMM_DEPTH;
        s.first = k == 0;
        F(pack)(g, k, s.depth, col, cols, packed);
        F(panel)(g, &s, packed, k, row, rows, col, cols);
    }
}

#undef WIDTH
