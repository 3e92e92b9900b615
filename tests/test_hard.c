/* test_hard.c: of right functions at hard places none is convicted, of their wrong twins each, and what is printed then says
 * which op, where, and by how much.  docs/hard-functions.md is this suite's table. */
#include "hard.h"
#include "own.h"
#include "testing.h"

#include <stdarg.h>

enum { ROOM = 8192, MOST_OPEN = 20 };      /* one run in 20 may be left open */

static td_check_result *check(hard *h, td_dtype dtype)
{
    td_context      *c = td_open(NULL);
    td_tensor       *x = hard_input(c, h, dtype);
    td_check_result *r = td_check(hard_run, 1, &x, h, NULL);
    CHECK(r != NULL, "%s: no result", h->name);
    close_clean(c);
    return r;
}

/* ---- right ones ------------------------------------------------------------------------------------------------------- */

static bool as_expected(const hard *h, const td_check_result *r)
{
    if (!h->open) return r->verdict == TD_AGREE;
    return r->verdict == TD_INCONCLUSIVE && strstr(r->worst.reason, h->open);
}

static void never_convicted(td_dtype dtype)
{
    int runs = 0, open = 0;
    for (int i = 0; i < HARD_COUNT; i++) {
        hard h = HARD[i];
        if (dtype == TD_F32 && h.f64_only) continue;
        td_check_result *r = check(&h, dtype);
        if (!r) continue;
        char *text = text_of(r, ROOM);
        CHECK(as_expected(&h, r), "%s, %s:\n%s", h.name, td_dtype_name(dtype), text);
        runs++, open += r->verdict == TD_INCONCLUSIVE;
        free(text);
        td_check_free(r);
    }
    CHECK(open * MOST_OPEN <= runs, "%d of %d are left open", open, runs);
}

TEST(hard, right_functions_at_hard_places_are_not_convicted_in_f64) { never_convicted(TD_F64); }
TEST(hard, right_functions_at_hard_places_are_not_convicted_in_f32) { never_convicted(TD_F32); }

/* ---- wrong ones ------------------------------------------------------------------------------------------------------- */

static bool says(const char *text, const char *format, ...) TD_PRINTF(2, 3);
static bool says(const char *text, const char *format, ...)
{
    char    want[256];
    va_list a;
    va_start(a, format);
    vsnprintf(want, sizeof want, format, a);
    va_end(a);
    return strstr(text, want) != NULL;
}

static const char *place_of(td_asked asked)
{
    return asked == TD_ASKED_VALUE ? "value of result %lld" : "along coordinate %lld";
}

/* The op, the coordinates of the program's input and of the op's operand, and all four answers are there. */
static void explains(const char *name, const td_check_result *r, const char *text)
{
    const td_finding *w = &r->worst;
    const td_blame   *b = &r->blame;
    CHECK(says(text, "%s", name), "%s is not named:\n%s", name, text);
    CHECK(w->coordinate < 0 || says(text, place_of(w->asked), (long long)w->coordinate), "%s: not where:\n%s", name, text);
    CHECK(b->coordinate < 0 || says(text, place_of(b->asked), (long long)b->coordinate), "%s: not where:\n%s", name, text);
    const td_answer   said[] = {w->tape, w->dual, b->tape, b->dual};
    for (int i = 0; i < 4; i++) {
        CHECK(says(text, "%-13s%.17g", i % 2 ? "dual" : "tape", said[i].value + 0), "%s: not what:\n%s", name, text);
    }
    CHECK(!b->file || says(text, "%s:%d", b->file, b->line), "%s: not which call:\n%s", name, text);
    CHECK(!says(text, "is 1 times what it should be"), "%s: wrong by a factor of 1:\n%s", name, text);
    CHECK(!says(text, "DUAL is alone") || w->asked == TD_ASKED_VALUE, "%s: the right engine is accused:\n%s", name, text);
}

TEST(hard, wrong_twins_are_convicted_by_name_and_the_message_says_where_and_by_how_much)
{
    for (int k = 0; k < TWIN_COUNT; k++) {
        td_op            op = {0};
        hard             h = twin_of(k, &op);
        td_check_result *r = check(&h, TD_F64);
        if (!r) continue;
        char *text = text_of(r, ROOM);
        bool  named = r->blame.found && !strcmp(r->blame.op, op.name);
        CHECK(r->verdict == TD_DISAGREE && named, "%s, in %s:\n%s", op.name, h.name, text);
        if (named && text) explains(op.name, r, text);
        free(text);
        td_check_free(r);
    }
}

/* ---- faults that no comparison of slopes shows ------------------------------------------------------------------------ */

static void wrong_shape(td_pull *p) { td_pull_add(p, 0, td_sum(p->g)); }

static td_tensor *moody(td_context *c, td_tensor *const *in, void *user)
{
    int *calls = user;
    return td_error(c) ? in[0] : td_mul_scalar(td_sum(in[0]), ++*calls);
}

TEST(hard, a_rule_that_can_not_be_run_and_a_program_that_changes_are_explained_too)
{
    td_op op = {0};
    hard  h = twin_of(0, &op);
    op.vjp = wrong_shape;
    td_check_result *r = check(&h, TD_F64);
    char            *text = r ? text_of(r, ROOM) : NULL;
    CHECK(text && r->verdict == TD_DISAGREE && says(text, "%s: its rule gives operand 0", op.name), "%s", text ? text : "");
    free(text), td_check_free(r);

    td_context *c = td_open(NULL);
    td_tensor  *x = VECTOR(c, 1, 2);
    int         calls = 0;
    r = td_check(moody, 1, &x, &calls, NULL);
    text = r ? text_of(r, ROOM) : NULL;
    CHECK(text && r->verdict == TD_DISAGREE && says(text, "gives different values from run to run"), "%s", text ? text : "");
    free(text), td_check_free(r);
    close_clean(c);
}

/* A rule without a definition has differences alone against it. */
TEST(hard, without_a_definition_gross_faults_are_still_convicted)
{
    static const char *const gross[] = {"rsqrt, the half forgotten", "layer_norm, not centred",
                                        "softmax, its diagonal alone"};
    for (int k = 0; k < TWIN_COUNT; k++) {
        for (int j = 0; j < 3; j++) {
            if (strcmp(TWIN[k].name, gross[j]) != 0) continue;
            td_op op = {0};
            hard  h = twin_of(k, &op);
            op.define = NULL;
            td_check_result *r = check(&h, TD_F64);
            char            *text = r ? text_of(r, ROOM) : NULL;
            CHECK(r && r->verdict == TD_DISAGREE, "%s:\n%s", gross[j], text ? text : "");
            free(text), td_check_free(r);
        }
    }
}

/* ---- the table -------------------------------------------------------------------------------------------------------- */

static void row_of(const hard *h, char *row, size_t size)
{
    const char *verdict = h->open ? "inconclusive" : "agree";
    snprintf(row, size, "| %s | %s | %s | %s |\n", h->name, verdict, h->f64_only ? "" : verdict, h->open ? h->open : "");
}

TEST(hard, the_table_in_the_manual_lists_each_with_its_verdict)
{
    const char *top = getenv("top_srcdir");
    char        path[1024], row[512], *text = calloc(1, 1 << 16);
    snprintf(path, sizeof path, "%s/docs/hard-functions.md", top ? top : ".");
    FILE *file = fopen(path, "r");
    CHECK(file && text, "%s can't be read", path);
    if (file && text) text[fread(text, 1, (1 << 16) - 1, file)] = 0;
    for (int i = 0; text && i < HARD_COUNT; i++) {
        row_of(&HARD[i], row, sizeof row);
        CHECK(strstr(text, row), "no row %s", row);
    }
    for (int k = 0; text && k < TWIN_COUNT; k++) {
        snprintf(row, sizeof row, "| %s | %s |\n", TWIN[k].name, TWIN[k].of);
        CHECK(strstr(text, row), "no row %s", row);
    }
    if (file) fclose(file);
    free(text);
}
