/* take.h: a problem recorded on a tape, in ways in which nothing may change: layouts, threads, who requires a gradient. */
#ifndef TD_TAKE_H
#define TD_TAKE_H

#include "witness.h"

/* How an array lies in memory: packed; its last two axes exchanged; every second element of a buffer full of poison; its
 * first row alone, the rest poison, seen as all of them (only of an array whose rows are alike). */
typedef enum td_layout { TD_PACKED, TD_EXCHANGED, TD_EVERY_SECOND, TD_EXPANDED } td_layout;

typedef struct td_how {
    td_layout layout;              /* of the leaves */
    int       threads;             /* 0: the problem's */
    unsigned  constant;            /* bit i: input i does not require a gradient; the last bit: nor do all further ones */
    bool      eval;                /* not recorded at all: by the eval engine; there is nothing to pull */
    td_schedule schedule;
} td_how;

typedef struct td_taking {
    const td_problem *p;           /* borrowed */
    td_context       *c;           /* owned */
    td_tensor       **leaf;        /* owned */
    td_tensor        *y;
} td_taking;

bool       td_is_constant(unsigned constant, int input);

/* The program recorded, and its value computed.  False: an error, or no memory; close it all the same. */
bool       td_take_open(td_taking *t, const td_problem *p, const td_how *how);
void       td_take_close(td_taking *t);
/* Gradients from y by this adjoint, in td_grad(leaf), added to what is there. */
bool       td_take_pull(td_taking *t, td_tensor *adjoint);
void       td_take_zero(td_taking *t);
/* sum_k scale[k] times the k-th cotangent, which is exact in f32 while scales are integers below 2^10. */
td_tensor *td_take_cotangent(td_taking *t, const double scale[TD_COTANGENTS], td_layout layout);
bool       td_take_is_smooth(const td_taking *t);        /* y has slopes */

/* The first input laid out as every second element whose gaps are not the poison any more; -1: none. */
int        td_take_gap_written(td_taking *t);
bool       td_layout_fits(const td_input *in, td_layout layout);
td_tensor *td_array_laid(td_context *c, const td_input *in, td_layout layout);
/* x's elements, packed, of its dtype, in memory of the caller's; NULL: no memory, or an error. */
void      *td_bytes_of(td_tensor *x);
/* The first element in which two arrays of n elements of that dtype differ in a bit, but for NaNs; -1: none. */
int64_t    td_bytes_differ(td_dtype dtype, const void *a, const void *b, int64_t n);
double     td_bytes_at(td_dtype dtype, const void *a, int64_t i);

#endif
