/* shape.c: sizes, strides and what fits with what.
 *
 * Every product of sizes goes through td_shape_make or td_shape_broadcast, which refuse what a signed 64-bit count of
 * bytes can't hold; after them no size arithmetic can overflow. */
#include "core.h"

#include <stdio.h>
#include <string.h>

/* numel * 8 bytes must fit in ptrdiff_t.  A size 0 anywhere makes the product 0, but the others must still fit. */
static bool count_elements(const td_shape *s, int64_t *numel)
{
    int64_t n = 1, zero = 0;
    for (int i = 0; i < s->rank; i++) {
        if (s->size[i] == 0) zero = 1;
        else if (__builtin_mul_overflow(n, s->size[i], &n) || n > PTRDIFF_MAX / 8) return false;
    }
    *numel = zero ? 0 : n;
    return true;
}

bool td_shape_strides(td_shape *s)
{
    int64_t step = 1;
    s->offset = 0;
    if (!count_elements(s, &s->numel)) return false;
    for (int i = s->rank - 1; i >= 0; i--) {
        s->stride[i] = step;
        if (s->size[i]) step *= s->size[i];
    }
    return true;
}

/* The only place where sizes come in.  `size` may be s->size. */
td_status td_shape_make(td_context *c, const char *who, int rank, const int64_t *size, td_shape *s)
{
    char text[TD_SHAPE_TEXT];
    if (rank < 0 || rank > TD_MAX_RANK)
        return td_fail(c, TD_ESHAPE, "%s: rank %d is out of range 0..%d", who, rank, TD_MAX_RANK);
    for (int i = 0; i < rank; i++)
        if (size[i] < 0) return td_fail(c, TD_ESHAPE, "%s: size %lld of axis %d is negative", who, (long long)size[i], i);
    s->rank = rank;
    for (int i = 0; i < rank; i++) s->size[i] = size[i];
    if (td_shape_strides(s)) return TD_OK;
    return td_fail(c, TD_ESHAPE, "%s: %s has too many elements for 64 bits", who, td_shape_text(s, text));
}

bool td_shape_same(const td_shape *a, const td_shape *b)
{
    if (a == b) return true;
    return a->rank == b->rank && memcmp(a->size, b->size, (size_t)a->rank * sizeof *a->size) == 0;
}

bool td_shape_is_contiguous(const td_shape *s)
{
    int64_t step = 1;
    for (int i = s->rank - 1; i >= 0; i--) {
        if (s->size[i] != 1 && s->stride[i] != step) return s->numel == 0;
        step *= s->size[i];
    }
    return true;
}

bool td_shape_is_row_major(const td_shape *s)
{
    int64_t step = 1;
    if (s->offset) return false;
    for (int i = s->rank - 1; i >= 0; i--) {
        if (s->stride[i] != step) return false;
        if (s->size[i]) step *= s->size[i];
    }
    return true;
}

/* NumPy's rule: aligned at the last axis, sizes equal or 1. */
bool td_shape_broadcast(const td_shape *a, const td_shape *b, td_shape *out)
{
    int rank = a->rank > b->rank ? a->rank : b->rank;
    for (int i = 1; i <= rank; i++) {
        int64_t m = i <= a->rank ? a->size[a->rank - i] : 1;
        int64_t n = i <= b->rank ? b->size[b->rank - i] : 1;
        if (m != n && m != 1 && n != 1) return false;
        out->size[rank - i] = m == 1 ? n : m;
    }
    out->rank = rank;
    return td_shape_strides(out);
}

int td_axis(td_context *c, const char *who, int rank, int axis)
{
    if (axis >= -rank && axis < rank) return axis < 0 ? axis + rank : axis;
    if (rank == 0) td_fail(c, TD_ESHAPE, "%s: axis %d of a 0-d tensor", who, axis);
    else td_fail(c, TD_ESHAPE, "%s: axis %d is out of range %d..%d", who, axis, -rank, rank - 1);
    return -1;
}

bool td_axis_set(td_context *c, const char *who, int rank, int n, const int *axes, uint32_t *set)
{
    uint32_t found = 0;
    for (int i = 0; i < n; i++) {
        int axis = td_axis(c, who, rank, axes[i]);
        if (axis < 0) return false;
        if (found & 1u << axis) return !td_fail(c, TD_ESHAPE, "%s: axis %d is named twice", who, axis);
        found |= 1u << axis;
    }
    *set = found;
    return true;
}

void td_shape_reduce(const td_shape *x, uint32_t axes, bool keepdim, td_shape *out)
{
    td_shape s = { .rank = 0 };
    for (int i = 0; i < x->rank; i++) {
        if (!(axes & 1u << i)) s.size[s.rank++] = x->size[i];
        else if (keepdim) s.size[s.rank++] = 1;
    }
    td_shape_strides(&s);
    *out = s;
}

const td_shape *td_shape_keep(td_context *c, const td_shape *s)
{
    if (s->rank == 0 && s->offset == 0) return c->shape0;
    td_shape *kept = td_arena_raw(c, sizeof *kept);
    if (kept) *kept = *s;
    return kept;
}

const char *td_shape_text(const td_shape *s, char text[TD_SHAPE_TEXT])
{
    int at = snprintf(text, TD_SHAPE_TEXT, "(");
    for (int i = 0; i < s->rank; i++)
        at += snprintf(text + at, (size_t)(TD_SHAPE_TEXT - at), "%s%lld", i ? "," : "", (long long)s->size[i]);
    snprintf(text + at, (size_t)(TD_SHAPE_TEXT - at), s->rank == 1 ? ",)" : ")");
    return text;
}
