/* signature.c: ops called by name: arguments read from a list of constants, and the calls that several ops share. */
#include "reduce.h"

#include <math.h>

double td_as_number(const td_invocation *k, int parameter) { return k->argument[parameter].number; }
int    td_as_int(const td_invocation *k, int parameter) { return (int)k->argument[parameter].number; }
bool   td_as_flag(const td_invocation *k, int parameter) { return k->argument[parameter].number != 0; }

/* Infinity, which only a preset can be, is the largest there is. */
int64_t td_as_i64(const td_invocation *k, int parameter)
{
    double v = k->argument[parameter].number;
    return isfinite(v) ? (int64_t)v : INT64_MAX;
}

int td_as_axes(const td_invocation *k, int parameter, td_tensor *x, int axes[TD_LIST])
{
    const td_argument *a = &k->argument[parameter];
    int                n = a->given ? a->n : td_rank(x);
    for (int j = 0; j < n; j++) axes[j] = a->given ? (int)a->list[j] : j;
    return n;
}

const int64_t *td_as_sizes(const td_invocation *k, int parameter, int d, int64_t size[TD_LIST])
{
    const td_argument *a = &k->argument[parameter];
    if (!a->given) return NULL;
    if (a->n != 1 && a->n != d)
        td_fail(k->in[0]->context, TD_EVALUE, "%s: %d numbers for %d axes", k->op->name, a->n, d);
    for (int j = 0; j < d; j++) size[j] = a->list[a->n == 1 ? 0 : j % TD_LIST];
    return size;
}

bool td_has_length(const td_invocation *k, int parameter, int wants)
{
    int has = k->argument[parameter].n;
    if (has == wants) return true;
    td_fail(k->in[0]->context, TD_ESHAPE, "%s: %d numbers for a tensor of rank %d, which wants %d", k->op->name, has,
            td_rank(k->in[0]), wants);
    return false;
}

/* ---- calls that are shared --------------------------------------------------------------------------------------- */

static int parameter_of(const td_op *op, td_parameter_kind kind)
{
    const td_parameter *p = op->signature->parameter;
    for (int j = 0; p[j].name; j++)
        if (p[j].kind == kind) return j;
    return -1;
}

td_tensor *td_call_reduction(const td_invocation *k)
{
    int axes[TD_LIST], some = parameter_of(k->op, TD_AXES), number = parameter_of(k->op, TD_NUMBER);
    int keepdim = parameter_of(k->op, TD_FLAG);
    if (some < 0) some = parameter_of(k->op, TD_AXIS);
    int n = td_as_axes(k, some, k->in[0], axes);
    return td_reduce_axes(k->op, k->in[0], number < 0 ? 0 : td_as_number(k, number), n, axes,
                          keepdim >= 0 && td_as_flag(k, keepdim));
}

td_tensor *td_call_number(const td_invocation *k)
{
    return td_apply(k->op, k->n, k->in, &(td_attr){ .a = td_as_number(k, 0) });
}
