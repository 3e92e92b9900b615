/* test_laws.c: what holds for every op, asked of every op in ops.def with no edit when one is added.
 *
 * Cases are drawn from what the op says of itself (tests/draw.h).  A law is a function of one case; `for_all` runs it over
 * all ops, cases and both float dtypes, and a failure names all three. */
#include "draw.h"
#include "testing.h"

enum { CASES = 12, MOST_OUT = 1 << 14 };

typedef struct application {
    drawn       drawn;
    td_dtype    dtype;
    const char *label;    /* "softmax f32 case 3" */
} application;

static void for_all(void (*law)(const application *a))
{
    int asked = 0;
    for (int id = 1; id < TD_ID_COUNT; id++)
        for (uint64_t number = 0; number < CASES; number++)
            for (int d = TD_F32; d <= TD_F64; d++) {
                char        label[96];
                application a = {draw(td_op_by_id(id), number), (td_dtype)d, label};
                snprintf(label, sizeof label, "%s %s case %d", a.drawn.op->name, td_dtype_name(a.dtype), (int)number);
                law(&a);
                asked++;
            }
    CHECK(asked == 2 * CASES * (TD_ID_COUNT - 1), "only %d applications", asked);
}

/* The operands of a case, those that may be differentiated marked. */
static void operands(td_context *c, const application *a, td_tensor **in)
{
    draw_operands(c, &a->drawn, a->dtype, in);
    for (int k = 0; k < a->drawn.sample.n_in; k++)
        if (draw_is_float(&a->drawn, k)) td_require_grad(in[k]);
}

/* A case whose shapes or values the op refuses is another law's business. */
static bool refused(td_context *c, td_tensor *y)
{
    td_data(y);
    return td_error(c) != TD_OK;
}

/* ---- a value is what the definition says -------------------------------------------------------------------------- */

static void check_within(const application *a, const char *what, int64_t n, const double *got, const double *truth,
                         const double *bound)
{
    for (int64_t i = 0; i < n; i++) {
        if (same_value(got[i], truth[i])) continue;
        CHECK(isfinite(got[i]) == isfinite(truth[i]) && fabs(got[i] - truth[i]) <= bound[i],
              "%s: %s %lld is %.17g, the definition says %.17g +- %.3g", a->label, what, (long long)i, got[i], truth[i],
              bound[i]);
    }
}

static void value_is_the_definitions(const application *a)
{
    static double got[MOST_OUT], truth[MOST_OUT], bound[MOST_OUT];
    td_context   *c = td_open(NULL);
    td_tensor    *in[TD_SAMPLE_IN];
    operands(c, a, in);
    td_tensor *y = draw_apply(&a->drawn, in);
    if (!refused(c, y)) {
        CHECK(td_numel(y) <= MOST_OUT, "%s: %lld numbers", a->label, (long long)td_numel(y));
        td_replay *r = td_replay_new(c, td_node_count(c));
        CHECK(r && td_replay_read(r, y, truth, bound) == TD_OK && td_read(y, got) == TD_OK, "%s: no replay: %s", a->label,
              td_message(c));
        if (r && !td_error(c)) check_within(a, "value", td_numel(y), got, truth, bound);
        td_replay_free(r);
    }
    td_close(c);
}

TEST(laws, values_are_the_definitions_within_the_bounds) { for_all(value_is_the_definitions); }

/* ---- memory layout does not matter -------------------------------------------------------------------------------- */

enum { TRANSPOSED, SLICED, EXPANDED, LAYOUTS };

/* A tensor with other strides than row-major.  Expanded ones repeat their first row: the numbers change. */
static td_tensor *laid_out(td_tensor *x, int layout)
{
    int rank = td_rank(x);
    if (rank == 0) return x;
    int64_t size[TD_MAX_RANK], n = td_size(x, 0);
    for (int i = 0; i < rank; i++) size[i] = td_size(x, i);
    switch (layout) {
    case TRANSPOSED: return td_transpose(td_copy(td_transpose(x, 0, -1)), 0, -1);
    case SLICED:
        return td_slice(td_unslice(x, -1, 1, 2 * size[rank - 1] + 1, 2, 2 * size[rank - 1] + 1), -1, 1,
                        2 * size[rank - 1] + 1, 2);
    default: return n ? td_expand(td_slice(x, 0, 0, 1, 1), rank, size) : x;
    }
}

static bool same_bits(td_tensor *x, td_tensor *y)
{
    const void *a = td_data(x), *b = td_data(y);
    if (td_dtype_of(x) != td_dtype_of(y) || td_numel(x) != td_numel(y)) return false;
    return td_numel(x) == 0 || (a && b && !memcmp(a, b, (size_t)td_numel(x) * td_dtype_size(td_dtype_of(x))));
}

/* Values and gradients of f(strided) and f(copy of strided) are bit-equal. */
static void layout_does_not_matter(const application *a)
{
    for (int layout = 0; layout < LAYOUTS; layout++) {
        td_context *c = td_open(NULL);
        td_tensor  *in[TD_SAMPLE_IN], *strided[TD_SAMPLE_IN], *packed[TD_SAMPLE_IN];
        int         n = a->drawn.sample.n_in;
        draw_operands(c, &a->drawn, a->dtype, in);
        for (int k = 0; k < n; k++) {
            strided[k] = laid_out(in[k], layout);
            packed[k] = td_detach(td_copy(strided[k]));
            if (draw_is_float(&a->drawn, k)) td_require_grad(strided[k]), td_require_grad(packed[k]);
        }
        td_tensor *y = draw_apply(&a->drawn, strided), *z = draw_apply(&a->drawn, packed);
        if (!refused(c, y) && !refused(c, z)) {
            CHECK(same_bits(y, z), "%s: layout %d changes the value", a->label, layout);
            if (td_requires_grad(y)) td_backward(td_sum(td_mul(y, y))), td_backward(td_sum(td_mul(z, z)));
            for (int k = 0; k < n && td_requires_grad(y); k++)
                if (draw_is_float(&a->drawn, k) && packed[k] != strided[k])
                    CHECK(same_bits(td_grad(strided[k]), td_grad(packed[k])), "%s: layout %d changes gradient %d", a->label,
                          layout, k);
            CHECK(!td_error(c), "%s: layout %d: %s", a->label, layout, td_message(c));
        }
        td_close(c);
    }
}

TEST(laws, strides_never_change_a_bit) { for_all(layout_does_not_matter); }

/* ---- the adjoint is linear in the cotangent ----------------------------------------------------------------------- */

/* Gradients of <w, y> for w_i = a u_i + b v_i, where u and v are small multiples of 1/8: the products and the sum are exact.
 */
static bool pull_back(td_context *c, const application *a, double p, double q, td_tensor **grad)
{
    td_tensor *in[TD_SAMPLE_IN];
    operands(c, a, in);
    td_tensor *y = draw_apply(&a->drawn, in);
    if (refused(c, y) || !td_requires_grad(y)) return false;
    int64_t size[TD_MAX_RANK], n = td_numel(y);
    double  w[DRAW_MOST];
    if (n > DRAW_MOST) return false;
    for (int i = 0; i < td_rank(y); i++) size[i] = td_size(y, i);
    for (int64_t i = 0; i < n; i++) w[i] = p * (double)(i * 5 % 13 - 6) / 8 + q * (double)(i * 7 % 11 - 5) / 8;
    td_status status = td_backward_from(y, td_to(td_array(c, TD_F64, td_rank(y), size, w), td_dtype_of(y)));
    CHECK(status == TD_OK, "%s: %s", a->label, td_message(c));
    for (int k = 0; k < a->drawn.sample.n_in; k++) grad[k] = draw_is_float(&a->drawn, k) ? td_grad(in[k]) : NULL;
    return status == TD_OK;
}

/* g(-2 w) = -2 g(w) to the bit, since scaling by powers of two is exact, and g(0) = 0. */
static void adjoint_is_homogeneous(const application *a)
{
    static double g[DRAW_MOST], h[DRAW_MOST], z[DRAW_MOST];
    td_context   *c = td_open(NULL);
    td_tensor    *once[TD_SAMPLE_IN], *twice[TD_SAMPLE_IN], *zero[TD_SAMPLE_IN];
    if (pull_back(c, a, 1, 0, once) && pull_back(c, a, -2, 0, twice) && pull_back(c, a, 0, 0, zero))
        for (int k = 0; k < a->drawn.sample.n_in; k++) {
            if (!once[k]) continue;
            td_read(once[k], g), td_read(twice[k], h), td_read(zero[k], z);
            for (int64_t i = 0; i < td_numel(once[k]); i++) {
                CHECK(same_value(h[i], -2 * g[i]), "%s: gradient %d, number %lld: %.17g for w, %.17g for -2 w", a->label, k,
                      (long long)i, g[i], h[i]);
                CHECK(z[i] == 0 || !isfinite(g[i]), "%s: gradient %d, number %lld: %.17g for w = 0", a->label, k,
                      (long long)i, z[i]);
            }
        }
    CHECK(!td_error(c) || td_error(c) != TD_ESTATE, "%s: %s", a->label, td_message(c));
    td_close(c);
}

TEST(laws, adjoints_scale_with_the_cotangent) { for_all(adjoint_is_homogeneous); }

/* g(u + v) = g(u) + g(v), up to the three rounding bounds. */
static void adjoint_is_additive(const application *a)
{
    static double g[3][DRAW_MOST], truth[DRAW_MOST], bound[3][DRAW_MOST];
    const double  p[] = {1, 0, 1}, q[] = {0, 1, 1};
    td_context   *c = td_open(NULL);
    td_tensor    *grad[3][TD_SAMPLE_IN];
    for (int j = 0; j < 3; j++)
        if (!pull_back(c, a, p[j], q[j], grad[j])) {
            td_close(c);
            return;
        }
    td_replay *r = td_replay_new(c, td_node_count(c));
    for (int k = 0; k < a->drawn.sample.n_in; k++) {
        if (!grad[0][k]) continue;
        for (int j = 0; j < 3; j++) td_read(grad[j][k], g[j]), td_replay_read(r, grad[j][k], truth, bound[j]);
        for (int64_t i = 0; i < td_numel(grad[0][k]); i++) {
            double sum = g[0][i] + g[1][i];
            double most = bound[0][i] + bound[1][i] + bound[2][i] + 0x1p-52 * fabs(g[2][i]);
            CHECK(same_value(sum, g[2][i]) || !isfinite(most) || fabs(sum - g[2][i]) <= most,
                  "%s: gradient %d, number %lld: %.17g + %.17g, together %.17g (bound %.3g)", a->label, k, (long long)i,
                  g[0][i], g[1][i], g[2][i], most);
        }
    }
    CHECK(r && !td_error(c), "%s: %s", a->label, td_message(c));
    td_replay_free(r);
    td_close(c);
}

TEST(laws, adjoints_add_with_the_cotangent) { for_all(adjoint_is_additive); }

/* ---- again is the same -------------------------------------------------------------------------------------------- */

/* Two sweeps over one graph add up to twice the gradient, to the bit; a second graph in the same context gives it again. */
static void again_is_the_same(const application *a)
{
    static double g[DRAW_MOST], h[DRAW_MOST];
    td_context   *c = td_open(NULL);
    td_tensor    *in[TD_SAMPLE_IN], *again[TD_SAMPLE_IN];
    operands(c, a, in), operands(c, a, again);
    td_tensor *y = draw_apply(&a->drawn, in), *z = draw_apply(&a->drawn, again);
    if (!refused(c, y) && td_requires_grad(y)) {
        td_tensor *s = td_sum(y), *t = td_sum(z);
        td_backward(s), td_backward(s), td_backward(t);
        CHECK(same_bits(y, z), "%s: the second value differs", a->label);
        for (int k = 0; k < a->drawn.sample.n_in; k++) {
            if (!draw_is_float(&a->drawn, k)) continue;
            td_read(td_grad(in[k]), g), td_read(td_grad(again[k]), h);
            for (int64_t i = 0; i < td_numel(in[k]); i++)
                CHECK(same_value(g[i], 2 * h[i]), "%s: gradient %d, number %lld: %.17g after two sweeps, %.17g after one",
                      a->label, k, (long long)i, g[i], h[i]);
        }
        CHECK(!td_error(c), "%s: %s", a->label, td_message(c));
    }
    td_close(c);
}

TEST(laws, two_sweeps_are_twice_one) { for_all(again_is_the_same); }

/* ---- every engine takes what any takes ---------------------------------------------------------------------------- */

static td_status status_under(const td_engine *engine, const application *a, int64_t *size, char *message, size_t most)
{
    td_options  o = {.engine = engine};
    td_context *c = td_open(&o);
    td_tensor  *in[TD_SAMPLE_IN];
    double      out[DRAW_MOST];
    draw_operands(c, &a->drawn, a->dtype, in);
    td_tensor *y = draw_apply(&a->drawn, in);
    if (td_numel(y) <= DRAW_MOST) td_read(y, out);
    for (int i = 0; i < td_rank(y); i++) size[i] = td_size(y, i);
    snprintf(message, most, "%s", td_message(c));
    td_status status = td_error(c);
    td_close(c);
    return status;
}

/* The same shape or the same refusal, empty tensors included. */
static void engines_agree_on_what_is_legal(const application *a)
{
    const td_engine *engine[] = {td_tape_engine(), td_eval_engine(), td_dual_engine(), td_dual2_engine()};
    int64_t          first[TD_MAX_RANK] = {0}, size[TD_MAX_RANK] = {0};
    char             said[512], message[512];
    td_status        status = status_under(engine[0], a, first, said, sizeof said);
    for (int e = 1; e < 4; e++) {
        td_status other = status_under(engine[e], a, size, message, sizeof message);
        CHECK(other == status, "%s: status %d under %s (%s), %d under tape (%s)", a->label, (int)other, engine[e]->name,
              message, (int)status, said);
        CHECK(!memcmp(first, size, sizeof first), "%s: another shape under %s", a->label, engine[e]->name);
    }
}

TEST(laws, engines_agree_on_what_is_legal) { for_all(engines_agree_on_what_is_legal); }

/* Of the cases of an op that takes numbers, most must be legal, and most results differentiable: else the laws above are
 * idle for it. */
TEST(laws, the_cases_drawn_are_not_idle)
{
    for (int id = 1; id < TD_ID_COUNT; id++) {
        int legal = 0, live = 0, empty = 0;
        for (uint64_t number = 0; number < CASES; number++) {
            char        label[1] = "";
            application a = {draw(td_op_by_id(id), number), TD_F64, label};
            td_context *c = td_open(NULL);
            td_tensor  *in[TD_SAMPLE_IN];
            operands(c, &a, in);
            td_tensor *y = draw_apply(&a.drawn, in);
            legal += !refused(c, y);
            live += !td_error(c) && td_requires_grad(y) && td_numel(y) > 0;
            bool nothing = false;
            for (int k = 0; k < a.drawn.sample.n_in; k++) nothing |= td_numel(in[k]) == 0;
            empty += nothing;
            td_close(c);
        }
        const td_op *op = td_op_by_id(id);
        bool         constant = op->flat || id == TD_ID_detach;
        CHECK(2 * legal >= CASES, "%s: %d of %d cases are legal", op->name, legal, CASES);
        CHECK(constant || live > 0, "%s: no case has a gradient", op->name);
        CHECK(empty < CASES, "%s: all cases are empty", op->name);
    }
}
