/* test_elementwise.c: what elementwise functions take and refuse beside floats: integers, bools, sizes, attributes. */
#include "testing.h"

static td_tensor *integers(td_context *c, int64_t n, const int64_t *k) { return td_array(c, TD_I64, 1, &n, k); }

TEST(elementwise, integers_divide_as_pythons_do)
{
    td_context *c = td_open(NULL);
    td_tensor  *x = integers(c, 4, (int64_t[]){7, -7, 0, INT64_MIN}), *y = integers(c, 4, (int64_t[]){3, 3, -3, -1});
    CHECK(td_dtype_of(td_fmod(x, y)) == TD_I64, "fmod of integers is %s", td_dtype_name(td_dtype_of(td_fmod(x, y))));
    CHECK_VALUES("fmod", td_fmod(x, y), 1, -1, 0, 0);
    CHECK_VALUES("remainder", td_remainder(x, y), 1, 2, 0, 0);
    CHECK_VALUES("floor_divide", td_floor_divide(x, y), 2, -3, 0, (double)INT64_MIN);
    CHECK_VALUES("floor", td_floor(x), 7, -7, 0, (double)INT64_MIN);
    close_clean(c);
}

TEST(elementwise, an_integer_is_not_divided_by_zero)
{
    td_context *c = td_open(NULL);
    td_tensor  *x = integers(c, 3, (int64_t[]){7, 5, 3}), *y = integers(c, 3, (int64_t[]){3, 0, 1});
    td_data(td_floor_divide(x, y));
    check_refused("floor_divide", c, TD_EDOMAIN, "floor_divide|position 1");
    td_data(td_remainder(td_expand(td_select(x, 0, 0), 1, SIZES(2)), td_slice(y, 0, 1, 3, 1)));
    check_refused("remainder", c, TD_EDOMAIN, "remainder|position 0");
    CHECK_VALUES("floats", td_floor_divide(td_scalar(c, 5), td_scalar(c, 0)), INFINITY);
    td_close(c);
}

TEST(elementwise, bits_are_those_of_integers)
{
    td_context *c = td_open(NULL);
    td_tensor  *x = integers(c, 4, (int64_t[]){1, -8, 5, -8}), *n = integers(c, 4, (int64_t[]){3, 1, -1, 64});
    td_tensor  *b = td_gt(x, integers(c, 1, (int64_t[]){0}));
    CHECK_VALUES("left", td_bitwise_left_shift(x, n), 8, -16, 0, 0);
    CHECK_VALUES("right", td_bitwise_right_shift(x, n), 0, -4, 0, -1);
    CHECK_VALUES("and", td_bitwise_and(x, n), 1, 0, 5, 64);
    CHECK_VALUES("not", td_bitwise_not(x), -2, 7, -6, 7);
    CHECK(td_dtype_of(td_bitwise_not(b)) == TD_BOOL && td_dtype_of(td_bitwise_xor(b, b)) == TD_BOOL, "bools stay bools");
    CHECK_VALUES("not of bool", td_bitwise_not(b), 0, 1, 0, 1);
    td_bitwise_or(x, td_scalar(c, 1));
    check_refused("bitwise_or", c, TD_EDTYPE, "bitwise_or|f64");
    td_close(c);
}

TEST(elementwise, attributes_that_make_no_sense_are_refused)
{
    td_context *c = td_open(NULL);
    td_tensor  *x = td_zeros(c, TD_F64, 2, SIZES(2, 3));
    td_celu(x, 0);
    check_refused("celu", c, TD_EVALUE, "celu|0");
    td_hardtanh(x, 2, 1);
    check_refused("hardtanh", c, TD_EVALUE, "2|1");
    td_softshrink(x, -0.5);
    check_refused("softshrink", c, TD_EVALUE, "-0.5");
    td_logit(x, 0.75);
    check_refused("logit", c, TD_EVALUE, "0.75");
    td_round_decimals(x, 400);
    check_refused("round_decimals", c, TD_EVALUE, "400");
    td_glu(x, 1);
    check_refused("glu", c, TD_ESHAPE, "3|(2,3)");
    td_prelu(x, td_zeros(c, TD_F64, 1, SIZES(2)));
    check_refused("prelu", c, TD_ESHAPE, "(2,)|(2,3)");
    td_close(c);
}

TEST(elementwise, nan_to_num_knows_its_dtype)
{
    td_context *c = td_open(NULL);
    float       v[] = {NAN, INFINITY, -INFINITY, 1};
    td_tensor  *x = td_array(c, TD_F32, 1, SIZES(4), v), *i = integers(c, 1, (int64_t[]){3});
    CHECK_VALUES("f32", td_nan_to_num(x, 2, NAN, NAN), 2, 3.4028234663852886e38, -3.4028234663852886e38, 1);
    CHECK(td_dtype_of(td_nan_to_num(x, 2, NAN, NAN)) == TD_F32, "f32 does not stay f32");
    CHECK_VALUES("integers", td_nan_to_num(i, 2, 0, 0), 3);
    close_clean(c);
}
