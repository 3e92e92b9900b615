/* fuzz_json.c: JSON, and reports in it, which triad merge reads. */
#include "fuzz.h"

#include <stdlib.h>
#include <string.h>

#include "report/json.h"
#include "report/report.h"

const char *const fuzz_words[] = {
    "{", "}", "[", "]", ":", ",", "\"", "null", "true", "false", "0", "-1", "1.5e-3", "1e999", "\"NaN\"", "\"Infinity\"",
    "\"0x1.8p+1\"", "\\u0000", "\\ud83d\\ude00", "\\ud800", "\\n", "\\", "\"schema\"", "\"triad-report\"",
    "\"schema_version\"",
    "\"programs\"", "\"ops\"", "\"failures\"", "\"exhibits\"", "\"seed\"", "\"worst\"", "\"verdict\"", "\"agree\"",
    "\"f64\"", NULL};

static const char *const seeds[] = {
    "{\"a\": [1, -2.5e3, true, false, null, \"x\\u00e9\\n\"], \"b\": {}}", "[[[[]]], {\"\": \"NaN\"}]", "\"0x1.8p+1\"",
    " 12345678901234567890 ", "{\"k\": 1, \"k\": 2}", NULL};

/* A report of a few checks, as it is written. */
static void add_report(void (*add)(const void *, size_t), const char *op)
{
    td_report r = {.seed = 3, .cases = 1, .figures = true};
    char *text = NULL;
    size_t n = 0;
    FILE *file = open_memstream(&text, &n);
    td_survey_op(&r, td_op_by_name(op), TD_F64, 1, 1, 1);
    td_report_settle(&r);
    if (file) {
        td_report_json(&r, file);
        fclose(file);
        add(text, n);
    }
    free(text);
    td_report_clear(&r);
}

void fuzz_seeds(void (*add)(const void *bytes, size_t n))
{
    for (int k = 0; seeds[k]; k++) add(seeds[k], strlen(seeds[k]));
    add_report(add, "relu");
}

/* Everything that was read is touched. */
static int64_t touch(const td_json *v)
{
    int64_t sum = 0, whole;
    double number;
    for (const td_json *k = v->first; k; k = k->next) sum += touch(k) + (k->key ? (int64_t)strlen(k->key) : 0);
    if (td_json_text(v)) sum += (int64_t)strlen(td_json_text(v));
    return sum + td_json_integer(v, &whole) + td_json_number(v, &number);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    const char *text = n ? (const char *)bytes : "";
    char why[TD_REASON];
    td_report r = {0};
    td_json *v = td_json_parse(text, n, why);
    if (v && touch(v) < 0) abort();
    td_json_free(v);
    if (v && td_report_read(text, n, &r, why)) td_report_clear(&r);
    return 0;
}
