/* limits.h: the loops behind bench_peak and bench_stream. */
#ifndef BENCH_LIMITS_H
#define BENCH_LIMITS_H

#include "bench.h"

typedef struct bench_loops {
    const char *name;
    void (*fma[2])(int64_t steps, void *kept);       /* f32, f64; kept: 64 bytes */
    double flops[2];                                 /* in a step */
    void (*stream[BENCH_STREAMS])(void *to, const void *from, size_t bytes);
} bench_loops;

const bench_loops *bench_loops_of(const char *set);  /* NULL: no fma there */
const bench_loops *bench_loops_best(void);           /* of this machine */

#endif
