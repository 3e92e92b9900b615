/* conv_shape.c: what convolutions are refused for, and the sizes of their results. */
#include "op/conv.h"
#include "op/shape.h"

static td_status check_operand(const td_infer *i, int k, const char *what, int rank)
{
    char            text[TD_SHAPE_TEXT];
    const td_tensor *t = i->in[k];
    if (td_dtype_of(t) != i->dtype)
        return td_fail(i->context, TD_EDTYPE, "%s: x is %s, the %s %s", i->op->name, td_dtype_name(i->dtype), what,
                       td_dtype_name(td_dtype_of(t)));
    if (t->shape->rank == rank) return TD_OK;
    return td_fail(i->context, TD_ESHAPE, "%s: the %s is %s, not of rank %d", i->op->name, what, td_shape_text(t->shape, text),
                   rank);
}

static td_status check_attributes(const td_infer *i, int d)
{
    const int64_t *l = i->attr->list;
    for (int j = 0; j < d; j++) {
        const int64_t stride = l[TD_CONV_STRIDE + j], padding = l[TD_CONV_PADDING + j], dilation = l[TD_CONV_DILATION + j];
        const int64_t most = INT32_MAX;    /* sizes made of them fit an i64 */
        if (stride < 1 || padding < 0 || dilation < 1 || stride > most || padding > most || dilation > most)
            return td_fail(i->context, TD_EVALUE, "%s: stride %lld, padding %lld, dilation %lld on axis %d", i->op->name,
                           (long long)stride, (long long)padding, (long long)dilation, j + 2);
    }
    if (l[TD_CONV_GROUPS] >= 1) return TD_OK;
    return td_fail(i->context, TD_EVALUE, "%s: %lld groups", i->op->name, (long long)l[TD_CONV_GROUPS]);
}

/* Operands (a, weight[, bias]) of an op over d axes, where a has `channels` of `all` channels for each group. */
static td_status check_operands(const td_infer *i, int d)
{
    if (td_infer_float(i) || check_operand(i, 0, "input", d + 2) || check_operand(i, 1, "weight", d + 2)) return td_error(i->context);
    if (i->n_in > 2 && check_operand(i, 2, "bias", 1)) return td_error(i->context);
    return check_attributes(i, d);
}

static td_status channels_differ(const td_infer *i, int64_t of_weight)
{
    char a[TD_SHAPE_TEXT], b[TD_SHAPE_TEXT];
    return td_fail(i->context, TD_ESHAPE, "%s: input %s by weight %s in %lld groups: %lld channels, the weight is for %lld",
                   i->op->name, td_shape_text(i->in[0]->shape, a), td_shape_text(i->in[1]->shape, b),
                   (long long)i->attr->list[TD_CONV_GROUPS], (long long)i->in[0]->shape->size[1], (long long)of_weight);
}

/* The bias has one number for each of the result's channels, which groups divide. */
static td_status check_result(const td_infer *i, int64_t channels)
{
    char            text[TD_SHAPE_TEXT];
    int64_t         groups = i->attr->list[TD_CONV_GROUPS];
    const td_shape *bias = i->n_in > 2 ? i->in[2]->shape : NULL;
    if (i->in[1]->shape->size[0] % groups)
        return td_fail(i->context, TD_ESHAPE, "%s: weight %s in %lld groups", i->op->name, td_shape_text(i->in[1]->shape, text),
                       (long long)groups);
    if (!bias || bias->size[0] == channels) return TD_OK;
    return td_fail(i->context, TD_ESHAPE, "%s: bias %s is not (%lld,)", i->op->name, td_shape_text(bias, text), (long long)channels);
}

static td_status does_not_fit(const td_infer *i, int j, int64_t size)
{
    char a[TD_SHAPE_TEXT], b[TD_SHAPE_TEXT];
    return td_fail(i->context, TD_ESHAPE, "%s: input %s by weight %s: axis %d of the result would have size %lld", i->op->name,
                   td_shape_text(i->in[0]->shape, a), td_shape_text(i->in[1]->shape, b), j + 2, (long long)size);
}

int64_t td_conv_reach(const td_attr *a, int j, int64_t kernel) { return a->list[TD_CONV_DILATION + j] * (kernel - 1); }

int64_t td_conv_fits(const td_attr *a, int j, int64_t n, int64_t kernel)
{
    int64_t room = n + 2 * a->list[TD_CONV_PADDING + j] - td_conv_reach(a, j, kernel) - 1;
    return room < 0 ? 0 : room / a->list[TD_CONV_STRIDE + j] + 1;
}

td_status td_conv_infer(td_infer *i)
{
    int d = i->op->kernel;
    if (check_operands(i, d)) return td_error(i->context);
    const td_shape *x = i->in[0]->shape, *w = i->in[1]->shape;
    if (x->size[1] != w->size[1] * i->attr->list[TD_CONV_GROUPS])
        return channels_differ(i, w->size[1] * i->attr->list[TD_CONV_GROUPS]);
    if (check_result(i, w->size[0])) return td_error(i->context);
    i->shape.size[1] = w->size[0];
    for (int j = 0; j < d; j++) {
        int64_t size = w->size[2 + j] > 0 ? td_conv_fits(i->attr, j, x->size[2 + j], w->size[2 + j]) : 0;
        if (size < 1) return does_not_fit(i, j, size);
        i->shape.size[2 + j] = size;
    }
    return TD_OK;
}

td_status td_conv_transpose_infer(td_infer *i)
{
    int            d = i->op->kernel;
    const int64_t *l = i->attr->list;
    if (check_operands(i, d)) return td_error(i->context);
    const td_shape *x = i->in[0]->shape, *w = i->in[1]->shape;
    if (x->size[1] != w->size[0]) return channels_differ(i, w->size[0]);
    if (check_result(i, w->size[1] * l[TD_CONV_GROUPS])) return td_error(i->context);
    i->shape.size[1] = w->size[1] * l[TD_CONV_GROUPS];
    for (int j = 0; j < d; j++) {
        int64_t more = l[TD_CONV_MORE + j], stride = l[TD_CONV_STRIDE + j], dilation = l[TD_CONV_DILATION + j];
        int64_t size = (x->size[2 + j] - 1) * stride - 2 * l[TD_CONV_PADDING + j] + td_conv_reach(i->attr, j, w->size[2 + j]) + more + 1;
        if (more < 0 || (more >= stride && more >= dilation))
            return td_fail(i->context, TD_EVALUE, "%s: output_padding %lld, stride %lld, dilation %lld on axis %d", i->op->name,
                           (long long)more, (long long)stride, (long long)dilation, j + 2);
        if (size < 1 || x->size[2 + j] < 1 || w->size[2 + j] < 1) return does_not_fit(i, j, size);
        i->shape.size[2 + j] = size;
    }
    return TD_OK;
}

td_status td_conv_adj_w_infer(td_infer *i)
{
    int            d = i->in[0]->shape->rank - 2;
    const int64_t *l = i->attr->list;
    char           a[TD_SHAPE_TEXT], b[TD_SHAPE_TEXT];
    if (td_infer_float(i) || check_operand(i, 1, "adjoint", d + 2) || check_attributes(i, d)) return td_error(i->context);
    const td_shape *x = i->in[0]->shape, *g = i->in[1]->shape;
    bool            fit = d >= 1 && d <= 3 && x->size[0] == g->size[0] && x->size[1] % l[TD_CONV_GROUPS] == 0 &&
               g->size[1] % l[TD_CONV_GROUPS] == 0;
    for (int j = 0; fit && j < d; j++)
        fit = l[TD_CONV_MORE + j] > 0 && td_conv_fits(i->attr, j, x->size[2 + j], l[TD_CONV_MORE + j]) == g->size[2 + j];
    if (!fit)
        return td_fail(i->context, TD_ESHAPE, "conv_adj_w: input %s does not go with the adjoint %s", td_shape_text(x, a),
                       td_shape_text(g, b));
    i->shape.size[0] = g->size[1];
    i->shape.size[1] = x->size[1] / l[TD_CONV_GROUPS];
    for (int j = 0; j < d; j++) i->shape.size[2 + j] = l[TD_CONV_MORE + j];
    return TD_OK;
}
