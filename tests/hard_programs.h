/* hard_programs.h: functions whose gradients are right and look wrong; hard.c alone includes it, and says where.
 *
 * Formulas of the classics: Rump's polynomial (1988), Muller's recurrence and the needle's area by Heron (Kahan, "How futile
 * are mindless assessments of roundoff", 2006), Wilkinson's polynomial (1959). */
#ifndef HARD_PROGRAMS_H
#define HARD_PROGRAMS_H

#include "hard.h"

#include <math.h>
#include <stdlib.h>

static td_tensor *at(td_tensor *x, int64_t i) { return td_select(x, 0, i); }
static td_tensor *hole(td_tensor *x, const hard *h) { return h->op ? twin_apply(h->op, x) : h->inner(x); }
static td_tensor *halve(td_tensor *x) { return td_mul_scalar(x, 0.5); }

/* a + b x */
static td_tensor *line(double a, double b, td_tensor *x) { return td_add_scalar(td_mul_scalar(x, b), a); }

/* ---- one op, at hard places --------------------------------------------------------------------------------------- */

static td_tensor *each(td_tensor *x, const hard *h) { return hole(x, h); }
static td_tensor *offset(td_tensor *x, const hard *h) { return td_add_scalar(hole(x, h), h->a); }
static td_tensor *total(td_tensor *x, const hard *h) { return td_mul_scalar(td_sum(hole(x, h)), h->a); }
static td_tensor *power(td_tensor *x, const hard *h) { return td_pow_scalar(hole(x, h), h->a); }
static td_tensor *frequent(td_tensor *x, const hard *h) { return hole(td_mul_scalar(x, h->a), h); }
static td_tensor *self_power(td_tensor *x, const hard *h) { return td_pow(x, hole(x, h)); }
static td_tensor *distance(td_tensor *x, const hard *h) { return td_norm(hole(x, h), h->a); }
static td_tensor *there_and_back(td_tensor *x, const hard *h)
{
    return td_to(hole(td_to(td_add_scalar(x, h->a), TD_F32), h), td_dtype_of(x));
}

/* x, and a + x in single precision: on a stair of the one only the other moves. */
static td_tensor *beside_stairs(td_tensor *x, const hard *h)
{
    td_tensor *stairs = td_to(h->a != 0 ? td_add_scalar(x, h->a) : x, TD_F32);
    return td_add(hole(x, h), td_to(stairs, td_dtype_of(x)));
}

static td_tensor *copy(td_tensor *x) { return td_mul_scalar(x, 1); }
static td_tensor *softmax(td_tensor *x) { return td_softmax(x, 0); }
static td_tensor *log_softmax(td_tensor *x) { return td_log_softmax(x, 0); }
static td_tensor *layer_norm(td_tensor *x) { return td_layer_norm(x, 1, NULL, NULL, 1e-5); }
static td_tensor *norm(td_tensor *x) { return td_norm(x, 2); }
static td_tensor *largest_square(td_tensor *x) { return td_amax(td_square(x)); }
static td_tensor *variance(td_tensor *x) { return td_var(x, 1); }
static td_tensor *cube_root_of_squares(td_tensor *x) { return td_pow_scalar(td_square(x), 1.0 / 3); }

/* ---- cancellation ------------------------------------------------------------------------------------------------- */

static td_tensor *over_itself(td_tensor *x, const hard *h) { return td_div(hole(x, h), x); }
static td_tensor *less_itself(td_tensor *x, const hard *h) { return td_sub(hole(x, h), x); }
static td_tensor *less_sine(td_tensor *x, const hard *h) { return td_sub(x, hole(x, h)); }
static td_tensor *versine(td_tensor *x, const hard *h) { return td_div(td_rsub(1, hole(x, h)), td_square(x)); }
static td_tensor *exp_less_one(td_tensor *x, const hard *h) { return td_div(td_add_scalar(hole(x, h), -1), x); }
static td_tensor *relative(td_tensor *x, const hard *h) { return td_div(hole(x, h), x); }
static td_tensor *two_sides(td_tensor *x, const hard *h) { return td_add(hole(x, h), hole(td_neg(x), h)); }
static td_tensor *odd_part(td_tensor *x, const hard *h) { return td_sub(td_sub(hole(x, h), hole(td_neg(x), h)), x); }
static td_tensor *exp_of_log(td_tensor *x, const hard *h) { return td_sub(td_exp(hole(x, h)), x); }
static td_tensor *absorbed(td_tensor *x, const hard *h) { return td_add_scalar(td_add_scalar(hole(x, h), h->a), -h->a); }

static td_tensor *pythagoras(td_tensor *x, const hard *h)
{
    return td_add(td_square(hole(x, h)), td_square(td_cos(x)));
}

/* exp of a sum of terms +-a each, of which almost nothing is left */
static td_tensor *ill_conditioned_sum(td_tensor *x, const hard *h)
{
    double *w = malloc((size_t)h->n * sizeof *w);
    if (!w) return x;
    for (int64_t i = 0; i < h->n; i++) w[i] = (i % 2 ? -h->a : h->a) * (1 + (double)(i / 2 % 7));
    td_tensor *weight = td_to(td_array(td_context_of(x), TD_F64, 1, &h->n, w), td_dtype_of(x));
    free(w);
    return td_exp(td_sum(td_mul(hole(x, h), weight)));
}

/* exp(-x) by its series */
static td_tensor *alternating_series(td_tensor *x, const hard *h)
{
    td_tensor *term = td_add_scalar(td_mul_scalar(x, 0), 1), *sum = term;
    for (int k = 1; k < (int)h->a; k++) sum = td_add(sum, term = td_mul_scalar(td_mul(term, x), -1.0 / k));
    return sum;
}

/* (x - 1)^7, multiplied out */
static td_tensor *expanded(td_tensor *x, const hard *h)
{
    static const double c[] = {1, -7, 21, -35, 35, -21, 7, -1};
    td_tensor *y = line(c[1], c[0], x);
    for (int k = 2; k < 8; k++) y = td_add_scalar(td_mul(y, x), c[k]);
    return td_mul_scalar(y, h->a);
}

/* (x - 1) (x - 2) ... (x - 20) */
static td_tensor *wilkinson(td_tensor *x, const hard *h)
{
    td_tensor *y = td_add_scalar(x, -1);
    for (int k = 2; k <= (int)h->a; k++) y = td_mul(y, td_add_scalar(x, -k));
    return y;
}

/* 333.75 b^6 + a^2 (11 a^2 b^2 - b^6 - 121 b^4 - 2) + 5.5 b^8 + a / (2 b) */
static td_tensor *rump(td_tensor *x, const hard *h)
{
    td_tensor *a = at(x, 0), *b = at(x, 1), *a2 = td_square(a), *b2 = td_square(b), *b4 = td_square(b2);
    td_tensor *b6 = td_mul(b4, b2);
    td_tensor *inner = td_sub(td_sub(td_mul_scalar(td_mul(a2, b2), 11), b6), line(2, 121, b4));
    td_tensor *y = td_add(td_mul_scalar(b6, 333.75), td_mul(a2, inner));
    return td_mul_scalar(td_add(td_add(y, td_mul_scalar(td_square(b4), 5.5)), halve(td_div(a, b))), h->a);
}

/* the root of x^2 + b x + c that is nearly lost: (-b + sqrt(b^2 - 4c)) / 2 */
static td_tensor *small_root(td_tensor *x, const hard *h)
{
    td_tensor *b = at(x, 0), *c = at(x, 1);
    return halve(td_sub(hole(td_sub(td_square(b), td_mul_scalar(c, 4)), h), b));
}

/* the same, as 2c / (-b - sqrt(b^2 - 4c)) */
static td_tensor *stable_root(td_tensor *x, const hard *h)
{
    td_tensor *b = at(x, 0), *c = at(x, 1), *root = hole(td_sub(td_square(b), td_mul_scalar(c, 4)), h);
    return td_div(td_mul_scalar(c, -2), td_add(b, root));
}

/* Heron's formula for the area of a triangle */
static td_tensor *heron(td_tensor *x, const hard *h)
{
    td_tensor *s = halve(td_sum(x)), *y = s;
    for (int i = 0; i < 3; i++) y = td_mul(y, td_sub(s, at(x, i)));
    return hole(y, h);
}

/* mean of squares less square of mean */
static td_tensor *naive_variance(td_tensor *x, const hard *h)
{
    return td_sub(td_mean(hole(x, h)), td_square(td_mean(x)));
}

/* ---- elimination: x is a square matrix, row by row ---------------------------------------------------------------- */

enum { MOST_ROWS = 5 };

static int64_t rows_of(const hard *h) { return (int64_t)lround(h->a); }

/* m + D, m the Hilbert matrix: x is the difference, so that numbers as ill-conditioned as m's fit a table */
static void spread(td_tensor *x, int64_t n, td_tensor *m[MOST_ROWS][MOST_ROWS])
{
    for (int64_t i = 0; i < n * n; i++) m[i / n][i % n] = td_add_scalar(at(x, i), 1 / (double)(i / n + i % n + 1));
}

/* Rows below k lose their column k; the pivots stay on the diagonal. */
static void eliminate(td_tensor *m[MOST_ROWS][MOST_ROWS], int64_t n, td_tensor *right[MOST_ROWS])
{
    for (int64_t k = 0; k < n; k++) {
        for (int64_t i = k + 1; i < n; i++) {
            td_tensor *q = td_div(m[i][k], m[k][k]);
            for (int64_t j = k + 1; j < n; j++) m[i][j] = td_sub(m[i][j], td_mul(q, m[k][j]));
            if (right) right[i] = td_sub(right[i], td_mul(q, right[k]));
        }
    }
}

static td_tensor *determinant(td_tensor *x, const hard *h)
{
    td_tensor *m[MOST_ROWS][MOST_ROWS], *y;
    int64_t    n = rows_of(h);
    spread(x, n, m);
    eliminate(m, n, NULL);
    y = m[0][0];
    for (int64_t k = 1; k < n; k++) y = td_mul(y, m[k][k]);
    return y;
}

static td_tensor *log_determinant(td_tensor *x, const hard *h)
{
    td_tensor *m[MOST_ROWS][MOST_ROWS], *y;
    int64_t    n = rows_of(h);
    spread(x, n, m);
    eliminate(m, n, NULL);
    y = hole(m[0][0], h);
    for (int64_t k = 1; k < n; k++) y = td_add(y, hole(m[k][k], h));
    return y;
}

/* m^-1 (1, ..., 1) */
static td_tensor *solution(td_tensor *x, const hard *h)
{
    td_tensor *m[MOST_ROWS][MOST_ROWS], *y[MOST_ROWS];
    int64_t    n = rows_of(h);
    spread(x, n, m);
    for (int64_t i = 0; i < n; i++) y[i] = td_add_scalar(td_mul_scalar(at(x, 0), 0), 1);
    eliminate(m, n, y);
    for (int64_t i = n; i-- > 0;) {
        for (int64_t j = i + 1; j < n; j++) y[i] = td_sub(y[i], td_mul(m[i][j], y[j]));
        y[i] = td_div(y[i], m[i][i]);
    }
    return td_stack((int)n, y, 0);
}

/* 2 sum log l_ii, m = l l^T */
static td_tensor *cholesky(td_tensor *x, const hard *h)
{
    td_tensor *m[MOST_ROWS][MOST_ROWS], *l[MOST_ROWS][MOST_ROWS], *y = NULL;
    int64_t    n = rows_of(h);
    spread(x, n, m);
    for (int64_t j = 0; j < n; j++) {
        for (int64_t i = j; i < n; i++) {
            td_tensor *s = m[i][j];
            for (int64_t k = 0; k < j; k++) s = td_sub(s, td_mul(l[i][k], l[j][k]));
            l[i][j] = i == j ? hole(s, h) : td_div(s, l[j][j]);
        }
        y = y ? td_add(y, td_log(l[j][j])) : td_log(l[j][j]);
    }
    return td_mul_scalar(y, 2);
}

/* [[x0, x1], [x2, x3]]^-1 */
static td_tensor *inverse(td_tensor *x, const hard *h)
{
    td_tensor *det = td_sub(td_mul(at(x, 0), at(x, 3)), td_mul(at(x, 1), at(x, 2)));
    td_tensor *y[] = {at(x, 3), td_neg(at(x, 1)), td_neg(at(x, 2)), at(x, 0)};
    return td_mul(td_stack(4, y, 0), hole(det, h));
}

/* ---- iterations --------------------------------------------------------------------------------------------------- */

static td_tensor *chain(td_tensor *x, const hard *h)
{
    for (int k = 0; k < (int)h->a; k++) x = hole(x, h);
    return x;
}

static td_tensor *logistic_map(td_tensor *x, const hard *h)
{
    for (int k = 0; k < (int)h->a; k++) x = td_mul_scalar(td_mul(x, td_rsub(1, x)), 3.99);
    return x;
}

static td_tensor *henon_map(td_tensor *x, const hard *h)
{
    td_tensor *u = at(x, 0), *v = at(x, 1);
    for (int k = 0; k < (int)h->a; k++) {
        td_tensor *next = td_add(td_rsub(1, td_mul_scalar(td_square(u), 1.4)), v);
        v = td_mul_scalar(u, 0.3);
        u = next;
    }
    return td_add(u, v);
}

/* y <- y^2 + x, as long as it stays small */
static td_tensor *escape(td_tensor *x, const hard *h)
{
    td_tensor *y = td_mul_scalar(x, 0);
    for (int k = 0; k < (int)h->a; k++) y = td_add(td_where(td_lt(td_abs(y), td_full(td_context_of(x), TD_F64, 0, NULL, 4)),
                                                            td_square(y), y), x);
    return y;
}

/* u_{k+1} = 111 - 1130 / u_k + 3000 / (u_k u_{k-1}): tends to 6, and to 100 with rounding */
static td_tensor *muller(td_tensor *x, const hard *h)
{
    td_tensor *u = at(x, 0), *v = at(x, 1);
    for (int k = 0; k < (int)h->a; k++) {
        td_tensor *next = td_add(td_rsub(111, td_rdiv(1130, v)), td_rdiv(3000, td_mul(u, v)));
        u = v;
        v = next;
    }
    return v;
}

static td_tensor *newton_root(td_tensor *x, const hard *h)
{
    td_tensor *y = line(0.5, 0.5, x);
    for (int k = 0; k < (int)h->a; k++) y = halve(td_add(y, td_div(x, y)));
    return y;
}

/* Kepler's equation y - e sin y = m */
static td_tensor *kepler(td_tensor *x, const hard *h)
{
    td_tensor *e = at(x, 0), *m = at(x, 1), *y = m;
    for (int k = 0; k < (int)h->a; k++) {
        td_tensor *residue = td_sub(td_sub(y, td_mul(e, hole(y, h))), m);
        y = td_sub(y, td_div(residue, td_rsub(1, td_mul(e, td_cos(y)))));
    }
    return y;
}

/* y = cos(x y), as many times as it takes */
static td_tensor *until_it_rests(td_tensor *x, const hard *h)
{
    td_tensor *y = td_add_scalar(td_mul_scalar(x, 0), 0.5);
    double     before = 0;
    for (int k = 0; k < 100 && fabs(td_item(td_sum(y)) - before) > h->a; k++) {
        before = td_item(td_sum(y));
        y = hole(td_mul(x, y), h);
    }
    return y;
}

/* the arithmetic-geometric mean */
static td_tensor *agm(td_tensor *x, const hard *h)
{
    td_tensor *a = at(x, 0), *b = at(x, 1);
    for (int k = 0; k < (int)h->a; k++) {
        td_tensor *mean = halve(td_add(a, b));
        b = hole(td_mul(a, b), h);
        a = mean;
    }
    return a;
}

/* where 50 steps of steepest descent with momentum lead */
static td_tensor *descent(td_tensor *x, const hard *h)
{
    td_tensor *y = td_mul_scalar(x, 0), *v = y;
    for (int k = 0; k < (int)h->a; k++) {
        v = td_sub(td_mul_scalar(v, 0.9), td_mul_scalar(td_sub(y, hole(x, h)), 0.1));
        y = td_add(y, v);
    }
    return y;
}

/* ---- pieces ------------------------------------------------------------------------------------------------------- */

static td_tensor *small(td_tensor *x, double limit) { return td_lt(td_abs(x), td_mul_scalar(td_ones_like(x), limit)); }

/* x^2 / 2 within a, a |x| - a^2 / 2 beyond: smooth once where they meet */
static td_tensor *huber(td_tensor *x, const hard *h)
{
    td_tensor *far = line(-h->a * h->a / 2, h->a, hole(x, h));
    return td_where(small(x, h->a), halve(td_square(x)), far);
}

/* sin x / x; where x is small, by its series, and the other branch away from its hole */
static td_tensor *sinc(td_tensor *x, const hard *h)
{
    td_tensor *near = small(x, h->a), *safe = td_where(near, td_ones_like(x), x);
    return td_where(near, line(1, -1.0 / 6, td_square(x)), td_div(hole(safe, h), safe));
}

static td_tensor *gap(td_tensor *x, const hard *h) { return td_sub(hole(x, h), td_amin(x)); }

static td_tensor *largest_by_index(td_tensor *x, const hard *h)
{
    td_tensor *y = hole(x, h);
    return td_index_select(td_square(y), 0, td_reshape(td_argmax(y), 1, &(int64_t){1}));
}

/* Which of 3 (x_i / 3) is largest is a matter of rounding; a = 0: picked there, else added there. */
static td_tensor *place_in_doubt(td_tensor *x, const hard *h)
{
    td_tensor *key = td_mul_scalar(td_div_scalar(hole(x, h), 3), 3), *y = td_square(x);
    td_tensor *where = td_reshape(td_argmax(key), 1, &(int64_t){1}), *first = td_slice(y, 0, 0, 1, 1);
    if (h->a == 1) return td_index_add(y, 0, where, first);
    return h->a == 2 ? td_scatter_add(y, 0, where, first) : td_gather(y, 0, where);
}

static td_tensor *rosenbrock(td_tensor *x, const hard *h)
{
    td_tensor *a = at(x, 0), *b = at(x, 1);
    return td_add(td_mul_scalar(td_square(td_sub(b, hole(a, h))), h->a), td_square(td_rsub(1, a)));
}

static td_tensor *density(td_tensor *x, const hard *h) { return hole(td_mul_scalar(td_square(x), -0.5), h); }
static td_tensor *log_of(td_tensor *x, const hard *h) { return td_log(hole(x, h)); }

static td_tensor *entropy(td_tensor *x, const hard *h)
{
    td_tensor *p = hole(x, h);
    return td_neg(td_sum(td_mul(p, td_log_softmax(x, 0))));
}

static td_tensor *cross_entropy(td_tensor *x, const hard *h)
{
    int64_t two[] = {2, h->n / 2}, classes[] = {0, 1};
    return td_cross_entropy(td_reshape(hole(x, h), 2, two), td_array(td_context_of(x), TD_I64, 1, two, classes), NULL);
}

#endif
