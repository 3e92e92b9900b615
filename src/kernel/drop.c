/* drop.c: Philox4x32-10 for many counters at once, words of one kind beside each other.
 *
 * u = k 2^-53 with k of 53 bits is at least p where k is at least p 2^53 rounded up, which is exact.
 * Source: J. Salmon, M. Moraes, R. Dror, D. Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC 2011, section 3.2. */
#include "drop.h"
#include "each.h"
#include "set.h"

#include <math.h>

enum { SIDE = 64 };    /* counters at once */

typedef struct words { uint32_t a[SIDE], b[SIDE], c[SIDE], d[SIDE]; } words;

static void turn(words *w, uint32_t key0, uint32_t key1)
{
    EACH for (int i = 0; i < SIDE; i++) {
        uint64_t p = (uint64_t)w->a[i] * 0xD2511F53u, q = (uint64_t)w->c[i] * 0xCD9E8D57u;
        uint32_t a = (uint32_t)(q >> 32) ^ w->b[i] ^ key0, c = (uint32_t)(p >> 32) ^ w->d[i] ^ key1;
        w->a[i] = a, w->b[i] = (uint32_t)q, w->c[i] = c, w->d[i] = (uint32_t)p;
    }
}

/* stays_i: does element first + i? */
static void draw(uint64_t seed, uint64_t first, uint64_t least, uint64_t *stays)
{
    words    w;
    uint32_t key0 = (uint32_t)seed, key1 = (uint32_t)(seed >> 32);
    for (int i = 0; i < SIDE; i++) {
        uint64_t at = first + (uint64_t)i;
        w.a[i] = (uint32_t)at, w.b[i] = (uint32_t)(at >> 32), w.c[i] = w.d[i] = 0;
    }
    for (int round = 0; round < 10; round++) {
        turn(&w, key0, key1);
        key0 += 0x9E3779B9u;
        key1 += 0xBB67AE85u;
    }
    EACH for (int i = 0; i < SIDE; i++) stays[i] = (((uint64_t)w.b[i] << 32) | w.a[i]) >> 11 >= least;
}

#define DROP(T, NAME) \
    static void NAME(const td_drop *d, int64_t begin, int64_t end) \
    { \
        uint64_t stays[SIDE], least = (uint64_t)ceil(d->p * 0x1p53); \
        double   kept = 1 - d->p; \
        for (int64_t at = begin; at < end; at += SIDE) { \
            const T *x = (const T *)d->x + at; \
            T       *y = (T *)d->y + at; \
            int64_t  n = end - at < SIDE ? end - at : SIDE; \
            draw(d->seed, (uint64_t)at, least, stays); \
            EACH for (int64_t i = 0; i < n; i++) y[i] = stays[i] ? (T)((double)x[i] / kept) : 0; \
        } \
    }
DROP(float, f32_drop)
DROP(double, f64_drop)

td_drop_fn *const TD_OF_SET(td_drops)[TD_K_DTYPES] = { [TD_K_F32] = f32_drop, [TD_K_F64] = f64_drop };
