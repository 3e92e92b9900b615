/* minpack.c: fcn for MINPACK's lmder, in cminpack's order of arguments, judged: a line and a bump fitted to 8 numbers.
 *
 *     cc -shared -fPIC minpack.c -o minpack.so -lm
 *     triad check ./minpack.so --signature minpack --value fcn --n 4 --m 8
 *
 * The Jacobian stands column by column, as in Fortran: the derivative of fvec[j] by x[i] is fjac[i * ldfjac + j]. */
#include <math.h>

int fcn(void *user, int m, int n, const double *x, double *fvec, double *fjac, int ldfjac, int iflag)
{
    (void)user;
    (void)n;
    for (int j = 0; j < m; j++) {
        double t = 0.5 * j, away = t - x[3], bump = exp(-away * away);
        if (iflag == 1) fvec[j] = x[0] + x[1] * t + x[2] * bump - sin(3.0 * j);
        if (iflag != 2) continue;
        fjac[0 * ldfjac + j] = 1;
        fjac[1 * ldfjac + j] = t;
        fjac[2 * ldfjac + j] = bump;
        fjac[3 * ldfjac + j] = 2 * x[2] * away * bump;
    }
    return 0;
}
