/* laws.c: a VJP is linear in its cotangent, and so are sums of them.
 *
 * Let G(w) = J'w be what the tape gives for cotangent w.  One recording and a handful of backward passes ask:
 *
 *     G(w1 - 2 w2) = G(w1) - 2 G(w2)     within the bounds of the replay; w2 is 100 times w1's size, both have both signs
 *     G(0) = 0                           exactly
 *     G(w) for w in another layout       the same bits
 *     G(w1) after a gradient of NaN      the same bits, once that is set to zero
 *     G(w1) then G(w2) into one gradient  the sum of both, to the bit
 *
 * The truth does not enter, so a rule that takes |g|, clips it, squares it or reads it as if it were packed is convicted
 * though no coordinate of the truth were known.  Source: linearity of the adjoint. */
#include "witness/laws.h"

#include <math.h>
#include <stdlib.h>

void td_tally_open(td_tally *t)
{
    t->count.undecided++;
}

void td_tally_add(td_tally *t, const td_law *law, int input, int64_t element, td_answer got, td_answer want)
{
    if (element < 0) {
        t->count.agreed++;
        return;
    }
    if (!t->count.disagreed++) {
        t->worst = (td_finding){.verdict = TD_DISAGREE, .alone = TD_ALONE_TAPE, .asked = TD_ASKED_LAW, .law = law->name,
                                .input = input, .coordinate = element, .output = -1, .tape = got, .dual = want,
                                .differences = {NAN, NAN}, .left = NAN, .right = NAN};
        snprintf(t->worst.reason, sizeof t->worst.reason, "%s", law->broken);
    }
}

/* ---- linearity --------------------------------------------------------------------------------------------------- */

enum { FIRST, SECOND, MIXED, ZERO, PASSES };
static const double scales[PASSES][TD_COTANGENTS] = {{1, 0}, {0, 100}, {1, -200}, {0, 0}};

typedef struct linear {
    td_taking    t;
    td_tensor **grad;              /* owned; grad[pass n + input] */
    double     *value[PASSES], *bound[PASSES];   /* of the input looked at; owned, one block at value[0] */
} linear;

static bool pull_all(linear *l)
{
    int n = l->t.p->n;
    for (int k = 0; k < PASSES; k++) {
        td_take_zero(&l->t);
        if (!td_take_pull(&l->t, td_take_cotangent(&l->t, scales[k], TD_PACKED))) return false;
        for (int i = 0; i < n; i++) if (l->t.p->in[i].smooth) l->grad[k * n + i] = td_grad(l->t.leaf[i]);
    }
    return !td_error(l->t.c);
}

static bool read_input(linear *l, const td_replay *replay, int input)
{
    for (int k = 0; k < PASSES; k++) {
        td_tensor *g = l->grad[k * l->t.p->n + input];
        if (td_read(g, l->value[k]) || td_replay_read(replay, g, NULL, l->bound[k])) return false;
    }
    return true;
}

/* G(w1) - 2 G(w2) in f64: the doubling is exact, the difference rounded once. */
static td_answer combined(const linear *l, int64_t i)
{
    double v = l->value[FIRST][i] - 2 * l->value[SECOND][i];
    return (td_answer){v, (l->bound[FIRST][i] + 2 * l->bound[SECOND][i] + 0x1p-52 * fabs(v)) * (1 + 0x1p-50)};
}

static const td_law is_linear = {
    "J'(w1 - 2 w2) = J'w1 - 2 J'w2, w2 100 times as large as w1",
    "the gradient is not linear in the cotangent g: a rule takes |g|, clips or squares it, or forgets it"};
static const td_law is_zero = {
    "J'0 = 0", "a cotangent g of 0 leaves a gradient: a rule adds something that is not multiplied by g"};

static void compare_mixed(const linear *l, int input, int64_t n, td_tally *out)
{
    int64_t open = 0, at = -1;
    double most = 1;
    for (int64_t i = 0; i < n; i++) {
        td_answer want = combined(l, i);
        double limit = want.bound + l->bound[MIXED][i], off = fabs(l->value[MIXED][i] - want.value);
        if (!isfinite(limit) || !isfinite(off)) open++;
        else if (off > most * limit) at = i, most = limit > 0 ? off / limit : INFINITY;
    }
    if (at < 0 && open == n && n) td_tally_open(out);
    else if (at < 0) td_tally_add(out, NULL, input, -1, (td_answer){0}, (td_answer){0});
    else td_tally_add(out, &is_linear, input, at,
                      (td_answer){l->value[MIXED][at], l->bound[MIXED][at]}, combined(l, at));
}

/* Where the slope itself is not finite, 0 times it is NaN by right. */
static void compare_zero(const linear *l, int input, int64_t n, td_tally *out)
{
    int64_t at = -1;
    for (int64_t i = 0; i < n && at < 0; i++) if (l->value[ZERO][i] != 0 && !isnan(l->value[ZERO][i])) at = i;
    td_tally_add(out, &is_zero, input, at, (td_answer){at < 0 ? 0 : l->value[ZERO][at], 0}, (td_answer){0, 0});
}

static td_status ask_linearity(linear *l, td_tally *out)
{
    const td_problem *p = l->t.p;
    int64_t room = 1;
    for (int i = 0; i < p->n; i++) if (p->in[i].smooth && p->in[i].numel > room) room = p->in[i].numel;
    l->grad = calloc((size_t)(PASSES * p->n) + 1, sizeof *l->grad);
    l->value[0] = malloc((size_t)(2 * PASSES * room) * sizeof(double));
    if (!l->grad || !l->value[0]) return TD_ENOMEM;
    for (int k = 0; k < PASSES; k++) l->value[k] = l->value[0] + k * room, l->bound[k] = l->value[0] + (PASSES + k) * room;
    if (!pull_all(l)) return td_error(l->t.c) == TD_ENOMEM ? TD_ENOMEM : TD_OK;
    td_replay *replay = td_replay_new(l->t.c, td_node_count(l->t.c));
    if (!replay) return TD_ENOMEM;
    for (int i = 0; i < p->n; i++) {
        if (!p->in[i].smooth || !read_input(l, replay, i)) continue;
        compare_mixed(l, i, p->in[i].numel, out);
        compare_zero(l, i, p->in[i].numel, out);
    }
    td_replay_free(replay);
    return TD_OK;
}

/* ---- layouts and sums: the same bits ----------------------------------------------------------------------------- */

/* Each input's gradient against want[input], with what happens between. */
static bool same_bits(td_taking *t, void *const *want, const td_law *law, td_tally *out)
{
    for (int i = 0; i < t->p->n; i++) {
        if (!t->p->in[i].smooth) continue;
        void *got = td_bytes_of(td_grad(t->leaf[i]));
        if (!got) return false;
        td_dtype d = t->p->in[i].dtype;
        int64_t at = td_bytes_differ(d, got, want[i], t->p->in[i].numel);
        td_answer a = {at < 0 ? 0 : td_bytes_at(d, got, at), 0}, b = {at < 0 ? 0 : td_bytes_at(d, want[i], at), 0};
        td_tally_add(out, law, i, at, a, b);
        free(got);
    }
    return true;
}

static bool keep(td_taking *t, void **want)
{
    bool ok = true;
    for (int i = 0; i < t->p->n; i++) {
        if (!t->p->in[i].smooth) continue;
        free(want[i]);
        want[i] = td_bytes_of(td_grad(t->leaf[i]));
        ok = ok && want[i];
    }
    return ok;
}

/* The adjoint of all ones, packed or as one number seen from everywhere. */
static td_tensor *ones(td_taking *t, bool spread)
{
    int64_t size[TD_MAX_RANK];
    for (int i = 0; i < td_rank(t->y); i++) size[i] = td_size(t->y, i);
    if (!spread) return td_ones(t->c, td_dtype_of(t->y), td_rank(t->y), size);
    return td_expand(td_full(t->c, td_dtype_of(t->y), 0, NULL, 1), td_rank(t->y), size);
}

static bool pull_fresh(td_taking *t, td_tensor *w)
{
    td_take_zero(t);
    return td_take_pull(t, w);
}

#define PACKED(how) "a cotangent that is " how " gives another gradient: a rule or kernel reads it as if it were packed"

static bool ask_layouts(td_taking *t, void **want, td_tally *out)
{
    static const double first[] = {1, 0};
    static const td_law stride_0 = {"the same gradient for a cotangent of stride 0", PACKED("expanded from one number")};
    static const struct { td_layout layout; td_law law; } ways[] = {
        {TD_EXCHANGED, {"the same gradient for a transposed cotangent", PACKED("transposed")}},
        {TD_EVERY_SECOND, {"the same gradient for a sliced cotangent", PACKED("every second number of another")}}};
    if (!pull_fresh(t, ones(t, false)) || !keep(t, want) || !pull_fresh(t, ones(t, true))) return false;
    if (!same_bits(t, want, &stride_0, out)) return false;
    if (!pull_fresh(t, td_take_cotangent(t, first, TD_PACKED)) || !keep(t, want)) return false;
    for (int k = 0; k < 2; k++) {
        if (!pull_fresh(t, td_take_cotangent(t, first, ways[k].layout))) return false;
        if (!same_bits(t, want, &ways[k].law, out)) return false;
    }
    return true;
}

static void add_into(td_dtype dtype, void *sum, const void *term, int64_t n)
{
    for (int64_t i = 0; i < n; i++) {
        if (dtype == TD_F32) ((float *)sum)[i] += ((const float *)term)[i];
        else ((double *)sum)[i] += ((const double *)term)[i];
    }
}

/* want holds G(w1) and the gradients are set to it; then w2 is pulled on top. */
/* want holds G(w1). */
static bool ask_poison(td_taking *t, void **want, td_tally *out)
{
    static const td_law clean = {"a gradient of NaN, set to zero, leaves nothing behind",
                                 "what a backward pass left shows in the next: a rule keeps a buffer and does not clear it"};
    static const double poison[] = {NAN, 0}, first[] = {1, 0};
    if (!pull_fresh(t, td_take_cotangent(t, poison, TD_PACKED))) return false;
    return pull_fresh(t, td_take_cotangent(t, first, TD_PACKED)) && same_bits(t, want, &clean, out);
}

static bool ask_adding(td_taking *t, void **want, void **other, td_tally *out)
{
    static const td_law adds = {"a second backward pass adds to the gradient that is there",
                                "a second backward pass does not add to the gradient that is there: something assigns"};
    static const double second[] = {0, 100}, first[] = {1, 0};
    if (!pull_fresh(t, td_take_cotangent(t, second, TD_PACKED)) || !keep(t, other)) return false;
    for (int i = 0; i < t->p->n; i++) {
        if (t->p->in[i].smooth) add_into(t->p->in[i].dtype, want[i], other[i], t->p->in[i].numel);
    }
    if (!pull_fresh(t, td_take_cotangent(t, first, TD_PACKED))) return false;
    if (!td_take_pull(t, td_take_cotangent(t, second, TD_PACKED))) return false;
    return same_bits(t, want, &adds, out);
}

static td_status ask_bits(td_taking *t, td_tally *out)
{
    int n = t->p->n;
    void **want = calloc(2 * (size_t)n + 1, sizeof *want);
    bool ok = want && ask_layouts(t, want, out) && ask_poison(t, want, out) && ask_adding(t, want, want + n, out);
    for (int i = 0; want && i < 2 * n; i++) free(want[i]);
    free(want);
    return ok || (want && td_error(t->c) && td_error(t->c) != TD_ENOMEM) ? TD_OK : TD_ENOMEM;
}

td_status td_laws_ask(const td_problem *p, td_tally *out)
{
    linear l = {.grad = NULL};
    td_how how = {0};
    td_status status = TD_OK;
    if (td_take_open(&l.t, p, &how) && td_take_is_smooth(&l.t) && td_requires_grad(l.t.y)) {
        status = ask_linearity(&l, out);
        if (!status && !td_error(l.t.c)) status = ask_bits(&l.t, out);
    } else if (!l.t.c || !l.t.leaf || td_error(l.t.c) == TD_ENOMEM) {
        status = TD_ENOMEM;
    }
    td_take_close(&l.t);
    free(l.grad);
    free(l.value[0]);
    return status;
}
