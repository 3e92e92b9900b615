/* alone.c: one op, judged where rounding has no bound: a kernel of it by kernels.c, its rule here.
 *
 * A program may overflow, or come so close to a branch that rounding decides, and be right.  One op must not, at operands
 * so far from overflow that no product of them overflows, if its definition has small numbers there and small bounds: then
 * a rule that gives NaN takes a branch that it should not, or a form that overflows, and one that is far off is wrong. */
#include "check.h"

#include <math.h>

/* Binary orders of magnitude that an operand may be away from 1, half of the dtype's. */
static double range(td_dtype dtype)
{
    return dtype == TD_F32 ? 63 : 511;
}

/* Orders of magnitude of a product of the input's numbers; of an elementwise op's each stands alone. */
static double orders(const td_input *in, bool elementwise)
{
    double all = 0;
    for (int64_t i = 0; i < in->numel; i++) {
        double v = td_input_at(in, i), n = v == 0 ? 0 : fabs(log2(fabs(v)));
        all = elementwise ? fmax(all, n) : all + n;
    }
    return all;
}

static bool is_moderate(const td_problem *p, td_dtype dtype)
{
    double all = 0;
    for (int i = 0; i < p->n; i++) {
        if (!p->in[i].smooth) continue;
        for (int64_t j = 0; j < p->in[i].numel; j++) if (!isfinite(td_input_at(&p->in[i], j))) return false;
        all += orders(&p->in[i], p->alone->kind != TD_PLAIN);
    }
    return all * p->power < range(dtype);      /* a norm of order 3 cubes, and 1e-16 cubed is 0 in f32 */
}

/* Does the definition say what no right rule misses: a number with most of its digits, or an infinite slope?  An infinite value
 * is missed by any rounding: log det of a matrix that is just singular. */
static bool is_clear(const td_finding *f, double mass, td_dtype dtype)
{
    td_answer dual = f->dual;
    double size = fmax(fabs(dual.value), mass);
    bool pole = isinf(dual.value) && dual.bound == 0 && f->asked == TD_ASKED_SLOPE;
    if (!isfinite(dual.value)) return pole && isnan(f->tape.value);
    return dual.bound <= 0x1p-20 * size && size < ldexp(1, (int)range(dtype));
}

/* f32 if any of the numbers asked for is: a slope has its input's dtype, whatever the result's is. */
static td_dtype narrowest(const td_examination *k)
{
    td_dtype dtype = k->tape.dtype;
    for (int i = 0; i < k->p->n; i++) if (k->p->in[i].smooth && k->p->in[i].dtype == TD_F32) dtype = TD_F32;
    return dtype;
}

void td_judge_alone(const td_examination *k, td_finding *f, double mass)
{
    const td_op *op = k->p->alone;
    td_dtype dtype = narrowest(k);
    bool open = op && f->verdict == TD_INCONCLUSIVE && is_clear(f, mass, dtype);
    bool off = !isfinite(f->tape.value) || (mass > 0 && fabs(f->tape.value - f->dual.value) > mass / 100);
    if (!open || !off || !is_moderate(k->p, dtype)) return;
    f->verdict = TD_DISAGREE;
    TD_SAY(f->reason, "%s, asked alone, far from overflow, where its definition loses no digits: a rule must not either",
           op->name);
}

void td_compare_kernels(td_examination *k)
{
    const td_blame *b = &k->tape.kernel;
    if (!b->found) return;
    td_finding f = td_finding_of(TD_ASKED_VALUE, -1, b->coordinate, b->tape, b->dual);
    TD_SAY(f.reason, "the kernel of %s differs from its definition at the very operands it had", b->op);
    k->r->values_disagreed++;
    td_weigh(k, &f, &k->r->worst);
    k->r->blame = *b;
}
