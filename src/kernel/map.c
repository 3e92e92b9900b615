/* map.c: the elementwise loops of all dtypes, from the templates. */

/* Let gcc interleave the registers of elements that math/loop.h writes out: a fifth to a third of the time. */
#if defined __GNUC__ && !defined __clang__
#pragma GCC optimize("schedule-insns", "sched-pressure")
#endif

#include "kernel.h"
#include "map_loop.h"
#include "math/area.h"
#include "math/erf.h"
#include "math/exp.h"
#include "math/hyperbolic.h"
#include "math/inverse.h"
#include "math/inverse_erf.h"
#include "math/log.h"
#include "math/log_sum.h"
#include "math/logistic.h"
#include "math/loop.h"
#include "math/plane.h"
#include "math/power.h"
#include "math/trigonometric.h"
#include "special/special.h"
#include "scalar.h"
#include "set.h"

#define T uint8_t
#define F(name) bool_##name
#include "map_order.tmpl.h"
static td_map_fn *const map_bool[TD_MAP_COUNT] = { ORDER_ROWS };
#undef ORDER_ROWS
#undef F
#undef T

#define T float
#define BITS uint32_t
#define M(name) td_m_##name##f
#define F(name) f32_##name
#define SPECIAL(name) td_special_f32_##name
#define TABLE map_f32
#include "map_float.tmpl.h"
#undef TABLE
#undef SPECIAL
#undef M
#undef F
#undef BITS
#undef T

#define T double
#define BITS uint64_t
#define M(name) td_m_##name
#define F(name) f64_##name
#define SPECIAL(name) td_special_f64_##name
#define TABLE map_f64
#include "map_float.tmpl.h"
#undef TABLE
#undef SPECIAL
#undef M
#undef F
#undef BITS
#undef T

/* i64: arithmetic modulo 2^64, in unsigned where it could overflow */
#define T int64_t
#define F(name) i64_##name
#include "map_order.tmpl.h"

static uint64_t u(int64_t x) { return (uint64_t)x; }

MAP1(neg, td_s_wrap(0 - u(X)))
MAP1(abs, X < 0 ? td_s_wrap(0 - u(X)) : X)
MAP1(sign, (X > 0) - (X < 0))
MAP1(square, td_s_wrap(u(X) * u(X)))
MAP1(relu, X > 0 ? X : 0)
MAP1S(add_scalar, td_s_to_i64, td_s_wrap(u(X) + u(s)))
MAP1S(mul_scalar, td_s_to_i64, td_s_wrap(u(X) * u(s)))
MAP1S(pow_scalar, td_s_to_i64, td_s_ipow(X, s))
MAP2(add, T, td_s_wrap(u(X) + u(Y)))
MAP2(sub, T, td_s_wrap(u(X) - u(Y)))
MAP2(mul, T, td_s_wrap(u(X) * u(Y)))
MAP2(maximum, T, X > Y ? X : Y)
MAP2(minimum, T, X < Y ? X : Y)
MAP2(fmod, T, td_s_rest(X, Y))
MAP2(remainder, T, td_s_modulo(X, Y))
MAP2(floor_divide, T, td_s_floor_quotient(X, Y))
MAP1TO(never, uint8_t, X != X)
MAP1TO(always, uint8_t, X == X)
MAP1TO(signbit, uint8_t, X < 0)
MAP1(bitwise_not, ~X)
MAP2(bitwise_and, T, X & Y)
MAP2(bitwise_or, T, X | Y)
MAP2(bitwise_xor, T, X ^ Y)
MAP2(bitwise_left_shift, T, td_s_left(X, Y))
MAP2(bitwise_right_shift, T, td_s_right(X, Y))

static td_map_fn *const map_i64[TD_MAP_COUNT] = {
    ORDER_ROWS,
    [TD_MAP_floor] = F(copy), [TD_MAP_ceil] = F(copy), [TD_MAP_trunc] = F(copy), [TD_MAP_round] = F(copy),
    [TD_MAP_fmax] = F(maximum), [TD_MAP_fmin] = F(minimum), [TD_MAP_isnan] = F(never), [TD_MAP_isinf] = F(never),
    [TD_MAP_isfinite] = F(always), [TD_MAP_signbit] = F(signbit), [TD_MAP_fmod] = F(fmod),
    [TD_MAP_remainder] = F(remainder), [TD_MAP_floor_divide] = F(floor_divide), [TD_MAP_bitwise_not] = F(bitwise_not),
    [TD_MAP_bitwise_and] = F(bitwise_and), [TD_MAP_bitwise_or] = F(bitwise_or), [TD_MAP_bitwise_xor] = F(bitwise_xor),
    [TD_MAP_bitwise_left_shift] = F(bitwise_left_shift), [TD_MAP_bitwise_right_shift] = F(bitwise_right_shift),
    [TD_MAP_neg] = F(neg), [TD_MAP_abs] = F(abs), [TD_MAP_sign] = F(sign), [TD_MAP_square] = F(square),
    [TD_MAP_relu] = F(relu), [TD_MAP_add_scalar] = F(add_scalar), [TD_MAP_mul_scalar] = F(mul_scalar),
    [TD_MAP_pow_scalar] = F(pow_scalar), [TD_MAP_add] = F(add), [TD_MAP_sub] = F(sub), [TD_MAP_mul] = F(mul),
    [TD_MAP_maximum] = F(maximum), [TD_MAP_minimum] = F(minimum),
};
#undef ORDER_ROWS
#undef F
#undef T

td_map_fn *const *const TD_OF_SET(td_map)[TD_K_DTYPES] = { map_bool, map_i64, map_f32, map_f64 };

td_line_fn *const TD_OF_SET(td_line)[TD_K_DTYPES] = { bool_line, i64_line, f32_line, f64_line };

/* ---- cast: the same loop for each pair, by the conversion of one number ------------------------------------------ */

#define CAST(from, S, to, R, expression)                                                                              \
    static void cast_##from##_##to(int64_t n, void *y, const void *const *x, double a, double b)                      \
    {                                                                                                                 \
        const S *x0 = x[0];                                                                                           \
        R       *out = y;                                                                                             \
        (void)a, (void)b;                                                                                             \
        EACH for (int64_t i = 0; i < n; i++) {                                                                        \
            const S X = x0[i];                                                                                        \
            out[i] = (R)(expression);                                                                                 \
        }                                                                                                             \
    }

CAST(bool, uint8_t, i64, int64_t, X)
CAST(bool, uint8_t, f32, float, X)
CAST(bool, uint8_t, f64, double, X)
CAST(i64, int64_t, bool, uint8_t, X != 0)
CAST(i64, int64_t, f32, float, X)
CAST(i64, int64_t, f64, double, X)
CAST(f32, float, bool, uint8_t, X != 0)
CAST(f32, float, i64, int64_t, td_s_to_i64(X))
CAST(f32, float, f64, double, X)
CAST(f64, double, bool, uint8_t, X != 0)
CAST(f64, double, i64, int64_t, td_s_to_i64(X))
CAST(f64, double, f32, float, X)

td_map_fn *const TD_OF_SET(td_cast)[TD_K_DTYPES][TD_K_DTYPES] = {
    [TD_K_BOOL] = { bool_copy, cast_bool_i64, cast_bool_f32, cast_bool_f64 },
    [TD_K_I64]  = { cast_i64_bool, i64_copy, cast_i64_f32, cast_i64_f64 },
    [TD_K_F32]  = { cast_f32_bool, cast_f32_i64, f32_copy, cast_f32_f64 },
    [TD_K_F64]  = { cast_f64_bool, cast_f64_i64, cast_f64_f32, f64_copy },
};
