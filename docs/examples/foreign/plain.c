/* plain.c: a C function and its derivatives, judged.
 *
 *     cc -shared -fPIC plain.c $(pkg-config --cflags libtriad-verify) -o plain.so -lm && triad check ./plain.so
 *
 * The logarithm of a sum of exponentials; its gradient is the softmax p, its Hessian diag(p) - p p'. */
#include <math.h>

#include "triad_foreign.h"

static double largest(int n, const double *x)
{
    double most = x[0];
    for (int i = 1; i < n; i++) most = fmax(most, x[i]);
    return most;
}

double value(int n, const double *x, void *user)
{
    double most = largest(n, x), sum = 0;
    (void)user;
    for (int i = 0; i < n; i++) sum += exp(x[i] - most);
    return most + log(sum);
}

void gradient(int n, const double *x, double *g, void *user)
{
    double all = value(n, x, user);
    for (int i = 0; i < n; i++) g[i] = exp(x[i] - all);
}

void hessian(int n, const double *x, double *H, void *user)
{
    double all = value(n, x, user);
    for (int i = 0; i < n; i++) {
        for (int j = 0; j < n; j++) H[i * n + j] = (i == j ? exp(x[i] - all) : 0) - exp(x[i] - all) * exp(x[j] - all);
    }
}

void hvp(int n, const double *x, const double *v, double *Hv, void *user)
{
    double all = value(n, x, user), along = 0;
    for (int i = 0; i < n; i++) along += exp(x[i] - all) * v[i];
    for (int i = 0; i < n; i++) Hv[i] = exp(x[i] - all) * (v[i] - along);
}

static const td_foreign_function functions[] = {
    {.name = "log-sum-exp", .signature = "plain", .n = 6, .value = TD_FN(td_plain_value, value),
     .gradient = TD_FN(td_plain_gradient, gradient), .hessian = TD_FN(td_plain_hessian, hessian),
     .hvp = TD_FN(td_plain_hvp, hvp)}};
const td_foreign triad_foreign = TD_FOREIGN_LIST(functions);
