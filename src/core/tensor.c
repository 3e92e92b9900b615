/* tensor.c: making leaves and asking tensors. */
#include "core.h"
#include "kernel/kernel.h"

#include <math.h>
#include <string.h>

enum { FILL_GRAIN = 4096 };

/* ---- leaves -------------------------------------------------------------------------------------------------------- */

/* A leaf and memory for its values, which the caller fills before `settle_leaf`. */
static td_tensor *new_leaf(td_context *c, const char *who, td_dtype dtype, int rank, const int64_t *size, void **values)
{
    td_shape   shape;
    td_tensor *again = c->status ? NULL : td_leaf_again(c, dtype, rank, size);
    if (again) *values = again->data;
    if (c->status || again) return again;
    if ((unsigned)dtype > TD_F64) td_fail(c, TD_EDTYPE, "%s: %d is no dtype", who, (int)dtype);
    else td_shape_make(c, who, rank, size, &shape);
    if (c->status) return NULL;
    *values = td_arena_raw(c, (size_t)shape.numel * td_dtype_size(dtype));
    const td_shape *kept = *values ? td_shape_keep(c, &shape) : NULL;
    td_tensor      *x = kept ? td_node_new(c, NULL, 0, NULL) : NULL;
    if (!x) return NULL;
    x->dtype = (uint8_t)dtype;
    x->shape = kept;
    return x;
}

static td_tensor *settle_leaf(td_context *c, td_tensor *x, void *values)
{
    return x && c->engine->leaf(x, values) == TD_OK ? x : td_bad(c);
}

td_tensor *td_array(td_context *c, td_dtype dtype, int rank, const int64_t *size, const void *given)
{
    if (!c) return NULL;
    if (c->status) return c->bad;
    void      *values;
    td_tensor *x = new_leaf(c, "td_array", dtype, rank, size, &values);
    if (!x) return td_bad(c);
    if (x->shape->numel) memcpy(values, given, (size_t)x->shape->numel * td_dtype_size(dtype));
    if (dtype == TD_BOOL)
        for (int64_t i = 0; i < x->shape->numel; i++) ((uint8_t *)values)[i] = ((uint8_t *)values)[i] != 0;
    return settle_leaf(c, x, values);
}

/* Leaves whose element i is a function of i, made in blocks. */
enum { FILL_BLOCK = 256 };

typedef struct filler {
    void (*make)(const struct filler *f, int64_t first, int64_t n, double *to);    /* n <= FILL_BLOCK */
    void             *values;
    td_dtype          dtype;
    double            start, step;
    uint64_t          key, stream;
    const td_kernels *kernels;
} filler;

static void fill_piece(int64_t begin, int64_t end, void *argument)
{
    const filler *f = argument;
    double        made[FILL_BLOCK];
    for (int64_t first = begin; first < end; first += FILL_BLOCK) {
        int64_t n = end - first < FILL_BLOCK ? end - first : FILL_BLOCK;
        f->make(f, first, n, made);
        for (int64_t i = 0; i < n; i++) td_store(f->values, f->dtype, first + i, made[i]);
    }
}

static td_tensor *filled(td_context *c, const char *who, td_dtype dtype, int rank, const int64_t *size, filler f)
{
    if (!c) return NULL;
    if (c->status) return c->bad;
    td_tensor *x = new_leaf(c, who, dtype, rank, size, &f.values);
    if (!x) return td_bad(c);
    f.dtype = dtype;
    f.kernels = c->kernels;
    td_parallel(c, x->shape->numel, FILL_GRAIN, fill_piece, &f);
    return settle_leaf(c, x, f.values);
}

static void make_line(const filler *f, int64_t first, int64_t n, double *to)
{
    for (int64_t i = 0; i < n; i++) to[i] = f->start + (double)(first + i) * f->step;
}

static void make_uniform(const filler *f, int64_t first, int64_t n, double *to)
{
    for (int64_t i = 0; i < n; i++) to[i] = td_philox_uniform(f->key, (uint64_t)(first + i), f->stream);
}

static void map_in_place(const filler *f, int map, int64_t n, double *x, double scalar)
{
    f->kernels->map[TD_K_F64][map](n, x, (const void *[]){ x }, scalar, 0);
}

/* Box and Muller, "A note on the generation of random normal deviates", 1958; the cosine half.  By the kernels, so that
 * the bits are no C library's. */
static void make_normal(const filler *f, int64_t first, int64_t n, double *to)
{
    const double two_pi = 6.283185307179586;
    double       angle[FILL_BLOCK];
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
}

td_tensor *td_full(td_context *c, td_dtype dtype, int rank, const int64_t *size, double value)
{
    return filled(c, "td_full", dtype, rank, size, (filler){ .make = make_line, .start = value });
}

td_tensor *td_scalar(td_context *c, double value) { return td_full(c, TD_F64, 0, NULL, value); }

td_tensor *td_zeros(td_context *c, td_dtype dtype, int rank, const int64_t *size) { return td_full(c, dtype, rank, size, 0); }
td_tensor *td_ones(td_context *c, td_dtype dtype, int rank, const int64_t *size) { return td_full(c, dtype, rank, size, 1); }

static td_tensor *full_like(td_tensor *x, double value)
{
    if (!x) return NULL;
    return td_full(x->context, (td_dtype)x->dtype, x->shape->rank, x->shape->size, value);
}

td_tensor *td_zeros_like(td_tensor *x) { return full_like(x, 0); }
td_tensor *td_ones_like(td_tensor *x) { return full_like(x, 1); }

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

void td_seed(td_context *c, uint64_t seed)
{
    c->options.seed = seed;
    c->stream = 0;
}

static td_tensor *drawn(td_context *c, const char *who, td_dtype dtype, int rank, const int64_t *size,
                        void (*make)(const filler *, int64_t, int64_t, double *))
{
    if (!c) return NULL;
    if (!td_is_float(dtype) && !c->status) td_fail(c, TD_EDTYPE, "%s: %s is no floating dtype", who, td_dtype_name(dtype));
    return filled(c, who, dtype, rank, size, (filler){ .make = make, .key = c->options.seed, .stream = ++c->stream });
}

td_tensor *td_rand(td_context *c, td_dtype dtype, int rank, const int64_t *size)
{
    return drawn(c, "td_rand", dtype, rank, size, make_uniform);
}

td_tensor *td_randn(td_context *c, td_dtype dtype, int rank, const int64_t *size)
{
    return drawn(c, "td_randn", dtype, rank, size, make_normal);
}

/* ---- questions ----------------------------------------------------------------------------------------------------- */

td_context *td_context_of(const td_tensor *x) { return x ? x->context : NULL; }
td_dtype    td_dtype_of(const td_tensor *x) { return x ? (td_dtype)x->dtype : TD_F64; }
int         td_rank(const td_tensor *x) { return x ? x->shape->rank : 0; }
int64_t     td_numel(const td_tensor *x) { return x ? x->shape->numel : 0; }

int64_t td_size(const td_tensor *x, int axis)
{
    int rank = td_rank(x);
    if (axis < 0) axis += rank;
    return axis >= 0 && axis < rank ? x->shape->size[axis] : -1;
}

const void *td_data(td_tensor *x)
{
    if (!x || x->context->status) return NULL;
    x->context->reads++;
    td_fenv caller;
    td_fenv_enter(&caller);
    const void *values = x->context->engine->read(x);
    td_fenv_leave(&caller);
    return values;
}

double td_item(td_tensor *x)
{
    if (!x || x->context->status) return NAN;
    char text[TD_SHAPE_TEXT];
    if (x->shape->numel != 1) {
        td_fail(x->context, TD_ESHAPE, "td_item: a tensor of shape %s has %lld elements, not one",
                td_shape_text(x->shape, text), (long long)x->shape->numel);
        return NAN;
    }
    const void *values = td_data(x);
    return values ? td_load(values, (td_dtype)x->dtype, 0) : NAN;
}

td_status td_read(td_tensor *x, double *out)
{
    const void *values = td_data(x);
    if (!values) return x ? x->context->status : TD_ENOMEM;
    for (int64_t i = 0; i < x->shape->numel; i++) out[i] = td_load(values, (td_dtype)x->dtype, i);
    return TD_OK;
}

/* ---- gradients, seen from a tensor --------------------------------------------------------------------------------- */

td_tensor *td_require_grad(td_tensor *x)
{
    if (!x || x->context->status) return x;
    if (!td_is_float((td_dtype)x->dtype)) {
        td_fail(x->context, TD_EDTYPE, "td_require_grad: a tensor of dtype %s has no gradient", td_dtype_name((td_dtype)x->dtype));
        return td_bad(x->context);
    }
    if (td_watch(x)) return td_bad(x->context);
    x->flags |= TD_REQUIRES | TD_KEEPS;
    return x;
}

bool td_requires_grad(const td_tensor *x) { return x && x->flags & TD_REQUIRES; }

td_tensor *td_grad(td_tensor *x)
{
    if (!x || x->context->status) return x ? x->context->bad : NULL;
    if (!(x->flags & TD_KEEPS)) {
        td_fail(x->context, TD_ESTATE, "td_grad: no gradient is kept for this tensor: call td_require_grad on it first");
        return td_bad(x->context);
    }
    return x->grad ? x->grad : td_zeros_like(x);
}

void td_zero_grad(td_tensor *x)
{
    if (x) x->grad = NULL;
}
