/* test_large.c: one wrong entry that hides: among very many, or beside something very large.
 *
 * The op is x / 2, by hand; its rule multiplies one entry, three quarters of the way, by 1 + 1e-6. */
#include "testing.h"
#include "triad_engine.h"
#include "triad_verify.h"

#include <stdlib.h>
#include <string.h>

static td_status halve_compute(const td_call *call)
{
    const td_window *x = &call->in[0];
    const td_shape  *s = x->shape;
    for (int64_t i = 0; i < s->numel; i++) {
        ((double *)call->out.data)[i] = ((const double *)x->data)[s->rank ? i * s->stride[0] : 0] / 2;
    }
    return TD_OK;
}

static td_tensor *halve_define(int n, td_tensor *const *in, const td_attr *attr)
{
    (void)n, (void)attr;
    return td_mul_scalar(in[0], 0.5);
}

static void halve_vjp(td_pull *p) { td_pull_add(p, 0, td_mul_scalar(p->g, 0.5)); }

static void slip_vjp(td_pull *p)
{
    int64_t n = td_numel(p->g);
    double *factor = malloc((size_t)(n + 1) * sizeof *factor);
    for (int64_t i = 0; factor && i < n; i++) factor[i] = i == 3 * n / 4 ? 0.5 * (1 + 1e-6) : 0.5;
    if (factor) td_pull_add(p, 0, td_mul(p->g, td_array(td_context_of(p->g), TD_F64, 1, SIZES(n), factor)));
    free(factor);
}

#define HALVE(rule) {.name = "halve", .min_in = 1, .max_in = 1, .reads = TD_READS(0), .compute = halve_compute, \
                     .define = halve_define, .vjp = rule}
static const td_op right = HALVE(halve_vjp), wrong = HALVE(slip_vjp);

static td_tensor *halve(td_tensor *x, void *user)
{
    const td_op *op = user;
    return td_at(td_apply(op, 1, &x, NULL), __FILE__, __LINE__);
}

static td_tensor *alone(td_context *c, td_tensor *const *in, void *user)
{
    (void)c;
    return td_tanh(halve(in[0], user));
}

/* Two inputs of which only the second goes through the op. */
static td_tensor *beside(td_context *c, td_tensor *const *in, void *user)
{
    (void)c;
    return td_sum(td_mul(td_sin(in[0]), halve(in[1], user)));
}

/* The op's part of the slope is 1e-18 of it. */
static td_tensor *drowned(td_context *c, td_tensor *const *in, void *user)
{
    (void)c;
    return td_add(td_mul_scalar(in[0], 1e18), halve(in[0], user));
}

static const struct {
    const char *name;
    td_program *f;
    int         n;
    int64_t     size;
} CASES[] = {{"20000 numbers", alone, 1, 20000}, {"two inputs of 20000", beside, 2, 20000}, {"drowned", drowned, 1, 7}};

static td_check_result *check(size_t k, const td_op *op)
{
    td_context *c = td_open(NULL);
    td_tensor  *in[2];
    for (int i = 0; i < 2; i++) in[i] = td_randn(c, TD_F64, 1, SIZES(CASES[k].size));
    td_op copy = *op;
    td_check_result *r = td_check(CASES[k].f, CASES[k].n, in, &copy, &(td_check_options){.threads = 1});
    CHECK(r != NULL, "%s: no result", CASES[k].name);
    close_clean(c);
    return r;
}

TEST(large, a_right_rule_is_right)
{
    for (size_t k = 0; k < sizeof CASES / sizeof *CASES; k++) {
        td_check_result *r = check(k, &right);
        CHECK(r && r->verdict == TD_AGREE && r->ops.agreed == r->applications && r->applications > 1, "%s: %s, %lld of %lld",
              CASES[k].name, r ? td_verdict_name(r->verdict) : "", r ? (long long)r->ops.agreed : 0,
              r ? (long long)r->applications : 0);
        td_check_free(r);
    }
}

TEST(large, a_wrong_entry_is_found_and_named)
{
    for (size_t k = 0; k < sizeof CASES / sizeof *CASES; k++) {
        td_check_result *r = check(k, &wrong);
        const td_blame  *b = r ? &r->blame : NULL;
        CHECK(r && r->verdict == TD_DISAGREE && b->found && !strcmp(b->op, "halve") && b->coordinate == 3 * CASES[k].size / 4,
              "%s: %s, %s at %lld", CASES[k].name, r ? td_verdict_name(r->verdict) : "", b && b->found ? b->op : "nothing",
              b ? (long long)b->coordinate : -1);
        td_check_free(r);
    }
}

TEST(large, many_coordinates_are_asked_through_all_inputs_at_once)
{
    td_check_result *r = check(1, &right);
    for (int i = 0; r && i < 2; i++) {
        CHECK(r->input[i].asked == 0 && r->input[i].directions == 4 && r->input[i].agreed == 4, "input %d: %lld, %lld, %lld", i,
              (long long)r->input[i].asked, (long long)r->input[i].directions, (long long)r->input[i].agreed);
        CHECK(r->input[i].fd_agreed == 1, "input %d: %lld differences", i, (long long)r->input[i].fd_agreed);
        CHECK(r->input[i].resolution > 0 && r->input[i].resolution < 1e-6, "input %d: %g", i, r->input[i].resolution);
    }
    td_check_free(r);
}
