/* programs.h: what the example programs share: parameters that descend. */
#ifndef TD_PROGRAMS_H
#define TD_PROGRAMS_H

#include "cli.h"

/* numbers as a constant of a dtype; and x's values as a leaf, which a parameter must be */
td_tensor *td_leaf(td_context *c, td_tensor *x);
td_tensor *td_numbers(td_context *c, td_dtype dtype, int rank, const int64_t *size, const double *values);
/* One plain gradient step on all n parameters; returns the loss before it. */
double     td_descend(td_context *c, td_program *f, int n, td_tensor *const *in, void *user, double rate);

/* Training until the loss is below `below`, checked at start, middle and end.  False: s->trouble. */
typedef struct td_training {
    td_program *f;
    void       *user;
    int         n;
    double      rate, below;
    int         most;              /* steps; not below by then is trouble */
} td_training;
bool td_train(td_session *s, td_context *c, const td_training *t, td_tensor *const *in);

#endif
