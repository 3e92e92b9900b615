/* kink.c: the engines agree with each other and differences object: a fault of both, or a kink of the function?
 *
 * At a kink a slope is a convention, and conventions do not add up: relu(x) - relu(-x) is x, and the engines' rules, each
 * right, give 0 for its slope at 0.  Kinks are of measure 0, faults are not.  So the same question is asked at points
 * nearby, moved at random by about 2^-20 of their size: who is still contradicted there is wrong.
 *
 * A tie that rounding could break leaves a slope without a bound: next to the point, at a distance of rounding, it is
 * another. */
#include "check.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { NEARBY = 3 };

static double largest(const td_input *in)
{
    double most = 0;
    for (int64_t i = 0; i < in->numel; i++) {
        double v = fabs(td_input_at(in, i));
        if (isfinite(v) && v > most) most = v;
    }
    return most > 0 ? most : 1;
}

/* in's values, each moved by about that share; owned by the caller. */
static void *moved(const td_input *in, uint64_t seed, double share)
{
    if (in->dtype == TD_F32) share = fmax(share, 0x1p-20);
    double zero = largest(in) * share;
    void *values = malloc((size_t)(in->numel + 1) * sizeof(double));
    for (int64_t i = 0; values && i < in->numel; i++) {
        double v = td_input_at(in, i), step = td_signed_magnitude(td_hash(seed, (uint64_t)i));
        v = v == 0 ? step * zero : v * (1 + share * step);
        if (in->dtype == TD_F32) ((float *)values)[i] = (float)v;
        else ((double *)values)[i] = v;
    }
    return values;
}

static td_slope slope_in_quad(const td_problem *p, const td_testimony *tape, const td_direction *d)
{
    td_slope s = {.kind = TD_SLOPE_UNKNOWN, .reason = "no answer in quad"};
    td_quads *quads = td_quads_open(p, tape);
    if (quads && !td_quads_mute(quads)) s = td_quads_ask(quads, d, 0, true);
    td_quads_close(quads);
    return s;
}

/* What differences say of the tape's slope along direction d at p. */
static td_fd_outcome outcome_at(const td_problem *p, td_direction d, bool quad)
{
    td_plan plan = {.n_direction = 1, .direction = &d};
    td_testimony tape = {0}, dual = {0};
    td_fd_outcome o = TD_FD_UNDECIDED;
    td_differences *fd = quad ? NULL : td_differences_open(p);
    bool asked = (quad || (fd && !td_differences_mute(fd))) && td_witness_tape.testify(p, &plan, &tape) == TD_OK;
    asked = asked && !tape.status && td_witness_dual.testify(p, &plan, &dual) == TD_OK;
    if (asked) {
        const char *reason;
        td_answer claim = tape.slope[0][0];
        if (dual.status && !isfinite(claim.bound)) claim.bound = fabs(claim.value) / 100;
        td_slope s = quad ? slope_in_quad(p, &tape, &d) : td_differences_ask(fd, &d, 0, true);
        o = td_compare_slope(&s, claim, dual.mass[0], &reason);
    }
    td_differences_close(fd);
    td_testimony_free(&tape);
    td_testimony_free(&dual);
    return o;
}

static void leave(td_input *in, int n)
{
    for (int i = 0; in && i < n; i++) if (in[i].smooth) free((void *)in[i].values);
    free(in);
}

/* The inputs of a point nearby; the caller leaves it.  NULL: no memory. */
static td_input *go_near(const td_problem *p, uint64_t seed, double share)
{
    td_input *in = calloc((size_t)p->n + 1, sizeof *in);
    bool ok = in != NULL;
    if (in) memcpy(in, p->in, (size_t)p->n * sizeof *in);
    for (int i = 0; in && i < p->n; i++) {
        if (in[i].smooth) ok = (in[i].values = moved(&in[i], td_hash(seed, (uint64_t)i), share)) != NULL && ok;
    }
    if (ok) return in;
    leave(in, p->n);
    return NULL;
}

static td_fd_outcome outcome_near(const td_examination *k, int q, uint64_t seed, bool quad)
{
    td_problem p = *k->p;
    td_input *in = go_near(k->p, seed, 0x1p-20);
    p.in = in;
    td_fd_outcome o = in ? outcome_at(&p, k->plan.direction[q], quad) : TD_FD_UNDECIDED;
    leave(in, p.n);
    return o;
}

bool td_kink_is_isolated(const td_examination *k, int q, bool quad)
{
    for (int n = 0; n < NEARBY; n++) {
        if (outcome_near(k, q, td_hash(k->o.seed ^ UINT64_C(0x41c4), (uint64_t)n), quad) == TD_FD_DISAGREED) return false;
    }
    return true;
}

bool td_slope_jumps(const td_examination *k, const td_finding *f)
{
    bool jumps = false;
    for (int n = 0; n < NEARBY && !jumps; n++) {
        td_direction u = {.input = f->input, .coordinate = f->coordinate};
        td_plan plan = {.n_direction = 1, .direction = &u};
        td_testimony tape = {0};
        td_problem p = *k->p;
        td_input *in = go_near(k->p, td_hash(k->o.seed ^ UINT64_C(0x71e), (uint64_t)n), 0x1p-46);
        p.in = in;
        if (in && td_witness_tape.testify(&p, &plan, &tape) == TD_OK && !tape.status) {
            double there = tape.slope[f->cotangent][0].value, size = fmax(fabs(there), fabs(f->tape.value));
            jumps = fabs(there - f->tape.value) > size / 100;
        }
        td_testimony_free(&tape);
        leave(in, p.n);
    }
    return jumps;
}
