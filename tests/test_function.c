/* test_function.c: td_check_function, asked about right and wrong derivatives of C functions: the classic test functions
 * with one planted error, and one function with every kind of mistake. */
#include "testing.h"

#include "../bench/plant.h"
#include "triad_verify.h"

/* ---- the classic functions ---------------------------------------------------------------------------------------- */

static td_check_result *ask_planted(const mgh_problem *p, int64_t entry, double relative)
{
    double x[MGH_MOST_N];
    plant k = {.p = p, .entry = entry, .relative = relative};
    td_function f = {.name = p->name, .n = p->n, .m = p->m, .value = plant_value, .jacobian = plant_jacobian, .user = &k};
    mgh_start(p, x);
    return td_check_function(&f, x, NULL);
}

TEST(function, no_classic_function_is_accused)
{
    for (int i = 0; i < MGH_COUNT; i++) {
        td_check_result *r = ask_planted(&mgh_problems[i], -1, 0);
        CHECK(r && r->verdict == TD_AGREE, "%s: %s", mgh_problems[i].name, r ? r->worst.reason : "no memory");
        td_check_free(r);
    }
}

/* The largest entry of a row that a seed draws. */
TEST(function, every_error_planted_in_a_classic_function_is_found)
{
    static const double sizes[] = {1, 1e-2, -1e-4, 1e-6};
    for (int i = 0; i < MGH_COUNT; i++) {
        for (int s = 0; s < 4; s++) {
            const mgh_problem *p = &mgh_problems[i];
            int64_t entry = plant_choose(p, (uint64_t)(s * MGH_COUNT + i));
            td_check_result *r = ask_planted(p, entry, sizes[s]);
            int64_t found = r ? r->worst.output * p->n + r->worst.coordinate : -1;
            CHECK(r && r->verdict == TD_DISAGREE && r->worst.alone == TD_ALONE_CLAIM && found == entry,
                  "%s, error %g in entry %lld: %s, entry %lld", p->name, sizes[s], (long long)entry,
                  r ? td_verdict_name(r->verdict) : "no memory", (long long)found);
            td_check_free(r);
        }
    }
}

/* ---- one function, R^2 -> R^3, and what one does wrong -------------------------------------------------------------- */

enum { N = 2, M = 3 };

/* y = (x0^2 x1, exp(x0 x1), 3 x0 - 2 x1) */
static int value(const double *x, double *y, void *user)
{
    (void)user;
    y[0] = x[0] * x[0] * x[1];
    y[1] = exp(x[0] * x[1]);
    y[2] = 3 * x[0] - 2 * x[1];
    return 0;
}

static int jacobian(const double *x, double *J, void *user)
{
    double e = exp(x[0] * x[1]);
    (void)user;
    const double right[M * N] = {2 * x[0] * x[1], x[0] * x[0], x[1] * e, x[0] * e, 3, -2};
    memcpy(J, right, sizeof right);
    return 0;
}

static int by_columns(const double *x, double *J, void *user)
{
    double right[M * N];
    jacobian(x, right, user);
    for (int j = 0; j < M; j++) for (int i = 0; i < N; i++) J[i * M + j] = right[j * N + i];
    return 0;
}

static int sign(const double *x, double *J, void *user) { return jacobian(x, J, user), J[2] = -J[2], 0; }
static int twice(const double *x, double *J, void *user) { return jacobian(x, J, user), J[0] *= 2, 0; }
static int zero(const double *x, double *J, void *user) { return jacobian(x, J, user), J[3] = 0, 0; }
static int outside(const double *x, double *J, void *user) { return jacobian(x, J, user), J[M * N] = 1, 0; }

static int unwritten(const double *x, double *J, void *user)
{
    double kept = J[4];
    return jacobian(x, J, user), J[4] = kept, 0;
}

static int added(const double *x, double *J, void *user)
{
    double kept = J[5];
    return jacobian(x, J, user), J[5] += kept, 0;
}

static int next_input(const double *x, double *J, void *user)
{
    double right[M * N];
    jacobian(x, right, user);
    for (int j = 0; j < M; j++) for (int i = 0; i < N; i++) J[j * N + i] = right[j * N + (i + 1) % N];
    return 0;
}

static int vjp(const double *x, const double *w, double *g, void *user)
{
    double J[M * N];
    jacobian(x, J, user);
    for (int i = 0; i < N; i++) g[i] = w[0] * J[i] + w[1] * J[N + i] + w[2] * J[2 * N + i];
    return 0;
}

static int jvp(const double *x, const double *v, double *y, void *user)
{
    double J[M * N];
    jacobian(x, J, user);
    for (int j = 0; j < M; j++) y[j] = J[j * N] * v[0] + J[j * N + 1] * v[1];
    return 0;
}

static int absolute_vjp(const double *x, const double *w, double *g, void *user)
{
    return vjp(x, (const double[]){fabs(w[0]), w[1], w[2]}, g, user);
}

static int clipped_vjp(const double *x, const double *w, double *g, void *user)
{
    return vjp(x, (const double[]){w[0], fmax(-1, fmin(1, w[1])), w[2]}, g, user);
}

static int spoiling_jvp(const double *x, const double *v, double *y, void *user)
{
    jvp(x, v, y, user);
    ((double *)v)[1] = 0;
    return 0;
}

static int adding_vjp(const double *x, const double *w, double *g, void *user)
{
    double more[N];
    vjp(x, w, more, user);
    for (int i = 0; i < N; i++) g[i] += more[i];
    return 0;
}

static int both(const double *x, double *y, double *J, void *user) { return value(x, y, user) | jacobian(x, J, user); }
static int other_value(const double *x, double *y, double *J, void *user) { return both(x, y, J, user), y[1] += 1e-9, 0; }
static int both_signs(const double *x, double *y, double *J, void *user) { return value(x, y, user) | sign(x, J, user); }

/* As two threads do who add up halves in an order of chance: the last bits differ, and nothing else. */
static int wavering(const double *x, double *J, void *user)
{
    int again = (*(int *)user)++ % 2;
    return jacobian(x, J, user), J[0] = again ? J[0] * (1 + 4e-16) : J[0], 0;
}

/* Off by 1e-11: too fine for differences, not for another claim. */
static int fine_vjp(const double *x, const double *w, double *g, void *user)
{
    return vjp(x, w, g, user), g[1] *= 1 + 1e-11, 0;
}

static int forgets(const double *x, double *J, void *user)
{
    return jacobian(x, J, user), J[0] += 1e-3 * (*(int *)user)++, 0;
}

static int complex_value(const td_complex *x, td_complex *y, void *user)
{
    (void)user;
    double size = exp(__real__(x[0] * x[1])), turn = __imag__(x[0] * x[1]);
    y[0] = x[0] * x[0] * x[1];
    __real__ y[1] = size * cos(turn);
    __imag__ y[1] = size * sin(turn);
    y[2] = 3 * x[0] - 2 * x[1];
    return 0;
}

#define OF(...) {.name = "f", .n = N, .m = M, .value = value, __VA_ARGS__}

static const struct {
    const char *what;
    td_function f;
    td_verdict  verdict;
    const char *says;          /* in the reason or in the hint */
} CASES[] = {
    {"right Jacobian", OF(.jacobian = jacobian), TD_AGREE, ""},
    {"right by columns", OF(.jacobian = by_columns, .column_major = true), TD_AGREE, ""},
    {"right VJP", OF(.vjp = vjp), TD_AGREE, ""},
    {"right JVP", OF(.jvp = jvp), TD_AGREE, ""},
    {"all right", OF(.jacobian = jacobian, .vjp = vjp, .jvp = jvp, .complex_value = complex_value), TD_AGREE, ""},
    {"no claim", OF(.user = NULL), TD_INCONCLUSIVE, "no derivative is claimed"},
    {"transposed", OF(.jacobian = by_columns), TD_DISAGREE, "transposed"},
    {"transposed the other way", OF(.jacobian = jacobian, .column_major = true), TD_DISAGREE, "transposed"},
    {"a sign", OF(.jacobian = sign), TD_DISAGREE, "the sign"},
    {"a factor", OF(.jacobian = twice), TD_DISAGREE, "factor 2"},
    {"a zero", OF(.jacobian = zero), TD_DISAGREE, "dropped"},
    {"an index", OF(.jacobian = next_input), TD_DISAGREE, "shifted"},
    {"an entry not written", OF(.jacobian = unwritten), TD_DISAGREE, "does not write an entry"},
    {"added to what stood there", OF(.jacobian = added), TD_DISAGREE, "adds to what stood"},
    {"written beyond the end", OF(.jacobian = outside), TD_DISAGREE, "outside of its result"},
    {"|w|", OF(.vjp = absolute_vjp), TD_DISAGREE, "not linear"},
    {"w clipped", OF(.vjp = clipped_vjp), TD_DISAGREE, "not linear"},
    {"v changed", OF(.jvp = spoiling_jvp), TD_DISAGREE, "changes the vector"},
    {"another answer each time", OF(.jacobian = forgets), TD_DISAGREE, "answers differently"},
    {"adds, as it is said", OF(.vjp = adding_vjp, .adds = true), TD_AGREE, ""},
    {"adds, and is not said to", OF(.vjp = adding_vjp), TD_DISAGREE, "adds to what stood"},
    {"overwrites, and is said to add", OF(.vjp = vjp, .adds = true), TD_DISAGREE, "though it is said to add"},
    {"value and Jacobian at once", OF(.both = both), TD_AGREE, ""},
    {"another value with the Jacobian", OF(.jacobian = jacobian, .both = other_value), TD_DISAGREE, "gives another value"},
    {"a sign in what comes at once", OF(.jacobian = jacobian, .both = both_signs), TD_DISAGREE, "the sign"},
    {"other bits each time, within rounding", OF(.jacobian = wavering), TD_AGREE, ""},
    {"two claims of three agree", OF(.jacobian = jacobian, .vjp = fine_vjp, .jvp = jvp), TD_DISAGREE, "1.00000000001"},
    {"the complex step decides", OF(.vjp = fine_vjp, .complex_value = complex_value), TD_DISAGREE, "1.00000000001"},
};

TEST(function, each_mistake_is_convicted_and_named)
{
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        int calls = 0;
        td_function f = CASES[i].f;
        f.user = &calls;
        td_check_result *r = td_check_function(&f, (const double[]){0.7, -1.3}, NULL);
        CHECK(r && r->verdict == CASES[i].verdict, "%s: %s", CASES[i].what, r ? td_verdict_name(r->verdict) : "no memory");
        CHECK(r && (strstr(r->worst.reason, CASES[i].says) || strstr(r->blame.hint, CASES[i].says)),
              "%s: \"%s\" and \"%s\" do not say \"%s\"", CASES[i].what, r->worst.reason, r->blame.hint, CASES[i].says);
        td_check_free(r);
    }
}

TEST(function, the_claim_that_stands_alone_is_named)
{
    td_function f = OF(.jacobian = jacobian, .vjp = fine_vjp, .jvp = jvp);
    td_check_result *r = td_check_function(&f, (const double[]){0.7, -1.3}, NULL);
    CHECK(r && r->worst.by && !strcmp(r->worst.by, "VJP") && r->worst.alone == TD_ALONE_CLAIM, "%s is said to be wrong",
          r && r->worst.by ? r->worst.by : "nobody");
    td_check_free(r);
}

/* ---- f32 ------------------------------------------------------------------------------------------------------------ */

static int value_f32(const float *x, float *y, void *user)
{
    (void)user;
    y[0] = x[0] * x[0] * x[1];
    return 0;
}

static int gradient_f32(const float *x, float *g, void *user)
{
    g[0] = 2 * x[0] * x[1];
    g[1] = x[0] * x[0] * (user ? 1.01F : 1);
    return 0;
}

TEST(function, an_f32_function_is_judged_in_its_own_precision)
{
    int wrong = 0;
    td_function f = {.name = "f32", .n = 2, .dtype = TD_F32, .f32 = {.value = value_f32, .gradient = gradient_f32}};
    for (int k = 0; k < 2; k++) {
        f.user = k ? &wrong : NULL;
        td_check_result *r = td_check_function(&f, (const double[]){0.7, -1.3}, NULL);
        CHECK(r && r->verdict == (k ? TD_DISAGREE : TD_AGREE), "%s gradient", k ? "wrong" : "right");
        td_check_free(r);
    }
}

/* ---- many inputs, and second derivatives ---------------------------------------------------------------------------- */

enum { MANY = 1000 };

typedef struct chain { int64_t n, wrong; bool lopsided, half; } chain;

/* sum_i sin(x_i) x_(i+1), in a ring */
static int chain_value(const double *x, double *y, void *user)
{
    int64_t n = ((chain *)user)->n;
    y[0] = 0;
    for (int64_t i = 0; i < n; i++) y[0] += sin(x[i]) * x[(i + 1) % n];
    return 0;
}

static int chain_gradient(const double *x, double *g, void *user)
{
    const chain *k = user;
    for (int64_t i = 0; i < k->n; i++) g[i] = cos(x[i]) * x[(i + 1) % k->n] + sin(x[(i + k->n - 1) % k->n]);
    if (k->wrong >= 0) g[k->wrong] *= 1.01;
    return 0;
}

static int chain_hessian(const double *x, double *H, void *user)
{
    const chain *k = user;
    for (int64_t i = 0; i < k->n * k->n; i++) H[i] = 0;
    for (int64_t i = 0; i < k->n; i++) {
        int64_t next = (i + 1) % k->n;
        H[i * k->n + i] -= sin(x[i]) * x[next];
        H[i * k->n + next] += cos(x[i]);
        if (!k->lopsided) H[next * k->n + i] += cos(x[i]);
    }
    return 0;
}

static int chain_hvp(const double *x, const double *v, double *Hv, void *user)
{
    const chain *k = user;
    for (int64_t i = 0; i < k->n; i++) Hv[i] = -sin(x[i]) * x[(i + 1) % k->n] * v[i] * (k->half ? 0.5 : 1);
    for (int64_t i = 0; i < k->n; i++) {
        Hv[i] += cos(x[i]) * v[(i + 1) % k->n];
        Hv[(i + 1) % k->n] += cos(x[i]) * v[i];
    }
    return 0;
}

static td_check_result *ask_chain(chain *k, bool second)
{
    double x[MANY];
    td_function f = {.name = "chain", .n = k->n, .value = chain_value, .gradient = chain_gradient, .user = k};
    if (second) f.hessian = chain_hessian, f.hvp = chain_hvp;
    for (int i = 0; i < MANY; i++) x[i] = 2 * sin(1.3 * i);
    return td_check_function(&f, x, NULL);
}

TEST(function, one_wrong_entry_among_a_thousand_is_found_by_halving)
{
    for (int64_t wrong = -1; wrong < MANY; wrong += 333) {
        td_check_result *r = ask_chain(&(chain){.n = MANY, .wrong = wrong}, false);
        CHECK(r && r->verdict == (wrong < 0 ? TD_AGREE : TD_DISAGREE), "entry %lld", (long long)wrong);
        CHECK(r && (wrong < 0 || r->worst.coordinate == wrong), "entry %lld found as %lld", (long long)wrong,
              (long long)(r ? r->worst.coordinate : 0));
        td_check_free(r);
    }
}

TEST(function, second_derivatives_are_judged_against_the_gradient)
{
    const struct { chain k; td_verdict verdict; const char *by; } cases[] = {
        {{.n = 6, .wrong = -1}, TD_AGREE, NULL},
        {{.n = 6, .wrong = -1, .lopsided = true}, TD_DISAGREE, "Hessian"},
        {{.n = 6, .wrong = -1, .half = true}, TD_DISAGREE, "HVP"}};
    for (int i = 0; i < 3; i++) {
        chain k = cases[i].k;
        td_check_result *r = ask_chain(&k, true);
        CHECK(r && r->verdict == cases[i].verdict, "case %d: %s", i, r ? r->worst.reason : "no memory");
        CHECK(r && (!cases[i].by || (r->worst.by && !strcmp(r->worst.by, cases[i].by))), "case %d blames %s", i,
              r && r->worst.by ? r->worst.by : "nobody");
        CHECK(r && (i || (r->second_agreed && !r->second_disagreed)), "case %d: nothing asked", i);
        td_check_free(r);
    }
}

/* ---- where there is no derivative, or no value ---------------------------------------------------------------------- */

static int kink_value(const double *x, double *y, void *user) { return (void)user, y[0] = fabs(x[0]) + x[1], 0; }

static int kink_gradient(const double *x, double *g, void *user)
{
    g[0] = x[0] > 0 ? 1 : x[0] < 0 ? -1 : *(double *)user;
    g[1] = 1;
    return 0;
}

TEST(function, at_a_kink_any_slope_between_the_two_sides_is_right)
{
    const struct { double slope; td_verdict verdict; } cases[] = {
        {-1, TD_AGREE}, {0, TD_AGREE}, {0.5, TD_AGREE}, {1, TD_AGREE}, {2, TD_DISAGREE}};
    for (int i = 0; i < 5; i++) {
        double slope = cases[i].slope;
        td_function f = {.n = 2, .value = kink_value, .gradient = kink_gradient, .user = &slope};
        td_check_result *r = td_check_function(&f, (const double[]){0, 1}, NULL);
        CHECK(r && r->verdict == cases[i].verdict, "slope %g: %s", slope, r ? r->worst.reason : "no memory");
        td_check_free(r);
    }
}

static int log_value(const double *x, double *y, void *user) { return (void)user, x[0] > 0 ? (y[0] = log(x[0]), 0) : 1; }
static int log_gradient(const double *x, double *g, void *user) { return (void)user, g[0] = 1 / x[0], 0; }

TEST(function, a_point_without_a_value_is_inconclusive)
{
    td_function f = {.n = 1, .value = log_value, .gradient = log_gradient};
    td_check_result *r = td_check_function(&f, (const double[]){-1}, NULL);
    CHECK(r && r->verdict == TD_INCONCLUSIVE && strstr(r->worst.reason, "no value"), "%s", r ? r->worst.reason : "");
    td_check_free(r);
    r = td_check_function(&f, (const double[]){1e-8}, NULL);
    CHECK(r && r->verdict == TD_AGREE, "near the edge: %s", r ? r->worst.reason : "no memory");
    td_check_free(r);
}
