/* loop.h: a map kernel from an elementary function, an expression of one element X (and Y) and of the scalar s.
 * For the templates, where T, BITS, F(name) and M(name) stand.
 *
 * Such a function is a chain of some fifty operations: one register of elements at a time leaves the machine waiting.  So
 * several registers of 64 bytes are computed together, written out for gcc, which then interleaves them, and asked of clang.
 * What is left over at the end is computed with some before it a second time, or in a block of its own where there are none
 * or they have been written over, so that there is one loop and one body.  Without an fma instruction nothing becomes vector
 * code, and a block is one element.  MATH_FOUR does the same for f(..., i), i < n. */
#ifndef TD_KERNEL_MATH_LOOP_H
#define TD_KERNEL_MATH_LOOP_H

#include "../map_loop.h"
#include "bits.h"

#if !defined __FMA__ && !defined __ARM_FEATURE_FMA

#define MATH_BLOCK 1
#define MATH_4(f) y[0] = f(x[0], z[0], s);
#define MATH_2(f) MATH_4(f)

#define MATH_FOUR(n, f, ...) for (int i = 0; i < (n); i++) f(__VA_ARGS__, i);

#elif defined __clang__

#define MATH_BLOCK (4 * 64 / (int)sizeof(T))
#define MATH_4(f)                                                                                          \
    _Pragma("clang loop vectorize(assume_safety) interleave_count(4)")                                     \
    for (int i = 0; i < MATH_BLOCK; i++) y[i] = f(x[i], z[i], s);
#define MATH_2(f)                                                                                          \
    _Pragma("clang loop vectorize(assume_safety) interleave_count(2)")                                     \
    for (int i = 0; i < MATH_BLOCK; i++) y[i] = f(x[i], z[i], s);
#define MATH_FOUR(n, f, ...)                                                                               \
    _Pragma("clang loop vectorize(assume_safety) interleave_count(4)")                                     \
    for (int i = 0; i < (n); i++) f(__VA_ARGS__, i);

#else

#define MATH_BLOCK (4 * 64 / (int)sizeof(T))
#define MATH_4(f)                                                                                          \
    _Pragma("GCC ivdep")                                                                                   \
    for (int i = 0, j = MATH_BLOCK / 4, k = 2 * j, l = 3 * j; i < MATH_BLOCK / 4; i++, j++, k++, l++) {    \
        const T a = f(x[i], z[i], s), b = f(x[j], z[j], s), c = f(x[k], z[k], s), d = f(x[l], z[l], s);    \
        y[i] = a, y[j] = b, y[k] = c, y[l] = d;                                                            \
    }
#define MATH_2(f)                                                                                          \
    _Pragma("GCC ivdep")                                                                                   \
    for (int i = 0, j = MATH_BLOCK / 2; i < MATH_BLOCK / 2; i++, j++) {                                    \
        const T a = f(x[i], z[i], s), b = f(x[j], z[j], s);                                                \
        y[i] = a, y[j] = b;                                                                                \
    }
#define MATH_FOUR(n, f, ...)                                                                               \
    _Pragma("GCC ivdep")                                                                                   \
    for (int i = 0, j = (n) / 4, k = 2 * j, l = 3 * j; i < (n) / 4; i++, j++, k++, l++) {                  \
        f(__VA_ARGS__, i);                                                                                 \
        f(__VA_ARGS__, j);                                                                                 \
        f(__VA_ARGS__, k);                                                                                 \
        f(__VA_ARGS__, l);                                                                                 \
    }

#endif

/* operands: 1 or 2; registers: 4, or 2 for the longest functions, whose constants and intermediates fill the others */
#define MATH(name, operands, registers, expression)                                                        \
    TD_M_INLINE T F(name##_one)(T X, T Y, T s)                                                             \
    {                                                                                                      \
        (void)Y, (void)s;                                                                                  \
        return (T)(expression);                                                                            \
    }                                                                                                      \
    static void F(name##_blocks)(int64_t blocks, T *y, const T *x, const T *z, T s)                        \
    {                                                                                                      \
        for (; blocks; blocks--, y += MATH_BLOCK, x += MATH_BLOCK, z += MATH_BLOCK) {                      \
            MATH_##registers(F(name##_one))                                                                \
        }                                                                                                  \
    }                                                                                                      \
    static void F(name)(int64_t n, void *y, const void *const *x, double a, double b)                      \
    {                                                                                                      \
        const int64_t rest = n % MATH_BLOCK, whole = n - rest;                                             \
        const T      *x0 = x[0], *x1 = x[operands - 1];                                                    \
        T            *out = y, x0_rest[MATH_BLOCK], x1_rest[MATH_BLOCK], out_rest[MATH_BLOCK];             \
        (void)b;                                                                                           \
        F(name##_blocks)(whole / MATH_BLOCK, out, x0, x1, (T)a);                                           \
        if (!rest) return;                                                                                 \
        if (whole && out != x0 && out != x1) {                                                             \
            const int64_t at = n - MATH_BLOCK;                                                             \
            F(name##_blocks)(1, out + at, x0 + at, x1 + at, (T)a);                                         \
            return;                                                                                        \
        }                                                                                                  \
        for (int i = 0; i < MATH_BLOCK; i++) {                                                             \
            x0_rest[i] = i < rest ? x0[whole + i] : 1;                                                     \
            x1_rest[i] = i < rest ? x1[whole + i] : 1;                                                     \
        }                                                                                                  \
        F(name##_blocks)(1, out_rest, x0_rest, x1_rest, (T)a);                                             \
        memcpy(out + whole, out_rest, (size_t)rest * sizeof(T));                                           \
    }

/* The same for a function with a short text for usual operands: a block that has none but these takes it.  `rare` has its
 * first bit set for the others.  In a block with one of these all go through the whole function, whose bits are the same. */
enum { USUAL_BLOCK = 256 };
#define MATH_USUAL(name, registers, rare)                                                                  \
    MATH(name##_usual, 1, registers, M(name##_usual)(X))                                                   \
    MAP1(name##_whole, M(name)(X))                                                                         \
    static void F(name)(int64_t n, void *y, const void *const *x, double a, double b)                      \
    {                                                                                                      \
        const T *x0 = x[0];                                                                                \
        T       *out = y;                                                                                  \
        for (int64_t at = 0, count; at < n; at += count, x0 += count, out += count) {                      \
            BITS any = 0;                                                                                  \
            count = n - at < USUAL_BLOCK ? n - at : USUAL_BLOCK;                                           \
            for (int64_t i = 0; i < count; i++) any |= M(rare)(x0[i]);                                     \
            td_map_fn *way = any >> (8 * sizeof any - 1) ? F(name##_whole) : F(name##_usual);              \
            way(count, out, (const void *[]){x0}, a, b);                                                   \
        }                                                                                                  \
    }

#endif
