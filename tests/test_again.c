/* test_again.c: a step that is recorded again finds its nodes where td_release left them, and only what is the same. */
#include "testing.h"

#include "core/core.h"

typedef td_tensor *a_step(td_tensor *x, int k);

/* Values of steps 0, 1, 1, 0, 2, 2 of one context, against each in a context of its own. */
static void steps_stand_alone(const char *name, a_step *f)
{
    td_context *c = td_open(NULL);
    td_tensor  *x = td_require_grad(td_array(c, TD_F64, 2, SIZES(2, 3), (double[]){1, 2, 4, -1, 0.5, 3}));
    for (int i = 0; i < 6; i++) {
        int         k = (int[]){0, 1, 1, 0, 2, 2}[i];
        td_context *alone = td_open(NULL);
        td_tensor  *z = td_require_grad(td_array(alone, TD_F64, 2, SIZES(2, 3), (double[]){1, 2, 4, -1, 0.5, 3}));
        td_marker   m = td_mark(c);
        td_tensor  *y = f(x, k), *want = f(z, k);
        td_tensor  *both[] = {y, want};
        for (int j = 0; j < 2; j++)
            if (td_requires_grad(both[j])) td_backward(td_sum(both[j]));
        CHECK(td_numel(y) == td_numel(want) && td_rank(y) == td_rank(want), "%s: step %d has %lld elements", name, i, (long long)td_numel(y));
        for (int64_t e = 0; e < td_numel(want); e++)
            CHECK(((const double *)td_data(y))[e] == ((const double *)td_data(want))[e], "%s: value %d of step %d", name, (int)e, i);
        for (int e = 0; e < 6; e++) {
            double got = ((const double *)td_data(td_grad(x)))[e], right = ((const double *)td_data(td_grad(z)))[e];
            CHECK(got == right, "%s: gradient %d of step %d is %g, not %g", name, e, i, got, right);
        }
        td_zero_grad(x);
        td_release(c, m);
        CHECK(!td_error(c) && !td_error(alone), "%s: %s %s", name, td_message(c), td_message(alone));
        td_close(alone);
    }
    td_close(c);
}

static td_tensor *another_number(td_tensor *x, int k) { return td_square(td_mul_scalar(x, k + 1)); }
static td_tensor *another_composition(td_tensor *x, int k) { return td_tanh(k ? td_mean_axes(x, 1, (int[]){k - 1}, true) : td_mean(x)); }
static td_tensor *another_view(td_tensor *x, int k) { return td_square(td_reshape(x, 2, SIZES(k ? 3 : 6, k ? 2 : 1))); }

static td_tensor *another_end(td_tensor *x, int k)
{
    td_tensor *y = td_exp(td_mul(x, x));
    return k == 1 ? td_sin(y) : k ? td_cos(y) : y;
}

static td_tensor *another_constant(td_tensor *x, int k)
{
    td_tensor *y = td_array(td_context_of(x), TD_F64, 0, NULL, (double[]){k + 0.5});
    return td_mul(x, y);
}

static td_tensor *another_length(td_tensor *x, int k)
{
    td_tensor *y = td_full(td_context_of(x), TD_F64, 1, SIZES(k == 1 ? 3 : k + 1), 0.5);
    return td_mul_scalar(td_add(x, td_sum(y)), 2);
}

static td_tensor *another_gradient(td_tensor *x, int k)
{
    td_tensor *y = td_mul(x, k == 1 ? td_detach(x) : x);
    bool       was = td_grad_enabled(td_context_of(x), k < 2);
    y = td_square(y);
    td_grad_enabled(td_context_of(x), was);
    return td_add(y, x);
}

static td_tensor *a_leaf_that_may_require(td_tensor *x, int k)
{
    td_tensor *y = td_full(td_context_of(x), TD_F64, 0, NULL, 3);
    if (k == 1) td_require_grad(y);
    td_tensor *z = td_mul(td_mul(y, y), td_square(x));
    if (k == 1) {
        td_backward(td_sum(z));
        return td_mul(td_grad(y), td_grad(x));
    }
    return z;
}

static td_tensor *a_gradient_of_a_gradient(td_tensor *x, int k)
{
    td_backward(td_sum(td_mul(td_square(x), k ? x : td_tanh(x))));
    td_tensor *g = td_grad(x);
    td_zero_grad(x);
    return td_mul(g, g);
}

TEST(again, steps_that_differ_are_told_apart)
{
    steps_stand_alone("attributes", another_number);
    steps_stand_alone("a composition's attributes", another_composition);
    steps_stand_alone("sizes", another_view);
    steps_stand_alone("the end", another_end);
    steps_stand_alone("values of a leaf", another_constant);
    steps_stand_alone("sizes of a leaf", another_length);
    steps_stand_alone("what requires a gradient", another_gradient);
    steps_stand_alone("a leaf that requires one", a_leaf_that_may_require);
    steps_stand_alone("twice", a_gradient_of_a_gradient);
}

/* All of 1500 nodes, on either side of the ends of chunks, of numbers that are aligned to 16 or to 64 bytes: the arena has
 * nothing new. */
TEST(again, nodes_are_found_in_their_places)
{
    for (int64_t n = 1; n < 20; n += 3) {
        td_context *c = td_open(NULL);
        td_tensor  *x = td_require_grad(td_full(c, TD_F64, 1, SIZES(n), 1)), *first = NULL, *last = NULL;
        for (int k = 0; k < 3; k++) {
            td_marker  m = td_mark(c);
            td_tensor *y = x;
            for (int i = 0; i < 500; i++) y = i % 2 ? td_mul(y, x) : td_sin(y);
            td_backward(td_mean(td_softmax(y, 0)));
            td_tensor *end = td_node(c, td_node_count(c) - 1);
            if (k == 0) first = y, last = end;
            CHECK(y == first && end == last, "of %lld numbers: step %d has its nodes elsewhere", (long long)n, k);
            CHECK(k == 0 || c->remains >= td_node_count(c), "of %lld numbers: step %d found %lld nodes again, not %lld",
                  (long long)n, k, (long long)c->remains, (long long)td_node_count(c));
            td_zero_grad(x);
            td_release(c, m);
        }
        CHECK(!td_error(c), "%s", td_message(c));
        td_close(c);
    }
}

/* Steps that read q, 12 numbers that come late, before they go on, or only at the end; the first ends there. */
static void steps_that_read(const char *name, const int *reads, int n)
{
    td_context *c = td_open(NULL);
    td_tensor  *x = td_require_grad(td_mul_scalar(td_arange(c, TD_F64, 0, 3600, 1), 1e-3));
    double      first = 0, slope = 0;
    for (int k = 0; k < n; k++) {
        td_marker  m = td_mark(c);
        td_tensor *q = td_sum_axes(td_reshape(x, 3, SIZES(4, 3, 300)), 1, (int[]){2}, false);
        if (reads[k]) td_data(q);
        if (k > 0) {
            td_tensor *z = td_var(q, 1);
            td_backward(z);
            double value = td_item(z), g = ((const double *)td_data(td_grad(x)))[0];
            CHECK(k == 1 || (value == first && g == slope), "%s: step %d: %.17g and %.17g, not %.17g and %.17g", name, k, value, g,
                  first, slope);
            first = value, slope = g;
        }
        td_zero_grad(x);
        td_release(c, m);
    }
    CHECK(!td_error(c), "%s: %s", name, td_message(c));
    td_close(c);
}

/* Numbers come late in one step and at once in another: where the nodes behind them stand must not depend on it. */
TEST(again, when_numbers_are_computed_moves_no_node)
{
    steps_that_read("sooner", (int[]){1, 0, 1, 1}, 4);
    steps_that_read("later", (int[]){1, 1, 0, 1}, 4);
    steps_that_read("never", (int[]){0, 0, 0, 0}, 4);
}

/* What a walk back is known by stands behind its nodes, and numbers that are computed later behind that: aligned, where they
 * would stand if nothing were between. */
TEST(again, numbers_that_come_behind_a_walk_are_not_its_nodes)
{
    for (int rank = 1; rank < 8; rank++) {
        td_context *c = td_open(NULL);
        td_tensor  *x = td_require_grad(td_full(c, TD_F64, 1, SIZES(1000), 3));
        td_tensor  *y = td_reshape(td_mul_scalar(x, 2), rank, SIZES(1000, 1, 1, 1, 1, 1, 1));
        for (int k = 0; k < 4; k++) {
            td_marker     m = td_mark(c);
            const double *g, want = 2 * (k + 1);
            td_backward_from(y, td_full(c, TD_F64, rank, SIZES(1000, 1, 1, 1, 1, 1, 1), k + 1));
            CHECK((g = td_data(td_grad(x))) && g[0] == want && g[999] == want, "rank %d: step %d: %s", rank, k, td_message(c));
            td_zero_grad(x);
            td_release(c, m);
        }
        td_close(c);
    }
}

/* A rule that would read what was overwritten is refused in a later step as in the first. */
TEST(again, an_assignment_between_is_seen)
{
    td_context *c = td_open(NULL);
    td_tensor  *x = td_require_grad(td_full(c, TD_F64, 1, SIZES(3), 2)), *v = td_full(c, TD_F64, 1, SIZES(3), 5);
    for (int k = 0; k < 3; k++) {
        td_marker  m = td_mark(c);
        td_tensor *y = td_sum(td_mul(x, x));
        if (k == 2) td_assign(x, v);
        CHECK((td_backward(y) == TD_ESTATE) == (k == 2), "step %d: %s", k, td_message(c));
        td_clear_error(c);
        td_zero_grad(x);
        td_release(c, m);
    }
    td_close(c);
}

/* A message names the line of this step, not of the one before. */
TEST(again, places_are_those_of_the_call)
{
    td_context *c = td_open(NULL);
    td_tensor  *x = td_full(c, TD_F64, 1, SIZES(3), 2), *far = td_to(td_full(c, TD_F64, 1, SIZES(1), 9), TD_I64);
    td_tensor  *w = td_require_grad(td_scalar(c, 2));
    char        here[32];
    for (int k = 0; k < 2; k++) {
        td_marker m = td_mark(c);
        td_tensor *y;
        snprintf(here, sizeof here, ":%d)", __LINE__ + 1 + k);
        if (k == 0) y = td_index_select(td_square(x), 0, far);
        else y = td_index_select(td_square(x), 0, far);
        td_data(y);
        CHECK(strstr(td_message(c), here), "%s, not %s", td_message(c), here);
        td_clear_error(c);
        td_tensor *z = k == 0 ? td_square(w) :
                       td_square(w);
        int        line = __LINE__ - 2 + k;
        td_backward(z);
        CHECK(td_node(c, td_node_count(c) - 1)->line == line, "an adjoint of step %d stands in line %d, not %d", k,
              (int)td_node(c, td_node_count(c) - 1)->line, line);
        td_release(c, m);
    }
    td_close(c);
}
