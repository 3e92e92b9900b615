/* round.c: whole numbers: rounding, and division with a remainder.
 *
 * What rounds has derivative 0 wherever it has one, and by decree where it jumps.  So the remainder of a fixed quotient n,
 * x - n y, has the slopes 1 and -n. */
#include "op.h"

#include <math.h>
#include <string.h>

const td_op td_op_floor = { TD_ELEMENTWISE(floor, 1, TD_ARITHMETIC), .flat = true, .steps = true };
const td_op td_op_ceil = { TD_ELEMENTWISE(ceil, 1, TD_ARITHMETIC), .flat = true, .steps = true };
const td_op td_op_trunc = { TD_ELEMENTWISE(trunc, 1, TD_ARITHMETIC), .flat = true, .steps = true };
const td_op td_op_round = { TD_ELEMENTWISE(round, 1, TD_ARITHMETIC), .flat = true, .steps = true };
td_tensor  *td_floor(td_tensor *x) { return td_apply1(&td_op_floor, x, NULL); }
td_tensor  *td_ceil(td_tensor *x) { return td_apply1(&td_op_ceil, x, NULL); }
td_tensor  *td_trunc(td_tensor *x) { return td_apply1(&td_op_trunc, x, NULL); }
td_tensor  *td_round(td_tensor *x) { return td_apply1(&td_op_round, x, NULL); }

/* round(x 10^d) / 10^d: for d < 0 the power is 10^-d and the operations change places, for 10^d is no number */
static td_tensor *round_decimals_compose(int n, td_tensor *const *in, const td_attr *attr)
{
    (void)n;
    double power = 1;
    for (int k = 0; k < fabs(attr->a); k++) power *= 10;
    if (attr->a < 0) return td_mul_scalar(td_round(td_div_scalar(in[0], power)), power);
    return td_div_scalar(td_round(td_mul_scalar(in[0], power)), power);
}

static td_status round_decimals_infer(td_infer *i)
{
    double d = i->attr->a;
    if (d == floor(d) && fabs(d) <= 300) return TD_OK;
    return td_fail(i->context, TD_EVALUE, "round_decimals: %g decimals, not a whole number in -300..300", d);
}

static void round_decimals_sample(td_sample *s)
{
    s->n_in = 1;
    td_sample_shape(s, 0, 0, 4);
    s->attr.a = td_sample_choice(s, 4, (double[]){ 0, 1, 3, -1 });
    td_sample_floats(s, 0, -60, 60);
}

static const td_signature round_decimals_signature = {
    .example = "round_decimals(x, 2)", .call = td_call_number, .parameter = { { "decimals", TD_INTEGER, false, 0 } },
};
const td_op td_op_round_decimals = {
    .name = "round_decimals", .id = TD_ID_round_decimals, .min_in = 1, .max_in = 1, .kind = TD_FLOATING, .flat = true,
    .steps = true,
    .infer = round_decimals_infer, .compose = round_decimals_compose, .sample = round_decimals_sample,
    .signature = &round_decimals_signature,
};
td_tensor *td_round_decimals(td_tensor *x, int decimals)
{
    return td_apply1(&td_op_round_decimals, x, &(td_attr){ .a = decimals });
}

/* x - trunc x */
static td_tensor *frac_compose(int n, td_tensor *const *in, const td_attr *attr)
{
    (void)n, (void)attr;
    return td_sub(in[0], td_trunc(in[0]));
}
const td_op td_op_frac = {
    .name = "frac", .id = TD_ID_frac, .min_in = 1, .max_in = 1, .kind = TD_FLOATING, .steps = true, .compose = frac_compose,
};
td_tensor *td_frac(td_tensor *x) { return td_apply1(&td_op_frac, x, NULL); }

/* ---- division ---------------------------------------------------------------------------------------------------- */

/* No integer can stand for what division by 0 has no number for. */
td_status td_divide_compute(const td_call *call)
{
    const td_window *y = &call->in[1];
    td_stream        s = td_stream_of(call->context, y);
    for (int64_t i = 0; y->dtype == TD_I64 && i < y->shape->numel; i++) {
        int64_t v;
        memcpy(&v, td_stream_at(&s, i), sizeof v);
        if (v == 0) return td_fail(call->context, TD_EDOMAIN, "%s: an integer divided by 0, at position %lld",
                                   call->op->name, (long long)i);
    }
    return td_map_compute(call);
}

/* Divisors of either sign, none near 0. */
static void divide_sample(td_sample *s)
{
    bool negative = td_sample_below(s, 2);
    s->n_in = 2;
    td_sample_shape(s, 0, 0, 4);
    td_sample_broadcast(s, 1);
    td_sample_floats(s, 0, -6, 6);
    td_sample_floats(s, 1, negative ? -4 : 0.3, negative ? -0.3 : 4);
}

#define DIVISION(NAME) \
    .name = #NAME, .id = TD_ID_##NAME, .min_in = 2, .max_in = 2, .kind = TD_ARITHMETIC, .kernel = TD_MAP_##NAME, \
    .steps = true, .compute = td_divide_compute, .sample = divide_sample

/* g, -g trunc(x / y), whose quotient is exact as that of the remainder is: (x - r) / y */
static void fmod_vjp(td_pull *p)
{
    td_pull_add(p, 0, p->g);
    if (!td_pull_wants(p, 1)) return;
    td_tensor *n = td_round(td_div(td_sub(p->in[0], p->y), p->in[1]));
    td_pull_add(p, 1, td_neg(td_mul(p->g, n)));
}
const td_op td_op_fmod = { DIVISION(fmod), .reads = TD_READS(0) | TD_READS(1) | TD_READS_RESULT, .vjp = fmod_vjp };
td_tensor  *td_fmod(td_tensor *x, td_tensor *y) { return td_apply2(&td_op_fmod, x, y); }

/* g, -g floor(x / y) */
static void remainder_vjp(td_pull *p)
{
    td_pull_add(p, 0, p->g);
    if (td_pull_wants(p, 1)) td_pull_add(p, 1, td_neg(td_mul(p->g, td_floor_divide(p->in[0], p->in[1]))));
}
const td_op td_op_remainder = { DIVISION(remainder), .reads = TD_READS(0) | TD_READS(1), .vjp = remainder_vjp };
td_tensor  *td_remainder(td_tensor *x, td_tensor *y) { return td_apply2(&td_op_remainder, x, y); }

const td_op td_op_floor_divide = { DIVISION(floor_divide), .flat = true };
td_tensor  *td_floor_divide(td_tensor *x, td_tensor *y) { return td_apply2(&td_op_floor_divide, x, y); }
