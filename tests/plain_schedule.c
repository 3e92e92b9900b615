/* plain_schedule.c: random programs, computed op by op, by loops, and step after step: the bits must be the same.
 *
 *     plain_schedule [PROGRAMS [FIRST]]      default 200, from program 0 on; make check-exhaustive runs 100000
 *
 * A program draws 5 to 120 ops over tensors of one space, its rows, columns and single numbers: maps, choices, casts, views
 * of all kinds, reductions to one number and along an axis, products, so that loops are begun, ended and full. What is read
 * is a value, all gradients and then everything, from the end. Every program is run plainly on one thread, and by loops,
 * whatever their size, on 1, 2, 3 and 8; and in steps that mark and release, where nodes are found again. */
#define TEST_OWN_MAIN
#include "testing.h"

enum { MOST = 400 };

typedef struct program {
    uint64_t   state;
    int64_t    rows, columns;
    int        leaves, n;
    td_tensor *x[MOST];
} program;

static uint64_t drawn(program *p, uint64_t below)
{
    p->state = p->state * 6364136223846793005u + 1442695040888963407u;
    return (p->state >> 33) % below;
}

/* One of the tensors so far, rather a late one. */
static td_tensor *some(program *p)
{
    uint64_t from = drawn(p, 3) ? (uint64_t)(p->n > 8 ? p->n - 8 : 0) : 0;
    return p->x[from + drawn(p, (uint64_t)p->n - from)];
}

static td_tensor *as_float(td_tensor *x) { return td_dtype_of(x) < TD_F32 ? td_to(x, TD_F64) : x; }

static td_tensor *unary(program *p)
{
    td_tensor *(*const f[])(td_tensor *) = {td_neg, td_abs, td_square, td_exp, td_tanh, td_sin, td_relu, td_sigmoid, td_sqrt};
    td_tensor *x = as_float(some(p));
    return drawn(p, 8) ? f[drawn(p, sizeof f / sizeof *f)](x) : td_to(x, drawn(p, 2) ? TD_F32 : TD_F64);
}

static td_tensor *binary(program *p)
{
    td_tensor *(*const f[])(td_tensor *, td_tensor *) = {td_add, td_sub, td_mul, td_mul, td_div, td_maximum, td_lt};
    td_tensor *x = some(p), *y = drawn(p, 6) ? some(p) : x;
    return f[drawn(p, sizeof f / sizeof *f)](as_float(x), as_float(y));
}

static td_tensor *choice(program *p) { return td_where(td_gt(as_float(some(p)), as_float(some(p))), some(p), some(p)); }

static td_tensor *view(program *p)
{
    td_tensor *x = some(p);
    int        rank = td_rank(x);
    switch (drawn(p, 5)) {
    case 0: return td_reshape(x, 1, SIZES(td_numel(x)));
    case 1: return rank == 2 ? td_transpose(td_copy(td_transpose(x, 0, 1)), 0, 1) : x;
    case 2: return rank ? td_flip(x, 1, (int[]){0}) : td_unsqueeze(x, 0);
    case 3: return td_numel(x) == p->rows * p->columns ? td_reshape(x, 2, SIZES(p->rows, p->columns)) : x;
    default: return td_numel(x) == 1 ? td_expand(td_reshape(x, 0, NULL), 2, SIZES(p->rows, p->columns)) : x;
    }
}

static td_tensor *reduced(program *p)
{
    td_tensor *x = as_float(some(p));
    int        rank = td_rank(x);
    if (rank == 2 && drawn(p, 2)) return td_sum_axes(x, 1, (int[]){(int)drawn(p, 2)}, drawn(p, 2));
    td_tensor *(*const f[])(td_tensor *) = {td_sum, td_mean, td_amax, td_sum};
    return f[drawn(p, 4)](x);
}

static td_tensor *dense(program *p)
{
    td_tensor *x = as_float(some(p));
    if (td_rank(x) != 2) return td_softmax(td_reshape(x, 1, SIZES(td_numel(x))), 0);
    return drawn(p, 2) ? td_softmax(x, 1) : td_matmul(x, td_transpose(x, 0, 1));
}

/* An op whose operands do not fit each other gives way to a simpler one. */
static bool fits(const program *p, td_tensor *y)
{
    if (!td_error(td_context_of(y))) return td_numel(y) <= 4 * p->rows * p->columns;
    td_clear_error(td_context_of(y));
    return false;
}

static void step(program *p)
{
    td_tensor *(*const kind[])(program *) = {unary, unary, unary, binary, binary, binary, binary, choice, view, reduced, dense};
    td_tensor *y = kind[drawn(p, sizeof kind / sizeof *kind)](p);
    if (!fits(p, y)) y = td_tanh(as_float(p->x[p->n - 1]));
    p->x[p->n++] = y;
}

static void make_leaves(program *p, td_context *c)
{
    int64_t rows = p->rows, columns = p->columns;
    for (int k = 0; k < 5; k++) {
        td_dtype d = drawn(p, 3) ? TD_F64 : TD_F32;
        const int64_t *size[] = {SIZES(rows, columns), SIZES(rows, columns), SIZES(columns), SIZES(rows, 1), NULL};
        p->x[p->n++] = td_require_grad(td_randn(c, d, (int[]){2, 2, 1, 2, 0}[k], size[k]));
    }
    p->leaves = p->n;
}

static uint64_t hash_of(uint64_t h, td_tensor *x)
{
    size_t         bytes = (size_t)td_numel(x) * td_dtype_size(td_dtype_of(x));
    const uint8_t *data = td_data(x);
    for (size_t i = 0; data && i < bytes; i++) h = (h ^ data[i]) * 0x100000001b3u;
    return data ? h : h + 1;
}

/* NaNs have no one set of bits. */
static td_tensor *without_nan(td_tensor *x)
{
    return td_dtype_of(x) < TD_F32 ? x : td_where(td_eq(x, x), x, td_full(td_context_of(x), td_dtype_of(x), 0, NULL, 7));
}

/* Program `number`, with its leaves. */
static program begun(td_context *c, int64_t number)
{
    program p = {.state = (uint64_t)number * 0x9e3779b97f4a7c15u + 1};
    static const int64_t side[] = {1, 2, 3, 7, 33, 64, 130, 257};
    p.rows = side[drawn(&p, 8)], p.columns = side[drawn(&p, 8)];
    make_leaves(&p, c);
    return p;
}

/* A few ops that are given back at once. */
static uint64_t aside(program p, uint64_t h)
{
    td_marker m = td_mark(td_context_of(p.x[0]));
    for (int k = 0; k < 4; k++) step(&p);
    h = hash_of(h, without_nan(p.x[p.n - 1]));
    td_release(td_context_of(p.x[0]), m);
    return h;
}

/* From op `turn` on another flavour is another program.  A hash of all that can be read of it; where `early` has a bit, a
 * result is read as soon as it is there. */
static uint64_t run(program p, uint64_t flavour, uint64_t early)
{
    uint64_t h = 0xcbf29ce484222325u, length = 5 + drawn(&p, drawn(&p, 4) ? 30 : 115), turn = drawn(&p, length);
    for (uint64_t k = 0; k < length; k++) {
        if (k == turn) p.state += flavour;
        if (k == turn && flavour > 1) h = aside(p, h);
        step(&p);
        if (early >> k % 64 & 1) td_data(p.x[p.n - 1]);
    }
    td_tensor *loss = td_sum(without_nan(as_float(p.x[p.n - 1])));
    if (drawn(&p, 2)) h = hash_of(h, loss);
    if (td_requires_grad(loss)) {
        td_backward(loss);
        for (int k = 0; k < p.leaves; k++) h = hash_of(h, without_nan(td_grad(p.x[k])));
    }
    for (int k = p.n - 1; k >= 0; k--) h = hash_of(h, without_nan(p.x[k]));
    return h;
}

static uint64_t run_alone(int64_t number, td_schedule schedule, int threads)
{
    td_context *c = td_open(&(td_options){.schedule = schedule, .threads = threads, .seed = 3});
    uint64_t    h = run(begun(c, number), 0, schedule == TD_SCHEDULE_AUTO ? (uint64_t)number * 0x9e3779b97f4a7c15u : 0);
    CHECK(!td_error(c), "program %lld: %s", (long long)number, td_message(c));
    td_close(c);
    return h;
}

/* Steps of one context, between marks: the same program again, another, with other numbers in its first leaf, with fewer
 * gradients wanted, with steps within, with results read earlier.  Each must have the bits that it has computed plainly in a
 * context of its own. */
enum { STEPS = 12, FLAVOURS = 4, WAYS = FLAVOURS * 4 };

static uint64_t run_way(program p, unsigned way, uint64_t early)
{
    td_context *c = td_context_of(p.x[0]);
    td_assign(p.x[0], td_full(c, td_dtype_of(p.x[0]), 2, SIZES(p.rows, p.columns), way & 4 ? 0.75 : -0.5));
    td_grad_enabled(c, !(way & 8));
    p.x[p.n++] = td_mul_scalar(p.x[2], 2);
    td_grad_enabled(c, true);
    return run(p, way & 3, early);
}

static bool steps_agree(int64_t number)
{
    uint64_t    want[WAYS];
    bool        known[WAYS] = {false}, same = true;
    td_context *c = td_open(&(td_options){.threads = 1, .seed = 3});
    program     p = begun(c, number), random = {.state = (uint64_t)number + 77};
    for (int s = 0, way = 0; s < STEPS; s++) {
        if (drawn(&random, 3) == 0) way = (int)drawn(&random, WAYS);
        if (!known[way]) {
            td_context *alone = td_open(&(td_options){.schedule = TD_SCHEDULE_PLAIN, .threads = 1, .seed = 3});
            program     q = begun(alone, number);
            want[way] = run_way(q, (unsigned)way, 0), known[way] = true;
            td_close(alone);
        }
        td_marker m = td_mark(c);
        same = run_way(p, (unsigned)way, drawn(&random, 2) ? random.state : 0) == want[way] && same;
        for (int k = 0; k < p.leaves; k++) td_zero_grad(p.x[k]);
        td_release(c, m);
    }
    CHECK(!td_error(c), "program %lld in steps: %s", (long long)number, td_message(c));
    td_close(c);
    return same;
}

int main(int argc, char **argv)
{
    int64_t n = argc > 1 ? strtoll(argv[1], NULL, 10) : 200, first = argc > 2 ? strtoll(argv[2], NULL, 10) : 0, wrong = 0;
    for (int64_t i = first; i < first + n; i++) {
        uint64_t want = run_alone(i, TD_SCHEDULE_PLAIN, 1);
        for (int k = 0; k < 5; k++) {
            int  threads = (int[]){1, 2, 3, 8, 1}[k];
            bool same = run_alone(i, k < 4 ? TD_SCHEDULE_FUSED : TD_SCHEDULE_AUTO, threads) == want;
            CHECK(same, "program %lld: other bits %s, on %d threads", (long long)i, k < 4 ? "by loops" : "as it comes", threads);
            wrong += !same;
        }
        bool agree = steps_agree(i);
        CHECK(agree, "program %lld: other bits in a later step", (long long)i);
        wrong += !agree;
    }
    printf("%lld programs, by loops on 1, 2, 3, 8 threads, as they come, and in steps: %lld differ from op by op\n", (long long)n,
           (long long)wrong);
    return test_failures != 0 || n < 1;
}
