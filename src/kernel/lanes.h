/* lanes.h: registers of the set that is compiled for, as reductions want them.
 *
 * Sums and products are plain expressions on GNU vectors.  Three things are said with intrinsics: gcc 12 makes two halves
 * and a join of the conversion of eight floats, and neither it nor clang 14 makes one instruction of a choice between two
 * vectors (the larger) or of "either is NaN". */
#ifndef TD_KERNEL_LANES_H
#define TD_KERNEL_LANES_H

#include "kernel.h"

#include <string.h>

#if defined __AVX512F__
#define REGISTER 64
#elif defined __AVX2__
#define REGISTER 32
#else
#define REGISTER 16
#endif

#ifdef __clang__
#define UNROLL          /* clang unrolls constant loops anyway */
#else
#define UNROLL _Pragma("GCC unroll 16")
#endif

/* doubles: the lanes of a sum */
typedef double wide __attribute__((vector_size(REGISTER)));
enum { WIDE = REGISTER / sizeof(double), WIDES = TD_BLOCK_LANES / WIDE };

/* floats and doubles as they stand in memory, and what comparing two such registers gives */
typedef float  reg_f32 __attribute__((vector_size(REGISTER)));
typedef double reg_f64 __attribute__((vector_size(REGISTER)));

static inline reg_f32 load_f32(const float *p) { reg_f32 v; memcpy(&v, p, sizeof v); return v; }
static inline reg_f64 load_f64(const double *p) { reg_f64 v; memcpy(&v, p, sizeof v); return v; }
static inline wide    widen_f64(const double *p) { return load_f64(p); }

/* The tree over the lanes of a sum: kernel.h. */
static inline double add_lanes(wide *lane)
{
    double last[WIDE];
    UNROLL for (int half = WIDES / 2; half; half /= 2)
        UNROLL for (int r = 0; r < half; r++) lane[r] += lane[r + half];
    memcpy(last, &lane[0], sizeof last);
    UNROLL for (int half = WIDE / 2; half; half /= 2)
        UNROLL for (int l = 0; l < half; l++) last[l] += last[l + half];
    return last[0];
}

/* max_T(a, b) is a > b ? a : b, min_T likewise; apart_T(a, b) is not 0 in the places where a or b is NaN. */
#if defined __AVX512F__
#include <immintrin.h>

typedef uint32_t apart;
static inline wide widen_f32(const float *p) { return _mm512_cvtps_pd(_mm256_loadu_ps(p)); }
#define max_f32(a, b) _mm512_max_ps(a, b)
#define min_f32(a, b) _mm512_min_ps(a, b)
#define max_f64(a, b) _mm512_max_pd(a, b)
#define min_f64(a, b) _mm512_min_pd(a, b)
#define apart_f32(a, b) ((apart)_mm512_cmp_ps_mask(a, b, _CMP_UNORD_Q))
#define apart_f64(a, b) ((apart)_mm512_cmp_pd_mask(a, b, _CMP_UNORD_Q))
static inline bool any_apart(apart a) { return a != 0; }

#elif defined __AVX2__
#include <immintrin.h>

typedef __m256i apart;
static inline wide widen_f32(const float *p) { return _mm256_cvtps_pd(_mm_loadu_ps(p)); }
#define max_f32(a, b) _mm256_max_ps(a, b)
#define min_f32(a, b) _mm256_min_ps(a, b)
#define max_f64(a, b) _mm256_max_pd(a, b)
#define min_f64(a, b) _mm256_min_pd(a, b)
#define apart_f32(a, b) _mm256_castps_si256(_mm256_cmp_ps(a, b, _CMP_UNORD_Q))
#define apart_f64(a, b) _mm256_castpd_si256(_mm256_cmp_pd(a, b, _CMP_UNORD_Q))
static inline bool any_apart(apart a) { return !_mm256_testz_si256(a, a); }

#elif defined __SSE2__
#include <emmintrin.h>

typedef __m128i apart;
static inline wide widen_f32(const float *p) { return (wide){ p[0], p[1] }; }
#define max_f32(a, b) _mm_max_ps(a, b)
#define min_f32(a, b) _mm_min_ps(a, b)
#define max_f64(a, b) _mm_max_pd(a, b)
#define min_f64(a, b) _mm_min_pd(a, b)
#define apart_f32(a, b) _mm_castps_si128(_mm_cmpunord_ps(a, b))
#define apart_f64(a, b) _mm_castpd_si128(_mm_cmpunord_pd(a, b))
static inline bool any_apart(apart a) { return _mm_movemask_epi8(a) != 0; }

#else

typedef int64_t apart __attribute__((vector_size(REGISTER)));
typedef int32_t mask_f32 __attribute__((vector_size(REGISTER)));
typedef int64_t mask_f64 __attribute__((vector_size(REGISTER)));
static inline wide widen_f32(const float *p) { return (wide){ p[0], p[1] }; }
#define choose(mask, a, b, T) (reg_##T)(((mask) & (mask_##T)(a)) | (~(mask) & (mask_##T)(b)))
#define max_f32(a, b) choose((a) > (b), a, b, f32)
#define min_f32(a, b) choose((a) < (b), a, b, f32)
#define max_f64(a, b) choose((a) > (b), a, b, f64)
#define min_f64(a, b) choose((a) < (b), a, b, f64)
#define apart_f32(a, b) (apart)(((a) != (a)) | ((b) != (b)))
#define apart_f64(a, b) (apart)(((a) != (a)) | ((b) != (b)))
static inline bool any_apart(apart a) { return (a[0] | a[1]) != 0; }

#endif
#endif
