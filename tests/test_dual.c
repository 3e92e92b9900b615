/* test_dual.c: the dual engine by itself: tangents, their rounding bounds, second derivatives.
 *
 * The truth here is long double, 11 bits more than the engine has: its own error is invisible beside the bounds. */
#include "testing.h"

typedef struct known {
    const char *name;
    td_tensor *(*op)(td_tensor *);
    long double (*value)(long double), (*slope)(long double), (*bend)(long double);
    double low, high;
} known;

static const long double PI2 = 1.57079632679489661923132169163975144L;

static long double f_square(long double x) { return x * x; }
static long double d_square(long double x) { return 2 * x; }
static long double e_square(long double x) { return 2 + 0 * x; }
static long double d_sqrt(long double x) { return 1 / (2 * sqrtl(x)); }
static long double e_sqrt(long double x) { return -1 / (4 * x * sqrtl(x)); }
static long double f_rsqrt(long double x) { return 1 / sqrtl(x); }
static long double d_rsqrt(long double x) { return -1 / (2 * x * sqrtl(x)); }
static long double e_rsqrt(long double x) { return 3 / (4 * x * x * sqrtl(x)); }
static long double f_inverse(long double x) { return 1 / x; }
static long double d_inverse(long double x) { return -1 / (x * x); }
static long double e_inverse(long double x) { return 2 / (x * x * x); }
static long double e_log(long double x) { return -1 / (x * x); }
static long double d_log1p(long double x) { return 1 / (1 + x); }
static long double e_log1p(long double x) { return -1 / ((1 + x) * (1 + x)); }
static long double n_sin(long double x) { return -sinl(x); }
static long double n_cos(long double x) { return -cosl(x); }
static long double d_tan(long double x) { return 1 / (cosl(x) * cosl(x)); }
static long double e_tan(long double x) { return 2 * tanl(x) * d_tan(x); }
static long double d_tanh(long double x) { return 1 / (coshl(x) * coshl(x)); }
static long double e_tanh(long double x) { return -2 * tanhl(x) * d_tanh(x); }
static long double d_asin(long double x) { return 1 / sqrtl((1 - x) * (1 + x)); }
static long double e_asin(long double x) { return x * d_asin(x) / ((1 - x) * (1 + x)); }
static long double d_acos(long double x) { return -d_asin(x); }
static long double e_acos(long double x) { return -e_asin(x); }
static long double d_atan(long double x) { return 1 / (1 + x * x); }
static long double e_atan(long double x) { return -2 * x * d_atan(x) * d_atan(x); }
static long double f_sigmoid(long double x) { return 1 / (1 + expl(-x)); }
static long double d_sigmoid(long double x) { return f_sigmoid(x) * f_sigmoid(-x); }
static long double e_sigmoid(long double x) { return d_sigmoid(x) * (f_sigmoid(-x) - f_sigmoid(x)); }
static long double f_softplus(long double x) { return fmaxl(x, 0) + log1pl(expl(-fabsl(x))); }
static long double f_gelu(long double x) { return x * erfcl(-x / sqrtl(2)) / 2; }
static long double normal(long double x) { return expl(-x * x / 2) / sqrtl(4 * PI2); }
static long double d_gelu(long double x) { return erfcl(-x / sqrtl(2)) / 2 + x * normal(x); }
static long double e_gelu(long double x) { return (2 - x * x) * normal(x); }
static long double f_silu(long double x) { return x * f_sigmoid(x); }
static long double d_silu(long double x) { return f_sigmoid(x) + x * d_sigmoid(x); }
static long double e_silu(long double x) { return 2 * d_sigmoid(x) + x * e_sigmoid(x); }

static const known KNOWN[] = {
    {"square", (td_square), f_square, d_square, e_square, -1e3, 1e3},
    {"sqrt", (td_sqrt), sqrtl, d_sqrt, e_sqrt, 1e-3, 1e3},
    {"rsqrt", (td_rsqrt), f_rsqrt, d_rsqrt, e_rsqrt, 1e-3, 1e3},
    {"reciprocal", (td_reciprocal), f_inverse, d_inverse, e_inverse, 1e-3, 1e3},
    {"exp", (td_exp), expl, expl, expl, -50, 50},
    {"expm1", (td_expm1), expm1l, expl, expl, -30, 30},
    {"log", (td_log), logl, f_inverse, e_log, 1e-3, 1e3},
    {"log1p", (td_log1p), log1pl, d_log1p, e_log1p, -0.99, 1e3},
    {"sin", (td_sin), sinl, cosl, n_sin, -30, 30},
    {"cos", (td_cos), cosl, n_sin, n_cos, -30, 30},
    {"tan", (td_tan), tanl, d_tan, e_tan, -1.5, 1.5},
    {"sinh", (td_sinh), sinhl, coshl, sinhl, -30, 30},
    {"cosh", (td_cosh), coshl, sinhl, coshl, -30, 30},
    {"tanh", (td_tanh), tanhl, d_tanh, e_tanh, -10, 10},
    {"asin", (td_asin), asinl, d_asin, e_asin, -0.99, 0.99},
    {"acos", (td_acos), acosl, d_acos, e_acos, -0.99, 0.99},
    {"atan", (td_atan), atanl, d_atan, e_atan, -30, 30},
    {"sigmoid", (td_sigmoid), f_sigmoid, d_sigmoid, e_sigmoid, -30, 30},
    {"softplus", (td_softplus), f_softplus, f_sigmoid, d_sigmoid, -30, 30},
    {"gelu", (td_gelu), f_gelu, d_gelu, e_gelu, -5, 5},
    {"silu", (td_silu), f_silu, d_silu, e_silu, -30, 30},
};

enum { POINTS = 200 };

static double point(const known *k, int i)
{
    return k->low + (k->high - k->low) * (i + 0.5) / POINTS;
}

/* |got - truth| within the bound, and the bound not idle: below `most` relative to the largest term. */
static void check_bound(const char *what, const known *k, double x, double got, double bound, long double truth)
{
    long double error = fabsl((long double)got - truth);
    CHECK(error <= (long double)bound, "%s %s at %.17g: %.17g, truth %.20Lg, error %.3Lg above the bound %.3g", k->name,
          what, x, got, truth, error, bound);
    CHECK(bound <= 1e-9 * (1 + fabs((double)truth)) * (1 + fabs(x)), "%s %s at %.17g: bound %.3g says nothing", k->name,
          what, x, bound);
}

TEST(dual, tangents_are_derivatives_and_their_bounds_hold)
{
    td_context *c = open_engine(td_dual_engine());
    for (size_t f = 0; f < sizeof KNOWN / sizeof *KNOWN; f++) {
        const known *k = &KNOWN[f];
        double       x[POINTS], v[POINTS], got[POINTS], bound[POINTS];
        for (int i = 0; i < POINTS; i++) x[i] = point(k, i), v[i] = 1;
        td_tensor *leaf = td_array(c, TD_F64, 1, SIZES(POINTS), x);
        td_set_tangent(leaf, 1, v);
        td_tensor *y = k->op(leaf);
        CHECK(td_read_lane(y, -1, got, bound) == TD_OK, "%s: %s", k->name, td_message(c));
        for (int i = 0; i < POINTS; i++) check_bound("value", k, x[i], got[i], bound[i], k->value(x[i]));
        td_read_lane(y, 1, got, bound);
        for (int i = 0; i < POINTS; i++) check_bound("tangent", k, x[i], got[i], bound[i], k->slope(x[i]));
        td_read_lane(y, 0, got, NULL);
        for (int i = 0; i < POINTS; i++) CHECK(got[i] == 0, "%s: a lane without a tangent is %g", k->name, got[i]);
    }
    close_clean(c);
}

TEST(dual, second_derivatives_are_mixed_terms)
{
    td_context *c = open_engine(td_dual2_engine());
    for (size_t f = 0; f < sizeof KNOWN / sizeof *KNOWN; f++) {
        const known *k = &KNOWN[f];
        double       x[POINTS], a[POINTS], b[POINTS], got[POINTS], bound[POINTS];
        for (int i = 0; i < POINTS; i++) x[i] = point(k, i), a[i] = 2, b[i] = -0.5;
        td_tensor *leaf = td_array(c, TD_F64, 1, SIZES(POINTS), x);
        td_set_tangent(leaf, 0, a), td_set_tangent(leaf, 1, b);
        td_tensor *y = k->op(leaf);
        CHECK(td_read_lane(y, 1, got, bound) == TD_OK, "%s: %s", k->name, td_message(c));
        for (int i = 0; i < POINTS; i++) check_bound("direction b", k, x[i], got[i], bound[i], -k->slope(x[i]) / 2);
        td_read_lane(y, 2, got, bound);
        for (int i = 0; i < POINTS; i++) check_bound("mixed term", k, x[i], got[i], bound[i], -k->bend(x[i]));
    }
    close_clean(c);
}

/* y = x0^2 x1 + x1 / x2 at (2, 3, 4): four directions in one sweep. */
static td_tensor *polynomial(td_tensor *x)
{
    td_tensor *x0 = td_select(x, 0, 0), *x1 = td_select(x, 0, 1), *x2 = td_select(x, 0, 2);
    return td_add(td_mul(td_square(x0), x1), td_div(x1, x2));
}

TEST(dual, all_lanes_at_once)
{
    td_context  *c = open_engine(td_dual_engine());
    td_tensor   *x = VECTOR(c, 2, 3, 4);
    const double v[TD_LANES][3] = {{1, 0, 0}, {0, 1, 0}, {0, 0, 1}, {1, -1, 2}};
    const double expected[TD_LANES] = {12, 4.25, -0.1875, 12 - 4.25 - 0.375};
    for (int lane = 0; lane < TD_LANES; lane++) td_set_tangent(x, lane, v[lane]);
    td_tensor *y = polynomial(x);
    double     got, bound;
    for (int lane = 0; lane < TD_LANES; lane++) {
        td_read_lane(y, lane, &got, &bound);
        CHECK(fabs(got - expected[lane]) <= bound && bound < 1e-13, "lane %d is %.17g, expected %g", lane, got,
              expected[lane]);
    }
    CHECK_VALUES("value", y, 12.75);
    close_clean(c);

    c = open_engine(td_dual2_engine());
    x = VECTOR(c, 2, 3, 4);
    td_set_tangent(x, 0, VALUES(1, 2, 0)), td_set_tangent(x, 1, VALUES(0, 1, 8));
    td_read_lane(polynomial(x), 2, &got, &bound);   /* a^T H b, H = [[6, 4, 0], [4, 0, -1/16], [0, -1/16, 6/64]] */
    CHECK(fabs(got - (4 - 1)) <= bound && bound < 1e-13, "mixed term is %.17g +- %g, expected 3", got, bound);
    close_clean(c);
}

/* The sum has 3000 terms that cancel: the bound must grow with what was lost, and hold. */
TEST(dual, bounds_hold_under_cancellation)
{
    enum { N = 3000 };
    td_context *c = open_engine(td_dual_engine());
    double      x[N], v[N], got, bound;
    long double value = 0, tangent = 0;
    for (int i = 0; i < N; i++) {
        x[i] = (i % 2 ? -1 : 1) * (1e8 + 1.0 / (i + 1));
        v[i] = (i % 2 ? 1 : -1) * sqrt(i);
        value += x[i], tangent += v[i];
    }
    td_tensor *leaf = td_array(c, TD_F64, 1, SIZES(N), x);
    td_set_tangent(leaf, 0, v);
    td_tensor *s = td_sum(leaf);
    td_read_lane(s, -1, &got, &bound);
    CHECK(fabsl((long double)got - value) <= bound && bound < 1e-2, "sum %.17g, truth %.20Lg, bound %g", got, value, bound);
    td_read_lane(s, 0, &got, &bound);
    CHECK(fabsl((long double)got - tangent) <= bound && bound < 1e-8, "tangent %.17g, truth %.20Lg, bound %g", got, tangent,
          bound);
    close_clean(c);
}

/* The first two terms of each sum cancel exactly; added in another order they do not. */
TEST(dual, a_replayed_sum_is_bounded_in_any_order)
{
    td_context *c = td_open(NULL);
    td_tensor  *s = td_sum(VECTOR(c, 0x1.cd625bea11d6cp-4, -0x1.cd625bea11d6cp-4, 0x1.68adc372f4bd7p-4));
    double      got, should, bound, other = (0x1.68adc372f4bd7p-4 + 0x1.cd625bea11d6cp-4) - 0x1.cd625bea11d6cp-4;
    CHECK(td_replay_node(s, &should, &bound) == TD_OK && td_read(s, &got) == TD_OK, "no replay: %s", td_message(c));
    CHECK(fabs(got - should) <= bound && fabs(other - should) <= bound, "sum %a or %a, should be %a +- %g", got, other, should,
          bound);
    CHECK(bound < 1e-15, "a bound of %g", bound);
    close_clean(c);
}

/* 1/0 and 1/-0 are apart as far as can be. */
TEST(dual, the_least_of_zeros_keeps_its_sign)
{
    const double zero[] = {0.0, -0.0};
    for (int k = 0; k < 2; k++) {
        td_context *c = open_engine(td_dual_engine());
        td_tensor  *x = VECTOR(c, zero[k], zero[k]);
        double      want = 1 / zero[k];
        CHECK_VALUES("minimum", td_reciprocal(td_minimum(x, x)), want, want);
        CHECK_VALUES("maximum", td_reciprocal(td_maximum(x, x)), want, want);
        CHECK_VALUES("amin", td_reciprocal(td_amin(x)), want);
        CHECK_VALUES("amax", td_reciprocal(td_amax(x)), want);
        close_clean(c);
    }
}

/* Constants have no tangent, and a detached result is one. */
TEST(dual, detached_results_have_no_tangent)
{
    td_context *c = open_engine(td_dual_engine());
    td_tensor  *x = td_scalar(c, 3);
    double      got;
    td_set_tangent(x, 0, VALUES(1));
    td_read_lane(td_mul(x, td_detach(x)), 0, &got, NULL);
    CHECK(got == 3, "x times detached x: %g", got);
    td_read_lane(td_sign(x), 0, &got, NULL);
    CHECK(got == 0, "sign: %g", got);
    CHECK_VALUES("a comparison steers the program", td_gt(x, td_scalar(c, 2)), 1);
    close_clean(c);

    c = open_engine(td_dual2_engine());
    x = td_scalar(c, 3);
    td_set_tangent(x, 0, VALUES(1)), td_set_tangent(x, 1, VALUES(1));
    const double expected[] = {3, 3, 0};   /* of 3 x at 3, as a detached x is 3 */
    for (int lane = 0; lane < 3; lane++) {
        td_read_lane(td_mul(x, td_detach(x)), lane, &got, NULL);
        CHECK(got == expected[lane], "x times detached x, second order, lane %d: %g", lane, got);
    }
    close_clean(c);
}

/* What a pad puts among integers is an integer, as the kernel has it.  Found by triad fuzz. */
TEST(dual, a_padding_takes_the_dtype)
{
    td_context *c = open_engine(td_dual_engine());
    td_tensor  *x = td_array(c, TD_I64, 1, SIZES(1), (int64_t[]){3});
    double      got[3];
    td_read_lane(td_pad(x, SIZES(1, 1), -1.5), -1, got, NULL);
    CHECK(got[0] == -1 && got[1] == 3 && got[2] == -1, "padded with -1.5: %g %g %g", got[0], got[1], got[2]);
    close_clean(c);
}

TEST(dual, it_is_refused_what_makes_no_sense)
{
    td_context *c = open_engine(td_dual_engine()), *tape = td_open(NULL);
    td_tensor  *x = td_scalar(c, 3), *y = td_square(x);
    td_set_tangent(x, TD_LANES, VALUES(1));
    check_refused("a lane too many", c, TD_EVALUE, "4");
    td_set_tangent(y, 0, VALUES(1));
    check_refused("a tangent on a result", c, TD_ESTATE, "leaf");
    CHECK(td_backward(y) == TD_ESTATE, "backward under the dual engine: %s", td_message(c));
    td_clear_error(c);
    double got;
    CHECK(td_read_lane(td_scalar(tape, 1), 0, &got, NULL) == TD_ESTATE, "lanes of a tape: %s", td_message(tape));
    td_clear_error(tape);
    close_clean(tape), close_clean(c);
}

/* e^x - e^x is 0, and nobody knows in which digits: what is made of it seems false and may be true, unless the other decides. */
TEST(dual, what_is_in_doubt_seems_what_its_value_is)
{
    td_context *c = td_open(&(td_options){.engine = td_dual_engine()});
    td_tensor  *e = td_exp(td_scalar(c, 0.5)), *doubt = td_sub(e, e), *one = td_scalar(c, 1), *zero = td_scalar(c, 0);
    const struct { const char *what; td_tensor *y; double value, bound; } row[] = {
        {"1 and ?", td_logical_and(one, doubt), 0, 1}, {"? and 0", td_logical_and(doubt, zero), 0, 0},
        {"1 or ?", td_logical_or(one, doubt), 1, 0},   {"0 or ?", td_logical_or(zero, doubt), 0, 1},
        {"1 xor ?", td_logical_xor(one, doubt), 1, 1}, {"not ?", td_logical_not(doubt), 1, 1}};
    for (size_t k = 0; k < sizeof row / sizeof row[0]; k++) {
        double value = NAN, bound = NAN;
        td_read_lane(row[k].y, -1, &value, &bound);
        CHECK(value == row[k].value && (row[k].bound ? bound >= 1 : bound == 0), "%s is %g +- %g", row[k].what, value, bound);
    }
    CHECK(!td_error(c), "%s", td_message(c));
    td_close(c);
}
