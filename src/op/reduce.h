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

/* x with the reduced axes behind the others, as one: (kept.., n).  At least one axis must be in the set. */
td_tensor *td_reduced_last(td_tensor *x, uint32_t axes);
/* The same, of a set that may be empty: then each number is a line. */
td_tensor *td_whole_line(td_tensor *x, const td_attr *attr);
/* What is left of td_reduced_last by one result a line, (kept.., 1) or (kept..), as the result of reducing x. */
td_tensor *td_as_result(td_tensor *y, td_tensor *x, const td_attr *attr);
/* Indices of the places from .. to - 1 of each line in order (sort.c); axis is in 0..rank - 1. */
td_tensor *td_argsort_part(td_tensor *x, int axis, bool descending, int64_t from, int64_t to);

/* Any axes of any shape; extreme: none that is reduced is empty. */
void td_reduce_sample(td_sample *s);
void td_extreme_sample(td_sample *s);

#endif
