/* schedule.c: the learning rate as a function of how many steps were made.
 *
 * Closed forms of PyTorch's schedulers, so a schedule has no state, and goes on from any step. */
#include "optim.h"

#include <math.h>

#include "kernel/kernel.h"

/* x^n by squaring: no library's pow */
static double power(double x, int64_t n)
{
    double y = 1;
    for (; n > 0; n >>= 1, x *= x)
        if (n & 1) y *= x;
    return y;
}

/* cos(pi x) by our own kernel, so that a rate is the same everywhere */
static double cosine_of_turn(double x)
{
    double angle = 3.14159265358979323846 * x, y;
    td_kernels_get()->map[TD_K_F64][TD_MAP_cos](1, &y, (const void *[]){ &angle }, 0, 0);
    return y;
}

double td_lr_step(double lr, int64_t t, int64_t step_size, double gamma) { return lr * power(gamma, t / step_size); }

double td_lr_multistep(double lr, int64_t t, int n, const int64_t *milestone, double gamma)
{
    int64_t passed = 0;
    for (int i = 0; i < n; i++) passed += milestone[i] <= t;
    return lr * power(gamma, passed);
}

double td_lr_exponential(double lr, int64_t t, double gamma) { return lr * power(gamma, t); }

double td_lr_cosine(double lr, int64_t t, int64_t t_max, double eta_min)
{
    return eta_min + (lr - eta_min) * (1 + cosine_of_turn((double)t / (double)t_max)) / 2;
}

double td_lr_linear(double lr, int64_t t, double start_factor, double end_factor, int64_t total)
{
    double part = t < total ? (double)t / (double)total : 1;
    return lr * (start_factor + (end_factor - start_factor) * part);
}

/* Half a cosine from one rate to another. */
static double anneal(double from, double to, double part) { return to + (from - to) / 2 * (1 + cosine_of_turn(part)); }

/* L. N. Smith and N. Topin, "Super-convergence", 2018 */
double td_lr_one_cycle(double max_lr, int64_t t, int64_t total, double pct_start, double div_factor, double final_div_factor)
{
    double first = max_lr / div_factor, last = first / final_div_factor;
    double up = pct_start * (double)total - 1, end = (double)total - 1, at = (double)t < end ? (double)t : end;
    return at <= up ? anneal(first, max_lr, at / up) : anneal(max_lr, last, (at - up) / (end - up));
}
