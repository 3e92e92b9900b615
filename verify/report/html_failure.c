/* html_failure.c: what went wrong, on the page: who said what; the op at fault; the figures, if it is an exhibit; the
 * command.
 *
 * The worst of each row comes first, unfolded while they are few; one broken rule may fail in a hundred cases, and what
 * else is broken would stand below them all. */
#include "html.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { SHOWN = 40 };               /* are unfolded; the rest at a click */

/* ---- what each said ---------------------------------------------------------------------------------------------- */

typedef struct said { const char *name; td_answer a; } said;

static void answer(td_page *p, const said *s)
{
    char text[TD_DIGITS];
    fputs("<tr><th scope=\"row\">", p->file);
    td_text_markup(s->name, p->file);
    fprintf(p->file, "</th><td class=\"number\">%s</td><td class=\"number soft\">", td_number_text(s->a.value, text));
    if (!isfinite(s->a.bound)) fputs("no bound", p->file);
    else if (s->a.bound > 0) fprintf(p->file, "\xc2\xb1 %.2g", s->a.bound);
    fputs("</td></tr>\n", p->file);
}

static void answers(td_page *p, const char *title, const said *s, int n)
{
    said there[3];
    int k = 0;
    for (int i = 0; i < n; i++) if (td_is_there(s[i].a)) there[k++] = s[i];
    if (!k) return;
    fprintf(p->file, "<table class=\"said\"><caption class=\"hidden\">%s</caption>\n<tbody>\n", title);
    for (int i = 0; i < k; i++) answer(p, &there[i]);
    fputs("</tbody></table>\n", p->file);
}

void td_html_paragraph(td_page *p, const char *before, const char *text)
{
    if (!text || !text[0]) return;
    fprintf(p->file, "<p>%s", before);
    td_text_markup(text, p->file);
    fputs("</p>\n", p->file);
}

static void asked(const void *finding, FILE *file) { td_finding_asked(finding, file); }
static void headline(const void *finding, FILE *file) { td_finding_headline(finding, file); }

void td_html_finding(td_page *p, const td_finding *f)
{
    const char *name[2];
    char left[TD_DIGITS], right[TD_DIGITS], kink[3 * TD_DIGITS];
    td_finding_names(f, name);
    const said all[] = {{name[0], f->tape}, {name[1], f->dual}, {f->quad ? "quad" : "differences", f->differences}};
    if (td_is_there(f->tape) || td_is_there(f->dual)) {
        fputs("<p>", p->file);
        td_html_say(p, asked, f);
        fputs("</p>\n", p->file);
        answers(p, "what each said", all, 3);
    }
    snprintf(kink, sizeof kink, "%s left, %s right", td_number_text(f->left, left), td_number_text(f->right, right));
    if (!isnan(f->left)) td_html_paragraph(p, "differences see a kink: slopes ", kink);
    td_html_paragraph(p, "not at the inputs given, but with them changed: ", f->variant);
    td_html_paragraph(p, "", f->reason);
}

/* ---- the op at fault --------------------------------------------------------------------------------------------- */

static void at_fault(const void *blame, FILE *file) { td_blame_headline(blame, file); }
static void blame_asked(const void *blame, FILE *file) { td_blame_asked("", blame, file); }

/* Of a C function: which it is, and what its mistake looks like. */
static void claim(td_page *p, const td_blame *b)
{
    if (b->inside) {
        fputs("<p><strong>at fault: ", p->file);
        td_text_markup(b->op, p->file);
        fputs(" of ", p->file);
        td_text_markup(b->inside, p->file);
        fputs("</strong> <span class=\"number shapes\">", p->file);
        td_text_markup(b->shapes, p->file);
        fputs("</span></p>\n", p->file);
    }
    td_html_paragraph(p, "<strong>What it looks like:</strong> ", b->hint);
}

static void blame(td_page *p, const td_blame *b)
{
    bool law = b->asked == TD_ASKED_LAW;
    const said all[] = {{law ? "is" : "tape", b->tape}, {law ? "should be" : "dual", b->dual}};
    if (!b->found) {
        td_html_paragraph(p, "", "no op is wrong alone: it is how contributions are gathered, or the program itself");
        return;
    }
    fputs("<p><strong>", p->file);
    td_html_say(p, at_fault, b);
    fputs("</strong> <span class=\"number shapes\">", p->file);
    td_text_markup(b->shapes, p->file);
    fputs("</span>", p->file);
    if (b->file) {
        fputs(" called at <span class=\"number\">", p->file);
        td_text_markup(b->file, p->file);
        fprintf(p->file, ":%d</span>", b->line);
    }
    fputs("</p>\n<p>", p->file);
    if (td_is_there(b->tape) || td_is_there(b->dual)) td_html_say(p, blame_asked, b);
    fputs("</p>\n", p->file);
    answers(p, "what each said of the op alone", all, 2);
    td_html_paragraph(p, "<strong>What it looks like:</strong> ", b->hint);
}

/* ---- the whole --------------------------------------------------------------------------------------------------- */

static const td_exhibit *exhibit_of(const td_report *r, const td_failure *f)
{
    for (int64_t i = 0; i < r->n_exhibit; i++) {
        const td_exhibit *e = &r->exhibit[i];
        bool same = e->program == f->program && e->dtype == f->dtype && e->number == f->number;
        if (same && e->verdict == TD_DISAGREE && !strcmp(e->name, f->name)) return e;
    }
    return NULL;
}

static void failure(td_page *p, const td_failure *f, bool open)
{
    const td_exhibit *e = exhibit_of(p->r, f);
    fprintf(p->file, "<details class=\"failure\"%s>\n<summary><strong><span class=\"bad\">\xe2\x9c\x97</span> ",
            open ? " open=\"open\"" : "");
    td_text_markup(f->name, p->file);
    fprintf(p->file, " <span class=\"soft\">%s, %s %lld</span></strong> \xe2\x80\x94 ", td_dtype_name(f->dtype),
            f->program ? "check" : "case", (long long)f->number);
    td_html_say(p, headline, &f->result->worst);
    fputs("</summary>\n<div class=\"body\">\n<div class=\"sides\"><div>\n", p->file);
    td_html_finding(p, &f->result->worst);
    fputs("</div><div>\n", p->file);
    (f->result->worst.by ? claim : blame)(p, &f->result->blame);
    fputs("</div></div>\n", p->file);
    if (e) td_html_figures(p, e);
    td_check_id id = td_failure_id(f);
    td_html_command(p, &id);
    fputs("</div></details>\n", p->file);
}

/* Which rows disagree, and how much of them. */
static void index_of_rows(td_page *p)
{
    fputs("<ul class=\"index\">\n", p->file);
    for (int64_t i = 0; i < p->r->n_row; i++) {
        const td_row *row = &p->r->row[i];
        if (!row->disagreed) continue;
        fputs("<li><a href=\"#", p->file);
        td_html_anchor(row->name, row->dtype, p->file);
        fputs("\">", p->file);
        td_text_markup(row->name, p->file);
        fprintf(p->file, " %s</a> <span class=\"soft\">%lld of %lld</span></li>\n", td_dtype_name(row->dtype),
                (long long)row->disagreed, (long long)row->checks);
    }
    fputs("</ul>\n", p->file);
}

/* Of the failures in this order, i is the first of its row. */
static bool is_first(const td_failure *const *order, int64_t i)
{
    for (int64_t k = 0; k < i; k++) if (td_failure_same_row(order[k], order[i])) return false;
    return true;
}

static void failures(td_page *p, const td_failure *const *order)
{
    int64_t firsts = 0, n = p->r->n_failure;
    for (int64_t i = 0; i < n; i++) if (is_first(order, i)) failure(p, order[i], firsts++ < SHOWN);
    if (n == firsts) return;
    fprintf(p->file, "<details class=\"failure more\">\n<summary>%lld more of these</summary>\n", (long long)(n - firsts));
    for (int64_t i = 0; i < n; i++) if (!is_first(order, i)) failure(p, order[i], false);
    fputs("</details>\n", p->file);
}

void td_html_failures(td_page *p)
{
    int64_t all = 0;
    const td_failure **order = td_failures_worst_first(p->r);
    for (int64_t i = 0; i < p->r->n_row; i++) all += p->r->row[i].disagreed;
    if (!order) p->status = TD_ENOMEM;
    if (order && all) {
        fprintf(p->file, "<section>\n<h2>%lld disagree; of each the worst first</h2>\n", (long long)all);
        index_of_rows(p);
        failures(p, order);
        if (all > p->r->n_failure) {
            fprintf(p->file, "<p>and %lld more, counted and not kept</p>\n", (long long)(all - p->r->n_failure));
        }
        fputs("</section>\n", p->file);
    }
    free(order);
}
