/* test_kink_verdicts.c: right functions at their kinks and next to them are never convicted; a tie that counts twice is. */
#include "hard.h"
#include "testing.h"

/* ---- functions with a kink at x -------------------------------------------------------------------------------------- */

typedef td_tensor *function(td_tensor *x);

static td_tensor *at(td_tensor *x, int64_t i) { return td_select(x, 0, i); }
static td_tensor *leaky(td_tensor *x) { return td_leaky_relu(x, 0.1); }
static td_tensor *elu(td_tensor *x) { return td_elu(x, 0.5); }
static td_tensor *clamp(td_tensor *x) { return td_clamp(x, -1, 1); }
static td_tensor *larger(td_tensor *x) { return td_maximum(at(x, 0), at(x, 1)); }
static td_tensor *smaller(td_tensor *x) { return td_minimum(at(x, 0), at(x, 1)); }
static td_tensor *norm_1(td_tensor *x) { return td_norm(x, 1); }
static td_tensor *norm_2(td_tensor *x) { return td_norm(x, 2); }
static td_tensor *norm_3(td_tensor *x) { return td_norm(x, 3); }
static td_tensor *norm_inf(td_tensor *x) { return td_norm(x, INFINITY); }
static td_tensor *distance(td_tensor *x) { return td_abs(td_sub(at(x, 0), at(x, 1))); }
static td_tensor *folded(td_tensor *x) { return td_abs(td_add_scalar(td_abs(x), -1)); }
static td_tensor *straight(td_tensor *x) { return td_sub(td_relu(x), td_relu(td_neg(x))); }
static td_tensor *scaled_relu(td_tensor *x) { return td_mul(td_relu(x), td_exp(x)); }
static td_tensor *spread(td_tensor *x) { return td_sub(td_amax(x), td_amin(x)); }

/* x^2 to the right of 1, 2 - x to the left: continuous, with slopes 2 and -1 */
static td_tensor *by_pieces(td_tensor *x) { return td_where(td_gt(x, td_ones_like(x)), td_square(x), td_rsub(2, x)); }

static td_tensor *median(td_tensor *x)
{
    td_tensor *low = td_minimum(at(x, 0), at(x, 1)), *high = td_maximum(at(x, 0), at(x, 1));
    return td_maximum(low, td_minimum(high, at(x, 2)));
}

/* the two largest, in order: the first by its index, the second from what is left without it */
static td_tensor *sorted(td_tensor *x)
{
    td_tensor *one = td_ones_like(x), *first = td_argmax_axis(x, 0, true);
    td_tensor *hide = td_scatter_add(td_zeros_like(x), 0, first, td_gather(one, 0, first));
    td_tensor *rest = td_sub(x, td_mul_scalar(hide, 1000)), *second = td_argmax_axis(rest, 0, true);
    return td_concat(2, (td_tensor *[]){td_gather(x, 0, first), td_square(td_gather(x, 0, second))}, 0);
}

enum { MOST = 4 };

static const struct {
    const char *name;
    function   *f;
    int64_t     n;
    double      x[MOST];           /* the kink; the first number is moved off it */
} KINK[] = {
    {"relu", td_relu, 3, {0, 1, -1}},
    {"leaky_relu", leaky, 3, {0, 1, -1}},
    {"elu", elu, 3, {0, 1, -1}},
    {"abs", td_abs, 3, {0, 1, -1}},
    {"clamp", clamp, 3, {1, -1, 0.5}},
    {"maximum", larger, 2, {1, 1}},
    {"minimum", smaller, 2, {-2, -2}},
    {"max", td_max, 4, {3, 3, -1, 3}},
    {"min", td_min, 4, {3, 3, 7, 3}},
    {"amax", td_amax, 4, {3, 3, -1, 3}},
    {"amin", td_amin, 4, {3, 3, 7, 3}},
    {"amax less amin", spread, 3, {1, 1, 1}},
    {"norm 1", norm_1, 3, {0, -2, 1}},
    {"norm 2 at 0", norm_2, 3, {0, 0, 0}},
    {"norm 3", norm_3, 3, {0, -2, 1}},
    {"norm inf", norm_inf, 4, {2, -2, 1, 2}},
    {"|x - y|", distance, 2, {0.5, 0.5}},
    {"||x| - 1|", folded, 3, {1, 0, -1}},
    {"relu(x) - relu(-x)", straight, 3, {0, 1, -1}},
    {"relu(x) exp x", scaled_relu, 3, {0, 1, -1}},
    {"where", by_pieces, 3, {1, 2, 0}},
    {"median", median, 3, {1, 1, 1}},
    {"sorted", sorted, 4, {2, 2, -1, 2}},
};

static const double OFF[] = {0, 1e-12, -1e-12, 1e-9, -1e-9, 1e-6, -1e-6, 1e-3, -1e-3};
enum { KINKS = sizeof KINK / sizeof KINK[0], OFFS = sizeof OFF / sizeof OFF[0] };

static td_tensor *run(td_context *c, td_tensor *const *in, void *user)
{
    const int *which = user;
    return td_error(c) ? in[0] : KINK[*which].f(in[0]);
}

static td_check_result *check(int which, double off, td_dtype dtype)
{
    double x[MOST];
    memcpy(x, KINK[which].x, sizeof x);
    x[0] += off;
    td_context      *c = td_open(NULL);
    td_tensor       *in = td_to(td_array(c, TD_F64, 1, &KINK[which].n, x), dtype);
    td_check_result *r = td_check(run, 1, &in, &which, NULL);
    close_clean(c);
    return r;
}

static void never_convicted(td_dtype dtype)
{
    for (int k = 0; k < KINKS; k++) {
        for (int j = 0; j < OFFS; j++) {
            td_check_result *r = check(k, OFF[j], dtype);
            CHECK(r && r->verdict == TD_AGREE, "%s %s, %g off its kink: %s, coordinate %lld (%s)", KINK[k].name,
                  td_dtype_name(dtype), OFF[j], r ? td_verdict_name(r->verdict) : "no result",
                  r ? (long long)r->worst.coordinate : 0, r ? r->worst.reason : "");
            td_check_free(r);
        }
    }
}

TEST(kink_verdicts, at_a_kink_and_next_to_it_right_functions_agree_in_f64) { never_convicted(TD_F64); }
TEST(kink_verdicts, at_a_kink_and_next_to_it_right_functions_agree_in_f32) { never_convicted(TD_F32); }

/* ---- and wrong ones do not ------------------------------------------------------------------------------------------- */

static td_check_result *check_ties(td_op *op, int64_t n, int64_t ties, td_dtype dtype)
{
    hard h = {0};
    for (int k = 0; k < TWIN_COUNT; k++) if (!strcmp(TWIN[k].name, "amax, each tie counts whole")) h = twin_of(k, op);
    h.n = n;
    for (int64_t i = 0; i < n; i++) h.x[i] = i < ties ? 2 : 1 - (double)i;
    td_context      *c = td_open(NULL);
    td_tensor       *x = hard_input(c, &h, dtype);
    td_check_result *r = td_check(hard_run, 1, &x, &h, NULL);
    close_clean(c);
    return r;
}

/* Where the point has no tie, a variant of it has. */
TEST(kink_verdicts, a_tie_that_counts_twice_is_convicted)
{
    static const td_dtype dtypes[] = {TD_F64, TD_F32};
    for (int d = 0; d < 2; d++) {
        for (int64_t ties = 1; ties <= 5; ties++) {
            td_op            op = {0};
            td_check_result *r = check_ties(&op, 6, ties, dtypes[d]);
            bool             named = r && r->blame.found && !strcmp(r->blame.op, op.name);
            CHECK(r && r->verdict == TD_DISAGREE, "%lld ties: %s", (long long)ties, r ? td_verdict_name(r->verdict) : "no result");
            CHECK(named, "%lld ties: blamed %s", (long long)ties, r && r->blame.found ? r->blame.op : "nobody");
            td_check_free(r);
        }
    }
}
