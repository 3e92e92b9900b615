/* window.c: from a strided window to row-major memory. */
#include "core.h"

#include <string.h>

td_window td_window_of(const td_tensor *x)
{
    const td_tensor *owner = x->base ? x->base : x;
    size_t           start = (size_t)x->shape->offset * td_dtype_size(x->dtype);
    return (td_window){ owner->data ? (char *)owner->data + start : NULL, x->shape, (td_dtype)x->dtype };
}

/* What it held when y was made: the oldest of what was overwritten since. */
static void *data_for(const td_tensor *owner, const td_tensor *y)
{
    void *data = owner->data;
    for (const td_former *v = owner->context->formers; v && v->until > y->index; v = v->older)
        if (v->leaf == owner) data = v->data;
    return data;
}

td_window td_window_in(const td_tensor *y, int k)
{
    const td_tensor *x = y->in[k], *owner = x->base ? x->base : x;
    td_window        w = td_window_of(x);
    if (owner->op || owner->assigned <= y->index) return w;
    w.data = (char *)data_for(owner, y) + (size_t)x->shape->offset * td_dtype_size(w.dtype);
    return w;
}

static void copy_line(char *to, const char *from, int64_t n, int64_t stride, size_t size)
{
    if (stride == 1) {
        memcpy(to, from, (size_t)n * size);
        return;
    }
    int64_t step = stride * (int64_t)size;
    switch (size) {
    case 8: for (int64_t i = 0; i < n; i++) memcpy(to + 8 * i, from + i * step, 8); break;
    case 4: for (int64_t i = 0; i < n; i++) memcpy(to + 4 * i, from + i * step, 4); break;
    default: for (int64_t i = 0; i < n; i++) to[i] = from[i * step]; break;
    }
}

/* One line along the last axis after another; `at` counts through the other axes like an odometer. */
void td_pack(const td_window *w, void *to)
{
    const td_shape *s = w->shape;
    size_t          size = td_dtype_size(w->dtype);
    const char     *from = w->data;
    char           *out = to;
    if (s->numel == 0) return;
    if (s->rank == 0 || td_shape_is_contiguous(s)) {
        memcpy(out, from, (size_t)s->numel * size);
        return;
    }
    int     last = s->rank - 1;
    int64_t at[TD_MAX_RANK] = { 0 }, n = s->size[last];
    for (int64_t line = 0; line < s->numel / n; line++) {
        copy_line(out, from, n, s->stride[last], size);
        out += n * (int64_t)size;
        for (int i = last - 1; i >= 0; i--) {
            from += s->stride[i] * (int64_t)size;
            if (++at[i] < s->size[i]) break;
            from -= s->stride[i] * s->size[i] * (int64_t)size;
            at[i] = 0;
        }
    }
}
