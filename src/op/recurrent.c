/* recurrent.c: one layer of a recurrent network, in one direction, said in other ops.
 *
 * Operands: x (t,n,i), state (n,h), of an LSTM its memory (n,h) too, w_ih (g h,i), w_hh (g h,h), and both or none of b_ih,
 * b_hh (g h): g gates in PyTorch's order.  What x adds to the gates is one product for all times; only the state's share
 * is taken step by step.  list[0]: from the last time back.  list[1], of rnn_layer: relu for tanh.
 * Sources: J. Elman, "Finding structure in time", 1990; S. Hochreiter, J. Schmidhuber, "Long short-term memory", 1997,
 * with the forget gate of F. Gers and others, 2000; K. Cho and others, "Learning phrase representations", 2014, reset
 * after the product. */
#include "op/shape.h"

static int64_t entry(const td_attr *attr, int k) { return k < attr->n_list ? attr->list[k] : 0; }

/* ---- shapes -------------------------------------------------------------------------------------------------------- */

typedef struct layer {
    int64_t    times, rows, in, hidden;
    int        states, gates;
    bool       biased;
    td_tensor *x, *state, *memory, *w_ih, *w_hh, *b_ih, *b_hh;
} layer;

static layer layer_of(const td_op *op, int n, td_tensor *const *in)
{
    layer y = { .x = in[0], .state = in[1], .gates = op->id == TD_ID_rnn_layer ? 1 : op->id == TD_ID_gru_layer ? 3 : 4 };
    y.states = y.gates == 4 ? 2 : 1;
    int w = 1 + y.states;
    y.biased = n == w + 4;
    y.memory = y.states == 2 ? in[2] : NULL;
    y.w_ih = in[w], y.w_hh = in[w + 1];
    if (y.biased) y.b_ih = in[w + 2], y.b_hh = in[w + 3];
    y.times = td_size(y.x, 0), y.rows = td_size(y.x, 1), y.in = td_size(y.x, 2), y.hidden = td_size(y.state, 1);
    return y;
}

static td_status check(const td_infer *i, const char *what, const td_tensor *x, int rank, int64_t a, int64_t b)
{
    char     has[TD_SHAPE_TEXT], wants[TD_SHAPE_TEXT];
    td_shape s = { .rank = rank, .size = { a, b } };
    if (!x) return TD_OK;
    if (x->dtype != i->dtype)
        return td_fail(i->context, TD_EDTYPE, "%s: %s is %s, x %s", i->op->name, what, td_dtype_name(td_dtype_of(x)),
                       td_dtype_name(i->dtype));
    if (td_shape_same(x->shape, &s)) return TD_OK;
    return td_fail(i->context, TD_ESHAPE, "%s: %s is %s, not %s", i->op->name, what, td_shape_text(x->shape, has),
                   td_shape_text(&s, wants));
}

static td_status layer_infer(td_infer *i)
{
    layer y = layer_of(i->op, i->n_in, i->in);
    if (td_infer_float(i)) return td_error(i->context);
    if (td_rank(y.x) != 3 || td_rank(y.state) != 2)
        return td_fail(i->context, TD_ESHAPE, "%s: x of rank %d, a state of rank %d; (t,n,i) and (n,h) wanted", i->op->name,
                       td_rank(y.x), td_rank(y.state));
    if (i->n_in != i->op->min_in && !y.biased)
        return td_fail(i->context, TD_EVALUE, "%s: one bias; two or none wanted", i->op->name);
    int64_t all = y.gates * y.hidden;
    if (check(i, "the state", y.state, 2, y.rows, y.hidden) || check(i, "the memory", y.memory, 2, y.rows, y.hidden) ||
        check(i, "w_ih", y.w_ih, 2, all, y.in) || check(i, "w_hh", y.w_hh, 2, all, y.hidden) ||
        check(i, "b_ih", y.b_ih, 1, all, 0) || check(i, "b_hh", y.b_hh, 1, all, 0))
        return td_error(i->context);
    i->shape = (td_shape){ .rank = 3, .size = { y.times, y.rows, y.hidden } };
    if (y.states == 2) i->shape = (td_shape){ .rank = 4, .size = { 2, y.times, y.rows, y.hidden } };
    return TD_OK;
}

/* ---- one step ------------------------------------------------------------------------------------------------------ */

static td_tensor *gate(td_tensor *all, int k, int64_t hidden) { return td_slice(all, 1, k * hidden, (k + 1) * hidden, 1); }

/* h = tanh(x's + h W^T) */
static td_tensor *rnn_step(const layer *y, const td_attr *attr, td_tensor *from_x, td_tensor *h)
{
    td_tensor *a = td_add(from_x, td_linear(h, y->w_hh, y->b_hh));
    return entry(attr, 1) ? td_relu(a) : td_tanh(a);
}

/* r, z: sigmoid;  n = tanh(x's + r (h W_n^T + b_n));  h = (1 - z) n + z h */
static td_tensor *gru_step(const layer *y, const td_attr *attr, td_tensor *from_x, td_tensor *h)
{
    td_tensor *from_h = td_linear(h, y->w_hh, y->b_hh);
    (void)attr;
    td_tensor *r = td_sigmoid(td_add(gate(from_x, 0, y->hidden), gate(from_h, 0, y->hidden)));
    td_tensor *z = td_sigmoid(td_add(gate(from_x, 1, y->hidden), gate(from_h, 1, y->hidden)));
    td_tensor *n = td_tanh(td_add(gate(from_x, 2, y->hidden), td_mul(r, gate(from_h, 2, y->hidden))));
    return td_add(td_mul(td_rsub(1, z), n), td_mul(z, h));
}

/* ---- all times ----------------------------------------------------------------------------------------------------- */

typedef td_tensor *step(const layer *y, const td_attr *attr, td_tensor *from_x, td_tensor *h);

static td_tensor *run(const td_op *op, int n, td_tensor *const *in, const td_attr *attr, step *next)
{
    layer       y = layer_of(op, n, in);
    td_context *c = td_context_of(y.x);
    td_tensor **h = td_arena(c, (size_t)(y.times + 1) * sizeof *h), *from_x = td_linear(y.x, y.w_ih, y.b_ih), *s = y.state;
    if (!h) return td_bad(c);
    if (y.times == 0) return td_zeros(c, td_dtype_of(y.x), 3, (int64_t[]){ 0, y.rows, y.hidden });
    for (int64_t k = 0; k < y.times; k++) {
        int64_t t = entry(attr, 0) ? y.times - 1 - k : k;
        h[t] = s = next(&y, attr, td_select(from_x, 0, t), s);
    }
    return td_stack((int)y.times, h, 0);
}

static td_tensor *rnn_layer_compose(int n, td_tensor *const *in, const td_attr *attr)
{
    return run(&td_op_rnn_layer, n, in, attr, rnn_step);
}

static td_tensor *gru_layer_compose(int n, td_tensor *const *in, const td_attr *attr)
{
    return run(&td_op_gru_layer, n, in, attr, gru_step);
}

/* The steps are one op (lstm.c). */
static td_tensor *lstm_layer_compose(int n, td_tensor *const *in, const td_attr *attr)
{
    layer      y = layer_of(&td_op_lstm_layer, n, in);
    td_tensor *from_x = td_linear(y.x, y.w_ih, y.biased ? td_add(y.b_ih, y.b_hh) : NULL);
    td_attr    a = { .n_list = 1, .list = { entry(attr, 0) } };
    td_tensor *all = td_apply(&td_op_lstm_scan, 4, (td_tensor *[]){ from_x, y.state, y.memory, y.w_hh }, &a);
    int64_t size[] = { 2, y.times, y.rows, y.hidden };
    return td_reshape(td_slice(all, 0, 0, 2 * y.times * y.rows * y.hidden, 1), 4, size);
}

/* ---- the ops ------------------------------------------------------------------------------------------------------- */

static void layer_sample(td_sample *s, int gates)
{
    int64_t t = td_sample_below(s, 4), n = td_sample_below(s, 4);
    int64_t i = 1 + td_sample_below(s, 3), h = 1 + td_sample_below(s, 2);
    int     states = gates == 4 ? 2 : 1;
    td_sample_in all[] = {
        { .rank = 3, .size = { t, n, i } }, { .rank = 2, .size = { n, h } }, { .rank = 2, .size = { n, h } },
        { .rank = 2, .size = { gates * h, i } }, { .rank = 2, .size = { gates * h, h } },
        { .rank = 1, .size = { gates * h } }, { .rank = 1, .size = { gates * h } },
    };
    int count = 5 + 2 * (int)td_sample_below(s, 2);
    for (int k = 0; k < count; k++) {
        if (k == 2 && states == 1) continue;
        s->in[s->n_in] = all[k];
        td_sample_floats(s, s->n_in++, -2, 2);
    }
    s->attr.n_list = 2;
    s->attr.list[0] = td_sample_below(s, 2);
    s->attr.list[1] = gates == 1 && td_sample_below(s, 2);
}

static void rnn_layer_sample(td_sample *s) { layer_sample(s, 1); }
static void gru_layer_sample(td_sample *s) { layer_sample(s, 3); }
static void lstm_layer_sample(td_sample *s) { layer_sample(s, 4); }

static td_tensor *call_layer(const td_invocation *k)
{
    td_attr a = { .n_list = 2, .list = { td_as_int(k, 0), k->op->id == TD_ID_rnn_layer ? td_as_int(k, 1) : 0 } };
    return td_apply(k->op, k->n, k->in, &a);
}

#define LAYER(NAME, least, EXAMPLE, ...) \
    static const td_signature NAME##_signature = {.example = EXAMPLE, .call = call_layer, \
                                                  .parameter = {{"reverse", TD_FLAG, false, 0}, __VA_ARGS__}}; \
    const td_op td_op_##NAME = { \
        .name = #NAME, .id = TD_ID_##NAME, .min_in = least, .max_in = least + 2, .infer = layer_infer, \
        .compose = NAME##_compose, .sample = NAME##_sample, .signature = &NAME##_signature, \
    }

LAYER(rnn_layer, 4, "rnn_layer(unsqueeze(W, 0), unsqueeze([1, 2], 1), unsqueeze(x, 0), [[1]])", {"relu", TD_FLAG, false, 0});
LAYER(gru_layer, 4,
      "gru_layer(unsqueeze(W, 0), unsqueeze([1, 2], 1), concat(W, unsqueeze(x, 0), axis=0), unsqueeze(y, 1))", {NULL});
LAYER(lstm_layer, 5,
      "lstm_layer(unsqueeze(W, 0), unsqueeze([1, 2], 1), unsqueeze([1, 2], 1), "
      "concat(W, W, axis=0), [[1], [2], [1], [2]])", {NULL});
