/* ipopt.c: the callbacks that Ipopt's C interface takes, judged: problem 71 of Hock and Schittkowski.
 *
 *     cc -shared -fPIC ipopt.c $(pkg-config --cflags libtriad-verify) -o ipopt.so && triad check ./ipopt.so
 *
 * minimise x0 x3 (x0 + x1 + x2) + x2, subject to x0 x1 x2 x3 >= 25 and |x|^2 = 40.  Three verdicts: objective, constraints,
 * and the Hessian of the Lagrangian, of which the lower triangle is given. */
#include <stddef.h>

#include "triad_foreign.h"

enum { N = 4, M = 2, ENTRIES = 8, SECOND = 10 };

int eval_f(int n, double *x, int new_x, double *value, void *user)
{
    (void)n, (void)new_x, (void)user;
    *value = x[0] * x[3] * (x[0] + x[1] + x[2]) + x[2];
    return 1;
}

int eval_grad_f(int n, double *x, int new_x, double *g, void *user)
{
    (void)n, (void)new_x, (void)user;
    g[0] = x[3] * (2 * x[0] + x[1] + x[2]);
    g[1] = x[0] * x[3];
    g[2] = x[0] * x[3] + 1;
    g[3] = x[0] * (x[0] + x[1] + x[2]);
    return 1;
}

int eval_g(int n, double *x, int new_x, int m, double *g, void *user)
{
    (void)n, (void)new_x, (void)m, (void)user;
    g[0] = x[0] * x[1] * x[2] * x[3];
    g[1] = x[0] * x[0] + x[1] * x[1] + x[2] * x[2] + x[3] * x[3];
    return 1;
}

int eval_jac_g(int n, double *x, int new_x, int m, int entries, int *row, int *column, double *values, void *user)
{
    (void)new_x, (void)m, (void)entries, (void)user;
    for (int i = 0; i < n && !values; i++) {
        row[i] = 0, column[i] = i;
        row[n + i] = 1, column[n + i] = i;
    }
    if (!values) return 1;
    values[0] = x[1] * x[2] * x[3];
    values[1] = x[0] * x[2] * x[3];
    values[2] = x[0] * x[1] * x[3];
    values[3] = x[0] * x[1] * x[2];
    for (int i = 0; i < n; i++) values[n + i] = 2 * x[i];
    return 1;
}

int eval_h(int n, double *x, int new_x, double factor, int m, double *lambda, int new_lambda, int entries, int *row,
           int *column, double *values, void *user)
{
    int k = 0;
    (void)new_x, (void)m, (void)new_lambda, (void)entries, (void)user;
    for (int i = 0; i < n && !values; i++) for (int j = 0; j <= i; j++) row[k] = i, column[k++] = j;
    if (!values) return 1;
    values[0] = factor * 2 * x[3] + lambda[1] * 2;                                   /* 0 0 */
    values[1] = factor * x[3] + lambda[0] * x[2] * x[3];                             /* 1 0 */
    values[2] = lambda[1] * 2;                                                       /* 1 1 */
    values[3] = factor * x[3] + lambda[0] * x[1] * x[3];                             /* 2 0 */
    values[4] = lambda[0] * x[0] * x[3];                                             /* 2 1 */
    values[5] = lambda[1] * 2;                                                       /* 2 2 */
    values[6] = factor * (2 * x[0] + x[1] + x[2]) + lambda[0] * x[1] * x[2];         /* 3 0 */
    values[7] = factor * x[0] + lambda[0] * x[0] * x[2];                             /* 3 1 */
    values[8] = factor * x[0] + lambda[0] * x[0] * x[1];                             /* 3 2 */
    values[9] = lambda[1] * 2;                                                       /* 3 3 */
    return 1;
}

static const td_foreign_function functions[] = {
    {.name = "hs071", .signature = "ipopt", .n = N, .m = M, .low = 1, .high = 5, .value = TD_FN(td_ipopt_f, eval_f),
     .gradient = TD_FN(td_ipopt_grad_f, eval_grad_f), .constraints = TD_FN(td_ipopt_g, eval_g),
     .jacobian = TD_FN(td_ipopt_jac_g, eval_jac_g), .hessian = TD_FN(td_ipopt_h, eval_h), .entries = ENTRIES,
     .hessian_entries = SECOND}};
const td_foreign triad_foreign = TD_FOREIGN_LIST(functions);
