/* survey.c: a library into the report: its list, then each function, part and point, each in workers of their own, so that
 * what one does to its process the others don't feel.
 *
 * First one thread, for the derivatives; then, if they are right, the same answers with 1, 2 and 8 threads, and from
 * several callers at once. */
#include "foreign/ask.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { USUAL_CASES = 3, MANY = 4096 };

typedef struct survey {
    const td_ask *a;
    td_report    *r;
    void        (*complain)(const char *text);
    bool          trouble;
    td_list       list;            /* owned */
    const char   *name;            /* of what is asked now */
    char          title[2 * TD_BOX_NAME];
} survey;

static void object(survey *s, const char *who, const char *why)
{
    char text[3 * TD_REASON];
    s->trouble = true;
    snprintf(text, sizeof text, "%s%s%s: %s", s->a->library, who[0] ? ": " : "", who, why);
    s->complain(text);
}

static void tell(void *user, const td_box *b)
{
    const survey *s = user;
    char what[160];
    snprintf(what, sizeof what, "%s, %lld calls", s->title, (long long)b->page->calls);
    if (s->r->progress) s->r->progress(s->r->progress_user, what, b->page->share);
}

/* ---- one piece of work ------------------------------------------------------------------------------------------- */

/* What was said; owned by the caller; NULL: nothing. */
static void *work(survey *s, const td_job *j, td_box *box, td_end *end, size_t *n)
{
    *n = 0;
    if (!s->a->in_process) {
        if (!td_spawn(s->a, j, box, end, tell, s)) return NULL;
        return box->page->phase == TD_PHASE_DONE && !end->late && !end->loud ? td_box_take(box, n) : NULL;
    }
    *end = (td_end){.started = td_box_new(box)};
    if (!end->started) return NULL;
    td_worker_work(s->a, j, box);
    return td_box_take(box, n);
}

static bool is_over_early(const td_box *box, const td_end *end)
{
    return box->page->phase != TD_PHASE_DONE || end->late || end->loud;
}

/* It puts its answers into the box, where the others find them. */
static bool is_first(const td_job *j)
{
    return j->work == TD_WORK_THREADS && j->reference < 0;
}

/* The result of one work; NULL: there is none, *nothing if there was nothing to ask. */
static td_check_result *ask(survey *s, const td_job *j, td_box *box, bool *nothing)
{
    td_end end;
    size_t n;
    char text[TD_REASON];
    void *bytes = work(s, j, box, &end, &n);
    td_check_result *r = NULL;
    td_said said = td_wire_kind(bytes, n);
    *nothing = said == TD_SAID_NOTHING;
    if (!end.started) object(s, s->name, strerror(errno));
    else if (is_over_early(box, &end)) r = td_fate_result(s->a, j, box, &end, &s->list.entry[j->function]);
    else if (said == TD_SAID_RESULT) r = td_wire_read_result(bytes, n);
    else if (said == TD_SAID_TROUBLE && td_wire_read_text(bytes, n, text)) object(s, s->name, text);
    else if (!said && !is_first(j)) object(s, s->name, "the worker's answer did not arrive: does it close files of others?");
    free(bytes);
    return r;
}

/* ---- into the report --------------------------------------------------------------------------------------------- */

static const char *keep_word(void *user, const char *text)
{
    return td_report_word(user, text);
}

static void keep(survey *s, td_row *row, int64_t number, td_check_result *r)
{
    td_result_keep_strings(r, keep_word, s->r);
    td_report_add(s->r, row, number, r);
}

/* A row that says how to ask again. */
static td_row *row_of(survey *s, td_dtype dtype)
{
    char again[1024];
    td_row *row = td_report_row(s->r, s->title, true, dtype);
    if (row && !row->command && row->checks) {     /* a program of triad's own has that name */
        char title[sizeof s->title + 8];
        snprintf(title, sizeof title, "%s (.so)", s->title);
        row = td_report_row(s->r, title, true, dtype);
    }
    snprintf(again, sizeof again, strchr(s->name, ' ') ? "%s --only '%s'" : "%s --only %s", s->a->again, s->name);
    if (row && !row->command) row->command = td_report_word(s->r, s->a->only || s->list.n > 1 ? again : s->a->again);
    return row;
}

/* ---- one function at one point ----------------------------------------------------------------------------------- */

/* What another work found, in the result of the first. */
static void add(td_check_result **r, td_check_result *more)
{
    if (!*r || !more) return;
    td_check_result both = **r;
    both.repeats.agreed += more->repeats.agreed;
    both.repeats.undecided += more->repeats.undecided;
    both.repeats.disagreed += more->repeats.disagreed;
    both.calls += more->calls;
    if (more->verdict == TD_DISAGREE) both.verdict = TD_DISAGREE, both.worst = more->worst, both.blame = more->blame;
    td_check_result *copy = td_result_copy(&both);
    if (!copy) return;
    td_check_free(*r);
    *r = copy;
}

static void ask_threads(survey *s, td_job j, td_check_result **r)
{
    static const int threads[] = {1, 2, 8};
    td_box first = {-1, NULL}, box;
    bool nothing;
    j.work = TD_WORK_THREADS;
    for (int i = 0; i < 3 && *r && (*r)->verdict != TD_DISAGREE; i++) {
        j.threads = threads[i];
        j.reference = i ? first.file : -1;
        td_check_result *more = ask(s, &j, i ? &box : &first, &nothing);
        if (more) add(r, more);
        td_check_free(more);
        if (i) td_box_close(&box);
        else if (first.page && first.page->payload <= 0) break;
    }
    td_box_close(&first);
}

static void ask_together(survey *s, td_job j, td_check_result **r)
{
    td_box box;
    bool nothing;
    if (!*r || (*r)->verdict == TD_DISAGREE || s->list.entry[j.function].alone) return;
    j.work = TD_WORK_TOGETHER;
    td_check_result *more = ask(s, &j, &box, &nothing);
    add(r, more);
    td_check_free(more);
    td_box_close(&box);
}

static void judge(survey *s, const td_entry *e, td_job j, td_row **row)
{
    td_box box;
    bool nothing;
    td_check_result *r = ask(s, &j, &box, &nothing);
    td_box_close(&box);
    if (nothing) return;
    if (r && !s->a->in_process) ask_threads(s, j, &r);
    if (r) ask_together(s, j, &r);
    if (!*row) *row = row_of(s, e->f32 ? TD_F32 : TD_F64);
    if (r) keep(s, *row, j.number, r);
}

static int64_t cases_of(const td_ask *a, const td_entry *e)
{
    if (!e->sampled) return 1;
    return a->cases > 0 ? a->cases : e->n > MANY ? 1 : USUAL_CASES;
}

static void ask_part(survey *s, int64_t function, int part)
{
    const td_entry *e = &s->list.entry[function];
    td_job j = {.work = TD_WORK_JUDGE, .function = function, .part = part, .threads = 1, .reference = -1};
    td_row *row = NULL;
    int64_t first = e->sampled ? s->a->first : 0;
    for (j.number = first; j.number < first + cases_of(s->a, e); j.number++) {
        judge(s, e, j, &row);
        if (row && row->disagreed) break;      /* the others would say the same */
    }
}

/* ---- a library --------------------------------------------------------------------------------------------------- */

/* What loading does to its process: a verdict on the library. */
static void convict_for_loading(survey *s)
{
    td_function shape = {.name = s->a->library, .n = 1};
    td_door d = {.routine = "library", .law = s->list.load, .entry = -1};
    td_check_result *r = td_function_result(&shape, s->a->seed), *copy = NULL;
    if (!r) return;
    td_function_convict(r, &shape, &d);
    snprintf(r->worst.reason, sizeof r->worst.reason, "loading it %.60s; objects linked with -ffast-math or -Ofast by gcc "
             "before 13 do so: compile with them if you must, but link without", s->list.load);
    copy = td_result_copy(r);
    td_check_free(r);
    const char *slash = strrchr(s->a->library, '/');
    snprintf(s->title, sizeof s->title, "%s", slash ? slash + 1 : s->a->library);
    if (copy) keep(s, row_of(s, TD_F64), 0, copy);
}

static bool read_list(survey *s)
{
    td_job j = {.work = TD_WORK_LIST, .threads = 1, .reference = -1};
    td_box box = {-1, NULL};
    td_end end;
    size_t n;
    char text[TD_REASON];
    void *bytes = work(s, &j, &box, &end, &n);
    bool ok = bytes && td_wire_kind(bytes, n) == TD_SAID_LIST && td_wire_read_list(bytes, n, &s->list);
    if (!end.started) object(s, "", strerror(errno));
    else if (is_over_early(&box, &end)) td_fate_text(s->a, &box, &end, text), object(s, "", text);
    else if (!ok) object(s, "", td_wire_read_text(bytes, n, text) ? text : "its worker's answer can't be read");
    free(bytes);
    td_box_close(&box);
    return ok;
}

static void ask_function(survey *s, int64_t i)
{
    const td_entry *e = &s->list.entry[i];
    const td_foreign_signature *g = td_signature_by_name(e->signature);
    s->name = e->name;
    if (e->reason[0] || !g) {
        object(s, e->name, e->reason);
        return;
    }
    for (int p = 0; p < e->parts && g->part[p].suffix; p++) {
        snprintf(s->title, sizeof s->title, "%s%s%s", e->name, g->part[p].suffix[0] ? " " : "", g->part[p].suffix);
        ask_part(s, i, p);
    }
}

bool td_foreign_survey(const td_ask *a, td_report *r, void (*complain)(const char *text))
{
    survey s = {.a = a, .r = r, .complain = complain, .name = ""};
    int64_t asked = 0;
    if (!read_list(&s)) return false;
    if (s.list.load[0]) convict_for_loading(&s);
    for (int64_t i = 0; i < s.list.n; i++) {
        if (a->only && strcmp(a->only, s.list.entry[i].name)) continue;
        asked++;
        ask_function(&s, i);
    }
    if (!asked) object(&s, a->only ? a->only : "", "no function of that name");
    free(s.list.entry);
    return !s.trouble;
}
