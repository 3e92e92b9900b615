/* gsl-minimise.c: GSL's bfgs2 walks down Rosenbrock's valley, with triad's gradient and with GSL's differences.
 *
 *     cc gsl-minimise.c $(pkg-config --cflags --libs libtriad-verify gsl) -lm -o minimise && ./minimise
 *
 * td_gsl_multimin makes of a program what a minimiser asks for.  bfgs2 asks for value and gradient of a point apart; the
 * tape of the last point is kept, so a gradient costs one walk back and no run. */
#include <math.h>

#include <gsl/gsl_blas.h>
#include <gsl/gsl_deriv.h>
#include <gsl/gsl_errno.h>

#include "triad_gsl.h"

/* (1 - x0)^2 + 100 (x1 - x0^2)^2.  H. H. Rosenbrock, 1960. */
static td_tensor *rosenbrock(td_context *c, td_tensor *const *in, void *user)
{
    (void)c;
    (void)user;
    td_tensor *x0 = td_select(in[0], 0, 0), *x1 = td_select(in[0], 0, 1);
    td_tensor *valley = td_square(td_sub(x1, td_square(x0)));
    return td_add(td_square(td_rsub(1, x0)), td_mul_scalar(valley, 100));
}

/* ---- the same without derivatives: gsl_deriv_central, coordinate by coordinate ------------------------------------ */

typedef struct line { const gsl_multimin_function_fdf *f; gsl_vector *x; size_t i; } line;

static double along(double xi, void *user)
{
    line *l = user;
    double kept = gsl_vector_get(l->x, l->i);
    gsl_vector_set(l->x, l->i, xi);
    double y = l->f->f(l->x, l->f->params);
    gsl_vector_set(l->x, l->i, kept);
    return y;
}

static double value(const gsl_vector *x, void *params)
{
    const gsl_multimin_function_fdf *f = params;
    return f->f(x, f->params);
}

static void differences(const gsl_vector *x, void *params, gsl_vector *g)
{
    double at[2], error;
    gsl_vector_view copy = gsl_vector_view_array(at, 2);
    gsl_vector_memcpy(&copy.vector, x);
    for (size_t i = 0; i < 2; i++) {
        gsl_function f = {along, &(line){params, &copy.vector, i}};
        gsl_deriv_central(&f, at[i], 1e-4, gsl_vector_ptr(g, i), &error);
    }
}

static void value_and_differences(const gsl_vector *x, void *params, double *y, gsl_vector *g)
{
    *y = value(x, params);
    differences(x, params, g);
}

/* ---- the walk ----------------------------------------------------------------------------------------------------- */

/* Where it ends; how often the program ran. */
static long minimise(const char *how, const td_gsl *g, gsl_multimin_function_fdf *f)
{
    double at[2] = {-1.2, 1};
    gsl_vector_view start = gsl_vector_view_array(at, 2);
    gsl_multimin_fdfminimizer *s = gsl_multimin_fdfminimizer_alloc(gsl_multimin_fdfminimizer_vector_bfgs2, 2);
    int status = gsl_multimin_fdfminimizer_set(s, f, &start.vector, 0.01, 0.1), steps = 0;
    while (!status && gsl_multimin_test_gradient(s->gradient, 1e-6) == GSL_CONTINUE && steps < 100) {
        status = gsl_multimin_fdfminimizer_iterate(s);
        steps++;
    }
    double x0 = gsl_vector_get(s->x, 0), x1 = gsl_vector_get(s->x, 1);
    td_gsl_counts n = td_gsl_counted(g);
    printf("%-18s %2d steps to (%.6f, %.6f), %3ld runs, %2ld walks back\n", how, steps, x0, x1, (long)n.runs, (long)n.walks);
    gsl_multimin_fdfminimizer_free(s);
    return fabs(x0 - 1) < 1e-5 && fabs(x1 - 1) < 1e-5 ? (long)n.runs : -1;
}

int main(void)
{
    gsl_set_error_handler_off();
    td_gsl_problem valley = {.f = rosenbrock, .n = 2};
    td_gsl *a = td_gsl_new(&valley), *b = td_gsl_new(&valley);
    if (!a || !b) return 1;
    gsl_multimin_function_fdf with = td_gsl_multimin(a), plain = td_gsl_multimin(b);
    gsl_multimin_function_fdf without = {value, differences, value_and_differences, 2, &plain};
    long few = minimise("triad's gradient", a, &with), many = minimise("GSL's differences", b, &without);
    if (td_gsl_status(a)) printf("%s\n", td_gsl_message(a));
    td_gsl_free(a);
    td_gsl_free(b);
    return few > 0 && many > few ? 0 : 1;
}
