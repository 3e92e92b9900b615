/* reduce.c: reductions against the bandwidth of reading, rows and moves against that of a copy.
 *
 * Each work is an expression of the public interface, computed again into the same memory.  Bytes are what it must move:
 * each operand once and the result once, whatever passes it makes.  The limit reads the operand, or copies as much of it as
 * the result has room for (the faster of a copy through the caches and one past them), in the same rounds. */
#include "core/core.h"
#include "plugin.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_IN = 3 };

typedef struct operands {
    td_context *c;
    td_dtype    dtype;
    int         n;
    td_tensor  *in[MOST_IN];
} operands;

/* ---- the works ------------------------------------------------------------------------------------------------------ */

static td_tensor *sum(const operands *o) { return td_sum(o->in[0]); }
static td_tensor *mean(const operands *o) { return td_mean(o->in[0]); }
static td_tensor *amax(const operands *o) { return td_amax(o->in[0]); }
static td_tensor *argmax(const operands *o) { return td_argmax(o->in[0]); }
static td_tensor *logsumexp(const operands *o) { return td_logsumexp(o->in[0]); }
static td_tensor *sum_rows(const operands *o) { return td_sum_axes(o->in[0], 1, (int[]){ 1 }, false); }
static td_tensor *sum_columns(const operands *o) { return td_sum_axes(o->in[0], 1, (int[]){ 0 }, false); }
static td_tensor *softmax(const operands *o) { return td_softmax(o->in[0], 1); }
static td_tensor *log_softmax(const operands *o) { return td_log_softmax(o->in[0], 1); }
static td_tensor *layer_norm(const operands *o) { return td_layer_norm(o->in[0], 1, NULL, NULL, 1e-5); }
static td_tensor *cross_entropy(const operands *o) { return td_cross_entropy(o->in[0], o->in[1], NULL); }
static td_tensor *softmax_columns(const operands *o) { return td_softmax(o->in[0], 0); }
static td_tensor *cumsum_rows(const operands *o) { return td_cumsum(o->in[0], 1); }
static td_tensor *cumsum_columns(const operands *o) { return td_cumsum(o->in[0], 0); }

/* What layer_norm's rule does for x, a weight and a bias. */
static td_tensor *layer_norm_backward(const operands *o)
{
    td_tensor *x = o->in[0], *g = o->in[1], *weight = td_select(g, 0, 0);
    td_layer_norm_adj_w(x, g, 1, 1e-5);
    return td_layer_norm_adj(x, g, 1, weight, 1e-5);
}

static td_tensor *cross_entropy_backward(const operands *o)
{
    return td_cross_entropy_adj(o->in[0], o->in[1], td_full(o->c, o->dtype, 0, NULL, 1));
}

static td_tensor *transpose(const operands *o) { return td_copy(td_transpose(o->in[0], 0, 1)); }
static td_tensor *gather(const operands *o) { return td_index_select(o->in[0], 0, o->in[1]); }
static td_tensor *scatter(const operands *o) { return td_index_add(o->in[0], 0, o->in[1], o->in[2]); }

/* index: how many indices into the rows; classes: those of columns instead, one for each row. */
typedef struct work {
    const char *name;
    td_tensor *(*make)(const operands *o);
    int64_t     rows, columns, index;
    bool        classes, source, reads;       /* source: index rows more, or as many; reads: the limit is reading */
    double      part, faster;                 /* what is to be reached: of the limit, of the plugin; 0: nothing */
} work;

#define LINE 10000000, 1
static const work works[] = {
    { "sum", sum, LINE, 0, false, false, true, 0.95, 0 },
    { "amax", amax, LINE, 0, false, false, true, 0.95, 0 },
    { "mean", mean, LINE, 0, false, false, true, 0, 0 },
    { "argmax", argmax, LINE, 0, false, false, true, 0, 0 },
    { "logsumexp", logsumexp, LINE, 0, false, false, true, 0, 0 },
    { "sum_rows", sum_rows, 4096, 4096, 0, false, false, true, 0, 0 },
    { "sum_columns", sum_columns, 4096, 4096, 0, false, false, true, 0, 0 },
    { "softmax", softmax, 64, 1000, 0, false, false, false, 0, 2 },
    { "softmax", softmax, 4096, 4096, 0, false, false, false, 0, 2 },
    { "softmax", softmax, 512, 10, 0, false, false, false, 0, 0 },
    { "softmax_columns", softmax_columns, 4096, 4096, 0, false, false, false, 0, 0 },
    { "log_softmax", log_softmax, 64, 1000, 0, false, false, false, 0, 0 },
    { "log_softmax", log_softmax, 4096, 4096, 0, false, false, false, 0, 0 },
    { "layer_norm", layer_norm, 64, 1000, 0, false, false, false, 0, 0 },
    { "layer_norm", layer_norm, 512, 768, 0, false, false, false, 0, 1 },
    { "layer_norm", layer_norm, 4096, 4096, 0, false, false, false, 0, 0 },
    { "layer_norm_backward", layer_norm_backward, 512, 768, 0, false, true, false, 0, 1 },
    { "layer_norm_backward", layer_norm_backward, 64, 1024, 0, false, true, false, 0, 1 },
    { "cross_entropy", cross_entropy, 64, 10, 64, true, false, true, 0, 0 },
    { "cross_entropy", cross_entropy, 512, 10, 512, true, false, true, 0, 0 },
    { "cross_entropy", cross_entropy, 64, 1000, 64, true, false, true, 0, 0 },
    { "cross_entropy", cross_entropy, 4096, 4096, 4096, true, false, true, 0, 0 },
    { "cross_entropy_backward", cross_entropy_backward, 512, 10, 512, true, false, false, 0, 0 },
    { "cross_entropy_backward", cross_entropy_backward, 64, 1000, 64, true, false, false, 0, 0 },
    { "cumsum_rows", cumsum_rows, 512, 768, 0, false, false, false, 0, 0 },
    { "cumsum_columns", cumsum_columns, 512, 768, 0, false, false, false, 0, 0 },
    { "transpose", transpose, 4096, 4096, 0, false, false, false, 0, 0 },
    { "gather", gather, 50000, 64, 200000, false, false, false, 0, 0 },
    { "gather", gather, 1000000, 1, 4000000, false, false, false, 0, 0 },
    { "scatter", scatter, 50000, 64, 200000, false, true, false, 0, 0 },
    { "scatter", scatter, 1000000, 1, 4000000, false, true, false, 0, 0 },
};
enum { WORKS = sizeof works / sizeof *works };

static td_tensor *numbers(const operands *o, int64_t rows, int64_t columns)
{
    return td_rand(o->c, o->dtype, columns > 1 ? 2 : 1, (int64_t[]){ rows, columns });
}

static td_tensor *indices(td_context *c, int64_t n, int64_t below)
{
    return td_to(td_mul_scalar(td_rand(c, TD_F64, 1, (int64_t[]){ n }), (double)below), TD_I64);
}

static operands operands_of(const work *w, td_context *c, td_dtype d)
{
    operands o = { .c = c, .dtype = d };
    o.in[o.n++] = numbers(&o, w->rows, w->columns);
    if (w->index) o.in[o.n++] = indices(c, w->index, w->classes ? w->columns : w->rows);
    if (w->source) o.in[o.n++] = numbers(&o, w->index ? w->index : w->rows, w->columns);
    return o;
}

static size_t bytes_of(const td_tensor *x) { return (size_t)td_numel(x) * td_dtype_size(td_dtype_of(x)); }

static double bytes_moved(const operands *o, const td_tensor *y)
{
    double bytes = (double)bytes_of(y);
    for (int i = 0; i < o->n; i++) bytes += (double)bytes_of(o->in[i]);
    return bytes;
}

/* ---- a race --------------------------------------------------------------------------------------------------------- */

typedef struct contest {
    bench       *b;
    td_dtype     dtype;
    int          threads;
    td_context  *c;
    bench_plugin plugin;
    bench_figure figure;
} contest;

typedef struct entries {
    bench_race   race;
    bench_stream stream[2];
    bench_again  again;
    int          own, plugin;       /* plugin -1: none */
    void        *work;
} entries;

static void enter_limit(entries *e, const work *w, const operands *o, td_tensor *y)
{
    enum { UNIT = 512 };
    size_t bytes = bytes_of(o->in[0]), room = bytes_of(y);
    if (!w->reads && room < bytes) bytes = room;
    bytes = bytes / UNIT * UNIT;
    for (int i = 0; i < (w->reads ? 1 : 2); i++) {
        int kind = w->reads ? BENCH_READ : i ? BENCH_COPY_PAST : BENCH_COPY;
        e->stream[i] = (bench_stream){ .c = o->c, .threads = e->race.threads, .kind = kind, .passes = 1, .to = y->data,
                                       .from = o->in[0]->data, .bytes = bytes };
        bench_enter(&e->race, bench_stream_name[kind], bench_stream_run, &e->stream[i], bench_stream_bytes(&e->stream[i]));
    }
}

/* The limits stand before our own entry. */
static int faster_limit(const entries *e)
{
    return e->own > 1 && bench_rate(&e->race, 1) > bench_rate(&e->race, 0) ? 1 : 0;
}

static double value(const void *y, td_dtype d, int64_t i)
{
    return d == TD_F64 ? ((const double *)y)[i] : ((const float *)y)[i];
}

/* The plugin writes where we do: its result is compared with a copy of ours, by the largest of both. */
static void compare_results(contest *k, const entries *e, td_tensor *y)
{
    double allowed = k->dtype == TD_F64 ? 1e-11 : 1e-4, most = 0, far = 0;
    void  *ours = malloc(bytes_of(y));
    if (!ours) return;
    bench_again_run(e->race.rival[e->own].with);
    memcpy(ours, y->data, bytes_of(y));
    k->plugin.run(e->work);
    for (int64_t i = 0; i < td_numel(y); i++) {
        most = fmax(most, fabs(value(ours, k->dtype, i)));
        far = fmax(far, fabs(value(ours, k->dtype, i) - value(y->data, k->dtype, i)));
    }
    if (!(far <= allowed * most))
        bench_wrong(k->b, "%s: %s differs by %.3g of %.3g", e->race.work, k->plugin.name, far, most);
    free(ours);
}

static double gigabytes(const entries *e, int rival) { return 1e-9 * bench_rate(&e->race, rival); }

static void tell(contest *k, const entries *e)
{
    int limit = faster_limit(e);
    printf("%-26s %9.1f %9.1f %7.2f", e->race.work, gigabytes(e, limit), gigabytes(e, e->own),
           bench_part(&e->race, e->own, limit));
    if (e->plugin >= 0) printf("  %9.1f %7.2f", gigabytes(e, e->plugin), bench_part(&e->race, e->own, e->plugin));
    printf("\n");
    bench_point(bench_series_of(&k->figure, "triad"), bench_part(&e->race, e->own, limit), k->figure.rows);
    if (e->plugin >= 0)
        bench_point(bench_series_of(&k->figure, k->plugin.name), bench_part(&e->race, e->plugin, limit), k->figure.rows);
    snprintf(k->figure.row[k->figure.rows++], BENCH_NAME, "%s", e->race.work);
}

/* What the table says, to be claimed below it. */
typedef struct said {
    int         n;
    const work *work[WORKS];
    double      part[WORKS], faster[WORKS];   /* faster: 0 without a plugin */
} said;

static void keep(said *s, const work *w, const entries *e)
{
    s->work[s->n] = w;
    s->part[s->n] = bench_part(&e->race, e->own, faster_limit(e));
    s->faster[s->n++] = e->plugin >= 0 ? bench_part(&e->race, e->own, e->plugin) : 0;
}

static void race_work(contest *k, const work *w, said *s)
{
    entries e = { .race = { .dtype = td_dtype_name(k->dtype), .unit = "B/s", .threads = k->threads }, .plugin = -1 };
    snprintf(e.race.work, sizeof e.race.work, "%s %lld x %lld", w->name, (long long)w->rows, (long long)w->columns);
    if (!bench_wants(k->b, e.race.work)) return;
    td_marker  mark = td_mark(k->c);
    operands   o = operands_of(w, k->c, k->dtype);
    int64_t    first = td_node_count(k->c);
    td_tensor *y = w->make(&o);
    if (td_data(y) && bench_again_of(&e.again, k->c, first)) {
        enter_limit(&e, w, &o, y);
        e.own = bench_enter(&e.race, "triad", bench_again_run, &e.again, bytes_moved(&o, y));
        e.work = bench_plugin_work(&k->plugin, w->name, o.n, o.in, y->data);
        if (e.work) e.plugin = bench_enter(&e.race, k->plugin.name, k->plugin.run, e.work, bytes_moved(&o, y));
        bench_run(k->b, &e.race);
        tell(k, &e);
        keep(s, w, &e);
        if (e.work) compare_results(k, &e, y);
        if (e.work) k->plugin.free(e.work);
    }
    td_release(k->c, mark);
}

/* ---- all ------------------------------------------------------------------------------------------------------------ */

static void claim(contest *k, const said *s)
{
    char text[96], where[BENCH_NAME];
    bench_where(where, k->dtype, k->threads);
    for (int i = 0; i < s->n; i++) {
        const work *w = s->work[i];
        snprintf(text, sizeof text, "%s %lld x %lld %s", w->name, (long long)w->rows, (long long)w->columns, where);
        if (w->part > 0) bench_claim(k->b, text, "reading", s->part[i], w->part);
        if (w->faster > 0 && s->faster[i] > 0) bench_claim(k->b, text, "the peer", s->faster[i], w->faster);
    }
}

static void measure(contest *k, td_dtype d, int threads)
{
    char title[96], part[32], where[BENCH_NAME];
    said s = { 0 };
    k->dtype = d;
    k->threads = threads;
    k->c = bench_context(NULL, threads);
    if (k->plugin.name) k->plugin.threads(threads);
    snprintf(title, sizeof title, "Reductions, rows and moves, %s", bench_where(where, d, threads));
    k->figure = (bench_figure){ .title = title, .x_label = "part of the bandwidth of reading or copying", .line = 1,
                                .caption = "Bytes that must be moved: each operand once, the result once.  Medians of "
                                           "interleaved rounds." };
    printf("\n%s: GB/s\n%-26s %9s %9s %7s", where, "", "limit", "triad", "part");
    if (k->plugin.name) printf("  %9s %7s", k->plugin.name, "times");
    printf("\n");
    for (int i = 0; i < WORKS; i++) race_work(k, &works[i], &s);
    claim(k, &s);
    snprintf(part, sizeof part, "%s-%d", td_dtype_name(d), threads);
    if (k->figure.rows) bench_dots(k->b, &k->figure, part);
    td_close(k->c);
}

int main(int argc, char **argv)
{
    static contest k;      /* large */
    bench          b;
    k.b = &b;
    if (!bench_open(&b, argc, argv, "reduce", "reductions, rows and moves against bandwidth")) return 2;
    if (!bench_plugin_load(&b, &k.plugin)) return 2;
    for (int t = 1; t <= b.threads; t = t < b.threads ? b.threads : b.threads + 1)
        for (td_dtype d = TD_F32; d <= TD_F64; d++) measure(&k, d, t);
    return bench_close(&b);
}
