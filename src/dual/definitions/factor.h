/* factor.h: systems, inverses, determinants and factors of square matrices, as books have them: elimination with the
 * pivot of largest size, Laplace's expansion, Cholesky and Banachiewicz, Gram and Schmidt.
 *
 * A piece is one matrix of a stack. Pivots are chosen by values; which row that is makes no difference to what is
 * defined, but for lu. */

static int64_t rows_of(const td_application *f, int k) { return f->in[k].shape->size[f->in[k].shape->rank - 2]; }
static int64_t columns_of(const td_application *f, int k) { return f->in[k].shape->size[f->in[k].shape->rank - 1]; }
static int64_t matrices(const td_application *f) { return product(f->in[0].shape->size, 0, f->in[0].shape->rank - 2); }

/* Operand k's part for piece i, and the result's. */
static const num *part_of(const td_application *f, int k, int64_t i)
{
    return operand(f, k) + (f->in[k].shape->numel / matrices(f)) * i;
}
static num *result_of(const td_application *f, int64_t i) { return result(f) + f->shape->numel / matrices(f) * i; }

static num *copied(num *to, const num *from, int64_t n)
{
    for (int64_t i = 0; i < n; i++) to[i] = from[i];
    return to;
}

static num half_sum(num x, num y) { return num_mul(num_of(0.5), num_add(x, y)); }

/* ---- symmetric positive definite ---------------------------------------------------------------------------------- */

/* l_jj = sqrt(a_jj - sum_k l_jk^2), l_ij = (a_ij - sum_k l_ik l_jk) / l_jj, of the symmetric part of a */
static void cholesky(const td_application *f, int64_t piece)
{
    int64_t n = columns_of(f, 0);
    const num *a = part_of(f, 0, piece);
    num *l = result_of(f, piece);
    for (int64_t i = 0; i < n; i++)
        for (int64_t j = 0; j < n; j++) {
            num s = j > i ? num_of(0) : half_sum(a[i * n + j], a[j * n + i]);
            for (int64_t k = 0; k < j && j <= i; k++) s = num_sub(s, num_mul(l[i * n + k], l[j * n + k]));
            l[i * n + j] = j > i ? num_of(0) : j == i ? num_sqrt(s) : num_div(s, l[j * n + j]);
        }
}

/* ---- triangular systems ------------------------------------------------------------------------------------------- */

/* Which number of t stands in row i, column j of the triangle, turned or not. */
static num triangular(const num *t, int64_t n, int64_t i, int64_t j, bool turned)
{
    return turned ? t[j * n + i] : t[i * n + j];
}

/* x = t^-1 x by substitution, from the first row or from the last; t is turned first. */
static void substitute(const num *t, int64_t n, bool upper, bool turned, bool unit, num *x, int64_t columns)
{
    for (int64_t c = 0; c < columns; c++)
        for (int64_t k = 0; k < n; k++) {
            int64_t i = upper ? n - 1 - k : k;
            num s = x[i * columns + c];
            for (int64_t j = upper ? i + 1 : 0; j < (upper ? n : i); j++)
                s = num_sub(s, num_mul(triangular(t, n, i, j, turned), x[j * columns + c]));
            x[i * columns + c] = unit ? s : num_div(s, triangular(t, n, i, i, turned));
        }
}

static void solve_triangular(const td_application *f, int64_t piece)
{
    int64_t n = rows_of(f, 1), columns = columns_of(f, 1);
    num *x = copied(result_of(f, piece), part_of(f, 1, piece), n * columns);
    substitute(part_of(f, 0, piece), n, f->attr->list[0], false, f->attr->list[1], x, columns);
}

/* (l l^T) x = b, or (u^T u) x = b */
static void solve_with_factor(const num *t, int64_t n, bool upper, num *x, int64_t columns)
{
    substitute(t, n, false, upper, false, x, columns);
    substitute(t, n, true, !upper, false, x, columns);
}

static void cholesky_solve(const td_application *f, int64_t piece)
{
    int64_t n = rows_of(f, 0), columns = columns_of(f, 0);
    num *x = copied(result_of(f, piece), part_of(f, 0, piece), n * columns);
    solve_with_factor(part_of(f, 1, piece), n, f->attr->list[0], x, columns);
}

static void set_identity(num *x, int64_t n)
{
    for (int64_t i = 0; i < n * n; i++) x[i] = num_of(i % (n + 1) == 0);
}

static void cholesky_inverse(const td_application *f, int64_t piece)
{
    int64_t n = columns_of(f, 0);
    set_identity(result_of(f, piece), n);
    solve_with_factor(part_of(f, 0, piece), n, f->attr->list[0], result_of(f, piece), n);
}

/* ---- elimination -------------------------------------------------------------------------------------------------- */

static void exchange_rows(num *w, int64_t columns, int64_t i, int64_t j)
{
    for (int64_t k = 0; k < columns && i != j; k++) {
        num kept = w[i * columns + k];
        w[i * columns + k] = w[j * columns + k];
        w[j * columns + k] = kept;
    }
}

/* The row from i on with the largest number in column i. */
static int64_t pivot_row(const num *w, int64_t rows, int64_t columns, int64_t i)
{
    int64_t at = i;
    for (int64_t r = i + 1; r < rows; r++)
        if (fabs(num_value(w[r * columns + i])) > fabs(num_value(w[at * columns + i]))) at = r;
    return at;
}

static bool is_zero(num x) { return num_order(x, num_of(0)) == TIE; }

/* x / y; of 0 / 0 the 0 that leaves all as it is, which has no slopes. */
static num multiple(num x, num y)
{
    bool none = is_zero(x) && is_zero(y);
    return none ? num_obscured(num_obscured(num_of(0), x), y) : num_div(x, y);
}

/* Multiples of row i taken from the rows below, so that column i is 0 there; the multiples are kept in its place. */
static void eliminate_column(num *w, int64_t rows, int64_t columns, int64_t i)
{
    for (int64_t r = i + 1; r < rows; r++) {
        num by = multiple(w[r * columns + i], w[i * columns + i]);
        for (int64_t k = i + 1; k < columns; k++)
            w[r * columns + k] = num_sub(w[r * columns + k], num_mul(by, w[i * columns + k]));
        w[r * columns + i] = by;
    }
}

/* (a | b), n rows: b becomes a^-1 b. */
static void solve_augmented(num *w, int64_t n, int64_t columns)
{
    for (int64_t i = 0; i < n; i++) {
        exchange_rows(w, columns, i, pivot_row(w, n, columns, i));
        eliminate_column(w, n, columns, i);
    }
    for (int64_t c = n; c < columns; c++)
        for (int64_t i = n - 1; i >= 0; i--) {
            num s = w[i * columns + c];
            for (int64_t k = i + 1; k < n; k++) s = num_sub(s, num_mul(w[i * columns + k], w[k * columns + c]));
            w[i * columns + c] = num_div(s, w[i * columns + i]);
        }
}

/* x = a^-1 b; b NULL: the identity. */
static void solve_system(const num *a, const num *b, int64_t n, int64_t columns, num *x, num *w)
{
    int64_t width = n + columns;
    for (int64_t i = 0; i < n; i++)
        for (int64_t j = 0; j < width; j++)
            w[i * width + j] = j < n ? a[i * n + j] : b ? b[i * columns + j - n] : num_of(i == j - n);
    solve_augmented(w, n, width);
    for (int64_t i = 0; i < n; i++)
        for (int64_t j = 0; j < columns; j++) x[i * columns + j] = w[i * width + n + j];
}

static int64_t augmented(const td_application *f)
{
    int64_t n = columns_of(f, 0);
    return n * (n + (f->n_in > 1 ? columns_of(f, 1) : n));
}

static void solve(const td_application *f, int64_t i)
{
    solve_system(part_of(f, 0, i), part_of(f, 1, i), columns_of(f, 0), columns_of(f, 1), result_of(f, i), scratch(f, i));
}

/* Is there a row below i, but `at`, whose number in column i may be as large as that of row `at`? */
static bool has_rival(const num *w, int64_t rows, int64_t columns, int64_t i, int64_t at)
{
    bool rival = false;
    for (int64_t r = i; r < rows && !rival; r++)
        rival = r != at && num_order(magnitude(w[r * columns + i]), magnitude(w[at * columns + i])) == UNSURE;
    return rival;
}

/* The multiples below, the rest above, and behind it with which row each row was exchanged, from 1: all of it another matter
 * where rounding decides which. */
static void lu(const td_application *f, int64_t piece)
{
    int64_t m = rows_of(f, 0), n = columns_of(f, 0);
    num *y = result_of(f, piece), *w = copied(scratch(f, piece), part_of(f, 0, piece), m * n);
    bool sure = true;
    for (int64_t i = 0; i < m; i++) y[i * (n + 1) + n] = num_of(0);
    for (int64_t i = 0; i < m && i < n; i++) {
        int64_t at = pivot_row(w, m, n, i);
        sure = sure && !has_rival(w, m, n, i, at);
        y[i * (n + 1) + n] = num_of((double)at + 1);
        exchange_rows(w, n, i, at);
        eliminate_column(w, m, n, i);
    }
    for (int64_t i = 0; i < m; i++) copied(y + i * (n + 1), w + i * n, n);
    for (int64_t k = 0; k < m * (n + 1) && !sure; k++) y[k] = guessed_from(num_value(y[k]), part_of(f, 0, piece), m * n);
}

static int64_t one_matrix(const td_application *f) { return rows_of(f, 0) * columns_of(f, 0); }

static int64_t given_row(const td_application *f, int64_t piece, int64_t i)
{
    double k = num_value(part_of(f, 1, piece)[i]);
    return k >= 1 && k <= (double)rows_of(f, 0) ? (int64_t)k - 1 : i;
}

/* Row i exchanged with row pivots[i] - 1, i = 0, 1, ..; or from the last to the first */
static void pivot_rows(const td_application *f, int64_t piece)
{
    int64_t m = rows_of(f, 0), n = columns_of(f, 0), count = f->in[1].shape->size[f->in[1].shape->rank - 1];
    num *x = copied(result_of(f, piece), part_of(f, 0, piece), m * n);
    for (int64_t k = 0; k < count; k++) {
        int64_t i = f->attr->list[0] ? count - 1 - k : k;
        exchange_rows(x, n, i, given_row(f, piece, i));
    }
}

/* The rows of b exchanged as the pivots say, then the two triangles. */
static void lu_solve(const td_application *f, int64_t piece)
{
    int64_t n = columns_of(f, 0), columns = columns_of(f, 2);
    const num *t = part_of(f, 0, piece);
    num *x = copied(result_of(f, piece), part_of(f, 2, piece), n * columns);
    for (int64_t i = 0; i < n; i++) exchange_rows(x, columns, i, given_row(f, piece, i));
    substitute(t, n, false, false, true, x, columns);
    substitute(t, n, true, false, false, x, columns);
}

/* ---- determinants ------------------------------------------------------------------------------------------------- */

enum { LAPLACE = 12 };    /* the largest matrix whose minors are all written down */

/* Laplace: the minor of the first rows and the columns of a set is the last of these rows times the minors of one row and
 * column less, with signs in turn.  minor has 2^n numbers. */
static num expansion(const num *a, int64_t n, num *minor)
{
    minor[0] = num_of(1);
    for (uint32_t set = 1; set < 1u << n; set++) {
        int64_t row = -1;
        for (int64_t j = 0; j < n; j++) row += set >> j & 1;
        num s = num_of(0);
        for (int64_t j = n - 1, sign = 1; j >= 0; j--) {
            if (!(set >> j & 1)) continue;
            num term = num_mul(a[row * n + j], minor[set & ~(1u << j)]);
            s = sign > 0 ? num_add(s, term) : num_sub(s, term);
            sign = -sign;
        }
        minor[set] = s;
    }
    return minor[(1u << n) - 1];
}

/* The product of the pivots, with the sign of the exchanges. */
static num eliminated(num *w, int64_t n)
{
    num p = num_of(1);
    for (int64_t i = 0; i < n; i++) {
        int64_t at = pivot_row(w, n, n, i);
        exchange_rows(w, n, i, at);
        eliminate_column(w, n, n, i);
        p = num_mul(at == i ? p : num_neg(p), w[i * (n + 1)]);
    }
    return p;
}

static int64_t determinant_scratch(int64_t n) { return n * n + (n <= LAPLACE ? INT64_C(1) << n : 0); }

/* Of the n by n numbers that stand at the beginning of w. */
static num determinant(num *w, int64_t n) { return n <= LAPLACE ? expansion(w, n, w + n * n) : eliminated(w, n); }

static int64_t for_determinant(const td_application *f) { return determinant_scratch(columns_of(f, 0)); }

static void det(const td_application *f, int64_t i)
{
    int64_t n = columns_of(f, 0);
    *result_of(f, i) = determinant(copied(scratch(f, i), part_of(f, 0, i), n * n), n);
}

/* sign, log of the size */
static void slogdet(const td_application *f, int64_t i)
{
    int64_t n = columns_of(f, 0);
    num d = determinant(copied(scratch(f, i), part_of(f, 0, i), n * n), n), *y = result_of(f, i);
    num positive = verdict(d, num_of(0), false, false, true, true), negative = verdict(d, num_of(0), true, false, false,
                                                                                       false);
    y[0] = num_sub(positive, negative);
    y[1] = num_log(num_order(d, num_of(0)) == TIE ? d : magnitude(d));      /* its slopes are infinite there, |d|'s 0 */
}

/* Of a negative one a NaN, which is a constant. */
static void logdet(const td_application *f, int64_t i)
{
    int64_t n = columns_of(f, 0);
    num d = determinant(copied(scratch(f, i), part_of(f, 0, i), n * n), n), log = num_log(d);
    *result_of(f, i) = num_order(d, num_of(0)) == LESS ? num_choose(num_of(NAN), log) : log;
}

/* Whose row stands in a row's place: operand `of`'s; in those that nobody took, a's. */
typedef struct borrowed {
    int64_t             row;
    int                 of;
    const struct borrowed *before;
} borrowed;

static int owner(const borrowed *t, int64_t row)
{
    while (t && t->row != row) t = t->before;
    return t ? t->of : 0;
}

/* (-1)^(i + j) times the determinant without row i and column j */
static num signed_minor(const td_application *f, int64_t piece, int64_t i, int64_t j, const borrowed *t)
{
    int64_t n = columns_of(f, 0), to = 0;
    num *w = scratch(f, piece);
    for (int64_t r = 0; r < n; r++)
        for (int64_t c = 0; c < n; c++)
            if (r != i && c != j) w[to++] = part_of(f, owner(t, r), piece)[r * n + c];
    num d = determinant(w, n - 1);
    return (i + j) % 2 ? num_neg(d) : d;
}

/* det is linear in each row: its derivative along g1, g2, .. is a sum over all ways to put, for each of them, its row in the
 * place of one of a's.  Here the sum over those of the operands from `next` on. */
static num sum_of_ways(const td_application *f, int64_t piece, int64_t i, int64_t j, const borrowed *t, int next)
{
    if (next == f->n_in) return signed_minor(f, piece, i, j, t);
    num s = num_of(0);
    for (int64_t r = 0; r < columns_of(f, 0); r++)
        if (r != i && !owner(t, r)) s = num_add(s, sum_of_ways(f, piece, i, j, &(borrowed){r, next, t}, next + 1));
    return s;
}

/* list[0]: of a singular matrix the cofactors, turned, over 0. */
static void inverse_of(const td_application *f, int64_t piece)
{
    int64_t n = columns_of(f, 0);
    const num *a = part_of(f, 0, piece);
    num *y = result_of(f, piece), *room = scratch(f, piece);
    bool singular = false;
    solve_system(a, NULL, n, n, y, room);
    for (int64_t i = 0; i < n; i++) singular = singular || is_zero(room[i * (2 * n + 1)]);
    for (int64_t k = 0; k < n * n && singular && f->attr->n_list && f->attr->list[0]; k++) {
        y[k] = num_div(num_constant(signed_minor(f, piece, k % n, k / n, NULL)), num_of(0));
        for (int64_t j = 0; j < n * n; j++) y[k] = num_obscured(y[k], a[j]);
    }
}

static int64_t for_inverse(const td_application *f) { return augmented(f) + for_determinant(f); }

/* The slope in a_ij of det's derivative along all operands but the first; the cofactor where there are no others. */
static void cofactor(const td_application *f, int64_t piece)
{
    int64_t n = columns_of(f, 0);
    for (int64_t k = 0; k < n * n; k++) result_of(f, piece)[k] = sum_of_ways(f, piece, k / n, k % n, NULL, 1);
}

/* ---- what has no result ------------------------------------------------------------------------------------------- */

/* A number on the diagonal is no root of a positive one. */
static td_status not_positive(const td_application *f)
{
    int64_t n = columns_of(f, 0);
    for (int64_t i = 0; i < f->shape->numel; i++)
        if (i % (n * n) % (n + 1) == 0 && !(num_value(result(f)[i]) > 0))
            return td_fail(f->context, TD_EDOMAIN, "%s: the leading minor of order %lld is not positive", f->op->name,
                           (long long)(i % (n * n) / (n + 1) + 1));
    return TD_OK;
}

/* Something was divided by 0. */
static td_status singular(const td_application *f)
{
    bool lenient = f->attr->n_list && f->attr->list[0], finite = true;
    for (int k = 0; k < f->n_in; k++)
        for (int64_t i = 0; i < f->in[k].shape->numel; i++) finite = finite && isfinite(num_value(operand(f, k)[i]));
    for (int64_t i = 0; finite && !lenient && i < f->shape->numel; i++)
        if (!isfinite(num_value(result(f)[i]))) return td_fail(f->context, TD_EDOMAIN, "%s: singular", f->op->name);
    return TD_OK;
}

static const definition
    define_cholesky = {.piece = cholesky, .pieces = matrices, .normwise = MATRIX, .refuses = not_positive},
    define_solve_triangular = {.piece = solve_triangular, .pieces = matrices},
    define_cholesky_solve = {.piece = cholesky_solve, .pieces = matrices},
    define_cholesky_inverse = {.piece = cholesky_inverse, .pieces = matrices},
    define_solve = {.piece = solve, .pieces = matrices, .scratch = augmented, .normwise = MATRIX, .refuses = singular},
    define_inv = {.piece = inverse_of, .pieces = matrices, .scratch = for_inverse, .normwise = MATRIX, .refuses = singular},
    define_lu = {.piece = lu, .pieces = matrices, .scratch = one_matrix, .normwise = MATRIX},
    define_pivot_rows = {.piece = pivot_rows, .pieces = matrices, .direct = true},
    define_lu_solve = {.piece = lu_solve, .pieces = matrices},
    define_det = {.piece = det, .pieces = matrices, .scratch = for_determinant, .normwise = MATRIX},
    define_slogdet = {.piece = slogdet, .pieces = matrices, .scratch = for_determinant, .normwise = MATRIX},
    define_logdet = {.piece = logdet, .pieces = matrices, .scratch = for_determinant, .normwise = MATRIX},
    define_cofactor = {.piece = cofactor, .pieces = matrices, .scratch = for_determinant, .normwise = MATRIX},
    define_cofactor_adj = {.piece = cofactor, .pieces = matrices, .scratch = for_determinant, .normwise = MATRIX};
