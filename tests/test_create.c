/* test_create.c: tensors made of nothing: lines, random numbers, first weights of layers. */
#include "testing.h"

TEST(create, lines_have_both_their_ends)
{
    td_context *c = td_open(NULL);
    CHECK_VALUES("linspace", td_linspace(c, TD_F64, -1, 1, 5), -1, -0.5, 0, 0.5, 1);
    CHECK_VALUES("linspace of one", td_linspace(c, TD_F64, 3, 7, 1), 3);
    CHECK_VALUES("logspace", td_logspace(c, TD_F64, 0, 3, 4, 10), 1, 10, 100, 1000);
    CHECK_VALUES("eye", td_eye(c, TD_I64, 2, 3), 1, 0, 0, 0, 1, 0);
    CHECK_VALUES("full like", td_full_like(td_eye(c, TD_F32, 1, 2), 2.5), 2.5, 2.5);
    CHECK(td_item(td_select(td_linspace(c, TD_F64, 0.1, 0.7, 100), 0, 99)) == 0.7, "the last is not the end");
    CHECK(td_numel(td_linspace(c, TD_F64, 0, 1, 0)) == 0, "linspace of none");
    close_clean(c);
}

static double mean_of(td_tensor *x) { return td_item(td_mean(td_to(x, TD_F64))); }

/* The mean of n numbers of variance v lies within 6 sqrt(v / n): one seed in a thousand million would not. */
static void check_mean(const char *what, td_tensor *x, double mean, double variance)
{
    double off = mean_of(x) - mean;
    CHECK(fabs(off) < 6 * sqrt(variance / (double)td_numel(x)), "%s: the mean is off by %g", what, off);
}

enum { N = 20000 };

TEST(create, random_numbers_have_their_means)
{
    td_context *c = td_open(&(td_options){.seed = 11});
    td_tensor  *u = td_uniform(c, TD_F64, 1, SIZES(N), -2, 4), *z = td_normal(c, TD_F64, 1, SIZES(N), 3, 0.5);
    td_tensor  *k = td_randint(c, -3, 4, 1, SIZES(N)), *p = td_full(c, TD_F64, 1, SIZES(N), 0.3);
    check_mean("uniform", u, 1, 3);
    check_mean("normal", z, 3, 0.25);
    check_mean("square of normal", td_square(td_add_scalar(z, -3)), 0.25, 0.125);
    check_mean("randint", k, 0, 4);
    check_mean("bernoulli", td_bernoulli(p), 0.3, 0.21);
    k = td_to(k, TD_F64);
    CHECK(td_item(td_amin(k)) == -3 && td_item(td_amax(k)) == 3, "randint has not both its ends");
    CHECK(td_item(td_amin(u)) >= -2 && td_item(td_amax(u)) < 4, "uniform beyond its ends");
    close_clean(c);
}

/* Element 0 of stream 1 of this seed is 1 - 2^-25.3, the first that is nearer to 1 than to any other float; of the f64 between
 * 1e16 and the next every second draw is nearer to the end. */
TEST(create, uniform_numbers_stay_below_their_end)
{
    td_context *c = td_open(NULL);
    td_seed(c, 96057002);
    double u = td_item(td_rand(c, TD_F64, 0, NULL));
    CHECK(u < 1 && (float)u == 1, "the number is %.17g", u);
    td_seed(c, 96057002);
    CHECK(td_item(td_rand(c, TD_F32, 0, NULL)) == 1 - 0x1p-24, "in f32 it is no longer below 1");
    td_seed(c, 96057002);
    double v = td_item(td_uniform(c, TD_F32, 0, NULL, -2, 4));
    CHECK(v < 4, "uniform of -2 to 4: %.17g", v);
    CHECK(td_item(td_amax(td_uniform(c, TD_F64, 1, SIZES(100), 1e16, 1e16 + 2))) == 1e16, "uniform reached its end");
    CHECK(td_item(td_uniform(c, TD_F64, 0, NULL, 3, 3)) == 3, "uniform of 3 to 3");
    close_clean(c);
}

TEST(create, draws_by_weight)
{
    td_context *c = td_open(&(td_options){.seed = 3});
    td_tensor  *w = td_array(c, TD_F64, 2, SIZES(2, 4), (double[]){0, 1, 3, 0, 5, 0, 0, 5});
    td_tensor  *many = td_multinomial(w, N, true), *once = td_multinomial(w, 2, false);
    check_mean("weights 1 and 3", td_select(many, 0, 0), 1.75, 0.1875);
    check_mean("weights 5 and 5", td_select(many, 0, 1), 1.5, 2.25);
    const int64_t *k = td_data(once);
    CHECK(k && k[0] + k[1] == 3 && k[0] * k[1] == 2, "weights 1 and 3, not each once: %s", td_message(c));
    CHECK(k && k[2] + k[3] == 3 && k[2] * k[3] == 0, "weights 5 and 5, not each once: %s", td_message(c));
    td_multinomial(w, 3, false);
    check_refused("multinomial", c, TD_EVALUE, "3 draws|2 weights");
    td_bernoulli(td_full(c, TD_F64, 1, SIZES(2), 1.5));
    check_refused("bernoulli", c, TD_EVALUE, "1.5|0");
    td_randint(c, 4, 4, 0, NULL);
    check_refused("randint", c, TD_EVALUE, "4");
    td_close(c);
}

TEST(create, a_permutation_has_every_number_once)
{
    td_context    *c = td_open(&(td_options){.seed = 7});
    td_tensor     *p = td_randperm(c, 1000);
    const int64_t *k = td_data(p);
    bool           seen[1000] = {false};
    int            moved = 0;
    for (int i = 0; k && i < 1000; i++) seen[k[i]] = true, moved += k[i] != i;
    for (int i = 0; i < 1000; i++) CHECK(seen[i], "%d is missing", i);
    CHECK(moved > 950, "only %d moved", moved);
    CHECK(td_numel(td_randperm(c, 0)) == 0, "a permutation of nothing");
    close_clean(c);
}

/* Philox4x32-10 of counter and key 0 is 6627e8d5 e169c58d ...: Random123's known answers.  The first stream is 1, so the
 * numbers themselves are kept here: they may not change with threads, machine or version. */
TEST(create, random_numbers_do_not_depend_on_threads)
{
    double once = 0;
    for (int threads = 1; threads <= 4; threads++) {
        td_context *c = td_open(&(td_options){.seed = 42, .threads = threads});
        td_tensor  *z = td_randn(c, TD_F64, 1, SIZES(70001)), *k = td_randint(c, 0, 1 << 20, 1, SIZES(70001));
        td_tensor  *x = td_add(z, k);
        double      s = td_item(td_sum(td_mul(x, td_uniform(c, TD_F64, 1, SIZES(70001), -1, 2))));
        if (threads == 1) once = s;
        CHECK(s == once, "%d threads: %.17g, not %.17g", threads, s, once);
        close_clean(c);
    }
}

TEST(create, first_weights_lie_within_their_fans)
{
    td_context *c = td_open(&(td_options){.seed = 9});
    int64_t     size[] = {40, 50, 3};    /* fan in 150, fan out 120 */
    double      most = sqrt(6 / 270.0) * 2, kaiming = sqrt(3 / 150.0);
    double      x = td_item(td_amax(td_abs(td_xavier_uniform(c, TD_F64, 3, size, 2))));
    double      k = td_item(td_amax(td_abs(td_kaiming_uniform(c, TD_F64, 3, size, 1, false))));
    CHECK(x <= most && x > 0.99 * most, "Xavier's largest is %g of %g", x, most);
    CHECK(k <= kaiming && k > 0.99 * kaiming, "Kaiming's largest is %g of %g", k, kaiming);
    double     xavier = 2 / 270.0, he = 1 / 120.0;
    td_tensor *p = td_xavier_normal(c, TD_F64, 3, size, 1), *q = td_kaiming_normal(c, TD_F64, 3, size, 1, true);
    check_mean("square of Xavier's normal", td_square(p), xavier, 2 * xavier * xavier);
    check_mean("square of Kaiming's normal", td_square(q), he, 2 * he * he);
    CHECK(td_gain("tanh", 0) == 5.0 / 3 && fabs(td_gain("leaky_relu", 1) - 1) < 1e-15 && isnan(td_gain("sine", 0)), "gains");
    td_xavier_normal(c, TD_F64, 1, size, 1);
    check_refused("xavier", c, TD_ESHAPE, "rank 1");
    td_close(c);
}
