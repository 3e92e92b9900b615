/* witness.h: what is asked, and the one face of all who answer.
 *
 * A problem is a program and its inputs as plain numbers.  A plan is a list of questions about it, made before anybody is
 * asked.  A witness runs the problem under its engine and fills a testimony: one answer for each question it can answer,
 * the others stay "can't tell" (bound NaN).  Witnesses do not know of each other; check.c compares. */
#ifndef TD_WITNESS_H
#define TD_WITNESS_H

#include "triad_engine.h"
#include "triad_verify.h"

typedef struct td_input {
    td_dtype    dtype;
    int         rank;
    int64_t     size[TD_MAX_RANK];
    int64_t     numel;
    bool        smooth;            /* f32 or f64: has coordinates */
    const void *values;            /* borrowed; row-major, of dtype */
} td_input;

typedef struct td_problem {
    td_program     *f;
    void           *user;          /* borrowed */
    int             n;
    const td_input *in;            /* borrowed */
    uint64_t        seed;
    int             threads;
    td_schedule     schedule;
    const td_op    *alone;         /* the one op that f applies, operands exact; NULL: any program */
    double          power;         /* of alone: its number a, which may be a power; at least 1 */
} td_problem;

/* A coordinate of an input, or random signs and magnitudes on [begin, end) of it and 0 elsewhere. */
typedef struct td_direction {
    int      input;                /* -1: random, through all smooth inputs */
    int64_t  coordinate;           /* -1: random */
    int64_t  begin, end;
    uint64_t seed;
} td_direction;

typedef struct td_pair { td_direction a, b; } td_pair;

#define TD_COTANGENTS 2

/* Beyond so many numbers a problem is large: few questions, each through all of it. */
enum { TD_LARGE = 1 << 14 };

typedef struct td_plan {
    int           n_direction, n_pair;
    td_direction *direction;       /* owned */
    bool          lean;            /* a large problem: the first cotangent alone */
    td_pair      *pair;            /* owned; all with the same a, but the last, which is the one before exchanged */
    int64_t       first, last;     /* only these entries of the result have weights, a single one the weight 1; 0, 0: all */
    const struct td_clock *clock;  /* borrowed; NULL, or told how far a witness is */
    int           even;            /* this cotangent, counted from 1, is all ones */
} td_plan;

typedef struct td_testimony {
    td_status  status;             /* TD_OK, or why the program does not run under this engine */
    bool       doubtful;           /* of the tape: it runs, and would not if it rounded less, for which status is the reason */
    char       message[TD_REASON];
    td_dtype   dtype;              /* of the result */
    int        rank;
    int64_t    size[TD_MAX_RANK];
    int64_t    numel;
    bool       detached;           /* the program used td_detach or the like */
    td_answer *value;              /* owned; numel */
    td_answer *slope[TD_COTANGENTS];   /* owned; one a direction */
    double    *mass;               /* owned; one a direction: sum_j |w_j (J u)_j|; NaN: unknown */
    td_answer *second;             /* owned; one a pair, for the first cotangent */
    int        n;                  /* of the tape: how many inputs */
    td_blame   kernel;             /* of the tape: a wrong one, among nodes whose rounding has no bound */
    td_answer **gradient[TD_COTANGENTS];   /* owned, and each of n; of the tape: J'w; NULL where an input has none */
} td_testimony;

/* The face: run p, answer plan.  TD_ENOMEM if there was no memory; a refusal by the engine is in the testimony, not here. */
typedef struct td_witness {
    const char *name;
    td_status (*testify)(const td_problem *p, const td_plan *plan, td_testimony *out);
} td_witness;

extern const td_witness td_witness_tape;       /* values, slopes, second derivatives */
extern const td_witness td_witness_dual;       /* values, slopes */
extern const td_witness td_witness_second;     /* second derivatives */

/* ---- shared by witnesses: problem.c ------------------------------------------------------------------------------ */

/* The testimony's arrays for this plan and a result of these sizes, all "can't tell".  False: no memory. */
bool   td_testimony_answers(td_testimony *t, const td_plan *plan);
bool   td_testimony_result(td_testimony *t, td_tensor *y);
void   td_testimony_free(td_testimony *t);         /* what it owns */
void   td_testimony_refuse(td_testimony *t, const td_context *c);

td_context *td_problem_open(const td_problem *p, const td_engine *engine);
td_tensor  *td_problem_leaf(const td_problem *p, td_context *c, int input);
td_tensor  *td_problem_run(const td_problem *p, td_context *c, td_tensor *const *leaf);

int64_t td_problem_coordinates(const td_problem *p);                  /* of all smooth inputs */
bool   td_direction_touches(const td_direction *d, int input);
int    td_plan_cotangents(const td_plan *plan);                       /* how many are asked */
double td_direction_at(const td_direction *d, int input, int64_t i);
double td_cotangent_at(const td_problem *p, int which, int64_t j);     /* from TD_COTANGENTS on: 1 at entry 0, 1, ... */
double td_weight_at(const td_problem *p, const td_plan *plan, int which, int64_t j);    /* as the plan narrows it */
/* A sum of weighted answers, with its own rounding: start from {0}, add the terms, ask. */
typedef struct td_contraction { double sum, low, mass, bound; int64_t n; bool exact, endless; } td_contraction;
void      td_contract(td_contraction *s, double weight, td_answer term);
td_answer td_contracted(const td_contraction *s);
td_input td_input_of(td_tensor *x);                            /* its values stay x's */
double td_input_at(const td_input *in, int64_t i);             /* element as double */
/* The largest |x_i| of a smooth input, of all for input -1; 1 if all are 0. */
double td_problem_scale(const td_problem *p, int input);

/* ---- differences: witness/fd.c ------------------------------------------------------------------------------------------- */

/* Slopes of plain evaluations.  Opened once, asked one question at a time, since each is dear. */
typedef struct td_differences td_differences;

/* What is said of a slope by two witnesses, and of the second derivative; NaN: nothing. */
typedef struct td_claimed { td_answer slope[2]; double second; } td_claimed;

typedef struct td_slope {
    enum { TD_SLOPE_SMOOTH, TD_SLOPE_KINK, TD_SLOPE_UNKNOWN } kind;
    double      value, error;      /* of a smooth one */
    double      low;               /* of one in quad: what it is beyond value; else 0 */
    double      left, right;       /* one-sided slopes, of a kink */
    double      left_error, right_error;
    double      leverage;          /* an error of 1 in the values is at most so much in a smooth one */
    double      fine, chosen, coarse;      /* steps: the first and the last that agree, and the one that value is of */
    bool        edge;              /* measured from one side, since there are no values on the other */
    const char *reason;            /* of an unknown one; static */
} td_slope;

td_differences *td_differences_open(const td_problem *p);      /* NULL: no memory */
void            td_differences_close(td_differences *d);
/* Why nothing can be asked of it, or NULL. */
const char     *td_differences_mute(const td_differences *d);
bool            td_differences_step(const td_differences *d);                        /* an op inside jumps again and again */
/* From now on values may be off by their bounds, though measured noise is less: dull ears, and never a wrong word.  NULL: as
 * at first.  Borrowed. */
void            td_differences_doubt(td_differences *d, const td_answer *value);
/* thorough: more steps, of another family, and one-sided slopes always. */
td_slope        td_differences_ask(td_differences *d, const td_direction *u, int cotangent, bool thorough);
/* For a figure: the slope, and into out how it comes with the step; claim: of it, and of the second derivative. */
td_slope        td_differences_trace(td_differences *d, const td_direction *u, int cotangent, const td_claimed *claim,
                                     td_tracing *out);

/* ---- differences in quad: witness/quad.c ---------------------------------------------------------------------------------- */

/* The same questions, put to the definitions' values in quad precision.  For them only `tape` is read, whose values say
 * whether the program goes the same way there. */
typedef struct td_quads td_quads;

td_quads   *td_quads_open(const td_problem *p, const td_testimony *tape);     /* NULL: no memory */
void        td_quads_close(td_quads *d);
const char *td_quads_mute(const td_quads *d);                  /* why nothing can be asked of it, or NULL */
/* How many questions are not too many for the time they take; by sizes alone. */
int64_t     td_quads_questions(const td_quads *d);
td_slope    td_quads_ask(td_quads *d, const td_direction *u, int cotangent, bool other_steps);

/* ---- random numbers for plans and cotangents --------------------------------------------------------------------- */

uint64_t td_hash(uint64_t seed, uint64_t i);           /* splitmix64; Steele, Lea, Flood, "Fast splittable ...", 2014 */
double   td_signed_magnitude(uint64_t hash);           /* +-[1/2, 2], 11 bits, so that f32 holds it */

/* ---- the check itself -------------------------------------------------------------------------------------------- */

td_check_result *td_check_problem(const td_problem *p, const td_check_options *options);
/* The op of p that is at fault, when alone it shows what the whole showed.  Counted in ops: those asked, up to the guilty
 * one; of: how many there are. */
void             td_blame_find(const td_problem *p, const td_check_options *options, td_blame *out, td_count *ops,
                               int64_t *of);

#endif
