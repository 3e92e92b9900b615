/* loss.h: what losses share.  attr->list[0] of a loss says how its terms become the result: a td_reduction. */
#ifndef TD_OP_LOSS_H
#define TD_OP_LOSS_H

#include "op/shape.h"

enum { TD_LOSS_LIST = 4 };    /* entries of attr->list that losses have */

/* To the door, with the operands of this set (bit i operand i) in one floating dtype. */
td_tensor *td_loss_apply(const td_op *op, int n, td_tensor *const *in, unsigned floats, td_attr attr);
/* For infer, of a loss whose terms have this shape: the reduction is looked at, dtype is a float, the result's shape
 * filled in. */
td_status  td_loss_infer(td_infer *i, const td_shape *terms);
/* As td_loss_infer, the terms' shape being what all operands broadcast to. */
td_status  td_loss_infer_pointwise(td_infer *i);
/* The same, but the last operand is of labels, of any dtype. */
td_status  td_loss_infer_labelled(td_infer *i);
/* Of classes: the axis of x that has them, 1, or 0 of a vector. */
int        td_class_axis(const td_tensor *x);
/* Operand 1 is of classes, i64, with x's sizes but those along that axis; operand 2, if any, has a weight for each class. */
td_status  td_class_infer(const td_infer *i, td_shape *target);
/* td_fail: operands 0 and 1 do not fit. */
td_status  td_loss_unfit(const td_infer *i, const char *wanted);

/* Entry k of the list, 0 where it ends before. */
static inline int64_t td_loss_entry(const td_attr *attr, int k) { return k < attr->n_list ? attr->list[k] : 0; }
/* The terms, their sum, or their mean. */
td_tensor *td_loss_reduced(td_tensor *terms, const td_attr *attr);
/* The same, but the mean divides by `count`, 0-d. */
td_tensor *td_loss_shared(td_tensor *terms, td_tensor *count, const td_attr *attr);

/* x and y, and a weight that may be NULL, all of one floating dtype. */
td_tensor *td_loss_apply_weighted(const td_op *op, td_tensor *x, td_tensor *y, td_tensor *weight, td_attr attr);
/* The terms by operand 2, where there is one. */
td_tensor *td_loss_weighted(td_tensor *terms, int n, td_tensor *const *in);

/* Called by name: numbers are attr.a, attr.b, flags and integers attr.list[1], [2], ..., the word is the reduction.  Of
 * td_loss_call_indexed operand 1 is no float. */
td_tensor *td_loss_call(const td_invocation *k);
td_tensor *td_loss_call_indexed(const td_invocation *k);
#define TD_LOSS_REDUCTION {"reduction", TD_WORD, false, 0}
#define TD_LOSS_WORDS     "mean sum none"
#define TD_LOSS_SIGNATURE(EXAMPLE, ...) \
    { .example = EXAMPLE, .call = td_loss_call, .parameter = { __VA_ARGS__ }, .words = TD_LOSS_WORDS }

/* The fields all losses have, with one of the reductions; then n operands of floats, others broadcast to operand 0. */
void td_loss_sample(td_sample *s);
void td_loss_sample_pointwise(td_sample *s, int n);
void td_loss_sample_pair(td_sample *s);
/* The class to ignore, of targets that are this operand: one that they do not have, one of those that they have, or -1, which
 * is no class and which they then have. */
int64_t td_loss_sample_ignored(td_sample *s, int target);
/* Two operands, or three, the last of weights that are not negative: their sum is divided by. */
void td_loss_sample_weighted(td_sample *s);

/* The common fields of a loss that is made of all operands broadcast. */
#define TD_LOSS_POINTWISE(NAME, least, most) \
    .name = #NAME, .id = TD_ID_##NAME, .min_in = least, .max_in = most, .infer = td_loss_infer_pointwise, \
    .compose = NAME##_compose, .signature = &NAME##_signature

#endif
