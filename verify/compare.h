/* compare.h: when do two answers agree? */
#ifndef TD_COMPARE_H
#define TD_COMPARE_H

#include "witness.h"

/* Agree within the sum of their bounds.  Both not finite: agree if of the same class.  No finite bound: inconclusive. */
td_verdict td_compare(td_answer a, td_answer b);
/* |a - b| in units of the sum of bounds; 0 where equal or undecided, infinite where the sum is 0. */
double     td_strain(td_answer a, td_answer b);

/* Kink: two one-sided slopes, and the claim between them; outside: not between them. */
typedef enum td_fd_outcome { TD_FD_AGREED, TD_FD_KINK, TD_FD_OUTSIDE, TD_FD_DISAGREED, TD_FD_UNDECIDED } td_fd_outcome;

/* A claimed slope against a measured one.  mass: the size of what was added up to the slope; NaN if unknown. */
td_fd_outcome td_compare_slope(const td_slope *s, td_answer claim, double mass, const char **reason);
/* Who is alone, given a tape and a dual answer that differ, and a measured slope? */
td_alone      td_vote(td_answer tape, td_answer dual, const td_slope *s, double mass);

/* The share of the larger answer that a disagreement is; infinite where it has no size: a broken law, a NaN, a refusal. */
double        td_share(const td_finding *f);
/* care: see td_check_options. */
td_grade      td_grade_of(const td_finding *f, double care);

#endif
