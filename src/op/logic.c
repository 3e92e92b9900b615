/* logic.c: what is true of numbers, and of bits.
 *
 * All of it is piecewise constant, so it has no derivative.  Numbers are true where they are not 0, NaN too. */
#include "op.h"

const td_op td_op_logical_and = { TD_ELEMENTWISE(logical_and, 2, TD_COMPARISON), .flat = true };
const td_op td_op_logical_or = { TD_ELEMENTWISE(logical_or, 2, TD_COMPARISON), .flat = true };
const td_op td_op_logical_xor = { TD_ELEMENTWISE(logical_xor, 2, TD_COMPARISON), .flat = true };
const td_op td_op_logical_not = { TD_ELEMENTWISE(logical_not, 1, TD_COMPARISON), .flat = true };
td_tensor  *td_logical_and(td_tensor *x, td_tensor *y) { return td_apply2(&td_op_logical_and, x, y); }
td_tensor  *td_logical_or(td_tensor *x, td_tensor *y) { return td_apply2(&td_op_logical_or, x, y); }
td_tensor  *td_logical_xor(td_tensor *x, td_tensor *y) { return td_apply2(&td_op_logical_xor, x, y); }
td_tensor  *td_logical_not(td_tensor *x) { return td_apply1(&td_op_logical_not, x, NULL); }

static void endless_sample(td_sample *s)
{
    s->n_in = 1;
    td_sample_shape(s, 0, 0, 4);
    td_sample_endless(s, 0);
}
const td_op td_op_isnan = { TD_ELEMENTWISE(isnan, 1, TD_COMPARISON), .flat = true, .sample = endless_sample };
const td_op td_op_isinf = { TD_ELEMENTWISE(isinf, 1, TD_COMPARISON), .flat = true, .sample = endless_sample };
const td_op td_op_isfinite = { TD_ELEMENTWISE(isfinite, 1, TD_COMPARISON), .flat = true, .sample = endless_sample };
const td_op td_op_signbit = { TD_ELEMENTWISE(signbit, 1, TD_COMPARISON), .flat = true };
td_tensor  *td_isnan(td_tensor *x) { return td_apply1(&td_op_isnan, x, NULL); }
td_tensor  *td_isinf(td_tensor *x) { return td_apply1(&td_op_isinf, x, NULL); }
td_tensor  *td_isfinite(td_tensor *x) { return td_apply1(&td_op_isfinite, x, NULL); }
td_tensor  *td_signbit(td_tensor *x) { return td_apply1(&td_op_signbit, x, NULL); }

/* ---- bits: integers alone ---------------------------------------------------------------------------------------- */

static td_status bitwise_infer(td_infer *i)
{
    if (!td_is_float(i->dtype)) return TD_OK;
    return td_fail(i->context, TD_EDTYPE, "%s: not for %s: takes integers and bools", i->op->name, td_dtype_name(i->dtype));
}

static void bits_sample(td_sample *s)
{
    s->n_in = 2;
    td_sample_shape(s, 0, 0, 4);
    td_sample_broadcast(s, 1);
    for (int k = 0; k < 2; k++) {
        s->in[k].what = TD_SAMPLE_INDEX;
        s->in[k].low = -9;
        s->in[k].high = 70;
    }
}

static void bitwise_not_sample(td_sample *s)
{
    bits_sample(s);
    s->n_in = 1;
}

static const td_signature bitwise_and_signature = { .example = "bitwise_and(i, 1)" };
static const td_signature bitwise_or_signature = { .example = "bitwise_or(i, 1)" };
static const td_signature bitwise_xor_signature = { .example = "bitwise_xor(i, 1)" };
static const td_signature bitwise_not_signature = { .example = "bitwise_not(i)" };
static const td_signature bitwise_left_shift_signature = { .example = "bitwise_left_shift(i, i)" };
static const td_signature bitwise_right_shift_signature = { .example = "bitwise_right_shift(i, i)" };

#define BITWISE(NAME, n, SAMPLE) \
    TD_ELEMENTWISE(NAME, n, TD_ARITHMETIC), .flat = true, .infer = bitwise_infer, .sample = SAMPLE, \
    .signature = &NAME##_signature

const td_op td_op_bitwise_and = { BITWISE(bitwise_and, 2, bits_sample) };
const td_op td_op_bitwise_or = { BITWISE(bitwise_or, 2, bits_sample) };
const td_op td_op_bitwise_xor = { BITWISE(bitwise_xor, 2, bits_sample) };
const td_op td_op_bitwise_not = { BITWISE(bitwise_not, 1, bitwise_not_sample) };
const td_op td_op_bitwise_left_shift = { BITWISE(bitwise_left_shift, 2, bits_sample) };
const td_op td_op_bitwise_right_shift = { BITWISE(bitwise_right_shift, 2, bits_sample) };

static bool is_bool(const td_tensor *x) { return x && td_dtype_of(x) == TD_BOOL; }

/* A bool is one bit, and stays bool. */
static td_tensor *bitwise(const td_op *op, const td_op *logical, td_tensor *x, td_tensor *y)
{
    return td_apply2(is_bool(x) && is_bool(y) ? logical : op, x, y);
}

td_tensor *td_bitwise_and(td_tensor *x, td_tensor *y) { return bitwise(&td_op_bitwise_and, &td_op_logical_and, x, y); }
td_tensor *td_bitwise_or(td_tensor *x, td_tensor *y) { return bitwise(&td_op_bitwise_or, &td_op_logical_or, x, y); }
td_tensor *td_bitwise_xor(td_tensor *x, td_tensor *y) { return bitwise(&td_op_bitwise_xor, &td_op_logical_xor, x, y); }
td_tensor *td_bitwise_not(td_tensor *x) { return td_apply1(is_bool(x) ? &td_op_logical_not : &td_op_bitwise_not, x, NULL); }
td_tensor *td_bitwise_left_shift(td_tensor *x, td_tensor *n) { return td_apply2(&td_op_bitwise_left_shift, x, n); }
td_tensor *td_bitwise_right_shift(td_tensor *x, td_tensor *n) { return td_apply2(&td_op_bitwise_right_shift, x, n); }
