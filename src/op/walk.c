/* walk.c: strided walks, cut into pieces for threads.
 *
 * Two elements of a scatter can meet in one place only if they differ along the indexed axis alone, so cutting any other
 * axis leaves each sum its order, and with it its bits.  Where no other axis is long enough the places are cut instead,
 * among as many threads as there are: each reads all indices and follows those that lead to its own places. */
#include "op/shape.h"

enum {
    PIECE  = 1 << 15,    /* elements that pay for a thread */
    ENOUGH = 16,         /* an axis of this size is worth cutting */
    TURN   = 8,          /* an axis of this size is worth turning to */
    SIDE   = 64,         /* of the strips that are turned: least piece of theirs */
    LARGE  = 16 << 20,   /* bytes that are turned past the caches */
    RUN    = 256         /* least length of a piece of a row: shorter ones fetch each cache line several times */
};

typedef struct job {
    const td_walk *walk;
    int            kind;
    td_walk_row   *row;
    int            axis;    /* the one that is cut; -1: places */
} job;

static void run_piece(int64_t begin, int64_t end, void *argument)
{
    const job *j = argument;
    td_walk    w = *j->walk;
    w.to += begin * w.to_stride[j->axis];
    w.from += begin * w.from_stride[j->axis];
    if (w.index) w.index += begin * w.index_stride[j->axis];
    w.size[j->axis] = end - begin;
    td_walk_rows(&w, j->kind, j->row);
}

static void run_places(int64_t begin, int64_t end, void *argument)
{
    const job *j = argument;
    td_walk    w = *j->walk;
    w.begin = begin, w.places = end - begin;
    td_walk_rows(&w, j->kind, j->row);
}

/* Are axes i and i + 1 steps through one? */
static bool one_axis(const td_walk *w, int i)
{
    int64_t n = w->size[i + 1];
    return w->to_stride[i] == n * w->to_stride[i + 1] && w->from_stride[i] == n * w->from_stride[i + 1] &&
           w->index_stride[i] == n * w->index_stride[i + 1];
}

static void copy_axis(td_walk *w, int to, int from)
{
    w->size[to] = w->size[from];
    w->to_stride[to] = w->to_stride[from];
    w->from_stride[to] = w->from_stride[from];
    w->index_stride[to] = w->index_stride[from];
}

/* Leave out axes of size 1 and join what is one axis but for its name, so that rows are long; then there are at least
 * `least` axes, outer ones of size 1 if need be.  Returns where `ordered` went. */
static int shorten(td_walk *w, int ordered, int least)
{
    int kept = 0, moved = -1;
    for (int i = 0; i < w->rank; i++) {
        if (w->size[i] == 1) continue;
        copy_axis(w, kept, i);
        int64_t joined = w->size[i];
        if (kept && i != ordered && moved != kept - 1 && one_axis(w, kept - 1)) {
            joined *= w->size[--kept];
            copy_axis(w, kept, i);
        }
        w->size[kept] = joined;
        if (i == ordered) moved = kept;
        kept++;
    }
    for (; kept < least; kept++, moved += moved >= 0) {
        for (int i = kept; i > 0; i--) copy_axis(w, i, i - 1);
        w->size[0] = 1;
    }
    w->rank = kept;
    return moved;
}

/* The outermost axis that is long enough, so that pieces lie apart in memory; failing that the longest; -1: none. */
static int axis_to_cut(const td_walk *w, int but)
{
    int found = -1;
    for (int i = 0; i < w->rank; i++) {
        if (i == but) continue;
        if (w->size[i] >= ENOUGH) return i;
        if (found < 0 || w->size[i] > w->size[found]) found = i;
    }
    return found;
}

static void swap(int64_t *x, int i, int j)
{
    int64_t kept = x[i];
    x[i] = x[j], x[j] = kept;
}

static void swap_axes(td_walk *w, int i, int j)
{
    swap(w->size, i, j);
    swap(w->to_stride, i, j);
    swap(w->from_stride, i, j);
}

/* The last axis but `last` that is worth turning to and has this stride; -1: there is none. */
static int axis_without_gaps(const td_walk *w, const int64_t *stride, int64_t bytes)
{
    int axis = w->rank - 2;
    while (axis >= 0 && (stride[axis] != bytes || w->size[axis] < TURN)) axis--;
    return axis;
}

/* Bring the axis along which `from` lies without gaps to the last but one, and that along which `to` does, if there is one
 * beside, behind it.  false: `from` lies so along the last axis, and so does `to`, or as good as any. */
static bool turn(td_walk *w, int64_t bytes)
{
    int last = w->rank - 1;
    if (w->size[last] < TURN) return false;
    bool straight = w->from_stride[last] == bytes;
    if (straight && w->to_stride[last] == bytes) return false;
    int axis = axis_without_gaps(w, straight ? w->to_stride : w->from_stride, bytes);
    if (axis < 0) return false;
    if (straight) swap_axes(w, axis, last);
    swap_axes(w, axis, last - 1);
    return true;
}

td_walk td_walk_between(const td_shape *over, const td_window *to, const td_window *from)
{
    td_walk w = { .rank = over->rank, .to = to->data, .from = from->data };
    int64_t bytes = (int64_t)td_dtype_size(to->dtype);
    for (int i = 0; i < over->rank; i++) {
        w.size[i] = over->size[i];
        w.to_stride[i] = to->shape->stride[i] * bytes;
        w.from_stride[i] = from->shape->stride[i] * bytes;
    }
    return w;
}

/* Elements in a slab of this axis that one thread should take at least, in slabs. */
static int64_t grain_of(const td_walk *w, int64_t n, int axis, int64_t least)
{
    int64_t slab = n / w->size[axis], grain = slab < PIECE ? PIECE / slab : 1;
    return grain < least ? least : grain;
}

void td_walk_run(const td_context *c, td_walk w, int kind, td_dtype dtype, int ordered)
{
    int64_t n = 1;
    for (int i = 0; i < w.rank; i++) n *= w.size[i];
    if (n == 0) return;
    int but = shorten(&w, ordered, kind == TD_WALK_MOVE ? 1 : 2);
    if (kind == TD_WALK_MOVE && turn(&w, (int64_t)td_dtype_size(dtype))) kind = TD_WALK_TURN;
    w.past = n >= LARGE / (int64_t)td_dtype_size(dtype);
    int     axis = axis_to_cut(&w, but);
    int64_t grain = grain_of(&w, n, axis, kind == TD_WALK_TURN ? SIDE : axis == w.rank - 1 ? RUN : 1), places = w.places;
    job     j = { &w, kind, c->kernels->walk[kind][dtype], axis };
    w.places = 0;
    if (places && n >= 2 * PIECE && w.size[axis] < 2 * grain && td_threads(c) > 1)
        td_parallel(c, places, (places - 1) / td_threads(c) + 1, run_places, &j);
    else td_parallel(c, w.size[axis], grain, run_piece, &j);
}

void td_walk_move(const td_context *c, const td_window *to, const td_window *from)
{
    td_walk_run(c, td_walk_between(to->shape, to, from), TD_WALK_MOVE, to->dtype, -1);
}
