/* tape_hand.c: mean((tanh(x w + b) - y)^2) and its gradients, as who knows the whole of it would write it.
 *
 * A block of x goes through x w + b, the same tanh as triad's, and the three sums, and never leaves the nearest cache.  The
 * sums are compiled for the instruction set that the kernels use, with multiply-adds wherever the compiler sees one. */
#include "core/core.h"
#include "kernel/kernel.h"
#include "tape.h"

#include <stdlib.h>
#include <string.h>

enum { BLOCK = 1024, BLOCKS = 16 };    /* a chunk is what a thread takes */

#define LANES (sizeof(V) / sizeof(T))

#define T double
#define V vector_d2
#define TARGET
#define F(name) d2_##name
typedef T V __attribute__((vector_size(16)));
#include "tape_hand.tmpl.h"

#define T float
#define V vector_f4
#define TARGET
#define F(name) f4_##name
typedef T V __attribute__((vector_size(16)));
#include "tape_hand.tmpl.h"

#if defined __x86_64__ && defined __GNUC__

#define T double
#define V vector_d4
#define TARGET __attribute__((target("avx2,fma")))
#define F(name) d4_##name
typedef T V __attribute__((vector_size(32)));
#include "tape_hand.tmpl.h"

#define T float
#define V vector_f8
#define TARGET __attribute__((target("avx2,fma")))
#define F(name) f8_##name
typedef T V __attribute__((vector_size(32)));
#include "tape_hand.tmpl.h"

#define T double
#define V vector_d8
#define TARGET __attribute__((target("avx512f")))
#define F(name) d8_##name
typedef T V __attribute__((vector_size(64)));
#include "tape_hand.tmpl.h"

#define T float
#define V vector_f16
#define TARGET __attribute__((target("avx512f")))
#define F(name) f16_##name
typedef T V __attribute__((vector_size(64)));
#include "tape_hand.tmpl.h"

#endif

typedef struct loops {
    const char *set;
    td_dtype    dtype;
    void (*before)(int64_t n, void *to, const void *x, double w, double b);
    void (*after)(int64_t n, const void *tanh, const void *x, const void *y, double sum[3]);
} loops;

static const loops all[] = {
    { "base", TD_F64, d2_before, d2_after },
    { "base", TD_F32, f4_before, f4_after },
#if defined __x86_64__ && defined __GNUC__
    { "avx2", TD_F64, d4_before, d4_after },
    { "avx2", TD_F32, f8_before, f8_after },
    { "avx512", TD_F64, d8_before, d8_after },
    { "avx512", TD_F32, f16_before, f16_after },
#endif
};

struct tape_hand {
    td_context  *c;
    const loops *loops;
    td_map_fn   *tanh;
    int64_t      n, bytes;          /* bytes of a number */
    const char  *x, *y;
    double       w, b, result[3];
    double     (*part)[3];          /* of each chunk; owned */
};

static int64_t chunks_of(const tape_hand *h) { return (h->n - 1) / (BLOCK * BLOCKS) + 1; }

tape_hand *tape_hand_new(const tape_step *s)
{
    tape_hand *h = calloc(1, sizeof *h);
    if (!h) return NULL;
    td_dtype d = s->size.dtype;
    h->c = s->c;
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        if (all[i].dtype == d && (!h->loops || !strcmp(all[i].set, td_isa(s->c)))) h->loops = &all[i];
    h->tanh = s->c->kernels->map[d][TD_MAP_tanh];
    h->n = s->size.n;
    h->bytes = (int64_t)td_dtype_size(d);
    h->x = td_data(s->x[0]);
    h->y = td_data(s->x[1]);
    h->w = td_item(s->w[0]);
    h->b = td_item(s->w[1]);
    h->part = malloc((size_t)chunks_of(h) * sizeof *h->part);
    if (h->part) return h;
    free(h);
    return NULL;
}

void tape_hand_free(tape_hand *h)
{
    if (h) free(h->part);
    free(h);
}

static void run_chunk(const tape_hand *h, int64_t first, double sum[3])
{
    _Alignas(64) double t[BLOCK];
    int64_t             stop = first + BLOCK * BLOCKS < h->n ? first + BLOCK * BLOCKS : h->n;
    for (int64_t i = first; i < stop; i += BLOCK) {
        int64_t     n = stop - i < BLOCK ? stop - i : BLOCK;
        const char *x = h->x + i * h->bytes, *y = h->y + i * h->bytes;
        h->loops->before(n, t, x, h->w, h->b);
        h->tanh(n, t, (const void *[]){ t }, 0, 0);
        h->loops->after(n, t, x, y, sum);
    }
}

static void run_chunks(int64_t begin, int64_t end, void *hand)
{
    const tape_hand *h = hand;
    for (int64_t k = begin; k < end; k++) {
        double sum[3] = { 0 };
        run_chunk(h, k * BLOCK * BLOCKS, sum);
        memcpy(h->part[k], sum, sizeof sum);
    }
}

void tape_hand_run(void *hand)
{
    tape_hand *h = hand;
    double     sum[3] = { 0 }, n = (double)h->n;
    td_parallel(h->c, chunks_of(h), 1, run_chunks, h);
    for (int64_t k = 0; k < chunks_of(h); k++)
        for (int i = 0; i < 3; i++) sum[i] += h->part[k][i];
    h->result[0] = sum[0] / n;
    for (int i = 1; i < 3; i++) h->result[i] = 2 * sum[i] / n;
}

double tape_hand_result(const tape_hand *h, int i) { return h->result[i]; }
