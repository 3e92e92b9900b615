/* bessel.h: Bessel functions by their integrals, orthogonal polynomials by their explicit sums.  DLMF 10.9, 10.32, 18.5. */

enum { MOST_NODES = 1 << 12 };

/* J: 1/pi int_0^pi cos(n s - x sin s) ds (10.9.2); I: e^(x cos s) cos(n s) (10.32.3), scaled e^(x cos s - |x|).  Periodic, so the
 * trapezoidal rule is off by the coefficients of order N and beyond. */
static num bessel_wave(num x, double n, num s) { return num_cos(num_sub(scaled_by(n, s), num_mul(x, num_sin(s)))); }

static num bessel_bell(num x, double n, num s, bool by_exp)
{
    num rise = num_mul(x, num_cos(s));
    return num_mul(num_exp(by_exp ? num_sub(rise, magnitude(x)) : rise), num_cos(scaled_by(n, s)));
}

static num over_period(num x, double n, bool wave, bool by_exp)
{
    double size = fabs(num_value(x));
    int64_t half = size < MOST_NODES ? 40 + (int64_t)size : 0;
    num sum = num_of(0), pi = circle();
    if (!half) return isnan(size) ? num_mul(x, num_of(NAN)) : no_answer();
    for (int64_t k = 0; k <= half; k++) {
        num s = num_mul(pi, num_div(num_of((double)k), num_of((double)half)));
        num summand = wave ? bessel_wave(x, n, s) : bessel_bell(x, n, s, by_exp);
        sum = num_add(sum, scaled_by(k == 0 || k == half ? 0.5 : 1, summand));
    }
    return num_div(sum, num_of((double)half));
}

static num bessel_j_of(num x, double n) { return over_period(x, n, true, false); }
static num bessel_i_of(num x, double n, bool by_exp) { return over_period(x, n, false, by_exp); }

/* p: x, n.   sin(x sin s - n s), s = pi t */
static num second_wave(const num *p, num t, num left)
{
    num s = num_mul(circle(), t);
    (void)left;
    return num_sin(num_sub(num_mul(p[0], num_sin(s)), num_mul(p[1], s)));
}

/* (e^(n s) + (-1)^n e^(-n s)) e^-t / (x cosh s), x sinh s = t */
static num second_tail(const num *p, num t, num left)
{
    num sinh = num_div(t, p[0]), cosh = num_sqrt(more_by(num_mul(sinh, sinh), 1)), e = num_pow(num_add(sinh, cosh), p[1]);
    num both = num_add(e, scaled_by(fmod(num_value(p[1]), 2) == 0 ? 1 : -1, num_div(num_of(1), e)));
    (void)left;
    return num_div(num_mul(both, num_exp(num_neg(t))), num_mul(p[0], cosh));
}

/* 10.9.7; nearer 0 the tail, and farther out the wave, is steeper than the steps can follow */
static num bessel_y_of(num x, double n)
{
    const num p[] = {x, num_of(n)};
    if (!(num_value(x) >= 0)) return num_of(NAN);
    if (num_value(x) < 0.1 || num_value(x) > 50) return no_answer();
    double step = num_value(x) < 2 ? FINE : 0.5 * FINE;    /* the wave grows off the real line, the faster the larger x */
    return num_sub(over_unit(second_wave, p, step), num_div(over_half_line(second_tail, p), circle()));
}

/* e^-t cosh(n s) / (x sinh s), x cosh s = x + t */
static num modified_tail(const num *p, num t, num left)
{
    num above = num_div(t, p[0]), cosh = more_by(above, 1), sinh = num_sqrt(num_mul(above, more_by(above, 2)));
    num e = num_pow(num_add(cosh, sinh), p[1]), both = scaled_by(0.5, num_add(e, num_div(num_of(1), e)));
    (void)left;
    return num_div(num_mul(both, num_exp(num_neg(t))), num_mul(p[0], sinh));
}

/* 10.32.9; nearer 0 it is steeper than the steps can follow */
static num bessel_k_of(num x, double n, bool by_exp)
{
    if (!(num_value(x) >= 0)) return num_of(NAN);
    if (num_value(x) == 0) return num_neg(num_log(x));
    if (num_value(x) < 0x1p-9) return no_answer();
    num y = over_half_line(modified_tail, (num[]){x, num_of(n)});
    return by_exp ? y : num_mul(y, num_exp(num_neg(x)));
}

static num bessel_j(const td_attr *p, num x) { return bessel_j_of(x, p->a); }
static num bessel_y(const td_attr *p, num x) { return bessel_y_of(x, p->a); }
static num bessel_i(const td_attr *p, num x) { return bessel_i_of(x, p->a, p->b != 0); }
static num bessel_k(const td_attr *p, num x) { return bessel_k_of(x, p->a, p->b != 0); }
static num bessel_j0(num x) { return bessel_j_of(x, 0); }
static num bessel_j1(num x) { return bessel_j_of(x, 1); }
static num bessel_y0(num x) { return bessel_y_of(x, 0); }
static num bessel_y1(num x) { return bessel_y_of(x, 1); }
static num bessel_i0(num x) { return bessel_i_of(x, 0, false); }
static num bessel_i1(num x) { return bessel_i_of(x, 1, false); }
static num bessel_i0e(num x) { return bessel_i_of(x, 0, true); }
static num bessel_i1e(num x) { return bessel_i_of(x, 1, true); }
static num bessel_k0(num x) { return bessel_k_of(x, 0, false); }
static num bessel_k1(num x) { return bessel_k_of(x, 1, false); }
static num bessel_k0e(num x) { return bessel_k_of(x, 0, true); }
static num bessel_k1e(num x) { return bessel_k_of(x, 1, true); }

/* p: x, n.   cos(x t) (1 - t^2)^n */
static num spherical_wave(const num *p, num t, num left)
{
    num y = num_cos(num_mul(p[0], t)), rest = num_mul(left, more_by(t, 1));
    for (int k = 0; k < num_value(p[1]); k++) y = num_mul(y, rest);
    return y;
}

/* 10.54.1: x^n / (2^n n!) times its integral from 0 to 1 */
static num spherical_of(num x, double n)
{
    if (isnan(num_value(x))) return num_of(NAN);
    if (fabs(num_value(x)) > 50) return no_answer();
    num y = over_unit(spherical_wave, (num[]){x, num_of(n)}, 0.5 * FINE);
    for (int k = 1; k <= n; k++) y = num_mul(y, num_div(x, num_of(2 * k)));
    return y;
}

static num spherical_j(const td_attr *p, num x) { return spherical_of(x, p->a); }
static num spherical_j0(num x) { return spherical_of(x, 0); }

/* ---- polynomials ------------------------------------------------------------------------------------------------------ */

/* 2F1(-n, n + b; c; (1 - x) / 2) (18.5(iii)), for x >= 0, where its terms are small; the others are its mirror images */
static num hypergeometric(num x, double n, double b, double c)
{
    num z = scaled_by(0.5, num_sub(num_of(1), x)), summand = num_of(1), sum = summand;
    for (int k = 0; k < n; k++) {
        num factor = num_div(num_of((k - n) * (n + b + k)), num_of((c + k) * (k + 1)));
        summand = num_mul(summand, num_mul(factor, z));
        sum = num_add(sum, summand);
    }
    return sum;
}

static bool turned_over(num x) { return num_value(x) < 0; }
static num turned_sign(num y, double n, bool over) { return over && fmod(n, 2) == 1 ? num_neg(y) : y; }

/* (2 lambda)_n / n! 2F1(-n, n + 2 lambda; lambda + 1/2) */
static num gegenbauer_of(num x, double n, double lambda)
{
    bool over = turned_over(x);
    num y = hypergeometric(over ? num_neg(x) : x, n, 2 * lambda, lambda + 0.5);
    for (int k = 0; k < n; k++) y = num_mul(y, num_div(num_of(2 * lambda + k), num_of(k + 1)));
    return turned_sign(y, n, over);
}

/* T: c = 1/2, b = 0 */
static num chebyshev_t(const td_attr *p, num x)
{
    bool over = turned_over(x);
    return turned_sign(hypergeometric(over ? num_neg(x) : x, p->a, 0, 0.5), p->a, over);
}

/* V: b = 1, c = 1/2; W: (2n + 1), b = 1, c = 3/2; mirror images of one another */
static num third_or_fourth(num x, double n, bool third)
{
    bool over = turned_over(x);
    num to = over ? num_neg(x) : x;
    num y = third != over ? hypergeometric(to, n, 1, 0.5) : scaled_by(2 * n + 1, hypergeometric(to, n, 1, 1.5));
    return turned_sign(y, n, over);
}

static num chebyshev_v(const td_attr *p, num x) { return third_or_fourth(x, p->a, true); }
static num chebyshev_w(const td_attr *p, num x) { return third_or_fourth(x, p->a, false); }

/* n! sum of (-1)^m (scale x)^(n-2m) / (m! (n-2m)! by^m) (18.5.13): scale 2, by 1, or 1 and 2 */
static num hermite(num x, double n, double scale, double by)
{
    num sum = num_of(0);
    double factor = 1;    /* n! / (m! (n - 2m)! by^m) */
    for (int m = 0; 2 * m <= n; m++) {
        num power = num_of(m % 2 ? -factor : factor);
        for (int k = 0; k < n - 2 * m; k++) power = num_mul(power, scaled_by(scale, x));
        sum = num_add(sum, power);
        factor *= (n - 2 * m) * (n - 2 * m - 1) / (by * (m + 1));
    }
    return sum;
}

static num hermite_h(const td_attr *p, num x) { return hermite(x, p->a, 2, 1); }
static num hermite_he(const td_attr *p, num x) { return hermite(x, p->a, 1, 2); }

/* sum of (-1)^k (k + 1 + alpha) ... (n + alpha) / ((n - k)! k!) x^k (18.5.12) */
static num laguerre(const td_attr *p, num x)
{
    num sum = num_of(0), power = num_of(1);
    for (int k = 0; k <= p->a; k++) {
        num summand = power;
        for (int j = k + 1; j <= p->a; j++) summand = num_mul(summand, num_div(num_add(num_of(p->b), num_of(j)), num_of(j - k)));
        sum = num_add(sum, summand);
        power = num_neg(num_div(num_mul(power, x), num_of(k + 1)));
    }
    return sum;
}

static num gegenbauer(const td_attr *p, num x) { return gegenbauer_of(x, p->a, p->b); }
static num legendre(const td_attr *p, num x) { return gegenbauer_of(x, p->a, 0.5); }
static num chebyshev_u(const td_attr *p, num x) { return gegenbauer_of(x, p->a, 1); }

static const definition
    define_bessel_j = {.unary = bessel_j},
    define_bessel_y = {.unary = bessel_y},
    define_bessel_i = {.unary = bessel_i},
    define_bessel_k = {.unary = bessel_k},
    define_bessel_j0 = {.function = bessel_j0},
    define_bessel_j1 = {.function = bessel_j1},
    define_bessel_y0 = {.function = bessel_y0},
    define_bessel_y1 = {.function = bessel_y1},
    define_i0 = {.function = bessel_i0},
    define_i1 = {.function = bessel_i1},
    define_i0e = {.function = bessel_i0e},
    define_i1e = {.function = bessel_i1e},
    define_modified_bessel_k0 = {.function = bessel_k0},
    define_modified_bessel_k1 = {.function = bessel_k1},
    define_scaled_modified_bessel_k0 = {.function = bessel_k0e},
    define_scaled_modified_bessel_k1 = {.function = bessel_k1e},
    define_spherical_bessel_j = {.unary = spherical_j},
    define_spherical_bessel_j0 = {.function = spherical_j0},
    define_legendre_polynomial_p = {.unary = legendre},
    define_chebyshev_polynomial_t = {.unary = chebyshev_t},
    define_chebyshev_polynomial_u = {.unary = chebyshev_u},
    define_chebyshev_polynomial_v = {.unary = chebyshev_v},
    define_chebyshev_polynomial_w = {.unary = chebyshev_w},
    define_hermite_polynomial_h = {.unary = hermite_h},
    define_hermite_polynomial_he = {.unary = hermite_he},
    define_gegenbauer_polynomial_c = {.unary = gegenbauer},
    define_laguerre_polynomial_l = {.unary = laguerre};
