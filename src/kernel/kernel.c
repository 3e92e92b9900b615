/* kernel.c: the tables, and the choice among them by what the CPU can.
 *
 * So far they differ in gemm alone; everything else is built for the baseline. */
#include "kernel.h"

#include <stddef.h>
#include <string.h>

static const td_kernels base = {
    .name = "base", .map = td_map, .cast = td_cast, .line = td_line, .reduce = td_reduces,
    .gemm = { NULL, td_gemm_i64, td_gemm_f32_base, td_gemm_f64_base },
};

#if defined __x86_64__ && defined __GNUC__

static const td_kernels avx2 = {
    .name = "avx2", .map = td_map, .cast = td_cast, .line = td_line, .reduce = td_reduces,
    .gemm = { NULL, td_gemm_i64, td_gemm_f32_avx2, td_gemm_f64_avx2 },
};

static const td_kernels avx512 = {
    .name = "avx512", .map = td_map, .cast = td_cast, .line = td_line, .reduce = td_reduces,
    .gemm = { NULL, td_gemm_i64, td_gemm_f32_avx512, td_gemm_f64_avx512 },
};

static bool has_avx2(void) { return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"); }
static bool has_avx512(void) { return has_avx2() && __builtin_cpu_supports("avx512f"); }

#endif

static bool always(void) { return true; }

/* From the plainest to the best. */
static const struct { const td_kernels *kernels; bool (*here)(void); } sets[] = {
    { &base, always },
#if defined __x86_64__ && defined __GNUC__
    { &avx2, has_avx2 }, { &avx512, has_avx512 },
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
