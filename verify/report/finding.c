/* finding.c: one disagreement in words: who against whom, what was asked, what each said, why, and which op.
 *
 * A reader who has never seen this library should be able to act on it.  So a number says what it is of: an entry of the
 * result by a coordinate of an input where that is known; else that it is a weighted sum.  What was not asked is not
 * printed; NaN has no sign and neither has 0. */
#include "compare.h"
#include "report.h"

#include <math.h>
#include <string.h>

enum { WIDE = 64 };

/* ---- numbers ----------------------------------------------------------------------------------------------------- */

const char *td_number_text(double v, char text[TD_DIGITS])
{
    if (isnan(v)) snprintf(text, TD_DIGITS, "nan");
    else snprintf(text, TD_DIGITS, "%.17g", v == 0 ? 0.0 : v);
    return text;
}

static void answer(const char *indent, const char *name, td_answer a, FILE *file)
{
    char text[TD_DIGITS];
    fprintf(file, "%s    %-13s%s", indent, name, td_number_text(a.value, text));
    if (!isfinite(a.bound)) fprintf(file, " (no bound)");
    else if (a.bound > 0) fprintf(file, " +- %.2g", a.bound);
    fputs("\n", file);
}

bool td_is_there(td_answer a)
{
    return !isnan(a.value) || !isnan(a.bound);
}

/* ---- the headline ------------------------------------------------------------------------------------------------ */

static const char *who_text(const td_finding *f)
{
    static const char *const of_slopes[] = {
        [TD_NOBODY] = "", [TD_ALONE_TAPE] = "TAPE is alone, against dual and differences",
        [TD_ALONE_DUAL] = "DUAL is alone, against tape and differences",
        [TD_ALONE_DIFFERENCES] = "DIFFERENCES are alone, against tape and dual",
        [TD_UNCLEAR] = "tape and dual differ, undecided who errs", [TD_ALONE_CLAIM] = ""};
    static const char *const of_values[] = {
        [TD_ALONE_TAPE] = "a value, the TAPE is alone: its kernel",
        [TD_ALONE_DUAL] = "a value, DUAL is alone: the definition",
        [TD_UNCLEAR] = "a value, kernel and definition differ"};
    if (f->asked == TD_ASKED_LAW) return "a law is broken, whatever the slope";
    if (f->asked == TD_ASKED_SECOND) return "slopes agree, second derivatives do not";
    if (f->asked == TD_ASKED_SYMMETRY) return "slopes agree, second derivatives have no symmetry";
    bool value = f->asked == TD_ASKED_VALUE;
    if (!td_is_there(f->tape) && !td_is_there(f->dual)) {
        return value ? "the engines do not run it alike" : "a rule can't be run";
    }
    if (isnan(f->tape.value)) return value ? "the tape's value is nan" : "the tape's slope is nan";
    if (isnan(f->dual.value) && td_is_there(f->dual)) return value ? "the dual's value is nan" : "the dual's slope is nan";
    if (f->asked == TD_ASKED_VALUE && f->alone <= TD_UNCLEAR && of_values[f->alone]) return of_values[f->alone];
    if (f->alone == TD_UNCLEAR && !td_is_there(f->dual)) return "TAPE against differences";
    return of_slopes[f->alone];
}

/* A claim of a C function is known by its name. */
static void claim_who(const td_finding *f, char *text, size_t size)
{
    const char *other = td_is_there(f->differences) || !isnan(f->left) ? "differences" : f->against;
    bool mirror = f->asked == TD_ASKED_SYMMETRY, law = f->asked == TD_ASKED_LAW;
    if (law) snprintf(text, size, "the %s can't be right, whatever the function", f->by);
    else if (mirror) snprintf(text, size, "the %s is not symmetric", f->by);
    else if (f->alone == TD_ALONE_CLAIM) snprintf(text, size, "the %s is alone, against %s", f->by, other);
    else snprintf(text, size, "the %s against %s", f->by, other);
}

void td_finding_headline(const td_finding *f, FILE *file)
{
    char claim[WIDE + 16];
    double share = td_share(f);
    fputs(td_verdict_name(f->verdict), file);
    if (f->verdict != TD_DISAGREE) return;
    fprintf(file, " (%s%s", f->grade == TD_NOTE ? "a " : "", td_grade_name(f->grade));
    if (share < INFINITY) fprintf(file, ", off by %.2g", share);
    claim_who(f, claim, sizeof claim);
    fprintf(file, "): %s", f->by ? claim : who_text(f));
}

/* ---- what was asked ---------------------------------------------------------------------------------------------- */

/* " along coordinate 2 of input 0" */
static void along(const td_finding *f, FILE *file)
{
    if (f->coordinate >= 0) fprintf(file, " along coordinate %lld", (long long)f->coordinate);
    else fprintf(file, " along a random direction");
    if (f->input >= 0 && !f->by) fprintf(file, " of input %d", f->input);
}

static void entry(const td_finding *f, FILE *file)
{
    if (f->output >= 0) fprintf(file, " of result %lld", (long long)f->output);
}

static void slope_asked(const td_finding *f, FILE *file)
{
    fputs(f->asked == TD_ASKED_SECOND ? "second derivative" : "slope", file);
    entry(f, file);
    along(f, file);
    if (f->asked == TD_ASKED_SECOND && !f->by) fputs(" and a random one", file);
    if (f->output < 0) fputs(",\n    summed over the result with random weights", file);
}

static void value_asked(const td_finding *f, FILE *file)
{
    fputs("value", file);
    if (f->coordinate >= 0) fprintf(file, " of result %lld", (long long)f->coordinate);
}

static void law_asked(const td_finding *f, FILE *file)
{
    if (f->by) {
        fprintf(file, "law of the %s", f->by);
        return;
    }
    fprintf(file, "law: %s;\n    ", f->law);
    if (f->input >= 0) fprintf(file, "input %d", f->input);
    else fputs("the result", file);
    if (f->coordinate >= 0) fprintf(file, ", number %lld", (long long)f->coordinate);
}

static void symmetry_asked(const td_finding *f, FILE *file)
{
    if (f->by) fprintf(file, "entry (%lld, %lld) of the %s", (long long)f->output, (long long)f->coordinate, f->by);
    else fputs("second derivative along two random directions, in either order,\n    "
               "summed over the result with random weights", file);
}

void td_finding_asked(const td_finding *f, FILE *file)
{
    static void (*const texts[])(const td_finding *, FILE *) = {
        [TD_ASKED_VALUE] = value_asked, [TD_ASKED_SLOPE] = slope_asked, [TD_ASKED_SECOND] = slope_asked,
        [TD_ASKED_SYMMETRY] = symmetry_asked, [TD_ASKED_LAW] = law_asked};
    texts[f->asked](f, file);
}

/* ---- what was said ----------------------------------------------------------------------------------------------- */

void td_finding_names(const td_finding *f, const char *name[2])
{
    static const char *const engines[][2] = {
        [TD_ASKED_VALUE] = {"tape", "dual"}, [TD_ASKED_SLOPE] = {"tape", "dual"}, [TD_ASKED_SECOND] = {"tape", "dual"},
        [TD_ASKED_SYMMETRY] = {"u'Hv", "v'Hu"}, [TD_ASKED_LAW] = {"is", "should be"}};
    for (int i = 0; i < 2; i++) name[i] = engines[f->asked][i];
    if (f->by) name[0] = f->by, name[1] = f->against ? f->against : "";
    if (f->by && f->asked == TD_ASKED_SYMMETRY) name[1] = "its mirror";
}

void td_sentence(const char *indent, const char *text, FILE *file)
{
    enum { MARGIN = 79 };
    int column = 0, begin = (int)strlen(indent);
    while (*text) {
        int word = (int)strcspn(text, " ");
        if (column && column + 1 + word > MARGIN) fputs("\n", file), column = 0;
        column += column ? fprintf(file, " ") : fprintf(file, "%s", indent);
        column += fprintf(file, "%.*s", word, text);
        text += word;
        while (*text == ' ') text++;
    }
    if (column > begin) fputs("\n", file);
}

static void kink_slopes(const char *indent, const td_finding *f, FILE *file)
{
    char left[TD_DIGITS], right[TD_DIGITS], text[4 * TD_DIGITS], inner[WIDE];
    if (isnan(f->left)) return;
    snprintf(text, sizeof text, "differences see a kink: slopes %s left, %s right", td_number_text(f->left, left),
             td_number_text(f->right, right));
    snprintf(inner, sizeof inner, "%s    ", indent);
    td_sentence(inner, text, file);
}

static void reason_text(const char *indent, const td_finding *f, FILE *file)
{
    char text[WIDE], inner[WIDE];
    snprintf(inner, sizeof inner, "%s    ", indent);
    snprintf(text, sizeof text, "not at the inputs given, but with them changed: %.40s", f->variant ? f->variant : "");
    if (f->variant) td_sentence(inner, text, file);
    td_sentence(inner, f->reason, file);
}

void td_finding_text(const char *indent, const td_finding *f, FILE *file)
{
    const char *name[2];
    bool law_alone = f->by && f->asked == TD_ASKED_LAW, numbers = td_is_there(f->tape) || td_is_there(f->dual);
    td_finding_names(f, name);
    if (numbers && !law_alone) {
        fputs(indent, file);
        td_finding_asked(f, file);
        fputs("\n", file);
        if (td_is_there(f->tape)) answer(indent, name[0], f->tape, file);
        if (td_is_there(f->dual)) answer(indent, name[1], f->dual, file);
        if (td_is_there(f->differences)) answer(indent, f->quad ? "quad" : "differences", f->differences, file);
        kink_slopes(indent, f, file);
    }
    reason_text(indent, f, file);
}

/* ---- the op at fault --------------------------------------------------------------------------------------------- */

void td_blame_headline(const td_blame *b, FILE *file)
{
    bool value = b->asked == TD_ASKED_VALUE, numbers = td_is_there(b->tape) || td_is_there(b->dual);
    fprintf(file, "at fault: %s", b->op);
    if (b->inside) fprintf(file, " inside %s", b->inside);
    fprintf(file, " (%s)", !numbers ? "it can't be run" : value ? "kernel against definition" :
            b->asked == TD_ASKED_SLOPE ? "rule against definition" : b->asked == TD_ASKED_LAW ? "its rule breaks a law" :
            "the rule of its rule");
}

void td_blame_asked(const char *indent, const td_blame *b, FILE *file)
{
    bool slope = b->asked == TD_ASKED_SLOPE || b->asked == TD_ASKED_SECOND;
    td_finding f = {.asked = b->asked, .input = b->operand, .coordinate = b->coordinate, .output = b->output};
    if (b->asked == TD_ASKED_LAW || b->asked == TD_ASKED_SYMMETRY) return;
    fputs(indent, file);
    if (!slope) value_asked(&f, file);
    else {
        fputs(b->asked == TD_ASKED_SECOND ? "second derivative" : "slope", file);
        entry(&f, file);
        f.input = -1;
        along(&f, file);
        fprintf(file, " of operand %d", b->operand);
        if (b->output < 0) fputs(",\n      summed over the result with random weights", file);
    }
    if (b->twice) fputs(",\n      the op applied twice to the same operands, and added", file);
    fputs("\n", file);
}

void td_blame_text(const char *indent, const td_blame *b, FILE *file)
{
    char inner[WIDE], text[2 * TD_REASON];
    bool law = b->asked == TD_ASKED_LAW;
    if (!b->found) {
        td_sentence(indent, "no op is wrong alone: it is how contributions are gathered, or the program itself", file);
        return;
    }
    snprintf(inner, sizeof inner, "%s  ", indent);
    fputs(indent, file);
    td_blame_headline(b, file);
    fputs("\n", file);
    snprintf(text, sizeof text, "%s%s", b->shapes, b->file ? "," : "");
    if (b->file) snprintf(text + strlen(text), sizeof text - strlen(text), " called at %.150s:%d", b->file, b->line);
    td_sentence(inner, text, file);
    if (td_is_there(b->tape) || td_is_there(b->dual)) {
        td_blame_asked(inner, b, file);
        answer(indent, law ? "is" : "tape", b->tape, file);
        answer(indent, law ? "should be" : "dual", b->dual, file);
    }
    snprintf(text, sizeof text, "what it looks like: %s", b->hint);
    if (b->hint[0]) td_sentence(inner, text, file);
}
