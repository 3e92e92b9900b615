/* plant.h: a classic test function whose Jacobian has one wrong entry, as td_check_function takes it. */
#ifndef PLANT_H
#define PLANT_H

#include <math.h>
#include <stdint.h>

#include "mgh.h"

typedef struct plant {
    const mgh_problem *p;
    int64_t            entry;      /* -1: none */
    double             relative;   /* the error of J's entry, of its size */
    int64_t            values, jacobians;      /* calls so far */
} plant;

static int plant_value(const double *x, double *y, void *user)
{
    plant *k = user;
    k->values++;
    mgh_value(k->p, x, y);
    return 0;
}

static int plant_jacobian(const double *x, double *J, void *user)
{
    plant *k = user;
    k->jacobians++;
    mgh_jacobian(k->p, x, J);
    if (k->entry >= 0) J[k->entry] *= 1 + k->relative;
    return 0;
}

/* The largest entry, at the starting point, of a row drawn with the seed among those that are not all 0. */
static int64_t plant_choose(const mgh_problem *p, uint64_t seed)
{
    double x[MGH_MOST_N], J[MGH_MOST_N * MGH_MOST_M];
    mgh_start(p, x);
    mgh_jacobian(p, x, J);
    int64_t row = (int64_t)(seed * UINT64_C(6364136223846793005) >> 33) % p->m, at = row * p->n;
    for (int64_t tries = 0; tries < p->m; tries++, row = (row + 1) % p->m) {
        at = row * p->n;
        for (int64_t i = row * p->n; i < (row + 1) * p->n; i++) if (fabs(J[i]) > fabs(J[at])) at = i;
        if (J[at] != 0) break;
    }
    return at;
}

#endif
