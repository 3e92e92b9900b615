/* loss.h: losses.  A term is said as its textbook or PyTorch's manual prints it; how terms become the result is said
 * once. */

static int64_t entry(const td_attr *p, int k) { return k < p->n_list ? p->list[k] : 0; }

enum { OF_MEAN, OF_SUM, OF_EACH };

/* ---- terms of operands that broadcast ---------------------------------------------------------------------------- */

/* Sizes all operands broadcast to. */
static td_shape whole_shape(const td_application *f)
{
    td_shape s = *f->in[0].shape;
    for (int k = 1; k < f->n_in; k++) {
        td_shape before = s;
        s = common_shape(&before, f->in[k].shape);
    }
    s.numel = product(s.size, 0, s.rank);
    return s;
}

/* Operand k's number that is broadcast to this index. */
static num broadcast_number(const td_application *f, int k, const td_shape *all, const int64_t *at)
{
    return operand(f, k)[broadcast_position(f->in[k].shape, at, all->rank)];
}

/* A term from its operands' numbers x[0], x[1], ..., their count */
typedef num term(const td_attr *p, const num *x, int n);

static num nth_term(const td_application *f, const td_shape *all, int64_t i, term *of, num *weight)
{
    int64_t at[TD_MAX_RANK];
    num x[TD_SAMPLE_IN];
    unravel(all->rank, all->size, i, at);
    for (int k = 0; k < f->n_in; k++) x[k] = broadcast_number(f, k, all, at);
    if (weight) *weight = f->n_in > 2 ? x[2] : num_of(1);
    return of(f->attr, x, f->n_in);
}

static int64_t loss_pieces(const td_application *f) { return entry(f->attr, 0) == OF_EACH ? f->shape->numel : 1; }

/* Piece i of the loss: term i, or what becomes of all.  `by_weight`: the mean is over the sum of operand 2. */
static void pointwise(const td_application *f, int64_t i, term *of, bool by_weight)
{
    td_shape all = whole_shape(f);
    num s = num_of(0), count = num_of(0), w;
    if (entry(f->attr, 0) == OF_EACH) {
        result(f)[i] = nth_term(f, &all, i, of, NULL);
        return;
    }
    for (int64_t k = 0; k < all.numel; k++) {
        s = num_add(s, nth_term(f, &all, k, of, &w));
        count = num_add(count, by_weight ? w : num_of(1));
    }
    *result(f) = entry(f->attr, 0) == OF_SUM ? s : num_div(s, count);
}

#define POINTWISE(NAME, of, by_weight) \
    static void NAME##_piece(const td_application *f, int64_t i) { pointwise(f, i, of, by_weight); }

static num weighted_by(const num *x, int n, int k, num y) { return n > k ? num_mul(x[k], y) : y; }

/* |x - y|, (x - y)^2, times a weight */
static num absolute_error(const td_attr *p, const num *x, int n)
{
    (void)p;
    return weighted_by(x, n, 2, magnitude(num_sub(x[0], x[1])));
}

static num squared_error(const td_attr *p, const num *x, int n)
{
    (void)p;
    num d = num_sub(x[0], x[1]);
    return weighted_by(x, n, 2, num_mul(d, d));
}

/* d^2 / 2 where |d| < b, else b (|d| - b / 2).  Source: P. Huber, "Robust estimation of a location parameter", 1964. */
static num huber(num d, double b)
{
    num size = magnitude(d), near = num_div(num_mul(d, d), num_of(2));
    num far = num_mul(num_of(b), num_sub(size, num_of(b / 2)));
    switch (num_order(size, num_of(b))) {
    case LESS: return near;
    case UNSURE: return num_value(size) < b ? num_either(near, far) : num_either(far, near);
    default: return far;
    }
}

static num huber_error(const td_attr *p, const num *x, int n)
{
    return weighted_by(x, n, 2, huber(num_sub(x[0], x[1]), p->a));
}

static num smooth_absolute_error(const td_attr *p, const num *x, int n)
{
    num d = num_sub(x[0], x[1]);
    (void)n;
    return p->a == 0 ? magnitude(d) : num_div(huber(d, p->a), num_of(p->a));
}

/* max(log p, -100), a constant where that is -100 */
static num limited_log(num p)
{
    num least = num_exp(num_of(-100));
    switch (num_order(magnitude(p), least)) {
    case LESS:
    case TIE: return num_choose(num_of(-100), p);
    case UNSURE: return num_either(num_of(-100), num_log(p));
    default: return num_log(p);
    }
}

/* -(y log p + (1 - y) log(1 - p)) */
static num binary_entropy(const td_attr *p, const num *x, int n)
{
    (void)p;
    num one = num_of(1), yes = num_mul(x[1], limited_log(x[0]));
    num no = num_mul(num_sub(one, x[1]), limited_log(num_sub(one, x[0])));
    return weighted_by(x, n, 2, num_neg(num_add(yes, no)));
}

/* The same of p = 1 / (1 + e^-x): -log p = log(1 + e^-x), -log(1 - p) = log(1 + e^x) */
static num logistic_entropy(const td_attr *p, const num *x, int n)
{
    bool has_pos = entry(p, 1);
    num yes = num_mul(x[1], softplus(num_neg(x[0]))), no = num_mul(num_sub(num_of(1), x[1]), softplus(x[0]));
    if (has_pos) yes = num_mul(x[n - 1], yes);
    return weighted_by(x, n - has_pos, 2, num_add(yes, no));
}

/* y log(y / e^x); of y = e^t, e^t (t - x).  Source: S. Kullback, R. Leibler, "On information and sufficiency", 1951. */
static num divergence(const td_attr *p, const num *x, int n)
{
    (void)n;
    if (entry(p, 1)) return num_mul(num_exp(x[1]), num_sub(x[1], x[0]));
    bool none = num_order(x[1], num_of(0)) == TIE;
    return num_mul(x[1], num_sub(none ? num_of(0) : num_log(x[1]), x[0]));
}

static num two_pi(void) { return num_mul(num_of(8), num_atan(num_of(1))); }

/* -log of e^-m m^y / y!, m = e^x or m = x; y! is left out, or Stirling's where y > 1 */
static num poisson(const td_attr *p, const num *x, int n)
{
    num y = x[1], t = entry(p, 1) ? num_sub(num_exp(x[0]), num_mul(y, x[0]))
                                  : num_sub(x[0], num_mul(y, num_log(num_add(x[0], num_of(p->a)))));
    (void)n;
    if (!entry(p, 2)) return t;
    enum order o = num_order(y, num_of(1));
    if (o == LESS || o == TIE) return t;
    num root = num_div(num_log(num_mul(two_pi(), y)), num_of(2));
    num more = num_add(t, num_add(num_sub(num_mul(y, num_log(y)), y), root));
    return o == UNSURE ? num_either(num_value(y) > 1 ? more : t, num_value(y) > 1 ? t : more) : more;
}

/* -log of the normal density of x about y with variance v, log sqrt(2 pi) left out or not */
static num gaussian(const td_attr *p, const num *x, int n)
{
    num v = floored(x[2], p->a), d = num_sub(x[0], x[1]);
    num t = num_div(num_add(num_log(v), num_div(num_mul(d, d), v)), num_of(2));
    (void)n;
    return entry(p, 1) ? num_add(t, num_div(num_log(two_pi()), num_of(2))) : t;
}

/* log(1 + e^(-y x)) */
static num soft_margin(const td_attr *p, const num *x, int n)
{
    (void)p, (void)n;
    return softplus(num_neg(num_mul(x[1], x[0])));
}

/* max(0, x), slope 0 at 0 */
static num positive_part(num x) { return floored(x, 0); }

/* max(0, margin - y (x1 - x2)) */
static num ranking(const td_attr *p, const num *x, int n)
{
    (void)n;
    return positive_part(num_sub(num_of(p->a), num_mul(x[2], num_sub(x[0], x[1]))));
}

static bool is_label(num y, double value) { return num_value(y) == value; }

/* x where y is not -1, and max(0, margin - x) where it is not 1 */
static num hinge(const td_attr *p, const num *x, int n)
{
    num s = num_of(0);
    (void)n;
    if (!is_label(x[1], -1)) s = num_add(s, x[0]);
    if (!is_label(x[1], 1)) s = num_add(s, positive_part(num_sub(num_of(p->a), x[0])));
    return s;
}

POINTWISE(l1_loss, absolute_error, true)
POINTWISE(mse_loss, squared_error, true)
POINTWISE(huber_loss, huber_error, false)
POINTWISE(smooth_l1_loss, smooth_absolute_error, false)
POINTWISE(binary_cross_entropy, binary_entropy, false)
POINTWISE(binary_cross_entropy_with_logits, logistic_entropy, false)
POINTWISE(kl_div, divergence, false)
POINTWISE(poisson_nll_loss, poisson, false)
POINTWISE(gaussian_nll_loss, gaussian, false)
POINTWISE(soft_margin_loss, soft_margin, false)
POINTWISE(margin_ranking_loss, ranking, false)
POINTWISE(hinge_embedding_loss, hinge, false)

/* ---- terms of rows ----------------------------------------------------------------------------------------------- */

/* Row i's term; *weight, preset 1, is what it counts in the mean. */
typedef num row_term(const td_application *f, int64_t i, num *weight);

/* Piece i of a loss of so many terms. */
static void row_by_row(const td_application *f, int64_t i, int64_t rows, row_term *of)
{
    num s = num_of(0), count = num_of(0), w = num_of(1);
    if (entry(f->attr, 0) == OF_EACH) {
        result(f)[i] = of(f, i, &w);
        return;
    }
    for (int64_t k = 0; k < rows; k++) {
        w = num_of(1);
        s = num_add(s, of(f, k, &w));
        count = num_add(count, w);
    }
    *result(f) = entry(f->attr, 0) == OF_SUM ? s : num_div(s, count);
}

/* (sum |x_k - y_k + eps|^p)^(1/p) of operands a and b over the last axis, row i of what all broadcast to */
static num row_distance(const td_application *f, int a, int b, int64_t i)
{
    td_shape all = whole_shape(f), rows = all;
    int64_t at[TD_MAX_RANK], n = all.size[--rows.rank];
    num *of = malloc((size_t)(n + 1) * sizeof *of);
    const td_attr order = {.a = f->attr->b};
    unravel(rows.rank, rows.size, i, at);
    for (int64_t k = 0; of && k < n; k++) {
        at[rows.rank] = k;
        of[k] = num_add(num_sub(broadcast_number(f, a, &all, at), broadcast_number(f, b, &all, at)), num_of(f->attr->a));
    }
    group row = {.x = of, .n = n, .rank = 1, .size = {n}, .stride = {1}};
    num y = of ? norm(&order, &row) : num_of(NAN);
    free(of);
    return y;
}

static num triplet(const td_application *f, int64_t i, num *weight)
{
    int64_t bits = entry(f->attr, 2);
    double margin;
    (void)weight;
    memcpy(&margin, &bits, sizeof margin);
    num far = row_distance(f, 0, 2, i);
    if (entry(f->attr, 1)) far = num_neg(larger(num_neg(far), num_neg(row_distance(f, 1, 2, i))));
    return positive_part(num_add(num_of(margin), num_sub(row_distance(f, 0, 1, i), far)));
}

static void triplet_margin_loss(const td_application *f, int64_t i)
{
    td_shape all = whole_shape(f);
    row_by_row(f, i, product(all.size, 0, all.rank - 1), triplet);
}

static num product_of_rows(const td_application *f, int a, int b, int64_t i)
{
    const td_shape *s = f->in[0].shape;
    int64_t n = s->size[s->rank - 1];
    num y = num_of(0);
    for (int64_t k = 0; k < n; k++) y = num_add(y, num_mul(operand(f, a)[i * n + k], operand(f, b)[i * n + k]));
    return y;
}

static num squared_length(const td_application *f, int a, int64_t i)
{
    num eps = num_pow(num_of(10), num_of(-12));
    return num_add(product_of_rows(f, a, a, i), eps);
}

/* 1 - cos where y = 1, max(0, cos - margin) where y = -1 */
static num cosine_term(const td_application *f, int64_t i, num *weight)
{
    num y = operand(f, 2)[i];
    (void)weight;
    if (!is_label(y, 1) && !is_label(y, -1)) return num_of(0);
    num lengths = num_sqrt(num_mul(squared_length(f, 0, i), squared_length(f, 1, i)));
    num cosine = num_div(product_of_rows(f, 0, 1, i), lengths);
    return is_label(y, 1) ? num_sub(num_of(1), cosine) : positive_part(num_sub(cosine, num_of(f->attr->a)));
}

static void cosine_embedding_loss(const td_application *f, int64_t i)
{
    row_by_row(f, i, f->in[2].shape->numel, cosine_term);
}

#define DEFINE_POINTWISE(NAME) define_##NAME = {.piece = NAME##_piece, .pieces = loss_pieces}
static const definition
    DEFINE_POINTWISE(l1_loss), DEFINE_POINTWISE(mse_loss), DEFINE_POINTWISE(huber_loss), DEFINE_POINTWISE(smooth_l1_loss),
    DEFINE_POINTWISE(binary_cross_entropy), DEFINE_POINTWISE(binary_cross_entropy_with_logits), DEFINE_POINTWISE(kl_div),
    DEFINE_POINTWISE(poisson_nll_loss), DEFINE_POINTWISE(gaussian_nll_loss), DEFINE_POINTWISE(soft_margin_loss),
    DEFINE_POINTWISE(margin_ranking_loss), DEFINE_POINTWISE(hinge_embedding_loss),
    define_triplet_margin_loss = {.piece = triplet_margin_loss, .pieces = loss_pieces},
    define_cosine_embedding_loss = {.piece = cosine_embedding_loss, .pieces = loss_pieces};
