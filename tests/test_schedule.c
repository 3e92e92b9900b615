/* test_schedule.c: what computing late, and by loops, must not show, and what it may save. */
#include "testing.h"

enum { N = 20000 };

static td_context *open_with(td_schedule schedule) { return td_open(&(td_options){.schedule = schedule, .threads = 1}); }

/* Both ways to compute, and what chooses between them. */
static const td_schedule every[] = {TD_SCHEDULE_AUTO, TD_SCHEDULE_PLAIN, TD_SCHEDULE_FUSED};
static const char *const name[] = {"auto", "plain", "fused"};

static td_tensor *ramp(td_context *c) { return td_mul_scalar(td_arange(c, TD_F64, 0, N, 1), 1.0 / N); }

/* y reads x as it was when y was made, though y is computed after the assignment. */
TEST(schedule, a_node_reads_what_its_operand_held_when_it_was_made)
{
    for (int s = 0; s < 3; s++) {
        td_context *c = open_with(every[s]);
        td_tensor  *x = td_full(c, TD_F64, 1, SIZES(N), 1), *row = td_reshape(x, 2, SIZES(1, N));
        td_tensor  *first = td_add_scalar(td_mul_scalar(row, 10), 1);
        td_assign(x, td_full(c, TD_F64, 1, SIZES(N), 2));
        td_tensor *second = td_add_scalar(td_mul_scalar(row, 10), 1);
        td_assign(x, td_full(c, TD_F64, 1, SIZES(N), 3));
        td_tensor *both = td_add(first, second);
        CHECK(td_item(td_amax(second)) == 21, "%s: after one assignment %g", name[s], td_item(td_amax(second)));
        CHECK(td_item(td_amax(first)) == 11, "%s: before it %g", name[s], td_item(td_amax(first)));
        CHECK(td_item(td_amax(both)) == 32, "%s: both %g", name[s], td_item(td_amax(both)));
        CHECK(td_item(td_amax(x)) == 3 && td_item(td_amin(row)) == 3, "%s: x %g, %s", name[s], td_item(td_amax(x)), td_message(c));
        td_close(c);
    }
}

/* An index out of range is found when its result is wanted, and not before. */
TEST(schedule, what_nobody_asks_for_is_not_computed)
{
    for (int s = 0; s < 3; s++) {
        td_context *c = open_with(every[s]);
        td_tensor  *x = td_require_grad(ramp(c)), *far = td_to(td_full(c, TD_F64, 1, SIZES(1), N), TD_I64);
        td_tensor  *bad = td_exp(td_mul_scalar(td_index_select(x, 0, far), 2)), *good = td_sum(td_square(x));
        td_backward(good);
        CHECK(td_item(td_amax(td_grad(x))) == 2 * td_item(td_amax(x)) && !td_error(c), "%s: %s", name[s], td_message(c));
        CHECK(!td_data(bad) && td_error(c) == TD_EVALUE, "%s: %s", name[s], td_message(c));
        td_clear_error(c);
        CHECK(!td_data(td_tanh(bad)) && td_error(c) == TD_ESTATE, "%s: %s", name[s], td_message(c));
        td_clear_error(c);
        CHECK(td_item(good) > 0, "%s: %s", name[s], td_message(c));
        td_close(c);
    }
}

/* What a loop kept to itself can still be read, from the first and from the last. */
TEST(schedule, what_was_passed_over_can_be_read_afterwards)
{
    enum { LENGTH = 150 };
    for (int backwards = 0; backwards < 2; backwards++) {
        td_context *c = open_with(TD_SCHEDULE_FUSED);
        td_tensor  *y[LENGTH + 1] = {td_full(c, TD_F64, 1, SIZES(N), 0)};
        for (int k = 1; k <= LENGTH; k++) y[k] = td_add_scalar(y[k - 1], 1);
        CHECK(td_item(td_sum(y[LENGTH])) == (double)N * LENGTH, "%s", td_message(c));
        for (int k = 0; k <= LENGTH; k++) {
            int at = backwards ? LENGTH - k : k;
            CHECK(((const double *)td_data(y[at]))[N - 1] == at, "number %d", at);
        }
        td_close(c);
    }
}

/* More sums, and more values at once, than a loop has room for. */
TEST(schedule, a_loop_that_is_full_gives_way)
{
    enum { MANY = 40 };
    double sum[3] = {0};
    for (int s = 0; s < 3; s++) {
        td_context *c = open_with(every[s]);
        td_tensor  *x = ramp(c), *y[MANY], *all = NULL;
        for (int k = 0; k < MANY; k++) y[k] = td_sin(td_mul_scalar(x, k + 1));
        for (int k = 0; k < MANY; k++) all = all ? td_add(all, td_mul(y[k], y[MANY - 1 - k])) : y[k];
        td_tensor *total = td_sum(all);
        for (int k = 0; k < MANY; k++) total = td_add(total, td_sum(y[k]));
        sum[s] = td_item(total);
        CHECK(!td_error(c), "%s", td_message(c));
        td_close(c);
    }
    CHECK(sum[0] == sum[1] && sum[2] == sum[1], "auto %.17g, plain %.17g, fused %.17g", sum[0], sum[1], sum[2]);
}

static size_t most_held;

static void *allocate(void *user, size_t bytes)
{
    size_t *held = user;
    *held += bytes;
    if (*held > most_held) most_held = *held;
    return malloc(bytes);
}

static void release(void *user, void *memory, size_t bytes)
{
    size_t *held = user;
    *held -= bytes;
    free(memory);
}

/* w <- w - g of mean((tanh(x w) - y)^2), some steps. */
static size_t trained(td_schedule schedule, int steps, double *w_end)
{
    size_t      held = 0;
    td_context *c = td_open(&(td_options){.schedule = schedule, .threads = 1, .allocator = {allocate, release, &held}});
    td_tensor  *x = ramp(c), *y = td_full(c, TD_F64, 1, SIZES(N), 0.5), *w = td_require_grad(td_full(c, TD_F64, 1, SIZES(N), 0.1));
    td_data(x);
    most_held = 0;
    for (int k = 0; k < steps; k++) {
        td_marker m = td_mark(c);
        td_backward(td_mean(td_square(td_sub(td_tanh(td_mul(x, w)), y))));
        td_assign(w, td_sub(w, td_mul_scalar(td_grad(w), 100)));
        td_zero_grad(w);
        td_release(c, m);
    }
    *w_end = td_item(td_sum(w));
    CHECK(!td_error(c), "%s", td_message(c));
    td_close(c);
    CHECK(held == 0, "%zu bytes left", held);
    return most_held;
}

TEST(schedule, training_holds_as_much_after_many_steps_and_less_by_loops)
{
    double plain, fused;
    size_t by_op = trained(TD_SCHEDULE_PLAIN, 20, &plain), by_loop = trained(TD_SCHEDULE_FUSED, 20, &fused);
    CHECK(plain == fused, "w ends at %.17g and %.17g", plain, fused);
    CHECK(trained(TD_SCHEDULE_FUSED, 3, &fused) == by_loop, "%zu bytes after 20 steps", by_loop);
    CHECK(by_loop < by_op, "%zu bytes by loops, %zu op by op", by_loop, by_op);
}

/* By loops what nobody needs does not come to memory, and is not counted. */
TEST(schedule, passes_and_bytes_are_counted)
{
    for (int s = 1; s < 3; s++) {
        td_context *c = open_with(every[s]);
        td_tensor  *x = td_full(c, TD_F64, 1, SIZES(N), 0.5);
        td_item(td_sum(td_tanh(td_mul_scalar(x, 2))));
        td_stats t = td_stats_of(c);
        bool     fused = every[s] == TD_SCHEDULE_FUSED;
        CHECK(t.nodes == 4 && t.flops == 3 * N, "%s: %lld nodes, %lld flops", name[s], (long long)t.nodes, (long long)t.flops);
        CHECK(t.bytes == (fused ? 1 : 5) * N * 8 + 8, "%s: %lld bytes", name[s], (long long)t.bytes);
        CHECK(t.loops == fused && t.fused == 3 * fused && t.alone == 3 * !fused, "%s: %lld loops, %lld alone", name[s],
              (long long)t.loops, (long long)t.alone);
        CHECK(t.peak >= t.held && t.held >= (size_t)(fused ? 1 : 3) * N * 8, "%s: %zu of %zu bytes", name[s], t.held, t.peak);
        td_close(c);
    }
}

TEST(schedule, an_unknown_one_is_refused)
{
    setenv("TD_SCHEDULE", "clever", 1);
    td_context *c = td_open(NULL);
    CHECK(td_error(c) == TD_EVALUE && strstr(td_message(c), "TD_SCHEDULE=clever"), "%s", td_message(c));
    td_close(c);
    unsetenv("TD_SCHEDULE");
}
