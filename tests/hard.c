/* hard.c: the places at which correct gradients look wrong.
 *
 * Each is one where some checker is known to fail: where values are huge, tiny, or offset; at the edge of a domain; near a
 * kink; where terms cancel, the true slope being 0 or next to it; where precision is lost on the way, in f32 or in a
 * solver; where slopes change within a step; where everything is saturated. */
#include "hard_programs.h"

#include <string.h>

/* ---- the list ----------------------------------------------------------------------------------------------------- */

const hard HARD[] = {
    {"huge squares", total, 3, {1e150, -3e151, 2e153}, .a = 1, .inner = td_square, .f64_only = true},
    {"squares that are subnormal", total, 3, {1e-160, -3e-161, 2e-157}, .a = 1, .inner = td_square, .f64_only = true},
    {"a sum of 1e-300", total, 4, {1e-300, -3e-301, 2e-299, 0}, .a = 1e-8, .inner = copy, .f64_only = true},
    {"scales from 1e-300 to 1e300 in a product", total, 4, {1e300, 1e-300, 2e200, 3e-200}, .a = 1, .inner = td_prod,
     .f64_only = true, .open = "the tape has no finite bound"},
    {"a long product", total, 200, {0.5, 2.1, -1.3, 0.9, 1e3, 1e-3, 4, 0.26}, .a = 1, .inner = td_prod},
    {"a product with a zero", total, 5, {2, 0, -3, 0.5, 7}, .a = 1, .inner = td_prod},
    {"exp before it overflows", each, 3, {709.7, 700, 650}, .inner = td_exp, .f64_only = true},
    {"exp before it vanishes", each, 3, {-745, -700, -100}, .inner = td_exp, .f64_only = true},
    {"the density's far tail", density, 3, {38, -30, 12}, .inner = td_exp, .f64_only = true},
    {"an offset of 1e8", offset, 4, {0.3, -1.2, 2, 5}, .a = 1e8, .inner = td_sin},
    {"an offset of 1e15", offset, 4, {0.3, -1.2, 2, 5}, .a = 1e15, .inner = td_sin, .f64_only = true},
    {"an offset that comes and goes", absorbed, 3, {0.3, 1.7, -2}, .a = 1e12, .inner = td_sin, .f64_only = true},
    {"inputs near 1e8", total, 4, {1e8, 100000001, 100000002.5, 99999999}, .a = 1, .inner = variance, .f64_only = true},
    {"sine of 1e6", each, 4, {1e6, -1e6, 123456.789, 3e5}, .inner = td_sin, .f64_only = true},

    {"log at 1e-300", each, 3, {1e-300, 1e-16, 1e300}, .inner = td_log, .f64_only = true},
    {"log next to 1", each, 3, {1.0000000000000002, 0.99999999999999989, 1 + 1e-9}, .inner = td_log},
    {"log1p next to -1", each, 3, {-1 + 1e-15, -0.999999, 1e-300}, .inner = td_log1p, .f64_only = true},
    {"sqrt next to 0", each, 4, {1e-300, 1e-16, 1e-8, 1e300}, .inner = td_sqrt, .f64_only = true},
    {"sqrt of 0", each, 2, {0, 4}, .inner = td_sqrt},
    {"rsqrt at 1e-200", each, 3, {1e-200, 1e-16, 1e200}, .inner = td_rsqrt, .f64_only = true},
    {"asin next to its ends", each, 4, {1 - 1e-15, -1 + 1e-10, 0.999, 1e-300}, .inner = td_asin, .f64_only = true},
    {"acos next to its ends", each, 4, {1 - 1e-15, -1 + 1e-10, 0.999, 0}, .inner = td_acos, .f64_only = true},
    {"asin at its ends", each, 3, {1, -1, 0.5}, .inner = td_asin},
    {"tan next to its poles", each, 3, {1.5707963, -1.5707, 1.57}, .inner = td_tan},
    {"reciprocal at both ends", each, 4, {1e-150, -1e150, 1e-8, 3}, .inner = td_reciprocal, .f64_only = true},
    {"x^0.001 at 1e-300", power, 3, {1e-300, 1e-8, 1e300}, .a = 1e-3, .inner = copy, .f64_only = true},
    {"x^1e9 next to 1", power, 3, {1 + 1e-9, 1 - 1e-9, 1 + 1e-12}, .a = 1e9, .inner = copy, .f64_only = true},
    {"x^x at 1e-200", self_power, 4, {1e-200, 1e-8, 1, 20}, .inner = copy, .f64_only = true},
    {"(x^2)^(1/3), steep at 0", each, 4, {1e-9, -1e-3, 8, 1e-100}, .inner = cube_root_of_squares, .f64_only = true},

    {"x / x", over_itself, 4, {3, -0.7, 1e10, 1e-10}, .inner = copy},
    {"x - x", less_itself, 4, {3, -0.7, 1e10, 1e-10}, .inner = copy},
    {"a sum of softmax", total, 5, {1, -2, 3, 0.5, 10}, .a = 1, .inner = softmax},
    {"a sum of layer_norm", total, 5, {1, -2, 3, 0.5, 10}, .a = 1, .inner = layer_norm},
    {"sin^2 + cos^2", pythagoras, 4, {0.3, 2, -40, 1e4}, .inner = td_sin},
    {"sigmoid of both signs", two_sides, 4, {0.3, 3, -40, 20}, .inner = td_sigmoid},
    {"softplus's odd part less x", odd_part, 4, {0.3, 3, -40, 20}, .inner = td_softplus},
    {"exp(log x) - x", exp_of_log, 4, {0.3, 3, 1e8, 1e-8}, .inner = td_log},
    {"x - sin x", less_sine, 4, {1e-5, 1e-3, -1e-2, 1e-8}, .inner = td_sin},
    {"(1 - cos x) / x^2", versine, 4, {1e-4, 1e-3, -1e-2, 1e-7}, .inner = td_cos},
    {"(exp x - 1) / x", exp_less_one, 4, {1e-8, 1e-5, -1e-3, 1e-12}, .inner = td_exp},
    {"expm1(x) / x", relative, 4, {1e-8, 1e-5, -1e-3, 1e-12}, .inner = td_expm1},
    {"log1p(x) / x", relative, 4, {1e-8, 1e-5, -1e-3, 1e-300}, .inner = td_log1p, .f64_only = true},
    {"1000 terms, of which 1e-12 is left", ill_conditioned_sum, 1000, {1, 1, 2.5, 2.5, -3, -3, 0.3, 0.300000000001},
     .a = 1e3, .inner = copy, .f64_only = true},
    {"exp(-20) by its series", alternating_series, 2, {20, 3}, .a = 70, .inner = copy},
    {"(x - 1)^7, multiplied out", expanded, 4, {1.01, 1.0001, 0.99, 1}, .a = 1, .inner = copy},
    {"Wilkinson's polynomial", wilkinson, 3, {15.0001, 10.5, 20}, .a = 20, .inner = copy, .f64_only = true},
    {"Rump's polynomial", rump, 2, {77617, 33096}, .a = 1, .inner = copy, .f64_only = true},
    {"a root lost by cancellation", small_root, 2, {1e7, 1}, .inner = td_sqrt, .f64_only = true},
    {"the same root, stable", stable_root, 2, {1e7, 1}, .inner = td_sqrt, .f64_only = true},
    {"a needle's area by Heron", heron, 3, {100000, 99999.99979, 0.00029}, .inner = td_sqrt, .f64_only = true},
    {"a variance as a difference", naive_variance, 4, {1e4, 10000.2, 10000.4, 10000.9}, .inner = td_square,
     .f64_only = true},

    {"an inverse next to singular", inverse, 4, {1, 1, 1, 1 + 1e-10}, .inner = td_reciprocal, .f64_only = true},
    {"the Hilbert determinant, 5 by 5", determinant, 25, {0}, .a = 5, .inner = copy},
    {"the Hilbert log-determinant, 5 by 5", log_determinant, 25, {0}, .a = 5, .inner = td_log, .f64_only = true},
    {"a Hilbert system, 3 by 3", solution, 9, {0}, .a = 3, .inner = copy},
    {"a Hilbert system, 5 by 5", solution, 25, {0}, .a = 5, .inner = copy, .f64_only = true},
    {"Cholesky of Hilbert, 5 by 5", cholesky, 25, {0}, .a = 5, .inner = td_sqrt, .f64_only = true},

    {"single precision inside", there_and_back, 3, {0.3, -1.2, 2}, .inner = td_sin},
    {"single precision inside, offset", there_and_back, 3, {0.3, -1.2, 2}, .a = 1000, .inner = td_sqrt},
    {"stairs of single precision beside a line", beside_stairs, 3, {0, -1.5, 0.25}, .inner = copy},
    {"stairs of single precision, offset", beside_stairs, 3, {0, 1, -1.5}, .a = 1000, .inner = copy},
    {"single precision inside, summed", there_and_back, 60, {0.3, -1.2, 2, 1e-3, 7, -5}, .inner = td_logsumexp},

    {"sin(1e4 x)", frequent, 3, {0.3, -1.2, 2}, .a = 1e4, .inner = td_sin},
    {"sin(1e8 x)", frequent, 3, {0.3, -1.2, 2}, .a = 1e8, .inner = td_sin, .f64_only = true},
    {"cos(1e4 x) below an offset", frequent, 3, {0.3, -1.2, 1000}, .a = 1e4, .inner = td_cos, .f64_only = true},
    {"1000 sines deep", chain, 3, {0.3, -1.2, 2}, .a = 1000, .inner = td_sin},
    {"100 tanh deep", chain, 3, {0.3, -1.2, 2}, .a = 100, .inner = td_tanh},
    {"the logistic map, 40 times", logistic_map, 2, {0.3, 0.7}, .a = 40, .inner = copy, .f64_only = true,
     .open = "neither engine can bound"},
    {"the Henon map, 25 times", henon_map, 2, {0.1, 0.2}, .a = 25, .inner = copy, .f64_only = true},
    {"an escape, 12 times", escape, 3, {-0.75, 0.3, -1.9}, .a = 12, .inner = copy, .f64_only = true},
    {"Muller's recurrence", muller, 2, {2, -4}, .a = 8, .inner = copy, .f64_only = true},
    {"six Newton steps to a root", newton_root, 3, {2, 100, 1e-3}, .a = 6, .inner = copy},
    {"Kepler's equation, e = 0.9", kepler, 2, {0.9, 0.4}, .a = 12, .inner = td_sin},
    {"a fixed point, left at 1e-6", until_it_rests, 2, {0.8, 1.1}, .a = 1e-6, .inner = td_cos, .f64_only = true},
    {"the arithmetic-geometric mean", agm, 2, {1, 1e-6}, .a = 8, .inner = td_sqrt},
    {"50 steps of descent", descent, 3, {0.3, -1.2, 2}, .a = 50, .inner = td_tanh},

    {"sigmoid, saturated", each, 5, {40, -40, 800, -700, 20}, .inner = td_sigmoid, .f64_only = true},
    {"tanh, saturated", each, 4, {20, -40, 400, 9}, .inner = td_tanh, .f64_only = true},
    {"softplus, saturated", each, 4, {50, -50, 800, -700}, .inner = td_softplus, .f64_only = true},
    {"gelu's tails", each, 4, {-30, -8, 9, 38}, .inner = td_gelu, .f64_only = true},
    {"log of a normal tail", log_of, 3, {-30, -10, 5}, .inner = td_ndtr, .f64_only = true},
    {"logsumexp at +-700", total, 5, {700, -700, 699, 0, 700}, .a = 1, .inner = td_logsumexp, .f64_only = true},
    {"logsumexp of equal numbers", total, 4, {-3, -3, -3, -3}, .a = 1, .inner = td_logsumexp},
    {"log_softmax over a gap of 600", each, 4, {300, -300, 0, 299}, .inner = log_softmax, .f64_only = true},
    {"entropy of a certainty", entropy, 4, {60, 0, 1, -5}, .inner = softmax, .f64_only = true},
    {"cross_entropy, certain", cross_entropy, 6, {50, -50, 0, -30, 30, 1}, .inner = copy, .f64_only = true},

    {"norm next to 0", total, 3, {1e-120, -2e-121, 1e-125}, .a = 1, .inner = norm, .f64_only = true},
    {"norm at 0", total, 3, {0, 0, 0}, .a = 1, .inner = norm},
    {"norm of order 3 with a zero", distance, 3, {0, -2, 1e-5}, .a = 3, .inner = copy},
    {"the largest of near ties", gap, 4, {1, 1 + 1e-12, 1 - 1e-9, -3}, .inner = td_amax, .f64_only = true},
    {"the largest of ties", gap, 4, {2, 2, -1, 2}, .inner = td_amax},
    {"the largest of tied squares", gap, 4, {2, -2, -1, 2}, .inner = largest_square},
    {"the largest by index, near ties", largest_by_index, 4, {1, 1 + 1e-6, 0.5, 1 - 1e-6}, .inner = copy},
    {"picked at a place in doubt", place_in_doubt, 3, {1, 0.7, 1 - 1e-16}, .a = 0, .inner = copy},
    {"added at a place in doubt", place_in_doubt, 3, {1, 0.7, 1 - 1e-16}, .a = 1, .inner = copy},
    {"scattered to a place in doubt", place_in_doubt, 3, {0.7, 0.7, 0.3}, .a = 2, .inner = copy},
    {"Huber's loss where its pieces meet", huber, 5, {1, -1, 1 + 1e-9, 1 - 1e-9, 0}, .a = 1, .inner = td_abs},
    {"sin x / x by pieces", sinc, 4, {0, 1e-9, 1e-3, 3}, .a = 1e-4, .inner = td_sin, .f64_only = true},
    {"Rosenbrock's valley, far off", rosenbrock, 2, {-1e4, 1e8}, .a = 100, .inner = td_square, .f64_only = true},
    {"Rosenbrock's valley, its floor", rosenbrock, 2, {1, 1}, .a = 100, .inner = td_square},
};

const int HARD_COUNT = sizeof HARD / sizeof HARD[0];

/* ---- running one -------------------------------------------------------------------------------------------------- */

td_tensor *hard_run(td_context *c, td_tensor *const *in, void *user)
{
    const hard *h = user;
    return td_error(c) ? in[0] : h->f(in[0], h);
}

const hard *hard_named(const char *name)
{
    for (int i = 0; i < HARD_COUNT; i++) if (!strcmp(HARD[i].name, name)) return &HARD[i];
    return NULL;
}

/* How many of x are repeated, where n is more than fit the table. */
static int64_t given(const hard *h)
{
    int64_t k = HARD_VALUES;
    while (h->n > HARD_VALUES && k > 1 && h->x[k - 1] == 0) k--;
    return k;
}

td_tensor *hard_input(td_context *c, const hard *h, td_dtype dtype)
{
    double *x = malloc((size_t)h->n * sizeof *x);
    if (!x) return NULL;
    for (int64_t i = 0; i < h->n; i++) x[i] = h->x[i % given(h)];
    td_tensor *t = td_to(td_array(c, TD_F64, 1, &h->n, x), dtype);
    free(x);
    return t;
}
