/* special.c: the loops over special functions, for both floating dtypes. */
#include "special.h"

/* X, Y, Z: the operands' elements, those there are; a, b: the scalars */
#define LOOP(name, operands, expression)                                                            \
    void F(name)(int64_t n, void *y, const void *const *x, double a, double b)                      \
    {                                                                                               \
        const T *x0 = x[0], *x1 = x[operands > 1], *x2 = x[operands > 2 ? 2 : 0];                   \
        T       *out = y;                                                                           \
        (void)a, (void)b, (void)x1, (void)x2;                                                       \
        for (int64_t i = 0; i < n; i++) out[i] = (T)(expression);                                   \
    }
#define X x0[i]
#define Y x1[i]
#define Z x2[i]

#define T float
#define F(name) td_special_f32_##name
#include "special.tmpl.h"
#undef F
#undef T

#define T double
#define F(name) td_special_f64_##name
#include "special.tmpl.h"
