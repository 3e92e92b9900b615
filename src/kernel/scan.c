/* scan.c: scan.tmpl.h for sums, products, extremes and recurrences, and the scans with texts of their own.
 *
 * Each step waits for the one before, in the order of the line: that order is the definition, and the bits with it.  f32 is
 * carried in double and rounded for each element; integers wrap. */
#include "scan.h"
#include "each.h"
#include "lanes.h"
#include "math/exp.h"
#include "math/log.h"
#include "scalar.h"
#include "set.h"

#include <stddef.h>

enum {
    ABREAST = 4,      /* rows in turn, since a step waits */
    SIDE    = 256,    /* columns carried together */
    RUN     = 128     /* elements of a line whose functions are done at once */
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

/* the later of equals; what follows a NaN is a NaN */
#define FIRST(x, b) (x)
#define NEXT(y, x, b) ((x) >= (y) || (x) != (x) ? (x) : (y))
#define T float
#define A float
#define BACK ITSELF
#define F(name) f32_max_##name
#include "scan.tmpl.h"
#define T double
#define A double
#define BACK ITSELF
#define F(name) f64_max_##name
#include "scan.tmpl.h"
#define T int64_t
#define A int64_t
#define BACK ITSELF
#define F(name) i64_max_##name
#include "scan.tmpl.h"
#undef NEXT

#define NEXT(y, x, b) ((x) <= (y) || (x) != (x) ? (x) : (y))
#define T float
#define A float
#define BACK ITSELF
#define F(name) f32_min_##name
#include "scan.tmpl.h"
#define T double
#define A double
#define BACK ITSELF
#define F(name) f64_min_##name
#include "scan.tmpl.h"
#define T int64_t
#define A int64_t
#define BACK ITSELF
#define F(name) i64_min_##name
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

#define T float
#define F(name) f32_argmax_##name
#include "scan_place.tmpl.h"
#define T double
#define F(name) f64_argmax_##name
#include "scan_place.tmpl.h"
#define T int64_t
#define F(name) i64_argmax_##name
#include "scan_place.tmpl.h"

#define T float
#define F(name) f32_logsumexp_##name
#include "scan_log.tmpl.h"
#define T double
#define F(name) f64_logsumexp_##name
#include "scan_log.tmpl.h"

td_scan_fn *const TD_OF_SET(td_scans)[TD_SCAN_COUNT][TD_K_DTYPES] = {
    [TD_SCAN_sum]        = { [TD_K_I64] = i64_sum_scan, [TD_K_F32] = f32_sum_scan, [TD_K_F64] = f64_sum_scan },
    [TD_SCAN_prod]       = { [TD_K_I64] = i64_prod_scan, [TD_K_F32] = f32_prod_scan, [TD_K_F64] = f64_prod_scan },
    [TD_SCAN_max]        = { [TD_K_I64] = i64_max_scan, [TD_K_F32] = f32_max_scan, [TD_K_F64] = f64_max_scan },
    [TD_SCAN_min]        = { [TD_K_I64] = i64_min_scan, [TD_K_F32] = f32_min_scan, [TD_K_F64] = f64_min_scan },
    [TD_SCAN_argmax]     = { [TD_K_I64] = i64_argmax_scan, [TD_K_F32] = f32_argmax_scan, [TD_K_F64] = f64_argmax_scan },
    [TD_SCAN_logsumexp]  = { [TD_K_F32] = f32_logsumexp_scan, [TD_K_F64] = f64_logsumexp_scan },
    [TD_SCAN_recurrence] = { [TD_K_F32] = f32_recurrence_scan, [TD_K_F64] = f64_recurrence_scan },
};
