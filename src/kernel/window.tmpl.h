/* window.tmpl.h: window.h for one element type.
 * Parameters: T; F(name) the name of this instance.  Both end here. */

/* Numbers side by side. */
static void F(beside)(const td_band *b, int64_t j, const T *x, T *y)
{
    double acc[SIDE];
    for (int64_t first = 0; first < b->inner; first += SIDE) {
        int64_t n = b->inner - first < SIDE ? b->inner - first : SIDE;
        for (int64_t k = 0; k < n; k++) acc[k] = 0;
        for (int64_t e = b->start[j]; e < b->start[j + 1]; e++) {
            const T *from = x + b->index[e] * b->inner + first;
            double   w = b->weight[e];
            EACH for (int64_t k = 0; k < n; k++) acc[k] += w * (double)from[k];
        }
        EACH for (int64_t k = 0; k < n; k++) y[first + k] = (T)(acc[k] / b->divisor[j]);
    }
}

static void F(band)(const td_band *b, int64_t begin, int64_t end)
{
    for (int64_t i = begin; i < end; i++) {
        int64_t  j = i % b->m;
        const T *x = (const T *)b->x + i / b->m * b->n * b->inner;
        T       *y = (T *)b->y + i * b->inner;
        double   sum = 0;
        if (b->inner > 1) {
            F(beside)(b, j, x, y);
            continue;
        }
        for (int64_t e = b->start[j]; e < b->start[j + 1]; e++) sum += b->weight[e] * (double)x[b->index[e]];
        *y = (T)(sum / b->divisor[j]);
    }
}

static int64_t F(largest)(const td_extreme *w, const T *x, const int64_t at[3])
{
    int64_t found = -1;
    T       most = 0;
    for (int64_t k = w->first[0][at[0]]; k <= w->last[0][at[0]]; k += w->step[0])
        for (int64_t l = w->first[1][at[1]]; l <= w->last[1][at[1]]; l += w->step[1]) {
            int64_t row = (k * w->size[1] + l) * w->size[2];
            for (int64_t m = w->first[2][at[2]]; m <= w->last[2][at[2]]; m += w->step[2]) {
                T here = x[row + m];
                if (found < 0 || here > most || (here != here && most == most)) found = row + m, most = here;
            }
        }
    return found;
}

/* Of channels begin .. end. */
static void F(extreme)(const td_extreme *w, int64_t begin, int64_t end)
{
    int64_t pixels = w->size[0] * w->size[1] * w->size[2], at[3];
    int64_t *y = w->y + begin * w->grid[0] * w->grid[1] * w->grid[2];
    for (int64_t c = begin; c < end; c++)
        for (at[0] = 0; at[0] < w->grid[0]; at[0]++)
            for (at[1] = 0; at[1] < w->grid[1]; at[1]++)
                for (at[2] = 0; at[2] < w->grid[2]; at[2]++) *y++ = F(largest)(w, (const T *)w->x + c * pixels, at);
}

#undef T
#undef F
