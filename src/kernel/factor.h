/* factor.h: leaf loops that factorisations of matrices are made of, in double, row-major.
 *
 * Each result is accumulated in the order of the loop it stands for, one fma a step; a dot product in 8 lanes, number k in lane
 * k % 8, joined 4, 2, 1 apart. */
#ifndef TD_KERNEL_FACTOR_H
#define TD_KERNEL_FACTOR_H

#include <stdint.h>

typedef struct td_factor {
    /* a_ij -= x_i y_j      a (m, n) of rows a_row apart, which may be negative; x_i are x_step apart */
    void (*eliminate)(int64_t m, int64_t n, double *a, int64_t a_row, const double *x, int64_t x_step, const double *y);
    /* w_j = sum_i x_i a_ij */
    void (*combine)(int64_t m, int64_t n, const double *a, int64_t a_row, const double *x, int64_t x_step, double *w);
    /* x, y = c x - s y, s x + c y */
    void (*rotate)(int64_t n, double *x, double *y, double c, double s);
    double (*dot)(int64_t n, const double *x, const double *y);
} td_factor;

#endif
