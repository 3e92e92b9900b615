/* map_loop.h: a map kernel from the expression of one element, in terms of X, Y, Z (operands 0, 1, 2), s and t (the
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

/* the same, made from X alone into another type */
#define MAP1TO(name, R, expression)                                                        \
    static void F(name)(int64_t n, void *y, const void *const *x, double a, double b)      \
    {                                                                                      \
        const T *x0 = x[0];                                                                \
        R       *out = y;                                                                  \
        (void)a, (void)b;                                                                  \
        EACH for (int64_t i = 0; i < n; i++) {                                             \
            const T X = x0[i];                                                             \
            out[i] = (R)(expression);                                                      \
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

#define MAP2S(name, expression)                                                            \
    static void F(name)(int64_t n, void *y, const void *const *x, double a, double b)      \
    {                                                                                      \
        const T *x0 = x[0], *x1 = x[1], s = (T)a;                                          \
        T       *out = y;                                                                  \
        (void)b;                                                                           \
        EACH for (int64_t i = 0; i < n; i++) {                                             \
            const T X = x0[i], Y = x1[i];                                                  \
            out[i] = expression;                                                           \
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

#define MAP3(name, expression)                                                             \
    static void F(name)(int64_t n, void *y, const void *const *x, double a, double b)      \
    {                                                                                      \
        const T *x0 = x[0], *x1 = x[1], *x2 = x[2];                                        \
        T       *out = y;                                                                  \
        (void)a, (void)b;                                                                  \
        EACH for (int64_t i = 0; i < n; i++) {                                             \
            const T X = x0[i], Y = x1[i], Z = x2[i];                                       \
            out[i] = expression;                                                           \
        }                                                                                  \
    }

#endif
