/* form.h: how a definition is stated, and the few helpers that definitions share.
 *
 * A definition says what one independent piece of the result is: one element, or (piece) one line, row or all.  It is
 * written from a textbook over `num`, whatever number that is, and knows nothing of how the op is computed or
 * differentiated elsewhere.  Operands and result are row-major. */

typedef struct group {                 /* the numbers reduced to one, in row-major order */
    const num *x;
    int64_t    n;
    int        rank;
    int64_t    size[TD_MAX_RANK], stride[TD_MAX_RANK];
    const num *other;                  /* of distances: what is subtracted, with strides of its own, and what is added then */
    int64_t    other_stride[TD_MAX_RANK];
    double     shift;
} group;

typedef struct definition {
    num     (*function)(num x);
    num     (*unary)(const td_attr *p, num x);
    num     (*binary)(num x, num y);
    num     (*reduce)(const td_attr *p, const group *x);
    int64_t (*from)(const td_application *f, const int64_t *at, int64_t i);   /* which number of operand 0; -1: p->a */
    num     (*element)(const td_application *f, const int64_t *at, int64_t i);    /* at: its index, i: its position */
    void    (*piece)(const td_application *f, int64_t i);
    int64_t (*pieces)(const td_application *f);                               /* NULL: one */
    int64_t (*scratch)(const td_application *f);                              /* numbers a piece may write; NULL: none */
    int64_t (*indexed)(const td_application *f);       /* operand 1 holds indices below this; -1: it holds none */
    bool    (*spared)(const td_application *f, int64_t i);     /* but the i-th may be anything; NULL: none */
    int64_t (*places)(const td_application *f, int k); /* operand k holds indices of so many places; -1: it holds none */
    bool     wraps;                    /* they may be as far below 0 */
    double   overflow[2];              /* beyond it, in f64 and f32, an infinite result is certain; 0: can't be told */
    enum extent { EACH, MATRIX, LINE } normwise;       /* kernels are accurate for operands that differ by rounding of the largest
                                                          number of this: a matrix, what a transform runs along */
    td_status (*refuses)(const td_application *f);     /* when it has run: td_fail where there is no result; NULL: there always is */
    bool     direct;                   /* moves, picks, sums or single operations: no kernel has another formula for it */
} definition;

static inline const num *operand(const td_application *f, int i) { return f->in[i].numbers; }
static inline num *result(const td_application *f) { return f->out; }

/* The attribute that is put among numbers of the result's dtype, as that has it: 0.5 is 0 among integers, 0.1 a float's. */
static inline num fill_value(const td_application *f)
{
    double a = f->attr->a;
    return num_cast(num_of(f->dtype == TD_F32 ? (double)(float)a : a), f->dtype);
}

/* Numbers for piece i to write, as many as the definition's scratch said. */
static inline num *scratch(const td_application *f, int64_t i)
{
    return (num *)f->scratch + i * f->scratch_numbers;
}

/* The element k of a group, 0 <= k < n. */
static inline const num *place(const group *g, int64_t k)
{
    int64_t offset = 0;
    for (int j = g->rank - 1; j >= 0; j--) offset += k % g->size[j] * g->stride[j], k /= g->size[j];
    return g->x + offset;
}

static inline num nth(const group *g, int64_t k) { return *place(g, k); }

static inline int64_t product(const int64_t *size, int from, int to)
{
    int64_t n = 1;
    for (int i = from; i < to; i++) n *= size[i];
    return n;
}

/* The numbers of x that are reduced to the element `at` of y, which may have the reduced axes too, as sizes 1 say. */
static inline group group_at(const td_application *f, const int64_t *at, bool has_reduced)
{
    const td_shape *s = f->in[0].shape;
    group g = {.n = 1};
    int64_t start = 0, stride = product(s->size, 0, s->rank);
    for (int j = 0, k = 0; j < s->rank; j++) {
        bool reduced = f->attr->axes >> j & 1;
        if (s->size[j] > 0) stride /= s->size[j];
        if (reduced) g.size[g.rank] = s->size[j], g.stride[g.rank++] = stride, g.n *= s->size[j];
        else start += at[k] * stride;
        if (!reduced || has_reduced) k++;
    }
    g.x = operand(f, 0) + start;
    return g;
}

/* Row-major position of an index. */
static inline int64_t position(const td_shape *s, const int64_t *at)
{
    int64_t i = 0;
    for (int j = 0; j < s->rank; j++) i = i * s->size[j] + at[j];
    return i;
}

/* Position in s of the index `at` of a shape that s was broadcast to: axes aligned at the end, sizes 1 repeated. */
static inline int64_t broadcast_position(const td_shape *s, const int64_t *at, int rank)
{
    int64_t i = 0;
    for (int j = 0; j < s->rank; j++) i = i * s->size[j] + (s->size[j] == 1 ? 0 : at[rank - s->rank + j]);
    return i;
}

/* Sizes both shapes broadcast to. */
static inline td_shape common_shape(const td_shape *a, const td_shape *b)
{
    const td_shape *longer = a->rank >= b->rank ? a : b, *other = longer == a ? b : a;
    td_shape s = *longer;
    for (int j = 1; j <= other->rank; j++)
        if (s.size[s.rank - j] == 1) s.size[s.rank - j] = other->size[other->rank - j];
    s.numel = product(s.size, 0, s.rank);
    return s;
}

/* The index of position i. */
static inline void unravel(int rank, const int64_t *size, int64_t i, int64_t *at)
{
    for (int j = rank - 1; j >= 0; j--) at[j] = i % size[j], i /= size[j];
}

/* To the next index, in row-major order. */
static inline void advance(const td_shape *s, int64_t *at)
{
    int j = s->rank - 1;
    while (j >= 0 && ++at[j] == s->size[j]) at[j--] = 0;
}

/* A guess: nothing is known of the number, nor of its slopes in x. */
static inline num guessed(double v, num x) { return num_obscured(num_unknown(v), x); }
static inline num guessed_from(double v, const num *x, int64_t n)
{
    num y = num_unknown(v);
    for (int64_t i = 0; i < n; i++) y = num_obscured(y, x[i]);
    return y;
}

/* x where it is above the floor; at the floor and below a constant, slope 0.  A NaN stays. */
static inline num floored(num x, double floor)
{
    num c = num_of(floor);
    switch (num_order(x, c)) {
    case MORE:
    case NONE: return x;
    case UNSURE: return num_value(x) > floor ? num_either(x, c) : num_either(c, x);
    default: return num_choose(c, x);
    }
}

/* The larger; at a tie both, each with half the slope; with a NaN, a NaN that has the slopes of both.  x less a difference of
 * 0 keeps the sign of a zero, which x plus one would lose. */
static inline num larger(num x, num y)
{
    switch (num_order(x, y)) {
    case MORE: return num_choose(x, y);
    case LESS: return num_choose(y, x);
    case TIE:
        if (isinf(num_value(x))) return num_mul(num_of(0.5), num_add(x, y));
        return num_sub(x, num_mul(num_of(0.5), num_sub(x, y)));
    case NONE: return num_add(x, y);
    default: return num_value(x) > num_value(y) ? num_either(x, y) : num_either(y, x);
    }
}

/* |x|, slope 0 at 0 */
static inline num magnitude(num x)
{
    switch (num_order(x, num_of(0))) {
    case MORE: return x;
    case NONE:
    case LESS: return num_neg(x);
    case TIE: return num_choose(num_of(0), x);
    default: return num_value(x) > 0 ? num_either(x, num_neg(x)) : num_either(num_neg(x), x);
    }
}

/* 0 or 1 by how x compares with y; NONE is how a NaN compares. */
static inline num verdict(num x, num y, bool less, bool tie, bool more, bool none)
{
    double a = num_value(x), b = num_value(y);
    switch (num_order(x, y)) {
    case LESS: return num_of(less);
    case TIE: return num_of(tie);
    case MORE: return num_of(more);
    case NONE: return num_of(none);
    default: break;
    }
    bool guess = a < b ? less : a > b ? more : a == b ? tie : none;
    return num_either(num_of(guess), num_of(!guess));
}
