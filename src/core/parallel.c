/* parallel.c: the one place that knows of threads.
 *
 * Work is cut by n and grain alone; threads only choose who does which piece, so no result can depend on their number.
 * The count handed to OpenMP is clamped here: an absurd OMP_NUM_THREADS would end the process. */
#include "core.h"

#include <fenv.h>
#include <string.h>
#ifdef _OPENMP
#include <omp.h>
#endif

enum {
    MOST_THREADS = 256,
    CROWD        = 16      /* this many may share fewer processors: of use in tests only */
};

_Static_assert(sizeof(fenv_t) <= sizeof(td_fenv), "td_fenv holds a fenv_t");

void td_fenv_enter(td_fenv *f)
{
    fenv_t saved;
    fegetenv(&saved);
    memcpy(f->saved, &saved, sizeof saved);
    fesetenv(FE_DFL_ENV);
}

void td_fenv_leave(const td_fenv *f)
{
    fenv_t saved;
    memcpy(&saved, f->saved, sizeof saved);
    fesetenv(&saved);
}

#ifdef _OPENMP

static int64_t smaller(int64_t a, int64_t b) { return a < b ? a : b; }

static int thread_count(const td_context *c, int64_t pieces)
{
    if (omp_in_parallel()) return 1;
    int64_t processors = omp_get_num_procs();
    int64_t most = processors > CROWD ? processors : CROWD;
    int64_t wanted = c->options.threads > 0 ? c->options.threads : smaller(omp_get_max_threads(), most);
    wanted = smaller(smaller(wanted, pieces), MOST_THREADS);
    return wanted < 1 ? 1 : (int)wanted;
}

static void run_parallel(int threads, int64_t n, int64_t grain, int64_t pieces, td_body *body, void *argument)
{
#pragma omp parallel num_threads(threads)
    {
        td_fenv mine;
        td_fenv_enter(&mine);
#pragma omp for schedule(dynamic)
        for (int64_t i = 0; i < pieces; i++) body(i * grain, i + 1 < pieces ? (i + 1) * grain : n, argument);
        td_fenv_leave(&mine);
    }
}

#else

static int  thread_count(const td_context *c, int64_t pieces) { (void)c, (void)pieces; return 1; }
static void run_parallel(int threads, int64_t n, int64_t grain, int64_t pieces, td_body *body, void *argument)
{
    (void)threads;
    for (int64_t i = 0; i < pieces; i++) body(i * grain, i + 1 < pieces ? (i + 1) * grain : n, argument);
}

#endif

/* One piece, or one thread, does not pay for entering a parallel region (0.3 us even when it is refused). */
void td_parallel(const td_context *c, int64_t n, int64_t grain, td_body *body, void *argument)
{
    if (n <= 0) return;
    int64_t pieces = (n - 1) / grain + 1;
    if (pieces == 1) {
        body(0, n, argument);
        return;
    }
    int threads = thread_count(c, pieces);
    if (threads > 1) run_parallel(threads, n, grain, pieces, body, argument);
    else for (int64_t i = 0; i < pieces; i++) body(i * grain, i + 1 < pieces ? (i + 1) * grain : n, argument);
}
