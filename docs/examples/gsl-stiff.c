/* gsl-stiff.c: Robertson's chemical reaction, a stiff system of differential equations, by GSL's msbdf.
 *
 *     cc gsl-stiff.c $(pkg-config --cflags --libs libtriad-verify gsl) -lm -o stiff && ./stiff
 *
 * Rates of 0.04, 1e4 and 3e7 leave an explicit method with steps of a thousandth.  An implicit one solves for each step
 * with the Jacobian of the right-hand side, which td_gsl_odeiv2 walks out of the program that computes that side; else it
 * would be written by hand, or made of differences (gsl_multiroot_fdjacobian), a run of the program for each unknown. */
#include <math.h>

#include <gsl/gsl_errno.h>

#include "triad_gsl.h"

/* H. H. Robertson, "The solution of a set of reaction rate equations", 1966.
 *     y0' = -0.04 y0 + 1e4 y1 y2,   y2' = 3e7 y1^2,   y1' = -y0' - y2' */
static td_tensor *reaction(td_context *c, td_tensor *const *in, void *user)
{
    (void)c;
    (void)user;
    td_tensor *y0 = td_select(in[0], 0, 0), *y1 = td_select(in[0], 0, 1), *y2 = td_select(in[0], 0, 2);
    td_tensor *back = td_sub(td_mul_scalar(td_mul(y1, y2), 1e4), td_mul_scalar(y0, 0.04));
    td_tensor *on = td_mul_scalar(td_square(y1), 3e7);
    td_tensor *rate[3] = {back, td_neg(td_add(back, on)), on};
    return td_stack(3, rate, 0);
}

/* ---- the same with differences for the Jacobian ------------------------------------------------------------------- */

typedef struct moment { const gsl_odeiv2_system *of; double t; } moment;

static int frozen(const gsl_vector *y, void *params, gsl_vector *dydt)
{
    const moment *m = params;
    return m->of->function(m->t, y->data, dydt->data, m->of->params);
}

static int side(double t, const double *y, double *dydt, void *params)
{
    const gsl_odeiv2_system *of = params;
    return of->function(t, y, dydt, of->params);
}

static int differences(double t, const double *y, double *dfdy, double *dfdt, void *params)
{
    double dydt[3];
    moment now = {params, t};
    gsl_multiroot_function f = {frozen, 3, &now};
    gsl_vector_const_view at = gsl_vector_const_view_array(y, 3);
    gsl_vector_view value = gsl_vector_view_array(dydt, 3);
    gsl_matrix_view J = gsl_matrix_view_array(dfdy, 3, 3);
    for (int i = 0; i < 3; i++) dfdt[i] = 0;
    int status = frozen(&at.vector, &now, &value.vector);
    if (!status) status = gsl_multiroot_fdjacobian(&f, &at.vector, &value.vector, GSL_SQRT_DBL_EPSILON, &J.matrix);
    return status == GSL_ESING ? GSL_SUCCESS : status;      /* a column of zeros, which is in order here */
}

/* ---- to t = 40 ---------------------------------------------------------------------------------------------------- */

static long integrate(const char *how, const td_gsl *g, const gsl_odeiv2_system *system)
{
    double y[3] = {1, 0, 0}, t = 0;
    gsl_odeiv2_driver *d = gsl_odeiv2_driver_alloc_y_new(system, gsl_odeiv2_step_msbdf, 1e-6, 1e-10, 1e-8);
    int status = gsl_odeiv2_driver_apply(d, &t, 40, y);
    td_gsl_counts n = td_gsl_counted(g);
    printf("%-18s y(40) = %.6f, %.4e, %.6f, %ld steps, %ld runs\n", how, y[0], y[1], y[2], (long)d->n, (long)n.runs);
    gsl_odeiv2_driver_free(d);
    /* E. Hairer and G. Wanner, "Solving Ordinary Differential Equations II", give y0(40) = 0.7158 */
    return !status && fabs(y[0] - 0.71582707) < 1e-6 && fabs(y[0] + y[1] + y[2] - 1) < 1e-9 ? (long)n.runs : -1;
}

int main(void)
{
    gsl_set_error_handler_off();
    td_gsl_problem problem = {.f = reaction, .n = 3, .time = true};
    td_gsl *a = td_gsl_new(&problem), *b = td_gsl_new(&problem);
    if (!a || !b) return 1;
    gsl_odeiv2_system with = td_gsl_odeiv2(a), plain = td_gsl_odeiv2(b);
    gsl_odeiv2_system without = {side, differences, 3, &plain};
    long few = integrate("triad's Jacobian", a, &with), many = integrate("GSL's differences", b, &without);
    if (td_gsl_status(a)) printf("%s\n", td_gsl_message(a));
    td_gsl_free(a);
    td_gsl_free(b);
    return few > 0 && many > few ? 0 : 1;
}
