/* hard.h: correct functions at which checkers raise false alarms, and wrong twins of them, which must be convicted.
 *
 * A hard function is a program of one vector, in triad's ops.  In some a hole is left for one op, `inner`; a twin puts
 * there a user's op of the same values and definition, whose rule is wrong in one thing. */
#ifndef HARD_H
#define HARD_H

#include "triad_engine.h"
#include "triad_verify.h"

enum { HARD_VALUES = 8 };

typedef struct hard hard;
struct hard {
    const char *name;              /* also says what makes it hard */
    td_tensor *(*f)(td_tensor *x, const hard *h);
    int64_t     n;                 /* how many numbers x has */
    double      x[HARD_VALUES];    /* repeated up to n */
    double      a;                 /* a parameter of f */
    td_tensor *(*inner)(td_tensor *x);
    bool        f64_only;          /* in f32 it would be another function, or none: it overflows, say */
    const char *open;              /* the reason why nothing can be decided, if it can't */
    const td_op *op;               /* of a twin: in place of inner */
};

/* y = op(x): values and definition are those of the hard function's inner op, the rule is its own; or so are the values. */
typedef struct twin {
    const char *name;
    const char *of;                /* a hard function with a hole */
    void      (*rule)(td_pull *p);
    bool        scalar;            /* the result is one number */
    td_tensor *(*values)(td_tensor *x);   /* NULL: right ones */
} twin;

extern const hard HARD[];
extern const int  HARD_COUNT;
extern const twin TWIN[];
extern const int  TWIN_COUNT;

/* The program; user is a hard. */
td_tensor  *hard_run(td_context *c, td_tensor *const *in, void *user);
const hard *hard_named(const char *name);
td_tensor  *hard_input(td_context *c, const hard *h, td_dtype dtype);

/* The hard function with the twin's op in its hole; op lives as long as the result is used. */
hard        twin_of(int which, td_op *op);
td_tensor  *twin_apply(const td_op *op, td_tensor *x);

#endif
