/* gsl_multiroot.c: a system of equations for GSL, judged: Powell's badly scaled function.
 *
 *     cc -shared -fPIC gsl_multiroot.c $(pkg-config --cflags --libs gsl libtriad-verify) -o gsl_multiroot.so
 *     triad check ./gsl_multiroot.so --signature gsl-multiroot --object powell */
#include <gsl/gsl_multiroots.h>
#include <math.h>

static int f(const gsl_vector *x, void *params, gsl_vector *y)
{
    double a = gsl_vector_get(x, 0), b = gsl_vector_get(x, 1);
    (void)params;
    gsl_vector_set(y, 0, 1e4 * a * b - 1);
    gsl_vector_set(y, 1, exp(-a) + exp(-b) - 1.0001);
    return GSL_SUCCESS;
}

static int df(const gsl_vector *x, void *params, gsl_matrix *J)
{
    double a = gsl_vector_get(x, 0), b = gsl_vector_get(x, 1);
    (void)params;
    gsl_matrix_set(J, 0, 0, 1e4 * b);
    gsl_matrix_set(J, 0, 1, 1e4 * a);
    gsl_matrix_set(J, 1, 0, -exp(-a));
    gsl_matrix_set(J, 1, 1, -exp(-b));
    return GSL_SUCCESS;
}

static int fdf(const gsl_vector *x, void *params, gsl_vector *y, gsl_matrix *J)
{
    f(x, params, y);
    return df(x, params, J);
}

gsl_multiroot_function_fdf powell = {f, df, fdf, 2, NULL};
