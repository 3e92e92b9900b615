/* scalar.h: of one number what neither C nor math/ has. */
#ifndef TD_KERNEL_SCALAR_H
#define TD_KERNEL_SCALAR_H

#include <math.h>
#include <stdint.h>

static inline double td_s_reciprocal(double x) { return 1 / x; }

/* Towards zero; what does not fit becomes the nearest that does, NaN 0. */
static inline int64_t td_s_to_i64(double x)
{
    if (isnan(x)) return 0;
    if (x >= 0x1p63) return INT64_MAX;
    return x < -0x1p63 ? INT64_MIN : (int64_t)x;
}

/* Integer arithmetic modulo 2^64. */
static inline int64_t td_s_wrap(uint64_t x) { return x <= INT64_MAX ? (int64_t)x : -(int64_t)(~x) - 1; }

/* x^n modulo 2^64 by squaring; n < 0 as real division would truncate, 1/0 as 0. */
static inline int64_t td_s_ipow(int64_t x, int64_t n)
{
    if (n < 0) return x == 1 ? 1 : x == -1 ? (n % 2 ? -1 : 1) : 0;
    uint64_t y = 1, square = (uint64_t)x;
    for (; n; n >>= 1, square *= square)
        if (n & 1) y *= square;
    return td_s_wrap(y);
}

#endif
