/* tensor.c: making leaves and asking tensors. */
#include "core.h"

#include <math.h>
#include <string.h>

/* ---- leaves -------------------------------------------------------------------------------------------------------- */

td_tensor *td_leaf_new(td_context *c, const char *who, td_dtype dtype, int rank, const int64_t *size, void **values)
{
    td_shape   shape;
    td_tensor *again = c->status ? NULL : td_leaf_again(c, dtype, rank, size);
    if (again) *values = again->data;
    if (c->status || again) return again;
    if ((unsigned)dtype > TD_F64) td_fail(c, TD_EDTYPE, "%s: %d is no dtype", who, (int)dtype);
    else td_shape_make(c, who, rank, size, &shape);
    if (c->status) return NULL;
    *values = td_arena_raw(c, (size_t)shape.numel * td_dtype_size(dtype));
    const td_shape *kept = *values ? td_shape_keep(c, &shape) : NULL;
    return kept ? td_node_new(c, NULL, 0, NULL, kept, dtype, false) : NULL;
}

td_tensor *td_leaf_settle(td_context *c, td_tensor *x, void *values)
{
    return x && c->engine->leaf(x, values) == TD_OK ? x : td_bad(c);
}

td_tensor *td_array(td_context *c, td_dtype dtype, int rank, const int64_t *size, const void *given)
{
    if (!c) return NULL;
    if (c->status) return c->bad;
    void      *values;
    td_tensor *x = td_leaf_new(c, "td_array", dtype, rank, size, &values);
    if (!x) return td_bad(c);
    if (x->shape->numel) memcpy(values, given, (size_t)x->shape->numel * td_dtype_size(dtype));
    if (dtype == TD_BOOL)
        for (int64_t i = 0; i < x->shape->numel; i++) ((uint8_t *)values)[i] = ((uint8_t *)values)[i] != 0;
    return td_leaf_settle(c, x, values);
}

/* ---- questions ----------------------------------------------------------------------------------------------------- */

td_context *td_context_of(const td_tensor *x) { return x ? x->context : NULL; }
td_dtype    td_dtype_of(const td_tensor *x) { return x ? (td_dtype)x->dtype : TD_F64; }
int         td_rank(const td_tensor *x) { return x ? x->shape->rank : 0; }
int64_t     td_numel(const td_tensor *x) { return x ? x->shape->numel : 0; }

int64_t td_size(const td_tensor *x, int axis)
{
    int rank = td_rank(x);
    if (axis < 0) axis += rank;
    return axis >= 0 && axis < rank ? x->shape->size[axis] : -1;
}

const void *td_data(td_tensor *x)
{
    if (!x || x->context->status) return NULL;
    x->context->reads++;
    return x->context->engine->read(x);
}

double td_item(td_tensor *x)
{
    if (!x || x->context->status) return NAN;
    char text[TD_SHAPE_TEXT];
    if (x->shape->numel != 1) {
        td_fail(x->context, TD_ESHAPE, "td_item: a tensor of shape %s has %lld elements, not one",
                td_shape_text(x->shape, text), (long long)x->shape->numel);
        return NAN;
    }
    const void *values = td_data(x);
    return values ? td_load(values, (td_dtype)x->dtype, 0) : NAN;
}

td_status td_read(td_tensor *x, double *out)
{
    const void *values = td_data(x);
    if (!values) return x ? x->context->status : TD_ENOMEM;
    for (int64_t i = 0; i < x->shape->numel; i++) out[i] = td_load(values, (td_dtype)x->dtype, i);
    return TD_OK;
}

/* ---- gradients, seen from a tensor --------------------------------------------------------------------------------- */

td_tensor *td_require_grad(td_tensor *x)
{
    if (!x || x->context->status) return x;
    if (!td_is_float((td_dtype)x->dtype)) {
        td_fail(x->context, TD_EDTYPE, "td_require_grad: a tensor of dtype %s has no gradient", td_dtype_name((td_dtype)x->dtype));
        return td_bad(x->context);
    }
    if (td_watch(x)) return td_bad(x->context);
    x->flags |= TD_REQUIRES | TD_KEEPS;
    return x;
}

bool td_requires_grad(const td_tensor *x) { return x && x->flags & TD_REQUIRES; }

td_tensor *td_grad(td_tensor *x)
{
    if (!x || x->context->status) return x ? x->context->bad : NULL;
    if (!(x->flags & TD_KEEPS)) {
        td_fail(x->context, TD_ESTATE, "td_grad: no gradient is kept for this tensor: call td_require_grad on it first");
        return td_bad(x->context);
    }
    return x->grad ? x->grad : td_zeros_like(x);
}

void td_zero_grad(td_tensor *x)
{
    if (x) x->grad = NULL;
}
