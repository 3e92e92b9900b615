/* lapack.c: lapack.h, by a library with LAPACK's names (E. Anderson and others, "LAPACK Users' Guide", 1999).
 *
 * LAPACK has its matrices column by column.  A row-major one is to it the transpose, which does for what is symmetric, and
 * for singular values; the others are turned on the way in and out.  Without memory they do nothing, and the context says
 * so. */
#include "op/lapack.h"

#ifdef TD_LAPACK

#include <string.h>

enum { LARGE = 128, BLOCK = 64, LARGEST = 1 << 14, LONGEST = 1 << 23 };    /* an int holds the sizes of all rooms */

/* Fortran's: all by address, the lengths of texts at the end. */
void dpotrf_(const char *uplo, const int *n, double *a, const int *lda, int *info, size_t length);
void dgetrf_(const int *m, const int *n, double *a, const int *lda, int *ipiv, int *info);
void dgeqrf_(const int *m, const int *n, double *a, const int *lda, double *tau, double *work, const int *lwork, int *info);
void dorgqr_(const int *m, const int *n, const int *k, double *a, const int *lda, const double *tau, double *work,
             const int *lwork, int *info);
void dsyevd_(const char *jobz, const char *uplo, const int *n, double *a, const int *lda, double *w, double *work,
             const int *lwork, int *iwork, const int *liwork, int *info, size_t length, size_t other_length);
void dgesdd_(const char *jobz, const int *m, const int *n, double *a, const int *lda, double *s, double *u, const int *ldu,
             double *vt, const int *ldvt, double *work, const int *lwork, int *iwork, int *info, size_t length);

static double *room(td_context *c, int64_t n) { return td_arena_raw(c, (size_t)n * sizeof(double)); }

/* to (n, m) = from (m, n), turned */
static void turn(int64_t m, int64_t n, const double *from, double *to)
{
    for (int64_t i = 0; i < m; i++)
        for (int64_t j = 0; j < n; j++) to[j * m + i] = from[i * n + j];
}

static int64_t cholesky(int64_t n, double *a)
{
    int order = (int)n, info;
    dpotrf_("U", &order, a, &order, &info, 1);
    return info;
}

static void lu(td_context *c, int64_t m, int64_t n, double *a, double *swap)
{
    int     rows = (int)m, columns = (int)n, info, most = rows < columns ? rows : columns;
    double *t = room(c, m * n);
    int    *pivot = td_arena_raw(c, (size_t)most * sizeof *pivot);
    if (!t || !pivot) return;
    turn(m, n, a, t);
    dgetrf_(&rows, &columns, t, &rows, pivot, &info);
    turn(n, m, t, a);
    for (int i = 0; i < most; i++) swap[i] = pivot[i] - 1;
}

static void qr(td_context *c, int64_t m, int64_t n, double *a, double *q)
{
    int     rows = (int)m, columns = (int)n, k = rows < columns ? rows : columns, size = BLOCK * columns, info;
    double *t = room(c, m * n), *tau = room(c, k), *work = room(c, size);
    if (!t || !tau || !work) return;
    turn(m, n, a, t);
    dgeqrf_(&rows, &columns, t, &rows, tau, work, &size, &info);
    turn(n, m, t, a);
    dorgqr_(&rows, &k, &k, t, &rows, tau, work, &size, &info);
    turn(k, m, t, q);
}

static bool symmetric(td_context *c, int64_t n, double *a, double *v)
{
    int     order = (int)n, size = 1 + 6 * order + 2 * order * order, counts = 3 + 5 * order, info;
    double *values = room(c, n), *work = room(c, size);
    int    *places = td_arena_raw(c, (size_t)counts * sizeof *places);
    if (!values || !work || !places) return false;
    memcpy(v, a, (size_t)(n * n) * sizeof *v);
    dsyevd_("V", "U", &order, v, &order, values, work, &size, places, &counts, &info, 1, 1);
    for (int64_t i = 0; i < n && info == 0; i++) a[i * (n + 1)] = values[i];
    return info == 0;
}

/* x = U S W^T: W^T comes as W's columns, U^T as U's rows. */
static bool singular(td_context *c, int64_t k, int64_t m, double *x, double *v)
{
    int     across = (int)m, down = (int)k, size = 4 * down * down + 8 * down + BLOCK * (across + down), info;
    double *copy = room(c, k * m), *values = room(c, k), *w = room(c, k * m), *u = room(c, k * k), *work = room(c, size);
    int    *places = td_arena_raw(c, (size_t)(8 * k) * sizeof *places);
    if (!copy || !values || !w || !u || !work || !places) return false;
    memcpy(copy, x, (size_t)(k * m) * sizeof *copy);
    dgesdd_("S", &across, &down, copy, &across, values, w, &across, u, &down, work, &size, places, &info, 1);
    if (info) return false;
    for (int64_t i = 0; i < k * m; i++) x[i] = values[i / m] * w[i];
    turn(k, k, u, v);
    return true;
}

static const td_lapack lapack = { cholesky, lu, qr, symmetric, singular };

const td_lapack *td_lapack_for(int64_t m, int64_t n)
{
    int64_t shorter = m < n ? m : n, longer = m < n ? n : m;
    return shorter >= LARGE && shorter <= LARGEST && longer <= LONGEST ? &lapack : NULL;
}

bool td_has_lapack(void) { return true; }

#else

const td_lapack *td_lapack_for(int64_t m, int64_t n)
{
    (void)m, (void)n;
    return NULL;
}

bool td_has_lapack(void) { return false; }

#endif
