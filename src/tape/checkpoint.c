/* checkpoint.c: a piece of a program that keeps its result alone, and runs again when the walk back comes to it.
 *
 * td_checkpoint runs the program between a mark and a release.  One node stays: the result's numbers, and as operands all
 * that the program's nodes read from outside.  Its rule runs the program again between a mark and a release, walks back over
 * that recording and keeps the numbers of the adjoints that leave it.  Sums that operands' adjoints are so far go on there,
 * so their terms come in the order in which the whole program's walk adds them: gradients are the same bits.
 *
 * An adjoint is such a node, too: its program is to run again and walk back.  So there are derivatives of any order. */
#include "tape.h"

#include <string.h>

typedef struct piece {
    td_op               op;            /* first: the node's op is the piece */
    const struct piece *of;            /* of an adjoint: what was walked back over; NULL: the user's program */
    int                 n_of, which;   /* of an adjoint: how many operands that has, and which one's it is */
    td_program         *f;             /* the user's, of n inputs */
    void               *user;
    int                 n;
    td_tensor         **in;
    uint64_t            seed, stream;  /* where random numbers stood */
    uint64_t            drew;          /* what a run did: how often it drew, how many nodes it made, which gave the result */
    int64_t             nodes, result;
} piece;

typedef struct numbers { void *at; size_t bytes; } numbers;    /* owned */

static const td_attr no_attr;

/* ---- running the program ------------------------------------------------------------------------------------------- */

/* Nobody may overwrite what is outside: it would be done twice. */
static td_tensor *run(td_context *c, const piece *p)
{
    int64_t fenced = c->fenced;
    c->fenced = c->node_count;
    td_tensor *y = p->f(c, p->in, p->user);
    c->fenced = fenced;
    if (!y && !c->status) td_fail(c, TD_EVALUE, "td_checkpoint: the program returned NULL");
    return c->status ? NULL : y;
}

static td_tensor *run_again(td_context *c, const piece *p)
{
    int64_t  first = c->node_count;
    uint64_t seed = c->options.seed, stream = c->stream;
    c->options.seed = p->seed;
    c->stream = p->stream;
    td_tensor *y = run(c, p);
    uint64_t   drew = c->stream - p->stream;
    c->options.seed = seed;
    c->stream = stream;
    if (!y || (y->index - first == p->result && c->node_count - first == p->nodes && drew == p->drew)) return y;
    td_fail(c, TD_ESTATE, "td_checkpoint: the program made %lld nodes when it ran again, and drew %llu times, "
            "not %lld and %llu: it must do the same each time", (long long)(c->node_count - first), (unsigned long long)drew,
            (long long)p->nodes, (unsigned long long)p->drew);
    return NULL;
}

/* What the node of p, whose operands are in, was made of, recorded anew; NULL after td_fail. */
static td_tensor *record(td_context *c, const piece *p, int n, td_tensor *const *in)
{
    if (!p->of) return run_again(c, p);
    uint32_t    low = (uint32_t)c->node_count;
    td_tensor  *x = in[p->which], *y = record(c, p->of, p->n_of, in);
    td_tensor **adjoint = y ? td_sweep_table(y) : NULL;
    if (!adjoint) return NULL;
    if (n > p->n_of + 1) adjoint[x->index] = in[p->n_of + 1];
    if (!td_sweep_over(y, in[p->n_of], low, adjoint)) return NULL;
    td_tensor *g = adjoint[x->index];
    td_sweep_free(y, adjoint);
    return g;
}

/* ---- what stays ----------------------------------------------------------------------------------------------------- */

static numbers numbers_of(td_tensor *x)
{
    const void *from = td_data(x);
    numbers     k = { NULL, td_shape_bytes(x->shape, x->dtype) };
    if (from) k.at = td_allocate(x->context, k.bytes + 1);
    if (k.at && k.bytes) memcpy(k.at, from, k.bytes);
    return k;
}

static void drop(td_context *c, numbers k) { td_deallocate(c, k.at, k.bytes + 1); }

/* The node of p, of this shape and with these numbers; NULL after td_fail. */
static td_tensor *node_of(td_context *c, const piece *p, int n, td_tensor *const *in, const td_shape *shape, td_dtype d,
                          numbers k)
{
    td_shape        own;
    const td_shape *kept = td_shape_make(c, p->op.name, shape->rank, shape->size, &own) ? NULL : td_shape_keep(c, &own);
    td_tensor      *x = kept ? td_node_new(c, &p->op, n, in, kept, d, false) : NULL;
    if (!x || !td_node_memory(x)) return NULL;
    x->attr = &no_attr;
    if (k.bytes) memcpy(x->data, k.at, k.bytes);
    for (int i = 0; i < n && !c->no_grad && td_is_float(d); i++) x->flags |= in[i]->flags & TD_REQUIRES;
    return c->engine->leaf(x, x->data) == TD_OK ? x : NULL;
}

/* ---- the rule -------------------------------------------------------------------------------------------------------- */

static td_tensor *adjoint_node(const td_pull *p, int k, numbers g)
{
    td_context       *c = p->y->context;
    const td_tensor  *x = p->in[k];
    piece            *s = td_arena(c, sizeof *s);
    td_tensor       **in = s ? td_arena(c, ((size_t)p->n_in + 2) * sizeof *in) : NULL;
    if (!in) return NULL;
    int n = p->n_in;
    *s = (piece){ .op = p->y->op[0], .of = (const piece *)p->y->op, .n_of = n, .which = k };
    memcpy(in, p->in, (size_t)n * sizeof *in);
    in[n++] = p->g;
    if (p->adjoint[x->index]) in[n++] = p->adjoint[x->index];
    return node_of(c, s, n, in, x->shape, (td_dtype)x->dtype, g);
}

/* The adjoints of all operands, recorded from node `low` on, computed in one read; NULL after td_fail. */
static td_tensor **walked(const td_pull *p, td_tensor *y, uint32_t low)
{
    td_tensor **adjoint = td_sweep_table(y);
    if (!adjoint) return NULL;
    for (int k = 0; k < p->n_in; k++) adjoint[p->in[k]->index] = p->adjoint[p->in[k]->index];
    if (!td_sweep_over(y, p->g, low, adjoint)) return NULL;
    td_read_of r = td_read_none(y->context);
    for (int k = 0; k < p->n_in; k++)
        if (adjoint[p->in[k]->index]) td_read_want(&r, adjoint[p->in[k]->index]);
    if (td_read_compute(&r) == TD_OK) return adjoint;
    td_sweep_free(y, adjoint);
    return NULL;
}

/* The program once more, and back: outside adjoints into p's table, of those made in it the numbers into got. */
static void walk_again(const td_pull *p, numbers *got)
{
    td_context *c = p->y->context;
    uint32_t    low = (uint32_t)c->node_count;
    bool        no_grad = c->no_grad;
    c->no_grad = false;
    td_tensor *y = record(c, (const piece *)p->y->op, p->n_in, p->in);
    c->no_grad = no_grad;
    td_tensor **adjoint = y ? walked(p, y, low) : NULL;
    if (!adjoint) return;
    for (int k = 0; k < p->n_in && !c->status; k++) {
        td_tensor *g = td_pull_wants(p, k) ? adjoint[p->in[k]->index] : NULL;
        if (g && g->index >= low) got[k] = numbers_of(g);
        else if (g) p->adjoint[p->in[k]->index] = g;
    }
    td_sweep_free(y, adjoint);
}

/* What is pending is computed before: after the release there would be no trace of it. */
static void pull_through(td_pull *p)
{
    td_context *c = p->y->context;
    size_t      bytes = (size_t)p->n_in * sizeof(numbers);
    numbers    *got = p->n_in > UINT16_MAX - 2 ? NULL : td_allocate(c, bytes);
    if (!got) {
        td_fail(c, TD_EVALUE, "td_checkpoint: %d tensors are read from outside", p->n_in);
        return;
    }
    memset(got, 0, bytes);
    c->reads++;
    td_marker m = td_mark(c);
    if (!c->status) walk_again(p, got);
    td_release(c, m);
    for (int k = 0; k < p->n_in; k++) {
        td_tensor *g = got[k].at && !c->status ? adjoint_node(p, k, got[k]) : NULL;
        if (g) p->adjoint[p->in[k]->index] = g;
        drop(c, got[k]);
    }
    td_deallocate(c, got, bytes);
}

/* ---- the door -------------------------------------------------------------------------------------------------------- */

/* Tensors from before `low` that nodes from there on read, each once. */
typedef struct outside {
    td_tensor **x;
    size_t      n, capacity;
} outside;

static void note(outside *o, td_tensor *x)
{
    td_tensor **table = x->flags & TD_NEEDED ? NULL : td_grown(x->context, o->x, o->n, &o->capacity, sizeof *table);
    if (!table) return;
    o->x = table;
    o->x[o->n++] = x;
    x->flags |= TD_NEEDED;
}

static outside outside_of(td_context *c, int64_t low)
{
    outside o = { 0 };
    for (int64_t i = low; i < c->node_count; i++) {
        const td_tensor *y = td_node_at(c, i);
        for (int k = 0; k < y->n_in; k++)
            if (y->in[k]->index < low) note(&o, y->in[k]);
    }
    for (size_t i = 0; i < o.n; i++) o.x[i]->flags &= (uint8_t)~TD_NEEDED;
    if (o.n > UINT16_MAX)
        td_fail(c, TD_EVALUE, "td_checkpoint: the program reads %zu tensors from outside, %d are the most", o.n, UINT16_MAX);
    return o;
}

static piece *piece_of(td_context *c, td_program *f, int n, td_tensor *const *in, void *user)
{
    for (int i = 0; i < n && !c->status; i++)
        if (!in[i]) td_fail(c, TD_EVALUE, "td_checkpoint: input %d is NULL", i);
    piece      *p = c->status ? NULL : td_arena(c, sizeof *p);
    td_tensor **kept = p ? td_arena(c, ((size_t)(n > 0 ? n : 0) + 1) * sizeof *kept) : NULL;
    if (!kept) return NULL;
    for (int i = 0; i < n; i++) kept[i] = in[i];
    td_op op = { .name = "checkpoint", .max_in = -1, .reads = ~TD_READS_RESULT, .vjp = pull_through };
    *p = (piece){ .op = op, .f = f, .user = user, .n = n, .in = kept, .seed = c->options.seed, .stream = c->stream };
    return p;
}

/* The result, if it was there before; else what becomes its node. */
static td_tensor *first_run(piece *p, td_context *c, outside *o, td_shape *shape, td_dtype *d, numbers *k)
{
    int64_t    low = c->node_count;
    td_tensor *y = run(c, p);
    if (!y || y->index < low) return y;
    p->drew = c->stream - p->stream;
    p->nodes = c->node_count - low;
    p->result = y->index - low;
    *o = outside_of(c, low);
    *shape = *y->shape;
    *d = (td_dtype)y->dtype;
    if (!c->status) *k = numbers_of(y);
    return NULL;
}

td_tensor *td_checkpoint(td_program *f, td_context *c, int n, td_tensor *const *in, void *user)
{
    if (!c) return NULL;
    if (!c->status && c->engine->whole) return f(c, in, user);
    piece    *p = piece_of(c, f, n, in, user);
    td_marker m = p ? td_mark(c) : (td_marker){ 0 };
    if (c->status) return td_bad(c);
    outside    o = { 0 };
    numbers    k = { 0 };
    td_shape   shape;
    td_dtype   d = TD_F64;
    td_tensor *y = first_run(p, c, &o, &shape, &d, &k);
    td_release(c, m);
    if (!y && !c->status) y = node_of(c, p, (int)o.n, o.x, &shape, d, k);
    if (k.at) drop(c, k);
    td_deallocate(c, o.x, o.capacity * sizeof *o.x);
    return y && !c->status ? y : td_bad(c);
}
