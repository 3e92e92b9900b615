/* settle.c: what is left to say when all is compared: what would decide, unweighted numbers, grades, excuses. */
#include "check.h"
#include "compare.h"
#include "explain.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* What leaves the worst finding open, and what would decide it. */
static void say_what_would_decide(const td_examination *k)
{
    td_finding *f = &k->r->worst;
    bool slope = f->asked == TD_ASKED_SLOPE && f->input >= 0 && f->coordinate >= 0;
    if (!isnan(f->tape.value) && slope && !isfinite(f->tape.bound) && td_slope_jumps(k, f)) {
        TD_SAY(f->reason, "a tie that rounding could break: at a distance of rounding the slope is another; a point without "
               "the tie would decide");
    } else if (strstr(f->reason, "rounding error")) {
        size_t used = strlen(f->reason);
        snprintf(f->reason + used, sizeof f->reason - used, ": values grow, vanish or cancel on the way; a point less "
                 "extreme, or fewer steps, would decide");
    }
}

/* A result of one number needs no weight. */
static void settle_finding(const td_examination *k, td_finding *f)
{
    if (f->input >= 0 && k->tape.numel == 1) td_locate_output(k->p, 1, f);
    f->grade = td_grade_of(f, k->o.care);
}

void td_settle(td_examination *k)
{
    td_check_result *r = k->r;
    if (r->verdict == TD_INCONCLUSIVE && !(k->o.skip & TD_SKIP_BLAME)) say_what_would_decide(k);
    td_clock_leave(&k->clock);
    td_variants_excuse(k);
    settle_finding(k, &r->worst);
    for (int i = 0; i < r->n; i++) settle_finding(k, &r->input[i].worst), settle_finding(k, &r->input[i].kink);
}
