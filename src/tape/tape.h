/* tape.h: what the files of this room share. */
#ifndef TD_TAPE_H
#define TD_TAPE_H

#include "core/core.h"

/* Compute all nodes before `end` that have no values yet. */
td_status td_tape_compute(td_context *c, int64_t end);

/* The walk back: adjoints of all nodes from y down to node `low`, by index; NULL where nothing arrived.  Recorded on the
 * tape of y.  The table has y->index + 1 places and is freed by td_sweep_free; NULL after td_fail. */
td_tensor **td_sweep(td_tensor *y, td_tensor *seed, uint32_t low);
void        td_sweep_free(td_tensor *y, td_tensor **adjoint);

#endif
