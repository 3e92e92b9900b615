/* explain.c: mistakes have shapes.
 *
 * A wrong formula is off by a factor, a wrong loop leaves a stretch out, a wrong index moves the right numbers to wrong
 * places, a wrong branch is wrong on one side of a threshold.  Each pattern is a function that says a sentence if all
 * coordinates fit it; the table is in order of strength, and the first that fits speaks. */
#include "explain.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static bool near(double a, double b, double limit)
{
    return fabs(a - b) <= limit || (isnan(a) && isnan(b)) || a == b;
}

static bool wrong(const td_evidence *e, int64_t i)
{
    return !near(e->claim[i], e->truth[i], e->limit[i]);
}

static int64_t count_wrong(const td_evidence *e)
{
    int64_t n = 0;
    for (int64_t i = 0; i < e->n; i++) n += wrong(e, i);
    return n;
}

/* ---- patterns ---------------------------------------------------------------------------------------------------- */

/* The rule at the largest true slope gives the factor; all the others must have it. */
static bool constant_factor(const td_evidence *e, double *ratio)
{
    int64_t at = 0;
    for (int64_t i = 1; i < e->n; i++) if (fabs(e->truth[i]) > fabs(e->truth[at])) at = i;
    if (e->n == 0 || !(fabs(e->truth[at]) > e->limit[at])) return false;
    double r = *ratio = e->claim[at] / e->truth[at], slack = e->limit[at] / fabs(e->truth[at]);
    for (int64_t i = 0; i < e->n; i++) {
        if (!near(e->claim[i], r * e->truth[i], (1 + fabs(r)) * (e->limit[i] + slack * fabs(e->truth[i])))) return false;
    }
    return isfinite(r);
}

static bool by_factor(const td_evidence *e, char *text, size_t size)
{
    double r, n = (double)e->n, results = (double)e->results;
    double share = n > 0 ? results / n : 0, many = results > 0 ? n / results : 0;
    if (!constant_factor(e, &r)) return false;
    const struct { double factor; const char *text; } known[] = {
        {-1, "the sign is wrong"}, {0, "nothing arrives at this operand: its term is missing"},
        {2, "it is added twice, or a factor 1/2 is missing"}, {0.5, "one use of two is lost, or a factor 2 is missing"},
        {share, "the result's elements for each of the operand's: a mean where a sum belongs, or the reverse"},
        {1 / share, "one over the number of times it is broadcast: a mean over the broadcast axis instead of a sum"},
        {many, "the number of elements reduced: a division by n is missing"},
        {1 / many, "one over the number of elements reduced: divided by n once too often"},
        {n, "the operand's size: a division by n is missing"},
        {1 / n, "one over the operand's size: divided by n once too often"}};
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        if (known[i].factor == 1 || fabs(r - known[i].factor) > 1e-6 * fabs(r)) continue;
        snprintf(text, size, "every coordinate is %.6g times what it should be: %s", r, known[i].text);
        return true;
    }
    if (fabs(r - 1) < 1e-3) {
        snprintf(text, size, "every coordinate is 1 %c %.3g times what it should be: a constant of too few digits, perhaps",
                 r < 1 ? '-' : '+', fabs(r - 1));
        return true;
    }
    snprintf(text, size, "every coordinate is %.9g times what it should be: a constant factor", r);
    return true;
}

static bool not_written(const td_evidence *e, char *text, size_t size)
{
    int64_t first = -1, last = -1;
    for (int64_t i = 0; i < e->n; i++) {
        if (!wrong(e, i)) continue;
        if (e->claim[i] != 0) return false;
        if (first < 0) first = i;
        last = i;
    }
    if (first < 0 || count_wrong(e) != last - first + 1) return false;
    snprintf(text, size, "coordinates %lld to %lld are 0 and the others right: they are not written", (long long)first,
             (long long)last);
    return true;
}

/* Is x_i equal to a neighbour's, or to the other operand's? */
static bool tied(const td_evidence *e, int64_t i)
{
    double v = td_input_at(e->x, i);
    if (e->other && td_input_at(e->other, i) == v) return true;
    for (int64_t j = 0; j < e->n; j++) if (j != i && td_input_at(e->x, j) == v) return true;
    return false;
}

static bool at_ties(const td_evidence *e, char *text, size_t size)
{
    int64_t bad = 0, at = -1, free = 0;
    for (int64_t i = 0; i < e->n; i++) {
        bool tie = tied(e, i);
        if (wrong(e, i) && !tie) return false;
        if (wrong(e, i) && !bad++) at = i;
        free += !tie;
    }
    if (!bad || !free) return false;
    snprintf(text, size, "wrong only where two entries are equal (%lld such coordinates, the first %lld, x = %.9g): "
             "a tie is not shared", (long long)bad, (long long)at, td_input_at(e->x, at));
    return true;
}

/* Wrong on exactly one side of a threshold of measure(x)? */
static bool beyond(const td_evidence *e, double (*measure)(double), const char *what, char *text, size_t size)
{
    double right = -INFINITY, bad = INFINITY;
    for (int64_t i = 0; i < e->n; i++) {
        double v = measure(td_input_at(e->x, i));
        if (wrong(e, i)) bad = fmin(bad, v);
        else if (e->truth[i] != 0 || e->claim[i] != 0) right = fmax(right, v);
    }
    if (!(bad > right) || !isfinite(right)) return false;
    snprintf(text, size, "right while %s <= %.6g and wrong from %.6g on: a branch or a formula that fails there", what,
             right, bad);
    return true;
}

static double negated(double x) { return -x; }
static double itself(double x) { return x; }

static bool beyond_size(const td_evidence *e, char *t, size_t n) { return beyond(e, fabs, "|x|", t, n); }
static bool beyond_above(const td_evidence *e, char *t, size_t n) { return beyond(e, itself, "x", t, n); }
static bool beyond_below(const td_evidence *e, char *t, size_t n) { return beyond(e, negated, "-x", t, n); }

static bool shifted(const td_evidence *e, char *text, size_t size)
{
    for (int64_t by = 1; by < e->n && by < 64; by++) {
        bool up = true, down = true;
        for (int64_t i = 0; i + by < e->n; i++) {
            up = up && near(e->claim[i + by], e->truth[i], e->limit[i]);
            down = down && near(e->claim[i], e->truth[i + by], e->limit[i]);
        }
        if ((!up && !down) || e->n - by < 2) continue;
        snprintf(text, size, "the right numbers stand %lld place%s too %s: an index is off", (long long)by,
                 by > 1 ? "s" : "", up ? "far on" : "early");
        return true;
    }
    return false;
}

static bool transposed(const td_evidence *e, char *text, size_t size)
{
    if (e->x->rank < 2) return false;
    int64_t columns = e->x->size[e->x->rank - 1], rows = e->x->size[e->x->rank - 2], block = rows * columns;
    for (int64_t i = 0; i < e->n; i++) {
        int64_t from = i / block * block + i % block % rows * columns + i % block / rows;
        if (!near(e->claim[i], e->truth[from], e->limit[i] + e->limit[from])) return false;
    }
    snprintf(text, size, "the right numbers, transposed: rows and columns are exchanged");
    return true;
}

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static bool permuted(const td_evidence *e, char *text, size_t size)
{
    size_t bytes = (size_t)e->n * sizeof(double);
    double *a = malloc(2 * bytes + 1), *b = a ? a + e->n : NULL, most = 0;
    if (!a) return false;
    memcpy(a, e->claim, bytes);
    memcpy(b, e->truth, bytes);
    qsort(a, (size_t)e->n, sizeof *a, by_value);
    qsort(b, (size_t)e->n, sizeof *b, by_value);
    for (int64_t i = 0; i < e->n; i++) most = fmax(most, e->limit[i]);
    bool same = e->n > 1;
    for (int64_t i = 0; i < e->n && same; i++) same = near(a[i], b[i], most);
    free(a);
    if (same) snprintf(text, size, "the right numbers in wrong places: an index or a permutation is wrong");
    return same;
}

static bool few(const td_evidence *e, char *text, size_t size)
{
    int64_t bad = count_wrong(e), at = 0;
    if (!bad || bad == e->n) return false;
    while (!wrong(e, at)) at++;
    snprintf(text, size, "%lld of %lld coordinates are wrong, the first is %lld: %.9g instead of %.9g", (long long)bad,
             (long long)e->n, (long long)at, e->claim[at], e->truth[at]);
    return true;
}

typedef bool pattern(const td_evidence *e, char *text, size_t size);

void td_explain(const td_evidence *e, char *text, size_t size)
{
    static pattern *const patterns[] = {by_factor, not_written, at_ties, transposed, shifted, permuted, beyond_size,
                                        beyond_above, beyond_below, few};
    text[0] = 0;
    if (!count_wrong(e)) return;
    for (size_t i = 0; i < sizeof patterns / sizeof patterns[0]; i++) if (patterns[i](e, text, size)) return;
}
