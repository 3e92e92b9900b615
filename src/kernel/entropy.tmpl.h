/* entropy.tmpl.h: the cross entropy of rows (softmax.h), of what softmax.tmpl.h has made for the same T; its parameters end
 * here.
 *
 * The target's own number is taken from the largest before the logarithm is added, and the 1 from its share within one
 * rounding, so a loss or a slope near 0 keeps its digits.  Rows have the bits of softmax's. */

/* ---- losses -------------------------------------------------------------------------------------------------------- */

/* of F(together) rows */
static void F(row_logs)(int64_t rows, int64_t n, const T *x, double *top, double *less)
{
    T turned[TURNED];
    if (rows == 1) {
        *top = F(of_row)(TD_REDUCE_max, n, x, 0);
        *less = td_m_log(F(of_row)(TD_REDUCE_sumexp, n, x, *top));
        return;
    }
    F(turn)(rows, n, x, turned);
    F(column_logs)(n, turned, rows, rows, top, less);
}

static void F(loss)(const td_entropy *e, int64_t begin, int64_t end)
{
    for (int64_t at = begin, rows; at < end; at += rows) {
        double   top[SIDE], less[SIDE];
        const T *x = (const T *)e->x + at * e->n;
        rows = F(together)(e->n, end - at);
        F(row_logs)(rows, e->n, x, top, less);
        for (int64_t i = 0; i < rows; i++) e->loss[at + i] = top[i] - (double)x[i * e->n + e->target[at + i]] + less[i];
    }
}

/* ---- slopes -------------------------------------------------------------------------------------------------------- */

static void F(slope_row)(int64_t n, const T *x, T *y, int64_t target, double scale)
{
    T      high, low;
    double part = F(ratio)(scale, F(row_shares)(n, x, y), &high, &low), there = fma((double)y[target], part, -scale);
    F(scale_row)(n, y, high, low);
    y[target] = (T)there;
}

static void F(short_slopes)(const td_entropy *e, int64_t at, int64_t rows, const T *x, T *y)
{
    T      turned[TURNED];
    double sum[SIDE], there[SIDE];
    F(turn)(rows, e->n, x, turned);
    F(column_shares)(e->n, turned, turned, rows, rows, sum);
    for (int64_t i = 0; i < rows; i++)
        there[i] = fma((double)turned[e->target[at + i] * rows + i], e->scale / sum[i], -e->scale);
    F(scale_columns)(e->n, turned, rows, rows, e->scale, sum);
    for (int64_t i = 0; i < rows; i++) turned[e->target[at + i] * rows + i] = (T)there[i];
    F(turn)(e->n, rows, turned, y);
}

static void F(slope)(const td_entropy *e, int64_t begin, int64_t end)
{
    for (int64_t at = begin, rows; at < end; at += rows) {
        const T *x = (const T *)e->x + at * e->n;
        T       *y = (T *)e->y + at * e->n;
        rows = F(together)(e->n, end - at);
        if (rows == 1) F(slope_row)(e->n, x, y, e->target[at], e->scale);
        else F(short_slopes)(e, at, rows, x, y);
    }
}

#undef T
#undef D
#undef F
#undef M
#undef FMA
