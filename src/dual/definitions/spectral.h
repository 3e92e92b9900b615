/* spectral.h: orthogonal factors, eigenvalues, and functions of matrices.
 *
 * Eigenvalues by Jacobi's rotations, which go on until the values off the diagonal have vanished and two sweeps beyond, for
 * derivatives follow a sweep behind; singular values as the roots of the eigenvalues of a^T a.
 *
 * Where eigenvalues are equal their vectors are anybody's choice and have no slopes; where a is not of full rank nor has
 * what is divided by a singular value. There a definition says that nothing is known. */

/* The root of a sum of squares, which has no slope at 0. */
static num root_of(num squares)
{
    num square = floored(squares, 0);
    return is_zero(square) ? num_obscured(num_of(0), squares) : num_root(square);
}

/* ---- Gram and Schmidt --------------------------------------------------------------------------------------------- */

/* The first columns of a made orthogonal one by one (Q in m rows, R^T in n rows below), R's diagonal positive; then R =
 * Q^T a. What a column that depends on those before it adds to Q is anybody's choice. */
static void qr(const td_application *f, int64_t piece)
{
    int64_t m = rows_of(f, 0), n = columns_of(f, 0), k = m < n ? m : n;
    const num *a = part_of(f, 0, piece);
    num *q = result_of(f, piece), *r = q + m * k;
    for (int64_t j = 0; j < n; j++) {
        num *v = scratch(f, piece);
        for (int64_t i = 0; i < m; i++) v[i] = a[i * n + j];
        for (int64_t i = 0; i < k; i++) r[j * k + i] = num_of(0);
        for (int64_t i = 0; i < j && i < k; i++) {
            num s = inner_product(q + i, k, v, 1, m);
            r[j * k + i] = s;
            for (int64_t l = 0; l < m; l++) v[l] = num_sub(v[l], num_mul(s, q[l * k + i]));
        }
        if (j >= k) continue;
        num length = root_of(inner_product(v, 1, v, 1, m));
        r[j * k + j] = length;
        for (int64_t l = 0; l < m; l++)
            q[l * k + j] = is_zero(length) ? guessed_from(0, a, m * n) : num_div(v[l], length);
    }
}

static int64_t one_column(const td_application *f) { return rows_of(f, 0); }

/* ---- Jacobi ------------------------------------------------------------------------------------------------------- */

enum { MOST_SWEEPS = 40 };

/* Columns (or rows) p and q: c x - s y, s x + c y */
static void turn(num *x, int64_t n, int64_t step, num *y, num c, num s)
{
    for (int64_t i = 0; i < n; i++) {
        num u = x[i * step], v = y[i * step];
        x[i * step] = num_sub(num_mul(c, u), num_mul(s, v));
        y[i * step] = num_add(num_mul(s, u), num_mul(c, v));
    }
}

/* Equals on the diagonal and 0 between them: the axes might be any two, or change places, as soon as `off` or the
 * difference d moves; values keep a slope that is right for what does not depend on how equals are told apart. */
static void leave_equals(num *a, num *v, int64_t n, int64_t p, int64_t q, num off, num d)
{
    a[p * (n + 1)] = num_bent(num_bent(a[p * (n + 1)], off), d);
    a[q * (n + 1)] = num_bent(num_bent(a[q * (n + 1)], off), d);
    for (int64_t i = 0; i < n; i++) {
        v[i * n + p] = num_obscured(num_obscured(v[i * n + p], off), d);
        v[i * n + q] = num_obscured(num_obscured(v[i * n + q], off), d);
    }
}

/* Rounding decides whether they are equal.  What is between them is left out, which moves no eigenvalue by more than its
 * size (H. Weyl, 1912), nor a slope by more than its slope's; which vector is whose nobody can tell. */
static void leave_close(num *a, num *v, int64_t n, int64_t p, int64_t q, num off, num d)
{
    num first = a[p * (n + 1)], second = a[q * (n + 1)];
    a[p * (n + 1)] = num_either(first, second);
    a[q * (n + 1)] = num_either(second, first);
    for (int64_t i = 0; i < n; i++) {
        num x = a[i * (n + 1)];
        x = num_either(num_either(x, num_add(x, off)), num_sub(x, off));
        a[i * (n + 1)] = num_bent(num_bent(x, off), d);
        v[i * n + p] = num_obscured(guessed(num_value(v[i * n + p]), off), d);
        v[i * n + q] = num_obscured(guessed(num_value(v[i * n + q]), off), d);
    }
    a[p * n + q] = a[q * n + p] = num_of(0);
}

static bool may_be_zero(num x)
{
    enum order o = num_order(x, num_of(0));
    return o == TIE || o == UNSURE;
}

/* 1 / sqrt(1 + t^2), which begins 1 - t^2 / 2 */
static num cosine_of(num t)
{
    num square = num_mul(t, t);
    if (is_zero(t)) return num_sub(num_of(1), num_mul(num_of(0.5), square));
    return num_div(num_of(1), num_sqrt(num_add(num_of(1), square)));
}

/* Axes p and q of a, and columns of v, by the smaller angle whose tangent t solves t^2 + t d / off - 1 = 0. */
static void jacobi_rotation(num *a, num *v, int64_t n, int64_t p, int64_t q)
{
    num off = a[p * n + q], d = num_sub(a[q * (n + 1)], a[p * (n + 1)]), twice = num_mul(num_of(2), off);
    if (may_be_zero(off) && may_be_zero(d)) {
        (is_zero(off) ? leave_equals : leave_close)(a, v, n, p, q, off, d);
        return;
    }
    num root = num_sqrt(num_add(num_mul(d, d), num_mul(twice, twice)));
    num t = num_div(twice, num_value(d) < 0 ? num_sub(d, root) : num_add(d, root));
    num c = cosine_of(t), s = num_mul(t, c);
    turn(a + p * n, n, 1, a + q * n, c, s);
    turn(a + p, n, n, a + q, c, s);
    turn(v + p, n, n, v + q, c, s);
    a[p * n + q] = a[q * n + p] = num_of(0);      /* that is what t is for */
}

static double off_diagonal(const num *a, int64_t n)
{
    double s = 0;
    for (int64_t i = 0; i < n * n; i++) if (i % (n + 1)) s += fabs(num_value(a[i]));
    return s;
}

/* The symmetric a becomes diagonal, v its eigenvectors, in columns. */
static void jacobi(num *a, num *v, int64_t n)
{
    double whole = off_diagonal(a, n);
    for (int64_t i = 0; i < n; i++) whole += fabs(num_value(a[i * (n + 1)]));
    set_identity(v, n);
    for (int sweep = 0, more = 2; sweep < MOST_SWEEPS && more > 0; sweep++) {
        if (!(off_diagonal(a, n) > 0x1p-100 * whole)) more--;
        for (int64_t p = 0; p < n; p++)
            for (int64_t q = p + 1; q < n; q++) jacobi_rotation(a, v, n, p, q);
    }
}

static void exchange_pairs(num *a, num *v, int64_t n, int64_t i, int64_t j)
{
    num kept = a[i * (n + 1)];
    a[i * (n + 1)] = a[j * (n + 1)];
    a[j * (n + 1)] = kept;
    for (int64_t k = 0; k < n; k++) {
        kept = v[k * n + i];
        v[k * n + i] = v[k * n + j];
        v[k * n + j] = kept;
    }
}

/* By value, from the least on or from the largest. */
static void sort_pairs(num *a, num *v, int64_t n, bool down)
{
    for (int64_t i = 0; i < n; i++)
        for (int64_t j = i; j > 0; j--) {
            double before = num_value(a[(j - 1) * (n + 1)]), here = num_value(a[j * (n + 1)]);
            if (down ? !(before < here) : !(before > here)) break;
            exchange_pairs(a, v, n, j - 1, j);
        }
}

/* 1, or -1 if the first of the largest numbers is negative; either where rounding decides which of two that is. */
static num direction(const num *v, int64_t n, int64_t step)
{
    int64_t at = 0;
    bool sure = true;
    for (int64_t i = 1; i < n; i++) if (fabs(num_value(v[i * step])) > fabs(num_value(v[at * step]))) at = i;
    double sign = n > 0 && num_value(v[at * step]) < 0 ? -1 : 1;
    for (int64_t i = 0; i < n; i++) {
        bool rival = i == at || num_order(magnitude(v[i * step]), magnitude(v[at * step])) == UNSURE;
        enum order side = num_order(v[i * step], num_of(0));
        sure = sure && !(rival && (side == UNSURE || side == (sign < 0 ? MORE : LESS)));
    }
    return sure ? num_of(sign) : num_either(num_of(sign), num_of(-sign));
}

static num *symmetric_part(num *w, const num *a, int64_t n)
{
    for (int64_t i = 0; i < n; i++)
        for (int64_t j = 0; j < n; j++) w[i * n + j] = half_sum(a[i * n + j], a[j * n + i]);
    return w;
}

static void eigen(const td_application *f, int64_t piece, bool vectors)
{
    int64_t n = columns_of(f, 0);
    num *w = symmetric_part(scratch(f, piece), part_of(f, 0, piece), n), *v = w + n * n, *y = result_of(f, piece);
    jacobi(w, v, n);
    sort_pairs(w, v, n, false);
    for (int64_t j = 0; j < n; j++) {
        num sign = direction(v + j, n, n);
        y[j] = w[j * (n + 1)];
        for (int64_t i = 0; i < n && vectors; i++) y[(1 + i) * n + j] = num_mul(sign, v[i * n + j]);
    }
}

static void eigh(const td_application *f, int64_t piece) { eigen(f, piece, true); }
static void eigvalsh(const td_application *f, int64_t piece) { eigen(f, piece, false); }

/* The product of a (m, n) with its transpose, on the short side. */
static void short_product(const num *a, int64_t m, int64_t n, num *w)
{
    bool wide = m < n;
    int64_t k = wide ? m : n;
    for (int64_t i = 0; i < k; i++)
        for (int64_t j = 0; j < k; j++)
            w[i * k + j] = wide ? inner_product(a + i * n, 1, a + j * n, 1, n) : inner_product(a + i, n, a + j, n, m);
}

/* Singular values on w's diagonal, and of the short side's vectors the columns of v. */
static num *singular_values(const td_application *f, int64_t piece)
{
    int64_t m = rows_of(f, 0), n = columns_of(f, 0), k = m < n ? m : n;
    num *w = scratch(f, piece), *v = w + k * k;
    short_product(part_of(f, 0, piece), m, n, w);
    jacobi(w, v, k);
    sort_pairs(w, v, k, true);
    for (int64_t j = 0; j < k; j++) w[j * (k + 1)] = root_of(w[j * (k + 1)]);
    return w;
}

/* A vector of the long side: a's row or column times v, over s.  Of 0 it is anybody's choice. */
static num over_value(const td_application *f, int64_t piece, num product, num s)
{
    return is_zero(s) ? guessed_from(0, part_of(f, 0, piece), one_matrix(f)) : num_div(product, s);
}

/* u = a v / s, or of a wide a v = a^T u / s */
static void svd(const td_application *f, int64_t piece)
{
    int64_t m = rows_of(f, 0), n = columns_of(f, 0), k = m < n ? m : n;
    const num *a = part_of(f, 0, piece), *w = singular_values(f, piece), *near = w + k * k;
    num *u = result_of(f, piece), *values = u + m * k, *v = values + k;
    for (int64_t j = 0; j < k; j++) {
        values[j] = w[j * (k + 1)];
        for (int64_t i = 0; i < m; i++)
            u[i * k + j] = m < n ? near[i * k + j]
                                 : over_value(f, piece, inner_product(a + i * n, 1, near + j, k, n), values[j]);
        for (int64_t i = 0; i < n; i++)
            v[i * k + j] = m >= n ? near[i * k + j]
                                  : over_value(f, piece, inner_product(a + i, n, near + j, k, m), values[j]);
        num sign = direction(u + j, m, k);
        for (int64_t i = 0; i < m; i++) u[i * k + j] = num_mul(sign, u[i * k + j]);
        for (int64_t i = 0; i < n; i++) v[i * k + j] = num_mul(sign, v[i * k + j]);
    }
}

static int64_t short_side(const td_application *f)
{
    return rows_of(f, 0) < columns_of(f, 0) ? rows_of(f, 0) : columns_of(f, 0);
}

static void svdvals(const td_application *f, int64_t piece)
{
    int64_t k = short_side(f);
    const num *w = singular_values(f, piece);
    for (int64_t j = 0; j < k; j++) result_of(f, piece)[j] = w[j * (k + 1)];
}

static void nuclear_norm(const td_application *f, int64_t piece)
{
    int64_t k = short_side(f);
    const num *w = singular_values(f, piece);
    num s = num_of(0);
    for (int64_t j = 0; j < k; j++) s = num_add(s, w[j * (k + 1)]);
    *result_of(f, piece) = s;
}

/* The largest on w's diagonal, or the least; equals share the slope. */
static num extreme_value(const num *w, int64_t k, bool most)
{
    group g = {.x = w, .n = k, .rank = 1, .size = {k}, .stride = {k + 1}};
    return most ? shared_largest(&g, plain) : num_neg(shared_largest(&g, negated));
}

static void spectral_norm(const td_application *f, int64_t piece)
{
    *result_of(f, piece) = extreme_value(singular_values(f, piece), short_side(f), f->attr->a > 0);
}

/* Of the largest singular value; up to it one counts as 0. */
static double negligible_share(const td_application *f)
{
    int64_t m = rows_of(f, 0), n = columns_of(f, 0);
    return (double)(m > n ? m : n) * (f->in[0].dtype == TD_F32 ? 0x1p-23 : 0x1p-52);
}

static void matrix_rank(const td_application *f, int64_t piece)
{
    int64_t k = short_side(f);
    const num *w = singular_values(f, piece);
    double share = f->attr->a > 0 ? f->attr->a : negligible_share(f);
    num rank = num_of(0);
    for (int64_t j = 0; j < k; j++)
        rank = num_add(rank, verdict(w[j * (k + 1)], num_mul(num_of(share), w[0]), false, false, true, false));
    *result_of(f, piece) = rank;
}

static int64_t two_squares(const td_application *f) { return 2 * short_side(f) * short_side(f); }

/* ---- pseudo-inverse, least squares: of full rank by the normal equations --------------------------------------------- */

/* (a^T a)^-1, or of a wide a  (a a^T)^-1, after what it is the inverse of; false where a pivot is 0. */
static bool normal_inverse(const td_application *f, int64_t piece, num *w)
{
    int64_t k = short_side(f);
    num *inverse = w + k * k, *room = inverse + k * k;
    bool regular = true;
    short_product(part_of(f, 0, piece), rows_of(f, 0), columns_of(f, 0), w);
    solve_system(w, NULL, k, k, inverse, room);
    for (int64_t i = 0; i < k; i++) regular = regular && !is_zero(room[i * (2 * k + 1)]);
    return regular;
}

/* (a^T a)^-1 a^T, or of a wide a  a^T (a a^T)^-1 */
static void normal_solution(const td_application *f, int64_t piece, const num *inverse, num *y)
{
    int64_t m = rows_of(f, 0), n = columns_of(f, 0);
    const num *a = part_of(f, 0, piece);
    for (int64_t i = 0; i < n; i++)
        for (int64_t r = 0; r < m; r++)
            y[i * m + r] = m < n ? inner_product(a + i, n, inverse + r, m, m)
                                 : inner_product(inverse + i * n, 1, a + r * n, 1, n);
}

static void lstsq(const td_application *f, int64_t i)
{
    int64_t m = rows_of(f, 0), n = columns_of(f, 0), columns = columns_of(f, 1), k = short_side(f);
    num *w = scratch(f, i), *solution = w + 4 * k * k;
    const num *b = part_of(f, 1, i);
    bool regular = normal_inverse(f, i, w);
    normal_solution(f, i, w + k * k, solution);
    for (int64_t j = 0; j < n * columns; j++) {
        num x = inner_product(solution + j / columns * m, 1, b + j % columns, columns, m);
        if (!regular) x = num_obscured(guessed_from(0, part_of(f, 0, i), m * n), guessed_from(0, b, m * columns));
        result_of(f, i)[j] = x;
    }
}

/* How many singular values, on w's diagonal, are above that share of the largest; -1: rounding decides. */
static int64_t count_above(const num *w, int64_t k, double share)
{
    int64_t rank = 0;
    for (int64_t j = 0; j < k; j++) {
        enum order o = num_order(w[j * (k + 1)], num_mul(num_of(share), w[0]));
        if (o == UNSURE) return -1;
        rank += o == MORE || o == NONE;
    }
    return rank;
}

/* sum over the first `rank` singular values of v u^T / s, u and v being a v / s and the near vectors, or the other way
 * round.  Beside a matrix of short rank there are some whose pseudo-inverse is as large as one likes: no slopes there. */
static void pinv_of_rank(const td_application *f, int64_t piece, const num *w, int64_t rank)
{
    int64_t m = rows_of(f, 0), n = columns_of(f, 0), k = short_side(f);
    const num *a = part_of(f, 0, piece), *near = w + k * k;
    for (int64_t i = 0; i < n; i++)
        for (int64_t r = 0; r < m; r++) {
            num s = num_of(0);
            for (int64_t j = 0; j < rank; j++) {
                num far = m < n ? inner_product(a + i, n, near + j, k, m) : inner_product(a + r * n, 1, near + j, k, n);
                num value = w[j * (k + 1)], over = num_div(num_mul(far, near[(m < n ? r : i) * k + j]), value);
                s = num_add(s, num_div(over, value));
            }
            for (int64_t j = 0; j < m * n; j++) s = num_obscured(s, a[j]);
            result_of(f, piece)[i * m + r] = s;
        }
}

static num trace_of(const num *a, int64_t n)
{
    num s = num_of(0);
    for (int64_t i = 0; i < n; i++) s = num_add(s, a[i * (n + 1)]);
    return s;
}

/* Of a^T a the largest eigenvalue is at most its trace, and the least at least one over the inverse's: that is most often
 * enough to know that all singular values count. */
static void pinv(const td_application *f, int64_t piece)
{
    int64_t k = short_side(f), rank = k;
    num *w = scratch(f, piece), *inverse = w + k * k;
    double share = negligible_share(f);
    normal_inverse(f, piece, w);
    num spread = num_mul(num_of(share * share), num_mul(trace_of(w, k), trace_of(inverse, k)));
    normal_solution(f, piece, inverse, result_of(f, piece));
    if (num_order(spread, num_of(1)) == LESS) return;
    rank = count_above(singular_values(f, piece), k, share);
    if (rank >= 0 && rank < k) pinv_of_rank(f, piece, w, rank);
    for (int64_t i = 0; i < one_matrix(f) && rank < 0; i++)
        result_of(f, piece)[i] = guessed_from(0, part_of(f, 0, piece), one_matrix(f));
}

/* Two squares, and room to invert one; what a multiplies b by. */
static int64_t for_least_squares(const td_application *f)
{
    int64_t k = short_side(f);
    return 4 * k * k + one_matrix(f);
}

/* ---- powers and the exponential ------------------------------------------------------------------------------------- */

static void square_product(const num *a, const num *b, int64_t n, num *to)
{
    for (int64_t i = 0; i < n; i++)
        for (int64_t j = 0; j < n; j++) to[i * n + j] = inner_product(a + i * n, 1, b + j, n, n);
}

/* a a .. a, or of a negative power of the inverse */
static void matrix_power(const td_application *f, int64_t piece)
{
    int64_t n = columns_of(f, 0), power = f->attr->list[0];
    const num *a = part_of(f, 0, piece);
    num *y = result_of(f, piece), *w = scratch(f, piece), *base = w + n * n, *room = base + n * n;
    if (power < 0) solve_system(a, NULL, n, n, base, room);
    else copied(base, a, n * n);
    set_identity(y, n);
    for (int64_t k = 0; k < (power < 0 ? -power : power); k++) {
        square_product(y, base, n, w);
        copied(y, w, n * n);
    }
}

static int64_t four_squares(const td_application *f) { return 4 * columns_of(f, 0) * columns_of(f, 0); }

/* sum a^k / k! of a / 2^h, squared h times; h makes the sum of sizes less than 1/2 */
static void matrix_exp(const td_application *f, int64_t piece)
{
    enum { TERMS = 30 };
    int64_t n = columns_of(f, 0);
    const num *a = part_of(f, 0, piece);
    num *y = result_of(f, piece), *term = scratch(f, piece), *next = term + n * n, *base = next + n * n;
    double size = 0;
    int halvings = 0;
    for (int64_t i = 0; i < n * n; i++) size += fabs(num_value(a[i]));
    while (size > 0.5 && halvings < 1000) size /= 2, halvings++;
    for (int64_t i = 0; i < n * n; i++) base[i] = num_mul(num_of(ldexp(1, -halvings)), a[i]);
    set_identity(y, n);
    set_identity(term, n);
    for (int k = 1; k <= TERMS; k++) {
        square_product(term, base, n, next);
        for (int64_t i = 0; i < n * n; i++) {
            term[i] = num_div(next[i], num_of(k));
            y[i] = num_add(y[i], term[i]);
        }
    }
    for (; halvings > 0; halvings--) {
        square_product(y, y, n, next);
        copied(y, next, n * n);
    }
}

/* ---- condition: the norm of a times that of its inverse -------------------------------------------------------------- */

/* The largest (or least) sum of sizes of a column, or of a row. */
static num norm_of_sums(const num *a, int64_t n, bool rows, bool most)
{
    num best = num_of(0);
    for (int64_t i = 0; i < n; i++) {
        num s = num_of(0);
        for (int64_t j = 0; j < n; j++) s = num_add(s, magnitude(rows ? a[i * n + j] : a[j * n + i]));
        best = i == 0 ? s : most ? larger(best, s) : num_neg(larger(num_neg(best), num_neg(s)));
    }
    return best;
}

static void cond(const td_application *f, int64_t piece)
{
    int64_t n = columns_of(f, 0), k = short_side(f);
    double p = f->attr->a;
    if (fabs(p) == 2) {
        const num *w = singular_values(f, piece);
        num most = extreme_value(w, k, true), least = extreme_value(w, k, false);
        *result_of(f, piece) = p > 0 ? num_div(most, least) : num_div(least, most);
        return;
    }
    num *inverse = scratch(f, piece);
    solve_system(part_of(f, 0, piece), NULL, n, n, inverse, inverse + n * n);
    *result_of(f, piece) = num_mul(norm_of_sums(part_of(f, 0, piece), n, isinf(p), p > 0), norm_of_sums(inverse, n,
                                                                                                        isinf(p), p > 0));
}

static const definition
    define_qr = {.piece = qr, .pieces = matrices, .scratch = one_column, .normwise = MATRIX},
    define_lstsq = {.piece = lstsq, .pieces = matrices, .scratch = for_least_squares, .normwise = MATRIX},
    define_eigh = {.piece = eigh, .pieces = matrices, .scratch = two_squares, .normwise = MATRIX},
    define_eigvalsh = {.piece = eigvalsh, .pieces = matrices, .scratch = two_squares, .normwise = MATRIX},
    define_svd = {.piece = svd, .pieces = matrices, .scratch = two_squares, .normwise = MATRIX},
    define_svdvals = {.piece = svdvals, .pieces = matrices, .scratch = two_squares, .normwise = MATRIX},
    define_nuclear_norm = {.piece = nuclear_norm, .pieces = matrices, .scratch = two_squares, .normwise = MATRIX},
    define_spectral_norm = {.piece = spectral_norm, .pieces = matrices, .scratch = two_squares, .normwise = MATRIX},
    define_matrix_rank = {.piece = matrix_rank, .pieces = matrices, .scratch = two_squares, .normwise = MATRIX},
    define_cond = {.piece = cond, .pieces = matrices, .scratch = four_squares, .normwise = MATRIX},
    define_pinv = {.piece = pinv, .pieces = matrices, .scratch = for_least_squares, .normwise = MATRIX},
    define_matrix_power = {.piece = matrix_power, .pieces = matrices, .scratch = four_squares, .normwise = MATRIX},
    define_matrix_exp = {.piece = matrix_exp, .pieces = matrices, .scratch = four_squares, .normwise = MATRIX};
