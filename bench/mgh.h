/* mgh.h: the 35 test functions of J. J. More, B. S. Garbow, K. E. Hillstrom, "Testing unconstrained optimization software",
 * ACM TOMS 7, 1981: residual vectors R^n -> R^m with their Jacobians and standard starting points. */
#ifndef MGH_H
#define MGH_H

enum { MGH_COUNT = 35, MGH_MOST_N = 12, MGH_MOST_M = 65 };

typedef struct mgh_problem {
    const char *name;
    int         n, m;
    /* The residual i, from 1 as in the paper; g, zeros before, receives its gradient. */
    double    (*residual)(int i, int n, const double *x, double *g);
    void      (*start)(int n, double *x);      /* NULL: the numbers of `at` */
    double      at[MGH_MOST_N];
} mgh_problem;

extern const mgh_problem mgh_problems[MGH_COUNT];

void mgh_start(const mgh_problem *p, double *x);
void mgh_value(const mgh_problem *p, const double *x, double *y);
void mgh_jacobian(const mgh_problem *p, const double *x, double *J);       /* m by n, row-major */

#endif
