/* product.h: matrix products of strided windows. */
#ifndef TD_OP_PRODUCT_H
#define TD_OP_PRODUCT_H

#include "op.h"

/* (.., m, k) by (.., k, n), of one dtype and with equal leading sizes; 0 where k is. */
td_status td_product_compute(const td_call *call);

#endif
