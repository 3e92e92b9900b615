/* nn.h: what networks are made of. */

/* ---- lines along an axis ----------------------------------------------------------------------------------------- */

static int64_t lines(const td_application *f)
{
    const td_shape *s = f->shape;
    return s->numel == 0 ? 0 : s->rank == 0 ? 1 : s->numel / s->size[f->attr->axis];
}

typedef struct strip {
    const num *x;
    num       *y;
    int64_t    n, step;
} strip;

static strip nth_line(const td_application *f, int64_t i)
{
    const td_shape *s = f->shape;
    if (s->rank == 0) return (strip){operand(f, 0), result(f), 1, 1};
    int64_t n = s->size[f->attr->axis], step = product(s->size, f->attr->axis + 1, s->rank);
    int64_t start = i / step * step * n + i % step;
    return (strip){operand(f, 0) + start, result(f) + start, n, step};
}

/* Beside +inf nothing has a share: inf / inf has no value, and by convention (PyTorch's) neither has the rest of its line. */
static num sum_of_exponentials(const num *x, int64_t n, int64_t step)
{
    num s = num_of(0);
    for (int64_t k = 0; k < n; k++) s = num_add(s, num_exp(x[k * step]));
    return num_order(s, num_of(INFINITY)) == TIE ? num_mul(num_of(NAN), s) : s;
}

/* e^x_k / sum e^x_j */
static void softmax(const td_application *f, int64_t i)
{
    strip l = nth_line(f, i);
    num s = sum_of_exponentials(l.x, l.n, l.step);
    for (int64_t k = 0; k < l.n; k++) l.y[k * l.step] = num_div(num_exp(l.x[k * l.step]), s);
}

/* x_k - log sum e^x_j */
static void log_softmax(const td_application *f, int64_t i)
{
    strip l = nth_line(f, i);
    num s = num_log(sum_of_exponentials(l.x, l.n, l.step));
    for (int64_t k = 0; k < l.n; k++) l.y[k * l.step] = num_sub(l.x[k * l.step], s);
}

/* ---- normalisation and noise ------------------------------------------------------------------------------------- */

static int64_t normalised_size(const td_application *f) { return product(f->shape->size, f->attr->axis, f->shape->rank); }

static int64_t normalised_rows(const td_application *f)
{
    return f->shape->numel ? f->shape->numel / normalised_size(f) : 0;
}

/* (x - mean) / sqrt(var + eps) weight + bias over one row; var with divisor n */
static void layer_norm(const td_application *f, int64_t i)
{
    int64_t n = normalised_size(f);
    const num *x = operand(f, 0) + i * n;
    const td_attr unbiased = {.a = 0};
    group row = {.x = x, .n = n, .rank = 1, .size = {n}, .stride = {1}};
    num m = mean(f->attr, &row), s = num_sqrt(num_add(variance(&unbiased, &row), num_of(f->attr->a)));
    for (int64_t k = 0; k < n; k++) {
        num y = num_div(num_sub(x[k], m), s);
        if (f->n_in > 1) y = num_mul(y, operand(f, 1)[k]);
        if (f->n_in > 2) y = num_add(y, operand(f, 2)[k]);
        result(f)[i * n + k] = y;
    }
}

static num weighted(const td_application *f, const num *g, int64_t k)
{
    return f->n_in > 2 ? num_mul(g[k], operand(f, 2)[k]) : g[k];
}

/* (v_k - mean of v - z_k mean of v z) / s, z = (x - mean) / s, s = sqrt(var + eps), v = g weight, over one row.
 * Source: S. Ioffe, C. Szegedy, "Batch normalization", ICML 2015, section 3, the gradients in x put together. */
static void layer_norm_adj(const td_application *f, int64_t i)
{
    int64_t n = normalised_size(f);
    const num *x = operand(f, 0) + i * n, *g = operand(f, 1) + i * n;
    const td_attr unbiased = {.a = 0};
    group row = {.x = x, .n = n, .rank = 1, .size = {n}, .stride = {1}};
    num m = mean(f->attr, &row), s = num_sqrt(num_add(variance(&unbiased, &row), num_of(f->attr->a)));
    num level = num_of(0), tilt = num_of(0), count = num_of((double)n);
    for (int64_t k = 0; k < n; k++) {
        num v = weighted(f, g, k);
        level = num_add(level, num_div(v, count));
        tilt = num_add(tilt, num_div(num_mul(v, num_div(num_sub(x[k], m), s)), count));
    }
    for (int64_t k = 0; k < n; k++) {
        num z = num_div(num_sub(x[k], m), s);
        result(f)[i * n + k] = num_div(num_sub(num_sub(weighted(f, g, k), level), num_mul(z, tilt)), s);
    }
}

/* sums over the rows of g z, and of g, z = (x - mean) / s */
static void layer_norm_adj_w(const td_application *f, int64_t piece)
{
    const td_shape *x = f->in[0].shape;
    const td_attr unbiased = {.a = 0};
    int64_t n = product(x->size, f->attr->axis, x->rank), rows = x->numel ? x->numel / n : 0;
    (void)piece;
    for (int64_t k = 0; k < 2 * n; k++) result(f)[k] = num_of(0);
    for (int64_t i = 0; i < rows; i++) {
        const num *at = operand(f, 0) + i * n, *g = operand(f, 1) + i * n;
        group row = {.x = at, .n = n, .rank = 1, .size = {n}, .stride = {1}};
        num m = mean(f->attr, &row), s = num_sqrt(num_add(variance(&unbiased, &row), num_of(f->attr->a)));
        for (int64_t k = 0; k < n; k++) {
            num *weight = result(f) + k, *bias = weight + n;
            *weight = num_add(*weight, num_mul(g[k], num_div(num_sub(at[k], m), s)));
            *bias = num_add(*bias, g[k]);
        }
    }
}

/* Philox4x32-10: ten rounds of two multiplications, whose high halves are mixed with the other words and the key.
 * Source: J. Salmon, M. Moraes, R. Dror, D. Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC 2011, section 3.2. */
static void philox(uint32_t word[4], uint32_t key0, uint32_t key1)
{
    for (int round = 0; round < 10; round++) {
        uint64_t a = UINT64_C(0xD2511F53) * word[0], b = UINT64_C(0xCD9E8D57) * word[2];
        uint32_t high_a = (uint32_t)(a >> 32), high_b = (uint32_t)(b >> 32);
        uint32_t next[4] = {high_b ^ word[1] ^ key0, (uint32_t)b, high_a ^ word[3] ^ key1, (uint32_t)a};
        for (int j = 0; j < 4; j++) word[j] = next[j];
        key0 += UINT32_C(0x9E3779B9);
        key1 += UINT32_C(0xBB67AE85);
    }
}

static double uniform(uint64_t seed, uint64_t i)
{
    uint32_t word[4] = {(uint32_t)i, (uint32_t)(i >> 32), 0, 0};
    philox(word, (uint32_t)seed, (uint32_t)(seed >> 32));
    return (double)((((uint64_t)word[1] << 32) + word[0]) >> 11) * 0x1p-53;
}

/* x, or up to 0 its share between a and b */
static num randomly_rectified(const td_application *f, const int64_t *at, int64_t i)
{
    const td_attr *p = f->attr;
    double u = (double)(int64_t)(uniform(p->seed, (uint64_t)i) * 0x1p24) * 0x1p-24;
    num x = operand(f, 0)[i];
    (void)at;
    if (num_order(x, num_of(0)) == NONE) return x;
    return positive_or(x, num_mul(num_of((double)(float)(p->a + (p->b - p->a) * u)), x));
}

/* x / (1 - p) with probability 1 - p, else 0 */
static num dropped_out(const td_application *f, const int64_t *at, int64_t i)
{
    double p = f->attr->a;
    num x = operand(f, 0)[i];
    (void)at;
    if (uniform(f->attr->seed, (uint64_t)i) < p) return num_choose(num_of(0), x);
    return num_div(x, num_sub(num_of(1), num_of(p)));
}

/* The number of the feature that element `at` is in, its axes but the last p->axis. */
static int64_t feature(const td_application *f, const int64_t *at)
{
    int64_t i = 0;
    for (int j = 0; j + f->attr->axis < f->shape->rank; j++) i = i * f->shape->size[j] + at[j];
    return i;
}

static bool is_dropped(const td_application *f, const int64_t *at)
{
    return uniform(f->attr->seed, (uint64_t)feature(f, at)) < f->attr->a;
}

static num feature_dropped_out(const td_application *f, const int64_t *at, int64_t i)
{
    num x = operand(f, 0)[i];
    if (is_dropped(f, at)) return num_choose(num_of(0), x);
    return num_div(x, num_sub(num_of(1), num_of(f->attr->a)));
}

/* To selu's lowest value, -scale alpha, and so stretched that mean 0 and variance 1 stay.
 * Source: G. Klambauer and others, "Self-normalizing neural networks", 2017, section 3, alpha dropout. */
static num alpha_dropped_out(const td_application *f, const int64_t *at, int64_t i)
{
    num one = num_of(1), p = num_of(f->attr->a), low = num_of(-1.7580993408473768599), x = operand(f, 0)[i];
    if (f->attr->a == 1) return num_choose(num_of(0), x);
    num variance = num_mul(num_sub(one, p), num_add(one, num_mul(p, num_mul(low, low)))), mean = num_mul(p, low);
    num kept = is_dropped(f, at) ? num_choose(low, x) : x;
    return num_div(num_sub(kept, mean), num_sqrt(variance));
}

static const definition
    define_feature_dropout = {.element = feature_dropped_out},
    define_alpha_dropout = {.element = alpha_dropped_out},
    define_softmax = {.piece = softmax, .pieces = lines},
    define_log_softmax = {.piece = log_softmax, .pieces = lines},
    define_layer_norm = {.piece = layer_norm, .pieces = normalised_rows},
    define_layer_norm_adj_w = {.piece = layer_norm_adj_w},
    define_layer_norm_adj = {.piece = layer_norm_adj, .pieces = normalised_rows},
    define_rrelu = {.element = randomly_rectified},
    define_dropout = {.element = dropped_out};
