/* triad_gsl.h: a program becomes what GSL's solvers ask for: values, gradients, Jacobians.  Part of libtriad-verify (GPL).
 *
 *     td_gsl *g = td_gsl_new(&(td_gsl_problem){.f = rosenbrock, .n = 2});
 *     gsl_multimin_function_fdf valley = td_gsl_multimin(g);
 *     gsl_multimin_fdfminimizer_set(solver, &valley, start, 0.01, 0.1);      GSL's own loop from here
 *     if (td_gsl_status(g)) fprintf(stderr, "%s\n", td_gsl_message(g));
 *     td_gsl_free(g);                                                        after the solver's last call
 *
 * Points.   The program runs once at a point, on a tape that is kept: f and df asked apart of the same point, as bfgs2 asks,
 *           cost one run and one walk back.  A program must compute the same each time it runs; td_gsl_forget, if what it
 *           reads of `user` has changed.
 * Modes.    A Jacobian is walked row by row, or, where the unknowns are far fewer than the residuals, column by column.
 *           multilarge is given products with it and never the whole.  Second derivatives come from second-order duals.
 * Weights.  gsl_multifit_nlinear_winit applies them to f and df itself; a program must not.
 * Copies.   Vectors of any stride and matrices of any tda.  A point is copied once to the tape, results once from it.
 * Errors.   GSL_EBADFUNC where a value or a derivative is not finite, GSL_EBADLEN for sizes that do not fit, GSL_ENOMEM,
 *           and GSL_EFAILED where the program refuses; td_gsl_message tells of the last.  Multimin's callbacks return no
 *           status: NaN stands for it.  GSL's error handler is neither called nor changed.
 * Threads.  One at a time in an adapter; adapters are independent. */
#ifndef TRIAD_GSL_H
#define TRIAD_GSL_H

#include <gsl/gsl_multifit_nlinear.h>
#include <gsl/gsl_multilarge_nlinear.h>
#include <gsl/gsl_multimin.h>
#include <gsl/gsl_multiroots.h>
#include <gsl/gsl_odeiv2.h>

#include "triad.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct td_gsl td_gsl;

/* Zero means the default in every field.  The program's inputs are the unknowns, a vector (n) of f64, with `time` then the
 * time, 0-d, then the data. */
typedef struct td_gsl_problem {
    td_program       *f;
    void             *user;        /* borrowed, passed on */
    int64_t           n;           /* unknowns */
    int64_t           m;           /* numbers that f gives, in any shape; 0: one, with time n */
    bool              time;        /* an ODE system: dy/dt = f(y, t, data...) */
    int               n_data;      /* at most 60 */
    td_tensor *const *data;        /* tensors of any contexts; copied by td_gsl_new */
    int               threads;     /* as in td_options */
    size_t            memory;
} td_gsl_problem;

/* NULL: there is no memory.  A problem that can't be has every call fail, and td_gsl_message says why. */
TD_API td_gsl *td_gsl_new(const td_gsl_problem *problem);
TD_API void    td_gsl_free(td_gsl *g);                    /* NULL is allowed */

/* The structs borrow g and live as long as it does; copies are as good. */
TD_API gsl_multimin_function_fdf    td_gsl_multimin(td_gsl *g);      /* one number */
TD_API gsl_multiroot_function_fdf   td_gsl_multiroot(td_gsl *g);     /* as many numbers as unknowns */
TD_API gsl_multifit_nlinear_fdf     td_gsl_multifit(td_gsl *g);
TD_API gsl_multilarge_nlinear_fdf   td_gsl_multilarge(td_gsl *g);
TD_API gsl_odeiv2_system            td_gsl_odeiv2(td_gsl *g);        /* of a problem with time */

/* Of the last call that failed since td_gsl_new or td_gsl_clear: GSL's error code, 0 for none, and what was wrong. */
TD_API int         td_gsl_status(const td_gsl *g);
TD_API const char *td_gsl_message(const td_gsl *g);
TD_API void        td_gsl_clear(td_gsl *g);
/* The next call runs the program again, wherever it asks. */
TD_API void        td_gsl_forget(td_gsl *g);

typedef struct td_gsl_counts {
    int64_t runs;              /* of the program, to compute values */
    int64_t walks;             /* back over what it recorded: a gradient, a row or a column of a Jacobian, or a product */
    int64_t second;            /* runs over second-order duals */
} td_gsl_counts;
TD_API td_gsl_counts td_gsl_counted(const td_gsl *g);

#ifdef __cplusplus
}
#endif
#endif
