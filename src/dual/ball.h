/* ball.h: a double and a bound on how far it may lie from the exact result.
 *
 * Running error analysis (Wilkinson 1963; Higham, "Accuracy and Stability of Numerical Algorithms", 2002, 3.3): each
 * operation adds its own rounding to what its operands' errors can do to it.  The bounds are computed in rounded
 * arithmetic themselves, so each is grown by more than a dozen of its own roundings.
 *
 * Invariant: |v - exact| <= e.  e = 0: v is exact, infinities and NaN included (log 0 is -inf and known to be).  e infinite
 * or NaN: can't tell.  A v that is not finite has one of these two.
 *
 * To be set before: UNIT, the relative error of one rounding; ETA, the absolute error where numbers are denormal;
 * EXACTLY, whether to look if a sum, product or quotient came out exact (of exact operands the result is then exact, and
 * conventions at kinks apply to it). */
#ifndef TD_DUAL_BALL_H
#define TD_DUAL_BALL_H

#include <float.h>
#include <math.h>

#include "order.h"
#include "triad_engine.h"

typedef struct ball { double v, e; } ball;

/* Error of libm's functions in units in the last place: a premise, sampled and not proved.  Largest seen in glibc 2.36
 * against quad precision, here rounded up to an integer, erfc by one more: 4e6 arguments each, exp .505, log .516, sin and
 * cos .515, tan .554, atan .52, expm1 .83, log1p .81, cosh 1.02, sinh 1.76, tanh 2.18, erfc 3.85; 1e6 each, asin .513,
 * acos .517, pow .507; 4e6 of each, asinh 1.65, acosh 2.06, atanh 1.64, erf 1.14. */
static const struct {
    double exp, expm1, log, log1p, sin, cos, tan, sinh, cosh, tanh, asin, acos, atan, asinh, acosh, atanh, erf, erfc, pow;
} ulps = { 1, 1, 1, 1, 1, 1, 1, 2, 2, 3, 1, 1, 1, 2, 3, 2, 2, 5, 1 };

static inline bool is_known(ball x) { return isfinite(x.e); }
static inline bool is_finite(ball x) { return isfinite(x.v) && isfinite(x.e); }
static inline bool is_exactly(ball x, double v) { return x.v == v && x.e == 0; }
/* May x be 0 without being it? */
static inline bool straddles(ball x) { return x.e > 0 && fabs(x.v) <= x.e; }

static inline ball ball_unknown(double v) { return (ball){v, INFINITY}; }
/* v, which has no slopes that could be unknown. */
static inline ball ball_obscured(ball v, ball x) { (void)x; return v; }
static inline ball ball_bent(ball v, ball x) { (void)x; return v; }

/* Elsewhere not v is rounded but a number as far from it as e: where a choice is in doubt v may be 0 and e is all there is. */
static inline double rounded(double e) { return grow(e * (1 + UNIT)); }

/* v, with e found from finite operands: not finite now, it overflowed, and what lies beyond nobody knows. */
static inline ball ball_found(double v, double e) { return isfinite(v) ? (ball){v, rounded(e)} : ball_unknown(v); }

/* A constant: a double, or rounded to float first where UNIT is float's. */
static inline ball ball_of(double c)
{
    bool exact = UNIT < 0x1p-50 || isnan(c) || (double)(float)c == c;
    return (ball){c, exact ? 0 : UNIT * fabs(c) + ETA};
}
static inline ball ball_rounded(double c) { return (ball){c, UNIT * fabs(c)}; }
static inline double ball_value(ball x) { return x.v; }
static inline ball ball_neg(ball x) { return (ball){-x.v, x.e}; }

/* x, or for all that is known the other. */
static inline ball ball_either(ball x, ball other)
{
    bool same = x.v == other.v || (isnan(x.v) && isnan(other.v));
    return (ball){x.v, grow((same ? 0 : fabs(x.v - other.v)) + fmax(x.e, other.e) + 0 * (x.e + other.e))};
}

static inline enum order ball_order(ball a, ball b)
{
    if (!is_known(a) || !is_known(b)) return UNSURE;
    if (isnan(a.v) || isnan(b.v)) return NONE;
    if (a.v == b.v) return a.e == 0 && b.e == 0 ? TIE : UNSURE;
    if (fabs(a.v - b.v) <= grow(a.e + b.e)) return UNSURE;
    return a.v < b.v ? LESS : MORE;
}

/* ---- arithmetic -------------------------------------------------------------------------------------------------- */

/* The error of s = a + b is a double itself, found without error (Knuth's TwoSum): so whether it is 0 can be told. */
static inline double sum_rounding(double a, double b, double s)
{
    double part = s - a, error = (a - (s - part)) + (b - part);
    bool exact = a == 0 || b == 0 || (EXACTLY && error == 0);
    return exact ? 0 : UNIT * fabs(s);
}

/* Known only if it follows from an operand that is not finite, and is what any numbers within the bounds would give. */
static inline ball ball_beyond(double v, ball a, ball b)
{
    bool follows = is_known(a) && is_known(b) && !(isfinite(a.v) && isfinite(b.v));
    return follows ? (ball){v, 0} : ball_unknown(v);
}

static inline ball ball_add(ball a, ball b)
{
    double s = a.v + b.v;
    if (!isfinite(s)) return ball_beyond(s, a, b);
    return (ball){s, rounded(a.e + b.e + sum_rounding(a.v, b.v, s))};
}

static inline ball ball_sub(ball a, ball b) { return ball_add(a, ball_neg(b)); }

static inline double product_rounding(ball a, ball b, double p)
{
    if (a.v == 0 || b.v == 0) return 0;
    bool exact = EXACTLY && a.e == 0 && b.e == 0 && fabs(p) > 0x1p-900 && fma(a.v, b.v, -p) == 0;
    return exact ? 0 : UNIT * fabs(p) + ETA;
}

static inline ball ball_mul(ball a, ball b)
{
    double p = a.v * b.v;
    if (!isfinite(p)) return straddles(a) || straddles(b) ? ball_unknown(p) : ball_beyond(p, a, b);
    if (is_exactly(a, 1) || is_exactly(a, -1)) return (ball){p, b.e};
    if (is_exactly(b, 1) || is_exactly(b, -1)) return (ball){p, a.e};
    return (ball){p, rounded(fabs(a.v) * b.e + fabs(b.v) * a.e + a.e * b.e + product_rounding(a, b, p))};
}

static inline double quotient_rounding(ball a, ball b, double q)
{
    if (a.v == 0 || isinf(b.v) || fabs(b.v) == 1) return 0;
    bool exact = EXACTLY && a.e == 0 && b.e == 0 && fabs(a.v) > 0x1p-900 && fma(q, b.v, -a.v) == 0;
    return exact ? 0 : UNIT * fabs(q) + ETA;
}

static inline ball ball_div(ball a, ball b)
{
    double q = a.v / b.v;
    if (is_exactly(b, 0)) return straddles(a) || !is_known(a) ? ball_unknown(q) : (ball){q, 0};
    if (!(b.e < fabs(b.v)) && !isnan(b.v)) return ball_unknown(q);
    if (!isfinite(q)) return ball_beyond(q, a, b);
    return (ball){q, rounded((a.e + fabs(q) * b.e) / (fabs(b.v) - b.e) + quotient_rounding(a, b, q))};
}

/* ---- derivatives ----------------------------------------------------------------------------------------------------
 * A derivative that is 0 with bound 0 belongs to what does not depend on the variable, and stays 0 whatever the slope, an
 * infinite one too.  One that came to 0 is another thing, and is given a bound to be told from it. */

static inline ball marked(ball t) { return is_exactly(t, 0) ? (ball){t.v, 0x1p-1070} : t; }

static inline ball ball_chain(ball slope, ball t) { return is_exactly(t, 0) ? t : marked(ball_mul(slope, t)); }

static inline ball ball_join(ball s, ball t)
{
    return is_exactly(s, 0) ? t : is_exactly(t, 0) ? s : marked(ball_add(s, t));
}

/* A slope of exactly 0 times this derivative: NaN where that is infinite, as the chain rule in reverse has it. */
static inline ball ball_spoil(ball t, ball other)
{
    if (is_finite(other)) return t;
    return other.e == 0 ? (ball){NAN, 0} : (ball){t.v, NAN};
}

/* ---- elementary functions -------------------------------------------------------------------------------------------
 * `spread` is how far the function can move while its argument moves by the argument's error, with no Taylor cut. */

/* The function at an argument that is not finite or not known. */
static inline ball ball_limit(double y, ball x)
{
    return (ball){y, !is_known(x) ? NAN : isfinite(y) ? 4 * UNIT * fabs(y) : 0};
}

static inline ball ball_near(double y, double spread, double ulp)
{
    return ball_found(y, spread + 2 * ulp * UNIT * fabs(y) + (y == 0 ? 0 : ETA));
}

/* Outside the domain: NaN for certain if no argument within the error is inside. */
static inline ball ball_outside(bool certain) { return (ball){NAN, certain ? 0 : INFINITY}; }

static inline double nearest_to_zero(ball x) { return fmax(0, fabs(x.v) - x.e); }
static inline double farthest_from_zero(ball x) { return fabs(x.v) + x.e; }

static inline ball ball_sqrt(ball x)
{
    double y = sqrt(x.v);
    if (!is_finite(x)) return ball_limit(y, x);
    if (x.v < 0) return ball_outside(x.v + x.e < 0);
    if (x.v < x.e) return ball_unknown(y);
    return ball_near(y, x.e == 0 ? 0 : x.e / (sqrt(x.v - x.e) + y), 0.5);
}

/* The root of what cannot be negative, a sum of squares: defined where x may be 0, too. */
static inline ball ball_root(ball x)
{
    double y = sqrt(x.v);
    bool near_zero = is_finite(x) && x.v >= 0 && x.v <= x.e && x.e > 0;
    return near_zero ? ball_near(y, fmax(y, sqrt(x.v + x.e) - y), 0.5) : ball_sqrt(x);
}

static inline ball ball_exp(ball x)
{
    double y = exp(x.v);
    if (!is_finite(x)) return ball_limit(y, x);
    double highest = exp(x.v + x.e) * (1 + 4 * UNIT);
    return ball_near(y, fmin((y + ETA) * expm1(x.e), fmax(highest, y)) + ETA, ulps.exp);
}

static inline ball ball_expm1(ball x)
{
    double y = expm1(x.v);
    if (!is_finite(x)) return ball_limit(y, x);
    return ball_near(y, (exp(x.v) * (1 + 4 * UNIT) + ETA) * expm1(x.e), ulps.expm1);
}

static inline ball ball_log(ball x)
{
    double y = log(x.v);
    if (!is_finite(x)) return ball_limit(y, x);
    if (is_exactly(x, 0)) return (ball){y, 0};
    if (x.v < 0) return ball_outside(x.v + x.e < 0);
    if (x.v <= x.e) return ball_unknown(y);
    return ball_near(y, x.e / (x.v - x.e), ulps.log);
}

static inline ball ball_log1p(ball x)
{
    double y = log1p(x.v);
    if (!is_finite(x)) return ball_limit(y, x);
    if (is_exactly(x, -1)) return (ball){y, 0};
    if (x.v < -1) return ball_outside(x.v + x.e < -1);
    if (1 + x.v <= x.e) return ball_unknown(y);
    return ball_near(y, x.e / (1 + x.v - x.e) * (1 + 4 * UNIT), ulps.log1p);
}

static inline ball ball_sin(ball x)
{
    double y = sin(x.v);
    if (!is_finite(x)) return ball_limit(y, x);
    double slope = fabs(cos(x.v)) * (1 + 4 * UNIT);
    return ball_near(y, fmin(2, fmin(x.e, slope * x.e + x.e * x.e / 2)), ulps.sin);
}

static inline ball ball_cos(ball x)
{
    double y = cos(x.v);
    if (!is_finite(x)) return ball_limit(y, x);
    double slope = fabs(sin(x.v)) * (1 + 4 * UNIT);
    return ball_near(y, fmin(2, fmin(x.e, slope * x.e + x.e * x.e / 2)), ulps.cos);
}

/* tan(x + d) - tan x = sin d / (cos x cos(x + d)) */
static inline ball ball_tan(ball x)
{
    double y = tan(x.v), c = fabs(cos(x.v)) * (1 - 4 * UNIT);
    if (!is_finite(x)) return ball_limit(y, x);
    if (c <= x.e) return ball_unknown(y);
    return ball_near(y, x.e / (c * (c - x.e)), ulps.tan);
}

static inline ball ball_sinh(ball x)
{
    double y = sinh(x.v);
    if (!is_finite(x)) return ball_limit(y, x);
    return ball_near(y, x.e * cosh(farthest_from_zero(x)) * (1 + 8 * UNIT), ulps.sinh);
}

static inline ball ball_cosh(ball x)
{
    double y = cosh(x.v);
    if (!is_finite(x)) return ball_limit(y, x);
    return ball_near(y, x.e * sinh(farthest_from_zero(x)) * (1 + 8 * UNIT), ulps.cosh);
}

static inline ball ball_tanh(ball x)
{
    double y = tanh(x.v), c = cosh(nearest_to_zero(x));
    if (!is_finite(x)) return ball_limit(y, x);
    return ball_near(y, x.e / c / c * (1 + 16 * UNIT), ulps.tanh);
}

/* Largest slope of asin within the error; only for |v| + e <= 1. */
static inline double arc_spread(ball x)
{
    double far = farthest_from_zero(x);
    return x.e == 0 ? 0 : x.e / sqrt((1 - far) * (1 + far)) * (1 + 8 * UNIT);
}

static inline ball ball_asin(ball x)
{
    double y = asin(x.v);
    if (!is_finite(x)) return ball_limit(y, x);
    if (fabs(x.v) > 1) return ball_outside(fabs(x.v) - x.e > 1);
    return farthest_from_zero(x) > 1 ? ball_unknown(y) : ball_near(y, arc_spread(x), ulps.asin);
}

static inline ball ball_acos(ball x)
{
    double y = acos(x.v);
    if (!is_finite(x)) return ball_limit(y, x);
    if (fabs(x.v) > 1) return ball_outside(fabs(x.v) - x.e > 1);
    return farthest_from_zero(x) > 1 ? ball_unknown(y) : ball_near(y, arc_spread(x), ulps.acos);
}

static inline ball ball_atan(ball x)
{
    double y = atan(x.v), near = nearest_to_zero(x);
    if (!is_finite(x)) return ball_limit(y, x);
    return ball_near(y, x.e / (1 + near * near) * (1 + 8 * UNIT), ulps.atan);
}

static inline ball ball_asinh(ball x)
{
    double y = asinh(x.v), near = nearest_to_zero(x);
    if (!is_finite(x)) return ball_limit(y, x);
    return ball_near(y, x.e / hypot(1, near) * (1 + 8 * UNIT), ulps.asinh);
}

/* The slope 1 / sqrt((x - 1)(x + 1)) is largest at the lower end. */
static inline ball ball_acosh(ball x)
{
    double y = acosh(x.v), above = x.v - 1 - x.e;
    if (!is_finite(x)) return ball_limit(y, x);
    if (x.v < 1) return ball_outside(x.v + x.e < 1);
    if (is_exactly(x, 1)) return (ball){y, 0};
    if (above <= 0) return ball_unknown(y);
    return ball_near(y, x.e / (sqrt(above) * sqrt(above + 2)) * (1 + 16 * UNIT), ulps.acosh);
}

static inline ball ball_atanh(ball x)
{
    double y = atanh(x.v), far = farthest_from_zero(x);
    if (!is_finite(x)) return ball_limit(y, x);
    if (fabs(x.v) == 1 && x.e == 0) return (ball){y, 0};
    if (fabs(x.v) > 1) return ball_outside(fabs(x.v) - x.e > 1);
    if (far >= 1) return ball_unknown(y);
    return ball_near(y, x.e / ((1 - far) * (1 + far)) * (1 + 16 * UNIT), ulps.atanh);
}

/* The slope is 2/sqrt(pi) exp(-x^2): largest where |x| is smallest. */
static inline ball ball_erf(ball x)
{
    double y = erf(x.v), near = nearest_to_zero(x) * (1 - 4 * UNIT);
    if (!is_finite(x)) return ball_limit(y, x);
    return ball_near(y, 1.13 * (exp(-near * near) * (1 + 2000 * UNIT) + ETA) * x.e, ulps.erf);
}

/* The slope is that of erf with its sign changed. */
static inline ball ball_erfc(ball x)
{
    double y = erfc(x.v), near = nearest_to_zero(x) * (1 - 4 * UNIT);
    if (!is_finite(x)) return ball_limit(y, x);
    return ball_near(y, 1.13 * (exp(-near * near) * (1 + 2000 * UNIT) + ETA) * x.e + (y == 0 ? ETA : 0), ulps.erfc);
}

/* x^p where x may have either sign: p is exactly an integer. */
static inline ball ball_power(double y, ball x, double p)
{
    double near = fabs(x.v) - x.e, far = farthest_from_zero(x);
    if (p == 0) return (ball){1, 0};
    if (x.e == 0 && x.v == 0) return (ball){y, 0};
    if (p < 0 && near <= 0) return ball_unknown(y);
    double slope = fabs(p) * pow(p < 0 ? near : far, p - 1) * (1 + 4 * UNIT);
    return ball_near(y, (x.e == 0 ? 0 : slope * x.e) + ETA, ulps.pow);
}

/* x^p over the whole interval is x^p exp(t) with |t| <= |p'| |log(x'/x)| + |p' - p| |log x|. */
static inline ball ball_pow(ball x, ball p)
{
    double y = pow(x.v, p.v);
    if (!is_finite(x) || !is_finite(p)) return x.e + p.e == 0 ? ball_limit(y, x) : ball_unknown(y);
    if (p.e == 0 && p.v == trunc(p.v)) return ball_power(y, x, p.v);
    if (is_exactly(x, 0)) return straddles(p) ? ball_unknown(y) : (ball){y, 0};
    if (x.v < 0) return ball_outside(x.v + x.e < 0 && p.e == 0);
    if (x.v <= x.e) return ball_unknown(y);
    double t = (fabs(p.v) + p.e) * -log1p(-x.e / x.v) + p.e * fabs(log(x.v));
    return ball_near(y, (y + ETA) * expm1(t * (1 + 8 * UNIT)) + ETA, ulps.pow);
}

/* ---- change of dtype --------------------------------------------------------------------------------------------- */

static inline ball ball_flag(enum order o, bool less, bool tie, bool more, bool none, bool guess)
{
    if (o == UNSURE) return (ball){guess, 1};
    return (ball){o == LESS ? less : o == TIE ? tie : o == MORE ? more : none, 0};
}

/* Truncation, NaN to 0, what does not fit to the nearest that does. */
static inline double as_integer(double v)
{
    return isnan(v) ? 0 : fmin(fmax(trunc(v), -0x1p63), 0x1p63);
}

static inline ball ball_to_integer(ball x, td_dtype dtype)
{
    if (dtype == TD_BOOL) return ball_flag(ball_order(x, (ball){0, 0}), 1, 0, 1, 1, x.v != 0);
    double y = as_integer(x.v);
    if (!is_known(x)) return ball_unknown(y);
    return (ball){y, fmax(fabs(as_integer(x.v + x.e) - y), fabs(as_integer(x.v - x.e) - y))};
}

/* Element i of plain values. */
static inline ball ball_load(const void *values, td_dtype dtype, int64_t i)
{
    switch (dtype) {
    case TD_F64: return (ball){((const double *)values)[i], 0};
    case TD_F32: return (ball){((const float *)values)[i], 0};
    case TD_BOOL: return (ball){((const uint8_t *)values)[i], 0};
    default: break;
    }
    int64_t k = ((const int64_t *)values)[i];
    double v = (double)k;
    return (ball){v, k > -INT64_C(0x20000000000000) && k < INT64_C(0x20000000000000) ? 0 : 0x1p-53 * fabs(v)};
}

#endif
