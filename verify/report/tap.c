/* tap.c: the report as TAP 13: a test a row, so that a harness, automake's or prove, can count it.
 *
 * 13, not 14: harnesses that refuse 14 are in use, and nothing of it is needed.  The plan comes first; a block of YAML
 * follows a test that did not simply pass.  A note is "not ok" and TODO: it is said, and the harness does not fail. */
#include "view.h"

#include <stdlib.h>
#include <string.h>

/* text as the lines of a literal block. */
static void block(char *text, FILE *file)
{
    for (char *line = strtok(text, "\n"); line; line = strtok(NULL, "\n")) {
        fputs("    ", file);
        td_text_plain(line, file);
        fputs("\n", file);
    }
}

static td_status yaml(const td_report *r, const td_row *row, const td_failure *const *order, bool text, FILE *file)
{
    td_caught c;
    if (!td_catch(&c)) return TD_ENOMEM;
    td_row_text(r, row, order, c.file);
    char *said = td_caught_text(&c);
    if (!said) return TD_ENOMEM;
    fputs("  ---\n", file);
    if (r->timings) fprintf(file, "  duration_ms: %.3f\n", 1000 * td_row_seconds(row));
    if (text) fputs("  text: |\n", file), block(said, file);
    fputs("  ...\n", file);
    free(said);
    return TD_OK;
}

static td_status test(const td_report *r, int64_t i, const td_failure *const *order, FILE *file)
{
    const td_row *row = &r->row[i];
    td_outcome outcome = td_row_outcome(r, row);
    bool ok = outcome == TD_ROW_PASSED || outcome == TD_ROW_SKIPPED, text = !ok || row->inconclusive;
    fprintf(file, "%sok %lld - ", ok ? "" : "not ", (long long)(i + 1));
    td_text_line(row->name, file);
    fprintf(file, " %s", td_dtype_name(row->dtype));
    if (outcome == TD_ROW_SKIPPED) fputs(" # SKIP ", file), td_text_line(td_row_open(row), file);
    if (outcome == TD_ROW_NOTED) fprintf(file, " # TODO a note: off by less than %g of a slope", r->care);
    fputs("\n", file);
    return text || r->timings ? yaml(r, row, order, text, file) : TD_OK;
}

static void plan(const td_report *r, FILE *file)
{
    int64_t n = r->n_row + r->starved;
    fprintf(file, "TAP version 13\n1..%lld%s\n", (long long)n, n ? "" : " # SKIP nothing was asked");
    fprintf(file, "# triad %s, numerics %d, seed %llu\n", td_version(), td_numerics_version(), (unsigned long long)r->seed);
}

td_status td_report_tap(const td_report *r, FILE *file)
{
    td_status status = TD_OK;
    const td_failure **order = td_failures_worst_first(r);
    if (!order) return TD_ENOMEM;
    plan(r, file);
    for (int64_t i = 0; i < r->n_row && !status; i++) status = test(r, i, order, file);
    if (r->starved) fprintf(file, "not ok %lld - memory ran out: this report is not whole\n", (long long)(r->n_row + 1));
    free(order);
    return fflush(file) || ferror(file) ? TD_EIO : status;
}
