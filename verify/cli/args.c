/* args.c: command lines by table: an option is a row with its name, its help and what it sets. */
#include "cli.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

int td_complain(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    fputs("triad: ", stderr);
    vfprintf(stderr, format, arguments);
    fputc('\n', stderr);
    va_end(arguments);
    return TD_EXIT_TROUBLE;
}

static bool read_integer(const char *text, int64_t least, int64_t *out)
{
    char *end;
    errno = 0;
    long long v = strtoll(text, &end, 10);
    if (errno || end == text || *end || v < least) return false;
    *out = v;
    return true;
}

bool td_set_dtype(td_args *a, const char *text)
{
    if (!strcmp(text, "f64")) a->f64 = true;
    else if (!strcmp(text, "f32")) a->f32 = true;
    else return false;
    return true;
}

bool td_set_seed(td_args *a, const char *text)
{
    char *end;
    errno = 0;
    unsigned long long v = strtoull(text, &end, 0);
    if (errno || end == text || *end || *text == '-') return false;
    a->seed = v;
    return true;
}

bool td_set_case(td_args *a, const char *text)  { return read_integer(text, 0, &a->one_case); }
bool td_set_cases(td_args *a, const char *text) { return a->cases_said = read_integer(text, 1, &a->cases) &&
                                                 a->cases <= 100000000; }
bool td_set_jobs(td_args *a, const char *text)  { return read_integer(text, 1, &a->jobs) && a->jobs <= TD_MOST_JOBS; }
bool td_set_json(td_args *a, const char *text)  { a->json = text; return true; }
bool td_set_html(td_args *a, const char *text)  { a->html = text; return true; }
bool td_set_junit(td_args *a, const char *text) { a->junit = text; return true; }
bool td_set_tap(td_args *a, const char *text)   { a->tap = text; return true; }
bool td_set_data(td_args *a, const char *text)  { a->data = text; return true; }
bool td_set_count(td_args *a, const char *text)   { return read_integer(text, 1, &a->count); }
bool td_set_faults(td_args *a, const char *text)  { (void)text; a->faults = true; return true; }
bool td_set_timings(td_args *a, const char *text) { (void)text; a->timings = true; return true; }
bool td_set_names(td_args *a, const char *text) { (void)text; a->names = true; return true; }
bool td_set_all(td_args *a, const char *text) { (void)text; a->all = true; return true; }
bool td_set_table(td_args *a, const char *text) { (void)text; a->table = true; return true; }
bool td_set_programs(td_args *a, const char *text) { (void)text; a->programs = true; return true; }

/* "2/5" */
bool td_set_shard(td_args *a, const char *text)
{
    char part[24];
    const char *slash = strchr(text, '/');
    size_t n = slash ? (size_t)(slash - text) : sizeof part;
    if (n >= sizeof part) return false;
    memcpy(part, text, n);
    part[n] = 0;
    return read_integer(part, 1, &a->shard) && read_integer(slash + 1, a->shard, &a->shards) && a->shards <= TD_MOST_SHARDS;
}

bool td_set_seconds(td_args *a, const char *text)
{
    int64_t whole;
    if (!read_integer(text, 1, &whole)) return false;
    a->seconds = (double)whole;
    return true;
}

bool td_set_care(td_args *a, const char *text)
{
    char *end;
    errno = 0;
    a->care = strtod(text, &end);
    return !errno && end != text && !*end && a->care > 0 && a->care <= 1;
}

/* A second list, of the one command that has two. */
static const td_option *more(const td_command *c)
{
    return c == &td_command_check ? td_foreign_options : NULL;
}

static void options_help(const td_option *o, int width, FILE *file)
{
    for (; o && o->name; o++) {
        char left[40];
        snprintf(left, sizeof left, "%s %s", o->name, o->operand ? o->operand : "");
        fprintf(file, "  %-*s %s\n", width, left, o->help);
    }
}

void td_args_help(const td_command *c, FILE *file)
{
    fprintf(file, "usage: triad %s%s%s\n\n%s\n", c->name, c->options ? " [OPTION...]" : "", c->operands, c->help);
    if (c->options) fputs("\n", file);
    options_help(c->options, 16, file);
    if (!more(c)) return;
    fputs("\nOf libraries:\n\n", file);
    options_help(more(c), 22, file);
    td_signatures_help(file);
}

static const td_option *find(const td_command *c, const char *text, size_t length)
{
    const td_option *const lists[] = {c->options, more(c)};
    for (int i = 0; i < 2; i++) {
        for (const td_option *o = lists[i]; o && o->name; o++) {
            if (strlen(o->name) == length && !strncmp(o->name, text, length)) return o;
        }
    }
    return NULL;
}

/* One option at text[0], its operand after "=" or in text[1]; returns how many words it took, 0 after a message. */
static int take(const td_command *c, int n, char *const *text, td_args *out)
{
    const char *equals = strchr(text[0], '=');
    const td_option *o = find(c, text[0], equals ? (size_t)(equals - text[0]) : strlen(text[0]));
    if (!o) {
        td_complain("%s takes no option '%.60s'; see triad %s --help", c->name, text[0], c->name);
        return 0;
    }
    if (!o->operand) {
        if (!equals && o->set(out, NULL)) return 1;
        td_complain("%s takes no value", o->name);
        return 0;
    }
    const char *value = equals ? equals + 1 : n > 1 ? text[1] : NULL;
    if (value && o->set(out, value)) return equals ? 1 : 2;
    td_complain("%s wants %s: %s", o->name, o->operand, value ? value : "nothing follows");
    return 0;
}

bool td_args_parse(const td_command *c, int n, char *const *text, td_args *out)
{
    *out = (td_args){.one_case = -1, .cases = TD_CASES, .n_word = n, .word = text};
    td_foreign_defaults(out);
    int names = 0;
    const char **name = calloc((size_t)n + 1, sizeof *name);
    if (!name) return td_complain("out of memory"), false;
    out->name = name;
    bool options = true;
    for (int i = 0, used; i < n; i += used) {
        used = 1;
        if (!options) name[names++] = text[i];
        else if (!strcmp(text[i], "--")) options = false;
        else if (!strcmp(text[i], "--help")) out->help = true;
        else if (text[i][0] == '-' && text[i][1]) used = take(c, n - i, text + i, out);
        else name[names++] = text[i];
        if (!used) return false;
    }
    out->n_name = names;
    if (!out->f64 && !out->f32) out->f64 = out->f32 = true;
    if (!names || c->operands[0]) return true;
    td_complain("%s takes no operand '%s'; see triad %s --help", c->name, name[0], c->name);
    return false;
}
