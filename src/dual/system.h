/* system.h: what a number system offers to the engines that compute in it.
 *
 * A number system is a type of number and the definitions of all ops over it.  The engines (dual.c, replay.c) see numbers
 * as bytes of a known size, through this one table; dual1.c, dual2.c, quad.c, bound64.c and bound32.c each fill it. */
#ifndef TD_DUAL_SYSTEM_H
#define TD_DUAL_SYSTEM_H

#include "triad_engine.h"

typedef struct td_operand {
    const td_shape *shape;             /* rank, size and numel are read */
    td_dtype        dtype;
    const void     *numbers;           /* row-major */
} td_operand;

/* An application, as a definition sees it. */
typedef struct td_application {
    td_context       *context;
    const td_op      *op;
    const td_attr    *attr;            /* never NULL */
    int               n_in;
    const td_operand *in;
    const td_shape   *shape;           /* of the result */
    bool              alone;           /* operands are exact, and nothing is computed from the result */
    td_dtype          dtype;
    void             *out;             /* its numbers, row-major */
    void             *scratch;         /* scratch_numbers for each piece, where the definition wants any */
    int64_t           scratch_numbers;
} td_application;

typedef struct td_numbers {
    size_t    size;                    /* bytes of a number */
    int       lanes;                   /* besides the value; 0: set is NULL */
    void    (*load)(void *to, int64_t n, td_dtype dtype, const void *values);              /* exact; derivatives 0 */
    void    (*set)(void *to, int64_t i, int lane, double v);
    double  (*read)(const void *from, int64_t i, int lane, double *bound);                 /* lane -1: the value */
    td_status (*define)(const td_application *f);
    void    (*make_constant)(void *numbers, int64_t n);                /* derivatives 0; NULL: it has none */
    void    (*forget)(void *numbers, int64_t n);                                           /* bounds NaN; lanes = 0 only */
} td_numbers;

extern const td_numbers td_numbers_dual, td_numbers_dual2;
extern const td_numbers td_numbers_quad;           /* size 0: not in this build */
/* Both have the same type of number: what one made, the other reads. */
extern const td_numbers td_numbers_bound64, td_numbers_bound32;

/* The numbers of y, an application of a user's op, from its operands' (all of the bound systems) by op->define, which must
 * not be NULL. */
td_status td_bound_users(td_tensor *y, void *const *operands, void *out);

#endif
