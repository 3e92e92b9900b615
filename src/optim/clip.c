/* clip.c: gradients held within bounds, before a step.
 *
 * A kept gradient is replaced by a new tensor; what was recorded keeps the one it had. */
#include "optim.h"

#include <math.h>

/* PyTorch adds this to the norm, against 0 / 0; so a clipped gradient is that much shorter than it may be. */
#define CLIP_EPSILON 1e-6

double td_clip_grad_norm(int n, td_tensor *const *parameter, double max_norm, double p)
{
    td_tensor *norm = NULL;
    for (int i = 0; i < n; i++) {
        td_tensor *one = td_reshape(td_to(td_norm(td_grad(parameter[i]), p), TD_F64), 1, (int64_t[]){ 1 });
        norm = norm ? td_concat(2, (td_tensor *[]){ norm, one }, 0) : one;
    }
    double total = norm ? td_item(td_norm(norm, p)) : 0, share = max_norm / (total + CLIP_EPSILON);
    for (int i = 0; share < 1 && i < n; i++)
        if (parameter[i]->grad) parameter[i]->grad = td_mul_scalar(parameter[i]->grad, share);
    return total;
}

td_status td_clip_grad_value(int n, td_tensor *const *parameter, double limit)
{
    for (int i = 0; i < n; i++)
        if (parameter[i]->grad) parameter[i]->grad = td_clamp(parameter[i]->grad, -limit, limit);
    return n > 0 ? td_error(td_context_of(parameter[0])) : TD_OK;
}
