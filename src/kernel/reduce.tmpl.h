/* reduce.tmpl.h: blocks of a line of one dtype.
 * Parameters: T the element; F(name); FIELD the field of td_partial that carries values; ACC its type;
 * ADD(a, b) the sum of two ACC; IS_NAN(x).
 *
 * The eight lanes of a sum and their tree are fixed: part of the numerics version. */

static void F(sum)(int64_t n, const void *x, int64_t first, double shift, td_partial *out)
{
    const T *in = x;
    ACC      lane[8] = { 0 };
    int64_t  whole = n - n % 8;
    (void)first, (void)shift;
    for (int64_t i = 0; i < whole; i += 8)
        for (int l = 0; l < 8; l++) lane[l] = ADD(lane[l], in[i + l]);
    for (int64_t i = whole; i < n; i++) lane[i - whole] = ADD(lane[i - whole], in[i]);
    for (int half = 4; half; half /= 2)
        for (int l = 0; l < half; l++) lane[l] = ADD(lane[l], lane[l + half]);
    out->FIELD = lane[0];
}

static void F(sum_merge)(td_partial *left, const td_partial *right)
{
    left->FIELD = ADD(left->FIELD, right->FIELD);
}

#define NAME F(max)
#define MERGE F(max_merge)
#define BEATS(a, b) ((a) > (b))
#include "extreme.tmpl.h"
#undef NAME
#undef MERGE
#undef BEATS

#define NAME F(min)
#define MERGE F(min_merge)
#define BEATS(a, b) ((a) < (b))
#include "extreme.tmpl.h"
#undef NAME
#undef MERGE
#undef BEATS
