/* window.c: window.tmpl.h for f32 and f64. */
#include "window.h"
#include "each.h"
#include "set.h"

enum { SIDE = 512 };    /* numbers side by side that are summed together */

#define T float
#define F(name) f32_##name
#include "window.tmpl.h"

#define T double
#define F(name) f64_##name
#include "window.tmpl.h"

td_band_fn *const    TD_OF_SET(td_bands)[TD_K_DTYPES] = { [TD_K_F32] = f32_band, [TD_K_F64] = f64_band };
td_extreme_fn *const TD_OF_SET(td_extremes)[TD_K_DTYPES] = { [TD_K_F32] = f32_extreme, [TD_K_F64] = f64_extreme };
