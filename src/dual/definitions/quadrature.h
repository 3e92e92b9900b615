/* quadrature.h: integrals over num by the trapezoidal rule after a substitution under which the integrand dies doubly
 * exponentially (H. Takahasi and M. Mori, "Double exponential formulas for numerical integration", 1974), and constants.
 *
 * Such a sum converges faster than any power of the step; where terms have one sign it loses no digits.  The nodes depend
 * on a step alone, never on num, so its derivatives are those of the integral. */

static num circle(void) { return num_mul(num_of(4), num_atan(num_of(1))); }

/* A constant of 159 bits. */
static num three(double high, double middle, double low)
{
    return num_add(num_of(high), num_add(num_of(middle), num_of(low)));
}

static num euler_constant(void) { return three(0x1.2788cfc6fb619p-1, -0x1.6cb90701fbfabp-58, -0x1.34a95e3133c51p-112); }

/* Nothing is known. */
static num no_answer(void) { return num_either(num_of(0), num_of(INFINITY)); }

static num scaled_by(double c, num x) { return num_mul(num_of(c), x); }
static num more_by(num x, double c) { return num_add(x, num_of(c)); }

/* What is integrated: t, what is left of 1 where that is the end, and parameters. */
typedef num integrand(const num *p, num t, num left);

/* Steps, exact in binary: for integrands that are smooth on the scale of the interval, and for steeper ones. */
#define COARSE 0x1.8p-4
#define FINE 0x1p-4

/* int_0^1 f(t) dt, t = 1 / (1 + e^(-pi sinh s)) */
static num over_unit(integrand *f, const num *p, double step)
{
    const int reach = (int)(4.1 / step);
    num sum = num_of(0), pi = circle();
    for (int k = -reach; k <= reach; k++) {
        num s = num_of(k * step), q = num_exp(num_neg(num_mul(pi, num_sinh(s))));
        num t = num_div(num_of(1), more_by(q, 1)), left = num_mul(q, t);
        num weight = num_mul(num_mul(pi, num_cosh(s)), num_mul(t, left));
        sum = num_add(sum, num_mul(weight, f(p, t, left)));
    }
    return scaled_by(step, sum);
}

/* int_0^inf f(t) dt where f falls like e^-t, t = e^(s - e^-s); left is 0 */
static num over_half_line(integrand *f, const num *p)
{
    const int low = (int)(-4.5 / COARSE), high = (int)(4.6 / COARSE);
    num sum = num_of(0);
    for (int k = low; k <= high; k++) {
        num s = num_of(k * COARSE), e = num_exp(num_neg(s)), t = num_exp(num_sub(s, e));
        sum = num_add(sum, num_mul(num_mul(t, more_by(e, 1)), f(p, t, num_of(0))));
    }
    return scaled_by(COARSE, sum);
}
