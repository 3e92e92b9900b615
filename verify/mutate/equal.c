/* equal.c: the mutants that are no mistakes, each with the reason why. */
#include "mutate/matrix.h"

#include <string.h>

typedef struct equivalent {
    const char *ops, *mutations, *reason;      /* words */
} equivalent;

static const char values_alone[] =
    "the step turns vectors, by a quotient of their adjoint: of values alone that is 0, and so are its derivatives";

static const equivalent equal[] = {
    {"add", "swap", "both operands' adjoints are g"},
    {"add", "straight", "the adjoint is g; of the same tensor twice it is g twice, in two parts or in one"},
    {"sum mean prod max min amax amin median nanmedian quantile nanquantile mode kthvalue", "straight",
     "the operand has the result's shape only if nothing or single elements are reduced, and then the adjoint is g"},
    {"reshape squeeze slice unslice concat repeat block_diag masked_select pixel_shuffle pixel_unshuffle",
     "straight",
     "the operand has the result's shape only if the op changes nothing, and then the adjoint is g"},
    {"adaptive_max_pool1d adaptive_max_pool2d adaptive_max_pool3d adaptive_avg_pool1d adaptive_avg_pool2d adaptive_avg_pool3d",
     "straight", "as many windows as elements have one each, and the adjoint is g"},
    {"abs relu relu6 hardshrink softshrink tanhshrink copysign matrix_norm", "zero_at_0", "the slope at 0 is 0"},
    {"relu relu6", "zero_below_0", "the slope below 0 is 0"},
    {"hardsigmoid", "zero_far", "the slope beyond 3 is 0"},
    {"copysign", "drop1 needs1", "the slope in the sign is 0"},
    {"heaviside", "drop0 needs0", "the slope in the place of the step is 0"},
    {"maximum minimum fmax fmin", "tie_strict", "equal operands are told apart before they are compared"},
    {"max min amin scatter_amax scatter_amin median quantile mode sort topk kthvalue cummin max_pool1d max_pool2d max_pool3d "
     "nanmedian nanquantile adaptive_max_pool1d adaptive_max_pool2d adaptive_max_pool3d matrix_norm", "const_x",
     "the operand only says which element is taken; the adjoint does not depend on it otherwise"},
    {"rrelu", "const_x", "the operand only says on which side of 0 it lies; its slope is drawn from the key"},
    {"hardtanh relu6 hardsigmoid softshrink hardshrink threshold copysign heaviside fmod nan_to_num nansum nanmean "
     "hinge_embedding_loss multilabel_margin_loss", "const_x",
     "the op is linear in pieces: the operand only says in which it is, and the adjoint does not depend on it otherwise"},
    {"fmod", "const_y", "the result says which whole number the slope is, which has no slope"},
    {"quantile", "mean_reduce", "what is summed is whether there is a NaN: a mean is 0 where a sum is"},
    {"matrix_norm", "mean_reduce", "sums only say which line is taken, and means say the same"},
    {"scatter_amax scatter_amin", "const_y", "the result only says which element is taken"},
    {"eigvalsh svdvals nuclear_norm",
     "term1a term1b term2a term2b factor1a factor2a sign1 coeff1 tie_all branch_swap branch_one", values_alone},
    {"spectral_norm", "term1a term1b term2a term2b factor2a coeff1 tie_all branch_swap branch_one", values_alone},
    {"cond", "term2a term2b coeff1 tie_all branch_swap branch_one", values_alone},
    {"huber_loss smooth_l1_loss", "branch_two",
     "y = c (d - c / 2), c = d within delta and a constant outside: what comes by way of c is d - c = 0, or nothing"},
    {"gaussian_nll_loss", "branch_one", "the first choice is the upper end of the range of v, and there is none"},
    {"spherical_bessel_j0 legendre_polynomial_p", "factor1a", "it is 1: (n + 1) / (2 n + 1) at n = 0, 2 alpha at 1/2"},
    {"sinc", "tie_strict", "at its edge, 1, series and quotient are the same function"},
    {"sinc", "coeff2", "the coefficient of t^18: 1e-4 of it is 1e-21"},
    {"log_ndtr", "tie_strict", "at 0 both formulas are the same function"},
    {"cast", "f32_inside", "what a cast from single precision gives is a number of single precision"},
    {"var", "term2a", "the deviations of a line sum to 0, so what the mean's adjoint adds is 0"},
    {0}};

/* No mistakes in exact arithmetic, and convicted where a mean far from the numbers costs all digits. */
static const equivalent equal_but_for_rounding[] = {
    {"var std", "term1a factor1a factor1b sign1 no_reduce mean_reduce wrong_axis",
     "another mean changes the deviations by a constant of the line, which the adjoint of centring takes away"},
    {"std", "term2a factor2a", "centred again: another mean changes the deviations by a constant of the line"},
    {0}};

bool td_has_word(const char *words, const char *word)
{
    size_t n = strlen(word);
    for (const char *w = strstr(words, word); w; w = strstr(w + 1, word)) {
        if ((w == words || w[-1] == ' ') && (w[n] == 0 || w[n] == ' ')) return true;
    }
    return false;
}

static const char *reason_in(const equivalent *list, const td_op *op, const td_mutation *m)
{
    for (const equivalent *e = list; e->ops; e++) {
        if (td_has_word(e->ops, op->name) && td_has_word(e->mutations, m->name)) return e->reason;
    }
    return NULL;
}

const char *td_mutant_equal(const td_op *op, const td_mutation *m, bool *rounds)
{
    const char *reason = reason_in(equal, op, m);
    *rounds = !reason;
    return reason ? reason : reason_in(equal_but_for_rounding, op, m);
}
