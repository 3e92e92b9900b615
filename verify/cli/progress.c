/* progress.c: one line on a terminal, rewritten, while a command works for longer than a second.
 *
 * Standard error alone, and only where it is a terminal: what is redirected holds no trace of it.  The time that remains is
 * what the tasks done so far took, for each that is left: a guess, and rounded like one. */
#include "cli.h"

#include <math.h>
#include <time.h>
#include <unistd.h>

enum { WIDTH = 79 };

static const double PATIENCE = 1, PAUSE = 0.1;     /* seconds before the first line, and between two */

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

void td_progress_open(td_progress *p, const td_report *r, int tasks, int jobs)
{
    double start = now();
    *p = (td_progress){.terminal = isatty(STDERR_FILENO), .start = start, .next = start + PATIENCE, .r = r,
                       .tasks = tasks, .jobs = jobs};
}

/* "about 40 s left", "about 3 min left" */
static void remaining(double seconds, char *text, size_t room)
{
    double few = seconds < 20 ? ceil(seconds) : 5 * ceil(seconds / 5);
    if (seconds < 90) snprintf(text, room, "about %.0f s left", fmax(1, few));
    else if (seconds < 5400) snprintf(text, room, "about %.0f min left", ceil(seconds / 60));
    else snprintf(text, room, "about %.1f h left", seconds / 3600);
}

void td_progress_tell(void *user, const char *what, double share)
{
    td_progress *p = user;
    double time = now(), spent = time - p->start, all = fmin((p->done + fmin(share, 1)) * p->jobs / fmax(p->tasks, 1), 1);
    int64_t checks = p->r->checks * p->jobs;
    char line[WIDTH + 1], left[32] = "";
    if (!p->terminal || time < p->next) return;
    if (all > 0.01) remaining(spent * (1 - all) / all, left, sizeof left);
    snprintf(line, sizeof line, "%3.0f %%  %lld checks, %.0f/s  %s%s%s", 100 * all, (long long)checks,
             (double)checks / spent, left, left[0] ? "  " : "", what);
    fprintf(stderr, "\r%-*s", WIDTH, line);
    fflush(stderr);
    p->shown = true;
    p->next = now() + PAUSE;
}

void td_progress_close(td_progress *p)
{
    if (p->shown) fprintf(stderr, "\r%*s\r", WIDTH, "");
    p->shown = false;
}
