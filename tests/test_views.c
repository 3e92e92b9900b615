/* test_views.c: the report in other tongues, of text that was made to break them: markup, quotes, control characters,
 * half a character.  What can be seen from outside is in command.sh. */
#include "report/view.h"
#include "testing.h"

enum { ROOM = 1 << 17 };

typedef td_status view(const td_report *r, FILE *file);

static const char hostile[] = "<a> & \"b\" 'c' \x1b[31m \x01 \xc3 \xed\xa0\x80 \xef\xbf\xbf ]]> # \\ \xc3\xa9";

/* What a view writes of a report; static, for one at a time. */
static const char *shown(view *v, const td_report *r)
{
    static char text[ROOM];
    FILE *file = fmemopen(text, sizeof text, "w");
    CHECK(file && v(r, file) == TD_OK, "not written");
    if (file) fclose(file);
    return text;
}

static int times(const char *text, const char *part)
{
    int n = 0;
    for (const char *at = text; (at = strstr(at, part)); at++) n++;
    return n;
}

/* One row of each outcome; the failure has words of its own. */
static void fill(td_report *r)
{
    static const char *const names[] = {"right", hostile, "open"};
    for (int i = 0; i < 3; i++) {
        td_row *row = td_report_row(r, names[i], false, TD_F64);
        td_check_result *k = calloc(1, sizeof *k);
        if (!row || !k) continue;
        k->verdict = i == 0 ? TD_AGREE : i == 1 ? TD_DISAGREE : TD_INCONCLUSIVE;
        k->worst = (td_finding){.verdict = k->verdict, .grade = TD_WRONG, .alone = TD_ALONE_TAPE, .asked = TD_ASKED_SLOPE,
                                .output = -1, .tape = {1, 0}, .dual = {2, 0}, .differences = {NAN, NAN},
                                .left = NAN, .right = NAN};
        snprintf(k->worst.reason, TD_REASON, "%s", hostile);
        td_report_add(r, row, 0, k);
    }
    CHECK(r->n_row == 3 && r->n_failure == 1, "%lld rows", (long long)r->n_row);
}

/* No byte that a reader of XML or YAML must refuse. */
static void harmless(const char *text)
{
    for (; *text; text++) CHECK((unsigned char)*text >= 0x20 || *text == '\n', "control character %d", *text);
}

static const char *between(const char *text, const char *begin, const char *end, char *out, size_t room)
{
    const char *from = strstr(text, begin), *to = from ? strstr(from + strlen(begin), end) : NULL;
    snprintf(out, room, "%.*s", to ? (int)(to - from) : 0, from ? from : "");
    return out;
}

TEST(views, markup_in_text_is_escaped)
{
    static view *const views[] = {td_report_html, td_report_junit};
    static const char *const wanted = "&lt;a&gt; &amp; &quot;b&quot; &#39;c&#39; "
                                      "\xef\xbf\xbd[31m \xef\xbf\xbd \xef\xbf\xbd ";
    td_report r = {.cases = 1};
    fill(&r);
    for (int i = 0; i < 2; i++) {
        const char *text = shown(views[i], &r);
        harmless(text);
        CHECK(strstr(text, wanted), "view %d: %s", i, text);
        CHECK(!strstr(text, "<a>") && !strstr(text, "]]>"), "view %d: %s", i, text);
        CHECK(!strstr(text, "\xed\xa0") && !strstr(text, "\xc3 "), "view %d: half a character", i);
    }
    td_report_clear(&r);
}

TEST(views, a_row_is_a_test_case)
{
    char head[512];
    td_report r = {.cases = 1};
    fill(&r);
    const char *text = shown(td_report_junit, &r);
    between(text, "<testsuites", ">", head, sizeof head);
    CHECK(strstr(head, "tests=\"3\" failures=\"1\" errors=\"0\" skipped=\"1\""), "%s", head);
    CHECK(times(text, "<testcase ") == 3 && times(text, "<failure ") == 1 && times(text, "<skipped ") == 1, "%s", text);
    CHECK(!strstr(text, "time="), "seconds, though not asked for");
    r.timings = true;
    CHECK(times(shown(td_report_junit, &r), " time=\"0.000\"") == 5, "%s", shown(td_report_junit, &r));
    td_report_clear(&r);
}

TEST(views, the_plan_counts_the_lines)
{
    td_report r = {.cases = 1};
    fill(&r);
    const char *text = shown(td_report_tap, &r);
    harmless(text);
    CHECK(!strncmp(text, "TAP version 13\n1..3\n", 20), "%s", text);
    CHECK(strstr(text, "\nok 1 - right f64\n") && strstr(text, "\nnot ok 2 - <a> &"), "%s", text);
    CHECK(strstr(text, "\nok 3 - open f64 # SKIP <a> "), "%s", text);
    CHECK(strstr(text, "\\# \\\\"), "a description's # and \\ are not escaped: %s", text);
    CHECK(times(text, "\n  ---\n") == 2 && times(text, "\n  ...\n") == 2, "%s", text);
    td_report_clear(&r);
}

TEST(views, a_report_that_is_not_whole_says_so)
{
    td_report r = {.cases = 1, .starved = true};
    CHECK(strstr(shown(td_report_tap, &r), "1..1\n") && strstr(shown(td_report_tap, &r), "not ok 1 - memory"), "TAP");
    CHECK(strstr(shown(td_report_junit, &r), "<error "), "JUnit");
    CHECK(strstr(shown(td_report_html, &r), "not whole"), "HTML");
    td_report_clear(&r);
}

/* With a care, what is smaller is no failure to a harness, and no success either. */
TEST(views, a_note_neither_fails_nor_passes)
{
    td_report r = {.cases = 1, .care = 1e-3};
    fill(&r);
    r.row[1].notes = 1;
    CHECK(strstr(shown(td_report_tap, &r), " # TODO a note"), "%s", shown(td_report_tap, &r));
    const char *text = shown(td_report_junit, &r);
    CHECK(!strstr(text, "<failure") && times(text, "<skipped") == 2, "%s", text);
    td_report_clear(&r);
}
