/* fault.h: one fault planted in one step of a program, seen by the tape alone. */
#ifndef TD_PROGRAM_FAULT_H
#define TD_PROGRAM_FAULT_H

#include "fuzz/steps.h"

typedef enum td_fault_kind {
    TD_FAULT_FACTOR,               /* an operand's adjoint times 1 + 1e-6, in f32 1 + 1e-2 */
    TD_FAULT_SIGN,                 /* its sign */
    TD_FAULT_DROPPED,              /* it does not arrive */
    TD_FAULT_ENTRY,                /* one entry of it times that */
    TD_FAULT_VALUE,                /* one element of the result times that, or another integer */
    TD_FAULT_KINDS
} td_fault_kind;

typedef struct td_fault {
    td_op         op;              /* the faulty copy; first, so that it leads here */
    const td_op  *right;           /* borrowed */
    td_op         courier;         /* of a composition: copy, with the fault, on the way in or out */
    td_fault_kind kind;
    int           step, operand;
    uint64_t      place;           /* which entry, modulo how many there are */
} td_fault;

/* Plants one in a step of p chosen by seed: from then on p borrows f.  Compositions look for it in this thread, so it must
 * be lifted there.  False: no step can have one. */
bool        td_fault_plant(td_steps *p, uint64_t seed, td_fault *f);
void        td_fault_lift(td_steps *p, td_fault *f);
const char *td_fault_name(td_fault_kind k);

#endif
