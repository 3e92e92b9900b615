/* result.c: a check for a person, in 80 columns: the verdict, what is wrong, then the account of what was asked. */
#include "report.h"

#include <math.h>
#include <string.h>

/* ---- names ------------------------------------------------------------------------------------------------------- */

static const char *const verdict_names[] = {"agree", "disagree", "inconclusive", "kink"};
static const char *const alone_names[] = {"nobody", "tape", "dual", "differences", "unclear", "claim"};
static const char *const asked_names[] = {"value", "slope", "second derivative", "symmetry", "law"};
static const char *const grade_names[] = {"ungraded", "note", "precision", "wrong"};
static const char *const stage_names[] = {"tape", "dual", "laws", "repeats", "operands", "differences",
                                          "differences in quad", "second derivatives", "variants", "blame", "claims"};

const char *td_verdict_name(td_verdict v) { return verdict_names[v]; }
const char *td_alone_name(td_alone a) { return alone_names[a]; }
const char *td_asked_name(td_asked a) { return asked_names[a]; }
const char *td_grade_name(td_grade g) { return grade_names[g]; }
const char *td_stage_name(td_stage s) { return stage_names[s]; }

static td_status written(FILE *file)
{
    return fflush(file) || ferror(file) ? TD_EIO : TD_OK;
}

/* ---- the account ------------------------------------------------------------------------------------------------- */

/* "a kink at coordinate 0: slopes 0 left, 1 right; tape 0, dual 0: ..." */
static void kink_text(const td_finding *f, FILE *file)
{
    char where[64], text[TD_REASON + 256];
    snprintf(where, sizeof where, f->coordinate >= 0 ? "at coordinate %lld" : "along a random direction",
             (long long)f->coordinate);
    snprintf(text, sizeof text, "a kink %s%s: slopes %.9g left, %.9g right; tape %.9g, dual %.9g: %s", where,
             f->output < 0 ? ", the result weighted at random" : "", f->left + 0, f->right + 0, f->tape.value + 0,
             f->dual.value + 0, f->reason);
    td_sentence("    ", text, file);
}

/* What would have been seen.  A share of 1 and more: slopes are 0 or next to it, by cancellation. */
static void seen_text(const td_check_input *in, FILE *file)
{
    if (!(in->resolution > 0)) return;
    char text[TD_REASON];
    int used = snprintf(text, sizeof text, "smallest error that would show:");
    bool one = in->resolution_one > 0 && in->resolution_one < 1;
    if (one) used += snprintf(text + used, sizeof text - (size_t)used, " %.1e of a slope asked alone", in->resolution_one);
    if (in->resolution >= 1) {
        snprintf(text + used, sizeof text - (size_t)used, "%s slopes cancel, or a choice is in doubt, somewhere: "
                 "none shows there", one ? ";" : "");
    } else if (in->directions) {
        snprintf(text + used, sizeof text - (size_t)used, "%s %.1e of any", one ? "," : "", in->resolution);
    }
    td_sentence("    ", text, file);
}

typedef struct outcome { int64_t n; const char *what; } outcome;

static void outcomes_text(const char *who, const outcome o[5], const char *reason, FILE *file)
{
    char text[TD_REASON + 256];
    int64_t asked = 0;
    int used = snprintf(text, sizeof text, "%s: %lld agreed", who, (long long)o[0].n);
    for (int i = 0; i < 5; i++) {
        asked += o[i].n;
        if (i == 0 || !o[i].n) continue;
        used += snprintf(text + used, sizeof text - (size_t)used, ", %lld %s", (long long)o[i].n, o[i].what);
    }
    if (reason[0]) snprintf(text + used, sizeof text - (size_t)used, ": %s", reason);
    if (asked) td_sentence("    ", text, file);
}

static void differences_text(const td_check_input *in, FILE *file)
{
    const outcome fd[] = {{in->fd_agreed, ""}, {in->fd_disagreed, "objected"}, {in->fd_kinks, "inside kinks"},
                          {in->fd_outside, "outside kinks"}, {in->fd_undecided, "undecided"}};
    const outcome quad[] = {{in->quad_agreed, ""}, {in->quad_disagreed, "objected"}, {in->quad_kinks, "at kinks"},
                            {in->quad_undecided, "undecided"}, {0, ""}};
    outcomes_text("differences", fd, in->fd_reason, file);
    outcomes_text("differences in quad", quad, in->quad_reason, file);
}

static void input_text(int i, const td_check_input *in, FILE *file)
{
    fprintf(file, "  input %d: %s, %lld of %lld coordinates asked one by one", i, td_verdict_name(in->verdict),
            (long long)in->asked, (long long)in->coordinates);
    if (in->directions) fprintf(file, ", %lld directions", (long long)in->directions);
    if (in->undecided) fprintf(file, ", %lld undecided", (long long)in->undecided);
    fputs("\n", file);
    differences_text(in, file);
    if (in->kink.verdict == TD_KINK) kink_text(&in->kink, file);
    seen_text(in, file);
}

/* " signs turned, all zero" of those with this verdict; from asked or not asked. */
static void variants_of(const td_check_result *r, bool asked, td_verdict v, const char *what, FILE *file)
{
    char text[TD_VARIANTS * 64];
    int used = snprintf(text, sizeof text, "%s:", what), n = 0;
    for (int i = 0; i < TD_VARIANTS; i++) {
        const td_variant *a = &r->variant[i];
        if (!a->name || a->asked != asked || (asked && a->verdict != v)) continue;
        used += snprintf(text + used, sizeof text - (size_t)used, "%s %s", n++ ? "," : "", a->name);
        if (!asked) used += snprintf(text + used, sizeof text - (size_t)used, " (%s)", a->reason);
    }
    if (n) td_sentence("    ", text, file);
}

static bool same_excuse(const td_check_result *r)
{
    bool same = r->variant[0].name && !r->variant[0].asked;
    for (int i = 1; i < TD_VARIANTS && same; i++) {
        same = !r->variant[i].asked && r->variant[i].reason == r->variant[0].reason;
    }
    return same;
}

static void variants_text(const td_check_result *r, FILE *file)
{
    if (!r->variant[0].name) return;
    if (same_excuse(r)) {
        fprintf(file, "  variants of the inputs: not asked, %s\n", r->variant[0].reason);
        return;
    }
    fprintf(file, "  variants of the inputs: %lld agree, %lld outside the domain\n", (long long)r->variants.agreed,
            (long long)r->variants.undecided);
    variants_of(r, true, TD_AGREE, "agree", file);
    variants_of(r, true, TD_DISAGREE, "disagree", file);
    variants_of(r, true, TD_INCONCLUSIVE, "outside the domain, or undecided", file);
    variants_of(r, false, TD_AGREE, "not asked", file);
}

/* "values: 3 agree, 1 undecided" */
static void count_text(const char *what, int64_t agreed, int64_t disagreed, int64_t undecided, const char *why, FILE *file)
{
    char text[TD_REASON + 128];
    if (!(agreed + disagreed + undecided)) return;
    int used = snprintf(text, sizeof text, "%s: %lld agree", what, (long long)agreed);
    if (disagreed) used += snprintf(text + used, sizeof text - (size_t)used, ", %lld disagree", (long long)disagreed);
    if (undecided) used += snprintf(text + used, sizeof text - (size_t)used, ", %lld undecided", (long long)undecided);
    if (undecided && why[0]) snprintf(text + used, sizeof text - (size_t)used, ": %s", why);
    td_sentence("  ", text, file);
}

static void ops_text(const td_check_result *r, FILE *file)
{
    int64_t asked = r->ops.agreed + r->ops.disagreed + r->ops.undecided;
    char title[64];
    snprintf(title, sizeof title, "ops asked alone, %lld of %lld", (long long)asked, (long long)r->applications);
    count_text(title, r->ops.agreed, r->ops.disagreed, r->ops.undecided, "", file);
}

static void account(const td_check_result *r, FILE *file)
{
    for (int i = 0; i < r->n; i++) if (r->input[i].coordinates) input_text(i, &r->input[i], file);
    count_text("values", r->values_agreed, r->values_disagreed, r->values_undecided, "", file);
    count_text("second derivatives", r->second_agreed, r->second_disagreed, r->second_undecided, r->second_reason, file);
    count_text("laws of the cotangent", r->laws.agreed, r->laws.disagreed, r->laws.undecided, "", file);
    count_text("runs again, bit for bit the same", r->repeats.agreed, r->repeats.disagreed, r->repeats.undecided, "", file);
    count_text("operands laid out otherwise, the same bits", r->operands.agreed, r->operands.disagreed,
               r->operands.undecided,
               "", file);
    ops_text(r, file);
    variants_text(r, file);
    if (r->calls) fprintf(file, "  %lld calls of its routines\n", (long long)r->calls);
    fprintf(file, "  seed 0x%llx\n", (unsigned long long)r->seed);
}

/* ---- the whole --------------------------------------------------------------------------------------------------- */

/* Of a C function: which it is, and what its mistake looks like. */
void td_claim_text(const char *indent, const td_blame *b, FILE *file)
{
    char text[TD_REASON + 64], inner[TD_DIGITS];
    snprintf(inner, sizeof inner, "%s  ", indent);
    if (b->inside) fprintf(file, "%sat fault: %s of %s, %s\n", indent, b->op, b->inside, b->shapes);
    snprintf(text, sizeof text, "what it looks like: %s", b->hint);
    if (b->hint[0]) td_sentence(inner, text, file);
}

/* Both engines spoke: the op at fault can be looked for. */
static bool is_of_engines(const td_finding *f)
{
    return f->asked != TD_ASKED_LAW && (!isnan(f->dual.value) || !isnan(f->dual.bound));
}

td_status td_check_print(const td_check_result *r, FILE *file)
{
    if (r->verdict == TD_AGREE) fputs(verdict_names[TD_AGREE], file);
    else td_finding_headline(&r->worst, file);
    fputs("\n", file);
    if (r->verdict != TD_AGREE) td_finding_text("  ", &r->worst, file);
    else if (r->refused) td_sentence("  ", r->worst.reason, file);
    if (r->verdict == TD_DISAGREE && !r->worst.by && (r->blame.found || is_of_engines(&r->worst))) {
        td_blame_text("  ", &r->blame, file);
    }
    if (r->verdict == TD_DISAGREE && r->worst.by) td_claim_text("  ", &r->blame, file);
    account(r, file);
    return written(file);
}

td_status td_check_print_timings(const td_check_result *r, FILE *file)
{
    char text[512];
    double all = 0;
    for (int s = 0; s < TD_STAGES; s++) all += r->seconds[s];
    int used = snprintf(text, sizeof text, "%.3f s:", all), n = 0;
    for (int s = 0; s < TD_STAGES; s++) {
        if (!(r->seconds[s] > 0)) continue;
        used += snprintf(text + used, sizeof text - (size_t)used, "%s %s %.3f", n++ ? "," : "", td_stage_name((td_stage)s),
                         r->seconds[s]);
    }
    td_sentence("  ", text, file);
    return written(file);
}
