/* walk.c: the walk over a strided block; what is done at each stop is in index.c. */
#include "index.h"

#include <stddef.h>

/* `at` counts through the axes that a row does not take, like an odometer. */
void td_walk_rows(const td_walk *w, int kind, td_walk_row *row)
{
    int64_t at[TD_WALK_RANK] = { 0 };
    int64_t to = 0, from = 0, index = 0;
    int     axis, outer = w->rank - (kind == TD_WALK_MOVE ? 2 : 3);
    do {
        row(w, w->to + to, w->from + from, w->index ? w->index + index : NULL);
        for (axis = outer; axis >= 0; axis--) {
            to += w->to_stride[axis], from += w->from_stride[axis], index += w->index_stride[axis];
            if (++at[axis] < w->size[axis]) break;
            to -= w->to_stride[axis] * w->size[axis];
            from -= w->from_stride[axis] * w->size[axis];
            index -= w->index_stride[axis] * w->size[axis];
            at[axis] = 0;
        }
    } while (axis >= 0);
}
