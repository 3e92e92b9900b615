/* parallel.c: the one place that knows of threads.
 *
 * Work is cut by n and grain alone; threads only choose who does which piece, so no result can depend on their number.
 *
 * OpenMP ends the process where threads can't be had, and waits forever in a child of fork for threads that stayed with
 * its parent.  Neither may happen here: the count is clamped, a thread that wants more of them than before tries first
 * whether they start, and a child works alone. */
#include "core.h"

#include <fenv.h>
#include <string.h>
#ifdef __SSE2__
#include <xmmintrin.h>
#endif
#ifdef _OPENMP
#include <omp.h>
#include <pthread.h>
#include <stdatomic.h>
#include <unistd.h>
#endif

enum {
    MOST_THREADS = 256,
    CROWD        = 16      /* this many may share fewer processors: of use in tests only */
};

/* ---- the floating-point environment --------------------------------------------------------------------------------- */

#ifdef __SSE2__

/* Where SSE does the arithmetic its control word is all of it, and quick to read: it is written only where it differs. */
enum { DEFAULT_WORD = 0x1f80, STICKY = 0x3f };

void td_fenv_enter(td_fenv *f)
{
    unsigned word = _mm_getcsr();
    memcpy(f->saved, &word, sizeof word);
    if ((word & ~(unsigned)STICKY) != DEFAULT_WORD) _mm_setcsr(DEFAULT_WORD);
}

void td_fenv_leave(const td_fenv *f)
{
    unsigned word;
    memcpy(&word, f->saved, sizeof word);
    if (_mm_getcsr() != word) _mm_setcsr(word);
}

bool td_fenv_is_plain(void) { return (_mm_getcsr() & ~(unsigned)STICKY) == DEFAULT_WORD; }

#else

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

bool td_fenv_is_plain(void) { return false; }

#endif

/* ---- pieces of work ------------------------------------------------------------------------------------------------ */

static void run_alone(int64_t n, int64_t grain, int64_t pieces, td_body *body, void *argument)
{
    td_fenv caller;
    td_fenv_enter(&caller);
    for (int64_t i = 0; i < pieces; i++) body(i * grain, i + 1 < pieces ? (i + 1) * grain : n, argument);
    td_fenv_leave(&caller);
}

#ifdef _OPENMP

static int64_t smaller(int64_t a, int64_t b) { return a < b ? a : b; }

static int threads_wanted(const td_context *c)
{
    int64_t processors = omp_get_num_procs();
    int64_t most = processors > CROWD ? processors : CROWD;
    int64_t wanted = c->options.threads > 0 ? c->options.threads : smaller(omp_get_max_threads(), most);
    return (int)smaller(wanted, MOST_THREADS);
}

/* ---- can they be had? ---------------------------------------------------------------------------------------------- */

static void *pass_gate(void *gate)
{
    pthread_mutex_lock(gate);
    pthread_mutex_unlock(gate);
    return NULL;
}

/* How many of `wanted` threads, this one among them, can live at the same time. */
static int threads_to_be_had(int wanted)
{
    pthread_mutex_t gate = PTHREAD_MUTEX_INITIALIZER;
    pthread_t       thread[MOST_THREADS];
    int             had = 1;
    pthread_mutex_lock(&gate);
    while (had < wanted && !pthread_create(&thread[had], NULL, pass_gate, &gate)) had++;
    pthread_mutex_unlock(&gate);
    for (int i = 1; i < had; i++) pthread_join(thread[i], NULL);
    return had;
}

/* The process that owns OpenMP's threads: the first to want any.  The one thing the library remembers beside contexts. */
static atomic_long owner;

static bool owns_threads(void)
{
    long self = getpid(), nobody = 0;
    return atomic_compare_exchange_strong(&owner, &nobody, self) || nobody == self;
}

/* All regions of a context are of one size: OpenMP ends and starts threads where sizes differ. */
static int thread_count(const td_context *c)
{
    static _Thread_local int asked = 1, had = 1;
    int                      wanted = threads_wanted(c);
    if (wanted <= 1 || omp_in_parallel() || !owns_threads()) return 1;
    if (wanted > asked) had = threads_to_be_had(asked = wanted);
    return wanted < had ? wanted : had;
}

static void run_pieces(int threads, int64_t n, int64_t grain, int64_t pieces, td_body *body, void *argument)
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

static int  thread_count(const td_context *c) { (void)c; return 1; }
static void run_pieces(int threads, int64_t n, int64_t grain, int64_t pieces, td_body *body, void *argument)
{
    (void)threads;
    run_alone(n, grain, pieces, body, argument);
}

#endif

int td_threads(const td_context *c) { return thread_count(c); }

/* One piece, or one thread, does not pay for entering a parallel region (0.3 us even when it is refused). */
void td_parallel(const td_context *c, int64_t n, int64_t grain, td_body *body, void *argument)
{
    if (n <= 0) return;
    int64_t pieces = (n - 1) / grain + 1;
    int     threads = pieces > 1 ? thread_count(c) : 1;
    if (threads > 1) run_pieces(threads, n, grain, pieces, body, argument);
    else run_alone(n, grain, pieces, body, argument);
}
