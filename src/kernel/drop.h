/* drop.h: numbers left out at random, by the rule of ops.def: element i stays where u_i >= p, of a key that is the seed. */
#ifndef TD_KERNEL_DROP_H
#define TD_KERNEL_DROP_H

#include <stdint.h>

/* y_i = x_i / (1 - p) or 0, for begin <= i < end; y may be x. */
typedef struct td_drop {
    uint64_t    seed;
    double      p;
    const void *x;
    void       *y;
} td_drop;

#endif
