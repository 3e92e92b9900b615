/* unary.h: y_i = f(x_i). */

/* ---- functions of x alone, then those with parameters ------------------------------------------------------------ */

static num as_it_is(num x) { return x; }

static num sign(num x)
{
    double v = num_value(x), s = (v > 0) - (v < 0);
    switch (num_order(x, num_of(0))) {
    case UNSURE: return num_either(num_either(num_of(s), num_of(1)), num_of(-1));
    case NONE: return num_of(NAN);
    default: return num_of(s);
    }
}

static num square(num x) { return num_mul(x, x); }
static num inverse(num x) { return num_div(num_of(1), x); }
static num inverse_root(num x) { return num_div(num_of(1), num_sqrt(x)); }

/* 1 / (1 + e^-x), for negative x multiplied through by e^x */
static num logistic(num x)
{
    if (num_value(x) >= 0) return num_div(num_of(1), num_add(num_of(1), num_exp(num_neg(x))));
    num e = num_exp(x);
    return num_div(e, num_add(num_of(1), e));
}

/* 2^x */
static num power_of_two(num x) { return num_pow(num_of(2), x); }

static num silu(num x) { return num_mul(x, logistic(x)); }

/* log(1 + e^x), for positive x as x + log(1 + e^-x) */
static num softplus(num x)
{
    if (num_value(x) <= 0) return num_log1p(num_exp(x));
    return num_add(x, num_log1p(num_exp(num_neg(x))));
}

/* The normal distribution function, erfc(-x / sqrt 2) / 2 */
static num normal(num x) { return num_mul(num_of(0.5), num_erfc(num_neg(num_mul(num_sqrt(num_of(0.5)), x)))); }
static num gelu(num x) { return num_mul(x, normal(x)); }

static num relu(num x) { return floored(x, 0); }

/* x > 0 ? x : other */
static num positive_or(num x, num other)
{
    switch (num_order(x, num_of(0))) {
    case MORE: return num_choose(x, other);
    case UNSURE: return num_value(x) > 0 ? num_either(x, other) : num_either(other, x);
    default: return other;
    }
}

static num leaky_relu(const td_attr *p, num x) { return positive_or(x, num_mul(num_of(p->a), x)); }

static num elu(const td_attr *p, num x)
{
    return num_value(x) > 1 ? x : positive_or(x, num_mul(num_of(p->a), num_expm1(x)));
}

static num changed_dtype(const td_attr *p, num x) { return num_cast(x, (td_dtype)p->list[0]); }
/* A half turn is 180 degrees, and four times the arc whose tangent is 1. */
static num half_turn(void) { return num_mul(num_of(4), num_atan(num_of(1))); }
static num deg2rad(num x) { return num_div(num_mul(x, half_turn()), num_of(180)); }
static num rad2deg(num x) { return num_div(num_mul(num_of(180), x), half_turn()); }
static num add_scalar(const td_attr *p, num x) { return num_add(x, num_of(p->a)); }
static num mul_scalar(const td_attr *p, num x) { return num_mul(num_of(p->a), x); }
static num pow_scalar(const td_attr *p, num x) { return num_pow(x, num_of(p->a)); }

/* min(max(x, a), b); where x is not strictly between, a constant */
static num clamp(const td_attr *p, num x)
{
    if (num_order(x, x) == NONE) return num_choose(num_constant(x), x);
    return num_neg(floored(num_neg(floored(x, p->a)), -p->b));
}

/* log DBL_MAX = 709.7827 and log FLT_MAX = 88.7228, rounded up; those of sinh and cosh are greater by log 2. */
#define OVERFLOW_EXP {709.79, 88.73}
#define OVERFLOW_EXP2 {1024.01, 128.01}
#define OVERFLOW_COSH {710.48, 89.42}

static const definition
    define_neg = {.function = num_neg, .direct = true},
    define_abs = {.function = magnitude, .direct = true},
    define_sign = {.function = sign, .direct = true},
    define_square = {.function = square, .direct = true},
    define_sqrt = {.function = num_sqrt, .direct = true},
    define_rsqrt = {.function = inverse_root},
    define_reciprocal = {.function = inverse, .direct = true},
    define_exp = {.function = num_exp, .overflow = OVERFLOW_EXP},
    define_exp2 = {.function = power_of_two, .overflow = OVERFLOW_EXP2},
    define_expm1 = {.function = num_expm1, .overflow = OVERFLOW_EXP},
    define_log = {.function = num_log},
    define_log1p = {.function = num_log1p, .direct = true},
    define_sin = {.function = num_sin},
    define_cos = {.function = num_cos},
    define_tan = {.function = num_tan},
    define_sinh = {.function = num_sinh, .overflow = OVERFLOW_COSH},
    define_cosh = {.function = num_cosh, .overflow = OVERFLOW_COSH},
    define_tanh = {.function = num_tanh},
    define_asin = {.function = num_asin, .direct = true},
    define_acos = {.function = num_acos, .direct = true},
    define_atan = {.function = num_atan},
    define_sigmoid = {.function = logistic},
    define_softplus = {.function = softplus},
    define_relu = {.function = relu, .direct = true},
    define_leaky_relu = {.unary = leaky_relu, .direct = true},
    define_elu = {.unary = elu},
    define_gelu = {.function = gelu},
    define_ndtr = {.function = normal},
    define_silu = {.function = silu},
    define_add_scalar = {.unary = add_scalar, .direct = true},
    define_deg2rad = {.function = deg2rad},
    define_rad2deg = {.function = rad2deg},
    define_mul_scalar = {.unary = mul_scalar, .direct = true},
    define_pow_scalar = {.unary = pow_scalar},
    define_clamp = {.unary = clamp, .direct = true},
    define_cast = {.unary = changed_dtype, .direct = true},
    define_copy = {.function = as_it_is, .direct = true},
    define_detach = {.function = num_constant, .direct = true};
