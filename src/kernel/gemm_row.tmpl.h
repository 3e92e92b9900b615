/* gemm_row.tmpl.h: C of one row, which is as fast as B can be read.
 * Parameters: those of gemm.tmpl.h.
 *
 * Each instruction that loads from B goes through memory in order, which is what processors foresee.  A vector by a matrix
 * is such a row; so is a matrix by a vector, turned. */

enum { F(DEEP) = 8, F(PAGE) = 4096 / sizeof(T), F(AHEAD) = 128 };

/* Columns of B run on: DEEP rows of B at a time, from their first number to their last. */
static void F(row_by_rows)(const td_gemm *g, int64_t k)
{
    const T *a = (const T *)g->a + k * g->a_col, *b = (const T *)g->b + k * g->b_row;
    T       *c = g->c;
    int64_t  j = 0, b_row = g->b_row;
    OF(V)    x[F(DEEP)], sum;
    TD_UNROLL for (int i = 0; i < F(DEEP); i++) x[i] = OF(SPLAT)(a[i * g->a_col]);
    for (; j + LANES <= g->n; j += LANES) {
        sum = k == 0 ? OF(SPLAT)(0) : OF(LOAD)(c + j);
        TD_UNROLL for (int i = 0; i < F(DEEP); i++) sum = OF(FMA)(x[i], OF(LOAD)(b + i * b_row + j), sum);
        OF(STORE)(c + j, sum);
    }
    if (j == g->n) return;
    int last = (int)(g->n - j);
    sum = k == 0 ? OF(SPLAT)(0) : OF(FIRST)(c + j, last);
    TD_UNROLL for (int i = 0; i < F(DEEP); i++) sum = OF(FMA)(x[i], OF(FIRST)(b + i * b_row + j, last), sum);
    OF(PUT_FIRST)(c + j, sum, last);
}

/* LANES steps of k for LANES columns of B that run on themselves: registers are filled from the columns and transposed.
 * Fetched ahead, for so many columns are more streams than processors foresee; what is fetched need not exist.
 * Not inlined, or gcc 12 keeps an address for every column in memory. */
static __attribute__((noinline)) OF(V) F(step_down)(OF(V) sum, const T *a, int64_t a_col, const T *b, int64_t b_col,
                                                         const T *later)
{
    OF(V) x[LANES];
    TD_UNROLL for (int l = 0; l < LANES; l++) __builtin_prefetch(later + l * b_col);
    TD_UNROLL for (int l = 0; l < LANES; l++) x[l] = OF(LOAD)(b + l * b_col);
    F(transpose)(x);
    TD_UNROLL for (int i = 0; i < LANES; i++) sum = OF(FMA)(OF(SPLAT)(a[i * a_col]), x[i], sum);
    return sum;
}

/* Fewer steps than LANES. */
static OF(V) F(last_steps)(OF(V) sum, const T *a, int64_t a_col, const T *b, int64_t b_col, int64_t steps)
{
    for (int64_t i = 0; i < steps; i++) {
        OF(V) x;
        for (int l = 0; l < LANES; l++) x[l] = b[l * b_col + i];
        sum = OF(FMA)(OF(SPLAT)(a[i * a_col]), x, sum);
    }
    return sum;
}

/* Rows of B run on: two registers of columns at a time, for the sums of one wait for each other; one where the columns lie
 * on pages of their own, for a cache keeps few lines whose addresses are that alike. */
static void F(row_by_columns)(const td_gemm *g, int64_t col, bool two)
{
    const T *a = g->a, *b = (const T *)g->b + col * g->b_col;
    T       *c = (T *)g->c + col;
    int64_t  k = 0, a_col = g->a_col, b_col = g->b_col, next = LANES * b_col, after = (two ? 2 : 1) * next - g->k;
    OF(V)    left = OF(SPLAT)(0), right = left;
    for (; k + LANES <= g->k; k += LANES) {
        const T *later = b + k + F(AHEAD) + (k + F(AHEAD) < g->k ? 0 : after);
        left = F(step_down)(left, a + k * a_col, a_col, b + k, b_col, later);
        if (two) right = F(step_down)(right, a + k * a_col, a_col, b + next + k, b_col, later + next);
    }
    OF(STORE)(c, F(last_steps)(left, a + k * a_col, a_col, b + k, b_col, g->k - k));
    if (two) OF(STORE)(c + LANES, F(last_steps)(right, a + k * a_col, a_col, b + next + k, b_col, g->k - k));
}

/* Does what it can of *g; what is left is in *g, and whether its sums begin. */
static bool F(row)(td_gemm *g)
{
    int64_t k = 0, col = 0;
    if (g->b_col == 1)
        for (; k + F(DEEP) <= g->k; k += F(DEEP)) F(row_by_rows)(g, k);
    else if (g->b_row == 1)
        for (int64_t registers = g->b_col < F(PAGE) ? 2 : 1; col + registers * LANES <= g->n; col += registers * LANES)
            F(row_by_columns)(g, col, registers > 1);
    g->a = (const T *)g->a + k * g->a_col;
    g->b = (const T *)g->b + k * g->b_row + col * g->b_col;
    g->c = (T *)g->c + col;
    g->n = k > 0 && k == g->k ? 0 : g->n - col;
    g->k -= k;
    return k == 0;
}
