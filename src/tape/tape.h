/* tape.h: what the files of this room share. */
#ifndef TD_TAPE_H
#define TD_TAPE_H

#include "core/core.h"

/* ---- the schedule (schedule.c) ------------------------------------------------------------------------------------- */

/* A read: nodes low .. top hold all that is needed for it and has no values yet, flagged TD_NEEDED; what must come to
 * memory for it, or for a node that is no loop's, TD_STORED. */
typedef struct td_read_of {
    td_context *context;
    int64_t     low, top;
    int64_t     longest;           /* elements of the longest map */
} td_read_of;

td_read_of td_read_none(td_context *c);
/* Ask for x's values. */
void       td_read_want(td_read_of *r, td_tensor *x);
/* Compute what was asked for. */
td_status  td_read_compute(td_read_of *r);
/* Compute all nodes there are. */
td_status  td_tape_settle(td_context *c);

/* One node, whose operands have their values or have failed. */
td_status  td_node_compute(td_tensor *y);
/* Compute a new node now, if it is of few numbers that are all there, and works; else it stays as it is. */
bool       td_node_at_once(td_tensor *y);
/* Memory for y's values, unless it has some. */
static inline bool td_node_memory(td_tensor *y)
{
    if (!y->data) y->data = td_arena_raw(y->context, td_shape_bytes(y->shape, y->dtype));
    return y->data;
}
bool       td_node_orphaned(const td_tensor *y);     /* an operand failed */
static inline bool td_node_pending(const td_tensor *y) { return y->op && !(y->flags & (TD_DONE | TD_FAILED | TD_VIEW)); }

/* ---- loops (plan.c, loop.c) ----------------------------------------------------------------------------------------- */

enum { TD_LOOP_MOST = 64 };        /* nodes of a loop */

/* The fewest elements of a node that is worth putting into a loop. */
static inline int64_t td_loop_least(const td_context *c)
{
    static const int64_t least[] = { [TD_SCHEDULE_AUTO] = 4096, [TD_SCHEDULE_PLAIN] = INT64_MAX, [TD_SCHEDULE_FUSED] = 1 };
    return least[c->options.schedule];
}

/* The read r, by loops. */
td_status  td_plan_compute(const td_read_of *r);
/* Nodes of one loop, in order: maps of n elements, and reductions of them to one number.  Fills what is TD_STORED. */
td_status  td_loop_run(td_context *c, int64_t n, int count, td_tensor *const *node);
/* Is x all of its owner's elements, in order? */
bool       td_is_whole(const td_tensor *x);

/* ---- counting (stats.c) --------------------------------------------------------------------------------------------- */

/* A pass that was made: a loop over n elements, or, n = 0, one node alone. */
void       td_account(td_context *c, int64_t n, int count, td_tensor *const *node);

/* Are all elements one? */
static inline bool td_is_everywhere(const td_shape *s)
{
    for (int i = 0; i < s->rank; i++)
        if (s->size[i] > 1 && s->stride[i]) return false;
    return true;
}

/* ---- the walk back (backward.c) ------------------------------------------------------------------------------------- */

/* Adjoints of all nodes from y down to node `low`, by index; NULL where nothing arrived.  Recorded on the tape of y.  The
 * table has y->index + 1 places and is freed by td_sweep_free; NULL after td_fail. */
td_tensor **td_sweep(td_tensor *y, td_tensor *seed, uint32_t low);
/* The same in two steps: the table, in which nodes before `low` may already have adjoints, to which more is added; the walk,
 * which frees it if it fails. */
td_tensor **td_sweep_table(td_tensor *y);
bool        td_sweep_over(td_tensor *y, td_tensor *seed, uint32_t low, td_tensor **adjoint);
void        td_sweep_free(td_tensor *y, td_tensor **adjoint);

#endif
