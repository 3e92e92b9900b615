/* reduce.h: what computed reductions (reduce.c) and composed ones (statistic.c) share. */
#ifndef TD_OP_REDUCE_H
#define TD_OP_REDUCE_H

#include "op.h"

/* The common fields of a reduction: one operand x. */
#define TD_REDUCTION(NAME) .name = #NAME, .id = TD_ID_##NAME, .min_in = 1, .max_in = 1

/* Shape rules.  extreme: refuses to reduce no elements.  floating: integers become f64.  integer: bool becomes i64. */
td_status td_reduce_infer(td_infer *i);
td_status td_extreme_infer(td_infer *i);
td_status td_floating_infer(td_infer *i);
td_status td_integer_infer(td_infer *i);

td_tensor *td_reduce_by(const td_op *op, td_tensor *x, uint32_t axes, bool keepdim);
/* The two faces of each reduction, a its number if it has one. */
td_tensor *td_reduce_all(const td_op *op, td_tensor *x, double a);
td_tensor *td_reduce_axes(const td_op *op, td_tensor *x, double a, int n, const int *axes, bool keepdim);

/* Any axes of any shape; extreme: none that is reduced is empty. */
void td_reduce_sample(td_sample *s);
void td_extreme_sample(td_sample *s);

#endif
