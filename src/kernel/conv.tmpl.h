/* conv.tmpl.h: conv.h for one element type.
 * Parameters: T; D its td_dtype; F(name) the name of this instance; OF(name) the name of vector.h for T.  All end here. */

TD_INLINE void F(copy)(T *to, const T *from, int64_t n, int64_t step)
{
    int64_t i = 0;
    if (step != 1) {
        for (; i < n; i++) to[i] = from[i * step];
        return;
    }
    for (; i + OF(LANES) <= n; i += OF(LANES)) OF(STORE)(to + i, OF(LOAD)(from + i));
    if (i < n) OF(PUT_FIRST)(to + i, OF(FIRST)(from + i, (int)(n - i)), (int)(n - i));
}

/* Numbers k .. end of n positions from p on: for each k a row, `width` apart, of n numbers and zeros up to `full`. */
static void F(gather)(const td_image *m, int64_t k, int64_t end, int64_t p, int64_t n, int64_t full, T *to, int64_t width)
{
    run runs[BROAD];
    for (int64_t next; k < end; k = next) {
        int64_t  tap = k / m->channels, seen;
        int      count = find_runs(m, tap, p, n, runs, &seen);
        const T *from = (const T *)m->data + (k - tap * m->channels) * m->pixels;
        next = smaller(end, (tap + 1) * m->channels);
        for (int64_t i = k; i < next; i++, from += m->pixels, to += width) {
            if (seen < full) memset(to, 0, (size_t)full * sizeof *to);
            for (int r = 0; r < count; r++) F(copy)(to + runs[r].to, from + runs[r].from, runs[r].n, m->step[2]);
        }
    }
}

/* n positions from p on: one panel of registers. */
static void F(panel)(const td_conv *v, int64_t p, int64_t n)
{
    _Alignas(64) T        gathered[ROOM / sizeof(T)];
    const td_gemm_kernel *gemm = TD_OF_SET(td_gemm)[D];
    int64_t               width = (n + gemm->lanes - 1) / gemm->lanes * gemm->lanes, most = ROOM / (int64_t)sizeof(T) / width;
    T                    *c = (T *)v->c + p;
    td_gemm g = { .m = v->rows, .n = n, .a_row = v->k, .a_col = 1, .c = c, .c_row = v->positions, .c_col = 1,
                  .packed = gathered };
    for (int64_t k = 0; k < v->k || k == 0; k += most, g.more = true) {
        g.k = smaller(v->k - k, most);
        g.a = (const T *)v->matrix + k;
        F(gather)(&v->image, k, k + g.k, p, n, width, gathered, width);
        gemm->multiply(&g);
    }
    for (int64_t i = 0; v->bias && i < v->rows; i++) {
        T b = ((const T *)v->bias)[i], *row = c + i * v->positions;
        for (int64_t j = 0; j < n; j++) row[j] += b;
    }
}

static void F(along)(const td_conv *v, int64_t begin, int64_t end)
{
    int64_t widest = TD_OF_SET(td_gemm)[D]->widest, lanes = OF(LANES);
    for (int64_t p = begin, n; p < end; p += n) {
        n = end - p;
        if (n > widest) n = n < 2 * widest ? (n / 2 + lanes - 1) / lanes * lanes : widest;
        F(panel)(v, p, n);
    }
}

static void F(across)(const td_conv *v, int64_t begin, int64_t end)
{
    _Alignas(64) T gathered[ROOM / sizeof(T)];
    int64_t        width = smaller(ROOM / (int64_t)sizeof(T) / (end - begin), BROAD), most = width - SPREAD;
    td_gemm g = { .m = end - begin, .n = v->rows, .a = gathered, .a_row = width, .a_col = 1, .b_row = 1,
                  .b_col = v->positions, .c = v->c, .c_row = v->rows, .c_col = 1, .more = v->more };
    for (int64_t p = 0; p < v->positions; p += most, g.more = true) {
        g.k = smaller(v->positions - p, most);
        g.b = (const T *)v->matrix + p;
        F(gather)(&v->image, begin, end, p, g.k, g.k, gathered, width);
        TD_OF_SET(td_gemm)[D]->multiply(&g);
    }
}

#undef T
#undef D
#undef F
#undef OF
