/* signature.c: the table of signatures, and what a declaration has to say for each. */
#include "foreign/foreign.h"

#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const td_foreign_signature *const td_signatures[] = {
    &td_signature_plain, &td_signature_vector, &td_signature_kernel, &td_signature_fortran, &td_signature_fortran_scalar,
    &td_signature_fortran_function, &td_signature_nlopt, &td_signature_nlopt_vector, &td_signature_lbfgs,
    &td_signature_minpack, &td_signature_minpack_square, &td_signature_ipopt, &td_signature_gsl_multimin,
    &td_signature_gsl_multiroot, &td_signature_gsl_multifit, NULL};

/* Matrices of this many numbers are all that is looked at. */
#define TD_MOST_SIZE (INT64_C(1) << 31)

const td_foreign_signature *td_signature_by_name(const char *name)
{
    for (int i = 0; name && td_signatures[i]; i++) if (!strcmp(td_signatures[i]->name, name)) return td_signatures[i];
    return NULL;
}

/* ---- refusals ---------------------------------------------------------------------------------------------------- */

static const char *missing(const td_foreign_function *d, unsigned needs)
{
    if ((needs & TD_NEEDS_N) && d->n < 1) return "n, how many numbers x has, is not given (--n)";
    if ((needs & TD_NEEDS_VALUE) && !d->value) return "no value routine is given (--value)";
    if ((needs & TD_NEEDS_BACKWARD) && !d->vjp) return "no backward routine is given (--vjp)";
    if ((needs & TD_NEEDS_OBJECT) && !d->object) return "no struct is given (--object)";
    if ((needs & TD_NEEDS_ARRAYS) && !d->arrays) return "the arrays are not given (--arrays 'x[4,8] w[8] -> y[4,8]')";
    if ((needs & TD_ONLY_F64) && (d->flags & TD_FOREIGN_F32)) return "this signature is of f64";
    return NULL;
}

static const char *bad_size(const td_foreign_function *d, unsigned needs)
{
    if (d->n < 0 || d->m < 0 || d->entries < 0 || d->hessian_entries < 0) return "a size is negative";
    if (d->n > TD_MOST_SIZE || d->m > TD_MOST_SIZE) return "n or m is more than 2^31";
    bool ints = needs & TD_SIZES_FIT_INT;
    if (ints && (d->n > INT_MAX || d->m > INT_MAX || d->entries > INT_MAX || d->hessian_entries > INT_MAX)) {
        return "a size does not fit the int that this signature passes";
    }
    if (d->align & (d->align - 1) || d->align > 4096) return "align is a power of 2, at most 4096";
    return NULL;
}

static const char *bad_box(const td_foreign_function *d)
{
    if (isnan(d->low) || isnan(d->high) || d->low > d->high) return "the box is empty: low is above high";
    for (int64_t i = 0; i < d->n && d->lower && d->upper; i++) if (!(d->lower[i] < d->upper[i])) return "the box is empty";
    return !d->lower == !d->upper ? NULL : "lower and upper are given together";
}

const char *td_foreign_refusal(const td_foreign_function *d)
{
    enum { KNOWN = 2 * TD_FOREIGN_FROM_ONE - 1 };
    if (!d->signature) return "no signature is given (--signature)";
    const td_foreign_signature *g = td_signature_by_name(d->signature);
    if (!g) return "no such signature; triad check --help lists them";
    if (d->flags & ~(uint32_t)KNOWN) return "it sets a flag that this triad does not know";
    const char *why = missing(d, g->needs);
    if (!why) why = bad_size(d, g->needs);
    return why ? why : bad_box(d);
}

/* ---- subjects ---------------------------------------------------------------------------------------------------- */

bool td_subject_room(td_subject *s, int64_t n)
{
    s->room = n >= 0 && n <= TD_MOST_SIZE ? calloc((size_t)n + 1, sizeof *s->room) : NULL;
    return s->room != NULL;
}

static td_function common(const td_foreign_function *d)
{
    return (td_function){.name = d->name, .n = d->n, .m = d->m ? d->m : 1, .adds = d->flags & TD_FOREIGN_ADDS,
                         .column_major = d->flags & TD_FOREIGN_COLUMN_MAJOR,
                         .dtype = d->flags & TD_FOREIGN_F32 ? TD_F32 : TD_F64};
}

bool td_subject_open(td_subject *s, const td_foreign_function *d, int part, td_door *door, uint64_t seed,
                     char trouble[TD_REASON])
{
    *s = (td_subject){.d = d, .door = door, .seed = seed, .f = common(d)};
    s->f.user = s;
    const char *why = td_foreign_refusal(d);
    if (!why) why = td_signature_by_name(d->signature)->part[part].fill(s);
    snprintf(trouble, TD_REASON, "%s", why ? why : "");
    if (why) td_subject_close(s);
    return !why;
}

void td_subject_close(td_subject *s)
{
    for (int i = 0; s->kernel && i < s->kernel->n; i++) {
        td_buffer_close(&s->door->buffers, &s->kernel->array[i].value);
        td_buffer_close(&s->door->buffers, &s->kernel->array[i].derivative);
    }
    if (s->kernel) free(s->kernel->constants);
    free(s->kernel);
    free(s->room);
    free(s->row);
    free(s->column);
}

/* ---- where a number stands --------------------------------------------------------------------------------------- */

static void name_entry(const td_kernel_array *a, int64_t i, char *text, size_t size)
{
    int64_t at[TD_ARRAY_RANK];
    int used = snprintf(text, size, "%s", a->name);
    for (int k = a->rank - 1; k >= 0; k--) at[k] = i % a->size[k], i /= a->size[k];
    for (int k = 0; k < a->rank && used >= 0 && (size_t)used < size; k++) {
        used += snprintf(text + used, size - (size_t)used, "%s%lld%s", k ? "," : "[", (long long)at[k],
                         k == a->rank - 1 ? "]" : "");
    }
}

void td_subject_place(const td_subject *s, bool result, int64_t i, char *text, size_t size)
{
    text[0] = 0;
    for (int k = 0; s->kernel && k < s->kernel->n && i >= 0; k++) {
        const td_kernel_array *a = &s->kernel->array[k];
        if (a->kind != (result ? TD_ARRAY_OUT : TD_ARRAY_IN) || a->constant) continue;
        if (i < a->n) {
            name_entry(a, i, text, size);
            return;
        }
        i -= a->n;
    }
}
