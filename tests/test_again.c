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
