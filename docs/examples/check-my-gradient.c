/* check-my-gradient.c: an op of one's own, its derivative written by hand, and a second opinion on that.
 *
 *     cc check-my-gradient.c $(pkg-config --cflags --libs libtriad-verify) -lm -o check && ./check
 *
 * softsign(x) = x / (1 + |x|).  Its slope is 1 / (1 + |x|)^2; the second op below forgets the square, as one does.  td_check
 * asks the tape, which believes the rule, dual numbers, which know only the definition, and finite differences, which know
 * only the values. */
#include <math.h>
#include <stdio.h>

#include "triad_engine.h"
#include "triad_verify.h"

/* ---- the op ------------------------------------------------------------------------------------------------------- */

/* Where the i-th number, counted in row-major order, stands in a window of any strides. */
static int64_t place(const td_shape *s, int64_t i)
{
    int64_t at = 0;
    for (int axis = s->rank - 1; axis >= 0; axis--) {
        at += i % s->size[axis] * s->stride[axis];
        i /= s->size[axis];
    }
    return at;
}

/* Doubles only; the result is row-major. */
static td_status softsign_compute(const td_call *call)
{
    const td_window *x = &call->in[0];
    if (x->dtype != TD_F64) return td_fail(call->context, TD_EDTYPE, "softsign: %s, takes f64", td_dtype_name(x->dtype));
    const double *from = x->data;
    double       *to = call->out.data;
    for (int64_t i = 0; i < x->shape->numel; i++) {
        double v = from[place(x->shape, i)];
        to[i] = v / (1 + fabs(v));
    }
    return TD_OK;
}

/* What it is, in ops that triad knows: for the dual engine. */
static td_tensor *softsign_define(int n, td_tensor *const *in, const td_attr *attr)
{
    (void)n, (void)attr;   /* one operand, no attributes */
    return td_div(in[0], td_add_scalar(td_abs(in[0]), 1));
}

/* y = x / (1 + |x|).   gx = g / (1 + |x|)^2 */
static void softsign_vjp(td_pull *p)
{
    td_tensor *d = td_add_scalar(td_abs(p->in[0]), 1);
    td_pull_add(p, 0, td_div(p->g, td_square(d)));
}

static void wrong_vjp(td_pull *p)
{
    td_pull_add(p, 0, td_div(p->g, td_add_scalar(td_abs(p->in[0]), 1)));
}

static const td_op softsign = {
    .name = "softsign", .min_in = 1, .max_in = 1, .reads = TD_READS(0),
    .compute = softsign_compute, .define = softsign_define, .vjp = softsign_vjp,
};
static const td_op wrong = {
    .name = "wrong softsign", .min_in = 1, .max_in = 1, .reads = TD_READS(0),
    .compute = softsign_compute, .define = softsign_define, .vjp = wrong_vjp,
};

/* ---- a program that uses it, and the question --------------------------------------------------------------------- */

/* sum_i softsign(x)_i w_i; td_at notes where the op was called, for the report */
static td_tensor *program(td_context *c, td_tensor *const *in, void *user)
{
    const td_op *op = user;
    td_tensor   *y = td_at(td_apply(op, 1, in, NULL), "check-my-gradient.c", __LINE__);
    return td_error(c) ? y : td_sum(td_mul(y, in[1]));
}

static td_verdict ask(td_op op)
{
    td_context *c = td_open(NULL);
    td_tensor  *in[] = {
        td_array(c, TD_F64, 1, (int64_t[]){4}, (double[]){-2, -0.5, 0.25, 3}),
        td_array(c, TD_F64, 1, (int64_t[]){4}, (double[]){1, 2, -1, 0.5}),
    };
    td_check_result *r = td_check(program, 2, in, &op, NULL);
    td_verdict       verdict = r ? r->verdict : TD_INCONCLUSIVE;
    printf("---- %s ----\n", op.name);
    if (r) td_check_print(r, stdout);
    td_check_free(r);
    td_close(c);
    return verdict;
}

int main(void)
{
    td_verdict right = ask(softsign), other = ask(wrong);
    return right == TD_AGREE && other == TD_DISAGREE ? 0 : 1;
}
