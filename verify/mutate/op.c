/* op.c: the copy of an op, its rule and its kernel.
 *
 * The rule collects what the original hands over in a table of adjoints of its own, spoils it, and hands that over.  A
 * composition has neither rule nor kernel: its adjoints are those of the program that applies it, its values those of the
 * eval engine. */
#include "mutate/op.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const td_mutant *mutant_of(const td_op *op)
{
    return (const td_mutant *)op;
}

/* ---- the rule ---------------------------------------------------------------------------------------------------- */

typedef struct whole { const td_op *op; int n; const td_attr *attr; } whole;

static td_tensor *apply_whole(td_context *c, td_tensor *const *in, void *user)
{
    const whole *w = user;
    (void)c;
    return td_apply(w->op, w->n, in, w->attr);
}

static bool of_composition(const td_op *op, const td_attr *attr, const td_pull *p, td_tensor *g, td_tensor **gx)
{
    td_context *c = p->y->context;
    td_vjp(apply_whole, c, p->n_in, p->in, &(whole){op, p->n_in, attr}, g, gx);
    return !td_error(c);
}

/* A tensor that is several operands gets its adjoint once, as the first of them. */
static bool of_primitive(const td_op *op, const td_attr *attr, const td_pull *p, td_tensor *g, td_tensor **gx)
{
    td_tensor **table = calloc((size_t)p->y->index + 1, sizeof *table);
    if (!table) return !td_fail(p->y->context, TD_ENOMEM, "mutant: out of memory");
    td_pull q = *p;
    q.g = g;
    q.attr = attr;
    q.adjoint = table;
    op->vjp(&q);
    for (int k = 0; k < p->n_in; k++) {
        gx[k] = table[p->in[k]->index];
        table[p->in[k]->index] = NULL;
    }
    free(table);
    return !td_error(p->y->context);
}

static td_tensor *noted(const td_mutant *m, td_tensor *before, td_tensor *after)
{
    if (after != before) ++*m->changed;
    return after;
}

static void spoil_and_hand(const td_mutant *m, td_pull *p, td_tensor **gx)
{
    const td_mutation *how = m->mutation;
    for (int k = 0; k < p->n_in && how->adjoint; k++) {
        if (gx[k] && td_pull_wants(p, k)) gx[k] = noted(m, gx[k], how->adjoint(how, p, k, gx[k]));
    }
    if (how->hand && how->hand(how, p, gx)) ++*m->changed;
    for (int k = 0; k < p->n_in; k++) if (gx[k]) td_pull_add(p, k, gx[k]);
}

static void vjp(td_pull *p)
{
    const td_mutant *m = mutant_of(p->y->op);
    const td_mutation *how = m->mutation;
    td_tensor *gx[TD_MUTANT_OPERANDS] = {NULL}, *g = p->g;
    if (p->n_in > TD_MUTANT_OPERANDS) {
        td_fail(p->y->context, TD_EVALUE, "mutant: %d operands, can do with %d", p->n_in, TD_MUTANT_OPERANDS);
        return;
    }
    if (how->cotangent) g = noted(m, g, how->cotangent(how, g));
    int64_t begin = td_node_count(p->y->context);
    td_attr attr = td_mutant_attr(m, p->attr);
    if (!(m->original->compose ? of_composition : of_primitive)(m->original, &attr, p, g, gx)) return;
    if ((how->node || how->saved) && td_mutant_rewrite(how, p, begin, gx)) ++*m->changed;
    spoil_and_hand(m, p, gx);
}

/* ---- the kernel -------------------------------------------------------------------------------------------------- */

/* Row-major numbers of a window; NULL: no memory. */
static void *packed(const td_window *w)
{
    size_t bytes = td_dtype_size(w->dtype);
    const td_shape *s = w->shape;
    char *out = malloc((size_t)(s->numel + 1) * bytes);
    for (int64_t i = 0; out && i < s->numel; i++) {
        int64_t rest = i, offset = 0;
        for (int k = s->rank - 1; k >= 0; k--) {
            offset += rest % s->size[k] * s->stride[k];
            rest /= s->size[k];
        }
        memcpy(out + (size_t)i * bytes, (const char *)w->data + offset * (int64_t)bytes, bytes);
    }
    return out;
}

static td_tensor *evaluate(const td_op *op, const td_call *call, td_context *c)
{
    td_tensor *in[TD_MUTANT_OPERANDS];
    if (call->n_in > TD_MUTANT_OPERANDS) return NULL;
    for (int i = 0; i < call->n_in; i++) {
        const td_window *w = &call->in[i];
        void *numbers = packed(w);
        if (!numbers) return NULL;
        in[i] = td_array(c, w->dtype, w->shape->rank, w->shape->size, numbers);
        free(numbers);
    }
    return td_apply(op, call->n_in, in, call->attr);
}

static td_status compute_composition(const td_op *op, const td_call *call)
{
    td_context *c = td_open(&(td_options){.engine = td_eval_engine()});
    td_tensor *y = c ? evaluate(op, call, c) : NULL;
    const void *values = y ? td_data(y) : NULL;
    td_status status = TD_OK;
    if (values) memcpy(call->out.data, values, (size_t)td_numel(y) * td_dtype_size(call->out.dtype));
    else if (c && td_error(c)) status = td_fail(call->context, td_error(c), "%s", td_message(c));
    else status = td_fail(call->context, TD_ENOMEM, "mutant: out of memory");
    td_close(c);
    return status;
}

static td_status compute(const td_call *call)
{
    const td_mutant *m = mutant_of(call->op);
    const td_op *op = m->original;
    td_attr attr = td_mutant_attr(m, call->attr);
    td_call original = *call;
    original.attr = &attr;
    td_status status = op->compute ? op->compute(&original) : compute_composition(op, &original);
    if (!status && m->mutation->value && m->mutation->value(m->mutation, call)) ++*m->changed;
    return status;
}

/* ---- a kernel that rounds ---------------------------------------------------------------------------------------- */

static td_status round_to_single(const td_call *call)
{
    double *out = call->out.data, *numbers = packed(&call->in[0]);
    if (!numbers) return td_fail(call->context, TD_ENOMEM, "mutant: out of memory");
    for (int64_t i = 0; i < call->out.shape->numel; i++) out[i] = (float)numbers[i];
    free(numbers);
    return TD_OK;
}

static void pass(td_pull *p)
{
    td_pull_add(p, 0, p->g);
}

static const td_op rounding = {
    .name = "copy", .id = TD_ID_copy, .min_in = 1, .max_in = 1, .compute = round_to_single, .vjp = pass};

td_tensor *td_mutant_rounded(td_tensor *x)
{
    return td_apply(&rounding, 1, &x, NULL);
}

bool td_mutant_counts(double difference, td_dtype dtype)
{
    return fabs(difference) >= TD_MUTANT_UNITS * (dtype == TD_F32 ? 0x1p-24 : 0x1p-53);
}

/* ---- the copy ---------------------------------------------------------------------------------------------------- */

td_mutant td_mutant_of(const td_op *op, const td_mutation *how, int64_t *changed)
{
    td_mutant m = {.op = *op, .original = op, .mutation = how, .changed = changed};
    if (op->compute || op->compose) m.op.compute = compute;
    if (!op->flat && (op->vjp || op->compose)) m.op.vjp = vjp;
    m.op.compose = NULL;
    return m;
}
