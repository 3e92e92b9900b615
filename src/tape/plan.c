/* plan.c: which nodes share a loop.
 *
 * Time is counted in loops.  A node that is no loop's is computed at the time when the last of its operands is there.  A map
 * is put into the loop over as many elements that runs then; what the loop makes is there at the next time for everybody
 * else, and at once for those in it.  So forward and backward nodes over the same elements come together, whatever small
 * nodes were made between them, and a loop ends only where something needs all of it.  At each time the nodes that are no
 * loop's come first, in the order they were made, then the loops. */
#include "tape.h"
#include "op/op.h"

#include <string.h>

enum { NO_LOOP = -1 };

typedef struct loop {
    int64_t n;
    int32_t time;
    int32_t count;
    int64_t first;                 /* its nodes in plan.order */
    int64_t next;                  /* another loop of the same time; -1: none */
} loop;

typedef struct plan {
    const td_read_of *read;
    int64_t  nodes;                /* low .. top */
    int32_t *time, *loop_of;       /* by index - low; owned */
    int64_t *order;                /* nodes by time, plain ones; then those of loops; owned */
    int64_t *begin;                /* where the plain nodes of a time begin in order; owned */
    loop    *loops;                /* owned */
    int64_t  loop_count;
    int64_t *table;                /* of loops, by elements and time; -1: empty; owned */
    int64_t  table_size;           /* a power of two */
    int32_t  last;                 /* the latest time */
} plan;

bool td_is_whole(const td_tensor *x)
{
    if (!x->base) return true;
    return x->shape->numel == x->base->shape->numel && x->dtype == x->base->dtype && x->shape->offset == 0 &&
           td_shape_is_contiguous(x->shape);
}

/* ---- loops by elements and time ------------------------------------------------------------------------------------ */

static int64_t *loop_place(const plan *p, int64_t n, int32_t time)
{
    uint64_t h = ((uint64_t)n * 0x9e3779b97f4a7c15u) ^ ((uint64_t)time * 0xc2b2ae3d27d4eb4fu);
    for (h ^= h >> 29;; h++) {
        int64_t *place = &p->table[h & (uint64_t)(p->table_size - 1)];
        if (*place < 0 || (p->loops[*place].n == n && p->loops[*place].time == time)) return place;
    }
}

/* The loop over n elements at *time, or later if it is full. */
static int32_t loop_for(plan *p, int64_t n, int32_t *time)
{
    for (;; ++*time) {
        int64_t *place = loop_place(p, n, *time);
        if (*place < 0) {
            p->loops[p->loop_count] = (loop){ .n = n, .time = *time };
            *place = p->loop_count++;
        }
        if (p->loops[*place].count < TD_LOOP_MOST) return (int32_t)*place;
    }
}

/* ---- times --------------------------------------------------------------------------------------------------------- */

static bool in_plan(const plan *p, const td_tensor *y)
{
    return y->index >= p->read->low && y->index < p->read->top && y->flags & TD_NEEDED;
}

static int64_t at(const plan *p, const td_tensor *y) { return y->index - p->read->low; }

static int32_t later(int32_t a, int32_t b) { return a > b ? a : b; }

/* When y's operand x is there: for everybody, or for a loop over n elements. */
static int32_t ready(const plan *p, td_tensor *x, int64_t n)
{
    td_tensor *y = td_owner(x);
    if (!in_plan(p, y)) return 0;
    int32_t of = p->loop_of[at(p, y)], time = p->time[at(p, y)];
    bool    inside = of != NO_LOOP && td_map_of(y) && p->loops[of].n == n && td_is_whole(x);
    return of == NO_LOOP || inside ? time : time + 1;
}

static int32_t all_ready(const plan *p, const td_tensor *y, int64_t n)
{
    int32_t time = 0;
    for (int k = 0; k < y->n_in; k++) time = later(time, ready(p, y->in[k], n));
    return time;
}

/* May y end the loop that its operand is made in? */
static int32_t ended_loop(const plan *p, td_tensor *y)
{
    td_finish *finish;
    td_tensor *x = y->n_in == 1 ? td_owner(y->in[0]) : NULL;
    if (!x || !in_plan(p, x) || !td_is_whole(y->in[0]) || !td_map_of(x) || !td_reduce_of(y, &finish)) return NO_LOOP;
    int32_t of = p->loop_of[at(p, x)];
    return of != NO_LOOP && p->loops[of].count < TD_LOOP_MOST ? of : NO_LOOP;
}

static void place(plan *p, td_tensor *y)
{
    int64_t n = y->shape->numel;
    int32_t time, of = ended_loop(p, y);
    if (of != NO_LOOP) {
        time = p->loops[of].time;
    } else if (n >= td_loop_least(y->context) && td_map_of(y)) {
        time = all_ready(p, y, n);
        of = loop_for(p, n, &time);
    } else {
        time = all_ready(p, y, -1);
    }
    if (of != NO_LOOP) p->loops[of].count++;
    p->time[at(p, y)] = time;
    p->loop_of[at(p, y)] = of;
    p->last = later(p->last, time);
}

/* An operand that is used outside of its loop comes to memory. */
static void store_operands(const plan *p, const td_tensor *y)
{
    for (int k = 0; k < y->n_in; k++) {
        td_tensor *x = td_owner(y->in[k]);
        if (!in_plan(p, x)) continue;
        int32_t of = p->loop_of[at(p, x)];
        bool    inside = of != NO_LOOP && of == p->loop_of[at(p, y)] && td_is_whole(y->in[k]) && td_map_of(x);
        if (!inside) x->flags |= TD_STORED;
    }
}

/* ---- order --------------------------------------------------------------------------------------------------------- */

typedef void visit(plan *p, td_tensor *y);

static void each(plan *p, visit *what)
{
    for (int64_t i = p->read->low; i < p->read->top; i++) {
        td_tensor *y = td_node(p->read->context, i);
        if (y->flags & TD_NEEDED) what(p, y);
    }
}

static void place_and_store(plan *p, td_tensor *y)
{
    place(p, y);
    store_operands(p, y);
}

static void count_plain(plan *p, td_tensor *y)
{
    if (p->loop_of[at(p, y)] == NO_LOOP) p->begin[p->time[at(p, y)] + 2]++;
}

static void put(plan *p, td_tensor *y)
{
    int32_t  of = p->loop_of[at(p, y)];
    int64_t *to = of == NO_LOOP ? &p->begin[p->time[at(p, y)] + 1] : &p->loops[of].first;
    p->order[(*to)++] = y->index;
}

/* Counting sort: begin[t] .. begin[t + 1] are the plain nodes of time t, in order; a loop's end at its `first`. */
static void put_in_order(plan *p)
{
    each(p, count_plain);
    for (int32_t t = 0; t <= p->last; t++) p->begin[t + 2] += p->begin[t + 1];
    int64_t next = p->begin[p->last + 2];
    for (int64_t i = 0; i < p->loop_count; i++) {
        p->loops[i].first = next;
        next += p->loops[i].count;
    }
    each(p, put);
}

/* ---- computing ----------------------------------------------------------------------------------------------------- */

static void compute_one(const plan *p, int64_t i)
{
    td_context *c = p->read->context;
    td_tensor  *y = td_node(c, p->order[i]);
    if (!c->status) td_node_compute(y);
}

/* Nodes whose operands failed are left out, and memory is made for those that are stored. */
static int gather(const plan *p, const loop *l, td_tensor **node)
{
    td_context *c = p->read->context;
    int         count = 0;
    for (int64_t i = l->first - l->count; i < l->first; i++) {
        td_tensor *y = td_node(c, p->order[i]);
        if (td_node_orphaned(y)) y->flags |= TD_FAILED;
        else node[count++] = y;
        if (!td_map_of(y)) y->flags |= TD_STORED;
    }
    return count;
}

static void run_loop(const plan *p, const loop *l)
{
    td_context *c = p->read->context;
    td_tensor  *node[TD_LOOP_MOST];
    int         count = gather(p, l, node);
    bool        fits = count > 1;
    for (int i = 0; i < count && !c->status; i++)
        if (node[i]->flags & TD_STORED) td_node_memory(node[i]);
    if (!c->status && fits) fits = td_loop_run(c, l->n, count, node) == TD_OK || c->status;
    if (!c->status && fits) td_account(c, l->n, count, node);
    for (int i = 0; i < count && !c->status; i++)
        if (!fits) td_node_compute(node[i]);
        else if (node[i]->flags & TD_STORED) node[i]->flags |= TD_DONE;
}

static void compute_all(plan *p)
{
    int64_t *of_time = p->table;    /* the first loop of each time */
    for (int32_t t = 0; t <= p->last; t++) of_time[t] = -1;
    for (int64_t i = p->loop_count - 1; i >= 0; i--) {
        p->loops[i].next = of_time[p->loops[i].time];
        of_time[p->loops[i].time] = i;
    }
    for (int32_t t = 0; t <= p->last; t++) {
        for (int64_t i = p->begin[t]; i < p->begin[t + 1]; i++) compute_one(p, i);
        for (int64_t i = of_time[t]; i >= 0 && !p->read->context->status; i = p->loops[i].next) run_loop(p, &p->loops[i]);
    }
}

static void unmark(plan *p, td_tensor *y)
{
    (void)p;
    y->flags &= (uint8_t)~(TD_NEEDED | TD_STORED);
}

/* One piece of memory holds all tables. */
td_status td_plan_compute(const td_read_of *r)
{
    td_context *c = r->context;
    plan        p = { .read = r, .nodes = r->top - r->low, .table_size = 4 };
    while (p.table_size < 2 * p.nodes + 2) p.table_size *= 2;
    size_t n = (size_t)p.nodes, bytes = n * (2 * sizeof *p.time + sizeof *p.order + sizeof *p.loops) +
                                        (n + 3) * sizeof *p.begin + (size_t)p.table_size * sizeof *p.table;
    char *memory = td_allocate(c, bytes);
    if (!memory) return c->status;
    p.loops = (loop *)memory;
    p.order = (int64_t *)(p.loops + n);
    p.begin = p.order + n;
    p.table = p.begin + n + 3;
    p.time = (int32_t *)(p.table + p.table_size);
    p.loop_of = p.time + n;
    memset(p.begin, 0, (n + 3) * sizeof *p.begin);
    memset(p.table, -1, (size_t)p.table_size * sizeof *p.table);
    each(&p, place_and_store);
    put_in_order(&p);
    compute_all(&p);
    each(&p, unmark);
    td_deallocate(c, memory, bytes);
    return TD_OK;
}
