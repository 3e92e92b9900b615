/* assemble.c: wholes of several tensors, or of one and its powers, spelt in concat.
 *
 * hstack, vstack and dstack are concat of operands that have been given axes; block_diag and vander are ops, since their
 * definitions are shorter than what they are spelt in. */
#include "op/shape.h"

/* ---- hstack, vstack, dstack --------------------------------------------------------------------------------------- */

/* concat of each operand's raised(x) along axis, or 0 for vectors if they are to be joined end to end. */
static td_tensor *stacked(int n, td_tensor *const *x, td_tensor *(*raised)(td_tensor *), int axis)
{
    if (n < 1 || td_stopped(x[0])) return n < 1 ? NULL : td_passed(x[0]);
    td_tensor **part = td_arena_raw(x[0]->context, (size_t)n * sizeof *part);
    if (!part) return td_bad(x[0]->context);
    for (int k = 0; k < n; k++) part[k] = raised(x[k]);
    return td_concat(n, part, td_rank(part[0]) > axis ? axis : 0);
}

td_tensor *td_hstack(int n, td_tensor *const *x) { return stacked(n, x, td_atleast_1d, 1); }
td_tensor *td_vstack(int n, td_tensor *const *x) { return stacked(n, x, td_atleast_2d, 0); }
td_tensor *td_dstack(int n, td_tensor *const *x) { return stacked(n, x, td_atleast_3d, 2); }

/* ---- block_diag --------------------------------------------------------------------------------------------------- */

static int64_t rows_of(const td_shape *s) { return s->rank == 2 ? s->size[0] : 1; }
static int64_t columns_of(const td_shape *s) { return s->rank ? s->size[s->rank - 1] : 1; }

static td_status block_diag_infer(td_infer *i)
{
    int64_t m = 0, n = 0;
    for (int k = 0; k < i->n_in; k++) {
        const td_tensor *x = i->in[k];
        if (x->shape->rank > 2)
            return td_fail(i->context, TD_ESHAPE, "block_diag: operand %d has rank %d", k, x->shape->rank);
        if (x->dtype != i->in[0]->dtype)
            return td_fail(i->context, TD_EDTYPE, "block_diag: operand 0 is %s, operand %d is %s",
                           td_dtype_name(td_dtype_of(i->in[0])), k, td_dtype_name(td_dtype_of(x)));
        if (__builtin_add_overflow(m, rows_of(x->shape), &m) || __builtin_add_overflow(n, columns_of(x->shape), &n))
            return td_fail(i->context, TD_ESHAPE, "block_diag: more rows or columns than 64 bits can count");
    }
    i->shape.rank = 2;
    i->shape.size[0] = m, i->shape.size[1] = n;
    return TD_OK;
}

/* Each operand's rows, with zeros to the left and right, under one another. */
static td_tensor *block_diag_compose(int n, td_tensor *const *in, const td_attr *attr)
{
    td_tensor **band = td_arena_raw(in[0]->context, (size_t)n * sizeof *band);
    int64_t     before = 0, after = 0;
    (void)attr;
    if (!band) return NULL;
    for (int k = 0; k < n; k++) after += columns_of(in[k]->shape);
    for (int k = 0; k < n; k++) {
        int64_t columns = columns_of(in[k]->shape);
        after -= columns;
        td_tensor *rows = td_reshape(in[k], 2, (int64_t[]){ rows_of(in[k]->shape), columns });
        band[k] = td_pad(rows, (int64_t[]){ 0, 0, before, after }, 0);
        before += columns;
    }
    return td_concat(n, band, 0);
}

td_tensor *td_block_diag(int n, td_tensor *const *x)
{
    if (n < 1 || td_stopped(x[0])) return n < 1 ? NULL : td_passed(x[0]);
    td_tensor **y = td_in_one_dtype(x[0]->context, n, x);
    return y ? td_apply(&td_op_block_diag, n, y, NULL) : td_bad(x[0]->context);
}

static void block_diag_sample(td_sample *s)
{
    s->n_in = 1 + (int)td_sample_below(s, 3);
    for (int k = 0; k < s->n_in; k++) {
        td_sample_operand(s, k, 0, 2);
        for (int j = 0; j < s->in[k].rank; j++)
            if (s->in[k].size[j] > 5) s->in[k].size[j] = 5;
    }
}

static td_tensor *call_block_diag(const td_invocation *k) { return td_block_diag(k->n, k->in); }
static const td_signature block_diag_signature = { .example = "block_diag(x, W, s)", .call = call_block_diag };
const td_op td_op_block_diag = {
    .name = "block_diag", .id = TD_ID_block_diag, .min_in = 1, .max_in = -1,
    .infer = block_diag_infer, .compose = block_diag_compose, .sample = block_diag_sample,
    .signature = &block_diag_signature,
};

/* ---- vander ------------------------------------------------------------------------------------------------------- */

/* list[0]: how many powers; list[1]: increasing */
static td_status vander_infer(td_infer *i)
{
    char text[TD_SHAPE_TEXT];
    if (i->shape.rank != 1)
        return td_fail(i->context, TD_ESHAPE, "vander: %s is no vector", td_shape_text(i->in[0]->shape, text));
    if (i->attr->list[0] < 0) return td_fail(i->context, TD_EVALUE, "vander: %lld powers", (long long)i->attr->list[0]);
    if (i->dtype == TD_BOOL) i->dtype = TD_I64;
    i->shape.rank = 2;
    i->shape.size[1] = i->attr->list[0];
    return TD_OK;
}

/* Powers are running products, so that a 0 has the slopes 0, 1, 0, ... */
static td_tensor *vander_compose(int n, td_tensor *const *in, const td_attr *attr)
{
    td_tensor  *x = td_dtype_of(in[0]) == TD_BOOL ? td_to(in[0], TD_I64) : in[0];
    td_context *c = x->context;
    int64_t     m = x->shape->size[0], powers = attr->list[0];
    (void)n;
    if (powers == 0) return td_zeros(c, td_dtype_of(x), 2, (int64_t[]){ m, 0 });
    td_tensor *ones = td_ones(c, td_dtype_of(x), 2, (int64_t[]){ m, 1 });
    td_tensor *more = td_cumprod(td_expand(td_unsqueeze(x, 1), 2, (int64_t[]){ m, powers - 1 }), 1);
    td_tensor *y = td_concat(2, (td_tensor *[]){ ones, more }, 1);
    return attr->list[1] ? y : td_flip(y, 1, (int[]){ 1 });
}

td_tensor *td_vander(td_tensor *x, int64_t n, bool increasing)
{
    if (td_stopped(x)) return td_passed(x);
    return td_apply1(&td_op_vander, x, &(td_attr){ .n_list = 2, .list = { n, increasing } });
}

static void vander_sample(td_sample *s)
{
    s->n_in = 1;
    td_sample_operand(s, 0, 1, 1);
    td_sample_floats(s, 0, -2, 2);
    s->attr.n_list = 2;
    s->attr.list[0] = td_sample_below(s, 6);
    s->attr.list[1] = td_sample_below(s, 2);
}

static td_tensor *call_vander(const td_invocation *k)
{
    bool given = k->argument[0].given;
    return td_vander(k->in[0], given ? td_as_i64(k, 0) : td_numel(k->in[0]), td_as_flag(k, 1));
}
static const td_signature vander_signature = {
    .example = "vander(x, 4)", .call = call_vander,
    .parameter = { { "n", TD_INTEGER, false, 0 }, { "increasing", TD_FLAG, false, 0 } },
};
const td_op td_op_vander = {
    .name = "vander", .id = TD_ID_vander, .min_in = 1, .max_in = 1,
    .infer = vander_infer, .compose = vander_compose, .sample = vander_sample,
    .signature = &vander_signature,
};
