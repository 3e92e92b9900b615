/* compare.c: the rule of verdicts.  The only numbers in it are the two of the rule for differences: an error bar counts
 * ten times, since it is measured and not proved, and a bar above one hundredth of the slope's mass decides nothing. */
#include "compare.h"

#include <math.h>

static bool same_class(double a, double b)
{
    return (isnan(a) && isnan(b)) || (isinf(a) && a == b);
}

td_verdict td_compare(td_answer a, td_answer b)
{
    if (same_class(a.value, b.value)) return TD_AGREE;
    double limit = a.bound + b.bound;
    if (!isfinite(limit)) return TD_INCONCLUSIVE;
    return fabs(a.value - b.value) <= limit ? TD_AGREE : TD_DISAGREE;
}

double td_strain(td_answer a, td_answer b)
{
    double distance = fabs(a.value - b.value), limit = a.bound + b.bound;
    if (same_class(a.value, b.value) || distance == 0 || !isfinite(limit)) return 0;
    return isfinite(distance) ? distance / limit : INFINITY;
}

static td_fd_outcome compare_kink(const td_slope *s, td_answer claim, const char **reason)
{
    double slack = 10 * (s->left_error + s->right_error) + (isfinite(claim.bound) ? claim.bound : 0);
    double low = fmin(s->left, s->right) - slack, high = fmax(s->left, s->right) + slack;
    if (claim.value >= low && claim.value <= high) return TD_FD_KINK;
    *reason = "a kink, and the claim lies outside the one-sided slopes";
    return TD_FD_OUTSIDE;
}

td_fd_outcome td_compare_slope(const td_slope *s, td_answer claim, double mass, const char **reason)
{
    *reason = s->reason;
    if (s->kind == TD_SLOPE_UNKNOWN) return TD_FD_UNDECIDED;
    *reason = "the claimed slope is not finite";
    if (!isfinite(claim.value)) return TD_FD_UNDECIDED;
    if (s->kind == TD_SLOPE_KINK) return compare_kink(s, claim, reason);
    if (claim.value == 0 && s->value == 0) return TD_FD_AGREED;      /* nothing moved, and nothing should */
    double bar = 10 * s->error, size = fmax(isnan(mass) ? fabs(claim.value) : mass, fabs(s->value));
    *reason = "ten error bars exceed 1 % of the slope's mass";
    if (bar > size / 100) return TD_FD_UNDECIDED;
    if (fabs(claim.value - s->value - s->low) <= bar + (isfinite(claim.bound) ? claim.bound : 0)) return TD_FD_AGREED;
    *reason = "the claimed slope has no bound";
    if (!isfinite(claim.bound)) return TD_FD_UNDECIDED;
    *reason = "only one side could be measured, at the edge of the domain";
    return s->edge ? TD_FD_UNDECIDED : TD_FD_DISAGREED;
}

/* A bar well below what lies between the two can choose, however large it is beside the slopes. */
static td_alone choose(td_answer tape, td_answer dual, const td_slope *s)
{
    double bar = 10 * s->error, apart = fabs(tape.value - dual.value);
    if (s->kind != TD_SLOPE_SMOOTH || s->edge || !(4 * bar <= apart)) return TD_UNCLEAR;
    bool with_tape = fabs(tape.value - s->value) <= bar, with_dual = fabs(dual.value - s->value) <= bar;
    return with_tape == with_dual ? TD_UNCLEAR : with_dual ? TD_ALONE_TAPE : TD_ALONE_DUAL;
}

td_alone td_vote(td_answer tape, td_answer dual, const td_slope *s, double mass)
{
    const char *reason;
    td_fd_outcome t = td_compare_slope(s, tape, mass, &reason), d = td_compare_slope(s, dual, mass, &reason);
    /* a flat difference quotient is no vote for 0 against a slope too small to be seen */
    if (s->kind == TD_SLOPE_SMOOTH && fabs(tape.value - dual.value) <= 10 * s->error) return TD_UNCLEAR;
    bool with_tape = t == TD_FD_AGREED || t == TD_FD_KINK, with_dual = d == TD_FD_AGREED || d == TD_FD_KINK;
    if (with_tape == with_dual) return choose(tape, dual, s);
    return with_dual ? TD_ALONE_TAPE : TD_ALONE_DUAL;
}

/* Against whom: the other engine, or, where both or neither speak, differences. */
static td_answer opponent(const td_finding *f)
{
    bool dual = !isnan(f->dual.value) && f->alone != TD_ALONE_DIFFERENCES;
    return dual || isnan(f->differences.value) ? f->dual : f->differences;
}

double td_share(const td_finding *f)
{
    td_answer other = opponent(f);
    double size = fmax(fabs(f->tape.value), fabs(other.value)), distance = fabs(f->tape.value - other.value);
    return f->asked != TD_ASKED_LAW && size > 0 && isfinite(size) && distance <= 2 * size ? distance / size : INFINITY;
}

td_grade td_grade_of(const td_finding *f, double care)
{
    double share = td_share(f);
    if (f->verdict != TD_DISAGREE) return TD_UNGRADED;
    return share < (care > 0 ? care : 1e-5) ? TD_NOTE : share < 0.1 ? TD_PRECISION : TD_WRONG;
}
