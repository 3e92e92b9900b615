/* foreign.c: triad check ./lib.so: its options, and the worker that main starts under a name of its own. */
#include "cli.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- options ----------------------------------------------------------------------------------------------------- */

#define SYMBOL(name, which) \
    static bool name(td_args *a, const char *text) { a->ask.symbol[which] = text; return text[0]; }
SYMBOL(set_value, TD_SYMBOL_VALUE)
SYMBOL(set_gradient, TD_SYMBOL_GRADIENT)
SYMBOL(set_jacobian, TD_SYMBOL_JACOBIAN)
SYMBOL(set_vjp, TD_SYMBOL_VJP)
SYMBOL(set_jvp, TD_SYMBOL_JVP)
SYMBOL(set_hessian, TD_SYMBOL_HESSIAN)
SYMBOL(set_hvp, TD_SYMBOL_HVP)
SYMBOL(set_complex, TD_SYMBOL_COMPLEX)
SYMBOL(set_constraints, TD_SYMBOL_CONSTRAINTS)
SYMBOL(set_object, TD_SYMBOL_OBJECT)

#define TEXT(name, member) static bool name(td_args *a, const char *text) { a->ask.member = text; return text[0]; }
TEXT(set_signature, d.signature)
TEXT(set_arrays, d.arrays)
TEXT(set_forward, d.forward)
TEXT(set_backward, d.backward)
TEXT(set_at, at)
TEXT(set_only, only)

#define FLAG(name, flag) static bool name(td_args *a, const char *text) { (void)text; a->ask.d.flags |= flag; return true; }
FLAG(set_column_major, TD_FOREIGN_COLUMN_MAJOR)
FLAG(set_adds, TD_FOREIGN_ADDS)
FLAG(set_status, TD_FOREIGN_STATUS)
FLAG(set_alone, TD_FOREIGN_ALONE)
FLAG(set_from_one, TD_FOREIGN_FROM_ONE)

static bool read_size(const char *text, int64_t least, int64_t *out)
{
    char *end;
    errno = 0;
    long long v = strtoll(text, &end, 10);
    if (errno || end == text || *end || v < least || v > INT64_C(1) << 40) return false;
    *out = v;
    return true;
}

static bool read_number(const char *text, char stop, double *out)
{
    char *end;
    *out = strtod(text, &end);
    return end != text && *end == stop && !isnan(*out);
}

static bool set_n(td_args *a, const char *text) { return read_size(text, 1, &a->ask.d.n); }
static bool set_m(td_args *a, const char *text) { return read_size(text, 1, &a->ask.d.m); }
static bool set_entries(td_args *a, const char *text) { return read_size(text, 0, &a->ask.d.entries); }
static bool set_hessian_entries(td_args *a, const char *text) { return read_size(text, 0, &a->ask.d.hessian_entries); }
static bool set_in_process(td_args *a, const char *text) { (void)text; a->ask.in_process = true; return true; }

static bool set_timeout(td_args *a, const char *text)
{
    return read_number(text, 0, &a->ask.timeout) && a->ask.timeout > 0;
}

static bool set_memory(td_args *a, const char *text)
{
    int64_t mib;
    if (!read_size(text, 0, &mib) || mib > INT64_C(1) << 30) return false;
    a->ask.memory = mib << 20;
    return true;
}

static bool set_align(td_args *a, const char *text)
{
    int64_t align;
    if (!read_size(text, 1, &align) || align > 4096 || align & (align - 1)) return false;
    a->ask.d.align = (uint32_t)align;
    return true;
}

static bool set_box(td_args *a, const char *text)
{
    const char *comma = strchr(text, ',');
    return comma && read_number(text, ',', &a->ask.d.low) && read_number(comma + 1, 0, &a->ask.d.high) &&
        a->ask.d.low < a->ask.d.high;
}

/* Rows up to the NULL in the middle say what to judge, and belong to the command that asks again. */
const td_option td_foreign_options[] = {
    {"--signature", "S", "how its routines are called: below", set_signature},
    {"--value", "SYMBOL", "the function itself", set_value},
    {"--gradient", "SYMBOL", "and what it claims", set_gradient},
    {"--jacobian", "SYMBOL", "row by row, or --column-major", set_jacobian},
    {"--vjp", "SYMBOL", "J'w; of a kernel: backward", set_vjp},
    {"--jvp", "SYMBOL", "J v", set_jvp},
    {"--hessian", "SYMBOL", "second derivatives", set_hessian},
    {"--hvp", "SYMBOL", "Hessian times v", set_hvp},
    {"--complex", "SYMBOL", "the function for complex x", set_complex},
    {"--constraints", "SYMBOL", "of Ipopt's: eval_g", set_constraints},
    {"--object", "SYMBOL", "a struct of GSL's", set_object},
    {"--n", "N", "numbers in x", set_n},
    {"--m", "M", "numbers in y; default 1", set_m},
    {"--arrays", "TEXT", "of a kernel: 'x[4,8] w[8] -> y[4,8]'", set_arrays},
    {"--forward", "TEXT", "its arguments in order: 'y x w 4 8'", set_forward},
    {"--backward", "TEXT", "likewise: 'dx dw dy x w 4 8'", set_backward},
    {"--entries", "N", "of Ipopt's: nele_jac", set_entries},
    {"--hessian-entries", "N", "nele_hess", set_hessian_entries},
    {"--at", "FILE", "the point, a .npy; default random numbers", set_at},
    {"--box", "LOW,HIGH", "where it is defined, and points are drawn", set_box},
    {"--column-major", NULL, "matrices stand column by column", set_column_major},
    {"--adds", NULL, "derivatives are added to what is there", set_adds},
    {"--status", NULL, "routines return int, 0 for success", set_status},
    {"--alone", NULL, "no calls from several threads at once", set_alone},
    {"--from-one", NULL, "indices are counted from 1", set_from_one},
    {"--align", "BYTES", "arrays begin at multiples of that", set_align},
    {"--timeout", "S", "seconds a call may take; default 30", set_timeout},
    {"--max-memory", "MIB", "of its process; default 8192, 0: all", set_memory},
    {"--in-process", NULL, "no worker: for debuggers", set_in_process},
    {"--only", "NAME", "one function of the library's list", set_only},
    {0}};

/* ---- asking ------------------------------------------------------------------------------------------------------ */

bool td_is_library(const char *name)
{
    size_t n = strlen(name);
    return strchr(name, '/') || (n > 3 && !strcmp(name + n - 3, ".so"));
}

void td_foreign_defaults(td_args *a)
{
    a->ask.timeout = 30;
    a->ask.memory = INT64_C(8192) << 20;
}

/* The options of the words, as a shell reads them. */
static bool write_again(const td_args *a, const char *library, FILE *file)
{
    fputs(library, file);
    for (int i = 0; i < a->n_word; i++) {
        const char *word = a->word[i];
        size_t length = strcspn(word, "=");
        const td_option *o = td_foreign_options;
        while (o->name && (strlen(o->name) != length || strncmp(o->name, word, length))) o++;
        if (!o->name || !strcmp(o->name, "--only")) continue;
        fprintf(file, strpbrk(word, " ><|&;'") ? " '%s'" : " %s", word);
        if (o->operand && !word[length] && i + 1 < a->n_word) {
            word = a->word[++i];
            fprintf(file, strpbrk(word, " ><|&;[]") ? " '%s'" : " %s", word);
        }
    }
    if (a->f32 && !a->f64) fputs(" --dtype f32", file);
    return !ferror(file);
}

static td_ask ask_of(const td_args *a, const char *path)
{
    td_ask k = a->ask;
    k.library = path;
    k.first = a->one_case >= 0 ? a->one_case : 0;
    k.cases = a->one_case >= 0 ? 1 : a->cases_said ? a->cases : 0;
    k.seed = a->seed;
    k.care = a->care;
    k.n_word = a->n_word;
    k.word = a->word;
    if (a->f32 && !a->f64) k.d.flags |= TD_FOREIGN_F32;
    return k;
}

static void complain(const char *text)
{
    td_complain("%s", text);
}

/* dlopen looks for a name without a slash elsewhere. */
static char *path_of(const char *name)
{
    size_t room = strlen(name) + 3;
    char *path = malloc(room);
    if (path) snprintf(path, room, "%s%s", strchr(name, '/') ? "" : "./", name);
    return path;
}

bool td_check_library(td_report *r, const td_args *a, const char *name)
{
    char *path = path_of(name), *again = NULL;
    size_t size;
    FILE *file = path ? open_memstream(&again, &size) : NULL;
    bool ok = file && write_again(a, path, file);
    if (file && fclose(file)) ok = false;
    if (ok) {
        td_ask k = ask_of(a, path);
        k.again = again;
        ok = td_foreign_survey(&k, r, complain);
    } else {
        td_complain("out of memory");
    }
    free(again);
    free(path);
    return ok;
}

void td_signatures_help(FILE *file)
{
    fputs("\nSignatures:\n\n", file);
    for (int i = 0; td_signatures[i]; i++) fprintf(file, "  %s\n      %s\n", td_signatures[i]->name, td_signatures[i]->help);
}

/* ---- the worker -------------------------------------------------------------------------------------------------- */

/* triad foreign-worker BOX WORK FUNCTION PART CASE REFERENCE LIBRARY WORD...: never typed by anybody. */
int td_foreign_worker(int n, char **text)
{
    enum { GIVEN = 7 };
    int64_t number[GIVEN - 1];
    td_args a;
    int status = TD_EXIT_TROUBLE;
    if (n < GIVEN) return td_complain("foreign-worker is started by triad check");
    for (int i = 0; i < GIVEN - 1; i++) {
        if (!read_size(text[i], -1, &number[i])) return td_complain("foreign-worker is started by triad check");
    }
    if (td_args_parse(&td_command_check, n - GIVEN, text + GIVEN, &a) && number[1] >= 0 && number[1] < TD_WORKS) {
        const char *threads = getenv("OMP_NUM_THREADS");
        td_ask k = ask_of(&a, text[GIVEN - 1]);
        td_job j = {.work = (td_work)number[1], .function = number[2], .part = (int)number[3], .number = number[4],
                    .reference = (int)number[5], .threads = threads ? atoi(threads) : 1};
        status = td_worker_run(&k, &j, (int)number[0]);
    }
    free(a.name);
    return status;
}
