/* vector.h: elementary functions of other libraries, over arrays.
 *
 * glibc's libmvec and SLEEF give them for whole vectors in registers; here stands the loop around them.  They are found
 * by the dynamic loader, by the names that the x86-64 vector ABI and SLEEF's manual give them. */
#ifndef BENCH_VECTOR_H
#define BENCH_VECTOR_H

#include "bench.h"

enum { BENCH_LIBMVEC, BENCH_SLEEF, BENCH_VECTORS };
extern const char *const bench_vector_name[BENCH_VECTORS];

typedef struct bench_vector {
    void       *function;       /* of a vector */
    void      (*loop)(const struct bench_vector *v);
    int64_t     n;              /* a multiple of 16 */
    const void *x;
    void       *y;
} bench_vector;

/* `name` as in math.h (exp), or sigmoid, which is made of exp; accuracy as SLEEF says it (u10).  False: not here. */
bool bench_vector_of(bench_vector *v, int library, const char *set, td_dtype d, const char *name, const char *accuracy);
void bench_vector_run(void *v);
/* Where the library was found, or NULL. */
const char *bench_vector_file(int library);

#endif
