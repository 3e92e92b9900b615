/* mgh.c: a residual and its gradient stand together, one function a problem; numbers and data are the paper's.
 *
 * Variables count from 0 here, residuals from 1 as in the paper, since many formulas are in i. */
#include "mgh.h"

#include <math.h>
#include <stddef.h>

static double sq(double x) { return x * x; }

/* ---- two variables ----------------------------------------------------------------------------------------------- */

static double rosenbrock(int i, int n, const double *x, double *g)
{
    (void)n;
    if (i == 2) return g[0] = -1, 1 - x[0];
    g[0] = -20 * x[0], g[1] = 10;
    return 10 * (x[1] - sq(x[0]));
}

static double freudenstein_roth(int i, int n, const double *x, double *g)
{
    double y = x[1];
    (void)n;
    g[0] = 1;
    if (i == 1) return g[1] = (10 - 3 * y) * y - 2, -13 + x[0] + ((5 - y) * y - 2) * y;
    return g[1] = (3 * y + 2) * y - 14, -29 + x[0] + ((y + 1) * y - 14) * y;
}

static double powell_badly_scaled(int i, int n, const double *x, double *g)
{
    (void)n;
    if (i == 1) return g[0] = 1e4 * x[1], g[1] = 1e4 * x[0], 1e4 * x[0] * x[1] - 1;
    return g[0] = -exp(-x[0]), g[1] = -exp(-x[1]), exp(-x[0]) + exp(-x[1]) - 1.0001;
}

static double brown_badly_scaled(int i, int n, const double *x, double *g)
{
    (void)n;
    if (i == 1) return g[0] = 1, x[0] - 1e6;
    if (i == 2) return g[1] = 1, x[1] - 2e-6;
    return g[0] = x[1], g[1] = x[0], x[0] * x[1] - 2;
}

static double beale(int i, int n, const double *x, double *g)
{
    static const double y[] = {1.5, 2.25, 2.625};
    (void)n;
    g[0] = pow(x[1], i) - 1;
    g[1] = x[0] * i * pow(x[1], i - 1);
    return y[i - 1] - x[0] * (1 - pow(x[1], i));
}

static double jennrich_sampson(int i, int n, const double *x, double *g)
{
    for (int k = 0; k < n; k++) g[k] = -i * exp(i * x[k]);
    return 2 + 2 * i - (exp(i * x[0]) + exp(i * x[1]));
}

/* ---- three ------------------------------------------------------------------------------------------------------- */

static double helical_valley(int i, int n, const double *x, double *g)
{
    const double two_pi = 6.283185307179586;
    double r2 = sq(x[0]) + sq(x[1]), r = sqrt(r2), turn = atan(x[1] / x[0]) / two_pi + (x[0] < 0 ? 0.5 : 0);
    (void)n;
    if (i == 3) return g[2] = 1, x[2];
    if (i == 2) return g[0] = 10 * x[0] / r, g[1] = 10 * x[1] / r, 10 * (r - 1);
    g[0] = 100 * x[1] / (two_pi * r2), g[1] = -100 * x[0] / (two_pi * r2), g[2] = 10;
    return 10 * (x[2] - 10 * turn);
}

static double bard(int i, int n, const double *x, double *g)
{
    static const double y[] = {.14, .18, .22, .25, .29, .32, .35, .39, .37, .58, .73, .96, 1.34, 2.10, 4.39};
    double u = i, v = 16 - i, w = fmin(u, v), d = v * x[1] + w * x[2];
    (void)n;
    g[0] = -1, g[1] = u * v / sq(d), g[2] = u * w / sq(d);
    return y[i - 1] - (x[0] + u / d);
}

static double gaussian(int i, int n, const double *x, double *g)
{
    static const double y[] = {.0009, .0044, .0175, .0540, .1295, .2420, .3521, .3989};
    double t = (8 - i) / 2.0, d = t - x[2], e = exp(-x[1] * sq(d) / 2);
    (void)n;
    g[0] = e, g[1] = -x[0] * e * sq(d) / 2, g[2] = x[0] * e * x[1] * d;
    return x[0] * e - y[i <= 8 ? i - 1 : 15 - i];
}

static double meyer(int i, int n, const double *x, double *g)
{
    static const double y[] = {34780, 28610, 23650, 19630, 16370, 13720, 11540, 9744,
                               8261, 7030, 6005, 5147, 4427, 3820, 3307, 2872};
    double d = 45 + 5 * i + x[2], e = exp(x[1] / d);
    (void)n;
    g[0] = e, g[1] = x[0] * e / d, g[2] = -x[0] * e * x[1] / sq(d);
    return x[0] * e - y[i - 1];
}

/* |y - x2|^x3, as in the authors' program; the paper prints y m i x2, a known misprint */
static double gulf(int i, int n, const double *x, double *g)
{
    double t = i / 100.0, y = 25 + pow(-50 * log(t), 2 / 3.0), d = y - x[1], a = fabs(d), p = pow(a, x[2]);
    double e = exp(-p / x[0]);
    (void)n;
    g[0] = e * p / sq(x[0]), g[1] = e / x[0] * x[2] * p / d, g[2] = -e / x[0] * p * log(a);
    return e - t;
}

static double box(int i, int n, const double *x, double *g)
{
    double t = i / 10.0, both = exp(-t) - exp(-10 * t);
    (void)n;
    g[0] = -t * exp(-t * x[0]), g[1] = t * exp(-t * x[1]), g[2] = -both;
    return exp(-t * x[0]) - exp(-t * x[1]) - x[2] * both;
}

/* ---- four and more, fixed ---------------------------------------------------------------------------------------- */

/* Powell's singular function, repeated for each four variables. */
static double powell_singular(int i, int n, const double *all, double *gradient)
{
    int first = (i - 1) / 4 * 4;
    const double *x = all + first;
    double *g = gradient + first, a = x[1] - 2 * x[2], b = x[0] - x[3];
    (void)n;
    switch ((i - 1) % 4) {
    case 0: return g[0] = 1, g[1] = 10, x[0] + 10 * x[1];
    case 1: return g[2] = sqrt(5), g[3] = -sqrt(5), sqrt(5) * (x[2] - x[3]);
    case 2: return g[1] = 2 * a, g[2] = -4 * a, sq(a);
    default: return g[0] = 2 * sqrt(10) * b, g[3] = -2 * sqrt(10) * b, sqrt(10) * sq(b);
    }
}

static double wood(int i, int n, const double *x, double *g)
{
    const double a = sqrt(90), b = sqrt(10);
    (void)n;
    switch (i) {
    case 1: return g[0] = -20 * x[0], g[1] = 10, 10 * (x[1] - sq(x[0]));
    case 2: return g[0] = -1, 1 - x[0];
    case 3: return g[2] = -2 * a * x[2], g[3] = a, a * (x[3] - sq(x[2]));
    case 4: return g[2] = -1, 1 - x[2];
    case 5: return g[1] = g[3] = b, b * (x[1] + x[3] - 2);
    default: return g[1] = 1 / b, g[3] = -1 / b, (x[1] - x[3]) / b;
    }
}

static double kowalik_osborne(int i, int n, const double *x, double *g)
{
    static const double y[] = {.1957, .1947, .1735, .1600, .0844, .0627, .0456, .0342, .0323, .0235, .0246};
    static const double u[] = {4, 2, 1, .5, .25, .167, .125, .1, .0833, .0714, .0625};
    double t = u[i - 1], top = t * (t + x[1]), d = t * (t + x[2]) + x[3];
    (void)n;
    g[0] = -top / d, g[1] = -x[0] * t / d, g[2] = x[0] * top * t / sq(d), g[3] = x[0] * top / sq(d);
    return y[i - 1] - x[0] * top / d;
}

static double brown_dennis(int i, int n, const double *x, double *g)
{
    double t = i / 5.0, a = x[0] + t * x[1] - exp(t), b = x[2] + x[3] * sin(t) - cos(t);
    (void)n;
    g[0] = 2 * a, g[1] = 2 * a * t, g[2] = 2 * b, g[3] = 2 * b * sin(t);
    return sq(a) + sq(b);
}

static double osborne_1(int i, int n, const double *x, double *g)
{
    static const double y[] = {
        .844, .908, .932, .936, .925, .908, .881, .850, .818, .784, .751, .718, .685, .658, .628, .603, .580,
        .558, .538, .522, .506, .490, .478, .467, .457, .448, .438, .431, .424, .420, .414, .411, .406};
    double t = 10 * (i - 1), a = exp(-t * x[3]), b = exp(-t * x[4]);
    (void)n;
    g[0] = -1, g[1] = -a, g[2] = -b, g[3] = t * x[1] * a, g[4] = t * x[2] * b;
    return y[i - 1] - (x[0] + x[1] * a + x[2] * b);
}

static double biggs(int i, int n, const double *x, double *g)
{
    double t = i / 10.0, a = exp(-t * x[0]), b = exp(-t * x[1]), c = exp(-t * x[4]);
    (void)n;
    g[0] = -t * x[2] * a, g[1] = t * x[3] * b, g[2] = a, g[3] = -b, g[4] = -t * x[5] * c, g[5] = c;
    return x[2] * a - x[3] * b + x[5] * c - (exp(-t) - 5 * exp(-10 * t) + 3 * exp(-4 * t));
}

static double osborne_2(int i, int n, const double *x, double *g)
{
    static const double y[] = {
        1.366, 1.191, 1.112, 1.013, .991, .885, .831, .847, .786, .725, .746, .679, .608, .655, .616, .606, .602, .626, .651,
        .724, .649, .649, .694, .644, .624, .661, .612, .558, .533, .495, .500, .423, .395, .375, .372, .391, .396, .405,
        .428, .429, .523, .562, .607, .653, .672, .708, .633, .668, .645, .632, .591, .559, .597, .625, .739, .710, .729,
        .720, .636, .581, .428, .292, .162, .098, .054};
    double t = (i - 1) / 10.0, a = exp(-t * x[4]), sum = x[0] * a;
    (void)n;
    g[0] = -a, g[4] = t * x[0] * a;
    for (int k = 1; k < 4; k++) {
        double d = t - x[k + 7], e = exp(-sq(d) * x[k + 4]);
        sum += x[k] * e;
        g[k] = -e, g[k + 4] = x[k] * sq(d) * e, g[k + 7] = -2 * x[k] * x[k + 4] * d * e;
    }
    return y[i - 1] - sum;
}

/* ---- any number of variables ------------------------------------------------------------------------------------- */

static double watson(int i, int n, const double *x, double *g)
{
    double t = i / 29.0, slope = 0, sum = 0;
    if (i == 30) return g[0] = 1, x[0];
    if (i == 31) return g[0] = -2 * x[0], g[1] = 1, x[1] - sq(x[0]) - 1;
    for (int j = 0; j < n; j++) {
        slope += j ? j * x[j] * pow(t, j - 1) : 0;
        sum += x[j] * pow(t, j);
    }
    for (int j = 0; j < n; j++) g[j] = (j ? j * pow(t, j - 1) : 0) - 2 * sum * pow(t, j);
    return slope - sq(sum) - 1;
}

static double extended_rosenbrock(int i, int n, const double *x, double *g)
{
    int first = (i - 1) / 2 * 2;
    return rosenbrock(2 - i % 2, n, x + first, g + first);
}

static double penalty_1(int i, int n, const double *x, double *g)
{
    double sum = -0.25;
    if (i <= n) return g[i - 1] = sqrt(1e-5), sqrt(1e-5) * (x[i - 1] - 1);
    for (int j = 0; j < n; j++) sum += sq(x[j]), g[j] = 2 * x[j];
    return sum;
}

static double penalty_2(int i, int n, const double *x, double *g)
{
    const double a = sqrt(1e-5);
    double sum = -1;
    if (i == 1) return g[0] = 1, x[0] - 0.2;
    if (i == 2 * n) {
        for (int j = 0; j < n; j++) sum += (n - j) * sq(x[j]), g[j] = 2 * (n - j) * x[j];
        return sum;
    }
    int k = i <= n ? i - 1 : i - n;
    g[k] = a * exp(x[k] / 10) / 10;
    if (i > n) return a * (exp(x[k] / 10) - exp(-0.1));
    g[k - 1] = a * exp(x[k - 1] / 10) / 10;
    return a * (exp(x[k] / 10) + exp(x[k - 1] / 10) - exp(i / 10.0) - exp((i - 1) / 10.0));
}

static double variably_dimensioned(int i, int n, const double *x, double *g)
{
    double sum = 0;
    if (i <= n) return g[i - 1] = 1, x[i - 1] - 1;
    for (int j = 0; j < n; j++) sum += (j + 1) * (x[j] - 1);
    for (int j = 0; j < n; j++) g[j] = i == n + 1 ? j + 1 : 2 * sum * (j + 1);
    return i == n + 1 ? sum : sq(sum);
}

static double trigonometric(int i, int n, const double *x, double *g)
{
    double sum = n;
    for (int j = 0; j < n; j++) sum -= cos(x[j]), g[j] = sin(x[j]);
    g[i - 1] += i * sin(x[i - 1]) - cos(x[i - 1]);
    return sum + i * (1 - cos(x[i - 1])) - sin(x[i - 1]);
}

static double brown_almost_linear(int i, int n, const double *x, double *g)
{
    double sum = -(n + 1), product = 1;
    for (int j = 0; j < n; j++) sum += x[j], product *= x[j];
    for (int j = 0; j < n; j++) {
        g[j] = 1;
        for (int k = 0; k < n && i == n; k++) if (k != j) g[j] *= x[k];
    }
    if (i < n) g[i - 1] = 2;
    return i < n ? x[i - 1] + sum : product - 1;
}

static double discrete_boundary(int i, int n, const double *x, double *g)
{
    double h = 1.0 / (n + 1), a = x[i - 1] + i * h + 1;
    g[i - 1] = 2 + 1.5 * h * h * sq(a);
    if (i > 1) g[i - 2] = -1;
    if (i < n) g[i] = -1;
    return 2 * x[i - 1] - (i > 1 ? x[i - 2] : 0) - (i < n ? x[i] : 0) + h * h * a * sq(a) / 2;
}

static double discrete_integral(int i, int n, const double *x, double *g)
{
    double h = 1.0 / (n + 1), t = i * h, sum = x[i - 1];
    for (int j = 1; j <= n; j++) {
        double s = j * h, a = x[j - 1] + s + 1, weight = h / 2 * (j <= i ? (1 - t) * s : t * (1 - s));
        sum += weight * a * sq(a);
        g[j - 1] = 3 * weight * sq(a);
    }
    g[i - 1] += 1;
    return sum;
}

static double broyden_tridiagonal(int i, int n, const double *x, double *g)
{
    g[i - 1] = 3 - 4 * x[i - 1];
    if (i > 1) g[i - 2] = -1;
    if (i < n) g[i] = -2;
    return (3 - 2 * x[i - 1]) * x[i - 1] - (i > 1 ? x[i - 2] : 0) - 2 * (i < n ? x[i] : 0) + 1;
}

static double broyden_banded(int i, int n, const double *x, double *g)
{
    double y = x[i - 1], sum = y * (2 + 5 * sq(y)) + 1;
    g[i - 1] = 2 + 15 * sq(y);
    for (int j = i > 5 ? i - 5 : 1; j <= i + 1 && j <= n; j++) {
        if (j == i) continue;
        sum -= x[j - 1] * (1 + x[j - 1]);
        g[j - 1] = -(1 + 2 * x[j - 1]);
    }
    return sum;
}

enum { LINEAR_M = 20 };

static double linear_full_rank(int i, int n, const double *x, double *g)
{
    double sum = 0, factor = 2.0 / LINEAR_M;
    for (int j = 0; j < n; j++) sum += x[j], g[j] = -factor;
    if (i <= n) g[i - 1] += 1;
    return (i <= n ? x[i - 1] : 0) - factor * sum - 1;
}

static double linear_rank_1(int i, int n, const double *x, double *g)
{
    double sum = 0;
    for (int j = 0; j < n; j++) sum += (j + 1) * x[j], g[j] = i * (j + 1);
    return i * sum - 1;
}

static double linear_rank_1_zeros(int i, int n, const double *x, double *g)
{
    double sum = 0;
    if (i == 1 || i == LINEAR_M) return -1;
    for (int j = 1; j < n - 1; j++) sum += (j + 1) * x[j], g[j] = (i - 1) * (j + 1);
    return (i - 1) * sum - 1;
}

/* Shifted Chebyshev polynomials by their recurrence, derivatives with them. */
static double chebyquad(int i, int n, const double *x, double *g)
{
    double sum = i % 2 ? 0 : 1.0 / (sq(i) - 1);
    for (int j = 0; j < n; j++) {
        double z = 2 * x[j] - 1, before = 1, t = z, slope_before = 0, slope = 2;
        for (int k = 1; k < i; k++) {
            double next = 2 * z * t - before, slope_next = 4 * t + 2 * z * slope - slope_before;
            before = t, t = next, slope_before = slope, slope = slope_next;
        }
        sum += t / n;
        g[j] = slope / n;
    }
    return sum;
}

/* ---- starting points that follow a rule -------------------------------------------------------------------------- */

static void at_count(int n, double *x) { for (int j = 0; j < n; j++) x[j] = j + 1; }
static void at_half(int n, double *x) { for (int j = 0; j < n; j++) x[j] = 0.5; }
static void at_one(int n, double *x) { for (int j = 0; j < n; j++) x[j] = 1; }
static void at_minus_one(int n, double *x) { for (int j = 0; j < n; j++) x[j] = -1; }
static void at_share(int n, double *x) { for (int j = 0; j < n; j++) x[j] = 1.0 / n; }
static void at_rest(int n, double *x) { for (int j = 0; j < n; j++) x[j] = 1 - (j + 1.0) / n; }
static void at_fractions(int n, double *x) { for (int j = 0; j < n; j++) x[j] = (j + 1.0) / (n + 1); }
static void at_pairs(int n, double *x) { for (int j = 0; j < n; j++) x[j] = j % 2 ? 1 : -1.2; }

static void at_parabola(int n, double *x)
{
    for (int j = 0; j < n; j++) x[j] = (j + 1.0) / (n + 1) * ((j + 1.0) / (n + 1) - 1);
}

static void at_fours(int n, double *x)
{
    static const double four[] = {3, -1, 0, 1};
    for (int j = 0; j < n; j++) x[j] = four[j % 4];
}

const mgh_problem mgh_problems[MGH_COUNT] = {
    {"Rosenbrock", 2, 2, rosenbrock, at_pairs, {0}},
    {"Freudenstein-Roth", 2, 2, freudenstein_roth, NULL, {.5, -2}},
    {"Powell badly scaled", 2, 2, powell_badly_scaled, NULL, {0, 1}},
    {"Brown badly scaled", 2, 3, brown_badly_scaled, at_one, {0}},
    {"Beale", 2, 3, beale, at_one, {0}},
    {"Jennrich-Sampson", 2, 10, jennrich_sampson, NULL, {.3, .4}},
    {"helical valley", 3, 3, helical_valley, NULL, {-1, 0, 0}},
    {"Bard", 3, 15, bard, at_one, {0}},
    {"Gaussian", 3, 15, gaussian, NULL, {.4, 1, 0}},
    {"Meyer", 3, 16, meyer, NULL, {.02, 4000, 250}},
    {"Gulf", 3, 20, gulf, NULL, {5, 2.5, .15}},
    {"Box", 3, 10, box, NULL, {0, 10, 20}},
    {"Powell singular", 4, 4, powell_singular, at_fours, {0}},
    {"Wood", 4, 6, wood, NULL, {-3, -1, -3, -1}},
    {"Kowalik-Osborne", 4, 11, kowalik_osborne, NULL, {.25, .39, .415, .39}},
    {"Brown-Dennis", 4, 20, brown_dennis, NULL, {25, 5, -5, -1}},
    {"Osborne 1", 5, 33, osborne_1, NULL, {.5, 1.5, -1, .01, .02}},
    {"Biggs EXP6", 6, 13, biggs, NULL, {1, 2, 1, 1, 1, 1}},
    {"Osborne 2", 11, 65, osborne_2, NULL, {1.3, .65, .65, .7, .6, 3, 5, 7, 2, 4.5, 5.5}},
    {"Watson", 6, 31, watson, NULL, {0}},
    {"extended Rosenbrock", 10, 10, extended_rosenbrock, at_pairs, {0}},
    {"extended Powell", 12, 12, powell_singular, at_fours, {0}},
    {"penalty I", 10, 11, penalty_1, at_count, {0}},
    {"penalty II", 10, 20, penalty_2, at_half, {0}},
    {"variably dimensioned", 10, 12, variably_dimensioned, at_rest, {0}},
    {"trigonometric", 10, 10, trigonometric, at_share, {0}},
    {"Brown almost-linear", 10, 10, brown_almost_linear, at_half, {0}},
    {"discrete boundary", 10, 10, discrete_boundary, at_parabola, {0}},
    {"discrete integral", 10, 10, discrete_integral, at_parabola, {0}},
    {"Broyden tridiagonal", 10, 10, broyden_tridiagonal, at_minus_one, {0}},
    {"Broyden banded", 10, 10, broyden_banded, at_minus_one, {0}},
    {"linear, full rank", 10, LINEAR_M, linear_full_rank, at_one, {0}},
    {"linear, rank 1", 10, LINEAR_M, linear_rank_1, at_one, {0}},
    {"linear, rank 1, zeros", 10, LINEAR_M, linear_rank_1_zeros, at_one, {0}},
    {"Chebyquad", 8, 8, chebyquad, at_fractions, {0}},
};

void mgh_start(const mgh_problem *p, double *x)
{
    for (int j = 0; j < p->n; j++) x[j] = p->at[j];
    if (p->start) p->start(p->n, x);
}

static double row(const mgh_problem *p, int i, const double *x, double *g)
{
    for (int j = 0; j < p->n; j++) g[j] = 0;
    return p->residual(i, p->n, x, g);
}

void mgh_value(const mgh_problem *p, const double *x, double *y)
{
    double unused[MGH_MOST_N];
    for (int i = 1; i <= p->m; i++) y[i - 1] = row(p, i, x, unused);
}

void mgh_jacobian(const mgh_problem *p, const double *x, double *J)
{
    for (int i = 1; i <= p->m; i++) row(p, i, x, J + (i - 1) * p->n);
}
