/* test_linalg.c: what linear algebra refuses, and in which words. */
#include "testing.h"

/* Each refusal, asked of operands of these shapes, zeros all; rank -1 ends a row. */
typedef struct shape { int rank; int64_t size[3]; } shape;

static void expect_message(td_context *c, const char *wanted)
{
    cr_expect(td_error(c), "not refused; wanted: %s", wanted);
    cr_expect(strstr(td_message(c), wanted), "\"%s\" has no \"%s\"", td_message(c), wanted);
}

static td_tensor *zeros(td_context *c, shape s)
{
    static const double none[256];
    return td_array(c, TD_F64, s.rank, s.size, none);
}

Test(linalg, einsum_says_what_is_wrong_and_where)
{
    static const struct { const char *text; int n; shape in[2]; const char *message; } refused[] = {
        {"ij,jk->iz", 2, {{2, {2, 3}}, {2, {3, 2}}}, "\"ij,jk->iz\", position 8: 'z' is in the result and in no operand"},
        {"ij,jk->ii", 2, {{2, {2, 3}}, {2, {3, 2}}}, "position 8: 'i' is twice in the result"},
        {"ij,jk", 2, {{2, {2, 3}}, {2, {4, 2}}}, "'j' has size 4 in operand 1 and 3 before"},
        {"ii", 1, {{2, {2, 3}}}, "'i' is repeated in operand 0, with sizes 2 and 3"},
        {"ijk", 1, {{2, {2, 3}}}, "operand 0 is (2,3), with 3 labels"},
        {"i", 1, {{2, {2, 3}}}, "operand 0 is (2,3), with 1 labels"},
        {"i1", 1, {{2, {2, 3}}}, "position 1: '1' is no label"},
        {"i..", 1, {{2, {2, 3}}}, "position 1: a dot that is no ellipsis"},
        {"......", 1, {{2, {2, 3}}}, "position 3: a second ellipsis"},
        {"ij,ij", 1, {{2, {2, 3}}}, "position 2: more than the 1 operands given"},
        {"ij", 2, {{2, {2, 3}}, {1, {3}}}, "position 2: 2 operands, of which 1 are here"},
        {"ij-i", 1, {{2, {2, 3}}}, "position 2: a '-' that begins no arrow"},
        {"ij->i,j", 1, {{2, {2, 3}}}, "position 5: ',' behind the result"}};
    for (size_t k = 0; k < sizeof refused / sizeof refused[0]; k++) {
        td_context *c = td_open(NULL);
        td_tensor *in[2] = {zeros(c, refused[k].in[0]), zeros(c, refused[k].in[1])};
        td_einsum(refused[k].text, refused[k].n, in);
        expect_message(c, refused[k].message);
        td_close(c);
    }
}

Test(linalg, einsum_refuses_an_equation_that_is_too_long)
{
    td_context *c = td_open(NULL);
    char text[200];
    memset(text, ' ', sizeof text);
    text[sizeof text - 1] = 0;
    td_tensor *x = td_scalar(c, 1);
    td_einsum(text, 1, &x);
    expect_message(c, "199 characters, at most 127");
    td_close(c);
}

typedef td_tensor *two_operands(td_tensor *x, td_tensor *y);

static td_tensor *cross_last(td_tensor *x, td_tensor *y) { return td_cross(x, y, -1); }
static td_tensor *vecdot_last(td_tensor *x, td_tensor *y) { return td_vecdot(x, y, -1); }
static td_tensor *added(td_tensor *x, td_tensor *y)
{
    return td_addmm(zeros(td_context_of(x), (shape){1, {4}}), x, y, 1, 1);
}
static td_tensor *chained(td_tensor *x, td_tensor *y) { return td_multi_dot(3, (td_tensor *[]){x, y, x}); }
static td_tensor *tensordot_last(td_tensor *x, td_tensor *y) { return td_tensordot(x, y, 1, (int[]){-1}, (int[]){0}); }

Test(linalg, products_say_which_sizes_differ)
{
    static const struct { two_operands *f; shape x, y; const char *message; } refused[] = {
        {td_bmm, {3, {2, 2, 3}}, {3, {3, 3, 2}}, "bmm: (2,2,3) by (3,3,2): takes 3 axes by 3"},
        {td_bmm, {3, {2, 2, 3}}, {3, {2, 2, 2}}, "bmm: (2,2,3) by (2,2,2): inner sizes 3 and 2 differ"},
        {td_mv, {2, {2, 3}}, {1, {2}}, "mv: (2,3) by (2,): inner sizes 3 and 2 differ"},
        {td_inner, {2, {2, 3}}, {1, {2}}, "inner: (2,3) by (2,): inner sizes 3 and 2 differ"},
        {cross_last, {1, {2}}, {1, {2}}, "cross: (2,) by (2,): both must have size 3 along the axis"},
        {vecdot_last, {1, {2}}, {1, {3}}, "vecdot: (2,) by (3,): they do not broadcast"},
        {added, {2, {2, 3}}, {2, {3, 3}}, "addmm: the input, (4,), does not broadcast to (2,3)"},
        {chained, {2, {2, 3}}, {2, {3, 3}}, "multi_dot: operand 2 of 3, (2,3): has not as many rows"},
        {tensordot_last, {2, {2, 3}}, {1, {2}}, "tensordot: (2,3) by (2,): inner sizes 3 and 2 differ"}};
    for (size_t k = 0; k < sizeof refused / sizeof refused[0]; k++) {
        td_context *c = td_open(NULL);
        refused[k].f(zeros(c, refused[k].x), zeros(c, refused[k].y));
        expect_message(c, refused[k].message);
        td_close(c);
    }
}

/* ---- factors: blocks and threads are not to be seen in the bits ------------------------------------------------------ */

enum { MOST_ROWS = 200 };

static double square_numbers[MOST_ROWS * MOST_ROWS], plain[MOST_ROWS * MOST_ROWS];

static double mixed(uint64_t i)
{
    i *= UINT64_C(0x9e3779b97f4a7c15);
    i = (i ^ (i >> 31)) * UINT64_C(0xbf58476d1ce4e5b9);
    return (double)((i ^ (i >> 29)) % 20011) / 10000 - 1;
}

static void draw_square(int64_t n, double diagonal)
{
    for (int64_t i = 0; i < n * n; i++) square_numbers[i] = mixed((uint64_t)(i + 7 * n)) + (i % (n + 1) ? 0 : diagonal);
}

static void make_symmetric(int64_t n)
{
    for (int64_t i = 0; i < n; i++)
        for (int64_t j = 0; j < i; j++) square_numbers[i * n + j] = square_numbers[j * n + i];
}

static void plain_cholesky(int64_t n)
{
    memcpy(plain, square_numbers, (size_t)(n * n) * sizeof *plain);
    for (int64_t j = 0; j < n; j++)
        for (int64_t i = 0; i < n; i++) {
            double *l = &plain[i * n + j];
            for (int64_t k = 0; k < j; k++) *l = fma(-plain[i * n + k], plain[j * n + k], *l);
            *l = i < j ? 0 : i == j ? sqrt(*l) : *l / plain[j * n + j];
        }
}

static void plain_lu(int64_t n)
{
    memcpy(plain, square_numbers, (size_t)(n * n) * sizeof *plain);
    for (int64_t j = 0; j < n; j++) {
        int64_t at = j;
        for (int64_t i = j + 1; i < n; i++) if (fabs(plain[i * n + j]) > fabs(plain[at * n + j])) at = i;
        for (int64_t k = 0; k < n && at != j; k++) {
            double kept = plain[j * n + k];
            plain[j * n + k] = plain[at * n + k], plain[at * n + k] = kept;
        }
        for (int64_t i = j + 1; i < n; i++) {
            plain[i * n + j] /= plain[j * n + j];
            for (int64_t k = j + 1; k < n; k++) plain[i * n + k] = fma(-plain[i * n + j], plain[j * n + k],
                                                                       plain[i * n + k]);
        }
    }
}

static void expect_plain(td_tensor *x, int64_t n, int threads)
{
    const double *v = td_data(x);
    cr_assert(v, "%s", td_message(td_context_of(x)));
    for (int64_t i = 0; i < n * n; i++)
        cr_assert(!memcmp(&v[i], &plain[i], sizeof *v), "n = %d, %d threads: (%d, %d) is %.17g, by plain loops %.17g",
                  (int)n,
                  threads, (int)(i / n), (int)(i % n), v[i], plain[i]);
}

static const int64_t orders[] = {1, 2, 31, 32, 33, 63, 65, 96, 97, 129, 200};
enum { ORDERS = sizeof orders / sizeof orders[0] };

Test(linalg, blocked_factors_are_those_of_plain_loops_to_the_bit)
{
    if (td_has_lapack()) cr_skip("large factors are LAPACK's");
    for (int k = 0; k < ORDERS; k++)
        for (int threads = 1; threads <= 3; threads += 2) {
            td_context *c = td_open(&(td_options){.threads = threads});
            int64_t n = orders[k], size[2] = {n, n};
            td_tensor *pivots;
            draw_square(n, 0);
            plain_lu(n);
            expect_plain(td_lu_factor(td_array(c, TD_F64, 2, size, square_numbers), &pivots), n, threads);
            draw_square(n, 2 * (double)n);
            make_symmetric(n);
            plain_cholesky(n);
            expect_plain(td_cholesky(td_array(c, TD_F64, 2, size, square_numbers), false), n, threads);
            td_close(c);
        }
}

/* a^-1 a is 1 but for rounding: 2^-53 times the order and the condition, which stays below a thousand here. */
Test(linalg, systems_of_every_order_are_solved)
{
    for (int k = 0; k < ORDERS; k++) {
        td_context *c = td_open(NULL);
        int64_t n = orders[k];
        draw_square(n, 3 * sqrt((double)n));
        td_tensor *a = td_array(c, TD_F64, 2, (int64_t[]){n, n}, square_numbers);
        td_tensor *one = td_diag(td_full(c, TD_F64, 1, &n, 1), 0), *pivots, *lu = td_lu_factor(a, &pivots);
        td_tensor *all[] = {td_mm(td_inv(a), a), td_solve(a, a, true), td_solve(a, a, false), td_lu_solve(lu, pivots, a)};
        for (int j = 0; j < 4; j++) {
            double off = td_item(td_amax(td_abs(td_sub(all[j], one))));
            cr_expect(off <= (double)n * 1e3 * 0x1p-53, "order %d, way %d: off by %g: %s", (int)n, j, off, td_message(c));
        }
        td_close(c);
    }
}

/* ---- determinants of singular matrices -------------------------------------------------------------------------------- */

static td_tensor *matrix3(td_context *c, const double *v)
{
    return td_require_grad(td_array(c, TD_F64, 2, (int64_t[]){3, 3}, v));
}

/* det a is 0 and its slopes are the cofactors all the same: of rank 2 not all 0, of rank 1 all 0. */
Test(linalg, determinants_of_singular_matrices_have_cofactors_for_slopes)
{
    static const struct { double a[9], slope[9]; } cases[] = {
        {{1, 2, 3, 4, 5, 6, 7, 8, 9}, {-3, 6, -3, 6, -12, 6, -3, 6, -3}},
        {{0, 0, 0, 0, 2, 0, 0, 0, 3}, {6, 0, 0, 0, 0, 0, 0, 0, 0}},
        {{1, 2, 3, 2, 4, 6, 3, 6, 9}, {0}},
        {{0}, {0}}};
    for (size_t k = 0; k < sizeof cases / sizeof cases[0]; k++) {
        td_context *c = td_open(NULL);
        td_tensor *a = matrix3(c, cases[k].a);
        td_backward(td_det(a));
        const double *g = td_data(td_grad(a));
        for (int i = 0; g && i < 9; i++)
            cr_expect(fabs(g[i] - cases[k].slope[i]) <= 1e-14, "case %d: slope %d is %.17g, not %g", (int)k, i, g[i],
                      cases[k].slope[i]);
        cr_expect(g, "%s", td_message(c));
        td_close(c);
    }
}

/* In diag(0, 0, 3) det bends: its second derivative by the first two numbers of the diagonal is 3. */
Test(linalg, determinants_of_singular_matrices_have_second_derivatives)
{
    td_context *c = td_open(NULL);
    td_tensor *a = matrix3(c, (double[9]){0, 0, 0, 0, 0, 0, 0, 0, 3});
    td_tensor *slope = td_cofactor(a);
    td_backward(td_select(td_select(slope, 0, 0), 0, 0));
    const double *g = td_data(td_grad(a));
    cr_assert(g, "%s", td_message(c));
    for (int i = 0; i < 9; i++) cr_expect(fabs(g[i] - (i == 4 ? 3 : 0)) <= 1e-15, "number %d: %.17g", i, g[i]);
    td_close(c);
}

/* det of the zero matrix: all that is left is the third derivative, 1 by the three numbers of the diagonal. */
Test(linalg, determinants_of_singular_matrices_have_third_derivatives)
{
    td_context *c = td_open(NULL);
    td_tensor *a = matrix3(c, (double[9]){0});
    td_backward(td_select(td_select(td_cofactor(a), 0, 0), 0, 0));
    td_tensor *second = td_select(td_select(td_grad(a), 0, 1), 0, 1);
    td_zero_grad(a);
    td_backward(second);
    const double *g = td_data(td_grad(a));
    cr_assert(g, "%s", td_message(c));
    for (int i = 0; i < 9; i++) cr_expect(g[i] == (i == 8), "number %d: %.17g", i, g[i]);
    td_close(c);
}

Test(linalg, singular_and_indefinite_matrices_are_refused_with_the_pivot)
{
    static const double singular[] = {1, 0, 0, 1, 1, 2, 2, 4}, indefinite[] = {1, 2, 2, 1};
    static const char *const message[] = {
        "inv: matrix 1 of 2: singular: pivot 2 is 0", "solve: matrix 1 of 2: singular: pivot 2 is 0",
        "cholesky: the leading minor of order 2 is not positive", "solve: (2,2) and (3,1) do not fit",
            "det: (2,3) is not square",
        "pivot_rows: pivot number 2 is no row", "cholesky: i64 is no floating dtype"};
    for (int k = 0; k < 7; k++) {
        td_context *c = td_open(NULL);
        td_tensor *stack = td_array(c, TD_F64, 3, (int64_t[]){2, 2, 2}, singular), *a = td_array(c, TD_F64, 2,
                                                                                                 (int64_t[]){2, 2},
                                                                                                     indefinite);
        td_tensor *y = k == 0 ? td_inv(stack) : k == 1 ? td_solve(stack, td_ones_like(stack),
                                                                  true) : k == 2 ? td_cholesky(a, false)
                     : k == 3 ? td_solve(a, zeros(c, (shape){1, {3}}), true) : k == 4 ? td_det(zeros(c, (shape){2, {2, 3}}))
                     : k == 5 ? td_pivot_rows(a, td_array(c, TD_I64, 1, (int64_t[]){2}, (int64_t[]){2, 3}), false)
                     : td_cholesky(td_to(a, TD_I64), false);
        td_data(y);
        expect_message(c, message[k]);
        td_close(c);
    }
}

/* ---- orthogonal factors and functions --------------------------------------------------------------------------------- */

static double farthest(td_tensor *x, td_tensor *y) { return td_item(td_amax(td_abs(td_sub(x, y)))); }

static td_tensor *identity(td_context *c, int64_t n) { return td_diag(td_full(c, TD_F64, 1, &n, 1), 0); }

/* Both sides to either side of a panel; backward error is a few roundings times the order, orthogonality too. */
Test(linalg, orthogonal_factors_of_every_shape_give_the_matrix_back)
{
    static const int64_t shapes[][2] = {{1, 1}, {33, 33}, {70, 31}, {31, 70}, {65, 64}, {40, 100}, {100, 3}, {3, 100},
                                        {150, 130}, {130, 150}};
    for (size_t k = 0; k < sizeof shapes / sizeof shapes[0]; k++) {
        td_context *c = td_open(NULL);
        int64_t m = shapes[k][0], n = shapes[k][1], few = m < n ? m : n;
        draw_square(MOST_ROWS, 0);
        td_tensor *a = td_array(c, TD_F64, 2, shapes[k], square_numbers), *r, *s, *vt, *q = td_qr(a, false, &r);
        td_tensor *u = td_svd(a, &s, &vt), *inverse = td_pinv(a);
        double off[] = {
            farthest(td_mm(q, r), a), farthest(td_mm(td_transpose(q, 0, 1), q), identity(c, few)),
            farthest(td_mm(td_mul(u, s), vt), a), farthest(td_mm(td_transpose(u, 0, 1), u), identity(c, few)),
            farthest(td_mm(vt, td_transpose(vt, 0, 1)), identity(c, few)), farthest(td_mm(td_mm(a, inverse), a),
                                                                                    a) * 0x1p-7};
        for (int j = 0; j < 6; j++)
            cr_expect(off[j] <= 0x1p-53 * 40 * (double)(m + n), "%d by %d, %d: off by %g: %s", (int)m, (int)n, j, off[j],
                      td_message(c));
        cr_expect(td_item(td_amin(td_diagonal(r, 0, 0, 1))) > 0, "%d by %d: r's diagonal", (int)m, (int)n);
        td_close(c);
    }
}

Test(linalg, eigenvalues_and_the_exponential_of_larger_matrices)
{
    for (int64_t n = 30; n <= 70; n += 20) {
        td_context *c = td_open(NULL);
        draw_square(n, 0);
        make_symmetric(n);
        td_tensor *a = td_array(c, TD_F64, 2, (int64_t[]){n, n}, square_numbers), *v, *w = td_eigh(a, &v);
        td_tensor *vt = td_transpose(v, 0, 1), *e = td_matrix_exp(td_mul_scalar(a, 0.25));
        double off = farthest(td_mm(td_mul(v, w), vt), a), orthogonal = farthest(td_mm(vt, v), identity(c, n));
        double most = td_item(td_amax(td_abs(e)));
        double exponential = farthest(td_mm(td_mul(v, td_exp(td_mul_scalar(w, 0.25))), vt), e) / most;
        cr_expect(off <= 0x1p-53 * 60 * (double)n, "order %d: off by %g: %s", (int)n, off, td_message(c));
        cr_expect(orthogonal <= 0x1p-53 * 60 * (double)n, "order %d: vectors off by %g", (int)n, orthogonal);
        cr_expect(exponential <= 0x1p-53 * 200 * (double)n, "order %d: exp off by %g", (int)n, exponential);
        td_close(c);
    }
}

/* Everything that is cut among threads. */
static td_tensor *all_factors(td_context *c)
{
    td_tensor *a = td_array(c, TD_F64, 3, (int64_t[]){3, 100, 100}, square_numbers), *r, *s, *vt;
    td_tensor *small = td_array(c, TD_F64, 3, (int64_t[]){200, 7, 7}, square_numbers), *pivots;
    td_tensor *parts[] = {td_sum(td_qr(a, false, &r)), td_sum(r), td_sum(td_lu_factor(a, &pivots)), td_sum(td_inv(a)),
                          td_sum(td_matrix_exp(a)),
                          td_sum(td_cofactor(small)), td_sum(td_svd(small, &s, &vt)), td_sum(td_eigvalsh(small)),
                              td_sum(td_inv(small))};
    return td_stack(9, parts, 0);
}

Test(linalg, factors_have_the_same_bits_on_any_number_of_threads)
{
    double first[9];
    for (int threads = 1; threads <= 4; threads++) {
        td_context *c = td_open(&(td_options){.threads = threads});
        draw_square(MOST_ROWS, 0);
        const double *v = td_data(all_factors(c));
        cr_assert(v, "%s", td_message(c));
        if (threads == 1) memcpy(first, v, sizeof first);
        for (int i = 0; i < 9; i++) cr_expect(!memcmp(&v[i], &first[i], sizeof *v),
                                              "%d threads, part %d: %.17g, not %.17g", threads, i, v[i], first[i]);
        td_close(c);
    }
}

/* PyTorch's: of the identity the sum of eigenvalues has slope 1 on the diagonal, the largest singular value of (1, 0; 0,
 * 0) too; a vector of a repeated eigenvalue has none. */
Test(linalg, repeated_eigenvalues_have_slopes_and_their_vectors_have_none)
{
    td_context *c = td_open(NULL);
    td_tensor *v, *a = td_require_grad(td_array(c, TD_F64, 2, (int64_t[]){2, 2}, (double[]){1, 0, 0, 1}));
    td_backward(td_sum(td_eigvalsh(a)));
    const double *g = td_data(td_grad(a));
    cr_expect(g && g[0] == 1 && g[1] == 0 && g[2] == 0 && g[3] == 1, "eigenvalues: %s", td_message(c));
    td_tensor *b = td_require_grad(td_array(c, TD_F64, 2, (int64_t[]){2, 2}, (double[]){1, 0, 0, 0}));
    td_backward(td_sum(td_svdvals(b)));
    g = td_data(td_grad(b));
    cr_expect(g && g[0] == 1 && g[1] == 0 && g[2] == 0 && g[3] == 1, "singular values: %s", td_message(c));
    td_tensor *d = td_require_grad(td_array(c, TD_F64, 2, (int64_t[]){2, 2}, (double[]){1, 0, 0, 1}));
    td_eigh(d, &v);
    td_backward(td_select(td_select(v, 0, 0), 0, 1));
    g = td_data(td_grad(d));
    cr_expect(g && !isfinite(g[1]), "a vector's slope is %g", g ? g[1] : 0);
    td_close(c);
}

Test(linalg, what_orthogonal_factors_refuse)
{
    td_context *c = td_open(NULL);
    td_tensor *r;
    td_qr(zeros(c, (shape){2, {3, 2}}), true, &r);
    expect_message(c, "qr: complete, of 3 rows and 2 columns: the 1 further columns of q are not determined");
    td_clear_error(c);
    td_eigvalsh(zeros(c, (shape){2, {3, 2}}));
    expect_message(c, "eigvalsh: (3,2) is not square");
    td_clear_error(c);
    td_spectral_norm(zeros(c, (shape){2, {3, 2}}), 3);
    expect_message(c, "spectral_norm: order 3 is neither 2 nor -2");
    td_clear_error(c);
    td_spectral_norm(zeros(c, (shape){2, {0, 2}}), 2);
    expect_message(c, "spectral_norm: (0,2) has no singular value");
    td_clear_error(c);
    td_svdvals(zeros(c, (shape){1, {3}}));
    expect_message(c, "svdvals: (3,) is no matrix");
    td_close(c);
}
