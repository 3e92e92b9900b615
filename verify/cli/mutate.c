/* mutate.c: triad mutate: the kill matrix, op by mutation, as a table and as JSON. */
#include "cli.h"
#include "mutate/matrix.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static const td_option options[] = {
    {"--dtype", "f32|f64", "one dtype; default both", td_set_dtype},
    {"--cases", "N", "cases of each mutant at most; default 60", td_set_cases},
    {"--seed", "S", "of cases, cotangents and directions; default 0", td_set_seed},
    {"--json", "FILE", "write the matrix there as JSON; - is standard output", td_set_json},
    {0}};

enum { MUTATIONS = 96, FATES = TD_UNREACHED + 1 };

static const char marks[FATES + 1] = " +S=!?U";
static const char *const fates[FATES] = {"no place", "killed", "survived", "equivalent", "mislisted", "unasked",
                                          "unreached"};

typedef struct line {
    const td_op *op;
    td_dtype     dtype;
    td_trial     trial[MUTATIONS];
} line;

typedef struct matrix {
    const td_args *a;
    int            n, mutations;
    line          *line;           /* owned */
} matrix;

static bool is_control(int i)
{
    return i == 0;
}

/* The control must not be convicted, all others must. */
static bool is_wrong(int i, td_fate fate)
{
    if (is_control(i)) return fate != TD_SURVIVED && fate != TD_NO_PLACE;
    return fate == TD_SURVIVED || fate == TD_MISLISTED || fate == TD_UNASKED || fate == TD_UNREACHED;
}

static bool any_wrong(const matrix *m)
{
    bool wrong = false;
    for (int k = 0; k < m->n; k++) {
        for (int i = 0; i < m->mutations; i++) wrong = wrong || is_wrong(i, m->line[k].trial[i].fate);
    }
    return wrong;
}

/* ---- the table --------------------------------------------------------------------------------------------------- */

/* Mutations 1, 2, ... in order, half of them a line; a long name has one to itself. */
static void print_line(const line *l, int mutations, FILE *file)
{
    enum { WIDTH = 14 };
    int after = fprintf(file, "%s", l->op->name) < WIDTH ? WIDTH - (int)strlen(l->op->name) : WIDTH;
    fprintf(file, "%s%*s%s ", after == WIDTH ? "\n" : "", after, "", td_dtype_name(l->dtype));
    for (int i = 1; i < mutations; i++) {
        if (i == mutations / 2 + 1) fprintf(file, "\n%18s", "");
        fputc(marks[l->trial[i].fate], file);
    }
    fputs(is_wrong(0, l->trial[0].fate) ? "  the control is convicted\n" : "\n", file);
    fflush(file);
}

static void count(const matrix *m, int i, int64_t total[FATES])
{
    for (int k = 0; k < m->n; k++) total[m->line[k].trial[i].fate]++;
}

static int64_t lost(const int64_t total[FATES])
{
    return total[TD_SURVIVED] + total[TD_MISLISTED] + total[TD_UNASKED] + total[TD_UNREACHED];
}

/* How often each reason for there being no place was given. */
static void print_reasons(const matrix *m, FILE *file)
{
    const char *reason[MUTATIONS];
    int64_t n[MUTATIONS] = {0};
    int known = 0;
    for (int64_t k = 0; k < (int64_t)m->n * m->mutations; k++) {
        const td_trial *t = &m->line[k / m->mutations].trial[k % m->mutations];
        int r = 0;
        if (t->fate != TD_NO_PLACE) continue;
        while (r < known && strcmp(reason[r], t->reason)) r++;
        if (r == known && known < MUTATIONS) reason[known++] = t->reason;
        if (r < known) n[r]++;
    }
    for (int r = 0; r < known; r++) fprintf(file, "%8lld %s\n", (long long)n[r], reason[r]);
}

static void print_counts(const matrix *m, FILE *file)
{
    int64_t all[FATES] = {0};
    fprintf(file, "\n%-4s%-14s%9s%9s%12s%10s\n", "", "mutation", "killed", "survived", "equivalent", "no place");
    for (int i = 1; i < m->mutations; i++) {
        int64_t total[FATES] = {0};
        count(m, i, total);
        fprintf(file, "%2d  %-14s%9lld%9lld%12lld%10lld\n", i, td_mutation_at(i)->name, (long long)total[TD_KILLED],
                (long long)lost(total), (long long)total[TD_EQUIVALENT], (long long)total[TD_NO_PLACE]);
        for (int k = 0; k < FATES; k++) all[k] += total[k];
    }
    fprintf(file, "\n%lld had no place, because\n", (long long)all[TD_NO_PLACE]);
    print_reasons(m, file);
    int64_t mutants = all[TD_KILLED] + all[TD_EQUIVALENT] + lost(all);
    fprintf(file, "%lld mutants: %lld killed, %lld survived, %lld equivalent\n", (long long)mutants,
            (long long)all[TD_KILLED], (long long)lost(all), (long long)all[TD_EQUIVALENT]);
}

static void print_wrong(const matrix *m, FILE *file)
{
    int wrong = 0;
    for (int k = 0; k < m->n; k++) {
        for (int i = 0; i < m->mutations; i++) {
            const line *l = &m->line[k];
            const td_trial *t = &l->trial[i];
            if (!is_wrong(i, t->fate)) continue;
            if (!wrong++) fputc('\n', file);
            fprintf(file, "%s %s %s %s", l->op->name, td_dtype_name(l->dtype), td_mutation_at(i)->name, fates[t->fate]);
            if (t->number >= 0) fprintf(file, " in case %lld\n", (long long)t->number);
            else fprintf(file, " %lld cases\n", (long long)t->cases);
        }
    }
}

/* ---- JSON -------------------------------------------------------------------------------------------------------- */

static void json_trial(const line *l, int i, FILE *file)
{
    const td_trial *t = &l->trial[i];
    fprintf(file, "{\"op\": \"%s\", \"dtype\": \"%s\", \"mutation\": \"%s\", \"fate\": \"%s\", \"cases\": %lld", l->op->name,
            td_dtype_name(l->dtype), td_mutation_at(i)->name, fates[t->fate], (long long)t->cases);
    if (t->number >= 0) fprintf(file, ", \"case\": %lld", (long long)t->number);
    if (t->reason) fprintf(file, ", \"reason\": \"%s\"", t->reason);
    fputs("}", file);
}

static void json_matrix(const matrix *m, FILE *file)
{
    fprintf(file, "{\"schema\": \"triad-mutants\", \"version\": 1, \"seed\": %llu, \"cases\": %lld,\n\"mutations\": [",
            (unsigned long long)m->a->seed, (long long)m->a->cases);
    for (int i = 0; i < m->mutations; i++) {
        const td_mutation *how = td_mutation_at(i);
        fprintf(file, "%s\n  {\"name\": \"%s\", \"what\": \"%s\"}", i ? "," : "", how->name, how->what);
    }
    fputs("],\n\"mutants\": [", file);
    for (int k = 0; k < m->n; k++) {
        for (int i = 0; i < m->mutations; i++) {
            fputs(k + i ? ",\n  " : "\n  ", file);
            json_trial(&m->line[k], i, file);
        }
    }
    fputs("]}\n", file);
}

static bool write_json(const matrix *m, const char *path)
{
    bool standard = !strcmp(path, "-");
    errno = 0;
    FILE *file = standard ? stdout : fopen(path, "w");
    if (file) json_matrix(m, file);
    bool ok = file && !ferror(file);
    if (file && !standard && fclose(file)) ok = false;
    if (!ok) td_complain("could not write %s: %s", path, errno ? strerror(errno) : "it was cut short");
    return ok;
}

/* ---- the command ------------------------------------------------------------------------------------------------- */

static void ask(matrix *m, const td_op *op, td_dtype dtype, FILE *file)
{
    line *l = &m->line[m->n++];
    l->op = op;
    l->dtype = dtype;
    for (int i = 0; i < m->mutations; i++) {
        l->trial[i] = td_mutant_try(op, td_mutation_at(i), dtype, m->a->cases, m->a->seed);
    }
    if (file) print_line(l, m->mutations, file);
}

static void ask_op(matrix *m, const td_op *op, FILE *file)
{
    if (m->a->f64) ask(m, op, TD_F64, file);
    if (m->a->f32) ask(m, op, TD_F32, file);
}

static bool ask_all(matrix *m, FILE *file)
{
    for (int i = 0; i < m->a->n_name; i++) {
        const td_op *op = td_op_by_name(m->a->name[i]);
        if (!op) return td_complain("no op '%s'; triad ops lists the ops", m->a->name[i]), false;
        ask_op(m, op, file);
    }
    for (int id = 1; id < TD_ID_COUNT && !m->a->n_name; id++) ask_op(m, td_op_by_id(id), file);
    return true;
}

static int run(const td_args *a)
{
    FILE *table = a->json && !strcmp(a->json, "-") ? NULL : stdout;
    matrix m = {.a = a, .line = calloc((size_t)2 * (size_t)(a->n_name ? a->n_name : TD_ID_COUNT), sizeof(line))};
    int status = TD_EXIT_TROUBLE;
    while (td_mutation_at(m.mutations)) m.mutations++;
    if (!m.line) td_complain("out of memory");
    else if (ask_all(&m, table)) {
        if (table) print_wrong(&m, table), print_counts(&m, table);
        if (!a->json || write_json(&m, a->json)) status = any_wrong(&m) ? TD_EXIT_DISAGREE : TD_EXIT_AGREE;
    }
    free(m.line);
    return status;
}

const td_command td_command_mutate = {
    "mutate", " [OP...]", "break ops on purpose, in many ways, and see that the check convicts each\n\n"
    "+ killed, S survived, = listed as equivalent with its reason, ! listed and yet\n"
    "killed, blank: the op has nothing for it to change, for a reason that is counted\n"
    "below and stands in the JSON; U: for none.  Exit status 1 if a mutant survived\n"
    "that is not listed.", options, run};
