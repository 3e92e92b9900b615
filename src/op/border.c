/* border.c: pad in PyTorch's four modes: what stands beyond the ends of an axis.
 *
 * Counts are kept for all axes, first axis first, before and after; a negative one takes numbers away.  All but the constant
 * mode are a choice of numbers along each axis, index_select's. */
#include "op/shape.h"

#include <string.h>

static int64_t larger(int64_t a, int64_t b) { return a > b ? a : b; }
static int64_t smaller(int64_t a, int64_t b) { return a < b ? a : b; }

/* ---- which number of n stands at place i of an axis, i < 0 and i >= n included ------------------------------------- */

typedef int64_t border(int64_t i, int64_t n);

static int64_t reflected(int64_t i, int64_t n) { return i < 0 ? -i : i >= n ? 2 * (n - 1) - i : i; }
static int64_t replicated(int64_t i, int64_t n) { return smaller(larger(i, 0), n - 1); }

static border *border_of(const td_op *op) { return op->id == TD_ID_reflection_pad ? reflected : replicated; }

/* Of a circle there is what the negative counts leave. */
static int64_t around(int64_t j, int64_t n, int64_t before, int64_t after)
{
    int64_t first = larger(-before, 0), left = n - first - larger(-after, 0), i = (j - larger(before, 0)) % left;
    return first + (i < 0 ? i + left : i);
}

/* The most that may be added to either end of an axis of n. */
static int64_t most(const td_op *op, int64_t n)
{
    return op->id == TD_ID_reflection_pad ? n - 1 : op->id == TD_ID_circular_pad ? n : INT32_MAX;
}

/* ---- shapes ------------------------------------------------------------------------------------------------------- */

static td_status border_infer(td_infer *i)
{
    const td_attr *a = i->attr;
    if (a->n_list != 2 * i->shape.rank)
        return td_fail(i->context, TD_ESHAPE, "%s: %d counts for a tensor of rank %d", i->op->name, a->n_list, i->shape.rank);
    for (int k = 0; k < i->shape.rank; k++) {
        int64_t n = i->shape.size[k], before = a->list[2 * k], after = a->list[2 * k + 1], limit = most(i->op, n);
        if (!before && !after) continue;
        bool fit = before <= limit && after <= limit && before > -INT32_MAX && after > -INT32_MAX;
        i->shape.size[k] = fit ? n + before + after : -1;
        if (i->shape.size[k] < 0 || n + smaller(before, 0) + smaller(after, 0) < (i->op->id != TD_ID_constant_pad))
            return td_fail(i->context, TD_EVALUE, "%s: %lld before and %lld after axis %d of size %lld", i->op->name,
                           (long long)before, (long long)after, k, (long long)n);
    }
    return TD_OK;
}

/* ---- compositions ------------------------------------------------------------------------------------------------- */

static td_tensor *constant_pad_compose(int n, td_tensor *const *in, const td_attr *attr)
{
    int64_t    room[2 * TD_MAX_RANK];
    td_tensor *x = in[0];
    (void)n;
    for (int k = 0; k < x->shape->rank; k++) {
        int64_t before = attr->list[2 * k], after = attr->list[2 * k + 1], size = in[0]->shape->size[k];
        if (before < 0 || after < 0) x = td_slice(x, k, larger(-before, 0), size - larger(-after, 0), 1);
        room[2 * k] = larger(before, 0), room[2 * k + 1] = larger(after, 0);
    }
    return td_pad(x, room, attr->a);
}

/* The numbers of axis k of the result, as indices of x's. */
static td_tensor *indices(td_tensor *x, const td_op *op, int k, int64_t before, int64_t after)
{
    td_context *c = x->context;
    int64_t     n = x->shape->size[k], size = n + before + after, *at = td_arena(c, (size_t)(size + 1) * sizeof *at);
    if (!at) return td_bad(c);
    for (int64_t j = 0; j < size; j++)
        at[j] = op->id == TD_ID_circular_pad ? around(j, n, before, after) : border_of(op)(j - before, n);
    return td_array(c, TD_I64, 1, &size, at);
}

static td_tensor *chosen(const td_op *op, td_tensor *x, const td_attr *attr)
{
    for (int k = 0; k < x->shape->rank && !x->context->status; k++) {
        int64_t before = attr->list[2 * k], after = attr->list[2 * k + 1];
        if (before || after) x = td_index_select(x, k, indices(x, op, k, before, after));
    }
    return x;
}

static td_tensor *reflection_pad_compose(int n, td_tensor *const *in, const td_attr *attr)
{
    (void)n;
    return chosen(&td_op_reflection_pad, in[0], attr);
}

static td_tensor *replication_pad_compose(int n, td_tensor *const *in, const td_attr *attr)
{
    (void)n;
    return chosen(&td_op_replication_pad, in[0], attr);
}

static td_tensor *circular_pad_compose(int n, td_tensor *const *in, const td_attr *attr)
{
    (void)n;
    return chosen(&td_op_circular_pad, in[0], attr);
}

/* ---- wrappers ----------------------------------------------------------------------------------------------------- */

/* PyTorch's counts begin with the last axis. */
static td_tensor *apply_border(const td_op *op, td_tensor *x, int count, const int64_t *pad, double value)
{
    if (td_stopped(x)) return td_passed(x);
    int     rank = x->shape->rank;
    td_attr a = { .a = value, .n_list = (int8_t)(2 * rank) };
    if (count < 0 || count % 2 || count > 2 * rank) {
        td_fail(x->context, TD_ESHAPE, "%s: %d counts for a tensor of rank %d: two for each axis, from the last on", op->name, count,
                rank);
        return td_bad(x->context);
    }
    for (int k = 0; k < count / 2; k++) memcpy(a.list + 2 * (rank - 1 - k), pad + 2 * k, 2 * sizeof *pad);
    return td_apply1(op, x, &a);
}

td_tensor *td_constant_pad(td_tensor *x, int count, const int64_t *pad, double value)
{
    return apply_border(&td_op_constant_pad, x, count, pad, value);
}

td_tensor *td_reflection_pad(td_tensor *x, int count, const int64_t *pad)
{
    return apply_border(&td_op_reflection_pad, x, count, pad, 0);
}

td_tensor *td_replication_pad(td_tensor *x, int count, const int64_t *pad)
{
    return apply_border(&td_op_replication_pad, x, count, pad, 0);
}

td_tensor *td_circular_pad(td_tensor *x, int count, const int64_t *pad)
{
    return apply_border(&td_op_circular_pad, x, count, pad, 0);
}

/* ---- samples, signatures, ops ------------------------------------------------------------------------------------- */

/* At least one number is left on each axis. */
static void sample_counts(td_sample *s, const td_op *op)
{
    s->n_in = 1;
    td_sample_operand(s, 0, op->id == TD_ID_constant_pad ? 0 : 1, 3);
    s->attr.n_list = (int8_t)(2 * s->in[0].rank);
    for (int k = 0; k < s->attr.n_list; k++) {
        int64_t n = s->in[0].size[k / 2], limit = smaller(most(op, n), 2), taken = n > 2 && td_sample_below(s, 4) == 0;
        if (n > 0) s->attr.list[k] = taken ? -1 : td_sample_below(s, limit + 1);
    }
    s->attr.a = td_sample_real(s, -2, 2);
}

static void constant_pad_sample(td_sample *s) { sample_counts(s, &td_op_constant_pad); }
static void reflection_pad_sample(td_sample *s) { sample_counts(s, &td_op_reflection_pad); }
static void replication_pad_sample(td_sample *s) { sample_counts(s, &td_op_replication_pad); }
static void circular_pad_sample(td_sample *s) { sample_counts(s, &td_op_circular_pad); }

static td_tensor *call_border(const td_invocation *k)
{
    double value = k->op->id == TD_ID_constant_pad ? td_as_number(k, 1) : 0;
    return apply_border(k->op, k->in[0], k->argument[0].n, k->argument[0].list, value);
}

#define COUNTS { "pad", TD_SIZES, true, 0 }
static const td_signature constant_pad_signature = {
    .example = "constant_pad(W, [1, -1], 0.5)", .call = call_border, .parameter = { COUNTS, { "value", TD_NUMBER, false, 0 } },
};
static const td_signature reflection_pad_signature = {
    .example = "reflection_pad(W, [1, 2])", .call = call_border, .parameter = { COUNTS },
};
static const td_signature replication_pad_signature = {
    .example = "replication_pad(W, [1, 2, 0, 1])", .call = call_border, .parameter = { COUNTS },
};
static const td_signature circular_pad_signature = {
    .example = "circular_pad(W, [1, 2])", .call = call_border, .parameter = { COUNTS },
};

#define BORDER(NAME)                                                                               \
    .name = #NAME, .id = TD_ID_##NAME, .min_in = 1, .max_in = 1, .infer = border_infer,            \
    .compose = NAME##_compose, .sample = NAME##_sample, .signature = &NAME##_signature

const td_op td_op_constant_pad = { BORDER(constant_pad) };
const td_op td_op_reflection_pad = { BORDER(reflection_pad) };
const td_op td_op_replication_pad = { BORDER(replication_pad) };
const td_op td_op_circular_pad = { BORDER(circular_pad) };
