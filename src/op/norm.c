/* norm.c: layer_norm and its adjoints, in one pass over each row.
 *
 * With u = g weight, layer_norm's adjoint in x is J u, where J is the Jacobian of the row normalised without weight and bias:
 * J = (1 - 1 1^T / n - z z^T / n) / s, z = (x - mean) / s, s = sqrt(var + eps).  J is symmetric, so the adjoint's own adjoint
 * in u is J again, and only its adjoint in x is new.  That in weight and bias sums over rows, and its own adjoints are
 * layer_norm and its adjoint. */
#include "kernel/norm.h"
#include "op/shape.h"

enum { GRAIN = 1 << 13 };    /* elements in a piece of work */

/* ---- shapes -------------------------------------------------------------------------------------------------------- */

/* Operand k, called `what`, has these sizes and x's dtype. */
static td_status check_operand(const td_infer *i, int k, const char *what, const td_shape *wanted)
{
    char            a[TD_SHAPE_TEXT], b[TD_SHAPE_TEXT];
    const td_shape *shape = i->in[k]->shape;
    td_dtype        dtype = td_dtype_of(i->in[k]);
    if (dtype != i->dtype)
        return td_fail(i->context, TD_EDTYPE, "%s: x is %s, the %s %s", i->op->name, td_dtype_name(i->dtype), what,
                       td_dtype_name(dtype));
    if (td_shape_same(shape, wanted)) return TD_OK;
    return td_fail(i->context, TD_ESHAPE, "%s: the %s is %s, not %s", i->op->name, what, td_shape_text(shape, a),
                   td_shape_text(wanted, b));
}

/* x's sizes from axis on */
static td_shape row_shape(const td_shape *x, int axis)
{
    td_shape row = { .rank = x->rank - axis };
    for (int k = axis; k < x->rank; k++) row.size[k - axis] = x->size[k];
    td_shape_strides(&row);
    return row;
}

static td_status check_rows(const td_infer *i)
{
    if (!td_infer_axis(i, i->attr->axis, i->in[0]->shape->rank)) return td_error(i->context);
    return td_infer_float(i);
}

static td_status layer_norm_infer(td_infer *i)
{
    static const char *const what[] = { "x", "weight", "bias" };
    if (check_rows(i)) return td_error(i->context);
    td_shape row = row_shape(i->in[0]->shape, i->attr->axis);
    for (int k = 1; k < i->n_in; k++)
        if (check_operand(i, k, what[k], &row)) return td_error(i->context);
    return TD_OK;
}

static td_status layer_norm_adj_infer(td_infer *i)
{
    if (check_rows(i) || check_operand(i, 1, "adjoint", i->in[0]->shape)) return td_error(i->context);
    td_shape row = row_shape(i->in[0]->shape, i->attr->axis);
    return i->n_in > 2 ? check_operand(i, 2, "weight", &row) : TD_OK;
}

static td_status layer_norm_adj_w_infer(td_infer *i)
{
    if (check_rows(i) || check_operand(i, 1, "adjoint", i->in[0]->shape)) return td_error(i->context);
    i->shape = (td_shape){ .rank = 2, .size = { 2, row_shape(i->in[0]->shape, i->attr->axis).numel } };
    return TD_OK;
}

/* ---- rows ---------------------------------------------------------------------------------------------------------- */

typedef struct norm_job {
    td_rows_fn *kernel;
    td_rows     rows;
} norm_job;

static void norm_piece(int64_t begin, int64_t end, void *argument)
{
    const norm_job *j = argument;
    j->kernel(&j->rows, begin, end);
}

static td_status compute_rows(const td_call *call, int what, td_rows rows)
{
    const td_shape *x = call->in[0].shape;
    norm_job        j = { call->context->kernels->norm[what][call->out.dtype], rows };
    if (call->context->status) return call->context->status;
    j.rows.n = row_shape(x, call->attr->axis).numel;
    j.rows.eps = call->attr->a;
    j.rows.y = call->out.data;
    td_parallel(call->context, x->numel / j.rows.n, j.rows.n < GRAIN ? GRAIN / j.rows.n : 1, norm_piece, &j);
    return TD_OK;
}

static td_status layer_norm_compute(const td_call *call)
{
    if (call->in[0].shape->numel == 0) return TD_OK;
    td_scratch s = td_scratch_begin(call->context);
    td_rows    rows = { .x = td_dense(call, 0), .weight = td_dense(call, 1), .bias = td_dense(call, 2) };
    td_status  status = compute_rows(call, TD_NORM_layer, rows);
    td_scratch_end(&s);
    return status;
}

static td_status layer_norm_adj_compute(const td_call *call)
{
    if (call->in[0].shape->numel == 0) return TD_OK;
    td_scratch s = td_scratch_begin(call->context);
    td_rows    rows = { .x = td_dense(call, 0), .g = td_dense(call, 1), .weight = td_dense(call, 2) };
    td_status  status = compute_rows(call, TD_NORM_adjoint, rows);
    td_scratch_end(&s);
    return status;
}

/* Rows are summed in parts, in order, and parts in order, however many threads there are. */
typedef struct weights_job {
    norm_job norm;
    int64_t  grain;      /* rows of a part */
    double  *part;       /* [parts][2 n] */
} weights_job;

static void weights_piece(int64_t begin, int64_t end, void *argument)
{
    const weights_job *j = argument;
    td_rows            rows = j->norm.rows;
    rows.y = j->part + begin / j->grain * 2 * rows.n;
    j->norm.kernel(&rows, begin, end);
}

static void add_parts(const weights_job *j, int64_t parts, td_window *out)
{
    int64_t width = 2 * j->norm.rows.n;
    for (int64_t i = 1; i < parts; i++)
        for (int64_t k = 0; k < width; k++) j->part[k] += j->part[i * width + k];
    for (int64_t k = 0; k < width; k++) td_store(out->data, out->dtype, k, j->part[k]);
}

static td_status layer_norm_adj_w_compute(const td_call *call)
{
    enum { PARTS = 16, LEAST = 16 };
    td_context *c = call->context;
    td_window   out = call->out;
    int64_t     n = out.shape->size[1], rows = n ? call->in[0].shape->numel / n : 0, most = (rows - 1) / PARTS + 1;
    weights_job j = { .grain = most < LEAST ? LEAST : most };
    if (out.shape->numel == 0) return TD_OK;
    td_scratch s = td_scratch_begin(c);
    j.norm.kernel = c->kernels->norm[TD_NORM_weights][out.dtype];
    j.norm.rows = (td_rows){ .x = td_dense(call, 0), .g = td_dense(call, 1), .n = n, .eps = call->attr->a };
    int64_t parts = rows ? (rows - 1) / j.grain + 1 : 1;
    j.part = td_arena(c, (size_t)(parts * 2 * n) * sizeof *j.part);
    if (!c->status) {
        td_parallel(c, rows, j.grain, weights_piece, &j);
        add_parts(&j, parts, &out);
    }
    td_scratch_end(&s);
    return c->status;
}

/* ---- rules --------------------------------------------------------------------------------------------------------- */

static td_tensor *normalised(const td_pull *p) { return td_apply1(&td_op_layer_norm, p->in[0], p->attr); }

/* J u */
static td_tensor *adjoint(const td_pull *p, td_tensor *u)
{
    return td_apply(&td_op_layer_norm_adj, 2, (td_tensor *[]){ p->in[0], u }, p->attr);
}

/* Over the rows: what has x's shape to a weight's. */
static td_tensor *sum_of_rows(const td_pull *p, td_tensor *t)
{
    int axes[TD_MAX_RANK];
    for (int k = 0; k < p->attr->axis; k++) axes[k] = k;
    return td_sum_axes(t, p->attr->axis, axes, false);
}

/* Of each row, kept with sizes 1. */
static td_tensor *mean_of_row(const td_pull *p, td_tensor *t)
{
    int axes[TD_MAX_RANK], count = 0;
    for (int k = p->attr->axis; k < td_rank(p->in[0]); k++) axes[count++] = k;
    return td_mean_axes(t, count, axes, true);
}

/* Line i of what has one for weights and one for biases. */
static td_tensor *as_row(const td_pull *p, td_tensor *lines, int i)
{
    td_shape row = row_shape(p->in[0]->shape, p->attr->axis);
    return td_reshape(td_select(lines, 0, i), row.rank, row.size);
}

/* y = z weight + bias:  gx = J (g weight), gweight = sum of g z over rows, gbias = sum of g over rows */
static void layer_norm_vjp(td_pull *p)
{
    bool weighted = p->n_in > 1;
    if (td_pull_wants(p, 0))
        td_pull_add(p, 0, td_apply(&td_op_layer_norm_adj, weighted ? 3 : 2,
                                   (td_tensor *[]){ p->in[0], p->g, weighted ? p->in[1] : NULL }, p->attr));
    if (!td_pull_wants(p, 1) && !td_pull_wants(p, 2)) return;
    td_tensor *sums = td_apply(&td_op_layer_norm_adj_w, 2, (td_tensor *[]){ p->in[0], p->g }, p->attr);
    td_pull_add(p, 1, as_row(p, sums, 0));
    td_pull_add(p, 2, as_row(p, sums, 1));
}

/* The gradient in x of v^T J u = (sum of (u - mean u) v - (u^T z) (v^T z) / n) / s, where u^T z has the gradient J u, v^T z
 * has J v, and 1/s has -z / (n s^2). */
static td_tensor *bent(const td_pull *p, td_tensor *u, td_tensor *v, td_tensor *jv)
{
    td_tensor *x = p->in[0], *z = normalised(p), *ju = adjoint(p, u);
    td_tensor *off = td_sub(x, mean_of_row(p, x));
    td_tensor *r = td_rsqrt(td_add_scalar(mean_of_row(p, td_square(off)), p->attr->a));
    td_tensor *uz = mean_of_row(p, td_mul(u, z)), *vz = mean_of_row(p, td_mul(v, z));
    td_tensor *uv = td_sub(mean_of_row(p, td_mul(td_sub(u, mean_of_row(p, u)), v)), td_mul(uz, vz));
    td_tensor *tilt = td_add(td_mul(vz, ju), td_mul(uz, jv));
    return td_neg(td_mul(r, td_add(td_mul(td_mul(r, z), uv), tilt)));
}

/* y = J u, u = g' weight, g' the second operand:  gu = J g, gg' = gu weight, gweight = sum of gu g' over rows */
static void layer_norm_adj_vjp(td_pull *p)
{
    bool       weighted = p->n_in > 2;
    td_tensor *u = weighted ? td_mul(p->in[1], p->in[2]) : p->in[1], *gu = adjoint(p, p->g);
    if (td_pull_wants(p, 0)) td_pull_add(p, 0, bent(p, u, p->g, gu));
    td_pull_add(p, 1, weighted ? td_mul(gu, p->in[2]) : gu);
    if (td_pull_wants(p, 2)) td_pull_add(p, 2, sum_of_rows(p, td_mul(gu, p->in[1])));
}

/* y = (sum of h z, sum of h), h the second operand: with g = (a, b) the slope of sum of h (z a + b), so
 * gx = J (h a), gh = z a + b */
static void layer_norm_adj_w_vjp(td_pull *p)
{
    td_tensor *a = as_row(p, p->g, 0), *b = as_row(p, p->g, 1);
    td_pull_add(p, 0, td_apply(&td_op_layer_norm_adj, 3, (td_tensor *[]){ p->in[0], p->in[1], a }, p->attr));
    td_pull_add(p, 1, td_apply(&td_op_layer_norm, 3, (td_tensor *[]){ p->in[0], a, b }, p->attr));
}

/* ---- wrappers ------------------------------------------------------------------------------------------------------ */

/* Operands in one dtype to the op; the first of them has the rows. */
static td_tensor *apply_rows(const td_op *op, int n, td_tensor **in, int n_axes, double eps)
{
    td_context *c = in[0]->context;
    int         rank = in[0]->shape->rank;
    td_dtype    dtype = td_dtype_of(td_floating(in[0]));
    if (n_axes < 1 || n_axes > rank) {
        td_fail(c, TD_ESHAPE, "%s: %d axes of a tensor of rank %d", op->name, n_axes, rank);
        return td_bad(c);
    }
    for (int k = 1; k < n; k++) dtype = td_promote(dtype, td_dtype_of(in[k]));
    for (int k = 0; k < n; k++)
        if (td_dtype_of(in[k]) != dtype) in[k] = td_to(in[k], dtype);
    return td_apply(op, n, in, &(td_attr){ .a = eps, .axis = (int16_t)(rank - n_axes) });
}

/* A bias without a weight is no operand of the op: it is added after. */
td_tensor *td_layer_norm(td_tensor *x, int n_axes, td_tensor *weight, td_tensor *bias, double eps)
{
    if (td_stopped(x)) return td_passed(x);
    int        n = weight ? bias ? 3 : 2 : 1;
    td_tensor *y = apply_rows(&td_op_layer_norm, n, (td_tensor *[]){ x, weight, bias }, n_axes, eps);
    return bias && !weight ? td_add(y, bias) : y;
}

td_tensor *td_layer_norm_adj(td_tensor *x, td_tensor *g, int n_axes, td_tensor *weight, double eps)
{
    if (td_stopped(x)) return td_passed(x);
    return apply_rows(&td_op_layer_norm_adj, weight ? 3 : 2, (td_tensor *[]){ x, g, weight }, n_axes, eps);
}

td_tensor *td_layer_norm_adj_w(td_tensor *x, td_tensor *g, int n_axes, double eps)
{
    if (td_stopped(x)) return td_passed(x);
    return apply_rows(&td_op_layer_norm_adj_w, 2, (td_tensor *[]){ x, g }, n_axes, eps);
}

/* ---- the ops ------------------------------------------------------------------------------------------------------- */

static void sample_rows(td_sample *s)
{
    static const double eps[] = { 1e-5, 1e-3, 0.5 };
    td_sample_operand(s, 0, 1, 3);
    s->attr.axis = (int16_t)td_sample_below(s, s->in[0].rank);
    s->attr.a = eps[td_sample_below(s, 3)];
}

/* Operand k has the sizes of a row. */
static void sample_row(td_sample *s, int k)
{
    int axis = s->attr.axis;
    s->in[k] = s->in[0];
    s->in[k].rank = s->in[0].rank - axis;
    for (int j = 0; j < s->in[k].rank; j++) s->in[k].size[j] = s->in[0].size[j + axis];
}

static void layer_norm_sample(td_sample *s)
{
    sample_rows(s);
    s->n_in = 1 + (int)td_sample_below(s, 3);
    for (int k = 1; k < s->n_in; k++) sample_row(s, k);
}

static void layer_norm_adj_sample(td_sample *s)
{
    sample_rows(s);
    s->n_in = 2 + (int)td_sample_below(s, 2);
    s->in[1] = s->in[0];
    if (s->n_in > 2) sample_row(s, 2);
}

static void layer_norm_adj_w_sample(td_sample *s)
{
    sample_rows(s);
    s->n_in = 2;
    s->in[1] = s->in[0];
}

static td_tensor *call_layer_norm(const td_invocation *k)
{
    td_tensor *weight = k->n > 1 ? k->in[1] : NULL, *bias = k->n > 2 ? k->in[2] : NULL;
    return td_layer_norm(k->in[0], td_as_int(k, 0), weight, bias, td_as_number(k, 1));
}
static const td_signature layer_norm_signature = {
    .example = "layer_norm(W, x, y, eps=1e-3)", .call = call_layer_norm,
    .parameter = { { "n_axes", TD_INTEGER, false, 1 }, { "eps", TD_NUMBER, false, 1e-5 } },
};
const td_op td_op_layer_norm = {
    .name = "layer_norm", .id = TD_ID_layer_norm, .min_in = 1, .max_in = 3, .reads = TD_READS(0) | TD_READS(1),
    .infer = layer_norm_infer, .compute = layer_norm_compute, .vjp = layer_norm_vjp, .sample = layer_norm_sample,
    .signature = &layer_norm_signature,
};

static td_tensor *call_adjoint(const td_invocation *k)
{
    int axis = td_axis(k->in[0]->context, k->op->name, td_rank(k->in[0]), td_as_int(k, 0));
    if (axis < 0) return td_bad(k->in[0]->context);
    return td_apply(k->op, k->n, k->in, &(td_attr){ .axis = (int16_t)axis, .a = td_as_number(k, 1) });
}

static const td_signature layer_norm_adj_signature = {
    .example = "layer_norm_adj(W, W, x)", .call = call_adjoint,
    .parameter = { { "axis", TD_AXIS, false, -1 }, { "eps", TD_NUMBER, false, 1e-5 } },
};
const td_op td_op_layer_norm_adj = {
    .name = "layer_norm_adj", .id = TD_ID_layer_norm_adj, .min_in = 2, .max_in = 3,
    .reads = TD_READS(0) | TD_READS(1) | TD_READS(2), .infer = layer_norm_adj_infer,
    .compute = layer_norm_adj_compute, .vjp = layer_norm_adj_vjp, .sample = layer_norm_adj_sample,
    .signature = &layer_norm_adj_signature,
};

static const td_signature layer_norm_adj_w_signature = {
    .example = "layer_norm_adj_w(W, W)", .call = call_adjoint,
    .parameter = { { "axis", TD_AXIS, false, -1 }, { "eps", TD_NUMBER, false, 1e-5 } },
};
const td_op td_op_layer_norm_adj_w = {
    .name = "layer_norm_adj_w", .id = TD_ID_layer_norm_adj_w, .min_in = 2, .max_in = 2, .reads = TD_READS(0) | TD_READS(1),
    .infer = layer_norm_adj_w_infer, .compute = layer_norm_adj_w_compute, .vjp = layer_norm_adj_w_vjp,
    .sample = layer_norm_adj_w_sample,
    .signature = &layer_norm_adj_w_signature,
};
