/* norm.h: leaf loops of layer normalisation and of its adjoint.
 *
 * Rows are n numbers without a gap, [begin, end) of them are done, each alone.  With d = x - mean, r = 1 / sqrt(mean of d^2 +
 * eps), and weight and bias 1 and 0 where they are NULL,
 *
 *     layer      y = d r weight + bias
 *     adjoint    y = r (v - mean of v - d r mean of d r v),  v = g weight      (the Jacobian of d r is symmetric) */
#ifndef TD_KERNEL_NORM_H
#define TD_KERNEL_NORM_H

#include <stdint.h>

typedef struct td_rows {
    const void *x, *g;              /* (rows, n); g: of the adjoint */
    const void *weight, *bias;      /* (n) or NULL; bias only beside a weight, and not of the adjoint */
    void       *y;                  /* (rows, n); may be x or g */
    int64_t     n;
    double      eps;
} td_rows;

#endif
