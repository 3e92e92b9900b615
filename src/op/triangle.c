/* triangle.c: tril and triu: of each row a part is copied, the rest is 0. */
#include "op/shape.h"

#include <string.h>

static td_status triangle_infer(td_infer *i)
{
    char text[TD_SHAPE_TEXT];
    if (i->shape.rank >= 2) return TD_OK;
    return td_fail(i->context, TD_ESHAPE, "%s: %s is no matrix", i->op->name, td_shape_text(i->in[0]->shape, text));
}

typedef struct triangle_job {
    const char *from;
    char       *to;
    size_t      bytes;       /* of an element */
    int64_t     m, n, by;    /* rows, columns, the diagonal that bounds what is kept */
    bool        upper;
} triangle_job;

static void triangle_rows(int64_t begin, int64_t end, void *argument)
{
    const triangle_job *j = argument;
    size_t              row = (size_t)j->n * j->bytes;
    for (int64_t r = begin; r < end; r++) {
        /* columns below `edge` lie to the left of the bound, for triu, or within it, for tril */
        int64_t edge = r % j->m + !j->upper, room = j->n - edge;
        edge = j->by < -edge ? 0 : j->by > room ? j->n : edge + j->by;
        size_t      left = (size_t)edge * j->bytes;
        char       *to = j->to + (size_t)r * row;
        const char *from = j->from + (size_t)r * row;
        if (j->upper) memset(to, 0, left), memcpy(to + left, from + left, row - left);
        else memcpy(to, from, left), memset(to + left, 0, row - left);
    }
}

/* Rows that are a piece of work. */
static int64_t rows_grain(int64_t n) { return n < 1 << 14 ? (1 << 14) / n : 1; }

static td_status triangle_compute(const td_call *call)
{
    const td_shape *s = call->out.shape;
    if (s->numel == 0) return TD_OK;
    td_scratch   scratch = td_scratch_begin(call->context);
    triangle_job j = { .from = td_dense(call, 0), .to = call->out.data, .bytes = td_dtype_size(call->out.dtype),
                       .m = s->size[s->rank - 2], .n = s->size[s->rank - 1], .by = call->attr->list[0],
                       .upper = call->op->kernel };
    if (j.from) td_parallel(call->context, s->numel / j.n, rows_grain(j.n), triangle_rows, &j);
    td_scratch_end(&scratch);
    return call->context->status;
}

static td_tensor *apply_triangle(const td_op *op, td_tensor *x, int64_t diagonal)
{
    return td_stopped(x) ? td_passed(x) : td_apply1(op, x, &(td_attr){ .n_list = 1, .list = { diagonal } });
}

td_tensor *td_tril(td_tensor *x, int64_t diagonal) { return apply_triangle(&td_op_tril, x, diagonal); }
td_tensor *td_triu(td_tensor *x, int64_t diagonal) { return apply_triangle(&td_op_triu, x, diagonal); }

/* what was kept of x is kept of g */
static void tril_vjp(td_pull *p) { td_pull_add(p, 0, td_tril(p->g, p->attr->list[0])); }
static void triu_vjp(td_pull *p) { td_pull_add(p, 0, td_triu(p->g, p->attr->list[0])); }

static void triangle_sample(td_sample *s)
{
    s->n_in = 1;
    td_sample_operand(s, 0, 2, 4);
    s->attr.n_list = 1;
    s->attr.list[0] = td_sample_below(s, 7) - 3;
}

static td_tensor *call_triangle(const td_invocation *k) { return apply_triangle(k->op, k->in[0], td_as_i64(k, 0)); }
static const td_signature tril_signature = {
    .example = "tril(W)", .call = call_triangle, .parameter = { { "diagonal", TD_INTEGER, false, 0 } },
};
static const td_signature triu_signature = {
    .example = "triu(W, 1)", .call = call_triangle, .parameter = { { "diagonal", TD_INTEGER, false, 0 } },
};
const td_op td_op_tril = {
    .name = "tril", .id = TD_ID_tril, .min_in = 1, .max_in = 1,
    .infer = triangle_infer, .compute = triangle_compute, .vjp = tril_vjp, .sample = triangle_sample,
    .signature = &tril_signature,
};
const td_op td_op_triu = {
    .name = "triu", .id = TD_ID_triu, .min_in = 1, .max_in = 1, .kernel = 1,
    .infer = triangle_infer, .compute = triangle_compute, .vjp = triu_vjp, .sample = triangle_sample,
    .signature = &triu_signature,
};
