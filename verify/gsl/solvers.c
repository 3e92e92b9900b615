/* solvers.c: the callbacks of each of GSL's structs.  `params` is the adapter; whatever comes is held against the problem's
 * sizes first. */
#include "gsl.h"

#include <gsl/gsl_errno.h>
#include <math.h>

/* Arrays of n or m numbers that GSL hands over, and a matrix m by n. */
static int fits(td_gsl *g, const char *what, size_t has, int64_t wants)
{
    if (has == (size_t)wants) return GSL_SUCCESS;
    return td_gsl_fail(g, GSL_EBADLEN, "%s has %zu numbers, the problem says %lld", what, has, (long long)wants);
}

static td_numbers_at numbers(gsl_vector *v) { return (td_numbers_at){v->data, v->stride}; }

/* The program at a vector of n numbers. */
static int run(td_gsl *g, const gsl_vector *x)
{
    if (g->refused) return g->status = g->refused;
    if (g->p.time) return td_gsl_fail(g, GSL_EINVAL, "a problem with time is for td_gsl_odeiv2 alone");
    int status = fits(g, "x", x->size, g->p.n);
    return status ? status : td_gsl_run(g, td_gsl_packed(x->size, x->data, x->stride, g->gathered), 0);
}

static int values(const gsl_vector *x, void *params, gsl_vector *f)
{
    td_gsl *g = params;
    int status = run(g, x);
    if (!status) status = fits(g, "f", f->size, g->p.m);
    return status ? status : td_gsl_values(g, numbers(f));
}

static int jacobian(const gsl_vector *x, void *params, gsl_matrix *J)
{
    td_gsl *g = params;
    int status = run(g, x);
    if (!status) status = fits(g, "a column of J", J->size1, g->p.m);
    if (!status) status = fits(g, "a row of J", J->size2, g->p.n);
    return status ? status : td_gsl_jacobian(g, J->data, J->tda, NULL);
}

static int bend(const gsl_vector *x, const gsl_vector *v, void *params, gsl_vector *fvv)
{
    td_gsl *g = params;
    int status = g->refused ? g->status = g->refused : fits(g, "x", x->size, g->p.n);
    if (!status) status = fits(g, "v", v->size, g->p.n);
    if (!status) status = fits(g, "fvv", fvv->size, g->p.m);
    if (status) return status;
    const double *at = td_gsl_packed(x->size, x->data, x->stride, g->gathered);
    return td_gsl_second(g, at, td_gsl_packed(v->size, v->data, v->stride, g->gathered + g->p.n), numbers(fvv));
}

/* ---- multimin: no status to return -------------------------------------------------------------------------------- */

static int one_number(td_gsl *g, const gsl_vector *x)
{
    int status = run(g, x);
    return status ? status : fits(g, "f of a minimum", 1, g->p.m);
}

static double height(const gsl_vector *x, void *params)
{
    td_gsl *g = params;
    double y = NAN;
    if (!one_number(g, x)) td_gsl_values(g, (td_numbers_at){&y, 1});
    return y;
}

static int walk_once(td_gsl *g)
{
    const double one = 1;
    if (g->walked) return GSL_SUCCESS;
    int status = td_gsl_pull(g, &one, g->gradient, NULL);
    g->walked = !status;
    return status;
}

static void slope(const gsl_vector *x, void *params, gsl_vector *out)
{
    td_gsl *g = params;
    int status = one_number(g, x);
    if (!status) status = fits(g, "the gradient", out->size, g->p.n);
    if (!status) status = walk_once(g);
    for (size_t i = 0; i < out->size; i++) {
        bool known = !status || (status == GSL_EBADFUNC && i < (size_t)g->p.n);
        out->data[i * out->stride] = known ? g->gradient[i] : NAN;
    }
}

static void height_and_slope(const gsl_vector *x, void *params, double *y, gsl_vector *out)
{
    *y = height(x, params);
    slope(x, params, out);
}

gsl_multimin_function_fdf td_gsl_multimin(td_gsl *g)
{
    return (gsl_multimin_function_fdf){height, slope, height_and_slope, (size_t)g->p.n, g};
}

/* ---- multiroot ---------------------------------------------------------------------------------------------------- */

static int values_and_jacobian(const gsl_vector *x, void *params, gsl_vector *f, gsl_matrix *J)
{
    int status = values(x, params, f);
    return status ? status : jacobian(x, params, J);
}

gsl_multiroot_function_fdf td_gsl_multiroot(td_gsl *g)
{
    return (gsl_multiroot_function_fdf){values, jacobian, values_and_jacobian, (size_t)g->p.n, g};
}

/* ---- least squares ------------------------------------------------------------------------------------------------ */

gsl_multifit_nlinear_fdf td_gsl_multifit(td_gsl *g)
{
    return (gsl_multifit_nlinear_fdf){.f = values, .df = jacobian, .fvv = bend, .n = (size_t)g->p.m, .p = (size_t)g->p.n,
                                      .params = g};
}

/* v = J'u or J u. */
static int product(td_gsl *g, bool transposed, const gsl_vector *u, gsl_vector *v)
{
    int status = fits(g, "u", u->size, transposed ? g->p.m : g->p.n);
    if (!status) status = fits(g, "v", v->size, transposed ? g->p.n : g->p.m);
    if (status) return status;
    if (!transposed) return td_gsl_push(g, td_gsl_packed(u->size, u->data, u->stride, g->gathered), numbers(v));
    for (size_t i = 0; i < u->size; i++) g->unit[i] = u->data[i * u->stride];
    status = td_gsl_pull(g, g->unit, g->gathered, NULL);
    for (size_t i = 0; i < v->size; i++) v->data[i * v->stride] = g->gathered[i];
    for (size_t i = 0; i < u->size; i++) g->unit[i] = 0;
    return status;
}

static int products(CBLAS_TRANSPOSE_t transpose, const gsl_vector *x, const gsl_vector *u, void *params, gsl_vector *v,
                    gsl_matrix *JTJ)
{
    td_gsl *g = params;
    int status = run(g, x);
    if (!status && u && v) status = product(g, transpose != CblasNoTrans, u, v);
    if (status || !JTJ) return status;
    status = fits(g, "J'J", JTJ->size1, g->p.n);
    if (!status) status = fits(g, "J'J", JTJ->size2, g->p.n);
    return status ? status : td_gsl_normal(g, JTJ->data, JTJ->tda);
}

gsl_multilarge_nlinear_fdf td_gsl_multilarge(td_gsl *g)
{
    return (gsl_multilarge_nlinear_fdf){.f = values, .df = products, .fvv = bend, .n = (size_t)g->p.m, .p = (size_t)g->p.n,
                                        .params = g};
}

/* ---- ordinary differential equations ------------------------------------------------------------------------------ */

static int flow(td_gsl *g, double t, const double *y)
{
    if (g->refused) return g->status = g->refused;
    if (!g->p.time) return td_gsl_fail(g, GSL_EINVAL, "td_gsl_odeiv2 wants a problem with time");
    return td_gsl_run(g, y, t);
}

static int derivative(double t, const double *y, double *dydt, void *params)
{
    td_gsl *g = params;
    int status = flow(g, t, y);
    return status ? status : td_gsl_values(g, (td_numbers_at){dydt, 1});
}

static int derivative_of(double t, const double *y, double *dfdy, double *dfdt, void *params)
{
    td_gsl *g = params;
    int status = flow(g, t, y);
    return status ? status : td_gsl_jacobian(g, dfdy, (size_t)g->p.n, dfdt);
}

gsl_odeiv2_system td_gsl_odeiv2(td_gsl *g)
{
    return (gsl_odeiv2_system){derivative, derivative_of, (size_t)g->p.n, g};
}
