/* det.c: determinants, and cofactors, which are their slopes.
 *
 * d det / d a = cofactors of a, at singular matrices too, where det a^-T says nothing.  They are found without a division
 * by a pivot that may be 0: with complete pivoting P a Q = L D V, L and V unit triangular and of small numbers whatever
 * the rank of a, and of D both its cofactors and how they change are products of pivots.
 *
 *     cofactor of a                    L^-T cofactor(D) V^-T
 *     its adjoint                      L^-T h V^-T, where g' = L^-1 g V^-1, h_ii = sum_j p_ij g'_jj, h_ij = -p_ij g'_ji and
 *                                      p_ij is the product of all pivots but i and j
 *
 * rows and columns exchanged and signs turned as P and Q say. */
#include "op/factor.h"
#include "op/linalg.h"
#include "op/shape.h"
#include "kernel/factor.h"

#include <math.h>
#include <string.h>

/* ---- det ------------------------------------------------------------------------------------------------------------ */

static td_status one_number(td_infer *i)
{
    if (td_infer_square(i)) return td_error(i->context);
    i->shape.rank -= 2;
    return TD_OK;
}

static int64_t lu_work(const td_call *call)
{
    int64_t n = call->in[0].shape->size[call->in[0].shape->rank - 1];
    return n + 2 * n * TD_PANEL_COLUMNS;
}

static bool odd_exchanges(int64_t n, const double *swap)
{
    bool odd = false;
    for (int64_t i = 0; i < n; i++) odd ^= swap[i] != (double)i;
    return odd;
}

static int64_t det_one(td_matrices *s)
{
    int64_t n = s->n;
    double *a = s->in[0], *swap = s->work;
    td_factor_lu(s->context, n, n, a, swap, s->work + n);
    double p = odd_exchanges(n, swap) ? -1 : 1;
    for (int64_t i = 0; i < n; i++) p *= a[i * (n + 1)];
    *s->out = p;
    return 0;
}

static td_status det_compute(const td_call *call) { return td_matrices_run(call, det_one, lu_work(call), "%lld"); }

/* x, (..), times matrices */
static td_tensor *scaled(td_tensor *x, td_tensor *matrices)
{
    return td_mul(td_unsqueeze(td_unsqueeze(x, -1), -1), matrices);
}

static void det_vjp(td_pull *p) { td_pull_add(p, 0, scaled(p->g, td_cofactor(p->in[0]))); }

static void det_sample(td_sample *s)
{
    s->n_in = 1;
    td_sample_square(s, 0, 2, 0.5, true);
}

static const td_signature det_signature = { .example = "det(outer(x, y) + diag(exp(x)))" };
const td_op td_op_det = {
    .name = "det", .id = TD_ID_det, .min_in = 1, .max_in = 1, .reads = TD_READS(0), .infer = one_number,
    .compute = det_compute, .vjp = det_vjp, .sample = det_sample, .signature = &det_signature,
};
td_tensor *td_det(td_tensor *a) { return td_apply1(&td_op_det, a, NULL); }

/* ---- complete pivoting ---------------------------------------------------------------------------------------------- */

/* b_ij = a_(row[i], column[j]) = (L D V)_ij; L below b's diagonal, D on it, V above. */
typedef struct pivoted {
    int64_t n;
    double *b, *row, *column, *d;
    bool    odd;
} pivoted;

/* Where b's largest number stands from (k, k) on; the first of several. */
static void find_largest(const pivoted *p, int64_t k, int64_t *row, int64_t *column)
{
    double most = -1;
    *row = *column = k;
    for (int64_t i = k; i < p->n; i++)
        for (int64_t j = k; j < p->n; j++)
            if (fabs(p->b[i * p->n + j]) > most) most = fabs(p->b[i * p->n + j]), *row = i, *column = j;
}

static void exchange(double *x, double *y)
{
    double kept = *x;
    *x = *y, *y = kept;
}

static void bring_to_corner(pivoted *p, int64_t k)
{
    int64_t n = p->n, row, column;
    find_largest(p, k, &row, &column);
    p->odd ^= (row != k) ^ (column != k);
    exchange(&p->row[k], &p->row[row]);
    exchange(&p->column[k], &p->column[column]);
    for (int64_t j = 0; j < n && row != k; j++) exchange(&p->b[k * n + j], &p->b[row * n + j]);
    for (int64_t i = 0; i < n && column != k; i++) exchange(&p->b[i * n + k], &p->b[i * n + column]);
}

/* Of a pivot that is 0 all that is left is 0. */
static void pivot_completely(const td_factor *kernel, pivoted *p)
{
    int64_t n = p->n;
    for (int64_t k = 0; k < n; k++) p->row[k] = p->column[k] = (double)k;
    for (int64_t k = 0; k < n; k++) {
        bring_to_corner(p, k);
        double *pivot = p->b + k * (n + 1), d = p->d[k] = *pivot;
        int64_t rest = n - k - 1;
        if (d == 0) continue;
        for (int64_t i = 1; i <= rest; i++) pivot[i * n] /= d;
        kernel->eliminate(rest, rest, pivot + n + 1, n, pivot + n, n, pivot + 1);
        for (int64_t j = 1; j <= rest; j++) pivot[j] /= d;
    }
}

/* Memory of one matrix: b, and a square to work in, and vectors. */
static int64_t pivoted_work(const td_call *call)
{
    int64_t n = call->in[0].shape->size[call->in[0].shape->rank - 1];
    return n * n + 5 * n + 2 * n * TD_PANEL_COLUMNS;
}

static pivoted pivoted_of(td_matrices *s)
{
    int64_t n = s->n;
    pivoted p = { n, s->in[0], s->work, s->work + n, s->work + 2 * n, false };
    pivot_completely(s->context->kernels->factor, &p);
    return p;
}

static void transpose_square(int64_t n, double *x)
{
    for (int64_t i = 0; i < n; i++)
        for (int64_t j = 0; j < i; j++) exchange(&x[i * n + j], &x[j * n + i]);
}

/* x = L^-T x V^-T, to where a has its rows and columns */
static void put_back(td_matrices *s, const pivoted *p, double *x, double *work)
{
    int64_t n = p->n;
    td_factor_backward(s->context, n, n, (td_strided){ p->b, 1, n }, true, x, n, work);
    transpose_square(n, x);
    td_factor_backward(s->context, n, n, (td_strided){ p->b, n, 1 }, true, x, n, work);
    for (int64_t i = 0; i < n; i++)
        for (int64_t j = 0; j < n; j++)
            s->out[(int64_t)p->row[i] * n + (int64_t)p->column[j]] = p->odd ? -x[j * n + i] : x[j * n + i];
}

/* ---- cofactor ------------------------------------------------------------------------------------------------------- */

static int64_t cofactor_one(td_matrices *s)
{
    int64_t n = s->n;
    pivoted p = pivoted_of(s);
    double *before = s->work + 3 * n, *x = s->work + 5 * n, product = 1;
    memset(x, 0, (size_t)(n * n) * sizeof *x);
    for (int64_t i = 0; i < n; i++) before[i] = product, product *= p.d[i];
    product = 1;
    for (int64_t i = n - 1; i >= 0; i--) x[i * (n + 1)] = before[i] * product, product *= p.d[i];
    put_back(s, &p, x, x + n * n);
    return 0;
}

static td_status cofactor_compute(const td_call *call)
{
    return td_matrices_run(call, cofactor_one, pivoted_work(call), "%lld");
}

static void cofactor_vjp(td_pull *p)
{
    td_pull_add(p, 0, td_apply2(&td_op_cofactor_adj, p->in[0], p->g));
}

static const td_signature cofactor_signature = { .example = "cofactor(outer(x, y))" };
const td_op td_op_cofactor = {
    .name = "cofactor", .id = TD_ID_cofactor, .min_in = 1, .max_in = 1, .reads = TD_READS(0), .infer = td_infer_square,
    .compute = cofactor_compute, .vjp = cofactor_vjp, .sample = det_sample, .signature = &cofactor_signature,
};
td_tensor *td_cofactor(td_tensor *a) { return td_apply1(&td_op_cofactor, a, NULL); }

/* ---- cofactor_adj: (a, g) -------------------------------------------------------------------------------------------- */

/* g' = L^-1 g V^-1, transposed, of g where b has its rows and columns */
static void into_factors(td_matrices *s, const pivoted *p, double *x, double *work)
{
    int64_t n = p->n;
    for (int64_t i = 0; i < n; i++)
        for (int64_t j = 0; j < n; j++) x[i * n + j] = s->in[1][(int64_t)p->row[i] * n + (int64_t)p->column[j]];
    td_factor_forward(s->context, n, n, (td_strided){ p->b, n, 1 }, true, x, n, work);
    transpose_square(n, x);
    td_factor_forward(s->context, n, n, (td_strided){ p->b, 1, n }, true, x, n, work);
}

/* x is g' transposed, and becomes h; others: the product of all pivots but two.  sum: room for n numbers. */
static void pair_products(const pivoted *p, double *x, double *before, double *sum)
{
    int64_t n = p->n;
    double  product = 1, after = 1;
    for (int64_t i = 0; i < n; i++) before[i] = product, product *= p->d[i], sum[i] = 0;
    for (int64_t j = n - 1; j >= 0; after *= p->d[j--]) {
        product = after;
        for (int64_t i = j - 1; i >= 0; product *= p->d[i--]) {
            double others = before[i] * product;
            sum[i] = fma(others, x[j * (n + 1)], sum[i]);
            sum[j] = fma(others, x[i * (n + 1)], sum[j]);
            x[i * n + j] *= -others;
            x[j * n + i] *= -others;
        }
    }
    for (int64_t i = 0; i < n; i++) x[i * (n + 1)] = sum[i];
}

static int64_t cofactor_adj_one(td_matrices *s)
{
    int64_t n = s->n;
    pivoted p = pivoted_of(s);
    double *x = s->work + 5 * n;
    into_factors(s, &p, x, x + n * n);
    pair_products(&p, x, s->work + 3 * n, s->work + 4 * n);
    put_back(s, &p, x, x + n * n);
    return 0;
}

static td_status cofactor_adj_compute(const td_call *call)
{
    return td_matrices_run(call, cofactor_adj_one, pivoted_work(call), "%lld");
}

static td_tensor *trace(td_tensor *x)
{
    return td_unsqueeze(td_sum_axes(td_diagonal(x, 0, -2, -1), 1, (int[]){ -1 }, true), -1);
}

/* <k, cofactor_adj(a, g)> is the second derivative of det in the directions g and k: symmetric in them; and its slope in a
 * is the third, which with b = a^-1, u = b g, v = b k is
 *     det a ((tr u tr v - tr uv) b - tr u vb - tr v ub + (uv + vu) b)^T
 * by Jacobi's formula, twice more; not at a singular a. */
static void cofactor_adj_vjp(td_pull *p)
{
    td_tensor *a = p->in[0], *k = p->g;
    td_pull_add(p, 1, td_apply2(&td_op_cofactor_adj, a, k));
    if (!td_pull_wants(p, 0)) return;
    td_tensor *b = td_inv(a), *u = td_mm(b, p->in[1]), *v = td_mm(b, k), *uv = td_mm(u, v), *vu = td_mm(v, u);
    td_tensor *of_b = td_sub(td_mul(trace(u), trace(v)), trace(uv));
    td_tensor *inner = td_sub(td_add(uv, vu), td_add(td_mul(trace(u), v), td_mul(trace(v), u)));
    td_tensor *sum = td_add(td_mul(of_b, b), td_mm(inner, b));
    td_pull_add(p, 0, scaled(td_det(a), td_turn(sum)));
}

static void cofactor_adj_sample(td_sample *s)
{
    s->n_in = 2;
    td_sample_square(s, 0, 4, 0.5, true);
    s->in[1] = s->in[0];
    s->in[1].diagonal = s->in[1].step = 0;
}

static td_status cofactor_adj_infer(td_infer *i)
{
    char a[TD_SHAPE_TEXT], b[TD_SHAPE_TEXT];
    if (td_infer_system(i)) return td_error(i->context);
    if (td_shape_same(i->in[0]->shape, i->in[1]->shape)) return TD_OK;
    return td_fail(i->context, TD_ESHAPE, "cofactor_adj: %s and %s are of two shapes", td_shape_text(i->in[0]->shape, a),
                   td_shape_text(i->in[1]->shape, b));
}

static const td_signature cofactor_adj_signature = { .example = "cofactor_adj([[2, 1], [1, 3]], [[1, 0], [2, 1]])" };
const td_op td_op_cofactor_adj = {
    .name = "cofactor_adj", .id = TD_ID_cofactor_adj, .min_in = 2, .max_in = 2, .reads = TD_READS(0) | TD_READS(1),
    .infer = cofactor_adj_infer, .compute = cofactor_adj_compute, .vjp = cofactor_adj_vjp, .sample = cofactor_adj_sample,
    .signature = &cofactor_adj_signature,
};

/* ---- slogdet: (.., 2), the sign and the log of the size ------------------------------------------------------------- */

static td_status slogdet_infer(td_infer *i)
{
    if (td_infer_square(i)) return td_error(i->context);
    i->shape.rank--;
    i->shape.size[i->shape.rank - 1] = 2;
    return TD_OK;
}

static int64_t slogdet_one(td_matrices *s)
{
    int64_t n = s->n;
    double *a = s->in[0], *swap = s->work, sign, sum = 0;
    td_factor_lu(s->context, n, n, a, swap, s->work + n);
    sign = odd_exchanges(n, swap) ? -1 : 1;
    for (int64_t i = 0; i < n; i++) {
        double d = a[i * (n + 1)], size = fabs(d), log;
        s->context->kernels->map[TD_K_F64][TD_MAP_log](1, &log, (const void *[]){ &size }, 0, 0);
        sum += log;
        sign = d == 0 ? 0 : d < 0 ? -sign : isnan(d) ? d : sign;
    }
    s->out[0] = sign;
    s->out[1] = sum;
    return 0;
}

static td_status slogdet_compute(const td_call *call) { return td_matrices_run(call, slogdet_one, lu_work(call), "%lld"); }

/* d log |det a| / d a = a^-T, of a singular a infinities */
static void slogdet_vjp(td_pull *p)
{
    td_tensor *inverse = td_apply1(&td_op_inv, p->in[0], &(td_attr){ .n_list = 1, .list = { 1 } });
    td_pull_add(p, 0, scaled(td_select(p->g, -1, 1), td_turn(inverse)));
}

static const td_signature slogdet_signature = { .example = "slogdet(outer(x, y) + diag(exp(x)))" };
const td_op td_op_slogdet = {
    .name = "slogdet", .id = TD_ID_slogdet, .min_in = 1, .max_in = 1, .reads = TD_READS(0), .infer = slogdet_infer,
    .compute = slogdet_compute, .vjp = slogdet_vjp, .sample = det_sample, .signature = &slogdet_signature,
};

td_tensor *td_slogdet(td_tensor *a, td_tensor **logabs)
{
    td_tensor *y = td_apply1(&td_op_slogdet, a, NULL);
    *logabs = td_select(y, -1, 1);
    return td_select(y, -1, 0);
}

/* ---- logdet: NaN where the determinant is negative ------------------------------------------------------------------- */

static td_tensor *logdet_compose(int n, td_tensor *const *in, const td_attr *attr)
{
    td_tensor *log, *sign = td_slogdet(in[0], &log);
    (void)n, (void)attr;
    return td_where(td_lt(sign, td_number(sign, 0)), td_number(sign, NAN), log);
}

static void logdet_sample(td_sample *s)
{
    s->n_in = 1;
    td_sample_square(s, 0, 4, 0.5, false);
}

static const td_signature logdet_signature = { .example = "logdet(outer(x, x) + diag(exp(x)))" };
const td_op td_op_logdet = {
    .name = "logdet", .id = TD_ID_logdet, .min_in = 1, .max_in = 1, .infer = one_number, .compose = logdet_compose,
    .sample = logdet_sample, .signature = &logdet_signature,
};
td_tensor *td_logdet(td_tensor *a) { return td_apply1(&td_op_logdet, a, NULL); }
