/* repeat.c: the same numbers several times over, or in another order along an axis.
 *
 * A repetition is an axis of size 1 that is expanded and joined to its neighbour: reshape, expand, reshape.  The one copy
 * is the last reshape's, and the adjoint, a sum over the copies, comes from expand's. */
#include "op/shape.h"

#include <string.h>

static int64_t sizes_product(const td_shape *s, int from, int to)
{
    int64_t n = 1;
    for (int k = from; k < to; k++) n *= s->size[k];
    return n;
}

/* x's blocks of the axes from `first` on, each `count` times over; its size along `axis` is then `count` times as much. */
static td_tensor *repeated(td_tensor *x, int first, int axis, int64_t count)
{
    td_shape y = *x->shape;
    if (count == 1) return x;
    y.size[axis] *= count;
    int64_t    outer = sizes_product(x->shape, 0, first), block = sizes_product(x->shape, first, y.rank);
    td_tensor *apart = td_expand(td_reshape(x, 3, (int64_t[]){ outer, 1, block }), 3, (int64_t[]){ outer, count, block });
    return td_reshape(apart, y.rank, y.size);
}

static bool stretch(td_infer *i, int axis, int64_t count)
{
    if (count < 0)
        return !td_fail(i->context, TD_EVALUE, "%s: %lld times along axis %d", i->op->name, (long long)count, axis);
    if (!__builtin_mul_overflow(i->shape.size[axis], count, &i->shape.size[axis])) return true;
    return !td_fail(i->context, TD_ESHAPE, "%s: more along axis %d than 64 bits can count", i->op->name, axis);
}

/* ---- repeat, tile ------------------------------------------------------------------------------------------------- */

/* x's sizes with 1 in front, as many as n in all. */
static void padded_sizes(const td_shape *x, int n, int64_t *size)
{
    int front = n - x->rank;
    for (int k = 0; k < n; k++) size[k] = k < front ? 1 : x->size[k - front];
}

static td_status repeat_infer(td_infer *i)
{
    int n = i->attr->n_list, rank = i->shape.rank;
    if (n < rank || n > TD_MAX_RANK)
        return td_fail(i->context, TD_ESHAPE, "repeat: %d counts for a tensor of rank %d", n, rank);
    i->shape.rank = n;
    padded_sizes(i->in[0]->shape, n, i->shape.size);
    for (int k = 0; k < n; k++)
        if (!stretch(i, k, i->attr->list[k])) return td_error(i->context);
    return TD_OK;
}

static td_tensor *repeat_compose(int n, td_tensor *const *in, const td_attr *attr)
{
    int64_t size[TD_MAX_RANK];
    (void)n;
    padded_sizes(in[0]->shape, attr->n_list, size);
    td_tensor *y = td_reshape(in[0], attr->n_list, size);
    for (int k = attr->n_list - 1; k >= 0; k--) y = td_stopped(y) ? y : repeated(y, k, k, attr->list[k]);
    return y;
}

static td_tensor *apply_repeat(td_tensor *x, int front, int n, const int64_t *counts)
{
    td_attr a = { .n_list = (int8_t)(front + n) };
    if (n < 0 || front + n > TD_MAX_RANK) {
        td_fail(x->context, TD_ESHAPE, "repeat: %d counts, at most %d", n, TD_MAX_RANK);
        return td_bad(x->context);
    }
    for (int k = 0; k < front; k++) a.list[k] = 1;
    if (n) memcpy(a.list + front, counts, (size_t)n * sizeof *counts);
    return td_apply1(&td_op_repeat, x, &a);
}

td_tensor *td_repeat(td_tensor *x, int n, const int64_t *counts)
{
    return td_stopped(x) ? td_passed(x) : apply_repeat(x, 0, n, counts);
}

td_tensor *td_tile(td_tensor *x, int n, const int64_t *counts)
{
    if (td_stopped(x)) return td_passed(x);
    return apply_repeat(x, n < x->shape->rank ? x->shape->rank - n : 0, n, counts);
}

static void repeat_sample(td_sample *s)
{
    td_attr *a = &s->attr;
    s->n_in = 1;
    td_sample_operand(s, 0, 0, 3);
    for (int k = (int)td_sample_below(s, 2); k > 0; k--) a->list[a->n_list++] = td_sample_below(s, 4);
    for (int k = 0; k < s->in[0].rank; k++) a->list[a->n_list++] = td_sample_below(s, 6) ? 1 + td_sample_below(s, 2) : 0;
}

static td_tensor *call_repeat(const td_invocation *k) { return td_repeat(k->in[0], k->argument[0].n, k->argument[0].list); }
static const td_signature repeat_signature = {
    .example = "repeat(x, [2, 3])", .call = call_repeat,
    .parameter = { { "counts", TD_SIZES, true, 0 } },
};
const td_op td_op_repeat = {
    .name = "repeat", .id = TD_ID_repeat, .min_in = 1, .max_in = 1,
    .infer = repeat_infer, .compose = repeat_compose, .sample = repeat_sample,
    .signature = &repeat_signature,
};

/* ---- repeat_interleave -------------------------------------------------------------------------------------------- */

static td_status repeat_interleave_infer(td_infer *i)
{
    int  axis = i->attr->axis;
    bool fits = td_infer_axis(i, axis, i->shape.rank) && stretch(i, axis, i->attr->list[0]);
    return fits ? TD_OK : td_error(i->context);
}

static td_tensor *repeat_interleave_compose(int n, td_tensor *const *in, const td_attr *attr)
{
    (void)n;
    return attr->list[0] == 1 ? td_copy(in[0]) : repeated(in[0], attr->axis + 1, attr->axis, attr->list[0]);
}

td_tensor *td_repeat_interleave(td_tensor *x, int64_t count, int axis)
{
    if (td_stopped(x)) return td_passed(x);
    int k = td_axis(x->context, "repeat_interleave", x->shape->rank, axis);
    if (k < 0) return td_bad(x->context);
    return td_apply1(&td_op_repeat_interleave, x, &(td_attr){ .axis = (int16_t)k, .n_list = 1, .list = { count } });
}

static void repeat_interleave_sample(td_sample *s)
{
    s->n_in = 1;
    td_sample_operand(s, 0, 1, 3);
    s->attr.axis = (int16_t)td_sample_below(s, s->in[0].rank);
    s->attr.n_list = 1;
    s->attr.list[0] = td_sample_below(s, 4);
}

static td_tensor *call_repeat_interleave(const td_invocation *k)
{
    return td_repeat_interleave(k->in[0], td_as_i64(k, 0), td_as_int(k, 1));
}
static const td_signature repeat_interleave_signature = {
    .example = "repeat_interleave(W, 2, axis=1)", .call = call_repeat_interleave,
    .parameter = { { "count", TD_INTEGER, true, 0 }, { "axis", TD_AXIS, false, 0 } },
};
const td_op td_op_repeat_interleave = {
    .name = "repeat_interleave", .id = TD_ID_repeat_interleave, .min_in = 1, .max_in = 1,
    .infer = repeat_interleave_infer, .compose = repeat_interleave_compose, .sample = repeat_interleave_sample,
    .signature = &repeat_interleave_signature,
};

/* The sum of the counts of an axis of size n; -1 after td_fail. */
static int64_t check_counts(td_tensor *x, int axis, td_tensor *counts, const int64_t *count)
{
    int64_t n = x->shape->size[axis], sum = 0;
    char    text[TD_SHAPE_TEXT];
    if (counts->shape->rank != 1 || counts->shape->size[0] != n) {
        td_fail(x->context, TD_ESHAPE, "repeat_interleave: counts of shape %s for axis %d of size %lld",
                td_shape_text(counts->shape, text), axis, (long long)n);
        return -1;
    }
    for (int64_t i = 0; i < n; i++)
        if (count[i] < 0 || __builtin_add_overflow(sum, count[i], &sum)) {
            td_fail(x->context, TD_EVALUE, "repeat_interleave: count %lld at position %lld", (long long)count[i],
                    (long long)i);
            return -1;
        }
    return sum;
}

/* How often is a matter of numbers, so they are read, and the index is a constant. */
td_tensor *td_repeat_interleave_each(td_tensor *x, td_tensor *counts, int axis)
{
    if (td_stopped(x) || !counts) return counts ? td_passed(x) : NULL;
    td_context *c = x->context;
    int         k = td_axis(c, "repeat_interleave", x->shape->rank, axis);
    if (k >= 0 && td_dtype_of(counts) != TD_I64)
        td_fail(c, TD_EDTYPE, "repeat_interleave: counts are %s, not i64", td_dtype_name(td_dtype_of(counts)));
    const int64_t *count = c->status ? NULL : td_data(counts);
    int64_t        total = count ? check_counts(x, k, counts, count) : -1;
    td_tensor     *index = total < 0 ? NULL : td_zeros(c, TD_I64, 1, &total);
    if (!index || c->status) return td_bad(c);
    int64_t *from = td_arena_raw(c, (size_t)total * sizeof *from + 1);
    if (!from) return td_bad(c);
    for (int64_t i = 0, j = 0; i < counts->shape->numel; i++)
        for (int64_t t = 0; t < count[i]; t++) from[j++] = i;
    return td_index_select(x, k, td_array(c, TD_I64, 1, &total, from));
}

/* ---- roll --------------------------------------------------------------------------------------------------------- */

/* list[k]: how far along axis k, 0 <= list[k] < its size, or 0 */
static td_status roll_infer(td_infer *i)
{
    if (i->attr->n_list != i->shape.rank)
        return td_fail(i->context, TD_ESHAPE, "roll: %d shifts for a tensor of rank %d", i->attr->n_list, i->shape.rank);
    for (int k = 0; k < i->shape.rank; k++) {
        int64_t by = i->attr->list[k];
        if (by != 0 && (by < 0 || by >= i->shape.size[k]))
            return td_fail(i->context, TD_EVALUE, "roll: by %lld along axis %d of size %lld", (long long)by, k,
                           (long long)i->shape.size[k]);
    }
    return TD_OK;
}

static td_tensor *roll_compose(int n, td_tensor *const *in, const td_attr *attr)
{
    td_tensor *y = in[0];
    (void)n;
    for (int k = 0; k < attr->n_list; k++) {
        int64_t size = in[0]->shape->size[k], by = attr->list[k];
        if (!by) continue;
        td_tensor *part[] = { td_slice(y, k, size - by, size, 1), td_slice(y, k, 0, size - by, 1) };
        y = td_concat(2, part, k);
    }
    return y == in[0] ? td_copy(y) : y;
}

td_tensor *td_roll(td_tensor *x, int n, const int64_t *shifts, const int *axes)
{
    if (td_stopped(x)) return td_passed(x);
    td_attr a = { .n_list = (int8_t)x->shape->rank };
    for (int i = 0; i < n; i++) {
        int k = td_axis(x->context, "roll", x->shape->rank, axes[i]);
        if (k < 0) return td_bad(x->context);
        int64_t size = x->shape->size[k];
        if (size) a.list[k] = ((a.list[k] + shifts[i] % size) % size + size) % size;
    }
    return td_apply1(&td_op_roll, x, &a);
}

td_tensor *td_roll_all(td_tensor *x, int64_t shift)
{
    if (td_stopped(x)) return td_passed(x);
    return td_reshape(td_roll(td_ravel(x), 1, &shift, (int[]){ 0 }), x->shape->rank, x->shape->size);
}

static void roll_sample(td_sample *s)
{
    s->n_in = 1;
    td_sample_operand(s, 0, 0, 4);
    s->attr.n_list = (int8_t)s->in[0].rank;
    for (int k = 0; k < s->in[0].rank; k++) s->attr.list[k] = td_sample_below(s, s->in[0].size[k]);
}

static td_tensor *call_roll(const td_invocation *k)
{
    int axes[TD_LIST], n = td_as_axes(k, 1, k->in[0], axes);
    if (!k->argument[1].given) return td_roll_all(k->in[0], td_as_i64(k, 0));
    if (n == k->argument[0].n) return td_roll(k->in[0], n, k->argument[0].list, axes);
    td_fail(k->in[0]->context, TD_ESHAPE, "roll: %d shifts and %d axes", k->argument[0].n, n);
    return k->in[0];
}
static const td_signature roll_signature = {
    .example = "roll(W, 1, axes=1)", .call = call_roll,
    .parameter = { { "shifts", TD_SIZES, true, 0 }, { "axes", TD_AXES, false, 0 } },
};
const td_op td_op_roll = {
    .name = "roll", .id = TD_ID_roll, .min_in = 1, .max_in = 1,
    .infer = roll_infer, .compose = roll_compose, .sample = roll_sample,
    .signature = &roll_signature,
};

/* ---- rot90, fliplr, flipud ---------------------------------------------------------------------------------------- */

/* list[0]: quarter turns, 0..3; list[1], list[2]: the axes */
static td_status rot90_infer(td_infer *i)
{
    const int64_t *a = i->attr->list, *size = i->in[0]->shape->size;
    if (!td_infer_axis(i, a[1], i->shape.rank) || !td_infer_axis(i, a[2], i->shape.rank)) return td_error(i->context);
    if (a[1] == a[2]) return td_fail(i->context, TD_ESHAPE, "rot90: from axis %d to itself", (int)a[1]);
    if (a[0] < 0 || a[0] > 3) return td_fail(i->context, TD_EVALUE, "rot90: %lld turns, takes 0 to 3", (long long)a[0]);
    if (a[0] % 2) i->shape.size[a[1]] = size[a[2]], i->shape.size[a[2]] = size[a[1]];
    return TD_OK;
}

static td_tensor *rot90_compose(int n, td_tensor *const *in, const td_attr *attr)
{
    int        axes[] = { (int)attr->list[1], (int)attr->list[2] };
    td_tensor *x = in[0];
    (void)n;
    switch (attr->list[0]) {
    case 0: return td_copy(x);
    case 1: return td_transpose(td_flip(x, 1, &axes[1]), axes[0], axes[1]);
    case 2: return td_flip(x, 2, axes);
    default: return td_flip(td_transpose(x, axes[0], axes[1]), 1, &axes[1]);
    }
}

td_tensor *td_rot90(td_tensor *x, int64_t k, int axis0, int axis1)
{
    if (td_stopped(x)) return td_passed(x);
    int a = td_axis(x->context, "rot90", x->shape->rank, axis0), b = td_axis(x->context, "rot90", x->shape->rank, axis1);
    if (a < 0 || b < 0) return td_bad(x->context);
    return td_apply1(&td_op_rot90, x, &(td_attr){ .n_list = 3, .list = { (k % 4 + 4) % 4, a, b } });
}

static void rot90_sample(td_sample *s)
{
    s->n_in = 1;
    td_sample_operand(s, 0, 2, 4);
    int64_t n = s->in[0].rank, from = td_sample_below(s, n);
    s->attr = (td_attr){ .n_list = 3, .list = { td_sample_below(s, 4), from, (from + 1 + td_sample_below(s, n - 1)) % n } };
}

static td_tensor *call_rot90(const td_invocation *k)
{
    return td_rot90(k->in[0], td_as_i64(k, 0), td_as_int(k, 1), td_as_int(k, 2));
}
static const td_signature rot90_signature = {
    .example = "rot90(W)", .call = call_rot90,
    .parameter = { { "k", TD_INTEGER, false, 1 }, { "axis0", TD_AXIS, false, 0 }, { "axis1", TD_AXIS, false, 1 } },
};
const td_op td_op_rot90 = {
    .name = "rot90", .id = TD_ID_rot90, .min_in = 1, .max_in = 1,
    .infer = rot90_infer, .compose = rot90_compose, .sample = rot90_sample,
    .signature = &rot90_signature,
};

static td_tensor *flipped(td_tensor *x, const char *who, int axis)
{
    if (td_stopped(x)) return td_passed(x);
    if (x->shape->rank > axis) return td_flip(x, 1, &axis);
    td_fail(x->context, TD_ESHAPE, "%s: a tensor of rank %d, takes %d or more", who, x->shape->rank, axis + 1);
    return td_bad(x->context);
}

td_tensor *td_fliplr(td_tensor *x) { return flipped(x, "fliplr", 1); }
td_tensor *td_flipud(td_tensor *x) { return flipped(x, "flipud", 0); }
