/* check.h: a check under way, shared by those who ask, compare, decide and explain. */
#ifndef TD_CHECK_H
#define TD_CHECK_H

#include "clock.h"
#include "compare.h"
#include "witness/laws.h"
#include "plan.h"

typedef struct td_examination {
    const td_problem *p;
    td_check_options  o;           /* defaults filled in */
    td_plan           plan;
    td_testimony      tape, dual, second;
    td_differences   *fd;          /* owned; NULL until asked */
    td_quads         *quads;       /* owned; NULL until asked */
    bool             *fd_open;     /* owned; one a direction: differences could not tell, nor in quad */
    td_finding        second_worst;
    td_tally          laws, repeats, operands;
    td_clock          clock;
    td_check_result  *r;           /* being made; the caller's in the end */
} td_examination;

#define TD_SAY(text, ...) snprintf(text, sizeof(text), __VA_ARGS__)

/* An undecided finding about one op alone may be decided all the same; mass: of the answers; NaN: unknown. */
void       td_judge_alone(const td_examination *k, td_finding *f, double mass);
/* A kernel that is wrong, where its program can't be judged. */
void       td_compare_kernels(td_examination *k);
enum { TD_NO_FINDING = -2 };       /* input of a finding that is not there yet */

/* Values, slopes and second derivatives of tape and dual engine, counted and weighed. */
void       td_compare_values(td_examination *k);
void       td_compare_slopes(td_examination *k);
void       td_compare_second(td_examination *k);
/* True: an engine refuses, so there is nothing to compare, and the verdict is given. */
bool       td_settle_refusals(td_examination *k);
/* The verdict without a comparison; a and b go into text. */
void       td_refuse(td_examination *k, td_verdict v, const char *text, const char *a, const char *b);
/* The verdict, and the worst finding of all. */
void       td_conclude(td_examination *k);
int        td_rank_of(td_verdict v);           /* how grave */
bool       td_is_worse(const td_finding *a, const td_finding *b);
/* The two answers compared, nothing else known. */
td_finding td_finding_of(td_asked asked, int input, int64_t coordinate, td_answer tape, td_answer dual);
/* Files a finding: its strain, why it is undecided, and whether it is the worst so far. */
void       td_weigh(td_examination *k, td_finding *f, td_finding *worst);
/* Does a question along d ask anything of this input? */
bool       td_examines(const td_examination *k, const td_direction *d, int input);
/* Fills each input's fd_ fields and kink.  False: no memory. */
bool       td_compare_differences(td_examination *k);
/* Opens differences at the first call; false: no memory. */
bool       td_open_differences(td_examination *k);
/* What differences left undecided and one question more, put to differences in quad: fills the quad_ fields.  False: no
 * memory. */
bool       td_compare_quads(td_examination *k);
/* Opens them at the first call, to be asked about the tape's program; false: no memory. */
bool       td_open_quads(td_examination *k);
/* Question q, on which differences, in quad or not, contradict both engines: is nobody contradicted at points nearby? */
bool       td_kink_is_isolated(const td_examination *k, int q, bool quad);
/* The tape's slope, which is asked along a coordinate: is it another at a distance of rounding? */
bool       td_slope_jumps(const td_examination *k, const td_finding *f);
/* The op at fault in q, by what convicted the whole. */
void       td_find_blame(td_examination *k, const td_problem *q);
/* Points and operands made from the user's.  False: no memory. */
bool       td_variants_ask(td_examination *k);
/* When all is compared: completes the result's words. */
void       td_settle(td_examination *k);
/* Says of each variant that was not asked why. */
void       td_variants_excuse(td_examination *k);
/* Fills the result's figures; without memory there are none. */
void       td_figures_take(td_examination *k);
/* Says of the worst finding who stands alone, and brings a random direction down to a coordinate. */
void       td_vote_on_worst(td_examination *k);

#endif
