/* again.c: a step that records what the step before it recorded finds its nodes where they were.
 *
 * A loop that marks and releases makes the same nodes again and again.  What td_release gives back is not touched before
 * something new is put there, so until then each node stands in its old place: there the same op of the same operands with
 * the same attributes has the same shape, dtype and memory, and nothing is left to work out.  Anything new in the arena
 * ends this (c->remains = c->node_count).  Where a node ends follows from the node (td_numbers_within), so those behind it
 * are found whatever was computed, and when.
 *
 * Moreover, a composition of the same operands, or a walk back from the same node, makes the same nodes as long as the
 * nodes before them are the same: a `span` says which, and they are taken in without asking the rules.  What drew random
 * numbers or looked at values is no span.  The table holds spans of nodes that there are, then a gap, then those of nodes
 * that remain; each part in the order in which they began, the outer before the inner.  A span's key stands in the arena
 * behind its nodes, and so is there as long as they are. */
#include "core.h"

#include <stddef.h>
#include <string.h>

static bool any_remain(const td_context *c) { return c->node_count < c->remains && c->few >= 0; }

/* ---- a node -------------------------------------------------------------------------------------------------------- */

static bool same_attr(const td_attr *kept, const td_attr *attr)
{
    return kept == attr || (kept && attr && kept->n_list == attr->n_list &&
                            !memcmp(kept, attr, offsetof(td_attr, list) + (size_t)attr->n_list * sizeof *attr->list));
}

static void take_in(td_tensor *x)
{
    td_context *c = x->context;
    int64_t     within = td_numbers_within(c, x->op, x->shape, x->dtype, x->flags & TD_VIEW);
    uint8_t     flags = x->flags & TD_VIEW;
    bool        constant = c->no_grad || (x->op && x->op->id == TD_ID_detach);
    td_arena_reach(c, (char *)x + td_node_head(x->n_in, within) + (within > 0 ? within : 0));
    if (x->op && within < 0) x->data = NULL;
    if (constant && x->op) c->detached = true;
    else if (x->dtype >= TD_F32)
        for (int i = 0; i < x->n_in; i++) flags |= x->in[i]->flags & TD_REQUIRES;
    if ((x->flags ^ flags) & TD_REQUIRES && x->op) td_spans_end(c, c->node_count);
    x->flags = flags;
    x->grad = NULL;
    x->assigned = 0;
    c->node_count++;
}

td_tensor *td_node_again(td_context *c, const td_op *op, int n, td_tensor *const *in, const td_attr *attr)
{
    td_tensor *x = any_remain(c) ? td_node_at(c, c->node_count) : NULL;
    if (!x || x->op != op || x->n_in != n || !op->id) return NULL;
    for (int i = 0; i < n; i++)
        if (x->in[i] != in[i]) return NULL;
    if (x->attr != attr && !same_attr(x->attr, attr)) return NULL;
    take_in(x);
    return x;
}

td_tensor *td_leaf_again(td_context *c, td_dtype dtype, int rank, const int64_t *size)
{
    td_tensor *x = any_remain(c) ? td_node_at(c, c->node_count) : NULL;
    if (!x || x->op || x->dtype != dtype || x->shape->rank != rank) return NULL;
    for (int i = 0; i < rank; i++)
        if (x->shape->size[i] != size[i]) return NULL;
    take_in(x);
    return x;
}

/* ---- spans --------------------------------------------------------------------------------------------------------- */

static bool is_span(const td_context *c, const td_span *s, const td_op *op, int n, td_tensor *const *key, const td_attr *attr)
{
    return s->first == c->node_count && s->end <= c->remains && s->op == op && s->n_key == n && c->assigned <= s->low &&
           s->made_from == c->made_count && !memcmp(s->key, key, (size_t)n * sizeof *key) && same_attr(s->attr, attr);
}

/* Those that begin within s go with it. */
static void go_on_past(td_context *c, const td_span *s)
{
    size_t end = c->span_next + 1;
    while (end < c->span_count && c->span[end].first < s->end) end++;
    memmove(c->span + c->span_now, c->span + c->span_next, (end - c->span_next) * sizeof *c->span);
    c->span_now += end - c->span_next;
    c->span_next = end;
}

/* Whether the caller rounds as we do is asked once. */
static void hand_over(td_context *c, int64_t first, int64_t end)
{
    bool was_calm = c->calm;
    c->calm = was_calm || td_fenv_is_plain();
    for (int64_t i = first; i < end; i++) {
        td_tensor *x = td_node_at(c, i);
        if (x->op) c->engine->apply(x);
        else c->engine->leaf(x, x->data);
    }
    c->calm = was_calm;
}

td_tensor **td_span_again(td_context *c, const td_op *op, int n, td_tensor *const *key, const td_attr *attr)
{
    if (!any_remain(c)) return NULL;
    while (c->span_next < c->span_count && c->span[c->span_next].first < c->node_count) c->span_next++;
    while (c->span_next < c->span_count && !is_span(c, &c->span[c->span_next], op, n, key, attr)) {
        if (c->span[c->span_next].first > c->node_count) return NULL;
        c->span_next++;
    }
    if (c->span_next == c->span_count) return NULL;
    td_span s = c->span[c->span_next];
    go_on_past(c, &s);
    /* all of them before any is computed: that may ask for memory, which begins where the last one ends */
    while (c->node_count < s.end) take_in(td_node_at(c, c->node_count));
    td_arena_reach(c, (char *)s.key_end);
    c->made_count = s.made;
    hand_over(c, s.first, s.end);
    if (!op) c->placed_nodes = c->node_count;    /* a walk back places what it makes */
    return s.key + n;
}

static size_t ended_by(td_span *to, const td_span *from, size_t n, int64_t node)
{
    size_t kept = 0;
    for (size_t i = 0; i < n; i++)
        if (from[i].end <= node) to[kept++] = from[i];
    return kept;
}

void td_spans_end(td_context *c, int64_t node)
{
    size_t now = ended_by(c->span, c->span, c->span_now, node);
    size_t more = ended_by(c->span + now, c->span + c->span_next, c->span_count - c->span_next, node);
    c->span_now = c->span_next = now;
    c->span_count = now + more;
}

void td_spans_without(const td_tensor *x)
{
    td_context *c = x->context;
    for (size_t i = 0; i < c->span_count; i++)
        if (c->span[i].first <= x->index && x->index < c->span[i].end) {
            td_spans_end(c, x->index);
            return;
        }
}

td_span td_span_begin(const td_context *c, const td_op *op, const td_attr *attr)
{
    return (td_span){ .op = op, .attr = attr, .first = c->node_count, .low = UINT32_MAX, .place = c->span_now,
                      .made_from = c->made_count, .told = c->stream + c->reads };
}

td_tensor **td_span_room(td_context *c, size_t n)
{
    while (n > c->key_capacity) {
        td_tensor **table = td_grown(c, c->key, c->key_capacity, &c->key_capacity, sizeof *table);
        if (!table) return NULL;
        c->key = table;
    }
    return c->key;
}

/* The key goes where the nodes are, and ends what remained there. */
td_tensor **td_span_keep(td_context *c, td_span *s, int n, int n_got)
{
    size_t count = (size_t)(n + n_got), room = count * sizeof *s->key;
    if (c->few < 0 || s->told != c->stream + c->reads || s->first == c->node_count) return c->key + n;
    s->key = td_arena_raw(c, room);
    c->span_next = c->span_count = c->span_now;
    td_span *table = s->key ? td_grown(c, c->span, c->span_count, &c->span_capacity, sizeof *table) : NULL;
    if (!table) return NULL;
    memcpy(s->key, c->key, room);
    s->key_end = s->key + count;
    s->n_key = n;
    s->end = c->node_count;
    s->made = c->made_count;
    c->span = table;
    if (s->place > c->span_now) s->place = c->span_now;
    memmove(table + s->place + 1, table + s->place, (c->span_now - s->place) * sizeof *table);
    table[s->place] = *s;
    c->span_next = c->span_count = ++c->span_now;
    return s->key + n;
}

/* ---- release ------------------------------------------------------------------------------------------------------- */

/* Where nothing remained, or memory was given since, what remains is the nodes there are. */
void td_again_from(td_context *c, int64_t node)
{
    if (c->remains <= c->node_count) {
        c->remains = c->node_count;
        c->span_count = c->span_next;
    }
    if (c->span_count > c->span_next)
        memmove(c->span + c->span_now, c->span + c->span_next, (c->span_count - c->span_next) * sizeof *c->span);
    c->span_count -= c->span_next - c->span_now;
    while (c->span_now && c->span[c->span_now - 1].first >= node) c->span_now--;
    c->span_next = c->span_now;
}
