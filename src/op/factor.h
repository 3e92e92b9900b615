/* factor.h: factorisations of dense matrices, in double, each a matrix of a stack.
 *
 * An op hands td_matrices_run a function of one matrix; it finds its operands copied to doubles, row-major, and writes
 * doubles. f32 so is computed in double and rounded once. Matrices are done one after the other, their products cut
 * among threads, or, where they are small, several at a time; neither reaches the bits. */
#ifndef TD_OP_FACTOR_H
#define TD_OP_FACTOR_H

#include "op/op.h"

enum { TD_MATRICES = 8 };          /* operands at most */

typedef struct td_matrices {
    const td_call *call;
    td_context    *context;
    int64_t        m, n;          /* operand 0's */
    int64_t        k;             /* operand 1's columns, if it is a matrix */
    double        *in[TD_MATRICES];    /* of this matrix; may be overwritten */
    double        *out, *work;
} td_matrices;

/* 0, or what is said of the matrix that can't be done: a number for `trouble`. */
typedef int64_t td_matrix_fn(td_matrices *s);

/* `work` doubles for each matrix.  trouble: how td_fail says it, with a %lld for the number, "the leading minor of order
 * %lld is ..". */
td_status td_matrices_run(const td_call *call, td_matrix_fn *one, int64_t work, const char *trouble);

/* ---- in place, on rows `row` apart --------------------------------------------------------------------------------- */

enum { TD_PANEL_COLUMNS = 32 };    /* columns, or rows, factored before a product brings the rest up to date */

/* c -= a b      c (m, n)   a (m, k)   b (k, n), strides as they are; negated: room for m k doubles */
typedef struct td_strided { const double *at; int64_t row, col; } td_strided;
void    td_factor_subtract(td_context *c, int64_t m, int64_t n, int64_t k, double *to, int64_t row, td_strided a,
                           td_strided b,
                           double *negated);
/* c = a b */
void    td_factor_multiply(td_context *c, int64_t m, int64_t n, int64_t k, double *to, int64_t row, td_strided a,
                           td_strided b);
/* x = t^-1 x t (n, n) lower triangular, unit: with 1 on its diagonal, whatever stands there; x (n, k), rows may run
 * backwards. work: n * TD_PANEL_COLUMNS doubles */
void    td_factor_forward(td_context *c, int64_t n, int64_t k, td_strided t, bool unit, double *x, int64_t row,
                          double *work);
/* The same with an upper triangle, from the end. */
void    td_factor_backward(td_context *c, int64_t n, int64_t k, td_strided t, bool unit, double *x, int64_t row,
                           double *work);
/* The lower triangle of a (n, n) becomes that of L, a = L L^T; the order of the first leading minor that is not
 * positive, or 0. work: 2 n TD_PANEL_COLUMNS doubles */
int64_t td_factor_cholesky(td_context *c, int64_t n, double *a, double *work);
/* a (m, n) becomes L below and U, P a = L U; row j was exchanged with row swap[j].  work: (m + n) TD_PANEL_COLUMNS
 * doubles */
void    td_factor_lu(td_context *c, int64_t m, int64_t n, double *a, double *swap, double *work);
/* out: u, singular values and v as the op svd packs them, of operand 0, which is kept; work: td_factor_svd_work doubles */
int64_t td_factor_svd(td_matrices *s);
int64_t td_factor_svd_work(const td_shape *a);
/* out: cofactors of operand 0, of what has no others; work: td_factor_cofactor_work doubles */
int64_t td_factor_cofactor(td_matrices *s);
int64_t td_factor_cofactor_work(const td_call *call);
/* Rows of x (m, k) exchanged as td_factor_lu did, or back. */
void    td_factor_swap(int64_t n, const double *swap, bool back, int64_t k, double *x);

#endif
