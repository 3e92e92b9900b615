/* junit.c: the report as JUnit XML: a test case a row, two suites, programs and ops.
 *
 * What Jenkins and GitLab read is written and nothing else: counts, classname and name (which together name a case from
 * run to run), failure and skipped with a message, their text, and time where it was asked for. */
#include "view.h"

#include <stdlib.h>

typedef struct page {
    FILE                     *file;
    const td_report          *r;
    const td_failure *const *order;
    td_status                 status;
} page;

typedef struct tally { int64_t tests, failures, skipped; double seconds; } tally;

static tally count(const td_report *r, bool program, bool all)
{
    tally t = {0};
    for (int64_t i = 0; i < r->n_row; i++) {
        td_outcome o = td_row_outcome(r, &r->row[i]);
        if (!all && r->row[i].program != program) continue;
        t.tests++;
        t.failures += o == TD_ROW_FAILED;
        t.skipped += o == TD_ROW_SKIPPED || o == TD_ROW_NOTED;
        t.seconds += td_row_seconds(&r->row[i]);
    }
    return t;
}

static void counts(page *p, tally t, int errors)
{
    fprintf(p->file, " tests=\"%lld\" failures=\"%lld\" errors=\"%d\" skipped=\"%lld\"", (long long)t.tests + errors,
            (long long)t.failures, errors, (long long)t.skipped);
    if (p->r->timings) fprintf(p->file, " time=\"%.3f\"", t.seconds);
    fputs(">\n", p->file);
}

static void message(page *p, const char *text)
{
    fputs(" message=\"", p->file);
    td_text_markup(text, p->file);
    fputs("\"", p->file);
}

/* The text of a row as the contents of an element; out of memory, the report is not whole. */
static void said(page *p, const td_row *row)
{
    td_caught c;
    char *text = NULL;
    if (td_catch(&c)) {
        td_row_text(p->r, row, p->order, c.file);
        text = td_caught_text(&c);
    }
    if (text) td_text_markup(text, p->file);
    else p->status = TD_ENOMEM;
    free(text);
}

static void failed(page *p, const td_row *row)
{
    fprintf(p->file, "      <failure type=\"disagree\" message=\"%lld of %lld checks disagree\">", (long long)row->disagreed,
            (long long)row->checks);
    said(p, row);
    fputs("</failure>\n", p->file);
}

static void output(page *p, const td_row *row)
{
    fputs("      <system-out>", p->file);
    said(p, row);
    fputs("</system-out>\n", p->file);
}

static void skipped(page *p, const char *why)
{
    fputs("      <skipped", p->file);
    message(p, why);
    fputs("/>\n", p->file);
}

static void noted(page *p, const td_row *row)
{
    char why[96];
    snprintf(why, sizeof why, "a note: it disagrees by less than %g of a slope", p->r->care);
    skipped(p, why);
    output(p, row);
}

static void test_case(page *p, const td_row *row)
{
    td_outcome o = td_row_outcome(p->r, row);
    bool quiet = o == TD_ROW_PASSED && !row->inconclusive;
    fprintf(p->file, "    <testcase classname=\"triad.%s\" name=\"", row->program ? "program" : "op");
    td_text_markup(row->name, p->file);
    fprintf(p->file, " %s\"", td_dtype_name(row->dtype));
    if (p->r->timings) fprintf(p->file, " time=\"%.3f\"", td_row_seconds(row));
    fputs(quiet ? "/>\n" : ">\n", p->file);
    if (o == TD_ROW_FAILED) failed(p, row);
    else if (o == TD_ROW_NOTED) noted(p, row);
    else if (o == TD_ROW_SKIPPED) skipped(p, td_row_open(row)), output(p, row);
    else if (!quiet) output(p, row);
    if (!quiet) fputs("    </testcase>\n", p->file);
}

static void suite(page *p, const char *name, bool program)
{
    tally t = count(p->r, program, false);
    if (!t.tests) return;
    fprintf(p->file, "  <testsuite name=\"%s\"", name);
    counts(p, t, 0);
    fprintf(p->file, "    <properties>\n      <property name=\"triad\" value=\"%s\"/>\n", td_version());
    fprintf(p->file, "      <property name=\"numerics\" value=\"%d\"/>\n", td_numerics_version());
    fprintf(p->file, "      <property name=\"seed\" value=\"%llu\"/>\n    </properties>\n", (unsigned long long)p->r->seed);
    for (int64_t i = 0; i < p->r->n_row; i++) if (p->r->row[i].program == program) test_case(p, &p->r->row[i]);
    fputs("  </testsuite>\n", p->file);
}

static void starved(page *p)
{
    fputs("  <testsuite name=\"report\"", p->file);
    counts(p, (tally){0}, 1);
    fputs("    <testcase classname=\"triad.report\" name=\"whole\">\n      <error type=\"memory\"", p->file);
    message(p, "memory ran out: this report is not whole");
    fputs("/>\n    </testcase>\n  </testsuite>\n", p->file);
}

td_status td_report_junit(const td_report *r, FILE *file)
{
    const td_failure **order = td_failures_worst_first(r);
    page p = {.file = file, .r = r, .order = order};
    if (!order) return TD_ENOMEM;
    fputs("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"triad\"", file);
    counts(&p, count(r, false, true), r->starved);
    suite(&p, "programs", true);
    suite(&p, "ops", false);
    if (r->starved) starved(&p);
    fputs("</testsuites>\n", file);
    free(order);
    return fflush(file) || ferror(file) ? TD_EIO : p.status;
}
