/* test_explain.c: what a mistake looks like where it is no elementwise one, large, or one of threads; how bad it is; and the
 * account of a check: what was asked, what was not and why, where the time went, how far it is. */
#include "testing.h"
#include "threads_of.h"
#include "triad_verify.h"

static td_check_result *check(td_program *f, int n, td_tensor *const *in, void *user, const td_check_options *o)
{
    td_check_result *r = td_check(f, n, in, user, o);
    CHECK(r != NULL, "no result");
    return r;
}

/* ---- hints -------------------------------------------------------------------------------------------------------- */

/* y = x + b, b a row added to each row of x */
static td_status add_row(const td_call *call)
{
    const td_window *x = &call->in[0], *b = &call->in[1];
    int64_t          columns = b->shape->numel;
    for (int64_t i = 0; i < x->shape->numel; i++) {
        ((double *)call->out.data)[i] = ((const double *)x->data)[i] + ((const double *)b->data)[i % columns];
    }
    return TD_OK;
}

static td_tensor *add_row_define(int n, td_tensor *const *in, const td_attr *attr)
{
    (void)n, (void)attr;
    return td_add(in[0], in[1]);
}

static td_status as_first(td_infer *i)
{
    (void)i;
    return TD_OK;
}

static void first_row_only(td_pull *p)
{
    td_pull_add(p, 0, p->g);
    td_pull_add(p, 1, td_reshape(td_slice(p->g, 0, 0, 1, 1), 1, SIZES(td_numel(p->in[1]))));
}

static void mean_of_rows(td_pull *p)
{
    td_pull_add(p, 0, p->g);
    td_pull_add(p, 1, td_mean_axes(p->g, 1, AXES(0), false));
}

/* y = the mean of x */
static td_status mean(const td_call *call)
{
    const td_window *x = &call->in[0];
    double           sum = 0;
    for (int64_t i = 0; i < x->shape->numel; i++) sum += ((const double *)x->data)[i];
    *(double *)call->out.data = sum / (double)x->shape->numel;
    return TD_OK;
}

static td_status as_number(td_infer *i)
{
    i->shape.rank = 0;
    return TD_OK;
}

static td_tensor *mean_define(int n, td_tensor *const *in, const td_attr *attr)
{
    (void)n, (void)attr;
    return td_mean(in[0]);
}

static void of_a_sum(td_pull *p) { td_pull_add(p, 0, td_mul(p->g, td_ones_like(p->in[0]))); }

/* y = x, but the slope of one entry */
static td_status copy(const td_call *call)
{
    const td_window *x = &call->in[0];
    memcpy(call->out.data, x->data, (size_t)x->shape->numel * sizeof(double));
    return TD_OK;
}

static td_tensor *copy_define(int n, td_tensor *const *in, const td_attr *attr)
{
    (void)n, (void)attr;
    return td_mul_scalar(in[0], 1);
}

static void negated(td_pull *p) { td_pull_add(p, 0, td_neg(p->g)); }

/* twice the slope at 1, of which there are two */
static void doubled_at_ties(td_pull *p)
{
    td_tensor *tie = td_to(td_eq(p->in[0], td_ones_like(p->in[0])), TD_F64);
    td_pull_add(p, 0, td_mul(p->g, td_add_scalar(tie, 1)));
}

static td_tensor *apply(td_context *c, td_tensor *const *in, void *user)
{
    const td_op *op = user;
    return td_error(c) ? in[0] : td_at(td_apply(op, op->min_in, in, NULL), "model.c", 7);
}

#define OP(title, n, f, v, d, i) \
    {.name = title, .min_in = n, .max_in = n, .reads = TD_READS(0) | TD_READS(1), .infer = i, .compute = f, .vjp = v, \
     .define = d}

TEST(explain, what_is_not_elementwise_is_recognised_too)
{
    static const struct { td_op op; const char *says; } wrong[] = {
        {OP("first row only", 2, add_row, first_row_only, add_row_define, as_first),
         "the sum over the broadcast axis is missing"},
        {OP("mean of rows", 2, add_row, mean_of_rows, add_row_define, as_first),
         "a mean over the broadcast axis, not a sum"},
        {OP("slope of a sum", 1, mean, of_a_sum, mean_define, as_number), "the number of elements reduced: a division by n"},
        {OP("doubled at ties", 1, copy, doubled_at_ties, copy_define, NULL), "each of 2 ties gets the whole adjoint"}};
    for (size_t k = 0; k < sizeof wrong / sizeof *wrong; k++) {
        td_context      *c = td_open(NULL);
        td_tensor       *in[] = {td_array(c, TD_F64, 2, SIZES(3, 2), VALUES(1, 2, 3, 4, 1, 5)), VECTOR(c, 0.5, -1)};
        td_op            op = wrong[k].op;
        td_check_result *r = check(apply, op.min_in, in, &op, NULL);
        CHECK(r && r->verdict == TD_DISAGREE && strstr(r->blame.hint, wrong[k].says), "%s: %s", op.name,
              r ? r->blame.hint : "");
        CHECK(r && r->blame.file && !strcmp(r->blame.file, "model.c"), "%s: called at %s, not in its definition", op.name,
              r && r->blame.file ? r->blame.file : "no place");
        td_check_free(r);
        close_clean(c);
    }
}

/* Above 4096 coordinates a sample speaks for all. */
TEST(explain, a_large_operand_is_explained_by_a_sample)
{
    td_context      *c = td_open(NULL);
    td_tensor       *x = td_randn(c, TD_F64, 1, SIZES(6000));
    td_op            op = OP("negated", 1, copy, negated, copy_define, NULL);
    td_check_result *r = check(apply, 1, &x, &op, NULL);
    CHECK(r && r->verdict == TD_DISAGREE && strstr(r->blame.hint, "-1 times"), "%s", r ? r->blame.hint : "");
    CHECK(r && !r->variant[0].asked && strstr(r->variant[0].reason, "above 4096"), "variants of a large input: %s",
          r && r->variant[0].reason ? r->variant[0].reason : "asked");
    td_check_free(r);
    close_clean(c);
}

static td_tensor *counting_threads(td_context *c, td_tensor *const *in, void *user)
{
    (void)user;
    return td_error(c) ? in[0] : td_sum(td_mul_scalar(in[0], threads_of(c) == 3 ? 1 + 0x1p-50 : 1));
}

TEST(explain, what_shows_with_several_threads_only_is_said_so)
{
    td_context      *c = td_open(NULL);
    td_tensor       *x = VECTOR(c, 1, 2, 3);
    td_check_result *r = check(counting_threads, 1, &x, NULL, NULL);
    CHECK(r && r->verdict == TD_DISAGREE && strstr(r->worst.reason, "on 3 threads the bits are others"), "%s",
          r ? r->worst.reason : "");
    td_check_free(r);
    close_clean(c);
}

/* ---- how bad it is ------------------------------------------------------------------------------------------------ */

static void by_1e_8(td_pull *p) { td_pull_add(p, 0, td_mul_scalar(p->g, 1 + 1e-8)); }
static void by_1e_3(td_pull *p) { td_pull_add(p, 0, td_mul_scalar(p->g, 1 + 1e-3)); }

TEST(explain, a_disagreement_is_graded_and_a_wish_moves_the_grade_alone)
{
    static const struct { void (*rule)(td_pull *p); double care; td_grade grade; } cases[] = {
        {by_1e_8, 0, TD_NOTE}, {by_1e_8, 1e-9, TD_PRECISION}, {by_1e_3, 0, TD_PRECISION}, {by_1e_3, 1e-2, TD_NOTE},
        {negated, 0, TD_WRONG}, {negated, 0.5, TD_WRONG}};
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        td_context      *c = td_open(NULL);
        td_tensor       *x = VECTOR(c, 1, -2);
        td_op            op = OP("graded", 1, copy, cases[k].rule, copy_define, NULL);
        td_check_result *r = check(apply, 1, &x, &op, &(td_check_options){.care = cases[k].care});
        CHECK(r && r->verdict == TD_DISAGREE && r->worst.grade == cases[k].grade, "case %zu: %s, %s", k,
              r ? td_verdict_name(r->verdict) : "", r ? td_grade_name(r->worst.grade) : "");
        td_check_free(r);
        close_clean(c);
    }
}

/* ---- the account -------------------------------------------------------------------------------------------------- */

static td_tensor *logarithm(td_context *c, td_tensor *const *in, void *user)
{
    (void)user;
    return td_error(c) ? in[0] : td_sum(td_log(in[0]));
}

typedef struct told { int calls, bad, stages; const char *last; } told;

static void note(void *user, const char *stage, double share)
{
    told *t = user;
    t->calls++;
    t->bad += !stage || !(share >= 0 && share <= 1);
    t->stages += stage && (!t->last || strcmp(t->last, stage) != 0);
    t->last = stage;
}

TEST(explain, the_account_names_what_was_asked_and_what_was_not)
{
    td_context      *c = td_open(NULL);
    td_tensor       *x = VECTOR(c, 1, 2, 3);
    told             t = {0};
    td_check_result *r = check(logarithm, 1, &x, NULL, &(td_check_options){.progress = note, .progress_user = &t});
    double           seconds = 0;
    int              asked = 0, outside = 0, excused = 0;
    for (int i = 0; r && i < TD_VARIANTS; i++) {
        const td_variant *v = &r->variant[i];
        CHECK(v->name && (v->asked || v->reason), "variant %d has no name, or no excuse", i);
        asked += v->asked, outside += v->asked && v->verdict == TD_INCONCLUSIVE, excused += !v->asked;
    }
    for (int s = 0; r && s < TD_STAGES; s++) seconds += r->seconds[s];
    CHECK(asked == TD_VARIANTS - 1 && excused == 1, "%d asked, %d excused", asked, excused);
    CHECK(r && outside == r->variants.undecided, "%d of %lld variants undecided", outside,
          r ? (long long)r->variants.undecided : 0);
    CHECK(seconds > 0 && seconds < 100, "%g seconds", seconds);
    CHECK(t.calls > 10 && t.stages >= 8 && !t.bad, "told %d times of %d stages, %d badly", t.calls, t.stages, t.bad);
    CHECK(r && r->input[0].resolution_one > 0 && r->input[0].resolution_one < 1e-12, "resolution %g",
          r ? r->input[0].resolution_one : 0);
    td_check_free(r);
    close_clean(c);
}
