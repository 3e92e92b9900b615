/* progress.c: one line on a terminal, rewritten, while a command works for longer than a second.
 *
 * Standard error alone, and only where it is a terminal: what is redirected holds no trace of it. */
#include "cli.h"

#include <time.h>
#include <unistd.h>

enum { WIDTH = 78 };

static const double PATIENCE = 1, PAUSE = 0.1;     /* seconds before the first line, and between two */

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

void td_progress_open(td_progress *p)
{
    *p = (td_progress){.terminal = isatty(STDERR_FILENO), .next = now() + PATIENCE};
}

void td_progress_tell(void *user, const char *what, double share)
{
    td_progress *p = user;
    if (!p->terminal || now() < p->next) return;
    char line[WIDTH + 1];
    snprintf(line, sizeof line, "%s, %.0f %%", what, 100 * share);
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
