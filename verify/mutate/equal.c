/* equal.c: the mutants that are no mistakes, each with the reason why. */
#include "mutate/matrix.h"

#include <string.h>

typedef struct equivalent {
    const char *ops, *mutations, *reason;      /* words */
} equivalent;

static const equivalent equal[] = {
    {"add", "swap", "both operands' adjoints are g"},
    {"add", "straight", "the adjoint is g; of the same tensor twice it is g twice, in two parts or in one"},
    {"sum mean prod max min amax amin logsumexp", "straight",
     "the operand has the result's shape only if nothing or single elements are reduced, and then the adjoint is g"},
    {"reshape squeeze slice unslice concat repeat block_diag masked_select", "straight",
     "the operand has the result's shape only if the op changes nothing, and then the adjoint is g"},
    {"abs relu", "zero_at_0", "the slope at 0 is 0"},
    {"relu", "zero_below_0", "the slope below 0 is 0"},
    {"maximum minimum", "tie_strict", "equal operands are told apart before they are compared"},
    {"max min amin scatter_amax scatter_amin", "const_x",
     "the operand only says which element is taken; the adjoint does not depend on it otherwise"},
    {"rrelu", "const_x", "the operand only says on which side of 0 it lies; its slope is drawn from the key"},
    {"scatter_amax scatter_amin", "const_y", "the result only says which element is taken"},
    {"cast", "f32_inside", "what a cast from single precision gives is a number of single precision"},
    {"var", "term2a", "the deviations of a line sum to 0, so what the mean's adjoint adds is 0"},
    {"logsumexp", "tie_none branch_two",
     "the choice is for lines that are -inf throughout, which tests/kinks.txt has and no case"},
    {"cross_entropy_adj", "branch_one",
     "the choice is for targets that are ignored, which tests/reference/loss.txt has and no case"},
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
