/* blas.c: matrix products of other libraries, as the dynamic loader finds them.
 *
 * A library is any that has cblas_dgemm and cblas_sgemm; and oneDNN, which has but dnnl_sgemm.  Nothing is linked: a machine
 * without any is no error.  OpenBLAS and BLIS choose their code by the processor, and not always the best: before one of
 * them is loaded, this program is started once for each choice it can be told, and the fastest is taken. */
#include "bench.h"

#include <dlfcn.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { ROW_MAJOR = 101, PLAIN = 111, TRANSPOSED = 112, CHOICES = 8 };

/* ---- what is known of libraries ------------------------------------------------------------------------------------- */

typedef struct library {
    const char *name, *stem;        /* stem: in the name of its file */
    const char *file[3];            /* what the loader may know it by */
    const char *variable;           /* of the environment: which code it runs */
    const char *value[CHOICES];     /* what that can be */
    const char *threads;            /* a function of it: void (int or long) */
    const char *says[2];            /* const char *(void) */
    bool        wide;               /* long */
} library;

static const library known[] = {
    { .name = "OpenBLAS", .stem = "openblas", .file = { "libopenblas.so.0", "libopenblas.so", "libopenblas.dylib" },
      .variable = "OPENBLAS_CORETYPE", .value = { "SkylakeX", "Cooperlake", "Sapphirerapids", "Haswell", "Zen" },
      .threads = "openblas_set_num_threads", .says = { "openblas_get_corename", "openblas_get_config" } },
    { .name = "BLIS", .stem = "blis", .file = { "libblis.so.4", "libblis.so.3", "libblis.so" },
      .variable = "BLIS_ARCH_TYPE", .value = { "skx", "zen3", "zen2", "haswell" },
      .threads = "bli_thread_set_num_threads", .wide = true, .says = { "bli_info_get_version_str" } },
    { .name = "oneDNN", .stem = "dnnl", .file = { "libdnnl.so.3", "libdnnl.so.3.6", "libdnnl.so" },
      .threads = "omp_set_num_threads" },
    { .name = "MKL", .stem = "mkl", .file = { "libmkl_rt.so.2", "libmkl_rt.so" }, .threads = "MKL_Set_Num_Threads" },
    { .name = "GSL", .stem = "gslcblas", .file = { "libgslcblas.so.0", "libgslcblas.so", "libgslcblas.dylib" } },
    { .name = "", .stem = "", .file = { "libcblas.so.3", "libcblas.so" }, .threads = "peer_threads" },
};
enum { KNOWN = sizeof known / sizeof *known };

static const library *library_of(const char *path)
{
    const library *l = known;
    const char    *slash = strrchr(path, '/');
    while (!strstr(slash ? slash : path, l->stem)) l++;
    return l;
}

/* ---- loading -------------------------------------------------------------------------------------------------------- */

typedef void dgemm_fn(int, int, int, int, int, int, double, const double *, int, const double *, int, double, double *, int);
typedef void sgemm_fn(int, int, int, int, int, int, float, const float *, int, const float *, int, float, float *, int);
typedef void dgemv_fn(int, int, int, int, double, const double *, int, const double *, int, double, double *, int);
typedef void sgemv_fn(int, int, int, int, float, const float *, int, const float *, int, float, float *, int);
typedef int  dnnl_fn(char, char, int64_t, int64_t, int64_t, float, const float *, int64_t, const float *, int64_t, float,
                     float *, int64_t);

struct bench_blas {
    const library *library;
    char        name[24];
    bool        slow;
    dgemm_fn   *dgemm;
    sgemm_fn   *sgemm;
    dgemv_fn   *dgemv;
    sgemv_fn   *sgemv;
    dnnl_fn    *dnnl;
    void      (*threads)(int);
    void      (*threads_wide)(long);
};

/* The function of that name into *function, or NULL. */
static void find(void *handle, const char *name, void *function)
{
    void *found = name ? dlsym(handle, name) : NULL;
    memcpy(function, &found, sizeof found);
}

/* libeigen.so is called eigen. */
static void name_after_file(char name[24], const char *path)
{
    const char *slash = strrchr(path, '/'), *base = slash ? slash + 1 : path;
    if (!strncmp(base, "lib", 3)) base += 3;
    snprintf(name, 24, "%.*s", (int)strcspn(base, "."), base);
}

static void *load(bench_blas *p, const char *path)
{
    void *handle = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    if (!handle) return NULL;
    *p = (bench_blas){ .library = library_of(path) };
    if (*p->library->name) snprintf(p->name, sizeof p->name, "%s", p->library->name);
    else name_after_file(p->name, path);
    find(handle, "cblas_dgemm", &p->dgemm);
    find(handle, "cblas_sgemm", &p->sgemm);
    find(handle, "cblas_dgemv", &p->dgemv);
    find(handle, "cblas_sgemv", &p->sgemv);
    find(handle, "dnnl_sgemm", &p->dnnl);
    if (p->library->wide) find(handle, p->library->threads, &p->threads_wide);
    else find(handle, p->library->threads, &p->threads);
    return p->dgemm || p->sgemm || p->dnnl ? handle : NULL;
}

/* ---- running -------------------------------------------------------------------------------------------------------- */

const char *bench_blas_name(const bench_blas *p) { return p->name; }

void bench_blas_threads(const bench_blas *p, int threads)
{
    if (p->threads) p->threads(threads);
    if (p->threads_wide) p->threads_wide(threads);
}

bool bench_blas_can(const bench_blas *p, const bench_product *x)
{
    enum { SLOW_WORK = 1 << 24 };
    if (p->slow && (double)x->m * x->n * x->k > SLOW_WORK) return false;
    return x->dtype == TD_F64 ? p->dgemm != NULL : p->sgemm || p->dnnl;
}

/* A matrix times a vector: y = s v, where s is stored in `rows` of `columns`. */
static void run_vector(const bench_blas *p, td_dtype d, bool transposed, int rows, int columns, const void *s, const void *v,
                       void *y)
{
    int how = transposed ? TRANSPOSED : PLAIN;
    if (d == TD_F64) p->dgemv(ROW_MAJOR, how, rows, columns, 1, s, columns, v, 1, 0, y, 1);
    else p->sgemv(ROW_MAJOR, how, rows, columns, 1, s, columns, v, 1, 0, y, 1);
}

static void run_matrix(const bench_blas *p, const bench_product *x)
{
    int a = x->a_transposed ? TRANSPOSED : PLAIN, b = x->b_transposed ? TRANSPOSED : PLAIN;
    int m = x->m, n = x->n, k = x->k, lda = x->a_transposed ? m : k, ldb = x->b_transposed ? k : n;
    if (x->dtype == TD_F64) p->dgemm(ROW_MAJOR, a, b, m, n, k, 1, x->a, lda, x->b, ldb, 0, x->c, n);
    else if (p->sgemm) p->sgemm(ROW_MAJOR, a, b, m, n, k, 1, x->a, lda, x->b, ldb, 0, x->c, n);
    else p->dnnl(x->a_transposed ? 'T' : 'N', x->b_transposed ? 'T' : 'N', m, n, k, 1, x->a, lda, x->b, ldb, 0, x->c, n);
}

/* A library's own function for vectors, where it has one. */
void bench_blas_run(const bench_blas *p, const bench_product *x)
{
    bool has = x->dtype == TD_F64 ? p->dgemv != NULL : p->sgemv != NULL, at = x->a_transposed, bt = x->b_transposed;
    if (has && x->n == 1) run_vector(p, x->dtype, at, at ? x->k : x->m, at ? x->m : x->k, x->a, x->b, x->c);
    else if (has && x->m == 1) run_vector(p, x->dtype, !bt, bt ? x->n : x->k, bt ? x->k : x->n, x->b, x->a, x->c);
    else run_matrix(p, x);
}

/* ---- the best that a library can be told ---------------------------------------------------------------------------- */

/* Operations a second on one thread, of the fastest of a few runs; 0 if p can't. */
static double product_rate(const bench_blas *p, td_dtype d, int m, int n, int k)
{
    enum { TRIES = 6 };
    size_t        item = td_dtype_size(d);
    void         *a = bench_memory(item * m * k), *b = bench_memory(item * k * n), *c = bench_memory(item * m * n);
    bench_product x = { .dtype = d, .m = m, .n = n, .k = k, .a = a, .b = b, .c = c };
    double        fastest = INFINITY;
    for (int t = 0; t < TRIES && a && b && c && bench_blas_can(p, &x); t++) {
        double start = bench_thread_seconds();
        bench_blas_run(p, &x);
        fastest = fmin(fastest, bench_thread_seconds() - start);
    }
    free(a), free(b), free(c);
    return 2.0 * m * n * k / fastest;
}

/* The geometric mean over a few products. */
static double speed(const bench_blas *p)
{
    static const int size[][3] = { { 64, 64, 64 }, { 64, 128, 784 }, { 512, 512, 512 }, { 1024, 64, 1024 } };
    double           rate[8];
    int              n = 0;
    for (int i = 0; i < 8; i++) {
        rate[n] = product_rate(p, i % 2 ? TD_F64 : TD_F32, size[i / 2][0], size[i / 2][1], size[i / 2][2]);
        if (rate[n] > 0) n++;
    }
    return bench_mean(n, rate);
}

static const char try_option[] = "--try-cblas";

bool bench_blas_tried(int argc, char **argv)
{
    bench_blas p;
    if (argc != 3 || strcmp(argv[1], try_option)) return false;
    if (load(&p, argv[2])) printf("%.9g\n", speed(&p));
    return true;
}

/* The speed of the library at path in a process of its own, with the variable set to value, or not set; 0: does not work. */
static double tried(const bench *b, const char *path, const char *variable, const char *value)
{
    char command[1024], line[64] = "";
    int  length = snprintf(command, sizeof command, "env %s%s%s%s OMP_NUM_THREADS=1 '%s' %s '%s' 2>&-", value ? "" : "-u ",
                           variable, value ? "=" : "", value ? value : "", b->program, try_option, path);
    FILE *pipe = length < (int)sizeof command ? popen(command, "r") : NULL;
    if (!pipe) return 0;
    if (!fgets(line, sizeof line, pipe)) line[0] = 0;
    return pclose(pipe) == 0 ? strtod(line, NULL) : 0;
}

/* Sets the library's variable to the best value, or takes it away if that is as good but for noise.  What the environment
 * said does not count: a peer held back by its surroundings is none. */
static const char *choose(const bench *b, const library *l, const char *path)
{
    const char *best = NULL;
    double      most = 1.02 * tried(b, path, l->variable, NULL);
    if (most == 0) return NULL;
    for (int i = 0; i < CHOICES && l->value[i]; i++) {
        double now = tried(b, path, l->variable, l->value[i]);
        if (now > most) best = l->value[i], most = now;
    }
    if (best) setenv(l->variable, best, 1);
    else unsetenv(l->variable);
    return best;
}

/* ---- all of them ---------------------------------------------------------------------------------------------------- */

/* "OpenBLAS libopenblas.so.0, OPENBLAS_CORETYPE=SkylakeX, says SkylakeX, OpenBLAS 0.3.34 ..." */
static void note_peer(bench *b, const bench_blas *p, void *handle, const char *path, const char *choice)
{
    const library *l = p->library;
    char           text[200];
    int            n = snprintf(text, sizeof text, "%s", path);
    if (choice) n += snprintf(text + n, sizeof text - (size_t)n, ", %s=%s", l->variable, choice);
    for (int i = 0; i < 2 && l->says[i] && n < (int)sizeof text; i++) {
        const char *(*says)(void);
        find(handle, l->says[i], &says);
        if (says) n += snprintf(text + n, sizeof text - (size_t)n, "%s%s", i ? ", " : ", says ", says());
    }
    bench_note(b, "peer", "%s %s", p->name, text);
}

/* Fewer than three operations a cycle: not worth the wait where there are many. */
static bool is_slow(const bench_blas *p)
{
    double f32 = product_rate(p, TD_F32, 128, 128, 128), f64 = product_rate(p, TD_F64, 128, 128, 128);
    return fmax(f32 / 2, f64) < 3 * bench_hertz();
}

static bench_blas *load_best(bench *b, const char *path)
{
    bench_blas    *p = malloc(sizeof *p);
    const library *l = library_of(path);
    const char    *choice = l->variable ? choose(b, l, path) : NULL;
    void          *handle = p ? load(p, path) : NULL;
    if (!handle) {
        free(p);
        return NULL;
    }
    bench_blas_threads(p, 1);
    p->slow = is_slow(p);
    note_peer(b, p, handle, path, choice);
    return p;
}

static int load_known(bench *b, int n, bench_blas *peer[BENCH_PEERS])
{
    for (int i = 0; i < KNOWN && n < BENCH_PEERS; i++) {
        bench_blas *p = NULL;
        for (int f = 0; f < 3 && !p && known[i].file[f]; f++) p = load_best(b, known[i].file[f]);
        if (p) peer[n++] = p;
    }
    return n;
}

static int load_item(bench *b, const char *item, int n, bench_blas *peer[BENCH_PEERS])
{
    if (!strcmp(item, "no") || n == BENCH_PEERS) return n;
    if (!strcmp(item, "auto")) return load_known(b, n, peer);
    peer[n] = load_best(b, item);
    if (peer[n]) return n + 1;
    fprintf(stderr, "%s: %s is no library with a cblas_dgemm\n", b->program, item);
    return n;
}

/* OpenBLAS's threads wait busily for what comes next, by default so long that the next rival would feel it. */
int bench_blas_load(bench *b, bench_blas *peer[BENCH_PEERS])
{
    char item[512];
    int  n = 0;
    setenv("OPENBLAS_THREAD_TIMEOUT", "20", 0);
    for (const char *at = b->cblas; *at; at += *at == ',') {
        size_t length = strcspn(at, ",");
        snprintf(item, sizeof item, "%.*s", (int)length, at);
        n = load_item(b, item, n, peer);
        at += length;
    }
    if (!n) bench_note(b, "peer", "none here");
    return n;
}

void bench_blas_free(int n, bench_blas *peer[BENCH_PEERS])
{
    for (int i = 0; i < n; i++) free(peer[i]);
}
