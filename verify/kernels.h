/* kernels.h: the kernel of one node, judged alone. */
#ifndef TD_KERNELS_H
#define TD_KERNELS_H

#include "witness.h"

/* Is what y's kernel computed not what its definition says of the same operands?  Says where in *out, if so. */
bool td_kernel_is_wrong(td_tensor *y, td_blame *out);
/* That of the first `nodes` nodes, those that the replay can't bound. */
bool td_kernels_ask(td_context *tape, const td_replay *r, int64_t nodes, td_blame *out);
/* "(2,3) (3) -> (2,3)" into text[TD_REASON]. */
void td_write_shapes(const td_tensor *y, char *text);

/* Does rounding decide a truth value or an integer of p's tape, so that another engine may go another way? */
bool td_rounding_decides(const td_problem *p);

#endif
