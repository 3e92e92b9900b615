/* ctc.h: connectionist temporal classification, from the last time back.
 *
 * b_t(s) is the probability, as its logarithm, of all that may follow state s from time t on, its own emission at t
 * included: so the textbook's backward variable.  Source: A. Graves, "Supervised sequence labelling with recurrent neural
 * networks", 2012, section 7.3.2. */

typedef struct chance {
    bool there;          /* else its probability is 0 */
    num  log;
} chance;

/* log(e^a + e^b) */
static chance either_way(chance a, chance b)
{
    if (!a.there || !b.there) return a.there ? a : b;
    bool first = num_value(a.log) >= num_value(b.log);
    num high = first ? a.log : b.log, low = first ? b.log : a.log;
    return (chance){true, num_add(high, num_log1p(num_exp(num_sub(low, high))))};
}

typedef struct sequence {
    const num *x;                  /* log_probs */
    int64_t    row, rows, classes, length, times, blank;
    const num *target;
} sequence;

static int64_t cut_length(num n, int64_t most)
{
    double v = num_value(n);
    return v > 0 ? v < (double)most ? (int64_t)v : most : 0;
}

static sequence nth_sequence(const td_application *f, int64_t i)
{
    const td_shape *x = f->in[0].shape, *t = f->in[1].shape;
    return (sequence){operand(f, 0), i, x->size[1], x->size[2], cut_length(operand(f, 3)[i], t->size[1]),
                      cut_length(operand(f, 2)[i], x->size[0]), entry(f->attr, 2), operand(f, 1) + i * t->size[1]};
}

/* The class state s emits: a target for odd s. */
static int64_t class_of(const sequence *q, int64_t s) { return s % 2 ? (int64_t)num_value(q->target[s / 2]) : q->blank; }

static chance emitted(const sequence *q, int64_t t, int64_t s)
{
    num x = q->x[(t * q->rows + q->row) * q->classes + class_of(q, s)];
    return (chance){num_value(x) != -(double)INFINITY, x};
}

static chance both(chance a, chance b) { return (chance){a.there && b.there, num_add(a.log, b.log)}; }

/* b_t from b_(t+1), in place: states are left to ones of higher number. */
static void step_back(const sequence *q, int64_t t, chance *b)
{
    int64_t n = 2 * q->length + 1;
    for (int64_t s = 0; s < n; s++) {
        bool skips = s + 2 < n && s % 2 && class_of(q, s) != class_of(q, s + 2);
        chance next = s + 1 < n ? either_way(b[s], b[s + 1]) : b[s];
        if (skips) next = either_way(next, b[s + 2]);
        b[s] = next.there ? both(emitted(q, t, s), next) : next;
    }
}

static chance whole_sequence(const sequence *q, chance *b)
{
    int64_t n = 2 * q->length + 1;
    for (int64_t s = 0; s < n; s++) b[s] = (chance){s >= n - 2, num_of(0)};
    if (q->times == 0) return b[0].there && n == 1 ? b[0] : (chance){false, num_of(0)};
    for (int64_t t = q->times - 1; t >= 0; t--) {
        if (t < q->times - 1) step_back(q, t, b);
        else for (int64_t s = 0; s < n; s++) b[s] = b[s].there ? emitted(q, t, s) : b[s];
    }
    return n > 1 ? either_way(b[0], b[1]) : b[0];
}

static num ctc_term(const td_application *f, int64_t i, num *weight)
{
    sequence q = nth_sequence(f, i);
    chance *b = malloc((size_t)(2 * q.length + 1) * sizeof *b);
    bool mean = entry(f->attr, 0) == OF_MEAN, zero_infinity = entry(f->attr, 1);
    (void)weight;
    if (!b) return num_of(NAN);
    chance all = whole_sequence(&q, b);
    free(b);
    if (!all.there) return num_of(zero_infinity ? 0 : (double)INFINITY);
    return num_div(num_neg(all.log), num_of(mean && q.length > 1 ? (double)q.length : 1));
}

static void ctc_loss(const td_application *f, int64_t i) { row_by_row(f, i, f->in[0].shape->size[1], ctc_term); }

static int64_t ctc_classes(const td_application *f) { return f->in[0].shape->size[2]; }

/* A target beyond its sequence's length. */
static bool is_padding(const td_application *f, int64_t i)
{
    int64_t s = f->in[1].shape->size[1];
    return i % s >= cut_length(operand(f, 3)[i / s], s);
}

static const definition
    define_ctc_loss = {.piece = ctc_loss, .pieces = loss_pieces, .indexed = ctc_classes, .spared = is_padding};
