/* gates.h: leaf loops of an LSTM's step: what becomes of its gates, and back.
 *
 * One row: p (4, n) is what gates i, f, g, o are functions of, one after the other; c and h (n).
 *
 *     forward    c = f before + i g,  h = o tanh c,  with i, f, o = sigmoid p, g = tanh p
 *     backward   of adjoints of h, c and p: slope (4, n) of p by all of them; *carried, at first the adjoint of c from the
 *                step after, becomes that of `before` */
#ifndef TD_KERNEL_GATES_H
#define TD_KERNEL_GATES_H

#include <stdint.h>

typedef struct td_gates {
    int64_t     n;
    const void *p, *before;
    void       *c, *h;                       /* backward reads c alone */
    const void *of_h, *of_c, *of_p;          /* adjoints; all of h's is of_h + through */
    const void *through;                     /* the adjoint of h from the step after */
    void       *slope, *carried;
} td_gates;

#endif
