/* conv.h: products whose one operand is gathered from an image, a piece at a time.
 *
 * An image has channels, each of up to three axes, row-major.  Positions stand on a grid; number k = tap channels + channel
 * of position p is the image's number in that channel at tap + p step, 0 outside.  So the matrix of all k by all positions
 * (im2col) is never there: a panel of it is gathered where it is needed.
 *
 *     along      c[i][p] = sum over k of a[i][k] image(k, p), + bias[i]       for positions begin .. end
 *     across     c[k - begin][i] += sum over positions p of image(k, p) b[i][p]   for k = begin .. end
 *
 * Sums are accumulated in order, one fma a step, as gemm's are. */
#ifndef TD_KERNEL_CONV_H
#define TD_KERNEL_CONV_H

#include <stdbool.h>
#include <stdint.h>

typedef struct td_image {
    const void    *data;
    int64_t        channels, pixels;         /* numbers of a channel */
    int64_t        size[3];                  /* of a channel */
    int64_t        grid[3], step[3];
    const int64_t (*tap)[3];                 /* where position 0 looks */
} td_image;

typedef struct td_conv {
    td_image    image;
    int64_t     positions;                   /* product of the grid */
    int64_t     rows, k;                     /* of a; k of along only */
    const void *matrix;                      /* a (rows, k) or b (rows, positions) */
    const void *bias;                        /* (rows) or NULL; of along */
    void       *c;                           /* (rows, positions), or (k, rows) */
    bool        more;                        /* of across: c holds sums already */
} td_conv;

#endif
