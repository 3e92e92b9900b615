/* scan.tmpl.h: scan.h for one kind and one element type.
 * Parameters: T the element, A what is carried, BACK(y) from A to T, F(name) the name of this instance; all end here.
 * FIRST(x, b) and NEXT(y, x, b) as in scan.h; LATER: backwards, the x of a step is the one before it in the scan. */

/* `count` lines that begin `between` from each other; b may be NULL where it is not read */
static inline __attribute__((always_inline)) void F(lines)(int count, int64_t between, int64_t n, int64_t step, int64_t later,
                                                           const T *x, const T *b, T *y)
{
    A carried[ABREAST];
    (void)b;
    UNROLL for (int r = 0; r < count; r++) y[r * between] = BACK(carried[r] = FIRST(x[r * between], b[r * between]));
    for (int64_t k = 1; k < n; k++) {
        x += step, y += step;
        if (LATER) b += step;
        UNROLL for (int r = 0; r < count; r++) {
            carried[r] = NEXT(carried[r], x[r * between + later], b[r * between]);
            y[r * between] = BACK(carried[r]);
        }
    }
}

static void F(columns)(int64_t width, int64_t n, int64_t step, int64_t later, const T *x, const T *b, T *y)
{
    A carried[SIDE];
    (void)b;
    EACH for (int64_t c = 0; c < width; c++) y[c] = BACK(carried[c] = FIRST(x[c], b[c]));
    for (int64_t k = 1; k < n; k++) {
        x += step, y += step;
        if (LATER) b += step;
        EACH for (int64_t c = 0; c < width; c++) {
            carried[c] = NEXT(carried[c], x[c + later], b[c]);
            y[c] = BACK(carried[c]);
        }
    }
}

static void F(scan)(const td_scan *s, int64_t begin, int64_t end)
{
    int64_t step = s->backwards ? -s->inner : s->inner, last = s->backwards ? (s->n - 1) * s->inner : 0;
    int64_t later = LATER && s->backwards ? s->inner : 0, width;
    for (int64_t at = begin; at < end; at += width) {
        int64_t  beside = s->inner - at % s->inner, first = at / s->inner * s->n * s->inner + at % s->inner + last;
        const T *x = (const T *)s->x + first, *b = LATER ? (const T *)s->b + first : NULL;
        T       *y = (T *)s->y + first;
        width = end - at < beside ? end - at : beside;
        if (width > SIDE) width = SIDE;
        if (s->inner > 1) F(columns)(width, s->n, step, later, x, b, y);
        else if (end - at >= ABREAST) F(lines)(width = ABREAST, s->n, s->n, step, later, x, b, y);
        else F(lines)(1, 0, s->n, step, later, x, b, y);
    }
}

#undef T
#undef A
#undef BACK
#undef F
