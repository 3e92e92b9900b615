/* test_reference.c: values and gradients beside PyTorch's, for every line of the .txt files in tests/reference/ (reference.py there).
 *
 * How far two right answers may lie apart is not chosen: the tape is replayed in running-error arithmetic, which bounds what
 * rounding can have done to each number of it, whatever the order of sums.  PyTorch's rounding, of functions that are not
 * rounded as well as ours, is granted SLACK times as much, and so many ulp; and where a line says that its formula
 * cancels, the absolute error that it says. */
#include "testing.h"

#include <dirent.h>

#include "expr/expr.h"

enum { OPERANDS = 8, FIELDS = 3 * OPERANDS + 3, MOST = 4096, SLACK = 8, ULPS = 8 };

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

static int64_t read_numbers(const char *text, double *value)
{
    int64_t n = 0;
    char *end;
    for (double v = strtod(text, &end); end != text && n < MOST; v = strtod(text, &end)) value[n++] = v, text = end;
    return n;
}

/* "f64[2,3] 1 2 ..." */
static bool read_array(const char *text, array *a)
{
    static const struct { const char *name; td_dtype dtype; } dtypes[] = {{"f64", TD_F64}, {"i64", TD_I64}, {"bool", TD_BOOL}};
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

static td_tensor *made(td_context *c, const array *a)
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
} asked;

static bool read_operands(const line *l, asked *a)
{
    static array room;
    for (int k = 1; k < l->fields && l->field[k][0] != '=' && a->n < OPERANDS; k++, a->n++) {
        const char *colon = strchr(l->field[k], ':');
        if (!colon || !read_array(colon + 1, &room)) return false;
        snprintf(a->name[a->n], sizeof a->name[0], "%.*s", (int)(colon - l->field[k]), l->field[k]);
        a->names[a->n] = a->name[a->n];
        a->in[a->n] = made(a->c, &room);
    }
    return true;
}

static const char *field_of(const line *l, const char *start)
{
    for (int k = 1; k < l->fields; k++)
        if (!strncmp(l->field[k], start, strlen(start))) return l->field[k] + strlen(start);
    return NULL;
}

/* PyTorch's number t against the tape's v, which would be `exact` but for rounding of at most `bound`. */
static bool close_enough(const line *l, double t, double v, double exact, double bound)
{
    const char *cancels = field_of(l, "~ ");
    if (same_value(t, v)) return true;
    return fabs(t - exact) <= SLACK * bound + ULPS * 0x1p-52 * fabs(t) + ULPS * 0x1p-1074 + (cancels ? strtod(cancels, NULL) : 0);
}

static void compare(const line *l, const asked *a, const char *what, td_tensor *x, int64_t n, const double *wanted)
{
    static double value[MOST], exact[MOST], bound[MOST];
    CHECK(td_numel(x) == n, "%s:%d: %s: %s has %lld numbers, PyTorch's %lld: %s", l->file, l->number, l->field[0], what,
          (long long)td_numel(x), (long long)n, td_message(a->c));
    if (td_numel(x) != n || td_read(x, value) || td_replay_read(a->replay, x, exact, bound)) return;
    for (int64_t i = 0; i < n; i++)
        CHECK(close_enough(l, wanted[i], value[i], exact[i], bound[i]),
              "%s:%d: %s: %s, number %lld: %.17g, PyTorch's %.17g (bound %.1e)", l->file, l->number, l->field[0], what,
              (long long)i, value[i], wanted[i], bound[i]);
}

static void compare_shape(const line *l, const asked *a, const array *wanted)
{
    bool same = td_rank(a->y) == wanted->rank && td_dtype_of(a->y) == wanted->dtype;
    for (int i = 0; same && i < wanted->rank; i++) same = td_size(a->y, i) == wanted->size[i];
    CHECK(same, "%s:%d: %s: shape or dtype is not PyTorch's, %s", l->file, l->number, l->field[0], field_of(l, "="));
}

/* The sweep back, from the cotangent. */
static bool sweep(const line *l, asked *a)
{
    static array g;
    const char *text = field_of(l, "g ");
    if (!text || !td_requires_grad(a->y)) return false;
    g.n = read_numbers(text, g.value);
    g.rank = td_rank(a->y);
    for (int i = 0; i < g.rank; i++) g.size[i] = td_size(a->y, i);
    return !td_backward_from(a->y, td_array(a->c, TD_F64, g.rank, g.size, g.value));
}

static void compare_gradients(const line *l, const asked *a)
{
    static double wanted[MOST];
    for (int k = 0; k < a->n; k++) {
        char start[40];
        snprintf(start, sizeof start, "%s' ", a->name[k]);
        const char *text = field_of(l, start);
        if (text) compare(l, a, start, a->grad[k], read_numbers(text, wanted), wanted);
    }
}

static void run(const line *l, asked *a)
{
    static array wanted;
    td_expr_trouble why = {0};
    a->e = td_expr_parse(l->field[0], (int64_t)strlen(l->field[0]), a->n, a->names, &why);
    CHECK(a->e, "%s:%d: %s: %s", l->file, l->number, l->field[0], why.why);
    if (!a->e || !field_of(l, "=") || !read_array(field_of(l, "="), &wanted)) return;
    a->y = td_expr_program(a->c, a->in, a->e);
    bool swept = !td_error(a->c) && sweep(l, a);
    for (int k = 0; k < a->n && swept; k++)
        a->grad[k] = td_requires_grad(a->in[k]) ? td_grad(a->in[k]) : NULL;      /* zeros are made when asked for */
    a->replay = td_error(a->c) ? NULL : td_replay_new(a->c, td_node_count(a->c));
    CHECK(a->replay, "%s:%d: %s: %s", l->file, l->number, l->field[0], td_message(a->c));
    if (!a->replay) return;
    compare_shape(l, a, &wanted);
    compare(l, a, "value", a->y, wanted.n, wanted.value);
    if (swept) compare_gradients(l, a);
}

static void check_line(const line *l)
{
    asked a = {.c = td_open(NULL)};
    if (read_operands(l, &a)) run(l, &a);
    else CHECK(false, "%s:%d: an operand can't be read", l->file, l->number);
    td_replay_free(a.replay);
    td_expr_free(a.e);
    td_close(a.c);
}

/* ---- all files ---------------------------------------------------------------------------------------------------- */

static void check_text(const char *file, int number, char *text)
{
    line l = {.file = file, .number = number};
    text[strcspn(text, "\n")] = 0;
    for (char *p = text; p && l.fields < FIELDS; p = strchr(p, '|')) {
        if (p != text) *p++ = 0;
        l.field[l.fields++] = p;
    }
    check_line(&l);
}

static int check_file(const char *path)
{
    char *text = NULL;
    size_t room = 0;
    int number = 0, cases = 0;
    FILE *file = fopen(path, "r");
    CHECK(file, "can't open %s", path);
    for (; file && getline(&text, &room, file) > 0; number++) {
        if (text[0] == '#') continue;
        check_text(strrchr(path, '/') + 1, number + 1, text);
        cases++;
    }
    free(text);
    if (file) fclose(file);
    return cases;
}

TEST(reference, values_and_gradients_are_pytorchs)
{
    char path[1024], folder[512];
    int cases = 0;
    snprintf(folder, sizeof folder, "%s/tests/reference", getenv("top_srcdir") ? getenv("top_srcdir") : ".");
    DIR *d = opendir(folder);
    CHECK(d, "can't open %s", folder);
    for (struct dirent *f = d ? readdir(d) : NULL; f; f = readdir(d)) {
        size_t n = strlen(f->d_name);
        if (n < 4 || strcmp(f->d_name + n - 4, ".txt")) continue;
        snprintf(path, sizeof path, "%s/%.255s", folder, f->d_name);
        cases += check_file(path);
    }
    if (d) closedir(d);
    CHECK(cases >= 1000, "only %d cases were read", cases);
}
