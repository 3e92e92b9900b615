/* test_optim.c: optimisers, clipping and schedules, held to PyTorch's numbers (tests/optim.txt, made by optim.py). */
#include <stdio.h>

#include "testing.h"

/* ---- the numbers --------------------------------------------------------------------------------------------------- */

enum { MOST = 20 };

/* The numbers in the line that begins with this name; how many. */
static int numbers_of(const char *name, double *to)
{
    char  path[512], line[4096], *save = NULL;
    int   n = 0;
    snprintf(path, sizeof path, "%s/tests/optim.txt", getenv("top_srcdir") ? getenv("top_srcdir") : ".");
    FILE *file = fopen(path, "r");
    while (file && fgets(line, sizeof line, file)) {
        char *word = strtok_r(line, " \n", &save);
        if (!word || strcmp(word, name)) continue;
        while (n < MOST && (word = strtok_r(NULL, " \n", &save))) to[n++] = strtod(word, NULL);
    }
    if (file) fclose(file);
    CHECK(n > 0, "%s has no line %s", path, name);
    return n;
}

/* sum((a x - b)^2) + sum(w^2 c) / 3, in the parameters' dtype */
static td_tensor *loss(td_context *c, td_tensor *const *in, void *user)
{
    td_dtype   d = td_dtype_of(in[0]);
    td_tensor *a = td_to(td_array(c, TD_F64, 1, SIZES(3), (double[]){1, -2, 0.5}), d);
    td_tensor *b = td_to(td_array(c, TD_F64, 1, SIZES(3), (double[]){0.3, 1, -0.7}), d);
    td_tensor *w = td_to(td_array(c, TD_F64, 1, SIZES(2), (double[]){2, 0.25}), d);
    td_tensor *first = td_sum(td_square(td_sub(td_mul(a, in[0]), b)));
    (void)user;
    return td_add(first, td_div_scalar(td_sum(td_mul(td_square(in[1]), w)), 3));
}

static void make_parameters(td_context *c, td_dtype d, td_tensor **p)
{
    double  wide[] = {1, 2, -3, 0.5, -4};
    float   narrow[] = {1, 2, -3, 0.5f, -4};
    bool    f64 = d == TD_F64;
    p[0] = td_require_grad(td_array(c, d, 1, SIZES(3), f64 ? (const void *)wide : narrow));
    p[1] = td_require_grad(td_array(c, d, 1, SIZES(2), f64 ? (const void *)(wide + 3) : narrow + 3));
}

/* ---- the optimisers ------------------------------------------------------------------------------------------------ */

typedef td_optimiser *maker(td_tensor *const *p);

static td_optimiser *sgd(td_tensor *const *p) { return td_sgd(2, p, 0.1, 0, 0, 0, false); }
static td_optimiser *sgd_decay(td_tensor *const *p) { return td_sgd(2, p, 0.1, 0, 0, 0.3, false); }
static td_optimiser *sgd_momentum(td_tensor *const *p) { return td_sgd(2, p, 0.05, 0.9, 0.2, 0.01, false); }
static td_optimiser *sgd_nesterov(td_tensor *const *p) { return td_sgd(2, p, 0.05, 0.9, 0, 0, true); }
static td_optimiser *adam(td_tensor *const *p) { return td_adam(2, p, 0.05, 0.8, 0.95, 1e-6, 0.1, false); }
static td_optimiser *adam_amsgrad(td_tensor *const *p) { return td_adam(2, p, 0.05, 0.8, 0.95, 1e-6, 0, true); }
static td_optimiser *adamw(td_tensor *const *p) { return td_adamw(2, p, 0.05, 0.8, 0.95, 1e-6, 0.1, false); }
static td_optimiser *rmsprop(td_tensor *const *p) { return td_rmsprop(2, p, 0.02, 0.9, 1e-6, 0.1, 0, false); }
static td_optimiser *rmsprop_centered(td_tensor *const *p) { return td_rmsprop(2, p, 0.02, 0.9, 1e-6, 0, 0.5, true); }
static td_optimiser *adagrad(td_tensor *const *p) { return td_adagrad(2, p, 0.2, 0.1, 0.05, 0.1, 1e-8); }
static td_optimiser *lbfgs(td_tensor *const *p) { return td_lbfgs(2, p, 0.5, 3, 1e-7, 1e-9, 2); }

static const struct { const char *name; maker *make; } makers[] = {
    {"sgd", sgd}, {"sgd_decay", sgd_decay}, {"sgd_momentum", sgd_momentum}, {"sgd_nesterov", sgd_nesterov}, {"adam", adam},
    {"adam_amsgrad", adam_amsgrad}, {"adamw", adamw}, {"rmsprop", rmsprop}, {"rmsprop_centered", rmsprop_centered},
    {"adagrad", adagrad}, {"lbfgs", lbfgs},
};
enum { MAKERS = sizeof makers / sizeof *makers };

static void read_parameters(td_tensor *const *p, double *to)
{
    td_read(p[0], to);
    td_read(p[1], to + 3);
}

/* A dozen steps of a few roundings each, none of which an optimiser magnifies: 64 roundings of the largest number. */
static void compare(const char *name, td_dtype d, int step, const double *got, const double *wanted)
{
    double unit = d == TD_F64 ? 0x1p-53 : 0x1p-24;
    for (int i = 0; i < 5; i++)
        CHECK(fabs(got[i] - wanted[i]) <= 64 * 4 * unit, "%s %s, after step %d, number %d: %.17g, not %.17g", name,
              td_dtype_name(d), step, i, got[i], wanted[i]);
}

static void run(const char *name, maker *make, td_dtype d)
{
    td_context   *c = td_open(NULL);
    td_tensor    *p[2];
    double        wanted[MOST], got[5], value = NAN;
    make_parameters(c, d, p);
    td_optimiser *o = make(p);
    CHECK(numbers_of(name, wanted) == MOST, "%s: too few numbers", name);
    for (int step = 1, at = 0; step <= 12; step++) {
        CHECK(td_optim_step_with(o, loss, NULL, &value) == TD_OK, "%s: %s", name, td_message(c));
        if (step != 1 && step != 2 && step != 5 && step != 12) continue;
        read_parameters(p, got);
        compare(name, d, step, got, wanted + at);
        at += 5;
    }
    CHECK(isfinite(value), "%s: the loss is %g", name, value);
    close_clean(c);
}

TEST(optim, each_step_is_pytorchs)
{
    for (int i = 0; i < MAKERS; i++) run(makers[i].name, makers[i].make, TD_F64);
}

/* In f32 the difference quotients of L-BFGS magnify roundings, so it is asked in f64 alone. */
TEST(optim, each_step_is_pytorchs_in_f32_too)
{
    for (int i = 0; i < MAKERS - 1; i++) run(makers[i].name, makers[i].make, TD_F32);
}

/* ---- clipping ------------------------------------------------------------------------------------------------------ */

static void run_clipped(const char *name, bool by_norm)
{
    td_context   *c = td_open(NULL);
    td_tensor    *p[2];
    double        wanted[MOST], got[5];
    make_parameters(c, TD_F64, p);
    td_optimiser *o = sgd(p);
    numbers_of(name, wanted);
    for (int step = 1, at = 0; step <= 12; step++) {
        td_marker mark = td_mark(c);
        td_zero_grads(2, p);
        td_backward(loss(c, p, NULL));
        if (by_norm) CHECK(td_clip_grad_norm(2, p, 1.5, 2) > 0, "no norm: %s", td_message(c));
        else td_clip_grad_value(2, p, 0.75);
        CHECK(td_optim_step(o) == TD_OK, "%s: %s", name, td_message(c));
        td_release(c, mark);
        if (step != 1 && step != 2 && step != 5 && step != 12) continue;
        read_parameters(p, got);
        compare(name, TD_F64, step, got, wanted + at);
        at += 5;
    }
    close_clean(c);
}

TEST(optim, clipped_gradients_are_pytorchs)
{
    run_clipped("clip_norm", true);
    run_clipped("clip_value", false);
}

/* ---- saving -------------------------------------------------------------------------------------------------------- */

/* Six steps, saved, restored into another, six more: the bits of twelve in a row. */
static void check_restored(maker *make, const char *name)
{
    td_context   *c = td_open(NULL);
    td_tensor    *p[2], *q[2];
    double        whole[5], parted[5];
    make_parameters(c, TD_F64, p);
    make_parameters(c, TD_F64, q);
    td_optimiser *o = make(p), *first = make(q), *second = make(q);
    for (int step = 0; step < 12; step++) td_optim_step_with(o, loss, NULL, NULL);
    for (int step = 0; step < 6; step++) td_optim_step_with(first, loss, NULL, NULL);
    CHECK(td_save_optimiser(first, "test_optim.npy") == TD_OK, "%s: %s", name, td_message(c));
    CHECK(td_load_optimiser(second, "test_optim.npy") == TD_OK, "%s: %s", name, td_message(c));
    for (int step = 0; step < 6; step++) td_optim_step_with(second, loss, NULL, NULL);
    read_parameters(p, whole);
    read_parameters(q, parted);
    CHECK(!memcmp(whole, parted, sizeof whole), "%s: restored, the steps are others: %.17g, not %.17g", name,
          parted[0], whole[0]);
    remove("test_optim.npy");
    close_clean(c);
}

TEST(optim, a_restored_state_goes_on_bit_for_bit)
{
    for (int i = 0; i < MAKERS; i++) check_restored(makers[i].make, makers[i].name);
}

TEST(optim, another_optimisers_state_is_refused)
{
    td_context   *c = td_open(NULL);
    td_tensor    *p[2];
    make_parameters(c, TD_F64, p);
    td_optimiser *a = adam(p), *b = rmsprop(p);
    td_save_optimiser(a, "test_optim_other.npy");
    td_load_optimiser(b, "test_optim_other.npy");
    remove("test_optim_other.npy");
    check_refused("load", c, TD_EVALUE, "rmsprop|15|20");
    CHECK(td_sgd(2, p, -1, 0, 0, 0, false) == NULL, "a rate below 0");
    check_refused("sgd", c, TD_EVALUE, "lr|-1");
    td_tensor *plain = td_scalar(c, 1);
    CHECK(td_adam(1, &plain, 1, 0.9, 0.9, 0, 0, false) == NULL, "a parameter without a gradient");
    check_refused("adam", c, TD_ESTATE, "td_require_grad");
    td_close(c);
}

/* What was computed from a parameter before a step keeps the value it had. */
TEST(optim, a_step_leaves_results_alone)
{
    td_context   *c = td_open(NULL);
    td_tensor    *p[2];
    make_parameters(c, TD_F64, p);
    td_optimiser *o = sgd(p);
    td_tensor    *before = td_mul_scalar(p[0], 2);
    td_backward(loss(c, p, NULL));
    td_optim_step(o);
    CHECK_VALUES("2 x before the step", before, 2, 4, -6);
    close_clean(c);
}

/* Large enough to be cut into pieces: the bits are those of one thread. */
static double after_steps(int threads)
{
    td_context   *c = td_open(&(td_options){.threads = threads, .seed = 5});
    td_tensor    *x = td_require_grad(td_randn(c, TD_F64, 1, SIZES(100003)));
    td_optimiser *o = td_adam(1, &x, 0.01, 0.9, 0.999, 1e-8, 0, false);
    for (int step = 0; step < 3; step++) {
        td_zero_grad(x);
        td_backward(td_sum(td_sin(x)));
        td_optim_step(o);
    }
    double s = td_item(td_sum(td_mul(x, td_cos(x))));
    close_clean(c);
    return s;
}

TEST(optim, a_step_has_the_same_bits_for_any_number_of_threads)
{
    double one = after_steps(1);
    for (int threads = 2; threads <= 4; threads++) {
        double more = after_steps(threads);
        CHECK(one == more, "%d threads: %.17g, not %.17g", threads, more, one);
    }
}

/* ---- schedules ----------------------------------------------------------------------------------------------------- */

static double step_at(int64_t t) { return td_lr_step(0.1, t, 3, 0.5); }
static double multistep_at(int64_t t) { return td_lr_multistep(0.1, t, 2, SIZES(2, 7), 0.1); }
static double exponential_at(int64_t t) { return td_lr_exponential(0.1, t, 0.9); }
static double cosine_at(int64_t t) { return td_lr_cosine(0.1, t, 10, 0.01); }
static double linear_at(int64_t t) { return td_lr_linear(0.1, t, 0.25, 1, 5); }
static double one_cycle_at(int64_t t) { return td_lr_one_cycle(0.1, t, 12, 0.3, 25, 1e4); }

TEST(optim, schedules_are_pytorchs)
{
    static const struct { const char *name; double (*at)(int64_t t); } schedules[] = {
        {"step", step_at}, {"multistep", multistep_at}, {"exponential", exponential_at}, {"cosine", cosine_at},
        {"linear", linear_at}, {"one_cycle", one_cycle_at},
    };
    for (size_t i = 0; i < sizeof schedules / sizeof *schedules; i++) {
        double wanted[MOST];
        int    n = numbers_of(schedules[i].name, wanted);
        for (int t = 0; t < n; t++)
            CHECK(fabs(schedules[i].at(t) - wanted[t]) <= 32 * 0x1p-53 * 0.1, "%s at %d: %.17g, not %.17g",
                  schedules[i].name, t, schedules[i].at(t), wanted[t]);
    }
}
