/* gemm_tile.tmpl.h: the register tile, rows x vectors sums that stay in registers while k runs; and a strip of such tiles,
 * one below the other.
 * Parameters: those of gemm.tmpl.h.
 *
 * A is read where it stands, a number at a time into all lanes; B by rows of whole registers; C by whole registers but for
 * the last, of which the first `last` lanes are C's.  Each shape of TILES is a function of its own, so that a matrix's edge
 * costs what it is large, not what a full tile costs.  A strip is one call: of a short k, calls would be half the cost. */

typedef struct F(spot) {
    int64_t  depth;            /* steps of k */
    const T *a;
    int64_t  a_row, a_col;
    const T *b;
    int64_t  b_row;            /* the columns of B run on */
    T       *c;
    int64_t  c_row;
    int64_t  tiles;            /* in the strip */
    int      last;
    bool     first;            /* C is not read: its sums begin here, at 0 */
    bool     far;              /* A and C are in no cache */
    const T *next;             /* B of the strips that follow, or NULL */
    int64_t  next_row;
} F(spot);

/* Some steps of k.  fetch: with each, a line of what will be read later. */
TD_INLINE void F(steps)(OF(V) sum[MOST_ROWS][MOST_VECTORS], int64_t steps, const F(spot) *s, const T *a, const T *b,
                        int rows, int vectors, bool fetch, const T *line, int64_t next)
{
    OF(V)    b_vector[MOST_VECTORS];
    int64_t  a_row = s->a_row, a_col = s->a_col, b_row = s->b_row;
    const T *a_low = a + 8 * a_row * (rows > 8);    /* eight rows are within reach of a pointer */
    for (int64_t k = steps; k > 0; k--, a += a_col, a_low += a_col, b += b_row) {
        if (fetch) __builtin_prefetch(line), line += next;
        TD_UNROLL for (int j = 0; j < vectors; j++) b_vector[j] = OF(LOAD)(b + j * LANES);
        TD_UNROLL for (int i = 0; i < rows; i++) {
            OF(V) x = OF(SPLAT)(i < 8 ? a[i * a_row] : a_low[(i - 8) * a_row]);
            TD_UNROLL for (int j = 0; j < vectors; j++) sum[i][j] = OF(FMA)(x, b_vector[j], sum[i][j]);
        }
    }
}

/* All steps of k of the strip's tile `at`.  With the first of them A of the tile below is fetched, a row after the other, or
 * a step after the other if its columns run on; with those that remain, a part of a column of registers of B. */
TD_INLINE void F(steps_ahead)(OF(V) sum[MOST_ROWS][MOST_VECTORS], const F(spot) *s, const T *a, const T *below, int at,
                              int rows, int vectors)
{
    enum { LINE = 64 / sizeof(T), MOST_FETCHED = 3 * LINE / 4 };    /* rows, of which each has depth / LINE lines */
    int      depth = (int)s->depth, lines = depth / LINE;
    bool     turned = s->a_row == 1;
    int64_t  line = turned ? s->a_col : LINE * s->a_col, row = turned ? lines * s->a_col : s->a_row;
    const T *b = s->b;
    for (int i = 0; i < rows && i < MOST_FETCHED; i++, depth -= lines, below += row) {
        F(steps)(sum, lines, s, a, b, rows, vectors, true, below, line);
        a += lines * s->a_col;
        b += lines * s->b_row;
    }
    int      parts = ((int)s->depth - 1) / depth + 1, part = ((int)s->depth - 1) / parts + 1, column = at / parts;
    const T *next = s->next + column * LANES + at % parts * part * s->next_row;
    if (column < vectors) F(steps)(sum, depth, s, a, b, rows, vectors, true, next, s->next_row);
    else F(steps)(sum, depth, s, a, b, rows, vectors, false, NULL, 0);
}

/* The sums, from C and to it. */
TD_INLINE void F(load_c)(OF(V) sum[MOST_ROWS][MOST_VECTORS], const T *c, int64_t c_row, int rows, int vectors, int last)
{
    TD_UNROLL for (int i = 0; i < rows; i++, c += c_row) {
        const T *edge = c + (vectors - 1) * LANES;
        TD_UNROLL for (int j = 0; j < vectors - 1; j++) sum[i][j] = OF(LOAD)(c + j * LANES);
        sum[i][vectors - 1] = last == LANES ? OF(LOAD)(edge) : OF(FIRST)(edge, last);
    }
}

TD_INLINE void F(store_c)(OF(V) sum[MOST_ROWS][MOST_VECTORS], T *c, int64_t c_row, int rows, int vectors, int last)
{
    TD_UNROLL for (int i = 0; i < rows; i++, c += c_row) {
        T *edge = c + (vectors - 1) * LANES;
        TD_UNROLL for (int j = 0; j < vectors - 1; j++) OF(STORE)(c + j * LANES, sum[i][j]);
        if (last == LANES) OF(STORE)(edge, sum[i][vectors - 1]);
        else OF(PUT_FIRST)(edge, sum[i][vectors - 1], last);
    }
}

TD_INLINE void F(begin)(OF(V) sum[MOST_ROWS][MOST_VECTORS], const F(spot) *s, const T *c, int rows, int vectors)
{
    if (s->first)
        TD_UNROLL for (int i = 0; i < rows; i++)
            TD_UNROLL for (int j = 0; j < vectors; j++) sum[i][j] = OF(SPLAT)(0);
    else if (s->last == LANES) F(load_c)(sum, c, s->c_row, rows, vectors, LANES);
    else F(load_c)(sum, c, s->c_row, rows, vectors, s->last);
}

/* What is fetched need not exist. */
TD_INLINE void F(fetch_c)(const T *c, int64_t c_row, int rows, int vectors)
{
    TD_UNROLL for (int i = 0; i < rows; i++)
        TD_UNROLL for (int j = 0; j < vectors; j++) __builtin_prefetch(c + i * c_row + j * LANES, 1);
}

TD_INLINE void F(strip)(const F(spot) *s, int rows, int vectors, fetches what)
{
    enum { WORTH_A_FETCH = 64, LINE = 64 / sizeof(T), AHEAD = 128 };
    int64_t  a_tile = rows * s->a_row, c_tile = rows * s->c_row, depth = s->depth, ahead = 1 + AHEAD / (depth + 1);
    const T *a = s->a;
    T       *c = s->c;
    for (int64_t tile = s->tiles; tile > 0; tile--, a += a_tile, c += c_tile) {
        OF(V) sum[MOST_ROWS][MOST_VECTORS];
        TD_OPAQUE(c);    /* or gcc keeps an address for every row of C, in memory */
        F(begin)(sum, s, c, rows, vectors);
        if (what == FAR_OFF) F(fetch_c)(c + ahead * c_tile, s->c_row, rows, vectors);
        else if (depth >= WORTH_A_FETCH && tile > 1) F(fetch_c)(c + c_tile, s->c_row, rows, vectors);
        if (what == FAR_OFF)
            for (int64_t k = 0; k < depth; k += LINE)
                F(steps)(sum, smaller(depth - k, LINE), s, a + k * s->a_col, s->b + k * s->b_row, rows, vectors, true,
                         a + ahead * a_tile + k * s->a_col, s->a_row == 1 ? s->a_col : s->a_row);
        else if (what == NEXT) F(steps_ahead)(sum, s, a, a + a_tile, (int)(s->tiles - tile), rows, vectors);
        else F(steps)(sum, depth, s, a, s->b, rows, vectors, false, NULL, 0);
        T *to = c;
        TD_OPAQUE(to);
        if (s->last == LANES) F(store_c)(sum, to, s->c_row, rows, vectors, LANES);
        else F(store_c)(sum, to, s->c_row, rows, vectors, s->last);
    }
}

#define TILE(rows, vectors)                                                                                         \
    static void F(strip_##rows##_##vectors)(const F(spot) *s) { F(strip)(s, rows, vectors, NOTHING); }
TILES(TILE)
#undef TILE

static void (*const F(strips)[MOST_VECTORS + 1][MOST_ROWS + 1])(const F(spot) *) = {
#define TILE(rows, vectors) [vectors][rows] = F(strip_##rows##_##vectors),
TILES(TILE)
#undef TILE
};

/* Of tallest tiles. */
#define TILE(rows, vectors)                                                                                         \
    static void F(far_##rows##_##vectors)(const F(spot) *s) { F(strip)(s, rows, vectors, FAR_OFF); }                \
    static void F(next_##rows##_##vectors)(const F(spot) *s) { F(strip)(s, rows, vectors, NEXT); }
TALLEST(TILE)
#undef TILE

static void (*const F(far_strips)[MOST_VECTORS + 1])(const F(spot) *) = {
#define TILE(rows, vectors) [vectors] = F(far_##rows##_##vectors),
TALLEST(TILE)
#undef TILE
};

static void (*const F(next_strips)[MOST_VECTORS + 1])(const F(spot) *) = {
#define TILE(rows, vectors) [vectors] = F(next_##rows##_##vectors),
TALLEST(TILE)
#undef TILE
};
