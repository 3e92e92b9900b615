/* explain.h: where a gradient is wrong, and what that looks like in words. */
#ifndef TD_EXPLAIN_H
#define TD_EXPLAIN_H

#include "witness.h"

/* A claimed gradient with respect to one operand, and what it should be, coordinate by coordinate. */
typedef struct td_evidence {
    int64_t         n;
    const double   *claim, *truth, *limit;     /* borrowed; differences up to limit mean nothing */
    const td_input *x;                         /* the operand */
    const td_input *other;                     /* another operand of as many elements, or NULL */
    int64_t         results;                   /* how many elements the op's result has */
} td_evidence;

/* Of a slope that convicts, asked of p, whose result has so many entries: the entry that shows it, and that alone. */
void td_locate_output(const td_problem *p, int64_t results, td_finding *f);

/* One sentence of at most `size` bytes; "" if the error has no pattern known here. */
void td_explain(const td_evidence *e, char *text, size_t size);

#endif
