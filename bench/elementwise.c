/* elementwise.c: arithmetic against the bandwidth of a copy, elementary functions against other libraries.
 *
 * Arithmetic is the op, over ten million numbers, computed again into the same memory.  Bytes are those the op must read
 * and write, none counted that the machine moves besides: add moves 3 numbers an element, a copy 2.  The limit is the
 * faster of two copies of as much memory, through the caches and past them.
 *
 * Functions are the kernels alone (kernel.h), over a hundred thousand numbers that stay in cache, on one thread. */
#include "core/core.h"
#include "kernel/kernel.h"
#include "plugin.h"
#include "vector.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- arithmetic ----------------------------------------------------------------------------------------------------- */

static td_tensor *add(td_tensor *x, td_tensor *y) { return td_add(x, y); }
static td_tensor *mul(td_tensor *x, td_tensor *y) { return td_mul(x, y); }
static td_tensor *relu(td_tensor *x, td_tensor *y) { (void)y; return td_relu(x); }
static td_tensor *axpy(td_tensor *x, td_tensor *y) { return td_axpy(1.5, x, y); }

static const struct arithmetic {
    const char *name;
    td_tensor *(*make)(td_tensor *x, td_tensor *y);
    int numbers;        /* read and written for an element */
    int operands;
} arithmetic[] = { { "add", add, 3, 2 }, { "mul", mul, 3, 2 }, { "relu", relu, 2, 1 }, { "axpy", axpy, 3, 2 } };

#define COUNT(table) ((int)(sizeof table / sizeof *table))

enum { MANY = 10000000, FEW = 100000 };

typedef struct contest {
    bench       *b;
    td_dtype     dtype;
    int          threads;
    td_context  *c;
    bench_plugin plugin;
    bench_figure figure;
    double       lowest;        /* part of the copy bandwidth */
    const char  *lowest_at;
} contest;

/* The two copies read x and write where the op writes. */
static void enter_copies(bench_race *r, bench_stream copy[2], td_context *c, td_tensor *x, td_tensor *y)
{
    size_t bytes = (size_t)td_numel(x) * td_dtype_size(td_dtype_of(x));
    for (int i = 0; i < 2; i++) {
        copy[i] = (bench_stream){ .c = c, .threads = r->threads, .kind = i ? BENCH_COPY_PAST : BENCH_COPY, .passes = 1,
                                  .to = y->data, .from = x->data, .bytes = bytes };
        bench_enter(r, bench_stream_name[copy[i].kind], bench_stream_run, &copy[i], bench_stream_bytes(&copy[i]));
    }
}

static void tell_arithmetic(contest *k, const bench_race *r, const struct arithmetic *a)
{
    int    faster = bench_rate(r, 1) > bench_rate(r, 0);
    double part = bench_part(r, 2, faster);
    printf("%-8s", a->name);
    for (int i = 0; i < 3; i++) printf(" %10.1f", 1e-9 * bench_rate(r, i));
    printf(" %14.2f", part);
    if (r->n > 3) printf(" %10.1f %9.2f", 1e-9 * bench_rate(r, 3), bench_part(r, 2, 3));
    printf("\n");
    if (!k->lowest_at || part < k->lowest) k->lowest = part, k->lowest_at = a->name;
    for (int i = 0; i < r->n; i++)
        bench_point(bench_series_of(&k->figure, r->rival[i].name), 1e-9 * bench_rate(r, i), k->figure.rows);
    snprintf(k->figure.row[k->figure.rows++], BENCH_NAME, "%s, %s, on %d", a->name, r->dtype, r->threads);
}

static void race_arithmetic(contest *k, const struct arithmetic *a)
{
    bench_race   r = { .dtype = td_dtype_name(k->dtype), .unit = "B/s", .threads = k->threads };
    td_marker    mark = td_mark(k->c);
    int64_t      size = MANY;
    td_tensor   *in[2] = { td_rand(k->c, k->dtype, 1, &size), td_rand(k->c, k->dtype, 1, &size) };
    int64_t      first = td_node_count(k->c);
    td_tensor   *y = a->make(in[0], in[1]);
    double       bytes = a->numbers * (double)MANY * (double)td_dtype_size(k->dtype);
    bench_stream copy[2];
    bench_again  again;
    snprintf(r.work, sizeof r.work, "%s", a->name);
    if (bench_again_of(&again, k->c, first)) {
        void *work = bench_plugin_work(&k->plugin, a->name, a->operands, in, y->data);
        enter_copies(&r, copy, k->c, in[0], y);
        bench_enter(&r, "triad", bench_again_run, &again, bytes);
        if (work) bench_enter(&r, k->plugin.name, k->plugin.run, work, bytes);
        bench_run(k->b, &r);
        tell_arithmetic(k, &r, a);
        if (work) k->plugin.free(work);
    }
    td_release(k->c, mark);
}

static void measure_arithmetic(contest *k, td_dtype d, int threads)
{
    char text[96], where[BENCH_NAME];
    k->dtype = d;
    k->threads = threads;
    k->lowest_at = NULL;
    k->c = bench_context(NULL, threads);
    if (k->plugin.name) k->plugin.threads(threads);
    bench_where(where, d, threads);
    printf("\n%d %s: GB/s\n%-8s %10s %10s %10s %14s", MANY, where, "", "copy", "copy past", "triad", "of the faster");
    if (k->plugin.name) printf(" %10s %9s", k->plugin.name, "ratio");
    printf("\n");
    for (int i = 0; i < COUNT(arithmetic); i++)
        if (bench_wants(k->b, arithmetic[i].name)) race_arithmetic(k, &arithmetic[i]);
    snprintf(text, sizeof text, "%s: bandwidth of a copy", where);
    if (k->lowest_at) bench_claim(k->b, text, k->lowest_at, k->lowest, 0.9);
    td_close(k->c);
}

/* ---- functions ------------------------------------------------------------------------------------------------------ */

static double sigmoid(double x) { return 1 / (1 + exp(-x)); }
static float  sigmoidf(float x) { return 1 / (1 + expf(-x)); }

/* accuracy: SLEEF's finest.  wanted: one of those that were to be as fast as any. */
static const struct function {
    const char *name;
    double    (*f64)(double);
    float     (*f32)(float);
    double      low, high;
    const char *accuracy;
    bool        wanted;
} function[] = {
    { "exp", exp, expf, -10, 10, "u10", true },       { "exp2", exp2, exp2f, -10, 10, "u10", false },
    { "expm1", expm1, expm1f, -3, 3, "u10", false },  { "log", log, logf, 1e-3, 1e3, "u10", true },
    { "log2", log2, log2f, 1e-3, 1e3, "u10", false }, { "log10", log10, log10f, 1e-3, 1e3, "u10", false },
    { "log1p", log1p, log1pf, -0.9, 9, "u10", false }, { "tanh", tanh, tanhf, -5, 5, "u10", true },
    { "sigmoid", sigmoid, sigmoidf, -10, 10, "u10", true }, { "sin", sin, sinf, -10, 10, "u10", true },
    { "cos", cos, cosf, -10, 10, "u10", false },      { "tan", tan, tanf, -10, 10, "u10", false },
    { "sinh", sinh, sinhf, -5, 5, "u10", false },     { "cosh", cosh, coshf, -5, 5, "u10", false },
    { "asin", asin, asinf, -1, 1, "u10", false },     { "acos", acos, acosf, -1, 1, "u10", false },
    { "atan", atan, atanf, -5, 5, "u10", false },     { "erf", erf, erff, -3, 3, "u10", true },
    { "erfc", erfc, erfcf, -3, 3, "u15", false },     { "cbrt", cbrt, cbrtf, -10, 10, "u10", false },
};

static const char *const map_name[] = {
#define TD_MAP(name) #name,
#include "kernel/map.def"
#undef TD_MAP
};

/* A kernel, or a function of libm in a loop, over x into y. */
typedef struct loop {
    td_map_fn *kernel;
    double   (*f64)(double);
    float    (*f32)(float);
    const void *x;
    void       *y;
} loop;

static void run_kernel(void *loop_)
{
    const loop *l = loop_;
    l->kernel(FEW, l->y, &l->x, 0, 0);
}

static void run_f64(void *loop_)
{
    const loop *l = loop_;
    for (int i = 0; i < FEW; i++) ((double *)l->y)[i] = l->f64(((const double *)l->x)[i]);
}

static void run_f32(void *loop_)
{
    const loop *l = loop_;
    for (int i = 0; i < FEW; i++) ((float *)l->y)[i] = l->f32(((const float *)l->x)[i]);
}

static void fill(void *x, td_dtype d, double low, double high)
{
    uint64_t state = 1;
    for (int i = 0; i < FEW; i++) {
        state = state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
        double v = low + (high - low) * (double)(state >> 11) * 0x1p-53;
        if (d == TD_F64) ((double *)x)[i] = v;
        else ((float *)x)[i] = (float)v;
    }
}

typedef struct function_race {
    const struct function *f;
    bench_race   race;
    loop         own[BENCH_SETS], libm;
    bench_vector vector[BENCH_VECTORS];
    void        *plugin;        /* NULL: none */
    int          sets, first_libm, first_peer;
} function_race;

static td_map_fn *kernel_of(const char *set, td_dtype d, const char *name)
{
    for (int i = 0; i < TD_MAP_COUNT; i++)
        if (!strcmp(map_name[i], name)) return td_kernels_named(set)->map[d][i];
    return NULL;
}

static void enter_own(function_race *f, td_dtype d, const void *x, void *y)
{
    const char *set[BENCH_SETS];
    char        name[BENCH_NAME];
    int         sets = bench_sets(set);
    for (int i = 0; i < sets; i++) {
        f->own[i] = (loop){ .kernel = kernel_of(set[i], d, f->f->name), .x = x, .y = y };
        snprintf(name, sizeof name, "triad %s", set[i]);
        if (f->own[i].kernel) bench_enter(&f->race, name, run_kernel, &f->own[i], FEW);
    }
    f->sets = f->race.n;
}

/* libm, the plugin, the vector libraries: the last are those to be as fast as. */
static void enter_others(function_race *f, const contest *k, void *x, void *y)
{
    td_dtype    d = k->dtype;
    const char *set[BENCH_SETS];
    int         sets = bench_sets(set), bits = d == TD_F64 ? 64 : 32;
    int64_t     n = FEW;
    f->libm = (loop){ .f64 = f->f->f64, .f32 = f->f->f32, .x = x, .y = y };
    f->first_libm = bench_enter(&f->race, "libm", d == TD_F64 ? run_f64 : run_f32, &f->libm, FEW);
    if (k->plugin.name) f->plugin = k->plugin.make(f->f->name, bits, 1, &n, &n, &x, y);
    if (f->plugin) bench_enter(&f->race, k->plugin.name, k->plugin.run, f->plugin, FEW);
    f->first_peer = f->race.n;
    for (int l = 0; l < BENCH_VECTORS && sets > 0; l++) {
        if (!bench_vector_of(&f->vector[l], l, set[0], d, f->f->name, f->f->accuracy)) continue;
        f->vector[l].n = FEW, f->vector[l].x = x, f->vector[l].y = y;
        bench_enter(&f->race, bench_vector_name[l], bench_vector_run, &f->vector[l], FEW);
    }
}

/* The results of all, side by side: the largest relative difference from libm's, where that is not tiny. */
static double difference(const function_race *f, int rival, td_dtype d, void *y)
{
    const double floor_ = 1e-6;
    double       most = 0;
    f->race.rival[rival].run(f->race.rival[rival].with);
    for (int i = 0; i < FEW; i++) {
        double got = d == TD_F64 ? ((double *)y)[i] : ((float *)y)[i];
        double right = d == TD_F64 ? f->f->f64(((const double *)f->libm.x)[i]) : f->f->f32(((const float *)f->libm.x)[i]);
        most = fmax(most, fabs(got - right) / fmax(fabs(right), floor_));
    }
    return most;
}

/* Ours must be right; a peer that is not is named: it may be fast because of that. */
static void compare_results(bench *b, const function_race *f, td_dtype d, void *y)
{
    double allowed = d == TD_F64 ? 64 * 0x1p-52 : 64 * 0x1p-23;
    for (int i = 0; i < f->race.n; i++) {
        double far = difference(f, i, d, y);
        if (far <= allowed) continue;
        if (i < f->sets) bench_wrong(b, "%s, %s: %s is %.3g off", f->f->name, f->race.dtype, f->race.rival[i].name, far);
        else bench_note(b, "inexact", "%s, %s: %s is %.3g off", f->f->name, f->race.dtype, f->race.rival[i].name, far);
    }
}

static double nanoseconds(const bench_race *r, int i) { return 1e9 / bench_rate(r, i); }

static void tell_function(contest *k, const function_race *f)
{
    const bench_race *r = &f->race;
    int               best = bench_best(r, f->first_peer);
    printf("%-9s", f->f->name);
    for (int i = 0; i < BENCH_SETS; i++) {
        if (i < f->sets) printf(" %8.3f", nanoseconds(r, i));
        else printf(" %8s", "");
    }
    printf(" %8.3f %6.1f", nanoseconds(r, f->first_libm), bench_part(r, 0, f->first_libm));
    if (best >= 0) printf("  %-9s %8.3f %7.2f", r->rival[best].name, nanoseconds(r, best), bench_part(r, 0, best));
    printf("\n");
    for (int i = 0; i < r->n; i++)
        if (i != f->first_libm)
            bench_point(bench_series_of(&k->figure, r->rival[i].name), nanoseconds(r, i), k->figure.rows);
    snprintf(k->figure.row[k->figure.rows++], BENCH_NAME, "%s", f->f->name);
}

enum { OF_PEER, OF_LIBM, CLAIMS };

/* The claims wait for the end of the table. */
typedef struct claims {
    int    n;
    double value[COUNT(function)][CLAIMS];      /* 0: nobody to compare with */
    const char *name[COUNT(function)];
} claims;

static void keep_claims(claims *c, const function_race *f)
{
    int best = bench_best(&f->race, f->first_peer);
    if (!f->f->wanted) return;
    c->value[c->n][OF_PEER] = best >= 0 ? bench_part(&f->race, 0, best) : 0;
    c->value[c->n][OF_LIBM] = bench_part(&f->race, 0, f->first_libm);
    c->name[c->n++] = f->f->name;
}

static void race_function(contest *k, const struct function *which, void *x, void *y, claims *c)
{
    function_race f = { .f = which, .race = { .dtype = td_dtype_name(k->dtype), .unit = "1/s", .threads = 1 } };
    snprintf(f.race.work, sizeof f.race.work, "%s", which->name);
    if (!bench_wants(k->b, which->name)) return;
    fill(x, k->dtype, which->low, which->high);
    enter_own(&f, k->dtype, x, y);
    if (!f.sets) return;
    enter_others(&f, k, x, y);
    bench_run(k->b, &f.race);
    compare_results(k->b, &f, k->dtype, y);
    tell_function(k, &f);
    keep_claims(c, &f);
    if (f.plugin) k->plugin.free(f.plugin);
}

static void write_claims(contest *k, const claims *c)
{
    char text[64];
    for (int i = 0; i < c->n; i++) {
        snprintf(text, sizeof text, "%s %s: the faster vector library", c->name[i], td_dtype_name(k->dtype));
        if (c->value[i][OF_PEER] > 0) bench_claim(k->b, text, NULL, c->value[i][OF_PEER], 1);
        snprintf(text, sizeof text, "%s %s: libm's, one by one", c->name[i], td_dtype_name(k->dtype));
        bench_claim(k->b, text, NULL, c->value[i][OF_LIBM], 8);
    }
}

static void head_functions(td_dtype d)
{
    const char *set[BENCH_SETS] = { "", "" };
    bench_sets(set);
    printf("\n%d %s, 1 thread: ns an element, and times as fast\n", FEW, td_dtype_name(d));
    printf("%-9s %8s %8s %8s %6s  %-9s %8s %7s\n", "", set[0], set[1], "libm", "times", "peer", "", "times");
}

static void measure_functions(contest *k, td_dtype d)
{
    void  *x = bench_memory(FEW * sizeof(double)), *y = bench_memory(FEW * sizeof(double));
    claims c = { 0 };
    char   title[64], part[32];
    k->dtype = d;
    snprintf(title, sizeof title, "Elementary functions, %s, 1 thread", td_dtype_name(d));
    k->figure = (bench_figure){ .title = title, .x_label = "ns an element",
                                .caption = "Medians of interleaved rounds over 100000 numbers in cache.  libmvec, SLEEF: on "
                                           "the best instruction set." };
    head_functions(d);
    for (int i = 0; i < COUNT(function) && x && y; i++) race_function(k, &function[i], x, y, &c);
    write_claims(k, &c);
    snprintf(part, sizeof part, "functions-%s", td_dtype_name(d));
    if (k->figure.rows) bench_dots(k->b, &k->figure, part);
    free(x), free(y);
}

static void note_vectors(bench *b)
{
    for (int i = 0; i < BENCH_VECTORS; i++) {
        const char *file = bench_vector_file(i);
        bench_note(b, "peer", "%s %s", bench_vector_name[i], file ? file : "is not here");
    }
}

int main(int argc, char **argv)
{
    static contest k;      /* large */
    bench          b;
    const char    *title = "arithmetic against bandwidth, functions against other libraries";
    if (!bench_open(&b, argc, argv, "elementwise", title) || !bench_plugin_load(&b, &k.plugin)) return 2;
    k.b = &b;
    note_vectors(&b);
    k.figure = (bench_figure){ .title = "Arithmetic on ten million numbers", .x_label = "GB/s",
                               .caption = "Bytes that must be read and written, on 1 thread or more.  Medians of interleaved "
                                          "rounds.  Past: past the caches." };
    for (int t = 1; t <= b.threads; t = t < b.threads ? b.threads : b.threads + 1)
        for (td_dtype d = TD_F32; d <= TD_F64; d++) measure_arithmetic(&k, d, t);
    if (k.figure.rows) bench_dots(&b, &k.figure, "arithmetic");
    for (td_dtype d = TD_F32; d <= TD_F64; d++) measure_functions(&k, d);
    return bench_close(&b);
}
