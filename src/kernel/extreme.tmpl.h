/* extreme.tmpl.h: the first largest or least of a block, the first NaN before either.
 * Parameters: those of reduce.tmpl.h; NAME and MERGE the functions; BEATS(a, b).
 *
 * The value is found in eight lanes, its place afterwards: two quick passes, where one that follows the place is slow. */

static void NAME(int64_t n, const void *x, int64_t first, double shift, td_partial *out)
{
    const T *in = x;
    T        lane[8], best = in[0];
    int64_t  whole = n - n % 8, at = 0;
    int      nan = 0;
    (void)shift;
    for (int l = 0; l < 8; l++) lane[l] = in[0];
    for (int64_t i = 0; i < whole; i += 8)
        for (int l = 0; l < 8; l++) {
            nan |= IS_NAN(in[i + l]);
            lane[l] = BEATS(in[i + l], lane[l]) ? in[i + l] : lane[l];
        }
    for (int64_t i = whole; i < n; i++) {
        nan |= IS_NAN(in[i]);
        best = BEATS(in[i], best) ? in[i] : best;
    }
    for (int l = 0; l < 8; l++) best = BEATS(lane[l], best) ? lane[l] : best;
    while (nan ? !IS_NAN(in[at]) : in[at] != best) at++;
    *out = (td_partial){ .FIELD = in[at], .at = first + at };
}

static void MERGE(td_partial *left, const td_partial *right)
{
    if (BEATS(right->FIELD, left->FIELD) || (IS_NAN(right->FIELD) && !IS_NAN(left->FIELD))) *left = *right;
}
