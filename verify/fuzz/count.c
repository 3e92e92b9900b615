/* count.c: what came of random programs, as text. */
#include "fuzz/fuzz.h"

/* ---- the count --------------------------------------------------------------------------------------------------- */

static void print_faults(const td_fuzz *f, FILE *file)
{
    fprintf(file, "%-9s%10s%10s%10s%10s%10s%10s\n", "fault", "named", "not named", "no fault", "below", "no bound",
            "missed");
    for (int k = 0; k <= TD_FAULT_KINDS; k++) {
        const int64_t *row = k < TD_FAULT_KINDS ? f->fates[k] : f->fate;
        fprintf(file, "%-9s", k < TD_FAULT_KINDS ? td_fault_name((td_fault_kind)k) : "all");
        for (int i = 0; i < TD_FATES; i++) fprintf(file, "%10lld", (long long)row[i]);
        fputs("\n", file);
    }
    fputs("no fault: the op alone gives the same bits with it as without it, for it falls on a 0, say\n"
          "below: what it changes in the op alone, rounding may change as much\n", file);
}

static void print_uses(const td_fuzz *f, FILE *file)
{
    int rarest = 1, reached = 0;
    for (int id = 1; id < TD_ID_COUNT; id++) {
        reached += f->uses[id] > 0;
        if (f->uses[id] < f->uses[rarest]) rarest = id;
    }
    fprintf(file, "ops: %d of %d used; the rarest, %s, %lld times\n", reached, TD_ID_COUNT - 1, td_op_by_id(rarest)->name,
            (long long)f->uses[rarest]);
}

static void print_checks(const td_fuzz *f, FILE *file)
{
    fprintf(file, "slopes and second derivatives: %lld decided, %lld open; the largest difference is %.2f of its bound\n",
            (long long)f->questions, (long long)f->open, f->strain);
    fprintf(file, "of %lld inputs with slopes, %lld had one of which no error below its own size would have shown\n",
            (long long)f->inputs, (long long)f->coarse);
    fprintf(file, "bit for bit: %lld comparisons in %lld programs: again, two tapes in turn, 1, 2, 3, 8 threads, no gradients, "
            "the eval engine\n", (long long)f->bits, (long long)f->bits_programs);
    fprintf(file, "op by op: %lld applications in %lld programs\n", (long long)f->ops, (long long)f->ops_programs);
    fprintf(file, "differences: %lld agreed, %lld at kinks, %lld could not tell\n", (long long)f->fd_agreed,
            (long long)f->fd_kinks, (long long)f->fd_open);
    for (int k = 0; k < TD_FUZZ_REASONS && f->reason[k].n; k++) {
        fprintf(file, "inconclusive, %lld times, first in program %lld: %s\n", (long long)f->reason[k].n,
                (long long)f->reason[k].first, f->reason[k].text);
    }
}

td_status td_fuzz_print(const td_fuzz *f, double seconds, FILE *file)
{
    fprintf(file, "%lld programs of %lld steps in %.1f s, %.0f a second; seed %llu\n", (long long)f->programs,
            (long long)f->steps, seconds, (double)f->programs / seconds, (unsigned long long)f->seed);
    print_uses(f, file);
    if (f->faults) print_faults(f, file);
    else print_checks(f, file);
    if (f->not_drawn || f->starved) fprintf(file, "not drawn: %lld; out of memory: %lld\n", (long long)f->not_drawn,
                                            (long long)f->starved);
    if (!f->faults) fprintf(file, "%lld agree, %lld disagree, %lld inconclusive\n", (long long)f->verdict[TD_AGREE],
                            (long long)f->verdict[TD_DISAGREE], (long long)f->verdict[TD_INCONCLUSIVE]);
    return fflush(file) || ferror(file) ? TD_EIO : TD_OK;
}
