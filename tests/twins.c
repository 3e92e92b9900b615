/* twins.c: ops that are wrong in one thing each, and otherwise right: at these points, by this much, in this order.
 *
 * A twin's definition is the right op, and so are its values but where they are its fault: nothing else can give it away. */
#include "hard.h"
#include "own.h"

#include <math.h>

/* ---- what the rules are made of ----------------------------------------------------------------------------------- */

static td_tensor *number(td_tensor *like, double v) { return td_mul_scalar(td_ones_like(like), v); }
static td_tensor *beyond(td_tensor *x, double limit) { return td_gt(td_abs(x), number(x, limit)); }
static td_tensor *is_zero(td_tensor *x) { return td_eq(x, number(x, 0)); }
static td_tensor *plus(td_tensor *x, double v) { return td_add_scalar(x, v); }
static td_tensor *times(td_tensor *x, double v) { return td_mul_scalar(x, v); }
static td_tensor *one_less_square(td_tensor *y) { return td_rsub(1, td_square(y)); }

/* y = f(x), elementwise or one number from many, with slopes s */
static void slopes(td_pull *p, td_tensor *s) { td_pull_add(p, 0, td_mul(p->g, s)); }

/* ---- too much, by a millionth or less ------------------------------------------------------------------------------ */

static void sin_1e_6(td_pull *p) { slopes(p, times(td_cos(p->in[0]), 1 + 1e-6)); }
static void sin_1e_2(td_pull *p) { slopes(p, times(td_cos(p->in[0]), 1 + 1e-2)); }
static void sin_1e_5(td_pull *p) { slopes(p, times(td_cos(p->in[0]), 1 + 1e-5)); }
static void log_1e_6(td_pull *p) { slopes(p, td_rdiv(1 + 1e-6, p->in[0])); }
static void sqrt_1e_6(td_pull *p) { slopes(p, td_rdiv(0.5 + 1e-6, p->y)); }
static void abs_1e_6(td_pull *p) { slopes(p, times(td_sign(p->in[0]), 1 + 1e-6)); }
static void square_1e_6(td_pull *p) { slopes(p, times(p->in[0], 2 + 1e-6)); }
static void reciprocal_1e_4(td_pull *p) { slopes(p, times(td_square(p->y), -1 - 1e-4)); }
static void ndtr_short_constant(td_pull *p) { slopes(p, times(td_exp(times(td_square(p->in[0]), -0.5)), 0.39894)); }

/* ---- wrong in a region --------------------------------------------------------------------------------------------- */

static void sin_beyond_3(td_pull *p)
{
    td_tensor *c = td_cos(p->in[0]);
    slopes(p, td_where(beyond(p->in[0], 3), times(c, 1 + 1e-6), c));
}

static void sin_beyond_1(td_pull *p)
{
    td_tensor *c = td_cos(p->in[0]);
    slopes(p, td_where(beyond(p->in[0], 1), times(c, 1 - 1e-6), c));
}

static void exp_beyond_600(td_pull *p) { slopes(p, td_where(beyond(p->in[0], 600), times(p->y, 1 + 1e-6), p->y)); }

static void tanh_cut_off(td_pull *p)
{
    td_tensor *x = p->in[0];
    slopes(p, td_where(beyond(x, 8), number(x, 0), td_reciprocal(td_square(td_cosh(td_clamp(x, -8, 8))))));
}

static void softplus_cut_off(td_pull *p)
{
    td_tensor *x = p->in[0];
    slopes(p, td_where(td_lt(x, number(x, -20)), number(x, 0), td_sigmoid(x)));
}

static void sigmoid_cut_off(td_pull *p) { slopes(p, td_mul(p->y, td_clamp(td_sigmoid(td_neg(p->in[0])), 1e-12, 1))); }
static void log_guarded(td_pull *p) { slopes(p, td_reciprocal(plus(p->in[0], 1e-30))); }
static void log1p_guarded(td_pull *p) { slopes(p, td_reciprocal(td_clamp(plus(p->in[0], 1), 1e-12, (double)INFINITY))); }
static void rsqrt_guarded(td_pull *p) { slopes(p, times(td_pow_scalar(plus(p->in[0], 1e-18), -1.5), -0.5)); }
static void sqrt_guarded(td_pull *p) { slopes(p, td_rdiv(0.5, plus(p->y, 1e-8))); }
static void norm_guarded(td_pull *p) { slopes(p, td_div(p->in[0], plus(p->y, 1e-130))); }

static void asin_guarded(td_pull *p)
{
    slopes(p, td_rsqrt(td_clamp(one_less_square(p->in[0]), 1e-8, (double)INFINITY)));
}

/* the series where x is small, too short for 1e-2 */
static void sin_short_series(td_pull *p)
{
    td_tensor *x = p->in[0], *near = td_rsub(1, times(td_square(x), 0.5));
    slopes(p, td_where(beyond(x, 0.1), td_cos(x), near));
}

static void cos_short_series(td_pull *p)
{
    td_tensor *x = p->in[0];
    slopes(p, td_neg(td_where(beyond(x, 0.1), td_sin(x), x)));
}

static void expm1_short_series(td_pull *p) { slopes(p, plus(p->in[0], 1)); }

/* ---- at ties and zeros only ---------------------------------------------------------------------------------------- */

static void amax_every_tie(td_pull *p) { slopes(p, td_to(td_eq(p->in[0], p->y), td_dtype_of(p->in[0]))); }

static void logsumexp_largest(td_pull *p)
{
    td_tensor *x = p->in[0], *ties = td_to(td_eq(x, td_amax(x)), td_dtype_of(x));
    slopes(p, td_div(ties, td_sum(ties)));
}

static void prod_guarded(td_pull *p)
{
    td_tensor *x = p->in[0], *none = is_zero(x);
    slopes(p, td_where(none, number(x, 0), td_div(p->y, td_where(none, td_ones_like(x), x))));
}

/* ---- a term, a factor, a number left out ---------------------------------------------------------------------------- */

static void softmax_diagonal(td_pull *p) { slopes(p, td_mul(p->y, td_rsub(1, p->y))); }
static void gelu_first_term(td_pull *p) { slopes(p, td_ndtr(p->in[0])); }
static void rsqrt_half(td_pull *p) { slopes(p, td_neg(td_pow_scalar(p->in[0], -1.5))); }

/* (g - y mean(g y)) / std: not centred */
static void layer_norm_uncentred(td_pull *p)
{
    td_tensor *along = td_mul(p->y, td_mean(td_mul(p->g, p->y)));
    td_pull_add(p, 0, td_div(td_sub(p->g, along), td_std(p->in[0], 0)));
}

static void variance_of_n(td_pull *p)
{
    td_tensor *x = p->in[0];
    slopes(p, times(td_sub(x, td_mean(x)), 2.0 / (double)td_numel(x)));
}

static void last_left_out(td_pull *p)
{
    int64_t n = td_numel(p->g);
    td_pull_add(p, 0, td_unslice(td_slice(p->g, 0, 0, n - 1, 1), 0, 0, n - 1, 1, n));
}

/* ---- the adjoint misused, and what shows in second derivatives only -------------------------------------------------- */

static void sin_of_size(td_pull *p) { td_pull_add(p, 0, td_mul(td_abs(p->g), td_cos(p->in[0]))); }
static void sin_clipped(td_pull *p) { td_pull_add(p, 0, td_mul(td_clamp(p->g, -1, 1), td_cos(p->in[0]))); }
static void tanh_held(td_pull *p) { slopes(p, td_detach(one_less_square(p->y))); }

/* ---- right rules, wrong values -------------------------------------------------------------------------------------- */

static void exp_right(td_pull *p) { slopes(p, p->y); }
static void sqrt_right(td_pull *p) { slopes(p, td_rdiv(0.5, p->y)); }
static td_tensor *exp_imprecise(td_tensor *x) { return times(td_exp(x), 1 + 1e-11); }
static td_tensor *sqrt_first_digits(td_tensor *x) { return td_to(td_sqrt(td_to(x, TD_F32)), td_dtype_of(x)); }

/* ---- the list --------------------------------------------------------------------------------------------------------- */

const twin TWIN[] = {
    {"sin, 1e-6 too much", "an offset of 1e8", .rule = sin_1e_6},
    {"sin, 1e-6 too much beyond 3", "sine of 1e6", .rule = sin_beyond_3},
    {"sin, 1e-6 too little beyond 1", "1000 sines deep", .rule = sin_beyond_1},
    {"sin, a hundredth too much", "Kepler's equation, e = 0.9", .rule = sin_1e_2},
    {"sin, 1e-5 too much in f32", "single precision inside", .rule = sin_1e_5},
    {"sin by a short series", "x - sin x", .rule = sin_short_series},
    {"sin, |g| for g", "sin(1e4 x)", .rule = sin_of_size},
    {"sin, g clipped to 1", "sin^2 + cos^2", .rule = sin_clipped},
    {"cos by a short series", "(1 - cos x) / x^2", .rule = cos_short_series},
    {"expm1 by a short series", "expm1(x) / x", .rule = expm1_short_series},
    {"exp, 1e-6 too much beyond 600", "exp before it overflows", .rule = exp_beyond_600},
    {"log, 1e-6 too much", "exp(log x) - x", .rule = log_1e_6},
    {"log of a pivot, 1e-6 too much", "the Hilbert log-determinant, 5 by 5", .rule = log_1e_6},
    {"log, x + 1e-30 for x", "log at 1e-300", .rule = log_guarded},
    {"log1p, guarded by 1e-12", "log1p next to -1", .rule = log1p_guarded},
    {"sqrt, y + 1e-8 for y", "sqrt next to 0", .rule = sqrt_guarded},
    {"sqrt of a pivot, 2e-6 too much", "Cholesky of Hilbert, 5 by 5", .rule = sqrt_1e_6},
    {"rsqrt, x + 1e-18 for x", "rsqrt at 1e-200", .rule = rsqrt_guarded},
    {"rsqrt, the half forgotten", "rsqrt at 1e-200", .rule = rsqrt_half},
    {"asin, guarded by 1e-8", "asin next to its ends", .rule = asin_guarded},
    {"reciprocal, 1e-4 too much", "an inverse next to singular", .rule = reciprocal_1e_4},
    {"square, 5e-7 too much", "Rosenbrock's valley, far off", .rule = square_1e_6},
    {"abs, 1e-6 too much", "Huber's loss where its pieces meet", .rule = abs_1e_6},
    {"sigmoid, cut off at 1e-12", "sigmoid, saturated", .rule = sigmoid_cut_off},
    {"tanh, cut off beyond 8", "tanh, saturated", .rule = tanh_cut_off},
    {"tanh, its slope held constant", "50 steps of descent", .rule = tanh_held},
    {"softplus, cut off below -20", "softplus, saturated", .rule = softplus_cut_off},
    {"gelu, its first term alone", "gelu's tails", .rule = gelu_first_term},
    {"ndtr, five digits of a constant", "log of a normal tail", .rule = ndtr_short_constant},
    {"softmax, its diagonal alone", "a sum of softmax", .rule = softmax_diagonal},
    {"layer_norm, not centred", "a sum of layer_norm", .rule = layer_norm_uncentred},
    {"copy, the last left out", "1000 terms, of which 1e-12 is left", .rule = last_left_out},
    {"var, n for n - 1", "inputs near 1e8", .rule = variance_of_n, .scalar = true},
    {"norm, y + 1e-130 for y", "norm next to 0", .rule = norm_guarded, .scalar = true},
    {"prod, nothing to a zero", "a product with a zero", .rule = prod_guarded, .scalar = true},
    {"logsumexp, its largest alone", "logsumexp at +-700", .rule = logsumexp_largest, .scalar = true},
    {"amax, each tie counts whole", "the largest of ties", .rule = amax_every_tie, .scalar = true},
    {"exp, values 1e-11 too large", "the density's far tail", .rule = exp_right, .values = exp_imprecise},
    {"sqrt, values of single precision", "the arithmetic-geometric mean", .rule = sqrt_right, .values = sqrt_first_digits},
};

const int TWIN_COUNT = sizeof TWIN / sizeof TWIN[0];

/* ---- a twin as an op: which one it is stands in list[0] ------------------------------------------------------------- */

static const twin *twin_at(const td_attr *attr) { return &TWIN[attr->list[0]]; }
static td_tensor *right(const td_attr *attr, td_tensor *x) { return hard_named(twin_at(attr)->of)->inner(x); }

static td_tensor *define(int n, td_tensor *const *in, const td_attr *attr)
{
    (void)n;
    return right(attr, in[0]);
}

static td_status infer(td_infer *i)
{
    if (twin_at(i->attr)->scalar) i->shape.rank = 0;
    return TD_OK;
}

static double read(const td_window *w, int64_t i)
{
    return w->dtype == TD_F32 ? ((const float *)w->data)[i] : ((const double *)w->data)[i];
}

static void write(const td_window *w, int64_t i, double v)
{
    if (w->dtype == TD_F32) ((float *)w->data)[i] = (float)v;
    else ((double *)w->data)[i] = v;
}

/* Values from a context of their own. */
static td_status compute(const td_call *call)
{
    const td_window *x = &call->in[0];
    td_options       o = {.engine = td_eval_engine()};
    td_context      *c = td_open(&o);
    if (!c) return td_fail(call->context, TD_ENOMEM, "no memory for a twin");
    td_tensor *in = td_zeros(c, x->dtype, x->shape->rank, x->shape->size);
    td_window  to = {(void *)(uintptr_t)td_data(in), x->shape, x->dtype};
    for (int64_t i = 0; i < x->shape->numel && !td_error(c); i++) write(&to, i, read(x, place(x->shape, i)));
    const twin      *t = twin_at(call->attr);
    td_tensor       *y = t->values ? t->values(in) : right(call->attr, in);
    const td_window  from = {(void *)(uintptr_t)td_data(y), call->out.shape, call->out.dtype};
    for (int64_t i = 0; i < call->out.shape->numel && !td_error(c); i++) write(&call->out, i, read(&from, i));
    td_status status = td_error(c);
    if (status) td_fail(call->context, status, "%s", td_message(c));
    td_close(c);
    return status;
}

hard twin_of(int which, td_op *op)
{
    const twin *t = &TWIN[which];
    hard        h = *hard_named(t->of);
    *op = (td_op){.name = t->name, .min_in = 1, .max_in = 1, .reads = TD_READS(0) | TD_READS_RESULT, .infer = infer,
                  .compute = compute, .vjp = t->rule, .define = define};
    h.op = op;
    return h;
}

td_tensor *twin_apply(const td_op *op, td_tensor *x)
{
    td_attr attr = {.n_list = 1};
    while (attr.list[0] < TWIN_COUNT - 1 && TWIN[attr.list[0]].name != op->name) attr.list[0]++;
    return td_apply(op, 1, &x, &attr);
}
