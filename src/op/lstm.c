/* lstm.c: the steps of an LSTM layer in one op, and their adjoint.
 *
 * The result is one vector of three parts: h (t,n,h), the memory c (t,n,h), and p (t,n,4h), what the gates are functions
 * of.  With p kept, the walk back through time takes one small product a step; the gradient in w_hh is one product over
 * all times after it.  Sequences know nothing of one another, so rows are shared out and go through all times alone:
 * neither cut nor threads reach the bits.
 *
 * The adjoint's own adjoint is that of the same walk said in ops: whoever asks for second derivatives pays for them. */
#include "kernel/gates.h"
#include "op/shape.h"

#include <string.h>

enum { ROWS = 16 };    /* sequences in a piece of work */

static bool is_back(const td_attr *attr) { return attr->n_list > 0 && attr->list[0]; }

/* ---- shapes -------------------------------------------------------------------------------------------------------- */

static td_status check(const td_infer *i, const char *what, int k, int rank, int64_t a, int64_t b, int64_t c)
{
    char            has[TD_SHAPE_TEXT], wants[TD_SHAPE_TEXT];
    td_shape        s = { .rank = rank, .size = { a, b, c } };
    const td_tensor *x = i->in[k];
    if (x->dtype == i->dtype && td_shape_same(x->shape, &s)) return TD_OK;
    return td_fail(i->context, TD_ESHAPE, "%s: %s is %s%s, not %s%s", i->op->name, what, td_dtype_name(td_dtype_of(x)),
                   td_shape_text(x->shape, has), td_dtype_name(i->dtype), td_shape_text(&s, wants));
}

/* gates (t,n,4h), h (n,h), c (n,h), w (4h,h) */
static td_status lstm_scan_infer(td_infer *i)
{
    const td_shape *a = i->in[0]->shape, *h = i->in[1]->shape;
    if (td_infer_float(i)) return td_error(i->context);
    if (a->rank != 3 || h->rank != 2 || a->size[2] != 4 * h->size[1])
        return td_fail(i->context, TD_ESHAPE, "lstm_scan: gates of rank %d, a state of rank %d; (t,n,4h) and (n,h) wanted",
                       a->rank, h->rank);
    int64_t n = a->size[1], m = h->size[1];
    if (check(i, "the state", 1, 2, n, m, 0) || check(i, "the memory", 2, 2, n, m, 0) || check(i, "w", 3, 2, 4 * m, m, 0))
        return td_error(i->context);
    i->shape = (td_shape){ .rank = 1, .size = { 6 * a->size[0] * n * m } };
    return TD_OK;
}

/* y (6tnh), c (n,h), w (4h,h), g (6tnh), or without its last parts, which are 0 then: (2tnh), (tnh) */
static td_status lstm_scan_adj_infer(td_infer *i)
{
    const td_shape *y = i->in[0]->shape, *c = i->in[1]->shape;
    if (td_infer_float(i)) return td_error(i->context);
    int64_t one = c->rank == 2 ? 6 * c->size[0] * c->size[1] : 0;
    if (y->rank != 1 || c->rank != 2 || (one ? y->size[0] % one : y->size[0]))
        return td_fail(i->context, TD_ESHAPE, "lstm_scan_adj: %lld numbers of rank %d, a memory of rank %d",
                       (long long)y->numel, y->rank, c->rank);
    int64_t part = y->size[0] / 6, g = i->in[3]->shape->rank == 1 ? i->in[3]->shape->size[0] : 0;
    if (check(i, "w", 2, 2, 4 * c->size[1], c->size[1], 0) ||
        check(i, "the adjoint", 3, 1, g == part || g == 2 * part ? g : y->size[0], 0, 0))
        return td_error(i->context);
    i->shape.size[0] = y->size[0] / 6 * 4 + 2 * c->size[0] * c->size[1];
    return TD_OK;
}

/* ---- the steps ----------------------------------------------------------------------------------------------------- */

typedef struct steps {
    const td_kernels *kernels;
    td_dtype          dtype;
    int64_t           bytes, times, rows, hidden;
    bool              back;
    int               given;                   /* parts of g */
    const char       *a, *h, *c, *w, *g;       /* h and c: before the first step */
    const char       *zeros;                   /* 4h of them */
    char             *y, *out, *packed;
} steps;

/* The time of step k, 0 <= k < times. */
static int64_t time_of(const steps *s, int64_t k) { return s->back ? s->times - 1 - k : k; }

/* Row `row` at time t of part h (0), c (1) or p (2) of a vector like the result. */
static char *part(const steps *s, const char *vector, int which, int64_t t, int64_t row)
{
    int64_t all = s->times * s->rows * s->hidden, width = which == 2 ? 4 * s->hidden : s->hidden;
    return (char *)vector + (which * all + (t * s->rows + row) * width) * s->bytes;
}

/* The same of g. */
static const char *adjoint(const steps *s, int which, int64_t t, int64_t row)
{
    return which < s->given ? part(s, s->g, which, t, row) : s->zeros;
}

/* What stands for h (0) or c (1) before step k. */
static const char *before(const steps *s, int which, int64_t k, int64_t row)
{
    const char *first = which ? s->c : s->h;
    return k ? part(s, s->y, which, time_of(s, k - 1), row) : first + row * s->hidden * s->bytes;
}

static void multiply(const steps *s, td_gemm g)
{
    int64_t n = g.n;
    const char *b = g.b;
    char       *c = g.c;
    for (int64_t col = 0; col < n; col += TD_GEMM_COLS) {
        g.n = n - col < TD_GEMM_COLS ? n - col : TD_GEMM_COLS;
        g.b = b + col * g.b_col * s->bytes;
        g.c = c + col * s->bytes;
        g.packed = s->packed + col * g.k * s->bytes;
        s->kernels->gemm[s->dtype]->multiply(&g);
    }
}

/* p of `count` rows: a + h w^T */
static void sum_gates(const steps *s, int64_t k, int64_t row, int64_t count)
{
    int64_t t = time_of(s, k), m = s->hidden;
    char   *p = part(s, s->y, 2, t, row);
    memcpy(p, s->a + (t * s->rows + row) * 4 * m * s->bytes, (size_t)(count * 4 * m * s->bytes));
    multiply(s, (td_gemm){ .m = count, .n = 4 * m, .k = m, .a = before(s, 0, k, row), .b = s->w, .a_row = m, .a_col = 1,
                           .b_row = 1, .b_col = m, .c = p, .c_row = 4 * m, .c_col = 1, .more = true });
}

static void forward_rows(int64_t begin, int64_t end, void *argument)
{
    const steps *s = argument;
    td_gates_fn *kernel = s->kernels->gates[TD_GATES_forward][s->dtype];
    for (int64_t k = 0; k < s->times; k++) {
        int64_t t = time_of(s, k);
        sum_gates(s, k, begin, end - begin);
        for (int64_t row = begin; row < end; row++)
            kernel(&(td_gates){ .n = s->hidden, .p = part(s, s->y, 2, t, row), .before = before(s, 1, k, row),
                                .c = part(s, s->y, 1, t, row), .h = part(s, s->y, 0, t, row) });
    }
}

/* The carried adjoints of h and c stand where those before the first step will. */
static void backward_rows(int64_t begin, int64_t end, void *argument)
{
    const steps *s = argument;
    td_gates_fn *kernel = s->kernels->gates[TD_GATES_backward][s->dtype];
    int64_t      m = s->hidden, row_bytes = m * s->bytes, all = s->times * s->rows * 4;
    char        *of_h = s->out + all * row_bytes, *of_c = of_h + s->rows * row_bytes;
    memset(of_h + begin * row_bytes, 0, (size_t)((end - begin) * row_bytes));
    memset(of_c + begin * row_bytes, 0, (size_t)((end - begin) * row_bytes));
    for (int64_t k = s->times - 1; k >= 0; k--) {
        int64_t t = time_of(s, k);
        char   *slope = s->out + (t * s->rows + begin) * 4 * row_bytes;
        for (int64_t row = begin; row < end; row++)
            kernel(&(td_gates){ .n = m, .p = part(s, s->y, 2, t, row), .before = before(s, 1, k, row),
                                .c = part(s, s->y, 1, t, row), .of_h = adjoint(s, 0, t, row),
                                .of_c = adjoint(s, 1, t, row), .of_p = adjoint(s, 2, t, row),
                                .through = of_h + row * row_bytes, .slope = slope + (row - begin) * 4 * row_bytes,
                                .carried = of_c + row * row_bytes });
        multiply(s, (td_gemm){ .m = end - begin, .n = m, .k = 4 * m, .a = slope, .b = s->w, .a_row = 4 * m, .a_col = 1,
                               .b_row = m, .b_col = 1, .c = of_h + begin * row_bytes, .c_row = m, .c_col = 1 });
    }
}

/* w as all steps multiply with it: k by n. */
static bool pack(td_context *c, steps *s, int64_t k, int64_t n, int64_t b_row, int64_t b_col)
{
    const td_gemm_kernel *kernel = s->kernels->gemm[s->dtype];
    int64_t               whole = (n / kernel->lanes + 1) * kernel->lanes;
    s->packed = td_arena_raw(c, (size_t)(k * whole * s->bytes));
    for (int64_t col = 0; s->packed && col < n; col += TD_GEMM_COLS) {
        td_gemm g = { .n = n - col < TD_GEMM_COLS ? n - col : TD_GEMM_COLS, .k = k, .b = s->w + col * b_col * s->bytes,
                      .b_row = b_row, .b_col = b_col };
        kernel->pack(&g, s->packed + col * k * s->bytes);
    }
    return s->packed != NULL;
}

static td_status lstm_scan_compute(const td_call *call)
{
    td_context     *c = call->context;
    const td_shape *a = call->in[0].shape;
    steps s = { .kernels = c->kernels, .dtype = call->out.dtype, .bytes = (int64_t)td_dtype_size(call->out.dtype),
                .times = a->size[0], .rows = a->size[1], .hidden = a->size[2] / 4, .back = is_back(call->attr),
                .y = call->out.data };
    if (call->out.shape->numel == 0) return TD_OK;
    td_scratch room = td_scratch_begin(c);
    s.a = td_dense(call, 0), s.h = td_dense(call, 1), s.c = td_dense(call, 2), s.w = td_dense(call, 3);
    if (!c->status && pack(c, &s, s.hidden, 4 * s.hidden, 1, s.hidden)) td_parallel(c, s.rows, ROWS, forward_rows, &s);
    td_scratch_end(&room);
    return c->status;
}

static td_status lstm_scan_adj_compute(const td_call *call)
{
    td_context     *c = call->context;
    const td_shape *first = call->in[1].shape;
    int64_t         one = first->size[0] * first->size[1];
    steps s = { .kernels = c->kernels, .dtype = call->out.dtype, .bytes = (int64_t)td_dtype_size(call->out.dtype),
                .rows = first->size[0], .hidden = first->size[1], .back = is_back(call->attr), .out = call->out.data };
    if (call->out.shape->numel == 0) return TD_OK;
    s.times = call->in[0].shape->numel / (6 * one);
    int64_t part = s.times * one, given = call->in[3].shape->numel;
    s.given = given > 2 * part ? 3 : given > part ? 2 : 1;
    td_scratch room = td_scratch_begin(c);
    s.zeros = td_arena(c, (size_t)(4 * s.hidden * s.bytes));
    s.y = (char *)td_dense(call, 0), s.c = td_dense(call, 1), s.w = td_dense(call, 2), s.g = td_dense(call, 3);
    if (!c->status && pack(c, &s, 4 * s.hidden, s.hidden, s.hidden, 1)) td_parallel(c, s.rows, ROWS, backward_rows, &s);
    td_scratch_end(&room);
    return c->status;
}

/* ---- rules --------------------------------------------------------------------------------------------------------- */

/* Numbers from `from` on, as a tensor of these sizes. */
static td_tensor *cut(td_tensor *vector, int64_t from, int rank, const int64_t *size)
{
    int64_t n = 1;
    for (int k = 0; k < rank; k++) n *= size[k];
    return td_reshape(td_slice(vector, 0, from, from + n, 1), rank, size);
}

/* Is x its operand's numbers, row-major, and zeros behind them? */
static bool is_lengthened(const td_tensor *x)
{
    if (x->op != &td_op_unslice) return x->op == &td_op_reshape;
    return x->attr->axis == 0 && x->attr->list[0] == 0 && x->attr->list[2] == 1;
}

/* g as a vector, of its first part or two where the others are known to be 0, as they are where a layer's p was not asked
 * for: else more zeros would be written and read than numbers. */
static td_tensor *known_parts(td_tensor *g, int64_t part)
{
    td_tensor *known = g;
    for (td_tensor *x = g; is_lengthened(x);) {
        x = x->in[0];
        if (td_numel(x) == part || td_numel(x) == 2 * part) known = x;
    }
    return td_reshape(known, 1, (int64_t[]){ td_numel(known) });
}

/* gp by the walk back through time;  gw = sum over t of gp_t^T h_(t-1) */
static void lstm_scan_vjp(td_pull *p)
{
    int64_t    t = td_size(p->in[0], 0), n = td_size(p->in[1], 0), m = td_size(p->in[1], 1), all = t * n * m;
    td_tensor *in[] = { p->y, p->in[2], p->in[3], known_parts(p->g, all) };
    td_tensor *walk = td_apply(&td_op_lstm_scan_adj, 4, in, p->attr);
    td_tensor *gp = cut(walk, 0, 3, (int64_t[]){ t, n, 4 * m });
    td_pull_add(p, 0, gp);
    td_pull_add(p, 1, cut(walk, 4 * all, 2, (int64_t[]){ n, m }));
    td_pull_add(p, 2, cut(walk, 4 * all + n * m, 2, (int64_t[]){ n, m }));
    if (!td_pull_wants(p, 3)) return;
    bool       back = is_back(p->attr);
    td_tensor *h = td_slice(cut(p->y, 0, 3, (int64_t[]){ t, n, m }), 0, back, t - !back, 1);
    td_tensor *first = td_unsqueeze(p->in[1], 0);
    td_tensor *before = td_concat(2, (td_tensor *[]){ back ? h : first, back ? first : h }, 0);
    if (t == 0) before = td_slice(before, 0, 0, 0, 1);
    td_tensor *flat = td_reshape(gp, 2, (int64_t[]){ t * n, 4 * m });
    td_pull_add(p, 3, td_matmul(td_transpose(flat, 0, 1), td_reshape(before, 2, (int64_t[]){ t * n, m })));
}

/* y sigmoid(-p), the slope of y = sigmoid p */
static td_tensor *opening(td_tensor *p) { return td_mul(td_sigmoid(p), td_sigmoid(td_neg(p))); }

static td_tensor *closing(td_tensor *y) { return td_rsub(1, td_square(y)); }

static td_tensor *gate(td_tensor *p, int k)
{
    int64_t m = td_size(p, 1) / 4;
    return td_slice(p, 1, k * m, (k + 1) * m, 1);
}

/* One step back: the adjoint of p, from those of h, c and p, and *carried, that of c. */
static td_tensor *step_back(td_tensor *p, td_tensor *c, td_tensor *earlier, td_tensor *of_h, td_tensor *of_c,
                            td_tensor *of_p, td_tensor **carried)
{
    td_tensor *in = gate(p, 0), *forget = gate(p, 1), *new = td_tanh(gate(p, 2)), *out = gate(p, 3), *bent = td_tanh(c);
    td_tensor *memory = td_add(td_add(of_c, *carried), td_mul(td_mul(of_h, td_sigmoid(out)), closing(bent)));
    td_tensor *slope[] = {
        td_mul(td_mul(memory, new), opening(in)), td_mul(td_mul(memory, earlier), opening(forget)),
        td_mul(td_mul(memory, td_sigmoid(in)), closing(new)), td_mul(td_mul(of_h, bent), opening(out)),
    };
    *carried = td_mul(memory, td_sigmoid(forget));
    return td_add(of_p, td_concat(4, slope, 1));
}

/* Part `which` of a vector like lstm_scan's result, of which the last parts may be missing. */
static td_tensor *part_in_ops(td_tensor *vector, int which, int64_t t, int64_t n, int64_t m)
{
    int64_t one = n * m, size[] = { t, n, which == 2 ? 4 * m : m };
    if (which * t * one >= td_numel(vector)) return td_zeros(td_context_of(vector), td_dtype_of(vector), 3, size);
    return cut(vector, which * t * one, 3, size);
}

/* lstm_scan_adj in ops; `user` is its attributes. */
static td_tensor *walk_in_ops(td_context *context, td_tensor *const *in, void *user)
{
    int64_t    n = td_size(in[1], 0), m = td_size(in[1], 1), one = n * m, t = one ? td_numel(in[0]) / (6 * one) : 0;
    td_tensor *part[2][3], *of_h = td_zeros_like(in[1]), *of_c = of_h;
    bool       back = is_back(user);
    td_tensor **slope = td_arena(context, (size_t)(t + 3) * sizeof *slope);
    if (!slope) return td_bad(context);
    for (int k = 0; k < 6; k++) part[k / 3][k % 3] = part_in_ops(in[k < 3 ? 0 : 3], k % 3, t, n, m);
    for (int64_t k = t - 1; k >= 0; k--) {
        int64_t     at = back ? t - 1 - k : k, earlier = back ? at + 1 : at - 1;
        td_tensor **y = part[0], **g = part[1], *c = k ? td_select(y[1], 0, earlier) : in[1];
        slope[at] = step_back(td_select(y[2], 0, at), td_select(y[1], 0, at), c, td_add(of_h, td_select(g[0], 0, at)),
                              td_select(g[1], 0, at), td_select(g[2], 0, at), &of_c);
        of_h = td_matmul(slope[at], in[2]);
        slope[at] = td_reshape(slope[at], 1, (int64_t[]){ 4 * one });
    }
    slope[t] = td_reshape(of_h, 1, &one);
    slope[t + 1] = td_reshape(of_c, 1, &one);
    return td_concat((int)t + 2, slope, 0);
}

static void lstm_scan_adj_vjp(td_pull *p)
{
    td_tensor *g[4];
    td_attr    a = *p->attr;
    td_context *c = td_context_of(p->y);
    td_vjp(walk_in_ops, c, 4, p->in, &a, p->g, g);
    for (int k = 0; k < 4 && !td_error(c); k++) td_pull_add(p, k, g[k]);
}

/* ---- the ops ------------------------------------------------------------------------------------------------------- */

static void lstm_scan_sample(td_sample *s)
{
    int64_t t = td_sample_below(s, 4), n = 1 + td_sample_below(s, 3), m = 1 + td_sample_below(s, 2);
    s->n_in = 4;
    s->in[0] = (td_sample_in){ .rank = 3, .size = { t, n, 4 * m } };
    s->in[1] = s->in[2] = (td_sample_in){ .rank = 2, .size = { n, m } };
    s->in[3] = (td_sample_in){ .rank = 2, .size = { 4 * m, m } };
    for (int k = 0; k < 4; k++) td_sample_floats(s, k, -2, 2);
    s->attr.n_list = 1;
    s->attr.list[0] = td_sample_below(s, 2);
}

static void lstm_scan_adj_sample(td_sample *s)
{
    static const int64_t given[] = { 6, 6, 2, 1 };
    lstm_scan_sample(s);
    int64_t one = s->in[1].size[0] * s->in[1].size[1], all = 6 * (1 + s->in[0].size[0] % 2) * one;
    s->in[2] = s->in[3];
    s->in[0] = s->in[3] = (td_sample_in){ .rank = 1, .size = { all }, .low = -2, .high = 2 };
    s->in[3].size[0] = all / 6 * given[td_sample_below(s, 4)];
}

static td_tensor *call_scan(const td_invocation *k)
{
    return td_apply(k->op, k->n, k->in, &(td_attr){ .n_list = 1, .list = { td_as_int(k, 0) } });
}

static const td_signature lstm_scan_signature = {
    .example = "lstm_scan([[[1, 2, 3, 4]]], [[1]], [[2]], [[1], [2], [1], [2]])", .call = call_scan,
    .parameter = {{"reverse", TD_FLAG, false, 0}},
};
static const td_signature lstm_scan_adj_signature = {
    .example = "lstm_scan_adj([1, 2, 1, 2, 3, 4], [[2]], [[1], [2], [1], [2]], [1, 0, 0, 0, 1, 0])", .call = call_scan,
    .parameter = {{"reverse", TD_FLAG, false, 0}},
};

const td_op td_op_lstm_scan = {
    .name = "lstm_scan", .id = TD_ID_lstm_scan, .min_in = 4, .max_in = 4,
    .reads = TD_READS(1) | TD_READS(2) | TD_READS(3) | TD_READS_RESULT, .infer = lstm_scan_infer,
    .compute = lstm_scan_compute, .vjp = lstm_scan_vjp, .sample = lstm_scan_sample, .signature = &lstm_scan_signature,
};
const td_op td_op_lstm_scan_adj = {
    .name = "lstm_scan_adj", .id = TD_ID_lstm_scan_adj, .min_in = 4, .max_in = 4,
    .reads = TD_READS(0) | TD_READS(1) | TD_READS(2) | TD_READS(3), .infer = lstm_scan_adj_infer,
    .compute = lstm_scan_adj_compute, .vjp = lstm_scan_adj_vjp, .sample = lstm_scan_adj_sample,
    .signature = &lstm_scan_adj_signature,
};
