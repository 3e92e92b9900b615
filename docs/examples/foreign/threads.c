/* threads.c: a gradient that uses several threads, judged with 1, 2 and 8 of them, and called by several at once.
 *
 *     cc -fopenmp -shared -fPIC threads.c -o threads.so -lm
 *     triad check ./threads.so --signature plain --value value --gradient gradient --n 64
 *
 * f(x) = mean_k cos(k p / TERMS) with p = sum_i (i + 1) x_i / n.  Sums of threads are put together in an order of chance:
 * the last bits may differ from run to run, which is counted; more is a race. */
#include <math.h>

enum { TERMS = 20000 };

static double phase(int n, const double *x)
{
    double p = 0;
    for (int i = 0; i < n; i++) p += (i + 1) * x[i] / n;
    return p;
}

double value(int n, const double *x, void *user)
{
    double p = phase(n, x), sum = 0;
    (void)user;
#pragma omp parallel for reduction(+ : sum)
    for (int k = 1; k <= TERMS; k++) sum += cos(k * p / TERMS) / TERMS;
    return sum;
}

void gradient(int n, const double *x, double *g, void *user)
{
    double p = phase(n, x), slope = 0;
    (void)user;
#pragma omp parallel for reduction(+ : slope)
    for (int k = 1; k <= TERMS; k++) slope -= sin(k * p / TERMS) * k / TERMS / TERMS;
    for (int i = 0; i < n; i++) g[i] = slope * (i + 1) / n;
}
