/* law.c: what J'w and J v have to keep whatever J is: 0 at 0, linear, the same when asked again.
 *
 * Linearity is asked with both signs and two scales, r(a - 100 b) = r(a) - 100 r(b), contracted with a random vector: a
 * routine that takes |w|, clips w, or uses 1 for w fails.  The bound is that of any claim. */
#include "function/function.h"
#include "witness/noise.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>

static const char NOT_LINEAR[] = "is not linear in the vector it is given: it takes its size, clips or squares it, or "
    "forgets it";

enum { TRIES = 3, PARTS = 3, LARGE = 16384 };      /* a large vector has all kinds of numbers in it at once */

/* r(a), r(b), r(a - 100 b), each contracted with u, at points near x */
typedef struct trio {
    const td_map     *f;
    const td_routine *r;
    td_direction      a, b, u;
    double           *with, *out, *point;
    double            mass[PARTS];
} trio;

static void set_part(const trio *t, int part)
{
    static const double of_a[PARTS] = {1, 0, 1}, of_b[PARTS] = {0, 1, -100};
    for (int64_t i = 0; i < t->r->with; i++) {
        t->with[i] = of_a[part] * td_direction_at(&t->a, 0, i) + of_b[part] * td_direction_at(&t->b, 0, i);
        if (t->f->door->f32) t->with[i] = (float)t->with[i];
    }
}

static bool parts_at(double s, double *y, void *user)
{
    trio *t = user;
    double typical = td_typical(t->f);
    for (int64_t i = 0; i < t->f->n; i++) {
        double x = t->f->x[i];
        t->point[i] = x + s * (x == 0 ? typical : fabs(x)) * td_direction_at(&t->u, 0, i % t->r->out);
    }
    for (int k = 0; k < PARTS; k++) {
        set_part(t, k);
        if (!td_door_call(t->f->door, t->r, t->point, t->with, t->out, TD_POISON_NAN)) return false;
        y[k] = td_direction_dot(&t->u, t->out, t->r->out, &t->mass[k]);
    }
    return true;
}

static bool is_linear(trio *t)
{
    double y0[PARTS], y[PARTS], other[PARTS], grain[PARTS];
    bool mover[PARTS];
    if (!parts_at(0, y0, t)) return true;
    double mass = t->mass[0] + 100 * t->mass[1] + t->mass[2];
    td_noise n = {parts_at, t, PARTS, y0, y, other, grain, 3, mover};
    td_noise_measure(&n, 2 * td_unit(t->f), 0.125);
    double limit = 10 * (grain[0] + 100 * grain[1] + grain[2]);
    double terms = (double)(t->r->with + t->r->out);       /* ours, and those of w rounded to the routine's precision */
    limit += (4 * terms * DBL_EPSILON / 2 + 4 * sqrt(terms) * td_unit(t->f)) * mass;
    return !(fabs(y0[2] - (y0[0] - 100 * y0[1])) > limit);
}

static void ask_linearity(const td_map *f, const td_routine *r, double *with, double *out, double *point)
{
    for (uint64_t k = 0; k < (r->with + r->out > LARGE ? 1 : TRIES); k++) {
        uint64_t seed = td_hash(f->seed ^ UINT64_C(0x11ea4), 3 * k);
        trio t = {f, r, {0, -1, 0, r->with, seed}, {0, -1, 0, r->with, seed + 1}, {0, -1, 0, r->out, seed + 2},
                  with, out, point, {0}};
        if (!is_linear(&t)) td_door_break(f->door, r->name, NOT_LINEAR, -1);
    }
}

static void ask_zero(const td_map *f, const td_routine *r, double *with, double *out)
{
    for (int64_t i = 0; i < r->with; i++) with[i] = 0;
    if (!td_door_call(f->door, r, f->x, with, out, TD_POISON_NAN)) return;
    for (int64_t i = 0; i < r->out; i++) {
        if (out[i] != 0 && isfinite(out[i])) td_door_break(f->door, r->name, "is not 0 for a vector of 0", i);
    }
}

bool td_claim_laws(const td_map *f, const td_claim *c)
{
    const td_routine *r = &c->routine;
    if (c->kind == TD_CLAIM_COMPLEX) return true;
    double *with = malloc((size_t)(r->with + r->out + r->head + f->n + 1) * sizeof *with);
    if (!with) return false;
    double *out = with + r->with, *point = out + r->out + r->head;
    bool ok = true;
    td_direction w = {0, -1, 0, r->with, td_hash(f->seed, 77)};
    for (int64_t i = 0; i < r->with; i++) with[i] = td_direction_at(&w, 0, i);
    if (td_door_call(f->door, r, f->x, with, out, TD_POISON_NAN)) ok = td_again(f, r, with, out);
    if (r->with) ask_zero(f, r, with, out);
    if (r->with) ask_linearity(f, r, with, out, point);
    free(with);
    return ok && !f->door->starved;
}
