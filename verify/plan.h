/* plan.h: which questions are asked. */
#ifndef TD_PLAN_H
#define TD_PLAN_H

#include "witness.h"

/* False: no memory.  What is in *plan is the caller's in any case. */
bool td_plan_make(const td_problem *p, const td_check_options *o, td_plan *plan);
void td_plan_free(td_plan *plan);
/* Is question q one of those put to differences? */
bool td_plan_differs(const td_plan *plan, int q, int64_t most);

#endif
