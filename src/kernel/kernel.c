/* kernel.c: the instruction sets, and the choice among them by what the CPU can. */
#include "kernel.h"

#include <stddef.h>
#include <string.h>

extern const td_kernels td_kernels_base;
static bool always(void) { return true; }

#ifdef TD_X86_SETS
extern const td_kernels td_kernels_avx2, td_kernels_avx512;

static bool has_avx2(void) { return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"); }

static bool has_avx512(void)
{
    return has_avx2() && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
           __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl");
}
#endif

/* From the plainest to the best. */
static const struct { const td_kernels *kernels; bool (*here)(void); } sets[] = {
    { &td_kernels_base, always },
#ifdef TD_X86_SETS
    { &td_kernels_avx2, has_avx2 },
    { &td_kernels_avx512, has_avx512 },
#endif
};
enum { SETS = sizeof sets / sizeof sets[0] };

const td_kernels *td_kernels_at(int i, bool *here)
{
    if (i < 0 || i >= SETS) return NULL;
    *here = sets[i].here();
    return sets[i].kernels;
}

const td_kernels *td_kernels_get(void)
{
    int i = SETS - 1;
    while (!sets[i].here()) i--;
    return sets[i].kernels;
}

const td_kernels *td_kernels_named(const char *name)
{
    for (int i = 0; i < SETS; i++)
        if (!strcmp(name, sets[i].kernels->name)) return sets[i].here() ? sets[i].kernels : NULL;
    return NULL;
}
