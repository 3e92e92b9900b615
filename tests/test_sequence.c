/* test_sequence.c: recurrent layers put together are those layers one after the other; rows and features that are left out are. */
#include <math.h>
#include <string.h>

#include "testing.h"

#define SIZE(...) (int64_t[]){__VA_ARGS__}

enum { T = 3, N = 2, I = 4, H = 3 };

static double apart(td_tensor *x, td_tensor *y) { return td_item(td_amax(td_abs(td_sub(x, y)))); }

/* Weights of two layers in both directions, gates below one another. */
static void draw_weights(td_context *c, int gates, td_tensor **w)
{
    for (int k = 0; k < 16; k++) {
        int64_t in = k < 8 ? I : 2 * H, size[2] = {gates * H, k % 4 == 0 ? in : H};
        w[k] = td_require_grad(td_rand(c, TD_F64, k % 4 < 2 ? 2 : 1, size));
    }
}

static td_tensor *both_ways(td_tensor *x, td_tensor *h, td_tensor *m, td_tensor **w, td_tensor **last)
{
    td_tensor *y[2];
    for (int k = 0; k < 2; k++) {
        td_tensor **v = w + 4 * k, *all = td_lstm_layer(x, td_select(h, 0, k), td_select(m, 0, k), v[0], v[1], v[2], v[3], k);
        y[k] = td_select(all, 0, 0);
        last[k] = td_select(y[k], 0, k ? 0 : T - 1);
        last[k + 4] = td_select(td_select(all, 0, 1), 0, k ? 0 : T - 1);
    }
    return td_concat(2, y, 2);
}

TEST(sequence, an_lstm_is_its_layers_both_ways_one_after_the_other)
{
    td_context *c = td_open(NULL);
    td_tensor  *w[16], *x = td_randn(c, TD_F64, 3, SIZE(T, N, I)), *h = td_randn(c, TD_F64, 3, SIZE(4, N, H)), *last[8];
    td_tensor  *m = td_randn(c, TD_F64, 3, SIZE(4, N, H)), *h_n, *c_n;
    draw_weights(c, 4, w);
    td_recurrent how = {.layers = 2, .bidirectional = true, .biases = true, .weights = w};
    td_tensor *y = td_lstm(x, h, m, &how, &h_n, &c_n);
    td_tensor *z = both_ways(x, td_slice(h, 0, 0, 2, 1), td_slice(m, 0, 0, 2, 1), w, last);
    z = both_ways(z, td_slice(h, 0, 2, 4, 1), td_slice(m, 0, 2, 4, 1), w + 8, last + 2);
    CHECK(apart(y, z) == 0, "two layers differ by %g: %s", apart(y, z), td_message(c));
    CHECK(apart(h_n, td_stack(4, last, 0)) == 0, "the last states: %s", td_message(c));
    CHECK(apart(c_n, td_stack(4, last + 4, 0)) == 0, "the last memories: %s", td_message(c));
    how.batch_first = true;
    td_tensor *turned = td_lstm(td_transpose(x, 0, 1), h, m, &how, NULL, NULL);
    CHECK(apart(td_transpose(turned, 0, 1), y) == 0, "batch first: %s", td_message(c));
    td_backward(td_sum(y));
    CHECK(td_item(td_norm(td_grad(w[13]), 2)) > 0 && !td_error(c), "no gradient in the last w_hh: %s", td_message(c));
    td_close(c);
}

TEST(sequence, a_cell_is_a_step)
{
    td_context *c = td_open(NULL);
    td_tensor  *w[16], *x = td_randn(c, TD_F64, 3, SIZE(T, N, I)), *h = td_zeros(c, TD_F64, 2, SIZE(N, H)), *m = h, *y, *z;
    draw_weights(c, 4, w);
    y = td_lstm_layer(x, h, m, w[0], w[1], w[2], w[3], false);
    for (int t = 0; t < T; t++) h = td_lstm_cell(td_select(x, 0, t), h, m, w[0], w[1], w[2], w[3], &m);
    CHECK(apart(h, td_select(td_select(y, 0, 0), 0, T - 1)) == 0, "LSTM: %s", td_message(c));
    CHECK(apart(m, td_select(td_select(y, 0, 1), 0, T - 1)) == 0, "its memory: %s", td_message(c));
    draw_weights(c, 3, w);
    h = td_zeros(c, TD_F64, 2, SIZE(N, H));
    y = td_gru(x, NULL, &(td_recurrent){.layers = 1, .biases = true, .weights = w}, &z);
    for (int t = 0; t < T; t++) h = td_gru_cell(td_select(x, 0, t), h, w[0], w[1], w[2], w[3]);
    CHECK(apart(h, td_select(y, 0, T - 1)) == 0 && apart(td_unsqueeze(h, 0), z) == 0, "GRU: %s", td_message(c));
    draw_weights(c, 1, w);
    h = td_zeros(c, TD_F64, 2, SIZE(N, H));
    y = td_rnn(x, NULL, &(td_recurrent){.layers = 1, .biases = true, .relu = true, .weights = w}, NULL);
    for (int t = 0; t < T; t++) h = td_rnn_cell(td_select(x, 0, t), h, w[0], w[1], w[2], w[3], true);
    CHECK(apart(h, td_select(y, 0, T - 1)) == 0 && !td_error(c), "RNN: %s", td_message(c));
    td_close(c);
}

TEST(sequence, the_row_for_padding_has_no_gradient)
{
    td_context *c = td_open(NULL);
    td_tensor  *w = td_require_grad(td_ones(c, TD_F64, 2, SIZE(3, 2))), *i = td_array(c, TD_I64, 1, SIZE(4), SIZE(2, 0, 2, 1));
    double      g[6];
    td_backward(td_sum(td_embedding_padded(w, i, -1)));
    CHECK(!td_read(td_grad(w), g) && g[0] == 1 && g[3] == 1 && g[4] == 0 && g[5] == 0, "%g %g %g %s", g[0], g[3], g[4], td_message(c));
    td_close(c);
}

TEST(sequence, whole_features_are_left_out)
{
    td_context *c = td_open(NULL);
    double      y[5 * 6];
    td_read(td_dropout2d(td_ones(c, TD_F64, 4, SIZE(1, 5, 2, 3)), 0.5), y);
    for (int k = 0; k < 30; k++) CHECK(y[k] == y[k / 6 * 6] && (y[k] == 0 || y[k] == 2), "element %d is %g", k, y[k]);
    CHECK(!td_error(c), "%s", td_message(c));
    td_close(c);
}

TEST(sequence, what_does_not_fit_is_refused)
{
    td_context *c = td_open(NULL);
    td_tensor  *x = td_ones(c, TD_F64, 2, SIZE(2, 3));
    td_scaled_dot_product_attention(x, td_ones(c, TD_F64, 2, SIZE(2, 4)), x, NULL, 0, false, 0);
    CHECK(td_error(c) == TD_ESHAPE && strstr(td_message(c), "(2,4)"), "%s", td_message(c));
    td_clear_error(c);
    td_gru_layer(td_ones(c, TD_F64, 3, SIZE(1, 2, 3)), x, x, x, NULL, NULL, false);
    CHECK(td_error(c) == TD_ESHAPE && strstr(td_message(c), "(9,3)"), "%s", td_message(c));
    td_clear_error(c);
    td_huber_loss(x, x, -1, NULL, TD_REDUCTION_MEAN);
    CHECK(td_error(c) == TD_EVALUE && strstr(td_message(c), "-1"), "%s", td_message(c));
    td_clear_error(c);
    td_data(td_cross_entropy(x, td_array(c, TD_I64, 1, SIZE(2), SIZE(0, 7)), &(td_cross_entropy_options){.label_smoothing = 0.1}));
    CHECK(td_error(c) == TD_EVALUE && strstr(td_message(c), "7"), "%s", td_message(c));
    td_close(c);
}

/* Two sequences of 3 times and 3 classes.  Of the targets (1, 2) and (1, last) one counts, and `length`. */
static void emit(td_context *c, int64_t last, int64_t length, int64_t blank)
{
    td_tensor *x = td_log_softmax(td_rand(c, TD_F64, 3, SIZE(3, 2, 3)), 2);
    td_tensor *targets = td_array(c, TD_I64, 2, SIZE(2, 2), (int64_t[]){1, 2, 1, last});
    td_tensor *times = td_array(c, TD_I64, 1, SIZE(2), (int64_t[]){3, 3}), *lengths = td_array(c, TD_I64, 1, SIZE(2), (int64_t[]){1, length});
    td_item(td_ctc_loss(x, targets, times, lengths, blank, false, TD_REDUCTION_SUM));
}

/* A blank is what is taken away: no way emits it.  Behind a sequence's targets it is as good as any number. */
TEST(sequence, no_target_is_the_blank)
{
    for (int dual = 0; dual < 2; dual++) {
        td_context *c = td_open(&(td_options){.engine = dual ? td_dual_engine() : NULL});
        emit(c, 0, 1, 0);
        CHECK(!td_error(c), "%s", td_message(c));
        emit(c, 0, 2, 0);
        check_refused("ctc_loss", c, TD_EDOMAIN, "target 1 of sequence 1 is 0|blank");
        emit(c, 2, 2, 1);
        check_refused("ctc_loss", c, TD_EDOMAIN, "target 0 of sequence 0 is 1|blank");
        td_close(c);
    }
}
