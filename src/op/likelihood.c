/* likelihood.c: losses that are the logarithm of a likelihood, or a divergence, of each number. */
#include "op/loss.h"

#include <math.h>

/* ---- binary cross entropy ------------------------------------------------------------------------------------------ */

/* max(log p, -100), slope 0 where that is -100 */
static td_tensor *bounded_log(td_tensor *p)
{
    const double e_to_minus_100 = 3.7200759760208359630e-44;
    td_tensor *low = td_le(td_abs(p), td_number(p, e_to_minus_100));
    return td_where(low, td_number(p, -100), td_log(td_where(low, td_number(p, 1), p)));
}

/* -(t max(log p, -100) + (1 - t) max(log(1 - p), -100)) */
static td_tensor *binary_cross_entropy_compose(int n, td_tensor *const *in, const td_attr *attr)
{
    td_tensor *p = in[0], *t = in[1];
    td_tensor *yes = td_mul(t, bounded_log(p)), *no = td_mul(td_rsub(1, t), bounded_log(td_rsub(1, p)));
    return td_loss_reduced(td_loss_weighted(td_neg(td_add(yes, no)), n, in), attr);
}

/* t w log(1 + e^-x) + (1 - t) log(1 + e^x), w the weight of t = 1: the last operand, the weight of all before it */
static td_tensor *binary_cross_entropy_with_logits_compose(int n, td_tensor *const *in, const td_attr *attr)
{
    td_tensor *x = in[0], *t = in[1], *yes = td_mul(t, td_softplus(td_neg(x)));
    if (td_loss_entry(attr, 1)) yes = td_mul(yes, in[n - 1]);
    td_tensor *terms = td_add(yes, td_mul(td_rsub(1, t), td_softplus(x)));
    return td_loss_reduced(n - td_loss_entry(attr, 1) > 2 ? td_mul(terms, in[2]) : terms, attr);
}

static void binary_cross_entropy_sample(td_sample *s)
{
    td_loss_sample_weighted(s);
    td_sample_floats(s, 0, 0, 1);
    td_sample_floats(s, 1, 0, 1);
}

static void binary_cross_entropy_with_logits_sample(td_sample *s)
{
    int n = 2 + (int)td_sample_below(s, 3);
    td_loss_sample_pointwise(s, n);
    td_sample_floats(s, 1, 0, 1);
    for (int k = 2; k < n; k++) td_sample_floats(s, k, 0.25, 4);
    s->attr.list[1] = n == 4 || (n == 3 && td_sample_below(s, 2));
}

static td_tensor *call_with_logits(const td_invocation *k)
{
    td_tensor *none = NULL, *weight = k->n > 2 ? k->in[2] : none, *pos_weight = k->n > 3 ? k->in[3] : none;
    return td_binary_cross_entropy_with_logits(k->in[0], k->in[1], weight, pos_weight, (td_reduction)td_as_int(k, 0));
}

static const td_signature
    binary_cross_entropy_signature = TD_LOSS_SIGNATURE("binary_cross_entropy(sigmoid(x), sigmoid(y))", TD_LOSS_REDUCTION),
    binary_cross_entropy_with_logits_signature = {
        .example = "binary_cross_entropy_with_logits(x, sigmoid(y))", .call = call_with_logits,
        .parameter = {TD_LOSS_REDUCTION}, .words = TD_LOSS_WORDS,
    };

const td_op td_op_binary_cross_entropy = { TD_LOSS_POINTWISE(binary_cross_entropy, 2, 3),
                                           .sample = binary_cross_entropy_sample };
const td_op td_op_binary_cross_entropy_with_logits = {
    TD_LOSS_POINTWISE(binary_cross_entropy_with_logits, 2, 4), .sample = binary_cross_entropy_with_logits_sample,
};

td_tensor *td_binary_cross_entropy(td_tensor *p, td_tensor *t, td_tensor *weight, td_reduction reduction)
{
    return td_loss_apply_weighted(&td_op_binary_cross_entropy, p, t, weight, (td_attr){ .list = { reduction } });
}

td_tensor *td_binary_cross_entropy_with_logits(td_tensor *x, td_tensor *t, td_tensor *weight, td_tensor *pos_weight,
                                               td_reduction reduction)
{
    td_tensor *in[4] = { x, t };
    int        n = 2;
    if (weight) in[n++] = weight;
    if (pos_weight) in[n++] = pos_weight;
    td_attr attr = { .list = { reduction, pos_weight != NULL } };
    return td_loss_apply(&td_op_binary_cross_entropy_with_logits, n, in, ~0u, attr);
}

/* ---- likelihoods and divergences ----------------------------------------------------------------------------------- */

/* t (log t - x), 0 where t is 0; e^t (t - x) of logarithms */
static td_tensor *kl_div_compose(int n, td_tensor *const *in, const td_attr *attr)
{
    td_tensor *x = in[0], *t = in[1];
    (void)n;
    if (td_loss_entry(attr, 1)) return td_loss_reduced(td_mul(td_exp(t), td_sub(t, x)), attr);
    td_tensor *none = td_eq(t, td_number(t, 0)), *log_t = td_log(td_where(none, td_number(t, 1), t));
    return td_loss_reduced(td_mul(t, td_sub(log_t, x)), attr);
}

/* e^x - t x, or x - t log(x + eps); full adds Stirling's t log t - t + log(2 pi t) / 2 where t > 1 */
static td_tensor *poisson_nll_loss_compose(int n, td_tensor *const *in, const td_attr *attr)
{
    const double half_log_two_pi = 0.91893853320467274178;
    td_tensor   *x = in[0], *t = in[1];
    bool         log_input = td_loss_entry(attr, 1), full = td_loss_entry(attr, 2);
    (void)n;
    td_tensor *terms = log_input ? td_sub(td_exp(x), td_mul(t, x)) : td_sub(x, td_mul(t, td_log(td_add_scalar(x, attr->a))));
    if (!full) return td_loss_reduced(terms, attr);
    td_tensor *one = td_number(t, 1), *many = td_gt(t, one), *m = td_where(many, t, one);
    td_tensor *sum = td_sub(td_mul(td_add_scalar(m, 0.5), td_log(m)), m);
    return td_loss_reduced(td_add(terms, td_where(many, td_add_scalar(sum, half_log_two_pi), td_number(t, 0))), attr);
}

/* (log v + (x - t)^2 / v) / 2, v = max(var, eps); full adds log(2 pi) / 2 */
static td_tensor *gaussian_nll_loss_compose(int n, td_tensor *const *in, const td_attr *attr)
{
    const double half_log_two_pi = 0.91893853320467274178;
    td_tensor   *v = td_clamp(in[2], attr->a, (double)INFINITY);
    (void)n;
    td_tensor *terms = td_mul_scalar(td_add(td_log(v), td_div(td_square(td_sub(in[0], in[1])), v)), 0.5);
    return td_loss_reduced(td_loss_entry(attr, 1) ? td_add_scalar(terms, half_log_two_pi) : terms, attr);
}

static void kl_div_sample(td_sample *s)
{
    td_loss_sample_pair(s);
    s->attr.list[1] = td_sample_below(s, 2);
    td_sample_floats(s, 0, -6, 0);
    td_sample_floats(s, 1, s->attr.list[1] ? -6 : 0, s->attr.list[1] ? 0 : 1);
}

static void poisson_nll_loss_sample(td_sample *s)
{
    td_loss_sample_pair(s);
    s->attr.list[1] = td_sample_below(s, 2);
    s->attr.list[2] = td_sample_below(s, 2);
    s->attr.a = 1e-8;
    td_sample_floats(s, 0, s->attr.list[1] ? -6 : 0x1p-10, 6);
    td_sample_floats(s, 1, 0, 6);
}

static void gaussian_nll_loss_sample(td_sample *s)
{
    static const double end[] = { 0.25, 1e-6 };
    td_loss_sample_pointwise(s, 3);
    s->attr.list[1] = td_sample_below(s, 2);
    s->attr.a = td_sample_choice(s, 2, (double[]){ 1e-6, 0.25 });
    td_sample_floats(s, 2, 0, 6);
    td_sample_also(s, 2, 2, end);
}

static const td_signature
    kl_div_signature = TD_LOSS_SIGNATURE("kl_div(x, sigmoid(y))", TD_LOSS_REDUCTION, {"log_target", TD_FLAG, false, 0}),
    poisson_nll_loss_signature = TD_LOSS_SIGNATURE("poisson_nll_loss(x, exp(y))", {"log_input", TD_FLAG, false, 1},
                                                   {"full", TD_FLAG, false, 0}, {"eps", TD_NUMBER, false, 1e-8},
                                                   TD_LOSS_REDUCTION),
    gaussian_nll_loss_signature = TD_LOSS_SIGNATURE("gaussian_nll_loss(x, y, exp(x))", {"full", TD_FLAG, false, 0},
                                                    {"eps", TD_NUMBER, false, 1e-6}, TD_LOSS_REDUCTION);

const td_op td_op_kl_div = { TD_LOSS_POINTWISE(kl_div, 2, 2), .sample = kl_div_sample };
const td_op td_op_poisson_nll_loss = { TD_LOSS_POINTWISE(poisson_nll_loss, 2, 2), .sample = poisson_nll_loss_sample };
const td_op td_op_gaussian_nll_loss = { TD_LOSS_POINTWISE(gaussian_nll_loss, 3, 3), .sample = gaussian_nll_loss_sample };

/* The mean over a batch is a sum divided by its size. */
td_tensor *td_kl_div(td_tensor *x, td_tensor *t, bool log_target, td_reduction reduction)
{
    bool       batch = reduction == TD_REDUCTION_BATCHMEAN;
    td_attr    attr = { .list = { batch ? TD_REDUCTION_SUM : reduction, log_target } };
    td_tensor *y = td_loss_apply(&td_op_kl_div, 2, (td_tensor *[]){ x, t }, ~0u, attr);
    return batch && !td_stopped(x) && td_rank(x) ? td_div_scalar(y, (double)td_size(x, 0)) : y;
}

td_tensor *td_poisson_nll_loss(td_tensor *x, td_tensor *t, bool log_input, bool full, double eps, td_reduction reduction)
{
    td_attr attr = { .a = eps, .list = { reduction, log_input, full } };
    return td_loss_apply(&td_op_poisson_nll_loss, 2, (td_tensor *[]){ x, t }, ~0u, attr);
}

td_tensor *td_gaussian_nll_loss(td_tensor *x, td_tensor *t, td_tensor *var, bool full, double eps, td_reduction reduction)
{
    td_attr attr = { .a = eps, .list = { reduction, full } };
    return td_loss_apply(&td_op_gaussian_nll_loss, 3, (td_tensor *[]){ x, t, var }, ~0u, attr);
}
