/* factor.c: factor.h for one instruction set. */
#include "factor.h"
#include "each.h"
#include "lanes.h"
#include "set.h"

#include <math.h>

enum { DOT_LANES = 8 };

static void eliminate(int64_t m, int64_t n, double *a, int64_t a_row, const double *x, int64_t x_step, const double *y)
{
    for (int64_t i = 0; i < m; i++, a += a_row, x += x_step) {
        double by = -*x;
        EACH for (int64_t j = 0; j < n; j++) a[j] = fma(by, y[j], a[j]);
    }
}

static void combine(int64_t m, int64_t n, const double *a, int64_t a_row, const double *x, int64_t x_step, double *w)
{
    for (int64_t j = 0; j < n; j++) w[j] = 0;
    for (int64_t i = 0; i < m; i++, a += a_row, x += x_step) {
        double by = *x;
        EACH for (int64_t j = 0; j < n; j++) w[j] = fma(by, a[j], w[j]);
    }
}

static void rotate(int64_t n, double *x, double *y, double c, double s)
{
    EACH for (int64_t i = 0; i < n; i++) {
        double u = x[i], v = y[i];
        x[i] = fma(c, u, -(s * v));
        y[i] = fma(s, u, c * v);
    }
}

static double dot(int64_t n, const double *x, const double *y)
{
    double  lane[DOT_LANES] = { 0 };
    int64_t i = 0;
    for (; i + DOT_LANES <= n; i += DOT_LANES)
        UNROLL for (int l = 0; l < DOT_LANES; l++) lane[l] = fma(x[i + l], y[i + l], lane[l]);
    for (int l = 0; i < n; i++, l++) lane[l] = fma(x[i], y[i], lane[l]);
    for (int half = DOT_LANES / 2; half; half /= 2)
        for (int l = 0; l < half; l++) lane[l] += lane[l + half];
    return lane[0];
}

const td_factor TD_OF_SET(td_factors) = { eliminate, combine, rotate, dot };
