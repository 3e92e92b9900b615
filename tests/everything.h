/* everything.h: a list of computations that together reach every op and every parallel loop, each with a hash of all the
 * numbers it makes, values and gradients alike.  Two builds, or two numbers of threads, agree if the hashes do.
 *
 * First the drawn cases of each op, which are small; then programs on tensors that are large enough to be split.  NaNs
 * are hashed as one value: their sign and payload are the compiler's.  So is the order of a call's arguments, and with it
 * that of the tape: what uses a tensor twice is said in statements. */
#ifndef EVERYTHING_H
#define EVERYTHING_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "draw.h"

#define SIZE(...) (const int64_t[]){__VA_ARGS__}

/* FNV-1a, 64 bits.  http://www.isthe.com/chongo/tech/comp/fnv/ */
static inline uint64_t hash_bytes(uint64_t h, const void *bytes, size_t n)
{
    const unsigned char *at = bytes;
    for (size_t i = 0; i < n; i++) h = (h ^ at[i]) * 0x100000001b3u;
    return h;
}
#define HASH_START 0xcbf29ce484222325u

static inline uint64_t hash_tensor(uint64_t h, td_tensor *x)
{
    const void *data = td_data(x);
    td_dtype    d = td_dtype_of(x);
    if (!data) return hash_bytes(h, td_message(td_context_of(x)), strlen(td_message(td_context_of(x))));
    for (int64_t i = 0; i < td_numel(x); i++) {
        const char *at = (const char *)data + (size_t)i * td_dtype_size(d);
        double      v = d == TD_F64 ? ((const double *)data)[i] : d == TD_F32 ? (double)((const float *)data)[i] : 0;
        h = isnan(v) ? hash_bytes(h, "NaN", 3) : hash_bytes(h, at, td_dtype_size(d));
    }
    return h;
}

/* ---- one op, its drawn cases -------------------------------------------------------------------------------------- */

enum { EVERYTHING_CASES = 6 };

static inline uint64_t hash_case(uint64_t h, const td_options *options, const drawn *d, td_dtype dtype)
{
    td_context *c = td_open(options);
    td_tensor  *in[TD_SAMPLE_IN];
    draw_operands(c, d, dtype, in);
    for (int k = 0; k < d->sample.n_in; k++)
        if (draw_is_float(d, k)) td_require_grad(in[k]);
    td_tensor *y = draw_apply(d, in);
    h = hash_tensor(h, y);
    if (td_requires_grad(y)) td_backward(td_sum(td_mul(y, y)));
    for (int k = 0; k < d->sample.n_in; k++)
        if (draw_is_float(d, k)) h = hash_tensor(h, td_grad(in[k]));
    td_close(c);
    return h;
}

static inline uint64_t hash_op(int id, const td_options *options)
{
    uint64_t h = HASH_START;
    for (uint64_t number = 0; number < EVERYTHING_CASES; number++)
        for (int dtype = TD_F32; dtype <= TD_F64; dtype++) {
            drawn d = draw(td_op_by_id(id), number);
            h = hash_case(h, options, &d, (td_dtype)dtype);
        }
    return h;
}

/* ---- one elementwise op on a large tensor ------------------------------------------------------------------------- */

static inline bool is_large_elementwise(const td_op *op)
{
    return op->kind != TD_PLAIN || (!op->infer && op->min_in == 1);
}

static inline uint64_t hash_large(int id, const td_options *options)
{
    uint64_t h = HASH_START;
    for (int dtype = TD_F32; dtype <= TD_F64; dtype++) {
        drawn d = draw(td_op_by_id(id), 0);
        for (int k = 0; k < d.sample.n_in; k++) {
            d.sample.in[k].rank = 2 - (k == 1);
            d.sample.in[k].size[0] = k == 1 ? 1031 : 4;
            d.sample.in[k].size[1] = 1031;
        }
        h = hash_case(h, options, &d, (td_dtype)dtype);
    }
    return h;
}

/* ---- programs ----------------------------------------------------------------------------------------------------- */

typedef struct large {
    td_tensor *a, *b, *v, *index;   /* (300,257) (257,130) (70001) (5000) of 0 .. 299 */
} large;

static inline large large_make(td_context *c, td_dtype dtype)
{
    large x = {
        .a = td_require_grad(td_randn(c, dtype, 2, SIZE(300, 257))),
        .b = td_require_grad(td_randn(c, dtype, 2, SIZE(257, 130))),
        .v = td_require_grad(td_randn(c, dtype, 1, SIZE(70001))),
        .index = td_to(td_mul_scalar(td_rand(c, TD_F64, 1, SIZE(5000)), 300), TD_I64),
    };
    return x;
}

static inline td_tensor *p_matmul(const large *x)
{
    td_tensor *batch = td_reshape(x->a, 3, SIZE(3, 100, 257));
    return td_add(td_sum(td_square(td_matmul(x->a, x->b))), td_sum(td_tanh(td_matmul(batch, x->b))));
}

static inline td_tensor *p_chain(const large *x)
{
    td_tensor *t = td_tanh(x->v), *s = td_sigmoid(x->v), *bell = td_exp(td_neg(td_square(x->v))), *wave = td_sin(x->v);
    return td_mean(td_gelu(td_maximum(td_add(td_mul(t, s), bell), wave)));
}

static inline td_tensor *p_reduce(const large *x)
{
    const int  rows[] = {0}, columns[] = {1};
    td_tensor *var = td_var_axes(x->a, 1, 1, rows, false), *norm = td_norm_axes(x->a, 3, 1, rows, false);
    td_tensor *log = td_logsumexp_axes(x->a, 1, columns, false), *max = td_max_axes(x->a, 1, columns, false);
    td_tensor *std = td_std(x->v, 0), *amax = td_amax(x->v), *length = td_norm(x->v, 2);
    td_tensor *y = td_square(td_add(var, norm)), *prod = td_prod(td_slice(x->v, 0, 0, 30, 1));
    return td_add(td_add(std, td_add(amax, length)), td_add(td_sum(y), td_add(td_sum(td_add(log, max)), prod)));
}

static inline td_tensor *p_softmax(const large *x)
{
    td_tensor *y = td_softmax(x->a, 0), *log = td_log_softmax(x->a, 1);
    td_tensor *norm = td_layer_norm(x->a, 1, td_slice(x->v, 0, 0, 257, 1), NULL, 1e-5);
    return td_sum(td_mul(td_mul(y, log), norm));
}

/* Rows short and long, weighted or not, and classes. */
static inline td_tensor *p_rows(const large *x)
{
    td_tensor *few = td_reshape(td_slice(x->v, 0, 0, 70000, 1), 2, SIZE(7000, 10)), *bias = td_slice(x->v, 0, 300, 557, 1);
    td_tensor *classes = td_to(td_clamp(x->index, 0, 9), TD_I64), *some = td_slice(few, 0, 0, 5000, 1);
    td_tensor *norm = td_layer_norm(x->a, 1, td_slice(x->v, 0, 0, 257, 1), bias, 1e-5), *soft = td_softmax(few, 1);
    td_tensor *loss = td_cross_entropy(some, classes, NULL), *all = td_layer_norm(few, 2, NULL, NULL, 1e-3);
    return td_add(td_add(td_mean(td_square(norm)), td_mean(td_mul(soft, all))), loss);
}

static inline td_tensor *p_scan(const large *x)
{
    td_tensor *rows = td_cumsum(x->a, 1), *columns = td_cumprod(td_sigmoid(x->a), 0);
    td_tensor *line = td_cumsum(td_sin(x->v), 0), *mixed = td_recurrence(td_sigmoid(x->b), td_tanh(x->b), 0);
    return td_add(td_mean(td_mul(rows, columns)), td_add(td_mean(line), td_mean(td_square(mixed))));
}

static inline td_tensor *p_index(const large *x)
{
    td_tensor *rows = td_index_select(x->a, 0, x->index), *words = td_embedding(x->a, x->index);
    td_tensor *back = td_index_add(x->a, 0, x->index, td_sin(words));
    td_tensor *places = td_to(td_clamp(td_reshape(x->index, 2, SIZE(100, 50)), 0, 256), TD_I64);
    td_tensor *some = td_gather(x->b, 0, places), *spread = td_scatter_add(td_zeros_like(x->b), 0, places, some);
    return td_add(td_mean(td_mul(rows, words)), td_add(td_mean(td_square(back)), td_sum(td_square(spread))));
}

static inline td_tensor *p_shape(const large *x)
{
    td_tensor *t = td_transpose(x->a, 0, 1), *joined = td_concat(2, (td_tensor *[]){t, x->b}, 1);
    td_tensor *padded = td_pad(td_flip(joined, 1, (const int[]){0}), (const int64_t[]){1, 2, 3, 0}, 0.5);
    td_tensor *stacked = td_stack(2, (td_tensor *[]){padded, td_neg(padded)}, 1);
    return td_sum(td_mul(td_exp(td_select(stacked, 1, 1)), td_select(stacked, 1, 0)));
}

static inline td_tensor *p_broadcast(const large *x)
{
    td_tensor *column = td_slice(x->a, 1, 0, 1, 1), *row = td_select(x->a, 0, 3);
    td_tensor *y = td_mul(td_sub(x->a, row), td_div(column, td_add_scalar(td_square(row), 1)));
    return td_mean(td_where(td_gt(y, row), y, td_dropout(y, 0.3)));
}

/* Gradients of gradients. */
static inline td_tensor *p_second(const large *x)
{
    td_backward(td_sum(td_mul(td_square(td_slice(x->v, 0, 0, 40000, 2)), td_sin(td_slice(x->v, 0, 1, 40001, 2)))));
    td_tensor *g = td_grad(x->v);
    return td_mean(td_mul(g, td_tanh(g)));
}

/* Three training steps of a two-layer network; the loss of a fourth. */
static inline td_tensor *p_training(const large *x)
{
    td_context *c = td_context_of(x->a);
    td_tensor  *w = td_require_grad(td_copy(td_detach(x->b)));
    w = td_require_grad(td_array(c, td_dtype_of(w), 2, SIZE(257, 130), td_data(w)));
    td_tensor *target = td_to(td_slice(td_clamp(x->index, 0, 129), 0, 0, 300, 1), TD_I64), *loss = td_scalar(c, 0);
    for (int step = 0; step < 4; step++) {
        td_zero_grad(w);
        loss = td_cross_entropy(td_relu(td_matmul(x->a, w)), target, NULL);
        if (step == 3) break;
        td_backward(loss);
        bool was = td_grad_enabled(c, false);
        td_assign(w, td_sub(w, td_mul_scalar(td_grad(w), 0.1)));
        td_grad_enabled(c, was);
    }
    td_zero_grad(x->a);
    return loss;
}

static const struct {
    const char *name;
    td_tensor *(*run)(const large *x);
} EVERYTHING_PROGRAM[] = {
    {"matmul", p_matmul},          {"chain", p_chain},         {"reductions", p_reduce},
    {"softmax", p_softmax},        {"rows", p_rows},           {"scans", p_scan},
    {"index", p_index},            {"shape", p_shape},         {"broadcasting", p_broadcast},
    {"second order", p_second},    {"training", p_training},
};
enum { EVERYTHING_PROGRAMS = sizeof EVERYTHING_PROGRAM / sizeof *EVERYTHING_PROGRAM };

static inline uint64_t hash_program(int k, const td_options *options)
{
    uint64_t h = HASH_START;
    for (int dtype = TD_F32; dtype <= TD_F64; dtype++) {
        td_context *c = td_open(options);
        large       x = large_make(c, (td_dtype)dtype);
        td_tensor  *y = EVERYTHING_PROGRAM[k].run(&x);
        td_backward(y);
        h = hash_tensor(hash_tensor(hash_tensor(hash_tensor(h, y), td_grad(x.a)), td_grad(x.b)), td_grad(x.v));
        if (td_error(c)) {
            printf("%s: %s\n", EVERYTHING_PROGRAM[k].name, td_message(c));
            exit(99);
        }
        td_close(c);
    }
    return h;
}

/* ---- the list ----------------------------------------------------------------------------------------------------- */

/* Items 0 .. everything_count() - 1; 0 for an item that makes no sense, such as reshape on a large tensor. */
static inline int everything_count(void) { return 2 * (TD_ID_COUNT - 1) + EVERYTHING_PROGRAMS; }

static inline const char *everything_name(int item)
{
    int ops = TD_ID_COUNT - 1;
    return item < 2 * ops ? td_op_by_id(1 + item % ops)->name : EVERYTHING_PROGRAM[item - 2 * ops].name;
}

static inline uint64_t everything_hash(int item, const td_options *options)
{
    int ops = TD_ID_COUNT - 1;
    if (item < ops) return hash_op(1 + item, options);
    if (item >= 2 * ops) return hash_program(item - 2 * ops, options);
    return is_large_elementwise(td_op_by_id(1 + item - ops)) ? hash_large(1 + item - ops, options) : 0;
}

#endif
