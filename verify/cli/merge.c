/* merge.c: triad merge: the parts that --shard made, put together. */
#include "cli.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static const td_option options[] = {
    {"-o", "FILE", "the whole report as JSON; default -, standard output", td_set_json},
    {"--json", "FILE", "the same", td_set_json},
    TD_VIEW_OPTIONS,
    {0}};

char *td_read_all(FILE *file, size_t *n)
{
    enum { PIECE = 1 << 16 };
    char *text = NULL;
    bool ok = true;
    for (*n = 0; ok && !feof(file);) {
        char *more = realloc(text, *n + PIECE);
        ok = more;
        if (more) text = more, *n += fread(text + *n, 1, PIECE, file), ok = !ferror(file);
    }
    if (ok) return text;
    free(text);
    return NULL;
}

static char *read_file(const char *path, size_t *n)
{
    FILE *file = fopen(path, "rb");
    char *text = file ? td_read_all(file, n) : NULL;
    if (!text) td_complain("could not read %s: %s", path, errno ? strerror(errno) : "out of memory");
    if (file) fclose(file);
    return text;
}

static bool read_part(const char *path, td_report *out)
{
    char why[TD_REASON];
    size_t n;
    errno = 0;
    char *text = read_file(path, &n);
    bool ok = text && td_report_read(text, n, out, why);
    if (text && !ok) td_complain("%s: %s; merge takes what triad check --shard wrote as JSON", path, why);
    free(text);
    return ok;
}

static bool shares_a_row(const td_report *all, const td_report *part)
{
    for (int64_t i = 0; i < part->n_row; i++) {
        for (int64_t k = 0; k < all->n_row; k++) {
            const td_row *a = &all->row[k], *b = &part->row[i];
            if (a->order == b->order || (a->program == b->program && a->dtype == b->dtype && !strcmp(a->name,
                b->name))) return true;
        }
    }
    return false;
}

/* Parts of one run: the same questions, and none of them twice. */
static bool belongs(const td_report *all, const td_report *part, const bool *seen, const char *path)
{
    const char *trouble = NULL;
    int64_t n = part->shards ? part->shard - 1 : 0;
    if (part->seed != all->seed) trouble = "its seed is another";
    else if (part->cases != all->cases) trouble = "it has another number of cases";
    else if (part->care != all->care) trouble = "its care is another";
    else if (part->shards != all->shards) trouble = "it is of another number of shards";
    else if (seen[n]) trouble = "that part is there twice";
    else if (shares_a_row(all, part)) trouble = "it holds what another part holds";
    if (trouble) td_complain("%s does not belong to the same run: %s", path, trouble);
    return !trouble;
}

static bool all_there(const td_report *all, const bool *seen)
{
    for (int64_t i = 0; i < all->shards; i++) {
        if (!seen[i]) return td_complain("part %lld/%lld is missing: run triad with --shard %lld/%lld --json, and name that "
            "file too", (long long)i + 1, (long long)all->shards, (long long)i + 1, (long long)all->shards), false;
    }
    return true;
}

static bool take_in(td_report *all, const char *path, bool *seen, bool first)
{
    td_report part;
    if (!read_part(path, &part)) return false;
    if (first) all->seed = part.seed, all->cases = part.cases, all->care = part.care, all->shards = part.shards;
    bool ok = belongs(all, &part, seen, path);
    if (ok) seen[part.shards ? part.shard - 1 : 0] = true;
    if (ok && !td_report_take_in(all, &part)) ok = td_complain("out of memory") == TD_EXIT_AGREE;
    td_report_clear(&part);
    return ok;
}

static int run(const td_args *a)
{
    td_args views = *a;
    td_report all = {0};
    int status = TD_EXIT_TROUBLE;
    if (!a->n_name) return td_complain("merge takes the JSON files of all parts; see triad merge --help");
    if (!views.json && !td_view_alone(a)) views.json = "-";
    if (!td_views_sound(&views)) return status;
    bool *seen = calloc(TD_MOST_SHARDS, sizeof *seen), ok = seen;
    for (int i = 0; i < a->n_name && ok; i++) ok = take_in(&all, a->name[i], seen, i == 0);
    ok = ok && all_there(&all, seen);
    all.shards = 0;
    if (ok && !td_report_put_together(&all)) ok = td_complain("out of memory") == TD_EXIT_AGREE;
    if (ok && td_write_views(&all, &views)) status = td_exit_of(&all);
    td_report_clear(&all);
    free(seen);
    return status;
}

const td_command td_command_merge = {
    "merge", " PART.json...", "put together what check or report wrote with --shard and --json\n\n"
    "The result is what one run would have written, byte for byte, in every form.  The\n"
    "exit status is that of the whole.", options, run};
