/* bessel.c: Bessel functions and orthogonal polynomials, elementwise.
 *
 * Each family is one op with its order or degree n as the attribute a, and its rule goes to the neighbours: slopes of every
 * order are the family again, without cancellation at 0.  PyTorch's names are these at fixed n. */
#include "op.h"

#include <math.h>

enum { MOST_ORDER = 34, MOST_DEGREE = 200 };

static td_status check_whole(td_infer *i, int most)
{
    double n = i->attr->a;
    if (n >= 0 && n <= most && floor(n) == n) return TD_OK;
    return td_fail(i->context, TD_EVALUE, "%s: n is %g, and must be a whole number from 0 to %d", i->op->name, n, most);
}

static td_status bessel_infer(td_infer *i) { return check_whole(i, MOST_ORDER); }
static td_status degree_infer(td_infer *i) { return check_whole(i, MOST_DEGREE); }

static td_tensor *of_order(const td_op *op, td_tensor *x, double n, double b)
{
    return td_apply1(op, x, &(td_attr){ .a = n, .b = b });
}

static td_tensor *neighbour(td_pull *p, const td_op *op, int step)
{
    return of_order(op, p->in[0], p->attr->a + step, p->attr->b);
}

static td_tensor *call_order(const td_invocation *k) { return of_order(k->op, k->in[0], td_as_number(k, 0), 0); }

static void sample(td_sample *s, int orders, double low, double high)
{
    s->n_in = 1;
    td_sample_few(s, 0, 0, 2, 3);
    td_sample_floats(s, 0, low, high);
    s->attr.a = (double)td_sample_below(s, orders);
}

/* (before - after) / 2, of order 0 -after; DLMF 10.6.1 */
static td_tensor *half_difference(td_pull *p, const td_op *op)
{
    if (p->attr->a == 0) return td_neg(neighbour(p, op, 1));
    return td_mul_scalar(td_sub(neighbour(p, op, -1), neighbour(p, op, 1)), 0.5);
}

/* (before + after) / 2, of order 0 after; DLMF 10.29.1 */
static td_tensor *half_sum(td_pull *p, const td_op *op)
{
    if (p->attr->a == 0) return neighbour(p, op, 1);
    return td_mul_scalar(td_add(neighbour(p, op, -1), neighbour(p, op, 1)), 0.5);
}

static void bessel_j_vjp(td_pull *p) { td_pull_slope(p, half_difference(p, &td_op_bessel_j)); }
static void bessel_y_vjp(td_pull *p) { td_pull_slope(p, half_difference(p, &td_op_bessel_y)); }

/* scaled: e^-|x| I, so less y sign x */
static void bessel_i_vjp(td_pull *p)
{
    td_tensor *rise = half_sum(p, &td_op_bessel_i);
    td_pull_slope(p, p->attr->b == 0 ? rise : td_sub(rise, td_mul(p->y, td_sign(p->in[0]))));
}

/* scaled: e^x K, so plus y */
static void bessel_k_vjp(td_pull *p)
{
    td_tensor *fall = td_neg(half_sum(p, &td_op_bessel_k));
    td_pull_slope(p, p->attr->b == 0 ? fall : td_add(fall, p->y));
}

static void bessel_j_sample(td_sample *s) { sample(s, 4, -40, 40); }
static void bessel_y_sample(td_sample *s) { sample(s, 4, 0.1, 20); }
static void bessel_i_sample(td_sample *s)
{
    sample(s, 4, -20, 20);
    s->attr.b = (double)td_sample_below(s, 2);
    if (s->attr.b == 1) td_sample_floats(s, 0, 0.05, 20);
}
static void bessel_k_sample(td_sample *s)
{
    sample(s, 4, 0.1, 20);
    s->attr.b = (double)td_sample_below(s, 2);
}

/* DLMF 10.51.2: (n j_(n-1) - (n+1) j_(n+1)) / (2n + 1) */
static void spherical_bessel_j_vjp(td_pull *p)
{
    double n = p->attr->a;
    td_tensor *next = td_mul_scalar(neighbour(p, &td_op_spherical_bessel_j, 1), (n + 1) / (2 * n + 1));
    if (n == 0) td_pull_slope(p, td_neg(next));
    else td_pull_slope(p, td_sub(td_mul_scalar(neighbour(p, &td_op_spherical_bessel_j, -1), n / (2 * n + 1)), next));
}
static void spherical_bessel_j_sample(td_sample *s) { sample(s, 4, -20, 20); }

/* An op with n for a parameter, its kernel of the same name. */
#define ORDERED(NAME, rule, check, reading, example_text)                                                          \
    static const td_signature NAME##_signature = {                                                                 \
        .example = example_text, .call = call_order, .parameter = { { "n", TD_INTEGER, true, 0 } },                \
    };                                                                                                             \
    const td_op td_op_##NAME = {                                                                                   \
        TD_ELEMENTWISE(NAME, 1, TD_FLOATING), .reads = reading, .infer = check, .vjp = rule,                       \
        .sample = NAME##_sample, .signature = &NAME##_signature,                                                   \
    };
ORDERED(bessel_j, bessel_j_vjp, bessel_infer, TD_READS(0), "bessel_j(x, 2)")
ORDERED(bessel_y, bessel_y_vjp, bessel_infer, TD_READS(0), "bessel_y(exp(x), 2)")
ORDERED(bessel_i, bessel_i_vjp, bessel_infer, TD_READS(0) | TD_READS_RESULT, "bessel_i(x, 2)")
ORDERED(bessel_k, bessel_k_vjp, bessel_infer, TD_READS(0) | TD_READS_RESULT, "bessel_k(exp(x), 2)")
ORDERED(spherical_bessel_j, spherical_bessel_j_vjp, bessel_infer, TD_READS(0), "spherical_bessel_j(x, 2)")

td_tensor *td_spherical_bessel_j(td_tensor *x, int n) { return of_order(&td_op_spherical_bessel_j, x, n, 0); }
td_tensor *td_bessel_j(td_tensor *x, int n) { return of_order(&td_op_bessel_j, x, n, 0); }
td_tensor *td_bessel_y(td_tensor *x, int n) { return of_order(&td_op_bessel_y, x, n, 0); }
td_tensor *td_bessel_i(td_tensor *x, int n) { return of_order(&td_op_bessel_i, x, n, 0); }
td_tensor *td_bessel_k(td_tensor *x, int n) { return of_order(&td_op_bessel_k, x, n, 0); }

/* PyTorch's: one of the above at fixed n; scaled or not. */
#define FIXED(NAME, family, n, by_exp, least, most)                                                                \
    static td_tensor *NAME##_compose(int n_in, td_tensor *const *in, const td_attr *attr)                          \
    {                                                                                                              \
        (void)n_in, (void)attr;                                                                                    \
        return of_order(&td_op_##family, in[0], n, by_exp);                                                        \
    }                                                                                                              \
    static void NAME##_sample(td_sample *s) { sample(s, 1, least, most); }                                         \
    const td_op td_op_##NAME = {                                                                                   \
        .name = #NAME, .id = TD_ID_##NAME, .min_in = 1, .max_in = 1, .kind = TD_FLOATING,                          \
        .compose = NAME##_compose, .sample = NAME##_sample,                                                        \
    };                                                                                                             \
    td_tensor *(td_##NAME)(td_tensor *x) { return td_apply1(&td_op_##NAME, x, NULL); }
FIXED(bessel_j0, bessel_j, 0, 0, -40, 40)
FIXED(bessel_j1, bessel_j, 1, 0, -40, 40)
FIXED(bessel_y0, bessel_y, 0, 0, 0.1, 20)
FIXED(bessel_y1, bessel_y, 1, 0, 0.1, 20)
FIXED(spherical_bessel_j0, spherical_bessel_j, 0, 0, -20, 20)
FIXED(i0, bessel_i, 0, 0, -20, 20)
FIXED(i1, bessel_i, 1, 0, -20, 20)
FIXED(i0e, bessel_i, 0, 1, -20, 20)
FIXED(i1e, bessel_i, 1, 1, -20, 20)
FIXED(modified_bessel_k0, bessel_k, 0, 0, 0.1, 20)
FIXED(modified_bessel_k1, bessel_k, 1, 0, 0.1, 20)
FIXED(scaled_modified_bessel_k0, bessel_k, 0, 1, 0.1, 20)
FIXED(scaled_modified_bessel_k1, bessel_k, 1, 1, 0.1, 20)

/* other spellings of PyTorch's */
td_tensor *(td_modified_bessel_i0)(td_tensor *x) { return (td_i0)(x); }
td_tensor *(td_modified_bessel_i1)(td_tensor *x) { return (td_i1)(x); }

/* ---- orthogonal polynomials, DLMF 18.9(iii) ------------------------------------------------------------------------- */

static td_tensor *gegenbauer(td_tensor *x, double n, double lambda)
{
    return n < 0 ? td_zeros_like(x) : of_order(&td_op_gegenbauer_polynomial_c, x, n, lambda);
}

/* n U_(n-1) */
static void chebyshev_t_vjp(td_pull *p)
{
    double n = p->attr->a;
    if (n > 0) td_pull_slope(p, td_mul_scalar(gegenbauer(p->in[0], n - 1, 1), n));
}

/* V = U_n - U_(n-1), W = U_n + U_(n-1), and U_n' = 2 C_(n-1) with lambda 2 */
static void chebyshev_v_vjp(td_pull *p)
{
    td_tensor *x = p->in[0];
    double n = p->attr->a;
    if (n > 0) td_pull_slope(p, td_mul_scalar(td_sub(gegenbauer(x, n - 1, 2), gegenbauer(x, n - 2, 2)), 2));
}
static void chebyshev_w_vjp(td_pull *p)
{
    td_tensor *x = p->in[0];
    double n = p->attr->a;
    if (n > 0) td_pull_slope(p, td_mul_scalar(td_add(gegenbauer(x, n - 1, 2), gegenbauer(x, n - 2, 2)), 2));
}

static void hermite_h_vjp(td_pull *p)
{
    if (p->attr->a > 0) td_pull_slope(p, td_mul_scalar(neighbour(p, &td_op_hermite_polynomial_h, -1), 2 * p->attr->a));
}
static void hermite_he_vjp(td_pull *p)
{
    if (p->attr->a > 0) td_pull_slope(p, td_mul_scalar(neighbour(p, &td_op_hermite_polynomial_he, -1), p->attr->a));
}

/* 2 lambda C_(n-1) with lambda + 1 */
static void gegenbauer_vjp(td_pull *p)
{
    double n = p->attr->a, lambda = p->attr->b;
    if (n > 0) td_pull_slope(p, td_mul_scalar(gegenbauer(p->in[0], n - 1, lambda + 1), 2 * lambda));
}

/* -L_(n-1) with alpha + 1 */
static void laguerre_vjp(td_pull *p)
{
    double n = p->attr->a;
    if (n > 0) td_pull_slope(p, td_neg(of_order(&td_op_laguerre_polynomial_l, p->in[0], n - 1, p->attr->b + 1)));
}

static void polynomial_sample(td_sample *s) { sample(s, 8, -1.2, 1.2); }
#define chebyshev_polynomial_t_sample polynomial_sample
#define chebyshev_polynomial_v_sample polynomial_sample
#define chebyshev_polynomial_w_sample polynomial_sample
#define hermite_polynomial_h_sample polynomial_sample
#define hermite_polynomial_he_sample polynomial_sample
ORDERED(chebyshev_polynomial_t, chebyshev_t_vjp, degree_infer, TD_READS(0), "chebyshev_polynomial_t(x, 3)")
ORDERED(chebyshev_polynomial_v, chebyshev_v_vjp, degree_infer, TD_READS(0), "chebyshev_polynomial_v(x, 3)")
ORDERED(chebyshev_polynomial_w, chebyshev_w_vjp, degree_infer, TD_READS(0), "chebyshev_polynomial_w(x, 3)")
ORDERED(hermite_polynomial_h, hermite_h_vjp, degree_infer, TD_READS(0), "hermite_polynomial_h(x, 3)")
ORDERED(hermite_polynomial_he, hermite_he_vjp, degree_infer, TD_READS(0), "hermite_polynomial_he(x, 3)")

static void gegenbauer_sample(td_sample *s)
{
    sample(s, 8, -1.2, 1.2);
    s->attr.b = td_sample_choice(s, 3, (double[]){ 0.5, 1, 2 });
}
static void laguerre_sample(td_sample *s)
{
    sample(s, 8, -1, 6);
    s->attr.b = td_sample_choice(s, 3, (double[]){ 0, 1, 0.5 });
}

static td_tensor *call_two(const td_invocation *k) { return of_order(k->op, k->in[0], td_as_number(k, 0), td_as_number(k, 1)); }
static const td_signature gegenbauer_signature = {
    .example = "gegenbauer_polynomial_c(x, 3, 2)", .call = call_two,
    .parameter = { { "n", TD_INTEGER, true, 0 }, { "alpha", TD_NUMBER, true, 0 } },
};
const td_op td_op_gegenbauer_polynomial_c = {
    TD_ELEMENTWISE(gegenbauer_polynomial_c, 1, TD_FLOATING), .reads = TD_READS(0), .infer = degree_infer,
    .vjp = gegenbauer_vjp, .sample = gegenbauer_sample, .signature = &gegenbauer_signature,
};
static const td_signature laguerre_signature = {
    .example = "laguerre_polynomial_l(x, 3)", .call = call_two,
    .parameter = { { "n", TD_INTEGER, true, 0 }, { "alpha", TD_NUMBER, false, 0 } },
};
const td_op td_op_laguerre_polynomial_l = {
    TD_ELEMENTWISE(laguerre_polynomial_l, 1, TD_FLOATING), .reads = TD_READS(0), .infer = degree_infer,
    .vjp = laguerre_vjp, .sample = laguerre_sample, .signature = &laguerre_signature,
};

/* Gegenbauer's at a fixed parameter. */
static td_tensor *legendre_compose(int n, td_tensor *const *in, const td_attr *attr) { (void)n; return gegenbauer(in[0], attr->a, 0.5); }
static td_tensor *chebyshev_u_compose(int n, td_tensor *const *in, const td_attr *attr) { (void)n; return gegenbauer(in[0], attr->a, 1); }
static const td_signature legendre_signature = {
    .example = "legendre_polynomial_p(x, 3)", .call = call_order, .parameter = { { "n", TD_INTEGER, true, 0 } },
};
const td_op td_op_legendre_polynomial_p = {
    .name = "legendre_polynomial_p", .id = TD_ID_legendre_polynomial_p, .min_in = 1, .max_in = 1, .kind = TD_FLOATING,
    .infer = degree_infer, .compose = legendre_compose, .sample = polynomial_sample, .signature = &legendre_signature,
};
static const td_signature chebyshev_u_signature = {
    .example = "chebyshev_polynomial_u(x, 3)", .call = call_order, .parameter = { { "n", TD_INTEGER, true, 0 } },
};
const td_op td_op_chebyshev_polynomial_u = {
    .name = "chebyshev_polynomial_u", .id = TD_ID_chebyshev_polynomial_u, .min_in = 1, .max_in = 1, .kind = TD_FLOATING,
    .infer = degree_infer, .compose = chebyshev_u_compose, .sample = polynomial_sample, .signature = &chebyshev_u_signature,
};

td_tensor *td_legendre_polynomial_p(td_tensor *x, int n) { return of_order(&td_op_legendre_polynomial_p, x, n, 0); }
td_tensor *td_chebyshev_polynomial_t(td_tensor *x, int n) { return of_order(&td_op_chebyshev_polynomial_t, x, n, 0); }
td_tensor *td_chebyshev_polynomial_u(td_tensor *x, int n) { return of_order(&td_op_chebyshev_polynomial_u, x, n, 0); }
td_tensor *td_chebyshev_polynomial_v(td_tensor *x, int n) { return of_order(&td_op_chebyshev_polynomial_v, x, n, 0); }
td_tensor *td_chebyshev_polynomial_w(td_tensor *x, int n) { return of_order(&td_op_chebyshev_polynomial_w, x, n, 0); }
td_tensor *td_hermite_polynomial_h(td_tensor *x, int n) { return of_order(&td_op_hermite_polynomial_h, x, n, 0); }
td_tensor *td_hermite_polynomial_he(td_tensor *x, int n) { return of_order(&td_op_hermite_polynomial_he, x, n, 0); }
td_tensor *td_gegenbauer_polynomial_c(td_tensor *x, int n, double alpha)
{
    return of_order(&td_op_gegenbauer_polynomial_c, x, n, alpha);
}
td_tensor *td_laguerre_polynomial_l(td_tensor *x, int n, double alpha)
{
    return of_order(&td_op_laguerre_polynomial_l, x, n, alpha);
}
