/* version.c: triad version. */
#include "cli.h"

static int run(const td_args *a)
{
    (void)a;
    printf("triad %s\nnumerics %d\n", td_version(), td_numerics_version());
    if (td_has_lapack()) printf("factors of large matrices by LAPACK: their bits depend on that library and its threads\n");
    printf("licence GPL-3.0-or-later (this command links GSL; libtriad itself is MIT)\n");
    return TD_EXIT_AGREE;
}

const td_command td_command_version = {"version", "", "version and numerics version\n\n"
    "The numerics version changes when any result changes a bit.", NULL, run};
