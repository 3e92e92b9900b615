/* map_loop.h: a map kernel from the expression of one element, in terms of X (operand 0), Y (operand 1), s and t (the
 * scalars a and b in T).  For the templates, where T and F(name) stand.  The macro is the loop and nothing else. */
#ifndef TD_KERNEL_MAP_LOOP_H
#define TD_KERNEL_MAP_LOOP_H

#include "each.h"

#define MAP1(name, expression)                                                             \
    static void F(name)(int64_t n, void *y, const void *const *x, double a, double b)      \
    {                                                                                      \
        const T *x0 = x[0];                                                                \
        T       *out = y;                                                                  \
        (void)a, (void)b;                                                                  \
        EACH for (int64_t i = 0; i < n; i++) {                                             \
            const T X = x0[i];                                                             \
            out[i] = (T)(expression);                                                      \
        }                                                                                  \
    }

/* A function of math/ with a short text for usual operands: the block that has none but these takes it.  `rare` has its
 * first bit set for the others.  In a block with one of these all go through the whole function, whose bits are the same. */
enum { USUAL_BLOCK = 256 };
#define MAP1_USUAL(name, rare)                                                             \
    static void F(name)(int64_t n, void *y, const void *const *x, double a, double b)      \
    {                                                                                      \
        const T *x0 = x[0];                                                                \
        T       *out = y;                                                                  \
        (void)a, (void)b;                                                                  \
        for (int64_t at = 0, end; at < n; at = end) {                                      \
            BITS any = 0;                                                                  \
            end = n - at < USUAL_BLOCK ? n : at + USUAL_BLOCK;                             \
            for (int64_t i = at; i < end; i++) any |= M(rare)(x0[i]);                      \
            if (any >> (8 * sizeof any - 1))                                               \
                EACH for (int64_t i = at; i < end; i++) out[i] = M(name)(x0[i]);           \
            else                                                                           \
                EACH for (int64_t i = at; i < end; i++) out[i] = M(name##_usual)(x0[i]);   \
        }                                                                                  \
    }

#define MAP1S(name, scalar, expression)                                                    \
    static void F(name)(int64_t n, void *y, const void *const *x, double a, double b)      \
    {                                                                                      \
        const T *x0 = x[0], s = scalar(a), t = scalar(b);                                  \
        T       *out = y;                                                                  \
        (void)t;                                                                           \
        EACH for (int64_t i = 0; i < n; i++) {                                             \
            const T X = x0[i];                                                             \
            out[i] = (T)(expression);                                                      \
        }                                                                                  \
    }

#define MAP2(name, R, expression)                                                          \
    static void F(name)(int64_t n, void *y, const void *const *x, double a, double b)      \
    {                                                                                      \
        const T *x0 = x[0], *x1 = x[1];                                                    \
        R       *out = y;                                                                  \
        (void)a, (void)b;                                                                  \
        EACH for (int64_t i = 0; i < n; i++) {                                             \
            const T X = x0[i], Y = x1[i];                                                  \
            out[i] = (R)(expression);                                                      \
        }                                                                                  \
    }

#endif
