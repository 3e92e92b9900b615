/* softmax.tmpl.h: softmax.h for one element type.
 * Parameters: T float or double, D its td_dtype; F(name) the name of this instance; M(name) of exp_below.h for T; FMA of T.
 * All of them end here.
 *
 * A row, or columns side by side, is gone through three times while it is in cache: for the largest, top; for shares of
 * which that of top is about 1, which go where the result will stand; to divide them by their sum.  Nothing overflows and
 * the sum is at least 1/2.  A row with a NaN, with +inf, or of -inf alone becomes NaN.  Sums are those of reduce.c, so a row
 * and a column of the same numbers give the same bits. */

MATH(shares, 1, 4, M(exp_share)(X, s))
MATH(far_shares, 1, 4, M(exp_below)(X, s))

/* 1 / sum = high + low, to twice the precision: a product with both is rounded once. */
static void F(divisor)(double sum, T *high, T *low)
{
    double part = 1 / sum, rest = fma(-part, sum, 1) * part;
    *high = (T)part;
    *low = (T)(part - *high + rest);
}

/* ---- rows ---------------------------------------------------------------------------------------------------------- */

static double F(of_row)(int how, int64_t n, const T *x, double shift)
{
    td_partial p;
    TD_OF_SET(td_reduces)[how][D].line(n, x, 0, shift, &p);
    return p.f;
}

static void F(row)(int64_t n, const T *x, T *y)
{
    T          top = (T)F(of_row)(TD_REDUCE_max, n, x, 0), high, low;
    td_map_fn *shares = M(far)(top) ? F(far_shares) : F(shares);
    shares(n, y, (const void *const[]){ x }, top, 0);
    F(divisor)(F(of_row)(TD_REDUCE_sum, n, y, 0), &high, &low);
    EACH for (int64_t i = 0; i < n; i++) y[i] = FMA(y[i], high, y[i] * low);
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

static void F(columns)(int64_t n, const T *x, T *y, int64_t inner, int64_t width)
{
    double found[SIDE];
    T      top[SIDE], high[SIDE], low[SIDE];
    bool   far = false;
    F(of_columns)(TD_REDUCE_max, n, x, inner, width, NULL, found);
    for (int64_t c = 0; c < width; c++) {
        top[c] = (T)found[c];
        far |= M(far)(top[c]);
    }
    for (int64_t i = 0; i < n; i++) F(share_row)(width, x + i * inner, y + i * inner, top, far);
    F(of_columns)(TD_REDUCE_sum, n, y, inner, width, NULL, found);
    for (int64_t c = 0; c < width; c++) F(divisor)(found[c], &high[c], &low[c]);
    for (int64_t i = 0; i < n; i++) {
        T *to = y + i * inner;
        EACH for (int64_t c = 0; c < width; c++) to[c] = FMA(to[c], high[c], to[c] * low[c]);
    }
}

static void F(log_columns)(int64_t n, const T *x, T *y, int64_t inner, int64_t width)
{
    double top[SIDE], less[SIDE];
    F(of_columns)(TD_REDUCE_max, n, x, inner, width, NULL, top);
    F(of_columns)(TD_REDUCE_sumexp, n, x, inner, width, top, less);
    for (int64_t c = 0; c < width; c++) less[c] = td_m_log(less[c]);
    for (int64_t i = 0; i < n; i++) {
        const T *from = x + i * inner;
        T       *to = y + i * inner;
        EACH for (int64_t c = 0; c < width; c++) to[c] = (T)((double)from[c] - top[c] - less[c]);
    }
}

static void F(softmax)(const td_columns *c, int64_t begin, int64_t end)
{
    for (int64_t at = begin, width; at < end; at += width) {
        int64_t  beside = c->inner - at % c->inner, first = at / c->inner * c->n * c->inner + at % c->inner;
        const T *x = (const T *)c->x + first;
        T       *y = (T *)c->y + first;
        width = end - at < beside ? end - at : beside;
        if (width > SIDE) width = SIDE;
        if (c->inner == 1) (c->log ? F(log_row) : F(row))(c->n, x, y);
        else (c->log ? F(log_columns) : F(columns))(c->n, x, y, c->inner, width);
    }
}

#undef T
#undef D
#undef F
#undef M
#undef FMA
