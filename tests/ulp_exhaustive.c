/* ulp_exhaustive.c: the table of docs/ulp.md: every elementary function on all of f32 and on many f64, and the largest
 * errors once more by MPFR.
 *
 *     ulp_exhaustive [--samples N] [--stride K] [--special M] [--points FILE] [--set NAME] [FUNCTION...]
 *
 * N f64 for each function [100000000]; every K-th number of f32 [1]; M numbers of each dtype for each special function
 * [20000], and some of them to FILE, which is tests/special.txt; the instruction set that is measured [the best].  The
 * other sets must give the same bits on a part of these operands.  Progress goes to the standard error.
 * Exits with 1 if a bound of ulp_functions.c does not hold or a set differs. */
#include <float.h>
#include <math.h>
#include <mpfr.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ulp.h"
#include "ulp_special.h"

enum { PRECISION = 300, CHECKED = 997, SHARED = 1 << 18, SHARED_STRIDE = 16381 };

/* ---- exact values --------------------------------------------------------------------------------------------------- */

typedef void elementary_fn(mpfr_t r, const mpfr_t x, const mpfr_t y, double a);

#define EXACT(name, statements)                                                                        \
    static void name##_exact(mpfr_t r, const mpfr_t x, const mpfr_t y, double a)                       \
    {                                                                                                  \
        (void)x, (void)y, (void)a;                                                                     \
        statements;                                                                                    \
    }
#define PLAIN(name) EXACT(name, mpfr_##name(r, x, MPFR_RNDN))

PLAIN(exp)
PLAIN(exp2)
PLAIN(expm1)
PLAIN(log)
PLAIN(log1p)
PLAIN(log2)
PLAIN(log10)
PLAIN(cbrt)
PLAIN(sin)
PLAIN(cos)
PLAIN(tan)
PLAIN(sinh)
PLAIN(cosh)
PLAIN(tanh)
PLAIN(asin)
PLAIN(acos)
PLAIN(atan)
PLAIN(asinh)
PLAIN(acosh)
PLAIN(atanh)
EXACT(hypot, mpfr_hypot(r, x, y, MPFR_RNDN))
EXACT(atan2, mpfr_atan2(r, x, y, MPFR_RNDN))
PLAIN(erf)
PLAIN(erfc)
EXACT(reciprocal, mpfr_ui_div(r, 1, x, MPFR_RNDN))
EXACT(rsqrt, mpfr_rec_sqrt(r, x, MPFR_RNDN))
EXACT(pow, mpfr_pow(r, x, y, MPFR_RNDN))

/* -x log x */
static void entr_exact(mpfr_t r, const mpfr_t x, const mpfr_t y, double a)
{
    (void)y, (void)a;
    mpfr_log(r, x, MPFR_RNDN);
    mpfr_mul(r, r, x, MPFR_RNDN);
    mpfr_neg(r, r, MPFR_RNDN);
    if (mpfr_zero_p(x)) mpfr_set_zero(r, 1);
}

/* log(x / (1 - x)) */
static void logit_exact(mpfr_t r, const mpfr_t x, const mpfr_t y, double a)
{
    (void)y, (void)a;
    mpfr_ui_sub(r, 1, x, MPFR_RNDN);
    mpfr_div(r, x, r, MPFR_RNDN);
    mpfr_log(r, r, MPFR_RNDN);
}

/* erf r = x by Newton's method from 0: |erf| is concave, so it comes nearer at every step */
static void erfinv_exact(mpfr_t r, const mpfr_t x, const mpfr_t y, double a)
{
    (void)y, (void)a;
    mpfr_t off, slope;
    mpfr_inits2(PRECISION, off, slope, (mpfr_ptr)0);
    mpfr_set_zero(r, 1);
    for (int k = 0; k < 200; k++) {
        mpfr_erf(off, r, MPFR_RNDN);
        mpfr_sub(off, x, off, MPFR_RNDN);
        mpfr_sqr(slope, r, MPFR_RNDN);
        mpfr_exp(slope, slope, MPFR_RNDN);
        mpfr_mul(off, off, slope, MPFR_RNDN);
        mpfr_mul_d(off, off, 0.886226925452758, MPFR_RNDN);
        mpfr_add(r, r, off, MPFR_RNDN);
    }
    mpfr_clears(off, slope, (mpfr_ptr)0);
}

static void sigmoid_exact(mpfr_t r, const mpfr_t x, const mpfr_t y, double a)
{
    (void)y, (void)a;
    mpfr_neg(r, x, MPFR_RNDN);
    mpfr_exp(r, r, MPFR_RNDN);
    mpfr_add_ui(r, r, 1, MPFR_RNDN);
    mpfr_ui_div(r, 1, r, MPFR_RNDN);
}

static void ndtr_exact(mpfr_t r, const mpfr_t x, const mpfr_t y, double a)
{
    (void)y, (void)a;
    mpfr_sqrt_ui(r, 2, MPFR_RNDN);
    mpfr_div(r, x, r, MPFR_RNDN);
    mpfr_neg(r, r, MPFR_RNDN);
    mpfr_erfc(r, r, MPFR_RNDN);
    mpfr_div_2ui(r, r, 1, MPFR_RNDN);
}

static void softplus_exact(mpfr_t r, const mpfr_t x, const mpfr_t y, double a)
{
    (void)y, (void)a;
    mpfr_exp(r, x, MPFR_RNDN);
    mpfr_log1p(r, r, MPFR_RNDN);
}

EXACT(silu, sigmoid_exact(r, x, y, a); mpfr_mul(r, r, x, MPFR_RNDN))
EXACT(gelu, ndtr_exact(r, x, y, a); mpfr_mul(r, r, x, MPFR_RNDN))

static void elu_exact(mpfr_t r, const mpfr_t x, const mpfr_t y, double a)
{
    (void)y;
    if (mpfr_sgn(x) > 0) {
        mpfr_set(r, x, MPFR_RNDN);
    } else {
        mpfr_expm1(r, x, MPFR_RNDN);
        mpfr_mul_d(r, r, a, MPFR_RNDN);
    }
}

static void pow_scalar_exact(mpfr_t r, const mpfr_t x, const mpfr_t y, double a)
{
    (void)y;
    mpfr_set_d(r, a, MPFR_RNDN);
    mpfr_pow(r, x, r, MPFR_RNDN);
}

#define ROW(name) {#name, name##_exact}
static const struct { const char *name; elementary_fn *exact; } exact[] = {
    ROW(reciprocal), ROW(rsqrt), ROW(exp), ROW(exp2), ROW(expm1), ROW(log), ROW(log1p), ROW(log2), ROW(log10), ROW(cbrt),
    ROW(sin), ROW(cos), ROW(tan), ROW(sinh), ROW(cosh), ROW(tanh), ROW(asin), ROW(acos), ROW(atan), ROW(asinh), ROW(acosh),
    ROW(atanh), ROW(hypot), ROW(atan2), ROW(entr), ROW(logit), ROW(erfinv), ROW(erf), ROW(erfc),
    ROW(sigmoid), ROW(softplus), ROW(gelu), ROW(ndtr), ROW(silu), ROW(elu), ROW(pow), ROW(pow_scalar),
};

static elementary_fn *exact_of(const char *name)
{
    for (size_t i = 0; i < sizeof exact / sizeof exact[0]; i++)
        if (!strcmp(exact[i].name, name)) return exact[i].exact;
    fprintf(stderr, "%s is not in the table of exact values\n", name);
    exit(2);
}

double ulp_distance(int dtype, double got, mpfr_t want)
{
    bool   narrow = dtype == TD_K_F32;
    int    digits = narrow ? FLT_MANT_DIG : DBL_MANT_DIG, least = narrow ? -149 : -1074;
    int    most = narrow ? FLT_MAX_EXP : DBL_MAX_EXP;
    mpfr_t limit;
    mpfr_init2(limit, PRECISION);
    mpfr_set_si_2exp(limit, mpfr_signbit(want) ? -1 : 1, most, MPFR_RNDN);
    if (mpfr_cmpabs(want, limit) > 0) mpfr_set(want, limit, MPFR_RNDN);
    long exponent = mpfr_zero_p(want) ? least : (long)mpfr_get_exp(want) - digits;
    if (exponent < least) exponent = least;
    if (exponent > most - digits) exponent = most - digits;
    if (isinf(got)) mpfr_sub(want, limit, want, MPFR_RNDN);
    else mpfr_d_sub(want, got, want, MPFR_RNDN);
    mpfr_mul_2si(want, want, -exponent, MPFR_RNDN);
    mpfr_clear(limit);
    return fabs(mpfr_get_d(want, MPFR_RNDN));
}

/* Errors that are kept become exact.  An infinite one is no matter of digits: it stays. */
static void confirm(const ulp_function *f, int dtype, ulp_result *r)
{
    elementary_fn *of = exact_of(f->name);
    mpfr_t    x, y, want;
    double    most = 0;
    mpfr_inits2(PRECISION, x, y, want, (mpfr_ptr)NULL);
    for (int i = 0; i < r->kept; i++) {
        ulp_case *c = &r->cases[i];
        if (c->error == 0 || isinf(c->error)) continue;
        mpfr_set_d(x, c->x, MPFR_RNDN);
        mpfr_set_d(y, c->y, MPFR_RNDN);
        of(want, x, y, f->a);
        double error = ulp_distance(dtype, c->got, want);
        most = fmax(most, fabs(error - c->error));
        c->error = error;
    }
    fprintf(stderr, "%s %s: %d errors computed again, at most %.2g ulp from what they were taken for\n", f->name,
            dtype == TD_K_F32 ? "f32" : "f64", r->kept, most);
    mpfr_clears(x, y, want, (mpfr_ptr)NULL);
}

/* ---- one function --------------------------------------------------------------------------------------------------- */

typedef struct options {
    int64_t           samples, stride;
    int               special;
    const td_kernels *set;
    FILE             *points;
    char            **names;
    int               n_names;
} options;

static void measure(const ulp_function *f, int dtype, const options *o, ulp_result *r)
{
    if (dtype == TD_K_F64 || f->operands > 1) ulp_draw(f, o->set, dtype, o->samples, r);
    else ulp_every(f, o->set, o->stride, CHECKED, r);
    confirm(f, dtype, r);
}

static uint64_t shared_hash(const ulp_function *f, const td_kernels *set)
{
    static ulp_result r;
    ulp_draw(f, set, TD_K_F64, SHARED, &r);
    uint64_t hash = r.hash;
    if (f->operands > 1) ulp_draw(f, set, TD_K_F32, SHARED, &r);
    else ulp_every(f, set, SHARED_STRIDE, SHARED_STRIDE, &r);
    return hash * 31 + r.hash;
}

static int sets_that_differ(const ulp_function *f, const td_kernels *set)
{
    bool here;
    int  wrong = 0;
    for (int i = 0; td_kernels_at(i, &here); i++) {
        if (!here || shared_hash(f, td_kernels_at(i, &here)) == shared_hash(f, set)) continue;
        fprintf(stderr, "%s: %s and %s differ\n", f->name, td_kernels_at(i, &here)->name, set->name);
        wrong++;
    }
    return wrong;
}

static void print_half(const ulp_result *r, int operands)
{
    const ulp_case *worst = ulp_worst(r);
    printf(" %.3f | `%a`", worst->error, worst->x);
    if (operands > 1) printf(", `%a`", worst->y);
    printf(" | %.3f %% |", 100 - 100.0 * (double)r->off / (double)r->tested);
}

/* How many statements about f do not hold. */
static int one(const ulp_function *f, const options *o)
{
    static ulp_result wide, narrow;
    measure(f, TD_K_F64, o, &wide);
    measure(f, TD_K_F32, o, &narrow);
    printf("| %s |", f->name);
    print_half(&wide, f->operands);
    print_half(&narrow, f->operands);
    printf("\n");
    fflush(stdout);
    int wrong = (ulp_worst(&wide)->error > f->f64) + (ulp_worst(&narrow)->error > f->f32);
    if (wrong) fprintf(stderr, "%s: beyond its bounds, %g and %g\n", f->name, f->f64, f->f32);
    return wrong + sets_that_differ(f, o->set);
}

static void print_special(const special_result *r, int operands)
{
    printf(" %.3f | `%a`", r->worst.error, r->worst.x[0]);
    for (int k = 1; k < operands; k++) printf(", `%a`", r->worst.x[k]);
    if (r->worst.a != 0) printf(", %g", r->worst.a);
    if (r->worst.b != 0) printf("; %g", r->worst.b);
    printf(" | %.3f %% |", 100 - 100.0 * (double)r->off / (double)r->tested);
}

static int one_special(const special_function *f, const options *o)
{
    special_result wide, narrow;
    special_measure(f, o->set, TD_K_F64, o->special, &wide, o->points);
    special_measure(f, o->set, TD_K_F32, o->special, &narrow, o->points);
    printf("| %s |", f->name);
    print_special(&wide, f->operands);
    print_special(&narrow, f->operands);
    printf("\n");
    fflush(stdout);
    int wrong = (wide.worst.error > f->f64) + (narrow.worst.error > f->f32);
    if (wrong) fprintf(stderr, "%s: beyond its bounds, %g and %g\n", f->name, f->f64, f->f32);
    return wrong;
}

/* ---- all of them ---------------------------------------------------------------------------------------------------- */

static void print_head(const options *o)
{
    printf("# Errors of the elementary functions\n\n"
           "Made by `make check-exhaustive`. The program is `tests/ulp_exhaustive.c`; the bounds it and `make check` hold\n"
           "the functions to are in `tests/ulp_functions.c`. Errors are in units of the last place of the true value. A\n"
           "function is measured through the kernel table, here that of `%s`; every other instruction set gives the same\n"
           "bits.\n\n"
           "* f64: %.3g operands for each function: all bit patterns, neighbours of hard arguments (multiples of log 2 /\n"
           "  2, of pi / 4, ...), all magnitudes, the range where most happens, neighbours of the largest errors so far;\n"
           "  compared in long double.\n"
           "* f32: %s bit patterns%s, compared with the f64 kernel and every %dth with long double;\n"
           "  pow: as many pairs as in f64.\n"
           "* Special functions: %d operands of each dtype, each compared with MPFR, or with series, recurrences\n"
           "  or Newton's method in its numbers of %d bits (`tests/exact_special.c`); after the operands stand the order\n"
           "  or degree, and a second parameter after a semicolon. `tests/special.txt` has some for `make check`.\n"
           "* The %d largest errors of each of the others, and so the table's, are computed once more by MPFR with\n"
           "  %d bits.\n\n"
           "elu is a (e^x - 1) with a = 1.75, pow_scalar x^2.75.\n\n"
           "| function | f64: worst | at | nearest | f32: worst | at | nearest |\n|---|---|---|---|---|---|---|\n",
           o->set->name, (double)o->samples, o->stride == 1 ? "all 2^32" : "some of the 2^32",
           o->stride == 1 ? "" : " (not the full run)", CHECKED, o->special, SPECIAL_BITS, ULP_KEPT, PRECISION);
}

static bool wanted(const char *name, const options *o)
{
    for (int i = 0; i < o->n_names; i++)
        if (!strcmp(o->names[i], name)) return true;
    return o->n_names == 0;
}

static bool understand(int argc, char **argv, options *o)
{
    *o = (options){.samples = 100000000, .stride = 1, .special = 20000, .set = td_kernels_get(), .names = argv + argc};
    for (int i = 1; i < argc; i++) {
        bool has_value = i + 1 < argc;
        if (!strcmp(argv[i], "--samples") && has_value) o->samples = atoll(argv[++i]);
        else if (!strcmp(argv[i], "--stride") && has_value) o->stride = atoll(argv[++i]);
        else if (!strcmp(argv[i], "--special") && has_value) o->special = atoi(argv[++i]);
        else if (!strcmp(argv[i], "--points") && has_value) o->points = fopen(argv[++i], "w");
        else if (!strcmp(argv[i], "--set") && has_value) o->set = td_kernels_named(argv[++i]);
        else if (argv[i][0] == '-') return false;
        else { o->names = argv + i, o->n_names = argc - i; break; }
    }
    return o->set && o->samples > 0 && o->stride > 0 && o->special > 0;
}

int main(int argc, char **argv)
{
    options o;
    int     wrong = 0;
    if (!understand(argc, argv, &o)) {
        fprintf(stderr, "usage: %s [--samples N] [--stride K] [--special M] [--points FILE] [--set NAME] [FUNCTION...]\n",
                argv[0]);
        return 2;
    }
    print_head(&o);
    for (int i = 0; i < ulp_count; i++)
        if (wanted(ulp_functions[i].name, &o)) wrong += one(&ulp_functions[i], &o);
    for (int i = 0; i < special_count; i++)
        if (wanted(special_functions[i].name, &o)) wrong += one_special(&special_functions[i], &o);
    if (o.points) fclose(o.points);
    mpfr_free_cache();
    return wrong > 0;
}
