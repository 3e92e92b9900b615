/* again.c: what was computed once is computed again, without making nodes.
 *
 * In a context that computes at once every node of an expression has its memory; so the ops' compute functions can be
 * called over it as often as one likes, with the same operands. */
#include "bench.h"
#include "core/core.h"

#include <stdlib.h>

enum { MOST_IN = sizeof((bench_again *)0)->in[0] / sizeof(td_window) };

td_context *bench_context(const char *set, int threads)
{
    if (set) setenv("TD_ISA", set, 1);
    else unsetenv("TD_ISA");
    td_context *c = td_open(&(td_options){ .engine = td_eval_engine(), .threads = threads, .seed = 1 });
    if (!td_error(c)) return c;
    td_close(c);
    return NULL;
}

static bool add_call(bench_again *a, const td_tensor *y)
{
    if (a->n == BENCH_CALLS || y->n_in > MOST_IN) return false;
    for (int i = 0; i < y->n_in; i++) a->in[a->n][i] = td_window_of(y->in[i]);
    a->call[a->n] = (td_call){ .context = y->context, .op = y->op, .attr = y->attr, .n_in = y->n_in, .in = a->in[a->n],
                               .out = td_window_of(y) };
    a->n++;
    return true;
}

bool bench_again_of(bench_again *a, td_context *c, int64_t first)
{
    a->c = c;
    a->n = 0;
    for (int64_t i = first; i < td_node_count(c); i++) {
        const td_tensor *y = td_node(c, i);
        if (!y->op || !y->op->compute || y->flags & TD_VIEW) continue;
        if (add_call(a, y)) continue;
        fprintf(stderr, "%s: more than %d computations\n", y->op->name, BENCH_CALLS);
        return false;
    }
    if (td_error(c)) fprintf(stderr, "%s\n", td_message(c));
    return !td_error(c);
}

void bench_again_run(void *again)
{
    const bench_again *a = again;
    for (int i = 0; i < a->n; i++) a->call[i].op->compute(&a->call[i]);
}
