/* product.c: how a matrix product is cut into pieces, and what is packed for them.
 *
 * Each element of a product is accumulated over k in order (kernel.h), so neither the cut nor the threads nor the strides
 * reach the bits.  The cut depends on sizes alone. */
#include "product.h"

enum {
    WORTH_A_THREAD = 1 << 18,        /* multiply-adds: some microseconds */
    PIECES         = 16,             /* enough for some threads to end together */
    PAGE           = 4096,
    MOST_PACKED    = 32 << 20,       /* bytes of B packed at a time, and of A */
    FAR            = 1 << 20,        /* more bytes of A are in no cache of one core; and C of */
    NARROW         = 128             /* columns does too little with each for fetching it not to count */
};

typedef struct product {
    const td_gemm_kernel *kernel;
    td_gemm   gemm;                  /* a, b, c set for each matrix */
    td_stream a, b;                  /* where the matrices of the leading axes begin */
    char     *c;
    int64_t   bytes, matrices;
    int64_t   rows, cols;            /* of a piece */
    char     *packed;                /* columns of B, a piece's width after the other; or NULL */
    char     *laid;                  /* rows of A, `row` numbers apart; or NULL */
    int64_t   row;
} product;

static int64_t smaller(int64_t a, int64_t b) { return a < b ? a : b; }
static int64_t larger(int64_t a, int64_t b) { return a > b ? a : b; }
static int64_t pieces_of(int64_t n, int64_t piece) { return (n - 1) / piece + 1; }

/* The window's axes but the last two. */
static td_stream leading(const td_context *c, const td_window *w)
{
    td_shape s = *w->shape;
    s.rank -= 2;
    return td_stream_of(c, &(td_window){ w->data, &s, w->dtype });
}

static void swap(int64_t *a, int64_t *b)
{
    int64_t kept = *a;
    *a = *b;
    *b = kept;
}

/* C^T = B^T A^T */
static void turn(td_gemm *g)
{
    const void *kept = g->a;
    g->a = g->b;
    g->b = kept;
    swap(&g->m, &g->n);
    swap(&g->a_row, &g->b_col);
    swap(&g->a_col, &g->b_row);
    swap(&g->c_row, &g->c_col);
}

/* Registers lie along the columns of C.  What a step of k costs: lanes of fma, and of B that cannot be read in place. */
static int64_t cost(int64_t m, int64_t n, int64_t b_col, int lanes)
{
    enum { PACKING = 6 };
    return ((n + lanes - 1) & -(int64_t)lanes) * (m + (b_col == 1 ? 0 : PACKING));
}

/* A column is a row, turned.  Of any other C, turning has to bring each element to its place, once for all steps. */
static bool better_turned(const td_gemm *g, int lanes)
{
    if (g->n == 1) return g->m > 1;
    int64_t straight = cost(g->m, g->n, g->b_col, lanes), turned = cost(g->n, g->m, g->a_row, lanes);
    return turned < straight && 2.0 * lanes * (double)(g->m * g->n) < (double)(straight - turned) * (double)g->k;
}

/* ---- the cut -------------------------------------------------------------------------------------------------------- */

/* Pieces that fit the caches; larger ones where there is little work in them, smaller ones where they are few. */
static void cut(product *p)
{
    const td_gemm *g = &p->gemm;
    int64_t        k = larger(g->k, 1);
    p->rows = g->m <= 2 * TD_GEMM_ROWS ? g->m : TD_GEMM_ROWS;
    /* whole registers, as they are packed; of a vector by a matrix long pieces, since its rows are read from end to end */
    p->cols = smaller(pieces_of(g->n, p->kernel->lanes) * p->kernel->lanes, g->m == 1 ? 4 * TD_GEMM_COLS : TD_GEMM_COLS);
    while (p->rows < g->m && p->rows * p->cols < 4 * WORTH_A_THREAD / k) p->rows *= 2;
    while (p->cols < g->n && p->rows * p->cols < 4 * WORTH_A_THREAD / k) p->cols *= 2;
    while (p->rows * p->cols / 2 >= larger(WORTH_A_THREAD / k, TD_GEMM_ROWS * TD_GEMM_COLS / 8) &&
           p->matrices * pieces_of(g->m, p->rows) * pieces_of(g->n, p->cols) < PIECES) {
        if (p->cols > p->kernel->widest) p->cols = p->cols / 2 / p->kernel->lanes * p->kernel->lanes;
        else p->rows = (p->rows + 1) / 2;
    }
}

/* Worth it if B is read often, and not as it would be packed: columns of their own, or rows on pages of their own. */
static bool worth_packing(const product *p)
{
    const td_gemm *g = &p->gemm;
    return g->m > 2 * p->rows && g->n >= p->kernel->lanes && g->k * TD_GEMM_COLS * p->bytes <= MOST_PACKED &&
           (g->b_col != 1 || (g->b_row * p->bytes >= PAGE && g->k >= 16));
}

/* ---- the work ------------------------------------------------------------------------------------------------------- */

/* Piece `at` of the matrix in p->gemm. */
static td_gemm piece(const product *p, int64_t at)
{
    td_gemm g = p->gemm;
    int64_t down = pieces_of(g.m, p->rows), row = at % down * p->rows, col = at / down * p->cols;
    g.a = (const char *)g.a + row * g.a_row * p->bytes;
    g.b = (const char *)g.b + col * g.b_col * p->bytes;
    g.c = (char *)g.c + (row * g.c_row + col * g.c_col) * p->bytes;
    g.packed = p->packed ? p->packed + col * g.k * p->bytes : NULL;
    if (p->laid) {
        g.a = p->laid + row * p->row * p->bytes;
        g.a_row = p->row;
        g.a_col = 1;
    }
    g.m = smaller(g.m - row, p->rows);
    g.n = smaller(g.n - col, p->cols);
    return g;
}

static void pack_columns(const product *p, int64_t piece)
{
    td_gemm g = p->gemm;
    int64_t col = piece * p->cols;
    g.n = smaller(g.n - col, p->cols);
    g.b = (const char *)g.b + col * g.b_col * p->bytes;
    p->kernel->pack(&g, p->packed + col * g.k * p->bytes);
}

static void lay_rows(const product *p, int64_t piece)
{
    td_gemm g = p->gemm;
    int64_t row = piece * p->rows;
    g.m = smaller(g.m - row, p->rows);
    g.a = (const char *)g.a + row * g.a_row * p->bytes;
    p->kernel->lay(&g, p->row, p->laid + row * p->row * p->bytes);
}

/* B by columns, then A by rows. */
static void pack_pieces(int64_t begin, int64_t end, void *argument)
{
    const product *p = argument;
    int64_t        across = pieces_of(p->gemm.n, p->cols);
    for (int64_t i = begin; i < end; i++) {
        if (i < across) pack_columns(p, i);
        else lay_rows(p, i - across);
    }
}

static void multiply_pieces(int64_t begin, int64_t end, void *argument)
{
    const product *p = argument;
    for (int64_t i = begin; i < end; i++) {
        td_gemm g = piece(p, i);
        p->kernel->multiply(&g);
    }
}

static void set_matrix(product *p, int64_t i)
{
    p->gemm.a = td_stream_at(&p->a, i);
    p->gemm.b = td_stream_at(&p->b, i);
    p->gemm.c = p->c + i * p->gemm.m * p->gemm.n * p->bytes;
}

/* Pieces of all matrices, one after the other. */
static void multiply_matrices(int64_t begin, int64_t end, void *argument)
{
    product p = *(const product *)argument;
    int64_t pieces = pieces_of(p.gemm.m, p.rows) * pieces_of(p.gemm.n, p.cols);
    for (int64_t i = begin, next; i < end; i = next) {
        next = smaller(end, (i / pieces + 1) * pieces);
        set_matrix(&p, i / pieces);
        multiply_pieces(i - i / pieces * pieces, next - i / pieces * pieces, &p);
    }
}

/* As many rows and columns of one matrix as may be packed at a time. */
static void multiply_packed(td_context *c, product *p, int64_t rows, int64_t cols)
{
    const td_gemm whole = p->gemm;
    td_gemm      *g = &p->gemm;
    for (int64_t col = 0; col < whole.n; col += cols)
        for (int64_t row = 0; row < whole.m; row += rows) {
            g->m = smaller(whole.m - row, rows);
            g->n = smaller(whole.n - col, cols);
            g->a = (const char *)whole.a + row * g->a_row * p->bytes;
            g->b = (const char *)whole.b + col * g->b_col * p->bytes;
            g->c = (char *)whole.c + (row * g->c_row + col * g->c_col) * p->bytes;
            int64_t across = pieces_of(g->n, p->cols), down = pieces_of(g->m, p->rows);
            td_parallel(c, across + (p->laid ? down : 0), 1, pack_pieces, p);
            td_parallel(c, across * down, 1, multiply_pieces, p);
        }
}

/* So many of n, whole pieces, that their bytes are MOST_PACKED at most, or one piece. */
static int64_t at_a_time(int64_t n, int64_t piece, int64_t bytes)
{
    return smaller(pieces_of(n, piece), larger(MOST_PACKED / (bytes * piece), 1)) * piece;
}

/* A is laid out too where its rows do not run on and are read often.  An odd number of registers apart, they use all of a
 * cache. */
static td_status multiply_packing(td_context *c, product *p)
{
    td_arena_mark  here = td_arena_here(c);
    const td_gemm *g = &p->gemm;
    int64_t        k = larger(g->k, 1), rows = g->m, cols = at_a_time(g->n, p->cols, k * p->bytes);
    p->packed = td_arena_raw(c, (size_t)(cols * k * p->bytes));
    if (g->a_col != 1 && g->n >= TD_GEMM_COLS) {
        p->row = (pieces_of(k, p->kernel->lanes) | 1) * p->kernel->lanes;
        rows = at_a_time(g->m, p->rows, p->row * p->bytes);
        p->laid = td_arena_raw(c, (size_t)(rows * p->row * p->bytes));
    }
    for (int64_t i = 0; !c->status && i < p->matrices; i++) {
        set_matrix(p, i);
        multiply_packed(c, p, rows, cols);
    }
    td_arena_back(c, here);
    return c->status;
}

/* The first matrix, whole. */
static td_gemm gemm_of(const td_call *call)
{
    const td_shape *a = call->in[0].shape, *b = call->in[1].shape, *c = call->out.shape;
    int             i = c->rank - 2, k = i + 1;
    return (td_gemm){
        .m = c->size[i], .n = c->size[k], .k = a->size[k], .a = call->in[0].data, .b = call->in[1].data,
        .a_row = a->stride[i], .a_col = a->stride[k], .b_row = b->stride[i], .b_col = b->stride[k],
        .c = call->out.data, .c_row = c->size[k], .c_col = 1,
    };
}

static td_status multiply_in_pieces(const td_call *call, const td_gemm_kernel *kernel, const td_gemm *gemm, bool turned)
{
    td_context *c = call->context;
    product     p = {
        .kernel = kernel, .gemm = *gemm, .a = leading(c, &call->in[turned]), .b = leading(c, &call->in[!turned]),
        .c = call->out.data, .bytes = (int64_t)td_dtype_size(call->out.dtype),
        .matrices = call->out.shape->numel / (gemm->m * gemm->n),
    };
    cut(&p);
    if (worth_packing(&p)) return multiply_packing(c, &p);
    int64_t work = p.rows * p.cols * smaller(p.gemm.k + 1, WORTH_A_THREAD);
    td_parallel(c, p.matrices * pieces_of(p.gemm.m, p.rows) * pieces_of(p.gemm.n, p.cols),
                work < WORTH_A_THREAD ? WORTH_A_THREAD / work : 1, multiply_matrices, &p);
    return TD_OK;
}

td_status td_product_compute(const td_call *call)
{
    if (call->out.shape->numel == 0) return TD_OK;
    const td_gemm_kernel *kernel = call->context->kernels->gemm[call->out.dtype];
    td_gemm               g = gemm_of(call);
    bool                  turned = better_turned(&g, kernel->lanes);
    if (turned) turn(&g);
    g.far = g.n <= NARROW && g.m * g.k * (int64_t)td_dtype_size(call->out.dtype) > FAR;
    if (call->out.shape->rank > 2 || (double)(g.m * g.n) * (double)g.k > WORTH_A_THREAD)
        return multiply_in_pieces(call, kernel, &g, turned);
    kernel->multiply(&g);
    return TD_OK;
}
