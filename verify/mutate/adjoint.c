/* adjoint.c: mistakes in what a rule is given and in what it hands over: sign, size, order, missing elements,
 * special points, the adjoint it starts from, and how it adds.
 *
 * Masks and index lists are constants of the tape, so a spoilt adjoint is a linear function of the right one wherever the
 * mistake is, and its second derivative is spoilt in the same way. */
#include "mutate/op.h"

#include <math.h>
#include <stdlib.h>

static int64_t last_size(const td_tensor *x)
{
    return x->shape->rank ? x->shape->size[x->shape->rank - 1] : 1;
}

/* ---- size -------------------------------------------------------------------------------------------------------- */

static td_tensor *times(td_tensor *gx, double factor)
{
    bool counts = td_mutant_counts(factor - 1, (td_dtype)gx->dtype);
    return counts && gx->shape->numel ? td_mul_scalar(gx, factor) : gx;
}

static td_tensor *scaled(const td_mutation *m, const td_pull *p, int operand, td_tensor *gx)
{
    (void)p, (void)operand;
    return times(gx, m->a);
}

static td_tensor *by_count(const td_mutation *m, const td_pull *p, int operand, td_tensor *gx)
{
    (void)p, (void)operand;
    return times(gx, pow((double)gx->shape->numel, m->a));
}

/* Rounded by a kernel, unseen by the tape: recorded as casts the loss would be in the bound, and rightly so. */
static td_tensor *single(const td_mutation *m, const td_pull *p, int operand, td_tensor *gx)
{
    (void)m, (void)p, (void)operand;
    return gx->dtype == TD_F64 && gx->shape->numel ? td_mutant_rounded(gx) : gx;
}

/* ---- order ------------------------------------------------------------------------------------------------------- */

typedef int64_t from(int64_t i, int64_t n, int64_t last);

static int64_t from_next(int64_t i, int64_t n, int64_t last) { (void)n; return i % last == last - 1 ? i - last + 1 : i + 1; }
static int64_t from_clamped(int64_t i, int64_t n, int64_t last) { (void)n; return i % last == last - 1 ? i : i + 1; }
static int64_t from_column(int64_t i, int64_t n, int64_t last) { return i % (n / last) * last + i / (n / last); }
static int64_t from_stride(int64_t i, int64_t n, int64_t last) { (void)last; return 2 * i % n; }
static int64_t from_first(int64_t i, int64_t n, int64_t last) { (void)i, (void)n, (void)last; return 0; }

/* gx with its numbers taken from other places. */
static td_tensor *rearranged(td_tensor *gx, from *where)
{
    int64_t n = gx->shape->numel, last = last_size(gx);
    int64_t *index = malloc((size_t)(n + 1) * sizeof *index);
    bool moved = false;
    if (!index) return gx;
    for (int64_t i = 0; i < n; i++) {
        index[i] = where(i, n, last);
        moved = moved || index[i] != i;
    }
    if (moved) {
        td_tensor *list = td_array(gx->context, TD_I64, 1, &n, index), *flat = td_reshape(gx, 1, &n);
        gx = td_reshape(td_index_select(flat, 0, list), gx->shape->rank, gx->shape->size);
    }
    free(index);
    return gx;
}

static from *const orders[] = {from_next, from_clamped, from_column, from_stride, from_first};
enum { NEXT, CLAMPED, COLUMN, STRIDE, FIRST };

static td_tensor *reordered(const td_mutation *m, const td_pull *p, int operand, td_tensor *gx)
{
    (void)p, (void)operand;
    return rearranged(gx, orders[m->k]);
}

static td_tensor *reordered_cotangent(const td_mutation *m, td_tensor *g)
{
    return rearranged(g, orders[m->k]);
}

/* The cotangent read as row-major from storage that is not. */
static td_tensor *strides_ignored(const td_mutation *m, td_tensor *g)
{
    const td_shape *s = g->shape;
    int64_t run = 1;
    bool even = true;
    (void)m;
    for (int i = s->rank - 1; i >= 0; run *= s->size[i--]) even = even && (s->size[i] == 1 || s->stride[i] == run);
    return even || s->numel == 0 ? g : rearranged(g, from_column);
}

/* ---- elements left out ------------------------------------------------------------------------------------------- */

typedef bool left_out(int64_t i, int64_t n, int64_t last, int64_t k);

static bool is_last(int64_t i, int64_t n, int64_t last, int64_t k) { (void)last, (void)k; return i == n - 1; }
static bool is_first(int64_t i, int64_t n, int64_t last, int64_t k) { (void)n, (void)last, (void)k; return i == 0; }
static bool is_tail(int64_t i, int64_t n, int64_t last, int64_t k) { (void)last; return i >= n - n % k; }
static bool is_row_end(int64_t i, int64_t n, int64_t last, int64_t k) { (void)n, (void)k; return i % last == last - 1; }

/* gx where the mask is false, `instead` where it is true. */
static td_tensor *masked(td_tensor *gx, const uint8_t *mask, double instead)
{
    td_context *c = gx->context;
    td_tensor *t = td_array(c, TD_BOOL, gx->shape->rank, gx->shape->size, mask);
    return td_where(t, td_full(c, (td_dtype)gx->dtype, 0, NULL, instead), gx);
}

static td_tensor *without(td_tensor *gx, left_out *out, int64_t k)
{
    int64_t n = gx->shape->numel, last = last_size(gx);
    uint8_t *mask = malloc((size_t)n + 1);
    bool any = false;
    if (!mask) return gx;
    for (int64_t i = 0; i < n; i++) {
        mask[i] = out(i, n, last, k);
        any = any || mask[i];
    }
    if (any) gx = masked(gx, mask, 0);
    free(mask);
    return gx;
}

static td_tensor *last_element(const td_mutation *m, const td_pull *p, int operand, td_tensor *gx)
{
    (void)m, (void)p, (void)operand;
    return without(gx, is_last, 0);
}

static td_tensor *first_element(const td_mutation *m, const td_pull *p, int operand, td_tensor *gx)
{
    (void)m, (void)p, (void)operand;
    return without(gx, is_first, 0);
}

static td_tensor *row_ends(const td_mutation *m, const td_pull *p, int operand, td_tensor *gx)
{
    (void)m, (void)p, (void)operand;
    return without(gx, is_row_end, 0);
}

static td_tensor *tail(const td_mutation *m, const td_pull *p, int operand, td_tensor *gx)
{
    (void)p, (void)operand;
    return without(gx, is_tail, m->k);
}

/* ---- special points ---------------------------------------------------------------------------------------------- */

typedef bool special(double x);

static bool is_zero(double x) { return x == 0; }
static bool is_near_zero(double x) { return x != 0 && fabs(x) < 0.1; }
static bool is_negative(double x) { return x < 0; }
static bool is_one(double x) { return fabs(x) == 1; }
static bool is_far(double x) { return fabs(x) > 4; }

static special *const specials[] = {is_zero, is_near_zero, is_negative, is_one, is_far};
enum { ZERO, NEAR_ZERO, NEGATIVE, ONE, FAR };

/* Which of the operand's numbers are special; NULL if none is, or without memory. */
static uint8_t *where_special(const td_pull *p, int operand, special *is)
{
    td_tensor *x = p->in[operand];
    int64_t n = x->shape->numel;
    double *value = malloc((size_t)(n + 1) * sizeof *value);
    uint8_t *mask = malloc((size_t)n + 1);
    bool any = false, read = value && mask && td_read(x, value) == TD_OK;
    for (int64_t i = 0; read && i < n; i++) any |= mask[i] = is(value[i]);
    free(value);
    if (any) return mask;
    free(mask);
    return NULL;
}

static td_tensor *wrong_where(const td_mutation *m, const td_pull *p, int operand, td_tensor *gx)
{
    uint8_t *mask = where_special(p, operand, specials[m->k]);
    if (mask) gx = masked(gx, mask, m->a);
    free(mask);
    return gx;
}

/* Another formula there, good to first order in x or in 1 / x. */
static td_tensor *formula_where(const td_mutation *m, const td_pull *p, int operand, td_tensor *gx)
{
    uint8_t *mask = where_special(p, operand, specials[m->k]);
    if (!mask) return gx;
    td_tensor *x = p->in[operand], *square = td_square(m->k == FAR ? td_reciprocal(x) : x);
    td_tensor *t = td_array(gx->context, TD_BOOL, gx->shape->rank, gx->shape->size, mask);
    free(mask);
    return td_where(t, td_mul(gx, td_add_scalar(td_mul_scalar(square, m->a), 1)), gx);
}

/* ---- the cotangent ----------------------------------------------------------------------------------------------- */

static td_tensor *one(const td_mutation *m, td_tensor *g) { (void)m; return td_ones_like(g); }
static td_tensor *absolute(const td_mutation *m, td_tensor *g) { (void)m; return td_abs(g); }
static td_tensor *clipped(const td_mutation *m, td_tensor *g) { return td_clamp(g, -m->a, m->a); }

/* sign(g) |g|^a */
static td_tensor *powered(const td_mutation *m, td_tensor *g)
{
    return td_mul(td_sign(g), td_pow_scalar(td_abs(g), m->a));
}

/* ---- handing over ------------------------------------------------------------------------------------------------ */

static bool is_float(const td_tensor *x) { return x->dtype == TD_F32 || x->dtype == TD_F64; }

static bool lose(const td_mutation *m, td_pull *p, td_tensor **gx)
{
    bool there = m->k < p->n_in && gx[m->k] && td_pull_wants(p, m->k) && gx[m->k]->shape->numel;
    if (there) gx[m->k] = NULL;
    return there;
}

static bool alike(const td_tensor *a, const td_tensor *b)
{
    bool same = a && b && a->dtype == b->dtype && a->shape->rank == b->shape->rank;
    for (int i = 0; same && i < a->shape->rank; i++) same = a->shape->size[i] == b->shape->size[i];
    return same && a->shape->numel;
}

/* The first two adjoints of the same shape change places. */
static bool swap(const td_mutation *m, td_pull *p, td_tensor **gx)
{
    (void)m;
    for (int j = 1; j < p->n_in; j++) {
        for (int i = 0; i < j; i++) {
            if (!alike(gx[i], gx[j]) || p->in[i] == p->in[j]) continue;
            td_tensor *t = gx[i];
            gx[i] = gx[j];
            gx[j] = t;
            return true;
        }
    }
    return false;
}

/* What is there already is given up, or added once more. */
static bool pile(const td_mutation *m, td_pull *p, td_tensor **gx)
{
    bool any = false;
    for (int k = 0; k < p->n_in; k++) {
        td_tensor **sum = &p->adjoint[p->in[k]->index];
        if (!gx[k] || !td_pull_wants(p, k) || !*sum || !gx[k]->shape->numel) continue;
        any = true;
        if (m->a == 0) *sum = NULL;
        else td_pull_add(p, k, *sum);
    }
    return any;
}

/* Operand k gets its adjoint only if all others want theirs. */
static bool only_together(const td_mutation *m, td_pull *p, td_tensor **gx)
{
    bool others = true;
    for (int k = 0; k < p->n_in; k++) others = others && (k == m->k || !is_float(p->in[k]) || td_pull_wants(p, k));
    return !others && lose(m, p, gx);
}

/* The cotangent itself, where an operand has its shape. */
static bool straight(const td_mutation *m, td_pull *p, td_tensor **gx)
{
    bool any = false;
    (void)m;
    for (int k = 0; k < p->n_in; k++) {
        if (!td_pull_wants(p, k) || !alike(p->g, p->in[k]) || gx[k] == p->g) continue;
        gx[k] = p->g;
        any = true;
    }
    return any;
}

const td_mutation td_mutations_adjoint[] = {
    {"none", "the control: nothing is changed, nothing may be convicted", .k = 0},
    {"neg", "the adjoint has the other sign", .a = -1, .adjoint = scaled},
    {"twice", "it is doubled", .a = 2, .adjoint = scaled},
    {"half", "it is halved", .a = 0.5, .adjoint = scaled},
    {"times_n", "it is multiplied by the number of elements", .a = 1, .adjoint = by_count},
    {"over_n", "it is divided by the number of elements", .a = -1, .adjoint = by_count},
    {"rel2", "it is off by 1e-2 of itself", .a = 1 + 1e-2, .adjoint = scaled},
    {"rel4", "it is off by 1e-4", .a = 1 + 1e-4, .adjoint = scaled},
    {"rel5", "it is off by 1e-5", .a = 1 + 1e-5, .adjoint = scaled},
    {"rel6", "it is off by 1e-6", .a = 1 + 1e-6, .adjoint = scaled},
    {"rel9", "it is off by 1e-9", .a = 1 + 1e-9, .adjoint = scaled},
    {"rel12", "it is off by 1e-12", .a = 1 + 1e-12, .adjoint = scaled},
    {"f32", "it is rounded to single precision", .adjoint = single},
    {"off_by_one", "it is shifted by one along the last axis", .k = NEXT, .adjoint = reordered},
    {"clamped", "shifted by one, the last element repeated", .k = CLAMPED, .adjoint = reordered},
    {"transpose", "it is laid out column by column", .k = COLUMN, .adjoint = reordered},
    {"stride", "it is read with stride 2", .k = STRIDE, .adjoint = reordered},
    {"slice0", "its first element stands everywhere", .k = FIRST, .adjoint = reordered},
    {"last", "the last element is not written", .adjoint = last_element},
    {"first", "the first element is not written", .adjoint = first_element},
    {"row_end", "the end of each row is not written", .adjoint = row_ends},
    {"tail4", "what remains after fours is not written", .k = 4, .adjoint = tail},
    {"tail8", "what remains after eights is not written", .k = 8, .adjoint = tail},
    {"tail16", "what remains after sixteens is not written", .k = 16, .adjoint = tail},
    {"zero_at_0", "it is 0 where the operand is 0", .k = ZERO, .a = 0, .adjoint = wrong_where},
    {"one_at_0", "it is 1 where the operand is 0", .k = ZERO, .a = 1, .adjoint = wrong_where},
    {"nan_at_0", "it is NaN where the operand is 0", .k = ZERO, .a = NAN, .adjoint = wrong_where},
    {"zero_below_0", "it is 0 where the operand is negative", .k = NEGATIVE, .a = 0, .adjoint = wrong_where},
    {"zero_at_1", "it is 0 where the operand is 1 or -1", .k = ONE, .a = 0, .adjoint = wrong_where},
    {"window", "a first-order formula below 0.1", .k = NEAR_ZERO, .a = 1, .adjoint = formula_where},
    {"far", "a first-order formula beyond 4", .k = FAR, .a = 1, .adjoint = formula_where},
    {"zero_far", "it is 0 where the operand is beyond 4", .k = FAR, .a = 0, .adjoint = wrong_where},
    {"g_one", "the rule starts from 1", .cotangent = one},
    {"g_abs", "from |g|", .cotangent = absolute},
    {"g_clip", "from g clipped to [-1, 1]", .a = 1, .cotangent = clipped},
    {"g_pow", "from |g|^1.01, with g's sign", .a = 1.01, .cotangent = powered},
    {"g_first", "from g's first element", .k = FIRST, .cotangent = reordered_cotangent},
    {"g_next", "from g shifted by one", .k = NEXT, .cotangent = reordered_cotangent},
    {"g_stride", "from a strided g as if it were row-major", .cotangent = strides_ignored},
    {"drop0", "operand 0 gets nothing", .k = 0, .hand = lose},
    {"drop1", "operand 1 gets nothing", .k = 1, .hand = lose},
    {"drop2", "operand 2 gets nothing", .k = 2, .hand = lose},
    {"swap", "two operands get each other's", .hand = swap},
    {"assign", "it replaces what was there", .a = 0, .hand = pile},
    {"double_acc", "what was there is added twice", .a = 1, .hand = pile},
    {"needs0", "operand 0 gets nothing unless all others want theirs", .k = 0, .hand = only_together},
    {"needs1", "operand 1 gets nothing unless all others want theirs", .k = 1, .hand = only_together},
    {"straight", "the operand gets the cotangent itself", .hand = straight},
    {0}};
