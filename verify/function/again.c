/* again.c: asked again, does a routine say the same?
 *
 * The same bits, or other bits within its rounding: as a sum split among threads gives, in an order that nobody chose.
 * Terms added in another order differ by 4 sqrt(n) units of what they sum up to without their signs, n how many, with a
 * probability next to 1 (Higham, Mary, SIAM J. Sci. Comput. 41, 2019, theorem 2.4), and by how much the result moves when
 * x moves by a share of itself one knows that sum.  More than that is a race, or something kept from call to call. */
#include "function/function.h"

#include <math.h>
#include <stdlib.h>

static bool is_same(double a, double b) { return a == b || (isnan(a) && isnan(b)); }

static int64_t first_other(const double *was, const double *now, int64_t n)
{
    for (int64_t i = 0; i < n; i++) if (!is_same(was[i], now[i])) return i;
    return -1;
}

/* ---- within rounding? -------------------------------------------------------------------------------------------- */

/* How far the result moves when all of x moves by this share.  A race among the calls of this measurement adds to it, but
 * is divided away: the share is far more than a rounding. */
static double share(const td_map *f) { return f->door->f32 ? 0x1p-6 : 0x1p-20; }

static bool move_by(const td_map *f, const td_routine *r, const double *with, double s, double *point, double *out)
{
    double typical = td_typical(f);
    for (int64_t i = 0; i < f->n; i++) {
        double x = f->x[i], size = x == 0 ? typical : fabs(x);
        x += s * size * td_signed_magnitude(td_hash(f->seed ^ 300, (uint64_t)i));
        if (!r->complex_one) point[i] = x;
        else point[2 * i] = x, point[2 * i + 1] = 0;
    }
    return td_door_call(f->door, r, point, with, out, TD_POISON_NAN);
}

/* The first number that is off by more than its rounding; -1: none. */
static int64_t first_beyond(const td_map *f, const td_routine *r, const double *was, const double *now, const double *moved)
{
    double units = 4 * sqrt((double)(r->in + r->with + r->out + r->head)) * td_unit(f);
    for (int64_t i = 0; i < r->out + r->head; i++) {
        double mass = fabs(was[i]) + fabs(moved[i] - was[i]) / share(f);
        if (!is_same(was[i], now[i]) && !(fabs(was[i] - now[i]) <= units * mass)) return i;
    }
    return -1;
}

bool td_again_compare(const td_map *f, const td_routine *r, const double *with, const double *was, const double *now,
                      const char *law)
{
    int64_t all = r->out + r->head, at = first_other(was, now, all);
    if (at < 0) {
        f->repeats->agreed++;
        return true;
    }
    double *moved = malloc((size_t)(all + r->in + 1) * sizeof *moved);
    if (!moved) return false;
    bool there = move_by(f, r, with, share(f), moved + all, moved) || move_by(f, r, with, -share(f), moved + all, moved);
    if (there) at = first_beyond(f, r, was, now, moved);
    if (at < 0) f->repeats->undecided++;
    else f->repeats->disagreed++, td_door_break(f->door, r->name, law, at);
    free(moved);
    return true;
}

/* ---- the same call again ----------------------------------------------------------------------------------------- */

/* What poison that still stands there says; NULL: nothing. */
static const char *poison_law(const double *was, const double *now, int64_t n, int64_t *at)
{
    for (int64_t i = 0; i < n; i++) {
        *at = i;
        if (is_same(was[i], now[i])) continue;
        if (now[i] == td_poison_number) return "does not write an entry of its result";
        if (isnan(was[i])) return "adds to what stood in its result";
    }
    return NULL;
}

static void blame(const td_map *f, const td_routine *r, const char *law, int64_t at)
{
    if (f->door->routine == r->name) f->door->law = NULL;      /* this says more than what the first call showed */
    f->repeats->disagreed++;
    td_door_break(f->door, r->name, law, at);
}

/* What it is given is what it said before: then a routine that adds doubles it. */
static void compare_sums(const td_map *f, const td_routine *r, const double *was, const double *now)
{
    for (int64_t i = 0; i < r->out; i++) {
        if (fabs(now[i] - 2 * was[i]) <= fabs(now[i] - was[i])) continue;
        blame(f, r, "overwrites its result, though it is said to add to it", i);
        return;
    }
    f->repeats->agreed++;
}

bool td_again(const td_map *f, const td_routine *r, const double *with, const double *was)
{
    int64_t all = r->out + r->head, at = -1;
    double *now = malloc((size_t)(all + 1) * sizeof *now);
    bool ok = now != NULL;
    for (int64_t i = 0; ok && i < all; i++) now[i] = was[i];
    if (ok && td_door_call(f->door, r, f->x, with, now, TD_POISON_NUMBER)) {
        const char *law = poison_law(was, now, all, &at);
        if (r->adds) compare_sums(f, r, was, now);
        else if (law) blame(f, r, law, at);
        else ok = td_again_compare(f, r, with, was, now, "answers differently when asked again");
    }
    free(now);
    return ok && !f->door->starved;
}
