/* map_power.tmpl.h: x^y, y a tensor or one number; part of map_float.tmpl.h, whose parameters it uses.
 *
 * A block goes through two loops, y log x and its exponential: either alone is short enough for the processor to work on
 * several registers of elements at once, both together are not (1.6 times slower).  The logarithm is still long: four of
 * them are written out, as in math/loop.h.  A block that is not full is filled up to a multiple of MATH_BLOCK. */

/* y log x in two parts, one block of it */
typedef struct F(power_step) { double high[USUAL_BLOCK], low[USUAL_BLOCK]; } F(power_step);

TD_M_INLINE void F(power_log_usual)(F(power_step) *l, const T *x, const T *y, int i)
{
    td_m_pair p = M(pow_log)(M(split_usual)(x[i]), y[i]);
    l->high[i] = p.high, l->low[i] = p.low;
}

TD_M_INLINE void F(power_log_whole)(F(power_step) *l, const T *x, const T *y, int i)
{
    td_m_pair p = M(pow_log)(M(split)((T)fabs(x[i])), y[i]);
    l->high[i] = p.high, l->low[i] = p.low;
}

static void F(power_usual)(int n, T *out, const T *x, const T *y)
{
    F(power_step) logs;
    MATH_FOUR(n, F(power_log_usual), &logs, x, y)
    EACH for (int i = 0; i < n; i++)
        out[i] = M(pow_exact)(M(pow_exp)((td_m_pair){logs.high[i], logs.low[i]}), x[i], y[i], M(sqrt)(x[i]));
}

static void F(power_whole)(int n, T *out, const T *x, const T *y)
{
    F(power_step) logs;
    MATH_FOUR(n, F(power_log_whole), &logs, x, y)
    EACH for (int i = 0; i < n; i++)
        out[i] = M(pow_any)(M(pow_exp)((td_m_pair){logs.high[i], logs.low[i]}), x[i], y[i]);
}

static void F(power_full)(int n, T *out, const T *x, const T *y)
{
    BITS any = 0;
    for (int i = 0; i < n; i++) any |= M(pow_rare)(x[i], y[i]);
    (any >> (8 * sizeof any - 1) ? F(power_whole) : F(power_usual))(n, out, x, y);
}

static void F(power_block)(int64_t n, T *out, const T *x, const T *y)
{
    T         x_full[USUAL_BLOCK], y_full[USUAL_BLOCK], out_full[USUAL_BLOCK];
    const int full = (int)((n + MATH_BLOCK - 1) / MATH_BLOCK * MATH_BLOCK);
    if (n == full) {
        F(power_full)(full, out, x, y);
        return;
    }
    for (int i = 0; i < full; i++) {
        x_full[i] = i < n ? x[i] : 1;
        y_full[i] = i < n ? y[i] : 1;
    }
    F(power_full)(full, out_full, x_full, y_full);
    memcpy(out, out_full, (size_t)n * sizeof(T));
}

static void F(pow)(int64_t n, void *y, const void *const *x, double a, double b)
{
    const T *base = x[0], *exponent = x[1];
    T       *out = y;
    (void)a, (void)b;
    for (int64_t at = 0; at < n; at += USUAL_BLOCK)
        F(power_block)(n - at < USUAL_BLOCK ? n - at : USUAL_BLOCK, out + at, base + at, exponent + at);
}

static void F(power_by)(int64_t n, void *y, const void *const *x, double a, double b)
{
    const T *base = x[0];
    T       *out = y, exponent[USUAL_BLOCK];
    (void)b;
    for (int i = 0; i < USUAL_BLOCK; i++) exponent[i] = (T)a;
    for (int64_t at = 0; at < n; at += USUAL_BLOCK)
        F(power_block)(n - at < USUAL_BLOCK ? n - at : USUAL_BLOCK, out + at, base + at, exponent);
}

MAP1(root, M(root)(X))

/* What the general power takes from the hardware needs no logarithm: the bits are the same. */
static void F(pow_scalar)(int64_t n, void *y, const void *const *x, double a, double b)
{
    T          s = (T)a;
    td_map_fn *way = s == 2 ? F(square) : s == -1 ? F(reciprocal) : s == (T)0.5 ? F(root) : F(power_by);
    way(n, y, x, a, b);
}
