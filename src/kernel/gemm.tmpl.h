/* gemm.tmpl.h: C = A B for one dtype.
 * Parameters: T; F(name); OF(name) the name of vector.h for T.  Of gemm.c: TILES, MOST_ROWS, MOST_VECTORS, tallest.
 *
 * The loop nest: panels of k, in them panels of columns, in them tiles down the rows.  B is read where it stands if its
 * columns run on and fill the registers, else packed: by the caller, for all, or here, a piece of a panel at a time, on the
 * stack. */

#define LANES OF(LANES)
#include "gemm_tile.tmpl.h"
#include "gemm_pack.tmpl.h"
#include "gemm_row.tmpl.h"

/* A tile of a C whose columns run on, or of any other, is made in a buffer. */
static void F(tile_elsewhere)(const td_gemm *g, F(spot) *s, int rows, int vectors, T *c)
{
    T       buffer[MOST_ROWS * MOST_VECTORS * LANES];
    int64_t width = vectors * LANES, cols = width - LANES + s->last;
    for (int64_t j = 0; j < cols && !s->first; j++)
        for (int i = 0; i < rows; i++) buffer[i * width + j] = c[i * g->c_row + j * g->c_col];
    s->c = buffer;
    s->c_row = width;
    F(strips)[vectors][rows](s);
    for (int64_t j = 0; j < cols; j++)
        for (int i = 0; i < rows; i++) c[i * g->c_row + j * g->c_col] = buffer[i * width + j];
}

/* Tiles of `rows` rows that a strip of `left` rows begins with; what remains is below two of the tallest. */
static int64_t F(tiles_of)(int64_t left, int64_t rows, int64_t most)
{
    return left < 2 * most ? 1 + (left == 2 * rows) : left / most - (left % most != 0);
}

/* All rows of one panel. */
static void F(down)(const td_gemm *g, F(spot) *s, const T *a, T *c, int vectors)
{
    int64_t most = tallest[vectors];
    if (s->far && g->k < SHORT && vectors <= 2) most = smaller(most, FAR_LINES * 64 / (vectors * TD_VECTOR));
    for (int64_t left = g->m, rows; left > 0; left -= rows, a += rows * g->a_row, c += rows * g->c_row) {
        rows = share(left, most);
        s->tiles = g->c_col == 1 ? F(tiles_of)(left, rows, most) : 1;
        s->a = a;
        s->c = c;
        s->c_row = g->c_row;
        if (g->c_col != 1) F(tile_elsewhere)(g, s, (int)rows, vectors, c);
        else if (s->far && rows == tallest[vectors]) F(far_strips)[vectors](s);
        else if (s->next && s->depth >= DEEP && rows == tallest[vectors]) F(next_strips)[vectors](s), s->next = NULL;
        else F(strips)[vectors][rows](s);
        rows *= s->tiles;
    }
}

/* One panel whose B has to be packed first: as much of it at a time as the stack takes.  While that is multiplied, what is
 * packed next is fetched. */
static void F(down_packing)(const td_gemm *g, const F(spot) *panel, int64_t k, int64_t col, int vectors)
{
    enum { ROOM = 32768 / sizeof(T) };
    _Alignas(64) T buffer[ROOM];
    F(spot)        s = *panel;
    const T       *a = (const T *)g->a + k * g->a_col, *top = (const T *)g->b + k * g->b_row + col * g->b_col, *b = top;
    int64_t        left = panel->depth;
    s.b = buffer;
    s.b_row = vectors * LANES;
    s.next_row = g->b_row;
    do {
        s.depth = smaller(left, ROOM / s.b_row);
        F(pack_panel)(g, b, s.depth, vectors, s.last, buffer);
        left -= s.depth;
        b += s.depth * g->b_row;
        s.next = g->b_col != 1 ? NULL : left ? b : top + s.b_row;
        F(down)(g, &s, a, (T *)g->c + col * g->c_col, vectors);
        a += s.depth * g->a_col;
        s.first = false;
    } while (left);
}

/* Columns of the panel at `col`, in registers. */
static int F(panel_vectors)(const td_gemm *g, int64_t col) { return (int)share((g->n - col - 1) / LANES + 1, MOST_VECTORS); }

/* In the last register of that panel: how many of them are B's. */
static int F(panel_last)(const td_gemm *g, int64_t col, int vectors)
{
    return (int)smaller(g->n - col - (vectors - 1) * LANES, LANES);
}

/* All columns of one panel of k; where the caller's packed panels continue. */
static const T *F(across)(const td_gemm *g, F(spot) *s, int64_t k, const T *packed)
{
    /* rows on pages of their own are read from there at most a few times */
    bool in_place = g->b_col == 1 && (g->b_row < F(PAGE) || g->m < FEW_ROWS);
    for (int64_t col = 0, vectors; col < g->n; col += vectors * LANES) {
        vectors = F(panel_vectors)(g, col);
        s->last = F(panel_last)(g, col, (int)vectors);
        s->far = g->far && col == 0;
        s->b = packed ? packed : (const T *)g->b + k * g->b_row + col;
        s->b_row = packed ? vectors * LANES : g->b_row;
        if (packed) packed += s->depth * vectors * LANES;
        bool last = col + vectors * LANES >= g->n && (!packed || k + s->depth == g->k);
        s->next = last ? NULL : packed ? packed : s->b + vectors * LANES;
        s->next_row = s->b_row;
        if (packed || (in_place && s->last == LANES))
            F(down)(g, s, (const T *)g->a + k * g->a_col, (T *)g->c + col * g->c_col, (int)vectors);
        else F(down_packing)(g, s, k, col, (int)vectors);
    }
    return packed;
}

enum { F(DEPTH) = DEPTH_BYTES / sizeof(T) };

static void F(multiply)(const td_gemm *g)
{
    td_gemm  rest;
    const T *packed = g->packed;
    F(spot)  s = { .a_row = g->a_row, .a_col = g->a_col, .first = !g->more };
    int64_t  k = 0;
    if (g->m == 1 && g->c_col == 1 && !packed && !g->more) {
        rest = *g;
        s.first = F(row)(&rest);
        g = &rest;
    }
    do {
        s.depth = share(g->k - k, F(DEPTH));
        packed = F(across)(g, &s, k, packed);
        s.first = false;
        k += s.depth;
    } while (k < g->k);
}

static void F(pack)(const td_gemm *g, void *packed)
{
    T *to = packed;
    for (int64_t k = 0, depth; k < g->k; k += depth) {
        depth = share(g->k - k, F(DEPTH));
        for (int64_t col = 0, vectors; col < g->n; col += vectors * LANES, to += depth * vectors * LANES) {
            vectors = F(panel_vectors)(g, col);
            F(pack_panel)(g, (const T *)g->b + k * g->b_row + col * g->b_col, depth, (int)vectors,
                          F(panel_last)(g, col, (int)vectors), to);
        }
    }
}

static const td_gemm_kernel F(kernel) = { F(multiply), F(pack), F(lay), LANES, MOST_VECTORS * LANES };

#undef LANES
