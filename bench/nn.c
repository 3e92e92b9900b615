/* nn.c: layers of networks, orders and scans at usual sizes, forward and with all gradients, against a peer.
 *
 * A step is what a user pays for: the op is recorded, its value read, all gradients of <value, adjoint> read, and what was
 * made is released.  The peer does the same with its own tape, allocations and all, on the same operands.  Forward alone
 * nobody asks for gradients.  Values and gradients of both are compared. */
#include "core/core.h"
#include "plugin.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_IN = BENCH_LAYER_IN, MOST_AXES = 4 };

/* ---- the works ------------------------------------------------------------------------------------------------------ */

/* Sizes of what is drawn; below: indices smaller than that; apart: no two are equal. */
typedef struct operand {
    int64_t size[MOST_AXES];       /* 0: no such axis */
    double  scale;                 /* of numbers around 0; 0 is 1 */
    int64_t below;
    bool    apart;
} operand;

/* The peer knows an op by its name, and its attributes from these sizes. */
typedef struct work {
    const char *op, *sizes;
    td_tensor *(*make)(td_tensor *const *in);
    operand     in[MOST_IN];
    bool        named;             /* is to be as fast as the peer */
} work;

static td_tensor *conv2d(td_tensor *const *in)
{
    int64_t padding[] = { td_size(in[1], 2) / 2, td_size(in[1], 3) / 2 };
    return td_conv2d(in[0], in[1], in[2], NULL, padding, NULL, td_size(in[0], 1) / td_size(in[1], 1));
}

static td_tensor *attend(td_tensor *const *in, bool is_causal)
{
    return td_scaled_dot_product_attention(in[0], in[1], in[2], NULL, 0, is_causal, 0);
}

static td_tensor *attention(td_tensor *const *in) { return attend(in, false); }
static td_tensor *causal(td_tensor *const *in) { return attend(in, true); }

static td_tensor *rnn(td_tensor *const *in)
{
    return td_rnn(in[0], NULL, &(td_recurrent){ .layers = 1, .biases = true, .weights = in + 1 }, NULL);
}

static td_tensor *gru(td_tensor *const *in)
{
    return td_gru(in[0], NULL, &(td_recurrent){ .layers = 1, .biases = true, .weights = in + 1 }, NULL);
}

static td_tensor *lstm(td_tensor *const *in)
{
    return td_lstm(in[0], NULL, NULL, &(td_recurrent){ .layers = 1, .biases = true, .weights = in + 1 }, NULL, NULL);
}

static td_tensor *layer_norm(td_tensor *const *in) { return td_layer_norm(in[0], 1, in[1], in[2], 1e-5); }
static td_tensor *group_norm(td_tensor *const *in) { return td_group_norm(in[0], 8, in[1], in[2], 1e-5); }

static td_tensor *batch_norm(td_tensor *const *in)
{
    return td_batch_norm(in[0], NULL, NULL, in[1], in[2], true, 0.1, 1e-5, NULL, NULL);
}

static td_tensor *sort(td_tensor *const *in) { return td_sort(in[0], -1, false, NULL); }
static td_tensor *topk(td_tensor *const *in) { return td_topk(in[0], 10, -1, true, NULL); }
static td_tensor *cumsum(td_tensor *const *in) { return td_cumsum(in[0], -1); }
static td_tensor *cumsum_down(td_tensor *const *in) { return td_cumsum(in[0], 0); }
static td_tensor *cummax(td_tensor *const *in) { return td_cummax(in[0], -1, NULL); }

static td_tensor *max_pool2d(td_tensor *const *in)
{
    return td_max_pool2d(in[0], (int64_t[]){ 3, 3 }, (int64_t[]){ 2, 2 }, (int64_t[]){ 1, 1 }, NULL, false, NULL);
}

static td_tensor *avg_pool2d(td_tensor *const *in)
{
    return td_avg_pool2d(in[0], (int64_t[]){ 2, 2 }, NULL, NULL, false, true, 0);
}

static td_tensor *embedding(td_tensor *const *in) { return td_embedding(in[0], in[1]); }

static td_tensor *twice(td_tensor *x, td_interpolation mode)
{
    return td_interpolate(x, NULL, (double[]){ 2, 2 }, mode, false);
}

static td_tensor *nearest(td_tensor *const *in) { return twice(in[0], TD_NEAREST); }
static td_tensor *bilinear(td_tensor *const *in) { return twice(in[0], TD_LINEAR); }
static td_tensor *reflect(td_tensor *const *in) { return td_reflection_pad(in[0], 4, (int64_t[]){ 3, 3, 3, 3 }); }
static td_tensor *cdist(td_tensor *const *in) { return td_cdist(in[0], in[1], 2); }

#define NUMBERS(...) { .size = { __VA_ARGS__ } }
#define WEIGHTS(...) { .size = { __VA_ARGS__ }, .scale = 0.1 }
#define APART(...)   { .size = { __VA_ARGS__ }, .apart = true }
#define IMAGE        NUMBERS(8, 64, 56, 56)
#define HEADS        NUMBERS(8, 512, 64), NUMBERS(8, 512, 64), NUMBERS(8, 512, 64)
#define GATES(gates) NUMBERS(64, 32, 256), WEIGHTS(gates * 256, 256), WEIGHTS(gates * 256, 256), WEIGHTS(gates * 256), \
                     WEIGHTS(gates * 256)
#define NORMED(channels) NUMBERS(channels), NUMBERS(channels)
static const work works[] = {
    { "conv2d", "8x64x56x56 3x3", conv2d, { IMAGE, NUMBERS(64, 64, 3, 3), NUMBERS(64) }, true },
    { "conv2d", "8x64x56x56 1x1", conv2d, { IMAGE, NUMBERS(128, 64, 1, 1), NUMBERS(128) }, true },
    { "conv2d", "32x3x32x32 5x5", conv2d, { NUMBERS(32, 3, 32, 32), NUMBERS(64, 3, 5, 5), NUMBERS(64) }, true },
    { "conv2d", "1x512x7x7 3x3", conv2d, { NUMBERS(1, 512, 7, 7), NUMBERS(512, 512, 3, 3), NUMBERS(512) }, true },
    { "conv2d", "depthwise 8x64x56x56", conv2d, { IMAGE, NUMBERS(64, 1, 3, 3), NUMBERS(64) }, true },
    { "attention", "8x512x64", attention, { HEADS }, true },
    { "causal", "8x512x64", causal, { HEADS }, true },
    { "lstm", "64x32x256", lstm, { GATES(4) }, true },
    { "gru", "64x32x256", gru, { GATES(3) }, false },
    { "rnn", "64x32x256", rnn, { GATES(1) }, false },
    { "layer_norm", "64x1024", layer_norm, { NUMBERS(64, 1024), NORMED(1024) }, true },
    { "layer_norm", "4096x1024", layer_norm, { NUMBERS(4096, 1024), NORMED(1024) }, true },
    { "batch_norm", "8x64x56x56", batch_norm, { IMAGE, NORMED(64) }, false },
    { "group_norm", "8x64x56x56", group_norm, { IMAGE, NORMED(64) }, false },
    { "sort", "1000000", sort, { APART(1000000) }, true },
    { "sort", "1000x1000", sort, { APART(1000, 1000) }, true },
    { "topk", "1000x1000 10", topk, { NUMBERS(1000, 1000) }, false },
    { "topk", "1000000 10", topk, { NUMBERS(1000000) }, false },
    { "cumsum", "1000000", cumsum, { NUMBERS(1000000) }, true },
    { "cumsum", "1000x1000", cumsum, { NUMBERS(1000, 1000) }, true },
    { "cumsum_down", "1000x1000", cumsum_down, { NUMBERS(1000, 1000) }, true },
    { "cummax", "1000x1000", cummax, { NUMBERS(1000, 1000) }, false },
    { "max_pool2d", "8x64x56x56", max_pool2d, { IMAGE }, false },
    { "avg_pool2d", "8x64x56x56", avg_pool2d, { IMAGE }, false },
    { "embedding", "30000x256 64x128", embedding, { NUMBERS(30000, 256), { .size = { 64, 128 }, .below = 30000 } }, false },
    { "nearest", "8x64x28x28", nearest, { NUMBERS(8, 64, 28, 28) }, false },
    { "bilinear", "8x64x28x28", bilinear, { NUMBERS(8, 64, 28, 28) }, false },
    { "reflect", "8x64x56x56", reflect, { IMAGE }, false },
    { "cdist", "1000x64", cdist, { NUMBERS(1000, 64), NUMBERS(1000, 64) }, false },
};
enum { WORKS = sizeof works / sizeof *works };

static int axes_of(const operand *o)
{
    int n = 0;
    while (n < MOST_AXES && o->size[n]) n++;
    return n;
}

/* ---- a step --------------------------------------------------------------------------------------------------------- */

typedef struct step {
    td_context *c;
    const work *w;
    int         n;
    td_tensor  *in[MOST_IN];
    td_tensor  *adjoint;           /* NULL: forward alone */
} step;

static td_tensor *drawn(td_context *c, td_dtype d, const operand *o)
{
    int        rank = axes_of(o);
    td_tensor *x = td_rand(c, o->below ? TD_F64 : d, rank, o->size);
    if (o->apart) return td_reshape(td_to(td_randperm(c, td_numel(x)), d), rank, o->size);
    if (o->below) return td_to(td_mul_scalar(x, (double)o->below), TD_I64);
    return td_mul_scalar(td_add_scalar(x, -0.5), o->scale > 0 ? 2 * o->scale : 2);
}

/* A leaf of its own. */
static td_tensor *leaf_of(td_context *c, td_tensor *x)
{
    int64_t size[TD_MAX_RANK];
    for (int k = 0; k < td_rank(x); k++) size[k] = td_size(x, k);
    return td_array(c, td_dtype_of(x), td_rank(x), size, td_data(x));
}

static step step_of(const work *w, td_context *c, td_dtype d, bool gradients)
{
    step s = { .c = c, .w = w };
    for (; s.n < MOST_IN && w->in[s.n].size[0]; s.n++) s.in[s.n] = leaf_of(c, drawn(c, d, &w->in[s.n]));
    if (!gradients) return s;
    s.adjoint = leaf_of(c, td_add_scalar(td_rand(c, d, td_rank(w->make(s.in)), w->make(s.in)->shape->size), -0.5));
    for (int i = 0; i < s.n; i++)
        if (!w->in[i].below) td_require_grad(s.in[i]);
    return s;
}

static td_tensor *taken(const step *s)
{
    td_tensor *y = s->w->make(s->in);
    if (s->adjoint) td_backward_from(y, s->adjoint);
    td_data(y);
    for (int i = 0; s->adjoint && i < s->n; i++)
        if (!s->w->in[i].below) td_data(td_grad(s->in[i]));
    return y;
}

static void given_back(const step *s, td_marker m)
{
    for (int i = 0; s->adjoint && i < s->n; i++) td_zero_grad(s->in[i]);
    td_release(s->c, m);
}

static void run_step(void *with)
{
    const step *s = with;
    td_marker   m = td_mark(s->c);
    taken(s);
    given_back(s, m);
}

/* ---- a race --------------------------------------------------------------------------------------------------------- */

typedef struct contest {
    bench       *b;
    td_dtype     dtype;
    int          threads;
    bench_plugin plugin;
    bench_figure figure;
    double       times[WORKS][2];   /* as fast as the peer: forward, with gradients; 0: not measured */
} contest;

static double value(const void *y, td_dtype d, int64_t i)
{
    return d == TD_F64 ? ((const double *)y)[i] : ((const float *)y)[i];
}

/* By the largest of both. */
static void compare(const contest *k, const bench_race *r, td_tensor *ours, const void *theirs, int result)
{
    double      allowed = k->dtype == TD_F64 ? 1e-11 : 1e-4, most = 0, far = 0;
    const void *y = td_data(ours);
    for (int64_t i = 0; theirs && y && i < td_numel(ours); i++) {
        most = fmax(most, fabs(value(y, k->dtype, i)));
        far = fmax(far, fabs(value(y, k->dtype, i) - value(theirs, k->dtype, i)));
    }
    if (!theirs || !y || !(far <= allowed * most))
        bench_wrong(k->b, "%s, result %d: %s differs by %.3g of %.3g", r->work, result, k->plugin.name, far, most);
}

static void compare_all(const contest *k, const bench_race *r, const step *s, void *peer)
{
    td_marker m = td_mark(s->c);
    compare(k, r, taken(s), k->plugin.result(peer, 0), 0);
    for (int i = 0; s->adjoint && i < s->n; i++)
        if (!s->w->in[i].below) compare(k, r, td_grad(s->in[i]), k->plugin.result(peer, 1 + i), 1 + i);
    given_back(s, m);
}

static void run_race(contest *k, const work *w, bool gradients)
{
    bench_race  r = { .dtype = td_dtype_name(k->dtype), .unit = "steps/s", .threads = k->threads };
    td_context *c = td_open(&(td_options){ .threads = k->threads, .seed = 1 });
    step        s = step_of(w, c, k->dtype, gradients);
    void       *peer = bench_plugin_layer(&k->plugin, w->op, s.n, s.in, s.adjoint);
    snprintf(r.work, sizeof r.work, "%s %s%s", w->op, w->sizes, gradients ? " +grad" : "");
    int own = bench_enter(&r, "triad", run_step, &s, 1), other = -1;
    if (peer) other = bench_enter(&r, k->plugin.name, k->plugin.run, peer, 1);
    bench_run(k->b, &r);
    printf("  %10.3f", 1e3 / bench_rate(&r, own));
    if (peer) {
        double times = bench_part(&r, own, other);
        printf(" %10.3f %6.2f", 1e3 / bench_rate(&r, other), times);
        k->times[w - works][gradients] = times;
        bench_point(bench_series_of(&k->figure, gradients ? "with gradients" : "forward"), times, k->figure.rows);
        compare_all(k, &r, &s, peer);
        k->plugin.free(peer);
    }
    if (td_error(c)) bench_wrong(k->b, "%s: %s", r.work, td_message(c));
    td_close(c);
}

static void race_work(contest *k, const work *w)
{
    char name[BENCH_NAME];
    snprintf(name, sizeof name, "%s %s", w->op, w->sizes);
    if (!bench_wants(k->b, name)) return;
    printf("%-28s", name);
    for (int gradients = 0; gradients < 2; gradients++) run_race(k, w, gradients);
    printf("\n");
    memcpy(k->figure.row[k->figure.rows++], name, sizeof name);
}

/* ---- all ------------------------------------------------------------------------------------------------------------ */

static void claim(const contest *k)
{
    char text[96], where[BENCH_NAME];
    bench_where(where, k->dtype, k->threads);
    for (int i = 0; i < WORKS; i++)
        for (int g = 0; g < 2; g++) {
            snprintf(text, sizeof text, "%s %s%s, %s", works[i].op, works[i].sizes, g ? " +grad" : "", where);
            if (works[i].named && k->times[i][g] > 0) bench_claim(k->b, text, k->plugin.name, k->times[i][g], 1);
        }
}

static void measure(contest *k, td_dtype d, int threads)
{
    char title[96], part[32], where[BENCH_NAME];
    k->dtype = d;
    k->threads = threads;
    memset(k->times, 0, sizeof k->times);
    if (k->plugin.name) k->plugin.threads(threads);
    snprintf(title, sizeof title, "Layers, orders and scans, %s", bench_where(where, d, threads));
    k->figure = (bench_figure){ .title = title, .x_label = "times as fast as the peer", .line = 1,
                                .caption = "Steps as a user pays for them.  Medians of interleaved rounds." };
    printf("\n%-28s  %s\n%-28s  %10s", where, "milliseconds forward          and with all gradients", "", "triad");
    if (k->plugin.name) printf(" %10s %6s", k->plugin.name, "times");
    printf("  %10s", "triad");
    if (k->plugin.name) printf(" %10s %6s", k->plugin.name, "times");
    printf("\n");
    for (int i = 0; i < WORKS; i++) race_work(k, &works[i]);
    claim(k);
    snprintf(part, sizeof part, "%s-%d", td_dtype_name(d), threads);
    if (k->plugin.name && k->figure.rows) bench_dots(k->b, &k->figure, part);
}

int main(int argc, char **argv)
{
    static contest k;      /* large */
    bench          b;
    k.b = &b;
    if (!bench_open(&b, argc, argv, "nn", "layers, orders and scans against a peer")) return 2;
    if (!bench_plugin_load(&b, &k.plugin)) return 2;
    for (int t = 1; t <= b.threads; t = t < b.threads ? b.threads : b.threads + 1)
        for (td_dtype d = TD_F32; d <= TD_F64; d++) measure(&k, d, t);
    return bench_close(&b);
}
