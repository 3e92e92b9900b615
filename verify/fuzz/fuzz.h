/* fuzz.h: random programs by the number, and what came of them. */
#ifndef TD_PROGRAM_FUZZ_H
#define TD_PROGRAM_FUZZ_H

#include "fuzz/fault.h"

typedef enum td_fault_fate {
    TD_FATE_NAMED,                 /* convicted, and the step named */
    TD_FATE_CONVICTED,             /* convicted, but another step or none named */
    TD_FATE_NO_EFFECT,             /* no fault: the op alone gives the same bits with it as without, for it falls on a 0 say */
    TD_FATE_BELOW_BOUNDS,          /* the op alone gives nothing that rounding may not have changed as much */
    TD_FATE_NO_BOUND,              /* of what it changes, rounding may have changed anything: nobody can tell */
    TD_FATE_MISSED,
    TD_FATES
} td_fault_fate;

enum { TD_FUZZ_REASONS = 12, TD_FUZZ_FAILURES = 64 };

/* Which programs are meant: program `number` of seed, in one dtype. */
typedef struct td_fuzz_key {
    uint64_t seed;
    int64_t  number;
    td_dtype dtype;
    bool     faulty;
} td_fuzz_key;

typedef struct td_fuzz {
    uint64_t seed;                 /* asked */
    bool     f32, f64, faults;     /* both dtypes: even numbers are f64, odd ones f32 */
    int64_t  programs, steps, not_drawn, starved;
    int64_t  verdict[3], fate[TD_FATES], fates[TD_FAULT_KINDS][TD_FATES];
    int64_t  questions, open;      /* slopes and second derivatives: decided, undecided */
    int64_t  fd_agreed, fd_kinks, fd_open;
    int64_t  bits, bits_programs;  /* comparisons bit for bit, and of how many programs */
    int64_t  ops, ops_programs;    /* applications that are right alone, and of how many programs */
    int64_t  inputs, coarse;       /* that have slopes; of which no error below their own size would have shown */
    int64_t  uses[TD_ID_COUNT];
    double   strain;
    struct { int64_t n, first; char text[TD_REASON]; } reason[TD_FUZZ_REASONS];     /* of what is inconclusive */
    int64_t  n_failure;            /* programs that disagreed, or faults not named that are faults */
    td_fuzz_key failure[TD_FUZZ_FAILURES];
} td_fuzz;

/* Checks programs first .. first + count, on at most `threads` threads (0: what OpenMP would); false: no memory. */
bool td_fuzz_run(td_fuzz *f, int64_t first, int64_t count, int threads);
/* One program once more, shown whole: the verdict, the smallest program that disagrees as C, how to see it again. */
td_status td_fuzz_show(const td_fuzz_key *key, FILE *file);
td_fuzz_key td_fuzz_key_of(const td_fuzz *f, int64_t number);
td_status td_fuzz_print(const td_fuzz *f, double seconds, FILE *file);
/* A program of these step seeds disagrees; for fuzzers that make the seeds. */
bool td_fuzz_objects(td_dtype dtype, int n, const uint64_t *seed);

#endif
