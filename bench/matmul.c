/* matmul.c: how fast are matrix products, against the fma peak of each instruction set and against other libraries?
 *
 * The products are the op `mm`, computed again into the same memory (again.c): what td_matmul costs but for making the
 * node.  Peers get the same operands and an output of their own.  In each race the limit runs beside them: chains of fma
 * that touch no memory, on as many threads.  Every peer's result is compared with ours, so that nobody is fast at
 * something else. */
#include "bench.h"

#include <math.h>
#include <stdlib.h>

/* ---- what is multiplied: (m,k) by (k,n) ----------------------------------------------------------------------------- */

typedef enum group { OTHER, SMALL, SQUARE, LARGE, NETWORK, THIN } group;

typedef struct shape {
    int   m, n, k;
    bool  at, bt;         /* transposed */
    group group;
} shape;

static const int side[] = { 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096 };

/* A layer: a batch of m rows of k inputs, n outputs. */
static const struct { int m, n, k; group group; } layer[] = {
    { 32, 128, 784, NETWORK }, { 64, 128, 784, NETWORK }, { 128, 128, 784, NETWORK }, { 256, 128, 784, NETWORK },
    { 512, 128, 784, NETWORK }, { 1024, 128, 784, NETWORK }, { 64, 1024, 1024, NETWORK }, { 128, 1024, 1024, NETWORK },
    { 256, 1024, 1024, NETWORK }, { 512, 1024, 1024, NETWORK }, { 512, 10, 128, THIN }, { 100000, 16, 16, THIN },
};

static const shape other[] = {
    { 4096, 1, 4096, false, false, NETWORK }, { 4096, 1, 4096, true, false, NETWORK },
    { 1, 4096, 4096, false, false, NETWORK }, { 4096, 4096, 1, false, false, OTHER },
    { 512, 512, 512, false, true, OTHER }, { 512, 512, 512, true, false, OTHER },
    { 512, 512, 512, true, true, OTHER }, { 64, 128, 784, true, true, OTHER }, { 1000, 1000, 1000, false, false, OTHER },
    { 257, 129, 65, false, false, OTHER },
};

#define COUNT(table) ((int)(sizeof table / sizeof *table))
enum { MOST_SHAPES = 64 };

static group group_of_side(int n) { return n > 2048 || n < 16 ? OTHER : n <= 64 ? SMALL : n >= 512 ? LARGE : SQUARE; }

/* y = x W (m,n,k);  gx = g W^T (m,k,n);  gW = x^T g (k,n,m) */
static int list_shapes(shape *s)
{
    int count = 0;
    for (int i = 0, n; i < COUNT(side); i++) {
        n = side[i];
        s[count++] = (shape){ n, n, n, false, false, group_of_side(n) };
    }
    for (int i = 0; i < COUNT(layer); i++) {
        int m = layer[i].m, n = layer[i].n, k = layer[i].k;
        s[count++] = (shape){ m, n, k, false, false, layer[i].group };
        s[count++] = (shape){ m, k, n, false, true, layer[i].group };
        s[count++] = (shape){ k, n, m, true, false, layer[i].group };
    }
    for (int i = 0; i < COUNT(other); i++) s[count++] = other[i];
    return count;
}

/* ---- one race ------------------------------------------------------------------------------------------------------- */

typedef struct contest {
    bench      *b;
    td_dtype    dtype;
    int         threads, sets, peers;
    const char *set[BENCH_SETS];
    td_context *c[BENCH_SETS];
    bench_blas *peer[BENCH_PEERS];
} contest;

typedef struct against {
    const bench_blas *peer;
    bench_product     product;
} against;

/* Numbers of rivals: limit[i] and own[i] of a set; peers come last. */
typedef struct entries {
    bench_race  race;
    int         limit[BENCH_SETS], own[BENCH_SETS], first_peer;
    bench_peak  peak[BENCH_SETS];
    bench_again again[BENCH_SETS];
    against     peer[BENCH_PEERS];
} entries;

static void run_against(void *peer)
{
    const against *a = peer;
    bench_blas_run(a->peer, &a->product);
}

/* (rows, columns) as a program would have it: transposed, it is a view of its transpose; a vector has one axis. */
static td_tensor *operand(td_context *c, td_dtype d, int rows, int columns, bool transposed)
{
    if (rows == 1 || columns == 1) return td_rand(c, d, 1, (int64_t[]){ (int64_t)rows * columns });
    if (!transposed) return td_rand(c, d, 2, (int64_t[]){ rows, columns });
    return td_transpose(td_rand(c, d, 2, (int64_t[]){ columns, rows }), 0, 1);
}

static const void *stored(const td_tensor *x) { return x->base ? x->base->data : x->data; }

/* Computes the product once and notes how to do so again; what peers are to compute goes to *p, but for its output. */
static bool prepare(bench_again *again, td_context *c, const shape *s, td_dtype d, bench_product *p)
{
    int64_t first = td_node_count(c);
    td_seed(c, 1);
    td_tensor *a = operand(c, d, s->m, s->k, s->at), *b = operand(c, d, s->k, s->n, s->bt);
    td_tensor *y = s->k == 1 ? td_outer(a, b) : td_matmul(a, b);
    if (td_error(c) || !td_data(y)) return false;
    *p = (bench_product){ .dtype = d, .a_transposed = s->at, .b_transposed = s->bt, .m = s->m, .n = s->n, .k = s->k,
                          .a = stored(a), .b = stored(b) };
    return bench_again_of(again, c, first);
}

static void enter_set(contest *k, entries *e, int i, double flops)
{
    char name[BENCH_NAME];
    bench_peak_of(&e->peak[i], k->c[i], k->threads, k->set[i], k->dtype);
    snprintf(name, sizeof name, "peak %s", k->set[i]);
    e->limit[i] = bench_enter(&e->race, name, bench_peak_run, &e->peak[i], e->peak[i].flops);
    snprintf(name, sizeof name, "triad %s", k->set[i]);
    e->own[i] = bench_enter(&e->race, name, bench_again_run, &e->again[i], flops);
}

/* The peers write where none of them reads: memory is theirs for the race. */
static void enter_peers(contest *k, entries *e, const bench_product *p, double flops)
{
    int n = 0;
    for (int i = 0; i < k->peers; i++) {
        if (!bench_blas_can(k->peer[i], p)) continue;
        e->peer[n] = (against){ .peer = k->peer[i], .product = *p };
        bench_enter(&e->race, bench_blas_name(k->peer[i]), run_against, &e->peer[n++], flops);
    }
}

/* The largest relative difference of two results, in units of what rounding may come to. */
static double difference(const bench_product *p, const void *theirs, const void *ours)
{
    double  most = 0, unit = p->k * (p->dtype == TD_F64 ? 0x1p-52 : 0x1p-23);
    int64_t n = (int64_t)p->m * p->n;
    for (int64_t i = 0; i < n; i++) {
        double x = p->dtype == TD_F64 ? ((const double *)theirs)[i] : ((const float *)theirs)[i];
        double y = p->dtype == TD_F64 ? ((const double *)ours)[i] : ((const float *)ours)[i];
        most = fmax(most, fabs(x - y) / fabs(y) / unit);
    }
    return most;
}

/* Whoever is fast must be right: each peer's product is looked at. */
static void compare_results(contest *k, const entries *e)
{
    const bench_again *ours = &e->again[0];
    for (int i = e->first_peer; i < e->race.n; i++) {
        const against *a = e->race.rival[i].with;
        run_against(e->race.rival[i].with);
        double far = difference(&a->product, a->product.c, ours->call[ours->n - 1].out.data);
        if (!(far <= 2))
            bench_wrong(k->b, "%s: %s is off by %.3g times what rounding may come to", e->race.work, e->race.rival[i].name,
                        far);
    }
}

/* ---- what is kept of all races -------------------------------------------------------------------------------------- */

typedef struct result {
    shape  shape;
    char   work[BENCH_NAME];
    double of_peak[BENCH_SETS], of_best;       /* of_best: 0 without peers */
} result;

typedef struct results {
    int          n;
    result       result[MOST_SHAPES];
    bench_figure squares, network;
} results;

static bool is_square(const shape *s)
{
    return s->m == s->n && s->n == s->k && (s->m & (s->m - 1)) == 0 && !s->at && !s->bt;
}

static void draw_square(results *r, const entries *e, int rival, int n, bool limit)
{
    bench_series *c = bench_series_of(&r->squares, e->race.rival[rival].name);
    c->limit = limit;
    bench_point(c, n, 1e-9 * bench_rate(&e->race, rival));
}

static void draw_shape(results *r, const entries *e, int rival)
{
    bench_series *c = bench_series_of(&r->network, e->race.rival[rival].name);
    bench_point(c, bench_part(&e->race, rival, e->limit[0]), r->network.rows);
}

/* The best set first and then the peers, so that they have the same colours in both. */
static void draw(results *r, const contest *k, const entries *e, const shape *s)
{
    if (is_square(s)) {
        draw_square(r, e, e->own[0], s->n, false);
        for (int i = e->first_peer; i < e->race.n; i++) draw_square(r, e, i, s->n, false);
        for (int i = 1; i < k->sets; i++) draw_square(r, e, e->own[i], s->n, false);
        for (int i = 0; i < k->sets; i++) draw_square(r, e, e->limit[i], s->n, true);
        return;
    }
    draw_shape(r, e, e->own[0]);
    for (int i = e->first_peer; i < e->race.n; i++) draw_shape(r, e, i);
    snprintf(r->network.row[r->network.rows++], BENCH_NAME, "%s", e->race.work);
}

static void tell(const contest *k, const entries *e, const result *x)
{
    int best = bench_best(&e->race, e->first_peer);
    printf("%-21s", x->work);
    for (int i = 0; i < k->sets; i++) printf(" %8.1f %6.2f", 1e-9 * bench_rate(&e->race, e->own[i]), x->of_peak[i]);
    if (best < 0) printf("   no peer here\n");
    else printf("  %-9s %7.1f %6.2f\n", e->race.rival[best].name, 1e-9 * bench_rate(&e->race, best), x->of_best);
}

static void keep(results *r, const contest *k, const entries *e, const shape *s)
{
    result *x = &r->result[r->n++];
    int     best = bench_best(&e->race, e->first_peer);
    *x = (result){ .shape = *s };
    snprintf(x->work, sizeof x->work, "%s", e->race.work);
    for (int i = 0; i < k->sets; i++) x->of_peak[i] = bench_part(&e->race, e->own[i], e->limit[i]);
    if (best >= 0) x->of_best = bench_part(&e->race, e->own[0], best);
    tell(k, e, x);
    draw(r, k, e, s);
}

static void race_shape(contest *k, const shape *s, results *r)
{
    entries       e = { .race = { .dtype = td_dtype_name(k->dtype), .unit = "flop/s", .threads = k->threads } };
    bench_product p;
    td_marker     mark[BENCH_SETS];
    double        flops = 2.0 * s->m * s->n * s->k;
    bool          good = true;
    snprintf(e.race.work, sizeof e.race.work, "%dx%dx%d %c%c", s->m, s->n, s->k, s->at ? 'T' : 'N', s->bt ? 'T' : 'N');
    if (!bench_wants(k->b, e.race.work) || (k->b->quick && flops > 2e10)) return;
    for (int i = k->sets - 1; i >= 0; i--) {
        mark[i] = td_mark(k->c[i]);
        good = prepare(&e.again[i], k->c[i], s, k->dtype, &p) && good;
    }
    p.c = bench_memory((size_t)s->m * (size_t)s->n * sizeof(double));
    if (good && p.c) {
        for (int i = 0; i < k->sets; i++) enter_set(k, &e, i, flops);
        e.first_peer = e.race.n;
        enter_peers(k, &e, &p, flops);
        bench_run(k->b, &e.race);
        compare_results(k, &e);
        keep(r, k, &e, s);
    }
    free(p.c);
    for (int i = 0; i < k->sets; i++) td_release(k->c[i], mark[i]);
}

/* ---- what was to be reached ----------------------------------------------------------------------------------------- */

typedef struct lowest {
    double value;
    const char *at;
} lowest;

/* The smallest part of the peak (set >= 0) or of the best peer (set < 0), over some groups of shapes. */
static lowest lowest_of(const results *r, unsigned groups, int set)
{
    lowest l = { INFINITY, NULL };
    for (int i = 0; i < r->n; i++) {
        const result *x = &r->result[i];
        double        value = set < 0 ? x->of_best : x->of_peak[set];
        if (groups >> x->shape.group & 1 && value < l.value) l = (lowest){ value, x->work };
    }
    return l;
}

static void claim_lowest(contest *k, const results *r, unsigned groups, int set, const char *what, double wanted)
{
    char   text[96], where[BENCH_NAME];
    lowest l = lowest_of(r, groups, set);
    if (!l.at) return;
    snprintf(text, sizeof text, "%s: %s", bench_where(where, k->dtype, k->threads), what);
    bench_claim(k->b, text, l.at, l.value, wanted);
}

static double mean_of_best(const results *r, unsigned groups)
{
    double part[MOST_SHAPES];
    int    n = 0;
    for (int i = 0; i < r->n; i++)
        if (groups >> r->result[i].shape.group & 1) part[n++] = r->result[i].of_best;
    return bench_mean(n, part);
}

enum {
    IN_MEAN = 1 << SMALL | 1 << SQUARE | 1 << LARGE | 1 << NETWORK | 1 << THIN,
    PEERS = -1
};

static void claim(contest *k, const results *r)
{
    char text[96];
    printf("\n");
    for (int i = 0; i < k->sets; i++) {
        snprintf(text, sizeof text, "%s peak, n >= 512", k->set[i]);
        claim_lowest(k, r, 1 << LARGE, i, text, k->threads > 1 ? 0.90 : 0.93);
    }
    if (k->threads == 1) claim_lowest(k, r, 1 << SMALL, 0, "peak, n = 16 to 64", 0.9);
    if (!k->peers || k->threads > 1 || !lowest_of(r, IN_MEAN, PEERS).at) return;
    snprintf(text, sizeof text, "%s, 1 thread: best peer, geometric mean", td_dtype_name(k->dtype));
    bench_claim(k->b, text, NULL, mean_of_best(r, IN_MEAN), 1);
    claim_lowest(k, r, IN_MEAN, PEERS, "best peer", 0.85);
    claim_lowest(k, r, 1 << THIN, PEERS, "best peer, thin", 1);
}

static void write_figures(contest *k, results *r)
{
    char title[128], part[32], where[BENCH_NAME];
    snprintf(title, sizeof title, "Matrix product, %s", bench_where(where, k->dtype, k->threads));
    r->squares.title = r->network.title = title;
    r->squares.log_x = true;
    r->squares.x_label = "n, of n x n by n x n", r->squares.y_label = "GFLOP/s";
    r->squares.caption = "Medians of interleaved rounds.  Dashed: fma without memory, measured in the same rounds.";
    r->network.x_label = "part of the fma peak", r->network.line = 1;
    r->network.caption = "m x n x k is (m,k) by (k,n); T: that operand is a transposed view.  The layers of networks forward, "
                         "and the two products of each layer's backward pass.";
    snprintf(part, sizeof part, "squares-%s-%d", td_dtype_name(k->dtype), k->threads);
    if (r->squares.n) bench_lines(k->b, &r->squares, part);
    snprintf(part, sizeof part, "shapes-%s-%d", td_dtype_name(k->dtype), k->threads);
    if (r->network.n) bench_dots(k->b, &r->network, part);
}

/* ---- all ------------------------------------------------------------------------------------------------------------ */

static void head(const contest *k)
{
    char where[BENCH_NAME];
    bench_where(where, k->dtype, k->threads);
    printf("\n%s: GFLOP/s, and as a part of the peak and of the best peer\n%-21s", where, "m x n x k");
    for (int i = 0; i < k->sets; i++) printf(" %8s %6s", k->set[i], "part");
    printf("  %-9s %7s %6s\n", "peer", "", "ratio");
}

static void measure(contest *k, td_dtype d, int threads)
{
    static results r;      /* large */
    shape          s[MOST_SHAPES];
    int            n = list_shapes(s);
    r = (results){ 0 };
    k->dtype = d;
    k->threads = threads;
    for (int i = 0; i < k->sets; i++) k->c[i] = bench_context(k->set[i], threads);
    for (int i = 0; i < k->peers; i++) bench_blas_threads(k->peer[i], threads);
    head(k);
    for (int i = 0; i < n; i++) race_shape(k, &s[i], &r);
    claim(k, &r);
    write_figures(k, &r);
    for (int i = 0; i < k->sets; i++) td_close(k->c[i]);
}

int main(int argc, char **argv)
{
    bench   b;
    contest k = { .b = &b };
    if (bench_blas_tried(argc, argv)) return 0;
    if (!bench_open(&b, argc, argv, "matmul", "matrix products against the fma peak and other libraries")) return 2;
    k.sets = bench_sets(k.set);
    if (!k.sets) {
        bench_note(&b, "machine", "has no fma: nothing to measure against");
        return bench_close(&b);
    }
    k.peers = bench_blas_load(&b, k.peer);
    for (int t = 1; t <= b.threads; t = t < b.threads ? b.threads : b.threads + 1)
        for (td_dtype d = TD_F32; d <= TD_F64; d++) measure(&k, d, t);
    bench_blas_free(k.peers, k.peer);
    return bench_close(&b);
}
