/* fuzz.c: triad fuzz: random programs, so many or for so long. */
#include "cli.h"
#include "fuzz/fuzz.h"

#include <math.h>
#include <stdlib.h>
#include <time.h>

enum { ROUND = 1024, SHOWN = 5, DEFAULT_PROGRAMS = 2000 };

static const td_option options[] = {
    {"--programs", "N", "so many programs; default 2000, or without end with --seconds", td_set_count},
    {"--seconds", "T", "stop after so many seconds", td_set_seconds},
    {"--seed", "S", "of programs, cotangents and directions; default 0", td_set_seed},
    {"--only", "K", "program K alone, shown whole", td_set_case},
    {"--dtype", "f32|f64", "one dtype; default both in turn", td_set_dtype},
    {"--faults", NULL, "plant a fault in one step of each: it must be convicted", td_set_faults},
    {0}};

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static int show(const td_fuzz *f, int64_t number)
{
    td_fuzz_key key = td_fuzz_key_of(f, number);
    return td_fuzz_show(&key, stdout) ? td_complain("out of memory") : TD_EXIT_AGREE;
}

static int show_failures(const td_fuzz *f)
{
    for (int64_t i = 0; i < f->n_failure && i < SHOWN; i++) if (td_fuzz_show(&f->failure[i], stdout)) return TD_EXIT_TROUBLE;
    return f->n_failure ? TD_EXIT_DISAGREE : TD_EXIT_AGREE;
}

static int run_all(td_fuzz *f, const td_args *a)
{
    int64_t most = a->count ? a->count : a->seconds > 0 ? INT64_MAX : DEFAULT_PROGRAMS;
    double start = now(), end = a->seconds > 0 ? start + a->seconds : HUGE_VAL;
    while (f->programs < most && now() < end) {
        int64_t left = most - f->programs;
        if (!td_fuzz_run(f, f->programs, left < ROUND ? left : ROUND, 0)) return td_complain("out of memory");
    }
    int status = show_failures(f);
    td_fuzz_print(f, now() - start, stdout);
    return f->starved ? TD_EXIT_TROUBLE : status;
}

static int run(const td_args *a)
{
    td_fuzz *f = calloc(1, sizeof *f);
    if (!f) return td_complain("out of memory");
    *f = (td_fuzz){.seed = a->seed, .f32 = a->f32, .f64 = a->f64, .faults = a->faults};
    if (a->one_case >= 0) td_fuzz_run(f, a->one_case, 1, 1);
    int status = a->one_case < 0 ? run_all(f, a) : show(f, a->one_case) ? TD_EXIT_TROUBLE : show_failures(f);
    free(f);
    return status;
}

const td_command td_command_fuzz = {
    "fuzz", "", "check random programs of 3 to 60 ops\n\n"
    "A program that disagrees is cut down to the smallest that does and printed as C,\n"
    "with the command that shows it again.", options, run};
