/* elementary.c: y_i = f(x_i), more of the elementary functions: other logarithms, the inverse hyperbolic ones, the error
 * function and its inverse, sinc, entropy, logit.
 *
 * As in unary.c a rule uses y where that saves work, x where y has lost digits; derivatives are those of Abramowitz and
 * Stegun, "Handbook of mathematical functions", 4.1, 4.6 and 7.1. */
#include "op.h"

#include <math.h>

/* ---- logarithms -------------------------------------------------------------------------------------------------- */

/* g / (x log 2) */
static void log2_vjp(td_pull *p) { td_pull_add(p, 0, td_div(p->g, td_mul_scalar(p->in[0], 0.69314718055994530942))); }
const td_op td_op_log2 = {
    TD_ELEMENTWISE(log2, 1, TD_FLOATING), .low = 0, .high = 1e3, .reads = TD_READS(0), .vjp = log2_vjp,
};
td_tensor *td_log2(td_tensor *x) { return td_apply1(&td_op_log2, x, NULL); }

/* g / (x log 10) */
static void log10_vjp(td_pull *p) { td_pull_add(p, 0, td_div(p->g, td_mul_scalar(p->in[0], 2.30258509299404568402))); }
const td_op td_op_log10 = {
    TD_ELEMENTWISE(log10, 1, TD_FLOATING), .low = 0, .high = 1e3, .reads = TD_READS(0), .vjp = log10_vjp,
};
td_tensor *td_log10(td_tensor *x) { return td_apply1(&td_op_log10, x, NULL); }

/* -g (log x + 1) */
static void entr_vjp(td_pull *p) { td_pull_slope(p, td_neg(td_add_scalar(td_log(p->in[0]), 1))); }
const td_op td_op_entr = {
    TD_ELEMENTWISE(entr, 1, TD_FLOATING), .low = 0, .high = 1e3, .reads = TD_READS(0), .vjp = entr_vjp,
};
td_tensor *td_entr(td_tensor *x) { return td_apply1(&td_op_entr, x, NULL); }

static td_tensor *odds_slope(td_tensor *x) { return td_reciprocal(td_mul(x, td_rsub(1, x))); }

/* g / (x (1 - x)), nothing where x was held: there the slope is that of another place */
static void logit_vjp(td_pull *p)
{
    td_tensor *x = p->in[0], *low = td_number(x, p->attr->a);
    if (p->attr->a < 0) {
        td_pull_slope(p, odds_slope(x));
        return;
    }
    td_tensor *was_held = td_logical_or(td_lt(x, low), td_gt(x, td_rsub(1, low)));
    td_tensor *slope = odds_slope(td_where(was_held, td_number(x, 0.5), x));
    td_pull_slope(p, td_where(was_held, td_number(x, 0), slope));
}

static void logit_sample(td_sample *s)
{
    static const double ends[] = { 0.125, 0.875, 0, 1 };
    s->n_in = 1;
    td_sample_shape(s, 0, 0, 4);
    s->attr.a = td_sample_choice(s, 3, (double[]){ -1, 0.125, 1e-3 });
    td_sample_floats(s, 0, -0.5, 1.5);
    td_sample_also(s, 0, 4, ends);
}

static td_status logit_infer(td_infer *i)
{
    double eps = i->attr->a;
    if (eps <= 0.5) return TD_OK;
    return td_fail(i->context, TD_EVALUE, "logit: eps = %g is more than 1/2, so eps and 1 - eps change places", eps);
}

static const td_signature logit_signature = {
    .example = "logit(sigmoid(x), 0.001)", .call = td_call_number, .parameter = { { "eps", TD_NUMBER, false, -1 } },
};
const td_op td_op_logit = {
    TD_ELEMENTWISE(logit, 1, TD_FLOATING), .reads = TD_READS(0), .infer = logit_infer, .vjp = logit_vjp,
    .sample = logit_sample, .signature = &logit_signature,
};
td_tensor *td_logit(td_tensor *x, double eps) { return td_apply1(&td_op_logit, x, &(td_attr){ .a = eps }); }

/* ---- inverse hyperbolic ------------------------------------------------------------------------------------------ */

/* g / sqrt(x^2 + 1), whose square does not overflow */
static void asinh_vjp(td_pull *p) { td_pull_add(p, 0, td_div(p->g, td_hypot(p->in[0], td_number(p->in[0], 1)))); }
const td_op td_op_asinh = { TD_ELEMENTWISE(asinh, 1, TD_FLOATING), .reads = TD_READS(0), .vjp = asinh_vjp };
td_tensor  *td_asinh(td_tensor *x) { return td_apply1(&td_op_asinh, x, NULL); }

/* g / (sqrt(x - 1) sqrt(x + 1)) */
static void acosh_vjp(td_pull *p)
{
    td_tensor *x = p->in[0];
    td_pull_add(p, 0, td_div(p->g, td_mul(td_sqrt(td_add_scalar(x, -1)), td_sqrt(td_add_scalar(x, 1)))));
}
const td_op td_op_acosh = {
    TD_ELEMENTWISE(acosh, 1, TD_FLOATING), .low = 1, .high = 1e3, .reads = TD_READS(0), .vjp = acosh_vjp,
};
td_tensor *td_acosh(td_tensor *x) { return td_apply1(&td_op_acosh, x, NULL); }

/* g / ((1 - x)(1 + x)) */
static void atanh_vjp(td_pull *p)
{
    td_tensor *x = p->in[0];
    td_pull_add(p, 0, td_div(p->g, td_mul(td_rsub(1, x), td_add_scalar(x, 1))));
}
const td_op td_op_atanh = {
    TD_ELEMENTWISE(atanh, 1, TD_FLOATING), .low = -1, .high = 1, .reads = TD_READS(0), .vjp = atanh_vjp,
};
td_tensor *td_atanh(td_tensor *x) { return td_apply1(&td_op_atanh, x, NULL); }

/* ---- the error function ------------------------------------------------------------------------------------------ */

/* c e^(-x^2), c = 2 / sqrt pi with a sign */
static td_tensor *error_slope(td_tensor *x, double c) { return td_mul_scalar(td_exp(td_neg(td_square(x))), c); }

static void erf_vjp(td_pull *p) { td_pull_slope(p, error_slope(p->in[0], 1.12837916709551257390)); }
const td_op td_op_erf = { TD_ELEMENTWISE(erf, 1, TD_FLOATING), .reads = TD_READS(0), .vjp = erf_vjp };
td_tensor  *td_erf(td_tensor *x) { return td_apply1(&td_op_erf, x, NULL); }

static void erfc_vjp(td_pull *p) { td_pull_slope(p, error_slope(p->in[0], -1.12837916709551257390)); }
const td_op td_op_erfc = { TD_ELEMENTWISE(erfc, 1, TD_FLOATING), .reads = TD_READS(0), .vjp = erfc_vjp };
td_tensor  *td_erfc(td_tensor *x) { return td_apply1(&td_op_erfc, x, NULL); }

/* g e^(y^2) sqrt(pi) / 2 */
static void erfinv_vjp(td_pull *p) { td_pull_slope(p, td_mul_scalar(td_exp(td_square(p->y)), 0.88622692545275801365)); }
const td_op td_op_erfinv = {
    TD_ELEMENTWISE(erfinv, 1, TD_FLOATING), .low = -1, .high = 1, .reads = TD_READS_RESULT, .vjp = erfinv_vjp,
};
td_tensor *td_erfinv(td_tensor *x) { return td_apply1(&td_op_erfinv, x, NULL); }

/* ---- sinc -------------------------------------------------------------------------------------------------------- */

/* sin t / t of u = t^2 <= 1, by its Taylor series: what it omits is 1e-19 of it */
static td_tensor *sinc_series(td_tensor *u)
{
    static const double c[] = { 1, -1 / 6.0, 1 / 120.0, -1 / 5040.0, 1 / 362880.0, -1 / 39916800.0, 1 / 6227020800.0,
                                -1 / 1307674368000.0, 1 / 355687428096000.0, -1 / 121645100408832000.0 };
    int        k = (int)(sizeof c / sizeof *c) - 1;
    td_tensor *y = td_add_scalar(td_mul_scalar(u, c[k]), c[k - 1]);
    for (k -= 2; k >= 0; k--) y = td_add_scalar(td_mul(y, u), c[k]);
    return y;
}

/* Near 0 the slope of sin t / t is a small difference of large numbers: there the series, which has slopes of all orders. */
static td_tensor *sinc_compose(int n, td_tensor *const *in, const td_attr *attr)
{
    (void)n, (void)attr;
    const double pi = 3.14159265358979323846;
    td_tensor   *t = td_mul_scalar(in[0], pi), *one = td_number(t, 1), *zero = td_number(t, 0);
    td_tensor   *near = td_lt(td_abs(t), one), *far = td_where(near, one, t), *small = td_where(near, t, zero);
    return td_where(near, sinc_series(td_square(small)), td_div(td_sin(far), far));
}
static void sinc_sample(td_sample *s)
{
    static const double ends[] = { 0, 1, -1, 0.31830988618379067154 };
    s->n_in = 1;
    td_sample_shape(s, 0, 0, 4);
    td_sample_also(s, 0, 4, ends);
}
const td_op td_op_sinc = {
    .name = "sinc", .id = TD_ID_sinc, .min_in = 1, .max_in = 1, .kind = TD_FLOATING, .compose = sinc_compose,
    .sample = sinc_sample,
};
td_tensor *td_sinc(td_tensor *x) { return td_apply1(&td_op_sinc, x, NULL); }
