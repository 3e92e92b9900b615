/* linalg.h: what ops on square matrices share (cholesky.c, linalg.c). */
#ifndef TD_OP_LINALG_H
#define TD_OP_LINALG_H

#include "op/op.h"

/* For infer: operand 0 is a float matrix, or a stack of them; is square; (n, n) and (n, k) with equal leading sizes. */
td_status td_infer_matrix(td_infer *i);
td_status td_infer_square(td_infer *i);
td_status td_infer_system(td_infer *i);

td_tensor *td_turn(td_tensor *x);                          /* the last two axes exchanged */
td_tensor *td_symmetric(td_tensor *x);                     /* (x + x^T) / 2 */
td_tensor *td_identity_like(td_tensor *x, int64_t n);      /* n by n, of x's dtype, context and leading sizes */
/* The leading sizes of both, which have at least two axes, broadcast to each other; false if they don't. */
bool       td_expand_together(td_tensor **a, td_tensor **b);
/* op on a and b, brought to one dtype and equal leading sizes. */
td_tensor *td_apply_system(const td_op *op, td_tensor *a, td_tensor *b, const td_attr *attr);

/* Samples: entries in -1..1, and `diagonal` + i step added to entry (i, i + shift modulo the columns). */
void td_sample_diagonal(td_sample *s, int operand, double diagonal, double step, bool shifted);
void td_sample_leading(td_sample *s, int operand);         /* no axis, or one */
void td_sample_square(td_sample *s, int operand, double diagonal, double step, bool shifted);
void td_sample_rectangle(td_sample *s, int operand, double diagonal, double step);
/* Operand b: right sides for operand a. */
void td_sample_system(td_sample *s, int a, int b);

#endif
