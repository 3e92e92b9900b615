/* attention.h: what is attended to, by the loops of the formula softmax(Q K^T / sqrt d) V.
 * Source: A. Vaswani and others, "Attention is all you need", 2017, section 3.2. */

/* Matrix number `at` (leading index of the result) of operand k. */
static const num *nth_matrix(const td_application *f, int k, const int64_t *at, int rank)
{
    const td_shape *s = f->in[k].shape;
    return operand(f, k) + matrix_of(s, at, rank) * s->size[s->rank - 2] * s->size[s->rank - 1];
}

typedef struct attended {
    const num *q, *k, *v;          /* row of q; matrices of k and v */
    int64_t    s, e, width;        /* how many keys; sizes of a key and of a value */
} attended;

/* scale sum_e q_e k_je + mask_j; *seen is whether key j counts */
typedef num scored(const td_application *f, const attended *a, int64_t j, bool *seen, const void *more);

/* What becomes of the share p of key j. */
typedef num sharing(const void *more, int64_t j, num p);

/* y += share of v_j: shares are e^score over their sum; none where no key counts. */
static void attend(const td_application *f, const attended *a, num *y, scored *of, sharing *kept, const void *more)
{
    num sum = num_of(0);
    bool any = false;
    for (int64_t j = 0; j < a->s; j++) {
        bool seen;
        num score = of(f, a, j, &seen, more);
        if (seen) sum = num_add(sum, num_exp(score)), any = true;
    }
    for (int64_t i = 0; i < a->width; i++) y[i] = num_of(0);
    for (int64_t j = 0; any && j < a->s; j++) {
        bool seen;
        num score = of(f, a, j, &seen, more);
        if (!seen) continue;
        num share = kept(more, j, num_div(num_exp(score), sum));
        for (int64_t i = 0; i < a->width; i++) y[i] = num_add(y[i], num_mul(share, a->v[j * a->width + i]));
    }
}

/* A mask's word on a score: a bool says if it counts, a number is added, -inf says it does not. */
static num masked_score(num score, num m, td_dtype dtype, bool *seen)
{
    *seen = dtype == TD_BOOL ? num_value(m) != 0 : num_value(m) != -(double)INFINITY;
    return dtype == TD_BOOL || !*seen ? score : num_add(score, m);
}

/* ---- scaled_dot_product_attention --------------------------------------------------------------------------------- */

typedef struct query { int64_t at[TD_MAX_RANK], row, number; int rank; double p; uint64_t seed; } query;

static num plain_score(const td_application *f, const attended *a, int64_t j, bool *seen, const void *more)
{
    const query *q = more;
    num score = num_mul(num_of(f->attr->a), inner_product(a->q, 1, a->k + j * a->e, 1, a->e));
    *seen = !f->attr->keepdim || j <= q->row;
    if (f->n_in < 4) return score;
    int64_t at[TD_MAX_RANK];
    for (int k = 0; k < q->rank; k++) at[k] = q->at[k];
    at[q->rank] = q->row;
    at[q->rank + 1] = j;
    return masked_score(score, operand(f, 3)[broadcast_position(f->in[3].shape, at, q->rank + 2)], f->in[3].dtype, seen);
}

static num dropped_share(const void *more, int64_t j, num share)
{
    const query *q = more;
    if (q->p == 0) return share;
    if (uniform(q->seed, (uint64_t)(q->number + j)) < q->p) return num_choose(num_of(0), share);
    return num_div(share, num_sub(num_of(1), num_of(q->p)));
}

static int64_t queries(const td_application *f)
{
    return product(f->shape->size, 0, f->shape->rank - 1);
}

static void attention(const td_application *f, int64_t i)
{
    const td_shape *y = f->shape, *k = f->in[1].shape;
    int lead = y->rank - 2;
    int64_t l = y->size[lead];
    query q = {.row = i % l, .rank = lead, .p = f->attr->b, .seed = f->attr->seed};
    attended a = {.s = k->size[k->rank - 2], .e = k->size[k->rank - 1], .width = y->size[lead + 1]};
    unravel(lead, y->size, i / l, q.at);
    q.number = i * a.s;
    a.q = nth_matrix(f, 0, q.at, lead) + q.row * a.e;
    a.k = nth_matrix(f, 1, q.at, lead);
    a.v = nth_matrix(f, 2, q.at, lead);
    attend(f, &a, result(f) + i * a.width, plain_score, dropped_share, &q);
}

/* ---- multi-head attention: one sequence at a time ------------------------------------------------------------------ */

enum { OF_IN_BIAS, OF_OUT_WEIGHT, OF_OUT_BIAS, OF_MASK, OF_PADDING };

/* Which operand has this part; -1: none. */
static int head_part(const td_application *f, int kind)
{
    int at = 4;
    for (int k = 0; k < kind; k++) at += f->attr->axes >> k & 1;
    return f->attr->axes >> kind & 1 ? at : -1;
}

typedef struct head { int64_t n, number, heads, row; num *shares; } head;

static num head_score(const td_application *f, const attended *a, int64_t j, bool *seen, const void *more)
{
    const head *h = more;
    num score = num_div(inner_product(a->q, 1, a->k + j * a->e, 1, a->e), num_sqrt(num_of((double)a->e)));
    int taken = head_part(f, OF_MASK), padding = head_part(f, OF_PADDING);
    *seen = true;
    if (taken >= 0) {
        const td_shape *s = f->in[taken].shape;
        int64_t rows = f->in[0].shape->size[1], n = f->in[0].shape->size[0];
        int64_t which = s->rank == 2 ? 0 : s->size[0] == n ? h->n : h->n * h->heads + h->number;
        num m = operand(f, taken)[(which * rows + h->row) * a->s + j];
        if (f->in[taken].dtype == TD_BOOL) *seen = num_value(m) == 0;
        else score = masked_score(score, m, TD_F64, seen);
    }
    if (padding < 0 || !*seen) return score;
    num m = operand(f, padding)[h->n * a->s + j];
    if (f->in[padding].dtype != TD_BOOL) return masked_score(score, m, TD_F64, seen);
    *seen = num_value(m) == 0;
    return score;
}

static num noted_share(const void *more, int64_t j, num share)
{
    const head *h = more;
    if (h->shares) h->shares[j] = num_add(h->shares[j], num_div(share, num_of((double)h->heads)));
    return share;
}

/* y[r][h e + k] = sum_i x[r][i] w[which E + h e + k][i] + b[..]: projections, head by head: (heads, rows, e) */
static void project(const td_application *f, int which, int64_t n, int64_t heads, num *y)
{
    const td_shape *s = f->in[which].shape;
    int64_t rows = s->size[1], width = s->size[2], e = width / heads;
    int bias = head_part(f, OF_IN_BIAS);
    const num *x = operand(f, which) + n * rows * width;
    for (int64_t r = 0; r < rows; r++)
        for (int64_t k = 0; k < width; k++) {
            int64_t from = which * width + k;
            num v = inner_product(x + r * width, 1, operand(f, 3) + from * width, 1, width);
            if (bias >= 0) v = num_add(v, operand(f, bias)[from]);
            y[(k / e * rows + r) * e + k % e] = v;
        }
}

static int64_t attending(const td_application *f) { return f->in[0].shape->size[0]; }

static int64_t projections(const td_application *f)
{
    const td_shape *q = f->in[0].shape, *k = f->in[1].shape;
    return 2 * q->size[1] * q->size[2] + 2 * k->size[1] * k->size[2] + q->size[2];
}

/* Heads of sequence n into `to`, (l, E); their mean shares into `shares`, (l, s), which may be NULL. */
static void all_heads(const td_application *f, int64_t n, num *work, num *to, num *shares)
{
    const td_shape *x = f->in[0].shape;
    int64_t l = x->size[1], width = x->size[2], s = f->in[1].shape->size[1], heads = f->attr->list[0], e = width / heads;
    num *q = work, *k = q + l * width, *v = k + s * width, *one = v + s * width;
    project(f, 0, n, heads, q);
    project(f, 1, n, heads, k);
    project(f, 2, n, heads, v);
    for (int64_t i = 0; shares && i < l * s; i++) shares[i] = num_of(0);
    for (int64_t h = 0; h < heads; h++)
        for (int64_t r = 0; r < l; r++) {
            attended a = {q + (h * l + r) * e, k + h * s * e, v + h * s * e, s, e, e};
            head of = {n, h, heads, r, shares ? shares + r * s : NULL};
            attend(f, &a, one, head_score, noted_share, &of);
            for (int64_t i = 0; i < e; i++) to[r * width + h * e + i] = one[i];
        }
}

static void multi_head_attention(const td_application *f, int64_t n)
{
    const td_shape *x = f->in[0].shape;
    int64_t l = x->size[1], width = x->size[2];
    int weight = head_part(f, OF_OUT_WEIGHT), bias = head_part(f, OF_OUT_BIAS);
    num *work = scratch(f, n), *joined = work + projections(f) - l * width, *y = result(f) + n * l * width;
    all_heads(f, n, work, joined, NULL);
    for (int64_t r = 0; r < l; r++)
        for (int64_t k = 0; k < width; k++) {
            num v = weight < 0 ? joined[r * width + k]
                               : inner_product(joined + r * width, 1, operand(f, weight) + k * width, 1, width);
            y[r * width + k] = bias < 0 ? v : num_add(v, operand(f, bias)[k]);
        }
}

static void multi_head_weights(const td_application *f, int64_t n)
{
    const td_shape *x = f->in[0].shape;
    int64_t l = x->size[1], s = f->in[1].shape->size[1];
    num *work = scratch(f, n);
    all_heads(f, n, work, work + projections(f) - l * x->size[2], result(f) + n * l * s);
}

static const definition
    define_scaled_dot_product_attention = {.piece = attention, .pieces = queries},
    define_multi_head_attention = {.piece = multi_head_attention, .pieces = attending, .scratch = projections},
    define_multi_head_attention_weights = {.piece = multi_head_weights, .pieces = attending, .scratch = projections};
