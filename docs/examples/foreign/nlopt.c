/* nlopt.c: an objective and its constraints as NLopt calls them, judged.  Their types need no header of NLopt's.
 *
 *     cc -shared -fPIC nlopt.c $(pkg-config --cflags libtriad-verify) -o nlopt.so -lm && triad check ./nlopt.so
 *
 * Of NLopt's tutorial: minimise sqrt(x1) subject to x1 >= (a x0 + b)^3 for (a, b) = (2, 0) and (-1, 1). */
#include <math.h>
#include <stddef.h>

#include "triad_foreign.h"

double objective(unsigned n, const double *x, double *grad, void *user)
{
    (void)n;
    (void)user;
    if (grad) {
        grad[0] = 0;
        grad[1] = 0.5 / sqrt(x[1]);
    }
    return sqrt(x[1]);
}

/* grad[j n + i] is the derivative of result j by x_i */
void constraints(unsigned m, double *result, unsigned n, const double *x, double *grad, void *user)
{
    static const double a[] = {2, -1}, b[] = {0, 1};
    (void)user;
    for (unsigned j = 0; j < m; j++) {
        double t = a[j] * x[0] + b[j];
        result[j] = t * t * t - x[1];
        if (!grad) continue;
        grad[j * n + 0] = 3 * a[j] * t * t;
        grad[j * n + 1] = -1;
    }
}

static const td_foreign_function functions[] = {
    {.name = "objective", .signature = "nlopt", .n = 2, .low = 0.1, .high = 4, .value = TD_FN(td_nlopt_value, objective)},
    {.name = "constraints", .signature = "nlopt-vector", .n = 2, .m = 2, .value = TD_FN(td_nlopt_vector, constraints)}};
const td_foreign triad_foreign = TD_FOREIGN_LIST(functions);
