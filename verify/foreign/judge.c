/* judge.c: the work of a worker: one part of a declared function, at one point: its derivatives; its answers under another
 * number of threads; its answers to several callers at once. */
#include "foreign/ask.h"
#include "foreign/flags.h"

#include <math.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { CALLERS = 4, AGAIN = 6 };     /* AGAIN: at least */

/* ---- the point --------------------------------------------------------------------------------------------------- */

static double in_box(double low, double high, uint64_t h)
{
    double u = (double)(h >> 11) * 0x1p-53, away = fabs(td_signed_magnitude(h));
    if (isfinite(low) && isfinite(high)) return low + (high - low) * (1 + 62 * u) / 64;
    return isfinite(low) ? low + away : isfinite(high) ? high - away : td_signed_magnitude(h);
}

static bool has_box(const td_foreign_function *d) { return d->low < d->high || d->lower; }

static bool draw_point(const td_bench *w, const td_subject *s, uint64_t seed, double *x, char *trouble)
{
    const td_foreign_function *d = w->d;
    int64_t n = s->f.n;
    bool own = w->job->part == 0 || d->n == n;     /* of the declaration, not of something made from it */
    if (own && w->n_at >= 0 && w->n_at != n) {
        snprintf(trouble, TD_REASON, "the point has %lld numbers, and x has %lld", (long long)w->n_at, (long long)n);
        return false;
    }
    for (int64_t i = 0; i < n; i++) x[i] = td_signed_magnitude(td_hash(seed, (uint64_t)i));
    if (own && d->sample && d->sample(seed, n, x, d->user)) {
        snprintf(trouble, TD_REASON, "sample gives no point");
        return false;
    }
    if (own && d->at) for (int64_t i = 0; i < n; i++) x[i] = d->at[i];
    for (int64_t i = 0; own && has_box(d) && !d->at && !d->sample && i < n; i++) {
        x[i] = in_box(d->lower ? d->lower[i] : d->low, d->upper ? d->upper[i] : d->high, td_hash(seed, (uint64_t)i));
    }
    return true;
}

/* ---- a subject with its door and its point ------------------------------------------------------------------------ */

typedef struct stand {
    td_subject s;
    td_door    door;
    double    *x, *lower, *upper;  /* owned; the box, or NULL */
} stand;

static void close_stand(stand *t)
{
    td_subject_close(&t->s);
    td_door_close(&t->door);
    free(t->x);
    free(t->lower);
}

static bool open_box(stand *t, const td_foreign_function *d)
{
    int64_t n = t->s.f.n;
    if (!has_box(d) || (d->n && d->n != n)) return true;
    t->lower = malloc((size_t)(2 * n + 1) * sizeof *t->lower);
    if (!t->lower) return false;
    t->upper = t->lower + n;
    for (int64_t i = 0; i < n; i++) {
        t->lower[i] = d->lower ? d->lower[i] : d->low;
        t->upper[i] = d->upper ? d->upper[i] : d->high;
    }
    t->door.lower = t->lower, t->door.upper = t->upper;
    return true;
}

/* In place, for the subject holds its own address. */
static bool open_stand(stand *t, td_bench *w, uint64_t seed, char *trouble)
{
    *t = (stand){.door = {.buffers = {.guarded = true, .align = w->d->align}, .watch = w->watch, .entry = -1}};
    w->door = &t->door;
    if (!td_subject_open(&t->s, w->d, w->job->part, &t->door, w->ask->seed, trouble)) return false;
    td_function *f = &t->s.f;
    t->door.f32 = f->dtype == TD_F32;
    t->door.user = f->user;
    t->x = f->n > 0 ? malloc((size_t)f->n * sizeof *t->x) : NULL;
    if (f->n < 1 || f->m < 1) snprintf(trouble, TD_REASON, "it has no inputs, or no results");
    else if (!t->x || !open_box(t, w->d)) snprintf(trouble, TD_REASON, "out of memory");
    else if (draw_point(w, &t->s, seed, t->x, trouble)) {
        for (int64_t i = 0; t->door.f32 && i < f->n; i++) t->x[i] = (float)t->x[i];
        return true;
    }
    close_stand(t);
    return false;
}

static uint64_t seed_of(const td_bench *w) { return td_hash(w->ask->seed, (uint64_t)w->job->number); }

static void tell(void *user, const char *stage, double share)
{
    (void)stage;
    ((td_box *)user)->page->share = share;
}

/* ---- derivatives ------------------------------------------------------------------------------------------------- */

/* A coordinate of a kernel's x is a number of one of its arrays. */
static void name_places(const td_subject *s, td_check_result *r)
{
    char place[64], result[64];
    const td_finding *f = &r->worst;
    bool law = f->asked == TD_ASKED_LAW;
    td_subject_place(s, false, law ? -1 : f->coordinate, place, sizeof place);
    td_subject_place(s, true, law ? -1 : f->output, result, sizeof result);
    if (r->verdict != TD_DISAGREE || !place[0]) return;
    size_t used = strlen(r->blame.hint);
    snprintf(r->blame.hint + used, sizeof r->blame.hint - used, "%scoordinate %lld is %s%s%s", used ? "; " : "",
             (long long)f->coordinate, place, result[0] ? ", the result is " : "", result);
}

/* The coordinates are those of the function, so each may be asked; large ones by directions. */
td_check_result *td_judge_part(td_bench *w, char trouble[TD_REASON])
{
    stand t;
    if (!open_stand(&t, w, seed_of(w), trouble)) return NULL;
    td_check_options o = {.seed = seed_of(w), .skip = w->ask->skip, .care = w->ask->care, .figures = true, .progress = tell,
                          .progress_user = w->box};
    td_check_result *r = td_judge_function(&t.s.f, t.x, &o, &t.door), *copy = NULL;
    if (r) {
        name_places(&t.s, r);
        copy = td_result_copy(r);              /* the names of its laws are the subject's */
    }
    if (!copy) snprintf(trouble, TD_REASON, "out of memory");
    td_check_free(r);
    close_stand(&t);
    return copy;
}

/* ---- routines, one after the other --------------------------------------------------------------------------------- */

/* Everything that can be called: the value, and each claim.  `with` is a random vector, the same for all. */
typedef struct calls {
    td_map            map, second;
    const td_routine *routine[2 * TD_MOST_CLAIMS + 1];
    int               n;
    double           *with;        /* owned */
    int64_t           most;        /* numbers of the largest result */
} calls;

static bool open_calls(calls *c, stand *t, td_check_result *r)
{
    const td_function *f = &t->s.f;
    c->map = td_function_map(f, &t->door, t->x, r->seed, false);
    c->second = td_function_map(f, &t->door, t->x, r->seed, true);
    c->map.repeats = c->second.repeats = &r->repeats;
    c->n = 0;
    c->routine[c->n++] = &c->map.value;
    for (int i = 0; i < c->map.n_claim; i++) c->routine[c->n++] = &c->map.claim[i].routine;
    for (int i = 0; f->m == 1 && i < c->second.n_claim; i++) c->routine[c->n++] = &c->second.claim[i].routine;
    c->most = 1;
    for (int i = 0; i < c->n; i++) {
        int64_t all = c->routine[i]->out + c->routine[i]->head;
        if (all > c->most) c->most = all;
    }
    int64_t with = 2 * (f->n > f->m ? f->n : f->m);
    c->with = malloc((size_t)(with + 1) * sizeof *c->with);
    for (int64_t i = 0; c->with && i < with; i++) c->with[i] = td_signed_magnitude(td_hash(r->seed ^ 55, (uint64_t)i));
    return c->with != NULL;
}

/* x, or the point as complex numbers */
static double *point_of(const stand *t, const td_routine *r)
{
    double *x = malloc((size_t)(r->in + 1) * sizeof *x);
    for (int64_t i = 0; x && i < t->s.f.n; i++) {
        if (!r->complex_one) x[i] = t->x[i];
        else x[2 * i] = t->x[i], x[2 * i + 1] = 0;
    }
    return x;
}

/* ---- threads ----------------------------------------------------------------------------------------------------- */

/* What one thread said stands in the box of reference, result after result, behind a result of a check. */
static bool compare_with_reference(const calls *c, const td_routine *r, const double *said, const double *now)
{
    return !said || td_again_compare(&c->map, r, c->with, said, now,
                                     "answers differently when it may use several threads: a race");
}

/* A while: so much work was done, or, where it is idle or others work too, so much time went by. */
typedef struct stretch { double work, end; } stretch;

static double seconds(clockid_t clock)
{
    struct timespec t;
    clock_gettime(clock, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static stretch begin_stretch(void)
{
    return (stretch){seconds(CLOCK_PROCESS_CPUTIME_ID) + 0.1, seconds(CLOCK_MONOTONIC) + 1};
}

static bool is_within(const stretch *s)
{
    return seconds(CLOCK_PROCESS_CPUTIME_ID) < s->work && seconds(CLOCK_MONOTONIC) < s->end;
}

/* With several threads a call is made again for a while: whether a race shows is chance. */
static bool ask_routine(td_bench *w, stand *t, const calls *c, const td_routine *r, const double *said)
{
    double *x = point_of(t, r), *out = malloc((size_t)(2 * c->most) * sizeof *out), *again = out + c->most;
    bool ok = x && out;
    bool there = ok && td_door_call(&t->door, r, x, c->with, out, TD_POISON_NAN);
    for (int64_t i = 0; ok && !there && i < r->out + r->head; i++) out[i] = NAN;
    if (ok && !said) ok = td_box_put(w->box, out, (size_t)(r->out + r->head) * sizeof *out);
    if (there) ok = compare_with_reference(c, r, said, out);
    stretch span = begin_stretch();
    for (int k = 0; ok && there && said && !t->door.law && (k < AGAIN || is_within(&span)); k++) {
        if (td_door_call(&t->door, r, x, c->with, again, TD_POISON_NAN)) ok = compare_with_reference(c, r, said, again);
    }
    free(x);
    free(out);
    return ok;
}

static const double *reference_of(const td_bench *w, int64_t need, void **bytes)
{
    size_t n;
    td_box b;
    *bytes = NULL;
    if (w->job->reference < 0 || !td_box_join(&b, w->job->reference)) return NULL;
    *bytes = td_box_take(&b, &n);
    b.file = -1;
    td_box_close(&b);
    return *bytes && n >= (size_t)need * sizeof(double) ? *bytes : NULL;
}

static bool ask_all(td_bench *w, stand *t, const calls *c, td_check_result *r)
{
    int64_t need = 0, at = 0;
    void *bytes;
    for (int i = 0; i < c->n; i++) need += c->routine[i]->out + c->routine[i]->head;
    const double *said = reference_of(w, need, &bytes);
    bool ok = w->job->reference < 0 || said;
    for (int i = 0; ok && i < c->n; i++) {
        ok = ask_routine(w, t, c, c->routine[i], said ? said + at : NULL);
        at += c->routine[i]->out + c->routine[i]->head;
    }
    if (t->door.law) td_function_convict(r, &t->s.f, &t->door);
    r->calls = t->door.calls;
    free(bytes);
    return ok;
}

/* A first worker, with one thread, says all answers; later ones are given them, and have to meet them. */
td_check_result *td_judge_threads(td_bench *w, char trouble[TD_REASON])
{
    stand t;
    calls c;
    if (!open_stand(&t, w, seed_of(w), trouble)) return NULL;
    td_check_result *r = td_function_result(&t.s.f, seed_of(w)), *copy = NULL;
    if (r && open_calls(&c, &t, r)) {
        if (ask_all(w, &t, &c, r)) copy = td_result_copy(r);
        free(c.with);
    }
    if (!copy) snprintf(trouble, TD_REASON, "out of memory");
    td_check_free(r);
    close_stand(&t);
    return copy;
}

/* ---- several callers --------------------------------------------------------------------------------------------- */

/* Each caller has a subject, a door and a point of its own, nearby, and knows what it was told when it asked alone. */
typedef struct caller {
    stand              t;
    calls              c;
    td_check_result   *r;          /* owned */
    double            *alone, *now;        /* owned: one routine's answers */
    const td_routine  *routine;
    double            *x;
    pthread_barrier_t *start;      /* borrowed */
    pthread_t          thread;
    bool               there, met; /* it has an answer; the answers were met so far */
} caller;

static bool same(const double *a, const double *b, int64_t n)
{
    for (int64_t i = 0; i < n; i++) if (a[i] != b[i] && !(isnan(a[i]) && isnan(b[i]))) return false;
    return true;
}

/* For a while, and at least some times: how often two callers meet is chance. */
static void *call_for_a_while(void *user)
{
    caller *k = user;
    pthread_barrier_wait(k->start);
    stretch span = begin_stretch();
    for (int i = 0; k->there && k->met && (i < 2 * CALLERS || is_within(&span)); i++) {
        bool ok = td_door_call(&k->t.door, k->routine, k->x, k->c.with, k->now, TD_POISON_NAN);
        k->met = ok && same(k->now, k->alone, k->routine->out + k->routine->head);
    }
    return NULL;
}

static bool open_caller(caller *k, td_bench *w, int i, char *trouble)
{
    if (!open_stand(&k->t, w, td_hash(seed_of(w), (uint64_t)(1000 + i)), trouble)) return false;
    for (int64_t j = 0; w->d->at && j < k->t.s.f.n; j++) k->t.x[j] += ldexp(fabs(k->t.x[j]), -8) * i;
    for (int64_t j = 0; k->t.door.f32 && j < k->t.s.f.n; j++) k->t.x[j] = (float)k->t.x[j];
    k->r = td_function_result(&k->t.s.f, seed_of(w));
    bool ok = k->r && open_calls(&k->c, &k->t, k->r);
    k->alone = ok ? malloc((size_t)(2 * k->c.most) * sizeof *k->alone) : NULL;
    k->now = k->alone ? k->alone + k->c.most : NULL;
    if (k->alone) return true;
    if (ok) free(k->c.with);
    td_check_free(k->r);
    close_stand(&k->t);
    snprintf(trouble, TD_REASON, "out of memory");
    return false;
}

static void close_caller(caller *k)
{
    free(k->alone);
    free(k->c.with);
    td_check_free(k->r);
    close_stand(&k->t);
}

static bool prepare(caller *k, int routine, pthread_barrier_t *start)
{
    k->routine = k->c.routine[routine];
    k->x = point_of(&k->t, k->routine);
    k->start = start;
    k->there = k->x && td_door_call(&k->t.door, k->routine, k->x, k->c.with, k->alone, TD_POISON_NAN);
    k->met = !k->t.door.law;
    return k->x != NULL;
}

/* Rounding is forgiven here too; it is asked after the threads are gone. */
static bool conclude(caller *k)
{
    bool ok = k->met || !k->there || k->t.door.law ||
        td_again_compare(&k->c.map, k->routine, k->c.with, k->alone, k->now,
                         "answers differently when several threads call it at once: something of it is shared by calls");
    free(k->x);
    return ok;
}

static bool run_together(caller *k, int n, int routine)
{
    pthread_barrier_t start;
    bool ok = true;
    int running = 0;
    for (int i = 0; i < n; i++) ok = prepare(&k[i], routine, &start) && ok;
    if (ok && !pthread_barrier_init(&start, NULL, (unsigned)n)) {
        while (running < n && !pthread_create(&k[running].thread, NULL, call_for_a_while, &k[running])) running++;
        if (running < n) return false;         /* the others wait for good: the process ends soon */
        for (int i = 0; i < n; i++) pthread_join(k[i].thread, NULL);
        pthread_barrier_destroy(&start);
    }
    for (int i = 0; i < n; i++) ok = conclude(&k[i]) && ok;
    return ok;
}

td_check_result *td_judge_together(td_bench *w, char trouble[TD_REASON])
{
    caller *k = calloc(CALLERS, sizeof *k);
    td_check_result *copy = NULL;
    int open = 0;
    if (!k) return snprintf(trouble, TD_REASON, "out of memory"), NULL;
    while (open < CALLERS && open_caller(&k[open], w, open, trouble)) open++;
    bool ok = open == CALLERS;
    for (int i = 0; ok && i < k[0].c.n && !k[0].t.door.law; i++) ok = run_together(k, CALLERS, i);
    for (int i = 0; ok && i < CALLERS; i++) {
        if (k[i].t.door.law && k[0].r->verdict != TD_DISAGREE) td_function_convict(k[0].r, &k[i].t.s.f, &k[i].t.door);
        if (i) k[0].r->repeats.agreed += k[i].r->repeats.agreed, k[0].r->repeats.undecided += k[i].r->repeats.undecided;
        k[0].r->calls += i ? k[i].t.door.calls : k[0].t.door.calls;
    }
    if (ok) copy = td_result_copy(k[0].r);
    if (!copy && !trouble[0]) snprintf(trouble, TD_REASON, "out of memory, or no thread could be started");
    for (int i = 0; i < open; i++) close_caller(&k[i]);
    free(k);
    return copy;
}
