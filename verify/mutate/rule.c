/* rule.c: mistakes inside a rule: a term, a factor, a sum, a comparison, a branch, a saved value.
 *
 * A rule is written in ops, so running it leaves its steps on the tape.  The steps are made once more, in order, with the
 * mutation in the place of the one it is about; what depends on that step is made again from the new tensor.  Only steps
 * that reach an adjoint are looked at. */
#include "mutate/op.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef struct rewriting {
    const td_mutation *m;
    const td_pull     *p;
    int64_t            begin, end;
    td_tensor        **made;           /* owned; by index - begin: what stands for a step now, NULL: not needed */
    int                place;          /* how many steps the mutation could be about so far */
    bool               changed;
} rewriting;

td_tensor *td_mutant_again(const td_tensor *node, td_tensor *const *in)
{
    td_tensor *x[TD_MUTANT_OPERANDS];
    for (int i = 0; i < node->n_in; i++) x[i] = node->flags & TD_VIEW ? td_copy(in[i]) : in[i];
    return td_apply(node->op, node->n_in, x, node->attr);
}

static td_tensor *operand(rewriting *r, const td_tensor *node, td_tensor *x)
{
    if (x->index >= r->begin) return r->made[x->index - r->begin];
    if (!r->m->saved || x == r->p->g) return x;
    td_tensor *instead = r->m->saved(r->m, r->p, node, x);
    if (instead != x) r->changed = true;
    return instead;
}

/* The m->k-th place alone, or all of them if it is -1. */
static td_tensor *step(rewriting *r, td_tensor *node)
{
    td_tensor *in[TD_MUTANT_OPERANDS];
    bool same = true;
    if (!node->op || node->n_in > TD_MUTANT_OPERANDS || !node->shape->numel) return node;
    for (int i = 0; i < node->n_in; i++) {
        in[i] = operand(r, node, node->in[i]);
        same = same && in[i] == node->in[i];
    }
    td_tensor *other = r->m->node ? r->m->node(r->m, node, in) : NULL;
    bool here = other && (r->m->k < 0 || r->place++ == r->m->k);
    if (here) r->changed = true;
    return here ? other : same ? node : td_mutant_again(node, in);
}

/* Steps that reach an adjoint stand for themselves at first. */
static void mark_needed(rewriting *r, td_tensor *const *gx)
{
    for (int k = 0; k < r->p->n_in; k++) if (gx[k] && gx[k]->index >= r->begin) r->made[gx[k]->index - r->begin] = gx[k];
    for (int64_t i = r->end - 1; i >= r->begin; i--) {
        td_tensor *node = r->made[i - r->begin];
        for (int k = 0; node && k < node->n_in; k++) {
            td_tensor *x = node->in[k];
            if (x->index >= r->begin) r->made[x->index - r->begin] = x;
        }
    }
}

bool td_mutant_rewrite(const td_mutation *m, const td_pull *p, int64_t begin, td_tensor **gx)
{
    td_context *c = p->y->context;
    rewriting r = {.m = m, .p = p, .begin = begin, .end = td_node_count(c)};
    r.made = calloc((size_t)(r.end - begin) + 1, sizeof *r.made);
    if (!r.made) return td_fail(c, TD_ENOMEM, "mutant: out of memory"), false;
    mark_needed(&r, gx);
    for (int64_t i = 0; i < r.end - begin && !td_error(c); i++) if (r.made[i]) r.made[i] = step(&r, r.made[i]);
    for (int k = 0; k < p->n_in; k++) if (gx[k] && gx[k]->index >= begin) gx[k] = r.made[gx[k]->index - begin];
    free(r.made);
    return r.changed;
}

/* ---- steps ------------------------------------------------------------------------------------------------------- */

static bool is(const td_tensor *node, int id)
{
    return node->op->id == id;
}

static td_tensor *first_term(const td_mutation *m, const td_tensor *node, td_tensor *const *in)
{
    (void)m;
    bool sum = is(node, TD_ID_add) || is(node, TD_ID_sub) || is(node, TD_ID_add_scalar);
    return sum ? in[0] : NULL;
}

static td_tensor *second_term(const td_mutation *m, const td_tensor *node, td_tensor *const *in)
{
    (void)m;
    return is(node, TD_ID_add) ? in[1] : is(node, TD_ID_sub) ? td_neg(in[1]) : NULL;
}

static td_tensor *first_factor(const td_mutation *m, const td_tensor *node, td_tensor *const *in)
{
    (void)m;
    return is(node, TD_ID_mul) || is(node, TD_ID_div) || is(node, TD_ID_mul_scalar) ? in[0] : NULL;
}

static td_tensor *second_factor(const td_mutation *m, const td_tensor *node, td_tensor *const *in)
{
    (void)m;
    return is(node, TD_ID_mul) ? in[1] : is(node, TD_ID_div) ? td_reciprocal(in[1]) : NULL;
}

static td_tensor *no_sign(const td_mutation *m, const td_tensor *node, td_tensor *const *in)
{
    (void)m;
    return is(node, TD_ID_neg) ? in[0] : is(node, TD_ID_sub) ? td_add(in[0], in[1]) : NULL;
}

static td_tensor *coefficient(const td_mutation *m, const td_tensor *node, td_tensor *const *in)
{
    bool has = is(node, TD_ID_mul_scalar) || is(node, TD_ID_add_scalar) || is(node, TD_ID_pow_scalar);
    if (!has || node->attr->a == 0 || !td_mutant_counts(m->a, (td_dtype)node->dtype)) return NULL;
    td_attr other = *node->attr;
    other.a *= 1 + m->a;
    return td_apply(node->op, 1, in, &other);
}

/* ---- sums -------------------------------------------------------------------------------------------------------- */

/* A sum that adds up more than one number to each of its results. */
static bool is_sum(const td_tensor *node)
{
    return is(node, TD_ID_sum) && node->in[0]->shape->numel > node->shape->numel && node->shape->numel > 0;
}

static td_tensor *slice_zero(const td_mutation *m, const td_tensor *node, td_tensor *const *in)
{
    td_tensor *y = in[0];
    (void)m;
    if (!is_sum(node)) return NULL;
    for (int i = 0; i < node->in[0]->shape->rank; i++) if (node->attr->axes >> i & 1) y = td_slice(y, i, 0, 1, 1);
    return td_reshape(y, node->shape->rank, node->shape->size);
}

static td_tensor *mean_instead(const td_mutation *m, const td_tensor *node, td_tensor *const *in)
{
    (void)m;
    return is_sum(node) ? td_apply(td_op_by_id(TD_ID_mean), 1, in, node->attr) : NULL;
}

/* The numbers of x as if it had been laid out column by column. */
static td_tensor *transposed(td_tensor *x)
{
    int axes[TD_MAX_RANK], n = x->shape->rank;
    for (int i = 0; i < n; i++) axes[i] = n - 1 - i;
    return td_reshape(td_permute(x, axes), n, x->shape->size);
}

static bool has_two_axes(const td_tensor *x)
{
    int wide = 0;
    for (int i = 0; i < x->shape->rank; i++) wide += x->shape->size[i] > 1;
    return wide > 1 && x->shape->numel > 0;
}

static td_tensor *other_axis(const td_mutation *m, const td_tensor *node, td_tensor *const *in)
{
    td_tensor *x;
    (void)m;
    if (!is_sum(node) || node->shape->numel == 1 || !has_two_axes(node->in[0])) return NULL;
    x = transposed(in[0]);
    return td_mutant_again(node, &x);
}

/* ---- comparisons and branches ------------------------------------------------------------------------------------ */

static td_tensor *strictness(const td_mutation *m, const td_tensor *node, td_tensor *const *in)
{
    (void)m;
    switch (node->op->id) {
    case TD_ID_lt: return td_le(in[0], in[1]);
    case TD_ID_le: return td_lt(in[0], in[1]);
    case TD_ID_gt: return td_ge(in[0], in[1]);
    case TD_ID_ge: return td_gt(in[0], in[1]);
    default: return NULL;
    }
}

/* Nothing equals anything, or everything does. */
static td_tensor *equality(const td_mutation *m, const td_tensor *node, td_tensor *const *in)
{
    if (!is(node, TD_ID_eq)) return NULL;
    return m->a == 0 ? td_lt(in[0], in[0]) : td_le(td_zeros_like(in[0]), td_ones_like(in[1]));
}

static td_tensor *branch(const td_mutation *m, const td_tensor *node, td_tensor *const *in)
{
    if (!is(node, TD_ID_where)) return NULL;
    return m->a == 0 ? td_where(in[0], in[2], in[1]) : in[(int)m->a];
}

/* ---- what was saved ---------------------------------------------------------------------------------------------- */

static bool is_saved(const td_mutation *m, const td_pull *p, const td_tensor *x)
{
    bool operand_of_op = false;
    for (int k = 0; k < p->n_in; k++) operand_of_op = operand_of_op || x == p->in[k];
    return m->a == 0 ? operand_of_op : x == p->y;
}

/* Detached.  What only decides has no derivative to lose. */
static td_tensor *constant(const td_mutation *m, const td_pull *p, const td_tensor *reader, td_tensor *x)
{
    bool differentiable = x->flags & TD_REQUIRES && !reader->op->flat;
    return is_saved(m, p, x) && differentiable ? td_detach(x) : x;
}

static td_tensor *cleared(const td_mutation *m, const td_pull *p, const td_tensor *reader, td_tensor *x)
{
    (void)reader;
    return is_saved(m, p, x) && x->shape->numel ? td_zeros_like(x) : x;
}

static td_tensor *single(const td_mutation *m, const td_tensor *node, td_tensor *const *in)
{
    (void)m;
    return node->dtype == TD_F64 && node->shape->numel ? td_mutant_rounded(td_mutant_again(node, in)) : NULL;
}

const td_mutation td_mutations_rule[] = {
    {"term1a", "the first sum of the rule loses its second term", .k = 0, .node = first_term},
    {"term1b", "the first sum loses its first term", .k = 0, .node = second_term},
    {"term2a", "the second sum loses its second term", .k = 1, .node = first_term},
    {"term2b", "the second sum loses its first term", .k = 1, .node = second_term},
    {"factor1a", "the first product or quotient loses its second factor", .k = 0, .node = first_factor},
    {"factor1b", "the first product or quotient loses its first factor", .k = 0, .node = second_factor},
    {"factor2a", "the second product or quotient loses its second factor", .k = 1, .node = first_factor},
    {"factor2b", "the second product or quotient loses its first factor", .k = 1, .node = second_factor},
    {"sign1", "the first minus sign is lost", .k = 0, .node = no_sign},
    {"coeff1", "the first number of the rule is off by 1e-4", .a = 1e-4, .k = 0, .node = coefficient},
    {"coeff2", "the second number of the rule is off by 1e-4", .a = 1e-4, .k = 1, .node = coefficient},
    {"no_reduce", "a sum takes slice 0", .k = 0, .node = slice_zero},
    {"mean_reduce", "a sum is a mean", .k = 0, .node = mean_instead},
    {"wrong_axis", "a sum runs over another axis", .k = 0, .node = other_axis},
    {"tie_strict", "< is <=, > is >=, and the other way round", .k = -1, .node = strictness},
    {"tie_none", "no two numbers are equal", .k = -1, .node = equality},
    {"tie_all", "all numbers are equal", .a = 1, .k = -1, .node = equality},
    {"branch_swap", "the first choice takes the other branch", .a = 0, .k = 0, .node = branch},
    {"branch_one", "the first choice takes its first branch always", .a = 1, .k = 0, .node = branch},
    {"branch_two", "the first choice takes its second branch always", .a = 2, .k = 0, .node = branch},
    {"f32_inside", "each step of the rule is rounded to single precision", .k = -1, .node = single},
    {"const_x", "operands are constants to the rule (second order)", .a = 0, .saved = constant},
    {"const_y", "the result is a constant to the rule (second order)", .a = 1, .saved = constant},
    {"stale_x", "operands were cleared before the rule read them", .a = 0, .saved = cleared},
    {"stale_y", "the result was cleared before the rule read it", .a = 1, .saved = cleared},
    {0}};
