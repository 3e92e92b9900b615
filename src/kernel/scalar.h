/* scalar.h: of one number what neither C nor math/ has. */
#ifndef TD_KERNEL_SCALAR_H
#define TD_KERNEL_SCALAR_H

#include <math.h>
#include <stdint.h>

static inline double td_s_reciprocal(double x) { return 1 / x; }

/* a >= 0 less the multiple of t > 0 next below, for a / t < 2^52: exact, for the quotient is at most one too large, and what
 * the fma leaves has no more bits than t. */
static inline double td_s_reduced(double a, double t)
{
    double r = fma(-trunc(a / t), t, a);
    return r < 0 ? r + t : r;
}

/* x - y trunc(x / y), exact.  A quotient of more than 52 bits is taken 52 at a time, from the top. */
static inline double td_s_fmod(double x, double y)
{
    double a = fabs(x), b = fabs(y), t = b;
    if (!(a < INFINITY) || !(b > 0)) return NAN;
    if (a < b) return x;
    while (t * 0x1p52 <= a) t *= 0x1p52;
    for (; t > b; t *= 0x1p-52) a = td_s_reduced(a, t);
    return copysign(td_s_reduced(a, b), x);
}

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

/* x divided by y, towards zero; -2^63 by -1 wraps, and by 0 it is 0: ops refuse it before they come here. */
static inline int64_t td_s_quotient(int64_t x, int64_t y)
{
    if (y == -1) return td_s_wrap(0 - (uint64_t)x);
    return y == 0 ? 0 : x / y;
}

static inline int64_t td_s_rest(int64_t x, int64_t y) { return y == 0 || y == -1 ? 0 : x % y; }

/* The same towards minus infinity. */
static inline int64_t td_s_modulo(int64_t x, int64_t y)
{
    int64_t r = td_s_rest(x, y);
    return r != 0 && (r < 0) != (y < 0) ? r + y : r;
}

static inline int64_t td_s_floor_quotient(int64_t x, int64_t y)
{
    int64_t r = td_s_rest(x, y);
    return td_s_quotient(x, y) - (r != 0 && (r < 0) != (y < 0));
}

/* x 2^n and x / 2^n towards minus infinity, of 64 bits; by a count that no shift has as by one too large. */
static inline int64_t td_s_left(int64_t x, int64_t n) { return n < 0 || n > 63 ? 0 : td_s_wrap((uint64_t)x << n); }
static inline int64_t td_s_right(int64_t x, int64_t n)
{
    uint64_t sign = x < 0 ? UINT64_MAX : 0;
    return td_s_wrap((((uint64_t)x ^ sign) >> (n < 0 || n > 63 ? 63 : n)) ^ sign);
}

#endif
