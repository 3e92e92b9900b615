/* figures.c: what a report draws of a check: one question in all its steps, and the error of every coordinate asked.
 *
 * Collected when the verdict stands, and only where it is wished for: nothing here can change it.  The question is the one
 * that disagrees, or that agreed with the least to spare. */
#include "check.h"
#include "figures.h"

#include <limits.h>
#include <math.h>
#include <stdlib.h>

/* ---- the histogram ------------------------------------------------------------------------------------------------ */

static double unit_of(double v, bool single)
{
    double size = fmax(fabs(v), single ? 0x1p-126 : 0x1p-1022);
    return ldexp(1, ilogb(size) - (single ? 23 : 52));
}

int td_ulp_bin(td_answer a, td_answer b, bool single)
{
    double off = fabs(a.value - b.value), ulps = off / unit_of(fmax(fabs(a.value), fabs(b.value)), single);
    if (a.value == b.value || (isnan(a.value) && isnan(b.value))) return 0;
    if (!isfinite(ulps)) return TD_ULP_BINS - 1;
    int k = 1;
    for (double most = 0.5; k < TD_ULP_BINS - 1 && ulps > most; most *= 2) k++;
    return k;
}

/* ---- the map ------------------------------------------------------------------------------------------------------ */

double td_error_share(td_answer a, td_answer b)
{
    double size = fmax(fabs(a.value), fabs(b.value)), off = fabs(a.value - b.value);
    if (a.value == b.value || (isnan(a.value) && isnan(b.value))) return 0;
    return isfinite(off) ? off / size : INFINITY;
}

static void add_plane(td_figures *g, const td_input *in, int input)
{
    int64_t columns = in->rank ? in->size[in->rank - 1] : 1;
    if (!in->smooth || !in->numel || g->n_plane == TD_PLANES) return;
    g->plane[g->n_plane++] = (td_plane){input, in->numel / columns, columns};
}

static bool has_plane(const td_figures *g, int input)
{
    bool has = false;
    for (int i = 0; i < g->n_plane; i++) has = has || g->plane[i].input == input;
    return has;
}

void td_spot_add(td_figures *g, int64_t k, int64_t n, td_spot s)
{
    int at = n <= TD_SPOTS ? (int)k : (int)(k * TD_SPOTS / n);
    s.error = td_digits_kept(s.error);
    if (at >= g->n_spot) g->spot[g->n_spot++] = s;
    else if (td_rank_of(s.verdict) > td_rank_of(g->spot[at].verdict) || s.error > g->spot[at].error) g->spot[at] = s;
}

static td_spot spot_of(const td_examination *k, int q)
{
    const td_direction *d = &k->plan.direction[q];
    td_spot s = {d->input, d->coordinate, 0, TD_AGREE};
    for (int c = 0; c < td_plan_cotangents(&k->plan); c++) {
        td_finding f = td_finding_of(TD_ASKED_SLOPE, d->input, d->coordinate, k->tape.slope[c][q], k->dual.slope[c][q]);
        td_judge_alone(k, &f, k->dual.mass[q]);
        s.error = fmax(s.error, td_error_share(f.tape, f.dual));
        if (td_rank_of(f.verdict) > td_rank_of(s.verdict)) s.verdict = f.verdict;
    }
    return s;
}

static bool is_spot(const td_examination *k, const td_figures *g, int q)
{
    const td_direction *d = &k->plan.direction[q];
    return d->coordinate >= 0 && has_plane(g, d->input);
}

static void take_map(const td_examination *k, td_figures *g)
{
    int64_t n = 0, at = 0;
    for (int i = 0; i < k->p->n; i++) add_plane(g, &k->p->in[i], i);
    for (int q = 0; q < k->plan.n_direction; q++) n += is_spot(k, g, q);
    for (int q = 0; q < k->plan.n_direction; q++) if (is_spot(k, g, q)) td_spot_add(g, at++, n, spot_of(k, q));
}

/* ---- the question ------------------------------------------------------------------------------------------------- */

/* That of the worst finding, if it is of a slope along a coordinate; else the worst that was asked.  False: no slope. */
static bool choose(const td_examination *k, td_finding *f, td_direction *u)
{
    const td_finding *w = &k->r->worst;
    bool told = w->verdict == TD_DISAGREE && w->asked == TD_ASKED_SLOPE && w->input >= 0 && w->coordinate >= 0, any = told;
    if (told) *f = *w, *u = (td_direction){.input = w->input, .coordinate = w->coordinate};
    for (int q = 0; !told && q < k->plan.n_direction; q++) {
        const td_direction *d = &k->plan.direction[q];
        td_finding g = td_finding_of(TD_ASKED_SLOPE, d->input, d->coordinate, k->tape.slope[0][q], k->dual.slope[0][q]);
        td_judge_alone(k, &g, k->dual.mass[q]);
        if (any && !td_is_worse(&g, f)) continue;
        any = true;
        *f = g, *u = *d;
    }
    return any;
}

/* Both engines asked this question alone, and the tape for the second derivative along it. */
static bool answer(const td_examination *k, td_finding *f, const td_direction *u, double *second)
{
    td_direction along = *u;
    td_pair pair = {along, along};
    bool small = td_problem_coordinates(k->p) <= TD_LARGE;
    td_plan plan = {.n_direction = 1, .direction = &along, .n_pair = small, .pair = &pair, .lean = true};
    td_testimony tape = {0}, dual = {0};
    if (f->output >= 0) plan.first = f->output, plan.last = f->output + 1;
    bool ok = td_witness_tape.testify(k->p, &plan, &tape) == TD_OK && td_witness_dual.testify(k->p, &plan, &dual) == TD_OK;
    f->tape = f->dual = (td_answer){NAN, NAN};
    *second = NAN;
    if (ok && tape.slope[0]) f->tape = tape.slope[0][0];
    if (ok && dual.slope[0]) f->dual = dual.slope[0][0];
    if (ok && small && tape.second) *second = tape.second[0].value;
    td_testimony_free(&tape);
    td_testimony_free(&dual);
    return ok;
}

void td_figure_slope(td_finding *f, const td_slope *s)
{
    bool kink = s->kind == TD_SLOPE_KINK;
    f->differences = (td_answer){NAN, NAN};
    if (s->kind == TD_SLOPE_SMOOTH) f->differences = (td_answer){s->value, 10 * s->error};
    f->left = kink ? s->left : NAN;
    f->right = kink ? s->right : NAN;
    f->quad = false;
}

static void measure(td_examination *k, td_figures *g, const td_direction *u, double second)
{
    td_finding *f = &g->asked;
    int cotangent = f->output >= 0 && f->output < INT_MAX - TD_COTANGENTS ? TD_COTANGENTS + (int)f->output : 0;
    const td_claimed claim = {{f->tape, f->dual}, second};
    if ((k->o.skip & TD_SKIP_DIFFERENCES) || !td_open_differences(k) || td_differences_mute(k->fd)) return;
    td_slope s = td_differences_trace(k->fd, u, cotangent, &claim, &g->trace);
    if (!f->quad) td_figure_slope(f, &s);
}

static void take_question(td_examination *k, td_figures *g)
{
    td_direction u;
    double second;
    if (!choose(k, &g->asked, &u)) return;
    g->asked.cotangent = 0;
    if (k->plan.n_direction && answer(k, &g->asked, &u, &second)) measure(k, g, &u, second);
}

td_figures *td_figures_new(void)
{
    td_figures *g = calloc(1, sizeof *g);
    td_answer none = {NAN, NAN};
    if (!g) return NULL;
    g->asked = (td_finding){.asked = TD_ASKED_SLOPE, .verdict = TD_INCONCLUSIVE, .input = TD_NO_FINDING, .coordinate = -1,
                            .output = -1, .tape = none, .dual = none, .differences = none, .left = NAN, .right = NAN};
    g->trace = (td_tracing){.fine = NAN, .chosen = NAN, .coarse = NAN, .order = {NAN, NAN, NAN}};
    return g;
}

static bool is_on_plane(const td_figures *g, const td_spot *s)
{
    bool on = false;
    for (int i = 0; i < g->n_plane; i++) {
        const td_plane *p = &g->plane[i];
        on = on || (p->input == s->input && s->coordinate >= 0 && s->coordinate < p->rows * p->columns);
    }
    return on;
}

bool td_figures_are_sound(const td_figures *g)
{
    bool ok = g->n_plane >= 0 && g->n_plane <= TD_PLANES && g->n_spot >= 0 && g->n_spot <= TD_SPOTS &&
              g->trace.n >= 0 && g->trace.n <= TD_TRACE_STEPS;
    for (int i = 0; ok && i < g->n_plane; i++) {
        const td_plane *p = &g->plane[i];
        ok = p->rows > 0 && p->columns > 0 && p->rows <= INT64_MAX / p->columns / TD_SPOTS;
    }
    for (int i = 0; ok && i < g->n_spot; i++) ok = (unsigned)g->spot[i].verdict <= TD_KINK && is_on_plane(g, &g->spot[i]);
    return ok;
}

void td_figures_take(td_examination *k)
{
    td_figures *g = td_figures_new();
    k->r->figures = g;
    if (!g || k->tape.status || !k->tape.slope[0] || !k->dual.slope[0]) return;
    take_map(k, g);
    take_question(k, g);
    g->asked.reason[0] = 0;
}
