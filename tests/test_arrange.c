/* test_arrange.c: PyTorch's names for views and parts, elements put and chosen, and what each refuses. */
#include "testing.h"

static td_tensor *grid(td_context *c) { return td_reshape(td_arange(c, TD_F64, 0, 6, 1), 2, SIZES(2, 3)); }
static td_tensor *integers(td_context *c, int64_t n, const int64_t *values) { return td_array(c, TD_I64, 1, &n, values); }
static td_tensor *truths(td_context *c, int64_t n, const uint8_t *values) { return td_array(c, TD_BOOL, 1, &n, values); }

#define INDEX(c, ...) integers(c, (int64_t)(sizeof SIZES(__VA_ARGS__) / sizeof(int64_t)), SIZES(__VA_ARGS__))
#define MASK(c, ...) truths(c, (int64_t)sizeof(uint8_t[]){__VA_ARGS__}, (const uint8_t[]){__VA_ARGS__})

TEST(arrange, axes_are_joined_parted_moved_and_added)
{
    td_context *c = td_open(NULL);
    td_tensor  *x = grid(c), *s = td_scalar(c, 2), *t = td_zeros(c, TD_F64, 4, SIZES(2, 3, 4, 5));
    CHECK_SHAPE("flatten", td_flatten(t, 1, -2), 2, 12, 5);
    CHECK_SHAPE("flatten of a number", td_flatten(s, 0, -1), 1);
    CHECK_SHAPE("flatten of nothing", td_flatten(td_zeros(c, TD_F64, 3, SIZES(2, 0, 3)), 0, 1), 0, 3);
    CHECK_SHAPE("unflatten", td_unflatten(t, 2, 2, SIZES(2, -1)), 2, 3, 2, 2, 5);
    CHECK_SHAPE("ravel", td_ravel(t), 120);
    CHECK_SHAPE("movedim", td_movedim(t, 2, AXES(0, 2), AXES(-1, 0)), 4, 3, 5, 2);
    CHECK_VALUES("moveaxis", td_moveaxis(x, 1, AXES(0), AXES(1)), 0, 3, 1, 4, 2, 5);
    CHECK_SHAPE("swapaxes", td_swapaxes(t, 0, -1), 5, 3, 4, 2);
    CHECK_SHAPE("squeeze", td_squeeze_axes(td_zeros(c, TD_F64, 3, SIZES(1, 2, 1)), 2, AXES(0, 1)), 2, 1);
    CHECK_SHAPE("atleast_2d", td_atleast_2d(VECTOR(c, 1, 2)), 1, 2);
    CHECK_SHAPE("atleast_3d of a vector", td_atleast_3d(VECTOR(c, 1, 2)), 1, 2, 1);
    CHECK_SHAPE("atleast_3d of a matrix", td_atleast_3d(x), 2, 3, 1);
    CHECK_SHAPE("expand_as", td_expand_as(s, x), 2, 3);
    CHECK_VALUES("view", td_view(x, 2, SIZES(3, -1)), 0, 1, 2, 3, 4, 5);
    td_view(td_transpose(x, 0, 1), 1, SIZES(6)), check_refused("view", c, TD_ESTATE, "reshape|(3,2)|(6,)");
    td_unflatten(x, 1, 2, SIZES(2, -1)), check_refused("unflatten", c, TD_ESHAPE, "unflatten|3");
    td_flatten(x, 1, 0), check_refused("flatten", c, TD_ESHAPE, "flatten|1|0");
    td_movedim(x, 2, AXES(0, 0), AXES(0, 1)), check_refused("movedim", c, TD_ESHAPE, "movedim|twice");
    close_clean(c);
}

TEST(arrange, parts_are_views_that_make_the_whole)
{
    td_context *c = td_open(NULL);
    td_tensor  *x = grid(c), *v = td_arange(c, TD_F64, 0, 5, 1), *none = td_zeros(c, TD_F64, 2, SIZES(2, 0)), *part[8];
    CHECK(td_split(x, 2, 1, 8, part) == 2, "split into %s", td_message(c));
    CHECK_VALUES("split", part[1], 2, 5);
    CHECK(td_split(none, 3, 1, 8, part) == 1 && td_chunk(none, 3, 1, part) == 3, "parts of nothing");
    CHECK(td_split_sizes(v, 3, SIZES(2, 0, 3), 0, part) == 3, "split by sizes");
    CHECK_VALUES("split by sizes", part[2], 2, 3, 4);
    CHECK(td_chunk(v, 4, 0, part) == 3, "chunks of two");
    CHECK(td_tensor_split(v, 4, 0, part) == 4, "tensor_split");
    CHECK_VALUES("the first are longer", part[0], 0, 1);
    CHECK(td_tensor_split_at(v, 2, SIZES(3, 1), 0, part) == 3, "tensor_split at");
    CHECK_VALUES("from 1 on", part[2], 1, 2, 3, 4);
    CHECK(td_unbind(x, 1, 8, part) == 3, "unbind");
    CHECK_VALUES("unbind", part[2], 2, 5);
    CHECK_VALUES("narrow", td_narrow(v, 0, -2, 2), 3, 4);
    td_narrow(v, 0, 4, 2), check_refused("narrow", c, TD_EVALUE, "narrow|2|4|5");
    CHECK(td_unbind(x, 1, 2, part) == 0, "no room");
    check_refused("unbind", c, TD_EVALUE, "unbind|3|2");
    CHECK(td_split_sizes(v, 2, SIZES(2, 2), 0, part) == 0, "sizes");
    check_refused("sizes", c, TD_ESHAPE, "split|4|5");
    CHECK(td_split(v, 0, 0, 8, part) == 0, "size 0");
    check_refused("size 0", c, TD_EVALUE, "split|0|5");
    close_clean(c);
}

TEST(arrange, wholes_are_stacked_repeated_and_turned)
{
    td_context *c = td_open(NULL);
    td_tensor  *x = grid(c), *v = VECTOR(c, 1, 2), *s = td_scalar(c, 7), *y[2];
    CHECK_VALUES("hstack", td_hstack(2, (td_tensor *[]){s, v}), 7, 1, 2);
    CHECK_SHAPE("vstack", td_vstack(2, (td_tensor *[]){v, v}), 2, 2);
    CHECK_SHAPE("dstack", td_dstack(2, (td_tensor *[]){v, v}), 1, 2, 2);
    CHECK_VALUES("tile", td_tile(x, 1, SIZES(2)), 0, 1, 2, 0, 1, 2, 3, 4, 5, 3, 4, 5);
    CHECK_VALUES("each", td_repeat_interleave_each(v, INDEX(c, 3, 1), 0), 1, 1, 1, 2);
    CHECK_VALUES("roll all", td_roll_all(x, 1), 5, 0, 1, 2, 3, 4);
    CHECK_VALUES("roll twice", td_roll(x, 2, SIZES(1, 4), AXES(1, 1)), 1, 2, 0, 4, 5, 3);
    CHECK_VALUES("rot90", td_rot90(x, -3, 0, 1), 2, 5, 1, 4, 0, 3);
    CHECK_VALUES("fliplr", td_fliplr(x), 2, 1, 0, 5, 4, 3);
    CHECK_VALUES("diag", td_diag(td_diag(v, 1), 1), 1, 2);
    td_meshgrid(2, (td_tensor *[]){v, s}, "xy", y);
    CHECK_SHAPE("meshgrid", y[0], 1, 2);
    td_broadcast_tensors(2, (td_tensor *[]){x, s}, y);
    CHECK_SHAPE("broadcast_tensors", y[1], 2, 3);
    td_broadcast_tensors(2, (td_tensor *[]){x, v}, y);
    check_refused("broadcast_tensors", c, TD_ESHAPE, "(2,3)|(2,)|operand 1");
    td_meshgrid(1, &v, "ji", y);
    check_refused("meshgrid", c, TD_EVALUE, "meshgrid|ji");
    td_repeat(x, 1, SIZES(2)), check_refused("repeat", c, TD_ESHAPE, "repeat|1|2");
    td_repeat_interleave_each(v, INDEX(c, -1, 1), 0), check_refused("each", c, TD_EVALUE, "-1|position 0");
    td_rot90(x, 1, 0, 0), check_refused("rot90", c, TD_ESHAPE, "rot90|0");
    td_fliplr(v), check_refused("fliplr", c, TD_ESHAPE, "fliplr|1|2");
    td_diag(td_scalar(c, 1), 0), check_refused("diag", c, TD_ESHAPE, "diag|0");
    td_trace(v), check_refused("trace", c, TD_ESHAPE, "trace|(2,)");
    td_diagonal(x, 0, 1, 1), check_refused("diagonal", c, TD_ESHAPE, "diagonal|1");
    td_tril(v, 0), check_refused("tril", c, TD_ESHAPE, "tril|(2,)");
    td_diag_embed(v, INT64_MAX, 0, 1), check_refused("diag_embed", c, TD_EVALUE, "diag_embed|9223372036854775807");
    close_clean(c);
}

/* x[0] is written twice: the last stays, and the first has no slope. */
TEST(arrange, what_is_put_twice_in_one_place_is_the_last)
{
    td_context *c = td_open(NULL);
    td_tensor  *x = td_zeros(c, TD_F64, 1, SIZES(3)), *s = VECTOR(c, 5, 6, 7), *i = INDEX(c, 0, 2, 0);
    td_tensor  *y[] = {td_scatter(x, 0, i, s), td_index_copy(x, 0, i, s), td_put(x, i, s, false), td_index_put(x, 1, &i, s, false)};
    CHECK_VALUES("scatter", y[0], 7, 0, 6);
    CHECK_VALUES("index_copy", y[1], 7, 0, 6);
    CHECK_VALUES("put", y[2], 7, 0, 6);
    CHECK_VALUES("index_put", y[3], 7, 0, 6);
    for (int k = 0; k < 4; k++) {
        td_context *own = td_open(NULL);
        td_tensor  *a = td_require_grad(td_zeros(own, TD_F64, 1, SIZES(3))), *b = td_require_grad(VECTOR(own, 5, 6, 7));
        td_tensor  *j = INDEX(own, 0, 2, 0);
        td_backward(td_sum(k == 0   ? td_scatter(a, 0, j, b)
                           : k == 1 ? td_index_copy(a, 0, j, b)
                           : k == 2 ? td_put(a, j, b, false)
                                    : td_index_put(a, 1, &j, b, false)));
        CHECK_VALUES("x", td_grad(a), 0, 1, 0);
        CHECK_VALUES("the source", td_grad(b), 0, 1, 1);
        close_clean(own);
    }
    CHECK_VALUES("accumulated", td_put(x, INDEX(c, 0, -1, 0), s, true), 12, 0, 6);
    close_clean(c);
}

TEST(arrange, integers_and_truths_go_where_an_index_says)
{
    td_context *c = td_open(NULL);
    td_tensor  *i = INDEX(c, 4, -5, 6), *at = INDEX(c, 0, 0, 2), *b = MASK(c, 1, 0, 1);
    CHECK_VALUES("prod", td_scatter_reduce(i, 0, at, INDEX(c, 3, 2, 1), "prod", true), 24, -5, 6);
    CHECK_VALUES("amax", td_scatter_reduce(i, 0, at, INDEX(c, -3, -2, 9), "amax", false), -2, -5, 9);
    CHECK_VALUES("amin", td_index_reduce(i, 0, at, INDEX(c, -3, -2, 9), "amin", true), -3, -5, 6);
    CHECK_VALUES("truths, product", td_scatter_reduce(b, 0, at, MASK(c, 1, 0, 1), "prod", true), 0, 0, 1);
    CHECK_VALUES("one_hot", td_one_hot(INDEX(c, 1, 0), -1), 0, 1, 1, 0);
    CHECK_VALUES("nonzero", td_nonzero(b), 0, 2);
    CHECK_VALUES("nonzero of NaN", td_nonzero(VECTOR(c, NAN, 0, -0.0)), 0);
    CHECK_SHAPE("nonzero of a number", td_nonzero(td_scalar(c, 3)), 1, 0);
    CHECK_VALUES("a fraction among integers", td_masked_fill(i, b, 2.5), 2, -5, 2);
    CHECK_VALUES("trace", td_trace(td_reshape(INDEX(c, 1, 2, 3, 4), 2, SIZES(2, 2))), 5);
    CHECK_VALUES("integers clamped", td_clamp(i, -1, 5), 4, -1, 5);
    CHECK(td_dtype_of(td_clamp(i, -1, INFINITY)) == TD_I64 && td_dtype_of(td_clamp(i, 0.5, 2)) == TD_F64, "dtype of clamp");
    close_clean(c);
}

TEST(arrange, numbers_of_no_axis_are_taken_as_vectors)
{
    td_context *c = td_open(NULL);
    td_tensor  *s = td_scalar(c, 2), *zero = td_full(c, TD_I64, 0, NULL, 0), *y[] = {
        td_softmax(s, 0), td_log_softmax(s, -1), td_cumsum(s, 0), td_cumprod(s, -1), td_gather(s, 0, zero),
        td_scatter_add(s, 0, zero, s), td_scatter(s, 0, zero, s), td_index_select(s, 0, zero)};
    static const double value[] = {1, 0, 2, 2, 2, 4, 2, 2};
    for (int k = 0; k < 8; k++) {
        CHECK(td_rank(y[k]) == 0, "number %d has rank %d", k, td_rank(y[k]));
        CHECK(td_item(y[k]) == value[k], "number %d is %g: %s", k, td_item(y[k]), td_message(c));
    }
    CHECK_SHAPE("gather by a vector", td_gather(s, 0, INDEX(c, 0, 0)), 2);
    CHECK_VALUES("take", td_take(s, INDEX(c, 0, -1)), 2, 2);
    td_softmax(s, 1), check_refused("softmax", c, TD_ESHAPE, "softmax|1");
    close_clean(c);
}

TEST(arrange, refusals_of_places)
{
    td_context *c = td_open(NULL);
    td_tensor  *x = grid(c), *v = VECTOR(c, 1, 2, 3), *m = MASK(c, 1, 0, 1), *i = INDEX(c, 3), *below = INDEX(c, -1);
    td_data(td_take(v, INDEX(c, 0, -4))), check_refused("take", c, TD_EVALUE, "-4|position 1|-3..2");
    td_data(td_gather(v, 0, below)), check_refused("gather", c, TD_EVALUE, "gather|-1|position 0|0..2");
    td_data(td_scatter(v, 0, i, v)), check_refused("scatter", c, TD_EVALUE, "scatter|3|position 0|0..2");
    td_data(td_one_hot(i, 3)), check_refused("one_hot", c, TD_EVALUE, "3|position 0|0..2");
    td_scatter(v, 0, INDEX(c, 0, 1), VECTOR(c, 1)), check_refused("source", c, TD_ESHAPE, "scatter|(2,)|(1,)");
    td_scatter_reduce(v, 0, i, v, "max", true), check_refused("reduce", c, TD_EVALUE, "scatter_reduce|max|amax");
    td_scatter_reduce(i, 0, i, i, "mean", true), check_refused("mean of integers", c, TD_EDTYPE, "mean|i64");
    td_masked_select(v, i), check_refused("mask", c, TD_EDTYPE, "masked_select|i64|bool");
    td_masked_select(VECTOR(c, 1, 2), m), check_refused("mask", c, TD_ESHAPE, "(2,)|(3,)");
    td_masked_scatter(v, m, VECTOR(c, 1)), check_refused("masked_scatter", c, TD_EVALUE, "masked_scatter|2 times|1 elements");
    td_put(v, i, v, false), check_refused("put", c, TD_ESHAPE, "put|1|3");
    td_index(v, 2, (td_tensor *[]){i, i}), check_refused("index", c, TD_ESHAPE, "index|2|1");
    td_index_put(v, 1, &i, v, false), check_refused("index_put", c, TD_ESHAPE, "index_put|(3,)|(1,)");
    td_slice_scatter(x, v, 1, 0, 2, 1), check_refused("slice_scatter", c, TD_ESHAPE, "slice_scatter|(3,)|(2,2)");
    td_select_scatter(x, v, 0, 2), check_refused("select_scatter", c, TD_EVALUE, "select_scatter|2");
    td_diagonal_scatter(x, v, 0, 0, 1), check_refused("diagonal_scatter", c, TD_ESHAPE, "diagonal_scatter|(3,)|(2,)");
    td_one_hot(INDEX(c, 0), -2), check_refused("classes", c, TD_EVALUE, "one_hot|-2");
    close_clean(c);
}

static td_tensor *vector(td_context *c, td_dtype d, int64_t n, const void *values) { return td_array(c, d, 1, &n, values); }

/* A number that is put somewhere collects the adjoints of all places it came to. */
TEST(arrange, a_tensor_for_a_value_has_its_slope)
{
    td_context *c = td_open(NULL);
    td_tensor  *x = td_require_grad(vector(c, TD_F64, 3, (double[]){1, 2, 3})), *v = td_require_grad(td_scalar(c, 7));
    td_tensor  *mask = vector(c, TD_BOOL, 3, (uint8_t[]){1, 0, 1}), *w = vector(c, TD_F64, 3, (double[]){2, 3, 5});
    td_tensor  *index = vector(c, TD_I64, 2, (int64_t[]){-1, 1}), *y = td_masked_fill_tensor(x, mask, v);
    td_tensor  *z = td_index_fill_tensor(x, 0, index, v);
    CHECK_VALUES("masked_fill", y, 7, 2, 7);
    CHECK_VALUES("index_fill", z, 1, 7, 7);
    td_backward(td_sum(td_mul(td_add(y, z), w)));
    CHECK(td_item(td_grad(v)) == 2 + 5 + 3 + 5, "the slope in the value is %g", td_item(td_grad(v)));
    CHECK_VALUES("the slope in x", td_grad(x), 2, 3, 0);
    CHECK_VALUES("scatter", td_scatter_value(x, 0, index = vector(c, TD_I64, 2, (int64_t[]){2, 0}), 0.5), 0.5, 2, 0.5);
    CHECK_VALUES("an i64 stays one", td_masked_fill_tensor(td_to(x, TD_I64), mask, v), 7, 2, 7);
    td_masked_fill_tensor(x, mask, w);
    check_refused("masked_fill", c, TD_ESHAPE, "masked_fill|rank 1");
    td_index_fill_tensor(x, 0, index, w);
    check_refused("index_fill", c, TD_ESHAPE, "index_fill|rank 1");
    td_close(c);
}

TEST(arrange, differences_begin_before_and_end_behind)
{
    td_context *c = td_open(NULL);
    td_tensor  *x = vector(c, TD_F64, 3, (double[]){1, 4, 9}), *zero = vector(c, TD_F64, 1, (double[]){0});
    CHECK_VALUES("diff", td_diff(x, 1, 0, zero, NULL), 1, 3, 5);
    CHECK_VALUES("twice", td_diff(x, 2, -1, zero, zero), 2, 2, -14);
    CHECK(td_numel(td_diff(x, 4, 0, NULL, NULL)) == 0, "of three numbers four times");
    td_tensor *b = td_diff(vector(c, TD_BOOL, 4, (uint8_t[]){1, 1, 0, 1}), 1, 0, NULL, NULL);
    CHECK(td_dtype_of(b) == TD_BOOL, "differences of bool are %s", td_dtype_name(td_dtype_of(b)));
    CHECK_VALUES("of bool", b, 0, 1, 1);
    CHECK_VALUES("of i64", td_trapezoid(td_to(x, TD_I64), NULL, 1, 0), 9);
    CHECK_VALUES("at other places", td_trapezoid(x, vector(c, TD_I64, 3, (int64_t[]){0, 2, 3}), 1, 0), 11.5);
    td_diff(x, -1, 0, NULL, NULL), check_refused("diff", c, TD_EVALUE, "diff|-1");
    td_diff(td_scalar(c, 1), 1, 0, NULL, NULL), check_refused("diff", c, TD_ESHAPE, "diff");
    td_trapezoid(x, td_ones(c, TD_F64, 1, SIZES(2)), 1, 0), check_refused("trapezoid", c, TD_ESHAPE, "(3,)|(2,)");
    td_close(c);
}

TEST(arrange, the_largest_truth_so_far)
{
    td_context *c = td_open(NULL);
    td_tensor  *place, *y = td_cummax(vector(c, TD_BOOL, 4, (uint8_t[]){0, 1, 0, 1}), 0, &place);
    CHECK(td_dtype_of(y) == TD_BOOL, "the largest of bool is %s", td_dtype_name(td_dtype_of(y)));
    CHECK_VALUES("cummax", y, 0, 1, 1, 1);
    CHECK_VALUES("its places", place, 0, 1, 1, 3);
    CHECK_VALUES("cummin", td_cummin(vector(c, TD_BOOL, 3, (uint8_t[]){1, 0, 1}), 0, NULL), 1, 0, 0);
    CHECK_VALUES("of i64", td_cummin(vector(c, TD_I64, 3, (int64_t[]){3, INT64_MIN, 5}), 0, &place), 3, (double)INT64_MIN, (double)INT64_MIN);
    CHECK_VALUES("and places", place, 0, 1, 1);
    close_clean(c);
}

TEST(arrange, images_that_do_not_fit_are_refused)
{
    td_context *c = td_open(NULL);
    td_tensor  *x = td_ones(c, TD_F64, 4, SIZES(1, 1, 2, 2)), *i = td_zeros(c, TD_I64, 4, SIZES(1, 1, 2, 2));
    CHECK(td_size(td_max_unpool2d(x, i, SIZES(3, 3), SIZES(2, 2), SIZES(1, 1), NULL), 2) == 3, "%s", td_message(c));
    td_max_unpool2d(x, i, SIZES(2, 2), NULL, NULL, SIZES(6, 4)), check_refused("size", c, TD_EVALUE, "max_unpool2d|6|axis 2|between 2 and 6");
    td_max_unpool2d(x, x, SIZES(2, 2), NULL, NULL, NULL), check_refused("dtype", c, TD_EDTYPE, "max_unpool2d|f64");
    td_max_unpool2d(x, td_select(i, 0, 0), SIZES(2, 2), NULL, NULL, NULL), check_refused("shape", c, TD_ESHAPE, "(1,1,2,2)|(1,2,2)");
    td_data(td_max_unpool2d(x, td_add_scalar(i, 16), SIZES(2, 2), NULL, NULL, NULL)), check_refused("index", c, TD_EVALUE, "16|0..15");
    td_grid_sample(x, td_ones(c, TD_F64, 4, SIZES(1, 1, 1, 3)), TD_GRID_BILINEAR, TD_GRID_ZEROS, false);
    check_refused("grid", c, TD_ESHAPE, "grid_sample|(1,1,2,2)|(1,1,1,3)");
    td_grid_sample(x, td_ones(c, TD_F64, 4, SIZES(1, 1, 1, 2)), (td_grid_mode)2, TD_GRID_ZEROS, false);
    check_refused("mode", c, TD_EVALUE, "grid_sample|mode 2");
    td_affine_grid(td_ones(c, TD_F64, 3, SIZES(1, 2, 2)), 4, SIZES(1, 1, 2, 2), false), check_refused("theta", c, TD_ESHAPE, "(1,2,2)|(n,2,3)");
    td_affine_grid(td_ones(c, TD_F64, 3, SIZES(1, 2, 3)), 3, SIZES(1, 2, 2), false), check_refused("sizes", c, TD_ESHAPE, "3 sizes");
    td_rrelu(x, 0.5, 0.25, true), check_refused("rrelu", c, TD_EVALUE, "rrelu|0.5|0.25");
    td_close(c);
}

TEST(arrange, quantiles_at_a_number_and_at_several)
{
    td_context *c = td_open(NULL);
    td_tensor  *x = td_array(c, TD_F64, 2, SIZES(2, 3), (double[]){1, 2, 4, 8, 16, 32}), *q = vector(c, TD_F64, 2, (double[]){0, 0.25});
    td_tensor  *y = td_quantile_tensor(x, q, TD_QUANTILE_LINEAR, 1, (int[]){1}, true);
    CHECK(td_rank(y) == 3 && td_size(y, 0) == 2 && td_size(y, 2) == 1, "two of two rows: %s", td_message(c));
    CHECK_VALUES("by rows", y, 1, 8, 1.5, 12);
    CHECK_VALUES("at a number", td_quantile_tensor(x, td_scalar(c, 0.5), TD_QUANTILE_LOWER, 2, (int[]){0, 1}, false), 4);
    CHECK_VALUES("of integers", td_nanquantile_tensor(td_to(x, TD_I64), q, TD_QUANTILE_HIGHER, 2, (int[]){0, 1}, false), 1, 4);
    td_quantile_tensor(x, x, TD_QUANTILE_LINEAR, 0, NULL, false), check_refused("q", c, TD_ESHAPE, "quantile_tensor|(2,3)");
    td_quantile_tensor(td_zeros(c, TD_F64, 1, SIZES(0)), q, TD_QUANTILE_LINEAR, 1, (int[]){0}, false);
    check_refused("nothing", c, TD_ESHAPE, "quantile_tensor");
    td_quantile_tensor(x, q, (td_quantile_rule)7, 0, NULL, false), check_refused("rule", c, TD_EVALUE, "7");
    td_close(c);
}
