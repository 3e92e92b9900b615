/* scatter.c: elements sent through an index, and joined to what stands where they arrive.
 *
 * The primitives are one loop with five ways to join (kernel/scatter.tmpl.h), in source order; index_reduce and
 * scatter_reduce are spelt in them.  Of several that are put in one place the last stays; which that is index_next
 * tells, so that the slope goes to it alone. */
#include "op/index.h"

#include <math.h>
#include <string.h>

/* ---- what rules share --------------------------------------------------------------------------------------------- */

/* The elements of the source that the index sends, and the adjoint of that. */
static td_tensor *sent(td_tensor *source, const td_shape *index)
{
    for (int k = 0; k < index->rank; k++)
        if (source->shape->size[k] > index->size[k]) source = td_slice(source, k, 0, index->size[k], 1);
    return source;
}

static td_tensor *unsent(td_tensor *g, const td_shape *source)
{
    int64_t room[2 * TD_MAX_RANK] = { 0 };
    bool    larger = false;
    for (int k = 0; k < source->rank; k++) {
        room[2 * k + 1] = source->size[k] - g->shape->size[k];
        larger |= room[2 * k + 1] > 0;
    }
    return larger ? td_pad(g, room, 0) : g;
}

td_status td_index_places_infer(td_infer *i)
{
    const td_shape *index = i->in[1]->shape, *source = i->in[2]->shape;
    if (!td_index_fits(i)) return td_error(i->context);
    bool fits = index->rank == source->rank;
    for (int k = 0; fits && k < index->rank; k++) fits = index->size[k] <= source->size[k];
    return fits ? TD_OK : td_index_unfit(i, "the index is", index, "the source", source);
}

void td_index_places_sample(td_sample *s)
{
    bool larger = td_sample_below(s, 4) == 0;
    td_gather_sample(s);
    s->n_in = 3;
    s->in[2] = s->in[0];
    for (int k = 0; k < s->in[1].rank; k++) s->in[2].size[k] = s->in[1].size[k] + (larger ? td_sample_below(s, 3) : 0);
    s->attr.n_list = 1;
}

static td_status places_compute(const td_call *call) { return td_index_join(call, call->op->kernel, false); }

static td_tensor *apply_places(const td_op *op, td_tensor *x, int axis, td_tensor *index, td_tensor *source)
{
    return td_apply_along(op, 3, (td_tensor *[]){ x, index, source }, axis, (td_attr){ .n_list = 1 }, x);
}

#define SCATTER(NAME, KIND) \
    .name = #NAME, .id = TD_ID_##NAME, .min_in = 3, .max_in = 3, .kernel = KIND, .infer = td_index_places_infer, \
    .compute = places_compute, .vjp = NAME##_vjp, .sample = td_index_places_sample

/* ---- scatter_add -------------------------------------------------------------------------------------------------- */

static void scatter_add_vjp(td_pull *p)
{
    td_pull_add(p, 0, p->g);
    td_pull_add(p, 2, unsent(td_gather(p->g, p->attr->axis, p->in[1]), p->in[2]->shape));
}

td_tensor *td_scatter_add(td_tensor *x, int axis, td_tensor *index, td_tensor *source)
{
    return apply_places(&td_op_scatter_add, x, axis, index, source);
}

static const td_signature scatter_add_signature = {
    .example = "scatter_add(x, i, y)", .call = td_call_along, .parameter = { { "axis", TD_AXIS, false, 0 } },
};
const td_op td_op_scatter_add = {
    SCATTER(scatter_add, TD_WALK_SCATTER), .reads = TD_READS(1), .signature = &scatter_add_signature,
};

/* ---- index_next --------------------------------------------------------------------------------------------------- */

static td_status index_next_infer(td_infer *i)
{
    if (i->dtype == TD_I64) return td_infer_axis(i, i->attr->axis, i->shape.rank) ? TD_OK : td_error(i->context);
    return td_fail(i->context, TD_EDTYPE, "index_next: the index is %s, not i64", td_dtype_name(i->dtype));
}

/* Lines along an axis of n, `inner` of them side by side; table (outer, places, inner): where each index was seen last. */
typedef struct next_job {
    const int64_t *index;
    int64_t       *next, *table, n, inner, places;
    bool           backwards;
} next_job;

static void next_lines(int64_t begin, int64_t end, void *argument)
{
    const next_job *j = argument;
    for (int64_t o = begin; o < end; o++) {
        int64_t *seen = j->table + o * j->places * j->inner;
        for (int64_t i = 0; i < j->places * j->inner; i++) seen[i] = j->n;
        for (int64_t step = 0; step < j->n; step++) {
            int64_t k = j->backwards ? step : j->n - 1 - step, at = (o * j->n + k) * j->inner;
            for (int64_t c = 0; c < j->inner; c++) {
                int64_t *last = &seen[j->index[at + c] * j->inner + c];
                j->next[at + c] = *last;
                *last = k;
            }
        }
    }
}

static int64_t largest(const int64_t *x, int64_t n)
{
    int64_t most = -1;
    for (int64_t i = 0; i < n; i++) most = x[i] > most ? x[i] : most;
    return most;
}

static td_status index_next_compute(const td_call *call)
{
    const td_shape *s = call->in[0].shape;
    int64_t         n = s->size[call->attr->axis];
    if (s->numel == 0) return TD_OK;
    int64_t bad = td_first_outside(call->context, &call->in[0], INT64_MAX);
    if (bad >= 0)
        return td_fail(call->context, TD_EVALUE, "index_next: the index at position %lld is negative", (long long)bad);
    td_scratch scratch = td_scratch_begin(call->context);
    next_job   j = { .index = td_dense(call, 0), .next = call->out.data, .n = n, .inner = 1,
                     .backwards = call->attr->list[0] };
    for (int k = call->attr->axis + 1; k < s->rank; k++) j.inner *= s->size[k];
    j.places = j.index ? largest(j.index, s->numel) + 1 : 0;
    size_t bytes;
    bool   huge = __builtin_mul_overflow((size_t)(s->numel / n) * sizeof(int64_t), (size_t)j.places, &bytes);
    if (huge) td_fail(call->context, TD_ENOMEM, "index_next: an index of %lld", (long long)j.places - 1);
    else j.table = td_arena_raw(call->context, bytes);
    if (!call->context->status) td_parallel(call->context, s->numel / n / j.inner, 1, next_lines, &j);
    td_scratch_end(&scratch);
    return call->context->status;
}

td_tensor *td_index_next(td_tensor *index, int axis, bool backwards)
{
    return td_apply_along(&td_op_index_next, 1, &index, axis, (td_attr){ .n_list = 1, .list = { backwards } }, index);
}

static void index_next_sample(td_sample *s)
{
    s->n_in = 1;
    td_sample_operand(s, 0, 1, 3);
    s->in[0].what = TD_SAMPLE_INDEX;
    s->in[0].low = 0, s->in[0].high = 4;
    s->attr.axis = (int16_t)td_sample_below(s, s->in[0].rank);
    s->attr.n_list = 1;
    s->attr.list[0] = td_sample_below(s, 2);
}

static td_tensor *call_index_next(const td_invocation *k)
{
    return td_index_next(k->in[0], td_as_int(k, 0), td_as_flag(k, 1));
}
static const td_signature index_next_signature = {
    .example = "index_next(i)", .call = call_index_next,
    .parameter = { { "axis", TD_AXIS, false, 0 }, { "backwards", TD_FLAG, false, 0 } },
};
const td_op td_op_index_next = {
    .name = "index_next", .id = TD_ID_index_next, .min_in = 1, .max_in = 1, .flat = true,
    .infer = index_next_infer, .compute = index_next_compute, .sample = index_next_sample,
    .signature = &index_next_signature,
};

/* ---- scatter, index_copy ------------------------------------------------------------------------------------------ */

/* Is each index the last of its kind along the axis? */
static td_tensor *is_last(td_tensor *index, int axis)
{
    return td_eq(td_index_next(index, axis, false), td_number(index, (double)index->shape->size[axis]));
}

/* gx = g but 0 where something was put;  gs = g from where it was put, 0 where it was put over */
static void scatter_vjp(td_pull *p)
{
    int        axis = p->attr->axis;
    td_tensor *index = p->in[1];
    if (td_pull_wants(p, 0)) td_pull_add(p, 0, td_scatter(p->g, axis, index, td_constant(p->g, 0, index->shape)));
    if (!td_pull_wants(p, 2)) return;
    td_tensor *back = td_where(is_last(index, axis), td_gather(p->g, axis, index), td_number(p->g, 0));
    td_pull_add(p, 2, unsent(back, p->in[2]->shape));
}

td_tensor *td_scatter(td_tensor *x, int axis, td_tensor *index, td_tensor *source)
{
    return apply_places(&td_op_scatter, x, axis, index, source);
}

td_tensor *td_scatter_value(td_tensor *x, int axis, td_tensor *index, double value)
{
    if (td_stopped(x) || td_stopped(index)) return td_passed(x);
    return td_scatter(x, axis, index, td_constant(x, value, index->shape));
}

static const td_signature scatter_signature = {
    .example = "scatter(x, i, y)", .call = td_call_along, .parameter = { { "axis", TD_AXIS, false, 0 } },
};
const td_op td_op_scatter = { SCATTER(scatter, TD_WALK_PUT), .reads = TD_READS(1), .signature = &scatter_signature };

static td_status index_copy_compute(const td_call *call) { return td_index_join(call, TD_WALK_PUT, true); }

/* As scatter's, with one index for all that lies across the axis. */
static void index_copy_vjp(td_pull *p)
{
    int        axis = p->attr->axis;
    td_tensor *index = p->in[1];
    int64_t    along[TD_MAX_RANK];
    if (td_pull_wants(p, 0)) {
        td_tensor *zeros = td_constant(p->g, 0, p->in[2]->shape);
        td_pull_add(p, 0, td_apply(&td_op_index_copy, 3, (td_tensor *[]){ p->g, index, zeros }, p->attr));
    }
    if (!td_pull_wants(p, 2)) return;
    td_tensor *back = td_index_select(p->g, axis, index);
    for (int k = 0; k < back->shape->rank; k++) along[k] = k == axis ? index->shape->size[0] : 1;
    td_tensor *last = p->attr->list[0] ? NULL : td_reshape(is_last(index, 0), back->shape->rank, along);
    td_pull_add(p, 2, last ? td_where(last, back, td_number(back, 0)) : back);
}

td_tensor *td_index_copy(td_tensor *x, int axis, td_tensor *index, td_tensor *source)
{
    return apply_places(&td_op_index_copy, x, axis, index, source);
}

static void index_copy_sample(td_sample *s)
{
    td_index_source_sample(s);
    s->attr.n_list = 1;
}

static const td_signature index_copy_signature = {
    .example = "index_copy(W, i, W, axis=0)", .call = td_call_along, .parameter = { { "axis", TD_AXIS, false, 0 } },
};
const td_op td_op_index_copy = {
    .name = "index_copy", .id = TD_ID_index_copy, .min_in = 3, .max_in = 3, .reads = TD_READS(1),
    .infer = td_index_rows_infer, .compute = index_copy_compute, .vjp = index_copy_vjp, .sample = index_copy_sample,
    .signature = &index_copy_signature,
};

/* ---- scatter_prod ------------------------------------------------------------------------------------------------- */

/* Of each element the product of those that come after it (backwards: before it) to the same place, without a division:
 * a chain leads from each to its next, and each round doubles how far it reaches (Wyllie, "The complexity of parallel
 * computations", 1979).  The element beyond the last, a 1, is its own next. */
static td_tensor *product_of_rest(td_tensor *s, td_tensor *index, int axis, bool backwards)
{
    int64_t    n = index->shape->size[axis];
    td_shape   edge = *index->shape;
    edge.size[axis] = 1;
    td_tensor *next = td_index_next(index, axis, backwards);
    td_tensor *end = td_constant(index, (double)n, &edge), *one = td_constant(s, 1, &edge);
    next = td_concat(2, (td_tensor *[]){ next, end }, axis);
    td_tensor *rest = td_gather(td_concat(2, (td_tensor *[]){ s, one }, axis), axis, next);
    for (int64_t reach = 1; reach < n; reach *= 2) {
        rest = td_mul(rest, td_gather(rest, axis, next));
        next = td_gather(next, axis, next);
    }
    return td_slice(rest, axis, 0, n, 1);
}

/* y = x s_1 s_2 ..:  gx = g s_1 s_2 ..,  gs_i = g x (s before i) (s after i) */
static void scatter_prod_vjp(td_pull *p)
{
    int        axis = p->attr->axis;
    td_tensor *x = p->in[0], *index = p->in[1], *s = sent(p->in[2], index->shape);
    if (td_pull_wants(p, 0)) {
        td_tensor *ones = td_constant(x, 1, x->shape);
        td_pull_add(p, 0, td_mul(p->g, apply_places(&td_op_scatter_prod, ones, axis, index, s)));
    }
    if (!td_pull_wants(p, 2)) return;
    td_tensor *others = td_mul(product_of_rest(s, index, axis, true), product_of_rest(s, index, axis, false));
    td_pull_add(p, 2, unsent(td_mul(td_gather(td_mul(p->g, x), axis, index), others), p->in[2]->shape));
}

static const td_signature scatter_prod_signature = {
    .example = "scatter_prod(x, i, y)", .call = td_call_along, .parameter = { { "axis", TD_AXIS, false, 0 } },
};
const td_op td_op_scatter_prod = {
    SCATTER(scatter_prod, TD_WALK_TIMES), .reads = TD_READS(0) | TD_READS(1) | TD_READS(2),
    .signature = &scatter_prod_signature,
};

/* ---- scatter_amax, scatter_amin ----------------------------------------------------------------------------------- */

/* Equal, or both NaN. */
static td_tensor *alike(td_tensor *x, td_tensor *y)
{
    return td_logical_or(td_eq(x, y), td_logical_and(td_ne(x, x), td_ne(y, y)));
}

/* g in equal shares to all that are as large as y */
static void pull_extreme(td_pull *p)
{
    int        axis = p->attr->axis;
    td_tensor *index = p->in[1], *s = sent(p->in[2], index->shape), *zero = td_number(p->g, 0);
    td_dtype   d = td_dtype_of(p->g);
    td_tensor *x_is = alike(p->in[0], p->y), *s_is = alike(s, td_gather(p->y, axis, index));
    td_tensor *share = td_div(p->g, td_scatter_add(td_to(x_is, d), axis, index, td_to(s_is, d)));
    td_pull_add(p, 0, td_where(x_is, share, zero));
    td_pull_add(p, 2, unsent(td_where(s_is, td_gather(share, axis, index), zero), p->in[2]->shape));
}

static void scatter_amax_vjp(td_pull *p) { pull_extreme(p); }
static void scatter_amin_vjp(td_pull *p) { pull_extreme(p); }

enum { EXTREME_READS = 7 | (int)TD_READS_RESULT };

static const td_signature scatter_amax_signature = {
    .example = "scatter_amax(x, i, y)", .call = td_call_along, .parameter = { { "axis", TD_AXIS, false, 0 } },
};
static const td_signature scatter_amin_signature = {
    .example = "scatter_amin(x, i, y)", .call = td_call_along, .parameter = { { "axis", TD_AXIS, false, 0 } },
};
const td_op td_op_scatter_amax = {
    SCATTER(scatter_amax, TD_WALK_MOST), .reads = EXTREME_READS, .signature = &scatter_amax_signature,
};
const td_op td_op_scatter_amin = {
    SCATTER(scatter_amin, TD_WALK_LEAST), .reads = EXTREME_READS, .signature = &scatter_amin_signature,
};
