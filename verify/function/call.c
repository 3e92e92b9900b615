/* call.c: the one door through which a user's routine is called.
 *
 * Every argument is a fresh copy between guard words, and the result begins as poison: a NaN with a mark of ours, or an odd
 * number.  So each call also shows what was left unwritten, written elsewhere, or changed.  The first fault is kept. */
#include "function/function.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { GUARD = 64, FENCE = 0xA5 };

static const uint64_t marked_nan = UINT64_C(0x7ff8dead7ab1e5ed);
static const uint32_t marked_nan_f32 = UINT32_C(0x7fcdead5);
static const double odd_number = 1048573.625;    /* in f32 too */

typedef struct buffer {
    unsigned char *block;          /* owned; GUARD bytes, the numbers, GUARD bytes */
    int64_t        n;
    bool           f32;
} buffer;

static size_t width(const buffer *b) { return b->f32 ? sizeof(float) : sizeof(double); }
static void *body(const buffer *b) { return b->block + GUARD; }

static bool open_buffer(buffer *b, int64_t n, bool f32)
{
    *b = (buffer){NULL, n, f32};
    size_t bytes = (size_t)n * width(b);
    b->block = malloc(bytes + 2 * GUARD);
    if (b->block) memset(b->block, FENCE, bytes + 2 * GUARD);
    return b->block != NULL;
}

static void set(buffer *b, int64_t i, double v)
{
    if (b->f32) ((float *)body(b))[i] = (float)v;
    else ((double *)body(b))[i] = v;
}

static double get(const buffer *b, int64_t i)
{
    return b->f32 ? (double)((const float *)body(b))[i] : ((const double *)body(b))[i];
}

static bool open_copy(buffer *b, int64_t n, bool f32, const double *values)
{
    if (!open_buffer(b, n, f32)) return false;
    for (int64_t i = 0; i < n; i++) set(b, i, values[i]);
    return true;
}

static void poison(buffer *b, td_poison p)
{
    unsigned char *at = body(b);
    const void *mark = b->f32 ? (const void *)&marked_nan_f32 : &marked_nan;
    for (int64_t i = 0; i < b->n; i++) {
        if (p == TD_POISON_NUMBER) set(b, i, odd_number);
        else memcpy(at + (size_t)i * width(b), mark, width(b));
    }
}

static int64_t first_poisoned(const buffer *b)
{
    const unsigned char *at = body(b);
    const void *mark = b->f32 ? (const void *)&marked_nan_f32 : &marked_nan;
    for (int64_t i = 0; i < b->n; i++) if (!memcmp(at + (size_t)i * width(b), mark, width(b))) return i;
    return -1;
}

static bool fenced(const buffer *b)
{
    const unsigned char *after = b->block + GUARD + (size_t)b->n * width(b);
    for (int i = 0; i < GUARD; i++) if (b->block[i] != FENCE || after[i] != FENCE) return false;
    return true;
}

static int64_t first_changed(const buffer *b, const double *values)
{
    for (int64_t i = 0; i < b->n; i++) {
        double v = b->f32 ? (double)(float)values[i] : values[i], now = get(b, i);
        if (v != now && !(isnan(v) && isnan(now))) return i;
    }
    return -1;
}

void td_door_break(td_door *d, const char *routine, const char *law, int64_t entry)
{
    if (d->law) return;
    d->routine = routine;
    d->law = law;
    d->entry = entry;
}

static int enter(const td_door *d, const td_routine *r, const buffer *x, const buffer *with, const buffer *out)
{
    if (r->complex_one) return r->complex_one(body(x), body(out), d->user);
    if (r->with) return d->f32 ? r->two_f32(body(x), body(with), body(out), d->user) :
                                 r->two(body(x), body(with), body(out), d->user);
    return d->f32 ? r->one_f32(body(x), body(out), d->user) : r->one(body(x), body(out), d->user);
}

static void inspect(td_door *d, const td_routine *r, const buffer b[3], const double *x, const double *with, bool whole)
{
    int64_t at = first_changed(&b[0], x);
    if (at >= 0) td_door_break(d, r->name, "changes x", at);
    at = first_changed(&b[1], with);
    if (at >= 0) td_door_break(d, r->name, "changes the vector it was given", at);
    if (!fenced(&b[0]) || !fenced(&b[1])) td_door_break(d, r->name, "writes outside of its arguments", -1);
    if (!fenced(&b[2])) td_door_break(d, r->name, "writes outside of its result", -1);
    at = whole ? first_poisoned(&b[2]) : -1;
    if (at >= 0) td_door_break(d, r->name, "does not write an entry of its result, or adds to what stood there", at);
}

bool td_door_call(td_door *d, const td_routine *r, const double *x, const double *with, double *out, td_poison p)
{
    bool f32 = d->f32 && !r->complex_one, ok = false;
    buffer b[3] = {{0}};
    if (open_copy(&b[0], r->in, f32, x) && open_copy(&b[1], r->with, f32, with) && open_buffer(&b[2], r->out, f32)) {
        poison(&b[2], p);
        d->calls++;
        ok = enter(d, r, &b[0], &b[1], &b[2]) == 0;
        inspect(d, r, b, x, with, ok && p == TD_POISON_NAN);
        for (int64_t i = 0; i < r->out; i++) out[i] = get(&b[2], i);
    } else {
        d->starved = true;
    }
    for (int k = 0; k < 3; k++) free(b[k].block);
    return ok;
}

static const char *repeat_law(double now, double was)
{
    if (now == odd_number) return "does not write an entry of its result";
    if (isnan(was)) return "adds to what stood in its result";
    return "answers differently when asked again";
}

bool td_door_repeat(td_door *d, const td_routine *r, const double *x, const double *with, const double *was)
{
    double *now = malloc((size_t)(r->out + 1) * sizeof *now);
    bool ok = now && td_door_call(d, r, x, with, now, TD_POISON_NUMBER);
    if (!now) d->starved = true;
    for (int64_t i = 0; ok && i < r->out; i++) {
        if (now[i] == was[i] || (isnan(now[i]) && isnan(was[i]))) continue;
        if (d->routine == r->name) d->law = NULL;      /* this says more than what the first call showed */
        td_door_break(d, r->name, repeat_law(now[i], was[i]), i);
        ok = false;
    }
    free(now);
    return ok;
}
