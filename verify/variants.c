/* variants.c: the user's point is one; mistakes hide at others.
 *
 * From it points are made where they do: signs turned, other scales, zeros, ties, all equal, tails, special points and next
 * to them, the same tensor given twice.  Tape and dual engine are compared there as at the point itself.  A variant at which
 * the program refuses, or is not finite, lies outside its domain: that is counted and blames nobody.  Nor does a kink at
 * which both engines stand within the one-sided slopes. */
#include "check.h"
#include "explain.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { LARGEST = 4096, ASKED = 32 };

static double turned(const td_input *in, int64_t i) { return -td_input_at(in, i); }
static double smaller(const td_input *in, int64_t i) { return td_input_at(in, i) / 128; }
static double larger(const td_input *in, int64_t i) { return td_input_at(in, i) * 128; }
static double zero(const td_input *in, int64_t i) { return 0 * (double)(in->numel + i); }
static double equal(const td_input *in, int64_t i) { return td_input_at(in, 0 * i); }
static double tied(const td_input *in, int64_t i) { return td_input_at(in, i == 1 ? 0 : i); }
static double tail(const td_input *in, int64_t i) { return td_input_at(in, i) + (i % 2 ? -40 : 40); }

static double special(const td_input *in, int64_t i)
{
    static const double point[] = {0, 1, -1, 0.5, -0.5, 2, -2};
    return point[(in->numel + i) % 7];
}

static double beside(const td_input *in, int64_t i)
{
    double p = special(in, i), off = i % 2 ? 0x1p-20 : -0x1p-20;
    return p == 0 ? off : p * (1 + off);
}

enum { ALIAS = TD_VARIANTS - 1 };

static const char ALIASED[] = "one tensor for two inputs";
static const struct { const char *name; double (*value)(const td_input *in, int64_t i); } variants[ALIAS] = {
    {"signs turned", turned}, {"divided by 128", smaller}, {"128 times as large", larger}, {"all zero", zero},
    {"two entries equal", tied}, {"all entries equal", equal}, {"tails, 40 away", tail},
    {"special points", special}, {"next to special points", beside}};

/* The smooth inputs changed; what is not borrowed from p is the caller's. */
static bool change(const td_problem *p, double (*value)(const td_input *, int64_t), td_input *in)
{
    bool ok = true;
    memcpy(in, p->in, (size_t)p->n * sizeof *in);
    for (int i = 0; i < p->n; i++) {
        if (!in[i].smooth) continue;
        void *values = malloc((size_t)(in[i].numel + 1) * sizeof(double));
        for (int64_t j = 0; values && j < in[i].numel; j++) {
            double v = value(&p->in[i], j);
            if (in[i].dtype == TD_F32) ((float *)values)[j] = (float)v;
            else ((double *)values)[j] = v;
        }
        in[i].values = values;
        ok = ok && values;
    }
    return ok;
}

static const char *name_of(int which)
{
    return which == ALIAS ? ALIASED : variants[which].name;
}

static bool is_finite(td_answer a)
{
    return isfinite(a.value) && isfinite(a.bound);
}

static bool within(double v, const td_finding *f)
{
    return v >= fmin(f->left, f->right) && v <= fmax(f->left, f->right);
}

static td_verdict verdict_at(const td_check_result *v)
{
    const td_finding *w = &v->worst;
    bool kink = !isnan(w->left) && within(w->tape.value, w) && within(w->dual.value, w);
    if (v->verdict == TD_AGREE && !v->refused) return TD_AGREE;
    return v->verdict != TD_DISAGREE || kink || !is_finite(w->tape) || !is_finite(w->dual) ? TD_INCONCLUSIVE : TD_DISAGREE;
}

/* Counts what came out at q; the first disagreement becomes the result's. */
static void settle(td_examination *k, const td_problem *q, int which, const td_check_result *v)
{
    td_count *count = &k->r->variants;
    td_verdict verdict = verdict_at(v);
    k->r->variant[which] = (td_variant){.name = name_of(which), .asked = true, .verdict = verdict};
    if (verdict == TD_AGREE) count->agreed++;
    else if (verdict == TD_INCONCLUSIVE) count->undecided++;
    else if (!count->disagreed++) {
        k->r->verdict = TD_DISAGREE;
        k->r->worst = v->worst;
        k->r->worst.variant = name_of(which);
        if (k->o.skip & TD_SKIP_BLAME) return;
        td_clock_enter(&k->clock, TD_STAGE_BLAME);
        td_locate_output(q, k->tape.numel, &k->r->worst);
        td_find_blame(k, q);
        td_clock_enter(&k->clock, TD_STAGE_VARIANTS);
    }
}

static bool ask(td_examination *k, const td_problem *q, int which)
{
    td_clock_tell(&k->clock, (double)which / TD_VARIANTS);
    unsigned quiet = TD_SKIP_SECOND | TD_SKIP_LAWS | TD_SKIP_REPEATS | TD_SKIP_VARIANTS | TD_SKIP_BLAME;
    td_check_options o = {.seed = k->o.seed, .coordinates = ASKED, .differences = 1, .threads = k->o.threads};
    o.skip = quiet | TD_SKIP_DIFFERENCES;
    td_check_result *v = td_check_problem(q, &o);
    if (v && v->verdict == TD_DISAGREE) {
        td_check_free(v);
        o.skip = quiet | (k->o.skip & TD_SKIP_DIFFERENCES);
        v = td_check_problem(q, &o);
    }
    if (v) settle(k, q, which, v);
    td_check_free(v);
    return v != NULL;
}

static bool ask_points(td_examination *k)
{
    bool ok = true;
    for (int c = 0; ok && c < ALIAS; c++) {
        td_problem q = *k->p;
        td_input *in = calloc((size_t)q.n + 1, sizeof *in);
        q.in = in;
        ok = in && change(k->p, variants[c].value, in) && ask(k, &q, c);
        for (int i = 0; in && i < q.n; i++) if (in[i].smooth) free((void *)in[i].values);
        free(in);
    }
    return ok;
}

/* ---- the same tensor for two inputs ------------------------------------------------------------------------------ */

typedef struct alias { const td_problem *p; int first, second; td_tensor **in; } alias;

/* Input `second` is `first` again; the others move up. */
static td_tensor *aliased(td_context *c, td_tensor *const *in, void *user)
{
    alias *a = user;
    for (int i = 0, j = 0; i < a->p->n; i++) a->in[i] = i == a->second ? in[a->first] : in[j++];
    return a->p->f(c, a->in, a->p->user);
}

static bool alike(const td_input *a, const td_input *b)
{
    bool same = a->smooth && a->dtype == b->dtype && a->rank == b->rank && a->numel > 0;
    for (int i = 0; same && i < a->rank; i++) same = a->size[i] == b->size[i];
    return same;
}

static bool ask_alias(td_examination *k)
{
    const td_problem *p = k->p;
    alias a = {.p = p};
    for (int i = 0; i < p->n && !a.second; i++) {
        for (int j = i + 1; j < p->n && !a.second; j++) if (alike(&p->in[i], &p->in[j])) a.first = i, a.second = j;
    }
    if (!a.second) return true;
    td_input *in = calloc((size_t)p->n, sizeof *in);
    a.in = calloc((size_t)p->n, sizeof *a.in);
    for (int i = 0, j = 0; in && i < p->n; i++) if (i != a.second) in[j++] = p->in[i];
    td_problem q = {.f = aliased, .user = &a, .n = p->n - 1, .in = in, .seed = p->seed, .threads = p->threads};
    bool ok = in && a.in && ask(k, &q, ALIAS);
    free(in);
    free(a.in);
    return ok;
}

/* Why there is nothing to ask of this program; NULL: there is. */
static const char *excuse(const td_examination *k)
{
    int64_t n = 0;
    for (int i = 0; i < k->p->n; i++) if (k->p->in[i].smooth) n += k->p->in[i].numel;
    if (n == 0) return "no input has a slope";
    if (n > LARGEST) return "above 4096 coordinates";
    return k->dual.status ? "the dual engine does not run it" : NULL;
}

bool td_variants_ask(td_examination *k)
{
    return excuse(k) || (ask_points(k) && ask_alias(k));
}

void td_variants_excuse(td_examination *k)
{
    const char *reason = k->o.skip & TD_SKIP_VARIANTS ? "not wanted" : excuse(k);
    if (!reason && !k->r->variants.agreed && !k->r->variants.undecided && !k->r->variants.disagreed) {
        reason = k->r->verdict == TD_DISAGREE ? "the inputs given disagree already" : "the inputs given are not agreed on";
    }
    for (int i = 0; i < TD_VARIANTS; i++) {
        td_variant *v = &k->r->variant[i];
        if (!v->asked) *v = (td_variant){.name = name_of(i), .reason = reason ? reason : "no two inputs are alike"};
    }
}
