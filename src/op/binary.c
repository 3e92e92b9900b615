/* binary.c: elementwise ops of two and three operands.
 *
 * The door has brought the operands to one shape and dtype, so a rule knows nothing of broadcasting.  A rule asks
 * td_pull_wants before work that is only for one operand. */
#include "op.h"

/* ---- arithmetic -------------------------------------------------------------------------------------------------- */

static void add_vjp(td_pull *p)
{
    td_pull_add(p, 0, p->g);
    td_pull_add(p, 1, p->g);
}
const td_op td_op_add = { TD_ELEMENTWISE(add, 2, TD_ARITHMETIC), .vjp = add_vjp };
td_tensor  *td_add(td_tensor *x, td_tensor *y) { return td_apply2(&td_op_add, x, y); }

static void sub_vjp(td_pull *p)
{
    td_pull_add(p, 0, p->g);
    if (td_pull_wants(p, 1)) td_pull_add(p, 1, td_neg(p->g));
}
const td_op td_op_sub = { TD_ELEMENTWISE(sub, 2, TD_ARITHMETIC), .vjp = sub_vjp };
td_tensor  *td_sub(td_tensor *x, td_tensor *y) { return td_apply2(&td_op_sub, x, y); }

/* g b, g a */
static void mul_vjp(td_pull *p)
{
    if (td_pull_wants(p, 0)) td_pull_add(p, 0, td_mul(p->g, p->in[1]));
    if (td_pull_wants(p, 1)) td_pull_add(p, 1, td_mul(p->g, p->in[0]));
}
const td_op td_op_mul = { TD_ELEMENTWISE(mul, 2, TD_ARITHMETIC), .reads = TD_READS(0) | TD_READS(1), .vjp = mul_vjp };
td_tensor  *td_mul(td_tensor *x, td_tensor *y) { return td_apply2(&td_op_mul, x, y); }

/* y = a x + z.   a g, g */
static void axpy_vjp(td_pull *p)
{
    if (td_pull_wants(p, 0)) td_pull_add(p, 0, td_mul_scalar(p->g, p->attr->a));
    td_pull_add(p, 1, p->g);
}

static void axpy_sample(td_sample *s)
{
    s->n_in = 2;
    td_sample_shape(s, 0, 0, 4);
    td_sample_broadcast(s, 1);
    for (int i = 0; i < 2; i++) td_sample_floats(s, i, -6, 6);
    s->attr.a = td_sample_choice(s, 5, (double[]){ 0.1, -1, 0, 2.5, -1234.5 });
}

static const td_signature axpy_signature = {
    .example = "axpy(x, y, 2)", .call = td_call_number,
    .parameter = { { "a", TD_NUMBER, true, 0 } },
};
const td_op td_op_axpy = {
    TD_ELEMENTWISE(axpy, 2, TD_FLOATING), .vjp = axpy_vjp, .sample = axpy_sample,
    .signature = &axpy_signature,
};
td_tensor  *td_axpy(double a, td_tensor *x, td_tensor *y)
{
    return td_apply(&td_op_axpy, 2, (td_tensor *[]){ x, y }, &(td_attr){ .a = a });
}

/* y = a / b.   g / b,  -(g y) / b: b^2 would overflow sooner */
static void div_vjp(td_pull *p)
{
    if (td_pull_wants(p, 0)) td_pull_add(p, 0, td_div(p->g, p->in[1]));
    if (td_pull_wants(p, 1)) td_pull_add(p, 1, td_neg(td_div(td_mul(p->g, p->y), p->in[1])));
}
const td_op td_op_div = { TD_ELEMENTWISE(div, 2, TD_FLOATING), .reads = TD_READS(1) | TD_READS_RESULT, .vjp = div_vjp };
td_tensor  *td_div(td_tensor *x, td_tensor *y) { return td_apply2(&td_op_div, x, y); }

/* ---- pow: y = x^p ---------------------------------------------------------------------------------------------------
 * Slopes g p x^(p-1) and g y log x.  Where these are 0 times infinity, the operand is replaced: p x^(p-1) by 0 x^0 where
 * p = 0 and x is 0 or NaN, x by 1 where x = 0 and p >= 0.  Where p = 1 and x is 0 or NaN, p is a constant: x^0 has no slope
 * in p at 0, so p would have one.  Everywhere else the formulas stand as they are, to all orders. */

static td_tensor *pow_slope_in_x(td_tensor *x, td_tensor *p)
{
    td_tensor *zero = td_number(p, 0), *one = td_number(p, 1), *plain = td_gt(td_abs(x), zero);
    td_tensor *none = td_eq(p, zero), *rest = td_where(td_eq(p, one), one, p);
    td_tensor *factor = td_where(plain, p, td_where(none, zero, rest));
    td_tensor *tame = td_where(plain, p, td_where(none, one, rest));
    return td_mul(factor, td_pow(x, td_add_scalar(tame, -1)));
}

static td_tensor *log_for_pow(td_tensor *x, td_tensor *p)
{
    td_tensor *zero = td_number(p, 0), *one = td_number(p, 1);
    return td_log(td_where(td_eq(x, zero), td_where(td_ge(p, zero), one, x), x));
}

static void pow_vjp(td_pull *p)
{
    if (td_pull_wants(p, 0)) td_pull_add(p, 0, td_mul(p->g, pow_slope_in_x(p->in[0], p->in[1])));
    if (td_pull_wants(p, 1)) td_pull_add(p, 1, td_mul(td_mul(p->g, p->y), log_for_pow(p->in[0], p->in[1])));
}

static void pow_sample(td_sample *s)
{
    s->n_in = 2;
    td_sample_shape(s, 0, 0, 4);
    td_sample_broadcast(s, 1);
    td_sample_floats(s, 0, 0, 6);
    td_sample_floats(s, 1, -3, 3);
}

const td_op td_op_pow = {
    TD_ELEMENTWISE(pow, 2, TD_FLOATING), .reads = TD_READS(0) | TD_READS(1) | TD_READS_RESULT,
    .vjp = pow_vjp, .sample = pow_sample,
};
td_tensor *td_pow(td_tensor *x, td_tensor *p) { return td_apply2(&td_op_pow, x, p); }

/* ---- choice ------------------------------------------------------------------------------------------------------ */

/* Whole where this operand wins, half at a tie, 0 where it loses; whole at NaN, which loses to nobody. */
static td_tensor *share(td_tensor *g, td_tensor *tie, td_tensor *loses)
{
    return td_where(tie, td_mul_scalar(g, 0.5), td_where(loses, td_number(g, 0), g));
}

static void maximum_vjp(td_pull *p)
{
    td_tensor *x = p->in[0], *y = p->in[1], *tie = td_eq(x, y);
    if (td_pull_wants(p, 0)) td_pull_add(p, 0, share(p->g, tie, td_lt(x, y)));
    if (td_pull_wants(p, 1)) td_pull_add(p, 1, share(p->g, tie, td_lt(y, x)));
}
const td_op td_op_maximum = {
    TD_ELEMENTWISE(maximum, 2, TD_ARITHMETIC), .reads = TD_READS(0) | TD_READS(1), .vjp = maximum_vjp,
};
td_tensor *td_maximum(td_tensor *x, td_tensor *y) { return td_apply2(&td_op_maximum, x, y); }

static void minimum_vjp(td_pull *p)
{
    td_tensor *x = p->in[0], *y = p->in[1], *tie = td_eq(x, y);
    if (td_pull_wants(p, 0)) td_pull_add(p, 0, share(p->g, tie, td_gt(x, y)));
    if (td_pull_wants(p, 1)) td_pull_add(p, 1, share(p->g, tie, td_gt(y, x)));
}
const td_op td_op_minimum = {
    TD_ELEMENTWISE(minimum, 2, TD_ARITHMETIC), .reads = TD_READS(0) | TD_READS(1), .vjp = minimum_vjp,
};
td_tensor *td_minimum(td_tensor *x, td_tensor *y) { return td_apply2(&td_op_minimum, x, y); }

/* y = c ? a : b.   c ? g : 0,  c ? 0 : g */
static void where_vjp(td_pull *p)
{
    td_tensor *c = p->in[0], *zero = td_number(p->g, 0);
    if (td_pull_wants(p, 1)) td_pull_add(p, 1, td_where(c, p->g, zero));
    if (td_pull_wants(p, 2)) td_pull_add(p, 2, td_where(c, zero, p->g));
}

static void where_sample(td_sample *s)
{
    s->n_in = 3;
    td_sample_shape(s, 0, 0, 4);
    s->in[0].what = TD_SAMPLE_BOOL;
    for (int i = 1; i < 3; i++) {
        td_sample_broadcast(s, i);
        td_sample_floats(s, i, -6, 6);
    }
}

static const td_signature where_signature = { .example = "where(b, x, y)" };
const td_op td_op_where = {
    TD_ELEMENTWISE(where, 3, TD_CHOICE), .reads = TD_READS(0), .vjp = where_vjp, .sample = where_sample,
    .signature = &where_signature,
};
td_tensor *td_where(td_tensor *condition, td_tensor *x, td_tensor *y)
{
    return td_apply(&td_op_where, 3, (td_tensor *[]){ condition, x, y }, NULL);
}

/* ---- comparisons ------------------------------------------------------------------------------------------------- */

const td_op td_op_eq = { TD_ELEMENTWISE(eq, 2, TD_COMPARISON), .flat = true };
const td_op td_op_ne = { TD_ELEMENTWISE(ne, 2, TD_COMPARISON), .flat = true };
const td_op td_op_lt = { TD_ELEMENTWISE(lt, 2, TD_COMPARISON), .flat = true };
const td_op td_op_le = { TD_ELEMENTWISE(le, 2, TD_COMPARISON), .flat = true };
const td_op td_op_gt = { TD_ELEMENTWISE(gt, 2, TD_COMPARISON), .flat = true };
const td_op td_op_ge = { TD_ELEMENTWISE(ge, 2, TD_COMPARISON), .flat = true };

td_tensor *td_eq(td_tensor *x, td_tensor *y) { return td_apply2(&td_op_eq, x, y); }
td_tensor *td_ne(td_tensor *x, td_tensor *y) { return td_apply2(&td_op_ne, x, y); }
td_tensor *td_lt(td_tensor *x, td_tensor *y) { return td_apply2(&td_op_lt, x, y); }
td_tensor *td_le(td_tensor *x, td_tensor *y) { return td_apply2(&td_op_le, x, y); }
td_tensor *td_gt(td_tensor *x, td_tensor *y) { return td_apply2(&td_op_gt, x, y); }
td_tensor *td_ge(td_tensor *x, td_tensor *y) { return td_apply2(&td_op_ge, x, y); }
