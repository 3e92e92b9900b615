/* check.c: triad check: ops and programs, some or all. */
#include "cli.h"

static const td_option options[] = {
    {"--dtype", "f32|f64", "one dtype; default both", td_set_dtype},
    {"--case", "K", "one case of each op, in full; default all", td_set_case},
    {"--cases", "N", "cases of each op and dtype; default 60", td_set_cases},
    {"--seed", "S", "of cases, cotangents and directions; default 0", td_set_seed},
    {"--json", "FILE", "write the report there as JSON too; - is standard output", td_set_json},
    TD_VIEW_OPTIONS,
    {"--data", "DIR", "where iris.csv lies", td_set_data},
    {"--all", NULL, "every op and example program, as without a name", td_set_all},
    {"--programs", NULL, "the example programs alone", td_set_programs},
    {"--jobs", "N", "processes that share the work; default one a processor", td_set_jobs},
    {"--shard", "I/N", "part I of N alone; triad merge puts their JSON together", td_set_shard},
    {"--care", "X", "errors below a share X of a slope are notes: exit status 0", td_set_care},
    {"--timings", NULL, "where the time goes, a stage of the checks each", td_set_timings},
    {0}};

/* What --all says, if it is said. */
static bool is_everything(const td_args *a)
{
    const char *beside = a->n_name ? a->name[0] : a->programs ? "--programs" : NULL;
    if (!a->all || !beside) return true;
    td_complain("--all is everything, and %s is named beside it", beside);
    return false;
}

/* A library that can't be asked does not keep the rest from being. */
static int run(const td_args *a)
{
    bool alone = td_view_alone(a), one = a->one_case >= 0 && a->n_name == 1;
    td_progress progress;
    td_report r = td_report_for(a, &progress);
    int status = TD_EXIT_TROUBLE;
    r.detail = one && !alone ? stdout : NULL;
    if (!is_everything(a) || !td_views_sound(a)) return status;
    bool asked = td_run_tasks(&r, a, &progress);
    if (asked && !alone && (r.n_row || !r.unasked)) td_report_text(&r, stdout);
    if (asked && td_write_views(&r, a)) status = td_exit_of(&r);
    td_report_clear(&r);
    return status;
}

const td_command td_command_check = {
    "check", " [OP|PROGRAM|LIBRARY...]", "check ops, example programs, and gradients of yours\n\n"
    "Without a name: every registered op and every example program.  A disagreement\n"
    "is printed with the command that shows it again.\n\n"
    "A name with a slash, or ending in .so, is a shared object: each function that\n"
    "it declares (triad_foreign.h), or that the options below name, is judged in a\n"
    "process of its own.  man triad tells more.", options, run};
