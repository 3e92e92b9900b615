/* json.c: the report for a program.  Schema "triad-report" version 1: fields are added, never changed in meaning.
 *
 * JSON has no NaN and no infinity: such numbers are the strings "NaN", "Infinity", "-Infinity".  Numbers that a comparison
 * rests on are hexadecimal floating-point strings too ("0x1.8p+1"), so that they can be reproduced bit for bit. */
#include "report.h"

#include <math.h>

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
    for (; *text; text++) {
        unsigned char c = (unsigned char)*text;
        if (c == '"' || c == '\\') fprintf(w->file, "\\%c", c);
        else if (c < 0x20) fprintf(w->file, "\\u%04x", c);
        else fputc(c, w->file);
    }
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

static void optional(writer *w, const char *name, const char *value)
{
    if (value && value[0]) text(w, name, value);
}

static void integer(writer *w, const char *name, int64_t value)
{
    key(w, name);
    fprintf(w->file, "%lld", (long long)value);
}

static void number(writer *w, const char *name, double value)
{
    key(w, name);
    if (isfinite(value)) fprintf(w->file, "%.17g", value);
    else fputs(isnan(value) ? "\"NaN\"" : value > 0 ? "\"Infinity\"" : "\"-Infinity\"", w->file);
}

static void exact(writer *w, const char *name, double value)
{
    key(w, name);
    if (isfinite(value)) fprintf(w->file, "\"%a\"", value);
    else fputs(isnan(value) ? "\"NaN\"" : value > 0 ? "\"Infinity\"" : "\"-Infinity\"", w->file);
}

static void answer(writer *w, const char *name, td_answer a)
{
    open(w, name, '{');
    number(w, "value", a.value);
    exact(w, "exact", a.value);
    number(w, "bound", a.bound);
    shut(w, '}');
}

static void finding(writer *w, const td_finding *f)
{
    open(w, "worst", '{');
    text(w, "verdict", td_verdict_name(f->verdict));
    text(w, "alone", td_alone_name(f->alone));
    text(w, "asked", td_asked_name(f->asked));
    optional(w, "law", f->law);
    optional(w, "variant", f->variant);
    integer(w, "input", f->input);
    integer(w, "coordinate", f->coordinate);
    integer(w, "cotangent", f->cotangent);
    optional(w, "by", f->by);
    optional(w, "against", f->against);
    if (f->verdict == TD_DISAGREE) text(w, "grade", td_grade_name(f->grade));
    if (f->output >= 0) integer(w, "output", f->output);
    answer(w, "tape", f->tape);
    answer(w, "dual", f->dual);
    answer(w, "differences", f->differences);
    if (f->quad) text(w, "differences_in", "quad");
    number(w, "left", f->left);
    number(w, "right", f->right);
    optional(w, "reason", f->reason);
    shut(w, '}');
}

static void blame(writer *w, const td_blame *b)
{
    if (!b->found) return;
    open(w, "blame", '{');
    text(w, "op", b->op);
    optional(w, "inside", b->inside);
    text(w, "asked", td_asked_name(b->asked));
    integer(w, "operand", b->operand);
    integer(w, "coordinate", b->coordinate);
    if (b->output >= 0) integer(w, "output", b->output);
    answer(w, "tape", b->tape);
    answer(w, "dual", b->dual);
    text(w, "shapes", b->shapes);
    optional(w, "file", b->file);
    if (b->file) integer(w, "line", b->line);
    optional(w, "hint", b->hint);
    shut(w, '}');
}

static void seconds(writer *w, const double *s)
{
    open(w, "seconds", '{');
    for (int i = 0; i < TD_STAGES; i++) number(w, td_stage_name((td_stage)i), s[i]);
    shut(w, '}');
}

static void row(writer *w, const td_row *r, bool timings)
{
    const struct { const char *name; int64_t value; } counts[] = {
        {"checks", r->checks}, {"agreed", r->agreed}, {"disagreed", r->disagreed}, {"inconclusive", r->inconclusive},
        {"refused_by_all", r->refused}, {"values_agreed", r->values_agreed}, {"values_undecided", r->values_undecided},
        {"coordinates", r->coordinates}, {"coordinates_asked", r->asked}, {"directions_asked", r->directions},
        {"slopes_agreed", r->slopes_agreed}, {"slopes_undecided", r->slopes_undecided},
        {"differences_agreed", r->fd_agreed}, {"differences_kinks", r->fd_kinks},
        {"differences_kinks_outside", r->fd_outside},
        {"differences_disagreed", r->fd_disagreed}, {"differences_undecided", r->fd_undecided},
        {"quad_agreed", r->quad_agreed}, {"quad_kinks", r->quad_kinks}, {"quad_disagreed", r->quad_disagreed},
        {"quad_undecided", r->quad_undecided},
        {"second_agreed", r->second_agreed}, {"second_undecided", r->second_undecided},
        {"laws_agreed", r->laws.agreed}, {"laws_undecided", r->laws.undecided}, {"repeats_agreed", r->repeats.agreed},
        {"operands_agreed", r->operands.agreed}, {"ops_agreed", r->ops.agreed}, {"ops_undecided", r->ops.undecided},
        {"variants_agreed", r->variants.agreed},
        {"variants_undecided", r->variants.undecided}, {"notes", r->notes}};
    open(w, NULL, '{');
    text(w, "name", r->name);
    text(w, "dtype", td_dtype_name(r->dtype));
    text(w, "verdict", td_verdict_name(td_row_verdict(r)));
    optional(w, "note", r->note);
    for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i++) integer(w, counts[i].name, counts[i].value);
    number(w, "strain", r->strain);
    number(w, "resolution", r->resolution);
    number(w, "resolution_one", r->resolution_one);
    if (timings) seconds(w, r->seconds);
    optional(w, "slopes_undecided_because", r->open);
    optional(w, "differences_undecided_because", r->fd_open);
    optional(w, "quad_undecided_because", r->quad_open);
    optional(w, "second_undecided_because", r->second_open);
    shut(w, '}');
}

static void rows(writer *w, const char *name, const td_report *r, bool program)
{
    open(w, name, '[');
    for (int64_t i = 0; i < r->n_row; i++) if (r->row[i].program == program) row(w, &r->row[i], r->timings);
    shut(w, ']');
}

static void failures(writer *w, const td_report *r)
{
    open(w, "failures", '[');
    for (int64_t i = 0; i < r->n_failure; i++) {
        const td_failure *f = &r->failure[i];
        open(w, NULL, '{');
        text(w, "name", f->name);
        text(w, "dtype", td_dtype_name(f->dtype));
        integer(w, f->program ? "check" : "case", f->number);
        finding(w, &f->result->worst);
        blame(w, &f->result->blame);
        shut(w, '}');
    }
    shut(w, ']');
}

td_status td_report_json(const td_report *r, FILE *file)
{
    writer w = {file, 1, true};
    fputc('{', file);
    text(&w, "schema", "triad-report");
    integer(&w, "schema_version", 1);
    text(&w, "triad", td_version());
    integer(&w, "numerics", td_numerics_version());
    key(&w, "seed");
    fprintf(file, "\"%llu\"", (unsigned long long)r->seed);
    integer(&w, "cases", r->cases);
    text(&w, "verdict", td_verdict_name(td_report_verdict(r)));
    rows(&w, "programs", r, true);
    rows(&w, "ops", r, false);
    failures(&w, r);
    shut(&w, '}');
    fputc('\n', file);
    return fflush(file) || ferror(file) ? TD_EIO : TD_OK;
}
