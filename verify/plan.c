/* plan.c: coordinates one by one while they are few, random directions through all of them beyond.
 *
 * A coordinate asked alone can't hide; a wrong entry among n is seen by a random direction with certainty if it is the only
 * one, but only above the bound of the whole sum.  So an input larger than its share gets both.  Where no coordinate can be
 * afforded, the directions go through all inputs at once and cost one run of the dual engine; each op alone, asked in the
 * same way, rounds little, and shows what hides in the whole (blame.c). */
#include "plan.h"

#include <stdlib.h>

enum { RANDOM_DIRECTIONS = 4, SECOND_COORDINATES = 6 };

static int64_t smooth_inputs(const td_problem *p)
{
    int64_t n = 0;
    for (int i = 0; i < p->n; i++) n += p->in[i].smooth && p->in[i].numel > 0;
    return n;
}


/* How many coordinates of an input are asked alone. */
static int64_t share(const td_problem *p, const td_check_options *o, int input)
{
    int64_t numel = p->in[input].numel, part = o->coordinates / smooth_inputs(p);
    if (td_problem_coordinates(p) <= o->coordinates) return numel;
    if (part < 2) part = 2;
    return numel < part ? numel : part;
}

static void add_direction(td_plan *plan, td_direction d)
{
    plan->direction[plan->n_direction++] = d;
}

/* The k-th of n coordinates asked: both ends, and between them one from each of equal stretches. */
static int64_t spread(uint64_t seed, int64_t k, int64_t n, int64_t numel)
{
    if (n == numel || k == 0) return k;
    if (k == n - 1) return numel - 1;
    int64_t stretch = numel / n;
    return k * stretch + (int64_t)(td_hash(seed, (uint64_t)k) % (uint64_t)stretch);
}

static void ask_input(const td_problem *p, const td_check_options *o, int input, td_plan *plan)
{
    int64_t numel = p->in[input].numel, n = share(p, o, input);
    uint64_t seed = td_hash(o->seed ^ UINT64_C(0xd14ec7), (uint64_t)input);
    for (int64_t k = 0; k < n; k++) {
        add_direction(plan, (td_direction){.input = input, .coordinate = spread(seed, k, n, numel)});
    }
    if (n == numel) return;
    for (int k = 0; k < RANDOM_DIRECTIONS; k++) {
        add_direction(plan, (td_direction){input, -1, 0, numel, td_hash(seed, (uint64_t)(numel + k))});
    }
}

static td_direction everywhere(const td_check_options *o, uint64_t which)
{
    return (td_direction){.input = -1, .coordinate = -1, .seed = td_hash(o->seed ^ UINT64_C(0x5ec0d), which)};
}

static void ask_everywhere(const td_check_options *o, td_plan *plan)
{
    for (int k = 0; k < RANDOM_DIRECTIONS; k++) {
        add_direction(plan, (td_direction){-1, -1, 0, INT64_MAX, td_hash(o->seed ^ UINT64_C(0xd14ec7), (uint64_t)k)});
    }
}

/* (a, e_j) for some coordinates, and (a, b), (b, a) for two random directions; of a large problem (a, b). */
static void ask_second(const td_check_options *o, td_plan *plan)
{
    td_direction a = everywhere(o, 0), b = everywhere(o, 1);
    int n = plan->lean ? 0 : plan->n_direction, most = n < SECOND_COORDINATES ? n : SECOND_COORDINATES;
    for (int k = 0; k < most; k++) plan->pair[plan->n_pair++] = (td_pair){a, plan->direction[(int64_t)k * n / most]};
    plan->pair[plan->n_pair++] = (td_pair){a, b};
    if (!plan->lean) plan->pair[plan->n_pair++] = (td_pair){b, a};
}

bool td_plan_make(const td_problem *p, const td_check_options *o, td_plan *plan)
{
    int64_t room = 1 + RANDOM_DIRECTIONS;
    for (int i = 0; i < p->n; i++) {
        if (p->in[i].smooth && p->in[i].numel > 0) room += share(p, o, i) + RANDOM_DIRECTIONS;
    }
    plan->direction = malloc((size_t)room * sizeof *plan->direction);
    plan->pair = malloc((SECOND_COORDINATES + 2) * sizeof *plan->pair);
    if (!plan->direction || !plan->pair) return false;
    plan->lean = !o->coordinates;
    for (int i = 0; i < p->n && !plan->lean; i++) {
        if (p->in[i].smooth && p->in[i].numel > 0) ask_input(p, o, i, plan);
    }
    if (plan->lean && smooth_inputs(p)) ask_everywhere(o, plan);
    if (plan->n_direction && !(o->skip & TD_SKIP_SECOND)) ask_second(o, plan);
    return true;
}

void td_plan_free(td_plan *plan)
{
    free(plan->direction);
    free(plan->pair);
}

int td_plan_cotangents(const td_plan *plan)
{
    return plan->lean ? 1 : TD_COTANGENTS;
}

bool td_plan_differs(const td_plan *plan, int q, int64_t most)
{
    int first = q, last = q, input = plan->direction[q].input;
    while (first > 0 && plan->direction[first - 1].input == input) first--;
    while (last + 1 < plan->n_direction && plan->direction[last + 1].input == input) last++;
    int64_t n = last - first + 1, k = q - first;
    if (n <= most) return true;
    return (k + 1) * most / n != k * most / n;      /* most of n, evenly; the last is one of them */
}
