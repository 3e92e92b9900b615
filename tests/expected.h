/* expected.h: lines of expressions, operands and numbers that are expected of them, as tests/reference/reference.py writes
 * them: how they are read, and asked of the tape and of its replay in running-error arithmetic. */
#ifndef EXPECTED_H
#define EXPECTED_H

#include "testing.h"

#include "expr/expr.h"

enum { OPERANDS = 8, FIELDS = 3 * OPERANDS + 3, MOST = 4096 };

typedef struct array {
    td_dtype dtype;
    int      rank;
    int64_t  size[TD_MAX_RANK], n;
    double   value[MOST];
} array;

/* One line, cut into its fields. */
typedef struct line {
    const char *file;
    int         number, fields;
    char       *field[FIELDS];
} line;

/* ---- reading ------------------------------------------------------------------------------------------------------ */

static inline int64_t read_numbers(const char *text, double *value)
{
    int64_t n = 0;
    char *end;
    for (double v = strtod(text, &end); end != text && n < MOST; v = strtod(text, &end)) value[n++] = v, text = end;
    return n;
}

/* "f64[2,3] 1 2 ..." */
static inline bool read_array(const char *text, array *a)
{
    static const struct { const char *name; td_dtype dtype; } dtypes[] = {
        {"f64", TD_F64}, {"i64", TD_I64}, {"bool", TD_BOOL}};
    const char *open = strchr(text, '['), *close = strchr(text, ']');
    int which = 0;
    while (which < 3 && strncmp(text, dtypes[which].name, strlen(dtypes[which].name))) which++;
    if (!open || !close || which == 3) return false;
    a->dtype = dtypes[which].dtype;
    a->rank = 0;
    int64_t n = 1;
    for (const char *p = open + 1; p < close && a->rank < TD_MAX_RANK; p += strcspn(p, ",]") + 1)
        n *= a->size[a->rank++] = strtoll(p, NULL, 10);
    a->n = read_numbers(close + 1, a->value);
    return a->n == n;
}

/* ---- asking ------------------------------------------------------------------------------------------------------- */

static inline td_tensor *made(td_context *c, const array *a)
{
    td_tensor *x = td_array(c, TD_F64, a->rank, a->size, a->value);
    return a->dtype == TD_F64 ? td_require_grad(x) : td_to(x, a->dtype);
}

/* A case as it runs: its operands, its result, and the tape once more in running-error arithmetic. */
typedef struct asked {
    td_context *c;
    int         n;
    char        name[OPERANDS][32];
    const char *names[OPERANDS];
    td_tensor  *in[OPERANDS], *grad[OPERANDS], *y;
    td_expr    *e;
    td_replay  *replay;
    bool        swept;
} asked;

static inline bool read_operands(const line *l, asked *a)
{
    static array room;
    for (int k = 1; k < l->fields && a->n < OPERANDS; k++, a->n++) {
        const char *colon = strchr(l->field[k], ':');
        if (l->field[k][0] == '=' || !strncmp(l->field[k], "refused ", 8)) break;
        if (!colon || !read_array(colon + 1, &room)) return false;
        snprintf(a->name[a->n], sizeof a->name[0], "%.*s", (int)(colon - l->field[k]), l->field[k]);
        a->names[a->n] = a->name[a->n];
        a->in[a->n] = made(a->c, &room);
    }
    return true;
}

static inline const char *field_of(const line *l, const char *start)
{
    for (int k = 1; k < l->fields; k++)
        if (!strncmp(l->field[k], start, strlen(start))) return l->field[k] + strlen(start);
    return NULL;
}

/* The sweep back, from the cotangent. */
static inline bool sweep(const line *l, asked *a)
{
    static array g;
    const char *text = field_of(l, "g ");
    if (!text || !td_requires_grad(a->y)) return false;
    g.n = read_numbers(text, g.value);
    g.rank = td_rank(a->y);
    for (int i = 0; i < g.rank; i++) g.size[i] = td_size(a->y, i);
    return !td_backward_from(a->y, td_array(a->c, TD_F64, g.rank, g.size, g.value));
}

/* Recorded, swept back if there is a cotangent, and replayed.  False: a test has failed. */
static inline bool ask(const line *l, asked *a)
{
    td_expr_trouble why = {0};
    a->e = td_expr_parse(l->field[0], (int64_t)strlen(l->field[0]), a->n, a->names, &why);
    CHECK(a->e, "%s:%d: %s: %s", l->file, l->number, l->field[0], why.why);
    if (!a->e) return false;
    a->y = td_expr_program(a->c, a->in, a->e);
    a->swept = !td_error(a->c) && sweep(l, a);
    for (int k = 0; k < a->n && a->swept; k++)
        a->grad[k] = td_requires_grad(a->in[k]) ? td_grad(a->in[k]) : NULL;      /* zeros are made when asked for */
    a->replay = td_error(a->c) ? NULL : td_replay_new(a->c, td_node_count(a->c));
    CHECK(a->replay, "%s:%d: %s: %s", l->file, l->number, l->field[0], td_message(a->c));
    return a->replay != NULL;
}

static inline void forget(asked *a)
{
    td_replay_free(a->replay);
    td_expr_free(a->e);
    td_close(a->c);
}

/* ---- files -------------------------------------------------------------------------------------------------------- */

/* Calls `with` for each line of a file that is no comment; how many there were. */
static inline int each_case(const char *path, void (*with)(const line *l))
{
    char *text = NULL;
    size_t room = 0;
    int number = 0, cases = 0;
    FILE *file = fopen(path, "r");
    CHECK(file, "can't open %s", path);
    while (file && getline(&text, &room, file) > 0) {
        line l = {.file = strrchr(path, '/') + 1, .number = ++number};
        text[strcspn(text, "\n")] = 0;
        if (text[0] == '#') continue;
        for (char *p = text; p && l.fields < FIELDS; p = strchr(p, '|')) {
            if (p != text) *p++ = 0;
            l.field[l.fields++] = p;
        }
        with(&l);
        cases++;
    }
    free(text);
    if (file) fclose(file);
    return cases;
}

static inline const char *tests_folder(void) { return getenv("top_srcdir") ? getenv("top_srcdir") : "."; }

#endif
