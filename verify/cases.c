/* cases.c: sampled inputs, drawn where mistakes live.
 *
 * Chance never meets a zero, a tie or a tail.  So a tensor first draws a style: ordinary numbers, small integers (ties,
 * both zeros), tails, a wide range of exponents, the neighbourhood of special points, all equal, or all of these mixed.
 * Here and there an element is 0, or its neighbour's equal, or the same element's of another operand.  Numbers outside the
 * op's domain are brought inside, its ends included: log 0 is -infinity, and every engine must say so.
 *
 * What happens between operands is drawn too: views that are not row-major, the same tensor twice, ties, constants, and a
 * result read transposed. */
#include "cases.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- numbers ----------------------------------------------------------------------------------------------------- */

static double ordinary(td_sample *s)
{
    return td_sample_real(s, -2, 2);
}

static double integers(td_sample *s)
{
    double v = (double)(td_sample_below(s, 7) - 3);
    return v == 0 && td_sample_below(s, 2) ? -0.0 : v;
}

static double sign(td_sample *s)
{
    return td_sample_below(s, 2) ? 1 : -1;
}

static double tails(td_sample *s)
{
    static const double far[] = {5, 8, 20, 40, 87, 300, 700, 712};
    return sign(s) * far[td_sample_below(s, 8)] * td_sample_real(s, 1, 1.01);
}

static double wide(td_sample *s)
{
    return sign(s) * ldexp(td_sample_real(s, 1, 2), (int)td_sample_below(s, 61) - 30);
}

static double special(td_sample *s)
{
    static const double point[] = {0, 0.5, 1, 2}, off[] = {0, 0x1p-50, -0x1p-50, 0x1p-20, -0x1p-20};
    double p = point[td_sample_below(s, 4)];
    return sign(s) * p * (1 + off[td_sample_below(s, 5)]);
}

typedef double draw(td_sample *s);
static draw *const styles[] = {ordinary, integers, tails, wide, special};
enum { STYLES = 5, ALL_EQUAL = STYLES, MIXED, ORDINARY_AGAIN, CHOICES = ORDINARY_AGAIN + 3 };

/* v brought between low and high, the ends included. */
static double inside(td_sample *s, double v, double low, double high)
{
    if (low == 0 && high == 0) return v;
    if (v > low && v < high) return v;
    if (v == low || v == high) return v == low ? low : high;       /* 0 for -0, which has an infinite slope of its own */
    if (isfinite(low) && isfinite(high)) {
        double r = td_sample_real(s, 0x1p-20, 1);
        return td_sample_below(s, 8) ? low + (high - low) * r : low + (high - low) * 0x1p-20;
    }
    double from = isfinite(low) ? low : high, way = isfinite(low) ? 1 : -1, distance = fabs(v - from);
    return from + way * (distance > 0 ? distance : td_sample_real(s, 0x1p-20, 2));
}

static double number(td_sample *s, int64_t style, const td_sample_in *in)
{
    draw *d = styles[style < STYLES ? style : style == MIXED ? td_sample_below(s, STYLES) : 0];
    double v = inside(s, d(s), in->low, in->high);
    return isfinite(v) ? v : inside(s, td_sample_real(s, 0.5, 1), in->low, in->high);
}

static void store(td_dtype dtype, void *numbers, int64_t i, double v)
{
    switch (dtype) {
    case TD_F64: ((double *)numbers)[i] = v; break;
    case TD_F32: ((float *)numbers)[i] = (float)v; break;
    case TD_I64: ((int64_t *)numbers)[i] = (int64_t)v; break;
    default: ((uint8_t *)numbers)[i] = v != 0;
    }
}

/* In half of the tensors an element is 0, if it may be; in one of four an element is another's equal. */
static void salt(td_sample *s, const td_sample_in *in, td_input *out, void *numbers)
{
    int64_t n = out->numel;
    if (n && td_sample_below(s, 2) == 0) {
        double zero = inside(s, 0, in->low, in->high);
        store(out->dtype, numbers, td_sample_below(s, n), zero);
    }
    if (n && td_sample_below(s, 4) == 0) {
        double other = td_input_at(out, td_sample_below(s, n));
        store(out->dtype, numbers, td_sample_below(s, n), other);
    }
}

/* Zeros, a quarter of the elements. */
static void fill_zeros(td_sample *s, td_input *out, void *numbers)
{
    for (int64_t i = 0; i < out->numel; i++) if (td_sample_below(s, 4) == 0) store(out->dtype, numbers, i, 0);
}

/* What the op says that it is to be asked at, too: a quarter of the elements, or all. */
static void strew(td_sample *s, const td_sample_in *in, td_input *out, void *numbers)
{
    if (in->n_also == 0 || td_sample_below(s, 4)) return;
    bool all = td_sample_below(s, 2);
    for (int64_t i = 0; i < out->numel; i++) {
        if (all || td_sample_below(s, 4) == 0) store(out->dtype, numbers, i, in->also[td_sample_below(s, in->n_also)]);
    }
}

static void fill_floats(td_sample *s, const td_sample_in *in, td_input *out, void *numbers)
{
    int64_t style = td_sample_below(s, CHOICES);
    double same = number(s, td_sample_below(s, STYLES), in);
    for (int64_t i = 0; i < out->numel; i++) {
        store(out->dtype, numbers, i, style == ALL_EQUAL ? same : number(s, style, in));
    }
    salt(s, in, out, numbers);
    strew(s, in, out, numbers);
}

static void fill_integers(td_sample *s, const td_sample_in *in, td_input *out, void *numbers)
{
    bool truth = in->what == TD_SAMPLE_BOOL;
    int64_t low = truth ? 0 : (int64_t)in->low, n = truth ? 2 : (int64_t)in->high - low;
    for (int64_t i = 0; i < out->numel; i++) store(out->dtype, numbers, i, (double)(low + td_sample_below(s, n)));
}

/* ---- shapes of elementwise operands ------------------------------------------------------------------------------ */

static const struct { int rank; int64_t size[3]; } shapes[] = {
    {0, {0}}, {1, {0}}, {1, {1}}, {1, {3}}, {1, {7}}, {1, {17}}, {1, {33}}, {2, {2, 3}}, {2, {4, 1}}, {2, {1, 5}},
    {3, {2, 0, 3}}, {3, {2, 3, 4}}};

/* One that broadcasts with operand 0: leading axes dropped, axes set to 1. */
static void broadcast_variant(td_sample *s, const td_sample_in *from, td_sample_in *to)
{
    int drop = from->rank ? (int)td_sample_below(s, from->rank + 1) : 0;
    if (td_sample_below(s, 2)) drop = 0;
    to->rank = from->rank - drop;
    for (int i = 0; i < to->rank; i++) to->size[i] = td_sample_below(s, 3) ? from->size[i + drop] : 1;
}

static void sample_elementwise(const td_op *op, td_sample *s)
{
    int64_t k = td_sample_below(s, (int64_t)(sizeof shapes / sizeof shapes[0]));
    s->n_in = op->min_in < TD_SAMPLE_IN ? op->min_in : TD_SAMPLE_IN;
    td_sample_in whole = {.rank = shapes[k].rank, .low = op->low, .high = op->high};
    memcpy(whole.size, shapes[k].size, sizeof shapes[k].size);
    for (int i = 0; i < s->n_in; i++) {
        s->in[i] = whole;
        if (s->n_in > 1) broadcast_variant(s, &whole, &s->in[i]);
        if (op->kind == TD_CHOICE && i == 0) s->in[i].what = TD_SAMPLE_BOOL;
    }
}

/* ---- how operands lie -------------------------------------------------------------------------------------------- */

enum { WHOLE, TURNED, SECOND, REPEATED, WAYS };

static void exchange(int64_t *a, int64_t *b)
{
    int64_t t = *a;
    *a = *b;
    *b = t;
}

/* The input of which an operand of these sizes is a view; WHOLE where there is no such view. */
static int lay(td_sample *s, const td_sample_in *from, td_input *in)
{
    int way = (int)td_sample_below(s, from->diagonal == 0 ? WAYS : SECOND), last = in->rank - 1;
    int64_t axis = td_sample_below(s, in->rank);
    if (in->rank == 0 || in->numel == 0) return WHOLE;
    if (way == TURNED) for (int i = 0; i < in->rank / 2; i++) exchange(&in->size[i], &in->size[last - i]);
    if (way == SECOND) in->size[last] *= 2;
    if (way == REPEATED) in->size[axis] = 1;
    in->numel = 1;
    for (int i = 0; i <= last; i++) in->numel *= in->size[i];
    return way;
}

static td_tensor *reversed(td_tensor *x)
{
    int axes[TD_MAX_RANK], n = td_rank(x);
    for (int i = 0; i < n; i++) axes[i] = n - 1 - i;
    return td_permute(x, axes);
}

static td_tensor *seen(const td_case *c, int k, td_tensor *x)
{
    switch (c->lies[k]) {
    case TURNED: return reversed(x);
    case SECOND: return td_slice(x, -1, 0, td_size(x, -1), 2);
    case REPEATED: return td_expand(x, c->in[k].rank, c->size[k]);
    default: return x;
    }
}

/* ---- a case ------------------------------------------------------------------------------------------------------ */

static uint64_t hash_name(const char *name)
{
    uint64_t h = UINT64_C(0xcbf29ce484222325);      /* FNV-1a */
    for (; *name; name++) h = (h ^ (unsigned char)*name) * UINT64_C(0x100000001b3);
    return h;
}

static td_dtype dtype_of(const td_case *c, const td_sample_in *in, int operand, int64_t number)
{
    if (in->what == TD_SAMPLE_INDEX) return TD_I64;
    if (in->what == TD_SAMPLE_BOOL) return TD_BOOL;
    bool mixed = c->op->kind != TD_PLAIN && c->n > 1 && operand == (number % 16 == 13 ? 0 : c->n - 1);
    if (mixed && number % 8 == 5) return c->dtype == TD_F64 ? TD_F32 : TD_F64;
    bool any_integer = in->low == 0 && in->high == 0 && c->op->kind != TD_PLAIN;
    if (any_integer && operand == c->n - 1 && number % 8 == 7) return number % 16 == 7 ? TD_I64 : TD_BOOL;
    return c->dtype;
}

/* What makes a matrix one that has an inverse. */
static void add_diagonal(const td_sample_in *from, td_input *in, bool turned, void *numbers)
{
    for (int64_t i = 0; i < in->numel; i++) {
        int64_t place = 0, rest = i, step = in->numel;
        for (int k = from->rank - 1; k >= 0 && turned; k--) {         /* the last axis of the operand is the first of the input */
            step /= from->size[k];
            place += rest % from->size[k] * step;
            rest /= from->size[k];
        }
        if (!turned) place = i;
        store(in->dtype, numbers, place, td_input_at(in, place) + td_sample_added(from, i));
    }
}

static bool fill(td_case *c, td_sample *s, int k, int64_t number)
{
    const td_sample_in *from = &s->in[k];
    td_input *in = &c->in[k];
    *in = (td_input){.dtype = dtype_of(c, from, k, number), .rank = from->rank, .numel = 1};
    in->smooth = in->dtype == TD_F64 || in->dtype == TD_F32;
    for (int i = 0; i < from->rank; i++) in->numel *= in->size[i] = c->size[k][i] = from->size[i];
    if (number % 4 == 1) c->lies[k] = (uint8_t)lay(s, from, in);
    c->numbers[k] = malloc((size_t)(in->numel + 1) * sizeof(double));
    in->values = c->numbers[k];
    if (!c->numbers[k]) return false;
    td_sample_in few = {.what = TD_SAMPLE_INDEX, .low = -3, .high = 4};
    if (from->what != TD_SAMPLE_FLOAT) fill_integers(s, from, in, c->numbers[k]);
    else if (in->smooth) fill_floats(s, from, in, c->numbers[k]);
    else fill_integers(s, &few, in, c->numbers[k]);
    bool zeros = number % 4 == 3 || number % 8 == 0;       /* the latter are asked for second derivatives too */
    if (zeros && in->smooth && from->low <= 0 && from->high >= 0) fill_zeros(s, in, c->numbers[k]);
    if (from->diagonal != 0) add_diagonal(from, in, c->lies[k] == TURNED, c->numbers[k]);
    return true;
}

/* Are operands 0 and 1 interchangeable: of one shape, dtype and domain? */
static bool alike(const td_case *c, const td_sample *s)
{
    const td_sample_in *a = &s->in[0], *b = &s->in[1];
    bool same = c->n > 1 && a->what == b->what && a->rank == b->rank && a->low == b->low && a->high == b->high;
    same = same && a->diagonal == b->diagonal && a->step == b->step && a->shift == b->shift;
    for (int i = 0; same && i < a->rank; i++) same = a->size[i] == b->size[i];
    return same && c->in[0].dtype == c->in[1].dtype && c->in[0].smooth;
}

/* Equal numbers at the same places, half of them. */
static void tie(td_case *c, td_sample *s)
{
    for (int64_t i = 0; i < c->in[0].numel && i < c->in[1].numel; i++) {
        if (td_sample_below(s, 2)) store(c->in[1].dtype, c->numbers[1], i, td_input_at(&c->in[0], i));
    }
}

/* One of several float operands is a constant, and now and then another. */
static void fix_some(td_case *c, td_sample *s)
{
    int floats = 0;
    for (int k = 0; k < c->n; k++) floats += c->in[k].smooth;
    int64_t one = td_sample_below(s, floats);
    for (int k = 0, left = floats; k < c->n && floats > 1; k++) {
        if (!c->in[k].smooth) continue;
        bool fix = one-- == 0 || td_sample_below(s, 4) == 0;
        if (fix && left > 1) c->constant |= 1u << k, left--;
    }
}

static void relate(td_case *c, td_sample *s, int64_t number)
{
    bool equal = alike(c, s);
    c->turned = number % 4 != 0;
    c->aliased = equal && number % 8 == 4;
    if (equal && number % 8 == 3) tie(c, s);
    if (number % 4 == 2) fix_some(c, s);
}

bool td_case_draw(const td_op *op, td_dtype dtype, int64_t number, uint64_t seed, td_case *out)
{
    uint64_t key = td_hash(td_hash(seed, hash_name(op->name)), (uint64_t)number * 4 + (uint64_t)dtype);
    td_sample s = {.state = key};
    if (op->sample) op->sample(&s);
    else sample_elementwise(op, &s);
    *out = (td_case){.op = op, .dtype = dtype, .attr = s.attr, .n = s.n_in, .seed = key};
    bool ok = true;
    for (int k = 0; k < s.n_in && ok; k++) ok = fill(out, &s, k, number);
    if (ok) relate(out, &s, number);
    else td_case_clear(out);
    return ok;
}

void td_case_clear(td_case *c)
{
    for (int k = 0; k < TD_SAMPLE_IN; k++) free(c->numbers[k]);
    memset(c, 0, sizeof *c);
}

static td_tensor *applied(const td_case *k, td_tensor *const *in)
{
    td_tensor *y = td_apply(k->op, k->n, in, &k->attr);
    return k->turned ? reversed(y) : y;
}

td_tensor *td_case_program(td_context *c, td_tensor *const *in, void *user)
{
    const td_case *k = user;
    td_tensor *x[TD_SAMPLE_IN];
    (void)c;
    for (int i = 0; i < k->n; i++) {
        x[i] = seen(k, i, in[i]);
        if (k->constant >> i & 1) x[i] = td_detach(x[i]);
    }
    if (k->aliased) x[1] = x[0];
    td_tensor *y = applied(k, x);
    if (td_dtype_of(y) != TD_F64 && td_dtype_of(y) != TD_F32) return y;
    return td_add(y, td_mul_scalar(applied(k, x), 0x1.6a09e6p-1));
}

td_problem td_case_problem(td_case *c)
{
    return (td_problem){
        .f = td_case_program, .user = c, .n = c->n, .in = c->in, .seed = c->seed, .threads = 1, .alone = c->op};
}
