/* isa.c: triad isa: the instruction sets there are kernels for. */
#include "cli.h"

#include <string.h>

static int run(const td_args *a)
{
    td_context *c = td_open(&(td_options){.engine = td_eval_engine()});
    const char *name;
    bool here;
    (void)a;
    if (!c) return td_complain("out of memory");
    for (int i = 0; (name = td_isa_at(i, &here)); i++) {
        printf("%-8s%s\n", name, !strcmp(name, td_isa(c)) ? "in use" : here ? "here" : "not of this machine");
    }
    td_close(c);
    return TD_EXIT_AGREE;
}

const td_command td_command_isa = {"isa", "", "instruction sets there are kernels for, and the one in use\n\n"
    "The best of this machine is used, or the one that TD_ISA names in the environment.\n"
    "The bits are the same with any of them.", NULL, run};
