/* index.h: leaf loops that move elements between strided places, one by one or through an index.
 *
 * All sizes are at least 1 and all indices in range: the caller has looked.  Strides are in bytes. */
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
    bool           turned;                   /* a row takes the last two axes: TD_WALK_TURN */
    int64_t        axis_stride;              /* of what the index counts: from (gather), to (scatter) */
} td_walk;

/* All rows, in row-major order.  Rows of a kind:  to = from,  to = from[index],  to[index] += from (in order; bool: or);
 * turn: to = from over two axes, from's elements next to one another along the first of them. */
void td_walk_rows(const td_walk *w, td_walk_row *row);

#endif
