/* claim.c: what a claimed derivative answers to the questions, and how far that can be trusted.
 *
 * The routine's own rounding is unknown code's: it is measured as differences measure a value's, by the movement of each
 * answer when x moves by units in its last place (witness/noise.c), and counts ten times as every measured bar does
 * (compare.c). What we add up ourselves, w'(J u) from a matrix, say, has a bound: 4 roundings of double for each term of a
 * sum, beside 4 of the routine's own. */
#include "function/function.h"
#include "witness/noise.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>

double td_unit(const td_map *f)
{
    return f->door->f32 ? (double)FLT_EPSILON / 2 : DBL_EPSILON / 2;
}

double td_typical(const td_map *f)
{
    double large = 0;
    for (int64_t i = 0; i < f->n; i++) large = fmax(large, isfinite(f->x[i]) ? fabs(f->x[i]) : 0);
    return large > 0 ? large : 1;
}

void td_direction_range(const td_direction *d, int64_t n, int64_t *begin, int64_t *end)
{
    *begin = d->coordinate >= 0 ? d->coordinate : d->begin;
    *end = d->coordinate >= 0 ? d->coordinate + 1 : d->end < n ? d->end : n;
}

double td_direction_dot(const td_direction *d, const double *y, int64_t n, double *mass)
{
    int64_t begin, end;
    double sum = 0;
    *mass = 0;
    td_direction_range(d, n, &begin, &end);
    for (int64_t i = begin; i < end; i++) {
        double term = td_direction_at(d, 0, i) * y[i];
        sum += term;
        *mass += fabs(term);
    }
    return sum;
}

static void spread(const td_direction *d, double *v, int64_t n)
{
    for (int64_t i = 0; i < n; i++) v[i] = td_direction_at(d, 0, i);
}

/* ---- each kind's answers at x ------------------------------------------------------------------------------------ */

typedef struct asking {
    const td_map       *f;
    const td_claim     *c;
    const td_questions *q;
    double             *v, *r, *s, *point;    /* room: a vector, a result, its masses, a moved x */
    double             *mass;                 /* n_w n_u */
} asking;

/* Column q of the answers from y = J u, mass[j] of which was added up in y[j]. */
static void answer_column(const asking *a, int64_t q, const double *y, const double *masses, double *value)
{
    for (int64_t k = 0; k < a->q->n_w; k++) {
        double own, carried = 0;
        value[k * a->q->n_u + q] = td_direction_dot(&a->q->w[k], y, a->f->m, &own);
        if (masses) td_direction_dot(&a->q->w[k], masses, a->f->m, &carried);
        a->mass[k * a->q->n_u + q] = masses ? carried : own;
    }
}

static void matrix_times(const asking *a, const td_direction *u, double *y, double *masses)
{
    int64_t n = a->f->n, m = a->f->m, begin, end;
    td_direction_range(u, n, &begin, &end);
    for (int64_t j = 0; j < m; j++) {
        y[j] = masses[j] = 0;
        for (int64_t i = begin; i < end; i++) {
            double term = a->r[a->c->column_major ? i * m + j : j * n + i] * td_direction_at(u, 0, i);
            y[j] += term;
            masses[j] += fabs(term);
        }
    }
}

static bool ask_matrix(const asking *a, const double *x, double *value)
{
    if (!td_door_call(a->f->door, &a->c->routine, x, NULL, a->r, TD_POISON_NAN)) return false;
    for (int64_t q = 0; q < a->q->n_u; q++) {
        matrix_times(a, &a->q->u[q], a->v, a->s);
        answer_column(a, q, a->v, a->s, value);
    }
    return true;
}

static bool ask_vjp(const asking *a, const double *x, double *value)
{
    for (int64_t k = 0; k < a->q->n_w; k++) {
        spread(&a->q->w[k], a->v, a->f->m);
        if (!td_door_call(a->f->door, &a->c->routine, x, a->v, a->r, TD_POISON_NAN)) return false;
        for (int64_t q = 0; q < a->q->n_u; q++) {
            int64_t at = k * a->q->n_u + q;
            value[at] = td_direction_dot(&a->q->u[q], a->r, a->f->n, &a->mass[at]);
        }
    }
    return true;
}

static bool ask_jvp(const asking *a, const double *x, double *value)
{
    for (int64_t q = 0; q < a->q->n_u; q++) {
        spread(&a->q->u[q], a->v, a->f->n);
        if (!td_door_call(a->f->door, &a->c->routine, x, a->v, a->r, TD_POISON_NAN)) return false;
        answer_column(a, q, a->r, NULL, value);
    }
    return true;
}

/* J u = Im y(x + i h u) / h with an error of order h^2: none, for this h (Squire, Trapp, SIAM Review 40, 1998). */
static bool ask_complex(const asking *a, const double *x, double *value)
{
    const double h = 0x1p-400;
    for (int64_t q = 0; q < a->q->n_u; q++) {
        for (int64_t i = 0; i < a->f->n; i++) {
            a->v[2 * i] = x[i];
            a->v[2 * i + 1] = h * td_direction_at(&a->q->u[q], 0, i);
        }
        if (!td_door_call(a->f->door, &a->c->routine, a->v, NULL, a->r, TD_POISON_NAN)) return false;
        for (int64_t j = 0; j < a->f->m; j++) a->r[j] = a->r[2 * j + 1] / h;
        answer_column(a, q, a->r, NULL, value);
    }
    return true;
}

static bool ask(const asking *a, const double *x, double *value)
{
    static bool (*const kinds[])(const asking *, const double *, double *) = {
        [TD_CLAIM_MATRIX] = ask_matrix, [TD_CLAIM_VJP] = ask_vjp, [TD_CLAIM_JVP] = ask_jvp,
        [TD_CLAIM_COMPLEX] = ask_complex};
    return kinds[a->c->kind](a, x, value);
}

/* ---- how far they can be trusted --------------------------------------------------------------------------------- */

typedef struct wandering { asking a; uint64_t seed; } wandering;

static bool ask_nearby(double s, double *value, void *user)
{
    wandering *w = user;
    double typical = td_typical(w->a.f);
    for (int64_t i = 0; i < w->a.f->n; i++) {
        double x = w->a.f->x[i], size = x == 0 ? typical : fabs(x);
        w->a.point[i] = x + s * size * td_signed_magnitude(td_hash(w->seed, (uint64_t)i));
    }
    return ask(&w->a, w->a.point, value);
}

static int64_t terms(const td_direction *d, int64_t n)
{
    int64_t begin, end;
    td_direction_range(d, n, &begin, &end);
    return end - begin;
}

static void bound(const asking *a, const double *value, const double *mass, const double *grain, td_answer *answer)
{
    double unit = td_unit(a->f), ours = DBL_EPSILON / 2;
    for (int64_t k = 0; k < a->q->n_w; k++) {
        for (int64_t q = 0; q < a->q->n_u; q++) {
            int64_t at = k * a->q->n_u + q;
            double roundings = 4.0 * (double)(terms(&a->q->w[k], a->f->m) + terms(&a->q->u[q], a->f->n));
            answer[at] = (td_answer){value[at], 10 * grain[at] + (roundings * ours + 4 * unit) * mass[at]};
        }
    }
}

static int64_t largest(int64_t a, int64_t b) { return a > b ? a : b; }

bool td_claim_answer(const td_map *f, const td_claim *c, const td_questions *q, uint64_t seed, td_answer *answer)
{
    int64_t all = q->n_u * q->n_w, width = 2 * largest(f->n, f->m), out = largest(c->routine.out + c->routine.head, width);
    double *room = calloc((size_t)(6 * all + 2 * width + out + f->n + 1), sizeof *room);
    bool *mover = malloc((size_t)all + 1);
    bool ok = room && mover;
    if (ok) {
        double *value = room, *mass = room + 5 * all, *v = room + 6 * all;
        wandering w = {{f, c, q, v, v + 2 * width, v + width, v + 2 * width + out, mass}, seed};
        td_noise noise = {ask_nearby, &w, all, value, room + all, room + 2 * all, room + 3 * all, 3, mover};
        double *kept = room + 4 * all;
        bool there = ask(&w.a, f->x, value);
        for (int64_t i = 0; i < all; i++) kept[i] = mass[i];
        if (there) td_noise_measure(&noise, 2 * td_unit(f), 0.125);
        if (there) bound(&w.a, value, kept, noise.grain, answer);
        for (int64_t i = 0; !there && i < all; i++) answer[i] = (td_answer){NAN, NAN};
    }
    free(room);
    free(mover);
    return ok && !f->door->starved;
}
