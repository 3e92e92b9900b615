/* race.c: rivals in turn, round by round.
 *
 * A sample is as many calls as last a few milliseconds, so neither the clock's grain nor the cache that the rival before
 * left behind counts; where it is more than one call, one goes before it uncounted.  Every other round runs backwards: no
 * rival always follows the same one.  With several threads there is a rest before each sample, in which the waiting
 * threads of the rival before fall asleep. */
#include "bench.h"
#include "output.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static const double least_sample = 2e-3, rest = 2e-3;

static double seconds_of(clockid_t clock)
{
    struct timespec t;
    clock_gettime(clock, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

double bench_seconds(void) { return seconds_of(CLOCK_MONOTONIC); }
double bench_thread_seconds(void) { return seconds_of(CLOCK_THREAD_CPUTIME_ID); }

static int ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

double bench_median(int n, double *x)
{
    qsort(x, (size_t)n, sizeof *x, ascending);
    return n % 2 ? x[n / 2] : (x[n / 2 - 1] + x[n / 2]) / 2;
}

double bench_mean(int n, const double *x)
{
    double sum = 0;
    for (int i = 0; i < n; i++) sum += log(x[i]);
    return n ? exp(sum / n) : 0;
}

int bench_enter(bench_race *r, const char *name, void (*run)(void *), void *with, double amount)
{
    bench_rival *v = &r->rival[r->n];
    *v = (bench_rival){ .run = run, .with = with, .amount = amount };
    snprintf(v->name, sizeof v->name, "%s", name);
    return r->n++;
}

static double calls_take(const bench_rival *v, clockid_t clock)
{
    double start = seconds_of(clock);
    for (int64_t i = 0; i < v->calls; i++) v->run(v->with);
    return seconds_of(clock) - start;
}

/* The first call finds cold memory and sleeping threads, and tells nothing unless it was long. */
static double calibrate(bench_rival *v, clockid_t clock)
{
    v->calls = 1;
    double took = calls_take(v, clock);
    if (took < 10 * least_sample) took = calls_take(v, clock);
    while (took < least_sample / 2) {
        v->calls *= took < least_sample / 16 ? 8 : 2;
        took = calls_take(v, clock);
    }
    return took;
}

static double sample(bench_rival *v, int threads, clockid_t clock)
{
    if (threads > 1) nanosleep(&(struct timespec){ .tv_nsec = (long)(1e9 * rest) }, NULL);
    if (v->calls > 1) v->run(v->with);
    return calls_take(v, clock) / (double)v->calls;
}

static int rounds_for(double budget, double one_round)
{
    int rounds = (int)(budget / one_round), fewest = one_round > 1 ? 3 : 5;
    return rounds < fewest ? fewest : rounds > BENCH_ROUNDS ? BENCH_ROUNDS : rounds;
}

static void summarise(bench_race *r)
{
    double sorted[BENCH_ROUNDS];
    for (int i = 0; i < r->n; i++) {
        bench_rival *v = &r->rival[i];
        memcpy(sorted, v->took, sizeof sorted);
        v->median = bench_median(r->rounds, sorted);
        v->fastest = sorted[0];
        v->slowest = sorted[r->rounds - 1];
    }
}

void bench_run(bench *b, bench_race *r)
{
    double    one_round = 0;
    clockid_t clock = b->busy && r->threads == 1 ? CLOCK_THREAD_CPUTIME_ID : CLOCK_MONOTONIC;
    for (int i = 0; i < r->n; i++) one_round += calibrate(&r->rival[i], clock);
    r->rounds = rounds_for(b->budget, one_round);
    for (int round = 0; round < r->rounds; round++)
        for (int i = 0; i < r->n; i++) {
            bench_rival *v = &r->rival[round % 2 ? r->n - 1 - i : i];
            v->took[round] = sample(v, r->threads, clock);
        }
    summarise(r);
    bench_write_race(b, r);
}

const char *bench_where(char text[BENCH_NAME], td_dtype d, int threads)
{
    snprintf(text, BENCH_NAME, "%s, %d thread%s", td_dtype_name(d), threads, threads > 1 ? "s" : "");
    return text;
}

double bench_rate(const bench_race *r, int rival) { return r->rival[rival].amount / r->rival[rival].median; }

double bench_part(const bench_race *r, int rival, int other)
{
    const bench_rival *x = &r->rival[rival], *y = &r->rival[other];
    double             part[BENCH_ROUNDS];
    for (int i = 0; i < r->rounds; i++) part[i] = (x->amount / x->took[i]) / (y->amount / y->took[i]);
    return bench_median(r->rounds, part);
}

int bench_best(const bench_race *r, int first)
{
    int best = -1;
    for (int i = first; i < r->n; i++)
        if (best < 0 || bench_rate(r, i) > bench_rate(r, best)) best = i;
    return best;
}
