/* product.h: matrix products of strided windows. */
#ifndef TD_OP_PRODUCT_H
#define TD_OP_PRODUCT_H

#include "op.h"

/* (.., m, k) by (.., k, n), of one dtype and with equal leading sizes; 0 where k is. */
td_status td_product_compute(const td_call *call);

/* ---- what products share (linalg.c) ------------------------------------------------------------------------------ */

/* The dtype of a product of n tensors: bool is counted in i64. */
td_dtype   td_product_dtype(int n, td_tensor *const *in);
/* td_fail with the shapes of operands 0 and 1. */
td_status  td_no_product(td_infer *i, const char *why);
td_status  td_inner_sizes_differ(td_infer *i, int64_t left, int64_t right);

int64_t td_sample_size(td_sample *s);
/* Operand (.., rows, columns) behind `lead` leading sizes that are there already. */
void    td_sample_matrix(td_sample *s, int operand, int lead, int64_t rows, int64_t columns);

#endif
