/* scan.c: scan.tmpl.h for sums, products and recurrences.
 *
 * Each step waits for the one before, in the order of the line: that order is the definition, and the bits with it.  f32 is
 * carried in double and rounded for each element; integers wrap. */
#include "scan.h"
#include "each.h"
#include "lanes.h"
#include "scalar.h"
#include "set.h"

#include <stddef.h>

enum {
    ABREAST = 4,      /* rows in turn, since a step waits */
    SIDE    = 256     /* columns carried together */
};

#define ITSELF(x) (x)

#define FIRST(x, b) (0 + (A)(x))
#define NEXT(y, x, b) ((y) + (A)(x))
#define LATER 0
#define T float
#define A double
#define BACK (float)
#define F(name) f32_sum_##name
#include "scan.tmpl.h"
#define T double
#define A double
#define BACK ITSELF
#define F(name) f64_sum_##name
#include "scan.tmpl.h"
#define T int64_t
#define A uint64_t
#define BACK td_s_wrap
#define F(name) i64_sum_##name
#include "scan.tmpl.h"
#undef FIRST
#undef NEXT

#define FIRST(x, b) (A)(x)
#define NEXT(y, x, b) ((y) * (A)(x))
#define T float
#define A double
#define BACK (float)
#define F(name) f32_prod_##name
#include "scan.tmpl.h"
#define T double
#define A double
#define BACK ITSELF
#define F(name) f64_prod_##name
#include "scan.tmpl.h"
#define T int64_t
#define A uint64_t
#define BACK td_s_wrap
#define F(name) i64_prod_##name
#include "scan.tmpl.h"
#undef FIRST
#undef NEXT
#undef LATER

#define FIRST(x, b) (A)(b)
#define NEXT(y, x, b) ((y) * (A)(x) + (A)(b))
#define LATER 1
#define T float
#define A double
#define BACK (float)
#define F(name) f32_recurrence_##name
#include "scan.tmpl.h"
#define T double
#define A double
#define BACK ITSELF
#define F(name) f64_recurrence_##name
#include "scan.tmpl.h"

td_scan_fn *const TD_OF_SET(td_scans)[TD_SCAN_COUNT][TD_K_DTYPES] = {
    [TD_SCAN_sum]        = { [TD_K_I64] = i64_sum_scan, [TD_K_F32] = f32_sum_scan, [TD_K_F64] = f64_sum_scan },
    [TD_SCAN_prod]       = { [TD_K_I64] = i64_prod_scan, [TD_K_F32] = f32_prod_scan, [TD_K_F64] = f64_prod_scan },
    [TD_SCAN_recurrence] = { [TD_K_F32] = f32_recurrence_scan, [TD_K_F64] = f64_recurrence_scan },
};
