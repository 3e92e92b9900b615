/* bound64.c: the definitions over running-error numbers, for results of dtype f64, bool and i64. */
#define TD_ROUNDOFF 0x1p-53
#define TD_TINIEST 0x1p-1074
#define TD_LARGEST DBL_MAX
#include "bound.h"
#include "definitions/all.h"
#include "bound_run.h"

const td_numbers td_numbers_bound64 = {.size = sizeof(num), .load = load, .read = read, .define = define, .forget = forget};
