/* elementary.h: y_i = f(x_i), more of the elementary functions.
 * Source: Abramowitz and Stegun, "Handbook of mathematical functions", 4.1, 4.6 and 7.1. */

/* change of base */
static num logarithm_2(num x) { return num_div(num_log(x), num_log(num_of(2))); }
static num logarithm_10(num x) { return num_div(num_log(x), num_log(num_of(10))); }

/* -x log x; 0 at 0, where the slope is infinite as that of the root is; -inf below, where it has none */
static num entropy(num x)
{
    num y = num_neg(num_mul(x, num_log(x)));
    enum order sign = num_order(x, num_of(0));
    return sign == TIE ? num_sqrt(x) : sign == LESS ? num_choose(num_of(-INFINITY), y) : y;
}

/* x within [low, high]; at the ends still x */
static num held(num x, num low, num high)
{
    switch (num_order(x, low)) {
    case LESS: return num_choose(low, x);
    case UNSURE: x = num_value(x) < num_value(low) ? num_either(low, x) : num_either(x, low);
    default: break;
    }
    switch (num_order(x, high)) {
    case MORE: return num_choose(high, x);
    case UNSURE: return num_value(x) > num_value(high) ? num_either(high, x) : num_either(x, high);
    default: return x;
    }
}

/* log x - log(1 - x) of x held within [eps, 1 - eps]; eps below 0: not held */
static num log_odds(const td_attr *p, num x)
{
    num one = num_of(1), eps = num_of(p->a);
    if (p->a >= 0) x = held(x, eps, num_sub(one, eps));
    return num_sub(num_log(x), num_log(num_sub(one, x)));
}

/* erf y - x for x >= 0, by erfc where both are near 1 */
static num error_excess(num y, num x)
{
    if (num_value(x) <= 0.5) return num_sub(num_erf(y), x);
    return num_sub(num_sub(num_of(1), x), num_erfc(y));
}

/* erf y = x for 0 <= x < 1 by Newton's method: from the left, where erf is concave, it only comes nearer. */
static double error_root(double x)
{
    double y = 0, last = -1;
    for (int k = 0; k < 100 && y > last; k++) {
        double excess = x <= 0.5 ? erf(y) - x : (1 - x) - erfc(y);
        last = y;
        y -= excess / (1.1283791670955126 * exp(-y * y));
    }
    return last;
}

/* The root in doubles, and two steps more in numbers: each doubles the digits, and the order of the right derivatives. */
static num inverse_error(num x)
{
    double v = num_value(x);
    if (fabs(v) == 1) return num_atanh(x);                                      /* infinite with an infinite slope */
    if (!(fabs(v) < 1)) return num_mul(x, num_of(NAN));
    num a = v < 0 ? num_neg(x) : x, y = num_of(error_root(fabs(v)));
    num two_by_root_pi = num_div(num_of(2), num_sqrt(num_acos(num_of(-1))));
    for (int k = 0; k < 2; k++) {
        num slope = num_mul(two_by_root_pi, num_exp(num_neg(num_mul(y, y))));
        y = num_sub(y, num_div(error_excess(y, a), slope));
    }
    return v < 0 ? num_neg(y) : y;
}

/* sin(pi x) / (pi x), near 0 by the series sum (-1)^k t^2k / (2k + 1)! */
static num cardinal_sine(num x)
{
    num t = num_mul(num_acos(num_of(-1)), x), uu = num_mul(t, t), term = num_of(1), sum = num_of(1);
    if (!(fabs(num_value(t)) < 2)) return num_div(num_sin(t), t);
    for (int k = 1; k < 25; k++) {
        term = num_neg(num_div(num_mul(term, uu), num_of(2 * k * (2 * k + 1))));
        sum = num_add(sum, term);
    }
    return sum;
}

static const definition
    define_log2 = {.function = logarithm_2},
    define_log10 = {.function = logarithm_10},
    define_entr = {.function = entropy},
    define_logit = {.unary = log_odds},
    define_asinh = {.function = num_asinh, .direct = true},
    define_acosh = {.function = num_acosh, .direct = true},
    define_atanh = {.function = num_atanh, .direct = true},
    define_erf = {.function = num_erf},
    define_erfc = {.function = num_erfc},
    define_erfinv = {.function = inverse_error},
    define_sinc = {.function = cardinal_sine};
