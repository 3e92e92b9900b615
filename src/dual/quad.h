/* quad.h: num = a number in quad precision (113 bits) and a bound on how far it may lie from the exact result.
 *
 * Running error analysis as in ball.h, for our own computation only.  An error needs few bits, so bounds are doubles,
 * computed from the values rounded to double and then grown by SLACK, far more than that rounding.  Where a difference of
 * numbers is wanted (how far from a pole, from the edge of a domain) it is taken in quad before it is rounded.
 *
 * Invariant: |v - exact| <= e.  e = 0: v is exact, infinities and NaN included.  e infinite or NaN: can't tell. */
#ifndef TD_DUAL_QUAD_H
#define TD_DUAL_QUAD_H

#include <math.h>

#include "order.h"
#include "triad_engine.h"

typedef __float128 quad;
typedef struct num { quad v; double e; } num;

/* The functions come from the C library, NAMEf128, or from libquadmath, NAMEq.  Declared here, for the header of the
 * latter is gcc's alone. */
#ifdef TD_QUAD_LIBQUADMATH
#define QUAD(name) name##q
#else
#define QUAD(name) name##f128
#endif
quad QUAD(acos)(quad x);
quad QUAD(acosh)(quad x);
quad QUAD(asin)(quad x);
quad QUAD(asinh)(quad x);
quad QUAD(atan)(quad x);
quad QUAD(atanh)(quad x);
quad QUAD(cos)(quad x);
quad QUAD(cosh)(quad x);
quad QUAD(erf)(quad x);
quad QUAD(erfc)(quad x);
quad QUAD(exp)(quad x);
quad QUAD(expm1)(quad x);
quad QUAD(log)(quad x);
quad QUAD(log1p)(quad x);
quad QUAD(pow)(quad x, quad p);
quad QUAD(sin)(quad x);
quad QUAD(sinh)(quad x);
quad QUAD(sqrt)(quad x);
quad QUAD(tan)(quad x);
quad QUAD(tanh)(quad x);
quad QUAD(trunc)(quad x);

#define UNIT 0x1p-113                  /* relative error of one rounding */
#define ETA 0x1p-1070                  /* where the double that bounds an error would be 0 */
#define SLACK (1 + 0x1p-30)

/* Error of a function in roundings: a premise, sampled and not proved.  The largest seen against 260 bits, in glibc 2.36 (1e4
 * arguments each) and in libquadmath of gcc 12 (3e3 each), was erfc's 2.36 units in the last place, then tanh's 2.08.  8
 * units are taken, and a unit is two roundings. */
#define FUNCTION 16

static inline bool quad_is_finite(quad v) { return v - v == 0; }
static inline quad quad_abs(quad v) { return v < 0 ? -v : v; }
static inline double size_of(quad v) { return fabs((double)v); }

static inline bool is_known(num x) { return isfinite(x.e); }
static inline bool is_finite(num x) { return is_known(x) && quad_is_finite(x.v); }
static inline bool is_exactly(num x, double v) { return x.e == 0 && x.v == v; }
/* May x be 0 without being it? */
static inline bool straddles(num x) { return x.e > 0 && quad_abs(x.v) <= x.e; }

static inline num unknown(quad v) { return (num){v, INFINITY}; }
/* One beyond the range of double is not bounded. */
static inline num found(quad v, double e) { return isfinite((double)v) ? (num){v, grow(e * SLACK)} : unknown(v); }

static inline num num_of(double c) { return (num){c, 0}; }
static inline num num_constant(num x) { return x; }
static inline num num_unknown(double v) { return unknown(v); }
static inline num num_obscured(num v, num x) { (void)x; return v; }
static inline num num_bent(num v, num x) { (void)x; return v; }
static inline double num_value(num x) { return (double)x.v; }
static inline num num_choose(num x, num other) { (void)other; return x; }
static inline num num_neg(num x) { return (num){-x.v, x.e}; }

/* x, or for all that is known the other. */
static inline num num_either(num x, num other)
{
    bool same = x.v == other.v || (x.v != x.v && other.v != other.v);
    double apart = same ? 0 : size_of(x.v - other.v);
    return (num){x.v, grow(SLACK * (apart + fmax(x.e, other.e) + 0 * (x.e + other.e)))};
}

static inline enum order num_order(num a, num b)
{
    if (!is_known(a) || !is_known(b)) return UNSURE;
    if (a.v != a.v || b.v != b.v) return NONE;
    if (a.v == b.v) return a.e == 0 && b.e == 0 ? TIE : UNSURE;
    if (quad_abs(a.v - b.v) <= grow(SLACK * (a.e + b.e))) return UNSURE;
    return a.v < b.v ? LESS : MORE;
}

/* ---- arithmetic -------------------------------------------------------------------------------------------------- */

static inline double rounding(quad v) { return UNIT * size_of(v) + ETA; }

/* Not finite, it is known only if it follows from an operand that is not. */
static inline num beyond(quad v, num a, num b)
{
    bool follows = is_known(a) && is_known(b) && !(is_finite(a) && is_finite(b)) && !quad_is_finite(v);
    return follows ? (num){v, 0} : unknown(v);
}

/* Looked for among exact operands only; Knuth's TwoSum: the error is 0 if both differences give the operands back. */
static inline bool sum_is_exact(num a, num b, quad s)
{
    return a.e == 0 && b.e == 0 && s - a.v == b.v && s - b.v == a.v;
}

/* Its size is asked for once, for in quad every question is a call. */
static inline num num_add(num a, num b)
{
    quad s = a.v + b.v;
    double size = size_of(s);
    if (!isfinite(size)) return beyond(s, a, b);
    return (num){s, grow(SLACK * (a.e + b.e + (sum_is_exact(a, b, s) ? 0 : UNIT * size + ETA)))};
}

static inline num num_sub(num a, num b) { return num_add(a, num_neg(b)); }

static inline bool is_a_double(num x) { return x.e == 0 && (double)x.v == x.v; }

/* Two doubles have a product of at most 106 bits. */
static inline bool product_is_exact(num a, num b)
{
    return is_a_double(a) && is_a_double(b);
}

static inline num num_mul(num a, num b)
{
    quad p = a.v * b.v;
    double size = size_of(p);
    if (!isfinite(size)) return straddles(a) || straddles(b) ? unknown(p) : beyond(p, a, b);
    if (is_exactly(a, 0) || is_exactly(b, 0)) return (num){p, 0};
    double carried = a.e == 0 && b.e == 0 ? 0 : size_of(a.v) * b.e + size_of(b.v) * a.e + a.e * b.e + ETA;
    return (num){p, grow(SLACK * (carried + (product_is_exact(a, b) ? 0 : UNIT * size + ETA)))};
}

static inline bool quotient_is_exact(num a, num b, quad q)
{
    num n = {q, 0};
    return a.v == 0 || !quad_is_finite(b.v) || (a.e == 0 && is_a_double(b) && is_a_double(n) && q * b.v == a.v);
}

static inline num num_div(num a, num b)
{
    quad q = a.v / b.v;
    if (is_exactly(b, 0)) return straddles(a) || !is_known(a) ? unknown(q) : (num){q, 0};
    if (!(b.e < quad_abs(b.v)) && b.v == b.v) return unknown(q);
    if (!quad_is_finite(q)) return beyond(q, a, b);
    double carried = a.e == 0 && b.e == 0 ? 0 : (a.e + size_of(q) * b.e) / (double)(quad_abs(b.v) - b.e) + ETA;
    return found(q, carried + (quotient_is_exact(a, b, q) ? 0 : rounding(q)));
}

/* ---- elementary functions -------------------------------------------------------------------------------------------
 * `spread` is how far the function can move while its argument moves by the argument's error, with no Taylor cut. */

static inline num near(num x, quad y, double spread)
{
    if (is_finite(x)) return found(y, spread + FUNCTION * rounding(y));
    return (num){y, !is_known(x) ? NAN : quad_is_finite(y) ? FUNCTION * rounding(y) : 0};
}

/* Outside the domain: NaN for certain if no argument within the error is inside. */
static inline num outside(bool certain) { return (num){NAN, certain ? 0 : INFINITY}; }

static inline double nearest_to_zero(num x) { return fmax(0, size_of(x.v) / SLACK - x.e); }

/* sqrt b - sqrt a = (b - a) / (sqrt b + sqrt a) */
static inline num num_sqrt(num x)
{
    quad y = QUAD(sqrt)(x.v), lowest = x.v - x.e;
    if (is_finite(x) && x.v < 0) return outside(x.v + x.e < 0);
    if (is_finite(x) && lowest < 0) return unknown(y);
    return near(x, y, x.e == 0 ? 0 : x.e / (sqrt((double)lowest) + (double)y));
}

/* The root of what cannot be negative, a sum of squares: defined where x may be 0, too. */
static inline num num_root(num x)
{
    bool near_zero = is_finite(x) && x.v >= 0 && x.v <= x.e && x.e > 0;
    return near_zero ? near(x, QUAD(sqrt)(x.v), sqrt((double)x.v + x.e)) : num_sqrt(x);
}

static inline num num_exp(num x)
{
    quad y = QUAD(exp)(x.v);
    return near(x, y, (double)y * expm1(x.e));
}

static inline num num_expm1(num x)
{
    quad y = QUAD(expm1)(x.v);
    return near(x, y, (double)(y + 1) * expm1(x.e));
}

/* The logarithm y of what lies `above` the pole. */
static inline num logarithm(num x, quad y, quad above)
{
    if (!is_finite(x)) return near(x, y, 0);
    if (above == 0 && x.e == 0) return (num){y, 0};
    if (above < 0) return outside(above + x.e < 0);
    if (above <= x.e) return unknown(y);
    return near(x, y, x.e / (double)(above - x.e));
}

static inline num num_log(num x) { return logarithm(x, QUAD(log)(x.v), x.v); }
static inline num num_log1p(num x) { return logarithm(x, QUAD(log1p)(x.v), 1 + x.v); }
static inline num num_sin(num x) { return near(x, QUAD(sin)(x.v), fmin(x.e, 2)); }
static inline num num_cos(num x) { return near(x, QUAD(cos)(x.v), fmin(x.e, 2)); }

/* tan(x + d) - tan x = sin d / (cos x cos(x + d)), and 1/cos^2 = 1 + tan^2 */
static inline num num_tan(num x)
{
    quad y = QUAD(tan)(x.v);
    double c = 1 / (hypot(1, (double)y) * SLACK);
    return is_finite(x) && c <= x.e ? unknown(y) : near(x, y, x.e / (c * (c - x.e)));
}

/* The slopes cosh and sinh within the error are below e^error sqrt(1 + sinh^2) and e^error cosh. */
static inline num num_sinh(num x)
{
    quad y = QUAD(sinh)(x.v);
    return near(x, y, x.e == 0 ? 0 : x.e * exp(x.e) * hypot(1, (double)y));
}

static inline num num_cosh(num x)
{
    quad y = QUAD(cosh)(x.v);
    return near(x, y, x.e == 0 ? 0 : x.e * exp(x.e) * (double)y);
}

/* 1/cosh^2 <= 4 e^(-2|x|) */
static inline num num_tanh(num x)
{
    return near(x, QUAD(tanh)(x.v), x.e * fmin(1, 4 * exp(-2 * nearest_to_zero(x))));
}

/* asin or acos: the slope is 1/sqrt((1 - x)(1 + x)), and one factor is at least 1. */
static inline num arc(num x, quad y)
{
    quad inside = 1 - quad_abs(x.v);
    if (is_finite(x) && inside < 0) return outside(inside + x.e < 0);
    if (is_finite(x) && x.e > 0 && inside <= x.e) return unknown(y);
    return near(x, y, x.e == 0 ? 0 : x.e / sqrt((double)(inside - x.e)));
}

static inline num num_asin(num x) { return arc(x, QUAD(asin)(x.v)); }
static inline num num_acos(num x) { return arc(x, QUAD(acos)(x.v)); }

static inline num num_atan(num x)
{
    double at = nearest_to_zero(x);
    return near(x, QUAD(atan)(x.v), x.e / (1 + at * at));
}

static inline num num_asinh(num x)
{
    return near(x, QUAD(asinh)(x.v), x.e / hypot(1, nearest_to_zero(x)));
}

/* The slope is 1 / sqrt((x - 1)(x + 1)). */
static inline num num_acosh(num x)
{
    quad above = x.v - 1;
    if (is_finite(x) && above < 0) return outside(above + x.e < 0);
    if (is_finite(x) && x.e > 0 && above <= x.e) return unknown(QUAD(acosh)(x.v));
    double least = (double)(above - x.e);
    return near(x, QUAD(acosh)(x.v), x.e == 0 ? 0 : x.e / (sqrt(least) * sqrt(least + 2)));
}

/* The slope is 1 / ((1 - x)(1 + x)), and one factor is at least 1. */
static inline num num_atanh(num x)
{
    quad inside = 1 - quad_abs(x.v), y = QUAD(atanh)(x.v);
    if (is_finite(x) && inside < 0) return outside(inside + x.e < 0);
    if (is_finite(x) && inside <= x.e) return x.e == 0 ? (num){y, 0} : unknown(y);
    return near(x, y, x.e == 0 ? 0 : x.e / (double)(inside - x.e));
}

/* The slope is 2/sqrt(pi) exp(-x^2): largest where |x| is smallest. */
static inline num num_erf(num x)
{
    double at = nearest_to_zero(x);
    return near(x, QUAD(erf)(x.v), 1.13 * exp(-at * at) * x.e);
}

/* The slope is that of erf with its sign changed. */
static inline num num_erfc(num x)
{
    double at = nearest_to_zero(x);
    return near(x, QUAD(erfc)(x.v), 1.13 * exp(-at * at) * x.e);
}

/* x^p where x may have either sign: p is exactly an integer. */
static inline num integer_power(num x, double p, quad y)
{
    double least = (double)(quad_abs(x.v) - x.e), most = size_of(x.v) + x.e;
    if (p == 0) return num_of(1);
    if (x.e == 0 && x.v == 0) return (num){y, 0};
    if (p < 0 && !(least > 0)) return unknown(y);
    return near(x, y, x.e == 0 ? 0 : fabs(p) * pow(p < 0 ? least : most, p - 1) * x.e);
}

/* x^p over the whole interval is x^p exp(t) with |t| <= |p'| |log(x'/x)| + |p' - p| |log x|. */
static inline num num_pow(num x, num p)
{
    quad y = QUAD(pow)(x.v, p.v);
    if (!is_finite(x) || !is_finite(p)) return x.e + p.e == 0 ? near(x, y, 0) : unknown(y);
    if (is_a_double(p) && QUAD(trunc)(p.v) == p.v) return integer_power(x, (double)p.v, y);
    if (is_exactly(x, 0)) return straddles(p) ? unknown(y) : (num){y, 0};
    if (x.v < 0) return outside(x.v + x.e < 0 && p.e == 0);
    if (x.v <= 2 * x.e) return unknown(y);
    double t = (size_of(p.v) + p.e) * -log1p(-x.e / (double)x.v) + p.e * fabs(log((double)x.v));
    return near(x, y, (double)y * expm1(t * SLACK));
}

/* ---- change of dtype: floats are kept as they are, these are computations of our own ------------------------------- */

/* Truncation, NaN to 0, what does not fit to the nearest that does. */
static inline quad as_integer(quad v)
{
    const quad most = 0x1p63;
    return v != v ? 0 : v > most ? most : v < -most ? -most : QUAD(trunc)(v);
}

static inline num num_cast(num x, td_dtype dtype)
{
    if (dtype == TD_F64 || dtype == TD_F32) return x;
    if (dtype == TD_BOOL) {
        enum order o = num_order(x, num_of(0));
        return o == UNSURE ? (num){x.v != 0, 1} : num_of(o != TIE);
    }
    quad y = as_integer(x.v);
    if (!is_known(x)) return unknown(y);
    return (num){y, fmax(size_of(as_integer(x.v + x.e) - y), size_of(as_integer(x.v - x.e) - y))};
}

#endif
