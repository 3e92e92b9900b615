/* pool.h: what the ops share that make one number of each window.  x is (n, channels, size..), 1 to 3 sizes. */
#ifndef TD_OP_POOL_H
#define TD_OP_POOL_H

#include "op/op.h"

/* Where things stand in an application's list: up to three numbers each from here on, then single ones.  Adaptive pooling has
 * the sizes of the result in place of the kernel's, and reads nothing else. */
enum {
    TD_POOL_STRIDE = 0, TD_POOL_PADDING = 3, TD_POOL_DILATION = 6, TD_POOL_KERNEL = 9, TD_POOL_CEIL = 12,
    TD_POOL_COUNT_PAD, TD_POOL_DIVISOR, TD_POOL_ADAPTIVE, TD_POOL_LIST
};

/* NULL: the kernel's sizes, 0, 1. */
td_attr    td_pool_attributes(int d, const int64_t *kernel, const int64_t *stride, const int64_t *padding,
                              const int64_t *dilation, bool ceil_mode);
td_attr    td_adaptive_attributes(int d, const int64_t *output_size);
/* x with a batch of one if it has none; what comes of it without. */
td_tensor *td_apply_pool(const td_op *op, td_tensor *x, const td_attr *attr);
/* Size of axis j of the result. */
int64_t    td_pool_size(const td_attr *a, int j, int64_t n);
td_status  td_pool_infer(td_infer *i);

/* x and attributes over d axes; adaptive ones. */
void td_sample_pool(td_sample *s, int d);
void td_sample_adaptive(td_sample *s, int d);

/* The parameters every signature begins with. */
#define TD_POOL_WINDOW { "kernel_size", TD_SIZES, true, 0 }, { "stride", TD_SIZES, false, 0 }
#define TD_POOL_OUTPUT { "output_size", TD_SIZES, true, 0 }

#endif
