/* test_ops.c: what ops compute, against values found by hand or by libm.  Derivatives are other suites' business. */
#include <stdint.h>

#include "testing.h"

/* ---- elementwise -------------------------------------------------------------------------------------------------- */

static double m_neg(double x) { return -x; }
static double m_sign(double x) { return (x > 0) - (x < 0); }
static double m_square(double x) { return x * x; }
static double m_rsqrt(double x) { return 1 / sqrt(x); }
static double m_reciprocal(double x) { return 1 / x; }
static double m_sigmoid(double x) { return x < 0 ? exp(x) / (1 + exp(x)) : 1 / (1 + exp(-x)); }
static double m_softplus(double x) { return fmax(x, 0) + log1p(exp(-fabs(x))); }
static double m_relu(double x) { return x > 0 ? x : 0; }
static double m_gelu(double x) { return x * 0.5 * erfc(-x * 0.70710678118654752440); }
static double m_silu(double x) { return x * m_sigmoid(x); }

typedef struct unary {
    const char *name;
    td_tensor *(*op)(td_tensor *);
    double (*libm)(double);
    double low, high;    /* where it is real */
} unary;

/* The functions themselves, not the macros that note file and line. */
static const unary UNARY[] = {
    {"neg", (td_neg), m_neg, -1e300, 1e300},         {"abs", (td_abs), fabs, -1e300, 1e300},
    {"sign", (td_sign), m_sign, -1e300, 1e300},      {"square", (td_square), m_square, -1e150, 1e150},
    {"sqrt", (td_sqrt), sqrt, 0, 1e300},             {"rsqrt", (td_rsqrt), m_rsqrt, 1e-300, 1e300},
    {"reciprocal", (td_reciprocal), m_reciprocal, -1e300, 1e300}, {"exp", (td_exp), exp, -700, 700},
    {"expm1", (td_expm1), expm1, -700, 700},         {"log", (td_log), log, 1e-300, 1e300},
    {"log1p", (td_log1p), log1p, -0.999, 1e300},     {"sin", (td_sin), sin, -1e6, 1e6},
    {"cos", (td_cos), cos, -1e6, 1e6},               {"tan", (td_tan), tan, -1e6, 1e6},
    {"sinh", (td_sinh), sinh, -700, 700},            {"cosh", (td_cosh), cosh, -700, 700},
    {"tanh", (td_tanh), tanh, -1e300, 1e300},        {"asin", (td_asin), asin, -1, 1},
    {"acos", (td_acos), acos, -1, 1},                {"atan", (td_atan), atan, -1e300, 1e300},
    {"sigmoid", (td_sigmoid), m_sigmoid, -700, 700}, {"softplus", (td_softplus), m_softplus, -700, 1e300},
    {"relu", (td_relu), m_relu, -1e300, 1e300},      {"gelu", (td_gelu), m_gelu, -1, 1e300},
    {"silu", (td_silu), m_silu, -700, 1e300},
};

/* Spread over the magnitudes between low and high, with both ends, zero and ones. */
static int64_t spread(const unary *u, double *x)
{
    int64_t n = 0;
    for (int e = -300; e <= 300; e += e > -20 && e < 9 ? 1 : 20)
        for (int s = -1; s <= 1; s += 2) {
            double v = s * 1.7 * pow(10, e);
            if (v >= u->low && v <= u->high) x[n++] = v;
        }
    const double more[] = {u->low, u->high, 0, 1, -1, 0.5, -0.5};
    for (int k = 0; k < 7; k++)
        if (more[k] >= u->low && more[k] <= u->high) x[n++] = more[k];
    return n;
}

static void check_unary(td_context *c, const unary *u, td_dtype dtype)
{
    double  x[256], y[256];
    float   single[256];
    int64_t n = spread(u, x), kept = 0;
    for (int64_t i = 0; i < n; i++) {   /* f32 keeps what f32 can hold, argument and value */
        double v = dtype == TD_F32 ? (double)(float)x[i] : x[i], f = fabs(u->libm(v));
        if (dtype == TD_F32 && !(fabs(v) <= 3e38 && (v == 0 || fabs(v) > 1e-37) && f <= 3e38 && (f == 0 || f > 1e-37)))
            continue;
        if (v < u->low || v > u->high) continue;
        x[kept] = v;
        single[kept++] = (float)v;
    }
    td_tensor *t = td_array(c, dtype, 1, &kept, dtype == TD_F32 ? (const void *)single : x);
    CHECK(td_read(u->op(t), y) == TD_OK, "%s: %s", u->name, td_message(c));
    double ulp = dtype == TD_F32 ? 0x1p-23 : 0x1p-52;
    for (int64_t i = 0; i < kept; i++) {
        double e = u->libm(x[i]);
        CHECK(same_value(y[i], e) || fabs(y[i] - e) <= 4 * ulp * fabs(e), "%s %s(%.17g) is %.17g, libm says %.17g",
              td_dtype_name(dtype), u->name, x[i], y[i], e);
    }
}

TEST(ops, unary_functions_are_libms)
{
    td_context *c = td_open(NULL);
    for (size_t k = 0; k < sizeof UNARY / sizeof *UNARY; k++) {
        check_unary(c, &UNARY[k], TD_F64);
        check_unary(c, &UNARY[k], TD_F32);
    }
    close_clean(c);
}

TEST(ops, unary_functions_at_the_ends_of_the_line)
{
    td_context *c = td_open(NULL);
    td_tensor  *x = VECTOR(c, -INFINITY, -1e4, 1e4, INFINITY, NAN);
    CHECK_VALUES("exp", td_exp(x), 0, 0, INFINITY, INFINITY, NAN);
    CHECK_VALUES("sigmoid", td_sigmoid(x), 0, 0, 1, 1, NAN);
    CHECK_VALUES("softplus", td_softplus(x), 0, 0, 1e4, INFINITY, NAN);
    CHECK_VALUES("tanh", td_tanh(x), -1, -1, 1, 1, NAN);
    CHECK_VALUES("relu", td_relu(x), 0, 0, 1e4, INFINITY, NAN);
    CHECK_VALUES("sign", td_sign(x), -1, -1, 1, 1, NAN);
    CHECK_VALUES("clamp", td_clamp(x, -2, 3), -2, -2, 3, 3, NAN);
    CHECK_VALUES("leaky_relu", td_leaky_relu(x, 0.5), -INFINITY, -5e3, 1e4, INFINITY, NAN);
    CHECK_VALUES("elu", td_elu(x, 2), -2, -2, 1e4, INFINITY, NAN);
    CHECK_VALUES("log", td_log(VECTOR(c, 0, -1, INFINITY)), -INFINITY, NAN, INFINITY);
    CHECK_VALUES("sqrt", td_sqrt(VECTOR(c, 0, -1, INFINITY)), 0, NAN, INFINITY);
    CHECK_NEAR("softplus far below", 4, td_softplus(VECTOR(c, -700)), exp(-700));
    CHECK_NEAR("log1p near 0", 4, td_log1p(VECTOR(c, 1e-20)), 1e-20);
    close_clean(c);
}

TEST(ops, binary_functions_on_floats_integers_and_bools)
{
    td_context *c = td_open(NULL);
    td_tensor  *x = VECTOR(c, 1, -2, NAN, 4), *y = VECTOR(c, 3, -2, 1, 0),
              *b = td_array(c, TD_BOOL, 1, SIZES(4), (uint8_t[]){1, 0, 1, 0});
    td_tensor *i = td_array(c, TD_I64, 1, SIZES(4), SIZES(7, -7, 1, INT64_C(1) << 53)),
              *two = td_full(c, TD_I64, 0, NULL, 2);
    CHECK_VALUES("add", td_add(x, y), 4, -4, NAN, 4);
    CHECK_VALUES("sub", td_sub(x, y), -2, 0, NAN, 4);
    CHECK_VALUES("mul", td_mul(x, y), 3, 4, NAN, 0);
    CHECK_VALUES("div", td_div(x, y), 1.0 / 3, 1, NAN, INFINITY);
    CHECK_VALUES("axpy", td_axpy(2, x, y), 5, -6, NAN, 8);
    CHECK_VALUES("maximum", td_maximum(x, y), 3, -2, NAN, 4);
    CHECK_VALUES("minimum", td_minimum(x, y), 1, -2, NAN, 0);
    CHECK_VALUES("eq", td_eq(x, y), 0, 1, 0, 0);
    CHECK_VALUES("ne", td_ne(x, y), 1, 0, 1, 1);
    CHECK_VALUES("lt", td_lt(x, y), 1, 0, 0, 0);
    CHECK_VALUES("le", td_le(x, y), 1, 1, 0, 0);
    CHECK_VALUES("gt", td_gt(x, y), 0, 0, 0, 1);
    CHECK_VALUES("ge", td_ge(x, y), 0, 1, 0, 1);
    CHECK_VALUES("where", td_where(b, x, y), 1, -2, NAN, 0);
    CHECK_VALUES("pow", td_pow(VECTOR(c, 2, 4, -2, 0), VECTOR(c, 10, 0.5, 3, 0)), 1024, 2, -8, 1);
    CHECK_VALUES("i64 div", td_div(i, two), 3.5, -3.5, 0.5, ldexp(1, 52));
    CHECK_VALUES("i64 mul", td_mul(i, two), 14, -14, 2, ldexp(1, 54));
    CHECK_VALUES("bool add", td_add(b, b), 2, 0, 2, 0);
    CHECK_VALUES("bool mul f64", td_mul(b, x), 1, -0.0, NAN, 0);
    CHECK_VALUES("scalars", td_add(td_rsub(10, td_mul_scalar(y, 2)), td_rdiv(6, td_add_scalar(y, 3))), 4 + 1, 14 + 6,
                 8 + 1.5, 10 + 2);
    CHECK_VALUES("div_scalar, pow_scalar", td_div_scalar(td_pow_scalar(y, 2), 2), 4.5, 2, 0.5, 0);

    td_tensor *one = td_full(c, TD_I64, 0, NULL, 1),
              *large = td_add(td_array(c, TD_I64, 0, NULL, SIZES(INT64_C(1) << 53)), one);
    CHECK(*(const int64_t *)td_data(large) == (INT64_C(1) << 53) + 1, "i64 addition went through doubles");
    close_clean(c);
}

TEST(ops, casts_truncate_and_test_for_zero)
{
    td_context *c = td_open(NULL);
    td_tensor  *x = VECTOR(c, 1.9, -1.9, 0, 0.5);
    CHECK_VALUES("to i64", td_to(x, TD_I64), 1, -1, 0, 0);
    CHECK_VALUES("to bool", td_to(x, TD_BOOL), 1, 1, 0, 1);
    CHECK_VALUES("to f32", td_to(VECTOR(c, 0.1), TD_F32), (double)0.1f);
    CHECK(td_to(x, TD_F64) == x, "a cast to its own dtype makes a tensor");
    CHECK(td_dtype_of(td_to(x, TD_BOOL)) == TD_BOOL && td_dtype_size(TD_BOOL) == 1, "dtype of a cast");
    close_clean(c);
}

/* ---- reductions --------------------------------------------------------------------------------------------------- */

TEST(ops, reductions_over_every_set_of_axes)
{
    td_context *c = td_open(NULL);
    td_tensor  *x = td_reshape(td_arange(c, TD_F64, 0, 12, 1), 3, SIZES(2, 3, 2));
    CHECK_VALUES("all", td_sum(x), 66);
    CHECK_VALUES("none", td_sum_axes(td_select(x, 0, 1), 0, NULL, false), 6, 7, 8, 9, 10, 11);
    CHECK_VALUES("0", td_sum_axes(x, 1, AXES(0), false), 6, 8, 10, 12, 14, 16);
    CHECK_VALUES("1", td_sum_axes(x, 1, AXES(-2), false), 6, 9, 24, 27);
    CHECK_VALUES("2", td_sum_axes(x, 1, AXES(2), false), 1, 5, 9, 13, 17, 21);
    CHECK_VALUES("0 2", td_sum_axes(x, 2, AXES(2, 0), false), 14, 22, 30);
    td_tensor *kept = td_mean_axes(x, 2, AXES(0, 2), true);
    CHECK_SHAPE("keepdim", kept, 1, 3, 1);
    CHECK_VALUES("keepdim", kept, 3.5, 5.5, 7.5);
    CHECK_VALUES("of a transpose", td_sum_axes(td_transpose(x, 0, 2), 1, AXES(0), false), 1, 13, 5, 17, 9, 21);
    CHECK_VALUES("prod", td_prod_axes(td_add_scalar(x, 1), 1, AXES(1), false), 15, 48, 693, 960);
    CHECK_VALUES("var", td_var_axes(x, 1, 1, AXES(1), false), 4, 4, 4, 4);
    CHECK_NEAR("std", 2, td_std(VECTOR(c, 1, 2, 3, 4), 0), sqrt(1.25));
    CHECK_VALUES("var, n <= correction", td_var(VECTOR(c, 5), 1), NAN);
    CHECK_VALUES("bools", td_sum(td_ge(x, td_scalar(c, 5))), 7);
    CHECK_VALUES("mean of integers", td_mean(td_to(x, TD_I64)), 5.5);
    close_clean(c);
}

TEST(ops, extremes_and_their_places)
{
    td_context *c = td_open(NULL);
    td_tensor  *x = td_array(c, TD_F64, 2, SIZES(2, 3), VALUES(1, 5, 5, -2, 7, NAN));
    CHECK_VALUES("max", td_max_axes(x, 1, AXES(1), false), 5, NAN);
    CHECK_VALUES("min", td_min_axes(x, 1, AXES(0), false), -2, 5, NAN);
    CHECK_VALUES("amax", td_amax_axes(x, 1, AXES(1), true), 5, NAN);
    CHECK_VALUES("amin", td_amin(td_slice(x, 1, 0, 2, 1)), -2);
    CHECK_VALUES("tie_share", td_tie_share_axes(x, 1, AXES(1)), 0, 0.5, 0.5, NAN, NAN, NAN);
    CHECK_VALUES("tie_share of columns", td_tie_share_axes(td_slice(x, 1, 0, 2, 1), 1, AXES(0)), 1, 0, 0, 1);
    CHECK_VALUES("tie_share of infinities", td_tie_share(td_array(c, TD_F64, 1, SIZES(3), VALUES(INFINITY, 1, INFINITY))), 0.5, 0, 0.5);
    CHECK_VALUES("argmax, first of ties, NaN wins", td_argmax_axis(x, 1, false), 1, 2);
    CHECK_VALUES("argmax of all", td_argmax(x), 5);
    CHECK_VALUES("argmax of a transpose", td_argmax(td_transpose(td_slice(x, 1, 0, 2, 1), 0, 1)), 3);
    CHECK_VALUES("all the same", td_argmax(td_ones(c, TD_F64, 1, SIZES(100))), 0);
    CHECK(td_dtype_of(td_argmax(x)) == TD_I64, "argmax is %s", td_dtype_name(td_dtype_of(td_argmax(x))));
    CHECK_VALUES("-inf", td_max(VECTOR(c, -INFINITY, -INFINITY)), -INFINITY);
    CHECK_VALUES("integers", td_max(td_array(c, TD_I64, 1, SIZES(2), SIZES(INT64_MIN, -5))), -5);
    close_clean(c);
}

TEST(ops, norms_and_logsumexp)
{
    td_context *c = td_open(NULL);
    td_tensor  *x = VECTOR(c, 3, 0, -4);
    CHECK_VALUES("2", td_norm(x, 2), 5);
    CHECK_VALUES("1", td_norm(x, 1), 7);
    CHECK_VALUES("0", td_norm(x, 0), 2);
    CHECK_VALUES("inf", td_norm(x, INFINITY), 4);
    CHECK_NEAR("3", 4, td_norm(x, 3), cbrt(91));
    CHECK_NEAR("logsumexp", 4, td_logsumexp(x), log(exp(3) + 1 + exp(-4)));
    CHECK_NEAR("far up", 2, td_logsumexp(VECTOR(c, 1000, 1000)), 1000 + log(2));
    CHECK_NEAR("far down", 2, td_logsumexp(VECTOR(c, -1000, -1000)), -1000 + log(2));
    CHECK_VALUES("infinities", td_logsumexp(VECTOR(c, -INFINITY, -INFINITY)), -INFINITY);
    CHECK_VALUES("infinities", td_logsumexp(VECTOR(c, INFINITY, 0)), INFINITY);
    td_norm(x, NAN);
    check_refused("no order", c, TD_EVALUE, "norm|NaN");
    close_clean(c);
}

TEST(ops, reductions_over_nothing)
{
    td_context *c = td_open(NULL);
    td_tensor  *x = td_zeros(c, TD_F64, 2, SIZES(2, 0));
    CHECK_VALUES("sum", td_sum_axes(x, 1, AXES(1), false), 0, 0);
    CHECK_VALUES("prod", td_prod(x), 1);
    CHECK_VALUES("mean", td_mean(x), NAN);
    CHECK_VALUES("logsumexp", td_logsumexp_axes(x, 1, AXES(1), false), -INFINITY, -INFINITY);
    CHECK_VALUES("norm", td_norm(x, 2), 0);
    CHECK(td_numel(td_max_axes(x, 1, AXES(0), false)) == 0, "max over the full axis of an empty tensor: %s", td_message(c));
    td_data(td_max_axes(x, 1, AXES(1), false)), check_refused("max over nothing", c, TD_ESHAPE, "max|(2,0)");
    td_data(td_amin(x)), check_refused("amin over nothing", c, TD_ESHAPE, "amin|(2,0)");
    td_data(td_argmax(x)), check_refused("argmax over nothing", c, TD_ESHAPE, "argmax|(2,0)");
    CHECK(td_numel(td_matmul(td_zeros(c, TD_F64, 2, SIZES(0, 3)), td_zeros(c, TD_F64, 2, SIZES(3, 2)))) == 0,
          "empty matmul");
    CHECK_VALUES("inner size 0", td_matmul(x, td_transpose(x, 0, 1)), 0, 0, 0, 0);
    close_clean(c);
}

/* ---- shape and index ---------------------------------------------------------------------------------------------- */

TEST(ops, arrangements_and_their_refusals)
{
    td_context *c = td_open(NULL);
    td_tensor  *x = td_reshape(td_arange(c, TD_F64, 0, 6, 1), 2, SIZES(2, -1)), *i = td_to(x, TD_I64);
    CHECK_SHAPE("reshape -1", x, 2, 3);
    CHECK_VALUES("permute", td_permute(td_reshape(x, 3, SIZES(1, 2, 3)), AXES(2, 0, 1)), 0, 3, 1, 4, 2, 5);
    CHECK_VALUES("concat",
                 td_concat(3, (td_tensor *[]){x, td_zeros(c, TD_F64, 2, SIZES(2, 0)), td_slice(x, 1, 0, 1, 1)}, -1), 0, 1, 2,
                 0, 3, 4, 5, 3);
    CHECK_VALUES("stack", td_stack(2, (td_tensor *[]){td_select(x, 0, 0), td_select(x, 0, -1)}, 1), 0, 3, 1, 4, 2, 5);
    CHECK_VALUES("flip", td_flip(x, 2, AXES(0, 1)), 5, 4, 3, 2, 1, 0);
    CHECK_VALUES("flip one", td_flip(i, 1, AXES(1)), 2, 1, 0, 5, 4, 3);
    CHECK_VALUES("pad", td_pad(td_slice(x, 0, 0, 1, 1), SIZES(0, 1, 1, 0), 9), 9, 0, 1, 2, 9, 9, 9, 9);
    CHECK_VALUES("unslice", td_unslice(VECTOR(c, 1, 2), 0, 1, 4, 2, 5), 0, 1, 0, 2, 0);
    CHECK_VALUES("slice with a step", td_slice(x, 1, 0, 3, 2), 0, 2, 3, 5);
    CHECK(td_numel(td_slice(x, 1, 2, 1, 1)) == 0, "an empty slice");
    CHECK(td_squeeze(x, 0) == x, "squeeze of a size 2");
    CHECK(td_rank(td_squeeze_all(td_zeros(c, TD_F64, 3, SIZES(1, 2, 1)))) == 1, "squeeze_all");
    td_slice(x, 0, 0, 2, 0), check_refused("step 0", c, TD_EVALUE, "slice|0");
    td_concat(2, (td_tensor *[]){x, VECTOR(c, 1)}, 0), check_refused("concat", c, TD_ESHAPE, "concat|(2,3)|(1,)");
    td_stack(2, (td_tensor *[]){x, td_transpose(x, 0, 1)}, 0), check_refused("stack", c, TD_ESHAPE, "stack|(2,3)|(3,2)");
    td_permute(x, AXES(0, 0)), check_refused("permute", c, TD_ESHAPE, "permute|0");
    td_expand(x, 2, SIZES(4, 3)), check_refused("expand", c, TD_ESHAPE, "expand|(2,3)|(4,3)");
    td_pad(x, SIZES(0, -1, 0, 0), 0), check_refused("pad", c, TD_EVALUE, "pad|-1");
    td_reshape(x, 2, SIZES(-1, -1)), check_refused("reshape", c, TD_ESHAPE, "reshape|-1");
    close_clean(c);
}

TEST(ops, indices_pick_add_and_are_checked)
{
    td_context *c = td_open(NULL);
    td_tensor  *x = td_reshape(td_arange(c, TD_F64, 0, 6, 1), 2, SIZES(3, 2));
    td_tensor  *i = td_array(c, TD_I64, 1, SIZES(4), SIZES(2, 0, 2, 2)), *far = td_array(c, TD_I64, 1, SIZES(1), SIZES(3));
    td_tensor  *g = td_array(c, TD_I64, 2, SIZES(2, 2), SIZES(2, 0, 0, 1));
    CHECK_VALUES("index_select", td_index_select(x, 0, i), 4, 5, 0, 1, 4, 5, 4, 5);
    CHECK_VALUES("index_select of columns", td_index_select(x, -1, td_array(c, TD_I64, 1, SIZES(1), SIZES(1))), 1, 3, 5);
    CHECK_VALUES("gather", td_gather(x, 0, g), 4, 1, 0, 3);
    CHECK_VALUES("embedding", td_embedding(x, g), 4, 5, 0, 1, 0, 1, 2, 3);
    CHECK_VALUES("index_add", td_index_add(x, 0, i, td_ones(c, TD_F64, 2, SIZES(4, 2))), 1, 2, 2, 3, 7, 8);
    CHECK_VALUES("scatter_add", td_scatter_add(x, 0, g, td_full(c, TD_F64, 2, SIZES(2, 2), 10)), 10, 11, 2, 13, 14, 5);
    td_data(td_index_select(x, 0, far)), check_refused("index_select", c, TD_EVALUE, "index_select|3");
    td_data(td_gather(x, 1, g)), check_refused("gather", c, TD_EVALUE, "gather|2");
    td_data(td_embedding(x, td_neg(far))), check_refused("embedding", c, TD_EVALUE, "index -3");
    td_data(td_scatter_add(x, 1, g, td_ones(c, TD_F64, 2, SIZES(2, 2)))),
        check_refused("scatter_add", c, TD_EVALUE, "scatter_add|2");
    td_index_select(x, 0, x), check_refused("a float index", c, TD_EDTYPE, "index_select|f64");
    close_clean(c);
}

/* ---- linear algebra and networks ---------------------------------------------------------------------------------- */

TEST(ops, matmul_follows_pytorchs_ranks)
{
    td_context *c = td_open(NULL);
    td_tensor *a = td_reshape(td_arange(c, TD_F64, 0, 6, 1), 2, SIZES(2, 3)), *v = VECTOR(c, 1, 2, 3), *w = VECTOR(c, 1, 10);
    CHECK_VALUES("vector vector", td_matmul(v, v), 14);
    CHECK_VALUES("matrix vector", td_matmul(a, v), 8, 26);
    CHECK_VALUES("vector matrix", td_matmul(w, a), 30, 41, 52);
    CHECK_VALUES("matrix matrix", td_matmul(a, td_transpose(a, 0, 1)), 5, 14, 14, 50);
    td_tensor *batch = td_stack(2, (td_tensor *[]){a, td_neg(a)}, 0);
    CHECK_VALUES("batch matrix", td_matmul(batch, td_reshape(v, 2, SIZES(3, 1))), 8, 26, -8, -26);
    CHECK_VALUES("batch vector", td_matmul(batch, v), 8, 26, -8, -26);
    td_tensor *left = td_reshape(batch, 4, SIZES(2, 1, 2, 3)),
              *right = td_expand(td_reshape(v, 3, SIZES(1, 3, 1)), 3, SIZES(5, 3, 1));
    td_tensor *y = td_matmul(left, right);
    CHECK_SHAPE("batches broadcast", y, 2, 5, 2, 1);
    CHECK_VALUES("batches broadcast", td_select(td_select(y, 1, 4), 0, 1), -8, -26);
    CHECK_VALUES("mm", td_mm(batch, td_transpose(batch, 1, 2)), 5, 14, 14, 50, 5, 14, 14, 50);
    CHECK_VALUES("dot", td_dot(v, v), 14);
    CHECK_VALUES("outer", td_outer(w, v), 1, 2, 3, 10, 20, 30);
    CHECK_VALUES("linear", td_linear(v, a, w), 9, 36);
    CHECK_VALUES("linear without bias", td_linear(a, a, NULL), 5, 14, 14, 50);
    td_matmul(v, td_scalar(c, 1)), check_refused("0-d", c, TD_ESHAPE, "matmul|0");
    td_matmul(a, w), check_refused("sizes", c, TD_ESHAPE, "matmul|(2,3)|(2,)|3");
    td_dot(v, w), check_refused("dot", c, TD_ESHAPE, "dot|3|2");
    td_linear(v, a, v), check_refused("bias", c, TD_ESHAPE, "linear|(3,)");
    close_clean(c);
}

TEST(ops, network_functions_are_what_textbooks_print)
{
    td_context *c = td_open(NULL);
    td_tensor  *x = td_array(c, TD_F64, 2, SIZES(2, 3), VALUES(1, 2, 3, 1000, 0, -1000));
    double      s = exp(1) + exp(2) + exp(3);
    CHECK_NEAR("softmax", 8, td_softmax(x, -1), exp(1) / s, exp(2) / s, exp(3) / s, 1, 0, 0);
    CHECK_NEAR("softmax of columns", 8, td_softmax(td_slice(x, 0, 0, 1, 1), 0), 1, 1, 1);
    CHECK_NEAR("log_softmax", 8, td_log_softmax(x, 1), 1 - log(s), 2 - log(s), 3 - log(s), 0, -1000, -2000);
    td_tensor *target = td_array(c, TD_I64, 1, SIZES(2), SIZES(2, 1));
    CHECK_NEAR("cross_entropy", 8, td_cross_entropy(x, target, NULL), (log(s) - 3 + 1000) / 2);
    CHECK_VALUES("mse_loss", td_mse_loss(VECTOR(c, 1, 2, 3), td_scalar(c, 1), NULL, TD_REDUCTION_MEAN), 5.0 / 3);
    double r = 1 / sqrt(2.0 / 3 + 0.5);
    td_tensor *rows = td_array(c, TD_F64, 2, SIZES(2, 3), VALUES(1, 2, 3, 5, 5, 5));
    CHECK_NEAR("layer_norm", 8, td_layer_norm(rows, 1, NULL, NULL, 0.5), -r, 0, r, 0, 0, 0);
    CHECK_NEAR("layer_norm with weight and bias", 8, td_layer_norm(rows, 1, VECTOR(c, 1, 2, 3), VECTOR(c, 0, 0, 1), 0.5), -r,
               0, 1 + 3 * r, 0, 0, 1);
    CHECK_NEAR("cross_entropy_adj", 8, td_cross_entropy_adj(x, target, td_scalar(c, 6)), 3 * exp(1) / s, 3 * exp(2) / s,
               3 * exp(3) / s - 3, 3, -3, 0);
    CHECK_NEAR("layer_norm_adj", 8, td_layer_norm_adj(rows, td_ones_like(rows), 1, VECTOR(c, 3, 0, 0), 0.5),
               r * (2 - r * r), -r, r * (r * r - 1), sqrt(8), -sqrt(2), -sqrt(2));
    CHECK_NEAR("layer_norm_adj_w", 8, td_layer_norm_adj_w(rows, td_add_scalar(rows, 1), 1, 0.5), -2 * r, 0, 4 * r, 8, 9, 10);
    td_data(td_cross_entropy(x, td_array(c, TD_I64, 1, SIZES(2), SIZES(3, 0)), NULL));
    check_refused("a class that is none", c, TD_EVALUE, "cross_entropy|3");
    close_clean(c);
}

TEST(ops, a_cross_entropy_of_nothing_is_the_mean_of_nothing)
{
    td_context *c = td_open(NULL);
    td_tensor  *none = td_array(c, TD_I64, 1, SIZES(0), NULL), *zero = td_zeros(c, TD_I64, 1, SIZES(4));
    CHECK(isnan(td_item(td_cross_entropy(td_zeros(c, TD_F64, 2, SIZES(0, 3)), none, NULL))), "a mean of nothing is a number");
    CHECK_VALUES("one class", td_cross_entropy(td_ones(c, TD_F64, 2, SIZES(4, 1)), zero, NULL), 0);
    td_data(td_cross_entropy(td_zeros(c, TD_F64, 2, SIZES(4, 0)), zero, NULL));
    check_refused("no class", c, TD_EVALUE, "cross_entropy|0|axis 1 is empty");
    close_clean(c);
}

TEST(ops, scans_go_along_an_axis)
{
    td_context *c = td_open(NULL);
    td_tensor  *x = td_array(c, TD_F64, 2, SIZES(2, 3), VALUES(1, 2, 3, 4, 5, 6));
    CHECK_VALUES("cumsum of rows", td_cumsum(x, -1), 1, 3, 6, 4, 9, 15);
    CHECK_VALUES("cumsum of columns", td_cumsum(x, 0), 1, 2, 3, 5, 7, 9);
    CHECK_VALUES("cumsum of a view", td_cumsum(td_transpose(x, 0, 1), 0), 1, 4, 3, 9, 6, 15);
    CHECK_VALUES("cumprod of rows", td_cumprod(x, 1), 1, 2, 6, 4, 20, 120);
    CHECK_VALUES("cumprod of columns", td_cumprod(x, 0), 1, 2, 3, 4, 10, 18);
    CHECK_VALUES("recurrence", td_recurrence(x, td_ones_like(x), 1), 1, 3, 10, 1, 6, 37);
    CHECK_VALUES("of one number", td_cumsum(VECTOR(c, 7), 0), 7);
    CHECK_VALUES("of truths", td_cumsum(td_gt(x, td_scalar(c, 2)), 1), 0, 0, 1, 1, 2, 3);
    CHECK(td_dtype_of(td_cumsum(td_gt(x, x), 1)) == TD_I64, "truths are not counted in i64");
    CHECK_SHAPE("of nothing", td_cumprod(td_zeros(c, TD_F64, 2, SIZES(2, 0)), 1), 2, 0);
    td_cumsum(x, 2), check_refused("axis", c, TD_ESHAPE, "cumsum|2");
    td_recurrence(x, VECTOR(c, 1, 2), 0), check_refused("shapes", c, TD_ESHAPE, "recurrence|(2,3)|(2,)");
    td_recurrence(td_to(x, TD_I64), td_to(x, TD_I64), 0), check_refused("integers", c, TD_EDTYPE, "recurrence|i64");
    close_clean(c);
}

/* d(sum of products)/dx_k sums products without x_k: one zero leaves some, a second none beyond it. */
TEST(ops, slopes_of_products_with_zeros)
{
    td_context *c = td_open(NULL);
    td_tensor  *x = td_require_grad(VECTOR(c, 2, 0, 3, 0, 5));
    td_backward(td_sum(td_cumprod(x, 0)));
    CHECK_VALUES("zeros", td_grad(x), 1, 2 + 6, 0, 0, 0);
    td_tensor *y = td_require_grad(VECTOR(c, 2, 3, 0, 4));
    td_backward(td_sum(td_cumprod(y, 0)));
    CHECK_VALUES("a zero", td_grad(y), 1 + 3, 2, 6 + 24, 0);
    close_clean(c);
}

TEST(ops, dropout_keeps_the_mean_and_depends_on_the_seed)
{
    td_options  o = {.seed = 5};
    td_context *c = td_open(&o), *again = td_open(&o), *dual = open_engine(td_dual_engine());
    td_seed(dual, 5);
    td_tensor *y = td_dropout(td_ones(c, TD_F64, 1, SIZES(10000)), 0.25),
              *z = td_dropout(td_ones(c, TD_F64, 1, SIZES(10000)), 0.25);
    double kept = td_item(td_sum(td_ne(y, td_scalar(c, 0)))) / 10000;
    CHECK(fabs(kept - 0.75) < 0.02, "kept %g", kept);
    CHECK_NEAR("scaled", 1, td_max(y), 1 / 0.75);
    CHECK(td_item(td_sum(td_ne(y, z))) > 2000, "two calls drew one mask");
    const size_t bytes = 10000 * sizeof(double);
    td_tensor   *same = td_dropout(td_ones(again, TD_F64, 1, SIZES(10000)), 0.25),
              *other = td_dropout(td_ones(dual, TD_F64, 1, SIZES(10000)), 0.25);
    CHECK(!memcmp(td_data(y), td_data(same), bytes), "the same seed, another mask");
    double value[10000];
    CHECK(td_read_lane(other, -1, value, NULL) == TD_OK && !memcmp(td_data(y), value, bytes),
          "another mask under the dual engine");
    CHECK_VALUES("p = 0", td_dropout(VECTOR(c, 1, 2), 0), 1, 2);
    td_dropout(VECTOR(c, 1), 1.5);
    check_refused("p = 1.5", c, TD_EVALUE, "dropout|1.5");
    close_clean(dual), close_clean(again), close_clean(c);
}
