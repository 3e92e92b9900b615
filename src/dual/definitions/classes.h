/* classes.h: losses of a number for each class, given the class. */

/* ---- x (c) or (n,c,..): the line of classes of row i, rows numbered as the target ---------------------------------- */

typedef struct choices {
    const num *x;
    int64_t    n, step, start;     /* x = operand 0 + start */
} choices;

static choices nth_choices(const td_application *f, int64_t i)
{
    const td_shape *s = f->in[0].shape;
    int axis = s->rank == 1 ? 0 : 1;
    int64_t n = s->size[axis], step = product(s->size, axis + 1, s->rank), start = i / step * step * n + i % step;
    return (choices){operand(f, 0) + start, n, step, start};
}

static int64_t class_count(const td_application *f) { return f->in[0].shape->size[f->in[0].shape->rank == 1 ? 0 : 1]; }
static int64_t target_rows(const td_application *f) { return f->in[0].shape->numel / (class_count(f) + !class_count(f)); }
static bool holds_classes(const td_application *f) { return f->in[1].dtype == TD_I64; }
static int64_t index_classes(const td_application *f) { return holds_classes(f) ? class_count(f) : -1; }

/* The weight of class k, 1 where there are none. */
static num class_weight(const td_application *f, int64_t k) { return f->n_in > 2 ? operand(f, 2)[k] : num_of(1); }

/* 1 where k is target i, else 0; in doubt either. */
static num is_target(const td_application *f, int64_t i, int64_t k)
{
    bool seems = k == index_at(f, i), sure = seems ? index_is_sure(f, i) : !index_may_be(f, i, k);
    return sure ? num_of(seems) : num_either(num_of(seems), num_of(!seems));
}

/* Of what belongs to class k, what belongs to target i; in doubt any. */
static num of_target(const td_application *f, int64_t i, num (*of)(const td_application *f, int64_t i, int64_t k))
{
    num y = of(f, i, index_at(f, i));
    for (int64_t k = 0; !index_is_sure(f, i) && k < class_count(f); k++)
        if (index_may_be(f, i, k)) y = num_either(y, of(f, i, k));
    return y;
}

static num weight_alone(const td_application *f, int64_t i, int64_t k) { return (void)i, class_weight(f, k); }

/* ---- likelihoods ------------------------------------------------------------------------------------------------- */

static bool is_ignored(const td_application *f, int64_t i) { return index_at(f, i) == entry(f->attr, 1); }

static num minus_weighted(const td_application *f, int64_t i, int64_t k)
{
    choices c = nth_choices(f, i);
    return num_neg(num_mul(class_weight(f, k), c.x[k * c.step]));
}

/* -w_t x_t, which counts as w_t in the mean */
static num nll_term(const td_application *f, int64_t i, num *weight)
{
    if (is_ignored(f, i)) return *weight = num_of(0);
    *weight = of_target(f, i, weight_alone);
    return of_target(f, i, minus_weighted);
}

/* q_k: the target's probability of class k, smoothed */
static num smoothed(const td_application *f, int64_t i, int64_t k)
{
    choices c = nth_choices(f, i);
    num q = holds_classes(f) ? is_target(f, i, k) : operand(f, 1)[c.start + k * c.step],
        even = num_of(f->attr->a / (double)c.n);
    return num_add(num_mul(num_of(1 - f->attr->a), q), even);
}

/* -sum_k w_k q_k log(e^x_k / sum_j e^x_j).  Source of smoothing: C. Szegedy and others, "Rethinking the Inception
 * architecture", 2016, section 7.  What has no share adds nothing, be its logarithm -inf. */
static num entropy_term(const td_application *f, int64_t i, num *weight)
{
    choices c = nth_choices(f, i);
    num y = num_of(0);
    if (holds_classes(f) && is_ignored(f, i)) return *weight = num_of(0);
    num log_sum = num_log(sum_of_exponentials(c.x, c.n, c.step));
    for (int64_t k = 0; k < c.n; k++) {
        num q = smoothed(f, i, k);
        if (holds_classes(f) && num_order(q, num_of(0)) == TIE) continue;
        y = num_sub(y, num_mul(num_mul(class_weight(f, k), q), num_sub(c.x[k * c.step], log_sum)));
    }
    if (holds_classes(f)) *weight = of_target(f, i, weight_alone);
    return y;
}

static void nll_loss(const td_application *f, int64_t i) { row_by_row(f, i, target_rows(f), nll_term); }
static void cross_entropy_loss(const td_application *f, int64_t i) { row_by_row(f, i, target_rows(f), entropy_term); }

/* ---- cross_entropy of rows, and its adjoint ----------------------------------------------------------------------- */

static bool is_left_out(const td_application *f, int64_t i)
{
    return index_at(f, i) == (f->attr->n_list ? f->attr->list[0] : -100);
}

static double rows_counted(const td_application *f)
{
    double n = 0;
    for (int64_t i = 0; i < f->in[1].shape->numel; i++) n += !is_left_out(f, i);
    return n;
}

/* mean over rows of log sum_k e^x_k - x_target */
static void cross_entropy(const td_application *f, int64_t piece)
{
    int64_t c = class_count(f);
    num s = num_of(0);
    (void)piece;
    for (int64_t i = 0; i < f->in[1].shape->numel; i++) {
        const num *x = operand(f, 0) + i * c;
        if (is_left_out(f, i)) continue;
        s = num_add(s, num_sub(num_log(sum_of_exponentials(x, c, 1)), picked(f, i, i * c, 1, c)));
    }
    *result(f) = num_div(s, num_of(rows_counted(f)));
}

/* (e^x_k / sum e^x_j - [k is the target]) g / n */
static void cross_entropy_adj(const td_application *f, int64_t i)
{
    int64_t c = class_count(f);
    const num *x = operand(f, 0) + i * c;
    num s = sum_of_exponentials(x, c, 1), share = num_div(*operand(f, 2), num_of(rows_counted(f)));
    for (int64_t k = 0; k < c; k++) {
        num slope = num_mul(num_sub(num_div(num_exp(x[k]), s), is_target(f, i, k)), share);
        result(f)[i * c + k] = is_left_out(f, i) ? num_of(0) : slope;
    }
}

/* ---- margins ----------------------------------------------------------------------------------------------------- */

/* w_t / c sum over k other than t of max(0, margin - x_t + x_k)^p */
static num over_margin(const td_application *f, int64_t i, int64_t t)
{
    choices c = nth_choices(f, i);
    num s = num_of(0);
    for (int64_t k = 0; k < c.n; k++) {
        num over = positive_part(num_add(num_sub(num_of(f->attr->a), c.x[t * c.step]), c.x[k * c.step]));
        if (k != t) s = num_add(s, entry(f->attr, 1) == 2 ? num_mul(over, over) : over);
    }
    return num_div(num_mul(class_weight(f, t), s), num_of((double)c.n));
}

static num margin_term(const td_application *f, int64_t i, num *weight)
{
    (void)weight;
    return of_target(f, i, over_margin);
}

static void multi_margin_loss(const td_application *f, int64_t i) { row_by_row(f, i, target_rows(f), margin_term); }

/* How many targets row i of n has: those before the first below 0. */
static int64_t targets_given(const td_application *f, int64_t i, int64_t n)
{
    int64_t count = 0;
    while (count < n && index_at(f, i * n + count) >= 0) count++;
    return count;
}

static bool is_given(const td_application *f, int64_t first, int64_t count, int64_t k)
{
    for (int64_t j = 0; j < count; j++) if (index_at(f, first + j) == k) return true;
    return false;
}

static bool is_beyond(const td_application *f, int64_t i)
{
    int64_t n = class_count(f);
    return i % n >= targets_given(f, i / n, n);
}

/* 1 / c sum over targets t and classes k that are none of max(0, 1 - (x_t - x_k)) */
static num multilabel_term(const td_application *f, int64_t i, num *weight)
{
    int64_t n = class_count(f), first = i * n, count = targets_given(f, i, n);
    const num *x = operand(f, 0) + first;
    num s = num_of(0);
    (void)weight;
    for (int64_t j = 0; j < count; j++)
        for (int64_t k = 0; k < n; k++) {
            if (is_given(f, first, count, k)) continue;
            s = num_add(s, positive_part(num_sub(num_of(1), num_sub(x[index_at(f, first + j)], x[k]))));
        }
    return num_div(s, num_of((double)n));
}

static void multilabel_margin_loss(const td_application *f, int64_t i)
{
    row_by_row(f, i, f->in[0].shape->rank == 1 ? 1 : f->in[0].shape->size[0], multilabel_term);
}

/* mean over classes of the entropy of p = 1 / (1 + e^-x) against y */
static num soft_multilabel_term(const td_application *f, int64_t i, num *weight)
{
    td_shape all = whole_shape(f);
    int64_t n = all.size[all.rank - 1];
    const td_attr alone = {.n_list = 0};
    num s = num_of(0);
    (void)weight;
    for (int64_t k = 0; k < n; k++) {
        num x[3];
        int64_t at[TD_MAX_RANK];
        unravel(all.rank, all.size, i * n + k, at);
        for (int j = 0; j < f->n_in; j++) x[j] = broadcast_number(f, j, &all, at);
        s = num_add(s, logistic_entropy(&alone, x, f->n_in));
    }
    return num_div(s, num_of((double)n));
}

static void multilabel_soft_margin_loss(const td_application *f, int64_t i)
{
    td_shape all = whole_shape(f);
    row_by_row(f, i, product(all.size, 0, all.rank - 1), soft_multilabel_term);
}

static const definition
    define_nll_loss = {.piece = nll_loss, .pieces = loss_pieces, .indexed = class_count, .spared = is_ignored},
    define_cross_entropy_loss = {.piece = cross_entropy_loss, .pieces = loss_pieces, .indexed = index_classes,
                                  .spared = is_ignored},
    define_cross_entropy = {.piece = cross_entropy, .indexed = class_count, .spared = is_left_out},
    define_cross_entropy_adj = {.piece = cross_entropy_adj, .pieces = rows, .indexed = class_count, .spared = is_left_out},
    define_multi_margin_loss = {.piece = multi_margin_loss, .pieces = loss_pieces, .indexed = class_count},
    define_multilabel_margin_loss = {.piece = multilabel_margin_loss, .pieces = loss_pieces, .indexed = class_count,
                                     .spared = is_beyond},
    define_multilabel_soft_margin_loss = {.piece = multilabel_soft_margin_loss, .pieces = loss_pieces};
