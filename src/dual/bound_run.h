/* bound_run.h: running a definition in bound.h's numbers.
 *
 * Unless an op is direct, each float operand counts as known to one roundoff only: a kernel's formula may be accurate for
 * slightly other operands than it was given (mixed forward-backward stability; a softmax that subtracts the largest first
 * is of that kind).  For factorisations the same holds of matrices as wholes: of
 * those, each number counts as known to a roundoff of the largest (Higham 2002, 9.3, 10.1, 19.4).  Direct ops have no other formula than the definition's, in some order, so theirs stand as they are:
 * x - x is 0.  Integers are exact: one known to less than a half is known. */
#include <stdlib.h>

static void load(void *to, int64_t n, td_dtype dtype, const void *values)
{
    num *x = to;
    for (int64_t i = 0; i < n; i++) x[i] = single(ball_load(values, dtype, i));
}

static void forget(void *numbers, int64_t n)
{
    num *x = numbers;
    for (int64_t i = 0; i < n; i++) x[i].e = NAN;
}

static double read(const void *from, int64_t i, int lane, double *bound)
{
    const num *x = from;
    (void)lane;
    if (bound) *bound = x[i].e;
    return x[i].v;
}

/* An end of what op is smooth on is that end, whatever the formula. */
static void perturb(num *to, const num *from, int64_t n, const td_op *op)
{
    for (int64_t i = 0; i < n; i++) {
        ball x = {from[i].v, from[i].e};
        bool end = op->low < op->high && x.e == 0 && (x.v == op->low || x.v == op->high);
        if (isfinite(x.v) && !end) x.e = rounded(x.e + UNIT * fabs(x.v));
        to[i] = single(x);
    }
}

/* Matrices, each of whose numbers is known to a roundoff of the largest, times the columns. */
static void perturb_matrices(num *to, const num *from, const td_shape *s)
{
    int64_t columns = s->size[s->rank - 1], n = columns * s->size[s->rank - 2];
    for (int64_t start = 0; start < s->numel; start += n) {
        double most = 0;
        for (int64_t i = start; i < start + n; i++) most = fmax(most, fabs(from[i].v));
        for (int64_t i = start; i < start + n; i++) {
            ball x = {from[i].v, from[i].e};
            if (isfinite(x.v)) x.e = rounded(x.e + (double)columns * UNIT * most);
            to[i] = single(x);
        }
    }
}

/* A fast transform's numbers are those of a line, or two axes, of which each number is known to a roundoff of the largest, times
 * how many there are: its errors are small beside all of the line, not beside each sum (N. J. Higham, Accuracy and Stability of
 * Numerical Algorithms, 2002, Theorem 24.2).  Real and imaginary parts are of one shape, and mix. */
static double largest_of_line(const td_application *f, int64_t start, int64_t n, int64_t step)
{
    double most = 0;
    for (int k = 0; k < f->n_in; k++) {
        const num *x = operand(f, k);
        for (int64_t j = 0; j < n; j++) most = fmax(most, fabs(x[start + j * step].v));
    }
    return most;
}

static void perturb_lines(num *to, const num *from, const td_application *f)
{
    const td_shape *s = f->in[0].shape;
    int axis = f->attr->axes ? s->rank - 1 : f->attr->axis;
    int64_t step = 1, n = s->size[axis] * (f->attr->axes ? s->size[axis - 1] : 1);
    for (int i = axis + 1; i < s->rank; i++) step *= s->size[i];
    double terms = n ? fmax((double)n, (double)f->shape->numel / (double)(s->numel / n)) : 0;    /* padded, it is longer */
    for (int64_t line = 0; n && line < s->numel / n; line++) {
        int64_t start = line / step * n * step + line % step;
        double most = largest_of_line(f, start, n, step);
        for (int64_t i = start; i < start + n * step; i += step) {
            ball x = {from[i].v, from[i].e};
            if (isfinite(x.v)) x.e = rounded(x.e + terms * UNIT * most);
            to[i] = single(x);
        }
    }
}

static ball finished(ball x, td_dtype dtype)
{
    if (dtype == TD_I64 || dtype == TD_BOOL) return x.e < 0.5 ? (ball){round(x.v), 0} : x;
    if (dtype == TD_F32 && isfinite(x.v) && !(fabs(x.v) + x.e <= FLT_MAX)) return ball_unknown(x.v);
    return x;
}

/* What overflows for certain is infinite for certain, but only as a result: log(exp x) computed otherwise is x, so as a step
 * to something else it stays unknown. */
static ball overflown(const td_application *f, int64_t i, ball y)
{
    bool single_precision = f->dtype == TD_F32;
    double limit = definition_of[f->op->id]->overflow[single_precision];
    if (!f->alone || limit == 0 || !(fabs(num_value(operand(f, 0)[i])) > limit)) return y;
    return fabs(y.v) > (single_precision ? FLT_MAX : DBL_MAX) ? (ball){copysign((double)INFINITY, y.v), 0} : y;
}

/* The same application, on perturbed copies of its float operands, which stand one after the other in `copies`. */
static void with_perturbed(td_application *f, td_operand *in, num *copies)
{
    for (int i = 0; i < f->n_in; i++) {
        in[i] = f->in[i];
        if (in[i].dtype != TD_F64 && in[i].dtype != TD_F32) continue;
        enum extent extent = definition_of[f->op->id]->normwise;
        if (extent == MATRIX && in[i].shape->rank >= 2) perturb_matrices(copies, in[i].numbers, in[i].shape);
        else if (extent == LINE) perturb_lines(copies, in[i].numbers, f);
        else perturb(copies, in[i].numbers, in[i].shape->numel, f->op);
        in[i].numbers = copies;
        copies += in[i].shape->numel;
    }
    f->in = in;
}

static td_status run_perturbed(const td_application *f)
{
    size_t total = 0;
    for (int i = 0; i < f->n_in; i++) total += (size_t)f->in[i].shape->numel;
    num *copies = malloc((total + 1) * sizeof *copies);
    td_operand *in = malloc((size_t)(f->n_in + 1) * sizeof *in);
    td_application other = *f;
    if (copies && in) with_perturbed(&other, in, copies);
    td_status status = copies && in ? run_definition(&other) : td_fail(f->context, TD_ENOMEM, "replay: out of memory");
    free(copies);
    free(in);
    return status;
}

static td_status define(const td_application *f)
{
    bool integer = f->dtype == TD_I64 || f->dtype == TD_BOOL;
    td_status status = integer || definition_of[f->op->id]->direct ? run_definition(f) : run_perturbed(f);
    for (int64_t i = 0; !status && i < f->shape->numel; i++)
        result(f)[i] = single(overflown(f, i, finished(closed(result(f)[i]), f->dtype)));
    return status;
}
