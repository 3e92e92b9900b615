/* sum.tmpl.h: lines and panels of what is joined in lanes.
 * Parameters: T float or double, F(name) the name of this instance, OF(name) of lanes.h for T (without PLAIN: of the sums of T); START, JOIN(a, b) and
 * VALUE(x, shift) as in reduce.c; PLAIN: VALUE knows no shift and takes registers too.  T, F and OF end here.
 *
 * A panel's columns go side by side through what a line's block does.  A lane is a sum over rows that stand TD_BLOCK_LANES
 * apart; eight of them are read together, so that the sum is fetched once for eight.  Lanes are made in the order in which
 * their tree asks for them, which needs no more than one row of memory for each level of it. */

#ifdef PLAIN
static inline __attribute__((always_inline)) double F(block_of)(int64_t n, const T *x, bool far)
{
    wide    lane[WIDES];
    double  last[WIDE];
    int64_t whole = n - n % TD_BLOCK_LANES;
    UNROLL for (int r = 0; r < WIDES; r++) lane[r] = (wide){ 0 } + START;
    for (int64_t i = 0; i < whole; i += TD_BLOCK_LANES) {
        if (far) fetch(x + i, TD_BLOCK_LANES * sizeof(T));
        UNROLL for (int r = 0; r < WIDES; r++) {
            wide v = OF(widen)(x + i + r * WIDE);
            lane[r] = JOIN(lane[r], VALUE(v, 0));
        }
    }
    if (whole < n) {
        T rest[TD_BLOCK_LANES];
        for (int l = 0; l < TD_BLOCK_LANES; l++) rest[l] = START;
        memcpy(rest, x + whole, (size_t)(n - whole) * sizeof(T));
        UNROLL for (int r = 0; r < WIDES; r++) {
            wide v = OF(widen)(rest + r * WIDE);
            lane[r] = JOIN(lane[r], VALUE(v, 0));
        }
    }
    UNROLL for (int half = WIDES / 2; half; half /= 2)
        UNROLL for (int r = 0; r < half; r++) lane[r] = JOIN(lane[r], lane[r + half]);
    memcpy(last, &lane[0], sizeof last);
    UNROLL for (int half = WIDE / 2; half; half /= 2)
        UNROLL for (int l = 0; l < half; l++) last[l] = JOIN(last[l], last[l + half]);
    return last[0];
}

/* Numbers in less than half of the lanes: the others change nothing. */
static double F(few)(int64_t n, const T *x)
{
    double lane[TD_BLOCK_LANES];
    for (int64_t l = 0; l < n; l++) lane[l] = JOIN(START, VALUE((double)x[l], 0));
    for (int64_t half = TD_BLOCK_LANES / 2; half; half /= 2)
        for (int64_t l = 0; l < half && l + half < n; l++) lane[l] = JOIN(lane[l], lane[l + half]);
    return lane[0];
}

static double F(block)(int64_t n, const T *x, double shift, bool far)
{
    (void)shift;
    if (n < TD_BLOCK_LANES / 2) return F(few)(n, x);
    return far ? F(block_of)(n, x, true) : F(block_of)(n, x, false);
}
#else
static double F(block)(int64_t n, const T *x, double shift, bool far)
{
    T       value[TD_BLOCK];
    int64_t m = n / 4;
    (void)far;
    EACH for (int64_t i = 0; i < m; i++) {    /* four at a time: an elementary function is a long chain */
        T a = VALUE(x[i], (T)shift), b = VALUE(x[m + i], (T)shift);
        T c = VALUE(x[2 * m + i], (T)shift), d = VALUE(x[3 * m + i], (T)shift);
        value[i] = a, value[m + i] = b, value[2 * m + i] = c, value[3 * m + i] = d;
    }
    for (int64_t i = 4 * m; i < n; i++) value[i] = VALUE(x[i], (T)shift);
    return OF(sum_block)(n, value, 0, false);
}
#endif

static void F(line)(int64_t n, const void *x, int64_t first, double shift, td_partial *out)
{
    double   part[DEEPEST];
    int      depth = 0;
    uint64_t count = 0;
    bool     far = n >= LONG / (int64_t)sizeof(T);
    (void)first;
    for (int64_t i = 0; i < n; i += TD_BLOCK) {
        part[depth++] = F(block)(n - i < TD_BLOCK ? n - i : TD_BLOCK, (const T *)x + i, shift, far);
        for (uint64_t bits = ++count; bits % 2 == 0; bits /= 2, depth--)
            part[depth - 2] = JOIN(part[depth - 2], part[depth - 1]);
    }
    for (; depth > 1; depth--) part[depth - 2] = JOIN(part[depth - 2], part[depth - 1]);
    out->f = part[0];
}

static void F(merge)(td_partial *left, const td_partial *right) { left->f = JOIN(left->f, right->f); }

#ifdef PLAIN
static void F(eight)(int64_t width, double *restrict lane, const void *const *row)
{
    enum { STEP = TD_BLOCK_LANES };
    const T *x0 = row[0], *x1 = row[STEP], *x2 = row[2 * STEP], *x3 = row[3 * STEP];
    const T *x4 = row[4 * STEP], *x5 = row[5 * STEP], *x6 = row[6 * STEP], *x7 = row[7 * STEP];
    for (int64_t c = 0; c < width; c++) {
        double v = lane[c];
        v = JOIN(v, VALUE((double)x0[c], 0));
        v = JOIN(v, VALUE((double)x1[c], 0));
        v = JOIN(v, VALUE((double)x2[c], 0));
        v = JOIN(v, VALUE((double)x3[c], 0));
        v = JOIN(v, VALUE((double)x4[c], 0));
        v = JOIN(v, VALUE((double)x5[c], 0));
        v = JOIN(v, VALUE((double)x6[c], 0));
        lane[c] = JOIN(v, VALUE((double)x7[c], 0));
    }
}
#endif

static void F(one)(int64_t width, double *restrict lane, const T *restrict x, const double *restrict shift)
{
    (void)shift;
    for (int64_t c = 0; c < width; c++) lane[c] = JOIN(lane[c], VALUE((double)x[c], shift[c]));
}

static void F(lane)(const td_panel *p, int64_t l, double *restrict lane)
{
    int64_t r = l;
    for (int64_t c = 0; c < p->width; c++) lane[c] = START;
#ifdef PLAIN
    for (; r + 7 * TD_BLOCK_LANES < p->n; r += 8 * TD_BLOCK_LANES) F(eight)(p->width, lane, p->row + r);
#endif
    for (; r < p->n; r += TD_BLOCK_LANES) F(one)(p->width, lane, p->row[r], p->shift);
}

/* The lanes l, l + step, l + 2 step, ... as their tree joins them: those at even places with those at odd ones. */
static void F(lanes)(const td_panel *p, int64_t l, int64_t step, double (*level)[TD_PANEL])
{
    if (step == TD_BLOCK_LANES) {
        F(lane)(p, l, level[0]);
        return;
    }
    F(lanes)(p, l, 2 * step, level);
    if (l + step >= p->n) return;
    F(lanes)(p, l + step, 2 * step, level + 1);
    for (int64_t c = 0; c < p->width; c++) level[0][c] = JOIN(level[0][c], level[1][c]);
}

#ifdef PLAIN
/* Rows of a few numbers that follow one another: TD_BLOCK_LANES of them are one run. */
static void F(dense)(const td_panel *p, double *lane)
{
    const T *x = p->row[0];
    int64_t  w = p->width, run = TD_BLOCK_LANES * w, total = p->n * w;
    for (int64_t j = 0; j < run; j++) lane[j] = START;
    for (int64_t i = 0; i < total; i += run) {
        int64_t m = total - i < run ? total - i : run;
        for (int64_t j = 0; j < m; j++) lane[j] = JOIN(lane[j], VALUE((double)x[i + j], 0));
    }
    for (int64_t half = TD_BLOCK_LANES / 2; half; half /= 2) {
        int64_t m = half * w;
        EACH for (int64_t j = 0; j < m; j++) lane[j] = JOIN(lane[j], lane[j + m]);
    }
}

#endif

static void F(panel)(const td_panel *p, td_partial *out)
{
    double level[LEVELS][TD_PANEL];
#ifdef PLAIN
    if (p->dense && p->width <= NARROW) F(dense)(p, level[0]);
    else
#endif
        F(lanes)(p, 0, 1, level);
    for (int64_t c = 0; c < p->width; c++) out[c].f = level[0][c];
}

#undef T
#undef F
#undef OF
