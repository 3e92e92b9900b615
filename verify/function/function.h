/* function.h: a C function under judgement: the door through which it is called, its claims, its curves.
 *
 * A map is what is judged at one time: a routine for y(x), R^n -> R^m, and claims about its Jacobian J.  The function
 * itself is one map; its gradient, with Hessian and HVP for claims, is another.  A question is a pair (w_k, u_q): what is
 * w'J u? Directions are coordinates or random; answers to all questions stand row by row, one row a w. */
#ifndef TD_FUNCTION_H
#define TD_FUNCTION_H

#include "function/buffer.h"
#include "witness.h"

/* ---- the door: function/call.c ----------------------------------------------------------------------------------- */

/* One of the user's functions, whatever its type; the counts are of real numbers. */
typedef struct td_routine {
    const char *name;              /* NULL: not offered */
    int64_t     in, with, out;     /* with: of the second argument, w or v; 0: it has none */
    int64_t     head;              /* of the value, where it comes with the result; else 0 */
    bool        adds;              /* to what stands in its result */
    int (*one)(const double *, double *, void *);
    int (*two)(const double *, const double *, double *, void *);
    int (*one_f32)(const float *, float *, void *);
    int (*two_f32)(const float *, const float *, float *, void *);
    int (*both)(const double *, double *, double *, void *);
    int (*both_f32)(const float *, float *, float *, void *);
    int (*complex_one)(const td_complex *, td_complex *, void *);
} td_routine;

/* Who stands at the door. */
typedef struct td_watch {
    void       *user;              /* borrowed */
    void      (*before)(void *user, const char *routine);
    const char *(*after)(void *user);      /* the law that was broken; NULL: none */
} td_watch;

enum { TD_DOOR_BUFFERS = 4 };

typedef struct td_door {
    bool        f32;
    void       *user;              /* borrowed, like watch */
    const td_watch *watch;         /* NULL: nobody */
    const double *lower, *upper;   /* borrowed; NULL, or the box outside of which no routine is called */
    td_buffers  buffers;           /* how they are made; what is lent now */
    td_buffer   buffer[TD_DOOR_BUFFERS];   /* owned; kept from call to call */
    int64_t     calls;
    bool        starved;           /* memory ran out */
    const char *routine, *law;     /* the first law that a routine broke; NULL: none so far */
    int64_t     entry;             /* of which number; -1: none in particular */
} td_door;

/* out: the result, and after it the value that came with it; of a routine that adds, with TD_POISON_NUMBER, also what
 * stands in the result before.  False: the routine has no value there, or memory ran out. */
bool td_door_call(td_door *d, const td_routine *r, const double *x, const double *with, double *out, td_poison p);
void td_door_break(td_door *d, const char *routine, const char *law, int64_t entry);
void td_door_close(td_door *d);

/* ---- claims: function/claim.c ------------------------------------------------------------------------------------ */

typedef enum td_claim_kind { TD_CLAIM_MATRIX, TD_CLAIM_VJP, TD_CLAIM_JVP, TD_CLAIM_COMPLEX } td_claim_kind;

typedef struct td_claim {
    td_claim_kind kind;
    bool          column_major;    /* of a matrix */
    td_routine    routine;
} td_claim;

enum { TD_MOST_CLAIMS = 6 };

typedef struct td_map {
    td_door      *door;            /* borrowed */
    int64_t       n, m;
    const double *x;               /* borrowed */
    uint64_t      seed;
    td_routine    value;
    td_claim      claim[TD_MOST_CLAIMS];
    int           n_claim;
    td_asked      asked;
    td_count     *repeats;         /* borrowed: calls made again; undecided: other bits, within rounding */
} td_map;

typedef struct td_questions {
    int64_t             n_u, n_w;
    const td_direction *u, *w;     /* borrowed */
} td_questions;

double  td_unit(const td_map *f);                                    /* unit roundoff of the routines */
double  td_typical(const td_map *f);                                 /* the largest |x_i|; 1 if all are 0 */
void    td_direction_range(const td_direction *d, int64_t n, int64_t *begin, int64_t *end);
/* sum of d_i y_i, and of their absolute values */
double  td_direction_dot(const td_direction *d, const double *y, int64_t n, double *mass);
/* Answers with bounds; NaN bounds where the routine has no value.  False: no memory. */
bool    td_claim_answer(const td_map *f, const td_claim *c, const td_questions *q, uint64_t seed, td_answer *answer);
/* The laws that a claim has to keep alone, whatever J is: function/law.c.  False: no memory. */
bool    td_claim_laws(const td_map *f, const td_claim *c);

/* ---- the same again: function/again.c ---------------------------------------------------------------------------- */

/* Called at x once more, with another poison, does it say `was`?  Breaks a law if not.  False: no memory. */
bool td_again(const td_map *f, const td_routine *r, const double *with, const double *was);
/* Two results of r at x, got in different ways.  Other bits are forgiven where x, moved by units in its last place, moves
 * the result as much; `law` is broken beyond.  False: no memory. */
bool td_again_compare(const td_map *f, const td_routine *r, const double *with, const double *was, const double *now,
                      const char *law);

/* ---- differences: function/difference.c -------------------------------------------------------------------------- */

/* All curves t -> w_k'(y(x + t u) - y(x)) along one u; evaluations are shared by all w and kept. */
typedef struct td_curves td_curves;

/* NULL: no memory. */
td_curves *td_curves_open(const td_map *f, const double *y0, const td_questions *q, const td_direction *u);
void       td_curves_close(td_curves *c);
/* What is measured of claims of w's slope: by one family of steps, by two where they are not all confirmed and finely. */
td_slope   td_curves_ask(td_curves *c, int64_t w, const td_answer *claim, int n_claim);
/* As td_differences_trace. */
td_slope   td_curves_trace(td_curves *c, int64_t w, const td_claimed *claim, td_tracing *out);
/* Both so small that the curve, over its reach, does not care: a slope of 0. */
bool       td_curves_flat(const td_curves *c, int64_t w, const td_slope *s, td_answer claim);

/* ---- the whole: function/function.c -------------------------------------------------------------------------------- */

/* td_check_function through a door of the caller's, who says how buffers are made and who watches. */
td_check_result *td_judge_function(const td_function *f, const double *x, const td_check_options *options, td_door *door);
/* The map of f at x, or of its gradient, with all claims there are; repeats is left to the caller. */
td_map           td_function_map(const td_function *f, td_door *door, const double *x, uint64_t seed, bool second);
/* A result in which nothing was asked yet; NULL: no memory. */
td_check_result *td_function_result(const td_function *f, uint64_t seed);
/* The first law that the door saw broken, as the verdict. */
void             td_function_convict(td_check_result *r, const td_function *f, const td_door *d);

/* ---- what a wrong claim looks like: function/hint.c -------------------------------------------------------------- */

/* claim and truth: m by n; wrong: where they differ.  "" if nothing is recognised. */
void td_function_hint(const double *claim, const double *truth, const bool *wrong, int64_t m, int64_t n, char *text);
/* Of one entry, from the ratio alone. */
void td_ratio_hint(double claim, double truth, int64_t m, int64_t n, char *text);

#endif
