/* test_verify.c: the checker, asked about right and wrong programs.  A checker that objects to nothing, or to everything,
 * fails here; tests/faults.sh does the same to every rule of the library. */
#include "own.h"
#include "testing.h"
#include "triad_verify.h"

/* ---- user ops y = f(x), right and wrong in one thing each --------------------------------------------------------- */

static td_status cube_compute(const td_call *call)
{
    const td_window *x = &call->in[0];
    for (int64_t i = 0; i < x->shape->numel; i++) {
        double v = ((const double *)x->data)[place(x->shape, i)];
        ((double *)call->out.data)[i] = v * v * v;
    }
    return TD_OK;
}

/* One unit in the 40th binary place too much, of the last number only. */
static td_status inexact_compute(const td_call *call)
{
    td_status status = cube_compute(call);
    int64_t   n = call->in[0].shape->numel;
    if (n) ((double *)call->out.data)[n - 1] *= 1 + 0x1p-40;
    return status;
}

static td_tensor *cube_define(int n, td_tensor *const *in, const td_attr *attr)
{
    (void)n, (void)attr;
    return td_mul(td_square(in[0]), in[0]);
}

static td_tensor *square_define(int n, td_tensor *const *in, const td_attr *attr)
{
    (void)n, (void)attr;
    return td_square(in[0]);
}

static td_tensor *slope(td_tensor *x) { return td_mul_scalar(td_square(x), 3); }

static void right_vjp(td_pull *p) { td_pull_add(p, 0, td_mul(p->g, slope(p->in[0]))); }
static void double_vjp(td_pull *p) { td_pull_add(p, 0, td_mul(p->g, td_mul_scalar(slope(p->in[0]), 2))); }
static void sign_vjp(td_pull *p) { td_pull_add(p, 0, td_neg(td_mul(p->g, slope(p->in[0])))); }
static void tiny_vjp(td_pull *p) { td_pull_add(p, 0, td_mul(p->g, td_mul_scalar(slope(p->in[0]), 1 + 1e-10))); }
static void absolute_vjp(td_pull *p) { td_pull_add(p, 0, td_mul(td_abs(p->g), slope(p->in[0]))); }
static void one_vjp(td_pull *p) { td_pull_add(p, 0, slope(p->in[0])); }
static void nothing_vjp(td_pull *p) { (void)p; }
static void constant_vjp(td_pull *p) { td_pull_add(p, 0, td_mul(p->g, td_detach(slope(p->in[0])))); }

/* All but the last number. */
static void tail_vjp(td_pull *p)
{
    td_tensor *g = td_mul(p->g, slope(p->in[0]));
    int64_t    n = td_numel(g);
    td_pull_add(p, 0, n ? td_unslice(td_slice(g, 0, 0, n - 1, 1), 0, 0, n - 1, 1, n) : g);
}

#define OP(title, c, v, d) \
    {.name = title, .min_in = 1, .max_in = 1, .reads = TD_READS(0), .compute = c, .vjp = v, .define = d}

static const struct {
    td_op      op;
    td_verdict verdict;
    td_alone   alone;
} USER[] = {
    {OP("right", cube_compute, right_vjp, cube_define), TD_AGREE, TD_NOBODY},
    {OP("twice the slope", cube_compute, double_vjp, cube_define), TD_DISAGREE, TD_ALONE_TAPE},
    {OP("wrong sign", cube_compute, sign_vjp, cube_define), TD_DISAGREE, TD_ALONE_TAPE},
    {OP("|g| for g", cube_compute, absolute_vjp, cube_define), TD_DISAGREE, TD_ALONE_TAPE},
    {OP("1 for g", cube_compute, one_vjp, cube_define), TD_DISAGREE, TD_ALONE_TAPE},
    {OP("no slope", cube_compute, nothing_vjp, cube_define), TD_DISAGREE, TD_ALONE_TAPE},
    {OP("the tail left out", cube_compute, tail_vjp, cube_define), TD_DISAGREE, TD_ALONE_TAPE},
    {OP("another definition", cube_compute, right_vjp, square_define), TD_DISAGREE, TD_ALONE_DUAL},
};

static td_tensor *apply_user(td_context *c, td_tensor *const *in, void *user)
{
    const td_op *op = user;
    return td_error(c) ? in[0] : td_apply(op, 1, in, NULL);
}

static td_check_result *check_user(td_op op, unsigned skip)
{
    td_context      *c = td_open(NULL);
    td_tensor       *x = VECTOR(c, 1.5, -0.5, 2, 0.75, -3);
    td_check_result *r = td_check(apply_user, 1, &x, &op, &(td_check_options){.skip = skip});
    CHECK(r != NULL, "%s: no result", op.name);
    close_clean(c);
    return r;
}

TEST(verify, right_and_wrong_ops_get_the_verdict_they_deserve)
{
    for (size_t k = 0; k < sizeof USER / sizeof *USER; k++) {
        td_check_result *r = check_user(USER[k].op, 0);
        if (!r) continue;
        CHECK(r->verdict == USER[k].verdict, "%s: %s (%s)", USER[k].op.name, td_verdict_name(r->verdict), r->worst.reason);
        CHECK(r->verdict != TD_DISAGREE || r->worst.alone == USER[k].alone, "%s: %s stands alone", USER[k].op.name,
              td_alone_name(r->worst.alone));
        CHECK(r->verdict != TD_DISAGREE || r->worst.asked == TD_ASKED_VALUE || r->worst.input == 0, "%s: input %d",
              USER[k].op.name, r->worst.input);
        td_check_free(r);
    }
}

/* An error of 1e-10 is beyond finite differences; the dual engine's bound sees it. */
TEST(verify, small_errors_are_seen_without_a_tolerance)
{
    const td_op      slightly = OP("1e-10 too much", cube_compute, tiny_vjp, cube_define);
    const td_op      inexact = OP("2^-40 in one value", inexact_compute, right_vjp, cube_define);
    td_check_result *r = check_user(slightly, 0), *q = check_user(inexact, 0);
    CHECK(r && r->verdict == TD_DISAGREE, "an error of 1e-10: %s", r ? td_verdict_name(r->verdict) : "");
    CHECK(q && q->verdict == TD_DISAGREE && q->worst.asked == TD_ASKED_VALUE, "a wrong value: %s, asked for %s",
          q ? td_verdict_name(q->verdict) : "", q ? td_asked_name(q->worst.asked) : "");
    td_check_free(r), td_check_free(q);
}

/* A rule that is right once and wrong when differentiated again. */
TEST(verify, second_derivatives_are_asked)
{
    const td_op      constant = OP("slope held constant", cube_compute, constant_vjp, cube_define);
    td_check_result *first = check_user(constant, TD_SKIP_SECOND), *both = check_user(constant, 0);
    CHECK(first && first->verdict == TD_AGREE, "without second derivatives: %s",
          first ? td_verdict_name(first->verdict) : "");
    CHECK(both && both->verdict == TD_DISAGREE && both->worst.asked == TD_ASKED_SECOND, "with them: %s",
          both ? td_verdict_name(both->verdict) : "");
    td_check_free(first), td_check_free(both);
}

/* ---- laws --------------------------------------------------------------------------------------------------------- */

/* Without a definition nobody knows the slope; that it is not linear in the cotangent shows all the same. */
static td_tensor *through_definition(td_context *c, td_tensor *const *in, void *user)
{
    const td_op *op = user;
    return td_error(c) ? in[0] : td_apply(op, 1, in, NULL);
}

TEST(verify, a_rule_must_be_linear_in_its_cotangent)
{
    const td_op      absolute = OP("|g| for g", cube_compute, absolute_vjp, cube_define);
    td_op            right = USER[0].op, wrong = absolute;
    td_context      *c = td_open(NULL);
    td_tensor       *x = VECTOR(c, 1.5, -0.5, 2, 0.75, -3);
    td_check_result *r = td_check(through_definition, 1, &x, &right, NULL);
    CHECK(r && r->laws.agreed >= 6 && !r->laws.disagreed && !r->laws.undecided, "right: %lld laws hold",
          r ? (long long)r->laws.agreed : 0);
    CHECK(r && r->repeats.agreed >= 15 && !r->repeats.disagreed, "right: %lld repeats",
          r ? (long long)r->repeats.agreed : 0);
    td_check_free(r);
    r = td_check(through_definition, 1, &x, &wrong, NULL);
    CHECK(r && r->laws.disagreed > 0, "|g| is linear to the checker");
    td_check_free(r);
    close_clean(c);
}

/* Clears its buffer by multiplying it by 0, which a NaN survives. */
static double buffer;
static void kept_vjp(td_pull *p)
{
    buffer = 0 * buffer + td_item(td_sum(p->g));
    td_pull_add(p, 0, td_mul_scalar(td_mul(p->g, slope(p->in[0])), 1 + 0 * buffer));
}

TEST(verify, a_rule_must_not_keep_what_was)
{
    td_op            op = OP("kept", cube_compute, kept_vjp, cube_define);
    td_context      *c = td_open(NULL);
    td_tensor       *x = VECTOR(c, 1.5, -0.5, 2);
    td_check_result *r = td_check(through_definition, 1, &x, &op, &(td_check_options){.skip = TD_SKIP_REPEATS | TD_SKIP_BLAME});
    CHECK(r && r->verdict == TD_DISAGREE && r->worst.law && strstr(r->worst.law, "NaN"), "%s: %s",
          r ? td_verdict_name(r->verdict) : "", r && r->worst.law ? r->worst.law : "no law");
    td_check_free(r);
    close_clean(c);
}

static td_tensor *counting(td_context *c, td_tensor *const *in, void *user)
{
    int *calls = user;
    return td_error(c) ? in[0] : td_sum(td_mul_scalar(in[0], 1 + 1e-300 * ++*calls));
}

TEST(verify, a_program_must_repeat_itself_and_leave_its_inputs)
{
    int              calls = 0;
    td_context      *c = td_open(NULL);
    td_tensor       *x = VECTOR(c, 1, 2, 3);
    td_check_result *r = td_check(counting, 1, &x, &calls, NULL);
    CHECK(r && r->verdict == TD_AGREE, "a count that changes no bit: %s", r ? td_verdict_name(r->verdict) : "");
    td_check_free(r);
    r = td_check(overwriting, 1, &x, NULL, NULL);
    CHECK(r && r->verdict == TD_DISAGREE && r->repeats.disagreed, "inputs overwritten: %s (%s)",
          r ? td_verdict_name(r->verdict) : "", r ? r->worst.reason : "");
    td_check_free(r);
    close_clean(c);
}

/* ---- blame -------------------------------------------------------------------------------------------------------- */

static const td_op broken = OP("broken", cube_compute, double_vjp, cube_define);

static td_tensor *long_program(td_context *c, td_tensor *const *in, void *user)
{
    const td_op *op = user;
    td_tensor   *y = td_tanh(td_matmul(in[0], in[1]));
    td_tensor   *z = td_apply(op, 1, &y, NULL);
    return td_error(c) ? y : td_mean(td_square(td_softmax(z, 0)));
}

TEST(verify, the_op_at_fault_is_named_inside_a_program)
{
    td_context      *c = td_open(NULL);
    td_tensor       *in[] = {td_randn(c, TD_F64, 2, SIZES(4, 3)), td_randn(c, TD_F64, 1, SIZES(3))};
    td_op            op = broken;
    td_check_result *r = td_check(long_program, 2, in, &op, NULL);
    CHECK(r && r->verdict == TD_DISAGREE, "%s", r ? td_verdict_name(r->verdict) : "no result");
    CHECK(r && r->blame.found && !strcmp(r->blame.op, "broken"), "blamed: %s", r && r->blame.found ? r->blame.op : "nobody");
    td_check_free(r);
    close_clean(c);
}

static void flip_vjp(td_pull *p) { td_pull_add(p, 0, td_flip(td_mul(p->g, slope(p->in[0])), 1, (int[]){0})); }
static void range_vjp(td_pull *p)
{
    td_tensor *large = td_gt(td_abs(p->in[0]), td_scalar(p->g->context, 1.75));
    td_pull_add(p, 0, td_mul(td_mul(p->g, slope(p->in[0])), td_add_scalar(td_to(large, TD_F64), 1)));
}

TEST(verify, a_wrong_rule_is_explained)
{
    static const struct { td_op op; const char *text; } wrong[] = {
        {OP("sign", cube_compute, sign_vjp, cube_define), "sign is wrong"},
        {OP("twice", cube_compute, double_vjp, cube_define), "times what it should be: it is added twice"},
        {OP("nothing", cube_compute, nothing_vjp, cube_define), "nothing arrives"},
        {OP("tail", cube_compute, tail_vjp, cube_define), "coordinate 4 is 0"},
        {OP("flip", cube_compute, flip_vjp, cube_define), "wrong places"},
        {OP("range", cube_compute, range_vjp, cube_define), "right where |x| <= 1.5, wrong where |x| >= 2"}};
    for (size_t k = 0; k < sizeof wrong / sizeof *wrong; k++) {
        td_check_result *r = check_user(wrong[k].op, 0);
        CHECK(r && strstr(r->blame.hint, wrong[k].text), "%s: %s", wrong[k].op.name, r ? r->blame.hint : "");
        td_check_free(r);
    }
}

/* Right at the point, wrong for negative numbers. */
static void half_vjp(td_pull *p)
{
    td_tensor *positive = td_gt(p->in[0], td_scalar(p->g->context, -1e-9));
    td_pull_add(p, 0, td_mul(td_mul(p->g, slope(p->in[0])), td_to(positive, TD_F64)));
}

TEST(verify, variants_of_the_inputs_are_asked)
{
    td_op            op = OP("half", cube_compute, half_vjp, cube_define), right = USER[0].op;
    td_context      *c = td_open(NULL);
    td_tensor       *x = VECTOR(c, 1, 2, 3);
    td_check_result *r = td_check(apply_user, 1, &x, &op, NULL), *q = td_check(apply_user, 1, &x, &right, NULL);
    td_check_result *s = td_check(apply_user, 1, &x, &op, &(td_check_options){.skip = TD_SKIP_VARIANTS});
    CHECK(r && r->verdict == TD_DISAGREE && r->worst.variant && !strcmp(r->worst.variant, "signs turned"), "%s, %s",
          r ? td_verdict_name(r->verdict) : "", r && r->worst.variant ? r->worst.variant : "");
    CHECK(q && q->verdict == TD_AGREE && q->variants.agreed == 9, "right: %lld variants agree",
          q ? (long long)q->variants.agreed : 0);
    CHECK(s && s->verdict == TD_AGREE && s->variants.agreed == 0, "variants asked, though not wanted");
    td_check_free(r), td_check_free(q), td_check_free(s);
    close_clean(c);
}

/* ---- what can't be decided is not agreed -------------------------------------------------------------------------- */

static td_tensor *detached(td_context *c, td_tensor *const *in, void *user)
{
    return user || td_error(c) ? in[0] : td_sum(td_mul(in[0], td_detach(in[0])));
}

static td_tensor *kinked(td_context *c, td_tensor *const *in, void *user)
{
    return user || td_error(c) ? in[0] : td_sum(td_relu(in[0]));
}

static td_tensor *refusing(td_context *c, td_tensor *const *in, void *user)
{
    return user || td_error(c) ? in[0] : td_reshape(in[0], 1, SIZES(77));
}

static td_tensor *moody(td_context *c, td_tensor *const *in, void *user)
{
    int *calls = user;
    return td_error(c) ? in[0] : td_mul_scalar(td_sum(in[0]), ++*calls);
}

TEST(verify, kinks_constants_and_refusals_are_told_apart)
{
    td_context      *c = td_open(NULL);
    td_tensor       *x = VECTOR(c, 0, 1, -2), *empty = td_zeros(c, TD_F64, 1, SIZES(0)),
              *integer = td_full(c, TD_I64, 1, SIZES(2), 3);
    td_check_result *r = td_check(kinked, 1, &x, NULL, NULL);
    CHECK(r && r->verdict == TD_AGREE && r->input[0].fd_kinks > 0, "relu at 0: %s, %lld kinks (%s)",
          r ? td_verdict_name(r->verdict) : "", r ? (long long)r->input[0].fd_kinks : 0, r ? r->worst.reason : "");
    td_check_free(r);
    r = td_check(detached, 1, &x, NULL, NULL);
    CHECK(r && r->verdict == TD_AGREE && r->input[0].fd_disagreed == 0, "a detached factor: %s (%s)",
          r ? td_verdict_name(r->verdict) : "", r ? r->worst.reason : "");
    td_check_free(r);
    r = td_check(refusing, 1, &x, NULL, NULL);
    CHECK(r && r->refused && strstr(r->worst.reason, "77"), "refused everywhere: %s", r ? r->worst.reason : "");
    td_check_free(r);
    r = td_check(kinked, 1, &empty, NULL, NULL);
    CHECK(r && r->verdict == TD_AGREE && r->input[0].coordinates == 0, "nothing to differentiate: %s",
          r ? td_verdict_name(r->verdict) : "");
    td_check_free(r);
    r = td_check(kinked, 1, &integer, NULL, NULL);
    CHECK(r && r->verdict == TD_AGREE && r->input[0].coordinates == 0, "an integer input: %s",
          r ? td_verdict_name(r->verdict) : "");
    td_check_free(r);
    int calls = 0;
    r = td_check(moody, 1, &x, &calls, NULL);
    CHECK(r && r->verdict != TD_AGREE, "a program that changes from call to call: agree");
    td_check_free(r);
    td_check_free(NULL);
    close_clean(c);
}

/* ---- kinks -------------------------------------------------------------------------------------------------------- */

static td_tensor *kink_relu(td_context *c, td_tensor *const *in, void *u)
{
    (void)c, (void)u;
    return td_sum(td_relu(in[0]));
}
static td_tensor *kink_abs(td_context *c, td_tensor *const *in, void *u)
{
    (void)c, (void)u;
    return td_abs(in[0]);
}
static td_tensor *kink_clamp(td_context *c, td_tensor *const *in, void *u)
{
    (void)c, (void)u;
    return td_clamp(in[0], 0, 1);
}
static td_tensor *kink_norm(td_context *c, td_tensor *const *in, void *u)
{
    (void)c, (void)u;
    return td_norm(in[0], 2);
}
static td_tensor *kink_max(td_context *c, td_tensor *const *in, void *u)
{
    (void)c, (void)u;
    return td_max(in[0]);
}
static td_tensor *kink_line(td_context *c, td_tensor *const *in, void *u)
{
    (void)c, (void)u;
    return td_sub(td_relu(in[0]), td_relu(td_neg(in[0])));
}

TEST(verify, no_alarm_at_kinks_nor_near_them)
{
    static td_program *const programs[] = {kink_relu, kink_abs, kink_clamp, kink_norm, kink_max, kink_line};
    static const double      off[] = {0, 1e-12, -1e-9, 1e-6, -1e-3};
    for (size_t k = 0; k < sizeof programs / sizeof *programs; k++) {
        for (size_t j = 0; j < sizeof off / sizeof *off; j++) {
            td_context      *c = td_open(NULL);
            td_tensor       *x = VECTOR(c, off[j], 0, 0);
            td_check_result *r = td_check(programs[k], 1, &x, NULL, NULL);
            CHECK(r && r->verdict == TD_AGREE, "program %zu, %g off: %s (%s)", k, off[j],
                  r ? td_verdict_name(r->verdict) : "", r ? r->worst.reason : "");
            CHECK(!r || off[j] != 0 || r->input[0].kink.verdict == TD_KINK, "program %zu, %g off: no kink seen", k, off[j]);
            td_check_free(r);
            close_clean(c);
        }
    }
}

/* max(x, y) by a rule that gives the whole slope to both where they are equal. */
static td_status larger_compute(const td_call *call)
{
    for (int64_t i = 0; i < call->out.shape->numel; i++) {
        const td_window *x = &call->in[0], *y = &call->in[1];
        double           a = ((const double *)x->data)[place(x->shape, i)];
        double           b = ((const double *)y->data)[place(y->shape, i)];
        ((double *)call->out.data)[i] = a > b ? a : b;
    }
    return TD_OK;
}

static td_tensor *larger_define(int n, td_tensor *const *in, const td_attr *attr)
{
    (void)n, (void)attr;
    return td_maximum(in[0], in[1]);
}

static void larger_vjp(td_pull *p)
{
    td_pull_add(p, 0, td_mul(p->g, td_to(td_ge(p->in[0], p->in[1]), TD_F64)));
    td_pull_add(p, 1, td_mul(p->g, td_to(td_ge(p->in[1], p->in[0]), TD_F64)));
}

/* x rounded to f32 is below x or not, but for what the bound knows; then the adjoint is rounded to f32 too. */
static td_tensor *in_doubt(td_context *c, td_tensor *const *in, void *user)
{
    (void)c, (void)user;
    td_tensor *single = td_to(in[1], TD_F32);
    return td_mul_scalar(td_sum(td_where(td_lt(single, in[1]), single, in[0])), 0x1.2ba756afebfp+0);
}

TEST(verify, a_rounding_of_what_is_in_doubt_is_charged)
{
    td_context      *c = td_open(NULL);
    td_tensor       *in[] = {VECTOR(c, -1, -1), td_scalar(c, -0x1.c800855004578p-2)};
    td_check_result *r = td_check(in_doubt, 2, in, NULL, NULL);
    CHECK(r && r->verdict != TD_DISAGREE, "a false alarm");
    td_check_free(r);
    td_close(c);
}

static td_tensor *larger(td_context *c, td_tensor *const *in, void *user)
{
    const td_op *op = user;
    return td_error(c) ? in[0] : td_apply(op, 2, in, NULL);
}

TEST(verify, a_tie_that_counts_twice_is_convicted)
{
    td_op            op = {.name = "larger", .min_in = 2, .max_in = 2, .reads = TD_READS(0) | TD_READS(1),
                           .compute = larger_compute, .vjp = larger_vjp, .define = larger_define};
    td_context      *c = td_open(NULL);
    td_tensor       *in[] = {VECTOR(c, 1, 2, 3), VECTOR(c, 1, 5, 0)};
    td_check_result *r = td_check(larger, 2, in, &op, NULL);
    CHECK(r && r->verdict == TD_DISAGREE && r->worst.coordinate == 0, "%s at %lld", r ? td_verdict_name(r->verdict) : "",
          r ? (long long)r->worst.coordinate : 0);
    td_check_free(r);
    close_clean(c);
}

/* ---- and says the same again -------------------------------------------------------------------------------------- */

static void report(char *text, size_t size, int threads, uint64_t seed)
{
    td_context *c = td_open(NULL);
    td_seed(c, 3);
    td_tensor       *in[] = {td_randn(c, TD_F64, 2, SIZES(20, 3)), td_randn(c, TD_F64, 1, SIZES(3))};
    td_op            op = USER[0].op;
    td_check_result *r = td_check(long_program, 2, in, &op, &(td_check_options){.threads = threads, .seed = seed});
    FILE            *file = fmemopen(text, size, "w");
    text[0] = 0;
    CHECK(r && r->verdict == TD_AGREE, "%d threads: %s (%s)", threads, r ? td_verdict_name(r->verdict) : "",
          r ? r->worst.reason : "");
    if (r && file) {
        td_check_print(r, file);
        fprintf(file, "strain %a, worst %a %a\n", r->strain, r->worst.tape.value, r->worst.dual.value);
    }
    if (file) fclose(file);
    td_check_free(r);
    close_clean(c);
}

TEST(verify, the_report_depends_on_the_seed_alone)
{
    char first[4096], text[4096];
    report(first, sizeof first, 1, 1);
    for (int threads = 2; threads <= 3; threads++) {
        report(text, sizeof text, threads, 1);
        CHECK(!strcmp(first, text), "with %d threads\n%sinstead of\n%s", threads, text, first);
    }
    report(text, sizeof text, 1, 2);
    CHECK(strcmp(first, text), "another seed asked the same questions");
}

/* ---- a wrong value that makes a later op refuse ---------------------------------------------------------------------------- */

static td_status far_compute(const td_call *call)
{
    td_status status = cube_compute(call);
    for (int64_t i = 0; i < call->out.shape->numel; i++) ((double *)call->out.data)[i] += 100;
    return status;
}

static td_tensor *select_by(td_context *c, td_tensor *const *in, void *op)
{
    (void)c;
    return td_index_select(in[0], 0, td_to(td_apply(op, 1, &in[1], NULL), TD_I64));
}

/* Its index is out of range on the tape alone, and nothing can be compared: the op that made it is named all the same. */
TEST(verify, an_op_that_makes_another_refuse_is_named)
{
    td_op            far = OP("far", far_compute, right_vjp, cube_define);
    td_context      *c = td_open(NULL);
    td_tensor       *in[] = {VECTOR(c, 1.5, -0.5, 2), VECTOR(c, 0, 1)};
    td_check_result *r = td_check(select_by, 2, in, &far, NULL);
    CHECK(r && r->verdict == TD_DISAGREE && r->blame.found && !strcmp(r->blame.op, "far"), "%s: %s, %s is named",
          r ? td_verdict_name(r->verdict) : "", r ? r->worst.reason : "", r && r->blame.found ? r->blame.op : "nobody");
    CHECK(r && strstr(r->worst.reason, "only the tape refuses"), "%s", r ? r->worst.reason : "");
    td_check_free(r);
    close_clean(c);
}

/* ---- matrices of short rank, and with equal values --------------------------------------------------------------------- */

static td_tensor *apply_by_name(td_context *c, td_tensor *const *in, void *name)
{
    (void)c;
    bool two = !strcmp(name, "lstsq") || !strcmp(name, "cofactor_adj");
    return td_apply(td_op_by_name(name), 1 + two, (td_tensor *[]){in[0], in[0]}, &(td_attr){.a = 2});
}

static td_verdict verdict_at_matrix(const char *name, int64_t m, int64_t n, const double *numbers)
{
    td_context      *c = td_open(NULL);
    td_tensor       *a = td_array(c, TD_F64, 2, (int64_t[]){m, n}, numbers);
    td_check_result *r = td_check(apply_by_name, 1, &a, (void *)name, NULL);
    td_verdict       v = r ? r->verdict : TD_DISAGREE;
    if (v == TD_DISAGREE && r) td_check_print(r, stderr);
    td_check_free(r);
    td_close(c);
    return v;
}

/* Where a function has no slope, or vectors are anybody's choice, nobody is convicted; where it has one, it is found. */
TEST(verify, matrices_of_short_rank_and_with_equal_values)
{
    static const char *const any[] = {"pinv", "svd", "svdvals", "qr", "lstsq", "cond", "nuclear_norm", "spectral_norm",
                                      "matrix_rank", "lu"};
    static const char *const square[] = {"eigh", "eigvalsh", "det", "slogdet", "logdet", "cofactor", "cofactor_adj"};
    static const struct { int64_t m, n; double a[9]; } at[] = {
        {2, 2, {0}}, {2, 2, {1, 0, 0, 1}}, {2, 2, {1, 1, 1, 1}}, {2, 2, {1, 0, 0, 0}}, {2, 2, {0, 1, 1, 0}}, {2, 2, {2, 1, 1, 2}},
        {3, 3, {2, 0, 0, 0, 1, 0, 0, 0, 2}}, {3, 3, {0, 0, 0, 0, 0, 0, 0, 0, 3}}, {3, 3, {1, 1, 1, 1, 1, 1, 1, 1, 1}},
        {3, 3, {1, 2, 3, 4, 5, 6, 7, 8, 9}}, {3, 3, {1, 2, 3, 2, 4, 6, 1, 0, 1}},
        {3, 2, {3, -4.5, -4, 6, 0, 0}}, {2, 3, {0}}, {3, 2, {1, 0, 0, 1, 0, 0}}, {1, 1, {0}}, {1, 1, {-2}}};
    for (size_t k = 0; k < sizeof at / sizeof *at; k++) {
        for (size_t j = 0; j < sizeof any / sizeof *any; j++)
            cr_expect(verdict_at_matrix(any[j], at[k].m, at[k].n, at[k].a) != TD_DISAGREE, "%s of matrix %d", any[j], (int)k);
        for (size_t j = 0; j < sizeof square / sizeof *square && at[k].m == at[k].n; j++)
            cr_expect(verdict_at_matrix(square[j], at[k].m, at[k].n, at[k].a) != TD_DISAGREE, "%s of matrix %d", square[j],
                      (int)k);
    }
    static const char *const smooth_at_one[] = {"pinv", "nuclear_norm", "slogdet", "logdet", "det", "cofactor", "cofactor_adj"};
    for (size_t j = 0; j < sizeof smooth_at_one / sizeof *smooth_at_one; j++)
        cr_expect(verdict_at_matrix(smooth_at_one[j], 2, 2, at[1].a) == TD_AGREE, "%s of the identity", smooth_at_one[j]);
}

/* [1 t; 1 x], t = (x + 1) - 1: in f32 its rows differ by what was rounded, and there is a solution; without it there is none. */
static td_tensor *nearly_singular(td_context *c, td_tensor *const *in, void *user)
{
    (void)user;
    td_tensor *x = in[0], *one = td_ones_like(x), *t = td_add_scalar(td_add_scalar(x, 1), -1);
    td_tensor *a = td_reshape(td_stack(4, (td_tensor *[]){one, t, one, x}, 0), 2, (int64_t[]){2, 2});
    return td_error(c) ? x : td_solve(a, td_ones(c, TD_F32, 1, (int64_t[]){2}), true);
}

TEST(verify, an_answer_that_rounding_makes_is_no_verdict)
{
    td_context      *c = td_open(NULL);
    td_tensor       *x = td_array(c, TD_F32, 0, NULL, (float[]){0.1f});
    td_check_result *r = td_check(nearly_singular, 1, &x, NULL, NULL);
    CHECK(r, "td_check gave up");
    CHECK(r && r->verdict == TD_INCONCLUSIVE && strstr(r->worst.reason, "rounding decides"), "verdict %d: %s", r ? (int)r->verdict : -1,
          r ? r->worst.reason : "");
    td_check_free(r);
    td_close(c);
}
