/* gsl_multifit.c: a model for GSL's nonlinear least squares, judged: a decay a exp(-k t) + c, its Jacobian, and its second
 * derivative along a direction, which geodesic acceleration asks for.
 *
 *     cc -shared -fPIC gsl_multifit.c $(pkg-config --cflags --libs gsl libtriad-verify) -o gsl_multifit.so
 *     triad check ./gsl_multifit.so --signature gsl-multifit --object decay */
#include <gsl/gsl_multifit_nlinear.h>
#include <math.h>

enum { TIMES = 7 };

static double at(int i) { return 0.3 * i; }
static double seen(int i) { return 2 * exp(-0.9 * at(i)) + 0.4; }

static int f(const gsl_vector *x, void *params, gsl_vector *y)
{
    double a = gsl_vector_get(x, 0), k = gsl_vector_get(x, 1), c = gsl_vector_get(x, 2);
    (void)params;
    for (int i = 0; i < TIMES; i++) gsl_vector_set(y, (size_t)i, a * exp(-k * at(i)) + c - seen(i));
    return GSL_SUCCESS;
}

static int df(const gsl_vector *x, void *params, gsl_matrix *J)
{
    double a = gsl_vector_get(x, 0), k = gsl_vector_get(x, 1);
    (void)params;
    for (int i = 0; i < TIMES; i++) {
        double e = exp(-k * at(i));
        gsl_matrix_set(J, (size_t)i, 0, e);
        gsl_matrix_set(J, (size_t)i, 1, -a * at(i) * e);
        gsl_matrix_set(J, (size_t)i, 2, 1);
    }
    return GSL_SUCCESS;
}

/* v' (second derivatives of each residual) v */
static int fvv(const gsl_vector *x, const gsl_vector *v, void *params, gsl_vector *y)
{
    double a = gsl_vector_get(x, 0), k = gsl_vector_get(x, 1), va = gsl_vector_get(v, 0), vk = gsl_vector_get(v, 1);
    (void)params;
    for (int i = 0; i < TIMES; i++) {
        double t = at(i), e = exp(-k * t);
        gsl_vector_set(y, (size_t)i, -2 * va * vk * t * e + vk * vk * a * t * t * e);
    }
    return GSL_SUCCESS;
}

gsl_multifit_nlinear_fdf decay = {f, df, fvv, TIMES, 3, NULL, 0, 0, 0};
