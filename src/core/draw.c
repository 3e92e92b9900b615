/* draw.c: random leaves that take more than one number each: integers, permutations, draws by weight; first weights of
 * layers.
 *
 * All are functions of the seed, the stream and the element's number, as in create.c.  Draws by weight read their weights,
 * so their values exist then; the result is a constant. */
#include "core.h"
#include "kernel/kernel.h"

#include <math.h>
#include <string.h>

/* ---- integers ------------------------------------------------------------------------------------------------------ */

/* floor(w range / 2^64) of a random word w: 0 .. range - 1, none likelier than another by more than range / 2^64 */
static uint64_t below(uint64_t w, uint64_t range)
{
    uint64_t a = w >> 32, b = w & UINT32_MAX, c = range >> 32, d = range & UINT32_MAX;
    uint64_t middle = (b * d >> 32) + (a * d & UINT32_MAX) + b * c;
    return a * c + (a * d >> 32) + (middle >> 32);
}

static uint64_t word(const td_context *c, int64_t i)
{
    uint32_t w[4];
    td_philox(c->options.seed, (uint64_t)i, c->stream, w);
    return (uint64_t)w[1] << 32 | w[0];
}

typedef struct integers { const td_context *c; int64_t *to; int64_t low; uint64_t range; } integers;

static void integer_piece(int64_t begin, int64_t end, void *argument)
{
    const integers *j = argument;
    for (int64_t i = begin; i < end; i++) j->to[i] = (int64_t)((uint64_t)j->low + below(word(j->c, i), j->range));
}

enum { GRAIN = 4096 };

td_tensor *td_randint(td_context *c, int64_t low, int64_t high, int rank, const int64_t *size)
{
    if (!c) return NULL;
    if (low >= high && !c->status)
        td_fail(c, TD_EVALUE, "td_randint: nothing from %lld to below %lld", (long long)low, (long long)high);
    void      *values;
    td_tensor *x = c->status ? NULL : td_leaf_new(c, "td_randint", TD_I64, rank, size, &values);
    if (!x) return td_bad(c);
    c->stream++;
    integers j = { .c = c, .to = values, .low = low, .range = (uint64_t)high - (uint64_t)low };
    td_parallel(c, x->shape->numel, GRAIN, integer_piece, &j);
    return td_leaf_settle(c, x, values);
}

/* R. Durstenfeld, "Algorithm 235: random permutation", 1964 */
td_tensor *td_randperm(td_context *c, int64_t n)
{
    void *values;
    if (!c) return NULL;
    td_tensor *x = c->status ? NULL : td_leaf_new(c, "td_randperm", TD_I64, 1, &n, &values);
    if (!x) return td_bad(c);
    int64_t *to = values;
    c->stream++;
    for (int64_t i = 0; i < n; i++) to[i] = i;
    for (int64_t i = 0; i < n; i++) {
        int64_t k = i + (int64_t)below(word(c, i), (uint64_t)(n - i)), kept = to[i];
        to[i] = to[k];
        to[k] = kept;
    }
    return td_leaf_settle(c, x, values);
}

/* ---- by weight ----------------------------------------------------------------------------------------------------- */

/* x's numbers, in the arena; NULL after td_fail. */
static double *numbers_of(td_tensor *x)
{
    td_context *c = x->context;
    double     *w = c->status ? NULL : td_arena_raw(c, ((size_t)x->shape->numel + 1) * sizeof *w);
    return w && td_read(x, w) == TD_OK ? w : NULL;
}

static td_status refuse(td_context *c, const char *who, const char *what, double v, int64_t i)
{
    return td_fail(c, TD_EVALUE, "%s: %s %g at position %lld", who, what, v, (long long)i);
}

td_tensor *td_bernoulli(td_tensor *p)
{
    if (!p) return NULL;
    td_context *c = p->context;
    double     *chance = numbers_of(p);
    void       *values;
    if (!td_is_float((td_dtype)p->dtype) && !c->status)
        td_fail(c, TD_EDTYPE, "td_bernoulli: probabilities of dtype %s", td_dtype_name((td_dtype)p->dtype));
    for (int64_t i = 0; chance && !c->status && i < p->shape->numel; i++)
        if (!(chance[i] >= 0 && chance[i] <= 1)) refuse(c, "td_bernoulli", "probability", chance[i], i);
    td_tensor *x = c->status ? NULL
                             : td_leaf_new(c, "td_bernoulli", (td_dtype)p->dtype, p->shape->rank, p->shape->size, &values);
    if (!x) return td_bad(c);
    c->stream++;
    for (int64_t i = 0; i < x->shape->numel; i++)
        td_store(values, (td_dtype)x->dtype, i, td_philox_uniform(c->options.seed, (uint64_t)i, c->stream) < chance[i]);
    return td_leaf_settle(c, x, values);
}

/* One line of weights: m of them, from which n are drawn; the draws of line l are numbers l n and on of the stream (without
 * replacement l m and on). */
typedef struct urn { td_context *c; double *weight; int64_t m, n, line, *to; } urn;

/* Where u times the sum of the weights falls among their running sums. */
static void draw_with_replacement(const urn *u)
{
    for (int64_t i = 1; i < u->m; i++) u->weight[i] += u->weight[i - 1];
    for (int64_t k = 0; k < u->n; k++) {
        double  part = td_philox_uniform(u->c->options.seed, (uint64_t)(u->line * u->n + k), u->c->stream);
        double  at = u->weight[u->m - 1] * part;
        int64_t low = 0, high = u->m - 1;
        while (low < high) {
            int64_t middle = low + (high - low) / 2;
            if (u->weight[middle] > at) high = middle;
            else low = middle + 1;
        }
        u->to[k] = low;
    }
}

/* The n smallest of exponential times -log(1 - u) / w are draws without replacement (P. Efraimidis and P. Spirakis,
 * "Weighted random sampling with a reservoir", 2006), the soonest first. */
static void draw_once_each(const urn *u)
{
    for (int64_t i = 0; i < u->m; i++) {
        double v = -td_philox_uniform(u->c->options.seed, (uint64_t)(u->line * u->m + i), u->c->stream), time;
        u->c->kernels->map[TD_K_F64][TD_MAP_log1p](1, &time, (const void *[]){ &v }, 0, 0);
        u->weight[i] = u->weight[i] > 0 ? -time / u->weight[i] : (double)INFINITY;
    }
    for (int64_t k = 0; k < u->n; k++) {
        int64_t soonest = 0;
        for (int64_t i = 1; i < u->m; i++)
            if (u->weight[i] < u->weight[soonest]) soonest = i;
        u->to[k] = soonest;
        u->weight[soonest] = (double)INFINITY;      /* and the others that are not 0 are enough */
    }
}

static td_status check_line(const urn *u, bool replacement)
{
    double  sum = 0;
    int64_t some = 0;
    for (int64_t i = 0; i < u->m; i++) {
        double w = u->weight[i];
        if (!(w >= 0 && w < (double)INFINITY)) return refuse(u->c, "td_multinomial", "weight", w, u->line * u->m + i);
        sum += w;
        some += w > 0;
    }
    if (!(sum > 0)) return refuse(u->c, "td_multinomial", "sum of weights", sum, u->line * u->m);
    if (replacement || some >= u->n) return TD_OK;
    return td_fail(u->c, TD_EVALUE, "td_multinomial: %lld draws without replacement of %lld weights that are not 0",
                   (long long)u->n, (long long)some);
}

td_tensor *td_multinomial(td_tensor *weights, int64_t n, bool replacement)
{
    char text[TD_SHAPE_TEXT];
    if (!weights) return NULL;
    td_context *c = weights->context;
    int         rank = weights->shape->rank;
    if (!c->status && (rank < 1 || rank > 2 || n < 1))
        td_fail(c, TD_ESHAPE, "td_multinomial: %lld draws from weights %s: takes (m) or (l,m)", (long long)n,
                td_shape_text(weights->shape, text));
    double    *w = numbers_of(weights);
    int64_t    m = rank > 0 ? weights->shape->size[rank - 1] : 0, lines = rank == 2 ? weights->shape->size[0] : 1;
    int64_t    size[] = { lines, n };
    void      *values;
    td_tensor *x = c->status ? NULL : td_leaf_new(c, "td_multinomial", TD_I64, rank, rank == 2 ? size : size + 1, &values);
    if (!x) return td_bad(c);
    c->stream++;
    for (int64_t l = 0; l < lines; l++) {
        urn u = { .c = c, .weight = w + l * m, .m = m, .n = n, .line = l, .to = (int64_t *)values + l * n };
        if (check_line(&u, replacement)) return td_bad(c);
        (replacement ? draw_with_replacement : draw_once_each)(&u);
    }
    return td_leaf_settle(c, x, values);
}

/* ---- first weights of a layer -------------------------------------------------------------------------------------- */

typedef struct fans { double in, out; } fans;

/* Of (out, in, ...): a size times the product of those after the second. */
static fans fans_of(td_context *c, const char *who, int rank, const int64_t *size)
{
    double field = 1;
    if (rank < 2) {
        if (c && !c->status) td_fail(c, TD_ESHAPE, "%s: a weight of rank %d has no fans: takes (out, in, ...)", who, rank);
        return (fans){ 1, 1 };
    }
    for (int k = 2; k < rank; k++) field *= (double)size[k];
    return (fans){ (double)size[1] * field, (double)size[0] * field };
}

td_tensor *td_xavier_uniform(td_context *c, td_dtype dtype, int rank, const int64_t *size, double gain)
{
    fans   f = fans_of(c, "td_xavier_uniform", rank, size);
    double most = gain * sqrt(6 / (f.in + f.out));
    return td_uniform(c, dtype, rank, size, -most, most);
}

td_tensor *td_xavier_normal(td_context *c, td_dtype dtype, int rank, const int64_t *size, double gain)
{
    fans f = fans_of(c, "td_xavier_normal", rank, size);
    return td_normal(c, dtype, rank, size, 0, gain * sqrt(2 / (f.in + f.out)));
}

td_tensor *td_kaiming_uniform(td_context *c, td_dtype dtype, int rank, const int64_t *size, double gain, bool fan_out)
{
    fans   f = fans_of(c, "td_kaiming_uniform", rank, size);
    double most = gain * sqrt(3 / (fan_out ? f.out : f.in));
    return td_uniform(c, dtype, rank, size, -most, most);
}

td_tensor *td_kaiming_normal(td_context *c, td_dtype dtype, int rank, const int64_t *size, double gain, bool fan_out)
{
    fans f = fans_of(c, "td_kaiming_normal", rank, size);
    return td_normal(c, dtype, rank, size, 0, gain / sqrt(fan_out ? f.out : f.in));
}

double td_gain(const char *nonlinearity, double slope)
{
    static const struct { const char *name; double gain; } gains[] = {
        { "linear", 1 }, { "conv1d", 1 }, { "conv2d", 1 }, { "conv3d", 1 }, { "sigmoid", 1 }, { "tanh", 5.0 / 3 },
        { "relu", 1.4142135623730951 }, { "selu", 0.75 },
    };
    if (!strcmp(nonlinearity, "leaky_relu")) return sqrt(2 / (1 + slope * slope));
    for (size_t i = 0; i < sizeof gains / sizeof *gains; i++)
        if (!strcmp(nonlinearity, gains[i].name)) return gains[i].gain;
    return NAN;
}
