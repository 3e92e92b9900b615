/* sort.c: a stable sort of indices by digits of keys.
 *
 * A number becomes an unsigned key of its order, and key and index become one word, key above index: so equal keys stand in
 * the order they came in, and words are moved as one.  Words are sorted by digits, the lowest first (D. Knuth, "The Art of
 * Computer Programming", volume 3, 1998, 5.2.5, algorithm R), by no more of the highest digits than tell most of n keys
 * apart; few words are out of place then, and insertion puts them right.  If there turn out to be many, all digits are sorted.
 * Where only some places of the order are asked for, words that can't come to stand there are left out first, digit by digit
 * from the highest; a few first places are picked out without any words.
 *
 * There is one order, so the way to it leaves no trace in the result. */
#include "sort.h"
#include "kernel.h"

#include <stddef.h>
#include <string.h>

enum {
    DIGIT = 11,          /* bits of a digit */
    SMALL_DIGIT = 8,     /* of few words, for which a table of 2^11 is too large */
    FEW = 1 << 12,
    TINY = 48,           /* words that insertion sorts soonest */
    ENOUGH = 256,        /* words that need not be narrowed further */
    PICKED = 32,         /* most places that are picked out, */
    SCARCE = 8,          /* of so many times as many numbers at least */
    SPARE = 12,          /* bits beyond those of the index that tell most keys apart */
    MOST_PASSES = 64 / SMALL_DIGIT
};

typedef struct td_records {
    uint64_t *a, *b;              /* the words, and as many beside them */
    int64_t   n;
    int       index_bits, key_bits, cut;
    uint64_t  least;              /* of all keys */
} td_records;

static int bits_of(uint64_t x)
{
    int bits = 0;
    for (; x; x >>= 1) bits++;
    return bits;
}

/* Sorted by the highest `bits` bits of their keys; words of equal digits stay in order. */
static void sort_digits(td_records *r, int bits)
{
    int64_t  count[MOST_PASSES][1 << DIGIT];
    int      width = r->n < FEW ? SMALL_DIGIT : DIGIT, passes = (bits + width - 1) / width;
    int      first = r->index_bits + r->key_bits - bits;
    uint64_t mask = (UINT64_C(1) << width) - 1;
    for (int p = 0; p < passes; p++) memset(count[p], 0, sizeof *count[p] << width);
    for (int64_t i = 0; i < r->n; i++)
        for (int p = 0; p < passes; p++) count[p][r->a[i] >> (first + p * width) & mask]++;
    for (int p = 0; p < passes; p++) {
        int      shift = first + p * width;
        int64_t *to = count[p], sum = 0;
        if (to[r->a[0] >> shift & mask] == r->n) continue;    /* one digit for all */
        for (uint64_t d = 0; d <= mask; d++) {
            int64_t n = to[d];
            to[d] = sum;
            sum += n;
        }
        for (int64_t i = 0; i < r->n; i++) r->b[to[r->a[i] >> shift & mask]++] = r->a[i];
        uint64_t *swapped = r->a;
        r->a = r->b, r->b = swapped;
    }
}

/* Words that are nearly sorted; false: they are not, and are left as they are then. */
static bool insert_words(td_records *r, int64_t most_moves)
{
    uint64_t *a = r->a;
    for (int64_t i = 1; i < r->n; i++) {
        uint64_t word = a[i];
        int64_t  j = i;
        for (; j > 0 && a[j - 1] > word; j--) a[j] = a[j - 1];
        a[j] = word;
        if ((most_moves -= i - j) < 0) return false;
    }
    return true;
}

/* Sorted, unless too many keys have the same highest digits. */
static bool roughly_sorted(td_records *r)
{
    int bits = bits_of((uint64_t)r->n) + SPARE;
    if (r->n <= TINY) return insert_words(r, INT64_MAX);
    if (bits > r->key_bits) bits = r->key_bits;
    sort_digits(r, bits);
    return bits == r->key_bits || insert_words(r, 4 * r->n);
}

/* The digit whose words stand at `place`, and in *before how many stand before them. */
static uint64_t digit_at(const int64_t *count, int64_t place, int64_t *before)
{
    uint64_t d = 0;
    for (*before = 0; *before + count[d] <= place; d++) *before += count[d];
    return d;
}

/* Words that may come to stand at the places from .. to - 1 are kept, and the places counted among them.  The digits that those
 * kept have in common are no longer counted as bits of the key. */
static void narrow(td_records *r, int64_t *from, int64_t *to)
{
    int64_t  count[1 << DIGIT], before, unused;
    uint64_t mask = (UINT64_C(1) << DIGIT) - 1;
    for (int top = r->index_bits + r->key_bits; r->n > ENOUGH && 2 * (*to - *from) < r->n && top > r->index_bits;) {
        int shift = top - DIGIT > r->index_bits ? top - DIGIT : r->index_bits;
        memset(count, 0, sizeof count);
        for (int64_t i = 0; i < r->n; i++) count[r->a[i] >> shift & mask]++;
        uint64_t low = digit_at(count, *from, &before), high = digit_at(count, *to - 1, &unused);
        int64_t  kept = 0;
        for (int64_t i = 0; i < r->n; i++) {
            uint64_t d = r->a[i] >> shift & mask;
            r->a[kept] = r->a[i];
            kept += d >= low && d <= high;
        }
        r->n = kept;
        *from -= before;
        *to -= before;
        if (low != high) return;
        top = shift;
        r->key_bits = top - r->index_bits;
    }
}

/* ---- keys ----------------------------------------------------------------------------------------------------------- */

static inline uint64_t key_f32(float x)
{
    uint32_t u;
    x += 0;    /* -0 is 0 */
    memcpy(&u, &x, sizeof u);
    if (x != x) return UINT32_MAX;
    return u >> 31 ? (uint32_t)~u : u | UINT32_C(0x80000000);
}

static inline uint64_t key_f64(double x)
{
    uint64_t u;
    x += 0;
    memcpy(&u, &x, sizeof u);
    if (x != x) return UINT64_MAX;
    return u >> 63 ? ~u : u | UINT64_C(1) << 63;
}

static inline uint64_t key_i64(int64_t x) { return (uint64_t)x ^ UINT64_C(1) << 63; }
static inline uint64_t key_bool(uint8_t x) { return x; }

#define T uint8_t
#define KEY key_bool
#define F(name) bool_##name
#include "sort.tmpl.h"
#define T int64_t
#define KEY key_i64
#define F(name) i64_##name
#include "sort.tmpl.h"
#define T float
#define KEY key_f32
#define F(name) f32_##name
#include "sort.tmpl.h"
#define T double
#define KEY key_f64
#define F(name) f64_##name
#include "sort.tmpl.h"

td_order_fn *const td_orders[TD_K_DTYPES] = {
    [TD_K_BOOL] = bool_order, [TD_K_I64] = i64_order, [TD_K_F32] = f32_order, [TD_K_F64] = f64_order,
};
td_search_fn *const td_searches[TD_K_DTYPES] = {
    [TD_K_BOOL] = bool_search, [TD_K_I64] = i64_search, [TD_K_F32] = f32_search, [TD_K_F64] = f64_search,
};
