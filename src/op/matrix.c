/* matrix.c: functions of matrices: powers, the exponential, the pseudo-inverse, norms by singular values, condition,
 * rank. */
#include "op/factor.h"
#include "op/linalg.h"
#include "op/shape.h"

#include <float.h>
#include <math.h>
#include <string.h>

/* ---- matrix_power: list[0] the exponent ----------------------------------------------------------------------------- */

/* By squaring; of a negative power the inverse's. */
static td_tensor *matrix_power_compose(int n_in, td_tensor *const *in, const td_attr *attr)
{
    int64_t    n = attr->list[0];
    td_tensor *square = n < 0 ? td_inv(in[0]) : in[0], *y = NULL;
    (void)n_in;
    if (n == 0) return td_identity_like(in[0], td_size(in[0], -1));
    for (uint64_t left = n < 0 ? 0 - (uint64_t)n : (uint64_t)n; left && !in[0]->context->status; left >>= 1) {
        if (left & 1) y = y ? td_mm(y, square) : square;
        if (left > 1) square = td_mm(square, square);
    }
    return y;
}

static void matrix_power_sample(td_sample *s)
{
    s->n_in = 1;
    td_sample_square(s, 0, 2, 0.25, true);
    s->attr.n_list = 1;
    s->attr.list[0] = td_sample_below(s, 8) - 3;
}

static td_tensor *call_matrix_power(const td_invocation *k) { return td_matrix_power(k->in[0], td_as_i64(k, 0)); }
static const td_signature matrix_power_signature = {
    .example = "matrix_power(outer(x, y), 3)", .call = call_matrix_power, .parameter = { { "n", TD_INTEGER, true, 0 } },
};
const td_op td_op_matrix_power = {
    .name = "matrix_power", .id = TD_ID_matrix_power, .min_in = 1, .max_in = 1, .infer = td_infer_square,
    .compose = matrix_power_compose, .sample = matrix_power_sample, .signature = &matrix_power_signature,
};
td_tensor *td_matrix_power(td_tensor *a, int64_t n)
{
    return td_apply1(&td_op_matrix_power, a, &(td_attr){ .n_list = 1, .list = { n } });
}

/* ---- matrix_exp: N. Higham, "The scaling and squaring method for the matrix exponential revisited", 2005 -------------- */

enum { PADE = 13, HALVINGS = 1100 };

static const double pade[PADE + 1] = {
    64764752532480000, 32382376266240000, 7771770303897600, 1187353796428800, 129060195264000, 10559470521600, 670442572800,
    33522128640, 1323241920, 40840800, 960960, 16380, 182, 1
};

/* The largest sum of sizes of a column; NaN if it is none. */
static double norm1(int64_t n, const double *a)
{
    double most = 0;
    for (int64_t j = 0; j < n; j++) {
        double s = 0;
        for (int64_t i = 0; i < n; i++) s += fabs(a[i * n + j]);
        if (!(s <= most)) most = s;
        if (isnan(s)) return s;
    }
    return most;
}

static void multiply(const td_matrices *s, const double *a, const double *b, double *to)
{
    td_factor_multiply(s->context, s->n, s->n, s->n, to, s->n, (td_strided){ a, s->n, 1 }, (td_strided){ b, s->n, 1 });
}

/* to = x[0] c[0] + x[1] c[1] + x[2] c[2] + one c[3] */
static void combine(int64_t n, const double *const x[3], const double c[4], double *to)
{
    for (int64_t i = 0; i < n * n; i++) {
        double v = i % (n + 1) == 0 ? c[3] : 0;
        for (int k = 0; k < 3; k++) v = fma(c[k], x[k][i], v);
        to[i] = v;
    }
}

/* The odd part u and the even part v of the 13th approximant at a; p: a^2, a^4, a^6; t: room. */
static void approximant(const td_matrices *s, const double *a, double *const p[3], double *u, double *v, double *t)
{
    int64_t             n = s->n;
    const double *const x[3] = { p[0], p[1], p[2] };
    combine(n, x, (double[]){ pade[9], pade[11], pade[13], 0 }, v);
    multiply(s, p[2], v, t);
    combine(n, x, (double[]){ pade[3], pade[5], pade[7], pade[1] }, v);
    for (int64_t i = 0; i < n * n; i++) v[i] += t[i];
    multiply(s, a, v, u);
    combine(n, x, (double[]){ pade[8], pade[10], pade[12], 0 }, v);
    multiply(s, p[2], v, t);
    combine(n, x, (double[]){ pade[2], pade[4], pade[6], pade[0] }, v);
    for (int64_t i = 0; i < n * n; i++) v[i] += t[i];
}

static int64_t exp_work(int64_t n) { return 6 * n * n + n + 2 * n * TD_PANEL_COLUMNS; }

/* x = (v - u)^-1 (v + u), in u; v is overwritten */
static void divide(const td_matrices *s, double *u, double *v, double *swap, double *work)
{
    int64_t n = s->n;
    for (int64_t i = 0; i < n * n; i++) {
        double odd = u[i], even = v[i];
        u[i] = even + odd, v[i] = even - odd;
    }
    td_factor_lu(s->context, n, n, v, swap, work);
    td_factor_swap(n, swap, false, n, u);
    td_factor_forward(s->context, n, n, (td_strided){ v, n, 1 }, true, u, n, work);
    td_factor_backward(s->context, n, n, (td_strided){ v, n, 1 }, false, u, n, work);
}

static int64_t matrix_exp_one(td_matrices *s)
{
    int64_t n = s->n, nn = n * n, halvings = 0;
    double *a = s->in[0], *p[3] = { s->work, s->work + nn, s->work + 2 * nn }, *u = s->work + 3 * nn, *v = u + nn,
        *t = v + nn;
    double  norm = norm1(n, a);
    while (norm > 5.371920351148152 && halvings < HALVINGS) norm /= 2, halvings++;      /* Higham's theta for 13 */
    for (int64_t i = 0; i < nn; i++) a[i] = ldexp(a[i], (int)-halvings);
    multiply(s, a, a, p[0]);
    multiply(s, p[0], p[0], p[1]);
    multiply(s, p[0], p[1], p[2]);
    approximant(s, a, p, u, v, t);
    divide(s, u, v, t + nn, t + nn + n);
    for (; halvings > 0; halvings--) {
        multiply(s, u, u, t);
        memcpy(u, t, (size_t)nn * sizeof *u);
    }
    memcpy(s->out, u, (size_t)nn * sizeof *u);
    return 0;
}

static td_status matrix_exp_compute(const td_call *call)
{
    return td_matrices_run(call, matrix_exp_one, exp_work(call->out.shape->size[call->out.shape->rank - 1]), "%lld");
}

/* The power of two that is the order of a matrix's largest number, 1 for none. */
static td_tensor *order_of(td_tensor *g)
{
    td_tensor *largest = td_amax_axes(td_abs(g), 2, (int[]){ -2, -1 }, true), *one = td_number(g, 1);
    td_tensor *some = td_logical_and(td_gt(largest, td_number(g, 0)), td_isfinite(largest));
    return td_exp2(td_floor(td_log2(td_where(some, largest, one))));
}

/* The derivative of exp at a^T in the direction g: it stands in the upper right of exp (a^T, g; 0, a^T) (R. Mathias, "A
 * chain rule for matrix functions and applications", 1996, theorem 2.1).  g enters at the order of 1, so that how often the
 * whole is halved does not depend on its scale. */
static void matrix_exp_vjp(td_pull *p)
{
    td_tensor *at = td_turn(p->in[0]), *zero = td_zeros_like(at);
    int64_t    n = td_size(at, -1);
    if (n == 0) return;
    td_tensor *order = order_of(p->g), *g = td_div(p->g, order);
    td_tensor *upper = td_concat(2, (td_tensor *[]){ at, g }, -1), *lower = td_concat(2, (td_tensor *[]){ zero, at }, -1);
    td_tensor *whole = td_matrix_exp(td_concat(2, (td_tensor *[]){ upper, lower }, -2));
    td_pull_add(p, 0, td_mul(td_slice(td_slice(whole, -2, 0, n, 1), -1, n, 2 * n, 1), order));
}

static void matrix_exp_sample(td_sample *s)
{
    s->n_in = 1;
    td_sample_square(s, 0, 0, 0, false);
    s->in[0].low = -1.5, s->in[0].high = 1.5;
}

static const td_signature matrix_exp_signature = { .example = "matrix_exp(outer(x, y))" };
const td_op td_op_matrix_exp = {
    .name = "matrix_exp", .id = TD_ID_matrix_exp, .min_in = 1, .max_in = 1, .reads = TD_READS(0), .infer = td_infer_square,
    .compute = matrix_exp_compute, .vjp = matrix_exp_vjp, .sample = matrix_exp_sample, .signature = &matrix_exp_signature,
};
td_tensor *td_matrix_exp(td_tensor *a) { return td_apply1(&td_op_matrix_exp, a, NULL); }

/* ---- pinv ----------------------------------------------------------------------------------------------------------- */

/* Singular values up to this share of the largest count as 0: PyTorch's default, max(m, n) times the dtype's epsilon. */
static double least_share(const td_shape *a, td_dtype dtype)
{
    int64_t m = a->size[a->rank - 2], n = a->size[a->rank - 1];
    return (double)(m > n ? m : n) * (dtype == TD_F32 ? FLT_EPSILON : DBL_EPSILON);
}

static int64_t packed_svd(const td_shape *a)
{
    int64_t m = a->size[a->rank - 2], n = a->size[a->rank - 1];
    return (m + 1 + n) * (m < n ? m : n);
}

/* V S^-1 U^T over the singular values that count */
static int64_t pinv_one(td_matrices *s)
{
    td_matrices inner = *s;
    int64_t     m = s->m, n = s->n, k = m < n ? m : n;
    double      least = least_share(s->call->in[0].shape, s->call->out.dtype);
    inner.out = s->work;
    inner.work = s->work + packed_svd(s->call->in[0].shape);
    td_factor_svd(&inner);
    const double *u = inner.out, *values = u + m * k, *v = values + k;
    for (int64_t i = 0; i < n; i++)
        for (int64_t j = 0; j < m; j++) {
            double sum = 0;
            for (int64_t r = 0; r < k; r++)
                if (!(values[r] <= least * values[0])) sum = fma(v[i * k + r] / values[r], u[j * k + r], sum);
            s->out[i * m + j] = sum;
        }
    return 0;
}

static td_status pinv_compute(const td_call *call)
{
    const td_shape *a = call->in[0].shape;
    return td_matrices_run(call, pinv_one, packed_svd(a) + td_factor_svd_work(a), "%lld");
}

static td_status pinv_infer(td_infer *i)
{
    const td_shape *a = i->in[0]->shape;
    if (td_infer_matrix(i)) return td_error(i->context);
    i->shape.size[a->rank - 2] = a->size[a->rank - 1];
    i->shape.size[a->rank - 1] = a->size[a->rank - 2];
    return TD_OK;
}

/* p = a^+. ga = -p^T g p^T + (1 - a p) g^T p p^T + p^T p g^T (1 - p a), where the rank does not change (G. Golub, V.
 * Pereyra, "The differentiation of pseudo-inverses and nonlinear least squares problems whose variables separate", 1973,
 * (4.12)) */
static void pinv_vjp(td_pull *p)
{
    td_tensor *a = p->in[0], *y = p->y, *yt = td_turn(y), *gt = td_turn(p->g);
    int64_t    m = td_size(a, -2), n = td_size(a, -1);
    td_tensor *ga = td_neg(td_mm(td_mm(yt, p->g), yt)), *right = td_mm(gt, td_mm(y, yt)), *left = td_mm(td_mm(yt, y), gt);
    if (m > 0 && n > 0) {
        ga = td_add(ga, td_sub(right, td_mm(a, td_mm(y, right))));
        ga = td_add(ga, td_sub(left, td_mm(td_mm(left, y), a)));
    }
    td_pull_add(p, 0, ga);
}

static void rectangle_sample(td_sample *s)
{
    s->n_in = 1;
    td_sample_rectangle(s, 0, 3, 3);
}

static const td_signature pinv_signature = { .example = "pinv(W)" };
const td_op td_op_pinv = {
    .name = "pinv", .id = TD_ID_pinv, .min_in = 1, .max_in = 1, .reads = TD_READS(0) | TD_READS_RESULT, .infer = pinv_infer,
    .compute = pinv_compute, .vjp = pinv_vjp, .sample = rectangle_sample, .signature = &pinv_signature,
};
td_tensor *td_pinv(td_tensor *a) { return td_apply1(&td_op_pinv, a, NULL); }

/* ---- norms by singular values, condition, rank ----------------------------------------------------------------------- */

static td_status one_number(td_infer *i)
{
    if (td_infer_matrix(i)) return td_error(i->context);
    i->shape.rank -= 2;
    return TD_OK;
}

static td_tensor *last(td_tensor *(*reduce)(td_tensor *, int, const int *, bool), td_tensor *x)
{
    return reduce(x, 1, (int[]){ -1 }, false);
}

static td_tensor *nuclear_norm_compose(int n, td_tensor *const *in, const td_attr *attr)
{
    (void)n, (void)attr;
    return last(td_sum_axes, td_svdvals(in[0]));
}

static const td_signature nuclear_norm_signature = { .example = "nuclear_norm(W)" };
const td_op td_op_nuclear_norm = {
    .name = "nuclear_norm", .id = TD_ID_nuclear_norm, .min_in = 1, .max_in = 1, .infer = one_number,
    .compose = nuclear_norm_compose, .sample = rectangle_sample, .signature = &nuclear_norm_signature,
};
td_tensor *td_nuclear_norm(td_tensor *a) { return td_apply1(&td_op_nuclear_norm, a, NULL); }

/* a: 2 the largest singular value, -2 the least */
static td_status spectral_norm_infer(td_infer *i)
{
    char text[TD_SHAPE_TEXT];
    if (fabs(i->attr->a) != 2)
        return td_fail(i->context, TD_EVALUE, "%s: order %g is neither 2 nor -2", i->op->name, i->attr->a);
    if (td_infer_matrix(i)) return td_error(i->context);
    if (td_size(i->in[0], -1) > 0 && td_size(i->in[0], -2) > 0) return one_number(i);
    return td_fail(i->context, TD_ESHAPE, "%s: %s has no singular value", i->op->name, td_shape_text(i->in[0]->shape, text));
}

static td_tensor *spectral_norm_compose(int n, td_tensor *const *in, const td_attr *attr)
{
    (void)n;
    return last(attr->a > 0 ? td_amax_axes : td_amin_axes, td_svdvals(in[0]));
}

static void spectral_norm_sample(td_sample *s)
{
    rectangle_sample(s);
    td_sample_in *in = &s->in[0];
    for (int k = in->rank - 2; k < in->rank; k++) in->size[k] += in->size[k] == 0;
    s->attr.a = td_sample_below(s, 2) ? 2 : -2;
}

static const td_signature spectral_norm_signature = {
    .example = "spectral_norm(W)", .call = td_call_number, .parameter = { { "p", TD_NUMBER, false, 2 } },
};
const td_op td_op_spectral_norm = {
    .name = "spectral_norm", .id = TD_ID_spectral_norm, .min_in = 1, .max_in = 1, .infer = spectral_norm_infer,
    .compose = spectral_norm_compose, .sample = spectral_norm_sample, .signature = &spectral_norm_signature,
};
td_tensor *td_spectral_norm(td_tensor *a, double p) { return td_apply1(&td_op_spectral_norm, a, &(td_attr){ .a = p }); }

/* a: the order of the norm */
static td_status cond_infer(td_infer *i)
{
    double p = fabs(i->attr->a);
    if (p != 1 && p != 2 && !isinf(p))
        return td_fail(i->context, TD_EVALUE, "cond: order %g is none of 1, 2, inf", i->attr->a);
    if (p == 2) return spectral_norm_infer(i);
    return td_infer_square(i) ? td_error(i->context) : one_number(i);
}

static td_tensor *cond_compose(int n, td_tensor *const *in, const td_attr *attr)
{
    double p = attr->a;
    (void)n;
    if (fabs(p) == 2) {
        td_tensor *s = td_svdvals(in[0]), *most = last(td_amax_axes, s), *least = last(td_amin_axes, s);
        return p > 0 ? td_div(most, least) : td_div(least, most);
    }
    return td_mul(td_matrix_norm(in[0], p, -2, -1, false), td_matrix_norm(td_inv(in[0]), p, -2, -1, false));
}

static void cond_sample(td_sample *s)
{
    static const double orders[] = { 2, -2, 1, -1, INFINITY, -INFINITY };
    s->n_in = 1;
    td_sample_square(s, 0, 3, 3, false);
    td_sample_in *in = &s->in[0];
    for (int k = in->rank - 2; k < in->rank; k++) in->size[k] += in->size[k] == 0;
    s->attr.a = td_sample_choice(s, 6, orders);
}

static const td_signature cond_signature = {
    .example = "cond(outer(x, x) + diag(exp(x)))", .call = td_call_number, .parameter = { { "p", TD_NUMBER, false, 2 } },
};
const td_op td_op_cond = {
    .name = "cond", .id = TD_ID_cond, .min_in = 1, .max_in = 1, .infer = cond_infer, .compose = cond_compose,
    .sample = cond_sample, .signature = &cond_signature,
};
td_tensor *td_cond(td_tensor *a, double p) { return td_apply1(&td_op_cond, a, &(td_attr){ .a = p }); }

/* a: the share of the largest singular value up to which one counts as 0; 0: max(m, n) epsilon */
static td_status matrix_rank_infer(td_infer *i)
{
    if (one_number(i)) return td_error(i->context);
    i->dtype = TD_I64;
    return TD_OK;
}

static td_tensor *matrix_rank_compose(int n, td_tensor *const *in, const td_attr *attr)
{
    td_tensor *s = td_svdvals(in[0]);
    double     share = attr->a > 0 ? attr->a : least_share(in[0]->shape, td_dtype_of(in[0]));
    (void)n;
    if (td_size(s, -1) == 0) return last(td_sum_axes, td_to(s, TD_I64));
    td_tensor *least = td_mul_scalar(td_amax_axes(s, 1, (int[]){ -1 }, true), share);
    return last(td_sum_axes, td_to(td_gt(s, least), TD_I64));
}

static void matrix_rank_sample(td_sample *s)
{
    rectangle_sample(s);
    s->attr.a = td_sample_below(s, 2) ? 0 : 0.25;
}

static const td_signature matrix_rank_signature = {
    .example = "matrix_rank(W)", .call = td_call_number, .parameter = { { "rtol", TD_NUMBER, false, 0 } },
};
const td_op td_op_matrix_rank = {
    .name = "matrix_rank", .id = TD_ID_matrix_rank, .min_in = 1, .max_in = 1, .flat = true, .infer = matrix_rank_infer,
    .compose = matrix_rank_compose, .sample = matrix_rank_sample, .signature = &matrix_rank_signature,
};
td_tensor *td_matrix_rank(td_tensor *a, double rtol) { return td_apply1(&td_op_matrix_rank, a, &(td_attr){ .a = rtol }); }
