/* dual.h: num = a value and TD_LANES first derivatives of it, each with a bound on its rounding error. */
#ifndef TD_DUAL_DUAL_H
#define TD_DUAL_DUAL_H

#define UNIT 0x1p-53
#define ETA 0x1p-1074
#define EXACTLY true
#include "lanes.h"
#include "value.h"

#define NUM num
#define F(name) num_##name
#define V ball
#define VF(name) ball_##name
#define T lanes
#define TF(name) lanes_##name
#include "dual.tmpl.h"

#endif
