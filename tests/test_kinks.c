/* test_kinks.c: the conventions of tests/kinks.txt, asked of the tape and of the dual engine alike.
 *
 * The two share no code for them on purpose; this table is all they have in common. */
#include "testing.h"

enum { MOST = 8, FIELDS = 5, OPERANDS = 4 };

typedef struct list {
    bool    given, vector, boolean, index;
    int64_t n;
    double  value[MOST];
} list;

typedef struct row {
    int          line;
    const td_op *op;
    td_attr      attr;
    int          n_in;
    list         in[OPERANDS], value, gradient[OPERANDS];
} row;

/* ---- reading the table -------------------------------------------------------------------------------------------- */

/* Splits text at a separator, in place; how many parts. */
static int split(char *text, char at, char **part, int most)
{
    int n = 0;
    while (text && n < most) {
        part[n++] = text;
        text = strchr(text, at);
        if (text) *text++ = 0;
    }
    return n;
}

static list read_list(char *text)
{
    list  l = {.vector = strchr(text, '[') != NULL, .boolean = strchr(text, '?') != NULL, .index = strchr(text, '@') != NULL};
    char *save = NULL;
    for (char *word = strtok_r(text, " []?@\n", &save); word && l.n < MOST; word = strtok_r(NULL, " []?@\n", &save)) {
        if (!strcmp(word, "-")) return l;
        l.value[l.n++] = strtod(word, NULL);
    }
    l.given = true;
    return l;
}

static void read_attributes(char *text, td_attr *attr)
{
    char *save = NULL;
    for (char *word = strtok_r(text, " ", &save); word; word = strtok_r(NULL, " ", &save)) {
        double v = strtod(strchr(word, '=') + 1, NULL);
        if (!strncmp(word, "a=", 2)) attr->a = v;
        else if (!strncmp(word, "b=", 2)) attr->b = v;
        else if (!strncmp(word, "axes=", 5)) attr->axes = (uint32_t)v;
        else if (!strncmp(word, "axis=", 5)) attr->axis = (int16_t)v;
        else if (!strncmp(word, "list=", 5)) attr->list[attr->n_list++] = (int64_t)v;
        else CHECK(false, "kinks.txt: attribute %s", word);
    }
}

/* False for comments and empty lines. */
static bool read_row(char *text, row *r)
{
    char *field[FIELDS], *part[OPERANDS], *name, *save = NULL;
    int   line = r->line;
    if (text[0] == '#' || split(text, '|', field, FIELDS) != FIELDS) return false;
    *r = (row){.line = line};
    name = strtok_r(field[0], " ", &save);
    r->op = td_op_by_name(name);
    CHECK(r->op != NULL, "kinks.txt:%d: no op %s", line, name);
    read_attributes(field[1], &r->attr);
    r->n_in = split(field[2], ';', part, OPERANDS);
    for (int k = 0; k < r->n_in; k++) r->in[k] = read_list(part[k]);
    r->value = read_list(field[3]);
    for (int k = split(field[4], ';', part, OPERANDS); k-- > 0;) r->gradient[k] = read_list(part[k]);
    return r->op != NULL;
}

/* ---- asking an engine --------------------------------------------------------------------------------------------- */

static td_tensor *operand(td_context *c, const list *l)
{
    uint8_t boolean[MOST];
    int64_t index[MOST];
    for (int64_t i = 0; i < l->n; i++) boolean[i] = l->value[i] != 0, index[i] = l->index ? (int64_t)l->value[i] : 0;
    if (l->index) return td_array(c, TD_I64, l->vector, &l->n, index);
    return td_array(c, l->boolean ? TD_BOOL : TD_F64, l->vector, &l->n, l->boolean ? (const void *)boolean : l->value);
}

/* 0 and -0 are one; NaN is NaN; anything else to within an ulp or two, since 1/3 may be made in two ways. */
static bool agrees(double got, double expected)
{
    return same_value(got, expected) || fabs(got - expected) <= 0x1p-51 * fabs(expected);
}

static void check_list(const row *r, const char *what, int operand_index, const list *expected, const double *got)
{
    for (int64_t i = 0; i < expected->n; i++)
        CHECK(agrees(got[i], expected->value[i]), "kinks.txt:%d: %s %s %d, number %lld: %.17g, expected %.17g", r->line,
              r->op->name, what, operand_index, (long long)i, got[i], expected->value[i]);
}

static void ask_tape(const row *r)
{
    td_context *c = td_open(NULL);
    td_tensor  *in[OPERANDS];
    double      got[MOST];
    for (int k = 0; k < r->n_in; k++) {
        in[k] = operand(c, &r->in[k]);
        if (r->gradient[k].given) td_require_grad(in[k]);
    }
    td_tensor *y = td_apply(r->op, r->n_in, in, &r->attr);
    if (!td_read(y, got)) check_list(r, "tape value", 0, &r->value, got);
    for (int k = 0; k < r->n_in; k++) {
        if (!r->gradient[k].given) continue;
        td_zero_grad(in[k]);
        if (td_requires_grad(y)) td_backward(td_sum(y));
        if (!td_read(td_grad(in[k]), got)) check_list(r, "tape gradient", k, &r->gradient[k], got);
    }
    CHECK(!td_error(c), "kinks.txt:%d: %s tape: %s", r->line, r->op->name, td_message(c));
    td_close(c);
}

/* The derivative of the result's sum by coordinate i of operand k. */
static double dual_derivative(const row *r, td_context *c, int k, int64_t i)
{
    td_tensor *in[OPERANDS];
    double     v[MOST] = {0}, tangent[MOST] = {0}, sum = 0;
    v[i] = 1;
    for (int j = 0; j < r->n_in; j++) in[j] = operand(c, &r->in[j]);
    td_set_tangent(in[k], 0, v);
    td_tensor *y = td_apply(r->op, r->n_in, in, &r->attr);
    if (td_read_lane(y, 0, tangent, NULL)) return NAN;
    for (int64_t j = 0; j < td_numel(y); j++) sum += tangent[j];
    return sum;
}

static void ask_dual(const row *r)
{
    td_context *c = open_engine(td_dual_engine());
    td_tensor  *in[OPERANDS];
    double      got[MOST];
    for (int k = 0; k < r->n_in; k++) in[k] = operand(c, &r->in[k]);
    if (!td_read(td_apply(r->op, r->n_in, in, &r->attr), got)) check_list(r, "dual value", 0, &r->value, got);
    for (int k = 0; k < r->n_in; k++) {
        if (!r->gradient[k].given) continue;
        for (int64_t i = 0; i < r->in[k].n; i++) got[i] = dual_derivative(r, c, k, i);
        check_list(r, "dual gradient", k, &r->gradient[k], got);
    }
    CHECK(!td_error(c), "kinks.txt:%d: %s dual: %s", r->line, r->op->name, td_message(c));
    td_close(c);
}

static int for_each_row(void (*ask)(const row *r))
{
    char  path[512], text[512];
    int   count = 0;
    row   r = {0};
    snprintf(path, sizeof path, "%s/tests/kinks.txt", getenv("top_srcdir") ? getenv("top_srcdir") : ".");
    FILE *file = fopen(path, "r");
    CHECK(file != NULL, "can't open %s", path);
    while (file && fgets(text, sizeof text, file)) {
        r.line++;
        if (!read_row(text, &r)) continue;
        ask(&r);
        count++;
    }
    if (file) fclose(file);
    return count;
}

TEST(kinks, the_tape_keeps_every_convention)
{
    int count = for_each_row(ask_tape);
    CHECK(count >= 60, "only %d rows read", count);
}

TEST(kinks, the_dual_engine_keeps_every_convention)
{
    int count = for_each_row(ask_dual);
    CHECK(count >= 60, "only %d rows read", count);
}
