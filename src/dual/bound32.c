/* bound32.c: the definitions over running-error numbers, for results of dtype f32. */
#define TD_ROUNDOFF 0x1p-24
#define TD_TINIEST 0x1p-149
#define TD_LARGEST FLT_MAX
#include "bound.h"
#include "definitions/all.h"
#include "bound_run.h"

const td_numbers td_numbers_bound32 = {.size = sizeof(num), .load = load, .read = read, .define = define, .forget = forget};
