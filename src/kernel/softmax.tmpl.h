/* softmax.tmpl.h: softmax.h for one element type.
 *
 *     T           float or double
 *     F(name)     name of this instance
 *
 * Up to LANES neighbouring columns are done together, so that memory is read along its lines.  With top the largest of a
 * column, every exp is at most 1 and one of them is 1: nothing overflows and the sum is at least 1.  A column with a NaN,
 * with +inf, or of -inf alone becomes NaN.  Exponentials and sums are double, sums in order. */

static void F(find_tops)(const T *x, double *top, int64_t n, int64_t inner, int64_t width)
{
    for (int64_t k = 0; k < width; k++) top[k] = -INFINITY;
    for (int64_t i = 0; i < n; i++)
        for (int64_t k = 0; k < width; k++)
            if (x[i * inner + k] > top[k]) top[k] = x[i * inner + k];
}

static void F(normalise)(const T *x, T *y, const double *top, int64_t n, int64_t inner, int64_t width)
{
    double sum[LANES] = { 0 };
    for (int64_t i = 0; i < n; i++)
        for (int64_t k = 0; k < width; k++) {
            double e = exp(x[i * inner + k] - top[k]);
            y[i * inner + k] = (T)e;
            sum[k] += e;
        }
    for (int64_t i = 0; i < n; i++)
        for (int64_t k = 0; k < width; k++) y[i * inner + k] = (T)(y[i * inner + k] / sum[k]);
}

static void F(normalise_log)(const T *x, T *y, const double *top, int64_t n, int64_t inner, int64_t width)
{
    double sum[LANES] = { 0 };
    for (int64_t i = 0; i < n; i++)
        for (int64_t k = 0; k < width; k++) sum[k] += exp(x[i * inner + k] - top[k]);
    for (int64_t k = 0; k < width; k++) sum[k] = log(sum[k]);
    for (int64_t i = 0; i < n; i++)
        for (int64_t k = 0; k < width; k++) y[i * inner + k] = (T)(x[i * inner + k] - top[k] - sum[k]);
}

static void F(softmax)(const td_columns *c, int64_t begin, int64_t end)
{
    for (int64_t at = begin; at < end;) {
        int64_t  in_row = c->inner - at % c->inner, width = end - at;
        int64_t  first = at / c->inner * c->n * c->inner + at % c->inner;
        const T *x = (const T *)c->x + first;
        T       *y = (T *)c->y + first;
        double   top[LANES];
        if (width > in_row) width = in_row;
        if (width > LANES) width = LANES;
        F(find_tops)(x, top, c->n, c->inner, width);
        (c->log ? F(normalise_log) : F(normalise))(x, y, top, c->n, c->inner, width);
        at += width;
    }
}

#undef T
#undef F
