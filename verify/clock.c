/* clock.c: where the time of a check goes, and who is told.
 *
 * One clock an examination: entering a stage ends the one before, so every second belongs to exactly one.  Checks within a
 * check (variants, ops asked alone) have clocks of their own and are silent; the outer one's stage runs on meanwhile. */
#include "check.h"

#include <time.h>

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

void td_stage_leave(td_examination *k)
{
    if (k->clock.runs) k->r->seconds[k->clock.stage] += now() - k->clock.since;
    k->clock.runs = false;
}

void td_stage_enter(td_examination *k, td_stage s)
{
    td_stage_leave(k);
    k->clock = (td_clock){true, s, now()};
    td_stage_tell(k, 0);
}

void td_stage_tell(const td_examination *k, double share)
{
    if (k->o.progress) k->o.progress(k->o.progress_user, td_stage_name(k->clock.stage), share);
}
