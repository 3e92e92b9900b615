/* compare.c: triad compare: two gradients in files, entry by entry.
 *
 * Nothing but numbers is known here, no point and no bound; so there is no verdict on rounding.  Entries are the same to the
 * bit or they are not, and of those that are not histograms say how far they lie apart: in units in the last place of the
 * coarser dtype, and as a share of the larger of the two. */
#include "cli.h"
#include "explain.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { WORST = 5, ENDLESS = 3 };

/* apart: a share of the larger; ENDLESS where one is not finite */
typedef struct pair { double a, b, apart, ulps; int64_t at; } pair;

typedef struct comparison {
    td_tensor *a, *b;
    int64_t    n;
    double    *numbers;            /* owned; a's, b's, and room for what td_explain is told */
    bool       single;             /* one of them is f32 */
} comparison;

/* ---- how far apart ------------------------------------------------------------------------------------------------ */

static double spacing(double v, bool single)
{
    float f = (float)v;
    return single ? nextafterf(f, INFINITY) - f : nextafter(v, INFINITY) - v;
}

static pair pair_at(const comparison *c, int64_t i)
{
    pair p = {.a = c->numbers[i], .b = c->numbers[c->n + i], .at = i};
    double size = fmax(fabs(p.a), fabs(p.b)), off = fabs(p.a - p.b);
    if (p.a == p.b || (isnan(p.a) && isnan(p.b))) return p;
    if (!isfinite(off)) p.apart = ENDLESS, p.ulps = INFINITY;
    else p.apart = off / size, p.ulps = off / spacing(fmin(size, c->single ? FLT_MAX / 2 : DBL_MAX / 2), c->single);
    return p;
}

/* ---- histograms --------------------------------------------------------------------------------------------------- */

/* Bins: up to so many ulps, and up to such a share; the last of each takes what is not finite. */
typedef struct bin { double limit; const char *text; } bin;

enum { BINS = 10, BAR = 32 };

static const bin by_ulps[BINS] = {
    {0, "the same"}, {0.5, "half an ulp"}, {1, "1 ulp"}, {10, "up to 10 ulp"}, {100, "up to 100 ulp"},
    {1e4, "up to 1e4 ulp"},
    {1e8, "up to 1e8 ulp"}, {1e12, "up to 1e12 ulp"}, {DBL_MAX, "more"}, {INFINITY, "one is not finite"}};

static const bin by_share[BINS] = {
    {0, "the same"}, {1e-15, "up to 1e-15"}, {1e-12, "up to 1e-12"}, {1e-9, "up to 1e-9"}, {1e-6, "up to 1e-6"},
    {1e-4, "up to 1e-4"}, {1e-2, "up to 1e-2"}, {1, "up to 1"}, {2, "signs differ"}, {ENDLESS, "one is not finite"}};

typedef struct histogram { const bin *bins; int64_t count[BINS]; double most; } histogram;

static void put(histogram *h, double value)
{
    int k = 0;
    while (k < BINS - 1 && !(value <= h->bins[k].limit)) k++;
    h->count[k]++;
    h->most = fmax(h->most, value);
}

static void print_histogram(const histogram *h, const char *head, int64_t n)
{
    printf("%-20s%12s%9s\n", head, "entries", "share");
    for (int k = 0; k < BINS; k++) {
        double share = (double)h->count[k] / (double)n;
        if (!h->count[k]) continue;
        printf("%-20s%12lld%8.3g%%  ", h->bins[k].text, (long long)h->count[k], 100 * share);
        for (int i = 0; i < ceil(BAR * share); i++) putchar('#');
        putchar('\n');
    }
}

/* ---- telling ------------------------------------------------------------------------------------------------------ */

static void print_place(const td_tensor *x, int64_t i)
{
    int64_t at[TD_MAX_RANK];
    for (int k = td_rank(x) - 1; k >= 0; k--) at[k] = i % td_size(x, k), i /= td_size(x, k);
    for (int k = 0; k < td_rank(x); k++) printf("%s%lld", k ? "," : "", (long long)at[k]);
}

static void print_number(double v)
{
    if (isnan(v)) printf("nan");
    else printf("%.17g", v);
}

static void print_worst(const comparison *c, const pair *worst, int n)
{
    if (n) printf("\nfarthest apart\n");
    for (int k = 0; k < n; k++) {
        const pair *p = &worst[k];
        printf("  (");
        print_place(c->a, p->at);
        printf(")  ");
        print_number(p->a);
        printf("  ");
        print_number(p->b);
        if (p->apart < ENDLESS) printf("  %.2g, %.3g ulp", p->apart, p->ulps);
        printf("\n");
    }
}

/* Keeps the farthest; of equals the first. */
static int keep_worst(pair *worst, int n, const pair *p)
{
    int k = n < WORST ? n : WORST - 1;
    if (n == WORST && !(p->apart > worst[k].apart)) return n;
    for (; k > 0 && p->apart > worst[k - 1].apart; k--) worst[k] = worst[k - 1];
    worst[k] = *p;
    return n < WORST ? n + 1 : n;
}

/* Where the entries stand that differ, if that says something. */
typedef struct pattern {
    int64_t different, zero_in_a, not_finite_in_a;
    int64_t at[TD_MAX_RANK];       /* the index along each axis that all of them share; -1: there is none */
} pattern;

static void follow(pattern *p, const td_tensor *x, const pair *q)
{
    int64_t i = q->at;
    for (int k = td_rank(x) - 1; k >= 0; k--) {
        int64_t here = i % td_size(x, k);
        i /= td_size(x, k);
        if (!p->different) p->at[k] = here;
        else if (p->at[k] != here) p->at[k] = -1;
    }
    p->different++;
    p->zero_in_a += q->a == 0;
    p->not_finite_in_a += !isfinite(q->a);
}

/* Says what it sees; false: nothing. */
static bool print_pattern(const pattern *p, const td_tensor *x)
{
    bool said = p->different == 1;
    if (p->different == td_numel(x)) return false;
    if (said) printf("  one entry alone differs\n");
    for (int k = 0; k < td_rank(x) && p->different > 1; k++) {
        if (p->at[k] < 0 || td_size(x, k) == 1) continue;
        printf("  all that differ stand at index %lld of axis %d\n", (long long)p->at[k], k);
        said = true;
    }
    if (p->zero_in_a == p->different) printf("  where they differ, A is 0: not written, or not added\n");
    if (p->not_finite_in_a == p->different) printf("  where they differ, A is not finite\n");
    return said || p->zero_in_a == p->different || p->not_finite_in_a == p->different;
}

enum { ROUNDING = 100 };           /* ulps that are no mistake to be read off numbers alone */

/* A factor, a sign, a shift; false: nothing that is known. */
static bool print_likeness(const comparison *c)
{
    int64_t *at = malloc((size_t)(c->n + 1) * sizeof *at);
    double *limit = c->numbers + 2 * c->n;
    char text[TD_REASON];
    td_input shape = {.dtype = TD_F64, .rank = td_rank(c->a), .numel = c->n, .smooth = true, .values = c->numbers + c->n};
    for (int k = 0; k < shape.rank; k++) shape.size[k] = td_size(c->a, k);
    for (int64_t i = 0; at && i < c->n; i++) {
        double size = fmax(fabs(c->numbers[i]), fabs(c->numbers[c->n + i]));
        at[i] = i;
        limit[i] = isfinite(size) ? ROUNDING * (c->single ? FLT_EPSILON : DBL_EPSILON) * size : 0;
    }
    td_look look = {c->numbers, c->numbers + c->n, limit};
    td_finding none = {.output = -1, .coordinate = -1};
    td_evidence e = {.n = c->n, .at = at, .whole = true, .look = {look, look}, .x = &shape,
                     .results = c->n, .f = &none};
    if (at) td_explain_numbers(&e, text, sizeof text);
    bool said = at && text[0];
    if (said) td_sentence("  ", text, stdout);
    free(at);
    return said;
}

static void print_look(const comparison *c, const pattern *where, double ulps)
{
    printf("\nwhat A looks like beside B\n");
    if (ulps <= 0.5) {
        printf("  the same numbers, rounded to f32\n");
        return;
    }
    if (ulps <= ROUNDING) printf("  rounding: the same sums in another order differ as little\n");
    bool said = print_likeness(c);
    said = print_pattern(where, c->a) || said;
    if (!said && ulps > ROUNDING) printf("  no mistake that is known: no factor, sign, shift or exchange\n");
}

static int tell(const comparison *c, double care)
{
    histogram ulps = {.bins = by_ulps}, shares = {.bins = by_share};
    pattern where = {0};
    int64_t grave = 0;
    pair worst[WORST];
    int n = 0;
    for (int64_t i = 0; i < c->n; i++) {
        pair p = pair_at(c, i);
        put(&ulps, p.ulps), put(&shares, p.apart);
        grave += p.apart > care;
        if (p.apart > 0) n = keep_worst(worst, n, &p), follow(&where, c->a, &p);
    }
    print_histogram(&ulps, "apart by", c->n);
    if (n) printf("\n"), print_histogram(&shares, "share of the larger", c->n);
    print_worst(c, worst, n);
    if (n) print_look(c, &where, ulps.most);
    printf("%s%s: %lld of %lld entries differ", n ? "\n" : "", grave ? "disagree" : "agree", (long long)where.different,
           (long long)c->n);
    if (care > 0) printf(", %lld by more than %g of their size", (long long)grave, care);
    printf("\n");
    return grave ? TD_EXIT_DISAGREE : TD_EXIT_AGREE;
}

/* ---- reading ------------------------------------------------------------------------------------------------------ */

static bool same_shape(const td_tensor *a, const td_tensor *b)
{
    bool same = td_rank(a) == td_rank(b);
    for (int i = 0; same && i < td_rank(a); i++) same = td_size(a, i) == td_size(b, i);
    return same;
}

static bool is_float(const td_tensor *x)
{
    return td_dtype_of(x) == TD_F64 || td_dtype_of(x) == TD_F32;
}

static td_tensor *load(td_context *c, const char *path)
{
    td_tensor *x = (td_load_npy)(c, path);      /* the place that counts is in the file */
    if (td_error(c)) return td_complain("%s", td_message(c)), NULL;
    if (!is_float(x)) return td_complain("%s holds %s; a gradient is f64 or f32", path, td_dtype_name(td_dtype_of(x))), NULL;
    return x;
}

static int compare(td_context *c, const td_args *a)
{
    comparison k = {.a = load(c, a->name[0])};
    if (k.a) k.b = load(c, a->name[1]);
    if (!k.a || !k.b) return TD_EXIT_TROUBLE;
    if (!same_shape(k.a, k.b)) return td_complain("%s and %s have different shapes", a->name[0], a->name[1]);
    k.n = td_numel(k.a);
    k.single = td_dtype_of(k.a) == TD_F32 || td_dtype_of(k.b) == TD_F32;
    k.numbers = malloc((size_t)(3 * k.n + 1) * sizeof *k.numbers);
    bool read = k.numbers && td_read(k.a, k.numbers) == TD_OK && td_read(k.b, k.numbers + k.n) == TD_OK;
    int status = read ? tell(&k, a->care) : td_complain("out of memory");
    free(k.numbers);
    return status;
}

static int run(const td_args *a)
{
    if (a->n_name != 2) return td_complain("compare takes two files, A.npy and B.npy; see triad compare --help");
    td_context *c = td_open(&(td_options){.engine = td_eval_engine()});
    int status = c ? compare(c, a) : td_complain("out of memory");
    td_close(c);
    return status;
}

static const td_option options[] = {
    {"--care", "X", "entries that differ by a share X or less count as equal", td_set_care}, {0}};

const td_command td_command_compare = {
    "compare", " A.npy B.npy", "two gradients in NumPy files, entry by entry\n\n"
    "How far apart they are, in units in the last place and as a share of the larger,\n"
    "the entries farthest apart, and what A looks like beside B: rounding, a factor,\n"
    "a sign, shifted, transposed, one row, not written.  Exit status 0 if all entries are the same.", options, run};
