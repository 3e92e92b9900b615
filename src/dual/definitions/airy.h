/* airy.h: Airy functions by integrals, complete elliptic integrals by theirs.  DLMF 9.5, 19.2. */

/* i t at t = s + i sigma: Ai is 1/pi int_0^inf Re e^(i (t^3 / 3 + x t)) ds for every sigma > 0, its derivative has i t times
 * that (9.5.4, the path a line).  Even in s and as smooth as can be: the trapezoidal rule is off by less than 1e-22. */
static num airy_line(num x, double sigma, double n, num s)
{
    num ss = num_mul(s, s), cube = num_div(num_mul(ss, s), num_of(3));
    num phase = num_add(cube, num_mul(more_by(x, -sigma * sigma), s));
    num fall = num_exp(num_neg(scaled_by(sigma, ss))), wave = num_cos(phase);
    if (n == 1) wave = num_neg(num_add(scaled_by(sigma, wave), num_mul(s, num_sin(phase))));
    return num_mul(fall, wave);
}

static num airy_ai(const td_attr *p, num x)
{
    const double step = 0.0625;
    double at = num_value(x), sigma = at > 0.25 ? sqrt(at) : 0.5;
    if (isnan(at)) return num_of(NAN);
    if (!(at >= -15 && at <= 500)) return no_answer();
    int nodes = (int)(sqrt(85 / sigma) / step) + 1;
    num sum = scaled_by(0.5, airy_line(x, sigma, p->a, num_of(0)));
    for (int k = 1; k <= nodes; k++) sum = num_add(sum, airy_line(x, sigma, p->a, num_of(k * step)));
    num c = num_of(sigma), height = num_sub(num_div(num_mul(c, num_mul(c, c)), num_of(3)), num_mul(c, x));
    return num_div(num_mul(num_exp(height), scaled_by(step, sum)), circle());
}

/* p: x, n, reach.   r = reach t: r^n e^(x r - r^3/3) + r^n e^(-x r/2 - r^3/3) sin(x r root(3)/2 + pi/6 + 2 n pi/3) */
static num airy_second(const num *p, num t, num left)
{
    num r = num_mul(p[2], t), xr = num_mul(p[0], r), cube = num_div(num_mul(num_mul(r, r), r), num_of(3));
    num turn = num_mul(circle(), num_div(more_by(scaled_by(4, p[1]), 1), num_of(6)));
    num phase = num_add(scaled_by(0.5, num_mul(num_sqrt(num_of(3)), xr)), turn);
    num rise = num_exp(num_sub(xr, cube)), fall = num_exp(num_neg(num_add(scaled_by(0.5, xr), cube)));
    num both = num_add(rise, num_mul(fall, num_sin(phase)));
    (void)left;
    return num_value(p[1]) == 0 ? both : num_mul(r, both);
}

/* 9.5.3, the sine's path turned by pi / 6 to where it falls */
static num airy_bi(const td_attr *p, num x)
{
    double at = num_value(x);
    const num reach = num_of(9), parameters[] = {x, num_of(p->a), reach};
    if (isnan(at)) return num_of(NAN);
    if (!(fabs(at) <= 10)) return no_answer();
    return num_div(num_mul(reach, over_unit(airy_second, parameters, 0.5 * FINE)), circle());
}

/* n-th derivative of (1 - m sin^2)^power */
static num elliptic_integrand(num m, double power, double n, num sine)
{
    num ss = num_mul(sine, sine), below = num_sub(num_of(1), num_mul(m, ss));
    num y = num_pow(below, num_of(power - n));
    for (int k = 0; k < n; k++) y = num_mul(scaled_by(k - power, ss), y);
    return y;
}

/* 19.2.8: the mean over a quarter turn times it; periodic, with a pole where sin^2 is 1 / m */
static num elliptic(num m, double power, double n)
{
    double at = num_value(m), pole = at > 0 ? acosh(1 / sqrt(at)) : asinh(1 / sqrt(-at));
    int64_t nodes = isfinite(pole) ? (int64_t)fmin(1e5, 8 + (42 + 2 * n) / pole) : 8;
    if (!(at < 1)) return num_of(at == 1 ? INFINITY : NAN);
    if (nodes > MOST_NODES) return no_answer();
    num sum = num_of(0), pi = circle();
    for (int64_t k = 0; k <= nodes; k++) {
        num angle = num_mul(pi, num_div(num_of((double)k), num_of(2.0 * (double)nodes)));
        sum = num_add(sum, scaled_by(k == 0 || k == nodes ? 0.5 : 1, elliptic_integrand(m, power, n, num_sin(angle))));
    }
    return num_mul(scaled_by(0.5, pi), num_div(sum, num_of((double)nodes)));
}

static num ellipk(const td_attr *p, num m)
{
    if (num_value(m) == 1) return num_div(num_of(1), num_sub(num_of(1), m));
    return elliptic(m, -0.5, p->a);
}

/* at m = 1 it falls steeper than any line */
static num ellipe(const td_attr *p, num m)
{
    num rest = num_sub(num_of(1), m);
    if (num_value(m) == 1) return p->a == 0 ? more_by(num_root(rest), 1) : num_neg(num_div(num_of(1), rest));
    return elliptic(m, 0.5, p->a);
}

static const definition
    define_airy_ai = {.unary = airy_ai},
    define_airy_bi = {.unary = airy_bi},
    define_ellipk = {.unary = ellipk},
    define_ellipe = {.unary = ellipe};
