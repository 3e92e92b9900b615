/* fault.c: a copy of an op, with its rule or its kernel spoilt.
 *
 * The dual engine and replay go by op->id and find the right definition; the tape uses the struct it was given.  A rule is
 * run into adjoints of its own, of which one is spoilt before it is handed on.  A composition has neither rule nor kernel:
 * there a faulty `copy` carries one operand in, or the result out. */
#include "fuzz/fault.h"

#include <string.h>

/* compose is not told which op it belongs to.  Set and cleared by the thread that runs the check. */
static _Thread_local const td_fault *planted;

static const char *const names[] = {"factor", "sign", "dropped", "entry", "value"};

const char *td_fault_name(td_fault_kind k)
{
    return names[k];
}

static const td_fault *fault_of(const td_op *op)
{
    return op == &planted->courier ? planted : (const td_fault *)(const void *)op;
}

/* ---- rules ------------------------------------------------------------------------------------------------------- */

/* Far above rounding in the dtype of the numbers that are spoilt. */
static double size_in(td_dtype dtype)
{
    return dtype == TD_F32 ? 1e-2 : 1e-6;
}

/* Ones, but for the entry. */
static td_tensor *mask(const td_fault *f, td_tensor *g)
{
    int64_t n = td_numel(g), size[TD_MAX_RANK], at = n ? (int64_t)(f->place % (uint64_t)n) : 0;
    td_context *c = td_context_of(g);
    double *v = td_arena(c, (size_t)(n + 1) * sizeof *v);
    if (!v) return g;
    for (int64_t i = 0; i < n; i++) v[i] = i == at ? 1 + size_in(td_dtype_of(g)) : 1;
    for (int i = 0; i < td_rank(g); i++) size[i] = td_size(g, i);
    return td_to(td_array(c, TD_F64, td_rank(g), size, v), td_dtype_of(g));
}

static td_tensor *spoilt(const td_fault *f, td_tensor *g)
{
    switch (f->kind) {
    case TD_FAULT_FACTOR: return td_mul_scalar(g, 1 + size_in(td_dtype_of(g)));
    case TD_FAULT_SIGN: return td_neg(g);
    case TD_FAULT_DROPPED: return NULL;
    case TD_FAULT_ENTRY: return td_mul(g, mask(f, g));
    default: return g;
    }
}

/* The victim apart from the other operands, also where they are the same tensor. */
static td_tensor *stand_in(const td_pull *p, int victim)
{
    int uses = 0;
    for (int i = 0; i < p->n_in; i++) uses += p->in[i] == p->in[victim];
    return uses > 1 ? td_copy(p->in[victim]) : p->in[victim];
}

static void faulty_vjp(td_pull *p)
{
    const td_fault *f = fault_of(p->y->op);
    const td_op *right = p->y->op == &f->op ? f->right : td_op_by_id(TD_ID_copy);
    int victim = p->y->op == &f->op ? f->operand : 0;
    td_tensor *in[TD_STEP_IN];
    for (int i = 0; i < p->n_in; i++) in[i] = p->in[i];
    in[victim] = stand_in(p, victim);
    td_tensor **own = td_arena(p->y->context, ((size_t)td_node_count(p->y->context) + 1) * sizeof *own);
    td_pull inner = *p;
    inner.in = in;
    inner.adjoint = own;
    if (!own || td_error(p->y->context)) return;
    right->vjp(&inner);
    for (int i = 0; i < p->n_in; i++) {
        td_tensor **g = &own[in[i]->index];
        if (*g) td_pull_add(p, i, i == victim ? spoilt(f, *g) : *g);
        *g = NULL;                 /* an operand used twice is handed on once */
    }
}

/* ---- kernels ----------------------------------------------------------------------------------------------------- */

static void spoil_element(const td_window *out, const td_fault *f)
{
    int64_t n = out->shape->numel, i = n ? (int64_t)(f->place % (uint64_t)n) : 0;
    if (n && out->dtype == TD_F64) ((double *)out->data)[i] *= 1 + size_in(TD_F64);
    if (n && out->dtype == TD_F32) ((float *)out->data)[i] *= (float)(1 + size_in(TD_F32));
    if (n && out->dtype == TD_I64) ((int64_t *)out->data)[i] += 1;
    if (n && out->dtype == TD_BOOL) ((uint8_t *)out->data)[i] ^= 1;
}

static td_status faulty_compute(const td_call *call)
{
    const td_fault *f = fault_of(call->op);
    td_call right = *call;
    right.op = call->op == &f->op ? f->right : td_op_by_id(TD_ID_copy);
    td_status status = right.op->compute(&right);
    if (!status) spoil_element(&call->out, f);
    return status;
}

/* ---- compositions ------------------------------------------------------------------------------------------------ */

static td_tensor *faulty_compose(int n, td_tensor *const *in, const td_attr *attr)
{
    const td_fault *f = planted;
    td_tensor *operand[TD_STEP_IN];
    for (int i = 0; i < n; i++) {
        bool victim = i == f->operand && f->kind != TD_FAULT_VALUE;
        operand[i] = victim ? td_apply(&f->courier, 1, &in[i], NULL) : in[i];
    }
    td_tensor *y = f->right->compose(n, operand, attr);
    return f->kind == TD_FAULT_VALUE ? td_apply(&f->courier, 1, &y, NULL) : y;
}

/* ---- planting ---------------------------------------------------------------------------------------------------- */

static void spoil(td_op *op, bool value)
{
    if (value) op->compute = faulty_compute;
    else op->vjp = faulty_vjp;
}

static bool can_have(const td_op *op, td_fault_kind kind)
{
    if (op->compose) return true;
    return kind == TD_FAULT_VALUE ? op->compute != NULL : op->vjp != NULL;
}

bool td_fault_plant(td_steps *p, uint64_t seed, td_fault *f)
{
    *f = (td_fault){.place = td_hash(seed, 0)};
    for (uint64_t k = 1; k < 200; k++) {
        uint64_t h = td_hash(seed, k);
        f->kind = (td_fault_kind)(h % TD_FAULT_KINDS);
        f->step = (int)(h / 8 % (uint64_t)p->n_step);
        td_step *s = &p->step[f->step];
        if (!can_have(s->op, f->kind)) continue;
        f->operand = (int)(h / 4096 % (uint64_t)s->n);
        f->right = s->op;
        f->op = *s->op;
        f->courier = *td_op_by_id(TD_ID_copy);
        if (s->op->compose) f->op.compose = faulty_compose;
        spoil(s->op->compose ? &f->courier : &f->op, f->kind == TD_FAULT_VALUE);
        s->op = &f->op;
        planted = f;
        return true;
    }
    return false;
}

void td_fault_lift(td_steps *p, td_fault *f)
{
    p->step[f->step].op = f->right;
    planted = NULL;
}
