/* addmm.c: products that are told their ranks (bmm, mv), added to something (addmm and its kin), or many (multi_dot).
 *
 * b input + a (x times y): b is attr->a, a is attr->b.  With b = 0 the input is not looked at: its NaNs go nowhere. */
#include "op/product.h"
#include "op/shape.h"

#include <math.h>
#include <string.h>

/* ---- ranks -------------------------------------------------------------------------------------------------------- */

/* What each op multiplies: ranks of x and y. */
static const struct ranks { int x, y; } ranks_of[TD_ID_COUNT] = {
    [TD_ID_bmm] = { 3, 3 }, [TD_ID_mv] = { 2, 1 }, [TD_ID_addmm] = { 2, 2 }, [TD_ID_addmv] = { 2, 1 },
    [TD_ID_addr] = { 1, 1 }, [TD_ID_baddbmm] = { 3, 3 }, [TD_ID_addbmm] = { 3, 3 },
};

static td_status wrong_ranks(td_infer *i, const td_shape *x, const td_shape *y)
{
    char a[TD_SHAPE_TEXT], b[TD_SHAPE_TEXT];
    return td_fail(i->context, TD_ESHAPE, "%s: %s by %s: takes %d axes by %d, of leading sizes that are equal", i->op->name,
                   td_shape_text(x, a), td_shape_text(y, b), ranks_of[i->op->id].x, ranks_of[i->op->id].y);
}

/* The shape of x times y. */
static td_status product_shape(td_infer *i, const td_shape *x, const td_shape *y, td_shape *p)
{
    struct ranks r = ranks_of[i->op->id];
    char         a[TD_SHAPE_TEXT], b[TD_SHAPE_TEXT];
    if (x->rank != r.x || y->rank != r.y || (r.x == 3 && x->size[0] != y->size[0])) return wrong_ranks(i, x, y);
    p->rank = 0;
    if (r.x == 3 && i->op->id != TD_ID_addbmm) p->size[p->rank++] = x->size[0];
    p->size[p->rank++] = x->size[r.x > 1 ? r.x - 2 : 0];
    if (r.y > 1 || r.x == 1) p->size[p->rank++] = y->size[r.y - 1];
    int64_t left = x->size[r.x - 1], right = y->size[r.y > 1 ? r.y - 2 : 0];
    if (r.x == 1 || left == right) return TD_OK;
    return td_fail(i->context, TD_ESHAPE, "%s: %s by %s: inner sizes %lld and %lld differ", i->op->name, td_shape_text(x, a),
                   td_shape_text(y, b), (long long)left, (long long)right);
}

static td_status plain_infer(td_infer *i)
{
    i->dtype = td_product_dtype(2, i->in);
    return product_shape(i, i->in[0]->shape, i->in[1]->shape, &i->shape);
}

static td_status whole_factor(const td_infer *i, const char *name, double v)
{
    if (td_is_float(i->dtype) || v == rint(v)) return TD_OK;
    return td_fail(i->context, TD_EDTYPE, "%s: %s = %g for operands in %s", i->op->name, name, v, td_dtype_name(i->dtype));
}

static td_status add_infer(td_infer *i)
{
    const td_shape *input = i->in[0]->shape;
    td_shape        both;
    char            a[TD_SHAPE_TEXT], b[TD_SHAPE_TEXT];
    if (product_shape(i, i->in[1]->shape, i->in[2]->shape, &i->shape)) return td_error(i->context);
    i->dtype = td_product_dtype(3, i->in);
    if (!td_shape_broadcast(input, &i->shape, &both) || !td_shape_same(&both, &i->shape))
        return td_fail(i->context, TD_ESHAPE, "%s: the input, %s, does not broadcast to %s", i->op->name,
                       td_shape_text(input, a), td_shape_text(&i->shape, b));
    return whole_factor(i, "beta", i->attr->a) ? td_error(i->context) : whole_factor(i, "alpha", i->attr->b);
}

/* ---- compositions ------------------------------------------------------------------------------------------------- */

/* Matrix i of a and b one after the other: the sum of all products is one product. */
static td_tensor *sum_of_products(td_tensor *a, td_tensor *b)
{
    int64_t    n = td_size(a, 0), m = td_size(a, 1), k = td_size(a, 2), p = td_size(b, 2);
    td_tensor *rows = td_reshape(td_transpose(a, 0, 1), 2, (int64_t[]){ m, n * k });
    return td_mm(rows, td_reshape(b, 2, (int64_t[]){ n * k, p }));
}

static td_tensor *product(const td_op *op, td_tensor *x, td_tensor *y)
{
    if (op->id == TD_ID_addbmm) return sum_of_products(x, y);
    return op->id == TD_ID_addr ? td_outer(x, y) : td_matmul(x, y);
}

static td_tensor *plain_compose(int n, td_tensor *const *in, const td_attr *attr)
{
    (void)n, (void)attr;
    return td_matmul(in[0], in[1]);
}

static td_tensor *add_to(const td_op *op, td_tensor *const *in, const td_attr *attr)
{
    td_dtype   dtype = td_product_dtype(3, in);
    td_tensor *y = product(op, td_to(in[1], dtype), td_to(in[2], dtype));
    if (attr->b != 1) y = td_mul_scalar(y, attr->b);
    if (attr->a == 0) return y;
    td_tensor *input = td_to(in[0], dtype);
    return td_add(attr->a == 1 ? input : td_mul_scalar(input, attr->a), y);
}

/* ---- sampling and calling ----------------------------------------------------------------------------------------- */

static int64_t few(td_sample *s) { return td_sample_below(s, 16) ? 1 + td_sample_below(s, 4) : 0; }

/* x and y of these ranks, from operand `first` on; the shape of their product into *p. */
static void sample_product(td_sample *s, struct ranks r, int first, td_sample_in *p)
{
    int64_t stack = few(s), m = few(s), k = few(s), n = few(s);
    td_sample_in *x = &s->in[first], *y = &s->in[first + 1];
    x->rank = r.x, y->rank = r.y;
    p->rank = 0;
    if (r.x == 3) p->size[p->rank++] = x->size[0] = y->size[0] = stack;
    p->size[p->rank++] = x->size[r.x > 1 ? r.x - 2 : 0] = m;
    if (r.x > 1) x->size[r.x - 1] = y->size[r.y > 1 ? r.y - 2 : 0] = k;
    if (r.y > 1 || r.x == 1) p->size[p->rank++] = y->size[r.y - 1] = n;
    for (int i = 0; i < 2; i++) td_sample_floats(s, first + i, -6, 6);
}

static void sample_plain(td_sample *s, int id)
{
    td_sample_in p = { 0 };
    s->n_in = 2;
    sample_product(s, ranks_of[id], 0, &p);
}

static void sample_add(td_sample *s, int id)
{
    static const double factors[] = { 1, 1, 0, -0.5, 3 };
    td_sample_in p = { 0 }, *input = &s->in[0];
    s->n_in = 3;
    sample_product(s, ranks_of[id], 1, &p);
    if (id == TD_ID_addbmm) p.rank = 2, p.size[0] = p.size[1], p.size[1] = p.size[2];
    int dropped = td_sample_below(s, 3) ? 0 : (int)td_sample_below(s, p.rank + 1);
    input->rank = p.rank - dropped;
    for (int k = 0; k < input->rank; k++) input->size[k] = td_sample_below(s, 4) ? p.size[k + dropped] : 1;
    td_sample_floats(s, 0, -6, 6);
    s->attr.a = td_sample_choice(s, 5, factors);
    s->attr.b = td_sample_choice(s, 5, factors);
}

static td_tensor *apply_add(const td_op *op, td_tensor *input, td_tensor *x, td_tensor *y, double beta, double alpha)
{
    return td_apply(op, 3, (td_tensor *[]){ input, x, y }, &(td_attr){ .a = beta, .b = alpha });
}

static td_tensor *call_add(const td_invocation *k)
{
    return apply_add(k->op, k->in[0], k->in[1], k->in[2], td_as_number(k, 0), td_as_number(k, 1));
}

#define PLAIN(NAME, EXAMPLE) \
    static void sample_##NAME(td_sample *s) { sample_plain(s, TD_ID_##NAME); } \
    static const td_signature NAME##_signature = { .example = EXAMPLE }; \
    const td_op td_op_##NAME = { \
        .name = #NAME, .id = TD_ID_##NAME, .min_in = 2, .max_in = 2, .infer = plain_infer, .compose = plain_compose, \
    .sample = sample_##NAME, .signature = &NAME##_signature, \
    }; \
    td_tensor *td_##NAME(td_tensor *x, td_tensor *y) { return td_apply2(&td_op_##NAME, x, y); }

PLAIN(bmm, "bmm(unsqueeze(W, 0), unsqueeze(transpose(W, 0, 1), 0))")
PLAIN(mv, "mv(W, x)")

#define ADDED(NAME, EXAMPLE) \
    static td_tensor *compose_##NAME(int n, td_tensor *const *in, const td_attr *attr) \
    { \
        (void)n; \
        return add_to(&td_op_##NAME, in, attr); \
    } \
    static void sample_##NAME(td_sample *s) { sample_add(s, TD_ID_##NAME); } \
    static const td_signature NAME##_signature = { \
        .example = EXAMPLE, .call = call_add, \
        .parameter = { { "beta", TD_NUMBER, false, 1 }, { "alpha", TD_NUMBER, false, 1 } }, \
    }; \
    const td_op td_op_##NAME = { \
        .name = #NAME, .id = TD_ID_##NAME, .min_in = 3, .max_in = 3, .infer = add_infer, .compose = compose_##NAME, \
    .sample = sample_##NAME, .signature = &NAME##_signature, \
    }; \
    td_tensor *td_##NAME(td_tensor *input, td_tensor *x, td_tensor *y, double beta, double alpha) \
    { \
        return apply_add(&td_op_##NAME, input, x, y, beta, alpha); \
    }

ADDED(addmm, "addmm(s, W, transpose(W, 0, 1), 0.5, 2)")
ADDED(addmv, "addmv(s, W, x, 0.5, 2)")
ADDED(addr, "addr(s, x, y, 0.5, 2)")
ADDED(baddbmm, "baddbmm(s, unsqueeze(W, 0), unsqueeze(transpose(W, 0, 1), 0), 0.5, 2)")
ADDED(addbmm, "addbmm(s, unsqueeze(W, 0), unsqueeze(transpose(W, 0, 1), 0), 0.5, 2)")

/* ---- multi_dot: a product of many, bracketed to cost least --------------------------------------------------------- */

enum { MOST_FACTORS = 64 };

static td_status no_chain(td_infer *i, int at, const char *why)
{
    char text[TD_SHAPE_TEXT];
    return td_fail(i->context, TD_ESHAPE, "multi_dot: operand %d of %d, %s: %s", at, i->n_in,
                   td_shape_text(i->in[at]->shape, text), why);
}

static td_status multi_dot_infer(td_infer *i)
{
    int last = i->n_in - 1, first_rank = i->in[0]->shape->rank, last_rank = i->in[last]->shape->rank;
    i->shape.rank = 0;
    for (int k = 0; k <= last; k++) {
        const td_shape *x = i->in[k]->shape, *before = k ? i->in[k - 1]->shape : NULL;
        if (x->rank != 2 && !(x->rank == 1 && (k == 0 || k == last)))
            return no_chain(i, k, "is no matrix, nor a vector at an end");
        if (before && before->size[before->rank - 1] != x->size[0])
            return no_chain(i, k, "has not as many rows as the one before has columns");
    }
    if (first_rank == 2) i->shape.size[i->shape.rank++] = i->in[0]->shape->size[0];
    if (last_rank == 2) i->shape.size[i->shape.rank++] = i->in[last]->shape->size[1];
    i->dtype = td_product_dtype(i->n_in, i->in);
    return TD_OK;
}

/* The dynamic programme of Cormen, Leiserson, Rivest, Stein, "Introduction to Algorithms", 15.2: cut[a][b] is behind which
 * factor the product of a..b is best cut in two.  size[k], size[k + 1]: of factor k.  In doubles, which do not overflow. */
static void find_cuts(int n, const double *size, uint8_t (*cut)[MOST_FACTORS])
{
    double cost[MOST_FACTORS][MOST_FACTORS] = { { 0 } };
    for (int length = 1; length < n; length++)
        for (int a = 0; a + length < n; a++) {
            int b = a + length;
            cost[a][b] = INFINITY;
            for (int k = a; k < b; k++) {
                double whole = cost[a][k] + cost[k + 1][b] + size[a] * size[k + 1] * size[b + 1];
                if (whole < cost[a][b]) cost[a][b] = whole, cut[a][b] = (uint8_t)k;
            }
        }
}

/* Factors a..b; as deep as there are factors, which are few. */
static td_tensor *chain(td_tensor *const *x, uint8_t (*cut)[MOST_FACTORS], int a, int b)
{
    if (a == b) return x[a];
    td_tensor *left = chain(x, cut, a, cut[a][b]);
    return td_matmul(left, chain(x, cut, cut[a][b] + 1, b));
}

static td_tensor *multi_dot_compose(int n, td_tensor *const *in, const td_attr *attr)
{
    uint8_t    cut[MOST_FACTORS][MOST_FACTORS];
    double     size[MOST_FACTORS + 1];
    td_tensor *x[MOST_FACTORS];
    td_dtype   dtype = td_product_dtype(n, in);
    (void)attr;
    for (int k = 0; k < n; k++) {
        x[k] = td_to(in[k], dtype);
        size[k] = td_rank(in[k]) == 1 && k == 0 ? 1 : (double)td_size(in[k], 0);
    }
    size[n] = td_rank(in[n - 1]) == 1 ? 1 : (double)td_size(in[n - 1], -1);
    find_cuts(n, size, cut);
    return chain(x, cut, 0, n - 1);
}

static void multi_dot_sample(td_sample *s)
{
    int64_t rows = few(s), columns;
    s->n_in = 2 + (int)td_sample_below(s, 3);
    for (int k = 0; k < s->n_in; k++, rows = columns) {
        bool vector = (k == 0 || k == s->n_in - 1) && td_sample_below(s, 3) == 0;
        s->in[k].rank = vector ? 1 : 2;
        s->in[k].size[0] = rows;
        columns = vector ? rows : few(s);
        s->in[k].size[1] = columns;
        td_sample_floats(s, k, -3, 3);
    }
}

static const td_signature multi_dot_signature = { .example = "multi_dot(x, transpose(W, 0, 1), W)" };
const td_op td_op_multi_dot = {
    .name = "multi_dot", .id = TD_ID_multi_dot, .min_in = 2, .max_in = MOST_FACTORS, .infer = multi_dot_infer,
    .compose = multi_dot_compose, .sample = multi_dot_sample, .signature = &multi_dot_signature,
};
td_tensor *td_multi_dot(int n, td_tensor *const *x) { return td_apply(&td_op_multi_dot, n, x, NULL); }
td_tensor *td_chain_matmul(int n, td_tensor *const *x) { return td_multi_dot(n, x); }
