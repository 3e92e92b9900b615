/* recurrent.h: recurrent layers, one sequence of the batch at a time, by the formulas of their papers.
 * Sources: J. Elman, 1990; S. Hochreiter, J. Schmidhuber, 1997, with F. Gers and others' forget gate, 2000; K. Cho and
 * others, 2014, with the reset gate after the product, as PyTorch's manual of GRU has it. */

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
static const num *state_before(const td_application *f, const network *net, int64_t k, int64_t n, const num *all,
                               const num *first)
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

/* ---- an LSTM's steps alone, and the walk back through them --------------------------------------------------------- */

/* p = a + w h, and what follows: h, c and p of all times */
static void lstm_scan(const td_application *f, int64_t n)
{
    const td_shape *a = f->in[0].shape;
    network net = {.h = operand(f, 1), .c = operand(f, 2), .w_hh = operand(f, 3), .times = a->size[0], .rows = a->size[1],
                   .hidden = a->size[2] / 4};
    int64_t m = net.hidden;
    num *memories = result(f) + net.times * net.rows * m, *sums = memories + net.times * net.rows * m;
    for (int64_t k = 0; k < net.times; k++) {
        int64_t t = time_of_step(f, &net, k), at = (t * net.rows + n) * m;
        const num *h = state_before(f, &net, k, n, result(f), net.h), *c = state_before(f, &net, k, n, memories, net.c);
        num *p = sums + 4 * at;
        for (int64_t j = 0; j < 4 * m; j++) p[j] = num_add(operand(f, 0)[4 * at + j], from_state(&net, h, j));
        for (int64_t j = 0; j < m; j++) {
            num new = num_mul(logistic(p[j]), num_tanh(p[2 * m + j]));
            memories[at + j] = num_add(num_mul(logistic(p[m + j]), c[j]), new);
            result(f)[at + j] = num_mul(logistic(p[3 * m + j]), num_tanh(memories[at + j]));
        }
    }
}

/* s (1 - s) */
static num logistic_slope(num p) { return num_mul(logistic(p), logistic(num_neg(p))); }
static num tanh_slope(num p)
{
    num y = num_tanh(p);
    return num_sub(num_of(1), num_mul(y, y));
}

/* Number i of an adjoint, or 0 of one that was left out. */
static num given(const num *g, int64_t i) { return g ? g[i] : num_of(0); }

/* Errors by time, from the last step to the first: e_h = g_h + w^T d of the step after, e_c = g_c + e_h o tanh'(c) + f e_c
 * of it; d = g_p + (e_c g i', e_c c' f', e_c i g', e_h tanh(c) o').
 * Source: A. Graves, "Supervised sequence labelling with recurrent neural networks", 2012, section 4.6. */
static void lstm_scan_adj(const td_application *f, int64_t n)
{
    const td_shape *first = f->in[1].shape;
    network net = {.rows = first->size[0], .hidden = first->size[1]};
    int64_t m = net.hidden, one = net.rows * m;
    net.times = f->in[0].shape->numel / (6 * one);
    const num *memory = operand(f, 0) + net.times * one, *sums = memory + net.times * one, *w = operand(f, 2);
    const num *g_h = operand(f, 3);
    bool has_c = f->in[3].shape->numel > net.times * one, has_p = f->in[3].shape->numel > 2 * net.times * one;
    const num *g_c = has_c ? g_h + net.times * one : NULL, *g_p = has_p ? g_c + net.times * one : NULL;
    num *to = result(f), *of_h = to + 4 * net.times * one + n * m, *of_c = of_h + one;
    for (int64_t j = 0; j < m; j++) of_h[j] = of_c[j] = num_of(0);
    for (int64_t k = net.times - 1; k >= 0; k--) {
        int64_t t = time_of_step(f, &net, k), at = (t * net.rows + n) * m;
        const num *p = sums + 4 * at, *c = state_before(f, &net, k, n, memory, operand(f, 1));
        num *d = to + 4 * at;
        for (int64_t j = 0; j < m; j++) {
            num e_h = num_add(g_h[at + j], of_h[j]), now = memory[at + j];
            num e_c = num_add(given(g_c, at + j), of_c[j]), in = logistic(p[j]);
            e_c = num_add(e_c, num_mul(num_mul(e_h, logistic(p[3 * m + j])), tanh_slope(now)));
            num new = num_tanh(p[2 * m + j]);
            d[j] = num_add(given(g_p, 4 * at + j), num_mul(num_mul(e_c, new), logistic_slope(p[j])));
            d[m + j] = num_add(given(g_p, 4 * at + m + j), num_mul(num_mul(e_c, c[j]), logistic_slope(p[m + j])));
            d[2 * m + j] = num_add(given(g_p, 4 * at + 2 * m + j), num_mul(num_mul(e_c, in), tanh_slope(p[2 * m + j])));
            d[3 * m + j] = num_add(given(g_p, 4 * at + 3 * m + j), num_mul(num_mul(e_h, num_tanh(now)),
                                                                    logistic_slope(p[3 * m + j])));
            of_c[j] = num_mul(e_c, logistic(p[m + j]));
        }
        for (int64_t j = 0; j < m; j++) of_h[j] = inner_product(d, 1, w + j, m, 4 * m);
    }
}

static int64_t rows_of_memory(const td_application *f) { return f->in[1].shape->size[0]; }

static int64_t sequences(const td_application *f) { return f->in[0].shape->size[1]; }

static const definition
    define_rnn_layer = {.piece = rnn_layer, .pieces = sequences},
    define_gru_layer = {.piece = gru_layer, .pieces = sequences},
    define_lstm_layer = {.piece = lstm_layer, .pieces = sequences},
    define_lstm_scan = {.piece = lstm_scan, .pieces = sequences},
    define_lstm_scan_adj = {.piece = lstm_scan_adj, .pieces = rows_of_memory};
