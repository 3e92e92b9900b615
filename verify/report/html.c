/* html.c: the report as a page: one file, no script, nothing fetched.
 *
 * In the order in which one asks: is it right?  what is wrong?  what was checked, and how?  what could not be decided, why?
 * what was not asked? */
#include "html.h"

#include <math.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

const td_emblem *td_html_emblem(td_verdict v)
{
    static const td_emblem marks[] = {
        [TD_AGREE] = {"good", "\xe2\x9c\x93", "agree"}, [TD_DISAGREE] = {"bad", "\xe2\x9c\x97", "disagree"},
        [TD_INCONCLUSIVE] = {"open", "?", "inconclusive"}};
    return &marks[v];
}

void td_html_say(td_page *p, void (*say)(const void *subject, FILE *file), const void *subject)
{
    td_caught c;
    char *text = NULL;
    if (td_catch(&c)) {
        say(subject, c.file);
        text = td_caught_text(&c);
    }
    if (text) td_text_markup(text, p->file);
    else p->status = TD_ENOMEM;
    free(text);
}

/* ---- the verdict ------------------------------------------------------------------------------------------------- */

static void tile(td_page *p, const char *title, const char *number, const char *text)
{
    fprintf(p->file, "<li><small>%s</small><b>%s</b> %s</li>\n", title, number, text);
}

static const char *count(int64_t n, char text[32])
{
    snprintf(text, 32, "%lld", (long long)n);
    return text;
}

/* What was checked, at a glance. */
static void glance(td_page *p, const td_row *s)
{
    char number[32], text[160];
    fputs("<ul class=\"tiles\">\n", p->file);
    if (s->slopes_agreed) {
        snprintf(text, sizeof text, "tape and dual numbers agree; %lld left open", (long long)s->slopes_undecided);
        tile(p, "Slopes", count(s->slopes_agreed, number), text);
    }
    snprintf(text, sizeof text, "more in quad: %lld; could not tell: %lld", (long long)s->quad_agreed,
             (long long)s->fd_undecided);
    if (s->fd_agreed) tile(p, "Confirmed by differences", count(s->fd_agreed, number), text);
    if (s->second_agreed) tile(p, "Second derivatives", count(s->second_agreed, number), "agree");
    snprintf(text, sizeof text, "of %lld asked one by one%s", (long long)s->coordinates, s->directions ?
             ", the rest through random directions" : "");
    tile(p, "Coordinates", count(s->asked, number), text);
    snprintf(number, sizeof number, "%.1e", td_report_typical(p->r));
    snprintf(text, sizeof text, "of a slope, asked alone, or less in half of the rows; %.1e in the worst",
             s->resolution_one);
    if (s->resolution_one > 0) tile(p, "Smallest error that shows", number, text);
    snprintf(number, sizeof number, "%.2f", s->strain);
    if (s->strain > 0) tile(p, "Nearest to its bound", number, "is the largest difference that agreed");
    fputs("</ul>\n", p->file);
}

static void verdict(td_page *p, const td_row *s)
{
    const td_report *r = p->r;
    const td_emblem   *m = td_html_emblem(td_report_verdict(r));
    fprintf(p->file, "<header class=\"%s\">\n<h1><span class=\"%s\">%s %s</span></h1>\n", m->kind, m->kind, m->sign,
            m->word);
    fprintf(p->file, "<p class=\"sum\">%lld checks agree, %lld disagree, %lld are inconclusive</p>\n", (long long)s->agreed,
            (long long)s->disagreed, (long long)s->inconclusive);
    if (r->starved) fputs("<p class=\"bad\">Memory ran out: this report is not whole.</p>\n", p->file);
    if (r->shards) fprintf(p->file, "<p>This is part %lld of %lld.</p>\n", (long long)r->shard, (long long)r->shards);
    if (s->notes && r->care > 0) {
        fprintf(p->file, "<p>%lld of those that disagree are notes, off by less than %g of a slope.</p>\n",
                (long long)s->notes, r->care);
    }
    glance(p, s);
    fprintf(p->file, "<p class=\"facts\">triad %s, numerics %d, seed %llu</p>\n</header>\n", td_version(),
            td_numerics_version(), (unsigned long long)r->seed);
}

/* ---- what was not decided ---------------------------------------------------------------------------------------- */

static const struct { const char *title; size_t member; } kinds[] = {
    {"Checks and slopes", offsetof(td_row, open)},
    {"Differences", offsetof(td_row, fd_open)},
    {"Differences in quad, too", offsetof(td_row, quad_open)},
    {"Second derivatives", offsetof(td_row, second_open)}};
enum { KINDS = sizeof kinds / sizeof kinds[0] };

static void reason(td_page *p, const td_row *row, const char *text)
{
    fputs("<li>", p->file);
    td_text_markup(text, p->file);
    fputs(" <span class=\"soft\">\xe2\x80\x94 first in ", p->file);
    td_text_markup(row->name, p->file);
    fprintf(p->file, " %s</span></li>\n", td_dtype_name(row->dtype));
}

static bool reasons(td_page *p, int kind, bool any_before)
{
    bool any = false;
    for (int64_t i = 0; i < p->r->n_row; i++) {
        const char *text = td_reason_met(p->r, i, kinds[kind].member);
        if (!text) continue;
        if (!any && !any_before) fputs("<section>\n<h2>Left open, and why</h2>\n<div class=\"sides\">\n", p->file);
        if (!any) fprintf(p->file, "<div><h3>%s</h3>\n<ul>\n", kinds[kind].title);
        any = true;
        reason(p, &p->r->row[i], text);
    }
    if (any) fputs("</ul></div>\n", p->file);
    return any || any_before;
}

static void left_open(td_page *p)
{
    bool any = false;
    for (int i = 0; i < KINDS; i++) any = reasons(p, i, any);
    if (any) fputs("</div>\n</section>\n", p->file);
}

/* ---- what was not asked ------------------------------------------------------------------------------------------ */

static bool is_asked(const td_report *r, const td_op *op, td_dtype dtype)
{
    bool found = false;
    for (int64_t i = 0; i < r->n_row && !found; i++) {
        const td_row *row = &r->row[i];
        found = !row->program && row->dtype == dtype && row->checks && !strcmp(row->name, op->name);
    }
    return found;
}

/* Names while there are few; else their number. */
static void ops_not_asked(td_page *p, td_dtype dtype)
{
    enum { FEW = 12 };
    int n = 0, all = 0;
    for (int id = 1; id < TD_ID_COUNT; id++) all++, n += !is_asked(p->r, td_op_by_id(id), dtype);
    fprintf(p->file, "<dt>ops in %s</dt><dd>", td_dtype_name(dtype));
    if (!n) fputs("all were asked", p->file);
    else fprintf(p->file, "%d of %d were not asked%s", n, all, n > FEW ? "" : ":");
    for (int id = 1; id < TD_ID_COUNT && n && n <= FEW; id++) {
        if (!is_asked(p->r, td_op_by_id(id), dtype)) fprintf(p->file, " %s", td_op_by_id(id)->name);
    }
    fputs("</dd>\n", p->file);
}

/* A resolution of 1 and more: slopes are 0, or next to it, by cancellation. */
static void too_small(td_page *p, const td_row *s)
{
    int64_t rows = 0;
    for (int64_t i = 0; i < p->r->n_row; i++) rows += p->r->row[i].resolution_one >= 1;
    if (!(s->resolution_one > 0) && !rows) return;
    fputs("<dt>errors too small to show</dt><dd>", p->file);
    if (s->resolution_one > 0) fprintf(p->file, "less than %.2g of a slope asked alone, at the worst", s->resolution_one);
    if (rows) fprintf(p->file, "%sany, where slopes cancel: somewhere in %lld rows", s->resolution_one > 0 ? "; " : "",
                      (long long)rows);
    fputs("</dd>\n", p->file);
}

static void not_asked(td_page *p, const td_row *s)
{
    fputs("<section>\n<h2>Not asked</h2>\n<dl class=\"facts-list\">\n", p->file);
    ops_not_asked(p, TD_F64);
    ops_not_asked(p, TD_F32);
    fprintf(p->file, "<dt>coordinates</dt><dd>%lld of %lld were asked one by one", (long long)s->asked,
            (long long)s->coordinates);
    if (s->directions) fprintf(p->file, "; %lld random directions through more", (long long)s->directions);
    fputs("</dd>\n", p->file);
    if (s->refused) {
        fprintf(p->file, "<dt>refused</dt><dd>%lld checks, by every engine alike</dd>\n", (long long)s->refused);
    }
    too_small(p, s);
    fprintf(p->file, "<dt>other inputs</dt><dd>an op is asked at sampled inputs, at most %lld of each dtype, a program "
            "where it stands; what is wrong elsewhere alone is not seen</dd>\n</dl>\n</section>\n", (long long)p->r->cases);
}

/* ---- the whole --------------------------------------------------------------------------------------------------- */

td_status td_report_html(const td_report *r, FILE *file)
{
    td_page p = {.file = file, .r = r};
    td_row  all = td_report_sum(r);
    fputs("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\"/>\n"
          "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>\n", file);
    fprintf(file, "<title>triad: %s</title>\n<style>\n", td_verdict_name(td_report_verdict(r)));
    td_html_style(file);
    fputs("</style>\n</head>\n<body>\n", file);
    verdict(&p, &all);
    td_html_failures(&p);
    td_html_exhibits(&p);
    td_html_tables(&p);
    left_open(&p);
    not_asked(&p, &all);
    fputs("</body>\n</html>\n", file);
    return fflush(file) || ferror(file) ? TD_EIO : p.status;
}
