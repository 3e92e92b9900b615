/* html.h: the parts of the page, which html.c puts together.
 *
 * The page is well-formed XML too: elements are closed, attributes quoted, text goes through td_text_markup. */
#ifndef TD_HTML_H
#define TD_HTML_H

#include "view.h"

typedef struct td_page {
    FILE            *file;         /* borrowed, as r */
    const td_report *r;
    td_status        status;       /* TD_ENOMEM: something could not be said, the page is not whole */
} td_page;

typedef struct td_emblem { const char *kind, *sign, *word; } td_emblem;

/* A class of the style sheet, a sign, and the word for those who see neither. */
const td_emblem *td_html_emblem(td_verdict v);
/* What say writes of a subject, as text of the page. */
void td_html_say(td_page *p, void (*say)(const void *subject, FILE *file), const void *subject);
void td_html_style(FILE *file);
/* Nothing for a text that is NULL or empty; before is markup. */
void td_html_paragraph(td_page *p, const char *before, const char *text);
/* What was asked, and what each said. */
void td_html_finding(td_page *p, const td_finding *f);
/* The command that shows it again. */
void td_html_command(td_page *p, const td_check_id *c);
void td_html_figures(td_page *p, const td_exhibit *e);
/* A figure begins; it ends with its caption. */
void td_html_plot(td_page *p);
void td_html_caption(td_page *p, const char *title, const char *text);
void td_html_map(td_page *p, const td_figures *g);
void td_html_histogram(td_page *p, const td_row *row);
/* Exhibits that do not disagree. */
void td_html_exhibits(td_page *p);
/* Failures, worst first, each whole. */
void td_html_failures(td_page *p);
/* Programs and ops, a row each, dtypes side by side. */
void td_html_tables(td_page *p);
/* The name of the place where the failures of a row begin. */
void td_html_anchor(const char *name, td_dtype dtype, FILE *file);

#endif
