/* special.c: y_i = f(x_i), special functions of the gamma, error and exponential families.
 *
 * Where a slope in elementary operations would cancel (2x erfcx x - 2 / sqrt pi is 1 - 1 for large x), the op has its own
 * derivatives, or integrals, under a number n, and the rule goes from n to the next.  So slopes of every order keep their
 * digits.  In their parameters (a of gammainc, s of zeta) these functions have no derivative in closed form: that is
 * refused, not guessed. */
#include "op.h"

#include <math.h>

/* The attribute a is a whole number from 0 to `most`. */
static td_status check_order(td_infer *i, int most)
{
    double n = i->attr->a;
    if (n >= 0 && n <= most && floor(n) == n) return TD_OK;
    return td_fail(i->context, TD_EVALUE, "%s: n is %g, and must be a whole number from 0 to %d", i->op->name, n, most);
}

static td_status order_100_infer(td_infer *i) { return check_order(i, 100); }
static td_status order_32_infer(td_infer *i) { return check_order(i, 32); }
static td_status order_8_infer(td_infer *i) { return check_order(i, 8); }

/* The same op at another n. */
static td_tensor *at_order(td_pull *p, const td_op *op, double n)
{
    return td_apply1(op, p->in[0], &(td_attr){ .a = n });
}

static void order_sample(td_sample *s, int orders, double low, double high)
{
    s->n_in = 1;
    td_sample_few(s, 0, 0, 3, 3);
    td_sample_floats(s, 0, low, high);
    s->attr.a = (double)td_sample_below(s, orders);
}

static bool refused(td_pull *p, int operand, const char *name)
{
    if (!td_pull_wants(p, operand)) return false;
    td_fail(td_context_of(p->y), TD_EVALUE,
            "%s: there is no derivative in %s, operand %d: it has no closed form; td_detach it where it is a constant",
            p->y->op->name, name, operand);
    return true;
}

static td_tensor *call_order(const td_invocation *k)
{
    return td_apply(k->op, k->n, k->in, &(td_attr){ .a = td_as_number(k, 0) });
}

/* ---- gamma ---------------------------------------------------------------------------------------------------------- */

/* g digamma x */
static void lgamma_vjp(td_pull *p) { td_pull_slope(p, td_digamma(p->in[0])); }
const td_op td_op_lgamma = {
    TD_ELEMENTWISE(lgamma, 1, TD_FLOATING), .low = 0, .high = 40, .reads = TD_READS(0), .vjp = lgamma_vjp,
};
td_tensor *td_lgamma(td_tensor *x) { return td_apply1(&td_op_lgamma, x, NULL); }

/* g polygamma(1, x) */
static void digamma_vjp(td_pull *p) { td_pull_slope(p, td_polygamma(p->in[0], 1)); }
const td_op td_op_digamma = {
    TD_ELEMENTWISE(digamma, 1, TD_FLOATING), .low = 0, .high = 40, .reads = TD_READS(0), .vjp = digamma_vjp,
};
td_tensor *td_digamma(td_tensor *x) { return td_apply1(&td_op_digamma, x, NULL); }

/* g polygamma(n + 1, x) */
static void polygamma_vjp(td_pull *p) { td_pull_slope(p, at_order(p, &td_op_polygamma, p->attr->a + 1)); }
static void polygamma_sample(td_sample *s) { order_sample(s, 5, 0.05, 20); }
static const td_signature polygamma_signature = {
    .example = "polygamma(sigmoid(x), 1)", .call = call_order, .parameter = { { "n", TD_INTEGER, true, 0 } },
};
const td_op td_op_polygamma = {
    TD_ELEMENTWISE(polygamma, 1, TD_FLOATING), .reads = TD_READS(0), .infer = order_100_infer, .vjp = polygamma_vjp,
    .sample = polygamma_sample, .signature = &polygamma_signature,
};
td_tensor *td_polygamma(td_tensor *x, int n) { return td_apply1(&td_op_polygamma, x, &(td_attr){ .a = n }); }

/* in q: -g s zeta(s + 1, q) */
static void zeta_vjp(td_pull *p)
{
    td_tensor *s = p->in[0], *q = p->in[1];
    if (refused(p, 0, "s")) return;
    td_pull_add(p, 1, td_neg(td_mul(p->g, td_mul(s, td_zeta(td_add_scalar(s, 1), q)))));
}

/* Operands before the last, which are parameters, are whole numbers. */
static void parameters_sample(td_sample *s, int n, double low, double high)
{
    s->n_in = n;
    td_sample_few(s, 0, 0, 3, 3);
    for (int k = 0; k < n; k++) {
        if (k) td_sample_broadcast(s, k);
        s->in[k].what = k < n - 1 ? TD_SAMPLE_INDEX : TD_SAMPLE_FLOAT;
        s->in[k].low = k < n - 1 ? 1 : low;
        s->in[k].high = k < n - 1 ? 7 : high;
    }
}

static void zeta_sample(td_sample *s)
{
    parameters_sample(s, 2, 0.05, 20);
    s->in[0].low = 2;
}
static const td_signature zeta_signature = { .example = "zeta(detach(exp(x) + 2), exp(y))" };
const td_op td_op_zeta = {
    TD_ELEMENTWISE(zeta, 2, TD_FLOATING), .refuses = 1, .reads = TD_READS(0) | TD_READS(1), .vjp = zeta_vjp, .sample = zeta_sample,
    .signature = &zeta_signature,
};
td_tensor *td_zeta(td_tensor *s, td_tensor *q) { return td_apply2(&td_op_zeta, s, q); }

/* ---- incomplete gamma and beta -------------------------------------------------------------------------------------- */

/* 0 for x < 0, where gammainc is no number.  x^(a-1) e^-x / gamma(a) = (x u)^(a-1) u, u = (e^-x / gamma(a))^(1/a), which overflows no sooner than the whole; for a <= 1 the
 * factor is taken as it is.  By pow, whose slopes at x = 0 are right for every a. */
static td_tensor *gamma_density(td_tensor *a, td_tensor *whole)
{
    td_tensor *zero = td_number(a, 0), *below = td_lt(whole, zero), *x = td_where(below, td_number(a, 1), whole), *large = td_gt(a, td_number(a, 1));
    td_tensor *fall = td_neg(td_add(x, td_lgamma(a))), *share = td_where(large, td_div(fall, a), zero);
    td_tensor *power = td_pow(td_mul(x, td_exp(share)), td_add_scalar(a, -1));
    return td_where(below, zero, td_mul(power, td_exp(td_where(large, share, fall))));
}

static void gammainc_vjp(td_pull *p)
{
    if (!refused(p, 0, "a")) td_pull_add(p, 1, td_mul(p->g, gamma_density(p->in[0], p->in[1])));
}
static void gammaincc_vjp(td_pull *p)
{
    if (!refused(p, 0, "a")) td_pull_add(p, 1, td_neg(td_mul(p->g, gamma_density(p->in[0], p->in[1]))));
}
static void gamma_sample(td_sample *s) { parameters_sample(s, 2, 0, 20); }
static const td_signature gammainc_signature = { .example = "gammainc(detach(exp(x)), exp(y))" };
const td_op td_op_gammainc = {
    TD_ELEMENTWISE(gammainc, 2, TD_FLOATING), .refuses = 1, .reads = TD_READS(0) | TD_READS(1), .vjp = gammainc_vjp, .sample = gamma_sample,
    .signature = &gammainc_signature,
};
static const td_signature gammaincc_signature = { .example = "gammaincc(detach(exp(x)), exp(y))" };
const td_op td_op_gammaincc = {
    TD_ELEMENTWISE(gammaincc, 2, TD_FLOATING), .refuses = 1, .reads = TD_READS(0) | TD_READS(1), .vjp = gammaincc_vjp,
    .sample = gamma_sample, .signature = &gammaincc_signature,
};
td_tensor *td_gammainc(td_tensor *a, td_tensor *x) { return td_apply2(&td_op_gammainc, a, x); }
td_tensor *td_gammaincc(td_tensor *a, td_tensor *x) { return td_apply2(&td_op_gammaincc, a, x); }

/* 0 outside 0..1, where betainc is no number.  x^(a-1) (1-x)^(b-1) / B(a, b) = (x u)^(a-1) ((1-x) u)^(b-1) u^2, u = B^(-1/(a+b)); for a + b <= 2 as it stands */
static td_tensor *beta_density(td_tensor *a, td_tensor *b, td_tensor *any)
{
    td_tensor *outside = td_logical_or(td_lt(any, td_number(any, 0)), td_gt(any, td_number(any, 1)));
    td_tensor *x = td_where(outside, td_number(any, 0.5), any);
    td_tensor *c = td_add(a, b), *large = td_gt(c, td_number(c, 2));
    td_tensor *whole = td_sub(td_lgamma(c), td_add(td_lgamma(a), td_lgamma(b)));
    td_tensor *share = td_where(large, td_div(whole, c), td_number(c, 0)), *u = td_exp(share);
    td_tensor *left = td_pow(td_mul(x, u), td_add_scalar(a, -1)), *right = td_pow(td_mul(td_rsub(1, x), u), td_add_scalar(b, -1));
    td_tensor *y = td_mul(td_mul(left, right), td_exp(td_where(large, td_mul_scalar(share, 2), whole)));
    return td_where(outside, td_number(any, 0), y);
}

static void betainc_vjp(td_pull *p)
{
    if (refused(p, 0, "a") || refused(p, 1, "b")) return;
    td_pull_add(p, 2, td_mul(p->g, beta_density(p->in[0], p->in[1], p->in[2])));
}
static void betainc_sample(td_sample *s) { parameters_sample(s, 3, 0, 1); }
static const td_signature betainc_signature = { .example = "betainc(detach(exp(x)), detach(exp(y)), sigmoid(y))" };
const td_op td_op_betainc = {
    TD_ELEMENTWISE(betainc, 3, TD_FLOATING), .refuses = 3, .reads = TD_READS(0) | TD_READS(1) | TD_READS(2), .vjp = betainc_vjp,
    .sample = betainc_sample, .signature = &betainc_signature,
};
td_tensor *td_betainc(td_tensor *a, td_tensor *b, td_tensor *x)
{
    return td_apply(&td_op_betainc, 3, (td_tensor *[]){ a, b, x }, NULL);
}

/* ---- relatives of the error function -------------------------------------------------------------------------------- */

/* I_n' = -2 (n + 1) I_(n+1), DLMF 7.18.7 and 7.18.4 */
static void erfcx_vjp(td_pull *p)
{
    double n = p->attr->a;
    td_pull_slope(p, td_mul_scalar(at_order(p, &td_op_erfcx, n + 1), -2 * (n + 1)));
}
static void erfcx_sample(td_sample *s) { order_sample(s, 3, -6, 40); }
static const td_signature erfcx_signature = {
    .example = "erfcx(x)", .call = call_order, .parameter = { { "n", TD_INTEGER, false, 0 } },
};
const td_op td_op_erfcx = {
    TD_ELEMENTWISE(erfcx, 1, TD_FLOATING), .reads = TD_READS(0), .infer = order_32_infer, .vjp = erfcx_vjp,
    .sample = erfcx_sample, .signature = &erfcx_signature,
};
td_tensor *td_erfcx(td_tensor *x) { return td_apply1(&td_op_erfcx, x, NULL); }

/* phi / Phi: sqrt(2 / pi) / erfcx(-x / sqrt 2) for x < 0, else e^(-x^2 / 2 - y) / sqrt(2 pi) */
static void log_ndtr_vjp(td_pull *p)
{
    const double root_half = 0.70710678118654752440, root_two_by_pi = 0.79788456080286535588;
    td_tensor *x = p->in[0], *zero = td_number(x, 0), *left = td_lt(x, zero);
    td_tensor *tail = td_rdiv(root_two_by_pi, td_erfcx(td_mul_scalar(td_where(left, x, zero), -root_half)));
    td_tensor *exponent = td_sub(td_mul_scalar(td_square(td_where(left, zero, x)), -0.5), td_where(left, zero, p->y));
    td_pull_slope(p, td_where(left, tail, td_mul_scalar(td_exp(exponent), 0.5 * root_two_by_pi)));
}
const td_op td_op_log_ndtr = {
    TD_ELEMENTWISE(log_ndtr, 1, TD_FLOATING), .low = -40, .high = 45, .reads = TD_READS(0) | TD_READS_RESULT,
    .vjp = log_ndtr_vjp,
};
td_tensor *td_log_ndtr(td_tensor *x) { return td_apply1(&td_op_log_ndtr, x, NULL); }

/* g sqrt(2 pi) e^(y^2 / 2) */
static void ndtri_vjp(td_pull *p)
{
    const double root_two_pi = 2.5066282746310005024;
    td_pull_slope(p, td_mul_scalar(td_exp(td_mul_scalar(td_square(p->y), 0.5)), root_two_pi));
}
const td_op td_op_ndtri = {
    TD_ELEMENTWISE(ndtri, 1, TD_FLOATING), .low = 0, .high = 1, .reads = TD_READS_RESULT, .vjp = ndtri_vjp,
};
td_tensor *td_ndtri(td_tensor *x) { return td_apply1(&td_op_ndtri, x, NULL); }

static void dawson_vjp(td_pull *p) { td_pull_slope(p, at_order(p, &td_op_dawson, p->attr->a + 1)); }
static void dawson_sample(td_sample *s) { order_sample(s, 3, -20, 20); }
static const td_signature dawson_signature = {
    .example = "dawson(x)", .call = call_order, .parameter = { { "n", TD_INTEGER, false, 0 } },
};
const td_op td_op_dawson = {
    TD_ELEMENTWISE(dawson, 1, TD_FLOATING), .reads = TD_READS(0), .infer = order_8_infer, .vjp = dawson_vjp,
    .sample = dawson_sample, .signature = &dawson_signature,
};
td_tensor *td_dawson(td_tensor *x) { return td_apply1(&td_op_dawson, x, NULL); }

/* ---- exponential integrals and Lambert's function -------------------------------------------------------------------- */

/* -E_(n-1); E_0 = e^-x / x, whose slope is -E_0 (1 + 1 / x) */
static void expn_vjp(td_pull *p)
{
    double n = p->attr->a;
    td_tensor *before = n > 0 ? at_order(p, &td_op_expn, n - 1) : td_add(p->y, td_div(p->y, p->in[0]));
    td_pull_slope(p, td_neg(before));
}
static void expn_sample(td_sample *s) { order_sample(s, 5, 0.05, 30); }
static const td_signature expn_signature = {
    .example = "expn(exp(x), 2)", .call = call_order, .parameter = { { "n", TD_INTEGER, true, 0 } },
};
const td_op td_op_expn = {
    TD_ELEMENTWISE(expn, 1, TD_FLOATING), .reads = TD_READS(0) | TD_READS_RESULT, .infer = order_100_infer, .vjp = expn_vjp,
    .sample = expn_sample, .signature = &expn_signature,
};
td_tensor *td_expn(td_tensor *x, int n) { return td_apply1(&td_op_expn, x, &(td_attr){ .a = n }); }

static td_tensor *exp1_compose(int n, td_tensor *const *in, const td_attr *attr)
{
    (void)n, (void)attr;
    return td_expn(in[0], 1);
}
static void exp1_sample(td_sample *s) { order_sample(s, 1, 0.05, 30); }
const td_op td_op_exp1 = {
    .name = "exp1", .id = TD_ID_exp1, .min_in = 1, .max_in = 1, .kind = TD_FLOATING, .compose = exp1_compose,
    .sample = exp1_sample,
};
td_tensor *td_exp1(td_tensor *x) { return td_apply1(&td_op_exp1, x, NULL); }

/* g e^x / x */
static void expi_vjp(td_pull *p) { td_pull_add(p, 0, td_div(td_mul(p->g, td_exp(p->in[0])), p->in[0])); }
static void expi_sample(td_sample *s)
{
    order_sample(s, 1, 0.01, 40);
    if (td_sample_below(s, 2)) td_sample_floats(s, 0, -30, -0.05);
}
const td_op td_op_expi = {
    TD_ELEMENTWISE(expi, 1, TD_FLOATING), .reads = TD_READS(0), .vjp = expi_vjp, .sample = expi_sample,
};
td_tensor *td_expi(td_tensor *x) { return td_apply1(&td_op_expi, x, NULL); }

static td_status lambertw_infer(td_infer *i)
{
    double branch = i->attr->a;
    if (branch == 0 || branch == -1) return TD_OK;
    return td_fail(i->context, TD_EVALUE, "lambertw: branch %g is not real; there are 0 and -1", branch);
}

/* g e^-y / (1 + y) */
static void lambertw_vjp(td_pull *p)
{
    td_pull_add(p, 0, td_div(td_mul(p->g, td_exp(td_neg(p->y))), td_add_scalar(p->y, 1)));
}
static void lambertw_sample(td_sample *s)
{
    order_sample(s, 2, -0.36, 50);
    s->attr.a = -s->attr.a;
    if (s->attr.a < 0) td_sample_floats(s, 0, -0.36, -0.001);
}
static const td_signature lambertw_signature = {
    .example = "lambertw(exp(x), 0)", .call = call_order, .parameter = { { "branch", TD_INTEGER, false, 0 } },
};
const td_op td_op_lambertw = {
    TD_ELEMENTWISE(lambertw, 1, TD_FLOATING), .reads = TD_READS_RESULT, .infer = lambertw_infer, .vjp = lambertw_vjp,
    .sample = lambertw_sample, .signature = &lambertw_signature,
};
td_tensor *td_lambertw(td_tensor *x, int branch) { return td_apply1(&td_op_lambertw, x, &(td_attr){ .a = branch }); }
