/* test_gemm.c: matrix products, bit for bit those of three plain loops: every set of this machine, every layout, every path.
 *
 * Operands stand in memory of exactly their size, so that AddressSanitizer sees a read past them.  Sizes stand at, one
 * below and one above a register, a tile, a piece and a panel; all sets see the same sizes. */
#include <stdint.h>

#include "kernel/kernel.h"
#include "testing.h"

/* ---- numbers ------------------------------------------------------------------------------------------------------ */

typedef union number {
    int64_t  i;
    uint64_t u;
    float    f;
    double   d;
} number;

static const int64_t BYTES[TD_K_DTYPES] = {1, 8, 4, 8};
static const char   *DTYPE[TD_K_DTYPES] = {"bool", "i64", "f32", "f64"};

static number load(const void *from, int dtype, int64_t i)
{
    number x = {.u = 0};
    memcpy(&x, (const char *)from + i * BYTES[dtype], (size_t)BYTES[dtype]);
    return x;
}

static void store(void *to, int dtype, int64_t i, number x)
{
    memcpy((char *)to + i * BYTES[dtype], &x, (size_t)BYTES[dtype]);
}

static uint64_t scramble(uint64_t i)
{
    i = (i ^ i >> 30) * 0xbf58476d1ce4e5b9u;
    i = (i ^ i >> 27) * 0x94d049bb133111ebu;
    return i ^ i >> 31;
}

/* Ordinary numbers; `wild`: a few that are none, so that one which does not belong into a sum would be seen. */
static number drawn(int dtype, uint64_t i, bool wild)
{
    static const double odd[] = {-0.0, 0.0, INFINITY, -INFINITY, NAN, 1e-310, 1e308};
    uint64_t bits = scramble(i + 1);
    double   x = (double)(int64_t)bits * 0x1p-62;
    if (wild && bits % 41 == 0) x = odd[bits / 41 % (sizeof odd / sizeof *odd)];
    if (dtype == TD_K_I64) return (number){.u = bits};
    return dtype == TD_K_F32 ? (number){.f = (float)x} : (number){.d = x};
}

static number step(int dtype, number a, number b, number c)
{
    if (dtype == TD_K_I64) return (number){.u = a.u * b.u + c.u};
    return dtype == TD_K_F32 ? (number){.f = fmaf(a.f, b.f, c.f)} : (number){.d = fma(a.d, b.d, c.d)};
}

/* NaNs count as one value: which of several an fma hands on is the machine's. */
static bool same(int dtype, number x, number y)
{
    if (dtype == TD_K_F32 && isnan(x.f)) return isnan(y.f);
    if (dtype == TD_K_F64 && isnan(x.d)) return isnan(y.d);
    return x.u == y.u;
}

/* ---- matrices ------------------------------------------------------------------------------------------------------- */

typedef struct matrix {
    void   *data;
    int64_t rows, cols, row, col;    /* strides */
} matrix;

typedef enum layout { ROWS, COLUMNS, GAPS, LAYOUTS } layout;

/* Every second number of rows with a gap, or no gap at all. */
static matrix make(int dtype, int64_t rows, int64_t cols, layout l, uint64_t seed, bool wild)
{
    const int64_t row[LAYOUTS] = {cols, 1, 2 * cols + 3}, col[LAYOUTS] = {1, rows, 2};
    matrix        x = {NULL, rows, cols, row[l], col[l]};
    int64_t       count = rows && cols ? (rows - 1) * x.row + (cols - 1) * x.col + 1 : 0;
    x.data = malloc((size_t)(count * BYTES[dtype]));
    for (int64_t i = 0; x.data && i < count; i++) store(x.data, dtype, i, drawn(dtype, seed + (uint64_t)i, wild));
    return x;
}

static number at(const matrix *x, int dtype, int64_t i, int64_t j) { return load(x->data, dtype, i * x->row + j * x->col); }

static number plain(const matrix *a, const matrix *b, int dtype, int64_t i, int64_t j)
{
    number sum = {.u = 0};
    for (int64_t k = 0; k < a->cols; k++) sum = step(dtype, at(a, dtype, i, k), at(b, dtype, k, j), sum);
    return sum;
}

/* The first difference in words, or NULL. */
static const char *difference(const matrix *a, const matrix *b, const matrix *c, int dtype)
{
    static char text[160];
    for (int64_t i = 0; i < c->rows; i++)
        for (int64_t j = 0; j < c->cols; j++) {
            number x = at(c, dtype, i, j), y = plain(a, b, dtype, i, j);
            if (same(dtype, x, y)) continue;
            snprintf(text, sizeof text, "element %lld,%lld is %016llx, not %016llx", (long long)i, (long long)j,
                     (unsigned long long)x.u, (unsigned long long)y.u);
            return text;
        }
    return NULL;
}

/* ---- kernels -------------------------------------------------------------------------------------------------------- */

typedef struct way {
    const td_kernels *set;
    int               dtype;
    layout            a, b, c;
    bool              packed, far;
} way;

static void check_kernel(const way *w, int64_t m, int64_t n, int64_t k)
{
    const td_gemm_kernel *kernel = w->set->gemm[w->dtype];
    bool    wild = (m + n + k) % 3 == 0;
    matrix  a = make(w->dtype, m, k, w->a, 0, wild), b = make(w->dtype, k, n, w->b, 1 << 20, wild);
    matrix  c = make(w->dtype, m, n, w->c, 1 << 30, true);
    int64_t room = (n + kernel->lanes - 1) / kernel->lanes * kernel->lanes * k * BYTES[w->dtype];
    td_gemm g = {m, n, k, a.data, b.data, a.row, a.col, b.row, b.col, c.data, c.row, c.col, NULL, false, w->far};
    void   *packed = malloc((size_t)room);
    if (w->packed) kernel->pack(&g, packed);
    if (w->packed) g.packed = packed;
    kernel->multiply(&g);
    const char *wrong = difference(&a, &b, &c, w->dtype);
    CHECK(!wrong, "%s %s (%lld,%lld) by (%lld,%lld), layouts %d %d %d, packed %d, far %d: %s", w->set->name, DTYPE[w->dtype],
          (long long)m, (long long)k, (long long)k, (long long)n, w->a, w->b, w->c, w->packed, w->far, wrong);
    free(packed);
    free(a.data);
    free(b.data);
    free(c.data);
}

static void check_layouts(const td_kernels *set, int64_t m, int64_t n, int64_t k)
{
    for (int dtype = TD_K_I64; dtype < TD_K_DTYPES; dtype++)
        for (int i = 0; i < LAYOUTS * LAYOUTS * LAYOUTS * 2; i++)
            check_kernel(&(way){set, dtype, i / 2 % 3, i / 6 % 3, i / 18, i % 2, (m + n + i / 2) % 2}, m, n, k);
}

typedef void visit(const td_kernels *set);

static void each_set(visit *f)
{
    bool here;
    for (int i = 0; td_kernels_at(i, &here); i++)
        if (here) f(td_kernels_at(i, &here));
}

/* m x n: all sides of every tile, in registers of 2 to 16 numbers. */
static void small_sizes(const td_kernels *set)
{
    static const int64_t sizes[] = {1, 2, 3, 4, 5, 7, 8, 9, 13, 16, 17, 31, 33};
    enum { COUNT = sizeof sizes / sizeof *sizes };
    for (int i = 0; i < COUNT; i++)
        for (int j = 0; j < COUNT; j++) check_layouts(set, sizes[i], sizes[j], sizes[(i + j) % COUNT]);
}

static void other_sizes(const td_kernels *set)
{
    static const struct { int64_t m, n, k; } sizes[] = {
        {1, 1, 0}, {5, 17, 0}, {1, 1, 200}, {3, 65, 1}, {17, 63, 64}, {19, 71, 129}, {2, 10, 513}, {10, 16, 1025},
        {7, 130, 15}, {1, 67, 131}, {1, 600, 9}, {1, 37, 1030},
    };
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) check_layouts(set, sizes[i].m, sizes[i].n, sizes[i].k);
}

TEST(gemm, every_tile_of_every_set_is_three_plain_loops) { each_set(small_sizes); }
TEST(gemm, thin_long_and_empty_sums_are_three_plain_loops) { each_set(other_sizes); }

/* ---- the op --------------------------------------------------------------------------------------------------------- */

/* (a0, a1, m, k) by (b0, b1, k, n), where of a0 and b0, a1 and b1 one may be 1; transposed: so in memory. */
typedef struct factors {
    int64_t a0, a1, b0, b1, m, n, k;
    bool    at, bt;
} factors;

static int64_t larger(int64_t a, int64_t b) { return a > b ? a : b; }

static td_tensor *operand(td_context *c, int dtype, const int64_t *size, bool transposed, uint64_t seed)
{
    int64_t stored[4] = {size[0], size[1], size[transposed ? 3 : 2], size[transposed ? 2 : 3]};
    int64_t count = size[0] * size[1] * size[2] * size[3];
    void   *data = malloc((size_t)(count * BYTES[dtype]));
    for (int64_t i = 0; data && i < count; i++) store(data, dtype, i, drawn(dtype, seed + (uint64_t)i, false));
    td_tensor *x = td_array(c, (td_dtype)dtype, 4, stored, data);
    free(data);
    return transposed ? td_transpose(x, -1, -2) : x;
}

/* Matrix i, j of a row-major stack whose leading axes broadcast. */
static matrix matrix_of(const char *data, int dtype, const int64_t *size, int64_t i, int64_t j)
{
    int64_t at = (i % size[0] * size[1] + j % size[1]) * size[2] * size[3];
    return (matrix){(void *)(data + at * BYTES[dtype]), size[2], size[3], size[3], 1};
}

typedef struct run {
    td_context *c;
    const void *a, *b, *y;        /* row-major */
} run;

static run run_op(int dtype, const factors *f, int threads)
{
    td_context *c = td_open(&(td_options){.engine = td_eval_engine(), .threads = threads});
    td_tensor  *a = operand(c, dtype, (int64_t[]){f->a0, f->a1, f->m, f->k}, f->at, 0);
    td_tensor  *b = operand(c, dtype, (int64_t[]){f->b0, f->b1, f->k, f->n}, f->bt, 1 << 20);
    const void *y = td_data(td_matmul(a, b));
    CHECK(y && !td_error(c), "%s", td_message(c));
    return (run){c, td_data(a), td_data(b), y};
}

static void check_stack(int dtype, const factors *f, const run *r)
{
    const int64_t a_size[] = {f->a0, f->a1, f->m, f->k}, b_size[] = {f->b0, f->b1, f->k, f->n};
    const int64_t c_size[] = {larger(f->a0, f->b0), larger(f->a1, f->b1), f->m, f->n};
    for (int64_t t = 0; t < c_size[0] * c_size[1]; t++) {
        int64_t     i = t / c_size[1], j = t % c_size[1];
        matrix      a = matrix_of(r->a, dtype, a_size, i, j), b = matrix_of(r->b, dtype, b_size, i, j);
        matrix      c = matrix_of(r->y, dtype, c_size, i, j);
        const char *wrong = difference(&a, &b, &c, dtype);
        CHECK(!wrong, "%s (%lld,%lld)%s by (%lld,%lld)%s, matrix %lld: %s", DTYPE[dtype], (long long)f->m, (long long)f->k,
              f->at ? "^T" : "", (long long)f->k, (long long)f->n, f->bt ? "^T" : "", (long long)t, wrong);
    }
}

static void check_op(int dtype, const factors *f)
{
    static const int threads[] = {2, 3, 8};
    size_t           bytes = (size_t)(larger(f->a0, f->b0) * larger(f->a1, f->b1) * f->m * f->n * BYTES[dtype]);
    run              one = run_op(dtype, f, 1);
    if (one.y) check_stack(dtype, f, &one);
    for (int i = 0; one.y && i < 3; i++) {
        run other = run_op(dtype, f, threads[i]);
        CHECK(other.y && !memcmp(one.y, other.y, bytes), "%s (%lld,%lld) by (%lld,%lld): other bits with %d threads",
              DTYPE[dtype], (long long)f->m, (long long)f->k, (long long)f->k, (long long)f->n, threads[i]);
        td_close(other.c);
    }
    td_close(one.c);
}

/* Vectors, thin ones, stacks, and what is packed: columns on pages of their own, transposed, more than one panel of k. */
static const factors products[] = {
    {1, 1, 1, 1, 1, 300, 700, false, false}, {1, 1, 1, 1, 1, 300, 700, false, true}, {1, 1, 1, 1, 300, 1, 700, false, false},
    {1, 1, 1, 1, 300, 1, 700, true, false}, {1, 1, 1, 1, 512, 10, 40, false, false}, {1, 1, 1, 1, 10, 512, 40, true, true},
    {1, 1, 1, 1, 3000, 16, 16, false, true}, {1, 1, 1, 1, 300, 90, 0, false, false}, {1, 1, 1, 1, 400, 300, 1, false, false},
    {2, 3, 1, 3, 33, 34, 35, false, false}, {2, 1, 1, 3, 20, 7, 50, true, true}, {1, 4, 2, 1, 101, 65, 70, false, true},
    {1, 1, 1, 1, 195, 270, 60, false, true}, {1, 1, 1, 1, 200, 517, 20, true, false},
    {1, 1, 1, 1, 250, 300, 70, true, true},
    {1, 1, 1, 1, 200, 1030, 17, false, false},
    {1, 2, 1, 1, 200, 70, 130, true, true}, {1, 1, 1, 1, 193, 20, 1030, false, true},
};

TEST(gemm, products_are_three_plain_loops_for_any_number_of_threads)
{
    for (size_t i = 0; i < sizeof products / sizeof *products; i++)
        for (int dtype = TD_K_I64; dtype < TD_K_DTYPES; dtype++) check_op(dtype, &products[i]);
}
