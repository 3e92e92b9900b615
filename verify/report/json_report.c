/* json_report.c: a report read again from JSON.
 *
 * What is missing is 0, or -1, or NaN, as where it was left out; what is there and of another kind than it should be refuses
 * the whole.  Nothing is trusted: indices and counts are held to what the views rely on. */
#include "fields.h"
#include "figures.h"
#include "json.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define MOST_COUNT (INT64_C(1) << 50)      /* sums of many rows fit */

typedef struct reader {
    td_report *r;                  /* being filled; borrowed */
    char      *why;
} reader;

static bool refuse(reader *in, const char *name)
{
    if (!in->why[0]) snprintf(in->why, TD_REASON, "%.80s is missing, or not what it should be", name);
    return false;
}

/* ---- by table ---------------------------------------------------------------------------------------------------- */

typedef bool take(reader *in, const td_field *f, const td_json *v, void *at);

static bool take_text(reader *in, const td_field *f, const td_json *v, void *at)
{
    const char *text = td_json_text(v);
    if (v && !text) return refuse(in, f->name);
    snprintf(at, f->room, "%s", text ? text : "");
    return true;
}

static bool take_word(reader *in, const td_field *f, const td_json *v, void *at)
{
    const char *text = td_json_text(v), **word = at;
    if (v && !text) return refuse(in, f->name);
    *word = text ? td_report_word(in->r, text) : NULL;
    return !text || *word;
}

static bool take_count(reader *in, const td_field *f, const td_json *v, void *at)
{
    int64_t *count = at;
    *count = -1;
    bool there = td_json_integer(v, count) && *count >= -2 && *count <= MOST_COUNT;
    return there || (!v && f->kind == TD_FIELD_PLACE) || refuse(in, f->name);
}

static bool take_int(reader *in, const td_field *f, const td_json *v, void *at)
{
    int64_t wide = 0;
    int *n = at;
    bool ok = td_json_integer(v, &wide) || (!v && f->kind == TD_FIELD_SET);
    *n = (int)wide;
    return (ok && *n == wide) || refuse(in, f->name);
}

static bool take_flag(reader *in, const td_field *f, const td_json *v, void *at)
{
    bool *flag = at;
    *flag = v && v->kind == TD_JSON_TRUE;
    return !v || *flag || v->kind == TD_JSON_FALSE || refuse(in, f->name);
}

static bool take_number(reader *in, const td_field *f, const td_json *v, void *at)
{
    return td_json_number(v, at) || refuse(in, f->name);
}

/* Exactly n of them. */
static bool read_numbers(reader *in, const char *name, const td_json *v, double *at, int n)
{
    if (!v || v->kind != TD_JSON_ARRAY) return refuse(in, name);
    const td_json *e = v->first;
    for (int i = 0; i < n; i++, e = e->next) if (!e || !td_json_number(e, &at[i])) return refuse(in, name);
    return !e || refuse(in, name);
}

static bool take_numbers(reader *in, const td_field *f, const td_json *v, void *at)
{
    return read_numbers(in, f->name, v, at, (int)(f->room / sizeof(double)));
}

static bool take_counts(reader *in, const td_field *f, const td_json *v, void *at)
{
    int64_t *count = at;
    size_t n = f->room / sizeof *count, i = 0;
    if (!v || v->kind != TD_JSON_ARRAY) return refuse(in, f->name);
    for (const td_json *e = v->first; e; e = e->next) {
        if (i == n || !td_json_integer(e, &count[i]) || count[i] < 0 || count[i] > MOST_COUNT) return refuse(in, f->name);
        i++;
    }
    return i == n || refuse(in, f->name);
}

static bool take_answer(reader *in, const td_field *f, const td_json *v, void *at)
{
    td_answer *a = at;
    bool value = td_json_number(td_json_member(v, "exact"), &a->value) || td_json_number(td_json_member(v, "value"),
                                                                                         &a->value);
    return (value && td_json_number(td_json_member(v, "bound"), &a->bound)) || refuse(in, f->name);
}

static bool take_name(reader *in, const td_field *f, const td_json *v, void *at)
{
    const char *text = td_json_text(v), *name;
    for (int i = 0; text && (name = f->name_of(i)); i++) if (!strcmp(name, text)) return *(int *)at = i, true;
    return refuse(in, f->name);
}

static bool fields(reader *in, const td_field *f, const td_json *v, void *structure)
{
    static take *const takes[] = {
        [TD_FIELD_TEXT] = take_text, [TD_FIELD_WORD] = take_word, [TD_FIELD_COUNT] = take_count,
        [TD_FIELD_PLACE] = take_count, [TD_FIELD_INT] = take_int, [TD_FIELD_SET] = take_int,
        [TD_FIELD_FLAG] = take_flag, [TD_FIELD_NUMBER] = take_number, [TD_FIELD_NUMBERS] = take_numbers,
        [TD_FIELD_COUNTS] = take_counts, [TD_FIELD_ANSWER] = take_answer, [TD_FIELD_NAME] = take_name};
    for (; f->name; f++) {
        if (!takes[f->kind](in, f, td_json_member(v, f->name), (char *)structure + f->at)) return false;
    }
    return true;
}

/* ---- parts ------------------------------------------------------------------------------------------------------- */

typedef struct label { char name[40]; const char *command; td_dtype dtype; bool program; int64_t number; } label;

static bool read_label(reader *in, const td_json *v, label *l)
{
    static const td_dtype dtypes[] = {TD_F64, TD_F32};
    const char *name = td_json_text(td_json_member(v, "name")), *dtype = td_json_text(td_json_member(v, "dtype"));
    const td_json *check = td_json_member(v, "check"), *number = check ? check : td_json_member(v, "case");
    bool known = false;
    if (!name || !dtype) return refuse(in, "name or dtype");
    snprintf(l->name, sizeof l->name, "%s", name);
    for (int i = 0; i < 2; i++) if (!strcmp(dtype, td_dtype_name(dtypes[i]))) l->dtype = dtypes[i], known = true;
    static const td_field command = {"command", TD_FIELD_WORD, 0, sizeof(const char *), NULL};
    l->program = check;
    l->number = 0;
    if (!take_word(in, &command, td_json_member(v, "command"), &l->command)) return false;
    return known && (!number || td_json_integer(number, &l->number)) ? true : refuse(in, "dtype or case");
}

static bool read_seconds(reader *in, const td_json *v, double *s)
{
    for (int i = 0; v && i < TD_STAGES; i++) {
        if (!td_json_number(td_json_member(v, td_stage_name((td_stage)i)), &s[i])) return refuse(in, "seconds");
    }
    in->r->timings = in->r->timings || v;
    return true;
}

static bool read_row(reader *in, const td_json *v, bool program)
{
    label l;
    int64_t order = in->r->n_row;
    td_row made;
    if (!read_label(in, v, &l)) return false;
    td_row *row = td_report_row(in->r, l.name, program, l.dtype);
    if (!row) return false;
    made = *row;
    if (!fields(in, td_fields_row, v, &made) || !read_seconds(in, td_json_member(v, "seconds"), made.seconds)) return false;
    if (in->r->shards && !td_json_integer(td_json_member(v, "order"), &order)) return refuse(in, "order");
    made.order = order;
    *row = made;
    return true;
}

static bool read_rows(reader *in, const td_json *list, bool program)
{
    if (!list || list->kind != TD_JSON_ARRAY) return refuse(in, program ? "programs" : "ops");
    for (const td_json *v = list->first; v; v = v->next) if (!read_row(in, v, program)) return false;
    return true;
}

static bool read_finding(reader *in, const char *name, const td_json *v, td_finding *f)
{
    const td_json *m = td_json_member(v, name);
    return m ? fields(in, td_fields_finding, m, f) : refuse(in, name);
}

static bool read_blame(reader *in, const td_json *v, td_blame *b)
{
    const td_json *m = td_json_member(v, "blame");
    b->output = -1;
    return !m || (fields(in, td_fields_blame, m, b) && (b->op || refuse(in, "op")));
}

static bool read_failure(reader *in, const td_json *v)
{
    label l;
    if (!read_label(in, v, &l)) return false;
    td_check_result *c = calloc(1, sizeof *c);
    td_failure *f = c ? td_report_failure_new(in->r) : NULL;
    if (!f) return free(c), false;
    *f = (td_failure){.program = l.program, .command = l.command, .dtype = l.dtype, .number = l.number, .result = c};
    memcpy(f->name, l.name, sizeof f->name);
    c->verdict = TD_DISAGREE;
    return read_finding(in, "worst", v, &c->worst) && read_blame(in, v, &c->blame);
}

/* ---- exhibits ---------------------------------------------------------------------------------------------------- */

static int length(const td_json *list, int most)
{
    int n = 0;
    for (const td_json *e = list ? list->first : NULL; e && n <= most; e = e->next) n++;
    return n;
}

static bool read_trace(reader *in, const td_json *v, td_tracing *t)
{
    static const char *const names[] = {"step", "off_tape", "off_dual", "r0", "r1", "r2"};
    double *const arrays[] = {t->step, t->off[0], t->off[1], t->remainder[0], t->remainder[1], t->remainder[2]};
    int n = length(td_json_member(v, "step"), TD_TRACE_STEPS);
    if (n > TD_TRACE_STEPS) return refuse(in, "step");
    for (int i = 0; i < 6; i++) if (!read_numbers(in, names[i], td_json_member(v, names[i]), arrays[i], n)) return false;
    t->n = n;
    if (!read_numbers(in, "order", td_json_member(v, "order"), t->order, 3)) return false;
    double *const number[] = {&t->noise, &t->rounding, &t->fine, &t->chosen, &t->coarse};
    static const char *const name[] = {"noise", "rounding", "fine", "chosen", "coarse"};
    for (int i = 0; i < 5; i++) if (!td_json_number(td_json_member(v, name[i]), number[i])) return refuse(in, name[i]);
    return true;
}

/* The next element as an integer no less than least. */
static bool next_integer(const td_json **e, int64_t least, int64_t *out)
{
    bool ok = *e && td_json_integer(*e, out) && *out >= least;
    if (ok) *e = (*e)->next;
    return ok;
}

static bool read_plane(reader *in, const td_json *v, td_figures *g)
{
    int64_t n[3];
    const td_json *e = v->kind == TD_JSON_ARRAY ? v->first : NULL;
    bool ok = g->n_plane < TD_PLANES;
    for (int i = 0; ok && i < 3; i++) ok = next_integer(&e, i > 0, &n[i]);
    if (!ok || n[0] > INT32_MAX) return refuse(in, "planes");
    g->plane[g->n_plane++] = (td_plane){(int)n[0], n[1], n[2]};
    return true;
}

static bool read_spot(reader *in, const td_json *v, td_figures *g)
{
    static const td_field verdict = {"coordinates", TD_FIELD_NAME, 0, sizeof(td_verdict), td_field_verdict};
    int64_t n[2];
    const td_json *e = v->kind == TD_JSON_ARRAY ? v->first : NULL;
    td_spot s = {0};
    bool ok = g->n_spot < TD_SPOTS && next_integer(&e, 0, &n[0]) && n[0] <= INT32_MAX && next_integer(&e, 0, &n[1]);
    if (!ok || !td_json_number(e, &s.error) || !take_name(in, &verdict, e->next, &s.verdict)) return refuse(in,
        "coordinates");
    s.input = (int)n[0];
    s.coordinate = n[1];
    g->spot[g->n_spot++] = s;
    return true;
}

static bool read_each(reader *in, const td_json *v, const char *name, bool (*one)(reader *, const td_json *, td_figures *),
                      td_figures *g)
{
    const td_json *list = td_json_member(v, name);
    if (!list || list->kind != TD_JSON_ARRAY) return refuse(in, name);
    for (const td_json *e = list->first; e; e = e->next) if (!one(in, e, g)) return false;
    return true;
}

static bool read_paces(reader *in, const td_json *v, td_exhibit *x)
{
    const td_json *list = td_json_member(v, "threads");
    for (const td_json *p = list && list->kind == TD_JSON_ARRAY ? list->first : NULL; p; p = p->next) {
        int64_t threads;
        const td_json *e = p->kind == TD_JSON_ARRAY ? p->first : NULL;
        bool ok = x->n_pace < TD_PACES && next_integer(&e, 1, &threads) && threads <= INT32_MAX;
        if (!ok || !td_json_number(e, &x->pace[x->n_pace].seconds)) return refuse(in, "threads");
        x->pace[x->n_pace++].threads = (int)threads;
    }
    return true;
}

static bool read_exhibit(reader *in, const td_json *v)
{
    static const td_field verdict = {"verdict", TD_FIELD_NAME, 0, sizeof(td_verdict), td_field_verdict};
    label l;
    if (!read_label(in, v, &l)) return false;
    td_figures *g = calloc(1, sizeof *g);
    td_exhibit *x = g ? td_report_exhibit_new(in->r) : NULL;
    if (!x) return free(g), false;
    *x = (td_exhibit){.program = l.program, .command = l.command, .dtype = l.dtype, .number = l.number, .figures = g};
    memcpy(x->name, l.name, sizeof x->name);
    for (int64_t i = 0; i < in->r->n_row; i++) if (td_exhibit_is_of(x, &in->r->row[i])) x->order = in->r->row[i].order;
    return take_name(in, &verdict, td_json_member(v, "verdict"), &x->verdict) &&
           (td_json_number(td_json_member(v, "weight"), &x->weight) || refuse(in, "weight")) &&
           read_finding(in, "worst", v, &x->worst) && read_blame(in, v, &x->blame) &&
           read_finding(in, "asked", v, &g->asked) && read_trace(in, td_json_member(v, "trace"), &g->trace) &&
           read_each(in, v, "planes", read_plane, g) && read_each(in, v, "coordinates", read_spot, g) &&
           (td_figures_are_sound(g) || refuse(in, "coordinates")) && read_paces(in, v, x);
}

/* ---- the whole --------------------------------------------------------------------------------------------------- */

static bool read_seed(reader *in, const td_json *v)
{
    const char *text = td_json_text(v);
    char *end = NULL;
    if (text && text[0] >= '0' && text[0] <= '9') in->r->seed = strtoull(text, &end, 10);
    return (end && !*end) || refuse(in, "seed");
}

/* Bits and bounds are those of one version, and so are the words. */
static bool read_head(reader *in, const td_json *v)
{
    const char *again = td_json_text(td_json_member(v, "again"));
    const char *schema = td_json_text(td_json_member(v, "schema")), *version = td_json_text(td_json_member(v, "triad"));
    const td_json *care = td_json_member(v, "care"), *whole = td_json_member(v, "whole"),
                  *unasked = td_json_member(v, "unasked");
    td_report *r = in->r;
    int64_t number = 0;
    if (!schema || strcmp(schema, "triad-report") || !td_json_integer(td_json_member(v, "schema_version"), &number) ||
        number != 1) return refuse(in, "no triad-report of version 1: schema");
    if (!version || strcmp(version, td_version()) || !td_json_integer(td_json_member(v, "numerics"), &number) ||
        number != td_numerics_version()) return refuse(in, "written by another version of triad: its version");
    if (!td_json_integer(td_json_member(v, "cases"), &r->cases)) return refuse(in, "cases");
    if (care && !td_json_number(care, &r->care)) return refuse(in, "care");
    td_json_integer(td_json_member(v, "shard"), &r->shard);
    td_json_integer(td_json_member(v, "shards"), &r->shards);
    if (r->shards < 0 || r->shard < (r->shards > 0) || r->shard > r->shards) return refuse(in, "shard");
    if (again && !(r->again = td_report_word(r, again))) return false;
    r->starved = whole && whole->kind == TD_JSON_FALSE;
    r->unasked = unasked && unasked->kind == TD_JSON_TRUE;
    return read_seed(in, td_json_member(v, "seed"));
}

static bool read_list(reader *in, const td_json *root, const char *name, bool (*one)(reader *, const td_json *))
{
    const td_json *list = td_json_member(root, name);
    if (!list || list->kind != TD_JSON_ARRAY) return refuse(in, name);
    for (const td_json *v = list->first; v; v = v->next) if (!one(in, v)) return false;
    return true;
}

bool td_report_read(const char *text, size_t n, td_report *out, char *why)
{
    reader in = {out, why};
    memset(out, 0, sizeof *out);
    td_json *root = td_json_parse(text, n, why);
    bool ok = root && read_head(&in, root) && read_rows(&in, td_json_member(root, "programs"), true) &&
              read_rows(&in, td_json_member(root, "ops"), false) && read_list(&in, root, "failures", read_failure) &&
              read_list(&in, root, "exhibits", read_exhibit);
    td_json_free(root);
    if (!ok && !why[0]) snprintf(why, TD_REASON, "out of memory");
    if (!ok) td_report_clear(out);
    return ok;
}
