/* optimiser.c: objectives as NLopt and libLBFGS call them, value and gradient at once.
 * Source: NLopt's nlopt.h (nlopt_func, nlopt_mfunc) and libLBFGS's lbfgs.h (lbfgs_evaluate_t). */
#include "foreign/foreign.h"

static int nlopt_value(const double *x, double *y, void *user)
{
    const td_subject *s = user;
    y[0] = ((td_nlopt_value *)s->d->value)((unsigned)s->f.n, x, NULL, s->d->user);
    return 0;
}

static int nlopt_both(const double *x, double *y, double *g, void *user)
{
    const td_subject *s = user;
    y[0] = ((td_nlopt_value *)s->d->value)((unsigned)s->f.n, x, g, s->d->user);
    return 0;
}

static const char *fill_nlopt(td_subject *s)
{
    s->f.m = 1;
    s->f.value = nlopt_value;
    s->f.both = nlopt_both;
    return NULL;
}

static int nlopt_values(const double *x, double *y, void *user)
{
    const td_subject *s = user;
    ((td_nlopt_vector *)s->d->value)((unsigned)s->f.m, y, (unsigned)s->f.n, x, NULL, s->d->user);
    return 0;
}

static int nlopt_values_both(const double *x, double *y, double *J, void *user)
{
    const td_subject *s = user;
    ((td_nlopt_vector *)s->d->value)((unsigned)s->f.m, y, (unsigned)s->f.n, x, J, s->d->user);
    return 0;
}

static const char *fill_nlopt_vector(td_subject *s)
{
    s->f.column_major = false;
    s->f.value = nlopt_values;
    s->f.both = nlopt_values_both;
    return NULL;
}

/* It always wants somewhere to put the gradient; step is of its line search, and 0 before the first. */
static int lbfgs_both(const double *x, double *y, double *g, void *user)
{
    const td_subject *s = user;
    y[0] = ((td_lbfgs_evaluate *)s->d->value)(s->d->user, x, g, (int)s->f.n, 0);
    return 0;
}

static int lbfgs_value(const double *x, double *y, void *user)
{
    const td_subject *s = user;
    return lbfgs_both(x, y, s->room, user);
}

static const char *fill_lbfgs(td_subject *s)
{
    s->f.m = 1;
    s->f.value = lbfgs_value;
    s->f.both = lbfgs_both;
    return td_subject_room(s, s->f.n) ? NULL : "out of memory";
}

enum { NEEDS = TD_NEEDS_N | TD_NEEDS_VALUE | TD_SIZES_FIT_INT | TD_ONLY_F64 };

const td_foreign_signature td_signature_nlopt = {
    "nlopt", "double f(unsigned n, const double *x, double *grad, void *user)", NEEDS,
    (const td_part[]){{"", fill_nlopt}, {0}}};
const td_foreign_signature td_signature_nlopt_vector = {
    "nlopt-vector", "void f(unsigned m, double *y, unsigned n, x, double *grad, void *user)", NEEDS,
    (const td_part[]){{"", fill_nlopt_vector}, {0}}};
const td_foreign_signature td_signature_lbfgs = {
    "lbfgs", "double f(void *user, const double *x, double *g, int n, double step)", NEEDS,
    (const td_part[]){{"", fill_lbfgs}, {0}}};
