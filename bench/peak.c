/* peak.c: what can this machine do at most?  fma a second on each instruction set, bytes a second to each level of memory.
 *
 * These are the limits that the other benchmarks measure again beside what they measure.  How the limits themselves are
 * kept honest: fma a cycle, by the clock of the same moment, is a whole number if the loop reaches the machine's. */
#include "bench.h"

#include <stdlib.h>

/* ---- fma ------------------------------------------------------------------------------------------------------------ */

static void tell_peak(bench *b, const char *set, td_dtype d, int threads)
{
    td_context *c = bench_context(NULL, threads);
    bench_peak  p;
    bench_race  r = { .dtype = td_dtype_name(d), .unit = "flop/s", .threads = threads };
    snprintf(r.work, sizeof r.work, "fma %s", set);
    if (c && bench_wants(b, r.work) && bench_peak_of(&p, c, threads, set, d)) {
        bench_enter(&r, set, bench_peak_run, &p, p.flops);
        bench_run(b, &r);
        double rate = bench_rate(&r, 0);
        printf("%-10s %-5s %7d %12.1f %14.2f %18.2f\n", set, r.dtype, threads, 1e-9 * rate, 1e-9 * bench_hertz(),
               rate / threads / bench_hertz());
    }
    td_close(c);
}

static void tell_peaks(bench *b)
{
    bool        here = false;
    const char *set;
    printf("\n%-10s %-5s %7s %12s %14s %18s\n", "fma", "dtype", "threads", "GFLOP/s", "GHz", "flop a cycle, core");
    for (int i = 0; (set = td_isa_at(i, &here)); i++)
        for (td_dtype d = TD_F32; here && d <= TD_F64; d++) {
            tell_peak(b, set, d, 1);
            if (b->threads > 1) tell_peak(b, set, d, b->threads);
        }
}

/* ---- bandwidth ------------------------------------------------------------------------------------------------------ */

enum { SMALLEST = 16 << 10, LARGEST = 256 << 20, MUCH = 32 << 20 };    /* much: entering the threads does not count */

/* All ways over so much memory for each thread (a copy has half of it to read, half to write), into r. */
static void race_streams(bench *b, bench_race *r, td_context *c, size_t bytes, char *memory)
{
    bench_stream s[BENCH_STREAMS];
    int          threads = r->threads;
    size_t       all = bytes * (size_t)threads;
    for (int kind = 0; kind < BENCH_STREAMS; kind++) {
        bool copies = kind == BENCH_COPY || kind == BENCH_COPY_PAST;
        s[kind] = (bench_stream){ .c = c, .threads = threads, .kind = kind, .from = memory,
                                  .to = copies ? memory + all / 2 : memory, .bytes = copies ? all / 2 : all,
                                  .passes = bytes < MUCH ? (int64_t)(MUCH / bytes) : 1 };
        bench_enter(r, bench_stream_name[kind], bench_stream_run, &s[kind], bench_stream_bytes(&s[kind]));
    }
    bench_run(b, r);
}

static const char *level_of(size_t bytes)
{
    if (bytes <= (size_t)bench_cache(1)) return "L1";
    if (bytes <= (size_t)bench_cache(2)) return "L2";
    if (bytes <= 16 * (size_t)bench_cache(2)) return "L3";
    return bytes >= LARGEST ? "memory" : "";
}

static void tell_streams(bench *b, int threads)
{
    static bench_figure f;
    char               *memory = bench_memory((size_t)LARGEST * (size_t)threads), part[32], title[64];
    td_context         *c = bench_context(NULL, threads);
    f = (bench_figure){ .title = title, .x_label = "bytes in use, of each thread", .y_label = "GB/s", .log_x = true,
                        .caption = "One pass in order, medians.  A copy reads half of the bytes and writes the other half; "
                                   "both count.  Past: with stores that leave the caches aside." };
    snprintf(title, sizeof title, "Bandwidth, %d thread%s", threads, threads > 1 ? "s" : "");
    printf("\n%-8s %12s %7s", "level", "bytes", "threads");
    for (int kind = 0; kind < BENCH_STREAMS; kind++) printf(" %10s", bench_stream_name[kind]);
    printf(" GB/s\n");
    for (size_t bytes = SMALLEST; memory && c && bytes <= LARGEST; bytes *= 2) {
        bench_race r = { .dtype = "bytes", .unit = "B/s", .threads = threads };
        snprintf(r.work, sizeof r.work, "%zu bytes", bytes);
        race_streams(b, &r, c, bytes, memory);
        printf("%-8s %12zu %7d", level_of(bytes), bytes, threads);
        for (int kind = 0; kind < BENCH_STREAMS; kind++) {
            printf(" %10.1f", 1e-9 * bench_rate(&r, kind));
            bench_point(bench_series_of(&f, bench_stream_name[kind]), (double)bytes, 1e-9 * bench_rate(&r, kind));
        }
        printf("\n");
    }
    snprintf(part, sizeof part, "bandwidth-%d", threads);
    if (f.n) bench_lines(b, &f, part);
    free(memory);
    td_close(c);
}

int main(int argc, char **argv)
{
    bench b;
    if (!bench_open(&b, argc, argv, "peak", "what this machine can do at most")) return 2;
    tell_peaks(&b);
    tell_streams(&b, 1);
    if (b.threads > 1) tell_streams(&b, b.threads);
    return bench_close(&b);
}
