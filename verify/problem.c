/* problem.c: a program and its inputs put before an engine, and the arrays in which a witness answers.
 *
 * Every witness builds the same leaves from the same bytes and starts its context from the same seed, so what differs
 * between testimonies is the engine alone. */
#include "witness.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

uint64_t td_hash(uint64_t seed, uint64_t i)
{
    uint64_t z = seed + (i + 1) * UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

/* Signs alone would let two wrong entries of equal size cancel; magnitudes alone never show a rule a negative number. */
double td_signed_magnitude(uint64_t hash)
{
    double magnitude = (double)(512 + hash % 1537) / 1024;
    return hash >> 63 ? -magnitude : magnitude;
}

double td_direction_at(const td_direction *d, int input, int64_t i)
{
    if (d->input < 0) return td_signed_magnitude(td_hash(d->seed + (uint64_t)input, (uint64_t)i));
    if (d->input != input) return 0;
    if (d->coordinate >= 0) return i == d->coordinate ? 1 : 0;
    if (i < d->begin || i >= d->end) return 0;
    return td_signed_magnitude(td_hash(d->seed, (uint64_t)i));
}

/* The second cotangent begins with the other sign: a rule that takes |g| is right on one of the two at most. */
double td_cotangent_at(const td_problem *p, int which, int64_t j)
{
    if (which >= TD_COTANGENTS) return j == which - TD_COTANGENTS;
    double first = td_signed_magnitude(td_hash(p->seed, (uint64_t)j));
    if (which == 0) return first;
    double other = td_signed_magnitude(td_hash(p->seed ^ UINT64_C(0xc07a), (uint64_t)j));
    return j == 0 ? -copysign(other, first) : other;
}

double td_weight_at(const td_problem *p, const td_plan *plan, int which, int64_t j)
{
    bool narrow = plan->last > plan->first;
    if (narrow && (j < plan->first || j >= plan->last)) return 0;
    if (plan->last - plan->first == 1 || which + 1 == plan->even) return 1;
    return td_cotangent_at(p, which, j);
}

/* Dot2, the sum and its rounding errors side by side; T. Ogita, S. M. Rump, S. Oishi, "Accurate sum and dot product",
 * SIAM J. Sci. Comput. 26, 2005.  One wrong term among 10^6 would drown in the bound of a plain sum. */
void td_contract(td_contraction *s, double weight, td_answer term)
{
    if (weight == 0) return;
    double product = weight * term.value, sum = s->sum + product, part = sum - s->sum;
    double lost = (s->sum - (sum - part)) + (product - part) + fma(weight, term.value, -product);
    s->exact = s->n == 0 && weight == 1;
    s->endless = s->endless || isinf(term.value);
    s->n++;
    s->sum = sum;
    s->low += lost;
    s->mass += fabs(product);
    s->bound += fabs(weight) * term.bound;
}

/* Dot2's error is at most u of the result and (n u)^2 of the mass, u = 2^-53; the bounds are a plain sum of n positive
 * terms.  An infinite term leaves nothing to be rounded. */
td_answer td_contracted(const td_contraction *s)
{
    double n = (double)(s->n + 2) * 0x1p-52;
    if (s->n == 0 || s->exact) return (td_answer){s->sum, s->bound};
    if (isinf(s->sum) && s->endless) return (td_answer){s->sum, s->bound};
    double value = isfinite(s->sum) ? s->sum + s->low : s->sum;
    double error = s->bound + 0x1p-52 * fabs(value) + n * n * s->mass, underflow = (double)(s->n + 2) * 0x1p-1072;
    return (td_answer){value, error * (1 + n) + underflow};
}

int64_t td_problem_coordinates(const td_problem *p)
{
    int64_t n = 0;
    for (int i = 0; i < p->n; i++) if (p->in[i].smooth) n += p->in[i].numel;
    return n;
}

bool td_direction_touches(const td_direction *d, int input)
{
    return d->input < 0 || d->input == input;
}

td_input td_input_of(td_tensor *x)
{
    td_input in = {.dtype = td_dtype_of(x), .rank = td_rank(x), .numel = td_numel(x), .values = td_data(x)};
    in.smooth = in.dtype == TD_F64 || in.dtype == TD_F32;
    for (int i = 0; i < in.rank; i++) in.size[i] = td_size(x, i);
    return in;
}

double td_input_at(const td_input *in, int64_t i)
{
    switch (in->dtype) {
    case TD_F64: return ((const double *)in->values)[i];
    case TD_F32: return ((const float *)in->values)[i];
    case TD_I64: return (double)((const int64_t *)in->values)[i];
    default: return ((const uint8_t *)in->values)[i];
    }
}

double td_problem_scale(const td_problem *p, int input)
{
    double large = 0;
    for (int i = 0; i < p->n; i++) {
        if (!p->in[i].smooth || (input >= 0 && i != input)) continue;
        for (int64_t j = 0; j < p->in[i].numel; j++) {
            double size = fabs(td_input_at(&p->in[i], j));
            if (isfinite(size)) large = fmax(large, size);
        }
    }
    return large > 0 ? large : 1;
}

td_context *td_problem_open(const td_problem *p, const td_engine *engine)
{
    return td_open(&(td_options){.engine = engine, .seed = p->seed, .threads = p->threads, .schedule = p->schedule});
}

td_tensor *td_problem_leaf(const td_problem *p, td_context *c, int input)
{
    const td_input *in = &p->in[input];
    return td_array(c, in->dtype, in->rank, in->size, in->values);
}

td_tensor *td_problem_run(const td_problem *p, td_context *c, td_tensor *const *leaf)
{
    td_seed(c, p->seed);
    td_tensor *y = p->f(c, leaf, p->user);
    if (!y) td_fail(c, TD_EVALUE, "the program returned NULL");
    return y;
}

static td_answer *unknown(int64_t n)
{
    td_answer *a = malloc((size_t)(n + 1) * sizeof *a);
    for (int64_t i = 0; a && i < n; i++) a[i] = (td_answer){NAN, NAN};
    return a;
}

bool td_testimony_answers(td_testimony *t, const td_plan *plan)
{
    for (int k = 0; k < TD_COTANGENTS; k++) t->slope[k] = unknown(plan->n_direction);
    t->second = unknown(plan->n_pair);
    t->mass = malloc((size_t)(plan->n_direction + 1) * sizeof *t->mass);
    for (int q = 0; t->mass && q < plan->n_direction; q++) t->mass[q] = NAN;
    return t->slope[0] && t->slope[1] && t->second && t->mass;
}

bool td_testimony_result(td_testimony *t, td_tensor *y)
{
    if (t->value) return true;
    t->dtype = td_dtype_of(y);
    t->rank = td_rank(y);
    t->numel = td_numel(y);
    for (int i = 0; i < t->rank; i++) t->size[i] = td_size(y, i);
    t->value = unknown(t->numel);
    return t->value != NULL;
}

void td_testimony_free(td_testimony *t)
{
    for (int k = 0; k < TD_COTANGENTS; k++) {
        for (int i = 0; t->gradient[k] && i < t->n; i++) free(t->gradient[k][i]);
        free(t->gradient[k]);
        free(t->slope[k]);
    }
    free(t->value);
    free(t->second);
    free(t->mass);
    memset(t, 0, sizeof *t);
}

void td_testimony_refuse(td_testimony *t, const td_context *c)
{
    t->status = td_error(c);
    snprintf(t->message, sizeof t->message, "%s", td_message(c));
}
