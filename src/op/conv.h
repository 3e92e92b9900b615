/* conv.h: convolutions, their transposes and their adjoint in the weight are one computation with two tensors beside the
 * weight: the image, which the kernel is moved over, and the grid, which has a number for each of its positions.
 *
 *     conv             grid = weight over image
 *     conv_transpose   image = adjoint of that, of grid
 *     conv_adj_w       weight = the other adjoint, of image and grid
 *
 * image (n, groups i, size..)    grid (n, groups g, size..)    weight (groups g, i, kernel..) */
#ifndef TD_OP_CONV_H
#define TD_OP_CONV_H

#include "op/op.h"

/* Where things stand in an application's list: up to three numbers each from here on, then how many groups. */
enum {
    TD_CONV_STRIDE = 0, TD_CONV_PADDING = 3, TD_CONV_DILATION = 6,
    TD_CONV_MORE = 9,        /* conv_transpose: output_padding; conv_adj_w: the kernel's sizes */
    TD_CONV_GROUPS = 12, TD_CONV_LIST = 13
};

/* With axes of size 1 in front of less than three. */
typedef struct td_conv_sizes {
    int64_t n, groups, i, g;
    int64_t image[3], grid[3], kernel[3], stride[3], padding[3], dilation[3];
    int64_t pixels, positions, taps;
} td_conv_sizes;

/* conv_shape.c */
td_status td_conv_infer(td_infer *i);
td_status td_conv_transpose_infer(td_infer *i);
td_status td_conv_adj_w_infer(td_infer *i);
/* How far a dilated kernel reaches beyond its first tap on axis j; at how many places it fits on n numbers and their padding. */
int64_t   td_conv_reach(const td_attr *a, int j, int64_t kernel);
int64_t   td_conv_fits(const td_attr *a, int j, int64_t n, int64_t kernel);

/* convolve.c: each computes one of the three. */
td_status td_conv_compute(const td_call *call);
td_status td_conv_transpose_compute(const td_call *call);
td_status td_conv_adj_w_compute(const td_call *call);

#endif
