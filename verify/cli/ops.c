/* ops.c: triad ops: what there is, and whether the engines agree on it.  All columns but the first are asked, not claimed:
 * what an op is made of, what the engines say of sampled inputs, which dtypes it takes. */
#include "cli.h"

#include <string.h>

enum { FEW = 12 };                /* cases that show whether there is an answer */

static const td_option options[] = {
    {"--cases", "N", "cases of each op and dtype; default 12", td_set_cases},
    {"--seed", "S", "of cases, cotangents and directions; default 0", td_set_seed},
    {"--jobs", "N", "processes that share the work; default one a processor", td_set_jobs},
    {"--names", NULL, "their names alone, unchecked", td_set_names},
    {"--table", NULL, "fields parted by tabs, with examples; unchecked", td_set_table},
    {0}};

static const char *kernel_of(const td_op *op)
{
    return op->compute ? "kernel" : op->compose ? "parts" : "view";
}

static const char *rule_of(const td_op *op)
{
    return op->flat ? "flat" : op->vjp ? "VJP" : op->compose ? "parts'" : "cut";
}

/* ---- dtypes ------------------------------------------------------------------------------------------------------- */

/* Does a sampled application run in this dtype? */
static bool runs(td_case *k)
{
    td_context *c = td_open(&(td_options){.engine = td_eval_engine(), .threads = 1});
    td_tensor *leaf[TD_SAMPLE_IN];
    td_problem p = td_case_problem(k);
    for (int i = 0; c && i < k->n; i++) leaf[i] = td_problem_leaf(&p, c, i);
    bool ran = c && td_data(td_problem_run(&p, c, leaf)) && !td_error(c);
    td_close(c);
    return ran;
}

static bool takes(const td_op *op, td_dtype dtype)
{
    enum { TRIES = 6 };
    bool any = false;
    for (int64_t number = 0; number < TRIES && !any; number++) {
        td_case k;
        if (!td_case_draw(op, dtype, number, 0, &k)) return false;
        any = runs(&k);
        td_case_clear(&k);
    }
    return any;
}

static const char *others(const td_op *op)
{
    bool integer = takes(op, TD_I64), boolean = takes(op, TD_BOOL);
    return integer && boolean ? "ib" : integer ? "i" : boolean ? "b" : "-";
}

/* ---- a line an op ------------------------------------------------------------------------------------------------- */

static const char *const head = "%-23s %-7s%-7s%-5s%-6s%-6s%-6s%-6s%-6s%s\n";

static const char *word(int64_t agreed, int64_t disagreed)
{
    return disagreed ? "WRONG" : agreed ? "agree" : "-";
}

/* The largest share of their bounds that tape and dual engine were apart. */
static const char *strain_text(const td_row *d, const td_row *s, char text[16])
{
    double strain = d->strain > s->strain ? d->strain : s->strain;
    snprintf(text, 16, "%.2f", strain);
    return text;
}

static const td_row *row_of(const td_report *r, const td_op *op, td_dtype dtype)
{
    static const td_row none;
    for (int64_t i = 0; i < r->n_row; i++) if (r->row[i].dtype == dtype && !strcmp(r->row[i].name, op->name)) return &r->row[i];
    return &none;
}

/* Unsupported: an engine can't run it, so that nothing was agreed. */
static bool print_op(const td_report *r, const td_op *op)
{
    char text[16];
    const td_row *d = row_of(r, op, TD_F64), *s = row_of(r, op, TD_F32);
    int64_t kinks = d->fd_kinks + d->quad_kinks + s->fd_kinks + s->quad_kinks;
    const char *second = op->flat ? "flat" : word(d->second_agreed, d->disagreed);
    printf(head, op->name, kernel_of(op), rule_of(op), d->values_agreed ? "yes" : "-", word(d->agreed, d->disagreed),
           word(s->agreed, s->disagreed), second, others(op), kinks ? "met" : "-", strain_text(d, s, text));
    return d->agreed && s->agreed;
}

static int list_names(void)
{
    for (int id = 1; id < TD_ID_COUNT; id++) puts(td_op_by_id(id)->name);
    return TD_EXIT_AGREE;
}

static int list_table(void)
{
    char text[TD_CALL_TEXT];
    for (int id = 1; id < TD_ID_COUNT; id++) {
        const td_op *op = td_op_by_id(id);
        const char *example = op->signature && op->signature->example ? op->signature->example : "";
        printf("%s\t%s\t%s\t%s\t%s\t%s\n", op->name, td_call_text(op, text), kernel_of(op), rule_of(op), others(op), example);
    }
    return TD_EXIT_AGREE;
}

static int run(const td_args *a)
{
    if (a->names) return list_names();
    if (a->table) return list_table();
    td_args quick = *a;
    td_progress progress;
    quick.ops = true;
    if (!a->cases_said) quick.cases = FEW;
    td_report r = td_report_for(&quick, &progress);
    r.figures = false;
    int unsupported = 0, status = TD_EXIT_TROUBLE;
    if (td_run_tasks(&r, &quick, &progress)) {
        printf(head, "op", "value", "rule", "dual", "f64", "f32", "2nd", "also", "kinks", "error");
        for (int id = 1; id < TD_ID_COUNT; id++) unsupported += !print_op(&r, td_op_by_id(id));
        printf("%d ops, %d unsupported\n", TD_ID_COUNT - 1, unsupported);
        status = td_report_sum(&r).disagreed ? TD_EXIT_DISAGREE : unsupported ? TD_EXIT_TROUBLE : TD_EXIT_AGREE;
    }
    td_report_clear(&r);
    return status;
}

const td_command td_command_ops = {
    "ops", "", "list all ops, each checked on a few sampled inputs\n\n"
    "value: a kernel of its own, composed of parts, or a view; rule: what reverse mode\n"
    "knows (parts': its parts' rules; flat: derivative 0, on purpose; cut: taken for a\n"
    "constant); dual: has the dual engine a definition; whether first derivatives agree\n"
    "in f64 and f32, and second ones (2nd); also: takes i64 (i) and bool (b) as well;\n"
    "kinks: did a case meet one; error: the largest difference of tape and definition,\n"
    "as a share of the bound that rounding allows.", options, run};
