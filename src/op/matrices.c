/* matrices.c: a stack of matrices, one by one: what factor.h promises of it. */
#include "op/factor.h"
#include "op/shape.h"

#include <string.h>

enum {
    SMALL = 64,             /* matrices of these sizes are done several at a time */
    WORTH_A_THREAD = 1 << 14
};

typedef struct job {
    td_matrix_fn *one;
    td_matrices   first;
    int64_t       stride[TD_MATRICES], out_stride, work;    /* from one matrix to the next */
    int64_t      *trouble;
} job;

static void do_matrices(int64_t begin, int64_t end, void *argument)
{
    const job *j = argument;
    for (int64_t i = begin; i < end; i++) {
        td_matrices s = j->first;
        for (int k = 0; k < s.call->n_in; k++) s.in[k] += i * j->stride[k];
        s.out += i * j->out_stride;
        s.work += j->work ? i * j->work : 0;
        j->trouble[i] = j->one(&s);
    }
}

/* Operand k in doubles, row-major, in memory of the arena. */
static double *as_doubles(const td_call *call, int k)
{
    int64_t    n = call->in[k].shape->numel;
    double    *to = td_arena_raw(call->context, (size_t)(n + 1) * sizeof *to);
    td_shape   dense = *call->in[k].shape;
    td_shape_strides(&dense);
    if (to && call->in[k].dtype == TD_F64) td_walk_move(call->context, &(td_window){ to, &dense, TD_F64 }, &call->in[k]);
    if (!to || call->in[k].dtype == TD_F64) return to;
    const void *from = td_dense(call, k);
    if (from) call->context->kernels->cast[call->in[k].dtype][TD_K_F64](n, to, (const void *[]){ from }, 0, 0);
    return from ? to : NULL;
}

static int64_t stack_of(const td_shape *s)
{
    int64_t n = 1;
    for (int k = 0; k < s->rank - 2; k++) n *= s->size[k];
    return n;
}

static td_status complain(const td_call *call, int64_t matrices, const int64_t *found, const char *trouble)
{
    char which[64] = "", why[160];
    for (int64_t i = 0; i < matrices; i++) {
        if (!found[i]) continue;
        if (matrices > 1) snprintf(which, sizeof which, "matrix %lld of %lld: ", (long long)i, (long long)matrices);
        snprintf(why, sizeof why, trouble, (long long)found[i]);
        return td_fail(call->context, TD_EDOMAIN, "%s: %s%s", call->op->name, which, why);
    }
    return TD_OK;
}

static td_status run(const td_call *call, job *j, int64_t matrices, const char *trouble)
{
    td_context  *c = call->context;
    td_matrices *s = &j->first;
    bool         small = s->m <= SMALL && s->n <= SMALL && s->k <= SMALL, own = call->out.dtype == TD_F64;
    int64_t      numel = call->out.shape->numel;
    for (int k = 0; k < call->n_in; k++) {
        s->in[k] = as_doubles(call, k);
        j->stride[k] = call->in[k].shape->numel / matrices;
    }
    j->out_stride = numel / matrices;
    s->out = own ? call->out.data : td_arena_raw(c, (size_t)(numel + 1) * sizeof *s->out);
    s->work = td_arena_raw(c, (size_t)(j->work * (small ? matrices : 1) + 1) * sizeof *s->work);
    j->trouble = td_arena_raw(c, (size_t)matrices * sizeof *j->trouble);
    if (c->status) return c->status;
    int64_t each = s->m * s->n * (s->m + s->k + 1);
    if (small) td_parallel(c, matrices, each < WORTH_A_THREAD ? WORTH_A_THREAD / (each + 1) + 1 : 1, do_matrices, j);
    else j->work = 0, do_matrices(0, matrices, j);
    if (!own) c->kernels->cast[TD_K_F64][call->out.dtype](numel, call->out.data, (const void *[]){ s->out }, 0, 0);
    return complain(call, matrices, j->trouble, trouble);
}

td_status td_matrices_run(const td_call *call, td_matrix_fn *one, int64_t work, const char *trouble)
{
    const td_shape *a = call->in[0].shape, *b = call->n_in > 1 ? call->in[1].shape : NULL;
    int64_t         matrices = stack_of(a);
    job             j = { .one = one, .work = work, .first = { .call = call, .context = call->context } };
    if (matrices == 0) return TD_OK;
    j.first.m = a->size[a->rank - 2], j.first.n = a->size[a->rank - 1];
    j.first.k = b && b->rank == a->rank ? b->size[b->rank - 1] : 0;
    td_scratch s = td_scratch_begin(call->context);
    td_status  status = run(call, &j, matrices, trouble);
    td_scratch_end(&s);
    return status;
}
