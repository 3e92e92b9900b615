/* airy.c: Airy functions and complete elliptic integrals, elementwise.
 *
 * Each is an op with a derivative's order n as the attribute a: its rule goes to n + 1, so slopes keep their digits where a
 * formula of other functions would cancel (K' = (E / (1 - m) - K) / 2m is 0 by 0 at m = 0). */
#include "op.h"

#include <math.h>

static td_status check_order(td_infer *i, int most)
{
    double n = i->attr->a;
    if (n >= 0 && n <= most && floor(n) == n) return TD_OK;
    return td_fail(i->context, TD_EVALUE, "%s: n is %g, and must be a whole number from 0 to %d", i->op->name, n, most);
}

static td_status airy_infer(td_infer *i) { return check_order(i, 1); }
static td_status elliptic_infer(td_infer *i) { return check_order(i, 8); }

static td_tensor *of_order(const td_op *op, td_tensor *x, double n) { return td_apply1(op, x, &(td_attr){ .a = n }); }
static td_tensor *call_order(const td_invocation *k) { return of_order(k->op, k->in[0], td_as_number(k, 0)); }

static void sample(td_sample *s, int orders, double low, double high)
{
    s->n_in = 1;
    td_sample_few(s, 0, 0, 2, 3);
    td_sample_floats(s, 0, low, high);
    s->attr.a = (double)td_sample_below(s, orders);
}

/* w'' = x w, DLMF 9.2.1 */
static void airy_slope(td_pull *p, const td_op *op)
{
    td_tensor *x = p->in[0];
    td_pull_slope(p, p->attr->a == 0 ? of_order(op, x, 1) : td_mul(x, of_order(op, x, 0)));
}

static void elliptic_slope(td_pull *p, const td_op *op) { td_pull_slope(p, of_order(op, p->in[0], p->attr->a + 1)); }

static void airy_ai_sample(td_sample *s) { sample(s, 2, -10, 12); }
static void airy_bi_sample(td_sample *s) { sample(s, 2, -8, 8); }
static void ellipk_sample(td_sample *s) { sample(s, 3, -4, 0.95); }
static void ellipe_sample(td_sample *s) { sample(s, 3, -4, 0.95); }

/* An op with n for a parameter, its kernel of the same name. */
#define ORDERED(NAME, slope, check, example_text)                                                                  \
    static void NAME##_vjp(td_pull *p) { slope(p, &td_op_##NAME); }                                                \
    static const td_signature NAME##_signature = {                                                                 \
        .example = example_text, .call = call_order, .parameter = { { "n", TD_INTEGER, false, 0 } },               \
    };                                                                                                             \
    const td_op td_op_##NAME = {                                                                                   \
        TD_ELEMENTWISE(NAME, 1, TD_FLOATING), .reads = TD_READS(0), .infer = check, .vjp = NAME##_vjp,             \
        .sample = NAME##_sample, .signature = &NAME##_signature,                                                   \
    };                                                                                                             \
    td_tensor *(td_##NAME)(td_tensor *x) { return of_order(&td_op_##NAME, x, 0); }
ORDERED(airy_ai, airy_slope, airy_infer, "airy_ai(x)")
ORDERED(airy_bi, airy_slope, airy_infer, "airy_bi(x)")
ORDERED(ellipk, elliptic_slope, elliptic_infer, "ellipk(sigmoid(x))")
ORDERED(ellipe, elliptic_slope, elliptic_infer, "ellipe(sigmoid(x))")
