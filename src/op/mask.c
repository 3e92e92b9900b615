/* mask.c: elements chosen by truth values.
 *
 * How many there are depends on numbers, and a shape can't wait for them: nonzero, masked_select and masked_scatter read
 * the mask when they are recorded, and the count is a constant of the tape. */
#include "op/index.h"

/* ---- nonzero ------------------------------------------------------------------------------------------------------ */

static bool is_nonzero(const void *x, td_dtype d, int64_t i)
{
    switch (d) {
    case TD_BOOL: return ((const uint8_t *)x)[i] != 0;
    case TD_I64: return ((const int64_t *)x)[i] != 0;
    case TD_F32: return ((const float *)x)[i] != 0;
    default: return ((const double *)x)[i] != 0;
    }
}

/* How many elements are not 0, now; -1 after td_fail. */
static int64_t count_nonzero(td_tensor *x)
{
    const void *values = td_data(x);
    int64_t     count = 0;
    if (!values) return x->context->status ? -1 : 0;
    for (int64_t i = 0; i < x->shape->numel; i++) count += is_nonzero(values, td_dtype_of(x), i);
    return count;
}

static td_status nonzero_infer(td_infer *i)
{
    int64_t count = count_nonzero(i->in[0]);
    if (count < 0) return td_error(i->context);
    i->dtype = TD_I64;
    i->shape.size[0] = count;
    i->shape.size[1] = i->in[0]->shape->rank;
    i->shape.rank = 2;
    return TD_OK;
}

static td_status nonzero_compute(const td_call *call)
{
    const td_shape *s = call->in[0].shape;
    int64_t        *to = call->out.data, at[TD_MAX_RANK] = { 0 };
    td_scratch      scratch = td_scratch_begin(call->context);
    const void     *x = s->numel ? td_dense(call, 0) : NULL;
    for (int64_t i = 0; x && i < s->numel; i++) {
        if (is_nonzero(x, call->in[0].dtype, i))
            for (int k = 0; k < s->rank; k++) *to++ = at[k];
        for (int k = s->rank - 1; k >= 0 && ++at[k] == s->size[k]; k--) at[k] = 0;
    }
    td_scratch_end(&scratch);
    return call->context->status;
}

td_tensor *td_nonzero(td_tensor *x) { return td_apply1(&td_op_nonzero, x, NULL); }

static void nonzero_sample(td_sample *s)
{
    s->n_in = 1;
    td_sample_operand(s, 0, 0, 3);
    s->in[0].what = TD_SAMPLE_INDEX;
    s->in[0].low = -1, s->in[0].high = 3;
}

static const td_signature nonzero_signature = { .example = "nonzero(b)" };
const td_op td_op_nonzero = {
    .name = "nonzero", .id = TD_ID_nonzero, .min_in = 1, .max_in = 1, .flat = true,
    .infer = nonzero_infer, .compute = nonzero_compute, .sample = nonzero_sample, .signature = &nonzero_signature,
};

/* ---- what masked ops share: (x, mask bool), broadcast --------------------------------------------------------------- */

static bool mask_fits(const td_infer *i, td_shape *both)
{
    const td_tensor *x = i->in[0], *mask = i->in[1];
    char             a[TD_SHAPE_TEXT], b[TD_SHAPE_TEXT];
    if (mask->dtype != TD_BOOL)
        return !td_fail(i->context, TD_EDTYPE, "%s: the mask is %s, not bool", i->op->name,
                        td_dtype_name(td_dtype_of(mask)));
    if (td_shape_broadcast(x->shape, mask->shape, both)) return true;
    return !td_fail(i->context, TD_ESHAPE, "%s: x is %s, the mask %s, which do not broadcast", i->op->name,
                    td_shape_text(x->shape, a), td_shape_text(mask->shape, b));
}

/* x as it is after broadcasting with the other. */
static td_tensor *spread(td_tensor *x, const td_tensor *other)
{
    td_shape both;
    td_shape_broadcast(x->shape, other->shape, &both);
    return td_expand(x, both.rank, both.size);
}

/* Where the mask is true in row-major order of what it broadcasts to with x, a vector. */
static td_tensor *places(td_tensor *mask, const td_tensor *x)
{
    td_tensor *where = td_nonzero(td_ravel(spread(mask, x)));
    return td_reshape(where, 1, (int64_t[]){ td_size(where, 0) });
}

/* How many true elements the mask has once it is as large as `both`; -1 after td_fail. */
static int64_t count_true(td_tensor *mask, const td_shape *both)
{
    int64_t count = count_nonzero(mask);
    return mask->shape->numel ? count * (both->numel / mask->shape->numel) : count;
}

static void mask_sample(td_sample *s)
{
    s->n_in = 2;
    td_sample_operand(s, 0, 0, 3);
    td_sample_broadcast(s, 1);
    s->in[1].what = TD_SAMPLE_BOOL;
}

/* ---- masked_fill -------------------------------------------------------------------------------------------------- */

static td_status masked_fill_infer(td_infer *i)
{
    td_shape both;
    if (!mask_fits(i, &both)) return td_error(i->context);
    i->shape = both;
    return TD_OK;
}

static td_tensor *masked_fill_compose(int n, td_tensor *const *in, const td_attr *attr)
{
    (void)n;
    return td_where(in[1], td_number(in[0], attr->a), in[0]);
}

td_tensor *td_masked_fill(td_tensor *x, td_tensor *mask, double value)
{
    return td_apply(&td_op_masked_fill, 2, (td_tensor *[]){ x, mask }, &(td_attr){ .a = value });
}

td_tensor *td_masked_fill_tensor(td_tensor *x, td_tensor *mask, td_tensor *value)
{
    if (td_stopped(x) || td_stopped(value)) return td_passed(td_stopped(x) ? x : value);
    if (value->shape->rank) td_fail(x->context, TD_ESHAPE, "masked_fill: a value of rank %d, not 0", value->shape->rank);
    return td_where(mask, td_to(value, td_dtype_of(x)), x);
}

static void masked_fill_sample(td_sample *s)
{
    mask_sample(s);
    s->attr.a = td_sample_below(s, 4) ? td_sample_real(s, -2, 2) : 0;
}

static td_tensor *call_masked_fill(const td_invocation *k) { return td_masked_fill(k->in[0], k->in[1], td_as_number(k, 0)); }
static const td_signature masked_fill_signature = {
    .example = "masked_fill(W, b, 0.5)", .call = call_masked_fill, .parameter = { { "value", TD_NUMBER, true, 0 } },
};
const td_op td_op_masked_fill = {
    .name = "masked_fill", .id = TD_ID_masked_fill, .min_in = 2, .max_in = 2,
    .infer = masked_fill_infer, .compose = masked_fill_compose, .sample = masked_fill_sample,
    .signature = &masked_fill_signature,
};

/* ---- masked_select ------------------------------------------------------------------------------------------------ */

static td_status masked_select_infer(td_infer *i)
{
    td_shape both;
    int64_t  count = mask_fits(i, &both) ? count_true(i->in[1], &both) : -1;
    if (count < 0) return td_error(i->context);
    i->shape.rank = 1;
    i->shape.size[0] = count;
    return TD_OK;
}

static td_tensor *masked_select_compose(int n, td_tensor *const *in, const td_attr *attr)
{
    (void)n, (void)attr;
    return td_index_select(td_ravel(spread(in[0], in[1])), 0, places(in[1], in[0]));
}

td_tensor *td_masked_select(td_tensor *x, td_tensor *mask) { return td_apply2(&td_op_masked_select, x, mask); }

static const td_signature masked_select_signature = { .example = "masked_select(x, b)" };
const td_op td_op_masked_select = {
    .name = "masked_select", .id = TD_ID_masked_select, .min_in = 2, .max_in = 2,
    .infer = masked_select_infer, .compose = masked_select_compose, .sample = mask_sample,
    .signature = &masked_select_signature,
};

/* ---- masked_scatter ----------------------------------------------------------------------------------------------- */

static td_status masked_scatter_infer(td_infer *i)
{
    td_shape both;
    int64_t  count = mask_fits(i, &both) ? count_true(i->in[1], &both) : -1, room = i->in[2]->shape->numel;
    if (count < 0) return td_error(i->context);
    if (i->in[2]->dtype != i->in[0]->dtype)
        return td_fail(i->context, TD_EDTYPE, "masked_scatter: x is %s, the source %s", td_dtype_name(i->dtype),
                       td_dtype_name(td_dtype_of(i->in[2])));
    if (count > room)
        return td_fail(i->context, TD_EVALUE, "masked_scatter: the mask is true %lld times, the source has %lld elements",
                       (long long)count, (long long)room);
    i->shape = both;
    return TD_OK;
}

/* No place is named twice. */
static td_tensor *masked_scatter_compose(int n, td_tensor *const *in, const td_attr *attr)
{
    td_tensor *x = spread(in[0], in[1]), *where = places(in[1], in[0]);
    td_tensor *source = td_slice(td_ravel(in[2]), 0, 0, td_size(where, 0), 1);
    (void)n, (void)attr;
    td_attr    distinct = { .n_list = 1, .list = { 1 } };
    td_tensor *y = td_apply(&td_op_index_copy, 3, (td_tensor *[]){ td_ravel(x), where, source }, &distinct);
    return td_reshape(y, td_rank(x), x->shape->size);
}

td_tensor *td_masked_scatter(td_tensor *x, td_tensor *mask, td_tensor *source)
{
    return td_apply(&td_op_masked_scatter, 3, (td_tensor *[]){ x, mask, source }, NULL);
}

static void masked_scatter_sample(td_sample *s)
{
    int64_t n = td_sample_below(s, 3);
    mask_sample(s);
    s->n_in = 3;
    s->in[2] = s->in[0];
    for (int64_t k = 0, all = 1; k < s->in[0].rank; k++) {
        all *= s->in[0].size[k];
        if (k == s->in[0].rank - 1) n += all;
    }
    s->in[2].rank = 1;
    s->in[2].size[0] = s->in[0].rank ? n : n + 1;
}

static const td_signature masked_scatter_signature = { .example = "masked_scatter(x, b, y)" };
const td_op td_op_masked_scatter = {
    .name = "masked_scatter", .id = TD_ID_masked_scatter, .min_in = 3, .max_in = 3,
    .infer = masked_scatter_infer, .compose = masked_scatter_compose, .sample = masked_scatter_sample,
    .signature = &masked_scatter_signature,
};
