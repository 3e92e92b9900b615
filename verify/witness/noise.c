/* noise.c: eps |f| misjudges rounding by many orders for an f32 or a 1e8 inside, and for long sums.  So it is measured,
 * number by number: the smallest movement seen (the granularity), and the even part of the movement at steps so small that a
 * smooth function has none.  The smallest steps may leave an inner term as it is, cos x near 0 say, whose rounding shows
 * only at larger ones; so steps grow up to where curvature would show, in f32 sooner than in f64. */
#include "witness/noise.h"

#include <math.h>

/* One pair of small steps.  Does every number that can move move by now? */
static bool listen(td_noise *n, double s, bool even)
{
    if (!n->at(s, n->y, n->user) || !n->at(-s, n->other, n->user)) return true;
    bool all = true;
    for (int64_t j = 0; j < n->numel; j++) {
        double right = fabs(n->y[j] - n->y0[j]), left = fabs(n->other[j] - n->y0[j]);
        if (right > 0 && !(n->grain[j] > 0 && n->grain[j] < right)) n->grain[j] = right;
        if (left > 0 && !(n->grain[j] > 0 && n->grain[j] < left)) n->grain[j] = left;
        if (even) n->grain[j] = fmax(n->grain[j], fabs(n->y[j] - n->y0[j] + (n->other[j] - n->y0[j])));
        if (n->mover[j] && !(n->grain[j] > 0)) all = false;
    }
    return all;
}

/* Numbers that a large step moves. */
static bool find_movers(td_noise *n, double step)
{
    for (int64_t j = 0; j < n->numel; j++) n->grain[j] = 0;
    bool right = n->at(step, n->y, n->user), left = n->at(-step, n->other, n->user), any = false;
    for (int64_t j = 0; j < n->numel; j++) {
        n->mover[j] = (right && n->y[j] != n->y0[j]) || (left && n->other[j] != n->y0[j]);
        any |= n->mover[j];
    }
    return any;
}

void td_noise_measure(td_noise *n, double quantum, double reach)
{
    static const double near[] = {1, 3, 8, 37, 211, 1021, 5003, 30011};
    bool settled = !find_movers(n, reach / 64);
    for (int k = 0; k < n->pairs; k++) settled = listen(n, near[k] * quantum, true);
    for (double s = 64 * quantum; !settled && s <= reach; s *= 16) settled = listen(n, s, false);
}
