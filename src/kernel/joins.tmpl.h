/* joins.tmpl.h: the rows of scatter.tmpl.h for one element type, with each way to join.
 *
 *     T                           the type
 *     F(name)                     name of this instance
 *     ADD, TIMES, MOST, LEAST     sum, product, and extremes of (y, x): a NaN wins, of equals y stays */

#define S(name) F(add_##name)
#define JOIN(y, x) ADD(y, x)
#include "scatter.tmpl.h"

#define S(name) F(put_##name)
#define JOIN(y, x) (x)
#include "scatter.tmpl.h"

#define S(name) F(times_##name)
#define JOIN(y, x) TIMES(y, x)
#include "scatter.tmpl.h"

#define S(name) F(most_##name)
#define JOIN(y, x) MOST(y, x)
#include "scatter.tmpl.h"

#define S(name) F(least_##name)
#define JOIN(y, x) LEAST(y, x)
#include "scatter.tmpl.h"

#undef T
#undef F
#undef R
#undef OF
#undef ADD
#undef TIMES
#undef MOST
#undef LEAST
