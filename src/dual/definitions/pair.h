/* pair.h: elementwise functions of two operands and more.
 * Sources: Abramowitz and Stegun, "Handbook of mathematical functions", 3.7 and 4.4 for the plane; C11, 7.12 and F.10 for
 * atan2, copysign, fmax, fmin; otherwise the formulas of src/ops.def. */

/* A power of two near v, for a scale that rounds nothing; 1 where there is none. */
static double scale_of(double v)
{
    int k;
    if (!isfinite(v) || v == 0) return 1;
    (void)frexp(v, &k);
    return ldexp(1, k < -1000 ? -1000 : k > 1000 ? 1000 : k);
}

/* sqrt(x^2 + y^2), both scaled; a constant at the origin */
static num radius(num x, num y)
{
    bool origin = num_order(x, num_of(0)) == TIE && num_order(y, num_of(0)) == TIE;
    num c = num_of(scale_of(fmax(fabs(num_value(x)), fabs(num_value(y)))));
    num a = num_div(x, c), b = num_div(y, c), r = num_mul(c, num_root(num_add(num_mul(a, a), num_mul(b, b))));
    if (origin) return num_of(0);
    bool infinite = isinf(num_value(x)) || isinf(num_value(y));
    return infinite ? num_choose(num_of(INFINITY), r) : r;
}

/* x with the sign of y */
static num with_sign(num x, num y)
{
    num size = magnitude(x), minus = num_neg(size);
    bool negative = signbit(num_value(y));
    if (num_order(y, num_of(0)) == UNSURE) return negative ? num_either(minus, size) : num_either(size, minus);
    return negative ? minus : size;
}

/* The angle of (x, y): atan(y / x), half a turn further where x < 0; nearer to the other axis +-pi/2 - atan(x / y). */
static num angle(num y, num x)
{
    double up = num_value(y), right = num_value(x);
    num pi = num_acos(num_of(-1)), half = num_mul(num_of(0.5), pi);
    if (isinf(up) && isinf(right)) return with_sign(num_mul(num_of(right > 0 ? 0.5 : 1.5), half), y);
    if (fabs(up) > fabs(right)) return num_sub(up > 0 ? half : num_neg(half), num_atan(num_div(x, y)));
    bool left = signbit(right);
    if (num_order(x, num_of(0)) == TIE && num_order(y, num_of(0)) == TIE) return with_sign(left ? pi : num_of(0), y);
    num slant = num_atan(num_div(y, x));
    return left ? num_add(with_sign(pi, y), slant) : slant;
}

/* log(b^x + b^y) / log b, with the larger taken out first */
static num log_of_sum(num x, num y, num b)
{
    double m = fmax(num_value(x), num_value(y));
    bool ordered = num_value(x) < num_value(y) || num_value(x) > num_value(y);
    if (isinf(m) && ordered) return num_value(x) > num_value(y) ? num_choose(x, y) : num_choose(y, x);
    num most = num_of(m), a = num_mul(num_sub(x, most), b), c = num_mul(num_sub(y, most), b);
    num s = num_div(num_log(num_add(num_exp(a), num_exp(c))), b);
    return isinf(m) ? num_choose(most, s) : num_add(most, s);
}

static num log_of_exponentials(num x, num y) { return log_of_sum(x, y, num_of(1)); }
static num log_of_powers(num x, num y) { return log_of_sum(x, y, num_log(num_of(2))); }

/* x log y; 0 where x is 0, whatever y but NaN */
static num times_log(num x, num y)
{
    double v = num_value(y);
    bool nothing = num_order(x, num_of(0)) == TIE && (v <= 0 || isinf(v));
    return nothing ? num_of(0) : num_mul(x, num_log(y));
}

static num times_log1p(num x, num y)
{
    double v = num_value(y);
    bool nothing = num_order(x, num_of(0)) == TIE && (v <= -1 || isinf(v));
    return nothing ? num_of(0) : num_mul(x, num_log1p(y));
}

/* x 2^y, in three steps, for 2^y may leave the range where the product does not */
static num times_power_of_two(num x, num y)
{
    num part = num_pow(num_of(2), num_div(y, num_of(3)));
    return num_mul(num_mul(num_mul(x, part), part), part);
}

static num larger_number(num x, num y)
{
    bool x_is = !isnan(num_value(x)), y_is = !isnan(num_value(y));
    return x_is == y_is ? larger(x, y) : x_is ? x : y;
}

static num smaller_number(num x, num y) { return num_neg(larger_number(num_neg(x), num_neg(y))); }

static num unit_step(num x, num at_zero)
{
    double v = num_value(x);
    switch (num_order(x, num_of(0))) {
    case MORE: return num_of(1);
    case TIE: return at_zero;
    case UNSURE: return num_either(num_either(num_of(v > 0), num_of(!(v > 0))), at_zero);
    default: return num_of(0);
    }
}

/* ---- of three and four ------------------------------------------------------------------------------------------- */

static num on_the_way(const td_application *f, const int64_t *at, int64_t i)
{
    (void)at;
    num x = operand(f, 0)[i];
    return num_add(x, num_mul(operand(f, 2)[i], num_sub(operand(f, 1)[i], x)));
}

static num plus_product(const td_application *f, const int64_t *at, int64_t i)
{
    (void)at;
    num product = num_mul(operand(f, 1)[i], operand(f, 2)[i]);
    return num_add(operand(f, 0)[i], num_mul(num_of(f->attr->a), product));
}

static num plus_quotient(const td_application *f, const int64_t *at, int64_t i)
{
    (void)at;
    num quotient = num_div(operand(f, 1)[i], operand(f, 2)[i]);
    return num_add(operand(f, 0)[i], num_mul(num_of(f->attr->a), quotient));
}

static num made_finite(const td_application *f, const int64_t *at, int64_t i)
{
    (void)at;
    num x = operand(f, 0)[i];
    double v = num_value(x);
    return isnan(v) ? operand(f, 1)[i] : isinf(v) ? operand(f, v > 0 ? 2 : 3)[i] : x;
}

static const definition
    define_hypot = {.binary = radius},
    define_atan2 = {.binary = angle},
    define_copysign = {.binary = with_sign, .direct = true},
    define_logaddexp = {.binary = log_of_exponentials},
    define_logaddexp2 = {.binary = log_of_powers},
    define_xlogy = {.binary = times_log},
    define_xlog1py = {.binary = times_log1p},
    define_ldexp = {.binary = times_power_of_two},
    define_lerp = {.element = on_the_way, .direct = true},
    define_addcmul = {.element = plus_product, .direct = true},
    define_addcdiv = {.element = plus_quotient, .direct = true},
    define_fmax = {.binary = larger_number, .direct = true},
    define_fmin = {.binary = smaller_number, .direct = true},
    define_heaviside = {.binary = unit_step, .direct = true},
    define_nan_to_num = {.element = made_finite, .direct = true};
