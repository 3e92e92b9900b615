/* line.c: reductions over any axes, line by line.
 *
 * The reduced axes of one result form its line, in row-major order.  A line is cut into blocks of TD_BLOCK, and block
 * results are merged in a binary tree, neighbours first: the shape of the tree depends on the length of the line alone,
 * not on how the line lies in memory or who computes what.
 *
 * Lines are taken in bundles of neighbours.  Lines without gaps are reduced where they stand, one after another; lines that
 * stand side by side, together, row by row; any other is packed block by block.  A long line is cut into spans, each a whole
 * subtree; a bundle's part of a span is what one thread does. */
#include "op.h"
#include "kernel/tree.h"

#include <assert.h>

enum {
    BUNDLE  = 16,
    SPAN    = TD_SPAN,
    LEVELS  = 6,              /* of the tree over the blocks of a span, and one */
    SIDE    = 8,              /* lines side by side that are worth being done together, if there are gaps */
    PIECE   = 1 << 15         /* elements that pay for a thread */
};
_Static_assert(SPAN / TD_BLOCK <= 1 << (LEVELS - 2), "a tree of a span");

typedef struct reduction reduction;
/* Numbers first .. first + n of lines o .. o + count, n <= SPAN. */
typedef void bundle_fn(const reduction *r, int64_t o, int64_t count, int64_t first, int64_t n, td_partial *out);

struct reduction {
    const td_reduce *how;
    bundle_fn       *bundle;
    td_stream        kept, line;        /* where lines begin; one line from there */
    int64_t          lines, length, spans;
    int64_t          width;             /* lines of a bundle */
    int64_t          side;              /* how many stand side by side: no bundle crosses their end */
    int64_t          bundles;
    const double    *shift;
    td_partial      *part;              /* [spans][lines]; NULL if there is one span */
    td_finish       *finish;
    void            *out;
};

static double shift_of(const reduction *r, int64_t o) { return r->shift ? r->shift[o] : 0; }

static int64_t smaller(int64_t a, int64_t b) { return a < b ? a : b; }

/* ---- the three ways ---------------------------------------------------------------------------------------------- */

static void without_gaps(const reduction *r, int64_t o, int64_t count, int64_t first, int64_t n, td_partial *out)
{
    for (int64_t w = 0; w < count; w++) {
        const char *x = td_stream_at(&r->kept, o + w) + first * r->line.bytes;
        r->how->line(n, x, first, shift_of(r, o + w), &out[w]);
    }
}

/* Blocks of neighbours in turn, so that what lies together is read together. */
static void packed(const reduction *r, int64_t o, int64_t count, int64_t first, int64_t n, td_partial *out)
{
    td_partial  part[BUNDLE][LEVELS];
    td_tree     t[BUNDLE];
    td_stream   line = r->line;
    double      buffer[TD_BLOCK];
    const char *begin[BUNDLE];
    for (int64_t w = 0; w < count; w++) {
        t[w] = (td_tree){ .merge = r->how->merge, .width = 1, .part = part[w] };
        begin[w] = td_stream_at(&r->kept, o + w);
    }
    for (int64_t end = first + n; first < end; first += TD_BLOCK)
        for (int64_t w = 0; w < count; w++) {
            int64_t m = smaller(end - first, TD_BLOCK);
            line.data = begin[w];
            r->how->line(m, td_stream_read(&line, first, m, buffer), first, shift_of(r, o + w), td_tree_top(&t[w]));
            td_tree_push(&t[w]);
        }
    for (int64_t w = 0; w < count; w++) {
        td_tree_end(&t[w]);
        out[w] = part[w][0];
    }
}

static void side_by_side(const reduction *r, int64_t o, int64_t count, int64_t first, int64_t n, td_partial *out)
{
    td_partial  part[LEVELS * TD_PANEL];
    const void *row[TD_BLOCK];
    td_tree        t = { .merge = r->how->merge, .width = count, .part = part };
    td_stream   line = r->line;
    td_panel    p = { .width = count, .row = row, .shift = r->shift ? r->shift + o : NULL };
    line.data = td_stream_at(&r->kept, o);
    p.dense = line.rank == 1 && line.stride[0] == count;
    for (int64_t end = first + n; first < end; first += TD_BLOCK) {
        p.first = first;
        p.n = smaller(end - first, TD_BLOCK);
        td_stream_places(&line, first, p.n, row);
        r->how->panel(&p, td_tree_top(&t));
        td_tree_push(&t);
    }
    td_tree_end(&t);
    for (int64_t w = 0; w < count; w++) out[w] = part[w];
}

/* ---- bundles and spans ------------------------------------------------------------------------------------------- */

/* The lines of bundle b: from *o on, returns how many. */
static int64_t lines_of(const reduction *r, int64_t b, int64_t *o)
{
    int64_t per_side = (r->side - 1) / r->width + 1, at = b % per_side * r->width;
    *o = b / per_side * r->side + at;
    return smaller(r->width, r->side - at);
}

static void finish_lines(const reduction *r, int64_t o, int64_t count, const td_partial *p)
{
    for (int64_t w = 0; w < count; w++) r->finish(r->out, o + w, &p[w], shift_of(r, o + w));
}

static void reduce_bundles(int64_t begin, int64_t end, void *argument)
{
    const reduction *r = argument;
    for (int64_t u = begin; u < end; u++) {
        td_partial p[TD_PANEL];
        int64_t    span = u / r->bundles, o, count = lines_of(r, u % r->bundles, &o), first = span * SPAN;
        td_partial *out = r->part ? r->part + span * r->lines + o : p;
        if (r->length) r->bundle(r, o, count, first, smaller(r->length - first, SPAN), out);
        else for (int64_t w = 0; w < count; w++) p[w] = (td_partial){ 0 };
        if (!r->part) finish_lines(r, o, count, p);
    }
}

td_partial td_reduce_join(const td_reduce *how, int64_t spans, const td_partial *span, int64_t stride)
{
    td_partial part[TD_TREE_DEEPEST];
    td_tree    t = { .merge = how->merge, .width = 1, .part = part };
    for (int64_t s = 0; s < spans; s++) {
        *td_tree_top(&t) = span[s * stride];
        td_tree_push(&t);
    }
    td_tree_end(&t);
    return part[0];
}

static void join_spans(const reduction *r)
{
    for (int64_t o = 0; o < r->lines; o++) {
        td_partial joined = td_reduce_join(r->how, r->spans, r->part + o, r->lines);
        finish_lines(r, o, 1, &joined);
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

/* How the lines lie decides the way, and the way the bundles. */
static void choose_bundles(reduction *r)
{
    int     last = r->kept.rank - 1;
    int64_t beside = r->kept.stride[last] == 1 ? r->kept.size[last] : 1;
    bool    dense = r->line.rank == 1 && r->line.stride[0] == beside;
    bool    gaps = r->line.rank > 1 || r->line.stride[0] != 1;
    r->bundle = !gaps ? without_gaps : beside >= SIDE || (dense && beside > 1) ? side_by_side : packed;
    r->side = r->bundle == side_by_side ? beside : r->lines;
    r->width = r->bundle == side_by_side ? TD_PANEL : BUNDLE;
    r->bundles = r->lines / r->side * ((r->side - 1) / r->width + 1);
    r->spans = r->length ? (r->length - 1) / SPAN + 1 : 1;
}

td_status td_reduce_lines(const td_call *call, int kind, const double *shift, td_finish *finish, void *out)
{
    td_context      *c = call->context;
    const td_window *x = &call->in[0];
    td_shape         kept = some_axes(x->shape, call->attr->axes, false), line = some_axes(x->shape, call->attr->axes, true);
    reduction        r = { .how = &c->kernels->reduce[kind][x->dtype], .lines = kept.numel, .length = line.numel,
                           .shift = shift, .finish = finish, .out = out };
    assert(r.how->line);
    if (r.lines == 0) return TD_OK;
    r.kept = td_stream_of(c, &(td_window){ x->data, &kept, x->dtype });
    r.line = td_stream_of(c, &(td_window){ x->data, &line, x->dtype });
    choose_bundles(&r);
    size_t bytes = r.spans > 1 ? (size_t)(r.spans * r.lines) * sizeof *r.part : 0;
    if (bytes && !(r.part = td_allocate(c, bytes))) return td_error(c);
    int64_t work = smaller(r.width, r.side) * smaller(r.length + 16, SPAN);
    td_parallel(c, r.bundles * r.spans, work < PIECE ? PIECE / work : 1, reduce_bundles, &r);
    if (r.part) join_spans(&r);
    td_deallocate(c, r.part, bytes);
    return TD_OK;
}
