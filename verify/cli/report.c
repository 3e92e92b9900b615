/* report.c: triad report: the main job: every program and every op, a table and report.json. */
#include "cli.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static bool set_output(td_args *a, const char *text)
{
    return td_set_json(a, text);
}

static const td_option options[] = {
    {"-o", "FILE", "the report as JSON; default report.json", set_output},
    {"--cases", "N", "cases of each op and dtype; default 60", td_set_cases},
    {"--seed", "S", "of cases, cotangents and directions; default 0", td_set_seed},
    {"--data", "DIR", "where iris.csv lies", td_set_data},
    {"--timings", NULL, "where the time goes, a stage of the checks each", td_set_timings},
    {0}};

static const td_dtype dtypes[] = {TD_F64, TD_F32};

static bool ask(td_report *r, const td_args *a)
{
    for (const td_example *e = td_examples; e->name; e++) {
        for (int d = 0; d < 2; d++) if (!td_run_example(r, e, a, dtypes[d])) return false;
    }
    for (int id = 1; id < TD_ID_COUNT; id++) {
        for (int d = 0; d < 2; d++) td_survey_op(r, td_op_by_id(id), dtypes[d], 0, a->cases, 4);
    }
    return true;
}

static int run(const td_args *a)
{
    td_progress progress;
    td_report r = {.seed = a->seed, .cases = a->cases, .timings = a->timings, .progress = td_progress_tell,
                   .progress_user = &progress};
    int status = TD_EXIT_TROUBLE;
    td_progress_open(&progress);
    bool asked = ask(&r, a);
    td_progress_close(&progress);
    if (asked) {
        td_report_text(&r, stdout);
        if (td_write_json(&r, a->json ? a->json : "report.json")) status = td_exit_of(&r);
    }
    td_report_clear(&r);
    return status;
}

/* Beside the file first: a report is there whole or not at all.  What is no ordinary file is written through. */
static bool write_beside(const td_report *r, const char *path)
{
    size_t room = strlen(path) + sizeof ".part";
    char *part = malloc(room);
    if (!part) return false;
    snprintf(part, room, "%s.part", path);
    FILE *file = fopen(part, "w");
    bool ok = file && td_report_json(r, file) == TD_OK;
    if (file && fclose(file)) ok = false;
    if (ok && rename(part, path)) ok = false;
    int kept = errno;
    if (file && !ok) remove(part);
    errno = kept;
    free(part);
    return ok;
}

static bool write_through(const td_report *r, const char *path)
{
    FILE *file = fopen(path, "w");
    bool ok = file && td_report_json(r, file) == TD_OK;
    if (file && fclose(file)) ok = false;
    return ok;
}

bool td_write_json(const td_report *r, const char *path)
{
    if (!strcmp(path, "-")) return td_report_json(r, stdout) == TD_OK;
    errno = 0;
    bool device = !strncmp(path, "/dev/", 5);
    if (device ? write_through(r, path) : write_beside(r, path)) return true;
    td_complain("could not write %s: %s", path, errno ? strerror(errno) : "it was cut short");
    return false;
}

int td_exit_of(const td_report *r)
{
    static const int exits[] = {TD_EXIT_AGREE, TD_EXIT_DISAGREE, TD_EXIT_TROUBLE};
    int64_t serious = 0;
    for (int64_t i = 0; i < r->n_row; i++) serious += r->row[i].disagreed - r->row[i].notes;
    td_verdict v = td_report_verdict(r);
    return v == TD_DISAGREE && r->care > 0 && !serious ? TD_EXIT_AGREE : exits[v];
}

const td_command td_command_report = {
    "report", "", "the whole job: example programs and every op, as a table and as JSON\n\n"
    "Trains the example programs, cross-checks their gradients on the way, then checks\n"
    "every op on sampled inputs.", options, run};
