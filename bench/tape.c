/* tape.c: what the tape costs beside what it computes: small graphs, models, a fused chain, training steps.
 *
 * A step is what a user pays for: a program is recorded and differentiated, all its gradients are read or a step is taken
 * along them, and what was made is released.  Peers do the same with their own tapes, on the same numbers; what they give is
 * compared before the race.  The chain mean((tanh(x w + b) - y)^2) is raced against a loop by hand, too.  A gradient's cost
 * is counted in functions: the same program without one, which peers may run without a tape. */
#include "tape.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { CLAIMS = 64 };

/* What was to be reached, told below the table. */
typedef struct claim {
    const char *what;
    char        at[64];
    double      value, wanted;
} claim;

typedef struct contest {
    bench       *b;
    int          plugins;
    bench_plugin plugin[BENCH_PLUGINS];
    bench_figure small, large;
    int          claims;
    claim        claim[CLAIMS];
} contest;

/* What a peer does in a race; function NULL: it was not asked for. */
typedef struct peer {
    const bench_plugin *plugin;
    void *gradient, *function;
    int   at, function_at;          /* in the race */
} peer;

/* A step's race: ours and those of all peers that have it. */
typedef struct match {
    contest   *k;
    tape_step *s;
    bench_race race;
    int        own, function;
    int        peers;
    peer       peer[BENCH_PLUGINS];
} match;

/* ---- are the results the same? -------------------------------------------------------------------------------------- */

static double value(const void *y, td_dtype d, int64_t i)
{
    return d == TD_F64 ? ((const double *)y)[i] : ((const float *)y)[i];
}

/* By the largest of both. */
static void compare(const match *m, const char *who, td_tensor *ours, const void *theirs, int result)
{
    td_dtype    d = td_dtype_of(ours);
    double      allowed = d == TD_F64 ? 1e-10 : 1e-3, most = 0, far = 0;
    const void *y = td_data(ours);
    for (int64_t i = 0; theirs && y && i < td_numel(ours); i++) {
        most = fmax(most, fabs(value(y, d, i)));
        far = fmax(far, fabs(value(y, d, i) - value(theirs, d, i)));
    }
    if (!theirs || !y || !(far <= allowed * most))
        bench_wrong(m->k->b, "%s, %s, result %d: %s differs by %.3g of %.3g", m->race.work, m->race.dtype, result, who, far,
                    most);
}

static void compare_peer(const match *m, const peer *p)
{
    tape_step *s = m->s;
    td_marker  mark = td_mark(s->c);
    td_tensor *y = tape_taken(s);
    p->plugin->run(p->gradient);
    compare(m, p->plugin->name, y, p->plugin->result(p->gradient, 0), 0);
    for (int i = 0; i < s->parameters; i++)
        compare(m, p->plugin->name, td_grad(s->w[i]), p->plugin->result(p->gradient, 1 + i), 1 + i);
    if (p->function) {
        p->plugin->run(p->function);
        compare(m, p->plugin->name, y, p->plugin->result(p->function, 0), 0);
    }
    tape_back(s, mark);
}

/* ---- claims --------------------------------------------------------------------------------------------------------- */

static void claim_that(contest *k, const char *what, const char *at, double value, double wanted)
{
    if (k->claims == CLAIMS) return;
    claim *c = &k->claim[k->claims++];
    *c = (claim){ .what = what, .value = value, .wanted = wanted };
    snprintf(c->at, sizeof c->at, "%s", at);
}

static void tell_claims(contest *k)
{
    for (int i = 0; i < k->claims; i++)
        bench_claim(k->b, k->claim[i].what, k->claim[i].at, k->claim[i].value, k->claim[i].wanted);
    k->claims = 0;
}

/* ---- a match -------------------------------------------------------------------------------------------------------- */

static void enter_peer(match *m, const bench_plugin *plugin, bool function, double units)
{
    char  name[BENCH_NAME];
    peer *p = &m->peer[m->peers];
    *p = (peer){ .plugin = plugin, .gradient = tape_peer(plugin, m->s, true) };
    if (!p->gradient) return;
    m->peers++;
    if (function) p->function = tape_peer(plugin, m->s, false);
    compare_peer(m, p);
    p->at = bench_enter(&m->race, plugin->name, plugin->run, p->gradient, units);
    snprintf(name, sizeof name, "%s, function", plugin->name);
    if (p->function) p->function_at = bench_enter(&m->race, name, plugin->run, p->function, units);
}

static match match_of(contest *k, tape_step *s, const char *work, int threads, bool function, double units)
{
    match m = { .k = k, .s = s, .race = { .dtype = td_dtype_name(s->size.dtype), .unit = "units/s", .threads = threads } };
    snprintf(m.race.work, sizeof m.race.work, "%s", work);
    m.own = bench_enter(&m.race, "triad", tape_run_gradient, s, units);
    if (function) m.function = bench_enter(&m.race, "triad, function", tape_run_function, s, units);
    for (int i = 0; i < k->plugins; i++) {
        k->plugin[i].threads(threads);
        enter_peer(&m, &k->plugin[i], function, units);
    }
    return m;
}

static void end(match *m)
{
    for (int i = 0; i < m->peers; i++) {
        m->peer[i].plugin->free(m->peer[i].gradient);
        if (m->peer[i].function) m->peer[i].plugin->free(m->peer[i].function);
    }
    if (td_error(m->s->c)) bench_wrong(m->k->b, "%s: %s", m->race.work, td_message(m->s->c));
    tape_close(m->s);
}

static double nanoseconds(const bench_race *r, int rival) { return 1e9 / bench_rate(r, rival); }

static void name_row(bench_figure *f, const char *name) { snprintf(f->row[f->rows++], BENCH_NAME, "%s", name); }

/* ---- small graphs and models ---------------------------------------------------------------------------------------- */

typedef struct small {
    const tape_work *work;
    int64_t          n, units;
    double           wanted;        /* nanoseconds; 0: none */
    double           cost, times;   /* functions; as fast as PyTorch */
} small;

static const small smalls[] = {
    { &tape_product, 0, 1, 100, 0, 0 },       { &tape_chain, 1000, 1000, 25, 0, 0 },
    { &tape_network, 0, 1, 800, 2.5, 50 },    { &tape_logistic, 10000, 1, 0, 2.5, 0 },
    { &tape_mixture, 1000, 1, 0, 2.5, 0 },    { &tape_lstm, 0, 1, 0, 2.5, 0 },
};

static void small_line(const match *m, const char *name, int gradient, int function)
{
    const bench_race *r = &m->race;
    double cost = bench_part(r, function, gradient);
    printf("%-22s %15.1f %15.1f %6.2f", name, nanoseconds(r, gradient), nanoseconds(r, function), cost);
    if (gradient != m->own) printf(" %9.2f", bench_part(r, m->own, gradient));
    printf("\n");
}

static void small_claims(const match *m, const small *w)
{
    const char *name = w->work->name;
    double      cost = bench_part(&m->race, m->function, m->own);
    if (w->wanted > 0)
        claim_that(m->k, "nanoseconds wanted by those it takes", name, w->wanted / nanoseconds(&m->race, m->own), 1);
    if (w->cost > 0) claim_that(m->k, "2.5 functions by what a gradient costs", name, w->cost / cost, 1);
    for (int i = 0; w->times > 0 && i < m->peers; i++)
        if (!strcmp(m->peer[i].plugin->name, "PyTorch"))
            claim_that(m->k, "times as fast as PyTorch", name, bench_part(&m->race, m->own, m->peer[i].at), w->times);
}

static void race_small(contest *k, const small *w)
{
    tape_size size = { .dtype = TD_F64, .n = w->n };
    tape_step s = tape_open(w->work, size, 1);
    match     m = match_of(k, &s, w->work->name, 1, true, (double)w->units);
    bench_run(k->b, &m.race);
    small_line(&m, w->work->name, m.own, m.function);
    for (int i = 0; i < m.peers; i++) {
        char        name[BENCH_NAME];
        const peer *p = &m.peer[i];
        snprintf(name, sizeof name, "  %s", p->plugin->name);
        small_line(&m, name, p->at, p->function_at);
        bench_point(bench_series_of(&k->small, p->plugin->name), bench_part(&m.race, m.own, p->at), k->small.rows);
    }
    name_row(&k->small, w->work->name);
    small_claims(&m, w);
    end(&m);
}

static void measure_small(contest *k)
{
    k->small = (bench_figure){ .title = "Gradients of small graphs and models, f64, 1 thread", .line = 1, .log_x = true,
                               .x_label = "times as fast as the peer",
                               .caption = "Recorded, differentiated, read, released." };
    printf("\n%-22s %15s %15s %6s %9s\n", "small, f64: ns", "gradient", "function", "cost", "times");
    for (size_t i = 0; i < sizeof smalls / sizeof *smalls; i++)
        if (bench_wants(k->b, smalls[i].work->name)) race_small(k, &smalls[i]);
    tell_claims(k);
    if (k->plugins && k->small.rows) bench_dots(k->b, &k->small, "small");
}

/* ---- a chain over many numbers -------------------------------------------------------------------------------------- */

static double bytes_an_element(tape_step *s)
{
    td_stats before = td_stats_of(s->c);
    tape_run_gradient(s);
    return (double)(td_stats_of(s->c).bytes - before.bytes) / (double)s->size.n;
}

static void compare_hand(const match *m, tape_hand *h)
{
    tape_step *s = m->s;
    td_marker  mark = td_mark(s->c);
    td_tensor *y = tape_taken(s);
    double     allowed = s->size.dtype == TD_F64 ? 1e-10 : 1e-3;
    tape_hand_run(h);
    for (int i = 0; i < 3; i++) {
        double ours = td_item(i ? td_grad(s->w[i - 1]) : y), theirs = tape_hand_result(h, i);
        if (!(fabs(ours - theirs) <= allowed * fabs(ours)))
            bench_wrong(m->k->b, "%s, %s, result %d: %.9g, and by hand %.9g", m->race.work, m->race.dtype, i, ours, theirs);
    }
    tape_back(s, mark);
}

static void race_fused(contest *k, td_dtype d, int64_t n, int threads)
{
    char       where[BENCH_NAME], at[2 * BENCH_NAME];
    tape_step  s = tape_open(&tape_fused, (tape_size){ .dtype = d, .n = n }, threads);
    tape_hand *h = tape_hand_new(&s);
    snprintf(at, sizeof at, "fused_%lld", (long long)n);
    match      m = match_of(k, &s, at, threads, false, (double)n);
    int        hand = bench_enter(&m.race, "by_hand", tape_hand_run, h, (double)n);
    compare_hand(&m, h);
    bench_run(k->b, &m.race);
    double part = bench_part(&m.race, m.own, hand);
    printf("%9lld %-15s %8.3f %8.3f %6.2f %7.1f %7.0f", (long long)n, bench_where(where, d, threads),
           nanoseconds(&m.race, m.own), nanoseconds(&m.race, hand), 1 / part, bytes_an_element(&s),
           2.0 * (double)td_dtype_size(d));
    for (int i = 0; i < m.peers; i++)
        printf("  %s %8.3f %6.2f", m.peer[i].plugin->name, nanoseconds(&m.race, m.peer[i].at),
               bench_part(&m.race, m.own, m.peer[i].at));
    printf("\n");
    snprintf(at, sizeof at, "%s of %lld", where, (long long)n);
    claim_that(k, "part of the speed of a loop by hand", at, part, 1 / 1.5);
    tape_hand_free(h);
    end(&m);
}

static void measure_fused(contest *k)
{
    printf("\n%-25s %8s %8s %6s %7s %7s\n", "mean((tanh(xw+b)-y)^2): ns", "triad", "by hand", "times", "bytes", "least");
    for (int threads = 1; threads <= (k->b->threads < 2 ? 1 : 2); threads++)
        for (td_dtype d = TD_F32; d <= TD_F64; d++) {
            if (bench_wants(k->b, "fused_100000")) race_fused(k, d, 100000, threads);
            if (bench_wants(k->b, "fused_10000000")) race_fused(k, d, 10000000, threads);
        }
    tell_claims(k);
}

/* ---- training ------------------------------------------------------------------------------------------------------- */

static const char *core_type(void) { return getenv("OPENBLAS_CORETYPE"); }

static void tell_memory(const match *m, const peer *p, const char *at, double ours)
{
    double theirs = (double)p->plugin->memory(p->gradient);
    if (theirs < 0) return;
    printf(" %9.2f MB", 1e-6 * theirs);
    claim_that(m->k, "PyTorch's bytes by those held", at, theirs / ours, 1);
}

static void race_training(contest *k, tape_size size, int threads)
{
    char      name[BENCH_NAME], at[2 * BENCH_NAME], where[BENCH_NAME];
    tape_step s = tape_open(&tape_classifier, size, threads);
    snprintf(name, sizeof name, "train %d x %lld, %lld", size.hidden, (long long)size.width, (long long)size.n);
    match m = match_of(k, &s, name, threads, false, 1);
    bench_run(k->b, &m.race);
    double held = (double)(td_stats_of(s.c).peak - s.bytes);
    snprintf(at, sizeof at, "%s, %s", name, bench_where(where, size.dtype, threads));
    printf("%-36s %10.1f us %10.2f MB\n", at, 1e-3 * nanoseconds(&m.race, m.own), 1e-6 * held);
    for (int i = 0; i < m.peers; i++) {
        const peer *p = &m.peer[i];
        double      times = bench_part(&m.race, m.own, p->at);
        printf("  %-34s %10.1f us", p->plugin->name, 1e-3 * nanoseconds(&m.race, p->at));
        tell_memory(&m, p, at, held);
        printf(" %6.2f times\n", times);
        if (core_type()) claim_that(k, "times as fast as PyTorch, its BLAS told its core", at, times, 1.15);
        else claim_that(k, "times as fast as PyTorch as it comes", at, times, 1.7);
        bench_point(bench_series_of(&k->large, where), times, k->large.rows);
    }
    end(&m);
}

static void measure_training(contest *k)
{
    static const struct { int hidden; int64_t width; } network[] = { { 1, 128 }, { 2, 1024 } };
    k->large = (bench_figure){ .title = "Training steps of 784-128-10 and 784-1024-1024-10", .line = 1,
                               .x_label = "times as fast as PyTorch", .caption = "Layers x width, batch." };
    printf("\n%-36s %13s %13s\n", "training steps", "a step", "held at most");
    for (int i = 0; i < 2; i++)
        for (int64_t batch = 64; batch <= 512; batch *= 8) {
            for (int threads = 1; threads <= (k->b->threads < 2 ? 1 : 2); threads++)
                for (td_dtype d = TD_F32; d <= TD_F64; d++)
                    race_training(k, (tape_size){ d, batch, network[i].hidden, network[i].width }, threads);
            snprintf(k->large.row[k->large.rows++], BENCH_NAME, "%d x %lld, %lld", network[i].hidden,
                     (long long)network[i].width, (long long)batch);
        }
    tell_claims(k);
    if (k->plugins) bench_dots(k->b, &k->large, "training");
}

int main(int argc, char **argv)
{
    static contest k;      /* large */
    bench          b;
    k.b = &b;
    if (!bench_open(&b, argc, argv, "tape", "small graphs, models, a fused chain, training steps")) return 2;
    if ((k.plugins = bench_plugins_load(&b, k.plugin)) < 0) return 2;
    if (core_type()) bench_note(&b, "core", "OPENBLAS_CORETYPE=%s", core_type());
    measure_small(&k);
    measure_fused(&k);
    if (bench_wants(&b, "train")) measure_training(&k);
    return bench_close(&b);
}
