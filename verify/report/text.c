/* text.c: the report for a person, in 80 columns: what went wrong first, then the table, then one line. */
#include "report.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const char *const verdict_names[] = {"agree", "disagree", "inconclusive", "kink"};
static const char *const alone_names[] = {"nobody", "tape", "dual", "differences", "unclear", "claim"};
static const char *const asked_names[] = {"value", "slope", "second derivative", "symmetry", "law"};

static const char *const grade_names[] = {"ungraded", "note", "precision", "wrong"};
static const char *const stage_names[] = {"tape", "dual", "laws", "repeats", "operands", "differences",
                                          "second derivatives", "variants", "blame"};

const char *td_stage_name(td_stage s) { return stage_names[s]; }
const char *td_grade_name(td_grade g) { return grade_names[g]; }
const char *td_verdict_name(td_verdict v) { return verdict_names[v]; }
const char *td_alone_name(td_alone a) { return alone_names[a]; }
const char *td_asked_name(td_asked a) { return asked_names[a]; }

static td_status written(FILE *file)
{
    return fflush(file) || ferror(file) ? TD_EIO : TD_OK;
}

static const char *alone_text(td_alone a)
{
    static const char *const text[] = {"", "TAPE is alone", "DUAL is alone", "DIFFERENCES are alone", "nobody clear",
                                       "the CLAIM is alone"};
    return text[a];
}

/* ---- one finding ------------------------------------------------------------------------------------------------- */

static void answer(const char *name, td_answer a, FILE *file)
{
    fprintf(file, "  %s %.17g", name, a.value);
    if (isfinite(a.bound)) fprintf(file, " +- %.2g", a.bound);
    else fprintf(file, " (no bound)");
}

/* Of a C function: claims have names of their own, and what was not asked is left out. */
static void claim_text(const char *indent, const td_finding *f, FILE *file)
{
    fprintf(file, "%s%s of the %s", indent, asked_names[f->asked], f->by);
    if (f->output >= 0) fprintf(file, ", output %lld", (long long)f->output);
    if (f->coordinate >= 0) fprintf(file, ", coordinate %lld", (long long)f->coordinate);
    fprintf(file, "\n");
    const struct { const char *name; td_answer a; } said[] = {
        {f->by, f->tape}, {f->against, f->dual}, {"differences", f->differences}};
    for (size_t i = 0; i < sizeof said / sizeof said[0]; i++) {
        if (isnan(said[i].a.value)) continue;
        fprintf(file, "%s", indent);
        answer(said[i].name, said[i].a, file);
        fprintf(file, "\n");
    }
    if (!isnan(f->left)) fprintf(file, "%s  a kink: slopes %.17g left, %.17g right\n", indent, f->left, f->right);
    if (f->variant) fprintf(file, "%s  not with the inputs given, but with a variant of them: %s\n", indent, f->variant);
    if (f->reason[0]) fprintf(file, "%s  %s\n", indent, f->reason);
}

void td_finding_text(const char *indent, const td_finding *f, FILE *file)
{
    if (f->by) {
        claim_text(indent, f, file);
        return;
    }
    bool law = f->asked == TD_ASKED_LAW, symmetry = f->asked == TD_ASKED_SYMMETRY;
    fprintf(file, "%s%s%s%s", indent, asked_names[f->asked], law ? " broken: " : "", law ? f->law : "");
    if (f->input >= 0) fprintf(file, ", input %d", f->input);
    if (f->coordinate >= 0) fprintf(file, ", coordinate %lld", (long long)f->coordinate);
    fprintf(file, "\n%s", indent);
    answer(law ? "got" : symmetry ? "u'Hv" : "tape", f->tape, file);
    fprintf(file, "\n%s", indent);
    answer(law ? "want" : symmetry ? "v'Hu" : "dual", f->dual, file);
    fprintf(file, "\n");
    if (isfinite(f->differences.bound)) {
        fprintf(file, "%s", indent);
        answer("diff", f->differences, file);
        fprintf(file, "\n");
    }
    if (!isnan(f->left)) fprintf(file, "%s  a kink: slopes %.17g left, %.17g right\n", indent, f->left, f->right);
    if (f->reason[0]) fprintf(file, "%s  %s\n", indent, f->reason);
}

static void blame_text(const char *indent, const td_blame *b, FILE *file)
{
    if (!b->found) {
        fprintf(file, "%sno op is wrong alone: how contributions are gathered, or the program itself\n", indent);
        return;
    }
    fprintf(file, "%sat fault: %s", indent, b->op);
    if (b->inside) fprintf(file, " inside %s", b->inside);
    fprintf(file, " (%s)", b->asked == TD_ASKED_VALUE ? "kernel against definition" :
            b->asked == TD_ASKED_SLOPE ? "rule against definition" : "second derivative");
    if (b->operand >= 0) fprintf(file, ", operand %d", b->operand);
    if (b->coordinate >= 0) fprintf(file, ", coordinate %lld", (long long)b->coordinate);
    fprintf(file, ", %s\n", b->shapes);
    if (b->file) fprintf(file, "%s  called at %s:%d\n", indent, b->file, b->line);
    fprintf(file, "%s", indent);
    answer("tape", b->tape, file);
    answer("dual", b->dual, file);
    fprintf(file, "\n");
    if (b->hint[0]) fprintf(file, "%s  what it looks like: %s\n", indent, b->hint);
}

/* "a kink at coordinate 0: slopes 0 left, 1 right; tape 0, dual 0: ..." */
static void kink_text(const td_finding *f, FILE *file)
{
    fprintf(file, "    a kink ");
    if (f->coordinate >= 0) fprintf(file, "at coordinate %lld", (long long)f->coordinate);
    else fprintf(file, "along a random direction");
    fprintf(file, ": slopes %.9g left, %.9g right; tape %.9g, dual %.9g: %s\n", f->left, f->right, f->tape.value,
            f->dual.value, f->reason);
}

static void inputs_text(const td_check_result *r, FILE *file)
{
    for (int i = 0; i < r->n; i++) {
        const td_check_input *in = &r->input[i];
        if (!in->coordinates) continue;
        fprintf(file, "  input %d: %s, %lld of %lld coordinates and %lld directions asked, %lld undecided\n", i,
                verdict_names[in->verdict], (long long)in->asked, (long long)in->coordinates, (long long)in->directions,
                (long long)in->undecided);
        fprintf(file, "    differences: %lld agreed, %lld inside and %lld outside kinks, %lld undecided%s%s\n",
                (long long)in->fd_agreed, (long long)in->fd_kinks, (long long)in->fd_outside, (long long)in->fd_undecided,
                in->fd_reason[0] ? ": " : "", in->fd_reason);
        if (in->kink.verdict == TD_KINK) kink_text(&in->kink, file);
        if (in->resolution > 0) {
            fprintf(file, "    a relative error above %.1e would have been seen; at a coordinate asked alone, %.1e\n",
                    in->resolution, in->resolution_one);
        }
    }
}

td_status td_check_print(const td_check_result *r, FILE *file)
{
    fprintf(file, "%s%s%s\n", verdict_names[r->verdict], r->worst.alone ? ": " : "", alone_text(r->worst.alone));
    if (r->verdict != TD_AGREE) td_finding_text("  ", &r->worst, file);
    else if (r->refused) fprintf(file, "  %s\n", r->worst.reason);
    if (r->verdict == TD_DISAGREE && !r->worst.by) blame_text("  ", &r->blame, file);
    if (r->worst.by && r->blame.hint[0]) fprintf(file, "    %s\n", r->blame.hint);
    inputs_text(r, file);
    fprintf(file, "  values: %lld agreed, %lld undecided; second derivatives: %lld agreed, %lld undecided\n",
            (long long)r->values_agreed, (long long)r->values_undecided, (long long)r->second_agreed,
            (long long)r->second_undecided);
    fprintf(file, "  laws of the cotangent: %lld hold, %lld undecided; runs bit for bit the same: %lld comparisons\n",
            (long long)r->laws.agreed, (long long)r->laws.undecided, (long long)(r->repeats.agreed + r->operands.agreed));
    if (r->variants.agreed + r->variants.disagreed + r->variants.undecided) {
        fprintf(file, "  variants of the inputs: %lld agree, %lld outside the domain\n", (long long)r->variants.agreed,
                (long long)r->variants.undecided);
    } else fprintf(file, "  variants of the inputs: not asked\n");
    if (r->calls) fprintf(file, "  %lld calls\n", (long long)r->calls);
    return written(file);
}

td_status td_check_print_timings(const td_check_result *r, FILE *file)
{
    double all = 0;
    for (int s = 0; s < TD_STAGES; s++) all += r->seconds[s];
    fprintf(file, "  %.3f s:", all);
    for (int s = 0; s < TD_STAGES; s++) {
        if (r->seconds[s] > 0) fprintf(file, "%s %s %.3f", s ? "," : "", td_stage_name((td_stage)s), r->seconds[s]);
    }
    fputs("\n", file);
    return written(file);
}

/* ---- failures ---------------------------------------------------------------------------------------------------- */

static double severity(const td_failure *f)
{
    const td_finding *w = &f->result->worst;
    double size = fmax(fabs(w->tape.value), fabs(w->dual.value)), distance = fabs(w->tape.value - w->dual.value);
    return distance / size <= 1 ? distance / size : 2;      /* not comparable: first of all */
}

static int worst_first(const void *a, const void *b)
{
    const td_failure *const *x = a, *const *y = b;
    double difference = severity(*y) - severity(*x);
    return difference > 0 ? 1 : difference < 0 ? -1 : *x > *y ? 1 : -1;
}

static void failure_text(const td_report *r, const td_failure *f, FILE *file)
{
    const td_finding *w = &f->result->worst;
    fprintf(file, "%s %s %s %lld seed %llu   %s %s\n", f->name, td_dtype_name(f->dtype), f->program ? "check" : "case",
            (long long)f->number, (unsigned long long)r->seed, asked_names[w->asked], alone_text(w->alone));
    td_finding_text("    ", w, file);
    blame_text("    ", &f->result->blame, file);
    fprintf(file, "    triad check %s --dtype %s", f->name, td_dtype_name(f->dtype));
    if (!f->program) fprintf(file, " --case %lld", (long long)f->number);
    fprintf(file, " --seed %llu\n\n", (unsigned long long)r->seed);
}

td_status td_report_failures(const td_report *r, FILE *file)
{
    enum { SHOWN = 20 };
    const td_failure **order = malloc((size_t)(r->n_failure + 1) * sizeof *order);
    if (!order) return TD_ENOMEM;
    for (int64_t i = 0; i < r->n_failure; i++) order[i] = &r->failure[i];
    qsort(order, (size_t)r->n_failure, sizeof *order, worst_first);
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

static void table_row(const td_row *row, FILE *file)
{
    fprintf(file, "%-18.18s%-5s%-9s%6lld%8lld%6lld%7lld%5lld%5lld%6lld%5lld\n", row->name, td_dtype_name(row->dtype),
            short_verdict(row), (long long)row->checks, (long long)row->slopes_agreed, (long long)row->slopes_undecided,
            (long long)row->fd_agreed, (long long)row->fd_kinks, (long long)row->fd_undecided, (long long)row->second_agreed,
            (long long)row->second_undecided);
    if (row->note[0]) fprintf(file, "    %s\n", row->note);
}

static void table(const td_report *r, bool program, FILE *file)
{
    bool any = false;
    for (int64_t i = 0; i < r->n_row; i++) {
        if (r->row[i].program != program) continue;
        if (!any) table_head(program ? "program" : "op", file);
        any = true;
        table_row(&r->row[i], file);
    }
}

/* Each reason for which something was not decided, once, with the first row it was met in. */
static void reasons(const td_report *r, const char *title, size_t member, FILE *file)
{
    bool any = false;
    for (int64_t i = 0; i < r->n_row; i++) {
        const char *text = (const char *)&r->row[i] + member;
        bool known = !text[0];
        for (int64_t k = 0; k < i && !known; k++) known = !strcmp(text, (const char *)&r->row[k] + member);
        if (known) continue;
        if (!any) fprintf(file, "\n%s\n", title);
        any = true;
        fprintf(file, "  %s (first in %s %s)\n", text, r->row[i].name, td_dtype_name(r->row[i].dtype));
    }
}

static void verdict_line(const td_report *r, FILE *file)
{
    int64_t agreed = 0, disagreed = 0, open = 0, fd = 0, fd_open = 0, fd_disagreed = 0;
    double strain = 0;
    for (int64_t i = 0; i < r->n_row; i++) {
        const td_row *row = &r->row[i];
        agreed += row->agreed, disagreed += row->disagreed, open += row->inconclusive;
        fd += row->fd_agreed + row->fd_kinks, fd_open += row->fd_undecided, fd_disagreed += row->fd_disagreed;
        strain = fmax(strain, row->strain);
    }
    fprintf(file, "\ntape against dual: the largest difference that agreed is %.2f of its bound\n", strain);
    fprintf(file, "differences: %lld agreed, %lld objected, %lld could not tell\n", (long long)fd, (long long)fd_disagreed,
            (long long)fd_open);
    if (r->starved) fprintf(file, "memory ran out: this report is not whole\n");
    fprintf(file, "%s: %lld checks agree, %lld disagree, %lld inconclusive\n", verdict_names[td_report_verdict(r)],
            (long long)agreed, (long long)disagreed, (long long)open);
}

td_status td_report_text(const td_report *r, FILE *file)
{
    fprintf(file, "triad %s, numerics %d, seed %llu\n\n", td_version(), td_numerics_version(), (unsigned long long)r->seed);
    td_status status = td_report_failures(r, file);
    table(r, true, file);
    table(r, false, file);
    reasons(r, "open slopes, because", offsetof(td_row, open), file);
    reasons(r, "open differences, because", offsetof(td_row, fd_open), file);
    reasons(r, "open second derivatives, because", offsetof(td_row, second_open), file);
    verdict_line(r, file);
    return status ? status : written(file);
}
