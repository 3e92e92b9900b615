/* arrange.c: other names for reshape, permute, expand and slice: PyTorch's ways to say how axes lie.
 *
 * None is an op of its own: what is recorded is the op that each is spelt in, a view where the strides allow. */
#include "op/shape.h"

#include <string.h>

td_tensor *td_view(td_tensor *x, int rank, const int64_t *size)
{
    td_attr a = { 0 };
    if (td_stopped(x)) return td_passed(x);
    if (!td_sizes_for(x, "view", rank, size, &a)) return td_bad(x->context);
    return td_apply1(&td_op_reshape, x, &a);
}

/* ---- axes joined and parted --------------------------------------------------------------------------------------- */

/* x with `count` axes from `first` on replaced by these. */
static td_tensor *replaced(td_tensor *x, const char *who, int first, int count, int rank, const int64_t *size)
{
    td_shape y = *x->shape;
    int      after = first + count, rest = y.rank - after;
    if (rank < 0 || first + rank + rest > TD_MAX_RANK) {
        td_fail(x->context, TD_ESHAPE, "%s: rank %d is out of range 0..%d", who, first + rank + rest, TD_MAX_RANK);
        return td_bad(x->context);
    }
    for (int k = 0; k < rank; k++) y.size[first + k] = size[k];
    for (int k = 0; k < rest; k++) y.size[first + rank + k] = x->shape->size[after + k];
    return td_reshape(x, first + rank + rest, y.size);
}

td_tensor *td_flatten(td_tensor *x, int start_axis, int end_axis)
{
    if (td_stopped(x)) return td_passed(x);
    const td_shape *s = x->shape;
    if (s->rank == 0) return td_reshape(x, 1, (int64_t[]){ 1 });
    int     start = td_axis(x->context, "flatten", s->rank, start_axis);
    int     end = td_axis(x->context, "flatten", s->rank, end_axis);
    int64_t joined = 1;
    if (start < 0 || end < 0) return td_bad(x->context);
    if (start > end) {
        td_fail(x->context, TD_ESHAPE, "flatten: axes %d to %d", start, end);
        return td_bad(x->context);
    }
    for (int k = start; k <= end; k++)
        if (__builtin_mul_overflow(joined, s->size[k], &joined)) joined = 0;    /* an empty tensor: another size is 0 */
    return replaced(x, "flatten", start, end - start + 1, 1, &joined);
}

td_tensor *td_ravel(td_tensor *x) { return td_stopped(x) ? td_passed(x) : td_reshape(x, 1, &x->shape->numel); }

/* The size of the axis that is parted must come out, also where the tensor is empty. */
td_tensor *td_unflatten(td_tensor *x, int axis, int rank, const int64_t *size)
{
    int64_t sizes[TD_MAX_RANK], product = 1;
    int     open = -1;
    if (td_stopped(x)) return td_passed(x);
    int k = td_axis(x->context, "unflatten", x->shape->rank, axis);
    if (k < 0) return td_bad(x->context);
    int64_t n = x->shape->size[k];
    for (int i = 0; i < rank && i < TD_MAX_RANK; i++) {
        sizes[i] = size[i];
        if (size[i] == -1 && open < 0) open = i;
        else if (size[i] < 0 || __builtin_mul_overflow(product, size[i], &product)) product = -1;
    }
    if (open >= 0 && product > 0 && n % product == 0) sizes[open] = n / product, product = n;
    if (product == n) return replaced(x, "unflatten", k, 1, rank, sizes);
    td_fail(x->context, TD_ESHAPE, "unflatten: axis %d has size %lld, which the %d sizes given do not make", k,
            (long long)n, rank);
    return td_bad(x->context);
}

td_tensor *td_squeeze_axes(td_tensor *x, int n, const int *axes)
{
    uint32_t set, dropped = 0;
    td_shape y;
    if (td_stopped(x)) return td_passed(x);
    if (!td_axis_set(x->context, "squeeze", x->shape->rank, n, axes, &set)) return td_bad(x->context);
    for (int k = 0; k < x->shape->rank; k++)
        if (set >> k & 1 && x->shape->size[k] == 1) dropped |= 1u << k;
    td_shape_reduce(x->shape, dropped, false, &y);
    return td_reshape(x, y.rank, y.size);
}

/* ---- axes moved --------------------------------------------------------------------------------------------------- */

static td_tensor *moved(td_tensor *x, const char *who, int n, const int *source, const int *destination)
{
    uint32_t from, to;
    int      order[TD_MAX_RANK], next = 0;
    if (td_stopped(x)) return td_passed(x);
    int rank = x->shape->rank;
    if (!td_axis_set(x->context, who, rank, n, source, &from) || !td_axis_set(x->context, who, rank, n, destination, &to))
        return td_bad(x->context);
    for (int k = 0; k < n; k++)
        order[destination[k] < 0 ? destination[k] + rank : destination[k]] = source[k];
    for (int k = 0; k < rank; k++) {    /* the others keep their order */
        if (to >> k & 1) continue;
        while (from >> next & 1) next++;
        order[k] = next++;
    }
    return td_permute(x, order);
}

td_tensor *td_movedim(td_tensor *x, int n, const int *source, const int *destination)
{
    return moved(x, "movedim", n, source, destination);
}

td_tensor *td_moveaxis(td_tensor *x, int n, const int *source, const int *destination)
{
    return moved(x, "moveaxis", n, source, destination);
}

td_tensor *td_swapaxes(td_tensor *x, int axis0, int axis1) { return td_transpose(x, axis0, axis1); }

/* ---- axes added --------------------------------------------------------------------------------------------------- */

td_tensor *td_atleast_1d(td_tensor *x)
{
    return td_stopped(x) || x->shape->rank > 0 ? x : td_reshape(x, 1, (int64_t[]){ 1 });
}

td_tensor *td_atleast_2d(td_tensor *x)
{
    return td_stopped(x) || x->shape->rank > 1 ? x : td_reshape(x, 2, (int64_t[]){ 1, x->shape->numel });
}

td_tensor *td_atleast_3d(td_tensor *x)
{
    if (td_stopped(x) || x->shape->rank > 2) return x;
    return x->shape->rank == 2 ? td_unsqueeze(x, 2) : td_reshape(x, 3, (int64_t[]){ 1, x->shape->numel, 1 });
}

td_tensor *td_broadcast_to(td_tensor *x, int rank, const int64_t *size) { return td_expand(x, rank, size); }

td_tensor *td_expand_as(td_tensor *x, td_tensor *other)
{
    if (td_stopped(x) || !other) return other ? td_passed(x) : td_passed(other);
    return td_expand(x, other->shape->rank, other->shape->size);
}

/* Every place of y: an error's tensor. */
static void all_bad(td_context *c, int n, td_tensor **y)
{
    for (int k = 0; k < n; k++) y[k] = c ? td_bad(c) : NULL;
}

/* The context of n tensors that are there and without error; NULL: at least one is not. */
static td_context *sound(int n, td_tensor *const *x)
{
    for (int k = 0; k < n; k++)
        if (td_stopped(x[k])) return NULL;
    return n > 0 ? x[0]->context : NULL;
}

void td_broadcast_tensors(int n, td_tensor *const *x, td_tensor **y)
{
    td_context *c = sound(n, x);
    td_shape    s = { .rank = 0 }, both;
    char        a[TD_SHAPE_TEXT], b[TD_SHAPE_TEXT];
    if (!c) {
        all_bad(n > 0 ? td_context_of(x[0]) : NULL, n, y);
        return;
    }
    td_shape_strides(&s);
    for (int k = 0; k < n; k++, s = both)
        if (!td_shape_broadcast(&s, x[k]->shape, &both)) {
            td_fail(c, TD_ESHAPE, "broadcast_tensors: %s and %s, operand %d, do not broadcast", td_shape_text(&s, a),
                    td_shape_text(x[k]->shape, b), k);
            all_bad(c, n, y);
            return;
        }
    for (int k = 0; k < n; k++) y[k] = td_expand(x[k], s.rank, s.size);
}

/* Which axis x[k] varies along: "xy" exchanges the first two. */
static int axis_of(int k, int n, bool xy) { return xy && n > 1 && k < 2 ? 1 - k : k; }

static bool grid_fits(td_context *c, int n, td_tensor *const *x, const char *indexing)
{
    if (!indexing || (strcmp(indexing, "ij") && strcmp(indexing, "xy")))
        return !td_fail(c, TD_EVALUE, "meshgrid: indexing is \"%s\", neither \"ij\" nor \"xy\"", indexing ? indexing : "");
    if (n > TD_MAX_RANK) return !td_fail(c, TD_ESHAPE, "meshgrid: %d operands, at most %d", n, TD_MAX_RANK);
    for (int k = 0; k < n; k++)
        if (x[k]->shape->rank > 1)
            return !td_fail(c, TD_ESHAPE, "meshgrid: operand %d has rank %d, not 0 or 1", k, x[k]->shape->rank);
    return true;
}

void td_meshgrid(int n, td_tensor *const *x, const char *indexing, td_tensor **y)
{
    td_context *c = sound(n, x);
    int64_t     size[TD_MAX_RANK];
    if (!c || !grid_fits(c, n, x, indexing)) {
        all_bad(c ? c : n > 0 ? td_context_of(x[0]) : NULL, n, y);
        return;
    }
    bool xy = indexing[0] == 'x';
    for (int k = 0; k < n; k++) size[axis_of(k, n, xy)] = x[k]->shape->numel;
    for (int k = 0; k < n; k++) {
        int64_t one[TD_MAX_RANK];
        for (int j = 0; j < n; j++) one[j] = 1;
        one[axis_of(k, n, xy)] = -1;
        if (x[k]->shape->numel == 0) one[axis_of(k, n, xy)] = 0;
        y[k] = td_expand(td_reshape(x[k], n, one), n, size);
    }
}
