/* problem.h: what a peer is asked to differentiate: a scalar function, known by its name, of parameters and constants. */
#ifndef BENCH_PEERS_PROBLEM_H
#define BENCH_PEERS_PROBLEM_H

#include <stdbool.h>
#include <stdint.h>

typedef struct bench_problem {
    const char           *name;
    int                   bits;             /* of parameters and constants, 32 or 64; indices are int64_t */
    int                   n, parameters;    /* operands; how many of them, the first, are parameters */
    const int            *rank;
    const int64_t *const *size;
    void *const          *in;               /* row-major */
    int64_t               links;            /* of a chain */
    double                rate;             /* > 0: each run takes a step of descent along copies of the parameters */
    bool                  gradient;         /* else the function alone */
} bench_problem;

#endif
