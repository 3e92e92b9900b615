/* vector.h: one register of the set that is compiled for, by element type: f32, f64, u64.
 *
 *     V_f64                 so many numbers as a register holds; + - * and [] as the compilers' vector types have them
 *     LANES_f64             how many those are
 *     LOAD_f64(p)           of any alignment;  STORE_f64(p, v)
 *     FIRST_f64(p, n)       the first n from memory, 1 <= n <= LANES, 0 behind them; nothing else is read
 *     PUT_FIRST_f64(p, v, n)    the first n into memory; nothing else is written
 *     PAST_f64(p, v)        a store past the caches, p a multiple of TD_VECTOR: see past.c
 *     SPLAT_f64(x)          x in every lane
 *     FMA_f64(a, b, c)      a b + c, rounded once; u64: modulo 2^64
 *     TRADE_f64(x, y, s)    of each pair of blocks of s lanes, the right one of x and the left one of y change places
 *
 * Plain vector types, and intrinsics where they cannot say it.  A load that must not touch what lies behind its last number.
 * And fma: gcc 12 and clang 14 do make one instruction of a loop over the lanes, but gcc takes it apart again where a lane
 * comes from a shuffle, and clang -O1 where it likes.  Other machines get that loop; where there is no fma instruction, it
 * comes from the C library a lane at a time: slow, the same bits. */
#ifndef TD_KERNEL_VECTOR_H
#define TD_KERNEL_VECTOR_H

#include <math.h>
#include <stdint.h>
#include <string.h>

#if defined __AVX512F__
#include <immintrin.h>
#define TD_VECTOR 64    /* bytes */
#define LIST_4(f, s) LIST16(f, s)
#define LIST_8(f, s) LIST8(f, s)
#elif defined __AVX2__
#include <immintrin.h>
#define TD_VECTOR 32
#define LIST_4(f, s) LIST8(f, s)
#define LIST_8(f, s) LIST4(f, s)
#else
#define TD_VECTOR 16
#define LIST_4(f, s) LIST4(f, s)
#define LIST_8(f, s) LIST2(f, s)
#endif

#define TD_INLINE static inline __attribute__((always_inline))
#ifdef __clang__
#define TD_UNROLL _Pragma("clang loop unroll(full)")
#else
#define TD_UNROLL _Pragma("GCC unroll 16")
#endif

/* The compiler forgets what it knows of a pointer. */
#define TD_OPAQUE(pointer) __asm__("" : "+r"(pointer))

/* f(0, s), f(1, s), ...: as many as a register has numbers of 4 bytes (LIST_4), or of 8 */
#define LIST2(f, s)  f(0, s), f(1, s)
#define LIST4(f, s)  LIST2(f, s), f(2, s), f(3, s)
#define LIST8(f, s)  LIST4(f, s), f(4, s), f(5, s), f(6, s), f(7, s)
#define LIST16(f, s) LIST8(f, s), f(8, s), f(9, s), f(10, s), f(11, s), f(12, s), f(13, s), f(14, s), f(15, s)

/* What lane l of the two results of a trade is, counted through the lanes of x and then of y. */
#define TRADE_X4(l, s) ((l) / (s) % 2 ? TD_VECTOR / 4 + (l) - (s) : (l))
#define TRADE_Y4(l, s) ((l) / (s) % 2 ? TD_VECTOR / 4 + (l) : (l) + (s) % (TD_VECTOR / 4))
#define TRADE_X8(l, s) ((l) / (s) % 2 ? TD_VECTOR / 8 + (l) - (s) : (l))
#define TRADE_Y8(l, s) ((l) / (s) % 2 ? TD_VECTOR / 8 + (l) : (l) + (s) % (TD_VECTOR / 8))

#define TRADE(V, x, y, s, size)                                                          \
    do {                                                                                 \
        V left_ = (x), right_ = (y);                                                     \
        (x) = __builtin_shufflevector(left_, right_, LIST_##size(TRADE_X##size, s));     \
        (y) = __builtin_shufflevector(left_, right_, LIST_##size(TRADE_Y##size, s));     \
    } while (0)
#define TRADE_f32(x, y, s) TRADE(V_f32, x, y, s, 4)
#define TRADE_f64(x, y, s) TRADE(V_f64, x, y, s, 8)
#define TRADE_u64(x, y, s) TRADE(V_u64, x, y, s, 8)

#define EACH(l, x) x
#define VECTOR_TYPE(name, T, size)                                                       \
    typedef T V_##name __attribute__((vector_size(TD_VECTOR)));                          \
    enum { LANES_##name = TD_VECTOR / sizeof(T) };                                       \
    TD_INLINE V_##name LOAD_##name(const T *p)                                           \
    {                                                                                    \
        V_##name v;                                                                      \
        memcpy(&v, p, sizeof v);                                                         \
        return v;                                                                        \
    }                                                                                    \
    TD_INLINE void STORE_##name(T *p, V_##name v) { memcpy(p, &v, sizeof v); }           \
    TD_INLINE V_##name SPLAT_##name(T x) { return (V_##name){ LIST_##size(EACH, x) }; }

VECTOR_TYPE(f32, float, 4)
VECTOR_TYPE(f64, double, 8)
VECTOR_TYPE(u64, uint64_t, 8)

#if defined __AVX512F__
TD_INLINE V_f32 FMA_f32(V_f32 a, V_f32 b, V_f32 c) { return (V_f32)_mm512_fmadd_ps((__m512)a, (__m512)b, (__m512)c); }
TD_INLINE V_f64 FMA_f64(V_f64 a, V_f64 b, V_f64 c) { return (V_f64)_mm512_fmadd_pd((__m512d)a, (__m512d)b, (__m512d)c); }
#elif defined __FMA__ && defined __AVX2__
TD_INLINE V_f32 FMA_f32(V_f32 a, V_f32 b, V_f32 c) { return (V_f32)_mm256_fmadd_ps((__m256)a, (__m256)b, (__m256)c); }
TD_INLINE V_f64 FMA_f64(V_f64 a, V_f64 b, V_f64 c) { return (V_f64)_mm256_fmadd_pd((__m256d)a, (__m256d)b, (__m256d)c); }
#else
#define VECTOR_FMA(name, fma)                                                            \
    TD_INLINE V_##name FMA_##name(V_##name a, V_##name b, V_##name c)                    \
    {                                                                                    \
        V_##name v;                                                                      \
        TD_UNROLL for (int l = 0; l < LANES_##name; l++) v[l] = fma(a[l], b[l], c[l]);   \
        return v;                                                                        \
    }
VECTOR_FMA(f32, __builtin_fmaf)
VECTOR_FMA(f64, __builtin_fma)
#undef VECTOR_FMA
#endif
TD_INLINE V_u64 FMA_u64(V_u64 a, V_u64 b, V_u64 c) { return a * b + c; }

#if defined __AVX512F__

#define MASK(n) ((1u << (n)) - 1)
TD_INLINE V_f32 FIRST_f32(const float *p, int n) { return (V_f32)_mm512_maskz_loadu_ps((__mmask16)MASK(n), p); }
TD_INLINE V_f64 FIRST_f64(const double *p, int n) { return (V_f64)_mm512_maskz_loadu_pd((__mmask8)MASK(n), p); }
TD_INLINE V_u64 FIRST_u64(const uint64_t *p, int n) { return (V_u64)_mm512_maskz_loadu_epi64((__mmask8)MASK(n), p); }
TD_INLINE void PUT_FIRST_f32(float *p, V_f32 v, int n) { _mm512_mask_storeu_ps(p, (__mmask16)MASK(n), (__m512)v); }
TD_INLINE void PUT_FIRST_f64(double *p, V_f64 v, int n) { _mm512_mask_storeu_pd(p, (__mmask8)MASK(n), (__m512d)v); }
TD_INLINE void PUT_FIRST_u64(uint64_t *p, V_u64 v, int n) { _mm512_mask_storeu_epi64(p, (__mmask8)MASK(n), (__m512i)v); }
#undef MASK

#elif defined __AVX2__

/* n lanes of all ones */
TD_INLINE __m256i mask_4(int n)
{
    static const int32_t ones[16] = { -1, -1, -1, -1, -1, -1, -1, -1 };
    return _mm256_loadu_si256((const __m256i *)(ones + 8 - n));
}
TD_INLINE __m256i mask_8(int n) { return mask_4(2 * n); }
TD_INLINE V_f32 FIRST_f32(const float *p, int n) { return (V_f32)_mm256_maskload_ps(p, mask_4(n)); }
TD_INLINE V_f64 FIRST_f64(const double *p, int n) { return (V_f64)_mm256_maskload_pd(p, mask_8(n)); }
TD_INLINE V_u64 FIRST_u64(const uint64_t *p, int n) { return (V_u64)_mm256_maskload_epi64((const long long *)p, mask_8(n)); }
TD_INLINE void PUT_FIRST_f32(float *p, V_f32 v, int n) { _mm256_maskstore_ps(p, mask_4(n), (__m256)v); }
TD_INLINE void PUT_FIRST_f64(double *p, V_f64 v, int n) { _mm256_maskstore_pd(p, mask_8(n), (__m256d)v); }
TD_INLINE void PUT_FIRST_u64(uint64_t *p, V_u64 v, int n)
{
    _mm256_maskstore_epi64((long long *)p, mask_8(n), (__m256i)v);
}

#else

#define VECTOR_FIRST(name, T)                                                            \
    TD_INLINE V_##name FIRST_##name(const T *p, int n)                                   \
    {                                                                                    \
        V_##name v = { 0 };                                                              \
        memcpy(&v, p, (size_t)n * sizeof *p);                                            \
        return v;                                                                        \
    }                                                                                    \
    TD_INLINE void PUT_FIRST_##name(T *p, V_##name v, int n) { memcpy(p, &v, (size_t)n * sizeof *p); }
VECTOR_FIRST(f32, float)
VECTOR_FIRST(f64, double)
VECTOR_FIRST(u64, uint64_t)
#undef VECTOR_FIRST

#endif
#undef VECTOR_TYPE

#if defined __AVX512F__
#define PAST(p, v) _mm512_stream_si512((__m512i *)(void *)(p), (__m512i)(v))
#elif defined __AVX2__
#define PAST(p, v) _mm256_stream_si256((__m256i *)(void *)(p), (__m256i)(v))
#elif defined __SSE2__
#include <emmintrin.h>
#define PAST(p, v) _mm_stream_si128((__m128i *)(void *)(p), (__m128i)(v))
#else
#define PAST(p, v) memcpy(p, &(v), sizeof (v))
#endif
TD_INLINE void PAST_f32(float *p, V_f32 v) { PAST(p, v); }
TD_INLINE void PAST_f64(double *p, V_f64 v) { PAST(p, v); }
TD_INLINE void PAST_u64(uint64_t *p, V_u64 v) { PAST(p, v); }
#undef PAST
#endif
