/* order.h: how two numbers known within errors compare, and the rounding of errors themselves. */
#ifndef TD_DUAL_ORDER_H
#define TD_DUAL_ORDER_H

enum order { LESS, TIE, MORE, NONE, UNSURE };     /* NONE: a NaN.  UNSURE: within each other's error */

/* More than the roundings made in computing e.  0 stays 0. */
static inline double grow(double e) { return e == 0 ? 0 : e * (1 + 0x1p-49) + 0x1p-1070; }

#endif
