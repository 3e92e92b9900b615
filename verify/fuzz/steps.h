/* steps.h: a program as data, so that it can be drawn, cut down, given a fault, and printed.
 *
 * A step applies one op to values made before: inputs or results of earlier steps.  The last step is the result.  A program
 * is one block without pointers to free: it may be copied by assignment. */
#ifndef TD_PROGRAM_STEPS_H
#define TD_PROGRAM_STEPS_H

#include "witness.h"

enum { TD_STEP_IN = TD_SAMPLE_IN, TD_MOST_STEPS = 192, TD_MOST_INPUTS = 48, TD_STEP_NUMEL = 200, TD_MOST_SEEDS = 60 };

/* A value: result of step `it` if it >= 0, else input ~it. */
typedef int td_value;

typedef struct td_step {
    const td_op *op;               /* borrowed */
    td_attr      attr;
    int          n;
    td_value     in[TD_STEP_IN];
} td_step;

typedef struct td_step_input {
    td_dtype dtype;
    int      rank;
    int64_t  size[TD_MAX_RANK];
    int64_t  numel;
    union {
        double  f64[TD_STEP_NUMEL];
        float   f32[TD_STEP_NUMEL];
        int64_t i64[TD_STEP_NUMEL];
        uint8_t truth[TD_STEP_NUMEL];
    } number;
} td_step_input;

typedef struct td_steps {
    td_dtype      dtype;
    int           n_input, n_step;
    td_step_input input[TD_MOST_INPUTS];
    td_step       step[TD_MOST_STEPS];
} td_steps;

/* user: td_steps.  Step k stands at line k + 1 of TD_STEPS_FILE. */
extern const char TD_STEPS_FILE[];
td_program td_steps_program;
/* The problem of p, whose inputs are written to in; both are borrowed. */
td_problem td_steps_problem(td_steps *p, td_input in[TD_MOST_INPUTS], uint64_t seed);
void       td_step_number(td_step_input *in, int64_t i, double v);
td_tensor *td_step_leaf(td_context *c, const td_step_input *in);

/* n seeds, n <= TD_MOST_SEEDS: the first draws the inputs, each other one an op and what brings its operands into shape and
 * domain.  c: a context of the eval engine, borrowed for trying.  False: there was no memory, or not a single op went. */
bool td_steps_draw(td_context *c, td_dtype dtype, int n, const uint64_t *seed, td_steps *out);
/* The seeds of program `number`; returns how many. */
int  td_steps_seeds(uint64_t seed, int64_t number, uint64_t out[TD_MOST_SEEDS]);

/* Step k of p alone, as a program whose inputs have the values that its operands have in p.  False: they can't be had. */
bool td_steps_alone(const td_steps *p, int k, td_steps *out);
/* Makes p smaller as long as `fails` says it still does. */
void td_steps_shrink(td_steps *p, bool (*fails)(td_steps *p, void *user), void *user);
/* As C source that compiles against triad_verify.h and checks the program at these inputs.  comment: its first line. */
void td_steps_print(const td_steps *p, uint64_t seed, const char *comment, FILE *file);

#endif
