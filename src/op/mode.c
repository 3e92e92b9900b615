/* mode.c: the most frequent element, gathered from where argmode says that it stands. */
#include "op/reduce.h"
#include "op/shape.h"

#include <math.h>

static td_tensor *mode_compose(int n, td_tensor *const *in, const td_attr *attr)
{
    (void)n;
    td_tensor *line = td_whole_line(in[0], attr);
    td_tensor *at = td_apply1(&td_op_argmode, line, &(td_attr){ .axis = (int16_t)(td_rank(line) - 1) });
    return td_as_result(td_gather(line, -1, at), in[0], attr);
}

td_tensor *td_mode(td_tensor *x, int axis, bool keepdim, td_tensor **indices)
{
    if (td_stopped(x)) return td_passed(x);
    if (x->shape->rank == 0) return td_mode(td_reshape(x, 1, (int64_t[]){ 1 }), axis, false, indices);
    int k = td_axis(x->context, "mode", x->shape->rank, axis);
    if (k < 0) return td_bad(x->context);
    td_tensor *at = indices ? td_apply1(&td_op_argmode, x, &(td_attr){ .axis = (int16_t)k }) : NULL;
    if (at) *indices = keepdim ? at : td_squeeze(at, k);
    return td_reduce_axes(&td_op_mode, x, 0, 1, &k, keepdim);
}

static const td_signature mode_signature = {
    .example = "mode(W, 1)", .call = td_call_reduction,
    .parameter = { { "axis", TD_AXES, false, NAN }, { "keepdim", TD_FLAG, false, 0 } },
};
const td_op td_op_mode = {
    TD_REDUCTION(mode), .infer = td_extreme_infer, .compose = mode_compose, .sample = td_extreme_sample,
    .signature = &mode_signature,
};
