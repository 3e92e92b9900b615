/* ipopt.c: the callbacks of Ipopt's C interface: objective and gradient, constraints and their sparse Jacobian, and the
 * Hessian of the Lagrangian factor f + lambda'g, one triangle of it.
 *
 * Sparse matrices are spread out into dense ones, triplets of one entry added, so that an entry that the structure forgets
 * is a 0 that differences object to.  Ipopt's Bool has been int and is bool, so one byte of an answer is read. Source:
 * Ipopt documentation, "The C Interface", and IpStdCInterface.h. */
#include "foreign/foreign.h"

#include <stdlib.h>
#include <string.h>

enum { NEW = 1 };

#define TOLD(type, member, ...) (((unsigned char)((type *)s->d->member)(__VA_ARGS__)) ? 0 : 1)

/* Ipopt's x is no const: that it stays as it is, is asked by the door. */
static double *lent(const double *x) { return (double *)(uintptr_t)x; }

/* ---- objective and constraints ----------------------------------------------------------------------------------- */

static int objective(const double *x, double *y, void *user)
{
    const td_subject *s = user;
    return TOLD(td_ipopt_f, value, (int)s->f.n, lent(x), NEW, y, s->d->user);
}

static int objective_gradient(const double *x, double *g, void *user)
{
    const td_subject *s = user;
    return TOLD(td_ipopt_grad_f, gradient, (int)s->f.n, lent(x), NEW, g, s->d->user);
}

static const char *fill_objective(td_subject *s)
{
    s->f.m = 1;
    s->f.value = objective;
    s->f.gradient = s->d->gradient ? objective_gradient : NULL;
    return NULL;
}

static int constraint_values(const double *x, double *y, void *user)
{
    const td_subject *s = user;
    return TOLD(td_ipopt_g, constraints, (int)s->f.n, lent(x), NEW, (int)s->d->m, y, s->d->user);
}

/* ---- triplets ---------------------------------------------------------------------------------------------------- */

/* An index that the structure gives, counted from 0; -1 and a broken law if it lies outside. */
static int64_t index_at(const td_subject *s, const int *index, int64_t k, int64_t size, const char *routine)
{
    int64_t i = (int64_t)index[k] - (s->d->flags & TD_FOREIGN_FROM_ONE ? 1 : 0);
    if (i >= 0 && i < size) return i;
    td_door_break(s->door, routine, "has a triplet whose row or column is none of the matrix: are indices counted from 0, "
                  "or from 1 as it is said?", k);
    return -1;
}

static int ask_jacobian(const td_subject *s, const double *x, int *row, int *column, double *values)
{
    return TOLD(td_ipopt_jac_g, jacobian, (int)s->d->n, lent(x), NEW, (int)s->d->m, (int)s->d->entries, row, column, values,
                s->d->user);
}

/* Into J, which is m by n; values come from room. */
static int spread_jacobian(td_subject *s, const double *x, double *J)
{
    int64_t n = s->d->n, m = s->d->m, entries = s->d->entries;
    double *values = s->room;
    for (int64_t k = 0; k < entries; k++) values[k] = td_poison_number;
    int status = ask_jacobian(s, x, NULL, NULL, values);
    for (int64_t i = 0; i < m * n; i++) J[i] = 0;
    for (int64_t k = 0; k < entries; k++) {
        int64_t j = index_at(s, s->row, k, m, "Jacobian"), i = index_at(s, s->column, k, n, "Jacobian");
        if (values[k] == td_poison_number) td_door_break(s->door, "Jacobian", "does not write one of its triplets", k);
        if (j >= 0 && i >= 0) J[j * n + i] += values[k];
    }
    return status;
}

static int constraint_jacobian(const double *x, double *J, void *user)
{
    return spread_jacobian(user, x, J);
}

static bool open_triplets(td_subject *s, int64_t entries)
{
    s->row = malloc((size_t)(entries + 1) * sizeof *s->row);
    s->column = malloc((size_t)(entries + 1) * sizeof *s->column);
    for (int64_t k = 0; s->row && s->column && k < entries; k++) s->row[k] = s->column[k] = -1;
    return s->row && s->column;
}

static const char *fill_constraints(td_subject *s)
{
    if (!s->d->constraints) return "";
    s->f.value = constraint_values;
    s->f.column_major = false;
    if (!s->d->jacobian) return NULL;
    s->f.jacobian = constraint_jacobian;
    if (!open_triplets(s, s->d->entries) || !td_subject_room(s, s->d->entries)) return "out of memory";
    return ask_jacobian(s, NULL, s->row, s->column, NULL) ? "eval_jac_g does not give its structure" : NULL;
}

/* ---- the Lagrangian: room holds g and lambda, J, then values of either --------------------------------------------- */

static const double FACTOR = 0.75;

typedef struct rooms { double *values, *lambda, *g, *J; } rooms;

static rooms rooms_of(const td_subject *s)
{
    int64_t most = s->d->entries > s->d->hessian_entries ? s->d->entries : s->d->hessian_entries;
    double *lambda = s->room + most;
    return (rooms){s->room, lambda, lambda + s->d->m, lambda + 2 * s->d->m};
}

static int lagrangian(const double *x, double *y, void *user)
{
    const td_subject *s = user;
    rooms r = rooms_of(s);
    int status = objective(x, y, user);
    y[0] *= FACTOR;
    if (s->d->constraints && constraint_values(x, r.g, user)) status = 1;
    for (int64_t j = 0; s->d->constraints && j < s->d->m; j++) y[0] += r.lambda[j] * r.g[j];
    return status;
}

static int lagrangian_gradient(const double *x, double *g, void *user)
{
    td_subject *s = user;
    rooms r = rooms_of(s);
    int status = objective_gradient(x, g, user);
    for (int64_t i = 0; i < s->f.n; i++) g[i] *= FACTOR;
    if (!s->d->constraints) return status;
    if (spread_jacobian(s, x, r.J)) status = 1;
    for (int64_t j = 0; j < s->d->m; j++) {
        for (int64_t i = 0; i < s->f.n; i++) g[i] += r.lambda[j] * r.J[j * s->f.n + i];
    }
    return status;
}

static int ask_hessian(const td_subject *s, const double *x, int *row, int *column, double *values)
{
    return TOLD(td_ipopt_h, hessian, (int)s->d->n, lent(x), NEW, FACTOR, (int)s->d->m, rooms_of(s).lambda, NEW,
                (int)s->d->hessian_entries, row, column, values, s->d->user);
}

static int lagrangian_hessian(const double *x, double *H, void *user)
{
    td_subject *s = user;
    const int *row = s->row + s->d->entries, *column = s->column + s->d->entries;
    int64_t n = s->f.n;
    double *values = rooms_of(s).values;
    int status = ask_hessian(s, x, NULL, NULL, values);
    for (int64_t i = 0; i < n * n; i++) H[i] = 0;
    for (int64_t k = 0; k < s->d->hessian_entries; k++) {
        int64_t i = index_at(s, row, k, n, "Hessian"), j = index_at(s, column, k, n, "Hessian");
        if (i < 0 || j < 0) continue;
        H[i * n + j] += values[k];
        if (i != j) H[j * n + i] += values[k];
    }
    return status;
}

static const char *fill_lagrangian(td_subject *s)
{
    int64_t n = s->d->n, m = s->d->m, entries = s->d->entries, second = s->d->hessian_entries;
    if (!s->d->hessian || !s->d->gradient || (s->d->constraints && !s->d->jacobian)) return "";
    s->f.m = 1;
    s->f.value = lagrangian;
    s->f.gradient = lagrangian_gradient;
    s->f.hessian = lagrangian_hessian;
    int64_t most = entries > second ? entries : second;
    if (!open_triplets(s, entries + second) || !td_subject_room(s, most + 2 * m + m * n)) return "out of memory";
    for (int64_t j = 0; j < m; j++) rooms_of(s).lambda[j] = td_signed_magnitude(td_hash(s->seed, (uint64_t)j));
    if (s->d->constraints && ask_jacobian(s, NULL, s->row, s->column, NULL)) return "eval_jac_g does not give its structure";
    return ask_hessian(s, NULL, s->row + entries, s->column + entries, NULL) ? "eval_h does not give its structure" : NULL;
}

const td_foreign_signature td_signature_ipopt = {
    "ipopt", "eval_f, eval_grad_f, eval_g, eval_jac_g, eval_h of Ipopt's C interface",
    TD_NEEDS_N | TD_NEEDS_VALUE | TD_SIZES_FIT_INT | TD_ONLY_F64,
    (const td_part[]){{"", fill_objective}, {"constraints", fill_constraints}, {"Lagrangian", fill_lagrangian}, {0}}};
