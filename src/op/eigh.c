/* eigh.c: eigenvalues of symmetric matrices, and singular values, by Jacobi's rotations.
 *
 * eigh turns two axes at a time so that their number off the diagonal becomes 0, until all are (C. Jacobi, 1846; H.
 * Rutishauser, "The Jacobi method for real symmetric matrices", 1966); svd turns two columns until they are orthogonal
 * (M. Hestenes, "Inversion of matrices by biorthogonalization and related results", 1958). The order of rotations
 * depends on the numbers alone.
 *
 * Vectors have a sign of their own choice: the first of their largest numbers, of svd's that of u, is made positive. A
 * cotangent that depends on the sign asks for what is not there. Results are packed in one matrix: eigenvalues in the
 * first row and vectors below; u in m rows, singular values in one, v in n.
 *
 * Rules: M. Giles, 2008, 3.1 and 3.2; J. Townsend, "Differentiating the singular value decomposition", 2016, (18). */
#include "op/factor.h"
#include "op/lapack.h"
#include "op/linalg.h"
#include "op/shape.h"
#include "kernel/factor.h"

#include <math.h>

enum { SWEEPS = 60 };

static int64_t smaller(int64_t a, int64_t b) { return a < b ? a : b; }

/* The cosine and sine of the rotation that makes `off` 0 between two numbers that differ by d; of the two the smaller
 * angle. */
static void angle(double off, double d, double *c, double *s, double *t)
{
    double root = sqrt(fma(d, d, 4 * off * off));
    *t = 2 * off / (d + copysign(root, d));
    *c = 1 / sqrt(fma(*t, *t, 1));
    *s = *t * *c;
}

/* What x has to be multiplied by so that no square of its numbers leaves the range of double: a power of 2, mostly 1; NaN if
 * one is not finite. */
static double scale_of(int64_t n, const double *x)
{
    double most = 0;
    int    exponent;
    for (int64_t i = 0; i < n; i++) {
        if (!isfinite(x[i])) return NAN;
        most = fmax(most, fabs(x[i]));
    }
    frexp(most, &exponent);
    return most == 0 || (exponent < 400 && exponent > -400) ? 1 : ldexp(1, -exponent);
}

/* ---- eigh ----------------------------------------------------------------------------------------------------------- */

/* Too small to be seen beside what stands on the diagonal, or beside all. */
static bool is_negligible(double off, double p, double q, double norm)
{
    return off == 0 || fabs(off) <= 0x1p-56 * sqrt(fabs(p)) * sqrt(fabs(q)) || fabs(off) <= 0x1p-60 * norm;
}

/* Rows and columns p < q of a (n, n), and rows of v. */
static void turn_axes(const td_factor *kernel, int64_t n, double *a, double *v, int64_t p, int64_t q)
{
    double c, s, t, off = a[p * n + q], first = a[p * (n + 1)], second = a[q * (n + 1)];
    angle(off, second - first, &c, &s, &t);
    kernel->rotate(n, a + p * n, a + q * n, c, s);
    for (int64_t i = 0; i < n; i++) a[i * n + p] = a[p * n + i], a[i * n + q] = a[q * n + i];
    a[p * (n + 1)] = fma(-t, off, first);
    a[q * (n + 1)] = fma(t, off, second);
    a[p * n + q] = a[q * n + p] = 0;
    kernel->rotate(n, v + p * n, v + q * n, c, s);
}

static void set_identity(int64_t n, double *v)
{
    for (int64_t i = 0; i < n * n; i++) v[i] = i % (n + 1) == 0;
}

/* a becomes diagonal, of rows of v eigenvectors. */
static void diagonalise(td_context *c, int64_t n, double *a, double *v)
{
    const td_lapack *large = td_lapack_for(n, n);
    const td_factor *kernel = c->kernels->factor;
    if (large && large->symmetric(c, n, a, v)) return;
    set_identity(n, v);
    double norm = sqrt(kernel->dot(n * n, a, a));
    bool   turned = true;
    for (int sweep = 0; turned && sweep < SWEEPS; sweep++) {
        turned = false;
        for (int64_t p = 0; p < n; p++)
            for (int64_t q = p + 1; q < n; q++) {
                if (is_negligible(a[p * n + q], a[p * (n + 1)], a[q * (n + 1)], norm)) continue;
                turn_axes(kernel, n, a, v, p, q);
                turned = true;
            }
    }
}

static double sign_of_largest(int64_t n, const double *v)
{
    int64_t at = 0;
    for (int64_t i = 1; i < n; i++)
        if (fabs(v[i]) > fabs(v[at])) at = i;
    return n > 0 && v[at] < 0 ? -1 : 1;
}

/* The places of n numbers from the least on (or from the largest), in `place`; equals stay in order. */
static void sort_places(int64_t n, const double *x, int64_t step, bool down, double *place)
{
    for (int64_t i = 0; i < n; i++) {
        int64_t k = i;
        double  v = x[i * step];
        for (; k > 0; k--) {
            double before = x[(int64_t)place[k - 1] * step];
            if (down ? !(before < v) : !(before > v)) break;
            place[k] = place[k - 1];
        }
        place[k] = (double)i;
    }
}

static int64_t eigh_one(td_matrices *s)
{
    int64_t n = s->n;
    double *a = s->in[0], *v = s->work, *place = s->work + n * n;
    for (int64_t i = 0; i < n; i++)
        for (int64_t j = 0; j <= i; j++) a[i * n + j] = a[j * n + i] = 0.5 * a[i * n + j] + 0.5 * a[j * n + i];
    double scale = scale_of(n * n, a);
    for (int64_t i = 0; i < n * n; i++) a[i] = isnan(scale) ? 0 : scale * a[i];
    diagonalise(s->context, n, a, v);
    sort_places(n, a, n + 1, false, place);
    for (int64_t j = 0; j < n; j++) {
        int64_t from = (int64_t)place[j];
        double  sign = sign_of_largest(n, v + from * n);
        s->out[j] = a[from * (n + 1)] / scale;
        for (int64_t i = 0; i < n; i++) s->out[(1 + i) * n + j] = isnan(scale) ? scale : sign * v[from * n + i];
    }
    return 0;
}

static td_status eigh_compute(const td_call *call)
{
    int64_t n = call->out.shape->size[call->out.shape->rank - 1];
    return td_matrices_run(call, eigh_one, n * n + n, "%lld");
}

static td_status eigh_infer(td_infer *i)
{
    if (td_infer_square(i)) return td_error(i->context);
    i->shape.size[i->shape.rank - 2]++;
    return TD_OK;
}

/* x / d, but 0 where both are: values alone have slopes where they are repeated. */
static td_tensor *quotient(td_tensor *x, td_tensor *d)
{
    td_tensor *zero = td_number(x, 0), *both = td_logical_and(td_eq(x, zero), td_eq(d, zero));
    return td_div(td_where(both, zero, x), td_where(both, td_number(d, 1), d));
}

static td_tensor *rows(td_tensor *x, int64_t from, int64_t to) { return td_slice(x, -2, from, to, 1); }

/* a_j - a_i off the diagonal, of a row (.., 1, n) */
static td_tensor *differences(td_tensor *row) { return td_sub(row, td_turn(row)); }
static td_tensor *off_diagonal(td_tensor *x) { return td_add(td_tril(x, -1), td_triu(x, 1)); }

/* (x - x^T) / d off the diagonal, 0 on it, where d is 0 */
static td_tensor *turning(td_tensor *x, td_tensor *d)
{
    return quotient(off_diagonal(td_sub(x, td_turn(x))), td_add(off_diagonal(d), td_identity_like(d, td_size(d, -1))));
}
static td_tensor *as_diagonal(td_tensor *row) { return td_diag_embed(td_squeeze(row, -2), 0, -2, -1); }

/* a = V diag(w) V^T.   ga = V (diag(gw) + (M - M^T) / (2 (w_j - w_i))) V^T, M = V^T gV */
static void eigh_vjp(td_pull *p)
{
    int64_t    n = td_size(p->in[0], -1);
    td_tensor *w = rows(p->y, 0, 1), *v = rows(p->y, 1, n + 1), *m = td_mm(td_turn(v), rows(p->g, 1, n + 1));
    td_tensor *inner = td_add(as_diagonal(rows(p->g, 0, 1)), td_mul_scalar(turning(m, differences(w)), 0.5));
    td_pull_add(p, 0, td_symmetric(td_mm(td_mm(v, inner), td_turn(v))));
}

static void eigh_sample(td_sample *s)
{
    s->n_in = 1;
    td_sample_square(s, 0, 2, 4, false);
}

static const td_signature eigh_signature = { .example = "eigh([[2, 1], [1, 3]])" };
const td_op td_op_eigh = {
    .name = "eigh", .id = TD_ID_eigh, .min_in = 1, .max_in = 1, .reads = TD_READS_RESULT, .infer = eigh_infer,
    .compute = eigh_compute, .vjp = eigh_vjp, .sample = eigh_sample, .signature = &eigh_signature,
};

td_tensor *td_eigh(td_tensor *a, td_tensor **vectors)
{
    td_tensor *y = td_apply1(&td_op_eigh, a, NULL);
    if (td_stopped(y)) return *vectors = td_passed(y);
    *vectors = rows(y, 1, td_size(a, -1) + 1);
    return td_select(y, -2, 0);
}

static td_status values_infer(td_infer *i)
{
    if (td_infer_matrix(i)) return td_error(i->context);
    i->shape.rank--;
    i->shape.size[i->shape.rank - 1] = smaller(i->shape.size[i->shape.rank - 1], i->shape.size[i->shape.rank]);
    return TD_OK;
}

static td_status eigvalsh_infer(td_infer *i) { return td_infer_square(i) ? td_error(i->context) : values_infer(i); }

static td_tensor *eigvalsh_compose(int n, td_tensor *const *in, const td_attr *attr)
{
    (void)n, (void)attr;
    return td_select(td_apply1(&td_op_eigh, in[0], NULL), -2, 0);
}

static const td_signature eigvalsh_signature = { .example = "eigvalsh([[2, 1], [1, 3]])" };
const td_op td_op_eigvalsh = {
    .name = "eigvalsh", .id = TD_ID_eigvalsh, .min_in = 1, .max_in = 1, .infer = eigvalsh_infer, .compose = eigvalsh_compose,
    .sample = eigh_sample, .signature = &eigvalsh_signature,
};
td_tensor *td_eigvalsh(td_tensor *a) { return td_apply1(&td_op_eigvalsh, a, NULL); }

/* ---- svd ------------------------------------------------------------------------------------------------------------ */

/* Rows of x (k, m) are made orthogonal, by rotations of which v (k, k) is what they come to. */
static void orthogonalise(td_context *context, int64_t k, int64_t m, double *x, double *v)
{
    const td_lapack *large = td_lapack_for(k, m);
    const td_factor *kernel = context->kernels->factor;
    if (large && large->singular(context, k, m, x, v)) return;
    set_identity(k, v);
    bool turned = true;
    for (int sweep = 0; turned && sweep < SWEEPS; sweep++) {
        turned = false;
        for (int64_t p = 0; p < k; p++)
            for (int64_t q = p + 1; q < k; q++) {
                double *a = x + p * m, *b = x + q * m, c, s, t;
                double  aa = kernel->dot(m, a, a), bb = kernel->dot(m, b, b), ab = kernel->dot(m, a, b);
                if (!(fabs(ab) > 0x1p-52 * sqrt(aa) * sqrt(bb))) continue;
                angle(ab, bb - aa, &c, &s, &t);
                kernel->rotate(m, a, b, c, s);
                kernel->rotate(k, v + p * k, v + q * k, c, s);
                turned = true;
            }
    }
}

/* A vector of length 1 and at right angles to rows 0..j of u (.., m), in row j: the first axis that leaves enough. */
static void complete(const td_factor *kernel, int64_t j, int64_t m, double *u)
{
    double *x = u + j * m, length = 0;
    for (int64_t axis = 0; axis < m && length < 0.5 / sqrt((double)m); axis++) {
        for (int64_t i = 0; i < m; i++) x[i] = i == axis;
        for (int64_t again = 0; again < 2; again++)
            for (int64_t r = 0; r < j; r++) {
                double by = kernel->dot(m, x, u + r * m);
                kernel->eliminate(1, m, x, m, &by, 1, u + r * m);
            }
        length = sqrt(kernel->dot(m, x, x));
    }
    for (int64_t i = 0; i < m; i++) x[i] /= length;
}

/* Row j of u: x over its length, which is `value`. */
static void set_left(const td_factor *kernel, int64_t j, int64_t m, const double *x, double value, double *u)
{
    for (int64_t i = 0; i < m && value > 0; i++) u[j * m + i] = x[i] / value;
    if (!(value > 0)) complete(kernel, j, m, u);
}

typedef struct svd_room { double *x, *v, *left, *length, *place; } svd_room;

/* Of the long side `m` and the short side `k`: rows of x, of v, of left; lengths and places. */
int64_t td_factor_svd_work(const td_shape *a)
{
    int64_t m = a->size[a->rank - 2], n = a->size[a->rank - 1], k = smaller(m, n);
    return 2 * m * n + k * k + 2 * k;
}

static svd_room room_of(const td_matrices *s)
{
    int64_t  k = smaller(s->m, s->n);
    svd_room r = { .x = s->work };
    r.left = r.x + s->m * s->n;
    r.v = r.left + s->m * s->n;
    r.length = r.v + k * k;
    r.place = r.length + k;
    return r;
}

/* u, values and v from vectors of the long side (in r->left) and the short (rows of r->v). */
static void write_svd(td_matrices *s, const svd_room *r, bool wide)
{
    int64_t m = s->m, n = s->n, k = smaller(m, n), longer = wide ? n : m;
    for (int64_t j = 0; j < k; j++) {
        int64_t       from = (int64_t)r->place[j];
        const double *far = r->left + j * longer, *near = r->v + from * k, *u = wide ? near : far, *v = wide ? far : near;
        double        sign = sign_of_largest(m, u);
        for (int64_t i = 0; i < m; i++) s->out[i * k + j] = sign * u[i];
        s->out[m * k + j] = r->length[from];
        for (int64_t i = 0; i < n; i++) s->out[(m + 1 + i) * k + j] = sign * v[i];
    }
}

int64_t td_factor_svd(td_matrices *s)
{
    const td_factor *kernel = s->context->kernels->factor;
    int64_t  m = s->m, n = s->n, k = smaller(m, n), longer = m < n ? n : m;
    bool     wide = m < n;
    svd_room r = room_of(s);
    double   scale = scale_of(m * n, s->in[0]);
    for (int64_t i = 0; i < m; i++)
        for (int64_t j = 0; j < n; j++) r.x[wide ? i * n + j : j * m + i] = isnan(scale) ? 0 : scale * s->in[0][i * n + j];
    orthogonalise(s->context, k, longer, r.x, r.v);
    for (int64_t j = 0; j < k; j++) r.length[j] = sqrt(kernel->dot(longer, r.x + j * longer, r.x + j * longer));
    sort_places(k, r.length, 1, true, r.place);
    for (int64_t j = 0; j < k; j++) {
        int64_t from = (int64_t)r.place[j];
        set_left(kernel, j, longer, r.x + from * longer, r.length[from], r.left);
    }
    for (int64_t j = 0; j < k; j++) r.length[j] /= scale;
    write_svd(s, &r, wide);
    for (int64_t i = 0; i < (m + 1 + n) * k && isnan(scale); i++) s->out[i] = NAN;
    return 0;
}

static td_status svd_compute(const td_call *call)
{
    return td_matrices_run(call, td_factor_svd, td_factor_svd_work(call->in[0].shape), "%lld");
}

static td_status svd_infer(td_infer *i)
{
    if (td_infer_matrix(i)) return td_error(i->context);
    int64_t *size = i->shape.size + i->shape.rank - 2, k = smaller(size[0], size[1]);
    size[0] += 1 + size[1];
    size[1] = k;
    return TD_OK;
}

/* What leaves the columns of u: (1 - u u^T) g / s, where u has more rows than columns; else 0. */
static td_tensor *outward(td_tensor *u, td_tensor *g, td_tensor *s)
{
    return quotient(td_sub(g, td_mm(u, td_mm(td_turn(u), g))), td_expand(s, td_rank(g), g->shape->size));
}

/* a = U S V^T. ga = U ((P S + S Q) / (s_j^2 - s_i^2) + diag(gS)) V^T, P = U^T gU - gU^T U, Q = V^T gV - gV^T V, and
 * what turns the columns out of their space: (1 - U U^T) gU S^-1 V^T + U S^-1 gV^T (1 - V V^T).
 * The fraction is ((P + Q) / (s_j - s_i) + (P - Q) / (s_j + s_i)) / 2, and P + Q is 0 for whatever does not depend on which
 * vectors stand for equal values: that has its slopes there, too. */
static void svd_vjp(td_pull *p)
{
    int64_t    m = td_size(p->in[0], -2), n = td_size(p->in[0], -1);
    td_tensor *u = rows(p->y, 0, m), *s = rows(p->y, m, m + 1), *v = rows(p->y, m + 1, m + 1 + n);
    td_tensor *gu = rows(p->g, 0, m), *gs = rows(p->g, m, m + 1), *gv = rows(p->g, m + 1, m + 1 + n);
    td_tensor *mu = td_mm(td_turn(u), gu), *mv = td_mm(td_turn(v), gv);
    td_tensor *apart = turning(td_add(mu, mv), differences(s)), *along = turning(td_sub(mu, mv), td_add(s, td_turn(s)));
    td_tensor *inner = td_add(as_diagonal(gs), td_mul_scalar(td_add(apart, along), 0.5));
    td_tensor *left = td_mm(u, inner), *ga;
    if (m > n) left = td_add(left, outward(u, gu, s));
    ga = td_mm(left, td_turn(v));
    if (n > m) ga = td_add(ga, td_mm(u, td_turn(outward(v, gv, s))));
    td_pull_add(p, 0, ga);
}

static void svd_sample(td_sample *s)
{
    s->n_in = 1;
    td_sample_rectangle(s, 0, 3, 3);
}

static const td_signature svd_signature = { .example = "svd(W)" };
const td_op td_op_svd = {
    .name = "svd", .id = TD_ID_svd, .min_in = 1, .max_in = 1, .reads = TD_READS_RESULT, .infer = svd_infer,
    .compute = svd_compute, .vjp = svd_vjp, .sample = svd_sample, .signature = &svd_signature,
};

td_tensor *td_svd(td_tensor *a, td_tensor **s, td_tensor **vt)
{
    td_tensor *y = td_apply1(&td_op_svd, a, NULL);
    if (td_stopped(y)) return *s = *vt = td_passed(y);
    int64_t m = td_size(a, -2), n = td_size(a, -1);
    *s = td_select(y, -2, m);
    *vt = td_turn(rows(y, m + 1, m + 1 + n));
    return rows(y, 0, m);
}

static td_tensor *svdvals_compose(int n, td_tensor *const *in, const td_attr *attr)
{
    (void)n, (void)attr;
    return td_select(td_apply1(&td_op_svd, in[0], NULL), -2, td_size(in[0], -2));
}

static const td_signature svdvals_signature = { .example = "svdvals(W)" };
const td_op td_op_svdvals = {
    .name = "svdvals", .id = TD_ID_svdvals, .min_in = 1, .max_in = 1, .infer = values_infer, .compose = svdvals_compose,
    .sample = svd_sample, .signature = &svdvals_signature,
};
td_tensor *td_svdvals(td_tensor *a) { return td_apply1(&td_op_svdvals, a, NULL); }
