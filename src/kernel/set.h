/* set.h: the instruction set that a text is compiled for.
 *
 * conv.c, drop.c, factor.c, gates.c, gemm.c, index.c, map.c, norm.c, past.c, reduce.c, scan.c, softmax.c, window.c and set.c are compiled once
 * per set, with the set's flags and its name in TD_SET; what they export carries that name.  Nothing else of them is visible, and no
 * bit depends on the set. */
#ifndef TD_KERNEL_SET_H
#define TD_KERNEL_SET_H

#include "kernel.h"

#ifndef TD_SET
#define TD_SET base
#endif

#define TD_JOIN(name, set)        name##_##set
#define TD_JOIN_VALUES(name, set) TD_JOIN(name, set)
#define TD_OF_SET(name)           TD_JOIN_VALUES(name, TD_SET)

/* The parts the set's table is put together from. */
extern td_map_fn *const *const TD_OF_SET(td_map)[TD_K_DTYPES];
extern td_map_fn *const     TD_OF_SET(td_cast)[TD_K_DTYPES][TD_K_DTYPES];
extern td_line_fn *const    TD_OF_SET(td_line)[TD_K_DTYPES];
extern const td_past        TD_OF_SET(td_past);
extern const td_reduce      TD_OF_SET(td_reduces)[TD_REDUCE_COUNT][TD_K_DTYPES];
extern const td_gemm_kernel *const TD_OF_SET(td_gemm)[TD_K_DTYPES];
extern td_walk_row *const   TD_OF_SET(td_walk)[TD_WALK_COUNT][TD_K_DTYPES];
extern td_index_fn          TD_OF_SET(td_outside);
extern td_columns_fn *const TD_OF_SET(td_softmax)[TD_K_DTYPES];
extern td_entropy_fn *const TD_OF_SET(td_entropies)[TD_ENTROPY_COUNT][TD_K_DTYPES];
extern td_rows_fn *const    TD_OF_SET(td_norms)[TD_NORM_COUNT][TD_K_DTYPES];
extern td_scan_fn *const    TD_OF_SET(td_scans)[TD_SCAN_COUNT][TD_K_DTYPES];
extern const struct td_factor TD_OF_SET(td_factors);
extern td_conv_fn *const    TD_OF_SET(td_convs)[TD_CONV_COUNT][TD_K_DTYPES];
extern td_band_fn *const    TD_OF_SET(td_bands)[TD_K_DTYPES];
extern td_extreme_fn *const TD_OF_SET(td_extremes)[TD_K_DTYPES];
extern td_gates_fn *const   TD_OF_SET(td_gate)[TD_GATES_COUNT][TD_K_DTYPES];
extern td_drop_fn *const    TD_OF_SET(td_drops)[TD_K_DTYPES];

extern const td_kernels TD_OF_SET(td_kernels);

#endif
