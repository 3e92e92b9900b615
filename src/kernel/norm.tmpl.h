/* norm.tmpl.h: norm.h for one element type.
 * Parameters: T float or double, D its td_dtype; F(name) the name of this instance; WIDEN of lanes.h for T.  All end here.
 *
 * A row stays in the first cache while it is gone through three times: for its mean, for the sums of its deviations, for the
 * result.  Deviations are taken from the mean itself, so nothing cancels.  f32 is done in double and rounded once.  Sums are
 * those of kernel.h: the same lanes and trees. */

static double F(mean)(int64_t n, const T *x)
{
    td_partial p;
    TD_OF_SET(td_reduces)[TD_REDUCE_sum][D].line(n, x, 0, 0, &p);
    return p.f / (double)n;
}

/* ---- sums of one block, g and w NULL or not: each use is compiled for itself -------------------------------------- */

static inline __attribute__((always_inline)) void F(some)(int64_t n, const T *x, const T *g, const T *w, double mean, sums *out)
{
    wide    square[WIDES] = { 0 }, slope[WIDES] = { 0 }, both[WIDES] = { 0 };
    double  d_rest[TD_BLOCK_LANES] = { 0 }, v_rest[TD_BLOCK_LANES] = { 0 };
    int64_t whole = n - n % TD_BLOCK_LANES;
    for (int64_t i = 0; i < whole; i += TD_BLOCK_LANES)
        UNROLL for (int r = 0; r < WIDES; r++) {
            int64_t k = i + r * WIDE;
            wide    d = WIDEN(x + k) - mean, v = { 0 };
            square[r] += d * d;
            if (g) v = w ? WIDEN(g + k) * WIDEN(w + k) : WIDEN(g + k);
            if (g) slope[r] += v, both[r] += d * v;
        }
    for (int64_t i = whole; i < n; i++) {
        d_rest[i - whole] = (double)x[i] - mean;
        if (g) v_rest[i - whole] = w ? (double)g[i] * (double)w[i] : (double)g[i];
    }
    if (whole < n) UNROLL for (int r = 0; r < WIDES; r++) {
        wide d = widen_f64(d_rest + r * WIDE), v = widen_f64(v_rest + r * WIDE);
        square[r] += d * d;
        if (g) slope[r] += v, both[r] += d * v;
    }
    *out = (sums){ add_lanes(square), g ? add_lanes(slope) : 0, g ? add_lanes(both) : 0 };
}

static void F(block)(int64_t n, const T *x, const T *g, const T *w, double mean, sums *out)
{
    if (!g) F(some)(n, x, NULL, NULL, mean, out);
    else if (!w) F(some)(n, x, g, NULL, mean, out);
    else F(some)(n, x, g, w, mean, out);
}

static sums F(sums_of)(int64_t n, const T *x, const T *g, const T *w, double mean)
{
    sums     part[DEEPEST];
    int      depth = 0;
    uint64_t count = 0;
    for (int64_t i = 0; i < n; i += TD_BLOCK) {
        F(block)(n - i < TD_BLOCK ? n - i : TD_BLOCK, x + i, g ? g + i : NULL, w ? w + i : NULL, mean, &part[depth++]);
        for (uint64_t bits = ++count; bits % 2 == 0; bits /= 2, depth--) join(&part[depth - 2], &part[depth - 1]);
    }
    for (; depth > 1; depth--) join(&part[depth - 2], &part[depth - 1]);
    return part[0];
}

/* ---- rows ---------------------------------------------------------------------------------------------------------- */

static double F(scale)(const td_rows *r, double squares) { return 1 / sqrt(squares / (double)r->n + r->eps); }

static void F(layer_row)(const td_rows *r, const T *x, T *y)
{
    int64_t  n = r->n;
    const T *w = r->weight, *b = r->bias;
    double   mean = F(mean)(n, x), scale = F(scale)(r, F(sums_of)(n, x, NULL, NULL, mean).square);
    if (b) EACH for (int64_t k = 0; k < n; k++) y[k] = (T)((x[k] - mean) * scale * w[k] + b[k]);
    else if (w) EACH for (int64_t k = 0; k < n; k++) y[k] = (T)((x[k] - mean) * scale * w[k]);
    else EACH for (int64_t k = 0; k < n; k++) y[k] = (T)((x[k] - mean) * scale);
}

static void F(adjoint_row)(const td_rows *r, const T *x, const T *g, T *y)
{
    int64_t  n = r->n;
    const T *w = r->weight;
    double   mean = F(mean)(n, x);
    sums     s = F(sums_of)(n, x, g, w, mean);
    double   scale = F(scale)(r, s.square), level = s.slope / (double)n;
    double   tilt = s.both / (double)n * scale * scale;
    if (w) EACH for (int64_t k = 0; k < n; k++)
        y[k] = (T)(scale * ((double)g[k] * (double)w[k] - level - (x[k] - mean) * tilt));
    else EACH for (int64_t k = 0; k < n; k++) y[k] = (T)(scale * (g[k] - level - (x[k] - mean) * tilt));
}

static void F(weights_row)(const td_rows *r, const T *x, const T *g, double *weight, double *bias)
{
    double mean = F(mean)(r->n, x), scale = F(scale)(r, F(sums_of)(r->n, x, NULL, NULL, mean).square);
    EACH for (int64_t k = 0; k < r->n; k++) {
        double v = g[k];
        weight[k] += (x[k] - mean) * scale * v;
        bias[k] += v;
    }
}

static void F(layer)(const td_rows *r, int64_t begin, int64_t end)
{
    for (int64_t i = begin; i < end; i++) F(layer_row)(r, (const T *)r->x + i * r->n, (T *)r->y + i * r->n);
}

static void F(adjoint)(const td_rows *r, int64_t begin, int64_t end)
{
    for (int64_t i = begin; i < end; i++)
        F(adjoint_row)(r, (const T *)r->x + i * r->n, (const T *)r->g + i * r->n, (T *)r->y + i * r->n);
}

static void F(weights)(const td_rows *r, int64_t begin, int64_t end)
{
    double *weight = r->y, *bias = weight + r->n;
    memset(weight, 0, 2 * (size_t)r->n * sizeof *weight);
    for (int64_t i = begin; i < end; i++)
        F(weights_row)(r, (const T *)r->x + i * r->n, (const T *)r->g + i * r->n, weight, bias);
}

#undef T
#undef D
#undef F
#undef WIDEN
