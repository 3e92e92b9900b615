/* cases.h: a random application of an op, named by op, dtype, number and seed: the same on every machine. */
#ifndef TD_CASES_H
#define TD_CASES_H

#include "witness.h"

typedef struct td_case {
    const td_op *op;
    td_dtype     dtype;            /* of its floats, but for a mixed case */
    td_attr      attr;
    int          n;
    td_input     in[TD_SAMPLE_IN];
    void        *numbers[TD_SAMPLE_IN];   /* owned */
    int64_t      size[TD_SAMPLE_IN][TD_MAX_RANK];   /* of the operands; an input that is seen through a view has others */
    uint8_t      lies[TD_SAMPLE_IN];      /* how an operand lies in its input: whole, turned, every second, repeated */
    unsigned     constant;         /* bit k: operand k is detached */
    bool         aliased;          /* operand 1 is operand 0 */
    bool         turned;           /* the result is transposed, and so its adjoint arrives strided */
    uint64_t     seed;             /* of the check */
} td_case;

/* False: no memory. */
bool       td_case_draw(const td_op *op, td_dtype dtype, int64_t number, uint64_t seed, td_case *out);
void       td_case_clear(td_case *c);
/* The op twice on the same operands, so that a rule that assigns where it should add is seen.  The second time is weighted by
 * a number of 24 bits: times a cotangent of 11 it is no number of single precision, so that rounding to it is seen.
 * user: td_case. */
td_program td_case_program;
td_problem td_case_problem(td_case *c);

#endif
