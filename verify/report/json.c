/* json.c: the report for a program.  Schema "triad-report" version 1: fields are added, never changed in meaning; all of
 * them are told in triad-report(5).
 *
 * JSON has no NaN and no infinity: such numbers are the strings "NaN", "Infinity", "-Infinity".  Numbers that a comparison
 * rests on are hexadecimal floating-point strings too ("0x1.8p+1"), so that they can be reproduced bit for bit. */
#include "fields.h"
#include "view.h"

#include <math.h>
#include <stdlib.h>

typedef struct writer {
    FILE *file;
    int   depth;
    bool  first;
} writer;

static void separate(writer *w)
{
    fprintf(w->file, w->first ? "\n" : ",\n");
    for (int i = 0; i < w->depth; i++) fputs("  ", w->file);
    w->first = false;
}

static void string(writer *w, const char *text)
{
    fputc('"', w->file);
    td_text_json(text, w->file);
    fputc('"', w->file);
}

static void key(writer *w, const char *name)
{
    separate(w);
    if (!name) return;
    string(w, name);
    fputs(": ", w->file);
}

static void open(writer *w, const char *name, char bracket)
{
    key(w, name);
    fputc(bracket, w->file);
    w->depth++;
    w->first = true;
}

static void shut(writer *w, char bracket)
{
    w->depth--;
    if (!w->first) {
        fputc('\n', w->file);
        for (int i = 0; i < w->depth; i++) fputs("  ", w->file);
    }
    fputc(bracket, w->file);
    w->first = false;
}

static void text(writer *w, const char *name, const char *value)
{
    key(w, name);
    string(w, value);
}

static void integer(writer *w, const char *name, int64_t value)
{
    key(w, name);
    fprintf(w->file, "%lld", (long long)value);
}

static void not_finite(writer *w, double value)
{
    fputs(isnan(value) ? "\"NaN\"" : value > 0 ? "\"Infinity\"" : "\"-Infinity\"", w->file);
}

/* 15 digits where they are enough to read the same number again. */
static void plain(writer *w, double value)
{
    char digits[32];
    if (!isfinite(value)) {
        not_finite(w, value);
        return;
    }
    snprintf(digits, sizeof digits, "%.15g", value);
    if (strtod(digits, NULL) != value) snprintf(digits, sizeof digits, "%.17g", value);
    fputs(digits, w->file);
}

static void number(writer *w, const char *name, double value)
{
    key(w, name);
    plain(w, value);
}

static void exact(writer *w, const char *name, double value)
{
    key(w, name);
    if (isfinite(value)) fprintf(w->file, "\"%a\"", value);
    else not_finite(w, value);
}

static void numbers(writer *w, const char *name, const double *value, int n)
{
    key(w, name);
    fputc('[', w->file);
    for (int i = 0; i < n; i++) {
        if (i) fputs(", ", w->file);
        plain(w, value[i]);
    }
    fputc(']', w->file);
}

/* ---- by table ---------------------------------------------------------------------------------------------------- */

static void put_word(writer *w, const td_field *f, const void *at)
{
    const char *word = f->kind == TD_FIELD_TEXT ? at : *(const char *const *)at;
    if (word && word[0]) text(w, f->name, word);
}

static void put_count(writer *w, const td_field *f, const void *at)
{
    int64_t v = *(const int64_t *)at;
    if (f->kind == TD_FIELD_COUNT || v >= 0) integer(w, f->name, v);
}

static void put_int(writer *w, const td_field *f, const void *at)
{
    int v = *(const int *)at;
    if (f->kind == TD_FIELD_INT || v) integer(w, f->name, v);
}

static void put_flag(writer *w, const td_field *f, const void *at)
{
    if (!*(const bool *)at) return;
    key(w, f->name);
    fputs("true", w->file);
}

static void put_number(writer *w, const td_field *f, const void *at)
{
    number(w, f->name, *(const double *)at);
}

static void put_numbers(writer *w, const td_field *f, const void *at)
{
    numbers(w, f->name, at, (int)(f->room / sizeof(double)));
}

static void put_counts(writer *w, const td_field *f, const void *at)
{
    key(w, f->name);
    fputc('[', w->file);
    for (size_t i = 0; i < f->room / sizeof(int64_t); i++) {
        fprintf(w->file, "%s%lld", i ? ", " : "", (long long)((const int64_t *)at)[i]);
    }
    fputc(']', w->file);
}

static void put_answer(writer *w, const td_field *f, const void *at)
{
    const td_answer *a = at;
    open(w, f->name, '{');
    number(w, "value", a->value);
    exact(w, "exact", a->value);
    number(w, "bound", a->bound);
    shut(w, '}');
}

static void put_name(writer *w, const td_field *f, const void *at)
{
    text(w, f->name, f->name_of(*(const int *)at));
}

static void fields(writer *w, const td_field *f, const void *structure)
{
    static void (*const put[])(writer *, const td_field *, const void *) = {
        [TD_FIELD_TEXT] = put_word, [TD_FIELD_WORD] = put_word, [TD_FIELD_COUNT] = put_count,
        [TD_FIELD_PLACE] = put_count, [TD_FIELD_INT] = put_int, [TD_FIELD_SET] = put_int, [TD_FIELD_FLAG] = put_flag,
        [TD_FIELD_NUMBER] = put_number, [TD_FIELD_NUMBERS] = put_numbers, [TD_FIELD_COUNTS] = put_counts,
        [TD_FIELD_ANSWER] = put_answer, [TD_FIELD_NAME] = put_name};
    for (; f->name; f++) put[f->kind](w, f, (const char *)structure + f->at);
}

static void object(writer *w, const char *name, const td_field *f, const void *structure)
{
    open(w, name, '{');
    fields(w, f, structure);
    shut(w, '}');
}

/* ---- parts ------------------------------------------------------------------------------------------------------- */

static void seconds(writer *w, const double *s)
{
    open(w, "seconds", '{');
    for (int i = 0; i < TD_STAGES; i++) number(w, td_stage_name((td_stage)i), s[i]);
    shut(w, '}');
}

static void row(writer *w, const td_report *r, const td_row *row)
{
    open(w, NULL, '{');
    text(w, "name", row->name);
    text(w, "dtype", td_dtype_name(row->dtype));
    text(w, "verdict", td_verdict_name(td_row_verdict(row)));
    if (r->shards) integer(w, "order", row->order);
    fields(w, td_fields_row, row);
    if (r->timings) seconds(w, row->seconds);
    shut(w, '}');
}

static void rows(writer *w, const char *name, const td_report *r, bool program)
{
    open(w, name, '[');
    for (int64_t i = 0; i < r->n_row; i++) if (r->row[i].program == program) row(w, r, &r->row[i]);
    shut(w, ']');
}

static void check_id(writer *w, td_check_id c)
{
    text(w, "name", c.name);
    text(w, "dtype", td_dtype_name(c.dtype));
    integer(w, c.program ? "check" : "case", c.number);
    if (c.command) text(w, "command", c.command);
}

static void failures(writer *w, const td_report *r)
{
    open(w, "failures", '[');
    for (int64_t i = 0; i < r->n_failure; i++) {
        const td_failure *f = &r->failure[i];
        open(w, NULL, '{');
        check_id(w, td_failure_id(f));
        object(w, "worst", td_fields_finding, &f->result->worst);
        if (f->result->blame.found) object(w, "blame", td_fields_blame, &f->result->blame);
        shut(w, '}');
    }
    shut(w, ']');
}

/* ---- exhibits ---------------------------------------------------------------------------------------------------- */

static void trace(writer *w, const td_tracing *t)
{
    static const char *const off[] = {"off_tape", "off_dual"}, *const remainder[] = {"r0", "r1", "r2"};
    open(w, "trace", '{');
    numbers(w, "step", t->step, t->n);
    for (int i = 0; i < 2; i++) numbers(w, off[i], t->off[i], t->n);
    for (int i = 0; i < 3; i++) numbers(w, remainder[i], t->remainder[i], t->n);
    numbers(w, "order", t->order, 3);
    number(w, "noise", t->noise);
    number(w, "rounding", t->rounding);
    number(w, "fine", t->fine);
    number(w, "chosen", t->chosen);
    number(w, "coarse", t->coarse);
    shut(w, '}');
}

/* [input, rows, columns] and [input, coordinate, error, verdict], each on its line. */
static void map(writer *w, const td_figures *g)
{
    open(w, "planes", '[');
    for (int i = 0; i < g->n_plane; i++) {
        const td_plane *p = &g->plane[i];
        key(w, NULL);
        fprintf(w->file, "[%d, %lld, %lld]", p->input, (long long)p->rows, (long long)p->columns);
    }
    shut(w, ']');
    open(w, "coordinates", '[');
    for (int i = 0; i < g->n_spot; i++) {
        const td_spot *s = &g->spot[i];
        key(w, NULL);
        fprintf(w->file, "[%d, %lld, ", s->input, (long long)s->coordinate);
        plain(w, s->error);
        fprintf(w->file, ", \"%s\"]", td_verdict_name(s->verdict));
    }
    shut(w, ']');
}

static void paces(writer *w, const td_exhibit *e)
{
    open(w, "threads", '[');
    for (int i = 0; i < e->n_pace; i++) {
        key(w, NULL);
        fprintf(w->file, "[%d, ", e->pace[i].threads);
        plain(w, e->pace[i].seconds);
        fputc(']', w->file);
    }
    shut(w, ']');
}

static void exhibits(writer *w, const td_report *r)
{
    open(w, "exhibits", '[');
    for (int64_t i = 0; i < r->n_exhibit; i++) {
        const td_exhibit *e = &r->exhibit[i];
        open(w, NULL, '{');
        check_id(w, td_exhibit_id(e));
        text(w, "verdict", td_verdict_name(e->verdict));
        number(w, "weight", e->weight);
        object(w, "worst", td_fields_finding, &e->worst);
        if (e->blame.found) object(w, "blame", td_fields_blame, &e->blame);
        object(w, "asked", td_fields_finding, &e->figures->asked);
        trace(w, &e->figures->trace);
        map(w, e->figures);
        if (r->timings) paces(w, e);
        shut(w, '}');
    }
    shut(w, ']');
}

/* ---- the whole --------------------------------------------------------------------------------------------------- */

static void head(writer *w, const td_report *r)
{
    text(w, "schema", "triad-report");
    integer(w, "schema_version", 1);
    text(w, "triad", td_version());
    integer(w, "numerics", td_numerics_version());
    key(w, "seed");
    fprintf(w->file, "\"%llu\"", (unsigned long long)r->seed);
    integer(w, "cases", r->cases);
    if (r->care > 0) number(w, "care", r->care);
    if (r->shards) integer(w, "shard", r->shard), integer(w, "shards", r->shards);
    if (r->again) text(w, "again", r->again);
    if (r->unasked) key(w, "unasked"), fputs("true", w->file);
    if (r->starved) key(w, "whole"), fputs("false", w->file);
    text(w, "verdict", td_verdict_name(td_report_verdict(r)));
}

td_status td_report_json(const td_report *r, FILE *file)
{
    writer w = {file, 1, true};
    fputc('{', file);
    head(&w, r);
    rows(&w, "programs", r, true);
    rows(&w, "ops", r, false);
    failures(&w, r);
    exhibits(&w, r);
    shut(&w, '}');
    fputc('\n', file);
    return fflush(file) || ferror(file) ? TD_EIO : TD_OK;
}
