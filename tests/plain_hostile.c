/* plain_hostile.c: what surrounds a computation may be odd; its bits don't change and the process lives on.
 *
 * Called from a parallel region; in a child of fork, after threads have run; with strange OpenMP settings; where threads
 * can't be started; with another rounding mode, denormals off, traps on.  A plain main: some of it execs this program
 * again. */
#include <fenv.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>
#ifdef __SSE2__
#include <xmmintrin.h>
#endif

#include "everything.h"

enum { MANY = 16, PATIENCE = 60, STACK = 64 << 20, SPARE = 180 << 20 };

/* Programs that are large enough for threads: as many as `threads` says (0: as OpenMP says). */
static uint64_t work(int threads)
{
    uint64_t h = HASH_START;
    for (int k = 0; k < 3; k++) {
        uint64_t one = hash_program(k, &(td_options){.threads = threads});
        h = hash_bytes(h, &one, sizeof one);
    }
    return h;
}

static int says(const char *what, bool right)
{
    printf("%s: %s\n", what, right ? "the same bits" : "WRONG");
    fflush(stdout);
    return !right;
}

/* ---- in this process ------------------------------------------------------------------------------------------------ */

static int nested(uint64_t right)
{
    int wrong = 0;
#pragma omp parallel num_threads(3) reduction(+ : wrong)
    wrong += work(2) != right;
    return says("called from a parallel region", wrong == 0);
}

static int rounding(uint64_t right)
{
    fesetround(FE_UPWARD);
    bool same = work(2) == right && fegetround() == FE_UPWARD;
    fesetround(FE_TONEAREST);
    return says("rounding upward", same);
}

/* Traps on, denormals to zero: of x86's control word. */
static int control_word(uint64_t right)
{
#ifdef __SSE2__
    const unsigned flush = 0x8040, traps = _MM_MASK_INVALID | _MM_MASK_DIV_ZERO | _MM_MASK_OVERFLOW;
    unsigned       mine = _mm_getcsr(), odd = (mine | flush) & ~traps;
    _mm_setcsr(odd);
    uint64_t got = work(2);
    unsigned after = _mm_getcsr();
    _mm_setcsr(mine);
    return says("denormals off, traps on", got == right && (after & ~0x3fu) == (odd & ~0x3fu));
#else
    (void)right;
    return 0;
#endif
}

/* ---- in others ------------------------------------------------------------------------------------------------------ */

static int ended_well(pid_t child)
{
    int status;
    return child > 0 && waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

static int child_of_fork(uint64_t right)
{
    pid_t child = fork();
    if (child == 0) {
        alarm(PATIENCE);
        _exit(work(2) != right);
    }
    return says("in a child of fork", ended_well(child));
}

typedef struct setting {
    const char *name, *value;
} setting;

/* This program again, with a setting and an argument that says what to do; it is given the hash to compare with. */
static int again(const char *self, setting s, const char *how, uint64_t right)
{
    char  hash[32], what[100];
    pid_t child;
    snprintf(hash, sizeof hash, "%llx", (unsigned long long)right);
    snprintf(what, sizeof what, "%s=%s %s", s.name, s.value, how);
    if ((child = fork()) == 0) {
        setenv(s.name, s.value, 1);
        setrlimit(RLIMIT_STACK, &(struct rlimit){ STACK, STACK });    /* of each thread it starts */
        execl(self, self, how, hash, (char *)NULL);
        _exit(1);
    }
    return says(what, ended_well(child));
}

/* Address space for a few threads' stacks, not for all. */
static void starve(void)
{
    unsigned long pages = 0;
    FILE         *f = fopen("/proc/self/statm", "r");
    if (!f) return;
    if (fscanf(f, "%lu", &pages) == 1) {
        rlim_t most = pages * (rlim_t)sysconf(_SC_PAGESIZE) + SPARE;
        setrlimit(RLIMIT_AS, &(struct rlimit){ most, most });
    }
    fclose(f);
}

static int run_again(const char *how, const char *hash)
{
    bool     starved = !strcmp(how, "starved");
    uint64_t got;
    alarm(PATIENCE);
    if (starved) starve();
    got = work(starved ? MANY : 0);
    if (got != strtoull(hash, NULL, 16)) printf("%s: %llx, not %s\n", how, (unsigned long long)got, hash);
    return got != strtoull(hash, NULL, 16);
}

int main(int argc, char **argv)
{
    static const setting odd[] = {
        {"OMP_NUM_THREADS", "999999999999"}, {"OMP_NUM_THREADS", "-3"},      {"OMP_NUM_THREADS", "many"},
        {"OMP_NUM_THREADS", "4,3,2"},        {"OMP_THREAD_LIMIT", "1"},      {"OMP_DYNAMIC", "true"},
        {"OMP_MAX_ACTIVE_LEVELS", "0"},      {"OMP_SCHEDULE", "guided,77"},  {"OMP_PROC_BIND", "close"},
    };
    if (argc == 3) return run_again(argv[1], argv[2]);
    uint64_t right = work(1);
    int      wrong = says("two threads", work(2) == right);
    wrong += nested(right) + rounding(right) + control_word(right) + child_of_fork(right);
    for (size_t i = 0; i < sizeof odd / sizeof odd[0]; i++) wrong += again(argv[0], odd[i], "odd", right);
#ifndef __SANITIZE_ADDRESS__    /* which reserves address space by the terabyte */
    wrong += again(argv[0], (setting){"OMP_NUM_THREADS", "16"}, "starved", right);
#endif
    return wrong != 0;
}
