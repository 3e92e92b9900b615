/* test_quad.c: quad precision: the definitions' values in it, and slopes by differences of them.
 *
 * The truth is two doubles, high + low, computed with 300 bits. */
#include "cases.h"
#include "compare.h"
#include "testing.h"

#include <float.h>

/* One entry of the result is asked for alone. */
enum { ENTRY = TD_COTANGENTS };

typedef struct op1 { td_tensor *(*f)(td_tensor *); } op1;

static td_tensor *apply_op(td_context *c, td_tensor *const *in, void *user)
{
    const op1 *op = user;
    return td_error(c) ? in[0] : op->f(in[0]);
}

/* A program of one number x. */
typedef struct subject {
    td_input     in;
    td_problem   p;
    td_testimony tape;
    td_quads    *quads;
} subject;

static const td_direction ALONG = {.input = 0, .coordinate = 0};

static void open_subject(subject *s, td_program *f, void *user, const double *x)
{
    static td_direction along;
    along = ALONG;
    const td_plan plan = {.n_direction = 1, .direction = &along};
    *s = (subject){.in = {.dtype = TD_F64, .numel = 1, .smooth = true, .values = x}};
    s->p = (td_problem){.f = f, .user = user, .n = 1, .in = &s->in, .threads = 1};
    CHECK(td_witness_tape.testify(&s->p, &plan, &s->tape) == TD_OK && !s->tape.status, "%s", s->tape.message);
    s->quads = td_quads_open(&s->p, &s->tape);
    CHECK(s->quads != NULL, "no memory");
}

static void close_subject(subject *s)
{
    td_quads_close(s->quads);
    td_testimony_free(&s->tape);
}

/* df/dx at x, or UNKNOWN where nothing could be asked. */
static td_slope slope_at(td_program *f, void *user, double x, bool other_steps)
{
    subject s;
    td_slope k = {.kind = TD_SLOPE_UNKNOWN, .reason = "mute"};
    open_subject(&s, f, user, &x);
    if (!td_quads_mute(s.quads)) k = td_quads_ask(s.quads, &ALONG, ENTRY, other_steps);
    close_subject(&s);
    return k;
}

static bool in_this_build(void)
{
    return td_quad_engine() != NULL;
}

/* ---- slopes ------------------------------------------------------------------------------------------------------ */

static td_tensor *fast_sine(td_tensor *x) { return td_sin(td_mul_scalar(x, 10000)); }

static const struct { const char *name; op1 op; double x, high, low; } KNOWN[] = {
    {"sigmoid at 20", {(td_sigmoid)}, 20, 0x1.1b48654b9f942p-29, 0x1.72569387b78d9p-83},
    {"sigmoid at 40", {(td_sigmoid)}, 40, 0x1.39792499b1a24p-58, 0x1.d55d5a19a261cp-114},
    {"sigmoid", {(td_sigmoid)}, 0.5, 0x1.e149a052c16c2p-3, -0x1.976933df20019p-58},
    {"exp", {(td_exp)}, 1, 0x1.5bf0a8b145769p+1, 0x1.4d57ee2b1013ap-53},
    {"sin", {(td_sin)}, 2, -0x1.aa22657537205p-2, 0x1.6f3341d4d1235p-56},
    {"log", {(td_log)}, 3, 0x1.5555555555555p-2, 0x1.5555555555555p-56},
    {"tanh", {(td_tanh)}, 0.75, 0x1.3173b1efa6ef5p-1, -0x1.f86c8d507ce18p-56},
    {"gelu", {(td_gelu)}, 1.25, 0x1.1f66bfdfc23ddp+0, -0x1.88985751d84f2p-54},
    {"sqrt", {(td_sqrt)}, 5, 0x1.c9f25c5bfedd9p-3, 0x1.ab294a33804a5p-58},
    {"sin 10^4 x", {fast_sine}, 0.5, 0x1.82abc7ab2ce20p+10, 0x1.187475574fb2cp-44},
    {"acos", {(td_acos)}, 0.25, -0x1.08654a2d4f6dbp+0, 0x1.fcd7aa9a877b8p-54},
    {"tan", {(td_tan)}, 1.5, 0x1.8fb3390942dbap+7, -0x1.801cd32fd88cdp-47},
    {"sinh", {(td_sinh)}, 3, 0x1.422a497d6185ep+3, 0x1.28e5883d54185p-51},
    {"cosh", {(td_cosh)}, -2, -0x1.d03cf63b6e19fp+1, -0x1.bcd3200b25880p-53},
    {"atan", {(td_atan)}, 2, 0x1.999999999999ap-3, -0x1.999999999999ap-57},
    {"log1p", {(td_log1p)}, -0.5, 2, 0},
    {"expm1", {(td_expm1)}, -1, 0x1.78b56362cef38p-2, -0x1.ca8a4270fadf5p-57},
    {"asin", {(td_asin)}, -0.5, 0x1.279a74590331cp+0, 0x1.34863e0792bedp-54},
    {"exp2", {(td_exp2)}, 1.5, 0x1.f5e46537ab907p+0, -0x1.47c48bf51c375p-54},
    {"softplus", {(td_softplus)}, 30, 0x1.ffffffffffcb5p-1, 0x1.1f3d538340ee1p-56},
    {"rsqrt", {(td_rsqrt)}, 3, -0x1.8a2345cc04426p-4, 0x1.0f4d02a091ac5p-58},
    {"silu", {(td_silu)}, -1, 0x1.2842f720c62f1p-4, 0x1.9dde90c13d117p-60},
};

/* The error is within its bar, and below 10^-20 of the slope or of 1; the bar is not idle. */
TEST(quad, slopes_are_known_to_twenty_digits)
{
    for (size_t i = 0; i < sizeof KNOWN / sizeof *KNOWN && in_this_build(); i++) {
        for (int steps = 0; steps < 2; steps++) {
            op1      op = KNOWN[i].op;
            td_slope s = slope_at(apply_op, &op, KNOWN[i].x, steps);
            double   error = fabs((s.value - KNOWN[i].high) + (s.low - KNOWN[i].low));
            double   size = fmax(1, fabs(KNOWN[i].high)), expected = KNOWN[i].op.f == fast_sine ? 1e-17 : 1e-18;
            CHECK(s.kind == TD_SLOPE_SMOOTH, "%s: %s", KNOWN[i].name, s.reason ? s.reason : "a kink");
            CHECK(error <= s.error, "%s: off by %.3g, bar %.3g", KNOWN[i].name, error, s.error);
            CHECK(s.error <= expected * size, "%s: bar %.3g", KNOWN[i].name, s.error);
            CHECK(error <= 1e-20 * size || op.f == fast_sine || steps, "%s: off by %.3g", KNOWN[i].name, error);
        }
    }
}

static td_tensor *power_1_5(td_tensor *x) { return td_pow_scalar(x, 1.5); }
static td_tensor *rough_power(td_tensor *x) { return td_pow_scalar(td_abs(x), 1.0625); }

TEST(quad, kinks_are_two_slopes_and_edges_one)
{
    if (!in_this_build()) return;
    op1 relu = {(td_relu)}, edge = {power_1_5}, root = {(td_sqrt)}, bent = {rough_power};
    td_slope s = slope_at(apply_op, &relu, 0, false);
    CHECK(s.kind == TD_SLOPE_KINK && s.left == 0 && s.right == 1, "relu at 0: kind %d, %g and %g", s.kind, s.left, s.right);
    s = slope_at(apply_op, &relu, 0x1p-1000, false);
    CHECK(s.kind == TD_SLOPE_UNKNOWN, "relu at 2^-1000: %g +- %g", s.value, s.error);
    s = slope_at(apply_op, &relu, 1e-300, false);
    CHECK(s.kind == TD_SLOPE_UNKNOWN || fabs(s.value - 1) <= s.error, "relu at 1e-300: %g +- %g", s.value, s.error);
    s = slope_at(apply_op, &edge, 0, false);
    CHECK(s.kind == TD_SLOPE_SMOOTH && s.edge && fabs(s.value) <= s.error, "x^1.5 at 0: %g +- %g", s.value, s.error);
    s = slope_at(apply_op, &root, 0, false);
    CHECK(s.kind == TD_SLOPE_UNKNOWN || s.error > fabs(s.value) / 100, "sqrt at 0: %g +- %g", s.value, s.error);
    s = slope_at(apply_op, &bent, 0, false);
    CHECK(s.kind != TD_SLOPE_SMOOTH || fabs(s.value) <= s.error, "|x|^1.0625 at 0: %g +- %g", s.value, s.error);
}

/* ---- values ------------------------------------------------------------------------------------------------------ */

typedef struct values { td_status status; int64_t n; double *value, *bound; } values;

static values values_of(const td_problem *p, const td_engine *engine)
{
    td_context *c = td_problem_open(p, engine);
    td_tensor  *leaf[TD_SAMPLE_IN], *y = NULL;
    for (int i = 0; i < p->n; i++) leaf[i] = td_problem_leaf(p, c, i);
    if (!td_error(c)) y = td_problem_run(p, c, leaf);
    values v = {.status = td_error(c), .n = td_error(c) ? 0 : td_numel(y)};
    v.value = malloc((size_t)(2 * v.n + 1) * sizeof *v.value);
    v.bound = v.value + v.n;
    if (v.n) CHECK(td_read_lane(y, -1, v.value, v.bound) == TD_OK, "%s", td_message(c));
    td_close(c);
    return v;
}

static void compare_values(const td_case *k, int64_t number, const values *dual, const values *quad, int64_t *decided)
{
    CHECK(dual->status == quad->status && dual->n == quad->n, "%s case %lld: status %d, in quad %d", k->op->name,
          (long long)number, (int)dual->status, (int)quad->status);
    for (int64_t j = 0; j < dual->n && dual->n == quad->n; j++) {
        double apart = fabs(dual->value[j] - quad->value[j]), limit = dual->bound[j] + quad->bound[j];
        if (!isfinite(limit) || !isfinite(dual->value[j])) continue;
        ++*decided;
        CHECK(apart <= limit, "%s case %lld, number %lld: %.17g +- %.2g, in quad %.17g +- %.2g", k->op->name,
              (long long)number, (long long)j, dual->value[j], dual->bound[j], quad->value[j], quad->bound[j]);
    }
}

TEST(quad, every_definition_has_the_value_in_quad_that_it_has_in_double)
{
    enum { CASES = 12 };
    for (int id = 1; id < TD_ID_COUNT && in_this_build(); id++) {
        int64_t decided = 0;
        for (int64_t number = 0; number < CASES; number++) {
            td_case k;
            if (!td_case_draw(td_op_by_id(id), TD_F64, number, 0, &k)) continue;
            td_problem p = td_case_problem(&k);
            values     dual = values_of(&p, td_dual_engine()), quad = values_of(&p, td_quad_engine());
            compare_values(&k, number, &dual, &quad, &decided);
            free(dual.value), free(quad.value);
            td_case_clear(&k);
        }
        CHECK(decided > 0, "%s: nothing was compared", td_op_by_id(id)->name);
    }
}

/* A bound of quad numbers is about 2^-113 of their size, not a double's. */
TEST(quad, the_rest_beyond_a_double_is_carried)
{
    if (!in_this_build()) return;
    td_context *c = open_engine(td_quad_engine());
    td_tensor  *x = td_scalar(c, 1);
    double      step = 0x1p-80, high, low, bound;
    CHECK(td_set_tangent(x, 0, &step) == TD_OK, "%s", td_message(c));
    td_tensor *y = td_add_scalar(td_mul_scalar(x, 3), -3);
    CHECK(td_item(y) == 3 * step, "3 (1 + 2^-80) - 3 is %g", td_item(y));
    y = td_square(x);
    td_read_lane(y, -1, &high, NULL);
    td_read_lane(y, 0, &low, &bound);
    CHECK(high == 1 && fabs(low - 2 * step) <= bound && bound > 0 && bound < 0x1p-110, "(1 + 2^-80)^2: %g + %g +- %g", high,
          low, bound);
    CHECK(td_set_tangent(x, 1, &step) == TD_EVALUE, "a lane 1");
    td_clear_error(c);
    close_clean(c);
}

/* ---- what it can testify ----------------------------------------------------------------------------------------- */

static td_status exp_compute(const td_call *call)
{
    const double *x = call->in[0].data;
    double       *y = call->out.data;
    for (int64_t i = 0; i < call->out.shape->numel; i++) y[i] = exp(x[i]);
    return TD_OK;
}

static void right_vjp(td_pull *p) { td_pull_add(p, 0, td_mul(p->g, td_exp(p->in[0]))); }
static void wrong_vjp(td_pull *p) { td_pull_add(p, 0, td_mul_scalar(td_mul(p->g, td_exp(p->in[0])), 1 + 1e-12)); }
static td_tensor *exp_define(int n, td_tensor *const *in, const td_attr *a) { (void)n, (void)a; return td_exp(in[0]); }

#define EXP(title, rule, meaning) \
    {.name = title, .min_in = 1, .max_in = 1, .reads = TD_READS(0), .compute = exp_compute, .vjp = rule, .define = meaning}

static td_tensor *through_op(td_context *c, td_tensor *const *in, void *user)
{
    const td_op *op = user;
    return td_error(c) ? in[0] : td_apply(op, 1, in, NULL);
}

/* What the tape claims, and what differences in quad say of it, nobody else asked. */
static td_fd_outcome outcome(td_op op, const char **mute)
{
    subject s;
    double  x = 0.75;
    open_subject(&s, through_op, &op, &x);
    td_fd_outcome o = TD_FD_UNDECIDED;
    *mute = td_quads_mute(s.quads) ? "mute" : NULL;
    if (!*mute) {
        const char *reason;
        td_slope    k = td_quads_ask(s.quads, &ALONG, 0, false);
        o = td_compare_slope(&k, s.tape.slope[0][0], NAN, &reason);
    }
    close_subject(&s);
    return o;
}

TEST(quad, a_rule_off_by_1e_12_is_seen_by_differences_in_quad_alone)
{
    if (!in_this_build()) return;
    const char *mute;
    td_op       right = EXP("right", right_vjp, exp_define), wrong = EXP("1e-12 too much", wrong_vjp, exp_define);
    td_op       undefined = EXP("undefined", right_vjp, NULL);
    CHECK(outcome(right, &mute) == TD_FD_AGREED && !mute, "a right rule");
    CHECK(outcome(wrong, &mute) == TD_FD_DISAGREED && !mute, "a rule off by 1e-12");
    outcome(undefined, &mute);
    CHECK(mute, "an op without a definition was asked");
}

/* The engines quarrel by 1e-12, which is too fine for differences in double: quad says who is alone. */
TEST(quad, the_vote_on_a_fine_difference_is_taken_in_quad)
{
    if (!in_this_build()) return;
    td_op            wrong = EXP("1e-12 too much", wrong_vjp, exp_define);
    td_context      *c = td_open(NULL);
    td_tensor       *x = td_scalar(c, 0.75);
    td_check_result *r = td_check(through_op, 1, &x, &wrong, &(td_check_options){.skip = TD_SKIP_BLAME});
    CHECK(r && r->verdict == TD_DISAGREE && r->worst.alone == TD_ALONE_TAPE && r->worst.quad, "%s, %s alone, in quad: %d",
          r ? td_verdict_name(r->verdict) : "", r ? td_alone_name(r->worst.alone) : "", r && r->worst.quad);
    td_check_free(r);
    close_clean(c);
}

/* 3 x - 0.3 at 0.1 is 2^-54 in double and half of that in quad. */
static td_tensor *forked(td_context *c, td_tensor *const *in, void *user)
{
    (void)user;
    td_tensor *t = td_add_scalar(td_mul_scalar(in[0], 3), -0.3);
    if (td_error(c)) return t;
    return td_item(t) > 4e-17 ? td_exp(in[0]) : td_square(in[0]);
}

TEST(quad, another_branch_of_the_program_is_no_witness)
{
    if (!in_this_build()) return;
    subject s;
    double  x = 0.1;
    open_subject(&s, forked, NULL, &x);
    CHECK(td_quads_mute(s.quads) && strstr(td_quads_mute(s.quads), "another"), "%s",
          td_quads_mute(s.quads) ? td_quads_mute(s.quads) : "heard");
    close_subject(&s);
}

TEST(quad, a_build_without_it_says_so)
{
    if (in_this_build()) return;
    subject s;
    op1     op = {(td_exp)};
    double  x = 1;
    open_subject(&s, apply_op, &op, &x);
    CHECK(td_quads_mute(s.quads) && strstr(td_quads_mute(s.quads), "no quad"), "it does not say so");
    close_subject(&s);
}
