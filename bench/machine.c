/* machine.c: the limits on all threads, and what else is asked of the machine.
 *
 * Threads are those of a triad context, entered as its kernels enter them, so a limit pays for that as they do. */
#define _DEFAULT_SOURCE    /* sysconf's cache sizes */
#include "limits.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { STEPS = 4096, STEPS_OF_MANY = 1 << 18, PAGE = 4096, WIDEST = 64 };

/* ---- peak ----------------------------------------------------------------------------------------------------------- */

bool bench_peak_of(bench_peak *p, td_context *c, int threads, const char *set, td_dtype d)
{
    const bench_loops *loops = bench_loops_of(set);
    if (!loops) return false;
    *p = (bench_peak){ .c = c, .threads = threads, .run = loops->fma[d == TD_F64],
                       .steps = threads > 1 ? STEPS_OF_MANY : STEPS };
    p->flops = loops->flops[d == TD_F64] * (double)p->steps * threads;
    return true;
}

static void peak_piece(int64_t begin, int64_t end, void *peak)
{
    const bench_peak *p = peak;
    char              kept[WIDEST];
    for (int64_t i = begin; i < end; i++) p->run(p->steps, kept);
}

void bench_peak_run(void *peak)
{
    const bench_peak *p = peak;
    td_parallel(p->c, p->threads, 1, peak_piece, peak);
}

const char *const bench_stream_name[BENCH_STREAMS] = { "read", "write", "copy", "copy past" };

/* ---- bandwidth ------------------------------------------------------------------------------------------------------ */

/* A piece of a thread, or of many if there is much: then one that starts late does less. */
static size_t piece_bytes(const bench_stream *s)
{
    enum { MOST = 1 << 20 };
    size_t pages = (s->bytes + PAGE - 1) / PAGE, threads = (size_t)s->threads, even = (pages + threads - 1) / threads * PAGE;
    return s->threads > 1 && even > MOST ? MOST : even;
}

static void stream_piece(int64_t begin, int64_t end, void *stream)
{
    const bench_stream *s = stream;
    size_t              piece = piece_bytes(s), first = (size_t)begin * piece, last = (size_t)end * piece;
    char                kept[WIDEST];
    if (last > s->bytes) last = s->bytes;
    for (int64_t i = 0; i < s->passes; i++)
        bench_loops_best()->stream[s->kind](s->kind == BENCH_READ ? kept : s->to + first, s->from + first, last - first);
}

void bench_stream_run(void *stream)
{
    const bench_stream *s = stream;
    size_t              piece = piece_bytes(s);
    td_parallel(s->c, (int64_t)((s->bytes + piece - 1) / piece), 1, stream_piece, stream);
}

double bench_stream_bytes(const bench_stream *s)
{
    int ways = s->kind == BENCH_COPY || s->kind == BENCH_COPY_PAST ? 2 : 1;
    return (double)s->passes * ways * (double)s->bytes;
}

/* ---- the machine ---------------------------------------------------------------------------------------------------- */

int bench_sets(const char *set[BENCH_SETS])
{
    bool        here = false;
    int         n = 0, found = 0;
    const char *name;
    while (td_isa_at(n, &here)) n++;
    while (n-- > 0 && found < BENCH_SETS)
        if ((name = td_isa_at(n, &here)) && here && bench_loops_of(name)) set[found++] = name;
    return found;
}

/* The empty instruction stands between the additions, so that the compiler can't make one of them all. */
double bench_hertz(void)
{
    enum { ADDITIONS = 1 << 20, TRIES = 5 };
    double fastest = 1;
    for (int t = 0; t < TRIES; t++) {
        uint64_t x = 1;
        double   start = bench_seconds();
        for (int i = 0; i < ADDITIONS; i++) {
            x += x;
            __asm__ volatile("" : "+r"(x));
        }
        double took = bench_seconds() - start;
        if (took < fastest) fastest = took;
    }
    return ADDITIONS / fastest;
}

int64_t bench_cache(int level)
{
    long bytes = 0;
#ifdef _SC_LEVEL1_DCACHE_SIZE
    bytes = sysconf(level == 1 ? _SC_LEVEL1_DCACHE_SIZE : _SC_LEVEL2_CACHE_SIZE);
#endif
    return bytes > 0 ? bytes : level == 1 ? 32 << 10 : 512 << 10;
}

void *bench_memory(size_t bytes)
{
    size_t whole = (bytes + PAGE - 1) / PAGE * PAGE;
    float *memory = aligned_alloc(PAGE, whole);
    for (size_t i = 0; memory && i < whole / sizeof *memory; i++) memory[i] = 1;
    return memory;
}
