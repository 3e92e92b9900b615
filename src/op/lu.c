/* lu.c: LU factors, and what is solved by them.
 *
 * lu packs its results in one matrix: the factors in n columns, and behind them which row each row was exchanged with.
 * Its adjoint in that last column is not looked at. Source of the rules: M. Giles, 2008, 2.2.2 and 2.2.3; of lu's, S. de
 * Hoog, R. Anderssen, M. Lukas, "Differentiation of matrix functionals using triangular factorization", 2011. */
#include "op/factor.h"
#include "op/linalg.h"
#include "op/shape.h"

static int64_t smaller(int64_t a, int64_t b) { return a < b ? a : b; }

/* ---- lu: (m, n) -> (m, n + 1) --------------------------------------------------------------------------------------- */

static td_status lu_infer(td_infer *i)
{
    if (td_infer_matrix(i)) return td_error(i->context);
    i->shape.size[i->shape.rank - 1]++;
    return TD_OK;
}

static int64_t lu_one(td_matrices *s)
{
    int64_t m = s->m, n = s->n, most = smaller(m, n);
    double *swap = s->work;
    td_factor_lu(s->context, m, n, s->in[0], swap, s->work + most);
    for (int64_t i = 0; i < m; i++) {
        for (int64_t j = 0; j < n; j++) s->out[i * (n + 1) + j] = s->in[0][i * n + j];
        s->out[i * (n + 1) + n] = i < most ? swap[i] + 1 : 0;
    }
    return 0;
}

static int64_t lu_work(const td_shape *a)
{
    int64_t m = a->size[a->rank - 2], n = a->size[a->rank - 1];
    return smaller(m, n) + (m + n) * TD_PANEL_COLUMNS;
}

static td_status lu_compute(const td_call *call)
{
    return td_matrices_run(call, lu_one, lu_work(call->in[0].shape), "%lld");
}

static td_tensor *rows(td_tensor *x, int64_t from, int64_t to) { return td_slice(x, -2, from, to, 1); }
static td_tensor *columns(td_tensor *x, int64_t from, int64_t to) { return td_slice(x, -1, from, to, 1); }

/* Row exchanges of lu's result y, as integers counted from 1. */
static td_tensor *exchanges(td_tensor *y)
{
    int64_t m = td_size(y, -2), n = td_size(y, -1) - 1;
    return td_to(td_select(rows(y, 0, smaller(m, n)), -1, n), TD_I64);
}

/* x U^T = s, s strictly below the diagonal: the last column of x is 0, and U's last pivot, which may be 0, is not met. */
static td_tensor *over_pivots(td_tensor *s, td_tensor *u)
{
    int64_t    n = td_size(u, -1), room[2 * TD_MAX_RANK] = { 0 };
    td_tensor *corner = columns(rows(u, 0, n - 1), 0, n - 1);
    room[2 * td_rank(s) - 1] = 1;
    return td_pad(td_solve_triangular(td_turn(corner), columns(s, 0, n - 1), false, false, false), room, 0);
}

/* Of square P a = L U, the adjoint of P a:  L^-T (gU + tril(L^T gL - gU U^T, -1) U^-T).  lu holds both factors. */
static td_tensor *square_pull(td_tensor *lu, td_tensor *gl, td_tensor *gu)
{
    td_tensor *u = td_triu(lu, 0), *unit = td_turn(td_tril(lu, -1)), *middle = gu;
    if (td_size(lu, -1) > 1) {
        td_tensor *pulled = td_add(gl, td_mm(unit, gl));
        middle = td_add(gu, over_pivots(td_tril(td_sub(pulled, td_mm(gu, td_turn(u))), -1), u));
    }
    return td_solve_triangular(unit, middle, true, true, true);
}

/* a2, the columns that L does not have: U2 = L^-1 a2, so ga2 = L^-T gU2, and gL loses ga2 U2^T. */
static td_tensor *wide_pull(td_tensor *lu, td_tensor *g, int64_t m, int64_t n)
{
    td_tensor *corner = columns(lu, 0, m), *right = columns(lu, m, n), *g1 = columns(g, 0, m);
    td_tensor *unit = td_turn(td_tril(corner, 0));
    td_tensor *ga2 = td_solve_triangular(unit, columns(g, m, n), true, true, true);
    td_tensor *gl = td_sub(g1, td_mm(ga2, td_turn(right)));
    return td_concat(2, (td_tensor *[]){ square_pull(corner, gl, td_triu(g1, 0)), ga2 }, -1);
}

/* a2, the rows that U does not have: L2 = a2 U^-1, so ga2 = gL2 U^-T, and gU loses L2^T ga2. */
static td_tensor *tall_pull(td_tensor *lu, td_tensor *g, int64_t m, int64_t n)
{
    td_tensor *corner = rows(lu, 0, n), *below = rows(lu, n, m), *g1 = rows(g, 0, n);
    td_tensor *ga2 = td_solve_triangular(td_turn(td_triu(corner, 0)), rows(g, n, m), false, false, false);
    td_tensor *gu = td_sub(td_triu(g1, 0), td_mm(td_turn(below), ga2));
    return td_concat(2, (td_tensor *[]){ square_pull(corner, g1, gu), ga2 }, -2);
}

static void lu_vjp(td_pull *p)
{
    int64_t    m = td_size(p->y, -2), n = td_size(p->y, -1) - 1;
    td_tensor *lu = columns(p->y, 0, n), *g = columns(p->g, 0, n);
    td_tensor *pulled = m < n ? wide_pull(lu, g, m, n) : m > n ? tall_pull(lu, g, m, n) : square_pull(lu, g, td_triu(g, 0));
    td_pull_add(p, 0, td_pivot_rows(pulled, exchanges(p->y), true));
}

static void lu_sample(td_sample *s)
{
    s->n_in = 1;
    bool square = td_sample_below(s, 2);
    td_sample_square(s, 0, 5, 0.5, square);
    td_sample_in *in = &s->in[0];
    if (!square) in->size[in->rank - 2] = td_sample_below(s, 16) ? 1 + td_sample_below(s, 4) : 0;
}

static const td_signature lu_signature = { .example = "lu(W)" };
const td_op td_op_lu = {
    .name = "lu", .id = TD_ID_lu, .min_in = 1, .max_in = 1, .reads = TD_READS_RESULT, .infer = lu_infer,
    .compute = lu_compute, .vjp = lu_vjp, .sample = lu_sample, .signature = &lu_signature,
};

td_tensor *td_lu_factor(td_tensor *a, td_tensor **pivots)
{
    td_tensor *y = td_apply1(&td_op_lu, a, NULL);
    if (td_stopped(y)) return *pivots = td_passed(y);
    *pivots = exchanges(y);
    return columns(y, 0, td_size(a, -1));
}

td_tensor *td_lu(td_tensor *a, td_tensor **l, td_tensor **u)
{
    td_tensor *pivots, *lu = td_lu_factor(a, &pivots), *below;
    if (td_stopped(lu)) return *l = *u = td_passed(lu);
    int64_t m = td_size(a, -2), n = td_size(a, -1), most = smaller(m, n);
    below = td_tril(columns(lu, 0, most), -1);
    td_tensor *top = td_add(rows(below, 0, most), td_identity_like(below, most));
    *l = m > most ? td_concat(2, (td_tensor *[]){ top, rows(below, most, m) }, -2) : top;
    *u = td_triu(rows(lu, 0, most), 0);
    return td_pivot_rows(td_identity_like(a, m), pivots, true);
}

/* ---- pivot_rows: list[0]: back ------------------------------------------------------------------------------------- */

static td_status pivots_fit(td_infer *i, const td_shape *x, const td_tensor *pivots)
{
    const td_shape *s = pivots->shape;
    char            a[TD_SHAPE_TEXT], b[TD_SHAPE_TEXT];
    bool            fit = s->rank == x->rank - 1 && s->size[s->rank - 1] <= x->size[x->rank - 2];
    for (int k = 0; fit && k < s->rank - 1; k++) fit = s->size[k] == x->size[k];
    if (td_dtype_of(pivots) != TD_I64)
        return td_fail(i->context, TD_EDTYPE, "%s: pivots are %s, not i64", i->op->name, td_dtype_name(td_dtype_of(pivots)));
    if (fit) return TD_OK;
    return td_fail(i->context, TD_ESHAPE, "%s: %s and pivots %s do not fit", i->op->name, td_shape_text(x, a),
                   td_shape_text(s, b));
}

static td_status pivot_rows_infer(td_infer *i)
{
    return td_infer_matrix(i) ? td_error(i->context) : pivots_fit(i, i->in[0]->shape, i->in[1]);
}

static int64_t pivot_rows_one(td_matrices *s)
{
    const td_shape *of = s->call->in[1].shape;
    int64_t         n = of->size[of->rank - 1];
    for (int64_t k = 0; k < n; k++) {
        s->in[1][k]--;
        if (!(s->in[1][k] >= 0 && s->in[1][k] < (double)s->m)) return k + 1;
    }
    for (int64_t k = 0; k < s->m * s->n; k++) s->out[k] = s->in[0][k];
    td_factor_swap(n, s->in[1], s->call->attr->list[0], s->n, s->out);
    return 0;
}

static td_status pivot_rows_compute(const td_call *call)
{
    return td_matrices_run(call, pivot_rows_one, 0, "pivot number %lld is no row, counted from 1");
}

static void pivot_rows_vjp(td_pull *p) { td_pull_add(p, 0, td_pivot_rows(p->g, p->in[1], !p->attr->list[0])); }

/* Pivots for operand x as operand `at`. */
static void sample_pivots(td_sample *s, int x, int at, int64_t count)
{
    td_sample_in *in = &s->in[at];
    in->what = TD_SAMPLE_INDEX;
    in->rank = s->in[x].rank - 1;
    for (int k = 0; k < in->rank - 1; k++) in->size[k] = s->in[x].size[k];
    in->size[in->rank - 1] = count;
    in->low = 1, in->high = 1 + (double)s->in[x].size[s->in[x].rank - 2];
}

static void pivot_rows_sample(td_sample *s)
{
    s->n_in = 2;
    lu_sample(s);
    s->n_in = 2;
    sample_pivots(s, 0, 1, td_sample_below(s, s->in[0].size[s->in[0].rank - 2] + 1));
    s->attr.n_list = 1;
    s->attr.list[0] = td_sample_below(s, 2);
}

static td_tensor *call_pivot_rows(const td_invocation *k) { return td_pivot_rows(k->in[0], k->in[1], td_as_flag(k, 0)); }
static const td_signature pivot_rows_signature = {
    .example = "pivot_rows(W, cast([2, 2], i64))", .call = call_pivot_rows, .parameter = { { "back", TD_FLAG, false, 0 } },
};
const td_op td_op_pivot_rows = {
    .name = "pivot_rows", .id = TD_ID_pivot_rows, .min_in = 2, .max_in = 2, .infer = pivot_rows_infer,
    .compute = pivot_rows_compute, .vjp = pivot_rows_vjp, .sample = pivot_rows_sample, .signature = &pivot_rows_signature,
};
td_tensor *td_pivot_rows(td_tensor *x, td_tensor *pivots, bool back)
{
    return td_apply(&td_op_pivot_rows, 2, (td_tensor *[]){ x, pivots }, &(td_attr){ .n_list = 1, .list = { back } });
}

/* ---- lu_solve: (lu, pivots, b) -------------------------------------------------------------------------------------- */

static td_status lu_solve_infer(td_infer *i)
{
    td_infer   pair = *i;
    td_tensor *in[2] = { i->in[0], i->in[2] };
    pair.in = in;
    if (td_infer_system(&pair) || pivots_fit(i, i->in[0]->shape, i->in[1])) return td_error(i->context);
    i->shape = pair.shape;
    if (td_size(i->in[1], -1) == td_size(i->in[0], -1)) return TD_OK;
    return td_fail(i->context, TD_ESHAPE, "lu_solve: %lld pivots for %lld rows", (long long)td_size(i->in[1], -1),
                   (long long)td_size(i->in[0], -1));
}

static td_tensor *lu_solve_compose(int n, td_tensor *const *in, const td_attr *attr)
{
    (void)n, (void)attr;
    td_tensor *y = td_solve_triangular(in[0], td_pivot_rows(in[2], in[1], false), false, true, true);
    return td_solve_triangular(in[0], y, true, true, false);
}

static void lu_solve_sample(td_sample *s)
{
    s->n_in = 3;
    td_sample_square(s, 0, 3, 0.5, false);
    td_sample_system(s, 0, 2);
    sample_pivots(s, 0, 1, s->in[0].size[s->in[0].rank - 1]);
}

static const td_signature lu_solve_signature = {
    .example = "lu_solve(outer(exp(x), exp(y)), cast([2, 2, 3], i64), unsqueeze(x, 1))",
};
const td_op td_op_lu_solve = {
    .name = "lu_solve", .id = TD_ID_lu_solve, .min_in = 3, .max_in = 3, .infer = lu_solve_infer, .compose = lu_solve_compose,
    .sample = lu_solve_sample, .signature = &lu_solve_signature,
};
td_tensor *td_lu_solve(td_tensor *lu, td_tensor *pivots, td_tensor *b)
{
    return td_apply(&td_op_lu_solve, 3, (td_tensor *[]){ lu, pivots, b }, NULL);
}

/* ---- solve, inv ----------------------------------------------------------------------------------------------------- */

/* x (n, k), a right side, becomes a^-1 x; the number of the first pivot that is 0, from 1, or 0. */
static int64_t solve_in_place(td_matrices *s, double *a, int64_t k, double *x)
{
    int64_t n = s->n;
    double *swap = s->work, *work = s->work + n;
    td_factor_lu(s->context, n, n, a, swap, work);
    for (int64_t i = 0; i < n; i++)
        if (a[i * (n + 1)] == 0) return i + 1;
    td_factor_swap(n, swap, false, k, x);
    td_factor_forward(s->context, n, k, (td_strided){ a, n, 1 }, true, x, k, work);
    td_factor_backward(s->context, n, k, (td_strided){ a, n, 1 }, false, x, k, work);
    return 0;
}

static const char singular[] = "singular: pivot %lld is 0";

static int64_t solve_one(td_matrices *s)
{
    for (int64_t i = 0; i < s->n * s->k; i++) s->out[i] = s->in[1][i];
    return solve_in_place(s, s->in[0], s->k, s->out);
}

static td_status solve_compute(const td_call *call)
{
    return td_matrices_run(call, solve_one, lu_work(call->in[0].shape), singular);
}

/* x = a^-1 b.   gb = a^-T g,   ga = -gb x^T */
static void solve_vjp(td_pull *p)
{
    td_tensor *b = td_apply2(&td_op_solve, td_turn(p->in[0]), p->g);
    td_pull_add(p, 1, b);
    if (td_pull_wants(p, 0)) td_pull_add(p, 0, td_neg(td_mm(b, td_turn(p->y))));
}

static void solve_sample(td_sample *s)
{
    s->n_in = 2;
    td_sample_square(s, 0, 5, 0.5, true);
    td_sample_system(s, 0, 1);
}

static td_tensor *call_solve(const td_invocation *k) { return td_solve(k->in[0], k->in[1], td_as_flag(k, 0)); }
static const td_signature solve_signature = {
    .example = "solve(outer(x, y) + diag(exp(x)), y)", .call = call_solve, .parameter = { { "left", TD_FLAG, false, 1 } },
};
const td_op td_op_solve = {
    .name = "solve", .id = TD_ID_solve, .min_in = 2, .max_in = 2, .reads = TD_READS(0) | TD_READS_RESULT,
    .infer = td_infer_system, .compute = solve_compute, .vjp = solve_vjp, .sample = solve_sample,
    .signature = &solve_signature,
};

/* PyTorch's rule: b is a vector, or a stack of vectors if it has a's sizes but the last. */
static bool is_vector(td_tensor *a, td_tensor *b)
{
    bool same = td_rank(b) == td_rank(a) - 1;
    for (int k = 0; same && k < td_rank(b); k++) same = td_size(a, k) == td_size(b, k);
    return td_rank(b) == 1 || same;
}

td_tensor *td_solve(td_tensor *a, td_tensor *b, bool left)
{
    if (td_stopped(a) || td_stopped(b)) return td_passed(a ? a : b);
    if (is_vector(a, b))
        return td_squeeze(td_apply_system(&td_op_solve, left ? a : td_turn(a), td_unsqueeze(b, -1), NULL), -1);
    if (left) return td_apply_system(&td_op_solve, a, b, NULL);
    return td_turn(td_apply_system(&td_op_solve, td_turn(a), td_turn(b), NULL));
}

static bool is_lenient(const td_call *call) { return call->attr->n_list && call->attr->list[0]; }

static int64_t inv_one(td_matrices *s)
{
    int64_t n = s->n;
    for (int64_t i = 0; i < n * n; i++) s->out[i] = i % (n + 1) == 0;
    return solve_in_place(s, s->in[0], n, s->out);
}

/* Of a singular matrix what it tends to: the cofactors, turned, over 0. */
static int64_t inv_or_infinite_one(td_matrices *s)
{
    int64_t     n = s->n;
    td_matrices inner = *s;
    double     *kept = s->work + lu_work(s->call->in[0].shape), *cofactors = kept + n * n;
    for (int64_t i = 0; i < n * n; i++) kept[i] = s->in[0][i];
    if (inv_one(s) == 0) return 0;
    inner.in[0] = kept, inner.out = cofactors, inner.work = cofactors + n * n;
    td_factor_cofactor(&inner);
    for (int64_t i = 0; i < n; i++)
        for (int64_t j = 0; j < n; j++) s->out[i * n + j] = cofactors[j * n + i] / 0.0;
    return 0;
}

static td_status inv_compute(const td_call *call)
{
    const td_shape *a = call->in[0].shape;
    int64_t         n = a->size[a->rank - 1], work = lu_work(a);
    if (!is_lenient(call)) return td_matrices_run(call, inv_one, work, singular);
    return td_matrices_run(call, inv_or_infinite_one, work + 2 * n * n + td_factor_cofactor_work(call), singular);
}

/* y = a^-1.   ga = -y^T g y^T */
static void inv_vjp(td_pull *p)
{
    td_tensor *t = td_turn(p->y);
    td_pull_add(p, 0, td_neg(td_mm(td_mm(t, p->g), t)));
}

static void inv_sample(td_sample *s)
{
    s->n_in = 1;
    td_sample_square(s, 0, 5, 0.5, true);
}

static const td_signature inv_signature = { .example = "inv(outer(x, y) + diag(exp(x)))" };
const td_op td_op_inv = {
    .name = "inv", .id = TD_ID_inv, .min_in = 1, .max_in = 1, .reads = TD_READS_RESULT, .infer = td_infer_square,
    .compute = inv_compute, .vjp = inv_vjp, .sample = inv_sample, .signature = &inv_signature,
};
td_tensor *td_inv(td_tensor *a) { return td_apply1(&td_op_inv, a, NULL); }
