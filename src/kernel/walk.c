/* walk.c: the walk over the rows of a strided block; the rows themselves are in index.c. */
#include "index.h"

#include <stddef.h>

/* `at` counts through all axes but a row's, like an odometer. */
void td_walk_rows(const td_walk *w, td_walk_row *row)
{
    int64_t at[TD_WALK_RANK] = { 0 };
    int64_t to = 0, from = 0, index = 0;
    int     axis, outer = w->rank - (w->turned ? 3 : 2);
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
