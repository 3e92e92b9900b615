/* softmax.h: leaf loops of softmax and log_softmax along one axis.
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
} td_columns;

#endif
