/* take.c: a problem on a tape of its own, with leaves laid out as wanted.
 *
 * The gaps of a laid-out buffer are NaN (of integers -1, of truths true), so a kernel that reads one shows it. */
#include "witness/take.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- bytes ------------------------------------------------------------------------------------------------------- */

void *td_bytes_of(td_tensor *x)
{
    const void *data = x ? td_data(x) : NULL;
    if (!data) return NULL;
    size_t size = td_dtype_size(td_dtype_of(x)) * (size_t)td_numel(x);
    void *bytes = malloc(size + 1);
    if (bytes) memcpy(bytes, data, size);
    return bytes;
}

double td_bytes_at(td_dtype dtype, const void *a, int64_t i)
{
    return td_input_at(&(td_input){.dtype = dtype, .values = a}, i);
}

int64_t td_bytes_differ(td_dtype dtype, const void *a, const void *b, int64_t n)
{
    size_t size = td_dtype_size(dtype);
    if (!memcmp(a, b, size * (size_t)n)) return -1;
    for (int64_t i = 0; i < n; i++) {
        if (!memcmp((const char *)a + size * (size_t)i, (const char *)b + size * (size_t)i, size)) continue;
        if (isnan(td_bytes_at(dtype, a, i)) && isnan(td_bytes_at(dtype, b, i))) continue;
        return i;
    }
    return -1;
}

/* ---- layouts ----------------------------------------------------------------------------------------------------- */

bool td_layout_fits(const td_input *in, td_layout layout)
{
    return layout == TD_PACKED || (in->numel > 0 && in->rank >= (layout == TD_EXCHANGED ? 2 : 1));
}

/* How many elements of the array the buffer holds: all, or the first row. */
static int64_t held(const td_input *in, td_layout layout)
{
    return layout == TD_EXPANDED ? in->numel / in->size[0] : in->numel;
}

/* Where element i of the array stands in the buffer. */
static int64_t place(const td_input *in, td_layout layout, int64_t i)
{
    if (layout == TD_EXPANDED) return i;
    if (layout == TD_EVERY_SECOND) return 2 * i + 1;
    int64_t columns = in->size[in->rank - 1], rows = in->size[in->rank - 2], block = rows * columns;
    return i / block * block + i % columns * rows + i % block / columns;
}

static void spread(const td_input *in, td_layout layout, void *buffer)
{
    size_t size = td_dtype_size(in->dtype);
    for (int64_t i = 0; i < held(in, layout); i++) {
        memcpy((char *)buffer + size * (size_t)place(in, layout, i), (const char *)in->values + size * (size_t)i, size);
    }
}

/* The buffer's sizes; of an expanded array a row, and poison up to the array's size: who takes it for packed reads that. */
static void buffer_size(const td_input *in, td_layout layout, int64_t *size)
{
    int last = in->rank - 1;
    memcpy(size, in->size, sizeof in->size);
    if (layout == TD_EXPANDED) size[0] = in->size[0] > 2 ? in->size[0] : 2;
    else if (layout == TD_EVERY_SECOND) size[last] *= 2;
    else size[last] = in->size[last - 1], size[last - 1] = in->size[last];
}

static td_tensor *view(const td_input *in, td_layout layout, td_tensor *buffer)
{
    int last = in->rank - 1;
    if (layout == TD_EXPANDED) return td_expand(td_slice(buffer, 0, 0, 1, 1), in->rank, in->size);
    return layout == TD_EXCHANGED ? td_transpose(buffer, last - 1, last) :
           td_slice(buffer, last, 1, 2 * in->size[last], 2);
}

td_tensor *td_array_laid(td_context *c, const td_input *in, td_layout layout)
{
    if (layout == TD_PACKED || !td_layout_fits(in, layout)) return td_array(c, in->dtype, in->rank, in->size, in->values);
    int64_t size[TD_MAX_RANK];
    buffer_size(in, layout, size);
    size_t bytes = 2 * td_dtype_size(in->dtype) * (size_t)in->numel;
    void *buffer = malloc(bytes);
    if (!buffer) {
        td_fail(c, TD_ENOMEM, "out of memory");
        return NULL;
    }
    memset(buffer, in->dtype == TD_BOOL ? 1 : 0xff, bytes);
    spread(in, layout, buffer);
    td_tensor *x = view(in, layout, td_array(c, in->dtype, in->rank, size, buffer));
    free(buffer);
    return x;
}

static bool is_poison(const td_input *in, const void *buffer)
{
    size_t size = td_dtype_size(in->dtype);
    const unsigned char *at = buffer, poison = in->dtype == TD_BOOL ? 1 : 0xff;
    bool same = true;
    for (int64_t i = 0; i < in->numel; i++, at += 2 * size) {
        for (size_t k = 0; k < size; k++) same = same && at[k] == poison;
    }
    return same;
}

int td_take_gap_written(td_taking *t)
{
    for (int i = 0; i < t->p->n; i++) {
        const void *buffer = t->leaf[i]->base ? td_data(t->leaf[i]->base) : NULL;
        if (buffer && !is_poison(&t->p->in[i], buffer)) return i;
    }
    return -1;
}

/* ---- a take ------------------------------------------------------------------------------------------------------ */

bool td_is_constant(unsigned constant, int input)
{
    return constant >> (input < 31 ? input : 31) & 1;
}

bool td_take_open(td_taking *t, const td_problem *p, const td_how *how)
{
    td_problem q = *p;
    if (how->threads) q.threads = how->threads;
    q.schedule = how->schedule;
    *t = (td_taking){.p = p, .leaf = calloc((size_t)p->n + 1, sizeof *t->leaf)};
    t->c = td_problem_open(&q, how->eval ? td_eval_engine() : td_tape_engine());
    if (!t->c || !t->leaf) return false;
    for (int i = 0; i < p->n; i++) {
        t->leaf[i] = td_array_laid(t->c, &p->in[i], how->layout);
        if (p->in[i].smooth && !how->eval && !td_is_constant(how->constant, i)) td_require_grad(t->leaf[i]);
    }
    t->y = td_problem_run(p, t->c, t->leaf);
    if (!td_error(t->c)) td_data(t->y);
    return !td_error(t->c);
}

void td_take_close(td_taking *t)
{
    td_close(t->c);
    free(t->leaf);
}

bool td_take_is_smooth(const td_taking *t)
{
    return td_dtype_of(t->y) == TD_F64 || td_dtype_of(t->y) == TD_F32;
}

void td_take_zero(td_taking *t)
{
    for (int i = 0; i < t->p->n; i++) if (t->p->in[i].smooth) td_zero_grad(t->leaf[i]);
}

bool td_take_pull(td_taking *t, td_tensor *adjoint)
{
    return adjoint && (!td_requires_grad(t->y) || td_backward_from(t->y, adjoint) == TD_OK) && !td_error(t->c);
}

td_tensor *td_take_cotangent(td_taking *t, const double scale[TD_COTANGENTS], td_layout layout)
{
    td_input w = {.dtype = td_dtype_of(t->y), .rank = td_rank(t->y), .numel = td_numel(t->y)};
    for (int i = 0; i < w.rank; i++) w.size[i] = td_size(t->y, i);
    void *values = malloc((size_t)(w.numel + 1) * sizeof(double));
    w.values = values;
    for (int64_t j = 0; values && j < w.numel; j++) {
        double v = 0;
        for (int k = 0; k < TD_COTANGENTS; k++) v += scale[k] * td_cotangent_at(t->p, k, j);
        if (w.dtype == TD_F32) ((float *)values)[j] = (float)v;
        else ((double *)values)[j] = v;
    }
    td_tensor *x = values ? td_array_laid(t->c, &w, layout) : NULL;
    free(values);
    return x;
}
