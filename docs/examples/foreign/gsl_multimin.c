/* gsl_multimin.c: what a GSL minimiser is given, judged: Rosenbrock's function.
 *
 *     cc -shared -fPIC gsl_multimin.c $(pkg-config --cflags --libs gsl libtriad-verify) -o gsl_multimin.so
 *     triad check ./gsl_multimin.so --signature gsl-multimin --object rosenbrock
 *
 * The struct is all that is needed; one can also put it on a list, as .object. */
#include <gsl/gsl_multimin.h>

static double f(const gsl_vector *x, void *params)
{
    double a = gsl_vector_get(x, 0), b = gsl_vector_get(x, 1), c = *(double *)params;
    return (1 - a) * (1 - a) + c * (b - a * a) * (b - a * a);
}

static void df(const gsl_vector *x, void *params, gsl_vector *g)
{
    double a = gsl_vector_get(x, 0), b = gsl_vector_get(x, 1), c = *(double *)params;
    gsl_vector_set(g, 0, -2 * (1 - a) - 4 * c * a * (b - a * a));
    gsl_vector_set(g, 1, 2 * c * (b - a * a));
}

static void fdf(const gsl_vector *x, void *params, double *y, gsl_vector *g)
{
    *y = f(x, params);
    df(x, params, g);
}

static double steepness = 100;

gsl_multimin_function_fdf rosenbrock = {f, df, fdf, 2, &steepness};
