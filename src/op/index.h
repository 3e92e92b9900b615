/* index.h: what ops that read or write through an index share (index.c). */
#ifndef TD_OP_INDEX_H
#define TD_OP_INDEX_H

#include "op/shape.h"

/* For infer.  dtypes: operand 1 is i64, operand 2, if any, of operand 0's dtype.  fits: an index of x's rank, and no larger
 * off the axis.  unfit: td_fail, with two shapes. */
td_status td_index_dtypes(const td_infer *i);
bool      td_index_fits(const td_infer *i);
td_status td_index_unfit(const td_infer *i, const char *what, const td_shape *a, const char *other, const td_shape *b);
/* infer of (x, index 1-d, source like x but along the axis) and of (x, index like x, source no smaller than the index). */
td_status td_index_rows_infer(td_infer *i);
td_status td_index_places_infer(td_infer *i);

/* out = x, and the elements of the source joined to it by TD_WALK_kind where the index says.  rows: the index is 1-d. */
td_status td_index_join(const td_call *call, int kind, bool rows);
/* Where the first index stands that is not in 0..end-1; -1: there is none. */
int64_t   td_first_outside(const td_context *c, const td_window *index, int64_t end);

/* call of an op whose function is (x, axis, index, source). */
td_tensor *td_call_along(const td_invocation *k);

/* Samples: (x, index 1-d), the same with a source, (x, index of x's rank), the same with a source. */
void td_index_rows_sample(td_sample *s);
void td_index_source_sample(td_sample *s);
void td_gather_sample(td_sample *s);
void td_index_places_sample(td_sample *s);

#endif
