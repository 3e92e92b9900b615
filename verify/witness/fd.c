/* fd.c: finite differences as a witness: plain evaluations, nothing else.
 *
 * Inputs are widened to f64 and evaluated by the eval engine, so an f32 program is differenced in f64.  Of each output the
 * value at the point is subtracted before weighting: an output that does not move adds no rounding.  How far a value can be
 * trusted is measured output by output (noise.c), since a program may hide a 1e8 inside.
 *
 * A program that rounds to f32 inside is a staircase: between its steps it is flat, and no noise tells of them where another
 * term moves.  So where it has such a node, steps start at f32's spacing of the point instead of f64's.  That is enough where
 * the input itself is rounded; where something computed from it is, the values' bounds say so, which against.c looks at. */
#include "witness/difference.h"
#include "witness/noise.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>

struct td_differences {
    const td_problem *p;           /* borrowed */
    td_context  *c;
    td_marker    start;            /* after the leaves */
    td_tensor  **leaf;             /* owned; n, at the point */
    td_tensor  **moved;            /* owned; n, what a run gets */
    double     **x, **way;         /* owned; n, smooth inputs as f64, and where the question asked now moves them */
    double      *shifted;          /* owned; room for one input */
    int64_t      numel;            /* of the result */
    bool         single;           /* f32 inside */
    bool         steps;            /* an op inside jumps again and again */
    double      *w, *y0, *y, *other, *grain;   /* owned, one block at w; numel each */
    const td_direction *u;         /* the question asked now */
    const td_answer *value;        /* borrowed; NULL, or how far each value may be off by its bound */
    const char  *mute;
    char         refusal[TD_REASON];
};

static td_tensor *leaf_of(td_differences *d, int input, const double *values)
{
    const td_input *in = &d->p->in[input];
    return td_array(d->c, TD_F64, in->rank, in->size, values);
}

static bool evaluate(td_differences *d, double *y)
{
    td_tensor *r = td_problem_run(d->p, d->c, d->moved);
    bool ok = !td_error(d->c) && td_numel(r) == d->numel && td_read(r, y) == TD_OK;
    td_clear_error(d->c);
    td_release(d->c, d->start);
    return ok;
}

/* y = f(x + s u) */
static bool evaluate_at(td_differences *d, double s, double *y)
{
    for (int i = 0; i < d->p->n; i++) {
        d->moved[i] = d->leaf[i];
        if (!d->p->in[i].smooth || !td_direction_touches(d->u, i)) continue;
        for (int64_t j = 0; j < d->p->in[i].numel; j++) d->shifted[j] = d->x[i][j] + s * d->way[i][j];
        d->moved[i] = leaf_of(d, i, d->shifted);
    }
    return evaluate(d, y);
}

static double weighted(const td_differences *d, const double *y)
{
    double sum = 0;
    for (int64_t j = 0; j < d->numel; j++) if (y[j] != d->y0[j]) sum += d->w[j] * (y[j] - d->y0[j]);
    return sum;
}

/* ---- how far values can be trusted ------------------------------------------------------------------------------- */

static bool values_at(double s, double *y, void *user)
{
    return evaluate_at(user, s, y);
}

/* An output that nothing moves, saturated perhaps, may still have a slope of half a unit in its last place by the step that
 * did not move it: hidden slopes, which no step resolves. */
static void measure_noise(td_differences *d, td_curve *c)
{
    double far = c->reach / 64;
    bool *mover = malloc((size_t)d->numel + 1);
    c->noise = INFINITY;
    if (!mover) return;
    td_noise n = {values_at, d, d->numel, d->y0, d->y, d->other, d->grain, 3, mover};
    td_noise_measure(&n, c->quantum, c->reach);
    c->noise = c->hidden = 0;
    for (int64_t j = 0; j < d->numel; j++) {
        double unit = DBL_EPSILON / 2 * fabs(d->y0[j]);
        if (d->grain[j] > 0 || mover[j]) c->noise += fabs(d->w[j]) * fmax(d->grain[j], unit);
        else c->hidden += fabs(d->w[j]) * unit / far;
    }
    double rounding = 0;
    for (int64_t j = 0; d->value && j < d->numel; j++) rounding += fabs(d->w[j]) * d->value[j].bound;
    if (isfinite(rounding)) c->noise = fmax(c->noise, 2 * rounding);       /* a difference of two values */
    free(mover);
}

/* ---- asking ------------------------------------------------------------------------------------------------------ */

static double curve_at(double s, void *user)
{
    td_differences *d = user;
    return evaluate_at(d, s, d->y) ? weighted(d, d->y) : NAN;
}

/* From x to the next number, of f32 if single. */
static double spacing(double x, bool single)
{
    double size = fabs(x);
    if (!single) return nextafter(size, INFINITY) - size;
    float near = (float)fmin(size, FLT_MAX / 2);
    return nextafterf(near, INFINITY) - near;
}

static void face(td_differences *d, const td_direction *u)
{
    d->u = u;
    for (int i = 0; i < d->p->n; i++) {
        bool moves = d->p->in[i].smooth && td_direction_touches(u, i);
        for (int64_t j = 0; moves && j < d->p->in[i].numel; j++) d->way[i][j] = td_direction_at(u, i, j);
    }
}

/* The curve of a question.  False: the point is not finite. */
static bool follow(td_differences *d, const td_direction *u, int cotangent, td_curve *c)
{
    face(d, u);
    for (int64_t j = 0; j < d->numel; j++) d->w[j] = td_cotangent_at(d->p, cotangent, j);
    double scale = td_problem_scale(d->p, u->input), at = u->coordinate >= 0 ? d->x[u->input][u->coordinate] : scale;
    if (!isfinite(at)) return false;
    *c = (td_curve){.at = curve_at, .user = d, .reach = scale / 8};
    c->quantum = at == 0 ? scale * (d->single ? FLT_EPSILON : DBL_EPSILON) : spacing(at, d->single);
    if (at != 0 && fabs(at) < scale) c->reach = fmax(fabs(at) / 8, fmin(scale, 1) / 8);
    measure_noise(d, c);
    return true;
}

static const td_slope nowhere = {.kind = TD_SLOPE_UNKNOWN, .reason = "the point is not finite"};

td_slope td_differences_ask(td_differences *d, const td_direction *u, int cotangent, bool thorough)
{
    td_curve c;
    return follow(d, u, cotangent, &c) ? td_curve_slope(&c, thorough) : nowhere;
}

td_slope td_differences_trace(td_differences *d, const td_direction *u, int cotangent, const td_claimed *claim, td_tracing *out)
{
    td_curve c;
    if (!follow(d, u, cotangent, &c)) return nowhere;
    td_slope s = td_curve_slope_fine(&c);
    td_curve_trace(&c, claim, &s, out);
    return s;
}

void td_differences_doubt(td_differences *d, const td_answer *value)
{
    d->value = value;
}

const char *td_differences_mute(const td_differences *d)
{
    return d->mute;
}

bool td_differences_step(const td_differences *d)
{
    return d->steps;
}

/* ---- opening ----------------------------------------------------------------------------------------------------- */

static bool widen(td_differences *d)
{
    int64_t room = 1;
    for (int i = 0; i < d->p->n; i++) {
        const td_input *in = &d->p->in[i];
        d->leaf[i] = in->smooth ? NULL : td_problem_leaf(d->p, d->c, i);
        if (!in->smooth) continue;
        d->x[i] = malloc((size_t)(2 * in->numel + 1) * sizeof **d->x);
        if (!d->x[i]) return false;
        d->way[i] = d->x[i] + in->numel;
        for (int64_t j = 0; j < in->numel; j++) d->x[i][j] = td_input_at(in, j);
        d->leaf[i] = leaf_of(d, i, d->x[i]);
        room = in->numel > room ? in->numel : room;
    }
    d->shifted = malloc((size_t)room * sizeof *d->shifted);
    return d->shifted != NULL;
}

/* Inputs come as f64, so what depends on them is f32 after a node that takes the one and gives the other. */
static bool rounds_to_single(const td_context *c)
{
    for (int64_t k = 0; k < td_node_count(c); k++) {
        const td_tensor *y = td_node(c, k);
        for (int i = 0; y->dtype == TD_F32 && i < y->n_in; i++) if (y->in[i]->dtype == TD_F64) return true;
    }
    return false;
}

static bool has_steps(const td_context *c)
{
    for (int64_t k = 0; k < td_node_count(c); k++) {
        const td_op *op = td_node(c, k)->op;
        if (op && op->steps) return true;
    }
    return false;
}

static bool find_result(td_differences *d)
{
    for (int i = 0; i < d->p->n; i++) d->moved[i] = d->leaf[i];
    td_tensor *y = td_problem_run(d->p, d->c, d->moved);
    if (!td_error(d->c)) td_data(y);
    snprintf(d->refusal, sizeof d->refusal, "the program does not run on f64 inputs: %.140s", td_message(d->c));
    if (td_error(d->c)) d->mute = d->refusal;
    else if (td_dtype_of(y) != TD_F64 && td_dtype_of(y) != TD_F32) d->mute = "the result has no slope";
    else if (td_has_detached(d->c)) d->mute = "the program detaches a value, which differences can't see";
    else if (td_numel(y) == 0) d->mute = "the result is empty";
    d->numel = d->mute ? 0 : td_numel(y);
    d->single = rounds_to_single(d->c);
    d->steps = has_steps(d->c);
    d->w = calloc((size_t)(5 * d->numel + 1), sizeof *d->w);
    if (!d->w) return false;
    d->y0 = d->w + d->numel;
    d->y = d->w + 2 * d->numel;
    d->other = d->w + 3 * d->numel;
    d->grain = d->w + 4 * d->numel;
    bool ok = d->mute || td_read(y, d->y0) == TD_OK;
    td_clear_error(d->c);
    td_release(d->c, d->start);
    return ok;
}

td_differences *td_differences_open(const td_problem *p)
{
    td_differences *d = calloc(1, sizeof *d);
    if (!d) return NULL;
    d->p = p;
    d->c = td_problem_open(p, td_eval_engine());
    d->leaf = calloc((size_t)p->n + 1, sizeof *d->leaf);
    d->moved = calloc((size_t)p->n + 1, sizeof *d->moved);
    d->x = calloc((size_t)p->n + 1, sizeof *d->x);
    d->way = calloc((size_t)p->n + 1, sizeof *d->way);
    bool ok = d->c && d->leaf && d->moved && d->x && d->way && widen(d);
    if (ok) d->start = td_mark(d->c);
    if (ok && find_result(d)) return d;
    td_differences_close(d);
    return NULL;
}

void td_differences_close(td_differences *d)
{
    if (!d) return;
    td_close(d->c);
    for (int i = 0; d->x && i < d->p->n; i++) free(d->x[i]);
    free(d->x);
    free(d->way);
    free(d->leaf);
    free(d->moved);
    free(d->shifted);
    free(d->w);
    free(d);
}
