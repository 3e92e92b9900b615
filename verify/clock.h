/* clock.h: where the time of a check goes, and who is told. */
#ifndef TD_CLOCK_H
#define TD_CLOCK_H

#include "triad_verify.h"

typedef struct td_clock {
    const td_check_options *o;         /* borrowed: whose progress is told */
    double                 *seconds;   /* borrowed: of a result */
    bool                    runs;
    td_stage                stage;     /* under way, if it runs, since */
    double                  since;
} td_clock;

double td_clock_now(void);         /* seconds by the clock on the wall, from anywhere */
/* What follows belongs to stage s. */
void td_clock_enter(td_clock *c, td_stage s);
void td_clock_leave(td_clock *c);
/* So much of the stage is done. */
void td_clock_tell(const td_clock *c, double share);

#endif
