/* cholesky.c: symmetric positive definite matrices, and triangular systems.
 *
 * cholesky and its like are functions of the symmetric part (a + a^T) / 2, so that each entry of a has a slope and the
 * adjoint is symmetric. Sources of the rules: M. Giles, "Collected matrix derivative results for forward and reverse
 * mode algorithmic differentiation", 2008, 2.2.4 and 2.3.2; I. Murray, "Differentiation of the Cholesky decomposition",
 * 2016, (10). */
#include "op/factor.h"
#include "op/linalg.h"
#include "op/shape.h"

/* ---- what square operands share ------------------------------------------------------------------------------------- */

td_status td_infer_matrix(td_infer *i)
{
    char            text[TD_SHAPE_TEXT];
    const td_shape *a = i->in[0]->shape;
    if (a->rank >= 2) return td_infer_float(i);
    return td_fail(i->context, TD_ESHAPE, "%s: %s is no matrix", i->op->name, td_shape_text(a, text));
}

td_status td_infer_square(td_infer *i)
{
    char            text[TD_SHAPE_TEXT];
    const td_shape *a = i->in[0]->shape;
    if (td_infer_matrix(i)) return td_error(i->context);
    if (a->size[a->rank - 1] == a->size[a->rank - 2]) return TD_OK;
    return td_fail(i->context, TD_ESHAPE, "%s: %s is not square", i->op->name, td_shape_text(a, text));
}

td_tensor *td_turn(td_tensor *x) { return td_transpose(x, -2, -1); }
td_tensor *td_symmetric(td_tensor *x) { return td_mul_scalar(td_add(x, td_turn(x)), 0.5); }

td_tensor *td_identity_like(td_tensor *x, int64_t n)
{
    td_context *c = x->context;
    int64_t     size[TD_MAX_RANK] = { 0 };
    int         rank = td_rank(x);
    td_tensor  *diagonal = td_full(c, td_dtype_of(x), 1, &n, 1);
    for (int k = 0; k < rank - 2; k++) size[k] = td_size(x, k);
    size[rank - 2] = size[rank - 1] = n;
    return td_expand(td_diag_embed(diagonal, 0, -2, -1), rank, size);
}

void td_sample_diagonal(td_sample *s, int operand, double diagonal, double step, bool shifted)
{
    td_sample_in *in = &s->in[operand];
    int64_t       n = in->size[in->rank - 1];
    td_sample_floats(s, operand, -1, 1);
    in->diagonal = diagonal, in->step = step;
    in->shift = shifted && n > 0 ? (int)td_sample_below(s, n) : 0;
}

void td_sample_leading(td_sample *s, int operand)
{
    td_sample_in *in = &s->in[operand];
    in->rank = td_sample_below(s, 3) ? 0 : 1;
    in->size[0] = td_sample_below(s, 16) ? 1 + td_sample_below(s, 3) : 0;
}

void td_sample_square(td_sample *s, int operand, double diagonal, double step, bool shifted)
{
    td_sample_in *in = &s->in[operand];
    int64_t       n = td_sample_below(s, 16) ? 1 + td_sample_below(s, 4) : 0;
    td_sample_leading(s, operand);
    in->size[in->rank] = in->size[in->rank + 1] = n;
    in->rank += 2;
    td_sample_diagonal(s, operand, diagonal, step, shifted);
}

/* ---- cholesky ----------------------------------------------------------------------------------------------------- */

static int64_t cholesky_one(td_matrices *s)
{
    int64_t n = s->n, bad;
    for (int64_t i = 0; i < n; i++)
        for (int64_t j = 0; j <= i; j++) s->out[i * n + j] = 0.5 * s->in[0][i * n + j] + 0.5 * s->in[0][j * n + i];
    bad = td_factor_cholesky(s->context, n, s->out, s->work);
    for (int64_t i = 0; i < n; i++)
        for (int64_t j = i + 1; j < n; j++) s->out[i * n + j] = 0;
    return bad;
}

static td_status cholesky_compute(const td_call *call)
{
    int64_t n = call->out.shape->size[call->out.shape->rank - 1];
    return td_matrices_run(call, cholesky_one, 2 * n * TD_PANEL_COLUMNS, "the leading minor of order %lld is not positive");
}

/* a = L L^T.   ga = L^-T F L^-1, made symmetric, where F is the lower triangle of L^T g with half its diagonal */
static void cholesky_vjp(td_pull *p)
{
    td_tensor *l = p->y, *f = td_mm(td_turn(l), p->g);
    f = td_mul_scalar(td_add(td_tril(f, 0), td_tril(f, -1)), 0.5);
    td_tensor *left = td_solve_triangular(td_turn(l), f, true, true, false);
    td_pull_add(p, 0, td_symmetric(td_solve_triangular(l, left, false, false, false)));
}

static void cholesky_sample(td_sample *s)
{
    s->n_in = 1;
    td_sample_square(s, 0, 5, 1, false);
}

static td_tensor *call_cholesky(const td_invocation *k) { return td_cholesky(k->in[0], td_as_flag(k, 0)); }
static const td_signature cholesky_signature = {
    .example = "cholesky(outer(x, x) + diag(exp(x)))",
    .call = call_cholesky, .parameter = { { "upper", TD_FLAG, false, 0 } },
};
const td_op td_op_cholesky = {
    .name = "cholesky", .id = TD_ID_cholesky, .min_in = 1, .max_in = 1, .reads = TD_READS_RESULT, .infer = td_infer_square,
    .compute = cholesky_compute, .vjp = cholesky_vjp, .sample = cholesky_sample, .signature = &cholesky_signature,
};
td_tensor *td_cholesky(td_tensor *a, bool upper)
{
    td_tensor *l = td_apply1(&td_op_cholesky, a, NULL);
    return upper ? td_turn(l) : l;
}

/* ---- triangular systems: t x = b; list[0]: t is the upper triangle, list[1]: with 1 on its diagonal ------------------- */

td_status td_infer_system(td_infer *i)
{
    const td_shape *a = i->in[0]->shape, *b = i->in[1]->shape;
    char            x[TD_SHAPE_TEXT], y[TD_SHAPE_TEXT];
    bool            fit = a->rank == b->rank;
    if (td_infer_square(i)) return td_error(i->context);
    for (int k = 0; fit && k < a->rank - 1; k++) fit = a->size[k] == b->size[k];
    if (!fit)
        return td_fail(i->context, TD_ESHAPE, "%s: %s and %s do not fit", i->op->name, td_shape_text(a, x),
                       td_shape_text(b, y));
    if (td_dtype_of(i->in[1]) != i->dtype)
        return td_fail(i->context, TD_EDTYPE, "%s: %s and %s", i->op->name, td_dtype_name(i->dtype),
                       td_dtype_name(td_dtype_of(i->in[1])));
    i->shape = *b;
    return TD_OK;
}

static int64_t solve_triangular_one(td_matrices *s)
{
    const int64_t *list = s->call->attr->list;
    td_strided     t = { s->in[0], s->n, 1 };
    for (int64_t i = 0; i < s->n * s->k; i++) s->out[i] = s->in[1][i];
    if (list[0]) td_factor_backward(s->context, s->n, s->k, t, list[1], s->out, s->k, s->work);
    else td_factor_forward(s->context, s->n, s->k, t, list[1], s->out, s->k, s->work);
    return 0;
}

static td_status solve_triangular_compute(const td_call *call)
{
    const td_shape *a = call->in[0].shape;
    return td_matrices_run(call, solve_triangular_one, a->size[a->rank - 1] * TD_PANEL_COLUMNS, "%lld");
}

static td_tensor *triangle(td_tensor *x, bool upper, bool unit) { return upper ? td_triu(x, unit) : td_tril(x, -unit); }

/* x = t^-1 b.   gb = t^-T g,   gt = -gb x^T in the triangle that is read */
static void solve_triangular_vjp(td_pull *p)
{
    bool       upper = p->attr->list[0], unit = p->attr->list[1];
    td_tensor *b = td_solve_triangular(td_turn(p->in[0]), p->g, !upper, true, unit);
    td_pull_add(p, 1, b);
    if (td_pull_wants(p, 0)) td_pull_add(p, 0, triangle(td_neg(td_mm(b, td_turn(p->y))), upper, unit));
}

void td_sample_system(td_sample *s, int a, int b)
{
    s->in[b] = s->in[a];
    s->in[b].diagonal = s->in[b].step = 0;
    s->in[b].shift = 0;
    s->in[b].size[s->in[b].rank - 1] = td_sample_below(s, 16) ? 1 + td_sample_below(s, 3) : 0;
    td_sample_floats(s, b, -3, 3);
}

static void solve_triangular_sample(td_sample *s)
{
    s->n_in = 2;
    td_sample_square(s, 0, td_sample_below(s, 2) ? 3 : -3, 0.5, false);
    td_sample_system(s, 0, 1);
    s->attr.n_list = 2;
    s->attr.list[0] = td_sample_below(s, 2);
    s->attr.list[1] = td_sample_below(s, 4) == 0;
}

static td_tensor *call_solve_triangular(const td_invocation *k)
{
    return td_solve_triangular(k->in[0], k->in[1], td_as_flag(k, 0), td_as_flag(k, 1), td_as_flag(k, 2));
}
static const td_signature solve_triangular_signature = {
    .example = "solve_triangular(outer(exp(x), exp(y)), unsqueeze(x, 1), upper=1)", .call = call_solve_triangular,
    .parameter = { { "upper", TD_FLAG, true, 0 }, { "left", TD_FLAG, false, 1 }, { "unitriangular", TD_FLAG, false, 0 } },
};
const td_op td_op_solve_triangular = {
    .name = "solve_triangular", .id = TD_ID_solve_triangular, .min_in = 2, .max_in = 2,
    .reads = TD_READS(0) | TD_READS_RESULT,
    .infer = td_infer_system, .compute = solve_triangular_compute, .vjp = solve_triangular_vjp,
    .sample = solve_triangular_sample, .signature = &solve_triangular_signature,
};

/* op on a and b, brought to one dtype and equal leading sizes. */
td_tensor *td_apply_system(const td_op *op, td_tensor *a, td_tensor *b, const td_attr *attr)
{
    if (td_stopped(a) || td_stopped(b)) return td_passed(a ? a : b);
    td_dtype d = td_promote(td_dtype_of(a), td_dtype_of(b));
    if (td_rank(a) >= 2 && td_rank(b) >= 2 && !td_expand_together(&a, &b))
        return td_fail(a->context, TD_ESHAPE, "%s: leading sizes do not broadcast", op->name), td_bad(a->context);
    return td_apply(op, 2, (td_tensor *[]){ td_to(a, d), td_to(b, d) }, attr);
}

td_tensor *td_solve_triangular(td_tensor *a, td_tensor *b, bool upper, bool left, bool unitriangular)
{
    td_attr attr = { .n_list = 2, .list = { left ? upper : !upper, unitriangular } };
    if (left) return td_apply_system(&td_op_solve_triangular, a, b, &attr);
    return td_turn(td_apply_system(&td_op_solve_triangular, td_turn(a), td_turn(b), &attr));
}

/* ---- systems whose factor is known: list[0]: the factor is upper ---------------------------------------------------- */

static td_tensor *lower_factor(td_tensor *l, const td_attr *attr) { return attr->list[0] ? td_turn(l) : l; }

/* (l l^T)^-1 b */
static td_tensor *cholesky_solve_compose(int n, td_tensor *const *in, const td_attr *attr)
{
    td_tensor *l = lower_factor(in[1], attr);
    (void)n;
    return td_solve_triangular(td_turn(l), td_solve_triangular(l, in[0], false, true, false), true, true, false);
}

static td_status cholesky_solve_infer(td_infer *i)
{
    td_tensor *swapped[2] = { i->in[1], i->in[0] };
    td_infer   other = *i;
    other.in = swapped;
    td_status status = td_infer_system(&other);
    i->shape = other.shape;
    return status;
}

static void cholesky_solve_sample(td_sample *s)
{
    s->n_in = 2;
    td_sample_square(s, 1, 3, 0.5, false);
    td_sample_system(s, 1, 0);
    s->attr.n_list = 1;
    s->attr.list[0] = td_sample_below(s, 2);
}

static td_tensor *call_cholesky_solve(const td_invocation *k)
{
    return td_cholesky_solve(k->in[0], k->in[1], td_as_flag(k, 0));
}
static const td_signature cholesky_solve_signature = {
    .example = "cholesky_solve(unsqueeze(x, 1), outer(exp(x), exp(y)))", .call = call_cholesky_solve,
    .parameter = { { "upper", TD_FLAG, false, 0 } },
};
const td_op td_op_cholesky_solve = {
    .name = "cholesky_solve", .id = TD_ID_cholesky_solve, .min_in = 2, .max_in = 2, .infer = cholesky_solve_infer,
    .compose = cholesky_solve_compose, .sample = cholesky_solve_sample, .signature = &cholesky_solve_signature,
};
td_tensor *td_cholesky_solve(td_tensor *b, td_tensor *l, bool upper)
{
    if (td_stopped(b) || td_stopped(l)) return td_passed(b ? b : l);
    td_dtype d = td_promote(td_dtype_of(b), td_dtype_of(l));
    if (td_rank(b) >= 2 && td_rank(l) >= 2 && !td_expand_together(&b, &l))
        return td_fail(b->context, TD_ESHAPE, "cholesky_solve: leading sizes do not broadcast"), td_bad(b->context);
    td_attr attr = { .n_list = 1, .list = { upper } };
    return td_apply(&td_op_cholesky_solve, 2, (td_tensor *[]){ td_to(b, d), td_to(l, d) }, &attr);
}

static td_tensor *cholesky_inverse_compose(int n, td_tensor *const *in, const td_attr *attr)
{
    td_tensor *l = lower_factor(in[0], attr), *half;
    (void)n;
    half = td_solve_triangular(l, td_identity_like(l, td_size(l, -1)), false, true, false);
    return td_mm(td_turn(half), half);
}

static void cholesky_inverse_sample(td_sample *s)
{
    s->n_in = 1;
    td_sample_square(s, 0, 3, 0.5, false);
    s->attr.n_list = 1;
    s->attr.list[0] = td_sample_below(s, 2);
}

static td_tensor *call_cholesky_inverse(const td_invocation *k) { return td_cholesky_inverse(k->in[0], td_as_flag(k, 0)); }
static const td_signature cholesky_inverse_signature = {
    .example = "cholesky_inverse(outer(exp(x), exp(y)))", .call = call_cholesky_inverse,
    .parameter = { { "upper", TD_FLAG, false, 0 } },
};
const td_op td_op_cholesky_inverse = {
    .name = "cholesky_inverse", .id = TD_ID_cholesky_inverse, .min_in = 1, .max_in = 1, .infer = td_infer_square,
    .compose = cholesky_inverse_compose, .sample = cholesky_inverse_sample, .signature = &cholesky_inverse_signature,
};
td_tensor *td_cholesky_inverse(td_tensor *l, bool upper)
{
    return td_apply1(&td_op_cholesky_inverse, l, &(td_attr){ .n_list = 1, .list = { upper } });
}
