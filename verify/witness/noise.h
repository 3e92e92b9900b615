/* noise.h: how far the values of a function can be trusted, measured along a line. */
#ifndef TD_NOISE_H
#define TD_NOISE_H

#include <stdbool.h>
#include <stdint.h>

typedef struct td_noise {
    bool (*at)(double s, double *y, void *user);    /* y = f(x + s u); false: no value there */
    void         *user;                             /* borrowed, like all that follows */
    int64_t       numel;                            /* of y */
    const double *y0;                               /* f(x) */
    double       *y, *other;                        /* room */
    double       *grain;                            /* result: how far each number may be off; 0: it never moved near x */
    int           pairs;                            /* of small steps: 3 to 8; 6 at most in f32 */
    bool         *mover;                            /* result: does a step of reach / 64 move it? */
} td_noise;

void td_noise_measure(td_noise *n, double quantum, double reach);

#endif
