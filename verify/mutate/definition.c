/* definition.c: mistakes of a definition: what the dual engine and the bounds take the op to be.
 *
 * A built-in op's definition is found by its number and can't be exchanged; a user's op brings one along.  So the mutant is
 * a user's op with the kernel and the rule of the original, and a definition that spoils the original's. */
#include "mutate/op.h"

#include <stddef.h>
#include <stdint.h>
#include <string.h>

enum { VALUES, SLOPES };               /* what a mutation is about; where there are no slopes, none is wrong */

/* A definition is handed attributes and no op: their seed says where the mutant is, which keeps the case's. */
static td_tensor *define(int n, td_tensor *const *in, const td_attr *attr)
{
    const td_mutant *m = (const td_mutant *)(uintptr_t)attr->seed;
    td_attr original = td_mutant_attr(m, attr);
    td_tensor *y = td_apply(m->original, n, in, &original), *other = y;
    bool is_float = y && (y->dtype == TD_F64 || y->dtype == TD_F32);
    if (is_float && y->shape->numel) other = m->mutation->define(m->mutation, m->original, y);
    bool seen = m->mutation->k != SLOPES || (y && td_requires_grad(y));
    if (other != y && seen) ++*m->changed;
    return other;
}

void td_mutant_define(td_mutant *m, td_attr *attr)
{
    m->op.id = TD_ID_user;
    m->op.define = define;
    m->seed = attr->seed;
    attr->seed = (uintptr_t)m;
}

/* Attributes are kept only as far as their list goes. */
td_attr td_mutant_attr(const td_mutant *m, const td_attr *attr)
{
    td_attr original = {0};
    if (attr) memcpy(&original, attr, offsetof(td_attr, list) + (size_t)attr->n_list * sizeof *attr->list);
    if (m->mutation->define) original.seed = m->seed;
    return original;
}

static bool has_slopes(const td_op *op)
{
    return !op->flat && (op->vjp || op->compose);
}

/* 0 in value, y's slopes. */
static td_tensor *slopes_of(td_tensor *y)
{
    return td_sub(y, td_detach(y));
}

static td_tensor *scaled(const td_mutation *m, const td_op *op, td_tensor *y)
{
    (void)op;
    return td_mul_scalar(y, 1 + m->a);
}

/* A slope is rounded to the operand's dtype. */
static td_dtype coarsest(const td_tensor *y)
{
    bool single = y->dtype == TD_F32;
    for (int i = 0; i < y->n_in; i++) single = single || y->in[i]->dtype == TD_F32;
    return single ? TD_F32 : TD_F64;
}

static td_tensor *steeper(const td_mutation *m, const td_op *op, td_tensor *y)
{
    bool there = has_slopes(op) && td_mutant_counts(m->a, coarsest(y));
    return there ? td_add(y, td_mul_scalar(slopes_of(y), m->a)) : y;
}

static td_tensor *bent(const td_mutation *m, const td_op *op, td_tensor *y)
{
    (void)m;
    return has_slopes(op) ? td_add(y, td_square(slopes_of(y))) : y;
}

static td_tensor *constant(const td_mutation *m, const td_op *op, td_tensor *y)
{
    (void)m;
    return has_slopes(op) ? td_detach(y) : y;
}

static td_tensor *reversed(const td_mutation *m, const td_op *op, td_tensor *y)
{
    (void)m, (void)op;
    for (int i = 0; i < y->shape->rank; i++) if (y->shape->size[i] > 1) return td_flip(y, 1, &i);
    return y;
}

const td_mutation td_mutations_definition[] = {
    {"d_rel4", "the definition is off by 1e-4 of itself", .a = 1e-4, .define = scaled},
    {"d_slope4", "its slopes are, and its values right", .a = 1e-4, .k = SLOPES, .define = steeper},
    {"d_slope12", "its slopes are off by 1e-12", .a = 1e-12, .k = SLOPES, .define = steeper},
    {"d_bend", "its second derivatives are wrong, the first ones right", .k = SLOPES, .define = bent},
    {"d_const", "it has no slopes", .k = SLOPES, .define = constant},
    {"d_flip", "it is reversed along an axis", .define = reversed},
    {0}};
