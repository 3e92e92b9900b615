/* arrays.h: the arrays of a kernel, and the order of its arguments, read from words. */
#ifndef TD_ARRAYS_H
#define TD_ARRAYS_H

#include "function/buffer.h"

enum { TD_MOST_ARRAYS = 16, TD_MOST_ARGUMENTS = 24, TD_ARRAY_NAME = 24, TD_ARRAY_RANK = 6 };

typedef enum td_array_kind { TD_ARRAY_IN, TD_ARRAY_OUT, TD_ARRAY_SAVED } td_array_kind;

typedef struct td_kernel_array {
    char          name[TD_ARRAY_NAME];
    td_array_kind kind;
    bool          constant;        /* an input without a derivative: no coordinate of x */
    int           rank;
    int64_t       size[TD_ARRAY_RANK], n;
    td_buffer     value, derivative;
} td_kernel_array;

/* What stands at one place of a call. */
typedef struct td_order_item {
    enum { TD_ARGUMENT_VALUE, TD_ARGUMENT_DERIVATIVE, TD_ARGUMENT_INTEGER, TD_ARGUMENT_USER } kind;
    int     array;
    int64_t integer;
} td_order_item;

typedef struct td_order { int n; td_order_item at[TD_MOST_ARGUMENTS]; } td_order;

typedef struct td_kernel {
    int      n;
    td_kernel_array array[TD_MOST_ARRAYS];
    td_order forward, backward;
    double  *constants;            /* owned; values of constant inputs, in their order */
} td_kernel;

/* "x[4,8] w[8] -> y[4,8] | mean[4]", and two orders, NULL for the usual ones.  NULL, or what is wrong with them. */
const char *td_arrays_read(td_kernel *k, const char *arrays, const char *forward, const char *backward);
/* How many numbers all arrays of a kind have; constant inputs apart. */
int64_t     td_arrays_count(const td_kernel *k, td_array_kind kind);

#endif
