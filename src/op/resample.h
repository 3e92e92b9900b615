/* resample.h: linear maps along one axis, of which averages over windows and interpolation are made. */
#ifndef TD_OP_RESAMPLE_H
#define TD_OP_RESAMPLE_H

#include "op/op.h"

/* What y_j is made of; attributes of the op resample. */
enum {
    TD_BAND_SUM, TD_BAND_MEAN, TD_BAND_MEAN_PADDED,    /* a window: KERNEL, STRIDE, PADDING; the mean of what is in x, or of all */
    TD_BAND_ADAPTIVE,                                  /* the mean of floor(j n / m) .. ceil((j + 1) n / m) */
    TD_BAND_NEAREST, TD_BAND_NEAREST_EXACT, TD_BAND_LINEAR, TD_BAND_CUBIC,    /* td_attr.a: scale factor, 0: m / n; CORNERS */
    TD_BAND_KINDS
};
enum {
    TD_BAND_KIND, TD_BAND_N, TD_BAND_M, TD_BAND_ADJOINT,    /* x has n numbers, y m; of the adjoint the other way round */
    TD_BAND_KERNEL, TD_BAND_STRIDE, TD_BAND_PADDING, TD_BAND_LIST,
    TD_BAND_CORNERS = TD_BAND_KERNEL
};

/* x along axis with these attributes; n and ADJOINT are filled in. */
td_tensor *td_resample(td_tensor *x, int axis, const td_attr *attr);

/* How many windows there are along an axis. */
int64_t td_windows(int64_t n, int64_t kernel, int64_t stride, int64_t padding, int64_t dilation, bool ceil_mode);

#endif
