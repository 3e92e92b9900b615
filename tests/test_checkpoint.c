/* test_checkpoint.c: a piece of a program that runs again on the way back gives the same, in less memory. */
#include "testing.h"

enum { LAYERS = 24, DEPTH = 6, N = 64 };

/* Layers that share a weight w, which they read without its being an input, beside one of their own. */
typedef struct network {
    td_tensor *w, *own[LAYERS], *mask;
    int        layer;
    bool       kept, nested;       /* through td_checkpoint; within another */
} network;

typedef struct piece { const network *net; int layer; } piece;

static td_tensor *half(td_context *c, td_tensor *const *in, void *user)
{
    const network *net = user;
    td_tensor     *h = in[0];
    (void)c;
    for (int i = 0; i < DEPTH / 2; i++) h = td_tanh(td_add(td_matmul(h, in[1]), td_mul_scalar(net->w, 0.5)));
    return h;
}

static td_tensor *layer(td_context *c, td_tensor *const *in, void *user)
{
    const network *net = user;
    td_tensor     *h = in[0];
    for (int i = 0; i < 2; i++) {
        td_tensor *both[] = {h, in[1]};
        h = net->nested ? td_checkpoint(half, c, 2, both, user) : half(c, both, user);
        h = td_dropout(td_mul(h, td_matmul(net->w, h)), 0.25);
    }
    return td_add(td_mul(h, in[0]), in[0]);
}

/* The loss, and gradients of w and of each layer's own, bit by bit. */
static td_tensor *trained(td_context *c, network *net, int layers, int64_t n)
{
    td_tensor *h = td_rand(c, TD_F64, 2, SIZES(n, n));
    net->w = td_require_grad(td_mul_scalar(td_randn(c, TD_F64, 2, SIZES(n, n)), 0.1));
    for (int k = 0; k < layers; k++) net->own[k] = td_require_grad(td_mul_scalar(td_randn(c, TD_F64, 2, SIZES(n, n)), 0.1));
    td_tensor *first = td_matmul(h, net->w);
    h = first;
    for (int k = 0; k < layers; k++) {
        td_tensor *in[] = {h, net->own[k]};
        h = net->kept ? td_checkpoint(layer, c, 2, in, net) : layer(c, in, net);
    }
    td_tensor *loss = td_mean(td_mul(td_matmul(h, net->w), first));
    td_backward(loss);
    return loss;
}

static bool same_bits(td_tensor *a, td_tensor *b)
{
    const void *x = td_data(a), *y = td_data(b);
    return x && y && !memcmp(x, y, (size_t)td_numel(a) * td_dtype_size(td_dtype_of(a)));
}

static void gives_the_same(int64_t n, bool nested, td_schedule schedule)
{
    network     net[2] = {{.kept = false}, {.kept = true, .nested = nested}};
    td_context *c[2];
    td_tensor  *loss[2];
    for (int i = 0; i < 2; i++) {
        c[i] = td_open(&(td_options){.schedule = schedule, .threads = 1, .seed = 5});
        loss[i] = trained(c[i], &net[i], 3, n);
        CHECK(!td_error(c[i]), "%lld: %s", (long long)n, td_message(c[i]));
    }
    CHECK(same_bits(loss[0], loss[1]), "%lld: %.17g, not %.17g", (long long)n, td_item(loss[1]), td_item(loss[0]));
    CHECK(same_bits(td_grad(net[0].w), td_grad(net[1].w)), "%lld: gradient of what all share", (long long)n);
    for (int k = 0; k < 3; k++) CHECK(same_bits(td_grad(net[0].own[k]), td_grad(net[1].own[k])), "%lld: layer %d", (long long)n, k);
    CHECK(same_bits(td_rand(c[0], TD_F64, 0, NULL), td_rand(c[1], TD_F64, 0, NULL)), "random numbers go on elsewhere");
    for (int i = 0; i < 2; i++) td_close(c[i]);
}

TEST(checkpoint, gradients_have_the_same_bits)
{
    for (int s = TD_SCHEDULE_AUTO; s <= TD_SCHEDULE_FUSED; s++)
        for (int nested = 0; nested < 2; nested++) {
            gives_the_same(5, nested, (td_schedule)s);
            gives_the_same(N + 3, nested, (td_schedule)s);
        }
}

static size_t peak_of(int layers, bool kept)
{
    network     net = {.kept = kept};
    td_context *c = td_open(&(td_options){.threads = 1});
    trained(c, &net, layers, N);
    CHECK(!td_error(c), "%s", td_message(c));
    size_t peak = td_stats_of(c).peak;
    td_close(c);
    return peak;
}

/* Two layers as they are, and of each layer the weight as it was drawn and as it is, the result, both gradients and sums of
 * them; the arena doubles. */
TEST(checkpoint, memory_is_that_of_one_piece)
{
    size_t kept = peak_of(LAYERS, true), plain = peak_of(LAYERS, false), two = peak_of(2, false), one = N * N * sizeof(double);
    CHECK(kept < two + 8 * one * LAYERS, "%zu bytes at most, %zu of two layers, %zu of all", kept, two, plain);
    CHECK(kept * 5 < plain, "%zu bytes at most, %zu without", kept, plain);
}

/* ---- of integers, so that no sum is rounded ------------------------------------------------------------------------- */

static td_tensor *cubic(td_context *c, td_tensor *const *in, void *user)
{
    (void)c;
    return td_mul(td_mul(in[0], td_mul(in[0], *(td_tensor **)user)), td_add_scalar(in[1], 3));
}

/* in[1] goes into the piece and on. */
static td_tensor *around(td_context *c, td_tensor *const *in, void *user)
{
    td_tensor *both[] = {td_mul(in[0], in[1]), in[1]}, *y = td_checkpoint(cubic, c, 2, both, user);
    return td_sum(td_mul(td_mul(y, in[0]), in[1]));
}

static td_tensor *around_plainly(td_context *c, td_tensor *const *in, void *user)
{
    td_tensor *both[] = {td_mul(in[0], in[1]), in[1]}, *y = cubic(c, both, user);
    return td_sum(td_mul(td_mul(y, in[0]), in[1]));
}

TEST(checkpoint, derivatives_of_derivatives_are_right)
{
    td_context *c = td_open(NULL);
    td_tensor  *w = td_require_grad(td_array(c, TD_F64, 1, SIZES(3), (double[]){1, -2, 3})), *hess[2][4], *sum[2][2];
    td_tensor  *in[] = {td_array(c, TD_F64, 1, SIZES(3), (double[]){2, 1, -3}), td_array(c, TD_F64, 1, SIZES(3), (double[]){4, -1, 2})};
    for (int k = 0; k < 2; k++) {
        td_hessian(k ? around : around_plainly, c, 2, in, &w, hess[k]);
        td_hvp(k ? around : around_plainly, c, 2, in, &w, in, sum[k]);
    }
    for (int i = 0; i < 4; i++) CHECK(same_bits(hess[0][i], hess[1][i]), "block %d of the Hessian: %s", i, td_message(c));
    for (int i = 0; i < 2; i++) CHECK(same_bits(sum[0][i], sum[1][i]), "Hessian times vector, input %d: %s", i, td_message(c));
    for (int k = 0; k < 2; k++) {
        td_tensor *g[2];
        td_grad_of(k ? around : around_plainly, c, 2, in, &w, g);
        td_zero_grad(w);
        td_backward(td_sum(td_mul(td_square(g[0]), g[1])));
        sum[k][0] = td_copy(td_grad(w));
    }
    CHECK(same_bits(sum[0][0], sum[1][0]) && ((const double *)td_data(sum[0][0]))[0], "by what is no input: %s", td_message(c));
    td_close(c);
}

/* ---- what is refused, and what is nothing special -------------------------------------------------------------------- */

static int times;

static td_tensor *moody(td_context *c, td_tensor *const *in, void *user)
{
    (void)c, (void)user;
    return times++ ? td_square(in[0]) : td_exp(td_square(in[0]));
}
static td_tensor *nothing(td_context *c, td_tensor *const *in, void *user) { return (void)c, (void)in, (void)user, NULL; }
static td_tensor *same(td_context *c, td_tensor *const *in, void *user) { return (void)c, (void)user, in[0]; }
static td_tensor *square(td_context *c, td_tensor *const *in, void *user) { return (void)c, (void)user, td_mul(in[0], in[0]); }
static td_tensor *misfit(td_context *c, td_tensor *const *in, void *user) { return (void)user, td_add(in[0], td_ones(c, TD_F64, 1, SIZES(7))); }

static td_tensor *counting(td_context *c, td_tensor *const *in, void *user)
{
    td_tensor *own = td_zeros(c, TD_F64, 1, SIZES(3));
    td_assign(own, in[0]);
    if (user) td_assign(user, in[0]);
    return td_mul(own, td_square(in[0]));
}

static void refused(td_program *f, td_tensor *x, void *user, td_status status, const char *words)
{
    td_context *c = td_context_of(x);
    td_tensor  *y = td_checkpoint(f, c, 1, &x, user);
    td_backward(td_sum(y));
    CHECK(td_error(c) == status && strstr(td_message(c), words), "%s: %s", words, td_message(c));
    td_clear_error(c);
    td_zero_grad(x);
    y = td_checkpoint(square, c, 1, &x, NULL);
    td_backward(td_sum(y));
    CHECK(!td_error(c) && ((const double *)td_data(td_grad(x)))[1] == 4, "after %s: %s", words, td_message(c));
    td_zero_grad(x);
}

TEST(checkpoint, what_would_be_wrong_is_refused)
{
    td_context *c = td_open(NULL);
    td_tensor  *x = td_require_grad(td_array(c, TD_F64, 1, SIZES(3), (double[]){1, 2, 3})), *y = td_zeros(c, TD_F64, 1, SIZES(3));
    times = 0;
    refused(moody, x, NULL, TD_ESTATE, "made 1 nodes when it ran again");
    refused(nothing, x, NULL, TD_EVALUE, "returned NULL");
    refused(misfit, x, NULL, TD_ESHAPE, "(7,)");
    refused(counting, x, y, TD_ESTATE, "to a tensor from outside");
    td_checkpoint(square, c, 1, (td_tensor *[]){NULL}, NULL);
    CHECK(td_error(c) == TD_EVALUE && strstr(td_message(c), "input 0 is NULL"), "%s", td_message(c));
    td_clear_error(c);
    td_tensor *z = td_checkpoint(square, c, 1, &x, NULL);
    td_assign(x, y);
    CHECK(td_backward(td_sum(z)) == TD_ESTATE && strstr(td_message(c), "was assigned to"), "%s", td_message(c));
    td_close(c);
}

/* Every allocation may fail, and leaves nothing behind. */
TEST(checkpoint, too_little_memory_is_said)
{
    network     net = {.kept = true};
    td_context *c = td_open(&(td_options){.threads = 1});
    trained(c, &net, 3, N);
    size_t      most = td_stats_of(c).peak;
    td_close(c);
    for (size_t limit = 1 << 10; limit < most; limit += most / 40) {
        c = td_open(&(td_options){.threads = 1, .memory = limit});
        if (!c) continue;
        trained(c, &net, 3, N);
        CHECK(td_error(c) == TD_ENOMEM, "%zu of %zu bytes: %s", limit, most, td_message(c));
        td_close(c);
    }
}

TEST(checkpoint, results_are_those_of_the_program)
{
    td_context *c = td_open(NULL);
    td_tensor  *x = td_require_grad(td_array(c, TD_F64, 1, SIZES(3), (double[]){1, 2, 3}));
    CHECK(td_checkpoint(same, c, 1, &x, NULL) == x, "an input is itself");
    td_tensor *y = td_checkpoint(counting, c, 1, &x, NULL);
    td_backward(td_sum(y));
    CHECK(((const double *)td_data(td_grad(x)))[2] == 18, "what a program assigns to its own: %s", td_message(c));
    bool       was = td_grad_enabled(c, false);
    td_tensor *z = td_checkpoint(square, c, 1, &x, NULL);
    td_grad_enabled(c, was);
    CHECK(!td_requires_grad(z) && td_requires_grad(y), "a constant");
    td_close(c);
    const td_engine *engine[] = {td_eval_engine(), td_dual_engine()};
    for (int i = 0; i < 2; i++) {
        c = td_open(&(td_options){.engine = engine[i]});
        x = td_array(c, TD_F64, 1, SIZES(3), (double[]){1, 2, 3});
        CHECK(((const double *)td_data(td_checkpoint(square, c, 1, &x, NULL)))[2] == 9, "%s", td_message(c));
        td_close(c);
    }
}

/* A loop that marks and releases goes on giving the same, in the same memory. */
TEST(checkpoint, steps_repeat)
{
    td_context *c = td_open(NULL);
    td_tensor  *x = td_require_grad(td_array(c, TD_F64, 1, SIZES(3), (double[]){1, 2, 3}));
    size_t      held = 0;
    for (int k = 0; k < 20; k++) {
        td_marker m = td_mark(c);
        td_backward(td_mean(td_square(td_checkpoint(square, c, 1, (td_tensor *[]){td_sin(td_mul_scalar(x, 1 + k % 3))}, NULL))));
        double s = sin(1 + k % 3), want = 4 * s * s * s * cos(1 + k % 3) * (1 + k % 3) / 3;
        CHECK(fabs(((const double *)td_data(td_grad(x)))[0] - want) < 1e-14, "step %d: %s", k, td_message(c));
        td_zero_grad(x);
        td_release(c, m);
        if (k == 5) held = td_stats_of(c).held;
    }
    CHECK(td_stats_of(c).held == held, "%zu bytes, %zu after 5 steps", td_stats_of(c).held, held);
    td_close(c);
}
