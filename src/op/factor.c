/* factor.c: Cholesky, LU and triangular systems: a panel at a time by the leaf loops of kernel/factor.h, all that lies
 * beyond it by matrix products (J. Dongarra, I. Duff, D. Sorensen, H. van der Vorst, "Numerical Linear Algebra for High-
 * Performance Computers", 1998, 5; right-looking).
 *
 * Where a product is cut, and which thread does what, is not to be seen in the result: an element is subtracted from
 * step by step, in order, one fma a step. */
#include "op/factor.h"
#include "op/lapack.h"
#include "kernel/factor.h"

#include <math.h>

enum { PANEL = TD_PANEL_COLUMNS, PIECE_ROWS = 96, PIECE_COLUMNS = 256, COLUMNS = 128 };

static int64_t smaller(int64_t a, int64_t b) { return a < b ? a : b; }
static int64_t pieces_of(int64_t n, int64_t piece) { return (n + piece - 1) / piece; }

/* ---- products ------------------------------------------------------------------------------------------------------ */

typedef struct product {
    const td_gemm_kernel *kernel;
    td_gemm gemm;
    bool    lower;        /* pieces that lie above the diagonal are left out */
} product;

static void do_product(int64_t begin, int64_t end, void *argument)
{
    const product *p = argument;
    int64_t        across = pieces_of(p->gemm.n, PIECE_COLUMNS);
    for (int64_t i = begin; i < end; i++) {
        td_gemm g = p->gemm;
        int64_t row = i / across * PIECE_ROWS, col = i % across * PIECE_COLUMNS;
        g.m = smaller(g.m - row, PIECE_ROWS);
        g.n = smaller(g.n - col, PIECE_COLUMNS);
        if (p->lower && col >= row + g.m) continue;
        g.a = (const double *)g.a + row * g.a_row;
        g.b = (const double *)g.b + col * g.b_col;
        g.c = (double *)g.c + row * g.c_row + col;
        p->kernel->multiply(&g);
    }
}

static void multiply(td_context *c, product *p)
{
    td_gemm *g = &p->gemm;
    p->kernel = c->kernels->gemm[TD_K_F64];
    g->c_col = 1;
    td_parallel(c, pieces_of(g->m, PIECE_ROWS) * pieces_of(g->n, PIECE_COLUMNS), 1, do_product, p);
}

/* Subtracting is adding what is negated. */
static void subtract(td_context *c, product *p, td_strided a, double *negated)
{
    td_gemm *g = &p->gemm;
    if (g->m == 0 || g->n == 0 || g->k == 0) return;
    for (int64_t i = 0; i < g->m; i++)
        for (int64_t k = 0; k < g->k; k++) negated[i * g->k + k] = -a.at[i * a.row + k * a.col];
    g->a = negated, g->a_row = g->k, g->a_col = 1;
    g->more = true;
    multiply(c, p);
}

void td_factor_multiply(td_context *c, int64_t m, int64_t n, int64_t k, double *to, int64_t row, td_strided a, td_strided b)
{
    product p = { .gemm = { .m = m, .n = n, .k = k, .a = a.at, .a_row = a.row, .a_col = a.col, .b = b.at, .b_row = b.row,
                            .b_col = b.col, .c = to, .c_row = row } };
    if (m > 0 && n > 0) multiply(c, &p);
}

void td_factor_subtract(td_context *c, int64_t m, int64_t n, int64_t k, double *to, int64_t row, td_strided a, td_strided b,
                        double *negated)
{
    product p = { .gemm = { .m = m, .n = n, .k = k, .b = b.at, .b_row = b.row, .b_col = b.col, .c = to, .c_row = row } };
    subtract(c, &p, a, negated);
}

/* ---- triangular systems -------------------------------------------------------------------------------------------- */

typedef struct triangle {
    const td_factor *kernel;
    int64_t    n, k;
    td_strided t;
    bool       unit;
    double    *x;
    int64_t    row;
} triangle;

/* Some columns of x, all of them up to date. */
static void solve_columns(int64_t begin, int64_t end, void *argument)
{
    const triangle *s = argument;
    for (int64_t i = 0; i < s->n; i++) {
        double       *x = s->x + i * s->row, pivot = s->t.at[i * (s->t.row + s->t.col)];
        const double *below = s->t.at + (i + 1) * s->t.row + i * s->t.col;
        if (!s->unit)
            for (int64_t j = begin; j < end; j++) x[j] /= pivot;
        if (i + 1 < s->n) s->kernel->eliminate(s->n - i - 1, end - begin, x + s->row + begin, s->row, below, s->t.row,
                                               x + begin);
    }
}

/* One that is no larger than a panel. */
static void solve_panel(td_context *c, int64_t n, int64_t k, td_strided t, bool unit, double *x, int64_t row)
{
    triangle s = { c->kernels->factor, n, k, t, unit, x, row };
    td_parallel(c, k, COLUMNS, solve_columns, &s);
}

void td_factor_forward(td_context *c, int64_t n, int64_t k, td_strided t, bool unit, double *x, int64_t row, double *work)
{
    for (int64_t i = 0, rows; i < n && k > 0; i += rows) {
        rows = smaller(n - i, PANEL);
        td_strided corner = { t.at + i * (t.row + t.col), t.row, t.col }, below = { corner.at + rows * t.row, t.row, t.col };
        solve_panel(c, rows, k, corner, unit, x + i * row, row);
        td_factor_subtract(c, n - i - rows, k, rows, x + (i + rows) * row, row, below, (td_strided){ x + i * row, row,
                                                                                                     1 }, work);
    }
}

void td_factor_backward(td_context *c, int64_t n, int64_t k, td_strided t, bool unit, double *x, int64_t row, double *work)
{
    if (n == 0) return;
    td_strided turned = { t.at + (n - 1) * (t.row + t.col), -t.row, -t.col };
    td_factor_forward(c, n, k, turned, unit, x + (n - 1) * row, -row, work);
}

/* ---- Cholesky ------------------------------------------------------------------------------------------------------ */

/* The n columns of a from the corner at `a` on, of rows `row` apart; what lies above the diagonal is not kept. */
static int64_t cholesky_corner(const td_factor *kernel, int64_t n, double *a, int64_t row)
{
    double column[PANEL];
    for (int64_t j = 0; j < n; j++) {
        double *pivot = a + j * (row + 1);
        if (!(*pivot > 0)) return j + 1;
        *pivot = sqrt(*pivot);
        for (int64_t i = 1; i < n - j; i++) column[i] = pivot[i * row] /= *pivot;
        if (j + 1 < n) kernel->eliminate(n - j - 1, n - j - 1, pivot + row + 1, row, pivot + row, row, column + 1);
    }
    return 0;
}

static void transpose(int64_t m, int64_t n, const double *from, int64_t from_row, double *to, int64_t to_row)
{
    for (int64_t i = 0; i < m; i++)
        for (int64_t j = 0; j < n; j++) to[j * to_row + i] = from[i * from_row + j];
}

int64_t td_factor_cholesky(td_context *c, int64_t n, double *a, double *work)
{
    const td_lapack *large = td_lapack_for(n, n);
    if (large) return large->cholesky(n, a);
    for (int64_t j = 0, columns; j < n; j += columns) {
        columns = smaller(n - j, PANEL);
        double *corner = a + j * (n + 1), *below = corner + columns * n, *turned = work, *negated = work + n * PANEL;
        int64_t rows = n - j - columns, bad = cholesky_corner(c->kernels->factor, columns, corner, n);
        if (bad) return j + bad;
        if (rows == 0) break;
        transpose(rows, columns, below, n, turned, rows);
        solve_panel(c, columns, rows, (td_strided){ corner, n, 1 }, false, turned, rows);
        transpose(columns, rows, turned, rows, below, n);
        product p = { .lower = true, .gemm = { .m = rows, .n = rows, .k = columns, .b = turned, .b_row = rows, .b_col = 1,
                                               .c = below + columns, .c_row = n } };
        subtract(c, &p, (td_strided){ below, n, 1 }, negated);
    }
    return 0;
}

/* ---- LU with partial pivoting -------------------------------------------------------------------------------------- */

static void swap_rows(int64_t k, double *x, double *y)
{
    for (int64_t j = 0; j < k; j++) {
        double kept = x[j];
        x[j] = y[j], y[j] = kept;
    }
}

/* The first of the largest numbers of a column, of which a NaN is the largest. */
static int64_t largest(int64_t m, const double *a, int64_t row)
{
    int64_t at = 0;
    for (int64_t i = 1; i < m; i++) {
        double x = fabs(a[i * row]), best = fabs(a[at * row]);
        if (x > best || (isnan(x) && !isnan(best))) at = i;
    }
    return at;
}

/* Columns j..j + columns of a, from row j on; whole rows are exchanged. */
static void lu_panel(const td_factor *kernel, int64_t m, int64_t n, double *a, int64_t j, int64_t columns, double *swap)
{
    for (int64_t i = j; i < j + columns && i < m; i++) {
        double *pivot = a + i * (n + 1);
        int64_t other = i + largest(m - i, pivot, n);
        swap[i] = (double)other;
        if (other != i) swap_rows(n, a + i * n, a + other * n);
        if (*pivot == 0) continue;                           /* the column is 0, and needs no multiples */
        for (int64_t r = 1; r < m - i; r++) pivot[r * n] /= *pivot;
        int64_t right = j + columns - i - 1;
        if (i + 1 < m && right > 0) kernel->eliminate(m - i - 1, right, pivot + n + 1, n, pivot + n, n, pivot + 1);
    }
}

void td_factor_lu(td_context *c, int64_t m, int64_t n, double *a, double *swap, double *work)
{
    int64_t          most = smaller(m, n);
    const td_lapack *large = td_lapack_for(m, n);
    if (large) {
        large->lu(c, m, n, a, swap);
        return;
    }
    for (int64_t j = 0, columns; j < most; j += columns) {
        columns = smaller(most - j, PANEL);
        lu_panel(c->kernels->factor, m, n, a, j, columns, swap);
        double *corner = a + j * (n + 1), *right = corner + columns, *below = corner + columns * n;
        int64_t cols = n - j - columns, rows = m - j - columns;
        if (cols > 0) solve_panel(c, columns, cols, (td_strided){ corner, n, 1 }, true, right, n);
        td_factor_subtract(c, rows, cols, columns, below + columns, n, (td_strided){ below, n, 1 },
                           (td_strided){ right, n, 1 }, work);
    }
}

void td_factor_swap(int64_t n, const double *swap, bool back, int64_t k, double *x)
{
    for (int64_t i = 0; i < n; i++) {
        int64_t row = back ? n - 1 - i : i, other = (int64_t)swap[row];
        if (other != row) swap_rows(k, x + row * k, x + other * k);
    }
}
