/* clock.c: where the time of a check goes, and who is told.
 *
 * One clock a check: entering a stage ends the one before, so every second belongs to exactly one.  Checks within a
 * check (variants, ops asked alone) have clocks of their own and are silent; the outer one's stage runs on meanwhile. */
#include "clock.h"

#include <time.h>

double td_clock_now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

void td_clock_leave(td_clock *c)
{
    if (c->runs) c->seconds[c->stage] += td_clock_now() - c->since;
    c->runs = false;
}

void td_clock_enter(td_clock *c, td_stage s)
{
    td_clock_leave(c);
    c->runs = true;
    c->stage = s;
    c->since = td_clock_now();
    td_clock_tell(c, 0);
}

void td_clock_tell(const td_clock *c, double share)
{
    if (c->o->progress) c->o->progress(c->o->progress_user, td_stage_name(c->stage), share);
}
