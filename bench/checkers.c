/* checkers.c: three checkers of Jacobians, asked about the classic test functions with and without a planted error.
 *
 *     checkers [DRAWS]      rows drawn in each function; default 5
 *
 * The error is planted in the largest entry of a random row, at the standard starting point.  Beside td_check_function:
 *
 *     chkder     the score of MINPACK's routine, after J. J. More, B. S. Garbow, K. E. Hillstrom, "User guide for
 *                MINPACK-1", ANL-80-74, 1980: 1 for a row that is right, 0 for a wrong one, above 0.5 "probably right"
 *     gradcheck  central differences, step 1e-6, allowed to differ by 1e-5 + 1e-3 of the difference: the defaults of
 *                PyTorch's gradcheck */
#include <float.h>
#include <stdio.h>
#include <stdlib.h>

#include "plant.h"
#include "triad_verify.h"

typedef td_verdict checker(plant *k, const double *x);

/* ---- the three ---------------------------------------------------------------------------------------------------- */

static td_verdict triad(plant *k, const double *x)
{
    td_function f = {.name = k->p->name, .n = k->p->n, .m = k->p->m, .value = plant_value, .jacobian = plant_jacobian,
                     .user = k};
    td_check_result *r = td_check_function(&f, x, NULL);
    td_verdict verdict = r ? r->verdict : TD_INCONCLUSIVE;
    td_check_free(r);
    return verdict;
}

/* slope: the row's derivative along |x|; y, moved: its values at x and at x (1 + sqrt(eps)) */
static double score(double y, double moved, double slope)
{
    double eps = sqrt(DBL_EPSILON), off = 1;
    if (y != 0 && moved != 0 && fabs(moved - y) >= 100 * DBL_EPSILON * fabs(y)) {
        off = eps * fabs((moved - y) / eps - slope) / (fabs(y) + fabs(moved));
    }
    if (off <= DBL_EPSILON) return 1;
    return off < eps ? (log10(off) - log10(eps)) / log10(eps) : 0;
}

static td_verdict chkder(plant *k, const double *x)
{
    double y[MGH_MOST_M], moved[MGH_MOST_M], point[MGH_MOST_N], J[MGH_MOST_M * MGH_MOST_N];
    int n = k->p->n, wrong = 0;
    for (int j = 0; j < n; j++) point[j] = x[j] + sqrt(DBL_EPSILON) * (x[j] == 0 ? 1 : fabs(x[j]));
    plant_value(x, y, k);
    plant_jacobian(x, J, k);
    plant_value(point, moved, k);
    for (int i = 0; i < k->p->m; i++) {
        double slope = 0;
        for (int j = 0; j < n; j++) slope += (x[j] == 0 ? 1 : fabs(x[j])) * J[i * n + j];
        wrong += score(y[i], moved[i], slope) < 0.5;
    }
    return wrong ? TD_DISAGREE : TD_AGREE;
}

static td_verdict gradcheck(plant *k, const double *x)
{
    double left[MGH_MOST_M], right[MGH_MOST_M], point[MGH_MOST_N], J[MGH_MOST_M * MGH_MOST_N];
    const double step = 1e-6;
    int n = k->p->n, wrong = 0;
    plant_jacobian(x, J, k);
    for (int j = 0; j < n; j++) point[j] = x[j];
    for (int j = 0; j < n; j++) {
        point[j] = x[j] - step, plant_value(point, left, k);
        point[j] = x[j] + step, plant_value(point, right, k);
        point[j] = x[j];
        for (int i = 0; i < k->p->m; i++) {
            double slope = (right[i] - left[i]) / (2 * step);
            wrong += !(fabs(J[i * n + j] - slope) <= 1e-5 + 1e-3 * fabs(slope));
        }
    }
    return wrong ? TD_DISAGREE : TD_AGREE;
}

/* ---- the table ---------------------------------------------------------------------------------------------------- */

static const struct { const char *name; checker *ask; } checkers[] = {
    {"td_check_function", triad}, {"chkder", chkder}, {"gradcheck's rule", gradcheck}};

typedef struct tally { int asked, convicted, passed, open; int64_t values, jacobians; } tally;

static void count(tally *t, td_verdict v, const plant *k)
{
    t->asked++;
    t->convicted += v == TD_DISAGREE;
    t->passed += v == TD_AGREE;
    t->open += v == TD_INCONCLUSIVE;
    t->values += k->values;
    t->jacobians += k->jacobians;
}

static tally ask_all(checker *ask, double relative, int draws)
{
    tally t = {0};
    for (int i = 0; i < MGH_COUNT; i++) {
        double x[MGH_MOST_N];
        mgh_start(&mgh_problems[i], x);
        for (int d = 0; d < (relative == 0 ? 1 : draws); d++) {
            plant k = {.p = &mgh_problems[i], .entry = -1, .relative = relative};
            if (relative != 0) k.entry = plant_choose(k.p, (uint64_t)(MGH_COUNT * (d + 1) + i));
            td_verdict v = ask(&k, x);
            count(&t, v, &k);
        }
    }
    return t;
}

int main(int argc, char **argv)
{
    static const double sizes[] = {0, 1, 1e-2, 1e-4, 1e-6};
    int draws = argc > 1 ? atoi(argv[1]) : 5;
    printf("%d classic test functions, %d rows drawn in each\n\n", MGH_COUNT, draws);
    printf("%-20s%-10s%8s%11s%8s%7s%18s\n", "checker", "error", "asked", "convicted", "passed", "open", "calls of f and J");
    for (size_t c = 0; c < sizeof checkers / sizeof checkers[0]; c++) {
        for (size_t s = 0; s < sizeof sizes / sizeof sizes[0]; s++) {
            tally t = ask_all(checkers[c].ask, sizes[s], draws);
            char error[16];
            snprintf(error, sizeof error, sizes[s] == 0 ? "none" : "%.0e", sizes[s]);
            printf("%-20s%-10s%8d%11d%8d%7d%11.1f%7.1f\n", checkers[c].name, error, t.asked, t.convicted, t.passed, t.open,
                   (double)t.values / t.asked, (double)t.jacobians / t.asked);
        }
    }
    return 0;
}
