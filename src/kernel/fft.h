/* fft.h: discrete Fourier transforms of one line of complex doubles, any length. */
#ifndef TD_KERNEL_FFT_H
#define TD_KERNEL_FFT_H

#include <stdint.h>

enum { TD_FFT_STEPS = 64 };

/* How a line of n is transformed: its radices, small primes and 4; if n has a larger prime factor, as a convolution of
 * length m, a power of two (`chirp`).  Pointers are borrowed from the room that td_fft_plan was given. */
typedef struct td_fourier {
    int64_t n, m;                          /* m = 0: by radices */
    int     steps;
    int     radix[TD_FFT_STEPS];
    double *cosine, *sine;                 /* of 2 pi k / n, k < n, or of m */
    double *chirp_cosine, *chirp_sine;     /* of pi k^2 / n, k < n */
    double *answer_re, *answer_im;         /* the transformed chirp, of m numbers */
} td_fourier;

int64_t td_fft_room(int64_t n);            /* doubles of a plan */
int64_t td_fft_work(int64_t n);            /* doubles of work for one line */
void    td_fft_plan(td_fourier *p, int64_t n, double *room);
/* y_k = sum over j of x_j e^(-2 pi i j k / n), in place; with re and im exchanged e^(+...) */
void    td_fft_run(const td_fourier *p, double *re, double *im, double *work);

#endif
