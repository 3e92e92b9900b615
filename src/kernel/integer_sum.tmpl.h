/* integer_sum.tmpl.h: sums modulo 2^64, the same in any order.
 * Parameters: T the element, F(name) the name of this instance.  Both end here. */

static void F(line)(int64_t n, const void *x, int64_t first, double shift, td_partial *out)
{
    const T *in = x;
    uint64_t sum = 0;
    (void)first, (void)shift;
    for (int64_t i = 0; i < n; i++) sum += (uint64_t)in[i];
    out->i = td_s_wrap(sum);
}

static void F(merge)(td_partial *left, const td_partial *right)
{
    left->i = td_s_wrap((uint64_t)left->i + (uint64_t)right->i);
}

static void F(panel)(const td_panel *p, td_partial *out)
{
    uint64_t sum[TD_PANEL] = { 0 };
    for (int64_t r = 0; r < p->n; r++) {
        const T *x = p->row[r];
        for (int64_t c = 0; c < p->width; c++) sum[c] += (uint64_t)x[c];
    }
    for (int64_t c = 0; c < p->width; c++) out[c].i = td_s_wrap(sum[c]);
}

#undef T
#undef F
