/* output.h: how results leave a benchmark, for the shared files alone. */
#ifndef BENCH_OUTPUT_H
#define BENCH_OUTPUT_H

#include "bench.h"

void  bench_write_race(bench *b, const bench_race *r);
/* FOLDER/NAME[-PART].SUFFIX, opened for writing; NULL after a word about it. */
FILE *bench_file(const bench *b, const char *part, const char *suffix);

#endif
