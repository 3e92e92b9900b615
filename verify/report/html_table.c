/* html_table.c: programs and ops as tables: a row each, a table a dtype; a number is the agreed.
 *
 * A bar shows the shares where not all agreed; where all did, there is none, so that what is otherwise is seen. */
#include "html.h"

#include <math.h>

enum { COLUMNS = 6 };

typedef struct part { const char *kind, *word; int64_t n; bool bad; } part;

static void bar(td_page *p, const part *parts, int n, int64_t all)
{
    double at = 0;
    fputs("<svg class=\"bar\" viewBox=\"0 0 100 4\" preserveAspectRatio=\"none\" aria-hidden=\"true\">", p->file);
    for (int i = 0; i < n; i++) {
        double wide = 100 * (double)parts[i].n / (double)all;
        if (parts[i].n) fprintf(p->file, "<path class=\"%s\" d=\"M%.1f 2h%.1f\"/>", parts[i].kind, at, fmax(wide, 0.8));
        at += wide;
    }
    fputs("</svg>", p->file);
}

/* "1934 12 open" */
static void cell(td_page *p, const part *parts, int n)
{
    int64_t all = 0;
    for (int i = 0; i < n; i++) all += parts[i].n;
    if (!all) {
        fputs("<td class=\"soft\">\xe2\x80\x93</td>", p->file);
        return;
    }
    fprintf(p->file, "<td>%lld", (long long)parts[0].n);
    for (int i = 1; i < n; i++) {
        const char *bad = parts[i].bad ? " class=\"bad\"" : "";
        if (parts[i].n) fprintf(p->file, " <small%s>%lld %s</small>", bad, (long long)parts[i].n, parts[i].word);
    }
    if (all > parts[0].n) bar(p, parts, n, all);
    fputs("</td>", p->file);
}

static void cells(td_page *p, const td_row *r)
{
    const part slopes[] = {{"agreed", "", r->slopes_agreed, false}, {"left", "open", r->slopes_undecided, false}};
    const part fd[] = {{"agreed", "", r->fd_agreed, false}, {"kink", "at kinks", r->fd_kinks, false},
                       {"kink", "beside kinks", r->fd_outside, false}, {"against", "object", r->fd_disagreed, true},
                       {"left", "open", r->fd_undecided, false}};
    const part quad[] = {{"agreed", "", r->quad_agreed, false}, {"kink", "at kinks", r->quad_kinks, false},
                         {"against", "object", r->quad_disagreed, true}, {"left", "open", r->quad_undecided, false}};
    const part second[] = {{"agreed", "", r->second_agreed, false}, {"left", "open", r->second_undecided, false}};
    cell(p, slopes, 2);
    cell(p, fd, 5);
    cell(p, quad, 4);
    cell(p, second, 2);
}

void td_html_anchor(const char *name, td_dtype dtype, FILE *file)
{
    fputs("row-", file);
    td_text_markup(name, file);
    fprintf(file, "-%s", td_dtype_name(dtype));
}

static void verdict_cell(td_page *p, const td_row *row)
{
    const td_emblem *m = td_html_emblem(td_row_verdict(row));
    fprintf(p->file, "<td><span class=\"%s\">%s<span class=\"hidden\"> %s</span></span> ", m->kind, m->sign, m->word);
    if (row->disagreed) fprintf(p->file, "%lld of ", (long long)row->disagreed);
    fprintf(p->file, "%lld", (long long)row->checks);
    if (row->inconclusive) fprintf(p->file, " <small>%lld open</small>", (long long)row->inconclusive);
    fputs("</td>", p->file);
}

static void note(td_page *p, const td_row *row)
{
    fprintf(p->file, "<tr class=\"note\"><td colspan=\"%d\">", COLUMNS + p->r->timings);
    td_text_markup(row->note, p->file);
    fputs("</td></tr>\n", p->file);
}

static void table_row(td_page *p, const td_row *row)
{
    fprintf(p->file, "<tr%s id=\"", row->disagreed ? " class=\"bad\"" : "");
    td_html_anchor(row->name, row->dtype, p->file);
    fputs("\"><th scope=\"row\">", p->file);
    td_text_markup(row->name, p->file);
    fputs("</th>", p->file);
    verdict_cell(p, row);
    cells(p, row);
    if (p->r->timings) fprintf(p->file, "<td>%.2f</td>", td_row_seconds(row));
    fputs("</tr>\n", p->file);
    if (row->note[0]) note(p, row);
}

static bool is_of(const td_row *row, bool program, td_dtype dtype)
{
    return row->program == program && row->dtype == dtype;
}

static void table(td_page *p, const char *what, bool program, td_dtype dtype)
{
    static const char *const heads[COLUMNS] = {"name", "checks", "slopes", "differences", "in quad", "second"};
    bool any = false;
    for (int64_t i = 0; i < p->r->n_row; i++) any = any || is_of(&p->r->row[i], program, dtype);
    if (!any) return;
    fprintf(p->file, "<table class=\"rows\">\n<caption>%s, %s</caption>\n<thead><tr>", what,
            td_dtype_name(dtype));
    for (int i = 0; i < COLUMNS; i++) fprintf(p->file, "<th scope=\"col\">%s</th>", heads[i]);
    if (p->r->timings) fputs("<th scope=\"col\">seconds</th>", p->file);
    fputs("</tr></thead>\n<tbody>\n", p->file);
    for (int64_t i = 0; i < p->r->n_row; i++) if (is_of(&p->r->row[i], program, dtype)) table_row(p, &p->r->row[i]);
    fputs("</tbody></table>\n", p->file);
}

static void legend(td_page *p)
{
    fputs("<p class=\"legend\">"
          "<span><span class=\"good\">\xe2\x9c\x93</span> agree</span>"
          "<span><span class=\"bad\">\xe2\x9c\x97</span> disagree</span>"
          "<span><span class=\"open\">?</span> nothing was decided</span>"
          "<span>no bar: all agreed</span><span><svg class=\"key\" viewBox=\"0 0 14 4\" aria-hidden=\"true\"><path "
              "class=\"agreed\" d=\"M0 2h14\"/></svg> agreed</span>"
          "<span><svg class=\"key\" viewBox=\"0 0 14 4\" aria-hidden=\"true\"><path class=\"kink\" d=\"M0 2h14\"/></svg> at "
              "a kink, between its two slopes</span>"
          "<span><svg class=\"key\" viewBox=\"0 0 14 4\" aria-hidden=\"true\"><path class=\"left\" d=\"M0 2h14\"/></svg> "
              "left open</span><span><svg class=\"key\" viewBox=\"0 0 14 4\" aria-hidden=\"true\"><path class=\"against\" "
                  "d=\"M0 2h14\"/></svg> objected</span></p>\n"
          "<p class=\"legend\">A number says how many agreed. Slopes: tape against dual numbers. Differences: finite ones, "
          "of some of these; in quad: again in quad precision, of what they left open. Second: second derivatives.</p>\n",
          p->file);
}

static bool tables(td_page *p, const char *title, bool program, bool key)
{
    int64_t n = 0;
    for (int64_t i = 0; i < p->r->n_row; i++) n += p->r->row[i].program == program;
    if (!n) return false;
    fprintf(p->file, "<section>\n<h2>%s</h2>\n", title);
    if (key) legend(p);
    fputs("<div class=\"pair\">\n", p->file);
    table(p, title, program, TD_F64);
    table(p, title, program, TD_F32);
    fputs("</div>\n</section>\n", p->file);
    return true;
}

void td_html_tables(td_page *p)
{
    bool explained = tables(p, "Programs", true, true);
    tables(p, "Ops", false, !explained);
}
