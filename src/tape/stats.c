/* stats.c: what computing cost: passes, bytes, operations.
 *
 * Counted from the nodes of a pass alone, so that a number means the same on any machine: what a pass reads is each operand
 * that is not made in it, once, and no more of an expanded one than there is; what it writes is what others need. */
#include "tape.h"
#include "op/op.h"

static int64_t smaller(int64_t a, int64_t b) { return a < b ? a : b; }

static int64_t bytes_of(const td_tensor *x)
{
    const td_tensor *owner = x->base ? x->base : x;
    return smaller((int64_t)td_shape_bytes(x->shape, x->dtype), (int64_t)td_shape_bytes(owner->shape, owner->dtype));
}

static bool among(const td_tensor *x, int count, td_tensor *const *node)
{
    for (int i = 0; i < count; i++)
        if (node[i] == x) return true;
    return false;
}

/* Is operand k of node i read for the first time, and made outside? */
static bool comes_in(const td_pass *p, int i, int k)
{
    td_tensor *x = p->node[i]->in[k];
    if (among(td_owner(x), i, p->node)) return false;
    for (int j = 0; j <= i; j++)
        if (among(x, j < i ? p->node[j]->n_in : k, p->node[j]->in)) return false;
    return true;
}

static int64_t flops_of(const td_tensor *y)
{
    if (y->op == &td_op_mm) return 2 * y->shape->numel * y->in[0]->shape->size[y->in[0]->shape->rank - 1];
    if (y->op->kind != TD_PLAIN) return y->shape->numel;
    return y->n_in == 1 && y->shape->numel < y->in[0]->shape->numel ? y->in[0]->shape->numel : 0;
}

void td_account(td_context *c, int64_t n, int count, td_tensor *const *node)
{
    td_pass p = { .n = n, .count = count, .node = node };
    for (int i = 0; i < count; i++) {
        for (int k = 0; k < node[i]->n_in; k++)
            if (comes_in(&p, i, k)) p.read += bytes_of(node[i]->in[k]);
        if (!n || node[i]->flags & TD_STORED) p.written += bytes_of(node[i]);
        p.flops += flops_of(node[i]);
    }
    c->stats.bytes += p.read + p.written;
    c->stats.flops += p.flops;
    if (n) c->stats.loops++, c->stats.fused += count;
    else c->stats.alone++;
    if (c->observer.tell) c->observer.tell(&p, c->observer.user);
}

void td_observe(td_context *c, td_observer *observer, void *user)
{
    c->observer.tell = observer;
    c->observer.user = user;
}

td_stats td_stats_of(const td_context *c)
{
    td_stats s = c->stats;
    s.nodes += c->node_count;
    s.held = c->arena.held;
    return s;
}
