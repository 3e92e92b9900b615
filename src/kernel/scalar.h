/* scalar.h: the elementary functions that libm lacks, in double, right in the tails.
 *
 * Each takes the one form that neither overflows nor cancels where its result is an ordinary number.  The f32 loops call
 * them too and round once. */
#ifndef TD_KERNEL_SCALAR_H
#define TD_KERNEL_SCALAR_H

#include <math.h>
#include <stdint.h>

static inline double td_s_reciprocal(double x) { return 1 / x; }

/* log(1 + exp x) = max(x, 0) + log1p(exp(-|x|)) */
static inline double td_s_softplus(double x)
{
    double tail = log1p(exp(-fabs(x)));
    return x < 0 ? tail : x + tail;
}

/* Phi(x) = erfc(-x / sqrt 2) / 2.  sqrt 1/2 in two parts: erfc at -z magnifies the rounding of z by 2 z^2. */
static inline double td_s_ndtr(double x)
{
    const double half_root = 0.70710678118654752440, rest = -4.8336466567264567e-17;
    const double two_by_root_pi = 1.1283791670955126;
    double z = -x * half_root, value = erfc(z);
    if (z > 1 && z < 27) value -= two_by_root_pi * exp(-z * z) * (fma(-x, half_root, -z) - x * rest);
    return value / 2;
}

static inline double td_s_gelu(double x) { return x * td_s_ndtr(x); }

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
