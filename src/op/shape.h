/* shape.h: what the shape and index families share: looking at axes, and strided walks. */
#ifndef TD_OP_SHAPE_H
#define TD_OP_SHAPE_H

#include "kernel/index.h"
#include "op/op.h"

/* A wrapper given no tensor, or one of a context in error, passes on td_passed. */
static inline bool       td_stopped(const td_tensor *x) { return !x || x->context->status; }
static inline td_tensor *td_passed(const td_tensor *x) { return x ? x->context->bad : NULL; }

/* For infer: is the axis, or each axis of the set, one of `rank`?  false after td_fail. */
bool td_infer_axis(const td_infer *i, int64_t axis, int rank);
bool td_infer_axes(const td_infer *i, uint32_t axes, int rank);
/* For infer: TD_OK if the dtype is a float's, else td_fail. */
td_status td_infer_float(const td_infer *i);
/* x's sizes with another one put in before `axis`. */
void td_shape_insert(const td_shape *x, int axis, int64_t size, td_shape *y);

/* Sizes into a's list, one that is -1 found from x's number of elements; false after td_fail. */
bool td_sizes_for(td_tensor *x, const char *who, int rank, const int64_t *size, td_attr *a);

/* A constant of x's dtype and these sizes: a view of one number. */
td_tensor *td_constant(td_tensor *x, double value, const td_shape *s);

/* A sample's operand of floats. */
void td_sample_operand(td_sample *s, int operand, int min_rank, int max_rank);
/* To the door, with the axis counted from the front.  Up to three operands; 0-d ones are taken as vectors of one, and the result
 * is 0-d if `like` is. */
td_tensor *td_apply_along(const td_op *op, int n, td_tensor *const *in, int axis, td_attr a, const td_tensor *like);

/* Operands in one dtype, in the arena; NULL after td_fail. */
td_tensor **td_in_one_dtype(td_context *c, int n, td_tensor *const *x);
/* s without the two axes that attr says, and with their diagonal as the last (diagonal.c). */
td_shape td_shape_diagonal(const td_shape *s, const td_attr *attr);
/* Turn s into the part start:stop:step of it along axis. */
void td_shape_narrow(td_shape *s, int axis, const int64_t *range);
/* Into a's list the range that Python's start:stop:step is on 0..n; false after td_fail. */
bool td_clip_range(td_context *c, const char *who, td_attr *a, int64_t start, int64_t stop, int64_t step, int64_t n);
/* The window on start:stop:step of w along axis; *shape is its shape. */
td_window td_window_part(const td_window *w, int axis, const int64_t *range, td_shape *shape);

/* A walk over `over`'s sizes with the strides of two windows of at least these sizes and of one dtype; no index yet. */
td_walk td_walk_between(const td_shape *over, const td_window *to, const td_window *from);
/* Run it, of TD_WALK_kind, for elements of dtype.  What lies along the axis `ordered` (-1: none) is done in order, by one thread. */
void    td_walk_run(const td_context *c, td_walk w, int kind, td_dtype dtype, int ordered);
/* TD_OK if all indices in call->in[1] point into call->in[0] along axis; else td_fail with the first that does not. */
td_status td_check_indices(const td_call *call, int axis);
/* to = from, windows of the same sizes and dtype. */
void    td_walk_move(const td_context *c, const td_window *to, const td_window *from);

/* ---- rows and columns (row.c) ------------------------------------------------------------------------------------ */

/* How many columns of (outer, n, inner), numbered row-major, are a piece of work. */
int64_t td_columns_grain(int64_t n, int64_t inner);

/* Memory of the arena that is used while computing, and given back: all that td_dense took since td_scratch_begin. */
typedef struct td_scratch { td_context *context; td_arena_mark here; } td_scratch;
td_scratch  td_scratch_begin(td_context *c);
void        td_scratch_end(const td_scratch *s);
/* Operand i row-major: where it stands, or copied into scratch memory; NULL after td_fail, or if there is none. */
const void *td_dense(const td_call *call, int i);

#endif
