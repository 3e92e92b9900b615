/* json_read.c: JSON from memory. */
#include "json.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct reader {
    char    *begin, *at;           /* the copy, which ends with a NUL that the text does not count */
    size_t   size;
    td_json *node;                 /* the next free one */
    int      depth;
    char    *why;
} reader;

static bool fail(const reader *r, const char *what)
{
    int line = 1, column = 1;
    for (const char *c = r->begin; c < r->at; c++) {
        column = *c == '\n' ? 1 : column + 1;
        line += *c == '\n';
    }
    if (!r->why[0]) snprintf(r->why, TD_REASON, "line %d, column %d: %s", line, column, what);
    return false;
}

static void skip_space(reader *r)
{
    while (*r->at == ' ' || *r->at == '\t' || *r->at == '\n' || *r->at == '\r') r->at++;
}

/* ---- strings ----------------------------------------------------------------------------------------------------- */

static int hex_digit(char c)
{
    return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* Four digits at s; -1: they are none. */
static long hex_four(const char *s)
{
    long code = 0;
    for (int i = 0; i < 4; i++) {
        int d = hex_digit(s[i]);
        if (d < 0) return -1;
        code = code * 16 + d;
    }
    return code;
}

static char *put_utf8(char *to, unsigned long code)
{
    if (code < 0x80) *to++ = (char)code;
    else if (code < 0x800) *to++ = (char)(0xc0 | code >> 6), *to++ = (char)(0x80 | (code & 0x3f));
    else {
        if (code < 0x10000) *to++ = (char)(0xe0 | code >> 12);
        else *to++ = (char)(0xf0 | code >> 18), *to++ = (char)(0x80 | (code >> 12 & 0x3f));
        *to++ = (char)(0x80 | (code >> 6 & 0x3f));
        *to++ = (char)(0x80 | (code & 0x3f));
    }
    return to;
}

/* After \u.  Half a pair, and NUL, which would end the string, become U+FFFD.  What is put is never longer than its escape.
 * */
static bool unicode(reader *r, char **to)
{
    long code = hex_four(r->at), low;
    if (code < 0) return fail(r, "\\u wants four hexadecimal digits");
    r->at += 4;
    if (code >= 0xd800 && code < 0xdc00 && r->at[0] == '\\' && r->at[1] == 'u' && (low = hex_four(r->at + 2)) >= 0xdc00 &&
        low < 0xe000) {
        code = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
        r->at += 6;
    }
    *to = put_utf8(*to, code == 0 || (code >= 0xd800 && code < 0xe000) ? 0xfffd : (unsigned long)code);
    return true;
}

static bool escape(reader *r, char **to)
{
    static const char from[] = "\"\\/bfnrt", into[] = "\"\\/\b\f\n\r\t";
    const char *found = *r->at ? strchr(from, *r->at) : NULL;
    if (*r->at == 'u') return r->at++, unicode(r, to);
    if (!found) return fail(r, "no such escape");
    *(*to)++ = into[found - from];
    r->at++;
    return true;
}

/* At the opening quote.  The end is put where the closing quote stood, or before. */
static bool string(reader *r, const char **out)
{
    char *to = ++r->at;
    *out = to;
    while (*r->at != '"') {
        if ((unsigned char)*r->at < 0x20) return fail(r, r->at == r->begin + r->size ? "a string does not end" :
                                                      "a control character in a string");
        if (*r->at != '\\') *to++ = *r->at++;
        else if (r->at++, !escape(r, &to)) return false;
    }
    r->at++;
    *to = 0;
    return true;
}

/* ---- numbers ----------------------------------------------------------------------------------------------------- */

static int digits(const char *s)
{
    int n = 0;
    while (s[n] >= '0' && s[n] <= '9') n++;
    return n;
}

/* strtod and strtoll take more than JSON does, so the grammar is walked first. */
static bool number(reader *r, td_json *v)
{
    char *s = r->at + (*r->at == '-');
    int n = digits(s), part;
    if (!n || (n > 1 && *s == '0')) return fail(r, "a number is misspelt");
    s += n;
    v->whole = *s != '.' && *s != 'e' && *s != 'E';
    if (*s == '.') {
        if (!(part = digits(++s))) return fail(r, "no digits after the point");
        s += part;
    }
    if (*s == 'e' || *s == 'E') {
        s++;
        s += *s == '+' || *s == '-';
        if (!(part = digits(s))) return fail(r, "no digits in the exponent");
        s += part;
    }
    v->kind = TD_JSON_NUMBER;
    v->number = strtod(r->at, NULL);
    errno = 0;
    if (v->whole) v->integer = strtoll(r->at, NULL, 10);
    if (errno) v->whole = false, v->integer = 0;
    r->at = s;
    return true;
}

/* ---- values ------------------------------------------------------------------------------------------------------ */

static bool value(reader *r, td_json *v);

static bool word(reader *r, td_json *v)
{
    static const struct { const char *text; td_json_kind kind; } words[] = {
        {"null", TD_JSON_NULL}, {"false", TD_JSON_FALSE}, {"true", TD_JSON_TRUE}};
    for (int i = 0; i < 3; i++) {
        size_t n = strlen(words[i].text);
        if (strncmp(r->at, words[i].text, n)) continue;
        v->kind = words[i].kind;
        r->at += n;
        return true;
    }
    return fail(r, "a value was expected");
}

static bool key(reader *r, const char **out)
{
    if (*r->at != '"') return fail(r, "a name in quotes was expected");
    if (!string(r, out)) return false;
    skip_space(r);
    if (*r->at != ':') return fail(r, "a colon was expected");
    r->at++;
    return true;
}

/* At the opening bracket. */
static bool many(reader *r, td_json *v, char close)
{
    const td_json **link = &v->first;
    if (++r->depth > TD_JSON_DEPTH) return fail(r, "nested too deep");
    r->at++;
    skip_space(r);
    if (*r->at == close) return r->at++, r->depth--, true;
    for (;;) {
        td_json *child = r->node++;
        skip_space(r);
        if (close == '}' && !key(r, &child->key)) return false;
        if (!value(r, child)) return false;
        *link = child;
        link = &child->next;
        if (*r->at == close) return r->at++, r->depth--, true;
        if (*r->at != ',') return fail(r, "a comma or the end was expected");
        r->at++;
    }
}

/* And the space around it. */
static bool value(reader *r, td_json *v)
{
    bool ok;
    skip_space(r);
    if (*r->at == '{') v->kind = TD_JSON_OBJECT, ok = many(r, v, '}');
    else if (*r->at == '[') v->kind = TD_JSON_ARRAY, ok = many(r, v, ']');
    else if (*r->at == '"') v->kind = TD_JSON_STRING, ok = string(r, &v->text);
    else if (*r->at == '-' || digits(r->at)) ok = number(r, v);
    else ok = word(r, v);
    skip_space(r);
    return ok;
}

/* ---- the whole --------------------------------------------------------------------------------------------------- */

/* A value follows the beginning, an opening bracket or a comma, and a comma that stands in a string costs a node. */
static size_t most_nodes(const char *text, size_t n)
{
    size_t nodes = 1;
    for (size_t i = 0; i < n; i++) nodes += text[i] == ',' || text[i] == '[' || text[i] == '{';
    return nodes;
}

/* The nodes, the root first, and behind them the copy. */
td_json *td_json_parse(const char *text, size_t n, char *why)
{
    reader r = {.size = n, .why = why};
    size_t nodes = most_nodes(text, n);
    why[0] = 0;
    if (n > TD_JSON_SIZE) return snprintf(why, TD_REASON, "longer than %d MiB", TD_JSON_SIZE >> 20), NULL;
    td_json *root = calloc(1, nodes * sizeof *root + n + 1);
    if (!root) return snprintf(why, TD_REASON, "out of memory"), NULL;
    r.begin = r.at = (char *)(root + nodes);
    if (n) memcpy(r.begin, text, n);
    r.node = root + 1;
    if (value(&r, root) && (r.at == r.begin + n || fail(&r, "more follows the end"))) return root;
    free(root);
    return NULL;
}

void td_json_free(td_json *v)
{
    free(v);
}

const td_json *td_json_member(const td_json *v, const char *name)
{
    const td_json *m = v && v->kind == TD_JSON_OBJECT ? v->first : NULL;
    while (m && strcmp(m->key, name)) m = m->next;
    return m;
}

bool td_json_integer(const td_json *v, int64_t *out)
{
    if (!v || v->kind != TD_JSON_NUMBER || !v->whole) return false;
    *out = v->integer;
    return true;
}

bool td_json_number(const td_json *v, double *out)
{
    char *end = NULL;
    double x = 0;
    if (v && v->kind == TD_JSON_NUMBER) return *out = v->number, true;
    if (!v || v->kind != TD_JSON_STRING) return false;
    x = strtod(v->text, &end);
    if (end == v->text || *end) return false;
    *out = isnan(x) ? NAN : x;
    return true;
}

const char *td_json_text(const td_json *v)
{
    return v && v->kind == TD_JSON_STRING ? v->text : NULL;
}
