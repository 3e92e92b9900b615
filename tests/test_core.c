/* test_core.c: contexts, errors, shapes, dtypes, memory. */
#include <stdint.h>

#include "testing.h"

/* ---- errors ------------------------------------------------------------------------------------------------------- */

/* The first error says where and with what numbers, stays, and makes everything after it harmless. */
TEST(core, the_first_error_sticks_with_its_place_and_its_numbers)
{
    td_context *c = td_open(NULL);
    td_tensor  *a = td_zeros(c, TD_F64, 2, SIZES(2, 3)), *b = td_zeros(c, TD_F64, 2, SIZES(2, 3));
    td_tensor  *bad = td_matmul(a, b);
    char        line[32], first[512];
    snprintf(line, sizeof line, "test_core.c:%d", __LINE__ - 2);
    snprintf(first, sizeof first, "%s", td_message(c));

    td_tensor *later = td_add(bad, td_reshape(a, 1, SIZES(5)));
    CHECK(later != NULL && bad != NULL, "an error gives a tensor, not NULL");
    CHECK(!strcmp(first, td_message(c)), "the second error replaced the first: %s", td_message(c));
    CHECK(td_data(later) == NULL, "td_data of a failed result");
    CHECK(isnan(td_item(later)), "td_item of a failed result");
    CHECK(td_backward(later) == TD_ESHAPE, "backward passes the error on");
    check_refused("matmul", c, TD_ESHAPE, "matmul|(2,3)|3|2");
    CHECK(strstr(first, line) != NULL, "\"%s\" does not say %s", first, line);

    CHECK(td_error(c) == TD_OK && !strcmp(td_message(c), ""), "cleared, yet \"%s\"", td_message(c));
    CHECK_VALUES("a after the error", td_sum(a), 0);
    close_clean(c);
}

TEST(core, a_failed_result_is_harmless_everywhere)
{
    td_context *c = td_open(NULL);
    td_tensor  *bad = td_reshape(td_zeros(c, TD_F64, 1, SIZES(3)), 1, SIZES(7));
    double      out[8] = {1};
    td_tensor  *grad = NULL;
    CHECK(td_rank(bad) == 0 && td_numel(bad) == 1, "a failed result has rank %d", td_rank(bad));
    CHECK(td_read(bad, out) == TD_ESHAPE, "td_read passes the error on");
    CHECK(td_require_grad(bad) != NULL && td_grad(bad) != NULL && td_detach(bad) != NULL, "NULL after an error");
    CHECK(td_assign(bad, bad) == TD_ESHAPE, "td_assign passes the error on");
    td_zero_grad(bad);
    td_release(c, td_mark(c));
    CHECK(td_concat(2, (td_tensor *[]){bad, bad}, 0) != NULL, "concat of failed results");
    CHECK(grad == NULL, "an output was written after an error");
    td_close(c);
    td_close(NULL);
}

TEST(core, refusals_name_the_function_and_the_numbers)
{
    td_context *c = td_open(NULL), *other = td_open(NULL);
    td_tensor  *x = td_zeros(c, TD_F64, 2, SIZES(2, 3)), *i = td_zeros(c, TD_I64, 1, SIZES(3));
    td_add(x, td_zeros(c, TD_F64, 1, SIZES(4))), check_refused("add", c, TD_ESHAPE, "add|(2,3)|(4,)");
    td_reshape(x, 1, SIZES(5)), check_refused("reshape", c, TD_ESHAPE, "reshape|5|(2,3)");
    td_transpose(x, 0, 2), check_refused("transpose", c, TD_ESHAPE, "transpose|2");
    td_sum_axes(x, 1, AXES(2), false), check_refused("sum", c, TD_ESHAPE, "sum|axis 2");
    td_sum_axes(x, 2, AXES(0, -2), false), check_refused("sum twice", c, TD_ESHAPE, "sum|twice");
    td_select(x, 0, 2), check_refused("select", c, TD_EVALUE, "select|2");
    td_item(x), check_refused("item", c, TD_ESHAPE, "(2,3)|6");
    td_require_grad(i), check_refused("require_grad", c, TD_EDTYPE, "i64");
    td_add(x, td_zeros(other, TD_F64, 0, NULL)), check_refused("two contexts", c, TD_ESTATE, "context");
    td_zeros(c, TD_F64, 9, SIZES(1, 1, 1, 1, 1, 1, 1, 1, 1)), check_refused("rank 9", c, TD_ESHAPE, "9|8");
    td_zeros(c, TD_F64, 1, SIZES(-1)), check_refused("size -1", c, TD_ESHAPE, "-1");
    td_arange(c, TD_F64, 0, 1, 0), check_refused("arange", c, TD_EVALUE, "arange");
    td_where(x, x, x), check_refused("where", c, TD_EDTYPE, "where|bool");
    close_clean(other);
    close_clean(c);
}

/* 2^33 * 2^33 is 4 modulo 2^64: a wrapped product would be taken for a small tensor. */
TEST(core, size_products_that_overflow_are_refused)
{
    const int64_t big = INT64_C(1) << 33;
    const int64_t sizes[][3] = {{big, big, 1},           {INT64_MAX, 2, 1},           {INT64_C(1) << 60, 1, 1},
                                {INT64_MAX / 8 + 1, 1, 1}, {3037000500, 3037000500, 1}, {big, big, 0}};
    td_context *c = td_open(NULL);
    for (size_t k = 0; k < sizeof sizes / sizeof *sizes; k++) {
        td_zeros(c, TD_F64, 3, sizes[k]);
        CHECK(td_error(c) == TD_ESHAPE, "sizes %zu: status %d, %s", k, (int)td_error(c), td_message(c));
        td_clear_error(c);
    }
    td_expand(td_zeros(c, TD_F64, 0, NULL), 2, SIZES(big, big));
    CHECK(td_error(c) == TD_ESHAPE, "expand: status %d", (int)td_error(c));
    td_clear_error(c);
    td_tensor *column = td_expand(td_zeros(c, TD_F64, 2, SIZES(1, 1)), 2, SIZES(big, 1));
    td_add(column, td_transpose(column, 0, 1));
    CHECK(td_error(c) == TD_ESHAPE, "broadcast: status %d", (int)td_error(c));
    td_clear_error(c);
    td_tensor *row = td_expand(td_zeros(c, TD_F64, 2, SIZES(1, 1)), 2, SIZES(1, INT64_C(1) << 59));
    td_concat(2, (td_tensor *[]){row, td_expand(row, 2, SIZES(1, INT64_C(1) << 59))}, 1);
    CHECK(td_error(c) == TD_ESHAPE, "concat: status %d", (int)td_error(c));
    td_clear_error(c);
    close_clean(c);
}

/* ---- shapes and dtypes -------------------------------------------------------------------------------------------- */

TEST(core, shapes_broadcast_as_numpy_does)
{
    const struct { int ra, rb, ry; int64_t a[3], b[3], y[3]; } row[] = {
        {0, 0, 0, {0}, {0}, {0}},          {1, 0, 1, {3}, {0}, {3}},          {2, 1, 2, {2, 3}, {3}, {2, 3}},
        {2, 1, 2, {2, 1}, {3}, {2, 3}},    {2, 2, 2, {1, 3}, {2, 1}, {2, 3}}, {3, 2, 3, {4, 1, 3}, {2, 1}, {4, 2, 3}},
        {1, 1, 1, {0}, {1}, {0}},          {2, 1, 2, {2, 0}, {1}, {2, 0}},    {2, 2, 2, {1, 1}, {0, 5}, {0, 5}},
    };
    td_context *c = td_open(NULL);
    for (size_t k = 0; k < sizeof row / sizeof *row; k++) {
        char what[32];
        snprintf(what, sizeof what, "broadcast case %zu", k);
        td_tensor *a = td_full(c, TD_F64, row[k].ra, row[k].a, 2), *b = td_full(c, TD_F64, row[k].rb, row[k].b, 3);
        td_tensor *y = td_add(a, b);
        check_shape(what, y, row[k].ry, row[k].y);
        const double *value = td_data(y);
        for (int64_t i = 0; i < td_numel(y); i++) CHECK(value[i] == 5, "%s: value %g", what, value[i]);
    }
    close_clean(c);
}

TEST(core, dtypes_promote_as_numpy_does)
{
    const td_dtype sum[4][4] = {   /* of add; rows and columns bool i64 f32 f64 */
        {TD_I64, TD_I64, TD_F32, TD_F64}, {TD_I64, TD_I64, TD_F64, TD_F64},
        {TD_F32, TD_F64, TD_F32, TD_F64}, {TD_F64, TD_F64, TD_F64, TD_F64}};
    const td_dtype quotient[4][4] = {
        {TD_F64, TD_F64, TD_F32, TD_F64}, {TD_F64, TD_F64, TD_F64, TD_F64},
        {TD_F32, TD_F64, TD_F32, TD_F64}, {TD_F64, TD_F64, TD_F64, TD_F64}};
    td_context *c = td_open(NULL);
    for (int i = 0; i < 4; i++)
        for (int j = 0; j < 4; j++) {
            td_tensor *a = td_ones(c, (td_dtype)i, 0, NULL), *b = td_ones(c, (td_dtype)j, 1, SIZES(2));
            td_tensor *s = td_add(a, b), *q = td_div(a, b), *e = td_exp(a);
            CHECK(td_dtype_of(s) == sum[i][j], "add of %s and %s is %s", td_dtype_name((td_dtype)i),
                  td_dtype_name((td_dtype)j), td_dtype_name(td_dtype_of(s)));
            CHECK(td_dtype_of(q) == quotient[i][j], "div of %s and %s is %s", td_dtype_name((td_dtype)i),
                  td_dtype_name((td_dtype)j), td_dtype_name(td_dtype_of(q)));
            CHECK(td_dtype_of(e) == (i == TD_F32 ? TD_F32 : TD_F64), "exp of %s", td_dtype_name((td_dtype)i));
            CHECK_VALUES("1 + 1", s, 2, 2);
        }
    CHECK(td_dtype_of(td_mul_scalar(td_ones(c, TD_F32, 0, NULL), 0.5)) == TD_F32, "f32 times a number");
    CHECK(td_dtype_of(td_mul_scalar(td_ones(c, TD_I64, 0, NULL), 2)) == TD_I64, "i64 times an integer");
    CHECK(td_dtype_of(td_mul_scalar(td_ones(c, TD_I64, 0, NULL), 0.5)) == TD_F64, "i64 times a fraction");
    CHECK(td_dtype_of(td_sum(td_ones(c, TD_BOOL, 1, SIZES(3)))) == TD_I64, "sum of bools");
    close_clean(c);
}

/* ---- views and storage -------------------------------------------------------------------------------------------- */

/* A view sees what is assigned to its base; a copy does not. */
TEST(core, views_share_memory_and_copies_do_not)
{
    td_context *c = td_open(NULL);
    td_tensor  *x = td_reshape(td_arange(c, TD_F64, 0, 6, 1), 2, SIZES(2, 3));
    CHECK_VALUES("transpose", td_transpose(x, 0, 1), 0, 3, 1, 4, 2, 5);
    CHECK_VALUES("slice of a transpose", td_slice(td_transpose(x, 0, 1), 0, 0, 3, 2), 0, 3, 2, 5);
    CHECK_VALUES("select of a slice", td_select(td_slice(x, 1, 1, 3, 1), 0, 1), 4, 5);
    CHECK_VALUES("reshape of a transpose", td_reshape(td_transpose(x, 0, 1), 1, SIZES(-1)), 0, 3, 1, 4, 2, 5);
    CHECK_VALUES("expand", td_expand(td_slice(x, 1, 2, 3, 1), 2, SIZES(-1, 2)), 2, 2, 5, 5);
    CHECK_VALUES("negative slice", td_slice(x, -1, -2, 100, 1), 1, 2, 4, 5);
    CHECK_VALUES("squeeze", td_squeeze(td_unsqueeze(x, 1), 1), 0, 1, 2, 3, 4, 5);

    td_tensor *leaf = td_array(c, TD_F64, 2, SIZES(2, 2), VALUES(1, 2, 3, 4));
    td_tensor *same = td_transpose(leaf, 0, 1);
    CHECK(same->base == leaf && same->flags & TD_VIEW, "a transpose owns storage");
    td_tensor *flat = td_reshape(leaf, 1, SIZES(4)), *packed = td_reshape(same, 1, SIZES(4));
    CHECK(flat->base == leaf, "reshape of a row-major tensor copies");
    CHECK_VALUES("reshape that has to copy", packed, 1, 3, 2, 4);
    CHECK(td_data(leaf) == td_data(flat), "a view of row-major memory is read from a copy");
    close_clean(c);
}

/* After a mark and a release, the same step again needs no more memory, and parameters keep their values. */
TEST(core, release_gives_back_what_was_made_since_the_mark)
{
    counter     k = {0};
    td_context *c = open_counted(&k, NULL);
    td_tensor  *w = td_require_grad(td_full(c, TD_F64, 1, SIZES(1000), 1)), *keep = td_exp(w);
    size_t      most = 0;
    for (int step = 0; step < 20; step++) {
        td_marker outer = td_mark(c);
        td_tensor *loss = td_sum(td_square(w));
        td_marker inner = td_mark(c);
        td_sum(td_exp(w));
        td_release(c, inner);
        td_backward(loss);
        td_assign(w, td_mul_scalar(td_grad(w), 0.25));   /* w / 2 */
        td_release(c, outer);
        if (step == 2) most = k.most;
    }
    CHECK(k.most == most, "the steps after the third took %zu bytes more", k.most - most);
    CHECK(((const double *)td_data(w))[999] == ldexp(1, -20), "w is %g", ((const double *)td_data(w))[999]);
    CHECK(fabs(((const double *)td_data(keep))[0] - exp(1)) < 1e-15, "a value made before the mark is lost");
    CHECK_VALUES("the released gradient", td_sum(td_grad(w)), 0);
    close_clean(c);
    CHECK(k.live == 0, "%zu bytes still live", k.live);
}

/* ---- memory that runs out ----------------------------------------------------------------------------------------- */

/* A bit of everything that allocates; true if no error stood at the end. */
static bool exercise(td_context *c)
{
    td_tensor *x = td_require_grad(td_randn(c, TD_F64, 2, SIZES(40, 50)));
    td_tensor *w = td_require_grad(td_randn(c, TD_F64, 2, SIZES(50, 3)));
    td_tensor *y = td_softmax(td_matmul(td_tanh(td_transpose(td_transpose(x, 0, 1), 0, 1)), w), -1);
    td_tensor *loss = td_mean(td_square(td_concat(2, (td_tensor *[]){y, td_flip(y, 1, AXES(0))}, 1)));
    td_marker  mark = td_mark(c);
    td_backward(loss);
    td_backward(td_sum(td_square(td_grad(x))));
    td_data(td_grad(w));
    td_assign(w, td_sub(w, td_grad(w)));
    td_release(c, mark);
    return td_error(c) == TD_OK;
}

static void sweep_failures(const td_engine *engine, bool persistent)
{
    bool done = false;
    for (int64_t n = 1; !done && n < 2000; n++) {
        counter     k = {.fail_at = n, .persistent = persistent};
        td_context *c = open_counted(&k, engine);
        done = c && exercise(c) && k.calls < n;
        CHECK(done || !c || td_error(c) == TD_ENOMEM || td_error(c) == TD_OK, "failure at %lld: status %d, %s", (long long)n,
              (int)td_error(c), td_message(c));
        CHECK(!c || td_error(c) == TD_OK || strlen(td_message(c)) > 0, "failure at %lld: no message", (long long)n);
        td_close(c);
        CHECK(k.live == 0, "failure at %lld: %zu bytes leaked", (long long)n, k.live);
    }
    CHECK(done, "never came through");
}

TEST(core, every_allocation_may_fail)
{
    sweep_failures(NULL, false);
    sweep_failures(NULL, true);
}

/* After TD_ENOMEM the context works again when memory is back. */
TEST(core, a_memory_limit_is_kept_and_survived)
{
    td_options  o = {.memory = 1 << 20};
    td_context *c = td_open(&o);
    td_tensor  *x = td_ones(c, TD_F64, 1, SIZES(1000));
    td_zeros(c, TD_F64, 1, SIZES(1 << 20));
    check_refused("8 MiB of 1", c, TD_ENOMEM, "1048576");
    CHECK_VALUES("after it", td_sum(x), 1000);
    td_tensor *w = td_require_grad(td_ones(c, TD_F64, 1, SIZES(10)));
    for (int step = 0; step < 30000 && !td_error(c); step++) {   /* what is given back does not count for ever */
        td_marker mark = td_mark(c);
        td_backward(td_sum(td_square(w)));
        td_release(c, mark);
    }
    close_clean(c);
}

/* ---- random numbers ----------------------------------------------------------------------------------------------- */

TEST(core, random_numbers_depend_on_seed_and_call_alone)
{
    const td_engine *engine[] = {td_tape_engine(), td_eval_engine(), td_dual_engine()};
    double           first[4][4], again[4];
    for (int e = 0; e < 3; e++)
        for (int threads = 1; threads <= 3; threads++) {
            td_options  o = {.engine = engine[e], .seed = 7, .threads = threads};
            td_context *c = td_open(&o);
            for (int call = 0; call < 4; call++) {
                td_tensor *x = call % 2 ? td_randn(c, TD_F64, 1, SIZES(20000)) : td_rand(c, TD_F64, 1, SIZES(20000));
                td_read(td_slice(x, 0, 19996, 20000, 1), again);
                if (e == 0 && threads == 1) memcpy(first[call], again, sizeof again);
                CHECK(!memcmp(first[call], again, sizeof again), "engine %d, %d threads, call %d", e, threads, call);
            }
            close_clean(c);
        }
    CHECK(memcmp(first[0], first[2], sizeof first[0]), "two calls drew the same numbers");
}

TEST(core, random_numbers_have_the_moments_they_should)
{
    td_context *c = td_open(NULL);
    td_seed(c, 1);
    td_tensor *u = td_rand(c, TD_F64, 1, SIZES(100000)), *z = td_randn(c, TD_F64, 1, SIZES(100000));
    double mean = td_item(td_mean(u)), var = td_item(td_var(u, 1)), low = td_item(td_min(u)), high = td_item(td_max(u));
    CHECK(fabs(mean - 0.5) < 0.004 && fabs(var - 1.0 / 12) < 0.002, "uniform: mean %g, variance %g", mean, var);
    CHECK(low >= 0 && high < 1, "uniform: from %g to %g", low, high);
    mean = td_item(td_mean(z)), var = td_item(td_var(z, 1));
    double fourth = td_item(td_mean(td_pow_scalar(z, 4)));
    CHECK(fabs(mean) < 0.015 && fabs(var - 1) < 0.02 && fabs(fourth - 3) < 0.15, "normal: %g, %g, %g", mean, var, fourth);
    td_seed(c, 1);
    CHECK(td_item(td_sum(td_ne(td_rand(c, TD_F64, 1, SIZES(100000)), u))) == 0, "the same seed, other numbers");
    close_clean(c);
}
