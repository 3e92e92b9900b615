/* softmax.tmpl.h: softmax.h for one element type.
 * Parameters: T float or double, D its td_dtype; F(name) the name of this instance; M(name) of exp_below.h for T; FMA of T.
 * They end in entropy.tmpl.h.
 *
 * A row, or columns side by side, is gone through three times while it is in cache: for the largest, top; for shares of
 * which that of top is about 1, which go where the result will stand; to divide them by their sum.  Nothing overflows and
 * the sum is at least 1/2.  A row with a NaN, with +inf, or of -inf alone becomes NaN.  Sums are those of reduce.c, so a row
 * and a column of the same numbers give the same bits. */

MATH(shares, 1, 4, M(exp_share)(X, s))
MATH(far_shares, 1, 4, M(exp_below)(X, s))

/* times / sum = high + low, to twice the precision: a product with both is rounded once.  Returns it as a double. */
static double F(ratio)(double times, double sum, T *high, T *low)
{
    double part = times / sum, rest = fma(-part, sum, times) / sum;
    *high = (T)part;
    *low = (T)(part - *high + rest);
    return part;
}

/* ---- rows ---------------------------------------------------------------------------------------------------------- */

static double F(of_row)(int how, int64_t n, const T *x, double shift)
{
    td_partial p;
    TD_OF_SET(td_reduces)[how][D].line(n, x, 0, shift, &p);
    return p.f;
}

static void F(shares_of)(int64_t n, const T *x, T *y, T top)
{
    td_map_fn *shares = M(far)(top) ? F(far_shares) : F(shares);
    shares(n, y, (const void *const[]){ x }, top, 0);
}

/* y_i = a share of x_i; returns their sum */
static double F(row_shares)(int64_t n, const T *x, T *y)
{
    F(shares_of)(n, x, y, (T)F(of_row)(TD_REDUCE_max, n, x, 0));
    return F(of_row)(TD_REDUCE_sum, n, y, 0);
}

/* Registers lie within lines of the cache: a store to two is slow. */
static void F(scale_row)(int64_t n, T *y, T high, T low)
{
    int64_t head = (int64_t)(-((uintptr_t)y / sizeof(T)) % (LINE / sizeof(T)));
    if (head > n) head = n;
    for (int64_t i = 0; i < head; i++) y[i] = FMA(y[i], high, y[i] * low);
    EACH for (int64_t i = head; i < n; i++) y[i] = FMA(y[i], high, y[i] * low);
}

/* Step by step: each step of a row ends in a chain that its next one waits for. */
static void F(few_rows)(int64_t n, int64_t rows, const T *x, T *y)
{
    T top[FEW], high[FEW], low[FEW];
    for (int64_t i = 0; i < rows; i++) top[i] = (T)F(of_row)(TD_REDUCE_max, n, x + i * n, 0);
    for (int64_t i = 0; i < rows; i++) F(shares_of)(n, x + i * n, y + i * n, top[i]);
    for (int64_t i = 0; i < rows; i++) F(ratio)(1, F(of_row)(TD_REDUCE_sum, n, y + i * n, 0), &high[i], &low[i]);
    for (int64_t i = 0; i < rows; i++) F(scale_row)(n, y + i * n, high[i], low[i]);
}

/* Rows of a result that goes past the caches, n <= ROOM.  Memory is kept busy while shares are made: piece by piece the row
 * before is carried off and the next one is asked for. */
static void F(rows_past)(int64_t n, int64_t rows, const T *x, T *y)
{
    const int64_t    piece = PIECE / (int64_t)sizeof(T);
    _Alignas(LINE) T made[2][ROOM];
    T                top = 0, high = 0, low = 0;
    for (int64_t i = 0; i <= rows; i++, x += n) {
        T *now = made[i % 2], *before = made[(i + 1) % 2];
        if (i < rows) top = (T)F(of_row)(TD_REDUCE_max, n, x, 0);
        for (int64_t at = 0; at < n; at += piece) {
            int64_t count = n - at < piece ? n - at : piece;
            if (i < rows) F(shares_of)(count, x + at, now + at, top);
            if (i == 0) continue;
            F(scale_row)(count, before + at, high, low);
            TD_OF_SET(td_past).write(count * (int64_t)sizeof(T), y + (i - 1) * n + at, before + at, 1,
                                     (const void *const[]){ x + n + at });
        }
        if (i < rows) F(ratio)(1, F(of_row)(TD_REDUCE_sum, n, now, 0), &high, &low);
    }
    TD_OF_SET(td_past).finish();
}

static void F(log_row)(int64_t n, const T *x, T *y)
{
    double top = F(of_row)(TD_REDUCE_max, n, x, 0), less = td_m_log(F(of_row)(TD_REDUCE_sumexp, n, x, top));
    EACH for (int64_t i = 0; i < n; i++) y[i] = (T)((double)x[i] - top - less);
}

/* ---- columns side by side ------------------------------------------------------------------------------------------ */

static void F(of_columns)(int how, int64_t n, const T *x, int64_t inner, int64_t width, const double *shift, double *out)
{
    const td_reduce *reduce = &TD_OF_SET(td_reduces)[how][D];
    td_partial       part[DEEPEST * SIDE];
    const void      *row[TD_BLOCK];
    td_tree          t = { .merge = reduce->merge, .width = width, .part = part };
    td_panel         p = { .width = width, .row = row, .shift = shift, .dense = width == inner };
    for (int64_t i = 0; i < n; i += p.n) {
        p.n = n - i < TD_BLOCK ? n - i : TD_BLOCK;
        for (int64_t r = 0; r < p.n; r++) row[r] = x + (i + r) * inner;
        reduce->panel(&p, td_tree_top(&t));
        td_tree_push(&t);
    }
    td_tree_end(&t);
    for (int64_t c = 0; c < width; c++) out[c] = part[c].f;
}

static void F(share_row)(int64_t width, const T *x, T *y, const T *top, bool far)
{
    if (!far) EACH for (int64_t c = 0; c < width; c++) y[c] = M(exp_share)(x[c], top[c]);
    else for (int64_t c = 0; c < width; c++) y[c] = M(far)(top[c]) ? M(exp_below)(x[c], top[c]) : M(exp_share)(x[c], top[c]);
}

/* y = shares of x, sum those of a column */
static void F(column_shares)(int64_t n, const T *x, T *y, int64_t inner, int64_t width, double *sum)
{
    T    top[SIDE];
    bool far = false;
    F(of_columns)(TD_REDUCE_max, n, x, inner, width, NULL, sum);
    for (int64_t c = 0; c < width; c++) {
        top[c] = (T)sum[c];
        far |= M(far)(top[c]);
    }
    for (int64_t i = 0; i < n; i++) F(share_row)(width, x + i * inner, y + i * inner, top, far);
    F(of_columns)(TD_REDUCE_sum, n, y, inner, width, NULL, sum);
}

static void F(scale_columns)(int64_t n, T *y, int64_t inner, int64_t width, double times, const double *sum)
{
    T high[SIDE], low[SIDE];
    for (int64_t c = 0; c < width; c++) F(ratio)(times, sum[c], &high[c], &low[c]);
    for (int64_t i = 0; i < n; i++) {
        T *to = y + i * inner;
        EACH for (int64_t c = 0; c < width; c++) to[c] = FMA(to[c], high[c], to[c] * low[c]);
    }
}

static void F(columns)(int64_t n, const T *x, T *y, int64_t inner, int64_t width)
{
    double sum[SIDE];
    F(column_shares)(n, x, y, inner, width, sum);
    F(scale_columns)(n, y, inner, width, 1, sum);
}

/* top, and the logarithm of the sum of e^(x - top) */
static void F(column_logs)(int64_t n, const T *x, int64_t inner, int64_t width, double *top, double *less)
{
    F(of_columns)(TD_REDUCE_max, n, x, inner, width, NULL, top);
    F(of_columns)(TD_REDUCE_sumexp, n, x, inner, width, top, less);
    for (int64_t c = 0; c < width; c++) less[c] = td_m_log(less[c]);
}

static void F(log_columns)(int64_t n, const T *x, T *y, int64_t inner, int64_t width)
{
    double top[SIDE], less[SIDE];
    F(column_logs)(n, x, inner, width, top, less);
    for (int64_t i = 0; i < n; i++) {
        const T *from = x + i * inner;
        T       *to = y + i * inner;
        EACH for (int64_t c = 0; c < width; c++) to[c] = (T)((double)from[c] - top[c] - less[c]);
    }
}

/* ---- short rows, turned to columns ----------------------------------------------------------------------------------- */

/* to (columns, rows) = from (rows, columns).  Not inlined: gcc 12 then takes `to` for unset where a size might be 0. */
static __attribute__((noinline)) void F(turn)(int64_t rows, int64_t columns, const T *from, T *to)
{
    for (int64_t k = 0; k < columns; k++) EACH for (int64_t r = 0; r < rows; r++) to[k * rows + r] = from[r * columns + k];
}

static void F(short_rows)(const td_columns *c, int64_t rows, const T *x, T *y)
{
    T turned[TURNED];
    F(turn)(rows, c->n, x, turned);
    (c->log ? F(log_columns) : F(columns))(c->n, turned, turned, rows, rows);
    F(turn)(c->n, rows, turned, y);
}

/* ---- all ------------------------------------------------------------------------------------------------------------- */

/* How many of these rows are done together. */
static int64_t F(together)(int64_t n, int64_t rows)
{
    if (n > SHORT) return 1;
    int64_t most = TURNED / n < SIDE ? TURNED / n : SIDE;
    return rows < most ? rows : most;
}

/* The same of longer rows. */
static int64_t F(few)(int64_t n, int64_t rows)
{
    int64_t most = NEAR / (n * (int64_t)sizeof(T));
    if (most > FEW) most = FEW;
    return rows < most ? rows : most > 1 ? most : 1;
}

static int64_t F(rows)(const td_columns *c, int64_t rows, const T *x, T *y)
{
    int64_t beside = F(together)(c->n, rows), few = c->log ? 1 : F(few)(c->n, rows);
    if (c->past && !c->log && c->n > SHORT && c->n <= ROOM) {
        F(rows_past)(c->n, rows, x, y);
        return rows;
    }
    if (beside > 1) {
        F(short_rows)(c, beside, x, y);
        return beside;
    }
    if (c->log) F(log_row)(c->n, x, y);
    else F(few_rows)(c->n, few, x, y);
    return few;
}

static int64_t F(some_columns)(const td_columns *c, int64_t width, const T *x, T *y)
{
    if (width > SIDE) width = SIDE;
    (c->log ? F(log_columns) : F(columns))(c->n, x, y, c->inner, width);
    return width;
}

static void F(softmax)(const td_columns *c, int64_t begin, int64_t end)
{
    for (int64_t at = begin; at < end;) {
        int64_t  beside = c->inner - at % c->inner, first = at / c->inner * c->n * c->inner + at % c->inner;
        const T *x = (const T *)c->x + first;
        T       *y = (T *)c->y + first;
        if (c->inner == 1) at += F(rows)(c, end - at, x, y);
        else at += F(some_columns)(c, end - at < beside ? end - at : beside, x, y);
    }
}
