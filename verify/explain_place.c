/* explain_place.c: the right numbers in wrong places: transposed, shifted, or in any other order.
 *
 * Both looks are asked, for all ones hide a permutation of the cotangent, and random weights one of the slopes alone. */
#include "explain.h"

#include <math.h>
#include <stdlib.h>

/* True if the numbers of one look, where it shows anything, are the truth's in another order. */
typedef bool moved(const td_evidence *e, const td_look *l, char *text, size_t size);

static bool shifted(const td_evidence *e, const td_look *l, char *text, size_t size)
{
    for (int64_t by = 1; by < e->n && by < 64; by++) {
        bool up = true, down = true;
        for (int64_t i = 0; i + by < e->n; i++) {
            up = up && td_near(l->claim[i + by], l->truth[i], l->limit[i]);
            down = down && td_near(l->claim[i], l->truth[i + by], l->limit[i]);
        }
        if ((!up && !down) || e->n - by < 2) continue;
        snprintf(text, size, "the right numbers stand %lld place%s too %s: an index is off", (long long)by,
                 by > 1 ? "s" : "", up ? "far on" : "early");
        return true;
    }
    return false;
}

static bool transposed(const td_evidence *e, const td_look *l, char *text, size_t size)
{
    if (e->x->rank < 2) return false;
    int64_t columns = e->x->size[e->x->rank - 1], rows = e->x->size[e->x->rank - 2], block = rows * columns;
    for (int64_t i = 0; i < e->n; i++) {
        int64_t from = i / block * block + i % block % rows * columns + i % block / rows;
        if (!td_near(l->claim[i], l->truth[from], l->limit[i] + l->limit[from])) return false;
    }
    snprintf(text, size, "the right numbers, transposed: rows and columns are exchanged");
    return true;
}

typedef struct entry { double value, limit; } entry;

static int by_value(const void *a, const void *b)
{
    double x = ((const entry *)a)->value, y = ((const entry *)b)->value;
    return (x > y) - (x < y);
}

static entry *sorted(const double *value, const double *limit, int64_t n)
{
    entry *s = malloc((size_t)(n + 1) * sizeof *s);
    for (int64_t i = 0; s && i < n; i++) s[i] = (entry){value[i], limit[i]};
    if (s) qsort(s, (size_t)n, sizeof *s, by_value);
    return s;
}

static bool permuted(const td_evidence *e, const td_look *l, char *text, size_t size)
{
    entry *a = sorted(l->claim, l->limit, e->n), *b = sorted(l->truth, l->limit, e->n);
    bool same = a && b && e->n > 1;
    for (int64_t i = 0; same && i < e->n; i++) same = td_near(a[i].value, b[i].value, fmin(a[i].limit, b[i].limit));
    free(a);
    free(b);
    if (same) snprintf(text, size, "the right numbers in wrong places: an index or a permutation is wrong");
    return same;
}

/* Numbers that are not where they should be; zeros can come from anywhere. */
static int64_t strays(const td_evidence *e, const td_look *l)
{
    int64_t n = 0;
    for (int64_t i = 0; i < e->n; i++) n += td_look_wrong(l, i) && l->claim[i] != 0;
    return n;
}

bool td_explain_place(const td_evidence *e, char *text, size_t size)
{
    static moved *const ways[] = {transposed, shifted, permuted};
    for (int w = 0; e->whole && w < 3; w++) {
        for (int k = TD_LOOKS - 1; k >= 0; k--) {
            if (strays(e, &e->look[k]) > 1 && ways[w](e, &e->look[k], text, size)) return true;
        }
    }
    return false;
}
