/* scaling.c: how four kinds of work speed up with threads: matmul, an elementwise chain, a training step, the checker.
 *
 *     scaling [MOST_THREADS [FILE]]      default: as many as there are processors; bench.json
 *
 * The measurements are interleaved: each round runs every number of threads once, so that a machine which slows down or is
 * shared does so for all of them alike.  What is reported is the median of the rounds. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "triad_verify.h"

enum { MOST_THREADS = 64, ROUNDS = 9, TENSORS = 4 };

#define SIZES(...) (const int64_t[]){__VA_ARGS__}

/* A context with so many threads, and the tensors that the work starts from. */
typedef struct bench {
    td_context *c;
    int         threads;
    td_tensor  *x[TENSORS];
} bench;

typedef struct workload {
    const char *name, *what, *unit;
    double      amount;    /* units in one run */
    void (*make)(bench *b);
    void (*run)(bench *b);
} workload;

/* ---- matmul ------------------------------------------------------------------------------------------------------- */

enum { M = 768 };

static void matmul_make(bench *b)
{
    for (int i = 0; i < 2; i++) b->x[i] = td_randn(b->c, TD_F64, 2, SIZES(M, M));
}

static void matmul_run(bench *b)
{
    td_data(td_matmul(b->x[0], b->x[1]));
}

/* ---- an elementwise chain and its gradient ------------------------------------------------------------------------ */

enum { N = 1000000 };

static void chain_make(bench *b)
{
    b->x[0] = td_require_grad(td_randn(b->c, TD_F64, 1, SIZES(N)));
}

/* mean of tanh(x) sigmoid(x) + x^2 */
static void chain_run(bench *b)
{
    td_tensor *x = b->x[0];
    td_backward(td_mean(td_add(td_mul(td_tanh(x), td_sigmoid(x)), td_square(x))));
    td_data(td_grad(x));
    td_zero_grad(x);
}

/* ---- a training step ---------------------------------------------------------------------------------------------- */

enum { BATCH = 256, IN = 784, HIDDEN = 256, CLASSES = 10 };

static void training_make(bench *b)
{
    b->x[0] = td_rand(b->c, TD_F32, 2, SIZES(BATCH, IN));
    b->x[1] = td_to(td_mul_scalar(td_rand(b->c, TD_F64, 1, SIZES(BATCH)), CLASSES), TD_I64);
    td_tensor *w1 = td_mul_scalar(td_randn(b->c, TD_F32, 2, SIZES(IN, HIDDEN)), 0.05);
    td_tensor *w2 = td_mul_scalar(td_randn(b->c, TD_F32, 2, SIZES(HIDDEN, CLASSES)), 0.05);
    b->x[2] = td_require_grad(td_array(b->c, TD_F32, 2, SIZES(IN, HIDDEN), td_data(w1)));
    b->x[3] = td_require_grad(td_array(b->c, TD_F32, 2, SIZES(HIDDEN, CLASSES), td_data(w2)));
}

static void training_run(bench *b)
{
    td_tensor *hidden = td_relu(td_matmul(b->x[0], b->x[2]));
    td_backward(td_cross_entropy(td_matmul(hidden, b->x[3]), b->x[1]));
    bool was = td_grad_enabled(b->c, false);
    for (int i = 2; i < 4; i++) {
        td_assign(b->x[i], td_sub(b->x[i], td_mul_scalar(td_grad(b->x[i]), 0.01)));
        td_zero_grad(b->x[i]);
    }
    td_grad_enabled(b->c, was);
}

/* ---- the checker -------------------------------------------------------------------------------------------------- */

static void checker_make(bench *b)
{
    b->x[0] = td_randn(b->c, TD_F64, 2, SIZES(16, 12));
    b->x[1] = td_randn(b->c, TD_F64, 2, SIZES(12, 8));
    b->x[2] = td_randn(b->c, TD_F64, 1, SIZES(8));
}

/* mean of softmax(tanh(x W) + bias)^2 */
static td_tensor *layer(td_context *c, td_tensor *const *in, void *user)
{
    td_tensor *y = td_add(td_tanh(td_matmul(in[0], in[1])), in[2]);
    return user || td_error(c) ? NULL : td_mean(td_square(td_softmax(y, -1)));
}

static void checker_run(bench *b)
{
    td_check_result *r = td_check(layer, 3, b->x, NULL, &(td_check_options){.threads = b->threads});
    if (!r || r->verdict != TD_AGREE)
        td_index_select(b->x[0], 9, b->x[1]); /* leaves an error: this run counts for nothing */
    td_check_free(r);
}

static const workload WORK[] = {
    {"matmul", "768 x 768 times 768 x 768, f64", "GFlop/s", 2e-9 * M * M * M, matmul_make, matmul_run},
    {"chain", "mean(tanh x sigmoid x + x^2) of 10^6 f64, and its gradient", "Melem/s", 1e-6 * N, chain_make, chain_run},
    {"training", "784-256-10 network, batch of 256, f32: loss, gradient, step", "step/s", 1, training_make, training_run},
    {"checker", "td_check of a softmax layer with 296 coordinates", "check/s", 1, checker_make, checker_run},
};
enum { WORKS = sizeof WORK / sizeof *WORK };

/* ---- measuring ---------------------------------------------------------------------------------------------------- */

static double seconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static double timed_run(const workload *w, bench *b)
{
    td_marker mark = td_mark(b->c);
    double    start = seconds();
    w->run(b);
    double took = seconds() - start;
    td_release(b->c, mark);
    return took;
}

static int ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

typedef struct timing {
    double median, fastest, slowest;
} timing;

static timing summary(double *took)
{
    qsort(took, ROUNDS, sizeof *took, ascending);
    return (timing){took[ROUNDS / 2], took[0], took[ROUNDS - 1]};
}

/* False after an error, which is printed. */
static bool measure(const workload *w, int most, timing *t)
{
    bench  b[MOST_THREADS] = {{0}};
    double took[MOST_THREADS][ROUNDS];
    bool   good = true;
    for (int k = 0; k < most; k++) {
        b[k].threads = k + 1;
        b[k].c = td_open(&(td_options){.threads = k + 1, .seed = 1});
        if (!b[k].c) break;
        w->make(&b[k]);
        timed_run(w, &b[k]);   /* warm: memory is there from now on */
    }
    for (int round = 0; round < ROUNDS; round++)
        for (int k = 0; k < most; k++) took[k][round] = b[k].c ? timed_run(w, &b[k]) : 0;
    for (int k = 0; k < most; k++) {
        t[k] = summary(took[k]);
        if (td_error(b[k].c)) good = false, fprintf(stderr, "%s, %d threads: %s\n", w->name, k + 1, td_message(b[k].c));
        td_close(b[k].c);
    }
    return good;
}

/* ---- telling ------------------------------------------------------------------------------------------------------ */

static void print_table(const workload *w, int most, const timing *t)
{
    printf("\n%s: %s\n%8s %11s %19s %14s %8s %11s\n", w->name, w->what, "threads", "median ms", "fastest - slowest", w->unit,
           "speedup", "efficiency");
    for (int k = 0; k < most; k++) {
        double speedup = t[0].median / t[k].median;
        printf("%8d %11.3f %9.3f %9.3f %14.4g %8.2f %10.0f%%\n", k + 1, 1e3 * t[k].median, 1e3 * t[k].fastest,
               1e3 * t[k].slowest, w->amount / t[k].median, speedup, 100 * speedup / (k + 1));
    }
}

static void write_json(FILE *file, const workload *w, int most, const timing *t, bool last)
{
    fprintf(file, "    {\"name\": \"%s\", \"what\": \"%s\", \"unit\": \"%s\", \"threads\": [\n", w->name, w->what, w->unit);
    for (int k = 0; k < most; k++) {
        double speedup = t[0].median / t[k].median;
        fprintf(file, "      {\"n\": %d, \"seconds\": %.9g, \"fastest\": %.9g, \"slowest\": %.9g, \"rate\": %.6g, "
                "\"speedup\": %.4f, \"efficiency\": %.4f}%s\n", k + 1, t[k].median, t[k].fastest, t[k].slowest,
                w->amount / t[k].median, speedup, speedup / (k + 1), k + 1 < most ? "," : "");
    }
    fprintf(file, "    ]}%s\n", last ? "" : ",");
}

int main(int argc, char **argv)
{
    long        processors = sysconf(_SC_NPROCESSORS_ONLN);
    long        most = argc > 1 ? strtol(argv[1], NULL, 10) : processors;
    const char *path = argc > 2 ? argv[2] : "bench.json";
    timing      t[MOST_THREADS];
    int         bad = 0;
    if (most < 1) most = 1;
    if (most > MOST_THREADS) most = MOST_THREADS;
    FILE *file = fopen(path, "w");
    if (!file) {
        perror(path);
        return 1;
    }
    printf("triad %s, %ld processors, median of %d interleaved rounds\n", td_version(), processors, ROUNDS);
    fprintf(file, "{\n  \"schema\": 1, \"version\": \"%s\", \"processors\": %ld, \"rounds\": %d,\n  \"scaling\": [\n",
            td_version(), processors, ROUNDS);
    for (int k = 0; k < WORKS; k++) {
        bad += !measure(&WORK[k], (int)most, t);
        print_table(&WORK[k], (int)most, t);
        write_json(file, &WORK[k], (int)most, t, k + 1 == WORKS);
    }
    fprintf(file, "  ]\n}\n");
    bad += fclose(file) != 0;
    printf("\nwritten to %s\n", path);
    return bad != 0;
}
