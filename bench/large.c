/* large.c: what a check of a large program costs, in steps forward and backward of that program, and whether it finds one
 * entry of a hand-written gradient that is off by 1e-6.
 *
 *     large [BATCH...]      samples the network is fed with; default 1 and 32
 *
 * Two programs.  A sine of 10^5 numbers, by an op of our own.  A network of 10^6 parameters, 1000-900-100-10, of whose
 * weights the first matrix is halved by an op of our own.  Each is checked with a right rule and with the wrong entry. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "triad_engine.h"
#include "triad_verify.h"

#define SIZES(...) (int64_t[]){__VA_ARGS__}

enum { ELEMENTS = 100000, IN = 1000, WIDE = 900, NARROW = 100, OUT = 10, ROUNDS = 5 };

/* ---- two ops of our own: elementwise, f64 --------------------------------------------------------------------------- */

static bool is_packed(const td_shape *s)
{
    int64_t step = 1;
    for (int axis = s->rank - 1; axis >= 0; step *= s->size[axis--]) if (s->stride[axis] != step) return false;
    return true;
}

/* Where the i-th number, counted in row-major order, stands in a window of any strides. */
static int64_t place(const td_shape *s, int64_t i)
{
    int64_t at = 0;
    for (int axis = s->rank - 1; axis >= 0; axis--) {
        at += i % s->size[axis] * s->stride[axis];
        i /= s->size[axis];
    }
    return at;
}

static td_status sine_compute(const td_call *call)
{
    const double *x = call->in[0].data;
    double       *y = call->out.data;
    bool          packed = is_packed(call->in[0].shape);
    for (int64_t i = 0; i < call->out.shape->numel; i++) y[i] = sin(x[packed ? i : place(call->in[0].shape, i)]);
    return TD_OK;
}

static td_tensor *sine_define(int n, td_tensor *const *in, const td_attr *attr)
{
    (void)n, (void)attr;
    return td_sin(in[0]);
}

/* x / 2 */
static td_status halve_compute(const td_call *call)
{
    const double *x = call->in[0].data;
    double       *y = call->out.data;
    bool          packed = is_packed(call->in[0].shape);
    for (int64_t i = 0; i < call->out.shape->numel; i++) y[i] = x[packed ? i : place(call->in[0].shape, i)] / 2;
    return TD_OK;
}

static td_tensor *halve_define(int n, td_tensor *const *in, const td_attr *attr)
{
    (void)n, (void)attr;
    return td_div(in[0], td_scalar(td_context_of(in[0]), 2));
}

static void sine_vjp(td_pull *p) { td_pull_add(p, 0, td_mul(p->g, td_cos(p->in[0]))); }
static void halve_vjp(td_pull *p) { td_pull_add(p, 0, td_mul_scalar(p->g, 0.5)); }

/* g, but for one entry, three quarters of the way, which is off by 1e-6. */
static td_tensor *slip(td_tensor *g)
{
    int64_t n = td_numel(g), size[TD_MAX_RANK];
    double *ones = malloc((size_t)n * sizeof *ones);
    for (int i = 0; i < td_rank(g); i++) size[i] = td_size(g, i);
    for (int64_t i = 0; ones && i < n; i++) ones[i] = i == 3 * n / 4 ? 1 + 1e-6 : 1;
    td_tensor *bad = ones ? td_mul(g, td_array(td_context_of(g), TD_F64, td_rank(g), size, ones)) : g;
    free(ones);
    return bad;
}

static void sine_slips(td_pull *p) { td_pull_add(p, 0, slip(td_mul(p->g, td_cos(p->in[0])))); }
static void halve_slips(td_pull *p) { td_pull_add(p, 0, slip(td_mul_scalar(p->g, 0.5))); }

#define OUR_OP(what, rule) \
    {.name = #what, .min_in = 1, .max_in = 1, .reads = TD_READS(0), .compute = what##_compute, .define = what##_define, \
     .vjp = what##_##rule}
static const td_op sine[] = {OUR_OP(sine, vjp), OUR_OP(sine, slips)};
static const td_op halve[] = {OUR_OP(halve, vjp), OUR_OP(halve, slips)};

/* ---- the programs --------------------------------------------------------------------------------------------------- */

typedef struct subject {
    char        name[40];
    td_program *f;
    int64_t     batch;
    int         n;
    td_tensor  *in[6], *sample, *target;
    bool        wrong;
} subject;

static td_tensor *elementwise(td_context *c, td_tensor *const *in, void *user)
{
    const subject *s = user;
    (void)c;
    return td_apply(&sine[s->wrong], 1, in, NULL);
}

static td_tensor *data(td_context *c, td_tensor *x)
{
    return td_array(c, TD_F64, 2, SIZES(td_size(x, 0), td_size(x, 1)), td_data(x));
}

/* in: W1, b1, W2, b2, W3, b3 */
static td_tensor *network(td_context *c, td_tensor *const *in, void *user)
{
    const subject *s = user;
    td_tensor *w1 = td_apply(&halve[s->wrong], 1, in, NULL);
    td_tensor *a = td_tanh(td_linear(data(c, s->sample), w1, in[1]));
    td_tensor *b = td_tanh(td_linear(a, in[2], in[3]));
    return td_mse_loss(td_linear(b, in[4], in[5]), data(c, s->target), NULL, TD_REDUCTION_MEAN);
}

static td_tensor *drawn(td_context *c, int64_t rows, int64_t columns, double scale)
{
    return td_mul_scalar(td_randn(c, TD_F64, 2, SIZES(rows, columns)), scale);
}

static td_tensor *vector(td_context *c, int64_t n)
{
    return td_mul_scalar(td_randn(c, TD_F64, 1, SIZES(n)), 0.1);
}

static subject make_elementwise(td_context *c)
{
    subject s = {.name = "sine of 100000", .f = elementwise, .n = 1};
    s.in[0] = td_randn(c, TD_F64, 1, SIZES(ELEMENTS));
    return s;
}

static subject make_network(td_context *c, int64_t batch)
{
    subject s = {.f = network, .n = 6, .batch = batch};
    snprintf(s.name, sizeof s.name, "network, batch %lld", (long long)batch);
    s.sample = drawn(c, batch, IN, 1);
    s.target = drawn(c, batch, OUT, 1);
    s.in[0] = drawn(c, WIDE, IN, 0.06);
    s.in[1] = vector(c, WIDE);
    s.in[2] = drawn(c, NARROW, WIDE, 0.03);
    s.in[3] = vector(c, NARROW);
    s.in[4] = drawn(c, OUT, NARROW, 0.1);
    s.in[5] = vector(c, OUT);
    return s;
}

/* ---- measuring ------------------------------------------------------------------------------------------------------ */

static double seconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* The fastest of some steps forward and backward. */
static double step(subject *s)
{
    double best = INFINITY;
    td_context *c = td_open(NULL);
    for (int k = 0; k < ROUNDS; k++) {
        td_marker  mark = td_mark(c);
        td_tensor *in[6];
        for (int i = 0; i < s->n; i++) {
            int64_t size[TD_MAX_RANK];
            for (int a = 0; a < td_rank(s->in[i]); a++) size[a] = td_size(s->in[i], a);
            in[i] = td_require_grad(td_array(c, TD_F64, td_rank(s->in[i]), size, td_data(s->in[i])));
        }
        double     start = seconds();
        td_tensor *y = s->f(c, in, s);
        td_backward_from(y, td_ones_like(y));
        for (int i = 0; i < s->n; i++) td_data(td_grad(in[i]));
        best = fmin(best, seconds() - start);
        td_release(c, mark);
    }
    td_close(c);
    return best;
}

/* False: not the verdict it should be. */
static bool ask(subject *s, bool wrong, double per_step)
{
    s->wrong = wrong;
    double start = seconds();
    td_check_result *r = td_check(s->f, s->n, s->in, s, NULL);
    double took = seconds() - start;
    td_verdict due = wrong ? TD_DISAGREE : TD_AGREE;
    printf("%-20s %-6s %10.3f %10.1f   %s", s->name, wrong ? "wrong" : "right", took, took / per_step,
           r ? td_verdict_name(r->verdict) : "no memory");
    if (r && r->blame.found) printf(", %s at %lld", r->blame.op, (long long)r->blame.coordinate);
    printf("\n");
    bool good = r && r->verdict == due && !r->refused;
    if (r && !good) td_check_print(r, stdout);
    td_check_free(r);
    return good;
}

static bool report(subject *s)
{
    double per_step = step(s);
    printf("%-20s %-6s %10.5f %10.1f\n", s->name, "step", per_step, 1.0);
    bool right = ask(s, false, per_step);
    return ask(s, true, per_step) && right;
}

int main(int argc, char **argv)
{
    td_context *c = td_open(NULL);
    if (!c) return 2;
    printf("%-20s %-6s %10s %10s   %s\n", "program", "rule", "seconds", "steps", "verdict");
    subject s = make_elementwise(c);
    bool good = report(&s);
    int64_t batch[] = {1, 32};
    for (int k = 1; k <= (argc > 1 ? argc - 1 : 2); k++) {
        s = make_network(c, argc > 1 ? strtoll(argv[k], NULL, 10) : batch[k - 1]);
        good = report(&s) && good;
    }
    if (td_error(c)) fprintf(stderr, "%s\n", td_message(c));
    good = good && !td_error(c);
    td_close(c);
    return good ? 0 : 1;
}
