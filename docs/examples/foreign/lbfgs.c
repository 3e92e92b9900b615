/* lbfgs.c: evaluate as libLBFGS calls it, value and gradient at once, judged.
 *
 *     cc -shared -fPIC lbfgs.c -o lbfgs.so -lm
 *     triad check ./lbfgs.so --signature lbfgs --value evaluate --n 6
 *
 * A ridge: sum_i (x_i - sin x_(i-1))^2 / 2. */
#include <math.h>

double evaluate(void *instance, const double *x, double *g, const int n, const double step)
{
    double value = 0;
    (void)instance;
    (void)step;
    for (int i = 0; i < n; i++) g[i] = 0;
    for (int i = 1; i < n; i++) {
        double off = x[i] - sin(x[i - 1]);
        value += off * off / 2;
        g[i] += off;
        g[i - 1] -= off * cos(x[i - 1]);
    }
    return value;
}
