/* quantile.c: medians, quantiles and the mode: elements at a place of the sorted line.
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

/* The first NaN of a line that has one, else y. */
static td_tensor *or_nan(td_tensor *line, td_tensor *y)
{
    if (!td_is_float(td_dtype_of(line))) return y;
    return td_where(td_any_axes(is_nan(line), 1, (int[]){ -1 }, true), pick(line, td_argmax_axis(line, -1, true)), y);
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

/* y, and the slope to all of the line that equal it. */
static td_tensor *shared(td_tensor *line, td_tensor *y)
{
    td_tensor *other = td_where(is_nan(y), line, td_number(line, -(double)INFINITY));
    return td_amax_axes(td_where(td_eq(line, y), line, other), 1, (int[]){ -1 }, true);
}

static td_tensor *whole_line(td_tensor *x, const td_attr *attr)
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
    td_tensor *line = whole_line(in[0], attr);
    td_tensor *y = or_nan(line, pick(line, at_place(line, (td_size(line, -1) - 1) / 2)));
    return median_result(line, y, in[0], attr);
}

static double middle_place(double m, const td_attr *attr) { return (void)attr, floor(fmax(m - 1, 0) / 2); }

static td_tensor *nanmedian_compose(int n, td_tensor *const *in, const td_attr *attr)
{
    (void)n;
    td_tensor *line = whole_line(in[0], attr);
    return median_result(line, at_rule(line, whole_order(line), middle_place, attr), in[0], attr);
}

static void median_sample(td_sample *s)
{
    td_extreme_sample(s);
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
    td_tensor *x = td_floating(in[0]), *line = whole_line(x, attr), *y;
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
    td_tensor *x = td_floating(in[0]), *line = whole_line(x, attr), *order = whole_order(line);
    td_tensor *y = at_rule(line, order, low_place, attr);
    if (between_two(attr))
        y = between(y, at_rule(line, order, high_place, attr), by_count(line, share_of_high, td_dtype_of(line), attr));
    return td_as_result(y, x, attr);
}

static void quantile_sample(td_sample *s)
{
    td_extreme_sample(s);
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

/* ---- mode --------------------------------------------------------------------------------------------------------- */

static td_tensor *mode_compose(int n, td_tensor *const *in, const td_attr *attr)
{
    (void)n;
    td_tensor *line = whole_line(in[0], attr);
    td_tensor *at = td_apply1(&td_op_argmode, line, &(td_attr){ .axis = (int16_t)(td_rank(line) - 1) });
    return td_as_result(pick(line, at), in[0], attr);
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

static const td_signature mode_signature = { .example = "mode(W, 1)", .call = td_call_reduction, .parameter = OVER_AXES };
const td_op td_op_mode = {
    TD_REDUCTION(mode), .infer = td_extreme_infer, .compose = mode_compose, .sample = td_extreme_sample,
    .signature = &mode_signature,
};
