/* scan.h: leaf loops of what runs along an axis: y_k from y_(k-1).
 *
 * x, b and y are (outer, n, inner), row-major; y may be b, or x where there is no b.  A column is the n elements at one
 * (outer, inner), as in softmax.h; [begin, end) of them are done.  Backwards, k runs from n - 1 down to 0.
 *
 *     sum           y_k = y_(k-1) + x_k
 *     prod          y_k = y_(k-1) x_k
 *     max, min      the larger, the smaller of y_(k-1) and x_k; of equals x_k; NaN after a NaN
 *     argmax        the index of max, i64
 *     logsumexp     log(e^y_(k-1) + e^x_k)
 *     recurrence    y_k = x_k y_(k-1) + b_k, backwards y_k = x_(k+1) y_(k+1) + b_k; the first y is b */
#ifndef TD_KERNEL_SCAN_H
#define TD_KERNEL_SCAN_H

#include <stdbool.h>
#include <stdint.h>

typedef struct td_scan {
    const void *x, *b;
    void       *y;
    int64_t     n, inner;
    bool        backwards;
} td_scan;

#endif
