/* set.c: the table of one instruction set. */
#include "set.h"

#define NAME_OF(set)        #set
#define NAME_OF_VALUE(set)  NAME_OF(set)

const td_kernels TD_OF_SET(td_kernels) = {
    .name = NAME_OF_VALUE(TD_SET),
    .map = TD_OF_SET(td_map),
    .cast = TD_OF_SET(td_cast),
    .line = TD_OF_SET(td_line),
    .past = &TD_OF_SET(td_past),
    .reduce = TD_OF_SET(td_reduces),
    .gemm = TD_OF_SET(td_gemm),
    .walk = TD_OF_SET(td_walk),
    .outside = TD_OF_SET(td_outside),
    .softmax = TD_OF_SET(td_softmax),
    .entropy = TD_OF_SET(td_entropies),
    .norm = TD_OF_SET(td_norms),
    .scan = TD_OF_SET(td_scans),
    .factor = &TD_OF_SET(td_factors),
    .conv = TD_OF_SET(td_convs),
    .band = TD_OF_SET(td_bands),
    .extreme = TD_OF_SET(td_extremes),
    .gates = TD_OF_SET(td_gate),
    .drop = TD_OF_SET(td_drops),
};
