/* matrix.h: the tester tested: which mutants does the ordinary check convict? */
#ifndef TD_MUTANT_MATRIX_H
#define TD_MUTANT_MATRIX_H

#include "cases.h"
#include "mutate/op.h"

typedef enum td_fate {
    TD_NO_PLACE,                   /* nothing to change in any of the cases: the op has no such operand, step, kernel */
    TD_KILLED,
    TD_SURVIVED,
    TD_EQUIVALENT,                 /* survived, and is listed with a reason */
    TD_MISLISTED,                  /* listed, and yet convicted: the reason is wrong */
    TD_UNASKED,                    /* no memory */
    TD_UNREACHED                   /* no place, and no reason for that */
} td_fate;

typedef struct td_trial {
    td_fate     fate;
    int64_t     cases;             /* checked, in which there was something to change */
    int64_t     number;            /* of the case that convicted; else -1 */
    const char *reason;            /* of an equivalent one, and of one with no place; else NULL */
} td_trial;

/* All mutations, the control first; NULL past the end. */
const td_mutation *td_mutation_at(int i);
/* The check of `triad check` on the op's cases until one convicts. */
td_trial           td_mutant_try(const td_op *op, const td_mutation *m, td_dtype dtype, int64_t cases, uint64_t seed);
/* Why this mutant is no mistake, or NULL.  *rounds: none but for rounding, by which it may be convicted. */
const char        *td_mutant_equal(const td_op *op, const td_mutation *m, bool *rounds);
/* Why there is no such mutant, or NULL. */
const char        *td_mutant_absent(const td_op *op, const td_mutation *m, td_dtype dtype);
bool               td_has_word(const char *words, const char *word);

#endif
