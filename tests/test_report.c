/* test_report.c: JSON is read as RFC 8259 has it and nothing else is; a report that is read is the one that was written; of
 * two parts the worst is chosen as of the whole.  What merged files look like from outside is in report.sh. */
#include "report/json.h"
#include "report/report.h"
#include "testing.h"

enum { ROOM = 1 << 18 };

static td_json *parsed(const char *text, char why[TD_REASON])
{
    return td_json_parse(text, strlen(text), why);
}

TEST(report, json_is_read)
{
    char why[TD_REASON];
    double d = 0;
    int64_t n = 0;
    td_json *v = parsed(" {\"a\": [1, -2.5e3, true, null, {}], \"b\\u00e9\": \"\\\"\\ud83d\\ude00\\n\", \"h\": \"0x1.8p+1\", "
                        "\"i\": \"-Infinity\", \"n\": \"NaN\", \"big\": 123456789012345678901234567890} ", why);
    CHECK(v, "%s", why);
    if (!v) return;
    const td_json *a = td_json_member(v, "a");
    CHECK(a && td_json_integer(a->first, &n) && n == 1, "%lld", (long long)n);
    CHECK(a && td_json_number(a->first->next, &d) && d == -2500, "%g", d);
    CHECK(!td_json_integer(a->first->next, &n), "a fraction is no integer");
    CHECK(!strcmp(td_json_text(td_json_member(v, "b\xc3\xa9")), "\"\xf0\x9f\x98\x80\n"), "escapes");
    CHECK(td_json_number(td_json_member(v, "h"), &d) && d == 3, "%g", d);
    CHECK(td_json_number(td_json_member(v, "i"), &d) && d == -INFINITY, "%g", d);
    CHECK(td_json_number(td_json_member(v, "n"), &d) && isnan(d), "%g", d);
    CHECK(!td_json_integer(td_json_member(v, "big"), &n) && td_json_number(td_json_member(v, "big"), &d), "too large an integer");
    CHECK(!td_json_member(v, "c") && !td_json_member(a, "a") && !td_json_text(a), "what is not there");
    td_json_free(v);
}

TEST(report, what_is_no_json_is_refused)
{
    static const char *const wrong[] = {
        "", " ", "{", "[1,]", "[1 2]", "{\"a\" 1}", "{a: 1}", "01", "-", "1.", "1e", ".5", "+1", "0x10", "nul", "truefalse",
        "\"", "\"\\x\"", "\"\\u12g4\"", "\"\n\"", "[1]]", "{\"a\": 1,}", "NaN", "'a'", "// no", "[\"a\"", "\"\\", "\"\\u12"};
    char why[TD_REASON], deep[2 * TD_JSON_DEPTH + 4];
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        td_json *v = parsed(wrong[i], why);
        CHECK(!v && strstr(why, "line "), "%s: %s", wrong[i], v ? "read" : why);
        td_json_free(v);
    }
    memset(deep, '[', sizeof deep);
    td_json *v = td_json_parse(deep, sizeof deep, why);
    CHECK(!v && strstr(why, "deep"), "%s", why);
    td_json_free(v);
    CHECK(!td_json_parse("[\0]", 3, why), "a NUL");
}

/* ---- a report and its likeness ------------------------------------------------------------------------------------ */

static td_check_result *result(td_verdict verdict, double strain, bool figures)
{
    td_check_result *k = calloc(1, sizeof *k);
    if (!k) return NULL;
    k->verdict = verdict;
    k->strain = strain;
    k->worst = (td_finding){.verdict = verdict, .grade = TD_WRONG, .alone = TD_ALONE_TAPE, .asked = TD_ASKED_SLOPE, .output = 3,
                            .law = "a \"law\"", .tape = {0.1, NAN}, .dual = {-0.0, INFINITY}, .differences = {NAN, NAN},
                            .left = 1e-320, .right = -INFINITY};
    snprintf(k->worst.reason, TD_REASON, "tab\tquote\" \\ \xc3\xa9");
    k->blame = (td_blame){.found = verdict == TD_DISAGREE, .op = "add", .output = -1, .file = "a.c", .line = 7};
    k->figures = figures ? calloc(1, sizeof *k->figures) : NULL;
    if (!k->figures) return k;
    k->figures->asked = k->worst;
    k->figures->trace = (td_tracing){.n = 2, .step = {1e-3, 1}, .off = {{1, NAN}, {0, 2}}, .order = {1, NAN, 3}, .fine = NAN};
    k->figures->n_plane = k->figures->n_spot = 1;
    k->figures->plane[0] = (td_plane){0, 2, 3};
    k->figures->spot[0] = (td_spot){0, 5, 0.25, TD_DISAGREE};
    return k;
}

/* Rows begin to begin + n of what would be one report. */
static void fill(td_report *r, int begin, int n)
{
    static const td_verdict verdicts[] = {TD_AGREE, TD_DISAGREE, TD_INCONCLUSIVE, TD_AGREE};
    for (int i = begin; i < begin + n; i++) {
        char name[16];
        snprintf(name, sizeof name, "op%d", i);
        r->task = i;
        td_row *row = td_report_row(r, name, i % 5 == 0, TD_F64);
        for (int k = 0; k < 7; k++) td_report_add(r, row, k, result(verdicts[(i + k) % 4], 0.01 * i + 0.001 * k, k == 3));
    }
}

static size_t written(const td_report *r, char *text)
{
    FILE *file = fmemopen(text, ROOM, "w");
    CHECK(file && td_report_json(r, file) == TD_OK, "not written");
    long n = file ? ftell(file) : 0;
    if (file) fclose(file);
    return (size_t)n;
}

TEST(report, what_is_read_is_what_was_written)
{
    static char first[ROOM], second[ROOM];
    char why[TD_REASON];
    td_report r = {.seed = UINT64_MAX, .cases = 7, .care = 1e-3, .timings = true}, again;
    fill(&r, 0, 8);
    td_report_settle(&r);
    size_t n = written(&r, first);
    bool ok = td_report_read(first, n, &again, why);
    CHECK(ok, "%s", why);
    if (ok) CHECK(written(&again, second) == n && !memcmp(first, second, n), "another report");
    if (ok) td_report_clear(&again);
    td_report_clear(&r);
}

/* More rows than exhibits and failures are kept: what is left out of the parts is what the whole leaves out. */
TEST(report, parts_are_chosen_from_as_the_whole_is)
{
    enum { ROWS = 120, PARTS = 3 };
    static char whole[4 * ROOM], merged[4 * ROOM];
    td_report r = {.cases = 7}, all = {.cases = 7, .shards = PARTS};
    fill(&r, 0, ROWS);
    td_report_settle(&r);
    for (int k = 0; k < PARTS; k++) {
        td_report part = {.cases = 7, .shard = k + 1, .shards = PARTS};
        for (int i = k; i < ROWS; i += PARTS) fill(&part, i, 1);
        td_report_settle(&part);
        CHECK(td_report_take_in(&all, &part), "out of memory");
        td_report_clear(&part);
    }
    all.shards = 0;
    CHECK(td_report_put_together(&all), "out of memory");
    CHECK(r.n_exhibit == TD_MOST_EXHIBITS && r.n_failure == TD_MOST_FAILURES, "%lld and %lld: no choice was made",
          (long long)r.n_exhibit, (long long)r.n_failure);
    FILE *a = fmemopen(whole, sizeof whole, "w"), *b = fmemopen(merged, sizeof merged, "w");
    if (a && b) CHECK(td_report_json(&r, a) == TD_OK && td_report_json(&all, b) == TD_OK, "not written");
    if (a) fclose(a);
    if (b) fclose(b);
    CHECK(!strcmp(whole, merged), "another report");
    td_report_clear(&r);
    td_report_clear(&all);
}

/* A disagreement before what is open before what agrees, and of these the heavier. */
TEST(report, the_worst_comes_first)
{
    static const int rank[] = {[TD_AGREE] = 0, [TD_DISAGREE] = 2, [TD_INCONCLUSIVE] = 1};
    td_report r = {.cases = 7};
    fill(&r, 0, 60);
    td_report_settle(&r);
    for (int64_t i = 1; i < r.n_exhibit; i++) {
        const td_exhibit *a = &r.exhibit[i - 1], *b = &r.exhibit[i];
        CHECK(rank[a->verdict] > rank[b->verdict] || (a->verdict == b->verdict && a->weight >= b->weight),
              "%s %g before %s %g", a->name, a->weight, b->name, b->weight);
    }
    td_report_clear(&r);
}

/* No view may be led out of its arrays. */
TEST(report, numbers_that_do_not_fit_are_refused)
{
    static const char *const wrong[][2] = {
        {"[0, 5, 0.25", "[0, 6, 0.25"}, {"[0, 5, 0.25", "[1, 5, 0.25"}, {"[0, 2, 3]", "[0, 0, 3]"}, {"[0, 2, 3]", "[0, 2, -3]"},
        {"\"step\": [0.001, 1]", "\"step\": [0.001]"},
        {"\"dtype\": \"f64\"", "\"dtype\": \"i64\""}, {"\"checks\": 7", "\"checks\": 7.5"}, {"\"ulps\": [0, ", "\"ulps\": ["},
        {"\"seed\": \"9\"", "\"seed\": 9"}, {"\"op\": \"add\"", "\"top\": \"add\""}};
    static char text[ROOM], changed[ROOM];
    char why[TD_REASON];
    td_report r = {.seed = 9, .cases = 7}, again;
    fill(&r, 0, 4);
    td_report_settle(&r);
    written(&r, text);
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        const char *at = strstr(text, wrong[i][0]);
        CHECK(at, "no %s", wrong[i][0]);
        if (!at) continue;
        int n = snprintf(changed, sizeof changed, "%.*s%s%s", (int)(at - text), text, wrong[i][1], at + strlen(wrong[i][0]));
        bool ok = td_report_read(changed, (size_t)n, &again, why);
        CHECK(!ok && why[0], "%s was read", wrong[i][1]);
        if (ok) td_report_clear(&again);
    }
    td_report_clear(&r);
}
