/* index.c: the rows of index.tmpl.h for four element types, and the walk over rows.
 *
 * int64_t is added as uint64_t, where overflow wraps. */
#include "index.h"

#include <string.h>

#define T uint8_t
#define F(name) name##_b
#define ADD(a, b) ((uint8_t)((a) | (b)))
#include "index.tmpl.h"

#define T uint64_t
#define F(name) name##_l
#define ADD(a, b) ((a) + (b))
#include "index.tmpl.h"

#define T float
#define F(name) name##_f
#define ADD(a, b) ((a) + (b))
#include "index.tmpl.h"

#define T double
#define F(name) name##_d
#define ADD(a, b) ((a) + (b))
#include "index.tmpl.h"

/* `at` counts through all axes but the last, like an odometer. */
void td_walk_rows(const td_walk *w, td_walk_row *row)
{
    int64_t at[TD_WALK_RANK] = { 0 };
    int64_t to = 0, from = 0, index = 0;
    int     axis;
    do {
        row(w, w->to + to, w->from + from, w->index ? w->index + index : NULL);
        for (axis = w->rank - 2; axis >= 0; axis--) {
            to += w->to_stride[axis], from += w->from_stride[axis], index += w->index_stride[axis];
            if (++at[axis] < w->size[axis]) break;
            to -= w->to_stride[axis] * w->size[axis];
            from -= w->from_stride[axis] * w->size[axis];
            index -= w->index_stride[axis] * w->size[axis];
            at[axis] = 0;
        }
    } while (axis >= 0);
}
