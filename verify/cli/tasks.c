/* tasks.c: what a survey is made of: an op or a program in one dtype each, in the order of one run.
 *
 * A shard takes every n-th of them, and of those a job every n-th; parts of one list put together are the whole again. */
#include "cli.h"

#include <stdlib.h>
#include <string.h>

typedef struct task {
    const td_op      *op;          /* or */
    const td_example *example;     /* or */
    const char       *library;     /* borrowed */
    td_dtype          dtype;
} task;

typedef struct tasks {
    task *list;                    /* owned */
    int   n, room;
    bool  starved;
    const td_args *a;              /* borrowed */
    td_progress   *progress;       /* borrowed */
} tasks;

static void add(tasks *t, const td_op *op, const td_example *example, const char *library, td_dtype dtype)
{
    for (int i = 0; i < t->n; i++) {
        const task *k = &t->list[i];
        if (!library && k->op == op && k->example == example && k->dtype == dtype) return;
    }
    if (t->n == t->room) {
        int room = t->room ? 2 * t->room : 256;
        task *list = realloc(t->list, (size_t)room * sizeof *list);
        t->starved = t->starved || !list;
        if (!list) return;
        t->list = list;
        t->room = room;
    }
    t->list[t->n++] = (task){op, example, library, dtype};
}

static void add_both(tasks *t, const td_args *a, const td_op *op, const td_example *example)
{
    if (a->f64) add(t, op, example, NULL, TD_F64);
    if (a->f32) add(t, op, example, NULL, TD_F32);
}

static const td_example *find_example(const char *name)
{
    for (const td_example *e = td_examples; e->name; e++) if (!strcmp(e->name, name)) return e;
    return NULL;
}

static bool add_named(tasks *t, const td_args *a)
{
    for (int i = 0; i < a->n_name; i++) {
        if (td_is_library(a->name[i])) {
            add(t, NULL, NULL, a->name[i], TD_F64);
            continue;
        }
        const td_op *op = td_op_by_name(a->name[i]);
        const td_example *e = op ? NULL : find_example(a->name[i]);
        if (!op && !e) return td_complain("no op or program '%s'; triad ops lists the ops", a->name[i]), false;
        add_both(t, a, op, e);
    }
    return true;
}

static void add_all(tasks *t, const td_args *a)
{
    for (const td_example *e = td_examples; e->name && a->one_case < 0 && !a->ops; e++) add_both(t, a, NULL, e);
    for (int id = 1; id < TD_ID_COUNT && !a->programs; id++) add_both(t, a, td_op_by_id(id), NULL);
}

static bool is_mine(const td_args *a, int i)
{
    return !a->shards || i % a->shards == a->shard - 1;
}

static bool run(td_report *r, const task *t, const td_args *a)
{
    bool one = a->one_case >= 0;
    if (t->library) {
        r->unasked = !td_check_library(r, a, t->library) || r->unasked;
        return true;
    }
    if (t->example) return td_run_example(r, t->example, a, t->dtype);
    td_survey_op(r, t->op, t->dtype, one ? a->one_case : 0, one ? 1 : a->cases, one ? 1 : 4);
    return true;
}

td_report td_report_for(const td_args *a, td_progress *p)
{
    return (td_report){.seed = a->seed, .cases = a->cases, .shard = a->shard, .shards = a->shards, .care = a->care,
                       .timings = a->timings, .figures = true, .colour = td_colour_is_wanted(),
                       .progress = td_progress_tell, .progress_user = p};
}

static bool run_part(td_report *r, const void *of, int number, int jobs)
{
    const tasks *t = of;
    bool ok = true;
    for (int i = 0, mine = 0; i < t->n && ok; i++) {
        if (!is_mine(t->a, i) || mine++ % jobs != number) continue;
        r->task = i;
        ok = run(r, &t->list[i], t->a);
        t->progress->done++;
    }
    return ok;
}

/* Libraries have processes of their own; what is told case by case, or timed, is not shared. */
static int jobs_for(const tasks *t, const td_report *r, int mine)
{
    int64_t most = t->a->jobs ? t->a->jobs : td_jobs_usual();
    if (r->detail || r->timings) return 1;
    for (int i = 0; i < t->n; i++) if (t->list[i].library) return 1;
    return most < mine ? (int)most : mine > 1 ? mine : 1;
}

bool td_run_tasks(td_report *r, const td_args *a, td_progress *p)
{
    tasks t = {.a = a, .progress = p};
    int mine = 0;
    bool ok = true;
    if (a->n_name) ok = add_named(&t, a);
    else add_all(&t, a);
    if (t.starved) ok = td_complain("out of memory") == TD_EXIT_AGREE;
    for (int i = 0; i < t.n; i++) mine += is_mine(a, i);
    int jobs = jobs_for(&t, r, mine);
    td_progress_open(p, r, mine, jobs);
    ok = ok && td_run_jobs(r, &(td_share){run_part, &t}, jobs);
    td_progress_close(p);
    free(t.list);
    return ok;
}
