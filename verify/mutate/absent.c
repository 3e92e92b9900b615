/* absent.c: the mutants that do not exist, each with the reason why.
 *
 * The first row that names the mutation and holds of the op gives the reason.  A mutant with no place and no row is a gap in
 * the cases and counts as a survivor: so nothing is passed over in silence. */
#include "mutate/matrix.h"

typedef struct absence {
    const char *mutations;                             /* words */
    bool      (*holds)(const td_op *op);               /* NULL: of every op */
    const char *reason;
    bool        in_single;                             /* in f32 only */
} absence;

static bool has_no_rule(const td_op *op) { return op->flat || (!op->vjp && !op->compose); }
static bool has_no_kernel(const td_op *op) { return !op->compute && !op->compose; }
static bool takes_one(const td_op *op) { return op->max_in == 1; }
static bool takes_two(const td_op *op) { return op->max_in == 1 || op->max_in == 2; }

/* ---- where samples lie --------------------------------------------------------------------------------------------- */

typedef bool range_fn(double low, double high);
static bool reaches_beyond_4(double low, double high) { return high > 4 || low < -4; }
static bool reaches_below_0(double low, double high) { return low < 0 && high > low; }
static bool reaches_0(double low, double high) { return low <= 0 && high >= 0; }

/* Do floats of some operand, in one of so many samples? */
static bool some_sample(const td_op *op, range_fn *reaches)
{
    enum { SAMPLES = 64 };
    for (uint64_t k = 0; op->sample && k < SAMPLES; k++) {
        td_sample s = {.state = k};
        op->sample(&s);
        for (int i = 0; i < s.n_in; i++) {
            bool everywhere = s.in[i].low == 0 && s.in[i].high == 0;
            if (s.in[i].what == TD_SAMPLE_FLOAT && (everywhere || reaches(s.in[i].low, s.in[i].high))) return true;
        }
    }
    return !op->sample && ((op->low == 0 && op->high == 0) || reaches(op->low, op->high));
}

static bool stays_within_4(const td_op *op) { return !some_sample(op, reaches_beyond_4); }
static bool stays_above_0(const td_op *op) { return !some_sample(op, reaches_below_0); }
static bool stays_off_0(const td_op *op) { return !some_sample(op, reaches_0); }

/* ---- the reasons --------------------------------------------------------------------------------------------------- */

#define RULE_STEPS "term1a term1b term2a term2b factor1a factor1b factor2a factor2b sign1 coeff1 coeff2 no_reduce " \
    "mean_reduce wrong_axis tie_strict tie_none tie_all branch_swap branch_one branch_two f32_inside"
#define OF_ADJOINTS "neg twice half times_n over_n rel2 rel4 rel5 rel6 rel9 rel12 f32 off_by_one clamped transpose stride " \
    "slice0 last first row_end tail4 tail8 tail16 zero_at_0 one_at_0 nan_at_0 zero_below_0 zero_at_1 window far zero_far " \
    "g_one g_abs g_clip g_pow g_first g_next g_stride drop0 drop1 drop2 swap assign double_acc needs0 needs1 straight"

static const absence rows[] = {
    {OF_ADJOINTS " " RULE_STEPS " const_x const_y stale_x stale_y", has_no_rule, "the op has no derivative", false},
    {"v_rel4 v_rel12 v_last v_tail8 v_shift v_f32 v_finite", has_no_kernel, "a view has no kernel", false},
    {"rel5 rel6 rel9 rel12 v_rel12", NULL, "fewer than 256 units of roundoff are not planted", true},
    {"f32 f32_inside v_f32", NULL, "it is of single precision", true},
    {"drop1 swap needs0 needs1", takes_one, "the op takes one operand", false},
    {"drop2", takes_two, "the op takes no third operand", false},
    {"far zero_far", stays_within_4, "no operand is beyond 4", false},
    {"zero_below_0 window", stays_above_0, "no operand is below 0", false},
    {"zero_at_0 one_at_0 nan_at_0", stays_off_0, "no operand is 0", false},
    {RULE_STEPS, NULL, "no step of the rule is of this kind", false},
    {"const_x stale_x", NULL, "the rule reads no operand, or only to decide", false},
    {"const_y stale_y", NULL, "the rule does not read the result", false},
    {"drop0 drop1 drop2 needs0 needs1", NULL, "this operand has no derivative, or is the only one that has", false},
    {"swap", NULL, "no two operands have adjoints of one shape", false},
    {"straight", NULL, "no operand has the shape of the result, or the adjoint is the cotangent", false},
    {"transpose", NULL, "an operand has one axis", false},
    {"g_first g_next g_stride v_shift", NULL, "the result is one number", false},
    {"v_rel4 v_rel12 v_f32", NULL, "the result is no f64", false},
    {"d_slope12", NULL, "fewer than 256 units of roundoff are not planted", true},
    {"d_slope4 d_slope12 d_bend d_const", has_no_rule, "the op has no derivative", false},
    {"d_flip", NULL, "the result is one number", false},
    {"d_rel4 d_slope4 d_slope12 d_bend d_const d_flip", NULL, "the result is no float", false},
    {"v_finite", NULL, "the result is finite wherever the operands are", false},
    {0}};

const char *td_mutant_absent(const td_op *op, const td_mutation *m, td_dtype dtype)
{
    for (const absence *a = rows; a->mutations; a++) {
        if (!td_has_word(a->mutations, m->name) || (a->in_single && dtype != TD_F32)) continue;
        if (!a->holds || a->holds(op)) return a->reason;
    }
    return NULL;
}
