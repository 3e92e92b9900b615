/* recurrent.h: recurrent layers, one sequence of the batch at a time, by the formulas of their papers.
 * Sources: J. Elman, 1990; S. Hochreiter, J. Schmidhuber, 1997, with F. Gers and others' forget gate, 2000; K. Cho and others,
 * 2014, with the reset gate after the product, as PyTorch's manual of GRU has it. */

typedef struct network {
    const num *x, *h, *c, *w_ih, *w_hh, *b_ih, *b_hh;      /* biases NULL: none */
    int64_t    times, rows, in, hidden;
} network;

static network network_of(const td_application *f, bool has_memory)
{
    int w = has_memory ? 3 : 2;
    bool biased = f->n_in > w + 2;
    const td_shape *x = f->in[0].shape;
    return (network){operand(f, 0), operand(f, 1), has_memory ? operand(f, 2) : NULL, operand(f, w), operand(f, w + 1),
                     biased ? operand(f, w + 2) : NULL, biased ? operand(f, w + 3) : NULL,
                     x->size[0], x->size[1], x->size[2], f->in[1].shape->size[1]};
}

/* w_k . x_t + b_k, row k of the weights of the input */
static num from_input(const network *net, int64_t t, int64_t n, int64_t k)
{
    num y = inner_product(net->w_ih + k * net->in, 1, net->x + (t * net->rows + n) * net->in, 1, net->in);
    return net->b_ih ? num_add(y, net->b_ih[k]) : y;
}

/* the same of the state */
static num from_state(const network *net, const num *h, int64_t k)
{
    num y = inner_product(net->w_hh + k * net->hidden, 1, h, 1, net->hidden);
    return net->b_hh ? num_add(y, net->b_hh[k]) : y;
}

static num gate_sum(const network *net, const num *h, int64_t t, int64_t n, int64_t k)
{
    return num_add(from_input(net, t, n, k), from_state(net, h, k));
}

/* The state that comes before time t, and where that of t goes, (times, rows, hidden) at `all`. */
static const num *state_before(const td_application *f, const network *net, int64_t k, int64_t n, const num *all, const num *first)
{
    bool back = entry(f->attr, 0);
    int64_t before = back ? net->times - k : k - 1;
    return k == 0 ? first + n * net->hidden : all + (before * net->rows + n) * net->hidden;
}

static int64_t time_of_step(const td_application *f, const network *net, int64_t k)
{
    return entry(f->attr, 0) ? net->times - 1 - k : k;
}

static void rnn_layer(const td_application *f, int64_t n)
{
    network net = network_of(f, false);
    for (int64_t k = 0; k < net.times; k++) {
        int64_t t = time_of_step(f, &net, k);
        const num *h = state_before(f, &net, k, n, result(f), net.h);
        num *y = result(f) + (t * net.rows + n) * net.hidden;
        for (int64_t i = 0; i < net.hidden; i++) {
            num a = gate_sum(&net, h, t, n, i);
            y[i] = entry(f->attr, 1) ? relu(a) : num_tanh(a);
        }
    }
}

/* h' = (1 - z) n + z h,  n = tanh(x's + r (h's)),  r and z logistic */
static void gru_layer(const td_application *f, int64_t n)
{
    network net = network_of(f, false);
    int64_t m = net.hidden;
    for (int64_t k = 0; k < net.times; k++) {
        int64_t t = time_of_step(f, &net, k);
        const num *h = state_before(f, &net, k, n, result(f), net.h);
        num *y = result(f) + (t * net.rows + n) * m;
        for (int64_t i = 0; i < m; i++) {
            num r = logistic(gate_sum(&net, h, t, n, i)), z = logistic(gate_sum(&net, h, t, n, m + i));
            num new = num_tanh(num_add(from_input(&net, t, n, 2 * m + i), num_mul(r, from_state(&net, h, 2 * m + i))));
            y[i] = num_add(num_mul(num_sub(num_of(1), z), new), num_mul(z, h[i]));
        }
    }
}

/* c' = f c + i g,  h' = o tanh c',  i, f, o logistic, g tanh; states, then memories, of all times */
static void lstm_layer(const td_application *f, int64_t n)
{
    network net = network_of(f, true);
    int64_t m = net.hidden;
    num *memories = result(f) + net.times * net.rows * m;
    for (int64_t k = 0; k < net.times; k++) {
        int64_t t = time_of_step(f, &net, k), at = (t * net.rows + n) * m;
        const num *h = state_before(f, &net, k, n, result(f), net.h), *c = state_before(f, &net, k, n, memories, net.c);
        for (int64_t j = 0; j < m; j++) {
            num in = logistic(gate_sum(&net, h, t, n, j)), forget = logistic(gate_sum(&net, h, t, n, m + j));
            num new = num_tanh(gate_sum(&net, h, t, n, 2 * m + j)), out = logistic(gate_sum(&net, h, t, n, 3 * m + j));
            memories[at + j] = num_add(num_mul(forget, c[j]), num_mul(in, new));
            result(f)[at + j] = num_mul(out, num_tanh(memories[at + j]));
        }
    }
}

static int64_t sequences(const td_application *f) { return f->in[0].shape->size[1]; }

static const definition
    define_rnn_layer = {.piece = rnn_layer, .pieces = sequences},
    define_gru_layer = {.piece = gru_layer, .pieces = sequences},
    define_lstm_layer = {.piece = lstm_layer, .pieces = sequences};
