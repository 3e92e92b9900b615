/* output.c: which entry of the result shows it, and by how much alone?
 *
 * Slopes are asked as <w, J u>, a sum over the result, weighted at random: one question for all of J's rows, whose number
 * nobody knows.  When it convicts, half of w is set to 0, and half of what is left, until one row shows the error: then the
 * question is put once more with a weight of 1, and the answers are one entry of J.  About 2 log2 m runs of each engine.
 *
 * A rule may be wrong for some cotangents only (it takes |g|, say); then nothing shows at a weight of 1, and the finding
 * stays as it was. */
#include "compare.h"
#include "explain.h"

#include <math.h>

typedef struct row_search {
    const td_problem *p;
    td_finding       *f;
    td_direction      u;
    td_answer         tape, dual;  /* the last answers */
} row_search;

/* Do the engines contradict each other with weights on [first, last) alone? */
static bool shows(row_search *s, int64_t first, int64_t last)
{
    td_plan plan = {.n_direction = 1, .direction = &s->u, .first = first, .last = last};
    td_testimony tape = {0}, dual = {0};
    bool asked = td_witness_tape.testify(s->p, &plan, &tape) == TD_OK && !tape.status;
    asked = asked && td_witness_dual.testify(s->p, &plan, &dual) == TD_OK && !dual.status;
    if (asked) s->tape = tape.slope[s->f->cotangent][0], s->dual = dual.slope[s->f->cotangent][0];
    td_testimony_free(&tape);
    td_testimony_free(&dual);
    return asked && td_compare(s->tape, s->dual) == TD_DISAGREE;
}

static td_answer divided(td_answer a, double w)
{
    double v = a.value / w;
    return (td_answer){v, a.bound / fabs(w) + 0x1p-53 * fabs(v)};
}

/* One number has one weight. */
static void unweigh(const td_problem *p, td_finding *f)
{
    double w = td_cotangent_at(p, f->cotangent, 0);
    f->tape = divided(f->tape, w);
    f->dual = divided(f->dual, w);
    f->differences = divided(f->differences, w);
    f->left /= w;
    f->right /= w;
    f->output = 0;
}

void td_locate_output(const td_problem *p, int64_t results, td_finding *f)
{
    if (f->asked != TD_ASKED_SLOPE || f->output >= 0) return;
    if (results > TD_LARGE) return;        /* it is left at the weighted sum */
    if (results == 1) {
        unweigh(p, f);
        return;
    }
    row_search s = {.p = p, .f = f, .u = {.input = f->input, .coordinate = f->coordinate}};
    if (f->coordinate < 0 || td_compare(f->tape, f->dual) != TD_DISAGREE) return;
    int64_t first = 0, last = results;
    while (last - first > 1) {
        int64_t middle = first + (last - first) / 2;
        if (shows(&s, first, middle)) last = middle;
        else if (shows(&s, middle, last)) first = middle;
        else return;
    }
    if (!shows(&s, first, last)) return;
    f->tape = s.tape, f->dual = s.dual;
    f->differences = (td_answer){NAN, NAN};        /* that was of the sum */
    f->left = f->right = NAN;
    f->output = first;
}
