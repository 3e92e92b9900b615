/* plugin.h: a peer in another language, as a shared library that speaks this.
 *
 * It makes a work of an op on memory that triad's tensors have already, and runs it as often as it is told, into the same
 * output.  bench/peers/torch.cc is one.
 *
 *     const char *bench_peer_name(void);
 *     void        bench_peer_threads(int n);
 *     void       *bench_peer_make(const char *op, int bits, int rank, const int64_t *size, const int64_t *count,
 *                                 void *const *in, void *out);
 *     void        bench_peer_run(void *work);
 *     void        bench_peer_free(void *work);
 *
 * op is the benchmark's name for it; bits 32 or 64; size that of in[0]; count how many numbers in[0], in[1]... have; an
 * index is of int64_t.  NULL: it has no such op. */
#ifndef BENCH_PLUGIN_H
#define BENCH_PLUGIN_H

#include "bench.h"

typedef struct bench_plugin {
    const char *name;           /* NULL: none */
    void *(*make)(const char *op, int bits, int rank, const int64_t *size, const int64_t *count, void *const *in, void *out);
    void  (*run)(void *work);
    void  (*free)(void *work);
    void  (*threads)(int n);
} bench_plugin;

/* Loads b->plugin; false after a word if it is asked for and can't be. */
bool  bench_plugin_load(bench *b, bench_plugin *p);
/* The plugin's work of an op on these tensors; NULL if there is none. */
void *bench_plugin_work(const bench_plugin *p, const char *op, int n, td_tensor *const *in, void *out);

#endif
