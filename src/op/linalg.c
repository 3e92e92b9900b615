/* linalg.c: matrix products.  One op computes, mm (product.c); the others are compositions that bring their operands to
 * it. */
#include "op.h"
#include "linalg.h"
#include "product.h"

#include <string.h>

/* ---- mm: c = a b      a (.., m, k)   b (.., k, n)   c (.., m, n) ------------------------------------------------- */

td_status td_no_product(td_infer *i, const char *why)
{
    char a[TD_SHAPE_TEXT], b[TD_SHAPE_TEXT];
    return td_fail(i->context, TD_ESHAPE, "%s: %s by %s: %s", i->op->name, td_shape_text(i->in[0]->shape, a),
                   td_shape_text(i->in[1]->shape, b), why);
}

td_status td_inner_sizes_differ(td_infer *i, int64_t left, int64_t right)
{
    char a[TD_SHAPE_TEXT], b[TD_SHAPE_TEXT];
    return td_fail(i->context, TD_ESHAPE, "%s: %s by %s: inner sizes %lld and %lld differ", i->op->name,
                   td_shape_text(i->in[0]->shape, a), td_shape_text(i->in[1]->shape, b), (long long)left, (long long)right);
}

td_dtype td_product_dtype(int n, td_tensor *const *in)
{
    td_dtype d = td_dtype_of(in[0]);
    for (int i = 1; i < n; i++) d = td_promote(d, td_dtype_of(in[i]));
    return d == TD_BOOL ? TD_I64 : d;
}

static td_status mm_infer(td_infer *i)
{
    const td_shape *a = i->in[0]->shape, *b = i->in[1]->shape;
    int             lead = a->rank - 2;
    if (a->rank < 2 || a->rank != b->rank) return td_no_product(i, "ranks must be equal, and at least 2");
    if (memcmp(a->size, b->size, (size_t)lead * sizeof *a->size)) return td_no_product(i, "leading sizes differ");
    if (a->size[lead + 1] != b->size[lead]) return td_inner_sizes_differ(i, a->size[lead + 1], b->size[lead]);
    if (i->dtype == TD_BOOL || td_dtype_of(i->in[1]) != i->dtype)
        return td_fail(i->context, TD_EDTYPE, "mm: %s by %s", td_dtype_name(i->dtype), td_dtype_name(td_dtype_of(i->in[1])));
    i->shape.size[lead + 1] = b->size[lead + 1];
    return TD_OK;
}

/* c = a b.   ga = g b^T,   gb = a^T g */
static void mm_vjp(td_pull *p)
{
    if (td_pull_wants(p, 0)) td_pull_add(p, 0, td_mm(p->g, td_transpose(p->in[1], -2, -1)));
    if (td_pull_wants(p, 1)) td_pull_add(p, 1, td_mm(td_transpose(p->in[0], -2, -1), p->g));
}

int64_t td_sample_size(td_sample *s) { return (int64_t[]){ 1, 2, 3, 5, 7, 8, 9, 0 }[td_sample_below(s, 15) / 2]; }

void td_sample_matrix(td_sample *s, int operand, int lead, int64_t rows, int64_t columns)
{
    td_sample_in *in = &s->in[operand];
    in->rank = lead + 2;
    in->size[lead] = rows;
    in->size[lead + 1] = columns;
    td_sample_floats(s, operand, -6, 6);
}

static void mm_sample(td_sample *s)
{
    int     lead = (int)td_sample_below(s, 3);
    int64_t m = td_sample_size(s), k = td_sample_size(s), n = td_sample_size(s);
    s->n_in = 2;
    for (int i = 0; i < lead; i++) s->in[0].size[i] = s->in[1].size[i] = 1 + td_sample_below(s, 2);
    td_sample_matrix(s, 0, lead, m, k);
    td_sample_matrix(s, 1, lead, k, n);
}

static td_tensor *call_mm(const td_invocation *k) { return td_mm(k->in[0], k->in[1]); }
static const td_signature mm_signature = { .example = "mm(W, transpose(W, 0, 1))", .call = call_mm };
const td_op td_op_mm = {
    .name = "mm", .id = TD_ID_mm, .min_in = 2, .max_in = 2, .reads = TD_READS(0) | TD_READS(1),
    .infer = mm_infer, .compute = td_product_compute, .vjp = mm_vjp, .sample = mm_sample,
    .signature = &mm_signature,
};

td_tensor *td_mm(td_tensor *a, td_tensor *b)
{
    if (!a || !b) return td_apply2(&td_op_mm, a, b);
    td_dtype d = td_product_dtype(2, (td_tensor *[]){ a, b });
    return td_apply2(&td_op_mm, td_to(a, d), td_to(b, d));
}

/* ---- matmul ------------------------------------------------------------------------------------------------------ */

/* Sizes as if a left vector were a row and a right one a column. */
static td_shape as_matrix(const td_shape *x, bool row)
{
    if (x->rank != 1) return *x;
    td_shape s = { .rank = 2, .size = { row ? 1 : x->size[0], row ? x->size[0] : 1 } };
    return s;
}

static td_shape leading_shape(const td_shape *x)
{
    td_shape s = *x;
    s.rank -= 2;
    return s;
}

static td_status matmul_infer(td_infer *i)
{
    const td_shape *x = i->in[0]->shape, *y = i->in[1]->shape;
    if (x->rank == 0 || y->rank == 0) return td_no_product(i, "a 0-d operand; mul takes those");
    td_shape a = as_matrix(x, true), b = as_matrix(y, false), lead;
    td_shape lead_a = leading_shape(&a), lead_b = leading_shape(&b);
    if (a.size[a.rank - 1] != b.size[b.rank - 2]) return td_inner_sizes_differ(i, a.size[a.rank - 1], b.size[b.rank - 2]);
    if (!td_shape_broadcast(&lead_a, &lead_b, &lead)) return td_no_product(i, "leading sizes do not broadcast");
    i->shape = lead;
    if (x->rank > 1) i->shape.size[i->shape.rank++] = a.size[a.rank - 2];
    if (y->rank > 1) i->shape.size[i->shape.rank++] = b.size[b.rank - 1];
    i->dtype = td_product_dtype(2, i->in);
    return TD_OK;
}

/* x with its leading sizes broadcast to those given. */
static td_tensor *expand_leading(td_tensor *x, const td_shape *lead)
{
    td_shape s = *lead;
    memcpy(s.size + s.rank, x->shape->size + x->shape->rank - 2, 2 * sizeof *s.size);
    s.rank += 2;
    return td_shape_same(&s, x->shape) ? x : td_expand(x, s.rank, s.size);
}

bool td_expand_together(td_tensor **a, td_tensor **b)
{
    td_shape of_a = leading_shape((*a)->shape), of_b = leading_shape((*b)->shape), lead;
    if (!td_shape_broadcast(&of_a, &of_b, &lead)) return false;
    *a = expand_leading(*a, &lead);
    *b = expand_leading(*b, &lead);
    return true;
}

/* (.., m, k) by (k, n): one matrix of all rows. */
static td_tensor *stacked_rows(td_tensor *a, td_tensor *b)
{
    int64_t  size[TD_MAX_RANK], k = td_size(a, -1);
    int64_t  rows = 1;
    int      rank = td_rank(a);
    for (int i = 0; i < rank - 1; i++) rows *= size[i] = td_size(a, i);
    size[rank - 1] = td_size(b, -1);
    return td_reshape(td_mm(td_reshape(a, 2, (int64_t[]){ rows, k }), b), rank, size);
}

static td_tensor *matrices_product(td_tensor *a, td_tensor *b)
{
    td_shape lead_a = leading_shape(a->shape), lead_b = leading_shape(b->shape), lead;
    if (lead_b.rank == 0 && lead_a.rank > 0) return stacked_rows(a, b);
    td_shape_broadcast(&lead_a, &lead_b, &lead);
    return td_mm(expand_leading(a, &lead), expand_leading(b, &lead));
}

static td_tensor *matmul_compose(int n, td_tensor *const *in, const td_attr *attr)
{
    (void)n, (void)attr;
    td_tensor *x = in[0], *y = in[1];
    int        x_rank = td_rank(x), y_rank = td_rank(y);
    if (x_rank == 1 && y_rank == 1) return td_dot(x, y);
    td_tensor *a = x_rank == 1 ? td_unsqueeze(x, 0) : x, *b = y_rank == 1 ? td_unsqueeze(y, 1) : y;
    if (a->context->status) return td_bad(a->context);
    td_tensor *c = matrices_product(a, b);
    if (x_rank == 1) return td_squeeze(c, -2);
    return y_rank == 1 ? td_squeeze(c, -1) : c;
}

/* Vectors, matrices, and stacks of them whose leading sizes broadcast. */
static void matmul_sample(td_sample *s)
{
    int     left = (int)td_sample_below(s, 3), right = (int)td_sample_below(s, 3);
    int64_t m = td_sample_size(s), k = td_sample_size(s), n = td_sample_size(s), stack = 2 + td_sample_below(s, 2);
    s->n_in = 2;
    s->in[0].size[0] = td_sample_below(s, 2) ? stack : 1;
    s->in[1].size[0] = stack;
    td_sample_matrix(s, 0, left == 2, m, k);
    td_sample_matrix(s, 1, right == 2, k, n);
    for (int i = 0; i < 2; i++)
        if ((i ? right : left) == 0) {
            s->in[i].rank = 1;
            s->in[i].size[0] = k;
        }
}

static const td_signature matmul_signature = { .example = "matmul(W, x)" };
const td_op td_op_matmul = {
    .name = "matmul", .id = TD_ID_matmul, .min_in = 2, .max_in = 2,
    .infer = matmul_infer, .compose = matmul_compose, .sample = matmul_sample,
    .signature = &matmul_signature,
};
td_tensor *td_matmul(td_tensor *x, td_tensor *y) { return td_apply2(&td_op_matmul, x, y); }

/* ---- dot, outer, linear ------------------------------------------------------------------------------------------ */

static td_status dot_infer(td_infer *i)
{
    const td_shape *x = i->in[0]->shape, *y = i->in[1]->shape;
    if (x->rank != 1 || y->rank != 1) return td_no_product(i, "both must have one axis");
    if (x->size[0] != y->size[0]) return td_inner_sizes_differ(i, x->size[0], y->size[0]);
    i->shape.rank = 0;
    i->dtype = td_product_dtype(2, i->in);
    return TD_OK;
}

static td_tensor *dot_compose(int n, td_tensor *const *in, const td_attr *attr)
{
    (void)n, (void)attr;
    return td_sum(td_mul(in[0], in[1]));
}

static void dot_sample(td_sample *s)
{
    s->n_in = 2;
    td_sample_shape(s, 0, 1, 1);
    td_sample_shape(s, 1, 1, 1);
    s->in[1].size[0] = s->in[0].size[0];
    for (int i = 0; i < 2; i++) td_sample_floats(s, i, -6, 6);
}

static const td_signature dot_signature = { .example = "dot(x, y)" };
const td_op td_op_dot = {
    .name = "dot", .id = TD_ID_dot, .min_in = 2, .max_in = 2,
    .infer = dot_infer, .compose = dot_compose, .sample = dot_sample,
    .signature = &dot_signature,
};
td_tensor *td_dot(td_tensor *x, td_tensor *y) { return td_apply2(&td_op_dot, x, y); }

static td_status outer_infer(td_infer *i)
{
    const td_shape *x = i->in[0]->shape, *y = i->in[1]->shape;
    if (x->rank != 1 || y->rank != 1) return td_no_product(i, "both must have one axis");
    i->shape.rank = 2;
    i->shape.size[1] = y->size[0];
    i->dtype = td_product_dtype(2, i->in);
    return TD_OK;
}

static td_tensor *outer_compose(int n, td_tensor *const *in, const td_attr *attr)
{
    (void)n, (void)attr;
    return td_mul(td_unsqueeze(in[0], 1), td_unsqueeze(in[1], 0));
}

static void outer_sample(td_sample *s)
{
    s->n_in = 2;
    for (int i = 0; i < 2; i++) {
        s->in[i].rank = 1;
        s->in[i].size[0] = td_sample_size(s);
        td_sample_floats(s, i, -6, 6);
    }
}

static const td_signature outer_signature = { .example = "outer(x, y)" };
const td_op td_op_outer = {
    .name = "outer", .id = TD_ID_outer, .min_in = 2, .max_in = 2,
    .infer = outer_infer, .compose = outer_compose, .sample = outer_sample,
    .signature = &outer_signature,
};
td_tensor *td_outer(td_tensor *x, td_tensor *y) { return td_apply2(&td_op_outer, x, y); }

/* y = x W^T + b      x (.., k)   W (n, k)   b (n)   y (.., n) */
static td_status linear_infer(td_infer *i)
{
    const td_shape *x = i->in[0]->shape, *w = i->in[1]->shape;
    char            text[TD_SHAPE_TEXT];
    if (x->rank < 1 || w->rank != 2) return td_no_product(i, "needs x (..,k) and weight (n,k)");
    if (x->size[x->rank - 1] != w->size[1]) return td_inner_sizes_differ(i, x->size[x->rank - 1], w->size[1]);
    i->dtype = td_product_dtype(2, i->in);
    i->shape.size[x->rank - 1] = w->size[0];
    if (i->n_in < 3) return TD_OK;
    const td_shape *b = i->in[2]->shape;
    i->dtype = td_promote(i->dtype, td_dtype_of(i->in[2]));
    if (b->rank == 1 && b->size[0] == w->size[0]) return TD_OK;
    return td_fail(i->context, TD_ESHAPE, "linear: bias %s is not (%lld,)", td_shape_text(b, text), (long long)w->size[0]);
}

static td_tensor *linear_compose(int n, td_tensor *const *in, const td_attr *attr)
{
    (void)attr;
    td_tensor *y = td_matmul(in[0], td_transpose(in[1], 0, 1));
    return n == 3 ? td_add(y, in[2]) : y;
}

static void linear_sample(td_sample *s)
{
    int     lead = (int)td_sample_below(s, 3);
    int64_t k = td_sample_size(s), n = td_sample_size(s);
    s->n_in = 2 + (int)td_sample_below(s, 2);
    for (int i = 0; i < lead; i++) s->in[0].size[i] = 1 + td_sample_below(s, 3);
    s->in[0].rank = lead + 1;
    s->in[0].size[lead] = k;
    s->in[2].rank = 1;
    s->in[2].size[0] = n;
    td_sample_matrix(s, 1, 0, n, k);
    td_sample_floats(s, 0, -6, 6);
    td_sample_floats(s, 2, -6, 6);
}

static const td_signature linear_signature = { .example = "linear(W, W)" };
const td_op td_op_linear = {
    .name = "linear", .id = TD_ID_linear, .min_in = 2, .max_in = 3,
    .infer = linear_infer, .compose = linear_compose, .sample = linear_sample,
    .signature = &linear_signature,
};
td_tensor *td_linear(td_tensor *x, td_tensor *weight, td_tensor *bias)
{
    return td_apply(&td_op_linear, bias ? 3 : 2, (td_tensor *[]){ x, weight, bias }, NULL);
}
