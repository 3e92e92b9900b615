/* check.c: triad check: ops and programs, some or all. */
#include "cli.h"

#include <string.h>

static const td_option options[] = {
    {"--dtype", "f32|f64", "one dtype; default both", td_set_dtype},
    {"--case", "K", "one case of each op, in full; default all", td_set_case},
    {"--cases", "N", "cases of each op and dtype; default 60", td_set_cases},
    {"--seed", "S", "of cases, cotangents and directions; default 0", td_set_seed},
    {"--json", "FILE", "write the report there as JSON too; - is standard output", td_set_json},
    TD_VIEW_OPTIONS,
    {"--data", "DIR", "where iris.csv lies", td_set_data},
    {"--programs", NULL, "the example programs alone", td_set_programs},
    {"--care", "X", "errors below a share X of a slope are notes: exit status 0", td_set_care},
    {"--timings", NULL, "where the time goes, a stage of the checks each", td_set_timings},
    {0}};

static const td_example *find_example(const char *name)
{
    for (const td_example *e = td_examples; e->name; e++) if (!strcmp(e->name, name)) return e;
    return NULL;
}

static void check_op(td_report *r, const td_op *op, const td_args *a)
{
    int64_t first = a->one_case >= 0 ? a->one_case : 0, cases = a->one_case >= 0 ? 1 : a->cases;
    int64_t second = a->one_case >= 0 ? 1 : 4;
    if (a->f64) td_survey_op(r, op, TD_F64, first, cases, second);
    if (a->f32) td_survey_op(r, op, TD_F32, first, cases, second);
}

static bool check_example(td_report *r, const td_example *e, const td_args *a)
{
    return (!a->f64 || td_run_example(r, e, a, TD_F64)) && (!a->f32 || td_run_example(r, e, a, TD_F32));
}

static bool check_named(td_report *r, const td_args *a)
{
    for (int i = 0; i < a->n_name; i++) {
        const td_op *op = td_op_by_name(a->name[i]);
        const td_example *e = find_example(a->name[i]);
        if (!op && !e) return td_complain("no op or program '%s'; triad ops lists the ops", a->name[i]), false;
        if (op) check_op(r, op, a);
        else if (!check_example(r, e, a)) return false;
    }
    return true;
}

static bool check_all(td_report *r, const td_args *a)
{
    for (const td_example *e = td_examples; e->name && a->one_case < 0; e++) if (!check_example(r, e, a)) return false;
    for (int id = 1; id < TD_ID_COUNT && !a->programs; id++) check_op(r, td_op_by_id(id), a);
    return true;
}

static int run(const td_args *a)
{
    bool alone = td_view_alone(a), one = a->one_case >= 0 && a->n_name == 1;
    td_progress progress;
    td_report r = {.seed = a->seed, .cases = a->cases, .care = a->care, .timings = a->timings,
                   .detail = one && !alone ? stdout : NULL, .progress = td_progress_tell, .progress_user = &progress};
    int status = TD_EXIT_TROUBLE;
    if (!td_views_sound(a)) return status;
    td_progress_open(&progress);
    bool asked = a->n_name ? check_named(&r, a) : check_all(&r, a);
    td_progress_close(&progress);
    if (asked && !alone) td_report_text(&r, stdout);
    if (asked && td_write_views(&r, a)) status = td_exit_of(&r);
    td_report_clear(&r);
    return status;
}

const td_command td_command_check = {
    "check", " [OP|PROGRAM...]", "check ops on sampled inputs, and example programs\n\n"
    "Without a name: every registered op and every example program.  A disagreement is\n"
    "printed with the command that shows it again.", options, run};
