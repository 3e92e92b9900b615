/* gsl-fit.c: a nonlinear regression by GSL's Levenberg-Marquardt, and the gradient checked where it ends.
 *
 *     cc gsl-fit.c $(pkg-config --cflags --libs libtriad-verify gsl) -lm -o fit && ./fit
 *
 * Height of a growing crop over time, a logistic curve a / (1 + exp(b - c t)), fitted to nine measurements.  The program
 * gives residuals; td_gsl_multifit has their Jacobian from it, and the second derivative along a step, which geodesic
 * acceleration wants.  Where derivatives are left out, GSL makes them of differences, and calls the program more often. */
#include <math.h>

#include <gsl/gsl_blas.h>
#include <gsl/gsl_errno.h>

#include "triad_gsl.h"
#include "triad_verify.h"

/* D. A. Ratkowsky, "Nonlinear Regression Modeling", 1983, p. 61: yield of pasture over time; NIST's data set Ratkowsky2. */
enum { DAYS = 9, UNKNOWNS = 3 };
static const double day[DAYS] = {9, 14, 21, 28, 42, 57, 63, 70, 79};
static const double yield[DAYS] = {8.93, 10.80, 18.59, 22.33, 39.35, 56.11, 61.73, 64.62, 67.08};

/* in[0] the unknowns a, b, c; in[1] days; in[2] yields */
static td_tensor *residuals(td_context *context, td_tensor *const *in, void *user)
{
    (void)context;
    (void)user;
    td_tensor *a = td_select(in[0], 0, 0), *b = td_select(in[0], 0, 1), *c = td_select(in[0], 0, 2);
    td_tensor *curve = td_mul(a, td_sigmoid(td_sub(td_mul(c, in[1]), b)));
    return td_sub(curve, in[2]);
}

static td_tensor *loss(td_context *context, td_tensor *const *in, void *user)
{
    return td_mul_scalar(td_sum(td_square(residuals(context, in, user))), 0.5);
}

/* Levenberg-Marquardt with geodesic acceleration; the solution to x.  How often the program ran. */
static long fit(const char *how, const td_gsl *g, gsl_multifit_nlinear_fdf *f, double *x)
{
    gsl_multifit_nlinear_parameters p = gsl_multifit_nlinear_default_parameters();
    p.trs = gsl_multifit_nlinear_trs_lmaccel;
    gsl_multifit_nlinear_workspace *s = gsl_multifit_nlinear_alloc(gsl_multifit_nlinear_trust, &p, f->n, f->p);
    gsl_vector_view start = gsl_vector_view_array((double[]){100, 1, 0.1}, UNKNOWNS);
    gsl_vector_view end = gsl_vector_view_array(x, UNKNOWNS);
    int why, status = gsl_multifit_nlinear_init(&start.vector, f, s);
    if (!status) status = gsl_multifit_nlinear_driver(100, 1e-10, 1e-10, 0, NULL, NULL, &why, s);
    gsl_vector_memcpy(&end.vector, gsl_multifit_nlinear_position(s));
    td_gsl_counts n = td_gsl_counted(g);
    printf("%-18s a %.4f, b %.5f, c %.6f, %3ld runs, %2ld of second order\n", how, x[0], x[1], x[2], (long)n.runs,
           (long)n.second);
    gsl_multifit_nlinear_free(s);
    return status ? -1 : (long)(n.runs + n.second);
}

/* Three witnesses on the gradient of the loss, where it is almost 0. */
static td_verdict cross_check(td_context *c, const double *x, td_tensor *const *data)
{
    td_tensor *in[3] = {td_array(c, TD_F64, 1, (int64_t[]){UNKNOWNS}, x), data[0], data[1]}, *gradient[3];
    td_grad_of(loss, c, 3, in, NULL, gradient);
    double g[UNKNOWNS] = {0};
    td_read(gradient[0], g);
    td_check_result *r = td_check(loss, 3, in, NULL, NULL);
    td_verdict verdict = r ? r->verdict : TD_INCONCLUSIVE;
    printf("gradient there: %s, largest %s 1e-5\n", td_verdict_name(verdict),
           fmax(fabs(g[0]), fmax(fabs(g[1]), fabs(g[2]))) < 1e-5 ? "below" : "above");
    td_check_free(r);
    return verdict;
}

int main(void)
{
    gsl_set_error_handler_off();
    td_context *c = td_open(NULL);
    td_tensor *data[2] = {td_array(c, TD_F64, 1, (int64_t[]){DAYS}, day), td_array(c, TD_F64, 1, (int64_t[]){DAYS}, yield)};
    td_gsl_problem problem = {.f = residuals, .n = UNKNOWNS, .m = DAYS, .n_data = 2, .data = data};
    td_gsl *a = td_gsl_new(&problem), *b = td_gsl_new(&problem);
    if (!a || !b) return 1;
    gsl_multifit_nlinear_fdf with = td_gsl_multifit(a), without = td_gsl_multifit(b);
    without.df = NULL;
    without.fvv = NULL;
    double x[UNKNOWNS], y[UNKNOWNS];
    long few = fit("triad's Jacobian", a, &with, x), many = fit("GSL's differences", b, &without, y);
    bool good = cross_check(c, x, data) == TD_AGREE && few > 0 && many > few;
    if (td_gsl_status(a)) printf("%s\n", td_gsl_message(a));
    td_gsl_free(a);
    td_gsl_free(b);
    td_close(c);
    return good ? 0 : 1;
}
