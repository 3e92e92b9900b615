/* difference.c: slopes of a C function along u, of all questions w at once.
 *
 * An evaluation gives all numbers of the result, so one ladder of steps serves every w; samples are kept.  Where there are
 * many w, steps that a rule invents for one of them alone are refused: a ladder's own are short binary fractions.  Along a
 * coordinate the step that x really made is known, and the movement is scaled to the step that was meant. */
#include "compare.h"
#include "witness/difference.h"
#include "function/function.h"
#include "witness/noise.h"

#include <math.h>
#include <stdlib.h>

typedef struct sample { double step; bool there; double *moved; } sample;      /* moved: owned; n_w */

struct td_curves {
    const td_map       *f;         /* borrowed, like y0, q, u */
    const double       *y0;
    const td_questions *q;
    const td_direction *u;
    double   *room, *point, *y, *weight_mass, *grain, *one, *other, *zero;     /* room: owned; the rest lie in it */
    double   *along, *weights;     /* in room too: a random u, and random w one after the other; NULL for coordinates */
    bool     *mover;               /* owned */
    sample   *kept;                /* owned */
    int       n_kept;
    double    quantum, reach;
    int64_t   asked;               /* the w whose curve is followed now */
};

enum { MOST_SAMPLES = 1024 };

/* The step of which x has really moved, relative to the step meant. */
static double shortfall(const td_curves *c, double s)
{
    if (c->u->coordinate < 0) return 1;
    int64_t i = c->u->coordinate;
    return (c->point[i] - c->f->x[i]) / (s * td_direction_at(c->u, 0, i));
}

static void move(const td_curves *c, double s)
{
    const double *x = c->f->x;
    int64_t n = c->f->n;
    for (int64_t i = 0; i < n; i++) c->point[i] = c->along ? x[i] + s * c->along[i] : x[i];
    if (!c->along) c->point[c->u->coordinate] += s;
    for (int64_t i = 0; c->f->door->f32 && i < n; i++) c->point[i] = (float)c->point[i];
}

static double weighted(const td_curves *c, int64_t k)
{
    double sum = 0, mass;
    if (!c->weights) return td_direction_dot(&c->q->w[k], c->y, c->f->m, &mass);
    for (int64_t j = 0; j < c->f->m; j++) sum += c->weights[k * c->f->m + j] * c->y[j];
    return sum;
}

static void weigh(const td_curves *c, double scale, double *moved)
{
    for (int64_t j = 0; j < c->f->m; j++) c->y[j] = c->y[j] == c->y0[j] ? 0 : c->y[j] - c->y0[j];
    for (int64_t k = 0; k < c->q->n_w; k++) moved[k] = weighted(c, k) / scale;
}

static const sample *take(td_curves *c, double s)
{
    for (int i = 0; i < c->n_kept; i++) if (c->kept[i].step == s) return &c->kept[i];
    double *moved = c->n_kept < MOST_SAMPLES ? calloc((size_t)c->q->n_w + 1, sizeof *moved) : NULL;
    if (!moved) return NULL;
    move(c, s);
    double scale = shortfall(c, s);
    bool there = td_door_call(c->f->door, &c->f->value, c->point, NULL, c->y, TD_POISON_NAN);
    if (there && scale != 0) weigh(c, scale, moved);
    c->kept[c->n_kept] = (sample){s, there, moved};
    return &c->kept[c->n_kept++];
}

static bool all_at(double s, double *y, void *user)
{
    td_curves *c = user;
    const sample *k = take(c, s);
    for (int64_t i = 0; k && k->there && i < c->q->n_w; i++) y[i] = k->moved[i];
    return k && k->there;
}

/* A step of a ladder: quantum times a power of 2 times at most 6 bits. */
static bool is_on_ladder(const td_curves *c, double s)
{
    int exponent;
    double digits = ldexp(frexp(s / c->quantum, &exponent), 6);
    return digits == floor(digits);
}

static double one_at(double s, void *user)
{
    td_curves *c = user;
    if (c->q->n_w > 1 && !is_on_ladder(c, s)) return NAN;
    const sample *k = take(c, s);
    return k && k->there ? k->moved[c->asked] : NAN;
}

static double spacing(const td_map *f, double x)
{
    x = fabs(x);
    return f->door->f32 ? (double)(nextafterf((float)x, INFINITY) - (float)x) : nextafter(x, INFINITY) - x;
}

/* As in witness/fd.c: relative to the coordinate where there is one, else to what is typical. */
static void choose_steps(td_curves *c)
{
    double scale = td_typical(c->f), x = c->u->coordinate >= 0 ? c->f->x[c->u->coordinate] : scale;
    c->quantum = spacing(c->f, x == 0 ? scale : x);
    c->reach = scale / 8;
    if (x != 0 && fabs(x) < scale) c->reach = fmax(fabs(x) / 8, fmin(scale, 1) / 8);
}

/* What the last rounding of each y_j leaves in sum w_j y_j: at most a unit of the sum of sizes; of many terms 4 of the
 * root of the sum of squares, since they are rounded one without the other (Higham, Mary, SIAM J. Sci. Comput. 41, 2019).
 * What more there is, is measured. */
static void weigh_values(td_curves *c)
{
    for (int64_t k = 0; k < c->q->n_w; k++) {
        double squares = 0;
        int64_t begin, end;
        td_direction_range(&c->q->w[k], c->f->m, &begin, &end);
        td_direction_dot(&c->q->w[k], c->y0, c->f->m, &c->weight_mass[k]);
        for (int64_t j = begin; j < end; j++) squares += pow(td_direction_at(&c->q->w[k], 0, j) * c->y0[j], 2);
        c->weight_mass[k] = fmin(c->weight_mass[k], 4 * sqrt(squares)) * td_unit(c->f);
    }
}

/* Random numbers are drawn once. */
static void draw(td_curves *c)
{
    for (int64_t i = 0; c->along && i < c->f->n; i++) c->along[i] = td_direction_at(c->u, 0, i);
    for (int64_t k = 0; c->weights && k < c->q->n_w; k++) {
        for (int64_t j = 0; j < c->f->m; j++) c->weights[k * c->f->m + j] = td_direction_at(&c->q->w[k], 0, j);
    }
}

static void listen(td_curves *c)
{
    td_noise n = {all_at, c, c->q->n_w, c->zero, c->one, c->other, c->grain, c->f->door->f32 ? 6 : 8, c->mover};
    td_noise_measure(&n, c->quantum, c->reach);
}

td_curves *td_curves_open(const td_map *f, const double *y0, const td_questions *q, const td_direction *u)
{
    td_curves *c = calloc(1, sizeof *c);
    if (!c) return NULL;
    *c = (td_curves){.f = f, .y0 = y0, .q = q, .u = u};
    int64_t along = u->coordinate < 0 ? f->n : 0, weights = q->w[0].coordinate < 0 ? q->n_w * f->m : 0;
    c->room = calloc((size_t)(f->n + f->m + 5 * q->n_w + along + weights + 1), sizeof *c->room);
    c->mover = calloc((size_t)q->n_w + 1, sizeof *c->mover);
    c->kept = calloc(MOST_SAMPLES, sizeof *c->kept);
    if (!c->room || !c->mover || !c->kept) {
        td_curves_close(c);
        return NULL;
    }
    c->point = c->room;
    c->y = c->point + f->n;
    c->weight_mass = c->y + f->m;
    c->grain = c->weight_mass + q->n_w;
    c->one = c->grain + q->n_w;
    c->other = c->one + q->n_w;
    c->zero = c->other + q->n_w;
    c->along = along ? c->zero + q->n_w : NULL;
    c->weights = weights ? c->zero + q->n_w + along : NULL;
    draw(c);
    choose_steps(c);
    weigh_values(c);
    listen(c);
    return c;
}

void td_curves_close(td_curves *c)
{
    if (!c) return;
    for (int i = 0; i < c->n_kept; i++) free(c->kept[i].moved);
    free(c->kept);
    free(c->mover);
    free(c->room);
    free(c);
}

/* A claim that stands is confirmed to so much of its size, or a second family of steps is tried; of large functions in
 * f32, whose calls are dear and whose differences seldom are finer, that is less. */
static double fine(const td_map *f)
{
    return f->door->f32 && f->n > 4096 ? 1e-3 : 1e-7;
}

static bool is_settled(const td_map *f, const td_slope *s, const td_answer *claim, int n_claim)
{
    for (int i = 0; i < n_claim; i++) {
        const char *reason;
        double size = fmax(fabs(s->value), fabs(claim[i].value));
        td_fd_outcome o = td_compare_slope(s, claim[i], size, &reason);
        if (o == TD_FD_DISAGREED || o == TD_FD_UNDECIDED || 10 * s->error > fine(f) * size) return false;
    }
    return true;
}

/* Two smooth answers: the narrower, unless they contradict each other. */
static td_slope merge(const td_slope *a, const td_slope *b)
{
    bool joined = fabs(a->value - b->value) <= 3 * (a->error + b->error);
    if (joined) return a->error < b->error ? *a : *b;
    return (td_slope){.kind = TD_SLOPE_UNKNOWN, .value = NAN, .error = NAN, .left = NAN, .right = NAN,
                      .reason = "two families of steps contradict each other"};
}

static bool any_objection(const td_slope *s, const td_answer *claim, int n_claim)
{
    const char *reason;
    for (int i = 0; i < n_claim; i++) {
        double size = fmax(fabs(s->value), fabs(claim[i].value));
        if (td_compare_slope(s, claim[i], size, &reason) == TD_FD_DISAGREED) return true;
    }
    return false;
}

static td_slope by_two_families(const td_curves *c, const td_curve *curve, const td_answer *claim, int n_claim)
{
    td_slope s = td_curve_slope(curve, false);
    if (s.kind != TD_SLOPE_SMOOTH || is_settled(c->f, &s, claim, n_claim)) return s;
    td_slope fine = td_curve_slope_fine(curve);
    return fine.kind == TD_SLOPE_SMOOTH ? merge(&s, &fine) : fine;
}

static td_curve curve_of(td_curves *c, int64_t w)
{
    bool moves = c->grain[w] > 0 || c->mover[w];
    td_curve curve = {.at = one_at, .user = c, .quantum = c->quantum, .reach = c->reach};
    if (moves) curve.noise = 2 * fmax(c->grain[w], c->weight_mass[w]);      /* a difference of two values */
    else curve.hidden = c->weight_mass[w] / (c->reach / 64);
    c->asked = w;
    return curve;
}

/* Noise taken for too small makes a ladder end early, on a bar that is honest and wide: noise looks like curvature there.
 * More noise makes each bar wider and the ladder longer. */
td_slope td_curves_ask(td_curves *c, int64_t w, const td_answer *claim, int n_claim)
{
    td_curve curve = curve_of(c, w);
    td_slope s = by_two_families(c, &curve, claim, n_claim);
    for (int k = 0; k < 2 && s.kind == TD_SLOPE_SMOOTH && !is_settled(c->f, &s, claim, n_claim); k++) {
        curve.noise *= 4;
        td_slope longer = by_two_families(c, &curve, claim, n_claim);
        if (longer.kind == TD_SLOPE_SMOOTH) s = merge(&s, &longer);
    }
    if (s.kind != TD_SLOPE_SMOOTH || !any_objection(&s, claim, n_claim)) return s;
    td_slope sides = td_curve_slope(&curve, true);     /* before an objection: is it a kink? */
    return sides.kind == TD_SLOPE_KINK ? sides : s;
}

td_slope td_curves_trace(td_curves *c, int64_t w, const td_claimed *claim, td_tracing *out)
{
    td_curve curve = curve_of(c, w);
    td_slope s = td_curve_slope_fine(&curve);
    td_curve_trace(&curve, claim, &s, out);
    return s;
}

bool td_curves_flat(const td_curves *c, int64_t w, const td_slope *s, td_answer claim)
{
    double most = 0, bar = 10 * s->error;
    if (s->kind != TD_SLOPE_SMOOTH || !(fabs(claim.value) <= bar && fabs(s->value) <= bar)) return false;
    for (int i = 0; i < c->n_kept; i++) if (c->kept[i].there) most = fmax(most, fabs(c->kept[i].moved[w]));
    return bar <= most / c->reach / 100;
}
