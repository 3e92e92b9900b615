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

static int has_avx2(void) { return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"); }
static int has_avx512(void) { return has_avx2() && __builtin_cpu_supports("avx512f"); }

const td_kernels *td_kernels_get(void) { return has_avx512() ? &avx512 : has_avx2() ? &avx2 : &base; }

const td_kernels *td_kernels_named(const char *name)
{
    if (!strcmp(name, "avx512")) return has_avx512() ? &avx512 : NULL;
    if (!strcmp(name, "avx2")) return has_avx2() ? &avx2 : NULL;
    return strcmp(name, "base") ? NULL : &base;
}

#else

const td_kernels *td_kernels_get(void) { return &base; }
const td_kernels *td_kernels_named(const char *name) { return strcmp(name, "base") ? NULL : &base; }

#endif
