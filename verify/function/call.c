/* call.c: the one door through which a user's routine is called.
 *
 * Every argument is a fresh copy in a buffer, and the result begins as poison; so each call also shows what was left
 * unwritten, written elsewhere, or changed.  Whoever watches the door is told before a call and asked after it.  The first
 * fault is kept. */
#include "function/function.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { X, WITH, RESULT, VALUE };         /* the buffers of a door */

void td_door_close(td_door *d)
{
    for (int k = 0; k < TD_DOOR_BUFFERS; k++) td_buffer_close(&d->buffers, &d->buffer[k]);
}

void td_door_break(td_door *d, const char *routine, const char *law, int64_t entry)
{
    if (d->law) return;
    d->routine = routine;
    d->law = law;
    d->entry = entry;
}

static int enter(td_door *d, const td_routine *r)
{
    void *x = d->buffer[X].body, *with = d->buffer[WITH].body, *out = d->buffer[RESULT].body, *y = d->buffer[VALUE].body;
    if (r->complex_one) return r->complex_one(x, out, d->user);
    if (r->head) return d->f32 ? r->both_f32(x, y, out, d->user) : r->both(x, y, out, d->user);
    if (r->with) return d->f32 ? r->two_f32(x, with, out, d->user) : r->two(x, with, out, d->user);
    return d->f32 ? r->one_f32(x, out, d->user) : r->one(x, out, d->user);
}

static int watched(td_door *d, const td_routine *r)
{
    if (d->watch) d->watch->before(d->watch->user, r->name);
    int status = enter(d, r);
    const char *law = d->watch ? d->watch->after(d->watch->user) : NULL;
    if (law) td_door_break(d, r->name, law, -1);
    return status;
}

/* All of a result, and the value that came with it. */
static void inspect_result(td_door *d, const td_routine *r, const td_buffer *b, bool whole)
{
    if (!td_buffer_fenced(b)) td_door_break(d, r->name, "writes outside of its result", -1);
    int64_t at = whole ? td_buffer_first_poisoned(b) : -1;
    if (at >= 0) td_door_break(d, r->name, "does not write an entry of its result, or adds to what stood there", at);
}

static void inspect(td_door *d, const td_routine *r, const double *x, const double *with, bool whole)
{
    const td_buffer *b = d->buffer;
    int64_t at = td_buffer_first_changed(&b[X], x);
    if (at >= 0) td_door_break(d, r->name, "changes x", at);
    at = td_buffer_first_changed(&b[WITH], with);
    if (at >= 0) td_door_break(d, r->name, "changes the vector it was given", at);
    if (!td_buffer_fenced(&b[X]) || !td_buffer_fenced(&b[WITH])) {
        td_door_break(d, r->name, "writes outside of its arguments", -1);
    }
    inspect_result(d, r, &b[RESULT], whole && !r->adds);
    inspect_result(d, r, &b[VALUE], whole);
}

static bool open_buffers(td_door *d, const td_routine *r, bool f32)
{
    return td_buffer_open(&d->buffers, &d->buffer[X], "x", r->in, f32) &&
        td_buffer_open(&d->buffers, &d->buffer[WITH], "the vector it is given", r->with, f32) &&
        td_buffer_open(&d->buffers, &d->buffer[RESULT], "its result", r->out, f32) &&
        td_buffer_open(&d->buffers, &d->buffer[VALUE], "the value", r->head, f32);
}

/* A routine that adds finds 0, or what `out` holds. */
static void prepare(td_door *d, const td_routine *r, const double *x, const double *with, const double *out, td_poison p)
{
    td_buffer *result = &d->buffer[RESULT];
    td_buffer_put(&d->buffer[X], x);
    td_buffer_put(&d->buffer[WITH], with);
    td_buffer_poison(&d->buffer[VALUE], p);
    if (!r->adds) td_buffer_poison(result, p);
    else for (int64_t i = 0; i < r->out; i++) td_buffer_set(result, i, p == TD_POISON_NUMBER ? out[i] : 0);
}

static bool is_inside(const td_door *d, const td_routine *r, const double *x)
{
    int64_t pair = r->complex_one ? 2 : 1;
    for (int64_t i = 0; d->lower && i < r->in / pair; i++) {
        if (x[pair * i] < d->lower[i] || x[pair * i] > d->upper[i]) return false;
    }
    return true;
}

bool td_door_call(td_door *d, const td_routine *r, const double *x, const double *with, double *out, td_poison p)
{
    bool f32 = d->f32 && !r->complex_one;
    if (!is_inside(d, r, x)) return false;
    if (!open_buffers(d, r, f32)) {
        d->starved = true;
        return false;
    }
    prepare(d, r, x, with, out, p);
    d->calls++;
    bool ok = watched(d, r) == 0;
    inspect(d, r, x, with, ok && p == TD_POISON_NAN);
    td_buffer_take(&d->buffer[RESULT], out);
    td_buffer_take(&d->buffer[VALUE], out + r->out);
    return ok;
}
