/* norm.c: norm.tmpl.h for float and double. */
#include "norm.h"
#include "each.h"
#include "lanes.h"
#include "set.h"

#include <math.h>
#include <stdbool.h>

enum { DEEPEST = 64 };    /* a tree holds one partial for each bit of its count of blocks */

/* Of a row: sums of d^2, of v, of d v. */
typedef struct sums {
    double square, slope, both;
} sums;

static void join(sums *left, const sums *right)
{
    left->square += right->square;
    left->slope += right->slope;
    left->both += right->both;
}

#define T float
#define D TD_K_F32
#define F(name) f32_##name
#define WIDEN widen_f32
#include "norm.tmpl.h"

#define T double
#define D TD_K_F64
#define F(name) f64_##name
#define WIDEN widen_f64
#include "norm.tmpl.h"

td_rows_fn *const TD_OF_SET(td_norms)[TD_NORM_COUNT][TD_K_DTYPES] = {
    [TD_NORM_layer]   = { [TD_K_F32] = f32_layer, [TD_K_F64] = f64_layer },
    [TD_NORM_adjoint] = { [TD_K_F32] = f32_adjoint, [TD_K_F64] = f64_adjoint },
    [TD_NORM_weights] = { [TD_K_F32] = f32_weights, [TD_K_F64] = f64_weights },
};
