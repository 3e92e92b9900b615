/* special.h: special functions of the gamma, error and exponential families: by integrals, by the recurrences and
 * asymptotic series of Stirling and Euler-Maclaurin, or as inverses.  Equation numbers are of the NIST Digital Library of
 * Mathematical Functions (DLMF). */
#include "quadrature.h"

/* ---- gamma: Stirling's series beyond FAR_OUT, reached by recurrence ------------------------------------------------- */

enum { FAR_OUT = 26, BERNOULLI = 15, MOST_STEPS_UP = 4096 };

/* B_2k, k = 1 .. BERNOULLI (DLMF 24.2(iv)) */
static num bernoulli(int k)
{
    static const double top[BERNOULLI] = {1, -1, 1, -1, 5, -691, 7, -3617, 43867, -174611, 854513, -236364091, 8553103,
                                          -23749461029, 8615841276005};
    static const double bottom[BERNOULLI] = {6, 30, 42, 30, 66, 2730, 6, 510, 798, 330, 138, 2730, 6, 870, 14322};
    return num_div(num_of(top[k - 1]), num_of(bottom[k - 1]));
}

/* DLMF 5.11.1 */
static num log_gamma_far(num x)
{
    num sum = num_sub(num_mul(more_by(x, -0.5), num_log(x)), x), power = num_div(num_of(1), x), xx = num_mul(power, power);
    sum = num_add(sum, scaled_by(0.5, num_log(scaled_by(2, circle()))));
    for (int k = 1; k <= BERNOULLI; k++, power = num_mul(power, xx))
        sum = num_add(sum, num_mul(num_div(bernoulli(k), num_of(2 * k * (2 * k - 1))), power));
    return sum;
}

static num log_gamma_right(num x)
{
    num product = num_of(1);
    bool shifted = num_value(x) < FAR_OUT;
    while (num_value(x) < FAR_OUT) product = num_mul(product, x), x = more_by(x, 1);
    return shifted ? num_sub(log_gamma_far(x), num_log(product)) : log_gamma_far(x);
}

/* pi x less the nearest multiple of pi */
static num part_turn(num x) { return num_mul(circle(), more_by(x, -rint(num_value(x)))); }

static bool is_pole(num x) { return num_value(x) <= 0 && num_value(x) == floor(num_value(x)); }

/* at 0 as -log x; at -1, -2, ... with the slopes of both sides, which are opposite and infinite */
static num log_gamma_at_pole(num x)
{
    num right = more_by(x, -num_value(x)), left = num_sub(num_of(num_value(x)), x);
    if (num_value(x) == 0) return num_neg(num_log(x));
    return scaled_by(-0.5, num_add(num_log(right), num_log(left)));
}

/* log |gamma x|; DLMF 5.5.3 for x < 0 */
static num log_gamma(num x)
{
    if (is_pole(x)) return log_gamma_at_pole(x);
    if (!(num_value(x) < 0)) return log_gamma_right(x);
    num below = magnitude(num_mul(num_sin(part_turn(x)), x));
    return num_sub(num_log(num_div(circle(), below)), log_gamma_right(num_neg(x)));
}

/* DLMF 5.11.2, 5.5.2, 5.5.4 */
static num digamma_right(num x)
{
    num below = num_of(0);
    for (; num_value(x) < FAR_OUT; x = more_by(x, 1)) below = num_add(below, num_div(num_of(1), x));
    num t = num_div(num_of(1), x), tt = num_mul(t, t), power = tt, sum = num_sub(num_log(x), scaled_by(0.5, t));
    for (int k = 1; k <= BERNOULLI; k++, power = num_mul(power, tt))
        sum = num_sub(sum, num_mul(num_div(bernoulli(k), num_of(2 * k)), power));
    return num_sub(sum, below);
}

static num digamma(num x)
{
    if (num_value(x) == 0) return num_div(num_of(-1), x);
    if (is_pole(x)) return num_of(NAN);
    if (!(num_value(x) < 0)) return digamma_right(x);
    num turn = part_turn(x), cotangent = num_div(num_cos(turn), num_sin(turn));
    return num_sub(digamma_right(num_sub(num_of(1), x)), num_mul(circle(), cotangent));
}

/* ---- zeta(s, q): the sum itself, and Euler-Maclaurin's formula for its rest (DLMF 25.11.5) ---------------------------- */

static num zeta_rest(num s, num a)
{
    num first = num_pow(a, num_neg(s)), rise = s, power = num_div(first, a), aa = num_mul(a, a);
    num sum = num_add(num_div(num_mul(a, first), more_by(s, -1)), scaled_by(0.5, first));
    double factorial = 2;
    for (int j = 1; j <= BERNOULLI; j++) {
        sum = num_add(sum, num_mul(num_div(num_mul(bernoulli(j), rise), num_of(factorial)), power));
        rise = num_mul(rise, num_mul(more_by(s, 2 * j - 1), more_by(s, 2 * j)));
        power = num_div(power, aa);
        factorial *= (2 * j + 1) * (2 * j + 2);
    }
    return sum;
}

/* for integers s the terms below 0 as the others */
static num zeta_of(num s, num q)
{
    double at = num_value(s);
    num sum = num_of(0);
    if (!(at > 1)) return num_of(at == 1 ? INFINITY : NAN);
    if (is_pole(q)) return num_of(INFINITY);
    if (num_value(q) < 0 && at != floor(at)) return num_of(NAN);
    if (num_value(q) < -MOST_STEPS_UP) return no_answer();
    for (; num_value(q) < FAR_OUT + at / 2; q = more_by(q, 1)) sum = num_add(sum, num_pow(q, num_neg(s)));
    return num_add(sum, zeta_rest(s, q));
}

static num zeta(num s, num q) { return zeta_of(s, q); }

/* (-1)^(n+1) n! zeta(n + 1, x), DLMF 5.15.1 */
static num polygamma(const td_attr *p, num x)
{
    double factorial = 1;
    if (p->a == 0) return digamma(x);
    for (int k = 2; k <= p->a; k++) factorial *= k;
    return scaled_by(fmod(p->a, 2) == 0 ? -factorial : factorial, zeta_of(num_of(p->a + 1), x));
}

/* ---- incomplete gamma and beta: their integrals (DLMF 8.2.1, 8.2.2, 8.17.1) -------------------------------------------- */

/* p: a, x.   t^(a-1) e^(-x t) */
static num gamma_integrand(const num *p, num t, num left)
{
    (void)left;
    return num_exp(num_sub(num_mul(more_by(p[0], -1), num_log(t)), num_mul(p[1], t)));
}

/* (x + t)^(a-1) e^-t */
static num gamma_tail(const num *p, num t, num left)
{
    (void)left;
    return num_exp(num_sub(num_mul(more_by(p[0], -1), num_log(num_add(p[1], t))), t));
}

/* P by the integral from 0, or Q by that to infinity: the smaller is computed */
static num gamma_lower(num a, num x)
{
    num power = num_exp(num_sub(num_mul(a, num_log(x)), log_gamma(a)));
    return num_mul(power, over_unit(gamma_integrand, (num[]){a, x}, COARSE));
}

static num gamma_upper(num a, num x)
{
    num factor = num_exp(num_neg(num_add(x, log_gamma(a))));
    return num_mul(factor, over_half_line(gamma_tail, (num[]){a, x}));
}

/* P where x is 0: the first two terms of x^a (1 / a - x / (a + 1) + ...) / gamma(a), DLMF 8.7.1 */
static num gamma_start(num a, num x)
{
    num terms = num_sub(num_div(num_of(1), a), num_div(x, more_by(a, 1)));
    return num_mul(num_pow(x, a), num_mul(terms, num_exp(num_neg(log_gamma(a)))));
}

static num gamma_fraction(num a, num x, bool upper)
{
    double at = num_value(x), order = num_value(a);
    if (!(order >= 0 && at >= 0)) return num_of(NAN);
    if (order == 0) return num_of(at == 0 ? NAN : !upper);
    if (isinf(at) || isinf(order)) return num_of(isinf(at) && isinf(order) ? NAN : isinf(order) == upper);
    bool below = at < order + 1;
    num part = at == 0 ? gamma_start(a, x) : below ? gamma_lower(a, x) : gamma_upper(a, x);
    return below != upper ? part : num_sub(num_of(1), part);
}

static num gammainc(num a, num x) { return gamma_fraction(a, x, false); }
static num gammaincc(num a, num x) { return gamma_fraction(a, x, true); }

/* p: a, b, x.   t^(a-1) (1 - x t)^(b-1) */
static num beta_integrand(const num *p, num t, num left)
{
    num rest = num_add(num_mul(p[2], left), num_sub(num_of(1), p[2]));
    num powers = num_add(num_mul(more_by(p[0], -1), num_log(t)), num_mul(more_by(p[1], -1), num_log(rest)));
    return num_exp(powers);
}

/* x <= 1/2; where it is 0 the first two terms of x^a (1 / a + (1 - b) x / (a + 1) + ...) / B(a, b), DLMF 8.17.7 */
static num beta_part(num a, num b, num x)
{
    num whole = num_sub(log_gamma(num_add(a, b)), num_add(log_gamma(a), log_gamma(b)));
    if (num_value(x) == 0) {
        num bend = num_div(num_mul(num_sub(num_of(1), b), x), more_by(a, 1)), terms = num_add(num_div(num_of(1), a), bend);
        return num_mul(num_pow(x, a), num_mul(terms, num_exp(whole)));
    }
    num power = num_exp(num_add(num_mul(a, num_log(x)), whole));
    return num_mul(power, over_unit(beta_integrand, (num[]){a, b, x}, COARSE));
}

static num betainc(const td_application *f, const int64_t *at, int64_t i)
{
    num a = operand(f, 0)[i], b = operand(f, 1)[i], x = operand(f, 2)[i];
    double v = num_value(x);
    (void)at;
    if (!(num_value(a) > 0 && num_value(b) > 0 && v >= 0 && v <= 1)) return num_of(NAN);
    if (v <= 0.5) return beta_part(a, b, x);
    return num_sub(num_of(1), beta_part(b, a, num_sub(num_of(1), x)));
}

/* ---- relatives of the error function --------------------------------------------------------------------------------- */

/* p: 2x / w, w, n.   (t / w)^n / n! e^(-(t/w)^2 - 2x t/w) / w */
static num scaled_integrand(const num *p, num t, num left)
{
    num u = num_div(t, p[1]), y = num_exp(num_neg(num_add(num_mul(u, u), num_mul(p[0], u))));
    (void)left;
    for (int k = 1; k <= num_value(p[2]); k++) y = num_mul(y, num_div(u, num_of(k)));
    return num_div(y, p[1]);
}

/* 2 / sqrt pi int_0^inf t^n / n! e^(-t^2 - 2xt) dt, DLMF 7.18.2, on the scale 1 / w on which it falls */
static num scaled_integral(num x, int n)
{
    double at = num_value(x);
    num w = num_of(at > 1 ? exp2(rint(log2(2 * at))) : 1), factor = num_div(num_of(2), num_sqrt(circle()));
    return num_mul(factor, over_half_line(scaled_integrand, (num[]){scaled_by(2, x), w, num_of(n)}));
}

/* e^(x^2) i^n erfc x; below 0 by erfc -x = 2 - erfc x and upwards by DLMF 7.18.7, whose terms are positive there */
static num erfcx_of(num x, int n)
{
    if (!(num_value(x) < 0)) return isinf(num_value(x)) ? num_div(num_of(1), x) : scaled_integral(x, n);
    num before = num_div(num_of(2), num_sqrt(circle()));
    num at = num_sub(scaled_by(2, num_exp(num_mul(x, x))), scaled_integral(num_neg(x), 0));
    for (int k = 1; k <= n; k++) {
        num next = num_div(num_sub(before, num_mul(scaled_by(2, x), at)), num_of(2 * k));
        before = at;
        at = next;
    }
    return at;
}

static num erfcx(const td_attr *p, num x) { return erfcx_of(x, (int)p->a); }

/* log of the normal distribution function; far below 0 by e^(x^2/2) times it */
static num log_normal(num x)
{
    double at = num_value(x);
    if (at > 0) return num_log1p(num_neg(normal(num_neg(x))));
    if (!(at < -5)) return num_log(normal(x));
    num scaled = scaled_by(0.5, erfcx_of(num_neg(num_mul(num_sqrt(num_of(0.5)), x)), 0));
    return num_sub(num_log(scaled), scaled_by(0.5, num_mul(x, x)));
}

/* A number y of double precision with f(y) = 0, f rising or falling between low and high. */
static double bisected(double (*f)(double y, double p), double p, double low, double high)
{
    bool rising = f(high, p) > f(low, p);
    for (int i = 0; i < 100; i++) {
        double middle = 0.5 * (low + high);
        if ((f(middle, p) < 0) == rising) low = middle;
        else high = middle;
    }
    return low;
}

/* Steps of Newton's from a constant that is right to double precision: one gives the first derivative, two the third. */
enum { STEPS = 3 };

static double normal_less(double y, double p) { return 0.5 * erfc(-y * 0.70710678118654752) - p; }

static num quantile_below(num p)
{
    num y = num_of(bisected(normal_less, num_value(p), -40, 0)), root = num_sqrt(scaled_by(2, circle()));
    for (int i = 0; i < STEPS; i++) {
        num inverse_density = num_mul(root, num_exp(scaled_by(0.5, num_mul(y, y))));
        y = num_sub(y, num_mul(num_sub(normal(y), p), inverse_density));
    }
    return y;
}

/* y with normal(y) = p */
static num quantile(num p)
{
    double at = num_value(p);
    if (!(at >= 0 && at <= 1)) return num_of(NAN);
    if (at == 0) return num_log(p);
    if (at == 1) return num_neg(num_log(num_sub(num_of(1), p)));
    return at <= 0.5 ? quantile_below(p) : num_neg(quantile_below(num_sub(num_of(1), p)));
}

/* n-th derivative of e^(-z^2): (-1)^n H_n(z) e^(-z^2) */
static num bell(num z, int n)
{
    num before = num_of(0), at = num_exp(num_neg(num_mul(z, z)));
    for (int k = 0; k < n; k++) {
        num next = num_sub(scaled_by(-2 * k, before), num_mul(scaled_by(2, z), at));
        before = at;
        at = next;
    }
    return at;
}

/* n-th derivative of sum over odd k of e^(-(x - kh)^2) / (k sqrt pi), which differs from Dawson's integral by less than
 * e^(-(pi / 2h)^2) (G. B. Rybicki, "Dawson's integral and the sampling theorem", 1989); and the terms near x */
static num dawson(const td_attr *p, num x)
{
    const double h = 0x1.6p-3, most = 1e6;
    const int around = 56;
    double at = num_value(x);
    if (!(fabs(at) < most)) return isnan(at) ? num_mul(x, num_of(NAN)) : no_answer();
    int64_t middle = 2 * (int64_t)floor(at / (2 * h)) + 1;
    num sum = num_of(0);
    for (int64_t k = middle - around; k <= middle + around; k += 2)
        sum = num_add(sum, num_div(bell(more_by(x, -(double)k * h), (int)p->a), num_of((double)k)));
    return num_div(sum, num_sqrt(circle()));
}

/* ---- exponential integrals ------------------------------------------------------------------------------------------- */

/* p: x, n.   e^-t (1 + t / x)^-n / x */
static num expn_integrand(const num *p, num t, num left)
{
    (void)left;
    num fall = num_pow(num_div(p[0], num_add(p[0], t)), p[1]);
    return num_div(num_mul(num_exp(num_neg(t)), fall), p[0]);
}

/* (e^(x t) - 1) / t */
static num rise_integrand(const num *p, num t, num left)
{
    (void)left;
    return num_div(num_expm1(num_mul(p[0], t)), t);
}

/* euler + log |x| + int_0^1 (e^(xt) - 1) / t dt, DLMF 6.2.7 */
static num rise(num x)
{
    bool gentle = num_value(x) < 4;
    return num_add(num_add(euler_constant(), num_log(magnitude(x))), over_unit(rise_integrand, &x, gentle ? COARSE : FINE));
}

/* Beside 0: from n = 1 upwards by DLMF 8.19.12, n E_(n+1) = e^-x - x E_n. */
static num expn_beside_zero(num x, int n)
{
    num y = num_neg(rise(num_neg(x)));
    for (int k = 1; k < n; k++) y = num_div(num_sub(num_exp(num_neg(x)), num_mul(x, y)), num_of(k));
    return y;
}

/* At 0: 1 / (n - 1), slope -1 / (n - 2), further 1 / (n - 3); E_2 falls infinitely steeply, as a root does. */
static num expn_at_zero(num x, double n)
{
    if (n <= 1) return num_div(num_of(1), x);
    num y = num_of(0), power = num_of(1);
    for (int k = 0; k < 3 && k < n - 1; k++) {
        y = num_add(y, num_div(power, num_of(n - 1 - k)));
        power = num_div(num_mul(power, num_neg(x)), num_of(k + 1));
    }
    return n == 2 ? num_sub(y, num_root(x)) : n == 3 ? num_bent(y, x) : y;
}

/* int_1^inf e^(-x t) t^-n dt, DLMF 8.19.3 */
static num expn_of(num x, double n)
{
    double at = num_value(x);
    if (!(at >= 0)) return num_of(NAN);
    if (at == 0) return expn_at_zero(x, n);
    if (at < 0.5 && n >= 1 && n <= 64) return expn_beside_zero(x, (int)n);
    return num_mul(num_exp(num_neg(x)), over_half_line(expn_integrand, (num[]){x, num_of(n)}));
}

static num expn(const td_attr *p, num x) { return expn_of(x, p->a); }
static num exp1(num x) { return expn_of(x, 1); }

static num expi(num x)
{
    double at = num_value(x);
    if (at < 0) return num_neg(expn_of(num_neg(x), 1));
    return at == 0 ? num_log(x) : rise(x);
}

static double product_less(double w, double x) { return w * exp(w) - x; }

/* w with w e^w = x, DLMF 4.13: the branch above -1, or below */
static num lambert(const td_attr *p, num x)
{
    double at = num_value(x);
    bool principal = p->a == 0;
    if (!(at >= -0.36787944117144233) || (!principal && at > 0)) return num_of(NAN);
    if (at == -0.36787944117144233) {    /* the double next to the branch point, and taken for it */
        num root = num_root(more_by(x, -at));
        return more_by(principal ? root : num_neg(root), -1);
    }
    if (isinf(at) || (!principal && at == 0)) return principal ? x : num_log(num_neg(x));
    num w = num_of(principal ? bisected(product_less, at, -1, at < 3 ? 3 : log(at)) : bisected(product_less, at, -760, -1));
    for (int i = 0; i < STEPS; i++) {
        num e = num_exp(w), off = num_sub(num_mul(w, e), x);
        w = num_sub(w, num_div(off, num_mul(e, more_by(w, 1))));
    }
    return w;
}

static const definition
    define_lgamma = {.function = log_gamma},
    define_digamma = {.function = digamma},
    define_polygamma = {.unary = polygamma},
    define_zeta = {.binary = zeta},
    define_gammainc = {.binary = gammainc},
    define_gammaincc = {.binary = gammaincc},
    define_betainc = {.element = betainc},
    define_erfcx = {.unary = erfcx},
    define_log_ndtr = {.function = log_normal},
    define_ndtri = {.function = quantile},
    define_dawson = {.unary = dawson},
    define_exp1 = {.function = exp1},
    define_expi = {.function = expi},
    define_expn = {.unary = expn},
    define_lambertw = {.unary = lambert};
