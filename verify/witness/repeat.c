/* repeat.c: the same program on the same inputs, and nothing else the same: the bits must be.
 *
 * One run is taken down, value and gradients.  Then it is run again, next to another tape, on 1, 2, 3 and 8 threads,
 * without gradients, by the eval engine, with operands laid out otherwise, with every choice of inputs that require a
 * gradient; each answer must have the bits of the first, since no order of summation depends on any of this.  A race that
 * shows with probability p a run escapes k runs with probability (1 - p)^k. */
#include "clock.h"
#include "witness/laws.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { THREAD_CHOICES = TD_PACES, MOST_SUBSETS = 3, MANY = 4096 };

/* ---- the laws ---------------------------------------------------------------------------------------------------- */

#define RACE(n) "on " n " the bits are others: threads race, or the order of a sum depends on how many there are"
#define STRIDED(how) how " operands give other bits: a kernel or rule reads memory in a fixed order"

const td_law td_law_repeats = {
    "the same bits when run again",
    "the program gives different values from run to run: a counter, a clock, random numbers of its own, memory never set"};
static const td_law leaves_inputs = {"the program leaves its inputs as they are", "the program overwrites an input"};
static const td_law leaves_gaps = {"nothing is written between the elements of a sliced operand",
                                   "a kernel writes beside its operands"};
static const td_law takes_turns = {
    "the same bits from two tapes in turn",
    "two tapes worked on in turn disturb each other: something outlives its context"};
static const td_law any_schedule = {
    "the same bits whether ops share loops or not",
    "the bits are others when ops share loops: a kernel computes a block in another way than the whole"};
static const td_law same_value = {
    "the same value when no gradient is required", "the value is another when no gradient is required"};
static const td_law same_unrecorded = {
    "the same value from the eval engine", "the value is another when the program is computed at once and not recorded"};
static const td_law same_gradient = {
    "the same gradient when another input requires none", "the gradient is another when another input requires none"};

/* ---- one run ----------------------------------------------------------------------------------------------------- */

typedef struct record {
    td_dtype dtype;
    int64_t  numel;
    void    *value, **grad;        /* owned, and each; grad[i] NULL: an integer's */
} record;

static void clear(record *r, int n)
{
    for (int i = 0; r->grad && i < n; i++) free(r->grad[i]);
    free(r->grad);
    free(r->value);
}

static bool take_down(td_taking *t, record *r)
{
    const td_problem *p = t->p;
    *r = (record){.dtype = td_dtype_of(t->y), .numel = td_numel(t->y), .value = td_bytes_of(t->y),
                  .grad = calloc((size_t)p->n + 1, sizeof *r->grad)};
    bool ok = r->value && r->grad;
    for (int i = 0; ok && i < p->n; i++) {
        if (p->in[i].smooth) ok = (r->grad[i] = td_bytes_of(td_grad(t->leaf[i]))) != NULL;
    }
    return ok;
}

/* Compares two arrays and counts the answer. */
static void compare(td_tally *out, const td_law *law, int input, td_dtype d, int64_t n, const void *got, const void *want)
{
    int64_t at = td_bytes_differ(d, got, want, n);
    td_answer a = {at < 0 ? 0 : td_bytes_at(d, got, at), 0}, b = {at < 0 ? 0 : td_bytes_at(d, want, at), 0};
    td_tally_add(out, law, input, at, a, b);
}

static void compare_records(const td_problem *p, const record *got, const record *want, unsigned constant, const td_law *law,
                            td_tally *out)
{
    if (got->dtype != want->dtype || got->numel != want->numel) {
        td_tally_add(out, law, -1, 0, (td_answer){(double)got->numel, 0}, (td_answer){(double)want->numel, 0});
        return;
    }
    compare(out, law, -1, want->dtype, want->numel, got->value, want->value);
    for (int i = 0; i < p->n; i++) {
        if (!want->grad[i] || td_is_constant(constant, i)) continue;
        compare(out, law, i, p->in[i].dtype, p->in[i].numel, got->grad[i], want->grad[i]);
    }
}

static const double first[TD_COTANGENTS] = {1, 0};

static bool pull(td_taking *t)
{
    return !td_take_is_smooth(t) || td_take_pull(t, td_take_cotangent(t, first, TD_PACKED));
}

static void compare_leaves(td_taking *t, td_tally *out)
{
    for (int i = 0; i < t->p->n; i++) {
        const td_input *in = &t->p->in[i];
        const void *now = td_data(t->leaf[i]);
        if (now) compare(out, &leaves_inputs, i, in->dtype, in->numel, now, in->values);
    }
}

static void compare_gaps(td_taking *t, td_tally *out)
{
    int i = td_take_gap_written(t);
    td_tally_add(out, &leaves_gaps, i, i < 0 ? -1 : 0, (td_answer){0, 0}, (td_answer){NAN, 0});
}

/* Run it so, and compare; pace: NULL, or told how long it took.  False: no memory, or it does not run. */
static bool paced(const td_problem *p, const td_how *how, const record *want, const td_law *law, td_tally *out, double *pace)
{
    td_taking t;
    record got = {0};
    double start = td_clock_now();
    bool ok = td_take_open(&t, p, how) && pull(&t);
    *pace = td_clock_now() - start;
    ok = ok && take_down(&t, &got);
    if (ok) compare_records(p, &got, want, how->constant, law, out);
    if (ok && how->layout == TD_EVERY_SECOND) compare_gaps(&t, out);
    clear(&got, p->n);
    td_take_close(&t);
    return ok;
}

static bool again(const td_problem *p, const td_how *how, const record *want, const td_law *law, td_tally *out)
{
    double pace;
    return paced(p, how, want, law, out, &pace);
}

/* Two tapes, step by step in turn. */
static bool interleaved(const td_problem *p, const record *want, td_tally *out)
{
    td_taking a, b;
    td_how how = {0};
    record got[2] = {{0}, {0}};
    bool ok = td_take_open(&a, p, &how);
    ok = td_take_open(&b, p, &how) && ok;
    ok = ok && pull(&a) && pull(&b) && take_down(&b, &got[1]) && take_down(&a, &got[0]);
    for (int k = 0; ok && k < 2; k++) compare_records(p, &got[k], want, 0, &takes_turns, out);
    for (int k = 0; k < 2; k++) clear(&got[k], p->n);
    td_take_close(&a);
    td_take_close(&b);
    return ok;
}

/* The value alone: when nothing requires a gradient, when nothing is recorded. */
static bool value_again(const td_problem *p, const td_how *how, const record *want, const td_law *law, td_tally *out)
{
    td_taking t;
    bool ok = td_take_open(&t, p, how);
    void *value = ok ? td_bytes_of(t.y) : NULL;
    bool same = value && td_dtype_of(t.y) == want->dtype && td_numel(t.y) == want->numel;
    if (same) compare(out, law, -1, want->dtype, want->numel, value, want->value);
    free(value);
    td_take_close(&t);
    return ok;
}

/* The run that all others are compared with. */
static bool open_record(const td_problem *p, record *want, td_tally *out)
{
    td_taking t;
    td_how how = {0};
    bool ok = td_take_open(&t, p, &how) && pull(&t) && take_down(&t, want);
    if (ok) compare_leaves(&t, out);
    td_take_close(&t);
    return ok;
}

/* Than that which a tape chooses by itself, for what is made of an input alone. */
static td_schedule other_schedule(const td_problem *p)
{
    for (int i = 0; i < p->n; i++)
        if (p->in[i].numel >= MANY) return TD_SCHEDULE_PLAIN;
    return TD_SCHEDULE_FUSED;
}

td_status td_repeats_ask(const td_problem *p, td_tally *out, td_check_result *r)
{
    static const struct { int threads; td_law law; } choices[THREAD_CHOICES] = {
        {1, {"the same bits on 1 thread", RACE("1 thread")}}, {2, {"the same bits on 2 threads", RACE("2 threads")}},
        {3, {"the same bits on 3 threads", RACE("3 threads")}}, {8, {"the same bits on 8 threads", RACE("8 threads")}}};
    record want = {0};
    td_how how = {0}, no_gradient = {.constant = ~0u}, unrecorded = {.eval = true}, other = {.schedule = other_schedule(p)};
    if (open_record(p, &want, out) && again(p, &how, &want, &td_law_repeats, out) && interleaved(p, &want, out) &&
        again(p, &other, &want, &any_schedule, out) && value_again(p, &no_gradient, &want, &same_value, out) &&
        value_again(p, &unrecorded, &want, &same_unrecorded, out)) {
        for (int k = 0; k < THREAD_CHOICES; k++) {
            how.threads = choices[k].threads;
            r->pace[k].threads = how.threads;
            if (!paced(p, &how, &want, &choices[k].law, out, &r->pace[k].seconds)) break;
            r->n_pace = k + 1;
        }
    }
    clear(&want, p->n);
    return TD_OK;
}

/* ---- operands ---------------------------------------------------------------------------------------------------- */

static void ask_layouts(const td_problem *p, const record *want, td_tally *out)
{
    static const struct { td_layout layout; td_law law; } ways[] = {
        {TD_EXCHANGED, {"the same bits from transposed operands", STRIDED("transposed")}},
        {TD_EVERY_SECOND, {"the same bits from sliced operands", STRIDED("sliced")}}};
    for (int k = 0; k < 2; k++) {
        bool fits = false;
        for (int i = 0; i < p->n; i++) fits = fits || td_layout_fits(&p->in[i], ways[k].layout);
        td_how how = {.layout = ways[k].layout};
        if (fits) again(p, &how, want, &ways[k].law, out);
    }
}

/* Each row a copy of the first; owned by the caller, NULL: no memory. */
static void *rows_alike(const td_input *in)
{
    size_t size = td_dtype_size(in->dtype), bytes = size * (size_t)in->numel, row = bytes / (size_t)in->size[0];
    char *values = malloc(bytes);
    for (size_t at = 0; values && at < bytes; at += row) memcpy(values + at, in->values, row);
    return values;
}

/* At a point whose rows are alike: an operand of stride 0 is as good as its copy. */
static void ask_expanded(const td_problem *p, td_tally *out)
{
    static const td_law law = {"the same bits from expanded operands, of stride 0", STRIDED("expanded")};
    td_tally unused = {0};
    td_problem q = *p;
    td_input *in = calloc((size_t)p->n + 1, sizeof *in);
    record want = {0};
    bool ok = in != NULL, any = false;
    q.in = in;
    for (int i = 0; in && i < p->n; i++) {
        in[i] = p->in[i];
        if (!td_layout_fits(&in[i], TD_EXPANDED)) continue;
        any = true;
        ok = (in[i].values = rows_alike(&in[i])) != NULL && ok;
    }
    if (ok && any && open_record(&q, &want, &unused)) {
        again(&q, &(td_how){.layout = TD_EXPANDED}, &want, &law, out);
    }
    clear(&want, p->n);
    for (int i = 0; in && i < p->n; i++) if (in[i].values != p->in[i].values) free((void *)in[i].values);
    free(in);
}

/* Every choice of constant inputs but none and all. */
static void ask_subsets(const td_problem *p, const record *want, td_tally *out)
{
    unsigned all = 0;
    for (int i = 0; i < p->n && i < MOST_SUBSETS; i++) if (p->in[i].smooth) all |= 1u << i;
    if (p->n > MOST_SUBSETS) return;
    for (unsigned constant = 1; constant < all; constant++) {
        td_how how = {.constant = constant};
        if ((constant & all) == constant) again(p, &how, want, &same_gradient, out);
    }
}

td_status td_operands_ask(const td_problem *p, td_tally *out)
{
    td_tally unused = {0};
    record want = {0};
    if (open_record(p, &want, &unused)) {
        ask_layouts(p, &want, out);
        ask_expanded(p, out);
        ask_subsets(p, &want, out);
    }
    clear(&want, p->n);
    return TD_OK;
}
