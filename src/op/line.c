/* line.c: reductions over any axes, line by line.
 *
 * The reduced axes of one result form its line, in row-major order.  A line is cut into blocks of TD_BLOCK, and block
 * results are merged in a binary tree, neighbours first: the shape of the tree depends on the length of the line alone,
 * not on who computes what.  Many lines are shared out among threads in groups of neighbours, whose elements often share
 * cache lines (a column sum); a few long ones are cut into spans, each a whole subtree. */
#include "op.h"

#include <assert.h>

enum {
    GROUP = 16,
    MOST_SPANS = 256,
    FEW_LINES = 64,
    LONG_LINE = 64 * TD_BLOCK,
    PIECE = 1 << 15,          /* elements that pay for a thread */
    DEEPEST = 64              /* a tree holds one partial for each bit of its count of blocks */
};

typedef struct reduction {
    td_reduce     how;
    td_stream     kept, line;        /* where lines begin; one line from there */
    int64_t       lines, length;
    const double *shift;
    td_finish    *finish;
    void         *out;
} reduction;

/* ---- the tree: a binary counter, one subtree for each bit set ---------------------------------------------------- */

typedef struct tree {
    uint64_t   count;
    int        depth;
    td_partial part[DEEPEST];
} tree;

static void tree_push(tree *t, void (*merge)(td_partial *, const td_partial *), const td_partial *p)
{
    t->part[t->depth++] = *p;
    for (uint64_t bits = ++t->count; bits % 2 == 0; bits /= 2, t->depth--)
        merge(&t->part[t->depth - 2], &t->part[t->depth - 1]);
}

static td_partial tree_result(tree *t, void (*merge)(td_partial *, const td_partial *))
{
    for (; t->depth > 1; t->depth--) merge(&t->part[t->depth - 2], &t->part[t->depth - 1]);
    return t->depth ? t->part[0] : (td_partial){ 0 };
}

/* ---- lines ------------------------------------------------------------------------------------------------------- */

static double shift_of(const reduction *r, int64_t o) { return r->shift ? r->shift[o] : 0; }

/* Elements first .. first + n of `count` lines from line o on, block by block, so that neighbours read together what lies
 * together. */
static void reduce_span(const reduction *r, int64_t o, int count, int64_t first, int64_t n, td_partial *out)
{
    tree        t[GROUP];
    td_stream   line = r->line;
    const char *begin[GROUP];
    double      buffer[TD_BLOCK];
    for (int w = 0; w < count; w++) {
        begin[w] = td_stream_at(&r->kept, o + w);
        t[w].count = 0;
        t[w].depth = 0;
    }
    for (int64_t end = first + n; first < end; first += TD_BLOCK) {
        int64_t m = end - first < TD_BLOCK ? end - first : TD_BLOCK;
        for (int w = 0; w < count; w++) {
            td_partial p;
            line.data = begin[w];
            r->how.block(m, td_stream_read(&line, first, m, buffer), first, shift_of(r, o + w), &p);
            tree_push(&t[w], r->how.merge, &p);
        }
    }
    for (int w = 0; w < count; w++) out[w] = tree_result(&t[w], r->how.merge);
}

static void reduce_groups(int64_t begin, int64_t end, void *argument)
{
    const reduction *r = argument;
    td_partial       p[GROUP];
    for (int64_t g = begin; g < end; g++) {
        int64_t o = g * GROUP;
        int     count = r->lines - o < GROUP ? (int)(r->lines - o) : GROUP;
        reduce_span(r, o, count, 0, r->length, p);
        for (int w = 0; w < count; w++) r->finish(r->out, o + w, &p[w], shift_of(r, o + w));
    }
}

/* ---- a few long lines -------------------------------------------------------------------------------------------- */

typedef struct span_job {
    const reduction *r;
    int64_t          o, size;
    td_partial       part[MOST_SPANS];
} span_job;

static void reduce_spans(int64_t begin, int64_t end, void *argument)
{
    span_job *j = argument;
    for (int64_t s = begin; s < end; s++) {
        int64_t first = s * j->size, rest = j->r->length - first;
        reduce_span(j->r, j->o, 1, first, rest < j->size ? rest : j->size, &j->part[s]);
    }
}

/* A power of two of blocks, so that a span is a whole subtree; at most MOST_SPANS of them. */
static int64_t span_size(int64_t length)
{
    int64_t size = 16 * TD_BLOCK;
    while ((length - 1) / size + 1 > MOST_SPANS) size *= 2;
    return size;
}

static void reduce_long_lines(const td_context *c, const reduction *r)
{
    span_job j = { .r = r, .size = span_size(r->length) };
    int64_t  spans = (r->length - 1) / j.size + 1;
    for (j.o = 0; j.o < r->lines; j.o++) {
        tree t = { 0 };
        td_parallel(c, spans, 1, reduce_spans, &j);
        for (int64_t s = 0; s < spans; s++) tree_push(&t, r->how.merge, &j.part[s]);
        td_partial p = tree_result(&t, r->how.merge);
        r->finish(r->out, j.o, &p, shift_of(r, j.o));
    }
}

/* ---- any axes ---------------------------------------------------------------------------------------------------- */

/* The window's axes that are in the set, or those that are not. */
static td_shape some_axes(const td_shape *x, uint32_t axes, bool in_set)
{
    td_shape s = { .numel = 1 };
    for (int i = 0; i < x->rank; i++) {
        if ((axes >> i & 1) != in_set) continue;
        s.size[s.rank] = x->size[i];
        s.stride[s.rank++] = x->stride[i];
        s.numel *= x->size[i];
    }
    return s;
}

int64_t td_line_length(const td_shape *x, uint32_t axes) { return some_axes(x, axes, true).numel; }

void td_reduce_lines(const td_call *call, int kind, const double *shift, td_finish *finish, void *out)
{
    const td_window *x = &call->in[0];
    td_shape         kept = some_axes(x->shape, call->attr->axes, false), line = some_axes(x->shape, call->attr->axes, true);
    reduction        r = { .how = call->context->kernels->reduce[kind][x->dtype], .lines = kept.numel, .length = line.numel,
                           .shift = shift, .finish = finish, .out = out };
    assert(r.how.block);
    r.kept = td_stream_of(call->context, &(td_window){ x->data, &kept, x->dtype });
    r.line = td_stream_of(call->context, &(td_window){ x->data, &line, x->dtype });
    if (r.lines < FEW_LINES && r.length >= LONG_LINE) {
        reduce_long_lines(call->context, &r);
        return;
    }
    int64_t work = GROUP * (r.length + 16), grain = work < PIECE ? PIECE / work : 1;
    td_parallel(call->context, (r.lines + GROUP - 1) / GROUP, grain, reduce_groups, &r);
}
