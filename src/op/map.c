/* map.c: how elementwise ops compute, and how strided windows are read.
 *
 * The result is contiguous and is made in blocks of BLOCK elements.  An operand that is contiguous there is read in
 * place; any other (a view, an expanded size) is packed into a buffer on the stack first, so the loops of kernel/ see
 * contiguous numbers only.  Nor do they know of a large result: a block of it is made on the stack, in cache, and is
 * carried past the caches from there. */
#include "op.h"

#include <string.h>

enum {
    BLOCK = 1024, BLOCKS_A_PIECE = 8, MOST_OPERANDS = 3,
    BLOCKS_PAST = 128,   /* of a piece that goes past the caches, for it ends with waiting until all has gone */
    LARGE = 16 << 20,    /* bytes of a result that goes past the caches: with its operands it fills those of most machines */
    PAST  = 4096         /* bytes of it made at a time */
};

_Static_assert(TD_K_BOOL == (int)TD_BOOL && TD_K_I64 == (int)TD_I64 && TD_K_F32 == (int)TD_F32 && TD_K_F64 == (int)TD_F64,
               "the tables of kernel/ are in the order of td_dtype");

td_tensor *td_apply1(const td_op *op, td_tensor *x, const td_attr *attr) { return td_apply(op, 1, &x, attr); }

td_tensor *td_apply2(const td_op *op, td_tensor *x, td_tensor *y) { return td_apply(op, 2, (td_tensor *[]){ x, y }, NULL); }

void td_pull_slope(td_pull *p, td_tensor *slope) { td_pull_add(p, 0, td_mul(p->g, slope)); }

td_tensor *td_number(td_tensor *x, double value)
{
    return td_full(td_context_of(x), td_dtype_of(x), 0, NULL, value);
}

td_tensor *td_floating(td_tensor *x) { return td_is_float(td_dtype_of(x)) ? x : td_to(x, TD_F64); }

void td_to_common_float(int n, td_tensor **in, unsigned set)
{
    td_dtype d = TD_BOOL;
    for (int k = 0; k < n; k++)
        if (in[k] && set >> k & 1) d = td_promote(d, td_dtype_of(in[k]));
    if (!td_is_float(d)) d = TD_F64;
    for (int k = 0; k < n; k++)
        if (in[k] && set >> k & 1) in[k] = td_to(in[k], d);
}

/* ---- streams ----------------------------------------------------------------------------------------------------- */

td_stream td_stream_of(const td_context *c, const td_window *w)
{
    td_stream s = { .data = w->data, .bytes = (int64_t)td_dtype_size(w->dtype), .line = c->kernels->line[w->dtype] };
    for (int i = 0; i < w->shape->rank; i++) {
        int64_t size = w->shape->size[i], stride = w->shape->stride[i];
        if (size == 1) continue;
        bool runs_on = s.rank > 0 && s.stride[s.rank - 1] == size * stride;
        if (runs_on) s.rank--, size *= s.size[s.rank];
        s.size[s.rank] = size;
        s.stride[s.rank++] = stride;
    }
    if (s.rank == 0) s.size[0] = 1, s.stride[0] = 1, s.rank = 1;
    return s;
}

/* Where element `first` stands: its index along each axis, and its offset as the result. */
static int64_t locate(const td_stream *s, int64_t first, int64_t at[TD_MAX_RANK])
{
    int64_t offset = 0;
    for (int i = s->rank - 1; i > 0; i--) {
        at[i] = first % s->size[i];
        first /= s->size[i];
        offset += at[i] * s->stride[i];
    }
    at[0] = first;
    return offset + first * s->stride[0];
}

const char *td_stream_at(const td_stream *s, int64_t i)
{
    int64_t at[TD_MAX_RANK];
    return s->data + locate(s, i, at) * s->bytes;
}

/* The offset one step on along axis `from`, carrying like an odometer. */
static int64_t carry(const td_stream *s, int from, int64_t offset, int64_t at[TD_MAX_RANK])
{
    for (int i = from; i >= 0; i--) {
        offset += s->stride[i];
        if (++at[i] < s->size[i] || i == 0) break;
        offset -= s->stride[i] * s->size[i];
        at[i] = 0;
    }
    return offset;
}

const void *td_stream_read(const td_stream *s, int64_t first, int64_t n, void *buffer)
{
    int64_t     at[TD_MAX_RANK], offset = locate(s, first, at);
    int         last = s->rank - 1;
    int64_t     step = s->stride[last];
    char       *out = buffer;
    if (step == 1 && at[last] + n <= s->size[last]) return s->data + offset * s->bytes;
    while (n > 0) {
        int64_t run = s->size[last] - at[last] < n ? s->size[last] - at[last] : n;
        s->line(run, out, s->data + offset * s->bytes, step);
        out += run * s->bytes;
        n -= run;
        offset = carry(s, last - 1, offset - at[last] * step, at);
        at[last] = 0;
    }
    return buffer;
}

void td_stream_places(const td_stream *s, int64_t first, int64_t n, const void **place)
{
    int64_t at[TD_MAX_RANK], offset = locate(s, first, at);
    for (int64_t i = 0; i < n; i++) {
        place[i] = s->data + offset * s->bytes;
        offset = carry(s, s->rank - 1, offset, at);
    }
}

/* ---- maps -------------------------------------------------------------------------------------------------------- */

typedef struct map_job {
    td_map_fn     *kernel;
    const td_past *past;          /* NULL: an ordinary result */
    int            n_in;
    td_stream      in[MOST_OPERANDS];
    char          *out;
    int64_t        numel, bytes, block;
    int64_t        ahead;         /* elements: so far ahead operands are asked for */
    double         a, b;
} map_job;

static void map_block(const map_job *j, int64_t first, int64_t n)
{
    _Alignas(64) double buffer[MOST_OPERANDS][BLOCK], result[PAST / sizeof(double)];
    const void         *x[MOST_OPERANDS], *next[MOST_OPERANDS];
    char               *y = j->out + first * j->bytes;
    int                 ahead = 0;
    for (int i = 0; i < j->n_in; i++) {
        x[i] = td_stream_read(&j->in[i], first, n, buffer[i]);
        if (x[i] != buffer[i]) next[ahead++] = (const char *)x[i] + j->ahead * j->in[i].bytes;
    }
    j->kernel(n, j->past ? (void *)result : y, x, j->a, j->b);
    if (j->past) j->past->write(n * j->bytes, y, result, ahead, next);
}

static void map_blocks(int64_t begin, int64_t end, void *argument)
{
    const map_job *j = argument;
    for (int64_t first = begin * j->block; begin < end; begin++, first += j->block)
        map_block(j, first, j->numel - first < j->block ? j->numel - first : j->block);
    if (j->past) j->past->finish();
}

/* A block of numbers that stand ready: the kernel is called where it would be called anyhow. */
static bool is_one_block(const td_call *call)
{
    if (call->out.shape->numel > BLOCK) return false;
    for (int i = 0; i < call->n_in; i++)
        if (!td_shape_is_contiguous(call->in[i].shape)) return false;
    return true;
}

static void run_one_block(const td_call *call, td_map_fn *kernel)
{
    const void *x[MOST_OPERANDS];
    for (int i = 0; i < call->n_in; i++) x[i] = call->in[i].data;
    kernel(call->out.shape->numel, call->out.data, x, call->attr ? call->attr->a : 0, call->attr ? call->attr->b : 0);
}

td_status td_map_run(const td_call *call, td_map_fn *kernel)
{
    if (is_one_block(call)) {
        run_one_block(call, kernel);
        return TD_OK;
    }
    map_job j = { .kernel = kernel, .n_in = call->n_in, .out = call->out.data, .numel = call->out.shape->numel,
                  .bytes = (int64_t)td_dtype_size(call->out.dtype), .block = BLOCK };
    if (j.numel >= LARGE / j.bytes) {
        j.past = call->context->kernels->past;
        j.block = PAST / j.bytes < BLOCK ? PAST / j.bytes : BLOCK;
        j.ahead = j.block;
        if (j.n_in == 1) j.block /= 2, j.ahead *= 2;    /* one stream is fastest in small pieces, asked for early */
    }
    if (call->attr) j.a = call->attr->a, j.b = call->attr->b;
    for (int i = 0; i < call->n_in; i++) j.in[i] = td_stream_of(call->context, &call->in[i]);
    td_parallel(call->context, (j.numel + j.block - 1) / j.block, j.past ? BLOCKS_PAST : BLOCKS_A_PIECE, map_blocks, &j);
    return TD_OK;
}

td_map_fn *td_map_of(const td_tensor *y)
{
    const td_kernels *k = y->context->kernels;
    if (y->op == &td_op_cast) return k->cast[y->in[0]->dtype][y->dtype];
    bool whole = y->op->compute == td_divide_compute && y->dtype == TD_I64;
    if (whole || (y->op->compute != td_map_compute && y->op->compute != td_divide_compute)) return NULL;
    return k->map[y->in[y->n_in - 1]->dtype][y->op->kernel];
}

td_status td_map_compute(const td_call *call)
{
    td_dtype   dtype = call->in[call->n_in - 1].dtype;
    td_map_fn *kernel = call->context->kernels->map[dtype][call->op->kernel];
    if (!kernel) return td_fail(call->context, TD_EDTYPE, "%s: not for %s", call->op->name, td_dtype_name(dtype));
    return td_map_run(call, kernel);
}
