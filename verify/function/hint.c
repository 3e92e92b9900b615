/* hint.c: what a wrong Jacobian looks like, in words.  Recognised from the numbers alone: most mistakes leave the
 * rest of the matrix as a witness. */
#include "function/function.h"

#include <math.h>
#include <stdio.h>

/* Good enough to name a mistake; it decides nothing. */
static bool near(double a, double b)
{
    return fabs(a - b) <= 1e-4 * fmax(fabs(a), fabs(b));
}

void td_ratio_hint(double claim, double truth, int64_t m, int64_t n, char *text)
{
    const struct { double factor; const char *words; } known[] = {
        {-1, "the sign is wrong"},
        {0, "a term is dropped, or the entry is not computed"},
        {2, "a factor 2 too much, added twice, or the 1/2 of a square forgotten"},
        {0.5, "a factor 2 is lost"},
        {(double)n, "times the number of inputs: a sum taken for a mean"},
        {1 / (double)n, "divided by the number of inputs: a mean taken for a sum"},
        {(double)m, "times the number of outputs: a sum taken for a mean"},
        {1 / (double)m, "divided by the number of outputs: a mean taken for a sum"}};
    double ratio = claim / truth;
    text[0] = 0;
    if (!isfinite(ratio)) return;
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        if (!near(ratio, known[i].factor)) continue;
        snprintf(text, TD_REASON, "the claim is %.4g times the truth: %s", ratio + 0, known[i].words);
        return;
    }
    snprintf(text, TD_REASON, "the claim is %.12g times the truth", ratio);
}

/* Is the claim's entry (j, i) what the truth has elsewhere, wherever it is wrong? */
typedef struct place { const char *words; enum { SHIFTED, ROWS_GIVEN, COLUMNS_GIVEN } how; int64_t down, right; } place;

static int64_t source(const place *p, int64_t m, int64_t n, int64_t j, int64_t i)
{
    if (p->how == ROWS_GIVEN) return i * m + j;
    if (p->how == COLUMNS_GIVEN) return (j * n + i) % m * n + (j * n + i) / m;
    return (j + p->down + m) % m * n + (i + p->right + n) % n;
}

static bool is_moved(const double *claim, const double *truth, const bool *wrong, int64_t m, int64_t n, const place *p)
{
    int64_t seen = 0;
    for (int64_t j = 0; j < m; j++) {
        for (int64_t i = 0; i < n; i++) {
            int64_t at = source(p, m, n, j, i);
            if (!wrong[j * n + i]) continue;
            if (!near(claim[j * n + i], truth[at]) && !(claim[j * n + i] == 0 && fabs(truth[at]) < 1e-12)) return false;
            seen += claim[j * n + i] != 0;
        }
    }
    return seen > 1;
}

static bool same_ratio(const double *claim, const double *truth, const bool *wrong, int64_t all, int64_t *first)
{
    *first = -1;
    for (int64_t i = 0; i < all; i++) {
        if (!wrong[i]) continue;
        if (*first < 0) *first = i;
        if (!near(claim[i] * truth[*first], claim[*first] * truth[i])) return false;
    }
    return *first >= 0;
}

void td_function_hint(const double *claim, const double *truth, const bool *wrong, int64_t m, int64_t n, char *text)
{
    static const place places[] = {
        {"transposed: columns are written where rows are expected", COLUMNS_GIVEN, 0, 0},
        {"transposed: rows are written where columns are expected (column_major)", ROWS_GIVEN, 0, 0},
        {"shifted: each entry is that of the next input", SHIFTED, 0, 1},
        {"shifted: each entry is that of the input before", SHIFTED, 0, -1},
        {"shifted: each entry is that of the next output", SHIFTED, 1, 0},
        {"shifted: each entry is that of the output before", SHIFTED, -1, 0}};
    int64_t first;
    text[0] = 0;
    if (same_ratio(claim, truth, wrong, m * n, &first)) {
        td_ratio_hint(claim[first], truth[first], m, n, text);
        return;
    }
    for (size_t k = 0; k < sizeof places / sizeof places[0] && !text[0]; k++) {
        if (is_moved(claim, truth, wrong, m, n, &places[k])) snprintf(text, TD_REASON, "%s", places[k].words);
    }
}
