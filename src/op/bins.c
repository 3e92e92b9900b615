/* bins.c: where values lie among sorted numbers, and counts by value.  No slopes, but bincount's in its weights. */
#include "kernel/sort.h"
#include "op/op.h"
#include "op/shape.h"

#include <math.h>

/* ---- searchsorted: list[0] = right ---------------------------------------------------------------------------------- */

static td_status searchsorted_infer(td_infer *i)
{
    const td_shape *s = i->in[0]->shape, *v = i->in[1]->shape;
    char            a[TD_SHAPE_TEXT], b[TD_SHAPE_TEXT];
    bool            fits = s->rank == 1 || (s->rank > 1 && s->rank == v->rank);
    for (int k = 0; fits && s->rank > 1 && k + 1 < s->rank; k++) fits = s->size[k] == v->size[k];
    if (!fits)
        return td_fail(i->context, TD_ESHAPE, "searchsorted: sorted %s, values %s; leading sizes alike, or one line, wanted",
                       td_shape_text(s, a), td_shape_text(v, b));
    if (i->in[0]->dtype != i->in[1]->dtype)
        return td_fail(i->context, TD_EDTYPE, "searchsorted: sorted is %s, the values are %s",
                       td_dtype_name(td_dtype_of(i->in[0])), td_dtype_name(td_dtype_of(i->in[1])));
    i->shape = *v;
    i->dtype = TD_I64;
    return TD_OK;
}

typedef struct search_job {
    td_search_fn *search;
    const char   *sorted, *value;
    int64_t      *y, n, per_line, bytes;    /* per_line: values for one sorted line */
    bool          right;
} search_job;

static void search_piece(int64_t begin, int64_t end, void *argument)
{
    const search_job *j = argument;
    while (begin < end) {
        int64_t line = begin / j->per_line, stop = (line + 1) * j->per_line < end ? (line + 1) * j->per_line : end;
        j->search(j->n, j->sorted + line * j->n * j->bytes, stop - begin, j->value + begin * j->bytes, j->right, j->y + begin);
        begin = stop;
    }
}

static td_status searchsorted_compute(const td_call *call)
{
    enum { GRAIN = 1 << 14 };    /* values: before them the line is looked through */
    td_context     *c = call->context;
    const td_shape *s = call->in[0].shape, *v = call->in[1].shape;
    if (v->numel == 0) return TD_OK;
    td_scratch scratch = td_scratch_begin(c);
    search_job j = { td_searches[call->in[0].dtype], td_dense(call, 0), td_dense(call, 1), call->out.data,
                     .n = s->size[s->rank - 1], .per_line = s->rank > 1 ? v->size[v->rank - 1] : v->numel,
                     .bytes = (int64_t)td_dtype_size(call->in[0].dtype), .right = call->attr->list[0] };
    if (!c->status) td_parallel(c, v->numel, GRAIN, search_piece, &j);
    td_scratch_end(&scratch);
    return c->status;
}

td_tensor *td_searchsorted(td_tensor *sorted, td_tensor *values, bool right)
{
    if (td_stopped(sorted) || !values) return td_passed(sorted);
    td_dtype d = td_promote(td_dtype_of(sorted), td_dtype_of(values));
    return td_apply(&td_op_searchsorted, 2, (td_tensor *[]){ td_to(sorted, d), td_to(values, d) },
                    &(td_attr){ .n_list = 1, .list = { right } });
}

td_tensor *td_bucketize(td_tensor *x, td_tensor *boundaries, bool right) { return td_searchsorted(boundaries, x, right); }

static void searchsorted_sample(td_sample *s)
{
    s->n_in = 2;
    td_sample_operand(s, 0, 1, 3);
    s->in[1] = s->in[0];
    s->in[1].size[s->in[1].rank - 1] = td_sample_below(s, 6);
    if (s->in[0].rank == 1) td_sample_operand(s, 1, 0, 3);
    s->attr.n_list = 1;
    s->attr.list[0] = td_sample_below(s, 2);
}

static td_tensor *call_searchsorted(const td_invocation *k) { return td_searchsorted(k->in[0], k->in[1], td_as_flag(k, 0)); }
static const td_signature searchsorted_signature = {
    .example = "searchsorted(x, W)", .call = call_searchsorted, .parameter = { { "right", TD_FLAG, false, 0 } },
};
const td_op td_op_searchsorted = {
    .name = "searchsorted", .id = TD_ID_searchsorted, .min_in = 2, .max_in = 2, .flat = true, .infer = searchsorted_infer,
    .compute = searchsorted_compute, .sample = searchsorted_sample, .signature = &searchsorted_signature,
};

/* ---- bincount: list[0] = how many bins ------------------------------------------------------------------------------- */

static td_status bincount_infer(td_infer *i)
{
    const td_shape *x = i->in[0]->shape;
    char            a[TD_SHAPE_TEXT], b[TD_SHAPE_TEXT];
    if (i->in[0]->dtype != TD_I64)
        return td_fail(i->context, TD_EDTYPE, "bincount: %s, not i64", td_dtype_name(td_dtype_of(i->in[0])));
    if (x->rank != 1 || (i->n_in > 1 && !td_shape_same(x, i->in[1]->shape)))
        return td_fail(i->context, TD_ESHAPE, "bincount: numbers %s and weights %s; (n) and (n) wanted", td_shape_text(x, a),
                       td_shape_text(i->in[i->n_in - 1]->shape, b));
    if (i->attr->list[0] < 0) return td_fail(i->context, TD_EVALUE, "bincount: %lld bins", (long long)i->attr->list[0]);
    if (i->n_in > 1) i->dtype = td_is_float(td_dtype_of(i->in[1])) ? td_dtype_of(i->in[1]) : TD_F64;
    i->shape = (td_shape){ .rank = 1, .size = { i->attr->list[0] } };
    return TD_OK;
}

static td_tensor *bincount_compose(int n, td_tensor *const *in, const td_attr *attr)
{
    td_tensor *weights = n > 1 ? td_floating(in[1]) : td_ones_like(in[0]);
    td_tensor *none = td_zeros(in[0]->context, td_dtype_of(weights), 1, &attr->list[0]);
    return td_scatter_add(none, 0, in[0], weights);
}

/* The number of bins is read from the values. */
td_tensor *td_bincount(td_tensor *x, td_tensor *weights, int64_t minlength)
{
    if (td_stopped(x)) return td_passed(x);
    td_context    *c = x->context;
    const int64_t *k = td_dtype_of(x) == TD_I64 ? td_data(x) : NULL;
    int64_t        bins = minlength;
    for (int64_t i = 0; k && i < td_numel(x); i++) {
        if (k[i] < 0) {
            td_fail(c, TD_EVALUE, "bincount: %lld at position %lld is negative", (long long)k[i], (long long)i);
            return td_bad(c);
        }
        if (k[i] >= bins) bins = k[i] + 1;
    }
    return td_apply(&td_op_bincount, weights ? 2 : 1, (td_tensor *[]){ x, weights }, &(td_attr){ .n_list = 1, .list = { bins } });
}

static void bincount_sample(td_sample *s)
{
    s->n_in = 1 + (int)td_sample_below(s, 2);
    td_sample_operand(s, 0, 1, 1);
    s->in[1] = s->in[0];
    s->in[0].what = TD_SAMPLE_INDEX;
    s->in[0].low = 0;
    s->in[0].high = 6;
    s->attr.n_list = 1;
    s->attr.list[0] = 6 + td_sample_below(s, 3);
}

static td_tensor *call_bincount(const td_invocation *k)
{
    return td_bincount(k->in[0], k->n > 1 ? k->in[1] : NULL, td_as_i64(k, 0));
}
static const td_signature bincount_signature = {
    .example = "bincount(i, minlength=4)", .call = call_bincount, .parameter = { { "minlength", TD_INTEGER, false, 0 } },
};
const td_op td_op_bincount = {
    .name = "bincount", .id = TD_ID_bincount, .min_in = 1, .max_in = 2, .infer = bincount_infer, .compose = bincount_compose,
    .sample = bincount_sample, .signature = &bincount_signature,
};

/* ---- histc: list[0] = how many bins, a and b the ends, equal: from the least to the largest --------------------------- */

static td_status histc_infer(td_infer *i)
{
    const td_attr *a = i->attr;
    if (td_infer_float(i)) return td_error(i->context);
    if (a->list[0] < 1 || !isfinite(a->a) || !isfinite(a->b) || a->a > a->b)
        return td_fail(i->context, TD_EVALUE, "histc: %lld bins from %g to %g", (long long)a->list[0], a->a, a->b);
    i->shape = (td_shape){ .rank = 1, .size = { a->list[0] } };
    return TD_OK;
}

/* The ends, 0-d; one apart at least from a number that is alone. */
static void find_ends(td_tensor *x, const td_attr *attr, td_tensor **low, td_tensor **high)
{
    *low = td_number(x, attr->a), *high = td_number(x, attr->b);
    if (attr->a != attr->b || td_numel(x) == 0) return;
    *low = td_amin(x), *high = td_amax(x);
    td_tensor *alone = td_to(td_eq(*low, *high), td_dtype_of(x));
    *low = td_sub(*low, alone), *high = td_add(*high, alone);
}

static td_tensor *histc_compose(int n, td_tensor *const *in, const td_attr *attr)
{
    int64_t    bins = attr->list[0], numel = td_numel(in[0]);
    td_tensor *x = td_reshape(in[0], 1, &numel), *low, *high;
    (void)n;
    find_ends(x, attr, &low, &high);
    td_tensor *inside = td_mul(td_to(td_ge(x, low), TD_I64), td_to(td_le(x, high), TD_I64));
    td_tensor *place = td_div(td_mul_scalar(td_sub(x, low), (double)bins), td_sub(high, low));
    td_tensor *bin = td_to(td_clamp(td_where(td_to(inside, TD_BOOL), place, td_number(x, 0)), 0, (double)(bins - 1)), TD_I64);
    td_tensor *none = td_zeros(x->context, td_dtype_of(x), 1, &bins);
    return td_scatter_add(none, 0, bin, td_to(inside, td_dtype_of(x)));
}

td_tensor *td_histc(td_tensor *x, int64_t bins, double min, double max)
{
    if (td_stopped(x)) return td_passed(x);
    return td_apply1(&td_op_histc, td_floating(x), &(td_attr){ .a = min, .b = max, .n_list = 1, .list = { bins } });
}

static void histc_sample(td_sample *s)
{
    s->n_in = 1;
    td_sample_operand(s, 0, 0, 2);
    s->attr.n_list = 1;
    s->attr.list[0] = 1 + td_sample_below(s, 7);
    bool given = td_sample_below(s, 3);
    s->attr.a = given ? -2 : 0;
    s->attr.b = given ? 1.5 : 0;
}

static td_tensor *call_histc(const td_invocation *k)
{
    return td_histc(k->in[0], td_as_i64(k, 0), td_as_number(k, 1), td_as_number(k, 2));
}
static const td_signature histc_signature = {
    .example = "histc(W, 4, -1, 1)", .call = call_histc,
    .parameter = { { "bins", TD_INTEGER, false, 100 }, { "min", TD_NUMBER, false, 0 }, { "max", TD_NUMBER, false, 0 } },
};
const td_op td_op_histc = {
    .name = "histc", .id = TD_ID_histc, .min_in = 1, .max_in = 1, .flat = true, .infer = histc_infer, .compose = histc_compose,
    .sample = histc_sample, .signature = &histc_signature,
};
