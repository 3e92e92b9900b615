/* plain_bits.c: one hash over the results of every op and program, to compare builds by: compilers, options, with and
 * without OpenMP, instruction sets.  With an argument, a line for each item too. */
#include <stdio.h>

#include "everything.h"

int main(int argc, char **argv)
{
    uint64_t h = HASH_START;
    for (int item = 0; item < everything_count(); item++) {
        uint64_t one = everything_hash(item, NULL);
        if (argc > 1) printf("%016llx  %s\n", (unsigned long long)one, everything_name(item));
        h = hash_bytes(h, &one, sizeof one);
    }
    printf("%016llx  numerics version %d, %d items\n", (unsigned long long)h, td_numerics_version(), everything_count());
    return argv[0] == NULL;
}
