/* text.c: the report for a person, in 80 columns: what went wrong first, then the table, worst first, then one line.
 *
 * Colour goes to verdicts alone, and only where report->colour says that it is wanted. */
#include "view.h"

#include <math.h>
#include <stdlib.h>

static td_status written(FILE *file)
{
    return fflush(file) || ferror(file) ? TD_EIO : TD_OK;
}

/* ---- colour ------------------------------------------------------------------------------------------------------ */

/* A word of `wide` columns, in the colour of a verdict (ECMA-48, 8.3.117). */
static void paint(const td_report *r, td_verdict v, int wide, const char *word, FILE *file)
{
    static const char *const colours[] = {[TD_AGREE] = "32", [TD_DISAGREE] = "1;31", [TD_INCONCLUSIVE] = "33",
                                          [TD_KINK] = "33"};
    if (r->colour) fprintf(file, "\033[%sm%-*s\033[0m", colours[v], wide, word);
    else fprintf(file, "%-*s", wide, word);
}

/* ---- failures ---------------------------------------------------------------------------------------------------- */

static void headline(const td_finding *f, FILE *file)
{
    td_caught c;
    if (!td_catch(&c)) return;
    td_finding_headline(f, c.file);
    char *text = td_caught_text(&c);
    if (text) td_sentence("  ", text, file);
    free(text);
}

static void failure_text(const td_report *r, const td_failure *f, FILE *file)
{
    const td_finding *w = &f->result->worst;
    paint(r, TD_DISAGREE, 0, f->name, file);
    fprintf(file, " %s %s %lld seed %llu\n", td_dtype_name(f->dtype), f->program ? "check" : "case",
            (long long)f->number, (unsigned long long)r->seed);
    headline(w, file);
    td_finding_text("    ", w, file);
    (w->by ? td_claim_text : td_blame_text)("    ", &f->result->blame, file);
    fputs("    ", file);
    td_failure_command(r, f, file);
    fputs("\n\n", file);
}

td_status td_report_failures(const td_report *r, FILE *file)
{
    enum { SHOWN = 20 };
    const td_failure **order = td_failures_worst_first(r);
    if (!order) return TD_ENOMEM;
    for (int64_t i = 0; i < r->n_failure && i < SHOWN; i++) failure_text(r, order[i], file);
    if (r->n_failure > SHOWN) fprintf(file, "and %lld more\n\n", (long long)(r->n_failure - SHOWN));
    free(order);
    return written(file);
}

/* ---- the table --------------------------------------------------------------------------------------------------- */

static void table_head(const char *what, FILE *file)
{
    fprintf(file, "\n%-18s%-5s%-9s%6s%8s%6s%7s%5s%5s%6s%5s\n", what, "", "verdict", "checks", "slopes", "open", "diffs",
            "kink", "open", "2nd", "open");
}

static const char *short_verdict(const td_row *row)
{
    return row->disagreed ? "DISAGREE" : row->agreed ? "agree" : "unclear";
}

static void table_row(const td_report *r, const td_row *row, FILE *file)
{
    fprintf(file, "%-17.17s %-5s", row->name, td_dtype_name(row->dtype));
    paint(r, td_row_verdict(row), 9, short_verdict(row), file);
    fprintf(file, "%6lld%8lld%6lld%7lld%5lld%5lld%6lld%5lld\n", (long long)row->checks, (long long)row->slopes_agreed,
            (long long)row->slopes_undecided, (long long)row->fd_agreed, (long long)row->fd_kinks,
            (long long)row->fd_undecided, (long long)row->second_agreed, (long long)row->second_undecided);
    if (row->note[0]) fprintf(file, "    %s\n", row->note);
}

static void table(const td_report *r, bool program, FILE *file)
{
    static const td_verdict worst_first[] = {TD_DISAGREE, TD_INCONCLUSIVE, TD_AGREE};
    bool any = false;
    for (int v = 0; v < 3; v++) {
        for (int64_t i = 0; i < r->n_row; i++) {
            const td_row *row = &r->row[i];
            if (row->program != program || td_row_verdict(row) != worst_first[v]) continue;
            if (!any) table_head(program ? "program" : "op", file);
            any = true;
            table_row(r, row, file);
        }
    }
}

/* Each reason for which something was not decided, once, with the first row it was met in. */
static void reasons(const td_report *r, const char *title, size_t member, FILE *file)
{
    char line[TD_REASON + 64];
    bool any = false;
    for (int64_t i = 0; i < r->n_row; i++) {
        const char *text = td_reason_met(r, i, member);
        if (!text) continue;
        if (!any) fprintf(file, "\n%s\n", title);
        any = true;
        snprintf(line, sizeof line, "%s (first in %s %s)", text, r->row[i].name, td_dtype_name(r->row[i].dtype));
        td_sentence("  ", line, file);
    }
}

static void timing_row(const char *name, const char *dtype, const double *seconds, FILE *file)
{
    fprintf(file, "%-16.16s%-4s", name, dtype);
    for (int s = 0; s <= TD_STAGE_BLAME; s++) fprintf(file, "%6.2f", seconds[s]);
    fputs("\n", file);
}

/* Seconds, a column a stage in their order, and below them all. */
static void timings(const td_report *r, FILE *file)
{
    double all[TD_STAGES] = {0};
    fprintf(file, "\n%-20s%s\n", "seconds", "  tape  dual  laws again views diffs  quad   2nd  vars blame");
    for (int64_t i = 0; i < r->n_row; i++) {
        timing_row(r->row[i].name, td_dtype_name(r->row[i].dtype), r->row[i].seconds, file);
        for (int s = 0; s < TD_STAGES; s++) all[s] += r->row[i].seconds[s];
    }
    timing_row("all", "", all, file);
}

static void verdict_line(const td_report *r, FILE *file)
{
    td_row s = td_report_sum(r);
    td_verdict v = td_report_verdict(r);
    if (s.strain > 0) fprintf(file, "\ntape against dual: the largest difference that agreed is %.2f of its bound\n",
                              s.strain);
    else fputs("\n", file);
    fprintf(file, "differences: %lld agreed, %lld objected, %lld could not tell\n", (long long)s.fd_agreed,
            (long long)s.fd_disagreed, (long long)s.fd_undecided);
    fprintf(file, "differences in quad: %lld agreed, %lld objected, %lld could not tell\n", (long long)s.quad_agreed,
            (long long)s.quad_disagreed, (long long)s.quad_undecided);
    fprintf(file, "coordinates: %lld of %lld asked one by one; an error shows there from this share\n"
            "  of the slope on: %.1e in the middle of the rows, %.1e in the worst\n", (long long)s.asked,
            (long long)s.coordinates, td_report_typical(r), s.resolution_one);
    if (r->starved) fprintf(file, "memory ran out: this report is not whole\n");
    if (s.notes && r->care > 0) {
        fprintf(file, "%lld of those that disagree are notes, off by less than %g of a slope\n", (long long)s.notes,
                r->care);
    }
    paint(r, v, 0, td_verdict_name(v), file);
    fprintf(file, ": %lld checks agree, %lld disagree, %lld inconclusive\n", (long long)s.agreed, (long long)s.disagreed,
            (long long)s.inconclusive);
}

td_status td_report_text(const td_report *r, FILE *file)
{
    fprintf(file, "triad %s, numerics %d, seed %llu\n\n", td_version(), td_numerics_version(), (unsigned long long)r->seed);
    td_status status = td_report_failures(r, file);
    table(r, true, file);
    table(r, false, file);
    reasons(r, "open slopes, because", offsetof(td_row, open), file);
    reasons(r, "open differences, because", offsetof(td_row, fd_open), file);
    reasons(r, "open in quad too, because", offsetof(td_row, quad_open), file);
    reasons(r, "open second derivatives, because", offsetof(td_row, second_open), file);
    if (r->timings) timings(r, file);
    verdict_line(r, file);
    return status ? status : written(file);
}
