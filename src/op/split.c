/* split.c: a tensor's parts along an axis, views all of them.
 *
 * Parts are slices; how many there are is a matter of sizes, so that callers can make room beforehand. */
#include "op/shape.h"

/* The axis, counted from the front; -1: x can't be parted. */
static int axis_to_part(td_tensor *x, const char *who, int axis)
{
    return td_stopped(x) ? -1 : td_axis(x->context, who, x->shape->rank, axis);
}

static bool has_room(td_context *c, const char *who, int64_t count, int room)
{
    if (count <= room) return true;
    return !td_fail(c, TD_EVALUE, "%s: %lld parts, and room for %d", who, (long long)count, room);
}

td_tensor *td_narrow(td_tensor *x, int axis, int64_t start, int64_t length)
{
    if (td_stopped(x)) return td_passed(x);
    int k = axis_to_part(x, "narrow", axis);
    if (k < 0) return td_bad(x->context);
    int64_t n = x->shape->size[k], first = start < 0 ? start + n : start;
    if (first < 0 || first > n || length < 0 || length > n - first) {
        td_fail(x->context, TD_EVALUE, "narrow: %lld from %lld on, and axis %d has size %lld", (long long)length,
                (long long)start, k,
                (long long)n);
        return td_bad(x->context);
    }
    return td_slice(x, k, first, first + length, 1);
}

/* An axis of size 0 has one part, which is empty. */
int td_split(td_tensor *x, int64_t size, int axis, int room, td_tensor **part)
{
    int k = axis_to_part(x, "split", axis);
    if (k < 0) return 0;
    td_context *c = x->context;
    int64_t     n = x->shape->size[k];
    if (size < 0 || (size == 0 && n > 0)) {
        td_fail(c, TD_EVALUE, "split: parts of size %lld, of an axis of size %lld", (long long)size, (long long)n);
        return 0;
    }
    int64_t count = n == 0 ? 1 : (n - 1) / size + 1;
    if (!has_room(c, "split", count, room)) return 0;
    for (int64_t i = 0; i < count; i++) {
        int64_t rest = n - i * size;
        part[i] = td_slice(x, k, i * size, i * size + (rest < size ? rest : size), 1);
    }
    return c->status ? 0 : (int)count;
}

int td_split_sizes(td_tensor *x, int n, const int64_t *sizes, int axis, td_tensor **part)
{
    int     k = axis_to_part(x, "split", axis);
    int64_t sum = 0;
    if (k < 0) return 0;
    for (int i = 0; i < n; i++)
        if (sizes[i] < 0 || __builtin_add_overflow(sum, sizes[i], &sum)) {
            td_fail(x->context, TD_EVALUE, "split: part %d has size %lld", i, (long long)sizes[i]);
            return 0;
        }
    if (sum != x->shape->size[k]) {
        td_fail(x->context, TD_ESHAPE, "split: %d sizes make %lld, axis %d has %lld", n, (long long)sum, k,
                (long long)x->shape->size[k]);
        return 0;
    }
    sum = 0;
    for (int i = 0; i < n; sum += sizes[i++]) part[i] = td_slice(x, k, sum, sum + sizes[i], 1);
    return x->context->status ? 0 : n;
}

static bool is_count(td_context *c, const char *who, int64_t count)
{
    return count >= 1 && count <= INT32_MAX ? true : !td_fail(c, TD_EVALUE, "%s: into %lld parts", who, (long long)count);
}

/* Nothing can be cut into as many nothings as one likes. */
int td_chunk(td_tensor *x, int64_t chunks, int axis, td_tensor **part)
{
    int k = axis_to_part(x, "chunk", axis);
    if (k < 0 || !is_count(x->context, "chunk", chunks)) return 0;
    int64_t n = x->shape->size[k];
    return n ? td_split(x, (n - 1) / chunks + 1, k, (int)chunks, part) : td_tensor_split(x, chunks, k, part);
}

int td_tensor_split(td_tensor *x, int64_t sections, int axis, td_tensor **part)
{
    int k = axis_to_part(x, "tensor_split", axis);
    if (k < 0 || !is_count(x->context, "tensor_split", sections)) return 0;
    int64_t size = x->shape->size[k] / sections, longer = x->shape->size[k] % sections, start = 0;
    for (int64_t i = 0; i < sections; i++) {
        int64_t stop = start + size + (i < longer);
        part[i] = td_slice(x, k, start, stop, 1);
        start = stop;
    }
    return x->context->status ? 0 : (int)sections;
}

int td_tensor_split_at(td_tensor *x, int n, const int64_t *indices, int axis, td_tensor **part)
{
    int k = axis_to_part(x, "tensor_split", axis);
    if (k < 0) return 0;
    for (int i = 0; i <= n; i++)
        part[i] = td_slice(x, k, i ? indices[i - 1] : 0, i < n ? indices[i] : x->shape->size[k], 1);
    return x->context->status ? 0 : n + 1;
}

int td_unbind(td_tensor *x, int axis, int room, td_tensor **part)
{
    int k = axis_to_part(x, "unbind", axis);
    if (k < 0 || !has_room(x->context, "unbind", x->shape->size[k], room)) return 0;
    int n = (int)x->shape->size[k];
    for (int i = 0; i < n; i++) part[i] = td_select(x, k, i);
    return x->context->status ? 0 : n;
}
