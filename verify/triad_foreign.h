/* triad_foreign.h: tell `triad check ./yours.so` what is in your shared object.  This file is all you need: nothing of
 * triad is linked.  C99 or C++11.
 *
 *     #include <triad_foreign.h>            pkg-config --cflags libtriad-verify says where it is
 *
 *     static double f(int n, const double *x, void *user);
 *     static void   g(int n, const double *x, double *g, void *user);
 *
 *     static const td_foreign_function functions[] = {
 * {.name = "f", .signature = "plain", .n = 12, .value = TD_FN(td_plain_value, f), .gradient = TD_FN(td_plain_gradient,
 * g)}};
 *     const td_foreign triad_foreign = TD_FOREIGN_LIST(functions);
 *
 *     cc -shared -fPIC yours.c -o yours.so -lm && triad check ./yours.so
 *
 * Where a list can't be written as constants, export a function `const td_foreign *triad_foreign_list(void)` instead.  One
 * can do without a list: `triad check --help` names the options that say the same.
 *
 * What is not set is 0.  A routine that may fail returns int, 0 for success, and says so by TD_FOREIGN_STATUS; otherwise
 * what it returns is not looked at, but for values.  It may be called at any point of the domain, from several threads at
 * once (unless TD_FOREIGN_ALONE), thousands of times.  It runs in a process of its own. */
#ifndef TRIAD_FOREIGN_H
#define TRIAD_FOREIGN_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define TD_FOREIGN_MAGIC   0x74646c62u
#define TD_FOREIGN_VERSION 1u

typedef void (*td_address)(void);
/* f as td_address; the compiler objects unless f is of the type named. */
#define TD_FN(type, f) ((td_address)(1 ? (f) : (type *)0))

/* ---- types of routines, by signature ------------------------------------------------------------------------------
 *
 * x: n numbers, y: m, J: m n, H: n n.  Entry (j, i) of J stands at J[j n + i], or at J[i m + j] with
 * TD_FOREIGN_COLUMN_MAJOR.  With TD_FOREIGN_F32 all `double` are `float`; the macro TD_FN then takes your own typedef. */

/* "plain": one value; m is 1. */
typedef double td_plain_value(int n, const double *x, void *user);
typedef void   td_plain_gradient(int n, const double *x, double *g, void *user);
typedef void   td_plain_hessian(int n, const double *x, double *H, void *user);
typedef void   td_plain_hvp(int n, const double *x, const double *v, double *Hv, void *user);

/* "vector": m values.  complex_value of "plain" and "vector" is the last one, numbers being pairs (re, im). */
typedef void td_vector_value(int n, int m, const double *x, double *y, void *user);
typedef void td_vector_jacobian(int n, int m, const double *x, double *J, void *user);
typedef void td_vector_vjp(int n, int m, const double *x, const double *w, double *g, void *user);      /* g = J'w */
typedef void td_vector_jvp(int n, int m, const double *x, const double *v, double *y, void *user);      /* y = J v */
typedef void td_vector_complex(int n, int m, const void *x, void *y, void *user);

/* "kernel": value is forward(out, in...), vjp is backward(din..., dout, in...): pointers to arrays, and integers.
 * `arrays` says which there are, "x[4,8] w[8] b[8] -> y[4,8]"; `forward` and `backward` name the arguments in order where
 * it is another: names, d before one for its derivative, integers, `user`: "dx dw db dy x w 4 8".  What backward reads and
 * forward makes besides its results ("x[4,8] -> y[4,8] | mean[4] rstd[4]") stands behind a bar. */

/* "fortran": subroutines, all by reference, name_ or bind(C); J column by column. */
typedef void td_fortran_value(const int *n, const int *m, const double *x, double *y);
typedef void td_fortran_jacobian(const int *n, const int *m, const double *x, double *J);
typedef void td_fortran_vjp(const int *n, const int *m, const double *x, const double *w, double *g);
typedef void td_fortran_jvp(const int *n, const int *m, const double *x, const double *v, double *y);
typedef void td_fortran_complex(const int *n, const int *m, const void *x, void *y);
/* "fortran-scalar": one value, no m; gradient, hessian(n, n), hvp likewise.  "fortran-function": the value is a
 * function's. */
typedef void   td_fortran_scalar(const int *n, const double *x, double *y);
typedef void   td_fortran_gradient(const int *n, const double *x, double *g);
typedef void   td_fortran_hvp(const int *n, const double *x, const double *v, double *Hv);
typedef double td_fortran_function(const int *n, const double *x);

/* "nlopt", "nlopt-vector": grad may be NULL; of a vector it is row by row, whatever the flags. */
typedef double td_nlopt_value(unsigned n, const double *x, double *grad, void *user);
typedef void   td_nlopt_vector(unsigned m, double *result, unsigned n, const double *x, double *grad, void *user);

/* "lbfgs": libLBFGS's evaluate. */
typedef double td_lbfgs_evaluate(void *user, const double *x, double *g, const int n, const double step);

/* "minpack" (lmder, n variables and m functions), "minpack-square" (hybrj): cminpack's fcn; fjac column by column, at
 * fjac[i ldfjac + j].  iflag 1: fvec alone, 2: fjac alone; a negative answer: no value. */
typedef int td_minpack_fcn(void *user, int m, int n, const double *x, double *fvec, double *fjac, int ldfjac, int iflag);
typedef int td_minpack_square(void *user, int n, const double *x, double *fvec, double *fjac, int ldfjac, int iflag);

/* "ipopt": eval_f is value, eval_grad_f gradient, eval_g constraints, eval_jac_g jacobian with `entries` triplets, eval_h
 * hessian with `hessian_entries` of one triangle; m constraints.  Indices from 1 with TD_FOREIGN_FROM_ONE.  Bool may be
 * int. */
typedef int td_ipopt_f(int n, double *x, int new_x, double *value, void *user);
typedef int td_ipopt_grad_f(int n, double *x, int new_x, double *g, void *user);
typedef int td_ipopt_g(int n, double *x, int new_x, int m, double *g, void *user);
typedef int td_ipopt_jac_g(int n, double *x, int new_x, int m, int entries, int *row, int *column, double *values,
                           void *user);
typedef int td_ipopt_h(int n, double *x, int new_x, double factor, int m, double *lambda, int new_lambda, int entries,
                       int *row, int *column, double *values, void *user);

/* "gsl-multimin", "gsl-multiroot", "gsl-multifit": `object` points to a gsl_multimin_function_fdf,
 * gsl_multiroot_function_fdf, gsl_multifit_nlinear_fdf; nothing else is needed. */

/* ---- what there is to judge --------------------------------------------------------------------------------------- */

enum {
    TD_FOREIGN_COLUMN_MAJOR = 1,   /* jacobian; "fortran" and "minpack" are, anyway */
    TD_FOREIGN_ADDS         = 2,   /* routines of derivatives add to what stands in their result */
    TD_FOREIGN_STATUS       = 4,   /* routines that return nothing above return int, 0 for success */
    TD_FOREIGN_F32          = 8,
    TD_FOREIGN_ALONE        = 16,  /* not to be called from several threads at once */
    TD_FOREIGN_FROM_ONE     = 32
};

typedef struct td_foreign_function {
    const char   *name, *signature;
    int64_t       n, m;            /* m: 0 means 1 */
    uint32_t      flags;           /* TD_FOREIGN_... */
    uint32_t      align;           /* of arrays, in bytes; 0: as their type wants */
    /* Where to ask: at one point of n numbers; or where sample puts it, from any seed; or in a box, which is also the
     * domain: no routine is called outside of it.  None of them: numbers of size 1, of both signs. */
    const double *at;
    int         (*sample)(uint64_t seed, int64_t n, double *x, void *user);    /* 0: done */
    double        low, high;       /* of all coordinates, if low < high */
    const double *lower, *upper;   /* of each; NULL: as low and high say */
    void         *user;            /* passed on to routines */
    /* Routines, as the signature has them. */
    td_address    value, gradient, jacobian, vjp, jvp, hessian, hvp, complex_value, constraints;
    const void   *object;
    const char   *arrays, *forward, *backward;
    int64_t       entries, hessian_entries;
} td_foreign_function;

typedef struct td_foreign {
    uint32_t magic, version, size, function_size;
    int64_t  count;
    const td_foreign_function *functions;
} td_foreign;

#define TD_FOREIGN_LIST(array)                                                                               \
    {TD_FOREIGN_MAGIC, TD_FOREIGN_VERSION, (uint32_t)sizeof(td_foreign), (uint32_t)sizeof((array)[0]),       \
     (int64_t)(sizeof(array) / sizeof((array)[0])), array}

#if defined __GNUC__
#define TD_FOREIGN_EXPORT __attribute__((visibility("default")))
#else
#define TD_FOREIGN_EXPORT
#endif

/* Export one of these. */
extern TD_FOREIGN_EXPORT const td_foreign triad_foreign;
TD_FOREIGN_EXPORT const td_foreign *triad_foreign_list(void);

#ifdef __cplusplus
}
#endif
#endif
