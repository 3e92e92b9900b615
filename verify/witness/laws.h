/* laws.h: what must hold of the tape alone, whatever the truth is. */
#ifndef TD_LAWS_H
#define TD_LAWS_H

#include "witness/take.h"

/* What must hold, and what it means if it does not. */
typedef struct td_law { const char *name, *broken; } td_law;

/* Laws asked and how they came out; one answer a law and input. */
typedef struct td_tally {
    td_count   count;
    td_finding worst;              /* the first that is broken; verdict AGREE if none is */
} td_tally;

/* The reverse mode is linear in the cotangent, indifferent to how it lies in memory, and adds.  TD_ENOMEM: no memory;
 * a program the tape refuses has no laws. */
td_status td_laws_ask(const td_problem *p, td_tally *out);
/* The same bits again: repeated, interleaved, on other numbers of threads, with and without gradients. */
extern const td_law td_law_repeats;            /* the first of them, without which no other comparison means anything */
td_status td_repeats_ask(const td_problem *p, td_tally *out, td_check_result *r);     /* into r its pace */
/* The same bits from operands laid out otherwise, and for every choice of who requires a gradient. */
td_status td_operands_ask(const td_problem *p, td_tally *out);

/* Adds one answer.  got and want at the element where they differ most, or first; element -1: they agree. */
void td_tally_add(td_tally *t, const td_law *law, int input, int64_t element, td_answer got, td_answer want);
void td_tally_open(td_tally *t);               /* one that could not be decided */

#endif
