/* window.h: leaf loops over windows: sums with weights along an axis, and where the largest number of a window is.
 *
 *     band      x is (outer, n, inner), y (outer, m, inner):  y_j = (sum over e of row j of weight_e x_index_e) / divisor_j
 *     extreme   x is (channels, size..), y_j which number of its channel is the largest in window j; the first of equals, the
 *               first NaN if there is one */
#ifndef TD_KERNEL_WINDOW_H
#define TD_KERNEL_WINDOW_H

#include <stdint.h>

/* Lines o m + j, (outer, m) of them, are done one by one, each alone; f32 in double, rounded once. */
typedef struct td_band {
    const void    *x;
    void          *y;
    int64_t        n, m, inner;
    const int64_t *start;        /* [m + 1]: row j has the entries start[j] .. start[j + 1] */
    const int64_t *index;        /* [entries], 0 <= index < n */
    const double  *weight;       /* [entries] */
    const double  *divisor;      /* [m] */
} td_band;

/* Windows are products of ranges, one for each axis: first[a][j], last[a][j], step apart, at least one number each. */
typedef struct td_extreme {
    const void    *x;
    int64_t       *y;
    int64_t        size[3], grid[3], step[3];
    const int64_t *first[3], *last[3];     /* [grid[a]] */
} td_extreme;

#endif
