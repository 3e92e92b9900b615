/* scaling.c: how works speed up with threads, from 1 to as many as there are processors: kernels, a chain of elementwise ops
 * with its gradient, a training step, the checker.
 *
 * Strong: the same work for every number of threads.  Weak: work that grows with them.  The rivals of a race are the
 * numbers of threads.  Results have the same bits for each of them, so exactly the same is compared. */
#include "bench.h"
#include "triad_verify.h"

#include <stdlib.h>
#include <string.h>

enum { TENSORS = 4 };

#define SIZES(...) (const int64_t[]){ __VA_ARGS__ }

/* A context with so many threads, the tensors that the work starts from, and how much of it there is: 1, or more if weak. */
typedef struct item {
    td_context *c;
    int         threads;
    int64_t     much;
    td_tensor  *x[TENSORS];
    bench_again again;
} item;

typedef struct workload {
    const char *name, *what, *unit;
    double      amount;        /* units in one run, of much = 1 */
    bool        weak;          /* can grow */
    bool        tape;          /* needs one; else a context that computes at once */
    void (*make)(item *i);
    void (*run)(void *item);
} workload;

/* ---- kernels: computed again into the same memory ------------------------------------------------------------------- */

enum { SIDE = 768, LINE = 10000000, ROWS = 1024, COLUMNS = 4096 };

static void again(void *item_)
{
    item *i = item_;
    bench_again_run(&i->again);
}

static void prepare(item *i, td_tensor *(*f)(td_tensor *const *x))
{
    int64_t first = td_node_count(i->c);
    f(i->x);
    bench_again_of(&i->again, i->c, first);
}

static td_tensor *product(td_tensor *const *x) { return td_matmul(x[0], x[1]); }
static td_tensor *total(td_tensor *const *x) { return td_sum(x[0]); }
static td_tensor *soft(td_tensor *const *x) { return td_softmax(x[0], 1); }
static td_tensor *exponentials(td_tensor *const *x) { return td_exp(x[0]); }

static void matmul_make(item *i)
{
    i->x[0] = td_randn(i->c, TD_F64, 2, SIZES(SIDE * i->much, SIDE));
    i->x[1] = td_randn(i->c, TD_F64, 2, SIZES(SIDE, SIDE));
    prepare(i, product);
}

static void sum_make(item *i)
{
    i->x[0] = td_rand(i->c, TD_F64, 1, SIZES(LINE * i->much));
    prepare(i, total);
}

static void exp_make(item *i)
{
    i->x[0] = td_rand(i->c, TD_F64, 1, SIZES(LINE / 10 * i->much));
    prepare(i, exponentials);
}

static void softmax_make(item *i)
{
    i->x[0] = td_rand(i->c, TD_F32, 2, SIZES(ROWS * i->much, COLUMNS));
    prepare(i, soft);
}

/* ---- an elementwise chain and its gradient ------------------------------------------------------------------------ */

enum { N = 1000000 };

static void chain_make(item *i)
{
    i->x[0] = td_require_grad(td_randn(i->c, TD_F64, 1, SIZES(N * i->much)));
}

/* mean of tanh(x) sigmoid(x) + x^2 */
static void chain_run(void *item_)
{
    item      *i = item_;
    td_marker  mark = td_mark(i->c);
    td_tensor *x = i->x[0];
    td_backward(td_mean(td_add(td_mul(td_tanh(x), td_sigmoid(x)), td_square(x))));
    td_data(td_grad(x));
    td_zero_grad(x);
    td_release(i->c, mark);
}

/* ---- a training step ---------------------------------------------------------------------------------------------- */

enum { BATCH = 256, IN = 784, HIDDEN = 256, CLASSES = 10 };

static void training_make(item *i)
{
    i->x[0] = td_rand(i->c, TD_F32, 2, SIZES(BATCH, IN));
    i->x[1] = td_to(td_mul_scalar(td_rand(i->c, TD_F64, 1, SIZES(BATCH)), CLASSES), TD_I64);
    td_tensor *w1 = td_mul_scalar(td_randn(i->c, TD_F32, 2, SIZES(IN, HIDDEN)), 0.05);
    td_tensor *w2 = td_mul_scalar(td_randn(i->c, TD_F32, 2, SIZES(HIDDEN, CLASSES)), 0.05);
    i->x[2] = td_require_grad(td_array(i->c, TD_F32, 2, SIZES(IN, HIDDEN), td_data(w1)));
    i->x[3] = td_require_grad(td_array(i->c, TD_F32, 2, SIZES(HIDDEN, CLASSES), td_data(w2)));
}

static void training_run(void *item_)
{
    item      *i = item_;
    td_marker  mark = td_mark(i->c);
    td_tensor *hidden = td_relu(td_matmul(i->x[0], i->x[2]));
    td_backward(td_cross_entropy(td_matmul(hidden, i->x[3]), i->x[1], NULL));
    bool was = td_grad_enabled(i->c, false);
    for (int k = 2; k < 4; k++) {
        td_assign(i->x[k], td_sub(i->x[k], td_mul_scalar(td_grad(i->x[k]), 0.01)));
        td_zero_grad(i->x[k]);
    }
    td_grad_enabled(i->c, was);
    td_release(i->c, mark);
}

/* ---- the checker -------------------------------------------------------------------------------------------------- */

static void checker_make(item *i)
{
    i->x[0] = td_randn(i->c, TD_F64, 2, SIZES(16, 12));
    i->x[1] = td_randn(i->c, TD_F64, 2, SIZES(12, 8));
    i->x[2] = td_randn(i->c, TD_F64, 1, SIZES(8));
}

/* mean of softmax(tanh(x W) + bias)^2 */
static td_tensor *layer(td_context *c, td_tensor *const *in, void *user)
{
    td_tensor *y = td_add(td_tanh(td_matmul(in[0], in[1])), in[2]);
    return user || td_error(c) ? NULL : td_mean(td_square(td_softmax(y, -1)));
}

static void checker_run(void *item_)
{
    item            *i = item_;
    td_check_result *r = td_check(layer, 3, i->x, NULL, &(td_check_options){.threads = i->threads});
    if (!r || r->verdict != TD_AGREE)
        td_index_select(i->x[0], 9, i->x[1]); /* leaves an error: this run counts for nothing */
    td_check_free(r);
}

#define MATMUL_FLOP (2e-9 * SIDE * SIDE * SIDE)
static const workload works[] = {
    { "matmul", "768 x 768 by 768 x 768, f64", "GFlop/s", MATMUL_FLOP, true, false, matmul_make, again },
    { "sum", "10^7 f64", "GB/s", 8e-9 * LINE, true, false, sum_make, again },
    { "exp", "10^6 f64", "Melem/s", 1e-7 * LINE, true, false, exp_make, again },
    { "softmax", "rows of 1024 x 4096 f32", "GB/s", 8e-9 * ROWS * COLUMNS, true, false, softmax_make, again },
    { "chain", "mean(tanh x sigmoid x + x^2) of 10^6 f64, and its gradient", "Melem/s", 1e-6 * N, true, true, chain_make,
      chain_run },
    { "training", "784-256-10 network, batch of 256, f32: loss, gradient, step", "step/s", 1, false, true, training_make,
      training_run },
    { "checker", "td_check of a softmax layer with 296 coordinates", "check/s", 1, false, true, checker_make, checker_run },
};
enum { WORKS = sizeof works / sizeof *works };

/* ---- measuring ---------------------------------------------------------------------------------------------------- */

/* All numbers up to eight, then powers of two, and the last; how many. */
static int thread_counts(int most, int count[BENCH_RIVALS])
{
    int n = 0;
    for (int t = 1; t < most && n < BENCH_RIVALS - 1; t = t < 8 ? t + 1 : 2 * t) count[n++] = t;
    count[n++] = most;
    return n;
}

static bool make_item(item *i, const workload *w, int threads, bool weak)
{
    *i = (item){ .threads = threads, .much = weak ? threads : 1 };
    i->c = td_open(&(td_options){ .engine = w->tape ? td_tape_engine() : td_eval_engine(), .threads = threads, .seed = 1 });
    if (i->c) w->make(i);
    return i->c && !td_error(i->c);
}

static bool told_error(const item *i, const workload *w)
{
    if (!td_error(i->c)) return false;
    fprintf(stderr, "%s, %d threads: %s\n", w->name, i->threads, td_message(i->c));
    return true;
}

/* The part of the work that would have to be serial for this speedup, if the rest were shared out perfectly; Karp and Flatt,
 * "Measuring parallel processor performance", CACM 33 (1990). */
static double serial_part(double speedup, int threads) { return (1 / speedup - 1.0 / threads) / (1 - 1.0 / threads); }

/* Of strong scaling the rate of n threads against that of one, of weak scaling too: n times as much in the same time. */
static void tell(const bench_race *r, const int *threads, bool weak, bench_figure *f)
{
    for (int k = 0; k < r->n; k++) {
        const bench_rival *v = &r->rival[k];
        double             speedup = bench_part(r, k, 0);
        printf("%8d %11.3f %9.3f %9.3f", threads[k], 1e3 * v->median, 1e3 * v->fastest, 1e3 * v->slowest);
        printf(" %12.4g %8.2f %9.0f%%", bench_rate(r, k), speedup, 100 * speedup / threads[k]);
        if (k > 0 && !weak) printf(" %7.3f", serial_part(speedup, threads[k]));
        printf("\n");
        bench_point(bench_series_of(f, r->work), threads[k], speedup);
    }
}

static bool measure(bench *b, const workload *w, bool weak, bench_figure *f)
{
    item       i[BENCH_RIVALS];
    int        threads[BENCH_RIVALS], n = thread_counts(b->threads, threads);
    bool       good = true;
    char       name[BENCH_NAME];
    bench_race r = { .dtype = "", .unit = w->unit, .threads = b->threads };
    snprintf(r.work, sizeof r.work, "%s%s", w->name, weak ? ", weak" : "");
    if (!bench_wants(b, r.work)) return true;
    for (int k = 0; k < n; k++) {
        good = make_item(&i[k], w, threads[k], weak) && good;
        snprintf(name, sizeof name, "%d", threads[k]);
        bench_enter(&r, name, w->run, &i[k], w->amount * (double)i[k].much);
    }
    if (good) {
        bench_run(b, &r);
        printf("\n%s: %s%s\n", r.work, w->what, weak ? ", for each thread" : "");
        printf("%8s %11s %19s %12s %8s %10s%s\n", "threads", "median ms", "fastest - slowest", w->unit, "speedup",
               "efficiency", weak ? "" : "  serial");
        tell(&r, threads, weak, f);
    }
    for (int k = 0; k < n; k++) {
        good = i[k].c && !told_error(&i[k], w) && good;
        td_close(i[k].c);
    }
    return good;
}

static int measure_all(bench *b, bool weak)
{
    static bench_figure f;      /* large */
    int                 bad = 0;
    f = (bench_figure){ .title = weak ? "Weak scaling: work that grows with the threads" : "Strong scaling: the same work",
                        .x_label = "threads", .y_label = "speedup", .log_x = true,
                        .caption = "Dashed: as many times as fast as there are threads.  Medians of interleaved rounds; "
                                   "results have the same bits for every number of threads." };
    for (int k = 0; k < WORKS; k++)
        if (works[k].weak || !weak) bad += !measure(b, &works[k], weak, &f);
    bench_series *ideal = bench_series_of(&f, "ideal");
    ideal->limit = true;
    for (int t = 1; t < b->threads; t *= 2) bench_point(ideal, t, t);
    bench_point(ideal, b->threads, b->threads);
    if (b->threads > 1) bench_lines(b, &f, weak ? "weak" : "strong");
    return bad;
}

int main(int argc, char **argv)
{
    bench b;
    if (!bench_open(&b, argc, argv, "scaling", "works on 1, 2... threads")) return 2;
    int bad = measure_all(&b, false) + measure_all(&b, true);
    return bench_close(&b) || bad;
}
