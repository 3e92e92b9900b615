/* evidence.c: the gradient of one input, as the tape claims it and as the dual engine knows it.
 *
 * It is taken whole up to 4096 coordinates; of a larger one some coordinates are, at even distances, fewer the larger it
 * is, since each costs a run of the dual engine, TD_LANES at once.  Two cotangents show what one hides: of a permutation
 * all ones is blind, of a sum left out random weights are no constant factor.
 *
 * Before any pattern of explain.c one more question is put: is the claim the slope at another place?  A rule that reads the
 * result for the operand, or an operand that was overwritten in place, gives the right formula of wrong numbers. */
#include "explain.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { WHOLE = 4096, FEWEST = 16, PARTS = 3 };

typedef struct gathering {
    const td_problem *p;
    td_plan           plan;        /* its directions owned */
    int64_t          *at;          /* owned */
    double           *room;        /* owned; the looks lie in it */
    td_testimony      tape, dual;
    int               cotangent[TD_LOOKS];     /* that a look is of: the one that showed it, and all ones for the other */
    td_evidence       e;
} gathering;

static int64_t affordable(int64_t numel)
{
    int64_t n = (INT64_C(1) << 22) / (numel + 1);
    return numel <= WHOLE ? numel : n < FEWEST ? FEWEST : n;
}

static bool open(gathering *g, const td_finding *f)
{
    int input = f->input;
    int64_t numel = g->p->in[input].numel, n = affordable(numel);
    g->cotangent[TD_RANDOM] = f->cotangent;
    g->cotangent[TD_EVEN] = 1 - f->cotangent;
    g->plan = (td_plan){.n_direction = (int)n, .even = 1 + g->cotangent[TD_EVEN],
                        .direction = calloc((size_t)n + 1, sizeof(td_direction))};
    g->at = malloc((size_t)(n + 1) * sizeof *g->at);
    g->room = malloc((size_t)(PARTS * TD_LOOKS * n + 1) * sizeof *g->room);
    if (!g->plan.direction || !g->at || !g->room) return false;
    for (int64_t i = 0; i < n; i++) {
        g->at[i] = n == numel ? i : i * (numel - 1) / (n - 1);
        g->plan.direction[i] = (td_direction){.input = input, .coordinate = g->at[i]};
    }
    for (int k = 0; k < TD_LOOKS; k++) {
        double *from = g->room + PARTS * k * n;
        g->e.look[k] = (td_look){from, from + n, from + 2 * n};
    }
    g->e.n = n;
    g->e.at = g->at;
    g->e.whole = n == numel;
    g->e.x = &g->p->in[input];
    return true;
}

static bool ask(const td_witness *w, const td_problem *p, const td_plan *plan, td_testimony *out)
{
    return w->testify(p, plan, out) == TD_OK && !out->status;
}

static void fill(gathering *g)
{
    for (int k = 0; k < TD_LOOKS; k++) {
        for (int64_t i = 0; i < g->e.n; i++) {
            td_answer claim = g->tape.slope[g->cotangent[k]][i], truth = g->dual.slope[g->cotangent[k]][i];
            g->e.look[k].claim[i] = claim.value;
            g->e.look[k].truth[i] = truth.value;
            g->e.look[k].limit[i] = claim.bound + truth.bound;
        }
    }
}

static void shut(gathering *g)
{
    free(g->plan.direction);
    free(g->at);
    free(g->room);
    td_testimony_free(&g->tape);
    td_testimony_free(&g->dual);
}

/* ---- the slope at another place ---------------------------------------------------------------------------------- */

static bool same_claim(const gathering *g, const td_testimony *there)
{
    int64_t moved = 0;
    for (int k = 0; k < TD_LOOKS; k++) {
        for (int64_t i = 0; i < g->e.n; i++) {
            td_answer claim = g->tape.slope[g->cotangent[k]][i], t = there->slope[g->cotangent[k]][i];
            double limit = claim.bound + t.bound;
            if (!isfinite(limit) || !(fabs(claim.value - t.value) <= limit)) return false;
            moved += fabs(claim.value - g->e.look[k].truth[i]) > g->e.look[k].limit[i];
        }
    }
    return moved > 0;
}

/* The input's place taken by these values: does the truth there look like the claim here? */
static bool is_slope_at(const gathering *g, int input, const td_answer *values)
{
    td_problem p = *g->p;
    td_testimony there = {0};
    td_input *in = calloc((size_t)p.n + 1, sizeof *in);
    void *numbers = malloc((size_t)(g->e.x->numel + 1) * sizeof(double));
    bool same = false;
    if (in && numbers) {
        memcpy(in, p.in, (size_t)p.n * sizeof *in);
        for (int64_t i = 0; i < in[input].numel; i++) {
            if (in[input].dtype == TD_F32) ((float *)numbers)[i] = (float)values[i].value;
            else ((double *)numbers)[i] = values[i].value;
        }
        in[input].values = numbers;
        p.in = in;
        same = ask(&td_witness_dual, &p, &g->plan, &there) && same_claim(g, &there);
    }
    td_testimony_free(&there);
    free(numbers);
    free(in);
    return same;
}

static void look_elsewhere(const gathering *g, int input, char *text, size_t size)
{
    if (g->tape.numel != g->e.x->numel || !is_slope_at(g, input, g->tape.value)) return;
    snprintf(text, size, "the slope at the result's values instead of the operand's: the rule reads y for x, or x was "
             "overwritten in place before the rule read it (a stale saved value)");
}

static void explain_slope(const td_problem *p, const td_finding *f, int64_t results, char *text, size_t size)
{
    gathering g = {.p = p};
    int input = f->input;
    if (input >= 0 && p->in[input].numel && open(&g, f) && ask(&td_witness_tape, p, &g.plan, &g.tape) &&
        ask(&td_witness_dual, p, &g.plan, &g.dual)) {
        bool twin = p->n == 2 && p->in[1 - input].numel == p->in[input].numel;
        g.e.other = twin ? &p->in[1 - input] : NULL;
        g.e.results = results;
        g.e.f = f;
        fill(&g);
        look_elsewhere(&g, input, text, size);
        if (!text[0]) td_explain(&g.e, text, size);
    }
    shut(&g);
}

void td_explain_finding(const td_problem *p, const td_finding *f, int64_t results, char *text, size_t size)
{
    text[0] = 0;
    if (f->asked == TD_ASKED_SLOPE) explain_slope(p, f, results, text, size);
    if (f->asked == TD_ASKED_LAW) snprintf(text, size, "%s", f->reason);
    if (f->asked != TD_ASKED_SECOND) return;
    snprintf(text, size, "%s", f->tape.value == 0 ? "the tape takes the rule's slope for a constant, which it is not: "
             "td_detach, or numbers that were read and put in" : "the rule is right, and its own derivative is not");
}
