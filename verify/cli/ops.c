/* ops.c: triad ops: what there is, and whether the engines agree on it. */
#include "cli.h"

static const td_option options[] = {
    {"--cases", "N", "cases of each op and dtype; default 12", td_set_cases},
    {"--seed", "S", "of cases, cotangents and directions; default 0", td_set_seed},
    {"--names", NULL, "their names alone, unchecked", td_set_names},
    {0}};

static const char *kernel_of(const td_op *op)
{
    return op->compute ? "kernel" : op->compose ? "composed" : "view";
}

static const char *rule_of(const td_op *op)
{
    return op->flat ? "flat" : op->vjp ? "VJP" : op->compose ? "parts'" : "cut";
}

static const char *word(int64_t agreed, int64_t disagreed)
{
    return disagreed ? "DISAGREE" : agreed ? "agree" : "-";
}

/* Unsupported: an engine can't run it, so that nothing was agreed. */
static bool print_op(const td_op *op, const td_args *a, bool *disagreed)
{
    td_report r = {.seed = a->seed, .cases = a->cases};
    td_survey_op(&r, op, TD_F64, 0, a->cases, 1);
    td_survey_op(&r, op, TD_F32, 0, a->cases, 0);
    bool whole = r.n_row == 2 && r.row[0].agreed && r.row[1].agreed;
    const td_row *d = r.n_row == 2 ? &r.row[0] : &(td_row){0}, *s = r.n_row == 2 ? &r.row[1] : d;
    const char *second = op->flat ? "flat" : word(d->second_agreed, d->disagreed);
    printf("%-18s%-9s%-8s%-12s%-10s%-10s%s\n", op->name, kernel_of(op), rule_of(op), d->values_agreed ? "definition" : "-",
           word(d->agreed, d->disagreed), word(s->agreed, s->disagreed), second);
    *disagreed |= d->disagreed || s->disagreed;
    td_report_clear(&r);
    return whole;
}

static int list_names(void)
{
    for (int id = 1; id < TD_ID_COUNT; id++) puts(td_op_by_id(id)->name);
    return TD_EXIT_AGREE;
}

static int run(const td_args *a)
{
    if (a->names) return list_names();
    td_args quick = *a;
    if (quick.cases == TD_CASES) quick.cases = 12;
    int n = TD_ID_COUNT - 1, unsupported = 0;
    bool disagreed = false;
    printf("%-18s%-9s%-8s%-12s%-10s%-10s%s\n", "op", "value", "rule", "dual", "f64", "f32", "second f64");
    for (int id = 1; id < TD_ID_COUNT; id++) unsupported += !print_op(td_op_by_id(id), &quick, &disagreed);
    printf("%d ops, %d unsupported\n", n, unsupported);
    return disagreed ? TD_EXIT_DISAGREE : unsupported ? TD_EXIT_TROUBLE : TD_EXIT_AGREE;
}

const td_command td_command_ops = {
    "ops", "", "list all ops, each checked on a few sampled inputs\n\n"
    "Columns: how its value is computed; what the reverse mode knows; what the dual\n"
    "engine runs; whether first derivatives agree in f64 and f32, and second ones in f64.\n"
    "flat: its derivative is 0, on purpose; cut: it is taken for a constant.", options, run};
