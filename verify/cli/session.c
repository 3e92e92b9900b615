/* session.c: example programs and the report they write to. */
#include "cli.h"

#include <stdarg.h>
#include <stdlib.h>
#include <unistd.h>

#ifndef TD_DATADIR
#define TD_DATADIR "docs/data"
#endif

const td_example td_examples[] = {
    {"tour-regression", td_run_tour_regression}, {"tour-network", td_run_tour_network},
    {"iris-logistic", td_run_iris_logistic},     {"iris-network", td_run_iris_network},
    {"rosenbrock", td_run_rosenbrock},           {"gaussian", td_run_gaussian},
    {NULL, NULL}};

static void tell(void *user, const char *stage, double share)
{
    const td_session *s = user;
    char what[64];
    snprintf(what, sizeof what, "%s %s, check %lld: %s", s->name, td_dtype_name(s->dtype), (long long)s->checks, stage);
    s->report->progress(s->report->progress_user, what, share);
}

bool td_session_check(td_session *s, td_program *f, int n, td_tensor *const *in, void *user)
{
    td_check_options o = {.seed = td_hash(s->report->seed, (uint64_t)s->checks), .care = s->report->care,
                          .figures = s->report->figures, .threads = s->report->threads,
                          .progress = s->report->progress ? tell : NULL, .progress_user = s};
    td_row *row = td_report_row(s->report, s->name, true, s->dtype);
    td_report_add(s->report, row, s->checks++, td_check(f, n, in, user, &o));
    return !s->report->starved;
}

void td_session_note(td_session *s, const char *format, ...)
{
    td_row *row = td_report_row(s->report, s->name, true, s->dtype);
    if (!row) return;
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(row->note, sizeof row->note, format, arguments);
    va_end(arguments);
}

bool td_session_sound(td_session *s, const td_context *c)
{
    if (c && !td_error(c)) return true;
    snprintf(s->trouble, sizeof s->trouble, "%s", c ? td_message(c) : "out of memory");
    return false;
}

/* What was said, else where the data are installed, else where they stand in the source tree. */
static const char *data_folder(const td_args *a)
{
    const char *said = getenv("TRIAD_DATA");
    if (a->data) return a->data;
    if (said && said[0]) return said;
    return access(TD_DATADIR, R_OK) == 0 ? TD_DATADIR : "docs/data";
}

bool td_run_example(td_report *r, const td_example *e, const td_args *a, td_dtype dtype)
{
    td_session s = {.report = r, .data = data_folder(a), .dtype = dtype, .name = e->name};
    if (e->run(&s)) return true;
    td_complain("%s: %s", e->name, s.trouble[0] ? s.trouble : "out of memory");
    return false;
}
