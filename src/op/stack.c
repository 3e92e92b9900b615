/* stack.c: recurrent layers put together: several of them, both directions, one step alone.
 *
 * Weights stand in PyTorch's order: for each layer, for each direction, w_ih, w_hh, and b_ih, b_hh where there are biases.
 * A layer's results, of both directions side by side, are what the next one takes. */
#include "op/shape.h"

/* ---- one layer ----------------------------------------------------------------------------------------------------- */

static td_tensor *apply_layer(const td_op *op, td_tensor *x, td_tensor *h, td_tensor *c, td_tensor *const *w, bool biases,
                              bool reverse, bool relu)
{
    td_tensor *in[7] = { x, h };
    int        n = 2;
    if (td_stopped(x)) return td_passed(x);
    if (op->min_in == 5) in[n++] = c;
    for (int k = 0; k < (biases ? 4 : 2); k++) in[n++] = w[k];
    td_to_common_float(n, in, ~0u);
    return td_apply(op, n, in, &(td_attr){ .n_list = 2, .list = { reverse, relu } });
}

td_tensor *td_rnn_layer(td_tensor *x, td_tensor *h, td_tensor *w_ih, td_tensor *w_hh, td_tensor *b_ih, td_tensor *b_hh,
                        bool relu, bool reverse)
{
    return apply_layer(&td_op_rnn_layer, x, h, NULL, (td_tensor *[]){ w_ih, w_hh, b_ih, b_hh }, b_ih, reverse, relu);
}

td_tensor *td_gru_layer(td_tensor *x, td_tensor *h, td_tensor *w_ih, td_tensor *w_hh, td_tensor *b_ih, td_tensor *b_hh,
                        bool reverse)
{
    return apply_layer(&td_op_gru_layer, x, h, NULL, (td_tensor *[]){ w_ih, w_hh, b_ih, b_hh }, b_ih, reverse, false);
}

td_tensor *td_lstm_layer(td_tensor *x, td_tensor *h, td_tensor *c, td_tensor *w_ih, td_tensor *w_hh, td_tensor *b_ih,
                         td_tensor *b_hh, bool reverse)
{
    return apply_layer(&td_op_lstm_layer, x, h, c, (td_tensor *[]){ w_ih, w_hh, b_ih, b_hh }, b_ih, reverse, false);
}

/* ---- one step: a layer of one time --------------------------------------------------------------------------------- */

td_tensor *td_rnn_cell(td_tensor *x, td_tensor *h, td_tensor *w_ih, td_tensor *w_hh, td_tensor *b_ih, td_tensor *b_hh,
                       bool relu)
{
    return td_select(td_rnn_layer(td_unsqueeze(x, 0), h, w_ih, w_hh, b_ih, b_hh, relu, false), 0, 0);
}

td_tensor *td_gru_cell(td_tensor *x, td_tensor *h, td_tensor *w_ih, td_tensor *w_hh, td_tensor *b_ih, td_tensor *b_hh)
{
    return td_select(td_gru_layer(td_unsqueeze(x, 0), h, w_ih, w_hh, b_ih, b_hh, false), 0, 0);
}

td_tensor *td_lstm_cell(td_tensor *x, td_tensor *h, td_tensor *c, td_tensor *w_ih, td_tensor *w_hh, td_tensor *b_ih,
                        td_tensor *b_hh, td_tensor **c_next)
{
    td_tensor *y = td_select(td_lstm_layer(td_unsqueeze(x, 0), h, c, w_ih, w_hh, b_ih, b_hh, false), 1, 0);
    if (c_next) *c_next = td_select(y, 0, 1);
    return td_select(y, 0, 0);
}

/* ---- layers and directions ----------------------------------------------------------------------------------------- */

typedef struct stack {
    const td_op        *op;
    const td_recurrent *how;
    td_tensor          *h, *c;                 /* first states, (layers directions,n,h) */
    td_tensor         **last_h, **last_c;      /* of each layer and direction */
} stack;

/* Layer and direction k of all: its results for all times. */
static td_tensor *one_of(const stack *s, td_tensor *x, int k, bool reverse)
{
    int               each = s->how->biases ? 4 : 2;
    td_tensor        *c = s->c ? td_select(s->c, 0, k) : NULL, *h = td_select(s->h, 0, k);
    td_tensor *const *w = s->how->weights + (int64_t)k * each;
    td_tensor        *y = apply_layer(s->op, x, h, c, w, s->how->biases, reverse, s->how->relu);
    int64_t           end = reverse ? 0 : td_size(x, 0) - 1;
    if (s->c) {
        s->last_c[k] = td_select(td_select(y, 0, 1), 0, end);
        y = td_select(y, 0, 0);
    }
    s->last_h[k] = td_select(y, 0, end);
    return y;
}

static td_tensor *all_layers(const stack *s, td_tensor *x)
{
    int directions = 1 + s->how->bidirectional;
    for (int l = 0; l < s->how->layers; l++) {
        td_tensor *y[2] = { one_of(s, x, l * directions, false) };
        if (directions == 2) y[1] = one_of(s, x, l * directions + 1, true);
        x = directions == 2 ? td_concat(2, y, 2) : y[0];
        if (s->how->dropout > 0 && l + 1 < s->how->layers) x = td_dropout(x, s->how->dropout);
    }
    return x;
}

/* A first state that is not given is 0. */
static td_tensor *first(td_tensor *given, td_tensor *x, const td_recurrent *how)
{
    int64_t all = (int64_t)how->layers * (1 + how->bidirectional), hidden = td_size(how->weights[1], 1);
    if (given) return given;
    return td_zeros(td_context_of(x), td_dtype_of(x), 3, (int64_t[]){ all, td_size(x, 1), hidden });
}

static bool is_right(const td_op *op, td_tensor *x, const td_recurrent *how)
{
    td_context *c = td_context_of(x);
    if (how->layers < 1) td_fail(c, TD_EVALUE, "%s: %d layers", op->name, how->layers);
    else if (td_rank(x) != 3 || td_size(x, how->batch_first ? 1 : 0) == 0)
        td_fail(c, TD_ESHAPE, "%s: x of rank %d and %lld times; rank 3 and one time at least wanted", op->name, td_rank(x),
                (long long)td_size(x, how->batch_first ? 1 : 0));
    return !td_error(c);
}

static td_tensor *run(const td_op *op, td_tensor *x, td_tensor *h, td_tensor *c, const td_recurrent *how, td_tensor **h_n,
                      td_tensor **c_n)
{
    if (td_stopped(x)) return td_passed(x);
    if (!is_right(op, x, how)) return td_bad(x->context);
    int all = how->layers * (1 + how->bidirectional);
    if (how->batch_first) x = td_transpose(x, 0, 1);
    stack s = { .op = op, .how = how, .h = first(h, x, how), .c = op->min_in == 5 ? first(c, x, how) : NULL };
    s.last_h = td_arena(x->context, (size_t)all * sizeof *s.last_h);
    s.last_c = td_arena(x->context, (size_t)all * sizeof *s.last_c);
    if (x->context->status) return td_bad(x->context);
    td_tensor *y = all_layers(&s, x);
    if (h_n) *h_n = td_stack(all, s.last_h, 0);
    if (c_n) *c_n = td_stack(all, s.last_c, 0);
    return how->batch_first ? td_transpose(y, 0, 1) : y;
}

td_tensor *td_rnn(td_tensor *x, td_tensor *h, const td_recurrent *how, td_tensor **h_n)
{
    return run(&td_op_rnn_layer, x, h, NULL, how, h_n, NULL);
}

td_tensor *td_gru(td_tensor *x, td_tensor *h, const td_recurrent *how, td_tensor **h_n)
{
    return run(&td_op_gru_layer, x, h, NULL, how, h_n, NULL);
}

td_tensor *td_lstm(td_tensor *x, td_tensor *h, td_tensor *c, const td_recurrent *how, td_tensor **h_n, td_tensor **c_n)
{
    return run(&td_op_lstm_layer, x, h, c, how, h_n, c_n);
}
