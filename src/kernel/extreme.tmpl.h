/* extreme.tmpl.h: the first largest or least of a line, the first NaN before either.
 * Parameters: T the element, FIELD the field of td_partial that carries it; F(name) the name of this instance; for floats
 * OF(name) of lanes.h for T; MOST max or min, BEATS(a, b), IS_NAN(x); PLACES: with place and
 * places too.  T, F and OF end here.
 *
 * The value is found first, any of several that are equal; its place only where that is asked for, or where the value is a
 * zero, which may be of either sign.  Two registers are asked at once whether either holds a NaN. */

#ifdef OF
static inline __attribute__((always_inline)) T F(scan_of)(int64_t n, const T *x, bool *nan, bool far)
{
    enum { ONE = REGISTER / sizeof(T), ROUND = REGISTERS * ONE };
    __typeof__(OF(load)(x)) most[REGISTERS], v[REGISTERS];
    apart                   odd[REGISTERS / 2];
    T                       few[ONE], lane[ONE];
    int64_t                 whole = n - n % ROUND;
    if (n < ONE) {    /* too few for a register: the first stands in for those that are not there */
        for (int64_t i = 0; i < ONE; i++) few[i] = x[i < n ? i : 0];
        x = few;
        n = ONE;
    }
    memset(odd, 0, sizeof odd);
    UNROLL for (int r = 0; r < REGISTERS; r++) most[r] = OF(load)(x);
    for (int64_t i = 0; i < n && n >= ROUND; i += ROUND) {
        const T *from = x + (i < whole ? i : n - ROUND);    /* the last round looks at some a second time */
        if (far) fetch(from, ROUND * sizeof(T));
        UNROLL for (int r = 0; r < REGISTERS; r++) v[r] = OF(load)(from + r * ONE);
        UNROLL for (int r = 0; r < REGISTERS; r++) most[r] = OF(MOST)(v[r], most[r]);
        UNROLL for (int r = 0; r < REGISTERS; r += 2) odd[r / 2] |= OF(apart)(v[r], v[r + 1]);
    }
    for (int64_t i = 0; i < n && n < ROUND; i += ONE) {    /* and so does the last register */
        v[0] = OF(load)(x + (i + ONE <= n ? i : n - ONE));
        most[0] = OF(MOST)(v[0], most[0]);
        odd[0] |= OF(apart)(v[0], v[0]);
    }
    UNROLL for (int half = REGISTERS / 2; half; half /= 2)
        UNROLL for (int r = 0; r < half; r++) most[r] = OF(MOST)(most[r + half], most[r]);
    UNROLL for (int r = 1; r < REGISTERS / 2; r++) odd[0] |= odd[r];
    *nan |= any_apart(odd[0]);
    memcpy(lane, &most[0], sizeof lane);
    UNROLL for (int half = ONE / 2; half; half /= 2)
        UNROLL for (int l = 0; l < half; l++) lane[l] = BEATS(lane[l + half], lane[l]) ? lane[l + half] : lane[l];
    return lane[0];
}

static T F(scan)(int64_t n, const T *x, bool *nan)
{
    return n >= LONG / (int64_t)sizeof(T) ? F(scan_of)(n, x, nan, true) : F(scan_of)(n, x, nan, false);
}
#else
static T F(scan)(int64_t n, const T *x, bool *nan)
{
    T best = x[0];
    (void)nan;
    for (int64_t i = 1; i < n; i++) best = BEATS(x[i], best) ? x[i] : best;
    return best;
}
#endif

static int64_t F(find)(int64_t n, const T *x, T value, bool nan)
{
    int64_t at = 0;
    for (bool found = false; !found && at + RUN <= n; at += found ? 0 : RUN)
        for (int64_t i = 0; i < RUN; i++) found |= nan ? IS_NAN(x[at + i]) : x[at + i] == value;
    while (at < n - 1 && (nan ? !IS_NAN(x[at]) : x[at] != value)) at++;
    return at;
}

static void F(line)(int64_t n, const void *x, int64_t first, double shift, td_partial *out)
{
    bool nan = false;
    T    best = F(scan)(n, x, &nan);
    (void)first, (void)shift;
    if (nan || best == 0) best = ((const T *)x)[F(find)(n, x, best, nan)];
    *out = (td_partial){ .FIELD = best };
}

static void F(merge)(td_partial *left, const td_partial *right)
{
    if (BEATS(right->FIELD, left->FIELD) || (IS_NAN(right->FIELD) && !IS_NAN(left->FIELD))) *left = *right;
}

static void F(panel)(const td_panel *p, td_partial *out)
{
    T best[TD_PANEL];
    memcpy(best, p->row[0], (size_t)p->width * sizeof(T));
    for (int64_t r = 1; r < p->n; r++) {
        const T *x = p->row[r];
        for (int64_t c = 0; c < p->width; c++)
            best[c] = BEATS(x[c], best[c]) || (IS_NAN(x[c]) && !IS_NAN(best[c])) ? x[c] : best[c];
    }
    for (int64_t c = 0; c < p->width; c++) out[c] = (td_partial){ .FIELD = best[c] };
}

#ifdef PLACES
/* Runs are scanned for a better value; the place is looked for in the best of them. */
static void F(place)(int64_t n, const void *x, int64_t first, double shift, td_partial *out)
{
    const T *in = x;
    int64_t  at = 0;
    bool     nan = false;
    T        best = in[0];
    (void)shift;
    for (int64_t i = 0; i < n && !nan; i += STRETCH) {
        T value = F(scan)(n - i < STRETCH ? n - i : STRETCH, in + i, &nan);
        if (i && !nan && !BEATS(value, best)) continue;
        best = value;
        at = i;
    }
    at += F(find)(n - at, in + at, best, nan);
    *out = (td_partial){ .FIELD = in[at], .at = first + at };
}

static void F(places)(const td_panel *p, td_partial *out)
{
    T       best[TD_PANEL];
    int64_t at[TD_PANEL] = { 0 };
    memcpy(best, p->row[0], (size_t)p->width * sizeof(T));
    for (int64_t r = 1; r < p->n; r++) {
        const T *x = p->row[r];
        for (int64_t c = 0; c < p->width; c++) {
            bool better = BEATS(x[c], best[c]) || (IS_NAN(x[c]) && !IS_NAN(best[c]));
            best[c] = better ? x[c] : best[c];
            at[c] = better ? r : at[c];
        }
    }
    for (int64_t c = 0; c < p->width; c++) out[c] = (td_partial){ .FIELD = best[c], .at = p->first + at[c] };
}
#endif

#undef T
#undef F
#undef OF
