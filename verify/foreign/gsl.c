/* gsl.c: structs that GSL's solvers take.  Vectors and matrices are views of the numbers; nothing is copied.
 * Source: GNU Scientific Library, Reference Manual 2.7, chapters on multidimensional minimisation, root finding, and
 * nonlinear least squares. */
#include "foreign/foreign.h"

#include <gsl/gsl_multifit_nlinear.h>
#include <gsl/gsl_multimin.h>
#include <gsl/gsl_multiroots.h>

#define X(s, x) gsl_vector_const_view_array(x, (size_t)(s)->f.n)
#define Y(s, y) gsl_vector_view_array(y, (size_t)(s)->f.m)
#define J(s, a) gsl_matrix_view_array(a, (size_t)(s)->f.m, (size_t)(s)->f.n)

/* ---- multimin: R^n -> R ------------------------------------------------------------------------------------------ */

static int multimin_f(const double *x, double *y, void *user)
{
    const td_subject *s = user;
    const gsl_multimin_function_fdf *o = s->d->object;
    gsl_vector_const_view at = X(s, x);
    y[0] = o->f(&at.vector, o->params);
    return 0;
}

static int multimin_df(const double *x, double *g, void *user)
{
    const td_subject *s = user;
    const gsl_multimin_function_fdf *o = s->d->object;
    gsl_vector_const_view at = X(s, x);
    gsl_vector_view result = gsl_vector_view_array(g, (size_t)s->f.n);
    o->df(&at.vector, o->params, &result.vector);
    return 0;
}

static int multimin_fdf(const double *x, double *y, double *g, void *user)
{
    const td_subject *s = user;
    const gsl_multimin_function_fdf *o = s->d->object;
    gsl_vector_const_view at = X(s, x);
    gsl_vector_view result = gsl_vector_view_array(g, (size_t)s->f.n);
    o->fdf(&at.vector, o->params, y, &result.vector);
    return 0;
}

static const char *fill_multimin(td_subject *s)
{
    const gsl_multimin_function_fdf *o = s->d->object;
    s->f.n = (int64_t)o->n;
    s->f.m = 1;
    s->f.value = multimin_f;
    s->f.gradient = o->df ? multimin_df : NULL;
    s->f.both = o->fdf ? multimin_fdf : NULL;
    return o->f ? NULL : "the struct has no f";
}

/* ---- multiroot: R^n -> R^n --------------------------------------------------------------------------------------- */

static int multiroot_f(const double *x, double *y, void *user)
{
    const td_subject *s = user;
    const gsl_multiroot_function_fdf *o = s->d->object;
    gsl_vector_const_view at = X(s, x);
    gsl_vector_view result = Y(s, y);
    return o->f(&at.vector, o->params, &result.vector);
}

static int multiroot_df(const double *x, double *a, void *user)
{
    const td_subject *s = user;
    const gsl_multiroot_function_fdf *o = s->d->object;
    gsl_vector_const_view at = X(s, x);
    gsl_matrix_view result = J(s, a);
    return o->df(&at.vector, o->params, &result.matrix);
}

static int multiroot_fdf(const double *x, double *y, double *a, void *user)
{
    const td_subject *s = user;
    const gsl_multiroot_function_fdf *o = s->d->object;
    gsl_vector_const_view at = X(s, x);
    gsl_vector_view value = Y(s, y);
    gsl_matrix_view result = J(s, a);
    return o->fdf(&at.vector, o->params, &value.vector, &result.matrix);
}

static const char *fill_multiroot(td_subject *s)
{
    const gsl_multiroot_function_fdf *o = s->d->object;
    s->f.n = s->f.m = (int64_t)o->n;
    s->f.value = multiroot_f;
    s->f.jacobian = o->df ? multiroot_df : NULL;
    s->f.both = o->fdf ? multiroot_fdf : NULL;
    s->f.column_major = false;
    return o->f ? NULL : "the struct has no f";
}

/* ---- multifit: R^p -> R^n; and its second derivative along v ------------------------------------------------------- */

static int multifit_f(const double *x, double *y, void *user)
{
    const td_subject *s = user;
    const gsl_multifit_nlinear_fdf *o = s->d->object;
    gsl_vector_const_view at = X(s, x);
    gsl_vector_view result = Y(s, y);
    return o->f(&at.vector, o->params, &result.vector);
}

static int multifit_df(const double *x, double *a, void *user)
{
    const td_subject *s = user;
    const gsl_multifit_nlinear_fdf *o = s->d->object;
    gsl_vector_const_view at = X(s, x);
    gsl_matrix_view result = J(s, a);
    return o->df(&at.vector, o->params, &result.matrix);
}

static const char *fill_multifit(td_subject *s)
{
    const gsl_multifit_nlinear_fdf *o = s->d->object;
    s->f.n = (int64_t)o->p;
    s->f.m = (int64_t)o->n;
    s->f.value = multifit_f;
    s->f.jacobian = o->df ? multifit_df : NULL;
    s->f.column_major = false;
    return o->f ? NULL : "the struct has no f";
}

/* x is the point p, and v: (p, v) -> J(p) v, differentiated by p along v alone, as a function of t at p + t v: its value
 * is J v, its derivative fvv.  So x here is t, and the room holds p, v, p + t v, J. */
static double *along(const td_subject *s, double t)
{
    const gsl_multifit_nlinear_fdf *o = s->d->object;
    double *p = s->room, *v = p + o->p, *at = v + o->p;
    for (size_t i = 0; i < o->p; i++) at[i] = p[i] + t * v[i];
    return at;
}

static int fvv_value(const double *t, double *y, void *user)
{
    const td_subject *s = user;
    const gsl_multifit_nlinear_fdf *o = s->d->object;
    double *at = along(s, t[0]), *v = s->room + o->p, *a = at + o->p;
    gsl_vector_view point = gsl_vector_view_array(at, o->p);
    gsl_matrix_view result = gsl_matrix_view_array(a, o->n, o->p);
    int status = o->df(&point.vector, o->params, &result.matrix);
    for (size_t j = 0; j < o->n; j++) {
        y[j] = 0;
        for (size_t i = 0; i < o->p; i++) y[j] += a[j * o->p + i] * v[i];
    }
    return status;
}

static int fvv_slope(const double *t, double *y, void *user)
{
    const td_subject *s = user;
    const gsl_multifit_nlinear_fdf *o = s->d->object;
    gsl_vector_view point = gsl_vector_view_array(along(s, t[0]), o->p);
    gsl_vector_view v = gsl_vector_view_array(s->room + o->p, o->p), result = Y(s, y);
    return o->fvv(&point.vector, &v.vector, o->params, &result.vector);
}

static const char *fill_fvv(td_subject *s)
{
    const gsl_multifit_nlinear_fdf *o = s->d->object;
    if (!o->fvv || !o->df) return "";
    if (!td_subject_room(s, (int64_t)(3 * o->p + o->n * o->p))) return "out of memory";
    for (size_t i = 0; i < o->p; i++) {
        s->room[i] = s->d->at ? s->d->at[i] : td_signed_magnitude(td_hash(s->seed, i));
        s->room[o->p + i] = td_signed_magnitude(td_hash(s->seed ^ 1, i));
    }
    s->f.n = 1;
    s->f.m = (int64_t)o->n;
    s->f.value = fvv_value;
    s->f.jacobian = fvv_slope;
    return NULL;
}

enum { NEEDS = TD_NEEDS_OBJECT | TD_ONLY_F64 };

const td_foreign_signature td_signature_gsl_multimin = {
    "gsl-multimin", "a gsl_multimin_function_fdf", NEEDS, (const td_part[]){{"", fill_multimin}, {0}}};
const td_foreign_signature td_signature_gsl_multiroot = {
    "gsl-multiroot", "a gsl_multiroot_function_fdf", NEEDS, (const td_part[]){{"", fill_multiroot}, {0}}};
const td_foreign_signature td_signature_gsl_multifit = {
    "gsl-multifit", "a gsl_multifit_nlinear_fdf", NEEDS,
    (const td_part[]){{"", fill_multifit}, {"fvv", fill_fvv}, {0}}};
