/* planted_race.c: threads that write to one place.  A detector of races must report it, or its silence says nothing. */
#include <stdio.h>

#include "core/core.h"

static void add(int64_t begin, int64_t end, void *sum)
{
    for (int64_t i = begin; i < end; i++) *(double *)sum += (double)i;
}

int main(void)
{
    double      sum = 0;
    td_context *c = td_open(&(td_options){.threads = 4});
    td_parallel(c, 1 << 16, 1 << 8, add, &sum);
    td_close(c);
    printf("%g, where one thread makes %g\n", sum, 32768.0 * 65535);
    return 0;
}
