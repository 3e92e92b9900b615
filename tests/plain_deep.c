/* plain_deep.c: a chain of N scalar ops is recorded and differentiated on a stack of 256 KiB, and what an op costs.
 *
 *     plain_deep [N]      default 10^6
 *
 * A pass that recursed over the graph would need a frame an op and die.  Twice: a chain of additions, whose gradient is
 * exact, and a mixed one with views, differentiated twice. */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define TEST_OWN_MAIN
#include "testing.h"

static double seconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* y = x + x + ... : N ops, so y = (N + 1) x and dy/dx = N + 1. */
static void additions(int64_t n)
{
    counter     k = {0};
    td_context *c = open_counted(&k, NULL);
    td_tensor  *x = td_require_grad(td_scalar(c, 1)), *y = x;
    double      start = seconds();
    for (int64_t i = 0; i < n; i++) y = td_add(y, x);
    double recorded = seconds();
    size_t forward = k.live;
    td_backward(y);
    double walked = seconds();
    CHECK(td_item(y) == (double)(n + 1), "value %.17g: %s", td_item(y), td_message(c));
    CHECK(td_item(td_grad(x)) == (double)(n + 1), "gradient %.17g: %s", td_item(td_grad(x)), td_message(c));
    printf("%lld additions: %.0f bytes an op to record, %.0f after backward; %.0f and %.0f ns an op\n", (long long)n,
           (double)forward / (double)n, (double)k.live / (double)n, 1e9 * (recorded - start) / (double)n,
           1e9 * (walked - recorded) / (double)n);
    close_clean(c);
    CHECK(k.live == 0, "%zu bytes left", k.live);
}

/* y <- reshape(y / 2 + x): y tends to 2 x, so the gradient to 2, and the gradient of its square to 8. */
static void mixture(int64_t n)
{
    td_context *c = td_open(NULL);
    td_tensor  *x = td_require_grad(td_scalar(c, 1)), *y = x;
    for (int64_t i = 0; i < n; i += 3) y = td_reshape(td_add(td_mul_scalar(y, 0.5), x), i % 2, SIZES(1));
    td_backward(td_sum(y));
    CHECK(td_item(td_grad(x)) == 2, "gradient %.17g: %s", td_item(td_grad(x)), td_message(c));
    td_tensor *g = td_grad(x);
    td_zero_grad(x);
    td_backward(td_sum(td_mul(td_square(y), g)));
    CHECK(td_item(td_grad(x)) == 16, "gradient of y^2 y' %.17g: %s", td_item(td_grad(x)), td_message(c));
    close_clean(c);
}

static void *run(void *argument)
{
    int64_t n = *(int64_t *)argument;
    additions(n);
    mixture(n);
    return NULL;
}

int main(int argc, char **argv)
{
    int64_t        n = argc > 1 ? strtoll(argv[1], NULL, 10) : 1000000;
    pthread_attr_t small;
    pthread_t      thread;
    pthread_attr_init(&small);
    if (pthread_attr_setstacksize(&small, 256 << 10) || pthread_create(&thread, &small, run, &n)) return 77;
    pthread_join(thread, NULL);
    pthread_attr_destroy(&small);
    return test_failures != 0;
}
