/* gsl.h: an adapter from inside.  It holds the tape of the last point.
 *
 * The tape begins with the data, which stay; whatever a point made is released before the next one.  `there` says whether
 * the tape holds the program's result at in[0] (and in[1], the time).  Every function returns one of GSL's codes, and the
 * first that fails leaves its reason by td_gsl_fail. */
#ifndef TD_GSL_GSL_H
#define TD_GSL_GSL_H

#include "triad_gsl.h"
#include "triad_engine.h"

struct td_gsl {
    td_gsl_problem p;              /* m and sizes as they are; data is not read after td_gsl_new */
    int            refused;        /* what td_gsl_new found wrong: every call fails so */
    int            n_in;
    td_context    *tape, *dual;    /* owned; dual is opened when a second derivative is first asked for */
    td_tensor    **in, **in_dual;  /* owned; the program's inputs on either */
    td_marker      begin, begin_dual;    /* where data end */
    bool           there;
    td_tensor     *y;              /* (m) f64 */
    bool           walked;         /* gradient is that of y, which has one number */
    double        *gradient;       /* owned; n */
    double        *gathered;       /* owned; 2 n: an x, and a direction, of other strides than 1 */
    double        *unit;           /* owned; m zeros */
    td_gsl_counts  counts;
    int            status;
    char           message[256];
};

/* Numbers of a GSL vector, whatever its length: stride in doubles. */
typedef struct td_numbers_at { double *data; size_t stride; } td_numbers_at;

int td_gsl_fail(td_gsl *g, int status, const char *format, ...) TD_PRINTF(3, 4);
/* The error that c has, as a failure of g's; c has none after it. */
int td_gsl_broken(td_gsl *g, td_context *c);
/* GSL_EBADFUNC with `what` and the place, where one of n numbers is not finite. */
int td_gsl_finite(td_gsl *g, const char *what, int64_t n, const double *v);
/* n numbers from x, where they stand if they stand together, else gathered into room. */
const double *td_gsl_packed(size_t n, const double *x, size_t stride, double *room);

/* The program at x, t: from the tape if it is there, else run. */
int td_gsl_run(td_gsl *g, const double *x, double t);
/* What follows needs td_gsl_run before it.  Values, m. */
int td_gsl_values(td_gsl *g, td_numbers_at out);
/* J'w: n numbers; dt: NULL or <w, df/dt>.  w has m. */
int td_gsl_pull(td_gsl *g, const double *w, double *out, double *dt);
/* J v: m numbers. */
int td_gsl_push(td_gsl *g, const double *v, td_numbers_at out);
/* All of J, row i at J + i tda; dt: NULL or m numbers. */
int td_gsl_jacobian(td_gsl *g, double *J, size_t tda, double *dt);
/* The lower triangle of J'J. */
int td_gsl_normal(td_gsl *g, double *JTJ, size_t tda);
/* d^2/ds^2 f(x + s v) at s = 0: m numbers.  It needs no td_gsl_run. */
int td_gsl_second(td_gsl *g, const double *x, const double *v, td_numbers_at out);

#endif
