/* ctc.c: connectionist temporal classification, said in other ops.
 *
 * Targets with a blank before, between and after them are the states a sequence goes through: at each time it stays, goes
 * on by one, or by two over a blank between two targets that differ.  a_t(s) is the logarithm of the probability of all
 * ways to state s at time t, and a_(t+1) the logarithm of a sum of three, so all orders of derivatives are those of its
 * ops.  No logarithm of 0 enters: what can't be reached is known by a bool, and has 0 in place of a logarithm.
 * Source: A. Graves, S. Fernandez, F. Gomez, J. Schmidhuber, "Connectionist temporal classification", ICML 2006, section
 * 4.1. */
#include "op/loss.h"

#include <math.h>

/* ---- logarithms of probabilities ----------------------------------------------------------------------------------- */

typedef struct chance {
    td_tensor *there;      /* bool: is it more than 0? */
    td_tensor *log;        /* 0 where it is not */
} chance;

static td_tensor *both(td_tensor *a, td_tensor *b) { return td_where(a, b, a); }
static td_tensor *either(td_tensor *a, td_tensor *b) { return td_where(a, a, b); }

/* log(e^a + e^b) = a + log(1 + e^(b - a)) for a >= b: the other way round the digits of b would go */
static chance sum(chance a, chance b)
{
    td_tensor *two = both(a.there, b.there), *one = td_where(a.there, a.log, b.log), *turned = td_gt(b.log, a.log);
    td_tensor *more = td_where(turned, b.log, a.log), *less = td_where(turned, a.log, b.log);
    td_tensor *apart = td_where(two, td_sub(less, more), td_number(a.log, 0));
    return (chance){ either(a.there, b.there), td_where(two, td_add(more, td_softplus(apart)), one) };
}

static chance product(chance a, chance b)
{
    td_tensor *there = both(a.there, b.there);
    return (chance){ there, td_where(there, td_add(a.log, b.log), td_number(a.log, 0)) };
}

static chance choose(td_tensor *c, chance a, chance b)
{
    return (chance){ td_where(c, a.there, b.there), td_where(c, a.log, b.log) };
}

/* Of logarithms; -inf is that of 0. */
static chance chance_of(td_tensor *log)
{
    td_tensor *there = td_ne(log, td_number(log, -(double)INFINITY));
    return (chance){ there, td_where(there, log, td_number(log, 0)) };
}

/* ---- shapes and states --------------------------------------------------------------------------------------------- */

/* No way emits a blank as a target, for blanks are taken away; targets beyond a sequence's length may be anything. */
static td_status refuse_blank_targets(const td_infer *i, int64_t blank)
{
    const int64_t *target = td_data(i->in[1]), *length = td_data(i->in[3]), *size = i->in[1]->shape->size;
    for (int64_t k = 0; target && length && k < size[0] * size[1]; k++)
        if (target[k] == blank && k % size[1] < length[k / size[1]])
            return td_fail(i->context, TD_EDOMAIN, "ctc_loss: target %lld of sequence %lld is %lld, the blank: no target can be",
                           (long long)(k % size[1]), (long long)(k / size[1]), (long long)blank);
    return td_error(i->context);
}

static td_status ctc_loss_infer(td_infer *i)
{
    const td_shape *x = i->in[0]->shape, *t = i->in[1]->shape;
    int64_t         blank = td_loss_entry(i->attr, 2);
    if (x->rank != 3 || t->rank != 2 || t->size[0] != x->size[1])
        return td_loss_unfit(i, "log_probs (t,n,c) and targets (n,s)");
    if (blank < 0 || blank >= x->size[2])
        return td_fail(i->context, TD_EVALUE, "ctc_loss: blank = %lld is none of %lld classes", (long long)blank,
                       (long long)x->size[2]);
    for (int k = 1; k < 4; k++)
        if (i->in[k]->dtype != TD_I64)
            return td_fail(i->context, TD_EDTYPE, "ctc_loss: operand %d is %s, not i64", k,
                           td_dtype_name(td_dtype_of(i->in[k])));
    for (int k = 2; k < 4; k++)
        if (i->in[k]->shape->rank != 1 || i->in[k]->shape->size[0] != x->size[1])
            return td_fail(i->context, TD_ESHAPE, "ctc_loss: %lld lengths of rank %d for %lld sequences",
                           (long long)i->in[k]->shape->numel, i->in[k]->shape->rank, (long long)x->size[1]);
    if (refuse_blank_targets(i, blank)) return td_error(i->context);
    return td_loss_infer(i, &(td_shape){ .rank = 1, .size = { x->size[1] } });
}

typedef struct states {
    int64_t    times, rows, count;      /* count: 2 s + 1 */
    td_tensor *class;                   /* (n,count) */
    td_tensor *may_skip;                /* bool (n,count): can it be come to from two before? */
} states;

static td_tensor *full(td_tensor *like, int64_t rows, int64_t columns, double value)
{
    return td_full(td_context_of(like), td_dtype_of(like), 2, (int64_t[]){ rows, columns }, value);
}

/* x moved on by k states; `value` comes in. */
static td_tensor *moved(td_tensor *x, int64_t k, double value)
{
    int64_t n = td_size(x, 1), step = k < n ? k : n;
    return td_pad(td_slice(x, 1, 0, n - step, 1), (int64_t[]){ 0, 0, step, 0 }, value);
}

static states states_of(td_tensor *const *in, td_tensor *length, int64_t blank)
{
    td_tensor *t = in[1];
    int64_t    rows = td_size(t, 0), s = td_size(t, 1);
    states     y = { .times = td_size(in[0], 0), .rows = rows, .count = 2 * s + 1 };
    td_tensor *number = td_arange(td_context_of(t), TD_I64, 0, (double)s, 1), *none = full(t, rows, s, (double)blank);
    td_tensor *class = td_where(td_lt(number, td_unsqueeze(length, 1)), t, none);
    td_tensor *both = td_reshape(td_stack(2, (td_tensor *[]){ none, class }, 2), 2, (int64_t[]){ rows, 2 * s });
    y.class = td_concat(2, (td_tensor *[]){ both, full(t, rows, 1, (double)blank) }, 1);
    td_tensor *before = moved(y.class, 2, (double)blank), *is_blank = td_eq(y.class, td_number(t, (double)blank));
    td_tensor *no = td_zeros_like(is_blank);
    y.may_skip = td_where(is_blank, no, td_ne(y.class, before));
    return y;
}

static chance moved_chance(chance a, int64_t k) { return (chance){ moved(a.there, k, 0), moved(a.log, k, 0) }; }

/* From where it is, from one state before, and where that may be from two before. */
static chance one_step(chance a, const states *s)
{
    chance skip = moved_chance(a, 2);
    skip.there = both(s->may_skip, skip.there);
    skip.log = td_where(skip.there, skip.log, td_number(skip.log, 0));
    return sum(sum(a, moved_chance(a, 1)), skip);
}

static chance at_time(chance x, int64_t t) { return (chance){ td_select(x.there, 0, t), td_select(x.log, 0, t) }; }

/* a at the last time of each sequence, (n,count); `times` of each, one at least in all */
static chance forward(td_tensor *log_probs, td_tensor *times, const states *s)
{
    td_tensor *class = td_expand(s->class, 3, (int64_t[]){ s->times, s->rows, s->count });
    chance     emitted = chance_of(td_gather(log_probs, 2, class));
    td_tensor *number = td_arange(td_context_of(times), TD_I64, 0, (double)s->count, 1);
    td_tensor *first = td_expand(td_lt(number, td_number(times, 2)), 2, (int64_t[]){ s->rows, s->count });
    chance     a = product((chance){ first, full(log_probs, s->rows, s->count, 0) }, at_time(emitted, 0));
    for (int64_t t = 1; t < s->times; t++) {
        td_tensor *goes_on = td_unsqueeze(td_gt(times, td_number(times, (double)t)), 1);
        a = choose(goes_on, product(one_step(a, s), at_time(emitted, t)), a);
    }
    return a;
}

/* A length cut to 0..most. */
static td_tensor *cut(td_tensor *length, int64_t most)
{
    return td_minimum(td_maximum(length, td_number(length, 0)), td_number(length, (double)most));
}

static chance of_state(chance a, td_tensor *state)
{
    td_tensor *at = td_unsqueeze(state, 1);
    return (chance){ td_squeeze(td_gather(a.there, 1, at), 1), td_squeeze(td_gather(a.log, 1, at), 1) };
}

/* The probability of the last two states, which without targets are one. */
static chance ended(chance a, td_tensor *length)
{
    td_tensor *none = td_eq(length, td_number(length, 0)), *last = td_mul(length, td_number(length, 2));
    chance     end = of_state(a, last), other = of_state(a, td_sub(last, td_where(none, length, td_number(length, 1))));
    return choose(none, end, sum(end, other));
}

/* Sequences of no time at all emit no targets. */
static chance whole(td_tensor *x, td_tensor *times, td_tensor *length, const states *s)
{
    td_tensor *none = td_eq(length, td_number(length, 0)), *idle = td_eq(times, td_number(times, 0));
    chance     nothing = { none, td_to(td_zeros_like(none), td_dtype_of(x)) };
    return s->times ? choose(idle, nothing, ended(forward(x, times, s), length)) : nothing;
}

static td_tensor *ctc_loss_compose(int n, td_tensor *const *in, const td_attr *attr)
{
    td_tensor *x = in[0], *times = cut(in[2], td_size(x, 0)), *length = cut(in[3], td_size(in[1], 1));
    states     s = states_of(in, length, td_loss_entry(attr, 2));
    chance     all = whole(x, times, length, &s);
    (void)n;
    td_tensor *term = td_where(all.there, td_neg(all.log), td_number(x, td_loss_entry(attr, 1) ? 0 : (double)INFINITY));
    if (td_loss_entry(attr, 0) == TD_REDUCTION_MEAN)
        term = td_div(term, td_to(td_maximum(length, td_number(length, 1)), td_dtype_of(x)));
    return td_loss_reduced(term, attr);
}

static void ctc_loss_sample(td_sample *s)
{
    static const double impossible[] = { -(double)INFINITY };
    int64_t times = 1 + td_sample_below(s, 5), rows = td_sample_below(s, 4), classes = 2 + td_sample_below(s, 3);
    int64_t length = td_sample_below(s, 4), blank = td_sample_below(s, 4) ? 0 : classes - 1;
    td_loss_sample(s);
    s->n_in = 4;
    s->in[0] = (td_sample_in){ .rank = 3, .size = { times, rows, classes }, .low = -6, .high = 0 };
    td_sample_also(s, 0, 1, impossible);
    s->in[1] = (td_sample_in){ .rank = 2, .size = { rows, length }, .what = TD_SAMPLE_INDEX, .low = !blank,
                               .high = (double)(blank ? blank : classes) };
    s->in[2] = (td_sample_in){ .rank = 1, .size = { rows }, .what = TD_SAMPLE_INDEX, .high = (double)times + 1 };
    s->in[3] = (td_sample_in){ .rank = 1, .size = { rows }, .what = TD_SAMPLE_INDEX, .high = (double)length + 1 };
    s->attr.list[1] = td_sample_below(s, 2);
    s->attr.list[2] = blank;
}

static td_tensor *call_ctc(const td_invocation *k)
{
    return td_ctc_loss(k->in[0], k->in[1], k->in[2], k->in[3], td_as_i64(k, 0), td_as_flag(k, 2),
                       (td_reduction)td_as_int(k, 1));
}

static const td_signature ctc_loss_signature = {
    .example = "ctc_loss(reshape(log_softmax(W, 1), [2, 1, 3]), reshape(cast([1], i64), [1, 1]), "
               "cast([2], i64), cast([1], i64))",
    .call = call_ctc, .words = TD_LOSS_WORDS,
    .parameter = {{"blank", TD_INTEGER, false, 0}, TD_LOSS_REDUCTION, {"zero_infinity", TD_FLAG, false, 0}},
};
const td_op td_op_ctc_loss = {
    .name = "ctc_loss", .id = TD_ID_ctc_loss, .min_in = 4, .max_in = 4, .infer = ctc_loss_infer, .compose = ctc_loss_compose,
    .signature = &ctc_loss_signature, .sample = ctc_loss_sample,
};

td_tensor *td_ctc_loss(td_tensor *log_probs, td_tensor *targets, td_tensor *input_lengths, td_tensor *target_lengths,
                       int64_t blank, bool zero_infinity, td_reduction reduction)
{
    td_tensor *in[4] = { log_probs, targets, input_lengths, target_lengths };
    return td_loss_apply(&td_op_ctc_loss, 4, in, 1, (td_attr){ .list = { reduction, zero_infinity, blank } });
}
