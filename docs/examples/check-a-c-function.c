/* check-a-c-function.c: the gradient of a plain C function, checked.
 *
 *     cc check-a-c-function.c $(pkg-config --cflags --libs libtriad-verify) -lm -o check && ./check
 *
 * Nothing here is written in triad's ops: a value, a gradient, and the question whether they belong together.  The
 * logarithm of a sum of exponentials has the softmax for its gradient; the second one below forgets to divide. */
#include <math.h>
#include <stdio.h>

#include "triad_verify.h"

enum { N = 4 };

static double largest(const double *x)
{
    double most = x[0];
    for (int i = 1; i < N; i++) most = fmax(most, x[i]);
    return most;
}

/* f(x) = log sum_i exp(x_i) */
static int value(const double *x, double *y, void *user)
{
    double most = largest(x), sum = 0;
    (void)user;
    for (int i = 0; i < N; i++) sum += exp(x[i] - most);
    y[0] = most + log(sum);
    return 0;
}

static int forgetful(const double *x, double *g, void *user)
{
    double most = largest(x);
    (void)user;
    for (int i = 0; i < N; i++) g[i] = exp(x[i] - most);
    return 0;
}

static int gradient(const double *x, double *g, void *user)
{
    double sum = 0;
    forgetful(x, g, user);
    for (int i = 0; i < N; i++) sum += g[i];
    for (int i = 0; i < N; i++) g[i] /= sum;
    return 0;
}

/* H v = (diag(g) - g g') v */
static int hvp(const double *x, const double *v, double *Hv, void *user)
{
    double g[N], along = 0;
    gradient(x, g, user);
    for (int i = 0; i < N; i++) along += g[i] * v[i];
    for (int i = 0; i < N; i++) Hv[i] = g[i] * (v[i] - along);
    return 0;
}

static td_verdict ask(const td_function *f)
{
    const double x[N] = {0.5, -1, 2, 0.25};
    td_check_result *r = td_check_function(f, x, NULL);
    td_verdict verdict = r ? r->verdict : TD_INCONCLUSIVE;
    printf("%s: %s\n", f->name, td_verdict_name(verdict));
    if (verdict == TD_DISAGREE) {
        printf("  the %s says %.6g at coordinate %d, differences %.6g\n", r->worst.by, r->worst.tape.value,
               (int)r->worst.coordinate, r->worst.differences.value);
        printf("  %s\n", r->blame.hint);
    }
    td_check_free(r);
    return verdict;
}

int main(void)
{
    td_function right = {.name = "log-sum-exp", .n = N, .value = value, .gradient = gradient, .hvp = hvp};
    td_function wrong = {.name = "forgetful", .n = N, .value = value, .gradient = forgetful};
    return ask(&right) == TD_AGREE && ask(&wrong) == TD_DISAGREE ? 0 : 1;
}
