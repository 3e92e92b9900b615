/* figures.c: what a report draws of a C function: the worst entry in all its steps, and the map of the Jacobian. */
#include "figures.h"
#include "function/trial.h"

#include <math.h>
#include <stdlib.h>

/* ---- the map ------------------------------------------------------------------------------------------------------ */

/* The claims at question e against what was measured there. */
static td_spot spot_of(const td_trial *t, int64_t e)
{
    td_spot s = {0, e, 0, TD_AGREE};
    td_answer measured = {t->slope[e].value, t->slope[e].error};
    for (int i = 0; i < t->f->n_claim; i++) {
        if (!isnan(measured.value)) s.error = fmax(s.error, td_error_share(t->answer[i * t->all + e], measured));
        if (t->wrong[i * t->all + e]) s.verdict = TD_DISAGREE;
    }
    return s;
}

/* Entries of the Jacobian, or, where there are too many, nothing: sums over random directions have no place. */
static void take_map(const td_trial *t, td_figures *g)
{
    if (!t->whole || t->skip_differences) return;
    g->plane[g->n_plane++] = (td_plane){0, t->f->m, t->f->n};
    for (int64_t e = 0; e < t->all; e++) td_spot_add(g, e, t->all, spot_of(t, e));
}

/* ---- the question ------------------------------------------------------------------------------------------------- */

/* The one that disagrees; else the one whose claim is farthest from what was measured, in error bars. */
static int64_t choose(const td_trial *t)
{
    int64_t worst = t->entry;
    double most = -1;
    for (int64_t e = 0; t->strain == 0 && e < t->all; e++) {
        double off = fabs(t->answer[e].value - t->slope[e].value) / t->slope[e].error;
        if (off > most && isfinite(off)) worst = e, most = off;
    }
    return worst;
}

static td_direction coordinate(int64_t i)
{
    return (td_direction){0, i, i, i + 1, 0};
}

/* The claim, and another one that can say the same. */
static void answer(const td_trial *t, const td_questions *q, int claim, td_finding *f)
{
    int other = claim ? 0 : 1;
    if (!td_claim_answer(t->f, &t->f->claim[claim], q, td_hash(t->f->seed, 100), &f->tape)) f->tape.value = NAN;
    f->by = t->f->claim[claim].routine.name;
    if (other >= t->f->n_claim) return;
    if (!td_claim_answer(t->f, &t->f->claim[other], q, td_hash(t->f->seed, 100), &f->dual)) f->dual.value = NAN;
    f->against = t->f->claim[other].routine.name;
}

void td_trial_figures(td_trial *t)
{
    td_finding *f, w = t->r->worst;
    bool told = t->strain > 0 && w.coordinate >= 0 && w.output >= 0 && w.asked == t->f->asked;
    td_figures *g = t->r->figures && t->strain == 0 ? NULL : td_figures_new();
    if (!g) return;
    free(t->r->figures);           /* of the first derivatives, which agreed */
    t->r->figures = g;
    take_map(t, g);
    int64_t e = choose(t);
    td_direction u = told ? coordinate(w.coordinate) : t->q.u[e % t->q.n_u];
    td_direction v = told ? coordinate(w.output) : t->q.w[e / t->q.n_u];
    td_questions q = {1, 1, &u, &v};
    td_curves *c = t->skip_differences ? NULL : td_curves_open(t->f, t->y0, &q, &u);
    if (!c) return;
    f = &g->asked;
    *f = (td_finding){.verdict = t->r->verdict, .alone = told ? w.alone : TD_NOBODY, .asked = t->f->asked,
                      .coordinate = u.coordinate, .output = v.coordinate, .tape = f->tape, .dual = f->dual};
    answer(t, &q, t->strain > 0 ? t->culprit : 0, f);
    const td_claimed claim = {{f->tape, f->dual}, NAN};
    td_slope s = td_curves_trace(c, 0, &claim, &g->trace);
    td_figure_slope(f, &s);
    td_curves_close(c);
}
