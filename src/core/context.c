/* context.c: what owns everything else: options, memory, nodes in order, and the first error. */
#include "core.h"
#include "kernel/kernel.h"

#include <math.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

static td_options with_defaults(const td_options *given)
{
    td_options o = given ? *given : (td_options){ 0 };
    if (!o.allocator.allocate) o.allocator = td_default_allocator;
    return o;
}

/* The 0-d shape and the tensor that stands for "an error happened", which is no node. */
static bool furnish(td_context *c)
{
    td_shape *scalar = td_arena(c, sizeof *scalar);
    if (!scalar) return false;
    td_shape_strides(scalar);
    c->shape0 = scalar;
    c->bad = td_arena(c, sizeof *c->bad);
    if (!c->bad) return false;
    c->bad->context = c;
    c->bad->shape = c->shape0;
    c->bad->dtype = TD_F64;
    return true;
}

/* The best set of this machine, or the one that the environment asks for. */
static void choose_kernels(td_context *c)
{
    const char *asked = getenv("TD_ISA");
    c->kernels = asked && asked[0] ? td_kernels_named(asked) : td_kernels_get();
    if (c->kernels) return;
    td_fail(c, TD_EVALUE, "TD_ISA=%.60s: no such instruction set here; `triad isa` lists them", asked);
    c->kernels = td_kernels_get();
}

static void choose_schedule(td_context *c)
{
    static const char *const name[] = { "auto", "plain", "fused" };
    const char              *asked = getenv("TD_SCHEDULE");
    if (c->options.schedule != TD_SCHEDULE_AUTO || !asked || !asked[0]) return;
    for (int i = TD_SCHEDULE_AUTO; i <= TD_SCHEDULE_FUSED; i++)
        if (!strcmp(asked, name[i])) {
            c->options.schedule = (td_schedule)i;
            return;
        }
    td_fail(c, TD_EVALUE, "TD_SCHEDULE=%.60s: there are auto, plain and fused", asked);
}

const char *td_isa(const td_context *c) { return c->kernels->name; }

const char *td_isa_at(int i, bool *here)
{
    const td_kernels *k = td_kernels_at(i, here);
    return k ? k->name : NULL;
}

td_context *td_context_new(const td_engine *engine, const td_options *options)
{
    td_options  o = with_defaults(options);
    td_context *c = o.allocator.allocate(o.allocator.user, sizeof *c);
    if (!c) return NULL;
    memset(c, 0, sizeof *c);
    c->engine = engine;
    c->options = o;
    choose_kernels(c);
    choose_schedule(c);
    c->few = engine->settle && c->options.schedule == TD_SCHEDULE_AUTO ? TD_FEW : -1;
    if (furnish(c)) return c;
    td_close(c);
    return NULL;
}

void td_close(td_context *c)
{
    if (!c) return;
    for (size_t i = 0; i < c->block_count; i++) td_deallocate(c, c->block[i], TD_NODE_BLOCK * sizeof **c->block);
    td_deallocate(c, c->block, c->block_capacity * sizeof *c->block);
    td_deallocate(c, c->made, c->made_capacity * sizeof *c->made);
    td_deallocate(c, c->span, c->span_capacity * sizeof *c->span);
    td_deallocate(c, c->key, c->key_capacity * sizeof *c->key);
    td_deallocate(c, c->watched, c->watched_capacity * sizeof *c->watched);
    for (size_t i = 0; i < c->arena.count; i++) td_deallocate(c, c->arena.chunk[i].memory, c->arena.chunk[i].size);
    td_deallocate(c, c->arena.chunk, c->arena.capacity * sizeof *c->arena.chunk);
    c->options.allocator.release(c->options.allocator.user, c, sizeof *c);
}

/* ---- errors -------------------------------------------------------------------------------------------------------- */

td_status td_fail(td_context *c, td_status status, const char *format, ...)
{
    if (c->status) return c->status;
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(c->message, sizeof c->message, format, arguments);
    va_end(arguments);
    c->handed = c->placed = false;
    return c->status = status;
}

td_status   td_error(const td_context *c) { return c ? c->status : TD_ENOMEM; }
const char *td_message(const td_context *c) { return c ? c->message : "no context: out of memory"; }

void td_clear_error(td_context *c)
{
    c->status = TD_OK;
    c->message[0] = 0;
}

static void locate(td_context *c, const char *file, int line)
{
    size_t n = strlen(c->message);
    snprintf(c->message + n, sizeof c->message - n, " (%s:%d)", file, line);
    c->placed = true;
}

td_status td_note_made(td_tensor *x, const td_op *op)
{
    td_context *c = x->context;
    if (c->made_count && c->made[c->made_count - 1].node > x->index) return TD_OK;    /* the list stays in order */
    td_made    *table = td_grown(c, c->made, c->made_count, &c->made_capacity, sizeof *table);
    if (!table) return c->status;
    c->made = table;
    c->made[c->made_count++] = (td_made){ x->index, op };
    return TD_OK;
}

/* The last of the entries for x, by halving. */
const td_op *td_made_by(const td_tensor *x)
{
    const td_context *c = x->context;
    size_t            low = 0, high = c->made_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (c->made[middle].node <= x->index) low = middle + 1;
        else high = middle;
    }
    return low && c->made[low - 1].node == x->index ? c->made[low - 1].op : x->op;
}

/* A walk back gives the places of its nodes to those that it makes. */
static void place(td_tensor *x, const char *file, int line)
{
    if (x->file == file && x->line == line) return;
    if (x->file) td_spans_end(x->context, x->index);
    x->file = file;
    x->line = line;
}

/* One call may make many nodes: casts, expansions, the parts of a composition. */
void td_place(td_context *c, const char *file, int line)
{
    for (; c->placed_nodes < c->node_count; c->placed_nodes++) place(td_node_at(c, c->placed_nodes), file, line);
}

td_tensor *td_at(td_tensor *x, const char *file, int line)
{
    if (!x) return x;
    td_context *c = x->context;
    if (x != c->bad) {
        if (c->placed_nodes == x->index) c->placed_nodes++, place(x, file, line);
        if (c->placed_nodes < c->node_count) td_place(c, file, line);
        if (!x->file) x->file = file, x->line = line;
    } else if (c->handed && !c->placed) {
        locate(c, file, line);
    }
    return x;
}

td_tensor *td_bad(td_context *c)
{
    c->handed = true;
    return c->bad;
}

void td_blame(const td_tensor *x)
{
    if (x->file && !x->context->placed) locate(x->context, x->file, x->line);
}

/* ---- nodes in order ------------------------------------------------------------------------------------------------ */

int64_t td_node_count(const td_context *c) { return c->node_count; }

td_tensor *td_node(const td_context *c, int64_t i) { return td_node_at(c, i); }

static bool node_has_place(td_context *c)
{
    if (c->node_count < (int64_t)c->block_count * TD_NODE_BLOCK) return true;
    if (c->node_count >= UINT32_MAX) return !td_fail(c, TD_ENOMEM, "out of nodes: %lld made", (long long)c->node_count);
    td_tensor ***table = td_grown(c, c->block, c->block_count, &c->block_capacity, sizeof *table);
    if (!table) return false;
    c->block = table;
    td_tensor **block = td_allocate(c, TD_NODE_BLOCK * sizeof *block);
    if (!block) return false;
    c->block[c->block_count++] = block;
    return true;
}

td_tensor *td_node_new(td_context *c, const td_op *op, int n, td_tensor *const *in, const td_shape *shape, td_dtype dtype,
                       bool view)
{
    if (!node_has_place(c)) return NULL;
    int64_t    within = td_numbers_within(c, op, shape, (int)dtype, view);
    size_t     head = td_node_head(n, within);
    td_tensor *x = td_arena_aligned(c, head + (size_t)(within > 0 ? within : 0), td_node_alignment(within));
    if (!x) return NULL;
    *x = (td_tensor){ .context = c, .op = op, .shape = shape, .index = (uint32_t)c->node_count, .n_in = (uint16_t)n,
                      .dtype = (uint8_t)dtype, .flags = view ? TD_VIEW : 0, .data = within < 0 ? NULL : (char *)x + head };
    for (int i = 0; i < n; i++) x->in[i] = in[i];
    c->block[(uint64_t)c->node_count / TD_NODE_BLOCK][(uint64_t)c->node_count % TD_NODE_BLOCK] = x;
    c->node_count++;
    return x;
}

td_marker td_mark(td_context *c)
{
    if (c->engine->settle) c->engine->settle(c);
    td_arena_mark here = td_arena_here(c);
    return (td_marker){ c->node_count, here.chunk, here.used };
}

td_status td_watch(td_tensor *x)
{
    if (x->flags & TD_WATCHED) return TD_OK;
    td_context  *c = x->context;
    td_tensor  **table = td_grown(c, c->watched, c->watched_count, &c->watched_capacity, sizeof *table);
    if (!table) return c->status;
    c->watched = table;
    c->watched[c->watched_count++] = x;
    x->flags |= TD_WATCHED;
    return TD_OK;
}

/* A tensor from before the mark may hold a gradient from after it, or a count of nodes that are no more. */
void td_release(td_context *c, td_marker mark)
{
    size_t kept = 0;
    for (size_t i = 0; i < c->watched_count; i++) {
        td_tensor *x = c->watched[i];
        if (x->index >= mark.node) continue;
        if (x->grad && x->grad->index >= mark.node) x->grad = NULL;
        if (x->assigned > mark.node) x->assigned = (uint32_t)mark.node;
        c->watched[kept++] = x;
    }
    c->watched_count = kept;
    td_again_from(c, mark.node);
    while (c->made_count && c->made[c->made_count - 1].node >= mark.node) c->made_count--;
    c->stats.nodes += c->node_count - mark.node;
    c->node_count = mark.node;
    td_arena_back(c, (td_arena_mark){ mark.chunk, mark.used });
    while (c->formers && c->formers->until >= mark.node) c->formers = c->formers->older;
    if (c->computed > mark.node) c->computed = mark.node;
    if (c->settled > mark.node) c->settled = mark.node;
    if (c->assigned > mark.node) c->assigned = (uint32_t)mark.node;
    if (c->placed_nodes > mark.node) c->placed_nodes = mark.node;
}

/* ---- small questions ----------------------------------------------------------------------------------------------- */

bool td_grad_enabled(td_context *c, bool on)
{
    bool was = !c->no_grad;
    c->no_grad = !on;
    return was;
}

bool        td_no_grad(const td_context *c) { return c->no_grad; }
const td_engine *td_engine_of(const td_context *c) { return c->engine; }
bool        td_has_detached(const td_context *c) { return c->detached; }
const char *td_version(void) { return "0.1.0"; }
int         td_numerics_version(void) { return 3; }
