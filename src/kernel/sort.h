/* sort.h: leaf loops of what depends on an order: positions in a stable sort, and places in what is sorted.
 *
 * Numbers stand in their order, -0 beside 0 as its equal, NaN behind all and equal to one another; descending, the other way
 * round.  Equals keep the order they came in. */
#ifndef TD_KERNEL_SORT_H
#define TD_KERNEL_SORT_H

#include <stdbool.h>
#include <stdint.h>

/* y[i]: where the number stands in x that is at place from + i of n when they are sorted, from <= from + i < to. */
typedef struct td_order {
    const void *x;
    int64_t    *y;
    int64_t     n, from, to;
    bool        descending;
    uint64_t   *record[2];     /* scratch, n of each */
} td_order;
typedef void td_order_fn(const td_order *o);

/* y[i]: how many of n numbers are below v[i]; `right`: not above it.  By bisection, if they are sorted. */
typedef void td_search_fn(int64_t n, const void *sorted, int64_t m, const void *v, bool right, int64_t *y);

/* [dtype] */
extern td_order_fn *const  td_orders[];
extern td_search_fn *const td_searches[];

#endif
