/* softmax.h: leaf loops of softmax and log_softmax along one axis, and of the cross entropy of rows.
 *
 * x and y are (outer, n, inner), row-major, and may be the same memory.  A column is the n elements at one (outer, inner);
 * columns are numbered row-major, and [begin, end) of them are done.  Each column is done alone: how they are shared out
 * can't be seen in the result. */
#ifndef TD_KERNEL_SOFTMAX_H
#define TD_KERNEL_SOFTMAX_H

#include <stdbool.h>
#include <stdint.h>

typedef struct td_columns {
    const void *x;
    void       *y;
    int64_t     n, inner;
    bool        log;
    bool        past;      /* y is too large for the caches */
} td_columns;

/* x and y are (rows, n), not the same memory; [begin, end) of the rows are done, each alone.
 *
 *     loss     loss_i = log sum e^x_i - x_i,target_i
 *     slope    y_i = (softmax x_i - 1 at the target) scale */
typedef struct td_entropy {
    const void    *x;
    const int64_t *target;      /* (rows), 0 <= target < n */
    double        *loss;        /* (rows), of `loss` */
    void          *y;           /* of `slope` */
    int64_t        n;
    double         scale;
} td_entropy;

#endif
