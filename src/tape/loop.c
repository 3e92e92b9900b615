/* loop.c: many elementwise nodes in one pass over memory.
 *
 * The elements are taken in blocks of TD_BLOCK that stay in a near cache.  For each block every node's kernel is called
 * once, on what the nodes before it left in buffers; only what somebody outside needs is written to memory, and only what
 * comes from outside is read from it.  A reduction takes the block as it would take it from memory.  So the bits are those
 * of the nodes computed one after another.
 *
 * A program of `step`s is made first: values have numbers, steps that have a kernel together are joined, buffers are given
 * to values from first use to last. */
#include "tape.h"
#include "kernel/tree.h"
#include "op/op.h"

#include <string.h>

enum {
    OPERANDS = 3,
    VALUES   = TD_LOOP_MOST * (1 + OPERANDS),
    BUFFERS  = 12,
    SUMS     = 8,             /* reductions of a loop */
    LEVELS   = 6,             /* of the tree over the blocks of a span, and one */
    LARGE    = 16 << 20,      /* bytes of a result that goes past the caches */
    FAR      = 1 << 18,       /* elements of a loop whose operands are in no near cache */
    LINE     = 64,            /* bytes, of a cache */
    NOWHERE  = -1
};
_Static_assert(TD_SPAN / TD_BLOCK <= 1 << (LEVELS - 2), "a tree of a span");

/* What a step reads or makes.  In memory: `data`, the whole of it.  Of what comes from outside: `stream`. */
typedef struct value {
    const td_tensor *tensor;
    td_stream        stream;
    char            *data;
    int64_t          bytes;       /* of an element */
    int              buffer;      /* NOWHERE: none */
    int              last;        /* the step that reads it last */
    bool             outside, everywhere;    /* everywhere: one number, for all elements */
} value;

typedef struct step {
    td_map_fn       *map;         /* NULL: a value from outside is fetched, or a sum goes on */
    const td_reduce *reduce;      /* NULL: no sum */
    td_finish       *finish;
    int              n_in, in[OPERANDS];
    int              out;         /* a value; of a sum which one */
    double           a, b;
    bool             gone;        /* a later step does it too */
} step;

typedef struct program {
    td_context    *c;
    int64_t        n;
    int            values, steps, sums;
    value          value[VALUES];
    step           step[VALUES];
    td_partial    *part;          /* [sums][spans] */
    int64_t        spans;
} program;

static int64_t smaller(int64_t a, int64_t b) { return a < b ? a : b; }

/* ---- running ------------------------------------------------------------------------------------------------------- */

typedef struct block {
    _Alignas(64) char buffer[BUFFERS][TD_BLOCK * sizeof(double)];
    const void *at[VALUES];       /* where the block of each value is */
    td_partial  part[SUMS][LEVELS];
    td_tree     tree[SUMS];
    int64_t     first, n;
} block;

static bool goes_past(const program *p, const value *v) { return v->data && p->n >= LARGE / v->bytes; }

/* Of what stands far away the next block is asked for: memory answers while this one is worked on. */
static void fetch(const program *p, const value *v, block *b, const void **at)
{
    *at = td_stream_read(&v->stream, b->first, b->n, v->buffer == NOWHERE ? NULL : b->buffer[v->buffer]);
    if (v->buffer != NOWHERE || p->n < FAR) return;
    const char *next = (const char *)*at + b->n * v->bytes;
    for (int64_t i = 0; i < b->n * v->bytes; i += LINE) __builtin_prefetch(next + i, 0, 2);
}

static void run_map(const program *p, const step *s, block *b)
{
    const value *v = &p->value[s->out];
    const void  *x[OPERANDS];
    char        *to = v->data ? v->data + b->first * v->bytes : NULL, *made = to;
    for (int k = 0; k < s->n_in; k++) x[k] = b->at[s->in[k]];
    if (v->buffer != NOWHERE) made = b->buffer[v->buffer];
    s->map(b->n, made, x, s->a, s->b);
    if (to && made != to) p->c->kernels->past->write(b->n * v->bytes, to, made, 0, NULL);
    b->at[s->out] = made;
}

static void run_sum(const step *s, block *b)
{
    td_tree *t = &b->tree[s->out];
    s->reduce->line(b->n, b->at[s->in[0]], b->first, 0, td_tree_top(t));
    td_tree_push(t);
}

static void run_block(const program *p, block *b)
{
    for (int i = 0; i < p->steps; i++) {
        const step *s = &p->step[i];
        if (s->map) run_map(p, s, b);
        else if (s->reduce) run_sum(s, b);
        else fetch(p, &p->value[s->out], b, &b->at[s->out]);
    }
}

static void start_sums(const program *p, block *b)
{
    for (int i = 0; i < p->steps; i++)
        if (p->step[i].reduce)
            b->tree[p->step[i].out] = (td_tree){ .merge = p->step[i].reduce->merge, .width = 1, .part = b->part[p->step[i].out] };
}

static void end_sums(const program *p, block *b, int64_t span)
{
    for (int k = 0; k < p->sums; k++) {
        td_tree_end(&b->tree[k]);
        p->part[k * p->spans + span] = b->part[k][0];
    }
}

static void fill_constants(const program *p, block *b)
{
    b->first = 0, b->n = TD_BLOCK;
    for (int i = 0; i < p->values; i++)
        if (p->value[i].everywhere) fetch(p, &p->value[i], b, &b->at[i]);
}

static void run_spans(int64_t begin, int64_t end, void *argument)
{
    const program *p = argument;
    block          b;
    fill_constants(p, &b);
    for (int64_t span = begin; span < end; span++) {
        int64_t stop = smaller(p->n, (span + 1) * TD_SPAN);
        start_sums(p, &b);
        for (b.first = span * TD_SPAN; b.first < stop; b.first += TD_BLOCK) {
            b.n = smaller(stop - b.first, TD_BLOCK);
            run_block(p, &b);
        }
        end_sums(p, &b, span);
    }
    p->c->kernels->past->finish();
}

/* ---- the program --------------------------------------------------------------------------------------------------- */

/* The value of x that stands there; NULL: that is made here. */
static int value_of(const program *p, const td_tensor *x, const void *there)
{
    for (int i = p->values - 1; i >= 0; i--)
        if (p->value[i].tensor == x && (const void *)p->value[i].stream.data == there) return i;
    return NOWHERE;
}

static int new_value(program *p, const td_tensor *x)
{
    value *v = &p->value[p->values];
    v->tensor = x;
    v->stream.data = v->data = NULL;
    v->bytes = (int64_t)td_dtype_size((td_dtype)x->dtype);
    v->buffer = NOWHERE;
    v->last = p->steps;
    v->outside = v->everywhere = false;
    return p->values++;
}

static int outside(program *p, const td_tensor *x, const td_window *w)
{
    int    found = new_value(p, x);
    value *v = &p->value[found];
    v->outside = true;
    v->stream = td_stream_of(p->c, w);
    v->everywhere = td_is_everywhere(x->shape);
    if (!v->everywhere) p->step[p->steps++] = (step){ .out = found };
    return found;
}

/* Operand k of y as a value: made in the loop, or fetched, now if it has not been. */
static int operand(program *p, const td_tensor *y, int k)
{
    td_tensor *x = y->in[k];
    int        found = td_is_whole(x) ? value_of(p, td_owner(x), NULL) : NOWHERE;
    if (found != NOWHERE) return found;
    td_window w = td_window_in(y, k);
    found = value_of(p, x, w.data);
    return found != NOWHERE ? found : outside(p, x, &w);
}

/* One number for many elements: it was made before the loop. */
static bool is_number(const td_tensor *x) { return x->shape->numel > 1 && td_is_everywhere(x->shape); }

/* x + b, x - b and x b, where b is one number, have kernels that read one operand less and give the same bits; but for a NaN
 * b, beside which another may stand, and the first of two is passed on.  Which operand is left; NOWHERE: no such thing. */
static int take_number(const program *p, const td_tensor *y, step *s)
{
    static const struct { int two, one; double sign; } of[] = {
        { TD_MAP_add, TD_MAP_add_scalar, 1 }, { TD_MAP_sub, TD_MAP_add_scalar, -1 }, { TD_MAP_mul, TD_MAP_mul_scalar, 1 },
    };
    if (y->dtype != TD_F32 && y->dtype != TD_F64) return NOWHERE;
    td_map_fn *const *map = p->c->kernels->map[y->dtype];
    for (size_t i = 0; i < sizeof of / sizeof *of; i++) {
        if (s->map != map[of[i].two]) continue;
        int side = is_number(y->in[1]);
        if (!is_number(y->in[side]) || (side == 0 && of[i].sign < 0)) return NOWHERE;
        const void *at = td_window_in(y, side).data;
        double      b = y->dtype == TD_F64 ? *(const double *)at : (double)*(const float *)at;
        if (b != b) return NOWHERE;
        s->map = map[of[i].one];
        s->a = of[i].sign * b;
        return 1 - side;
    }
    return NOWHERE;
}

static bool add_node(program *p, td_tensor *y)
{
    step s = { .map = td_map_of(y), .n_in = y->n_in, .a = y->attr->a, .b = y->attr->b };
    int  left = s.map ? take_number(p, y, &s) : NOWHERE;
    if (left != NOWHERE) s.n_in = 1;
    for (int k = 0; k < s.n_in; k++) {
        s.in[k] = operand(p, y, left == NOWHERE ? k : left);
        p->value[s.in[k]].last = p->steps;
    }
    if (s.map) {
        s.out = new_value(p, y);
        if (y->flags & TD_STORED) p->value[s.out].data = y->data;
    } else {
        s.reduce = td_reduce_of(y, &s.finish);
        s.out = p->sums++;
    }
    p->step[p->steps++] = s;
    return p->sums < SUMS;
}

/* ---- steps joined -------------------------------------------------------------------------------------------------- */

/* Where a value comes from, and how often it is read. */
typedef struct uses {
    int maker[VALUES], readers[VALUES];
} uses;

static void look(const program *p, uses *u)
{
    memset(u->readers, 0, sizeof u->readers);
    for (int i = 0; i < p->steps; i++) {
        const step *s = &p->step[i];
        if (!s->reduce) u->maker[s->out] = i;
        for (int k = 0; k < s->n_in; k++) u->readers[s->in[k]]++;
    }
}

/* Operand k of s is made by a step that nobody else needs, with a kernel that does both: s does it. */
static bool join(program *p, const uses *u, step *s, int k)
{
    static const struct { int first, second, both; bool number; } of[] = {    /* number: the first one's is kept */
        { TD_MAP_mul_scalar, TD_MAP_add_scalar, TD_MAP_joined_affine, true },
        { TD_MAP_neg, TD_MAP_add_scalar, TD_MAP_joined_from, false },
        { TD_MAP_square, TD_MAP_joined_from, TD_MAP_joined_from_square, false },
        { TD_MAP_joined_from_square, TD_MAP_mul, TD_MAP_joined_times_from_square, true },
    };
    const value *v = &p->value[s->in[k]], *made = &p->value[s->out];
    if (v->outside || v->data || u->readers[s->in[k]] > 1) return false;
    step             *before = &p->step[u->maker[s->in[k]]];
    td_map_fn *const *map = p->c->kernels->map[made->tensor->dtype];
    for (size_t i = 0; i < sizeof of / sizeof *of; i++) {
        if (s->map != map[of[i].second] || before->map != map[of[i].first] || !map[of[i].both]) continue;
        *s = (step){ .map = map[of[i].both], .n_in = s->n_in, .in = { before->in[0], s->in[1 - k] }, .out = s->out,
                     .a = of[i].number ? before->a : s->a, .b = s->a };
        before->gone = true;
        return true;
    }
    return false;
}

/* Steps that are left, and who reads each value last. */
static void close_ranks(program *p)
{
    int left = 0;
    for (int i = 0; i < p->steps; i++) {
        const step *s = &p->step[i];
        if (s->gone) continue;
        if (!s->reduce) p->value[s->out].last = left;
        for (int k = 0; k < s->n_in; k++) p->value[s->in[k]].last = left;
        p->step[left++] = *s;
    }
    p->steps = left;
}

static void join_steps(program *p)
{
    uses u;
    look(p, &u);
    for (int i = 0; i < p->steps; i++)
        for (int k = 0; k < p->step[i].n_in && p->step[i].map; k++)
            while (k < p->step[i].n_in && p->step[i].n_in < OPERANDS && join(p, &u, &p->step[i], k)) {}
    close_ranks(p);
}

/* ---- buffers ------------------------------------------------------------------------------------------------------- */

static bool wants_buffer(const program *p, const value *v)
{
    if (v->outside) return v->everywhere || v->stream.rank > 1 || v->stream.stride[0] != 1;
    return !v->data || goes_past(p, v);
}

static bool give_buffer(value *v, uint32_t *free_buffers)
{
    if (!*free_buffers) return false;
    v->buffer = __builtin_ctz(*free_buffers);
    *free_buffers &= *free_buffers - 1;
    return true;
}

/* Constants keep theirs; others from the step that makes them to the last that reads them.  A map may write over an operand
 * of its own size: it is read element by element. */
static bool give_buffers(program *p)
{
    uint32_t free_buffers = (1u << BUFFERS) - 1;
    for (int i = 0; i < p->values; i++)
        if (p->value[i].everywhere && !give_buffer(&p->value[i], &free_buffers)) return false;
    for (int i = 0; i < p->steps; i++) {
        step  *s = &p->step[i];
        value *v = s->reduce ? NULL : &p->value[s->out];
        for (int k = 0; k < s->n_in; k++) {
            value *x = &p->value[s->in[k]];
            bool   over = x->last == i && x->buffer != NOWHERE && !x->everywhere && (!v || x->bytes == v->bytes);
            if (over && !(free_buffers >> x->buffer & 1)) free_buffers |= 1u << x->buffer;
        }
        if (v && !v->everywhere && wants_buffer(p, v) && !give_buffer(v, &free_buffers)) return false;
        for (int k = 0; k < s->n_in; k++) {
            value *x = &p->value[s->in[k]];
            bool   mine = v && v->buffer == x->buffer;
            if (x->last == i && x->buffer != NOWHERE && !x->everywhere && !mine) free_buffers |= 1u << x->buffer;
        }
        if (v && v->last == i && v->buffer != NOWHERE && !v->everywhere) free_buffers |= 1u << v->buffer;
    }
    return true;
}

/* ---- the door ------------------------------------------------------------------------------------------------------ */

static void finish_sums(const program *p, int count, td_tensor *const *node)
{
    for (int i = 0, k = 0; i < count; i++) {
        td_finish       *finish;
        const td_reduce *how = td_map_of(node[i]) ? NULL : td_reduce_of(node[i], &finish);
        if (!how) continue;
        td_partial joined = td_reduce_join(how, p->spans, p->part + k++ * p->spans, 1);
        finish(node[i]->data, 0, &joined, 0);
    }
}

td_status td_loop_run(td_context *c, int64_t n, int count, td_tensor *const *node)
{
    program *p = td_allocate(c, sizeof *p);
    if (!p) return c->status;
    p->c = c, p->n = n, p->spans = (n - 1) / TD_SPAN + 1, p->part = NULL;
    p->values = p->steps = p->sums = 0;
    bool fits = true;
    for (int i = 0; fits && i < count; i++) fits = add_node(p, node[i]);
    if (fits) join_steps(p);
    fits = fits && give_buffers(p);
    size_t bytes = (size_t)(p->sums * p->spans) * sizeof *p->part;
    if (fits && bytes) p->part = td_allocate(c, bytes);
    if (fits && !c->status) {
        td_parallel(c, p->spans, 1, run_spans, p);
        finish_sums(p, count, node);
    }
    td_deallocate(c, p->part, bytes);
    td_deallocate(c, p, sizeof *p);
    return fits ? c->status : TD_ESTATE;
}
