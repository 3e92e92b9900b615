/* plain.c: functions of C and C++ that take numbers and pointers, and of Fortran, which takes pointers. */
#include "foreign/foreign.h"

#define T double
#define F(name) name
#include "foreign/plain.tmpl.h"
#undef ASK
#undef T
#undef F

#define T float
#define F(name) name##_f32
#include "foreign/plain.tmpl.h"
#undef T
#undef F

/* The routine under both precisions, if it is offered. */
#define OFFER(member, routine)                                     \
    do {                                                           \
        s->f.member = s->d->member ? routine : NULL;               \
        s->f.f32.member = s->d->member ? routine##_f32 : NULL;     \
    } while (0)

static int complex_value(const td_complex *x, td_complex *y, void *user)
{
    const td_subject *s = user;
    return ASK(complex_value, (int, int, const void *, void *, void *), (int)s->f.n, (int)s->f.m, x, y, s->d->user);
}

static int fortran_complex(const td_complex *x, td_complex *y, void *user)
{
    const td_subject *s = user;
    int n = (int)s->f.n, m = (int)s->f.m;
    return ASK(complex_value, (const int *, const int *, const void *, void *), &n, &m, x, y);
}

static const char *fill_plain(td_subject *s)
{
    s->f.m = 1;
    OFFER(value, plain_value);
    OFFER(gradient, plain_gradient);
    OFFER(hessian, plain_hessian);
    OFFER(hvp, plain_hvp);
    OFFER(vjp, vector_vjp);
    OFFER(jvp, vector_jvp);
    s->f.complex_value = s->d->complex_value ? complex_value : NULL;
    return NULL;
}

static const char *fill_vector(td_subject *s)
{
    OFFER(value, vector_value);
    OFFER(jacobian, vector_jacobian);
    OFFER(vjp, vector_vjp);
    OFFER(jvp, vector_jvp);
    s->f.complex_value = s->d->complex_value ? complex_value : NULL;
    return NULL;
}

static const char *fill_fortran(td_subject *s)
{
    OFFER(value, fortran_value);
    OFFER(jacobian, fortran_jacobian);
    OFFER(vjp, fortran_vjp);
    OFFER(jvp, fortran_jvp);
    s->f.column_major = true;
    s->f.complex_value = s->d->complex_value ? fortran_complex : NULL;
    return NULL;
}

static const char *fill_fortran_scalar(td_subject *s)
{
    s->f.m = 1;
    OFFER(value, fortran_scalar);
    OFFER(gradient, fortran_gradient);
    OFFER(hessian, fortran_hessian);
    OFFER(hvp, fortran_hvp);
    s->f.complex_value = s->d->complex_value ? fortran_complex : NULL;
    return NULL;
}

static const char *fill_fortran_function(td_subject *s)
{
    fill_fortran_scalar(s);
    OFFER(value, fortran_function);
    return NULL;
}

enum { NEEDS = TD_NEEDS_N | TD_NEEDS_VALUE | TD_SIZES_FIT_INT };

const td_foreign_signature td_signature_plain = {
    "plain", "double f(int n, const double *x, void *user); gradient (n, x, g, user)", NEEDS,
    (const td_part[]){{"", fill_plain}, {0}}};
const td_foreign_signature td_signature_vector = {
    "vector", "void f(int n, int m, const double *x, double *y, void *user)", NEEDS,
    (const td_part[]){{"", fill_vector}, {0}}};
const td_foreign_signature td_signature_fortran = {
    "fortran", "subroutine f(n, m, x, y); jacobian (n, m, x, J), J(m, n)", NEEDS,
    (const td_part[]){{"", fill_fortran}, {0}}};
const td_foreign_signature td_signature_fortran_scalar = {
    "fortran-scalar", "subroutine f(n, x, y); gradient (n, x, g)", NEEDS,
    (const td_part[]){{"", fill_fortran_scalar}, {0}}};
const td_foreign_signature td_signature_fortran_function = {
    "fortran-function", "double precision function f(n, x); gradient (n, x, g)", NEEDS,
    (const td_part[]){{"", fill_fortran_function}, {0}}};
