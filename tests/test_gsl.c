/* test_gsl.c: the adapters: what GSL's structs are given, held against formulas and against each other. */
#include "testing.h"

#include <gsl/gsl_blas.h>
#include <gsl/gsl_errno.h>

#include "triad_gsl.h"

/* ---- programs ----------------------------------------------------------------------------------------------------- */

/* sum of (1 - x_i)^2 + 100 (x_{i+1} - x_i^2)^2; for one unknown (1 - x)^2 */
static td_tensor *valley(td_context *c, td_tensor *const *in, void *user)
{
    int64_t n = td_size(in[0], 0);
    (void)c;
    (void)user;
    if (n < 2) return td_sum(td_square(td_rsub(1, in[0])));
    td_tensor *head = td_slice(in[0], 0, 0, n - 1, 1), *tail = td_slice(in[0], 0, 1, n, 1);
    return td_sum(td_add(td_square(td_rsub(1, head)), td_mul_scalar(td_square(td_sub(tail, td_square(head))), 100)));
}

/* in[1] (m) times: x0 exp(-x1 t) + x2 */
static td_tensor *decay(td_context *c, td_tensor *const *in, void *user)
{
    (void)c;
    (void)user;
    td_tensor *x = in[0], *t = in[1];
    td_tensor *falling = td_exp(td_neg(td_mul(td_select(x, 0, 1), t)));
    return td_add(td_mul(td_select(x, 0, 0), falling), td_select(x, 0, 2));
}

/* y_i = x_i^2 x_{n-1} */
static td_tensor *square_map(td_context *c, td_tensor *const *in, void *user)
{
    (void)c;
    (void)user;
    return td_mul(td_square(in[0]), td_select(in[0], 0, td_size(in[0], 0) - 1));
}

/* (y0 y1, sin(t) y0 + t^2) */
static td_tensor *flow(td_context *c, td_tensor *const *in, void *user)
{
    (void)c;
    (void)user;
    td_tensor *y0 = td_select(in[0], 0, 0), *y1 = td_select(in[0], 0, 1), *t = in[1];
    td_tensor *part[2] = {td_mul(y0, y1), td_add(td_mul(td_sin(t), y0), td_square(t))};
    return td_stack(2, part, 0);
}

static td_tensor *logarithm(td_context *c, td_tensor *const *in, void *user)
{
    (void)c;
    (void)user;
    return td_log(in[0]);
}

static td_tensor *root(td_context *c, td_tensor *const *in, void *user)
{
    (void)c;
    (void)user;
    return td_sqrt(in[0]);
}

static td_tensor *mismatch(td_context *c, td_tensor *const *in, void *user)
{
    (void)user;
    return td_add(in[0], td_zeros(c, TD_F64, 1, SIZES(17)));
}

static td_tensor *constant(td_context *c, td_tensor *const *in, void *user)
{
    (void)in;
    (void)user;
    return td_ones(c, TD_F64, 1, SIZES(2));
}

static td_tensor *nothing(td_context *c, td_tensor *const *in, void *user)
{
    (void)c;
    (void)in;
    (void)user;
    return NULL;
}

static td_tensor *in_f32(td_context *c, td_tensor *const *in, void *user)
{
    (void)c;
    (void)user;
    return td_square(td_to(in[0], TD_F32));
}

static td_tensor *scaled(td_context *c, td_tensor *const *in, void *user)
{
    (void)c;
    return td_mul_scalar(in[0], *(double *)user);
}

/* ---- vectors and matrices that do not lie together ---------------------------------------------------------------- */

static const double HOLE = -12345;

/* n numbers, `stride` apart, holes between them */
typedef struct comb { double room[64]; gsl_vector v; } comb;

static gsl_vector *comb_of(comb *c, size_t n, size_t stride, const double *x)
{
    for (int i = 0; i < 64; i++) c->room[i] = HOLE;
    c->v = (gsl_vector){.size = n, .stride = stride, .data = c->room};
    for (size_t i = 0; i < n && x; i++) c->room[i * stride] = x[i];
    return &c->v;
}

static void check_holes(const comb *c, const char *what)
{
    for (size_t i = 0; i < 64; i++) {
        bool own = i % c->v.stride == 0 && i / c->v.stride < c->v.size;
        CHECK(own || c->room[i] == HOLE, "%s: something was written between the numbers, at %zu", what, i);
    }
}

/* m by n with rows tda apart */
typedef struct sheet { double room[256]; gsl_matrix m; } sheet;

static gsl_matrix *sheet_of(sheet *s, size_t m, size_t n, size_t tda)
{
    for (int i = 0; i < 256; i++) s->room[i] = HOLE;
    s->m = (gsl_matrix){.size1 = m, .size2 = n, .tda = tda, .data = s->room};
    return &s->m;
}

static void check_margins(const sheet *s, const char *what)
{
    for (size_t i = 0; i < 256; i++) {
        bool own = i / s->m.tda < s->m.size1 && i % s->m.tda < s->m.size2;
        CHECK(own || s->room[i] == HOLE, "%s: something was written beside the matrix, at %zu", what, i);
    }
}

static bool near(double a, double b) { return fabs(a - b) <= 1e-13 * fmax(1, fabs(b)); }

/* ---- multimin ----------------------------------------------------------------------------------------------------- */

TEST(gsl, a_value_and_a_gradient_of_one_point_cost_one_run)
{
    td_gsl *g = td_gsl_new(&(td_gsl_problem){.f = valley, .n = 2});
    gsl_multimin_function_fdf f = td_gsl_multimin(g);
    comb x, slope;
    comb_of(&x, 2, 3, VALUES(-1.2, 1)), comb_of(&slope, 2, 2, NULL);
    CHECK(near(f.f(&x.v, f.params), 24.2), "f %.17g", f.f(&x.v, f.params));
    f.df(&x.v, f.params, &slope.v);
    f.df(&x.v, f.params, &slope.v);
    CHECK(near(slope.room[0], -215.6) && near(slope.room[2], -88), "gradient %.17g %.17g", slope.room[0], slope.room[2]);
    check_holes(&slope, "gradient");
    check_holes(&x, "x");
    td_gsl_counts k = td_gsl_counted(g);
    CHECK(k.runs == 1 && k.walks == 1, "%lld runs, %lld walks", (long long)k.runs, (long long)k.walks);
    double y = 0;
    x.room[0] = 1;
    f.fdf(&x.v, f.params, &y, &slope.v);
    CHECK(y == 0 && slope.room[0] == 0 && slope.room[2] == 0, "at (1, 1): %g, %g %g", y, slope.room[0], slope.room[2]);
    CHECK(td_gsl_counted(g).runs == 2, "another point is another run");
    td_gsl_free(g);
}

TEST(gsl, no_unknown_and_one_unknown)
{
    for (int64_t n = 0; n < 2; n++) {
        td_gsl *g = td_gsl_new(&(td_gsl_problem){.f = valley, .n = n});
        gsl_multimin_function_fdf f = td_gsl_multimin(g);
        comb x, slope;
        comb_of(&x, (size_t)n, 1, VALUES(3)), comb_of(&slope, (size_t)n, 1, NULL);
        CHECK(f.f(&x.v, g) == (n ? 4 : 0), "n %lld: f %g", (long long)n, f.f(&x.v, g));
        f.df(&x.v, g, &slope.v);
        CHECK(slope.room[0] == (n ? 4 : HOLE), "n %lld: df %g", (long long)n, slope.room[0]);
        CHECK(!td_gsl_status(g), "%s", td_gsl_message(g));
        td_gsl_free(g);
    }
}

/* ---- Jacobians ---------------------------------------------------------------------------------------------------- */

/* decay has 3 unknowns: with many times J is made by columns, with few by rows. */
static void check_decay(int64_t m)
{
    double t[40], x[3] = {2, 0.3, -1};
    for (int64_t i = 0; i < m; i++) t[i] = 0.25 * (double)i;
    td_context *c = td_open(NULL);
    td_tensor *times = td_array(c, TD_F64, 1, &m, t);
    td_gsl *g = td_gsl_new(&(td_gsl_problem){.f = decay, .n = 3, .m = m, .n_data = 1, .data = &times});
    close_clean(c);
    gsl_multifit_nlinear_fdf f = td_gsl_multifit(g);
    comb at, y;
    sheet J;
    CHECK(!f.f(comb_of(&at, 3, 7, x), f.params, comb_of(&y, (size_t)m, 1, NULL)), "%s", td_gsl_message(g));
    CHECK(!f.df(&at.v, f.params, sheet_of(&J, (size_t)m, 3, 5)), "%s", td_gsl_message(g));
    check_margins(&J, "J");
    for (int64_t i = 0; i < m; i++) {
        double e = exp(-x[1] * t[i]);
        const double *row = J.room + 5 * i;
        CHECK(near(y.room[i], x[0] * e + x[2]), "m %lld, f %lld: %.17g", (long long)m, (long long)i, y.room[i]);
        CHECK(near(row[0], e) && near(row[1], -x[0] * t[i] * e) && row[2] == 1, "m %lld, row %lld: %.17g %.17g %.17g",
              (long long)m, (long long)i, row[0], row[1], row[2]);
    }
    CHECK(td_gsl_counted(g).runs == 1, "%lld runs", (long long)td_gsl_counted(g).runs);
    td_gsl_free(g);
}

TEST(gsl, a_jacobian_by_rows_and_one_by_columns)
{
    check_decay(1);
    check_decay(4);
    check_decay(40);
}

TEST(gsl, a_second_derivative_along_a_direction)
{
    int64_t m = 6;
    double x[3] = {2, 0.3, -1}, v[3] = {0.5, -2, 1};
    td_context *c = td_open(NULL);
    td_tensor *times = td_arange(c, TD_F64, 0, 6, 1);
    td_gsl *g = td_gsl_new(&(td_gsl_problem){.f = decay, .n = 3, .m = m, .n_data = 1, .data = &times});
    close_clean(c);
    gsl_multifit_nlinear_fdf f = td_gsl_multifit(g);
    comb at, along, bend;
    for (int again = 0; again < 2; again++) {
        int status = f.fvv(comb_of(&at, 3, 2, x), comb_of(&along, 3, 3, v), f.params, comb_of(&bend, 6, 4, NULL));
        CHECK(!status, "%s", td_gsl_message(g));
        for (int i = 0; i < 6; i++) {
            double e = exp(-x[1] * i), wanted = -2 * v[0] * v[1] * i * e + v[1] * v[1] * x[0] * i * i * e;
            CHECK(near(bend.room[4 * i], wanted), "fvv %d: %.17g, not %.17g", i, bend.room[4 * i], wanted);
        }
        check_holes(&bend, "fvv");
        x[1] = 0.7;
    }
    CHECK(td_gsl_counted(g).second == 2, "%lld runs of second order", (long long)td_gsl_counted(g).second);
    td_gsl_free(g);
}

TEST(gsl, products_with_a_jacobian_that_is_never_whole)
{
    td_context *c = td_open(NULL);
    td_tensor *times = td_arange(c, TD_F64, 0, 5, 1);
    td_gsl *g = td_gsl_new(&(td_gsl_problem){.f = decay, .n = 3, .m = 5, .n_data = 1, .data = &times});
    close_clean(c);
    gsl_multilarge_nlinear_fdf f = td_gsl_multilarge(g);
    gsl_multifit_nlinear_fdf whole = td_gsl_multifit(g);
    comb x, u, v;
    sheet J, JTJ;
    const double w[5] = {1, -1, 2, 0.5, 3}, d[3] = {1, 2, -1};
    comb_of(&x, 3, 1, VALUES(2, 0.3, -1));
    CHECK(!whole.df(&x.v, g, sheet_of(&J, 5, 3, 3)), "%s", td_gsl_message(g));
    CHECK(!f.df(CblasTrans, &x.v, comb_of(&u, 5, 3, w), g, comb_of(&v, 3, 2, NULL), sheet_of(&JTJ, 3, 3, 6)), "J'u: %s",
          td_gsl_message(g));
    for (int j = 0; j < 3; j++) {
        double sum = 0;
        for (int i = 0; i < 5; i++) sum += J.room[3 * i + j] * w[i];
        CHECK(near(v.room[2 * j], sum), "J'u %d: %.17g, not %.17g", j, v.room[2 * j], sum);
        for (int k = 0; k < 3; k++) {
            double dot = 0;
            for (int i = 0; i < 5; i++) dot += J.room[3 * i + j] * J.room[3 * i + k];
            double wanted = k <= j ? dot : HOLE;
            CHECK(near(JTJ.room[6 * j + k], wanted), "J'J %d %d: %.17g, not %.17g", j, k, JTJ.room[6 * j + k], wanted);
        }
    }
    check_holes(&v, "J'u"), check_margins(&JTJ, "J'J");
    CHECK(!f.df(CblasNoTrans, &x.v, comb_of(&u, 3, 3, d), g, comb_of(&v, 5, 2, NULL), NULL), "J v: %s", td_gsl_message(g));
    for (int i = 0; i < 5; i++) {
        double sum = 0;
        for (int j = 0; j < 3; j++) sum += J.room[3 * i + j] * d[j];
        CHECK(near(v.room[2 * i], sum), "J v %d: %.17g, not %.17g", i, v.room[2 * i], sum);
    }
    CHECK(!f.df(CblasTrans, &x.v, NULL, g, NULL, sheet_of(&JTJ, 3, 3, 3)), "J'J alone: %s", td_gsl_message(g));
    CHECK(td_gsl_counted(g).runs == 1, "%lld runs", (long long)td_gsl_counted(g).runs);
    td_gsl_free(g);
}

TEST(gsl, a_system_of_roots)
{
    for (size_t n = 1; n < 6; n++) {
        td_gsl *g = td_gsl_new(&(td_gsl_problem){.f = square_map, .n = (int64_t)n, .m = (int64_t)n});
        gsl_multiroot_function_fdf f = td_gsl_multiroot(g);
        comb x, y;
        sheet J;
        comb_of(&x, n, 2, VALUES(1, -2, 3, 0.5, 4)), comb_of(&y, n, 3, NULL);
        CHECK(!f.fdf(&x.v, g, &y.v, sheet_of(&J, n, n, n + 2)), "%s", td_gsl_message(g));
        double last = x.room[2 * (n - 1)];
        for (size_t i = 0; i < n; i++) {
            for (size_t j = 0; j < n; j++) {
                double xi = x.room[2 * i], wanted = (i == j ? 2 * xi * last : 0) + (j == n - 1 ? xi * xi : 0);
                CHECK(near(J.room[i * (n + 2) + j], wanted), "J %zu %zu: %g, not %g", i, j, J.room[i * (n + 2) + j], wanted);
            }
        }
        check_margins(&J, "J"), check_holes(&y, "f");
        td_gsl_free(g);
    }
}

TEST(gsl, an_ode_system_and_its_time)
{
    td_gsl *g = td_gsl_new(&(td_gsl_problem){.f = flow, .n = 2, .time = true});
    gsl_odeiv2_system f = td_gsl_odeiv2(g);
    double y[2] = {2, -3}, dydt[2], J[4], dfdt[2];
    for (int k = 0; k < 3; k++) {
        double t = 0.5 * k;
        CHECK(!f.function(t, y, dydt, f.params) && !f.jacobian(t, y, J, dfdt, f.params), "%s", td_gsl_message(g));
        CHECK(near(dydt[0], -6) && near(dydt[1], 2 * sin(t) + t * t), "t %g: f %.17g %.17g", t, dydt[0], dydt[1]);
        CHECK(J[0] == -3 && J[1] == 2 && near(J[2], sin(t)) && J[3] == 0, "t %g: J %g %g %g %g", t, J[0], J[1], J[2], J[3]);
        CHECK(dfdt[0] == 0 && near(dfdt[1], 2 * cos(t) + 2 * t), "t %g: df/dt %g %g", t, dfdt[0], dfdt[1]);
    }
    CHECK(td_gsl_counted(g).runs == 3, "%lld runs", (long long)td_gsl_counted(g).runs);
    td_gsl_free(g);
}

TEST(gsl, a_program_in_f32_and_one_without_its_inputs)
{
    td_gsl *g = td_gsl_new(&(td_gsl_problem){.f = in_f32, .n = 2, .m = 2});
    comb x, y;
    sheet J;
    comb_of(&x, 2, 1, VALUES(3, -4)), comb_of(&y, 2, 1, NULL);
    gsl_multifit_nlinear_fdf f = td_gsl_multifit(g);
    CHECK(!f.f(&x.v, g, &y.v) && !f.df(&x.v, g, sheet_of(&J, 2, 2, 2)), "%s", td_gsl_message(g));
    CHECK(y.room[0] == 9 && y.room[1] == 16 && J.room[0] == 6 && J.room[1] == 0 && J.room[2] == 0 && J.room[3] == -8,
          "f32: %g %g, %g %g %g %g", y.room[0], y.room[1], J.room[0], J.room[1], J.room[2], J.room[3]);
    td_gsl_free(g);
    g = td_gsl_new(&(td_gsl_problem){.f = constant, .n = 2, .m = 2});
    f = td_gsl_multifit(g);
    CHECK(!f.df(&x.v, g, sheet_of(&J, 2, 2, 2)) && J.room[0] == 0 && J.room[3] == 0, "constant: %s", td_gsl_message(g));
    gsl_multilarge_nlinear_fdf large = td_gsl_multilarge(g);
    CHECK(!large.df(CblasNoTrans, &x.v, &x.v, g, &y.v, NULL) && y.room[0] == 0, "constant: J v %g", y.room[0]);
    td_gsl_free(g);
}

/* ---- trouble ------------------------------------------------------------------------------------------------------ */

static void check_trouble(td_gsl *g, int has, int wants, const char *words)
{
    CHECK(has == wants && td_gsl_status(g) == wants, "status %d, kept %d, not %d", has, td_gsl_status(g), wants);
    CHECK(strstr(td_gsl_message(g), words), "\"%s\" does not say \"%s\"", td_gsl_message(g), words);
    td_gsl_clear(g);
    CHECK(!td_gsl_status(g) && !td_gsl_message(g)[0], "td_gsl_clear leaves \"%s\"", td_gsl_message(g));
}

TEST(gsl, what_is_not_finite_is_a_bad_function)
{
    td_gsl *g = td_gsl_new(&(td_gsl_problem){.f = logarithm, .n = 3, .m = 3});
    gsl_multiroot_function_fdf f = td_gsl_multiroot(g);
    comb x, y;
    sheet J;
    comb_of(&y, 3, 1, NULL), sheet_of(&J, 3, 3, 3);
    check_trouble(g, f.f(comb_of(&x, 3, 1, VALUES(1, -1, 2)), g, &y.v), GSL_EBADFUNC, "number 1 is ");
    CHECK(y.room[0] == 0 && isnan(y.room[1]), "the values are there: %g %g", y.room[0], y.room[1]);
    check_trouble(g, f.f(comb_of(&x, 3, 1, VALUES(1, 1, 0)), g, &y.v), GSL_EBADFUNC, "number 2 is -inf");
    CHECK(!f.fdf(comb_of(&x, 3, 1, VALUES(1, 2, 4)), g, &y.v, &J.m), "it works again: %s", td_gsl_message(g));
    CHECK(J.room[4] == 0.5, "and right: %g", J.room[4]);
    td_gsl_free(g);

    g = td_gsl_new(&(td_gsl_problem){.f = root, .n = 2, .m = 2});
    f = td_gsl_multiroot(g);
    comb_of(&x, 2, 1, VALUES(1, 0)), comb_of(&y, 2, 1, NULL);
    CHECK(!f.f(&x.v, g, &y.v), "%s", td_gsl_message(g));
    check_trouble(g, f.df(&x.v, g, sheet_of(&J, 2, 2, 2)), GSL_EBADFUNC, "the derivative: number 1 is nan");
    td_gsl_free(g);
}

TEST(gsl, minima_have_no_status_and_are_given_nan)
{
    td_gsl *g = td_gsl_new(&(td_gsl_problem){.f = mismatch, .n = 2});
    gsl_multimin_function_fdf f = td_gsl_multimin(g);
    comb x, slope;
    double y = f.f(comb_of(&x, 2, 1, VALUES(1, 1)), g);
    CHECK(isnan(y), "f is %g", y);
    check_trouble(g, GSL_EFAILED, GSL_EFAILED, "(2,) and (17,) do not broadcast");
    f.df(&x.v, g, comb_of(&slope, 2, 1, NULL));
    CHECK(isnan(slope.room[0]) && isnan(slope.room[1]), "df is %g %g", slope.room[0], slope.room[1]);
    td_gsl_free(g);
}

TEST(gsl, sizes_that_do_not_fit_are_refused)
{
    td_gsl *g = td_gsl_new(&(td_gsl_problem){.f = logarithm, .n = 3, .m = 2});
    gsl_multifit_nlinear_fdf f = td_gsl_multifit(g);
    comb x, y;
    sheet J;
    comb_of(&x, 3, 1, VALUES(1, 1, 1)), comb_of(&y, 2, 1, NULL);
    check_trouble(g, f.f(&x.v, g, &y.v), GSL_EBADLEN, "the program gives 3 numbers, the problem says 2");
    check_trouble(g, f.fvv(&x.v, &x.v, g, &y.v), GSL_EBADLEN, "the program gives 3 numbers, the problem says 2");
    check_trouble(g, f.f(&y.v, g, &y.v), GSL_EBADLEN, "x has 2 numbers, the problem says 3");
    td_gsl_free(g);
    g = td_gsl_new(&(td_gsl_problem){.f = logarithm, .n = 3, .m = 3});
    check_trouble(g, td_gsl_multifit(g).df(&x.v, g, sheet_of(&J, 3, 2, 3)), GSL_EBADLEN, "a row of J");
    check_trouble(g, td_gsl_multifit(g).fvv(&x.v, &y.v, g, &x.v), GSL_EBADLEN, "v has 2");
    check_trouble(g, td_gsl_odeiv2(g).function(0, x.room, y.room, g), GSL_EINVAL, "time");
    td_gsl_free(g);
}

TEST(gsl, problems_that_cannot_be_say_why)
{
    comb x, y;
    comb_of(&x, 1, 1, VALUES(1)), comb_of(&y, 1, 1, NULL);
    td_gsl_problem bad[] = {{.n = 1, .m = 1}, {.f = root, .n = -1}, {.f = root, .n = 1, .m = 1, .n_data = 61},
                            {.f = root, .n = 1, .m = 1, .n_data = 1, .data = (td_tensor *[]){NULL}}};
    const char *words[] = {"no program", "-1 unknowns", "61 tensors", "data 0: NULL"};
    for (int i = 0; i < 4; i++) {
        td_gsl *g = td_gsl_new(&bad[i]);
        check_trouble(g, td_gsl_multifit(g).f(&x.v, g, &y.v), GSL_EINVAL, "");
        td_gsl_free(g);
        g = td_gsl_new(&bad[i]);
        check_trouble(g, GSL_EINVAL, GSL_EINVAL, words[i]);
        td_gsl_free(g);
    }
    td_gsl *g = td_gsl_new(&(td_gsl_problem){.f = nothing, .n = 1, .m = 1});
    check_trouble(g, td_gsl_multifit(g).f(&x.v, g, &y.v), GSL_EFAILED, "returned NULL");
    check_trouble(g, td_gsl_multifit(g).fvv(&x.v, &x.v, g, &y.v), GSL_EFAILED, "returned NULL");
    td_gsl_free(g);
}

TEST(gsl, memory_is_bounded_and_running_out_of_it_is_said)
{
    double k = 2, at[1000] = {0}, out[1000];
    td_gsl *g = td_gsl_new(&(td_gsl_problem){.f = scaled, .user = &k, .n = 1000, .m = 1000, .memory = 1 << 20});
    gsl_multiroot_function_fdf f = td_gsl_multiroot(g);
    gsl_vector x = {.size = 1000, .stride = 1, .data = at}, y = {.size = 1000, .stride = 1, .data = out};
    for (int i = 0; i < 300; i++) {
        at[5] = i;
        CHECK(!f.f(&x, g, &y) && out[5] == 2 * i, "run %d: %s", i, td_gsl_message(g));
    }
    double *all = calloc(1000000, sizeof *all);
    gsl_matrix J = {.size1 = 1000, .size2 = 1000, .tda = 1000, .data = all};
    CHECK(!f.df(&x, g, &J) && all[999999] == 2 && all[1] == 0, "df: %s", td_gsl_message(g));
    free(all);
    k = 3;
    f.f(&x, g, &y);
    CHECK(out[5] == 2 * 299, "a point that is there is not run again");
    td_gsl_forget(g);
    f.f(&x, g, &y);
    CHECK(out[5] == 3 * 299, "forgotten, it is: %g", out[5]);
    td_gsl_free(g);
    g = td_gsl_new(&(td_gsl_problem){.f = scaled, .user = &k, .n = 1000, .m = 1000, .memory = 1 << 15});
    check_trouble(g, td_gsl_multiroot(g).f(&x, g, &y), GSL_ENOMEM, "");
    td_gsl_free(g);
}

/* ---- GSL's own loops ---------------------------------------------------------------------------------------------- */

TEST(gsl, weights_are_applied_once)
{
    double t[20], w[20];
    int64_t m = 20;
    for (int i = 0; i < m; i++) t[i] = 0.3 * i, w[i] = 1 + i % 3;
    td_context *c = td_open(NULL);
    td_tensor *times = td_array(c, TD_F64, 1, &m, t);
    td_gsl *g = td_gsl_new(&(td_gsl_problem){.f = decay, .n = 3, .m = m, .n_data = 1, .data = &times});
    close_clean(c);
    gsl_multifit_nlinear_fdf f = td_gsl_multifit(g);
    gsl_multifit_nlinear_parameters p = gsl_multifit_nlinear_default_parameters();
    gsl_multifit_nlinear_workspace *s = gsl_multifit_nlinear_alloc(gsl_multifit_nlinear_trust, &p, f.n, f.p);
    gsl_vector_view start = gsl_vector_view_array((double[]){1, 1, 0}, 3), weights = gsl_vector_view_array(w, 20);
    CHECK(!gsl_multifit_nlinear_winit(&start.vector, &weights.vector, &f, s), "%s", td_gsl_message(g));
    gsl_vector *r = gsl_multifit_nlinear_residual(s);
    gsl_matrix *J = gsl_multifit_nlinear_jac(s);
    for (size_t i = 0; i < 20; i++) {
        CHECK(near(gsl_vector_get(r, i), sqrt(w[i]) * exp(-t[i])), "residual %zu", i);
        CHECK(near(gsl_matrix_get(J, i, 0), sqrt(w[i]) * exp(-t[i])), "J %zu", i);
    }
    gsl_multifit_nlinear_free(s);
    td_gsl_free(g);
}

TEST(gsl, hybridsj_finds_a_root)
{
    td_gsl *g = td_gsl_new(&(td_gsl_problem){.f = square_map, .n = 3, .m = 3});
    gsl_multiroot_function_fdf f = td_gsl_multiroot(g);
    gsl_multiroot_fdfsolver *s = gsl_multiroot_fdfsolver_alloc(gsl_multiroot_fdfsolver_hybridsj, 3);
    gsl_vector_view start = gsl_vector_view_array((double[]){1, 2, 3}, 3);
    int status = gsl_multiroot_fdfsolver_set(s, &f, &start.vector), k = 0;
    for (; !status && k < 200 && gsl_blas_dnrm2(s->f) > 1e-12; k++) status = gsl_multiroot_fdfsolver_iterate(s);
    double left = gsl_blas_dnrm2(s->f);
    CHECK(left <= 1e-12 && !td_gsl_status(g), "|f| %g after %d: %s", left, k, td_gsl_message(g));
    gsl_multiroot_fdfsolver_free(s);
    td_gsl_free(g);
}

/* The library never touches GSL's handler: an error handler that a program sets is neither called nor replaced. */
static int handled;
static void handler(const char *reason, const char *file, int line, int code)
{
    (void)reason;
    (void)file;
    (void)line;
    handled = code;
}

TEST(gsl, the_error_handler_is_left_alone)
{
    gsl_error_handler_t *before = gsl_set_error_handler(handler);
    td_gsl *g = td_gsl_new(&(td_gsl_problem){.f = logarithm, .n = 2, .m = 2});
    comb x, y;
    int status = td_gsl_multifit(g).f(comb_of(&x, 2, 1, VALUES(-1, 1)), g, comb_of(&y, 2, 1, NULL));
    td_gsl_multifit(g).f(&x.v, g, comb_of(&y, 1, 1, NULL));
    td_gsl_free(g);
    CHECK(status == GSL_EBADFUNC && !handled, "status %d, handler called with %d", status, handled);
    CHECK(gsl_set_error_handler(before) == handler, "the handler was replaced");
}
