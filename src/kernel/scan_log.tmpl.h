/* scan_log.tmpl.h: log of the sum of e^x so far.
 * Parameters: T the element, F(name) the name of this instance; both end here.
 *
 * With m_k the largest so far, the sum is e^m_k s_k, s_k = s_(k-1) e^(m_(k-1) - m_k) + e^(x_k - m_k) >= 1: nothing overflows, and
 * each step rounds s by as much as a plain sum would.  The functions are done for a block of elements at once; only s waits
 * for the one before.  A maximum that is not finite is left out of the differences, and is the result. */

static void F(scan)(const td_scan *s, int64_t begin, int64_t end)
{
    double x[RUN], most[RUN], shrunk[RUN], share[RUN], sum[RUN];
    int64_t step = s->backwards ? -s->inner : s->inner;
    for (int64_t at = begin; at < end; at++) {
        int64_t  first = at / s->inner * s->n * s->inner + at % s->inner + (s->backwards ? (s->n - 1) * s->inner : 0);
        const T *in = (const T *)s->x + first;
        T       *out = (T *)s->y + first;
        double   m = -(double)INFINITY, base = 0, carried = 0;
        for (int64_t k = 0, n; k < s->n; k += n) {
            n = s->n - k < RUN ? s->n - k : RUN;
            for (int64_t i = 0; i < n; i++) {
                x[i] = (double)in[(k + i) * step];
                most[i] = m = x[i] >= m || x[i] != x[i] ? x[i] : m;
                double next = isfinite(m) ? m : 0;
                shrunk[i] = base - next < 0 ? base - next : 0;
                share[i] = x[i] - (base = next);
            }
            EACH for (int64_t i = 0; i < n; i++) shrunk[i] = td_m_exp(shrunk[i]);
            EACH for (int64_t i = 0; i < n; i++) share[i] = td_m_exp(share[i]);
            for (int64_t i = 0; i < n; i++) sum[i] = carried = fma(carried, shrunk[i], share[i]);
            EACH for (int64_t i = 0; i < n; i++) sum[i] = most[i] + td_m_log(sum[i]);
            for (int64_t i = 0; i < n; i++) out[(k + i) * step] = (T)sum[i];
        }
    }
}

#undef T
#undef F
