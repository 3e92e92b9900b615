/* shrink.c: the smallest program that still fails.
 *
 * First the result: the earliest step that fails as result.  Then, from the end, each step is made an input with the values
 * it has, which cuts off all that led to it.  Then numbers become short ones.  What nothing uses any more is left out.
 *
 * In the same way a step is taken out of its program, to be looked at alone. */
#include "fuzz/steps.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef struct shrinking {
    td_steps *best, *trial;        /* best: the caller's; trial: owned */
    bool    (*fails)(td_steps *p, void *user);
    void     *user;
} shrinking;

/* ---- leaving out ------------------------------------------------------------------------------------------------- */

static void mark_used(const td_steps *p, bool *step, bool *input)
{
    step[p->n_step - 1] = true;
    for (int k = p->n_step - 1; k >= 0; k--) {
        for (int i = 0; step[k] && i < p->step[k].n; i++) {
            td_value v = p->step[k].in[i];
            if (v < 0) input[~v] = true;
            else step[v] = true;
        }
    }
}

static void leave_out_unused(td_steps *p)
{
    bool step[TD_MOST_STEPS] = {0}, input[TD_MOST_INPUTS] = {0};
    int new_step[TD_MOST_STEPS], new_input[TD_MOST_INPUTS], n = 0, m = 0;
    mark_used(p, step, input);
    for (int i = 0; i < p->n_input; i++) {
        new_input[i] = m;
        if (input[i]) p->input[m++] = p->input[i];
    }
    for (int k = 0; k < p->n_step; k++) {
        new_step[k] = n;
        if (!step[k]) continue;
        td_step *s = &p->step[n++];
        *s = p->step[k];
        for (int i = 0; i < s->n; i++) s->in[i] = s->in[i] < 0 ? ~new_input[~s->in[i]] : new_step[s->in[i]];
    }
    p->n_input = m;
    p->n_step = n;
}

static bool try(shrinking *s)
{
    leave_out_unused(s->trial);
    if (!s->fails(s->trial, s->user)) return false;
    *s->best = *s->trial;
    return true;
}

/* ---- the result -------------------------------------------------------------------------------------------------- */

static void cut_the_end(shrinking *s)
{
    for (int k = 0; k < s->best->n_step - 1; k++) {
        *s->trial = *s->best;
        s->trial->n_step = k + 1;
        if (try(s)) return;
    }
}

/* ---- the beginning ----------------------------------------------------------------------------------------------- */

/* Result k of p as a new input; false: its values can't be had. */
static bool freeze(td_steps *p, int k)
{
    td_input in[TD_MOST_INPUTS];
    td_steps *start = malloc(sizeof *start);
    td_context *c = td_open(&(td_options){.engine = td_eval_engine(), .threads = 1});
    td_tensor *leaf[TD_MOST_INPUTS], *y = NULL;
    if (start) *start = *p, start->n_step = k + 1;
    for (int i = 0; start && c && i < p->n_input; i++) leaf[i] = td_step_leaf(c, &p->input[i]);
    td_problem q = {0};
    if (start && c) q = td_steps_problem(start, in, 0), y = td_problem_run(&q, c, leaf);
    const void *data = y ? td_data(y) : NULL;
    bool ok = data && td_numel(y) <= TD_STEP_NUMEL && p->n_input < TD_MOST_INPUTS;
    if (ok) {
        td_step_input *x = &p->input[p->n_input++];
        *x = (td_step_input){.dtype = td_dtype_of(y), .rank = td_rank(y), .numel = td_numel(y)};
        for (int a = 0; a < x->rank; a++) x->size[a] = td_size(y, a);
        memcpy(&x->number, data, (size_t)x->numel * td_dtype_size(x->dtype));
    }
    td_close(c);
    free(start);
    return ok;
}

bool td_steps_alone(const td_steps *p, int k, td_steps *out)
{
    *out = *p;
    td_step s = p->step[k];
    for (int i = 0; i < s.n; i++) {
        if (s.in[i] < 0) continue;
        if (!freeze(out, s.in[i])) return false;
        s.in[i] = ~(out->n_input - 1);
    }
    out->step[0] = s;
    out->n_step = 1;
    return true;
}

static void use_instead(td_steps *p, td_value old, td_value new)
{
    for (int k = 0; k < p->n_step; k++) {
        for (int i = 0; i < p->step[k].n; i++) if (p->step[k].in[i] == old) p->step[k].in[i] = new;
    }
}

static void cut_the_beginning(shrinking *s)
{
    for (int k = s->best->n_step - 2; k >= 0; k--) {
        if (k > s->best->n_step - 2) continue;
        *s->trial = *s->best;
        if (!freeze(s->trial, k)) continue;
        use_instead(s->trial, k, ~(s->trial->n_input - 1));
        try(s);
    }
}

/* ---- numbers ----------------------------------------------------------------------------------------------------- */

static void round_number(shrinking *s, int input, int64_t i)
{
    static const double unit[] = {1, 8, 1024};
    const td_step_input *x = &s->best->input[input];
    double v = x->dtype == TD_F64 ? x->number.f64[i] : (double)x->number.f32[i];
    for (int k = 0; k < 3 && v * unit[k] != rint(v * unit[k]); k++) {
        *s->trial = *s->best;
        td_step_number(&s->trial->input[input], i, rint(v * unit[k]) / unit[k]);
        if (try(s)) return;
    }
}

static void round_numbers(shrinking *s)
{
    for (int input = 0; input < s->best->n_input; input++) {
        td_dtype d = s->best->input[input].dtype;
        if (d != TD_F64 && d != TD_F32) continue;
        for (int64_t i = 0; i < s->best->input[input].numel; i++) round_number(s, input, i);
    }
}

void td_steps_shrink(td_steps *p, bool (*fails)(td_steps *p, void *user), void *user)
{
    shrinking s = {p, malloc(sizeof *s.trial), fails, user};
    if (!s.trial) return;
    cut_the_end(&s);
    cut_the_beginning(&s);
    round_numbers(&s);
    free(s.trial);
}
