/* value.c: mistakes of a kernel: wrong, missing or shifted numbers of a result. */
#include "mutate/op.h"

#include <math.h>
#include <string.h>

static double get(const td_window *w, int64_t i)
{
    switch (w->dtype) {
    case TD_F64: return ((const double *)w->data)[i];
    case TD_F32: return ((const float *)w->data)[i];
    case TD_I64: return (double)((const int64_t *)w->data)[i];
    default: return ((const uint8_t *)w->data)[i];
    }
}

/* True if that changed the number. */
static bool put(const td_window *w, int64_t i, double v)
{
    double before = get(w, i);
    switch (w->dtype) {
    case TD_F64: ((double *)w->data)[i] = v; break;
    case TD_F32: ((float *)w->data)[i] = (float)v; break;
    case TD_I64: ((int64_t *)w->data)[i] = (int64_t)v; break;
    default: ((uint8_t *)w->data)[i] = v != 0;
    }
    double after = get(w, i);
    return after != before && !(isnan(after) && isnan(before));
}

/* A float by a relative amount, an integer by one, a bool to the other. */
static bool nudge(const td_window *w, int64_t i, double by)
{
    double v = get(w, i);
    if (w->dtype == TD_BOOL) return put(w, i, v == 0);
    if (w->dtype != TD_I64 && !td_mutant_counts(by, w->dtype)) return false;
    return put(w, i, w->dtype == TD_I64 ? v + 1 : v * (1 + by));
}

static bool middle(const td_mutation *m, const td_call *call)
{
    int64_t n = call->out.shape->numel;
    return n && nudge(&call->out, n / 2, m->a);
}

static bool all(const td_mutation *m, const td_call *call)
{
    bool any = false;
    for (int64_t i = 0; i < call->out.shape->numel; i++) any |= nudge(&call->out, i, m->a);
    return any;
}

static bool tail(const td_mutation *m, const td_call *call)
{
    int64_t n = call->out.shape->numel;
    bool any = false;
    for (int64_t i = n - (m->k > 1 ? n % m->k : n > 0); i < n; i++) any |= put(&call->out, i, 0);
    return any;
}

static bool shifted(const td_mutation *m, const td_call *call)
{
    bool any = false;
    (void)m;
    for (int64_t i = 0; i + 1 < call->out.shape->numel; i++) any |= put(&call->out, i, get(&call->out, i + 1));
    return any;
}

static bool single(const td_mutation *m, const td_call *call)
{
    bool any = false;
    (void)m;
    for (int64_t i = 0; i < call->out.shape->numel && call->out.dtype == TD_F64; i++) {
        any |= put(&call->out, i, (float)get(&call->out, i));
    }
    return any;
}

/* Everything not finite becomes 0. */
static bool finite(const td_mutation *m, const td_call *call)
{
    bool any = false;
    (void)m;
    for (int64_t i = 0; i < call->out.shape->numel; i++) {
        if (!isfinite(get(&call->out, i))) any |= put(&call->out, i, 0);
    }
    return any;
}

const td_mutation td_mutations_value[] = {
    {"v_rel4", "one element of the result is off by 1e-4 of itself", .a = 1e-4, .value = middle},
    {"v_rel12", "all elements are off by 1e-12", .a = 1e-12, .value = all},
    {"v_last", "the last element is 0", .k = 1, .value = tail},
    {"v_tail8", "what remains after eights is 0", .k = 8, .value = tail},
    {"v_shift", "elements are shifted by one", .value = shifted},
    {"v_f32", "the result is rounded to single precision", .value = single},
    {"v_finite", "NaN and infinity become 0", .value = finite},
    {0}};
