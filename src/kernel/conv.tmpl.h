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

/* ---- a plane: nothing is gathered, and no register stays empty for want of rows ----------------------------------- */

enum { F(SLACK) = 4 * OF(LANES), F(PLANE) = ROOM / (int64_t)sizeof(T) - F(SLACK) };

/* What rows first .. end of positions see of the image. */
static void F(fill_plane)(const td_image *m, const plane *p, int64_t first, int64_t end, T *to)
{
    int64_t from = p->left < 0 ? -p->left : 0, until = smaller(p->width, m->size[2] - p->left);
    int64_t row = first * m->step[1] + p->top, last = (end - 1) * m->step[1] + p->top + p->span;
    memset(to, 0, (size_t)((last - row) * p->width + F(SLACK)) * sizeof *to);
    for (; row < last; row++, to += p->width)
        if (row >= 0 && row < m->size[1] && from < until)
            F(copy)(to + from, (const T *)m->data + row * m->size[2] + p->left + from, until - from, 1);
}

/* n positions of a row, as many of them as fill `vectors` registers, and of one register the rest: sums over the taps. */
TD_INLINE int64_t F(see)(const plane *p, const T *image, const T *w, const T *bias, T *c, int64_t n, int vectors)
{
    int64_t x = 0, wide = vectors * OF(LANES);
    for (; x < n && (vectors == 1 || x + wide <= n); x += wide) {
        OF(V) sum[4];
        TD_UNROLL for (int j = 0; j < vectors; j++) sum[j] = OF(SPLAT)(0);
        for (int64_t t = 0; t < p->count; t++) {
            const T *from = image + p->at[t] + x;
            OF(V)    weight = OF(SPLAT)(w[t]);
            TD_UNROLL for (int j = 0; j < vectors; j++) sum[j] = OF(FMA)(weight, OF(LOAD)(from + j * OF(LANES)), sum[j]);
        }
        TD_UNROLL for (int j = 0; bias && j < vectors; j++) sum[j] += OF(SPLAT)(*bias);
        if (x + wide > n) OF(PUT_FIRST)(c + x, sum[0], (int)(n - x));
        else TD_UNROLL for (int j = 0; j < vectors; j++) OF(STORE)(c + x + j * OF(LANES), sum[j]);
    }
    return x;
}

/* Positions begin .. end, of no more rows than there is room for. */
static void F(along_rows)(const td_conv *v, const plane *p, int64_t begin, int64_t end)
{
    _Alignas(64) T  image[F(PLANE) + F(SLACK)];
    const td_image *m = &v->image;
    int64_t         line = m->grid[2], first = begin / line;
    F(fill_plane)(m, p, first, (end - 1) / line + 1, image);
    for (int64_t at = begin, next; at < end; at = next) {
        const T *from = image + (at / line - first) * m->step[1] * p->width + at % line;
        next = smaller(end, (at / line + 1) * line);
        for (int64_t i = 0; i < v->rows; i++) {
            const T *w = (const T *)v->matrix + i * v->k, *bias = v->bias ? (const T *)v->bias + i : NULL;
            T       *c = (T *)v->c + i * v->positions + at;
            int64_t  done = F(see)(p, from, w, bias, c, next - at, 4);
            F(see)(p, from + done, w, bias, c + done, next - at - done, 1);
        }
    }
}

static void F(along_plane)(const td_conv *v, const plane *p, int64_t begin, int64_t end)
{
    for (int64_t at = begin, next; at < end; at = next) {
        next = smaller(end, (at / v->image.grid[2] + p->most) * v->image.grid[2]);
        F(along_rows)(v, p, at, next);
    }
}

/* `lines` rows of the copy, whose numbers beside one another meet that of g at the same place: a register holds the sums of
 * taps in a row of the kernel, and `down` of them those of as many rows. */
TD_INLINE void F(meet)(const td_image *m, const plane *p, int64_t lines, const T *image, const int64_t *at, const T *g,
                       OF(V) *c, int down)
{
    OF(V) sum[DOWN];
    TD_UNROLL for (int d = 0; d < down; d++) sum[d] = c[d];
    for (; lines > 0; lines--, image += m->step[1] * p->width)
        for (int64_t x = 0; x < m->grid[2]; x++) {
            OF(V) of_g = OF(SPLAT)(*g++);
            TD_UNROLL for (int d = 0; d < down; d++)
                sum[d] = OF(FMA)(OF(LOAD)(image + at[d * p->across] + x), of_g, sum[d]);
        }
    TD_UNROLL for (int d = 0; d < down; d++) c[d] = sum[d];
}

static void F(meet_rows)(const td_image *m, const plane *p, int64_t lines, const T *image, const T *g, OF(V) *c)
{
    int64_t left = p->count / p->across;
    for (const int64_t *at = p->at; left > 0; left -= DOWN, at += DOWN * p->across, c += DOWN)
        switch (smaller(left, DOWN)) {
        case 1: F(meet)(m, p, lines, image, at, g, c, 1); break;
        case 2: F(meet)(m, p, lines, image, at, g, c, 2); break;
        case 3: F(meet)(m, p, lines, image, at, g, c, 3); break;
        case 4: F(meet)(m, p, lines, image, at, g, c, 4); break;
        case 5: F(meet)(m, p, lines, image, at, g, c, 5); break;
        case 6: F(meet)(m, p, lines, image, at, g, c, 6); break;
        default: F(meet)(m, p, lines, image, at, g, c, DOWN);
        }
}

/* All taps' sums, of the rows of positions first .. end. */
static void F(across_rows)(const td_conv *v, const plane *p, int64_t first, int64_t end)
{
    _Alignas(64) T  image[F(PLANE) + F(SLACK)];
    const td_image *m = &v->image;
    F(fill_plane)(m, p, first, end, image);
    for (int64_t i = 0; i < v->rows; i++) {
        OF(V) sum[TAPS];
        T    *c = (T *)v->c + i;
        memset(sum, 0, sizeof sum);
        for (int64_t t = 0; t < p->count && (v->more || first); t++)
            sum[t / p->across][t % p->across] = c[t * v->rows];
        F(meet_rows)(m, p, end - first, image, (const T *)v->matrix + i * v->positions + first * m->grid[2], sum);
        for (int64_t t = 0; t < p->count; t++) c[t * v->rows] = sum[t / p->across][t % p->across];
    }
}

static void F(across_plane)(const td_conv *v, const plane *p)
{
    for (int64_t first = 0; first < v->image.grid[1]; first += p->most)
        F(across_rows)(v, p, first, smaller(v->image.grid[1], first + p->most));
}

/* ---- any image ------------------------------------------------------------------------------------------------------ */

static void F(along)(const td_conv *v, int64_t begin, int64_t end)
{
    int64_t widest = TD_OF_SET(td_gemm)[D]->widest, lanes = OF(LANES);
    plane   seen;
    if (find_plane(&v->image, v->rows, v->k, F(PLANE), &seen)) {
        F(along_plane)(v, &seen, begin, end);
        return;
    }
    for (int64_t p = begin, n; p < end; p += n) {
        n = end - p;
        if (n > widest) n = n < 2 * widest ? (n / 2 + lanes - 1) / lanes * lanes : widest;
        F(panel)(v, p, n);
    }
}

static void F(across_gathered)(const td_conv *v, int64_t begin, int64_t end)
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

static void F(across)(const td_conv *v, int64_t begin, int64_t end)
{
    plane seen;
    bool  whole = begin == 0 && find_plane(&v->image, v->rows, end, F(PLANE), &seen);
    if (whole && seen.across && seen.across <= OF(LANES)) F(across_plane)(v, &seen);
    else F(across_gathered)(v, begin, end);
}

#undef T
#undef D
#undef F
#undef OF
