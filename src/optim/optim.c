/* optim.c: what all optimisers have in common: parameters and state, the pass over them, the rate, saving and restoring.
 *
 * An optimiser and its state belong to the parameters' context and are made before the mark of a step, as the parameters
 * are.  A saved state is one line of numbers in .npy: what it is of, how many steps were made, then all state. */
#include "optim.h"

#include <math.h>
#include <string.h>

enum { GRAIN = 1 << 14 };

/* ---- making -------------------------------------------------------------------------------------------------------- */

static td_status accept(const td_optim_kind *kind, int i, const td_tensor *x)
{
    td_context *c = td_context_of(x);
    if (x->op) return td_fail(c, TD_ESTATE, "%s: parameter %d is a result, no leaf", kind->name, i);
    if (x->flags & TD_KEEPS) return td_error(c);
    return td_fail(c, TD_ESTATE, "%s: parameter %d keeps no gradient: call td_require_grad on it first", kind->name, i);
}

td_optimiser *td_optim_new(const td_optim_kind *kind, int n, td_tensor *const *parameter, td_optim_numbers k)
{
    td_context *c = n > 0 ? td_context_of(parameter[0]) : NULL;
    if (!c || td_error(c)) return NULL;
    for (int i = 0; i < n; i++) if (accept(kind, i, parameter[i])) return NULL;
    size_t        states = (size_t)n * (size_t)kind->states;
    td_optimiser *o = td_arena(c, sizeof *o);
    td_tensor   **table = td_arena(c, ((size_t)n + states) * sizeof *table);
    if (!o || !table) return NULL;
    *o = (td_optimiser){ .kind = kind, .context = c, .k = k, .n = n, .parameter = table, .state = table + n,
                         .power = { 1, 1 } };
    memcpy(o->parameter, parameter, (size_t)n * sizeof *parameter);
    for (size_t j = 0; j < states; j++) o->state[j] = td_zeros_like(parameter[j / (size_t)kind->states]);
    for (size_t j = 0; j < states; j++) td_data(o->state[j]);
    return td_optim_check(td_error(c) ? NULL : o, k.lr >= 0, "lr", k.lr);
}

td_optimiser *td_optim_check(td_optimiser *o, bool holds, const char *name, double value)
{
    if (!o || holds) return o;
    td_fail(o->context, TD_EVALUE, "%s: %s = %g", o->kind->name, name, value);
    return NULL;
}

/* ---- a step -------------------------------------------------------------------------------------------------------- */

typedef struct pass {
    td_optim_rule          *rule;
    const td_optim_numbers *k;
    void                   *x, *state[TD_OPTIM_STATES];
    const void             *g;
} pass;

static void pass_piece(int64_t begin, int64_t end, void *argument)
{
    const pass *p = argument;
    p->rule(p->k, begin, end, p->x, p->g, p->state);
}

/* The gradient is read first: it may be computed from the values that are then written over.  A parameter that nothing
 * reached stays as it is.  States that a rule has no use for are the first one again. */
static td_status move(td_optimiser *o, int i)
{
    td_tensor *x = o->parameter[i];
    int        states = o->kind->states;
    if (!x->grad) return TD_OK;
    pass p = { .rule = o->kind->rule[td_dtype_of(x) == TD_F64], .k = &o->k, .g = td_data(x->grad) };
    if (!p.g) return td_error(o->context);
    for (int j = 0; states > 0 && j < TD_OPTIM_STATES; j++) {
        p.state[j] = j < states ? td_overwrite(o->state[i * states + j]) : p.state[0];
        if (!p.state[j]) return td_error(o->context);
    }
    p.x = td_overwrite(x);
    if (!p.x) return td_error(o->context);
    td_parallel(o->context, td_numel(x), GRAIN, pass_piece, &p);
    return TD_OK;
}

/* What depends on how many steps there were, this one counted.  Powers are products: no library's pow. */
static void count_step(td_optimiser *o)
{
    o->k.started = o->steps > 0;
    o->steps++;
    for (int j = 0; j < TD_OPTIM_POWERS; j++) o->power[j] *= o->beta[j];
    o->k.scale1 = 1 / (1 - o->power[0]);
    o->k.scale2 = 1 / sqrt(1 - o->power[1]);
    o->k.rate = o->k.lr / (1 + (o->steps - 1) * o->k.lr_decay);
}

td_status td_optim_step(td_optimiser *o)
{
    if (!o) return TD_ESTATE;
    if (!o->kind->rule[0])
        return td_fail(o->context, TD_ESTATE, "%s: a step needs the loss as a program: td_optim_step_with", o->kind->name);
    for (int i = 0; i < o->n; i++)
        if (o->parameter[i]->grad && !td_data(o->parameter[i]->grad)) return td_error(o->context);
    count_step(o);
    td_status status = TD_OK;
    for (int i = 0; !status && i < o->n; i++) status = move(o, i);
    return status;
}

td_status td_optim_step_with(td_optimiser *o, td_program *loss, void *user, double *value)
{
    if (!o) return TD_ESTATE;
    if (o->lbfgs) return td_lbfgs_run(o, loss, user, value);
    td_context *c = o->context;
    td_marker   mark = td_mark(c);
    td_zero_grads(o->n, o->parameter);
    td_tensor *y = loss(c, o->parameter, user);
    td_status  status = td_backward(y);
    double     v = td_item(y);
    if (!status) status = td_optim_step(o);
    if (!status && value) *value = v;
    td_release(c, mark);
    return status;
}

void td_zero_grads(int n, td_tensor *const *parameter)
{
    for (int i = 0; i < n; i++) td_zero_grad(parameter[i]);
}

double td_learning_rate(const td_optimiser *o) { return o ? o->k.lr : NAN; }

void td_set_learning_rate(td_optimiser *o, double lr)
{
    if (td_optim_check(o, lr >= 0, "lr", lr)) o->k.lr = lr;
}

/* ---- saving and restoring ------------------------------------------------------------------------------------------- */

enum { HEAD = 5 };    /* a mark of the kind, steps, lr, both powers */

static double mark_of(const td_optim_kind *kind)
{
    uint32_t mark = (uint32_t)kind->states;
    for (const char *at = kind->name; *at; at++) mark = mark * 131 + (unsigned char)*at;
    return mark;
}

static int states_of(const td_optimiser *o) { return o->n * o->kind->states; }

static int64_t numbers_of(const td_optimiser *o)
{
    int64_t total = HEAD + (o->lbfgs ? td_lbfgs_count(o) : 0);
    for (int j = 0; j < states_of(o); j++) total += td_numel(o->state[j]);
    return total;
}

td_status td_save_optimiser(td_optimiser *o, const char *path)
{
    if (!o) return TD_ESTATE;
    td_marker mark = td_mark(o->context);
    int64_t   total = numbers_of(o), at = HEAD;
    double   *numbers = td_arena(o->context, (size_t)total * sizeof *numbers);
    if (!numbers) return td_error(o->context);
    double head[HEAD] = { mark_of(o->kind), o->steps, o->k.lr, o->power[0], o->power[1] };
    memcpy(numbers, head, sizeof head);
    for (int j = 0; j < states_of(o); at += td_numel(o->state[j]), j++)
        if (td_read(o->state[j], numbers + at)) return td_error(o->context);
    if (o->lbfgs) td_lbfgs_store(o, numbers + at);
    td_status status = td_save_npy(td_array(o->context, TD_F64, 1, &total, numbers), path);
    td_release(o->context, mark);
    return status;
}

static void put(td_tensor *state, void *to, const double *from)
{
    for (int64_t i = 0; i < td_numel(state); i++) {
        if (td_dtype_of(state) == TD_F64) ((double *)to)[i] = from[i];
        else ((float *)to)[i] = (float)from[i];
    }
}

static td_status restore(td_optimiser *o, const double *numbers)
{
    int64_t at = HEAD;
    for (int j = 0; j < states_of(o); at += td_numel(o->state[j]), j++) {
        void *to = td_overwrite(o->state[j]);
        if (!to) return td_error(o->context);
        put(o->state[j], to, numbers + at);
    }
    o->steps = numbers[1];
    o->k.lr = numbers[2];
    o->power[0] = numbers[3];
    o->power[1] = numbers[4];
    if (o->lbfgs) td_lbfgs_restore(o, numbers + at);
    return TD_OK;
}

td_status td_load_optimiser(td_optimiser *o, const char *path)
{
    if (!o) return TD_ESTATE;
    td_marker     mark = td_mark(o->context);
    td_tensor    *x = td_load_npy(o->context, path);
    int64_t       has = td_numel(x), wants = numbers_of(o);
    const double *numbers = td_dtype_of(x) == TD_F64 ? td_data(x) : NULL;
    td_status     status = td_error(o->context);
    if (!status && (!numbers || has != wants || numbers[0] != mark_of(o->kind)))
        status = td_fail(o->context, TD_EVALUE, "%s: %s holds %lld numbers, and not the %lld of this optimiser's state",
                         o->kind->name, path, (long long)has, (long long)wants);
    if (!status) status = restore(o, numbers);
    td_release(o->context, mark);
    return status;
}
