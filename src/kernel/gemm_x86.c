/* gemm_x86.c: the matrix products for AVX2 with FMA and for AVX-512, whatever the flags of the build.
 *
 * Intrinsics, because neither gcc 12 nor clang 14 promises an fma for a vector expression when contraction is off.
 * Tiles: as many accumulators as leave a register for A and one or two for B. */
#include "kernel.h"

#if defined __x86_64__ && defined __GNUC__
#include <immintrin.h>
#include <string.h>

#ifdef __clang__
#define UNROLL          /* clang unrolls constant loops anyway */
#else
#define UNROLL _Pragma("GCC unroll 8")
#endif

#define TARGET __attribute__((target("avx2,fma")))
#define ROWS 6
#define VECTORS 2

#define T double
#define V __m256d
#define LANES 4
#define F(name) f64_avx2_##name
#define EXPORT td_gemm_f64_avx2
#define LOAD(p) _mm256_loadu_pd(p)
#define STORE(p, v) _mm256_storeu_pd(p, v)
#define SPLAT(x) _mm256_set1_pd(x)
#define FMA(a, b, c) _mm256_fmadd_pd(a, b, c)
#include "gemm.tmpl.h"
#undef T
#undef V
#undef LANES
#undef F
#undef EXPORT
#undef LOAD
#undef STORE
#undef SPLAT
#undef FMA

#define T float
#define V __m256
#define LANES 8
#define F(name) f32_avx2_##name
#define EXPORT td_gemm_f32_avx2
#define LOAD(p) _mm256_loadu_ps(p)
#define STORE(p, v) _mm256_storeu_ps(p, v)
#define SPLAT(x) _mm256_set1_ps(x)
#define FMA(a, b, c) _mm256_fmadd_ps(a, b, c)
#include "gemm.tmpl.h"
#undef T
#undef V
#undef LANES
#undef F
#undef EXPORT
#undef LOAD
#undef STORE
#undef SPLAT
#undef FMA

#undef TARGET
#undef ROWS
#define TARGET __attribute__((target("avx512f")))
#define ROWS 8

#define T double
#define V __m512d
#define LANES 8
#define F(name) f64_avx512_##name
#define EXPORT td_gemm_f64_avx512
#define LOAD(p) _mm512_loadu_pd(p)
#define STORE(p, v) _mm512_storeu_pd(p, v)
#define SPLAT(x) _mm512_set1_pd(x)
#define FMA(a, b, c) _mm512_fmadd_pd(a, b, c)
#include "gemm.tmpl.h"
#undef T
#undef V
#undef LANES
#undef F
#undef EXPORT
#undef LOAD
#undef STORE
#undef SPLAT
#undef FMA

#define T float
#define V __m512
#define LANES 16
#define F(name) f32_avx512_##name
#define EXPORT td_gemm_f32_avx512
#define LOAD(p) _mm512_loadu_ps(p)
#define STORE(p, v) _mm512_storeu_ps(p, v)
#define SPLAT(x) _mm512_set1_ps(x)
#define FMA(a, b, c) _mm512_fmadd_ps(a, b, c)
#include "gemm.tmpl.h"

#else
typedef int td_no_x86;    /* a translation unit may not be empty */
#endif
