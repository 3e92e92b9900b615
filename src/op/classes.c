/* classes.c: losses of a number for each class, given the class.
 *
 * Classes stand along axis 1, or axis 0 of a vector; a target has x's sizes but that axis'.  A target to be ignored is
 * replaced by class 0 before it is followed, and what comes of it by 0 after. */
#include "op/loss.h"

/* ---- shapes -------------------------------------------------------------------------------------------------------- */

int td_class_axis(const td_tensor *x) { return x->shape->rank == 1 ? 0 : 1; }

static td_shape without(const td_shape *x, int axis)
{
    td_shape s = { .rank = x->rank - 1 };
    for (int k = 0, to = 0; k < x->rank; k++)
        if (k != axis) s.size[to++] = x->size[k];
    td_shape_strides(&s);
    return s;
}

/* Operand 2, where there is one, has a number of x's dtype for each class. */
static td_status check_weights(const td_infer *i)
{
    const td_shape *x = i->in[0]->shape;
    char            a[TD_SHAPE_TEXT], b[TD_SHAPE_TEXT];
    if (i->n_in < 3) return TD_OK;
    const td_tensor *w = i->in[2];
    if (w->dtype == i->dtype && w->shape->rank == 1 && w->shape->size[0] == x->size[td_class_axis(i->in[0])]) return TD_OK;
    return td_fail(i->context, TD_ESHAPE, "%s: x is %s%s, the weights of classes are %s%s", i->op->name,
                   td_dtype_name(i->dtype),
                   td_shape_text(x, a), td_dtype_name(td_dtype_of(w)), td_shape_text(w->shape, b));
}

td_status td_class_infer(const td_infer *i, td_shape *target)
{
    const td_shape *x = i->in[0]->shape;
    if (x->rank == 0) return td_loss_unfit(i, "x (c), (n,c) or (n,c,...)");
    if (i->in[1]->dtype != TD_I64)
        return td_fail(i->context, TD_EDTYPE, "%s: the target is %s, not i64", i->op->name,
                       td_dtype_name(td_dtype_of(i->in[1])));
    *target = without(x, td_class_axis(i->in[0]));
    if (!td_shape_same(i->in[1]->shape, target)) return td_loss_unfit(i, "a target of x's sizes without that of classes");
    return check_weights(i);
}

static td_status nll_loss_infer(td_infer *i)
{
    td_shape target;
    return td_class_infer(i, &target) ? td_error(i->context) : td_loss_infer(i, &target);
}

/* A target of probabilities has x's sizes and dtype. */
static td_status cross_entropy_loss_infer(td_infer *i)
{
    const td_tensor *t = i->in[1];
    if (!(i->attr->a >= 0 && i->attr->a <= 1))
        return td_fail(i->context, TD_EVALUE, "cross_entropy_loss: label_smoothing = %g is not in 0..1", i->attr->a);
    if (!td_is_float(td_dtype_of(t))) return nll_loss_infer(i);
    if (t->dtype != i->dtype || t->shape->rank == 0 || !td_shape_same(t->shape, i->in[0]->shape))
        return td_loss_unfit(i, "probabilities of x's dtype and sizes");
    td_shape terms = without(i->in[0]->shape, td_class_axis(i->in[0]));
    return check_weights(i) ? td_error(i->context) : td_loss_infer(i, &terms);
}

/* ---- what is said of a target -------------------------------------------------------------------------------------- */

typedef struct chosen {
    td_tensor *class;      /* class 0 where it is to be ignored */
    td_tensor *counts;     /* bool: is it not? */
    td_tensor *weight;     /* of its class; 0-d 1 where there are none */
    int        axis;
} chosen;

static td_tensor *only(td_tensor *c, td_tensor *x) { return td_where(c, x, td_number(x, 0)); }

/* Each class's weight. */
static td_tensor *weight_of(td_tensor *weight, td_tensor *class)
{
    return td_squeeze(td_embedding(td_unsqueeze(weight, 1), class), -1);
}

static chosen choose(int n, td_tensor *const *in, int64_t ignored)
{
    td_tensor *t = in[1];
    chosen     y = { .axis = td_class_axis(in[0]) };
    y.counts = td_ne(t, td_full(td_context_of(t), TD_I64, 0, NULL, (double)ignored));
    y.class = only(y.counts, t);
    y.weight = n > 2 ? weight_of(in[2], y.class) : td_number(in[0], 1);
    return y;
}

/* x's number of the chosen class, the axis of classes gone. */
static td_tensor *of_class(td_tensor *x, const chosen *y)
{
    return td_squeeze(td_gather(x, y->axis, td_unsqueeze(y->class, y->axis)), y->axis);
}

static td_tensor *sum_of_classes(td_tensor *x, int axis) { return td_sum_axes(x, 1, &axis, false); }

/* The weights of classes, to be multiplied with x. */
static td_tensor *along_classes(td_tensor *weight, td_tensor *x)
{
    int64_t size[TD_MAX_RANK];
    for (int k = 0; k < td_rank(x); k++) size[k] = 1;
    size[td_class_axis(x)] = td_size(weight, 0);
    return td_reshape(weight, td_rank(x), size);
}

/* ---- nll_loss, cross_entropy --------------------------------------------------------------------------------------- */

/* Terms of targets that count, and their mean by weight. */
static td_tensor *share(td_tensor *terms, const chosen *y, const td_attr *attr)
{
    return td_loss_shared(only(y->counts, terms), td_sum(only(y->counts, y->weight)), attr);
}

/* -w_t x_t */
static td_tensor *nll_loss_compose(int n, td_tensor *const *in, const td_attr *attr)
{
    chosen y = choose(n, in, td_loss_entry(attr, 1));
    return share(td_mul(td_neg(of_class(in[0], &y)), y.weight), &y, attr);
}

/* -sum over classes of w q log p, where the target q is smoothed to (1 - a) q + a / c */
static td_tensor *cross_entropy_loss_compose(int n, td_tensor *const *in, const td_attr *attr)
{
    td_tensor *x = in[0];
    int        axis = td_class_axis(x);
    double     even = attr->a / (double)td_size(x, axis), rows = (double)td_numel(x) / (double)td_size(x, axis);
    td_tensor *log_p = td_log_softmax(x, axis), *all = n > 2 ? td_mul(log_p, along_classes(in[2], x)) : log_p;
    if (td_is_float(td_dtype_of(in[1]))) {
        td_tensor *q = attr->a == 0 ? in[1] : td_add_scalar(td_mul_scalar(in[1], 1 - attr->a), even);
        return td_loss_shared(td_neg(sum_of_classes(td_mul(all, q), axis)), td_number(x, rows), attr);
    }
    chosen     y = choose(n, in, td_loss_entry(attr, 1));
    td_tensor *terms = td_neg(td_mul(of_class(log_p, &y), y.weight));
    if (attr->a > 0) terms = td_axpy(-even, sum_of_classes(all, axis), td_mul_scalar(terms, 1 - attr->a));
    return share(terms, &y, attr);
}

static void nll_loss_sample(td_sample *s)
{
    td_loss_sample(s);
    td_sample_operand(s, 0, 1, 4);
    int axis = s->in[0].rank == 1 ? 0 : 1;
    if (s->in[0].size[axis] == 0) s->in[0].size[axis] = 1;
    int64_t classes = s->in[0].size[axis];
    s->n_in = 2 + (int)td_sample_below(s, 2);
    s->in[1] = s->in[0];
    s->in[1].rank--;
    for (int k = axis; k < s->in[1].rank; k++) s->in[1].size[k] = s->in[0].size[k + 1];
    s->in[1].what = TD_SAMPLE_INDEX;
    s->in[1].low = 0;
    s->in[1].high = (double)classes;
    s->in[2] = (td_sample_in){ .rank = 1, .size = { classes }, .low = 0.25, .high = 4 };
    s->attr.list[1] = td_loss_sample_ignored(s, 1);
}

static void cross_entropy_loss_sample(td_sample *s)
{
    nll_loss_sample(s);
    s->attr.a = td_sample_choice(s, 3, (double[]){ 0, 0.1, 0.5 });
    if (td_sample_below(s, 2)) return;
    s->in[1] = s->in[0];
    td_sample_floats(s, 1, 0, 1);
}

#define OP(NAME, least, most, INFER) \
    .name = #NAME, .id = TD_ID_##NAME, .min_in = least, .max_in = most, .infer = INFER, .compose = NAME##_compose, \
    .signature = &NAME##_signature, .sample = NAME##_sample

static td_tensor *call_cross_entropy(const td_invocation *k)
{
    unsigned floats = td_is_float(td_dtype_of(k->in[1])) ? ~0u : ~2u;
    td_attr  attr = { .a = td_as_number(k, 1), .list = { td_as_int(k, 2), td_as_int(k, 0) } };
    return td_loss_apply(k->op, k->n, k->in, floats, attr);
}

static const td_signature
    nll_loss_signature = {.example = "nll_loss(log_softmax(W, 1), i)", .call = td_loss_call_indexed,
                          .parameter = {{"ignore_index", TD_INTEGER, false, -100}, TD_LOSS_REDUCTION},
                          .words = TD_LOSS_WORDS},
    cross_entropy_loss_signature = {
        .example = "cross_entropy_loss(W, i, label_smoothing=0.1)", .call = call_cross_entropy,
        .parameter = {{"ignore_index", TD_INTEGER, false, -100}, {"label_smoothing", TD_NUMBER, false, 0},
                       TD_LOSS_REDUCTION},
        .words = TD_LOSS_WORDS,
    };

const td_op td_op_nll_loss = { OP(nll_loss, 2, 3, nll_loss_infer) };
const td_op td_op_cross_entropy_loss = { OP(cross_entropy_loss, 2, 3, cross_entropy_loss_infer) };

td_tensor *td_nll_loss(td_tensor *x, td_tensor *target, td_tensor *weight, int64_t ignore_index, td_reduction reduction)
{
    td_attr attr = { .list = { reduction, ignore_index } };
    return td_loss_apply(&td_op_nll_loss, weight ? 3 : 2, (td_tensor *[]){ x, target, weight }, ~2u, attr);
}

td_tensor *td_cross_entropy_loss(td_tensor *x, td_tensor *target, td_tensor *weight, int64_t ignore_index,
                                 double label_smoothing, td_reduction reduction)
{
    unsigned floats = target && td_is_float(td_dtype_of(target)) ? ~0u : ~2u;
    td_attr  attr = { .a = label_smoothing, .list = { reduction, ignore_index } };
    return td_loss_apply(&td_op_cross_entropy_loss, weight ? 3 : 2, (td_tensor *[]){ x, target, weight }, floats, attr);
}

/* ---- margins ------------------------------------------------------------------------------------------------------- */

/* The numbers of classes, 0 to c-1, along x's last axis. */
static td_tensor *class_numbers(td_tensor *x)
{
    return td_arange(td_context_of(x), TD_I64, 0, (double)td_size(x, -1), 1);
}

/* x (c) or (n,c); the mean over classes */
static td_tensor *mean_of_classes(td_tensor *x) { return td_mean_axes(x, 1, (int[]){ -1 }, false); }

static td_status rank_is_1_or_2(const td_infer *i)
{
    int rank = i->in[0]->shape->rank;
    return rank == 1 || rank == 2 ? TD_OK : td_loss_unfit(i, "x (c) or (n,c)");
}

static td_status multi_margin_loss_infer(td_infer *i)
{
    int64_t p = td_loss_entry(i->attr, 1);
    if (p != 1 && p != 2)
        return td_fail(i->context, TD_EVALUE, "multi_margin_loss: p = %lld; 1 or 2 wanted", (long long)p);
    return rank_is_1_or_2(i) ? td_error(i->context) : nll_loss_infer(i);
}

/* w_t / c sum over k other than t of max(0, margin - x_t + x_k)^p */
static td_tensor *multi_margin_loss_compose(int n, td_tensor *const *in, const td_attr *attr)
{
    td_tensor *x = in[0], *t = td_unsqueeze(in[1], -1), *own = td_gather(x, td_class_axis(x), t);
    td_tensor *over = td_relu(td_add_scalar(td_sub(x, own), attr->a));
    if (td_loss_entry(attr, 1) == 2) over = td_square(over);
    td_tensor *terms = mean_of_classes(only(td_ne(class_numbers(x), t), over));
    if (n > 2) terms = td_mul(terms, weight_of(in[2], in[1]));
    return td_loss_reduced(terms, attr);
}

static td_status multilabel_margin_loss_infer(td_infer *i)
{
    td_shape terms = *i->in[0]->shape;
    if (rank_is_1_or_2(i)) return td_error(i->context);
    if (i->in[1]->dtype != TD_I64)
        return td_fail(i->context, TD_EDTYPE, "%s: the target is %s, not i64", i->op->name,
                       td_dtype_name(td_dtype_of(i->in[1])));
    if (!td_shape_same(&terms, i->in[1]->shape)) return td_loss_unfit(i, "a target of x's sizes");
    terms.rank--;
    return td_loss_infer(i, &terms);
}

/* 1 / c sum over classes j of the target, which end before the first that is negative, and k not of it of max(0, 1 - x_j +
 * x_k) */
static td_tensor *multilabel_margin_loss_compose(int n, td_tensor *const *in, const td_attr *attr)
{
    td_tensor *x = in[0], *t = in[1];
    int        last = td_rank(x) - 1;
    (void)n;
    td_tensor *given = td_cumprod(td_to(td_ge(t, td_number(t, 0)), TD_I64), last), *is_given = td_to(given, TD_BOOL);
    td_tensor *class = only(is_given, t), *own = td_gather(x, last, class);
    td_tensor *times = td_scatter_add(td_zeros_like(class), last, class, given), *other = td_eq(times, td_number(times, 0));
    td_tensor *over = td_relu(td_rsub(1, td_sub(td_unsqueeze(own, -1), td_unsqueeze(x, -2))));
    td_tensor *counted = only(td_unsqueeze(is_given, -1), only(td_unsqueeze(other, -2), over));
    return td_loss_reduced(mean_of_classes(td_sum_axes(counted, 1, (int[]){ -1 }, false)), attr);
}

static td_status multilabel_soft_margin_loss_infer(td_infer *i)
{
    td_status status = td_loss_infer_pointwise(i);
    td_shape  terms = *i->in[0]->shape;
    if (status) return status;
    for (int k = 1; k < i->n_in; k++) {
        td_shape before = terms;
        td_shape_broadcast(&before, i->in[k]->shape, &terms);
    }
    if (terms.rank == 0) return td_loss_unfit(i, "x of rank 1 or more");
    terms.rank--;
    return td_loss_infer(i, &terms);
}

/* mean over classes of w (y log(1 + e^-x) + (1 - y) log(1 + e^x)) */
static td_tensor *multilabel_soft_margin_loss_compose(int n, td_tensor *const *in, const td_attr *attr)
{
    td_tensor *x = in[0], *y = in[1];
    td_tensor *terms = td_add(td_mul(y, td_softplus(td_neg(x))), td_mul(td_rsub(1, y), td_softplus(x)));
    return td_loss_reduced(mean_of_classes(td_loss_weighted(terms, n, in)), attr);
}

static void multi_margin_loss_sample(td_sample *s)
{
    do nll_loss_sample(s);
    while (s->in[0].rank > 2);
    s->in[1].low = 0;
    s->attr.list[1] = 1 + td_sample_below(s, 2);
    s->attr.a = td_sample_choice(s, 3, (double[]){ 1, 0, 2 });
}

static void multilabel_margin_loss_sample(td_sample *s)
{
    td_loss_sample(s);
    s->n_in = 2;
    td_sample_operand(s, 0, 1, 2);
    s->in[1] = s->in[0];
    s->in[1].what = TD_SAMPLE_INDEX;
    s->in[1].low = -1;
    s->in[1].high = (double)s->in[0].size[s->in[0].rank - 1];
}

static void multilabel_soft_margin_loss_sample(td_sample *s)
{
    td_loss_sample_weighted(s);
    if (s->in[0].rank == 0) s->in[0].rank = 1, s->in[0].size[0] = 3;
    td_sample_floats(s, 1, 0, 1);
}

static const td_signature
    multi_margin_loss_signature = {
        .example = "multi_margin_loss(W, i)", .call = td_loss_call_indexed,
        .parameter = {{"p", TD_INTEGER, false, 1}, {"margin", TD_NUMBER, false, 1}, TD_LOSS_REDUCTION},
        .words = TD_LOSS_WORDS},
    multilabel_margin_loss_signature = {.example = "multilabel_margin_loss(x, cast([1, -1, 0], i64))",
                                        .call = td_loss_call_indexed, .parameter = {TD_LOSS_REDUCTION},
                                        .words = TD_LOSS_WORDS},
    multilabel_soft_margin_loss_signature = TD_LOSS_SIGNATURE("multilabel_soft_margin_loss(x, sigmoid(y))",
                                                              TD_LOSS_REDUCTION);

const td_op td_op_multi_margin_loss = { OP(multi_margin_loss, 2, 3, multi_margin_loss_infer) };
const td_op td_op_multilabel_margin_loss = { OP(multilabel_margin_loss, 2, 2, multilabel_margin_loss_infer) };
const td_op td_op_multilabel_soft_margin_loss = { OP(multilabel_soft_margin_loss, 2, 3, multilabel_soft_margin_loss_infer) };

td_tensor *td_multi_margin_loss(td_tensor *x, td_tensor *target, int p, double margin, td_tensor *weight,
                                td_reduction reduction)
{
    td_attr attr = { .a = margin, .list = { reduction, p } };
    return td_loss_apply(&td_op_multi_margin_loss, weight ? 3 : 2, (td_tensor *[]){ x, target, weight }, ~2u, attr);
}

td_tensor *td_multilabel_margin_loss(td_tensor *x, td_tensor *target, td_reduction reduction)
{
    td_attr attr = { .list = { reduction } };
    return td_loss_apply(&td_op_multilabel_margin_loss, 2, (td_tensor *[]){ x, target }, ~2u, attr);
}

td_tensor *td_multilabel_soft_margin_loss(td_tensor *x, td_tensor *y, td_tensor *weight, td_reduction reduction)
{
    return td_loss_apply_weighted(&td_op_multilabel_soft_margin_loss, x, y, weight, (td_attr){ .list = { reduction } });
}
