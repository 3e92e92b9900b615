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
 * make may be missing.  op is the benchmark's name for it; bits 32 or 64; size that of in[0]; count how many numbers in[0],
 * in[1]... have; an index is of int64_t.  NULL: it has no such op.
 *
 * It may have layers too, which run and free take as well: they allocate what they make, and where an adjoint of the
 * result is given (as many numbers as that has) differentiate by all operands that are no indices, whose bits `indices` has.
 *
 *     void       *bench_peer_layer(const char *op, int bits, int n, const int *rank, const int64_t *const *size,
 *                                  void *const *in, unsigned indices, const void *adjoint);
 *     const void *bench_peer_result(void *layer, int i);
 *
 * Of the last run: i = 0 the result, i > 0 the gradient by in[i - 1]; row-major.
 *
 * And problems (peers/problem.h), which run, free and result take as well; memory: the bytes that a run holds at most above
 * its operands, where it can tell, else -1.
 *
 *     void       *bench_peer_problem(const bench_problem *problem);
 *     int64_t     bench_peer_memory(void *problem); */
#ifndef BENCH_PLUGIN_H
#define BENCH_PLUGIN_H

#include "bench.h"
#include "peers/problem.h"

typedef struct bench_plugin {
    const char *name;           /* NULL: none */
    void *(*make)(const char *op, int bits, int rank, const int64_t *size, const int64_t *count, void *const *in, void *out);
    void  (*run)(void *work);
    void  (*free)(void *work);
    void  (*threads)(int n);
    void *(*layer)(const char *op, int bits, int n, const int *rank, const int64_t *const *size, void *const *in,
                   unsigned indices, const void *adjoint);      /* NULL: it has none */
    const void *(*result)(void *layer, int i);
    void *(*problem)(const bench_problem *problem);             /* NULL: it has none */
    int64_t (*memory)(void *problem);
} bench_plugin;
enum { BENCH_LAYER_IN = 5, BENCH_PROBLEM_IN = 10, BENCH_PLUGINS = 4 };

/* Loads b->plugin; false after a word if it is asked for and can't be. */
bool  bench_plugin_load(bench *b, bench_plugin *p);
/* Loads all of b->plugin, names between commas; how many, -1 after a word. */
int   bench_plugins_load(bench *b, bench_plugin p[BENCH_PLUGINS]);
/* The plugin's work of an op on these tensors; NULL if there is none. */
void *bench_plugin_work(const bench_plugin *p, const char *op, int n, td_tensor *const *in, void *out);
/* The plugin's layer, n <= BENCH_LAYER_IN; adjoint NULL: forward alone. */
void *bench_plugin_layer(const bench_plugin *p, const char *op, int n, td_tensor *const *in, td_tensor *adjoint);
/* The plugin's job of a problem whose operands these are, n <= BENCH_PROBLEM_IN; ranks, sizes and data are filled in. */
void *bench_plugin_problem(const bench_plugin *p, bench_problem *problem, td_tensor *const *in);

#endif
