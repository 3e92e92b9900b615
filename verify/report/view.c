/* view.c: what the views share. */
#include "view.h"

#include "compare.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- failures ---------------------------------------------------------------------------------------------------- */

static int worst_first(const void *one, const void *other)
{
    const td_failure *const *x = one, *const *y = other;
    double a = td_share(&(*x)->result->worst), b = td_share(&(*y)->result->worst);     /* not comparable: first */
    return b > a ? 1 : b < a ? -1 : *x > *y ? 1 : -1;
}

const td_failure **td_failures_worst_first(const td_report *r)
{
    const td_failure **order = malloc((size_t)(r->n_failure + 1) * sizeof *order);
    if (!order) return NULL;
    for (int64_t i = 0; i < r->n_failure; i++) order[i] = &r->failure[i];
    qsort(order, (size_t)r->n_failure, sizeof *order, worst_first);
    return order;
}

void td_check_command(const td_report *r, const td_check_id *c, FILE *file)
{
    if (r->again) {
        fputs(r->again, file);
        return;
    }
    if (c->command) fprintf(file, "triad check %s", c->command);
    else fprintf(file, "triad check %s --dtype %s", c->name, td_dtype_name(c->dtype));
    if (!c->program || c->command) fprintf(file, " --case %lld", (long long)c->number);
    fprintf(file, " --seed %llu", (unsigned long long)r->seed);
}

td_check_id td_failure_id(const td_failure *f)
{
    return (td_check_id){f->name, f->command, f->dtype, f->program, f->number};
}

td_check_id td_exhibit_id(const td_exhibit *e)
{
    return (td_check_id){e->name, e->command, e->dtype, e->program, e->number};
}

void td_failure_command(const td_report *r, const td_failure *f, FILE *file)
{
    td_check_id c = td_failure_id(f);
    td_check_command(r, &c, file);
}

static const char *reason_at(const td_row *row, size_t member)
{
    return (const char *)row + member;
}

const char *td_reason_met(const td_report *r, int64_t i, size_t member)
{
    const char *text = reason_at(&r->row[i], member);
    bool known = !text[0];
    for (int64_t k = 0; k < i && !known; k++) known = !strcmp(text, reason_at(&r->row[k], member));
    return known ? NULL : text;
}

/* ---- a row as one test ------------------------------------------------------------------------------------------- */

td_outcome td_row_outcome(const td_report *r, const td_row *row)
{
    static const td_outcome outcomes[] = {
        [TD_AGREE] = TD_ROW_PASSED, [TD_DISAGREE] = TD_ROW_FAILED, [TD_INCONCLUSIVE] = TD_ROW_SKIPPED};
    bool forgiven = row->disagreed && row->disagreed == row->notes && r->care > 0;
    return forgiven ? TD_ROW_NOTED : outcomes[td_row_verdict(row)];
}

const char *td_row_open(const td_row *row)
{
    if (row->open[0]) return row->open;
    return row->checks ? "nothing could be decided" : "nothing was asked";
}

double td_row_seconds(const td_row *row)
{
    double all = 0;
    for (int s = 0; s < TD_STAGES; s++) all += row->seconds[s];
    return all;
}

void td_row_account(const td_row *row, FILE *file)
{
    fprintf(file, "%lld checks: %lld agree, %lld disagree, %lld inconclusive", (long long)row->checks,
            (long long)row->agreed, (long long)row->disagreed, (long long)row->inconclusive);
}

bool td_failure_same_row(const td_failure *one, const td_failure *other)
{
    return one->program == other->program && one->dtype == other->dtype && !strcmp(one->name, other->name);
}

static void failure_text(const td_report *r, const td_failure *f, FILE *file)
{
    fprintf(file, "\n%s %lld: ", f->program ? "check" : "case", (long long)f->number);
    td_finding_headline(&f->result->worst, file);
    fputs("\n", file);
    td_finding_text("  ", &f->result->worst, file);
    (f->result->worst.by ? td_claim_text : td_blame_text)("  ", &f->result->blame, file);
    fputs("  ", file);
    td_failure_command(r, f, file);
    fputs("\n", file);
}

void td_row_text(const td_report *r, const td_row *row, const td_failure *const *order, FILE *file)
{
    enum { SHOWN = 5 };
    int64_t shown = 0;
    td_row_account(row, file);
    fputs("\n", file);
    if (row->inconclusive) td_sentence("", td_row_open(row), file);
    for (int64_t i = 0; i < r->n_failure && shown < SHOWN; i++) {
        if (td_failure_is_of(order[i], row)) failure_text(r, order[i], file), shown++;
    }
    if (row->disagreed > shown) fprintf(file, "\nand %lld more\n", (long long)(row->disagreed - shown));
}

/* ---- harmless text ----------------------------------------------------------------------------------------------- */

/* How many bytes the character at s has; 0 if it is none that XML and YAML allow (RFC 3629; XML 1.0, 2.2). */
static int character(const unsigned char *s)
{
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    int n = s[0] < 0x80 ? 1 : s[0] < 0xc0 ? 0 : s[0] < 0xe0 ? 2 : s[0] < 0xf0 ? 3 : s[0] < 0xf8 ? 4 : 0;
    if (n == 1) return (s[0] >= 0x20 && s[0] != 0x7f) || s[0] == '\n' || s[0] == '\t';
    uint32_t code = n ? s[0] & (0x7fu >> n) : 0;
    for (int i = 1; i < n; i++) {
        if ((s[i] & 0xc0) != 0x80) return 0;
        code = code << 6 | (s[i] & 0x3fu);
    }
    bool surrogate = code >= 0xd800 && code < 0xe000, control = code < 0xa0, none = (code & 0xfffe) == 0xfffe;
    return n && code >= least[n] && code <= 0x10ffff && !surrogate && !control && !none ? n : 0;
}

typedef struct escape { char c; const char *text; } escape;

static const escape of_plain[] = {{0, NULL}};
static const escape of_markup[] = {
    {'&', "&amp;"}, {'<', "&lt;"}, {'>', "&gt;"}, {'"', "&quot;"}, {'\'', "&#39;"}, {0, NULL}};
static const escape of_json[] = {{'"', "\\\""}, {'\\', "\\\\"}, {'\n', "\\n"}, {'\t', "\\t"}, {0, NULL}};
static const escape of_line[] = {{'#', "\\#"}, {'\\', "\\\\"}, {'\n', " "}, {'\t', " "}, {0, NULL}};

static const char *escaped(char c, const escape *e)
{
    while (e->c && e->c != c) e++;
    return e->text;
}

static void write_text(const char *text, const escape *escapes, FILE *file)
{
    for (int n; *text; text += n ? n : 1) {
        const char *instead = escaped(*text, escapes);
        n = character((const unsigned char *)text);
        if (!n) fputs("\xef\xbf\xbd", file);
        else if (instead) fputs(instead, file);
        else fprintf(file, "%.*s", n, text);
    }
}

void td_text_plain(const char *text, FILE *file)  { write_text(text, of_plain, file); }
void td_text_markup(const char *text, FILE *file) { write_text(text, of_markup, file); }
void td_text_json(const char *text, FILE *file)   { write_text(text, of_json, file); }
void td_text_line(const char *text, FILE *file)   { write_text(text, of_line, file); }

bool td_catch(td_caught *c)
{
    *c = (td_caught){0};
    c->file = open_memstream(&c->text, &c->size);
    return c->file;
}

char *td_caught_text(td_caught *c)
{
    bool bad = ferror(c->file);
    if (!fclose(c->file) && !bad) return c->text;
    free(c->text);
    return NULL;
}
