/* index.h: leaf loops that move elements between strided places, one by one or through an index.
 *
 * All sizes are at least 1 and all indices in range: the caller has looked, with td_index_fn.  Strides are in bytes. */
#ifndef TD_KERNEL_INDEX_H
#define TD_KERNEL_INDEX_H

#include "kernel.h"

#define TD_WALK_RANK 8

typedef struct td_walk {
    int            rank;                     /* at least 1 */
    int64_t        size[TD_WALK_RANK];
    char          *to;
    const char    *from;
    const char    *index;                    /* of int64_t; NULL where the row takes none */
    int64_t        to_stride[TD_WALK_RANK];
    int64_t        from_stride[TD_WALK_RANK];
    int64_t        index_stride[TD_WALK_RANK];
    int64_t        axis_stride;              /* of what the index counts: from (gather), to (scatter) */
    bool           past;                     /* turn: too large for the caches */
    int64_t        begin, places;            /* scatter: the index counts if it is one of so many from begin on; 0: all count */
} td_walk;

/* All of w, in row-major order of what a call of `row` takes: the last axis (move), or the last two, rank at least 2.
 *     move      to = from
 *     gather    to = from[index]
 *     scatter   to[index] += from, in order; bool: or
 *     put, times, most, least   likewise: to[index] = from; the product; the extreme, a NaN wins
 *     turn      to = from, whose elements lie next to one another along the first of the two */
void td_walk_rows(const td_walk *w, int kind, td_walk_row *row);

#endif
