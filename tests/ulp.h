/* ulp.h: how far an elementary function of the kernel tables is from the true value, in units in the last place. */
#ifndef ULP_H
#define ULP_H

#include <stdbool.h>
#include <stdint.h>

#include "kernel/kernel.h"

typedef struct ulp_function {
    const char *name;
    int         map, operands;
    double      a;                      /* the scalar, a number of f32 too */
    long double (*reference)(long double x, long double y, long double a);
    double      low, high, step;        /* f64 is sampled densely from low to high, and beside multiples of step */
    double      f64, f32;               /* no error is larger: what docs/ulp.md says, rounded up */
} ulp_function;

extern const ulp_function ulp_functions[];
extern const int          ulp_count;

enum { ULP_KEPT = 256 };
typedef struct ulp_case { double x, y, got, error; } ulp_case;
typedef struct ulp_result {
    int64_t  tested, off;               /* off: not the nearest number of the type */
    uint64_t hash;                      /* of all results */
    int      kept;
    ulp_case cases[ULP_KEPT];           /* the largest errors */
} ulp_result;

/* The distance of got from want in units of dtype's last place at want.  Infinite: a NaN, an infinity or the sign of a zero
 * is not what it should be. */
double ulp_error(int dtype, double got, long double want);

const ulp_case *ulp_worst(const ulp_result *r);

/* Draws n operands.  For f32 with one operand ulp_every is better. */
void ulp_draw(const ulp_function *f, const td_kernels *set, int dtype, int64_t n, ulp_result *r);

/* Every stride-th number of f32.  Each checked-th is compared with the reference, the others with the f64 kernel. */
void ulp_every(const ulp_function *f, const td_kernels *set, int64_t stride, int64_t checked, ulp_result *r);

#endif
