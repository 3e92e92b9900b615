/* lapack.h: large matrices factored by LAPACK, where triad was configured with it: not the same bits everywhere then. */
#ifndef TD_OP_LAPACK_H
#define TD_OP_LAPACK_H

#include "op/factor.h"

typedef struct td_lapack {
    /* As td_factor_cholesky, td_factor_lu and what qr.c has in their place. */
    int64_t (*cholesky)(int64_t n, double *a);
    void    (*lu)(td_context *c, int64_t m, int64_t n, double *a, double *swap);
    /* a (m, n) becomes R above its diagonal; q (m, min(m, n)) */
    void    (*qr)(td_context *c, int64_t m, int64_t n, double *a, double *q);
    /* Symmetric a: eigenvalues on its diagonal, of rows of v eigenvectors.  False: not found, and a is as it was. */
    bool    (*symmetric)(td_context *c, int64_t n, double *a, double *v);
    /* Rows of x (k, m), k <= m, become orthogonal, v x, v (k, k) orthogonal.  False: as above. */
    bool    (*singular)(td_context *c, int64_t k, int64_t m, double *x, double *v);
} td_lapack;

/* For matrices (m, n); NULL: they are factored by what triad has. */
const td_lapack *td_lapack_for(int64_t m, int64_t n);

#endif
