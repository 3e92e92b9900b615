/* det.c: determinants, and cofactors, which are their slopes.
 *
 * d det / d a = cofactors of a, at singular matrices too, where det a^-T says nothing.  They are found without a division
 * by a pivot that may be 0: with complete pivoting P a Q = L D V, L and V unit triangular and of small numbers whatever
 * the rank of a, and of D both its cofactors and how they change are products of pivots.
 *
 *     cofactor of a                    L^-T cofactor(D) V^-T
 *     its derivatives along g1, ..     L^-T h V^-T, where h is the same of D along g' = L^-1 g V^-1: the sum over sets of
 *                                      places, one more than there are g, of the product of all pivots elsewhere times
 *                                      minors of the g' in those rows and columns but one each
 *
 * rows and columns exchanged and signs turned as P and Q say. det is a polynomial, and its derivatives of each order are of
 * this form. */
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

/* Memory of one matrix: vectors, a square for h and for each g, and room to solve in. */
int64_t td_factor_cofactor_work(const td_call *call)
{
    int64_t n = call->in[0].shape->size[call->in[0].shape->rank - 1];
    return 4 * n + call->n_in * n * n + 2 * n * TD_PANEL_COLUMNS;
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

/* g' = L^-1 g V^-1, transposed, of g where b has its rows and columns */
static void into_factors(td_matrices *s, const pivoted *p, const double *g, double *x, double *work)
{
    int64_t n = p->n;
    for (int64_t i = 0; i < n; i++)
        for (int64_t j = 0; j < n; j++) x[i * n + j] = g[(int64_t)p->row[i] * n + (int64_t)p->column[j]];
    td_factor_forward(s->context, n, n, (td_strided){ p->b, n, 1 }, true, x, n, work);
    transpose_square(n, x);
    td_factor_forward(s->context, n, n, (td_strided){ p->b, 1, n }, true, x, n, work);
}

/* ---- cofactors, and their derivatives along matrices ---------------------------------------------------------------- */

enum { MOST = TD_MATRICES };

typedef struct slopes {
    int64_t       n;
    int           order;               /* how many g there are */
    const double *d, *before;          /* pivots, and the products of those before each */
    double       *h, *g[MOST];         /* each g turned */
    int64_t       at[MOST];            /* the set of places, order + 1, from the least on */
} slopes;

/* The sum over all ways to share `rows` rows of the set among as many g of the determinants of the columns left, expanded by
 * the rows, the last first. */
static double shared_minor(const slopes *s, int rows, int without, unsigned columns, unsigned unused)
{
    if (rows == 0) return 1;
    double         sum = 0, sign = 1;
    int64_t        row = s->at[rows - 1 + (without < rows)];
    for (int c = s->order; c >= 0; c--) {
        if (!(columns >> c & 1)) continue;
        for (int m = 0; m < s->order; m++)
            if (unused >> m & 1)
                sum = fma(sign * s->g[m][s->at[c] * s->n + row],
                          shared_minor(s, rows - 1, without, columns & ~(1u << c), unused & ~(1u << m)), sum);
        sign = -sign;
    }
    return sum;
}

/* product: of the pivots that are not in the set */
static void add_minors(slopes *s, double product)
{
    unsigned all = (2u << s->order) - 1;
    for (int i = 0; i <= s->order; i++)
        for (int j = 0; j <= s->order; j++) {
            double *to = &s->h[s->at[i] * s->n + s->at[j]];
            *to = fma((i + j) % 2 ? -product : product, shared_minor(s, s->order, i, all & ~(1u << j), all >> 1), *to);
        }
}

/* Every way to put `places` places below `end`; product: of the pivots above and between. */
static void add_sets(slopes *s, int places, int64_t end, double product)
{
    for (int64_t i = end - 1; i >= places - 1; product *= s->d[i--]) {
        s->at[places - 1] = i;
        if (places > 1) add_sets(s, places - 1, i, product);
        else add_minors(s, s->before[i] * product);
    }
}

int64_t td_factor_cofactor(td_matrices *m)
{
    int64_t n = m->n;
    pivoted p = pivoted_of(m);
    double *before = m->work + 3 * n, *h = before + n, *room = h + m->call->n_in * n * n, product = 1;
    slopes  s = { .n = n, .order = m->call->n_in - 1, .d = p.d, .before = before, .h = h };
    memset(h, 0, (size_t)(n * n) * sizeof *h);
    for (int64_t i = 0; i < n; i++) before[i] = product, product *= p.d[i];
    for (int k = 0; k < s.order; k++) into_factors(m, &p, m->in[1 + k], s.g[k] = h + (1 + k) * n * n, room);
    add_sets(&s, s.order + 1, n, 1);
    put_back(m, &p, h, room);
    return 0;
}

static td_status cofactor_compute(const td_call *call)
{
    return td_matrices_run(call, td_factor_cofactor, td_factor_cofactor_work(call), "%lld");
}

/* The derivative is symmetric in g and all g before it: an operand's adjoint is that of the order above, or with it in the
 * operand's place. */
static void cofactor_vjp(td_pull *p)
{
    td_tensor *in[MOST + 1];
    memcpy(in, p->in, (size_t)p->n_in * sizeof *in);
    in[p->n_in] = p->g;
    td_pull_add(p, 0, td_apply(&td_op_cofactor_adj, p->n_in + 1, in, NULL));
    for (int k = 1; k < p->n_in; k++) {
        in[k] = p->g;
        td_pull_add(p, k, td_apply(&td_op_cofactor_adj, p->n_in, in, NULL));
        in[k] = p->in[k];
    }
}

static const td_signature cofactor_signature = { .example = "cofactor(outer(x, y))" };
const td_op td_op_cofactor = {
    .name = "cofactor", .id = TD_ID_cofactor, .min_in = 1, .max_in = 1, .reads = TD_READS(0), .infer = td_infer_square,
    .compute = cofactor_compute, .vjp = cofactor_vjp, .sample = det_sample, .signature = &cofactor_signature,
};
td_tensor *td_cofactor(td_tensor *a) { return td_apply1(&td_op_cofactor, a, NULL); }

static void cofactor_adj_sample(td_sample *s)
{
    s->n_in = 2;
    td_sample_square(s, 0, 4, 0.5, true);
    s->in[1] = s->in[0];
    s->in[1].diagonal = s->in[1].step = 0;
    if (td_sample_below(s, 4) == 0) s->in[s->n_in++] = s->in[1];
}

static td_status cofactor_adj_infer(td_infer *i)
{
    char a[TD_SHAPE_TEXT], b[TD_SHAPE_TEXT];
    if (td_infer_square(i)) return td_error(i->context);
    for (int k = 1; k < i->n_in; k++) {
        if (!td_shape_same(i->in[0]->shape, i->in[k]->shape))
            return td_fail(i->context, TD_ESHAPE, "cofactor_adj: %s and %s are of two shapes",
                           td_shape_text(i->in[0]->shape, a), td_shape_text(i->in[k]->shape, b));
        if (td_dtype_of(i->in[k]) != i->dtype)
            return td_fail(i->context, TD_EDTYPE, "cofactor_adj: %s and %s", td_dtype_name(i->dtype),
                           td_dtype_name(td_dtype_of(i->in[k])));
    }
    return TD_OK;
}

static const td_signature cofactor_adj_signature = { .example = "cofactor_adj([[2, 1], [1, 3]], [[1, 0], [2, 1]])" };
const td_op td_op_cofactor_adj = {
    .name = "cofactor_adj", .id = TD_ID_cofactor_adj, .min_in = 2, .max_in = MOST, .reads = (2u << MOST) - 1,
    .infer = cofactor_adj_infer, .compute = cofactor_compute, .vjp = cofactor_vjp, .sample = cofactor_adj_sample,
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

/* d log |det a| / d a = a^-T, of a singular a its cofactors over 0 */
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
    td_sample_square(s, 0, 4, 0.5, td_sample_below(s, 4) == 0);
}

static const td_signature logdet_signature = { .example = "logdet(outer(x, x) + diag(exp(x)))" };
const td_op td_op_logdet = {
    .name = "logdet", .id = TD_ID_logdet, .min_in = 1, .max_in = 1, .infer = one_number, .compose = logdet_compose,
    .sample = logdet_sample, .signature = &logdet_signature,
};
td_tensor *td_logdet(td_tensor *a) { return td_apply1(&td_op_logdet, a, NULL); }
