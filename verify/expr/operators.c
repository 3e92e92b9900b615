/* operators.c: signs between two operands: how tightly they bind, and what they stand for.
 *
 * A number beside a tensor takes its dtype, so that an f32 tensor stays f32; two numbers are one number at once. */
#include "nodes.h"

#include <math.h>

static double add(double a, double b) { return a + b; }
static double sub(double a, double b) { return a - b; }
static double mul(double a, double b) { return a * b; }
static double quotient(double a, double b) { return a / b; }

static td_tensor *add_before(double a, td_tensor *y) { return td_add_scalar(y, a); }
static td_tensor *mul_before(double a, td_tensor *y) { return td_mul_scalar(y, a); }
static td_tensor *sub_after(td_tensor *x, double b) { return td_add_scalar(x, -b); }

const td_operator td_operators[] = {
    {"==", TD_LEVEL_COMPARISON, "eq", NULL, NULL, NULL},
    {"!=", TD_LEVEL_COMPARISON, "ne", NULL, NULL, NULL},
    {"<=", TD_LEVEL_COMPARISON, "le", NULL, NULL, NULL},
    {">=", TD_LEVEL_COMPARISON, "ge", NULL, NULL, NULL},
    {"<", TD_LEVEL_COMPARISON, "lt", NULL, NULL, NULL},
    {">", TD_LEVEL_COMPARISON, "gt", NULL, NULL, NULL},
    {"+", TD_LEVEL_SUM, "add", add, add_before, td_add_scalar},
    {"-", TD_LEVEL_SUM, "sub", sub, td_rsub, sub_after},
    {"*", TD_LEVEL_PRODUCT, "mul", mul, mul_before, td_mul_scalar},
    {"/", TD_LEVEL_PRODUCT, "div", quotient, td_rdiv, td_div_scalar},
    {"@", TD_LEVEL_PRODUCT, "matmul", NULL, NULL, NULL},
    {"^", TD_LEVEL_POWER, "pow", pow, NULL, td_pow_scalar},
    {"**", TD_LEVEL_POWER, "pow", pow, NULL, td_pow_scalar},
    {0}};
