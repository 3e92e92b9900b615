/* map_float.tmpl.h: all maps of a floating dtype.
 * Parameters: T float or double, BITS its unsigned integer, F(name) the name of a loop for T, M(name) that of a function of
 * math/ for T, SPECIAL(name) that of a loop compiled once, TABLE the name of the finished table.
 *
 * Arithmetic is done in T.  Elementary functions work in double and round to T once, but for those that say otherwise. */

#include "map_order.tmpl.h"

static BITS F(bits_of)(T x)
{
    BITS u;
    memcpy(&u, &x, sizeof u);
    return u;
}

MAP1(neg, -X)
MAP1(abs, fabs(X))
MAP1(sign, X > 0 ? 1 : X < 0 ? -1 : X)
MAP1(square, X * X)
MAP1(relu, X <= 0 ? 0 : X)
MAP1(sqrt, sqrt(X))
MAP1(rsqrt, M(rsqrt)(X))
MAP1(reciprocal, td_s_reciprocal(X))
MATH_USUAL(exp, 4, exp_rare)
MATH_USUAL(exp2, 4, exp2_rare)
MATH(expm1, 1, 4, M(expm1)(X))
MATH_USUAL(log, 4, log_rare)
MATH_USUAL(log1p, 4, log1p_rare)
MATH_USUAL(log2, 4, log_rare)
MATH_USUAL(log10, 4, log_rare)
MATH(cbrt, 1, 4, M(cbrt)(X))
MATH_USUAL(sin, 4, turn_rare)
MATH_USUAL(cos, 4, turn_rare)
MATH_USUAL(tan, 4, turn_rare)
MATH(sinh, 1, 4, M(sinh)(X))
MATH(cosh, 1, 4, M(cosh)(X))
MATH(tanh, 1, 4, M(tanh)(X))
MATH(asin, 1, 4, M(asin)(X))
MATH(acos, 1, 2, M(acos)(X))
MATH_USUAL(atan, 4, atan_rare)
MATH_USUAL(sigmoid, 4, exp_rare)
MATH(asinh, 1, 2, M(asinh)(X))
MATH(acosh, 1, 2, M(acosh)(X))
MATH(atanh, 1, 2, M(atanh)(X))
MATH(erf, 1, 2, M(erf)(X))
MATH(erfc, 1, 2, M(erfc)(X))
MATH(erfinv, 1, 2, M(erfinv)(X))
MATH(logit, 1, 2, M(logit)(X, s))

MATH(entr, 1, 4, M(entr)(X))
MATH(softplus, 1, 4, M(softplus)(X))
MATH(gelu, 1, 2, M(gelu)(X))
MATH(ndtr, 1, 2, M(ndtr)(X))
MATH(silu, 1, 4, M(silu)(X))

MAP1S(leaky_relu, (T), X > 0 ? X : s * X)
MATH(elu, 1, 4, M(elu)(X, s))
MAP1S(add_scalar, (T), X + s)
MAP1S(mul_scalar, (T), X * s)

/* min(max(x, s), t); no comparison with NaN holds, so NaN stays */
static T F(between)(T x, T low, T high)
{
    T raised = x < low ? low : x;
    return raised > high ? high : raised;
}
MAP1S(clamp, (T), F(between)(X, s, t))

/* ---- to whole numbers: exact ---------------------------------------------------------------------------------------- */

MAP1(floor, floor(X))
MAP1(ceil, ceil(X))
MAP1(trunc, trunc(X))
MAP1(round, rint(X))

/* The sign of the remainder is the divisor's, as Python has it. */
static T F(modulo)(T x, T y)
{
    T r = (T)td_s_fmod(x, y);
    return r != 0 && (r < 0) != (y < 0) ? r + y : r;
}

/* The whole number next below x / y, from the exact remainder: x / y itself may round up to the one above. */
static T F(floor_quotient)(T x, T y)
{
    T r = (T)td_s_fmod(x, y), q = (x - r) / y, lower = r != 0 && (r < 0) != (y < 0) ? q - 1 : q;
    T whole = floor(lower), nearest = lower - whole > (T)0.5 ? whole + 1 : whole;
    return y == 0 ? x / y : lower == 0 ? copysign((T)0, x / y) : nearest;
}

MAP2(fmod, T, (T)td_s_fmod(X, Y))
MAP2(remainder, T, F(modulo)(X, Y))
MAP2(floor_divide, T, F(floor_quotient)(X, Y))

/* ---- what kind of number -------------------------------------------------------------------------------------------- */

MAP1TO(isnan, uint8_t, X != X)
MAP1TO(isinf, uint8_t, X == (T)INFINITY || X == -(T)INFINITY)
MAP1TO(isfinite, uint8_t, X - X == 0)
MAP1TO(signbit, uint8_t, F(bits_of)(X) >> (8 * sizeof(T) - 1))

/* ---- two operands --------------------------------------------------------------------------------------------------- */

MAP2(add, T, X + Y)
MAP2(sub, T, X - Y)
MAP2(mul, T, X * Y)
MAP2(div, T, X / Y)
MAP2S(axpy, s * X + Y)
MAP2(maximum, T, X > Y || isnan(X) ? X : Y)
MAP2(minimum, T, X < Y || isnan(X) ? X : Y)
MAP2(fmax, T, X > Y || isnan(Y) ? X : Y)
MAP2(fmin, T, X < Y || isnan(Y) ? X : Y)
/* from the nearer end, so that both ends are exact */
MAP3(lerp, Z < (T)0.5 ? X + Z * (Y - X) : Y - (Y - X) * (1 - Z))
MATH(hypot, 2, 4, M(hypot)(X, Y))
MATH(ldexp, 2, 4, M(ldexp)(X, Y))
MATH(atan2, 2, 2, M(atan2)(X, Y))
MATH(logaddexp, 2, 4, M(logaddexp)(X, Y))
MATH(logaddexp2, 2, 4, M(logaddexp2)(X, Y))

/* ---- several ops in one --------------------------------------------------------------------------------------------- */

MAP1S(joined_affine, (T), X * s + t)
MAP1S(joined_from, (T), s - X)
MAP1S(joined_from_square, (T), s - X * X)
MAP2S(joined_times_from_square, (s - X * X) * Y)

#include "map_power.tmpl.h"

static td_map_fn *const TABLE[TD_MAP_COUNT] = {
    ORDER_ROWS,
#define TD_MAP(name) [TD_MAP_##name] = SPECIAL(name),
#include "special.def"
#undef TD_MAP
    [TD_MAP_neg] = F(neg), [TD_MAP_abs] = F(abs), [TD_MAP_sign] = F(sign), [TD_MAP_square] = F(square),
    [TD_MAP_relu] = F(relu), [TD_MAP_sqrt] = F(sqrt), [TD_MAP_rsqrt] = F(rsqrt), [TD_MAP_reciprocal] = F(reciprocal),
    [TD_MAP_exp] = F(exp), [TD_MAP_exp2] = F(exp2), [TD_MAP_expm1] = F(expm1),
    [TD_MAP_log] = F(log), [TD_MAP_log1p] = F(log1p), [TD_MAP_log2] = F(log2),
    [TD_MAP_log10] = F(log10), [TD_MAP_cbrt] = F(cbrt),
    [TD_MAP_sin] = F(sin), [TD_MAP_cos] = F(cos), [TD_MAP_tan] = F(tan), [TD_MAP_sinh] = F(sinh),
    [TD_MAP_cosh] = F(cosh), [TD_MAP_tanh] = F(tanh), [TD_MAP_asin] = F(asin), [TD_MAP_acos] = F(acos),
    [TD_MAP_atan] = F(atan), [TD_MAP_erf] = F(erf), [TD_MAP_erfc] = F(erfc),
    [TD_MAP_sigmoid] = F(sigmoid), [TD_MAP_softplus] = F(softplus), [TD_MAP_gelu] = F(gelu),
    [TD_MAP_ndtr] = F(ndtr), [TD_MAP_silu] = F(silu), [TD_MAP_leaky_relu] = F(leaky_relu), [TD_MAP_elu] = F(elu),
    [TD_MAP_add_scalar] = F(add_scalar), [TD_MAP_mul_scalar] = F(mul_scalar), [TD_MAP_pow_scalar] = F(pow_scalar),
    [TD_MAP_clamp] = F(clamp), [TD_MAP_add] = F(add), [TD_MAP_sub] = F(sub), [TD_MAP_mul] = F(mul), [TD_MAP_div] = F(div),
    [TD_MAP_axpy] = F(axpy),
    [TD_MAP_asinh] = F(asinh), [TD_MAP_acosh] = F(acosh), [TD_MAP_atanh] = F(atanh), [TD_MAP_erfinv] = F(erfinv),
    [TD_MAP_entr] = F(entr), [TD_MAP_logit] = F(logit), [TD_MAP_floor] = F(floor), [TD_MAP_ceil] = F(ceil),
    [TD_MAP_trunc] = F(trunc), [TD_MAP_round] = F(round), [TD_MAP_fmod] = F(fmod), [TD_MAP_remainder] = F(remainder),
    [TD_MAP_floor_divide] = F(floor_divide), [TD_MAP_isnan] = F(isnan), [TD_MAP_isinf] = F(isinf),
    [TD_MAP_isfinite] = F(isfinite), [TD_MAP_signbit] = F(signbit), [TD_MAP_fmax] = F(fmax), [TD_MAP_fmin] = F(fmin),
    [TD_MAP_joined_affine] = F(joined_affine), [TD_MAP_joined_from] = F(joined_from),
    [TD_MAP_joined_from_square] = F(joined_from_square), [TD_MAP_joined_times_from_square] = F(joined_times_from_square),
    [TD_MAP_lerp] = F(lerp), [TD_MAP_hypot] = F(hypot), [TD_MAP_atan2] = F(atan2), [TD_MAP_logaddexp] = F(logaddexp),
    [TD_MAP_logaddexp2] = F(logaddexp2), [TD_MAP_ldexp] = F(ldexp),
    [TD_MAP_pow] = F(pow), [TD_MAP_maximum] = F(maximum), [TD_MAP_minimum] = F(minimum),
};

#undef ORDER_ROWS
