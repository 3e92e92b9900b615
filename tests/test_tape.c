/* test_tape.c: what a reverse sweep owes its user, against values found by hand. */
#include "testing.h"

/* ---- adjoints add ------------------------------------------------------------------------------------------------- */

/* x is used twice: the two contributions must add, not replace each other. */
TEST(tape, a_tensor_used_twice_collects_both_adjoints)
{
    td_context *c = td_open(NULL);
    td_tensor  *x = td_require_grad(td_scalar(c, 3)), *v = td_require_grad(VECTOR(c, 1, 2));
    td_backward(td_mul(x, x));
    CHECK_VALUES("d x*x", td_grad(x), 6);
    td_backward(td_sum(td_add(td_mul(v, v), td_matmul(td_outer(v, v), v))));   /* sum v_i^2 + (sum v_i)(v.v) */
    CHECK_VALUES("d (v.v + sum(v) v.v)", td_grad(v), 2 + 5 + 3 * 2, 4 + 5 + 3 * 4);
    close_clean(c);
}

TEST(tape, several_backwards_accumulate_until_zeroed)
{
    td_context *c = td_open(NULL);
    td_tensor  *x = td_require_grad(VECTOR(c, 1, 2, 3)), *s = td_sum(td_square(x));
    for (int k = 1; k <= 3; k++) {
        td_backward(s);
        CHECK_VALUES("k-th backward", td_grad(x), 2 * k, 4 * k, 6 * k);
    }
    td_zero_grad(x);
    CHECK_VALUES("zeroed", td_grad(x), 0, 0, 0);
    td_backward(td_sum(x));
    CHECK_VALUES("another result", td_grad(x), 1, 1, 1);
    close_clean(c);
}

TEST(tape, gradients_are_zero_where_nothing_reaches)
{
    td_context *c = td_open(NULL);
    td_tensor  *x = td_require_grad(VECTOR(c, 1, 2)), *unused = td_require_grad(VECTOR(c, 1, 2, 3)),
              *constant = VECTOR(c, 4, 5);
    td_tensor  *middle = td_require_grad(td_square(x)), *y = td_sum(td_mul(middle, constant));
    td_backward(y);
    CHECK_VALUES("x", td_grad(x), 8, 20);
    CHECK_VALUES("a result asked to keep its gradient", td_grad(middle), 4, 5);
    CHECK_VALUES("unused", td_grad(unused), 0, 0, 0);
    CHECK(td_requires_grad(y) && !td_requires_grad(constant), "who requires a gradient");
    td_grad(constant);
    check_refused("gradient of a constant", c, TD_ESTATE, "td_grad");
    close_clean(c);
}

/* Broadcasting's adjoint is a sum over the axes that were repeated. */
TEST(tape, broadcast_operands_get_the_sum)
{
    td_context *c = td_open(NULL);
    td_tensor  *s = td_require_grad(td_scalar(c, 2)), *row = td_require_grad(VECTOR(c, 1, 2, 3));
    td_tensor  *column = td_require_grad(td_array(c, TD_F64, 2, SIZES(2, 1), VALUES(10, 20)));
    td_backward(td_sum(td_mul(td_mul(row, column), s)));
    CHECK_VALUES("scalar", td_grad(s), 180);
    CHECK_VALUES("row", td_grad(row), 60, 60, 60);
    CHECK_VALUES("column", td_grad(column), 12, 12);
    CHECK_SHAPE("column", td_grad(column), 2, 1);
    close_clean(c);
}

TEST(tape, backward_of_a_non_scalar_needs_a_seed)
{
    td_context *c = td_open(NULL);
    td_tensor  *x = td_require_grad(VECTOR(c, 1, 2, 3)), *y = td_square(x), *w = VECTOR(c, 1, -1, 10);
    CHECK(td_backward(y) == TD_ESHAPE, "a vector was differentiated");
    check_refused("no seed", c, TD_ESHAPE, "backward|(3,)");
    CHECK(td_backward_from(y, td_scalar(c, 1)) != TD_OK, "a seed of another shape");
    check_refused("wrong seed", c, TD_ESHAPE, "backward|()|(3,)");
    CHECK_VALUES("after refusals", td_grad(x), 0, 0, 0);
    CHECK(td_backward_from(y, w) == TD_OK, "%s", td_message(c));
    CHECK_VALUES("seeded", td_grad(x), 2, -4, 60);
    td_zero_grad(x);
    td_backward(td_reshape(td_sum(y), 2, SIZES(1, 1)));
    CHECK_VALUES("one element, two axes", td_grad(x), 2, 4, 6);
    td_backward(td_sum(td_scalar(c, 1)));
    check_refused("a constant", c, TD_ESTATE, "backward");
    close_clean(c);
}

/* ---- constants on purpose ----------------------------------------------------------------------------------------- */

TEST(tape, detached_and_unrecorded_results_are_constants)
{
    td_context *c = td_open(NULL);
    td_tensor  *x = td_require_grad(td_scalar(c, 3));
    CHECK(!td_has_detached(c), "nothing was detached yet");
    td_backward(td_mul(x, td_detach(x)));
    CHECK_VALUES("x times detached x", td_grad(x), 3);

    td_zero_grad(x);
    bool       was = td_grad_enabled(c, false);
    td_tensor *square = td_square(x);
    CHECK(was && !td_grad_enabled(c, was), "td_grad_enabled returns what it was");
    CHECK(!td_requires_grad(square), "recorded in a no-grad scope");
    td_backward(td_mul(x, square));
    CHECK_VALUES("x times unrecorded x^2", td_grad(x), 9);
    CHECK(td_has_detached(c), "td_has_detached");
    close_clean(c);
}

/* What was computed keeps its values; a rule that wants to read the overwritten ones again is refused, others are not. */
TEST(tape, differentiating_after_an_assignment_is_refused_if_it_reads_the_old_values)
{
    td_context *c = td_open(NULL);
    td_tensor  *x = td_require_grad(VECTOR(c, 1, 2)), *square = td_sum(td_square(x)), *plain = td_sum(x), *old = td_exp(x);
    td_assign(x, VECTOR(c, 10, 20));
    CHECK_VALUES("x", x, 10, 20);
    CHECK_VALUES("computed before", square, 5);
    CHECK_NEAR("computed before, read after", 1, old, exp(1), exp(2));
    td_backward(plain);
    CHECK_VALUES("a rule that reads nothing", td_grad(x), 1, 1);
    td_zero_grad(x);
    td_backward(square);
    check_refused("a rule that reads x", c, TD_ESTATE, "assign");
    CHECK_VALUES("nothing half done", td_grad(x), 0, 0);
    td_backward(td_sum(td_square(x)));
    CHECK_VALUES("recorded anew", td_grad(x), 20, 40);
    td_assign(x, td_scalar(c, 1));
    check_refused("assign another shape", c, TD_ESHAPE, "assign|(2,)|()");
    td_assign(square, td_scalar(c, 1));
    check_refused("assign to a result", c, TD_ESTATE, "assign");
    close_clean(c);
}

/* A view reads its base's memory, so it is as stale as the base. */
TEST(tape, a_view_of_an_assigned_tensor_is_stale_too)
{
    td_context *c = td_open(NULL);
    td_tensor  *x = td_require_grad(td_array(c, TD_F64, 2, SIZES(1, 2), VALUES(1, 2)));
    td_tensor  *s = td_sum(td_square(td_transpose(x, 0, 1)));
    td_data(s);
    td_assign(x, td_mul_scalar(x, 2));
    td_backward(s);
    check_refused("square of a view", c, TD_ESTATE, "assign");
    close_clean(c);
}

/* ---- derivatives of derivatives ----------------------------------------------------------------------------------- */

TEST(tape, gradients_are_recorded_and_differentiable)
{
    td_context *c = td_open(NULL);
    td_tensor  *x = td_require_grad(td_scalar(c, 2));
    const double expected[] = {80, 160, 240, 240, 120};   /* derivatives of x^5 at 2 */
    td_tensor  *y = td_pow_scalar(x, 5);
    for (int k = 0; k < 5; k++) {
        td_zero_grad(x);
        td_backward(y);
        y = td_grad(x);
        CHECK_NEAR("derivative of x^5", 8, y, expected[k]);
    }
    close_clean(c);
}

/* f(x, y) = x0 x1^2 + sin(y) x0 */
static td_tensor *mixed(td_context *c, td_tensor *const *in, void *user)
{
    int       *calls = user;
    td_tensor *x0 = td_select(in[0], 0, 0), *x1 = td_select(in[0], 0, 1);
    if (calls) ++*calls;
    return td_add(td_mul(x0, td_square(x1)), td_mul(td_mul(td_sin(in[1]), x0), td_scalar(c, 1)));
}

/* g(x, y) = (x0 y, x1 + y, x0 x1) */
static td_tensor *three(td_context *c, td_tensor *const *in, void *user)
{
    td_tensor *x0 = td_select(in[0], 0, 0), *x1 = td_select(in[0], 0, 1);
    return user ? td_zeros(c, TD_F64, 0, NULL)
                : td_stack(3, (td_tensor *[]){td_mul(x0, in[1]), td_add(x1, in[1]), td_mul(x0, x1)}, 0);
}

TEST(tape, functional_gradient_jvp_vjp_and_hvp)
{
    td_context *c = td_open(NULL);
    td_tensor  *in[] = {VECTOR(c, 2, 3), td_scalar(c, 0)}, *grad[2], *tangent, *hv[2];
    int         calls = 0;
    CHECK_VALUES("value", td_grad_of(mixed, c, 2, in, &calls, grad), 18);
    CHECK_VALUES("gradient", grad[0], 9, 12);
    CHECK_VALUES("gradient", grad[1], 2);
    CHECK(calls == 1, "the program ran %d times", calls);
    CHECK(!td_requires_grad(in[0]), "the caller's input was marked");

    td_tensor *w = VECTOR(c, 1, 10, 100);
    CHECK_VALUES("vjp value", td_vjp(three, c, 2, in, NULL, w, grad), 0, 3, 6);
    CHECK_VALUES("vjp", grad[0], 300, 210);
    CHECK_VALUES("vjp", grad[1], 12);

    td_tensor *v[] = {VECTOR(c, 1, -1), td_scalar(c, 5)};
    CHECK_VALUES("jvp value", td_jvp(three, c, 2, in, NULL, v, &tangent), 0, 3, 6);
    CHECK_VALUES("jvp", tangent, 10, 4, 1);
    td_jvp(three, c, 2, in, NULL, (td_tensor *[]){NULL, v[1]}, &tangent);
    CHECK_VALUES("jvp with a zero", tangent, 10, 5, 0);

    td_hvp(mixed, c, 2, in, NULL, v, hv);          /* H = [[0, 6, 1], [6, 4, 0], [1, 0, 0]] at y = 0 */
    CHECK_VALUES("hvp", hv[0], -6 + 5, 6 - 4);
    CHECK_VALUES("hvp", hv[1], 1);
    close_clean(c);
}

TEST(tape, jacobian_and_hessian_against_hand)
{
    td_context *c = td_open(NULL);
    td_tensor  *in[] = {VECTOR(c, 2, 3), td_scalar(c, 0)}, *jac[2], *hess[4];
    td_jacobian(three, c, 2, in, NULL, jac);
    CHECK_SHAPE("jacobian", jac[0], 3, 2);
    CHECK_VALUES("jacobian", jac[0], 0, 0, 0, 1, 3, 2);
    CHECK_SHAPE("jacobian", jac[1], 3);
    CHECK_VALUES("jacobian", jac[1], 2, 1, 0);

    td_hessian(mixed, c, 2, in, NULL, hess);
    CHECK_VALUES("hessian xx", hess[0], 0, 6, 6, 4);
    CHECK_VALUES("hessian xy", hess[1], 1, 0);
    CHECK_VALUES("hessian yx", hess[2], 1, 0);
    CHECK_VALUES("hessian yy", hess[3], 0);
    CHECK_SHAPE("hessian xx", hess[0], 2, 2);

    td_hessian(three, c, 2, in, NULL, hess);
    check_refused("hessian of a vector", c, TD_ESHAPE, "(3,)");
    td_tensor *marked = td_require_grad(VECTOR(c, 1, 1)), *at[] = {td_mul_scalar(marked, 2), td_scalar(c, 0)}, *grad[2];
    td_grad_of(mixed, c, 2, at, NULL, grad);
    td_backward(td_sum(grad[0]));                  /* d/dm sum grad(2 m) = 2 H 1 = 2 (4, 8) */
    CHECK_VALUES("a derivative inside another program", td_grad(marked), 8, 16);
    close_clean(c);
}

/* Integer inputs have no derivative and are passed through. */
static td_tensor *pick(td_context *c, td_tensor *const *in, void *user)
{
    return user || td_error(c) ? NULL : td_sum(td_square(td_index_select(in[0], 0, in[1])));
}

TEST(tape, integer_inputs_have_null_for_a_derivative)
{
    td_context *c = td_open(NULL);
    td_tensor  *in[] = {VECTOR(c, 1, 2, 3), td_array(c, TD_I64, 1, SIZES(3), SIZES(2, 0, 2))}, *grad[2] = {NULL, in[0]};
    td_grad_of(pick, c, 2, in, NULL, grad);
    CHECK_VALUES("picked twice", grad[0], 2, 0, 12);
    CHECK(grad[1] == NULL, "an integer input got a gradient");
    td_tensor *was = grad[0];
    td_grad_of(mixed, c, 1, (td_tensor *[]){td_scalar(c, 1), in[0]}, NULL, grad);
    CHECK(td_error(c) != TD_OK && grad[0] == was, "an output was written after an error");
    td_clear_error(c);
    close_clean(c);
}

/* ---- a user's own op ---------------------------------------------------------------------------------------------- */

static td_status cube_compute(const td_call *call)
{
    const td_window *x = &call->in[0];
    const double    *from = x->data;
    double          *to = call->out.data;
    if (x->shape->rank > 1) return td_fail(call->context, TD_ESHAPE, "cube: rank %d", x->shape->rank);
    for (int64_t i = 0; i < x->shape->numel; i++) {
        double v = from[i * (x->shape->rank ? x->shape->stride[0] : 0)];
        to[i] = v * v * v;
    }
    return TD_OK;
}

static void cube_vjp(td_pull *p)
{
    td_pull_add(p, 0, td_mul(p->g, td_mul_scalar(td_square(p->in[0]), 3)));
}

static td_tensor *cube_define(int n, td_tensor *const *in, const td_attr *attr)
{
    (void)n, (void)attr;
    return td_pow_scalar(in[0], 3);
}

static const td_op cube = {.name = "cube",
                           .min_in = 1,
                           .max_in = 1,
                           .reads = TD_READS(0),
                           .compute = cube_compute,
                           .vjp = cube_vjp,
                           .define = cube_define};

static td_tensor *sum_of_cubes(td_context *c, td_tensor *const *in, void *user)
{
    return user || td_error(c) ? NULL : td_sum(td_apply(&cube, 1, in, NULL));
}

TEST(tape, a_users_op_is_differentiated_like_any_other)
{
    td_context *c = td_open(NULL);
    td_tensor  *x = VECTOR(c, 1, -2, 3), *grad, *hess;
    CHECK_VALUES("value", td_grad_of(sum_of_cubes, c, 1, &x, NULL, &grad), 1 - 8 + 27);
    CHECK_VALUES("gradient", grad, 3, 12, 27);
    td_hessian(sum_of_cubes, c, 1, &x, NULL, &hess);
    CHECK_VALUES("hessian", hess, 6, 0, 0, 0, -12, 0, 0, 0, 18);
    td_tensor *strided = td_slice(td_arange(c, TD_F64, 0, 6, 1), 0, 1, 6, 2);
    CHECK_VALUES("on a view", td_apply(&cube, 1, &strided, NULL), 1, 27, 125);
    td_tensor *matrix = td_zeros(c, TD_F64, 2, SIZES(1, 1));
    td_data(td_apply(&cube, 1, &matrix, NULL));
    check_refused("its own refusal", c, TD_ESHAPE, "cube: rank 2");
    close_clean(c);

    td_context *dual = open_engine(td_dual_engine());
    td_tensor  *leaf = VECTOR(dual, 1, -2, 3);
    double      tangent[1];
    td_set_tangent(leaf, 0, VALUES(0, 1, 0));
    td_read_lane(sum_of_cubes(dual, &leaf, NULL), 0, tangent, NULL);
    CHECK(tangent[0] == 12, "its definition under the dual engine: %g", tangent[0]);
    close_clean(dual);
}

/* ---- size --------------------------------------------------------------------------------------------------------- */

/* A sweep that recursed would need a hundred thousand frames; tests/plain_deep goes further, on a small stack. */
TEST(tape, a_chain_of_a_hundred_thousand_ops)
{
    counter     k = {0};
    td_context *c = open_counted(&k, NULL);
    td_tensor  *x = td_require_grad(td_scalar(c, 1)), *y = x;
    for (int i = 0; i < 100000; i++) y = td_add(y, x);
    td_backward(y);
    CHECK_VALUES("value", y, 100001);
    CHECK_VALUES("gradient", td_grad(x), 100001);
    close_clean(c);
    CHECK(k.live == 0, "%zu bytes still live", k.live);
}
