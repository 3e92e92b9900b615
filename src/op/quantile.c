/* quantile.c: medians and quantiles: elements at a place of the sorted line.
 *
 * Which place is known beforehand, unless NaN are passed over; then it depends on the line.  Lines are the reduced axes, brought
 * together behind the others. */
#include "op/reduce.h"
#include "op/shape.h"

#include <math.h>

#define OVER_AXES { { "axis", TD_AXES, false, NAN }, { "keepdim", TD_FLAG, false, 0 } }

/* ---- lines -------------------------------------------------------------------------------------------------------- */

static td_tensor *pick(td_tensor *line, td_tensor *at) { return td_gather(line, -1, at); }
/* At one place of the sorted line. */
static td_tensor *at_place(td_tensor *line, int64_t place)
{
    return td_argsort_part(line, td_rank(line) - 1, false, place, place + 1);
}

static td_tensor *is_nan(td_tensor *x) { return td_ne(x, x); }

static td_tensor *any_nan(td_tensor *line) { return td_any_axes(is_nan(line), 1, (int[]){ -1 }, true); }

/* The first NaN of a line that has one, else y. */
static td_tensor *or_nan(td_tensor *line, td_tensor *y)
{
    if (!td_is_float(td_dtype_of(line))) return y;
    return td_where(any_nan(line), pick(line, td_argmax_axis(line, -1, true)), y);
}

/* ---- places that depend on a line: of how many of its elements are no NaN ------------------------------------------- */

/* What a rule says for m numbers. */
typedef double place_rule(double m, const td_attr *attr);

/* The rule of each line's count, from a table of all counts: whole numbers stay whole, and nothing is rounded twice. */
static td_tensor *by_count(td_tensor *line, place_rule *rule, td_dtype d, const td_attr *attr)
{
    td_context *c = line->context;
    int64_t     n = td_size(line, -1) + 1;
    td_tensor  *count = td_count_nonzero_axes(td_eq(line, line), 1, (int[]){ -1 }, true), *table;
    size_t      bytes = (size_t)n * td_dtype_size(d);
    int64_t     lines = td_numel(count);
    char       *value = td_allocate(c, bytes);
    if (!value) return td_bad(c);
    for (int64_t m = 0; m < n; m++) td_store(value, d, m, rule((double)m, attr));
    table = td_array(c, d, 1, &n, value);
    td_deallocate(c, value, bytes);
    td_tensor *y = td_index_select(table, 0, td_reshape(count, 1, &lines));
    return td_reshape(y, count->shape->rank, count->shape->size);
}

/* The element at the place that the rule says. */
static td_tensor *at_rule(td_tensor *line, td_tensor *order, place_rule *rule, const td_attr *attr)
{
    return pick(line, td_gather(order, -1, by_count(line, rule, TD_I64, attr)));
}

static td_tensor *whole_order(td_tensor *line)
{
    int last = td_rank(line) - 1;
    return td_argsort_part(line, last, false, 0, td_size(line, last));
}

/* ---- median, nanmedian: a = 1: equals share the slope ------------------------------------------------------------- */

/* y, and the slope to all of the line that equal it, or are NaN as it is.  Of several equal numbers the mean may be off, the
 * largest is not; below -inf there is nothing, and NaN is no largest. */
static td_tensor *shared(td_tensor *line, td_tensor *y)
{
    td_tensor *same = td_eq(line, y), *equal = td_logical_or(same, td_logical_and(is_nan(line), is_nan(y)));
    td_tensor *most = td_amax_axes(td_where(same, line, td_number(line, -(double)INFINITY)), 1, (int[]){ -1 }, true);
    td_tensor *sum = td_sum_axes(td_where(equal, line, td_number(line, 0)), 1, (int[]){ -1 }, true);
    td_tensor *count = td_count_nonzero_axes(equal, 1, (int[]){ -1 }, true);
    return td_where(td_isfinite(y), most, td_div(sum, td_to(count, td_dtype_of(line))));
}

td_tensor *td_whole_line(td_tensor *x, const td_attr *attr)
{
    return attr->axes ? td_reduced_last(x, attr->axes) : td_unsqueeze(x, -1);
}

static td_tensor *median_result(td_tensor *line, td_tensor *y, td_tensor *x, const td_attr *attr)
{
    if (attr->a != 0 && td_is_float(td_dtype_of(x))) y = shared(line, y);
    return td_as_result(y, x, attr);
}

static td_tensor *median_compose(int n, td_tensor *const *in, const td_attr *attr)
{
    (void)n;
    td_tensor *line = td_whole_line(in[0], attr);
    td_tensor *y = or_nan(line, pick(line, at_place(line, (td_size(line, -1) - 1) / 2)));
    return median_result(line, y, in[0], attr);
}

static double middle_place(double m, const td_attr *attr) { return (void)attr, floor(fmax(m - 1, 0) / 2); }

static td_tensor *nanmedian_compose(int n, td_tensor *const *in, const td_attr *attr)
{
    (void)n;
    td_tensor *line = td_whole_line(in[0], attr);
    return median_result(line, at_rule(line, whole_order(line), middle_place, attr), in[0], attr);
}

static void median_sample(td_sample *s)
{
    td_extreme_sample(s);
    td_sample_endless(s, 0);
    s->attr.a = (double)td_sample_below(s, 2);
}

static td_tensor *call_median(const td_invocation *k)
{
    int  axes[TD_LIST], n = td_as_axes(k, 0, k->in[0], axes);
    bool all = !k->argument[0].given && !k->argument[1].given;
    return td_reduce_axes(k->op, k->in[0], all, n, axes, td_as_flag(k, 1));
}
static const td_signature median_signature = { .example = "median(W, 1)", .call = call_median, .parameter = OVER_AXES };
const td_op td_op_median = {
    TD_REDUCTION(median), .infer = td_extreme_infer, .compose = median_compose, .sample = median_sample,
    .signature = &median_signature,
};
static const td_signature nanmedian_signature = { .example = "nanmedian(W)", .call = call_median, .parameter = OVER_AXES };
const td_op td_op_nanmedian = {
    TD_REDUCTION(nanmedian), .infer = td_extreme_infer, .compose = nanmedian_compose, .sample = median_sample,
    .signature = &nanmedian_signature,
};

td_tensor *td_median(td_tensor *x) { return td_reduce_all(&td_op_median, x, 1); }
td_tensor *td_median_axes(td_tensor *x, int n, const int *axes, bool keepdim)
{
    return td_reduce_axes(&td_op_median, x, 0, n, axes, keepdim);
}

td_tensor *td_nanmedian(td_tensor *x) { return td_reduce_all(&td_op_nanmedian, x, 1); }
td_tensor *td_nanmedian_axes(td_tensor *x, int n, const int *axes, bool keepdim)
{
    return td_reduce_axes(&td_op_nanmedian, x, 0, n, axes, keepdim);
}

/* ---- quantile, nanquantile: a = q, list[0] = td_quantile_rule -------------------------------------------------------- */

static td_status quantile_infer(td_infer *i)
{
    const td_attr *a = i->attr;
    if (!(a->a >= 0 && a->a <= 1)) return td_fail(i->context, TD_EVALUE, "%s: q = %g is not in 0..1", i->op->name, a->a);
    if (a->list[0] < TD_QUANTILE_LINEAR || a->list[0] > TD_QUANTILE_MIDPOINT)
        return td_fail(i->context, TD_EVALUE, "%s: interpolation %lld is not in 0..%d", i->op->name, (long long)a->list[0],
                       TD_QUANTILE_MIDPOINT);
    if (!td_is_float(i->dtype)) i->dtype = TD_F64;
    return td_extreme_infer(i);
}

/* low + share (high - low) */
static td_tensor *between(td_tensor *low, td_tensor *high, td_tensor *share)
{
    return td_add(low, td_mul(td_sub(high, low), share));
}

static double place_of(double m, const td_attr *attr) { return attr->a * fmax(m - 1, 0); }

static double low_place(double m, const td_attr *attr)
{
    double place = place_of(m, attr);
    if (attr->list[0] == TD_QUANTILE_NEAREST) return nearbyint(place);
    return attr->list[0] == TD_QUANTILE_HIGHER ? ceil(place) : floor(place);
}

static double high_place(double m, const td_attr *attr) { return ceil(place_of(m, attr)); }

static double is_between(double m, const td_attr *attr) { return high_place(m, attr) > low_place(m, attr); }

static double share_of_high(double m, const td_attr *attr)
{
    double place = place_of(m, attr);
    return attr->list[0] == TD_QUANTILE_MIDPOINT ? 0.5 : place - floor(place);
}

static bool between_two(const td_attr *attr)
{
    return attr->list[0] == TD_QUANTILE_LINEAR || attr->list[0] == TD_QUANTILE_MIDPOINT;
}

static td_tensor *quantile_compose(int n, td_tensor *const *in, const td_attr *attr)
{
    (void)n;
    td_tensor *x = td_floating(in[0]), *line = td_whole_line(x, attr), *y;
    double     m = (double)td_size(line, -1), low = low_place(m, attr), high = between_two(attr) ? high_place(m, attr) : low;
    if (low == high) y = pick(line, at_place(line, (int64_t)low));
    else {
        td_tensor *both = pick(line, td_argsort_part(line, td_rank(line) - 1, false, (int64_t)low, (int64_t)high + 1));
        td_tensor *share = td_number(line, share_of_high(m, attr));
        y = between(td_slice(both, -1, 0, 1, 1), td_slice(both, -1, 1, 2, 1), share);
    }
    return td_as_result(or_nan(line, y), x, attr);
}

/* Of a line that has none but NaN the place is 0, and so the NaN that stands first. */
static td_tensor *nanquantile_compose(int n, td_tensor *const *in, const td_attr *attr)
{
    (void)n;
    td_tensor *x = td_floating(in[0]), *line = td_whole_line(x, attr), *order = whole_order(line);
    td_tensor *y = at_rule(line, order, low_place, attr);
    if (between_two(attr)) {
        td_tensor *share = by_count(line, share_of_high, td_dtype_of(line), attr);
        td_tensor *other = between(y, at_rule(line, order, high_place, attr), share);
        y = td_where(by_count(line, is_between, TD_BOOL, attr), other, y);
    }
    return td_as_result(y, x, attr);
}

static void quantile_sample(td_sample *s)
{
    td_extreme_sample(s);
    td_sample_endless(s, 0);
    s->attr.a = td_sample_below(s, 3) ? td_sample_real(s, 0, 1) : td_sample_choice(s, 4, (double[]){ 0, 0.25, 0.5, 1 });
    s->attr.n_list = 1;
    s->attr.list[0] = td_sample_below(s, 5);
}

static td_tensor *apply_quantile(const td_op *op, td_tensor *x, double q, td_quantile_rule how, int n, const int *axes,
                                 bool keepdim)
{
    td_attr a = { .a = q, .keepdim = keepdim, .n_list = 1, .list = { how } };
    if (td_stopped(x)) return td_passed(x);
    if (!td_axis_set(x->context, op->name, x->shape->rank, n, axes, &a.axes)) return td_bad(x->context);
    return td_apply1(op, x, &a);
}

td_tensor *td_quantile(td_tensor *x, double q, td_quantile_rule how, int n, const int *axes, bool keepdim)
{
    return apply_quantile(&td_op_quantile, x, q, how, n, axes, keepdim);
}

td_tensor *td_nanquantile(td_tensor *x, double q, td_quantile_rule how, int n, const int *axes, bool keepdim)
{
    return apply_quantile(&td_op_nanquantile, x, q, how, n, axes, keepdim);
}

static td_tensor *call_quantile(const td_invocation *k)
{
    int axes[TD_LIST], n = td_as_axes(k, 1, k->in[0], axes);
    return apply_quantile(k->op, k->in[0], td_as_number(k, 0), (td_quantile_rule)td_as_int(k, 3), n, axes, td_as_flag(k, 2));
}
#define QUANTILE_PARAMETERS \
    { { "q", TD_NUMBER, true, 0 }, { "axis", TD_AXES, false, NAN }, { "keepdim", TD_FLAG, false, 0 }, \
      { "interpolation", TD_WORD, false, 0 } }
static const td_signature quantile_signature = {
    .example = "quantile(W, 0.3, 1)", .call = call_quantile, .parameter = QUANTILE_PARAMETERS,
    .words = "linear lower higher nearest midpoint",
};
const td_op td_op_quantile = {
    TD_REDUCTION(quantile), .infer = quantile_infer, .compose = quantile_compose, .sample = quantile_sample,
    .signature = &quantile_signature,
};
static const td_signature nanquantile_signature = {
    .example = "nanquantile(W, 0.3, 1)", .call = call_quantile, .parameter = QUANTILE_PARAMETERS,
    .words = "linear lower higher nearest midpoint",
};
const td_op td_op_nanquantile = {
    TD_REDUCTION(nanquantile), .infer = quantile_infer, .compose = nanquantile_compose, .sample = quantile_sample,
    .signature = &nanquantile_signature,
};

/* ---- the same at each of q (k) ------------------------------------------------------------------------------------- */

static td_status quantile_tensor_infer(td_infer *i)
{
    const td_tensor *q = i->in[1];
    char             text[TD_SHAPE_TEXT];
    td_attr          any = *i->attr;
    td_shape         rest;
    td_infer         one = *i;
    any.a = 0;
    one.attr = &any;
    if (td_infer_float(i)) return td_error(i->context);
    if (q->shape->rank != 1 || q->dtype != i->dtype)
        return td_fail(i->context, TD_ESHAPE, "%s: x is %s, q %s %s; (k) of x's dtype wanted", i->op->name,
                       td_dtype_name(i->dtype), td_dtype_name(td_dtype_of(q)), td_shape_text(q->shape, text));
    if (quantile_infer(&one)) return td_error(i->context);
    rest = one.shape;
    if (rest.rank == TD_MAX_RANK)
        return td_fail(i->context, TD_ESHAPE, "%s: the result of rank %d would have one axis more", i->op->name, rest.rank);
    td_shape_insert(&rest, 0, q->shape->size[0], &i->shape);
    return TD_OK;
}

/* The numbers at these places of sorted lines: (.., k), places (k) or (.., k). */
static td_tensor *at_places(td_tensor *sorted, td_tensor *place)
{
    int64_t size[TD_MAX_RANK];
    int     rank = td_rank(sorted);
    for (int j = 0; j < rank; j++) size[j] = j < rank - 1 ? td_size(sorted, j) : td_size(place, -1);
    return pick(sorted, td_expand(td_to(place, TD_I64), rank, size));
}

/* The share of the way from the lower to the higher neighbour, taken from the nearer one, so that both ends are exact.  An
 * infinity that nothing is taken of has no part in it. */
static td_tensor *on_the_way(td_tensor *low, td_tensor *high, td_tensor *share)
{
    td_tensor *far = td_ge(share, td_number(share, 0.5)), *part = td_where(far, td_add_scalar(share, -1), share);
    td_tensor *gap = td_sub(high, low), *none = td_eq(part, td_number(part, 0));
    gap = td_where(td_logical_and(none, td_logical_not(td_isfinite(gap))), td_number(gap, 0), gap);
    return td_add(td_where(far, high, low), td_mul(part, gap));
}

/* last: the place of the last number, of each line or of all. */
static td_tensor *at_quantiles(td_tensor *sorted, td_tensor *q, td_tensor *last, td_quantile_rule rule)
{
    td_tensor *place = td_mul(q, last), *low = td_floor(place);
    switch (rule) {
    case TD_QUANTILE_LOWER: return at_places(sorted, low);
    case TD_QUANTILE_HIGHER: return at_places(sorted, td_ceil(place));
    case TD_QUANTILE_NEAREST: return at_places(sorted, td_round(place));
    case TD_QUANTILE_MIDPOINT:
        return between(at_places(sorted, low), at_places(sorted, td_ceil(place)), td_number(sorted, 0.5));
    default: break;
    }
    low = td_maximum(td_minimum(low, td_add_scalar(last, -1)), td_number(last, 0));
    td_tensor *high = td_minimum(td_add_scalar(low, 1), last);
    return on_the_way(at_places(sorted, low), at_places(sorted, high), td_sub(place, low));
}

static td_tensor *quantile_tensor_compose(int n, td_tensor *const *in, const td_attr *attr)
{
    td_tensor *line = td_whole_line(in[0], attr), *order = whole_order(line), *q = in[1], *last, *one = td_number(q, 1);
    int        rank = td_rank(line), turn[TD_MAX_RANK] = { rank - 1 };
    (void)n;
    last = td_number(q, (double)td_size(line, -1) - 1);
    bool pass_nan = attr->list[1];
    if (pass_nan) {
        td_tensor *count = td_to(td_count_nonzero_axes(td_eq(line, line), 1, (int[]){ -1 }, true), td_dtype_of(q));
        last = td_maximum(td_add_scalar(count, -1), td_number(q, 0));
    }
    td_tensor *valid = td_logical_and(td_ge(q, td_number(q, 0)), td_le(q, one)), *safe = td_where(valid, q, td_number(q, 0));
    td_tensor *sorted = pick(line, order);
    if (!pass_nan) sorted = td_where(any_nan(line), td_number(line, 0), sorted);      /* q has no slope there */
    td_tensor *y = at_quantiles(sorted, safe, last, (td_quantile_rule)attr->list[0]);
    if (!pass_nan) y = or_nan(line, y);
    y = td_where(valid, y, td_number(y, NAN));
    for (int j = 1; j < rank; j++) turn[j] = j - 1;
    td_shape rest, all;
    td_shape_reduce(in[0]->shape, attr->axes, attr->keepdim, &rest);
    td_shape_insert(&rest, 0, td_size(q, 0), &all);
    return td_reshape(td_permute(y, turn), all.rank, all.size);
}

static void quantile_tensor_sample(td_sample *s)
{
    static const double nowhere[] = { -0.5, 1.5, NAN };
    td_extreme_sample(s);
    s->n_in = 2;
    s->in[1] = (td_sample_in){ .rank = 1, .size = { td_sample_below(s, 4) } };
    td_sample_floats(s, 1, 0.02, 0.98);
    td_sample_also(s, 1, 3, nowhere);
    td_sample_endless(s, 0);
    s->attr.n_list = 2;
    s->attr.list[0] = td_sample_below(s, 3) ? TD_QUANTILE_LINEAR : td_sample_below(s, 5);
}

static void nanquantile_tensor_sample(td_sample *s)
{
    quantile_tensor_sample(s);
    s->attr.list[1] = 1;
}

static td_tensor *apply_quantiles(const td_op *op, td_tensor *x, td_tensor *q, td_quantile_rule how, int n, const int *axes,
                                  bool keepdim)
{
    td_attr    a = { .keepdim = keepdim, .n_list = 2, .list = { how, op == &td_op_nanquantile_tensor } };
    td_tensor *in[2] = { x, q };
    if (td_stopped(x) || td_stopped(q)) return td_passed(td_stopped(x) ? x : q);
    if (!td_axis_set(x->context, op->name, x->shape->rank, n, axes, &a.axes)) return td_bad(x->context);
    td_to_common_float(2, in, 3);
    bool alone = q->shape->rank == 0;
    if (alone) in[1] = td_reshape(in[1], 1, (int64_t[]){ 1 });
    td_tensor *y = td_apply(op, 2, in, &a);
    return alone ? td_squeeze(y, 0) : y;
}

td_tensor *td_quantile_tensor(td_tensor *x, td_tensor *q, td_quantile_rule how, int n, const int *axes, bool keepdim)
{
    return apply_quantiles(&td_op_quantile_tensor, x, q, how, n, axes, keepdim);
}

td_tensor *td_nanquantile_tensor(td_tensor *x, td_tensor *q, td_quantile_rule how, int n, const int *axes, bool keepdim)
{
    return apply_quantiles(&td_op_nanquantile_tensor, x, q, how, n, axes, keepdim);
}

static td_tensor *call_quantiles(const td_invocation *k)
{
    int axes[TD_LIST], n = td_as_axes(k, 0, k->in[0], axes);
    return apply_quantiles(k->op, k->in[0], k->in[1], (td_quantile_rule)td_as_int(k, 2), n, axes, td_as_flag(k, 1));
}
#define QUANTILES_PARAMETERS \
    { { "axis", TD_AXES, false, NAN }, { "keepdim", TD_FLAG, false, 0 }, { "interpolation", TD_WORD, false, 0 } }
static const td_signature quantile_tensor_signature = {
    .example = "quantile_tensor(W, [0.25, 0.5], axis=1)", .call = call_quantiles, .parameter = QUANTILES_PARAMETERS,
    .words = "linear lower higher nearest midpoint",
};
const td_op td_op_quantile_tensor = {
    .name = "quantile_tensor", .id = TD_ID_quantile_tensor, .min_in = 2, .max_in = 2, .infer = quantile_tensor_infer,
    .compose = quantile_tensor_compose, .sample = quantile_tensor_sample, .signature = &quantile_tensor_signature,
};
static const td_signature nanquantile_tensor_signature = {
    .example = "nanquantile_tensor(W, [0.25, 0.5], axis=1)", .call = call_quantiles, .parameter = QUANTILES_PARAMETERS,
    .words = "linear lower higher nearest midpoint",
};
const td_op td_op_nanquantile_tensor = {
    .name = "nanquantile_tensor", .id = TD_ID_nanquantile_tensor, .min_in = 2, .max_in = 2, .infer = quantile_tensor_infer,
    .compose = quantile_tensor_compose, .sample = nanquantile_tensor_sample, .signature = &nanquantile_tensor_signature,
};
