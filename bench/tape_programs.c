/* tape_programs.c: the programs of bench/tape.c, and how they are run.
 *
 * Numbers are drawn in a context of their own, so that a step's holds parameters and constants alone. */
#include "tape.h"

#include <math.h>
#include <string.h>

#define SIZES(...) ((const int64_t[]){ __VA_ARGS__ })

static const double rate = 1e-3;    /* of descent */
static const double pi = 3.14159265358979323846;

/* ---- numbers -------------------------------------------------------------------------------------------------------- */

static td_tensor *copied(tape_step *s, td_tensor *x)
{
    int64_t size[TD_MAX_RANK];
    for (int i = 0; i < td_rank(x); i++) size[i] = td_size(x, i);
    s->bytes += (size_t)td_numel(x) * td_dtype_size(td_dtype_of(x));
    return td_array(s->c, td_dtype_of(x), td_rank(x), size, td_data(x));
}

static void parameter(tape_step *s, double scale, int rank, const int64_t *size)
{
    td_tensor *x = td_mul_scalar(td_randn(s->source, s->size.dtype, rank, size), scale);
    s->w[s->parameters++] = td_require_grad(copied(s, x));
}

static void constant(tape_step *s, td_tensor *x) { s->x[s->constants++] = copied(s, x); }

static void normal(tape_step *s, int rank, const int64_t *size)
{
    constant(s, td_randn(s->source, s->size.dtype, rank, size));
}

/* ---- small graphs --------------------------------------------------------------------------------------------------- */

static td_tensor *product(const tape_step *s) { return td_mul(s->w[0], s->w[1]); }

static void fill_product(tape_step *s)
{
    for (int i = 0; i < 2; i++) parameter(s, 1, 0, NULL);
}

static td_tensor *chain(const tape_step *s)
{
    td_tensor *z = s->w[0];
    for (int64_t i = 0; i < s->size.n; i++) z = i % 2 ? td_mul(z, s->x[0]) : td_add(z, s->x[0]);
    return z;
}

static void fill_chain(tape_step *s)
{
    parameter(s, 1, 0, NULL);
    constant(s, td_scalar(s->source, 1.0001));
}

static td_tensor *network(const tape_step *s)
{
    td_tensor *h = td_tanh(td_add(td_matmul(s->w[0], s->x[0]), s->w[1]));
    return td_mean(td_square(td_sub(td_add(td_matmul(s->w[2], h), s->w[3]), s->x[1])));
}

static void fill_network(tape_step *s)
{
    parameter(s, 0.5, 2, SIZES(4, 3));
    parameter(s, 0.5, 1, SIZES(4));
    parameter(s, 0.5, 2, SIZES(4, 4));
    parameter(s, 0.5, 1, SIZES(4));
    normal(s, 1, SIZES(3));
    normal(s, 1, SIZES(4));
}

/* ---- models --------------------------------------------------------------------------------------------------------- */

enum { FEATURES = 20, COMPONENTS = 25, DIMENSIONS = 10, PLACES = 32, SEQUENCES = 8, INPUTS = 32, STATES = 64 };

static td_tensor *logistic(const tape_step *s)
{
    td_tensor *z = td_matmul(s->x[0], s->w[0]);
    return td_mean(td_sub(td_softplus(z), td_mul(z, s->x[1])));
}

static void fill_logistic(tape_step *s)
{
    parameter(s, 0.5, 1, SIZES(FEATURES));
    normal(s, 2, SIZES(s->size.n, FEATURES));
    constant(s, td_rand(s->source, s->size.dtype, 1, SIZES(s->size.n)));
}

/* What of the mixture depends on no parameter; of the prior k times Wishart's, of d + 1 degrees and scale 1. */
static double mixture_constant(int64_t n, int64_t d, int64_t k)
{
    double m = (double)(d + 1), p = (double)d, log_gamma = 0.25 * p * (p - 1) * log(pi);
    for (int64_t j = 1; j <= d; j++) log_gamma += lgamma(0.5 * m + 0.5 * (double)(1 - j));
    return -0.5 * (double)n * p * log(2 * pi) - (double)k * (0.5 * m * p * log(2.0) + log_gamma);
}

/* The log of a mixture of k Gaussians' posterior density, as GradBench has it: w is log weights (k), means (k,d), and
 * the factors Q of the inverse covariances (k, d (d + 1) / 2), the logs of a diagonal, then what is below it, by columns.
 *
 *     sum_i logsumexp_j (w_j + sum log diag Q_j - |Q_j (x_i - mean_j)|^2 / 2) - n logsumexp w - |Q|^2 / 2 + a constant
 *
 * All Q are made by one gather from (k, diagonals and the rest and 0), and Q_j x_i is one matrix product for all i and j. */
static td_tensor *mixture(const tape_step *s)
{
    int64_t    n = td_size(s->x[0], 0), d = td_size(s->x[0], 1), k = td_size(s->w[0], 0), all = td_size(s->w[2], 1);
    td_tensor *logs = td_slice(s->w[2], 1, 0, d, 1), *diagonal = td_exp(logs), *below = td_slice(s->w[2], 1, d, all, 1);
    td_tensor *parts[] = { diagonal, below, td_zeros(s->c, s->size.dtype, 2, SIZES(k, 1)) };
    td_tensor *q = td_reshape(td_index_select(td_concat(3, parts, 1), 1, s->x[1]), 3, SIZES(k, d, d));
    td_tensor *qx = td_matmul(s->x[0], td_transpose(td_reshape(q, 2, SIZES(k * d, d)), 0, 1));
    td_tensor *qm = td_reshape(td_matmul(q, td_unsqueeze(s->w[1], 2)), 1, SIZES(k * d));
    td_tensor *far = td_sum_axes(td_reshape(td_square(td_sub(qx, qm)), 3, SIZES(n, k, d)), 1, (int[]){ 2 }, false);
    td_tensor *weight = td_add(s->w[0], td_sum_axes(logs, 1, (int[]){ 1 }, false));
    td_tensor *fit = td_sum(td_logsumexp_axes(td_axpy(-0.5, far, weight), 1, (int[]){ 1 }, false));
    td_tensor *prior = td_mul_scalar(td_add(td_sum(td_square(diagonal)), td_sum(td_square(below))), 0.5);
    td_tensor *y = td_sub(td_axpy(-(double)n, td_logsumexp(s->w[0]), fit), prior);
    return td_add_scalar(y, mixture_constant(n, d, k));
}

/* Where each entry of Q stands: on the diagonal at its row, below it behind these, by columns; above it the 0 at the end. */
static void fill_mixture(tape_step *s)
{
    int64_t at[DIMENSIONS * DIMENSIONS], next = DIMENSIONS, all = DIMENSIONS * (DIMENSIONS + 1) / 2;
    for (int j = 0; j < DIMENSIONS; j++)
        for (int i = 0; i < DIMENSIONS; i++) at[i * DIMENSIONS + j] = i == j ? i : i > j ? next++ : all;
    parameter(s, 1, 1, SIZES(COMPONENTS));
    parameter(s, 1, 2, SIZES(COMPONENTS, DIMENSIONS));
    parameter(s, 0.3, 2, SIZES(COMPONENTS, all));
    normal(s, 2, SIZES(s->size.n, DIMENSIONS));
    constant(s, td_array(s->source, TD_I64, 1, SIZES(DIMENSIONS * DIMENSIONS), at));
}

static td_tensor *lstm(const tape_step *s)
{
    td_recurrent how = { .layers = 1, .biases = true, .weights = s->w };
    return td_mean(td_square(td_sub(td_lstm(s->x[0], NULL, NULL, &how, NULL, NULL), s->x[1])));
}

static void fill_lstm(tape_step *s)
{
    parameter(s, 0.1, 2, SIZES(4 * STATES, INPUTS));
    parameter(s, 0.1, 2, SIZES(4 * STATES, STATES));
    parameter(s, 0.1, 1, SIZES(4 * STATES));
    parameter(s, 0.1, 1, SIZES(4 * STATES));
    normal(s, 3, SIZES(PLACES, SEQUENCES, INPUTS));
    normal(s, 3, SIZES(PLACES, SEQUENCES, STATES));
}

/* ---- a chain over many numbers, and training ------------------------------------------------------------------------ */

static td_tensor *fused(const tape_step *s)
{
    return td_mean(td_square(td_sub(td_tanh(td_add(td_mul(s->x[0], s->w[0]), s->w[1])), s->x[1])));
}

static void fill_fused(tape_step *s)
{
    for (int i = 0; i < 2; i++) parameter(s, 0.5, 0, NULL);
    for (int i = 0; i < 2; i++) normal(s, 1, SIZES(s->size.n));
}

static td_tensor *classifier(const tape_step *s)
{
    td_tensor *h = s->x[0];
    for (int i = 0; i + 2 < s->parameters; i += 2) h = td_relu(td_add(td_matmul(h, s->w[i]), s->w[i + 1]));
    return td_cross_entropy(td_add(td_matmul(h, s->w[s->parameters - 2]), s->w[s->parameters - 1]), s->x[1], NULL);
}

/* 784, hidden layers, 10 */
static void fill_classifier(tape_step *s)
{
    for (int i = 0; i <= s->size.hidden; i++) {
        int64_t in = i ? s->size.width : 784, out = i < s->size.hidden ? s->size.width : 10;
        parameter(s, 0.05, 2, SIZES(in, out));
        parameter(s, 0.05, 1, SIZES(out));
    }
    constant(s, td_rand(s->source, s->size.dtype, 2, SIZES(s->size.n, 784)));
    constant(s, td_randint(s->source, 0, 10, 1, SIZES(s->size.n)));
    s->descent = td_sgd(s->parameters, s->w, rate, 0, 0, 0, false);
}

const tape_work tape_product = { "product", product, fill_product }, tape_chain = { "chain", chain, fill_chain },
    tape_network = { "network", network, fill_network }, tape_logistic = { "logistic", logistic, fill_logistic },
    tape_mixture = { "mixture", mixture, fill_mixture }, tape_lstm = { "lstm", lstm, fill_lstm },
    tape_fused = { "fused", fused, fill_fused }, tape_classifier = { "classifier", classifier, fill_classifier };

/* ---- steps ---------------------------------------------------------------------------------------------------------- */

tape_step tape_open(const tape_work *w, tape_size size, int threads)
{
    tape_step s = { .name = w->name, .loss = w->loss, .size = size };
    s.c = td_open(&(td_options){ .threads = threads });
    s.source = td_open(&(td_options){ .seed = 1 });
    w->fill(&s);
    td_close(s.source);
    s.source = NULL;
    return s;
}

void tape_close(tape_step *s) { td_close(s->c); }

td_tensor *tape_taken(const tape_step *s)
{
    td_tensor *y = s->loss(s);
    td_backward(y);
    for (int i = 0; i < s->parameters; i++) td_data(td_grad(s->w[i]));
    return y;
}

void tape_back(const tape_step *s, td_marker m)
{
    for (int i = 0; i < s->parameters; i++) td_zero_grad(s->w[i]);
    td_release(s->c, m);
}

void tape_run_function(void *step)
{
    const tape_step *s = step;
    td_marker        m = td_mark(s->c);
    td_item(s->loss(s));
    td_release(s->c, m);
}

static td_tensor *loss_of(td_context *c, td_tensor *const *in, void *step)
{
    const tape_step *s = step;
    (void)c, (void)in;
    return s->loss(s);
}

void tape_run_gradient(void *step)
{
    tape_step *s = step;
    if (s->descent) {
        td_optim_step_with(s->descent, loss_of, s, NULL);
        return;
    }
    td_marker m = td_mark(s->c);
    tape_taken(s);
    tape_back(s, m);
}

void *tape_peer(const bench_plugin *p, const tape_step *s, bool gradient)
{
    td_tensor *in[TAPE_OPERANDS];
    for (int i = 0; i < s->parameters; i++) in[i] = s->w[i];
    for (int i = 0; i < s->constants; i++) in[s->parameters + i] = s->x[i];
    bench_problem problem = { .name = s->name, .n = s->parameters + s->constants, .parameters = s->parameters,
                              .bits = 8 * (int)td_dtype_size(s->size.dtype), .links = s->size.n,
                              .rate = s->descent ? rate : 0, .gradient = gradient };
    return bench_plugin_problem(p, &problem, in);
}
