/* views.c: the report in files, each there whole or not at all. */
#include "cli.h"

#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

typedef td_status view(const td_report *r, FILE *file);

static const struct { size_t path; view *view; } views[] = {
    {offsetof(td_args, json), td_report_json},
    {offsetof(td_args, html), td_report_html},
    {offsetof(td_args, junit), td_report_junit},
    {offsetof(td_args, tap), td_report_tap}};
enum { VIEWS = sizeof views / sizeof views[0] };

bool td_colour_is_wanted(void)
{
    const char *no = getenv("NO_COLOR"), *terminal = getenv("TERM");
    return isatty(STDOUT_FILENO) && !(no && no[0]) && terminal && strcmp(terminal, "dumb") != 0;
}

static const char *path_of(const td_args *a, int i)
{
    return *(const char *const *)((const char *)a + views[i].path);
}

bool td_view_alone(const td_args *a)
{
    bool alone = false;
    for (int i = 0; i < VIEWS; i++) alone = alone || (path_of(a, i) && !strcmp(path_of(a, i), "-"));
    return alone;
}

static bool share(const td_args *a, int i, int k)
{
    const char *one = path_of(a, i), *other = path_of(a, k);
    return one && other && !strcmp(one, other);
}

bool td_views_sound(const td_args *a)
{
    for (int i = 0; i < VIEWS; i++) {
        for (int k = 0; k < i; k++) {
            if (share(a, i, k)) return td_complain("two views of the report can't share %s", path_of(a, i)), false;
        }
    }
    return true;
}

static bool write_through(const td_report *r, view *v, const char *path)
{
    FILE *file = fopen(path, "w");
    bool ok = file && v(r, file) == TD_OK;
    if (file && fclose(file)) ok = false;
    return ok;
}

/* Beside the file first: a report is there whole or not at all. */
static bool write_beside(const td_report *r, view *v, const char *path)
{
    size_t room = strlen(path) + sizeof ".part";
    char *part = malloc(room);
    if (!part) return false;
    snprintf(part, room, "%s.part", path);
    FILE *file = fopen(part, "w");
    bool ok = file && v(r, file) == TD_OK;
    if (file && fclose(file)) ok = false;
    if (ok && rename(part, path)) ok = false;
    int kept = errno;
    if (file && !ok) remove(part);
    errno = kept;
    free(part);
    return ok;
}

/* What is no ordinary file is written through. */
static bool write_view(const td_report *r, view *v, const char *path)
{
    if (!strcmp(path, "-")) return v(r, stdout) == TD_OK;
    errno = 0;
    bool device = !strncmp(path, "/dev/", 5);
    if (device ? write_through(r, v, path) : write_beside(r, v, path)) return true;
    td_complain("could not write %s: %s", path, errno ? strerror(errno) : "it was cut short");
    return false;
}

bool td_write_views(const td_report *r, const td_args *a)
{
    bool ok = true;
    for (int i = 0; i < VIEWS; i++) if (path_of(a, i) && !write_view(r, views[i].view, path_of(a, i))) ok = false;
    return ok;
}
