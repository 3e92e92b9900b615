/* tape.h: the programs that bench/tape.c measures, and what they are raced against by hand.
 *
 * A step is a program with its numbers: parameters, by which it is differentiated, and constants, in a context that holds
 * nothing else. */
#ifndef BENCH_TAPE_H
#define BENCH_TAPE_H

#include "plugin.h"

enum { TAPE_PARAMETERS = 8, TAPE_CONSTANTS = 2, TAPE_OPERANDS = TAPE_PARAMETERS + TAPE_CONSTANTS };

typedef struct tape_size {
    td_dtype dtype;
    int64_t  n;                     /* links, elements, or samples */
    int      hidden;                /* layers */
    int64_t  width;                 /* of each */
} tape_size;

typedef struct tape_step {
    const char *name;               /* as peers know it */
    td_context *c;                  /* owned */
    td_tensor *(*loss)(const struct tape_step *s);
    tape_size    size;
    int          parameters, constants;
    td_tensor   *w[TAPE_PARAMETERS], *x[TAPE_CONSTANTS];
    size_t       bytes;             /* of all of them */
    td_optimiser *descent;          /* owned by c; NULL: gradients are read, and that is all */
    td_context  *source;            /* while it is made: of random numbers */
} tape_step;

typedef struct tape_work {
    const char *name;
    td_tensor *(*loss)(const tape_step *s);
    void      (*fill)(tape_step *s);    /* with parameters and constants */
} tape_work;
extern const tape_work tape_product, tape_chain, tape_network, tape_logistic, tape_mixture, tape_lstm, tape_fused,
    tape_classifier;

tape_step  tape_open(const tape_work *w, tape_size size, int threads);
void       tape_close(tape_step *s);
/* Forward; and with all gradients, which are read, or taken a step along. */
void       tape_run_function(void *step);
void       tape_run_gradient(void *step);
/* The loss and its gradients; then tape_back. */
td_tensor *tape_taken(const tape_step *s);
void       tape_back(const tape_step *s, td_marker m);
/* The peer's job of the same program, with copies of the parameters to descend along if rate > 0; NULL if it has none. */
void      *tape_peer(const bench_plugin *p, const tape_step *s, bool gradient);

/* ---- a loop by hand (tape_hand.c) ------------------------------------------------------------------------------------ */

/* tape_fused and its gradients, of a step of it: a loop over blocks in cache, for the instruction set of its context. */
typedef struct tape_hand tape_hand;
tape_hand *tape_hand_new(const tape_step *s);     /* NULL: no memory */
void       tape_hand_free(tape_hand *h);
void       tape_hand_run(void *hand);
/* i = 0 the loss of the last run, then the gradients by w and b. */
double     tape_hand_result(const tape_hand *h, int i);

#endif
