/* trial.h: a map under trial, shared by function.c, which asks, and function/verdict.c, which counts and says. */
#ifndef TD_FUNCTION_TRIAL_H
#define TD_FUNCTION_TRIAL_H

#include "clock.h"
#include "compare.h"
#include "function/function.h"

typedef struct td_trial {
    const td_map      *f;
    const td_function *function;
    td_check_result   *r;          /* being made */
    int64_t            coordinates;
    bool               skip_differences, figures;
    td_clock          *clock;      /* borrowed */
    td_direction      *direction;  /* owned, like y0, answer, slope, wrong */
    td_questions       q;
    int64_t            all;        /* questions */
    bool               whole;      /* every entry of J is a question */
    double            *y0;
    td_answer         *answer;     /* of each claim, all */
    td_slope          *slope;      /* measured; all */
    bool              *wrong;      /* of each claim: against differences; all */
    bool               refined[TD_MOST_CLAIMS];
    int64_t            supported[TD_MOST_CLAIMS];   /* answers confirmed by what is no claim */
    int64_t            agreed, disagreed, undecided, differed;      /* differed: against differences */
    td_finding         worst;
    int                culprit;    /* of worst: the claim */
    int64_t            entry;      /* of worst */
    double             strain;     /* of worst; 0: there is none */
} td_trial;

void td_trial_count(td_trial *t, td_verdict v);
/* Claims a and b contradict each other at question e. */
void td_trial_pair(td_trial *t, int a, int b, int64_t e);
void td_trial_differed(td_trial *t, int claim, int64_t e, td_fd_outcome o, const char *reason);
void td_trial_asymmetry(td_trial *t, int64_t i, int64_t j, td_answer a, td_answer b);
void td_trial_give_up(td_trial *t, const char *reason);
/* Fills the result's figures (figures.c); without memory there are none. */
void td_trial_figures(td_trial *t);
/* The verdict, the coordinate, the hint.  False: no memory. */
bool td_trial_conclude(td_trial *t);

#endif
