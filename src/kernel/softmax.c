/* softmax.c: softmax.tmpl.h for float and double. */
#include "softmax.h"
#include "kernel.h"
#include "set.h"

#include <math.h>

enum { LANES = 32 };

#define T float
#define F(name) f32_##name
#include "softmax.tmpl.h"

#define T double
#define F(name) f64_##name
#include "softmax.tmpl.h"

td_columns_fn *const TD_OF_SET(td_softmax)[TD_K_DTYPES] = { [TD_K_F32] = f32_softmax, [TD_K_F64] = f64_softmax };
