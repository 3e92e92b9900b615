/* limits.c: loops that do nothing but what the machine can do fastest.
 *
 * The peak is chains of fma that touch no memory, enough of them to hide the latency of one; the widths are those of the
 * kernels' instruction sets.  Bandwidth is one pass in order with the widest loads and stores there are.  The loops are
 * written here and not taken from a library, so that what they count is in sight: a copy reads n bytes and writes n. */
#include "limits.h"

#include <math.h>
#include <string.h>

enum { CHAINS = 12, STREAMS = 8 };

#ifdef __clang__
#define UNROLL _Pragma("clang loop unroll(full)")
#else
#define UNROLL _Pragma("GCC unroll 12")
#endif

typedef uint64_t bits128 __attribute__((vector_size(16)));

#define TARGET
#define NAME "base"
#define F(name) base_##name
#define VI bits128
#define STORE_PAST(p, v) (*(p) = (v))
#define FENCE() ((void)0)

#ifdef __aarch64__

#include <arm_neon.h>
#define VD float64x2_t
#define VF float32x4_t
#define SET_D(x) vdupq_n_f64(x)
#define SET_F(x) vdupq_n_f32(x)
#define FMA_D(a, b, c) vfmaq_f64(c, a, b)
#define FMA_F(a, b, c) vfmaq_f32(c, a, b)

#else

#define VD double
#define VF float
#define SET_D(x) (x)
#define SET_F(x) (x)
#define FMA_D(a, b, c) fma(a, b, c)
#define FMA_F(a, b, c) fmaf(a, b, c)

#endif

#include "limits.tmpl.h"
#include "limits_end.h"

#if defined __x86_64__ && defined __GNUC__

#include <immintrin.h>

#define TARGET __attribute__((target("avx2,fma")))
#define NAME "avx2"
#define F(name) avx2_##name
#define VD __m256d
#define VF __m256
#define VI __m256i
#define SET_D(x) _mm256_set1_pd(x)
#define SET_F(x) _mm256_set1_ps(x)
#define FMA_D(a, b, c) _mm256_fmadd_pd(a, b, c)
#define FMA_F(a, b, c) _mm256_fmadd_ps(a, b, c)
#define STORE_PAST(p, v) _mm256_stream_si256(p, v)
#define FENCE() _mm_sfence()
#include "limits.tmpl.h"
#include "limits_end.h"

#define TARGET __attribute__((target("avx512f")))
#define NAME "avx512"
#define F(name) avx512_##name
#define VD __m512d
#define VF __m512
#define VI __m512i
#define SET_D(x) _mm512_set1_pd(x)
#define SET_F(x) _mm512_set1_ps(x)
#define FMA_D(a, b, c) _mm512_fmadd_pd(a, b, c)
#define FMA_F(a, b, c) _mm512_fmadd_ps(a, b, c)
#define STORE_PAST(p, v) _mm512_stream_si512(p, v)
#define FENCE() _mm_sfence()
#include "limits.tmpl.h"
#include "limits_end.h"

static const bench_loops *const all[] = { &avx512_loops, &avx2_loops, &base_loops };

#else
static const bench_loops *const all[] = { &base_loops };
#endif

/* The base of x86-64 has no fma: its peak would be that of a function call. */
const bench_loops *bench_loops_of(const char *set)
{
#ifdef __x86_64__
    if (!strcmp(set, "base")) return NULL;
#endif
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        if (!strcmp(set, all[i]->name)) return all[i];
    return NULL;
}

/* The widest that this machine has. */
const bench_loops *bench_loops_best(void)
{
    bool        here = false;
    const char *set;
    for (size_t k = 0; k < sizeof all / sizeof *all; k++)
        for (int i = 0; (set = td_isa_at(i, &here)); i++)
            if (here && !strcmp(set, all[k]->name)) return all[k];
    return &base_loops;
}
