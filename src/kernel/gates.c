/* gates.c: gates.tmpl.h for both floats.  Functions are those of map.c: a gate has the bits of the op of its name. */
#include "gates.h"
#include "each.h"
#include "set.h"

#include <math.h>

enum { RUN = 256 };    /* numbers whose functions are done at once, in cache */

#define T float
#define D TD_K_F32
#define FMA fmaf
#define F(name) f32_##name
#include "gates.tmpl.h"

#define T double
#define D TD_K_F64
#define FMA fma
#define F(name) f64_##name
#include "gates.tmpl.h"

td_gates_fn *const TD_OF_SET(td_gate)[TD_GATES_COUNT][TD_K_DTYPES] = {
    [TD_GATES_forward]  = { [TD_K_F32] = f32_forward, [TD_K_F64] = f64_forward },
    [TD_GATES_backward] = { [TD_K_F32] = f32_backward, [TD_K_F64] = f64_backward },
};
