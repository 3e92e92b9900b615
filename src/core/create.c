/* create.c: leaves whose element i is a function of i alone: constants, lines, random numbers.
 *
 * They are made in blocks, by any number of threads.  Random numbers are a function of seed, stream and i (random.c): each
 * call that draws is a stream of its own.  A uniform number is the first 53 bits of words 0 and 1 of element i; a normal one
 * is Box and Muller's of these and the first 53 bits of words 2 and 3.  In f32 a uniform number is the first 24 bits: more
 * would be rounded, to 1 at last. */
#include "core.h"
#include "kernel/kernel.h"

#include <math.h>

enum { GRAIN = 4096, BLOCK = 256 };

typedef struct filler {
    void (*make)(const struct filler *f, int64_t first, int64_t n, double *to);    /* n <= BLOCK */
    void             *values;
    td_dtype          dtype;
    double            start, step, end, base;
    int64_t           count;
    uint64_t          key, stream;
    const td_kernels *kernels;
} filler;

static void fill_piece(int64_t begin, int64_t end, void *argument)
{
    const filler *f = argument;
    double        made[BLOCK];
    for (int64_t first = begin; first < end; first += BLOCK) {
        int64_t n = end - first < BLOCK ? end - first : BLOCK;
        f->make(f, first, n, made);
        for (int64_t i = 0; i < n; i++) td_store(f->values, f->dtype, first + i, made[i]);
    }
}

static td_tensor *filled(td_context *c, const char *who, td_dtype dtype, int rank, const int64_t *size, filler f)
{
    if (!c) return NULL;
    if (c->status) return c->bad;
    td_tensor *x = td_leaf_new(c, who, dtype, rank, size, &f.values);
    if (!x) return td_bad(c);
    f.dtype = dtype;
    f.kernels = c->kernels;
    td_parallel(c, x->shape->numel, GRAIN, fill_piece, &f);
    return td_leaf_settle(c, x, f.values);
}

/* ---- constants and lines ------------------------------------------------------------------------------------------- */

static void make_line(const filler *f, int64_t first, int64_t n, double *to)
{
    for (int64_t i = 0; i < n; i++) to[i] = f->start + (double)(first + i) * f->step;
}

/* From the nearer end, so that both ends are exact. */
static void make_between(const filler *f, int64_t first, int64_t n, double *to)
{
    for (int64_t i = 0; i < n; i++) {
        int64_t k = first + i;
        to[i] = k < f->count / 2 ? f->start + (double)k * f->step : f->end - (double)(f->count - 1 - k) * f->step;
    }
}

static void make_diagonal(const filler *f, int64_t first, int64_t n, double *to)
{
    for (int64_t i = 0; i < n; i++) to[i] = (first + i) % f->count == (first + i) / f->count;
}

static void make_powers(const filler *f, int64_t first, int64_t n, double *to)
{
    double base[BLOCK];
    make_between(f, first, n, to);
    for (int64_t i = 0; i < n; i++) base[i] = f->base;
    f->kernels->map[TD_K_F64][TD_MAP_pow](n, to, (const void *[]){ base, to }, 0, 0);
}

td_tensor *td_full(td_context *c, td_dtype dtype, int rank, const int64_t *size, double value)
{
    return filled(c, "td_full", dtype, rank, size, (filler){ .make = make_line, .start = value });
}

td_tensor *td_scalar(td_context *c, double value) { return td_full(c, TD_F64, 0, NULL, value); }

td_tensor *td_zeros(td_context *c, td_dtype dtype, int rank, const int64_t *size)
{
    return td_full(c, dtype, rank, size, 0);
}

td_tensor *td_ones(td_context *c, td_dtype dtype, int rank, const int64_t *size)
{
    return td_full(c, dtype, rank, size, 1);
}

td_tensor *td_full_like(td_tensor *x, double value)
{
    if (!x) return NULL;
    return td_full(x->context, (td_dtype)x->dtype, x->shape->rank, x->shape->size, value);
}

td_tensor *td_zeros_like(td_tensor *x) { return td_full_like(x, 0); }
td_tensor *td_ones_like(td_tensor *x) { return td_full_like(x, 1); }

td_tensor *td_arange(td_context *c, td_dtype dtype, double start, double stop, double step)
{
    if (!c) return NULL;
    double n = ceil((stop - start) / step);
    if (!(n < 0x1p60)) {
        if (!c->status) td_fail(c, TD_EVALUE, "td_arange: from %g to %g by %g never ends", start, stop, step);
        return td_bad(c);
    }
    int64_t size = n > 0 ? (int64_t)n : 0;
    return filled(c, "td_arange", dtype, 1, &size, (filler){ .make = make_line, .start = start, .step = step });
}

static filler between(double start, double end, int64_t steps)
{
    double step = steps > 1 ? (end - start) / (double)(steps - 1) : 0;
    return (filler){ .make = make_between, .start = start, .end = steps > 1 ? end : start, .step = step, .count = steps };
}

td_tensor *td_linspace(td_context *c, td_dtype dtype, double start, double end, int64_t steps)
{
    return filled(c, "td_linspace", dtype, 1, &steps, between(start, end, steps));
}

td_tensor *td_logspace(td_context *c, td_dtype dtype, double start, double end, int64_t steps, double base)
{
    filler f = between(start, end, steps);
    f.make = make_powers;
    f.base = base;
    return filled(c, "td_logspace", dtype, 1, &steps, f);
}

td_tensor *td_eye(td_context *c, td_dtype dtype, int64_t n, int64_t m)
{
    return filled(c, "td_eye", dtype, 2, (int64_t[]){ n, m }, (filler){ .make = make_diagonal, .count = m > 0 ? m : 1 });
}

/* ---- random numbers ------------------------------------------------------------------------------------------------ */

void td_seed(td_context *c, uint64_t seed)
{
    c->options.seed = seed;
    c->stream = 0;
}

/* start + step u, and end where rounding goes beyond it */
static void make_uniform(const filler *f, int64_t first, int64_t n, double *to)
{
    for (int64_t i = 0; i < n; i++) {
        double u = td_philox_uniform(f->key, (uint64_t)(first + i), f->stream);
        double y = f->start + f->step * (f->dtype == TD_F32 ? floor(u * 0x1p24) * 0x1p-24 : u);
        to[i] = y > f->end ? f->end : y;
    }
}

static void map_in_place(const filler *f, int map, int64_t n, double *x, double scalar)
{
    f->kernels->map[TD_K_F64][map](n, x, (const void *[]){ x }, scalar, 0);
}

/* start + step z, z by G. E. P. Box and M. E. Muller, "A note on the generation of random normal deviates", 1958; the cosine
 * half.  By the kernels, so that the bits are no C library's. */
static void make_normal(const filler *f, int64_t first, int64_t n, double *to)
{
    const double two_pi = 6.283185307179586;
    double       angle[BLOCK];
    for (int64_t i = 0; i < n; i++) {
        uint32_t w[4];
        td_philox(f->key, (uint64_t)(first + i), f->stream, w);
        to[i] = -((double)(((uint64_t)w[1] << 32 | w[0]) >> 11) * 0x1p-53);
        angle[i] = two_pi * ((double)(((uint64_t)w[3] << 32 | w[2]) >> 11) * 0x1p-53);
    }
    map_in_place(f, TD_MAP_log1p, n, to, 0);
    map_in_place(f, TD_MAP_mul_scalar, n, to, -2);
    map_in_place(f, TD_MAP_sqrt, n, to, 0);
    map_in_place(f, TD_MAP_cos, n, angle, 0);
    f->kernels->map[TD_K_F64][TD_MAP_mul](n, to, (const void *[]){ to, angle }, 0, 0);
    map_in_place(f, TD_MAP_mul_scalar, n, to, f->step);
    map_in_place(f, TD_MAP_add_scalar, n, to, f->start);
}

static td_tensor *drawn(td_context *c, const char *who, td_dtype dtype, int rank, const int64_t *size, filler f)
{
    if (!c) return NULL;
    if (!td_is_float(dtype) && !c->status) td_fail(c, TD_EDTYPE, "%s: %s is no floating dtype", who, td_dtype_name(dtype));
    f.key = c->options.seed;
    f.stream = ++c->stream;
    return filled(c, who, dtype, rank, size, f);
}

static double largest_below(double high, td_dtype dtype)
{
    float near = (float)high;
    if (dtype != TD_F32) return nextafter(high, -(double)INFINITY);
    return (double)near < high ? near : nextafterf(near, -INFINITY);
}

td_tensor *td_uniform(td_context *c, td_dtype dtype, int rank, const int64_t *size, double low, double high)
{
    double end = low < high ? largest_below(high, dtype) : (double)INFINITY;
    return drawn(c, "td_uniform", dtype, rank, size,
                 (filler){ .make = make_uniform, .start = low, .step = high - low, .end = end });
}

td_tensor *td_uniform_keyed(td_context *c, td_dtype dtype, const td_shape *s, double low, double high, uint64_t key)
{
    double end = low < high ? largest_below(high, dtype) : (double)INFINITY;
    return filled(c, "td_uniform", dtype, s->rank, s->size,
                  (filler){ .make = make_uniform, .start = low, .step = high - low, .end = end, .key = key });
}

td_tensor *td_normal(td_context *c, td_dtype dtype, int rank, const int64_t *size, double mean, double std)
{
    return drawn(c, "td_normal", dtype, rank, size, (filler){ .make = make_normal, .start = mean, .step = std });
}

td_tensor *td_rand(td_context *c, td_dtype dtype, int rank, const int64_t *size)
{
    return drawn(c, "td_rand", dtype, rank, size, (filler){ .make = make_uniform, .step = 1, .end = 1 });
}

td_tensor *td_randn(td_context *c, td_dtype dtype, int rank, const int64_t *size)
{
    return drawn(c, "td_randn", dtype, rank, size, (filler){ .make = make_normal, .step = 1 });
}

td_tensor *td_rand_like(td_tensor *x)
{
    return x ? td_rand(x->context, (td_dtype)x->dtype, x->shape->rank, x->shape->size) : NULL;
}

td_tensor *td_randn_like(td_tensor *x)
{
    return x ? td_randn(x->context, (td_dtype)x->dtype, x->shape->rank, x->shape->size) : NULL;
}
