/* norm.h: leaf loops of layer normalisation and of its adjoint.
 *
 * Rows are n numbers without a gap, [begin, end) of them are done, each alone.  With d = x - mean, r = 1 / sqrt(mean of d^2 +
 * eps), and weight and bias 1 and 0 where they are NULL,
 *
 *     layer      y = d r weight + bias
 *     adjoint    y = r (v - mean of v - d r mean of d r v),  v = g weight      (the Jacobian of d r is symmetric)
 *     weights    y = n sums over the rows of g d r, and n of g, added in order: doubles */
#ifndef TD_KERNEL_NORM_H
#define TD_KERNEL_NORM_H

#include <stdint.h>

typedef struct td_rows {
    const void *x, *g;              /* (rows, n); g: not of layer */
    const void *weight, *bias;      /* (n) or NULL; bias of layer only, beside a weight */
    void       *y;                  /* (rows, n), may be x or g; (2, n) of weights */
    int64_t     n;
    double      eps;
} td_rows;

#endif
