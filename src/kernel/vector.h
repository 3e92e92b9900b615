/* vector.h: registers of the set that is compiled for: V_f32, V_f64 with LANES_, LOAD_, STORE_, SPLAT_, FMA_.
 *
 * Intrinsics, because neither gcc 12 nor clang 14 promises an fma for a vector expression when contraction is off.  Where
 * there is no fma instruction a register is one number and fma comes from the C library: slow, the same bits. */
#ifndef TD_KERNEL_VECTOR_H
#define TD_KERNEL_VECTOR_H

#if defined __AVX512F__
#include <immintrin.h>

#define LANES_f32 16
#define V_f32 __m512
#define LOAD_f32(p) _mm512_loadu_ps(p)
#define STORE_f32(p, v) _mm512_storeu_ps(p, v)
#define SPLAT_f32(x) _mm512_set1_ps(x)
#define FMA_f32(a, b, c) _mm512_fmadd_ps(a, b, c)

#define LANES_f64 8
#define V_f64 __m512d
#define LOAD_f64(p) _mm512_loadu_pd(p)
#define STORE_f64(p, v) _mm512_storeu_pd(p, v)
#define SPLAT_f64(x) _mm512_set1_pd(x)
#define FMA_f64(a, b, c) _mm512_fmadd_pd(a, b, c)

#elif defined __AVX2__ && defined __FMA__
#include <immintrin.h>

#define LANES_f32 8
#define V_f32 __m256
#define LOAD_f32(p) _mm256_loadu_ps(p)
#define STORE_f32(p, v) _mm256_storeu_ps(p, v)
#define SPLAT_f32(x) _mm256_set1_ps(x)
#define FMA_f32(a, b, c) _mm256_fmadd_ps(a, b, c)

#define LANES_f64 4
#define V_f64 __m256d
#define LOAD_f64(p) _mm256_loadu_pd(p)
#define STORE_f64(p, v) _mm256_storeu_pd(p, v)
#define SPLAT_f64(x) _mm256_set1_pd(x)
#define FMA_f64(a, b, c) _mm256_fmadd_pd(a, b, c)

#else
#include <math.h>

#define LANES_f32 1
#define V_f32 float
#define LOAD_f32(p) (*(p))
#define STORE_f32(p, v) (*(p) = (v))
#define SPLAT_f32(x) (x)
#define FMA_f32(a, b, c) fmaf(a, b, c)

#define LANES_f64 1
#define V_f64 double
#define LOAD_f64(p) (*(p))
#define STORE_f64(p, v) (*(p) = (v))
#define SPLAT_f64(x) (x)
#define FMA_f64(a, b, c) fma(a, b, c)

#endif
#endif
