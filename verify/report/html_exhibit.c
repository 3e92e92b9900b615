/* html_exhibit.c: checks that do not disagree, looked at closely: what could not be decided, and what agreed with the least
 * to spare.  A few are unfolded. */
#include "html.h"

enum { UNFOLDED = 4 };

typedef struct told { const td_report *r; const td_check_id *c; } told;

static void command(const void *subject, FILE *file)
{
    const told *t = subject;
    td_check_command(t->r, t->c, file);
}

void td_html_command(td_page *p, const td_check_id *c)
{
    fputs("<code class=\"command\">", p->file);
    td_html_say(p, command, &(told){p->r, c});
    fputs("</code>\n", p->file);
}

static void summary(td_page *p, const td_exhibit *e)
{
    const td_emblem *m = td_html_emblem(e->verdict);
    fprintf(p->file, "<summary><strong><span class=\"%s\">%s<span class=\"hidden\"> %s</span></span> ", m->kind, m->sign,
            m->word);
    td_text_markup(e->name, p->file);
    fprintf(p->file, " <span class=\"soft\">%s, %s %lld</span></strong> \xe2\x80\x94 ", td_dtype_name(e->dtype),
            e->program ? "check" : "case", (long long)e->number);
    if (e->verdict == TD_AGREE) fprintf(p->file, "agrees; the largest difference is %.2f of its bound", e->weight);
    else td_text_markup(e->worst.reason, p->file);
    fputs("</summary>\n", p->file);
}

static void exhibit(td_page *p, const td_exhibit *e, bool open)
{
    fprintf(p->file, "<details class=\"failure\"%s>\n", open ? " open=\"open\"" : "");
    summary(p, e);
    fputs("<div class=\"body\">\n", p->file);
    td_html_finding(p, &e->figures->asked);
    td_html_figures(p, e);
    td_check_id id = td_exhibit_id(e);
    td_html_command(p, &id);
    fputs("</div></details>\n", p->file);
}

void td_html_exhibits(td_page *p)
{
    const td_report *r = p->r;
    int64_t n = 0;
    for (int64_t i = 0; i < r->n_exhibit; i++) {
        const td_exhibit *e = &r->exhibit[i];
        if (e->verdict == TD_DISAGREE) continue;
        if (!n) fputs("<section>\n<h2>A closer look: the worst of what did not disagree</h2>\n", p->file);
        exhibit(p, e, n++ < (r->n_exhibit <= UNFOLDED ? UNFOLDED : 1));
    }
    if (n) fputs("</section>\n", p->file);
}
