/* kernel.c: forward(out, in...) and backward(din..., dout, in...), each array between guards of its own.
 *
 * The coordinates of x are the inputs one after the other, those of y the results.  A call passes pointers and integers,
 * each in a word, and some words more than the routine takes: on 64-bit machines of System V (x86-64 psABI 3.2.3, AAPCS64
 * 6.8) integers and pointers travel alike, and who calls takes arguments away again. */
#include "foreign/foreign.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef void *word;

static bool has_derivative(const td_kernel_array *a) { return a->kind != TD_ARRAY_SAVED && !a->constant; }

static bool open_arrays(td_subject *s)
{
    for (int i = 0; i < s->kernel->n; i++) {
        td_kernel_array *a = &s->kernel->array[i];
        bool f32 = s->f.dtype == TD_F32, there = td_buffer_open(&s->door->buffers, &a->value, a->name, a->n, f32);
        if (there && has_derivative(a)) there = td_buffer_open(&s->door->buffers, &a->derivative, a->name, a->n, f32);
        if (!there) return false;
    }
    return true;
}

static word word_of(const td_subject *s, const td_order_item *a)
{
    if (a->kind == TD_ARGUMENT_INTEGER) return (word)(intptr_t)a->integer;
    if (a->kind == TD_ARGUMENT_USER) return s->d->user;
    const td_kernel_array *array = &s->kernel->array[a->array];
    return a->kind == TD_ARGUMENT_VALUE ? array->value.body : array->derivative.body;
}

static int call(const td_subject *s, td_address routine, const td_order *o)
{
    word w[TD_MOST_ARGUMENTS] = {0};
    for (int i = 0; i < o->n; i++) w[i] = word_of(s, &o->at[i]);
    int status = ((int (*)(word, word, word, word, word, word, word, word, word, word, word, word, word, word, word, word,
                           word, word, word, word, word, word, word, word))routine)(
        w[0], w[1], w[2], w[3], w[4], w[5], w[6], w[7], w[8], w[9], w[10], w[11], w[12], w[13], w[14], w[15], w[16], w[17],
        w[18], w[19], w[20], w[21], w[22], w[23]);
    return s->d->flags & TD_FOREIGN_STATUS ? status : 0;
}

/* ---- numbers in and out ------------------------------------------------------------------------------------------ */

/* `all` points at numbers of the buffer's own type: there is nothing to round. */
static void give(td_buffer *b, const void *all, int64_t at)
{
    size_t width = td_buffer_width(b);
    memcpy(b->body, (const char *)all + (size_t)at * width, (size_t)b->n * width);
}

static void take(const td_buffer *b, void *all, int64_t at)
{
    size_t width = td_buffer_width(b);
    memcpy((char *)all + (size_t)at * width, b->body, (size_t)b->n * width);
}

static void give_inputs(td_subject *s, const void *x)
{
    int64_t at = 0, constant = 0;
    for (int i = 0; i < s->kernel->n; i++) {
        td_kernel_array *a = &s->kernel->array[i];
        if (a->kind != TD_ARRAY_IN) td_buffer_poison(&a->value, TD_POISON_NAN);
        else if (!a->constant) give(&a->value, x, at), at += a->n;
        else for (int64_t k = 0; k < a->n; k++) td_buffer_set(&a->value, k, s->kernel->constants[constant++]);
    }
}

/* ---- what each array says after a call --------------------------------------------------------------------------- */

static void object(td_subject *s, const char *routine, const char *what, const td_kernel_array *a, int64_t entry)
{
    if (s->door->law) return;
    snprintf(s->law, sizeof s->law, "%s %s", what, a->name);
    td_door_break(s->door, routine, s->law, entry);
}

static void look_at_fences(td_subject *s, const char *routine)
{
    for (int i = 0; i < s->kernel->n; i++) {
        const td_kernel_array *a = &s->kernel->array[i];
        if (!td_buffer_fenced(&a->value)) object(s, routine, "writes outside of", a, -1);
        if (has_derivative(a) && !td_buffer_fenced(&a->derivative)) object(s, routine, "writes outside of d", a, -1);
    }
}

/* Bits are compared: nobody has any reason to write them, not even as they were. */
static int64_t first_changed(const td_buffer *b, const void *all, int64_t at)
{
    size_t width = td_buffer_width(b);
    const char *was = (const char *)all + (size_t)at * width, *is = b->body;
    if (!memcmp(was, is, (size_t)b->n * width)) return -1;
    int64_t k = 0;
    while (!memcmp(was + (size_t)k * width, is + (size_t)k * width, width)) k++;
    return k;
}

static void look_at_inputs(td_subject *s, const char *routine, const void *x)
{
    int64_t at = 0;
    for (int i = 0; i < s->kernel->n; i++) {
        const td_kernel_array *a = &s->kernel->array[i];
        if (a->kind != TD_ARRAY_IN || a->constant) continue;
        int64_t k = first_changed(&a->value, x, at);
        if (k >= 0) object(s, routine, "changes", a, k);
        at += a->n;
    }
}

/* ---- routines ---------------------------------------------------------------------------------------------------- */

static int forward(td_subject *s, const void *x)
{
    if (!open_arrays(s)) return s->door->starved = true, 1;
    give_inputs(s, x);
    int status = call(s, s->d->value, &s->kernel->forward);
    look_at_fences(s, "value");
    look_at_inputs(s, "value", x);
    return status;
}

static int value_any(const void *x, void *y, void *user)
{
    td_subject *s = user;
    int status = forward(s, x);
    int64_t at = 0;
    for (int i = 0; i < s->kernel->n && !s->door->starved; i++) {
        const td_kernel_array *a = &s->kernel->array[i];
        if (a->kind != TD_ARRAY_OUT) continue;
        take(&a->value, y, at);
        at += a->n;
    }
    return status;
}

/* The derivative arrays of one kind, one after the other. */
static void each_derivative(td_subject *s, td_array_kind kind, void *all, void (*move)(td_buffer *, void *, int64_t))
{
    int64_t at = 0;
    for (int i = 0; i < s->kernel->n; i++) {
        td_kernel_array *a = &s->kernel->array[i];
        if (a->kind != kind || a->constant) continue;
        move(&a->derivative, all, at);
        at += a->n;
    }
}

static void put(td_buffer *b, void *all, int64_t at) { give(b, all, at); }
static void get(td_buffer *b, void *all, int64_t at) { take(b, all, at); }

static bool needs_forward(const td_kernel *k)
{
    for (int i = 0; i < k->backward.n; i++) {
        const td_order_item *a = &k->backward.at[i];
        if (a->kind == TD_ARGUMENT_VALUE && k->array[a->array].kind != TD_ARRAY_IN) return true;
    }
    return false;
}

/* g holds what stands in the result before: poison, or what is to be added to. */
static int vjp_any(const void *x, const void *w, void *g, void *user)
{
    td_subject *s = user;
    if (needs_forward(s->kernel) && forward(s, x)) return 1;
    if (!open_arrays(s)) return s->door->starved = true, 1;
    if (!needs_forward(s->kernel)) give_inputs(s, x);
    each_derivative(s, TD_ARRAY_OUT, (void *)(uintptr_t)w, put);
    each_derivative(s, TD_ARRAY_IN, g, put);
    int status = call(s, s->d->vjp, &s->kernel->backward);
    look_at_fences(s, "VJP");
    look_at_inputs(s, "VJP", x);
    each_derivative(s, TD_ARRAY_IN, g, get);
    return status;
}

static int value(const double *x, double *y, void *user) { return value_any(x, y, user); }
static int value_f32(const float *x, float *y, void *user) { return value_any(x, y, user); }
static int vjp(const double *x, const double *w, double *g, void *user) { return vjp_any(x, w, g, user); }
static int vjp_f32(const float *x, const float *w, float *g, void *user) { return vjp_any(x, w, g, user); }

/* ---- the signature ----------------------------------------------------------------------------------------------- */

static bool draw_constants(td_subject *s)
{
    int64_t n = 0;
    for (int i = 0; i < s->kernel->n; i++) n += s->kernel->array[i].constant ? s->kernel->array[i].n : 0;
    double *c = malloc((size_t)(n + 1) * sizeof *c);
    for (int64_t i = 0; c && i < n; i++) c[i] = td_signed_magnitude(td_hash(s->seed ^ 7, (uint64_t)i));
    s->kernel->constants = c;
    return c != NULL;
}

static const char *fill(td_subject *s)
{
    s->kernel = calloc(1, sizeof *s->kernel);
    if (!s->kernel) return "out of memory";
    const char *wrong = td_arrays_read(s->kernel, s->d->arrays, s->d->forward, s->d->backward);
    if (wrong) return wrong;
    if (!draw_constants(s)) return "out of memory";
    s->f.n = td_arrays_count(s->kernel, TD_ARRAY_IN);
    s->f.m = td_arrays_count(s->kernel, TD_ARRAY_OUT);
    s->f.value = value, s->f.f32.value = value_f32;
    s->f.vjp = vjp, s->f.f32.vjp = vjp_f32;
    return NULL;
}

const td_foreign_signature td_signature_kernel = {
    "kernel", "forward(out, in...), backward(din..., dout, in...): arrays and integers",
    TD_NEEDS_VALUE | TD_NEEDS_ARRAYS | TD_NEEDS_BACKWARD, (const td_part[]){{"", fill}, {0}}};
