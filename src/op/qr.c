/* qr.c: orthogonal factors, and least squares by them.
 *
 * Householder's reflections, a panel at a time, the rest by products: H_1 .. H_b = 1 - V T V^T (R. Schreiber, C. Van
 * Loan, "A storage-efficient WY representation for products of Householder transformations", 1989). R's diagonal is made
 * positive, which makes the factors unique where the columns are independent, and smooth.
 *
 * qr packs its results in one matrix: Q in m rows, R^T in n rows below, k = min(m, n) columns. Source of the rule: M.
 * Seeger, A. Hetzel, Z. Dai, E. Meissner, N. Lawrence, "Auto-differentiating linear algebra", 2017, 4.4, and for m < n
 * the columns beyond as U of lu. */
#include "op/factor.h"
#include "op/lapack.h"
#include "op/linalg.h"
#include "op/shape.h"
#include "kernel/factor.h"

#include <math.h>
#include <string.h>

enum { PANEL = TD_PANEL_COLUMNS };

static int64_t smaller(int64_t a, int64_t b) { return a < b ? a : b; }

/* ---- reflections ---------------------------------------------------------------------------------------------------- */

/* 1 - tau v v^T, v_0 = 1, takes the column at `pivot`, of m numbers n apart, to (beta, 0, ..); the rest of v is left in its
 * place, beta on the diagonal. */
static double reflect(int64_t m, int64_t n, double *pivot)
{
    double below = 0, alpha = *pivot;
    for (int64_t i = 1; i < m; i++) below = fma(pivot[i * n], pivot[i * n], below);
    if (below == 0) return 0;
    double beta = -copysign(sqrt(fma(alpha, alpha, below)), alpha);
    for (int64_t i = 1; i < m; i++) pivot[i * n] /= alpha - beta;
    *pivot = beta;
    return (beta - alpha) / beta;
}

/* Columns j..j + b of a, rows from j on. */
static void reflect_panel(const td_factor *kernel, int64_t m, int64_t n, double *a, int64_t j, int64_t b, double *tau)
{
    double w[PANEL];
    for (int64_t i = j; i < j + b; i++) {
        double *pivot = a + i * (n + 1), *v = pivot + n;
        int64_t right = j + b - i - 1, below = m - i - 1;
        tau[i - j] = reflect(m - i, n, pivot);
        if (right == 0 || tau[i - j] == 0) continue;
        kernel->combine(below, right, v + 1, n, v, n, w);
        for (int64_t k = 0; k < right; k++) {
            w[k] = tau[i - j] * (w[k] + pivot[1 + k]);
            pivot[1 + k] -= w[k];
        }
        kernel->eliminate(below, right, v + 1, n, v, n, w);
    }
}

/* V (rows, b) of the panel whose corner is at `a`. */
static void copy_vectors(int64_t rows, int64_t b, const double *a, int64_t n, double *v)
{
    for (int64_t i = 0; i < rows; i++)
        for (int64_t k = 0; k < b; k++) v[i * b + k] = i < k ? 0 : i == k ? 1 : a[i * n + k];
}

/* T of V, upper; products: room for V^T V. */
static void form_triangle(td_context *c, int64_t rows, int64_t b, const double *v, const double *tau, double *t,
                          double *products)
{
    td_factor_multiply(c, b, b, rows, products, b, (td_strided){ v, 1, b }, (td_strided){ v, b, 1 });
    memset(t, 0, (size_t)(b * b) * sizeof *t);
    for (int64_t k = 0; k < b; k++) {
        t[k * (b + 1)] = tau[k];
        for (int64_t i = 0; i < k; i++) {
            double s = 0;
            for (int64_t r = i; r < k; r++) s = fma(t[i * b + r], products[r * b + k], s);
            t[i * b + k] = -tau[k] * s;
        }
    }
}

/* x = (1 - V T V^T) x, or with T^T, x (rows, k) of rows x_row apart; w: 2 b k + rows b doubles */
static void apply_block(td_context *c, int64_t rows, int64_t b, int64_t k, const double *v, td_strided t, double *x,
                        int64_t x_row,
                        double *w)
{
    if (k == 0) return;
    td_factor_multiply(c, b, k, rows, w, k, (td_strided){ v, 1, b }, (td_strided){ x, x_row, 1 });
    td_factor_multiply(c, b, k, b, w + b * k, k, t, (td_strided){ w, k, 1 });
    td_factor_subtract(c, rows, k, b, x, x_row, (td_strided){ v, b, 1 }, (td_strided){ w + b * k, k, 1 }, w + 2 * b * k);
}

/* ---- qr ------------------------------------------------------------------------------------------------------------- */

typedef struct rooms { double *tau, *t, *v, *products, *w, *q; } rooms;

static int64_t most_columns(int64_t m, int64_t n) { return n > m ? n : m; }

static int64_t qr_work(const td_shape *a)
{
    int64_t m = a->size[a->rank - 2], n = a->size[a->rank - 1], k = smaller(m, n), blocks = k / PANEL + 1;
    return k + blocks * PANEL * PANEL + PANEL * PANEL + m * PANEL + 2 * PANEL * most_columns(m, n) + m * PANEL + m * k;
}

static rooms rooms_of(const td_matrices *s)
{
    int64_t k = smaller(s->m, s->n);
    rooms   r = { .tau = s->work };
    r.t = r.tau + k;
    r.products = r.t + (k / PANEL + 1) * PANEL * PANEL;
    r.v = r.products + PANEL * PANEL;
    r.q = r.v + s->m * PANEL;
    r.w = r.q + s->m * k;
    return r;
}

/* a becomes R above its diagonal and the vectors of reflections below. */
static void triangulate(td_matrices *s, const rooms *r)
{
    int64_t m = s->m, n = s->n, k = smaller(m, n);
    for (int64_t j = 0, b; j < k; j += b) {
        b = smaller(k - j, PANEL);
        double *corner = s->in[0] + j * (n + 1), *t = r->t + j / PANEL * PANEL * PANEL;
        reflect_panel(s->context->kernels->factor, m, n, s->in[0], j, b, r->tau + j);
        copy_vectors(m - j, b, corner, n, r->v);
        form_triangle(s->context, m - j, b, r->v, r->tau + j, t, r->products);
        apply_block(s->context, m - j, b, n - j - b, r->v, (td_strided){ t, 1, b }, corner + b, n, r->w);
    }
}

/* The first k columns of Q: the reflections of the identity, the last first. */
static void form_q(td_matrices *s, const rooms *r)
{
    int64_t m = s->m, n = s->n, k = smaller(m, n), last = k == 0 ? 0 : (k - 1) / PANEL * PANEL;
    for (int64_t i = 0; i < m * k; i++) r->q[i] = i < k * k && i % (k + 1) == 0;
    for (int64_t j = last; j >= 0 && k > 0; j -= PANEL) {
        int64_t b = smaller(k - j, PANEL);
        double *corner = s->in[0] + j * (n + 1), *t = r->t + j / PANEL * PANEL * PANEL;
        copy_vectors(m - j, b, corner, n, r->v);
        apply_block(s->context, m - j, b, k, r->v, (td_strided){ t, b, 1 }, r->q + j * k, k, r->w);
    }
}

static int64_t qr_one(td_matrices *s)
{
    int64_t m = s->m, n = s->n, k = smaller(m, n);
    rooms   r = rooms_of(s);
    const td_lapack *large = td_lapack_for(m, n);
    if (large) large->qr(s->context, m, n, s->in[0], r.q);
    else triangulate(s, &r), form_q(s, &r);
    for (int64_t j = 0; j < k; j++) {
        double sign = s->in[0][j * (n + 1)] < 0 ? -1 : 1;
        for (int64_t i = 0; i < m; i++) s->out[i * k + j] = sign * r.q[i * k + j];
        for (int64_t i = 0; i < n; i++) s->out[(m + i) * k + j] = i < j ? 0 : sign * s->in[0][j * n + i];
    }
    return 0;
}

static td_status qr_compute(const td_call *call)
{
    return td_matrices_run(call, qr_one, qr_work(call->in[0].shape), "%lld");
}

static td_status qr_infer(td_infer *i)
{
    if (td_infer_matrix(i)) return td_error(i->context);
    int64_t *size = i->shape.size + i->shape.rank - 2, k = smaller(size[0], size[1]);
    size[0] += size[1];
    size[1] = k;
    return TD_OK;
}

static td_tensor *rows(td_tensor *x, int64_t from, int64_t to) { return td_slice(x, -2, from, to, 1); }

/* Of a = Q R with R square:  (gQ + Q c) R^-T, where c is the lower triangle of R gR^T - gQ^T Q, put above the diagonal
 * too. */
static td_tensor *square_pull(td_tensor *q, td_tensor *r, td_tensor *gq, td_tensor *gr)
{
    td_tensor *m = td_sub(td_mm(r, td_turn(gr)), td_mm(td_turn(gq), q));
    td_tensor *both = td_add(td_tril(m, 0), td_turn(td_tril(m, -1)));
    return td_solve_triangular(td_turn(r), td_add(gq, td_mm(q, both)), false, false, false);
}

static void qr_vjp(td_pull *p)
{
    int64_t    m = td_size(p->in[0], -2), n = td_size(p->in[0], -1), k = smaller(m, n);
    td_tensor *q = rows(p->y, 0, m), *r = td_turn(rows(p->y, m, m + n)), *gq = rows(p->g, 0, m);
    td_tensor *gr = td_triu(td_turn(rows(p->g, m, m + n)), 0);
    if (m >= n) {
        td_pull_add(p, 0, square_pull(q, r, gq, gr));
        return;
    }
    td_tensor *beyond = td_slice(p->in[0], -1, k, n, 1), *gbeyond = td_slice(gr, -1, k, n, 1);
    gq = td_add(gq, td_mm(beyond, td_turn(gbeyond)));
    td_tensor *first = square_pull(q, td_slice(r, -1, 0, k, 1), gq, td_slice(gr, -1, 0, k, 1));
    td_pull_add(p, 0, td_concat(2, (td_tensor *[]){ first, td_mm(q, gbeyond) }, -1));
}

void td_sample_rectangle(td_sample *s, int operand, double diagonal, double step)
{
    td_sample_in *in = &s->in[operand];
    td_sample_square(s, operand, diagonal, step, false);
    if (td_sample_below(s, 3)) in->size[in->rank - 2] = td_sample_below(s, 16) ? 1 + td_sample_below(s, 4) : 0;
}

static void qr_sample(td_sample *s)
{
    s->n_in = 1;
    td_sample_rectangle(s, 0, 4, 0.5);
}

static const td_signature qr_signature = { .example = "qr(W)" };
const td_op td_op_qr = {
    .name = "qr", .id = TD_ID_qr, .min_in = 1, .max_in = 1, .reads = TD_READS(0) | TD_READS_RESULT, .infer = qr_infer,
    .compute = qr_compute, .vjp = qr_vjp, .sample = qr_sample, .signature = &qr_signature,
};

td_tensor *td_qr(td_tensor *a, bool complete, td_tensor **r)
{
    td_tensor *y = td_apply1(&td_op_qr, a, NULL);
    if (td_stopped(y)) return *r = td_passed(y);
    int64_t m = td_size(a, -2), n = td_size(a, -1);
    if (complete && m > n) {
        td_fail(y->context, TD_EVALUE,
                "qr: complete, of %lld rows and %lld columns: the %lld further columns of q are not determined",
                (long long)m, (long long)n, (long long)(m - n));
        return *r = td_bad(y->context);
    }
    *r = td_turn(rows(y, m, m + n));
    return rows(y, 0, m);
}

/* ---- lstsq: the x of least length among those of least |a x - b| ------------------------------------------------------ */

static td_status lstsq_infer(td_infer *i)
{
    const td_shape *a = i->in[0]->shape, *b = i->in[1]->shape;
    char            x[TD_SHAPE_TEXT], y[TD_SHAPE_TEXT];
    bool            fit = a->rank == b->rank && td_dtype_of(i->in[1]) == i->dtype;
    if (td_infer_matrix(i)) return td_error(i->context);
    for (int k = 0; fit && k < a->rank - 1; k++) fit = a->size[k] == b->size[k];
    if (!fit) return td_fail(i->context, TD_ESHAPE, "lstsq: %s and %s do not fit", td_shape_text(a, x), td_shape_text(b, y));
    i->shape.size[a->rank - 2] = a->size[a->rank - 1];
    i->shape.size[a->rank - 1] = b->size[b->rank - 1];
    return TD_OK;
}

/* a = Q R: R^-1 Q^T b; of a wide a, a^T = Q R: Q R^-T b */
static td_tensor *lstsq_compose(int n, td_tensor *const *in, const td_attr *attr)
{
    bool       wide = td_size(in[0], -2) < td_size(in[0], -1);
    td_tensor *r, *q = td_qr(wide ? td_turn(in[0]) : in[0], false, &r);
    (void)n, (void)attr;
    if (wide) return td_mm(q, td_solve_triangular(td_turn(r), in[1], false, true, false));
    return td_solve_triangular(r, td_mm(td_turn(q), in[1]), true, true, false);
}

static void lstsq_sample(td_sample *s)
{
    s->n_in = 2;
    td_sample_rectangle(s, 0, 4, 0.5);
    td_sample_system(s, 0, 1);
}

static const td_signature lstsq_signature = { .example = "lstsq(W, transpose(unsqueeze(s + [1, 2], 0), 0, 1))" };
const td_op td_op_lstsq = {
    .name = "lstsq", .id = TD_ID_lstsq, .min_in = 2, .max_in = 2, .infer = lstsq_infer, .compose = lstsq_compose,
    .sample = lstsq_sample, .signature = &lstsq_signature,
};
td_tensor *td_lstsq(td_tensor *a, td_tensor *b) { return td_apply_system(&td_op_lstsq, a, b, NULL); }
