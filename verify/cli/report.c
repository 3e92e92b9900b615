/* report.c: triad report: the main job: every program and every op, a table and report.json. */
#include "cli.h"

static const td_option options[] = {
    {"-o", "FILE", "the report as JSON; default report.json", td_set_json},
    {"--json", "FILE", "the same", td_set_json},
    {"--cases", "N", "cases of each op and dtype; default 60", td_set_cases},
    {"--seed", "S", "of cases, cotangents and directions; default 0", td_set_seed},
    {"--data", "DIR", "where iris.csv lies", td_set_data},
    TD_VIEW_OPTIONS,
    {"--jobs", "N", "processes that share the work; default one a processor", td_set_jobs},
    {"--shard", "I/N", "part I of N alone; triad merge puts their JSON together", td_set_shard},
    {"--timings", NULL, "where the time goes, a stage of the checks each", td_set_timings},
    {0}};

static int make(const td_args *a)
{
    td_progress progress;
    td_report r = td_report_for(a, &progress);
    int status = TD_EXIT_TROUBLE;
    bool asked = td_run_tasks(&r, a, &progress);
    if (asked && !td_view_alone(a)) td_report_text(&r, stdout);
    if (asked && td_write_views(&r, a)) status = td_exit_of(&r);
    td_report_clear(&r);
    return status;
}

static int run(const td_args *a)
{
    td_args whole = *a;
    if (!whole.json) whole.json = "report.json";
    return td_views_sound(&whole) ? make(&whole) : TD_EXIT_TROUBLE;
}

int td_exit_of(const td_report *r)
{
    static const int exits[] = {TD_EXIT_AGREE, TD_EXIT_DISAGREE, TD_EXIT_TROUBLE};
    int64_t serious = 0;
    for (int64_t i = 0; i < r->n_row; i++) serious += r->row[i].disagreed - r->row[i].notes;
    td_verdict v = td_report_verdict(r);
    if (v == TD_AGREE && r->unasked) return TD_EXIT_TROUBLE;
    return v == TD_DISAGREE && r->care > 0 && !serious ? TD_EXIT_AGREE : exits[v];
}

const td_command td_command_report = {
    "report", "", "the whole job: example programs and every op, as a table and as JSON\n\n"
    "Trains the example programs, cross-checks their gradients on the way, then checks\n"
    "every op on sampled inputs.", options, run};
