/* wire.c: a result as bytes, and back.  Version 1: a head, the structs as they are, then the strings they point to, in the
 * order of the table below, each a length and its bytes.  Both ends are one program, so structs need no encoding; sizes in
 * the head say so.  A reader checks every number that is an index, a length or an enumeration. */
#include "figures.h"
#include "foreign/box.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#define MAGIC 0x74647769u
enum { VERSION = 1, MOST_INPUTS = 64, MOST_TEXT = 4096 };

typedef struct head { uint32_t magic, version, kind, result_size, input_size, entry_size; int64_t count; } head;

static head head_of(td_said kind, int64_t count)
{
    return (head){MAGIC, VERSION, kind, sizeof(td_check_result), sizeof(td_check_input), sizeof(td_entry), count};
}

/* ---- the strings of a result ------------------------------------------------------------------------------------- */

/* Calls act on the address of every string of r, always in one order. */
typedef bool action(const char **string, void *user);

static bool each_of_finding(td_finding *f, action *act, void *user)
{
    return act(&f->law, user) && act(&f->variant, user) && act(&f->by, user) && act(&f->against, user);
}

static bool each_string(td_check_result *r, td_figures *g, action *act, void *user)
{
    bool ok = (!g || each_of_finding(&g->asked, act, user)) && each_of_finding(&r->worst, act, user);
    ok = ok && act(&r->blame.op, user) && act(&r->blame.inside, user) && act(&r->blame.file, user);
    for (int i = 0; ok && i < TD_VARIANTS; i++) ok = act(&r->variant[i].name, user) && act(&r->variant[i].reason, user);
    for (int i = 0; ok && i < r->n; i++) {
        ok = each_of_finding(&r->input[i].worst, act, user) && each_of_finding(&r->input[i].kink, act, user);
    }
    return ok;
}

/* ---- writing ----------------------------------------------------------------------------------------------------- */

typedef struct ink { char *at; size_t used; } ink;     /* at NULL: only counted */

static void write_bytes(ink *k, const void *bytes, size_t n)
{
    if (k->at && n) memcpy(k->at + k->used, bytes, n);
    k->used += n;
}

static bool write_string(const char **string, void *user)
{
    int32_t length = *string ? (int32_t)strnlen(*string, MOST_TEXT) : -1;
    write_bytes(user, &length, sizeof length);
    if (length > 0) write_bytes(user, *string, (size_t)length);
    return true;
}

static void write_result(ink *k, const td_check_result *r)
{
    td_check_result copy = *r;
    td_figures figures = r->figures ? *r->figures : (td_figures){0};
    head h = head_of(TD_SAID_RESULT, r->n);
    write_bytes(k, &h, sizeof h);
    write_bytes(k, r, sizeof *r);
    write_bytes(k, r->input, (size_t)r->n * sizeof *r->input);
    if (r->figures) write_bytes(k, r->figures, sizeof *r->figures);
    each_string(&copy, r->figures ? &figures : NULL, write_string, k);
}

void *td_wire_result(const td_check_result *r, size_t *n)
{
    ink measure = {0}, k = {0};
    write_result(&measure, r);
    k.at = malloc(measure.used);
    if (k.at) write_result(&k, r);
    *n = k.used;
    return k.at;
}

void *td_wire_list(const td_list *l, size_t *n)
{
    head h = head_of(TD_SAID_LIST, l->n);
    *n = sizeof h + sizeof l->load + (size_t)l->n * sizeof *l->entry;
    ink k = {malloc(*n), 0};
    if (!k.at) return NULL;
    write_bytes(&k, &h, sizeof h);
    write_bytes(&k, l->load, sizeof l->load);
    write_bytes(&k, l->entry, (size_t)l->n * sizeof *l->entry);
    return k.at;
}

void *td_wire_text(td_said kind, const char *text, size_t *n)
{
    head h = head_of(kind, (int64_t)strnlen(text, TD_REASON - 1));
    *n = sizeof h + (size_t)h.count;
    ink k = {malloc(*n), 0};
    if (!k.at) return NULL;
    write_bytes(&k, &h, sizeof h);
    write_bytes(&k, text, (size_t)h.count);
    return k.at;
}

/* ---- reading ----------------------------------------------------------------------------------------------------- */

typedef struct page { const char *at; size_t left; char *room; } page;     /* room: where strings are put */

static bool read_bytes(page *p, void *out, size_t n)
{
    if (n > p->left) return false;
    if (n) memcpy(out, p->at, n);
    p->at += n, p->left -= n;
    return true;
}

static bool read_head(page *p, head *h)
{
    head wanted = head_of(0, 0);
    if (!read_bytes(p, h, sizeof *h)) return false;
    return h->magic == MAGIC && h->version == VERSION && h->result_size == wanted.result_size &&
        h->input_size == wanted.input_size && h->entry_size == wanted.entry_size && h->count >= 0;
}

td_said td_wire_kind(const void *bytes, size_t n)
{
    page p = {bytes, n, NULL};
    head h;
    bool known = bytes && read_head(&p, &h) && h.kind >= TD_SAID_LIST && h.kind <= TD_SAID_TROUBLE;
    return known ? (td_said)h.kind : (td_said)0;
}

static void make_printable(char *text, size_t size)
{
    text[size - 1] = 0;
    for (; *text; text++) if ((unsigned char)*text < 0x20 || *text == 0x7f) *text = '?';
}

static bool read_string(const char **string, void *user)
{
    page *p = user;
    int32_t length;
    *string = NULL;
    if (!read_bytes(p, &length, sizeof length) || length > MOST_TEXT) return false;
    if (length < 0) return true;
    *string = p->room;
    bool there = read_bytes(p, p->room, (size_t)length);
    p->room[there ? length : 0] = 0;
    make_printable(p->room, (size_t)length + 1);
    p->room += length + 1;
    return there;
}

/* A byte that is neither 0 nor 1 is no bool, and must not be read as one. */
static bool is_bool(const void *at)
{
    unsigned char byte;
    memcpy(&byte, at, 1);
    return byte <= 1;
}

static bool is_sound_finding(td_finding *f)
{
    if (!is_bool(&f->quad)) return false;
    make_printable(f->reason, sizeof f->reason);
    return (unsigned)f->verdict <= TD_KINK && (unsigned)f->alone <= TD_ALONE_CLAIM && (unsigned)f->asked <= TD_ASKED_LAW &&
        (unsigned)f->grade <= TD_WRONG && (f->asked != TD_ASKED_LAW || f->law);
}

static bool has_bools(const td_check_result *r)
{
    bool ok = is_bool(&r->refused) && is_bool(&r->blame.found) && is_bool(&r->blame.twice);
    for (int i = 0; ok && i < TD_VARIANTS; i++) ok = is_bool(&r->variant[i].asked);
    return ok;
}

static bool is_sound_figures(td_figures *g)
{
    return is_sound_finding(&g->asked) && td_figures_are_sound(g);
}

static bool is_sound(td_check_result *r)
{
    if (!has_bools(r)) return false;
    make_printable(r->blame.shapes, sizeof r->blame.shapes);
    make_printable(r->blame.hint, sizeof r->blame.hint);
    make_printable(r->second_reason, sizeof r->second_reason);
    bool ok = (unsigned)r->verdict <= TD_INCONCLUSIVE && is_sound_finding(&r->worst) && (!r->blame.found || r->blame.op) &&
        (unsigned)r->blame.asked <= TD_ASKED_LAW && (unsigned)r->n_pace <= TD_PACES;
    ok = ok && (!r->figures || is_sound_figures(r->figures));
    for (int i = 0; ok && i < r->n; i++) {
        td_check_input *in = &r->input[i];
        make_printable(in->fd_reason, sizeof in->fd_reason);
        make_printable(in->quad_reason, sizeof in->quad_reason);
        ok = (unsigned)in->verdict <= TD_KINK && is_sound_finding(&in->worst) && is_sound_finding(&in->kink);
    }
    return ok;
}

/* Strings stand behind the inputs, in one block with them. */
td_check_result *td_wire_read_result(const void *bytes, size_t n)
{
    page p = {bytes, n, NULL};
    head h;
    if (!bytes || !read_head(&p, &h) || h.kind != TD_SAID_RESULT || h.count < 1 || h.count > MOST_INPUTS) return NULL;
    size_t inputs = (size_t)h.count * sizeof(td_check_input);
    td_check_result *r = malloc(sizeof *r);
    char *block = malloc(inputs + 2 * p.left + MOST_TEXT);
    bool ok = r && block && read_bytes(&p, r, sizeof *r) && r->n == h.count && read_bytes(&p, block, inputs);
    td_figures *g = ok && r->figures ? malloc(sizeof *g) : NULL;
    if (ok && r->figures) ok = g && read_bytes(&p, g, sizeof *g);
    if (ok) {
        r->input = (td_check_input *)(void *)block;
        r->figures = g;
        p.room = block + inputs;
        ok = each_string(r, g, read_string, &p) && p.left == 0 && is_sound(r);
    }
    if (ok) return r;
    free(g);
    free(block);
    free(r);
    return NULL;
}

typedef struct keeper { const char *(*keep)(void *user, const char *text); void *user; } keeper;

static bool keep_string(const char **string, void *user)
{
    const keeper *k = user;
    if (*string) *string = k->keep(k->user, *string);
    return true;
}

void td_result_keep_strings(td_check_result *r, const char *(*keep)(void *user, const char *text), void *user)
{
    keeper k = {keep, user};
    each_string(r, r->figures, keep_string, &k);
}

bool td_wire_read_list(const void *bytes, size_t n, td_list *out)
{
    page p = {bytes, n, NULL};
    head h;
    *out = (td_list){0};
    if (!bytes || !read_head(&p, &h) || h.kind != TD_SAID_LIST || h.count > TD_MOST_ENTRIES) return false;
    out->entry = malloc((size_t)h.count * sizeof *out->entry + 1);
    bool ok = out->entry && read_bytes(&p, out->load, sizeof out->load) &&
        read_bytes(&p, out->entry, (size_t)h.count * sizeof *out->entry) && p.left == 0;
    for (int64_t i = 0; ok && i < h.count; i++) {
        td_entry *e = &out->entry[i];
        make_printable(e->name, sizeof e->name);
        make_printable(e->signature, sizeof e->signature);
        make_printable(e->reason, sizeof e->reason);
        ok = e->parts >= 0 && e->parts <= 8;
    }
    out->n = ok ? h.count : 0;
    make_printable(out->load, sizeof out->load);
    if (!ok) free(out->entry), out->entry = NULL;
    return ok;
}

bool td_wire_read_text(const void *bytes, size_t n, char text[TD_REASON])
{
    page p = {bytes, n, NULL};
    head h;
    text[0] = 0;
    if (!bytes || !read_head(&p, &h) || h.count >= TD_REASON || !read_bytes(&p, text, (size_t)h.count)) return false;
    text[h.count] = 0;
    make_printable(text, TD_REASON);
    return p.left == 0;
}

td_check_result *td_result_copy(const td_check_result *r)
{
    size_t n;
    void *bytes = td_wire_result(r, &n);
    td_check_result *copy = bytes ? td_wire_read_result(bytes, n) : NULL;
    free(bytes);
    return copy;
}
