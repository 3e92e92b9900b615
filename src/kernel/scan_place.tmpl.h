/* scan_place.tmpl.h: where the largest so far stands, the later of equals; after a NaN, where the last NaN does.
 * Parameters: T the element, F(name) the name of this instance; both end here. */

static void F(places)(int64_t width, int64_t n, int64_t step, int64_t from, int64_t by, const T *x, int64_t *y)
{
    T       most[SIDE];
    int64_t at[SIDE];
    EACH for (int64_t c = 0; c < width; c++) most[c] = x[c], y[c] = at[c] = from;
    for (int64_t k = 1; k < n; k++) {
        x += step, y += step;
        EACH for (int64_t c = 0; c < width; c++) {
            bool later = x[c] >= most[c] || x[c] != x[c];
            most[c] = later ? x[c] : most[c];
            y[c] = at[c] = later ? from + k * by : at[c];
        }
    }
}

static void F(scan)(const td_scan *s, int64_t begin, int64_t end)
{
    int64_t step = s->backwards ? -s->inner : s->inner, from = s->backwards ? s->n - 1 : 0, width;
    for (int64_t at = begin; at < end; at += width) {
        int64_t beside = s->inner - at % s->inner;
        int64_t first = at / s->inner * s->n * s->inner + at % s->inner + from * s->inner;
        width = end - at < beside ? end - at : beside;
        if (width > SIDE) width = SIDE;
        F(places)(width, s->n, step, from, s->backwards ? -1 : 1, (const T *)s->x + first, (int64_t *)s->y + first);
    }
}

#undef T
#undef F
