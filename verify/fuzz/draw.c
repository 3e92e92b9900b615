/* draw.c: random programs over all ops.
 *
 * What an op needs is not listed here: its own sample says shapes, attributes and ranges of its operands, and values already
 * there are brought to them by further ops (reshape, slice, pad, index_select; tanh, softplus and the like), so values are
 * used many times and in many shapes.  Each op is tried in an eval context; what is refused, too large or not finite is left
 * out.  All numbers come from the seeds, each op from its own: leaving one out leaves the draws of the others. */
#include "fuzz/steps.h"

#include <math.h>
#include <string.h>

enum { NONE = 1 << 20, MOST_OPS_STEPS = 120, TRIES = 4, REDRAWS = 16 };
static const double largest = 1e4, calm = 6;

typedef struct draft {
    td_steps   *p;
    td_context *c;
    td_sample   s;                 /* where random numbers come from */
    td_tensor  *leaf[TD_MOST_INPUTS], *result[TD_MOST_STEPS];
    int         uses[TD_MOST_STEPS];
} draft;

static td_tensor *tensor(const draft *d, td_value v)
{
    return v < 0 ? d->leaf[~v] : d->result[v];
}

static bool is_float(const td_tensor *x) { return td_dtype_of(x) == TD_F32 || td_dtype_of(x) == TD_F64; }

static int64_t below(draft *d, int64_t n) { return td_sample_below(&d->s, n); }

/* ---- steps ------------------------------------------------------------------------------------------------------- */

/* The smallest and the largest; false if one is not finite. */
static bool extent(td_tensor *x, double *low, double *high)
{
    double v[TD_STEP_NUMEL];
    if (td_read(x, v)) return false;
    *low = *high = td_numel(x) ? v[0] : 0;
    for (int64_t i = 0; i < td_numel(x); i++) {
        if (!isfinite(v[i])) return false;
        *low = fmin(*low, v[i]);
        *high = fmax(*high, v[i]);
    }
    return true;
}

static bool is_fit(td_tensor *y)
{
    double low, high;
    return td_numel(y) <= TD_STEP_NUMEL && extent(y, &low, &high) && low >= -largest && high <= largest;
}

/* One more step, if the op takes these operands and gives numbers one can go on with; else NONE. */
static td_value add_step(draft *d, const td_op *op, const td_attr *attr, int n, const td_value *in)
{
    td_tensor *operand[TD_STEP_IN];
    if (d->p->n_step == TD_MOST_STEPS) return NONE;
    for (int i = 0; i < n; i++) {
        if (in[i] == NONE) return NONE;
        operand[i] = tensor(d, in[i]);
    }
    td_tensor *y = td_apply(op, n, operand, attr);
    bool fit = !td_error(d->c) && is_fit(y);
    td_clear_error(d->c);
    if (!fit) return NONE;
    td_step *s = &d->p->step[d->p->n_step];
    *s = (td_step){.op = op, .n = n};
    if (attr) s->attr = *attr;
    for (int i = 0; i < n; i++) {
        s->in[i] = in[i];
        if (in[i] >= 0) d->uses[in[i]]++;
    }
    d->result[d->p->n_step] = y;
    return d->p->n_step++;
}

static td_value unary(draft *d, int id, td_value x)
{
    return add_step(d, td_op_by_id(id), NULL, 1, &x);
}

static td_value cast(draft *d, td_value x, td_dtype dtype)
{
    if (x == NONE || td_dtype_of(tensor(d, x)) == dtype) return x;
    return add_step(d, td_op_by_id(TD_ID_cast), &(td_attr){.n_list = 1, .list = {dtype}}, 1, &x);
}

/* An integer becomes a float first: the number may be none. */
static td_value with_number(draft *d, int id, td_value x, double a)
{
    if (x != NONE && !is_float(tensor(d, x))) x = cast(d, x, d->p->dtype);
    return add_step(d, td_op_by_id(id), &(td_attr){.a = a}, 1, &x);
}

/* ---- inputs ------------------------------------------------------------------------------------------------------ */

/* In eighths more often than not, so that there are ties and zeros. */
static double number(draft *d, const td_sample_in *in)
{
    double v = td_sample_real(&d->s, -2, 2);
    if (in->what == TD_SAMPLE_BOOL) return (double)below(d, 2);
    if (in->what == TD_SAMPLE_INDEX) return in->low + (double)below(d, (int64_t)(in->high - in->low));
    return below(d, 3) ? v : rint(8 * v) / 8;
}

static td_value add_input(draft *d, td_dtype dtype, const td_sample_in *like)
{
    if (d->p->n_input == TD_MOST_INPUTS) return NONE;
    td_step_input *x = &d->p->input[d->p->n_input];
    *x = (td_step_input){.dtype = dtype, .rank = like->rank, .numel = 1};
    for (int i = 0; i < like->rank; i++) x->numel *= x->size[i] = like->size[i];
    if (x->numel > TD_STEP_NUMEL) return NONE;
    for (int64_t i = 0; i < x->numel; i++) td_step_number(x, i, number(d, like));
    d->leaf[d->p->n_input] = td_step_leaf(d->c, x);
    return ~d->p->n_input++;
}

static bool draw_inputs(draft *d)
{
    static const struct { int rank; int64_t size[3]; } shape[] = {
        {0, {0}}, {1, {1}}, {1, {2}}, {1, {3}}, {1, {5}}, {2, {2, 2}}, {2, {2, 3}}, {2, {3, 1}}, {2, {1, 3}},
        {3, {2, 1, 2}}};
    for (int n = 1 + (int)below(d, 3); n > 0; n--) {
        int64_t k = below(d, sizeof shape / sizeof shape[0]);
        td_sample_in like = {.rank = shape[k].rank, .what = TD_SAMPLE_FLOAT};
        memcpy(like.size, shape[k].size, sizeof shape[k].size);
        add_input(d, d->p->dtype, &like);
    }
    return !td_error(d->c);
}

/* ---- picking values ---------------------------------------------------------------------------------------------- */

/* What was made last, or anything; inputs are as likely as all steps together are long. */
static td_value any_value(draft *d)
{
    int n = d->p->n_step, recent = n < 5 ? n : 5;
    if (recent && below(d, 2)) return n - 1 - (int)below(d, recent);
    int64_t k = below(d, n + d->p->n_input);
    return k < n ? (td_value)k : ~(td_value)(k - n);
}

static td_value any_float(draft *d)
{
    for (int k = 0; k < 8; k++) {
        td_value v = any_value(d);
        if (is_float(tensor(d, v)) && td_numel(tensor(d, v)) > 0) return v;
    }
    return ~0;                         /* the first input */
}

static bool has_shape(const td_tensor *x, const td_sample_in *like)
{
    bool same = td_rank(x) == like->rank;
    for (int i = 0; same && i < like->rank; i++) same = td_size(x, i) == like->size[i];
    return same;
}

/* Of that shape and dtype, from a random place on; NONE if there is none. */
static td_value find(draft *d, const td_sample_in *like, td_dtype dtype)
{
    int n = d->p->n_step + d->p->n_input, start = (int)below(d, n);
    for (int k = 0; k < n; k++) {
        int at = (start + k) % n;
        td_value v = at < d->p->n_step ? at : ~(at - d->p->n_step);
        if (td_dtype_of(tensor(d, v)) == dtype && has_shape(tensor(d, v), like)) return v;
    }
    return NONE;
}

/* ---- into shape -------------------------------------------------------------------------------------------------- */

static td_value reshape(draft *d, td_value x, int rank, const int64_t *size)
{
    td_attr a = {.n_list = (int8_t)rank};
    memcpy(a.list, size, (size_t)rank * sizeof *size);
    return add_step(d, td_op_by_id(TD_ID_reshape), &a, 1, &x);
}

static td_value shorten(draft *d, td_value x, int64_t have, int64_t want)
{
    int64_t start = below(d, have - want + 1);
    return add_step(d, td_op_by_id(TD_ID_slice), &(td_attr){.n_list = 3, .list = {start, start + want, 1}}, 1, &x);
}

static td_value lengthen(draft *d, td_value x, int64_t have, int64_t want)
{
    int64_t before = below(d, want - have + 1);
    if (x == NONE) return NONE;
    td_attr pad = {.a = 0.75, .n_list = 2, .list = {before, want - have - before}};
    if (is_float(tensor(d, x)) && (have == 0 || below(d, 3) == 0)) return add_step(d, td_op_by_id(TD_ID_pad), &pad, 1, &x);
    td_sample_in like = {.rank = 1, .size = {want}, .what = TD_SAMPLE_INDEX, .high = (double)have};
    td_value in[2] = {x, add_input(d, TD_I64, &like)};
    return add_step(d, td_op_by_id(TD_ID_index_select), &(td_attr){0}, 2, in);
}

/* x's numbers, some of them or some repeated, in the shape wanted */
static td_value into_shape(draft *d, td_value x, const td_sample_in *like)
{
    if (x == NONE || has_shape(tensor(d, x), like)) return x;
    int64_t have = td_numel(tensor(d, x)), want = 1;
    for (int i = 0; i < like->rank; i++) want *= like->size[i];
    if (have != want && td_rank(tensor(d, x)) != 1) x = reshape(d, x, 1, &have);
    if (have > want) x = shorten(d, x, have, want);
    if (have < want) x = lengthen(d, x, have, want);
    return x == NONE || has_shape(tensor(d, x), like) ? x : reshape(d, x, like->rank, like->size);
}

/* ---- into domain ------------------------------------------------------------------------------------------------- */

static td_value bounded(draft *d, td_value x)
{
    static const int id[] = {TD_ID_tanh, TD_ID_sin, TD_ID_cos, TD_ID_atan, TD_ID_sigmoid, TD_ID_ndtr};
    td_value y = unary(d, id[below(d, 6)], x);
    return with_number(d, TD_ID_mul_scalar, y, 0.5);       /* in [-0.8, 0.8] */
}

static td_value positive(draft *d, td_value x)
{
    static const int id[] = {TD_ID_softplus, TD_ID_square, TD_ID_abs, TD_ID_sigmoid, TD_ID_relu};
    td_value y = unary(d, id[below(d, 5)], x);
    return with_number(d, TD_ID_add_scalar, y, 0.125);
}

/* strict: values outside are outside the domain; else the range only says what is usual. */
static td_value into_domain(draft *d, td_value x, double low, double high, bool strict)
{
    double least, most;
    if (x == NONE || !extent(tensor(d, x), &least, &most)) return NONE;
    if (low == high) strict = false;
    if (!strict) return fmax(-least, most) <= calm || below(d, 4) == 0 ? x : bounded(d, x);
    if (least > low + 0x1p-7 && most < fmin(high - 0x1p-7, calm)) return x;
    if (high <= calm && low < 0) return with_number(d, TD_ID_mul_scalar, bounded(d, x), fmin(high, -low));
    if (low < 0) return positive(d, bounded(d, x));
    return with_number(d, TD_ID_add_scalar, positive(d, most > calm || least < -calm ? bounded(d, x) : x), low);
}

/* ---- operands ---------------------------------------------------------------------------------------------------- */

static td_value comparison(draft *d, const td_sample_in *like)
{
    static const int id[] = {TD_ID_lt, TD_ID_le, TD_ID_gt, TD_ID_ge, TD_ID_eq, TD_ID_ne};
    td_value in[2] = {any_float(d), any_float(d)};
    if (like) for (int i = 0; i < 2; i++) in[i] = into_shape(d, in[i], like);
    else if (below(d, 2)) in[1] = ~0;
    return add_step(d, td_op_by_id(id[below(d, 6)]), NULL, 2, in);
}

static td_value truth(draft *d, const td_sample_in *like)
{
    td_value v = below(d, 2) ? find(d, like, TD_BOOL) : NONE;
    if (v == NONE && below(d, 4)) v = comparison(d, like);
    return v != NONE ? v : add_input(d, TD_BOOL, like);
}

/* Indices: given, or computed from a value, which then decides what is read without being differentiated. */
static td_value index_value(draft *d, const td_sample_in *like)
{
    if (below(d, 3) || !(like->high > like->low)) return add_input(d, TD_I64, like);
    td_value x = unary(d, TD_ID_sigmoid, into_shape(d, any_float(d), like));
    td_value k = cast(d, with_number(d, TD_ID_mul_scalar, x, (like->high - like->low) * 0.999), TD_I64);
    return like->low == 0 || k == NONE ? k : add_step(d, td_op_by_id(TD_ID_add_scalar), &(td_attr){.a = like->low}, 1, &k);
}

static td_value float_operand(draft *d, const td_sample_in *like)
{
    td_value v = below(d, 8) ? find(d, like, d->p->dtype) : NONE;
    if (v == NONE) v = into_shape(d, cast(d, any_float(d), d->p->dtype), like);
    bool strict = like->low >= 0 && like->high > like->low;
    return into_domain(d, v, like->low, like->high, strict);
}

/* What a sample adds to the diagonal, as an input. */
static td_value diagonal(draft *d, const td_sample_in *like)
{
    td_value v = add_input(d, d->p->dtype, like);
    if (v == NONE) return NONE;
    td_step_input *x = &d->p->input[~v];
    for (int64_t i = 0; i < x->numel; i++) td_step_number(x, i, td_sample_added(like, i));
    d->leaf[~v] = td_step_leaf(d->c, x);
    return v;
}

/* A matrix whose diagonal outweighs the rest. */
static td_value matrix(draft *d, const td_sample_in *like)
{
    td_value pair[2] = {float_operand(d, like), diagonal(d, like)};
    return pair[0] == NONE || pair[1] == NONE ? NONE : add_step(d, td_op_by_id(TD_ID_add), NULL, 2, pair);
}

static td_value operand(draft *d, const td_sample_in *like)
{
    if (like->diagonal != 0) return matrix(d, like);
    if (like->what == TD_SAMPLE_BOOL) return truth(d, like);
    return like->what == TD_SAMPLE_INDEX ? index_value(d, like) : float_operand(d, like);
}

/* ---- an op ------------------------------------------------------------------------------------------------------- */

/* What would have to be made: operands that no value fits, and their size. */
static int64_t price(draft *d, const td_sample *s)
{
    int64_t sum = 0;
    for (int i = 0; i < s->n_in; i++) {
        int64_t numel = 1;
        for (int k = 0; k < s->in[i].rank; k++) numel *= s->in[i].size[k];
        bool there = s->in[i].what != TD_SAMPLE_FLOAT || find(d, &s->in[i], d->p->dtype) != NONE;
        sum += (there ? 0 : 8) + numel / 4 + (numel ? 0 : 12);
    }
    return sum;
}

/* The cheapest of some samples. */
static td_sample sampled(draft *d, const td_op *op)
{
    td_sample best = {0};
    int64_t least = INT64_MAX;
    for (int k = 0; k < REDRAWS && least > 2; k++) {
        td_sample s = {.state = (uint64_t)below(d, INT64_MAX)};
        op->sample(&s);
        int64_t cost = price(d, &s);
        if (cost < least) best = s, least = cost;
    }
    return best;
}

static td_value add_plain(draft *d, const td_op *op)
{
    td_value in[TD_STEP_IN];
    if (!op->sample) return unary(d, op->id, any_float(d));
    td_sample s = sampled(d, op);
    for (int i = 0; i < s.n_in; i++) in[i] = operand(d, &s.in[i]);
    return add_step(d, op, &s.attr, s.n_in, in);
}

/* Any values at all, as long as they broadcast; an integer now and then, but not to go with a number that may be none. */
static td_value elementwise_operand(draft *d, const td_op *op, const td_sample *s, int i)
{
    if (op->kind == TD_CHOICE && i == 0) return comparison(d, NULL);
    double low = op->sample ? s->in[i].low : op->low, high = op->sample ? s->in[i].high : op->high;
    td_value v = op->sample || below(d, 8) ? any_float(d) : any_value(d);
    return into_domain(d, v, low, high, !op->sample || low >= 0);
}

static td_value add_elementwise(draft *d, const td_op *op)
{
    td_sample s = {.state = (uint64_t)below(d, INT64_MAX)};
    td_value in[TD_STEP_IN];
    if (op->sample) op->sample(&s);
    for (int i = 0; i < s.n_in; i++) if (s.in[i].what == TD_SAMPLE_INDEX) return add_plain(d, op);
    for (int i = 0; i < op->min_in; i++) in[i] = elementwise_operand(d, op, &s, i);
    td_value y = add_step(d, op, &s.attr, op->min_in, in);
    if (y != NONE || op->min_in < 2 || in[op->min_in - 1] == NONE) return y;
    const td_tensor *last = tensor(d, in[op->min_in - 1]);
    td_sample_in like = {.rank = td_rank(last)};
    for (int i = 0; i < like.rank; i++) like.size[i] = td_size(last, i);
    for (int i = 0; i < op->min_in; i++) in[i] = into_shape(d, in[i], &like);
    return add_step(d, op, &s.attr, op->min_in, in);
}

static void add_op(draft *d)
{
    for (int k = 0; k < TRIES; k++) {
        const td_op *op = td_op_by_id(1 + (int)below(d, TD_ID_COUNT - 1));
        if ((op->kind == TD_PLAIN ? add_plain : add_elementwise)(d, op) != NONE) return;
    }
}

/* ---- the result -------------------------------------------------------------------------------------------------- */

static td_value flat(draft *d, td_value x)
{
    int64_t n = td_numel(tensor(d, x));
    return td_rank(tensor(d, x)) == 1 ? x : reshape(d, x, 1, &n);
}

/* All that nobody used: side by side while there is room, else their sums, weighted. */
static td_value join(draft *d, td_value r, td_value x, bool side_by_side)
{
    x = cast(d, x, d->p->dtype);
    if (r == NONE || x == NONE) return x == NONE ? r : x;
    td_value both[2] = {NONE, NONE};
    if (side_by_side) both[0] = flat(d, r), both[1] = flat(d, x);
    td_value y = add_step(d, td_op_by_id(TD_ID_concat), NULL, 2, both);
    if (y != NONE) return y;
    td_tensor *t = tensor(d, x);
    td_attr all = {.axes = (1u << td_rank(t)) - 1};
    if (td_rank(t)) x = add_step(d, td_op_by_id(TD_ID_sum), &all, 1, &x);
    td_value sum[2] = {r, with_number(d, TD_ID_mul_scalar, x, td_sample_real(&d->s, 0.5, 1.5))};
    y = add_step(d, td_op_by_id(TD_ID_add), NULL, 2, sum);
    return y == NONE ? r : y;
}

static bool finish(draft *d)
{
    int n = d->p->n_step;
    bool side_by_side = below(d, 2);
    td_value r = NONE;
    for (int k = 0; k < n; k++) if (!d->uses[k]) r = join(d, r, k, side_by_side);
    if (r == NONE || r == d->p->n_step - 1) return r != NONE;
    return unary(d, TD_ID_copy, r) != NONE;
}

bool td_steps_draw(td_context *c, td_dtype dtype, int n, const uint64_t *seed, td_steps *out)
{
    draft d = {.p = out, .c = c, .s = {.state = n ? seed[0] : 0}};
    td_marker mark = td_mark(c);
    out->dtype = dtype;
    out->n_input = out->n_step = 0;
    bool ok = draw_inputs(&d);
    for (int k = 1; ok && k < n && out->n_step < MOST_OPS_STEPS; k++) {
        d.s.state = seed[k];
        add_op(&d);
    }
    ok = ok && out->n_step > 0 && finish(&d);
    td_release(c, mark);
    return ok;
}
