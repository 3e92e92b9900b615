/* optim.h: what the files of this room share: an optimiser, and what a rule sees of one piece of one parameter.
 *
 * A step is one pass: parameter, gradient and state are read and written together, element by element, in pieces that
 * depend on the size alone.  State tensors are leaves of the parameters' context and have their dtype and shape. */
#ifndef TD_OPTIM_OPTIM_H
#define TD_OPTIM_OPTIM_H

#include "triad_engine.h"

enum { TD_OPTIM_STATES = 3, TD_OPTIM_POWERS = 2 };

/* Numbers of a rule, the same for all elements of a step. */
typedef struct td_optim_numbers {
    double lr, decay, first, second, eps, dampening;
    double lr_decay, rate;           /* Adagrad: lr / (1 + lr_decay (t - 1)), t the number of this step */
    double scale1, scale2;           /* of this step: 1 / (1 - beta1^t), 1 / sqrt(1 - beta2^t) */
    bool   flag, started;            /* nesterov, amsgrad, centered; was there a step before this one */
} td_optim_numbers;

/* Elements begin .. end of x -= ...; s: its states.  Of float or double, as the rule was made for. */
typedef void td_optim_rule(const td_optim_numbers *k, int64_t begin, int64_t end, void *x, const void *g, void *const *s);

typedef struct td_optim_kind {
    const char    *name;
    td_optim_rule *rule[2];          /* of f32, of f64; NULL: no rule element by element */
    int            states;
} td_optim_kind;

struct td_optimiser {
    const td_optim_kind *kind;
    td_context          *context;
    td_optim_numbers     k;
    int                  n;
    td_tensor          **parameter;  /* in the arena, as all below */
    td_tensor          **state;      /* n times kind->states, parameter by parameter */
    double               steps, beta[TD_OPTIM_POWERS], power[TD_OPTIM_POWERS];    /* power: beta^steps */
    struct td_lbfgs     *lbfgs;      /* NULL: another kind */
};

/* One for these parameters, with n * kind->states zero tensors; NULL after td_fail. */
td_optimiser *td_optim_new(const td_optim_kind *kind, int n, td_tensor *const *parameter, td_optim_numbers k);
/* Does `holds` of the number called `name`?  Else td_fail.  o may be NULL. */
td_optimiser *td_optim_check(td_optimiser *o, bool holds, const char *name, double value);

/* ---- L-BFGS: lbfgs.c ----------------------------------------------------------------------------------------------- */

td_status td_lbfgs_run(td_optimiser *o, td_program *loss, void *user, double *first);
/* All numbers it keeps, written to or read from `numbers` of td_lbfgs_count. */
int64_t   td_lbfgs_count(const td_optimiser *o);
void      td_lbfgs_store(const td_optimiser *o, double *numbers);
void      td_lbfgs_restore(td_optimiser *o, const double *numbers);

#endif
