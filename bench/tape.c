/* tape.c: what the tape costs beside what it computes: small graphs, a fused chain, training steps, gradients.
 *
 * Small graphs are all bookkeeping, and are raced against nothing: a time is what was asked for.  The chain
 * mean((tanh(x w + b) - y)^2) with all its gradients is raced against a loop that was fused by hand over blocks in cache,
 * with the same tanh.  A gradient is raced against the function alone. */
#include "core/core.h"
#include "kernel/kernel.h"
#include "bench.h"

#include <stdlib.h>
#include <string.h>

#define SIZES(...) ((const int64_t[]){ __VA_ARGS__ })

enum { PARAMETERS = 8, CONSTANTS = 2, BLOCK = 1024 };

/* A step: a program of parameters and constants, recorded, differentiated, read, released. */
typedef struct step {
    td_context *c;
    td_tensor *(*loss)(const struct step *s);
    int         n, links;
    double      rate;               /* of descent; 0: the gradients are read only */
    td_tensor  *w[PARAMETERS], *x[CONSTANTS];
} step;

static void run_function(void *with)
{
    step     *s = with;
    td_marker m = td_mark(s->c);
    td_item(s->loss(s));
    td_release(s->c, m);
}

static void run_gradient(void *with)
{
    step     *s = with;
    td_marker m = td_mark(s->c);
    td_backward(s->loss(s));
    for (int i = 0; i < s->n; i++) {
        td_tensor *g = td_grad(s->w[i]);
        if (s->rate) td_assign(s->w[i], td_axpy(-s->rate, g, s->w[i]));
        else td_data(g);
    }
    for (int i = 0; i < s->n; i++) td_zero_grad(s->w[i]);
    td_release(s->c, m);
}

/* ---- the programs --------------------------------------------------------------------------------------------------- */

static td_tensor *product(const step *s) { return td_mul(s->w[0], s->w[1]); }

static td_tensor *chain(const step *s)
{
    td_tensor *z = s->w[0];
    for (int i = 0; i < s->links; i++) z = i % 2 ? td_mul(z, s->x[0]) : td_add(z, s->x[0]);
    return z;
}

static td_tensor *network(const step *s)
{
    td_tensor *h = td_tanh(td_add(td_matmul(s->w[0], s->x[0]), s->w[1]));
    return td_mean(td_square(td_sub(td_add(td_matmul(s->w[2], h), s->w[3]), s->x[1])));
}

static td_tensor *logistic(const step *s)
{
    td_tensor *z = td_matmul(s->x[0], s->w[0]);
    return td_mean(td_sub(td_softplus(z), td_mul(z, s->x[1])));
}

static td_tensor *fused(const step *s)
{
    return td_mean(td_square(td_sub(td_tanh(td_add(td_mul(s->x[0], s->w[0]), s->w[1])), s->x[1])));
}

static td_tensor *classifier(const step *s)
{
    td_tensor *h = s->x[0];
    for (int i = 0; i + 2 < s->n; i += 2) h = td_relu(td_add(td_matmul(h, s->w[i]), s->w[i + 1]));
    return td_cross_entropy(td_add(td_matmul(h, s->w[s->n - 2]), s->w[s->n - 1]), s->x[1], NULL);
}

static void parameter(step *s, td_dtype d, int rank, const int64_t *size)
{
    td_tensor *r = td_mul_scalar(td_randn(s->c, d, rank, size), 0.05);
    td_tensor *leaf = td_array(s->c, d, rank, size, td_data(r));
    s->w[s->n++] = td_require_grad(leaf);
}

static step product_step(td_context *c)
{
    step s = { .c = c, .loss = product };
    for (int i = 0; i < 2; i++) parameter(&s, TD_F64, 0, NULL);
    return s;
}

static step chain_step(td_context *c, int links)
{
    step s = { .c = c, .loss = chain, .links = links, .x = { td_scalar(c, 1.0001) } };
    parameter(&s, TD_F64, 0, NULL);
    return s;
}

static step network_step(td_context *c)
{
    step s = { .c = c, .loss = network, .x = { td_rand(c, TD_F64, 1, SIZES(3)), td_rand(c, TD_F64, 1, SIZES(4)) } };
    parameter(&s, TD_F64, 2, SIZES(4, 3));
    parameter(&s, TD_F64, 1, SIZES(4));
    parameter(&s, TD_F64, 2, SIZES(4, 4));
    parameter(&s, TD_F64, 1, SIZES(4));
    return s;
}

static step logistic_step(td_context *c)
{
    step s = { .c = c, .loss = logistic, .x = { td_randn(c, TD_F64, 2, SIZES(10000, 20)), td_rand(c, TD_F64, 1, SIZES(10000)) } };
    parameter(&s, TD_F64, 1, SIZES(20));
    return s;
}

static step fused_step(td_context *c, td_dtype d, int64_t n)
{
    step s = { .c = c, .loss = fused, .x = { td_randn(c, d, 1, SIZES(n)), td_randn(c, d, 1, SIZES(n)) } };
    for (int i = 0; i < 2; i++) parameter(&s, d, 0, NULL);
    return s;
}

/* 784, layers of `width`, 10 */
static step classifier_step(td_context *c, td_dtype d, int64_t batch, int hidden, int64_t width)
{
    td_tensor *label = td_to(td_mul_scalar(td_rand(c, TD_F64, 1, SIZES(batch)), 10), TD_I64);
    step       s = { .c = c, .loss = classifier, .rate = 1e-3, .x = { td_rand(c, d, 2, SIZES(batch, 784)), label } };
    for (int i = 0; i <= hidden; i++) {
        int64_t in = i ? width : 784, out = i < hidden ? width : 10;
        parameter(&s, d, 2, SIZES(in, out));
        parameter(&s, d, 1, SIZES(out));
    }
    return s;
}

/* ---- by hand -------------------------------------------------------------------------------------------------------- */

typedef struct by_hand {
    const td_kernels *kernels;
    td_dtype dtype;
    int64_t  n;
    const void *x, *y;
    double   w, b, loss, gw, gb;    /* the last three are results */
} by_hand;

#define BLOCK_OF(NAME, T) \
    static void NAME(by_hand *h, int64_t first, int64_t n) \
    { \
        const T *x = (const T *)h->x + first, *y = (const T *)h->y + first; \
        T t[BLOCK], w = (T)h->w, b = (T)h->b, loss[16] = { 0 }, gw[16] = { 0 }, gb[16] = { 0 }; \
        for (int64_t i = 0; i < n; i++) t[i] = x[i] * w + b; \
        h->kernels->map[h->dtype][TD_MAP_tanh](n, t, (const void *[]){ t }, 0, 0); \
        for (int64_t i = 0; i + 16 <= n; i += 16) \
            for (int k = 0; k < 16; k++) { \
                T e = t[i + k] - y[i + k], g = 2 * e * (1 - t[i + k] * t[i + k]); \
                loss[k] += e * e; \
                gw[k] += g * x[i + k]; \
                gb[k] += g; \
            } \
        for (int k = 0; k < 16; k++) h->loss += loss[k], h->gw += gw[k], h->gb += gb[k]; \
    }
BLOCK_OF(block_f32, float)
BLOCK_OF(block_f64, double)

static void run_by_hand(void *with)
{
    by_hand *h = with;
    h->loss = h->gw = h->gb = 0;
    for (int64_t i = 0; i < h->n; i += BLOCK) (h->dtype == TD_F32 ? block_f32 : block_f64)(h, i, h->n - i < BLOCK ? h->n - i : BLOCK);
}

static by_hand hand_of(const step *s, td_dtype d, int64_t n)
{
    return (by_hand){ .kernels = s->c->kernels, .dtype = d, .n = n, .x = td_data(s->x[0]), .y = td_data(s->x[1]),
                      .w = td_item(s->w[0]), .b = td_item(s->w[1]) };
}

/* ---- races ---------------------------------------------------------------------------------------------------------- */

static double nanoseconds(const bench_race *r, int rival) { return 1e9 / bench_rate(r, rival); }

static void trouble(bench *b, const step *s, const char *work)
{
    if (td_error(s->c)) bench_wrong(b, "%s: %s", work, td_message(s->c));
}

/* Alone, against a time; ratio: against the function, too. */
static void small(bench *b, const char *work, step s, double units, double wanted, bool ratio)
{
    bench_race r = { .dtype = "f64", .unit = "steps/s", .threads = 1 };
    snprintf(r.work, sizeof r.work, "%s", work);
    int gradient = bench_enter(&r, "gradient", run_gradient, &s, units), function = bench_enter(&r, "function", run_function, &s, units);
    bench_run(b, &r);
    double took = nanoseconds(&r, gradient), cost = 1 / bench_part(&r, gradient, function);
    printf("%-22s %12.1f ns %10.1f ns %6.2f\n", work, took, nanoseconds(&r, function), cost);
    if (wanted > 0) bench_claim(b, "nanoseconds at most, as a part of those wanted", work, wanted / took, 1);
    if (ratio) bench_claim(b, "a gradient costs 2.5 functions at most, as a part of that", work, 2.5 / cost, 1);
    trouble(b, &s, work);
    td_close(s.c);
}

static void chain_race(bench *b, td_dtype d, int64_t n)
{
    step       s = fused_step(td_open(&(td_options){ .threads = 1 }), d, n);
    by_hand    h = hand_of(&s, d, n);
    bench_race r = { .dtype = td_dtype_name(d), .unit = "elements/s", .threads = 1 };
    char       where[BENCH_NAME];
    snprintf(r.work, sizeof r.work, "fused_%lld", (long long)n);
    int own = bench_enter(&r, "triad", run_gradient, &s, (double)n), hand = bench_enter(&r, "by_hand", run_by_hand, &h, (double)n);
    bench_run(b, &r);
    snprintf(where, sizeof where, "%s of %lld", td_dtype_name(d), (long long)n);
    td_stats before = td_stats_of(s.c);
    run_gradient(&s);
    double bytes = (double)(td_stats_of(s.c).bytes - before.bytes) / (double)n;
    printf("fused %-16s %12.3f ns %10.3f ns %6.2f   %.1f bytes an element, %.0f at least\n", where, nanoseconds(&r, own),
           nanoseconds(&r, hand), bench_part(&r, own, hand), bytes, 2.0 * (double)td_dtype_size(d));
    bench_claim(b, "a chain takes 1.5 times a loop by hand at most, as a part of its speed", where, bench_part(&r, own, hand), 1 / 1.5);
    trouble(b, &s, r.work);
    td_close(s.c);
}

static void training_race(bench *b, td_dtype d, int64_t batch, int hidden, int64_t width, int threads)
{
    step       s = classifier_step(td_open(&(td_options){ .threads = threads }), d, batch, hidden, width);
    bench_race r = { .dtype = td_dtype_name(d), .unit = "steps/s", .threads = threads };
    char       where[BENCH_NAME];
    snprintf(r.work, sizeof r.work, "train_%lld_%d_%lld", (long long)batch, hidden, (long long)width);
    int own = bench_enter(&r, "triad", run_gradient, &s, 1);
    bench_run(b, &r);
    printf("%-22s %12.1f us  %s, %.1f MB at most held\n", r.work, 1e-3 * nanoseconds(&r, own), bench_where(where, d, threads),
           1e-6 * (double)td_stats_of(s.c).peak);
    trouble(b, &s, r.work);
    td_close(s.c);
}

int main(int argc, char **argv)
{
    enum { LINKS = 1000 };
    bench b;
    if (!bench_open(&b, argc, argv, "tape", "small graphs, a fused chain, training steps")) return 2;
    printf("%-22s %15s %13s %6s\n", "", "gradient", "function", "ratio");
    if (bench_wants(&b, "product")) small(&b, "product", product_step(td_open(NULL)), 1, 100, false);
    if (bench_wants(&b, "chain")) small(&b, "chain", chain_step(td_open(NULL), LINKS), LINKS, 25, false);
    if (bench_wants(&b, "network")) small(&b, "network", network_step(td_open(NULL)), 1, 800, true);
    if (bench_wants(&b, "logistic")) small(&b, "logistic", logistic_step(td_open(&(td_options){ .threads = 1 })), 1, 0, true);
    for (int d = TD_F32; d <= TD_F64; d++) {
        if (bench_wants(&b, "fused_100000")) chain_race(&b, d, 100000);
        if (bench_wants(&b, "fused_10000000") && !b.quick) chain_race(&b, d, 10000000);
    }
    for (int d = TD_F32; bench_wants(&b, "train") && d <= TD_F64; d++)
        for (int threads = 1; threads <= (b.threads < 2 ? 1 : 2); threads++)
            for (int batch = 64; batch <= 512; batch *= 8) {
                training_race(&b, d, batch, 1, 128, threads);
                if (!b.quick) training_race(&b, d, batch, 2, 1024, threads);
            }
    return bench_close(&b);
}
