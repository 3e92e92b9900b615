/* test_kernels.c: how ops cut their work and reach their kernels, held bit for bit to a plain loop over one number at a time.
 *
 * Sizes stand at, one below and one above the places where the way of working changes. */
#include <stdint.h>

#include "testing.h"

static bool same_bits(double x, double y) { return !memcmp(&x, &y, sizeof x) || (isnan(x) && isnan(y)); }

static double drawn(int64_t i) { return (double)((uint64_t)i * 2654435761u % 20011) / 1000 - 10; }

/* ---- maps: a result past the caches ------------------------------------------------------------------------------- */

/* x + y, y read backwards; the result has 16 MiB and a little, or as little less. */
static void check_large_sum(int64_t n, int threads)
{
    td_context *c = td_open(&(td_options){.engine = td_eval_engine(), .threads = threads});
    double     *x = malloc((size_t)n * sizeof *x);
    for (int64_t i = 0; x && i < n; i++) x[i] = drawn(i);
    td_tensor    *t = td_array(c, TD_F64, 1, &n, x);
    const double *y = td_data(td_add(t, td_flip(t, 1, (int[]){0})));
    CHECK(x && y, "%s", td_message(c));
    for (int64_t i = 0; x && y && i < n; i++)
        if (!same_bits(y[i], x[i] + x[n - 1 - i])) {
            CHECK(0, "%lld elements, %d threads: element %lld is %.17g, not %.17g", (long long)n, threads, (long long)i, y[i],
                  x[i] + x[n - 1 - i]);
            break;
        }
    free(x);
    td_close(c);
}

TEST(kernels, large_results_are_what_small_ones_would_be)
{
    for (int more = -1; more <= 1; more++) check_large_sum((2 << 20) + more, 1);
    for (int threads = 1; threads <= 3; threads++) check_large_sum((2 << 20) + 1027, threads);
}
