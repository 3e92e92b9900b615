/* expr.c: triad expr: a one-line program under every engine: its value, its gradients with their bounds, the verdict. */
#include "cli.h"
#include "expr/expr.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { SHOWN = 12 };               /* numbers of the value, and of each gradient */

/* An expression and what it is about. */
typedef struct job {
    const td_args *a;
    td_context    *c;              /* where the inputs lie */
    const char    *text;           /* borrowed */
    td_expr       *e;
    int            n;
    char           name[TD_EXPR_INPUTS][TD_EXPR_NAME + 1];
    td_tensor     *in[TD_EXPR_INPUTS];
} job;

/* ---- complaints with a caret -------------------------------------------------------------------------------------- */

enum { BEFORE = 50, WINDOW = 74 };

/* The part of text around byte `at`, and a caret below that byte. */
static int point_at(const char *text, int64_t at, const char *why)
{
    int64_t length = (int64_t)strlen(text), first = at > BEFORE ? at - BEFORE : 0;
    td_complain("%s", why);
    fputs("  ", stderr);
    for (int64_t i = first; i < length && i < first + WINDOW; i++)
        fputc(text[i] < ' ' || text[i] > '~' ? '?' : text[i], stderr);
    fprintf(stderr, "\n  %*s\n", (int)(at - first) + 1, "^");
    return TD_EXIT_TROUBLE;
}

/* ---- inputs: NAME=file.npy, NAME=numbers -------------------------------------------------------------------------- */

static bool ends_with(const char *text, const char *end)
{
    size_t n = strlen(text), m = strlen(end);
    return n >= m && !strcmp(text + n - m, end);
}

static td_tensor *numbers(job *j, const char *word, const char *values)
{
    td_expr_list l;
    td_expr_trouble why;
    if (!td_expr_values(values, (int64_t)strlen(values), &l, &why)) {
        point_at(word, values - word + why.at, why.why);
        return NULL;
    }
    td_tensor *x = td_array(j->c, TD_F64, l.rank, l.size, l.n ? l.value : &(double){0});
    free(l.value);
    return x;
}

/* In the one dtype that was asked for, if one was; whole numbers and bool stay. */
static td_tensor *in_dtype(const job *j, td_tensor *x)
{
    bool real = td_dtype_of(x) == TD_F32 || td_dtype_of(x) == TD_F64;
    return !real || (j->a->f32 && j->a->f64) ? x : td_to(x, j->a->f32 ? TD_F32 : TD_F64);
}

static bool is_name(const char *text, size_t length)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_", digits[] = "0123456789";
    if (!length || length > TD_EXPR_NAME || !strchr(letters, text[0])) return false;
    for (size_t i = 0; i < length; i++) if (!strchr(letters, text[i]) && !strchr(digits, text[i])) return false;
    return true;
}

static bool take_input(job *j, const char *word)
{
    const char *equals = strchr(word, '=');
    size_t length = equals ? (size_t)(equals - word) : 0;
    if (!is_name(word, length)) return td_complain("expr wants NAME=file.npy or NAME=1,2,4: %s", word), false;
    if (j->n == TD_EXPR_INPUTS) return td_complain("expr takes at most %d inputs", TD_EXPR_INPUTS), false;
    memcpy(j->name[j->n], word, length);
    for (int i = 0; i < j->n; i++) {
        if (!strcmp(j->name[i], j->name[j->n])) return td_complain("%s is given twice", j->name[i]), false;
    }
    bool file = ends_with(word, ".npy");
    if (!file && !strchr("+-.[0123456789in", equals[1]))
        return td_complain("%s: neither numbers nor a .npy file", word), false;
    td_tensor *x = file ? (td_load_npy)(j->c, equals + 1) : numbers(j, word, equals + 1);
    if (!x) return false;
    if (td_error(j->c)) return td_complain("%s", td_message(j->c)), false;
    j->in[j->n++] = in_dtype(j, x);
    return true;
}

static bool parse(job *j)
{
    const char *names[TD_EXPR_INPUTS];
    td_expr_trouble why;
    for (int i = 0; i < j->n; i++) names[i] = j->name[i];
    j->e = td_expr_parse(j->text, (int64_t)strlen(j->text), j->n, names, &why);
    if (!j->e) return point_at(j->text, why.at, why.why), false;
    for (int i = 0; i < j->n; i++) {
        if (!td_expr_reads(j->e, i)) return td_complain("%s is given, and the expression does not name it", names[i]), false;
    }
    if (!j->a->f64) td_expr_literals(j->e, TD_F32);
    return true;
}

/* What does not fit shows before anything is asked, with its place. */
static bool runs(job *j)
{
    int64_t at = 0;
    td_marker mark = td_mark(j->c);
    td_tensor *y = td_expr_run(j->e, j->c, j->in, &at);
    if (!td_error(j->c)) td_data(y);
    if (td_error(j->c)) return point_at(j->text, at, td_message(j->c)), false;
    td_release(j->c, mark);
    return true;
}

/* ---- numbers of all engines --------------------------------------------------------------------------------------- */

/* Gradients are those of one number: the sum of a result that has several. */
static td_tensor *total(td_context *c, td_tensor *const *in, void *user)
{
    td_tensor *y = td_expr_program(c, in, user);
    if (!y || td_error(c)) return y;
    return td_numel(y) == 1 ? td_reshape(y, 0, NULL) : td_sum(y);
}

static td_problem problem_of(const job *j, td_program *f, td_input *in)
{
    for (int i = 0; i < j->n; i++) in[i] = td_input_of(j->in[i]);
    return (td_problem){.f = f, .user = j->e, .n = j->n, .in = in, .seed = j->a->seed};
}

/* "(0,2)" of place i in a tensor of these sizes */
static void print_place(int rank, const int64_t *size, int64_t i)
{
    int64_t at[TD_MAX_RANK];
    char text[TD_SHAPE_TEXT] = "(";
    size_t n = 1;
    for (int k = rank - 1; k >= 0; k--) at[k] = i % size[k], i /= size[k];
    for (int k = 0; k < rank; k++)
        n += (size_t)snprintf(text + n, sizeof text - n, "%s%lld", k ? "," : "", (long long)at[k]);
    printf("  %s)%*s", text, n < 7 ? (int)(7 - n) : 0, "");
}

static void print_number(double v, int width, int digits)
{
    if (isnan(v)) printf("%*s", width, "nan");
    else printf("%*.*g", width, digits, v);
}

/* Tape and dual engine, and by how much they may differ; differences and their error bar, where there are any. */
static void print_answers(td_answer tape, td_answer dual, td_answer differences)
{
    print_number(tape.value, 20, 13);
    print_number(dual.value, 20, 13);
    print_number(tape.bound + dual.bound, 8, 1);
    if (!isnan(differences.bound)) print_number(differences.value, 14, 7), print_number(differences.bound, 8, 1);
    printf("\n");
}

/* What both say of the value, without directions, and of slopes, along them. */
typedef struct testimonies { td_testimony tape, dual; } testimonies;

static bool testify(const td_problem *p, const td_plan *plan, testimonies *out)
{
    *out = (testimonies){0};
    return td_witness_tape.testify(p, plan, &out->tape) == TD_OK && td_witness_dual.testify(p, plan, &out->dual) == TD_OK;
}

static void testimonies_free(testimonies *t)
{
    td_testimony_free(&t->tape);
    td_testimony_free(&t->dual);
}

static const td_answer none = {NAN, NAN};

static bool print_value(const job *j)
{
    td_input in[TD_EXPR_INPUTS];
    td_problem p = problem_of(j, td_expr_program, in);
    testimonies t;
    bool good = testify(&p, &(td_plan){.lean = true}, &t);
    int64_t shown = t.tape.numel < SHOWN ? t.tape.numel : SHOWN;
    if (good) printf("%-10s%20s%20s%8s\n", "value", "tape", "dual", "+-");
    for (int64_t i = 0; good && i < shown; i++) {
        print_place(t.tape.rank, t.tape.size, i);
        print_answers(t.tape.value[i], t.dual.value ? t.dual.value[i] : none, none);
    }
    if (good && shown < t.tape.numel) printf("  ... and %lld more\n", (long long)(t.tape.numel - shown));
    testimonies_free(&t);
    return good;
}

/* The first coordinates of each input that has any. */
static int directions_of(const job *j, const td_input *in, td_direction *direction)
{
    int n = 0;
    for (int i = 0; i < j->n; i++) {
        for (int64_t k = 0; in[i].smooth && k < in[i].numel && k < SHOWN; k++) {
            direction[n++] = (td_direction){.input = i, .coordinate = k};
        }
    }
    return n;
}

static td_answer measured(td_differences *d, const td_direction *u)
{
    if (!d || td_differences_mute(d)) return none;
    td_slope s = td_differences_ask(d, u, TD_COTANGENTS, false);
    return s.kind == TD_SLOPE_SMOOTH ? (td_answer){s.value, s.error} : none;
}

static void print_gradients(const job *j, const td_problem *p, const td_plan *plan, const testimonies *t)
{
    td_differences *d = td_differences_open(p);
    for (int k = 0; k < plan->n_direction; k++) {
        const td_direction *u = &plan->direction[k];
        const td_input *x = &p->in[u->input];
        char what[TD_EXPR_NAME + 4];
        snprintf(what, sizeof what, "d/d%s", j->name[u->input]);
        if (!u->coordinate) printf("\n%-10s%20s%20s%8s%14s%8s\n", what, "tape", "dual", "+-", "differences", "+-");
        print_place(x->rank, x->size, u->coordinate);
        print_answers(t->tape.slope[0][k], t->dual.slope[0] ? t->dual.slope[0][k] : none, measured(d, u));
        if (u->coordinate == SHOWN - 1 && x->numel > SHOWN) printf("  ... and %lld more\n", (long long)(x->numel - SHOWN));
    }
    td_differences_close(d);
}

static bool print_slopes(const job *j)
{
    td_input in[TD_EXPR_INPUTS];
    td_direction direction[SHOWN * TD_EXPR_INPUTS];
    td_problem p = problem_of(j, total, in);
    td_plan plan = {.n_direction = directions_of(j, in, direction), .direction = direction, .lean = true, .even = 1};
    testimonies t;
    bool good = testify(&p, &plan, &t);
    bool smooth = t.tape.dtype == TD_F64 || t.tape.dtype == TD_F32;
    if (good && smooth && t.tape.slope[0]) print_gradients(j, &p, &plan, &t);
    testimonies_free(&t);
    return good;
}

/* ---- the command -------------------------------------------------------------------------------------------------- */

/* One word for a shell: in quotes unless no letter of it needs them. */
static void quote(const char *word, FILE *file)
{
    static const char safe[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_=.,/+-";
    bool bare = strspn(word, safe) == strlen(word);
    if (!bare) fputc('\'', file);
    for (; *word; word++) *word == '\'' ? fputs("'\\''", file) : fputc(*word, file);
    if (!bare) fputc('\'', file);
}

/* The command that asks the same again; the caller's.  NULL: no memory. */
static char *command(const td_args *a)
{
    char *text = NULL;
    size_t length;
    FILE *file = open_memstream(&text, &length);
    if (!file) return NULL;
    fputs("triad expr", file);
    if (a->f64 != a->f32) fprintf(file, " --dtype %s", a->f64 ? "f64" : "f32");
    if (a->seed) fprintf(file, " --seed %llu", (unsigned long long)a->seed);
    if (a->name[0][0] == '-') fputs(" --", file);
    for (int i = 0; i < a->n_name; i++) fputc(' ', file), quote(a->name[i], file);
    bool written = !ferror(file);
    if (!fclose(file) && written) return text;
    free(text);
    return NULL;
}

/* The check of a whole; what it says goes to the report's views, too. */
static int judge(job *j)
{
    td_progress progress;
    char *again = command(j->a);
    td_report r = {.seed = j->a->seed, .cases = 1, .care = j->a->care, .figures = j->a->html, .again = again};
    td_check_options o = {.seed = j->a->seed, .care = r.care, .figures = r.figures, .progress = td_progress_tell,
                          .progress_user = &progress};
    td_progress_open(&progress, &r, 1, 1);
    td_check_result *c = td_check(td_expr_program, j->n, j->in, j->e, &o);
    td_progress_close(&progress);
    if (c && !td_view_alone(j->a)) printf("\n"), td_check_print(c, stdout);
    td_row *row = td_report_row(&r, "expr", true, j->a->f64 ? TD_F64 : TD_F32);
    if (row) snprintf(row->note, sizeof row->note, "%s", j->text);
    td_report_add(&r, row, 0, c);
    td_report_settle(&r);
    r.starved = r.starved || !again;
    int status = r.starved ? td_complain("out of memory") : td_write_views(&r, j->a) ? td_exit_of(&r) : TD_EXIT_TROUBLE;
    td_report_clear(&r);
    free(again);
    return status;
}

static int answer(job *j)
{
    for (int i = 1; i < j->a->n_name; i++) if (!take_input(j, j->a->name[i])) return TD_EXIT_TROUBLE;
    if (!parse(j) || !runs(j)) return TD_EXIT_TROUBLE;
    bool told = td_view_alone(j->a) || (print_value(j) && print_slopes(j));
    return told ? judge(j) : td_complain("out of memory");
}

static int run(const td_args *a)
{
    if (!a->n_name) return td_complain("expr wants an expression, such as 'sum(x^2)' x=1,2; see triad expr --help");
    if (!td_views_sound(a)) return TD_EXIT_TROUBLE;
    job j = {.a = a, .c = td_open(&(td_options){.engine = td_eval_engine()}), .text = a->name[0]};
    int status = j.c ? answer(&j) : td_complain("out of memory");
    td_expr_free(j.e);
    td_close(j.c);
    return status;
}

static const td_option options[] = {
    {"--dtype", "f32|f64", "inputs and numbers in this dtype; default as they come", td_set_dtype},
    {"--seed", "S", "of cotangents, directions and random numbers; default 0", td_set_seed},
    {"--json", "FILE", "write the report there as JSON too; - is standard output", td_set_json},
    TD_VIEW_OPTIONS,
    {"--care", "X", "errors below a share X of a slope are notes: exit status 0", td_set_care},
    {0}};

const td_command td_command_expr = {
    "expr", " EXPRESSION [NAME=FILE.npy | NAME=NUMBERS...]", "a one-line program under every engine\n\n"
    "Its value, its gradients with their bounds, and the verdict of a whole check.\n"
    "  triad expr 'mean((W@x - y)^2)' W=w.npy x=1,2,4 y=[1,2,3,4]\n"
    "Operators: + - * / @ ^ ** and comparisons; calls of any op that triad ops lists,\n"
    "parameters by name or place: sum(x, axis=0, keepdim=1).  Numbers 1.5e-3, 0x1p-4,\n"
    "pi, e, inf; lists [[1,2],[3,4]].  Before an expression that begins with -: --.", options, run};
