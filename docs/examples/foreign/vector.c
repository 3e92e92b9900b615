/* vector.c: a function with several results, its Jacobian, both products with it, and the function for complex x.
 *
 *     cc -shared -fPIC vector.c $(pkg-config --cflags libtriad-verify) -o vector.so -lm && triad check ./vector.so
 *
 * Where the hand of an arm with n joints is: y0 = sum_i cos a_i, y1 = sum_i sin a_i, y2 = sum_i i x_i, with a_i = x_0 +
 * ... + x_i (y2 is no place, it makes the Jacobian less regular). */
#include <complex.h>
#include <math.h>

#include "triad_foreign.h"

enum { N = 4, M = 3 };

void value(int n, int m, const double *x, double *y, void *user)
{
    double a = 0;
    (void)user;
    for (int j = 0; j < m; j++) y[j] = 0;
    for (int i = 0; i < n; i++) {
        a += x[i];
        y[0] += cos(a);
        y[1] += sin(a);
        y[2] += i * x[i];
    }
}

void value_complex(int n, int m, const void *points, void *results, void *user)
{
    const double complex *x = points;
    double complex *y = results, a = 0;
    (void)user;
    for (int j = 0; j < m; j++) y[j] = 0;
    for (int i = 0; i < n; i++) {
        a += x[i];
        y[0] += ccos(a);
        y[1] += csin(a);
        y[2] += i * x[i];
    }
}

/* Row by row: J[j n + i] is the derivative of y_j by x_i.  The joints from i on turn with x_i. */
void jacobian(int n, int m, const double *x, double *J, void *user)
{
    double a[N] = {0}, s = 0, c = 0;
    (void)user;
    (void)m;
    for (int i = 0; i < n; i++) a[i] = x[i] + (i ? a[i - 1] : 0);
    for (int i = n - 1; i >= 0; i--) {
        s += sin(a[i]);
        c += cos(a[i]);
        J[0 * n + i] = -s;
        J[1 * n + i] = c;
        J[2 * n + i] = i;
    }
}

void vjp(int n, int m, const double *x, const double *w, double *g, void *user)
{
    double J[M * N];
    jacobian(n, m, x, J, user);
    for (int i = 0; i < n; i++) g[i] = 0;
    for (int j = 0; j < m; j++) for (int i = 0; i < n; i++) g[i] += w[j] * J[j * n + i];
}

void jvp(int n, int m, const double *x, const double *v, double *y, void *user)
{
    double J[M * N];
    jacobian(n, m, x, J, user);
    for (int j = 0; j < m; j++) y[j] = 0;
    for (int j = 0; j < m; j++) for (int i = 0; i < n; i++) y[j] += J[j * n + i] * v[i];
}

static const td_foreign_function functions[] = {
    {.name = "arm", .signature = "vector", .n = N, .m = M, .value = TD_FN(td_vector_value, value),
     .jacobian = TD_FN(td_vector_jacobian, jacobian), .vjp = TD_FN(td_vector_vjp, vjp), .jvp = TD_FN(td_vector_jvp, jvp),
     .complex_value = TD_FN(td_vector_complex, value_complex)}};
const td_foreign triad_foreign = TD_FOREIGN_LIST(functions);
